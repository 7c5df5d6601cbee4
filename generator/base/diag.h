#ifndef WAYMARK_BASE_DIAG_H
#define WAYMARK_BASE_DIAG_H

/* Diagnostics: what is wrong, where, and what to do about it.
 *
 * Every kind of diagnostic is one row of diag_codes.def. A report and the exit
 * from a function are one statement, because diag_add returns false:
 *
 *     return diag_add(diags, DIAG_XREF_UNKNOWN, place, "no document has the id '%s'", id);
 *
 * Texts are lower case, without a full stop, with the thing in single quotes,
 * and never name the place: the place is data. */

#include "base/arena.h"
#include "base/buffer.h"
#include "base/slice.h"
#include <stdint.h>
#include <stdio.h>

enum diag_code {
#define DIAG(code, word, category, level, explanation) DIAG_##code,
#include "base/diag_codes.def"
#undef DIAG
    DIAG_CODE_COUNT
};

enum diag_level { LEVEL_OFF, LEVEL_NOTE, LEVEL_WARNING, LEVEL_ERROR };

/* The categories of `validation` in waymark.yaml. ALWAYS holds what no site may
 * lower: its own configuration, sources that cannot be had, the output. */
#define DIAG_CATEGORIES(X)                                                                        \
    X(LINKS, "links") X(ANCHORS, "anchors") X(IDS, "ids") X(TITLES, "titles") X(HTML, "html")     \
    X(URLS, "urls") X(PARAMS, "params") X(TERMS, "terms") X(CITES, "cites") X(KINDS, "kinds")     \
    X(NAV, "nav") X(FILES, "files") X(DRIFT, "drift") X(TRANSLATIONS, "translations")             \
    X(UNKNOWN_KEYS, "unknown_keys") X(ALL, "all") X(ALWAYS, "")

enum diag_category {
#define X(name, word) CATEGORY_##name,
    DIAG_CATEGORIES(X)
#undef X
    CATEGORY_COUNT
};

/* A file that diagnostics can point into. `path` is what people are shown: the
 * path from the root of its source, with `NAME:` in front when the source is not
 * the site's own repository. `bytes` may be empty when the text is not at hand. */
struct diag_file {
    const char *path;
    struct slice bytes;
};

/* `offset` and `length` are bytes in `file->bytes`. A NULL file: the run as a whole. */
struct place {
    const struct diag_file *file;
    size_t offset;
    size_t length;
};

struct diag {
    enum diag_code code;
    enum diag_level level;
    const char *path;      /* NULL: the run as a whole */
    uint32_t offset;       /* bytes from the start of the file */
    uint32_t length;       /* bytes, 0 for a point */
    uint32_t line;         /* from 1; 0 when the place is the whole file */
    uint32_t column;       /* from 1, in characters (code points) */
    uint32_t width;        /* characters under the caret line, at least 1 */
    const char *text;
    const char *help;      /* "" when there is none */
    const char *line_text; /* the source line; of a long one, a part around the place; "" when not at hand */
    uint32_t text_column;  /* the column of line_text's first character: 1, unless the line is long */
};

/* Owns its diagnostics: everything they point to lives in `arena`. */
struct diag_list {
    struct arena arena;
    struct diag *items;
    size_t count;
    size_t capacity;
};

void diag_list_free(struct diag_list *list);

/* Adds one diagnostic at its catalogued level; always returns false. */
bool diag_add(struct diag_list *list, enum diag_code code, struct place place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Sets the help line of the diagnostic added last; always returns false. */
bool diag_help(struct diag_list *list, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Copies a finished diagnostic (from another list) to the end of the list. */
void diag_take(struct diag_list *list, const struct diag *diag);

/* A place that is a whole file, or no file at all. */
static inline struct place place_file(const struct diag_file *file)
{
    return (struct place){file, SIZE_MAX, 0};
}
#define PLACE_RUN ((struct place){NULL, SIZE_MAX, 0})

/* Computes line, column, width and the source line for bytes [offset, offset +
 * length) of `bytes`; line_text is copied into `arena`. Lines end with LF, CR LF
 * or a lone CR; a byte order mark is no column. What runs over its line's end is
 * marked up to there. */
void diag_locate(struct diag *diag, struct arena *arena, struct slice bytes);

struct diag_levels {
    bool is_set[CATEGORY_COUNT];
    enum diag_level level[CATEGORY_COUNT]; /* for those that are set */
};
/* Sets each level from its category's setting: `error` makes warnings errors,
 * `warn` makes errors warnings, `off` drops the diagnostic. Notes stay notes. */
void diag_settle(struct diag_list *list, const struct diag_levels *levels);

/* By path, line, column, code, text; equal ones are merged. */
void diag_sort(struct diag_list *list);
size_t diag_count(const struct diag_list *list, enum diag_level level);

const char *diag_word(enum diag_code code);        /* "xref-unknown" */
const char *diag_explanation(enum diag_code code); /* long text, for `waymark explain CODE` */
enum diag_category diag_category(enum diag_code code);
enum diag_level diag_default_level(enum diag_code code);
const char *diag_level_word(enum diag_level level);           /* "error" */
const char *diag_category_word(enum diag_category category);  /* "links" */
bool diag_code_find(enum diag_code *out, struct slice word);  /* false: no such code */

/* Prints one as `path:line:col: error: text [code]`, the source line, a caret
 * line, and a `help:` line. Control and bidi characters are escaped. */
void diag_print(FILE *out, const struct diag *diag, bool colour);

/* For frames between processes. diag_read takes one diagnostic from the front of
 * `*bytes`, copies it into `list`, and returns false on bytes that are none. */
void diag_write(struct buffer *out, const struct diag *diag);
bool diag_read(struct diag_list *list, struct slice *bytes);

/* Appends `text` with C0, DEL, C1, bidi controls and bytes that are no UTF-8
 * written as \x1b or \u202e, so that no message drives a terminal. */
void text_escape(struct buffer *out, struct slice text);

#endif
