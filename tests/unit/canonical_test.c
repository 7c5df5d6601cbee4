/* The canonical form: every rule as an example, the hashes of the worked example
 * of LANGUAGE.md section 8, and what must make no difference. */

#include "model/canonical.h"
#include "parsed.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka.h wants the four above it. */
#include <cmocka.h>

static struct buffer text = {.most_bytes = (size_t)1 << 30};

static const char *page_text(const char *markdown, const struct canonical_rules *rules)
{
    struct parsed parsed = parsed_text(markdown);
    buffer_clear(&text);
    canonical_page(&text, &parsed.document, rules);
    parsed_free(&parsed);
    return buffer_string(&text);
}

/* ---- the worked example ---- */

static const char storage[] = "---\nid: storage\ntitle: Storage\n---\n"
                              "Applies to all exhibits.\n\n"
                              "## Keeping {#keeping}\nKeep exhibits for {{retention.days}} days.\n\n"
                              "### Cold {#cold}\nFreeze samples.\n\n"
                              "## Release {#release}\nSee [](xref:storage#keeping). The owner *may* ask.\n";

/* Edit A of the example: none of it changes a meaning. */
static const char storage_a[] = "---\nid: storage\ntitle: Storage\n---\n"
                                "Applies to all\nexhibits.\n\n"
                                "## KEEPING {#keeping}\nKeep exhibits\nfor {{retention.days}}\n   days.\n\n"
                                "### Cold {#cold}\nFreeze samples.\n\n"
                                "## Release {#release}\nSee [](./storage.md#keeping). The owner _may_ ask.\n";

/* What the link stage would answer in this site of one page. */
static bool resolve(void *context, const struct document *document, const struct reference *reference,
                    struct buffer *out)
{
    (void)context;
    if (reference->kind != REFERENCE_RELATIVE)
        return false;
    assert_true(slice_is(document_text(document, reference->target), "./storage.md"));
    buffer_text(out, "xref:storage#");
    buffer_slice(out, document_text(document, reference->fragment));
    return true;
}

static const struct canonical_rules resolving = {.target = resolve};

static void assert_section(const struct document *document, const char *id, enum canonical_part part, const char *hex)
{
    uint32_t section = parsed_section(document, id);
    assert_int_not_equal(section, NODE_NONE);
    buffer_clear(&text);
    canonical_section(&text, document, section, part, &resolving);
    struct meaning meaning = meaning_of(buffer_view(&text));
    if (strcmp(meaning.hex, hex) != 0)
        fail_msg("%s: %s instead of %s, from\n%s", id, meaning.hex, hex, buffer_string(&text));
}

static void assert_meaning(const char *hex)
{
    struct meaning meaning = meaning_of(buffer_view(&text));
    if (strcmp(meaning.hex, hex) != 0)
        fail_msg("%s instead of %s, from\n%s", meaning.hex, hex, buffer_string(&text));
    buffer_clear(&text);
}

static void assert_storage(const char *markdown)
{
    struct parsed parsed = parsed_text(markdown);
    const struct document *document = &parsed.document;
    assert_section(document, "keeping", CANONICAL_OWN, "e0f8dae95fe7");
    assert_section(document, "keeping", CANONICAL_WHOLE, "746719c1f468");
    assert_section(document, "cold", CANONICAL_OWN, "e46fc4e57a89");
    assert_section(document, "cold", CANONICAL_WHOLE, "e46fc4e57a89");
    assert_section(document, "release", CANONICAL_WHOLE, "0b60e533cbe9");
    buffer_clear(&text);
    canonical_meta(&text, document);
    assert_meaning("88a9972ea443");
    canonical_lead(&text, document, NULL);
    assert_meaning("e359e7e272c8");
    parsed_free(&parsed);
}

static void test_worked_example(void **state)
{
    (void)state;
    assert_storage(storage);
    canonical_param(&text, SLICE("retention.days"), SLICE("int"), SLICE("30"));
    assert_string_equal(buffer_string(&text), "param retention.days: int 30\n");
    assert_meaning("78bc8b22f771");
}

static void test_edit_without_meaning(void **state)
{
    (void)state;
    assert_storage(storage_a);
}

static void test_edit_of_meaning(void **state)
{
    (void)state;
    struct parsed parsed = parsed_text("## Release {#release}\nSee [](xref:storage#keeping). The owner *must* ask.\n");
    assert_section(&parsed.document, "release", CANONICAL_WHOLE, "0fb7a8db06a0");
    parsed_free(&parsed);
}

static void test_body_of_operation(void **state)
{
    (void)state;
    struct parsed parsed =
        parsed_text("---\noverlay: {reason: Code de procédure, legal_basis: \"cite:xb-cpp#art12\", "
                    "approved_by: Direction, approved_on: 2026-05-02}\n---\n"
                    ":::replace{#release base=\"0b60e533cbe9\"}\n## Restitution\nLe juge décide.\n:::\n");
    uint32_t container = parsed_node(&parsed.document, NODE_CONTAINER);
    assert_int_not_equal(container, NODE_NONE);
    buffer_clear(&text);
    canonical_range(&text, &parsed.document, container + 1, parsed.document.nodes[container].end, 0, NULL);
    assert_string_equal(buffer_string(&text), "# restitution\nLe juge décide.\n");
    assert_meaning("dba6d1761d11");
    parsed_free(&parsed);
}

/* ---- the rules ---- */

struct rule {
    const char *name, *markdown, *canonical;
};

static const struct rule rules[] = {
    {"white space is one blank", "a  b\tc\u00A0d\u3000e\n", "a b c d e\n"},
    {"wrapped lines are one", "a\nb\n\nc\n", "a b\nc\n"},
    {"literal marks are escaped", "2 \\* 3 \\_x\\_ \\[a\\] \\`c\\` \\\\\n", "2 \\* 3 \\_x\\_ \\[a\\] \\`c\\` \\\\\n"},
    {"headings are folded, without id", "## Straße ÉTÉ {#x}\n", "## strasse été\n"},
    {"code in headings keeps its case", "## The `Foo` Call\n", "## the `Foo` call\n"},
    {"setext and closing hashes", "Title\n=====\n\n## A ##\n", "# title\n## a\n"},
    {"decomposed letters are composed", "e\u0301te\u0301\n", "été\n"},
    {"bullets of any kind", "* a\n* b\n", "- a\n- b\n"},
    {"numbers by position", "7) a\n7) b\n", "1. a\n2. b\n"},
    {"loose is tight", "- a\n\n- b\n", "- a\n- b\n"},
    {"nested blocks", "- a\n\n  b\n  - c\n    > d\n", "- a\n  b\n  - c\n    > d\n"},
    {"an item that begins with code", "-     x\n", "-\n  ```\n  x\n  ```\n"},
    {"tasks", "- [x] a\n- [ ] b\n", "- [x] a\n- [ ] b\n"},
    {"quotes", "> a\n> b\n>\n> c\n", "> a b\n> c\n"},
    {"emphasis", "_a_ __b__ ~~c~~ ***d***\n", "*a* **b** ~~c~~ ***d***\n"},
    {"code spans", "`` a`b `` `c`\n", "``a`b`` `c`\n"},
    {"code spans that begin with a backtick", "`` `a ``\n", "`` `a ``\n"},
    {"code blocks are verbatim", "~~~sh\na  *b*\n\n c\n~~~\n", "```sh\na  *b*\n\n c\n```\n"},
    {"indented code is code", "    a\n", "```\na\n```\n"},
    {"a fence inside of code", "````\n```\n````\n", "````\n```\n````\n"},
    {"tables", "| A | B |\n|:--|--:|\n| 1 \\| 2 | *x* |\n", "| A | B |\n| 1 \\| 2 | *x* |\n"},
    {"empty cells", "|a|b|\n|-|-|\n|1|\n", "| a | b |\n| 1 | |\n"},
    {"rules", "* * *\n", "---\n"},
    {"hard breaks of both spellings", "a  \nb\\\nc\n", "a<br>b<br>c\n"},
    {"links as written", "[a](xref:p#s \"t\") [b](term:warrant) [](cite:x#s1) <https://e.org/a_b>\n",
     "[a](xref:p#s \"t\") [b](term:warrant) [](cite:x#s1) [https://e.org/a\\_b](https://e.org/a_b)\n"},
    {"links by reference", "[a][r]\n\n[r]: https://e.org/\n", "[a](https://e.org/)\n"},
    {"images by path and alt", "![alt *x*](i/p.png \"title\")\n", "![alt *x*](i/p.png)\n"},
    {"parameters are open", "{{a.b}} days\n", "{{a.b}} days\n"},
    {"comments vanish", "a <!-- x --> b\n\n<!-- y -->\n\nc\n", "a b\nc\n"},
    {"tags stay", "H<sub>2</sub>O\n", "H<sub>2</sub>O\n"},
    {"alias anchors vanish", "<a id=\"old\"></a>a\n", "a\n"},
    {"notes of both spellings", ":::warning[Mind]\na\n:::\n\n> [!WARNING] Mind\n> a\n",
     ":::warning[Mind]\na\n:::\n:::warning[Mind]\na\n:::\n"},
    {"elements by name, label and sorted attributes", ":::practice[L *x*]{#id b=\"2 \\\"q\\\"\" a=1 c}\ntext\n:::\n",
     ":::practice[L *x*]{a=\"1\" b=\"2 \\\"q\\\"\" c}\ntext\n:::\n"},
    {"leaves", "::map{z=1 place=north}\n", "::map{place=\"north\" z=\"1\"}\n"},
    {"includes are their token", "::include{xref=\"id#s\"}\n", "::include{xref=\"id#s\"}\n"},
    {"conditions are part of the text", ":::only{edition=\"xa\"}\na\n:::\n", ":::only{edition=\"xa\"}\na\n:::\n"},
    {"frames of resolve are not", ":::lang{lang=\"en\" dir=\"ltr\" why=\"stale\"}\na\n:::\n", "a\n"},
    {"footnotes where they are first referred to", "a[^n] b[^m] c[^n]\n\nd\n\n[^m]: M\n[^n]: N\n\n    more\n",
     "a[^1] b[^2] c[^1]\n[^1]: N\n  more\n[^2]: M\nd\n"},
    {"ids of items and rows", "- a {#i}\n\n| A {#r} |\n|---|\n| b {#s} |\n", "- a\n| A |\n| b |\n"},
    {"nothing", "", ""},
};

static void test_rules(void **state)
{
    (void)state;
    unsigned wrong = 0;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const char *got = page_text(rules[i].markdown, NULL);
        if (strcmp(got, rules[i].canonical) == 0)
            continue;
        print_error("%s:\n--- wanted\n%s--- got\n%s", rules[i].name, rules[i].canonical, got);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

static bool only_xa(void *context, const struct document *document, const struct directive *directive)
{
    struct slice edition = {0};
    (void)context;
    directive_attribute(document, directive, "edition", &edition);
    return slice_is(edition, "xa") != slice_is(document_text(document, directive->name), "except");
}

static void test_conditions(void **state)
{
    (void)state;
    static const struct canonical_rules overlay = {.condition = only_xa};
    assert_string_equal(page_text(":::only{edition=\"xa\"}\na\n:::\n:::only{edition=\"xb\"}\n## B {#b}\nb\n:::\n"
                                  ":::except{edition=\"xb\"}\nc\n:::\n- :::except{edition=\"xa\"}\n  d\n  :::\n  e\n",
                                  &overlay),
                        "a\nc\n-\n  e\n");
}

static void assert_node(const char *markdown, enum node_type type, unsigned which, const char *wanted)
{
    struct parsed parsed = parsed_text(markdown);
    for (uint32_t i = 0; i < parsed.document.node_count; i++) {
        if (parsed.document.nodes[i].type != type || which-- > 0)
            continue;
        buffer_clear(&text);
        canonical_node(&text, &parsed.document, i, NULL);
        assert_string_equal(buffer_string(&text), wanted);
        break;
    }
    parsed_free(&parsed);
}

/* What operations on items, rows and elements pin: the same wherever it stands. */
static void test_nodes(void **state)
{
    (void)state;
    assert_node("1. a\n2. b {#i}\n   - c\n", NODE_ITEM, 1, "- b\n  - c\n");
    assert_node("x\n\n> * b\n>   + c\n", NODE_ITEM, 0, "- b\n  - c\n");
    assert_node("|a|b|\n|-|-|\n|1|2 {#r}|\n", NODE_ROW, 1, "| 1 | 2 {#r} |\n");
    assert_node("|a|b|\n|-|-|\n|1 {#r}|2|\n", NODE_ROW, 1, "| 1 | 2 |\n");
    assert_node("- :::practice{#p a=1}\n  x\n  :::\n", NODE_CONTAINER, 0, ":::practice{a=\"1\"}\nx\n:::\n");
    buffer_clear(&text);
    canonical_field(&text, SLICE("owner"), SLICE("Digital  unit"));
    assert_string_equal(buffer_string(&text), "field owner: Digital unit\n");
}

/* Definitions that refer to one another do not recurse, and end. */
static void test_footnote_chain(void **state)
{
    (void)state;
    struct buffer markdown = BUFFER(1 << 20);
    buffer_text(&markdown, "a[^0]\n\n");
    for (unsigned i = 0; i < 5000; i++)
        buffer_printf(&markdown, "[^%u]: n[^%u]\n\n", i, (i + 1) % 5000);
    struct parsed parsed = parsed_from(buffer_view(&markdown));
    buffer_clear(&text);
    canonical_page(&text, &parsed.document, NULL);
    assert_true(slice_ends_with(buffer_view(&text), "[^5000]: n[^1]\n"));
    parsed_free(&parsed);
    buffer_free(&markdown);
}

/* ---- the quick hashes ---- */

static uint64_t meaning_of_first(const char *markdown, enum node_type type)
{
    struct parsed parsed = parsed_text(markdown);
    uint32_t node = parsed_node(&parsed.document, type);
    uint64_t hash = 0;
    for (uint32_t i = 0; i < parsed.document.hash_count; i++) {
        if (i)
            assert_true(parsed.document.hashes[i].node > parsed.document.hashes[i - 1].node);
        if (parsed.document.hashes[i].node == node)
            hash = parsed.document.hashes[i].meaning;
    }
    parsed_free(&parsed);
    return hash;
}

static void test_block_hashes(void **state)
{
    (void)state;
    uint64_t item = meaning_of_first("- a *b*\n- c\n", NODE_ITEM);
    assert_true(item != 0);
    assert_true(item == meaning_of_first("x\n\n2) a\n   _b_\n", NODE_ITEM));
    assert_true(item != meaning_of_first("- a b\n", NODE_ITEM));
    assert_true(meaning_of_first("- a\n- b\n", NODE_LIST) == meaning_of_first("+ a\n\n+ b\n", NODE_LIST));
    assert_true(meaning_of_first("- a\n- b\n", NODE_LIST) != meaning_of_first("1. a\n2. b\n", NODE_LIST));
    assert_true(meaning_of_first("|a|b|\n|-|-|\n", NODE_ROW) != 0);
    assert_true(meaning_of_first("|a|b|\n|-|-|\n", NODE_TABLE) == meaning_of_first("| a | b|\n|:-|-|\n", NODE_TABLE));
    assert_true(meaning_of_first(":::practice{a=1}\nx\n:::\n", NODE_CONTAINER) !=
                meaning_of_first(":::practice{a=2}\nx\n:::\n", NODE_CONTAINER));
    assert_true(meaning_of_first(":::tip\nx\n:::\n", NODE_NOTE) == meaning_of_first("> [!TIP]\n> x\n", NODE_NOTE));
    assert_true(meaning_of_first(":::tip\nx\n:::\n", NODE_NOTE) != meaning_of_first("> [!NOTE]\n> x\n", NODE_NOTE));
    /* A footnote's number begins anew in each block. */
    assert_true(meaning_of_first("b[^y]\n\n[^y]: Y\n", NODE_PARAGRAPH) != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_worked_example),  cmocka_unit_test(test_edit_without_meaning),
        cmocka_unit_test(test_edit_of_meaning), cmocka_unit_test(test_body_of_operation),
        cmocka_unit_test(test_rules),           cmocka_unit_test(test_conditions),
        cmocka_unit_test(test_block_hashes),    cmocka_unit_test(test_nodes),
        cmocka_unit_test(test_footnote_chain),
    };
    int status = cmocka_run_group_tests_name("canonical", tests, NULL, NULL);
    buffer_free(&text);
    return status;
}
