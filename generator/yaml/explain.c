/* libyaml's errors name its grammar; people want to know what they did. Each
 * explanation is a row: libyaml's words, a question about the text around the
 * place, and what to say. The first row that fits is taken, so the particular
 * ones stand before the general ones. */

#include "yaml/parts.h"

enum { QUOTED_MOST_BYTES = 80 };

/* The line that holds byte `at`, and where things stand in it. */
struct line {
    size_t start;      /* byte of load->text */
    struct slice text; /* without its line end */
    size_t indent;     /* blanks in front */
    size_t value;      /* byte of load->text where the value begins: behind `- ` and the first `: ` */
    bool has_key;      /* a `key: ` stands on the line */
};

/* What libyaml said, and the lines it concerns. */
struct trouble {
    struct yaml_load *load;
    const char *problem;
    size_t at;
    const char *context;
    size_t context_at;
    struct line line;         /* of `at` */
    struct line context_line; /* of `context_at` */
};

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

static bool is_line_end(char byte)
{
    return byte == '\n' || byte == '\r';
}

static struct line line_at(struct slice text, size_t at)
{
    struct line line = {.start = at};
    while (line.start > 0 && !is_line_end(text.at[line.start - 1]))
        line.start--;
    size_t end = at;
    while (end < text.length && !is_line_end(text.at[end]))
        end++;
    line.text = (struct slice){text.at + line.start, end - line.start};
    size_t i = 0;
    while (i < line.text.length && line.text.at[i] == ' ')
        i++;
    line.indent = i;
    while (i + 1 < line.text.length && line.text.at[i] == '-' && is_blank(line.text.at[i + 1])) {
        i++;
        while (i < line.text.length && is_blank(line.text.at[i]))
            i++;
    }
    line.value = line.start + i;
    for (; i + 1 < line.text.length; i++)
        if (line.text.at[i] == ':' && is_blank(line.text.at[i + 1])) {
            line.has_key = true;
            for (i++; i < line.text.length && is_blank(line.text.at[i]);)
                i++;
            line.value = line.start + i;
            break;
        }
    return line;
}

/* The value on a line, up to the line's end. */
static struct slice value_of(const struct line *line)
{
    return slice_trim(slice_from(line->text, line->value - line->start));
}

/* The curly quote that the text begins with (2), ends with (1), or 0 for neither. */
static int curly_quotes(struct slice text)
{
    static const char *const quotes[] = {"“", "”", "„", "‟", "‘", "’", "‚"};
    int found = 0;
    for (size_t i = 0; i < sizeof quotes / sizeof *quotes; i++) {
        if (slice_starts_with(text, quotes[i]))
            found |= 2;
        if (text.length > 3 && slice_ends_with(text, quotes[i]))
            found |= 1;
    }
    return found;
}

static struct slice without_quotes(struct slice text)
{
    return (struct slice){text.at + 3, text.length - 6};
}

const char *yaml_quoted(struct arena *arena, struct slice text)
{
    if (text.length > 6 && curly_quotes(text) == 3)
        text = without_quotes(text);
    bool is_cut = text.length > QUOTED_MOST_BYTES;
    if (is_cut) {
        text.length = QUOTED_MOST_BYTES;
        while (text.length && ((unsigned char)text.at[text.length] & 0xC0) == 0x80)
            text.length--;
    }
    bool has_double = slice_find(text, '"') < text.length || slice_find(text, '\\') < text.length;
    char quote = has_double ? '\'' : '"';
    char *out = arena_alloc(arena, text.length * 2 + 8);
    size_t used = 0;
    out[used++] = quote;
    for (size_t i = 0; i < text.length; i++) {
        out[used++] = text.at[i];
        if (text.at[i] == '\'' && has_double)
            out[used++] = '\'';
    }
    if (is_cut)
        used += (size_t)(stpcpy(out + used, "…") - (out + used));
    out[used++] = quote;
    return out;
}

/* ---- questions about the place ---- */

static bool always(const struct trouble *trouble)
{
    (void)trouble;
    return true;
}

static char byte_at(const struct trouble *trouble)
{
    return trouble->at < trouble->load->text.length ? trouble->load->text.at[trouble->at] : 0;
}

static bool at_tab(const struct trouble *trouble)
{
    return byte_at(trouble) == '\t';
}

static bool at_end(const struct trouble *trouble)
{
    return yaml_skip_blank(trouble->load->text, trouble->at) == trouble->load->text.length;
}

static bool has_hard_space(const struct line *line)
{
    struct slice text = line->text;
    for (size_t i = 0; i + 1 < text.length; i++) {
        if (memcmp(text.at + i, "\xC2\xA0", 2) != 0)
            continue;
        bool in_indent = slice_trim((struct slice){text.at, i}).length == 0;
        if (in_indent || text.at[i - 1] == ':' || text.at[i - 1] == '-')
            return true;
    }
    return false;
}

static bool hard_space(const struct trouble *trouble)
{
    return has_hard_space(&trouble->context_line) || has_hard_space(&trouble->line);
}

static bool has_text(const struct line *line, const char *needle)
{
    return memmem(line->text.at, line->text.length, needle, strlen(needle)) != NULL;
}

static bool wide_colon(const struct trouble *trouble)
{
    return !trouble->context_line.has_key && has_text(&trouble->context_line, "\xEF\xBC\x9A");
}

/* `key:value`: a colon after a word and before something that is no blank. */
static bool tight_colon_in(const struct line *line)
{
    struct slice text = line->text;
    size_t colon = slice_find(text, ':');
    return !line->has_key && colon > line->indent && colon + 1 < text.length &&
           !slice_starts_with(slice_from(text, colon), "://");
}

static bool tight_colon(const struct trouble *trouble)
{
    return tight_colon_in(&trouble->context_line);
}

static bool value_starts(const struct trouble *trouble, const char *prefix)
{
    return trouble->line.value < trouble->at && slice_starts_with(value_of(&trouble->line), prefix);
}

static bool after_parameter(const struct trouble *trouble)
{
    return value_starts(trouble, "{{");
}

static bool after_bracket(const struct trouble *trouble)
{
    return value_starts(trouble, "[") || value_starts(trouble, "{");
}

static bool after_single_quote(const struct trouble *trouble)
{
    return value_starts(trouble, "'");
}

static bool after_double_quote(const struct trouble *trouble)
{
    return value_starts(trouble, "\"");
}

/* The colon that YAML stumbles over is the first of its line: the line is a
 * `key: value` of its own, but too deep, so it continues the value above it. */
static bool first_colon(const struct trouble *trouble)
{
    size_t from = trouble->line.start + trouble->line.indent;
    return slice_find(slice_from(trouble->load->text, from), ':') + from == trouble->at && trouble->line.indent > 0;
}

static bool starts_line(const struct trouble *trouble)
{
    return trouble->at == trouble->line.start + trouble->line.indent;
}

static bool empty_key(const struct trouble *trouble)
{
    return byte_at(trouble) == ':' && starts_line(trouble);
}

static bool above_has_tight_colon(const struct trouble *trouble)
{
    if (trouble->line.start < 2)
        return false;
    size_t end = trouble->line.start - 1;
    if (trouble->load->text.at[end] == '\n' && end > 0 && trouble->load->text.at[end - 1] == '\r')
        end--;
    struct line above = line_at(trouble->load->text, end);
    return tight_colon_in(&above);
}

static bool percent_line(const struct trouble *trouble)
{
    return slice_starts_with(trouble->line.text, "%");
}

static bool in_quotes(const struct trouble *trouble)
{
    return strstr(trouble->context, "quoted scalar") != NULL;
}

static bool at_colon(const struct trouble *trouble)
{
    return byte_at(trouble) == ':';
}

/* The construct began on a line above, and what should have ended it is a new key. */
static bool runs_into_key(const struct trouble *trouble)
{
    return trouble->context_line.start < trouble->line.start && at_colon(trouble);
}

static bool after_plain_root(const struct trouble *trouble)
{
    return trouble->context[0] != 0;
}

static bool at_line_value(const struct trouble *trouble)
{
    return trouble->line.has_key && trouble->at >= trouble->line.value;
}

/* ---- what is marked, and what the help shows ---- */

enum mark {
    MARK_POINT,   /* one character at the place */
    MARK_VALUE,   /* the value on the line */
    MARK_REST,    /* from the place to the end of its line */
    MARK_CONTEXT, /* one character where the construct began */
    MARK_ESCAPE,  /* from the backslash before the place up to it */
    MARK_WHOLE,   /* the line of the place, without its indentation */
    MARK_LINE,    /* the line of the context, without its indentation */
};

enum sample {
    SAMPLE_NONE,
    SAMPLE_QUOTED, /* %s in the help is the marked line's value in quotes */
};

struct explanation {
    const char *problem; /* in libyaml's words, or the beginning of them; NULL: any */
    bool (*fits)(const struct trouble *trouble);
    enum diag_code code;
    enum mark mark;
    enum sample sample;
    const char *text;
    const char *help;
};

#define EXPECTED_KEY "did not find expected key"
#define NO_VALUE_HERE "mapping values are not allowed"

static const struct explanation explanations[] = {
    {"found a tab character", always, DIAG_YAML_TAB, MARK_POINT, SAMPLE_NONE, "a tab in the indentation",
     "indent with blanks: YAML allows no tabs there"},
    {NULL, at_tab, DIAG_YAML_TAB, MARK_POINT, SAMPLE_NONE, "a tab in the indentation",
     "indent with blanks: YAML allows no tabs there"},
    {NULL, hard_space, DIAG_YAML_SYNTAX, MARK_LINE, SAMPLE_NONE, "a non-breaking space where YAML wants a blank",
     "delete the spaces of this line and type them again; word processors put in U+00A0"},
    {NULL, wide_colon, DIAG_YAML_SYNTAX, MARK_LINE, SAMPLE_NONE, "a wide colon, U+FF1A, after the key",
     "write an ordinary ':' and a blank"},
    {"found unexpected end of stream", in_quotes, DIAG_YAML_SYNTAX, MARK_CONTEXT, SAMPLE_NONE,
     "this quote is never closed",
     "put the closing quote at the end of the value; in single quotes an apostrophe is written twice"},
    {"found unexpected document indicator", always, DIAG_YAML_SYNTAX, MARK_CONTEXT, SAMPLE_NONE,
     "this quote is not closed before the '---' or '...' line", "put the closing quote at the end of the value"},
    {"found unknown escape character", always, DIAG_YAML_SYNTAX, MARK_ESCAPE, SAMPLE_NONE,
     "a backslash in double quotes that begins no known escape",
     "use single quotes, in which a backslash is just a backslash"},
    {"did not find expected hexdecimal number", always, DIAG_YAML_SYNTAX, MARK_ESCAPE, SAMPLE_NONE,
     "an escape in double quotes that lacks hexadecimal digits",
     "use single quotes, in which a backslash is just a backslash"},
    {"found invalid Unicode character escape", always, DIAG_YAML_SYNTAX, MARK_ESCAPE, SAMPLE_NONE,
     "an escape that stands for no character", "write the character itself"},
    {"did not find expected comment or line break", always, DIAG_YAML_SYNTAX, MARK_REST, SAMPLE_NONE,
     "text on the line of '|' or '>'", "begin the text on the next line, indented; or put quotes around the value"},
    {"found an indentation indicator equal to 0", always, DIAG_YAML_SYNTAX, MARK_POINT, SAMPLE_NONE,
     "an indentation of 0 after '|' or '>'", "leave the digit out"},
    {"block sequence entries are not allowed", at_line_value, DIAG_YAML_SYNTAX, MARK_REST, SAMPLE_NONE,
     "a list cannot begin on the line of its key", "write [a, b], or put each '- item' on a line of its own"},
    {"did not find expected alphabetic or numeric", always, DIAG_YAML_ALIAS, MARK_VALUE, SAMPLE_QUOTED,
     "a value that begins with '*' or '&' is an alias or anchor to YAML", "put quotes around it: %s"},
    {"found undefined tag handle", always, DIAG_YAML_TAG, MARK_VALUE, SAMPLE_QUOTED,
     "a value that begins with '!' is a tag to YAML", "put quotes around it: %s"},
    {"did not find expected tag URI", always, DIAG_YAML_TAG, MARK_VALUE, SAMPLE_QUOTED,
     "a value that begins with '!' is a tag to YAML", "put quotes around it: %s"},
    {"did not find expected whitespace", always, DIAG_YAML_TAG, MARK_VALUE, SAMPLE_QUOTED,
     "a value that begins with '!' is a tag to YAML", "put quotes around it: %s"},
    {"did not find the expected '>'", always, DIAG_YAML_TAG, MARK_VALUE, SAMPLE_QUOTED,
     "a value that begins with '!' is a tag to YAML", "put quotes around it: %s"},
    {"did not find expected '!'", always, DIAG_YAML_TAG, MARK_VALUE, SAMPLE_QUOTED,
     "a value that begins with '!' is a tag to YAML", "put quotes around it: %s"},
    {NULL, percent_line, DIAG_YAML_DIRECTIVE, MARK_WHOLE, SAMPLE_NONE,
     "a line that begins with '%' is a directive to YAML", "delete it, or indent it if it belongs to a text"},
    {"found character that cannot start any token", always, DIAG_YAML_SYNTAX, MARK_VALUE, SAMPLE_QUOTED,
     "a value cannot begin with this character", "put quotes around the value: %s"},
    {NO_VALUE_HERE, above_has_tight_colon, DIAG_YAML_SYNTAX, MARK_POINT, SAMPLE_NONE,
     "this line continues the one above, whose ':' is no end of a key", "put a blank after the ':' in the line above"},
    {NO_VALUE_HERE, first_colon, DIAG_YAML_SYNTAX, MARK_POINT, SAMPLE_NONE,
     "this line is indented deeper than the value above allows",
     "indent it like the key above; or remove that key's value, if this is meant to stand below it"},
    {NO_VALUE_HERE, always, DIAG_YAML_SYNTAX, MARK_POINT, SAMPLE_QUOTED, "a ': ' inside a value without quotes",
     "put quotes around the value: %s"},
    {EXPECTED_KEY, after_parameter, DIAG_YAML_SYNTAX, MARK_VALUE, SAMPLE_QUOTED,
     "a value that begins with a parameter needs quotes", "write %s"},
    {EXPECTED_KEY, after_bracket, DIAG_YAML_SYNTAX, MARK_REST, SAMPLE_QUOTED,
     "text after the closing bracket of the value", "put quotes around the whole value: %s"},
    {EXPECTED_KEY, after_single_quote, DIAG_YAML_SYNTAX, MARK_REST, SAMPLE_NONE,
     "text after the closing quote of the value",
     "in single quotes an apostrophe is written twice: 'it''s'; or put quotes around the whole value"},
    {EXPECTED_KEY, after_double_quote, DIAG_YAML_SYNTAX, MARK_REST, SAMPLE_QUOTED,
     "text after the closing quote of the value", "put quotes around the whole value: %s"},
    {EXPECTED_KEY, empty_key, DIAG_YAML_KEY, MARK_POINT, SAMPLE_NONE, "a key that is empty",
     "write a name before the ':'"},
    {EXPECTED_KEY, starts_line, DIAG_YAML_SYNTAX, MARK_REST, SAMPLE_NONE,
     "the indentation of this line fits no line above", "indent it exactly like the lines that it belongs to"},
    {"did not find expected '-' indicator", starts_line, DIAG_YAML_SYNTAX, MARK_REST, SAMPLE_NONE,
     "no '- ' at the beginning of this line, though the lines above are a list",
     "begin it with '- ', or indent it like the lines that it belongs to"},
    {"did not find expected '-' indicator", always, DIAG_YAML_SYNTAX, MARK_REST, SAMPLE_QUOTED,
     "text after the end of the value", "put quotes around the whole value: %s"},
    {"could not find expected ':'", tight_colon, DIAG_YAML_SYNTAX, MARK_LINE, SAMPLE_NONE, "no blank after the ':'",
     "write 'key: value', with a blank after the ':'"},
    {"could not find expected ':'", always, DIAG_YAML_SYNTAX, MARK_LINE, SAMPLE_NONE, "a line without 'key: '",
     "write 'key: value'; a text of several lines is indented below its key, after '|' or '>'"},
    {"did not find expected ',' or ']'", at_end, DIAG_YAML_SYNTAX, MARK_CONTEXT, SAMPLE_NONE,
     "this '[' is never closed", "put a ']' behind the last item"},
    {"did not find expected ',' or '}'", at_end, DIAG_YAML_SYNTAX, MARK_CONTEXT, SAMPLE_NONE,
     "this '{' is never closed", "put a '}' behind the last value"},
    {"did not find expected ',' or ']'", runs_into_key, DIAG_YAML_SYNTAX, MARK_CONTEXT, SAMPLE_NONE,
     "this '[' is not closed before the next key", "put a ']' behind the last item"},
    {"did not find expected ',' or '}'", runs_into_key, DIAG_YAML_SYNTAX, MARK_CONTEXT, SAMPLE_NONE,
     "this '{' is not closed before the next key", "put a '}' behind the last value"},
    {"did not find expected ',' or ']'", always, DIAG_YAML_SYNTAX, MARK_POINT, SAMPLE_NONE,
     "a ',' or ']' is missing before this",
     "separate items by ', ' and close the list with ']'; put quotes around a text that holds brackets or commas"},
    {"did not find expected ',' or '}'", always, DIAG_YAML_SYNTAX, MARK_POINT, SAMPLE_NONE,
     "a ',' or '}' is missing before this",
     "separate entries by ', ' and close the mapping with '}'; put quotes around a text that holds braces or commas"},
    {"did not find expected node content", always, DIAG_YAML_SYNTAX, MARK_POINT, SAMPLE_NONE,
     "a value is missing before this", "write a value, or put quotes around the text"},
    {"found unexpected ':'", always, DIAG_YAML_SYNTAX, MARK_POINT, SAMPLE_NONE, "a ':' inside a text without quotes",
     "put quotes around the text"},
    {"did not find expected <document start>", tight_colon, DIAG_YAML_SYNTAX, MARK_LINE, SAMPLE_NONE,
     "no blank after the ':'", "write 'key: value', with a blank after the ':'"},
    {"did not find expected <document start>", after_plain_root, DIAG_YAML_SYNTAX, MARK_LINE, SAMPLE_NONE,
     "a line without 'key: '",
     "write 'key: value'; a text of several lines is indented below its key, after '|' or '>'"},
    {"did not find expected <document start>", always, DIAG_YAML_SYNTAX, MARK_REST, SAMPLE_NONE,
     "text after the end of the data", "indent it like the lines it belongs to, or delete it"},
};

static struct place mark_of(const struct trouble *trouble, enum mark mark)
{
    const struct yaml_load *load = trouble->load;
    size_t line_end = trouble->line.start + trouble->line.text.length;
    size_t context_end = trouble->context_line.start + trouble->context_line.text.length;
    size_t context_text = trouble->context_line.start + trouble->context_line.indent;
    size_t at = trouble->at, end = trouble->at;
    switch (mark) {
    case MARK_POINT:
        end = at;
        break;
    case MARK_VALUE:
        at = trouble->line.value, end = line_end;
        break;
    case MARK_REST:
        end = line_end;
        break;
    case MARK_CONTEXT:
        at = end = trouble->context_at;
        break;
    case MARK_ESCAPE:
        while (at > trouble->line.start && (at == load->text.length || load->text.at[at] != '\\'))
            at--;
        break;
    case MARK_WHOLE:
        at = trouble->line.start + trouble->line.indent, end = line_end;
        break;
    case MARK_LINE:
        at = context_text, end = context_end;
        break;
    }
    while (end > at && is_blank(load->text.at[end - 1]))
        end--;
    return (struct place){load->file, at, end > at ? end - at : 0};
}

static void add_help(const struct trouble *trouble, const struct explanation *row)
{
    if (row->sample == SAMPLE_NONE) {
        yaml_help(trouble->load, "%s", row->help);
        return;
    }
    const char *hole = strstr(row->help, "%s");
    yaml_help(trouble->load, "%.*s%s%s", (int)(hole - row->help), row->help,
              yaml_quoted(trouble->load->arena, value_of(&trouble->line)), hole + 2);
}

void yaml_explain(struct yaml_load *load, const char *problem, size_t at, const char *context, size_t context_at)
{
    struct trouble trouble = {.load = load,
                              .problem = problem,
                              .at = at,
                              .context = context,
                              .context_at = context_at,
                              .line = line_at(load->text, at),
                              .context_line = line_at(load->text, context_at)};
    for (size_t i = 0; i < sizeof explanations / sizeof *explanations; i++) {
        const struct explanation *row = &explanations[i];
        if (row->problem && strncmp(problem, row->problem, strlen(row->problem)) != 0)
            continue;
        if (!row->fits(&trouble))
            continue;
        struct place place = mark_of(&trouble, row->mark);
        yaml_error(load, row->code, place.offset, place.length, "%s", row->text);
        add_help(&trouble, row);
        return;
    }
    yaml_error(load, DIAG_YAML_SYNTAX, at, 0, "this is no YAML: %s%s%s", context, context[0] ? ", " : "", problem);
    yaml_help(load,
              "compare it with the lines above; quotes around a value keep its characters from meaning something");
}

/* ---- what YAML accepts and people did not mean ---- */

static void doubt_curly_quotes(struct yaml_load *load, const struct yaml_node *value)
{
    if (value->text.length <= 6 || curly_quotes(value->text) != 3)
        return;
    yaml_warn(load, DIAG_YAML_QUOTES, value->at - load->base, value->length,
              "curly quotes do not quote: they are part of the value");
    yaml_help(load, "write %s; if they are meant as text, put straight quotes around them",
              yaml_quoted(load->arena, without_quotes(value->text)));
}

/* `title: A #1 priority` is "A" to YAML. A comment that follows a value has a blank after its `#`. */
static void doubt_comment(struct yaml_load *load, const struct yaml_node *value)
{
    struct slice text = load->text;
    size_t start = value->at - load->base;
    size_t at = start + value->length;
    while (at < text.length && is_blank(text.at[at]))
        at++;
    if (at + 1 >= text.length || text.at[at] != '#' || is_blank(text.at[at + 1]) || is_line_end(text.at[at + 1]) ||
        text.at[at + 1] == '#' || at == 0 || !is_blank(text.at[at - 1]))
        return;
    struct line line = line_at(text, at);
    size_t length = line.start + line.text.length - at;
    bool on_one_line = start >= line.start;
    struct slice whole = on_one_line && value->length ? slice_trim(slice_from(line.text, start - line.start))
                                                      : slice_trim(slice_from(line.text, at - line.start));
    yaml_warn(load, DIAG_YAML_COMMENT, at, length, "a '#' after a blank begins a comment: the value ends before it");
    yaml_help(load, "put quotes around the value: %s; or write '# ' if it is a comment",
              yaml_quoted(load->arena, whole));
}

void yaml_doubt_plain(struct yaml_load *load, const struct yaml_node *value)
{
    doubt_curly_quotes(load, value);
    doubt_comment(load, value);
}

void yaml_doubt_key(struct yaml_load *load, size_t at, size_t length)
{
    struct slice key = {load->text.at + at, length};
    if (length > 6 && curly_quotes(key) == 3) {
        yaml_warn(load, DIAG_YAML_QUOTES, at, length, "curly quotes do not quote: they are part of the key");
        yaml_help(load, "write the key without quotes: %.*s", SLICE_ARGS(without_quotes(key)));
    } else if (slice_starts_with(key, "\xC2\xA0") || slice_ends_with(key, "\xC2\xA0")) {
        yaml_error(load, DIAG_YAML_SYNTAX, at, length, "a non-breaking space at the edge of a key");
        yaml_help(load, "delete the spaces of this line and type them again; word processors put in U+00A0");
    }
}
