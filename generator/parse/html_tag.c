/* Tags: what the table has of them, how one is read and written, and the words for
 * what may not pass. */

#include "parse/html.h"

static const struct tag_row {
    const char *name;
    unsigned flags;
} rows[] = {
    {"br", TAG_VOID},
    {"wbr", TAG_VOID},
    {"hr", TAG_VOID | TAG_BLOCK},
    {"sub", 0},
    {"sup", 0},
    {"kbd", 0},
    {"abbr", 0},
    {"mark", 0},
    {"small", 0},
    {"ins", 0},
    {"del", 0},
    {"u", 0},
    {"summary", TAG_BLOCK},
    {"details", TAG_BLOCK | TAG_ACROSS},
    {"a", TAG_ANCHOR},
};

_Static_assert(sizeof rows / sizeof *rows == TAG_COUNT, "html.h counts the rows");

static const char allowed_help[] =
    "allowed are br wbr hr sub sup kbd abbr mark small ins del u details summary, with no attributes but 'title' and "
    "'open', and '<a id=\"x\"></a>'; write '&lt;' for a '<' that is text";

const char *tag_name(unsigned row)
{
    return rows[row].name;
}

unsigned tag_flags(unsigned row)
{
    return row < TAG_COUNT ? rows[row].flags : 0;
}

static bool is_name_byte(char byte)
{
    return (unsigned char)((byte | 0x20) - 'a') < 26 || (unsigned char)(byte - '0') < 10 || byte == '-';
}

static size_t skip_spaces(struct slice text, size_t i)
{
    while (i < text.length && byte_is_space(text.at[i]))
        i++;
    return i;
}

static size_t read_value(struct slice text, size_t i, struct slice *value)
{
    char quote = i < text.length && (text.at[i] == '"' || text.at[i] == '\'') ? text.at[i] : 0;
    size_t from = i + (quote != 0), to = from;
    while (to < text.length &&
           (quote ? text.at[to] != quote : !byte_is_space(text.at[to]) && !strchr("\"'=<>`", text.at[to])))
        to++;
    *value = (struct slice){text.at + from, to - from};
    return to + (quote != 0);
}

static size_t read_attribute(struct slice text, size_t i, struct tag *tag)
{
    size_t from = i;
    while (i < text.length && !byte_is_space(text.at[i]) && !strchr("\"'=<>/`", text.at[i]))
        i++;
    struct slice key = {text.at + from, i - from}, value = {"", 0};
    size_t equals = skip_spaces(text, i);
    if (key.length == 0)
        return text.length;
    if (equals < text.length && text.at[equals] == '=')
        i = read_value(text, skip_spaces(text, equals + 1), &value);
    bool is_anchor = tag->row < TAG_COUNT && tag_flags(tag->row) & TAG_ANCHOR;
    if (key.length == 5 && strncasecmp(key.at, "title", 5) == 0 && !is_anchor)
        tag->title = value;
    else if (key.length == 4 && strncasecmp(key.at, "open", 4) == 0 && !is_anchor)
        tag->is_open = true;
    else if (is_anchor && ((key.length == 2 && strncasecmp(key.at, "id", 2) == 0) ||
                           (key.length == 4 && strncasecmp(key.at, "name", 4) == 0)))
        tag->id = value;
    else if (!tag->other.at)
        tag->other = key;
    return i;
}

/* The tag at the front of `text`, which begins with `<`. */
struct tag tag_read(struct slice text)
{
    struct tag none = {0}, tag = {.row = 0};
    size_t i = 1;
    tag.is_closing = i < text.length && text.at[i] == '/';
    i += tag.is_closing;
    size_t from = i;
    while (i < text.length && is_name_byte(text.at[i]))
        i++;
    tag.name = (struct slice){text.at + from, i - from};
    if (tag.name.length == 0 || text.at[from] < 'A')
        return none;
    while (tag.row < TAG_COUNT && !(tag.name.length == strlen(rows[tag.row].name) &&
                                    strncasecmp(tag.name.at, rows[tag.row].name, tag.name.length) == 0))
        tag.row++;
    for (;;) {
        i = skip_spaces(text, i);
        if (i < text.length && text.at[i] == '/')
            i = skip_spaces(text, i + 1);
        if (i >= text.length || text.at[i] == '<')
            return none;
        if (text.at[i] == '>')
            break;
        i = read_attribute(text, i, &tag);
    }
    tag.length = i + 1;
    return tag;
}

/* The length of a comment at the front of `text`; 0: none, or never closed. */
size_t comment_length(struct slice text)
{
    if (!slice_starts_with(text, "<!--"))
        return 0;
    if (slice_starts_with(text, "<!-->"))
        return 5;
    const char *end = memmem(text.at + 4, text.length - 4, "-->", 3);
    return end ? (size_t)(end - text.at) + 3 : 0;
}

void tag_write(struct buffer *out, const struct tag *tag)
{
    buffer_text(out, tag->is_closing ? "</" : "<");
    buffer_text(out, tag_name(tag->row));
    if (tag->title.at) {
        char quote = memchr(tag->title.at, '"', tag->title.length) ? '\'' : '"';
        buffer_printf(out, " title=%c%.*s%c", quote, SLICE_ARGS(tag->title), quote);
    }
    if (tag->is_open)
        buffer_text(out, " open");
    buffer_byte(out, '>');
}

/* ---- what may not pass ---- */

static uint32_t known_place(const struct parser *parser, uint32_t at)
{
    return at == UINT32_MAX ? parser->body_at : at;
}

/* What Markdown has instead. */
static const struct {
    const char *name, *help;
} instead[] = {
    {"a", "write '[text](address)'; as an anchor, '<a id=\"x\"></a>' with nothing in it"},
    {"b", "write '**text**'"},
    {"strong", "write '**text**'"},
    {"i", "write '*text*'"},
    {"em", "write '*text*'"},
    {"s", "write '~~text~~'"},
    {"strike", "write '~~text~~'"},
    {"code", "write '`text`'"},
    {"img", "write '![what it shows](file)'"},
    {"table", "write the table in Markdown: '| a | b |'"},
    {"p", "remove it; a blank line begins a new paragraph"},
    {"h1", "write '# '"},
    {"h2", "write '## '"},
    {"h3", "write '### '"},
    {"h4", "write '#### '"},
    {"pre", "write '```' above and below"},
    {"blockquote", "write '> ' in front of each line"},
    {"ul", "write '- ' in front of each item"},
    {"ol", "write '1. ' in front of each item"},
    {"li", "write '- ' in front of each item"},
};

static const char *help_for(struct slice name)
{
    for (size_t i = 0; i < sizeof instead / sizeof *instead; i++)
        if (name.length == strlen(instead[i].name) && strncasecmp(name.at, instead[i].name, name.length) == 0)
            return instead[i].help;
    return allowed_help;
}

void tag_report(struct parser *parser, const struct tag *tag, uint32_t at)
{
    finding_add(parser, DIAG_HTML_REFUSED, known_place(parser, at), at == UINT32_MAX ? 0 : (uint32_t)tag->length,
                "raw HTML: '<%s%.*s>' may not pass", tag->is_closing ? "/" : "", SLICE_ARGS(tag->name));
    finding_help(parser, "%s", help_for(tag->name));
}

void markup_report(struct parser *parser, struct slice markup, uint32_t at)
{
    size_t shown = markup.length < 30 ? markup.length : 30;
    finding_add(parser, DIAG_HTML_REFUSED, known_place(parser, at), at == UINT32_MAX ? 0 : (uint32_t)shown,
                "raw HTML: '%.*s' may not pass", (int)shown, markup.at);
    finding_help(parser, "%s", allowed_help);
}

void tag_report_attribute(struct parser *parser, const struct tag *tag, uint32_t at)
{
    finding_add(parser, DIAG_HTML_REFUSED, known_place(parser, at), at == UINT32_MAX ? 0 : (uint32_t)tag->length,
                "raw HTML: the attribute '%.*s' may not pass", SLICE_ARGS(tag->other));
    finding_help(parser, "remove it; of attributes only 'title' and 'open' pass");
}

void unbalanced_report(struct parser *parser, unsigned row, bool is_closing, uint32_t at, uint32_t length)
{
    const char *name = rows[row].name;
    if (is_closing) {
        finding_add(parser, DIAG_HTML_UNBALANCED, known_place(parser, at), length, "'</%s>' closes nothing here", name);
        finding_help(parser, "remove it, or open it in the same passage; tags close in reverse order");
    } else {
        finding_add(parser, DIAG_HTML_UNBALANCED, known_place(parser, at), length,
                    "'<%s>' is not closed in its passage", name);
        finding_help(parser, "write '</%s>' behind it, in the same passage and section", name);
    }
}
