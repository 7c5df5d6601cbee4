/* A publication, in the order in which it happens: what was said becomes rows,
 * rows become sums and manifest, the tree becomes whole, the state is recorded,
 * and the tree is put in its place. Up to the record everything can be given up. */

#include "publish/parts.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- one root: rows ---- */

void root_changed(struct root *root, struct slice path, enum delta_kind kind)
{
    uint32_t at = table_get(&root->changed, path);
    root_retime(root, path);
    if (at != TABLE_NONE) {
        root->changes.items[at].kind = (char)kind;
        return;
    }
    path_add(&root->changes, &root->publication->arena, path, (char)kind);
    table_add(&root->changed, root->changes.items[root->changes.count - 1].path, (uint32_t)root->changes.count - 1);
}

static bool remove_file(struct touched_list *list, struct slice path, struct diag_list *diags)
{
    struct root *root = list->root;
    struct publish_row row;
    enum row_kind kind;
    if (!row_get(root, path, &row, &kind) || kind != ROW_FILE)
        return true;
    /* A folder of the new site may stand in its place already. */
    if (root->mode != ROOT_IN_PLACE && !file_unlink_beneath(root->tree, path.at) && errno != EISDIR)
        return root_fails(root, "delete", path, diags);
    touch_row(list, path, &row, NULL, kind);
    row_delete(root, path);
    root_changed(root, path, DELTA_REMOVED);
    root->publication->result.files_removed++;
    return true;
}

static bool add_file(struct touched_list *list, const struct said *said, struct diag_list *diags)
{
    struct root *root = list->root;
    struct publish_row before, row = {said->made, said->inputs, said->origin};
    enum row_kind kind;
    bool is_known = row_get(root, said->path, &before, &kind);
    if (!said->made.is_written && !is_known)
        return diag_add(diags, DIAG_INTERNAL, PLACE_RUN, "'%.*s' was neither written nor published",
                        SLICE_ARGS(said->path));
    row.made.is_written = false;
    touch_row(list, said->path, is_known ? &before : NULL, &row, ROW_FILE);
    row_put(root, said->path, &row, ROW_FILE);
    if (said->made.is_written) {
        root_changed(root, said->path, DELTA_WRITTEN);
        root->publication->result.files_written++;
        root->publication->result.bytes_written += said->made.size;
    }
    return true;
}

static bool is_in_kept_folder(const struct root *root, struct slice path)
{
    const struct path_list *kept = &root->publication->kept_folders;
    for (size_t i = 0; i < kept->count; i++) {
        struct slice folder = kept->items[i].path;
        if ((uint8_t)kept->items[i].kind == root->record.id && path.length > folder.length &&
            memcmp(path.at, folder.at, folder.length) == 0 && (folder.length == 0 || path.at[folder.length] == '/'))
            return true;
    }
    return false;
}

struct orphans {
    struct root *root;
    struct path_list list;
};

static bool find_orphan(void *context, struct slice key, struct slice value)
{
    struct orphans *orphans = context;
    const struct publication *publication = orphans->root->publication;
    char said_key[PATH_BYTES_MOST + 1];
    struct slice path;
    struct publish_row row;
    enum row_kind kind;
    (void)key;
    if (!row_read(value, &path, &row, &kind) || kind != ROW_FILE || path.length > PATH_BYTES_MOST)
        return true;
    said_key[0] = (char)orphans->root->record.id;
    memcpy(said_key + 1, path.at, path.length);
    uint32_t said = table_get(&publication->said_paths, (struct slice){said_key, path.length + 1});
    bool is_added = said != TABLE_NONE && said != SAID_KEPT && publication->said[said].kind == SAID_ADD;
    bool is_kept = said == SAID_KEPT || is_in_kept_folder(orphans->root, path);
    bool is_damaged = row.made.size == UINT64_MAX; /* there is nothing to keep */
    if (!is_added && (!is_kept || is_damaged))
        path_add(&orphans->list, &orphans->root->publication->arena, path, 0);
    return true;
}

static bool remove_orphans(struct touched_list *list, struct diag_list *diags)
{
    struct orphans orphans = {.root = list->root};
    struct state_key prefix = key_of_root(list->root->record.id);
    store_each(list->root->publication->rows, key_slice(&prefix), find_orphan, &orphans);
    bool ok = true;
    for (size_t i = 0; ok && i < orphans.list.count; i++)
        ok = remove_file(list, orphans.list.items[i].path, diags);
    free(orphans.list.items);
    return ok;
}

static bool apply_said(struct touched_list *list, bool is_delta, struct diag_list *diags)
{
    struct root *root = list->root;
    const struct publication *publication = root->publication;
    bool ok = true;
    for (size_t i = 0; ok && i < publication->said_count; i++) {
        const struct said *said = &publication->said[i];
        if (&publication->roots[said->root] != root || said->kind == SAID_ADD)
            continue;
        if (said->kind == SAID_UNDO)
            ok = spare_restore(root, said->path) || root_fails(root, "restore", said->path, diags);
        else
            ok = remove_file(list, said->path, diags);
    }
    ok = ok && (is_delta || remove_orphans(list, diags));
    for (size_t i = 0; ok && i < publication->said_count; i++) {
        const struct said *said = &publication->said[i];
        if (&publication->roots[said->root] == root && said->kind == SAID_ADD)
            ok = add_file(list, said, diags);
    }
    return ok;
}

static void touch_everything(struct touched_list *list)
{
    struct arena arena = {0};
    struct path_list folders = {0};
    paths_of_folders(&folders, &arena, list->root);
    for (size_t i = 0; i < folders.count; i++)
        touch(list, folders.items[i].path);
    free(folders.items);
    arena_free(&arena);
}

static bool make_rows(struct root *root, bool is_delta, const struct publish_about *about, struct diag_list *diags)
{
    struct touched_list list = {.root = root};
    if (is_delta && root->needs_all && root->mode != ROOT_FIRST)
        return diag_add(diags, DIAG_INTERNAL, PLACE_RUN, "'%s' is damaged, and not every file of it was given",
                        root->shown);
    bool ok = apply_said(&list, is_delta, diags);
    if (ok && root->is_damaged)
        touch_everything(&list);
    ok = ok && manifest_write(&list, about, diags) && sums_write(&list, diags);
    touched_free(&list);
    return ok;
}

/* ---- one root: the tree and the record ---- */

static bool complete_tree(struct root *root, struct diag_list *diags)
{
    if (!spare_catch_up(root, diags))
        return false;
    for (size_t i = 0; root->mode != ROOT_IN_PLACE && i < root->changes.count; i++)
        if (root->changes.items[i].kind == DELTA_REMOVED && !spare_prune(root, root->changes.items[i].path))
            return root_fails(root, "delete the folder of", root->changes.items[i].path, diags);
    if (!foreign_carry(root, diags))
        return false;
    if (!root->publication->is_unsynced && syncfs(root->tree) < 0)
        return root_fails(root, "write", SLICE(""), diags);
    return true;
}

static void record_delta(struct root *root)
{
    struct publication *publication = root->publication;
    struct arena arena = {0};
    marks_clear(publication->delta, &arena, root->record.id);
    for (size_t i = 0; root->mode != ROOT_FIRST && i < root->changes.count; i++)
        mark_put(publication->delta, root->record.id, root->changes.items[i].path, root->changes.items[i].kind);
    arena_free(&arena);
}

static bool inode_of(int folder, uint64_t *out)
{
    struct stat status;
    *out = 0;
    if (folder < 0 || fstat(folder, &status) < 0)
        return false;
    *out = status.st_ino;
    return true;
}

/* Nothing of this root changes; but there may be a spare now that was not there before. */
static void record_unchanged(struct root *root)
{
    struct arena arena = {0};
    if (root->mode == ROOT_EXCHANGE) {
        inode_of(root->tree, &root->record.spare_inode);
        root_record_times(root, root->tree, !root->record.slot);
    }
    if (root->mode == ROOT_EXCHANGE && root->is_caught_up)
        marks_clear(root->publication->delta, &arena, root->record.id);
    if (root->mode == ROOT_EXCHANGE || root->mode == ROOT_IN_PLACE)
        root_record_put(root);
    arena_free(&arena);
}

static void record_changed(struct root *root)
{
    struct folder_record top;
    bool has_top = folder_get(root, SLICE(""), &top);
    switch (root->mode) {
    case ROOT_FIRST:
        inode_of(root->tree, &root->record.published_inode);
        root->record.spare_inode = 0;
        root->record.slot = 0;
        root_record_times(root, root->tree, 0);
        break;
    case ROOT_EXCHANGE:
        inode_of(root->tree, &root->record.published_inode);
        inode_of(root->published, &root->record.spare_inode);
        root->record.slot = !root->record.slot;
        root_record_times(root, root->tree, root->record.slot);
        break;
    case ROOT_IN_PLACE:
        if (!root->record.published_inode || root->cannot_link)
            root->is_noted = true;
        inode_of(root->published, &root->record.published_inode);
        root->record.spare_inode = 0;
        root->record.is_unfinished = true;
        root->record.is_in_place = root->record.is_in_place || root->cannot_link;
        break;
    }
    if (has_top)
        root->record.current = top.sums_hash;
    record_delta(root);
    record_foreign(root);
    root_record_put(root);
}

/* After the point of no return. */
static bool put_in_place(struct root *root, struct diag_list *diags)
{
    if (root->mode == ROOT_IN_PLACE) {
        if (root->is_noted)
            note_in_place(root, diags);
        return root_move_files(root, &root->changes, diags);
    }
    int reason = root_swap(root);
    if (reason == 0) {
        root->publication->result.is_exchanged = true;
        return true;
    }
    errno = reason;
    if (!swap_is_impossible(reason))
        return root_fails(root, "exchange", SLICE(""), diags);
    bool was_first = root->mode == ROOT_FIRST;
    return root_give_up_swapping(root, diags) &&
           root_move_files(root, was_first ? &root->delta : &root->changes, diags);
}

/* ---- all of them ---- */

static bool prepare_all(struct publication *publication, struct diag_list *diags)
{
    bool ok = true;
    for (size_t i = 0; ok && i < publication->root_count; i++)
        ok = root_prepare(&publication->roots[i], diags);
    return ok;
}

static bool make_all(struct publication *publication, bool is_delta, const struct publish_about *about,
                     struct diag_list *diags)
{
    bool ok = true;
    for (size_t i = 0; ok && i < publication->root_count; i++) {
        struct root *root = &publication->roots[i];
        ok = make_rows(root, is_delta, about, diags);
        ok = ok && (root->changes.count == 0 || complete_tree(root, diags));
    }
    return ok;
}

static bool record_all(struct publication *publication, struct diag_list *diags)
{
    uint64_t generation = publication->roots[0].record.generation + 1;
    for (size_t i = 0; i < publication->root_count; i++) {
        struct root *root = &publication->roots[i];
        root->record.generation = generation;
        if (root->changes.count > 0)
            record_changed(root);
        else
            record_unchanged(root);
    }
    return store_commit(publication->store, !publication->is_unsynced, diags);
}

static bool put_all_in_place(struct publication *publication, struct diag_list *diags)
{
    bool ok = true;
    for (size_t i = 0; i < publication->root_count; i++)
        if (publication->roots[i].changes.count > 0)
            ok = put_in_place(&publication->roots[i], diags) && ok;
    return ok;
}

static void count_files(struct publication *publication)
{
    for (size_t i = 0; i < publication->root_count; i++) {
        struct folder_record top;
        if (folder_get(&publication->roots[i], SLICE(""), &top))
            publication->result.files += (uint32_t)top.files;
    }
    publication->result.current = publication->roots[0].record.current;
}

/* ---- public ---- */

struct publish_tree publish_tree(struct publication *publication, int root)
{
    struct diag_list ignored = {0}; /* publish_end tries again, and tells */
    bool ok = root_prepare(&publication->roots[root], &ignored);
    diag_list_free(&ignored);
    return (struct publish_tree){publication->roots[root].tree, ok ? 0 : publication->failure};
}

bool publish_end(struct publication *publication, bool is_delta, const struct publish_about *about,
                 struct publish_result *result, struct diag_list *diags)
{
    bool ok = prepare_all(publication, diags) && make_all(publication, is_delta, about, diags);
    if (!ok || !record_all(publication, diags)) {
        publish_abandon(publication);
        return false;
    }
    ok = put_all_in_place(publication, diags);
    if (ok)
        unlinkat(publication->base, MARK_NAME, 0);
    count_files(publication);
    *result = publication->result;
    trash_empty(publication, result->files_written + result->files_removed);
    publication_free(publication);
    return ok;
}

/* The spare keeps its mark, so that the next publication compares it with what is published; other trees are of no use
 * to anybody. */
void publish_abandon(struct publication *publication)
{
    if (!publication)
        return;
    for (size_t i = 0; i < publication->root_count; i++) {
        struct root *root = &publication->roots[i];
        if (root->tree < 0 || root->mode == ROOT_EXCHANGE)
            continue;
        if (root->is_stage_inside)
            file_remove_tree(root->published, STAGE_INSIDE_NAME);
        else
            tree_discard(root);
    }
    trash_empty(publication, SIZE_MAX);
    publication_free(publication);
}
