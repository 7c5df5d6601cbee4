/* Tags to commits, source by source. */

#include "source/releases.h"
#include "base/hash.h"
#include "source/repository.h"
#include <fnmatch.h>
#include <stdlib.h>

enum { RELEASES_MOST = 5000, CHAIN_MOST = 1000000 };

bool releases_select(const char *tag, const char *const *patterns, size_t count)
{
    bool selected = false;
    for (size_t i = 0; i < count; i++) {
        bool takes_out = patterns[i][0] == '!';
        if (fnmatch(patterns[i] + takes_out, tag, 0) == 0)
            selected = !takes_out;
    }
    return selected;
}

const struct source_spec *releases_source(const struct site_config *config)
{
    for (size_t i = 0; i < config->edition_count; i++) {
        const struct edition_spec *edition = &config->editions[i];
        if (edition->extends[0] || edition->source_count == 0)
            continue;
        const struct source_spec *spec = config_source(config, slice_of(edition->sources[0]));
        return spec && spec->tag_count ? spec : NULL;
    }
    return NULL;
}

struct release {
    const char *name;
    git_oid commit;
    int64_t seconds; /* of the tag: its own time, else its commit's */
};

struct finder {
    struct arena *arena;
    const struct site_config *config;
    const struct lock *old;
    struct diag_list *diags;
    bool allow_rewind;
    struct release *releases; /* oldest first */
    size_t count;
    struct lock *out;
};

static struct place place_of(const struct finder *finder, const struct source_spec *spec)
{
    return (struct place){&finder->config->file, spec->at, spec->length};
}

/* ---- tags ---- */

/* The commit and time of a tag; false when it names none. */
static bool read_tag(struct repository *repository, const char *name, git_oid *commit, int64_t *seconds)
{
    git_object *object = NULL, *peeled = NULL;
    git_oid id;
    char full[300];
    snprintf(full, sizeof full, "refs/tags/%s", name);
    bool ok = git_reference_name_to_id(&id, repository->git, full) == 0 &&
              git_object_lookup(&object, repository->git, &id, GIT_OBJECT_ANY) == 0 &&
              git_object_peel(&peeled, object, GIT_OBJECT_COMMIT) == 0;
    if (ok) {
        const git_signature *tagger =
            git_object_type(object) == GIT_OBJECT_TAG ? git_tag_tagger((const git_tag *)(const void *)object) : NULL;
        *commit = *git_object_id(peeled);
        *seconds = tagger ? tagger->when.time : git_commit_time((const git_commit *)(const void *)peeled);
    }
    git_object_free(object);
    git_object_free(peeled);
    return ok;
}

static int compare_releases(const void *a, const void *b)
{
    const struct release *left = a, *right = b;
    if (left->seconds != right->seconds)
        return left->seconds < right->seconds ? -1 : 1;
    return strverscmp(left->name, right->name);
}

static bool find_tags(struct finder *finder, struct repository *repository, const struct source_spec *spec)
{
    git_strarray names = {0};
    if (git_tag_list(&names, repository->git) < 0)
        return diag_add(finder->diags, DIAG_SOURCE_REPOSITORY, place_of(finder, spec),
                        "the tags of '%s' cannot be read: %s", spec->name, git_words());
    finder->releases = ARENA_ARRAY(finder->arena, struct release, names.count);
    for (size_t i = 0; i < names.count && finder->count < RELEASES_MOST; i++) {
        struct release *release = &finder->releases[finder->count];
        if (strlen(names.strings[i]) > 200 || !releases_select(names.strings[i], spec->tags, spec->tag_count) ||
            !read_tag(repository, names.strings[i], &release->commit, &release->seconds))
            continue;
        release->name = arena_copy(finder->arena, names.strings[i], strlen(names.strings[i]));
        finder->count++;
    }
    git_strarray_dispose(&names);
    qsort(finder->releases, finder->count, sizeof *finder->releases, compare_releases);
    return true;
}

/* ---- what was known ---- */

static const struct lock_release *old_release(const struct finder *finder, const char *name)
{
    for (size_t i = 0; i < finder->old->release_count; i++)
        if (strcmp(finder->old->releases[i].name, name) == 0)
            return &finder->old->releases[i];
    return NULL;
}

static const char *old_commit(const struct finder *finder, const char *release, const char *source)
{
    const struct lock_release *old = old_release(finder, release);
    for (size_t i = 0; old && i < old->commit_count; i++)
        if (strcmp(old->commits[i].source, source) == 0)
            return old->commits[i].commit;
    return NULL;
}

static bool still_moves(const struct finder *finder, size_t index)
{
    const struct lock *old = finder->old;
    return index + 1 == finder->count || (old->release_count && strcmp(old->releases[old->release_count - 1].name,
                                                                       finder->releases[index].name) == 0);
}

static void set_commit(struct finder *finder, size_t index, const char *source, const char *digits)
{
    struct lock_release *release = &finder->out->releases[index];
    release->commits[release->commit_count++] = (struct lock_commit){source, digits};
}

static const char *digits_of(struct finder *finder, const git_oid *id)
{
    char digits[GIT_OID_HEXSZ + 1];
    git_oid_tostr(digits, sizeof digits, id);
    return arena_copy(finder->arena, digits, strlen(digits));
}

/* ---- one source ---- */

struct link {
    git_oid id;
    int64_t seconds;
};

/* First parents from `head` on, newest first. */
static struct link *read_chain(struct repository *repository, const unsigned char head[20], size_t *count)
{
    struct link *chain = NULL;
    size_t capacity = 0;
    git_oid id;
    *count = 0;
    memcpy(id.id, head, sizeof id.id);
    while (*count < CHAIN_MOST) {
        git_odb_object *object = NULL;
        if (git_odb_read(&object, repository->odb, &id) < 0)
            break; /* a shallow clone ends here */
        struct slice bytes = {git_odb_object_data(object), git_odb_object_size(object)}, key, value;
        struct link link = {.id = id};
        git_oid parent = {{0}};
        for (size_t at = 0; object_header(bytes, &at, &key, &value);) {
            if (slice_is(key, "parent") && git_oid_is_zero(&parent))
                hex_read(value, parent.id, sizeof parent.id);
            else if (slice_is(key, "committer"))
                link.seconds = signature_seconds(value);
        }
        git_odb_object_free(object);
        LIST_GROW(chain, *count, capacity);
        chain[(*count)++] = link;
        if (git_oid_is_zero(&parent))
            break;
        id = parent;
    }
    return chain;
}

static const char *find_commit(struct finder *finder, struct repository *repository, size_t index,
                               const struct link *chain, size_t chain_count)
{
    git_oid commit;
    int64_t seconds;
    if (read_tag(repository, finder->releases[index].name, &commit, &seconds))
        return digits_of(finder, &commit);
    int64_t end = index + 1 < finder->count ? finder->releases[index + 1].seconds : INT64_MAX;
    for (size_t i = 0; i < chain_count; i++)
        if (chain[i].seconds < end)
            return digits_of(finder, &chain[i].id);
    return NULL;
}

static void add_other_source(struct finder *finder, const struct source_spec *spec, const struct source_state *state)
{
    struct repository repository = {0};
    struct link *chain = NULL;
    size_t chain_count = 0;
    bool is_open = !state->is_missing && state->is_git &&
                   repository_open(&repository, state->repository, spec->name, place_of(finder, spec), finder->diags);
    if (is_open)
        chain = read_chain(&repository, state->commit, &chain_count);
    for (size_t i = 0; i < finder->count; i++) {
        const char *known = old_commit(finder, finder->releases[i].name, spec->name), *found = NULL;
        if (is_open && (!known || still_moves(finder, i)))
            found = find_commit(finder, &repository, i, chain, chain_count);
        if (found || known)
            set_commit(finder, i, spec->name, found ? found : known);
    }
    free(chain);
    repository_close(&repository);
}

static bool add_release_source(struct finder *finder, const struct source_spec *spec)
{
    bool ok = true;
    for (size_t i = 0; i < finder->count; i++) {
        const char *name = finder->releases[i].name, *digits = digits_of(finder, &finder->releases[i].commit);
        const char *known = old_commit(finder, name, spec->name);
        if (known && strcmp(known, digits) != 0 && !finder->allow_rewind) {
            diag_add(finder->diags, DIAG_SOURCE_REWIND, place_of(finder, spec),
                     "the tag '%s' of '%s' was at commit %.12s, and is at %.12s now", name, spec->name, known, digits);
            diag_help(finder->diags, "releases do not change: put the tag back, or accept it with `waymark fetch "
                                     "--allow-rewind`");
            digits = known;
            ok = false;
        }
        set_commit(finder, i, spec->name, digits);
    }
    return ok;
}

bool releases_find(struct lock *out, struct arena *arena, const struct site_config *config,
                   const struct file_list *list, const struct lock *old, bool allow_rewind, struct diag_list *diags)
{
    struct finder finder = {
        .arena = arena, .config = config, .old = old, .diags = diags, .allow_rewind = allow_rewind, .out = out};
    const struct source_spec *first = releases_source(config);
    const struct source_state *state = first ? &list->sources[first - config->sources] : NULL;
    out->releases = NULL;
    out->release_count = 0;
    if (!first)
        return true;
    if (state->is_missing || !state->is_git) {
        out->releases = old->releases;
        out->release_count = old->release_count;
        return true;
    }
    struct repository repository;
    if (!repository_open(&repository, state->repository, first->name, place_of(&finder, first), diags))
        return false;
    bool ok = find_tags(&finder, &repository, first);
    repository_close(&repository);
    out->releases = ARENA_ARRAY(arena, struct lock_release, finder.count);
    out->release_count = finder.count;
    for (size_t i = 0; i < finder.count; i++)
        out->releases[i] = (struct lock_release){
            .name = finder.releases[i].name, .commits = ARENA_ARRAY(arena, struct lock_commit, config->source_count)};
    ok = ok && add_release_source(&finder, first);
    for (size_t i = 0; ok && i < config->source_count; i++)
        if (&config->sources[i] != first)
            add_other_source(&finder, &config->sources[i], &list->sources[i]);
    return ok;
}
