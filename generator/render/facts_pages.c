/* The glossary and the list of references of an edition, in the reader's
 * language and its order. */

#include "render/parts.h"
#include "text/collate.h"
#include <stdlib.h>

struct sorted {
    uint32_t index;
    struct slice name, sort_key;
};

static int compare_sorted(const void *a, const void *b)
{
    const struct sorted *x = a, *y = b;
    int order = slice_compare(x->sort_key, y->sort_key);
    return order ? order : x->index < y->index ? -1 : x->index > y->index;
}

static void add_language(struct renderer *renderer, const char *found)
{
    if (!found || !found[0] || strcmp(found, renderer->language->tag) == 0)
        return;
    const struct language *language = config_language(renderer->site->config, slice_of(found));
    context_text(renderer->engine, "lang", slice_of(found));
    context_text(renderer->engine, "dir", slice_of(language && language->is_rtl ? "rtl" : "ltr"));
}

static struct slice as_html(struct renderer *renderer, struct slice text)
{
    struct buffer html = BUFFER(1 << 20);
    html_escape(&html, text);
    struct slice kept = arena_slice(&renderer->scratch, buffer_view(&html));
    buffer_free(&html);
    return kept;
}

static void glossary_term(struct renderer *renderer, uint32_t index)
{
    struct template_engine *engine = renderer->engine;
    const struct site_facts *facts = renderer->facts_of;
    const struct term *term = &facts->terms[index];
    const char *found = NULL;
    struct slice definition = facts_text(facts, &term->definition, renderer->language->tag, &found);
    struct buffer id = BUFFER(4096);
    html_id(&id, term->key);
    context_map_begin(engine, NULL);
    context_text(engine, "id", buffer_view(&id));
    context_text(engine, "term", facts_term_text(facts, index, renderer->language->tag));
    context_html(engine, "definition", as_html(renderer, definition));
    add_language(renderer, found);
    if (renderer->edition->parent != NONE && strcmp(term->edition, renderer->edition->spec->id) == 0)
        context_bool(engine, "is_local", true);
    context_map_end(engine);
    buffer_free(&id);
}

bool render_glossary(struct renderer *renderer, struct buffer *out, struct diag_list *diags)
{
    struct template_engine *engine = renderer->engine;
    const struct site_facts *facts = renderer->facts_of;
    const char *tag = renderer->language->tag;
    struct collator *collator = collator_new(tag);
    struct sorted *terms = ARENA_ARRAY(&renderer->scratch, struct sorted, facts->term_count + 1);
    for (uint32_t i = 0; i < facts->term_count; i++) {
        terms[i] = (struct sorted){i, facts_term_text(facts, i, tag), {0}};
        terms[i].sort_key = collator_key(collator, &renderer->scratch, terms[i].name);
    }
    qsort(terms, facts->term_count, sizeof *terms, compare_sorted);
    context_head(renderer, "glossary", template_word(engine, tag, "link_glossary"), SLICE(""));
    context_breadcrumbs(renderer, 0, true);
    context_map_end(engine);
    context_map_begin(engine, "glossary");
    context_list_begin(engine, "groups", 26);
    struct slice letter = SLICE("");
    for (uint32_t i = 0; i < facts->term_count; i++) {
        struct slice own = collator_letter(collator, &renderer->scratch, terms[i].name);
        if (i == 0 || !slice_equal(own, letter)) {
            if (i) {
                context_list_end(engine);
                context_map_end(engine);
            }
            letter = own;
            context_map_begin(engine, NULL);
            context_text(engine, "letter", letter);
            context_text(engine, "id", slice_of(arena_printf(&renderer->scratch, "w--letter-%u", i)));
            context_list_begin(engine, "terms", 8);
        }
        glossary_term(renderer, terms[i].index);
    }
    if (facts->term_count) {
        context_list_end(engine);
        context_map_end(engine);
    }
    context_list_end(engine);
    context_map_end(engine);
    collator_free(collator);
    return template_render(engine, "glossary", out, diags);
}

enum { CITED_MOST = 20 };

/* The pages that cite an entry, in reading order, the first twenty. */
static void cited_by(struct renderer *renderer, uint32_t index)
{
    struct template_engine *engine = renderer->engine;
    const struct edition *edition = renderer->edition;
    context_list_begin(engine, "cited", 0);
    uint32_t shown = 0;
    for (uint32_t i = 0; i < edition->page_count && shown < CITED_MOST; i++) {
        const struct document *document = &page_document(renderer->site, &edition->pages[i])->facts;
        for (uint32_t j = 0; j < document->reference_count; j++) {
            const struct target *target = &edition->targets[edition->pages[i].first_target + j];
            if (target->state != TARGET_CITE || target->subject != index)
                continue;
            struct slice locator = document_text(document, document->references[j].fragment);
            context_map_begin(engine, NULL);
            context_text(engine, "title", page_document(renderer->site, &edition->pages[i])->title);
            context_url(engine, "url", url_to(renderer, output_of_page(&renderer->scratch, renderer->site, renderer->variant, i)));
            if (locator.length)
                context_text(engine, "locator", facts_cite_locator(renderer->facts_of, index, locator, renderer->language->tag));
            context_map_end(engine);
            shown++;
            break;
        }
    }
    context_list_end(engine);
}

static void reference_item(struct renderer *renderer, uint32_t index)
{
    struct template_engine *engine = renderer->engine;
    const struct site_facts *facts = renderer->facts_of;
    const struct cite *cite = &facts->cites[index];
    const char *tag = renderer->language->tag, *found = NULL;
    struct slice title = facts_text(facts, &cite->title, tag, &found);
    struct slice short_title = facts_cite_short(facts, index, tag);
    struct buffer id = BUFFER(4096);
    html_id(&id, cite->key);
    context_map_begin(engine, NULL);
    context_text(engine, "id", buffer_view(&id));
    context_text(engine, "title", title);
    if (!slice_equal(short_title, title))
        context_text_if(engine, "short", short_title);
    context_text_if(engine, "issuer", facts_text(facts, &cite->body, tag, NULL));
    context_text_if(engine, "number", slice_of(cite->number));
    context_text_if(engine, "date", slice_of(cite->date));
    context_text_if(engine, "jurisdiction", slice_of(cite->jurisdiction));
    if (cite->url[0])
        context_url(engine, "url", slice_of(cite->url));
    context_text_if(engine, "note", facts_text(facts, &cite->note, tag, NULL));
    context_bool(engine, "checked", cite->is_checked);
    if (renderer->edition->parent != NONE && strcmp(cite->edition, renderer->edition->spec->id) == 0)
        context_bool(engine, "is_local", true);
    add_language(renderer, found);
    cited_by(renderer, index);
    context_map_end(engine);
    buffer_free(&id);
}

bool render_references(struct renderer *renderer, struct buffer *out, struct diag_list *diags)
{
    struct template_engine *engine = renderer->engine;
    const struct site_facts *facts = renderer->facts_of;
    const char *tag = renderer->language->tag;
    struct collator *collator = collator_new(tag);
    struct sorted *cites = ARENA_ARRAY(&renderer->scratch, struct sorted, facts->cite_count + 1);
    for (uint32_t i = 0; i < facts->cite_count; i++) {
        cites[i] = (struct sorted){i, facts_cite_title(facts, i, tag), {0}};
        cites[i].sort_key = collator_key(collator, &renderer->scratch, cites[i].name);
    }
    qsort(cites, facts->cite_count, sizeof *cites, compare_sorted);
    context_head(renderer, "references", template_word(engine, tag, "link_references"), SLICE(""));
    context_breadcrumbs(renderer, 0, true);
    context_map_end(engine);
    context_map_begin(engine, "references");
    context_list_begin(engine, "groups", 4);
    /* One group a kind, in the order of the schema; what has none comes last. */
    for (uint32_t k = 0; k <= facts->kind_count; k++) {
        bool is_rest = k == facts->kind_count, is_open = false;
        for (uint32_t i = 0; i < facts->cite_count; i++) {
            uint32_t kind = facts_kind(facts, slice_of(facts->cites[cites[i].index].kind));
            if (is_rest ? kind != TABLE_NONE : kind != k)
                continue;
            if (!is_open) {
                const struct kind *named = is_rest ? NULL : &facts->kinds[k];
                struct slice title = is_rest ? template_word(engine, tag, "link_references")
                                             : facts_text(facts, named->plural.count ? &named->plural : &named->label, tag, NULL);
                context_map_begin(engine, NULL);
                context_text(engine, "id", slice_of(arena_printf(&renderer->scratch, "w--group-%u", k)));
                context_text(engine, "title", title);
                context_list_begin(engine, "items", 16);
                is_open = true;
            }
            reference_item(renderer, cites[i].index);
        }
        if (is_open) {
            context_list_end(engine);
            context_map_end(engine);
        }
    }
    context_list_end(engine);
    context_map_end(engine);
    collator_free(collator);
    return template_render(engine, "references", out, diags);
}
