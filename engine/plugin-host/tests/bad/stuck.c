/* Never comes back from call(), whatever it says about blocking. */
#include "bad.h"
static void call(void *instance, const hark_call *call) {
    (void)instance;
    if (asked_for_stats(call)) return;
    for (;;) pause_ms(1000);
}
PLUGIN(good_describe, good_create, call, good_cancel, good_health)
