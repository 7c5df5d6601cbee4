#ifndef WAYMARK_PARSE_DATA_DOCUMENT_H
#define WAYMARK_PARSE_DATA_DOCUMENT_H

/* Documents that are data: a YAML file with `kind`, `id` and `title` at its top,
 * such as a questionnaire or a decision aid. What it says becomes a document like
 * any other, so that it can be read, referred to and translated; programs read
 * the file itself.
 *
 * The keys of front matter are its front matter. Of all others:
 *   a list of entries with `id`     a section each, with that id; its heading is `title`, `text` or `label`
 *   text (`intro`, `help`, …)       a paragraph, with inline Markdown
 *   a list of texts                 a list; those under `refs` are references
 *   answers (with next or outcome)  a list of links to those sections
 *   other entries with a label      a list: label and meaning
 *   numbers, booleans, words that only programs need   nothing */

#include "base/buffer.h"
#include "parse/parser.h"

/* Does a YAML file look like a document? Looks at the beginnings of lines only. */
bool data_document_looks_like(struct slice source);

/* Like parse_document; places are those of the YAML file. */
bool parse_data_document(struct parser *parser, struct slice source, struct buffer *out, size_t *at);

#endif
