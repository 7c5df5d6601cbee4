/* A folder on disk: one that is in no repository, or a working folder. Each file
 * gets the id that git would give its bytes. No link is followed, and everything
 * is opened relative to the folder above it, so that nobody can exchange a part
 * of the path meanwhile. */

#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"
#include "source/listing.h"
#include "source/names.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file that is younger may change again without its time changing. */
static const int64_t racy_ns = INT64_C(2000000000);

static void report(struct listing *listing, const char *what)
{
    struct arena scratch = {0};
    int reason = errno;
    struct diag_file file = listing_file(listing, &scratch);
    diag_add(listing->diags, DIAG_SOURCE_UNREADABLE, place_file(&file), "%s: %s", what, strerror(reason));
    arena_free(&scratch);
}

static void report_change(struct listing *listing)
{
    struct arena scratch = {0};
    struct diag_file file = listing_file(listing, &scratch);
    diag_add(listing->diags, DIAG_SOURCE_CHANGED, place_file(&file), "the file changed while it was read");
    diag_help(listing->diags, "run the command again");
    arena_free(&scratch);
}

static int64_t nanoseconds(struct timespec time)
{
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static struct file_stat stat_of(const struct stat *from)
{
    return (struct file_stat){.size = (uint64_t)from->st_size,
                              .inode = from->st_ino,
                              .device = from->st_dev,
                              .modified_ns = nanoseconds(from->st_mtim),
                              .changed_ns = nanoseconds(from->st_ctim)};
}

/* ---- what git ignores ---- */

/* Does the commit have this file, or a file in this folder? Then no pattern hides it. */
static bool is_known(const struct disk_walk *walk, struct slice path, bool is_folder)
{
    size_t low = 0, high = walk->known_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (slice_compare(walk->known[middle].path, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (!is_folder)
        return low < walk->known_count && slice_equal(walk->known[low].path, path);
    /* "a.b" sorts between "a" and "a/c". */
    for (; low < walk->known_count; low++) {
        struct slice known = walk->known[low].path;
        if (known.length < path.length || memcmp(known.at, path.at, path.length) != 0)
            return false;
        if (known.length > path.length && (unsigned char)known.at[path.length] >= '/')
            return known.at[path.length] == '/';
    }
    return false;
}

static bool is_ignored(const struct listing *listing, const struct disk_walk *walk, bool is_folder)
{
    struct slice path = buffer_view(&listing->path);
    if (!walk->repository || path.length == 0 || is_known(walk, path, is_folder))
        return false;
    struct arena scratch = {0};
    const char *prefix = walk->prefix[0] ? arena_printf(&scratch, "%s/", walk->prefix) : "";
    const char *full = arena_printf(&scratch, "%s%.*s%s", prefix, SLICE_ARGS(path), is_folder ? "/" : "");
    int ignored = 0;
    bool yes = git_ignore_path_is_ignored(&ignored, walk->repository->git, full) == 0 && ignored;
    arena_free(&scratch);
    return yes;
}

/* ---- folders ---- */

static uint8_t type_of(int descriptor, const struct dirent *entry)
{
    struct stat found;
    switch (entry->d_type) {
    case DT_REG:
        return ENTRY_FILE;
    case DT_DIR:
        return ENTRY_FOLDER;
    case DT_LNK:
        return ENTRY_SYMLINK;
    case DT_UNKNOWN:
        if (fstatat(descriptor, entry->d_name, &found, AT_SYMLINK_NOFOLLOW) != 0)
            return ENTRY_OTHER;
        return S_ISREG(found.st_mode)   ? ENTRY_FILE
               : S_ISDIR(found.st_mode) ? ENTRY_FOLDER
               : S_ISLNK(found.st_mode) ? ENTRY_SYMLINK
                                        : ENTRY_OTHER;
    }
    return ENTRY_OTHER;
}

static void add_entry(struct folder *out, size_t *capacity, const struct dirent *found, uint8_t type)
{
    if (out->entry_count == *capacity) {
        size_t larger = *capacity ? *capacity * 2 : 32;
        struct entry *entries = arena_array(&out->arena, larger, sizeof *entries);
        if (out->entry_count)
            memcpy(entries, out->entries, out->entry_count * sizeof *entries);
        out->entries = entries;
        *capacity = larger;
    }
    struct slice name = arena_slice(&out->arena, slice_of(found->d_name));
    out->entries[out->entry_count++] = (struct entry){.name = name, .type = type};
}

static bool open_disk(struct listing *listing, struct folder *out, const struct folder *parent,
                      const struct entry *entry)
{
    const struct disk_walk *walk = listing->context;
    if (parent && is_ignored(listing, walk, true))
        return true;
    int base = parent ? parent->descriptor : walk->root;
    out->descriptor = openat(base, parent ? entry->name.at : ".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (out->descriptor < 0) {
        if (errno != ENOENT || !parent)
            report(listing, "the folder cannot be opened");
        return true;
    }
    int copy = fcntl(out->descriptor, F_DUPFD_CLOEXEC, 0);
    DIR *stream = copy < 0 ? NULL : fdopendir(copy);
    if (!stream) {
        report(listing, "the folder cannot be read");
        file_close(copy);
        return true;
    }
    size_t capacity = 0;
    errno = 0;
    for (struct dirent *found; (found = readdir(stream)) && out->entry_count < LIMIT_TREE_ENTRIES; errno = 0)
        if (strcmp(found->d_name, ".") != 0 && strcmp(found->d_name, "..") != 0)
            add_entry(out, &capacity, found, type_of(out->descriptor, found));
    if (errno)
        report(listing, "the folder cannot be read");
    closedir(stream);
    return true;
}

static void close_disk(struct listing *listing, struct folder *folder)
{
    (void)listing;
    file_close(folder->descriptor);
}

/* ---- files ---- */

/* A file that is larger than anything that is read is not hashed either: the
 * reader refuses it by its size. Its id only has to change when it does. */
static void id_of_large(struct object_id *out, const struct file_stat *stat)
{
    blob_id_of((struct slice){(const char *)stat, sizeof *stat}, out->bytes);
}

static bool hash_file(struct listing *listing, int folder, const char *name, const struct file_stat *expected,
                      struct object_id *out)
{
    struct buffer bytes = BUFFER(LIMIT_ASSET_BYTES);
    struct stat found;
    bool ok = false;
    int descriptor = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) {
        if (errno != ENOENT)
            report(listing, "the file cannot be opened");
    } else if (fstat(descriptor, &found) != 0 || !S_ISREG(found.st_mode) || !file_read_rest(descriptor, &bytes)) {
        report(listing, "the file cannot be read");
    } else if (bytes.length != expected->size) {
        report_change(listing);
    } else {
        blob_id_of(buffer_view(&bytes), out->bytes);
        ok = true;
    }
    file_close(descriptor);
    buffer_free(&bytes);
    return ok;
}

static bool take_disk(struct listing *listing, const struct folder *folder, const struct entry *entry,
                      struct file_entry *file)
{
    const struct disk_walk *walk = listing->context;
    const struct stat_cache *stats = walk->stats;
    struct stat found;
    if (is_ignored(listing, walk, false))
        return false;
    if (fstatat(folder->descriptor, entry->name.at, &found, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(found.st_mode))
        return false; /* gone, or exchanged, since its folder was read */
    struct file_stat stat = stat_of(&found);
    file->size = stat.size;
    if (stat.size > LIMIT_ASSET_BYTES) {
        id_of_large(&file->id, &stat);
        return true;
    }
    if (!stats)
        return hash_file(listing, folder->descriptor, entry->name.at, &stat, &file->id);
    struct arena scratch = {0};
    const char *path = arena_printf(&scratch, "%s/%.*s", walk->folder, SLICE_ARGS(buffer_view(&listing->path)));
    bool ok = stats->get(stats->context, path, &stat, &file->id);
    if (!ok) {
        ok = hash_file(listing, folder->descriptor, entry->name.at, &stat, &file->id);
        int64_t youngest = stat.modified_ns > stat.changed_ns ? stat.modified_ns : stat.changed_ns;
        if (ok && youngest < walk->started_ns - racy_ns)
            stats->put(stats->context, path, &stat, &file->id);
    }
    arena_free(&scratch);
    return ok;
}

void listing_use_disk(struct listing *listing, struct disk_walk *walk)
{
    listing->context = walk;
    listing->open = open_disk;
    listing->close = close_disk;
    listing->take = take_disk;
    listing->is_disk = true;
}
