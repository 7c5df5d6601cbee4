/* Opening a publication: may this folder be the output, is the state there, and
 * did the last publication come to its end. */

#include "publish/parts.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define BASE_NAME ".waymark/publish"
#define ROOT_ZERO_KEY "."

/* ---- small things ---- */

bool root_fails(const struct root *root, const char *doing, struct slice path, struct diag_list *diags)
{
    int reason = errno;
    if (path.length > 0)
        return diag_add(diags, DIAG_OUTPUT_IO, PLACE_RUN, "cannot %s '%.*s' in '%s': %s", doing, SLICE_ARGS(path),
                        root->shown, strerror(reason));
    return diag_add(diags, DIAG_OUTPUT_IO, PLACE_RUN, "cannot %s '%s': %s", doing, root->shown, strerror(reason));
}

const char *tree_name(const struct root *root, char out[32])
{
    snprintf(out, 32, "tree-%u", root->record.id);
    return out;
}

bool tree_discard(const struct root *root)
{
    char name[32], trash[32];
    tree_name(root, name);
    for (unsigned i = 0;; i++) {
        struct stat status;
        snprintf(trash, sizeof trash, "trash-%u", i);
        if (fstatat(root->publication->base, trash, &status, AT_SYMLINK_NOFOLLOW) == 0)
            continue;
        return renameat(root->publication->base, name, root->publication->base, trash) == 0 || errno == ENOENT;
    }
}

struct emptying {
    const struct publication *publication;
    size_t most;
};

static bool remove_if_trash(void *context, const char *name, unsigned char type)
{
    struct emptying *emptying = context;
    (void)type;
    return !slice_starts_with(slice_of(name), "trash-") ||
           file_remove_some(emptying->publication->base, name, &emptying->most);
}

/* What cannot be deleted now is found again the next time. Deleting the last link of a file can take ten times as long
 * as making it, so after a small change little is deleted. */
void trash_empty(struct publication *publication, size_t changes)
{
    struct emptying emptying = {publication, changes < SIZE_MAX ? changes + TRASH_EACH_TIME : SIZE_MAX};
    folder_list(publication->base, ".", remove_if_trash, &emptying);
}

static uint64_t inode_of(int folder, const char *name)
{
    struct stat status;
    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(status.st_mode))
        return 0;
    return status.st_ino;
}

static struct slice record_key(const struct root *root)
{
    return slice_of(root->path[0] ? root->path : ROOT_ZERO_KEY);
}

void root_record_put(struct root *root)
{
    machine_boot_id(root->record.boot_id);
    root->record.is_synced = !root->publication->is_unsynced;
    store_put(root->publication->roots_table, record_key(root),
              (struct slice){(const char *)&root->record, sizeof root->record});
}

/* ---- may it be the output ---- */

static bool refuse(struct diag_list *diags, const char *output, const char *why)
{
    diag_add(diags, DIAG_OUTPUT_REFUSED, PLACE_RUN, "'%s' cannot be the output folder: %s", output, why);
    return diag_help(diags, "give a folder that does not exist or is empty, with 'dir' under 'output' in waymark.yaml");
}

/* Is `inside` the folder `outside`, or within it? Both resolved. */
static bool is_within(const char *inside, const char *outside)
{
    size_t length = strlen(outside);
    return strncmp(inside, outside, length) == 0 &&
           (inside[length] == 0 || inside[length] == '/' || (length > 0 && outside[length - 1] == '/'));
}

static bool would_hold(const char *output, const char *folder)
{
    char resolved[PATH_MAX];
    return folder && *folder && realpath(folder, resolved) && is_within(resolved, output);
}

static bool is_allowed(const char *output, const struct publish_options *options, struct diag_list *diags)
{
    struct stat status;
    if (lstat(output, &status) == 0 && !S_ISDIR(status.st_mode))
        return refuse(diags, options->output, S_ISLNK(status.st_mode) ? "it is a symbolic link" : "it is not a folder");
    if (would_hold(output, getenv("HOME")))
        return refuse(diags, options->output, "your home folder is there");
    for (size_t i = 0; i < options->forbidden_count; i++)
        if (would_hold(output, options->forbidden[i]))
            return refuse(diags, options->output, "the site's source is there");
    return true;
}

/* Splits the output into its parent, resolved, and its name. */
static bool resolve_output(struct publication *publication, const struct publish_options *options, char **name,
                           struct diag_list *diags)
{
    char *path = arena_copy(&publication->arena, options->output, strlen(options->output));
    size_t length = strlen(path);
    while (length > 0 && path[length - 1] == '/')
        path[--length] = 0;
    char *slash = strrchr(path, '/');
    *name = slash ? slash + 1 : path;
    if (length == 0)
        return refuse(diags, options->output, options->output[0] ? "it is the root of the file system" : "it is empty");
    if (strcmp(*name, ".") == 0 || strcmp(*name, "..") == 0 || strncmp(*name, ".waymark", 8) == 0)
        return refuse(diags, options->output, "it needs a name of its own");
    if (slash)
        *slash = 0;
    const char *parent = !slash ? "." : slash == path ? "/" : path;
    char resolved[PATH_MAX];
    if (!file_make_folders(parent) || !realpath(parent, resolved))
        return diag_add(diags, DIAG_OUTPUT_IO, PLACE_RUN, "cannot make '%s': %s", parent, strerror(errno));
    publication->parent_path = arena_copy(&publication->arena, resolved, strlen(resolved));
    bool is_top = strcmp(resolved, "/") == 0;
    return is_allowed(arena_printf(&publication->arena, "%s/%s", is_top ? "" : resolved, *name), options, diags);
}

/* ---- where the state is ---- */

static bool open_base_beside(struct publication *publication, const char *name)
{
    int parent = open(publication->parent_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    char *path = arena_printf(&publication->arena, BASE_NAME "/%s", name);
    publication->base_path = arena_printf(&publication->arena, "%s/%s", publication->parent_path, path);
    bool ok = parent >= 0 && faccessat(parent, ".", W_OK, AT_EACCESS) == 0;
    publication->base = ok ? file_open_folder(parent, path) : -1;
    int reason = errno;
    file_close(parent);
    errno = reason;
    return publication->base >= 0;
}

static bool open_base_elsewhere(struct publication *publication, const char *name, const char *fallback)
{
    struct slice output = slice_of(arena_printf(&publication->arena, "%s/%s", publication->parent_path, name));
    publication->base_path =
        arena_printf(&publication->arena, "%s/%016llx", fallback, (unsigned long long)hash64(output));
    publication->is_base_elsewhere = true;
    if (!file_make_folders(publication->base_path))
        return false;
    publication->base = open(publication->base_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return publication->base >= 0;
}

static bool open_state(struct publication *publication, const char *name, const struct publish_options *options,
                       struct diag_list *diags)
{
    bool ok = open_base_beside(publication, name);
    if (!ok && options->state_fallback && (errno == EACCES || errno == EROFS || errno == EPERM))
        ok = open_base_elsewhere(publication, name, options->state_fallback);
    if (!ok)
        return diag_add(diags, DIAG_OUTPUT_IO, PLACE_RUN, "cannot make '%s': %s", publication->base_path,
                        strerror(errno));
    struct store_options state = {
        .schema = PUBLISH_SCHEMA,
        .wait_seconds = options->wait_seconds,
        .waiting = options->waiting,
        .command = options->command,
    };
    const char *folder = arena_printf(&publication->arena, "%s/state", publication->base_path);
    publication->store = store_open(folder, &state, diags);
    if (!publication->store)
        return false;
    publication->rows = store_table(publication->store, "rows");
    publication->folders = store_table(publication->store, "folders");
    publication->delta = store_table(publication->store, "delta");
    publication->foreign = store_table(publication->store, "foreign");
    publication->roots_table = store_table(publication->store, "roots");
    return true;
}

/* ---- a root ---- */

static bool read_record(struct root *root)
{
    struct slice value;
    if (!store_get(root->publication->roots_table, record_key(root), &value) || value.length != sizeof root->record)
        return false;
    memcpy(&root->record, value.at, sizeof root->record);
    return true;
}

static bool note_id(void *context, struct slice key, struct slice value)
{
    bool *is_used = context;
    struct root_record record;
    (void)key;
    if (value.length == sizeof record) {
        memcpy(&record, value.at, sizeof record);
        is_used[record.id] = true;
    }
    return true;
}

static uint8_t unused_id(struct root *root)
{
    bool is_used[PUBLISH_ROOTS_MOST] = {[0] = true};
    uint8_t id = 0;
    if (!root->path[0])
        return 0;
    store_each(root->publication->roots_table, SLICE(""), note_id, is_used);
    while (is_used[id] && id < PUBLISH_ROOTS_MOST - 1)
        id++;
    return id;
}

static bool stop_at_first(void *context, const char *name, unsigned char type)
{
    (void)context, (void)type;
    return strcmp(name, STAGE_INSIDE_NAME) == 0;
}

/* Does anything stand there that is not ours to replace? */
static bool is_empty(int folder)
{
    return folder_list(folder, ".", stop_at_first, NULL);
}

static bool is_mount_point(const struct root *root)
{
    struct statx inside, outside;
    unsigned wanted = STATX_MNT_ID | STATX_INO;
    if (statx(root->published, "", AT_EMPTY_PATH, wanted, &inside) < 0 ||
        statx(root->parent, "", AT_EMPTY_PATH, wanted, &outside) < 0)
        return false;
    bool has_mount_ids = inside.stx_mask & outside.stx_mask & STATX_MNT_ID;
    return inside.stx_dev_major != outside.stx_dev_major || inside.stx_dev_minor != outside.stx_dev_minor ||
           (has_mount_ids && inside.stx_mnt_id != outside.stx_mnt_id);
}

static bool open_published(struct root *root, struct diag_list *diags)
{
    file_close(root->published);
    root->published = openat(root->parent, root->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (root->published < 0 && (errno == ENOTDIR || errno == ELOOP))
        return refuse(diags, root->shown, "it is not a folder");
    if (root->published < 0 && errno != ENOENT)
        return root_fails(root, "open", SLICE(""), diags);
    root->is_mount = root->published >= 0 && is_mount_point(root);
    return true;
}

static bool note_mended(const struct root *root, const char *what, struct diag_list *diags)
{
    diag_add(diags, DIAG_OUTPUT_MENDED, PLACE_RUN, "the last publication of '%s' was interrupted, and was %s",
             root->shown, what);
    return true;
}

/* Files were to be renamed one by one when the last publication stopped. */
static bool finish_in_place(struct root *root, struct diag_list *diags)
{
    if (!root_open_stage(root, false)) {
        if (errno != ENOENT)
            return root_fails(root, "complete", SLICE(""), diags);
        root->is_thorough = true; /* somebody deleted what was left to rename */
    }
    root->is_retimed_whole = true;
    bool ok = root_move_files(root, &root->delta, diags) && note_mended(root, "completed", diags);
    root->is_retimed_whole = false;
    root->delta.count = 0;
    return ok;
}

/* The last publication was recorded, and stopped before its tree was in its place. */
static bool finish_swap(struct root *root, struct diag_list *diags)
{
    root->mode = root->published < 0 || root->record.spare_inode == 0 ? ROOT_FIRST : ROOT_EXCHANGE;
    int reason = root_swap(root);
    if (reason && !swap_is_impossible(reason)) {
        errno = reason;
        return root_fails(root, "complete the publication of", SLICE(""), diags);
    }
    if (reason == 0)
        return open_published(root, diags) && note_mended(root, "completed", diags);
    if (!root_give_up_swapping(root, diags))
        return false;
    return finish_in_place(root, diags);
}

/* What stands published is not what we left: moved, restored, copied, or the state is lost. */
static bool take_over(struct root *root, struct diag_list *diags)
{
    bool was_known = root->has_record;
    uint8_t id = root->record.id;
    bool is_ours = root_recover(root);
    root->record = (struct root_record){.id = id, .generation = root->record.generation};
    if (root->published < 0 || is_empty(root->published)) {
        root->needs_all = true;
        return true;
    }
    if (!is_ours)
        return refuse(diags, root->shown, "there are files in it that waymark did not write");
    diag_add(diags, DIAG_OUTPUT_MENDED, PLACE_RUN, "%s: what waymark wrote to '%s' was read from its '" SUMS_NAME "'",
             was_known ? "the folder was replaced" : "the records are lost", root->shown);
    root->record.published_inode = inode_of(root->parent, root->name);
    root->is_thorough = true;
    return true;
}

static bool settle_published(struct root *root, struct diag_list *diags)
{
    char name[32];
    const struct root_record *record = &root->record;
    uint64_t published = root->published >= 0 ? inode_of(root->parent, root->name) : 0;
    uint64_t spare = inode_of(root->publication->base, tree_name(root, name));
    if (root->has_record && published && published == record->published_inode)
        return !record->is_unfinished || finish_in_place(root, diags);
    bool is_waiting = root->has_record && spare && spare == record->published_inode;
    if (is_waiting && (!published || published == record->spare_inode || is_empty(root->published)))
        return finish_swap(root, diags);
    return take_over(root, diags);
}

static enum root_mode mode_of(const struct root *root)
{
    const struct publication *publication = root->publication;
    bool is_bound = publication->is_base_elsewhere || root->is_mount;
    if (root->published < 0)
        return ROOT_FIRST;
    if (is_bound || publication->in_place || root->record.is_in_place)
        return ROOT_IN_PLACE;
    return root->record.published_inode ? ROOT_EXCHANGE : ROOT_FIRST;
}

static bool open_root(struct root *root, struct diag_list *diags)
{
    struct publication *publication = root->publication;
    char boot_id[BOOT_ID_BYTES];
    root->has_record = read_record(root);
    if (!root->has_record)
        root->record = (struct root_record){.id = unused_id(root)};
    paths_of_table(&root->delta, &publication->arena, publication->delta, root->record.id);
    if (!open_published(root, diags) || !settle_published(root, diags))
        return false;
    root->mode = mode_of(root);
    machine_boot_id(boot_id);
    if (root->has_record && !root->record.is_synced && memcmp(boot_id, root->record.boot_id, sizeof boot_id) != 0)
        root->is_thorough = true;
    if (root->mode == ROOT_IN_PLACE && (publication->is_base_elsewhere || root->is_mount))
        file_remove_tree(root->published, STAGE_INSIDE_NAME); /* of a build that was interrupted */
    if (root->mode == ROOT_FIRST || !root->record.published_inode) {
        root->needs_all = true;
        return true;
    }
    return root_inspect(root, diags);
}

static struct root *add_root(struct publication *publication, const char *path, const char *shown)
{
    struct root *root = &publication->roots[publication->root_count++];
    const char *slash = strrchr(path, '/');
    *root = (struct root){
        .publication = publication,
        .path = arena_copy(&publication->arena, path, strlen(path)),
        .shown = arena_copy(&publication->arena, shown, strlen(shown)),
        .name = arena_copy(&publication->arena, slash ? slash + 1 : path, strlen(slash ? slash + 1 : path)),
        .parent = -1,
        .published = -1,
        .tree = -1,
    };
    return root;
}

/* ---- public ---- */

void publication_free(struct publication *publication)
{
    for (size_t i = 0; i < publication->root_count; i++) {
        struct root *root = &publication->roots[i];
        file_close(root->parent);
        file_close(root->published);
        file_close(root->tree);
        free(root->foreign.items);
        free(root->delta.items);
        free(root->changes.items);
        free(root->retimed_folders.items);
        table_free(&root->foreign_paths);
        table_free(&root->changed);
        table_free(&root->retimed);
    }
    store_close(publication->store);
    file_close(publication->base);
    umask(publication->umask_before);
    free(publication->roots);
    free(publication->said);
    free(publication->kept_folders.items);
    table_free(&publication->said_paths);
    table_free(&publication->said_folders);
    arena_free(&publication->arena);
    free(publication);
}

struct publication *publish_begin(const struct publish_options *options, struct diag_list *diags)
{
    struct publication *publication = memory_get(sizeof *publication);
    *publication = (struct publication){
        .base = -1,
        .is_unsynced = options->is_unsynced,
        .in_place = options->in_place,
        .umask_before = umask(022), /* until publication_free: files are the same for everybody */
    };
    publication->roots = calloc(PUBLISH_ROOTS_MOST, sizeof *publication->roots);
    if (!publication->roots)
        memory_exhausted();
    char *name;
    bool ok = resolve_output(publication, options, &name, diags) && open_state(publication, name, options, diags);
    if (ok) {
        struct root *root = add_root(publication, "", options->output);
        root->name = name;
        root->parent = open(publication->parent_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        ok = root->parent >= 0 ? open_root(root, diags) : root_fails(root, "open", SLICE(""), diags);
    }
    if (ok)
        return publication;
    publication_free(publication);
    return NULL;
}

int publish_root(struct publication *publication, const char *path, struct diag_list *diags)
{
    if (!publish_path_check(slice_of(path), diags))
        return -1;
    if (publication->root_count == PUBLISH_ROOTS_MOST) {
        diag_add(diags, DIAG_OUTPUT_REFUSED, PLACE_RUN, "more than %d restricted editions", PUBLISH_ROOTS_MOST - 1);
        return -1;
    }
    struct root *root = add_root(publication, path, path);
    struct slice folder = path_folder(slice_of(path));
    const char *parent = arena_printf(&publication->arena, "%.*s", SLICE_ARGS(folder));
    int outside = open(publication->parent_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    root->parent = folder.length ? file_open_folder(outside, parent) : fcntl(outside, F_DUPFD_CLOEXEC, 0);
    file_close(outside);
    if (root->parent < 0)
        root_fails(root, "open", SLICE(""), diags);
    else if (open_root(root, diags))
        return (int)(publication->root_count - 1);
    publication->root_count--;
    file_close(root->parent);
    file_close(root->published);
    free(root->delta.items);
    free(root->foreign.items);
    table_free(&root->foreign_paths);
    return -1;
}

struct sha256 publish_current(const struct publication *publication)
{
    return publication->roots[0].record.current;
}

bool publish_needs_all(const struct publication *publication)
{
    bool needs_all = false;
    for (size_t i = 0; i < publication->root_count; i++)
        needs_all = needs_all || publication->roots[i].needs_all;
    return needs_all;
}
