/*
 * The well-behaved part of plugins that misbehave in one way each. A plugin
 * defines `static void call(...)`, and what else is to differ, then PLUGIN.
 */
#ifndef BAD_H
#define BAD_H
#define _POSIX_C_SOURCE 200809L
#include "hark_plugin.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifndef BLOCKING
#define BLOCKING "true"
#endif
#ifndef THREADING
#define THREADING "any"
#endif
#ifndef OPERATION
#define OPERATION "test.do/1"
#endif
#ifndef IN_FLIGHT
#define IN_FLIGHT "4"
#endif

/* Set by create(); one instance is enough for a test. */
static const hark_host *host;
static atomic_int calls, cancels;

static hark_bytes text(const char *string) {
    hark_bytes bytes;
    bytes.ptr = (const uint8_t *)string;
    bytes.len = strlen(string);
    return bytes;
}

static void answer(uint64_t id, const char *json) {
    host->complete(host, id, HARK_OK, text("application/json"), text(json));
}

static void pause_ms(long ms) {
    struct timespec wait;
    wait.tv_sec = ms / 1000;
    wait.tv_nsec = ms % 1000 * 1000000;
    nanosleep(&wait, NULL);
}

/* "test.stats/1" is answered well by all of them. */
static int asked_for_stats(const hark_call *call) {
    const char *name = "test.stats/1";
    char json[64];
    if (call->operation.len != strlen(name) || memcmp(call->operation.ptr, name, strlen(name)) != 0) {
        atomic_fetch_add(&calls, 1);
        return 0;
    }
    snprintf(json, sizeof json, "{\"calls\":%d,\"cancels\":%d}", atomic_load(&calls), atomic_load(&cancels));
    answer(call->call_id, json);
    return 1;
}

static hark_bytes good_describe(void) {
    return text("{\"name\":\"bad\",\"version\":\"1\",\"capabilities\":[\"" OPERATION "\",\"test.stats/1\"],"
                "\"threading\":\"" THREADING "\",\"blocking\":" BLOCKING ",\"max_in_flight\":" IN_FLIGHT ","
                "\"config_schema\":{\"type\":\"object\"}}");
}

static uint32_t good_create(const hark_host *lent, hark_bytes config, void **instance, hark_buffer *error) {
    (void)config;
    (void)error;
    host = lent;
    *instance = &calls;
    return HARK_OK;
}

static void good_cancel(void *instance, uint64_t id) {
    (void)instance;
    (void)id;
    atomic_fetch_add(&cancels, 1);
}

static uint32_t good_health(void *instance, hark_buffer *message) {
    (void)instance;
    message->len = 0;
    return HARK_OK;
}

static void good_drain(void *instance, uint32_t deadline_ms) {
    (void)instance;
    (void)deadline_ms;
}

static void good_destroy(void *instance) {
    (void)instance;
}

#define PLUGIN(describe, create, call, cancel, health)                                                       \
    const hark_plugin_table_v1 hark_plugin_v1 = {                                                            \
        sizeof(hark_plugin_table_v1), HARK_ABI_MINOR, describe, create, call, cancel, health, good_drain,    \
        good_destroy};

#endif
