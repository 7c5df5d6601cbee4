/* Inlines of a body: links, images, parameters, emphasis, code. What a link
 * leads to is the hooks' answer; that it may be shown is decided here again. */

#include "render/html_walk.h"

/* ---- what stands without markup ---- */

static bool ask_parameter(struct html_walk *walk, const struct node *node, struct html_parameter *answer)
{
    *answer = (struct html_parameter){0};
    return walk->hooks && walk->hooks->parameter &&
           walk->hooks->parameter(walk->hooks->context, &walk->where, node_text(walk->document, node), answer);
}

static void plain_parameter(struct html_walk *walk, struct buffer *out, const struct node *node)
{
    struct html_parameter answer;
    if (!ask_parameter(walk, node, &answer)) {
        html_put(out, "{{", 2);
        html_put(out, node_text(walk->document, node).at, node->text_bytes);
        html_put(out, "}}", 2);
    } else if (answer.is_filled) {
        html_put(out, answer.text.at, answer.text.length);
    } else {
        html_put(out, "[", 1);
        html_put(out, answer.text.at, answer.text.length);
        html_put(out, "]", 1);
    }
}

static bool ask_target(struct html_walk *walk, const struct reference *reference, struct html_target *target)
{
    *target = (struct html_target){0};
    return walk->hooks && walk->hooks->resolve &&
           walk->hooks->resolve(walk->hooks->context, &walk->where, reference, target);
}

void html_plain(struct html_walk *walk, struct buffer *out, uint32_t first, uint32_t end)
{
    const struct document *document = walk->document;
    for (uint32_t i = first; i < end; i++) {
        const struct node *node = &document->nodes[i];
        struct html_target target;
        switch (node->type) {
        case NODE_TEXT:
        case NODE_CODE:
            html_put(out, node_text(document, node).at, node->text_bytes);
            break;
        case NODE_SOFT_BREAK:
        case NODE_LINE_BREAK:
            html_put(out, " ", 1);
            break;
        case NODE_PARAM:
            plain_parameter(walk, out, node);
            break;
        case NODE_LINK:
            if (document->references[node->extra].flags & REFERENCE_EMPTY_TEXT &&
                ask_target(walk, &document->references[node->extra], &target))
                html_put(out, target.text.at, target.text.length);
            break;
        default:
            break;
        }
    }
}

/* The plain text of [first, end), escaped, without a word to the facts. */
static void put_plain(struct html_walk *walk, uint32_t first, uint32_t end)
{
    size_t before = walk->scratch.length;
    html_plain(walk, &walk->scratch, first, end);
    struct slice text = slice_from(buffer_view(&walk->scratch), before);
    if (text.length) {
        html_text_add(walk, text);
        html_escape(walk->out, text);
    }
    walk->scratch.length = before;
}

/* ---- where a reference leads ---- */

/* A decoded path or fragment: what would be read as the begin of an encoded byte
 * or of the fragment is encoded again. */
static void put_decoded(struct buffer *out, struct slice text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] == '%')
            html_put(out, "%25", 3);
        else if (text.at[i] == '#')
            html_put(out, "%23", 3);
        else
            html_put(out, text.at + i, 1);
    }
}

/* The destination as it stands in the document, in walk->scratch from where it
 * ended before; the caller gives the room back. */
static struct slice written_destination(struct html_walk *walk, const struct reference *reference)
{
    const struct document *document = walk->document;
    size_t before = walk->scratch.length;
    if (reference->kind == REFERENCE_URL)
        return document_text(document, reference->target);
    put_decoded(&walk->scratch, document_text(document, reference->target));
    if (reference->fragment.length) {
        html_put(&walk->scratch, "#", 1);
        put_decoded(&walk->scratch, document_text(document, reference->fragment));
    }
    return slice_from(buffer_view(&walk->scratch), before);
}

/* Fills `*target`, and makes sure that what it says may stand on a page. */
static void find_target(struct html_walk *walk, uint32_t index, struct html_target *target)
{
    const struct reference *reference = &walk->document->references[index];
    bool is_plain_url = reference->kind == REFERENCE_URL || reference->kind == REFERENCE_RELATIVE;
    html_note_read(walk, HTML_READ_REFERENCE, index);
    if (reference->kind == REFERENCE_REFUSED) {
        *target = (struct html_target){.state = HTML_REFUSED};
    } else if (!ask_target(walk, reference, target)) {
        *target = (struct html_target){.state = HTML_MISSING};
        if (reference->kind == REFERENCE_URL || (html_is_bare(walk) && is_plain_url))
            *target = (struct html_target){.state = HTML_OK, .href = written_destination(walk, reference)};
        else if (html_is_bare(walk))
            target->state = HTML_PLAIN;
    }
    if (target->state == HTML_OK && !html_url_allowed(target->href))
        target->state = HTML_REFUSED;
    if (target->text.length == 0)
        target->text = document_text(walk->document, reference->target);
    if (target->state == HTML_MISSING && walk->facts && !walk->is_title)
        walk->facts->missing_count++;
}

static bool is_web(struct slice href)
{
    return slice_starts_with(href, "https:") || slice_starts_with(href, "http:");
}

/* `<a …>` for a reference that leads somewhere; returns what closes it. */
static enum html_close open_link(struct html_walk *walk, const struct node *node, const struct html_target *target)
{
    const struct reference *reference = &walk->document->references[node->extra];
    struct slice title = node_text(walk->document, node);
    bool is_cite = reference->kind == REFERENCE_CITE;
    walk->link_depth++;
    if (html_is_bare(walk)) {
        PUT(walk, "<a href=\"");
    } else if (is_cite) {
        PUT(walk, "<cite><a class=\"w-cite\" href=\"");
    } else if (reference->kind == REFERENCE_TERM) {
        PUT(walk, "<a class=\"w-term\" href=\"");
    } else if (reference->kind == REFERENCE_URL && is_web(target->href)) {
        PUT(walk, "<a class=\"w-external\" rel=\"external noopener\" href=\"");
    } else if (reference->kind == REFERENCE_URL) {
        PUT(walk, "<a href=\"");
    } else if (target->is_file) {
        PUT(walk, "<a class=\"w-file\" href=\"");
    } else {
        PUT(walk, "<a class=\"w-xref\" href=\"");
    }
    html_url(walk->out, target->href);
    PUT(walk, "\"");
    if (title.length == 0)
        title = target->title;
    if (title.length) {
        PUT(walk, " title=\"");
        html_escape(walk->out, title);
        PUT(walk, "\"");
    }
    if (!html_is_bare(walk) && reference->flags & REFERENCE_EMPTY_TEXT)
        html_language(walk, target->language, target->is_rtl);
    PUT(walk, ">");
    return is_cite && !html_is_bare(walk) ? CLOSE_CITE : CLOSE_LINK;
}

static uint32_t enter_link(struct html_walk *walk, uint32_t i, const struct node *node)
{
    bool is_empty = walk->document->references[node->extra].flags & REFERENCE_EMPTY_TEXT;
    size_t before = walk->scratch.length;
    struct html_target target;
    enum html_close close = CLOSE_NOTHING;

    find_target(walk, node->extra, &target);
    if (!walk->is_title && walk->link_depth == 0) { /* a link in a link would end the outer one */
        if (target.state == HTML_OK) {
            close = open_link(walk, node, &target);
        } else if (target.state == HTML_MISSING) {
            PUT(walk, "<span class=\"w-missing\">");
            close = CLOSE_MISSING;
        }
    }
    if (is_empty && !html_is_bare(walk)) {
        html_text_add(walk, target.text);
        html_escape(walk->out, target.text);
    }
    walk->scratch.length = before;
    html_push(walk, close, i, node->end);
    return i + 1;
}

static uint32_t enter_image(struct html_walk *walk, uint32_t i, const struct node *node)
{
    size_t before = walk->scratch.length;
    struct html_target target;
    if (walk->is_title) {
        put_plain(walk, i + 1, node->end);
        return node->end;
    }
    find_target(walk, node->extra, &target);
    if (target.state != HTML_OK) {
        if (target.state == HTML_MISSING)
            PUT(walk, "<span class=\"w-missing\">");
        put_plain(walk, i + 1, node->end);
        walk->scratch.length = before;
        html_push(walk, target.state == HTML_MISSING ? CLOSE_MISSING : CLOSE_NOTHING, i, node->end);
        return node->end;
    }
    PUT(walk, "<img src=\"");
    html_url(walk->out, target.href);
    PUT(walk, "\" alt=\"");
    put_plain(walk, i + 1, node->end);
    PUT(walk, "\"");
    if (node->text_bytes) {
        PUT(walk, " title=\"");
        html_escape(walk->out, node_text(walk->document, node));
        PUT(walk, "\"");
    }
    if (html_is_bare(walk)) {
        PUT(walk, " />");
    } else {
        if (target.width && target.height) {
            PUT(walk, " width=\"");
            html_number(walk->out, target.width);
            PUT(walk, "\" height=\"");
            html_number(walk->out, target.height);
            PUT(walk, "\"");
        }
        PUT(walk, " loading=\"lazy\">");
    }
    walk->scratch.length = before;
    return node->end;
}

static void put_parameter(struct html_walk *walk, const struct node *node)
{
    struct html_parameter answer;
    struct slice name = node_text(walk->document, node);
    if (node->extra != NODE_NONE)
        html_note_read(walk, HTML_READ_PARAMETER, node->extra);
    if (!ask_parameter(walk, node, &answer)) {
        PUT(walk, "{{");
        html_escape(walk->out, name);
        PUT(walk, "}}");
        return;
    }
    html_text_add(walk, answer.text);
    bool is_marked = !answer.is_filled && !walk->is_title;
    bool is_foreign = answer.is_filled && answer.language.length;
    if (is_marked) {
        PUT(walk, "<span class=\"w-param-open\" title=\"");
        html_escape(walk->out, walk->words->not_filled_in);
        PUT(walk, "\"");
        html_language(walk, answer.language, answer.is_rtl);
        PUT(walk, ">");
    } else if (is_foreign) {
        PUT(walk, "<span");
        html_language(walk, answer.language, answer.is_rtl);
        PUT(walk, ">");
    }
    if (!answer.is_filled)
        PUT(walk, "[");
    html_escape(walk->out, answer.text);
    if (!answer.is_filled)
        PUT(walk, "]");
    if (is_marked || is_foreign)
        PUT(walk, "</span>");
}

uint32_t html_enter_inline(struct html_walk *walk, uint32_t i, const struct node *node)
{
    switch ((enum node_type)node->type) {
    case NODE_SOFT_BREAK:
        html_text_add(walk, SLICE(" "));
        PUT(walk, "\n");
        return node->end;
    case NODE_LINE_BREAK:
        html_text_add(walk, SLICE(" "));
        if (html_is_bare(walk))
            PUT(walk, "<br />\n");
        else
            PUT(walk, "<br>\n");
        return node->end;
    case NODE_CODE:
        html_text_add(walk, node_text(walk->document, node));
        PUT(walk, "<code>");
        html_escape(walk->out, node_text(walk->document, node));
        PUT(walk, "</code>");
        return node->end;
    case NODE_HTML:
        html_raw(walk, node_text(walk->document, node), false);
        return node->end;
    case NODE_EMPH:
        PUT(walk, "<em>");
        html_push(walk, CLOSE_EMPH, i, node->end);
        return i + 1;
    case NODE_STRONG:
        PUT(walk, "<strong>");
        html_push(walk, CLOSE_STRONG, i, node->end);
        return i + 1;
    case NODE_STRIKE:
        PUT(walk, "<del>");
        html_push(walk, CLOSE_STRIKE, i, node->end);
        return i + 1;
    case NODE_LINK:
        return enter_link(walk, i, node);
    case NODE_IMAGE:
        return enter_image(walk, i, node);
    case NODE_PARAM:
        put_parameter(walk, node);
        return node->end;
    case NODE_FOOTNOTE_REF:
        if (!walk->is_title)
            html_footnote_reference(walk, node);
        return node->end;
    default: /* NODE_ANCHOR: html.c sends nothing else here */
        if (node->extra != NODE_NONE)
            html_alias(walk, document_text(walk->document, walk->document->identifiers[node->extra].id));
        return i + 1;
    }
}
