/* The layout of a sealed document, and the checks that make it safe to follow.
 *
 * Tables follow one another in the order of `struct document_header`, each at a
 * multiple of 8; where each begins follows from the counts, so there is no
 * offset that could lie. */

#include "model/document.h"
#include "base/arena.h"
#include "base/limits.h"
#include <stdlib.h>

static const char magic[8] = {'W', 'A', 'Y', 'M', 'A', 'R', 'K', 'D'};

enum table_name {
    TABLE_FIELDS, TABLE_SECTIONS, TABLE_IDENTIFIERS, TABLE_REFERENCES, TABLE_TOKENS, TABLE_DIRECTIVES,
    TABLE_ATTRIBUTES, TABLE_FINDINGS, TABLE_NODES, TABLE_HASHES, TABLE_POOL, TABLE_SOURCE, TABLE_WRITTEN, TABLE_COUNT
};

static const size_t row_bytes[TABLE_COUNT] = {
    sizeof(struct field), sizeof(struct section), sizeof(struct identifier), sizeof(struct reference),
    sizeof(struct token), sizeof(struct directive), sizeof(struct attribute), sizeof(struct finding),
    sizeof(struct node), sizeof(struct block_hash), 1, 1, 1,
};

struct document_header {
    char magic[8];
    uint32_t format;
    uint32_t row_bytes_sum; /* of all tables: another compiler or version lays rows out differently */
    uint64_t total_bytes;
    uint32_t counts[TABLE_COUNT];
    uint32_t body_at, flags, word_count;
    struct span title;
};

_Static_assert(sizeof(struct document_header) % 8 == 0, "tables begin at a multiple of 8");

static uint32_t row_bytes_sum(void)
{
    size_t sum = sizeof(struct document_header);
    for (unsigned i = 0; i < TABLE_COUNT; i++)
        sum = sum * 31 + row_bytes[i];
    return (uint32_t)sum;
}

static uint64_t padded(uint64_t bytes)
{
    return (bytes + 7) & ~(uint64_t)7;
}

/* ---- opening ---- */

static bool is_span(struct span span, size_t bytes)
{
    return span.at <= bytes && span.length <= bytes - span.at;
}

static bool is_range(uint32_t at, uint32_t length, size_t bytes)
{
    return is_span((struct span){at, length}, bytes);
}

static bool is_index(uint32_t index, uint32_t count)
{
    return index < count || index == NODE_NONE;
}

static bool extra_is_valid(const struct document *document, uint32_t i)
{
    const struct node *node = &document->nodes[i];
    switch ((enum node_type)node->type) {
    case NODE_SECTION:
        return node->extra < document->section_count && document->sections[node->extra].node == i;
    case NODE_HEADING:
        return node->detail >= 1 && node->detail <= 6 && is_index(node->extra, document->section_count);
    case NODE_ITEM:
    case NODE_ROW:
        return is_index(node->extra, document->identifier_count);
    case NODE_NOTE:
        return node->detail <= NOTE_CAUTION && is_index(node->extra, document->directive_count);
    case NODE_CONTAINER:
    case NODE_LEAF:
        return node->extra < document->directive_count;
    case NODE_CONDITION_OPEN:
        return node->extra < document->directive_count && node->detail2 < document->node_count && node->detail2 > i &&
               document->nodes[node->detail2].type == NODE_CONDITION_CLOSE &&
               document->nodes[node->detail2].detail2 == i;
    case NODE_CONDITION_CLOSE:
        return node->detail2 < i && document->nodes[node->detail2].type == NODE_CONDITION_OPEN &&
               document->nodes[node->detail2].detail2 == i;
    case NODE_LINK:
    case NODE_IMAGE:
        return node->extra < document->reference_count;
    case NODE_PARAM:
        return node->extra < document->token_count;
    case NODE_FOOTNOTE_REF:
        return node->extra < document->node_count && document->nodes[node->extra].type == NODE_FOOTNOTE;
    case NODE_ANCHOR:
        return node->extra < document->identifier_count;
    case NODE_DOCUMENT:
    case NODE_PARAGRAPH:
    case NODE_LIST:
    case NODE_QUOTE:
    case NODE_CODE_BLOCK:
    case NODE_INFO:
    case NODE_HTML_BLOCK:
    case NODE_RULE:
    case NODE_TABLE:
    case NODE_CELL:
    case NODE_LABEL:
    case NODE_FOOTNOTE:
    case NODE_TEXT:
    case NODE_SOFT_BREAK:
    case NODE_LINE_BREAK:
    case NODE_CODE:
    case NODE_HTML:
    case NODE_EMPH:
    case NODE_STRONG:
    case NODE_STRIKE:
        return true;
    case NODE_TYPE_COUNT:
        break;
    }
    return false;
}

static bool node_is_valid(const struct document *document, uint32_t i)
{
    const struct node *node = &document->nodes[i];
    size_t text_bytes = node->flags & NODE_IN_SOURCE ? document->source.length : document->pool.length;
    return node->type < NODE_TYPE_COUNT && is_range(node->at, node->length, document->source.length) &&
           is_range(node->text, node->text_bytes, text_bytes) && extra_is_valid(document, i);
}

/* Subtrees nest, and no deeper than walkers count on. */
static bool nodes_are_valid(const struct document *document)
{
    uint32_t ends[LIMIT_NODE_DEPTH];
    uint32_t depth = 0;
    if (document->node_count == 0 || document->nodes[0].type != NODE_DOCUMENT ||
        document->nodes[0].end != document->node_count)
        return false;
    for (uint32_t i = 0; i < document->node_count; i++) {
        uint32_t end = document->nodes[i].end;
        while (depth && ends[depth - 1] == i)
            depth--;
        if (end <= i || end > document->node_count || (depth && end > ends[depth - 1]) || (i && depth == 0))
            return false;
        if (end > i + 1) {
            if (depth == LIMIT_NODE_DEPTH)
                return false;
            ends[depth++] = end;
        }
        if (!node_is_valid(document, i) || (i && document->nodes[i].type == NODE_DOCUMENT))
            return false;
    }
    return true;
}

/* Each section is the node that it names. */
static bool sections_are_nodes(const struct document *document)
{
    for (uint32_t i = 0; i < document->section_count; i++) {
        const struct node *node = &document->nodes[document->sections[i].node];
        if (node->type != NODE_SECTION || node->extra != i)
            return false;
    }
    return true;
}

static bool facts_are_valid(const struct document *document)
{
    size_t pool = document->pool.length, source = document->source.length, file = document_file_bytes(document).length;
    for (uint32_t i = 0; i < document->field_count; i++) {
        const struct field *field = &document->fields[i];
        if (field->key >= FIELD_KEY_COUNT || !is_span(field->name, pool) || !is_span(field->value, pool) ||
            !is_range(field->at, field->length, file))
            return false;
    }
    for (uint32_t i = 0; i < document->section_count; i++) {
        const struct section *section = &document->sections[i];
        if (section->node >= document->node_count || (section->parent != NODE_NONE && section->parent >= i) ||
            section->level < 1 || section->level > 6 || !is_span(section->id, pool) ||
            !is_span(section->title, pool) || !is_span(section->aliases, pool) ||
            section->own_bytes > section->whole_bytes || !is_range(section->at, section->whole_bytes, source) ||
            !is_range(section->id_at, section->id_bytes, source))
            return false;
    }
    for (uint32_t i = 0; i < document->identifier_count; i++) {
        const struct identifier *identifier = &document->identifiers[i];
        if (identifier->kind > IDENTIFIER_ANCHOR || identifier->node >= document->node_count ||
            !is_span(identifier->id, pool) || !is_span(identifier->title, pool) || !is_range(identifier->at, identifier->length, file))
            return false;
    }
    for (uint32_t i = 0; i < document->reference_count; i++) {
        const struct reference *reference = &document->references[i];
        if (reference->kind > REFERENCE_INCLUDE || reference->node >= document->node_count ||
            !is_range(reference->at, reference->length, file) || !is_span(reference->release, pool) ||
            !is_span(reference->source, pool) || !is_span(reference->target, pool) ||
            !is_span(reference->fragment, pool))
            return false;
    }
    for (uint32_t i = 0; i < document->token_count; i++) {
        const struct token *token = &document->tokens[i];
        if (token->node >= document->node_count || !is_range(token->at, token->length, file) ||
            !is_span(token->name, pool))
            return false;
    }
    return true;
}

static bool directives_are_valid(const struct document *document)
{
    size_t pool = document->pool.length, source = document_file_bytes(document).length;
    for (uint32_t i = 0; i < document->directive_count; i++) {
        const struct directive *directive = &document->directives[i];
        if (directive->node >= document->node_count || !is_span(directive->name, pool) ||
            !is_span(directive->id, pool) || !is_range(directive->at, directive->length, source) ||
            !is_range(directive->first_attribute, directive->attribute_count, document->attribute_count))
            return false;
    }
    for (uint32_t i = 0; i < document->attribute_count; i++) {
        const struct attribute *attribute = &document->attributes[i];
        if (!is_span(attribute->key, pool) || !is_span(attribute->value, pool) ||
            !is_range(attribute->at, attribute->length, source))
            return false;
    }
    for (uint32_t i = 0; i < document->finding_count; i++) {
        const struct finding *finding = &document->findings[i];
        if (finding->code >= DIAG_CODE_COUNT || finding->level > LEVEL_ERROR ||
            !is_range(finding->at, finding->length, source) || !is_span(finding->text, pool) ||
            !is_span(finding->help, pool))
            return false;
    }
    for (uint32_t i = 0; i < document->hash_count; i++)
        if (document->hashes[i].node >= document->node_count)
            return false;
    return document->body_at <= document->source.length && is_span(document->title, pool);
}

static bool open_tables(struct document *out, struct slice bytes)
{
    struct document_header header;
    *out = (struct document){0};
    if ((uintptr_t)bytes.at % 8 != 0 || bytes.length < sizeof header)
        return false;
    memcpy(&header, bytes.at, sizeof header);
    if (memcmp(header.magic, magic, sizeof magic) != 0 || header.format != DOCUMENT_FORMAT ||
        header.row_bytes_sum != row_bytes_sum() || header.total_bytes > bytes.length)
        return false;
    const char *tables[TABLE_COUNT];
    uint64_t at = sizeof header;
    for (unsigned i = 0; i < TABLE_COUNT; i++) {
        uint64_t table_bytes = (uint64_t)header.counts[i] * row_bytes[i]; /* below 2^40 */
        if (at > header.total_bytes || table_bytes > header.total_bytes - at)
            return false;
        tables[i] = bytes.at + at;
        at = padded(at + table_bytes);
    }
    if (at != header.total_bytes)
        return false;
    const uint32_t *counts = header.counts;
    *out = (struct document){
        .bytes = {bytes.at, (size_t)header.total_bytes},
        .source = {tables[TABLE_SOURCE], counts[TABLE_SOURCE]},
        .written = {tables[TABLE_WRITTEN], counts[TABLE_WRITTEN]},
        .pool = {tables[TABLE_POOL], counts[TABLE_POOL]},
        .nodes = (const void *)tables[TABLE_NODES],
        .fields = (const void *)tables[TABLE_FIELDS],
        .sections = (const void *)tables[TABLE_SECTIONS],
        .identifiers = (const void *)tables[TABLE_IDENTIFIERS],
        .references = (const void *)tables[TABLE_REFERENCES],
        .tokens = (const void *)tables[TABLE_TOKENS],
        .directives = (const void *)tables[TABLE_DIRECTIVES],
        .attributes = (const void *)tables[TABLE_ATTRIBUTES],
        .findings = (const void *)tables[TABLE_FINDINGS],
        .hashes = (const void *)tables[TABLE_HASHES],
        .node_count = counts[TABLE_NODES],
        .field_count = counts[TABLE_FIELDS],
        .section_count = counts[TABLE_SECTIONS],
        .identifier_count = counts[TABLE_IDENTIFIERS],
        .reference_count = counts[TABLE_REFERENCES],
        .token_count = counts[TABLE_TOKENS],
        .directive_count = counts[TABLE_DIRECTIVES],
        .attribute_count = counts[TABLE_ATTRIBUTES],
        .finding_count = counts[TABLE_FINDINGS],
        .hash_count = counts[TABLE_HASHES],
        .body_at = header.body_at,
        .flags = header.flags,
        .word_count = header.word_count,
        .title = header.title,
    };
    return true;
}

bool document_open_facts(struct document *out, struct slice bytes)
{
    if (open_tables(out, bytes) && facts_are_valid(out) && directives_are_valid(out))
        return true;
    *out = (struct document){0};
    return false;
}

bool document_open(struct document *out, struct slice bytes)
{
    if (open_tables(out, bytes) && nodes_are_valid(out) && facts_are_valid(out) && sections_are_nodes(out) &&
        directives_are_valid(out))
        return true;
    *out = (struct document){0};
    return false;
}

/* ---- looking up ---- */

const struct field *document_field(const struct document *document, enum field_key key)
{
    for (uint32_t i = 0; i < document->field_count; i++)
        if (document->fields[i].key == key)
            return &document->fields[i];
    return NULL;
}

struct slice document_field_text(const struct document *document, enum field_key key)
{
    const struct field *field = document_field(document, key);
    return field ? document_text(document, field->value) : (struct slice){"", 0};
}

bool directive_attribute(const struct document *document, const struct directive *directive, const char *key,
                         struct slice *value)
{
    for (uint32_t i = 0; i < directive->attribute_count; i++) {
        const struct attribute *attribute = &document->attributes[directive->first_attribute + i];
        if (slice_is(document_text(document, attribute->key), key)) {
            *value = document_text(document, attribute->value);
            return true;
        }
    }
    return false;
}

/* ---- making ---- */

void document_builder_clear(struct document_builder *builder)
{
    struct document_builder kept = *builder;
    *builder = (struct document_builder){
        .pool = kept.pool,
        .nodes = kept.nodes, .node_capacity = kept.node_capacity,
        .fields = kept.fields, .field_capacity = kept.field_capacity,
        .sections = kept.sections, .section_capacity = kept.section_capacity,
        .identifiers = kept.identifiers, .identifier_capacity = kept.identifier_capacity,
        .references = kept.references, .reference_capacity = kept.reference_capacity,
        .tokens = kept.tokens, .token_capacity = kept.token_capacity,
        .directives = kept.directives, .directive_capacity = kept.directive_capacity,
        .attributes = kept.attributes, .attribute_capacity = kept.attribute_capacity,
        .findings = kept.findings, .finding_capacity = kept.finding_capacity,
        .hashes = kept.hashes, .hash_capacity = kept.hash_capacity,
    };
    buffer_clear(&builder->pool);
}

void document_builder_free(struct document_builder *builder)
{
    buffer_free(&builder->pool);
    free(builder->nodes);
    free(builder->fields);
    free(builder->sections);
    free(builder->identifiers);
    free(builder->references);
    free(builder->tokens);
    free(builder->directives);
    free(builder->attributes);
    free(builder->findings);
    free(builder->hashes);
    *builder = (struct document_builder){0};
}

struct span document_pool_add(struct document_builder *builder, struct slice text)
{
    if (text.length == 0)
        return (struct span){0, 0};
    builder->pool.most_bytes = UINT32_MAX;
    struct span span = {(uint32_t)builder->pool.length, (uint32_t)text.length};
    buffer_slice(&builder->pool, text);
    if (builder->pool.overflowed)
        memory_exhausted();
    return span;
}

void document_builder_view(struct document *out, const struct document_builder *builder)
{
    *out = (struct document){
        .source = builder->source,
        .written = builder->written,
        .pool = buffer_view(&builder->pool),
        .nodes = builder->nodes,
        .fields = builder->fields,
        .sections = builder->sections,
        .identifiers = builder->identifiers,
        .references = builder->references,
        .tokens = builder->tokens,
        .directives = builder->directives,
        .attributes = builder->attributes,
        .findings = builder->findings,
        .hashes = builder->hashes,
        .node_count = (uint32_t)builder->node_count,
        .field_count = (uint32_t)builder->field_count,
        .section_count = (uint32_t)builder->section_count,
        .identifier_count = (uint32_t)builder->identifier_count,
        .reference_count = (uint32_t)builder->reference_count,
        .token_count = (uint32_t)builder->token_count,
        .directive_count = (uint32_t)builder->directive_count,
        .attribute_count = (uint32_t)builder->attribute_count,
        .finding_count = (uint32_t)builder->finding_count,
        .hash_count = (uint32_t)builder->hash_count,
        .body_at = builder->body_at,
        .flags = builder->flags,
        .word_count = builder->word_count,
        .title = builder->title,
    };
}

static void append_padded(struct buffer *out, size_t start, const void *bytes, size_t length)
{
    static const char zeros[8];
    buffer_append(out, bytes, length);
    size_t used = out->length - start;
    buffer_append(out, zeros, (size_t)padded(used) - used);
}

size_t document_seal(const struct document_builder *builder, struct buffer *out)
{
    static const char zeros[8];
    struct document_header header = {
        .format = DOCUMENT_FORMAT,
        .row_bytes_sum = row_bytes_sum(),
        .counts =
            {
                (uint32_t)builder->field_count, (uint32_t)builder->section_count,
                (uint32_t)builder->identifier_count, (uint32_t)builder->reference_count,
                (uint32_t)builder->token_count, (uint32_t)builder->directive_count,
                (uint32_t)builder->attribute_count, (uint32_t)builder->finding_count,
                (uint32_t)builder->node_count, (uint32_t)builder->hash_count,
                (uint32_t)builder->pool.length, (uint32_t)builder->source.length,
                (uint32_t)builder->written.length,
            },
        .body_at = builder->body_at,
        .flags = builder->flags,
        .word_count = builder->word_count,
        .title = builder->title,
    };
    const void *const tables[TABLE_COUNT] = {
        builder->fields, builder->sections, builder->identifiers, builder->references, builder->tokens,
        builder->directives, builder->attributes, builder->findings, builder->nodes, builder->hashes,
        builder->pool.at, builder->source.at, builder->written.at,
    };
    memcpy(header.magic, magic, sizeof magic);
    header.total_bytes = sizeof header;
    for (unsigned i = 0; i < TABLE_COUNT; i++)
        header.total_bytes = padded(header.total_bytes + (uint64_t)header.counts[i] * row_bytes[i]);
    buffer_append(out, zeros, (8 - out->length % 8) % 8);
    size_t start = out->length;
    append_padded(out, start, &header, sizeof header);
    for (unsigned i = 0; i < TABLE_COUNT; i++)
        append_padded(out, start, tables[i], header.counts[i] * row_bytes[i]);
    return start;
}
