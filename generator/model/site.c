/* Paths of the output and how one leads to another. */

#include "model/site.h"

struct slice page_path(struct arena *arena, const struct site *site, const struct edition_page *page)
{
    struct slice stem = page_document(site, page)->stem;
    return slice_of(arena_printf(arena, "%.*s.html", SLICE_ARGS(stem)));
}

struct slice path_folder(struct slice path)
{
    for (size_t i = path.length; i > 0; i--)
        if (path.at[i - 1] == '/')
            return (struct slice){path.at, i - 1};
    return (struct slice){path.at, 0};
}

struct slice path_name(struct slice path)
{
    struct slice folder = path_folder(path);
    return folder.length ? slice_from(path, folder.length + 1) : path;
}

const char *file_shown_path(struct arena *arena, const struct site *site, uint32_t file)
{
    const struct file_entry *entry = &site->files->items[file];
    return arena_printf(arena, "%s%.*s", site->files->sources[entry->source].label, SLICE_ARGS(entry->path));
}

static bool passes_in_path(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-._~/!$'()*,;@", c);
}

static void append_encoded(struct buffer *out, struct slice path)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < path.length; i++) {
        unsigned char c = (unsigned char)path.at[i];
        if (c && passes_in_path(c)) {
            buffer_byte(out, (char)c);
            continue;
        }
        const char escaped[3] = {'%', digits[c >> 4], digits[c & 15]};
        buffer_append(out, escaped, sizeof escaped);
    }
}

void path_relative(struct buffer *out, struct slice from, struct slice to)
{
    size_t shared = 0; /* bytes of folders that both have, with the '/' */
    for (size_t i = 0; i < from.length && i < to.length && from.at[i] == to.at[i]; i++)
        if (from.at[i] == '/')
            shared = i + 1;
    for (size_t i = shared; i < from.length; i++)
        if (from.at[i] == '/')
            buffer_text(out, "../");
    append_encoded(out, slice_from(to, shared));
}
