#ifndef WAYMARK_MODEL_VARIANT_H
#define WAYMARK_MODEL_VARIANT_H

/* A page of a variant: a list of ranges with origins over shared documents,
 * never a copy of them. A page that nobody changed is one passage.
 *
 *   page ── documents[0] base/storage.md      passages[0] doc 1  lead, #keeping
 *        ├─ documents[1] base/storage.fr.md            [1] doc 0  #cold    untranslated
 *        └─ documents[2] xb/storage.md                 [2] doc 2  body of the replace → #release
 *
 * Values only. Documents are views of mapped cache entries; everything else is
 * small numbers: indexes into the lists of the run (site_config, file_list) or
 * into this page. The page and its arrays live in the arena of who made it. */

#include "model/document.h"
#include <stdint.h>

/* What a passage is, which decides how it is marked on the page. */
enum passage_kind {
    PASSAGE_INHERITED, /* as the layer above has it: the ordinary case */
    PASSAGE_REPLACED,  /* the body of a `replace` */
    PASSAGE_INSERTED,  /* the body of an `insert` */
    PASSAGE_STRANDED,  /* the body of an operation whose target is withdrawn: stands at the end of what is left */
    PASSAGE_REMOVED,   /* an empty range: here stood `target`; shows nothing but a notice, if the caller gives one */
    PASSAGE_INCLUDED,  /* brought by `::include` or made by a plugin's directive */
    PASSAGE_KIND_COUNT
};

/* Why its text is in the language it is in. */
enum passage_why {
    WHY_OWN,          /* the reader's language, translation up to date, or no translation needed */
    WHY_UNTRANSLATED, /* in another language: there is none in the reader's */
    WHY_STALE,        /* a translation whose source has changed since */
    WHY_UNREVIEWED,   /* a translation without a pin */
};

enum passage_flag {
    PASSAGE_NO_IDS = 1,     /* its headings, elements, items and rows bring no ids (includes) */
    PASSAGE_NO_HEADING = 2, /* the first heading of the range is not shown (`heading=no`) */
    PASSAGE_DRIFTED = 4,    /* the operation's target has changed since it was pinned */
    PASSAGE_MOVED = 8,      /* the operation was applied to a renamed or moved target */
};

#define PAGE_NONE UINT32_MAX
enum { LANGUAGE_NONE = UINT16_MAX, EDITION_NONE = UINT16_MAX };

/* A range of sibling subtrees: nodes [first, end) of one document.
 *
 * The range may begin at a NODE_SECTION and end before that section does, at its
 * first child section ("own part"); every other node in it is whole, and
 * NODE_CONDITION_OPEN stands in it with its close. NODE_FOOTNOTE nodes in a
 * range show nothing: definitions are found from where they are referred to. */
struct passage {
    uint32_t document;   /* index into page.documents */
    uint32_t first, end; /* node indexes; equal: an empty range */
    uint8_t kind;        /* enum passage_kind */
    uint8_t why;         /* enum passage_why */
    uint8_t flags;       /* enum passage_flag */
    int8_t level_shift;  /* added to the level of its headings; the sum is kept in 1..6 */
    uint16_t language;   /* of its text: index into site_config.languages, or LANGUAGE_NONE */
    uint16_t edition;    /* whose layer gave it: index into site_config.editions, or EDITION_NONE */
    uint32_t operation;  /* index into page.operations, or PAGE_NONE */
    /* What it stands for: the inherited text of an operation, the source text of
     * a translation, the target of an include. PAGE_NONE: itself. */
    uint32_t target_document; /* index into page.documents */
    uint32_t target_node;
    /* The id of the first section in the range when it is not its own: taken from
     * the target (`replace`, positional pairing) or from the directive
     * (`insert`). id_document PAGE_NONE: as the document says. */
    uint32_t id_document;
    struct span id; /* in that document's pool */
};

/* An operation that acted on this page; for notices, provenance and reports. */
struct page_operation {
    uint32_t document;  /* index into page.documents: the overlay */
    uint32_t directive; /* index into its directives */
    uint16_t edition;
    uint8_t change; /* 0: its pin matches; else what happened to its target, enum change_class */
    uint8_t modal;  /* a modal verb was changed in the target */
};

enum change_class {
    CHANGE_NONE,
    CHANGE_WITHDRAWN,
    CHANGE_RENAMED,
    CHANGE_MOVED,
    CHANGE_MARKUP,
    CHANGE_PUNCTUATION,
    CHANGE_REWORDED
};

/* Where a document of a page comes from. */
struct page_source {
    uint32_t file;     /* index into file_list.items, or PAGE_NONE when a plugin made it */
    uint32_t plugin;   /* index into the list of plugins, or PAGE_NONE */
    uint16_t edition;  /* whose folder it lies in */
    uint16_t language; /* of its file name, else of its edition */
};

struct page {
    const struct document *documents;
    const struct page_source *sources; /* one for each document */
    uint32_t document_count;
    const struct passage *passages;
    uint32_t passage_count;
    const struct page_operation *operations;
    uint32_t operation_count;
    uint16_t edition, language; /* for whom */
};

/* The whole body of documents[index], as it is: what a page without overlays
 * and translations consists of. */
struct passage passage_whole(const struct page *page, uint32_t index);

/* The nodes of a section: all of it, or (own) up to its first child section. */
struct passage passage_section(const struct page *page, uint32_t index, uint32_t section, bool own);

/* The id of section `section` as the passage shows it; empty where it brings none. */
struct slice passage_section_id(const struct page *page, const struct passage *passage, uint32_t section);

/* The REFERENCE_INCLUDE of a NODE_LEAF: an index into the document's references,
 * or NODE_NONE when the leaf is no include. */
uint32_t include_reference(const struct document *document, uint32_t leaf);

/* False when a passage points outside its page or document, or cuts a node that
 * may not be cut. Pages that come from another process are checked with it. */
bool page_is_valid(const struct page *page);

#endif
