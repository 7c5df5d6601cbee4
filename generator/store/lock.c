/* One process at a time in a folder. The lock is the flock, which ends with its
 * process; the text in the file only tells the others who has it. */

#include "store/parts.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOCK_NAME "lock"

enum { HOLDER_BYTES = 300, WAIT_STEP_MS = 50 };

/* True when `lock` is still the file of that name: somebody may have deleted the folder's files while we waited. */
static bool is_current(int folder, int lock)
{
    struct stat ours, there;
    return fstat(lock, &ours) == 0 && fstatat(folder, LOCK_NAME, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
           ours.st_ino == there.st_ino && ours.st_dev == there.st_dev;
}

static void read_holder(int lock, char out[HOLDER_BYTES])
{
    char text[HOLDER_BYTES - 40];
    ssize_t length = pread(lock, text, sizeof text - 1, 0);
    text[length > 0 ? length : 0] = 0;
    text[strcspn(text, "\n")] = 0;
    char *command = strchr(text, ' ');
    if (!command) {
        snprintf(out, HOLDER_BYTES, "another process");
        return;
    }
    *command++ = 0;
    snprintf(out, HOLDER_BYTES, "%s (process %s)", command, text);
}

static void write_holder(int lock, const char *command)
{
    char text[HOLDER_BYTES];
    int length = snprintf(text, sizeof text, "%ld %.200s\n", (long)getpid(), command ? command : "waymark");
    /* Only for people: no harm is done when it fails. */
    if (ftruncate(lock, 0) == 0)
        file_write_at(lock, (struct slice){text, (size_t)length}, 0);
}

/* 1: locked, 0: held by another, -1: errno. */
static int try_lock(int lock)
{
    while (flock(lock, LOCK_EX | LOCK_NB) < 0) {
        if (errno == EWOULDBLOCK)
            return 0;
        if (errno == ENOLCK || errno == EOPNOTSUPP || errno == EINVAL || errno == ENOSYS)
            return 1; /* a file system without locks */
        if (errno != EINTR)
            return -1;
    }
    return 1;
}

static bool report_busy(const char *path, const char *holder, struct diag_list *diags)
{
    diag_add(diags, DIAG_STORE_BUSY, PLACE_RUN, "'%s' is in use by %s", path, holder);
    return diag_help(diags, "wait until it has ended, or end it");
}

bool lock_take(int *lock, int folder, const char *path, const struct store_options *options, struct diag_list *diags)
{
    char holder[HOLDER_BYTES];
    bool is_told = false;
    for (uint64_t waited_ms = 0;;) {
        int file = openat(folder, LOCK_NAME, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
        int locked = file < 0 ? -1 : try_lock(file);
        if (locked < 0) {
            diag_add(diags, DIAG_STORE_IO, PLACE_RUN, "cannot lock '%s': %s", path, strerror(errno));
            file_close(file);
            return false;
        }
        if (locked && is_current(folder, file)) {
            write_holder(file, options->command);
            *lock = file;
            return true;
        }
        read_holder(file, holder);
        file_close(file);
        if (locked)
            continue; /* of a file that is gone: there is a new one */
        if (waited_ms >= options->wait_seconds * UINT64_C(1000))
            return report_busy(path, holder, diags);
        if (!is_told && options->waiting)
            options->waiting(holder);
        is_told = true;
        nanosleep(&(struct timespec){.tv_nsec = WAIT_STEP_MS * 1000000L}, NULL);
        waited_ms += WAIT_STEP_MS;
    }
}
