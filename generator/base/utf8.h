#ifndef WAYMARK_BASE_UTF8_H
#define WAYMARK_BASE_UTF8_H

/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above
 * U+10FFFF. For anything that needs tables of Unicode see text/. */

#include "base/slice.h"
#include <stdint.h>

/* The length of the well-formed sequence at the front of `left` bytes (1 to 4),
 * with its code point in `*point`; 0 when there is none. `left` is at least 1. */
static inline size_t utf8_read(const char *bytes, size_t left, uint32_t *point)
{
    const unsigned char *at = (const unsigned char *)bytes;
    if (at[0] < 0x80)
        return *point = at[0], 1;
    size_t length = at[0] >= 0xF0 ? 4 : at[0] >= 0xE0 ? 3 : at[0] >= 0xC2 ? 2 : 0;
    if (length == 0 || at[0] > 0xF4 || left < length)
        return 0;
    uint32_t value = at[0] & (0x7Fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return 0;
        value = value << 6 | (at[i] & 0x3F);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < least[length] || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000))
        return 0;
    return *point = value, length;
}

/* Is this the second or a later byte of a sequence? */
static inline bool utf8_continues(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

/* Where the first ill-formed byte stands, or text.length when all is well. */
static inline size_t utf8_first_fault(struct slice text)
{
    size_t i = 0;
    uint32_t point;
    while (i < text.length) {
        size_t length = utf8_read(text.at + i, text.length - i, &point);
        if (length == 0)
            return i;
        i += length;
    }
    return i;
}

#endif
