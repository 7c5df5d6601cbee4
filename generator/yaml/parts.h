#ifndef WAYMARK_YAML_PARTS_H
#define WAYMARK_YAML_PARTS_H

/* What the files of this folder share, and nobody outside needs. */

#include "yaml/yaml.h"

/* One call of yaml_load. */
struct yaml_load {
    struct arena *arena;
    const struct diag_file *file;
    struct diag_list *diags;
    struct slice text; /* the part of file->bytes that libyaml gets: without a byte order mark */
    size_t base;       /* where `text` begins in file->bytes */
    size_t first_diag; /* diags->count when the load began */
    bool failed;       /* an error was added */
    bool wants_help;   /* the last problem was added as it is, and has no help yet */
};

/* More in one file than this, and the rest is not read: a file of 4 MB can be wrong 100,000 times. */
enum { YAML_PROBLEMS_MOST = 50 };

/* `at` and `length` are bytes of load->text; both add a diagnostic there. */
bool yaml_error(struct yaml_load *load, enum diag_code code, size_t at, size_t length, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
bool yaml_warn(struct yaml_load *load, enum diag_code code, size_t at, size_t length, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Sets the help of the problem that was reported last; always returns false. */
bool yaml_help(struct yaml_load *load, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* check.c: what can be said without parsing. False when libyaml must not see the text. */
bool yaml_check_bytes(struct yaml_load *load);
/* The first byte at or after `from` that is no blank, line end or comment. `from` is at the start of a line or
 * behind a value. */
size_t yaml_skip_blank(struct slice text, size_t from);

/* explain.c: libyaml stopped with `problem` at byte `at`; `context`, at byte `context_at`, is what it was doing
 * there. Adds one diagnostic in our own words. */
void yaml_explain(struct yaml_load *load, const char *problem, size_t at, const char *context, size_t context_at);
/* A value or key that is plain text to YAML but looks as if somebody had meant something else. */
void yaml_doubt_plain(struct yaml_load *load, const struct yaml_node *value);
void yaml_doubt_key(struct yaml_load *load, size_t at, size_t length);

/* `text` in quotes for a help line, in the style that needs fewer escapes; at most some 80 bytes of it. */
const char *yaml_quoted(struct arena *arena, struct slice text);

#endif
