/* The merged Markdown of a page: passages with their splices, in frames that name
 * a foreign language, footnotes last. */

#include "vary/resolve_markdown.h"
#include "base/arena.h"
#include "base/limits.h"
#include "vary/resolve_parts.h"
#include <stdlib.h>

/* ---- text as Markdown ---- */

void markdown_escape(struct buffer *out, struct slice text, bool at_line_start)
{
    for (size_t i = 0; i < text.length; i++) {
        char byte = text.at[i];
        bool is_mark = byte_is(byte, "\\`*_[]<>&~|{");
        bool is_link = byte == ':' && i + 2 < text.length && text.at[i + 1] == '/' && text.at[i + 2] == '/';
        is_link |= byte == '.' && i >= 3 && strncasecmp(text.at + i - 3, "www", 3) == 0;
        bool is_begin = at_line_start && i == 0 && byte_is(byte, "#+-=:");
        bool is_number = at_line_start && (byte == '.' || byte == ')') && i && i < 10;
        for (size_t k = 0; k < i && is_number; k++)
            is_number = text.at[k] >= '0' && text.at[k] <= '9';
        if (is_mark || is_link || is_begin || is_number)
            buffer_byte(out, '\\');
        buffer_byte(out, byte == '\n' || byte == '\r' ? ' ' : byte);
    }
}

void markdown_destination(struct buffer *out, struct slice destination)
{
    bool is_plain = destination.length > 0;
    for (size_t i = 0; i < destination.length; i++)
        is_plain &= (unsigned char)destination.at[i] > ' ' && !byte_is(destination.at[i], "<>()\\&");
    if (is_plain) {
        buffer_slice(out, destination);
        return;
    }
    buffer_byte(out, '<');
    for (size_t i = 0; i < destination.length; i++) {
        if (byte_is(destination.at[i], "<>\\&"))
            buffer_byte(out, '\\');
        buffer_byte(out, destination.at[i] == '\n' ? ' ' : destination.at[i]);
    }
    buffer_byte(out, '>');
}

/* ---- footnotes ---- */

uint32_t resolve_footnote(struct resolver *resolver, uint32_t document, uint32_t node)
{
    const struct page *page = resolver->page;
    if (!resolver->footnote_numbers) {
        size_t bytes = page->document_count * sizeof *resolver->footnote_numbers;
        resolver->footnote_numbers = memset(memory_get(bytes), 0, bytes);
    }
    uint32_t **numbers = &resolver->footnote_numbers[document];
    if (!*numbers) {
        size_t bytes = page->documents[document].node_count * sizeof **numbers;
        *numbers = memset(memory_get(bytes), 0, bytes);
    }
    if ((*numbers)[node] == 0) {
        if (resolver->footnote_count == resolver->footnote_capacity)
            LIST_GROW(resolver->footnotes, resolver->footnote_count, resolver->footnote_capacity);
        resolver->footnotes[resolver->footnote_count++] = (struct footnote_use){document, node};
        (*numbers)[node] = (uint32_t)resolver->footnote_count;
    }
    return (*numbers)[node];
}

/* ---- ranges ---- */

/* The container that nodes [first, end) lie in, or NODE_NONE. */
static uint32_t container_of(const struct document *document, uint32_t first, uint32_t end)
{
    uint32_t found = NODE_NONE;
    for (uint32_t i = 0; i < document->directive_count; i++) {
        uint32_t node = document->directives[i].node;
        if (document->nodes[node].type == NODE_CONTAINER && node < first && document->nodes[node].end >= end)
            found = node; /* directives stand in the order of the nodes: the last is the innermost */
    }
    return found;
}

static uint32_t node_begin(const struct document *document, uint32_t i)
{
    const struct node *node = &document->nodes[i];
    uint32_t at = node->type == NODE_SECTION ? document->sections[node->extra].at : node->at;
    return line_start(document->source, at);
}

/* The source bytes of a passage: whole lines, with the blank lines behind it. */
static void find_bytes(struct edits *edits, uint32_t first, uint32_t end)
{
    const struct document *document = edits->document;
    struct slice source = document->source;
    uint32_t container = container_of(document, first, end);
    edits->from = edits->to = first <= 1 ? document->body_at : node_begin(document, first);
    if (container != NODE_NONE) {
        const struct node *node = &document->nodes[container];
        uint32_t body = line_end(source, document->directives[node->extra].at), close = node->at + node->length;
        bool is_all = first == container + 1 || document->nodes[first - 1].type == NODE_LABEL;
        if (is_all)
            edits->from = body;
        if (end == node->end) {
            uint32_t last = close ? line_start(source, close - 1) : close;
            struct slice line = slice_trim((struct slice){source.at + last, close - last});
            edits->to = slice_starts_with(line, ":::") && last >= body ? last : close;
        } else {
            edits->to = node_begin(document, end);
        }
        return;
    }
    if (first >= end)
        return;
    if (end >= document->node_count || document->nodes[end].type == NODE_FOOTNOTE)
        edits->to = (uint32_t)source.length;
    else
        edits->to = node_begin(document, end);
    const struct node *holder = &document->nodes[first];
    bool is_part = holder->type != NODE_SECTION && first > 1 && holder->end == end && holder->length;
    if (is_part) /* one element, item or row: its own lines */
        edits->to = holder->at + holder->length;
}

/* ---- passages ---- */

static void end_line(struct buffer *out)
{
    if (out->length && out->at[out->length - 1] != '\n')
        buffer_byte(out, '\n');
}

static void resolve_range(struct resolver *resolver, const struct passage *passage, uint32_t first, uint32_t end,
                          struct buffer *out)
{
    struct edits edits = {.resolver = resolver,
                          .passage = passage,
                          .document = &resolver->page->documents[passage->document],
                          .pool = BUFFER(LIMIT_PAGE_BYTES)};
    find_bytes(&edits, first, end);
    if (edits.to < edits.from)
        edits.to = edits.from;
    if (resolver->mode == RESOLVE_MERGED) {
        edits_collect(&edits, first, end);
        for (uint32_t i = end; i < edits.document->node_count && resolver->is_patchwork; i++)
            if (edits.document->nodes[i].type == NODE_FOOTNOTE)
                edits_collect(&edits, i, i + 1); /* its lines may lie here, wherever it is used */
        edits_comments(&edits, first, end);
    }
    edits_apply(&edits, out);
    edits_free(&edits);
}

/* Where the passage's text begins when its first heading is not shown. */
static uint32_t skip_heading(const struct document *document, const struct passage *passage)
{
    uint32_t i = passage->first;
    while (i < passage->end && (document->nodes[i].type == NODE_SECTION || document->nodes[i].type == NODE_DOCUMENT))
        i++;
    return i < passage->end && document->nodes[i].type == NODE_HEADING ? document->nodes[i].end : passage->first;
}

static bool language_of(const struct resolver *resolver, const struct passage *passage, struct slice *tag, bool *is_rtl)
{
    const struct resolve_hooks *hooks = resolver->hooks;
    return resolver->mode == RESOLVE_MERGED && passage->language != resolver->page->language && hooks &&
           hooks->language && hooks->language(hooks->context, resolver->page, passage->language, tag, is_rtl);
}

static bool same_frame(const struct passage *a, const struct passage *b)
{
    return a->language == b->language && a->why == b->why;
}

static void resolve_one(struct resolver *resolver, const struct passage *passage, struct buffer *out)
{
    uint32_t first = passage->first;
    if (first == passage->end && container_of(&resolver->page->documents[passage->document], first, first) == NODE_NONE)
        return;
    if (passage->flags & PASSAGE_NO_HEADING)
        first = skip_heading(&resolver->page->documents[passage->document], passage);
    resolve_range(resolver, passage, first, passage->end, out);
}

void resolve_passages(struct resolver *resolver, const struct passage *passages, uint32_t count, struct buffer *out)
{
    for (uint32_t i = 0; i < count && !resolver->overflowed && !out->overflowed;) {
        struct slice tag = {0};
        bool is_rtl = false, is_framed = language_of(resolver, &passages[i], &tag, &is_rtl);
        if (is_framed) {
            end_line(out);
            buffer_printf(out, ":::lang{lang=\"%.*s\" dir=\"%s\" why=\"%s\"}\n", SLICE_ARGS(tag),
                          is_rtl ? "rtl" : "ltr", passages[i].why == WHY_STALE ? "stale" : "untranslated");
        }
        uint32_t begin = i;
        do {
            if (i > 0)
                end_line(out);
            resolve_one(resolver, &passages[i++], out);
        } while (is_framed && i < count && same_frame(&passages[begin], &passages[i]));
        if (is_framed) {
            end_line(out);
            buffer_text(out, ":::\n");
        }
    }
    if (resolver->include_depth)
        end_line(out);
}

static void write_footnotes(struct resolver *resolver, struct buffer *out)
{
    for (size_t i = 0; i < resolver->footnote_count; i++) {
        struct footnote_use use = resolver->footnotes[i];
        const struct document *document = &resolver->page->documents[use.document];
        const struct node *node = &document->nodes[use.node];
        struct passage passage = passage_whole(resolver->page, use.document);
        struct edits edits = {.resolver = resolver,
                              .passage = &passage,
                              .document = document,
                              .from = node->at,
                              .to = node->at + node->length,
                              .pool = BUFFER(LIMIT_PAGE_BYTES)};
        uint32_t label = node->at;
        while (label < edits.to && document->source.at[label] != ':')
            label++;
        end_line(out);
        buffer_byte(out, '\n');
        buffer_printf(out, "[^%zu]", i + 1);
        edits.from = label;
        edits_collect(&edits, use.node + 1, node->end);
        edits_apply(&edits, out);
        edits_free(&edits);
    }
}

/* More than one document whole: definitions of links and footnotes may lie
 * outside of what is shown, and two files may use one label. */
static bool is_patchwork(const struct page *page)
{
    const struct passage *passage = page->passages;
    return page->passage_count != 1 || page->document_count != 1 || passage->first > 1 ||
           passage->end != page->documents[passage->document].node_count;
}

bool resolve_markdown(struct buffer *out, const struct page *page, enum resolve_mode mode,
                      const struct resolve_hooks *hooks)
{
    struct resolver resolver = {
        .page = page, .hooks = hooks, .mode = mode, .is_patchwork = mode == RESOLVE_MERGED && is_patchwork(page)};
    size_t start = out->length;
    resolve_passages(&resolver, page->passages, page->passage_count, out);
    if (mode == RESOLVE_MERGED && slice_starts_with(slice_from(buffer_view(out), start), "---") &&
        buffer_reserve(out, 1)) { /* a rule, which must not be read as the begin of front matter */
        memmove(out->at + start + 1, out->at + start, out->length - start - 1);
        out->at[start] = '\n';
    }
    if (resolver.is_patchwork)
        write_footnotes(&resolver, out);
    for (uint32_t i = 0; resolver.footnote_numbers && i < page->document_count; i++)
        free(resolver.footnote_numbers[i]);
    free(resolver.footnote_numbers);
    free(resolver.footnotes);
    return !out->overflowed && !resolver.overflowed;
}
