#ifndef WAYMARK_BASE_SUGGEST_H
#define WAYMARK_BASE_SUGGEST_H

/* "Did you mean": the nearest of a set of names. */

#include "base/slice.h"
#include <stdint.h>

enum { SUGGEST_MOST = 3 };

/* Collects candidates one by one and keeps the best few. Distance is Damerau's
 * (insert, delete, replace, swap of neighbours) over bytes, with case ignored at
 * a small cost and a swap a little cheaper than the rest; candidates further than
 * a third of the longer name, or than five edits, are dropped, and a candidate
 * that holds the whole name, or shares its last path segment, is kept as well.
 * Zero-initialise, set `wanted`. */
struct suggestion {
    struct slice wanted;
    struct slice best[SUGGEST_MOST];
    unsigned cost[SUGGEST_MOST];
    size_t count;
    uint64_t letters; /* which letters `wanted` has; 0: not looked at yet */
};

/* `candidate` must outlive the suggestion. Ties keep the smaller in byte order. */
void suggest_offer(struct suggestion *suggestion, struct slice candidate);

/* Writes "did you mean 'a', 'b' or 'c'?" or "" into `out`; names that do not fit
 * whole are left out. */
void suggest_text(const struct suggestion *suggestion, char *out, size_t out_bytes);

/* The cost of changing a into b, in tenths of an edit; above `most` it is
 * most + 1. Names of more than 256 bytes are like no other. */
unsigned suggest_cost(struct slice a, struct slice b, unsigned most);

#endif
