/* The spare: a second complete tree. It lacks what the last publication changed,
 * and otherwise has the published files by hard link. Where it cannot be
 * trusted (there is none, a build was interrupted while it was written, the
 * machine was restarted) every file of it is compared by inode. */

#include "publish/parts.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- times ---- */

void root_retime(struct root *root, struct slice path)
{
    if (root->is_retimed_whole)
        return;
    for (struct slice folder = path_folder(path);; folder = path_folder(folder)) {
        if (folder.length > PATH_BYTES_MOST || table_get(&root->retimed, folder) != TABLE_NONE)
            return;
        path_add(&root->retimed_folders, &root->publication->arena, folder, 0);
        table_add(&root->retimed, root->retimed_folders.items[root->retimed_folders.count - 1].path, 1);
        if (folder.length == 0)
            return;
    }
}

static void record_time(struct root *root, int tree, struct slice folder, unsigned slot)
{
    struct folder_record record;
    struct stat status;
    if (!folder_get(root, folder, &record))
        return;
    bool is_there = fstatat(tree, folder.length ? folder.at : ".", &status, AT_SYMLINK_NOFOLLOW) == 0;
    record.times[slot] =
        is_there ? (struct folder_time){status.st_mtim.tv_sec, status.st_mtim.tv_nsec} : (struct folder_time){0, 0};
    folder_put(root, folder, &record);
}

void root_record_times(struct root *root, int tree, unsigned slot)
{
    struct arena arena = {0};
    struct path_list folders = root->retimed_folders;
    if (root->is_retimed_whole) {
        folders = (struct path_list){0};
        paths_of_folders(&folders, &arena, root);
    }
    for (size_t i = 0; i < folders.count; i++)
        record_time(root, tree, folders.items[i].path, slot);
    if (root->is_retimed_whole)
        free(folders.items);
    arena_free(&arena);
}

/* ---- one folder of the spare ---- */

struct reconciling {
    struct root *root;
    struct slice folder;
    int published, spare; /* descriptors of the folder in both */
    bool is_dirty;        /* what we do not know is of an interrupted build */
    struct table rows;    /* paths of the folder's files → 1, or 2 when the spare has the very file */
    struct path_list list;
    struct arena arena;
    int reason;
};

static bool is_same_file(int a, int b, const char *name)
{
    struct stat one, other;
    return fstatat(a, name, &one, AT_SYMLINK_NOFOLLOW) == 0 && fstatat(b, name, &other, AT_SYMLINK_NOFOLLOW) == 0 &&
           one.st_ino == other.st_ino && one.st_dev == other.st_dev && S_ISREG(one.st_mode);
}

static bool was_of_last_tree(const struct root *root, struct slice path)
{
    for (size_t i = 0; i < root->delta.count; i++)
        if (slice_equal(root->delta.items[i].path, path) ||
            (slice_starts_with(root->delta.items[i].path, path.at) && root->delta.items[i].path.at[path.length] == '/'))
            return true;
    return false;
}

static bool is_foreign(const struct root *root, struct slice path)
{
    return table_get(&root->foreign_paths, path) != TABLE_NONE;
}

/* Somebody put it into the published tree just when that became the spare: it goes back where it was meant to be. */
static bool rescue(struct reconciling *at, const char *name, struct slice path)
{
    if (linkat(at->spare, name, at->published, name, 0) == 0 || errno == EEXIST)
        foreign_add(at->root, path, FOREIGN_THERE);
    return true;
}

static bool reconcile_entry(void *context, const char *name, unsigned char type)
{
    struct reconciling *at = context;
    struct root *root = at->root;
    struct folder_record record;
    struct slice path =
        slice_of(arena_printf(&at->arena, "%.*s%s%s", SLICE_ARGS(at->folder), at->folder.length ? "/" : "", name));
    if (is_foreign(root, path))
        return true;
    bool is_row = table_get(&at->rows, path) != TABLE_NONE;
    if (is_row && type == DT_REG && is_same_file(at->published, at->spare, name)) {
        table_set(&at->rows, path, 2);
        return true;
    }
    if (type == DT_DIR && !is_row && path.length <= PATH_BYTES_MOST && folder_get(root, path, &record))
        return true;
    if (!is_row && !at->is_dirty) {
        if (was_of_last_tree(root, path))
            return true; /* spare_catch_up */
        return type == DT_REG ? rescue(at, name, path) : true;
    }
    if (file_remove_tree(at->spare, name))
        return true;
    at->reason = errno;
    return false;
}

static bool link_missing(struct reconciling *at)
{
    for (size_t i = 0; i < at->list.count; i++) {
        struct slice path = at->list.items[i].path;
        const char *name = path_name(path).at;
        if (table_get(&at->rows, path) == 2)
            continue;
        if (linkat(at->published, name, at->spare, name, 0) < 0 && errno != ENOENT) {
            at->reason = errno;
            return false;
        }
        at->root->publication->result.files_linked++;
    }
    return true;
}

static bool reconcile_folder(struct root *root, struct slice folder, bool is_dirty)
{
    struct reconciling at = {.root = root, .folder = folder, .is_dirty = is_dirty};
    paths_of_rows(&at.list, &at.arena, root, folder);
    table_reserve(&at.rows, at.list.count);
    for (size_t i = 0; i < at.list.count; i++)
        table_add(&at.rows, at.list.items[i].path, 1);
    at.published = folder.length ? file_open_beneath(root->published, folder.at, O_PATH | O_DIRECTORY, 0)
                                 : fcntl(root->published, F_DUPFD_CLOEXEC, 0);
    bool is_missing = at.published < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP);
    at.spare = folder.length ? file_open_folder(root->tree, folder.at) : fcntl(root->tree, F_DUPFD_CLOEXEC, 0);
    if (at.spare < 0 && (errno == ENOTDIR || errno == ELOOP) && file_unlink_beneath(root->tree, folder.at))
        at.spare = file_open_folder(root->tree, folder.at); /* a file where the folder is to be */
    bool ok = (at.published >= 0 || is_missing) && at.spare >= 0;
    at.reason = ok ? 0 : errno;
    ok = ok && !is_missing; /* its files are damaged, and will be given again */
    if (ok && !folder_list(at.spare, ".", reconcile_entry, &at))
        at.reason = at.reason ? at.reason : errno;
    ok = at.reason == 0 && (is_missing || link_missing(&at));
    file_close(at.published);
    file_close(at.spare);
    table_free(&at.rows);
    free(at.list.items);
    arena_free(&at.arena);
    errno = at.reason;
    return ok;
}

/* Nothing in the spare is believed. */
static bool reconcile_all(struct root *root)
{
    struct arena arena = {0};
    struct path_list folders = {0};
    paths_of_folders(&folders, &arena, root);
    bool ok = true;
    for (size_t i = 0; ok && i < folders.count; i++)
        ok = reconcile_folder(root, folders.items[i].path, true);
    int reason = errno;
    free(folders.items);
    arena_free(&arena);
    root->is_caught_up = root->is_retimed_whole = true;
    errno = reason;
    return ok;
}

struct suspects {
    struct root *root;
    struct arena arena;
    struct path_list folders;
};

static bool suspect(void *context, struct slice key, struct slice value)
{
    struct suspects *suspects = context;
    struct slice path;
    struct folder_record record;
    struct stat status;
    char name[PATH_BYTES_MOST + 1];
    (void)key;
    if (!folder_read(value, &path, &record) || path.length > PATH_BYTES_MOST)
        return true;
    memcpy(name, path.length ? path.at : ".", path.length ? path.length : 1);
    name[path.length ? path.length : 1] = 0;
    const struct folder_time *time = &record.times[!suspects->root->record.slot];
    bool is_there = fstatat(suspects->root->tree, name, &status, AT_SYMLINK_NOFOLLOW) == 0;
    bool is_as_left = is_there ? S_ISDIR(status.st_mode) && status.st_mtim.tv_sec == time->seconds &&
                                     status.st_mtim.tv_nsec == time->ns
                               : time->seconds == 0; /* new in the last publication */
    if (!is_as_left)
        path_add(&suspects->folders, &suspects->arena, path, 0);
    return true;
}

/* The spare is as the last publication left it, but for what somebody did in it. */
static bool reconcile_suspects(struct root *root)
{
    struct suspects suspects = {.root = root};
    struct state_key prefix = key_of_root(root->record.id);
    store_each(root->publication->folders, key_slice(&prefix), suspect, &suspects);
    bool ok = true;
    for (size_t i = 0; ok && i < suspects.folders.count; i++) {
        struct slice folder = suspects.folders.items[i].path;
        ok = reconcile_folder(root, folder, false);
        root_retime(root, slice_of(arena_printf(&suspects.arena, "%.*s/x", SLICE_ARGS(folder))));
    }
    int reason = errno;
    free(suspects.folders.items);
    arena_free(&suspects.arena);
    errno = reason;
    return ok;
}

/* ---- preparing ---- */

/* Says that from now on the spares are being written: what stands in them is unknown until the next publication is
 * recorded. */
static bool write_mark(struct publication *publication)
{
    char text[32];
    int length = snprintf(text, sizeof text, "%llu\n", (unsigned long long)publication->roots[0].record.generation);
    if (publication->is_marked)
        return true;
    int file = openat(publication->base, MARK_NAME, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
    bool ok = file >= 0 && file_write(file, (struct slice){text, (size_t)length});
    publication->is_marked = file_close(file) && ok;
    return publication->is_marked;
}

/* A build was interrupted while it wrote the spares, and nothing was published since. */
static bool was_interrupted(const struct publication *publication)
{
    struct buffer text = BUFFER(32);
    bool is_marked = file_read(publication->base, MARK_NAME, &text);
    bool is_current = strtoull(buffer_string(&text), NULL, 10) == publication->roots[0].record.generation;
    buffer_free(&text);
    return is_marked && is_current;
}

static bool was_restarted(const struct root *root)
{
    char boot_id[BOOT_ID_BYTES];
    machine_boot_id(boot_id);
    return !boot_id[0] || memcmp(boot_id, root->record.boot_id, sizeof boot_id) != 0;
}

static bool open_tree(struct root *root, bool is_new)
{
    char name[32];
    struct stat status;
    tree_name(root, name);
    if (is_new && !tree_discard(root))
        return false;
    if (mkdirat(root->publication->base, name, FOLDER_MODE) < 0 && errno != EEXIST)
        return false;
    root->tree = openat(root->publication->base, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return root->tree >= 0 && fstat(root->tree, &status) == 0;
}

static bool cannot_link(int reason)
{
    return reason == EPERM || reason == EOPNOTSUPP || reason == ENOSYS || reason == EXDEV || reason == EMLINK;
}

static bool prepare_spare(struct root *root, bool is_unknown)
{
    struct stat status;
    struct folder_record top;
    /* Most of it is old: making it anew is quicker than deleting file by file. */
    bool is_old =
        root->delta.count > DELTA_SMALL && folder_get(root, SLICE(""), &top) && root->delta.count > top.files / 4;
    if (!open_tree(root, is_old))
        return false;
    bool is_known =
        !is_unknown && !is_old && fstat(root->tree, &status) == 0 && root->record.spare_inode == status.st_ino;
    if (is_known ? reconcile_suspects(root) : reconcile_all(root))
        return true;
    if (!cannot_link(errno))
        return false;
    file_close(root->tree);
    root->tree = -1;
    root->mode = ROOT_IN_PLACE;
    root->cannot_link = true;
    root->is_caught_up = root->is_retimed_whole = false;
    return root_open_stage(root, true);
}

bool root_prepare(struct root *root, struct diag_list *diags)
{
    if (root->tree >= 0)
        return true;
    bool is_unknown =
        root->publication->is_marked ? root->publication->was_interrupted : was_interrupted(root->publication);
    root->publication->was_interrupted = is_unknown;
    bool ok = write_mark(root->publication);
    if (ok && root->mode == ROOT_FIRST)
        ok = open_tree(root, true);
    else if (ok && root->mode == ROOT_IN_PLACE)
        ok = root_open_stage(root, true);
    else if (ok)
        ok = prepare_spare(root, is_unknown || was_restarted(root));
    root->is_retimed_whole = root->is_retimed_whole || root->mode == ROOT_FIRST;
    if (ok)
        return true;
    root->publication->failure = errno;
    file_close(root->tree);
    root->tree = -1;
    return root_fails(root, "prepare", SLICE(""), diags);
}

/* ---- bringing it up to date ---- */

bool spare_prune(struct root *root, struct slice path)
{
    struct folder_record record;
    char text[PATH_BYTES_MOST * 4 + 1];
    for (struct slice folder = path_folder(path); folder.length > 0; folder = path_folder(folder)) {
        const char *name;
        if (folder.length >= sizeof text || (folder.length <= PATH_BYTES_MOST && folder_get(root, folder, &record)))
            return true;
        memcpy(text, folder.at, folder.length);
        text[folder.length] = 0;
        int parent = file_open_parent(root->tree, text, &name);
        bool is_gone = parent < 0 ? errno == ENOENT || errno == ENOTDIR
                                  : unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT || errno == ENOTDIR;
        bool is_kept = !is_gone && (errno == ENOTEMPTY || errno == EEXIST); /* something foreign is in it */
        int reason = errno;
        file_close(parent);
        errno = reason;
        if (!is_gone)
            return is_kept;
    }
    return true;
}

bool spare_restore(struct root *root, struct slice path)
{
    struct publish_row row;
    enum row_kind kind;
    const char *name, *ignored;
    bool is_published = row_get(root, path, &row, &kind);
    root_retime(root, path);
    if (!is_published || root->mode != ROOT_EXCHANGE)
        return file_unlink_beneath(root->tree, path.at) || errno == EISDIR;
    int from = file_open_parent(root->published, path.at, &name);
    int into =
        from < 0 || !file_make_parents(root->tree, path.at) ? -1 : file_open_parent(root->tree, path.at, &ignored);
    bool ok = into >= 0 && (is_same_file(from, into, name) ||
                            (file_remove_tree(into, name) && linkat(from, name, into, name, 0) == 0));
    int reason = errno;
    root->publication->result.files_linked += ok;
    file_close(from);
    file_close(into);
    errno = reason;
    return ok;
}

bool spare_catch_up(struct root *root, struct diag_list *diags)
{
    if (root->is_caught_up || root->mode != ROOT_EXCHANGE)
        return true;
    /* What went first: a folder may stand where a file was. */
    for (int is_row = 0; is_row < 2; is_row++)
        for (size_t i = 0; i < root->delta.count; i++) {
            struct slice path = root->delta.items[i].path;
            struct publish_row row;
            enum row_kind kind;
            if (row_get(root, path, &row, &kind) != is_row || table_get(&root->changed, path) != TABLE_NONE)
                continue;
            if (!spare_restore(root, path) || (!is_row && !spare_prune(root, path)))
                return root_fails(root, "bring up to date", path, diags);
        }
    root->is_caught_up = true;
    return true;
}
