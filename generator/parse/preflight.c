/* What must hold before cmark sees a text. cmark's block parser is linear but
 * for nesting and tables, which are counted here line by line; its inline parser
 * is not, and preflight_inlines counts what makes it slow in one block. */

#include "base/limits.h"
#include "base/utf8.h"
#include "parse/parts.h"
#include "text/unicode.h"

/* Stands for a byte that cannot be passed on: never part of well-formed UTF-8, so
 * that it can be told apart, and shown as U+FFFD (inlines.c). */
enum { REPLACEMENT_BYTE = 0xFF };

/* ---- encoding ---- */

static bool looks_like_utf16(struct slice source)
{
    if (slice_starts_with(source, "\xFF\xFE") || slice_starts_with(source, "\xFE\xFF"))
        return true;
    size_t zeros = 0, seen = source.length < 64 ? source.length : 64;
    for (size_t i = 0; i < seen; i++)
        zeros += source.at[i] == 0;
    return seen >= 4 && zeros * 5 >= seen * 2;
}

static void report_bytes(struct parser *parser, size_t fault)
{
    unsigned char byte = (unsigned char)parser->source.at[fault];
    finding_add(parser, DIAG_ENCODING, (uint32_t)fault, 1, "the byte 0x%02x is no UTF-8", byte);
    finding_help(parser, "save the file as UTF-8; in an editor this is often a choice in 'Save as'");
}

bool preflight_encoding(struct parser *parser)
{
    struct slice source = parser->source;
    parser->text = source.at;
    parser->is_patched = false;
    bool has_zero = source.length && memchr(source.at, 0, source.length);
    if (has_zero && looks_like_utf16(source)) {
        parser->is_refused = true;
        finding_add(parser, DIAG_ENCODING, 0, 0, "the file is UTF-16, not UTF-8");
        finding_help(parser, "save it as UTF-8; in Windows Notepad this is a choice in 'Save as'");
        return false;
    }
    size_t fault = unicode_fault(source);
    if (!has_zero && fault == source.length)
        return true;
    char *patched = arena_copy(&parser->scratch, source.at, source.length);
    bool reported = false;
    for (; fault < source.length; fault += unicode_fault(slice_from(source, fault))) {
        if (!reported)
            report_bytes(parser, fault);
        reported = true;
        patched[fault++] = (char)REPLACEMENT_BYTE;
    }
    reported = false;
    for (size_t i = 0; has_zero && i < source.length; i++) {
        if (source.at[i] != 0)
            continue;
        if (!reported) {
            finding_add(parser, DIAG_ENCODING, (uint32_t)i, 1, "the file holds a NUL byte");
            finding_help(parser, "remove it; a text file has none");
        }
        reported = true;
        patched[i] = (char)REPLACEMENT_BYTE;
    }
    parser->text = patched;
    parser->is_patched = true;
    return true;
}

/* ---- lines ---- */

static void add_line(struct parser *parser, size_t at)
{
    LIST_GROW(parser->lines, parser->line_count, parser->line_capacity);
    parser->lines[parser->line_count++] = (uint32_t)at;
}

/* As cmark has them: each ends in LF, CR LF or a lone CR. */
static void find_lines(struct parser *parser)
{
    size_t end = parser->source.length;
    bool has_cr = memchr(parser->text + parser->body_at, '\r', end - parser->body_at) != NULL;
    parser->line_count = 0;
    for (size_t at = parser->body_at; at < end;) {
        add_line(parser, at);
        if (!has_cr) {
            const char *hit = memchr(parser->text + at, '\n', end - at);
            at = hit ? (size_t)(hit - parser->text) + 1 : end;
            continue;
        }
        while (at < end && parser->text[at] != '\n' && parser->text[at] != '\r')
            at++;
        if (at < end && parser->text[at] == '\r' && at + 1 < end && parser->text[at + 1] == '\n')
            at++;
        at += at < end;
    }
    size_t count = parser->line_count;
    add_line(parser, end);
    parser->line_count = count;
}

/* ---- nesting and tables, line by line ---- */

static bool is_blank_byte(char byte)
{
    return byte == ' ' || byte == '\t';
}

/* Skips what may open or continue containers at the start of a line and counts it. */
static const char *skip_markers(const char *at, const char *end, unsigned *count)
{
    for (;;) {
        while (at < end && is_blank_byte(*at))
            at++;
        if (at == end)
            return at;
        const char *marker = at;
        if (*at == '>') {
            at++;
            ++*count;
            continue;
        }
        if (*at == '-' || *at == '+' || *at == '*') {
            at++;
        } else {
            while (at < end && at - marker < 9 && *at >= '0' && *at <= '9')
                at++;
            if (at == marker || at == end || (*at != '.' && *at != ')'))
                return marker;
            at++;
        }
        if (at < end && !is_blank_byte(*at) && *at != '\n' && *at != '\r')
            return marker;
        ++*count;
    }
}

/* `- - -`: not a hundred lists but a rule. */
static bool is_rule(const char *at, const char *end)
{
    while (at < end && is_blank_byte(*at))
        at++;
    char mark = at < end ? *at : 0;
    if (mark != '-' && mark != '*')
        return false;
    while (at < end && (*at == mark || is_blank_byte(*at) || *at == '\n' || *at == '\r'))
        at++;
    return at == end;
}

/* The columns of a line that could stand between the header and the rows of a
 * table; 0 for any other line. */
static unsigned delimiter_columns(const char *at, const char *end)
{
    unsigned columns = 0;
    bool in_dashes = false;
    for (; at < end; at++) {
        switch (*at) {
        case '-':
            columns += !in_dashes;
            in_dashes = true;
            break;
        case '|':
        case ':':
            in_dashes = false;
            break;
        case ' ':
        case '\t':
        case '\v':
        case '\f':
        case '\n':
        case '\r':
            break;
        default:
            return 0;
        }
    }
    return columns;
}

struct line_state {
    uint64_t columns;      /* of the table at hand, if it is one */
    uint64_t cells;        /* of all tables so far */
    uint64_t run_bytes;    /* of lines that are not blank */
    uint64_t header_bytes; /* that cmark reads again to look for headers of tables */
};

/* More than this, and cmark spends seconds on looking for headers of tables. */
enum { HEADER_BYTES_MOST = 300000000 };

static bool check_line(struct parser *parser, size_t line, struct line_state *state)
{
    uint32_t from = parser->lines[line], length = parser->lines[line + 1] - from;
    const char *begin = parser->text + from, *end = begin + length;
    if (length > LIMIT_LINE_BYTES) {
        refuse(parser, from, 0, "the line is longer than %d bytes", LIMIT_LINE_BYTES);
        return false;
    }
    unsigned markers = 0;
    const char *text = skip_markers(begin, end, &markers);
    if (markers > LIMIT_NESTING && !is_rule(begin, end)) {
        refuse(parser, from, 0, "lists and quotes are nested more than %d deep", LIMIT_NESTING);
        return false;
    }
    if (text == end || *text == '\n' || *text == '\r') {
        *state = (struct line_state){.cells = state->cells, .header_bytes = state->header_bytes};
        return true;
    }
    unsigned columns = *text == '|' || *text == ':' || *text == '-' ? delimiter_columns(text, end) : 0;
    if (columns) {
        state->header_bytes += state->run_bytes;
        if (state->header_bytes > HEADER_BYTES_MOST) {
            refuse(parser, from, 0, "too many lines of this paragraph look like the head of a table");
            return false;
        }
        if (columns > LIMIT_TABLE_COLUMNS && memchr(text, '|', (size_t)(end - text))) {
            refuse(parser, from, length, "a table has more than %d columns", LIMIT_TABLE_COLUMNS);
            return false;
        }
        if (columns > state->columns)
            state->columns = columns;
    }
    state->run_bytes += length;
    state->cells += state->columns > 1 ? state->columns : 0;
    if (state->cells > LIMIT_TABLE_CELLS) {
        refuse(parser, from, 0, "the tables of this page have more than %d cells", LIMIT_TABLE_CELLS);
        return false;
    }
    return true;
}

bool preflight_body(struct parser *parser)
{
    find_lines(parser);
    struct line_state state = {0};
    for (size_t i = 0; i < parser->line_count; i++)
        if (!check_line(parser, i, &state))
            return false;
    return true;
}

/* ---- inlines ---- */

enum {
    SMALL_BYTES = 4096,        /* a block of this size is never slow, whatever it holds */
    STEPS_MOST = 400000000,    /* bytes that cmark may look at more than once: about a second */
    BRACKETS_MOST = 30000,     /* that open, in one block: each may look at all before it */
    EMPHASIS_MOST = 20000000,  /* closing brackets times delimiters of emphasis before them: each looks at all */
    EXPANSION_MOST = 64 << 20, /* bytes of copies of link definitions that one block may ask for */
};

struct costs {
    uint64_t brackets, closers, declarations, addresses;
    uint64_t delimiters;     /* of emphasis so far */
    uint64_t emphasis_steps; /* closing brackets, times delimiters before them */
    uint64_t word_steps;     /* length of words without blanks, times addresses in them */
};

static void count_costs(struct costs *costs, const unsigned char *at, size_t length)
{
    uint64_t in_word = 0;
    size_t word = 0;
    for (size_t i = 0; i < length; i++) {
        switch (at[i]) {
        case '[':
            costs->brackets++;
            break;
        case ']':
            costs->closers++;
            costs->emphasis_steps += costs->delimiters;
            break;
        case '*':
        case '_':
        case '~':
            costs->delimiters++;
            break;
        case '<':
            costs->declarations += at[i + 1] == '!' || at[i + 1] == '?';
            break;
        case 'w':
            in_word += at[i + 1] == 'w' && at[i + 2] == 'w' && at[i + 3] == '.';
            break;
        case ':':
            in_word += at[i + 1] == '/' && at[i + 2] == '/';
            break;
        case ' ':
        case '\n':
        case '\t':
            costs->word_steps += in_word * (i - word);
            costs->addresses += in_word;
            in_word = 0;
            word = i;
            break;
        default:
            break;
        }
    }
    costs->word_steps += in_word * (length - word);
}

bool preflight_inlines(struct parser *parser, const struct inline_text *text)
{
    if (text->length <= SMALL_BYTES && parser->expansion_most <= SMALL_BYTES)
        return false;
    struct costs costs = {0};
    count_costs(&costs, text->at, text->length);
    uint32_t at = inline_place(text, 0);
    at = at == UINT32_MAX ? parser->body_at : at;
    if (costs.brackets > BRACKETS_MOST)
        refuse(parser, at, 0, "this passage has more than %d opening brackets", BRACKETS_MOST);
    else if (costs.emphasis_steps > EMPHASIS_MOST)
        refuse(parser, at, 0, "this passage has too many links and too much emphasis for one paragraph");
    else if (costs.declarations * text->length > STEPS_MOST)
        refuse(parser, at, 0, "this passage has too many '<!' and '<?' for its length");
    else if (costs.word_steps > STEPS_MOST)
        refuse(parser, at, 0, "this passage has too many web addresses without a blank between them");
    else if (costs.closers * parser->expansion_most > EXPANSION_MOST)
        refuse(parser, at, 0, "the link definitions that this passage uses are too long");
    return parser->is_refused;
}
