/* What an identifier is called, for links without a text of their own: kept with
 * the facts, so that a link can be described without looking at nodes. */

#include "parse/parts.h"

/* The plain text of the inlines below a node. */
static struct span label_text(struct parser *parser, uint32_t label)
{
    struct document_builder *builder = &parser->builder;
    buffer_clear(&parser->work);
    for (uint32_t i = label + 1; i < builder->nodes[label].end; i++) {
        const struct node *node = &builder->nodes[i];
        const char *base = node->flags & NODE_IN_SOURCE ? builder->source.at : builder->pool.at;
        if (node->type == NODE_TEXT || node->type == NODE_CODE)
            buffer_append(&parser->work, base + node->text, node->text_bytes);
        else if (node->type == NODE_SOFT_BREAK || node->type == NODE_LINE_BREAK)
            buffer_byte(&parser->work, ' ');
    }
    return document_pool_add(builder, buffer_view(&parser->work));
}

void identifier_titles(struct parser *parser)
{
    struct document_builder *builder = &parser->builder;
    for (size_t i = 0; i < builder->identifier_count; i++) {
        struct identifier *identifier = &builder->identifiers[i];
        if (identifier->node >= builder->node_count)
            continue;
        const struct node *node = &builder->nodes[identifier->node];
        if ((node->type == NODE_SECTION || node->type == NODE_HEADING) && node->extra < builder->section_count)
            identifier->title = builder->sections[node->extra].title;
        uint32_t first = identifier->node + 1;
        bool is_element = node->type == NODE_CONTAINER || node->type == NODE_LEAF;
        if (is_element && first < node->end && builder->nodes[first].type == NODE_LABEL)
            identifier->title = label_text(parser, first);
    }
}
