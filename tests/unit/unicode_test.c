/* Classes, case and ids of any script. */

#include "base/limits.h"
#include "text/unicode.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka.h wants the four above it. */
#include <cmocka.h>

static void test_fault(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct slice text;
        size_t fault; /* SIZE_MAX: none */
    } cases[] = {
        {"nothing", SLICE(""), SIZE_MAX},
        {"ASCII, longer than eight bytes", SLICE("a longer piece of text"), SIZE_MAX},
        {"two, three and four bytes", SLICE("é€𝄞"), SIZE_MAX},
        {"the last code point", SLICE("\xF4\x8F\xBF\xBF"), SIZE_MAX},
        {"a lone continuation", SLICE("abcdefgh\x80"), 8},
        {"cut at the end", SLICE("abcdefg\xE2\x82"), 7},
        {"overlong", SLICE("\xC0\xAF"), 0},
        {"overlong in three bytes", SLICE("a\xE0\x80\xAF"), 1},
        {"a surrogate", SLICE("ab\xED\xA0\x80"), 2},
        {"above U+10FFFF", SLICE("\xF4\x90\x80\x80"), 0},
        {"a byte that never stands in UTF-8", SLICE("é\xFF"), 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t wanted = cases[i].fault == SIZE_MAX ? cases[i].text.length : cases[i].fault;
        if (unicode_fault(cases[i].text) != wanted)
            fail_msg("%s: %zu", cases[i].name, unicode_fault(cases[i].text));
    }
}

static void test_classes(void **state)
{
    (void)state;
    static const struct {
        uint32_t point;
        bool letter, mark, digit, unspaced;
    } cases[] = {
        {'a', true, false, false, false},     {'Z', true, false, false, false},     {'5', false, false, true, false},
        {'-', false, false, false, false},    {'_', false, false, false, false},    {0xE9, true, false, false, false},
        {0x301, false, true, false, false},   {0x663, false, false, true, false},   {0x434, true, false, false, false},
        {0x6F22, true, false, false, true},   {0xE02, true, false, false, true},    {0xE49, false, true, false, true},
        {0x3042, true, false, false, true},   {0x2160, true, false, false, false},  {0xAD, false, false, false, false},
        {0x2014, false, false, false, false}, {0x1D400, true, false, false, false}, {0xBD, false, false, false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t point = cases[i].point;
        if (unicode_is_letter(point) != cases[i].letter || unicode_is_mark(point) != cases[i].mark ||
            unicode_is_digit(point) != cases[i].digit || unicode_is_unspaced(point) != cases[i].unspaced)
            fail_msg("U+%04X", point);
    }
}

static void test_case(void **state)
{
    (void)state;
    struct buffer out = BUFFER(1000);
    unicode_fold(&out, SLICE("Straße ΣΊΣΥΦΟΣ İ ABC"));
    assert_string_equal(buffer_string(&out), "strasse σίσυφοσ i\u0307 abc");
    buffer_clear(&out);
    unicode_lower(&out, SLICE("Straße ΣΊΣΥΦΟΣ ABC"));
    assert_string_equal(buffer_string(&out), "straße σίσυφος abc");
    buffer_clear(&out);
    unicode_fold(&out, SLICE("Plain ASCII 09 [`{@"));
    assert_string_equal(buffer_string(&out), "plain ascii 09 [`{@");
    buffer_clear(&out);
    unicode_fold(&out, SLICE("a\xFF\xC9z"));
    assert_string_equal(buffer_string(&out), "a\uFFFD\uFFFDz");
    buffer_free(&out);

    assert_true(unicode_equal_fold(SLICE("Keeping"), SLICE("KEEPING")));
    assert_false(unicode_equal_fold(SLICE("a@"), SLICE("a`")));
    assert_false(unicode_equal_fold(SLICE("[x"), SLICE("{x")));
    assert_false(unicode_equal_fold(SLICE("ab"), SLICE("abc")));
    assert_true(unicode_equal_fold(SLICE("É"), SLICE("e\u0301")));
    assert_true(unicode_equal_fold(SLICE("STRASSE"), SLICE("straße")));
    assert_false(unicode_equal_fold(SLICE("é"), SLICE("e")));
}

static void test_ids(void **state)
{
    (void)state;
    static const struct {
        const char *id;
        size_t fault; /* SIZE_MAX: an id */
    } cases[] = {
        {"a", SIZE_MAX},
        {"9", SIZE_MAX},
        {"a-b_c.d", SIZE_MAX},
        {"данные", SIZE_MAX},
        {"ข้อมูล-2", SIZE_MAX},
        {"", 0},
        {"-a", 0},
        {".a", 0},
        {"_a", 0},
        {"a b", 1},
        {"a/b", 1},
        {"a\"", 1},
        {"ab<", 2},
        {"\u0301a", 0},
        {"a\u200b", 1},
        {"a\u202e", 1},
        {"é\xFF", 2},
        {"a#b", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t at = 0;
        bool is_id = unicode_is_id(slice_of(cases[i].id), &at);
        if (is_id != (cases[i].fault == SIZE_MAX) || (!is_id && at != cases[i].fault))
            fail_msg("'%s': %d at %zu", cases[i].id, is_id, at);
    }
    char longest[LIMIT_ID_BYTES + 1];
    memset(longest, 'a', sizeof longest);
    assert_true(unicode_is_id((struct slice){longest, LIMIT_ID_BYTES}, NULL));
    assert_false(unicode_is_id((struct slice){longest, LIMIT_ID_BYTES + 1}, NULL));
}

static void test_heading_ids(void **state)
{
    (void)state;
    static const struct {
        const char *text, *id;
    } cases[] = {
        {"Data Protection", "data-protection"},
        {"  What (and why)?  ", "what-and-why"},
        {"1.2 Scope", "1-2-scope"},
        {"snake_case", "snake-case"},
        {"Règles d'accès", "règles-d-accès"},
        {"Re\u0300gles", "règles"},
        {"Ｆｕｌｌ width ﬁ", "full-width-fi"},
        {"İstanbul", "i\u0307stanbul"},
        {"Ελληνική ΓΛΏΣΣΑ", "ελληνική-γλώσσα"},
        {"الإعادة", "الإعادة"},
        {"การเก็บรักษา", "การเก็บรักษา"},
        {"漢字 かな", "漢字-かな"},
        {"\u0301a", "a"},
        {"", "section"},
        {"—", "section"},
        {"💡 idea 💡", "idea"},
        {"a\xFF"
         "b",
         "a-b"},
    };
    struct buffer out = BUFFER(1000);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        buffer_clear(&out);
        unicode_heading_id(&out, slice_of(cases[i].text));
        if (strcmp(buffer_string(&out), cases[i].id) != 0)
            fail_msg("'%s': '%s'", cases[i].text, buffer_string(&out));
        if (!unicode_is_id(buffer_view(&out), NULL))
            fail_msg("'%s' is no id", buffer_string(&out));
    }
    /* Never too long, with a number behind it; cut between characters. */
    char text[900];
    for (size_t i = 0; i + 2 < sizeof text; i += 3)
        memcpy(text + i, "ข", 3);
    buffer_clear(&out);
    unicode_heading_id(&out, (struct slice){text, sizeof text});
    assert_true(out.length <= LIMIT_ID_BYTES - 5 && out.length % 3 == 0);
    buffer_free(&out);
}

static void test_mixed(void **state)
{
    (void)state;
    static const struct {
        const char *text, *word; /* NULL: not mixed */
    } cases[] = {
        {"page", NULL},
        {"p\u0430ge", "p\u0430ge"}, /* a Cyrillic letter */
        {"my-p\u0430ge-2", "p\u0430ge"},
        {"gpt-модель", NULL},     /* each word in one script */
        {"日本語テキスト", NULL}, /* Han with Kana is how Japanese is written */
        {"api日本", NULL},        /* Latin with Han is common, too */
        {"данные", NULL},
        {"\u03bfmega", "\u03bfmega"}, /* a Greek letter */
        {"ข้อมูล1", NULL},
        {"e\u0301tat", NULL}, /* marks belong to any script */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct slice word = {0};
        bool is_mixed = unicode_is_mixed(slice_of(cases[i].text), &word);
        if (is_mixed != (cases[i].word != NULL) || (is_mixed && !slice_is(word, cases[i].word)))
            fail_msg("'%s': %d '%.*s'", cases[i].text, is_mixed, SLICE_ARGS(word));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fault), cmocka_unit_test(test_classes),     cmocka_unit_test(test_case),
        cmocka_unit_test(test_ids),   cmocka_unit_test(test_heading_ids), cmocka_unit_test(test_mixed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
