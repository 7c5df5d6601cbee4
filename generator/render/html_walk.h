#ifndef WAYMARK_RENDER_HTML_WALK_H
#define WAYMARK_RENDER_HTML_WALK_H

/* The walk behind html.h, shared by the files of this folder that write parts of
 * a body; nobody else includes it.
 *
 * Nodes are visited in pre-order. An element that is open is a frame, which
 * knows the node index at which it closes; so the depth of a document costs heap
 * and not stack, and whatever order nodes come in, what was opened is closed, in
 * reverse. Only includes recurse, to LIMIT_INCLUDE_DEPTH. */

#include "base/table.h"
#include "render/html.h"

/* What leaving a frame writes. */
enum html_close {
    CLOSE_NOTHING,
    CLOSE_PARAGRAPH,
    CLOSE_HEADING,
    CLOSE_QUOTE,
    CLOSE_UNORDERED,
    CLOSE_ORDERED,
    CLOSE_ITEM,
    CLOSE_ASIDE,
    CLOSE_SECTION,
    CLOSE_DIV,
    CLOSE_TABLE,
    CLOSE_HEADER_ROW,
    CLOSE_ROW,
    CLOSE_HEADER_CELL,
    CLOSE_CELL,
    CLOSE_EMPH,
    CLOSE_STRONG,
    CLOSE_STRIKE,
    CLOSE_LINK,
    CLOSE_CITE,
    CLOSE_MISSING,
    CLOSE_TAG,
};

struct html_open {
    uint32_t end;    /* node index at which it closes */
    uint8_t close;   /* enum html_close */
    uint8_t detail;  /* heading: level shown; CLOSE_TAG: index of the tag */
    bool is_tight;   /* paragraphs directly in it have no <p> */
    bool has_body;   /* of a table: <tbody> is open */
    bool has_anchor; /* of a heading: it has an id and so a link to itself */
    uint32_t node;
};

struct html_footnote {
    uint32_t document, node;
    const struct passage *passage;
    struct slice language;
    bool is_rtl;
    uint32_t reference_count;
};

struct html_walk {
    struct buffer *out;
    const struct html_input *input;
    const struct html_hooks *hooks; /* NULL: bare */
    const struct html_words *words;
    struct html_facts *facts; /* NULL: nothing is noted */
    struct buffer *text;      /* facts->text when wanted, else NULL */
    /* where the walk is */
    struct html_where where;
    const struct document *document;
    uint32_t document_index;
    struct slice language; /* of the passage's frame: empty when the page's */
    bool is_rtl;
    bool is_title;          /* inlines of a heading for use elsewhere: no links, ids, footnotes, facts */
    bool is_inline;         /* only inlines are expected: blocks show their inlines alone */
    bool skips_heading;     /* the next heading is not shown */
    size_t passage_base;    /* how many frames were open where the passage began */
    unsigned include_depth; /* 0: not inside an include */
    unsigned link_depth;
    uint32_t table_count;  /* since the last heading */
    struct buffer scratch; /* short texts that are needed twice */
    struct buffer label;   /* plain title of the last heading */
    struct table ids;      /* every id given on the page */
    struct html_open *open;
    size_t open_count, open_capacity;
    struct html_footnote *footnotes;
    size_t footnote_count, footnote_capacity;
    uint32_t **footnote_numbers; /* per document of the page: per node, 1 + index into footnotes */
    uint32_t footnote_end;       /* while a definition is written: its end, else 0 */
    size_t footnote_base;        /* and how many frames were open outside of it */
    uint32_t footnote_shown;     /* its number */
};

/* ---- writing ---- */

/* buffer_append without a call where the room is there. */
static inline void html_put(struct buffer *out, const char *bytes, size_t length)
{
    if (length == 0)
        return;
    if (out->capacity - out->length > length && out->length + length <= out->most_bytes && !out->overflowed) {
        memcpy(out->at + out->length, bytes, length);
        out->length += length;
        out->at[out->length] = 0;
    } else {
        buffer_append(out, bytes, length);
    }
}
#define PUT(walk, literal) html_put((walk)->out, "" literal, sizeof(literal) - 1)

static inline void html_line(struct html_walk *walk)
{
    struct buffer *out = walk->out;
    if (out->length && out->at[out->length - 1] != '\n')
        html_put(out, "\n", 1);
}

/* For search: a word border between blocks. */
static inline void html_text_break(struct html_walk *walk)
{
    struct buffer *text = walk->text;
    if (text && text->length && text->at[text->length - 1] != '\n')
        html_put(text, "\n", 1);
}

static inline void html_text_add(struct html_walk *walk, struct slice words)
{
    if (walk->text)
        html_put(walk->text, words.at, words.length);
}

static inline bool html_is_bare(const struct html_walk *walk)
{
    return walk->hooks == NULL;
}

void html_number(struct buffer *out, uint32_t number);
/* ` lang="…" dir="…"`, or nothing for an empty language. */
void html_language(struct html_walk *walk, struct slice language, bool is_rtl);
/* ` id="…"`, unless the passage brings no ids or the page has that id already. */
void html_id_attribute(struct html_walk *walk, struct slice id);
/* The id of an element, item or row by its index into identifiers. */
void html_identifier_attribute(struct html_walk *walk, uint32_t identifier);
/* `<span id="…" class="w-alias"></span>`, under the same conditions. */
void html_alias(struct html_walk *walk, struct slice id);
/* The text of nodes [first, end) without any markup, not escaped. */
void html_plain(struct html_walk *walk, struct buffer *out, uint32_t first, uint32_t end);
void html_note_read(struct html_walk *walk, enum html_read_kind kind, uint32_t index);

/* ---- the walk ---- */

void html_push(struct html_walk *walk, enum html_close close, uint32_t node, uint32_t end);
void html_leave(struct html_walk *walk);
/* Nodes [first, end), and all that they open. */
void html_range(struct html_walk *walk, uint32_t first, uint32_t end);
/* The same for what holds inlines: titles, labels. Does not recurse, whatever they hold. */
void html_inline_range(struct html_walk *walk, uint32_t first, uint32_t end);
void html_passages(struct html_walk *walk, const struct passage *passages, uint32_t count);

/* Each writes the begin of node `i` and returns the index to go on with. */
uint32_t html_enter_block(struct html_walk *walk, uint32_t i, const struct node *node);
uint32_t html_enter_inline(struct html_walk *walk, uint32_t i, const struct node *node);
uint32_t html_enter_table(struct html_walk *walk, uint32_t i, const struct node *node);
uint32_t html_enter_container(struct html_walk *walk, uint32_t i, const struct node *node);
uint32_t html_enter_condition(struct html_walk *walk, uint32_t i, const struct node *node);

/* Raw HTML that may pass: tags become frames, all else is escaped. */
void html_raw(struct html_walk *walk, struct slice raw, bool is_block);
struct slice html_raw_name(uint8_t tag);

/* The list at the end of the body. */
void html_footnote_list(struct html_walk *walk);
void html_footnote_reference(struct html_walk *walk, const struct node *node);
void html_footnote_back(struct html_walk *walk);

#endif
