/* Never answers, and takes no notice of cancel but to count it. */
#include "bad.h"
static void call(void *instance, const hark_call *call) {
    (void)instance;
    asked_for_stats(call);
}
PLUGIN(good_describe, good_create, call, good_cancel, good_health)
