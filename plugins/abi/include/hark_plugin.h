/*
 * hark_plugin.h - the law between Hark and its plugins, major version 1.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A plugin is a shared library that exports exactly one symbol, the constant
 * table `hark_plugin_v1`. The host loads the library, reads the manifest with
 * describe(), makes one or more instances with create(), and hands each of
 * them operations with call(). The only way to answer an operation is
 * host->complete(), at once or later, from any thread.
 *
 * Life of an instance:
 *
 *     describe ── create ──┬── call ... cancel ... health ──┬── drain ── destroy
 *                          └──────── as often as needed ────┘
 *
 * Rules that hold everywhere:
 *
 *   Ownership   Everything handed over, in either direction, is borrowed and
 *               valid until the function it was handed to returns, unless its
 *               comment names a longer life. Copy what you keep. There is no
 *               free function, and nobody frees what the other side made.
 *   Text        UTF-8, pointer and length, not terminated by zero. A pointer
 *               may be NULL when the length is 0, and only then.
 *   Growth      A struct that begins with `size` grows at its end only. Its
 *               producer sets `size` to what it was compiled with; its reader
 *               looks at a field that came after minor 0 only if `size`
 *               covers it (HARK_HAS).
 *               hark_bytes and hark_buffer never change.
 *   Numbers     Constants are never renumbered and never reused. An unknown
 *               status is read as HARK_INTERNAL, an unknown level as
 *               HARK_LOG_INFO.
 *   Unwinding   No exception, panic or longjmp crosses this border, in either
 *               direction.
 *   Unloading   A library is never unloaded: threads and thread-local data
 *               may stay alive. A new build is loaded beside the old one.
 *   Fork        The host may run the same library in a child process. A
 *               plugin that speaks only through this header cannot tell.
 *
 * The header compiles without a warning as C99, C11 and C++17.
 */
#ifndef HARK_PLUGIN_H
#define HARK_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define HARK_EXPORT __declspec(dllexport)
#elif defined(__GNUC__)
#define HARK_EXPORT __attribute__((visibility("default")))
#else
#define HARK_EXPORT
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The major version. Another major is another symbol: hark_plugin_v2. */
#define HARK_ABI_MAJOR 1u

/*
 * The minor version of this header: what was added at the ends of structs.
 *
 *   0  the first
 *   1  hark_host.wanted
 *
 * Hark loads every plugin of this major, older or newer than itself: a plugin
 * uses what the host's `size` covers, and the host what the table's covers.
 */
#define HARK_ABI_MINOR 1u

/* True if the struct that `pointer` points to is large enough to hold `field`. */
#define HARK_HAS(pointer, type, field) \
    ((size_t)(pointer)->size >= offsetof(type, field) + sizeof((pointer)->field))

/*
 * Statuses: how an operation, create() or health() ended.
 * With any status but HARK_OK the bytes of the answer are a text in UTF-8
 * (content type "text/plain") that an agent may read: say what happened and
 * what can be done, without secrets.
 */

/* Done. The bytes are the answer that the operation defines. */
#define HARK_OK 0u
/* The one thing asked for by its id does not exist. An empty list of matches is HARK_OK. */
#define HARK_NOT_FOUND 1u
/* The system behind the plugin cannot be reached or used now; later may be better. */
#define HARK_UNAVAILABLE 2u
/* Understood and not permitted, or in conflict with what is stored (a stale version). */
#define HARK_REFUSED 3u
/* The request or the configuration is wrong; sent again it will be wrong again. */
#define HARK_INVALID 4u
/* Given up because of cancel(), drain() or destroy(). */
#define HARK_CANCELLED 5u
/* A fault of the plugin itself. The host counts these and may set the plugin aside. */
#define HARK_INTERNAL 6u
/* The plugin does not know this operation, or not in this version. */
#define HARK_UNKNOWN_OPERATION 7u

/* Levels of host->log(). 0 is not a level. */

/* A fault that somebody has to look at. */
#define HARK_LOG_ERROR 1u
/* Something is wrong and work goes on. */
#define HARK_LOG_WARN 2u
/* Rare events in a plugin's life: connected, migrated, reloaded. */
#define HARK_LOG_INFO 3u
/* Details for the plugin's author. */
#define HARK_LOG_DEBUG 4u
/* Everything. */
#define HARK_LOG_TRACE 5u

/* Bytes or text that somebody else owns. */
typedef struct hark_bytes {
    const uint8_t *ptr; /* may be NULL only if len is 0 */
    size_t len;         /* in bytes */
} hark_bytes;

/*
 * Room for a short text, owned by the host. The plugin writes at most `cap`
 * bytes of UTF-8 to `ptr` and sets `len` to the number written. The host sets
 * `len` to 0 before it hands the buffer over, and gives at least 512 bytes.
 */
typedef struct hark_buffer {
    uint8_t *ptr; /* never NULL */
    size_t cap;   /* in bytes */
    size_t len;   /* in bytes; at most cap */
} hark_buffer;

/*
 * One operation for the plugin to do. Made by the host; it and all that it
 * points to live until call() returns.
 */
typedef struct hark_call {
    uint32_t size;           /* sizeof(hark_call) as the host knows it */
    uint32_t deadline_ms;    /* time left, in milliseconds; then the host gives up. Never 0 */
    uint64_t call_id;        /* names the call in complete() and cancel(); unique while the process lives; never 0 */
    hark_bytes operation;    /* its name with its version, such as "crm.lookup/1" */
    hark_bytes content_type; /* of the payload; "application/json" in every operation known to minor 0 */
    hark_bytes payload;      /* as the operation defines it */
} hark_call;

/*
 * What the host offers to an instance. Made by the host, handed to create().
 * It lives until destroy() of that instance returns, or until create()
 * returns anything but HARK_OK; until then its functions may be called from
 * any thread, several at once, in any state, also inside call(). They never
 * block for long, never call back into the plugin, and never unwind.
 */
typedef struct hark_host hark_host;
struct hark_host {
    uint32_t size;  /* sizeof(hark_host) as the host knows it */
    uint32_t minor; /* HARK_ABI_MINOR as the host knows it */
    void *ctx;      /* the host's own; a plugin leaves it alone */

    /*
     * Writes one line to the host's log, under the plugin's name.
     *   thread    any
     *   state     from create() on, until destroy() returns
     *   pointers  `utf8` is read before log() returns; broken UTF-8 is repaired, long text is cut
     *   errors    none: a busy host may drop and count lines
     */
    void (*log)(const hark_host *host, uint32_t level, hark_bytes utf8);

    /*
     * Answers the call `call_id` with a status and bytes.
     *   thread    any; also inside call(), before it returns
     *   state     from the call() that brought the id on, until destroy() returns
     *   pointers  `content_type` and `bytes` are copied before complete() returns
     *   errors    none: the host owns the call's slot and its deadline. An answer that is late, second,
     *             or for an unknown id is dropped and counted. Bytes above the host's limit (1 MiB
     *             unless configured) turn the answer into HARK_INTERNAL
     */
    void (*complete)(const hark_host *host, uint64_t call_id, uint32_t status, hark_bytes content_type,
                     hark_bytes bytes);

    /*
     * Since minor 1. Says whether somebody still waits for the answer of
     * `call_id`: 1, or 0 when it was answered, when its deadline is over or
     * when the id is unknown. What nobody waits for need not be begun; it is
     * completed all the same, with HARK_CANCELLED. So a plugin with a queue
     * of its own need not remember what cancel() told it.
     *   thread    any
     *   state     from the call() that brought the id on, until destroy() returns
     *   pointers  none but `host`
     *   errors    none; the answer is true at the time it is given and may be old at once
     */
    uint32_t (*wanted)(const hark_host *host, uint64_t call_id);
};

/*
 * The table that a plugin exports. Constant, and alive as long as the
 * library. None of the functions may be NULL.
 */
typedef struct hark_plugin_table_v1 {
    uint32_t size;  /* sizeof(hark_plugin_table_v1) as the plugin knows it */
    uint32_t minor; /* HARK_ABI_MINOR as the plugin knows it */

    /*
     * Says what the plugin is: its manifest, a JSON object.
     *
     *   "name"           string   what it is called: lower case, digits, '-'
     *   "version"        string   the plugin's own version
     *   "capabilities"   strings  the operations that it does, such as "crm.lookup/1"
     *   "threading"      string   "any": call() may run on several threads at once;
     *                             "serialized": call(), health(), drain() never overlap
     *   "blocking"       bool     true: call() may wait for disk or network, and the host runs it on
     *                             threads made for waiting; false: call() returns within a millisecond
     *   "max_in_flight"  number   how many calls may be unanswered at a time, 1 or more
     *   "config_schema"  object   JSON Schema of what create() takes
     *
     * Keys that the host does not know are ignored.
     *   thread    any, several at once
     *   state     any, also before the first create()
     *   pointers  the bytes live as long as the library, and are the same every time
     *   errors    empty bytes, or bytes that are no such object: the plugin is not used
     */
    hark_bytes (*describe)(void);

    /*
     * Makes an instance. A changed configuration is a new instance; several
     * may be alive at once, also of the same configuration.
     *   thread    any, one create() at a time; it may block, within the host's deadline for starting
     *   state     after describe()
     *   pointers  `host` lives as said above; `config` (JSON in UTF-8, which the host has checked against
     *             config_schema where it can), `instance` and `error` live until create() returns
     *   answer    HARK_OK with `*instance` set to anything but NULL; the host hands it back as it is
     *   errors    any other status, with a text for the admin in `error`: `*instance` is not read, nothing
     *             stays behind, and destroy() is not called. HARK_INVALID: the configuration is wrong;
     *             HARK_UNAVAILABLE: it may be right later, and the host tries again with growing pauses
     */
    uint32_t (*create)(const hark_host *host, hark_bytes config, void **instance, hark_buffer *error);

    /*
     * Hands one operation to the instance, which answers it exactly once with
     * host->complete(), before call() returns or afterwards.
     *   thread    any; several at once unless "threading" is "serialized"
     *   state     after create(), before drain()
     *   pointers  `call` and all behind it live until call() returns: copy what a later answer needs
     *   errors    told through complete(). No answer before the deadline counts as a failure of the plugin;
     *             the host then calls cancel() and goes on without it
     */
    void (*call)(void *instance, const hark_call *call);

    /*
     * Tells that nobody waits for this call any more. Advice: the plugin may
     * stop the work and complete with HARK_CANCELLED, or ignore it.
     *   thread    any, also while call() runs on another thread, also with "threading": "serialized";
     *             it must return at once
     *   state     after create(), before destroy()
     *   errors    none; an id that is unknown or already answered is ignored
     */
    void (*cancel)(void *instance, uint64_t call_id);

    /*
     * Says whether the instance could do its work now. Asked every few
     * seconds; the answer should come from what is known, not from new work.
     *   thread    any; may overlap call() unless "threading" is "serialized"
     *   state     after create(), before destroy()
     *   pointers  `message` lives until health() returns
     *   errors    HARK_OK: well. HARK_UNAVAILABLE: not now. Anything else: broken. The text in `message`
     *             is shown to admins
     */
    uint32_t (*health)(void *instance, hark_buffer *message);

    /*
     * Asks the instance to finish: no call() comes after it. It returns when
     * every call has been answered, or when `deadline_ms` milliseconds are
     * over, whichever is first. A second drain() is allowed.
     *   thread    any; may block
     *   state     after create(), before destroy(), and while no call() runs
     *   errors    none; what is still unanswered is cancelled by the host
     */
    void (*drain)(void *instance, uint32_t deadline_ms);

    /*
     * Ends the instance and gives back all that it holds. The plugin stops or
     * joins its own threads first: once destroy() has returned, `host` and
     * `instance` are gone.
     *   thread    any, once, never inside log() or complete(); it may block shortly
     *   state     after create() answered HARK_OK, while no other function of this instance runs
     *   errors    none; calls that are still open are cancelled by the host
     */
    void (*destroy)(void *instance);
} hark_plugin_table_v1;

/* The one exported symbol. */
extern HARK_EXPORT const hark_plugin_table_v1 hark_plugin_v1;

#ifdef __cplusplus
}
#endif

#endif /* HARK_PLUGIN_H */
