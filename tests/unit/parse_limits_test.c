/* Inputs that were made to be slow, deep or large: each is parsed or refused in
 * two seconds, and what is refused is refused at its line. Most patterns are those
 * of cmark's own test of pathological inputs, and of its known faults. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka.h wants the four above it. */
#include "base/limits.h"
#include "document_check.h"
#include "parsed.h"
#include <cmocka.h>
#include <sys/resource.h>
#include <time.h>

#if defined(__SANITIZE_ADDRESS__)
#define IS_SLOW 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SLOW 1
#endif
#endif
#ifndef IS_SLOW
#define IS_SLOW 0
#endif

enum { TEXT_BYTES = IS_SLOW ? 1 << 17 : (1 << 20) - 64, SECONDS_MOST = 2, MEGABYTES_MOST = 512 };

/* `begin`, then `unit` over and over up to TEXT_BYTES. */
struct pattern {
    const char *name, *begin, *unit;
};

static const struct pattern patterns[] = {
    {"nested emphasis", "", "*a **a "},
    {"closers of emphasis", "", "a_ "},
    {"openers of emphasis", "", "_a "},
    {"closers of links", "", "a]"},
    {"openers of links", "", "[a"},
    {"mismatched emphasis", "", "*a_ "},
    {"emphasis, multiples of three", "a**b", "c* "},
    {"links and emphasis", "", "[ a_"},
    {"brackets and parentheses", "", "[ (]("},
    {"nested brackets", "", "["},
    {"images of nothing", "", "![[]()"},
    {"links that do not end", "", "[a](<b"},
    {"links that do not end, without angles", "", "[a](b"},
    {"titles that do not end", "", "[a](b \"c"},
    {"CDATA that does not end", "", "a <![CDATA[ "},
    {"instructions that do not end", "", "a <? "},
    {"declarations that do not end", "", "a <!A "},
    {"comments that do not end", "", "a <!-- "},
    {"tags that do not end", "", "<a b='"},
    {"nested quotes", "", "> "},
    {"nested quotes on every line", "", "> > > > > > > > > > a\n"},
    {"nested lists on one line", "", " -"},
    {"nested lists on every line", "", "- - - - - - - - a\n"},
    {"rules that look like lists", "", "* * * * * * * *\n"},
    {"lazy lines below deep quotes", "> > > > > > > > > > > > > > > > > > > > > > > > a\n", "b\n"},
    {"code spans of growing length", "", "`a ``b ```c ````d "},
    {"text before a table, again and again", "", "aaa\rbbb\n-\v\n"},
    {"lines that look like the head of a table", "", "|a|b|c|\n|-|\n"},
    {"rows of a narrow table", "|a|\n|-|\n", "|b|\n"},
    {"definitions", "", "[a]: b\n"},
    {"definitions with titles that do not end", "", "[a]: b 'c\n"},
    {"references to one definition", "[a]: b\n\n", "[a] "},
    {"web addresses without blanks", "", "_www."},
    {"web addresses with underscores", "", "www.a_b "},
    {"mail addresses", "", "a@b.c "},
    {"at signs", "", "a@"},
    {"colons", "", "a:"},
    {"tildes", "", "a~~b~ "},
    {"entities", "", "&amp;"},
    {"NUL bytes", "", "a\0b"},
    {"containers that stay open", "", ":::a\n"},
    {"containers that close", "", ":::a\n:::\n"},
    {"leaves with labels", "", "::a[*b*]{c=d}\n"},
    {"conditions with one id", "", ":::only{edition=a}\n## x {#x}\n:::\n"},
    {"headings of one text", "", "# a\n"},
    {"items with one id", "", "- a {#x}\n"},
    {"empty items", "", "-\n"},
    {"underlined headings", "", "a\n-\n"},
    {"parameters", "", "{{a.b}} "},
    {"malformed parameters", "", "{{ "},
    {"malformed references", "", "a](xref:b\\* "},
    {"misplaced ids", "", "{#a b "},
    {"footnote references without definitions", "", "[^a]\n\n"},
    {"footnotes that refer to each other", "[^a]\n\n", "[^a]: b[^a]\n\n"},
    {"tags that stay open", "", "<sub>"},
    {"tags in one block", "<div>\n", "<sub>a</sub> <x>\n"},
    {"comments that do not end in one block", "<div>\n", "<!-- a\n"},
    {"details that stay open", "", "<details>\n\n"},
    {"details that close", "", "<details><summary>a</summary>\n\nb\n\n</details>\n\n"},
    {"raw blocks", "", "<x>\n\n"},
    {"directives in a comment", "<!--\n", ":::a\n"},
    {"fences", "", "```\n"},
    {"indented code", "", "    a\n\n"},
    {"notes", "", "> [!NOTE]\n\n"},
    {"line ends", "", "\n"},
    {"one long line", "", "a "},
    {"tabs", "", "\t-\ta\n"},
    {"bytes that are no UTF-8", "", "a\xFF"},
    {"front matter that does not end", "---\na: ", "["},
    {"all kinds of inlines", "", "*a* **b** `c` ~~d~~ [e](f) <https://g> "},
};

static size_t unit_length(const struct pattern *pattern)
{
    return strcmp(pattern->name, "NUL bytes") == 0 ? 3 : strlen(pattern->unit);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* False: not within the limits. */
static bool trial(struct parser *parser, const char *name, struct slice source)
{
    struct buffer sealed = BUFFER((size_t)1 << 31);
    struct document document;
    size_t at;
    uint32_t where;
    double begin = seconds();
    bool ok = parse_document(parser, source, &sealed, &at);
    double took = seconds() - begin;
    if (!ok || !document_open(&document, slice_from(buffer_view(&sealed), at))) {
        print_error("%s: does not open\n", name);
        ok = false;
    } else if (document_check(&document, &where)) {
        print_error("%s: %s\n", name, document_check(&document, &where));
        ok = false;
    }
    if (took > SECONDS_MOST) {
        print_error("%s: %.1f s\n", name, took);
        ok = false;
    }
    buffer_free(&sealed);
    return ok;
}

static void test_patterns(void **state)
{
    (void)state;
    struct parser *parser = parser_new();
    struct buffer text = BUFFER(1 << 22);
    unsigned wrong = 0;
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        const struct pattern *pattern = &patterns[i];
        buffer_clear(&text);
        buffer_text(&text, pattern->begin);
        while (text.length + unit_length(pattern) <= TEXT_BYTES)
            buffer_append(&text, pattern->unit, unit_length(pattern));
        wrong += !trial(parser, pattern->name, buffer_view(&text));
    }
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    assert_int_equal(wrong, 0);
    assert_true(IS_SLOW || usage.ru_maxrss < MEGABYTES_MOST * 1024);
    buffer_free(&text);
    parser_free(parser);
}

static void times(struct buffer *out, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        buffer_text(out, text);
}

/* What one unit cannot say. */
static void test_shapes(void **state)
{
    (void)state;
    struct parser *parser = parser_new();
    struct buffer text = BUFFER(1 << 22);
    unsigned wrong = 0;
    const size_t many = TEXT_BYTES / 16;

    times(&text, many * 4, "> ");
    times(&text, many * 4, "a*");
    wrong += !trial(parser, "quotes, then emphasis", buffer_view(&text));

    buffer_clear(&text);
    for (size_t i = 0; i < 700; i++)
        buffer_printf(&text, "%*s* a\n", (int)i * 2, "");
    times(&text, many * 4, "\n");
    wrong += !trial(parser, "nested lists, then blank lines", buffer_view(&text));

    buffer_clear(&text);
    buffer_text(&text, "[a]: <");
    times(&text, many, "x");
    buffer_text(&text, ">\n\n");
    times(&text, many, "[a]");
    wrong += !trial(parser, "a long definition that is used often", buffer_view(&text));

    buffer_clear(&text);
    buffer_text(&text, "[a]: <");
    times(&text, 8000, "x");
    buffer_text(&text, ">\n\n");
    times(&text, many, "[a]\n\n");
    wrong += !trial(parser, "a long definition in many paragraphs", buffer_view(&text));

    buffer_clear(&text);
    times(&text, 20000, "![");
    times(&text, 20000, "](b)");
    wrong += !trial(parser, "nested images", buffer_view(&text));

    buffer_clear(&text);
    times(&text, 200, "a|");
    buffer_text(&text, "\n");
    times(&text, 200, "-|");
    buffer_text(&text, "\n");
    times(&text, many, "a\n");
    wrong += !trial(parser, "a wide table with narrow rows", buffer_view(&text));

    buffer_clear(&text);
    for (size_t i = 0; i < many / 4; i++)
        buffer_printf(&text, ":::only{edition=e%zu}\n## x {#x}\n:::\n", i);
    wrong += !trial(parser, "many blocks that share an id", buffer_view(&text));

    buffer_clear(&text);
    for (size_t i = 0; i < many / 2; i++)
        buffer_printf(&text, "[^%zu]\n\n[^%zu]: a\n\n", i, i);
    wrong += !trial(parser, "many footnotes", buffer_view(&text));

    buffer_clear(&text);
    for (size_t i = 0; i < many / 2; i++)
        buffer_printf(&text, "## a {#i%zu}\n", i);
    times(&text, many / 2, "## b {#i1}\n");
    wrong += !trial(parser, "many ids that stand twice", buffer_view(&text));

    assert_int_equal(wrong, 0);
    buffer_free(&text);
    parser_free(parser);
}

/* ---- what is refused, and where ---- */

static void expect_refused(struct buffer *text, const char *what, unsigned line)
{
    struct parsed parsed = parsed_from(buffer_view(text));
    struct arena arena = {0};
    if (parsed.document.node_count != 1 || parsed.document.finding_count == 0)
        fail_msg("%s: %u nodes, %u findings", what, parsed.document.node_count, parsed.document.finding_count);
    const struct finding *finding = &parsed.document.findings[parsed.document.finding_count - 1];
    struct diag diag = {.offset = finding->at, .length = finding->length};
    diag_locate(&diag, &arena, parsed.document.source);
    struct slice said = document_text(&parsed.document, finding->text);
    if (finding->code != DIAG_DOCUMENT_LIMIT || !memmem(said.at, said.length, what, strlen(what)) || diag.line != line)
        fail_msg("wanted '%s' on line %u, got '%.*s' on line %u", what, line, SLICE_ARGS(said), diag.line);
    assert_true(finding->help.length > 0);
    arena_free(&arena);
    parsed_free(&parsed);
    buffer_clear(text);
}

static void test_refused(void **state)
{
    (void)state;
    struct buffer text = BUFFER(LIMIT_BLOB_BYTES + 1000);

    buffer_text(&text, "a\n\n");
    times(&text, LIMIT_LINE_BYTES + 1, "b");
    expect_refused(&text, "the line is longer", 3);

    buffer_text(&text, "a\n\n");
    times(&text, LIMIT_NESTING + 1, "> ");
    buffer_text(&text, "b\n");
    expect_refused(&text, "nested more than 100 deep", 3);

    for (int i = 0; i < LIMIT_NESTING + 1; i++)
        buffer_printf(&text, "%*s- a\n", i * 2, "");
    expect_refused(&text, "nested more than 100 deep", LIMIT_NESTING + 1);

    times(&text, LIMIT_NESTING + 2, ":::x\n");
    expect_refused(&text, "containers are nested", LIMIT_NESTING + 1);

    buffer_text(&text, "a\n\n");
    times(&text, LIMIT_TABLE_COLUMNS + 1, "|a");
    buffer_text(&text, "\n");
    times(&text, LIMIT_TABLE_COLUMNS + 1, "|-");
    buffer_text(&text, "\n");
    expect_refused(&text, "more than 200 columns", 4);

    times(&text, 200, "|a");
    buffer_text(&text, "\n");
    times(&text, 200, "|-");
    buffer_text(&text, "\n");
    times(&text, 1100, "b\n");
    expect_refused(&text, "more than 200000 cells", 1002);

    buffer_text(&text, "a\n\n");
    times(&text, 30001, "[");
    expect_refused(&text, "opening brackets", 3);

    buffer_text(&text, "a\n\n");
    times(&text, 300, "*a **a ");
    times(&text, 300, " a** a*");
    expect_refused(&text, "nested more than 200 deep", 3);

    buffer_text(&text, "[a]: <");
    times(&text, 2000, "x");
    buffer_text(&text, ">\n\nb\n\n");
    times(&text, 1000, "[a] ");
    expect_refused(&text, "expand to more", 5);

    times(&text, LIMIT_BLOB_BYTES + 1, "a");
    struct parsed parsed = parsed_from(buffer_view(&text));
    assert_int_equal(parsed.document.findings[0].code, DIAG_DOCUMENT_LIMIT);
    assert_int_equal(parsed.document.source.length, 0);
    parsed_free(&parsed);
    buffer_free(&text);
}

/* Just inside the same limits all is well. */
static void test_allowed(void **state)
{
    (void)state;
    struct buffer text = BUFFER(LIMIT_BLOB_BYTES);
    times(&text, 90, "> ");
    buffer_text(&text, "b\n\n");
    for (int i = 0; i < 40; i++)
        buffer_printf(&text, "%*s- a\n", i * 2, "");
    buffer_text(&text, "\n");
    times(&text, LIMIT_TABLE_COLUMNS, "|a");
    buffer_text(&text, "\n");
    times(&text, LIMIT_TABLE_COLUMNS, "|-");
    buffer_text(&text, "\n");
    times(&text, 900, "b\n");
    buffer_text(&text, "\n* * *\n\n");
    times(&text, 300, "* ");
    buffer_text(&text, "\n\n[r]: https://example.org\n\n");
    times(&text, 1000, "[r] ");
    struct parsed parsed = parsed_from(buffer_view(&text));
    uint32_t where;
    assert_int_equal(parsed.document.finding_count, 0);
    assert_true(parsed.document.node_count > 180000);
    assert_null(document_check(&parsed.document, &where));
    parsed_free(&parsed);
    buffer_free(&text);
}

static void test_findings_are_capped(void **state)
{
    (void)state;
    struct buffer text = BUFFER(1 << 20);
    times(&text, 5000, "<b> ");
    struct parsed parsed = parsed_from(buffer_view(&text));
    const struct document *document = &parsed.document;
    assert_int_equal(document->finding_count, 1001);
    unsigned more = 0;
    for (uint32_t i = 0; i < document->finding_count; i++)
        if (document->findings[i].code == DIAG_FINDINGS_MORE) {
            assert_true(slice_is(document_text(document, document->findings[i].text),
                                 "this file has 4000 more problems that are not listed"));
            more++;
        }
    assert_int_equal(more, 1);
    parsed_free(&parsed);
    buffer_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_allowed),
        cmocka_unit_test(test_findings_are_capped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
