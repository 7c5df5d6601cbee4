/* References, parameters, footnotes, raw HTML: every form of LANGUAGE.md section 3,
 * what GFM has beside it, and the ways in which they go wrong. */

#include "examples.h"

static const struct example references_examples[] = {
    {"by id", SLICE("[a](xref:procurement) [b](xref:procurement#data-protection)\n"),
     "paragraph(link<xref:procurement>('a') ' ' link<xref:procurement#data-protection>('b'))", ""},
    {"release and source", SLICE("[a](xref:2.1@procurement) [b](xref:kit:guide/x.md#y) [c](xref:v1@kit:x)\n"),
     "paragraph(link<xref:procurement release=2.1>('a') ' ' link<xref:guide/x.md#y source=kit>('b') ' ' "
     "link<xref:x release=v1 source=kit>('c'))",
     ""},
    {"empty text", SLICE("[](xref:a) [](term:warrant) [](cite:xa-dpa#s25)\n"),
     "paragraph(link<xref:a> ' ' link<term:warrant> ' ' link<cite:xa-dpa#s25>)", ""},
    {"relative", SLICE("[a](../p.md#id) [b](#id) [c](files/form.pdf) [d](/x.md)\n"),
     "paragraph(link<../p.md#id>('a') ' ' link<#id>('b') ' ' link<files/form.pdf>('c') ' ' link</x.md>('d'))", ""},
    {"percent-encoded", SLICE("[a](a%20b.md#%C3%A9) [b](%zz)\n"), "paragraph(link<a b.md#é>('a') ' ' link<%zz>('b'))",
     ""},
    {"a query stays as it is", SLICE("[a](b%20c?d=e%2Bf#g%20h)\n"), "paragraph(link<b c?d=e%2Bf#g h>('a'))", ""},
    {"decodes to no text", SLICE("[a](a%00b) [b](%ff)\n"),
     "paragraph(link<refused:a%00b>('a') ' ' link<refused:%ff>('b'))", "url-malformed@1:5 url-malformed@1:16"},
    {"addresses", SLICE("[a](https://x.org) [b](HTTP://x.org) [c](mailto:a@b.org) [d](tel:+1)\n"),
     "paragraph(link<url:https://x.org>('a') ' ' link<url:HTTP://x.org>('b') ' ' link<url:mailto:a@b.org>('c') ' "
     "' link<url:tel:+1>('d'))",
     ""},
    {"refused", SLICE("[a](javascript:x) [b](data:x) [c](ftp://x) [d](file:///x) [e](vbscript:x) [f](C:/x)\n"),
     "paragraph(link<refused:javascript:x>('a') ' ' link<refused:data:x>('b') ' ' link<refused:ftp://x>('c') ' ' "
     "link<refused:file:///x>('d') ' ' link<refused:vbscript:x>('e') ' ' link<refused:C:/x>('f'))",
     "url-scheme@1:5 url-scheme@1:23 url-scheme@1:35 url-scheme@1:48 url-scheme@1:63 url-scheme@1:79"},
    {"refused in disguise",
     SLICE("[a](JaVaScRiPt:x) [b](javascript&#58;x) [c](java&#115;cript:x) [d](&#1;javascript:x) "
           "[e](<java\tscript:x>)\n"),
     "paragraph(link<refused:JaVaScRiPt:x>('a') ' ' link<refused:javascript:x>('b') ' ' "
     "link<refused:javascript:x>('c') ' ' link<refused:\001javascript:x>('d') ' ' "
     "link<refused:java\tscript:x>('e'))",
     "url-scheme@1:5 url-scheme@1:23 url-scheme@1:45 url-malformed@1:68 url-malformed@1:91"},
    {"no scheme", SLICE("[a](//host/x) [b](\\\\host/x) [c](a\\b.md) [d](/\\\\host)\n"),
     "paragraph(link<refused://host/x>('a') ' ' link<refused:\\host/x>('b') ' ' link<refused:a\\b.md>('c') ' ' "
     "link<refused:/\\host>('d'))",
     "url-scheme@1:5 url-malformed@1:19 url-malformed@1:33 url-scheme@1:45"},
    {"automatic", SLICE("https://x.org/a_b, www.x.org (a@b.org) <https://y.org> <c@d.org>\n"),
     "paragraph(link<url:https://x.org/a_b>('https://x.org/a_b') ', ' link<url:http://www.x.org>('www.x.org') ' "
     "(' link<url:mailto:a@b.org>('a@b.org') ') ' link<url:https://y.org>('https://y.org') ' ' "
     "link<url:mailto:c@d.org>('c@d.org'))",
     ""},
    {"automatic, not allowed", SLICE("<irc://x> <ftp://y>\n"),
     "paragraph(link<refused:irc://x>('irc://x') ' ' link<refused:ftp://y>('ftp://y'))",
     "url-scheme@1:2 url-scheme@1:12"},
    {"by definition", SLICE("[a][r] [r][] [r]\n\n[r]: xref:x#y 'T'\n"),
     "paragraph(link<xref:x#y>'T'('a') ' ' link<xref:x#y>'T'('r') ' ' link<xref:x#y>'T'('r'))", ""},
    {"image", SLICE("![a *b*](c.png \"T\") ![](d.svg)\n"),
     "paragraph(image<c.png>'T'('a ' emph('b')) ' ' image<d.svg>)", ""},
    {"linked image", SLICE("[![a](b.png)](c.md)\n"), "paragraph(link<c.md>(image<b.png>('a')))", ""},
    {"title", SLICE("[a](b \"T {{c}}\")\n"), "paragraph(link<b>'T {{c}}'('a'))", ""},
    {"malformed", SLICE("[a](term:chain of custody) [b](xref:c\n"),
     "paragraph('[a](term:chain of custody) [b](xref:c')", "link-malformed@1:5 link-malformed@1:32"},
    {"malformed in code", SLICE("`[a](term:b c)`\n"), "paragraph(code'[a](term:b c)')", ""},
    {"to nowhere", SLICE("[a]()\n"), "paragraph(link<>('a'))", "link-malformed@1:5"},
    {"xref without a target", SLICE("[a](xref:#b)\n"), "paragraph(link<refused#b>('a'))", "link-malformed@1:5"},
    {"confusable host", SLICE("[a](https://p\320\260ypal.com/x)\n"),
     "paragraph(link<url:https://p\320\260ypal.com/x>('a'))", "host-confusable@1:5"},
    {"parameter in a destination", SLICE("[a](https://x.org/{{p.q}}) [b]({{url}}) [c](xref:{{d}}#e)\n"),
     "paragraph(link<url:https://x.org/{{p.q}}>('a') ' ' link<url:{{url}}>('b') ' ' link<xref:{{d}}#e>('c'))", ""},
    {"include", SLICE("::include{xref=\"xref:a#b\"}\n::include{xref=\"2.0@kit:c\"}\n"),
     "leaf:include,xref=xref:a#b leaf:include,xref=2.0@kit:c", ""},
    {"over two lines", SLICE("[a\nb](c\n\"T\")\n"), "paragraph(link<c>'T'('a' soft-break 'b'))", ""},
};

static const struct example text_examples[] = {
    {"parameters", SLICE("a {{b}} {{c.d-e_f.g2}} *{{h}}*\n"),
     "paragraph('a ' param'b' ' ' param'c.d-e_f.g2' ' ' emph(param'h'))", ""},
    {"a parameter with emphasis in its name", SLICE("{{a_b}} {{a_b_c}} *x {{a_b}} y*\n"),
     "paragraph(param'a_b' ' ' param'a_b_c' ' ' emph('x ' param'a_b' ' y'))", ""},
    {"escaped", SLICE("\\{{a}} \\{\\{a}}\n"), "paragraph('{{a}} {{a}}')", ""},
    {"in code", SLICE("`{{a}}`\n\n    {{b}}\n"), "paragraph(code'{{a}}') code-block'{{b}}\n'", ""},
    {"malformed", SLICE("{{ a }} {{A}} {{a..b}} {{__a__}} {{a\n"),
     "paragraph('{{ a }} {{A}} {{a..b}} {{' strong('a') '}} {{a')",
     "param-malformed@1:1 param-malformed@1:9 param-malformed@1:15 param-malformed@1:24 param-malformed@1:34"},
    {"three braces", SLICE("{{{a}}} \\{{{a}}\n"), "paragraph('{' param'a' '} {' param'a')", "param-malformed@1:1"},
    {"in headings, cells, labels", SLICE("## {{a}} {#x}\n\n| {{b}} |\n|--|\n| {{c}} |\n\n:::x[{{d}}]\n:::\n"),
     "section#x(heading2(param'a') table(row(cell(param'b')) row(cell(param'c'))) container:x(label(param'd')))", ""},
    {"in link text and alternative text", SLICE("[{{a}}](b) ![{{c}}](d)\n"),
     "paragraph(link<b>(param'a') ' ' image<d>(param'c'))", ""},
    {"footnotes", SLICE("a[^1] b[^x] c[^1]\n\n[^x]: X\n[^1]: Y\n\n    Z\n"),
     "paragraph('a' footnote-ref'1' ' b' footnote-ref'x' ' c' footnote-ref'1') footnote'1'(paragraph('Y') "
     "paragraph('Z')) footnote'x'(paragraph('X'))",
     ""},
    {"footnote unknown", SLICE("a[^1] b\n"), "paragraph('a[^1] b')", "footnote-unknown@1:2"},
    {"no footnote", SLICE("a [^b - c] d\n"), "paragraph('a [^b - c] d')", ""},
    {"footnote unused", SLICE("a\n\n[^1]: b\n"), "paragraph('a')", "footnote-unused@3:1"},
    {"footnote twice", SLICE("a[^1]\n\n[^1]: b\n\n[^1]: c\n"),
     "paragraph('a' footnote-ref'1') footnote'1'(paragraph('b'))", "footnote-duplicate@5:1"},
    {"footnote in a footnote", SLICE("a[^1]\n\n[^1]: b[^2]\n\n[^2]: c\n"),
     "paragraph('a' footnote-ref'1') footnote'1'(paragraph('b' footnote-ref'2')) footnote'2'(paragraph('c'))", ""},
    {"entities and escapes", SLICE("a &amp; b &copy; \\* &x; c &#65;\n"), "paragraph('a & b © * &x; c A')", ""},
    {"breaks", SLICE("a  \nb\\\nc\nd\n"), "paragraph('a' line-break 'b' line-break 'c' soft-break 'd')", ""},
    {"emphasis", SLICE("*a* **b** ***c*** *a **b** c* _d_ __e__ ~~f~~\n"),
     "paragraph(emph('a') ' ' strong('b') ' ' emph(strong('c')) ' ' emph('a ' strong('b') ' c') ' ' emph('d') ' ' "
     "strong('e') ' ' strike('f'))",
     ""},
    {"leftovers of delimiters", SLICE("**a* *b** ***c*\n"), "paragraph(emph(emph('a') ' ' emph('b')) ' **' emph('c'))",
     ""},
    {"code spans", SLICE("`a` `` `b` `` ` c ` `d\ne`\n"), "paragraph(code'a' ' ' code'`b`' ' ' code'c' ' ' code'd e')",
     ""},
    {"code blocks", SLICE("```c x\na\n```\n\n~~~\nb\n~~~\n\n    c\n\n    d\n"),
     "code-block'a\n'(info'c x') code-block'b\n' code-block'c\n\nd\n'", ""},
    {"fence never closed", SLICE("```\na\n"), "code-block'a\n'", "fence-unclosed@1:1"},
    {"fence never closed in an item", SLICE("- ```\n  a\n\nb\n"), "list(item(code-block'a\n\n')) paragraph('b')",
     "fence-unclosed@1:3"},
    {"fence never closed in a quote", SLICE("> ```\n> a\n\n```\nb\n```\n"), "quote(code-block'a\n') code-block'b\n'",
     "fence-unclosed@1:3"},
    {"fence of tildes closed by more", SLICE("~~~\na\n~~~~~\n"), "code-block'a\n'", ""},
    {"table", SLICE("| a | b |\n|:--|--:|\n| `c\\|d` | *e* |\n| f |\n"),
     "table(row(celll('a') cellr('b')) row(celll(code'c|d') cellr(emph('e'))) row(celll('f') cellr))", ""},
    {"table with more cells than its head", SLICE("| a |\n|---|\n| b | c |\n| d | e | f |\n"),
     "table(row(cell('a')) row(cell('b')) row(cell('d')))", "table-cells@3:7 table-cells@4:7"},
    {"table behind text", SLICE("x\n| a |\n|---|\n| b |\n"), "paragraph('x') table(row(cell('a')) row(cell('b')))", ""},
    {"table in a quote", SLICE("> | a | b |\n> |---|---|\n> | c | d | e |\n"),
     "quote(table(row(cell('a') cell('b')) row(cell('c') cell('d'))))", "table-cells@3:13"},
    {"table in an item", SLICE("1. | a |\n   |---|\n   | b |\n"), "list1(item(table(row(cell('a')) row(cell('b')))))",
     ""},
    {"lists", SLICE("- a\n- b\n\n  c\n\n3) d\n4) e\n"),
     "list/loose(item(paragraph('a')) item(paragraph('b') paragraph('c'))) list3(item(paragraph('d')) "
     "item(paragraph('e')))",
     ""},
    {"tasks", SLICE("- [ ] a\n- [x] b\n"), "list(item[ ](paragraph('a')) item[x](paragraph('b')))", ""},
};

static const struct example html_examples[] = {
    {"allowed", SLICE("a<br>b <sub>c</sub> <kbd>d</kbd> <abbr title=\"e\">f</abbr> g<wbr>h\n"),
     "paragraph('a' html'<br>' 'b ' html'<sub>' 'c' html'</sub>' ' ' html'<kbd>' 'd' html'</kbd>' ' ' html'<abbr "
     "title=\"e\">' 'f' html'</abbr>' ' g' html'<wbr>' 'h')",
     ""},
    {"case and slashes", SLICE("a<BR/>b <SUP>c</SUP>\n"), "paragraph('a' html'<br>' 'b ' html'<sup>' 'c' html'</sup>')",
     ""},
    {"attributes that may not pass", SLICE("<sub class=\"x\" title='y'>a</sub>\n"),
     "paragraph(html'<sub title=\"y\">' 'a' html'</sub>')", "html-refused@1:1"},
    {"comments", SLICE("a<!-- b -->c\n\n<!-- d\ne -->\n\nf\n"), "paragraph('a' 'c') paragraph('f')", ""},
    {"refused", SLICE("a <b>c</b> <img src=x onerror=y>\n"),
     "paragraph('a ' '<b>' 'c' '</b>' ' ' '<img src=x onerror=y>')",
     "html-refused@1:3 html-refused@1:7 html-refused@1:12"},
    {"refused, blocks", SLICE("<div>\na\n</div>\n\n<script>\nx\n</script>\n"),
     "code-block'<div>\na\n</div>\n' code-block'<script>\nx\n</script>\n'",
     "html-refused@1:1 html-refused@3:1 html-refused@5:1 html-refused@7:1"},
    {"processing instructions", SLICE("a <?php x ?> <!DOCTYPE x> <![CDATA[y]]>\n"),
     "paragraph('a ' '<?php x ?>' ' ' '<!DOCTYPE x>' ' ' '<![CDATA[y]]>')",
     "html-refused@1:3 html-refused@1:14 html-refused@1:27"},
    {"links", SLICE("<a href=\"x\">a</a>\n"), "paragraph('<a href=\"x\">' 'a' '</a>')",
     "html-refused@1:1 html-refused@1:14"},
    {"an old anchor", SLICE("a <a name=\"_x.1\"></a> <a id=\"__\"></a>\n"),
     "paragraph('a ' anchor#_x.1 ' ' '<a id=\"__\">' '</a>')", "id-malformed@1:30 html-refused@1:34"},
    {"an anchor with text", SLICE("<a id=\"x\">a</a>\n"), "paragraph('<a id=\"x\">' 'a' '</a>')",
     "html-refused@1:1 html-refused@1:12"},
    {"unbalanced", SLICE("<sub>a *b</sub> c*\n\n</sup> d\n"),
     "paragraph('<sub>' 'a ' emph('b' '</sub>' ' c')) paragraph('</sup>' ' d')",
     "html-unbalanced@1:1 html-unbalanced@1:10 html-unbalanced@3:1"},
    {"crossed", SLICE("<sub><sup>a</sub></sup>\n"), "paragraph('<sub>' html'<sup>' 'a' '</sub>' html'</sup>')",
     "html-unbalanced@1:1 html-unbalanced@1:12"},
    {"block tags among inlines", SLICE("a <details>b</details> <hr>\n"),
     "paragraph('a ' '<details>' 'b' '</details>' ' ' '<hr>')", "html-refused@1:3 html-refused@1:13 html-refused@1:24"},
    {"details", SLICE("<details open>\n<summary>a <kbd>b</kbd></summary>\n\nc\n\n</details>\n"),
     "html-block'<details open>\n<summary>a <kbd>b</kbd></summary>\n' paragraph('c') html-block'</details>\n'", ""},
    {"details over a section", SLICE("<details>\n\na\n\n## B\n\n</details>\n"),
     "code-block'<details>\n' paragraph('a') section#b(heading2('B') code-block'</details>\n')",
     "html-unbalanced@1:1 html-unbalanced@7:1"},
    {"details in an item", SLICE("- <details>\n\n  a\n\n  </details>\n"),
     "list/loose(item(html-block'<details>\n' paragraph('a') html-block'</details>\n'))", ""},
    {"details reach out of an item", SLICE("- <details>\n\n  a\n\n</details>\n"),
     "list/loose(item(code-block'<details>\n' paragraph('a'))) code-block'</details>\n'",
     "html-unbalanced@1:3 html-unbalanced@5:1"},
    {"details over a condition", SLICE("<details>\n\n:::only{edition=xa}\n</details>\n:::\n"),
     "code-block'<details>\n' condition-open:only,edition=xa code-block'</details>\n:::\n' condition-close",
     "html-unbalanced@1:1 directive-unclosed@3:1 html-unbalanced@4:1 directive-in-html@5:1"},
    {"summary alone", SLICE("<summary>a</summary>\n"), "code-block'<summary>a</summary>\n'", "html-unbalanced@1:1"},
    {"a closing block that does not fit", SLICE("<details>\n\na\n\n</details><div>\n"),
     "code-block'<details>\n' paragraph('a') code-block'</details><div>\n'", "html-unbalanced@1:1 html-refused@5:11"},
    {"comment never closed", SLICE("a\n\n<!-- b\n\nc\n"), "paragraph('a') code-block'<!-- b\n\nc\n'",
     "html-unclosed@3:1"},
    {"script never closed", SLICE("<script>\na\n\nb\n"), "code-block'<script>\na\n\nb\n'",
     "html-refused@1:1 html-unclosed@1:1"},
    {"a less-than sign", SLICE("a < b <c\n"), "paragraph('a < b <c')", ""},
    {"rule", SLICE("<hr>\n"), "html-block'<hr>\n'", ""},
};

static void test_references(void **state)
{
    (void)state;
    EXAMPLES(references_examples);
}

static void test_text(void **state)
{
    (void)state;
    EXAMPLES(text_examples);
}

static void test_html(void **state)
{
    (void)state;
    EXAMPLES(html_examples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_references),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_html),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
