#ifndef WAYMARK_VARY_RESOLVE_PARTS_H
#define WAYMARK_VARY_RESOLVE_PARTS_H

/* What the files behind resolve_markdown.h share; nobody else includes it.
 *
 * A passage is resolved by splices: places in the source bytes of its document,
 * each with the text that stands there instead. Splices are collected in the
 * order of the nodes and applied in the order of the bytes; what lies inside a
 * range that is gone is dropped with it. */

#include "vary/resolve_markdown.h"

struct splice {
    uint32_t at, end;        /* source bytes that it replaces; equal: an insertion */
    uint32_t order;          /* of collecting: decides between insertions at one place */
    size_t text, text_bytes; /* in resolver.pool */
};

struct footnote_use {
    uint32_t document, node; /* its NODE_FOOTNOTE */
};

struct resolver {
    const struct page *page;
    const struct resolve_hooks *hooks;
    enum resolve_mode mode;
    bool is_patchwork; /* several documents, or parts of one: definitions are gathered at the end */
    bool overflowed;   /* a text grew beyond LIMIT_PAGE_BYTES: nothing more is made */
    unsigned include_depth;
    struct footnote_use *footnotes; /* those that the page refers to, in order */
    size_t footnote_count, footnote_capacity;
    uint32_t **footnote_numbers; /* by document and node: from 1; NULL: none yet */
};

/* Edits of one range of one document. */
struct edits {
    struct resolver *resolver;
    const struct passage *passage;
    const struct document *document;
    uint32_t from, to;  /* source bytes of the range */
    struct buffer pool; /* texts of splices */
    struct splice *splices;
    size_t splice_count, splice_capacity;
};

/* Collects the splices of nodes [first, end). */
void edits_collect(struct edits *edits, uint32_t first, uint32_t end);
/* Those of comments: what lies in [from, to) and in no leaf of nodes [first, end). */
void edits_comments(struct edits *edits, uint32_t first, uint32_t end);
/* Sorts the splices and writes the range with them. */
void edits_apply(struct edits *edits, struct buffer *out);
void edits_free(struct edits *edits);

/* `text` may be empty: the bytes are gone. */
void edit_put(struct edits *edits, uint32_t at, uint32_t end, struct slice text);
/* Whole lines [at, end) are gone; an empty line stays where blocks would run together. */
void edit_drop_lines(struct edits *edits, uint32_t at, uint32_t end);

/* The number of a footnote on this page, from 1. */
uint32_t resolve_footnote(struct resolver *resolver, uint32_t document, uint32_t node);
/* The Markdown of passages, in order. */
void resolve_passages(struct resolver *resolver, const struct passage *passages, uint32_t count, struct buffer *out);

/* ---- bytes and lines of the source ---- */

/* strchr finds a NUL in every set. */
static inline bool byte_is(char byte, const char *set)
{
    return byte && strchr(set, byte);
}

/* Lines end as CommonMark has it: in LF, CR LF, or CR alone. */
static inline bool ends_line(struct slice source, uint32_t at)
{
    return source.at[at] == '\n' || (source.at[at] == '\r' && (at + 1 >= source.length || source.at[at + 1] != '\n'));
}

static inline uint32_t line_start(struct slice source, uint32_t at)
{
    while (at > 0 && !ends_line(source, at - 1))
        at--;
    return at;
}

/* Where the line that holds byte `at` ends, its line end included. */
static inline uint32_t line_end(struct slice source, uint32_t at)
{
    while (at < source.length && !ends_line(source, at))
        at++;
    return at < source.length ? at + 1 : at;
}

/* `text` as Markdown that reads as this text; `at_line_start`: also where a block may begin. */
void markdown_escape(struct buffer *out, struct slice text, bool at_line_start);
/* `<…>` around a destination. */
void markdown_destination(struct buffer *out, struct slice destination);

#endif
