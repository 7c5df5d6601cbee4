#ifndef WAYMARK_PARSE_INLINES_H
#define WAYMARK_PARSE_INLINES_H

/* What the files that turn inlines into nodes share. */

#include "parse/parts.h"

#define LOST SIZE_MAX /* a place in the content that is not known */

/* Bytes of the content that a text node comes from. */
struct inline_piece {
    size_t from, to;
    bool is_verbatim; /* they are its bytes */
};

/* Adjacent pieces; their text stands in parser->run. */
struct inline_run {
    size_t from, to;
    bool is_verbatim;
};

struct inline_walk {
    struct parser *parser;
    const struct inline_text *text;
    size_t cursor; /* byte of the content behind what was visited, or LOST */
    struct inline_run run;
    size_t open_base; /* of parser->open */
    bool is_bare;     /* the last link entered has no delimiter */
};

/* texts.c */
void inline_flush(struct inline_walk *walk);
/* `text` for a node: bytes of the source when byte `offset` of the content is where it stands, unchanged. */
void inline_text_node(struct inline_walk *walk, uint32_t node, struct slice text, size_t offset);
uint32_t inline_words(struct slice text);
/* The footnote that a label names, marked as used; NODE_NONE. */
uint32_t footnote_find(struct parser *parser, struct slice label);

/* links.c */
/* A link or image whose children are complete: its destination, and the cursor behind it. */
void link_finish(struct inline_walk *walk, cmark_node *node, struct inline_open open);

#endif
