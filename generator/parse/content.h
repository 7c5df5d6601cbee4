#ifndef WAYMARK_PARSE_CONTENT_H
#define WAYMARK_PARSE_CONTENT_H

/* The content of a block and where its bytes stand in the file. */

#include "parse/parts.h"

/* Lines from 1, as cmark counts them. */
struct line_range {
    uint32_t first, last;
};

/* A line of the body without its end; {NULL, 0} when there is no such line. */
struct slice line_bytes_of(const struct parser *parser, uint32_t line);

/* Content that cmark put together from whole lines within [first, last]: a
 * paragraph, a setext heading. `*range` are the lines it is found on. `last` 0: it
 * begins on `first`. */
struct inline_text content_of_lines(struct parser *parser, const cmark_strbuf *content, uint32_t first, uint32_t last,
                                    struct line_range *range);
/* Content that stands as it is at byte `source` of the file. */
struct inline_text content_at(struct parser *parser, const cmark_strbuf *content, uint32_t source);
/* A writable copy of bytes of the file. */
struct inline_text content_copy(struct parser *parser, struct slice bytes, uint32_t source);
/* A part of a content; the byte behind it is in the content too, or its NUL. */
struct inline_text content_part(struct parser *parser, const struct inline_text *text, size_t from, size_t length);

#endif
