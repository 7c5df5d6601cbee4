/* See file.h. What stays below a folder is the kernel's work (openat2); where it
 * has no such call, or a sandbox forbids it, the path is walked part by part
 * with O_NOFOLLOW, which comes to the same as long as nobody moves folders
 * while we walk. */

#include "base/file.h"
#include "base/arena.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { DEPTH_MOST = 400, NAME_KEPT_BYTES = 200 };

/* close() on a path that has failed already: the first reason is the one to tell. */
static void close_quietly(int descriptor)
{
    int reason = errno;
    if (descriptor >= 0)
        close(descriptor);
    errno = reason;
}

/* ---- bytes ---- */

bool file_write(int descriptor, struct slice bytes)
{
    while (bytes.length > 0) {
        ssize_t done = write(descriptor, bytes.at, bytes.length);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0) {
            errno = done == 0 ? ENOSPC : errno;
            return false;
        }
        bytes = slice_from(bytes, (size_t)done);
    }
    return true;
}

bool file_write_at(int descriptor, struct slice bytes, uint64_t offset)
{
    while (bytes.length > 0) {
        ssize_t done = pwrite(descriptor, bytes.at, bytes.length, (off_t)offset);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0) {
            errno = done == 0 ? ENOSPC : errno;
            return false;
        }
        bytes = slice_from(bytes, (size_t)done);
        offset += (uint64_t)done;
    }
    return true;
}

bool file_read_rest(int descriptor, struct buffer *out)
{
    struct stat status;
    size_t step = 64 * 1024;
    bool is_sized = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0;
    if (is_sized) {
        if ((uint64_t)status.st_size > out->most_bytes) {
            errno = EFBIG;
            return false;
        }
        step = (size_t)status.st_size;
    }
    for (;;) {
        size_t before = out->length;
        size_t room = out->most_bytes - before;
        char probe;
        char *at = room == 0 ? &probe : buffer_reserve(out, room < step ? room : step);
        ssize_t done = read(descriptor, at, room == 0 ? 1 : out->length - before);
        int reason = errno;
        out->length = before + (done > 0 && room > 0 ? (size_t)done : 0);
        if (out->at)
            out->at[out->length] = 0;
        if (done < 0 && reason == EINTR)
            continue;
        if (done < 0 || (done > 0 && room == 0)) {
            errno = done < 0 ? reason : EFBIG;
            return false;
        }
        if (done == 0)
            return true;
        step = is_sized ? 512 : step; /* a regular file is at its end now */
    }
}

bool file_read(int folder, const char *path, struct buffer *out)
{
    int descriptor = openat(folder, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0)
        return false;
    bool ok = file_read_rest(descriptor, out);
    close_quietly(descriptor);
    return ok;
}

bool file_close(int descriptor)
{
    if (descriptor < 0)
        return true;
    return close(descriptor) == 0 || errno == EINTR;
}

/* ---- paths below a folder ---- */

/* One part of `*path`; moves `*path` behind it and the slashes that follow. False: a part that leads out. */
static bool next_part(const char **path, char part[NAME_MAX + 1])
{
    size_t length = strcspn(*path, "/");
    if (length == 0 || length > NAME_MAX) {
        errno = length ? ENAMETOOLONG : EXDEV;
        return false;
    }
    memcpy(part, *path, length);
    part[length] = 0;
    if (strcmp(part, "..") == 0) {
        errno = EXDEV;
        return false;
    }
    *path += length + strspn(*path + length, "/");
    return true;
}

/* Opens one part; makes the folder first when it is absent and `makes` is set. */
static int open_part(int folder, const char *part, bool makes)
{
    int flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    int next = openat(folder, part, flags);
    if (next >= 0 || errno != ENOENT || !makes)
        return next;
    if (mkdirat(folder, part, FOLDER_MODE) < 0 && errno != EEXIST)
        return -1;
    return openat(folder, part, flags);
}

/* The folder that holds the last part of `path`, which is left in `part`. */
static int walk_to_last(int folder, const char *path, char part[NAME_MAX + 1], bool makes)
{
    int at = folder == AT_FDCWD ? open(".", O_PATH | O_DIRECTORY | O_CLOEXEC) : fcntl(folder, F_DUPFD_CLOEXEC, 0);
    while (at >= 0) {
        if (!next_part(&path, part)) {
            close_quietly(at);
            return -1;
        }
        if (!*path)
            return at;
        int next = open_part(at, part, makes);
        close_quietly(at);
        at = next;
    }
    return -1;
}

int file_open_beneath(int folder, const char *path, int flags, mode_t mode)
{
    struct open_how how = {
        .flags = (uint64_t)(flags | O_CLOEXEC),
        .mode = flags & (O_CREAT | O_TMPFILE) ? mode : 0,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };
    long opened;
    do
        opened = syscall(SYS_openat2, folder, path, &how, sizeof how);
    while (opened < 0 && (errno == EINTR || errno == EAGAIN));
    if (opened >= 0 || (errno != ENOSYS && errno != EPERM))
        return (int)opened;

    char part[NAME_MAX + 1];
    int last = walk_to_last(folder, path, part, false);
    if (last < 0)
        return -1;
    int descriptor = openat(last, part, flags | O_CLOEXEC | O_NOFOLLOW, mode);
    close_quietly(last);
    return descriptor;
}

int file_open_parent(int folder, const char *path, const char **name)
{
    const char *slash = strrchr(path, '/');
    *name = slash ? slash + 1 : path;
    if (!slash)
        return fcntl(folder, F_DUPFD_CLOEXEC, 0);
    char parent[PATH_MAX];
    if ((size_t)(slash - path) >= sizeof parent) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(parent, path, (size_t)(slash - path));
    parent[slash - path] = 0;
    return file_open_beneath(folder, parent, O_PATH | O_DIRECTORY, 0);
}

bool file_unlink_beneath(int folder, const char *path)
{
    const char *name;
    int parent = file_open_parent(folder, path, &name);
    if (parent < 0)
        return errno == ENOENT || errno == ENOTDIR;
    bool ok = unlinkat(parent, name, 0) == 0 || errno == ENOENT;
    close_quietly(parent);
    return ok;
}

int file_open_folder(int folder, const char *path)
{
    char part[NAME_MAX + 1];
    int last = walk_to_last(folder, path, part, true);
    if (last < 0)
        return -1;
    int made = open_part(last, part, true);
    close_quietly(last);
    if (made < 0)
        return -1;
    int descriptor = openat(made, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    close_quietly(made);
    return descriptor;
}

bool file_make_folders(const char *path)
{
    char part[PATH_MAX];
    struct stat status;
    size_t length = strlen(path);
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return true;
    if (length >= sizeof part) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(part, path, length + 1);
    for (size_t i = 1; i <= length; i++) {
        if (part[i] != '/' && part[i] != 0)
            continue;
        part[i] = 0;
        if (mkdir(part, FOLDER_MODE) < 0 && errno != EEXIST && (i == length || errno != EROFS))
            return false;
        part[i] = path[i];
    }
    if (stat(path, &status) < 0)
        return false;
    errno = ENOTDIR;
    return S_ISDIR(status.st_mode);
}

bool file_make_parents(int folder, const char *path)
{
    char part[NAME_MAX + 1];
    int last = walk_to_last(folder, path, part, true);
    close_quietly(last);
    return last >= 0;
}

/* ---- replacing ---- */

/* The temporary file for `name`: one fixed name, so that what a killed process left is used up by the next one, and
 * flock()ed, so that two processes at once take turns. */
static int open_temporary(int folder, const char *name)
{
    for (;;) {
        int descriptor = openat(folder, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
        if (descriptor < 0)
            return -1;
        while (flock(descriptor, LOCK_EX) < 0 && errno == EINTR)
            continue;
        struct stat ours, there;
        if (fstat(descriptor, &ours) == 0 && fstatat(folder, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
            ours.st_ino == there.st_ino && ours.st_dev == there.st_dev) {
            if (ftruncate(descriptor, 0) == 0)
                return descriptor;
            close_quietly(descriptor);
            return -1;
        }
        close_quietly(descriptor);
    }
}

bool file_replace(int folder, const char *path, struct slice bytes, bool sync)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    char temporary[PATH_MAX];
    int length =
        snprintf(temporary, sizeof temporary, "%.*s.%.*s.waymark", (int)(name - path), path, NAME_KEPT_BYTES, name);
    if (length < 0 || (size_t)length >= sizeof temporary) {
        errno = ENAMETOOLONG;
        return false;
    }
    int descriptor = open_temporary(folder, temporary);
    if (descriptor < 0)
        return false;
    struct stat old;
    bool ok = fstatat(folder, path, &old, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(old.st_mode) ||
              fchmod(descriptor, old.st_mode & 07777) == 0;
    ok = ok && file_write(descriptor, bytes);
    ok = ok && (!sync || fsync(descriptor) == 0);
    ok = ok && renameat(folder, temporary, folder, path) == 0;
    int reason = errno;
    if (!ok)
        unlinkat(folder, temporary, 0);
    if (!file_close(descriptor) && ok)
        return false;
    errno = reason;
    return ok;
}

/* ---- folders ---- */

struct listing {
    struct arena arena;
    struct listed {
        const char *name;
        unsigned char type;
    } * items;
    size_t count, capacity;
};

static int listed_compare(const void *left, const void *right)
{
    return strcmp(((const struct listed *)left)->name, ((const struct listed *)right)->name);
}

static unsigned char type_of(int folder, const char *name)
{
    struct stat status;
    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
        return DT_UNKNOWN;
    return (unsigned char)IFTODT(status.st_mode);
}

static bool listing_fill(struct listing *listing, DIR *stream)
{
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(stream);
        if (!entry)
            return errno == 0;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        unsigned char type = entry->d_type != DT_UNKNOWN ? entry->d_type : type_of(dirfd(stream), entry->d_name);
        if (type == DT_UNKNOWN)
            continue; /* gone since */
        LIST_GROW(listing->items, listing->count, listing->capacity);
        listing->items[listing->count++] =
            (struct listed){arena_copy(&listing->arena, entry->d_name, strlen(entry->d_name)), type};
    }
}

bool folder_list(int folder, const char *path, bool (*each)(void *context, const char *name, unsigned char type),
                 void *context)
{
    int descriptor = openat(folder, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *stream = descriptor < 0 ? NULL : fdopendir(descriptor);
    if (!stream) {
        close_quietly(descriptor);
        return false;
    }
    struct listing listing = {0};
    bool ok = listing_fill(&listing, stream);
    int reason = errno;
    closedir(stream);
    if (ok && listing.count > 0)
        qsort(listing.items, listing.count, sizeof *listing.items, listed_compare);
    for (size_t i = 0; ok && i < listing.count; i++) {
        ok = each(context, listing.items[i].name, listing.items[i].type);
        reason = 0;
    }
    free(listing.items);
    arena_free(&listing.arena);
    errno = reason;
    return ok;
}

void machine_boot_id(char out[BOOT_ID_BYTES])
{
    struct buffer text = BUFFER(BOOT_ID_BYTES - 1);
    memset(out, 0, BOOT_ID_BYTES);
    if (file_read(AT_FDCWD, "/proc/sys/kernel/random/boot_id", &text))
        memcpy(out, text.at, text.length);
    buffer_free(&text);
}

struct removal {
    int folder;
    int reason; /* errno of the first failure; the rest is removed all the same */
    unsigned depth;
    size_t *most; /* entries that may still be removed; NULL: all */
};

static void remove_tree(int folder, const char *path, struct removal *above);

static bool remove_entry(void *context, const char *name, unsigned char type)
{
    struct removal *removal = context;
    if (removal->most && *removal->most == 0) {
        removal->reason = E2BIG;
        return false;
    }
    if (type == DT_DIR)
        remove_tree(removal->folder, name, removal);
    else if (unlinkat(removal->folder, name, 0) < 0 && errno != ENOENT && !removal->reason)
        removal->reason = errno;
    if (removal->most && *removal->most > 0)
        --*removal->most;
    return removal->reason != E2BIG;
}

static void remove_tree(int folder, const char *path, struct removal *above)
{
    struct removal inside = {.folder = -1, .depth = above->depth + 1, .most = above->most};
    if (inside.depth > DEPTH_MOST)
        inside.reason = ELOOP;
    else if ((inside.folder = openat(folder, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) < 0)
        inside.reason = errno;
    else if (!folder_list(inside.folder, ".", remove_entry, &inside) && errno && !inside.reason)
        inside.reason = errno;
    if (inside.folder >= 0)
        close(inside.folder);
    if (!inside.reason && unlinkat(folder, path, AT_REMOVEDIR) < 0 && errno != ENOENT)
        inside.reason = errno;
    if (inside.reason && !above->reason)
        above->reason = inside.reason;
}

bool file_remove_some(int folder, const char *path, size_t *most)
{
    if (unlinkat(folder, path, 0) == 0 || errno == ENOENT)
        return true;
    if (errno != EISDIR && errno != EPERM)
        return false;
    struct removal removal = {.folder = folder, .most = most};
    remove_tree(folder, path, &removal);
    errno = removal.reason;
    return removal.reason == 0;
}

bool file_remove_tree(int folder, const char *path)
{
    return file_remove_some(folder, path, NULL);
}
