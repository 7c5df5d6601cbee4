/* The child of one transfer. It connects, downloads into the mirror's object
 * database, checks what arrived, and only then moves branches and tags. Relies on
 * its parent to kill it when it takes too long, and on limits of the system for
 * memory and file sizes. */

#include "base/file.h"
#include "base/hash.h"
#include "source/packs.h"
#include "source/transfer_parts.h"
#include "source/verify.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A sanitizer's shadow would count as memory. */
#if defined(__SANITIZE_ADDRESS__)
#define HAS_SHADOW_MEMORY 1
#elif defined(__has_feature)
#define HAS_SHADOW_MEMORY __has_feature(address_sanitizer)
#else
#define HAS_SHADOW_MEMORY 0
#endif

enum {
    MEMORY_MOST_MB = 1536, /* private: the largest object is held whole, with its delta base */
    OBJECT_MOST_MB = 512,
    BEAT_MS = 200,
};

/* ---- to the parent ---- */

static void send_frame(struct transfer *transfer, enum transfer_kind kind, struct slice payload)
{
    struct transfer_frame frame = {kind, (uint32_t)payload.length};
    struct buffer bytes = BUFFER(TRANSFER_FRAME_MOST_BYTES + sizeof frame);
    buffer_append(&bytes, &frame, sizeof frame);
    buffer_slice(&bytes, payload);
    if (bytes.overflowed || !file_write(transfer->pipe, buffer_view(&bytes)))
        _exit(1); /* nobody listens any more */
    buffer_free(&bytes);
}

static void send_diags(struct transfer *transfer)
{
    struct buffer bytes = BUFFER(TRANSFER_FRAME_MOST_BYTES);
    for (size_t i = 0; i < transfer->diags.count; i++) {
        struct diag *diag = &transfer->diags.items[i];
        diag->text = auth_clean(&transfer->auth, diag->text);
        diag->help = auth_clean(&transfer->auth, diag->help);
        buffer_clear(&bytes);
        diag_write(&bytes, diag);
        send_frame(transfer, TRANSFER_DIAG, buffer_view(&bytes));
    }
    buffer_free(&bytes);
}

void transfer_send_numbers(struct transfer *transfer, bool is_due)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    if (!is_due && ms - transfer->beaten_ms < BEAT_MS)
        return;
    transfer->beaten_ms = ms;
    send_frame(transfer, TRANSFER_PROGRESS, (struct slice){(const char *)&transfer->numbers, sizeof transfer->numbers});
}

static void beat(void *context)
{
    transfer_send_numbers(context, false);
}

struct place transfer_place(const struct transfer *transfer)
{
    const struct source_spec *spec = transfer->job->spec;
    return (struct place){&transfer->job->config->file, spec->at, spec->length};
}

/* ---- the mirror ---- */

static bool fail_disk(struct transfer *transfer, const char *what)
{
    diag_add(&transfer->diags, DIAG_SOURCE_FETCH, transfer_place(transfer),
             "the mirror of '%s' cannot be written: %s: %s", transfer->job->spec->name, what, strerror(errno));
    return diag_help(&transfer->diags, "see whether the cache folder is writable and the disk has room");
}

/* One transfer at a time works on a mirror; a second one waits for the first. */
static bool take_lock(struct transfer *transfer)
{
    int descriptor = open(transfer->job->mirror.lock, O_RDWR | O_CREAT | O_CLOEXEC, FILE_MODE);
    if (descriptor < 0)
        return fail_disk(transfer, "lock");
    for (uint32_t i = 0; i < transfer->job->fetch->stall_seconds * 5; i++) {
        if (flock(descriptor, LOCK_EX | LOCK_NB) == 0)
            return true; /* held until the process ends */
        transfer_send_numbers(transfer, true);
        usleep(200000);
    }
    diag_add(&transfer->diags, DIAG_SOURCE_FETCH, transfer_place(transfer),
             "another `waymark fetch` works on the source '%s'", transfer->job->spec->name);
    return diag_help(&transfer->diags, "wait for it to end, and run the command again");
}

static bool make_repository(struct transfer *transfer, const char *folder)
{
    git_repository_init_options options;
    git_repository *made = NULL;
    git_repository_init_options_init(&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
    options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_NO_REINIT | GIT_REPOSITORY_INIT_MKDIR;
    if (!file_remove_tree(AT_FDCWD, folder))
        return fail_disk(transfer, "old folder");
    if (git_repository_init_ext(&made, folder, &options) < 0)
        return diag_add(&transfer->diags, DIAG_SOURCE_FETCH, transfer_place(transfer),
                        "the mirror of '%s' cannot be made: %s", transfer->job->spec->name, git_words());
    git_repository_free(made);
    return true;
}

/* ---- the whole ---- */

static bool update(struct transfer *transfer, const char *folder)
{
    struct target target;
    struct pack_names packs = {0};
    if (!repository_open(&transfer->repository, folder, transfer->job->spec->name, transfer_place(transfer),
                         &transfer->diags))
        return transfer->is_damaged = true, false;
    packs_remove_temporary(folder);
    packs_list(&packs, &transfer->arena, folder);
    bool ok = transfer_connect(transfer) && transfer_download(transfer);
    ok = ok && transfer_choose(transfer, &target) && transfer_check(transfer, &target);
    if (ok) {
        enum verify_answer answer = verify_commit(&transfer->repository, &target.commit, transfer->job->spec->path,
                                                  beat, transfer, &transfer->diags);
        transfer->is_damaged |= answer == VERIFY_DAMAGED;
        ok = answer == VERIFY_GOOD;
    }
    ok = ok && transfer_move(transfer, &target);
    if (ok) {
        memcpy(transfer->result.after, target.commit.id, sizeof transfer->result.after);
        transfer->result.received_bytes = transfer->numbers.received_bytes;
    }
    git_remote_free(transfer->remote);
    transfer->remote = NULL;
    transfer->head_count = 0;
    if (ok)
        packs_join(&transfer->repository, folder, beat, transfer);
    repository_close(&transfer->repository);
    if (!ok)
        packs_remove_new(&packs, folder);
    return ok;
}

static bool make_new(struct transfer *transfer)
{
    const char *folder = transfer->job->mirror.folder;
    const char *fresh = arena_printf(&transfer->arena, "%s.new", folder);
    if (!make_repository(transfer, fresh) || !update(transfer, fresh)) {
        file_remove_tree(AT_FDCWD, fresh);
        return false;
    }
    const char *old = arena_printf(&transfer->arena, "%s.old", folder);
    bool had_old = rename(folder, old) == 0;
    if (rename(fresh, folder) != 0)
        return fail_disk(transfer, "rename");
    return !had_old || file_remove_tree(AT_FDCWD, old) || fail_disk(transfer, "old folder");
}

static bool run(struct transfer *transfer)
{
    static const unsigned char none[20];
    struct transfer_result *result = &transfer->result;
    if (!take_lock(transfer))
        return false;
    const char *home = arena_printf(&transfer->arena, "%s.home", transfer->job->mirror.folder);
    file_remove_tree(AT_FDCWD, home);
    if (mkdir(home, 0700) != 0)
        return fail_disk(transfer, "folder");
    struct stat found;
    bool exists = stat(transfer->job->mirror.folder, &found) == 0;
    bool ok = auth_begin(&transfer->auth, home) &&
              (exists ? update(transfer, transfer->job->mirror.folder) : make_new(transfer));
    if (!ok && exists && transfer->is_damaged) {
        /* What the mirror has is damaged: a new one, and nothing of the old is used. */
        unsigned char before[20];
        memcpy(before, result->before, sizeof before);
        struct diag_list first = transfer->diags;
        transfer->diags = (struct diag_list){0};
        transfer->is_damaged = false;
        transfer->auth.attempts = 0;
        ok = make_new(transfer);
        memcpy(result->before, before, sizeof before);
        if (!ok && transfer->diags.count == 0)
            transfer->diags = first;
    }
    file_remove_tree(AT_FDCWD, home);
    result->state = !exists                                                            ? FETCH_NEW
                    : memcmp(result->before, result->after, sizeof result->after) == 0 ? FETCH_UNCHANGED
                                                                                       : FETCH_UPDATED;
    if (memcmp(result->before, none, sizeof none) == 0)
        result->state = FETCH_NEW;
    return ok;
}

static void set_limits(const struct transfer_job *job)
{
    rlim_t file_bytes = job->fetch->most_bytes + ((rlim_t)1 << 30);
    struct rlimit none = {0, 0}, file = {file_bytes, file_bytes};
    setrlimit(RLIMIT_CORE, &none);
    setrlimit(RLIMIT_FSIZE, &file);
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
#if !HAS_SHADOW_MEMORY
    struct rlimit memory = {(rlim_t)MEMORY_MOST_MB << 20, (rlim_t)MEMORY_MOST_MB << 20};
    setrlimit(RLIMIT_DATA, &memory);
#endif
    git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECT_SIZE, (size_t)OBJECT_MOST_MB << 20);
    git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECTS, (size_t)job->fetch->most_objects);
    git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 1);
}

void transfer_run(const struct transfer_job *job, int pipe)
{
    struct transfer transfer = {.job = job, .pipe = pipe, .default_branch = ""};
    setpgid(0, 0); /* so that a helper ends with us */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    repository_library_start();
    set_limits(job);
    transfer.auth = (struct auth){.arena = &transfer.arena,
                                  .source = job->spec->name,
                                  .url = &job->url,
                                  .place = transfer_place(&transfer),
                                  .diags = &transfer.diags};
    bool ok = run(&transfer);
    send_diags(&transfer);
    if (ok)
        send_frame(&transfer, TRANSFER_RESULT, (struct slice){(const char *)&transfer.result, sizeof transfer.result});
    _exit(ok ? 0 : 1);
}
