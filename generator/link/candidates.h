#ifndef WAYMARK_LINK_CANDIDATES_H
#define WAYMARK_LINK_CANDIDATES_H

/* What a broken reference was likely meant to be. Made to answer ten thousand
 * times in a run: a repository that is brought in from elsewhere has as many
 * broken links. */

#include "base/suggest.h"
#include "model/site.h"

struct candidates;

struct candidates *candidates_new(const struct site *site);
void candidates_free(struct candidates *candidates);

/* Offers document ids of an edition: those of nearly the same length and letters,
 * and those with the same last part. */
void candidates_ids(struct candidates *candidates, uint32_t edition, struct suggestion *suggestion);

/* Offers paths of a source: files of the same name anywhere in it, and files of
 * nearly the same name in the same folder. */
void candidates_paths(struct candidates *candidates, uint32_t source, struct suggestion *suggestion);

#endif
