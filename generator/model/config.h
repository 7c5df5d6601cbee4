#ifndef WAYMARK_MODEL_CONFIG_H
#define WAYMARK_MODEL_CONFIG_H

/* What waymark.yaml says: values only, checked, in the order of the file
 * (editions: parents before children). Everything lives in the arena that
 * config_load was given. Strings are NUL-terminated; an absent one is "".
 *
 *   version: 1                      the only one there is; may be left out
 *   site_name: TEXT                 default: the name of the site's folder
 *   site_url: https://…             for canonical links, sitemap and feeds only
 *   languages:                      default: the default language alone
 *     TAG: {name, dir: ltr|rtl, fallback: [TAG…]}    or TAG: NAME
 *   default_language: TAG           default: the first of `languages`, else en
 *   sources:                        default: base: {url: ., path: content}, or the whole folder without content/
 *     NAME: {url, ref, path, tags: [PATTERN…], next: BOOL, edit: URL}
 *   editions:                       default: one, `global`, of all sources
 *     ID: {source | sources | path, extends, visibility: public|restricted, languages_allowed: [TAG…],
 *          languages, title, nav}   the last three only where there is no country.yaml: in the root edition,
 *                                   and in editions that have no source of their own
 *   theme: FOLDER                   default: themes/default if it is there, else the theme that comes with Waymark
 *   validation: {CATEGORY: error|warn|off}             `all` is for every category that is not named
 *   output: {dir: FOLDER, formats: [html]}             default: public
 *   authors: BOOL                   names of committers on pages; default: false
 *   sample: BOOL                    every page says that it is a sample and no guidance; default: false
 *   notice, disclaimer: TEXT        a line at the top, and one at the foot, of every page
 *
 *   nav: a list in reading order, of
 *     - guidance/storage            a document id, or a path ending in .md from the source's root
 *     - {title: TEXT, page: ID, children: [...]}       page or children, or both; a title of its own
 *     What `nav` does not name follows it, by path and `order`. */

#include "base/diag.h"
#include "base/slice.h"

enum { CONFIG_VERSION = 1 };

struct language {
    const char *tag;  /* BCP 47, as written: "fr", "pt-BR" */
    const char *name; /* in the language itself */
    bool is_rtl;
    const char **fallback; /* tags, best first */
    size_t fallback_count;
};

struct source_spec {
    const char *name;  /* [a-z][a-z0-9-]* */
    const char *url;   /* as written: a path, https://…, ssh://… */
    bool is_remote;    /* https or ssh */
    const char *ref;   /* branch, tag or commit; "" = HEAD */
    const char **tags; /* patterns, `!` excludes; count 0: this source makes no releases */
    size_t tag_count;
    bool next;        /* publish the ref itself beside the releases */
    const char *path; /* folder inside the repository, "" = its root; no leading or trailing '/' */
    const char *edit; /* URL pattern of the forge's editor with {ref} {path} {line}, or "" */
    bool has_line;    /* it is declared in waymark.yaml, at these bytes */
    uint32_t at, length;
};

/* An entry of an explicit navigation. */
struct nav_item {
    const char *title;  /* "" = the target's own */
    const char *target; /* document id, or a path ending in ".md"; "" = a group without a page */
    const struct nav_item *children;
    size_t child_count;
    uint32_t at, length; /* of the target (of the title, where there is none) in waymark.yaml or country.yaml */
};

struct edition_spec {
    const char *id;         /* [a-z][a-z0-9-]* */
    const char *extends;    /* "" for the root edition */
    const char **sources;   /* names of sources that make it up; `path:` gives one that is named after the edition */
    size_t source_count;    /* 0: shows what it inherits and nothing else */
    bool is_restricted;     /* an edition below a restricted one is restricted too */
    const char **languages; /* never empty: its own, else its parent's. country.yaml may replace them */
    size_t language_count;
    const char *language; /* its own, in which it writes: the first of `languages` unless country.yaml says more */
    const char **languages_allowed; /* what country.yaml may choose from; count 0: all of the site */
    size_t languages_allowed_count;
    const char *title; /* may be "" */
    const struct nav_item *nav;
    size_t nav_count;    /* 0: navigation comes from the file tree */
    uint32_t at, length; /* of its id in waymark.yaml */
};

struct site_config {
    struct diag_file file; /* waymark.yaml, for diagnostics */
    const char *root;      /* absolute folder of waymark.yaml: never written to any output */
    const char *site_name;
    const char *site_url; /* "" or ending in '/' */
    const char *default_language;
    struct language *languages;
    size_t language_count;
    struct source_spec *sources;
    size_t source_count;
    struct edition_spec *editions;
    size_t edition_count;
    const char *theme;      /* folder relative to root, or an absolute one; "" = the one that comes with Waymark */
    const char *output_dir; /* relative to root unless absolute */
    const char **formats;
    size_t format_count;
    struct diag_levels levels;
    bool show_authors; /* `authors: true`: names of committers on pages */
    bool is_sample;    /* `sample: true` */
    const char *notice, *disclaimer; /* plain text; "" when not given */
};

const struct language *config_language(const struct site_config *config, struct slice tag); /* NULL: unknown */
const struct source_spec *config_source(const struct site_config *config, struct slice name);
const struct edition_spec *config_edition(const struct site_config *config, struct slice id);

/* Is a conditional block shown to readers of `edition`? `editions` and `audiences`
 * are the values of the directive's attributes: words separated by blanks, of
 * which any may match; an edition matches its own id and those of its ancestors.
 * `only` shows what matches both attributes, `except` hides it; an attribute that
 * is absent (an empty slice) makes no condition, and without both the block is
 * shown. `audience` is the reader's. "" is a page for every audience: nothing is
 * hidden from it for the sake of an audience. */
enum condition { CONDITION_ONLY, CONDITION_EXCEPT };
bool config_shows(const struct site_config *config, const struct edition_spec *edition, struct slice audience,
                  enum condition condition, struct slice editions, struct slice audiences);
/* Every word of an `edition` attribute must be an edition of the site; the first
 * that is none, or an empty slice. */
struct slice config_unknown_edition(const struct site_config *config, struct slice editions);

#endif
