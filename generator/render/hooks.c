/* What html_render asks on its way through a body: where a reference leads, what
 * a parameter says, how a directive shows. Answers come from the frozen site;
 * each is part of the page's key. */

#include "render/element.h"
#include "render/parts.h"

static uint32_t edition_page_of(const struct renderer *renderer, const struct html_where *where)
{
    const struct page_source *source = &where->page->sources[where->document - where->page->documents];
    uint32_t document = renderer->site->document_of_file[source->file];
    return document == NONE ? NONE : renderer->edition->page_of_document[document];
}

static const struct target *target_of(const struct renderer *renderer, const struct html_where *where,
                                      const struct reference *reference)
{
    uint32_t page = edition_page_of(renderer, where);
    if (page == NONE)
        return NULL;
    uint32_t index = (uint32_t)(reference - where->document->references);
    return &renderer->edition->targets[renderer->edition->pages[page].first_target + index];
}

static void answer_page(struct renderer *renderer, const struct target *target, struct html_target *out)
{
    const struct site *site = renderer->site;
    const struct site_document *document = page_document(site, &renderer->edition->pages[target->subject]);
    struct slice to = output_of_page(&renderer->scratch, site, renderer->variant, target->subject);
    out->text = document->title;
    if (target->identifier == NONE) {
        out->href = url_to(renderer, to);
        return;
    }
    struct slice id = document_text(&document->facts, document->facts.identifiers[target->identifier].id);
    struct slice title = document_identifier_title(&document->facts, target->identifier);
    if (title.length)
        out->text = title;
    out->href = link_with_id(&renderer->scratch, renderer->output->path, to, id);
}

static void answer_fact(struct renderer *renderer, const struct target *target, struct html_target *out)
{
    bool is_term = target->state == TARGET_TERM;
    const struct site_facts *facts = renderer->facts_of;
    struct slice key = is_term ? facts_term_key(facts, target->subject) : facts_cite_key(facts, target->subject);
    struct slice to = output_of_name(&renderer->scratch, renderer->variant, is_term ? "glossary.html" : "references.html");
    out->href = link_with_id(&renderer->scratch, renderer->output->path, to, key);
    if (is_term) {
        out->text = facts_term_text(facts, target->subject, renderer->language->tag);
        out->title = facts_term_definition(facts, target->subject, renderer->language->tag);
    } else {
        out->text = facts_cite_short(facts, target->subject, renderer->language->tag);
        out->title = facts_cite_title(facts, target->subject, renderer->language->tag);
    }
}

/* "section 25" stands behind the short title of an instrument: `cite:xa-dpa#s25`. */
static void add_locator(struct renderer *renderer, const struct document *document, const struct reference *reference,
                        struct html_target *out)
{
    struct slice key = document_text(document, reference->target), locator = document_text(document, reference->fragment);
    if (locator.length == 0)
        return;
    struct slice label = facts_cite_locator(renderer->facts_of, facts_cite(renderer->facts_of, key), locator, renderer->language->tag);
    out->text = slice_of(arena_printf(&renderer->scratch, "%.*s, %.*s", SLICE_ARGS(out->text), SLICE_ARGS(label)));
}

static bool resolve(void *context, const struct html_where *where, const struct reference *reference,
                    struct html_target *out)
{
    struct renderer *renderer = context;
    if (reference->kind == REFERENCE_REFUSED) {
        out->state = HTML_REFUSED;
        return true;
    }
    const struct target *target = target_of(renderer, where, reference);
    if (!target)
        return false;
    switch ((enum target_state)target->state) {
    case TARGET_MISSING:
        /* The page is there and only the place on it is not: lead to the page. */
        if (target->subject != NONE)
            answer_page(renderer, target, out);
        else
            out->state = HTML_MISSING;
        return true;
    case TARGET_PAGE:
        answer_page(renderer, target, out);
        return true;
    case TARGET_FOLDER:
            out->href = url_to(renderer, output_of_folder(&renderer->scratch, renderer->site, renderer->variant, target->subject));
        out->text = renderer->edition->folders[target->subject].title;
        return true;
    case TARGET_ASSET:
        out->is_file = true;
        out->href = url_to(renderer, output_of_asset(&renderer->scratch, renderer->site, target->subject));
        out->text = path_name(renderer->site->files->items[target->subject].path);
        return true;
    case TARGET_EXTERNAL:
        out->href = document_text(where->document, reference->target);
        out->text = out->href;
        return true;
    case TARGET_TERM:
        answer_fact(renderer, target, out);
        return true;
    case TARGET_CITE:
        answer_fact(renderer, target, out);
        add_locator(renderer, where->document, reference, out);
        return true;
    }
    return false;
}

static bool parameter(void *context, const struct html_where *where, struct slice name, struct html_parameter *out)
{
    struct renderer *renderer = context;
    (void)where;
    uint32_t index = facts_param(renderer->facts_of, name);
    if (index == TABLE_NONE)
        return false;
    out->is_filled = facts_param_value(renderer->facts_of, index, renderer->language->tag, &out->text);
    if (!out->is_filled)
        out->text = facts_param_meaning(renderer->facts_of, index, renderer->language->tag);
    return true;
}

static bool directive(void *context, const struct html_where *where, const struct directive *at,
                      struct html_directive *out)
{
    struct renderer *renderer = context;
    struct slice name = document_text(where->document, at->name);
    struct slice label = site_kind_label(renderer->site, renderer->variant->edition, name, renderer->language->tag);
    if (label.length == 0)
        return false;
    out->kind = label;
    out->field_count = element_fields(renderer->site, renderer->variant, renderer->output->path, where->document, at,
                                      &renderer->scratch, &out->fields);
    return true;
}

/* Documents that a page includes stand in page.documents already (renderer_page). */
static bool include(void *context, const struct html_where *where, const struct reference *reference,
                    struct html_include *out)
{
    struct renderer *renderer = context;
    const struct target *target = target_of(renderer, where, reference);
    if (!target || target->state != TARGET_PAGE)
        return false;
    const struct site_document *document = page_document(renderer->site, &renderer->edition->pages[target->subject]);
    uint32_t index = PAGE_NONE;
    for (uint32_t i = 0; i < where->page->document_count; i++)
        if (where->page->sources[i].file == document->file)
            index = i;
    if (index == PAGE_NONE)
        return false;
    struct passage *passage = ARENA_NEW(&renderer->scratch, struct passage);
    *passage = passage_whole(where->page, index);
    if (target->identifier != NONE) {
        const struct identifier *identifier = &document->facts.identifiers[target->identifier];
        passage->first = identifier->node;
        passage->end = document->facts.nodes[identifier->node].end;
    }
    passage->kind = PASSAGE_INCLUDED;
    passage->flags |= PASSAGE_NO_IDS;
    out->passages = passage;
    out->passage_count = 1;
    out->href = target->identifier == NONE
                    ? url_to(renderer, output_of_page(&renderer->scratch, renderer->site, renderer->variant, target->subject))
                    : link_with_id(&renderer->scratch, renderer->output->path,
                                   output_of_page(&renderer->scratch, renderer->site, renderer->variant, target->subject),
                                   document_text(&document->facts, document->facts.identifiers[target->identifier].id));
    out->title = document->title;
    out->from = document->id;
    return true;
}

static bool condition(void *context, const struct html_where *where, const struct directive *at, bool *is_shown)
{
    struct renderer *renderer = context;
    *is_shown = site_condition(renderer->site, renderer->variant->edition, where->document, at);
    return true;
}

struct html_hooks renderer_hooks(struct renderer *renderer)
{
    return (struct html_hooks){.context = renderer, .resolve = resolve, .parameter = parameter,
                               .directive = directive, .include = include, .condition = condition};
}

struct html_words renderer_words(struct renderer *renderer)
{
    const char *tag = renderer->language->tag;
    struct template_engine *engine = renderer->engine;
    return (struct html_words){
        .permalink = template_word(engine, tag, "permalink"),
        .note = {template_word(engine, tag, "note_note"), template_word(engine, tag, "note_tip"),
                 template_word(engine, tag, "note_important"), template_word(engine, tag, "note_warning"),
                 template_word(engine, tag, "note_caution")},
        .footnotes = template_word(engine, tag, "footnotes"),
        .footnote_back = template_word(engine, tag, "footnote_back"),
        .missing = template_word(engine, tag, "missing"),
        .not_filled_in = template_word(engine, tag, "not_filled_in"),
        .table = template_word(engine, tag, "table"),
        .task_done = template_word(engine, tag, "task_done"),
        .task_open = template_word(engine, tag, "task_open"),
        .included_from = template_word(engine, tag, "included_from"),
    };
}
