#ifndef WAYMARK_TEXT_FORMAT_H
#define WAYMARK_TEXT_FORMAT_H

/* Plurals, numbers and dates as a language writes them, by CLDR's data in ICU:
 * its digits (Arabic ones in `ar`; `ar-u-nu-latn` asks for Latin ones) and its
 * calendar (Thai years in `th`; `th-u-ca-gregory` asks for Gregorian ones). `en`
 * alone is the English of the world (2 May 2026), not that of one country. A
 * language that ICU does not know gets the root's numbers and plain ISO dates.
 * Nothing depends on the environment: no locale, no time zone.
 *
 * One `struct format` serves one process at a time. */

#include "base/buffer.h"
#include <stdint.h>

/* The plural categories of CLDR. Every language has `other`. */
enum plural { PLURAL_ZERO, PLURAL_ONE, PLURAL_TWO, PLURAL_FEW, PLURAL_MANY, PLURAL_OTHER, PLURAL_COUNT };

enum date_style {
    DATE_LONG,   /* 2 May 2026 */
    DATE_MEDIUM, /* 2 May 2026, with the month cut short */
    DATE_SHORT,  /* 02/05/2026 */
    DATE_MONTH,  /* May 2026 */
};

struct format;

/* `language` is a BCP 47 tag. Never NULL; nothing is opened before it is used. */
struct format *format_new(const char *language);
void format_free(struct format *format); /* accepts NULL */

enum plural format_plural(struct format *format, double number);
/* Which categories the language's cardinals use: bit N for category N. */
unsigned format_plurals(struct format *format);
const char *plural_word(enum plural plural); /* "few" */

/* Appends `number` with at most `decimals` (0 to 6) decimal places, grouped as the language does. */
void format_number(struct format *format, double number, int decimals, struct buffer *out);

/* Appends a calendar day, given as yyyymmdd. Appends nothing when that is no day. */
void format_day(struct format *format, int64_t yyyymmdd, enum date_style style, struct buffer *out);

#endif
