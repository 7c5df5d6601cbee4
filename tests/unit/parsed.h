#ifndef WAYMARK_TESTS_UNIT_PARSED_H
#define WAYMARK_TESTS_UNIT_PARSED_H

/* Documents for tests, from Markdown. */

#include "model/variant.h"
#include "parse/parser.h"
#include <stdio.h>
#include <stdlib.h>

struct parsed {
    struct buffer sealed;
    struct document document;
};

/* Keeps nothing of `source`. Ends the program when the document does not open. */
static inline struct parsed parsed_from(struct slice source)
{
    struct parsed parsed = {.sealed = BUFFER((size_t)1 << 30)};
    struct parser *parser = parser_new();
    size_t at;
    if (!parse_document(parser, source, &parsed.sealed, &at) ||
        !document_open(&parsed.document, slice_from(buffer_view(&parsed.sealed), at))) {
        fprintf(stderr, "the document does not open\n");
        abort();
    }
    parser_free(parser);
    return parsed;
}

static inline struct parsed parsed_text(const char *text)
{
    return parsed_from(slice_of(text));
}

static inline void parsed_free(struct parsed *parsed)
{
    buffer_free(&parsed->sealed);
}

/* The section with this id, or NODE_NONE. */
static inline uint32_t parsed_section(const struct document *document, const char *id)
{
    for (uint32_t i = 0; i < document->section_count; i++)
        if (slice_is(document_text(document, document->sections[i].id), id))
            return i;
    return NODE_NONE;
}

/* The first node of this type, or NODE_NONE. */
static inline uint32_t parsed_node(const struct document *document, enum node_type type)
{
    for (uint32_t i = 0; i < document->node_count; i++)
        if (document->nodes[i].type == type)
            return i;
    return NODE_NONE;
}

#endif
