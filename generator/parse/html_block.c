/* Blocks of raw HTML. A block passes whole or is shown whole: its tags are read
 * once to say what may not pass, and once more to pair what may. */

#include "parse/html.h"
#include <stdlib.h>

struct block_scan {
    struct parser *parser;
    struct slice text;
    uint32_t first_line;
    uint32_t node;
    bool has_text; /* anything but comments and blanks */
    bool is_refused;
    bool is_endless; /* no comment that begins behind here is closed */
    uint32_t line;   /* where block_place looked last, and where that line begins in the text */
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
        tag_report(scan->parser, tag, at);
    else
        markup_report(scan->parser, (struct slice){scan->text.at + offset, length}, at);
}

/* Reads the whole block; what may pass goes to `out`. Every refusal is reported. */
static void scan_block(struct block_scan *scan, struct buffer *out)
{
    struct slice text = scan->text;
    for (size_t i = 0; i < text.length;) {
        struct slice rest = slice_from(text, i);
        if (rest.at[0] != '<') {
            scan->has_text |= !byte_is_space(rest.at[0]);
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
        struct tag tag = is_declaration ? (struct tag){0} : tag_read(rest);
        if (is_declaration) {
            size_t end = slice_find(rest, '>') + 1;
            if (!slice_starts_with(rest, "<!--")) /* an open comment is reported as such */
                refuse_markup(scan, &tag, i, end > rest.length ? rest.length : end);
            scan->is_refused = true;
            i += end;
        } else if (tag.length == 0) {
            buffer_byte(out, '<');
            i++;
        } else if (tag.row == TAG_COUNT || (tag_flags(tag.row) & TAG_VOID && tag.is_closing) ||
                   tag_flags(tag.row) & TAG_ANCHOR) {
            refuse_markup(scan, &tag, i, tag.length);
            i += tag.length;
        } else {
            if (tag.other.at)
                tag_report_attribute(scan->parser, &tag, block_place(scan, i));
            tag_write(out, &tag);
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
        struct tag tag = rest.at[0] == '<' && !comment ? tag_read(rest) : (struct tag){0};
        i += comment ? comment : tag.length ? tag.length : 1;
        if (tag.length == 0 || tag_flags(tag.row) & TAG_VOID)
            continue;
        struct open_tag *top = tag_top(parser);
        uint32_t at = block_place(scan, (size_t)(rest.at - text.at)), length = (uint32_t)tag.length;
        if (tag.is_closing && top && top->tag == tag.row) {
            pop_tag(scan, at, length);
        } else if (tag.is_closing) {
            unbalanced_report(parser, tag.row, true, at, length);
            return false;
        } else if (tag.row == TAG_SUMMARY && !(top && top->tag == TAG_DETAILS)) {
            finding_add(parser, DIAG_HTML_UNBALANCED, at, length, "'<summary>' stands outside of '<details>'");
            finding_help(parser, "write '<details>' in front of it");
            return false;
        } else {
            tag_push(parser,
                     (struct open_tag){
                         .node = scan->node, .tag = tag.row, .at = at, .length = length, .literal = scan->text});
        }
    }
    for (size_t i = parser->tag_count; i > parser->tag_base && parser->tags[i - 1].node == scan->node; i--) {
        struct open_tag *open = &parser->tags[i - 1];
        if (!(tag_flags(open->tag) & TAG_ACROSS)) {
            unbalanced_report(parser, open->tag, false, open->at, open->length);
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
            tag_push(parser, scan->closed[--scan->closed_count]);
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
        {"<!--", "-->"},   {"<?", "?>"},   {"<![CDATA[", "]]>"}, {"<!", ">"},
        {"<script", "</"}, {"<pre", "</"}, {"<style", "</"},
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
    struct block_scan scan = {.parser = parser,
                              .first_line = first_line,
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
            html_show(parser, scan.node, scan.text);
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
