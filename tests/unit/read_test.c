/* Typed reading of YAML: records, values, and what is said about those that are
 * of another type than their key. */

#include "yaml/read.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "expect.h"

struct loaded {
    struct arena arena;
    struct diag_list diags;
    struct diag_file file;
    const struct yaml_node *root;
    bool ok;
};

static void load(struct loaded *loaded, struct slice text)
{
    *loaded = (struct loaded){.file = {"data.yaml", text}};
    loaded->ok = yaml_load(&loaded->root, &loaded->arena, &loaded->file, text, &loaded->diags);
}

static void unload(struct loaded *loaded)
{
    arena_free(&loaded->arena);
    diag_list_free(&loaded->diags);
}

struct record {
    const char *text;
    const char **texts;
    size_t text_count;
    bool truth;
    int64_t number;
    int32_t date;
    int choice;
    const struct yaml_node *any, *map, *list;
};

static const struct yaml_row rows[] = {
    {"title", YAML_TEXT, .at = offsetof(struct record, text)},
    {"tags", YAML_TEXTS, .at = offsetof(struct record, texts), .count_at = offsetof(struct record, text_count)},
    {"locked", YAML_BOOL, .at = offsetof(struct record, truth)},
    {"order", YAML_INT, .at = offsetof(struct record, number)},
    {"review_by", YAML_DATE, .at = offsetof(struct record, date)},
    {"status", YAML_CHOICE, .at = offsetof(struct record, choice), .choices = "draft review approved retired"},
    {"any", YAML_NODE, .at = offsetof(struct record, any)},
    {"relations", YAML_MAP, .at = offsetof(struct record, map)},
    {"items", YAML_LIST, .at = offsetof(struct record, list)},
    {"extends", YAML_ELSEWHERE, .choices = "it belongs into waymark.yaml"},
};

#define KEYS "title, tags, locked, order, review_by, status, any, relations and items"

static const struct expected values[] = {
    {"a key that is misspelt", "tilte: x\n", DIAG_KEY_UNKNOWN, 1, 1, "a page has no key 'tilte'",
     "did you mean 'title'? It is one of " KEYS},
    {"a key in the wrong case", "Title: x\n", DIAG_KEY_UNKNOWN, 1, 1, "a page has no key 'Title'",
     "did you mean 'title'? It is one of " KEYS},
    {"a key from nowhere", "xyzzy: x\n", DIAG_KEY_UNKNOWN, 1, 1, "a page has no key 'xyzzy'", "it is one of " KEYS},
    {"a key of another file", "extends: x\n", DIAG_KEY_ELSEWHERE, 1, 1, "'extends' does not belong here",
     "it belongs into waymark.yaml"},
    {"no mapping", "- a\n", DIAG_VALUE_TYPE, 1, 1, "the whole must be a mapping, not a list",
     "write 'key: value' lines, or {key: value}"},
    {"one word with a tight colon", "title:Foo\n", DIAG_VALUE_TYPE, 1, 1,
     "the whole must be a mapping, not 'title:Foo'", "a blank must follow the ':' after a key"},
    {"a text that is a list", "title: [a]\n", DIAG_VALUE_TYPE, 1, 8, "'title' must be a text, not a list",
     "put quotes around a text that begins with '[' or '{'"},
    {"a text that is missing", "title:\n", DIAG_VALUE_EMPTY, 1, 1, "'title' has no value",
     "write a value, or remove the line"},
    {"a text that is null", "title: ~\n", DIAG_VALUE_EMPTY, 1, 8, "'title' has no value",
     "remove the line; or put quotes around the word, if it is meant as text"},
    {"a truth in English", "locked: yes\n", DIAG_VALUE_TYPE, 1, 9, "'locked' must be true or false, not 'yes'",
     "write true"},
    {"no in Norwegian", "locked: no\n", DIAG_VALUE_TYPE, 1, 9, "'locked' must be true or false, not 'no'",
     "write false"},
    {"a switch", "locked: ON\n", DIAG_VALUE_TYPE, 1, 9, "'locked' must be true or false, not 'ON'", "write true"},
    {"a truth with a capital", "locked: True\n", DIAG_VALUE_TYPE, 1, 9, "'locked' must be true or false, not 'True'",
     "write true"},
    {"no truth at all", "locked: perhaps\n", DIAG_VALUE_TYPE, 1, 9, "'locked' must be true or false, not 'perhaps'",
     ""},
    {"a number with a zero in front", "order: 012\n", DIAG_VALUE_TYPE, 1, 8,
     "'order' must be a whole number, not '012'", NULL},
    {"a number with an exponent", "order: 1e3\n", DIAG_VALUE_TYPE, 1, 8, "'order' must be a whole number, not '1e3'",
     "write it with digits alone, like 30 or -5"},
    {"infinity", "order: .inf\n", DIAG_VALUE_TYPE, 1, 8, "'order' must be a whole number, not '.inf'", NULL},
    {"a number that is too large", "order: 99999999999999999999\n", DIAG_VALUE_TYPE, 1, 8,
     "'order' must be a whole number of at most 18 digits, not '99999999999999999999'", ""},
    {"a number in words of 70 letters",
     "order: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaéaaaaaaaaa\n", DIAG_VALUE_TYPE, 1, 8,
     "'order' must be a whole number, not 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…'", NULL},
    {"a minus alone", "order: \"-\"\n", DIAG_VALUE_TYPE, 1, 8, "'order' must be a whole number, not '-'", NULL},
    {"a day that is none", "review_by: 2026-02-30\n", DIAG_VALUE_TYPE, 1, 12,
     "'review_by' must be a date, not '2026-02-30'", "February 2026 has 28 days"},
    {"a leap day of a common year", "review_by: 2100-02-29\n", DIAG_VALUE_TYPE, 1, 12,
     "'review_by' must be a date, not '2100-02-29'", "February 2100 has 28 days"},
    {"a month that is none", "review_by: 2026-13-01\n", DIAG_VALUE_TYPE, 1, 12,
     "'review_by' must be a date, not '2026-13-01'", "write year, month and day like this: 2026-05-02"},
    {"a date without zeros", "review_by: 2026-5-2\n", DIAG_VALUE_TYPE, 1, 12,
     "'review_by' must be a date, not '2026-5-2'", "write 2026-05-02"},
    {"a date with slashes", "review_by: 2026/05/02\n", DIAG_VALUE_TYPE, 1, 12,
     "'review_by' must be a date, not '2026/05/02'", "write 2026-05-02"},
    {"a date with a time", "review_by: 2026-05-02T10:00\n", DIAG_VALUE_TYPE, 1, 12,
     "'review_by' must be a date, not '2026-05-02T10:00'", "write 2026-05-02"},
    {"a date that two countries read in two ways", "review_by: 2.5.2026\n", DIAG_VALUE_TYPE, 1, 12,
     "'review_by' must be a date, not '2.5.2026'", "write year, month and day like this: 2026-05-02"},
    {"a status that is misspelt", "status: aproved\n", DIAG_VALUE_TYPE, 1, 9, "'status' cannot be 'aproved'",
     "did you mean 'approved'? It is one of draft, review, approved and retired"},
    {"a list that is a mapping", "tags: {a: b}\n", DIAG_VALUE_TYPE, 1, 7, "'tags' must be a list, not a mapping", NULL},
    {"a list in a list", "tags: [a, [b]]\n", DIAG_VALUE_TYPE, 1, 11, "item 2 of 'tags' must be a text, not a list",
     NULL},
    {"an empty item", "tags:\n- a\n-\n", DIAG_VALUE_EMPTY, 3, 2, "item 2 of 'tags' has no value", NULL},
    {"a mapping that is a text", "relations: a\n", DIAG_VALUE_TYPE, 1, 12, "'relations' must be a mapping, not 'a'",
     NULL},
    {"a list that is a text", "items: a\n", DIAG_VALUE_TYPE, 1, 8, "'items' must be a list, not 'a'",
     "write [a, b], or '- a' and '- b' on lines of their own"},
};

static void test_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        struct loaded loaded;
        load(&loaded, slice_of(values[i].input));
        if (!loaded.ok)
            fail_msg("%s: was not loaded", values[i].name);
        struct yaml_reader reader = {.file = &loaded.file, .arena = &loaded.arena, .diags = &loaded.diags};
        struct record record = {.number = -7, .date = -7, .choice = -7, .text = "-"};
        if (yaml_record(&record, &reader, loaded.root, rows, COUNT_OF(rows), "a page"))
            fail_msg("%s: was accepted", values[i].name);
        expect_one(&values[i], &loaded.diags);
        if (record.truth || record.number != -7 || record.date != -7 || record.choice != -7 || strcmp(record.text, "-"))
            fail_msg("%s: a field was changed", values[i].name);
        unload(&loaded);
    }
}

static void test_record(void **state)
{
    (void)state;
    struct loaded loaded;
    load(&loaded, SLICE("title: Stop and search\ntags: [a, 'b c']\nlocked: true\norder: -5\nreview_by: '2024-02-29'\n"
                        "status: approved\nany: [x]\nrelations: {a: b}\nitems:\n- x\n"));
    struct yaml_reader reader = {.file = &loaded.file, .arena = &loaded.arena, .diags = &loaded.diags};
    struct record record = {0};
    assert_true(yaml_record(&record, &reader, loaded.root, rows, COUNT_OF(rows), "a page"));
    assert_int_equal(loaded.diags.count, 0);
    assert_string_equal(record.text, "Stop and search");
    assert_int_equal(record.text_count, 2);
    assert_string_equal(record.texts[1], "b c");
    assert_true(record.truth);
    assert_int_equal(record.number, -5);
    assert_int_equal(record.date, 20240229);
    assert_int_equal(record.choice, 2);
    assert_int_equal(record.any->kind, YAML_SEQUENCE);
    assert_int_equal(record.map->count, 1);
    assert_int_equal(record.list->count, 1);
    unload(&loaded);

    load(&loaded, SLICE("tags: one\n"));
    reader.arena = &loaded.arena;
    assert_true(yaml_record(&record, &reader, loaded.root, rows, COUNT_OF(rows), "a page"));
    assert_int_equal(record.text_count, 1);
    assert_string_equal(record.texts[0], "one");
    unload(&loaded);
}

/* All that is wrong is said in one go, and the configuration's own problems have codes that nothing lowers. */
static void test_record_reports_all(void **state)
{
    (void)state;
    static const struct yaml_row needed[] = {
        {"url", YAML_TEXT, .at = offsetof(struct record, text), .required = true},
        {"next", YAML_BOOL, .at = offsetof(struct record, truth)},
    };
    struct loaded loaded;
    load(&loaded, SLICE("base: {nxt: 1, next: on, next2: x}\n"));
    struct yaml_reader reader = {
        .file = &loaded.file, .arena = &loaded.arena, .diags = &loaded.diags, .is_config = true};
    struct record record = {0};
    assert_false(yaml_record(&record, &reader, yaml_get(loaded.root, "base"), needed, COUNT_OF(needed), "a source"));
    char *text = printed(&loaded.diags);
    assert_string_equal(text, "data.yaml:1:8: error: a source has no key 'nxt' [config-key]\n"
                              "    base: {nxt: 1, next: on, next2: x}\n"
                              "           ^~~\n"
                              "    help: did you mean 'next'? It is one of url and next\n"
                              "data.yaml:1:22: error: 'next' must be true or false, not 'on' [config-value]\n"
                              "    base: {nxt: 1, next: on, next2: x}\n"
                              "                         ^~\n"
                              "    help: write true\n"
                              "data.yaml:1:26: error: a source has no key 'next2' [config-key]\n"
                              "    base: {nxt: 1, next: on, next2: x}\n"
                              "                             ^~~~~\n"
                              "    help: did you mean 'next'? It is one of url and next\n"
                              "data.yaml:1:1: error: a source needs the key 'url' [config-key]\n"
                              "    base: {nxt: 1, next: on, next2: x}\n"
                              "    ^~~~\n");
    free(text);
    struct expected missing = {"a key that is missing", "", DIAG_KEY_MISSING, 1, 1, "a source needs the key 'url'", ""};
    unload(&loaded);
    load(&loaded, SLICE("{}"));
    reader.is_config = false;
    reader.most_diags = 1;
    yaml_record(&record, &reader, loaded.root, needed, COUNT_OF(needed), "a source");
    expect_one(&missing, &loaded.diags);
    assert_false(yaml_record(&record, &reader, loaded.root, needed, COUNT_OF(needed), "a source"));
    assert_int_equal(loaded.diags.count, 1); /* most_diags */
    unload(&loaded);
}

static void test_date(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int32_t date; /* 0: none */
    } dates[] = {
        {"2026-05-02", 20260502}, {"2000-02-29", 20000229}, {"1000-01-01", 10000101}, {"9999-12-31", 99991231},
        {"0999-12-31", 0},        {"1900-02-29", 0},        {"2026-04-31", 0},        {"2026-00-01", 0},
        {"2026-01-00", 0},        {"2026-1-01", 0},         {"2026-01-011", 0},       {"", 0},
        {"2026_01_01", 0},        {"2026-0x-01", 0},        {"+026-01-01", 0},
    };
    for (size_t i = 0; i < COUNT_OF(dates); i++) {
        int32_t date = 0;
        bool ok = date_read(&date, slice_of(dates[i].text));
        if (ok != (dates[i].date != 0) || date != dates[i].date)
            fail_msg("%s: got %d", dates[i].text, date);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_record),
        cmocka_unit_test(test_record_reports_all),
        cmocka_unit_test(test_date),
    };
    return cmocka_run_group_tests_name("read", tests, NULL, NULL);
}
