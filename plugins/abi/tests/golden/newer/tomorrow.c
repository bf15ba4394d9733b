/*
 * A plugin of a minor version that does not exist yet: its table has grown at
 * its end, and it knows a function of the host that no host has. What it does
 * not find it does without, as the header's rule of growth says.
 */
#define hark_plugin_v1 hark_plugin_v1_as_today
#include "hark_plugin.h"
#undef hark_plugin_v1

#include <stdio.h>
#include <string.h>

#define MINOR 1000u

/* Today's host, and what tomorrow's adds. */
typedef struct {
    uint32_t size;
    uint32_t minor;
    void *ctx;
    void (*log)(const hark_host *host, uint32_t level, hark_bytes utf8);
    void (*complete)(const hark_host *host, uint64_t call_id, uint32_t status, hark_bytes content_type,
                     hark_bytes bytes);
    uint32_t (*wanted)(const hark_host *host, uint64_t call_id);
    char since_then[256];
    void (*progress)(const hark_host *host, uint64_t call_id, uint32_t percent);
} tomorrows_host;

/* Today's table, and what tomorrow's adds. */
typedef struct {
    hark_plugin_table_v1 today;
    void (*suspend)(void *instance);
    uint64_t flags;
} tomorrows_table;

static const tomorrows_host *host;
static unsigned answered = 2; /* whether the last call was wanted once it was answered */

static hark_bytes text(const char *string) {
    hark_bytes bytes;
    bytes.ptr = (const uint8_t *)string;
    bytes.len = strlen(string);
    return bytes;
}

static hark_bytes describe(void) {
    return text("{\"name\":\"tomorrow\",\"version\":\"9.0.0\",\"capabilities\":[\"crm.lookup/1\",\"crm.foresee/7\"],"
                "\"threading\":\"any\",\"blocking\":false,\"max_in_flight\":1,\"config_schema\":{\"type\":\"object\"},"
                "\"suspends\":true}");
}

static uint32_t create(const hark_host *lent, hark_bytes config, void **instance, hark_buffer *error) {
    (void)config;
    (void)error;
    host = (const tomorrows_host *)lent;
    *instance = &host;
    return HARK_OK;
}

static unsigned wanted(uint64_t call_id) {
    if (!HARK_HAS(host, tomorrows_host, wanted)) return 2;
    return (unsigned)host->wanted((const hark_host *)host, call_id);
}

static void call(void *instance, const hark_call *call) {
    const hark_host *today = (const hark_host *)host;
    char json[160];
    (void)instance;
    if (HARK_HAS(host, tomorrows_host, progress)) host->progress(today, call->call_id, 50);
    snprintf(json, sizeof json, "{\"matches\":[],\"wanted\":%u,\"last\":%u,\"progress\":%s}",
             wanted(call->call_id), answered,
             HARK_HAS(host, tomorrows_host, progress) ? "true" : "false");
    host->complete(today, call->call_id, HARK_OK, text("application/json"), text(json));
    answered = wanted(call->call_id);
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

static void suspend(void *instance) {
    (void)instance;
}

extern HARK_EXPORT const tomorrows_table hark_plugin_v1;
const tomorrows_table hark_plugin_v1 = {
    {sizeof(tomorrows_table), MINOR, describe, create, call, cancel, health, drain, destroy},
    suspend,
    1,
};
