#ifndef WAYMARK_SOURCE_LOCK_H
#define WAYMARK_SOURCE_LOCK_H

/* waymark.lock: at which commit each source stands, and which commits make up
 * each release. Written by `fetch`, may be edited, belongs into git:
 *
 *   version: 1
 *   sources:
 *     base:
 *       url: "."
 *     kit:
 *       url: "https://example.org/kit.git"
 *       ref: "main"
 *       commit: "0123…"
 *       tree: "4567…"
 *   releases:
 *     "v1.0":
 *       base: "89ab…"
 *       kit: "cdef…"
 *
 * A source without `commit` is not pinned: it is in the repository that holds
 * waymark.lock, whose commit pins both. A plain folder has `files`, a hash over
 * its listing, in the place of commit and tree. There is no date in it: fetching
 * what is there already changes no byte. */

#include "base/arena.h"
#include "base/buffer.h"
#include "base/diag.h"
#include "model/config.h"

struct lock_source {
    const char *name;
    const char *url;
    const char *ref;    /* "" = HEAD */
    const char *commit; /* 40 digits or "" */
    const char *tree;   /* 40 digits or "" */
    const char *files;  /* 64 digits or "" */
};

struct lock_commit {
    const char *source;
    const char *commit; /* 40 digits */
};

struct lock_release {
    const char *name; /* the tag: "v1.2" */
    struct lock_commit *commits;
    size_t commit_count;
};

struct lock {
    struct lock_source *sources;
    size_t source_count;
    struct lock_release *releases; /* oldest first */
    size_t release_count;
};

enum { LOCK_VERSION = 1 };

/* Reads waymark.lock beside waymark.yaml. `*exists` says whether there is one; an
 * absent file is an empty lock and no error. False with diagnostics when it cannot
 * be read or is not understood. */
bool lock_read(struct lock *out, bool *exists, struct arena *arena, const struct site_config *config,
               struct diag_list *diags);
const struct lock_source *lock_find(const struct lock *lock, const char *name);

void lock_print(struct buffer *out, const struct lock *lock);
/* Writes it in one rename unless the file has these bytes already. False with a
 * diagnostic. */
bool lock_write(const struct lock *lock, const struct site_config *config, struct diag_list *diags);

#endif
