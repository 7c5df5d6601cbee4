/* One file from bytes to a sealed document: the order of the steps, the findings,
 * and the memory that is kept between documents. */

#include "base/limits.h"
#include "model/canonical.h"
#include "parse/parts.h"
#include "text/unicode.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    FEED_BYTES = 16384,            /* cmark gets the body in pieces, to be stopped between them */
    BLOCK_MEMORY_MOST = 200 << 20, /* that cmark may take for blocks: 20 times what 1 MB of text needs */
    FINDINGS_MOST = 1000,          /* of one document */
    FINDING_TEXT_BYTES = 2000,
    NODES_KEPT = 1 << 16, /* room for so many nodes stays when a page is done: 2.5 MB */
};

/* ---- findings ---- */

static struct span pool_printf(struct parser *parser, const char *format, va_list arguments)
{
    char text[FINDING_TEXT_BYTES];
    int length = vsnprintf(text, sizeof text, format, arguments);
    size_t kept = length < 0 ? 0 : (size_t)length < sizeof text ? (size_t)length : sizeof text - 1;
    return document_pool_add(&parser->builder, (struct slice){text, kept});
}

static void add_finding(struct parser *parser, enum diag_code code, uint32_t at, uint32_t length, struct span text)
{
    struct document_builder *builder = &parser->builder;
    LIST_GROW(builder->findings, builder->finding_count, builder->finding_capacity);
    size_t left = parser->source.length - (at < parser->source.length ? at : parser->source.length);
    builder->findings[builder->finding_count++] = (struct finding){
        .code = code,
        .level = diag_default_level(code),
        .at = at < parser->source.length ? at : (uint32_t)parser->source.length,
        .length = length < left ? length : (uint32_t)left,
        .text = text,
    };
}

void finding_add(struct parser *parser, enum diag_code code, uint32_t at, uint32_t length, const char *format, ...)
{
    if (parser->builder.finding_count >= FINDINGS_MOST) {
        parser->findings_dropped++;
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    struct span text = pool_printf(parser, format, arguments);
    va_end(arguments);
    add_finding(parser, code, at, length, text);
}

void finding_help(struct parser *parser, const char *format, ...)
{
    if (parser->findings_dropped || parser->builder.finding_count == 0)
        return;
    va_list arguments;
    va_start(arguments, format);
    struct span help = pool_printf(parser, format, arguments);
    va_end(arguments);
    parser->builder.findings[parser->builder.finding_count - 1].help = help;
}

void refuse(struct parser *parser, uint32_t at, uint32_t length, const char *format, ...)
{
    if (parser->is_refused)
        return;
    parser->is_refused = true;
    va_list arguments;
    va_start(arguments, format);
    struct span text = pool_printf(parser, format, arguments);
    va_end(arguments);
    add_finding(parser, DIAG_DOCUMENT_LIMIT, at, length, text);
    parser->findings_dropped = 0;
    finding_help(parser, "the page is left out; split it, or write this passage in a simpler way");
}

static int compare_findings(const void *a, const void *b)
{
    const struct finding *left = a, *right = b;
    if (left->at != right->at)
        return left->at < right->at ? -1 : 1;
    if (left->code != right->code)
        return left->code < right->code ? -1 : 1;
    return left->text.at < right->text.at ? -1 : left->text.at > right->text.at;
}

static void finish_findings(struct parser *parser)
{
    struct document_builder *builder = &parser->builder;
    uint32_t dropped = parser->findings_dropped;
    if (dropped) {
        char text[80];
        int length = snprintf(text, sizeof text, "this file has %u more problems that are not listed", dropped);
        struct span span = document_pool_add(builder, (struct slice){text, (size_t)length});
        add_finding(parser, DIAG_FINDINGS_MORE, parser->body_at, 0, span);
    }
    if (builder->finding_count > 1)
        qsort(builder->findings, builder->finding_count, sizeof *builder->findings, compare_findings);
}

/* ---- nodes ---- */

uint32_t node_add(struct parser *parser, enum node_type type)
{
    struct document_builder *builder = &parser->builder;
    if (builder->node_count >= LIMIT_NODES)
        refuse(parser, parser->body_at, 0, "the page has more than %d parts", LIMIT_NODES);
    LIST_GROW(builder->nodes, builder->node_count, builder->node_capacity);
    uint32_t index = (uint32_t)builder->node_count++;
    builder->nodes[index] = (struct node){.type = (uint8_t)type, .end = index + 1, .extra = NODE_NONE};
    return index;
}

void node_place(struct parser *parser, uint32_t index, uint32_t at, uint32_t end)
{
    if (at == UINT32_MAX || end == UINT32_MAX || end < at)
        return;
    parser->builder.nodes[index].at = at;
    parser->builder.nodes[index].length = end - at;
}

void node_lines(struct parser *parser, uint32_t index, uint32_t first, uint32_t last)
{
    if (first == 0 || first > parser->line_count)
        return;
    if (last < first)
        last = first;
    if (last > parser->line_count)
        last = (uint32_t)parser->line_count;
    node_place(parser, index, parser->lines[first - 1], parser->lines[last]);
}

struct span pool_add(struct parser *parser, struct slice text)
{
    struct buffer *pool = &parser->builder.pool;
    if (!parser->is_patched)
        return document_pool_add(&parser->builder, text);
    uint32_t begin = (uint32_t)pool->length;
    while (text.length) {
        size_t good = unicode_fault(text);
        document_pool_add(&parser->builder, (struct slice){text.at, good});
        text = slice_from(text, good);
        if (text.length) {
            document_pool_add(&parser->builder, SLICE("\xEF\xBF\xBD"));
            text = slice_from(text, 1);
        }
    }
    return (struct span){begin, (uint32_t)pool->length - begin};
}

void node_text_pool(struct parser *parser, uint32_t index, struct slice text)
{
    struct span span = pool_add(parser, text);
    struct node *node = node_at(parser, index);
    node->text = span.at;
    node->text_bytes = span.length;
    node->flags &= (uint8_t)~NODE_IN_SOURCE;
}

/* ---- one document ---- */

static void start(struct parser *parser, struct slice source)
{
    if (parser->builder.node_capacity > NODES_KEPT)
        document_builder_free(&parser->builder);
    document_builder_clear(&parser->builder);
    arena_reset(&parser->blocks);
    arena_reset(&parser->inlines);
    arena_reset(&parser->scratch);
    parser->builder.source = source;
    parser->source = source;
    parser->text = source.at;
    parser->is_patched = parser->is_refused = false;
    parser->body_at = 0;
    parser->line_count = 0;
    parser->findings_dropped = 0;
    parser->cmark = NULL;
    parser->closing = NULL;
    parser->closing_line = 0;
    parser->malformed_openers = 0;
    parser->is_overlay = parser->seen_block = parser->seen_title = false;
    parser->last_level = 1;
    parser->operation = NODE_NONE;
    parser->operation_id = (struct slice){0};
    parser->section_count = parser->section_base = 0;
    parser->condition_count = parser->condition = 0;
    parser->identifier_condition_count = 0;
    parser->footnote_count = parser->footnote_order_count = 0;
    table_free(&parser->footnote_by_key);
    parser->tag_count = parser->tag_base = parser->tag_link_count = 0;
    parser->reported_id = UINT32_MAX;
    parser->link_depth = 0;
    parser->pending_count = 0;
    parser->expanded_bytes = parser->expansion_most = 0;
    parser->open_count = 0;
    parser->collects_plain = parser->saw_param = false;
    buffer_clear(&parser->plain);
    buffer_clear(&parser->run);
}

static unsigned open_depth(const struct parser *parser)
{
    unsigned depth = 0;
    for (const cmark_node *node = parser->cmark->current; node; node = node->parent)
        depth += node->type != CMARK_NODE_LIST;
    return depth;
}

/* A piece ends where a line ends. */
static size_t piece_end(const struct parser *parser, size_t line)
{
    size_t from = parser->lines[line], next = line + 1;
    while (next < parser->line_count && parser->lines[next] - from < FEED_BYTES)
        next++;
    return next;
}

static bool feed(struct parser *parser)
{
    for (size_t line = 0; line < parser->line_count;) {
        size_t next = piece_end(parser, line);
        uint32_t from = parser->lines[line];
        cmark_parser_feed(parser->cmark, parser->text + from, parser->lines[next] - from);
        if (open_depth(parser) > LIMIT_NESTING)
            refuse(parser, parser->lines[next - 1], 0, "lists, quotes and containers are nested more than %d deep",
                   LIMIT_NESTING);
        else if (parser->blocks.total_bytes > BLOCK_MEMORY_MOST)
            refuse(parser, parser->lines[next - 1], 0, "the page has too many blocks for its length");
        if (parser->is_refused)
            return false;
        line = next;
    }
    return true;
}

static void read_body(struct parser *parser)
{
    memory_use(&parser->blocks);
    parser->cmark = cmark_parser_new_with_mem(CMARK_OPT_FOOTNOTES, memory_hooks());
    cmark_parser_attach_syntax_extension(parser->cmark, parser->directives);
    cmark_parser_attach_syntax_extension(parser->cmark, parser->table);
    cmark_parser_attach_syntax_extension(parser->cmark, parser->strikethrough);
    cmark_parser_attach_syntax_extension(parser->cmark, parser->autolink);
    cmark_parser_attach_syntax_extension(parser->cmark, parser->tasklist);
    cmark_parser_attach_syntax_extension(parser->cmark, parser->parameters);
    if (!feed(parser))
        return;
    /* When all blocks are complete cmark asks whether the root contains inlines,
     * before any others: extension.c answers by converting the whole tree. */
    cmark_node_set_syntax_extension(parser->cmark->root, parser->root);
    cmark_parser_finish(parser->cmark);
}

/* Nothing but the root, the front matter and the findings. */
static void drop_body(struct parser *parser)
{
    struct document_builder *builder = &parser->builder;
    size_t kept = 0;
    while (kept < builder->token_count && builder->tokens[kept].node == 0)
        kept++;
    builder->token_count = kept;
    builder->node_count = builder->section_count = builder->identifier_count = 0;
    builder->reference_count = builder->directive_count = builder->attribute_count = builder->hash_count = 0;
    builder->word_count = 0;
    builder->flags &= ~(uint32_t)DOCUMENT_HAS_TITLE_HEADING;
    node_end(parser, node_add(parser, NODE_DOCUMENT));
}

static void set_title(struct parser *parser)
{
    for (size_t i = 0; i < parser->builder.field_count; i++)
        if (parser->builder.fields[i].key == FIELD_TITLE)
            parser->builder.title = parser->builder.fields[i].value;
}

bool parse_document(struct parser *parser, struct slice source, struct buffer *out, size_t *at)
{
    if (!source.at)
        source.at = "";
    if (source.length > LIMIT_BLOB_BYTES) {
        start(parser, (struct slice){source.at, 0});
        refuse(parser, 0, 0, "the file has %zu bytes, more than %d", source.length, LIMIT_BLOB_BYTES);
    } else {
        start(parser, source);
        if (preflight_encoding(parser)) {
            front_matter_read(parser);
            if (preflight_body(parser))
                read_body(parser);
        }
    }
    if (parser->is_refused || parser->builder.node_count == 0)
        drop_body(parser);
    set_title(parser);
    identifier_titles(parser);
    finish_findings(parser);
    canonical_hash_blocks(&parser->builder);
    parser->builder.body_at = parser->body_at;
    *at = document_seal(&parser->builder, out);
    return !out->overflowed;
}

struct parser *parser_new(void)
{
    struct parser *parser = memory_get(sizeof *parser);
    memset(parser, 0, sizeof *parser);
    parser->plain = parser->run = parser->work = BUFFER(UINT32_MAX);
    extension_setup(parser);
    return parser;
}

void parser_free(struct parser *parser)
{
    if (!parser)
        return;
    extension_free(parser);
    document_builder_free(&parser->builder);
    arena_free(&parser->blocks);
    arena_free(&parser->inlines);
    arena_free(&parser->scratch);
    buffer_free(&parser->plain);
    buffer_free(&parser->run);
    buffer_free(&parser->work);
    free(parser->lines);
    free(parser->sections);
    free(parser->conditions);
    free(parser->identifier_conditions);
    free(parser->footnotes);
    table_free(&parser->footnote_by_key);
    free(parser->footnote_order);
    free(parser->tags);
    free(parser->tag_links);
    free(parser->pending);
    free(parser->open);
    free(parser);
}
