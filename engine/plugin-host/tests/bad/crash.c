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
    if (wish(call, "late")) {
        pause_ms(150);
        answer(call->call_id, "{\"answer\":\"late\"}");
    }
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
    if (wish(call, "copy_answers")) {
        /* The other answers over the line of both, and ends; this one says nothing. */
        if (fork() == 0) {
            answer(call->call_id, "{\"answer\":\"copy\"}");
            _exit(0);
        }
        return;
    }
    if (wish(call, "copy_goes_on")) {
        /* Both go back to whoever called, and this one has answered. */
        if (fork() != 0) answer(call->call_id, "{\"answer\":\"own\"}");
        return;
    }
    if (wish(call, "both_answer")) {
        /* Each with more than a line takes at once: on one line they would run into one another. */
        static char room[1000 * 1000];
        hark_bytes bytes = { (const uint8_t *)room, sizeof room };
        memset(room, fork() == 0 ? 'c' : 'o', sizeof room);
        room[0] = room[sizeof room - 1] = '"';
        host->complete(host, call->call_id, HARK_OK, text("application/json"), bytes);
        if (room[1] == 'c') _exit(0);
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
