/* The words of every finding of the parser: an example for each text and each help. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka.h wants the four above it. */
#include "parsed.h"
#include <cmocka.h>

struct words {
    enum diag_code code;
    struct slice source;
    const char *text, *help;
};

static const struct words words[] = {
    {DIAG_ANCHOR_CASE, SLICE("## a {#a}\n\n## b {#A}\n"), "the ids 'A' and 'a' differ in capital letters only",
     "the other one is on line 1; give one of them another id"},
    {DIAG_ANCHOR_DUPLICATE, SLICE("## a {#a}\n\n## b {#a}\n"), "the id 'a' stands twice in this file",
     "the other one is on line 1; give one of them another id"},
    {DIAG_ATTRIBUTE_UNKNOWN, SLICE("## a {#a alias=\"b\"}\n"), "a heading has no attribute 'alias'",
     "did you mean 'aliases'?"},
    {DIAG_DIRECTIVE_CLOSE_MISMATCH, SLICE("::::note\na\n:::\n"), "':::note' was opened with 4 colons", "write '::::'"},
    {DIAG_DIRECTIVE_IN_HTML, SLICE("<div>\n:::note\na\n</div>\n"), "a directive inside raw HTML has no effect",
     "put a blank line in front of it"},
    {DIAG_DIRECTIVE_MALFORMED, SLICE("::: note\na\n:::\n"), "a blank stands between the colons and the name",
     "write the name right behind the colons: ':::note'"},
    {DIAG_DIRECTIVE_MALFORMED, SLICE(":::{.x}\na\n:::\n"), "a name is missing",
     "write the name right behind the colons: ':::note'"},
    {DIAG_DIRECTIVE_MALFORMED, SLICE(":::note Title\na\n:::\n"), "text stands behind the directive",
     "a title stands in brackets: ':::note[Title]'"},
    {DIAG_DIRECTIVE_MALFORMED, SLICE(":::Practice\na\n:::\n"), "names have small letters only",
     "write it in small letters"},
    {DIAG_DIRECTIVE_MALFORMED, SLICE("::x{a=\"b\"\n"), "'{' is not closed", "write '}' at the end, on the same line"},
    {DIAG_DIRECTIVE_MALFORMED, SLICE("::x{a=\"b}\n"), "this value is not closed",
     "write '\"' at its end, on the same line"},
    {DIAG_DIRECTIVE_MALFORMED, SLICE("::x{a='b'}\n"), "values have double quotes", "write '\"' instead of \"'\""},
    {DIAG_DIRECTIVE_MALFORMED, SLICE("::x{Ab=c}\n"), "keys have small letters only",
     "attributes are '#id', 'key' and 'key=\"value\"', with blanks between them"},
    {DIAG_DIRECTIVE_MALFORMED, SLICE("::x{a=}\n"), "a value is missing behind '='", "write key=\"value\""},
    {DIAG_DIRECTIVE_MALFORMED, SLICE("::x{a=1 a=2}\n"), "this attribute stands twice", "remove one of them"},
    {DIAG_DIRECTIVE_MALFORMED, SLICE("::x{#a #b}\n"), "a second id",
     "keep one of them; a heading can have aliases=\"…\""},
    {DIAG_DIRECTIVE_MALFORMED, SLICE("::x{a=\"b\"c=\"d\"}\n"), "a blank is missing between two attributes",
     "write a blank here"},
    {DIAG_DIRECTIVE_MALFORMED, SLICE("::x{a!}\n"), "this character may not stand here",
     "attributes are '#id', 'key' and 'key=\"value\"', with blanks between them"},
    {DIAG_DIRECTIVE_MALFORMED, SLICE(":::note[a\n"), "'[' is not closed",
     "write ']' at the end of the label, on the same line"},
    {DIAG_DIRECTIVE_STRAY, SLICE("- :::note\n  a\n:::\n"), "':::' closes nothing here",
     "remove it, or indent it like the directive that it is meant to close"},
    {DIAG_DIRECTIVE_UNCLOSED, SLICE(":::note\na\n"), "':::note' is never closed",
     "add a line with ':::' behind its text, indented like this one"},
    {DIAG_ENCODING, SLICE("a\377\200b\n"), "the byte 0xff is no UTF-8",
     "save the file as UTF-8; in an editor this is often a choice in 'Save as'"},
    {DIAG_ENCODING, SLICE("a\000b\n"), "the file holds a NUL byte", "remove it; a text file has none"},
    {DIAG_ENCODING, SLICE("\377\376a\000 \000b\000\n\000"), "the file is UTF-16, not UTF-8",
     "save it as UTF-8; in Windows Notepad this is a choice in 'Save as'"},
    {DIAG_FENCE_UNCLOSED, SLICE(":::note\n- ```\n  a\n:::\nb\n"), "this code block is never closed",
     "add a line with '```' after its last line, indented like the first one"},
    {DIAG_FOOTNOTE_DUPLICATE, SLICE("a[^1]\n\n[^1]: b\n\n[^1]: c\n"), "the footnote '[^1]' is written twice",
     "give one of them another name: only the first is shown"},
    {DIAG_FOOTNOTE_UNKNOWN, SLICE("a[^1] b\n"), "there is no footnote '[^1]'",
     "add a line '[^1]: text', or write '\\[^1]' to show it as it is"},
    {DIAG_FOOTNOTE_UNUSED, SLICE(":::x\n[^1]: a\n\n    :::\n:::\n"),
     "nothing refers to the footnote '[^1]', so it is not shown", "write '[^1]' where it belongs, or remove it"},
    {DIAG_FRONT_MATTER_OPEN, SLICE("---\ntitle: T\n\na\n"), "the front matter has no closing '---'",
     "add a line with only '---' after the last key"},
    {DIAG_FRONT_MATTER_OPEN, SLICE("—\ntitle: T\n---\n"),
     "the front matter begins with a dash instead of three hyphens",
     "write '---': a word processor has replaced the hyphens"},
    {DIAG_FRONT_MATTER_OPEN, SLICE("\n---\ntitle: T\n---\na\n"), "the front matter does not begin on the first line",
     "remove the blank lines above '---'"},
    {DIAG_FRONT_MATTER_UNKNOWN_KEY, SLICE("---\ntilte: T\n---\n"), "unknown key 'tilte'", "did you mean 'title'?"},
    {DIAG_FRONT_MATTER_UNKNOWN_KEY, SLICE("---\nnav: {behind: a}\nl10n: {section: {a: b}}\noverlay: {reasn: x}\n---\n"),
     "unknown key 'behind'", "the keys are after before under"},
    {DIAG_FRONT_MATTER_VALUE, SLICE("---\na\n---\nb\n"), "the front matter has no keys",
     "write 'key: value' lines between the two '---'; for a line across the page write '***'"},
    {DIAG_FRONT_MATTER_VALUE,
     SLICE("---\norder: a\nlocked: yes\nstatus: final\nreview_by: 2026-02-30\ntags: {a: b}\nid: a b\n---\n"),
     "'a b' is no id of a document",
     "an id is made of letters, digits, '-', '_' and '.', begins with a letter or digit, and may have several "
     "such parts with '/' between them"},
    {DIAG_FRONT_MATTER_VALUE, SLICE("---\nvalid_from: 2026-05-02\nvalid_until: 2025-05-02\n---\n"),
     "'valid_until' is before 'valid_from': the page is never in force", "exchange the dates, or correct the year"},
    {DIAG_FRONT_MATTER_VALUE, SLICE("---\nnav: {after: a, under: b}\n---\n"), "'nav' says 2 places",
     "keep one of 'after', 'before' and 'under'"},
    {DIAG_HEADING_NESTED, SLICE(":::note\ntitle\n---\n:::\n"), "a heading stands inside a list, a quote or a container",
     "only headings at the top level make sections; use bold text here"},
    {DIAG_HEADING_PARAM, SLICE("## A {{b}}\n\n## C {{d}} {#c}\n"), "a heading with a parameter needs an id of its own",
     "add '{#id}' at its end: the text differs from edition to edition, the id must not"},
    {DIAG_HEADING_SKIP, SLICE("# T\n\n### A\n\n## B\n\n#### C\n"), "a heading of level 3 follows one of level 1",
     "write '## '"},
    {DIAG_HOST_CONFUSABLE, SLICE("[a](https://p\320\260ypal.com/x)\n"),
     "'p\320\260ypal' mixes letters of different scripts that look alike",
     "type the address by hand instead of copying it"},
    {DIAG_HTML_REFUSED, SLICE("<div>\n:::note\na\n</div>\n"), "raw HTML: '<div>' may not pass",
     "allowed are br wbr hr sub sup kbd abbr mark small ins del u details summary, with no attributes but 'title' "
     "and 'open', and '<a id=\"x\"></a>'; write '&lt;' for a '<' that is text"},
    {DIAG_HTML_REFUSED, SLICE("<sub class=\"x\" title='y'>a</sub>\n"), "raw HTML: the attribute 'class' may not pass",
     "remove it; of attributes only 'title' and 'open' pass"},
    {DIAG_HTML_REFUSED, SLICE("a <b>c</b> <img src=x onerror=y>\n"), "raw HTML: '<b>' may not pass",
     "write '**text**'"},
    {DIAG_HTML_REFUSED, SLICE("<a href=\"x\">a</a>\n"), "raw HTML: '<a>' may not pass",
     "write '[text](address)'; as an anchor, '<a id=\"x\"></a>' with nothing in it"},
    {DIAG_HTML_UNBALANCED, SLICE("<sub>a *b</sub> c*\n\n</sup> d\n"), "'<sub>' is not closed in its passage",
     "write '</sub>' behind it, in the same passage and section"},
    {DIAG_HTML_UNBALANCED, SLICE("<sub>a *b</sub> c*\n\n</sup> d\n"), "'</sub>' closes nothing here",
     "remove it, or open it in the same passage; tags close in reverse order"},
    {DIAG_HTML_UNBALANCED, SLICE("<summary>a</summary>\n"), "'<summary>' stands outside of '<details>'",
     "write '<details>' in front of it"},
    {DIAG_HTML_UNCLOSED, SLICE("a\n\n<!-- b\n\nc\n"),
     "this raw HTML is never closed and takes the rest of the page with it",
     "close it, or write '&lt;' for a '<' that is text"},
    {DIAG_ID_CONFUSABLE, SLICE("## a {#p\320\260ge}\n"),
     "'p\320\260ge' mixes letters of different scripts that look alike", "type the id by hand instead of copying it"},
    {DIAG_ID_MALFORMED, SLICE("## a {#-a}\n"), "'-a' is no id",
     "an id is made of letters, digits, '-', '_' and '.', and begins with a letter or digit"},
    {DIAG_ID_MALFORMED, SLICE("## a {#a b!}\n"), "this character may not stand here",
     "attributes are '#id', 'key' and 'key=\"value\"', with blanks between them"},
    {DIAG_ID_MALFORMED,
     SLICE("## a {#aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
           "aaaaaa}\n"),
     "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' is "
     "no id",
     "an id has at most 100 bytes"},
    {DIAG_ID_MISPLACED, SLICE("## A{#a}\n"), "'{#a}' gives no id here and is shown as text",
     "ids stand at the end of a heading, of an item's first paragraph or of a row's first cell"},
    {DIAG_ID_RESERVED, SLICE("## a {#w--menu}\n"), "ids that begin with 'w--' belong to the theme",
     "begin it with another letter"},
    {DIAG_LINK_MALFORMED, SLICE("[a](term:chain of custody) [b](xref:c\n"),
     "this reference is shown as text: 'term:chain of custody'",
     "write '(term:chain-of-custody)': a target has no blanks"},
    {DIAG_LINK_MALFORMED, SLICE("[a](term:chain of custody) [b](xref:c\n"), "this reference is shown as text: 'xref:c'",
     "close it with ')' on the same line"},
    {DIAG_LINK_MALFORMED, SLICE("[a]()\n"), "this link leads nowhere", "write its destination between '(' and ')'"},
    {DIAG_LINK_MALFORMED, SLICE("[a](xref:#b)\n"), "'xref:' names no document",
     "write 'xref:ID#section'; for a section of this page '#section' is enough"},
    {DIAG_NOTE_EMPTY, SLICE("> [!NOTE] T\n"), "this note has no text",
     "write its text on the next lines, each beginning with '>'"},
    {DIAG_NOTE_EMPTY, SLICE(":::note[T]\n:::\n"), "this note has no text",
     "write its text between this line and the closing one"},
    {DIAG_NOTE_UNKNOWN, SLICE("> [!WARNIGN]\n> a\n"), "there is no kind of note 'WARNIGN'", "did you mean 'warning'?"},
    {DIAG_OPERATION_NESTED, SLICE("- :::replace{#a}\n  b\n  :::\n\n:::x\n::remove{#c}\n:::\n"),
     "'replace' stands inside another block", "operations stand at the top level of a file, at the margin"},
    {DIAG_OVERLAY_TEXT, SLICE("---\noverlay: {reason: r}\n---\n:::replace{#a}\n## B\n:::\n\nc\n"),
     "text stands between the operations of an overlay", "put it into a ':::replace' or ':::insert', or remove it"},
    {DIAG_PARAM_MALFORMED, SLICE("{{ a }} {{A}} {{a..b}} {{__a__}} {{a\n"), "'{{ a }}' is no parameter",
     "write '{{name}}' with small letters, digits and '.', '_', '-' between them; '\\{{' shows the braces"},
    {DIAG_TABLE_CELLS, SLICE("| a |\n|---|\n| b | c |\n| d | e | f |\n"),
     "this row has 2 cells, but the table's head has 1",
     "add a column to the head, or write '\\|' for a bar that is text"},
    {DIAG_TITLE_CONFLICT, SLICE("---\ntitle: T\n---\n# U\n"), "the page has two titles: this one and 'T'",
     "keep one: 'title' in the front matter, or the heading of level 1"},
    {DIAG_TITLE_LATE, SLICE("a\n\n# T\n"), "a heading of level 1 stands behind other text",
     "move it to the top, where it is the page's title, or write '## '"},
    {DIAG_TITLE_SECOND, SLICE("# T\n\n# U\n"), "this is a second heading of level 1",
     "a page has one title; write '## ' for its sections"},
    {DIAG_TYPOGRAPHY, SLICE("::x{a=“b c”}\n"), "typographic quotes are read as straight ones here",
     "write '\"' instead"},
    {DIAG_TYPOGRAPHY, SLICE("::x{a=1\302\240b=2}\302\240\n"), "a non-breaking space is read as a blank here",
     "replace it with an ordinary blank"},
    {DIAG_URL_MALFORMED, SLICE("[a](a%00b) [b](%ff)\n"), "this destination is no text once it is decoded: 'a%00b'",
     "write the characters themselves instead of '%..'"},
    {DIAG_URL_MALFORMED,
     SLICE("[a](JaVaScRiPt:x) [b](javascript&#58;x) [c](java&#115;cript:x) [d](&#1;javascript:x) "
           "[e](<java\tscript:x>)\n"),
     "this destination holds a control character or begins with a blank: '\001javascript:x'", "remove it"},
    {DIAG_URL_MALFORMED, SLICE("[a](//host/x) [b](\\\\host/x) [c](a\\b.md) [d](/\\\\host)\n"),
     "a path has '/' between its parts, not '\\': '\\host/x'", "replace each '\\' with '/'"},
    {DIAG_URL_SCHEME, SLICE("[a](javascript:x) [b](data:x) [c](ftp://x) [d](file:///x) [e](vbscript:x) [f](C:/x)\n"),
     "addresses of this kind are not allowed: 'javascript:x'",
     "allowed are https, http, mailto, tel, xref, term, cite, and paths"},
    {DIAG_URL_SCHEME, SLICE("[a](//host/x) [b](\\\\host/x) [c](a\\b.md) [d](/\\\\host)\n"),
     "this address has no scheme: '//host/x'", "write 'https:' in front of it"},
};

static bool says(const struct document *document, const struct words *wanted)
{
    for (uint32_t i = 0; i < document->finding_count; i++) {
        const struct finding *finding = &document->findings[i];
        if (finding->code == wanted->code && slice_is(document_text(document, finding->text), wanted->text) &&
            slice_is(document_text(document, finding->help), wanted->help))
            return finding->level == diag_default_level(wanted->code);
    }
    return false;
}

static void test_words(void **state)
{
    (void)state;
    unsigned wrong = 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct parsed parsed = parsed_from(words[i].source);
        const struct document *document = &parsed.document;
        if (!says(document, &words[i])) {
            print_error("wanted %s: %s\n       help: %s\n", diag_word(words[i].code), words[i].text, words[i].help);
            for (uint32_t k = 0; k < document->finding_count; k++)
                print_error("   got %s: %.*s\n       help: %.*s\n",
                            diag_word((enum diag_code)document->findings[k].code),
                            SLICE_ARGS(document_text(document, document->findings[k].text)),
                            SLICE_ARGS(document_text(document, document->findings[k].help)));
            wrong++;
        }
        parsed_free(&parsed);
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_words)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
