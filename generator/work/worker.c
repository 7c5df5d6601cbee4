/* The worker: take a chunk, do its items, say so. It writes who has which item
 * into shared memory before it begins, so that the parent knows what a dead
 * worker had in hand. */

#include "work/worker.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/hash.h"
#include "work/frame.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PART_ALIGNMENT = 16 };

struct work_product {
    struct buffer payload;
    struct buffer reason;
    struct work_part parts[WORK_PARTS_MOST];
    uint32_t part_count;
    int segment;     /* -1: none */
    uint64_t offset; /* where the next part goes */
};

bool worker_is_sanitized(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
    return true;
#else
    return false;
#endif
#else
    return false;
#endif
}

/* ---- what `item` calls ---- */

struct buffer *work_payload(struct work_product *product)
{
    return &product->payload;
}

bool work_refuse(struct work_product *product, const char *format, ...)
{
    char text[FRAME_REASON_MOST];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    buffer_clear(&product->reason);
    buffer_text(&product->reason, text);
    return false;
}

bool work_append(struct work_product *product, struct slice bytes)
{
    if (product->segment < 0)
        return work_refuse(product, "there is no segment file to append to");
    if (product->part_count == WORK_PARTS_MOST)
        return work_refuse(product, "more than %d parts", WORK_PARTS_MOST);
    if (!file_write_at(product->segment, bytes, product->offset))
        return work_refuse(product, "cannot write to the cache: %s", strerror(errno));
    product->parts[product->part_count++] =
        (struct work_part){.offset = product->offset, .length = bytes.length, .checksum = hash64(bytes)};
    product->offset += (bytes.length + PART_ALIGNMENT - 1) & ~(uint64_t)(PART_ALIGNMENT - 1);
    return true;
}

/* ---- the process ---- */

static void settle_in(const struct worker_start *start)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != start->parent)
        _exit(0);
    /* What a terminal sends goes to the parent as well; it decides, and takes us with it. */
    const int ignored[] = {SIGINT, SIGHUP, SIGTERM, SIGQUIT};
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        signal(ignored[i], SIG_IGN);
    signal(SIGPIPE, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (start->output >= 0) {
        dup2(start->output, STDOUT_FILENO);
        dup2(start->output, STDERR_FILENO);
        close(start->output);
    }
}

/* Prefers this process to the parent when the machine is out of memory, and limits what it may add to the address space
 * it was forked with. */
static void limit_memory(size_t more_bytes)
{
    const struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    int adjust = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (adjust >= 0) {
        if (write(adjust, "500", 3) < 0)
            errno = 0; /* not allowed: nothing is lost */
        close(adjust);
    }
    struct rlimit limit;
    FILE *statm = more_bytes && !worker_is_sanitized() ? fopen("/proc/self/statm", "re") : NULL;
    if (!statm)
        return;
    unsigned long pages;
    if (fscanf(statm, "%lu", &pages) == 1 && getrlimit(RLIMIT_AS, &limit) == 0) {
        rlim_t most = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + more_bytes;
        if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur > most)
            limit.rlim_cur = most;
        setrlimit(RLIMIT_AS, &limit);
    }
    fclose(statm);
}

static void send_or_end(int pipe, const struct frame *frame)
{
    if (!frame_write(pipe, frame))
        _exit(0); /* the parent has hung up */
}

static void do_item(const struct worker_start *start, struct work_product *product, uint32_t index, uint32_t serial)
{
    struct worker_slot *slot = &start->shared->slots[start->worker];
    atomic_store(&start->shared->begun[index], worker_mark(start->worker, serial));
    atomic_store(&slot->index, index);
    atomic_store(&slot->serial, serial);

    buffer_clear(&product->payload);
    buffer_clear(&product->reason);
    product->part_count = 0;
    uint64_t offset = product->offset;
    bool ok = start->work->item(start->work->context, index, product);
    if (ok && product->payload.overflowed)
        ok = work_refuse(product, "its result is larger than %zu bytes", start->most_payload_bytes);
    struct frame frame = {.kind = ok ? FRAME_ITEM : FRAME_REFUSED, .index = index, .serial = serial};
    if (ok) {
        frame.payload = buffer_view(&product->payload);
        frame.part_count = product->part_count;
        memcpy(frame.parts, product->parts, sizeof frame.parts);
    } else {
        frame.payload = buffer_view(&product->reason);
        product->offset = offset;
    }
    send_or_end(start->pipe, &frame);
}

static uint32_t do_chunk(const struct worker_start *start, struct work_product *product, uint32_t chunk,
                         uint32_t serial)
{
    atomic_store(&start->shared->slots[start->worker].chunk, chunk);
    uint32_t first = chunk * start->chunk_items;
    for (uint32_t i = first; i < start->work->count && i - first < start->chunk_items; i++)
        if (!start->done[i])
            do_item(start, product, i, serial++);
    return serial;
}

void worker_main(const struct worker_start *start)
{
    const struct work *work = start->work;
    settle_in(start);
    limit_memory(work->worker_bytes);

    struct work_product product = {
        .payload = BUFFER(start->most_payload_bytes),
        .reason = BUFFER(FRAME_REASON_MOST),
        .segment = work->segments ? work->segments[start->worker] : -1,
    };
    struct stat status;
    if (product.segment >= 0 && fstat(product.segment, &status) == 0)
        product.offset = ((uint64_t)status.st_size + PART_ALIGNMENT - 1) & ~(uint64_t)(PART_ALIGNMENT - 1);

    uint32_t serial = start->first_serial;
    struct buffer reason = BUFFER(FRAME_REASON_MOST);
    if (work->begin && !work->begin(work->context, start->worker, &reason)) {
        send_or_end(start->pipe,
                    &(struct frame){.kind = FRAME_STUCK, .serial = serial, .payload = buffer_view(&reason)});
        _exit(0);
    }
    uint64_t chunk_count = ((uint64_t)work->count + start->chunk_items - 1) / start->chunk_items;
    if (start->first_chunk != WORKER_NO_CHUNK)
        serial = do_chunk(start, &product, start->first_chunk, serial);
    for (;;) {
        uint32_t chunk = atomic_fetch_add(&start->shared->next_chunk, 1);
        if (chunk >= chunk_count)
            break;
        serial = do_chunk(start, &product, chunk, serial);
    }
    if (work->end)
        work->end(work->context, start->worker);
    send_or_end(start->pipe, &(struct frame){.kind = FRAME_END, .serial = serial});
    _exit(0);
}
