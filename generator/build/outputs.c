/* Which files the site has: one row for each, in the order they are made. Pages
 * of a folder follow one another, because they share its navigation. */

#include "build/parts.h"
#include "render/links.h"
#include <stdlib.h>

struct output_list {
    struct output *items;
    size_t count, capacity;
};

static void add(struct output_list *list, enum output_kind kind, struct slice path, uint32_t variant, uint32_t subject)
{
    LIST_GROW(list->items, list->count, list->capacity);
    list->items[list->count++] = (struct output){.path = path, .kind = (uint8_t)kind, .variant = variant, .subject = subject};
}

/* Old paths of a page lead to it: `aliases: [old/path]`. An alias that is a page's own path gives way to it. */
static void add_aliases(struct build *build, struct output_list *list, uint32_t variant, uint32_t page)
{
    struct site *site = &build->site;
    const struct edition *edition = &site->editions[site->variants[variant].edition];
    const struct document *facts = &page_document(site, &edition->pages[page])->facts;
    for (uint32_t i = 0; i < facts->field_count; i++) {
        if (facts->fields[i].key != FIELD_ALIASES)
            continue;
        struct slice alias = document_text(facts, facts->fields[i].value);
        if (slice_ends_with(alias, ".md"))
            alias.length -= strlen(".md");
        else if (slice_ends_with(alias, ".html"))
            alias.length -= strlen(".html");
        while (alias.length && alias.at[0] == '/')
            alias = slice_from(alias, 1);
        if (alias.length == 0)
            continue;
        struct slice path = slice_of(arena_printf(&build->arena, "%.*s/%.*s.html", SLICE_ARGS(site->variants[variant].prefix), SLICE_ARGS(alias)));
        add(list, OUTPUT_REDIRECT, path, variant, page);
    }
}

static void add_folder_pages(struct build *build, struct output_list *list, uint32_t variant, uint32_t index)
{
    struct site *site = &build->site;
    const struct variant *at = &site->variants[variant];
    const struct edition *edition = &site->editions[at->edition];
    const struct folder *folder = &edition->folders[index];
    bool is_listed = index == 0 || folder->entry_count > 0 || folder->index_page != NONE;
    if (!is_listed)
        return;
    if (folder->index_page != NONE)
        add(list, OUTPUT_PAGE, output_of_page(&build->arena, site, at, folder->index_page), variant, folder->index_page);
    for (uint32_t i = 0; i < folder->chunk_count; i++) {
        uint32_t chunk = folder->first_chunk + i;
        const struct nav_chunk *part = &edition->chunks[chunk];
        if (!folder->is_group && (folder->index_page == NONE || i > 0))
            add(list, OUTPUT_FOLDER, output_of_chunk(&build->arena, site, at, chunk), variant, chunk);
        for (uint32_t j = 0; j < part->count; j++) {
            const struct nav_entry *entry = &edition->entries[part->first + j];
            if (entry->folder == NONE)
                add(list, OUTPUT_PAGE, output_of_page(&build->arena, site, at, entry->page), variant, entry->page);
        }
    }
}

static void add_sitemaps(struct build *build, struct output_list *list, uint32_t variant)
{
    struct site *site = &build->site;
    const struct variant *at = &site->variants[variant];
    const struct edition *edition = &site->editions[at->edition];
    for (uint32_t i = 0; i < edition->chunk_count; i++) {
        const struct folder *folder = &edition->folders[edition->chunks[i].folder];
        if (edition->chunks[i].count == 0 && folder->index_page == NONE)
            continue;
        uint32_t index = edition->chunks[i].folder, part = i - folder->first_chunk + 1;
        const char *joint = folder->path.length ? "/" : "";
        const char *path = folder->is_group ? arena_printf(&build->arena, "sitemap/%.*s/group-%u.xml", SLICE_ARGS(at->prefix), index)
                                            : arena_printf(&build->arena, "sitemap/%.*s/%.*s%ssitemap-%u.xml", SLICE_ARGS(at->prefix),
                                                           SLICE_ARGS(folder->path), joint, part);
        add(list, OUTPUT_SITEMAP_LEAF, slice_of(path), variant, i);
    }
}

static void add_variant(struct build *build, struct output_list *list, uint32_t variant)
{
    struct site *site = &build->site;
    const struct variant *at = &site->variants[variant];
    const struct edition *edition = &site->editions[at->edition];
    for (uint32_t i = 0; i < edition->folder_count; i++)
        add_folder_pages(build, list, variant, i);
    if (site_has_page(site, at->edition, "glossary"))
        add(list, OUTPUT_GLOSSARY, output_of_name(&build->arena, at, "glossary.html"), variant, NONE);
    if (site_has_page(site, at->edition, "references"))
        add(list, OUTPUT_REFERENCES, output_of_name(&build->arena, at, "references.html"), variant, NONE);
    add(list, OUTPUT_ABOUT, output_of_name(&build->arena, at, "about.html"), variant, NONE);
    if (site->config->site_url[0])
        add_sitemaps(build, list, variant);
    for (uint32_t i = 0; i < edition->page_count; i++)
        add_aliases(build, list, variant, i);
}

/* Only what a published page refers to is copied. */
static void add_assets(struct build *build, struct output_list *list)
{
    struct site *site = &build->site;
    bool *is_used = memory_get(site->files->count + 1);
    memset(is_used, 0, site->files->count + 1);
    for (uint32_t i = 0; i < site->edition_count; i++)
        for (uint32_t j = 0; j < site->editions[i].target_count; j++)
            if (site->editions[i].targets[j].state == TARGET_ASSET)
                is_used[site->editions[i].targets[j].subject] = true;
    for (uint32_t i = 0; i < site->files->count; i++)
        if (is_used[i])
            add(list, OUTPUT_ASSET, output_of_asset(&build->arena, site, i), NONE, i);
    free(is_used);
}

static const struct diag_file *label_of(struct build *build, const struct output *output)
{
    struct diag_file *file = ARENA_NEW(&build->arena, struct diag_file);
    const struct site *site = &build->site;
    if (output->variant == NONE || (output->kind != OUTPUT_PAGE && output->kind != OUTPUT_REDIRECT))
        return NULL;
    const struct edition *edition = &site->editions[site->variants[output->variant].edition];
    file->path = file_label(build, page_document(site, &edition->pages[output->subject])->file);
    return file;
}

/* Two outputs of one path: pages win over what the generator adds; a redirect gives way with a warning. */
static void drop_twins(struct build *build, struct output_list *list)
{
    struct table paths = {0};
    size_t kept = 0;
    table_reserve(&paths, list->count);
    for (size_t i = 0; i < list->count; i++) {
        struct output *output = &list->items[i];
        uint32_t standing = table_add(&paths, output->path, (uint32_t)kept);
        if (standing == kept) {
            list->items[kept++] = *output;
            continue;
        }
        struct place place = {label_of(build, output), SIZE_MAX, 0};
        if (output->kind == OUTPUT_REDIRECT) {
            diag_add(&build->diags, DIAG_ALIAS_TAKEN, place, "the alias '%.*s' is the path of another page", SLICE_ARGS(output->path));
            diag_help(&build->diags, "an alias must be a path that no page has");
        } else {
            diag_add(&build->diags, DIAG_PAGE_SHADOWS, place, "'%.*s' is also a page that Waymark makes", SLICE_ARGS(output->path));
            diag_help(&build->diags, "rename the document: glossary, references and about stand at the root of each language");
        }
    }
    list->count = kept;
    table_free(&paths);
}

bool build_outputs(struct build *build)
{
    struct output_list list = {0};
    struct site *site = &build->site;
    for (uint32_t i = 0; i < site->variant_count; i++)
        add_variant(build, &list, i);
    add(&list, OUTPUT_START, SLICE("index.html"), NONE, NONE);
    add(&list, OUTPUT_NOT_FOUND, SLICE("404.html"), NONE, NONE);
    add(&list, OUTPUT_ROBOTS, SLICE("robots.txt"), NONE, NONE);
    add(&list, OUTPUT_COPY, SLICE("copy.js"), NONE, NONE);
    if (site->config->site_url[0])
        add(&list, OUTPUT_SITEMAP, SLICE("sitemap.xml"), NONE, NONE);
    for (uint32_t i = 0; i < build->render.theme_file_count; i++)
        add(&list, OUTPUT_THEME_FILE, slice_of(arena_printf(&build->arena, "theme/%.*s", SLICE_ARGS(build->render.theme_files[i]))), NONE, i);
    add_assets(build, &list);
    drop_twins(build, &list);
    site->outputs = ARENA_ARRAY(&build->arena, struct output, list.count + 1);
    memcpy(site->outputs, list.items, list.count * sizeof *list.items);
    site->output_count = (uint32_t)list.count;
    build->stats.outputs = list.count;
    for (uint32_t i = 0; i < site->output_count; i++)
        build->stats.pages += site->outputs[i].kind == OUTPUT_PAGE;
    free(list.items);
    return true;
}
