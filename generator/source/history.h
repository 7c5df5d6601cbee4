#ifndef WAYMARK_SOURCE_HISTORY_H
#define WAYMARK_SOURCE_HISTORY_H

/* Inside of the history service (source/source.h has its door): the walk, and
 * the file in which its result is kept. */

#include "source/listing.h"

/* Why some paths of a result have no commit. */
enum history_gap {
    HISTORY_SHALLOW_CLONE = 1,
    HISTORY_DAMAGED = 2,  /* an object could not be read */
    HISTORY_TOO_LONG = 4, /* HISTORY_SECONDS_MOST were not enough */
};

enum { HISTORY_SECONDS_MOST = 120 };

struct history_commit {
    unsigned char id[20];
    int64_t seconds;
    struct slice author;
};

struct history_path {
    struct slice path;
    unsigned char blob[20];
    uint32_t commit; /* index into commits, or HISTORY_NONE */
};
#define HISTORY_NONE UINT32_MAX

/* What is known of one source at one commit; paths are sorted. */
struct history_result {
    unsigned char head[20];
    uint32_t gaps; /* enum history_gap */
    struct history_commit *commits;
    uint32_t commit_count;
    struct history_path *paths;
    uint32_t path_count;
};

/* Finds the last commit of each of `count` sorted files of the source, as
 * `git log -1 -- PATH` does: through merges it follows the first parent that has
 * the same file. `known` may be NULL, or an earlier result of this source: where
 * the walk meets its head, it ends. Allocates in `arena`; never fails: what cannot
 * be known has no commit, and `gaps` says why. */
void history_walk(struct history_result *out, struct arena *arena, struct repository *repository,
                  const struct source_state *source, const struct file_entry *files, uint32_t count,
                  const struct history_result *known);

/* The result as bytes, and back. history_read checks everything: false for bytes
 * that are no result. Nothing is copied but the tables: `bytes` must outlive it. */
void history_write(struct buffer *out, const struct history_result *result);
bool history_read(struct history_result *out, struct arena *arena, struct slice bytes);

#endif
