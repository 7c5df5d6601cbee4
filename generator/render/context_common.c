/* What every template is given: the fields of themes/README.md, "All templates".
 * Each field that a page shows is also part of its key (render/key.c). */

#include "render/parts.h"

struct slice url_to(struct renderer *renderer, struct slice to)
{
    return link_between(&renderer->scratch, renderer->output->path, to);
}

void context_link(struct renderer *renderer, const char *key, struct slice title, struct slice to)
{
    struct template_engine *engine = renderer->engine;
    context_map_begin(engine, key);
    context_text(engine, "title", title);
    context_url(engine, "url", url_to(renderer, to));
    context_map_end(engine);
}

static struct slice home_of(struct renderer *renderer, const struct variant *variant)
{
    return output_of_folder(&renderer->scratch, renderer->site, variant, 0);
}

static void site_map(struct renderer *renderer)
{
    struct template_engine *engine = renderer->engine;
    const struct site_config *config = renderer->site->config;
    bool is_root_404 = renderer->output->kind == OUTPUT_NOT_FOUND;
    context_map_begin(engine, "site");
    context_text(engine, "name", slice_of(config->site_name));
    context_text_if(engine, "notice", slice_of(config->notice));
    context_text_if(engine, "disclaimer", slice_of(config->disclaimer));
    if (config->site_url[0])
        context_url(engine, "url", slice_of(config->site_url));
    if (is_root_404)
        context_url(engine, "start_url", config->site_url[0] ? slice_of(arena_printf(&renderer->scratch, "%sindex.html", config->site_url)) : SLICE(""));
    else
        context_url(engine, "start_url", url_to(renderer, SLICE("index.html")));
    if (renderer->variant)
        context_url(engine, "home_url", url_to(renderer, home_of(renderer, renderer->variant)));
    else
        context_url(engine, "home_url", is_root_404 ? SLICE("") : url_to(renderer, SLICE("index.html")));
    context_list_begin(engine, "menu", 8);
    if (renderer->variant) {
        const struct edition *edition = renderer->edition;
        const struct folder *top = &edition->folders[0];
        /* The main entries are the folders of the root, in order; a reader finds single pages in the navigation. */
        for (uint32_t i = 0, shown = 0; i < top->entry_count && shown < 8; i++) {
            const struct nav_entry *entry = &edition->entries[top->first_entry + i];
            if (entry->folder == NONE)
                continue;
            shown++;
            struct slice path = edition->folders[entry->folder].path;
            struct slice own = slice_from(renderer->output->path, renderer->variant->prefix.length + 1);
            bool is_current = own.length > path.length && memcmp(own.at, path.at, path.length) == 0 && own.at[path.length] == '/';
            context_map_begin(engine, NULL);
            context_text(engine, "title", entry->title);
            context_url(engine, "url", url_to(renderer, output_of_folder(&renderer->scratch, renderer->site, renderer->variant, entry->folder)));
            context_bool(engine, "current", is_current);
            context_map_end(engine);
        }
    }
    context_list_end(engine);
    context_list_begin(engine, "links", 3);
    if (renderer->variant) {
        static const char *const pages[] = {"glossary", "references", "about"};
        for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
            if (!site_has_page(renderer->site, renderer->variant->edition, pages[i]))
                continue;
            const char *name = arena_printf(&renderer->scratch, "%s.html", pages[i]);
            context_map_begin(engine, NULL);
            context_text(engine, "key", slice_of(pages[i]));
            context_url(engine, "url", url_to(renderer, output_of_name(&renderer->scratch, renderer->variant, name)));
            context_map_end(engine);
        }
    }
    context_list_end(engine);
    if (!is_root_404)
        context_url(engine, "copy_url", url_to(renderer, SLICE("copy.js")));
    context_map_end(engine);
}

static void edition_maps(struct renderer *renderer)
{
    struct template_engine *engine = renderer->engine;
    const struct edition_spec *spec = renderer->edition ? renderer->edition->spec : NULL;
    context_map_begin(engine, "edition");
    context_text(engine, "id", slice_of(spec ? spec->id : ""));
    context_text(engine, "title", slice_of(spec ? (spec->title[0] ? spec->title : spec->id) : ""));
    if (spec && spec->is_restricted)
        context_bool(engine, "restricted", true);
    context_map_end(engine);
    context_map_begin(engine, "release");
    context_text_if(engine, "name", slice_of(renderer->render->release));
    context_bool(engine, "current", true);
    context_map_end(engine);
}

void context_languages(struct renderer *renderer)
{
    struct template_engine *engine = renderer->engine;
    const struct site *site = renderer->site;
    context_list_begin(engine, "languages", 4);
    for (uint32_t i = 0; renderer->variant && i < site->variant_count; i++) {
        const struct variant *variant = &site->variants[i];
        if (variant->edition != renderer->variant->edition)
            continue;
        const struct language *language = &site->config->languages[variant->language];
        struct slice rest = slice_from(renderer->output->path, renderer->variant->prefix.length);
        struct slice to = slice_of(arena_printf(&renderer->scratch, "%.*s%.*s", SLICE_ARGS(variant->prefix), SLICE_ARGS(rest)));
        context_map_begin(engine, NULL);
        context_text(engine, "tag", slice_of(language->tag));
        context_text(engine, "name", slice_of(language->name));
        context_text(engine, "dir", slice_of(language->is_rtl ? "rtl" : "ltr"));
        context_bool(engine, "current", variant == renderer->variant);
        context_bool(engine, "same_page", true);
        context_url(engine, "url", url_to(renderer, to));
        context_map_end(engine);
    }
    context_list_end(engine);
}

void context_breadcrumbs(struct renderer *renderer, uint32_t folder, bool with_folder)
{
    struct template_engine *engine = renderer->engine;
    uint32_t trail[64], depth = 0;
    if (renderer->edition) {
        if (folder != NONE && !with_folder)
            folder = renderer->edition->folders[folder].parent;
        for (; folder != NONE && depth < 64; folder = renderer->edition->folders[folder].parent)
            trail[depth++] = folder;
    }
    context_list_begin(engine, "breadcrumbs", depth);
    while (depth > 0) {
        uint32_t at = trail[--depth];
        context_link(renderer, NULL, renderer->edition->folders[at].title,
                     output_of_folder(&renderer->scratch, renderer->site, renderer->variant, at));
    }
    context_list_end(engine);
}

void context_children(struct renderer *renderer, uint32_t chunk_index)
{
    struct template_engine *engine = renderer->engine;
    const struct site *site = renderer->site;
    const struct edition *edition = renderer->edition;
    const struct nav_chunk *chunk = &edition->chunks[chunk_index];
    const struct folder *folder = &edition->folders[chunk->folder];
    context_list_begin(engine, "children", chunk->count);
    for (uint32_t i = 0; i < chunk->count; i++) {
        const struct nav_entry *entry = &edition->entries[chunk->first + i];
        struct slice to = entry->folder != NONE ? output_of_folder(&renderer->scratch, site, renderer->variant, entry->folder)
                                                : output_of_page(&renderer->scratch, site, renderer->variant, entry->page);
        context_map_begin(engine, NULL);
        context_text(engine, "title", entry->title);
        context_url(engine, "url", url_to(renderer, to));
        if (entry->page != NONE) {
            const struct document *facts = &page_document(site, &edition->pages[entry->page])->facts;
            context_text_if(engine, "description", document_field_text(facts, FIELD_DESCRIPTION));
            struct slice kind = document_field_text(facts, FIELD_KIND);
            context_text_if(engine, "kind", kind);
            context_text_if(engine, "kind_label", site_kind_label(site, renderer->variant->edition, kind, renderer->language->tag));
        }
        context_bool(engine, "is_folder", entry->folder != NONE);
        if (entry->folder != NONE)
            context_number(engine, "count", edition->folders[entry->folder].entry_count);
        context_map_end(engine);
    }
    context_list_end(engine);
    if (folder->chunk_count < 2)
        return;
    context_list_begin(engine, "parts", folder->chunk_count);
    for (uint32_t i = 0; i < folder->chunk_count; i++) {
        uint32_t other = folder->first_chunk + i;
        const struct nav_chunk *part = &edition->chunks[other];
        context_map_begin(engine, NULL);
        context_text(engine, "title", part->count ? edition->entries[part->first].title : folder->title);
        context_url(engine, "url", url_to(renderer, output_of_chunk(&renderer->scratch, site, renderer->variant, other)));
        context_bool(engine, "current", other == chunk_index);
        context_map_end(engine);
    }
    context_list_end(engine);
}

static struct slice root_of(struct arena *arena, struct slice path)
{
    struct buffer root = BUFFER(4096);
    for (size_t i = 0; i < path.length; i++)
        if (path.at[i] == '/')
            buffer_text(&root, "../");
    struct slice kept = arena_slice(arena, buffer_view(&root));
    buffer_free(&root);
    return kept;
}

void context_head(struct renderer *renderer, const char *kind, struct slice title, struct slice title_html)
{
    struct template_engine *engine = renderer->engine;
    const struct site_config *config = renderer->site->config;
    const struct output *output = renderer->output;
    renderer->root = output->kind == OUTPUT_NOT_FOUND ? slice_of(config->site_url) : root_of(&renderer->scratch, output->path);
    context_begin(engine, renderer->language->tag);
    site_map(renderer);
    edition_maps(renderer);
    context_map_begin(engine, "page");
    context_text(engine, "kind", slice_of(kind));
    context_text(engine, "title", title);
    if (title_html.length)
        context_html(engine, "title_html", title_html);
    context_text(engine, "lang", slice_of(renderer->language->tag));
    context_text(engine, "dir", slice_of(renderer->language->is_rtl ? "rtl" : "ltr"));
    context_url(engine, "root", renderer->root);
    context_text(engine, "path", output->path);
    if (config->site_url[0])
        context_url(engine, "canonical",
                    slice_of(arena_printf(&renderer->scratch, "%s%.*s", config->site_url,
                                          SLICE_ARGS(link_between(&renderer->scratch, SLICE(""), output->path)))));
    context_languages(renderer);
    if (renderer->site->edition_count > 1 && renderer->variant)
        context_url(engine, "editions_url", url_to(renderer, SLICE("index.html")));
    context_map_begin(engine, "slots");
    context_map_end(engine);
    context_bool(engine, "sample", renderer->render->sample);
}

static void nav_entries(struct renderer *renderer, const struct nav_chunk *chunk)
{
    struct template_engine *engine = renderer->engine;
    const struct edition *edition = renderer->edition;
    context_list_begin(engine, "entries", chunk->count);
    for (uint32_t i = 0; i < chunk->count; i++) {
        const struct nav_entry *entry = &edition->entries[chunk->first + i];
        struct slice to = entry->folder != NONE
                              ? output_of_folder(&renderer->scratch, renderer->site, renderer->variant, entry->folder)
                              : output_of_page(&renderer->scratch, renderer->site, renderer->variant, entry->page);
        context_map_begin(engine, NULL);
        context_text(engine, "title", entry->title);
        context_url(engine, "url", url_to(renderer, to));
        context_bool(engine, "is_folder", entry->folder != NONE);
        context_map_end(engine);
    }
    context_list_end(engine);
}

/* Renders the fragment of one chunk, with links as the output in hand needs them. */
static bool make_nav(struct renderer *renderer, uint32_t chunk_index, struct diag_list *diags)
{
    struct template_engine *engine = renderer->engine;
    const struct edition *edition = renderer->edition;
    const struct nav_chunk *chunk = &edition->chunks[chunk_index];
    const struct folder *folder = &edition->folders[chunk->folder];
    context_begin(engine, renderer->language->tag);
    context_map_begin(engine, "page");
    context_text(engine, "lang", slice_of(renderer->language->tag));
    context_text(engine, "dir", slice_of(renderer->language->is_rtl ? "rtl" : "ltr"));
    context_map_end(engine);
    context_map_begin(engine, "nav");
    uint32_t trail[64], depth = 0;
    for (uint32_t at = folder->parent; at != NONE && depth < 64; at = edition->folders[at].parent)
        trail[depth++] = at;
    context_list_begin(engine, "ancestors", depth);
    while (depth > 0) {
        uint32_t at = trail[--depth];
        context_link(renderer, NULL, edition->folders[at].title,
                     output_of_folder(&renderer->scratch, renderer->site, renderer->variant, at));
    }
    context_list_end(engine);
    context_text(engine, "title", folder->title);
    context_url(engine, "url", url_to(renderer, output_of_folder(&renderer->scratch, renderer->site, renderer->variant, chunk->folder)));
    nav_entries(renderer, chunk);
    if (chunk_index > folder->first_chunk)
        context_link(renderer, "before", edition->entries[edition->chunks[chunk_index - 1].first].title,
                     output_of_chunk(&renderer->scratch, renderer->site, renderer->variant, chunk_index - 1));
    if (chunk_index + 1 < folder->first_chunk + folder->chunk_count)
        context_link(renderer, "after", edition->entries[edition->chunks[chunk_index + 1].first].title,
                     output_of_chunk(&renderer->scratch, renderer->site, renderer->variant, chunk_index + 1));
    context_map_end(engine);
    buffer_clear(&renderer->nav.html);
    return template_render(engine, "nav", &renderer->nav.html, diags);
}

bool context_nav(struct renderer *renderer, uint32_t chunk, struct diag_list *diags)
{
    uint32_t variant = (uint32_t)(renderer->variant - renderer->site->variants);
    struct slice folder = path_folder(renderer->output->path);
    bool is_same = renderer->nav.is_made && renderer->nav.variant == variant && renderer->nav.chunk == chunk &&
                   slice_equal(renderer->nav.folder, folder);
    if (is_same)
        return true;
    renderer->nav.is_made = make_nav(renderer, chunk, diags);
    renderer->nav.variant = variant;
    renderer->nav.chunk = chunk;
    buffer_clear(&renderer->nav.path);
    buffer_slice(&renderer->nav.path, folder);
    renderer->nav.folder = buffer_view(&renderer->nav.path);
    return renderer->nav.is_made;
}
