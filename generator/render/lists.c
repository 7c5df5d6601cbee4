/* Pages that the generator adds: a folder's index, the start page, redirects,
 * about, 404; and the files for machines: sitemap, robots.txt, copy.js. */

#include "render/parts.h"
#include "base/limits.h"

bool render_folder(struct renderer *renderer, struct buffer *out, struct diag_list *diags)
{
    uint32_t chunk = renderer->output->subject;
    uint32_t index = renderer->edition->chunks[chunk].folder;
    const struct folder *folder = &renderer->edition->folders[index];
    if (!context_nav(renderer, chunk, diags))
        return false;
    context_head(renderer, "folder", folder->title, SLICE(""));
    context_breadcrumbs(renderer, index, chunk != folder->first_chunk);
    context_fragment(renderer->engine, "nav", buffer_view(&renderer->nav.html), SLICE(""));
    context_children(renderer, chunk);
    context_map_end(renderer->engine);
    return template_render(renderer->engine, "folder", out, diags);
}

static void start_languages(struct renderer *renderer)
{
    struct template_engine *engine = renderer->engine;
    const struct site *site = renderer->site;
    context_list_begin(engine, "languages", site->config->language_count);
    for (size_t i = 0; i < site->config->language_count; i++) {
        const struct language *language = &site->config->languages[i];
        for (uint32_t j = 0; j < site->variant_count; j++) {
            if (site->variants[j].language != i)
                continue;
            context_map_begin(engine, NULL);
            context_text(engine, "tag", slice_of(language->tag));
            context_text(engine, "name", slice_of(language->name));
            context_text(engine, "dir", slice_of(language->is_rtl ? "rtl" : "ltr"));
            context_url(engine, "url", url_to(renderer, output_of_folder(&renderer->scratch, site, &site->variants[j], 0)));
            context_map_end(engine);
            break;
        }
    }
    context_list_end(engine);
}

static void start_editions(struct renderer *renderer)
{
    struct template_engine *engine = renderer->engine;
    const struct site *site = renderer->site;
    context_list_begin(engine, "editions", site->edition_count);
    for (uint32_t i = 0; i < site->edition_count; i++) {
        const struct edition_spec *spec = site->editions[i].spec;
        if (spec->is_restricted)
            continue;
        context_map_begin(engine, NULL);
        context_text(engine, "id", slice_of(spec->id));
        context_text(engine, "title", slice_of(spec->title[0] ? spec->title : site->edition_count == 1 ? site->config->site_name : spec->id));
        context_text(engine, "description", site_edition_description(site, i, renderer->language->tag));
        context_list_begin(engine, "languages", 4);
        for (uint32_t j = 0; j < site->variant_count; j++) {
            if (site->variants[j].edition != i)
                continue;
            const struct language *language = &site->config->languages[site->variants[j].language];
            context_map_begin(engine, NULL);
            context_text(engine, "tag", slice_of(language->tag));
            context_text(engine, "name", slice_of(language->name));
            context_text(engine, "dir", slice_of(language->is_rtl ? "rtl" : "ltr"));
            context_url(engine, "url", url_to(renderer, output_of_folder(&renderer->scratch, site, &site->variants[j], 0)));
            context_map_end(engine);
        }
        context_list_end(engine);
        context_map_end(engine);
    }
    context_list_end(engine);
}

bool render_start(struct renderer *renderer, struct buffer *out, struct diag_list *diags)
{
    context_head(renderer, "start", slice_of(renderer->site->config->site_name), SLICE(""));
    context_breadcrumbs(renderer, NONE, false);
    context_map_end(renderer->engine);
    context_map_begin(renderer->engine, "start");
    start_editions(renderer);
    start_languages(renderer);
    context_map_end(renderer->engine);
    return template_render(renderer->engine, "start", out, diags);
}

bool render_redirect(struct renderer *renderer, struct buffer *out, struct diag_list *diags)
{
    uint32_t page = renderer->output->subject;
    struct slice title = page_document(renderer->site, &renderer->edition->pages[page])->title;
    context_head(renderer, "redirect", title, SLICE(""));
    context_breadcrumbs(renderer, NONE, false);
    context_url(renderer->engine, "target",
                url_to(renderer, output_of_page(&renderer->scratch, renderer->site, renderer->variant, page)));
    context_text(renderer->engine, "target_title", title);
    context_map_end(renderer->engine);
    return template_render(renderer->engine, "redirect", out, diags);
}

bool render_not_found(struct renderer *renderer, struct buffer *out, struct diag_list *diags)
{
    context_head(renderer, "not-found", template_word(renderer->engine, renderer->language->tag, "not_found_title"), SLICE(""));
    context_breadcrumbs(renderer, NONE, false);
    context_map_end(renderer->engine);
    return template_render(renderer->engine, "not-found", out, diags);
}

static void about_sources(struct renderer *renderer)
{
    struct template_engine *engine = renderer->engine;
    const struct file_list *files = renderer->site->files;
    context_list_begin(engine, "sources", files->source_count);
    for (uint32_t i = 0; i < files->source_count; i++) {
        const struct source_state *source = &files->sources[i];
        const struct source_spec *spec = &renderer->site->config->sources[source->spec];
        char id[41];
        hex_of(source->commit, sizeof source->commit, id);
        context_map_begin(engine, NULL);
        context_text(engine, "name", slice_of(source->name));
        context_text(engine, "address", slice_of(spec->is_remote ? spec->url : ""));
        context_text(engine, "ref", slice_of(source->is_git ? source->ref : ""));
        context_text(engine, "commit", source->is_git ? (struct slice){id, 40} : SLICE(""));
        context_text(engine, "short", source->is_git ? (struct slice){id, 10} : SLICE(""));
        context_bool(engine, "worktree", source->is_worktree);
        context_map_end(engine);
    }
    context_list_end(engine);
}

bool render_about(struct renderer *renderer, struct buffer *out, struct diag_list *diags)
{
    struct template_engine *engine = renderer->engine;
    const struct site *site = renderer->site;
    context_head(renderer, "about", template_word(engine, renderer->language->tag, "link_about"), SLICE(""));
    context_breadcrumbs(renderer, 0, true);
    context_map_end(engine);
    context_map_begin(engine, "about");
    about_sources(renderer);
    context_list_begin(engine, "editions", site->edition_count);
    for (uint32_t i = 0; i < site->variant_count; i++) {
        const struct variant *variant = &site->variants[i];
        const struct edition_spec *spec = site->editions[variant->edition].spec;
        if (spec->is_restricted && variant->edition != renderer->variant->edition)
            continue;
        if (variant->language != renderer->variant->language)
            continue;
        context_link(renderer, NULL, slice_of(spec->title[0] ? spec->title : spec->id),
                     output_of_folder(&renderer->scratch, site, variant, 0));
    }
    context_list_end(engine);
    context_list_begin(engine, "releases", 0);
    context_list_end(engine);
    context_list_begin(engine, "tools", 1);
    context_map_begin(engine, NULL);
    context_text(engine, "name", SLICE("Waymark"));
    context_text(engine, "version", slice_of(renderer->render->tool_version));
    context_map_end(engine);
    context_list_end(engine);
    context_day(engine, "day", site->build_date);
    context_url(engine, "sums_url", url_to(renderer, SLICE("SHA256SUMS")));
    context_url(engine, "manifest_url", url_to(renderer, SLICE("manifest/index.json")));
    context_map_end(engine);
    return template_render(engine, "about", out, diags);
}

static void xml_text(struct buffer *out, struct slice text)
{
    html_escape(out, text);
}

static void absolute(struct renderer *renderer, struct buffer *out, struct slice path)
{
    xml_text(out, slice_of(renderer->site->config->site_url));
    xml_text(out, link_between(&renderer->scratch, SLICE(""), path));
}

/* A sitemap of sitemaps, one for each part of a folder, so that a new page rewrites one small file. */
bool render_sitemap(struct renderer *renderer, struct buffer *out)
{
    const struct site *site = renderer->site;
    buffer_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
    for (uint32_t i = 0; i < site->output_count; i++) {
        if (site->outputs[i].kind != OUTPUT_SITEMAP_LEAF)
            continue;
        buffer_text(out, "<sitemap><loc>");
        absolute(renderer, out, site->outputs[i].path);
        buffer_text(out, "</loc></sitemap>\n");
    }
    buffer_text(out, "</sitemapindex>\n");
    return !out->overflowed;
}

static void sitemap_page(struct renderer *renderer, struct buffer *out, uint32_t page)
{
    buffer_text(out, "<url><loc>");
    absolute(renderer, out, output_of_page(&renderer->scratch, renderer->site, renderer->variant, page));
    buffer_text(out, "</loc></url>\n");
}

bool render_sitemap_leaf(struct renderer *renderer, struct buffer *out)
{
    const struct edition *edition = renderer->edition;
    const struct nav_chunk *chunk = &edition->chunks[renderer->output->subject];
    const struct folder *folder = &edition->folders[chunk->folder];
    buffer_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
    if (folder->index_page != NONE && folder->first_chunk == renderer->output->subject)
        sitemap_page(renderer, out, folder->index_page);
    for (uint32_t i = 0; i < chunk->count; i++) {
        const struct nav_entry *entry = &edition->entries[chunk->first + i];
        if (entry->folder == NONE)
            sitemap_page(renderer, out, entry->page);
    }
    buffer_text(out, "</urlset>\n");
    return !out->overflowed;
}

bool render_robots(struct renderer *renderer, struct buffer *out)
{
    buffer_text(out, "User-agent: *\nAllow: /\n");
    if (renderer->site->config->site_url[0])
        buffer_printf(out, "Sitemap: %ssitemap.xml\n", renderer->site->config->site_url);
    return !out->overflowed;
}

static void js_text(struct buffer *out, struct slice text)
{
    buffer_byte(out, '"');
    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c < 0x20 || c == '"' || c == '\\' || c == '<' || c == 0x7F)
            buffer_printf(out, "\\u%04x", c);
        else
            buffer_byte(out, (char)c);
    }
    buffer_byte(out, '"');
}

/* What changes with every build, in one classic script: pages do not hold it and need not be made again. */
bool render_copy(struct renderer *renderer, struct buffer *out)
{
    const struct file_list *files = renderer->site->files;
    int date = renderer->site->build_date;
    buffer_printf(out, "var waymarkCopy = {\"date\": \"%04d-%02d-%02d\", \"version\": ", date / 10000, date / 100 % 100, date % 100);
    js_text(out, slice_of(renderer->render->tool_version));
    buffer_text(out, ", \"sources\": [");
    for (uint32_t i = 0; i < files->source_count; i++) {
        char id[41];
        hex_of(files->sources[i].commit, sizeof files->sources[i].commit, id);
        buffer_text(out, i ? ", {\"name\": " : "{\"name\": ");
        js_text(out, slice_of(files->sources[i].name));
        buffer_text(out, ", \"commit\": ");
        js_text(out, files->sources[i].is_git ? (struct slice){id, 40} : SLICE(""));
        buffer_byte(out, '}');
    }
    buffer_text(out, "]};\n");
    return !out->overflowed;
}
