/* Ids, and the operations that aim at them: LANGUAGE.md section 2. */

#include "examples.h"

static const struct example ids_examples[] = {
    {"written", SLICE("## A {#a}\n"), "section#a(heading2('A'))", ""},
    {"with aliases, locked", SLICE("## A {#a aliases=\"b c\" locked}\n"), "section#a+b c!(heading2('A'))", ""},
    {"before closing hashes", SLICE("## A {#a} ##\n"), "section#a(heading2('A'))", ""},
    {"in a setext heading", SLICE("A {#a}\n-\n"), "section#a(heading2('A'))", ""},
    {"after markup", SLICE("## *A* `b` {#a}\n"), "section#a(heading2(emph('A') ' ' code'b'))", ""},
    {"without a blank", SLICE("## A{#a}\n"), "section#a-a(heading2('A{#a}'))", "id-misplaced@1:5"},
    {"after a backslash", SLICE("## A \\{#a}\n"), "section#a-a(heading2('A {#a}'))", ""},
    {"in code", SLICE("## A `{#a}`\n"), "section#a-a(heading2('A ' code'{#a}'))", ""},
    {"elsewhere", SLICE("a {#a} b\n\n## A {#a} b\n"), "paragraph('a {#a} b') section#a-a-b(heading2('A {#a} b'))",
     "id-misplaced@1:3 id-misplaced@3:6"},
    {"in a paragraph", SLICE("a {#a}\n"), "paragraph('a {#a}')", "id-misplaced@1:3"},
    {"letters of any script", SLICE("## a {#данные}\n\n## b {#ข้อ-1}\n"),
     "section#данные(heading2('a')) section#ข้อ-1(heading2('b'))", ""},
    {"composed", SLICE("## a {#e\314\201}\n"), "section#é(heading2('a'))", ""},
    {"begins with a dash", SLICE("## a {#-a}\n"), "section#a-a(heading2('a {#-a}'))", "id-malformed@1:8"},
    {"a blank in it", SLICE("## a {#a b!}\n"), "section#a-a-b(heading2('a {#a b!}'))", "id-malformed@1:11"},
    {"too long",
     SLICE("## a {#aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
           "aaaaaa}\n"),
     "section#a-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa(headi"
     "ng2('a {#aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
     "aa}'))",
     "id-malformed@1:8"},
    {"of the theme", SLICE("## a {#w--menu}\n"), "section#a-w-menu(heading2('a {#w--menu}'))", "id-reserved@1:8"},
    {"mixed scripts", SLICE("## a {#p\320\260ge}\n"), "section#p\320\260ge(heading2('a'))", "id-confusable@1:8"},
    {"unknown attribute", SLICE("## a {#a alias=\"b\"}\n"), "section#a(heading2('a'))", "attribute-unknown@1:10"},
    {"twice", SLICE("## a {#a}\n\n## b {#a}\n"), "section#a(heading2('a')) section#a(heading2('b'))",
     "anchor-duplicate@3:8"},
    {"twice but for case", SLICE("## a {#a}\n\n## b {#A}\n"), "section#a(heading2('a')) section#A(heading2('b'))",
     "anchor-case@3:8"},
    {"an alias that is an id", SLICE("## a {#a}\n\n## b {#b aliases=\"a\"}\n"),
     "section#a(heading2('a')) section#b+a(heading2('b'))", "anchor-duplicate@3:18"},
    {"automatic", SLICE("## Data Protection & You!\n"),
     "section#data-protection-you(heading2('Data Protection & You!'))", ""},
    {"automatic, again", SLICE("## A\n\n## A\n\n## a\n"),
     "section#a(heading2('A')) section#a-2(heading2('A')) section#a-3(heading2('a'))", ""},
    {"automatic beside a written one", SLICE("## A\n\n## B {#a}\n"),
     "section#a-2(heading2('A')) section#a(heading2('B'))", ""},
    {"automatic with markup", SLICE("## *A* `b_c` [d](e) ![f](g)\n"),
     "section#a-b-c-d-f(heading2(emph('A') ' ' code'b_c' ' ' link<e>('d') ' ' image<g>('f')))", ""},
    {"automatic of other scripts", SLICE("## Ενότητα 1\n\n## ข้อมูล\n\n## \357\254\201\342\201\255 \357\274\241\n"),
     "section#ενότητα-1(heading2('Ενότητα 1')) section#ข้อมูล(heading2('ข้อมูล')) "
     "section#fi-a(heading2('\357\254\201\342\201\255 \357\274\241'))",
     ""},
    {"automatic without letters", SLICE("## 1,\n\n## &\n\n## !!!\n"),
     "section#1(heading2('1,')) section#section(heading2('&')) section#section-2(heading2('!!!'))", ""},
    {"shared by blocks that exclude each other",
     SLICE(":::only{edition=xa}\n## A\n:::\n:::except{edition=xa}\n## A\n:::\n:::only{edition=xb}\n## A\n:::\n"),
     "condition-open:only,edition=xa section#a(heading2('A') condition-close condition-open:except,edition=xa) "
     "section#a(heading2('A') condition-close condition-open:only,edition=xb) section#a-2(heading2('A') "
     "condition-close)",
     ""},
    {"not shared", SLICE(":::only{edition=\"xa xb\"}\n## A {#a}\n:::\n:::only{edition=\"xb xc\"}\n## A {#a}\n:::\n"),
     "condition-open:only,edition=xa xb section#a(heading2('A') condition-close condition-open:only,edition=xb "
     "xc) section#a(heading2('A') condition-close)",
     "anchor-duplicate@5:8"},
    {"items", SLICE("- a {#i}\n- b\n  c {#j}\n\n1. d {#k}\n\n   e\n"),
     "list(item#i(paragraph('a')) item#j(paragraph('b' soft-break 'c'))) list1/loose(item#k(paragraph('d') "
     "paragraph('e')))",
     ""},
    {"an item whose text is only an id", SLICE("- {#i}\n"), "list(item#i(paragraph))", ""},
    {"not the first paragraph of an item", SLICE("- a\n\n  b {#i}\n"),
     "list/loose(item(paragraph('a') paragraph('b {#i}')))", "id-misplaced@3:5"},
    {"task items", SLICE("- [ ] a {#i}\n- [x] b [y]\n"), "list(item#i[ ](paragraph('a')) item[x](paragraph('b [y]')))",
     ""},
    {"rows", SLICE("| a {#h} | b |\n|--|--|\n| c {#r} | d |\n| e | f {#s} |\n"),
     "table(row#h(cell('a') cell('b')) row#r(cell('c') cell('d')) row(cell('e') cell('f {#s}')))", "id-misplaced@4:9"},
    {"elements", SLICE(":::x{#a}\n:::\n::y{#b}\n:::note{#c}\nd\n:::\n"),
     "container:x#a leaf:y#b note-note#c(paragraph('d'))", ""},
    {"operations aim at ids", SLICE(":::replace{#a base=\"1\"}\n## B\n\nc\n\n### D\n:::\n::remove{#e}\n"),
     "container:replace#a,base=1(section#a(heading2('B') paragraph('c') section#d(heading3('D')))) leaf:remove#e", ""},
    {"anchors", SLICE("a <a id=\"x\"></a> <a name='y'></a>\n"), "paragraph('a ' anchor#x ' ' anchor#y)", ""},
    {"a heading with a parameter", SLICE("## A {{b}}\n\n## C {{d}} {#c}\n"),
     "section#a-b(heading2('A ' param'b')) section#c(heading2('C ' param'd'))", "heading-param@1:1"},
    {"the title has an id", SLICE("# T {#t}\n"), "heading1('T')", ""},
};

static const struct example operations_examples[] = {
    {"an overlay",
     SLICE("---\noverlay: {reason: r}\n---\n:::replace{#a base=\"x\"}\n## B\n:::\n\n::set{field=owner "
           "value=\"c\"}\n\n<!-- d -->\n"),
     "container:replace#a,base=x(section#a(heading2('B'))) leaf:set,field=owner,value=c", ""},
    {"text between", SLICE("---\noverlay: {reason: r}\n---\n:::replace{#a}\n## B\n:::\n\nc\n"),
     "container:replace#a(section#a(heading2('B'))) paragraph('c')", "overlay-text@8:1"},
    {"a page that is replaced whole", SLICE("---\noverlay: {reason: r, mode: replace-page}\n---\n## A\n"),
     "section#a(heading2('A'))", ""},
    {"nested", SLICE("- :::replace{#a}\n  b\n  :::\n\n:::x\n::remove{#c}\n:::\n"),
     "list(item(container:replace#a(paragraph('b')))) container:x(leaf:remove#c)",
     "operation-nested@1:3 operation-nested@6:1"},
    {"operation in an operation", SLICE(":::insert{#a}\n:::replace{#b}\nc\n:::\n:::\n"),
     "container:insert#a(container:replace#b(paragraph('c')))", "operation-nested@2:1"},
    {"own sections", SLICE(":::replace{#a}\n### B\n\n#### C {#c}\n\n### D\n:::\n\n## E\n"),
     "container:replace#a(section#a(heading3('B') section#c(heading4('C'))) section#d(heading3('D'))) "
     "section#e(heading2('E'))",
     ""},
    {"conditions inside", SLICE(":::replace{#a}\n## B\n:::only{edition=xa}\n### C\n:::\n:::\n"),
     "container:replace#a(section#a(heading2('B') condition-open:only,edition=xa section#c(heading3('C') "
     "condition-close)))",
     ""},
};

static void test_ids(void **state)
{
    (void)state;
    EXAMPLES(ids_examples);
}

static void test_operations(void **state)
{
    (void)state;
    EXAMPLES(operations_examples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_operations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
