/* Destinations: what kind they are, which parts they have, what may pass. The
 * schemes are an allow-list, and what could hide a scheme from a reader's browser
 * (control characters, backslashes) is refused as well. */

#include "parse/parts.h"
#include "text/normalise.h"
#include "text/unicode.h"

/* ---- parts of a destination ---- */

static int hex_digit(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    byte |= 0x20;
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* Percent-decoded up to a `?`, in Form C. False when what comes out is no text. */
static bool decode(struct parser *parser, struct slice part, struct slice *out)
{
    *out = part;
    if (memchr(part.at ? part.at : "", '%', part.length)) {
        char *room = arena_alloc(&parser->scratch, part.length + 1);
        size_t length = 0;
        bool in_query = false; /* where `+` and `%2B` are two things */
        for (size_t i = 0; i < part.length; i++) {
            in_query |= part.at[i] == '?';
            int high = part.at[i] == '%' && i + 2 < part.length && !in_query ? hex_digit(part.at[i + 1]) : -1;
            int low = high >= 0 ? hex_digit(part.at[i + 2]) : -1;
            room[length++] = low >= 0 ? (char)(high << 4 | low) : part.at[i];
            i += low >= 0 ? 2 : 0;
        }
        *out = (struct slice){room, length};
    }
    for (size_t i = 0; i < out->length; i++)
        if ((unsigned char)out->at[i] < 0x20 || out->at[i] == 0x7F)
            return false;
    if (!unicode_is_ascii(*out)) {
        if (unicode_fault(*out) != out->length)
            return false;
        *out = text_nfc(&parser->scratch, *out);
    }
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
    struct document_builder *builder = &making->parser->builder;
    if (decode(making->parser, target, &target) && decode(making->parser, fragment, &fragment)) {
        making->out->target = document_pool_add(builder, target);
        making->out->fragment = document_pool_add(builder, fragment);
        return;
    }
    keep_whole(making);
    refuse_url(making, DIAG_URL_MALFORMED, "this destination is no text once it is decoded",
               "write the characters themselves instead of '%..'");
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
        refuse_url(making, DIAG_URL_MALFORMED, "a path has '/' between its parts, not '\\'",
                   "replace each '\\' with '/'");
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
