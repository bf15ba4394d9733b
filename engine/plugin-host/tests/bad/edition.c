/* Says which edition it is, or ANSWER. A request that is the path of no file yet, a JSON string, makes that file and is answered
 * when it is gone. The configuration is {"bye":"PATH"}: a file that is made when an instance is destroyed. */
#include "bad.h"

#include <unistd.h>

#ifndef EDITION
#define EDITION "1"
#endif
#ifndef ANSWER
#define ANSWER "{\"edition\":\"" EDITION "\"}"
#endif
#ifndef SCHEMA
#define SCHEMA "{\"type\":\"object\"}"
#endif
#ifndef CREATE
#define CREATE
#endif
#ifndef HEALTH
#define HEALTH
#endif

struct edition {
    const hark_host *host;
    char bye[1024];
};

static void make(const char *path) {
    FILE *file = fopen(path, "w");
    if (file != NULL) fclose(file);
}

static uint32_t say(hark_buffer *buffer, const char *words, uint32_t status) {
    buffer->len = strlen(words);
    memcpy(buffer->ptr, words, buffer->len);
    return status;
}

static hark_bytes describe(void) {
    return text("{\"name\":\"edition\",\"version\":\"" EDITION "\",\"capabilities\":[\"" OPERATION "\"],"
                "\"threading\":\"any\",\"blocking\":true,\"max_in_flight\":4,\"config_schema\":" SCHEMA "}");
}

static uint32_t create(const hark_host *lent, hark_bytes config, void **instance, hark_buffer *error) {
    const char *key = "{\"bye\":\"";
    size_t skip = strlen(key);
    struct edition *edition = calloc(1, sizeof *edition);
    CREATE;
    if (config.len <= skip + 2 || config.len >= sizeof edition->bye) return say(error, "no `bye`", HARK_INVALID);
    memcpy(edition->bye, config.ptr + skip, config.len - skip - 2);
    edition->host = lent;
    *instance = edition;
    return HARK_OK;
}

static void call(void *instance, const hark_call *call) {
    const struct edition *edition = instance;
    const hark_host *to = edition->host;
    char path[1024] = "";
    uint64_t id = call->call_id;
    if (call->payload.len > 2 && call->payload.len < sizeof path && call->payload.ptr[0] == '"') {
        memcpy(path, call->payload.ptr + 1, call->payload.len - 2);
        make(path);
        while (access(path, F_OK) == 0) pause_ms(2);
    }
    to->complete(to, id, HARK_OK, text("application/json"), text(ANSWER));
}

static uint32_t health(void *instance, hark_buffer *message) {
    (void)instance;
    HEALTH;
    return say(message, "", HARK_OK);
}

static void destroy(void *instance) {
    const struct edition *edition = instance;
    make(edition->bye);
    free(instance);
}

const hark_plugin_table_v1 hark_plugin_v1 = {
    sizeof(hark_plugin_table_v1), HARK_ABI_MINOR, describe, create, call, good_cancel, health, good_drain, destroy};
