#ifndef WAYMARK_BASE_BUFFER_H
#define WAYMARK_BASE_BUFFER_H

/* A growable run of bytes with a maximum that is set when it is made.
 *
 * Lifecycle: buffer_init (or `struct buffer b = BUFFER(most_bytes)`), any
 * number of appends, buffer_clear to use it again, buffer_free. The bytes are
 * always followed by a NUL that is not counted. Once an append would pass the
 * maximum nothing more is added and `overflowed` stays true until the buffer is
 * cleared: check it once, at the end. */

#include "base/slice.h"
#include <stdarg.h>
#include <stdint.h>

struct buffer {
    char *at;
    size_t length;
    size_t capacity;
    size_t most_bytes;
    bool overflowed;
};

#define BUFFER(most) ((struct buffer){.most_bytes = (most)})

void buffer_init(struct buffer *buffer, size_t most_bytes);
void buffer_free(struct buffer *buffer);
void buffer_clear(struct buffer *buffer); /* keeps the memory */

void buffer_append(struct buffer *buffer, const void *bytes, size_t length);
void buffer_slice(struct buffer *buffer, struct slice slice);
void buffer_text(struct buffer *buffer, const char *text);
void buffer_byte(struct buffer *buffer, char byte);
void buffer_number(struct buffer *buffer, int64_t number);
void buffer_printf(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Room for `length` more bytes, uninitialised, counted as appended; NULL when
 * that would pass the maximum. */
char *buffer_reserve(struct buffer *buffer, size_t length);

static inline struct slice buffer_view(const struct buffer *buffer)
{
    return (struct slice){buffer->at ? buffer->at : "", buffer->length};
}

/* The bytes as a string; valid until the next append. */
static inline const char *buffer_string(const struct buffer *buffer)
{
    return buffer->at ? buffer->at : "";
}

#endif
