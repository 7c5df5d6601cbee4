/* The door of the history service: what the cache knows is taken from there, the
 * rest is walked by a child beside the caller's work. The child's results come
 * back through memory files, and are read like any foreign bytes. */

#include "source/history.h"
#include "base/file.h"
#include "base/hash.h"
#include "source/mirror.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RESULT_MOST_BYTES = 1 << 30, TREE_CACHE_BYTES = 64 << 20 };

struct source_history {
    bool is_wanted;      /* a git source with files */
    const char *path;    /* of the kept result */
    struct buffer bytes; /* what `known` points into */
    bool has_known;
    struct history_result known; /* from the cache */
    int result;                  /* memory file that the child writes; -1: the cache was right */
};

struct history {
    struct arena arena;
    const struct file_list *list;
    struct source_history *sources;
    pid_t child; /* 0: none was needed */
};

static const char *result_path(struct arena *arena, const char *cache, const struct source_state *source)
{
    const char *where = arena_printf(arena, "%s\n%s", source->repository, source->prefix);
    return arena_printf(arena, "%s/history/%s-%08x", cache, source->name, (unsigned)hash64(slice_of(where)));
}

static void read_known(struct history *history, struct source_history *item)
{
    item->bytes = BUFFER(RESULT_MOST_BYTES);
    item->has_known = file_read(AT_FDCWD, item->path, &item->bytes) &&
                      history_read(&item->known, &history->arena, buffer_view(&item->bytes));
}

/* Has every file that is listed a commit, or a reason to have none? */
static bool is_complete(const struct source_history *item, const struct source_state *source)
{
    return item->has_known && memcmp(item->known.head, source->commit, sizeof source->commit) == 0 && !source->folder &&
           item->known.path_count == source->file_count && (item->known.gaps & ~(uint32_t)HISTORY_TOO_LONG) == 0;
}

static void walk_one(const struct history *history, uint32_t index)
{
    struct source_history *item = &history->sources[index];
    const struct source_state *source = &history->list->sources[index];
    struct arena arena = {0};
    struct diag_list diags = {0};
    struct repository repository;
    struct history_result result;
    struct buffer bytes = BUFFER(RESULT_MOST_BYTES);
    if (!repository_open(&repository, source->repository, source->name, PLACE_RUN, &diags))
        return;
    history_walk(&result, &arena, &repository, source, history->list->items + source->first_file, source->file_count,
                 item->has_known ? &item->known : NULL);
    history_write(&bytes, &result);
    if (!bytes.overflowed && file_write(item->result, buffer_view(&bytes)) && !source->folder)
        file_replace(AT_FDCWD, item->path, buffer_view(&bytes), false);
    repository_close(&repository);
}

static void run_child(const struct history *history)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_TREE, (size_t)1 << 20);
    git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, (ssize_t)TREE_CACHE_BYTES);
    for (uint32_t i = 0; i < history->list->source_count; i++)
        if (history->sources[i].result >= 0)
            walk_one(history, i);
    _exit(0);
}

struct history *history_begin(const struct file_list *list, const struct site_config *config,
                              const struct source_options *options)
{
    struct history *history = memory_get(sizeof *history);
    *history = (struct history){.list = list};
    history->sources = ARENA_ARRAY(&history->arena, struct source_history, list->source_count);
    const char *cache = cache_folder(&history->arena, config, options);
    bool is_needed = false;
    for (uint32_t i = 0; i < list->source_count; i++) {
        const struct source_state *source = &list->sources[i];
        struct source_history *item = &history->sources[i];
        static const unsigned char none[20];
        item->result = -1;
        item->is_wanted = !source->is_missing && source->repository && source->file_count &&
                          memcmp(source->commit, none, sizeof none) != 0;
        if (!item->is_wanted)
            continue;
        item->path = result_path(&history->arena, cache, source);
        read_known(history, item);
        if (is_complete(item, source))
            continue;
        item->result = memfd_create("waymark-history", MFD_CLOEXEC);
        is_needed |= item->result >= 0;
    }
    if (!is_needed)
        return history;
    cache_make(cache, "history"); /* without it the next run walks again */
    repository_library_start();
    fflush(NULL);
    history->child = fork();
    if (history->child == 0)
        run_child(history);
    return history;
}

/* ---- taking it in ---- */

static void add_gap(struct file_list *list, uint32_t index, uint32_t gaps, uint32_t unknown_count,
                    struct diag_list *diags)
{
    const char *name = list->sources[index].name;
    const char *why = gaps & HISTORY_SHALLOW_CLONE ? "its clone is shallow"
                      : gaps & HISTORY_DAMAGED     ? "part of its history is missing"
                      : gaps & HISTORY_TOO_LONG    ? "its history is too long to read in two minutes"
                                                   : "its history could not be read";
    diag_add(diags, DIAG_HISTORY_SHALLOW, PLACE_RUN, "the last change of %u %s of the source '%s' is not known: %s",
             unknown_count, unknown_count == 1 ? "file" : "files", name, why);
    if (gaps & HISTORY_SHALLOW_CLONE)
        diag_help(diags, "`git fetch --unshallow` in it, or a checkout with its whole history, gives the dates");
}

static void take_result(struct file_list *list, uint32_t index, const struct history_result *result,
                        struct arena *arena, bool with_authors, struct diag_list *diags)
{
    const struct source_state *source = &list->sources[index];
    const char **authors = ARENA_ARRAY(arena, const char *, result ? result->commit_count : 0);
    uint32_t k = 0, unknown = 0;
    for (uint32_t i = source->first_file; i < source->first_file + source->file_count; i++) {
        const struct file_entry *file = &list->items[i];
        struct last_commit *out = &list->commits[i];
        while (result && k < result->path_count && slice_compare(result->paths[k].path, file->path) < 0)
            k++;
        bool found = result && k < result->path_count && slice_equal(result->paths[k].path, file->path) &&
                     memcmp(result->paths[k].blob, file->id.bytes, sizeof file->id.bytes) == 0 &&
                     result->paths[k].commit != HISTORY_NONE;
        if (!found) {
            unknown++;
            continue;
        }
        const struct history_commit *commit = &result->commits[result->paths[k].commit];
        const char **author = &authors[result->paths[k].commit];
        if (with_authors && !*author) {
            struct buffer text = BUFFER(4096);
            text_escape(&text, commit->author);
            *author = arena_copy(arena, buffer_string(&text), text.length);
            buffer_free(&text);
        }
        out->seconds = commit->seconds;
        memcpy(out->id, commit->id, sizeof out->id);
        out->author = with_authors ? *author : "";
    }
    if (unknown && (!result || result->gaps))
        add_gap(list, index, result ? result->gaps : 0, unknown, diags);
}

static bool read_result(struct source_history *item, struct arena *arena, struct history_result *out)
{
    buffer_clear(&item->bytes);
    return lseek(item->result, 0, SEEK_SET) == 0 && file_read_rest(item->result, &item->bytes) &&
           history_read(out, arena, buffer_view(&item->bytes));
}

void history_end(struct history *history, struct file_list *list, struct arena *arena, bool with_authors,
                 struct diag_list *diags)
{
    int status;
    while (history->child > 0 && waitpid(history->child, &status, 0) < 0 && errno == EINTR)
        continue;
    list->commits = ARENA_ARRAY(arena, struct last_commit, list->count);
    for (uint32_t i = 0; i < list->count; i++)
        list->commits[i].author = "";
    for (uint32_t i = 0; i < list->source_count; i++) {
        struct source_history *item = &history->sources[i];
        struct history_result result;
        if (!item->is_wanted)
            continue;
        if (item->result < 0)
            take_result(list, i, item->has_known ? &item->known : NULL, arena, with_authors, diags);
        else if (read_result(item, &history->arena, &result))
            take_result(list, i, &result, arena, with_authors, diags);
        else
            take_result(list, i, NULL, arena, with_authors, diags);
        file_close(item->result);
        buffer_free(&item->bytes);
    }
    arena_free(&history->arena);
    free(history);
}
