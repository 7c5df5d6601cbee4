#ifndef WAYMARK_TEXT_NORMALISE_H
#define WAYMARK_TEXT_NORMALISE_H

/* Unicode normalisation: two spellings of one word become the same bytes. */

#include "base/arena.h"
#include "base/slice.h"

/* `text` in Normalization Form C (Unicode Standard Annex 15), NUL-terminated, in
 * `arena`; `text` itself when it is in that form already, which ASCII always is.
 * Bytes that are no UTF-8 become U+FFFD. */
struct slice text_nfc(struct arena *arena, struct slice text);

/* The same for Form KC, which also makes compatible characters one: `ﬁ` and `fi`,
 * full-width letters and plain ones. */
struct slice text_nfkc(struct arena *arena, struct slice text);

#endif
