/* See path.h. One pass over the parts; nothing is looked up. */

#include "link/path.h"

static bool add_part(char *out, size_t out_bytes, size_t *used, struct slice part)
{
    if (part.length == 0 || slice_is(part, "."))
        return true;
    if (slice_is(part, "..")) {
        if (*used == 0)
            return false;
        while (*used > 0 && out[*used - 1] != '/')
            (*used)--;
        if (*used > 0)
            (*used)--;
        return true;
    }
    size_t joint = *used ? 1 : 0;
    if (*used + joint + part.length >= out_bytes)
        return false;
    if (joint)
        out[(*used)++] = '/';
    memcpy(out + *used, part.at, part.length);
    *used += part.length;
    return true;
}

static bool add_parts(char *out, size_t out_bytes, size_t *used, struct slice path)
{
    while (path.length) {
        size_t stop = slice_find(path, '/');
        if (!add_part(out, out_bytes, used, (struct slice){path.at, stop}))
            return false;
        path = slice_from(path, stop + 1);
    }
    return true;
}

bool path_join(char *out, size_t out_bytes, struct slice from, struct slice to, struct slice *joined)
{
    size_t used = 0;
    if (slice_find(to, 0) < to.length || slice_find(to, '\\') < to.length)
        return false;
    bool is_rooted = to.length && to.at[0] == '/';
    if (!is_rooted && !add_parts(out, out_bytes, &used, from))
        return false;
    if (!add_parts(out, out_bytes, &used, to))
        return false;
    *joined = (struct slice){out, used};
    return true;
}
