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

struct stretches {
    struct stretch *items;
    size_t count, capacity;
};

static void take(struct stretches *list, uint32_t at, uint32_t end)
{
    if (at >= end)
        return;
    if (list->count == list->capacity)
        LIST_GROW(list->items, list->count, list->capacity);
    list->items[list->count++] = (struct stretch){at, end};
}

/* A link's brackets and destination: all of it but its text. */
static void take_link(struct stretches *list, const struct document *document, uint32_t i)
{
    const struct node *node = &document->nodes[i];
    uint32_t first = i + 1, last = i + 1, end = node->at + node->length;
    if (first >= node->end || document->nodes[first].length == 0) {
        take(list, node->at, end);
        return;
    }
    while (document->nodes[last].end < node->end)
        last = document->nodes[last].end;
    take(list, node->at, document->nodes[first].at);
    if (document->nodes[last].length)
        take(list, document->nodes[last].at + document->nodes[last].length, end);
}

/* The bytes of leaves, and of blocks that hold a leaf whose place is not known. */
static struct stretches collect_stretches(const struct edits *edits, uint32_t first, uint32_t end)
{
    const struct document *document = edits->document;
    struct stretches list = {0};
    const struct node *block = NULL;
    for (uint32_t i = first; i < end; i++) {
        const struct node *node = &document->nodes[i];
        bool is_literal = node->type == NODE_CODE_BLOCK || node->type == NODE_HTML_BLOCK;
        bool is_break = node->type == NODE_SOFT_BREAK || node->type == NODE_LINE_BREAK;
        if (node->type < NODE_TEXT)
            block = node;
        if (node->type == NODE_LINK || node->type == NODE_IMAGE)
            take_link(&list, document, i);
        if ((node->end != i + 1 && !is_literal) || node->type == NODE_SECTION || node->type == NODE_DOCUMENT)
            continue;
        if (node->type >= NODE_TEXT && node->length == 0 && !is_break && block)
            node = block;
        take(&list, node->at, node->at + node->length);
    }
    if (list.count)
        qsort(list.items, list.count, sizeof *list.items, compare_stretches);
    return list;
}

static bool is_blank_byte(struct slice source, uint32_t at)
{
    return byte_is(source.at[at], " \t\r\n");
}

/* Does a list item or an indented line come next? A comment is what keeps them
 * apart from a list before it. */
static bool precedes_list(const struct edits *edits, uint32_t at)
{
    struct slice source = edits->document->source;
    while (at < edits->to && byte_is(source.at[at], "\r\n"))
        at++;
    return at < edits->to && byte_is(source.at[at], " \t-+*0123456789");
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
    if (is_begin && is_end && is_apart && at - first < 4 && !precedes_list(edits, last)) {
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
    struct stretches list = collect_stretches(edits, first, end);
    size_t next = 0;
    uint32_t covered = edits->from; /* no byte from here on is known to be a leaf's */
    for (uint32_t at = edits->from; at + 4 <= edits->to; at++) {
        for (; next < list.count && list.items[next].at <= at; next++)
            covered = list.items[next].end > covered ? list.items[next].end : covered;
        if (at < covered || memcmp(source.at + at, "<!--", 4) != 0)
            continue;
        /* From the second hyphen on: `<!-->` is a comment where a block begins. */
        const char *close = memmem(source.at + at + 2, range.length - at - 2, "-->", 3);
        if (!close)
            break;
        uint32_t behind = (uint32_t)(close - source.at) + 3;
        drop_comment(edits, at, behind);
        at = behind - 1;
    }
    free(list.items);
}
