/* Breaks while it starts, in the way that START says; with a file there (the configuration's `when`) only then. */
#include "bad.h"

#include <unistd.h>

static int now(hark_bytes config) {
    char path[1024];
    const char *key = "{\"when\":\"";
    size_t skip = strlen(key);
    if (config.len <= skip + 2 || config.len > sizeof path) return 1;
    memcpy(path, config.ptr + skip, config.len - skip - 2);
    path[config.len - skip - 2] = '\0';
    return access(path, F_OK) == 0;
}

static uint32_t create(const hark_host *lent, hark_bytes config, void **instance, hark_buffer *error) {
    if (now(config)) START;
    return good_create(lent, config, instance, error);
}

static void call(void *instance, const hark_call *call) {
    (void)instance;
    if (!asked_for_stats(call)) abort();
}
PLUGIN(good_describe, create, call, good_cancel, good_health)
