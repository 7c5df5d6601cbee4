/* ICU's normalizers over UTF-8. A quick check goes first: nearly all text is in
 * Form C as it is typed, and then nothing is copied. */

#include "text/normalise.h"
#include <stdlib.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

static bool is_ascii(struct slice text)
{
    for (size_t i = 0; i < text.length; i++)
        if ((unsigned char)text.at[i] >= 0x80)
            return false;
    return true;
}

/* ICU's own failures, out of memory among them, have no other cure here. */
static void must(UErrorCode status)
{
    if (U_FAILURE(status))
        memory_exhausted();
}

static struct slice normalise(const UNormalizer2 *normalizer, struct arena *arena, struct slice text)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t wide_length = 0, replaced = 0;
    if (text.length > INT32_MAX / 4)
        memory_exhausted();
    UChar *wide = memory_get((text.length + 1) * sizeof *wide);
    u_strFromUTF8WithSub(wide, (int32_t)text.length + 1, &wide_length, text.at, (int32_t)text.length, 0xFFFD, &replaced,
                         &status);
    must(status);
    if (replaced == 0 && unorm2_quickCheck(normalizer, wide, wide_length, &status) == UNORM_YES && U_SUCCESS(status)) {
        free(wide);
        return text;
    }
    status = U_ZERO_ERROR;
    int32_t most = unorm2_normalize(normalizer, wide, wide_length, NULL, 0, &status);
    status = U_ZERO_ERROR;
    UChar *normal = memory_get(((size_t)most + 1) * sizeof *normal);
    int32_t length = unorm2_normalize(normalizer, wide, wide_length, normal, most + 1, &status);
    must(status);
    char *out = arena_alloc(arena, (size_t)length * 3 + 1);
    int32_t out_length = 0;
    u_strToUTF8WithSub(out, length * 3 + 1, &out_length, normal, length, 0xFFFD, NULL, &status);
    must(status);
    free(normal);
    free(wide);
    return (struct slice){out, (size_t)out_length};
}

struct slice text_nfc(struct arena *arena, struct slice text)
{
    if (is_ascii(text))
        return text;
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *normalizer = unorm2_getNFCInstance(&status);
    must(status);
    return normalise(normalizer, arena, text);
}

struct slice text_nfkc(struct arena *arena, struct slice text)
{
    if (is_ascii(text))
        return text;
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *normalizer = unorm2_getNFKCInstance(&status);
    must(status);
    return normalise(normalizer, arena, text);
}
