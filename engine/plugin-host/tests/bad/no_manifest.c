/* Describes itself with what is no manifest. */
#include "bad.h"
static hark_bytes describe(void) {
    return text("{\"name\":\"Bad Name\",\"version\":7}");
}
static void call(void *instance, const hark_call *call) {
    (void)instance;
    (void)good_describe;
    asked_for_stats(call);
}
PLUGIN(describe, good_create, call, good_cancel, good_health)
