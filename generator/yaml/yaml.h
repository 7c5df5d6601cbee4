#ifndef WAYMARK_YAML_YAML_H
#define WAYMARK_YAML_YAML_H

/* A strict reading of YAML: a tree in which every key and value knows the bytes
 * it comes from.
 *
 * The language is the part of YAML 1.2 that people write by hand: mappings,
 * sequences and scalars in block or flow style, comments. Anchors, aliases,
 * tags, directives, complex keys, several documents in one file, any encoding
 * but UTF-8, and a key that stands twice (also in another Unicode form) are
 * errors. Nothing is typed by its look: `no`, `012` and `1e3` are text until a
 * reader (yaml/read.h) asks for a boolean, a number or a date.
 *
 * The tree is immutable and lives, with its texts, in the arena it was loaded
 * into. It does not point into the file. */

#include "base/arena.h"
#include "base/diag.h"
#include "base/slice.h"
#include <stdint.h>

enum yaml_kind { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };

enum yaml_style {
    YAML_PLAIN,  /* a scalar without quotes */
    YAML_QUOTED, /* a scalar in single or double quotes */
    YAML_BLOCK,  /* a scalar after | or >; a collection that is laid out by indentation */
    YAML_FLOW,   /* a collection in [ ] or { } */
};

struct yaml_node {
    uint8_t kind;                   /* enum yaml_kind */
    uint8_t style;                  /* enum yaml_style */
    uint32_t count;                 /* children of a sequence or mapping */
    size_t at, length;              /* bytes of the value in file->bytes, quotes and brackets included; length 0 for an
                           empty value, which then stands right after its key's colon */
    size_t key_at, key_length;      /* bytes of the key in file->bytes; {at, 0} when the parent is no mapping */
    struct slice key;               /* the key's text, NUL-terminated; empty when the parent is no mapping */
    struct slice text;              /* a scalar's text, unfolded and unquoted, NUL-terminated; may hold no NUL */
    const struct yaml_node *parent; /* NULL at the root */
    const struct yaml_node *first;  /* children in the order of the file … */
    const struct yaml_node *next;   /* … and the next sibling; NULL at the end */
};

/* Loads `yaml`, which must be a part of file->bytes: the whole of a data file, or
 * the lines between the `---` of a document's front matter. Offsets in the tree
 * and in diagnostics count from the start of file->bytes. A `file` whose path is
 * NULL is fine: its diagnostics have no path.
 *
 * On success `*out` is the root, of any kind; text that holds nothing but blanks
 * and comments gives an empty mapping. Otherwise returns false, `*out` is NULL,
 * and at least one error was added to `diags`. Warnings may be added in both
 * cases: a `#` that cuts a value short, typographic quotes around a value.
 *
 * Limits: LIMIT_YAML_BYTES (front matter has a smaller one, which the caller
 * checks), LIMIT_YAML_DEPTH, LIMIT_YAML_NODES. */
bool yaml_load(const struct yaml_node **out, struct arena *arena, const struct diag_file *file, struct slice yaml,
               struct diag_list *diags);

/* The child with this key, or NULL; also NULL when `map` is NULL or no mapping. */
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);

/* Is the value missing: `key:` with nothing behind it? */
static inline bool yaml_is_empty(const struct yaml_node *node)
{
    return node->kind == YAML_SCALAR && node->style == YAML_PLAIN && node->text.length == 0;
}

/* Where a value or a key stands. An empty value's place is its key. */
struct place yaml_place(const struct diag_file *file, const struct yaml_node *node);
struct place yaml_key_place(const struct diag_file *file, const struct yaml_node *node);

#endif
