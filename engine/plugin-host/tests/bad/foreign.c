/* Answers what it was not asked before it answers what it was. */
#include "bad.h"
static void call(void *instance, const hark_call *call) {
    (void)instance;
    if (asked_for_stats(call)) return;
    answer(0, "{}");
    answer(UINT64_MAX, "{}");
    answer(call->call_id + 1, "{}");
    answer(call->call_id - 65536, "{}");
    answer(call->call_id, "{\"answer\":\"own\"}");
}
PLUGIN(good_describe, good_create, call, good_cancel, good_health)
