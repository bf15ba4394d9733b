/*
 * A CRM that knows everybody at one mail domain: the smallest useful plugin in
 * plain C, and an asynchronous one.
 *
 * It answers crm.lookup/1 from a thread of its own. Configuration:
 * {"domain": "example.com"}. It never keeps a pointer that it was lent.
 *
 * JSON is read with a scan that is good enough for flat objects whose strings
 * hold no escapes; a real plugin brings a JSON library.
 */
#define _POSIX_C_SOURCE 200809L
#include "hark_plugin.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LOOKUP "crm.lookup/1"
#define MAX_EMAIL 254 /* RFC 5321 allows no longer address */
#define MAX_QUEUE 64  /* as "max_in_flight" in the manifest says */

/* One look-up that waits for the worker. */
struct job {
    uint64_t call_id;
    char email[MAX_EMAIL + 1];
};

/* An instance: what the host gets as `void *instance`. */
struct echo {
    const hark_host *host; /* lent until destroy() returns */
    char domain[MAX_EMAIL + 1];
    pthread_t worker;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t changed;
    struct job jobs[MAX_QUEUE]; /* a ring */
    size_t first, count;
    int busy; /* the worker is answering a job that has left the ring */
    int stopping;
};

static hark_bytes text(const char *string) {
    hark_bytes bytes;
    bytes.ptr = (const uint8_t *)string;
    bytes.len = strlen(string);
    return bytes;
}

static int equals(hark_bytes bytes, const char *string) {
    return bytes.len == strlen(string) && (bytes.len == 0 || memcmp(bytes.ptr, string, bytes.len) == 0);
}

static void fail(const struct echo *echo, uint64_t call_id, uint32_t status, const char *message) {
    echo->host->complete(echo->host, call_id, status, text("text/plain"), text(message));
}

/*
 * Copies the string value of `key` out of a flat JSON object.
 * 1: found; 0: not there, or null; -1: not a plain string, or too long.
 */
static int json_string(hark_bytes json, const char *key, char *out, size_t room) {
    const char *at = (const char *)json.ptr, *end = at + json.len;
    size_t width = strlen(key), len = 0;
    for (; at != NULL && (size_t)(end - at) > width + 2; at++) {
        if (*at == '"' && memcmp(at + 1, key, width) == 0 && at[width + 1] == '"') {
            at += width + 2;
            while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')) at++;
            if (at == end || *at != ':') continue; /* it was a value */
            for (at++; at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'); at++) {}
            if (end - at >= 4 && memcmp(at, "null", 4) == 0) return 0;
            if (at == end || *at != '"') return -1;
            for (at++; at < end && *at != '"'; at++) {
                if (*at == '\\' || (unsigned char)*at < 0x20 || len + 1 >= room) return -1;
                out[len++] = *at;
            }
            out[len] = '\0';
            return at < end ? 1 : -1;
        }
    }
    return 0;
}

/* Letters, digits and the marks of usual addresses: nothing that JSON would want escaped. */
static int plain(const char *string) {
    return strspn(string, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.!#$%&'*+-/=?^_`{|}~@") ==
           strlen(string);
}

/* Whether somebody still waits. A host of minor 0 cannot say; then somebody does. */
static int wanted(const hark_host *host, uint64_t call_id) {
    return !HARK_HAS(host, hark_host, wanted) || host->wanted(host, call_id);
}

/* Answers one look-up: one match when the address is at our domain, else none. */
static void answer(const struct echo *echo, const struct job *job) {
    char json[4 * MAX_EMAIL + 256];
    const char *at = strrchr(job->email, '@');
    if (!wanted(echo->host, job->call_id)) {
        fail(echo, job->call_id, HARK_CANCELLED, "nobody waits any more");
        return;
    }
    if (at == NULL || strcmp(at + 1, echo->domain) != 0) {
        strcpy(json, "{\"matches\":[]}");
    } else {
        int name = (int)(at - job->email);
        snprintf(json, sizeof json,
                 "{\"matches\":[{\"customer\":{\"id\":\"cus_%.*s\",\"name\":\"%.*s\",\"email\":\"%s\",\"vip\":false,"
                 "\"fields\":{},\"version\":1},\"open_cases\":0,\"score\":100,\"by\":\"email\"}]}",
                 name, job->email, name, job->email, job->email);
    }
    echo->host->complete(echo->host, job->call_id, HARK_OK, text("application/json"), text(json));
}

static void *work(void *pointer) {
    struct echo *echo = pointer;
    pthread_mutex_lock(&echo->lock);
    for (;;) {
        struct job job;
        while (echo->count == 0 && !echo->stopping) pthread_cond_wait(&echo->changed, &echo->lock);
        if (echo->count == 0) break;
        job = echo->jobs[echo->first];
        echo->first = (echo->first + 1) % MAX_QUEUE;
        echo->count--;
        echo->busy = 1;
        pthread_mutex_unlock(&echo->lock); /* never hold a lock while calling the host */
        answer(echo, &job);
        pthread_mutex_lock(&echo->lock);
        echo->busy = 0;
        pthread_cond_broadcast(&echo->changed);
    }
    pthread_mutex_unlock(&echo->lock);
    return NULL;
}

static hark_bytes echo_describe(void) {
    return text("{\"name\":\"c-echo-crm\",\"version\":\"1.0.0\",\"capabilities\":[\"" LOOKUP "\"],"
                "\"threading\":\"any\",\"blocking\":false,\"max_in_flight\":64,"
                "\"config_schema\":{\"type\":\"object\",\"required\":[\"domain\"],"
                "\"properties\":{\"domain\":{\"type\":\"string\"}}}}");
}

static uint32_t refuse(hark_buffer *error, uint32_t status, const char *message) {
    size_t len = strlen(message);
    error->len = len < error->cap ? len : error->cap;
    memcpy(error->ptr, message, error->len);
    return status;
}

static uint32_t echo_create(const hark_host *host, hark_bytes config, void **instance, hark_buffer *error) {
    struct echo *echo = calloc(1, sizeof *echo);
    if (echo == NULL) return refuse(error, HARK_UNAVAILABLE, "out of memory");
    echo->host = host;
    if (json_string(config, "domain", echo->domain, sizeof echo->domain) != 1 || echo->domain[0] == '\0' ||
        !plain(echo->domain)) {
        free(echo);
        return refuse(error, HARK_INVALID, "`domain` must be a mail domain such as \"example.com\"");
    }
    pthread_mutex_init(&echo->lock, NULL);
    pthread_cond_init(&echo->changed, NULL);
    if (pthread_create(&echo->worker, NULL, work, echo) != 0) {
        pthread_cond_destroy(&echo->changed);
        pthread_mutex_destroy(&echo->lock);
        free(echo);
        return refuse(error, HARK_UNAVAILABLE, "cannot start a thread");
    }
    host->log(host, HARK_LOG_INFO, text("ready"));
    *instance = echo;
    return HARK_OK;
}

static void echo_call(void *instance, const hark_call *call) {
    struct echo *echo = instance;
    struct job job;
    int found, full;
    if (!equals(call->operation, LOOKUP)) {
        fail(echo, call->call_id, HARK_UNKNOWN_OPERATION, "this plugin only does " LOOKUP);
        return;
    }
    found = json_string(call->payload, "email", job.email, sizeof job.email);
    if (found < 0 || (found > 0 && !plain(job.email))) {
        fail(echo, call->call_id, HARK_INVALID, "`email` is not an address that this CRM can read");
        return;
    }
    if (found == 0) job.email[0] = '\0';
    job.call_id = call->call_id;
    pthread_mutex_lock(&echo->lock);
    full = echo->count == MAX_QUEUE;
    if (!full) echo->jobs[(echo->first + echo->count++) % MAX_QUEUE] = job;
    pthread_cond_broadcast(&echo->changed);
    pthread_mutex_unlock(&echo->lock);
    if (full) fail(echo, call->call_id, HARK_UNAVAILABLE, "too many look-ups at once");
}

static void echo_cancel(void *instance, uint64_t call_id) {
    (void)instance; /* answers take microseconds, and the worker asks who is still wanted */
    (void)call_id;
}

static uint32_t echo_health(void *instance, hark_buffer *message) {
    (void)instance;
    message->len = 0;
    return HARK_OK;
}

static void echo_drain(void *instance, uint32_t deadline_ms) {
    struct echo *echo = instance;
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += deadline_ms / 1000;
    until.tv_nsec += (long)(deadline_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&echo->lock);
    while (echo->count > 0 || echo->busy) {
        if (pthread_cond_timedwait(&echo->changed, &echo->lock, &until) == ETIMEDOUT) break;
    }
    pthread_mutex_unlock(&echo->lock);
}

static void echo_destroy(void *instance) {
    struct echo *echo = instance;
    pthread_mutex_lock(&echo->lock);
    echo->stopping = 1;
    pthread_cond_broadcast(&echo->changed);
    pthread_mutex_unlock(&echo->lock);
    pthread_join(echo->worker, NULL); /* it answers what is left first */
    pthread_cond_destroy(&echo->changed);
    pthread_mutex_destroy(&echo->lock);
    free(echo);
}

const hark_plugin_table_v1 hark_plugin_v1 = {
    sizeof(hark_plugin_table_v1), HARK_ABI_MINOR, echo_describe, echo_create,  echo_call,
    echo_cancel,                  echo_health,    echo_drain,    echo_destroy,
};
