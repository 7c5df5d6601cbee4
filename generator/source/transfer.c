/* The child of one transfer. It connects, downloads into the mirror's object
 * database, checks what arrived, and only then moves branches and tags. Relies on
 * its parent to kill it when it takes too long, and on limits of the system for
 * memory and file sizes. */

#include "source/transfer.h"
#include "base/file.h"
#include "base/hash.h"
#include "source/auth.h"
#include "source/packs.h"
#include "source/releases.h"
#include "source/verify.h"
#include <errno.h>
#include <fcntl.h>
#include <git2/sys/repository.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A sanitizer's shadow would count as memory. */
#if defined(__SANITIZE_ADDRESS__)
#define HAS_SHADOW_MEMORY 1
#elif defined(__has_feature)
#define HAS_SHADOW_MEMORY __has_feature(address_sanitizer)
#else
#define HAS_SHADOW_MEMORY 0
#endif

enum {
    REFS_MOST = 200000,
    REF_MOST_BYTES = 255,
    MEMORY_MOST_MB = 1536, /* private: the largest object is held whole, with its delta base */
    OBJECT_MOST_MB = 512,
    BEAT_MS = 200,
};

struct transfer {
    const struct transfer_job *job;
    int pipe;
    struct arena arena;
    struct diag_list diags;
    struct auth auth;
    struct repository repository;
    git_remote *remote;
    const git_remote_head **heads; /* of the remote; owned by `remote` */
    size_t head_count;
    const char *default_branch;    /* "refs/heads/main", or "" */
    struct transfer_numbers numbers;
    int64_t beaten_ms;
    bool is_over_cap;
    bool is_damaged;               /* a fresh mirror may help */
    struct transfer_result result;
};

/* ---- to the parent ---- */

static void send_frame(struct transfer *transfer, enum transfer_kind kind, struct slice payload)
{
    struct transfer_frame frame = {kind, (uint32_t)payload.length};
    struct buffer bytes = BUFFER(TRANSFER_FRAME_MOST_BYTES + sizeof frame);
    buffer_append(&bytes, &frame, sizeof frame);
    buffer_slice(&bytes, payload);
    if (bytes.overflowed || !file_write(transfer->pipe, buffer_view(&bytes)))
        _exit(1); /* nobody listens any more */
    buffer_free(&bytes);
}

static void send_diags(struct transfer *transfer)
{
    struct buffer bytes = BUFFER(TRANSFER_FRAME_MOST_BYTES);
    for (size_t i = 0; i < transfer->diags.count; i++) {
        struct diag *diag = &transfer->diags.items[i];
        diag->text = auth_clean(&transfer->auth, diag->text);
        diag->help = auth_clean(&transfer->auth, diag->help);
        buffer_clear(&bytes);
        diag_write(&bytes, diag);
        send_frame(transfer, TRANSFER_DIAG, buffer_view(&bytes));
    }
    buffer_free(&bytes);
}

static void send_numbers(struct transfer *transfer, bool is_due)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    if (!is_due && ms - transfer->beaten_ms < BEAT_MS)
        return;
    transfer->beaten_ms = ms;
    send_frame(transfer, TRANSFER_PROGRESS,
         (struct slice){(const char *)&transfer->numbers, sizeof transfer->numbers});
}

static void beat(void *context)
{
    send_numbers(context, false);
}

static struct place place_of(const struct transfer *transfer)
{
    const struct source_spec *spec = transfer->job->spec;
    return (struct place){&transfer->job->config->file, spec->at, spec->length};
}

/* ---- what libgit2 says when it fails ---- */

static const char *certificate_fault(const char *words)
{
    if (strstr(words, "expired"))
        return "has expired";
    if (strstr(words, "Common Name"))
        return "is for another host";
    if (strstr(words, "not correctly signed"))
        return "is signed by nobody whom this machine trusts";
    if (strstr(words, "in the future"))
        return "is not valid yet";
    return "is not valid";
}

static bool fail_connection(struct transfer *transfer, int error)
{
    const char *words = auth_clean(&transfer->auth, git_words());
    const char *name = transfer->job->spec->name, *host = transfer->job->url.host;
    struct diag_list *diags = &transfer->diags;
    struct place place = place_of(transfer);
    if (transfer->auth.is_reported)
        return false;
    if (transfer->is_over_cap) {
        diag_add(diags, DIAG_SOURCE_FETCH, place, "the server of '%s' sends more than %llu MB or %u objects", name,
                 (unsigned long long)(transfer->job->fetch->most_bytes >> 20), transfer->job->fetch->most_objects);
        return diag_help(diags, "use a smaller repository, or one with only the guidance in it");
    }
    if (error == GIT_ECERTIFICATE && !transfer->job->url.is_ssh) {
        diag_add(diags, DIAG_SOURCE_CERTIFICATE, place, "the certificate of '%s' %s", host, certificate_fault(words));
        return diag_help(diags, "if it is signed by an authority of your own, name its file in WAYMARK_CA_FILE");
    }
    if (transfer->job->url.is_ssh && (strstr(words, "authenticate") || strstr(words, "private key"))) {
        diag_add(diags, DIAG_SOURCE_CREDENTIALS, place, "the ssh key for the source '%s' cannot be used: %s", name, words);
        return diag_help(diags, "its passphrase is taken from the agent or from WAYMARK_SSH_PASSPHRASE; use an Ed25519 key");
    }
    if (error == GIT_EAUTH || strstr(words, "status code: 403")) {
        diag_add(diags, DIAG_SOURCE_CREDENTIALS, place, "the server does not let us read the source '%s': %s", name,
                 words);
        return diag_help(diags, "see whether the token or key may read this repository");
    }
    if (strstr(words, "status code: 404")) {
        diag_add(diags, DIAG_SOURCE_FETCH, place, "the server of '%s' has no such repository (404)", name);
        return diag_help(diags, "correct `url`; servers also say so to those who may not know of a repository");
    }
    if (strstr(words, "cannot redirect") || strstr(words, "redirect")) {
        diag_add(diags, DIAG_SOURCE_FETCH, place, "the server of '%s' sends us on to another host: %s", name, words);
        return diag_help(diags, "if that is where the repository is now, write its address into `url`");
    }
    diag_add(diags, DIAG_SOURCE_FETCH, place, "the source '%s' could not be fetched from '%s': %s", name, host, words);
    if (strstr(words, "exchange encryption keys") || strstr(words, "start SSH session"))
        return diag_help(diags, "the server may accept only newer ways than this machine's ssh library knows; an "
                                "Ed25519 host key, or https, helps");
    if (strstr(words, "SSL error"))
        return diag_help(diags, "the server may speak only TLS 1.3, which this machine's git library does not know");
    return diag_help(diags, "see whether the address is right and the server can be reached, then run `waymark fetch "
                            "%s` again", name);
}

/* ---- the mirror ---- */

static bool fail_disk(struct transfer *transfer, const char *what)
{
    diag_add(&transfer->diags, DIAG_SOURCE_FETCH, place_of(transfer), "the mirror of '%s' cannot be written: %s: %s",
             transfer->job->spec->name, what, strerror(errno));
    return diag_help(&transfer->diags, "see whether the cache folder is writable and the disk has room");
}

/* One transfer at a time works on a mirror; a second one waits for the first. */
static bool take_lock(struct transfer *transfer)
{
    int descriptor = open(transfer->job->mirror.lock, O_RDWR | O_CREAT | O_CLOEXEC, FILE_MODE);
    if (descriptor < 0)
        return fail_disk(transfer, "lock");
    for (uint32_t i = 0; i < transfer->job->fetch->stall_seconds * 5; i++) {
        if (flock(descriptor, LOCK_EX | LOCK_NB) == 0)
            return true; /* held until the process ends */
        send_numbers(transfer, true);
        usleep(200000);
    }
    diag_add(&transfer->diags, DIAG_SOURCE_FETCH, place_of(transfer), "another `waymark fetch` works on the source '%s'",
             transfer->job->spec->name);
    return diag_help(&transfer->diags, "wait for it to end, and run the command again");
}

static bool make_repository(struct transfer *transfer, const char *folder)
{
    git_repository_init_options options;
    git_repository *made = NULL;
    git_repository_init_options_init(&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
    options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_NO_REINIT | GIT_REPOSITORY_INIT_MKDIR;
    if (!file_remove_tree(AT_FDCWD, folder))
        return fail_disk(transfer, "old folder");
    if (git_repository_init_ext(&made, folder, &options) < 0)
        return diag_add(&transfer->diags, DIAG_SOURCE_FETCH, place_of(transfer),
                        "the mirror of '%s' cannot be made: %s", transfer->job->spec->name, git_words());
    git_repository_free(made);
    return true;
}

/* ---- the remote's refs ---- */

static bool is_mirrored(const char *name)
{
    int valid = 0;
    if (strncmp(name, "refs/heads/", 11) != 0 && strncmp(name, "refs/tags/", 10) != 0)
        return false;
    size_t length = strlen(name);
    const char *short_name = strchr(name + 5, '/') + 1;
    return length <= REF_MOST_BYTES && short_name[0] != '-' && git_reference_name_is_valid(&valid, name) == 0 && valid;
}

static const git_oid *find_head(const struct transfer *transfer, const char *name)
{
    for (size_t i = 0; i < transfer->head_count; i++)
        if (strcmp(transfer->heads[i]->name, name) == 0)
            return &transfer->heads[i]->oid;
    return NULL;
}

static int on_progress(const git_indexer_progress *stats, void *payload)
{
    /* The payload is that of all callbacks: the auth, which is a part of the transfer. */
    struct transfer *transfer = (struct transfer *)(void *)((char *)payload - offsetof(struct transfer, auth));
    const struct fetch_options *fetch = transfer->job->fetch;
    transfer->numbers = (struct transfer_numbers){stats->received_bytes, stats->received_objects, stats->total_objects,
                                                  stats->indexed_deltas, stats->total_deltas};
    transfer->is_over_cap = stats->received_bytes > fetch->most_bytes || stats->total_objects > fetch->most_objects;
    if (transfer->is_over_cap)
        return -1;
    send_numbers(transfer, false);
    return 0;
}

static bool connect_remote(struct transfer *transfer)
{
    git_remote_connect_options options;
    git_buf branch = {0};
    git_remote_connect_options_init(&options, GIT_REMOTE_CONNECT_OPTIONS_VERSION);
    auth_set_callbacks(&options.callbacks, &transfer->auth);
    options.proxy_opts.type = GIT_PROXY_AUTO;
    options.follow_redirects = GIT_REMOTE_REDIRECT_NONE; /* to another host; on the same one they are followed */
    int error = git_remote_create_anonymous(&transfer->remote, transfer->repository.git, transfer->job->spec->url);
    if (error == 0)
        error = git_remote_connect_ext(transfer->remote, GIT_DIRECTION_FETCH, &options);
    if (error == 0)
        error = git_remote_ls(&transfer->heads, &transfer->head_count, transfer->remote);
    if (error < 0)
        return fail_connection(transfer, error);
    if (transfer->head_count > REFS_MOST)
        return diag_add(&transfer->diags, DIAG_SOURCE_FETCH, place_of(transfer),
                        "the server of '%s' has more than %d branches and tags", transfer->job->spec->name, REFS_MOST);
    if (git_remote_default_branch(&branch, transfer->remote) == 0 && is_mirrored(branch.ptr))
        transfer->default_branch = arena_copy(&transfer->arena, branch.ptr, strlen(branch.ptr));
    git_buf_dispose(&branch);
    return true;
}

static bool download(struct transfer *transfer)
{
    git_fetch_options options;
    char heads[] = "+refs/heads/*:refs/heads/*", tags[] = "+refs/tags/*:refs/tags/*", head[] = "HEAD";
    char *specs[] = {heads, tags, head};
    git_strarray refspecs = {specs, find_head(transfer, "HEAD") ? 3 : 2};
    git_fetch_options_init(&options, GIT_FETCH_OPTIONS_VERSION);
    auth_set_callbacks(&options.callbacks, &transfer->auth);
    options.callbacks.transfer_progress = on_progress;
    options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
    options.proxy_opts.type = GIT_PROXY_AUTO;
    options.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
    transfer->auth.attempts = 0;
    int error = git_remote_download(transfer->remote, &refspecs, &options);
    return error == 0 || fail_connection(transfer, error);
}

/* ---- which commit it shall be ---- */

struct target {
    const char *ref;  /* of the mirror that names it: "refs/heads/main"; "" when none does */
    git_oid object;   /* what the ref will name: a commit or a tag */
    git_oid commit;
};

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
        const git_oid *head = find_head(transfer, "HEAD");
        target->ref = transfer->default_branch;
        target->object = head ? *head : (git_oid){{0}};
        return head != NULL;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const git_oid *found = is_mirrored(names[i]) ? find_head(transfer, names[i]) : NULL;
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

static bool choose(struct transfer *transfer, struct target *target)
{
    const struct source_spec *spec = transfer->job->spec;
    const unsigned char *locked = transfer->job->locked;
    *target = (struct target){.ref = ""};
    if (!choose_named(transfer, target)) {
        if (spec->ref[0])
            diag_add(&transfer->diags, DIAG_SOURCE_REF, place_of(transfer),
                     "the server of '%s' has no branch, tag or commit '%s'", spec->name, spec->ref);
        else
            diag_add(&transfer->diags, DIAG_SOURCE_REF, place_of(transfer), "the repository of '%s' has no commit yet",
                     spec->name);
        return false;
    }
    if (locked && transfer->job->fetch->locked) {
        char digits[41];
        hex_of(locked, 20, digits);
        memcpy(target->object.id, locked, sizeof target->object.id);
        if (!git_odb_exists(transfer->repository.odb, &target->object)) {
            diag_add(&transfer->diags, DIAG_SOURCE_LOCKED, place_of(transfer),
                     "the server of '%s' does not have the commit %.12s of waymark.lock", spec->name, digits);
            return diag_help(&transfer->diags, "run `waymark fetch` to write waymark.lock anew");
        }
    }
    if (peel(transfer, &target->commit, &target->object))
        return true;
    return diag_add(&transfer->diags, DIAG_SOURCE_REF, place_of(transfer), "'%s' of '%s' names no commit",
                    spec->ref[0] ? spec->ref : "HEAD", spec->name);
}

/* ---- whether it may be ---- */

static bool refuse_rewind(struct transfer *transfer, const char *what, const git_oid *before, const git_oid *after)
{
    char from[13], to[13];
    const char *name = transfer->job->spec->name;
    short_id(before->id, from);
    short_id(after->id, to);
    diag_add(&transfer->diags, DIAG_SOURCE_REWIND, place_of(transfer),
             "%s of '%s' was at commit %s, and the server offers %s, which does not descend from it", what, name, from, to);
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
        return refuse_rewind(transfer, arena_printf(&transfer->arena, "'%s'", strchr(target->ref + 5, '/') + 1), &before,
                             &target->commit);
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
    diag_add(&transfer->diags, DIAG_SOURCE_REWIND, place_of(transfer),
             "the tag '%s' of '%s' was at commit %s, and the server has it at %s", tag, name, from, to);
    return diag_help(&transfer->diags, "releases do not change: have the tag put back; `waymark fetch --allow-rewind %s` "
                                       "accepts it", name);
}

/* A tag that is a release stays where it is. */
static bool check_tags(struct transfer *transfer)
{
    bool ok = true;
    for (size_t i = 0; i < transfer->head_count; i++) {
        const char *name = transfer->heads[i]->name;
        git_oid known, before, after;
        if (strncmp(name, "refs/tags/", 10) != 0 || !is_mirrored(name) || !is_release(transfer, name + 10) ||
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

/* ---- moving the refs ---- */

static bool set_ref(struct transfer *transfer, const char *name, const git_oid *id)
{
    git_oid known;
    git_reference *made = NULL;
    if (git_reference_name_to_id(&known, transfer->repository.git, name) == 0 && git_oid_equal(&known, id))
        return true;
    int error = git_reference_create(&made, transfer->repository.git, name, id, 1, NULL);
    git_reference_free(made);
    return error == 0 || diag_add(&transfer->diags, DIAG_SOURCE_FETCH, place_of(transfer),
                                  "the mirror of '%s' cannot be updated: %s", transfer->job->spec->name, git_words());
}

static bool remove_gone(struct transfer *transfer)
{
    git_strarray names = {0};
    bool ok = git_reference_list(&names, transfer->repository.git) == 0;
    for (size_t i = 0; ok && i < names.count; i++)
        if (is_mirrored(names.strings[i]) && !find_head(transfer, names.strings[i]))
            git_reference_remove(transfer->repository.git, names.strings[i]);
    git_strarray_dispose(&names);
    return ok;
}

static bool move_refs(struct transfer *transfer, const struct target *target)
{
    bool ok = remove_gone(transfer);
    for (size_t i = 0; ok && i < transfer->head_count; i++) {
        const git_remote_head *head = transfer->heads[i];
        if (is_mirrored(head->name) && strcmp(head->name, target->ref) != 0)
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

/* ---- the whole ---- */

static bool update(struct transfer *transfer, const char *folder)
{
    struct target target;
    struct pack_names packs = {0};
    if (!repository_open(&transfer->repository, folder, transfer->job->spec->name, place_of(transfer),
                         &transfer->diags))
        return transfer->is_damaged = true, false;
    packs_remove_temporary(folder);
    packs_list(&packs, &transfer->arena, folder);
    bool ok = connect_remote(transfer) && download(transfer);
    ok = ok && choose(transfer, &target) && check_descent(transfer, &target) && check_tags(transfer);
    if (ok) {
        enum verify_answer answer = verify_commit(&transfer->repository, &target.commit, transfer->job->spec->path, beat,
                                                  transfer, &transfer->diags);
        transfer->is_damaged |= answer == VERIFY_DAMAGED;
        ok = answer == VERIFY_GOOD;
    }
    ok = ok && move_refs(transfer, &target);
    if (ok) {
        memcpy(transfer->result.after, target.commit.id, sizeof transfer->result.after);
        transfer->result.received_bytes = transfer->numbers.received_bytes;
    }
    git_remote_free(transfer->remote);
    transfer->remote = NULL;
    transfer->head_count = 0;
    if (ok)
        packs_join(&transfer->repository, folder, beat, transfer);
    repository_close(&transfer->repository);
    if (!ok)
        packs_remove_new(&packs, folder);
    return ok;
}

static bool make_new(struct transfer *transfer)
{
    const char *folder = transfer->job->mirror.folder;
    const char *fresh = arena_printf(&transfer->arena, "%s.new", folder);
    if (!make_repository(transfer, fresh) || !update(transfer, fresh)) {
        file_remove_tree(AT_FDCWD, fresh);
        return false;
    }
    const char *old = arena_printf(&transfer->arena, "%s.old", folder);
    bool had_old = rename(folder, old) == 0;
    if (rename(fresh, folder) != 0)
        return fail_disk(transfer, "rename");
    return !had_old || file_remove_tree(AT_FDCWD, old) || fail_disk(transfer, "old folder");
}

static bool run(struct transfer *transfer)
{
    static const unsigned char none[20];
    struct transfer_result *result = &transfer->result;
    if (!take_lock(transfer))
        return false;
    const char *home = arena_printf(&transfer->arena, "%s.home", transfer->job->mirror.folder);
    file_remove_tree(AT_FDCWD, home);
    if (mkdir(home, 0700) != 0)
        return fail_disk(transfer, "folder");
    struct stat found;
    bool exists = stat(transfer->job->mirror.folder, &found) == 0;
    bool ok = auth_begin(&transfer->auth, home) &&
              (exists ? update(transfer, transfer->job->mirror.folder) : make_new(transfer));
    if (!ok && exists && transfer->is_damaged) {
        /* What the mirror has is damaged: a new one, and nothing of the old is used. */
        unsigned char before[20];
        memcpy(before, result->before, sizeof before);
        struct diag_list first = transfer->diags;
        transfer->diags = (struct diag_list){0};
        transfer->is_damaged = false;
        transfer->auth.attempts = 0;
        ok = make_new(transfer);
        memcpy(result->before, before, sizeof before);
        if (!ok && transfer->diags.count == 0)
            transfer->diags = first;
    }
    file_remove_tree(AT_FDCWD, home);
    result->state = !exists                                                    ? FETCH_NEW
                    : memcmp(result->before, result->after, sizeof result->after) == 0 ? FETCH_UNCHANGED
                                                                                       : FETCH_UPDATED;
    if (memcmp(result->before, none, sizeof none) == 0)
        result->state = FETCH_NEW;
    return ok;
}

static void set_limits(const struct transfer_job *job)
{
    rlim_t file_bytes = job->fetch->most_bytes + ((rlim_t)1 << 30);
    struct rlimit none = {0, 0}, file = {file_bytes, file_bytes};
    setrlimit(RLIMIT_CORE, &none);
    setrlimit(RLIMIT_FSIZE, &file);
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
#if !HAS_SHADOW_MEMORY
    struct rlimit memory = {(rlim_t)MEMORY_MOST_MB << 20, (rlim_t)MEMORY_MOST_MB << 20};
    setrlimit(RLIMIT_DATA, &memory);
#endif
    git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECT_SIZE, (size_t)OBJECT_MOST_MB << 20);
    git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECTS, (size_t)job->fetch->most_objects);
    git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 1);
}

void transfer_run(const struct transfer_job *job, int pipe)
{
    struct transfer transfer = {.job = job, .pipe = pipe, .default_branch = ""};
    setpgid(0, 0); /* so that a helper ends with us */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    repository_library_start();
    set_limits(job);
    transfer.auth = (struct auth){.arena = &transfer.arena, .source = job->spec->name, .url = &job->url,
                                  .place = place_of(&transfer), .diags = &transfer.diags};
    bool ok = run(&transfer);
    send_diags(&transfer);
    if (ok)
        send_frame(&transfer, TRANSFER_RESULT, (struct slice){(const char *)&transfer.result, sizeof transfer.result});
    _exit(ok ? 0 : 1);
}
