/* Which commit a mirror shall stand at, whether it may, and the moving of its
 * branches and tags. */

#include "base/hash.h"
#include "source/releases.h"
#include "source/transfer_parts.h"
#include "source/verify.h"

/* ---- which commit it shall be ---- */

static bool peel(struct transfer *transfer, git_oid *commit, const git_oid *id)
{
    git_object *object = NULL, *peeled = NULL;
    bool ok = git_object_lookup(&object, transfer->repository.git, id, GIT_OBJECT_ANY) == 0 &&
              git_object_peel(&peeled, object, GIT_OBJECT_COMMIT) == 0;
    if (ok)
        *commit = *git_object_id(peeled);
    git_object_free(object);
    git_object_free(peeled);
    return ok;
}

static bool choose_named(struct transfer *transfer, struct target *target)
{
    const char *ref = transfer->job->spec->ref;
    const char *const names[] = {arena_printf(&transfer->arena, "refs/heads/%s", ref),
                                 arena_printf(&transfer->arena, "refs/tags/%s", ref), ref};
    if (!ref[0]) {
        const git_oid *head = transfer_find_head(transfer, "HEAD");
        target->ref = transfer->default_branch;
        target->object = head ? *head : (git_oid){{0}};
        return head != NULL;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const git_oid *found = transfer_mirrors(names[i]) ? transfer_find_head(transfer, names[i]) : NULL;
        if (found) {
            target->ref = names[i];
            target->object = *found;
            return true;
        }
    }
    size_t length = strlen(ref);
    git_oid prefix;
    target->ref = "";
    return length >= 7 && length <= GIT_OID_HEXSZ && git_oid_fromstrn(&prefix, ref, length) == 0 &&
           git_odb_exists_prefix(&target->object, transfer->repository.odb, &prefix, length) == 0;
}

bool transfer_choose(struct transfer *transfer, struct target *target)
{
    const struct source_spec *spec = transfer->job->spec;
    const unsigned char *locked = transfer->job->locked;
    *target = (struct target){.ref = ""};
    if (!choose_named(transfer, target)) {
        if (spec->ref[0])
            diag_add(&transfer->diags, DIAG_SOURCE_REF, transfer_place(transfer),
                     "the server of '%s' has no branch, tag or commit '%s'", spec->name, spec->ref);
        else
            diag_add(&transfer->diags, DIAG_SOURCE_REF, transfer_place(transfer),
                     "the repository of '%s' has no commit yet", spec->name);
        return false;
    }
    if (locked && transfer->job->fetch->locked) {
        char digits[41];
        hex_of(locked, 20, digits);
        memcpy(target->object.id, locked, sizeof target->object.id);
        if (!git_odb_exists(transfer->repository.odb, &target->object)) {
            diag_add(&transfer->diags, DIAG_SOURCE_LOCKED, transfer_place(transfer),
                     "the server of '%s' does not have the commit %.12s of waymark.lock", spec->name, digits);
            return diag_help(&transfer->diags, "run `waymark fetch` to write waymark.lock anew");
        }
    }
    if (peel(transfer, &target->commit, &target->object))
        return true;
    return diag_add(&transfer->diags, DIAG_SOURCE_REF, transfer_place(transfer), "'%s' of '%s' names no commit",
                    spec->ref[0] ? spec->ref : "HEAD", spec->name);
}

/* ---- whether it may be ---- */

static bool refuse_rewind(struct transfer *transfer, const char *what, const git_oid *before, const git_oid *after)
{
    char from[13], to[13];
    const char *name = transfer->job->spec->name;
    short_id(before->id, from);
    short_id(after->id, to);
    diag_add(&transfer->diags, DIAG_SOURCE_REWIND, transfer_place(transfer),
             "%s of '%s' was at commit %s, and the server offers %s, which does not descend from it", what, name, from,
             to);
    return diag_help(&transfer->diags, "ask the source's owners; `waymark fetch --allow-rewind %s` accepts it", name);
}

/* What the mirror has for the target's ref, or waymark.lock when there is no mirror. */
static bool find_before(struct transfer *transfer, const struct target *target, git_oid *before)
{
    git_oid id;
    git_reference *head = NULL;
    if (!transfer->job->spec->ref[0]) {
        if (git_repository_head(&head, transfer->repository.git) == 0) {
            *before = *git_reference_target(head);
            git_reference_free(head);
            return true;
        }
    } else if (target->ref[0] && git_reference_name_to_id(&id, transfer->repository.git, target->ref) == 0 &&
               peel(transfer, before, &id)) {
        return true;
    }
    if (!transfer->job->locked)
        return false;
    memcpy(before->id, transfer->job->locked, sizeof before->id);
    return true;
}

static bool check_descent(struct transfer *transfer, const struct target *target)
{
    git_oid before;
    const struct fetch_options *fetch = transfer->job->fetch;
    bool has_before = find_before(transfer, target, &before);
    if (has_before)
        memcpy(transfer->result.before, before.id, sizeof before.id);
    if (!has_before || fetch->locked || !target->ref[0] || git_oid_equal(&before, &target->commit))
        return true;
    enum verify_answer answer = VERIFY_REFUSED;
    if (git_odb_exists(transfer->repository.odb, &before))
        answer = verify_descent(&transfer->repository, &target->commit, &before, &transfer->diags);
    transfer->is_damaged |= answer == VERIFY_DAMAGED;
    if (answer == VERIFY_REFUSED && !fetch->allow_rewind)
        return refuse_rewind(transfer, arena_printf(&transfer->arena, "'%s'", strchr(target->ref + 5, '/') + 1),
                             &before, &target->commit);
    return answer != VERIFY_DAMAGED;
}

static bool is_release(const struct transfer *transfer, const char *tag)
{
    return releases_select(tag, transfer->job->tags, transfer->job->tag_count);
}

static bool refuse_tag(struct transfer *transfer, const char *tag, const git_oid *before, const git_oid *after)
{
    char from[13], to[13];
    const char *name = transfer->job->spec->name;
    short_id(before->id, from);
    short_id(after->id, to);
    diag_add(&transfer->diags, DIAG_SOURCE_REWIND, transfer_place(transfer),
             "the tag '%s' of '%s' was at commit %s, and the server has it at %s", tag, name, from, to);
    return diag_help(&transfer->diags,
                     "releases do not change: have the tag put back; `waymark fetch --allow-rewind %s` "
                     "accepts it",
                     name);
}

/* A tag that is a release stays where it is. */
static bool check_tags(struct transfer *transfer)
{
    bool ok = true;
    for (size_t i = 0; i < transfer->head_count; i++) {
        const char *name = transfer->heads[i]->name;
        git_oid known, before, after;
        if (strncmp(name, "refs/tags/", 10) != 0 || !transfer_mirrors(name) || !is_release(transfer, name + 10) ||
            git_reference_name_to_id(&known, transfer->repository.git, name) < 0 ||
            git_oid_equal(&known, &transfer->heads[i]->oid))
            continue;
        if (!peel(transfer, &before, &known) || !peel(transfer, &after, &transfer->heads[i]->oid) ||
            git_oid_equal(&before, &after) || transfer->job->fetch->allow_rewind)
            continue;
        ok = refuse_tag(transfer, name + 10, &before, &after);
    }
    return ok;
}

bool transfer_check(struct transfer *transfer, const struct target *target)
{
    return check_descent(transfer, target) && check_tags(transfer);
}

/* ---- moving the refs ---- */

static bool set_ref(struct transfer *transfer, const char *name, const git_oid *id)
{
    git_oid known;
    git_reference *made = NULL;
    if (git_reference_name_to_id(&known, transfer->repository.git, name) == 0 && git_oid_equal(&known, id))
        return true;
    int error = git_reference_create(&made, transfer->repository.git, name, id, 1, NULL);
    git_reference_free(made);
    return error == 0 || diag_add(&transfer->diags, DIAG_SOURCE_FETCH, transfer_place(transfer),
                                  "the mirror of '%s' cannot be updated: %s", transfer->job->spec->name, git_words());
}

static bool remove_gone(struct transfer *transfer)
{
    git_strarray names = {0};
    bool ok = git_reference_list(&names, transfer->repository.git) == 0;
    for (size_t i = 0; ok && i < names.count; i++)
        if (transfer_mirrors(names.strings[i]) && !transfer_find_head(transfer, names.strings[i]))
            git_reference_remove(transfer->repository.git, names.strings[i]);
    git_strarray_dispose(&names);
    return ok;
}

bool transfer_move(struct transfer *transfer, const struct target *target)
{
    bool ok = remove_gone(transfer);
    for (size_t i = 0; ok && i < transfer->head_count; i++) {
        const git_remote_head *head = transfer->heads[i];
        if (transfer_mirrors(head->name) && strcmp(head->name, target->ref) != 0)
            ok = set_ref(transfer, head->name, &head->oid);
    }
    /* Last, because everything else is of no consequence. */
    if (ok && target->ref[0])
        ok = set_ref(transfer, target->ref, &target->object);
    if (ok && transfer->default_branch[0])
        git_repository_set_head(transfer->repository.git, transfer->default_branch);
    else if (ok && !target->ref[0])
        git_repository_set_head_detached(transfer->repository.git, &target->commit);
    return ok;
}
