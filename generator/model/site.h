#ifndef WAYMARK_MODEL_SITE_H
#define WAYMARK_MODEL_SITE_H

/* The site as values: what the stages after parsing hand to one another.
 *
 *   site_document   one Markdown file, parsed; shared by all editions
 *   edition         what an edition shows: its pages, its folders, how they link
 *   variant         edition × language, with the folder of the output it fills
 *   output          one file of the published site and what makes it
 *
 * Everything is an index into an array of the site; no index changes once the
 * stage that made it has ended. Memory belongs to the site's arena. */

#include "base/hash.h"
#include "base/table.h"
#include "model/config.h"
#include "model/document.h"
#include "model/facts.h"
#include "model/files.h"

#define NONE UINT32_MAX


struct site_document {
    uint32_t file;          /* index into file_list.items */
    uint32_t source;        /* index into file_list.sources */
    struct document facts;  /* opened; mapped from the cache */
    struct key key;         /* of its content: blob and parser */
    struct slice id;
    struct slice stem;      /* path without ".md"; a README that stands for its folder ends in "index" */
    struct slice title;     /* never empty: front matter, level-1 heading, or made from the file name */
    int64_t order;          /* INT64_MAX when not given */
    uint32_t edition;       /* that declares it */
    bool is_index;          /* stands for its folder */
    bool is_published;      /* false: draft, retired, not in force on the build's date */
};

/* What a reference leads to, in one edition. */
enum target_state {
    TARGET_MISSING,  /* reported; shown as plain text */
    TARGET_PAGE,     /* page; identifier NONE or an index into that document's identifiers */
    TARGET_FOLDER,   /* folder: its generated index page */
    TARGET_ASSET,    /* file: index into file_list.items */
    TARGET_EXTERNAL, /* the URL as written */
    TARGET_TERM,     /* index into the glossary */
    TARGET_CITE,     /* index into the references */
};

struct target {
    uint32_t state;
    uint32_t subject;
    uint32_t identifier;
    uint64_t face; /* of a page with an identifier: a hash of what a link to it may show, its id and title */
};

struct backlink {
    uint32_t page;    /* the referrer, an index into edition.pages */
    uint32_t section; /* index into the referrer's sections, or NONE */
};

struct edition_page {
    uint32_t document;
    uint32_t folder;
    uint32_t chunk;      /* of the folder's navigation that lists it */
    uint32_t previous, next;  /* in reading order; NONE at the ends */
    uint32_t first_target;    /* one target for each reference of the document */
    uint32_t first_backlink, backlink_count; /* at most BACKLINKS_MOST are kept */
    uint32_t referrer_count;  /* all of them */
};
enum { BACKLINKS_MOST = 20 };

/* A line of a folder's navigation: a page, or a folder below. */
struct nav_entry {
    uint32_t page;   /* NONE: a folder without index page */
    uint32_t folder; /* NONE: a page */
    int64_t order;
    struct slice name; /* of the file or folder: the order when `order` is equal */
    struct slice title;
};

/* A run of a folder's entries that pages show beside them. Cut at entries whose
 * name's hash says so, so that a page added to a long folder changes one chunk. */
struct nav_chunk {
    uint32_t folder;
    uint32_t first, count; /* into edition.entries */
};
enum { CHUNK_LEAST = 40, CHUNK_MOST = 160 };

struct folder {
    struct slice path;     /* "" for the root, else "guidance/storage" */
    struct slice title;
    uint32_t parent;       /* NONE for the root */
    uint32_t index_page;   /* NONE: an index is generated */
    bool is_group;         /* of an explicit navigation, without a page: no path of its own */
    uint32_t landing;      /* the page that stands for a group: the first in it */
    uint32_t first_entry, entry_count;
    uint32_t first_chunk, chunk_count;
    int64_t order;
};

struct edition {
    const struct edition_spec *spec;
    uint32_t parent; /* NONE for the root */
    struct edition_page *pages;
    uint32_t page_count;
    struct folder *folders; /* parents before children; 0 is the root */
    uint32_t folder_count;
    struct nav_entry *entries;
    uint32_t entry_count;
    struct nav_chunk *chunks;
    uint32_t chunk_count;
    struct target *targets;
    uint32_t target_count;
    struct backlink *backlinks;
    struct table by_id;      /* document id → page */
    struct table by_segment; /* last segment of an id → page, NONE - 1 when several have it */
    struct table by_folder;  /* path → folder */
    uint32_t *page_of_document; /* site document → page, or NONE */
};

struct variant {
    uint32_t edition;
    uint32_t language;   /* index into config.languages */
    struct slice prefix; /* "global/en" */
};

enum output_kind {
    OUTPUT_PAGE,       /* subject: edition page */
    OUTPUT_FOLDER,     /* subject: chunk; the generated index of a folder, one file for each chunk */
    OUTPUT_REDIRECT,   /* subject: edition page; detail: index of the alias in it */
    OUTPUT_GLOSSARY,
    OUTPUT_REFERENCES,
    OUTPUT_ABOUT,
    OUTPUT_START,      /* the root's index.html */
    OUTPUT_NOT_FOUND,
    OUTPUT_ROBOTS,
    OUTPUT_SITEMAP,    /* the index of sitemaps */
    OUTPUT_SITEMAP_LEAF, /* subject: chunk */
    OUTPUT_ASSET,      /* subject: file */
    OUTPUT_THEME_FILE, /* subject: theme file */
    OUTPUT_COPY,       /* copy.js: what changes with every build */
};

struct output {
    struct slice path; /* from the root of the output, '/' between parts */
    uint8_t kind;
    uint32_t variant;  /* NONE for what no variant owns */
    uint32_t subject;
    struct slice detail;
};

struct site {
    struct arena arena;
    const struct site_config *config;
    const struct file_list *files;
    struct site_facts *facts;   /* one for each edition */
    struct site_document *documents;
    uint32_t document_count;
    uint32_t *document_of_file; /* file index → document index, or NONE */
    struct table *by_path;      /* one for each source: path → file index */
    struct edition *editions;
    uint32_t edition_count;
    struct variant *variants;
    uint32_t variant_count;
    struct output *outputs;
    uint32_t output_count;
    int build_date;             /* yyyymmdd */
};

/* The page's document. */
static inline const struct site_document *page_document(const struct site *site, const struct edition_page *page)
{
    return &site->documents[page->document];
}

/* How diagnostics name a file: its path behind its source's label ("content/", "xa:"). */
const char *file_shown_path(struct arena *arena, const struct site *site, uint32_t file);

/* The path of a page below its variant's folder, the same in every language: "guidance/storage.html". */
struct slice page_path(struct arena *arena, const struct site *site, const struct edition_page *page);
/* What an edition calls a kind, and a choice of one of the schema's lists, in a
 * language; the name itself where the schema has no word for it (kinds: empty). */
struct slice site_kind_label(const struct site *site, uint32_t edition, struct slice kind, const char *tag);
struct slice site_choice_label(const struct site *site, uint32_t edition, const char *list, struct slice key,
                               const char *tag);
/* Whether an edition has the generated page "glossary", "references" or "about". */
bool site_has_page(const struct site *site, uint32_t edition, const char *name);
/* Whether what `only` or `except` holds is shown in an edition. */
bool site_condition(const struct site *site, uint32_t edition, const struct document *document,
                    const struct directive *directive);
/* One or two sentences that say what an edition is: its own, else its home page's description; may be empty. */
struct slice site_edition_description(const struct site *site, uint32_t edition, const char *tag);

/* The page with this document id, or with this last segment of one while it is unique; else NONE. */
uint32_t site_find_page(const struct edition *edition, struct slice id);
/* What `#id` names in a document: an index into its identifiers, or NONE. */
uint32_t document_identifier(const struct document *facts, struct slice id);

/* The relative link from one output to another: both are paths from the root of
 * the output. Percent-encoded; never absolute, never empty ("storage.html" for itself). */
void path_relative(struct buffer *out, struct slice from, struct slice to);

#endif
