#ifndef WAYMARK_SOURCE_MIRROR_H
#define WAYMARK_SOURCE_MIRROR_H

/* Where the cache keeps the mirror of a remote source, and what is known of its
 * transfers. */

#include "model/config.h"
#include "source/source.h"

struct mirror {
    const char *folder; /* absolute: CACHE/mirrors/NAME-HASH.git */
    const char *state;  /* the same with .state: two lines, `fetched SECONDS` and `failed SECONDS` */
    const char *lock;   /* the same with .lock: held (flock) while a transfer runs */
};

/* The cache's folder: options->cache, or .waymark beside waymark.yaml. */
const char *cache_folder(struct arena *arena, const struct site_config *config, const struct source_options *options);
/* Makes it and a folder in it. A new cache gets a .gitignore that ignores all of
 * it. False with errno. */
bool cache_make(const char *cache, const char *folder);

struct mirror mirror_of(struct arena *arena, const struct site_config *config, const struct source_options *options,
                        const struct source_spec *spec);

struct mirror_state {
    int64_t fetched; /* seconds UTC of the last transfer that succeeded; 0: none */
    int64_t failed;  /* of the last that did not, when it is later */
};
/* What cannot be read is zero. */
struct mirror_state mirror_state_read(const struct mirror *mirror);
bool mirror_state_write(const struct mirror *mirror, struct mirror_state state);

#endif
