/* Fails for as long as a file is there: its path is the request, a JSON string. */
#include "bad.h"
static void call(void *instance, const hark_call *call) {
    char path[4096];
    FILE *file;
    (void)instance;
    if (asked_for_stats(call)) return;
    if (call->payload.len < 2 || call->payload.len > sizeof path) return;
    memcpy(path, call->payload.ptr + 1, call->payload.len - 2);
    path[call->payload.len - 2] = '\0';
    file = fopen(path, "r");
    if (file == NULL) {
        answer(call->call_id, "{\"answer\":\"well\"}");
        return;
    }
    fclose(file);
    host->complete(host, call->call_id, HARK_UNAVAILABLE, text("text/plain"), text("the line is cut"));
}
PLUGIN(good_describe, good_create, call, good_cancel, good_health)
