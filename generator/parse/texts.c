/* Runs of text: one node each, mail addresses cut out as links, and what looks
 * like syntax that did not come off. */

#include "base/limits.h"
#include "base/utf8.h"
#include "parse/inlines.h"
#include "text/unicode.h"

static bool is_alpha(char byte)
{
    return (unsigned char)((byte | 0x20) - 'a') < 26;
}

static bool is_alnum(char byte)
{
    return is_alpha(byte) || (unsigned char)(byte - '0') < 10;
}

/* Begins of words among eight bytes that are all below 0xE0; false when one is not. */
static bool count_eight(const unsigned char *at, uint32_t *count, uint64_t *in_word)
{
    const uint64_t high = 0x8080808080808080u;
    uint64_t eight;
    memcpy(&eight, at, sizeof eight);
    if (eight & eight << 1 & eight << 2 & high)
        return false;
    /* The high bit of each byte that is above ' ', and of the byte before it. */
    uint64_t parts = (((eight & ~high) + 0x5F5F5F5F5F5F5F5Fu) | eight) & high;
    *count += (uint32_t)__builtin_popcountll(parts & ~(parts << 8 | *in_word));
    *in_word = parts >> 56;
    return true;
}

uint32_t inline_words(struct slice text)
{
    const unsigned char *at = (const unsigned char *)text.at, *end = at + text.length;
    uint32_t count = 0;
    uint64_t in_word = 0; /* 0x80: the byte before is part of one */
    while (at < end) {
        if (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ && end - at >= 8 && count_eight(at, &count, &in_word)) {
            at += 8;
            continue;
        }
        uint32_t point = *at;
        size_t length = point < 0xE0 ? 1 : utf8_read((const char *)at, (size_t)(end - at), &point);
        bool is_unspaced = length > 1 && unicode_is_unspaced(point);
        bool is_part = *at > ' ';
        count += is_part && (is_unspaced || !in_word);
        in_word = is_part && !is_unspaced ? 0x80 : 0;
        at += length ? length : 1;
    }
    return count;
}

void inline_text_node(struct inline_walk *walk, uint32_t node, struct slice text, size_t offset)
{
    struct parser *parser = walk->parser;
    uint32_t at = offset == LOST || text.length == 0 ? UINT32_MAX : inline_place(walk->text, offset);
    if (at == UINT32_MAX || parser->is_patched || at + text.length > parser->source.length ||
        memcmp(parser->source.at + at, text.at, text.length) != 0) {
        node_text_pool(parser, node, text);
        return;
    }
    struct node *made = node_at(parser, node);
    made->text = at;
    made->text_bytes = (uint32_t)text.length;
    made->flags |= NODE_IN_SOURCE;
}

/* A text node for bytes [from, to) of the content; `text` is what they say. */
static void add_text(struct inline_walk *walk, struct slice text, size_t from, size_t to, bool is_verbatim)
{
    if (text.length == 0)
        return;
    uint32_t node = node_add(walk->parser, NODE_TEXT);
    inline_text_node(walk, node, text, is_verbatim ? from : LOST);
    if (from == LOST || to == LOST || to <= from)
        return;
    uint32_t last = inline_place(walk->text, to - 1);
    node_place(walk->parser, node, inline_place(walk->text, from), last == UINT32_MAX ? last : last + 1);
}

/* ---- mail addresses, as cmark's autolink extension finds them ---- */

struct address {
    size_t from, to; /* bytes of the text */
    bool has_scheme;
};

static bool has_scheme_before(struct slice text, size_t least, size_t colon, const char *scheme)
{
    size_t length = strlen(scheme);
    if (colon + 1 < least + length || memcmp(text.at + colon + 1 - length, scheme, length) != 0)
        return false;
    size_t begin = colon + 1 - length;
    return begin == least || !is_alnum(text.at[begin - 1]);
}

static bool address_around(struct slice text, size_t least, size_t at_sign, struct address *out)
{
    size_t from = at_sign, to = at_sign + 1, dots = 0;
    bool is_xmpp = false;
    out->has_scheme = false;
    while (from > least) {
        char byte = text.at[from - 1];
        if (byte == ':' && has_scheme_before(text, least, from - 1, "mailto:"))
            out->has_scheme = true;
        else if (byte == ':' && has_scheme_before(text, least, from - 1, "xmpp:"))
            out->has_scheme = is_xmpp = true;
        else if (!is_alnum(byte) && (byte == 0 || !strchr(".+-_", byte)))
            break;
        from--;
    }
    for (; to < text.length; to++) {
        char byte = text.at[to];
        if (byte == '@')
            return false;
        if (byte == '.' && to + 1 < text.length && is_alnum(text.at[to + 1]))
            dots++;
        else if (!is_alnum(byte) && !(byte == '/' && is_xmpp) && byte != '-' && byte != '_')
            break;
    }
    if (from == at_sign || to - at_sign < 2 || dots == 0 || !is_alpha(text.at[to - 1]))
        return false;
    *out = (struct address){from, to, out->has_scheme};
    return true;
}

static void add_address(struct inline_walk *walk, struct slice text, const struct address *address,
                        const struct inline_run *run)
{
    struct parser *parser = walk->parser;
    struct slice shown = {text.at + address->from, address->to - address->from};
    size_t from = run->is_verbatim ? run->from + address->from : LOST;
    uint32_t at = from == LOST ? UINT32_MAX : inline_place(walk->text, from);
    uint32_t node = node_add(parser, NODE_LINK);
    buffer_clear(&parser->work);
    buffer_text(&parser->work, address->has_scheme ? "" : "mailto:");
    buffer_slice(&parser->work, shown);
    struct slice url = arena_slice(&parser->scratch, buffer_view(&parser->work));
    uint32_t length = at == UINT32_MAX ? 0 : (uint32_t)shown.length;
    uint32_t index = reference_add(parser, node, url, REFERENCE_AUTOLINK, at == UINT32_MAX ? 0 : at, length);
    node_at(parser, node)->extra = index;
    add_text(walk, shown, from, from == LOST ? LOST : from + shown.length, run->is_verbatim);
    if (at != UINT32_MAX)
        node_place(parser, node, at, at + length);
    node_end(parser, node);
}

static void add_with_addresses(struct inline_walk *walk, struct slice text, const struct inline_run *run)
{
    size_t done = 0, from = 0;
    for (;;) {
        const char *hit = from < text.length ? memchr(text.at + from, '@', text.length - from) : NULL;
        if (!hit)
            break;
        struct address address;
        size_t at_sign = (size_t)(hit - text.at);
        if (!address_around(text, from, at_sign, &address)) {
            from = at_sign + 1;
            continue;
        }
        size_t begin = run->is_verbatim ? run->from + done : LOST;
        add_text(walk, (struct slice){text.at + done, address.from - done}, begin,
                 begin == LOST ? LOST : begin + address.from - done, run->is_verbatim);
        add_address(walk, text, &address, run);
        done = from = address.to;
    }
    if (done == 0)
        add_text(walk, text, run->from, run->to, run->is_verbatim);
    else
        add_text(walk, slice_from(text, done), run->is_verbatim ? run->from + done : LOST,
                 run->is_verbatim ? run->to : LOST, run->is_verbatim);
}

/* ---- what did not come off ---- */

enum { REFERENCE_MOST = 200 }; /* bytes of a malformed reference that are looked at and shown */

static void report_malformed_link(struct parser *parser, struct slice rest, uint32_t at)
{
    rest.length = rest.length < REFERENCE_MOST ? rest.length : REFERENCE_MOST;
    size_t end = slice_find(rest, ')');
    struct slice target = {rest.at, end};
    finding_add(parser, DIAG_LINK_MALFORMED, at, (uint32_t)target.length, "this reference is shown as text: '%.*s'",
                SLICE_ARGS(target));
    if (end == rest.length) {
        finding_help(parser, "close it with ')' on the same line");
        return;
    }
    buffer_clear(&parser->work);
    bool has_blank = false;
    for (size_t i = 0; i < target.length; i++) {
        has_blank |= target.at[i] == ' ';
        buffer_byte(&parser->work, target.at[i] == ' ' ? '-' : target.at[i]);
    }
    if (has_blank)
        finding_help(parser, "write '(%s)': a target has no blanks", buffer_string(&parser->work));
    else
        finding_help(parser, "write '[text](%s)', with text or nothing between the brackets",
                     buffer_string(&parser->work));
}

static void report_misplaced_id(struct parser *parser, struct slice rest, uint32_t at)
{
    rest.length = rest.length < LIMIT_ID_BYTES + 3 ? rest.length : LIMIT_ID_BYTES + 3;
    size_t end = slice_find(rest, '}'), broken;
    if (end == rest.length || at == parser->reported_id ||
        !unicode_is_id((struct slice){rest.at + 2, end - 2}, &broken))
        return;
    finding_add(parser, DIAG_ID_MISPLACED, at, (uint32_t)end + 1, "'%.*s' gives no id here and is shown as text",
                (int)end + 1, rest.at);
    finding_help(parser, "ids stand at the end of a heading, of an item's first paragraph or of a row's first cell");
}

static bool is_escaped(struct slice bytes, size_t at)
{
    size_t slashes = 0;
    while (slashes < at && bytes.at[at - slashes - 1] == '\\')
        slashes++;
    return slashes % 2;
}

/* The bytes of the content that became text: what is escaped was meant so. */
static void check_text(struct inline_walk *walk)
{
    struct parser *parser = walk->parser;
    const struct inline_run *run = &walk->run;
    if (run->from == LOST || run->to == LOST || run->to <= run->from)
        return;
    struct slice bytes = {(const char *)walk->text->at + run->from, run->to - run->from};
    for (size_t i = 0; i + 1 < bytes.length && !parser->findings_dropped; i++) {
        struct slice rest = slice_from(bytes, i);
        bool is_link = rest.at[0] == ']' && rest.at[1] == '(', is_id = rest.at[0] == '{' && rest.at[1] == '#';
        if ((!is_link && !is_id) || is_escaped(bytes, i))
            continue;
        uint32_t at = inline_place(walk->text, run->from + i);
        at = at == UINT32_MAX ? parser->body_at : at;
        struct slice target = slice_from(rest, 2);
        if (is_id)
            report_misplaced_id(parser, rest, at);
        else if (slice_starts_with(target, "xref:") || slice_starts_with(target, "term:") ||
                 slice_starts_with(target, "cite:"))
            report_malformed_link(parser, target, at + 2);
    }
}

void inline_flush(struct inline_walk *walk)
{
    struct parser *parser = walk->parser;
    struct slice text = buffer_view(&parser->run);
    if (text.length == 0)
        return;
    if (parser->collects_plain)
        buffer_slice(&parser->plain, text);
    parser->builder.word_count += inline_words(text);
    if (memchr(text.at, '(', text.length) || memchr(text.at, '#', text.length))
        check_text(walk);
    if (parser->link_depth == 0 && memchr(text.at, '@', text.length))
        add_with_addresses(walk, text, &walk->run);
    else
        add_text(walk, text, walk->run.from, walk->run.to, walk->run.is_verbatim);
    buffer_clear(&parser->run);
}

/* ---- footnotes ---- */

uint32_t footnote_find(struct parser *parser, struct slice label)
{
    if (parser->footnote_count == 0)
        return NODE_NONE;
    buffer_clear(&parser->work);
    unicode_fold(&parser->work, label);
    uint32_t index = table_get(&parser->footnote_by_key, buffer_view(&parser->work));
    if (index == TABLE_NONE || parser->footnotes[index].is_used)
        return index;
    LIST_GROW(parser->footnote_order, parser->footnote_order_count, parser->footnote_order_capacity);
    parser->footnote_order[parser->footnote_order_count++] = index;
    parser->footnotes[index].is_used = true;
    return index;
}
