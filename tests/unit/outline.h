#ifndef WAYMARK_TESTS_UNIT_OUTLINE_H
#define WAYMARK_TESTS_UNIT_OUTLINE_H

/* A document as one line of text, for tables of examples:
 *
 *     section#keeping(heading2('Keeping') paragraph('Keep ' param'days' '.'))
 *
 * and its findings, with their lines and columns: `note-empty@1:1`. */

#include "base/diag.h"
#include "model/document.h"

static inline void outline_span(struct buffer *out, const struct document *document, const char *before,
                                struct span span)
{
    if (span.length == 0)
        return;
    buffer_text(out, before);
    buffer_slice(out, document_text(document, span));
}

static inline void outline_directive(struct buffer *out, const struct document *document, uint32_t index)
{
    const struct directive *directive = &document->directives[index];
    outline_span(out, document, ":", directive->name);
    outline_span(out, document, "#", directive->id);
    for (uint32_t i = 0; i < directive->attribute_count; i++) {
        const struct attribute *attribute = &document->attributes[directive->first_attribute + i];
        outline_span(out, document, ",", attribute->key);
        outline_span(out, document, "=", attribute->value);
    }
}

static inline void outline_reference(struct buffer *out, const struct document *document, uint32_t index)
{
    static const char *const kinds[] = {"xref", "", "term", "cite", "url", "refused", "include"};
    const struct reference *reference = &document->references[index];
    buffer_byte(out, '<');
    buffer_text(out, kinds[reference->kind]);
    outline_span(out, document, reference->kind == REFERENCE_RELATIVE ? "" : ":", reference->target);
    outline_span(out, document, "#", reference->fragment);
    outline_span(out, document, " release=", reference->release);
    outline_span(out, document, " source=", reference->source);
    buffer_byte(out, '>');
}

static inline void outline_node(struct buffer *out, const struct document *document, const struct node *node)
{
    static const char *const notes[] = {"note", "tip", "important", "warning", "caution"};
    if (node->type != NODE_TEXT)
        buffer_text(out, node_type_name(node->type));
    switch (node->type) {
    case NODE_SECTION:
        outline_span(out, document, "#", document->sections[node->extra].id);
        outline_span(out, document, "+", document->sections[node->extra].aliases);
        buffer_text(out, document->sections[node->extra].flags & SECTION_LOCKED ? "!" : "");
        break;
    case NODE_HEADING:
        buffer_number(out, node->detail);
        break;
    case NODE_LIST:
        if (node->flags & NODE_ORDERED)
            buffer_number(out, node->extra);
        buffer_text(out, node->flags & NODE_TIGHT ? "" : "/loose");
        break;
    case NODE_ITEM:
    case NODE_ROW:
    case NODE_ANCHOR:
        if (node->extra != NODE_NONE)
            outline_span(out, document, "#", document->identifiers[node->extra].id);
        if (node->flags & NODE_TASK)
            buffer_text(out, node->flags & NODE_CHECKED ? "[x]" : "[ ]");
        break;
    case NODE_NOTE:
        buffer_byte(out, '-');
        buffer_text(out, notes[node->detail]);
        if (node->extra != NODE_NONE)
            outline_span(out, document, "#", document->directives[node->extra].id);
        break;
    case NODE_CONTAINER:
    case NODE_LEAF:
    case NODE_CONDITION_OPEN:
        outline_directive(out, document, node->extra);
        break;
    case NODE_LINK:
    case NODE_IMAGE:
        outline_reference(out, document, node->extra);
        break;
    case NODE_CELL:
        if (node->detail)
            buffer_byte(out, (char)node->detail);
        break;
    default:
        break;
    }
    if (node->text_bytes || node->type == NODE_TEXT || node->type == NODE_CODE || node->type == NODE_CODE_BLOCK) {
        buffer_byte(out, '\'');
        buffer_slice(out, node_text(document, node));
        buffer_byte(out, '\'');
    }
}

static inline const char *outline_of(struct buffer *out, const struct document *document)
{
    uint32_t ends[600], depth = 0;
    buffer_clear(out);
    for (uint32_t i = 1; i < document->node_count; i++) {
        const struct node *node = &document->nodes[i];
        bool closed = false;
        for (; depth && ends[depth - 1] == i; depth--, closed = true)
            buffer_byte(out, ')');
        if (out->length && (closed || out->at[out->length - 1] != '('))
            buffer_byte(out, ' ');
        outline_node(out, document, node);
        if (node->end > i + 1) {
            buffer_byte(out, '(');
            ends[depth++] = node->end;
        }
    }
    while (depth--)
        buffer_byte(out, ')');
    return buffer_string(out);
}

static inline const char *findings_of(struct buffer *out, const struct document *document)
{
    struct arena arena = {0};
    buffer_clear(out);
    for (uint32_t i = 0; i < document->finding_count; i++) {
        const struct finding *finding = &document->findings[i];
        struct diag diag = {.offset = finding->at, .length = finding->length};
        diag_locate(&diag, &arena, document->source);
        buffer_printf(out, "%s%s@%u:%u", i ? " " : "", diag_word((enum diag_code)finding->code), diag.line,
                      diag.column);
    }
    arena_free(&arena);
    return buffer_string(out);
}

#endif
