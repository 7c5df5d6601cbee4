/* Directives as a block extension of cmark, and `{{name}}` as an inline one.
 *
 * A directive line is a custom block that holds an empty custom block: what is
 * left of the line is blank, and cmark marks the block that a blank rest belongs
 * to, which would make a list loose; so the inner one takes the mark. A closing
 * line does not continue its container, so that cmark ends what is open in it
 * on the line before; the line becomes a block behind the container. Which
 * container a closing line means is decided from the open blocks themselves: the
 * innermost one whose list item or quote the line continues, unless it stands in
 * an open code block or in raw HTML. */

#include "base/limits.h"
#include "parse/parts.h"
#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm/inlines.h>
#include <cmark-gfm/syntax_extension.h>
#include <cmark-gfm_version.h>
#include <stdio.h>
#include <stdlib.h>

enum { CODE_INDENT = 4 };

static struct parser *parser_of(cmark_syntax_extension *extension)
{
    return cmark_syntax_extension_get_private(extension);
}

static struct directive_block *directive_of(const cmark_node *node)
{
    return node->type == CMARK_NODE_CUSTOM_BLOCK ? node->user_data : NULL;
}

static bool is_container(const cmark_node *node)
{
    const struct directive_block *directive = directive_of(node);
    return directive && directive->kind == DIRECTIVE_CONTAINER && !directive->is_closed;
}

/* The rest of the line at hand from its first character on, as bytes of the file. */
static struct slice line_rest(const struct parser *parser, uint32_t *at)
{
    const cmark_parser *cmark = parser->cmark;
    size_t line = (size_t)cmark->line_number;
    uint32_t from = parser->lines[line - 1] + (uint32_t)cmark->first_nonspace, end = parser->lines[line];
    while (end > from && (parser->text[end - 1] == '\n' || parser->text[end - 1] == '\r'))
        end--;
    *at = from;
    return (struct slice){parser->text + from, end - from};
}

/* ---- which container does a closing line mean? ---- */

/* Follows the open blocks in `container` as the line would be matched to them. */
static cmark_node *closed_by_line(const cmark_parser *cmark, cmark_node *container)
{
    int indent = cmark->indent;
    cmark_node *target = container;
    for (cmark_node *node = container->last_child; node && node->flags & CMARK_NODE__OPEN; node = node->last_child) {
        if (is_container(node)) {
            if (indent < CODE_INDENT)
                target = node;
        } else if (node->type == CMARK_NODE_ITEM || node->type == CMARK_NODE_FOOTNOTE_DEFINITION) {
            int needed = CODE_INDENT;
            if (node->type == CMARK_NODE_ITEM)
                needed = node->as.list.marker_offset + node->as.list.padding;
            if (indent < needed)
                break;
            indent -= needed;
            target = NULL; /* a line within an item closes nothing outside of it */
        } else if (node->type == CMARK_NODE_HTML_BLOCK ||
                   (node->type == CMARK_NODE_CODE_BLOCK && node->as.code.fenced)) {
            return NULL;
        } else if (node->type != CMARK_NODE_LIST) {
            break;
        }
    }
    return indent < CODE_INDENT ? target : NULL;
}

static int continues(cmark_syntax_extension *extension, cmark_parser *cmark, unsigned char *input, int length,
                     cmark_node *node)
{
    struct parser *parser = parser_of(extension);
    (void)length;
    if (!is_container(node))
        return 0;
    if (input[cmark->first_nonspace] != ':')
        return 1;
    uint32_t at;
    struct slice rest = line_rest(parser, &at);
    unsigned colons = directive_closer(rest);
    if (!colons || closed_by_line(cmark, node) != node)
        return 1;
    struct directive_block *directive = directive_of(node);
    directive->is_closed = true;
    directive->close_line = (uint32_t)cmark->line_number;
    if (colons != directive->written.colons) {
        finding_add(parser, DIAG_DIRECTIVE_CLOSE_MISMATCH, at, colons, "':::%.*s' was opened with %u colons",
                    SLICE_ARGS(directive->written.name), directive->written.colons);
        finding_help(parser, "write '%.*s'", (int)directive->written.colons,
                     ":::::::::::::::::::::::::::::::::::::::::");
    }
    node->flags &= (uint16_t)~CMARK_NODE__LAST_LINE_BLANK;
    parser->closing = node;
    parser->closing_line = cmark->line_number;
    return 0;
}

/* ---- opening ---- */

static unsigned depth_of(const cmark_node *node)
{
    unsigned depth = 0;
    for (; node; node = node->parent)
        depth += node->type != CMARK_NODE_LIST;
    return depth;
}

static cmark_node *add_block(struct parser *parser, cmark_node *parent, struct directive_block *directive)
{
    cmark_node *node =
        cmark_parser_add_child(parser->cmark, parent, CMARK_NODE_CUSTOM_BLOCK, parser->cmark->first_nonspace + 1);
    cmark_node_set_syntax_extension(node, parser->directives);
    node->user_data = directive;
    return node;
}

static cmark_node *open_directive(cmark_syntax_extension *extension, int indented, cmark_parser *cmark,
                                  cmark_node *parent, unsigned char *input, int length)
{
    struct parser *parser = parser_of(extension);
    if (indented || input[cmark->first_nonspace] != ':' || input[cmark->first_nonspace + 1] != ':')
        return NULL;
    uint32_t at;
    struct slice rest = line_rest(parser, &at);
    struct directive_block directive = {.line = (uint32_t)cmark->line_number, .at = at};
    unsigned colons = directive_closer(rest);
    if (colons) {
        directive.kind = parser->closing_line == cmark->line_number ? DIRECTIVE_CLOSER : DIRECTIVE_STRAY;
        directive.length = colons;
        /* The closing line of an opening one that was reported is text like that, and no second mistake. */
        if (directive.kind == DIRECTIVE_STRAY && parser->malformed_openers) {
            parser->malformed_openers--;
            directive.is_closed = true;
        }
    } else if (directive_read(parser, rest, at, &directive.written)) {
        directive.kind = directive.written.colons > 2 ? DIRECTIVE_CONTAINER : DIRECTIVE_LEAF;
        directive.length = (uint32_t)slice_trim(rest).length;
    } else {
        parser->malformed_openers += directive.written.colons > 2;
        return NULL;
    }
    if (directive.kind == DIRECTIVE_CONTAINER && depth_of(parent) > LIMIT_NESTING) {
        refuse(parser, at, directive.length, "containers are nested more than %d deep", LIMIT_NESTING);
        return NULL;
    }
    struct directive_block *kept = ARENA_NEW(&parser->scratch, struct directive_block);
    *kept = directive;
    struct directive_block *line = ARENA_NEW(&parser->scratch, struct directive_block);
    *line = (struct directive_block){.kind = DIRECTIVE_LINE, .line = directive.line};
    cmark_node *node = add_block(parser, parent, kept), *inner = add_block(parser, node, line);
    cmark_parser_advance_offset(cmark, (char *)input, length - 1 - cmark->offset, false);
    return inner;
}

static int can_contain(cmark_syntax_extension *extension, cmark_node *node, cmark_node_type child)
{
    (void)extension;
    const struct directive_block *directive = directive_of(node);
    if (!directive || directive->kind == DIRECTIVE_LINE)
        return 0;
    return CMARK_NODE_TYPE_BLOCK_P(child) && child != CMARK_NODE_ITEM;
}

static int contains_no_inlines(cmark_syntax_extension *extension, cmark_node *node)
{
    (void)extension;
    (void)node;
    return 0;
}

/* ---- the moment between blocks and inlines ---- */

/* cmark asks this of the root, first of all nodes, once all blocks are complete.
 * The answer is no; before it is given, the whole tree becomes nodes, inlines
 * included, and what is left of it is one block without any. */
static int convert_all(cmark_syntax_extension *extension, cmark_node *node)
{
    if (node->type != CMARK_NODE_DOCUMENT)
        return 0;
    blocks_convert(parser_of(extension), node);
    cmark_node *rest = node->first_child;
    if (rest) {
        rest->type = CMARK_NODE_THEMATIC_BREAK;
        rest->extension = NULL;
        rest->next = rest->first_child = rest->last_child = NULL;
        node->last_child = rest;
    }
    return 0;
}

/* ---- parameters ---- */

void param_malformed(struct parser *parser, struct slice rest, uint32_t at)
{
    size_t end = 0;
    while (end < rest.length && end < 60 && rest.at[end] != '\n' && rest.at[end] != '}')
        end++;
    while (end < rest.length && rest.at[end] == '}')
        end++;
    finding_add(parser, DIAG_PARAM_MALFORMED, at, (uint32_t)end, "'%.*s' is no parameter", (int)end, rest.at);
    finding_help(parser,
                 "write '{{name}}' with small letters, digits and '.', '_', '-' between them; '\\{{' shows the braces");
}

static cmark_node *match_parameter(cmark_syntax_extension *extension, cmark_parser *cmark, cmark_node *parent,
                                   unsigned char character, cmark_inline_parser *inlines)
{
    (void)parent;
    if (character != '{')
        return NULL;
    struct parser *parser = parser_of(extension);
    cmark_chunk *chunk = cmark_inline_parser_get_chunk(inlines);
    int offset = cmark_inline_parser_get_offset(inlines);
    struct slice rest = {(char *)chunk->data + offset, (size_t)(chunk->len - offset)};
    if (rest.length < 2 || rest.at[1] != '{')
        return NULL;
    size_t length = token_length(rest);
    if (length == 0) {
        uint32_t at = inline_place(&parser->content, (size_t)offset);
        if (offset == 0 || rest.at[-1] != '{')
            param_malformed(parser, rest, at == UINT32_MAX ? parser->body_at : at);
        return NULL;
    }
    cmark_node *node = cmark_node_new_with_mem(CMARK_NODE_HTML_INLINE, cmark->mem);
    node->as.literal = cmark_chunk_dup(chunk, offset, (bufsize_t)length);
    node->user_data = parser; /* tells it from raw HTML */
    cmark_inline_parser_set_offset(inlines, offset + (int)length);
    return node;
}

/* ---- setting up ---- */

/* The inner structures of another version may be laid out differently. */
static void check_library(void)
{
    if (cmark_version() == CMARK_GFM_VERSION)
        return;
    fprintf(stderr, "waymark: made for cmark-gfm %s, but %s is installed; compile it again\n", CMARK_GFM_VERSION_STRING,
            cmark_version_string());
    exit(70);
}

void extension_setup(struct parser *parser)
{
    check_library();
    cmark_gfm_core_extensions_ensure_registered();
    parser->table = cmark_find_syntax_extension("table");
    parser->strikethrough = cmark_find_syntax_extension("strikethrough");
    parser->autolink = cmark_find_syntax_extension("autolink");
    parser->tasklist = cmark_find_syntax_extension("tasklist");

    parser->directives = cmark_syntax_extension_new("waymark-directives");
    cmark_syntax_extension_set_private(parser->directives, parser, NULL);
    cmark_syntax_extension_set_match_block_func(parser->directives, continues);
    cmark_syntax_extension_set_open_block_func(parser->directives, open_directive);
    cmark_syntax_extension_set_can_contain_func(parser->directives, can_contain);
    cmark_syntax_extension_set_contains_inlines_func(parser->directives, contains_no_inlines);

    parser->parameters = cmark_syntax_extension_new("waymark-parameters");
    cmark_syntax_extension_set_private(parser->parameters, parser, NULL);
    cmark_syntax_extension_set_match_inline_func(parser->parameters, match_parameter);
    cmark_syntax_extension_set_special_inline_chars(
        parser->parameters, cmark_llist_append(cmark_get_default_mem_allocator(), NULL, (void *)(size_t)'{'));

    parser->root = cmark_syntax_extension_new("waymark-root");
    cmark_syntax_extension_set_private(parser->root, parser, NULL);
    cmark_syntax_extension_set_contains_inlines_func(parser->root, convert_all);
}

void extension_free(struct parser *parser)
{
    cmark_mem *mem = cmark_get_default_mem_allocator();
    cmark_syntax_extension_free(mem, parser->directives);
    cmark_syntax_extension_free(mem, parser->parameters);
    cmark_syntax_extension_free(mem, parser->root);
}
