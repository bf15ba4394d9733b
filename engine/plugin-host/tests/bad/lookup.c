/* A CRM of one customer that crashes on a look-up for as long as a file is there, and takes the file with it. Its
 * configuration is {"fuse": "PATH"}. */
#include "bad.h"

#include <unistd.h>

static char fuse[1024];

static uint32_t create(const hark_host *lent, hark_bytes config, void **instance, hark_buffer *error) {
    const char *key = "{\"fuse\":\"";
    size_t skip = strlen(key);
    if (config.len > skip + 2 && config.len < sizeof fuse) memcpy(fuse, config.ptr + skip, config.len - skip - 2);
    return good_create(lent, config, instance, error);
}

static void call(void *instance, const hark_call *call) {
    (void)instance;
    if (asked_for_stats(call)) return;
    if (unlink(fuse) == 0) *(volatile int *)8 = 1;
    answer(call->call_id, "{\"matches\":[{\"customer\":{\"id\":\"c1\",\"name\":\"Ada Lovelace\",\"vip\":false,\"version\":1},"
                          "\"open_cases\":0,\"score\":100,\"by\":\"email\"}]}");
}
PLUGIN(good_describe, create, call, good_cancel, good_health)
