/* What became of the published tree since we left it. A file that comes or goes
 * changes the time of its folder; only folders whose time is not the one that
 * was recorded are looked into, so an untouched site costs one stat a folder.
 * There a file is taken for ours if the spare has the very same one, or else if
 * its bytes have the hash that we know. */

#include "publish/parts.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct inspection {
    struct root *root;
    struct slice folder;
    int descriptor;    /* of the folder */
    int spare;         /* of the same folder in the spare; -1: there is none */
    struct table seen; /* names of rows that are there */
    struct arena arena;
};

static struct slice path_in(struct arena *arena, struct slice folder, const char *name)
{
    return slice_of(arena_printf(arena, "%.*s%s%s", SLICE_ARGS(folder), folder.length ? "/" : "", name));
}

void foreign_add(struct root *root, struct slice path, enum foreign_kind kind)
{
    uint32_t at = table_get(&root->foreign_paths, path);
    if (at != TABLE_NONE) {
        root->foreign.items[at].kind = (char)kind;
        return;
    }
    path_add(&root->foreign, &root->publication->arena, path, (char)kind);
    table_add(&root->foreign_paths, root->foreign.items[root->foreign.count - 1].path,
              (uint32_t)root->foreign.count - 1);
}

/* The row stays, so that the file is deleted or written again, but nothing equals it. */
static void damage(struct root *root, struct slice path)
{
    struct publish_row row;
    struct folder_record record;
    enum row_kind kind;
    root->needs_all = root->is_damaged = true;
    if (!row_get(root, path, &row, &kind) || row.made.size == UINT64_MAX)
        return;
    if (kind != ROW_SUMS && folder_get(root, path_folder(path), &record)) {
        record.own_bytes -= row.made.size;
        folder_put(root, path_folder(path), &record);
    }
    row_put(root, path, &(struct publish_row){.made = {.size = UINT64_MAX}}, kind);
}

/* ---- one folder ---- */

static bool is_as_recorded(const struct inspection *inspection, const char *name, struct slice path,
                           const struct publish_row *row)
{
    struct stat status, twin;
    struct publish_made made;
    if (fstatat(inspection->descriptor, name, &status, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(status.st_mode) ||
        (uint64_t)status.st_size != row->made.size)
        return false;
    bool is_shared = !inspection->root->is_thorough && inspection->spare >= 0 &&
                     fstatat(inspection->spare, name, &twin, AT_SYMLINK_NOFOLLOW) == 0 &&
                     twin.st_ino == status.st_ino && twin.st_dev == status.st_dev;
    if (is_shared || inspection->root->is_read)
        return true;
    return root_hash(inspection->root, path.at, &made) && memcmp(&made.hash, &row->made.hash, sizeof made.hash) == 0;
}

static bool inspect_entry(void *context, const char *name, unsigned char type)
{
    struct inspection *inspection = context;
    struct root *root = inspection->root;
    struct publish_row row;
    struct folder_record record;
    enum row_kind kind;
    struct slice path = path_in(&inspection->arena, inspection->folder, name);
    if (slice_is(path, STAGE_INSIDE_NAME))
        return true; /* ours; root_open_stage sees to it */
    if (path.length > PATH_BYTES_MOST || !row_get(root, path, &row, &kind)) {
        bool is_our_folder = type == DT_DIR && path.length <= PATH_BYTES_MOST && folder_get(root, path, &record);
        if (!is_our_folder)
            foreign_add(root, path, FOREIGN_THERE);
        return true;
    }
    table_add(&inspection->seen, path, 1);
    if (type != DT_REG)
        foreign_add(root, path, FOREIGN_THERE);
    if (!is_as_recorded(inspection, name, path, &row))
        damage(root, path);
    return true;
}

static void record_time(struct root *root, struct slice folder, const struct stat *status)
{
    struct folder_record record;
    if (!folder_get(root, folder, &record))
        return;
    record.times[root->record.slot] = (struct folder_time){status->st_mtim.tv_sec, status->st_mtim.tv_nsec};
    folder_put(root, folder, &record);
}

static int open_in_spare(const struct root *root, struct slice folder)
{
    char name[32];
    struct stat status;
    int tree = openat(root->publication->base, tree_name(root, name), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    bool is_spare = tree >= 0 && fstat(tree, &status) == 0 && status.st_ino == root->record.spare_inode;
    if (is_spare && folder.length == 0)
        return tree;
    int inside = is_spare ? file_open_beneath(tree, folder.at, O_PATH | O_DIRECTORY, 0) : -1;
    file_close(tree);
    return inside;
}

static bool inspect_folder(struct root *root, struct slice folder)
{
    struct inspection inspection = {.root = root, .folder = folder, .spare = open_in_spare(root, folder)};
    struct path_list rows = {0};
    struct stat status;
    paths_of_rows(&rows, &inspection.arena, root, folder);
    inspection.descriptor = folder.length ? file_open_beneath(root->published, folder.at, O_RDONLY | O_DIRECTORY, 0)
                                          : openat(root->published, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is_there = inspection.descriptor >= 0;
    bool ok = is_there ? fstat(inspection.descriptor, &status) == 0 &&
                             folder_list(inspection.descriptor, ".", inspect_entry, &inspection)
                       : errno == ENOENT || errno == ENOTDIR || errno == ELOOP || errno == EXDEV;
    int reason = errno;
    for (size_t i = 0; ok && i < rows.count; i++)
        if (table_get(&inspection.seen, rows.items[i].path) == TABLE_NONE)
            damage(root, rows.items[i].path);
    if (ok && is_there)
        record_time(root, folder, &status);
    file_close(inspection.descriptor);
    file_close(inspection.spare);
    table_free(&inspection.seen);
    arena_free(&inspection.arena);
    free(rows.items);
    errno = reason;
    return ok;
}

/* ---- all of them ---- */

struct suspects {
    const struct root *root;
    struct arena *arena;
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
    const struct folder_time *time = &record.times[suspects->root->record.slot];
    bool is_as_left =
        !suspects->root->is_thorough && fstatat(suspects->root->published, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISDIR(status.st_mode) && status.st_mtim.tv_sec == time->seconds && status.st_mtim.tv_nsec == time->ns;
    if (!is_as_left)
        path_add(&suspects->folders, suspects->arena, path, 0);
    return true;
}

/* What the last publication kept, and is still there. */
static void read_foreign(struct root *root)
{
    struct arena arena = {0};
    struct path_list marks = {0};
    paths_of_table(&marks, &arena, root->publication->foreign, root->record.id);
    for (size_t i = 0; i < marks.count; i++) {
        const char *name;
        struct stat status;
        int parent = file_open_parent(root->published, marks.items[i].path.at, &name);
        bool is_there = parent >= 0 && fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0;
        foreign_add(root, marks.items[i].path, is_there ? FOREIGN_THERE : FOREIGN_GONE);
        file_close(parent);
    }
    free(marks.items);
    arena_free(&arena);
}

bool root_inspect(struct root *root, struct diag_list *diags)
{
    struct arena arena = {0};
    struct suspects suspects = {.root = root, .arena = &arena};
    struct state_key prefix = key_of_root(root->record.id);
    read_foreign(root);
    store_each(root->publication->folders, key_slice(&prefix), suspect, &suspects);
    bool ok = true;
    for (size_t i = 0; ok && i < suspects.folders.count; i++)
        if (!inspect_folder(root, suspects.folders.items[i].path))
            ok = root_fails(root, "read", suspects.folders.items[i].path, diags);
    /* Nobody is to look into them again for what was found harmless. */
    if (ok && suspects.folders.count > 0 && !root->is_damaged) {
        record_foreign(root);
        ok = store_commit(root->publication->store, false, diags);
    }
    free(suspects.folders.items);
    arena_free(&arena);
    if (ok && root->is_damaged)
        diag_add(diags, DIAG_OUTPUT_MENDED, PLACE_RUN, "files in '%s' are missing or changed, and are made again",
                 root->shown);
    if (ok)
        foreign_warn(root, diags);
    return ok;
}
