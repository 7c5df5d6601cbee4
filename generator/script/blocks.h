#ifndef WAYMARK_SCRIPT_BLOCKS_H
#define WAYMARK_SCRIPT_BLOCKS_H

/* Small blocks for Lua, which says how large a block was when it gives it back:
 * one free list for each size, filled from pieces of 64 KB that are kept until the
 * end. A render makes some hundred small tables and texts and drops them all; this
 * takes a third of malloc's time. Larger blocks are malloc's. */

#include <stddef.h>

enum { BLOCK_STEP = 16, BLOCK_MOST_BYTES = 256 };

struct blocks {
    void *free[BLOCK_MOST_BYTES / BLOCK_STEP]; /* of (i + 1) * BLOCK_STEP bytes; each holds the next */
    void *pieces;                              /* each holds the next */
    char *at;                                  /* what is left of the newest piece */
    size_t left;
};

/* A zeroed `struct blocks` is empty. `at` NULL: a new block; `new_bytes` 0: back.
 * Never NULL but for new_bytes 0. */
void *blocks_resize(struct blocks *blocks, void *at, size_t old_bytes, size_t new_bytes);
void blocks_free(struct blocks *blocks);

#endif
