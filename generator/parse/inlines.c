/* From cmark's inlines to nodes, with exact places.
 *
 * cmark's columns drift, but most of its text nodes point into the content they
 * were made from, and what they do not point to can be read off the content: a
 * cursor goes through it beside the walk and skips the delimiters of what the
 * walk meets. Where the two do not agree the place is not known (LOST), until the
 * next text that points. Adjacent texts become one node: bytes of the source when
 * they stand there as they are, else bytes of the pool. */

#include "parse/inlines.h"
#include "base/limits.h"
#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm/inlines.h>

enum { INLINE_DEPTH_MOST = 200 };

/* ---- the cursor ---- */

static bool cursor_is(const struct inline_walk *walk, const char *bytes, size_t length)
{
    return walk->cursor != LOST && walk->cursor + length <= walk->text->length &&
           memcmp(walk->text->at + walk->cursor, bytes, length) == 0;
}

static void cursor_skip(struct inline_walk *walk, const char *bytes, size_t length)
{
    walk->cursor = cursor_is(walk, bytes, length) ? walk->cursor + length : LOST;
}

static uint32_t place_of(const struct inline_walk *walk, size_t offset)
{
    return offset == LOST ? UINT32_MAX : inline_place(walk->text, offset);
}

/* ---- text ---- */

/* Which bytes of the content a text node comes from; cmark's constants and
 * decoded entities do not point into it. */
static struct inline_piece piece_of(struct inline_walk *walk, struct slice literal)
{
    const struct inline_text *text = walk->text;
    const char *content = (const char *)text->at;
    if (literal.at >= content && literal.at + literal.length <= content + text->length) {
        size_t offset = (size_t)(literal.at - content);
        /* A delimiter run that was used up from the left still points to its begin. */
        if (walk->cursor != LOST && offset < walk->cursor && cursor_is(walk, literal.at, literal.length))
            offset = walk->cursor;
        if (offset && walk->cursor == offset - 1 && content[offset - 1] == '\\')
            return (struct inline_piece){offset - 1, offset + literal.length, false};
        return (struct inline_piece){offset, offset + literal.length, true};
    }
    if (cursor_is(walk, literal.at, literal.length))
        return (struct inline_piece){walk->cursor, walk->cursor + literal.length, true};
    if (cursor_is(walk, "&", 1)) {
        size_t end = walk->cursor + 1;
        while (end < text->length && end - walk->cursor < 40 && content[end] != ';')
            end++;
        if (end < text->length && content[end] == ';')
            return (struct inline_piece){walk->cursor, end + 1, false};
    }
    return (struct inline_piece){LOST, LOST, false};
}

static void text_add(struct inline_walk *walk, struct slice literal)
{
    if (literal.length == 0)
        return;
    struct inline_run *run = &walk->run;
    struct inline_piece piece = piece_of(walk, literal);
    struct buffer *bytes = &walk->parser->run;
    if (bytes->length == 0)
        *run = (struct inline_run){piece.from, piece.to, piece.is_verbatim};
    else if (piece.from == LOST || run->to != piece.from)
        *run = (struct inline_run){run->from, piece.to, false};
    else
        *run = (struct inline_run){run->from, piece.to, run->is_verbatim && piece.is_verbatim};
    buffer_slice(bytes, literal);
    walk->cursor = piece.to;
}

/* ---- containers ---- */

static bool is_container(const cmark_node *node)
{
    return node->type == CMARK_NODE_EMPH || node->type == CMARK_NODE_STRONG || node->type == CMARK_NODE_LINK ||
           node->type == CMARK_NODE_IMAGE || node->type == CMARK_NODE_STRIKETHROUGH;
}

static enum node_type type_of(const cmark_node *node)
{
    if (node->type == CMARK_NODE_EMPH)
        return NODE_EMPH;
    if (node->type == CMARK_NODE_STRONG)
        return NODE_STRONG;
    if (node->type == CMARK_NODE_LINK)
        return NODE_LINK;
    return node->type == CMARK_NODE_IMAGE ? NODE_IMAGE : NODE_STRIKE;
}

/* Skips the opening delimiter and returns its length; LOST when it is not there. */
static size_t skip_opener(struct inline_walk *walk, const cmark_node *node)
{
    size_t before = walk->cursor, length = 1;
    if (before == LOST)
        return 0;
    switch (type_of(node)) {
    case NODE_EMPH:
    case NODE_STRONG:
        length = node->type == CMARK_NODE_STRONG ? 2 : 1;
        if (!cursor_is(walk, length == 2 ? "**" : "*", length) && !cursor_is(walk, length == 2 ? "__" : "_", length))
            length = 0;
        break;
    case NODE_STRIKE:
        length = cursor_is(walk, "~~", 2) ? 2 : cursor_is(walk, "~", 1);
        break;
    case NODE_IMAGE:
        length = cursor_is(walk, "![", 2) ? 2 : 0;
        break;
    default: /* a link, or an address without any delimiter */
        walk->is_bare = !cursor_is(walk, "[", 1) && !cursor_is(walk, "<", 1);
        length = walk->is_bare ? 0 : 1;
        return walk->cursor += length, length;
    }
    walk->cursor = length ? before + length : LOST;
    return length;
}

static void enter(struct inline_walk *walk, cmark_node *node)
{
    struct parser *parser = walk->parser;
    inline_flush(walk);
    size_t at = walk->cursor;
    size_t opener = skip_opener(walk, node);
    if (parser->open_count - walk->open_base >= INLINE_DEPTH_MOST) {
        uint32_t place = place_of(walk, at);
        refuse(parser, place == UINT32_MAX ? parser->body_at : place, 0,
               "emphasis, links or images are nested more than %d deep", INLINE_DEPTH_MOST);
    }
    LIST_GROW(parser->open, parser->open_count, parser->open_capacity);
    struct inline_open *open = &parser->open[parser->open_count++];
    *open = (struct inline_open){NODE_NONE, (uint32_t)opener, at, html_frame_begin(parser)};
    if (node->type == CMARK_NODE_LINK)
        parser->link_depth++;
    open->node = node_add(parser, type_of(node));
}

static void leave(struct inline_walk *walk, cmark_node *node)
{
    struct parser *parser = walk->parser;
    inline_flush(walk);
    struct inline_open open = parser->open[--parser->open_count];
    html_frame_end(parser, open.frame);
    if (node->type == CMARK_NODE_LINK || node->type == CMARK_NODE_IMAGE) {
        link_finish(walk, node, open);
        if (node->type == CMARK_NODE_LINK)
            parser->link_depth--;
    } else if (walk->cursor != LOST) {
        char mark = node->type == CMARK_NODE_STRIKETHROUGH ? '~' : (char)walk->text->at[walk->cursor];
        bool is_mark = mark == '~' || mark == '*' || mark == '_';
        const char run[3] = {mark, mark, 0};
        if (is_mark && open.opener)
            cursor_skip(walk, run, open.opener);
        else
            walk->cursor = LOST;
    }
    if (walk->cursor != LOST && walk->cursor > 0 && open.begin != LOST) {
        uint32_t last = place_of(walk, walk->cursor - 1);
        node_place(parser, open.node, place_of(walk, open.begin), last == UINT32_MAX ? last : last + 1);
    }
    node_end(parser, open.node);
}

/* ---- leaves ---- */

static void soft_break(struct inline_walk *walk, bool is_hard)
{
    struct parser *parser = walk->parser;
    const struct inline_text *text = walk->text;
    inline_flush(walk);
    node_add(parser, is_hard ? NODE_LINE_BREAK : NODE_SOFT_BREAK);
    if (parser->collects_plain)
        buffer_byte(&parser->plain, ' ');
    if (walk->cursor == LOST)
        return;
    size_t at = walk->cursor;
    if (at < text->length && text->at[at] == '\\')
        at++;
    while (at < text->length && strchr(" \t\r\v\f", text->at[at]) && text->at[at])
        at++;
    if (at >= text->length || text->at[at] != '\n') {
        walk->cursor = LOST;
        return;
    }
    for (at++; at < text->length && (text->at[at] == ' ' || text->at[at] == '\t'); at++)
        ;
    walk->cursor = at;
}

static void code_span(struct inline_walk *walk, struct slice literal)
{
    struct parser *parser = walk->parser;
    const unsigned char *at = walk->text->at;
    inline_flush(walk);
    uint32_t node = node_add(parser, NODE_CODE);
    if (parser->collects_plain)
        buffer_slice(&parser->plain, literal);
    parser->builder.word_count += inline_words(literal);
    size_t begin = walk->cursor, length = walk->text->length, ticks = 0, end = LOST;
    while (begin != LOST && begin + ticks < length && at[begin + ticks] == '`')
        ticks++;
    for (size_t i = begin + ticks; ticks && i < length && end == LOST;) {
        size_t run = 0;
        while (i + run < length && at[i + run] == '`')
            run++;
        if (run == ticks)
            end = i + run;
        i += run ? run : 1;
    }
    walk->cursor = end;
    if (end == LOST) {
        node_text_pool(parser, node, literal);
        return;
    }
    size_t from = begin + ticks, room = end - ticks - from;
    size_t skip = room == literal.length + 2;
    bool is_verbatim = room - 2 * skip == literal.length && memcmp(at + from + skip, literal.at, literal.length) == 0;
    inline_text_node(walk, node, literal, is_verbatim ? from + skip : LOST);
    uint32_t last = place_of(walk, end - 1);
    node_place(parser, node, place_of(walk, begin), last == UINT32_MAX ? last : last + 1);
}

static void raw_html(struct inline_walk *walk, struct slice literal)
{
    inline_flush(walk);
    struct inline_piece piece = piece_of(walk, literal);
    walk->cursor = piece.to;
    html_inline(walk->parser, literal, place_of(walk, piece.from));
}

static void parameter(struct inline_walk *walk, struct slice literal)
{
    struct parser *parser = walk->parser;
    struct document_builder *builder = &parser->builder;
    inline_flush(walk);
    struct inline_piece piece = piece_of(walk, literal);
    walk->cursor = piece.to;
    uint32_t node = node_add(parser, NODE_PARAM), at = place_of(walk, piece.from);
    struct slice name = {literal.at + 2, literal.length - 4};
    parser->saw_param = true;
    if (parser->collects_plain)
        buffer_slice(&parser->plain, literal);
    node_text_pool(parser, node, name);
    if (at != UINT32_MAX)
        node_place(parser, node, at, at + (uint32_t)literal.length);
    node_at(parser, node)->extra = (uint32_t)builder->token_count;
    LIST_GROW(builder->tokens, builder->token_count, builder->token_capacity);
    builder->tokens[builder->token_count++] = (struct token){
        .node = node,
        .at = at == UINT32_MAX ? 0 : at,
        .length = at == UINT32_MAX ? 0 : (uint32_t)literal.length,
        .name = {node_at(parser, node)->text, node_at(parser, node)->text_bytes},
    };
}

static void report_unknown(struct inline_walk *walk, struct slice label, uint32_t place)
{
    struct parser *parser = walk->parser;
    uint32_t at = place == UINT32_MAX ? inline_place(walk->text, 0) : place;
    for (size_t i = 0; i < label.length; i++)
        if (strchr(" \t\n", label.at[i]) && label.at[i])
            return; /* no footnote has such a name: `[^A - ^Z]` is a text */
    finding_add(parser, DIAG_FOOTNOTE_UNKNOWN, at == UINT32_MAX ? parser->body_at : at,
                place == UINT32_MAX ? 0 : (uint32_t)label.length + 3, "there is no footnote '[^%.*s]'",
                SLICE_ARGS(label));
    finding_help(parser, "add a line '[^%.*s]: text', or write '\\[^%.*s]' to show it as it is", SLICE_ARGS(label),
                 SLICE_ARGS(label));
}

static void footnote_reference(struct inline_walk *walk, struct slice literal)
{
    struct parser *parser = walk->parser;
    const struct inline_text *text = walk->text;
    size_t begin = walk->cursor, end = LOST;
    if (cursor_is(walk, "[^", 2)) {
        end = begin + 2;
        while (end < text->length && text->at[end] != ']')
            end += text->at[end] == '\\' && end + 1 < text->length ? 2 : 1;
        end = end < text->length ? end : LOST;
    }
    if (end != LOST)
        literal = (struct slice){(const char *)text->at + begin + 2, end - begin - 2};
    uint32_t place = end == LOST ? UINT32_MAX : place_of(walk, begin);
    uint32_t index = footnote_find(parser, literal);
    if (index == NODE_NONE) {
        report_unknown(walk, literal, place);
        buffer_clear(&parser->work);
        buffer_printf(&parser->work, "[^%.*s]", SLICE_ARGS(literal));
        struct slice shown = arena_slice(&parser->scratch, buffer_view(&parser->work));
        text_add(walk, shown);
        walk->cursor = end == LOST ? LOST : end + 1;
        return;
    }
    inline_flush(walk);
    uint32_t node = node_add(parser, NODE_FOOTNOTE_REF);
    node_text_pool(parser, node, literal);
    node_at(parser, node)->extra = index;
    if (place != UINT32_MAX)
        node_place(parser, node, place, place + (uint32_t)literal.length + 3);
    walk->cursor = end == LOST ? LOST : end + 1;
}

static void leaf(struct inline_walk *walk, cmark_node *node)
{
    struct slice literal = {(const char *)node->as.literal.data, (size_t)node->as.literal.len};
    switch (node->type) {
    case CMARK_NODE_TEXT:
        text_add(walk, literal);
        break;
    case CMARK_NODE_SOFTBREAK:
        soft_break(walk, false);
        break;
    case CMARK_NODE_LINEBREAK:
        soft_break(walk, true);
        break;
    case CMARK_NODE_CODE:
        code_span(walk, literal);
        break;
    case CMARK_NODE_HTML_INLINE:
        if (node->user_data)
            parameter(walk, literal);
        else
            raw_html(walk, literal);
        break;
    case CMARK_NODE_FOOTNOTE_REFERENCE:
        footnote_reference(walk, literal);
        break;
    default:
        break;
    }
}

/* ---- the walk ---- */

static void walk_inlines(struct inline_walk *walk, cmark_node *holder)
{
    for (cmark_node *node = holder->first_child; node;) {
        if (is_container(node)) {
            enter(walk, node);
            if (node->first_child) {
                node = node->first_child;
                continue;
            }
            leave(walk, node);
        } else {
            leaf(walk, node);
        }
        while (!node->next && node->parent != holder) {
            node = node->parent;
            leave(walk, node);
        }
        node = node->next;
    }
    inline_flush(walk);
}

void inlines_convert(struct parser *parser, cmark_node *holder, struct inline_text text)
{
    if (parser->is_refused || text.length == 0 || preflight_inlines(parser, &text))
        return;
    /* The first look-up sorts cmark's table of definitions, which must outlive this block. */
    const cmark_map *map = parser->cmark->refmap;
    bool may_reset = !map || map->size == 0 || map->sorted;
    memory_use(may_reset ? &parser->inlines : &parser->blocks);
    holder->content.ptr = text.at;
    holder->content.size = (bufsize_t)text.length;
    parser->content = text;
    cmark_parse_inlines(parser->cmark, holder, parser->cmark->refmap, parser->cmark->options);
    struct inline_walk walk = {.parser = parser, .text = &text, .open_base = parser->open_count};
    size_t frame = html_frame_begin(parser);
    walk_inlines(&walk, holder);
    html_frame_end(parser, frame);
    memory_use(&parser->blocks);
    if (may_reset)
        arena_reset(&parser->inlines);
}

void inlines_convert_text(struct parser *parser, struct inline_text text)
{
    cmark_node *holder = cmark_node_new_with_mem(CMARK_NODE_PARAGRAPH, memory_hooks());
    inlines_convert(parser, holder, text);
}
