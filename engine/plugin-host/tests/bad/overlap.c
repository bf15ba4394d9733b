/* Fails if it is called by two threads at once although it asked not to be. */
#define THREADING "serialized"
#define IN_FLIGHT "8"
#include "bad.h"
static void call(void *instance, const hark_call *call) {
    static atomic_int inside;
    (void)instance;
    if (asked_for_stats(call)) return;
    if (atomic_fetch_add(&inside, 1) > 0) {
        host->complete(host, call->call_id, HARK_INTERNAL, text("text/plain"), text("two at once"));
    } else {
        pause_ms(2);
        answer(call->call_id, "{\"answer\":\"alone\"}");
    }
    atomic_fetch_sub(&inside, 1);
}
PLUGIN(good_describe, good_create, call, good_cancel, good_health)
