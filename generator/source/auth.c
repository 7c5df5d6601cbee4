/* Tokens, helpers and keys on our side; certificates and host keys on theirs.
 * Relies on libgit2 to call back; what goes wrong is said here, where it is
 * known, and not by the error that libgit2 makes of it. */

#include "source/auth.h"
#include "base/file.h"
#include "source/helper.h"
#include <fcntl.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KNOWN_HOSTS_MOST_BYTES = 16 << 20, CERTIFICATES_MOST_BYTES = 16 << 20, TOKEN_MOST_BYTES = 8192 };

const char *auth_environment(struct arena *arena, const char *prefix, const char *source)
{
    char *name = arena_printf(arena, "%s%s", prefix, source);
    for (char *at = name + strlen(prefix); *at; at++)
        *at = *at == '-' ? '_' : *at >= 'a' && *at <= 'z' ? (char)(*at - 'a' + 'A') : *at;
    const char *value = getenv(name);
    return value && value[0] ? value : NULL;
}

const char *auth_clean(struct auth *auth, const char *text)
{
    struct buffer out = BUFFER(64 << 10);
    size_t length = auth->secret ? strlen(auth->secret) : 0;
    while (*text) {
        const char *hit = length ? strstr(text, auth->secret) : NULL;
        size_t before = hit ? (size_t)(hit - text) : strlen(text);
        buffer_append(&out, text, before);
        if (hit)
            buffer_text(&out, "***");
        text += before + (hit ? length : 0);
    }
    const char *clean = arena_copy(auth->arena, buffer_string(&out), out.length);
    buffer_free(&out);
    return clean;
}

/* Says it once; libgit2's own words would only follow. */
static int refuse(struct auth *auth, enum diag_code code, const char *text, const char *help)
{
    if (!auth->is_reported) {
        diag_add(auth->diags, code, auth->place, "%s", auth_clean(auth, text));
        diag_help(auth->diags, "%s", help);
    }
    auth->is_reported = true;
    git_error_set_str(GIT_ERROR_CALLBACK, "refused");
    return GIT_EAUTH;
}

static void keep_secret(struct auth *auth, const char *secret)
{
    auth->secret = arena_copy(auth->arena, secret, strlen(secret));
}

/* ---- https ---- */

static const char *token_help(struct auth *auth)
{
    char *name = arena_printf(auth->arena, "WAYMARK_TOKEN_%s", auth->source);
    for (char *at = name; *at; at++)
        *at = *at == '-' ? '_' : *at >= 'a' && *at <= 'z' ? (char)(*at - 'a' + 'A') : *at;
    return arena_printf(auth->arena, "put a token that may read the repository into the environment variable %s", name);
}

static bool is_header_safe(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7F)
            return false;
    return true;
}

static int give_password(git_credential **out, struct auth *auth, const char *user, const char *password)
{
    keep_secret(auth, password);
    if (!is_header_safe(user) || !is_header_safe(password) || strlen(password) > TOKEN_MOST_BYTES)
        return refuse(auth, DIAG_SOURCE_CREDENTIALS,
                      arena_printf(auth->arena,
                                   "the token of the source '%s' holds a line break or a control character",
                                   auth->source),
                      token_help(auth));
    return git_credential_userpass_plaintext_new(out, user, password);
}

static int answer_https(git_credential **out, struct auth *auth, unsigned allowed)
{
    struct arena *arena = auth->arena;
    const char *token = auth_environment(arena, "WAYMARK_TOKEN_", auth->source);
    const char *helper = getenv("WAYMARK_CREDENTIAL_HELPER");
    if (!(allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT))
        return refuse(auth, DIAG_SOURCE_CREDENTIALS,
                      arena_printf(arena, "the server of '%s' asks for another proof than a token", auth->source),
                      "use a server, or an address, that takes tokens");
    if (auth->attempts++)
        return refuse(auth, DIAG_SOURCE_CREDENTIALS,
                      arena_printf(arena, "the server does not accept the %s for the source '%s'",
                                   token ? "token" : "helper's answer", auth->source),
                      token ? "see whether it has expired, and whether it may read this repository"
                            : "ask the helper by hand: `git credential fill`");
    if (token) {
        const char *trimmed = arena_slice(arena, slice_trim(slice_of(token))).at;
        return give_password(out, auth, auth->url->user[0] ? auth->url->user : "x-access-token", trimmed);
    }
    if (helper && helper[0]) {
        struct helper_answer answer;
        const char *fault = helper_ask(&answer, arena, helper, auth->url);
        if (!fault)
            return give_password(out, auth, answer.user, answer.password);
        return refuse(auth, DIAG_SOURCE_CREDENTIALS, arena_printf(arena, "the credential helper %s", fault),
                      "correct WAYMARK_CREDENTIAL_HELPER");
    }
    return refuse(auth, DIAG_SOURCE_CREDENTIALS,
                  arena_printf(arena, "the server wants a token for the source '%s'", auth->source), token_help(auth));
}

/* ---- ssh ---- */

/* The nth way of proving: a named key, the agent, the usual files. NULL in `*path`
 * is the agent. False: there are no more. */
static bool nth_key(struct auth *auth, int n, const char **path)
{
    const char *own = auth_environment(auth->arena, "WAYMARK_SSH_KEY_", auth->source);
    const char *named = own ? own : getenv("WAYMARK_SSH_KEY");
    *path = NULL;
    if (named && named[0]) {
        *path = named;
        return n == 0;
    }
    if (getenv("SSH_AUTH_SOCK") && n-- == 0)
        return true;
    static const char *const usual[] = {"id_ed25519", "id_ecdsa", "id_rsa"};
    for (size_t i = 0; auth->home && i < sizeof usual / sizeof usual[0]; i++) {
        *path = arena_printf(auth->arena, "%s/.ssh/%s", auth->home, usual[i]);
        if (access(*path, R_OK) == 0 && n-- == 0)
            return true;
    }
    return false;
}

static int answer_ssh(git_credential **out, struct auth *auth, const char *user, unsigned allowed)
{
    static const char help[] = "add an Ed25519 key that the server knows to the agent, or name its file in "
                               "WAYMARK_SSH_KEY";
    struct arena *arena = auth->arena;
    const char *path;
    if (allowed & GIT_CREDENTIAL_USERNAME)
        return git_credential_username_new(out, auth->url->user[0] ? auth->url->user : "git");
    if (!(allowed & GIT_CREDENTIAL_SSH_KEY))
        return refuse(auth, DIAG_SOURCE_CREDENTIALS,
                      arena_printf(arena, "the server of '%s' takes no keys", auth->source), help);
    if (!nth_key(auth, auth->attempts, &path))
        return refuse(auth, DIAG_SOURCE_CREDENTIALS,
                      arena_printf(arena,
                                   auth->attempts ? "the server accepts no key for the source '%s'"
                                                  : "there is no ssh key for the source '%s'",
                                   auth->source),
                      help);
    auth->attempts++;
    if (!path)
        return git_credential_ssh_key_from_agent(out, user);
    if (access(path, R_OK) != 0)
        return refuse(auth, DIAG_SOURCE_CREDENTIALS, arena_printf(arena, "the ssh key '%s' cannot be read", path),
                      help);
    const char *passphrase = getenv("WAYMARK_SSH_PASSPHRASE");
    if (passphrase && passphrase[0])
        keep_secret(auth, passphrase);
    return git_credential_ssh_key_new(out, user, NULL, path, passphrase ? passphrase : "");
}

static bool is_our_host(const struct auth *auth, const char *url)
{
    const char *at = strstr(url, "://");
    at = at ? at + 3 : url;
    size_t length = strcspn(at, "/");
    const char *sign = memchr(at, '@', length);
    if (sign) {
        length -= (size_t)(sign + 1 - at);
        at = sign + 1;
    }
    if (at[0] == '[')
        at++, length--;
    size_t host_length = strlen(auth->url->host);
    return length >= host_length && strncasecmp(at, auth->url->host, host_length) == 0 &&
           (length == host_length || at[host_length] == ':' || at[host_length] == ']');
}

static int answer(git_credential **out, const char *url, const char *user, unsigned allowed, void *payload)
{
    struct auth *auth = payload;
    if (auth->is_reported)
        return GIT_EAUTH;
    if (!is_our_host(auth, url))
        return refuse(auth, DIAG_SOURCE_FETCH,
                      arena_printf(auth->arena, "the server of '%s' sends us on to another host", auth->source),
                      "if that is where the repository is now, write its address into `url`");
    if (auth->url->is_ssh)
        return answer_ssh(out, auth, user ? user : "git", allowed);
    return answer_https(out, auth, allowed);
}

/* ---- who they are ---- */

static int judge_host_key(struct auth *auth, const git_cert_hostkey *cert)
{
    struct arena *arena = auth->arena;
    const char *host = auth->url->host;
    if (!(cert->type & GIT_CERT_SSH_RAW))
        return refuse(auth, DIAG_SOURCE_HOST_KEY, arena_printf(arena, "the host '%s' showed no key", host), "");
    struct slice key = {cert->hostkey, cert->hostkey_len}, type = host_key_type(key);
    const struct known_key *known;
    enum known_verdict verdict = known_keys_judge(&auth->keys, key, &known);
    struct buffer shown = BUFFER(200), expected = BUFFER(200);
    host_key_fingerprint(&shown, key);
    if (known)
        host_key_fingerprint(&expected, known->key);
    const char *text = NULL;
    const char *help = "ask the server's operator which fingerprint is right, before anything else";
    const char *port = auth->url->port[0] ? arena_printf(arena, "-p %s ", auth->url->port) : "";
    const char *add = arena_printf(arena,
                                   "compare it with what the operator publishes; then `ssh-keyscan -t %.*s %s%s >> "
                                   "~/.ssh/known_hosts`",
                                   (int)slice_find(slice_starts_with(type, "ssh-") ? slice_from(type, 4) : type, '-'),
                                   slice_starts_with(type, "ssh-") ? slice_from(type, 4).at : type.at, port, host);
    switch (verdict) {
    case HOST_KNOWN:
        break;
    case HOST_UNKNOWN:
        text = arena_printf(arena, "the ssh host '%s' is not known; its key (%.*s) is %s", host, SLICE_ARGS(type),
                            buffer_string(&shown));
        help = add;
        break;
    case HOST_OTHER_TYPE:
        text =
            arena_printf(arena, "the ssh host '%s' is known by a key of another type (%.*s %s); it shows %.*s %s", host,
                         SLICE_ARGS(known->type), buffer_string(&expected), SLICE_ARGS(type), buffer_string(&shown));
        help = add;
        break;
    case HOST_CHANGED:
        text = arena_printf(arena, "the key of the ssh host '%s' has changed: %s is known, and it shows %s", host,
                            buffer_string(&expected), buffer_string(&shown));
        break;
    case HOST_REVOKED:
        text = arena_printf(arena, "the key of the ssh host '%s' was revoked: %s", host, buffer_string(&shown));
        break;
    }
    buffer_free(&shown);
    buffer_free(&expected);
    return text ? refuse(auth, DIAG_SOURCE_HOST_KEY, text, help) : 0;
}

static int judge(git_cert *cert, int valid, const char *host, void *payload)
{
    (void)host;
    (void)valid;
    if (cert->cert_type == GIT_CERT_HOSTKEY_LIBSSH2)
        return judge_host_key(payload, (const git_cert_hostkey *)(const void *)cert);
    return GIT_PASSTHROUGH; /* what the TLS library found stands */
}

void auth_set_callbacks(git_remote_callbacks *callbacks, struct auth *auth)
{
    callbacks->credentials = answer;
    callbacks->certificate_check = judge;
    callbacks->payload = auth;
}

/* ---- the beginning ---- */

static void read_keys(struct auth *auth, const char *path)
{
    struct buffer text = BUFFER(KNOWN_HOSTS_MOST_BYTES);
    if (path && path[0] && file_read(AT_FDCWD, path, &text))
        known_keys_add(&auth->keys, auth->arena, buffer_view(&text), auth->url->host, auth->url->port);
    buffer_free(&text);
}

static bool prepare_ssh(struct auth *auth, const char *folder)
{
    struct buffer text = BUFFER(KNOWN_HOSTS_MOST_BYTES);
    read_keys(auth, getenv("WAYMARK_KNOWN_HOSTS"));
    read_keys(auth, auth->home ? arena_printf(auth->arena, "%s/.ssh/known_hosts", auth->home) : NULL);
    read_keys(auth, "/etc/ssh/ssh_known_hosts");
    known_keys_print(&text, &auth->keys, auth->url->host, auth->url->port);
    bool ok =
        mkdir(arena_printf(auth->arena, "%s/.ssh", folder), 0700) == 0 &&
        file_replace(AT_FDCWD, arena_printf(auth->arena, "%s/.ssh/known_hosts", folder), buffer_view(&text), false);
    buffer_free(&text);
    return ok || diag_add(auth->diags, DIAG_SOURCE_FETCH, auth->place, "the cache cannot be written: %m");
}

/* The TLS library takes one file, and forgets the machine's own for it. */
static bool prepare_https(struct auth *auth)
{
    static const char machine[] = "/etc/ssl/certs/ca-certificates.crt";
    const char *path = getenv("WAYMARK_CA_FILE");
    struct buffer text = BUFFER(CERTIFICATES_MOST_BYTES);
    if (!path || !path[0])
        return true;
    if (!file_read(AT_FDCWD, path, &text)) {
        buffer_free(&text);
        return diag_add(auth->diags, DIAG_SOURCE_CERTIFICATE, auth->place,
                        "the file of WAYMARK_CA_FILE, '%s', cannot be "
                        "read: %m",
                        path);
    }
    buffer_byte(&text, '\n');
    file_read(AT_FDCWD, machine, &text);
    int descriptor = memfd_create("waymark-certificates", MFD_CLOEXEC);
    bool ok = descriptor >= 0 && file_write(descriptor, buffer_view(&text)) &&
              git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS,
                               arena_printf(auth->arena, "/proc/self/fd/%d", descriptor), NULL) >= 0;
    file_close(descriptor);
    buffer_free(&text);
    return ok || diag_add(auth->diags, DIAG_SOURCE_CERTIFICATE, auth->place,
                          "the file of WAYMARK_CA_FILE, '%s', holds no certificate: %s", path, git_words());
}

bool auth_begin(struct auth *auth, const char *folder)
{
    auth->home = getenv("HOME") ? arena_copy(auth->arena, getenv("HOME"), strlen(getenv("HOME"))) : NULL;
    setenv("HOME", folder, 1);
    return auth->url->is_ssh ? prepare_ssh(auth, folder) : prepare_https(auth);
}
