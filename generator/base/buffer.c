/* See buffer.h. Capacity doubles, so n appends cost O(n). */

#include "base/buffer.h"
#include "base/arena.h"
#include <stdio.h>
#include <stdlib.h>

void buffer_init(struct buffer *buffer, size_t most_bytes)
{
    *buffer = BUFFER(most_bytes);
}

void buffer_free(struct buffer *buffer)
{
    free(buffer->at);
    *buffer = BUFFER(buffer->most_bytes);
}

void buffer_clear(struct buffer *buffer)
{
    buffer->length = 0;
    buffer->overflowed = false;
    if (buffer->at)
        buffer->at[0] = 0;
}

char *buffer_reserve(struct buffer *buffer, size_t length)
{
    if (buffer->overflowed || length > buffer->most_bytes || buffer->length > buffer->most_bytes - length) {
        buffer->overflowed = true;
        return NULL;
    }
    size_t wanted = buffer->length + length + 1;
    if (wanted > buffer->capacity) {
        size_t capacity = buffer->capacity ? buffer->capacity * 2 : 256;
        while (capacity < wanted)
            capacity *= 2;
        buffer->at = memory_resize(buffer->at, capacity);
        buffer->capacity = capacity;
    }
    char *room = buffer->at + buffer->length;
    buffer->length += length;
    buffer->at[buffer->length] = 0;
    return room;
}

void buffer_append(struct buffer *buffer, const void *bytes, size_t length)
{
    char *room = buffer_reserve(buffer, length);
    if (room && length)
        memcpy(room, bytes, length);
}

void buffer_slice(struct buffer *buffer, struct slice slice)
{
    buffer_append(buffer, slice.at, slice.length);
}

void buffer_text(struct buffer *buffer, const char *text)
{
    buffer_append(buffer, text, strlen(text));
}

void buffer_byte(struct buffer *buffer, char byte)
{
    buffer_append(buffer, &byte, 1);
}

void buffer_number(struct buffer *buffer, int64_t number)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%lld", (long long)number);
    buffer_append(buffer, digits, (size_t)length);
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *room = length < 0 ? NULL : buffer_reserve(buffer, (size_t)length);
    if (room)
        vsnprintf(room, (size_t)length + 1, format, again);
    va_end(again);
}
