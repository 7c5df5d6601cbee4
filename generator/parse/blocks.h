#ifndef WAYMARK_PARSE_BLOCKS_H
#define WAYMARK_PARSE_BLOCKS_H

/* What the files that turn blocks into nodes share. */

#include "parse/content.h"

/* Where a block stands. */
struct place_in {
    bool makes_sections; /* headings begin sections here */
    bool takes_headings; /* headings are no error here */
    unsigned depth;      /* of blocks */
};

/* Converts the children of `block`; returns the last line of the last of them, or `line` when it has none. */
uint32_t blocks_convert_children(struct parser *parser, cmark_node *block, struct place_in place, uint32_t line);
uint32_t blocks_convert_one(struct parser *parser, cmark_node *block, struct place_in place);

/* headings.c */
uint32_t heading_convert(struct parser *parser, cmark_node *block, struct place_in place);
/* Ends the sections that are open above `base`; `line` is the first line behind them. */
void sections_close(struct parser *parser, size_t base, unsigned level, uint32_t at);
/* `{#id}` at the end of a content: cut off, checked. False: there is none. */
bool trailing_id(struct parser *parser, struct inline_text *text, struct written_attributes *out);

/* tables.c */
uint32_t table_convert(struct parser *parser, cmark_node *block);

/* containers.c */
uint32_t directive_convert(struct parser *parser, cmark_node *block, struct place_in place);
uint32_t quote_convert(struct parser *parser, cmark_node *block, struct place_in place);
void label_convert(struct parser *parser, struct inline_text text);

#endif
