#ifndef WAYMARK_PARSE_PARTS_H
#define WAYMARK_PARSE_PARTS_H

/* What the files of this folder share; nobody else includes it.
 *
 *   parser.c       the order of the steps for one file
 *   preflight.c    encoding, lines, limits that must hold before cmark sees the text
 *   front_matter.c the YAML header: where it is, what its keys mean
 *   directive.c    the grammar of one directive line and of attributes
 *   extension.c    directives and parameters as extensions of cmark
 *   blocks.c       from cmark's blocks to nodes; headings.c, containers.c, tables.c
 *   content.c      where the bytes of a block's content stand in the file
 *   inlines.c      from cmark's inlines to nodes, with their places
 *   texts.c        runs of text, mail addresses, what looks like syntax and is none
 *   links.c        where destinations are written
 *   destinations.c what kind they are, which parts they have, what may pass
 *   html.c         raw HTML among inlines; html_block.c: its blocks; html_tag.c: tags
 *   ids.c          automatic ids, duplicates
 *   memory.c       cmark's memory
 *
 * cmark-gfm is used through its inner headers (node.h, parser.h), which Debian's
 * package installs: the content of a block, the pointers of text into it and
 * the state of open blocks are what exact places are made of. */

#include "base/arena.h"
#include "base/diag.h"
#include "base/table.h"
#include "model/document.h"
#include "parse/parser.h"
#define CMARK_NO_SHORT_NAMES 1 /* NODE_… are ours */
#include <cmark-gfm/cmark-gfm-extension_api.h>
#include <cmark-gfm/cmark-gfm.h>
#include <cmark-gfm/node.h>
#include <cmark-gfm/parser.h>

/* Of the core extensions, whose own headers are not installed. */
extern cmark_node_type CMARK_NODE_TABLE, CMARK_NODE_STRIKETHROUGH;

/* A directive or attribute block as it is written; slices point into a line. */
struct written_attribute {
    struct slice key, value; /* value is unescaped, in the scratch arena when it had escapes */
    uint32_t key_at;
    uint32_t at, length; /* as in struct attribute */
};

struct written_attributes {
    struct slice id;
    uint32_t id_at, id_bytes;
    struct written_attribute *items;
    uint32_t count, capacity;
};

struct directive_line {
    unsigned colons;
    struct slice name; /* lower case */
    struct slice label;
    uint32_t label_at; /* file offset; the label is absent when label.at is NULL */
    struct written_attributes attributes;
};

enum directive_kind { DIRECTIVE_CONTAINER, DIRECTIVE_LEAF, DIRECTIVE_CLOSER, DIRECTIVE_STRAY, DIRECTIVE_LINE };

/* What hangs on cmark's custom blocks. */
struct directive_block {
    enum directive_kind kind;
    uint32_t line;       /* cmark's line number of the directive line */
    uint32_t at, length; /* the directive's own characters in the file */
    struct directive_line written;
    bool is_closed;
    uint32_t close_line; /* when closed */
};

/* Bytes of a block whose inlines are to be made, and where they stand in the file. */
struct inline_segment {
    uint32_t content, source; /* from this byte of the content on, bytes stand here in the file */
};

struct inline_text {
    unsigned char *at; /* writable, one more byte behind it */
    size_t length;
    struct inline_segment *segments; /* sorted; none: places are not known */
    uint32_t segment_count;
};

/* A raw tag that waits for its closing tag. */
struct open_tag {
    uint32_t node;        /* its NODE_HTML or NODE_HTML_BLOCK */
    uint32_t tag;         /* row of the table of tags */
    uint32_t at, length;  /* of the tag in the file */
    struct slice literal; /* of the whole node, as it is shown when it is refused */
    struct slice id;      /* of `<a id="x">`; at [id_at, id_at + id_bytes) of the file */
    uint32_t id_at, id_bytes;
};

/* Two blocks of raw HTML, one of which opens what the other closes. */
struct tag_link {
    uint32_t opener, closer; /* nodes */
    uint32_t at, length;     /* of the closing tag in the file */
    struct slice literal;    /* of the closer */
};

/* An inline whose end is not known yet. */
struct inline_open {
    uint32_t node;
    uint32_t opener; /* bytes of its opening delimiter */
    size_t begin;    /* byte of the content, SIZE_MAX when not known */
    size_t frame;    /* of tags */
};

/* An open section. */
struct open_section {
    uint32_t node, section;
    unsigned level;
};

/* A condition (`only`, `except`) that is open where a block stands. */
struct condition {
    uint32_t directive;
    uint32_t parent; /* index + 1 of the one around it, 0: none */
};

struct footnote {
    struct slice label; /* as written */
    cmark_node *definition;
    uint32_t node; /* NODE_FOOTNOTE, once made */
    bool is_used;
    bool is_again; /* the label was defined before */
};

/* A link by reference whose definition's place is looked for at the end. */
struct pending_definition {
    uint32_t reference;
    struct slice label;
};

struct parser {
    /* for all documents */
    cmark_syntax_extension *directives, *parameters, *root;
    cmark_syntax_extension *table, *strikethrough, *autolink, *tasklist;
    struct document_builder builder;
    struct arena blocks;  /* cmark's memory for one document, and what hangs on its blocks */
    struct arena inlines; /* cmark's memory for the inlines of one block */
    struct arena scratch; /* for one document */
    struct buffer plain;  /* plain text of the heading at hand */
    struct buffer run;    /* text that is being put together */
    struct buffer work;   /* for a moment */

    /* the document at hand */
    struct slice source;
    const char *text; /* the bytes that cmark reads, at the same offsets as `source` */
    bool is_patched;  /* text is not source: bytes were replaced */
    bool is_refused;
    uint32_t body_at;
    uint32_t *lines; /* where each line of the body begins; lines[line_count] is the end */
    size_t line_count, line_capacity;
    uint32_t findings_dropped;
    cmark_parser *cmark;

    /* blocks */
    cmark_node *closing; /* the container that the line at hand closes */
    int closing_line;
    unsigned malformed_openers; /* reported, and not met by a closing line yet */
    bool is_overlay;            /* text between operations is an error */
    bool seen_block;            /* of the body, definitions and comments not counted */
    bool seen_title;            /* a level-1 heading */
    unsigned last_level;
    uint32_t operation;        /* node of the operation whose body this is, or NODE_NONE */
    struct slice operation_id; /* what it aims at, until a heading has taken it; at NULL: nothing */
    uint32_t operation_id_at, operation_id_bytes;
    struct open_section *sections;
    size_t section_count, section_capacity, section_base;
    struct condition *conditions;
    size_t condition_count, condition_capacity;
    uint32_t condition;              /* index + 1 of the innermost open condition */
    uint32_t *identifier_conditions; /* of each identifier: index + 1 into conditions */
    size_t identifier_condition_count, identifier_condition_capacity;
    struct footnote *footnotes;
    size_t footnote_count, footnote_capacity;
    struct table footnote_by_key;
    uint32_t *footnote_order;
    size_t footnote_order_count, footnote_order_capacity;
    struct open_tag *tags;
    size_t tag_count, tag_capacity, tag_base;
    struct tag_link *tag_links;
    size_t tag_link_count, tag_link_capacity;
    struct pending_definition *pending;
    size_t pending_count, pending_capacity;
    uint32_t reported_id;    /* where a malformed `{#…}` was reported last */
    uint64_t expanded_bytes; /* by link definitions */
    uint64_t expansion_most; /* the largest definition */

    /* inlines of the block at hand */
    struct inline_text content;
    bool collects_plain;
    bool saw_param;
    unsigned link_depth; /* inside links no address becomes one */
    struct inline_open *open;
    size_t open_count, open_capacity;
};

/* White space as CommonMark has it: blank, tab, line ends, form feed. */
static inline bool byte_is_space(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* ---- findings ---- */

/* `at` and `length` are bytes of the file. Level and category are catalogued. */
void finding_add(struct parser *parser, enum diag_code code, uint32_t at, uint32_t length, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* The help line of the finding added last. */
void finding_help(struct parser *parser, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Refuses the document: a finding of DOCUMENT_LIMIT, and no nodes. */
void refuse(struct parser *parser, uint32_t at, uint32_t length, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* ---- steps ---- */

/* Encoding; sets text, is_patched. False: refused. */
bool preflight_encoding(struct parser *parser);
/* Splits off and reads the front matter; sets body_at. */
void front_matter_read(struct parser *parser);
/* Lines of the body; limits of lines, nesting and tables. False: refused. */
bool preflight_body(struct parser *parser);
/* Would cmark take too long over these inlines? Then refused and true. */
bool preflight_inlines(struct parser *parser, const struct inline_text *text);

void memory_use(struct arena *arena); /* cmark's allocations come from here now */
cmark_mem *memory_hooks(void);

/* Creates the extensions of a new parser. */
void extension_setup(struct parser *parser);
void extension_free(struct parser *parser);

/* Makes nodes of the whole tree; called when cmark has all blocks and no inlines. */
void blocks_convert(struct parser *parser, cmark_node *root);

/* ---- nodes ---- */

uint32_t node_add(struct parser *parser, enum node_type type);
static inline struct node *node_at(struct parser *parser, uint32_t index)
{
    return &parser->builder.nodes[index];
}
/* The end of a node's subtree is here. */
static inline void node_end(struct parser *parser, uint32_t index)
{
    parser->builder.nodes[index].end = (uint32_t)parser->builder.node_count;
}
void node_place(struct parser *parser, uint32_t index, uint32_t at, uint32_t end);
/* Whole lines [first, last], counted from 1 as cmark does. */
void node_lines(struct parser *parser, uint32_t index, uint32_t first, uint32_t last);
static inline struct slice pool_text(const struct parser *parser, struct span span)
{
    return (struct slice){buffer_string(&parser->builder.pool) + span.at, span.length};
}
/* Text in the pool; bytes that were no UTF-8 become U+FFFD. */
void node_text_pool(struct parser *parser, uint32_t index, struct slice text);
struct span pool_add(struct parser *parser, struct slice text);

uint32_t identifier_add(struct parser *parser, enum identifier_kind kind, uint32_t node, struct slice id, uint32_t at,
                        uint32_t length);

/* ---- inlines ---- */

/* Makes nodes of the inlines of `holder`, whose content becomes `text`. */
void inlines_convert(struct parser *parser, cmark_node *holder, struct inline_text text);
/* The same without a block of cmark's: a label. */
void inlines_convert_text(struct parser *parser, struct inline_text text);
/* The file offset of a byte of the content, or UINT32_MAX. */
uint32_t inline_place(const struct inline_text *text, size_t offset);

/* ---- links ---- */

/* Fills a reference for the destination `url`, which stands at [at, at + length)
 * of the file when length is not 0; returns its index. */
uint32_t reference_add(struct parser *parser, uint32_t node, struct slice url, unsigned flags, uint32_t at,
                       uint32_t length);
/* The same for the `xref` of an include. */
void include_add(struct parser *parser, uint32_t node, struct slice target, uint32_t at, uint32_t length);
/* Adds tokens for every `{{name}}` in `text` (a destination or title). */
bool tokens_in_text(struct parser *parser, uint32_t node, struct slice text, uint32_t at, bool is_verbatim);
/* The length of `{{name}}` at the front of `text`, 0 when there is none. */
size_t token_length(struct slice text);
/* A finding for `{{` that begins no token. */
void param_malformed(struct parser *parser, struct slice rest, uint32_t at);
/* Finds the places of destinations of links by reference, which stand elsewhere. */
void definitions_place(struct parser *parser);

/* ---- raw HTML ---- */

/* Tags are balanced among siblings. Each list of siblings is a frame: begin it,
 * and what is open at its end is refused. */
size_t html_frame_begin(struct parser *parser);
void html_frame_end(struct parser *parser, size_t frame);
/* The frame goes on, but tags do not reach over this point: a section begins or ends here. */
void html_flush(struct parser *parser);
/* One inline tag or comment; `at` is its place in the file, or UINT32_MAX. */
void html_inline(struct parser *parser, struct slice literal, uint32_t at);
/* When all nodes are made: refuses what belongs to what was refused. */
void html_settle(struct parser *parser);
void html_block(struct parser *parser, cmark_node *block, uint32_t first_line, uint32_t last_line);

/* ---- directives ---- */

/* Reads a directive line: `line` without its end; `at` is its place in the file.
 * False: it is none. When it looks as if it was meant to be one, a finding says
 * what is wrong with it. */
bool directive_read(struct parser *parser, struct slice line, uint32_t at, struct directive_line *out);
/* `:::`: the number of colons, 0 when it is no closer. */
unsigned directive_closer(struct slice line);
/* Reads `{…}` at the front of `text`; `*length` is what was read. False, with a
 * finding, when it is malformed. */
bool attributes_read(struct parser *parser, struct slice text, uint32_t at, struct written_attributes *out,
                     size_t *length);
uint32_t directive_add(struct parser *parser, const struct directive_block *block, uint32_t node);

/* ---- ids ---- */

/* Is it an id? Otherwise a finding says why. The id in Form C, in scratch. */
bool id_check(struct parser *parser, struct slice id, uint32_t at, struct slice *normal);
/* Gives ids to headings without one and reports those that stand twice. */
void ids_settle(struct parser *parser);

/* Gives every identifier the title of what it stands on; called once all nodes stand. */
void identifier_titles(struct parser *parser);

#endif
