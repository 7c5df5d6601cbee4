/* Passages: ranges of nodes, and the checks that make them safe to follow. */

#include "model/variant.h"

struct passage passage_whole(const struct page *page, uint32_t index)
{
    const struct page_source *source = page->sources ? &page->sources[index] : NULL;
    return (struct passage){
        .document = index,
        .first = 1,
        .end = page->documents[index].node_count,
        .language = source ? source->language : LANGUAGE_NONE,
        .edition = source ? source->edition : EDITION_NONE,
        .operation = PAGE_NONE,
        .target_document = PAGE_NONE,
        .target_node = NODE_NONE,
        .id_document = PAGE_NONE,
    };
}

/* Where the first child section of `section` begins, or where it ends itself. */
static uint32_t own_end(const struct document *document, uint32_t section)
{
    uint32_t node = document->sections[section].node, end = document->nodes[node].end;
    for (uint32_t i = section + 1; i < document->section_count && document->sections[i].node < end; i++)
        if (document->sections[i].parent == section)
            return document->sections[i].node;
    return end;
}

struct passage passage_section(const struct page *page, uint32_t index, uint32_t section, bool own)
{
    const struct document *document = &page->documents[index];
    struct passage passage = passage_whole(page, index);
    passage.first = document->sections[section].node;
    passage.end = own ? own_end(document, section) : document->nodes[passage.first].end;
    return passage;
}

struct slice passage_section_id(const struct page *page, const struct passage *passage, uint32_t section)
{
    const struct document *document = &page->documents[passage->document];
    if (passage->flags & PASSAGE_NO_IDS || section >= document->section_count)
        return (struct slice){0};
    bool is_first = document->sections[section].node >= passage->first &&
                    (section == 0 || document->sections[section - 1].node < passage->first);
    if (is_first && passage->id_document != PAGE_NONE)
        return document_text(&page->documents[passage->id_document], passage->id);
    return document_text(document, document->sections[section].id);
}

uint32_t include_reference(const struct document *document, uint32_t leaf)
{
    uint32_t low = 0, high = document->reference_count; /* they stand in the order of their nodes */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (document->references[middle].node < leaf)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < document->reference_count && document->references[low].node == leaf; low++)
        if (document->references[low].kind == REFERENCE_INCLUDE)
            return low;
    return NODE_NONE;
}

/* ---- checks ---- */

/* Nothing but a section, which shows nothing itself, may be cut at the end. */
static bool is_range(const struct document *document, uint32_t first, uint32_t end)
{
    if (first > end || end > document->node_count)
        return false;
    for (uint32_t i = first; i < end;) {
        const struct node *node = &document->nodes[i];
        bool may_be_cut = node->type == NODE_SECTION || node->type == NODE_DOCUMENT;
        if (!may_be_cut && node->end > end)
            return false;
        if (node->type == NODE_CONDITION_OPEN && node->detail2 >= end)
            return false;
        if (node->type == NODE_CONDITION_CLOSE && node->detail2 < first)
            return false;
        i = may_be_cut ? i + 1 : node->end;
    }
    return true;
}

static bool is_index(uint32_t index, uint32_t count)
{
    return index < count || index == PAGE_NONE;
}

static bool passage_is_valid(const struct page *page, const struct passage *passage)
{
    if (passage->document >= page->document_count || passage->kind >= PASSAGE_KIND_COUNT ||
        passage->why > WHY_UNREVIEWED || !is_index(passage->operation, page->operation_count) ||
        !is_index(passage->target_document, page->document_count) ||
        !is_index(passage->id_document, page->document_count))
        return false;
    if (passage->target_document != PAGE_NONE && passage->target_node != NODE_NONE &&
        passage->target_node >= page->documents[passage->target_document].node_count)
        return false;
    if (passage->id_document != PAGE_NONE) {
        size_t pool = page->documents[passage->id_document].pool.length;
        if (passage->id.at > pool || passage->id.length > pool - passage->id.at)
            return false;
    }
    return is_range(&page->documents[passage->document], passage->first, passage->end);
}

bool page_is_valid(const struct page *page)
{
    for (uint32_t i = 0; i < page->operation_count; i++) {
        const struct page_operation *operation = &page->operations[i];
        if (operation->document >= page->document_count ||
            operation->directive >= page->documents[operation->document].directive_count ||
            operation->change > CHANGE_REWORDED)
            return false;
    }
    for (uint32_t i = 0; i < page->passage_count; i++)
        if (!passage_is_valid(page, &page->passages[i]))
            return false;
    return true;
}
