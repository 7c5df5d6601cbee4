/* From what waymark.yaml says of a source to a commit and a tree, or to a folder
 * on disk. Nothing is listed here. */

#include "base/file.h"
#include "base/hash.h"
#include "source/listing.h"
#include "source/lock.h"
#include "source/mirror.h"
#include "source/url.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct resolver {
    struct arena *arena;
    const struct site_config *config;
    const struct source_options *options;
    struct diag_list *diags;
    const char *root;    /* the site's folder, without symbolic links */
    const char *own_git; /* the repository that holds it, or NULL */
    const struct source_spec *spec;
    struct source_state *state;
    struct place place; /* of the source in waymark.yaml */
};

static const char *real_path(struct arena *arena, const char *path)
{
    char *real = realpath(path, NULL);
    const char *kept = real ? arena_copy(arena, real, strlen(real)) : NULL;
    free(real);
    return kept;
}

static const char *join(struct arena *arena, const char *folder, const char *path)
{
    if (!path[0])
        return folder;
    return folder[0] ? arena_printf(arena, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder, path) : path;
}

/* `path` from `folder` on: "" when they are the same, NULL when it lies elsewhere. */
static const char *below(const char *folder, const char *path)
{
    size_t length = strcmp(folder, "/") == 0 ? 0 : strlen(folder);
    if (strncmp(folder, path, length) != 0 || (path[length] != '/' && path[length] != 0))
        return NULL;
    return path + length + (path[length] == '/');
}

static const struct source_override *find_override(const struct resolver *resolver)
{
    const struct source_options *options = resolver->options;
    for (size_t i = 0; i < options->override_count; i++)
        if (strcmp(options->overrides[i].name, resolver->spec->name) == 0)
            return &options->overrides[i];
    return NULL;
}

/* ---- a folder on disk ---- */

static bool folder_exists(const char *top, const char *path)
{
    int descriptor = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int found = path[0] ? file_open_beneath(descriptor, path, O_RDONLY | O_DIRECTORY, 0) : dup(descriptor);
    int reason = errno;
    bool exists = found >= 0;
    file_close(found);
    file_close(descriptor);
    errno = reason;
    return exists;
}

static bool no_folder(struct resolver *resolver, const char *reason)
{
    diag_add(resolver->diags, DIAG_SOURCE_FOLDER, resolver->place, "the source '%s' has no folder '%s'%s",
             resolver->spec->name, resolver->spec->path, reason);
    return diag_help(resolver->diags, "correct `path`; capital letters count, and symbolic links are not followed");
}

static void name_location(struct resolver *resolver, const char *location)
{
    const char *inside = below(resolver->root, location);
    resolver->state->location = location;
    if (inside && resolver->state->is_own)
        resolver->state->label = inside[0] ? arena_printf(resolver->arena, "%s/", inside) : "";
}

static bool use_plain_folder(struct resolver *resolver, const char *base)
{
    struct source_state *state = resolver->state;
    if (!folder_exists(base, resolver->spec->path))
        return no_folder(resolver, "");
    state->folder = join(resolver->arena, base, resolver->spec->path);
    state->is_own = below(resolver->root, state->folder) != NULL && !resolver->own_git;
    name_location(resolver, state->folder);
    return true;
}

/* ---- a repository ---- */

static bool find_tree(struct resolver *resolver, struct repository *repository, const git_oid *commit, bool *found)
{
    struct commit_head head;
    size_t before = resolver->diags->count;
    *found = false;
    if (!repository_commit(&head, repository, commit, resolver->diags))
        return false;
    git_oid tree = head.tree;
    *found = tree_find_folder(&tree, repository, slice_of(resolver->state->prefix), resolver->diags);
    if (!*found)
        return resolver->diags->count == before;
    memcpy(resolver->state->commit, commit->id, sizeof resolver->state->commit);
    memcpy(resolver->state->tree, tree.id, sizeof resolver->state->tree);
    resolver->state->commit_seconds = head.seconds;
    return true;
}

static bool use_working_folder(struct resolver *resolver, const char *base, bool is_warned)
{
    struct source_state *state = resolver->state;
    if (!folder_exists(base, resolver->spec->path))
        return no_folder(resolver, is_warned ? ", neither committed nor on disk" : "");
    state->folder = state->location;
    state->is_worktree = true;
    if (is_warned) {
        diag_add(resolver->diags, DIAG_SOURCE_UNCOMMITTED, resolver->place,
                 "nothing of the source '%s' is committed yet; its files on disk are read", state->name);
        diag_help(resolver->diags, "`git add` and `git commit` them");
    }
    return true;
}

/* `base` is the folder that url names. A working folder always stands on HEAD,
 * whatever `ref` says. */
static bool use_commit(struct resolver *resolver, struct repository *repository, const char *base, bool wants_folder,
                       bool is_bare)
{
    struct source_state *state = resolver->state;
    struct repository_ref ref;
    bool found = false;
    const char *name = wants_folder ? "" : resolver->spec->ref;
    if (!repository_resolve(&ref, resolver->arena, repository, name, resolver->place, resolver->diags))
        return false;
    state->ref = ref.name;
    if (!ref.is_unborn && !find_tree(resolver, repository, &ref.commit, &found))
        return false;
    if (wants_folder)
        return use_working_folder(resolver, base, false);
    if (found)
        return true;
    if (!is_bare && !name[0])
        return use_working_folder(resolver, base, true);
    if (!ref.is_unborn)
        return no_folder(resolver, " at that commit");
    diag_add(resolver->diags, DIAG_SOURCE_REF, resolver->place, "the repository of '%s' has no commit yet",
             state->name);
    return diag_help(resolver->diags, "commit something, or name a branch in `ref`");
}

static bool use_repository(struct resolver *resolver, const struct repository_place *found, const char *base,
                           bool wants_folder)
{
    struct source_state *state = resolver->state;
    struct repository repository;
    if (!repository_check_owner(found, state->name, resolver->place, resolver->diags) ||
        !repository_open(&repository, found->git, state->name, resolver->place, resolver->diags))
        return false;
    state->is_git = true;
    state->repository = found->git;
    state->is_own = resolver->own_git && strcmp(found->git, resolver->own_git) == 0;
    const char *inside = found->top ? below(found->top, base) : "";
    state->prefix = join(resolver->arena, inside ? inside : "", resolver->spec->path);
    if (found->top)
        name_location(resolver, join(resolver->arena, base, resolver->spec->path));
    bool ok = use_commit(resolver, &repository, base, wants_folder && found->top, !found->top);
    repository_close(&repository);
    return ok;
}

static bool resolve_local(struct resolver *resolver, const char *path, bool is_override)
{
    const char *base = real_path(resolver->arena, path);
    if (!base || !folder_exists(base, "")) {
        diag_add(resolver->diags, DIAG_SOURCE_MISSING, resolver->place, "the folder '%s' of the source '%s' %s",
                 is_override ? path : resolver->spec->url, resolver->spec->name,
                 base ? "is no folder" : "does not exist");
        return diag_help(resolver->diags, is_override ? "correct --source; its path is taken from the current folder"
                                                      : "correct `url`; its path is taken from the folder of "
                                                        "waymark.yaml");
    }
    struct repository_place found = repository_find(resolver->arena, base);
    if (!found.git)
        return use_plain_folder(resolver, base);
    return use_repository(resolver, &found, base, resolver->options->worktree || is_override);
}

/* ---- a mirror ---- */

static const char *age_text(struct arena *arena, int64_t then, int64_t now)
{
    int64_t seconds = now - then;
    if (now == 0 || seconds < 0)
        return "";
    if (seconds < 2 * 3600)
        return arena_printf(arena, ", %lld minutes ago", (long long)(seconds / 60));
    if (seconds < 48 * 3600)
        return arena_printf(arena, ", %lld hours ago", (long long)(seconds / 3600));
    return arena_printf(arena, ", %lld days ago", (long long)(seconds / 86400));
}

static const char *date_text(struct arena *arena, int64_t seconds)
{
    time_t time = (time_t)seconds;
    struct tm parts;
    char text[40] = "an unknown day";
    if (gmtime_r(&time, &parts))
        strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &parts);
    return arena_copy(arena, text, strlen(text));
}

static bool resolve_mirror(struct resolver *resolver)
{
    struct source_state *state = resolver->state;
    struct remote_url url;
    struct arena *arena = resolver->arena;
    if (!url_parse(&url, arena, resolver->config, resolver->spec, resolver->diags))
        return false;
    struct mirror mirror = mirror_of(arena, resolver->config, resolver->options, resolver->spec);
    struct mirror_state known = mirror_state_read(&mirror);
    const char *base = real_path(arena, mirror.folder);
    if (!base || known.fetched == 0) {
        diag_add(resolver->diags, DIAG_SOURCE_MISSING, resolver->place, "the source '%s' was never fetched",
                 state->name);
        return diag_help(resolver->diags, "run `waymark fetch`");
    }
    state->mirror_seconds = known.fetched;
    state->failed_seconds = known.failed;
    if (known.failed) {
        int64_t now = resolver->options->now;
        diag_add(resolver->diags, DIAG_SOURCE_STALE, resolver->place,
                 "the source '%s' could not be fetched on %s; what was fetched on %s%s is used", state->name,
                 date_text(arena, known.failed), date_text(arena, known.fetched), age_text(arena, known.fetched, now));
        diag_help(resolver->diags, "run `waymark fetch %s`", state->name);
    }
    struct repository repository;
    if (!repository_open(&repository, base, state->name, resolver->place, resolver->diags))
        return false;
    state->is_git = true;
    state->repository = base;
    state->prefix = resolver->spec->path;
    bool ok = use_commit(resolver, &repository, base, false, true);
    repository_close(&repository);
    return ok;
}

/* ---- all of them ---- */

static bool check_lock(struct resolver *resolver, const struct lock *lock)
{
    struct source_state *state = resolver->state;
    const struct lock_source *pin = lock_find(lock, state->name);
    if (state->is_worktree) {
        diag_add(resolver->diags, DIAG_SOURCE_LOCKED, resolver->place, "the source '%s' is read from a working folder",
                 state->name);
        return diag_help(resolver->diags, "--locked goes with commits: leave out --worktree and --source");
    }
    if (state->is_own)
        return true;
    if (!pin || strcmp(pin->url, resolver->spec->url) != 0) {
        diag_add(resolver->diags, DIAG_SOURCE_LOCKED, resolver->place,
                 pin ? "waymark.lock has another url for the source '%s'"
                     : "waymark.lock does not name the source '%s'",
                 state->name);
        return diag_help(resolver->diags, "run `waymark fetch` and commit waymark.lock");
    }
    char actual[41];
    hex_of(state->commit, sizeof state->commit, actual);
    if (!state->is_git || strcmp(pin->commit, actual) == 0)
        return true; /* a plain folder is compared when it has been listed */
    diag_add(resolver->diags, DIAG_SOURCE_LOCKED, resolver->place,
             "the source '%s' is at commit %.12s, and waymark.lock says %.12s", state->name, actual,
             pin->commit[0] ? pin->commit : "none");
    return diag_help(resolver->diags, "`waymark fetch --locked` goes to the commit of waymark.lock; `waymark fetch` "
                                      "writes waymark.lock anew");
}

static bool resolve_one(struct resolver *resolver)
{
    const struct source_spec *spec = resolver->spec;
    const struct source_override *override = find_override(resolver);
    if (override)
        return resolve_local(resolver, override->path, true);
    if (spec->is_remote || url_is_remote(spec->url))
        return resolve_mirror(resolver);
    const char *path = spec->url[0] == '/' ? spec->url : join(resolver->arena, resolver->config->root, spec->url);
    return resolve_local(resolver, path, false);
}

static bool check_overrides(struct resolver *resolver)
{
    bool ok = true;
    for (size_t i = 0; i < resolver->options->override_count; i++) {
        const char *name = resolver->options->overrides[i].name;
        if (config_source(resolver->config, slice_of(name)))
            continue;
        ok = diag_add(resolver->diags, DIAG_USAGE, PLACE_RUN, "--source names '%s', which is no source of this site",
                      name);
    }
    return ok;
}

bool sources_resolve(struct file_list *out, struct arena *arena, const struct site_config *config,
                     const struct source_options *options, struct diag_list *diags)
{
    struct resolver resolver = {.arena = arena, .config = config, .options = options, .diags = diags};
    struct lock lock = {0};
    bool has_lock = false;
    resolver.root = real_path(arena, config->root);
    if (!resolver.root)
        return diag_add(diags, DIAG_SOURCE_MISSING, PLACE_RUN, "the site's folder cannot be read: %s", strerror(errno));
    resolver.own_git = repository_find(arena, resolver.root).git;
    *out = (struct file_list){.sources = ARENA_ARRAY(arena, struct source_state, config->source_count),
                              .source_count = (uint32_t)config->source_count};
    bool ok = check_overrides(&resolver);
    bool is_locked = options->locked && lock_read(&lock, &has_lock, arena, config, diags);
    ok = ok && is_locked == options->locked;
    for (uint32_t i = 0; i < out->source_count; i++) {
        resolver.spec = &config->sources[i];
        resolver.state = &out->sources[i];
        resolver.place = (struct place){&config->file, resolver.spec->at, resolver.spec->length};
        *resolver.state = (struct source_state){.name = resolver.spec->name, .spec = i, .ref = "", .prefix = ""};
        resolver.state->label = arena_printf(arena, "%s:", resolver.spec->name);
        if (!resolve_one(&resolver)) {
            resolver.state->is_missing = true;
            ok = false;
        } else if (is_locked && !check_lock(&resolver, &lock)) {
            ok = false;
        }
    }
    return ok;
}
