/* ICU behind plain functions over UTF-8. Every function has an ASCII path; what
 * is left goes through UTF-16, which is what ICU computes with. */

#include "text/unicode.h"
#include "base/arena.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "text/normalise.h"
#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>

/* Longer texts than this take memory from the heap. */
enum { SHORT_UNITS = 512 };

/* Room that is left behind an automatic id for the `-2` of a second one. */
enum { ID_SUFFIX_BYTES = 6 };

static bool is_ascii_alnum(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
}

size_t unicode_fault(struct slice text)
{
    size_t i = 0;
    while (i < text.length) {
        uint64_t eight;
        while (i + sizeof eight <= text.length) {
            memcpy(&eight, text.at + i, sizeof eight);
            if (eight & 0x8080808080808080u)
                break;
            i += sizeof eight;
        }
        if (i >= text.length)
            break;
        uint32_t point;
        size_t length = utf8_read(text.at + i, text.length - i, &point);
        if (length == 0)
            return i;
        i += length;
    }
    return text.length;
}

bool unicode_is_ascii(struct slice text)
{
    unsigned char all = 0;
    for (size_t i = 0; i < text.length; i++)
        all |= (unsigned char)text.at[i];
    return all < 0x80;
}

bool unicode_is_letter(uint32_t point)
{
    if (point < 0x80)
        return (point | 0x20) - 'a' < 26;
    return u_charType((UChar32)point) == U_LETTER_NUMBER || u_isalpha((UChar32)point);
}

bool unicode_is_mark(uint32_t point)
{
    return point >= 0x300 && (U_GET_GC_MASK((UChar32)point) & U_GC_M_MASK) != 0;
}

bool unicode_is_digit(uint32_t point)
{
    if (point < 0x80)
        return point - '0' < 10;
    return u_isdigit((UChar32)point);
}

bool unicode_is_unspaced(uint32_t point)
{
    if (point < 0xE00)
        return false;
    if (point < 0x1100)
        return point < 0xF00 || (point >= 0x1000 && point < 0x10A0);
    if (point >= 0x1780 && point < 0x1800)
        return true;
    return (point >= 0x3040 && point < 0x3100) || (point >= 0x31F0 && point < 0x3200) ||
           (point >= 0x3400 && point < 0xA000) || (point >= 0xF900 && point < 0xFB00) ||
           (point >= 0x20000 && point < 0x32000);
}

/* ---- through UTF-16 ---- */

struct wide {
    UChar *at;
    int32_t length;
    UChar room[SHORT_UNITS];
};

/* ICU's own failures, out of memory among them, have no other cure here. */
static void must(UErrorCode status)
{
    if (U_FAILURE(status))
        memory_exhausted();
}

static void wide_room(struct wide *wide, size_t units)
{
    if (units > INT32_MAX / 4)
        memory_exhausted();
    wide->at = units <= SHORT_UNITS ? wide->room : memory_get(units * sizeof(UChar));
}

static void wide_free(struct wide *wide)
{
    if (wide->at != wide->room)
        free(wide->at);
}

static void wide_from(struct wide *wide, struct slice text)
{
    UErrorCode status = U_ZERO_ERROR;
    wide_room(wide, text.length + 1);
    u_strFromUTF8WithSub(wide->at, (int32_t)text.length + 1, &wide->length, text.at, (int32_t)text.length, 0xFFFD, NULL,
                         &status);
    must(status);
}

static void wide_append(struct buffer *out, const struct wide *wide)
{
    for (int32_t i = 0; i < wide->length;) {
        UChar32 point;
        U16_NEXT(wide->at, i, wide->length, point);
        if (point >= 0xD800 && point < 0xE000)
            point = 0xFFFD;
        char bytes[4];
        int32_t count = 0;
        U8_APPEND_UNSAFE(bytes, count, point);
        buffer_append(out, bytes, (size_t)count);
    }
}

typedef int32_t change_case(UChar *out, int32_t capacity, const UChar *text, int32_t length, UErrorCode *status);

static int32_t fold_units(UChar *out, int32_t capacity, const UChar *text, int32_t length, UErrorCode *status)
{
    return u_strFoldCase(out, capacity, text, length, U_FOLD_CASE_DEFAULT, status);
}

static int32_t lower_units(UChar *out, int32_t capacity, const UChar *text, int32_t length, UErrorCode *status)
{
    return u_strToLower(out, capacity, text, length, "", status);
}

static void change(struct buffer *out, struct slice text, change_case *how)
{
    struct wide from, changed;
    wide_from(&from, text);
    /* Full case mappings make at most three units of one (SpecialCasing.txt). */
    wide_room(&changed, (size_t)from.length * 3 + 1);
    UErrorCode status = U_ZERO_ERROR;
    changed.length = how(changed.at, from.length * 3 + 1, from.at, from.length, &status);
    must(status);
    wide_append(out, &changed);
    wide_free(&changed);
    wide_free(&from);
}

static void append_ascii_lower(struct buffer *out, struct slice text)
{
    char *room = buffer_reserve(out, text.length);
    for (size_t i = 0; room && i < text.length; i++)
        room[i] = text.at[i] >= 'A' && text.at[i] <= 'Z' ? (char)(text.at[i] | 0x20) : text.at[i];
}

void unicode_fold(struct buffer *out, struct slice text)
{
    if (unicode_is_ascii(text))
        append_ascii_lower(out, text);
    else
        change(out, text, fold_units);
}

void unicode_lower(struct buffer *out, struct slice text)
{
    if (unicode_is_ascii(text))
        append_ascii_lower(out, text);
    else
        change(out, text, lower_units);
}

bool unicode_equal_fold(struct slice a, struct slice b)
{
    if (unicode_is_ascii(a) && unicode_is_ascii(b)) {
        if (a.length != b.length)
            return false;
        for (size_t i = 0; i < a.length; i++) {
            char left = a.at[i], right = b.at[i];
            if (left != right && ((left ^ right) != 0x20 || !is_ascii_alnum(left) || !is_ascii_alnum(right)))
                return false;
        }
        return true;
    }
    /* Canonical caseless matching (Unicode, section 3.13, D145): Form C on both
     * sides of the folding is enough, since folding keeps canonical equivalence. */
    struct arena arena = {0};
    struct buffer folded = BUFFER(SIZE_MAX / 4);
    unicode_fold(&folded, text_nfc(&arena, a));
    size_t middle = folded.length;
    unicode_fold(&folded, text_nfc(&arena, b));
    struct slice left = text_nfc(&arena, (struct slice){folded.at, middle});
    struct slice right = text_nfc(&arena, slice_from(buffer_view(&folded), middle));
    bool equal = slice_equal(left, right);
    buffer_free(&folded);
    arena_free(&arena);
    return equal;
}

/* ---- ids ---- */

static bool is_id_point(uint32_t point)
{
    return unicode_is_letter(point) || unicode_is_digit(point) || unicode_is_mark(point);
}

bool unicode_is_id(struct slice id, size_t *at)
{
    size_t i = 0;
    bool ok = id.length > 0;
    while (ok && i < id.length) {
        uint32_t point = 0;
        size_t length = utf8_read(id.at + i, id.length - i, &point);
        if (length == 0)
            ok = false;
        else if (i == 0)
            ok = unicode_is_letter(point) || unicode_is_digit(point);
        else
            ok = is_id_point(point) || point == '-' || point == '_' || point == '.';
        if (ok)
            i += length;
    }
    if (ok && id.length > LIMIT_ID_BYTES) {
        ok = false;
        i = LIMIT_ID_BYTES;
    }
    if (at)
        *at = i;
    return ok;
}

/* Appends letters, marks and digits of `text`, which is in lower case already. */
static void join_words(struct buffer *out, struct slice text)
{
    const size_t most = LIMIT_ID_BYTES - ID_SUFFIX_BYTES;
    size_t begin = out->length;
    bool gap = false;
    for (size_t i = 0; i < text.length;) {
        uint32_t point = 0;
        size_t length = utf8_read(text.at + i, text.length - i, &point);
        bool is_first = out->length == begin;
        bool keeps = length && (is_first ? unicode_is_letter(point) || unicode_is_digit(point) : is_id_point(point));
        if (keeps) {
            size_t dash = gap && !is_first;
            if (out->length - begin + dash + length > most)
                break;
            if (dash)
                buffer_byte(out, '-');
            buffer_append(out, text.at + i, length);
        }
        gap = !keeps;
        i += length ? length : 1;
    }
    if (out->length == begin)
        buffer_text(out, "section");
}

void unicode_heading_id(struct buffer *out, struct slice text)
{
    char lowered[256];
    if (text.length <= sizeof lowered && unicode_is_ascii(text)) {
        for (size_t i = 0; i < text.length; i++)
            lowered[i] = text.at[i] >= 'A' && text.at[i] <= 'Z' ? (char)(text.at[i] | 0x20) : text.at[i];
        join_words(out, (struct slice){lowered, text.length});
        return;
    }
    struct arena arena = {0};
    struct buffer lower = BUFFER(SIZE_MAX / 4);
    unicode_lower(&lower, text_nfkc(&arena, text));
    /* Lower case can leave Form KC again, as with a capital i with a dot above. */
    join_words(out, text_nfkc(&arena, buffer_view(&lower)));
    buffer_free(&lower);
    arena_free(&arena);
}

/* ---- mixed scripts ---- */

/* Opened at need: most sites never have such a word. Opening takes about a
 * microsecond, since ICU keeps the tables. */
static bool mixes_scripts(struct slice word)
{
    UErrorCode status = U_ZERO_ERROR;
    USpoofChecker *checker = uspoof_open(&status);
    must(status);
    uspoof_setChecks(checker, USPOOF_RESTRICTION_LEVEL, &status);
    uspoof_setRestrictionLevel(checker, USPOOF_HIGHLY_RESTRICTIVE);
    int32_t result = uspoof_checkUTF8(checker, word.at, (int32_t)word.length, NULL, &status);
    uspoof_close(checker);
    return U_SUCCESS(status) && (result & USPOOF_RESTRICTION_LEVEL) != 0;
}

bool unicode_is_mixed(struct slice text, struct slice *word)
{
    if (unicode_is_ascii(text))
        return false;
    UScriptCode first = USCRIPT_COMMON;
    bool several = false;
    size_t begin = 0;
    for (size_t i = 0; i <= text.length;) {
        uint32_t point = 0;
        size_t length = i < text.length ? utf8_read(text.at + i, text.length - i, &point) : 0;
        if (length && is_id_point(point)) {
            UErrorCode status = U_ZERO_ERROR;
            UScriptCode script = uscript_getScript((UChar32)point, &status);
            if (script > USCRIPT_INHERITED) {
                several |= first > USCRIPT_INHERITED && script != first;
                first = script;
            }
            i += length;
            continue;
        }
        *word = (struct slice){text.at + begin, i - begin};
        if (several && mixes_scripts(*word))
            return true;
        several = false;
        first = USCRIPT_COMMON;
        i += length ? length : 1;
        begin = i;
    }
    return false;
}
