/* Which names may pass, and which are one name on other machines. */

#include "source/names.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka.h wants the four above it. */
#include <cmocka.h>
#include <stdio.h>

static const struct {
    const char *name;
    enum name_fault fault;
} names[] = {
    {"page.md", NAME_FINE},
    {"Prüfung.md", NAME_FINE},
    {"صفحة.md", NAME_FINE},
    {".gitignore", NAME_FINE},
    {"git", NAME_FINE},
    {"a b.md", NAME_FINE},
    {"console.md", NAME_FINE},
    {"com.md", NAME_FINE},
    {"com10.md", NAME_FINE},
    {"...", NAME_RESERVED},
    {"", NAME_HOSTILE},
    {".", NAME_HOSTILE},
    {"..", NAME_HOSTILE},
    {"a/b", NAME_HOSTILE},
    {"/etc", NAME_HOSTILE},
    {".git", NAME_HOSTILE},
    {".GIT", NAME_HOSTILE},
    {".git ", NAME_HOSTILE},
    {".git. .", NAME_HOSTILE},
    {".git::$INDEX_ALLOCATION", NAME_HOSTILE},
    {".git\\config", NAME_HOSTILE},
    {"git~1", NAME_HOSTILE},
    {"GIT~1", NAME_HOSTILE},
    {".g\u200Cit", NAME_HOSTILE},
    {"\uFEFF.git", NAME_HOSTILE},
    {".gi\u206Ft", NAME_HOSTILE},
    {"a\nb", NAME_UNUSABLE},
    {"a\033[2Jb", NAME_UNUSABLE},
    {"a\xC2\x85"
     "b",
     NAME_UNUSABLE},
    {"a\\b", NAME_UNUSABLE},
    {"a\xff", NAME_UNUSABLE},
    {"a\xed\xa0\x80", NAME_UNUSABLE},
    {"gpj.\u202Egnp", NAME_UNUSABLE},
    {"con", NAME_RESERVED},
    {"con.md", NAME_RESERVED},
    {"CON .md", NAME_RESERVED},
    {"nul.tar.gz", NAME_RESERVED},
    {"Com1.md", NAME_RESERVED},
    {"lpt\u00B9.md", NAME_RESERVED},
    {"conin$", NAME_RESERVED},
    {"a:b.md", NAME_RESERVED},
    {"what?.md", NAME_RESERVED},
    {"a|b", NAME_RESERVED},
    {"end.", NAME_RESERVED},
    {"end ", NAME_RESERVED},
};

static void test_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *why = NULL;
        enum name_fault fault = name_check(slice_of(names[i].name), &why);
        if (fault != names[i].fault || (fault != NAME_FINE) != (why != NULL))
            fail_msg("'%s' is judged %d, not %d", names[i].name, (int)fault, (int)names[i].fault);
    }
}

static void test_length(void **state)
{
    (void)state;
    char name[300];
    const char *why;
    memset(name, 'a', sizeof name);
    assert_int_equal(name_check((struct slice){name, 255}, &why), NAME_FINE);
    assert_int_equal(name_check((struct slice){name, 256}, &why), NAME_UNUSABLE);
}

static const struct {
    const char *a, *b;
    bool same;
} pairs[] = {
    {"A.md", "a.md", true},
    {"a.md", "b.md", false},
    {"\u00E9.md", "e\u0301.md", true},
    {"\u00C9.md", "e\u0301.md", true},
    {"stra\u00DFe", "STRASSE", true},
    {"\u0130", "i\u0307", true},
    {"a\xff", "a\xfe", false},
    {"\u03A3.md", "\u03C2.md", true},
};

static void test_fold(void **state)
{
    (void)state;
    struct arena arena = {0};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct slice a = name_fold(&arena, slice_of(pairs[i].a)), b = name_fold(&arena, slice_of(pairs[i].b));
        if (slice_equal(a, b) != pairs[i].same)
            fail_msg("'%s' and '%s'", pairs[i].a, pairs[i].b);
    }
    arena_free(&arena);
}

static void test_spelled(void **state)
{
    (void)state;
    struct arena arena = {0};
    assert_string_equal(name_spelled(&arena, SLICE("caf\u00E9 e\u0301 \U0001F600.md")),
                        "caf\\u00e9 e\\u0301 \\u1f600.md");
    arena_free(&arena);
}

static void test_nearly_markdown(void **state)
{
    (void)state;
    static const char *const yes[] = {"page.md.txt", "page.MD", "page.Md", "page.markdown"};
    struct slice stem;
    static const char *const no[] = {"page.md", "page.txt", "md", ".md", "readme.mdx", "cmd"};
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
        if (!name_is_nearly_markdown(slice_of(yes[i]), &stem) || !slice_is(stem, "page"))
            fail_msg("%s", yes[i]);
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        if (name_is_nearly_markdown(slice_of(no[i]), &stem))
            fail_msg("%s", no[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),           cmocka_unit_test(test_length),  cmocka_unit_test(test_fold),
        cmocka_unit_test(test_nearly_markdown), cmocka_unit_test(test_spelled),
    };
    return cmocka_run_group_tests_name("names in sources", tests, NULL, NULL);
}
