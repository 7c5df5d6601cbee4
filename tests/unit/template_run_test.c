/* Templates at run time: values that cannot be shown, what cannot be reached, how
 * they end when they do not end by themselves, and that no render sees another. */

#include "template_fixture.h"

static void test_faulty_values(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {"nil", "<p>\n  {{ page.titel }}</p>", "2:6 template-value: 'page.titel' is nil", NULL},
        {"nil in the second of a run", "{{ page.title }} {{ page.no_day }}",
         "1:21 template-value: 'page.no_day' is nil", NULL},
        {"nil made harmless", "{{ page.titel or '' }}", "", NULL},
        {"a truth value", "{{ page.yes }}", "1:4 template-value: 'page.yes' is true or false, which is no text", NULL},
        {"no number", "{{ 0/0 }}", "1:4 template-value: '0/0' is not a number", NULL},
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
        {"markup that grows",
         "{% local m = page.body for i = 1, 40 do m = m .. m end %}",
         "1:1 template-limit: one text is larger than 64 MB",
         {.most_bytes = (size_t)1 << 30}},
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

/* Last: every code that is theirs was met above. */
static void test_codes(void **state)
{
    (void)state;
    static const enum diag_code codes[] = {DIAG_TEMPLATE_SYNTAX, DIAG_TEMPLATE_PLACE, DIAG_TEMPLATE_UNKNOWN,
                                           DIAG_TEMPLATE_VALUE,  DIAG_TEMPLATE_ERROR, DIAG_TEMPLATE_LIMIT};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (!seen[codes[i]])
            fail_msg("nothing gave '%s'", diag_word(codes[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_faulty_values),
        cmocka_unit_test(test_sandbox),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_memory_ends_anywhere),
        cmocka_unit_test(test_renders_are_apart),
        cmocka_unit_test(test_fragment),
        cmocka_unit_test(test_layers),
        cmocka_unit_test(test_no_value_leaves_its_place),
        cmocka_unit_test(test_mutilated_templates),
        cmocka_unit_test(test_codes),
    };
    return cmocka_run_group_tests_name("template_run", tests, NULL, NULL);
}
