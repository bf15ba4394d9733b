/* Breaks its process in the way that the request names, a JSON string; "well" is answered. */
#define _GNU_SOURCE 1
#include "bad.h"

#include <signal.h>
#include <unistd.h>

static int wish(const hark_call *call, const char *word) {
    return call->payload.len == strlen(word) + 2 && memcmp(call->payload.ptr + 1, word, strlen(word)) == 0;
}

static void write_after_free(void) {
    static void *volatile gone[3];
    int i;
    for (i = 0; i < 3; i++) gone[i] = malloc(24);
    for (i = 0; i < 3; i++) free(gone[i]);
    *(volatile size_t *)gone[2] = (size_t)-1;
    /* What the allocator keeps there is wrong now, and sooner or later it is used. */
    for (;;) *(volatile char *)malloc(24) = 1;
}

static void leak(uint64_t id) {
    size_t piece = 8 << 20;
    for (;;) {
        char *room = malloc(piece);
        if (room == NULL) {
            host->complete(host, id, HARK_INTERNAL, text("text/plain"), text("no memory left"));
            return;
        }
        memset(room, 1, piece);
    }
}

static void call(void *instance, const hark_call *call) {
    (void)instance;
    if (asked_for_stats(call)) return;
    if (wish(call, "well")) answer(call->call_id, "{\"answer\":\"well\"}");
    if (wish(call, "segfault")) *(volatile int *)8 = 1;
    if (wish(call, "abort")) abort();
    if (wish(call, "exit")) exit(3);
    if (wish(call, "after_free")) write_after_free();
    if (wish(call, "leak")) leak(call->call_id);
    if (wish(call, "spin")) for (;;) atomic_load(&calls);
    if (wish(call, "stop")) raise(SIGSTOP);
    if (wish(call, "stdio")) {
        fputs("a last word\n", stdout);
        fflush(stdout);
        fputs("and another\n", stderr);
        close(0);
        close(1);
        close(2);
        puts("nobody hears this");
        answer(call->call_id, "{\"answer\":\"mute\"}");
    }
    if (wish(call, "close_all")) {
        int fd;
        for (fd = 0; fd < 1024; fd++) close(fd);
        answer(call->call_id, "{\"answer\":\"lost\"}");
    }
    if (wish(call, "fork")) {
        /* The one that is left has everything of the other, the line to the host too, and stays for a while. */
        if (fork() == 0) {
            pause_ms(20000);
            _exit(0);
        }
        answer(call->call_id, "{\"answer\":\"forked\"}");
    }
    if (wish(call, "fork_and_die")) {
        if (fork() == 0) {
            pause_ms(20000);
            _exit(0);
        }
        abort();
    }
    if (wish(call, "chatter")) {
        int line;
        for (line = 0; line < 100000; line++) printf("a line that nobody asked for, number %d\n", line);
        fflush(stdout);
        answer(call->call_id, "{\"answer\":\"said\"}");
    }
}
PLUGIN(good_describe, good_create, call, good_cancel, good_health)
