#ifndef WAYMARK_SOURCE_URL_H
#define WAYMARK_SOURCE_URL_H

/* What may stand in `url:` of a source. */

#include "base/arena.h"
#include "base/diag.h"
#include "model/config.h"

struct remote_url {
    bool is_ssh;      /* else https */
    const char *user; /* "" when there is none */
    const char *host; /* without brackets */
    const char *port; /* "" for the scheme's own */
    const char *path; /* with its leading '/' */
};

/* Is it meant to be a remote repository, well-formed or not? Anything with a
 * scheme is, and `host:path`; not a path. */
bool url_is_remote(const char *url);

/* Takes a remote url apart. False with one source-url diagnostic when it is of
 * another scheme than https or ssh, holds a password, or a part that a program
 * could take for an option. Strings live in `arena`. */
bool url_parse(struct remote_url *out, struct arena *arena, const struct site_config *config,
               const struct source_spec *spec, struct diag_list *diags);

#endif
