/* Links and images: where their destinations are written, in the text or in a
 * definition elsewhere. */

#include "base/limits.h"
#include "parse/inlines.h"
#include "text/unicode.h"
#include <stdlib.h>

/* ---- the tail of an inline link, as cmark reads it ---- */

static bool is_punctuation(unsigned char byte)
{
    return (byte >= '!' && byte <= '/') || (byte >= ':' && byte <= '@') || (byte >= '[' && byte <= '`') ||
           (byte >= '{' && byte <= '~');
}

static size_t skip_spaces(const struct inline_text *text, size_t at)
{
    while (at < text->length && byte_is_space((char)text->at[at]))
        at++;
    return at;
}

/* `<…>` or a word with balanced brackets; LOST when there is none. */
static size_t scan_destination(const struct inline_text *text, size_t at, size_t *from, size_t *to)
{
    const unsigned char *bytes = text->at;
    unsigned depth = 0;
    if (at < text->length && bytes[at] == '<') {
        *from = ++at;
        while (at < text->length && bytes[at] != '>') {
            if (bytes[at] == '\n' || bytes[at] == '<')
                return LOST;
            at += bytes[at] == '\\' ? 2 : 1;
        }
        *to = at;
        return at < text->length ? at + 1 : LOST;
    }
    *from = at;
    while (at < text->length && !byte_is_space((char)bytes[at])) {
        if (bytes[at] == '\\' && at + 1 < text->length && is_punctuation(bytes[at + 1])) {
            at += 2;
            continue;
        }
        if (bytes[at] == '(' && ++depth > 32)
            return LOST;
        if (bytes[at] == ')' && depth-- == 0)
            break;
        at++;
    }
    *to = at;
    return at < text->length ? at : LOST;
}

static size_t skip_title(const struct inline_text *text, size_t at)
{
    const unsigned char *bytes = text->at;
    if (at >= text->length || !strchr("\"'(", bytes[at]) || !bytes[at])
        return at;
    unsigned char close = bytes[at] == '(' ? ')' : bytes[at];
    size_t fallback = at;
    for (size_t i = at + 1; i < text->length; i++) {
        if (bytes[i] == '\\' && i + 1 < text->length && is_punctuation(bytes[i + 1])) {
            i++;
            if (bytes[i] == close)
                fallback = i + 1;
        } else if (bytes[i] == close) {
            return i + 1;
        } else if (close == ')' && bytes[i] == '(') {
            break;
        }
    }
    return fallback;
}

/* `(destination "title")` at `at`; LOST when it is none. */
static size_t scan_tail(const struct inline_text *text, size_t at, size_t *from, size_t *to)
{
    if (at >= text->length || text->at[at] != '(')
        return LOST;
    size_t end = scan_destination(text, skip_spaces(text, at + 1), from, to);
    if (end == LOST)
        return LOST;
    size_t title = skip_spaces(text, end);
    if (title != end)
        title = skip_title(text, title);
    title = skip_spaces(text, title);
    return title < text->length && text->at[title] == ')' ? title + 1 : LOST;
}

/* `[label]` at `at`; `at` itself when it is none. */
static size_t scan_label(const struct inline_text *text, size_t at)
{
    if (at >= text->length || text->at[at] != '[')
        return at;
    for (size_t i = at + 1; i < text->length && i - at < 1002; i++) {
        if (text->at[i] == ']')
            return i + 1;
        if (text->at[i] == '[')
            return at;
        i += text->at[i] == '\\' && i + 1 < text->length && is_punctuation(text->at[i + 1]);
    }
    return at;
}

/* ---- links ---- */

static void take_expansion(struct parser *parser, const cmark_node *node, uint32_t at)
{
    parser->expanded_bytes += (uint64_t)node->as.link.url.len + (uint64_t)node->as.link.title.len;
    if (parser->expanded_bytes > LIMIT_REFERENCE_EXPANSION + (uint64_t)parser->source.length)
        refuse(parser, at == UINT32_MAX ? parser->body_at : at, 0, "links by definition expand to more than %zu bytes",
               (size_t)LIMIT_REFERENCE_EXPANSION + parser->source.length);
}

static void remember_definition(struct parser *parser, uint32_t reference, struct slice label)
{
    LIST_GROW(parser->pending, parser->pending_count, parser->pending_capacity);
    parser->pending[parser->pending_count++] =
        (struct pending_definition){reference, arena_slice(&parser->scratch, label)};
}

void link_finish(struct inline_walk *walk, cmark_node *node, struct inline_open open)
{
    struct parser *parser = walk->parser;
    const struct inline_text *text = walk->text;
    size_t from = LOST, to = LOST, close = walk->cursor;
    struct slice label = {NULL, 0};
    unsigned flags = node->type == CMARK_NODE_IMAGE ? REFERENCE_IMAGE : 0;
    bool is_angle = open.begin != LOST && open.opener && text->at[open.begin] == '<';
    if (walk->is_bare && node->type == CMARK_NODE_LINK) {
        flags |= REFERENCE_AUTOLINK;
        from = open.begin;
        to = close;
    } else if (is_angle) {
        flags |= REFERENCE_AUTOLINK;
        from = open.begin + 1;
        to = close;
        walk->cursor = close != LOST && close < text->length && text->at[close] == '>' ? close + 1 : LOST;
    } else if (close != LOST && close < text->length && text->at[close] == ']') {
        walk->cursor = scan_tail(text, close + 1, &from, &to);
        if (walk->cursor == LOST) {
            walk->cursor = scan_label(text, close + 1);
            size_t begin = walk->cursor > close + 3 ? close + 2 : open.begin == LOST ? close : open.begin + open.opener;
            label = (struct slice){(const char *)text->at + begin,
                                   (walk->cursor > close + 3 ? walk->cursor - 1 : close) - begin};
        }
    } else {
        walk->cursor = LOST;
    }
    uint32_t at = from == LOST || to == LOST || to < from ? UINT32_MAX : inline_place(text, from);
    uint32_t length = at == UINT32_MAX ? 0 : (uint32_t)(to - from);
    uint32_t place = at != UINT32_MAX ? at : open.begin == LOST ? UINT32_MAX : inline_place(text, open.begin);
    if (open.node + 1 == parser->builder.node_count)
        flags |= REFERENCE_EMPTY_TEXT;
    struct slice url = {(const char *)node->as.link.url.data, (size_t)node->as.link.url.len};
    uint32_t index =
        reference_add(parser, open.node, url, flags, place == UINT32_MAX ? parser->body_at : place, length);
    node_at(parser, open.node)->extra = index;
    if (label.at) {
        take_expansion(parser, node, place);
        remember_definition(parser, index, label);
    }
    struct slice title = {(const char *)node->as.link.title.data, (size_t)node->as.link.title.len};
    if (title.length) {
        node_text_pool(parser, open.node, title);
        if (memmem(title.at, title.length, "{{", 2))
            tokens_in_text(parser, open.node, title, place == UINT32_MAX ? parser->body_at : place, false);
    }
}

/* ---- where definitions stand ---- */

struct definition {
    struct slice label; /* as compared */
    uint32_t at, length;
};

static struct slice label_key(struct parser *parser, struct slice label)
{
    struct buffer *work = &parser->work;
    buffer_clear(work);
    unicode_fold(work, slice_trim(label));
    size_t kept = 0;
    for (size_t i = 0; i < work->length; i++)
        if (!byte_is_space(work->at[i]))
            work->at[kept++] = work->at[i];
        else if (kept && work->at[kept - 1] != ' ')
            work->at[kept++] = ' ';
    return arena_slice(&parser->scratch, (struct slice){work->at, kept});
}

/* `[label]: destination` on a line, behind the prefixes of containers. */
static bool read_definition(struct parser *parser, uint32_t line, struct definition *out)
{
    size_t from = parser->lines[line], end = parser->lines[line + 1];
    struct inline_text text = {(unsigned char *)parser->text + from, end - from, NULL, 0};
    size_t at = 0, to;
    while (at < text.length && text.at[at] != '[' && strchr(" \t>-+*0123456789.)", text.at[at]))
        at++;
    size_t close = scan_label(&text, at);
    if (close == at || close >= text.length || text.at[close] != ':')
        return false;
    out->label = label_key(parser, (struct slice){(char *)text.at + at + 1, close - at - 2});
    size_t begin = skip_spaces(&text, close + 1);
    if (begin >= text.length && line + 2 <= parser->line_count) { /* on the next line */
        text = (struct inline_text){(unsigned char *)parser->text + end, parser->lines[line + 2] - end, NULL, 0};
        from = end;
        for (begin = 0; begin < text.length && strchr(" \t>", text.at[begin]); begin++)
            ;
    }
    size_t destination = begin, after = scan_destination(&text, begin, &destination, &to);
    if (after == LOST && begin < text.length && text.at[begin] == '<')
        return false;
    out->at = (uint32_t)(from + destination);
    out->length = (uint32_t)(to - destination);
    return true;
}

static int compare_definitions(const void *a, const void *b)
{
    const struct definition *left = a, *right = b;
    int order = slice_compare(left->label, right->label);
    return order ? order : left->at < right->at ? -1 : left->at > right->at;
}

static int compare_ranges(const void *a, const void *b)
{
    const struct span *left = a, *right = b;
    return left->at < right->at ? -1 : left->at > right->at;
}

/* Blocks whose text is no Markdown, sorted. */
static struct span *literal_ranges(struct parser *parser, size_t *count)
{
    const struct document_builder *builder = &parser->builder;
    *count = 0;
    for (size_t i = 0; i < builder->node_count; i++)
        *count += builder->nodes[i].type == NODE_CODE_BLOCK || builder->nodes[i].type == NODE_HTML_BLOCK;
    struct span *ranges = ARENA_ARRAY(&parser->scratch, struct span, *count + 1);
    size_t at = 0;
    for (size_t i = 0; i < builder->node_count; i++)
        if (builder->nodes[i].type == NODE_CODE_BLOCK || builder->nodes[i].type == NODE_HTML_BLOCK)
            ranges[at++] = (struct span){builder->nodes[i].at, builder->nodes[i].length};
    qsort(ranges, *count, sizeof *ranges, compare_ranges);
    return ranges;
}

void definitions_place(struct parser *parser)
{
    if (parser->pending_count == 0 || parser->is_refused)
        return;
    size_t count = 0, range_count, range = 0;
    struct span *ranges = literal_ranges(parser, &range_count);
    struct definition *found = ARENA_ARRAY(&parser->scratch, struct definition, parser->line_count + 1);
    for (uint32_t line = 0; line < parser->line_count; line++) {
        uint32_t at = parser->lines[line];
        while (range < range_count && ranges[range].at + ranges[range].length <= at)
            range++;
        bool is_literal = range < range_count && at >= ranges[range].at;
        if (!is_literal && read_definition(parser, line, &found[count]))
            count++;
    }
    qsort(found, count, sizeof *found, compare_definitions);
    for (size_t i = 0; i < parser->pending_count; i++) {
        struct slice key = label_key(parser, parser->pending[i].label);
        size_t low = 0, high = count;
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (slice_compare(found[middle].label, key) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        if (low == count || !slice_equal(found[low].label, key))
            continue;
        struct reference *reference = &parser->builder.references[parser->pending[i].reference];
        reference->at = found[low].at;
        reference->length = found[low].length;
    }
}
