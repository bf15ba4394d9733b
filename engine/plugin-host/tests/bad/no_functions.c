/* Leaves a function out. */
#include "bad.h"
static void call(void *instance, const hark_call *call) {
    (void)instance;
    asked_for_stats(call);
    good_cancel(instance, 0);
}
PLUGIN(good_describe, good_create, call, NULL, good_health)
