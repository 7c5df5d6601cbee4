/* The parent of the transfers: starts them, a few side by side, listens, ends
 * those that take too long, keeps the moments of success and failure, and writes
 * waymark.lock. Parses nothing that a server sent. */

#include "source/fetch.h"
#include "base/file.h"
#include "base/hash.h"
#include "source/listing.h"
#include "source/releases.h"
#include "source/transfer.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { POLL_MS = 200 };

struct running {
    pid_t child; /* 0: not running */
    int pipe;
    struct buffer input;
    int64_t started, moved; /* seconds of the monotonic clock */
    struct transfer_news news;
    struct transfer_job job;
    bool is_told; /* a diagnostic says why it failed */
};

struct fetcher {
    struct arena *arena;
    const struct site_config *config;
    const struct source_options *options;
    struct fetch_options fetch; /* with the limits filled in */
    struct diag_list *diags;
    struct fetch_result *results;
    struct running *running;    /* one for each source */
    struct diag_list *findings; /* of each source, to be told in order */
    struct lock old;
    size_t active;
};

static int64_t seconds_now(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec;
}

static struct place place_of(const struct fetcher *fetcher, size_t index)
{
    const struct source_spec *spec = &fetcher->config->sources[index];
    return (struct place){&fetcher->config->file, spec->at, spec->length};
}

/* ---- one child ---- */

static bool prepare(struct fetcher *fetcher, size_t index)
{
    const struct source_spec *spec = &fetcher->config->sources[index];
    const struct lock_source *pin = lock_find(&fetcher->old, spec->name);
    const struct source_spec *releases = releases_source(fetcher->config);
    struct transfer_job *job = &fetcher->running[index].job;
    *job = (struct transfer_job){.config = fetcher->config, .spec = spec, .fetch = &fetcher->fetch};
    if (!url_parse(&job->url, fetcher->arena, fetcher->config, spec, &fetcher->findings[index]))
        return false;
    job->mirror = mirror_of(fetcher->arena, fetcher->config, fetcher->options, spec);
    if (releases) {
        job->tags = (const char *const *)releases->tags;
        job->tag_count = releases->tag_count;
    }
    if (pin && pin->commit[0] && strcmp(pin->url, spec->url) == 0 && strcmp(pin->ref, spec->ref) == 0) {
        unsigned char *id = arena_alloc(fetcher->arena, 20);
        job->locked = hex_read(slice_of(pin->commit), id, 20) ? id : NULL;
    }
    if (!fetcher->fetch.locked || job->locked)
        return true;
    diag_add(&fetcher->findings[index], DIAG_SOURCE_LOCKED, place_of(fetcher, index),
             "waymark.lock names no commit of the source '%s' at this url and ref", spec->name);
    return diag_help(&fetcher->findings[index], "run `waymark fetch` without --locked, and commit waymark.lock");
}

static bool start(struct fetcher *fetcher, size_t index)
{
    struct running *running = &fetcher->running[index];
    int ends[2];
    if (!prepare(fetcher, index))
        return false;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return diag_add(&fetcher->findings[index], DIAG_SOURCE_FETCH, place_of(fetcher, index), "no pipe: %m");
    fflush(NULL);
    running->child = fork();
    if (running->child == 0) {
        close(ends[0]);
        transfer_run(&running->job, ends[1]);
    }
    close(ends[1]);
    running->pipe = ends[0];
    running->input = BUFFER(TRANSFER_FRAME_MOST_BYTES * 2 + 64);
    running->started = running->moved = seconds_now(CLOCK_MONOTONIC);
    if (running->child < 0) {
        close(ends[0]);
        running->child = 0;
        return diag_add(&fetcher->findings[index], DIAG_SOURCE_FETCH, place_of(fetcher, index), "no process: %m");
    }
    fetcher->active++;
    return true;
}

static void finish(struct fetcher *fetcher, size_t index)
{
    struct running *running = &fetcher->running[index];
    struct fetch_result *result = &fetcher->results[index];
    int status = 0;
    kill(-running->child, SIGKILL); /* a helper that it left behind */
    kill(running->child, SIGKILL);
    while (waitpid(running->child, &status, 0) < 0 && errno == EINTR)
        continue;
    close(running->pipe);
    buffer_free(&running->input);
    running->child = 0;
    fetcher->active--;
    struct mirror_state state = mirror_state_read(&running->job.mirror);
    if (running->news.has_result) {
        result->state = (enum fetch_state)running->news.result.state;
        memcpy(result->before, running->news.result.before, sizeof result->before);
        memcpy(result->after, running->news.result.after, sizeof result->after);
        result->received_bytes = running->news.result.received_bytes;
        state = (struct mirror_state){.fetched = seconds_now(CLOCK_REALTIME)};
    } else {
        result->state = FETCH_FAILED;
        state.failed = seconds_now(CLOCK_REALTIME);
        if (!running->is_told) {
            diag_add(&fetcher->findings[index], DIAG_SOURCE_FETCH, place_of(fetcher, index),
                     "the transfer of the source '%s' ended without a word (status %d)", result->source, status);
            diag_help(&fetcher->findings[index],
                      "it may have needed more memory than it is given, or met a fault; run the "
                      "command again");
        }
    }
    mirror_state_write(&running->job.mirror, state);
}

static void give_up(struct fetcher *fetcher, size_t index, const char *why, uint32_t seconds)
{
    diag_add(&fetcher->findings[index], DIAG_SOURCE_FETCH, place_of(fetcher, index),
             "the source '%s' was given up: %s in %u seconds", fetcher->results[index].source, why, seconds);
    diag_help(&fetcher->findings[index], "see whether the server can be reached, and run the command again");
    fetcher->running[index].is_told = true;
    fetcher->running[index].news.has_result = false;
    finish(fetcher, index);
}

static void show(struct fetcher *fetcher, size_t index)
{
    struct transfer_news *news = &fetcher->running[index].news;
    const struct transfer_numbers *numbers = &news->numbers;
    struct fetch_progress progress = {fetcher->config->sources[index].name,
                                      numbers->received_bytes,
                                      numbers->received_objects,
                                      numbers->total_objects,
                                      numbers->resolved_deltas,
                                      numbers->total_deltas};
    fetcher->fetch.progress(fetcher->fetch.context, &progress);
    news->has_numbers = false;
}

static void hear(struct fetcher *fetcher, size_t index)
{
    struct running *running = &fetcher->running[index];
    char *room = buffer_reserve(&running->input, TRANSFER_FRAME_MOST_BYTES / 4);
    size_t before = running->input.length - TRANSFER_FRAME_MOST_BYTES / 4;
    ssize_t got = room ? read(running->pipe, room, TRANSFER_FRAME_MOST_BYTES / 4) : 0;
    if (got < 0 && errno == EINTR) {
        running->input.length = before;
        return;
    }
    running->input.length = before + (got > 0 ? (size_t)got : 0);
    running->moved = seconds_now(CLOCK_MONOTONIC);
    bool is_good = got <= 0 || transfer_take(&running->news, &running->input, &fetcher->findings[index]);
    running->is_told |= running->news.is_told;
    if (!is_good)
        running->news.has_result = false;
    if (running->news.has_numbers && fetcher->fetch.progress)
        show(fetcher, index);
    if (got <= 0 || !is_good)
        finish(fetcher, index);
}

/* ---- all of them ---- */

static void wait_for_some(struct fetcher *fetcher)
{
    size_t count = fetcher->config->source_count, used = 0;
    struct pollfd *polls = memory_get((count + 1) * sizeof *polls);
    for (size_t i = 0; i < count; i++)
        if (fetcher->running[i].child > 0)
            polls[used++] = (struct pollfd){.fd = fetcher->running[i].pipe, .events = POLLIN};
    poll(polls, used, POLL_MS);
    used = 0;
    int64_t now = seconds_now(CLOCK_MONOTONIC);
    for (size_t i = 0; i < count; i++) {
        struct running *running = &fetcher->running[i];
        if (running->child <= 0)
            continue;
        if (polls[used++].revents)
            hear(fetcher, i);
        else if (now - running->started >= fetcher->fetch.deadline_seconds)
            give_up(fetcher, i, "it did not come to an end", fetcher->fetch.deadline_seconds);
        else if (now - running->moved >= fetcher->fetch.stall_seconds)
            give_up(fetcher, i, "nothing came", fetcher->fetch.stall_seconds);
    }
    free(polls);
}

static bool is_wanted(const struct fetcher *fetcher, const char *name)
{
    for (size_t i = 0; i < fetcher->fetch.name_count; i++)
        if (strcmp(fetcher->fetch.names[i], name) == 0)
            return true;
    return fetcher->fetch.name_count == 0;
}

static bool check_names(struct fetcher *fetcher)
{
    bool ok = true;
    for (size_t i = 0; i < fetcher->fetch.name_count; i++)
        if (!config_source(fetcher->config, slice_of(fetcher->fetch.names[i])))
            ok = diag_add(fetcher->diags, DIAG_USAGE, PLACE_RUN, "'%s' is no source of this site",
                          fetcher->fetch.names[i]);
    return ok;
}

static void transfer_all(struct fetcher *fetcher)
{
    size_t count = fetcher->config->source_count, next = 0;
    while (next < count || fetcher->active) {
        while (next < count && fetcher->active < FETCH_AT_ONCE) {
            const struct source_spec *spec = &fetcher->config->sources[next];
            struct fetch_result *result = &fetcher->results[next];
            *result = (struct fetch_result){.source = spec->name, .state = FETCH_SKIPPED};
            if (is_wanted(fetcher, spec->name)) {
                bool is_remote = spec->is_remote || url_is_remote(spec->url);
                result->state = is_remote ? FETCH_FAILED : FETCH_LOCAL;
                if (is_remote)
                    start(fetcher, next);
            }
            next++;
        }
        if (fetcher->active)
            wait_for_some(fetcher);
    }
}

/* ---- waymark.lock ---- */

static const char *digits_of(struct arena *arena, const unsigned char *id)
{
    static const unsigned char none[20];
    char digits[41];
    hex_of(id, 20, digits);
    return memcmp(id, none, sizeof none) == 0 ? "" : arena_copy(arena, digits, 40);
}

/* What the lock says of one source now. A source that could not be had keeps what
 * it had, which may be nothing: false. */
static bool pin_source(struct lock_source *out, struct fetcher *fetcher, const struct file_list *list, size_t index)
{
    const struct source_spec *spec = &fetcher->config->sources[index];
    const struct source_state *state = &list->sources[index];
    const struct lock_source *old = lock_find(&fetcher->old, spec->name);
    bool is_kept = state->is_missing || fetcher->results[index].state == FETCH_FAILED ||
                   fetcher->results[index].state == FETCH_SKIPPED;
    if (is_kept && old)
        return *out = *old, true;
    if (is_kept && url_is_remote(spec->url))
        return false;
    struct lock_source pin = {
        .name = spec->name, .url = spec->url, .ref = spec->ref, .commit = "", .tree = "", .files = ""};
    if (state->is_missing)
        return false;
    if (state->is_own || state->is_worktree) {
        /* pinned by the commit that holds waymark.lock, or by none */
    } else if (state->is_git) {
        pin.commit = digits_of(fetcher->arena, state->commit);
        pin.tree = digits_of(fetcher->arena, state->tree);
    } else {
        char *files = arena_alloc(fetcher->arena, 65);
        listing_fingerprint(list->items + state->first_file, state->file_count, files);
        pin.files = files;
    }
    return *out = pin, true;
}

/* A source that failed, or was not asked for, needs no second word on being
 * missing. Its diagnostics are those that stand where it does in waymark.yaml. */
static bool is_said(const struct fetcher *fetcher, const struct diag *diag)
{
    for (size_t i = 0; i < fetcher->config->source_count; i++) {
        enum fetch_state state = fetcher->results[i].state;
        if ((state == FETCH_FAILED || state == FETCH_SKIPPED) && diag->offset == fetcher->config->sources[i].at)
            return true;
    }
    return false;
}

static bool take_findings(struct fetcher *fetcher, const struct diag_list *from)
{
    bool ok = true;
    for (size_t i = 0; i < from->count; i++) {
        const struct diag *diag = &from->items[i];
        if (diag->level < LEVEL_ERROR || diag_category(diag->code) != CATEGORY_ALWAYS || is_said(fetcher, diag))
            continue;
        diag_take(fetcher->diags, diag);
        ok = false;
    }
    return ok;
}

/* Where everything stands now. Only plain folders are listed: their files are what
 * pins them. */
static bool look(struct fetcher *fetcher, struct file_list *list)
{
    struct source_options options = {.cache = fetcher->options->cache};
    struct diag_list findings = {0};
    sources_resolve(list, fetcher->arena, fetcher->config, &options, &findings);
    struct file_list plain = *list;
    plain.sources = ARENA_ARRAY(fetcher->arena, struct source_state, list->source_count);
    memcpy(plain.sources, list->sources, list->source_count * sizeof *plain.sources);
    for (size_t i = 0; i < plain.source_count; i++)
        plain.sources[i].is_missing |= plain.sources[i].is_git;
    sources_list(&plain, fetcher->arena, fetcher->config, &options, &findings);
    list->items = plain.items;
    list->count = plain.count;
    for (size_t i = 0; i < plain.source_count; i++) {
        list->sources[i].first_file = plain.sources[i].first_file;
        list->sources[i].file_count = plain.sources[i].file_count;
    }
    bool ok = take_findings(fetcher, &findings);
    diag_list_free(&findings);
    return ok;
}

static bool write_lock(struct fetcher *fetcher)
{
    struct file_list list;
    struct lock lock = {0};
    bool ok = look(fetcher, &list);
    lock.sources = ARENA_ARRAY(fetcher->arena, struct lock_source, list.source_count);
    for (size_t i = 0; i < list.source_count; i++) {
        lock.source_count += pin_source(&lock.sources[lock.source_count], fetcher, &list, i);
        if (!list.sources[i].is_missing)
            memcpy(fetcher->results[i].after, list.sources[i].commit, sizeof fetcher->results[i].after);
    }
    ok = releases_find(&lock, fetcher->arena, fetcher->config, &list, &fetcher->old, fetcher->fetch.allow_rewind,
                       fetcher->diags) &&
         ok;
    return lock_write(&lock, fetcher->config, fetcher->diags) && ok;
}

static uint32_t limit_from(const char *name, uint32_t usual)
{
    const char *text = getenv(name);
    char *end;
    long number = text ? strtol(text, &end, 10) : 0;
    return text && *end == 0 && number > 0 && number < 10000000 ? (uint32_t)number : usual;
}

static void fill_in_limits(struct fetch_options *fetch)
{
    if (!fetch->deadline_seconds)
        fetch->deadline_seconds = limit_from("WAYMARK_FETCH_SECONDS", FETCH_DEADLINE_SECONDS);
    if (!fetch->stall_seconds)
        fetch->stall_seconds = limit_from("WAYMARK_FETCH_STALL_SECONDS", FETCH_STALL_SECONDS);
    if (!fetch->most_bytes)
        fetch->most_bytes = (uint64_t)limit_from("WAYMARK_FETCH_MEGABYTES", FETCH_MOST_BYTES >> 20) << 20;
    if (!fetch->most_objects)
        fetch->most_objects = FETCH_MOST_OBJECTS;
}

bool sources_fetch(struct fetch_result **results, struct arena *arena, const struct site_config *config,
                   const struct source_options *options, const struct fetch_options *fetch, struct diag_list *diags)
{
    struct fetcher fetcher = {.arena = arena, .config = config, .options = options, .fetch = *fetch, .diags = diags};
    bool has_lock, ok = true;
    fill_in_limits(&fetcher.fetch);
    *results = fetcher.results = ARENA_ARRAY(arena, struct fetch_result, config->source_count);
    const char *cache = cache_folder(arena, config, options);
    if (!check_names(&fetcher) || !lock_read(&fetcher.old, &has_lock, arena, config, diags))
        return false;
    if (!cache_make(cache, "mirrors"))
        return diag_add(diags, DIAG_SOURCE_FETCH, PLACE_RUN, "the cache folder '%s' cannot be made: %m", cache);
    fetcher.running = ARENA_ARRAY(arena, struct running, config->source_count);
    fetcher.findings = ARENA_ARRAY(arena, struct diag_list, config->source_count);
    repository_library_start(); /* once, not in every child */
    transfer_all(&fetcher);
    for (size_t i = 0; i < config->source_count; i++) {
        for (size_t k = 0; k < fetcher.findings[i].count; k++)
            diag_take(diags, &fetcher.findings[i].items[k]);
        diag_list_free(&fetcher.findings[i]);
        ok &= fetcher.results[i].state != FETCH_FAILED;
    }
    return (fetch->locked || write_lock(&fetcher)) && ok;
}
