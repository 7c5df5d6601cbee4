/* The grammar of one directive line and of `{…}`, read from the bytes of the file
 * (LANGUAGE.md, section 1). What word processors make of quotes and blanks is
 * accepted and noted. */

#include "base/limits.h"
#include "parse/parts.h"

struct scan {
    struct parser *parser;
    struct slice text;
    size_t i;
    uint32_t at;         /* place of text.at in the file; UINT32_MAX: not known */
    const char *problem; /* the first thing that is wrong, and where */
    size_t problem_at;
    const char *help;
};

static bool fail(struct scan *scan, size_t at, const char *problem, const char *help)
{
    if (!scan->problem) {
        scan->problem = problem;
        scan->problem_at = at;
        scan->help = help;
    }
    return false;
}

static uint32_t place(const struct scan *scan, size_t offset)
{
    return scan->at == UINT32_MAX ? scan->parser->body_at : scan->at + (uint32_t)offset;
}

static char peek(const struct scan *scan)
{
    return scan->i < scan->text.length ? scan->text.at[scan->i] : 0;
}

static bool follows(const struct scan *scan, const char *bytes)
{
    return slice_starts_with(slice_from(scan->text, scan->i), bytes);
}

static bool skip_blanks(struct scan *scan)
{
    size_t from = scan->i;
    for (;;) {
        if (peek(scan) == ' ' || peek(scan) == '\t') {
            scan->i++;
        } else if (follows(scan, "\xC2\xA0")) {
            finding_add(scan->parser, DIAG_TYPOGRAPHY, place(scan, scan->i), 2,
                        "a non-breaking space is read as a blank here");
            finding_help(scan->parser, "replace it with an ordinary blank");
            scan->i += 2;
        } else {
            return scan->i > from;
        }
    }
}

static bool is_lower(char byte)
{
    return byte >= 'a' && byte <= 'z';
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_upper(char byte)
{
    return byte >= 'A' && byte <= 'Z';
}

/* ---- attributes ---- */

static const char attribute_help[] = "attributes are '#id', 'key' and 'key=\"value\"', with blanks between them";

/* The length of a quotation mark at the front: straight or typographic. */
static size_t quote_length(const struct scan *scan)
{
    if (peek(scan) == '"')
        return 1;
    return follows(scan, "\xE2\x80\x9C") || follows(scan, "\xE2\x80\x9D") || follows(scan, "\xE2\x80\x9E") ? 3 : 0;
}

static bool read_quoted(struct scan *scan, struct slice *value)
{
    size_t begin = scan->i, quote = quote_length(scan);
    scan->i += quote;
    size_t from = scan->i;
    bool has_escape = false;
    while (scan->i < scan->text.length && (quote == 1 ? peek(scan) != '"' : !quote_length(scan))) {
        bool is_escape = peek(scan) == '\\' && scan->i + 1 < scan->text.length &&
                         (scan->text.at[scan->i + 1] == '"' || scan->text.at[scan->i + 1] == '\\');
        has_escape |= is_escape;
        scan->i += is_escape ? 2 : 1;
    }
    if (scan->i >= scan->text.length)
        return fail(scan, begin, "this value is not closed", "write '\"' at its end, on the same line");
    *value = (struct slice){scan->text.at + from, scan->i - from};
    scan->i += quote_length(scan);
    if (quote > 1) {
        finding_add(scan->parser, DIAG_TYPOGRAPHY, place(scan, begin), (uint32_t)(scan->i - begin),
                    "typographic quotes are read as straight ones here");
        finding_help(scan->parser, "write '\"' instead");
    }
    if (has_escape) {
        char *room = arena_alloc(&scan->parser->scratch, value->length + 1);
        size_t length = 0;
        for (size_t i = 0; i < value->length; i++) {
            i += value->at[i] == '\\' && i + 1 < value->length && (value->at[i + 1] == '"' || value->at[i + 1] == '\\');
            room[length++] = value->at[i];
        }
        *value = (struct slice){room, length};
    }
    return true;
}

static bool read_value(struct scan *scan, struct slice *value)
{
    if (quote_length(scan))
        return read_quoted(scan, value);
    size_t from = scan->i;
    while (scan->i < scan->text.length && !strchr(" \t\r\n\"'{}=", peek(scan)) && !follows(scan, "\xC2\xA0"))
        scan->i++;
    *value = (struct slice){scan->text.at + from, scan->i - from};
    if (value->length == 0 && peek(scan) == '\'')
        return fail(scan, scan->i, "values have double quotes", "write '\"' instead of \"'\"");
    if (value->length == 0)
        return fail(scan, scan->i, "a value is missing behind '='", "write key=\"value\"");
    return true;
}

static bool add_attribute(struct scan *scan, struct written_attributes *out, struct written_attribute attribute,
                          size_t key_at)
{
    for (uint32_t i = 0; i < out->count; i++)
        if (slice_equal(out->items[i].key, attribute.key))
            return fail(scan, key_at, "this attribute stands twice", "remove one of them");
    if (out->count == out->capacity) {
        out->capacity = out->capacity ? out->capacity * 2 : 8;
        struct written_attribute *items = ARENA_ARRAY(&scan->parser->scratch, struct written_attribute, out->capacity);
        if (out->count)
            memcpy(items, out->items, out->count * sizeof *items);
        out->items = items;
    }
    out->items[out->count++] = attribute;
    return true;
}

static bool read_pair(struct scan *scan, struct written_attributes *out)
{
    size_t from = scan->i;
    while (is_lower(peek(scan)) || (scan->i > from && (is_digit(peek(scan)) || peek(scan) == '_' || peek(scan) == '-')))
        scan->i++;
    struct written_attribute attribute = {.key = {scan->text.at + from, scan->i - from},
                                          .value = {"", 0},
                                          .key_at = place(scan, from),
                                          .at = place(scan, from)};
    if (attribute.key.length == 0)
        return fail(scan, from, is_upper(peek(scan)) ? "keys have small letters only" : "this is no attribute",
                    attribute_help);
    attribute.length = (uint32_t)attribute.key.length;
    if (peek(scan) == '=') {
        size_t value = ++scan->i;
        if (!read_value(scan, &attribute.value))
            return false;
        attribute.at = place(scan, value);
        attribute.length = (uint32_t)(scan->i - value);
    }
    return add_attribute(scan, out, attribute, from);
}

static bool read_id(struct scan *scan, struct written_attributes *out)
{
    size_t from = ++scan->i;
    while (scan->i < scan->text.length && !strchr(" \t\r\n\"'{}=#", peek(scan)) && !follows(scan, "\xC2\xA0"))
        scan->i++;
    if (scan->i == from)
        return fail(scan, from - 1, "'#' is followed by no id", "write '#name'");
    if (out->id.at)
        return fail(scan, from - 1, "a second id", "keep one of them; a heading can have aliases=\"…\"");
    out->id = (struct slice){scan->text.at + from, scan->i - from};
    out->id_at = place(scan, from);
    out->id_bytes = (uint32_t)out->id.length;
    return true;
}

/* `{…}`; the scan stands at the `{`. */
static bool read_attributes(struct scan *scan, struct written_attributes *out)
{
    size_t begin = scan->i++;
    for (bool apart = true;;) {
        apart |= skip_blanks(scan);
        if (peek(scan) == '}') {
            scan->i++;
            return true;
        }
        if (scan->i >= scan->text.length)
            return fail(scan, begin, "'{' is not closed", "write '}' at the end, on the same line");
        if (!apart && (is_lower(peek(scan)) || is_upper(peek(scan)) || peek(scan) == '#'))
            return fail(scan, scan->i, "a blank is missing between two attributes", "write a blank here");
        if (!apart)
            return fail(scan, scan->i, "this character may not stand here", attribute_help);
        if (!(peek(scan) == '#' ? read_id(scan, out) : read_pair(scan, out)))
            return false;
        apart = false;
    }
}

bool attributes_read(struct parser *parser, struct slice text, uint32_t at, struct written_attributes *out,
                     size_t *length)
{
    struct scan scan = {.parser = parser, .text = text, .at = at};
    *out = (struct written_attributes){0};
    bool ok = read_attributes(&scan, out);
    *length = scan.i;
    if (ok && out->id.at)
        return true;
    if (ok)
        fail(&scan, 0, "an id is missing", "begin with '#id'");
    uint32_t end = (uint32_t)(text.length - scan.problem_at);
    finding_add(parser, DIAG_ID_MALFORMED, place(&scan, scan.problem_at), end ? end : 1, "%s", scan.problem);
    finding_help(parser, "%s", scan.help);
    parser->reported_id = at;
    return false;
}

/* ---- directive lines ---- */

static bool is_note_word(struct slice name)
{
    static const char *const words[] = {"note", "tip", "important", "warning", "caution"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (name.length == strlen(words[i]) && strncasecmp(name.at, words[i], name.length) == 0)
            return true;
    return false;
}

static bool read_name(struct scan *scan, struct slice *name)
{
    size_t from = scan->i;
    bool has_upper = false;
    while (is_lower(peek(scan)) || is_upper(peek(scan)) ||
           (scan->i > from && (is_digit(peek(scan)) || peek(scan) == '-'))) {
        has_upper |= is_upper(peek(scan));
        scan->i++;
    }
    *name = (struct slice){scan->text.at + from, scan->i - from};
    if (name->length == 0)
        return fail(scan, from,
                    peek(scan) == ' ' ? "a blank stands between the colons and the name" : "a name is missing",
                    "write the name right behind the colons: ':::note'");
    if (!has_upper)
        return true;
    if (!is_note_word(*name))
        return fail(scan, from, "names have small letters only", "write it in small letters");
    char *lower = arena_copy(&scan->parser->scratch, name->at, name->length);
    for (size_t i = 0; i < name->length; i++)
        lower[i] = (char)(lower[i] | 0x20);
    name->at = lower;
    return true;
}

static bool read_label(struct scan *scan, struct directive_line *out)
{
    size_t begin = scan->i++;
    unsigned depth = 1;
    for (; scan->i < scan->text.length; scan->i++) {
        char byte = peek(scan);
        if (byte == '\\' && scan->i + 1 < scan->text.length)
            scan->i++;
        else if (byte == '[')
            depth++;
        else if (byte == ']' && --depth == 0)
            break;
    }
    if (scan->i >= scan->text.length)
        return fail(scan, begin, "'[' is not closed", "write ']' at the end of the label, on the same line");
    out->label = (struct slice){scan->text.at + begin + 1, scan->i - begin - 1};
    out->label_at = place(scan, begin + 1);
    scan->i++;
    return true;
}

static bool read_line(struct scan *scan, struct directive_line *out)
{
    if (!read_name(scan, &out->name))
        return false;
    if (peek(scan) == '[' && !read_label(scan, out))
        return false;
    if (peek(scan) == '{' && !read_attributes(scan, &out->attributes))
        return false;
    size_t end = scan->i;
    skip_blanks(scan);
    if (scan->i < scan->text.length)
        return fail(scan, end, "text stands behind the directive",
                    out->label.at ? "write it on the next line" : "a title stands in brackets: ':::note[Title]'");
    return true;
}

bool directive_read(struct parser *parser, struct slice line, uint32_t at, struct directive_line *out)
{
    struct scan scan = {.parser = parser, .text = line, .at = at};
    *out = (struct directive_line){0};
    while (peek(&scan) == ':')
        scan.i++;
    out->colons = (unsigned)scan.i;
    if (out->colons < 2)
        return false;
    /* Two colons begin many things that are no directive: `::std` in a text, say. */
    if (out->colons == 2) {
        size_t end = scan.i;
        while (end < line.length && (is_lower(line.at[end]) || is_digit(line.at[end]) || line.at[end] == '-'))
            end++;
        bool is_meant = end < line.length && (line.at[end] == '{' || line.at[end] == '[');
        if (!is_lower(peek(&scan)) || (!is_meant && slice_trim(slice_from(line, end)).length))
            return false;
    }
    if (read_line(&scan, out))
        return true;
    uint32_t rest = (uint32_t)(line.length - scan.problem_at);
    finding_add(parser, DIAG_DIRECTIVE_MALFORMED, place(&scan, scan.problem_at), rest ? rest : 1, "%s", scan.problem);
    finding_help(parser, "%s", scan.help);
    return false;
}

unsigned directive_closer(struct slice line)
{
    size_t colons = 0;
    while (colons < line.length && line.at[colons] == ':')
        colons++;
    return colons >= 3 && slice_trim(slice_from(line, colons)).length == 0 ? (unsigned)colons : 0;
}

uint32_t directive_add(struct parser *parser, const struct directive_block *block, uint32_t node)
{
    struct document_builder *builder = &parser->builder;
    const struct written_attributes *written = &block->written.attributes;
    uint32_t index = (uint32_t)builder->directive_count, first = (uint32_t)builder->attribute_count;
    for (uint32_t i = 0; i < written->count; i++) {
        LIST_GROW(builder->attributes, builder->attribute_count, builder->attribute_capacity);
        struct attribute *attribute = &builder->attributes[builder->attribute_count++];
        attribute->key = pool_add(parser, written->items[i].key);
        attribute->value = pool_add(parser, written->items[i].value);
        attribute->at = written->items[i].at;
        attribute->length = written->items[i].length;
    }
    LIST_GROW(builder->directives, builder->directive_count, builder->directive_capacity);
    builder->directives[builder->directive_count++] = (struct directive){
        .name = pool_add(parser, block->written.name),
        .id = pool_add(parser, written->id),
        .node = node,
        .first_attribute = first,
        .attribute_count = written->count,
        .at = block->at,
        .length = block->length,
    };
    return index;
}
