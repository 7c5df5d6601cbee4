/* From cmark's blocks to nodes, in pre-order. Each function makes the nodes of
 * one block and returns the last line that belongs to it: cmark's own ends are
 * off by a line for setext headings, fences and what stands in lists. */

#include "parse/blocks.h"
#include "base/limits.h"
#include "text/unicode.h"
#include <cmark-gfm-core-extensions.h>

/* ---- before the walk ---- */

static void footnote_collect(struct parser *parser, cmark_node *block)
{
    LIST_GROW(parser->footnotes, parser->footnote_count, parser->footnote_capacity);
    struct slice label = {(const char *)block->as.literal.data, (size_t)block->as.literal.len};
    buffer_clear(&parser->work);
    unicode_fold(&parser->work, label);
    struct slice key = arena_slice(&parser->scratch, buffer_view(&parser->work));
    uint32_t at = block->start_line > 0 ? parser->lines[block->start_line - 1] : parser->body_at;
    uint32_t end = parser->lines[block->start_line];
    uint32_t index = (uint32_t)parser->footnote_count++;
    bool is_again = table_add(&parser->footnote_by_key, key, index) != index;
    if (is_again) {
        finding_add(parser, DIAG_FOOTNOTE_DUPLICATE, at, end - at, "the footnote '[^%.*s]' is written twice",
                    SLICE_ARGS(label));
        finding_help(parser, "give one of them another name: only the first is shown");
    }
    parser->footnotes[index] =
        (struct footnote){.label = label, .definition = block, .node = NODE_NONE, .is_again = is_again};
}

/* One walk without recursion: depth and footnotes. False: refused. */
static bool look_through(struct parser *parser, cmark_node *root)
{
    unsigned depth = 0;
    for (cmark_node *block = root->first_child; block;) {
        if (block->type == CMARK_NODE_FOOTNOTE_DEFINITION)
            footnote_collect(parser, block);
        if (block->first_child) {
            depth += block->type != CMARK_NODE_LIST && block->type != CMARK_NODE_TABLE;
            if (depth > LIMIT_NESTING) {
                uint32_t line = block->start_line > 0 ? (uint32_t)block->start_line : 1;
                refuse(parser, parser->lines[line - 1], 0, "lists, quotes and containers are nested more than %d deep",
                       LIMIT_NESTING);
                return false;
            }
            block = block->first_child;
            continue;
        }
        while (block != root && !block->next) {
            block = block->parent;
            depth -= block != root && block->type != CMARK_NODE_LIST && block->type != CMARK_NODE_TABLE;
        }
        block = block == root ? NULL : block->next;
    }
    return true;
}

static void find_longest_definition(struct parser *parser)
{
    const cmark_map *map = parser->cmark->refmap;
    for (const cmark_map_entry *entry = map ? map->refs : NULL; entry; entry = entry->next) {
        const cmark_reference *reference = (const cmark_reference *)entry;
        uint64_t bytes = (uint64_t)reference->url.len + (uint64_t)reference->title.len;
        if (bytes > parser->expansion_most)
            parser->expansion_most = bytes;
    }
}

/* ---- leaves ---- */

static uint32_t paragraph_convert(struct parser *parser, cmark_node *block)
{
    struct line_range range;
    uint32_t first = (uint32_t)block->start_line, last = (uint32_t)block->end_line;
    if (first == 0 && block->next) { /* cut off from the front of a table */
        first = (uint32_t)block->next->start_line;
        last = 0;
    }
    struct inline_text text = content_of_lines(parser, &block->content, first, last, &range);
    uint32_t node = node_add(parser, NODE_PARAGRAPH);
    node_lines(parser, node, range.first, range.last);
    inlines_convert(parser, block, text);
    node_end(parser, node);
    return range.last;
}

static uint32_t count_newlines(const unsigned char *at, size_t length)
{
    uint32_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += at[i] == '\n';
    return count;
}

/* Text of a leaf block: in the source when it stands there as it is. */
static void leaf_text(struct parser *parser, uint32_t node, struct slice text, uint32_t line)
{
    uint32_t at = line <= parser->line_count ? parser->lines[line - 1] : 0;
    if (text.length && !parser->is_patched && line <= parser->line_count && at + text.length <= parser->source.length &&
        memcmp(parser->source.at + at, text.at, text.length) == 0) {
        struct node *leaf = node_at(parser, node);
        leaf->text = at;
        leaf->text_bytes = (uint32_t)text.length;
        leaf->flags |= NODE_IN_SOURCE;
    } else {
        node_text_pool(parser, node, text);
    }
}

/* Does a later block begin on this line? Then a fence there is not the end of the one before. */
static bool begins_block(const cmark_node *block, uint32_t line)
{
    while (block && !block->next)
        block = block->parent;
    return block && block->next->start_line == (int)line;
}

static bool is_closing_fence(const struct parser *parser, const cmark_node *block, uint32_t line)
{
    struct slice text = line_bytes_of(parser, line);
    while (text.length && (text.at[0] == ' ' || text.at[0] == '\t' || text.at[0] == '>'))
        text = slice_from(text, 1);
    text = slice_trim(text);
    if (text.length < block->as.code.fence_length)
        return false;
    for (size_t i = 0; i < text.length; i++)
        if ((unsigned char)text.at[i] != block->as.code.fence_char)
            return false;
    return !begins_block(block, line);
}

static uint32_t code_convert(struct parser *parser, cmark_node *block)
{
    uint32_t first = (uint32_t)block->start_line, node = node_add(parser, NODE_CODE_BLOCK);
    struct slice text = {(const char *)block->as.code.literal.data, (size_t)block->as.code.literal.len};
    uint32_t lines = count_newlines(block->as.code.literal.data, text.length), last = first + lines - (lines > 0);
    leaf_text(parser, node, text, first + (block->as.code.fenced != 0));
    if (block->as.code.fenced) {
        last = first + lines + 1;
        if (!is_closing_fence(parser, block, last)) {
            last--;
            uint32_t at = parser->lines[first - 1] + (uint32_t)block->start_column - 1;
            finding_add(parser, DIAG_FENCE_UNCLOSED, at, block->as.code.fence_length,
                        "this code block is never closed");
            finding_help(parser, "add a line with '%.*s' after its last line, indented like the first one",
                         block->as.code.fence_length > 60 ? 60 : block->as.code.fence_length, parser->text + at);
        }
        if (block->as.code.info.len) {
            uint32_t info = node_add(parser, NODE_INFO);
            node_text_pool(parser, info,
                           (struct slice){(const char *)block->as.code.info.data, (size_t)block->as.code.info.len});
        }
    }
    node_lines(parser, node, first, last);
    node_end(parser, node);
    return last;
}

static uint32_t html_convert(struct parser *parser, cmark_node *block)
{
    uint32_t first = (uint32_t)block->start_line;
    uint32_t lines = count_newlines(block->as.literal.data, (size_t)block->as.literal.len);
    uint32_t last = first + lines - (lines > 0);
    html_block(parser, block, first, last);
    return last;
}

/* ---- lists ---- */

static bool is_checked(const struct parser *parser, const cmark_node *item)
{
    struct slice line = line_bytes_of(parser, (uint32_t)item->start_line);
    struct slice text = slice_from(line, (size_t)item->start_column - 1);
    size_t bracket = slice_find(text, '[');
    return bracket + 1 < text.length && text.at[bracket + 1] != ' ';
}

static uint32_t item_convert(struct parser *parser, cmark_node *block, struct place_in place)
{
    uint32_t node = node_add(parser, NODE_ITEM), first = (uint32_t)block->start_line;
    if (block->extension == parser->tasklist)
        node_at(parser, node)->flags |= (uint8_t)(NODE_TASK | (is_checked(parser, block) ? NODE_CHECKED : 0));
    size_t frame = html_frame_begin(parser);
    place.makes_sections = place.takes_headings = false;
    cmark_node *paragraph = block->first_child;
    uint32_t last = first;
    if (paragraph && paragraph->type == CMARK_NODE_PARAGRAPH) {
        struct line_range range;
        struct written_attributes attributes;
        struct inline_text text = content_of_lines(parser, &paragraph->content, (uint32_t)paragraph->start_line,
                                                   (uint32_t)paragraph->end_line, &range);
        if (trailing_id(parser, &text, &attributes)) {
            uint32_t identifier =
                identifier_add(parser, IDENTIFIER_ITEM, node, attributes.id, attributes.id_at, attributes.id_bytes);
            node_at(parser, node)->extra = identifier;
        }
        uint32_t inner = node_add(parser, NODE_PARAGRAPH);
        node_lines(parser, inner, range.first, range.last);
        inlines_convert(parser, paragraph, text);
        node_end(parser, inner);
        last = range.last;
        for (cmark_node *child = paragraph->next; child; child = child->next)
            last = blocks_convert_one(parser, child, place);
    } else {
        last = blocks_convert_children(parser, block, place, first);
    }
    html_frame_end(parser, frame);
    node_lines(parser, node, first, last);
    node_end(parser, node);
    return last;
}

static uint32_t list_convert(struct parser *parser, cmark_node *block, struct place_in place)
{
    uint32_t node = node_add(parser, NODE_LIST), last = (uint32_t)block->start_line;
    struct node *list = node_at(parser, node);
    list->extra = 0;
    if (block->as.list.list_type == CMARK_ORDERED_LIST) {
        list->flags |= NODE_ORDERED;
        list->extra = (uint32_t)block->as.list.start;
        if (block->as.list.delimiter == CMARK_PAREN_DELIM)
            list->flags |= NODE_PAREN;
    }
    if (block->as.list.tight)
        list->flags |= NODE_TIGHT;
    for (cmark_node *item = block->first_child; item && !parser->is_refused; item = item->next)
        last = item_convert(parser, item, place);
    node_lines(parser, node, (uint32_t)block->start_line, last);
    node_end(parser, node);
    return last;
}

/* ---- the walk ---- */

/* An overlay is a list of operations and nothing else. */
static void check_overlay_text(struct parser *parser, const cmark_node *block, struct place_in place)
{
    if (!parser->is_overlay || place.depth != 1 || block->type == CMARK_NODE_CUSTOM_BLOCK ||
        block->type == CMARK_NODE_HTML_BLOCK || block->start_line < 1)
        return;
    uint32_t at = parser->lines[block->start_line - 1], end = parser->lines[block->start_line];
    finding_add(parser, DIAG_OVERLAY_TEXT, at, end - at, "text stands between the operations of an overlay");
    finding_help(parser, "put it into a ':::replace' or ':::insert', or remove it");
}

uint32_t blocks_convert_one(struct parser *parser, cmark_node *block, struct place_in place)
{
    uint32_t line = (uint32_t)block->start_line;
    if (parser->is_refused || block->type == CMARK_NODE_FOOTNOTE_DEFINITION)
        return line;
    place.depth++;
    check_overlay_text(parser, block, place);
    uint32_t last = line;
    if (block->type == CMARK_NODE_HEADING)
        return heading_convert(parser, block, place);
    if (block->type == CMARK_NODE_HTML_BLOCK)
        return html_convert(parser, block);
    parser->seen_block = true;
    if (block->type == CMARK_NODE_PARAGRAPH) {
        last = paragraph_convert(parser, block);
    } else if (block->type == CMARK_NODE_LIST) {
        last = list_convert(parser, block, place);
    } else if (block->type == CMARK_NODE_CODE_BLOCK) {
        last = code_convert(parser, block);
    } else if (block->type == CMARK_NODE_BLOCK_QUOTE) {
        last = quote_convert(parser, block, place);
    } else if (block->type == CMARK_NODE_TABLE) {
        last = table_convert(parser, block);
    } else if (block->type == CMARK_NODE_THEMATIC_BREAK) {
        node_lines(parser, node_add(parser, NODE_RULE), line, line);
    } else if (block->type == CMARK_NODE_CUSTOM_BLOCK) {
        last = directive_convert(parser, block, place);
    }
    return last;
}

uint32_t blocks_convert_children(struct parser *parser, cmark_node *block, struct place_in place, uint32_t line)
{
    for (cmark_node *child = block->first_child; child; child = child->next)
        line = blocks_convert_one(parser, child, place);
    return line;
}

/* Definitions in the order in which they are first referred to; one may refer to the next. */
static void footnotes_convert(struct parser *parser)
{
    for (size_t i = 0; i < parser->footnote_order_count && !parser->is_refused; i++) {
        struct footnote *footnote = &parser->footnotes[parser->footnote_order[i]];
        uint32_t node = node_add(parser, NODE_FOOTNOTE), first = (uint32_t)footnote->definition->start_line;
        footnote->node = node;
        node_text_pool(parser, node, footnote->label);
        size_t frame = html_frame_begin(parser);
        uint32_t last = blocks_convert_children(parser, footnote->definition, (struct place_in){.depth = 1}, first);
        html_frame_end(parser, frame);
        node_lines(parser, node, first, last);
        node_end(parser, node);
    }
    for (size_t i = 0; i < parser->footnote_count; i++) {
        const struct footnote *footnote = &parser->footnotes[i];
        if (footnote->is_used || footnote->is_again || footnote->definition->start_line < 1)
            continue;
        uint32_t at = parser->lines[footnote->definition->start_line - 1];
        finding_add(parser, DIAG_FOOTNOTE_UNUSED, at, (uint32_t)footnote->label.length + 3,
                    "nothing refers to the footnote '[^%.*s]', so it is not shown", SLICE_ARGS(footnote->label));
        finding_help(parser, "write '[^%.*s]' where it belongs, or remove it", SLICE_ARGS(footnote->label));
    }
    struct document_builder *builder = &parser->builder;
    for (size_t i = 0; i < builder->node_count && parser->footnote_order_count; i++)
        if (builder->nodes[i].type == NODE_FOOTNOTE_REF)
            builder->nodes[i].extra = parser->footnotes[builder->nodes[i].extra].node;
}

void blocks_convert(struct parser *parser, cmark_node *root)
{
    if (!look_through(parser, root))
        return;
    find_longest_definition(parser);
    bool replaces_page = false;
    for (size_t i = 0; i < parser->builder.field_count; i++) {
        const struct field *field = &parser->builder.fields[i];
        struct slice name = pool_text(parser, field->name);
        replaces_page |= field->key == FIELD_OVERLAY && slice_is(name, "mode");
    }
    parser->is_overlay = (parser->builder.flags & DOCUMENT_IS_OVERLAY) && !replaces_page;
    uint32_t node = node_add(parser, NODE_DOCUMENT);
    node_place(parser, node, parser->body_at, (uint32_t)parser->source.length);
    struct place_in place = {.makes_sections = true, .takes_headings = true};
    blocks_convert_children(parser, root, place, 1);
    html_flush(parser);
    sections_close(parser, 0, 0, (uint32_t)parser->source.length);
    footnotes_convert(parser);
    if (parser->is_refused)
        return;
    node_end(parser, node);
    html_settle(parser);
    definitions_place(parser);
    ids_settle(parser);
}
