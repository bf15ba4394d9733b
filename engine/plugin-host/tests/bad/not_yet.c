/* Cannot start at first, can start later, and then says that it is not well in more bytes than there is room for. */
#include "bad.h"
static void call(void *instance, const hark_call *call) {
    (void)instance;
    asked_for_stats(call);
}
static uint32_t create(const hark_host *lent, hark_bytes config, void **instance, hark_buffer *error) {
    static int tries;
    if (tries++ == 0) {
        error->len = 13;
        memcpy(error->ptr, "not yet there", 13);
        return HARK_UNAVAILABLE;
    }
    return good_create(lent, config, instance, error);
}
static uint32_t health(void *instance, hark_buffer *message) {
    (void)instance;
    memset(message->ptr, 'x', message->cap);
    message->len = 1 << 30;
    return HARK_UNAVAILABLE;
}
PLUGIN(good_describe, create, call, good_cancel, health)
