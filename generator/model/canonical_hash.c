/* The two quick hashes of every block, for parse/. A block's text is written
 * once: what holds other blocks is hashed from their hashes, which are functions
 * of their canonical text, so that equal texts have equal hashes here too. */

#include "base/arena.h"
#include "base/hash.h"
#include "base/limits.h"
#include "model/canonical_write.h"

struct hasher {
    struct document_builder *builder;
    struct document document;
    struct canonical_writer writer;
    struct buffer text;
};

static uint64_t mix(uint64_t seed, uint64_t hash)
{
    return hash64_seeded((struct slice){(const char *)&hash, sizeof hash}, seed);
}

static size_t add_row(struct hasher *hasher, uint32_t i)
{
    struct document_builder *builder = hasher->builder;
    const struct node *node = &hasher->document.nodes[i];
    if (builder->hash_count == builder->hash_capacity)
        LIST_GROW(builder->hashes, builder->hash_count, builder->hash_capacity);
    builder->hashes[builder->hash_count] =
        (struct block_hash){.node = i, .exact = hash64((struct slice){builder->source.at + node->at, node->length})};
    return builder->hash_count++;
}

static void text_begin(struct hasher *hasher)
{
    buffer_clear(&hasher->text);
    canonical_forget_footnotes(&hasher->writer);
    hasher->writer.base_level = 1;
}

static uint64_t text_end(struct hasher *hasher)
{
    canonical_compose(&hasher->text, 0);
    return hash64(buffer_view(&hasher->text));
}

static uint64_t hash_leaf(struct hasher *hasher, uint32_t i)
{
    text_begin(hasher);
    canonical_blocks(&hasher->writer, i, hasher->document.nodes[i].end);
    return text_end(hasher);
}

static uint64_t hash_label(struct hasher *hasher, uint32_t i)
{
    text_begin(hasher);
    canonical_inlines(&hasher->writer, i + 1, hasher->document.nodes[i].end);
    return text_end(hasher);
}

static uint64_t hash_directive(struct hasher *hasher, const struct node *node)
{
    text_begin(hasher);
    canonical_directive(&hasher->writer, &hasher->document.directives[node->extra], NODE_NONE);
    return text_end(hasher);
}

static bool has_row(const struct node *node, bool is_top)
{
    return is_top || node->type == NODE_ITEM || node->type == NODE_ROW || node->type == NODE_CONTAINER;
}

/* What a node that holds blocks is by itself, before what it holds. */
static uint64_t hash_holder(struct hasher *hasher, const struct node *node)
{
    switch (node->type) {
    case NODE_LIST:
        return mix(NODE_LIST, node->flags & NODE_ORDERED);
    case NODE_ITEM:
        return mix(NODE_ITEM, node->flags & (NODE_TASK | NODE_CHECKED));
    case NODE_NOTE:
        return mix(NODE_NOTE, node->detail);
    case NODE_CONTAINER:
        return mix(NODE_CONTAINER, hash_directive(hasher, node));
    default:
        return mix(node->type, 0);
    }
}

static uint64_t hash_block(struct hasher *hasher, uint32_t i, bool is_top)
{
    const struct node *nodes = hasher->document.nodes, *node = &nodes[i];
    bool holds_blocks = node->type == NODE_LIST || node->type == NODE_ITEM || node->type == NODE_QUOTE ||
                        node->type == NODE_NOTE || node->type == NODE_TABLE || node->type == NODE_CONTAINER ||
                        node->type == NODE_SECTION; /* in the body of an operation */
    size_t row = has_row(node, is_top) ? add_row(hasher, i) : 0;
    uint64_t hash;
    if (holds_blocks) {
        hash = hash_holder(hasher, node);
        for (uint32_t child = i + 1; child < node->end; child = nodes[child].end)
            hash = mix(hash,
                       nodes[child].type == NODE_LABEL ? hash_label(hasher, child) : hash_block(hasher, child, false));
    } else {
        hash = hash_leaf(hasher, i);
    }
    if (has_row(node, is_top))
        hasher->builder->hashes[row].meaning = hash;
    return hash;
}

void canonical_hash_blocks(struct document_builder *builder)
{
    struct hasher hasher = {.builder = builder, .text = BUFFER(2 * LIMIT_PAGE_BYTES)};
    document_builder_view(&hasher.document, builder);
    canonical_begin(&hasher.writer, &hasher.text, &hasher.document, NULL);
    builder->hash_count = 0;
    for (uint32_t i = 1; i < hasher.document.node_count;) {
        const struct node *node = &hasher.document.nodes[i];
        if (node->type == NODE_SECTION || node->type == NODE_CONDITION_OPEN || node->type == NODE_CONDITION_CLOSE) {
            i++;
        } else {
            hash_block(&hasher, i, true);
            i = node->end;
        }
    }
    canonical_end(&hasher.writer, hasher.text.length);
    buffer_free(&hasher.text);
}
