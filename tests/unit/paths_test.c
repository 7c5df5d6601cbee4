/* Paths: how links inside a source are joined, and how outputs lead to one another. */

#include "link/path.h"
#include "model/site.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

struct join_case {
    const char *name, *from, *to, *joined; /* NULL: refused */
};

static const struct join_case joins[] = {
    {"a neighbour", "guidance", "storage.md", "guidance/storage.md"},
    {"from the root", "", "storage.md", "storage.md"},
    {"a folder up", "guidance/deep", "../storage.md", "guidance/storage.md"},
    {"to the root and down", "guidance", "../annex/a.md", "annex/a.md"},
    {"dots and doubled slashes", "guidance", "./a//./b.md", "guidance/a/b.md"},
    {"rooted", "guidance/deep", "/annex/a.md", "annex/a.md"},
    {"the folder itself", "guidance", ".", "guidance"},
    {"the root itself", "guidance", "..", ""},
    {"a slash at the end", "guidance", "annex/", "guidance/annex"},
    {"out of the source", "guidance", "../../etc/passwd", NULL},
    {"out and in again", "guidance", "../../guidance/a.md", NULL},
    {"rooted and out", "guidance", "/../a.md", NULL},
    {"a backslash", "guidance", "..\\a.md", NULL},
};

static void test_join(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof joins / sizeof joins[0]; i++) {
        char out[64];
        struct slice joined = {0};
        bool ok = path_join(out, sizeof out, slice_of(joins[i].from), slice_of(joins[i].to), &joined);
        bool is_right = joins[i].joined ? ok && slice_is(joined, joins[i].joined) : !ok;
        if (!is_right)
            fail_msg("%s: got %s '%.*s'", joins[i].name, ok ? "true" : "false", SLICE_ARGS(joined));
    }
}

static void test_join_refuses_what_does_not_fit(void **state)
{
    (void)state;
    char out[8];
    struct slice joined;
    assert_false(path_join(out, sizeof out, SLICE("guidance"), SLICE("a.md"), &joined));
    assert_true(path_join(out, sizeof out, SLICE(""), SLICE("abc.md"), &joined));
    const char with_nul[] = "a\0b";
    assert_false(path_join(out, sizeof out, SLICE(""), (struct slice){with_nul, 3}, &joined));
}

struct relative_case {
    const char *name, *from, *to, *link;
};

static const struct relative_case relatives[] = {
    {"a neighbour", "global/en/a.html", "global/en/b.html", "b.html"},
    {"itself", "global/en/a.html", "global/en/a.html", "a.html"},
    {"down", "global/en/a.html", "global/en/x/b.html", "x/b.html"},
    {"up", "global/en/x/b.html", "global/en/a.html", "../a.html"},
    {"across", "global/en/x/b.html", "global/fr/x/b.html", "../../fr/x/b.html"},
    {"to the root", "global/en/x/b.html", "index.html", "../../../index.html"},
    {"from the root", "index.html", "global/en/a.html", "global/en/a.html"},
    {"a common beginning of names", "global/ab/c.html", "global/ac/c.html", "../ac/c.html"},
    {"blanks, hashes and other scripts", "a.html", "x y/#1 \xC3\xA9%.html", "x%20y/%231%20%C3%A9%25.html"},
    {"a colon in the first part", "a.html", "b:c.html", "b%3Ac.html"},
};

static void test_relative(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof relatives / sizeof relatives[0]; i++) {
        struct buffer link = BUFFER(1024);
        path_relative(&link, slice_of(relatives[i].from), slice_of(relatives[i].to));
        if (!slice_is(buffer_view(&link), relatives[i].link))
            fail_msg("%s: got '%s'", relatives[i].name, buffer_string(&link));
        buffer_free(&link);
    }
}

static void test_parts(void **state)
{
    (void)state;
    assert_true(slice_is(path_folder(SLICE("a/b/c.md")), "a/b"));
    assert_true(slice_is(path_folder(SLICE("c.md")), ""));
    assert_true(slice_is(path_name(SLICE("a/b/c.md")), "c.md"));
    assert_true(slice_is(path_name(SLICE("c.md")), "c.md"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_join),
        cmocka_unit_test(test_join_refuses_what_does_not_fit),
        cmocka_unit_test(test_relative),
        cmocka_unit_test(test_parts),
    };
    return cmocka_run_group_tests_name("paths", tests, NULL, NULL);
}
