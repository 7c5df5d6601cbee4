/* Front matter, encodings, line ends, and files with little in them. */

#include "examples.h"

static const struct example files_examples[] = {
    {"empty", SLICE(""), "", ""},
    {"blank", SLICE("\n\n"), "", ""},
    {"only front matter", SLICE("---\ntitle: T\n---\n"), "", ""},
    {"only front matter, no line end", SLICE("---\ntitle: T\n---"), "", ""},
    {"empty front matter", SLICE("---\n---\na\n"), "paragraph('a')", ""},
    {"byte order mark", SLICE("\357\273\277---\ntitle: T\n---\na\n"), "paragraph('a')", ""},
    {"byte order mark alone", SLICE("\357\273\277# T\n"), "heading1('T')", ""},
    {"windows line ends", SLICE("---\r\ntitle: T\r\n---\r\n# T\r\n\r\na *b*\r\nc\r\n"),
     "heading1('T') paragraph('a ' emph('b') soft-break 'c')", ""},
    {"old line ends", SLICE("---\rtitle: T\r---\r## A\r\ra\r"), "section#a(heading2('A') paragraph('a'))", ""},
    {"never closed", SLICE("---\ntitle: T\n\na\n"), "rule paragraph('title: T') paragraph('a')",
     "front-matter-open@1:1"},
    {"a rule", SLICE("---\n\na\n"), "rule paragraph('a')", ""},
    {"a dash", SLICE("—\ntitle: T\n---\n"), "section#title-t(heading2('—' soft-break 'title: T'))",
     "front-matter-open@1:1"},
    {"blank lines first", SLICE("\n---\ntitle: T\n---\na\n"),
     "rule section#title-t(heading2('title: T') paragraph('a'))", "front-matter-open@2:1"},
    {"no keys", SLICE("---\na\n---\nb\n"), "paragraph('b')", "front-matter-value@2:1"},
    {"unknown key", SLICE("---\ntilte: T\n---\n"), "", "front-matter-unknown-key@2:1"},
    {"wrong types",
     SLICE("---\norder: a\nlocked: yes\nstatus: final\nreview_by: 2026-02-30\ntags: {a: b}\nid: a b\n---\n"), "",
     "value-type@2:8 value-type@3:9 value-type@4:9 value-type@5:12 value-type@6:7 front-matter-value@7:5"},
    {"dates that contradict", SLICE("---\nvalid_from: 2026-05-02\nvalid_until: 2025-05-02\n---\n"), "",
     "front-matter-value@3:14"},
    {"two places", SLICE("---\nnav: {after: a, under: b}\n---\n"), "", "front-matter-value@2:6"},
    {"unknown keys inside", SLICE("---\nnav: {behind: a}\nl10n: {section: {a: b}}\noverlay: {reasn: x}\n---\n"), "",
     "front-matter-unknown-key@2:7 front-matter-unknown-key@3:8 front-matter-unknown-key@4:11"},
    {"title twice", SLICE("---\ntitle: T\n---\n# U\n"), "heading1('U')", "title-conflict@4:1"},
    {"title twice, the same", SLICE("---\ntitle: A  b\n---\n# *A* b\n"), "heading1(emph('A') ' b')", ""},
    {"parameters", SLICE("---\ntitle: A {{b}}\ndescription: \"{{ c }}\"\n---\n"), "", "param-malformed@3:15"},
    {"a tab", SLICE("---\n\ttitle: T\n---\n"), "", "yaml-tab@2:1"},
    {"a colon", SLICE("---\ntitle: Stop: search\n---\n"), "", "yaml-syntax@2:12"},
    {"not UTF-8", SLICE("a\377\200b\n"), "paragraph('a��b')", "encoding@1:2"},
    {"a NUL", SLICE("a\000b\n"), "paragraph('a�b')", "encoding@1:2"},
    {"not UTF-8 in front matter", SLICE("---\ntitle: a\377\n---\nb\n"), "paragraph('b')", "encoding@2:9"},
    {"UTF-16", SLICE("\377\376a\000 \000b\000\n\000"), "", "encoding@1:1"},
    {"UTF-16 without a mark", SLICE("h\000e\000l\000l\000o\000 \000w\000o\000r\000l\000d\000\n\000"), "",
     "encoding@1:1"},
    {"no line end", SLICE("a"), "paragraph('a')", ""},
};

static void test_files(void **state)
{
    (void)state;
    EXAMPLES(files_examples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
