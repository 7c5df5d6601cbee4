/* The language of templates: what they write, where they refuse a value, and what
 * their functions give. */

#include "template_fixture.h"

static void test_writing(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {"fixed text", "<p>Hi</p>\n", "<p>Hi</p>\n", NULL},
        {"nothing", "", "", NULL},
        {"a lone brace", "a { b } %} }} c\n", "a { b } %} }} c\n", NULL},
        {"a value", "<p>{{ page.title }}</p>", "<p>A title</p>", NULL},
        {"numbers", "{{ 1 }} {{ 1.5 }} {{ page.number }} {{ 7 // 2 }}", "1 1.5 1234567 3", NULL},
        {"braces in a string", "{{ \"}}\" }}|{{ '%}' }}|{{ [[}}]] }}", "}}|%}|}}", NULL},
        {"braces of tables", "{{ ({{1, 2}})[1][2] }}", "2", NULL},
        {"a comment", "a{# {{ nothing }} #}b", "ab", NULL},
        {"statements", "{% local a = 1 %}{% if a == 1 then %}yes{% else %}no{% end %}", "yes", NULL},
        {"statement begins with a bracket", "x{% local f = nil %}y{% (f or each)(nil) %}z", "xyz", NULL},
        {"a comment in a statement", "{% local a = 1 -- } one %}{{ a }}{% --[[ long\n]] a = 2 %}{{ a }}", "12", NULL},
        {"a loop", "{% for i, x in ipairs(page.list) do %}{{ i }}{{ x.title }} {% end %}", "1one 2two 3three ", NULL},
        {"while and repeat",
         "{% local i = 0 while i < 2 do i = i + 1 %}{{ i }}{% end repeat %}r{% i = i - 1 until i == 0 %}", "12rr",
         NULL},
        {"a function that writes", "{% local function f(x) %}<b>{{ x }}</b>{% end f(1) f('<') %}",
         "<b>1</b><b>&lt;</b>", NULL},
        {"lines of statements vanish", "<ul>\n  {% for i = 1, 2 do %}\n  <li>{{ i }}</li>\n  {% end %}\n</ul>\n",
         "<ul>\n<li>1</li>\n<li>2</li>\n</ul>\n", NULL},
        {"blanks count inside pre", "<pre>\n  a\n\n  {{ 1 }}\n</pre>\n   b", "<pre>\n  a\n\n  1\n</pre>\nb", NULL},
        {"blanks count inside attributes", "<p title=\"a\n   b\">", "<p title=\"a\n   b\">", NULL},
        {"trimming on demand", "a  {{- 1 -}}  b {%- local x %} c", "a1b c", NULL},
        {"minus is no trimming", "{{ - 1 }}", "-1", NULL},
        {"a return ends the template", "a{% if page.yes then return end %}b", "a", NULL},
        {"multiple results give the first", "{{ string.find('abc', 'c') }}", "3", NULL},
    };
    CHECK(examples);
}

static void test_escaping(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {"text", "<p>{{ page.hostile }}</p>", "<p>&lt;b&gt;&quot;&amp;&#39;&lt;/b&gt;</p>", NULL},
        {"attribute", "<p title=\"{{ page.hostile }}\" lang='{{ page.hostile }}'>",
         "<p title=\"&lt;b&gt;&quot;&amp;&#39;&lt;/b&gt;\" lang='&lt;b&gt;&quot;&amp;&#39;&lt;/b&gt;'>", NULL},
        {"title", "<title>{{ page.hostile }}</title>", "<title>&lt;b&gt;&quot;&amp;&#39;&lt;/b&gt;</title>", NULL},
        {"textarea", "<textarea>{{ '</textarea>' }}</textarea>", "<textarea>&lt;/textarea&gt;</textarea>", NULL},
        {"address", "<a href=\"{{ page.url }}\">", "<a href=\"../x%20y.html?a=1&amp;b=%272%27\">", NULL},
        {"hostile address", "<a href=\"{{ page.hostile }}\">", "<a href=\"%3Cb%3E%22&amp;%27%3C/b%3E\">", NULL},
        {"address in parts", "<a href='{{ page.root }}a/{{ page.title }}#{{ 'ไทย' }}'>",
         "<a href='../../a/A%20title#ไทย'>", NULL},
        {"allowed schemes", "<a href=\"{{ page.web }}\"><a href=\"{{ 'MAILTO:a@b' }}\"><a href=\"tel:{{ 1 }}\">",
         "<a href=\"https://example.org/a\"><a href=\"MAILTO:a@b\"><a href=\"tel:1\">", NULL},
        {"a colon after a slash", "<a href=\"{{ 'a/b:c' }}\">", "<a href=\"a/b:c\">", NULL},
        {"fixed address beside a statement", "<a href=\"x{% if page.yes then %}y{% end %}\">", "<a href=\"xy\">", NULL},
        {"refresh", "<meta http-equiv=\"refresh\" content=\"0; url={{ page.url }}\">",
         "<meta http-equiv=\"refresh\" content=\"0; url=../x%20y.html?a=1&amp;b=%272%27\">", NULL},
        {"description", "<meta name=description content=\"{{ page.hostile }}\">",
         "<meta name=description content=\"&lt;b&gt;&quot;&amp;&#39;&lt;/b&gt;\">", NULL},
        {"markup in text", "<p>{{ page.body }}|{{! page.body }}</p>", "<p><p>body</p>|<p>body</p></p>", NULL},
        {"control characters", "{{ page.control }}",
         "a\xEF\xBF\xBD\xEF\xBF\xBD"
         "b",
         NULL},
        {"data attribute", "<p data-x=\"{{ page.script }}\">", "<p data-x=\"javascript:alert(1)\">", NULL},
        {"custom element", "<x-a href=\"{{ page.url }}\">", "<x-a href=\"../x%20y.html?a=1&amp;b=%272%27\">", NULL},
        {"after a raw element", "<script>if (a<b) \"x\"</script>{{ '<' }}", "<script>if (a<b) \"x\"</script>&lt;",
         NULL},
        {"a sign in a title", "<title>a < b </tit {{ '<' }}</title>", "<title>a < b </tit &lt;</title>", NULL},
        {"after a comment", "<!-- > -- --->{{ '<' }}<!-->{{ 1 }}", "<!-- > -- --->&lt;<!-->1", NULL},
        {"after a doctype", "<!DOCTYPE html>{{ '<' }}", "<!DOCTYPE html>&lt;", NULL},
        {"quotes inside a tag", "<a title='\"' alt=\"'>\">{{ '<' }}", "<a title='\"' alt=\"'>\">&lt;", NULL},
        {"branches in an attribute", "<p class=\"{% if page.yes then %}a{% else %}b{% end %}\">", "<p class=\"a\">",
         NULL},
        {"branches in a tag", "<a{% if page.yes then %} class=\"x\"{% end %}>", "<a class=\"x\">", NULL},
        {"an attribute without value in a tag", "<details{% if page.yes then %} open{% end %}>", "<details open>",
         NULL},
        {"joined markup", "{{ page.body .. '<' .. 1 }}", "<p>body</p>&lt;1", NULL},
        {"captured markup", "{% local x = capture(function() %}<b>{{ '<' }}</b>{% end) %}[{{ x }}{{! x }}]",
         "[<b>&lt;</b><b>&lt;</b>]", NULL},
    };
    CHECK(examples);
}

static void test_refused_places(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {"script", "<script>var x = {{ 1 }}</script>", "1:17 template-place: a value may not stand in a <script>",
         NULL},
        {"style", "\n<style>a{{ 1 }}</style>", "2:9 template-place: a value may not stand in a <style>", NULL},
        {"unquoted", "<a title={{ 1 }}>", "1:10 template-place: a value may not stand in an attribute without quotes",
         NULL},
        {"unquoted, later", "<a title=x{{ 1 }}>",
         "1:11 template-place: a value may not stand in an attribute without quotes", NULL},
        {"event handler", "<a onclick=\"{{ 1 }}\">", "1:13 template-place: a value may not stand in an event handler",
         NULL},
        {"event handler in capitals", "<a OnClick=\"{{ 1 }}\">",
         "1:13 template-place: a value may not stand in an event handler", NULL},
        {"style attribute", "<a style=\"{{ 1 }}\">", "1:11 template-place: a value may not stand in a style attribute",
         NULL},
        {"tag name", "<{{ 1 }}>", "1:2 template-place: a value may not stand in the name of a tag", NULL},
        {"tag name, later", "<h{{ 1 }}>", "1:3 template-place: a value may not stand in the name of a tag", NULL},
        {"end tag", "</{{ 1 }}>", "1:3 template-place: a value may not stand in the name of a tag", NULL},
        {"attribute name", "<a {{ 1 }}>", "1:4 template-place: a value may not stand for an attribute or its name",
         NULL},
        {"comment", "<!-- {{ 1 }} -->", "1:6 template-place: a value may not stand in a comment or declaration", NULL},
        {"srcset", "<img srcset=\"{{ 1 }}\">",
         "1:14 template-place: a value may not stand in this attribute: it holds code, markup or a list of addresses",
         NULL},
        {"srcdoc", "<iframe srcdoc='{{ 1 }}'></iframe>",
         "1:17 template-place: a value may not stand in this attribute: it holds code, markup or a list of addresses",
         NULL},
        {"content of iframe", "<iframe>{{ 1 }}</iframe>",
         "1:9 template-place: a value may not stand in an element whose content is no markup", NULL},
        {"animation", "<animate to=\"{{ 1 }}\">",
         "1:14 template-place: a value may not stand in the tag of an animation, which can set any attribute", NULL},
        {"begin of a refresh", "<meta http-equiv=refresh content=\"{{ 1 }}\">",
         "1:35 template-place: a value may not stand at the begin of a refresh", NULL},
        {"refresh after its content", "<meta content=\"{{ 1 }}\" http-equiv=refresh>",
         "1:35 template-place: the content of this <meta> was read before it was known what it is for", NULL},
        {"markup in an attribute", "<a title=\"{{! page.body }}\">",
         "1:11 template-place: markup may stand in text only, and this is the value of an attribute", NULL},
        {"image of another host", "<img src=\"https://example.org/x.png\">",
         "1:36 template-place: the page would load 'https://example.org/x.png' from another host", NULL},
        {"script of another host", "<script src='//example.org/x.js'></script>",
         "1:32 template-place: the page would load '//example.org/x.js' from another host", NULL},
        {"style sheet of another host", "<link rel=stylesheet href=\"https://example.org/x.css\">",
         "1:53 template-place: the page would load 'https://example.org/x.css' from another host", NULL},
        {"a block that opens a quote", "<a title=\"{% if page.yes then %}\"{% end %}>",
         "1:37 template-place: the block of this 'end' begins in the value of an attribute and ends in a tag", NULL},
        {"branches that differ", "{% if page.yes then %}<a {% else %}b{% end %}",
         "1:29 template-place: the block of this 'else' begins in text and ends in a tag", NULL},
        {"a statement in a tag's name", "<h{% if page.yes then %}1{% end %}>",
         "1:25 template-place: this continues the name of a tag or attribute that ended before a statement", NULL},
        {"a statement before a tag's name", "<{% if page.yes then %}b{% end %}>",
         "1:2 template-place: a statement may not stand in the middle of a tag's name or of a value without quotes",
         NULL},
        {"a statement in a value without quotes", "<p title=a{% if page.yes then %}b{% end %}>",
         "1:11 template-place: a statement may not stand in the middle of a tag's name or of a value without quotes",
         NULL},
        {"a name that goes on when the block is left out", "<p{% if page.yes then %} title=\"a\"{% end %}lang=\"b\">",
         "1:44 template-place: this continues the name of a tag or attribute that ended before a statement", NULL},
        {"a value for a name before a statement", "<p{% if page.yes then %} open{% end %} =\"b\">",
         "1:40 template-place: this continues the name of a tag or attribute that ended before a statement", NULL},
        {"an attribute that is not closed", "<a href=\"x>{{ 1 }}",
         "1:19 template-place: the template ends in the value of an attribute", NULL},
        {"a title that is not closed", "<title>{{ 1 }}",
         "1:15 template-place: the template ends in a <title> or <textarea>", NULL},
        {"a partial in an attribute", "<a title=\"{% include 'item' %}\">",
         "1:11 template-place: a partial may not be included in the value of an attribute", NULL},
        {"all in one run", "<script>{{ 1 }}</script>\n<a onclick=\"{{ 2 }}\">\n<p {{ 3 }}>",
         "1:9 template-place: a value may not stand in a <script>\n"
         "2:13 template-place: a value may not stand in an event handler\n"
         "3:4 template-place: a value may not stand for an attribute or its name",
         NULL},
    };
    CHECK(examples);
}

static void test_syntax_errors(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {"tag not closed", "a\n b {{ x ", "2:4 template-syntax: this tag is not closed", NULL},
        {"statement not closed", "{% if x then }", "1:1 template-syntax: this tag is not closed", NULL},
        {"comment not closed", "\n{# x", "2:1 template-syntax: this comment is not closed", NULL},
        {"string not closed", "{{ 'a }}\n", "1:4 template-syntax: a string or comment inside this tag is not closed",
         NULL},
        {"no expression", "{{ }}", "1:1 template-syntax: there is nothing between these braces", NULL},
        {"half an expression", "x\n{{ page. }}", "2:4 template-syntax: this is no expression: <name> expected near ')'",
         NULL},
        {"two expressions", "{{ 1, 2 }}", "1:4 template-syntax: this is no expression: ')' expected near ','", NULL},
        {"escape from the call", "{{ 1) os.exit( }}",
         "1:4 template-syntax: this is no expression: <eof> expected near 'os'", NULL},
        {"comment in a value", "{{ 1 -- x }}", "1:4 template-syntax: this is no expression: ')' expected near <eof>",
         NULL},
        {"no statement", "a\n\n{% x x %}\n", "3:1 template-syntax: this is no Lua: syntax error near 'x'", NULL},
        {"then is missing", "\n{% if page.yes %}a{% end %}", "2:1 template-syntax: this is no Lua: 'then' expected",
         NULL},
        {"value is missing", "{% local a = %}x", "1:1 template-syntax: this is no Lua: unexpected symbol", NULL},
        {"if is not closed", "a\n{% if page.yes then %}b", "2:4 template-syntax: this 'if' is not closed", NULL},
        {"end without begin", "a{% end %}", "1:5 template-syntax: 'end' closes nothing", NULL},
        {"end for until", "{% repeat %}{% end %}", "1:16 template-syntax: 'end' stands where 'repeat' has to be closed",
         NULL},
        {"block is not closed", "{% block x %}a", "1:4 template-syntax: this 'block' is not closed", NULL},
        {"block without name", "{% block %}a{% endblock %}",
         "1:4 template-syntax: a block has one name\n1:16 template-syntax: 'endblock' closes nothing", NULL},
        {"text beside blocks", "{% extends 'base' %}\n<p>\n{% block main %}{% endblock %}",
         "2:1 template-syntax: in a template that extends a layout, text stands in blocks only", NULL},
        {"value beside blocks", "{% extends 'base' %}\n{{ 1 }}",
         "2:1 template-syntax: in a template that extends a layout, text stands in blocks only", NULL},
        {"extends too late", "a{% extends 'base' %}",
         "1:5 template-syntax: 'extends' does not stand at the begin of the template", NULL},
        {"super outside", "{% super %}", "1:4 template-syntax: 'super' stands outside of any block", NULL},
        {"extends itself", "{% extends 'page' %}",
         "1:13 template-syntax: the layouts that 'page' extends go round in a circle", NULL},
        {"unknown layout", "{% extends 'bsae' %}", "1:12 template-unknown: the theme has no template 'bsae'", NULL},
        {"unknown partial", "{% include 'itme' %}", "1:12 template-unknown: the theme has no template 'itme'", NULL},
        {"unknown word", "{{ t('helo') }}", "1:6 theme-word: the theme has no word 'helo'", NULL},
        {"unknown asset", "{{ asset('style.cs') }}", "1:10 template-unknown: the theme has no asset 'style.cs'", NULL},
        {"line of an error behind many lines", "<p>\n\n{{ page.title\n}}\n\n<b>{%\n\nx x %}\n",
         "8:1 template-syntax: this is no Lua: syntax error near 'x'", NULL},
    };
    CHECK(examples);
}

static void test_layouts(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {"a layout by itself", "{% include 'base' %}", "<!DOCTYPE html>\n<title>A title</title>\n<i>base</i>\nfoot\n",
         NULL},
        {"a block replaced", "{% extends 'base' %}{% block main %}\n<b>{{ page.title }}</b>\n{% endblock %}",
         "<!DOCTYPE html>\n<title>A title</title>\n<b>A title</b>\nfoot\n", NULL},
        {"super", "{% extends 'base' %}{% block foot %}a {% super %}b{% endblock %}",
         "<!DOCTYPE html>\n<title>A title</title>\n<i>base</i>\na foot\nb", NULL},
        {"three layers", "{% extends 'middle' %}{% block main %}own {% super %}{% endblock %}",
         "<!DOCTYPE html>\n<title>A title</title>\nown middle <i>base</i>\n\nfoot\n", NULL},
        {"locals of the template reach its blocks",
         "{% extends 'base' %}{% local x = 5 %}{% block main %}{{ x }}{% endblock %}{% block foot %}{% endblock %}",
         "<!DOCTYPE html>\n<title>A title</title>\n5", NULL},
        {"a block inside a block", "{% block a %}1{% block b %}2{% endblock %}3{% endblock %}", "123", NULL},
        {"a block that nobody has", "{% extends 'base' %}{% block other %}x{% endblock %}",
         "<!DOCTYPE html>\n<title>A title</title>\n<i>base</i>\nfoot\n", NULL},
        {"a partial with arguments", "{% include 'item' with {x = '<'} %}", "[&lt; en]", NULL},
        {"a partial of a computed name", "{% local n = 'it' include(n .. 'em') %}",
         "1:1 template-error: there is nothing of the name 'include'", NULL},
        {"a computed name", "{% include ('it' .. 'em') with {x = 1} %}", "[1 en]", NULL},
        {"a partial sees no locals", "{% local x = 1 %}{% include 'item' %}",
         "t/item.html1:2 template-error: there is nothing of the name 'x'", NULL},
        {"a partial's fault is in the partial", "{% include 'nilling' %}",
         "t/nilling.html2:6 template-value: 'page.nothing' is nil", NULL},
        {"a computed name that is not there", "\n{% include (page.title) %}",
         "2:1 template-unknown: the theme has no template 'A title'", NULL},
        {"a partial twice", "{% for i = 1, 2 do %}{% include 'item' with {x = i} %}{% end %}", "[1 en][2 en]", NULL},
    };
    CHECK(examples);
}

static void test_functions(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {"a word", "{{ t('hello') }}", "Hello", NULL},
        {"a word in French", "{{ t('hello') }}", "Bonjour", "fr"},
        {"one", "{{ t('pages', {n = 1}) }}", "1 page", NULL},
        {"many", "{{ t('pages', {n = 1234}) }}", "1,234 pages", NULL},
        {"none in French is singular", "{{ t('pages', {n = 0}) }}", "0 page", "fr"},
        {"arguments are escaped", "{{ t('by', {who = '<i>', day = 1}) }}", "by &lt;i&gt; on 1", NULL},
        {"markup as argument", "{{ t('angle', {who = page.body}) }}", "a &lt; b <p>body</p>", NULL},
        {"markup and text", "{{ t('by', {who = '<i>', day = page.body}) }}", "by &lt;i&gt; on <p>body</p>", NULL},
        {"a missing argument", "{{ t('by', {who = 'x'}) }}",
         "1:1 template-error: the word 'by' needs {day}, and that is nil", NULL},
        {"a missing number", "{{ t('pages') }}",
         "1:1 template-error: the word 'pages' has plural forms and needs a number: t(\"pages\", {n = …})", NULL},
        {"a computed word", "{{ t('hel' .. 'lo') }}", "Hello", NULL},
        {"a computed word that is not there", "{{ t('hel' .. 'p') }}", "1:1 theme-word: the theme has no word 'help'",
         NULL},
        {"has_word",
         "{% if has_word('hello') then %}1{% end %}{% if has_word('empty') then %}2{% end %}"
         "{% if has_word('x') then %}3{% end %}",
         "1", NULL},
        {"dates", "{{ date(page.day) }} {{ date(page.day, 'short') }} {{ date(page.day, 'month') }}",
         "2 May 2026 02/05/2026 May 2026", NULL},
        {"dates in French", "{{ date(page.day) }}", "2 mai 2026", "fr"},
        {"no date", "{{ date('2026-02-30') }}",
         "1:1 template-error: '2026-02-30' is no day: days are written YYYY-MM-DD", NULL},
        {"no date at all", "{{ date(page.no_day) }}",
         "1:1 template-error: bad argument #1 to 'date' (string expected, got nil)", NULL},
        {"numbers", "{{ number(1234.5) }} {{ number(2/3, 1) }}", "1,234.5 0.7", NULL},
        {"plural", "{{ plural(1) }} {{ plural(2) }}", "one other", NULL},
        {"asset", "<img src=\"{{ asset('img/a.svg') }}\" alt=\"\">", "<img src=\"../../theme/img/a.svg\" alt=\"\">",
         NULL},
        {"encode", "{{ encode('a b/ä&') }}", "a%20b%2F%C3%A4%26", NULL},
        {"each", "{% for x in each(page.list) do %}{{ x.title }}{% end for x in each(nil) do %}never{% end %}",
         "onetwothree", NULL},
        {"tree",
         "{% for x in each(tree(page.list)) do %}({{ x.title }}{% for y in each(x.items) do %}[{{ y.title }}]{% end %})"
         "{% end %}",
         "(one[two])(three)", NULL},
        {"pairs is sorted",
         "{% for k, v in pairs({c = 1, a = 2, [10] = 3, [9] = 4, b = 5}) do %}{{ k }}{{ v }} {% end %}",
         "94 103 a2 b5 c1 ", NULL},
        {"sort keeps the order of equals",
         "{% local l = {} for i = 1, 300 do l[i] = {i % 3, i} end table.sort(l, function(a, b) return a[1] < b[1] end) "
         "local ok = true for i = 2, 300 do ok = ok and (l[i-1][1] < l[i][1] or l[i-1][2] < l[i][2]) end %}"
         "{{ l[1][2] }} {{ l[300][2] }} {{ ok and 'stable' or 'unstable' }}",
         "3 299 stable", NULL},
        {"sort", "{% local l = {3, 1, 2} table.sort(l) %}{{ table.concat(l, ' ') }}", "1 2 3", NULL},
        {"type", "{{ type(page.body) }} {{ type(page.title) }} {{ type(nil) }}", "html string nil", NULL},
        {"methods of texts", "{{ ('abc'):upper() }} {{ page.title:sub(1, 1) }}", "ABC A", NULL},
    };
    CHECK(examples);
}

/* Last: every code that is theirs was met above. */
static void test_codes(void **state)
{
    (void)state;
    static const enum diag_code codes[] = {DIAG_TEMPLATE_SYNTAX, DIAG_TEMPLATE_PLACE, DIAG_TEMPLATE_UNKNOWN,
                                           DIAG_TEMPLATE_VALUE,  DIAG_TEMPLATE_ERROR, DIAG_THEME_WORD};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (!seen[codes[i]])
            fail_msg("nothing gave '%s'", diag_word(codes[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_writing),       cmocka_unit_test(test_escaping), cmocka_unit_test(test_refused_places),
        cmocka_unit_test(test_syntax_errors), cmocka_unit_test(test_layouts),  cmocka_unit_test(test_functions),
        cmocka_unit_test(test_codes),
    };
    return cmocka_run_group_tests_name("template", tests, NULL, NULL);
}
