/* JSON out: commas, nesting, and every character that could break a reader. */

#include "base/json.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "expect.h"

struct output {
    char *text;
    size_t length;
    FILE *stream;
    struct json json;
};

static void begin(struct output *output)
{
    output->stream = open_memstream(&output->text, &output->length);
    json_begin(&output->json, output->stream);
}

static void expect(struct output *output, const char *text)
{
    json_end(&output->json);
    fclose(output->stream);
    assert_string_equal(output->text, text);
    free(output->text);
}

static void test_nesting(void **state)
{
    (void)state;
    struct output output;
    begin(&output);
    json_object_begin(&output.json);
    json_key(&output.json, "waymark");
    json_string(&output.json, SLICE("1.0"));
    json_key(&output.json, "items");
    json_array_begin(&output.json);
    json_object_begin(&output.json);
    json_key(&output.json, "line");
    json_number(&output.json, 3);
    json_key(&output.json, "modal");
    json_bool(&output.json, true);
    json_object_end(&output.json);
    json_object_begin(&output.json);
    json_object_end(&output.json);
    json_array_begin(&output.json);
    json_array_end(&output.json);
    json_number(&output.json, INT64_MIN);
    json_bool(&output.json, false);
    json_array_end(&output.json);
    json_key(&output.json, "none");
    json_array_begin(&output.json);
    json_array_end(&output.json);
    json_object_end(&output.json);
    expect(&output, "{\n"
                    " \"waymark\": \"1.0\",\n"
                    " \"items\": [\n"
                    "  {\n"
                    "   \"line\": 3,\n"
                    "   \"modal\": true\n"
                    "  },\n"
                    "  {},\n"
                    "  [],\n"
                    "  -9223372036854775808,\n"
                    "  false\n"
                    " ],\n"
                    " \"none\": []\n"
                    "}\n");
}

static void test_strings(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t length;
        const char *json;
    } cases[] = {
        {"", 0, "\"\"\n"},
        {"plain", 5, "\"plain\"\n"},
        {"\"\\/", 3, "\"\\\"\\\\/\"\n"},
        {"a\nb\tc\rd", 7, "\"a\\nb\\u0009c\\u000dd\"\n"},
        {"\0\x1f\x7f", 3, "\"\\u0000\\u001f\\u007f\"\n"},
        {"é日😀", 9, "\"é日😀\"\n"},
        {"\u2028\u2029", 6, "\"\\u2028\\u2029\"\n"},
        {"\xff\xc0\xaf", 3, "\"\\ufffd\\ufffd\\ufffd\"\n"},
        {"\xed\xa0\x80", 3, "\"\\ufffd\\ufffd\\ufffd\"\n"},
        {"cut \xe2\x82", 6, "\"cut \\ufffd\\ufffd\"\n"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct output output;
        begin(&output);
        json_string(&output.json, (struct slice){cases[i].text, cases[i].length});
        expect(&output, cases[i].json);
    }
    struct output output;
    begin(&output);
    json_object_begin(&output.json);
    json_key(&output.json, "a\"b");
    json_string(&output.json, (struct slice){NULL, 0});
    json_object_end(&output.json);
    expect(&output, "{\n \"a\\\"b\": \"\"\n}\n");
}

static void test_deep(void **state)
{
    (void)state;
    struct output output;
    begin(&output);
    for (unsigned i = 0; i < JSON_DEPTH_MOST; i++)
        json_array_begin(&output.json);
    json_number(&output.json, 1);
    json_number(&output.json, 2);
    for (unsigned i = 0; i < JSON_DEPTH_MOST; i++)
        json_array_end(&output.json);
    json_end(&output.json);
    fclose(output.stream);
    size_t brackets = 0, commas = 0;
    for (size_t i = 0; i < output.length; i++) {
        brackets += output.text[i] == ']';
        commas += output.text[i] == ',';
    }
    assert_int_equal(brackets, JSON_DEPTH_MOST);
    assert_int_equal(commas, 1);
    free(output.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nesting),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_deep),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
