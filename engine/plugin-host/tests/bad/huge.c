/* Answers with more than the host takes. */
#include "bad.h"
static void call(void *instance, const hark_call *call) {
    hark_bytes bytes = {NULL, 2 << 20};
    uint8_t *room;
    (void)instance;
    if (asked_for_stats(call)) return;
    room = malloc(bytes.len);
    memset(room, ' ', bytes.len);
    room[0] = '1';
    bytes.ptr = room;
    host->complete(host, call->call_id, HARK_OK, text("application/json"), bytes);
    free(room);
}
PLUGIN(good_describe, good_create, call, good_cancel, good_health)
