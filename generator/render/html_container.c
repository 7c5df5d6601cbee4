/* What directives make: typed elements, includes, conditions, passages in another
 * language. Their words and what is in an include come from the hooks. */

#include "render/html_walk.h"

static struct slice attribute_text(const struct html_walk *walk, const struct directive *directive, const char *key)
{
    struct slice value = {0};
    directive_attribute(walk->document, directive, key, &value);
    return value;
}

/* `:::lang{lang="en" dir="ltr" why="untranslated"}`, as `waymark resolve` writes it. */
static void open_language(struct html_walk *walk, const struct directive *directive)
{
    struct slice why = attribute_text(walk, directive, "why");
    html_line(walk);
    PUT(walk, "<div");
    if (!html_is_bare(walk)) {
        PUT(walk, " class=\"w-passage");
        if (slice_is(why, "untranslated"))
            PUT(walk, " w-untranslated");
        else if (slice_is(why, "stale"))
            PUT(walk, " w-stale");
        PUT(walk, "\"");
    }
    html_language(walk, attribute_text(walk, directive, "lang"),
                  slice_is(attribute_text(walk, directive, "dir"), "rtl"));
    PUT(walk, ">\n");
}

static bool is_shown(struct html_walk *walk, const struct directive *directive)
{
    bool shown = true;
    if (html_is_bare(walk))
        return true;
    html_note_read(walk, HTML_READ_CONDITION, (uint32_t)(directive - walk->document->directives));
    if (walk->hooks->condition && !walk->hooks->condition(walk->hooks->context, &walk->where, directive, &shown))
        return true;
    return shown;
}

static bool is_condition(struct slice name)
{
    return slice_is(name, "only") || slice_is(name, "except");
}

uint32_t html_enter_condition(struct html_walk *walk, uint32_t i, const struct node *node)
{
    const struct directive *directive = &walk->document->directives[node->extra];
    uint32_t close = node->detail2;
    if (close <= i || close >= walk->document->node_count)
        return i + 1;
    if (is_condition(document_text(walk->document, directive->name)))
        return is_shown(walk, directive) ? i + 1 : close + 1;
    if (slice_is(document_text(walk->document, directive->name), "lang")) {
        uint32_t end = close + 1;
        if (walk->open_count && walk->open[walk->open_count - 1].end < end && walk->open_count > walk->passage_base)
            end = walk->open[walk->open_count - 1].end;
        open_language(walk, directive);
        html_push(walk, CLOSE_DIV, i, end);
    }
    return i + 1;
}

/* ---- typed elements ---- */

static void put_fields(struct html_walk *walk, const struct html_directive *answer)
{
    if (answer->field_count == 0)
        return;
    PUT(walk, "<dl class=\"w-fields\">");
    for (uint32_t i = 0; i < answer->field_count; i++) {
        const struct html_field *field = &answer->fields[i];
        if (i == 0 || !slice_equal(field->name, field[-1].name)) {
            if (i)
                PUT(walk, "</div>");
            PUT(walk, "<div><dt>");
            html_escape(walk->out, field->name);
            PUT(walk, "</dt>");
        }
        bool is_link = field->href.length && html_url_allowed(field->href);
        PUT(walk, "<dd");
        if (!is_link)
            html_language(walk, field->language, field->is_rtl);
        if (is_link) {
            PUT(walk, "><a class=\"w-xref\" href=\"");
            html_url(walk->out, field->href);
            PUT(walk, "\"");
            html_language(walk, field->language, field->is_rtl);
        }
        PUT(walk, ">");
        html_escape(walk->out, field->text);
        if (is_link)
            PUT(walk, "</a>");
        PUT(walk, "</dd>");
    }
    PUT(walk, "</div></dl>\n");
}

static uint32_t enter_element(struct html_walk *walk, uint32_t i, const struct node *node,
                              const struct directive *directive, const struct html_directive *answer)
{
    const struct document *document = walk->document;
    struct slice name = document_text(document, directive->name);
    struct slice kind = answer->kind.length ? answer->kind : name;
    uint32_t label = i + 1 < node->end && node[1].type == NODE_LABEL ? i + 1 : NODE_NONE;
    uint32_t next = label == NODE_NONE ? i + 1 : document->nodes[label].end;

    html_line(walk);
    html_text_break(walk);
    PUT(walk, "<section class=\"w-element w-kind-");
    html_escape(walk->out, name);
    PUT(walk, "\"");
    html_id_attribute(walk, document_text(document, directive->id));
    PUT(walk, " aria-label=\"");
    html_escape(walk->out, kind);
    if (label != NODE_NONE) {
        size_t before = walk->scratch.length;
        html_plain(walk, &walk->scratch, label + 1, next);
        PUT(walk, ": ");
        html_escape(walk->out, slice_from(buffer_view(&walk->scratch), before));
        walk->scratch.length = before;
    }
    PUT(walk, "\"><p class=\"w-element-title\"><span class=\"w-element-kind\">");
    html_escape(walk->out, kind);
    PUT(walk, "</span>");
    if (label != NODE_NONE) {
        PUT(walk, " ");
        html_inline_range(walk, label + 1, next);
        html_text_break(walk);
    }
    PUT(walk, "</p>\n");
    put_fields(walk, answer);
    if (answer->passages) {
        walk->include_depth++;
        html_passages(walk, answer->passages, answer->passage_count);
        walk->include_depth--;
        next = node->end;
    }
    html_push(walk, CLOSE_SECTION, i, node->end);
    return next;
}

/* ---- includes ---- */

static void open_included(struct html_walk *walk, struct slice from)
{
    html_line(walk);
    html_text_break(walk);
    if (html_is_bare(walk)) {
        PUT(walk, "<div>\n");
        return;
    }
    PUT(walk, "<div class=\"w-included\" data-from=\"");
    html_escape(walk->out, from);
    PUT(walk, "\">\n");
}

static void show_include(struct html_walk *walk, uint32_t index)
{
    struct html_include answer = {0};
    if (html_is_bare(walk))
        return;
    html_note_read(walk, HTML_READ_REFERENCE, index);
    if (!walk->hooks->include ||
        !walk->hooks->include(walk->hooks->context, &walk->where, &walk->document->references[index], &answer))
        return;
    open_included(walk, answer.from);
    walk->include_depth++;
    html_passages(walk, answer.passages, answer.passage_count);
    walk->include_depth--;
    if (answer.title.length && answer.href.length && html_url_allowed(answer.href)) {
        html_line(walk);
        PUT(walk, "<p class=\"w-included-from\">");
        html_escape(walk->out, walk->words->included_from);
        PUT(walk, " <a href=\"");
        html_url(walk->out, answer.href);
        PUT(walk, "\">");
        html_escape(walk->out, answer.title);
        PUT(walk, "</a></p>\n");
    }
    html_line(walk);
    PUT(walk, "</div>\n");
}

static void show_leaf(struct html_walk *walk, const struct html_directive *answer)
{
    html_line(walk);
    html_put(walk->out, answer->html.at, answer->html.length);
    if (!answer->passages)
        return;
    walk->include_depth++;
    html_passages(walk, answer->passages, answer->passage_count);
    walk->include_depth--;
}

uint32_t html_enter_container(struct html_walk *walk, uint32_t i, const struct node *node)
{
    const struct document *document = walk->document;
    const struct directive *directive = &document->directives[node->extra];
    struct slice name = document_text(document, directive->name);
    struct html_directive answer = {0};

    if (node->type == NODE_LEAF) {
        uint32_t include = include_reference(document, i);
        if (include != NODE_NONE) {
            show_include(walk, include);
            return node->end;
        }
    } else if (is_condition(name)) {
        return is_shown(walk, directive) ? i + 1 : node->end;
    } else if (slice_is(name, "lang")) {
        open_language(walk, directive);
        html_push(walk, CLOSE_DIV, i, node->end);
        return i + 1;
    } else if (slice_is(name, "included")) {
        open_included(walk, attribute_text(walk, directive, "from"));
        html_push(walk, CLOSE_DIV, i, node->end);
        return i + 1;
    }

    if (html_is_bare(walk))
        return node->type == NODE_LEAF ? node->end : i + 1;
    html_note_read(walk, HTML_READ_DIRECTIVE, node->extra);
    bool has_answer =
        walk->hooks->directive && walk->hooks->directive(walk->hooks->context, &walk->where, directive, &answer);
    if (answer.is_hidden && has_answer)
        return node->end;
    if (node->type == NODE_CONTAINER)
        return enter_element(walk, i, node, directive, &answer);
    if (has_answer)
        show_leaf(walk, &answer);
    return node->end;
}
