#ifndef WAYMARK_MODEL_DOCUMENT_H
#define WAYMARK_MODEL_DOCUMENT_H

/* What one Markdown file says, as one run of bytes without pointers.
 *
 * A document is made once per blob and shared by every variant that shows it.
 * It holds nothing that is not in the file: no path, no commit, no edition, no
 * schema. It is a cache entry as it stands, so document_open() checks it like
 * any other input before anything reads it.
 *
 *   header | facts: fields sections identifiers references tokens directives
 *          | attributes findings | nodes | block hashes | pool | source
 *
 * The facts come first, so that a reader of facts touches few memory pages.
 *
 * Nodes stand in pre-order; `end` is the index one past the last descendant, so
 * every subtree, and every run of siblings, is one range of node indexes. A
 * section is a node: its first child is its heading, its last descendants are
 * its child sections. The body's text before the first section hangs directly
 * under the root (node 0, NODE_DOCUMENT). Conditions (`only`, `except`, `lang`)
 * at top level are transparent to sections: they are a pair of marker leaves,
 * NODE_CONDITION_OPEN and NODE_CONDITION_CLOSE, each naming the other in
 * `detail2`; inside lists, quotes and containers they are NODE_CONTAINER like
 * any other. Footnote definitions stand last under the root. */

#include "base/buffer.h"
#include "base/diag.h"
#include "base/slice.h"
#include <stdint.h>
#include <stdio.h>

enum { DOCUMENT_FORMAT = 2 };

/* A range of bytes of the pool; {0, 0} is empty. */
struct span {
    uint32_t at, length;
};

enum node_type {
    NODE_DOCUMENT,
    NODE_SECTION,  /* extra: index into sections */
    NODE_HEADING,  /* detail: level 1..6; extra: index into sections, or NONE for the page's title */
    NODE_PARAGRAPH,
    NODE_LIST,     /* flags: NODE_ORDERED, NODE_TIGHT; extra: first number of an ordered list */
    NODE_ITEM,     /* flags: NODE_TASK, NODE_CHECKED; extra: index into identifiers, or NONE */
    NODE_QUOTE,
    NODE_NOTE,     /* a note in either spelling; detail: enum note_kind; extra: index into directives for `:::kind`,
                      NONE for `> [!KIND]`; a title is a first child NODE_LABEL */
    NODE_CODE_BLOCK, /* text: content; the info string, if any, is a first child NODE_INFO. Raw HTML that was
                        refused is a code block too, without info: its bytes are shown, not obeyed */
    NODE_INFO,     /* text: the info string of a code block */
    NODE_HTML_BLOCK, /* text: what may pass of it, already reduced to the allow-list */
    NODE_RULE,
    NODE_TABLE,    /* detail: column count */
    NODE_ROW,      /* flags: NODE_HEADER; extra: index into identifiers, or NONE */
    NODE_CELL,     /* detail: 0, 'l', 'c' or 'r' */
    NODE_CONTAINER, /* :::name … :::; extra: index into directives; a label is a first child NODE_LABEL */
    NODE_LEAF,     /* ::name{…}; extra: index into directives; a label as above */
    NODE_LABEL,    /* holds inlines */
    NODE_CONDITION_OPEN,  /* extra: index into directives; detail2: node of the close */
    NODE_CONDITION_CLOSE, /* detail2: node of the open */
    NODE_FOOTNOTE, /* a definition; text: its label */
    /* inlines */
    NODE_TEXT,
    NODE_SOFT_BREAK,
    NODE_LINE_BREAK,
    NODE_CODE,     /* text: content */
    NODE_HTML,     /* text: one allowed tag, normalised: `<sub>`, `</sub>`, `<br>` */
    NODE_EMPH,
    NODE_STRONG,
    NODE_STRIKE,
    NODE_LINK,     /* extra: index into references; text: link title */
    NODE_IMAGE,    /* extra: index into references; text: image title; children: alt */
    NODE_PARAM,    /* {{name}}; text: name; extra: index into tokens */
    NODE_FOOTNOTE_REF, /* text: label; extra: node of the definition */
    NODE_ANCHOR,   /* `<a id="x"></a>`: an alias anchor; extra: index into identifiers */
    NODE_TYPE_COUNT
};

#define NODE_NONE UINT32_MAX

enum node_flag {
    NODE_IN_SOURCE = 1, /* text is the bytes [text, text + text_bytes) of the source, not of the pool */
    NODE_ORDERED = 2,
    NODE_TIGHT = 4,
    NODE_TASK = 8,
    NODE_CHECKED = 16,
    NODE_HEADER = 32,
    NODE_PAREN = 64, /* ordered list with `1)` */
};

enum note_kind { NOTE_NOTE, NOTE_TIP, NOTE_IMPORTANT, NOTE_WARNING, NOTE_CAUTION };

struct node {
    uint8_t type;
    uint8_t flags;
    uint16_t detail;
    uint32_t end;        /* index one past the last descendant */
    uint32_t at, length; /* the source bytes it comes from: a block's whole lines, an inline's own characters;
                            {0, 0} where they are not known (breaks, generated text) */
    uint32_t text, text_bytes; /* literal text: in the pool, or in the source (NODE_IN_SOURCE) */
    uint32_t extra;
    uint32_t detail2;
};

/* One fact of the front matter. A list or a map gives several rows of one key:
 * `tags: [a, b]` two rows; `relations: {implements: [x, y]}` two rows with name
 * "implements"; `l10n: {sections: {keeping: H}}` one FIELD_L10N_SECTIONS row with name "keeping". */
enum field_key {
    FIELD_ID, FIELD_TITLE, FIELD_DESCRIPTION, FIELD_KIND, FIELD_ORDER, FIELD_NAV, FIELD_ALIASES, FIELD_TAGS,
    FIELD_AUDIENCE, FIELD_STATUS, FIELD_OWNER, FIELD_APPROVED_BY, FIELD_APPROVED_ON, FIELD_REVIEW_BY,
    FIELD_VALID_FROM, FIELD_VALID_UNTIL, FIELD_CLASSIFICATION, FIELD_LOCKED, FIELD_RELATIONS,
    FIELD_L10N_SECTIONS, FIELD_OVERLAY, FIELD_KEY_COUNT
};

struct field {
    uint32_t key;        /* enum field_key */
    struct span name;    /* key of a nested map, else empty */
    struct span value;   /* text as written, unquoted; dates as YYYY-MM-DD; booleans as true, false */
    int64_t number;      /* order as a number; dates as yyyymmdd; booleans as 0, 1 */
    uint32_t at, length; /* source bytes of the value */
};

enum section_flag {
    SECTION_AUTO_ID = 1,
    SECTION_LOCKED = 2,
    SECTION_HAS_PARAM = 4,
    SECTION_IN_OPERATION = 8, /* in the body of a `replace` or `insert`; the others tile the body */
};

struct section {
    uint32_t node;       /* its NODE_SECTION */
    uint32_t parent;     /* index into sections, NODE_NONE at the top */
    uint16_t level;      /* 1..6 as written */
    uint16_t flags;
    struct span id;      /* NFC */
    struct span title;   /* plain text of the heading; parameters as their tokens {{…}} */
    struct span aliases; /* separated by one blank */
    uint32_t at, own_bytes, whole_bytes; /* source bytes: own = up to its first child section */
    uint32_t id_at, id_bytes; /* where the heading says it; {0, 0} when automatic or taken from an operation */
};

enum identifier_kind { IDENTIFIER_SECTION, IDENTIFIER_ALIAS, IDENTIFIER_ELEMENT, IDENTIFIER_ITEM, IDENTIFIER_ROW, IDENTIFIER_ANCHOR };

/* Everything that `#id` can name in this document, in document order. Ids that an
 * operation aims at (`:::replace{#id}`) are none of them. */
struct identifier {
    struct span id;
    struct span title;   /* plain text of a section's heading or an element's label; else empty */
    uint32_t kind;
    uint32_t node;       /* the node it stands on */
    uint32_t at, length; /* where it is written */
};

enum reference_kind {
    REFERENCE_XREF,     /* xref:[release@][source:]target[#fragment] */
    REFERENCE_RELATIVE, /* ../p.md#id, #id, files/form.pdf: relative to the file */
    REFERENCE_TERM,     /* term:key: target is the key */
    REFERENCE_CITE,     /* cite:key#locator */
    REFERENCE_URL,      /* an allowed scheme: https, http, mailto, tel: target is the whole URL */
    REFERENCE_REFUSED,  /* a scheme or form that may not pass: shown as text */
    REFERENCE_INCLUDE,  /* ::include{xref=…} */
};
enum reference_flag { REFERENCE_EMPTY_TEXT = 1, REFERENCE_IMAGE = 2, REFERENCE_HAS_PARAM = 4, REFERENCE_AUTOLINK = 8 };

struct reference {
    uint16_t kind, flags;
    uint32_t node;       /* NODE_LINK, NODE_IMAGE or NODE_LEAF */
    uint32_t at, length; /* the destination as written in the source */
    struct span release, source, target, fragment; /* target and fragment percent-decoded, NFC */
};

struct token { /* {{name}} */
    uint32_t node;       /* NODE_PARAM, or the link or image whose destination holds it */
    uint32_t at, length;
    struct span name;
};

struct directive {
    struct span name;
    struct span id;
    uint32_t node;
    uint32_t first_attribute, attribute_count;
    uint32_t at, length; /* the opening line */
};

struct attribute {
    struct span key, value; /* a key without value has an empty value */
    uint32_t at, length;    /* of the value as written, quotes included; of the key when there is no value */
};

/* A diagnostic of this file, before it is known which path it stands at. */
struct finding {
    uint32_t code, level;
    uint32_t at, length;
    struct span text, help;
};

/* Two hashes of a top-level block, list item, table row or element. */
struct block_hash {
    uint32_t node;
    uint64_t meaning; /* XXH3 of the canonical form with destinations as written */
    uint64_t exact;   /* XXH3 of the source bytes */
};

struct document {
    struct slice bytes; /* all of it */
    struct slice source;  /* what the nodes were parsed from */
    struct slice written; /* the file, where that is not the source: data that was written out as Markdown; else empty.
                             Places of facts and findings are then in it */
    struct slice pool;
    const struct node *nodes;
    const struct field *fields;
    const struct section *sections;
    const struct identifier *identifiers;
    const struct reference *references;
    const struct token *tokens;
    const struct directive *directives;
    const struct attribute *attributes;
    const struct finding *findings;
    const struct block_hash *hashes;
    uint32_t node_count, field_count, section_count, identifier_count, reference_count, token_count,
        directive_count, attribute_count, finding_count, hash_count;
    uint32_t body_at;   /* source byte where the body begins (after the front matter) */
    uint32_t flags;     /* enum document_flag */
    uint32_t word_count;
    struct span title;  /* plain text: front matter title, else the level-1 heading, else empty */
};

enum document_flag { DOCUMENT_IS_OVERLAY = 1, DOCUMENT_HAS_TITLE_HEADING = 2, DOCUMENT_NO_PAGE = 256 /* data that is no document */ };

/* Opens bytes that document_seal made. Nothing is copied: `bytes` must outlive
 * `*out` and be aligned to 8. Returns false when they are no such document: a
 * wrong format or length, an offset outside its table, node ends that do not
 * nest. After true every index and span in it may be followed. */
bool document_open(struct document *out, struct slice bytes);
/* The same without looking at nodes and hashes, which may not be touched then: for
 * who wants facts of many documents. Whoever shows one opens it whole. */
bool document_open_facts(struct document *out, struct slice bytes);

/* The bytes that places of facts and findings count in: the file, as diagnostics show it. */
static inline struct slice document_file_bytes(const struct document *document)
{
    return document->written.length ? document->written : document->source;
}

static inline struct slice document_text(const struct document *document, struct span span)
{
    return (struct slice){document->pool.at + span.at, span.length};
}

static inline struct slice node_text(const struct document *document, const struct node *node)
{
    const char *base = node->flags & NODE_IN_SOURCE ? document->source.at : document->pool.at;
    return (struct slice){base + node->text, node->text_bytes};
}

/* The first row of a key, or NULL. */
const struct field *document_field(const struct document *document, enum field_key key);
struct slice document_field_text(const struct document *document, enum field_key key); /* empty when absent */

/* What `#id` leads to is called; empty for NODE_NONE and what has no title. */
static inline struct slice document_identifier_title(const struct document *document, uint32_t identifier)
{
    return identifier == NODE_NONE ? SLICE("") : document_text(document, document->identifiers[identifier].title);
}

/* The attribute's value; false when the directive has no such key. */
bool directive_attribute(const struct document *document, const struct directive *directive, const char *key,
                         struct slice *value);

/* The name of a node type in lower case: "paragraph". */
const char *node_type_name(unsigned type);

/* For developers and golden tests: facts, then one node a line, indented. */
void document_dump(FILE *out, const struct document *document);

/* ---- making one ---- */

/* Growable tables, then one block. Zero-initialise; fill; seal; clear or free. */
struct document_builder {
    struct buffer pool;
    struct node *nodes;             size_t node_count, node_capacity;
    struct field *fields;           size_t field_count, field_capacity;
    struct section *sections;       size_t section_count, section_capacity;
    struct identifier *identifiers; size_t identifier_count, identifier_capacity;
    struct reference *references;   size_t reference_count, reference_capacity;
    struct token *tokens;           size_t token_count, token_capacity;
    struct directive *directives;   size_t directive_count, directive_capacity;
    struct attribute *attributes;   size_t attribute_count, attribute_capacity;
    struct finding *findings;       size_t finding_count, finding_capacity;
    struct block_hash *hashes;      size_t hash_count, hash_capacity;
    struct slice source, written;
    uint32_t body_at, flags, word_count;
    struct span title;
};

void document_builder_clear(struct document_builder *builder); /* keeps the memory */
void document_builder_free(struct document_builder *builder);
struct span document_pool_add(struct document_builder *builder, struct slice text);
/* A view of a builder that is being filled: valid until the next addition. */
void document_builder_view(struct document *out, const struct document_builder *builder);
/* Appends the document to `out`, padded so that it starts at a multiple of 8
 * from the start of `out`; returns where it starts. */
size_t document_seal(const struct document_builder *builder, struct buffer *out);

#endif
