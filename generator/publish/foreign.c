/* Files in the output that are not ours: they are never deleted or overwritten,
 * and must not vanish when the folders are exchanged. So they are linked into
 * the new tree: files by hard link, folders and symbolic links made again, and
 * nothing is ever followed. */

#include "publish/parts.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MOST = 200 };

void foreign_warn(const struct root *root, struct diag_list *diags)
{
    struct buffer names = BUFFER(4096);
    size_t count = 0;
    for (size_t i = 0; i < root->foreign.count; i++) {
        if (root->foreign.items[i].kind != FOREIGN_THERE)
            continue;
        if (count < FOREIGN_NAMED)
            buffer_printf(&names, "%s'%.*s'", count ? ", " : "", SLICE_ARGS(root->foreign.items[i].path));
        count++;
    }
    if (count > 0) {
        diag_add(diags, DIAG_OUTPUT_FOREIGN, PLACE_RUN, "waymark did not write %s%s in '%s'", buffer_string(&names),
                 count > FOREIGN_NAMED ? " and others" : "", root->shown);
        diag_help(diags, "move what belongs to the site into a source, and delete the rest");
    }
    buffer_free(&names);
}

struct carrying {
    struct root *root;
    struct diag_list *diags;
    struct slice folder; /* the foreign folder in hand */
    int from, into;      /* its descriptors in the two trees; `into` is -1 in place */
    unsigned depth;
};

static bool refuse(const struct root *root, struct slice path, const char *why, struct diag_list *diags)
{
    diag_add(diags, DIAG_OUTPUT_REFUSED, PLACE_RUN, "'%.*s' in '%s' was not written by waymark and %s",
             SLICE_ARGS(path), root->shown, why);
    return diag_help(diags, "move it out of the output folder, or delete it");
}

static bool is_same_file(int a, int b, const char *name)
{
    struct stat one, other;
    return fstatat(a, name, &one, AT_SYMLINK_NOFOLLOW) == 0 && fstatat(b, name, &other, AT_SYMLINK_NOFOLLOW) == 0 &&
           one.st_ino == other.st_ino && one.st_dev == other.st_dev;
}

static bool carry_link(struct carrying *at, const char *name)
{
    char target[PATH_MAX], there[PATH_MAX];
    ssize_t length = readlinkat(at->from, name, target, sizeof target - 1);
    if (length < 0)
        return false;
    target[length] = 0;
    if (readlinkat(at->into, name, there, sizeof there) == length && memcmp(there, target, (size_t)length) == 0)
        return true;
    return file_remove_tree(at->into, name) && symlinkat(target, at->into, name) == 0;
}

static bool carry_file(struct carrying *at, const char *name)
{
    if (is_same_file(at->from, at->into, name))
        return true;
    return file_remove_tree(at->into, name) && linkat(at->from, name, at->into, name, 0) == 0;
}

static bool carry_entry(struct carrying *at, const char *name, unsigned char type);

static bool carry_listed(void *context, const char *name, unsigned char type)
{
    return carry_entry(context, name, type);
}

/* Removes from the new tree what is no longer in the folder. */
static bool drop_listed(void *context, const char *name, unsigned char type)
{
    struct carrying *at = context;
    struct stat status;
    char path[PATH_MAX];
    struct publish_row row;
    enum row_kind kind;
    (void)type;
    int length = snprintf(path, sizeof path, "%.*s/%s", SLICE_ARGS(at->folder), name);
    bool is_ours = length <= PATH_BYTES_MOST && row_get(at->root, slice_of(path), &row, &kind);
    struct folder_record record;
    is_ours = is_ours || (length <= PATH_BYTES_MOST && folder_get(at->root, slice_of(path), &record));
    if (is_ours || fstatat(at->from, name, &status, AT_SYMLINK_NOFOLLOW) == 0)
        return true;
    return file_remove_tree(at->into, name);
}

static bool carry_folder(struct carrying *above, struct slice path, const char *name)
{
    struct carrying at = *above;
    at.folder = path;
    at.depth++;
    if (at.depth > DEPTH_MOST)
        return refuse(at.root, path, "is too deep to be kept", at.diags);
    at.from = openat(above->from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (above->into >= 0) {
        struct stat status;
        if (fstatat(above->into, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISDIR(status.st_mode))
            unlinkat(above->into, name, 0);
        at.into = file_open_folder(above->into, name);
    }
    bool ok = at.from >= 0 && (at.into >= 0 || above->into < 0);
    if (!ok)
        root_fails(at.root, "keep", path, at.diags);
    ok = ok && folder_list(at.from, ".", carry_listed, &at);
    if (ok && at.into >= 0)
        ok = folder_list(at.into, ".", drop_listed, &at);
    file_close(at.from);
    if (above->into >= 0)
        file_close(at.into);
    return ok;
}

static bool carry_entry(struct carrying *at, const char *name, unsigned char type)
{
    struct root *root = at->root;
    struct publish_row row;
    struct folder_record record;
    enum row_kind kind;
    char text[PATH_MAX];
    snprintf(text, sizeof text, "%.*s%s%s", SLICE_ARGS(at->folder), at->folder.length ? "/" : "", name);
    struct slice path = slice_of(text);
    bool is_short = path.length <= PATH_BYTES_MOST;
    if (is_short && (row_get(root, path, &row, &kind) || (type != DT_DIR && folder_get(root, path, &record))))
        return refuse(root, path, "stands in the way of a page", at->diags);
    if (type == DT_DIR)
        return carry_folder(at, path, name);
    if (type != DT_REG && type != DT_LNK)
        return refuse(root, path, "is no file that could be kept", at->diags);
    if (at->into < 0)
        return true;
    bool ok = type == DT_LNK ? carry_link(at, name) : carry_file(at, name);
    root_retime(root, path);
    return ok || root_fails(root, "keep", path, at->diags);
}

/* One of the topmost ones. */
static bool carry(struct root *root, struct slice path, struct diag_list *diags)
{
    struct publish_row row;
    enum row_kind kind;
    struct stat status;
    const char *name, *ignored;
    for (struct slice above = path_folder(path); above.length > 0; above = path_folder(above))
        if (above.length <= PATH_BYTES_MOST && row_get(root, above, &row, &kind))
            return refuse(root, path, "stands in the way of a page", diags);
    struct carrying at = {.root = root, .diags = diags, .folder = path_folder(path), .into = -1};
    at.from = file_open_parent(root->published, path.at, &name);
    if (at.from >= 0 && root->mode != ROOT_IN_PLACE) {
        at.into = file_open_parent(root->tree, path.at, &ignored);
        if (at.into < 0 && errno == ENOENT && file_make_parents(root->tree, path.at))
            at.into = file_open_parent(root->tree, path.at, &ignored);
    }
    bool ok = at.from >= 0 && (at.into >= 0 || root->mode == ROOT_IN_PLACE) &&
              fstatat(at.from, name, &status, AT_SYMLINK_NOFOLLOW) == 0;
    if (!ok)
        root_fails(root, "keep", path, diags);
    ok = ok && carry_entry(&at, name, (unsigned char)IFTODT(status.st_mode));
    file_close(at.from);
    file_close(at.into);
    return ok;
}

/* Deleted from the published tree by whoever put it there: the tree that is being made may still have it. */
static bool let_go(struct root *root, struct slice path, struct diag_list *diags)
{
    struct publish_row row;
    struct folder_record record;
    enum row_kind kind;
    const char *name;
    if (path.length <= PATH_BYTES_MOST && (row_get(root, path, &row, &kind) || folder_get(root, path, &record)))
        return true; /* of ours by now */
    int parent = file_open_parent(root->tree, path.at, &name);
    bool ok = parent < 0 ? errno == ENOENT || errno == ENOTDIR : file_remove_tree(parent, name);
    file_close(parent);
    root_retime(root, path);
    return ok || root_fails(root, "delete", path, diags);
}

bool foreign_carry(struct root *root, struct diag_list *diags)
{
    bool ok = true;
    for (size_t i = 0; ok && i < root->foreign.count; i++) {
        struct slice path = root->foreign.items[i].path;
        if (root->foreign.items[i].kind == FOREIGN_THERE)
            ok = carry(root, path, diags);
        else if (root->mode == ROOT_EXCHANGE)
            ok = let_go(root, path, diags);
    }
    return ok;
}

void record_foreign(struct root *root)
{
    struct publication *publication = root->publication;
    struct arena arena = {0};
    marks_clear(publication->foreign, &arena, root->record.id);
    for (size_t i = 0; i < root->foreign.count; i++)
        if (root->foreign.items[i].kind == FOREIGN_THERE && root->foreign.items[i].path.length < PATH_BYTES_MOST * 4)
            mark_put(publication->foreign, root->record.id, root->foreign.items[i].path, FOREIGN_THERE);
    arena_free(&arena);
}
