/* Comments are no nodes: they are found as `<!--` in bytes that no leaf node
 * stands on. Where a comment's place matters to the blocks around it, an empty
 * one stays. */

#include "base/arena.h"
#include "vary/resolve_parts.h"
#include <stdlib.h>

struct stretch {
    uint32_t at, end;
};

static int compare_stretches(const void *a, const void *b)
{
    const struct stretch *left = a, *right = b;
    return left->at < right->at ? -1 : left->at > right->at;
}

/* The bytes of leaves, and of blocks that hold a leaf whose place is not known. */
static size_t collect_stretches(const struct edits *edits, uint32_t first, uint32_t end, struct stretch **out)
{
    const struct document *document = edits->document;
    struct stretch *items = NULL;
    size_t count = 0, capacity = 0;
    const struct node *block = NULL;
    for (uint32_t i = first; i < end; i++) {
        const struct node *node = &document->nodes[i];
        if (node->type < NODE_TEXT)
            block = node;
        const struct node *taken = node->end == i + 1 ? node : NULL;
        if (node->type == NODE_SECTION || node->type == NODE_DOCUMENT)
            taken = NULL;
        if (taken && node->type >= NODE_TEXT && node->length == 0)
            taken = node->type == NODE_SOFT_BREAK || node->type == NODE_LINE_BREAK ? NULL : block;
        if (!taken || taken->length == 0)
            continue;
        if (count == capacity)
            LIST_GROW(items, count, capacity);
        items[count++] = (struct stretch){taken->at, taken->at + taken->length};
    }
    if (count)
        qsort(items, count, sizeof *items, compare_stretches);
    *out = items;
    return count;
}

static bool is_blank_byte(struct slice source, uint32_t at)
{
    return strchr(" \t\r\n", source.at[at]) && source.at[at];
}

static void drop_comment(struct edits *edits, uint32_t at, uint32_t end)
{
    struct slice source = edits->document->source;
    uint32_t first = line_start(source, at), last = line_end(source, end - 1);
    bool is_begin = true, is_end = true;
    for (uint32_t i = first; i < at; i++)
        is_begin &= is_blank_byte(source, i);
    for (uint32_t i = end; i < last; i++)
        is_end &= is_blank_byte(source, i);
    uint32_t before = first > edits->from ? line_start(source, first - 1) : first;
    uint32_t after = last < edits->to ? line_end(source, last) : last;
    bool is_apart = slice_trim((struct slice){source.at + before, first - before}).length == 0 &&
                    slice_trim((struct slice){source.at + last, after - last}).length == 0;
    if (is_begin && is_end && is_apart && at - first < 4) {
        edit_put(edits, first, last, (struct slice){0});
    } else if (!is_begin && end < last && source.at[end] == ' ' && source.at[at - 1] == ' ' &&
               !is_blank_byte(source, end + 1)) {
        edit_put(edits, at - 1, end, (struct slice){0});
    } else {
        edit_put(edits, at, end, SLICE("<!---->"));
    }
}

void edits_comments(struct edits *edits, uint32_t first, uint32_t end)
{
    struct slice source = edits->document->source;
    struct slice range = {source.at, edits->to};
    if (!memmem(source.at + edits->from, edits->to - edits->from, "<!--", 4))
        return;
    struct stretch *stretches;
    size_t count = collect_stretches(edits, first, end, &stretches), next = 0;
    uint32_t covered = edits->from; /* no byte from here on is known to be a leaf's */
    for (uint32_t at = edits->from; at + 4 <= edits->to; at++) {
        for (; next < count && stretches[next].at <= at; next++)
            covered = stretches[next].end > covered ? stretches[next].end : covered;
        if (at < covered || memcmp(source.at + at, "<!--", 4) != 0)
            continue;
        const char *close = memmem(source.at + at + 4, range.length - at - 4, "-->", 3);
        if (!close)
            break;
        uint32_t behind = (uint32_t)(close - source.at) + 3;
        drop_comment(edits, at, behind);
        at = behind - 1;
    }
    free(stretches);
}
