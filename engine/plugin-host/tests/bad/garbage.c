/* Answers with something else than JSON each time. */
#include "bad.h"
static void call(void *instance, const hark_call *call) {
    static const char *const garbage[] = {"", "{\"a\":", "\"\xff\xfe\"", "{} {}", "nan"};
    (void)instance;
    if (asked_for_stats(call)) return;
    answer(call->call_id, garbage[(atomic_load(&calls) - 1) % 5]);
}
PLUGIN(good_describe, good_create, call, good_cancel, good_health)
