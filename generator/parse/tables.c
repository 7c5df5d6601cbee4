/* Tables. cmark gives rows and cells, but not the places of cells nor the cells
 * that it drops; so the line of each row is cut into cells once more, by the
 * rules of cmark's own table extension. */

#include "parse/blocks.h"
#include <cmark-gfm-core-extensions.h>

/* A cell on its line: the bytes between its bars, without blanks at both ends. */
struct written_cell {
    uint32_t from, to; /* bytes of the line */
};

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\v' || byte == '\f';
}

/* The next cell of `line` from `*at` on; false at the end. */
static bool next_cell(struct slice line, size_t *at, struct written_cell *cell)
{
    size_t from = *at, to = from;
    if (from >= line.length)
        return false;
    while (to < line.length && line.at[to] != '|')
        to += line.at[to] == '\\' && to + 1 < line.length && line.at[to + 1] == '|' ? 2 : 1;
    if (to > line.length)
        to = line.length;
    *at = to + 1;
    while (*at < line.length && is_space(line.at[*at]))
        ++*at;
    if (to == line.length)
        *at = to;
    bool has_bar = to < line.length;
    while (from < to && is_space(line.at[from]))
        from++;
    while (to > from && is_space(line.at[to - 1]))
        to--;
    *cell = (struct written_cell){(uint32_t)from, (uint32_t)to};
    return has_bar || to > from;
}

static size_t skip_bar(struct slice line, size_t at)
{
    if (at < line.length && line.at[at] == '|')
        for (at++; at < line.length && is_space(line.at[at]); at++)
            ;
    return at;
}

/* Does the content of `cell` stand between its bars at `written`? */
static bool cell_is(struct slice line, const cmark_node *cell, struct written_cell written)
{
    size_t length = written.to - written.from, size = (size_t)cell->content.size;
    if (length == size)
        return size == 0 || memcmp(line.at + written.from, cell->content.ptr, size) == 0;
    size_t read = written.from;
    for (size_t i = 0; i < size; i++, read++) {
        read += read + 1 < written.to && line.at[read] == '\\' && line.at[read + 1] == '|';
        if (read >= written.to || (unsigned char)line.at[read] != cell->content.ptr[i])
            return false;
    }
    return read == written.to;
}

/* Where the row's text begins on its line: behind the prefixes of its containers.
 * It is the first place from which on the cells are those that cmark has. */
static bool row_begin(struct slice line, const cmark_node *row, size_t *begin)
{
    for (size_t at = 0; at <= line.length; at++) {
        if (at < line.length && is_space(line.at[at]))
            continue;
        size_t from = skip_bar(line, at);
        bool same = true;
        struct written_cell written;
        for (const cmark_node *cell = row->first_child; cell && same && next_cell(line, &from, &written);
             cell = cell->next)
            same = cell_is(line, cell, written);
        if (same) {
            *begin = at;
            return true;
        }
        if (at < line.length && !strchr(">-+*0123456789.)", line.at[at]))
            return false;
    }
    return false;
}

static struct inline_text cell_content(struct parser *parser, cmark_node *cell, struct slice line,
                                       struct written_cell written)
{
    struct inline_text text = {cell->content.ptr, (size_t)cell->content.size, NULL, 0};
    uint32_t source = (uint32_t)(line.at - parser->text), count = 1;
    bool has_escape = written.to - written.from != text.length;
    for (uint32_t i = written.from; has_escape && i + 1 < written.to; i++)
        count += line.at[i] == '\\' && line.at[i + 1] == '|';
    text.segments = ARENA_ARRAY(&parser->scratch, struct inline_segment, count);
    text.segments[text.segment_count++] = (struct inline_segment){0, source + written.from};
    uint32_t content = 0;
    for (uint32_t i = written.from; has_escape && i < written.to; i++, content++) {
        if (line.at[i] != '\\' || i + 1 >= written.to || line.at[i + 1] != '|')
            continue;
        i++;
        text.segments[text.segment_count++] = (struct inline_segment){content, source + i};
    }
    return text;
}

/* Behind the last cell that cmark took there should be nothing. */
static void check_cell_count(struct parser *parser, struct slice line, size_t at, uint32_t columns)
{
    struct written_cell cell, first_extra = {0, 0};
    uint32_t count = columns;
    for (; next_cell(line, &at, &cell); count++)
        if (count == columns)
            first_extra = cell;
    if (count == columns)
        return;
    uint32_t place = (uint32_t)(line.at - parser->text) + first_extra.from;
    finding_add(parser, DIAG_TABLE_CELLS, place, first_extra.to - first_extra.from,
                "this row has %u cells, but the table's head has %u", count, columns);
    finding_help(parser, "add a column to the head, or write '\\|' for a bar that is text");
}

static void row_convert(struct parser *parser, cmark_node *row, uint32_t line_number, uint32_t columns,
                        const uint8_t *alignments)
{
    uint32_t node = node_add(parser, NODE_ROW);
    struct slice line = line_bytes_of(parser, line_number);
    size_t begin = 0, at;
    bool is_found = line.at && row_begin(line, row, &begin);
    bool is_header = cmark_gfm_extensions_get_table_row_is_header(row);
    if (is_header)
        node_at(parser, node)->flags |= NODE_HEADER;
    at = skip_bar(line, begin);
    uint32_t column = 0;
    for (cmark_node *cell = row->first_child; cell; cell = cell->next, column++) {
        struct written_cell written;
        struct inline_text text = {cell->content.ptr, (size_t)cell->content.size, NULL, 0};
        bool is_written = is_found && next_cell(line, &at, &written);
        if (is_written)
            text = cell_content(parser, cell, line, written);
        struct written_attributes attributes;
        if (column == 0 && trailing_id(parser, &text, &attributes)) {
            uint32_t identifier =
                identifier_add(parser, IDENTIFIER_ROW, node, attributes.id, attributes.id_at, attributes.id_bytes);
            node_at(parser, node)->extra = identifier;
        }
        uint32_t cell_node = node_add(parser, NODE_CELL);
        node_at(parser, cell_node)->detail = alignments && column < columns ? alignments[column] : 0;
        if (is_written) {
            uint32_t source = (uint32_t)(line.at - parser->text);
            node_place(parser, cell_node, source + written.from, source + written.to);
        }
        inlines_convert(parser, cell, text);
        node_end(parser, cell_node);
    }
    if (is_found && !is_header)
        check_cell_count(parser, line, at, columns);
    if (line.at)
        node_lines(parser, node, line_number, line_number);
    node_end(parser, node);
}

uint32_t table_convert(struct parser *parser, cmark_node *block)
{
    uint32_t columns = cmark_gfm_extensions_get_table_columns(block);
    const uint8_t *alignments = cmark_gfm_extensions_get_table_alignments(block);
    cmark_node *header = block->first_child, *row = header ? header->next : NULL;
    /* Of a paragraph that ends in a table cmark keeps the first line as the
     * table's; rows know theirs, and the head stands two lines above the first. */
    uint32_t line = row ? (uint32_t)row->start_line - 2 : (uint32_t)block->end_line - 1;
    uint32_t node = node_add(parser, NODE_TABLE), last = line + 1;
    node_at(parser, node)->detail = (uint16_t)columns;
    if (header)
        row_convert(parser, header, line, columns, alignments);
    for (; row && !parser->is_refused; row = row->next) {
        last = (uint32_t)row->start_line;
        row_convert(parser, row, last, columns, alignments);
    }
    node_lines(parser, node, line, last);
    node_end(parser, node);
    return last;
}
