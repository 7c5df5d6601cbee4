#ifndef WAYMARK_SCRIPT_PIECES_H
#define WAYMARK_SCRIPT_PIECES_H

/* A template cut at its tags.
 *
 *   text  {{ value }}  {{! markup }}  {% statement %}  {# comment #}
 *
 * A `-` right inside a tag's braces drops all white space on that side. A line
 * that holds statements and comments alone is dropped as a whole, so that they may
 * be laid out for the reader of the template. */

#include "base/diag.h"
#include <stdint.h>

enum piece_kind { PIECE_TEXT, PIECE_VALUE, PIECE_MARKUP, PIECE_STATEMENT, PIECE_COMMENT };

struct piece {
    enum piece_kind kind;
    uint32_t at, end;             /* all of it, in the file */
    uint32_t inner_at, inner_end; /* a tag: between its braces, trimmed; text: what is left to show */
    bool trims_before, trims_after;
    bool is_bare; /* its line is dropped */
};

struct pieces {
    struct piece *items;
    size_t count, capacity;
};

/* False, after a TEMPLATE_SYNTAX diagnostic, when a tag is not closed. The pieces
 * cover the whole file, in order. Free items with free(). */
bool pieces_cut(struct pieces *pieces, const struct diag_file *file, struct diag_list *diags);

#endif
