/* Opening and closing: the folder, its lock, whether what is in it may be
 * believed, and emptying it when not. */

#include "store/parts.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const uint64_t most_bytes_default = UINT64_C(1) << 30;

static bool report(struct diag_list *diags, const char *verb, const char *path)
{
    return diag_add(diags, DIAG_STORE_IO, PLACE_RUN, "cannot %s '%s': %s", verb, path, strerror(errno));
}

/* ---- the folder ---- */

static bool open_folder(struct store *store, const char *folder)
{
    char resolved[PATH_MAX];
    if (!file_make_folders(folder) || !realpath(folder, resolved))
        return false;
    store->folder = open(resolved, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (store->folder < 0)
        return false;
    store->path = strdup(resolved);
    if (!store->path)
        memory_exhausted();
    return true;
}

static bool open_temporary_folder(struct store *store, const char *folder, struct diag_list *diags)
{
    int reason = errno;
    const char *base = getenv("TMPDIR");
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/waymark-XXXXXX", base && *base ? base : "/tmp");
    if (!mkdtemp(path) || !open_folder(store, path))
        return report(diags, "make a folder for the cache in", path);
    store->is_temporary = true;
    diag_add(diags, DIAG_STORE_TEMPORARY, PLACE_RUN, "nothing is kept for the next run: cannot write '%s': %s", folder,
             strerror(reason));
    return true;
}

static bool is_unwritable(int reason)
{
    return reason == EACCES || reason == EPERM || reason == EROFS;
}

/* The lock file is the first that must be written; a folder that cannot be written is found there at the latest. */
static bool open_and_lock(struct store *store, const char *folder, const struct store_options *options,
                          struct diag_list *diags)
{
    bool ok = open_folder(store, folder);
    if (ok && faccessat(store->folder, ".", W_OK, AT_EACCESS) < 0)
        ok = false;
    if (!ok && options->or_temporary && is_unwritable(errno)) {
        int reason = errno;
        file_close(store->folder);
        free(store->path);
        store->folder = -1;
        store->path = NULL;
        errno = reason;
        ok = open_temporary_folder(store, folder, diags);
        if (!ok)
            return false;
    }
    if (!ok)
        return report(diags, "make or open", folder);
    return lock_take(&store->lock, store->folder, store->path, options, diags);
}

static bool remove_entry(void *context, const char *name, unsigned char type)
{
    (void)type;
    struct store *store = context;
    char path[NAME_MAX + sizeof SEGMENTS_NAME + 2];
    snprintf(path, sizeof path, SEGMENTS_NAME "/%s", name);
    file_remove_tree(store->folder, path);
    return true;
}

static bool have_segments_folder(struct store *store)
{
    struct stat status;
    if (fstatat(store->folder, SEGMENTS_NAME, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode))
        return true;
    return file_remove_tree(store->folder, SEGMENTS_NAME) && mkdirat(store->folder, SEGMENTS_NAME, FOLDER_MODE) == 0;
}

/* Everything but the lock. */
static bool empty_folder(struct store *store)
{
    const char *const names[] = {INDEX_NAME, INDEX_COPY_NAME, "seal"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!file_remove_tree(store->folder, names[i]))
            return false;
    folder_list(store->folder, SEGMENTS_NAME, remove_entry, store);
    return true;
}

/* ---- the index ---- */

static int open_new_index(struct store *store)
{
    store->is_new = true;
    if (!empty_folder(store) || !seal_open(store->folder, store->schema))
        return errno;
    store->is_open_sealed = true;
    return index_open(store);
}

static bool open_index(struct store *store, struct diag_list *diags)
{
    if (!have_segments_folder(store))
        return report(diags, "make '" SEGMENTS_NAME "' in", store->path);
    enum seal_verdict verdict = seal_judge(store->folder, store->schema);
    bool is_kept = verdict == SEAL_TRUSTED || (verdict == SEAL_DOUBTFUL && seal_probe(store->folder, store->path));
    int code = is_kept ? index_open(store) : open_new_index(store);
    if (is_kept && code != 0)
        code = open_new_index(store);
    if (code != 0)
        return diag_add(diags, DIAG_STORE_IO, PLACE_RUN, "cannot open '%s/" INDEX_NAME "': %s", store->path,
                        mdb_strerror(code));
    if (store->is_new && verdict != SEAL_FRESH)
        diag_add(diags, DIAG_STORE_RESET, PLACE_RUN, "what was kept in '%s' is damaged or of another version",
                 store->path);
    segments_read(store);
    return true;
}

/* ---- public ---- */

struct store *store_open(const char *folder, const struct store_options *options, struct diag_list *diags)
{
    struct store *store = memory_get(sizeof *store);
    *store = (struct store){
        .folder = -1,
        .lock = -1,
        .schema = options->schema,
        .most_bytes = options->most_bytes ? options->most_bytes : most_bytes_default,
    };
    store->products = store_table(store, "products");
    if (open_and_lock(store, folder, options, diags) && open_index(store, diags))
        return store;
    index_close(store);
    file_close(store->lock);
    file_close(store->folder);
    if (store->is_temporary)
        file_remove_tree(AT_FDCWD, store->path);
    free(store->path);
    free(store);
    return NULL;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    store_revert(store);
    products_trim(store);
    index_close(store);
    if (store->is_open_sealed)
        seal_close(store->folder, store->schema, !store->is_unsynced);
    segments_free(store);
    if (store->is_temporary)
        file_remove_tree(AT_FDCWD, store->path);
    file_close(store->folder);
    file_close(store->lock); /* last: from here on others may come */
    free(store->changes);
    arena_free(&store->change_arena);
    table_free(&store->used);
    arena_free(&store->used_arena);
    free(store->path);
    free(store);
}

bool store_is_new(const struct store *store)
{
    return store->is_new;
}

void store_leave(struct store *store)
{
    int descriptor;
    if (mdb_env_get_fd(store->env, &descriptor) == 0)
        close(descriptor);
    file_close(store->lock);
    store->lock = -1;
}
