#ifndef WAYMARK_SCRIPT_WORDS_H
#define WAYMARK_SCRIPT_WORDS_H

/* The words of the interface: messages/<language>.yaml of every layer.
 *
 *     skip_to_content: Skip to content
 *     more_pages: {one: "{n} more page", other: "{n} more pages"}
 *
 * A word is looked up in its language (best layer first), then in that language
 * with tags cut from the right, then in the fallbacks that the site gives it, then
 * in the site's default language, then in English; which text stands where is
 * settled once, when words are loaded. */

#include "base/arena.h"
#include "base/diag.h"
#include "base/hash.h"
#include "base/table.h"
#include "text/format.h"

struct template_options;

struct word {
    bool is_plural;
    bool is_there;
    struct slice forms[PLURAL_COUNT]; /* a word without plural has PLURAL_OTHER alone */
    uint32_t language;                /* in which it was found: index into words.languages */
};

struct words_language {
    const char *tag;
    struct format *format; /* plurals, numbers, dates */
    struct word *words;    /* one for each key */
    struct key key;        /* of all its words */
};

struct words {
    struct slice *keys;
    size_t key_count, key_capacity;
    struct table by_key;
    struct words_language *languages; /* those of the options, then default and English if they are missing */
    size_t language_count;
};

/* Fills `*words`; everything lives in `arena` but the formats and the table, which
 * words_free gives back. Errors and warnings go to `diags`. */
void words_load(struct words *words, struct arena *arena, const struct template_options *options,
                struct diag_list *diags);
void words_free(struct words *words);

/* The language's index, or 0 when the tag is unknown. */
uint32_t words_language(const struct words *words, const char *tag);
/* NULL when there is no such word. */
const struct word *words_get(const struct words *words, uint32_t language, struct slice key);
/* The next `{name}` of a word from byte `*from` on: `*at` is its brace, `*from` the
 * byte behind it. False when there is none. */
bool words_next_argument(struct slice text, size_t *from, size_t *at, struct slice *name);
/* The nearest keys, as suggest_text gives them. */
void words_suggest(const struct words *words, struct slice key, char *out, size_t out_bytes);

#endif
