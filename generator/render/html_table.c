/* Tables of a body. The box around a table scrolls on narrow screens, so it can
 * be reached by keyboard and has a name; alignment is a class, because the pages
 * forbid inline styles. */

#include "render/html_walk.h"

static void put_box(struct html_walk *walk)
{
    walk->table_count++;
    PUT(walk, "<div class=\"w-table\" role=\"region\" tabindex=\"0\" aria-label=\"");
    html_escape(walk->out, walk->words->table);
    if (walk->table_count > 1) { /* two regions of one name could not be told apart */
        PUT(walk, " ");
        html_number(walk->out, walk->table_count);
    }
    if (walk->label.length) {
        PUT(walk, ": ");
        html_escape(walk->out, buffer_view(&walk->label));
    }
    PUT(walk, "\">");
}

static void open_cell(struct html_walk *walk, uint32_t i, const struct node *node)
{
    const struct html_open *row = walk->open_count > walk->passage_base ? &walk->open[walk->open_count - 1] : NULL;
    bool is_header = row && row->close == CLOSE_HEADER_ROW;
    bool is_bare = html_is_bare(walk);
    html_line(walk);
    if (!is_header)
        PUT(walk, "<td");
    else if (is_bare)
        PUT(walk, "<th");
    else
        PUT(walk, "<th scope=\"col\"");
    if (node->detail == 'l' && is_bare)
        PUT(walk, " align=\"left\"");
    else if (node->detail == 'l')
        PUT(walk, " class=\"w-left\"");
    else if (node->detail == 'c' && is_bare)
        PUT(walk, " align=\"center\"");
    else if (node->detail == 'c')
        PUT(walk, " class=\"w-center\"");
    else if (node->detail == 'r' && is_bare)
        PUT(walk, " align=\"right\"");
    else if (node->detail == 'r')
        PUT(walk, " class=\"w-right\"");
    PUT(walk, ">");
    html_text_break(walk);
    html_push(walk, is_header ? CLOSE_HEADER_CELL : CLOSE_CELL, i, node->end);
}

static void open_row(struct html_walk *walk, uint32_t i, const struct node *node)
{
    struct html_open *table = walk->open_count > walk->passage_base ? &walk->open[walk->open_count - 1] : NULL;
    if (table && table->close != CLOSE_TABLE)
        table = NULL;
    bool is_header = node->flags & NODE_HEADER && (!table || !table->has_body);
    html_line(walk);
    if (is_header) {
        PUT(walk, "<thead>\n");
    } else if (table && !table->has_body) {
        table->has_body = true;
        PUT(walk, "<tbody>\n");
    }
    PUT(walk, "<tr");
    html_identifier_attribute(walk, node->extra);
    PUT(walk, ">");
    html_push(walk, is_header ? CLOSE_HEADER_ROW : CLOSE_ROW, i, node->end);
}

uint32_t html_enter_table(struct html_walk *walk, uint32_t i, const struct node *node)
{
    if (node->type == NODE_TABLE) {
        html_line(walk);
        if (!html_is_bare(walk))
            put_box(walk);
        PUT(walk, "<table>\n");
        html_push(walk, CLOSE_TABLE, i, node->end);
    } else if (node->type == NODE_ROW) {
        open_row(walk, i, node);
    } else {
        open_cell(walk, i, node);
    }
    return i + 1;
}
