#ifndef WAYMARK_SOURCE_PACKS_H
#define WAYMARK_SOURCE_PACKS_H

/* The pack files of a mirror: each transfer adds one. `folder` is the mirror's. */

#include "source/repository.h"

struct pack_names {
    const char **items; /* "pack-1234.pack", "pack-1234.idx", … */
    size_t count;
};

void packs_list(struct pack_names *out, struct arena *arena, const char *folder);
/* Removes those that are not in `before`: what a refused transfer has brought. */
void packs_remove_new(const struct pack_names *before, const char *folder);
/* Removes what a transfer that was killed has left half-written. */
void packs_remove_temporary(const char *folder);

/* Joins all packs into one when there are many, so that reading stays quick over
 * years of small transfers. Nothing is lost when it fails, and nothing is said:
 * many packs are only slower. `beat` is called now and then. */
void packs_join(struct repository *repository, const char *folder, void (*beat)(void *context), void *context);

#endif
