/* See links.h. */

#include "render/links.h"
#include "base/limits.h"
#include "render/html.h"

static struct slice below(struct arena *arena, const struct variant *variant, struct slice folder, const char *name)
{
    return slice_of(arena_printf(arena, "%.*s/%.*s%s%s", SLICE_ARGS(variant->prefix), SLICE_ARGS(folder),
                                 folder.length ? "/" : "", name));
}

struct slice output_of_page(struct arena *arena, const struct site *site, const struct variant *variant, uint32_t page)
{
    const struct edition *edition = &site->editions[variant->edition];
    struct slice stem = page_document(site, &edition->pages[page])->stem;
    size_t length = variant->prefix.length + 1 + stem.length + strlen(".html");
    char *path = arena_alloc(arena, length + 1);
    memcpy(path, variant->prefix.at, variant->prefix.length);
    path[variant->prefix.length] = '/';
    memcpy(path + variant->prefix.length + 1, stem.at, stem.length);
    memcpy(path + variant->prefix.length + 1 + stem.length, ".html", strlen(".html"));
    return (struct slice){path, length};
}

struct slice output_of_folder(struct arena *arena, const struct site *site, const struct variant *variant, uint32_t folder)
{
    const struct edition *edition = &site->editions[variant->edition];
    const struct folder *at = &edition->folders[folder];
    if (at->index_page != NONE)
        return output_of_page(arena, site, variant, at->index_page);
    if (at->landing != NONE)
        return output_of_page(arena, site, variant, at->landing);
    return below(arena, variant, at->path, "index.html");
}

struct slice output_of_chunk(struct arena *arena, const struct site *site, const struct variant *variant, uint32_t chunk)
{
    const struct edition *edition = &site->editions[variant->edition];
    const struct folder *folder = &edition->folders[edition->chunks[chunk].folder];
    if (chunk == folder->first_chunk)
        return output_of_folder(arena, site, variant, edition->chunks[chunk].folder);
    char name[32];
    snprintf(name, sizeof name, "index-%u.html", chunk - folder->first_chunk + 1);
    return below(arena, variant, folder->path, name);
}

struct slice output_of_asset(struct arena *arena, const struct site *site, uint32_t file)
{
    const struct file_entry *entry = &site->files->items[file];
    return slice_of(arena_printf(arena, "files/%s/%.*s", site->files->sources[entry->source].name, SLICE_ARGS(entry->path)));
}

struct slice output_of_name(struct arena *arena, const struct variant *variant, const char *name)
{
    return below(arena, variant, SLICE(""), name);
}

struct slice link_between(struct arena *arena, struct slice from, struct slice to)
{
    struct buffer link = BUFFER(LIMIT_PATH_BYTES * 8);
    path_relative(&link, from, to);
    struct slice kept = arena_slice(arena, buffer_view(&link));
    buffer_free(&link);
    return kept;
}

struct slice link_with_id(struct arena *arena, struct slice from, struct slice to, struct slice id)
{
    struct buffer link = BUFFER(LIMIT_PATH_BYTES * 8);
    if (!slice_equal(from, to))
        path_relative(&link, from, to);
    buffer_byte(&link, '#');
    struct buffer safe = BUFFER(LIMIT_ID_BYTES * 4);
    html_id(&safe, id);
    html_url(&link, buffer_view(&safe));
    buffer_free(&safe);
    struct slice kept = arena_slice(arena, buffer_view(&link));
    buffer_free(&link);
    return kept;
}
