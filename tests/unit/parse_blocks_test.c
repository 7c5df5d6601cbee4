/* Directives, notes, sections: the forms of LANGUAGE.md sections 1 and 2, and the
 * ways in which they go wrong. */

#include "examples.h"

static const struct example directives_examples[] = {
    {"a container", SLICE(":::note\na\n:::\n"), "note-note(paragraph('a'))", ""},
    {"more colons", SLICE("::::practice\n:::tip\na\n:::\n::::\n"), "container:practice(note-tip(paragraph('a')))", ""},
    {"label and attributes", SLICE(":::practice[A *b*]{#x principle=\"legitimacy\" open n=3}\na\n:::\n"),
     "container:practice#x,principle=legitimacy,open,n=3(label('A ' emph('b')) paragraph('a'))", ""},
    {"escapes in values", SLICE(":::x{a=\"b \\\" c \\\\ d\\e\" b=\"}\"}\n:::\n"), "container:x,a=b \" c \\ d\\e,b=}",
     ""},
    {"nothing but attributes in braces", SLICE(":::x{}\n:::\n"), "container:x", ""},
    {"trailing blanks", SLICE(":::note  \na\n:::  \n"), "note-note(paragraph('a'))", ""},
    {"three columns in", SLICE("   :::note\na\n  :::\n"), "note-note(paragraph('a'))", ""},
    {"four columns in are code", SLICE("    :::note\n"), "code-block':::note\n'", ""},
    {"a leaf", SLICE("::include{xref=\"id#section\" heading=no}\n"), "leaf:include,xref=id#section,heading=no", ""},
    {"a leaf with label", SLICE("::figure[A *b*]{src=\"x.png\"}\n"), "leaf:figure,src=x.png(label('A ' emph('b')))",
     ""},
    {"text with two colons", SLICE("::std::string\n\n::a b\n"), "paragraph('::std::string') paragraph('::a b')", ""},
    {"in code", SLICE("```\n:::note\n```\n\n`:::note`\n"), "code-block':::note\n' paragraph(code':::note')", ""},
    {"after a backslash", SLICE("\\:::note\n"), "paragraph(':::note')", ""},
    {"interrupts a paragraph", SLICE("a\n:::note\nb\n:::\nc\n"),
     "paragraph('a') note-note(paragraph('b')) paragraph('c')", ""},
    {"a leaf interrupts a paragraph", SLICE("a\n::x\nb\n"), "paragraph('a') leaf:x paragraph('b')", ""},
    {"ends a table", SLICE("| a |\n|---|\n| b |\n:::note\nc\n:::\n"),
     "table(row(cell('a')) row(cell('b'))) note-note(paragraph('c'))", ""},
    {"a leaf ends a table", SLICE("| a |\n|---|\n::x\n| b |\n"), "table(row(cell('a'))) leaf:x paragraph('| b |')", ""},
    {"is no setext heading", SLICE(":::note\ntitle\n---\n:::\n"), "note-note(heading2('title'))", "heading-nested@2:1"},
    {"a rule right below", SLICE(":::note\n---\n:::\n"), "note-note(rule)", ""},
    {"is no lazy continuation of a list", SLICE("- a\n:::note\nb\n:::\n"),
     "list(item(paragraph('a'))) note-note(paragraph('b'))", ""},
    {"is no lazy continuation of a quote", SLICE("> a\n:::note\nb\n:::\n"),
     "quote(paragraph('a')) note-note(paragraph('b'))", ""},
    {"closes outside of a quote", SLICE(":::note\n> a\n:::\nb\n"), "note-note(quote(paragraph('a'))) paragraph('b')",
     ""},
    {"closes outside of a list", SLICE(":::note\n- a\n:::\nb\n"),
     "note-note(list(item(paragraph('a')))) paragraph('b')", ""},
    {"in a list item", SLICE("- a\n  :::note\n  b\n  :::\n- c\n"),
     "list(item(paragraph('a') note-note(paragraph('b'))) item(paragraph('c')))", ""},
    {"a tight list stays tight", SLICE("- a\n- :::note\n  b\n  :::\n- c\n"),
     "list(item(paragraph('a')) item(note-note(paragraph('b'))) item(paragraph('c')))", ""},
    {"a leaf leaves a list tight", SLICE("- a\n  ::x\n- b\n"), "list(item(paragraph('a') leaf:x) item(paragraph('b')))",
     ""},
    {"blank lines inside leave a list tight", SLICE("- a\n  :::note\n\n  b\n\n  :::\n- c\n"),
     "list(item(paragraph('a') note-note(paragraph('b'))) item(paragraph('c')))", ""},
    {"a blank line between items makes it loose", SLICE("- a\n  :::note\n  b\n  :::\n\n- c\n"),
     "list/loose(item(paragraph('a') note-note(paragraph('b'))) item(paragraph('c')))", ""},
    {"in a quote", SLICE("> :::note\n> a\n> :::\n> b\n"), "quote(note-note(paragraph('a')) paragraph('b'))", ""},
    {"in an ordered list in a quote", SLICE("> 1. a\n>    :::tip[T]\n>    b\n>    :::\n> 2. c\n"),
     "quote(list1(item(paragraph('a') note-tip(label('T') paragraph('b'))) item(paragraph('c'))))", ""},
    {"a list inside that goes on", SLICE(":::x\n- a\n\n- b\n:::\n"),
     "container:x(list/loose(item(paragraph('a')) item(paragraph('b'))))", ""},
    {"a fence inside", SLICE(":::note\n```\n:::\n```\n:::\n"), "note-note(code-block':::\n')", ""},
    {"a fence in a list inside", SLICE(":::note\n- ```\n  a\n:::\nb\n"),
     "note-note(list(item(code-block'a\n'))) paragraph('b')", "fence-unclosed@2:3"},
    {"indented code inside", SLICE(":::note\n\n    :::\n\n:::\n"), "note-note(code-block':::\n')", ""},
    {"never closed", SLICE(":::note\na\n"), "note-note(paragraph('a'))", "directive-unclosed@1:1"},
    {"never closed in its item", SLICE("- :::note\n  a\n\nb\n"), "list(item(note-note(paragraph('a')))) paragraph('b')",
     "directive-unclosed@1:3"},
    {"never closed in its quote", SLICE("> :::note\n> a\n\nb\n"), "quote(note-note(paragraph('a'))) paragraph('b')",
     "directive-unclosed@1:3"},
    {"closed at another margin than its item's", SLICE("- :::note\n  a\n:::\n"),
     "list(item(note-note(paragraph('a')))) paragraph(':::')", "directive-unclosed@1:3 directive-stray@3:1"},
    {"closed without the quote's sign", SLICE("> :::note\n> a\n:::\n"),
     "quote(note-note(paragraph('a'))) paragraph(':::')", "directive-unclosed@1:3 directive-stray@3:1"},
    {"closes nothing", SLICE("a\n\n:::\n\nb\n"), "paragraph('a') paragraph(':::') paragraph('b')",
     "directive-stray@3:1"},
    {"other number of colons", SLICE("::::note\na\n:::\n"), "note-note(paragraph('a'))",
     "directive-close-mismatch@3:1"},
    {"inner one never closed", SLICE(":::a\n- :::b\n  x\n:::\n"),
     "container:a(list(item(container:b(paragraph('x')))))", "directive-unclosed@2:3"},
    {"blank after the colons", SLICE("::: note\na\n:::\n"), "paragraph('::: note' soft-break 'a') paragraph(':::')",
     "directive-malformed@1:4"},
    {"braces only", SLICE(":::{.x}\na\n:::\n"), "paragraph(':::{.x}' soft-break 'a') paragraph(':::')",
     "directive-malformed@1:4"},
    {"text behind it", SLICE(":::note Title\na\n:::\n"), "paragraph(':::note Title' soft-break 'a') paragraph(':::')",
     "directive-malformed@1:8"},
    {"capital letters", SLICE(":::Practice\na\n:::\n"), "paragraph(':::Practice' soft-break 'a') paragraph(':::')",
     "directive-malformed@1:4"},
    {"any case for notes", SLICE(":::WARNING\na\n:::\n"), "note-warning(paragraph('a'))", ""},
    {"attributes not closed", SLICE("::x{a=\"b\"\n"), "paragraph('::x{a=\"b\"')", "directive-malformed@1:4"},
    {"value not closed", SLICE("::x{a=\"b}\n"), "paragraph('::x{a=\"b}')", "directive-malformed@1:7"},
    {"single quotes", SLICE("::x{a='b'}\n"), "paragraph('::x{a='b'}')", "directive-malformed@1:7"},
    {"a key with capitals", SLICE("::x{Ab=c}\n"), "paragraph('::x{Ab=c}')", "directive-malformed@1:5"},
    {"value missing", SLICE("::x{a=}\n"), "paragraph('::x{a=}')", "directive-malformed@1:7"},
    {"twice the same key", SLICE("::x{a=1 a=2}\n"), "paragraph('::x{a=1 a=2}')", "directive-malformed@1:9"},
    {"two ids", SLICE("::x{#a #b}\n"), "paragraph('::x{#a #b}')", "directive-malformed@1:8"},
    {"no blank between attributes", SLICE("::x{a=\"b\"c=\"d\"}\n"), "paragraph('::x{a=\"b\"c=\"d\"}')",
     "directive-malformed@1:10"},
    {"a character that may not stand in a key", SLICE("::x{a!}\n"), "paragraph('::x{a!}')", "directive-malformed@1:6"},
    {"label not closed", SLICE(":::note[a\n"), "paragraph(':::note[a')", "directive-malformed@1:8"},
    {"brackets in a label", SLICE(":::note[a [b] c \\] d]\ne\n:::\n"), "note-note(label('a [b] c ] d') paragraph('e'))",
     ""},
    {"typographic quotes", SLICE("::x{a=“b c”}\n"), "leaf:x,a=b c", "typography@1:7"},
    {"a non-breaking space", SLICE("::x{a=1\302\240b=2}\302\240\n"), "leaf:x,a=1,b=2",
     "typography@1:8 typography@1:13"},
    {"inside raw HTML", SLICE("<div>\n:::note\na\n</div>\n"), "code-block'<div>\n:::note\na\n</div>\n'",
     "html-refused@1:1 directive-in-html@2:1 html-refused@4:1"},
    {"inside details with a blank line", SLICE("<details>\n<summary>s</summary>\n\n:::note\na\n:::\n\n</details>\n"),
     "html-block'<details>\n<summary>s</summary>\n' note-note(paragraph('a')) html-block'</details>\n'", ""},
    {"in a comment", SLICE("<!--\n:::note\n-->\n"), "", ""},
    {"in a footnote", SLICE("a[^1]\n\n[^1]: b\n    :::note\n    c\n    :::\n"),
     "paragraph('a' footnote-ref'1') footnote'1'(paragraph('b') note-note(paragraph('c')))", ""},
    {"closed within an item", SLICE(":::x\n- a\n  :::\n"), "container:x(list(item(paragraph('a') paragraph(':::'))))",
     "directive-unclosed@1:1 directive-stray@3:3"},
    {"closed within an empty item", SLICE(":::x\n1.\n\t:::\n"), "container:x(list1(item(paragraph(':::'))))",
     "directive-unclosed@1:1 directive-stray@3:2"},
    {"closed within a footnote", SLICE(":::x\n[^1]: a\n\n    :::\n:::\n"), "container:x", "footnote-unused@2:1"},
    {"two in a row", SLICE(":::a\n:::\n:::b\n:::\n"), "container:a container:b", ""},
    {"windows line ends", SLICE(":::note\r\na\r\n:::\r\n"), "note-note(paragraph('a'))", ""},
    {"old line ends", SLICE(":::note\ra\r:::\r"), "note-note(paragraph('a'))", ""},
    {"tabs in an item", SLICE("-\ta\n\n\t:::note\n\tb\n\t:::\n"),
     "list/loose(item(paragraph('a') note-note(paragraph('b'))))", ""},
};

static const struct example notes_examples[] = {
    {"all kinds",
     SLICE(":::note\na\n:::\n:::tip\na\n:::\n:::important\na\n:::\n:::warning\na\n:::\n:::caution\na\n:::\n"),
     "note-note(paragraph('a')) note-tip(paragraph('a')) note-important(paragraph('a')) "
     "note-warning(paragraph('a')) note-caution(paragraph('a'))",
     ""},
    {"quote spelling", SLICE("> [!NOTE]\n> a\n"), "note-note(paragraph('a'))", ""},
    {"any case with title", SLICE("> [!warning] *Hot* water\n> a\n> b\n>\n> c\n"),
     "note-warning(label(emph('Hot') ' water') paragraph('a' soft-break 'b') paragraph('c'))", ""},
    {"in a list", SLICE("- > [!TIP]\n  > a\n"), "list(item(note-tip(paragraph('a'))))", ""},
    {"lazy text", SLICE("> [!NOTE]\na\n"), "note-note(paragraph('a'))", ""},
    {"title only", SLICE("> [!NOTE] T\n"), "note-note(label('T'))", "note-empty@1:1"},
    {"nothing at all", SLICE("> [!NOTE]\n"), "note-note", "note-empty@1:1"},
    {"empty container", SLICE(":::note[T]\n:::\n"), "note-note(label('T'))", "note-empty@1:1"},
    {"unknown kind", SLICE("> [!WARNIGN]\n> a\n"), "quote(paragraph('[!WARNIGN]' soft-break 'a'))", "note-unknown@1:3"},
    {"not the first line", SLICE("> a\n> [!NOTE]\n"), "quote(paragraph('a' soft-break '[!NOTE]'))", ""},
    {"escaped", SLICE("> \\[!NOTE]\n> a\n"), "quote(paragraph('[!NOTE]' soft-break 'a'))", ""},
    {"a link", SLICE("> [!NOTE](x)\n"), "quote(paragraph(link<x>('!NOTE')))", ""},
    {"a block at once", SLICE("> [!NOTE]\n> - a\n"), "note-note(list(item(paragraph('a'))))", ""},
    {"a code block first", SLICE("> [!NOTE]\n> ```\n> a\n> ```\n"), "note-note(code-block'a\n')", ""},
    {"with an id", SLICE(":::note{#n}\na\n:::\n"), "note-note#n(paragraph('a'))", ""},
};

static const struct example sections_examples[] = {
    {"title and sections", SLICE("# T\n\na\n\n## A\n\nb\n\n### B\n\n## C\n"),
     "heading1('T') paragraph('a') section#a(heading2('A') paragraph('b') section#b(heading3('B'))) "
     "section#c(heading2('C'))",
     ""},
    {"no title", SLICE("a\n\n## A\n"), "paragraph('a') section#a(heading2('A'))", ""},
    {"title after a comment", SLICE("<!-- c -->\n\n# T\n"), "heading1('T')", ""},
    {"title after definitions", SLICE("[a]: b\n\n# T\n"), "heading1('T')", ""},
    {"second title", SLICE("# T\n\n# U\n"), "heading1('T') section#u(heading1('U'))", "title-second@3:1"},
    {"late title", SLICE("a\n\n# T\n"), "paragraph('a') section#t(heading1('T'))", "title-late@3:1"},
    {"skipped level", SLICE("# T\n\n### A\n\n## B\n\n#### C\n"),
     "heading1('T') section#a(heading3('A')) section#b(heading2('B') section#c(heading4('C')))",
     "heading-skip@3:1 heading-skip@7:1"},
    {"starts deep", SLICE("### A\n"), "section#a(heading3('A'))", "heading-skip@1:1"},
    {"setext", SLICE("T\n=\n\nA\n-\n\nb\n"), "heading1('T') section#a(heading2('A') paragraph('b'))", ""},
    {"setext of two lines", SLICE("a\nb\n-\n"), "section#a-b(heading2('a' soft-break 'b'))", ""},
    {"setext behind a definition", SLICE("[a]: b\nT\n-\n"), "section#t(heading2('T'))", ""},
    {"in a list", SLICE("- # A\n- b\n"), "list(item(heading1('A')) item(paragraph('b')))", "heading-nested@1:1"},
    {"in a quote", SLICE("> ## A\n"), "quote(heading2('A'))", "heading-nested@1:1"},
    {"in a container", SLICE(":::x\n## A {#a}\n:::\n"), "container:x(heading2('A'))", "heading-nested@2:1"},
    {"in an included passage", SLICE(":::included{from=\"a#b\"}\n### A\n:::\n"),
     "container:included,from=a#b(heading3('A'))", ""},
    {"conditions are transparent", SLICE("## A\n\n:::only{edition=\"xa\"}\n### B\n\nb\n:::\n\nc\n\n## D\n"),
     "section#a(heading2('A') condition-open:only,edition=xa section#b(heading3('B') paragraph('b') "
     "condition-close paragraph('c'))) section#d(heading2('D'))",
     ""},
    {"conditions in conditions", SLICE(":::only{edition=xa}\n:::except{audience=chief}\n## A\n:::\n:::\n"),
     "condition-open:only,edition=xa condition-open:except,audience=chief section#a(heading2('A') condition-close "
     "condition-close)",
     ""},
    {"lang is transparent", SLICE(":::lang{lang=\"fr\" dir=\"ltr\" why=\"untranslated\"}\n## A\n:::\n"),
     "condition-open:lang,lang=fr,dir=ltr,why=untranslated section#a(heading2('A') condition-close)", ""},
    {"a condition in a list is a container", SLICE("- :::only{edition=xa}\n  a\n  :::\n"),
     "list(item(container:only,edition=xa(paragraph('a'))))", ""},
    {"closing hashes", SLICE("## A ##\n"), "section#a(heading2('A'))", ""},
    {"empty heading", SLICE("##\n"), "section#section(heading2)", ""},
};

static void test_directives(void **state)
{
    (void)state;
    EXAMPLES(directives_examples);
}

static void test_notes(void **state)
{
    (void)state;
    EXAMPLES(notes_examples);
}

static void test_sections(void **state)
{
    (void)state;
    EXAMPLES(sections_examples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_directives),
        cmocka_unit_test(test_notes),
        cmocka_unit_test(test_sections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
