#ifndef WAYMARK_MODEL_CONFIG_H
#define WAYMARK_MODEL_CONFIG_H

/* What waymark.yaml says: values only, checked, in the order of the file.
 * Everything lives in the arena that config_load was given. Strings are
 * NUL-terminated; an absent one is "". */

#include "base/diag.h"
#include "base/slice.h"

enum { CONFIG_VERSION = 1 };

struct language {
    const char *tag;   /* BCP 47, as written: "fr", "pt-BR" */
    const char *name;  /* in the language itself */
    bool is_rtl;
    const char **fallback; /* tags, best first */
    size_t fallback_count;
};

struct source_spec {
    const char *name;      /* [a-z][a-z0-9-]* */
    const char *url;       /* as written: a path, https://…, ssh://… */
    bool is_remote;        /* https or ssh */
    const char *ref;       /* branch, tag or commit; "" = HEAD */
    const char **tags;     /* patterns, `!` excludes; count 0: this source makes no releases */
    size_t tag_count;
    bool next;             /* publish the ref itself beside the releases */
    const char *path;      /* folder inside the repository, "" = its root; no leading or trailing '/' */
    const char *edit;      /* URL pattern of the forge's editor with {ref} {path} {line}, or "" */
    bool has_line;         /* where it is declared, for diagnostics */
    uint32_t at, length;
};

struct edition_spec {
    const char *id;        /* [a-z][a-z0-9-]* */
    const char *extends;   /* "" for the root edition */
    const char **sources;  /* names of sources that make it up; `path:` gives one that is named after the edition */
    size_t source_count;
    bool is_restricted;
    const char **languages; /* only the root edition declares them here */
    size_t language_count;
    const char **languages_allowed;
    size_t languages_allowed_count;
    const char *title;     /* may be "" */
    uint32_t at, length;
};

struct site_config {
    struct diag_file file; /* waymark.yaml, for diagnostics */
    const char *root;      /* absolute folder of waymark.yaml: never written to any output */
    const char *site_name;
    const char *site_url;  /* "" or ending in '/' */
    const char *default_language;
    struct language *languages;
    size_t language_count;
    struct source_spec *sources;
    size_t source_count;
    struct edition_spec *editions;
    size_t edition_count;
    const char *theme;      /* folder relative to root, or an absolute one */
    const char *output_dir; /* relative to root unless absolute */
    const char **formats;
    size_t format_count;
    struct diag_levels levels;
    bool show_authors;      /* `authors: true`: names of committers on pages */
};

const struct language *config_language(const struct site_config *config, struct slice tag); /* NULL: unknown */
const struct source_spec *config_source(const struct site_config *config, struct slice name);

#endif
