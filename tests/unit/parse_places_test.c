/* Where things are written: what tools that change a file (mv, keep, confirm) rely
 * on. For each example, the bytes of the file that references, tokens, ids,
 * attributes and fields say they stand at. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka.h wants the four above it. */
#include "parsed.h"
#include <cmocka.h>

static void put(struct buffer *out, const struct document *document, uint32_t at, uint32_t length)
{
    buffer_text(out, out->length ? "|" : "");
    buffer_append(out, document->source.at + at, length);
}

static void put_references(struct buffer *out, const struct document *document)
{
    for (uint32_t i = 0; i < document->reference_count; i++)
        put(out, document, document->references[i].at, document->references[i].length);
}

static void put_tokens(struct buffer *out, const struct document *document)
{
    for (uint32_t i = 0; i < document->token_count; i++)
        put(out, document, document->tokens[i].at, document->tokens[i].length);
}

static void put_ids(struct buffer *out, const struct document *document)
{
    for (uint32_t i = 0; i < document->identifier_count; i++)
        put(out, document, document->identifiers[i].at, document->identifiers[i].length);
}

static void put_attributes(struct buffer *out, const struct document *document)
{
    for (uint32_t i = 0; i < document->attribute_count; i++)
        put(out, document, document->attributes[i].at, document->attributes[i].length);
}

static void put_fields(struct buffer *out, const struct document *document)
{
    for (uint32_t i = 0; i < document->field_count; i++)
        put(out, document, document->fields[i].at, document->fields[i].length);
}

static void put_links(struct buffer *out, const struct document *document)
{
    for (uint32_t i = 0; i < document->node_count; i++)
        if (document->nodes[i].type == NODE_LINK || document->nodes[i].type == NODE_IMAGE)
            put(out, document, document->nodes[i].at, document->nodes[i].length);
}

static void put_sections(struct buffer *out, const struct document *document)
{
    for (uint32_t i = 0; i < document->section_count; i++)
        put(out, document, document->sections[i].at, document->sections[i].own_bytes);
}

struct written {
    const char *name;
    void (*what)(struct buffer *out, const struct document *document);
    const char *source, *wanted;
};

static const struct written places[] = {
    {"inline", put_references, "[a](b.md#c) [d](<e f> 'g') ![h](i.png)\n", "b.md#c|e f|i.png"},
    {"behind escapes and entities", put_references, "\\* &amp; \\[ [a](b) &copy; [c](d)\n", "b|d"},
    {"behind a code span over two lines", put_references, "`a\nb` [c](d)\n`e` [f](g)\n", "d|g"},
    {"behind a hard break", put_references, "a\\\n[b](c)  \n[d](e)\n", "c|e"},
    {"with escapes of its own", put_references, "[a](b\\_c&amp;d)\n", "b\\_c&amp;d"},
    {"in a quote, in a list", put_references, "> - a\n>   [b](c)\n>   d [e](f)\n", "c|f"},
    {"in a lazy line", put_references, "> a\n[b](c)\n", "c"},
    {"in a cell behind escaped bars", put_references, "| a \\| [b](c) | [d](e) |\n|-|-|\n| \\| [f](g) | h |\n",
     "c|e|g"},
    {"in a heading", put_references, "## a [b](c) {#d} ##\n", "c"},
    {"in a label", put_references, ":::note[a [b](c)]\nd\n:::\n", "c"},
    {"in the title of a note", put_references, "> [!NOTE] a [b](c)\n> d [e](f)\n", "c|f"},
    {"automatic", put_references, "a https://b.c. <https://d.e> www.f.g h@i.jk\n",
     "https://b.c|https://d.e|www.f.g|h@i.jk"},
    {"definitions", put_references, "[a][b] [c][] [d]\n\n[b]: e 'f'\n[c]:\n  <g>\n[d]: h\n", "e|g|h"},
    {"a definition in a list", put_references, "- [a][b]\n\n  [b]: c\n", "c"},
    {"the first of two definitions", put_references, "[a]\n\n[a]: b\n[A]: c\n", "b"},
    {"a definition that only looks like one", put_references, "[a]\n\n```\n[a]: no\n```\n\n[a]: yes\n", "yes"},
    {"an image that is a link", put_references, "[![a](b)](c)\n", "b|c"},
    {"old line ends", put_references, "a\r[b](c)\r\r[d](e)\r", "c|e"},
    {"windows line ends", put_references, "> a\r\n> [b](c)\r\n", "c"},
    {"a byte order mark", put_references, "\xEF\xBB\xBF[a](b)\n", "b"},
    {"includes", put_references, "::include{heading=no xref=\"a#b\"}\n", "\"a#b\""},

    {"links and images, whole", put_links, "a [*b* c](d 'e') f ![g][h] <tel:j> https://k.l\n\n[h]: m\n",
     "[*b* c](d 'e')|![g][h]|<tel:j>|https://k.l"},
    {"links over two lines", put_links, "> a [b\n> c](d) e\n", "[b\n> c](d)"},

    {"tokens", put_tokens, "a {{b}} *{{c.d}}* [{{e}}](f/{{g}}/h)\n", "{{b}}|{{c.d}}|{{e}}|{{g}}"},
    {"tokens in cells and headings", put_tokens, "## {{a}} {#x}\n\n| \\| {{b}} |\n|-|\n", "{{a}}|{{b}}"},
    {"tokens in front matter", put_tokens, "---\ntitle: A {{b}}\n---\n", "{{b}}"},

    {"ids", put_ids,
     "## A {#b aliases=\"c d\"}\n\n- e {#f}\n\n| g {#h} |\n|-|\n\n:::x{k=v #i}\n:::\n\n<a name=\"j\"></a>\n",
     "b|\"c d\"|\"c d\"|f|h|i|j"},
    {"ids in quotes and lists", put_ids, "> - a\n>   b {#c}\n", "c"},
    {"an id in a setext heading of two lines", put_ids, "a\nb {#c}\n-\n", "c"},

    {"attributes", put_attributes, ":::x{a=\"b c\" d=e f g=\"\\\"\"}\n:::\n", "\"b c\"|e|f|\"\\\"\""},
    {"attributes in a list in a quote", put_attributes, "> - ::x{a=b}\n", "b"},

    {"fields", put_fields,
     "---\ntitle: \"A b\"\ntags: [c, 'd']\nl10n:\n  sections:\n    e: f\noverlay: {reason: g h}\n---\n",
     "\"A b\"|c|'d'|f|g h"},

    {"sections", put_sections, "a\n## B\nc\n### D\n\ne\n\n## F\n", "## B\nc\n|### D\n\ne\n\n|## F\n"},
    {"a section behind a definition", put_sections, "[a]: b\nC\n-\nd\n", "C\n-\nd\n"},
    {"sections of an operation", put_sections, ":::replace{#a}\n## B\n\nc\n\n### D\ne\n:::\nf\n",
     "## B\n\nc\n\n|### D\ne\n"},
};

static void test_places(void **state)
{
    (void)state;
    struct buffer got = BUFFER(1 << 16);
    unsigned wrong = 0;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        struct parsed parsed = parsed_text(places[i].source);
        buffer_clear(&got);
        places[i].what(&got, &parsed.document);
        if (strcmp(buffer_string(&got), places[i].wanted) != 0) {
            print_error("%s:\n  got    %s\n  wanted %s\n", places[i].name, buffer_string(&got), places[i].wanted);
            wrong++;
        }
        parsed_free(&parsed);
    }
    buffer_free(&got);
    assert_int_equal(wrong, 0);
}

static void test_words(void **state)
{
    (void)state;
    static const struct {
        const char *source;
        uint32_t count;
    } cases[] = {
        {"", 0},
        {"one\n", 1},
        {"one two, three-four  five\n", 4},
        {"a b c d e f g h i j k l m\n", 13},
        {"abcdefgh ijklmnop qrstuvwx\n", 3},
        {"abcdefghi jklmnopq rstuvwx\n", 3},
        {"**bold** and `code span`\n", 4},
        {"Ενότητα μία δύο τρία\n", 4},
        {"Règles d'accès élevées\n", 3},
        {"漢字 かな\n", 4}, /* each character, since there are no blanks between words */
        {"abc漢字def\n", 4},
        {"a \xE2\x80\x94 b\n", 3}, /* a dash counts as it does for wc */
        {"एक दो\n", 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct parsed parsed = parsed_text(cases[i].source);
        if (parsed.document.word_count != cases[i].count)
            fail_msg("'%s': %u", cases[i].source, parsed.document.word_count);
        parsed_free(&parsed);
    }
}

/* What one page leaves behind in the parser must not show in the next. */
static void test_reuse(void **state)
{
    (void)state;
    static const char *const pages[] = {
        "## A {#a}\n\n[b][c] x[^1]\n\n[c]: d\n[^1]: e\n",
        ":::note\n<sub>\n",
        "::: x\n:::\n:::only{edition=xa}\n## A\n",
        "# T\n\n| a |\n|-|\n| b | c |\n",
        "---\noverlay: {reason: r}\n---\n:::replace{#a}\n## B\n",
        "{{a}} a@b.cd\n",
        "",
        "\xFF\n",
        "- [x] a {#i}\n",
        "<details>\n",
    };
    enum { COUNT = sizeof pages / sizeof *pages };
    struct parser *reused = parser_new();
    for (size_t i = 0; i < COUNT * COUNT; i++) {
        struct buffer fresh_out = BUFFER(1 << 20), reused_out = BUFFER(1 << 20);
        struct parser *fresh = parser_new();
        size_t at;
        assert_true(parse_document(reused, slice_of(pages[i / COUNT]), &reused_out, &at));
        buffer_clear(&reused_out);
        assert_true(parse_document(reused, slice_of(pages[i % COUNT]), &reused_out, &at));
        assert_true(parse_document(fresh, slice_of(pages[i % COUNT]), &fresh_out, &at));
        if (!slice_equal(buffer_view(&fresh_out), buffer_view(&reused_out)))
            fail_msg("page %zu is another one after page %zu", i % COUNT, i / COUNT);
        parser_free(fresh);
        buffer_free(&fresh_out);
        buffer_free(&reused_out);
    }
    parser_free(reused);
    parser_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_places), cmocka_unit_test(test_words),
                                       cmocka_unit_test(test_reuse)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
