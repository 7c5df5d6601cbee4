#ifndef WAYMARK_WORK_WORK_H
#define WAYMARK_WORK_WORK_H

/* A list of items, done by forked workers, joined by the parent.
 *
 * Workers take the next chunk of indexes from a counter in shared memory, call
 * `item` for each, and report in one frame per item on a pipe of their own.
 * What is bulky they append to a segment file; the frame names its place. The
 * parent is single-threaded; it checks each frame like foreign input (magic,
 * checksum, lengths, an index that this worker took and that was not reported
 * before) and hands it to `joined`.
 *
 * A worker that dies, writes a bad frame, or spends too long costs the one item
 * it had in hand: `failed` is called for it, a new worker is forked, and items
 * which it had taken but not begun are done by that one. What `joined` and
 * `failed` are called with is the same for any number of jobs, and, when
 * `in_order` is set, so is the order.
 *
 * Also with one job there is one forked worker: an item may abort, exhaust
 * memory or loop, and the parent must live. With no items nothing is forked.
 *
 * All hooks but `joined` and `failed` run in the worker. `context` is the
 * worker's own copy there, as it was when work_run was called (or when a dead
 * worker was replaced): it may be written and the parent does not see it. A
 * worker ends without atexit handlers and without flushing stdio. */

#include "base/buffer.h"
#include "base/diag.h"
#include "base/limits.h"
#include "base/slice.h"
#include <stdint.h>

enum { WORK_PARTS_MOST = 8 };

/* Bytes in a worker's segment file, as the worker reported them. The parent has
 * checked that offset and length lie in what this worker can have appended; the
 * checksum is for whoever reads the bytes first (store_bytes). */
struct work_part {
    uint32_t worker; /* index into work.segments */
    uint64_t offset;
    uint64_t length;
    uint64_t checksum; /* XXH3-64 of the bytes */
};

/* What `item` fills. */
struct work_product;
/* The small part: facts and diagnostics, sent on the pipe. At most
 * work.most_payload_bytes; more makes the item fail. */
struct buffer *work_payload(struct work_product *product);
/* Appends `bytes` as one more part to the worker's segment file. False, with
 * the reason set for work_refuse, when writing fails or there are
 * WORK_PARTS_MOST parts: return false from `item` then. */
bool work_append(struct work_product *product, struct slice bytes);
/* Says why this item cannot be done; always returns false:
 *     return work_refuse(product, "cannot read '%s'", path); */
bool work_refuse(struct work_product *product, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What the parent gets; valid until `joined` returns. */
struct work_result {
    struct slice payload;
    const struct work_part *parts;
    uint32_t part_count;
};

enum work_failure {
    WORK_REFUSED,   /* `item` returned false; text is what work_refuse was told */
    WORK_DIED,      /* signal, exit or abort while it had this item */
    WORK_NO_MEMORY, /* passed worker_bytes, or the machine has no more */
    WORK_TOO_SLOW,  /* passed item_seconds of CPU time, or stood still for long */
    WORK_GARBAGE,   /* its frame was none: the worker was killed */
};

struct work {
    const char *name;          /* "parse", for messages */
    uint32_t count;            /* items are 0 … count - 1 */
    uint32_t jobs;             /* 0: one per core this process may use; at most LIMIT_WORKERS */
    uint32_t chunk;            /* indexes taken at once; 0: chosen from count and jobs */
    bool in_order;             /* call `joined` and `failed` by index; results that come early are kept */
    size_t most_payload_bytes; /* of one item; 0: 64 MiB */
    size_t worker_bytes;       /* address space a worker may add (LIMIT_WORKER_BYTES); 0: no limit */
    unsigned item_seconds;     /* CPU time for one item (LIMIT_DOCUMENT_SECONDS); 0: no limit */
    const int *segments;       /* one open file per worker, work_worker_count() of them; NULL: no work_append */
    void *context;

    /* In the worker. `begin` may open what must not be shared (a repository, a
     * Lua state); false ends the worker, and `error` says why. Either may be NULL. */
    bool (*begin)(void *context, uint32_t worker, struct buffer *error);
    void (*end)(void *context, uint32_t worker);
    bool (*item)(void *context, uint32_t index, struct work_product *product);

    /* In the parent, exactly one of the two for each index. False ends the run
     * at once: the workers are killed and work_run returns false. `text` is one
     * line for people, in the style of a diagnostic. */
    bool (*joined)(void *context, uint32_t index, const struct work_result *result);
    bool (*failed)(void *context, uint32_t index, enum work_failure why, const char *text);
};

struct work_stats {
    uint32_t workers;  /* forked in all, replacements included */
    uint32_t failures; /* items that failed */
    uint64_t payload_bytes;
    uint64_t part_bytes;
    double worker_seconds; /* CPU of all workers */
};

/* How many workers a run with these numbers has: jobs, but never more than
 * there are items; 0 when there are none. */
uint32_t work_worker_count(uint32_t jobs, uint32_t count);

/* Does all items. True: each index was joined or failed. False: `joined` or
 * `failed` returned false, or no worker could be had (DIAG_WORKERS is added).
 * No child is left in either case, and each ends with this process if that is
 * killed. `stats` may be NULL. */
bool work_run(const struct work *work, struct work_stats *stats, struct diag_list *diags);

#endif
