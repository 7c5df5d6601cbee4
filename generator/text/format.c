/* Plurals, numbers and dates by ICU's C interface. ICU falls back to the
 * environment's locale for languages that it does not know; so that no machine
 * differs from another, such languages are given the root locale by name. */

#include "text/format.h"
#include "base/arena.h"
#include <stdlib.h>
#include <unicode/ucal.h>
#include <unicode/udat.h>
#include <unicode/udatpg.h>
#include <unicode/uloc.h>
#include <unicode/unum.h>
#include <unicode/upluralrules.h>
#include <unicode/ustring.h>

enum { STYLE_COUNT = DATE_MONTH + 1, TEXT_MOST = 256 };

struct format {
    char locale[ULOC_FULLNAME_CAPACITY];
    bool is_known;
    UPluralRules *plurals;
    UNumberFormat *numbers;
    UCalendar *calendar; /* Gregorian: what days are given in */
    UDateFormat *dates[STYLE_COUNT];
};

static const char *const plural_words[PLURAL_COUNT] = {"zero", "one", "two", "few", "many", "other"};
static const UChar utc[] = u"UTC";

const char *plural_word(enum plural plural)
{
    return plural_words[plural];
}

static bool locale_is_known(const char *locale)
{
    char language[ULOC_LANG_CAPACITY];
    UErrorCode status = U_ZERO_ERROR;
    uloc_getLanguage(locale, language, sizeof language, &status);
    for (int32_t i = 0; U_SUCCESS(status) && i < uloc_countAvailable(); i++)
        if (strcmp(uloc_getAvailable(i), language) == 0)
            return true;
    return false;
}

struct format *format_new(const char *language)
{
    struct format *format = memory_get(sizeof *format);
    *format = (struct format){0};
    UErrorCode status = U_ZERO_ERROR;
    uloc_forLanguageTag(language, format->locale, sizeof format->locale, NULL, &status);
    format->is_known =
        U_SUCCESS(status) && status != U_STRING_NOT_TERMINATED_WARNING && locale_is_known(format->locale);
    if (!format->is_known)
        strcpy(format->locale, "root");
    else if (strcmp(format->locale, "en") == 0)
        strcpy(format->locale, "en_001");
    return format;
}

void format_free(struct format *format)
{
    if (!format)
        return;
    uplrules_close(format->plurals);
    unum_close(format->numbers);
    if (format->calendar)
        ucal_close(format->calendar);
    for (size_t i = 0; i < STYLE_COUNT; i++)
        if (format->dates[i])
            udat_close(format->dates[i]);
    free(format);
}

/* ICU fails to open these only without its data or without memory. */
static void expect(UErrorCode status)
{
    if (U_FAILURE(status))
        memory_exhausted();
}

static enum plural plural_of(const char *word)
{
    for (size_t i = 0; i < PLURAL_COUNT; i++)
        if (strcmp(word, plural_words[i]) == 0)
            return (enum plural)i;
    return PLURAL_OTHER;
}

static UPluralRules *plural_rules(struct format *format)
{
    UErrorCode status = U_ZERO_ERROR;
    if (!format->plurals)
        format->plurals = uplrules_open(format->locale, &status);
    expect(status);
    return format->plurals;
}

enum plural format_plural(struct format *format, double number)
{
    UChar wide[16];
    char word[16] = "";
    UErrorCode status = U_ZERO_ERROR;
    int32_t length = uplrules_select(plural_rules(format), number, wide, 16, &status);
    if (U_SUCCESS(status) && length < 16)
        u_UCharsToChars(wide, word, length + 1);
    return plural_of(word);
}

unsigned format_plurals(struct format *format)
{
    UErrorCode status = U_ZERO_ERROR;
    unsigned bits = 1u << PLURAL_OTHER;
    UEnumeration *words = uplrules_getKeywords(plural_rules(format), &status);
    const char *word;
    while (U_SUCCESS(status) && (word = uenum_next(words, NULL, &status)) != NULL)
        bits |= 1u << plural_of(word);
    uenum_close(words);
    return bits;
}

static void append_wide(struct buffer *out, const UChar *wide, int32_t length, UErrorCode status)
{
    char text[TEXT_MOST * 3];
    int32_t bytes = 0;
    if (U_FAILURE(status) || length > TEXT_MOST)
        return;
    u_strToUTF8(text, sizeof text, &bytes, wide, length, &status);
    if (U_SUCCESS(status))
        buffer_append(out, text, (size_t)bytes);
}

void format_number(struct format *format, double number, int decimals, struct buffer *out)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar wide[TEXT_MOST];
    if (!format->numbers)
        format->numbers = unum_open(UNUM_DECIMAL, NULL, 0, format->locale, NULL, &status);
    expect(status);
    unum_setAttribute(format->numbers, UNUM_MAX_FRACTION_DIGITS, decimals < 0 ? 0 : decimals > 6 ? 6 : decimals);
    int32_t length = unum_formatDouble(format->numbers, number, wide, TEXT_MOST, NULL, &status);
    append_wide(out, wide, length, status);
}

static UDateFormat *date_open(const struct format *format, enum date_style style, UErrorCode *status)
{
    static const UDateFormatStyle styles[] = {
        [DATE_LONG] = UDAT_LONG, [DATE_MEDIUM] = UDAT_MEDIUM, [DATE_SHORT] = UDAT_SHORT};
    if (style != DATE_MONTH)
        return udat_open(UDAT_NONE, styles[style], format->locale, utc, -1, NULL, 0, status);
    UChar pattern[TEXT_MOST];
    UDateTimePatternGenerator *generator = udatpg_open(format->locale, status);
    int32_t length = udatpg_getBestPattern(generator, u"yMMMM", -1, pattern, TEXT_MOST, status);
    udatpg_close(generator);
    return udat_open(UDAT_PATTERN, UDAT_PATTERN, format->locale, utc, -1, pattern, length, status);
}

/* The day's instant; false for 31 February and the like. */
static bool day_instant(struct format *format, int64_t yyyymmdd, UDate *instant)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t year = (int32_t)(yyyymmdd / 10000), month = (int32_t)(yyyymmdd / 100 % 100),
            day = (int32_t)(yyyymmdd % 100);
    if (!format->calendar)
        format->calendar = ucal_open(utc, -1, "root@calendar=gregorian", UCAL_TRADITIONAL, &status);
    expect(status);
    ucal_clear(format->calendar);
    ucal_setAttribute(format->calendar, UCAL_LENIENT, 0);
    ucal_setDate(format->calendar, year, month - 1, day, &status);
    *instant = ucal_getMillis(format->calendar, &status);
    return U_SUCCESS(status);
}

void format_day(struct format *format, int64_t yyyymmdd, enum date_style style, struct buffer *out)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar wide[TEXT_MOST];
    UDate instant;
    if (yyyymmdd < 1000000 || yyyymmdd > 99999999 || !day_instant(format, yyyymmdd, &instant))
        return;
    if (!format->is_known) {
        int year = (int)(yyyymmdd / 10000), month = (int)(yyyymmdd / 100 % 100), day = (int)(yyyymmdd % 100);
        buffer_printf(out, style == DATE_MONTH ? "%04d-%02d" : "%04d-%02d-%02d", year, month, day);
        return;
    }
    if (!format->dates[style])
        format->dates[style] = date_open(format, style, &status);
    expect(status);
    int32_t length = udat_format(format->dates[style], instant, wide, TEXT_MOST, NULL, &status);
    append_wide(out, wide, length, status);
}
