/* What a ref names: HEAD, branches, tags, commits by their digits. Relies on
 * libgit2's ref database; names are checked before they are looked up. */

#include "base/hash.h"
#include "base/suggest.h"
#include "source/repository.h"

enum { TAG_DEPTH_MOST = 8, REF_MOST_BYTES = 255, BRANCHES_SHOWN = 5 };

static bool is_acceptable(const char *ref)
{
    size_t length = strlen(ref);
    if (length > REF_MOST_BYTES || ref[0] == '-')
        return false;
    char full[REF_MOST_BYTES + 16];
    snprintf(full, sizeof full, "refs/heads/%s", ref);
    int valid = 0;
    return git_reference_name_is_valid(&valid, full) == 0 && valid;
}

static bool find_named(git_oid *out, struct repository *repository, const char *ref)
{
    static const char *const patterns[] = {"refs/heads/%s", "refs/tags/%s", "refs/remotes/origin/%s"};
    if (strncmp(ref, "refs/", 5) == 0 && git_reference_name_to_id(out, repository->git, ref) == 0)
        return true;
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        char full[REF_MOST_BYTES + 32];
        snprintf(full, sizeof full, patterns[i], ref);
        if (git_reference_name_to_id(out, repository->git, full) == 0)
            return true;
    }
    return false;
}

static bool find_by_digits(git_oid *out, struct repository *repository, const char *ref)
{
    size_t length = strlen(ref);
    git_oid prefix;
    if (length < 7 || length > GIT_OID_HEXSZ || strspn(ref, "0123456789abcdefABCDEF") != length ||
        git_oid_fromstrn(&prefix, ref, length) < 0)
        return false;
    return git_odb_exists_prefix(out, repository->odb, &prefix, length) == 0;
}

/* A tag may name a tag; chains beyond any use are refused. */
static bool peel(git_oid *id, struct repository *repository, const char *ref, struct place place,
                 struct diag_list *diags)
{
    for (int depth = 0; depth < TAG_DEPTH_MOST; depth++) {
        size_t size;
        git_object_t type;
        git_odb_object *object = NULL;
        if (git_odb_read_header(&size, &type, repository->odb, id) < 0)
            return repository_fault(repository, id, "named by a ref", "is missing or damaged", diags);
        if (type == GIT_OBJECT_COMMIT)
            return true;
        if (type != GIT_OBJECT_TAG)
            return diag_add(diags, DIAG_SOURCE_REF, place, "'%s' in the source '%s' names a %s, not a commit", ref,
                            repository->source, git_object_type2string(type));
        if (!repository_read(&object, repository, id, GIT_OBJECT_TAG, "a tag", diags))
            return false;
        struct slice key = {0}, value = {0};
        size_t at = 0;
        struct slice bytes = {git_odb_object_data(object), git_odb_object_size(object)};
        bool ok = object_header(bytes, &at, &key, &value) && slice_is(key, "object") &&
                  hex_read(value, id->id, sizeof id->id);
        git_odb_object_free(object);
        if (!ok)
            return repository_fault(repository, id, "a tag", "names no object", diags);
    }
    return diag_add(diags, DIAG_SOURCE_REF, place, "'%s' in the source '%s' is a tag of a tag of a tag, without end",
                    ref, repository->source);
}

static void help_with_branches(const git_strarray *names, struct diag_list *diags)
{
    struct buffer text = BUFFER(400);
    size_t count = 0;
    for (size_t i = 0; i < names->count && count < BRANCHES_SHOWN; i++)
        if (strncmp(names->strings[i], "refs/heads/", 11) == 0)
            buffer_printf(&text, "%s'%s'", count++ ? ", " : "", names->strings[i] + 11);
    if (count)
        diag_help(diags, "it has the branch%s %s", count == 1 ? "" : "es", buffer_string(&text));
    buffer_free(&text);
}

static bool add_unknown_ref(struct repository *repository, const char *ref, struct place place, struct diag_list *diags)
{
    diag_add(diags, DIAG_SOURCE_REF, place, "the source '%s' has no branch, tag or commit '%s'", repository->source,
             ref);
    git_strarray names = {0};
    struct suggestion suggestion = {.wanted = slice_of(ref)};
    char help[300] = "";
    if (git_reference_list(&names, repository->git) == 0) {
        static const char *const folders[] = {"refs/heads/", "refs/tags/", "refs/remotes/origin/"};
        for (size_t i = 0; i < names.count; i++)
            for (size_t k = 0; k < sizeof folders / sizeof folders[0]; k++)
                if (strncmp(names.strings[i], folders[k], strlen(folders[k])) == 0)
                    suggest_offer(&suggestion, slice_of(names.strings[i] + strlen(folders[k])));
        suggest_text(&suggestion, help, sizeof help);
    }
    if (help[0])
        diag_help(diags, "%s", help);
    else if (names.count)
        help_with_branches(&names, diags);
    git_strarray_dispose(&names);
    return false;
}

static bool resolve_head(struct repository_ref *out, struct arena *arena, struct repository *repository,
                         struct place place, struct diag_list *diags)
{
    git_reference *head = NULL;
    int error = git_repository_head(&head, repository->git);
    if (error == GIT_EUNBORNBRANCH || error == GIT_ENOTFOUND) {
        out->is_unborn = true;
        return true;
    }
    if (error < 0)
        return diag_add(diags, DIAG_SOURCE_REF, place, "HEAD of '%s' cannot be read: %s", repository->source,
                        git_words());
    out->commit = *git_reference_target(head);
    if (git_reference_is_branch(head))
        out->name = arena_copy(arena, git_reference_shorthand(head), strlen(git_reference_shorthand(head)));
    git_reference_free(head);
    return peel(&out->commit, repository, "HEAD", place, diags);
}

bool repository_resolve(struct repository_ref *out, struct arena *arena, struct repository *repository, const char *ref,
                        struct place place, struct diag_list *diags)
{
    *out = (struct repository_ref){0};
    if (ref[0] == 0) {
        if (!resolve_head(out, arena, repository, place, diags))
            return false;
    } else {
        if (!is_acceptable(ref)) {
            diag_add(diags, DIAG_SOURCE_REF, place, "'%.*s' cannot be the name of a branch or tag", 80, ref);
            return diag_help(diags,
                             "names do not begin with '-', hold no '..', blank, ~ ^ : ? * [ or backslash, and are "
                             "at most %d bytes long",
                             REF_MOST_BYTES);
        }
        bool is_name = find_named(&out->commit, repository, ref);
        if (!is_name && !find_by_digits(&out->commit, repository, ref))
            return add_unknown_ref(repository, ref, place, diags);
        if (!peel(&out->commit, repository, ref, place, diags))
            return false;
        if (is_name)
            out->name = strncmp(ref, "refs/heads/", 11) == 0  ? ref + 11
                        : strncmp(ref, "refs/tags/", 10) == 0 ? ref + 10
                                                              : ref;
    }
    if (!out->name) {
        char digits[GIT_OID_HEXSZ + 1];
        git_oid_tostr(digits, sizeof digits, &out->commit);
        out->name = arena_copy(arena, digits, strlen(digits));
    }
    return true;
}
