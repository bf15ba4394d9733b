/* Answers from a thread of its own, and only once it was told that nobody waits. */
#include "bad.h"
static void *answer_late(void *id) {
    answer(*(uint64_t *)id, "{\"answer\":\"late\"}");
    free(id);
    return NULL;
}
static void call(void *instance, const hark_call *call) {
    (void)instance;
    asked_for_stats(call);
}
static void cancel(void *instance, uint64_t id) {
    pthread_t thread;
    uint64_t *kept = malloc(sizeof *kept);
    *kept = id;
    if (pthread_create(&thread, NULL, answer_late, kept) == 0) pthread_detach(thread);
    good_cancel(instance, id);
}
PLUGIN(good_describe, good_create, call, cancel, good_health)
