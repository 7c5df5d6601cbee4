/* Putting a tree in its place: by one exchange, or where that cannot be, file by
 * file. Everything is recorded by then; a crash here is completed by the next
 * publication. */

#include "publish/parts.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

bool swap_is_impossible(int reason)
{
    return reason == EBUSY || reason == EXDEV || reason == EINVAL || reason == ENOSYS || reason == EOPNOTSUPP;
}

int root_swap(struct root *root)
{
    char name[32];
    struct publication *publication = root->publication;
    tree_name(root, name);
    /* rename() over a folder does nothing unless that is empty. */
    int done = root->mode == ROOT_FIRST ? renameat(publication->base, name, root->parent, root->name)
                                        : renameat2(publication->base, name, root->parent, root->name, RENAME_EXCHANGE);
    if (done < 0)
        return errno;
    if (!publication->is_unsynced && (fsync(root->parent) < 0 || fsync(publication->base) < 0))
        return errno;
    return 0;
}

/* ---- in place ---- */

void note_in_place(const struct root *root, struct diag_list *diags)
{
    diag_add(diags, DIAG_OUTPUT_IN_PLACE, PLACE_RUN,
             "'%s' cannot be exchanged as a whole: its files are replaced one by one", root->shown);
}

/* After a first publication there is no delta: everything is to be moved. */
static void list_everything(struct root *root)
{
    struct publication *publication = root->publication;
    struct path_list folders = {0};
    paths_of_folders(&folders, &publication->arena, root);
    root->delta.count = 0;
    for (size_t i = 0; i < folders.count; i++) {
        struct path_list rows = {0};
        paths_of_rows(&rows, &publication->arena, root, folders.items[i].path);
        for (size_t j = 0; j < rows.count; j++) {
            path_add(&root->delta, &publication->arena, rows.items[j].path, DELTA_WRITTEN);
            mark_put(publication->delta, root->record.id, rows.items[j].path, DELTA_WRITTEN);
        }
        free(rows.items);
    }
    free(folders.items);
}

bool root_give_up_swapping(struct root *root, struct diag_list *diags)
{
    struct stat status;
    if (root->mode == ROOT_FIRST)
        list_everything(root);
    if (root->published < 0) {
        if (mkdirat(root->parent, root->name, FOLDER_MODE) < 0 && errno != EEXIST)
            return root_fails(root, "make", SLICE(""), diags);
        root->published = openat(root->parent, root->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    }
    if (root->published < 0 || fstat(root->published, &status) < 0)
        return root_fails(root, "open", SLICE(""), diags);
    root->mode = ROOT_IN_PLACE;
    root->record.published_inode = status.st_ino;
    root->record.spare_inode = 0;
    root->record.is_in_place = root->record.is_unfinished = true;
    root->is_retimed_whole = true;
    root_record_put(root);
    note_in_place(root, diags);
    return store_commit(root->publication->store, !root->publication->is_unsynced, diags);
}

bool root_open_stage(struct root *root, bool is_new)
{
    char name[32];
    int folder = root->publication->base;
    tree_name(root, name);
    root->is_stage_inside = root->publication->is_base_elsewhere || root->is_mount;
    if (root->is_stage_inside) {
        folder = root->published;
        snprintf(name, sizeof name, STAGE_INSIDE_NAME);
    }
    if (is_new && root->is_stage_inside && !file_remove_tree(folder, name))
        return false;
    if (is_new && !root->is_stage_inside && !tree_discard(root))
        return false;
    if (is_new && mkdirat(folder, name, FOLDER_MODE) < 0)
        return false;
    root->tree = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return root->tree >= 0;
}

static bool remove_stage(struct root *root)
{
    char name[32];
    file_close(root->tree);
    root->tree = -1;
    if (root->is_stage_inside)
        return file_remove_tree(root->published, STAGE_INSIDE_NAME);
    return file_remove_tree(root->publication->base, tree_name(root, name));
}

static bool prune_published(struct root *root, struct slice path)
{
    int tree = root->tree;
    root->tree = root->published;
    bool ok = spare_prune(root, path);
    root->tree = tree;
    return ok;
}

/* 0: in its place; EISDIR and the like: a folder or file that is about to be deleted stands there. */
static int move_file(struct root *root, struct slice path)
{
    const char *name, *ignored;
    struct stat status;
    if (root->tree < 0)
        return 0; /* nothing is left to move */
    int from = file_open_parent(root->tree, path.at, &name);
    if (from < 0)
        return errno == ENOENT ? 0 : errno; /* it was moved before the crash */
    int reason = 0, into = -1;
    if (fstatat(from, name, &status, AT_SYMLINK_NOFOLLOW) == 0) {
        if (!file_make_parents(root->published, path.at))
            reason = errno;
        else if ((into = file_open_parent(root->published, path.at, &ignored)) < 0)
            reason = errno;
        else if (renameat(from, name, into, name) < 0)
            reason = errno;
    }
    file_close(from);
    file_close(into);
    return reason;
}

static bool is_in_the_way(int reason)
{
    return reason == EISDIR || reason == ENOTDIR || reason == ENOTEMPTY || reason == EEXIST;
}

static bool move_files(struct root *root, const struct path_list *files, bool is_last, struct diag_list *diags)
{
    for (size_t i = 0; i < files->count; i++) {
        if (files->items[i].kind != DELTA_WRITTEN)
            continue;
        int reason = move_file(root, files->items[i].path);
        root_retime(root, files->items[i].path);
        if (reason && (is_last || !is_in_the_way(reason))) {
            errno = reason;
            return root_fails(root, "write", files->items[i].path, diags);
        }
    }
    return true;
}

static bool delete_files(struct root *root, const struct path_list *files, struct diag_list *diags)
{
    for (size_t i = 0; i < files->count; i++) {
        struct slice path = files->items[i].path;
        if (files->items[i].kind != DELTA_REMOVED)
            continue;
        root_retime(root, path);
        /* A folder in its place is of the new site. */
        bool ok = file_unlink_beneath(root->published, path.at) || errno == EISDIR;
        if (!ok || !prune_published(root, path))
            return root_fails(root, "delete", path, diags);
    }
    return true;
}

bool root_move_files(struct root *root, const struct path_list *files, struct diag_list *diags)
{
    struct publication *publication = root->publication;
    struct arena arena = {0};
    if (!move_files(root, files, false, diags) || !delete_files(root, files, diags) ||
        !move_files(root, files, true, diags))
        return false;
    if (!remove_stage(root))
        return root_fails(root, "delete what is left beside", SLICE(""), diags);
    if (!publication->is_unsynced && syncfs(root->published) < 0)
        return root_fails(root, "write", SLICE(""), diags);
    root_record_times(root, root->published, root->record.slot);
    root->record.is_unfinished = false;
    root_record_put(root);
    marks_clear(publication->delta, &arena, root->record.id);
    arena_free(&arena);
    return store_commit(publication->store, !publication->is_unsynced, diags);
}
