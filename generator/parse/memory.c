/* cmark's memory: bump arenas. cmark hands no context to its allocator, so which
 * arena serves is the one variable of this folder; a process has one parser at
 * work at a time. Freeing is for the arena as a whole. */

#include "parse/parts.h"

/* In front of each block, so that realloc knows how much to copy. */
struct prefix {
    _Alignas(16) size_t bytes;
};

static struct arena *current;

static void *take(size_t bytes)
{
    struct prefix *prefix = arena_alloc(current, sizeof *prefix + bytes);
    prefix->bytes = bytes;
    return prefix + 1;
}

static void *hook_calloc(size_t count, size_t bytes)
{
    if (bytes && count > SIZE_MAX / 2 / bytes)
        memory_exhausted();
    return take(count * bytes);
}

static void *hook_realloc(void *at, size_t bytes)
{
    if (!at)
        return take(bytes);
    struct prefix *prefix = (struct prefix *)at - 1;
    if (bytes <= prefix->bytes)
        return at;
    void *moved = take(bytes);
    memcpy(moved, at, prefix->bytes);
    return moved;
}

static void hook_free(void *at)
{
    (void)at;
}

static const cmark_mem hooks = {hook_calloc, hook_realloc, hook_free};

void memory_use(struct arena *arena)
{
    current = arena;
}

cmark_mem *memory_hooks(void)
{
    return (cmark_mem *)&hooks; /* never written to */
}
