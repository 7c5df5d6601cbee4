/* ucol for sort keys. The letter of an index is the upper-case first letter
 * without accents that the language does not count as letters of their own: two
 * letters are one when they are equal at primary strength. */

#include "text/collate.h"
#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/ucol.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

struct collator {
    UCollator *full, *primary;
};

enum { TEXT_MOST_UNITS = 512 };

struct collator *collator_new(const char *tag)
{
    struct collator *collator = memory_get(sizeof *collator);
    UErrorCode error = U_ZERO_ERROR;
    collator->full = ucol_open(tag, &error);
    if (U_FAILURE(error)) {
        error = U_ZERO_ERROR;
        collator->full = ucol_open("", &error);
    }
    error = U_ZERO_ERROR;
    collator->primary = ucol_open(tag, &error);
    if (collator->primary)
        ucol_setStrength(collator->primary, UCOL_PRIMARY);
    if (!collator->full || !collator->primary)
        memory_exhausted();
    return collator;
}

void collator_free(struct collator *collator)
{
    if (!collator)
        return;
    ucol_close(collator->full);
    ucol_close(collator->primary);
    free(collator);
}

/* The first TEXT_MOST_UNITS UTF-16 units; bytes that are no UTF-8 become U+FFFD. */
static int32_t to_utf16(UChar *out, struct slice text)
{
    UErrorCode error = U_ZERO_ERROR;
    int32_t length = 0;
    int32_t bytes = text.length > TEXT_MOST_UNITS ? TEXT_MOST_UNITS : (int32_t)text.length;
    u_strFromUTF8WithSub(out, TEXT_MOST_UNITS, &length, text.at ? text.at : "", bytes, 0xFFFD, NULL, &error);
    return U_FAILURE(error) ? 0 : length;
}

struct slice collator_key(const struct collator *collator, struct arena *arena, struct slice text)
{
    UChar units[TEXT_MOST_UNITS];
    int32_t length = to_utf16(units, text);
    int32_t bytes = ucol_getSortKey(collator->full, units, length, NULL, 0);
    uint8_t *key = arena_alloc(arena, (size_t)bytes + 1);
    ucol_getSortKey(collator->full, units, length, key, bytes);
    return (struct slice){(const char *)key, bytes ? (size_t)bytes - 1 : 0};
}

struct slice collator_letter(const struct collator *collator, struct arena *arena, struct slice text)
{
    UChar units[TEXT_MOST_UNITS], upper[8], bare[16];
    UErrorCode error = U_ZERO_ERROR;
    int32_t length = to_utf16(units, text), first = 0;
    UChar32 point = 0;
    if (length)
        U16_NEXT(units, first, length, point);
    if (!length || !u_isalpha(point))
        return SLICE("#");
    int32_t upper_length = u_strToUpper(upper, 8, units, first, NULL, &error);
    const UNormalizer2 *nfd = unorm2_getNFDInstance(&error);
    int32_t bare_length = U_SUCCESS(error) ? unorm2_normalize(nfd, upper, upper_length, bare, 16, &error) : 0;
    if (U_SUCCESS(error) && bare_length > 1) {
        int32_t letter = 0;
        U16_FWD_1(bare, letter, bare_length);
        if (ucol_strcoll(collator->primary, bare, letter, upper, upper_length) == UCOL_EQUAL) {
            memcpy(upper, bare, (size_t)letter * sizeof *bare);
            upper_length = letter;
        }
    }
    char utf8[32];
    int32_t bytes = 0;
    error = U_ZERO_ERROR;
    u_strToUTF8(utf8, sizeof utf8, &bytes, upper, upper_length, &error);
    return U_FAILURE(error) ? SLICE("#") : arena_slice(arena, (struct slice){utf8, (size_t)bytes});
}
