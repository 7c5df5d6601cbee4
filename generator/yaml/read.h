#ifndef WAYMARK_YAML_READ_H
#define WAYMARK_YAML_READ_H

/* Typed reading of a YAML tree. Every function returns true on success, and
 * false after adding one diagnostic that names the key, says what was expected
 * and shows how to write it; `*out` is then unchanged. Results live in
 * reader->arena.
 *
 * A whole mapping is read by a table with one row a key:
 *
 *     static const struct yaml_row rows[] = {
 *         {"title", YAML_TEXT, .at = offsetof(struct country, title), .required = true},
 *         {"tags", YAML_TEXTS, .at = offsetof(struct country, tags), .count_at = offsetof(struct country, tag_count)},
 *     };
 *     struct country country = {.title = ""};
 *     bool ok = yaml_record(&country, &reader, map, rows, ARRAY_COUNT(rows), "a country");
 */

#include "yaml/yaml.h"

struct yaml_reader {
    const struct diag_file *file;
    struct arena *arena;
    struct diag_list *diags;
    bool is_config;    /* waymark.yaml: its errors cannot be lowered by `validation` */
    size_t most_diags; /* once `diags` holds so many, nothing is added any more; 0: no limit. Guards large data
                          files, in which one slip may be repeated in every entry */
};

enum yaml_type {
    YAML_TEXT,      /* const char *: any scalar that is not empty; field untouched when the key is absent, as for all */
    YAML_TEXTS,     /* const char ** and size_t (count_at): a list of texts; a single scalar is a list of one */
    YAML_BOOL,      /* bool: true or false, nothing else */
    YAML_INT,       /* int64_t */
    YAML_DATE,      /* int32_t: yyyymmdd of a date that exists */
    YAML_CHOICE,    /* int: index into the words of `choices` */
    YAML_NODE,      /* const struct yaml_node *: of any kind, for the caller to read */
    YAML_MAP,       /* const struct yaml_node *: a mapping */
    YAML_LIST,      /* const struct yaml_node *: a sequence */
    YAML_ELSEWHERE, /* no field: a key that belongs into another file; `choices` says where */
};

struct yaml_row {
    const char *key;
    enum yaml_type type;
    size_t at;           /* offset of the field in the record */
    size_t count_at;     /* YAML_TEXTS: offset of its count */
    const char *choices; /* YAML_CHOICE: words separated by one blank; YAML_ELSEWHERE: "it belongs into …" */
    bool required;
};

#define ARRAY_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Reads all keys of `map` into `record`. A key that is in no row is an error with
 * the nearest valid key; so is a required key that is missing. `what` names the
 * thing in messages: "a source". Reads on after an error, so that all of them are
 * reported; returns whether there was none. */
bool yaml_record(void *record, const struct yaml_reader *reader, const struct yaml_node *map,
                 const struct yaml_row *rows, size_t row_count, const char *what);

bool yaml_read_text(const char **out, const struct yaml_reader *reader, const struct yaml_node *node);
bool yaml_read_texts(const char ***out, size_t *count, const struct yaml_reader *reader, const struct yaml_node *node);
bool yaml_read_bool(bool *out, const struct yaml_reader *reader, const struct yaml_node *node);
bool yaml_read_int(int64_t *out, const struct yaml_reader *reader, const struct yaml_node *node);
bool yaml_read_date(int32_t *out, const struct yaml_reader *reader, const struct yaml_node *node);
/* `choices`: words separated by one blank; `*out` is the index of the one that stands there. */
bool yaml_read_choice(int *out, const struct yaml_reader *reader, const struct yaml_node *node, const char *choices);
bool yaml_expect(const struct yaml_reader *reader, const struct yaml_node *node, enum yaml_kind kind);

/* Adds a diagnostic as all readers do: with the configuration's code where is_config is set, and within most_diags.
 * `help` may be "". Always returns false. */
bool yaml_report(const struct yaml_reader *reader, enum diag_code code, struct place place, const char *help,
                 const char *format, ...) __attribute__((format(printf, 5, 6)));
/* The same, with "did you mean" from a list of names in front of the help. */
bool yaml_report_name(const struct yaml_reader *reader, enum diag_code code, struct place place, struct slice wanted,
                      const char *const *names, size_t name_count, const char *format, ...)
    __attribute__((format(printf, 7, 8)));

/* How a message calls a value: `'title'`, `item 2 of 'tags'`, `the file`. In reader->arena. */
const char *yaml_subject(const struct yaml_reader *reader, const struct yaml_node *node);

/* The key that a value stands under: its own, or for an item of a list the
 * list's. "" at the root. */
struct slice yaml_name(const struct yaml_node *node);

/* Reads YYYY-MM-DD: a date that exists, of the years 1000 to 9999. False when
 * `text` is none; adds no diagnostic. Used where dates stand outside YAML too. */
bool date_read(int32_t *out, struct slice text);

#endif
