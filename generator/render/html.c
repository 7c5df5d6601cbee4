/* The walk of html.h: passages in order, their nodes in pre-order, what was
 * opened closed again, footnotes last. What each node writes stands in
 * html_block.c, html_inline.c, html_table.c and html_footnote.c. */

#include "render/html.h"
#include "base/limits.h"
#include "render/html_walk.h"
#include <stdlib.h>

void html_facts_clear(struct html_facts *facts)
{
    buffer_clear(&facts->pool);
    buffer_clear(&facts->text);
    facts->heading_count = facts->read_count = 0;
    facts->footnote_count = facts->missing_count = 0;
}

void html_facts_free(struct html_facts *facts)
{
    buffer_free(&facts->pool);
    buffer_free(&facts->text);
    free(facts->headings);
    free(facts->reads);
    *facts = (struct html_facts){.want_text = facts->want_text};
}

void html_note_read(struct html_walk *walk, enum html_read_kind kind, uint32_t index)
{
    struct html_facts *facts = walk->facts;
    if (!facts || walk->is_title)
        return;
    if (facts->read_count == facts->read_capacity)
        LIST_GROW(facts->reads, facts->read_count, facts->read_capacity);
    facts->reads[facts->read_count++] = (struct html_read){kind, walk->document_index, index};
}

/* ---- attributes ---- */

void html_number(struct buffer *out, uint32_t number)
{
    char digits[10];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    html_put(out, digits + at, sizeof digits - at);
}

void html_language(struct html_walk *walk, struct slice language, bool is_rtl)
{
    if (language.length == 0)
        return;
    PUT(walk, " lang=\"");
    html_escape(walk->out, language);
    if (is_rtl)
        PUT(walk, "\" dir=\"rtl\"");
    else
        PUT(walk, "\" dir=\"ltr\"");
}

/* True when the page has the id from now on, by this very element. */
static bool take_id(struct html_walk *walk, struct slice id)
{
    if (html_is_bare(walk) || walk->is_title || id.length == 0 || walk->where.passage->flags & PASSAGE_NO_IDS)
        return false;
    size_t before = walk->ids.count;
    table_add(&walk->ids, id, 0);
    return walk->ids.count > before;
}

void html_id_attribute(struct html_walk *walk, struct slice id)
{
    if (!take_id(walk, id))
        return;
    PUT(walk, " id=\"");
    html_id(walk->out, id);
    PUT(walk, "\"");
}

void html_identifier_attribute(struct html_walk *walk, uint32_t identifier)
{
    if (identifier != NODE_NONE)
        html_id_attribute(walk, document_text(walk->document, walk->document->identifiers[identifier].id));
}

void html_alias(struct html_walk *walk, struct slice id)
{
    if (!take_id(walk, id))
        return;
    PUT(walk, "<span id=\"");
    html_id(walk->out, id);
    PUT(walk, "\" class=\"w-alias\"></span>");
}

/* ---- frames ---- */

void html_push(struct html_walk *walk, enum html_close close, uint32_t node, uint32_t end)
{
    if (walk->open_count == walk->open_capacity)
        LIST_GROW(walk->open, walk->open_count, walk->open_capacity);
    walk->open[walk->open_count++] = (struct html_open){.end = end, .close = (uint8_t)close, .node = node};
}

static void leave_heading(struct html_walk *walk, const struct html_open *open)
{
    const struct node *node = &walk->document->nodes[open->node];
    if (open->has_anchor) {
        PUT(walk, "<a class=\"w-anchor\" href=\"#");
        size_t before = walk->scratch.length;
        html_id(&walk->scratch, passage_section_id(walk->where.page, walk->where.passage, node->extra));
        html_url(walk->out, slice_from(buffer_view(&walk->scratch), before));
        walk->scratch.length = before;
        PUT(walk, "\" aria-label=\"");
        html_escape(walk->out, walk->words->permalink);
        PUT(walk, "\"></a>");
    }
    char tag[] = "</h1>\n";
    tag[3] = (char)('0' + open->detail);
    html_put(walk->out, tag, sizeof tag - 1);
}

void html_leave(struct html_walk *walk)
{
    struct html_open open = walk->open[--walk->open_count];
    switch ((enum html_close)open.close) {
    case CLOSE_NOTHING:
        break;
    case CLOSE_PARAGRAPH:
        if (walk->footnote_end == open.end && walk->open_count == walk->footnote_base)
            html_footnote_back(walk);
        PUT(walk, "</p>\n");
        break;
    case CLOSE_HEADING:
        leave_heading(walk, &open);
        break;
    case CLOSE_QUOTE:
        html_line(walk);
        PUT(walk, "</blockquote>\n");
        break;
    case CLOSE_UNORDERED:
        PUT(walk, "</ul>\n");
        break;
    case CLOSE_ORDERED:
        PUT(walk, "</ol>\n");
        break;
    case CLOSE_ITEM:
        PUT(walk, "</li>\n");
        break;
    case CLOSE_ASIDE:
        html_line(walk);
        PUT(walk, "</aside>\n");
        break;
    case CLOSE_SECTION:
        html_line(walk);
        PUT(walk, "</section>\n");
        break;
    case CLOSE_DIV:
        html_line(walk);
        PUT(walk, "</div>\n");
        break;
    case CLOSE_TABLE:
        if (open.has_body)
            PUT(walk, "</tbody>\n");
        PUT(walk, "</table>\n");
        if (!html_is_bare(walk))
            PUT(walk, "</div>\n");
        break;
    case CLOSE_HEADER_ROW:
        PUT(walk, "\n</tr>\n</thead>\n");
        break;
    case CLOSE_ROW:
        PUT(walk, "\n</tr>\n");
        break;
    case CLOSE_HEADER_CELL:
        PUT(walk, "</th>");
        break;
    case CLOSE_CELL:
        PUT(walk, "</td>");
        break;
    case CLOSE_EMPH:
        PUT(walk, "</em>");
        break;
    case CLOSE_STRONG:
        PUT(walk, "</strong>");
        break;
    case CLOSE_STRIKE:
        PUT(walk, "</del>");
        break;
    case CLOSE_LINK:
        walk->link_depth--;
        PUT(walk, "</a>");
        break;
    case CLOSE_CITE:
        walk->link_depth--;
        PUT(walk, "</a></cite>");
        break;
    case CLOSE_MISSING:
        PUT(walk, " <small class=\"w-missing-note\">(");
        html_escape(walk->out, walk->words->missing);
        PUT(walk, ")</small></span>");
        break;
    case CLOSE_TAG:
        PUT(walk, "</");
        html_put(walk->out, html_raw_name(open.detail).at, html_raw_name(open.detail).length);
        PUT(walk, ">");
        break;
    }
}

static uint32_t enter(struct html_walk *walk, uint32_t i)
{
    const struct node *node = &walk->document->nodes[i];
    if (walk->is_inline && node->type < NODE_TEXT)
        return i + 1;
    switch ((enum node_type)node->type) {
    case NODE_DOCUMENT:
    case NODE_SECTION:
        return i + 1;
    case NODE_HEADING:
    case NODE_PARAGRAPH:
    case NODE_LIST:
    case NODE_ITEM:
    case NODE_QUOTE:
    case NODE_NOTE:
    case NODE_CODE_BLOCK:
    case NODE_HTML_BLOCK:
    case NODE_RULE:
        return html_enter_block(walk, i, node);
    case NODE_TABLE:
    case NODE_ROW:
    case NODE_CELL:
        return html_enter_table(walk, i, node);
    case NODE_CONTAINER:
    case NODE_LEAF:
        return html_enter_container(walk, i, node);
    case NODE_CONDITION_OPEN:
        return html_enter_condition(walk, i, node);
    case NODE_INFO: /* written with what they belong to */
    case NODE_LABEL:
    case NODE_FOOTNOTE:
    case NODE_CONDITION_CLOSE:
    case NODE_TYPE_COUNT:
        return node->end;
    case NODE_TEXT:
        html_text_add(walk, node_text(walk->document, node));
        html_escape(walk->out, node_text(walk->document, node));
        return i + 1;
    case NODE_SOFT_BREAK:
    case NODE_LINE_BREAK:
    case NODE_CODE:
    case NODE_HTML:
    case NODE_EMPH:
    case NODE_STRONG:
    case NODE_STRIKE:
    case NODE_LINK:
    case NODE_IMAGE:
    case NODE_PARAM:
    case NODE_FOOTNOTE_REF:
    case NODE_ANCHOR:
        return html_enter_inline(walk, i, node);
    }
    return node->end;
}

void html_range(struct html_walk *walk, uint32_t first, uint32_t end)
{
    size_t base = walk->open_count;
    for (uint32_t i = first; i < end;) {
        while (walk->open_count > base && walk->open[walk->open_count - 1].end <= i)
            html_leave(walk);
        i = enter(walk, i);
    }
    while (walk->open_count > base)
        html_leave(walk);
}

void html_inline_range(struct html_walk *walk, uint32_t first, uint32_t end)
{
    bool before = walk->is_inline;
    walk->is_inline = true;
    html_range(walk, first, end);
    walk->is_inline = before;
}

/* ---- passages ---- */

/* What the theme is to know about a passage, from the passage itself. */
static void passage_classes(struct buffer *out, const struct page *page, const struct passage *passage)
{
    static const char *const kinds[PASSAGE_KIND_COUNT] = {
        [PASSAGE_REPLACED] = " w-replaced",
        [PASSAGE_INSERTED] = " w-inserted",
        [PASSAGE_STRANDED] = " w-stranded",
        [PASSAGE_REMOVED] = " w-removed",
    };
    static const char *const whys[] = {
        [WHY_UNTRANSLATED] = " w-untranslated",
        [WHY_STALE] = " w-stale",
        [WHY_UNREVIEWED] = " w-unreviewed",
    };
    const char *kind = passage->kind < PASSAGE_KIND_COUNT ? kinds[passage->kind] : NULL;
    if (kind && passage->edition == page->edition)
        buffer_text(out, " w-local");
    if (kind)
        buffer_text(out, kind);
    if (passage->flags & PASSAGE_DRIFTED)
        buffer_text(out, " w-drifted");
    if (passage->why > WHY_OWN && passage->why <= WHY_UNREVIEWED)
        buffer_text(out, whys[passage->why]);
}

static void show_passage(struct html_walk *walk, const struct passage *passage)
{
    const struct page *page = walk->where.page;
    walk->where.passage = passage;
    walk->document_index = passage->document;
    walk->document = walk->where.document = &page->documents[passage->document];
    walk->skips_heading = passage->flags & PASSAGE_NO_HEADING;
    walk->passage_base = walk->open_count;

    bool is_framed = false;
    if (!html_is_bare(walk)) {
        struct html_frame frame = {0};
        if (walk->hooks->passage)
            walk->hooks->passage(walk->hooks->context, &walk->where, &frame);
        size_t before = walk->scratch.length;
        passage_classes(&walk->scratch, page, passage);
        size_t class_bytes = walk->scratch.length - before;
        if (frame.language.length) {
            walk->language = frame.language;
            walk->is_rtl = frame.is_rtl;
        }
        is_framed = class_bytes || frame.language.length || frame.notice.length;
        if (passage->kind == PASSAGE_REMOVED && frame.notice.length == 0)
            is_framed = false;
        if (is_framed) {
            html_line(walk);
            PUT(walk, "<div class=\"w-passage");
            if (class_bytes)
                html_put(walk->out, walk->scratch.at + before, class_bytes);
            PUT(walk, "\"");
            html_language(walk, frame.language, frame.is_rtl);
            PUT(walk, ">\n");
            html_put(walk->out, frame.notice.at, frame.notice.length);
        }
        walk->scratch.length = before;
    }
    html_range(walk, passage->first, passage->end);
    if (is_framed) {
        html_line(walk);
        PUT(walk, "</div>\n");
    }
}

void html_passages(struct html_walk *walk, const struct passage *passages, uint32_t count)
{
    /* Includes of includes may multiply: the size of the page bounds the work. */
    if (walk->include_depth > LIMIT_INCLUDE_DEPTH || walk->out->overflowed)
        return;
    struct html_walk around = *walk;
    for (uint32_t i = 0; i < count; i++) {
        show_passage(walk, &passages[i]);
        walk->language = around.language;
        walk->is_rtl = around.is_rtl;
    }
    walk->where = around.where;
    walk->document = around.document;
    walk->document_index = around.document_index;
    walk->skips_heading = around.skips_heading;
    walk->passage_base = around.passage_base;
}

/* ---- public ---- */

static const struct html_words english = {
    .permalink = SLICE("Link to this section"),
    .note = {SLICE("Note"), SLICE("Tip"), SLICE("Important"), SLICE("Warning"), SLICE("Caution")},
    .footnotes = SLICE("Footnotes"),
    .footnote_back = SLICE("Back to the text"),
    .missing = SLICE("not found"),
    .not_filled_in = SLICE("not filled in"),
    .table = SLICE("Table"),
    .task_done = SLICE("done"),
    .task_open = SLICE("open"),
    .included_from = SLICE("From"),
};

/* Empty words of the caller are replaced, slice by slice: html_words holds nothing else. */
static void fill_words(struct html_words *words, const struct html_words *given)
{
    *words = given ? *given : english;
    struct slice *slices = (struct slice *)words;
    for (size_t i = 0; i < sizeof english / sizeof *slices; i++)
        if (slices[i].length == 0)
            slices[i] = ((const struct slice *)&english)[i];
}

static void walk_begin(struct html_walk *walk, struct buffer *out, const struct html_input *input,
                       struct html_words *words)
{
    fill_words(words, input->words);
    *walk = (struct html_walk){.out = out,
                               .input = input,
                               .hooks = input->hooks,
                               .words = words,
                               .facts = input->facts,
                               .where = {.page = input->page},
                               .scratch = BUFFER(LIMIT_PAGE_BYTES),
                               .label = BUFFER(LIMIT_PAGE_BYTES)};
    struct html_facts *facts = input->facts;
    if (!facts)
        return;
    facts->pool.most_bytes = facts->text.most_bytes = LIMIT_PAGE_BYTES;
    if (facts->want_text)
        walk->text = &facts->text;
}

static void walk_end(struct html_walk *walk)
{
    if (walk->facts)
        walk->facts->footnote_count = (uint32_t)walk->footnote_count;
    for (uint32_t i = 0; walk->footnote_numbers && i < walk->where.page->document_count; i++)
        free(walk->footnote_numbers[i]);
    free(walk->footnote_numbers);
    free(walk->footnotes);
    free(walk->open);
    table_free(&walk->ids);
    buffer_free(&walk->scratch);
    buffer_free(&walk->label);
}

bool html_render(struct buffer *out, const struct html_input *input)
{
    struct html_words words;
    struct html_walk walk;
    walk_begin(&walk, out, input, &words);
    html_passages(&walk, input->page->passages, input->page->passage_count);
    html_footnote_list(&walk);
    walk_end(&walk);
    return !out->overflowed && !(input->facts && (input->facts->pool.overflowed || input->facts->text.overflowed));
}

void html_inlines(struct buffer *out, const struct html_input *input, const struct passage *passage, uint32_t node)
{
    struct html_words words;
    struct html_walk walk;
    walk_begin(&walk, out, input, &words);
    walk.text = NULL;
    walk.is_title = true;
    walk.where.passage = passage;
    walk.document_index = passage->document;
    walk.document = walk.where.document = &input->page->documents[passage->document];
    html_inline_range(&walk, node + 1, walk.document->nodes[node].end);
    walk_end(&walk);
}
