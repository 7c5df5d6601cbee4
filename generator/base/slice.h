#ifndef WAYMARK_BASE_SLICE_H
#define WAYMARK_BASE_SLICE_H

/* A view of bytes that somebody else owns. Not NUL-terminated. */

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct slice {
    const char *at;
    size_t length;
};

#define SLICE(literal) ((struct slice){"" literal, sizeof(literal) - 1})

/* For printf: `"%.*s", SLICE_ARGS(name)`. */
#define SLICE_ARGS(slice) (int)(slice).length, (slice).at ? (slice).at : ""

static inline struct slice slice_of(const char *text)
{
    return (struct slice){text, text ? strlen(text) : 0};
}

static inline bool slice_equal(struct slice a, struct slice b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.at, b.at, a.length) == 0);
}

static inline bool slice_is(struct slice a, const char *text)
{
    return slice_equal(a, slice_of(text));
}

/* Byte order, shorter first; the order of every sorted output of Waymark. */
static inline int slice_compare(struct slice a, struct slice b)
{
    size_t common = a.length < b.length ? a.length : b.length;
    int order = common ? memcmp(a.at, b.at, common) : 0;
    if (order != 0)
        return order;
    return a.length < b.length ? -1 : a.length > b.length;
}

static inline bool slice_starts_with(struct slice a, const char *prefix)
{
    size_t length = strlen(prefix);
    return a.length >= length && memcmp(a.at, prefix, length) == 0;
}

static inline bool slice_ends_with(struct slice a, const char *suffix)
{
    size_t length = strlen(suffix);
    return a.length >= length && memcmp(a.at + a.length - length, suffix, length) == 0;
}

/* The part of `a` from byte `from` on; empty when `from` is past the end. */
static inline struct slice slice_from(struct slice a, size_t from)
{
    if (from >= a.length)
        return (struct slice){a.at ? a.at + a.length : NULL, 0};
    return (struct slice){a.at + from, a.length - from};
}

/* `a` without blanks, tabs and line ends on both sides. */
static inline struct slice slice_trim(struct slice a)
{
    while (a.length && strchr(" \t\r\n", a.at[0]) && a.at[0])
        a.at++, a.length--;
    while (a.length && strchr(" \t\r\n", a.at[a.length - 1]) && a.at[a.length - 1])
        a.length--;
    return a;
}

/* The place of `byte` in `a`, or a.length when it is not there. */
static inline size_t slice_find(struct slice a, char byte)
{
    const char *hit = a.length ? memchr(a.at, byte, a.length) : NULL;
    return hit ? (size_t)(hit - a.at) : a.length;
}

/* Of paths with '/' between parts: "a/b/c.md" → "a/b", "" for a name alone; and the last part. */
static inline struct slice path_folder(struct slice path)
{
    for (size_t i = path.length; i > 0; i--)
        if (path.at[i - 1] == '/')
            return (struct slice){path.at, i - 1};
    return (struct slice){path.at, 0};
}

static inline struct slice path_name(struct slice path)
{
    struct slice folder = path_folder(path);
    return slice_from(path, folder.length ? folder.length + 1 : 0);
}

#endif
