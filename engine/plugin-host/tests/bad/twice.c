/* Answers everything twice, and differently. */
#include "bad.h"
static void call(void *instance, const hark_call *call) {
    (void)instance;
    if (asked_for_stats(call)) return;
    answer(call->call_id, "{\"answer\":1}");
    answer(call->call_id, "{\"answer\":2}");
}
PLUGIN(good_describe, good_create, call, good_cancel, good_health)
