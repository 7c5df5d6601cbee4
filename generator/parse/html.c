/* Raw HTML: a few tags pass, reduced to what they need; comments vanish; the rest
 * is refused where it stands and shown as text. What passes is balanced among
 * siblings, so that no tag can reach over the end of a block or a section. */

#include "parse/html.h"

/* ---- open tags ---- */

void html_show(struct parser *parser, uint32_t node, struct slice literal)
{
    bool is_block = node_at(parser, node)->type == NODE_HTML_BLOCK;
    node_at(parser, node)->type = is_block ? NODE_CODE_BLOCK : NODE_TEXT;
    node_at(parser, node)->extra = NODE_NONE;
    node_text_pool(parser, node, literal);
}

/* A block that closes what a refused block had opened is refused as well. Links
 * stand in the order of their closers, so one pass follows every chain of them. */
void html_settle(struct parser *parser)
{
    for (size_t i = 0; i < parser->tag_link_count; i++) {
        struct tag_link link = parser->tag_links[i];
        if (node_at(parser, link.opener)->type == NODE_HTML_BLOCK ||
            node_at(parser, link.closer)->type != NODE_HTML_BLOCK)
            continue;
        unbalanced_report(parser, TAG_DETAILS, true, link.at, link.length);
        html_show(parser, link.closer, link.literal);
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
        if (tag_flags(open.tag) & TAG_ANCHOR)
            markup_report(parser, open.literal, open.at);
        else
            unbalanced_report(parser, open.tag, false, open.at, open.length);
        html_show(parser, open.node, open.literal);
    }
}

void html_frame_end(struct parser *parser, size_t frame)
{
    html_flush(parser);
    parser->tag_base = frame;
}

void tag_push(struct parser *parser, struct open_tag open)
{
    LIST_GROW(parser->tags, parser->tag_count, parser->tag_capacity);
    parser->tags[parser->tag_count++] = open;
}

struct open_tag *tag_top(struct parser *parser)
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
        tag_report(parser, tag, at);
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
    tag_push(parser, (struct open_tag){
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
    struct open_tag *top = tag_top(parser);
    bool is_anchor = tag_flags(tag->row) & TAG_ANCHOR;
    if (top && top->tag == tag->row && (!is_anchor || top->node + 1 == parser->builder.node_count)) {
        parser->tag_count--;
        if (!is_anchor) {
            add_text(parser, NODE_HTML, reduced, literal, at);
            return;
        }
        uint32_t anchor = top->node;
        uint32_t identifier = identifier_add(parser, IDENTIFIER_ANCHOR, anchor, top->id, top->id_at, top->id_bytes);
        node_at(parser, anchor)->extra = identifier;
        if (at != UINT32_MAX && node_at(parser, anchor)->length)
            node_at(parser, anchor)->length = at + (uint32_t)literal.length - node_at(parser, anchor)->at;
        return;
    }
    if (is_anchor)
        tag_report(parser, tag, at);
    else
        unbalanced_report(parser, tag->row, true, at, (uint32_t)tag->length);
    add_text(parser, NODE_TEXT, literal, literal, at);
}

void html_inline(struct parser *parser, struct slice literal, uint32_t at)
{
    if (comment_length(literal) == literal.length)
        return;
    struct tag tag =
        literal.length > 1 && literal.at[1] != '!' && literal.at[1] != '?' ? tag_read(literal) : (struct tag){0};
    if (tag.length == 0 || tag.row == TAG_COUNT || tag_flags(tag.row) & TAG_BLOCK) {
        if (tag.length)
            tag_report(parser, &tag, at);
        else
            markup_report(parser, literal, at);
        add_text(parser, NODE_TEXT, literal, literal, at);
        return;
    }
    if (tag_flags(tag.row) & TAG_ANCHOR && !tag.is_closing) {
        open_anchor(parser, &tag, literal, at);
        return;
    }
    buffer_clear(&parser->work);
    tag_write(&parser->work, &tag);
    struct slice reduced = arena_slice(&parser->scratch, buffer_view(&parser->work));
    if (tag.is_closing) {
        if (tag_flags(tag.row) & TAG_VOID) {
            unbalanced_report(parser, tag.row, true, at, (uint32_t)tag.length);
            add_text(parser, NODE_TEXT, literal, literal, at);
        } else {
            close_inline(parser, &tag, literal, reduced, at);
        }
        return;
    }
    if (tag.other.at)
        tag_report_attribute(parser, &tag, at);
    uint32_t node = add_text(parser, NODE_HTML, reduced, literal, at);
    if (!(tag_flags(tag.row) & TAG_VOID))
        tag_push(parser, (struct open_tag){.node = node,
                                           .tag = tag.row,
                                           .at = at,
                                           .length = (uint32_t)tag.length,
                                           .literal = arena_slice(&parser->scratch, literal)});
}
