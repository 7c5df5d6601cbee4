#ifndef WAYMARK_SOURCE_HELPER_H
#define WAYMARK_SOURCE_HELPER_H

/* A credential helper of git's (gitcredentials(7)), run only when the environment
 * names it. */

#include "source/url.h"

struct helper_answer {
    const char *user;
    const char *password;
};

/* Runs `helper` with the argument "get": a path with a '/', or the WORD of
 * git-credential-WORD; further words are its arguments. No shell reads it. Returns
 * NULL, or what is wrong ("gave no password"). */
const char *helper_ask(struct helper_answer *out, struct arena *arena, const char *helper,
                       const struct remote_url *url);

#endif
