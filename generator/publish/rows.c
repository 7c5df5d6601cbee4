/* Keys and records of the state. A key is root, folder and name, so that what is
 * in one folder lies together; the hash of the name stands before the name, so
 * that a leaf of a large folder is one range. */

#include "publish/parts.h"
#include <stdio.h>
#include <stdlib.h>

struct packed_row {
    uint64_t size;
    struct sha256 hash;
    struct key inputs;
    uint16_t path_bytes, source_bytes, origin_bytes, commit_bytes;
    uint8_t kind;
    uint8_t padding[7];
};

uint32_t name_hash(struct slice name)
{
    struct sha256 hash = sha256_of(name);
    return (uint32_t)hash.bytes[0] << 24 | (uint32_t)hash.bytes[1] << 16 | (uint32_t)hash.bytes[2] << 8 | hash.bytes[3];
}

uint32_t leaf_count(uint32_t rows)
{
    uint32_t leaves = 2;
    if (rows <= PUBLISH_LEAF_ROWS)
        return 0;
    while (leaves < rows / LEAF_ROWS_AIMED)
        leaves *= 2;
    return leaves;
}

uint32_t leaf_of(uint32_t hash, uint32_t leaves)
{
    return (uint32_t)((uint64_t)hash * leaves >> 32); /* the first bits, as leaves is a power of two */
}

/* ---- keys ---- */

static void key_add(struct state_key *key, const void *bytes, size_t length)
{
    memcpy(key->bytes + key->length, bytes, length);
    key->length += length;
}

struct state_key key_of_root(uint8_t root)
{
    return (struct state_key){{(char)root}, 1};
}

struct state_key key_of_folder(uint8_t root, struct slice folder)
{
    enum { CUT = FOLDER_KEY_BYTES - 40 };
    struct state_key key = key_of_root(root);
    if (folder.length <= FOLDER_KEY_BYTES) {
        key_add(&key, folder.at, folder.length);
    } else {
        struct sha256 hash = sha256_of(folder);
        key_add(&key, folder.at, CUT);
        key_add(&key, "\1", 1);
        key_add(&key, hash.bytes, sizeof hash.bytes);
    }
    key_add(&key, "", 1);
    return key;
}

struct state_key key_of_path(uint8_t root, struct slice path)
{
    struct slice name = path_name(path);
    struct state_key key = key_of_folder(root, path_folder(path));
    uint32_t hash = name_hash(name);
    const unsigned char bytes[4] = {(unsigned char)(hash >> 24), (unsigned char)(hash >> 16),
                                    (unsigned char)(hash >> 8), (unsigned char)hash};
    key_add(&key, bytes, sizeof bytes);
    key_add(&key, name.at, name.length);
    return key;
}

/* ---- rows ---- */

static struct slice take(struct slice *bytes, size_t length)
{
    struct slice taken = {bytes->at, length};
    *bytes = slice_from(*bytes, length);
    return taken;
}

bool row_read(struct slice value, struct slice *path, struct publish_row *row, enum row_kind *kind)
{
    struct packed_row packed;
    if (value.length < sizeof packed)
        return false;
    memcpy(&packed, value.at, sizeof packed);
    value = slice_from(value, sizeof packed);
    if (value.length != (size_t)packed.path_bytes + packed.source_bytes + packed.origin_bytes + packed.commit_bytes)
        return false;
    *path = take(&value, packed.path_bytes);
    *row = (struct publish_row){.made = {.size = packed.size, .hash = packed.hash}, .inputs = packed.inputs};
    row->origin.source = take(&value, packed.source_bytes);
    row->origin.path = take(&value, packed.origin_bytes);
    row->origin.commit = take(&value, packed.commit_bytes);
    *kind = packed.kind;
    return true;
}

bool row_get(const struct root *root, struct slice path, struct publish_row *row, enum row_kind *kind)
{
    struct state_key key = key_of_path(root->record.id, path);
    struct slice value, stored;
    return store_get(root->publication->rows, key_slice(&key), &value) && row_read(value, &stored, row, kind) &&
           slice_equal(stored, path);
}

static struct slice cut(struct slice text)
{
    return (struct slice){text.at, text.length < UINT16_MAX ? text.length : UINT16_MAX};
}

void row_put(const struct root *root, struct slice path, const struct publish_row *row, enum row_kind kind)
{
    struct slice source = cut(row->origin.source), origin = cut(row->origin.path), commit = cut(row->origin.commit);
    struct packed_row packed;
    memset(&packed, 0, sizeof packed);
    packed.size = row->made.size;
    packed.hash = row->made.hash;
    packed.inputs = row->inputs;
    packed.path_bytes = (uint16_t)path.length;
    packed.source_bytes = (uint16_t)source.length;
    packed.origin_bytes = (uint16_t)origin.length;
    packed.commit_bytes = (uint16_t)commit.length;
    packed.kind = (uint8_t)kind;
    struct buffer value = BUFFER(SIZE_MAX);
    buffer_append(&value, &packed, sizeof packed);
    buffer_slice(&value, path);
    buffer_slice(&value, source);
    buffer_slice(&value, origin);
    buffer_slice(&value, commit);
    struct state_key key = key_of_path(root->record.id, path);
    store_put(root->publication->rows, key_slice(&key), buffer_view(&value));
    buffer_free(&value);
}

void row_delete(const struct root *root, struct slice path)
{
    struct state_key key = key_of_path(root->record.id, path);
    store_delete(root->publication->rows, key_slice(&key));
}

/* ---- folders ---- */

/* The root folder's key is that of an empty name in itself. */
bool folder_read(struct slice value, struct slice *path, struct folder_record *record)
{
    if (value.length < sizeof *record)
        return false;
    memcpy(record, value.at, sizeof *record);
    *path = slice_from(value, sizeof *record);
    return true;
}

bool folder_get(const struct root *root, struct slice path, struct folder_record *record)
{
    struct state_key key = key_of_path(root->record.id, path);
    struct slice value, stored;
    return store_get(root->publication->folders, key_slice(&key), &value) && folder_read(value, &stored, record) &&
           slice_equal(stored, path);
}

void folder_put(const struct root *root, struct slice path, const struct folder_record *record)
{
    char value[sizeof *record + PATH_BYTES_MOST];
    struct state_key key = key_of_path(root->record.id, path);
    memcpy(value, record, sizeof *record);
    memcpy(value + sizeof *record, path.at, path.length);
    store_put(root->publication->folders, key_slice(&key), (struct slice){value, sizeof *record + path.length});
}

void folder_delete(const struct root *root, struct slice path)
{
    struct state_key key = key_of_path(root->record.id, path);
    store_delete(root->publication->folders, key_slice(&key));
}

/* ---- delta and foreign ---- */

void mark_put(struct store_table *table, uint8_t root, struct slice path, char kind)
{
    char value[1 + PATH_BYTES_MOST * 4];
    struct state_key key = key_of_path(root, path);
    value[0] = kind;
    memcpy(value + 1, path.at, path.length);
    store_put(table, key_slice(&key), (struct slice){value, 1 + path.length});
}

void marks_clear(struct store_table *table, struct arena *arena, uint8_t root)
{
    struct path_list marks = {0};
    paths_of_table(&marks, arena, table, root);
    for (size_t i = 0; i < marks.count; i++) {
        struct state_key key = key_of_path(root, marks.items[i].path);
        store_delete(table, key_slice(&key));
    }
    free(marks.items);
}

bool mark_read(struct slice value, struct slice *path, char *kind)
{
    if (value.length < 1)
        return false;
    *kind = value.at[0];
    *path = slice_from(value, 1);
    return true;
}

/* ---- lists ---- */

struct listing {
    struct path_list *out;
    struct arena *arena;
    bool (*read)(struct slice value, struct slice *path, char *kind);
};

void path_add(struct path_list *list, struct arena *arena, struct slice path, char kind)
{
    LIST_GROW(list->items, list->count, list->capacity);
    list->items[list->count++] = (struct path_mark){arena_slice(arena, path), kind};
}

static bool list_one(void *context, struct slice key, struct slice value)
{
    struct listing *listing = context;
    struct slice path;
    char kind;
    (void)key;
    if (listing->read(value, &path, &kind))
        path_add(listing->out, listing->arena, path, kind);
    return true;
}

static bool read_row_mark(struct slice value, struct slice *path, char *kind)
{
    struct publish_row row;
    enum row_kind row_kind;
    bool ok = row_read(value, path, &row, &row_kind);
    *kind = (char)row_kind;
    return ok;
}

static bool read_folder_mark(struct slice value, struct slice *path, char *kind)
{
    struct folder_record record;
    *kind = 0;
    return folder_read(value, path, &record);
}

void paths_of_table(struct path_list *out, struct arena *arena, struct store_table *table, uint8_t root)
{
    struct state_key prefix = key_of_root(root);
    store_each(table, key_slice(&prefix), list_one, &(struct listing){out, arena, mark_read});
}

void paths_of_rows(struct path_list *out, struct arena *arena, const struct root *root, struct slice folder)
{
    struct state_key prefix = key_of_folder(root->record.id, folder);
    store_each(root->publication->rows, key_slice(&prefix), list_one, &(struct listing){out, arena, read_row_mark});
}

static int compare_marks(const void *left, const void *right)
{
    return slice_compare(((const struct path_mark *)left)->path, ((const struct path_mark *)right)->path);
}

void paths_of_folders(struct path_list *out, struct arena *arena, const struct root *root)
{
    struct state_key prefix = key_of_root(root->record.id);
    store_each(root->publication->folders, key_slice(&prefix), list_one,
               &(struct listing){out, arena, read_folder_mark});
    if (out->count > 1) /* parents first */
        qsort(out->items, out->count, sizeof *out->items, compare_marks);
}
