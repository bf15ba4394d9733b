/* Answers with a status that nobody knows, no text, and a length without bytes. */
#include "bad.h"
static void call(void *instance, const hark_call *call) {
    hark_bytes nothing = {NULL, 1000};
    (void)instance;
    if (asked_for_stats(call)) return;
    host->complete(host, call->call_id, 4711, nothing, nothing);
    host->log(host, 99, nothing);
    host->log(NULL, 1, nothing);
    host->complete(NULL, call->call_id, 0, nothing, nothing);
}
PLUGIN(good_describe, good_create, call, good_cancel, good_health)
