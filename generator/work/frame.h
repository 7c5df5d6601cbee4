#ifndef WAYMARK_WORK_FRAME_H
#define WAYMARK_WORK_FRAME_H

/* What a worker writes on its pipe: one frame for each item it has done, in the
 * order in which it began them, and one at the end.
 *
 *     head (32 bytes) | parts (24 bytes each) | payload
 *
 * Numbers are in the machine's order: a frame never leaves it. `check` covers
 * all that stands in the frame. */

#include "base/slice.h"
#include "work/work.h"

enum frame_kind {
    FRAME_ITEM,    /* done: parts and payload */
    FRAME_REFUSED, /* `item` returned false; the payload is the reason */
    FRAME_STUCK,   /* `begin` returned false; the payload is the reason */
    FRAME_END,     /* nothing is left to take; the worker is about to exit */
    FRAME_KINDS
};

struct frame {
    enum frame_kind kind;
    uint32_t index;  /* of the item; 0 for STUCK and END */
    uint32_t serial; /* the worker's frames are numbered without a gap */
    uint32_t part_count;
    struct work_part parts[WORK_PARTS_MOST]; /* `worker` is not set */
    struct slice payload;
};

enum { FRAME_REASON_MOST = 4096 };

/* Writes the whole frame; false when the pipe is closed. */
bool frame_write(int descriptor, const struct frame *frame);

enum frame_state { FRAME_PARTIAL, FRAME_WHOLE, FRAME_BAD };

/* Reads one frame from the front of `bytes`; `*used` is its length when it is
 * whole. A payload above `most_payload_bytes` is bad as soon as its length is
 * read: nobody waits for 4 GB that never come. The payload points into `bytes`. */
enum frame_state frame_read(struct frame *out, size_t *used, struct slice bytes, size_t most_payload_bytes);

#endif
