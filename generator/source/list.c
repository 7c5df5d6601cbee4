/* Which files each source has: from its tree, or from disk, without what belongs
 * to something else. */

#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"
#include "source/listing.h"
#include "source/lock.h"
#include "source/source.h"
#include <errno.h>
#include <fcntl.h>
#include <git2/sys/repository.h>
#include <stdlib.h>
#include <time.h>

struct lister {
    struct file_list *list;
    struct arena *arena;
    const struct site_config *config;
    const struct source_options *options;
    struct diag_list *diags;
    struct file_entry *items; /* of all sources so far; malloc */
    size_t count, capacity;
};

/* ---- what is left out ---- */

static const char *below(const char *folder, const char *path)
{
    size_t length = strlen(folder);
    if (strncmp(folder, path, length) != 0)
        return NULL;
    if (length == 0 || folder[length - 1] == '/')
        return path + length;
    return path[length] == '/' ? path + length + 1 : NULL;
}

static void leave_out(struct lister *lister, struct listing *listing, const char *path)
{
    size_t length = path ? strlen(path) : 0;
    while (length && path[length - 1] == '/')
        length--;
    if (length)
        table_add(&listing->left_out, arena_slice(lister->arena, (struct slice){path, length}), 1);
}

/* `path` is relative to the site's folder, or absolute. */
static void leave_out_of_site(struct lister *lister, struct listing *listing, const char *path)
{
    if (!path[0] || !listing->source->location)
        return;
    while (strncmp(path, "./", 2) == 0)
        path += 2;
    const char *full = path[0] == '/' ? path : arena_printf(lister->arena, "%s/%s", lister->config->root, path);
    leave_out(lister, listing, below(listing->source->location, full));
}

static void leave_out_sources(struct lister *lister, struct listing *listing)
{
    const struct source_state *self = listing->source;
    for (uint32_t i = 0; i < lister->list->source_count; i++) {
        const struct source_state *other = &lister->list->sources[i];
        if (other == self)
            continue;
        bool same = self->repository && other->repository && strcmp(self->repository, other->repository) == 0;
        if (same)
            leave_out(lister, listing, below(self->prefix, other->prefix));
        else if (self->location && other->location)
            leave_out(lister, listing, below(self->location, other->location));
    }
}

static void leave_out_others(struct lister *lister, struct listing *listing)
{
    const struct site_config *config = lister->config;
    leave_out_sources(lister, listing);
    leave_out_of_site(lister, listing, "waymark.yaml");
    leave_out_of_site(lister, listing, "waymark.lock");
    leave_out_of_site(lister, listing, config->theme ? config->theme : "");
    leave_out_of_site(lister, listing, config->output_dir ? config->output_dir : "");
    for (size_t i = 0; i < lister->options->exclude_count; i++)
        leave_out_of_site(lister, listing, lister->options->excludes[i]);
}

/* ---- one source ---- */

static struct listing begin(struct lister *lister, uint32_t index, struct diag_list *diags)
{
    struct listing listing = {
        .arena = lister->arena, .source = &lister->list->sources[index], .source_index = index, .diags = diags};
    short_id(listing.source->commit, listing.commit);
    leave_out_others(lister, &listing);
    return listing;
}

static void end(struct listing *listing)
{
    free(listing->items);
    table_free(&listing->left_out);
}

static bool keep(struct lister *lister, struct source_state *state, const struct listing *listing)
{
    state->first_file = (uint32_t)lister->count;
    state->file_count = (uint32_t)listing->count;
    if (lister->count + listing->count > LIMIT_TREE_ENTRIES)
        return diag_add(lister->diags, DIAG_SOURCE_TREE, PLACE_RUN, "the sources have more than a million files");
    while (lister->capacity < lister->count + listing->count)
        lister->items = memory_grow(lister->items, lister->capacity, &lister->capacity, sizeof *lister->items);
    if (listing->count)
        memcpy(lister->items + lister->count, listing->items, listing->count * sizeof *listing->items);
    lister->count += listing->count;
    return true;
}

static bool has_tree(const struct source_state *state)
{
    static const unsigned char none[20];
    return memcmp(state->tree, none, sizeof none) != 0;
}

static bool list_tree(struct lister *lister, uint32_t index, struct listing *listing, struct repository *repository,
                      struct diag_list *diags)
{
    *listing = begin(lister, index, diags);
    listing_use_tree(listing, repository);
    return listing_walk(listing);
}

static bool same_files(const struct listing *a, const struct listing *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!slice_equal(a->items[i].path, b->items[i].path) ||
            memcmp(&a->items[i].id, &b->items[i].id, sizeof a->items[i].id) != 0)
            return false;
    return true;
}

static bool list_disk(struct lister *lister, uint32_t index, struct listing *listing, struct disk_walk *walk)
{
    struct source_state *state = &lister->list->sources[index];
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    walk->started_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
    walk->folder = state->folder;
    walk->stats = lister->options->stats;
    walk->root = open(state->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    *listing = begin(lister, index, lister->diags);
    if (walk->root < 0)
        return diag_add(lister->diags, DIAG_SOURCE_UNREADABLE, PLACE_RUN,
                        "the folder of the source '%s' cannot be "
                        "opened: %s",
                        state->name, strerror(errno));
    listing_use_disk(listing, walk);
    bool ok = listing_walk(listing);
    file_close(walk->root);
    return ok;
}

/* A working folder: what the commit has is never ignored, and if nothing differs
 * from the commit, the commit it is. */
static bool list_working_folder(struct lister *lister, uint32_t index, struct repository *repository)
{
    struct source_state *state = &lister->list->sources[index];
    struct listing committed = {0}, actual = {0};
    struct diag_list findings = {0};
    bool ok = !has_tree(state) || list_tree(lister, index, &committed, repository, &findings);
    if (!ok)
        for (size_t i = 0; i < findings.count; i++)
            diag_take(lister->diags, &findings.items[i]);
    if (ok) {
        size_t prefix_length = strlen(state->prefix), length = strlen(state->folder);
        const char *top = arena_copy(lister->arena, state->folder, length - prefix_length - (prefix_length ? 1 : 0));
        struct disk_walk walk = {.repository = repository,
                                 .prefix = state->prefix,
                                 .known = committed.items,
                                 .known_count = committed.count};
        if (git_repository_set_workdir(repository->git, top[0] ? top : "/", 0) < 0)
            walk.repository = NULL;
        ok = list_disk(lister, index, &actual, &walk);
    }
    if (ok && has_tree(state) && same_files(&committed, &actual)) {
        state->is_worktree = false;
        state->folder = NULL;
        ok = keep(lister, state, &committed);
    } else if (ok) {
        ok = keep(lister, state, &actual);
    }
    end(&committed);
    end(&actual);
    diag_list_free(&findings);
    return ok;
}

static bool list_plain_folder(struct lister *lister, uint32_t index)
{
    struct listing listing;
    struct disk_walk walk = {.prefix = ""};
    bool ok = list_disk(lister, index, &listing, &walk) && keep(lister, &lister->list->sources[index], &listing);
    end(&listing);
    return ok;
}

static bool list_one(struct lister *lister, uint32_t index)
{
    struct source_state *state = &lister->list->sources[index];
    const struct source_spec *spec = &lister->config->sources[state->spec];
    if (!state->is_git)
        return list_plain_folder(lister, index);
    struct repository repository;
    struct place place = {&lister->config->file, spec->at, spec->length};
    if (!repository_open(&repository, state->repository, state->name, place, lister->diags))
        return false;
    bool ok;
    if (state->folder) {
        ok = list_working_folder(lister, index, &repository);
    } else {
        struct listing listing;
        ok = list_tree(lister, index, &listing, &repository, lister->diags) && keep(lister, state, &listing);
        end(&listing);
    }
    repository_close(&repository);
    return ok;
}

/* ---- all of them ---- */

void listing_fingerprint(const struct file_entry *items, size_t count, char out[65])
{
    struct sha256_stream *stream = sha256_begin();
    for (size_t i = 0; i < count; i++) {
        char digits[41];
        hex_of(items[i].id.bytes, sizeof items[i].id.bytes, digits);
        sha256_add(stream, (struct slice){digits, 40});
        sha256_add(stream, SLICE(" "));
        sha256_add(stream, items[i].path);
        sha256_add(stream, (struct slice){"", 1}); /* a NUL, which no path holds */
    }
    sha256_hex(sha256_end(stream), out);
}

static bool check_plain_folders(struct lister *lister)
{
    struct lock lock;
    bool has_lock, ok = true;
    if (!lister->options->locked)
        return true;
    struct diag_list known = {0}; /* sources_resolve has reported them */
    bool is_read = lock_read(&lock, &has_lock, lister->arena, lister->config, &known);
    diag_list_free(&known);
    for (uint32_t i = 0; is_read && i < lister->list->source_count; i++) {
        const struct source_state *state = &lister->list->sources[i];
        const struct lock_source *pin = lock_find(&lock, state->name);
        char files[65];
        if (state->is_missing || state->is_git || state->is_own || !pin)
            continue;
        listing_fingerprint(lister->list->items + state->first_file, state->file_count, files);
        if (strcmp(files, pin->files) == 0)
            continue;
        ok = diag_add(lister->diags, DIAG_SOURCE_LOCKED, PLACE_RUN,
                      "the files of the source '%s' are not those of waymark.lock", state->name);
        diag_help(lister->diags, "run `waymark fetch` to write waymark.lock anew");
    }
    return ok;
}

bool sources_list(struct file_list *out, struct arena *arena, const struct site_config *config,
                  const struct source_options *options, struct diag_list *diags)
{
    struct lister lister = {.list = out, .arena = arena, .config = config, .options = options, .diags = diags};
    bool ok = true;
    for (uint32_t i = 0; i < out->source_count; i++) {
        struct source_state *state = &out->sources[i];
        state->first_file = (uint32_t)lister.count;
        state->file_count = 0;
        if (state->is_missing)
            continue;
        if (!list_one(&lister, i)) {
            state->is_missing = true;
            state->file_count = 0;
            ok = false;
        }
    }
    out->items = ARENA_ARRAY(arena, struct file_entry, lister.count);
    out->count = (uint32_t)lister.count;
    if (lister.count)
        memcpy(out->items, lister.items, lister.count * sizeof *out->items);
    free(lister.items);
    return check_plain_folders(&lister) && ok;
}

bool sources_read(struct file_list *out, struct arena *arena, const struct site_config *config,
                  const struct source_options *options, struct diag_list *diags)
{
    bool resolved = sources_resolve(out, arena, config, options, diags);
    return sources_list(out, arena, config, options, diags) && resolved;
}

bool source_is_fault(enum diag_code code)
{
    switch ((int)code) {
    case DIAG_SOURCE_MISSING:
    case DIAG_SOURCE_REF:
    case DIAG_SOURCE_FOLDER:
    case DIAG_SOURCE_OWNER:
    case DIAG_SOURCE_REPOSITORY:
    case DIAG_SOURCE_OBJECT:
    case DIAG_SOURCE_TREE:
    case DIAG_SOURCE_UNREADABLE:
    case DIAG_SOURCE_CHANGED:
    case DIAG_SOURCE_LOCKED:
    case DIAG_SOURCE_FETCH:
    case DIAG_SOURCE_CREDENTIALS:
    case DIAG_SOURCE_CERTIFICATE:
    case DIAG_SOURCE_HOST_KEY:
    case DIAG_SOURCE_REWIND:
    case DIAG_SOURCE_STALE:
    case DIAG_SOURCE_UNCOMMITTED:
    case DIAG_HISTORY_SHALLOW:
        return true;
    }
    return false;
}
