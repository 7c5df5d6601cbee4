/* Escaping for HTML: which URLs may pass and how they are written, what ids become. */

#include "render/html.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka.h wants the four above it. */
#include <cmocka.h>

static struct buffer out = {.most_bytes = 1 << 20};

static void test_text(void **state)
{
    (void)state;
    html_escape(&out, SLICE("a<b>&\"c\"'é&amp;"));
    assert_string_equal(buffer_string(&out), "a&lt;b&gt;&amp;&quot;c&quot;'é&amp;amp;");
    buffer_clear(&out);
    html_escape(&out, (struct slice){0});
    assert_string_equal(buffer_string(&out), "");
}

struct url_case {
    const char *url;
    bool is_allowed;
    const char *written;
};

static const struct url_case urls[] = {
    {"https://e.org/a b", true, "https://e.org/a%20b"},
    {"HTTP://e.org", true, "HTTP://e.org"},
    {"mailto:a@b.c", true, "mailto:a@b.c"},
    {"tel:+1", true, "tel:+1"},
    {"../p.html#s", true, "../p.html#s"},
    {"#s:t", true, "#s:t"},
    {"a/b:c", true, "a/b:c"},
    {"?x=javascript:1", true, "?x=javascript:1"},
    {"", true, ""},
    {"é&'\"<>\\", true, "%C3%A9&amp;&#x27;%22%3C%3E%5C"},
    {"%41%zz", true, "%41%zz"},
    {"javascript:x", false, NULL},
    {"JaVaScRiPt:x", false, NULL},
    {" \t\x01javascript:x", false, NULL},
    {"java\tscript:x", false, NULL},
    {"vbscript:x", false, NULL},
    {"data:text/html,x", false, NULL},
    {"file:///etc/passwd", false, NULL},
    {"blob:x", false, NULL},
    {"httpss:x", false, NULL},
    {"h:x", false, NULL},
    {":x", false, NULL},
    {"//host/share", false, NULL},
    {"\\\\host\\share", false, NULL},
    {"/\\host", false, NULL},
    {" //host", false, NULL},
};

static void test_urls(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        if (html_url_allowed(slice_of(urls[i].url)) != urls[i].is_allowed)
            fail_msg("'%s' is %s", urls[i].url, urls[i].is_allowed ? "refused" : "allowed");
        if (!urls[i].written)
            continue;
        buffer_clear(&out);
        html_url(&out, slice_of(urls[i].url));
        assert_string_equal(buffer_string(&out), urls[i].written);
    }
}

static void test_ids(void **state)
{
    (void)state;
    static const char *const ids[][2] = {
        {"keeping", "keeping"},
        {"location", "i--location"},
        {"__proto__", "i--__proto__"},
        {"cookie", "i--cookie"},
        {"forms", "i--forms"},
        {"URL", "i--URL"},
        {"writeln", "i--writeln"},
        {"w--fn-1", "i--w--fn-1"},
        {"i--location", "i--i--location"},
        {"w-x", "w-x"},
        {"data-protection", "data-protection"},
        {"constructor", "i--constructor"},
    };
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        buffer_clear(&out);
        html_id(&out, slice_of(ids[i][0]));
        assert_string_equal(buffer_string(&out), ids[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_urls),
        cmocka_unit_test(test_ids),
    };
    int status = cmocka_run_group_tests_name("html_text", tests, NULL, NULL);
    buffer_free(&out);
    return status;
}
