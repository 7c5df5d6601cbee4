/* Canonical text of blocks, sections and pages, and the hash of it. The rules are
 * frozen; see canonical.h. Depth is bounded: a document that was opened or parsed
 * nests no deeper than LIMIT_NODE_DEPTH. */

#include "model/canonical.h"
#include "base/arena.h"
#include "base/hash.h"
#include "base/limits.h"
#include "model/canonical_write.h"
#include "text/normalise.h"
#include <stdlib.h>

enum { CANONICAL_MOST_BYTES = 2 * LIMIT_PAGE_BYTES }; /* escapes may double a text */

void canonical_begin(struct canonical_writer *writer, struct buffer *out, const struct document *document,
                     const struct canonical_rules *rules)
{
    *writer = (struct canonical_writer){.out = out,
                                        .document = document,
                                        .rules = rules,
                                        .prefix = BUFFER(CANONICAL_MOST_BYTES),
                                        .scratch = BUFFER(CANONICAL_MOST_BYTES)};
}

/* Eight bytes at a time: most texts are ASCII, and all of them come by here. */
static bool is_ascii(struct slice text)
{
    uint64_t all = 0, word;
    for (; text.length >= sizeof word; text.at += sizeof word, text.length -= sizeof word) {
        memcpy(&word, text.at, sizeof word);
        all |= word;
    }
    for (size_t i = 0; i < text.length; i++)
        all |= (unsigned char)text.at[i];
    return (all & 0x8080808080808080u) == 0;
}

void canonical_compose(struct buffer *out, size_t from)
{
    struct slice text = slice_from(buffer_view(out), from);
    if (is_ascii(text))
        return;
    struct arena arena = {0};
    struct slice composed = text_nfc(&arena, text);
    if (composed.at != text.at) {
        out->length = from;
        buffer_slice(out, composed);
    }
    arena_free(&arena);
}

void canonical_end(struct canonical_writer *writer, size_t from)
{
    canonical_compose(writer->out, from);
    buffer_free(&writer->prefix);
    buffer_free(&writer->scratch);
    free(writer->footnotes);
    free(writer->footnote_numbers);
}

void canonical_forget_footnotes(struct canonical_writer *writer)
{
    for (size_t i = 0; i < writer->footnote_count; i++)
        writer->footnote_numbers[writer->footnotes[i]] = 0;
    writer->footnote_count = writer->footnotes_written = 0;
}

/* ---- blocks ---- */

static void put_block(struct canonical_writer *writer, uint32_t i);

static void write_footnotes(struct canonical_writer *writer);

static void put_line(struct canonical_writer *writer, uint32_t i)
{
    canonical_line_begin(writer);
    canonical_inlines(writer, i + 1, writer->document->nodes[i].end);
    canonical_line_end(writer);
    write_footnotes(writer);
}

static void put_heading(struct canonical_writer *writer, uint32_t i)
{
    const struct node *node = &writer->document->nodes[i];
    if (writer->base_level == 0)
        writer->base_level = node->detail;
    canonical_line_begin(writer);
    canonical_mark(writer, SLICE("#"));
    for (unsigned level = writer->base_level; level < node->detail; level++)
        canonical_mark(writer, SLICE("#"));
    writer->wants_space = true;
    writer->folds = true;
    canonical_inlines(writer, i + 1, node->end);
    writer->folds = false;
    canonical_line_end(writer);
    write_footnotes(writer);
}

static size_t indent(struct canonical_writer *writer, struct slice by)
{
    size_t before = writer->prefix.length;
    buffer_slice(&writer->prefix, by);
    return before;
}

static void outdent(struct canonical_writer *writer, size_t before)
{
    writer->prefix.length = before;
}

/* What follows a marker: the first block of an item or definition on the line of
 * the marker if it is a paragraph, all others on lines of their own. */
static void put_after_marker(struct canonical_writer *writer, uint32_t first, uint32_t end)
{
    const struct document *document = writer->document;
    if (first < end && document->nodes[first].type == NODE_PARAGRAPH) {
        writer->wants_space = true;
        canonical_inlines(writer, first + 1, document->nodes[first].end);
        first = document->nodes[first].end;
    }
    canonical_line_end(writer);
    size_t before = indent(writer, SLICE("  "));
    write_footnotes(writer);
    canonical_blocks(writer, first, end);
    outdent(writer, before);
}

static void put_item(struct canonical_writer *writer, uint32_t i, unsigned number)
{
    const struct node *node = &writer->document->nodes[i];
    canonical_line_begin(writer);
    if (number)
        canonical_number(writer, number);
    canonical_mark(writer, number ? SLICE(".") : SLICE("-"));
    if (node->flags & NODE_TASK) {
        writer->wants_space = true;
        canonical_mark(writer, node->flags & NODE_CHECKED ? SLICE("[x]") : SLICE("[ ]"));
    }
    put_after_marker(writer, i + 1, node->end);
}

static void put_list(struct canonical_writer *writer, uint32_t i)
{
    const struct document *document = writer->document;
    const struct node *list = &document->nodes[i];
    unsigned number = list->flags & NODE_ORDERED ? 1 : 0;
    for (uint32_t item = i + 1; item < list->end; item = document->nodes[item].end) {
        put_item(writer, item, number);
        number += number ? 1 : 0;
    }
}

static void put_row(struct canonical_writer *writer, uint32_t i)
{
    const struct document *document = writer->document;
    canonical_line_begin(writer);
    canonical_mark(writer, SLICE("|"));
    writer->in_cell = true;
    for (uint32_t cell = i + 1; cell < document->nodes[i].end; cell = document->nodes[cell].end) {
        writer->wants_space = true;
        canonical_inlines(writer, cell + 1, document->nodes[cell].end);
        writer->wants_space = true;
        canonical_mark(writer, SLICE("|"));
    }
    writer->in_cell = false;
    canonical_line_end(writer);
    write_footnotes(writer);
}

static void put_verbatim(struct canonical_writer *writer, struct slice text)
{
    while (text.length) {
        size_t length = slice_find(text, '\n');
        struct slice line = {text.at, length};
        if (line.length && line.at[line.length - 1] == '\r')
            line.length--;
        canonical_line_begin(writer);
        canonical_put(writer->out, line.at, line.length);
        canonical_line_end(writer);
        text = slice_from(text, length + 1);
    }
}

static void put_fence(struct canonical_writer *writer, size_t length, struct slice info)
{
    canonical_line_begin(writer);
    for (size_t i = 0; i < length; i++)
        canonical_mark(writer, SLICE("`"));
    canonical_words(writer, slice_trim(info), false);
    canonical_line_end(writer);
}

static void put_code_block(struct canonical_writer *writer, uint32_t i)
{
    const struct document *document = writer->document;
    const struct node *node = &document->nodes[i];
    struct slice text = node_text(document, node), info = {0};
    if (i + 1 < node->end && node[1].type == NODE_INFO)
        info = node_text(document, node + 1);
    size_t longest = 2, run = 0;
    for (size_t k = 0; k < text.length; k++) {
        run = text.at[k] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    put_fence(writer, longest + 1, info);
    put_verbatim(writer, text);
    put_fence(writer, longest + 1, (struct slice){0});
}

static uint32_t label_of(const struct document *document, uint32_t i)
{
    const struct node *node = &document->nodes[i];
    return i + 1 < node->end && node[1].type == NODE_LABEL ? i + 1 : NODE_NONE;
}

static void put_note(struct canonical_writer *writer, uint32_t i)
{
    static const struct slice kinds[] = {SLICE(":::note"), SLICE(":::tip"), SLICE(":::important"), SLICE(":::warning"),
                                         SLICE(":::caution")};
    const struct node *node = &writer->document->nodes[i];
    uint32_t label = label_of(writer->document, i), first = i + 1;
    canonical_line_begin(writer);
    canonical_mark(writer, kinds[node->detail]);
    if (label != NODE_NONE) {
        first = writer->document->nodes[label].end;
        canonical_mark(writer, SLICE("["));
        canonical_inlines(writer, label + 1, first);
        canonical_mark(writer, SLICE("]"));
    }
    canonical_line_end(writer);
    write_footnotes(writer);
    canonical_blocks(writer, first, node->end);
    canonical_line_begin(writer);
    canonical_mark(writer, SLICE(":::"));
    canonical_line_end(writer);
}

static void put_directive_line(struct canonical_writer *writer, struct slice colons, uint32_t i)
{
    const struct document *document = writer->document;
    canonical_line_begin(writer);
    canonical_mark(writer, colons);
    canonical_directive(writer, &document->directives[document->nodes[i].extra], label_of(document, i));
    canonical_line_end(writer);
    write_footnotes(writer);
}

/* ---- conditions and frames ---- */

enum frame { FRAME_PLAIN, FRAME_TRANSPARENT, FRAME_HIDDEN };

/* `lang` and `included` are written by resolve and mean nothing themselves; with
 * a rule for conditions, what does not hold is not there. */
static enum frame frame_of(const struct canonical_writer *writer, const struct node *node)
{
    const struct document *document = writer->document;
    const struct canonical_rules *rules = writer->rules;
    const struct directive *directive = &document->directives[node->extra];
    struct slice name = document_text(document, directive->name);
    if (slice_is(name, "lang") || slice_is(name, "included"))
        return FRAME_TRANSPARENT;
    bool is_condition = slice_is(name, "only") || slice_is(name, "except");
    if (!is_condition || !rules || !rules->condition)
        return FRAME_PLAIN;
    return rules->condition(rules->context, document, directive) ? FRAME_TRANSPARENT : FRAME_HIDDEN;
}

static void put_container(struct canonical_writer *writer, uint32_t i)
{
    const struct node *node = &writer->document->nodes[i];
    uint32_t label = label_of(writer->document, i);
    uint32_t first = label == NODE_NONE ? i + 1 : writer->document->nodes[label].end;
    enum frame frame = frame_of(writer, node);
    if (frame == FRAME_HIDDEN)
        return;
    if (frame == FRAME_PLAIN)
        put_directive_line(writer, SLICE(":::"), i);
    canonical_blocks(writer, first, node->end);
    if (frame == FRAME_TRANSPARENT)
        return;
    canonical_line_begin(writer);
    canonical_mark(writer, SLICE(":::"));
    canonical_line_end(writer);
}

/* The index to go on with after a marker of a condition. */
static uint32_t put_condition(struct canonical_writer *writer, uint32_t i)
{
    const struct document *document = writer->document;
    const struct node *node = &document->nodes[i];
    bool is_open = node->type == NODE_CONDITION_OPEN;
    enum frame frame = frame_of(writer, is_open ? node : &document->nodes[node->detail2]);
    if (frame == FRAME_HIDDEN && is_open)
        return node->detail2 + 1;
    if (frame == FRAME_PLAIN && is_open)
        put_directive_line(writer, SLICE(":::"), i);
    if (frame == FRAME_PLAIN && !is_open) {
        canonical_line_begin(writer);
        canonical_mark(writer, SLICE(":::"));
        canonical_line_end(writer);
    }
    return node->end;
}

static void put_block(struct canonical_writer *writer, uint32_t i)
{
    const struct node *node = &writer->document->nodes[i];
    size_t before;
    switch ((enum node_type)node->type) {
    case NODE_HEADING:
        put_heading(writer, i);
        break;
    case NODE_PARAGRAPH:
        put_line(writer, i);
        break;
    case NODE_LIST:
        put_list(writer, i);
        break;
    case NODE_ITEM:
        put_item(writer, i, 0);
        break;
    case NODE_QUOTE:
        before = indent(writer, SLICE("> "));
        canonical_blocks(writer, i + 1, node->end);
        outdent(writer, before);
        break;
    case NODE_NOTE:
        put_note(writer, i);
        break;
    case NODE_CODE_BLOCK:
        put_code_block(writer, i);
        break;
    case NODE_HTML_BLOCK:
        if (slice_trim(node_text(writer->document, node)).length == 0)
            break; /* a comment */
        canonical_line_begin(writer);
        canonical_words(writer, node_text(writer->document, node), false);
        canonical_line_end(writer);
        break;
    case NODE_RULE:
        canonical_line_begin(writer);
        canonical_mark(writer, SLICE("---"));
        canonical_line_end(writer);
        break;
    case NODE_TABLE:
        for (uint32_t row = i + 1; row < node->end; row = writer->document->nodes[row].end)
            put_row(writer, row);
        break;
    case NODE_ROW:
        put_row(writer, i);
        break;
    case NODE_CONTAINER:
        put_container(writer, i);
        break;
    case NODE_LEAF:
        put_directive_line(writer, SLICE("::"), i);
        break;
    case NODE_FOOTNOTE: /* written where it is first referred to */
    case NODE_ANCHOR:
    case NODE_INFO:
    case NODE_LABEL:
    case NODE_CONDITION_OPEN: /* canonical_blocks knows them */
    case NODE_CONDITION_CLOSE:
    case NODE_DOCUMENT:
    case NODE_SECTION:
    case NODE_TYPE_COUNT:
        break;
    case NODE_CELL: /* not where they may stand, but they say something */
    case NODE_TEXT:
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
        canonical_line_begin(writer);
        canonical_inlines(writer, i, node->end);
        canonical_line_end(writer);
        break;
    }
}

void canonical_blocks(struct canonical_writer *writer, uint32_t first, uint32_t end)
{
    const struct document *document = writer->document;
    for (uint32_t i = first; i < end;) {
        const struct node *node = &document->nodes[i];
        if (node->type == NODE_SECTION || node->type == NODE_DOCUMENT) {
            i++;
        } else if (node->type == NODE_CONDITION_OPEN || node->type == NODE_CONDITION_CLOSE) {
            i = put_condition(writer, i);
        } else {
            put_block(writer, i);
            i = node->end;
        }
    }
}

/* Those that were referred to since the last call, and what they refer to. */
static void write_footnotes(struct canonical_writer *writer)
{
    if (writer->writes_footnotes)
        return;
    writer->writes_footnotes = true;
    while (writer->footnotes_written < writer->footnote_count) {
        uint32_t definition = writer->footnotes[writer->footnotes_written++];
        canonical_line_begin(writer);
        canonical_mark(writer, SLICE("[^"));
        canonical_number(writer, (uint32_t)writer->footnotes_written);
        canonical_mark(writer, SLICE("]:"));
        put_after_marker(writer, definition + 1, writer->document->nodes[definition].end);
    }
    writer->writes_footnotes = false;
}

/* ---- public ---- */

void canonical_range(struct buffer *out, const struct document *document, uint32_t first, uint32_t end,
                     unsigned base_level, const struct canonical_rules *rules)
{
    struct canonical_writer writer;
    size_t from = out->length;
    canonical_begin(&writer, out, document, rules);
    writer.base_level = base_level;
    canonical_blocks(&writer, first, end);
    canonical_end(&writer, from);
}

/* Where the first child section of `section` begins, or where it ends itself. */
static uint32_t own_end(const struct document *document, uint32_t section)
{
    uint32_t end = document->nodes[document->sections[section].node].end;
    for (uint32_t i = section + 1; i < document->section_count && document->sections[i].node < end; i++)
        if (document->sections[i].parent == section)
            return document->sections[i].node;
    return end;
}

void canonical_section(struct buffer *out, const struct document *document, uint32_t section, enum canonical_part part,
                       const struct canonical_rules *rules)
{
    uint32_t first = document->sections[section].node;
    uint32_t end = part == CANONICAL_OWN ? own_end(document, section) : document->nodes[first].end;
    canonical_range(out, document, first, end, document->sections[section].level, rules);
}

void canonical_lead(struct buffer *out, const struct document *document, const struct canonical_rules *rules)
{
    uint32_t first = 1;
    uint32_t end = document->section_count ? document->sections[0].node : document->node_count;
    if (document->flags & DOCUMENT_HAS_TITLE_HEADING && first < end && document->nodes[first].type == NODE_HEADING)
        first = document->nodes[first].end; /* the title is `_meta`, wherever it is written */
    canonical_range(out, document, first, end, 0, rules);
}

void canonical_page(struct buffer *out, const struct document *document, const struct canonical_rules *rules)
{
    canonical_range(out, document, 1, document->node_count, 1, rules);
}

static void put_fact(struct buffer *out, const struct document *document, const char *name, struct slice value)
{
    struct canonical_writer writer;
    size_t from = out->length;
    if (value.length == 0)
        return;
    canonical_begin(&writer, out, document, NULL);
    canonical_mark(&writer, slice_of(name));
    writer.wants_space = true;
    canonical_words(&writer, value, false);
    canonical_line_end(&writer);
    canonical_end(&writer, from);
}

void canonical_meta(struct buffer *out, const struct document *document)
{
    put_fact(out, document, "title:", document_text(document, document->title));
    put_fact(out, document, "description:", document_field_text(document, FIELD_DESCRIPTION));
}

void canonical_node(struct buffer *out, const struct document *document, uint32_t node,
                    const struct canonical_rules *rules)
{
    canonical_range(out, document, node, document->nodes[node].end, 0, rules);
}

void canonical_param(struct buffer *out, struct slice name, struct slice type, struct slice value)
{
    struct canonical_writer writer;
    size_t from = out->length;
    canonical_begin(&writer, out, NULL, NULL);
    canonical_mark(&writer, SLICE("param "));
    canonical_mark(&writer, name);
    canonical_mark(&writer, SLICE(": "));
    canonical_mark(&writer, type);
    writer.wants_space = true;
    canonical_words(&writer, value, false);
    canonical_line_end(&writer);
    canonical_end(&writer, from);
}

void canonical_field(struct buffer *out, struct slice name, struct slice value)
{
    struct canonical_writer writer;
    size_t from = out->length;
    canonical_begin(&writer, out, NULL, NULL);
    canonical_mark(&writer, SLICE("field "));
    canonical_mark(&writer, name);
    canonical_mark(&writer, SLICE(":"));
    writer.wants_space = true;
    canonical_words(&writer, value, false);
    canonical_line_end(&writer);
    canonical_end(&writer, from);
}

struct meaning meaning_of(struct slice canonical)
{
    struct meaning meaning = {""};
    char hex[65];
    sha256_hex(sha256_of(canonical), hex);
    memcpy(meaning.hex, hex, MEANING_DIGITS);
    return meaning;
}
