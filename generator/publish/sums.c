/* SHA256SUMS of each folder that was touched: its files and the SHA256SUMS of
 * its folders, sorted by name; in a folder with many rows they stand in leaves,
 * and SHA256SUMS lists the leaves. */

#include "publish/parts.h"
#include <stdio.h>
#include <stdlib.h>

struct line {
    struct slice name; /* as it stands in the file */
    struct sha256 hash;
};

struct line_list {
    struct arena arena;
    struct line *items;
    size_t count, capacity;
};

static void add_line(struct line_list *lines, struct slice name, struct sha256 hash)
{
    LIST_GROW(lines->items, lines->count, lines->capacity);
    lines->items[lines->count++] = (struct line){name, hash};
}

static bool add_row(void *context, struct slice key, struct slice value)
{
    struct line_list *lines = context;
    struct slice path;
    struct publish_row row;
    enum row_kind kind;
    (void)key;
    if (row_read(value, &path, &row, &kind) && kind != ROW_SUMS)
        add_line(lines, arena_slice(&lines->arena, path_name(path)), row.made.hash);
    return true;
}

static bool add_folder(void *context, struct slice key, struct slice value)
{
    struct line_list *lines = context;
    struct slice path;
    struct folder_record record;
    (void)key;
    if (!folder_read(value, &path, &record) || path.length == 0)
        return true;
    struct slice name = path_name(path);
    add_line(lines, slice_of(arena_printf(&lines->arena, "%.*s/" SUMS_NAME, SLICE_ARGS(name))), record.sums_hash);
    return true;
}

static int compare_lines(const void *left, const void *right)
{
    return slice_compare(((const struct line *)left)->name, ((const struct line *)right)->name);
}

static void print_lines(struct buffer *out, struct line_list *lines)
{
    if (lines->count > 1)
        qsort(lines->items, lines->count, sizeof *lines->items, compare_lines);
    for (size_t i = 0; i < lines->count; i++) {
        char digits[65];
        sha256_hex(lines->items[i].hash, digits);
        buffer_append(out, digits, 64);
        buffer_text(out, "  ");
        buffer_slice(out, lines->items[i].name);
        buffer_byte(out, '\n');
    }
}

static void clear_lines(struct line_list *lines)
{
    lines->count = 0;
    arena_reset(&lines->arena);
}

static struct slice path_in(struct arena *arena, struct slice folder, struct slice name)
{
    return slice_of(arena_printf(arena, "%.*s%s%.*s", SLICE_ARGS(folder), folder.length ? "/" : "", SLICE_ARGS(name)));
}

struct writing {
    struct touched_list *list;
    struct touched *folder;
    uint32_t leaves; /* as it will be */
    struct line_list lines;
    struct buffer text;
    struct arena *arena; /* of the publication */
};

/* The rows of one leaf, or of the whole folder, as text. */
static void gather(struct writing *writing, uint32_t leaf)
{
    const struct root *root = writing->list->root;
    const struct publication *publication = root->publication;
    struct slice path = writing->folder->path;
    clear_lines(&writing->lines);
    buffer_clear(&writing->text);
    leaf_each(root, publication->rows, path, leaf, writing->leaves, add_row, &writing->lines);
    leaf_each(root, publication->folders, path, leaf, writing->leaves, add_folder, &writing->lines);
    print_lines(&writing->text, &writing->lines);
}

static bool write_leaves(struct writing *writing, struct diag_list *diags)
{
    struct touched *folder = writing->folder;
    for (uint32_t i = 0; i < writing->leaves; i++) {
        if (!touched_leaf(folder, i, writing->leaves, folder->record.sums_leaves))
            continue;
        gather(writing, i);
        struct slice name = leaf_name(writing->arena, SUMS_NAME, i, writing->leaves, "");
        struct slice path = path_in(writing->arena, folder->path, name);
        if (!own_write(writing->list, path, buffer_view(&writing->text), ROW_SUMS, diags))
            return false;
    }
    return true;
}

/* Leaves that the folder had and has no longer. Their names depend on the number of leaves. */
static bool remove_leaves(struct writing *writing, struct diag_list *diags)
{
    struct touched *folder = writing->folder;
    uint32_t before = folder->record.sums_leaves;
    for (uint32_t i = before == writing->leaves ? before : 0; i < before; i++) {
        struct slice name = leaf_name(writing->arena, SUMS_NAME, i, before, "");
        struct slice now = leaf_name(writing->arena, SUMS_NAME, i, writing->leaves, "");
        bool is_kept = i < writing->leaves && slice_equal(name, now);
        if (!is_kept && !own_remove(writing->list, path_in(writing->arena, folder->path, name), diags))
            return false;
    }
    return true;
}

static void list_leaves(struct writing *writing)
{
    clear_lines(&writing->lines);
    buffer_clear(&writing->text);
    for (uint32_t i = 0; i < writing->leaves; i++) {
        struct publish_row row;
        enum row_kind kind;
        struct slice name = leaf_name(&writing->lines.arena, SUMS_NAME, i, writing->leaves, "");
        struct slice path = path_in(&writing->lines.arena, writing->folder->path, name);
        if (row_get(writing->list->root, path, &row, &kind))
            add_line(&writing->lines, name, row.made.hash);
    }
    print_lines(&writing->text, &writing->lines);
}

static bool write_folder(struct writing *writing, struct diag_list *diags)
{
    struct touched *folder = writing->folder;
    struct folder_record *record = &folder->record;
    struct slice path = path_in(writing->arena, folder->path, SLICE(SUMS_NAME));
    if (folder->path.length > 0 && !folder->is_dead && record->own_files == 0 && record->own_folders == 0)
        touched_bury(writing->list, folder);
    writing->leaves = folder->is_dead ? 0 : leaf_count(record->own_files + record->own_folders);
    if (!write_leaves(writing, diags) || !remove_leaves(writing, diags))
        return false;
    if (folder->is_dead)
        return own_remove(writing->list, path, diags);
    if (writing->leaves > 0)
        list_leaves(writing);
    else
        gather(writing, 0);
    record->sums_leaves = writing->leaves;
    record->sums_hash = sha256_of(buffer_view(&writing->text));
    folder_put(writing->list->root, folder->path, record);
    return own_write(writing->list, path, buffer_view(&writing->text), ROW_SUMS, diags);
}

static bool write_folders(struct writing *writing, bool of_manifest, struct diag_list *diags)
{
    size_t count;
    bool ok = true;
    struct touched **folders = touched_in_order(writing->list, of_manifest, &count);
    for (size_t i = 0; ok && i < count; i++) {
        writing->folder = folders[i];
        ok = write_folder(writing, diags);
    }
    free(folders);
    return ok;
}

/* manifest/ is a folder of the root: its sums come first. */
bool sums_write(struct touched_list *list, struct diag_list *diags)
{
    struct writing writing = {
        .list = list,
        .text = BUFFER(SIZE_MAX),
        .arena = &list->root->publication->arena,
    };
    bool ok = write_folders(&writing, true, diags) && write_folders(&writing, false, diags);
    buffer_free(&writing.text);
    free(writing.lines.items);
    arena_free(&writing.lines.arena);
    return ok;
}
