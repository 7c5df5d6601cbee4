#ifndef WAYMARK_TEXT_COLLATE_H
#define WAYMARK_TEXT_COLLATE_H

/* Alphabetical order, as readers of a language expect it (CLDR, through ICU). */

#include "base/arena.h"
#include "base/slice.h"

struct collator;

/* For a BCP 47 tag; an unknown language gets the root order. */
struct collator *collator_new(const char *tag);
void collator_free(struct collator *collator);

/* Bytes that sort, with slice_compare, as the texts do. In `arena`. */
struct slice collator_key(const struct collator *collator, struct arena *arena, struct slice text);
/* The heading that a text stands under in an index: "A", "Á" under "A" where the
 * language does so, "#" for what begins with no letter. In `arena`. */
struct slice collator_letter(const struct collator *collator, struct arena *arena, struct slice text);

#endif
