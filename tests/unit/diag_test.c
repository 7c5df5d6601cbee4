/* Diagnostics: where they say they are, how they look, how they travel, how they
 * are sorted and settled. */

#include "base/diag.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "expect.h"

/* ---- places ---- */

static const struct {
    const char *name, *bytes;
    uint32_t offset, length;
    uint32_t line, column, width;
    const char *text;
} places[] = {
    {"the first byte", "abc\n", 0, 1, 1, 1, 1, "abc"},
    {"the second line", "abc\ndef\n", 5, 2, 2, 2, 2, "def"},
    {"a line end", "abc\ndef\n", 3, 0, 1, 4, 1, "abc"},
    {"the end of the file", "abc\n", 4, 0, 2, 1, 1, ""},
    {"the end of a file without a line end", "abc", 3, 0, 1, 4, 1, "abc"},
    {"past the end", "abc", 99, 5, 1, 4, 1, "abc"},
    {"an empty file", "", 0, 0, 1, 1, 1, ""},
    {"Windows line ends", "a\r\nbc\r\n", 4, 1, 2, 2, 1, "bc"},
    {"the CR of a CR LF", "ab\r\ncd", 2, 2, 1, 3, 1, "ab"},
    {"the LF of a CR LF", "ab\r\ncd", 3, 1, 1, 4, 1, "ab"},
    {"an empty line between CR LFs", "a\r\n\r\nb", 3, 0, 2, 1, 1, ""},
    {"lone CRs", "a\rb\rcd", 5, 1, 3, 2, 1, "cd"},
    {"CR at the end of the file", "a\r", 2, 0, 2, 1, 1, ""},
    {"LF CR is two ends", "a\n\rb", 3, 1, 3, 1, 1, "b"},
    {"a byte order mark is no column",
     "\xef\xbb\xbf"
     "abc",
     4, 1, 1, 2, 1, "abc"},
    {"inside the byte order mark",
     "\xef\xbb\xbf"
     "abc",
     1, 1, 1, 1, 1, "abc"},
    {"a byte order mark on another line is a character",
     "a\n\xef\xbb\xbf"
     "b",
     5, 1, 2, 2, 1,
     "\xef\xbb\xbf"
     "b"},
    {"characters of two, three and four bytes", "é日😀x", 9, 1, 1, 4, 1, "é日😀x"},
    {"width in characters", "aé日b", 1, 5, 1, 2, 2, "aé日b"},
    {"in the middle of a character", "é日x", 3, 1, 1, 3, 1, "é日x"},
    {"bytes that are no UTF-8 count one each",
     "\xff\xfe"
     "a",
     2, 1, 1, 3, 1,
     "\xff\xfe"
     "a"},
    {"a tab is one column", "\ta", 1, 1, 1, 2, 1, "\ta"},
    {"marked over the line's end", "abc\ndef", 1, 6, 1, 2, 2, "abc"},
    {"a long mark", "abc", 1, 4000000000u, 1, 2, 2, "abc"},
};

static void test_locate(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        struct arena arena = {0};
        struct diag diag = {.offset = places[i].offset, .length = places[i].length};
        /* A copy of exact size, so that a look behind its end is found out. */
        size_t length = strlen(places[i].bytes);
        char *bytes = malloc(length ? length : 1);
        memcpy(bytes, places[i].bytes, length);
        diag_locate(&diag, &arena, (struct slice){bytes, length});
        if (diag.line != places[i].line || diag.column != places[i].column || diag.width != places[i].width ||
            strcmp(diag.line_text, places[i].text) != 0 || diag.text_column != 1)
            fail_msg("%s: got %u:%u, width %u, \"%s\"", places[i].name, diag.line, diag.column, diag.width,
                     diag.line_text);
        free(bytes);
        arena_free(&arena);
    }
}

/* Lines and columns against a slow and obvious count, at every byte of a text with everything in it. */
static void test_locate_everywhere(void **state)
{
    (void)state;
    static const char text[] = "one\r\ntwö\rthree\n\n\r\r\n日本 four\n\r\nfive\r";
    struct slice bytes = {text, sizeof text - 1};
    uint32_t line = 1, column = 1;
    for (size_t i = 0; i <= bytes.length; i++) {
        struct arena arena = {0};
        struct diag diag = {.offset = (uint32_t)i};
        diag_locate(&diag, &arena, bytes);
        bool is_inside = i < bytes.length && ((unsigned char)text[i] & 0xC0) == 0x80;
        uint32_t expected =
            column - is_inside; /* the rest of a character stands in its column, plus what was counted */
        if (diag.line != line || (!is_inside && diag.column != expected))
            fail_msg("byte %zu: %u:%u, not %u:%u", i, diag.line, diag.column, line, column);
        arena_free(&arena);
        if (i == bytes.length)
            break;
        bool ends = text[i] == '\n' || (text[i] == '\r' && text[i + 1] != '\n');
        if (ends)
            line++, column = 1;
        else if (((unsigned char)text[i] & 0xC0) != 0x80)
            column++;
    }
}

static void test_long_line(void **state)
{
    (void)state;
    char bytes[1000];
    memset(bytes, 'x', sizeof bytes);
    memcpy(bytes + 600, "éHEREé", 8);
    struct arena arena = {0};
    struct diag diag = {.offset = 602, .length = 4};
    diag_locate(&diag, &arena, (struct slice){bytes, sizeof bytes});
    assert_int_equal(diag.column, 602);
    assert_int_equal(diag.width, 4);
    assert_in_range(strlen(diag.line_text), 100, 200);
    /* The part begins at text_column, so the place is found in it. */
    const char *here = strstr(diag.line_text, "HERE");
    assert_non_null(here);
    size_t before = 0;
    for (const char *at = diag.line_text; at < here; at++)
        before += ((unsigned char)*at & 0xC0) != 0x80;
    assert_int_equal(diag.text_column + before, diag.column);
    struct diag_list list = {0};
    diag.text = "x", diag.help = "", diag.path = "a", diag.code = DIAG_USAGE, diag.level = LEVEL_ERROR;
    diag_take(&list, &diag);
    char *text = printed(&list);
    char *caret = strchr(text, '^'), *line = caret;
    while (line[-1] != '\n')
        line--;
    /* In the line above, the same cell holds the place: one cell for the dots, which are three bytes, and one byte more
     * for the é. */
    char *above = line - 2;
    while (above[-1] != '\n')
        above--;
    assert_memory_equal(above + (caret - line) + 2 + 1, "HERE", 4);
    free(text);
    diag_list_free(&list);
    arena_free(&arena);
}

/* ---- printing ---- */

static const struct {
    const char *name;
    const char *path, *bytes;
    size_t offset, length;
    const char *text, *help;
    const char *printed;
} prints[] = {
    {"everything", "a.md", "ab cd\n", 3, 2, "no 'cd'", "write 'ab'",
     "a.md:1:4: error: no 'cd' [usage]\n    ab cd\n       ^~\n    help: write 'ab'\n"},
    {"no help", "a.md", "ab\n", 0, 1, "no", "", "a.md:1:1: error: no [usage]\n    ab\n    ^\n"},
    {"the whole file", "a.md", "ab\n", SIZE_MAX, 0, "no", "", "a.md: error: no [usage]\n"},
    {"the whole run", NULL, "", SIZE_MAX, 0, "no", "stop", "error: no [usage]\n    help: stop\n"},
    {"an empty line", "a.md", "\n\n", 1, 0, "no", "", "a.md:2:1: error: no [usage]\n"},
    {"help of two lines", "a.md", "ab\n", 0, 1, "no", "paste\n  this",
     "a.md:1:1: error: no [usage]\n    ab\n    ^\n"
     "    help: paste\n            this\n"},
    {"a terminal is not driven", "\x1b[2J", "\x1b[31mred\n", 5, 3, "\x1b]0;x\x07", "\u202egnp.exe",
     "\\x1b[2J:1:6: error: \\x1b]0;x\\x07 [usage]\n    \\x1b[31mred\n            ^~~\n    help: \\u202egnp.exe\n"},
    {"a tab", "a", "\tab\n", 2, 1, "no", "", "a:1:3: error: no [usage]\n     ab\n      ^\n"},
    {"wide letters", "a", "日本 x\n", 7, 1, "no", "", "a:1:4: error: no [usage]\n    日本 x\n         ^\n"},
    {"marked wide letters", "a", "日本\n", 0, 6, "no", "", "a:1:1: error: no [usage]\n    日本\n    ^~~~\n"},
    {"combining marks", "a", "e\u0301x\n", 3, 1, "no", "", "a:1:3: error: no [usage]\n    e\u0301x\n     ^\n"},
    {"bytes that are no UTF-8", "a", "\xffx\n", 1, 1, "\xff", "",
     "a:1:2: error: \\xff [usage]\n    \\xffx\n        ^\n"},
};

static void test_print(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(prints); i++) {
        struct diag_list list = {0};
        struct diag_file file = {prints[i].path, slice_of(prints[i].bytes)};
        struct place place = {prints[i].path ? &file : NULL, prints[i].offset, prints[i].length};
        assert_false(diag_add(&list, DIAG_USAGE, place, "%s", prints[i].text));
        assert_false(diag_help(&list, "%s", prints[i].help));
        char *text = printed(&list);
        if (strcmp(text, prints[i].printed) != 0)
            fail_msg("%s:\nexpected\n%sgot\n%s", prints[i].name, prints[i].printed, text);
        free(text);
        diag_list_free(&list);
    }
}

static void test_colour(void **state)
{
    (void)state;
    struct diag_list list = {0};
    diag_add(&list, DIAG_USAGE, PLACE_RUN, "no");
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    diag_print(stream, &list.items[0], true);
    fclose(stream);
    assert_string_equal(text, "\033[31merror\033[0m: no [usage]\n");
    free(text);
    diag_list_free(&list);
}

static void test_escape(void **state)
{
    (void)state;
    static const struct {
        const char *text, *escaped;
    } cases[] = {
        {"plain é 日 😀", "plain é 日 😀"},
        {"\x01\x7f", "\\x01\\x7f"},
        {"\xc2\x9b", "\\u009b"},
        {"\u200e\u200f\u061c", "\\u200e\\u200f\\u061c"},
        {"\u202a\u202e\u2066\u2069", "\\u202a\\u202e\\u2066\\u2069"},
        {"\u2028\u2029", "\\u2028\\u2029"},
        {"\ufeff", "\\ufeff"},
        {"\xc0\xaf\xed\xa0\x80", "\\xc0\\xaf\\xed\\xa0\\x80"},
        {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
        {"\xe2\x82", "\\xe2\\x82"},
        {"a\tb", "a b"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buffer out = BUFFER(1000);
        text_escape(&out, slice_of(cases[i].text));
        assert_string_equal(buffer_string(&out), cases[i].escaped);
        buffer_free(&out);
    }
}

/* A text of any length is cut, not overrun. */
static void test_long_text(void **state)
{
    (void)state;
    char *text = malloc(100001);
    memset(text, 'x', 100000);
    text[100000] = 0;
    struct diag_list list = {0};
    diag_add(&list, DIAG_USAGE, PLACE_RUN, "%s", text);
    diag_help(&list, "%s", text);
    assert_in_range(strlen(list.items[0].text), 1000, 10000);
    assert_in_range(strlen(list.items[0].help), 1000, 10000);
    diag_list_free(&list);
    free(text);
}

/* ---- between processes ---- */

static void test_frames(void **state)
{
    (void)state;
    struct diag_list list = {0}, back = {0};
    struct diag_file file = {"a.md", SLICE("ab\ncdé\n")};
    diag_add(&list, DIAG_USAGE, (struct place){&file, 4, 3}, "one");
    diag_help(&list, "help");
    diag_add(&list, DIAG_INTERNAL, PLACE_RUN, "two");
    struct buffer frame = BUFFER(10000);
    for (size_t i = 0; i < list.count; i++)
        diag_write(&frame, &list.items[i]);
    struct slice bytes = buffer_view(&frame);
    assert_true(diag_read(&back, &bytes) && diag_read(&back, &bytes));
    assert_int_equal(bytes.length, 0);
    assert_false(diag_read(&back, &bytes));
    char *there = printed(&list), *here = printed(&back);
    assert_string_equal(there, here);
    assert_int_equal(back.items[0].offset, 4);
    assert_null(back.items[1].path);
    free(there);
    free(here);
    /* Cut anywhere, or with any byte changed, it is refused or read, but nothing else happens. */
    char *copy = malloc(frame.length);
    for (size_t cut = 0; cut < frame.length; cut++) {
        struct diag_list list2 = {0};
        memcpy(copy, frame.at, cut);
        bytes = (struct slice){copy, cut};
        size_t count = 0;
        while (diag_read(&list2, &bytes))
            count++;
        assert_true(count < 2);
        diag_list_free(&list2);
    }
    for (size_t i = 0; i < frame.length; i++) {
        struct diag_list list2 = {0};
        memcpy(copy, frame.at, frame.length);
        copy[i] = (char)0xFF;
        bytes = (struct slice){copy, frame.length};
        while (diag_read(&list2, &bytes)) {
            char *text = printed(&list2);
            free(text);
        }
        diag_list_free(&list2);
    }
    free(copy);
    buffer_free(&frame);
    diag_list_free(&list);
    diag_list_free(&back);
}

/* ---- order and levels ---- */

static void test_sort(void **state)
{
    (void)state;
    struct diag_list list = {0};
    struct diag_file a = {"a.md", SLICE("x\ny z\n")}, b = {"b.md", SLICE("x\n")};
    diag_add(&list, DIAG_USAGE, (struct place){&b, 0, 1}, "6");
    diag_add(&list, DIAG_USAGE, (struct place){&a, 4, 1}, "5");
    diag_add(&list, DIAG_USAGE, (struct place){&a, 2, 1}, "4");
    diag_add(&list, DIAG_USAGE, (struct place){&a, 2, 1}, "3");
    diag_add(&list, DIAG_INTERNAL, (struct place){&a, 2, 1}, "9");
    diag_add(&list, DIAG_USAGE, (struct place){&a, 2, 1}, "3");
    diag_add(&list, DIAG_USAGE, place_file(&a), "1");
    diag_add(&list, DIAG_USAGE, PLACE_RUN, "0");
    diag_sort(&list);
    char order[20] = "";
    for (size_t i = 0; i < list.count; i++)
        strcat(order, list.items[i].text);
    assert_string_equal(order, "0193456"); /* the run, files by path, places, codes by word, texts; equal ones once */
    struct diag_list none = {0};
    diag_sort(&none);
    diag_list_free(&list);
}

static void test_settle(void **state)
{
    (void)state;
    static const struct {
        enum diag_level category, all, result_error, result_warning;
        bool is_set;
    } cases[] = {
        {LEVEL_OFF, LEVEL_OFF, LEVEL_ERROR, LEVEL_WARNING, false},
        {LEVEL_ERROR, LEVEL_OFF, LEVEL_ERROR, LEVEL_ERROR, true},
        {LEVEL_WARNING, LEVEL_OFF, LEVEL_WARNING, LEVEL_WARNING, true},
        {LEVEL_OFF, LEVEL_OFF, LEVEL_OFF, LEVEL_OFF, true},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct diag_list list = {0};
        struct diag_levels levels = {0};
        levels.is_set[CATEGORY_ALL] = cases[i].is_set;
        levels.level[CATEGORY_ALL] = cases[i].category;
        levels.is_set[CATEGORY_ALWAYS] = true; /* must have no effect */
        diag_add(&list, DIAG_YAML_SYNTAX, PLACE_RUN, "error");
        diag_add(&list, DIAG_YAML_COMMENT, PLACE_RUN, "warning");
        diag_add(&list, DIAG_YAML_COMMENT, PLACE_RUN, "note");
        list.items[2].level = LEVEL_NOTE;
        diag_add(&list, DIAG_USAGE, PLACE_RUN, "always");
        diag_settle(&list, &levels);
        size_t gone = (cases[i].result_error == LEVEL_OFF) + (cases[i].result_warning == LEVEL_OFF);
        assert_int_equal(list.count, 4 - gone);
        if (!gone) {
            assert_int_equal(list.items[0].level, cases[i].result_error);
            assert_int_equal(list.items[1].level, cases[i].result_warning);
        }
        assert_int_equal(list.items[2 - gone].level, LEVEL_NOTE);
        assert_int_equal(list.items[3 - gone].level, LEVEL_ERROR);
        assert_int_equal(diag_count(&list, LEVEL_NOTE), 1);
        diag_list_free(&list);
    }
}

/* ---- the catalogue ---- */

static void test_catalogue(void **state)
{
    (void)state;
    for (int i = 0; i < DIAG_CODE_COUNT; i++) {
        enum diag_code code = (enum diag_code)i, found = DIAG_CODE_COUNT;
        const char *word = diag_word(code), *explanation = diag_explanation(code);
        if (strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(word) || !word[0])
            fail_msg("'%s' is no word", word);
        if (!diag_code_find(&found, slice_of(word)) || found != code)
            fail_msg("'%s' is in the catalogue twice", word);
        size_t length = strlen(explanation);
        if (length < 40 || explanation[length - 1] != '.')
            fail_msg("'%s' is not explained", word);
        if (diag_default_level(code) == LEVEL_OFF)
            fail_msg("'%s' is off", word);
    }
    enum diag_code code;
    assert_false(diag_code_find(&code, SLICE("no-such-code")));
    assert_string_equal(diag_category_word(CATEGORY_LINKS), "links");
    assert_string_equal(diag_level_word(LEVEL_WARNING), "warning");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_locate),    cmocka_unit_test(test_locate_everywhere),
        cmocka_unit_test(test_long_line), cmocka_unit_test(test_print),
        cmocka_unit_test(test_colour),    cmocka_unit_test(test_escape),
        cmocka_unit_test(test_long_text), cmocka_unit_test(test_frames),
        cmocka_unit_test(test_sort),      cmocka_unit_test(test_settle),
        cmocka_unit_test(test_catalogue),
    };
    return cmocka_run_group_tests_name("diag", tests, NULL, NULL);
}
