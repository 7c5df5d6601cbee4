/* The text form of a document: what golden tests compare and developers read.
 * Not a format that anything reads back. */

#include "model/document.h"
#include "base/limits.h"

static const char *const type_names[NODE_TYPE_COUNT] = {
    [NODE_DOCUMENT] = "document", [NODE_SECTION] = "section", [NODE_HEADING] = "heading",
    [NODE_PARAGRAPH] = "paragraph", [NODE_LIST] = "list", [NODE_ITEM] = "item", [NODE_QUOTE] = "quote",
    [NODE_NOTE] = "note", [NODE_CODE_BLOCK] = "code-block", [NODE_INFO] = "info", [NODE_HTML_BLOCK] = "html-block",
    [NODE_RULE] = "rule", [NODE_TABLE] = "table", [NODE_ROW] = "row", [NODE_CELL] = "cell",
    [NODE_CONTAINER] = "container", [NODE_LEAF] = "leaf", [NODE_LABEL] = "label",
    [NODE_CONDITION_OPEN] = "condition-open", [NODE_CONDITION_CLOSE] = "condition-close",
    [NODE_FOOTNOTE] = "footnote", [NODE_TEXT] = "text", [NODE_SOFT_BREAK] = "soft-break",
    [NODE_LINE_BREAK] = "line-break", [NODE_CODE] = "code", [NODE_HTML] = "html", [NODE_EMPH] = "emph",
    [NODE_STRONG] = "strong", [NODE_STRIKE] = "strike", [NODE_LINK] = "link", [NODE_IMAGE] = "image",
    [NODE_PARAM] = "param", [NODE_FOOTNOTE_REF] = "footnote-ref", [NODE_ANCHOR] = "anchor",
};

static const char *const field_names[FIELD_KEY_COUNT] = {
    [FIELD_ID] = "id", [FIELD_TITLE] = "title", [FIELD_DESCRIPTION] = "description", [FIELD_KIND] = "kind",
    [FIELD_ORDER] = "order", [FIELD_NAV] = "nav", [FIELD_ALIASES] = "aliases", [FIELD_TAGS] = "tags",
    [FIELD_AUDIENCE] = "audience", [FIELD_STATUS] = "status", [FIELD_OWNER] = "owner",
    [FIELD_APPROVED_BY] = "approved_by", [FIELD_APPROVED_ON] = "approved_on", [FIELD_REVIEW_BY] = "review_by",
    [FIELD_VALID_FROM] = "valid_from", [FIELD_VALID_UNTIL] = "valid_until",
    [FIELD_CLASSIFICATION] = "classification", [FIELD_LOCKED] = "locked", [FIELD_RELATIONS] = "relations",
    [FIELD_L10N_SECTIONS] = "l10n", [FIELD_OVERLAY] = "overlay",
};

static const char *const identifier_names[] = {"section", "alias", "element", "item", "row", "anchor"};
static const char *const reference_names[] = {"xref", "relative", "term", "cite", "url", "refused", "include"};
static const char *const note_names[] = {"note", "tip", "important", "warning", "caution"};

const char *node_type_name(unsigned type)
{
    return type < NODE_TYPE_COUNT ? type_names[type] : "?";
}

static void put_quoted(FILE *out, const char *before, struct slice text)
{
    fprintf(out, "%s\"", before);
    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        if (byte == '\n')
            fputs("\\n", out);
        else if (byte < 0x20 || byte == 0x7F)
            fprintf(out, "\\x%02x", byte);
        else if (byte == '"' || byte == '\\')
            fprintf(out, "\\%c", byte);
        else
            fputc(byte, out);
    }
    fputc('"', out);
}

static void put_place(FILE *out, uint32_t at, uint32_t length)
{
    fprintf(out, " @%u+%u", at, length);
}

static void put_span(FILE *out, const struct document *document, const char *before, struct span span)
{
    if (span.length)
        put_quoted(out, before, document_text(document, span));
}

static void dump_reference(FILE *out, const struct document *document, const struct reference *reference)
{
    fprintf(out, " %s", reference_names[reference->kind]);
    put_span(out, document, " release=", reference->release);
    put_span(out, document, " source=", reference->source);
    put_span(out, document, " target=", reference->target);
    put_span(out, document, " fragment=", reference->fragment);
    if (reference->flags & REFERENCE_EMPTY_TEXT)
        fputs(" empty-text", out);
    if (reference->flags & REFERENCE_HAS_PARAM)
        fputs(" has-param", out);
    if (reference->flags & REFERENCE_AUTOLINK)
        fputs(" autolink", out);
    put_place(out, reference->at, reference->length);
}

static void dump_directive(FILE *out, const struct document *document, const struct directive *directive)
{
    put_span(out, document, " name=", directive->name);
    put_span(out, document, " id=", directive->id);
    for (uint32_t i = 0; i < directive->attribute_count; i++) {
        const struct attribute *attribute = &document->attributes[directive->first_attribute + i];
        fprintf(out, " %.*s=", SLICE_ARGS(document_text(document, attribute->key)));
        put_quoted(out, "", document_text(document, attribute->value));
        put_place(out, attribute->at, attribute->length);
    }
}

static void dump_identifier(FILE *out, const struct document *document, uint32_t index)
{
    if (index == NODE_NONE)
        return;
    const struct identifier *identifier = &document->identifiers[index];
    put_span(out, document, " id=", identifier->id);
    put_place(out, identifier->at, identifier->length);
}

static void dump_section(FILE *out, const struct document *document, const struct section *section)
{
    fprintf(out, " level=%u", section->level);
    put_span(out, document, " id=", section->id);
    put_span(out, document, " title=", section->title);
    put_span(out, document, " aliases=", section->aliases);
    if (section->flags & SECTION_AUTO_ID)
        fputs(" auto", out);
    if (section->flags & SECTION_LOCKED)
        fputs(" locked", out);
    if (section->flags & SECTION_HAS_PARAM)
        fputs(" has-param", out);
    if (section->flags & SECTION_IN_OPERATION)
        fputs(" in-operation", out);
    fprintf(out, " own=%u", section->own_bytes);
}

static void dump_node(FILE *out, const struct document *document, const struct node *node, unsigned depth)
{
    fprintf(out, "%*s%s", (int)depth * 2, "", node_type_name(node->type));
    if (node->type == NODE_HEADING)
        fprintf(out, " level=%u%s", node->detail, node->extra == NODE_NONE ? " no-section" : "");
    if (node->type == NODE_LIST && node->flags & NODE_ORDERED)
        fprintf(out, " ordered%s start=%u", node->flags & NODE_PAREN ? " paren" : "", node->extra);
    if (node->type == NODE_LIST && !(node->flags & NODE_TIGHT))
        fputs(" loose", out);
    if (node->flags & NODE_TASK)
        fputs(node->flags & NODE_CHECKED ? " task checked" : " task", out);
    if (node->type == NODE_TABLE)
        fprintf(out, " columns=%u", node->detail);
    if (node->flags & NODE_HEADER)
        fputs(" header", out);
    if (node->type == NODE_CELL && node->detail)
        fprintf(out, " %c", node->detail);
    if (node->type == NODE_NOTE)
        fprintf(out, " %s", note_names[node->detail]);
    if (node->type == NODE_ITEM || node->type == NODE_ROW || node->type == NODE_ANCHOR)
        dump_identifier(out, document, node->extra);
    if (node->type == NODE_SECTION)
        dump_section(out, document, &document->sections[node->extra]);
    if (node->type == NODE_LINK || node->type == NODE_IMAGE)
        dump_reference(out, document, &document->references[node->extra]);
    if (node->type == NODE_CONTAINER || node->type == NODE_LEAF || node->type == NODE_CONDITION_OPEN ||
        (node->type == NODE_NOTE && node->extra != NODE_NONE))
        dump_directive(out, document, &document->directives[node->extra]);
    if (node->type == NODE_CONDITION_OPEN || node->type == NODE_CONDITION_CLOSE)
        fprintf(out, " pair=%u", node->detail2);
    if (node->text_bytes) {
        put_quoted(out, " ", node_text(document, node));
        if (!(node->flags & NODE_IN_SOURCE))
            fputs(" made", out);
    }
    if (node->length)
        put_place(out, node->at, node->length);
    fputc('\n', out);
}

static void dump_facts(FILE *out, const struct document *document)
{
    put_span(out, document, "title ", document->title);
    fprintf(out, "%sbody @%u words=%u%s%s\n", document->title.length ? "\n" : "", document->body_at,
            document->word_count, document->flags & DOCUMENT_IS_OVERLAY ? " overlay" : "",
            document->flags & DOCUMENT_HAS_TITLE_HEADING ? " title-heading" : "");
    for (uint32_t i = 0; i < document->field_count; i++) {
        const struct field *field = &document->fields[i];
        fprintf(out, "field %s", field_names[field->key]);
        put_span(out, document, " name=", field->name);
        put_quoted(out, " ", document_text(document, field->value));
        if (field->number)
            fprintf(out, " number=%lld", (long long)field->number);
        put_place(out, field->at, field->length);
        fputc('\n', out);
    }
    for (uint32_t i = 0; i < document->identifier_count; i++) {
        const struct identifier *identifier = &document->identifiers[i];
        fprintf(out, "identifier %s node=%u", identifier_names[identifier->kind], identifier->node);
        dump_identifier(out, document, i);
        fputc('\n', out);
    }
    for (uint32_t i = 0; i < document->token_count; i++) {
        const struct token *token = &document->tokens[i];
        fprintf(out, "token node=%u", token->node);
        put_span(out, document, " ", token->name);
        put_place(out, token->at, token->length);
        fputc('\n', out);
    }
    for (uint32_t i = 0; i < document->reference_count; i++)
        if (document->references[i].kind == REFERENCE_INCLUDE) {
            fprintf(out, "include node=%u", document->references[i].node);
            dump_reference(out, document, &document->references[i]);
            fputc('\n', out);
        }
    for (uint32_t i = 0; i < document->finding_count; i++) {
        const struct finding *finding = &document->findings[i];
        fprintf(out, "finding %s %s", diag_level_word(finding->level), diag_word(finding->code));
        put_place(out, finding->at, finding->length);
        fprintf(out, ": %.*s", SLICE_ARGS(document_text(document, finding->text)));
        if (finding->help.length)
            fprintf(out, " | %.*s", SLICE_ARGS(document_text(document, finding->help)));
        fputc('\n', out);
    }
}

void document_dump(FILE *out, const struct document *document)
{
    uint32_t ends[LIMIT_NODE_DEPTH + 1];
    unsigned depth = 0;
    dump_facts(out, document);
    for (uint32_t i = 0; i < document->node_count; i++) {
        while (depth && ends[depth - 1] == i)
            depth--;
        dump_node(out, document, &document->nodes[i], depth);
        if (document->nodes[i].end > i + 1)
            ends[depth++] = document->nodes[i].end;
    }
}
