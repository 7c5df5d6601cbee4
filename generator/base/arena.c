/* Bump allocation from a chain of chunks. Chunks double in size up to 1 MiB;
 * a block that is larger gets a chunk of its own. */

#include "base/arena.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { CHUNK_FIRST_BYTES = 16 * 1024, CHUNK_MOST_BYTES = 1024 * 1024, ALIGNMENT = 16 };

struct arena_chunk {
    struct arena_chunk *older;
    size_t size; /* usable bytes */
    _Alignas(16) char bytes[];
};

void memory_exhausted(void)
{
    static const char text[] = "waymark: out of memory\n";
    if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
        _exit(70);
    _exit(70);
}

void *memory_get(size_t bytes)
{
    void *at = malloc(bytes ? bytes : 1);
    if (!at)
        memory_exhausted();
    return at;
}

void *memory_resize(void *at, size_t bytes)
{
    void *resized = realloc(at, bytes ? bytes : 1);
    if (!resized)
        memory_exhausted();
    return resized;
}

void *memory_grow(void *items, size_t count, size_t *capacity, size_t item_bytes)
{
    if (count < *capacity)
        return items;
    size_t wanted = *capacity ? *capacity * 2 : 16;
    if (wanted > SIZE_MAX / item_bytes)
        memory_exhausted();
    items = memory_resize(items, wanted * item_bytes);
    *capacity = wanted;
    return items;
}

static void add_chunk(struct arena *arena, size_t at_least)
{
    size_t size = arena->chunks ? arena->chunks->size * 2 : CHUNK_FIRST_BYTES;
    if (size > CHUNK_MOST_BYTES)
        size = CHUNK_MOST_BYTES;
    if (size < at_least)
        size = at_least;
    if (size > SIZE_MAX - sizeof(struct arena_chunk))
        memory_exhausted();
    struct arena_chunk *chunk = memory_get(sizeof *chunk + size);
    chunk->older = arena->chunks;
    chunk->size = size;
    arena->chunks = chunk;
    arena->used = 0;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
    if (bytes > SIZE_MAX - ALIGNMENT)
        memory_exhausted();
    size_t rounded = (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if (!arena->chunks || arena->chunks->size - arena->used < rounded)
        add_chunk(arena, rounded);
    void *at = arena->chunks->bytes + arena->used;
    arena->used += rounded;
    arena->total_bytes += rounded;
    return memset(at, 0, bytes);
}

void *arena_array(struct arena *arena, size_t count, size_t item_bytes)
{
    if (item_bytes && count > SIZE_MAX / item_bytes)
        memory_exhausted();
    return arena_alloc(arena, count * item_bytes);
}

char *arena_copy(struct arena *arena, const char *at, size_t length)
{
    char *copy = arena_alloc(arena, length + 1);
    if (length)
        memcpy(copy, at, length);
    return copy;
}

struct slice arena_slice(struct arena *arena, struct slice from)
{
    return (struct slice){arena_copy(arena, from.at, from.length), from.length};
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        length = 0;
    char *text = arena_alloc(arena, (size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

void arena_reset(struct arena *arena)
{
    struct arena_chunk *kept = NULL;
    for (struct arena_chunk *chunk = arena->chunks; chunk;) {
        struct arena_chunk *older = chunk->older;
        /* A chunk that was made for one large block is not worth keeping for all the small ones to come. */
        bool is_better = chunk->size <= CHUNK_MOST_BYTES && (!kept || chunk->size > kept->size);
        free(is_better ? kept : chunk);
        if (is_better)
            kept = chunk;
        chunk = older;
    }
    if (kept)
        kept->older = NULL;
    arena->chunks = kept;
    arena->used = 0;
    arena->total_bytes = 0;
}

void arena_free(struct arena *arena)
{
    for (struct arena_chunk *chunk = arena->chunks; chunk;) {
        struct arena_chunk *older = chunk->older;
        free(chunk);
        chunk = older;
    }
    *arena = (struct arena){0};
}
