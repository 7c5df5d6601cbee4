#ifndef WAYMARK_TEXT_UNICODE_H
#define WAYMARK_TEXT_UNICODE_H

/* Characters and words of any script: classes, case, ids. Nothing here depends
 * on a locale: all rules are those of Unicode's root. ASCII, which most ids are,
 * never reaches ICU. Text that is no UTF-8 is never an error: its bad bytes count
 * as U+FFFD.
 *
 * Normalization Forms stand in text/normalise.h. */

#include "base/buffer.h"
#include "base/slice.h"
#include <stdint.h>

/* Where the first ill-formed byte stands, or text.length when all is well. As
 * utf8_first_fault, but eight ASCII bytes at a time. */
size_t unicode_fault(struct slice text);
bool unicode_is_ascii(struct slice text);

/* General categories L, M and N: what ids are made of. Digits are all of N that
 * have a decimal value (Nd), and letters include Nl and No is neither. */
bool unicode_is_letter(uint32_t point);
bool unicode_is_mark(uint32_t point);
bool unicode_is_digit(uint32_t point);
/* A character of a script that is written without blanks between words (Han,
 * Kana, Thai, Lao, Khmer, Myanmar): each counts as a word. */
bool unicode_is_unspaced(uint32_t point);

/* Appends `text` with full case folding (CaseFolding.txt, C and F): `ß` is `ss`. */
void unicode_fold(struct buffer *out, struct slice text);
/* Appends `text` in lower case by the root locale. */
void unicode_lower(struct buffer *out, struct slice text);
/* Equal but for case, and for how accents are encoded. */
bool unicode_equal_fold(struct slice a, struct slice b);

/* Is it an id as LANGUAGE.md section 2 has it: letters, marks and digits of any
 * script, `-`, `_`, `.`; begins with a letter or a digit; at most LIMIT_ID_BYTES?
 * `*at`, when given, is the byte where the rule is broken. */
bool unicode_is_id(struct slice id, size_t *at);

/* Appends the automatic id of a heading's plain text: Form KC, lower case, each
 * run of what is no letter, mark or digit one `-`, none at either end. A text
 * that has none of them gives "section". Never more than LIMIT_ID_BYTES minus
 * room for a `-NNNN`. */
void unicode_heading_id(struct buffer *out, struct slice text);

/* Does one word of `text` (words are cut at `-`, `_`, `.` and whatever is no
 * letter, mark or digit) mix scripts in a way that nobody writes, such as a
 * Cyrillic `а` in a Latin word? The level is "highly restrictive" of Unicode
 * Technical Standard 39. `*word` is the word. */
bool unicode_is_mixed(struct slice text, struct slice *word);

#endif
