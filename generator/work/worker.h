#ifndef WAYMARK_WORK_WORKER_H
#define WAYMARK_WORK_WORKER_H

/* The worker's side of a run, and the memory that it shares with the parent. */

#include "work/work.h"
#include <stdatomic.h>

#define WORKER_NO_CHUNK UINT32_MAX

/* One mapping, shared by all processes of a run. The parent believes none of it:
 * what it reads here is checked against what it knows itself. */
struct work_shared {
    _Atomic uint32_t next_chunk;
    struct worker_slot {
        _Alignas(64) _Atomic uint32_t serial; /* of the item that was begun last, counted from 1 */
        _Atomic uint32_t index;               /* of that item */
        _Atomic uint32_t chunk;               /* that was taken last */
    } slots[LIMIT_WORKERS];
    /* For each item who began it last: worker_mark(worker, serial); 0: nobody. */
    _Atomic uint32_t begun[];
};

enum { WORKER_SERIAL_BITS = 24 };

static inline uint32_t worker_mark(uint32_t worker, uint32_t serial)
{
    return (worker + 1) << WORKER_SERIAL_BITS | (serial & ((1u << WORKER_SERIAL_BITS) - 1));
}

/* What the worker is told when it is forked. */
struct worker_start {
    const struct work *work;
    struct work_shared *shared;
    const bool *done; /* one for each item, as the parent knew at the fork: these are passed over */
    uint32_t chunk_items;
    uint32_t worker;      /* its slot */
    uint32_t first_chunk; /* that the worker before it left, or WORKER_NO_CHUNK */
    uint32_t first_serial;
    size_t most_payload_bytes;
    int pipe;
    int output; /* takes its standard output and error */
    int parent; /* process id */
};

/* Runs in the forked process and ends it. */
void worker_main(const struct worker_start *start) __attribute__((noreturn));

/* True in builds with a sanitizer, whose own memory does not bear a limit. */
bool worker_is_sanitized(void);

#endif
