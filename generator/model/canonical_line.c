/* One line of canonical text: words, inline markup, destinations. The rules are
 * frozen; see canonical.h. */

#include "base/arena.h"
#include "base/limits.h"
#include "model/canonical_write.h"
#include "text/unicode.h"

/* ---- words ---- */

enum byte_class {
    BYTE_SPACE = 1,
    BYTE_ESCAPED = 2,
    BYTE_BAR = 4,
    BYTE_WIDE = 8, /* may begin a white space character outside ASCII */
};

static const unsigned char class_of[256] = {
    ['\t' ... '\r'] = BYTE_SPACE, [' '] = BYTE_SPACE,    ['*'] = BYTE_ESCAPED,
    ['_'] = BYTE_ESCAPED,         ['['] = BYTE_ESCAPED,  [']'] = BYTE_ESCAPED,
    ['`'] = BYTE_ESCAPED,         ['\\'] = BYTE_ESCAPED, ['|'] = BYTE_BAR,
    [0xC2] = BYTE_WIDE,           [0xE1] = BYTE_WIDE,    [0xE2] = BYTE_WIDE,
    [0xE3] = BYTE_WIDE,
};

/* The length of the character of Unicode's White_Space at `at`, or 0. */
static size_t wide_space(const char *bytes, size_t left)
{
    const unsigned char *at = (const unsigned char *)bytes;
    if (left >= 2 && at[0] == 0xC2 && (at[1] == 0x85 || at[1] == 0xA0))
        return 2; /* next line, no-break space */
    if (left < 3)
        return 0;
    if (at[0] == 0xE1 && at[1] == 0x9A && at[2] == 0x80)
        return 3; /* ogham space mark */
    if (at[0] == 0xE2 && at[1] == 0x80 && (at[2] <= 0x8A || at[2] == 0xA8 || at[2] == 0xA9 || at[2] == 0xAF))
        return 3; /* en quad to hair space, line and paragraph separator, narrow no-break space */
    if (at[0] == 0xE2 && at[1] == 0x81 && at[2] == 0x9F)
        return 3; /* medium mathematical space */
    if (at[0] == 0xE3 && at[1] == 0x80 && at[2] == 0x80)
        return 3; /* ideographic space */
    return 0;
}

static void settle_space(struct canonical_writer *writer)
{
    if (writer->wants_space && writer->has_text)
        canonical_put(writer->out, " ", 1);
    writer->wants_space = false;
    writer->has_text = true;
}

void canonical_mark(struct canonical_writer *writer, struct slice mark)
{
    if (mark.length == 0)
        return;
    settle_space(writer);
    canonical_put(writer->out, mark.at, mark.length);
}

void canonical_words(struct canonical_writer *writer, struct slice text, bool escapes)
{
    const char *at = text.at, *end = text.length ? text.at + text.length : at;
    unsigned stops = BYTE_SPACE | BYTE_WIDE | (escapes ? BYTE_ESCAPED : 0) | (writer->in_cell ? BYTE_BAR : 0);
    while (at < end) {
        const char *run = at;
        size_t space = 0;
        for (; at < end; at++) {
            unsigned class = class_of[(unsigned char)*at] & stops;
            if (class == 0)
                continue;
            if (*at == ' ' && at > run && at + 1 < end && (class_of[(unsigned char)at[1]] & stops) == 0)
                continue; /* one blank between words, as most are */
            space = class == BYTE_SPACE ? 1 : class == BYTE_WIDE ? wide_space(at, (size_t)(end - at)) : 0;
            if (class != BYTE_WIDE || space)
                break;
        }
        if (at > run) {
            settle_space(writer);
            canonical_put(writer->out, run, (size_t)(at - run));
        }
        if (at == end)
            break;
        if (space) {
            writer->wants_space = true;
            at += space;
        } else {
            settle_space(writer);
            canonical_put(writer->out, (const char[]){'\\', *at++}, 2);
        }
    }
}

void canonical_line_begin(struct canonical_writer *writer)
{
    canonical_put(writer->out, writer->prefix.at, writer->prefix.length);
    writer->has_text = writer->wants_space = false;
}

void canonical_line_end(struct canonical_writer *writer)
{
    canonical_put(writer->out, "\n", 1);
    writer->has_text = writer->wants_space = false;
}

/* ---- destinations ---- */

static void written_destination(const struct document *document, const struct reference *reference, struct buffer *out)
{
    switch ((enum reference_kind)reference->kind) {
    case REFERENCE_XREF:
    case REFERENCE_INCLUDE:
        buffer_text(out, "xref:");
        break;
    case REFERENCE_TERM:
        buffer_text(out, "term:");
        break;
    case REFERENCE_CITE:
        buffer_text(out, "cite:");
        break;
    case REFERENCE_RELATIVE:
    case REFERENCE_URL:
    case REFERENCE_REFUSED:
        break;
    }
    if (reference->release.length) {
        buffer_slice(out, document_text(document, reference->release));
        buffer_byte(out, '@');
    }
    if (reference->source.length) {
        buffer_slice(out, document_text(document, reference->source));
        buffer_byte(out, ':');
    }
    buffer_slice(out, document_text(document, reference->target));
    if (reference->fragment.length) {
        buffer_byte(out, '#');
        buffer_slice(out, document_text(document, reference->fragment));
    }
}

static void put_destination(struct canonical_writer *writer, const struct reference *reference)
{
    const struct canonical_rules *rules = writer->rules;
    struct buffer *scratch = &writer->scratch;
    buffer_clear(scratch);
    if (!rules || !rules->target || !rules->target(rules->context, writer->document, reference, scratch)) {
        buffer_clear(scratch);
        written_destination(writer->document, reference, scratch);
    }
    canonical_mark(writer, buffer_view(scratch));
}

/* ---- inlines ---- */

/* A run of backticks longer than any inside; blanks where the text touches them. */
static void put_code(struct canonical_writer *writer, struct slice text)
{
    size_t longest = 0, run = 0;
    for (size_t i = 0; i < text.length; i++) {
        run = text.at[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    bool touches = text.length && (text.at[0] == '`' || text.at[text.length - 1] == '`');
    for (size_t i = 0; i <= longest; i++)
        canonical_mark(writer, SLICE("`"));
    if (touches)
        canonical_mark(writer, SLICE(" "));
    canonical_words(writer, text, false);
    if (touches)
        canonical_mark(writer, SLICE(" "));
    for (size_t i = 0; i <= longest; i++)
        canonical_mark(writer, SLICE("`"));
}

static void put_text(struct canonical_writer *writer, struct slice text)
{
    if (!writer->folds) {
        canonical_words(writer, text, true);
        return;
    }
    buffer_clear(&writer->scratch);
    unicode_fold(&writer->scratch, text);
    canonical_words(writer, buffer_view(&writer->scratch), true);
}

void canonical_number(struct canonical_writer *writer, uint32_t number)
{
    char digits[12];
    int length = snprintf(digits, sizeof digits, "%u", number);
    canonical_mark(writer, (struct slice){digits, (size_t)length});
}

static void put_footnote(struct canonical_writer *writer, uint32_t definition)
{
    if (!writer->footnote_numbers) {
        size_t bytes = writer->document->node_count * sizeof *writer->footnote_numbers;
        writer->footnote_numbers = memset(memory_get(bytes), 0, bytes);
    }
    uint32_t *number = &writer->footnote_numbers[definition];
    if (*number == 0) {
        if (writer->footnote_count == writer->footnote_capacity)
            LIST_GROW(writer->footnotes, writer->footnote_count, writer->footnote_capacity);
        writer->footnotes[writer->footnote_count++] = definition;
        *number = (uint32_t)writer->footnote_count;
    }
    canonical_mark(writer, SLICE("[^"));
    canonical_number(writer, *number);
    canonical_mark(writer, SLICE("]"));
}

static void put_between(struct canonical_writer *writer, struct slice mark, uint32_t i)
{
    canonical_mark(writer, mark);
    canonical_inlines(writer, i + 1, writer->document->nodes[i].end);
    canonical_mark(writer, mark);
}

static void put_link(struct canonical_writer *writer, uint32_t i)
{
    const struct node *node = &writer->document->nodes[i];
    bool is_image = node->type == NODE_IMAGE;
    canonical_mark(writer, is_image ? SLICE("![") : SLICE("["));
    canonical_inlines(writer, i + 1, node->end);
    canonical_mark(writer, SLICE("]("));
    put_destination(writer, &writer->document->references[node->extra]);
    struct slice title = node_text(writer->document, node);
    if (title.length && !is_image) {
        canonical_mark(writer, SLICE(" \""));
        canonical_words(writer, title, false);
        canonical_mark(writer, SLICE("\""));
    }
    canonical_mark(writer, SLICE(")"));
}

void canonical_inlines(struct canonical_writer *writer, uint32_t first, uint32_t end)
{
    const struct document *document = writer->document;
    for (uint32_t i = first; i < end; i = document->nodes[i].end) {
        const struct node *node = &document->nodes[i];
        switch (node->type) {
        case NODE_TEXT:
            put_text(writer, node_text(document, node));
            break;
        case NODE_SOFT_BREAK:
            writer->wants_space = true;
            break;
        case NODE_LINE_BREAK:
            canonical_mark(writer, SLICE("<br>"));
            break;
        case NODE_CODE:
            put_code(writer, node_text(document, node));
            break;
        case NODE_HTML:
            canonical_words(writer, node_text(document, node), false);
            break;
        case NODE_EMPH:
            put_between(writer, SLICE("*"), i);
            break;
        case NODE_STRONG:
            put_between(writer, SLICE("**"), i);
            break;
        case NODE_STRIKE:
            put_between(writer, SLICE("~~"), i);
            break;
        case NODE_LINK:
        case NODE_IMAGE:
            put_link(writer, i);
            break;
        case NODE_PARAM:
            canonical_mark(writer, SLICE("{{"));
            canonical_mark(writer, node_text(document, node));
            canonical_mark(writer, SLICE("}}"));
            break;
        case NODE_FOOTNOTE_REF:
            put_footnote(writer, node->extra);
            break;
        case NODE_ANCHOR: /* a name, no text */
            break;
        default: /* a block among inlines: what it says */
            canonical_inlines(writer, i + 1, node->end);
            break;
        }
    }
}

/* ---- directives ---- */

static void put_attribute(struct canonical_writer *writer, const struct attribute *attribute)
{
    struct slice value = document_text(writer->document, attribute->value);
    canonical_mark(writer, document_text(writer->document, attribute->key));
    if (value.length == 0)
        return;
    canonical_mark(writer, SLICE("=\""));
    for (size_t i = 0; i < value.length; i++) {
        if (value.at[i] == '"' || value.at[i] == '\\')
            canonical_mark(writer, SLICE("\\"));
        canonical_mark(writer, (struct slice){value.at + i, 1});
    }
    canonical_mark(writer, SLICE("\""));
}

/* The attribute whose key comes next after `after` in byte order; keys are few,
 * so this is faster than sorting and needs no memory. */
static const struct attribute *next_attribute(const struct document *document, const struct directive *directive,
                                              struct slice after)
{
    const struct attribute *best = NULL;
    for (uint32_t i = 0; i < directive->attribute_count; i++) {
        const struct attribute *attribute = &document->attributes[directive->first_attribute + i];
        struct slice key = document_text(document, attribute->key);
        if (key.length && slice_compare(key, after) > 0 &&
            (!best || slice_compare(key, document_text(document, best->key)) < 0))
            best = attribute;
    }
    return best;
}

void canonical_directive(struct canonical_writer *writer, const struct directive *directive, uint32_t label)
{
    const struct document *document = writer->document;
    canonical_mark(writer, document_text(document, directive->name));
    if (label != NODE_NONE) {
        canonical_mark(writer, SLICE("["));
        canonical_inlines(writer, label + 1, document->nodes[label].end);
        canonical_mark(writer, SLICE("]"));
    }
    const struct attribute *attribute = next_attribute(document, directive, (struct slice){"", 0});
    if (!attribute)
        return;
    canonical_mark(writer, SLICE("{"));
    while (attribute) {
        put_attribute(writer, attribute);
        attribute = next_attribute(document, directive, document_text(document, attribute->key));
        if (attribute)
            canonical_mark(writer, SLICE(" "));
    }
    canonical_mark(writer, SLICE("}"));
}
