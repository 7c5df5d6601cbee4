#ifndef WAYMARK_TESTS_UNIT_DOCUMENT_CHECK_H
#define WAYMARK_TESTS_UNIT_DOCUMENT_CHECK_H

/* What holds for every document, whatever it was parsed from. */

#include "model/document.h"

/* NULL, or what does not hold. `*where` is the row or node. */

/* The lead and the own parts of all sections, one after another, are the body. */
static inline const char *document_check_tiles(const struct document *document, uint32_t *where)
{
    uint32_t at = UINT32_MAX;
    for (uint32_t i = 0; i < document->section_count; i++) {
        const struct section *section = &document->sections[i];
        *where = i;
        if (section->flags & SECTION_IN_OPERATION)
            continue;
        if (at != UINT32_MAX && section->at != at)
            return "a section does not begin where the one before it ends";
        if (section->at < document->body_at)
            return "a section begins before the body";
        at = section->at + section->own_bytes;
        uint32_t next = i + 1;
        while (next < document->section_count && (document->sections[next].flags & SECTION_IN_OPERATION ||
                                                  document->sections[next].level > section->level))
            next++;
        uint32_t end = next < document->section_count ? document->sections[next].at : (uint32_t)document->source.length;
        if (section->at + section->whole_bytes != end)
            return "the whole of a section does not end at the next one of its level";
        const struct node *node = &document->nodes[section->node];
        if (node->at != section->at || node->length != section->whole_bytes)
            return "a section's node is not its whole";
        if (section->node + 1 >= node->end || document->nodes[section->node + 1].type != NODE_HEADING ||
            document->nodes[section->node + 1].extra != i)
            return "a section does not begin with its heading";
    }
    return at != UINT32_MAX && at != document->source.length ? "the last section does not end where the file does"
                                                             : NULL;
}

static inline bool document_check_is_inline(uint8_t type)
{
    return type >= NODE_TEXT && type < NODE_TYPE_COUNT;
}

/* Places lie in the places of what they are in; siblings do not overlap; blocks are whole lines. */
static inline const char *document_check_places(const struct document *document, uint32_t *where)
{
    uint32_t parents[600], ends[600], depth = 0;
    for (uint32_t i = 0; i < document->node_count; i++) {
        const struct node *node = &document->nodes[i];
        *where = i;
        while (depth && document->nodes[parents[depth - 1]].end <= i)
            depth--;
        const struct node *parent = depth ? &document->nodes[parents[depth - 1]] : NULL;
        if (node->length && parent && parent->length && node->type != NODE_FOOTNOTE) {
            if (node->at < parent->at || node->at + node->length > parent->at + parent->length)
                return "a node lies outside of its parent";
            if (node->at < ends[depth - 1])
                return "a node begins before the end of its sibling";
            ends[depth - 1] = node->at + node->length;
        }
        bool is_block = !document_check_is_inline(node->type) && node->type != NODE_CELL && node->type != NODE_LABEL &&
                        node->type != NODE_INFO;
        if (is_block && node->type != NODE_DOCUMENT && node->length) {
            const char *source = document->source.at;
            char before = node->at > document->body_at ? source[node->at - 1] : '\n';
            uint32_t end = node->at + node->length;
            char last = source[end - 1];
            if (before != '\n' && before != '\r')
                return "a block does not begin where a line does";
            if (last != '\n' && last != '\r' && end != document->source.length)
                return "a block does not end where a line does";
        }
        if (node->type == NODE_TEXT && node->flags & NODE_IN_SOURCE && node->length &&
            (node->at != node->text || node->length != node->text_bytes))
            return "a text of the source does not stand where it is";
        if (node->end > i + 1) {
            parents[depth] = i;
            ends[depth++] = 0;
        }
    }
    return NULL;
}

/* Every row names a node of the kind that it is about. */
static inline const char *document_check_rows(const struct document *document, uint32_t *where)
{
    for (uint32_t i = 0; i < document->identifier_count; i++) {
        const struct identifier *identifier = &document->identifiers[i];
        uint8_t type = document->nodes[identifier->node].type;
        static const uint8_t of[] = {NODE_SECTION, NODE_SECTION, 0, NODE_ITEM, NODE_ROW, NODE_ANCHOR};
        *where = i;
        if (identifier->id.length == 0)
            return "an identifier is empty";
        if (of[identifier->kind] && type != of[identifier->kind] &&
            !(identifier->kind == IDENTIFIER_ALIAS && type == NODE_HEADING))
            return "an identifier is on a node of another kind";
    }
    for (uint32_t i = 0; i < document->reference_count; i++) {
        uint8_t type = document->nodes[document->references[i].node].type;
        *where = i;
        if (type != NODE_LINK && type != NODE_IMAGE && type != NODE_LEAF)
            return "a reference is on a node of another kind";
    }
    for (uint32_t i = 0; i < document->section_count; i++) {
        *where = i;
        if (document->sections[i].id.length == 0)
            return "a section has no id";
    }
    return NULL;
}

static inline const char *document_check(const struct document *document, uint32_t *where)
{
    const char *wrong = document_check_tiles(document, where);
    wrong = wrong ? wrong : document_check_places(document, where);
    return wrong ? wrong : document_check_rows(document, where);
}

#endif
