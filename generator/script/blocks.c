/* Free lists by size. Under AddressSanitizer every block is malloc's, so that each
 * is watched by itself. */

#include "script/blocks.h"
#include "base/arena.h"
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#define EVERY_BLOCK_IS_LARGE 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define EVERY_BLOCK_IS_LARGE 1
#endif
#endif
#ifndef EVERY_BLOCK_IS_LARGE
#define EVERY_BLOCK_IS_LARGE 0
#endif

enum { PIECE_BYTES = 64 << 10 };

static size_t class_of(size_t bytes)
{
    return (bytes - 1) / BLOCK_STEP;
}

static bool is_small(size_t bytes)
{
    return !EVERY_BLOCK_IS_LARGE && bytes <= BLOCK_MOST_BYTES;
}

static void *take(struct blocks *blocks, size_t bytes)
{
    if (!is_small(bytes))
        return memory_get(bytes);
    size_t class = class_of(bytes), size = (class + 1) * BLOCK_STEP;
    void *block = blocks->free[class];
    if (block) {
        blocks->free[class] = *(void **)block;
        return block;
    }
    if (blocks->left < size) {
        char *piece = memory_get(PIECE_BYTES);
        *(void **)piece = blocks->pieces;
        blocks->pieces = piece;
        blocks->at = piece + BLOCK_STEP;
        blocks->left = PIECE_BYTES - BLOCK_STEP;
    }
    block = blocks->at;
    blocks->at += size;
    blocks->left -= size;
    return block;
}

static void give(struct blocks *blocks, void *at, size_t bytes)
{
    if (!is_small(bytes)) {
        free(at);
        return;
    }
    *(void **)at = blocks->free[class_of(bytes)];
    blocks->free[class_of(bytes)] = at;
}

void *blocks_resize(struct blocks *blocks, void *at, size_t old_bytes, size_t new_bytes)
{
    if (!at)
        return new_bytes ? take(blocks, new_bytes) : NULL;
    if (new_bytes == 0) {
        give(blocks, at, old_bytes);
        return NULL;
    }
    if (!is_small(old_bytes) && !is_small(new_bytes))
        return memory_resize(at, new_bytes);
    if (is_small(old_bytes) && is_small(new_bytes) && class_of(old_bytes) == class_of(new_bytes))
        return at;
    void *larger = take(blocks, new_bytes);
    memcpy(larger, at, old_bytes < new_bytes ? old_bytes : new_bytes);
    give(blocks, at, old_bytes);
    return larger;
}

void blocks_free(struct blocks *blocks)
{
    while (blocks->pieces) {
        void *next = *(void **)blocks->pieces;
        free(blocks->pieces);
        blocks->pieces = next;
    }
    *blocks = (struct blocks){.left = 0};
}
