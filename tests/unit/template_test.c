/* Templates: what they write, where they refuse a value, and how they end when
 * they do not end by themselves. Each row is a template and what comes of it: the
 * text, or the diagnostic as "line:column code: text". */

#include "base/limits.h"
#include "script/context.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka.h wants the four above it. */
#include <cmocka.h>

static const char hostile[] = "<b>\"&'</b>";

static const struct theme_file shared_files[] = {
    {"templates/base.html", "t/base.html",
     SLICE("<!DOCTYPE html>\n<title>{{ page.title }}</title>\n{% block main %}\n<i>base</i>\n{% endblock %}\n"
           "{% block foot %}\nfoot\n{% endblock %}\n")},
    {"templates/middle.html", "t/middle.html",
     SLICE("{% extends \"base\" %}\n{% block main %}\nmiddle {% super %}\n{% endblock %}\n")},
    {"templates/item.html", "t/item.html", SLICE("[{{ x }} {{ page.lang }}]")},
    {"templates/self.html", "t/self.html", SLICE("{% include \"self\" %}")},
    {"templates/nilling.html", "t/nilling.html", SLICE("\n  {{ page.nothing }}\n")},
    {"assets/style.css", "t/style.css", SLICE("")},
    {"assets/img/a.svg", "t/a.svg", SLICE("")},
    {"messages/en.yaml", "t/en.yaml",
     SLICE("hello: Hello\n"
           "pages: {one: \"{n} page\", other: \"{n} pages\"}\n"
           "by: by {who} on {day}\n"
           "angle: a < b {who}\n"
           "empty: \"\"\n")},
    {"messages/fr.yaml", "t/fr.yaml",
     SLICE("hello: Bonjour\npages: {one: \"{n} page\", many: \"{n} de pages\", other: \"{n} pages\"}\n"
           "by: par {who}, le {day}\nangle: a < b {who}\nempty: \"\"\n")},
};
enum { SHARED_COUNT = sizeof shared_files / sizeof shared_files[0] };

static const struct language languages[] = {{.tag = "en", .name = "English"}, {.tag = "fr", .name = "Français"}};

struct setting {
    const char *language;
    uint64_t most_instructions;
    size_t most_bytes, most_output;
};

static void build_context(struct template_engine *engine, const char *language)
{
    context_begin(engine, language);
    context_map_begin(engine, "page");
    context_text(engine, "title", SLICE("A title"));
    context_text(engine, "lang", slice_of(language));
    context_text(engine, "root", SLICE("../../"));
    context_text(engine, "hostile", slice_of(hostile));
    context_text(engine, "script", SLICE("javascript:alert(1)"));
    context_text(engine, "host", SLICE("//evil.example/x"));
    context_text(engine, "control", (struct slice){"a\x01\0b", 4});
    context_url(engine, "url", SLICE("../x y.html?a=1&b='2'"));
    context_url(engine, "web", SLICE("https://example.org/a"));
    context_html(engine, "body", SLICE("<p>body</p>"));
    context_day(engine, "day", 20260502);
    context_day(engine, "no_day", 0);
    context_number(engine, "number", 1234567);
    context_bool(engine, "yes", true);
    context_list_begin(engine, "list", 3);
    static const char *const titles[] = {"one", "two", "three"};
    for (int i = 0; i < 3; i++) {
        context_map_begin(engine, NULL);
        context_text(engine, "title", slice_of(titles[i]));
        context_number(engine, "depth", i == 1 ? 2 : 1);
        context_map_end(engine);
    }
    context_list_end(engine);
    context_map_end(engine);
}

static struct template_engine *make_engine(const char *page, const struct setting *setting, struct diag_list *diags)
{
    struct theme_file files[SHARED_COUNT + 1];
    memcpy(files, shared_files, sizeof shared_files);
    files[SHARED_COUNT] = (struct theme_file){"templates/page.html", "t/page.html", slice_of(page)};
    struct theme_layer layer = {"default", files, SHARED_COUNT + 1};
    struct template_options options = {.layers = &layer,
                                       .layer_count = 1,
                                       .languages = languages,
                                       .language_count = 2,
                                       .default_language = "en",
                                       .most_instructions = setting->most_instructions,
                                       .most_bytes = setting->most_bytes};
    return template_engine_new(&options, diags);
}

/* What comes of `page`; valid until the next call. */
static const char *outcome(const char *page, const struct setting *setting)
{
    static struct buffer result = {.most_bytes = 1 << 24};
    struct diag_list diags = {0};
    struct buffer out = BUFFER(setting->most_output ? setting->most_output : 1 << 20);
    const char *language = setting->language ? setting->language : "en";
    buffer_clear(&result);
    struct template_engine *engine = make_engine(page, setting, &diags);
    if (engine) {
        build_context(engine, language);
        assert_int_equal(diags.count, 0);
        bool ok = template_render(engine, "page", &out, &diags);
        if (ok != (diags.count == 0))
            fail_msg("no diagnostic for %s", page);
        buffer_slice(&result, buffer_view(&out));
    }
    for (size_t i = 0; i < diags.count; i++) {
        const struct diag *diag = &diags.items[i];
        assert_int_equal(out.length, 0);
        buffer_printf(&result, "%s%s%u:%u %s: %s", i > 0 ? "\n" : "",
                      diag->path && strcmp(diag->path, "t/page.html") != 0 ? diag->path : "", diag->line, diag->column,
                      diag_word(diag->code), diag->text);
    }
    buffer_free(&out);
    diag_list_free(&diags);
    template_engine_free(engine);
    return buffer_string(&result);
}

struct example {
    const char *name, *page, *expected, *language;
};

static void check(const struct example *examples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct setting setting = {.language = examples[i].language};
        const char *got = outcome(examples[i].page, &setting);
        if (strcmp(got, examples[i].expected) != 0)
            fail_msg("%s\n--- wanted\n%s\n--- got\n%s", examples[i].name, examples[i].expected, got);
    }
}
#define CHECK(examples) check(examples, sizeof(examples) / sizeof((examples)[0]))

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

static void test_faulty_values(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {"nil", "<p>\n  {{ page.titel }}</p>", "2:6 template-value: 'page.titel' is nil", NULL},
        {"nil in the second of a run", "{{ page.title }} {{ page.no_day }}",
         "1:21 template-value: 'page.no_day' is nil", NULL},
        {"nil made harmless", "{{ page.titel or '' }}", "", NULL},
        {"a truth value", "{{ page.yes }}", "1:4 template-value: 'page.yes' is true or false, which is no text", NULL},
        {"a table", "{{ page.list }}", "1:4 template-value: 'page.list' is a table", NULL},
        {"a function", "{{ date }}", "1:4 template-value: 'date' is a function", NULL},
        {"markup in an attribute", "<p title=\"{{ page.body }}\">",
         "1:14 template-value: 'page.body' is finished markup", NULL},
        {"markup in a title", "<title>{{ page.body }}</title>", "1:11 template-value: 'page.body' is finished markup",
         NULL},
        {"text as markup", "{{! page.title }}", "1:5 template-value: 'page.title' is a text and no finished markup",
         NULL},
        {"a scheme", "<a href=\"{{ page.script }}\">",
         "1:13 template-value: 'javascript:alert(1)' is no address that may stand here", NULL},
        {"a scheme in parts", "<a href=\"{{ 'java' }}{{ 'script:x' }}\">",
         "1:25 template-value: 'javascript:x' is no address that may stand here", NULL},
        {"a scheme completed by fixed text", "<a href=\"{{ 'javascript' }}:x\">",
         "1:13 template-value: 'javascript:x' is no address that may stand here", NULL},
        {"a scheme with a line end", "<a href=\"{{ 'java\\nscript:x' }}\">",
         "1:13 template-value: 'java%0Ascript:x' is no address that may stand here", NULL},
        {"a scheme behind blanks", "<a href=\"  {{ 'javascript:x' }}\">",
         "1:15 template-value: '  javascript:x' is no address that may stand here", NULL},
        {"data", "<a href=\"{{ 'data:text/html,x' }}\">",
         "1:13 template-value: 'data:text/html,x' is no address that may stand here", NULL},
        {"another host", "<a href=\"{{ page.host }}\">",
         "1:13 template-value: '//evil.example/x' is no address that may stand here", NULL},
        {"another host by backslash", "<a href=\"{{ '/\\\\\\\\x' }}\">", "<a href=\"/%5C%5Cx\">", NULL},
        {"loading from another host", "<img src=\"{{ page.web }}\" alt=\"\">",
         "1:14 template-value: 'https://example.org/a' is no address that may stand here", NULL},
        {"refresh to a script", "<meta http-equiv=refresh content=\"0;URL={{ page.script }}\">",
         "1:44 template-value: 'javascript:alert(1)' is no address that may stand here", NULL},
        {"unknown name", "\n{% if pgae.title then %}{% end %}",
         "2:1 template-error: there is nothing of the name 'pgae'", NULL},
        {"field of nil", "\n\n{{ page.author.name }}",
         "3:1 template-error: attempt to index a nil value (field 'author')", NULL},
        {"call of nil", "{{ page.title.x() }}", "1:1 template-error: attempt to call a nil value (field 'x')", NULL},
        {"a name without local", "{% x = 1 %}",
         "1:1 template-error: 'x' is set without 'local': write {% local x = … %}", NULL},
        {"an error of the template's own", "\n{% error('my own') %}", "2:1 template-error: my own", NULL},
        {"an error without text", "{% error({}) %}", "1:1 template-error: the error has no text", NULL},
        {"an error of nil", "{% error(nil) %}", "1:1 template-error: the error has no text", NULL},
        {"a failed assertion", "{% assert(page.x, 'no x') %}", "1:1 template-error: no x", NULL},
        {"a block that is left in the middle of a tag",
         "{% for i = 1, 2 do %}<p {% if i == 1 then break end %}>{% end %}{{ 1 }}",
         "1:65 template-place: this text is reached in a tag, but was written to stand in text", NULL},
        {"a function that is called in an attribute",
         "{% local function f() %}<b>{{ 1 }}</b>{% end %}<p title=\"{% f() %}\">",
         "1:25 template-place: this text is reached in the value of an attribute, but was written to stand in text",
         NULL},
        {"capture in a tag", "<p title=\"{% local x = capture(function() %}{% end) %}\">",
         "1:11 template-error: capture begins in the middle of a tag", NULL},
    };
    CHECK(examples);
}

static void test_sandbox(void **state)
{
    (void)state;
    static const char *const absent[] = {
        "os",
        "io",
        "package",
        "require",
        "debug",
        "load",
        "loadstring",
        "loadfile",
        "dofile",
        "pcall",
        "xpcall",
        "coroutine",
        "collectgarbage",
        "getmetatable",
        "setmetatable",
        "rawget",
        "rawset",
        "rawequal",
        "rawlen",
        "next",
        "print",
        "_G",
        "_VERSION",
        "warn",
        "unpack",
        "string.dump",
        "string.pack",
        "string.unpack",
        "string.packsize",
        "math.random",
        "math.randomseed",
        "math.sin",
        "('').dump",
        "('').__index",
        "page.__index",
        "theme.__newindex",
    };
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
        char page[200];
        snprintf(page, sizeof page, "{%% if %s then %%}reachable{%% end %%}", absent[i]);
        const char *got = outcome(page, &(struct setting){0});
        if (strstr(got, "reachable"))
            fail_msg("templates can reach '%s'", absent[i]);
    }
    static const struct example examples[] = {
        {"libraries are read-only", "{% string.upper = 1 %}",
         "1:1 template-error: 'upper' cannot be set: this table is read-only", NULL},
        {"the theme is read-only", "{% theme.styles[1] = 'x' %}",
         "1:1 template-error: '1' cannot be set: this table is read-only", NULL},
        {"absent parts of the context are read-only", "{% glossary.x = 1 %}",
         "1:1 template-error: 'x' cannot be set: this table is read-only", NULL},
        {"no address of a table", "{{ tostring({}) }}",
         "1:1 template-error: a table has no text that is the same in every run", NULL},
        {"no address by format", "{{ string.format('%s', ipairs) }}",
         "1:1 template-error: a function has no text that is the same in every run", NULL},
        {"no pointer", "{{ ('%5p'):format('') }}",
         "1:1 template-error: '%p' gives an address, which is different in every run", NULL},
        {"format works", "{{ string.format('%d%% %s %05.1f', 5, 'x', 2) }}", "5% x 002.0", NULL},
        {"keys that have no order", "{% for k in pairs({[{}] = 1}) do %}{% end %}",
         "1:1 template-error: pairs needs keys that are texts or numbers, and one is a table", NULL},
        {"nothing repeated for ever", "{{ ('').rep('', math.maxinteger) }}", "", NULL},
    };
    CHECK(examples);
}

static void test_limits(void **state)
{
    (void)state;
    static const struct {
        const char *name, *page, *expected;
        struct setting setting;
    } cases[] = {
        {"a loop of 10^9",
         "<p>\n{% for i = 1, 10^9 do %}\n{% end %}",
         "2:1 template-limit: one page took more than 50000000 instructions of Lua",
         {0}},
        {"a loop that writes",
         "{% while true do %}x{% end %}",
         "1:20 template-limit: the page is larger than 0 MB",
         {.most_output = 100000}},
        {"few instructions",
         "{% for i = 1, 100 do %}\n{% local x = i %}\n{% end %}",
         "2:1 template-limit: one page took more than 50 instructions of Lua",
         {.most_instructions = 50}},
        {"a list that grows",
         "{% local l = {}\nwhile true do\nl[#l + 1] = {1}\nend %}",
         "3:1 template-limit: one page took more memory than any page needs",
         {.most_bytes = 4 << 20}},
        {"a text that grows",
         "{% local s = 'x'\nwhile true do\n s = s .. s end %}",
         "3:2 template-limit: one page took more memory than any page needs",
         {.most_bytes = 4 << 20}},
        {"a text of 1 GB",
         "{{ ('x'):rep(10^9) }}",
         "1:1 template-limit: one page took more memory than any page needs",
         {0}},
        {"a partial that includes itself",
         "{% include 'self' %}",
         "t/self.html1:1 template-limit: templates include one another more than 40 deep",
         {0}},
        {"a function that calls itself",
         "{% local function f() return 1 + f() end %}\n{% f() %}",
         "1:1 template-limit: functions call one another without end",
         {.most_bytes = 1 << 28}},
        {"a function that calls itself through capture",
         "{% local function f() return capture(f) end %}\n{% f() %}",
         "1:1 template-limit: functions call one another without end",
         {0}},
        {"a page that is too large",
         "{% for i = 1, 1000 do %}<p>{{ i }}</p>{% end %}",
         "1:25 template-limit: the page is larger than 0 MB",
         {.most_output = 1000}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *got = outcome(cases[i].page, &cases[i].setting);
        if (strcmp(got, cases[i].expected) != 0)
            fail_msg("%s\n--- wanted\n%s\n--- got\n%s", cases[i].name, cases[i].expected, got);
    }
}

/* Memory may end at any moment of a render: it is always the same diagnostic, and
 * the engine goes on. */
static void test_memory_ends_anywhere(void **state)
{
    (void)state;
    static const char page[] =
        "{% extends 'middle' %}{% block main %}{% super %}{% for k, x in pairs(page.list) do %}<a href=\"{{ page.url "
        "}}\">"
        "{{ t('by', {who = page.body, day = date(page.day)}) .. x.title }}</a>{% include 'item' with {x = number(k)} "
        "%}{% end %}"
        "{% local l = tree(page.list) table.sort(l, function(a, b) return a.title < b.title end) %}"
        "{% local c = capture(function() %}{{ asset('style.css') }}{{ encode(page.title) }}{% end) %}{{ c }}"
        "{{ ('%s'):format(('x'):rep(1000)) }}{% endblock %}";
    unsigned refused = 0, done = 0;
    for (size_t most = 20000; done < 3; most += 200) {
        const char *got = outcome(page, &(struct setting){.most_bytes = most});
        if (strstr(got, "<!DOCTYPE html>"))
            done++;
        else if (strstr(got, "template-limit: one page took more memory"))
            refused++;
        else
            fail_msg("with %zu bytes: %s", most, got);
        assert_true(most < 10 << 20);
    }
    assert_true(refused > 50);
}

/* An engine goes on after a fault, and no render sees another. */
static void test_renders_are_apart(void **state)
{
    (void)state;
    struct diag_list diags = {0};
    struct buffer out = BUFFER(1 << 20);
    struct template_engine *engine =
        make_engine("{{ page.title }}{% page.title = 'changed' %}{% if page.fail then %}{{ nil }}{% end %}",
                    &(struct setting){0}, &diags);
    assert_non_null(engine);
    buffer_text(&out, "before ");
    for (int i = 0; i < 3; i++) {
        build_context(engine, "en");
        assert_true(template_render(engine, "page", &out, &diags));
        context_begin(engine, "en");
        context_map_begin(engine, "page");
        context_text(engine, "title", SLICE("x"));
        context_bool(engine, "fail", true);
        context_map_end(engine);
        assert_false(template_render(engine, "page", &out, &diags));
    }
    assert_string_equal(buffer_string(&out), "before A titleA titleA title");
    assert_int_equal(diags.count, 3);

    /* What is not given, not known, or not begun. */
    context_begin(engine, "xx");
    assert_false(template_render(engine, "pgae", &out, &diags));
    assert_string_equal(diags.items[3].text, "the theme has no template 'pgae'");
    assert_string_equal(diags.items[3].help, "did you mean 'page'?");
    assert_false(template_render(engine, "page", &out, &diags));
    assert_string_equal(buffer_string(&out), "before A titleA titleA title");
    template_engine_free(engine);
    buffer_free(&out);
    diag_list_free(&diags);
}

static void test_fragment(void **state)
{
    (void)state;
    static const struct {
        const char *html, *current, *expected;
    } cases[] = {
        {"<a href=\"a.html\">A</a><a href=\"b.html\">B</a>", "b.html",
         "<a href=\"a.html\">A</a><a href=\"b.html\" aria-current=\"page\">B</a>"},
        {"<a href=\"ab.html\">A</a><a href=\"b.html\">B</a>", "b.html",
         "<a href=\"ab.html\">A</a><a href=\"b.html\" aria-current=\"page\">B</a>"},
        {"<a href=\"b.html#x\">A</a>", "b.html", "<a href=\"b.html#x\">A</a>"},
        {"<a href=\"b.html\">A</a>", "", "<a href=\"b.html\">A</a>"},
        {"<a href=\"b", "b.html", "<a href=\"b"},
        {"", "b.html", ""},
    };
    struct diag_list diags = {0};
    struct buffer out = BUFFER(1 << 20);
    struct template_engine *engine = make_engine("{{! page.nav }}", &(struct setting){0}, &diags);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        buffer_clear(&out);
        context_begin(engine, "en");
        context_map_begin(engine, "page");
        context_fragment(engine, "nav", slice_of(cases[i].html), slice_of(cases[i].current));
        context_map_end(engine);
        assert_true(template_render(engine, "page", &out, &diags));
        assert_string_equal(buffer_string(&out), cases[i].expected);
    }
    template_engine_free(engine);
    buffer_free(&out);
    diag_list_free(&diags);
}

/* Two layers: the child's file hides the parent's. */
static void test_layers(void **state)
{
    (void)state;
    static const struct theme_file child[] = {
        {"templates/part.html", "child/part.html", SLICE("child")},
        {"messages/en.yaml", "child/en.yaml", SLICE("a: child a\n")},
    };
    static const struct theme_file parent[] = {
        {"templates/page.html", "parent/page.html", SLICE("{% include 'part' %} {{ t('a') }} {{ t('b') }}")},
        {"templates/part.html", "parent/part.html", SLICE("parent {{ nothing at all }}")},
        {"messages/en.yaml", "parent/en.yaml", SLICE("a: parent a\nb: parent b\n")},
    };
    static const struct theme_layer layers[] = {{"mine", child, 2}, {"default", parent, 3}};
    struct template_options options = {
        .layers = layers, .layer_count = 2, .languages = languages, .language_count = 1, .default_language = "en"};
    struct diag_list diags = {0};
    struct buffer out = BUFFER(1000);
    struct template_engine *engine = template_engine_new(&options, &diags);
    assert_non_null(engine);
    context_begin(engine, "en");
    assert_true(template_render(engine, "page", &out, &diags));
    assert_string_equal(buffer_string(&out), "child child a parent b");
    assert_true(slice_is(template_word(engine, "en", "a"), "child a"));
    struct key key = template_engine_key(engine, "en");
    template_engine_free(engine);

    options.layers = &layers[1];
    options.layer_count = 1;
    assert_null(template_engine_new(&options, &diags)); /* the parent's part is no Lua */
    assert_int_equal(diags.items[diags.count - 1].code, DIAG_TEMPLATE_SYNTAX);

    options.layers = layers;
    options.layer_count = 2;
    engine = template_engine_new(&options, &diags);
    assert_true(key_equal(key, template_engine_key(engine, "en")));
    template_engine_free(engine);
    buffer_free(&out);
    diag_list_free(&diags);
}

/* Whatever a value holds, it never leaves its place: no sign that means something
 * there comes out of it. */
static void test_no_value_leaves_its_place(void **state)
{
    (void)state;
    static const char page[] =
        "<p>\x01{{ page.value }}\x02</p><a title=\"\x01{{ page.value }}\x02\" data-a='\x01{{ page.value }}\x02'"
        "></a><title>\x01{{ page.value }}\x02</title><a href=\"x/\x01{{ page.value }}\x02\"></a>";
    static const char signs[] = "<>\"'&;:/\\-!=`()[]{}%#? \n\t\r\x01\x7f\xc2\x80 abcjvs";
    struct diag_list diags = {0};
    struct buffer out = BUFFER(1 << 20);
    struct template_engine *engine = make_engine(page, &(struct setting){0}, &diags);
    assert_non_null(engine);
    unsigned random = 1;
    for (int round = 0; round < 5000; round++) {
        char value[64];
        size_t length = round % sizeof value;
        for (size_t i = 0; i < length; i++) {
            random = random * 1103515245u + 12345u;
            value[i] = signs[(random >> 16) % (sizeof signs - 1)];
        }
        buffer_clear(&out);
        context_begin(engine, "en");
        context_map_begin(engine, "page");
        context_text(engine, "value", (struct slice){value, length});
        context_map_end(engine);
        assert_true(template_render(engine, "page", &out, &diags));
        unsigned places = 0;
        for (const char *at = buffer_string(&out); (at = strchr(at, '\x01')) != NULL; places++) {
            const char *end = strchr(at, '\x02');
            assert_non_null(end);
            for (at++; at < end; at++) {
                assert_null(strchr("<>\"'\x01", *at));
                if (*at == '&')
                    assert_true(!strncmp(at, "&amp;", 5) || !strncmp(at, "&lt;", 4) || !strncmp(at, "&gt;", 4) ||
                                !strncmp(at, "&quot;", 6) || !strncmp(at, "&#39;", 5));
            }
        }
        assert_int_equal(places, 5);
    }
    template_engine_free(engine);
    buffer_free(&out);
    diag_list_free(&diags);
}

/* Mutilated templates give diagnostics, never a crash, and every one has a place. */
static void test_mutilated_templates(void **state)
{
    (void)state;
    static const char whole[] =
        "{% extends \"base\" %}{# c #}\n{% block main %}<ul{% if page.yes then %} class=\"a\"{% end %}>\n"
        "{% for i, x in ipairs(page.list) do %}<li><a href=\"{{ page.root }}x#{{ x.title }}\">{{- x.title -}}</a>\n"
        "{% include \"item\" with {x = i} %}{% end %}</ul>{{! page.body }}{{ t(\"by\", {who = [[a]], day = 'b'}) }}\n"
        "<script>x</script><!-- c --><title>{{ page.title }}</title>{% super %}{% endblock %}\n";
    static const char signs[] = "{}%#\"'<>=-[]\n e!/";
    unsigned random = 7;
    for (int round = 0; round < 3000; round++) {
        char page[sizeof whole + 8];
        strcpy(page, whole);
        for (int i = 0; i < 1 + round % 3; i++) {
            random = random * 1103515245u + 12345u;
            size_t at = (random >> 8) % (strlen(page) - 1);
            random = random * 1103515245u + 12345u;
            if (random >> 30 == 0)
                memmove(page + at, page + at + 1, strlen(page + at));
            else if (random >> 30 == 1)
                page[at] = '\0';
            else
                page[at] = signs[(random >> 16) % (sizeof signs - 1)];
            if (strlen(page) < 3)
                strcpy(page, whole);
        }
        outcome(page, &(struct setting){.most_instructions = 100000});
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_writing),
        cmocka_unit_test(test_escaping),
        cmocka_unit_test(test_refused_places),
        cmocka_unit_test(test_syntax_errors),
        cmocka_unit_test(test_layouts),
        cmocka_unit_test(test_functions),
        cmocka_unit_test(test_faulty_values),
        cmocka_unit_test(test_sandbox),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_memory_ends_anywhere),
        cmocka_unit_test(test_renders_are_apart),
        cmocka_unit_test(test_fragment),
        cmocka_unit_test(test_layers),
        cmocka_unit_test(test_no_value_leaves_its_place),
        cmocka_unit_test(test_mutilated_templates),
    };
    return cmocka_run_group_tests_name("template", tests, NULL, NULL);
}
