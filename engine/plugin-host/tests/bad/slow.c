/* Takes 20 ms for each, two at a time. */
#define IN_FLIGHT "2"
#include "bad.h"
static void call(void *instance, const hark_call *call) {
    (void)instance;
    if (asked_for_stats(call)) return;
    pause_ms(20);
    answer(call->call_id, "{\"answer\":\"slow\"}");
}
PLUGIN(good_describe, good_create, call, good_cancel, good_health)
