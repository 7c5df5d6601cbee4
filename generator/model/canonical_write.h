#ifndef WAYMARK_MODEL_CANONICAL_WRITE_H
#define WAYMARK_MODEL_CANONICAL_WRITE_H

/* Writes canonical text node by node; behind canonical.h, for its own files. */

#include "model/canonical.h"

struct canonical_writer {
    struct buffer *out;
    const struct document *document;
    const struct canonical_rules *rules;
    struct buffer prefix; /* of every line: two blanks for each list around it, `> ` for each quote */
    unsigned base_level;  /* heading level written as `#`; 0: not known yet */
    bool folds;           /* inside a heading: letters without case */
    bool in_cell;         /* bars are escaped */
    bool has_text;        /* the line has more than its prefix and marker */
    bool wants_space;     /* white space was read since */
    struct buffer scratch;
    uint32_t *footnotes; /* nodes of the definitions, in the order they were first referred to */
    size_t footnote_count, footnote_capacity;
    size_t footnotes_written;
    uint32_t *footnote_numbers; /* by node: from 1, 0 for none; NULL before the first footnote */
    bool writes_footnotes;      /* one loop writes them all: definitions that refer to others do not recurse */
};

void canonical_begin(struct canonical_writer *writer, struct buffer *out, const struct document *document,
                     const struct canonical_rules *rules);
/* Brings what was written since byte `from` to Form C. */
void canonical_compose(struct buffer *out, size_t from);
/* Numbers footnotes from 1 again. */
void canonical_forget_footnotes(struct canonical_writer *writer);
/* Composes, and frees what the writer holds. */
void canonical_end(struct canonical_writer *writer, size_t from);

/* buffer_append without a call where the room is there. */
static inline void canonical_put(struct buffer *out, const char *bytes, size_t length)
{
    if (length && out->capacity - out->length > length && out->length + length <= out->most_bytes && !out->overflowed) {
        memcpy(out->at + out->length, bytes, length);
        out->length += length;
        out->at[out->length] = 0;
    } else if (length) {
        buffer_append(out, bytes, length);
    }
}

/* ---- lines (canonical_line.c) ---- */

void canonical_line_begin(struct canonical_writer *writer);
void canonical_line_end(struct canonical_writer *writer);
/* Bytes that stand as they are: marks of structure, destinations. */
void canonical_mark(struct canonical_writer *writer, struct slice mark);
void canonical_number(struct canonical_writer *writer, uint32_t number);
/* Text: white space is joined to one blank; `* _ [ ] \` \\` are escaped if asked. */
void canonical_words(struct canonical_writer *writer, struct slice text, bool escapes);
void canonical_inlines(struct canonical_writer *writer, uint32_t first, uint32_t end);
/* `name[label]{attributes}` of a directive whose node is `node`. */
void canonical_directive(struct canonical_writer *writer, const struct directive *directive, uint32_t label);

/* ---- blocks (canonical.c) ---- */

/* The blocks in [first, end); sections are transparent. */
void canonical_blocks(struct canonical_writer *writer, uint32_t first, uint32_t end);

#endif
