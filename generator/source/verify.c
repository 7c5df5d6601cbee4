/* Checking what arrived, with the same walk that reads sources. */

#include "source/verify.h"
#include "base/hash.h"
#include "base/limits.h"
#include <stdlib.h>

static bool has_fault(const struct diag_list *diags, size_t from, enum diag_code code)
{
    for (size_t i = from; i < diags->count; i++)
        if (diags->items[i].code == code)
            return true;
    return false;
}

static bool check_file(struct repository *repository, const struct file_entry *file, struct diag_list *diags)
{
    git_odb_object *object = NULL;
    git_object_t type;
    size_t size;
    git_oid id, actual;
    memcpy(id.id, file->id.bytes, sizeof id.id);
    int error = git_odb_read_header(&size, &type, repository->odb, &id);
    if (error == 0 && (type != GIT_OBJECT_BLOB || size > LIMIT_ASSET_BYTES))
        return type == GIT_OBJECT_BLOB || repository_fault(repository, &id, "a file", "is no file", diags);
    if (error < 0 || git_odb_read(&object, repository->odb, &id) < 0)
        return repository_fault(repository, &id, "a file", "is missing or damaged", diags);
    blob_id_of((struct slice){git_odb_object_data(object), git_odb_object_size(object)}, actual.id);
    git_odb_object_free(object);
    return git_oid_equal(&id, &actual) ||
           repository_fault(repository, &id, "a file", "is damaged: its bytes do not have this name", diags);
}

enum verify_answer verify_commit(struct repository *repository, const git_oid *commit, const char *path,
                                 void (*beat)(void *context), void *context, struct diag_list *diags)
{
    struct arena arena = {0};
    struct diag_list found = {0};
    struct commit_head head;
    struct source_state state = {.name = repository->source, .label = arena_printf(&arena, "%s:", repository->source)};
    struct listing listing = {.arena = &arena, .source = &state, .diags = &found};
    bool ok = repository_commit(&head, repository, commit, &found);
    if (ok && tree_find_folder(&head.tree, repository, slice_of(path), &found)) {
        memcpy(state.tree, head.tree.id, sizeof state.tree);
        short_id(commit->id, listing.commit);
        listing_use_tree(&listing, repository);
        ok = listing_walk(&listing);
        for (size_t i = 0; ok && i < listing.count; i++) {
            ok = check_file(repository, &listing.items[i], &found);
            if (i % 1024 == 0)
                beat(context);
        }
    } else if (ok) {
        ok = found.count == 0;
    }
    enum verify_answer answer = ok                                         ? VERIFY_GOOD
                                : has_fault(&found, 0, DIAG_SOURCE_OBJECT) ? VERIFY_DAMAGED
                                                                           : VERIFY_REFUSED;
    /* What is said of names that are only inconvenient is for the build to say. */
    for (size_t i = 0; i < found.count; i++)
        if (source_is_fault(found.items[i].code))
            diag_take(diags, &found.items[i]);
    free(listing.items);
    diag_list_free(&found);
    arena_free(&arena);
    return answer;
}

enum verify_answer verify_descent(struct repository *repository, const git_oid *commit, const git_oid *before,
                                  struct diag_list *diags)
{
    if (git_oid_equal(commit, before))
        return VERIFY_GOOD;
    int descends = git_graph_descendant_of(repository->git, commit, before);
    if (descends < 0) {
        repository_fault(repository, commit, "a commit", "has no whole history", diags);
        return VERIFY_DAMAGED;
    }
    return descends ? VERIFY_GOOD : VERIFY_REFUSED;
}
