#ifndef WAYMARK_SOURCE_FETCH_H
#define WAYMARK_SOURCE_FETCH_H

/* Bringing remote sources up to date: the only part of Waymark that uses the
 * network.
 *
 * Each remote source has a bare mirror in the cache, `mirrors/NAME-HASH.git`; the
 * hash is that of its url, so that another url never meets an old mirror. A
 * transfer runs in a process of its own, with a deadline, caps on bytes, objects
 * and memory, and with a private, empty home folder. What arrived is checked
 * before any branch of the mirror moves: every name and object of the source's
 * folder at the new commit, and that the new commit descends from the old one. So
 * a remote that fails, lies or is rewritten leaves the last good mirror as it was.
 *
 * From the environment (NAME is the source's, in upper case, `-` as `_`):
 *
 *   WAYMARK_TOKEN_NAME         password for https; the user is the url's, or x-access-token
 *   WAYMARK_CREDENTIAL_HELPER  asked when there is no token: a program's path, or the WORD of git-credential-WORD
 *   WAYMARK_CA_FILE            certificates that are trusted beside the machine's
 *   WAYMARK_SSH_KEY_NAME, WAYMARK_SSH_KEY   file of a private key; else the agent, else ~/.ssh/id_*
 *   WAYMARK_SSH_PASSPHRASE     of that key
 *   WAYMARK_KNOWN_HOSTS        host keys that are trusted beside ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts
 *   WAYMARK_FETCH_SECONDS, WAYMARK_FETCH_STALL_SECONDS, WAYMARK_FETCH_MEGABYTES   other limits than those below
 *   https_proxy, no_proxy      as everywhere
 *
 * No secret is ever part of a message or of a file. */

#include "source/source.h"

struct fetch_progress {
    const char *source;
    uint64_t received_bytes;
    uint32_t received_objects, total_objects; /* total 0: still connecting */
    uint32_t resolved_deltas, total_deltas;
};

struct fetch_options {
    const char *const *names; /* only these sources; count 0: all */
    size_t name_count;
    bool allow_rewind;         /* accept a commit that does not descend from the last one, and moved tags */
    bool locked;               /* bring the mirrors to the commits of waymark.lock, and leave it as it is */
    uint32_t deadline_seconds; /* for one transfer; 0: the environment's, else FETCH_DEADLINE_SECONDS */
    uint32_t stall_seconds;    /* without any progress; 0: likewise */
    uint64_t most_bytes;       /* received by one transfer; 0: likewise */
    uint32_t most_objects;     /* 0: FETCH_MOST_OBJECTS */
    /* Called a few times a second while something moves; may be NULL. */
    void (*progress)(void *context, const struct fetch_progress *progress);
    void *context;
};

enum {
    FETCH_DEADLINE_SECONDS = 3600,
    FETCH_STALL_SECONDS = 60,
    FETCH_MOST_OBJECTS = 20000000,
    FETCH_AT_ONCE = 4, /* transfers side by side */
};
#define FETCH_MOST_BYTES (UINT64_C(8) << 30)

enum fetch_state { FETCH_LOCAL, FETCH_NEW, FETCH_UNCHANGED, FETCH_UPDATED, FETCH_FAILED, FETCH_SKIPPED };

struct fetch_result {
    const char *source;
    enum fetch_state state;
    unsigned char before[20]; /* commit; zero when there was no mirror */
    unsigned char after[20];  /* zero when it failed and there is no mirror, and for plain folders */
    uint64_t received_bytes;
};

/* Fetches, then writes waymark.lock beside waymark.yaml (in one rename, and only
 * if it changes). `*results` has one row for each source of the configuration, in
 * `arena`. A source that fails does not stop the others; its lines in waymark.lock
 * stay. Returns false, with at least one error, when one failed or the lock could
 * not be written. */
bool sources_fetch(struct fetch_result **results, struct arena *arena, const struct site_config *config,
                   const struct source_options *options, const struct fetch_options *fetch, struct diag_list *diags);

#endif
