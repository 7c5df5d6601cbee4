#ifndef WAYMARK_PARSE_PARSER_H
#define WAYMARK_PARSE_PARSER_H

/* From the bytes of one Markdown file to a sealed flat document (model/document.h).
 *
 * What is wrong with the file goes into the document's findings, so that the
 * document can be cached and its findings be reported again. Nothing that a file
 * holds makes parsing fail: a file that is refused (not UTF-8, over a limit)
 * gives a document with that finding and without nodes but the root.
 *
 * A parser serves one document after another and keeps its memory between them.
 * cmark-gfm keeps global tables while it parses: one parser at a time in a
 * process, and no threads. */

#include "base/buffer.h"
#include "base/slice.h"

struct parser;

struct parser *parser_new(void);
void parser_free(struct parser *parser); /* accepts NULL */

/* Appends the sealed document to `out`; `*at` is where it starts, a multiple of
 * 8. Returns false, with nothing appended that anybody may use, only when `out`
 * overflowed. `source` is the whole file, front matter included; it is copied. */
bool parse_document(struct parser *parser, struct slice source, struct buffer *out, size_t *at);

#endif
