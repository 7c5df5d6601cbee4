/* The server: who it is, which branches it has, and what it sends. What libgit2
 * says when that fails is put into words that help. */

#include "source/transfer_parts.h"

enum { REFS_MOST = 200000, REF_MOST_BYTES = 255 };

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
    struct place place = transfer_place(transfer);
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
        diag_add(diags, DIAG_SOURCE_CREDENTIALS, place, "the ssh key for the source '%s' cannot be used: %s", name,
                 words);
        return diag_help(diags,
                         "its passphrase is taken from the agent or from WAYMARK_SSH_PASSPHRASE; use an Ed25519 key");
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
    return diag_help(diags,
                     "see whether the address is right and the server can be reached, then run `waymark fetch "
                     "%s` again",
                     name);
}

/* ---- the remote's refs ---- */

bool transfer_mirrors(const char *name)
{
    int valid = 0;
    if (strncmp(name, "refs/heads/", 11) != 0 && strncmp(name, "refs/tags/", 10) != 0)
        return false;
    size_t length = strlen(name);
    const char *short_name = strchr(name + 5, '/') + 1;
    return length <= REF_MOST_BYTES && short_name[0] != '-' && git_reference_name_is_valid(&valid, name) == 0 && valid;
}

const git_oid *transfer_find_head(const struct transfer *transfer, const char *name)
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
    transfer_send_numbers(transfer, false);
    return 0;
}

bool transfer_connect(struct transfer *transfer)
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
        return diag_add(&transfer->diags, DIAG_SOURCE_FETCH, transfer_place(transfer),
                        "the server of '%s' has more than %d branches and tags", transfer->job->spec->name, REFS_MOST);
    if (git_remote_default_branch(&branch, transfer->remote) == 0 && transfer_mirrors(branch.ptr))
        transfer->default_branch = arena_copy(&transfer->arena, branch.ptr, strlen(branch.ptr));
    git_buf_dispose(&branch);
    return true;
}

bool transfer_download(struct transfer *transfer)
{
    git_fetch_options options;
    char heads[] = "+refs/heads/*:refs/heads/*", tags[] = "+refs/tags/*:refs/tags/*", head[] = "HEAD";
    char *specs[] = {heads, tags, head};
    git_strarray refspecs = {specs, transfer_find_head(transfer, "HEAD") ? 3 : 2};
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
