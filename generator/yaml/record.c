/* Reads a mapping into a struct by a table of rows. Every key must be in the
 * table: a setting that is misspelt would otherwise be ignored in silence. */

#include "yaml/read.h"

static const struct yaml_row *row_of(const struct yaml_row *rows, size_t row_count, struct slice key)
{
    for (size_t i = 0; i < row_count; i++)
        if (slice_is(key, rows[i].key))
            return &rows[i];
    return NULL;
}

static bool unknown_key(const struct yaml_reader *reader, const struct yaml_node *node, const struct yaml_row *rows,
                        size_t row_count, const char *what)
{
    if (reader->most_diags && reader->diags->count >= reader->most_diags)
        return false;
    const char **names = ARENA_ARRAY(reader->arena, const char *, row_count);
    size_t count = 0;
    for (size_t i = 0; i < row_count; i++)
        if (rows[i].type != YAML_ELSEWHERE)
            names[count++] = rows[i].key;
    return yaml_report_name(reader, DIAG_KEY_UNKNOWN, yaml_key_place(reader->file, node), node->key, names, count,
                            "%s has no key '%.*s'", what, SLICE_ARGS(node->key));
}

static bool read_row(void *record, const struct yaml_reader *reader, const struct yaml_node *node,
                     const struct yaml_row *row)
{
    char *field = (char *)record + row->at;
    switch (row->type) {
    case YAML_TEXT:
        return yaml_read_text((const char **)field, reader, node);
    case YAML_TEXTS:
        return yaml_read_texts((const char ***)field, (size_t *)((char *)record + row->count_at), reader, node);
    case YAML_BOOL:
        return yaml_read_bool((bool *)field, reader, node);
    case YAML_INT:
        return yaml_read_int((int64_t *)field, reader, node);
    case YAML_DATE:
        return yaml_read_date((int32_t *)field, reader, node);
    case YAML_CHOICE:
        return yaml_read_choice((int *)field, reader, node, row->choices);
    case YAML_MAP:
        if (!yaml_expect(reader, node, YAML_MAPPING))
            return false;
        *(const struct yaml_node **)field = node;
        return true;
    case YAML_LIST:
        if (!yaml_expect(reader, node, YAML_SEQUENCE))
            return false;
        *(const struct yaml_node **)field = node;
        return true;
    case YAML_NODE:
        *(const struct yaml_node **)field = node;
        return true;
    case YAML_ELSEWHERE:
        return yaml_report(reader, DIAG_KEY_ELSEWHERE, yaml_key_place(reader->file, node), row->choices,
                           "'%.*s' does not belong here", SLICE_ARGS(node->key));
    }
    return false;
}

bool yaml_record(void *record, const struct yaml_reader *reader, const struct yaml_node *map,
                 const struct yaml_row *rows, size_t row_count, const char *what)
{
    if (!yaml_expect(reader, map, YAML_MAPPING))
        return false;
    bool ok = true;
    for (const struct yaml_node *node = map->first; node; node = node->next) {
        const struct yaml_row *row = row_of(rows, row_count, node->key);
        ok &= row ? read_row(record, reader, node, row) : unknown_key(reader, node, rows, row_count, what);
    }
    for (size_t i = 0; i < row_count; i++) {
        if (!rows[i].required || yaml_get(map, rows[i].key))
            continue;
        struct place place = yaml_key_place(reader->file, map);
        if (map->key_length == 0)
            place.length = 0;
        ok = yaml_report(reader, DIAG_KEY_MISSING, place, "", "%s needs the key '%s'", what, rows[i].key);
    }
    return ok;
}
