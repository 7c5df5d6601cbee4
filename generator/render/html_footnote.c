/* Footnotes: numbered in the order of the page whatever file they come from, and
 * listed at its end, with a way back for each reference. A definition may refer
 * to further ones: they join the end of the list while it is written. */

#include "render/html_walk.h"
#include <stdlib.h>

/* The number of a definition, from 1; a new one when it had none. */
static uint32_t number_of(struct html_walk *walk, uint32_t definition)
{
    uint32_t document_count = walk->where.page->document_count;
    if (!walk->footnote_numbers) {
        walk->footnote_numbers = memory_get(document_count * sizeof *walk->footnote_numbers);
        memset(walk->footnote_numbers, 0, document_count * sizeof *walk->footnote_numbers);
    }
    uint32_t **numbers = &walk->footnote_numbers[walk->document_index];
    if (!*numbers) {
        size_t bytes = walk->document->node_count * sizeof **numbers;
        *numbers = memory_get(bytes);
        memset(*numbers, 0, bytes);
    }
    if ((*numbers)[definition] == 0) {
        if (walk->footnote_count == walk->footnote_capacity)
            LIST_GROW(walk->footnotes, walk->footnote_count, walk->footnote_capacity);
        walk->footnotes[walk->footnote_count++] = (struct html_footnote){.document = walk->document_index,
                                                                         .node = definition,
                                                                         .passage = walk->where.passage,
                                                                         .language = walk->language,
                                                                         .is_rtl = walk->is_rtl};
        (*numbers)[definition] = (uint32_t)walk->footnote_count;
    }
    return (*numbers)[definition];
}

/* Bare output names footnotes by their label, as cmark does; ours by number. */
static void put_name(struct html_walk *walk, const struct html_footnote *footnote, uint32_t number)
{
    if (html_is_bare(walk)) {
        const struct document *document = &walk->where.page->documents[footnote->document];
        html_url(walk->out, node_text(document, &document->nodes[footnote->node]));
    } else {
        html_number(walk->out, number);
    }
}

static void put_which(struct html_walk *walk, uint32_t which)
{
    if (which > 1) {
        PUT(walk, "-");
        html_number(walk->out, which);
    }
}

void html_footnote_reference(struct html_walk *walk, const struct node *node)
{
    if (node->extra >= walk->document->node_count || walk->document->nodes[node->extra].type != NODE_FOOTNOTE)
        return;
    uint32_t number = number_of(walk, node->extra);
    struct html_footnote *footnote = &walk->footnotes[number - 1];
    uint32_t which = ++footnote->reference_count;
    if (html_is_bare(walk)) {
        PUT(walk, "<sup class=\"footnote-ref\"><a href=\"#fn-");
        put_name(walk, footnote, number);
        PUT(walk, "\" id=\"fnref-");
        put_name(walk, footnote, number);
        put_which(walk, which);
        PUT(walk, "\" data-footnote-ref>");
    } else {
        PUT(walk, "<sup class=\"w-footnote-ref\"><a id=\"w--fnref-");
        html_number(walk->out, number);
        put_which(walk, which);
        PUT(walk, "\" href=\"#w--fn-");
        html_number(walk->out, number);
        PUT(walk, "\" role=\"doc-noteref\">");
    }
    html_number(walk->out, number);
    PUT(walk, "</a></sup>");
}

void html_footnote_back(struct html_walk *walk)
{
    uint32_t number = walk->footnote_shown;
    const struct html_footnote *footnote = &walk->footnotes[number - 1];
    walk->footnote_end = 0;
    for (uint32_t which = 1; which <= footnote->reference_count; which++) {
        if (html_is_bare(walk)) {
            PUT(walk, " <a href=\"#fnref-");
            put_name(walk, footnote, number);
            put_which(walk, which);
            PUT(walk, "\" class=\"footnote-backref\" data-footnote-backref aria-label=\"Back to content\">↩");
        } else {
            PUT(walk, " <a class=\"w-footnote-back\" href=\"#w--fnref-");
            html_number(walk->out, number);
            put_which(walk, which);
            PUT(walk, "\" role=\"doc-backlink\" aria-label=\"");
            html_escape(walk->out, walk->words->footnote_back);
            if (footnote->reference_count > 1) {
                PUT(walk, " ");
                html_number(walk->out, number);
                PUT(walk, "-");
                html_number(walk->out, which);
            }
            PUT(walk, "\">↩");
        }
        if (which > 1) {
            if (html_is_bare(walk))
                PUT(walk, "<sup class=\"footnote-ref\">");
            else
                PUT(walk, "<sup>");
            html_number(walk->out, which);
            PUT(walk, "</sup>");
        }
        PUT(walk, "</a>");
    }
}

static void show_footnote(struct html_walk *walk, uint32_t number)
{
    struct html_footnote footnote = walk->footnotes[number - 1]; /* the list may move while it is shown */
    walk->document_index = footnote.document;
    walk->document = walk->where.document = &walk->where.page->documents[footnote.document];
    walk->where.passage = footnote.passage;
    walk->language = footnote.language;
    walk->is_rtl = footnote.is_rtl;
    walk->passage_base = walk->footnote_base = walk->open_count;
    walk->footnote_shown = number;
    walk->footnote_end = walk->document->nodes[footnote.node].end;

    html_line(walk);
    if (html_is_bare(walk)) {
        PUT(walk, "<li id=\"fn-");
        put_name(walk, &footnote, number);
        PUT(walk, "\"");
    } else {
        PUT(walk, "<li id=\"w--fn-");
        html_number(walk->out, number);
        PUT(walk, "\"");
        html_language(walk, footnote.language, footnote.is_rtl);
    }
    PUT(walk, ">\n");
    html_text_break(walk);
    html_range(walk, footnote.node + 1, walk->footnote_end);
    if (walk->footnote_end) { /* it does not end in a paragraph */
        html_footnote_back(walk);
        PUT(walk, "\n");
    }
    PUT(walk, "</li>\n");
    walk->footnote_end = 0;
}

void html_footnote_list(struct html_walk *walk)
{
    if (walk->footnote_count == 0)
        return;
    html_line(walk);
    if (html_is_bare(walk)) {
        PUT(walk, "<section class=\"footnotes\" data-footnotes>\n<ol>\n");
    } else {
        PUT(walk, "<section class=\"w-footnotes\" role=\"doc-endnotes\" aria-labelledby=\"w--footnotes\">\n"
                  "<h2 id=\"w--footnotes\">");
        html_escape(walk->out, walk->words->footnotes);
        PUT(walk, "</h2>\n<ol>\n");
    }
    for (uint32_t number = 1; number <= walk->footnote_count; number++)
        show_footnote(walk, number);
    PUT(walk, "</ol>\n</section>\n");
}
