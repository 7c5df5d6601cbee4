#ifndef WAYMARK_BASE_LIMITS_H
#define WAYMARK_BASE_LIMITS_H

/* Every limit on what content controls, with its reason. What passes one is
 * refused with a diagnostic; nothing is cut in silence. */

enum {
    LIMIT_BLOB_BYTES = 8 << 20,          /* one Markdown file: a long book is 2 MB */
    LIMIT_ASSET_BYTES = 256 << 20,       /* one image or attachment */
    LIMIT_YAML_BYTES = 4 << 20,          /* one data file */
    LIMIT_FRONT_MATTER_BYTES = 64 << 10,
    LIMIT_YAML_DEPTH = 32,
    LIMIT_YAML_NODES = 200000,
    LIMIT_TREE_DEPTH = 64,               /* folders in a source */
    LIMIT_TREE_ENTRIES = 1000000,
    LIMIT_PATH_BYTES = 1024,             /* a path in a source */
    LIMIT_NAME_BYTES = 255,              /* one part of it, as every file system has it */
    LIMIT_ID_BYTES = 100,
    LIMIT_NODES = 1 << 20,               /* in one document */
    LIMIT_NESTING = 100,                 /* of blocks in one document */
    LIMIT_NODE_DEPTH = 512,              /* of all nodes, sections and inlines included */
    LIMIT_LINE_BYTES = 1 << 20,
    LIMIT_TABLE_COLUMNS = 200,
    LIMIT_TABLE_CELLS = 200000,          /* of one document; cmark fills missing cells: rows times columns */
    LIMIT_REFERENCE_EXPANSION = 100000,  /* bytes that link definitions may expand to, per document, plus its size */
    LIMIT_INCLUDE_DEPTH = 8,
    LIMIT_PAGE_BYTES = 64 << 20,         /* one output file */
    LIMIT_DIAGS_SHOWN = 100,             /* as text; JSON has all */
    LIMIT_WORKERS = 64,
    LIMIT_DOCUMENT_SECONDS = 10,         /* CPU for one document before its worker is killed */
    LIMIT_WORKER_BYTES = 512 << 20,      /* address space that a parse worker may add */
    LIMIT_TEMPLATE_INSTRUCTIONS = 50000000, /* of Lua for one page: a long page takes 100,000 */
    LIMIT_TEMPLATE_BYTES = 128 << 20,    /* of Lua's memory for one engine, the theme included */
    LIMIT_TEMPLATE_DEPTH = 40,           /* templates that include one another; Lua's own C stack holds 200 calls */
    LIMIT_THEME_FILES = 2000,
    LIMIT_THEME_BYTES = 64 << 20,        /* all files of one theme */
    LIMIT_EDITIONS = 2000,               /* 200 countries with ten agencies each */
    LIMIT_EDITION_DEPTH = 16,            /* base, region, country, state, agency, unit: no real line is half as long */
    LIMIT_NAV_DEPTH = 8,                 /* of an explicit navigation */
};

#endif
