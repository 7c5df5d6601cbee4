/* The page of one document: the template `page`. */

#include "render/parts.h"
#include "base/limits.h"
#include "model/includes.h"

/* The document first, then every document that it includes, whatever the depth. */
bool renderer_page(struct renderer *renderer, uint32_t edition_page, struct page *out)
{
    const struct site *site = renderer->site;
    const struct edition *edition = renderer->edition;
    uint32_t *pages = NULL, count = site_included_pages(&renderer->scratch, site, renderer->variant->edition, edition_page, &pages);
    struct document *documents = ARENA_ARRAY(&renderer->scratch, struct document, count + 1);
    struct page_source *sources = ARENA_ARRAY(&renderer->scratch, struct page_source, count + 1);
    for (uint32_t i = 0; i <= count; i++) {
        const struct site_document *document = page_document(site, &edition->pages[i ? pages[i - 1] : edition_page]);
        if (!document_open(&documents[i], document->facts.bytes))
            return false;
        sources[i] = (struct page_source){document->file, PAGE_NONE, (uint16_t)document->edition, (uint16_t)renderer->variant->language};
    }
    *out = (struct page){.documents = documents, .sources = sources, .document_count = count + 1,
                        .edition = (uint16_t)renderer->variant->edition, .language = (uint16_t)renderer->variant->language};
    struct passage *passage = ARENA_NEW(&renderer->scratch, struct passage);
    *passage = passage_whole(out, 0);
    out->passages = passage;
    out->passage_count = 1;
    return true;
}

static void page_contents(struct renderer *renderer)
{
    struct template_engine *engine = renderer->engine;
    const struct html_facts *facts = &renderer->facts;
    unsigned least = 7;
    for (size_t i = 0; i < facts->heading_count; i++)
        if (facts->headings[i].id.length && facts->headings[i].level < least)
            least = facts->headings[i].level;
    context_list_begin(engine, "contents", facts->heading_count);
    for (size_t i = 0; i < facts->heading_count; i++) {
        const struct html_heading *heading = &facts->headings[i];
        if (heading->id.length == 0)
            continue;
        struct slice title = {facts->pool.at + heading->title.at, heading->title.length};
        struct slice html = {facts->pool.at + heading->html.at, heading->html.length};
        context_map_begin(engine, NULL);
        context_text(engine, "id", (struct slice){facts->pool.at + heading->id.at, heading->id.length});
        context_text(engine, "title", title);
        if (html.length && !slice_equal(html, title))
            context_html(engine, "html", html);
        context_number(engine, "depth", heading->level - least + 1);
        context_map_end(engine);
    }
    context_list_end(engine);
}

static int64_t day_of(const struct document *facts, enum field_key key)
{
    const struct field *field = document_field(facts, key);
    return field ? field->number : 0;
}

bool page_is_overdue(const struct site *site, const struct document *facts);

bool page_is_overdue(const struct site *site, const struct document *facts)
{
    int64_t review = day_of(facts, FIELD_REVIEW_BY);
    return review && review < site->build_date;
}

static void notice(struct renderer *renderer, const char *kind, int64_t day)
{
    context_map_begin(renderer->engine, NULL);
    context_text(renderer->engine, "kind", slice_of(kind));
    context_day(renderer->engine, "day", day);
    context_map_end(renderer->engine);
}

static void page_notices(struct renderer *renderer, const struct document *facts)
{
    struct slice status = document_field_text(facts, FIELD_STATUS);
    int64_t from = day_of(facts, FIELD_VALID_FROM), until = day_of(facts, FIELD_VALID_UNTIL);
    context_list_begin(renderer->engine, "notices", 2);
    if (slice_is(status, "draft"))
        notice(renderer, "draft", 0);
    if (slice_is(status, "retired"))
        notice(renderer, "retired", 0);
    if (from > renderer->site->build_date)
        notice(renderer, "not_yet", from);
    if (until && until < renderer->site->build_date)
        notice(renderer, "expired", until);
    if (page_is_overdue(renderer->site, facts))
        notice(renderer, "overdue", day_of(facts, FIELD_REVIEW_BY));
    context_list_end(renderer->engine);
}

/* The address of the forge's editor: the source's pattern with {ref}, {path} and {line} filled in. */
static struct slice edit_url(struct renderer *renderer, const struct site_document *document)
{
    const struct source_state *source = &renderer->site->files->sources[document->source];
    struct slice pattern = slice_of(renderer->site->config->sources[source->spec].edit);
    struct slice path = renderer->site->files->items[document->file].path;
    struct buffer url = BUFFER(1 << 16);
    for (size_t i = 0; i < pattern.length;) {
        struct slice rest = slice_from(pattern, i);
        if (slice_starts_with(rest, "{ref}")) {
            path_relative(&url, SLICE(""), slice_of(source->ref));
            i += strlen("{ref}");
        } else if (slice_starts_with(rest, "{path}")) {
            if (source->prefix[0]) {
                path_relative(&url, SLICE(""), slice_of(source->prefix));
                buffer_byte(&url, '/');
            }
            path_relative(&url, SLICE(""), path);
            i += strlen("{path}");
        } else if (slice_starts_with(rest, "{line}")) {
            buffer_byte(&url, '1');
            i += strlen("{line}");
        } else {
            buffer_byte(&url, pattern.at[i++]);
        }
    }
    struct slice kept = arena_slice(&renderer->scratch, buffer_view(&url));
    buffer_free(&url);
    return kept;
}

static int64_t day_of_time(int64_t seconds)
{
    int64_t days = seconds / 86400 - (seconds % 86400 < 0); /* civil date from days: Hinnant's algorithm */
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t of_era = days - era * 146097;
    int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted = (5 * day_of_year + 2) / 153;
    int64_t day = day_of_year - (153 * shifted + 2) / 5 + 1;
    int64_t month = shifted < 10 ? shifted + 3 : shifted - 9;
    int64_t year = year_of_era + era * 400 + (month <= 2);
    return year * 10000 + month * 100 + day;
}

static void status_commit(struct renderer *renderer, const struct site_document *document)
{
    const struct file_list *files = renderer->site->files;
    if (!files->commits || files->commits[document->file].seconds == 0)
        return;
    const struct last_commit *commit = &files->commits[document->file];
    char id[41];
    hex_of(commit->id, sizeof commit->id, id);
    context_map_begin(renderer->engine, "commit");
    context_text(renderer->engine, "id", (struct slice){id, 40});
    context_text(renderer->engine, "short", (struct slice){id, 10});
    context_day(renderer->engine, "day", day_of_time(commit->seconds));
    if (renderer->site->config->show_authors)
        context_text_if(renderer->engine, "author", slice_of(commit->author));
    context_map_end(renderer->engine);
}

static void page_status(struct renderer *renderer, const struct site_document *document)
{
    struct template_engine *engine = renderer->engine;
    const struct document *facts = &document->facts;
    const struct source_state *source = &renderer->site->files->sources[document->source];
    context_map_begin(engine, "status");
    context_text_if(engine, "state", document_field_text(facts, FIELD_STATUS));
    context_text_if(engine, "owner", document_field_text(facts, FIELD_OWNER));
    context_text_if(engine, "approved_by", document_field_text(facts, FIELD_APPROVED_BY));
    context_day(engine, "approved_on", day_of(facts, FIELD_APPROVED_ON));
    context_day(engine, "review_by", day_of(facts, FIELD_REVIEW_BY));
    context_day(engine, "valid_from", day_of(facts, FIELD_VALID_FROM));
    context_day(engine, "valid_until", day_of(facts, FIELD_VALID_UNTIL));
    if (page_is_overdue(renderer->site, facts))
        context_bool(engine, "overdue", true);
    context_text_if(engine, "classification", document_field_text(facts, FIELD_CLASSIFICATION));
    if (slice_is(document_field_text(facts, FIELD_LOCKED), "true"))
        context_bool(engine, "locked", true);
    status_commit(renderer, document);
    context_list_begin(engine, "sources", 1);
    context_map_begin(engine, NULL);
    context_text(engine, "name", slice_of(source->name));
    context_text(engine, "path", renderer->site->files->items[document->file].path);
    struct slice edit = edit_url(renderer, document);
    if (edit.length)
        context_url(engine, "edit_url", edit);
    context_text(engine, "role", SLICE("base"));
    context_map_end(engine);
    context_list_end(engine);
    if (source->is_worktree)
        context_bool(engine, "worktree", true);
    context_map_end(engine);
}

static void page_backlinks(struct renderer *renderer, const struct edition_page *page)
{
    struct template_engine *engine = renderer->engine;
    const struct site *site = renderer->site;
    context_list_begin(engine, "backlinks", page->backlink_count);
    for (uint32_t i = 0; i < page->backlink_count; i++) {
        const struct backlink *link = &renderer->edition->backlinks[page->first_backlink + i];
        const struct site_document *from = page_document(site, &renderer->edition->pages[link->page]);
        struct slice to = output_of_page(&renderer->scratch, site, renderer->variant, link->page);
        context_map_begin(engine, NULL);
        context_text(engine, "title", from->title);
        if (link->section != NONE) {
            const struct section *section = &from->facts.sections[link->section];
            context_text(engine, "section", document_text(&from->facts, section->title));
            context_url(engine, "url", link_with_id(&renderer->scratch, renderer->output->path, to,
                                                    document_text(&from->facts, section->id)));
        } else {
            context_url(engine, "url", url_to(renderer, to));
        }
        context_map_end(engine);
    }
    context_list_end(engine);
    context_number(engine, "backlink_count", page->referrer_count);
}

static void page_words(struct renderer *renderer, const struct document *facts)
{
    struct template_engine *engine = renderer->engine;
    struct slice kind = document_field_text(facts, FIELD_KIND);
    context_text_if(engine, "kind_label", site_kind_label(renderer->site, renderer->variant->edition, kind, renderer->language->tag));
    static const struct { enum field_key key; const char *name; } lists[] = {{FIELD_TAGS, "tags"}, {FIELD_AUDIENCE, "audience"}};
    for (size_t i = 0; i < 2; i++) {
        if (!document_field(facts, lists[i].key))
            continue;
        context_list_begin(engine, lists[i].name, 0);
        for (uint32_t j = 0; j < facts->field_count; j++) {
            if (facts->fields[j].key != lists[i].key)
                continue;
            struct slice word = document_text(facts, facts->fields[j].value);
            if (lists[i].key == FIELD_AUDIENCE) {
                context_text(engine, NULL, site_choice_label(renderer->site, renderer->variant->edition, "audience", word, renderer->language->tag));
                continue;
            }
            context_map_begin(engine, NULL);
            context_text(engine, "title", word);
            context_map_end(engine);
        }
        context_list_end(engine);
    }
}

static void title_markup(const struct html_input *input, struct buffer *out)
{
    const struct document *facts = &input->page->documents[0];
    if (!(facts->flags & DOCUMENT_HAS_TITLE_HEADING) || document_field(facts, FIELD_TITLE))
        return;
    struct passage passage = passage_whole(input->page, 0);
    for (uint32_t i = 1; i < facts->node_count; i = facts->nodes[i].end)
        if (facts->nodes[i].type == NODE_HEADING && facts->nodes[i].extra == NODE_NONE) {
            html_inlines(out, input, &passage, i);
            return;
        }
}

bool render_page(struct renderer *renderer, struct buffer *out, struct diag_list *diags)
{
    const struct edition_page *at = &renderer->edition->pages[renderer->output->subject];
    const struct site_document *document = page_document(renderer->site, at);
    struct page page;
    struct html_hooks hooks = renderer_hooks(renderer);
    struct html_words words = renderer_words(renderer);
    struct html_input input = {&page, &hooks, &words, &renderer->facts};
    struct diag_file file = {file_shown_path(&renderer->scratch, renderer->site, document->file), SLICE("")};
    if (!renderer_page(renderer, renderer->output->subject, &page)) {
        diag_add(diags, DIAG_DOCUMENT_REFUSED, place_file(&file), "the parsed document is damaged");
        return diag_help(diags, "run again with --clean");
    }
    html_facts_clear(&renderer->facts);
    buffer_clear(&renderer->body);
    if (!html_render(&renderer->body, &input)) {
        diag_add(diags, DIAG_PAGE_TOO_LARGE, place_file(&file), "the page is larger than %d MiB", LIMIT_PAGE_BYTES >> 20);
        return diag_help(diags, "split the document, or include less");
    }
    struct buffer title_html = BUFFER(1 << 16);
    title_markup(&input, &title_html);
    if (!context_nav(renderer, at->chunk, diags)) {
        buffer_free(&title_html);
        return false;
    }
    context_head(renderer, "page", document->title, buffer_view(&title_html));
    struct template_engine *engine = renderer->engine;
    context_text_if(engine, "description", document_field_text(&document->facts, FIELD_DESCRIPTION));
    bool stands_for_folder = renderer->edition->folders[at->folder].index_page == renderer->output->subject;
    context_breadcrumbs(renderer, at->folder, !stands_for_folder);
    context_fragment(engine, "nav", buffer_view(&renderer->nav.html), url_to(renderer, renderer->output->path));
    if (at->previous != NONE)
        context_link(renderer, "previous", page_document(renderer->site, &renderer->edition->pages[at->previous])->title,
                     output_of_page(&renderer->scratch, renderer->site, renderer->variant, at->previous));
    if (at->next != NONE)
        context_link(renderer, "next", page_document(renderer->site, &renderer->edition->pages[at->next])->title,
                     output_of_page(&renderer->scratch, renderer->site, renderer->variant, at->next));
    context_html(engine, "body", buffer_view(&renderer->body));
    page_contents(renderer);
    page_notices(renderer, &document->facts);
    page_words(renderer, &document->facts);
    page_backlinks(renderer, at);
    if (stands_for_folder)
        context_children(renderer, renderer->edition->folders[at->folder].first_chunk);
    context_map_end(engine);
    page_status(renderer, document);
    bool ok = template_render(engine, "page", out, diags);
    buffer_free(&title_html);
    return ok;
}
