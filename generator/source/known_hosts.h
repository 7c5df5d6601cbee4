#ifndef WAYMARK_SOURCE_KNOWN_HOSTS_H
#define WAYMARK_SOURCE_KNOWN_HOSTS_H

/* Which keys an ssh host may have: known_hosts files as sshd(8) describes them,
 * with hashed names, patterns, ports, and @revoked. Lines of a certificate
 * authority are passed over: libssh2 knows no host certificates. */

#include "base/arena.h"
#include "base/buffer.h"
#include "base/slice.h"

struct known_key {
    struct slice type; /* "ssh-ed25519" */
    struct slice key;  /* as it stands on the wire */
    bool is_revoked;
};

struct known_keys {
    struct known_key *items;
    size_t count;
};

/* Adds the keys of `host` in the text of one file. `port` is "" or "22" for the
 * usual one. Everything is copied into `arena`. */
void known_keys_add(struct known_keys *keys, struct arena *arena, struct slice text, const char *host,
                    const char *port);

enum known_verdict {
    HOST_KNOWN,
    HOST_UNKNOWN,    /* no key of this host is known */
    HOST_CHANGED,    /* another key of the same type is known */
    HOST_OTHER_TYPE, /* only keys of other types are known */
    HOST_REVOKED,
};

/* Judges a key from the wire. For CHANGED and OTHER_TYPE `*known` is the one that
 * is known. */
enum known_verdict known_keys_judge(const struct known_keys *keys, struct slice key, const struct known_key **known);

/* The type that stands at the front of a key from the wire; "" when none does. */
struct slice host_key_type(struct slice key);

/* Writes "SHA256:" and the fingerprint as ssh-keygen -l prints it. */
void host_key_fingerprint(struct buffer *out, struct slice key);

/* Writes the keys as a plain known_hosts file, in the order in which they should
 * be asked for: Ed25519 first, RSA last, for many servers refuse the old way in
 * which libssh2 checks RSA. */
void known_keys_print(struct buffer *out, const struct known_keys *keys, const char *host, const char *port);

#endif
