/* The examples of the GFM specification through the parser and the bare HTML
 * writer; see tests/spec/README.md. */

#include "base/arena.h"
#include "base/limits.h"
#include "parse/parser.h"
#include "render/html.h"
#include "yaml/yaml.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka.h wants the four above it. */
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

enum { EXAMPLES = 673, FENCE = 32 };

static const char fence[] = "````````````````````````````````";

struct example {
    unsigned number, line;
    struct buffer markdown, html;
};

struct world {
    struct arena arena;
    struct example *examples;
    size_t example_count, example_capacity;
    const struct yaml_node *differences;
    struct parser *parser;
};

/* ---- reading ---- */

static struct slice read_file(struct arena *arena, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("%s cannot be read", path);
    fseek(file, 0, SEEK_END);
    size_t length = (size_t)ftell(file);
    rewind(file);
    char *bytes = arena_alloc(arena, length + 1);
    assert_int_equal(fread(bytes, 1, length, file), length);
    fclose(file);
    return (struct slice){bytes, length};
}

/* The specification writes a tab as an arrow. */
static void append_line(struct buffer *out, struct slice line)
{
    static const struct slice arrow = SLICE("\u2192");
    while (line.length) {
        if (slice_starts_with(line, arrow.at)) {
            buffer_byte(out, '\t');
            line = slice_from(line, arrow.length);
        } else {
            buffer_byte(out, line.at[0]);
            line = slice_from(line, 1);
        }
    }
    buffer_byte(out, '\n');
}

static void read_examples(struct world *world, struct slice text)
{
    enum { OUTSIDE, MARKDOWN, HTML } state = OUTSIDE;
    struct example *example = NULL;
    for (unsigned line_number = 1; text.length; line_number++) {
        size_t length = slice_find(text, '\n');
        struct slice line = {text.at, length};
        text = slice_from(text, length + 1);
        bool is_fence = slice_starts_with(line, fence);
        if (is_fence && state == OUTSIDE && slice_starts_with(slice_from(line, FENCE), " example")) {
            LIST_GROW(world->examples, world->example_count, world->example_capacity);
            example = &world->examples[world->example_count++];
            *example = (struct example){.number = (unsigned)world->example_count,
                                        .line = line_number,
                                        .markdown = BUFFER(1 << 20),
                                        .html = BUFFER(1 << 20)};
            state = MARKDOWN;
        } else if (is_fence && line.length == FENCE) {
            state = OUTSIDE;
        } else if (state == MARKDOWN && slice_is(line, ".")) {
            state = HTML;
        } else if (state != OUTSIDE) {
            append_line(state == MARKDOWN ? &example->markdown : &example->html, line);
        }
    }
}

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    struct diag_list diags = {0};
    struct diag_file file = {"tests/spec/differences.yaml", {0}};
    file.bytes = read_file(&world->arena, file.path);
    if (!yaml_load(&world->differences, &world->arena, &file, file.bytes, &diags)) {
        diag_print(stderr, &diags.items[0], false);
        return 1;
    }
    diag_list_free(&diags);
    read_examples(world, read_file(&world->arena, "tests/spec/gfm-0.29.txt"));
    world->parser = parser_new();
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    for (size_t i = 0; i < world->example_count; i++) {
        buffer_free(&world->examples[i].markdown);
        buffer_free(&world->examples[i].html);
    }
    free(world->examples);
    parser_free(world->parser);
    arena_free(&world->arena);
    free(world);
    return 0;
}

/* ---- running ---- */

static bool render_bare(struct world *world, struct slice markdown, struct buffer *out)
{
    struct buffer sealed = BUFFER(64 << 20);
    struct document document;
    size_t at;
    assert_true(parse_document(world->parser, markdown, &sealed, &at));
    if (!document_open(&document, slice_from(buffer_view(&sealed), at))) {
        buffer_free(&sealed);
        return false;
    }
    struct page page = {.documents = &document, .document_count = 1};
    struct passage whole = passage_whole(&page, 0);
    page.passages = &whole;
    page.passage_count = 1;
    assert_true(html_render(out, &(struct html_input){.page = &page}));
    buffer_free(&sealed);
    return true;
}

/* The two task list examples are written in the other order of attributes, and
 * without the closing slash. */
static bool is_same(struct slice wanted, struct slice got)
{
    if (slice_equal(wanted, got))
        return true;
    struct arena arena = {0};
    struct buffer mended = BUFFER(1 << 20);
    static const char *const forms[][2] = {
        {"<input checked=\"\" disabled=\"\" type=\"checkbox\">",
         "<input type=\"checkbox\" checked=\"\" disabled=\"\" />"},
        {"<input disabled=\"\" type=\"checkbox\">", "<input type=\"checkbox\" disabled=\"\" />"},
    };
    while (wanted.length) {
        size_t taken = 1;
        for (size_t i = 0; i < sizeof forms / sizeof *forms && taken == 1; i++) {
            if (slice_starts_with(wanted, forms[i][0])) {
                buffer_text(&mended, forms[i][1]);
                taken = strlen(forms[i][0]);
            }
        }
        if (taken == 1)
            buffer_byte(&mended, wanted.at[0]);
        wanted = slice_from(wanted, taken);
    }
    bool same = slice_equal(buffer_view(&mended), got);
    buffer_free(&mended);
    arena_free(&arena);
    return same;
}

static const struct yaml_node *difference(const struct world *world, unsigned number)
{
    char wanted[16];
    snprintf(wanted, sizeof wanted, "%u", number);
    for (const struct yaml_node *entry = world->differences->first; entry; entry = entry->next)
        if (slice_is(yaml_get(entry, "example")->text, wanted))
            return entry;
    return NULL;
}

static void test_count(void **state)
{
    struct world *world = *state;
    assert_int_equal(world->example_count, EXAMPLES);
}

static void test_examples(void **state)
{
    struct world *world = *state;
    struct buffer out = BUFFER(16 << 20);
    unsigned wrong = 0;
    for (size_t i = 0; i < world->example_count; i++) {
        const struct example *example = &world->examples[i];
        const struct yaml_node *listed = difference(world, example->number);
        buffer_clear(&out);
        if (!render_bare(world, buffer_view(&example->markdown), &out)) {
            print_error("example %u (line %u) gives no document\n", example->number, example->line);
            wrong++;
            continue;
        }
        bool same = is_same(buffer_view(&example->html), buffer_view(&out));
        if (same && !listed)
            continue;
        if (same) {
            print_error("example %u (line %u) is listed as different and is the same\n", example->number,
                        example->line);
            wrong++;
        } else if (!listed || !slice_equal(yaml_get(listed, "html")->text, buffer_view(&out))) {
            print_error("example %u (line %u)%s\n--- Markdown\n%s--- wanted\n%s--- got\n%s\n", example->number,
                        example->line, listed ? ", listed with another output" : "", buffer_string(&example->markdown),
                        listed ? yaml_get(listed, "html")->text.at : buffer_string(&example->html),
                        buffer_string(&out));
            wrong++;
        }
    }
    buffer_free(&out);
    if (wrong)
        fail_msg("%u examples", wrong);
}

/* Each has its reason, and none stands twice or names no example. */
static void test_reasons(void **state)
{
    struct world *world = *state;
    for (const struct yaml_node *entry = world->differences->first; entry; entry = entry->next) {
        const struct yaml_node *number = yaml_get(entry, "example"), *reason = yaml_get(entry, "reason");
        assert_non_null(number);
        assert_non_null(reason);
        assert_non_null(yaml_get(entry, "html"));
        assert_true(reason->text.length > 10);
        assert_in_range(strtoul(number->text.at, NULL, 10), 1, EXAMPLES);
        assert_ptr_equal(difference(world, (unsigned)strtoul(number->text.at, NULL, 10)), entry);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_count),
        cmocka_unit_test(test_examples),
        cmocka_unit_test(test_reasons),
    };
    return cmocka_run_group_tests_name("spec", tests, set_up, tear_down);
}
