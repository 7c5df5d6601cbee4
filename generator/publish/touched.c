/* Which folders a publication touches, and files of our own in them. A folder is
 * touched with all those above it, because each SHA256SUMS names the ones below. */

#include "publish/parts.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

bool is_of_manifest(struct slice path)
{
    return slice_is(path, MANIFEST_NAME) || slice_starts_with(path, MANIFEST_NAME "/");
}

static void add_hash(struct touched *folder, struct slice name)
{
    LIST_GROW(folder->hashes, folder->hash_count, folder->hash_capacity);
    folder->hashes[folder->hash_count++] = name_hash(name);
}

struct touched *touch(struct touched_list *list, struct slice path)
{
    uint32_t at = table_get(&list->by_path, path);
    if (at != TABLE_NONE)
        return list->items[at];
    struct arena *arena = &list->root->publication->arena;
    struct touched *folder = ARENA_NEW(arena, struct touched);
    folder->path = arena_slice(arena, path);
    folder->is_new = !folder_get(list->root, path, &folder->record);
    folder->is_whole = list->root->is_damaged;
    LIST_GROW(list->items, list->count, list->capacity);
    list->items[list->count] = folder;
    table_add(&list->by_path, folder->path, (uint32_t)list->count++);
    if (path.length > 0) {
        struct touched *parent = touch(list, path_folder(path));
        parent->record.own_folders += folder->is_new;
        add_hash(parent, path_name(folder->path));
    }
    return folder;
}

static uint64_t row_bytes(const struct publish_row *row)
{
    return row && row->made.size != UINT64_MAX ? row->made.size : 0;
}

static bool is_same_text(struct slice a, struct slice b)
{
    return slice_equal(a, b);
}

/* For sums and manifest; `inputs` stand in neither. */
static bool is_same_row(const struct publish_row *a, const struct publish_row *b)
{
    return a->made.size == b->made.size && memcmp(&a->made.hash, &b->made.hash, sizeof a->made.hash) == 0 &&
           is_same_text(a->origin.source, b->origin.source) && is_same_text(a->origin.path, b->origin.path) &&
           is_same_text(a->origin.commit, b->origin.commit);
}

void touch_row(struct touched_list *list, struct slice path, const struct publish_row *before,
               const struct publish_row *after, enum row_kind kind)
{
    if (kind == ROW_SUMS || (before && after && is_same_row(before, after)))
        return;
    struct touched *folder = touch(list, path_folder(path));
    folder->record.own_files += (after != NULL) - (before != NULL);
    folder->record.own_bytes += row_bytes(after) - row_bytes(before);
    add_hash(folder, path_name(path));
}

void touched_bury(struct touched_list *list, struct touched *folder)
{
    folder->is_dead = true;
    folder_delete(list->root, folder->path);
    touch(list, path_folder(folder->path))->record.own_folders--;
}

bool touched_leaf(const struct touched *folder, uint32_t leaf, uint32_t leaves, uint32_t leaves_before)
{
    if (folder->is_whole || leaves != leaves_before || leaves == 0)
        return true;
    for (size_t i = 0; i < folder->hash_count; i++)
        if (leaf_of(folder->hashes[i], leaves) == leaf)
            return true;
    return false;
}

static int compare_deepest_first(const void *left, const void *right)
{
    return slice_compare((*(struct touched *const *)right)->path, (*(struct touched *const *)left)->path);
}

struct touched **touched_in_order(const struct touched_list *list, bool of_manifest, size_t *count)
{
    struct touched **out = memory_get((list->count + 1) * sizeof(struct touched *));
    *count = 0;
    for (size_t i = 0; i < list->count; i++)
        if (is_of_manifest(list->items[i]->path) == of_manifest)
            out[(*count)++] = list->items[i];
    if (*count > 1)
        qsort(out, *count, sizeof(struct touched *), compare_deepest_first);
    return out;
}

void touched_free(struct touched_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]->hashes);
    free(list->items);
    table_free(&list->by_path);
    *list = (struct touched_list){0};
}

/* ---- leaves ---- */

struct slice leaf_name(struct arena *arena, const char *stem, uint32_t leaf, uint32_t leaves, const char *ending)
{
    int digits = 2;
    for (uint32_t most = 256; most < leaves; most *= 16)
        digits++;
    return slice_of(arena_printf(arena, "%s-%0*x%s", stem, digits, leaf, ending));
}

void leaf_each(const struct root *root, struct store_table *table, struct slice folder, uint32_t leaf, uint32_t leaves,
               bool (*each)(void *context, struct slice key, struct slice value), void *context)
{
    struct state_key prefix = key_of_folder(root->record.id, folder);
    size_t length = prefix.length;
    if (leaves == 0) {
        store_each(table, key_slice(&prefix), each, context);
        return;
    }
    /* A leaf is a whole number of first bytes of the hash, or of first two bytes. */
    uint32_t steps = leaves <= 256 ? 256 : 65536;
    uint32_t steps_each = steps / leaves;
    for (uint32_t i = leaf * steps_each; i < (leaf + 1) * steps_each; i++) {
        prefix.length = length;
        if (steps > 256)
            prefix.bytes[prefix.length++] = (char)(i >> 8);
        prefix.bytes[prefix.length++] = (char)i;
        store_each(table, key_slice(&prefix), each, context);
    }
}

/* ---- files of our own ---- */

bool own_write(struct touched_list *list, struct slice path, struct slice bytes, enum row_kind kind,
               struct diag_list *diags)
{
    struct root *root = list->root;
    struct publish_row before, row = {0};
    enum row_kind kind_before;
    bool is_known = row_get(root, path, &before, &kind_before);
    struct publish_tree tree = {.folder = root->tree};
    if (!publish_write(tree, path.at, bytes, is_known ? &before.made : NULL, &row.made))
        return root_fails(root, "write", path, diags);
    if (!row.made.is_written)
        return true;
    root->publication->result.sums_written++;
    root->publication->result.bytes_written += bytes.length;
    root_changed(root, path, DELTA_WRITTEN);
    touch_row(list, path, is_known ? &before : NULL, &row, kind);
    row_put(root, path, &row, kind);
    return true;
}

bool own_remove(struct touched_list *list, struct slice path, struct diag_list *diags)
{
    struct root *root = list->root;
    struct publish_row before;
    enum row_kind kind;
    if (!row_get(root, path, &before, &kind))
        return true;
    if (root->mode != ROOT_IN_PLACE && !file_unlink_beneath(root->tree, path.at))
        return root_fails(root, "delete", path, diags);
    root_changed(root, path, DELTA_REMOVED);
    touch_row(list, path, &before, NULL, kind);
    row_delete(root, path);
    return true;
}
