#ifndef WAYMARK_BASE_ARENA_H
#define WAYMARK_BASE_ARENA_H

/* Memory that is freed all at once.
 *
 * An arena owns every block it hands out. Blocks live until arena_reset() or
 * arena_free(); there is no call to free one block. An arena belongs to one
 * process at a time. Running out of memory ends the program with exit status
 * 70 and one line of text (memory_exhausted), so no caller checks for NULL. */

#include "base/slice.h"
#include <stdint.h>

struct arena_chunk;

struct arena {
    struct arena_chunk *chunks; /* newest first */
    size_t used;                /* bytes used in the newest chunk */
    size_t total_bytes;         /* bytes handed out since the last reset */
};

/* A zeroed `struct arena` is an empty arena. */
void *arena_alloc(struct arena *arena, size_t bytes);                    /* zeroed, aligned to 16 */
void *arena_array(struct arena *arena, size_t count, size_t item_bytes); /* product is checked */
char *arena_copy(struct arena *arena, const char *at, size_t length);    /* NUL-terminated copy */
struct slice arena_slice(struct arena *arena, struct slice from);        /* NUL-terminated copy */
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Forgets all blocks and keeps one chunk, of at most 1 MiB, for reuse. */
void arena_reset(struct arena *arena);
void arena_free(struct arena *arena);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_array((arena), (count), sizeof(type)))

/* Prints "out of memory" and ends the process with status 70. */
void memory_exhausted(void) __attribute__((noreturn));

/* malloc, realloc that never return NULL. */
void *memory_get(size_t bytes);
void *memory_resize(void *at, size_t bytes);

/* Makes room for one more item in a malloc'ed array: doubles `*capacity`.
 * Use: LIST_GROW(list->items, list->count, list->capacity). */
void *memory_grow(void *items, size_t count, size_t *capacity, size_t item_bytes);
#define LIST_GROW(items, count, capacity) \
    ((items) = memory_grow((items), (count), &(capacity), sizeof *(items)))

#endif
