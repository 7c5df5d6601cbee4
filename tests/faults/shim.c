/* Loaded before the C library: counts the calls that change what is on disk below
 * one folder, in all processes of a run together, and at the call whose turn it is
 * ends the whole process group or lets the call fail. The run is told by the
 * environment: FAULT_FILE, a file of `struct fault` that all processes map. */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { KILL = 1, FAIL = 2, SHORT = 3, INTERRUPT = 4 };

struct fault {
    _Atomic uint64_t count; /* calls so far */
    uint64_t at;            /* the call that fails, from 1; 0: none, only count */
    uint32_t kind;          /* KILL, FAIL (with `error`), SHORT (half of a write), INTERRUPT (EINTR once) */
    int32_t error;
    uint32_t is_lasting;    /* FAIL: every call from then on fails too, as on a full disk */
    uint32_t is_done;
    char under[256];        /* part of the path that the calls must name */
    char name[64];          /* of the call that was hit */
};

static struct fault *fault;

__attribute__((constructor)) static void start(void)
{
    const char *path = getenv("FAULT_FILE");
    if (!path)
        return;
    int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
    if (file < 0)
        return;
    void *at = mmap(NULL, sizeof *fault, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    syscall(SYS_close, file);
    fault = at == MAP_FAILED ? NULL : at;
}

static bool names_folder(int folder, const char *path)
{
    char full[PATH_MAX * 2] = "", link[64];
    if (folder >= 0 && (!path || path[0] != '/')) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
        ssize_t length = readlink(link, full, PATH_MAX);
        full[length > 0 ? length : 0] = 0;
    } else if (path && path[0] != '/' && !getcwd(full, PATH_MAX)) {
        full[0] = 0;
    }
    if (path) {
        strncat(full, "/", sizeof full - strlen(full) - 1);
        strncat(full, path, sizeof full - strlen(full) - 1);
    }
    return strstr(full, fault->under) != NULL;
}

/* 0: go on; else what happens to this call. */
static uint32_t turn(const char *name, int folder, const char *path)
{
    if (!fault || !names_folder(folder, path))
        return 0;
    uint64_t number = atomic_fetch_add(&fault->count, 1) + 1;
    if (fault->at == 0 || number < fault->at || (number > fault->at && !fault->is_lasting))
        return 0;
    if (number == fault->at) {
        strncpy(fault->name, name, sizeof fault->name - 1);
        fault->is_done = 1;
    }
    if (fault->kind == KILL) {
        kill(0, SIGKILL);
        pause();
    }
    errno = fault->kind == INTERRUPT ? EINTR : fault->error;
    return fault->kind;
}

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) \
        real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

#define FAILS(name, folder, path) \
    do { \
        uint32_t kind = turn(name, folder, path); \
        if (kind == FAIL || kind == INTERRUPT) \
            return -1; \
    } while (0)

/* A call that has no EINTR of its own does not get one. */
#define FAILS_HARD(name, folder, path) \
    do { \
        if (turn(name, folder, path) == FAIL) \
            return -1; \
    } while (0)

static bool writes(int flags)
{
    return (flags & O_ACCMODE) != O_RDONLY || flags & O_CREAT;
}

#define OPEN(function, at, signature, call) \
    int function signature \
    { \
        REAL(int, #function, OPEN_TYPES_##at); \
        mode_t mode = 0; \
        if (flags & (O_CREAT | O_TMPFILE)) { \
            va_list list; \
            va_start(list, flags); \
            mode = va_arg(list, mode_t); \
            va_end(list); \
        } \
        if (writes(flags)) \
            FAILS(#function, OPEN_FOLDER_##at, path); \
        return call; \
    }
#define OPEN_TYPES_no const char *, int, ...
#define OPEN_TYPES_yes int, const char *, int, ...
#define OPEN_FOLDER_no AT_FDCWD
#define OPEN_FOLDER_yes folder
OPEN(open, no, (const char *path, int flags, ...), real(path, flags, mode))
OPEN(open64, no, (const char *path, int flags, ...), real(path, flags, mode))
OPEN(openat, yes, (int folder, const char *path, int flags, ...), real(folder, path, flags, mode))
OPEN(openat64, yes, (int folder, const char *path, int flags, ...), real(folder, path, flags, mode))

ssize_t write(int file, const void *bytes, size_t length)
{
    REAL(ssize_t, "write", int, const void *, size_t);
    uint32_t kind = turn("write", file, NULL);
    if (kind == FAIL || kind == INTERRUPT)
        return -1;
    return real(file, bytes, kind == SHORT && length > 1 ? length / 2 : length);
}

ssize_t pwrite64(int file, const void *bytes, size_t length, off_t offset)
{
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off_t);
    uint32_t kind = turn("pwrite", file, NULL);
    if (kind == FAIL || kind == INTERRUPT)
        return -1;
    return real(file, bytes, kind == SHORT && length > 1 ? length / 2 : length, offset);
}

ssize_t pwrite(int file, const void *bytes, size_t length, off_t offset)
{
    return pwrite64(file, bytes, length, offset);
}

ssize_t writev(int file, const struct iovec *parts, int count)
{
    REAL(ssize_t, "writev", int, const struct iovec *, int);
    FAILS("writev", file, NULL);
    return real(file, parts, count);
}

ssize_t copy_file_range(int from, off_t *from_at, int to, off_t *to_at, size_t length, unsigned flags)
{
    REAL(ssize_t, "copy_file_range", int, off_t *, int, off_t *, size_t, unsigned);
    FAILS_HARD("copy_file_range", to, NULL);
    return real(from, from_at, to, to_at, length, flags);
}

#define ON_FILE(function) \
    int function(int file) \
    { \
        REAL(int, #function, int); \
        FAILS_HARD(#function, file, NULL); \
        return real(file); \
    }
ON_FILE(fsync)
ON_FILE(fdatasync)
ON_FILE(syncfs)

int ftruncate64(int file, off_t length)
{
    REAL(int, "ftruncate64", int, off_t);
    FAILS_HARD("ftruncate", file, NULL);
    return real(file, length);
}

int ftruncate(int file, off_t length)
{
    return ftruncate64(file, length);
}

int rename(const char *from, const char *to)
{
    REAL(int, "rename", const char *, const char *);
    FAILS_HARD("rename", AT_FDCWD, to);
    return real(from, to);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    REAL(int, "renameat", int, const char *, int, const char *);
    FAILS_HARD("renameat", to_folder, to);
    return real(from_folder, from, to_folder, to);
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
    REAL(int, "renameat2", int, const char *, int, const char *, unsigned);
    FAILS_HARD("renameat2", to_folder, to);
    return real(from_folder, from, to_folder, to, flags);
}

int link(const char *from, const char *to)
{
    REAL(int, "link", const char *, const char *);
    FAILS_HARD("link", AT_FDCWD, to);
    return real(from, to);
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags)
{
    REAL(int, "linkat", int, const char *, int, const char *, int);
    FAILS_HARD("linkat", to_folder, to);
    return real(from_folder, from, to_folder, to, flags);
}

int symlinkat(const char *text, int folder, const char *path)
{
    REAL(int, "symlinkat", const char *, int, const char *);
    FAILS_HARD("symlinkat", folder, path);
    return real(text, folder, path);
}

int unlink(const char *path)
{
    REAL(int, "unlink", const char *);
    FAILS_HARD("unlink", AT_FDCWD, path);
    return real(path);
}

int unlinkat(int folder, const char *path, int flags)
{
    REAL(int, "unlinkat", int, const char *, int);
    FAILS_HARD("unlinkat", folder, path);
    return real(folder, path, flags);
}

int rmdir(const char *path)
{
    REAL(int, "rmdir", const char *);
    FAILS_HARD("rmdir", AT_FDCWD, path);
    return real(path);
}

int mkdir(const char *path, mode_t mode)
{
    REAL(int, "mkdir", const char *, mode_t);
    FAILS_HARD("mkdir", AT_FDCWD, path);
    return real(path, mode);
}

int mkdirat(int folder, const char *path, mode_t mode)
{
    REAL(int, "mkdirat", int, const char *, mode_t);
    FAILS_HARD("mkdirat", folder, path);
    return real(folder, path, mode);
}

int fchmod(int file, mode_t mode)
{
    REAL(int, "fchmod", int, mode_t);
    FAILS_HARD("fchmod", file, NULL);
    return real(file, mode);
}

int utimensat(int folder, const char *path, const struct timespec times[2], int flags)
{
    REAL(int, "utimensat", int, const char *, const struct timespec[2], int);
    FAILS_HARD("utimensat", folder, path);
    return real(folder, path, times, flags);
}
