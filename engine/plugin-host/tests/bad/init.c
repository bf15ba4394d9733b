/* Dies as soon as it is loaded. */
#include "bad.h"
__attribute__((constructor)) static void load(void) {
    abort();
}
static void call(void *instance, const hark_call *call) {
    (void)instance;
    asked_for_stats(call);
}
PLUGIN(good_describe, good_create, call, good_cancel, good_health)
