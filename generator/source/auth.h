#ifndef WAYMARK_SOURCE_AUTH_H
#define WAYMARK_SOURCE_AUTH_H

/* Proving who we are, and checking who they are: what libgit2 asks while it
 * connects. Lives in the process of one transfer. */

#include "source/known_hosts.h"
#include "source/repository.h"
#include "source/url.h"

struct auth {
    struct arena *arena;
    const char *source; /* its name */
    const struct remote_url *url;
    struct place place;
    struct diag_list *diags;
    bool is_reported;       /* a diagnostic that says all has been added */
    struct known_keys keys; /* of the host */
    const char *home;       /* the caller's home folder */
    char *secret;           /* what was sent, to keep it out of messages; NULL */
    int attempts;
};

/* Reads the environment: certificates that are trusted, keys of the host. False
 * with a diagnostic. `folder` is an empty private one, which becomes HOME: libgit2
 * looks there for known_hosts and nowhere else. */
bool auth_begin(struct auth *auth, const char *folder);

/* Sets the callbacks; the payload is `auth`. */
void auth_set_callbacks(git_remote_callbacks *callbacks, struct auth *auth);

/* "WAYMARK_TOKEN_" + "xa-b" → the value of WAYMARK_TOKEN_XA_B, or NULL when it is
 * not set or empty. */
const char *auth_environment(struct arena *arena, const char *prefix, const char *source);

/* `text` without the secret, in `arena`. */
const char *auth_clean(struct auth *auth, const char *text);

#endif
