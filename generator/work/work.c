/* The parent of a run: forks, polls, checks frames, watches the clock, buries
 * the dead and replaces them. It learns what a worker has done from its frames
 * alone, which come in the order of its serial numbers; so the item that a dead
 * worker had in hand is the one with the next serial. */

#include "work/work.h"
#include "base/arena.h"
#include "work/frame.h"
#include "work/join.h"
#include "work/worker.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    TICK_MS = 200, /* how often the watchdog looks */
    READ_BYTES = 64 * 1024,
    PIPE_BYTES = 256 * 1024, /* so that workers seldom wait for the parent */
    PAYLOAD_BYTES = 64 << 20,
    STILL_FACTOR = 6,     /* a worker may stand still for this many times item_seconds … */
    STILL_SECONDS = 60,   /* … but at least so long: a slow disk is no fault */
    IDLE_DEATHS_MOST = 3, /* workers that die with nothing done and nothing in hand */
    FORK_TRIES = 5,
    EXIT_MS = 200, /* from closing the pipe to being gone */
    LAST_WORDS_BYTES = 4096,
};

struct worker {
    pid_t pid; /* 0: no process */
    int pipe, output;
    struct buffer bytes;
    uint32_t serial;        /* of the frame that must come next */
    uint64_t segment_floor; /* parts lie above */
    bool has_ended;         /* said END, or STUCK: is not replaced */
    bool has_joined;        /* did something since it was forked */
    /* Why it was killed by us; `condemned` is the serial that this is about. */
    bool is_condemned;
    uint32_t condemned;
    enum work_failure verdict;
    /* Watchdog. */
    uint32_t seen_serial;
    double cpu_at_seen, still_seconds;
};

struct run {
    const struct work *work;
    struct join join;
    struct work_shared *shared;
    size_t shared_bytes;
    uint32_t worker_count, chunk_items, chunk_count;
    size_t most_payload_bytes;
    struct worker workers[LIMIT_WORKERS];
    uint32_t idle_deaths;
    char last_words[512]; /* why the last worker could not go on */
    struct timespec last_tick;
    struct work_stats stats;
};

uint32_t work_worker_count(uint32_t jobs, uint32_t count)
{
    cpu_set_t cores;
    if (jobs == 0)
        jobs = sched_getaffinity(0, sizeof cores, &cores) == 0 ? (uint32_t)CPU_COUNT(&cores) : 1;
    if (jobs > LIMIT_WORKERS)
        jobs = LIMIT_WORKERS;
    return jobs < count ? jobs : count;
}

/* ---- one worker: birth and death ---- */

static void forget_descriptors(struct worker *worker)
{
    if (worker->pipe >= 0)
        close(worker->pipe);
    if (worker->output >= 0)
        close(worker->output);
    worker->pipe = worker->output = -1;
}

static pid_t fork_patiently(void)
{
    for (int attempt = 1;; attempt++) {
        pid_t pid = fork();
        if (pid >= 0 || attempt == FORK_TRIES || (errno != EAGAIN && errno != ENOMEM))
            return pid;
        nanosleep(&(struct timespec){.tv_nsec = 20 * 1000 * 1000}, NULL);
    }
}

static bool spawn(struct run *run, uint32_t slot, uint32_t first_chunk)
{
    struct worker *worker = &run->workers[slot];
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return false;
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES); /* best effort */
    int output = memfd_create("waymark worker", MFD_CLOEXEC);
    struct stat status;
    if (run->work->segments && fstat(run->work->segments[slot], &status) == 0)
        worker->segment_floor = (uint64_t)status.st_size;

    struct worker_start start = {
        .work = run->work,
        .shared = run->shared,
        .done = run->join.done,
        .chunk_items = run->chunk_items,
        .worker = slot,
        .first_chunk = first_chunk,
        .first_serial = worker->serial,
        .most_payload_bytes = run->most_payload_bytes,
        .pipe = ends[1],
        .output = output,
        .parent = getpid(),
    };
    pid_t pid = fork_patiently();
    if (pid == 0) {
        close(ends[0]);
        for (uint32_t i = 0; i < run->worker_count; i++)
            forget_descriptors(&run->workers[i]);
        worker_main(&start);
    }
    int reason = errno;
    close(ends[1]);
    worker->pid = pid > 0 ? pid : 0;
    worker->pipe = ends[0];
    worker->output = output;
    buffer_clear(&worker->bytes);
    worker->has_ended = worker->has_joined = worker->is_condemned = false;
    worker->seen_serial = 0;
    worker->cpu_at_seen = worker->still_seconds = 0;
    if (pid < 0) {
        forget_descriptors(worker);
        errno = reason;
        return false;
    }
    run->stats.workers++;
    return true;
}

/* The last line that the worker wrote, for people. */
static struct slice last_line(struct slice text)
{
    text = slice_trim(text);
    for (size_t i = text.length; i > 0; i--)
        if (text.at[i - 1] == '\n')
            return slice_from(text, i);
    return text;
}

/* The last line of what it printed. All of it goes to our own standard error when the worker did not die, or when a
 * sanitizer has more to say than one line. */
static struct slice read_output(const struct worker *worker, bool has_died, char words[LAST_WORDS_BYTES])
{
    struct stat status;
    if (worker->output < 0 || fstat(worker->output, &status) < 0 || status.st_size == 0)
        return (struct slice){0};
    bool is_shown = !has_died || worker_is_sanitized();
    off_t at = 0;
    ssize_t length = 0;
    while (is_shown && (length = pread(worker->output, words, LAST_WORDS_BYTES, at)) > 0) {
        fwrite(words, 1, (size_t)length, stderr);
        at += length;
    }
    off_t from = status.st_size > LAST_WORDS_BYTES ? status.st_size - LAST_WORDS_BYTES : 0;
    length = pread(worker->output, words, LAST_WORDS_BYTES, from);
    return last_line((struct slice){words, length > 0 ? (size_t)length : 0});
}

static enum work_failure describe_death(int status, struct slice words, char *out, size_t out_bytes)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == 70 && slice_ends_with(words, "out of memory")) {
        snprintf(out, out_bytes, "it needs more memory than a worker may use");
        return WORK_NO_MEMORY;
    }
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
        snprintf(out, out_bytes, "its worker was killed; the machine may be out of memory");
        return WORK_DIED;
    }
    int length;
    if (WIFSIGNALED(status))
        length = snprintf(out, out_bytes, "its worker ended with signal %d (%s)", WTERMSIG(status),
                          sigdescr_np(WTERMSIG(status)));
    else
        length = snprintf(out, out_bytes, "its worker ended early with exit status %d", WEXITSTATUS(status));
    if (words.length > 0 && length > 0 && (size_t)length < out_bytes)
        snprintf(out + length, out_bytes - (size_t)length, ": %.*s", (int)(words.length < 300 ? words.length : 300),
                 words.at);
    return WORK_DIED;
}

static void add_processor_time(struct run *run, const struct rusage *usage)
{
    run->stats.worker_seconds += (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) +
                                 (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e6;
}

/* Gives a process that has closed its pipe the time to become a zombie. */
static void await_exit(pid_t pid)
{
    int process = (int)syscall(SYS_pidfd_open, pid, 0);
    if (process < 0) {
        nanosleep(&(struct timespec){.tv_nsec = 2 * 1000 * 1000}, NULL);
        return;
    }
    struct pollfd death = {.fd = process, .events = POLLIN};
    while (poll(&death, 1, EXIT_MS) < 0 && errno == EINTR)
        continue;
    close(process);
}

/* Waits for a process that is dead or about to be. One that has closed its pipe but lives on is killed. */
static int reap(struct run *run, struct worker *worker)
{
    int status = 0;
    struct rusage usage = {0};
    if (!worker->is_condemned)
        await_exit(worker->pid);
    if (wait4(worker->pid, &status, WNOHANG, &usage) == 0) {
        kill(worker->pid, SIGKILL);
        while (wait4(worker->pid, &status, 0, &usage) < 0 && errno == EINTR)
            continue;
    }
    add_processor_time(run, &usage);
    worker->pid = 0;
    return status;
}

/* The item that `worker` has begun and not reported; count when there is none. */
static uint32_t item_in_hand(const struct run *run, uint32_t slot)
{
    uint32_t mark = worker_mark(slot, run->workers[slot].serial);
    uint32_t hint = atomic_load(&run->shared->slots[slot].index);
    if (hint < run->work->count && !run->join.done[hint] && atomic_load(&run->shared->begun[hint]) == mark)
        return hint;
    for (uint32_t i = 0; i < run->work->count; i++)
        if (!run->join.done[i] && atomic_load(&run->shared->begun[i]) == mark)
            return i;
    return run->work->count;
}

/* The chunk that a dead worker leaves unfinished, or WORKER_NO_CHUNK. */
static uint32_t chunk_in_hand(const struct run *run, uint32_t slot)
{
    uint32_t chunk = atomic_load(&run->shared->slots[slot].chunk);
    if (chunk >= run->chunk_count)
        return WORKER_NO_CHUNK;
    uint64_t first = (uint64_t)chunk * run->chunk_items;
    for (uint64_t i = first; i < first + run->chunk_items && i < run->work->count; i++)
        if (!run->join.done[i])
            return chunk;
    return WORKER_NO_CHUNK;
}

static const char *condemnation(enum work_failure verdict)
{
    return verdict == WORK_TOO_SLOW ? "it takes too long" : "its worker sent bytes that are no result";
}

/* Everything it sent has been read. Charges the item in hand; forks a successor if something is left to do. */
static bool bury(struct run *run, uint32_t slot)
{
    struct worker *worker = &run->workers[slot];
    char words[LAST_WORDS_BYTES], text[512];
    int status = reap(run, worker);
    struct slice line = read_output(worker, !worker->has_ended, words);
    forget_descriptors(worker);
    if (worker->has_ended)
        return true;

    enum work_failure why = describe_death(status, line, text, sizeof text);
    if (worker->is_condemned) {
        why = worker->verdict;
        snprintf(text, sizeof text, "%s", condemnation(why));
    }
    /* Killed for an item that it finished meanwhile: the next one is not to blame. */
    bool is_innocent = worker->is_condemned && worker->condemned != worker->serial;
    uint32_t item = is_innocent ? run->work->count : item_in_hand(run, slot);
    if (item < run->work->count && !join_failure(&run->join, item, why, text))
        return false;
    if (item == run->work->count && !worker->has_joined)
        run->idle_deaths++;
    snprintf(run->last_words, sizeof run->last_words, "%s", text);
    worker->serial++;
    uint32_t chunk = chunk_in_hand(run, slot);
    bool is_needed = chunk != WORKER_NO_CHUNK || atomic_load(&run->shared->next_chunk) < run->chunk_count;
    if (is_needed && run->join.remaining > 0 && run->idle_deaths < IDLE_DEATHS_MOST)
        spawn(run, slot, chunk); /* if that fails, others or the last sweep take over */
    return true;
}

static void condemn(struct worker *worker, enum work_failure verdict, uint32_t serial)
{
    worker->is_condemned = true;
    worker->verdict = verdict;
    worker->condemned = serial;
    kill(worker->pid, SIGKILL);
}

/* ---- frames ---- */

static bool parts_are_sound(struct run *run, uint32_t slot, struct frame *frame)
{
    struct worker *worker = &run->workers[slot];
    struct stat status;
    if (frame->part_count == 0)
        return true;
    if (!run->work->segments || fstat(run->work->segments[slot], &status) < 0)
        return false;
    for (uint32_t i = 0; i < frame->part_count; i++) {
        struct work_part *part = &frame->parts[i];
        uint64_t size = (uint64_t)status.st_size;
        if (part->offset < worker->segment_floor || part->length > size || part->offset > size - part->length)
            return false;
        worker->segment_floor = part->offset + part->length;
        part->worker = slot;
        run->stats.part_bytes += part->length;
    }
    return true;
}

static bool frame_is_expected(struct run *run, uint32_t slot, struct frame *frame)
{
    struct worker *worker = &run->workers[slot];
    if (worker->has_ended || frame->serial != worker->serial)
        return false;
    if (frame->kind == FRAME_END || frame->kind == FRAME_STUCK)
        return true;
    return frame->index < run->work->count && !run->join.done[frame->index] &&
           atomic_load(&run->shared->begun[frame->index]) == worker_mark(slot, worker->serial) &&
           parts_are_sound(run, slot, frame);
}

static bool take_frame(struct run *run, uint32_t slot, const struct frame *frame)
{
    struct worker *worker = &run->workers[slot];
    if (frame->kind == FRAME_END || frame->kind == FRAME_STUCK) {
        if (frame->kind == FRAME_STUCK)
            snprintf(run->last_words, sizeof run->last_words, "%.*s", SLICE_ARGS(frame->payload));
        worker->has_ended = true;
        return true;
    }
    worker->serial++;
    worker->has_joined = true;
    if (frame->kind == FRAME_REFUSED) {
        char text[FRAME_REASON_MOST + 1];
        snprintf(text, sizeof text, "%.*s", SLICE_ARGS(frame->payload));
        return join_failure(&run->join, frame->index, WORK_REFUSED, text);
    }
    run->stats.payload_bytes += frame->payload.length;
    struct work_result result = {frame->payload, frame->parts, frame->part_count};
    return join_result(&run->join, frame->index, &result);
}

/* Takes the whole frames from the front of what was read. */
static bool take_frames(struct run *run, uint32_t slot)
{
    struct worker *worker = &run->workers[slot];
    struct frame frame;
    size_t used = 0, taken = 0;
    bool ok = true;
    while (ok && !worker->is_condemned) {
        struct slice rest = slice_from(buffer_view(&worker->bytes), taken);
        enum frame_state state = frame_read(&frame, &used, rest, run->most_payload_bytes);
        if (state == FRAME_PARTIAL)
            break;
        if (state == FRAME_BAD || !frame_is_expected(run, slot, &frame)) {
            worker->has_ended = false;
            condemn(worker, WORK_GARBAGE, worker->serial);
            break;
        }
        taken += used;
        ok = take_frame(run, slot, &frame);
    }
    if (taken > 0) {
        worker->bytes.length -= taken;
        memmove(worker->bytes.at, worker->bytes.at + taken, worker->bytes.length);
    }
    return ok;
}

/* Reads what is there. `*at_end` when the pipe was closed. What a condemned worker still sent is thrown away if it was
 * for garbage, and counts if it was for time. */
static bool read_frames(struct run *run, uint32_t slot, bool *at_end)
{
    struct worker *worker = &run->workers[slot];
    for (;;) {
        size_t before = worker->bytes.length;
        char *room = buffer_reserve(&worker->bytes, READ_BYTES);
        ssize_t got = room ? read(worker->pipe, room, READ_BYTES) : 0;
        int reason = errno;
        worker->bytes.length = before + (got > 0 ? (size_t)got : 0);
        if (got < 0 && reason == EINTR)
            continue;
        *at_end = got == 0 || (got < 0 && reason != EAGAIN);
        if (got <= 0)
            return true;
        bool counts = !(worker->is_condemned && worker->verdict == WORK_GARBAGE);
        bool was_condemned = worker->is_condemned;
        worker->is_condemned = false;
        bool ok = !counts || take_frames(run, slot);
        worker->is_condemned = worker->is_condemned || was_condemned;
        if (!counts)
            buffer_clear(&worker->bytes);
        if (!ok)
            return false;
        if (got < READ_BYTES && !was_condemned)
            return true;
    }
}

/* ---- the watchdog ---- */

static double processor_seconds(pid_t pid)
{
    clockid_t clock;
    struct timespec now;
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &now) < 0)
        return 0;
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Seconds since the last look, but never more than one: the machine may have slept, or we were stopped with all our
 * children. */
static double seconds_since_tick(struct run *run)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    double seconds =
        (double)(now.tv_sec - run->last_tick.tv_sec) + (double)(now.tv_nsec - run->last_tick.tv_nsec) / 1e9;
    if (seconds * 1000 < TICK_MS)
        return 0;
    run->last_tick = now;
    return seconds < 1 ? seconds : 1;
}

static bool watch(struct run *run, uint32_t slot, double seconds)
{
    struct worker *worker = &run->workers[slot];
    siginfo_t info = {0};
    if (waitid(P_PID, (id_t)worker->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == worker->pid) {
        /* Dead, and somebody it started holds the pipe open. */
        bool at_end;
        return read_frames(run, slot, &at_end) && bury(run, slot);
    }
    if (run->work->item_seconds == 0 || worker->is_condemned)
        return true;
    double used = processor_seconds(worker->pid);
    uint32_t serial = atomic_load(&run->shared->slots[slot].serial);
    if (serial != worker->seen_serial) {
        worker->seen_serial = serial;
        worker->cpu_at_seen = used;
        worker->still_seconds = 0;
        return true;
    }
    worker->still_seconds += seconds;
    double still_most = run->work->item_seconds * (double)STILL_FACTOR;
    if (used - worker->cpu_at_seen > run->work->item_seconds ||
        worker->still_seconds > (still_most > STILL_SECONDS ? still_most : STILL_SECONDS))
        condemn(worker, WORK_TOO_SLOW, serial);
    return true;
}

static bool watch_all(struct run *run)
{
    double seconds = seconds_since_tick(run);
    for (uint32_t i = 0; seconds > 0 && i < run->worker_count; i++)
        if (run->workers[i].pid && !watch(run, i, seconds))
            return false;
    return true;
}

/* ---- the run ---- */

static bool poll_once(struct run *run, uint32_t *alive)
{
    struct pollfd polls[LIMIT_WORKERS];
    uint32_t slots[LIMIT_WORKERS], count = 0;
    for (uint32_t i = 0; i < run->worker_count; i++)
        if (run->workers[i].pid) {
            slots[count] = i;
            polls[count++] = (struct pollfd){.fd = run->workers[i].pipe, .events = POLLIN};
        }
    *alive = count;
    if (count == 0)
        return true;
    if (poll(polls, count, TICK_MS) < 0 && errno != EINTR && errno != EAGAIN)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        bool at_end = false;
        if (!polls[i].revents)
            continue;
        if (!read_frames(run, slots[i], &at_end) || (at_end && !bury(run, slots[i])))
            return false;
    }
    return watch_all(run);
}

/* Forks the workers and sees them through. What is left undone afterwards was taken by workers that died before they
 * could say so, or there was no process to be had. */
static bool sweep(struct run *run)
{
    atomic_store(&run->shared->next_chunk, 0);
    clock_gettime(CLOCK_MONOTONIC, &run->last_tick);
    uint32_t alive = 0;
    for (uint32_t i = 0; i < run->worker_count; i++) {
        atomic_store(&run->shared->slots[i].chunk, WORKER_NO_CHUNK);
        alive += spawn(run, i, WORKER_NO_CHUNK);
    }
    if (alive == 0)
        snprintf(run->last_words, sizeof run->last_words, "cannot start a process: %s", strerror(errno));
    bool ok = true;
    while (ok && alive > 0)
        ok = poll_once(run, &alive);
    return ok;
}

static bool run_all(struct run *run, struct diag_list *diags)
{
    uint32_t before;
    do {
        before = run->join.remaining;
        run->idle_deaths = 0;
        uint32_t forked = run->stats.workers;
        if (!sweep(run))
            return false;
        if (run->stats.workers == forked)
            return diag_add(diags, DIAG_WORKERS, PLACE_RUN, "%s: %s", run->work->name, run->last_words);
    } while (run->join.remaining > 0 && run->join.remaining < before);
    for (uint32_t i = 0; run->join.remaining > 0 && i < run->work->count; i++)
        if (!run->join.done[i] && !join_failure(&run->join, i, WORK_REFUSED, run->last_words))
            return false;
    return true;
}

static void end_all(struct run *run)
{
    for (uint32_t i = 0; i < run->worker_count; i++) {
        struct worker *worker = &run->workers[i];
        if (worker->pid) {
            condemn(worker, WORK_DIED, 0);
            reap(run, worker);
        }
        forget_descriptors(worker);
        buffer_free(&worker->bytes);
    }
    munmap(run->shared, run->shared_bytes);
    run->stats.failures = run->join.failures;
    join_end(&run->join);
}

bool work_run(const struct work *work, struct work_stats *stats, struct diag_list *diags)
{
    if (stats)
        *stats = (struct work_stats){0};
    if (work->count == 0)
        return true;
    struct run *run = memory_get(sizeof *run);
    *run = (struct run){.work = work, .worker_count = work_worker_count(work->jobs, work->count)};
    run->chunk_items = work->chunk ? work->chunk : work->count / (run->worker_count * 64) + 1;
    if (run->chunk_items > 32 && !work->chunk)
        run->chunk_items = 32;
    run->chunk_count = (uint32_t)(((uint64_t)work->count + run->chunk_items - 1) / run->chunk_items);
    run->most_payload_bytes = work->most_payload_bytes ? work->most_payload_bytes : PAYLOAD_BYTES;
    run->shared_bytes = sizeof *run->shared + work->count * sizeof run->shared->begun[0];
    run->shared = mmap(NULL, run->shared_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (run->shared == MAP_FAILED)
        memory_exhausted();
    for (uint32_t i = 0; i < LIMIT_WORKERS; i++) {
        run->workers[i].pipe = run->workers[i].output = -1;
        run->workers[i].serial = 1;
        run->workers[i].bytes = BUFFER(run->most_payload_bytes + 2 * READ_BYTES);
    }
    join_begin(&run->join, work);
    fflush(NULL); /* or a worker that calls exit() would write it once more */

    bool ok = run_all(run, diags);
    end_all(run);
    if (stats)
        *stats = run->stats;
    free(run);
    return ok;
}
