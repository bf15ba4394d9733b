/*
 * A plugin of the first minor version: it includes the header beside it, and
 * knows nothing that came later. It answers `crm.lookup/1` at once, and tells
 * what it saw of its host. It never changes.
 */
#include "hark_plugin.h"

#include <stdio.h>
#include <string.h>

static const hark_host *host;

static hark_bytes text(const char *string) {
    hark_bytes bytes;
    bytes.ptr = (const uint8_t *)string;
    bytes.len = strlen(string);
    return bytes;
}

static hark_bytes describe(void) {
    return text("{\"name\":\"minor-0\",\"version\":\"1.0.0\",\"capabilities\":[\"crm.lookup/1\"],\"threading\":\"any\","
                "\"blocking\":false,\"max_in_flight\":4,\"config_schema\":{\"type\":\"object\"}}");
}

static uint32_t create(const hark_host *lent, hark_bytes config, void **instance, hark_buffer *error) {
    (void)config;
    if (lent->size < sizeof(hark_host)) {
        memcpy(error->ptr, "too small", 9);
        error->len = 9;
        return HARK_INVALID;
    }
    host = lent;
    *instance = &host;
    host->log(host, HARK_LOG_INFO, text("ready"));
    return HARK_OK;
}

static void call(void *instance, const hark_call *call) {
    char json[128];
    (void)instance;
    snprintf(json, sizeof json, "{\"matches\":[],\"plugin\":%u,\"host\":%u,\"grown\":%s}", (unsigned)HARK_ABI_MINOR,
             (unsigned)host->minor, host->size > sizeof(hark_host) ? "true" : "false");
    host->complete(host, call->call_id, HARK_OK, text("application/json"), text(json));
}

static void cancel(void *instance, uint64_t call_id) {
    (void)instance;
    (void)call_id;
}

static uint32_t health(void *instance, hark_buffer *message) {
    (void)instance;
    message->len = 0;
    return HARK_OK;
}

static void drain(void *instance, uint32_t deadline_ms) {
    (void)instance;
    (void)deadline_ms;
}

static void destroy(void *instance) {
    (void)instance;
}

const hark_plugin_table_v1 hark_plugin_v1 = {
    sizeof(hark_plugin_table_v1), HARK_ABI_MINOR, describe, create, call, cancel, health, drain, destroy,
};
