/* Says that it made an instance, and made none. */
#include "bad.h"
static uint32_t create(const hark_host *lent, hark_bytes config, void **instance, hark_buffer *error) {
    good_create(lent, config, instance, error);
    *instance = NULL;
    return HARK_OK;
}
static void call(void *instance, const hark_call *call) {
    (void)instance;
    asked_for_stats(call);
}
PLUGIN(good_describe, create, call, good_cancel, good_health)
