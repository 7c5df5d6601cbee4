/* What changes between a document's source and the Markdown that `waymark
 * resolve` prints: ids, parameters, conditions, includes, comments. */

#include "base/arena.h"
#include "base/limits.h"
#include "vary/resolve_parts.h"
#include <stdlib.h>

void edit_put(struct edits *edits, uint32_t at, uint32_t end, struct slice text)
{
    if (edits->splice_count == edits->splice_capacity)
        LIST_GROW(edits->splices, edits->splice_count, edits->splice_capacity);
    edits->splices[edits->splice_count] = (struct splice){.at = at,
                                                          .end = end,
                                                          .order = (uint32_t)edits->splice_count,
                                                          .text = edits->pool.length,
                                                          .text_bytes = text.length};
    edits->splice_count++;
    buffer_slice(&edits->pool, text);
}

static bool is_blank(struct slice line)
{
    /* The marks of quotes count as blank: they are the begin of every line there. */
    for (size_t i = 0; i < line.length; i++)
        if (!byte_is(line.at[i], " \t\r\n>"))
            return false;
    return true;
}

void edit_drop_lines(struct edits *edits, uint32_t at, uint32_t end)
{
    struct slice source = edits->document->source;
    bool is_first = at <= edits->from, is_last = end >= edits->to;
    uint32_t before = is_first ? at : line_start(source, at - 1), after = is_last ? end : line_end(source, end);
    if (is_first || is_last || is_blank((struct slice){source.at + before, at - before}) ||
        is_blank((struct slice){source.at + end, after - end})) {
        edit_put(edits, at, end, (struct slice){0});
        return;
    }
    uint32_t mark = at; /* `> ` of a quote goes on in the empty line */
    while (mark < end && byte_is(source.at[mark], " \t>"))
        mark++;
    struct slice prefix = slice_trim((struct slice){source.at + at, mark - at});
    edit_put(edits, at + (uint32_t)(prefix.length ? mark - at : 0), end, SLICE("\n"));
}

/* ---- headings ---- */

/* Where the text of an ATX heading's line ends: before closing hashes and blanks.
 * `at` is its first hash. */
static uint32_t atx_text_end(struct slice source, uint32_t at, uint32_t end)
{
    while (at < end && source.at[at] == '#')
        at++;
    while (end > at && byte_is(source.at[end - 1], " \t\r\n"))
        end--;
    uint32_t hashes = end;
    while (hashes > at && source.at[hashes - 1] == '#')
        hashes--;
    if (hashes == end || hashes == at || !byte_is(source.at[hashes - 1], " \t"))
        return end;
    while (hashes > at && byte_is(source.at[hashes - 1], " \t"))
        hashes--;
    return hashes;
}

/* The `{#id …}` that holds byte `id_at`, with the blanks before it. */
static bool id_block(struct slice source, uint32_t id_at, uint32_t *at, uint32_t *end)
{
    *at = id_at;
    while (*at > 0 && source.at[*at - 1] != '{' && source.at[*at - 1] != '\n')
        (*at)--;
    if (*at == 0 || source.at[*at - 1] != '{')
        return false;
    *end = id_at;
    bool is_quoted = false;
    for (; *end < source.length && source.at[*end] != '\n'; (*end)++) {
        if (source.at[*end] == '"')
            is_quoted = !is_quoted;
        if (source.at[*end] == '}' && !is_quoted)
            break;
    }
    if (*end == source.length || source.at[*end] != '}')
        return false;
    (*end)++;
    (*at)--;
    while (*at > 0 && byte_is(source.at[*at - 1], " \t"))
        (*at)--;
    return true;
}

static void drop_id(struct edits *edits, uint32_t id_at)
{
    uint32_t at, end;
    if (id_block(edits->document->source, id_at, &at, &end))
        edit_put(edits, at, end, (struct slice){0});
}

/* An ATX heading of another level, or a setext heading made one. */
static void change_level(struct edits *edits, const struct node *heading, unsigned level, bool is_atx, uint32_t marks)
{
    struct slice source = edits->document->source;
    char hashes[] = "###### ";
    if (is_atx) {
        uint32_t end = marks;
        while (end < source.length && source.at[end] == '#')
            end++;
        edit_put(edits, marks, end, (struct slice){hashes, level});
        return;
    }
    uint32_t under = line_start(source, heading->at + heading->length - 1);
    edit_put(edits, marks, marks, (struct slice){hashes + 6 - level, level + 1});
    for (uint32_t at = line_end(source, marks); at < under; at = line_end(source, at)) {
        uint32_t text = at;
        while (text < under && byte_is(source.at[text], " \t>"))
            text++;
        edit_put(edits, at - 1, text, SLICE(" "));
    }
    edit_put(edits, under, heading->at + heading->length, (struct slice){0});
}

static bool is_first_section(const struct edits *edits, uint32_t section)
{
    const struct section *sections = edits->document->sections;
    return sections[section].node >= edits->passage->first &&
           (section == 0 || sections[section - 1].node < edits->passage->first);
}

static void edit_heading(struct edits *edits, const struct node *node)
{
    const struct document *document = edits->document;
    struct slice source = document->source;
    const struct passage *passage = edits->passage;
    if (node->length == 0)
        return;
    uint32_t marks = node->at, end = node->at + node->length;
    while (marks < end && byte_is(source.at[marks], " \t>"))
        marks++;
    bool is_atx = line_end(source, node->at) >= end; /* a setext heading has its underline */
    int level = node->detail + passage->level_shift;
    level = level < 1 ? 1 : level > 6 ? 6 : level;
    if (level != node->detail)
        change_level(edits, node, (unsigned)level, is_atx, marks);
    if (node->extra == NODE_NONE)
        return;

    const struct section *section = &document->sections[node->extra];
    if (passage->flags & PASSAGE_NO_IDS) {
        if (section->id_bytes)
            drop_id(edits, section->id_at);
        return;
    }
    struct slice id = passage_section_id(edits->resolver->page, passage, node->extra);
    if (section->id_bytes) {
        if (is_first_section(edits, node->extra) && passage->id_document != PAGE_NONE)
            edit_put(edits, section->id_at, section->id_at + section->id_bytes, id);
        return;
    }
    uint32_t text_end;
    if (is_atx) {
        text_end = atx_text_end(source, marks, end);
    } else {
        text_end = line_start(source, end - 1);
        while (text_end > node->at && byte_is(source.at[text_end - 1], " \t\r\n"))
            text_end--;
        if (source.at[marks] == '[' && source.at[text_end - 1] == ':') /* `[a]: {#a}` would define a link */
            edit_put(edits, marks, marks, SLICE("\\"));
    }
    struct buffer text = BUFFER(4096);
    buffer_printf(&text, " {#%.*s}", SLICE_ARGS(id));
    edit_put(edits, text_end, text_end, buffer_view(&text));
    buffer_free(&text);
}

/* ---- parameters, references ---- */

static void append_percent(struct buffer *out, struct slice text)
{
    for (size_t i = 0; i < text.length; i++) {
        char byte = text.at[i];
        bool stands = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
                      byte_is(byte, "-._~");
        if (stands)
            buffer_byte(out, byte);
        else
            buffer_printf(out, "%%%02X", (unsigned)(unsigned char)byte);
    }
}

static void edit_tokens(struct edits *edits, uint32_t first, uint32_t end)
{
    const struct document *document = edits->document;
    const struct resolve_hooks *hooks = edits->resolver->hooks;
    if (!hooks || !hooks->parameter)
        return;
    for (uint32_t i = 0; i < document->token_count; i++) {
        const struct token *token = &document->tokens[i];
        struct slice value;
        if (token->node < first || token->node >= end || token->length == 0 ||
            !hooks->parameter(hooks->context, edits->resolver->page, document_text(document, token->name), &value))
            continue;
        struct buffer text = BUFFER(LIMIT_PAGE_BYTES);
        const struct node *node = &document->nodes[token->node];
        if (node->type == NODE_PARAM) {
            bool at_start = is_blank((struct slice){document->source.at + line_start(document->source, token->at),
                                                    token->at - line_start(document->source, token->at)});
            markdown_escape(&text, value, at_start);
        } else {
            const struct reference *reference = &document->references[node->extra];
            if (reference->at == token->at && reference->length == token->length)
                buffer_slice(&text, value);
            else
                append_percent(&text, value);
        }
        edit_put(edits, token->at, token->at + token->length, buffer_view(&text));
        buffer_free(&text);
    }
}

/* `[text][label]`, `[text][]`, `[text]` whose definition stands elsewhere: the
 * destination moves to where the link is. */
static void inline_link(struct edits *edits, const struct node *node, struct slice destination)
{
    const struct document *document = edits->document;
    struct slice source = document->source;
    uint32_t end = node->at + node->length;
    if (node->length < 3 || source.at[end - 1] != ']')
        return;
    uint32_t open = end - 1;
    while (open > node->at && (source.at[open] != '[' || source.at[open - 1] == '\\'))
        open--;
    bool has_label = open > node->at && source.at[open - 1] == ']';
    struct buffer text = BUFFER(LIMIT_PAGE_BYTES);
    struct slice title = node_text(document, node);
    buffer_text(&text, "(");
    markdown_destination(&text, destination);
    if (title.length) {
        buffer_text(&text, " \"");
        for (size_t i = 0; i < title.length; i++) {
            if (byte_is(title.at[i], "\"\\&"))
                buffer_byte(&text, '\\');
            buffer_byte(&text, title.at[i] == '\n' ? ' ' : title.at[i]);
        }
        buffer_text(&text, "\"");
    }
    buffer_text(&text, ")");
    edit_put(edits, has_label ? open : end, end, buffer_view(&text));
    buffer_free(&text);
}

static void append_written(const struct document *document, const struct reference *reference, struct buffer *out)
{
    static const char *const schemes[] = {
        [REFERENCE_XREF] = "xref:", [REFERENCE_RELATIVE] = "", [REFERENCE_TERM] = "term:", [REFERENCE_CITE] = "cite:",
        [REFERENCE_URL] = "",       [REFERENCE_REFUSED] = "",  [REFERENCE_INCLUDE] = "",
    };
    buffer_text(out, schemes[reference->kind]);
    if (reference->release.length)
        buffer_printf(out, "%.*s@", SLICE_ARGS(document_text(document, reference->release)));
    if (reference->source.length)
        buffer_printf(out, "%.*s:", SLICE_ARGS(document_text(document, reference->source)));
    buffer_slice(out, document_text(document, reference->target));
    if (reference->fragment.length)
        buffer_printf(out, "#%.*s", SLICE_ARGS(document_text(document, reference->fragment)));
}

static void edit_link(struct edits *edits, const struct node *node)
{
    const struct resolver *resolver = edits->resolver;
    const struct document *document = edits->document;
    const struct reference *reference = &document->references[node->extra];
    bool is_inside =
        reference->length && reference->at >= node->at && reference->at + reference->length <= node->at + node->length;
    struct buffer destination = BUFFER(LIMIT_PAGE_BYTES);
    bool is_moved =
        resolver->hooks && resolver->hooks->destination &&
        resolver->hooks->destination(resolver->hooks->context, resolver->page, document, reference, &destination);
    if (node->length == 0 || reference->flags & REFERENCE_AUTOLINK) {
        buffer_free(&destination);
        return;
    }
    if (is_inside && is_moved) {
        struct buffer text = BUFFER(LIMIT_PAGE_BYTES);
        markdown_destination(&text, buffer_view(&destination));
        edit_put(edits, reference->at, reference->at + reference->length, buffer_view(&text));
        buffer_free(&text);
    } else if (!is_inside && resolver->is_patchwork) {
        if (!is_moved) {
            buffer_clear(&destination);
            append_written(document, reference, &destination);
        }
        inline_link(edits, node, buffer_view(&destination));
    }
    buffer_free(&destination);
}

static void edit_footnote(struct edits *edits, const struct node *node)
{
    struct resolver *resolver = edits->resolver;
    uint32_t number = resolve_footnote(resolver, edits->passage->document, node->extra);
    if (!resolver->is_patchwork || node->length == 0)
        return;
    char text[24];
    int length = snprintf(text, sizeof text, "[^%u]", number);
    edit_put(edits, node->at, node->at + node->length, (struct slice){text, (size_t)length});
}

/* ---- directives ---- */

static const struct directive *directive_of(const struct document *document, const struct node *node)
{
    return &document->directives[node->extra];
}

static bool is_condition(const struct document *document, const struct node *node)
{
    struct slice name = document_text(document, directive_of(document, node)->name);
    return slice_is(name, "only") || slice_is(name, "except");
}

static bool ask_condition(const struct edits *edits, const struct node *node, bool *is_shown)
{
    const struct resolver *resolver = edits->resolver;
    return is_condition(edits->document, node) && resolver->hooks && resolver->hooks->condition &&
           resolver->hooks->condition(resolver->hooks->context, resolver->page, edits->document,
                                      directive_of(edits->document, node), is_shown);
}

/* A line of a directive is gone; what stands before it on the line, the marker of
 * a list item, stays. */
static void drop_directive(struct edits *edits, uint32_t at, uint32_t length)
{
    struct slice source = edits->document->source;
    uint32_t start = line_start(source, at);
    if (is_blank((struct slice){source.at + start, at - start}))
        edit_drop_lines(edits, start, line_end(source, at));
    else
        edit_put(edits, at, at + length, (struct slice){0});
}

/* The line that closes a container of whole lines [at, at + length); false: it has none. */
static bool closing_line(struct slice source, uint32_t at, uint32_t length, uint32_t *start)
{
    uint32_t end = at + length;
    if (length == 0)
        return false;
    *start = line_start(source, end - 1);
    struct slice line = {source.at + *start, end - *start};
    while (line.length && byte_is(line.at[0], " \t>"))
        line = slice_from(line, 1);
    line = slice_trim(line);
    for (size_t i = 0; i < line.length; i++)
        if (line.at[i] != ':')
            return false;
    return line.length >= 3;
}

/* A condition inside a list, quote or container. */
static void edit_condition_block(struct edits *edits, const struct node *node, bool is_shown)
{
    const struct directive *directive = directive_of(edits->document, node);
    struct slice source = edits->document->source;
    uint32_t start, end = node->at + node->length;
    if (!is_shown) {
        start = line_start(source, directive->at);
        if (is_blank((struct slice){source.at + start, directive->at - start})) {
            edit_drop_lines(edits, start, end);
        } else {
            while (end > directive->at && byte_is(source.at[end - 1], "\r\n"))
                end--;
            edit_put(edits, directive->at, end, (struct slice){0});
        }
        return;
    }
    drop_directive(edits, directive->at, directive->length);
    if (closing_line(source, node->at, node->length, &start))
        edit_drop_lines(edits, start, end);
}

static void edit_include(struct edits *edits, uint32_t leaf)
{
    struct resolver *resolver = edits->resolver;
    const struct document *document = edits->document;
    const struct directive *directive = directive_of(document, &document->nodes[leaf]);
    uint32_t index = include_reference(document, leaf);
    const struct passage *passages = NULL;
    uint32_t count = 0;
    if (index == NODE_NONE || !resolver->hooks || !resolver->hooks->include ||
        resolver->include_depth >= LIMIT_INCLUDE_DEPTH ||
        !resolver->hooks->include(resolver->hooks->context, resolver->page, document, &document->references[index],
                                  &passages, &count))
        return;
    struct buffer body = BUFFER(LIMIT_PAGE_BYTES), text = BUFFER(LIMIT_PAGE_BYTES);
    struct slice from = {0};
    directive_attribute(document, directive, "xref", &from);
    buffer_printf(&body, ":::included{from=\"%.*s\"}\n", SLICE_ARGS(from));
    resolver->include_depth++;
    resolve_passages(resolver, passages, count, &body);
    resolver->include_depth--;
    buffer_text(&body, ":::");

    /* Lines after the first begin as the line of the directive does, markers of items as blanks. */
    uint32_t start = line_start(document->source, directive->at);
    struct slice rest = buffer_view(&body);
    for (bool is_first = true; rest.length; is_first = false) {
        size_t length = slice_find(rest, '\n');
        for (uint32_t i = start; i < directive->at && !is_first; i++)
            buffer_byte(&text,
                        document->source.at[i] == '>' || document->source.at[i] == '\t' ? document->source.at[i] : ' ');
        buffer_append(&text, rest.at, length < rest.length ? length + 1 : length);
        rest = slice_from(rest, length + 1);
    }
    edit_put(edits, directive->at, directive->at + directive->length, buffer_view(&text));
    resolver->overflowed |= body.overflowed || text.overflowed || edits->pool.overflowed;
    buffer_free(&body);
    buffer_free(&text);
}

/* `#id` of an element, item, row or anchor in a passage that brings none. */
static void edit_identifier(struct edits *edits, const struct identifier *identifier)
{
    const struct document *document = edits->document;
    const struct node *node = &document->nodes[identifier->node];
    struct slice source = document->source;
    if (identifier->length == 0)
        return;
    if (node->type == NODE_ANCHOR) {
        edit_put(edits, node->at, node->at + node->length, (struct slice){0});
    } else if (identifier->kind == IDENTIFIER_ITEM || identifier->kind == IDENTIFIER_ROW) {
        drop_id(edits, identifier->at);
    } else if (identifier->kind == IDENTIFIER_ELEMENT && identifier->at && source.at[identifier->at - 1] == '#') {
        edit_put(edits, identifier->at - 1, identifier->at + identifier->length, (struct slice){0});
    }
}

static void edit_identifiers(struct edits *edits, uint32_t first, uint32_t end)
{
    const struct document *document = edits->document;
    for (uint32_t i = 0; i < document->identifier_count; i++)
        if (document->identifiers[i].node >= first && document->identifiers[i].node < end)
            edit_identifier(edits, &document->identifiers[i]);
}

/* ---- the walk ---- */

/* The index to go on with. */
static uint32_t edit_node(struct edits *edits, uint32_t i)
{
    const struct document *document = edits->document;
    const struct node *node = &document->nodes[i];
    struct slice source = document->source;
    bool is_shown = true;
    switch (node->type) {
    case NODE_HEADING:
        edit_heading(edits, node);
        break;
    case NODE_LINK:
    case NODE_IMAGE:
        edit_link(edits, node);
        break;
    case NODE_FOOTNOTE_REF:
        edit_footnote(edits, node);
        break;
    case NODE_FOOTNOTE: /* written where it is used, by resolve_markdown */
        if (edits->resolver->is_patchwork && node->length && node->at >= edits->from &&
            node->at + node->length <= edits->to)
            edit_drop_lines(edits, node->at, node->at + node->length);
        return edits->resolver->is_patchwork ? node->end : i + 1;
    case NODE_LEAF:
        edit_include(edits, i);
        break;
    case NODE_CONTAINER:
        if (!ask_condition(edits, node, &is_shown))
            break;
        edit_condition_block(edits, node, is_shown);
        return is_shown ? i + 1 : node->end;
    case NODE_CONDITION_OPEN:
        if (!ask_condition(edits, node, &is_shown))
            break;
        if (is_shown) {
            drop_directive(edits, directive_of(document, node)->at, directive_of(document, node)->length);
            break;
        }
        const struct node *close = &document->nodes[node->detail2];
        uint32_t end = close->length ? close->at + close->length : (uint32_t)source.length;
        edit_drop_lines(edits, line_start(source, node->at), end);
        return node->detail2 + 1;
    case NODE_CONDITION_CLOSE:
        if (node->length && ask_condition(edits, &document->nodes[node->detail2], &is_shown) && is_shown)
            edit_drop_lines(edits, node->at, node->at + node->length);
        break;
    default:
        break;
    }
    return i + 1;
}

void edits_collect(struct edits *edits, uint32_t first, uint32_t end)
{
    for (uint32_t i = first; i < end;)
        i = edit_node(edits, i);
    edit_tokens(edits, first, end);
    if (edits->passage->flags & PASSAGE_NO_IDS)
        edit_identifiers(edits, first, end);
}

static int compare_splices(const void *a, const void *b)
{
    const struct splice *left = a, *right = b;
    if (left->at != right->at)
        return left->at < right->at ? -1 : 1;
    if (left->end != right->end) /* what replaces more comes first and swallows the rest, but insertions stand */
        return left->end == left->at ? -1 : right->end == right->at ? 1 : left->end > right->end ? -1 : 1;
    return left->order < right->order ? -1 : left->order > right->order;
}

void edits_apply(struct edits *edits, struct buffer *out)
{
    uint32_t at = edits->from;
    if (edits->splice_count)
        qsort(edits->splices, edits->splice_count, sizeof *edits->splices, compare_splices);
    for (size_t i = 0; i < edits->splice_count; i++) {
        const struct splice *splice = &edits->splices[i];
        if (splice->at < at || splice->end > edits->to)
            continue;
        buffer_append(out, edits->document->source.at + at, splice->at - at);
        buffer_append(out, buffer_view(&edits->pool).at + splice->text, splice->text_bytes);
        at = splice->end;
    }
    buffer_append(out, edits->document->source.at + at, edits->to - at);
}

void edits_free(struct edits *edits)
{
    buffer_free(&edits->pool);
    free(edits->splices);
}
