/* Raw HTML: a few tags pass, reduced to what they need; comments vanish; the rest
 * is refused where it stands and shown as text. What passes is balanced among
 * siblings, so that no tag can reach over the end of a block or a section. */

#include "parse/content.h"
#include <stdlib.h>

enum tag_flag {
    TAG_VOID = 1,
    TAG_BLOCK = 2,   /* not among inlines */
    TAG_ACROSS = 4,  /* may be closed in a later block */
    TAG_ANCHOR = 8,  /* `<a id="x"></a>` only */
};

static const struct tag_row {
    const char *name;
    unsigned flags;
} rows[] = {
    {"br", TAG_VOID}, {"wbr", TAG_VOID}, {"hr", TAG_VOID | TAG_BLOCK}, {"sub", 0}, {"sup", 0}, {"kbd", 0}, {"abbr", 0},
    {"mark", 0}, {"small", 0}, {"ins", 0}, {"del", 0}, {"u", 0}, {"details", TAG_BLOCK | TAG_ACROSS},
    {"summary", TAG_BLOCK}, {"a", TAG_ANCHOR},
};

enum { ROW_COUNT = sizeof rows / sizeof *rows, ROW_SUMMARY = ROW_COUNT - 2, ROW_DETAILS = ROW_COUNT - 3 };

static const char allowed_help[] =
    "allowed are br wbr hr sub sup kbd abbr mark small ins del u details summary, with no attributes but 'title' and "
    "'open', and '<a id=\"x\"></a>'; write '&lt;' for a '<' that is text";

/* A tag as it is written. */
struct tag {
    size_t length;           /* 0: no tag stands here */
    struct slice name;
    unsigned row;            /* ROW_COUNT: not of the table */
    bool is_closing, is_open;
    struct slice title, id;  /* values without quotes; at NULL: absent */
    struct slice other;      /* the first attribute that may not pass */
};

static bool is_space(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static bool is_name_byte(char byte)
{
    return (unsigned char)((byte | 0x20) - 'a') < 26 || (unsigned char)(byte - '0') < 10 || byte == '-';
}

static size_t skip_spaces(struct slice text, size_t i)
{
    while (i < text.length && is_space(text.at[i]))
        i++;
    return i;
}

static size_t read_value(struct slice text, size_t i, struct slice *value)
{
    char quote = i < text.length && (text.at[i] == '"' || text.at[i] == '\'') ? text.at[i] : 0;
    size_t from = i + (quote != 0), to = from;
    while (to < text.length && (quote ? text.at[to] != quote : !is_space(text.at[to]) && !strchr("\"'=<>`", text.at[to])))
        to++;
    *value = (struct slice){text.at + from, to - from};
    return to + (quote != 0);
}

static size_t read_attribute(struct slice text, size_t i, struct tag *tag)
{
    size_t from = i;
    while (i < text.length && !is_space(text.at[i]) && !strchr("\"'=<>/`", text.at[i]))
        i++;
    struct slice key = {text.at + from, i - from}, value = {"", 0};
    size_t equals = skip_spaces(text, i);
    if (key.length == 0)
        return text.length;
    if (equals < text.length && text.at[equals] == '=')
        i = read_value(text, skip_spaces(text, equals + 1), &value);
    bool is_anchor = tag->row < ROW_COUNT && rows[tag->row].flags & TAG_ANCHOR;
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
static struct tag read_tag(struct slice text)
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
    while (tag.row < ROW_COUNT && !(tag.name.length == strlen(rows[tag.row].name) &&
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
static size_t comment_length(struct slice text)
{
    if (!slice_starts_with(text, "<!--"))
        return 0;
    if (slice_starts_with(text, "<!-->"))
        return 5;
    const char *end = memmem(text.at + 4, text.length - 4, "-->", 3);
    return end ? (size_t)(end - text.at) + 3 : 0;
}

static void write_tag(struct buffer *out, const struct tag *tag)
{
    buffer_text(out, tag->is_closing ? "</" : "<");
    buffer_text(out, rows[tag->row].name);
    if (tag->title.at) {
        char quote = memchr(tag->title.at, '"', tag->title.length) ? '\'' : '"';
        buffer_printf(out, " title=%c%.*s%c", quote, SLICE_ARGS(tag->title), quote);
    }
    if (tag->is_open)
        buffer_text(out, " open");
    buffer_byte(out, '>');
}

/* ---- refusing ---- */

static uint32_t known_place(const struct parser *parser, uint32_t at)
{
    return at == UINT32_MAX ? parser->body_at : at;
}

/* What Markdown has instead. */
static const struct {
    const char *name, *help;
} instead[] = {
    {"a", "write '[text](address)'; as an anchor, '<a id=\"x\"></a>' with nothing in it"},
    {"b", "write '**text**'"}, {"strong", "write '**text**'"}, {"i", "write '*text*'"}, {"em", "write '*text*'"},
    {"s", "write '~~text~~'"}, {"strike", "write '~~text~~'"}, {"code", "write '`text`'"},
    {"img", "write '![what it shows](file)'"}, {"table", "write the table in Markdown: '| a | b |'"},
    {"p", "remove it; a blank line begins a new paragraph"}, {"h1", "write '# '"}, {"h2", "write '## '"},
    {"h3", "write '### '"}, {"h4", "write '#### '"}, {"pre", "write '```' above and below"},
    {"blockquote", "write '> ' in front of each line"}, {"ul", "write '- ' in front of each item"},
    {"ol", "write '1. ' in front of each item"}, {"li", "write '- ' in front of each item"},
};

static const char *help_for(struct slice name)
{
    for (size_t i = 0; i < sizeof instead / sizeof *instead; i++)
        if (name.length == strlen(instead[i].name) && strncasecmp(name.at, instead[i].name, name.length) == 0)
            return instead[i].help;
    return allowed_help;
}

static void report_tag(struct parser *parser, const struct tag *tag, uint32_t at)
{
    finding_add(parser, DIAG_HTML_REFUSED, known_place(parser, at), at == UINT32_MAX ? 0 : (uint32_t)tag->length,
                "raw HTML: '<%s%.*s>' may not pass", tag->is_closing ? "/" : "", SLICE_ARGS(tag->name));
    finding_help(parser, "%s", help_for(tag->name));
}

static void report_other(struct parser *parser, struct slice markup, uint32_t at)
{
    size_t shown = markup.length < 30 ? markup.length : 30;
    finding_add(parser, DIAG_HTML_REFUSED, known_place(parser, at), at == UINT32_MAX ? 0 : (uint32_t)shown,
                "raw HTML: '%.*s' may not pass", (int)shown, markup.at);
    finding_help(parser, "%s", allowed_help);
}

static void report_attribute(struct parser *parser, const struct tag *tag, uint32_t at)
{
    finding_add(parser, DIAG_HTML_REFUSED, known_place(parser, at), at == UINT32_MAX ? 0 : (uint32_t)tag->length,
                "raw HTML: the attribute '%.*s' may not pass", SLICE_ARGS(tag->other));
    finding_help(parser, "remove it; of attributes only 'title' and 'open' pass");
}

static void report_unbalanced(struct parser *parser, const char *name, bool is_closing, uint32_t at, uint32_t length)
{
    if (is_closing) {
        finding_add(parser, DIAG_HTML_UNBALANCED, known_place(parser, at), length, "'</%s>' closes nothing here", name);
        finding_help(parser, "remove it, or open it in the same passage; tags close in reverse order");
    } else {
        finding_add(parser, DIAG_HTML_UNBALANCED, known_place(parser, at), length, "'<%s>' is not closed in its passage",
                    name);
        finding_help(parser, "write '</%s>' behind it, in the same passage and section", name);
    }
}

/* The node's bytes are shown instead of obeyed. */
static void show_as_text(struct parser *parser, uint32_t node, struct slice literal)
{
    bool is_block = node_at(parser, node)->type == NODE_HTML_BLOCK;
    node_at(parser, node)->type = is_block ? NODE_CODE_BLOCK : NODE_TEXT;
    node_at(parser, node)->extra = NODE_NONE;
    node_text_pool(parser, node, literal);
    for (size_t i = 0; i < parser->tag_link_count; i++) {
        struct tag_link link = parser->tag_links[i];
        if (link.opener != node || node_at(parser, link.closer)->type != NODE_HTML_BLOCK)
            continue;
        report_unbalanced(parser, rows[ROW_DETAILS].name, true, link.at, link.length);
        show_as_text(parser, link.closer, link.literal);
    }
}

size_t html_frame_begin(struct parser *parser)
{
    size_t outer = parser->tag_base;
    parser->tag_base = parser->tag_count;
    return outer;
}

void html_flush(struct parser *parser)
{
    while (parser->tag_count > parser->tag_base) {
        struct open_tag open = parser->tags[--parser->tag_count];
        if (rows[open.tag].flags & TAG_ANCHOR)
            report_other(parser, open.literal, open.at);
        else
            report_unbalanced(parser, rows[open.tag].name, false, open.at, open.length);
        show_as_text(parser, open.node, open.literal);
    }
}

void html_frame_end(struct parser *parser, size_t frame)
{
    html_flush(parser);
    parser->tag_base = frame;
}

static void push_tag(struct parser *parser, struct open_tag open)
{
    LIST_GROW(parser->tags, parser->tag_count, parser->tag_capacity);
    parser->tags[parser->tag_count++] = open;
}

static struct open_tag *top_tag(struct parser *parser)
{
    return parser->tag_count > parser->tag_base ? &parser->tags[parser->tag_count - 1] : NULL;
}

/* ---- inline ---- */

static uint32_t add_text(struct parser *parser, enum node_type type, struct slice text, struct slice literal,
                         uint32_t at)
{
    uint32_t node = node_add(parser, type);
    if (at != UINT32_MAX)
        node_place(parser, node, at, at + (uint32_t)literal.length);
    node_text_pool(parser, node, text);
    return node;
}

/* `<a id="x">`: becomes an anchor if its closing tag follows at once. */
static void open_anchor(struct parser *parser, const struct tag *tag, struct slice literal, uint32_t at)
{
    struct slice id = {0};
    if (tag->other.at || !tag->id.at) {
        report_tag(parser, tag, at);
        add_text(parser, NODE_TEXT, literal, literal, at);
        return;
    }
    uint32_t id_at = at == UINT32_MAX ? parser->body_at : at + (uint32_t)(tag->id.at - literal.at);
    /* Anchors keep old addresses alive, and many old ones begin with '_'. */
    struct slice stem = tag->id, rest;
    while (stem.length && strchr("_-.", stem.at[0]))
        stem = slice_from(stem, 1);
    bool is_id = id_check(parser, stem.length ? stem : tag->id, id_at, &rest);
    if (is_id)
        id = stem.length == tag->id.length
                 ? rest
                 : slice_of(arena_printf(&parser->scratch, "%.*s%.*s", (int)(tag->id.length - stem.length), tag->id.at,
                                         SLICE_ARGS(rest)));
    if (!is_id) {
        add_text(parser, NODE_TEXT, literal, literal, at);
        return;
    }
    push_tag(parser, (struct open_tag){
                         .node = add_text(parser, NODE_ANCHOR, (struct slice){0}, literal, at),
                         .tag = tag->row,
                         .at = at,
                         .length = (uint32_t)tag->length,
                         .literal = arena_slice(&parser->scratch, literal),
                         .id = id,
                         .id_at = id_at,
                         .id_bytes = (uint32_t)tag->id.length,
                     });
}

static void close_inline(struct parser *parser, const struct tag *tag, struct slice literal, struct slice reduced,
                         uint32_t at)
{
    struct open_tag *top = top_tag(parser);
    bool is_anchor = rows[tag->row].flags & TAG_ANCHOR;
    if (top && top->tag == tag->row && (!is_anchor || top->node + 1 == parser->builder.node_count)) {
        parser->tag_count--;
        if (!is_anchor) {
            add_text(parser, NODE_HTML, reduced, literal, at);
            return;
        }
        uint32_t anchor = top->node;
        uint32_t identifier =
            identifier_add(parser, IDENTIFIER_ANCHOR, anchor, top->id, top->id_at, top->id_bytes);
        node_at(parser, anchor)->extra = identifier;
        if (at != UINT32_MAX && node_at(parser, anchor)->length)
            node_at(parser, anchor)->length = at + (uint32_t)literal.length - node_at(parser, anchor)->at;
        return;
    }
    if (is_anchor)
        report_tag(parser, tag, at);
    else
        report_unbalanced(parser, rows[tag->row].name, true, at, (uint32_t)tag->length);
    add_text(parser, NODE_TEXT, literal, literal, at);
}

void html_inline(struct parser *parser, struct slice literal, uint32_t at)
{
    if (comment_length(literal) == literal.length)
        return;
    struct tag tag = literal.length > 1 && literal.at[1] != '!' && literal.at[1] != '?' ? read_tag(literal) : (struct tag){0};
    if (tag.length == 0 || tag.row == ROW_COUNT || rows[tag.row].flags & TAG_BLOCK) {
        if (tag.length)
            report_tag(parser, &tag, at);
        else
            report_other(parser, literal, at);
        add_text(parser, NODE_TEXT, literal, literal, at);
        return;
    }
    if (rows[tag.row].flags & TAG_ANCHOR && !tag.is_closing) {
        open_anchor(parser, &tag, literal, at);
        return;
    }
    buffer_clear(&parser->work);
    write_tag(&parser->work, &tag);
    struct slice reduced = arena_slice(&parser->scratch, buffer_view(&parser->work));
    if (tag.is_closing) {
        if (rows[tag.row].flags & TAG_VOID) {
            report_unbalanced(parser, rows[tag.row].name, true, at, (uint32_t)tag.length);
            add_text(parser, NODE_TEXT, literal, literal, at);
        } else {
            close_inline(parser, &tag, literal, reduced, at);
        }
        return;
    }
    if (tag.other.at)
        report_attribute(parser, &tag, at);
    uint32_t node = add_text(parser, NODE_HTML, reduced, literal, at);
    if (!(rows[tag.row].flags & TAG_VOID))
        push_tag(parser, (struct open_tag){.node = node,
                                           .tag = tag.row,
                                           .at = at,
                                           .length = (uint32_t)tag.length,
                                           .literal = arena_slice(&parser->scratch, literal)});
}

/* ---- blocks ---- */

struct block_scan {
    struct parser *parser;
    struct slice text;
    uint32_t first_line;
    uint32_t node;
    bool has_text;     /* anything but comments and blanks */
    bool is_refused;
    bool is_endless;   /* no comment that begins behind here is closed */
    uint32_t line;     /* where block_place looked last, and where that line begins in the text */
    size_t line_at;
    struct open_tag *closed; /* tags of earlier blocks that this one closes, innermost first */
    size_t closed_count, closed_capacity;
};

/* The place in the file of byte `offset`, which grows from call to call or starts
 * again at 0: the line is the one that ends in the same bytes. */
static uint32_t block_place(struct block_scan *scan, size_t offset)
{
    const struct parser *parser = scan->parser;
    if (offset < scan->line_at || scan->line == 0) {
        scan->line = scan->first_line;
        scan->line_at = 0;
    }
    for (;;) {
        const char *end = memchr(scan->text.at + scan->line_at, '\n', offset - scan->line_at);
        if (!end)
            break;
        scan->line++;
        scan->line_at = (size_t)(end - scan->text.at) + 1;
    }
    struct slice rest = slice_from(scan->text, scan->line_at), whole = line_bytes_of(parser, scan->line);
    rest.length = slice_find(rest, '\n');
    if (!whole.at || rest.length > whole.length ||
        memcmp(whole.at + whole.length - rest.length, rest.at, rest.length) != 0)
        return whole.at ? (uint32_t)(whole.at - parser->text) : parser->body_at;
    return (uint32_t)(whole.at - parser->text) + (uint32_t)(whole.length - rest.length + offset - scan->line_at);
}

/* comment_length, without searching the whole block again and again for an end that is not there. */
static size_t block_comment(struct block_scan *scan, struct slice rest)
{
    if (scan->is_endless && !slice_starts_with(rest, "<!-->"))
        return 0;
    size_t length = comment_length(rest);
    scan->is_endless |= length == 0 && slice_starts_with(rest, "<!--");
    return length;
}

static void refuse_markup(struct block_scan *scan, const struct tag *tag, size_t offset, size_t length)
{
    uint32_t at = block_place(scan, offset);
    scan->is_refused = true;
    if (tag->length)
        report_tag(scan->parser, tag, at);
    else
        report_other(scan->parser, (struct slice){scan->text.at + offset, length}, at);
}

/* Reads the whole block; what may pass goes to `out`. Every refusal is reported. */
static void scan_block(struct block_scan *scan, struct buffer *out)
{
    struct slice text = scan->text;
    for (size_t i = 0; i < text.length;) {
        struct slice rest = slice_from(text, i);
        if (rest.at[0] != '<') {
            scan->has_text |= !is_space(rest.at[0]);
            buffer_byte(out, rest.at[0]);
            i++;
            continue;
        }
        size_t comment = block_comment(scan, rest);
        if (comment) {
            i += comment;
            continue;
        }
        scan->has_text = true;
        bool is_declaration = rest.length > 1 && (rest.at[1] == '!' || rest.at[1] == '?');
        struct tag tag = is_declaration ? (struct tag){0} : read_tag(rest);
        if (is_declaration) {
            size_t end = slice_find(rest, '>') + 1;
            if (!slice_starts_with(rest, "<!--")) /* an open comment is reported as such */
                refuse_markup(scan, &tag, i, end > rest.length ? rest.length : end);
            scan->is_refused = true;
            i += end;
        } else if (tag.length == 0) {
            buffer_byte(out, '<');
            i++;
        } else if (tag.row == ROW_COUNT || (rows[tag.row].flags & TAG_VOID && tag.is_closing) ||
                   rows[tag.row].flags & TAG_ANCHOR) {
            refuse_markup(scan, &tag, i, tag.length);
            i += tag.length;
        } else {
            if (tag.other.at)
                report_attribute(scan->parser, &tag, block_place(scan, i));
            write_tag(out, &tag);
            i += tag.length;
        }
    }
}

/* Takes the innermost open tag away; one of an earlier block is remembered. */
static void pop_tag(struct block_scan *scan, uint32_t at, uint32_t length)
{
    struct parser *parser = scan->parser;
    struct open_tag *top = &parser->tags[--parser->tag_count];
    if (top->node == scan->node)
        return;
    LIST_GROW(scan->closed, scan->closed_count, scan->closed_capacity);
    scan->closed[scan->closed_count++] = *top;
    LIST_GROW(parser->tag_links, parser->tag_link_count, parser->tag_link_capacity);
    parser->tag_links[parser->tag_link_count++] = (struct tag_link){top->node, scan->node, at, length, scan->text};
}

/* Pairs the tags of a block that may pass; true when all is balanced, but for
 * `details` that a later or an earlier block closes or opens. */
static bool pair_tags(struct block_scan *scan)
{
    struct parser *parser = scan->parser;
    struct slice text = scan->text;
    for (size_t i = 0; i < text.length;) {
        struct slice rest = slice_from(text, i);
        size_t comment = rest.at[0] == '<' ? block_comment(scan, rest) : 0;
        struct tag tag = rest.at[0] == '<' && !comment ? read_tag(rest) : (struct tag){0};
        i += comment ? comment : tag.length ? tag.length : 1;
        if (tag.length == 0 || rows[tag.row].flags & TAG_VOID)
            continue;
        struct open_tag *top = top_tag(parser);
        uint32_t at = block_place(scan, (size_t)(rest.at - text.at)), length = (uint32_t)tag.length;
        if (tag.is_closing && top && top->tag == tag.row) {
            pop_tag(scan, at, length);
        } else if (tag.is_closing) {
            report_unbalanced(parser, rows[tag.row].name, true, at, length);
            return false;
        } else if (tag.row == ROW_SUMMARY && !(top && top->tag == ROW_DETAILS)) {
            finding_add(parser, DIAG_HTML_UNBALANCED, at, length, "'<summary>' stands outside of '<details>'");
            finding_help(parser, "write '<details>' in front of it");
            return false;
        } else {
            push_tag(parser, (struct open_tag){
                                 .node = scan->node, .tag = tag.row, .at = at, .length = length, .literal = scan->text});
        }
    }
    for (size_t i = parser->tag_count; i > parser->tag_base && parser->tags[i - 1].node == scan->node; i--) {
        struct open_tag *open = &parser->tags[i - 1];
        if (!(rows[open->tag].flags & TAG_ACROSS)) {
            report_unbalanced(parser, rows[open->tag].name, false, open->at, open->length);
            return false;
        }
    }
    return true;
}

/* False: nothing has changed but that the reason was reported. */
static bool balance(struct block_scan *scan)
{
    struct parser *parser = scan->parser;
    size_t links = parser->tag_link_count;
    scan->is_endless = false;
    bool ok = pair_tags(scan);
    if (!ok) {
        while (parser->tag_count > parser->tag_base && parser->tags[parser->tag_count - 1].node == scan->node)
            parser->tag_count--;
        while (scan->closed_count)
            push_tag(parser, scan->closed[--scan->closed_count]);
        parser->tag_link_count = links;
    }
    free(scan->closed);
    return ok;
}

/* Directives do not work inside of HTML, and nobody would notice. */
static void check_directives(struct block_scan *scan, uint32_t last_line)
{
    struct parser *parser = scan->parser;
    for (uint32_t line = scan->first_line; line <= last_line; line++) {
        struct slice text = line_bytes_of(parser, line);
        while (text.length && strchr(" \t>", text.at[0]))
            text = slice_from(text, 1);
        size_t colons = 0;
        while (colons < text.length && text.at[colons] == ':')
            colons++;
        bool has_name = colons < text.length && (unsigned char)(text.at[colons] - 'a') < 26;
        if (!(colons >= 3 && (has_name || directive_closer(text))) &&
            !(colons == 2 && has_name && memchr(text.at, '{', text.length)))
            continue;
        finding_add(parser, DIAG_DIRECTIVE_IN_HTML, (uint32_t)(text.at - parser->text), (uint32_t)text.length,
                    "a directive inside raw HTML has no effect");
        finding_help(parser, "put a blank line in front of it");
    }
}

/* Kinds of block that only their own end closes, and what that is. */
static bool is_unclosed(struct slice text)
{
    static const struct {
        const char *begin, *end;
    } kinds[] = {
        {"<!--", "-->"}, {"<?", "?>"}, {"<![CDATA[", "]]>"}, {"<!", ">"}, {"<script", "</"}, {"<pre", "</"}, {"<style", "</"},
    };
    while (text.length && text.at[0] == ' ')
        text = slice_from(text, 1);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (text.length >= strlen(kinds[i].begin) && strncasecmp(text.at, kinds[i].begin, strlen(kinds[i].begin)) == 0)
            return !memmem(text.at, text.length, kinds[i].end, strlen(kinds[i].end));
    return false;
}

void html_block(struct parser *parser, cmark_node *block, uint32_t first_line, uint32_t last_line)
{
    struct block_scan scan = {.parser = parser, .first_line = first_line,
                              .text = {(const char *)block->as.literal.data, (size_t)block->as.literal.len}};
    if (scan.text.length == 0)
        return;
    struct buffer out = BUFFER(UINT32_MAX);
    scan_block(&scan, &out);
    if (scan.has_text) {
        parser->seen_block = true;
        scan.node = node_add(parser, NODE_HTML_BLOCK);
        node_lines(parser, scan.node, first_line, last_line);
        if (scan.is_refused || !balance(&scan))
            show_as_text(parser, scan.node, scan.text);
        else
            node_text_pool(parser, scan.node, buffer_view(&out));
        check_directives(&scan, last_line);
    }
    buffer_free(&out);
    if (is_unclosed(scan.text)) {
        uint32_t at = block_place(&scan, 0);
        finding_add(parser, DIAG_HTML_UNCLOSED, at, (uint32_t)line_bytes_of(parser, first_line).length,
                    "this raw HTML is never closed and takes the rest of the page with it");
        finding_help(parser, "close it, or write '&lt;' for a '<' that is text");
    }
}
