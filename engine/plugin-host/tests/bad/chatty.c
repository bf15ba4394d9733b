/* Writes a thousand lines, some of them broken, for each operation. */
#include "bad.h"
static void call(void *instance, const hark_call *call) {
    int line;
    (void)instance;
    if (asked_for_stats(call)) return;
    for (line = 0; line < 1000; line++) host->log(host, (uint32_t)line, text("a line \xff\x1b[31m"));
    answer(call->call_id, "{}");
}
PLUGIN(good_describe, good_create, call, good_cancel, good_health)
