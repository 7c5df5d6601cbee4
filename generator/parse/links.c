/* Destinations: where they are written, what kind they are, what may pass. The
 * schemes are an allow-list, and what could hide a scheme from a reader's browser
 * (control characters, backslashes) is refused as well. */

#include "parse/inlines.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "text/normalise.h"
#include "text/unicode.h"
#include <stdlib.h>

/* ---- the tail of an inline link, as cmark reads it ---- */

static bool is_space(unsigned char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static bool is_punctuation(unsigned char byte)
{
    return (byte >= '!' && byte <= '/') || (byte >= ':' && byte <= '@') || (byte >= '[' && byte <= '`') ||
           (byte >= '{' && byte <= '~');
}

static size_t skip_spaces(const struct inline_text *text, size_t at)
{
    while (at < text->length && is_space(text->at[at]))
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
    while (at < text->length && !is_space(bytes[at])) {
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

/* ---- parts of a destination ---- */

static int hex_digit(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    byte |= 0x20;
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* Percent-decoded, Form C, in the pool. False when what comes out is no text. */
static bool add_decoded(struct parser *parser, struct slice part, struct span *out)
{
    struct slice decoded = part;
    if (memchr(part.at ? part.at : "", '%', part.length)) {
        char *room = arena_alloc(&parser->scratch, part.length + 1);
        size_t length = 0;
        for (size_t i = 0; i < part.length; i++) {
            int high = part.at[i] == '%' && i + 2 < part.length ? hex_digit(part.at[i + 1]) : -1;
            int low = high >= 0 ? hex_digit(part.at[i + 2]) : -1;
            room[length++] = low >= 0 ? (char)(high << 4 | low) : part.at[i];
            i += low >= 0 ? 2 : 0;
        }
        decoded = (struct slice){room, length};
    }
    for (size_t i = 0; i < decoded.length; i++)
        if ((unsigned char)decoded.at[i] < 0x20 || decoded.at[i] == 0x7F)
            return false;
    if (!unicode_is_ascii(decoded)) {
        if (unicode_fault(decoded) != decoded.length)
            return false;
        decoded = text_nfc(&parser->scratch, decoded);
    }
    *out = document_pool_add(&parser->builder, decoded);
    return true;
}

static size_t scheme_length(struct slice url)
{
    size_t i = 0;
    if (url.length == 0 || (unsigned char)((url.at[0] | 0x20) - 'a') >= 26)
        return 0;
    while (i < url.length && ((unsigned char)((url.at[i] | 0x20) - 'a') < 26 || strchr("0123456789+.-", url.at[i])) &&
           url.at[i])
        i++;
    return i < url.length && url.at[i] == ':' ? i : 0;
}

static bool scheme_is(struct slice url, size_t length, const char *scheme)
{
    return length == strlen(scheme) && strncasecmp(url.at, scheme, length) == 0;
}

/* A reference that is being made. */
struct making {
    struct parser *parser;
    struct reference *out;
    struct slice url;
    uint32_t at, length;
};

static void refuse_url(struct making *making, enum diag_code code, const char *what, const char *help)
{
    making->out->kind = REFERENCE_REFUSED;
    struct slice shown = making->url;
    if (shown.length > 100)
        shown.length = 100;
    finding_add(making->parser, code, making->at, making->length, "%s: '%.*s'", what, SLICE_ARGS(shown));
    finding_help(making->parser, "%s", help);
}

static void keep_whole(struct making *making)
{
    making->out->target = document_pool_add(&making->parser->builder, making->url);
}

static void split_fragment(struct slice whole, struct slice *before, struct slice *fragment)
{
    size_t hash = slice_find(whole, '#');
    *before = (struct slice){whole.at, hash};
    *fragment = slice_from(whole, hash + (hash < whole.length));
}

static void make_parts(struct making *making, struct slice target, struct slice fragment)
{
    if (!add_decoded(making->parser, target, &making->out->target) ||
        !add_decoded(making->parser, fragment, &making->out->fragment)) {
        keep_whole(making);
        refuse_url(making, DIAG_URL_MALFORMED, "this destination is no text once it is decoded",
                   "write the characters themselves instead of '%..'");
    }
}

/* xref:[release@][source:]target[#fragment] */
static void make_xref(struct making *making, struct slice rest)
{
    struct reference *out = making->out;
    struct slice target, fragment;
    out->kind = REFERENCE_XREF;
    split_fragment(rest, &target, &fragment);
    size_t at_sign = slice_find(target, '@');
    if (at_sign < target.length) {
        out->release = document_pool_add(&making->parser->builder, (struct slice){target.at, at_sign});
        target = slice_from(target, at_sign + 1);
    }
    size_t colon = slice_find(target, ':');
    if (colon < target.length) {
        out->source = document_pool_add(&making->parser->builder, (struct slice){target.at, colon});
        target = slice_from(target, colon + 1);
    }
    make_parts(making, target, fragment);
    if (target.length == 0 && out->kind == REFERENCE_XREF) {
        finding_add(making->parser, DIAG_LINK_MALFORMED, making->at, making->length, "'xref:' names no document");
        finding_help(making->parser, "write 'xref:ID#section'; for a section of this page '#section' is enough");
        out->kind = REFERENCE_REFUSED;
    }
}

static void make_keyed(struct making *making, enum reference_kind kind, struct slice rest)
{
    struct slice key, locator;
    making->out->kind = (uint16_t)kind;
    split_fragment(rest, &key, &locator);
    make_parts(making, key, locator);
}

static void check_host(struct making *making)
{
    const char *slashes = memmem(making->url.at, making->url.length, "://", 3);
    if (!slashes || unicode_is_ascii(making->url))
        return;
    struct slice host = slice_from(making->url, (size_t)(slashes - making->url.at) + 3), word;
    for (size_t i = 0; i < host.length; i++)
        if (strchr("/?#", host.at[i]))
            host.length = i;
    if (unicode_is_mixed(host, &word)) {
        finding_add(making->parser, DIAG_HOST_CONFUSABLE, making->at, making->length,
                    "'%.*s' mixes letters of different scripts that look alike", SLICE_ARGS(word));
        finding_help(making->parser, "type the address by hand instead of copying it");
    }
}

static void make_relative(struct making *making)
{
    struct slice target, fragment, url = making->url;
    making->out->kind = REFERENCE_RELATIVE;
    if (url.length >= 2 && (url.at[0] == '/' || url.at[0] == '\\') && (url.at[1] == '/' || url.at[1] == '\\')) {
        keep_whole(making);
        refuse_url(making, DIAG_URL_SCHEME, "this address has no scheme", "write 'https:' in front of it");
        return;
    }
    if (memchr(url.at, '\\', url.length)) {
        keep_whole(making);
        refuse_url(making, DIAG_URL_MALFORMED, "a path has '/' between its parts, not '\\'", "replace each '\\' with '/'");
        return;
    }
    split_fragment(url, &target, &fragment);
    make_parts(making, target, fragment);
}

static bool has_control(struct slice url)
{
    for (size_t i = 0; i < url.length; i++)
        if ((unsigned char)url.at[i] < 0x20 || url.at[i] == 0x7F)
            return true;
    return false;
}

static void make_reference(struct making *making)
{
    struct slice url = making->url;
    size_t scheme = scheme_length(url);
    struct slice rest = slice_from(url, scheme + 1);
    if (has_control(url) || (url.length && url.at[0] == ' ')) {
        keep_whole(making);
        refuse_url(making, DIAG_URL_MALFORMED, "this destination holds a control character or begins with a blank",
                   "remove it");
    } else if (url.length == 0) {
        making->out->kind = REFERENCE_RELATIVE;
        finding_add(making->parser, DIAG_LINK_MALFORMED, making->at, making->length, "this link leads nowhere");
        finding_help(making->parser, "write its destination between '(' and ')'");
    } else if (slice_starts_with(url, "xref:")) {
        make_xref(making, rest);
    } else if (slice_starts_with(url, "term:")) {
        make_keyed(making, REFERENCE_TERM, rest);
    } else if (slice_starts_with(url, "cite:")) {
        make_keyed(making, REFERENCE_CITE, rest);
    } else if (scheme_is(url, scheme, "https") || scheme_is(url, scheme, "http") || scheme_is(url, scheme, "mailto") ||
               scheme_is(url, scheme, "tel") || slice_starts_with(url, "{{")) {
        making->out->kind = REFERENCE_URL;
        keep_whole(making);
        check_host(making);
    } else if (scheme) {
        keep_whole(making);
        refuse_url(making, DIAG_URL_SCHEME, "addresses of this kind are not allowed",
                   "allowed are https, http, mailto, tel, xref, term, cite, and paths");
    } else {
        make_relative(making);
    }
}

static uint32_t new_reference(struct parser *parser, struct making *making, uint32_t node, unsigned flags)
{
    struct document_builder *builder = &parser->builder;
    LIST_GROW(builder->references, builder->reference_count, builder->reference_capacity);
    uint32_t index = (uint32_t)builder->reference_count++;
    making->out = &builder->references[index];
    *making->out = (struct reference){
        .flags = (uint16_t)flags, .node = node, .at = making->length ? making->at : 0, .length = making->length};
    return index;
}

uint32_t reference_add(struct parser *parser, uint32_t node, struct slice url, unsigned flags, uint32_t at,
                       uint32_t length)
{
    struct making making = {.parser = parser, .url = {url.at ? url.at : "", url.length}, .at = at, .length = length};
    uint32_t index = new_reference(parser, &making, node, flags);
    make_reference(&making);
    bool is_verbatim = length == url.length && memcmp(parser->text + at, making.url.at, length) == 0;
    if (tokens_in_text(parser, node, making.url, at, is_verbatim))
        making.out->flags |= REFERENCE_HAS_PARAM;
    return index;
}

void include_add(struct parser *parser, uint32_t node, struct slice target, uint32_t at, uint32_t length)
{
    struct making making = {.parser = parser, .url = target, .at = at, .length = length};
    new_reference(parser, &making, node, 0);
    make_xref(&making, slice_starts_with(target, "xref:") ? slice_from(target, 5) : target);
    if (making.out->kind == REFERENCE_XREF)
        making.out->kind = REFERENCE_INCLUDE;
}

/* ---- tokens ---- */

static bool is_name_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

size_t token_length(struct slice text)
{
    size_t i = 2;
    if (text.length < 5 || text.at[0] != '{' || text.at[1] != '{' || !(text.at[2] >= 'a' && text.at[2] <= 'z'))
        return 0;
    for (; i < text.length && (is_name_byte(text.at[i]) || strchr("._-", text.at[i])); i++)
        if (!is_name_byte(text.at[i]) && (i + 1 >= text.length || !is_name_byte(text.at[i + 1])))
            return 0;
    return i + 1 < text.length && text.at[i] == '}' && text.at[i + 1] == '}' ? i + 2 : 0;
}

bool tokens_in_text(struct parser *parser, uint32_t node, struct slice text, uint32_t at, bool is_verbatim)
{
    struct document_builder *builder = &parser->builder;
    bool found = false;
    for (size_t i = 0; i + 1 < text.length;) {
        const char *hit = memmem(text.at + i, text.length - i, "{{", 2);
        if (!hit)
            break;
        i = (size_t)(hit - text.at);
        uint32_t place = is_verbatim ? at + (uint32_t)i : at;
        size_t length = token_length(slice_from(text, i));
        if (length == 0) {
            param_malformed(parser, slice_from(text, i), place);
            i += 2;
            continue;
        }
        LIST_GROW(builder->tokens, builder->token_count, builder->token_capacity);
        builder->tokens[builder->token_count++] = (struct token){
            .node = node,
            .at = place,
            .length = is_verbatim ? (uint32_t)length : 0,
            .name = document_pool_add(builder, (struct slice){hit + 2, length - 4}),
        };
        found = true;
        i += length;
    }
    return found;
}

/* ---- links ---- */

static void take_expansion(struct parser *parser, const cmark_node *node, uint32_t at)
{
    parser->expanded_bytes += (uint64_t)node->as.link.url.len + (uint64_t)node->as.link.title.len;
    if (parser->expanded_bytes > LIMIT_REFERENCE_EXPANSION + (uint64_t)parser->source.length)
        refuse(parser, at == UINT32_MAX ? parser->body_at : at, 0,
               "links by definition expand to more than %zu bytes",
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
    uint32_t index = reference_add(parser, open.node, url, flags, place == UINT32_MAX ? parser->body_at : place, length);
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
        if (!is_space((unsigned char)work->at[i]))
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
