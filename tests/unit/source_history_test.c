/* The last commit of every path: against `git log -1`, in pieces, in shallow
 * clones, in working folders, and from a cache that was tampered with. */

#include "base/file.h"
#include "base/hash.h"
#include "source/history.h"
#include "source_fixture.h"
#include <fcntl.h>

enum { COMMITS = 90, PATHS = 14 };

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static const char *nth_path(uint32_t i)
{
    static const char *const names[PATHS] = {"a.md",       "b.md", "d/a.md",   "d/b.md", "d/e/a.md",
                                             "d/e/f/a.md", "d.md", "d-x/a.md", "z/a.md", "z/y/a.md",
                                             "z/y/b.md",   "z.md", "m/n.md",   "m/o.md"};
    return names[i];
}

/* A history with branches and merges, changes that are undone, files that come
 * and go, and times that run backwards now and then. */
static void make_history(struct fixture *fixture, uint32_t seed)
{
    struct buffer stream = BUFFER(1 << 20);
    int64_t time = 1600000000;
    buffer_text(&stream, "git init -q r; git -C r fast-import --quiet <<'END'\n");
    for (uint32_t i = 1; i <= COMMITS; i++) {
        time += next_random(&seed) % 7 == 0 ? -500 : 100 * (int)(next_random(&seed) % 3);
        buffer_printf(&stream,
                      "commit refs/heads/main\nmark :%u\ncommitter C%u <c@example.org> %lld +0000\ndata 1\nx\n", i,
                      i % 5, (long long)time);
        if (i > 1) {
            uint32_t from = i - 1 - (next_random(&seed) % 4 == 0 ? next_random(&seed) % (i - 1) % 6 : 0);
            buffer_printf(&stream, "from :%u\n", from ? from : 1);
            uint32_t other = next_random(&seed) % i;
            if (next_random(&seed) % 3 == 0 && other && other != from)
                buffer_printf(&stream, "merge :%u\n", other);
        }
        for (uint32_t k = next_random(&seed) % 4; k > 0; k--) {
            const char *path = nth_path(next_random(&seed) % PATHS);
            if (next_random(&seed) % 6 == 0)
                buffer_printf(&stream, "D %s\n", path);
            else
                buffer_printf(&stream, "M %s inline %s\ndata 2\n%u\n", next_random(&seed) % 9 ? "644" : "755", path,
                              next_random(&seed) % 4);
        }
        buffer_text(&stream, "\n");
    }
    buffer_text(&stream, "END\n");
    sh(fixture, buffer_string(&stream));
    buffer_free(&stream);
}

/* What git says, as "ID PATH" lines in the file `expected`. */
static void ask_git(struct fixture *fixture, const char *prefix)
{
    char script[400];
    snprintf(script, sizeof script,
             "cd r; : > ../expected; git ls-tree -r --name-only HEAD %s | while read p; do "
             "echo \"$(git log -1 --format=%%H HEAD -- $p) $p\"; done > ../expected",
             prefix);
    sh(fixture, script);
}

static bool read_history(struct fixture *fixture)
{
    bool ok = read_all(fixture);
    struct history *history = history_begin(&fixture->list, &fixture->config, &fixture->options);
    history_end(history, &fixture->list, &fixture->arena, true, &fixture->diags);
    return ok;
}

static const char *found_lines(struct fixture *fixture, const char *prefix)
{
    struct buffer text = BUFFER(1 << 20);
    for (uint32_t i = 0; i < fixture->list.count; i++) {
        char digits[41];
        hex_of(fixture->list.commits[i].id, 20, digits);
        buffer_printf(&text, "%s %s%.*s\n", digits, prefix, SLICE_ARGS(fixture->list.items[i].path));
    }
    const char *copy = arena_copy(&fixture->arena, buffer_string(&text), text.length);
    buffer_free(&text);
    return copy;
}

static const char *expected_lines(struct fixture *fixture)
{
    struct buffer text = BUFFER(1 << 20);
    char path[100];
    snprintf(path, sizeof path, "%s/expected", fixture->folder);
    assert_true(file_read(AT_FDCWD, path, &text));
    const char *copy = arena_copy(&fixture->arena, buffer_string(&text), text.length);
    buffer_free(&text);
    return copy;
}

static void clear_cache(struct fixture *fixture)
{
    sh(fixture, "rm -rf .waymark");
}

static void test_like_git_log(void **state)
{
    struct fixture *fixture = *state;
    add_source(fixture, "s", "r", "", "");
    for (uint32_t seed = 1; seed <= 12; seed++) {
        sh(fixture, "rm -rf r .waymark");
        make_history(fixture, seed * 7919);
        ask_git(fixture, "");
        fixture->sources[0].path = "";
        assert_true(read_history(fixture));
        if (strcmp(found_lines(fixture, ""), expected_lines(fixture)) != 0)
            fail_msg("seed %u: git says\n%sand we\n%s", seed, expected_lines(fixture), found_lines(fixture, ""));
        assert_string_equal(fixture->list.commits[0].author[0] ? "named" : "", "named");
        /* From the cache, and of one folder only. */
        assert_true(read_history(fixture));
        assert_string_equal(found_lines(fixture, ""), expected_lines(fixture));
        ask_git(fixture, "z/");
        fixture->sources[0].path = "z";
        if (read_history(fixture))
            assert_string_equal(found_lines(fixture, "z/"), expected_lines(fixture));
    }
}

static void test_goes_on_from_where_it_ended(void **state)
{
    struct fixture *fixture = *state;
    add_source(fixture, "s", "r", "", "");
    for (uint32_t seed = 1; seed <= 5; seed++) {
        sh(fixture, "rm -rf r .waymark");
        make_history(fixture, seed * 104729);
        ask_git(fixture, "");
        sh(fixture,
           "git -C r rev-list HEAD > heads; tac heads | awk 'NR % 7 == 3' > steps; git -C r rev-parse HEAD > last");
        for (int step = 1; step <= 8; step++) {
            char script[300];
            snprintf(script, sizeof script, "c=$(sed -n %dp steps); [ -z \"$c\" ] || git -C r update-ref HEAD $c",
                     step);
            sh(fixture, script);
            read_history(fixture);
        }
        sh(fixture, "git -C r update-ref HEAD $(cat last)");
        assert_true(read_history(fixture));
        assert_string_equal(found_lines(fixture, ""), expected_lines(fixture));
        /* Back to an older commit, which the kept result does not descend to. */
        sh(fixture, "git -C r update-ref HEAD $(sed -n 20p heads)");
        ask_git(fixture, "");
        read_history(fixture);
        assert_string_equal(found_lines(fixture, ""), expected_lines(fixture));
    }
}

static void test_shallow_clone(void **state)
{
    struct fixture *fixture = *state;
    sh(fixture, "git init -q full; cd full; for i in 1 2 3 4; do echo $i > $i.md; git add .; git commit -qm $i; done\n"
                "git clone -q --depth 2 file://$PWD ../r");
    add_source(fixture, "s", "r", "", "");
    assert_true(read_history(fixture));
    assert_int_equal(fixture->diags.count, 1);
    expect_diag(fixture, DIAG_HISTORY_SHALLOW,
                "the last change of 3 files of the source 's' is not known: its clone is shallow");
    assert_int_equal(fixture->list.commits[0].seconds, 0);
    assert_int_not_equal(fixture->list.commits[3].seconds, 0);
    /* An incomplete result is not believed the next time. */
    sh(fixture, "git -C r fetch -q --unshallow");
    assert_true(read_history(fixture));
    expect_no_diags(fixture);
    for (int i = 0; i < 4; i++)
        assert_int_not_equal(fixture->list.commits[i].seconds, 0);
}

static void test_missing_part(void **state)
{
    struct fixture *fixture = *state;
    sh(fixture, "git init -q r; cd r; for i in 1 2 3 4; do echo $i > $i.md; git add .; git commit -qm $i; done\n"
                "o=$(git rev-parse HEAD~2); rm -f .git/objects/$(echo $o | cut -c1-2)/$(echo $o | cut -c3-)");
    add_source(fixture, "s", "r", "", "");
    assert_true(read_history(fixture));
    assert_int_equal(fixture->diags.count, 1);
    expect_diag(fixture, DIAG_HISTORY_SHALLOW, "part of its history is missing");
    assert_int_not_equal(fixture->list.commits[3].seconds, 0);
}

static void test_working_folder(void **state)
{
    struct fixture *fixture = *state;
    sh(fixture,
       "git init -q r; cd r; mkdir d; for i in 1 2 3; do echo $i > d/$i.md; git add .; git commit -qm $i; done\n"
       "echo more >> d/2.md; echo new > d/4.md; git rm -q d/3.md");
    add_source(fixture, "s", "r", "", "d");
    fixture->options.worktree = true;
    assert_true(read_history(fixture));
    expect_no_diags(fixture);
    assert_true(fixture->list.sources[0].is_worktree);
    assert_string_equal(paths_of(fixture), "s:1.md|s:2.md|s:4.md");
    assert_int_not_equal(fixture->list.commits[0].seconds, 0);
    assert_int_equal(fixture->list.commits[1].seconds, 0);
    assert_int_equal(fixture->list.commits[2].seconds, 0);
    sh(fixture,
       "[ ! -e .waymark/history ] || [ -z \"$(ls .waymark/history)\" ]"); /* what is not committed is not kept */
}

static void test_strange_commits(void **state)
{
    struct fixture *fixture = *state;
    sh(fixture,
       "git init -q r; cd r; echo 1 > a.md; git add .; t=$(git write-tree)\n"
       "printf 'tree %s\\nauthor  <> 99999999999999999999 +0000\\ncommitter \\033[2JX <x> -5 +0000\\n\\nx\\n' $t |"
       " git hash-object -t commit --literally -w --stdin > ../c; git update-ref HEAD $(cat ../c)");
    add_source(fixture, "s", "r", "", "");
    assert_true(read_history(fixture));
    assert_int_equal(fixture->list.commits[0].seconds, 0);
    assert_string_equal(fixture->list.commits[0].author, "");
    sh(fixture,
       "cd r; t=$(git write-tree); printf 'tree %s\\nauthor A\\033[2JB <a> 1 +0000\\ncommitter C <c> 1600000000 "
       "+0000\\n"
       "\\nx\\n' $t | git hash-object -t commit --literally -w --stdin > ../c; git update-ref HEAD $(cat ../c)");
    assert_true(read_history(fixture));
    assert_int_equal(fixture->list.commits[0].seconds, 1600000000);
    assert_string_equal(fixture->list.commits[0].author, "A\\x1b[2JB");
}

/* ---- the kept file ---- */

static void test_file_is_checked(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct history_commit commits[2] = {{.seconds = 5, .author = SLICE("Ada")}, {.seconds = 7, .author = SLICE("")}};
    struct history_path paths[2] = {{.path = SLICE("a.md"), .commit = 1},
                                    {.path = SLICE("b.md"), .commit = HISTORY_NONE}};
    struct history_result result = {.commits = commits, .commit_count = 2, .paths = paths, .path_count = 2, .gaps = 1},
                          back;
    struct buffer bytes = BUFFER(1 << 20);
    history_write(&bytes, &result);
    assert_true(history_read(&back, &arena, buffer_view(&bytes)));
    assert_int_equal(back.paths[0].commit, 1);
    assert_int_equal(back.paths[1].commit, HISTORY_NONE);
    assert_int_equal(back.commits[0].seconds, 5);
    assert_true(slice_is(back.commits[0].author, "Ada") && slice_is(back.paths[1].path, "b.md"));
    for (size_t length = 0; length < bytes.length; length++)
        assert_false(history_read(&back, &arena, (struct slice){bytes.at, length}));
    for (size_t i = 0; i < bytes.length; i++) {
        bytes.at[i] ^= 0x41;
        assert_false(history_read(&back, &arena, buffer_view(&bytes)));
        bytes.at[i] ^= 0x41;
    }
    /* Well-signed nonsense: the checksum is right, the contents are not. */
    for (size_t i = 0; i + 8 < bytes.length; i++) {
        struct buffer wrong = BUFFER(1 << 20);
        buffer_append(&wrong, bytes.at, bytes.length - 8);
        wrong.at[i] = (char)0xff;
        uint64_t sum = hash64(buffer_view(&wrong));
        buffer_append(&wrong, &sum, sizeof sum);
        if (history_read(&back, &arena, buffer_view(&wrong)))
            for (uint32_t k = 0; k < back.path_count; k++)
                assert_true(back.paths[k].commit == HISTORY_NONE || back.paths[k].commit < back.commit_count);
        buffer_free(&wrong);
    }
    buffer_free(&bytes);
    arena_free(&arena);
}

static void test_garbage_in_the_cache(void **state)
{
    struct fixture *fixture = *state;
    sh(fixture, "git init -q r; cd r; echo 1 > a.md; git add .; git commit -qm x");
    add_source(fixture, "s", "r", "", "");
    assert_true(read_history(fixture));
    sh(fixture, "for f in .waymark/history/*; do head -c 500 /dev/urandom > $f; done");
    assert_true(read_history(fixture));
    expect_no_diags(fixture);
    assert_int_not_equal(fixture->list.commits[0].seconds, 0);
    /* A cache that cannot be written is only slower. */
    clear_cache(fixture);
    sh(fixture, "touch .waymark");
    assert_true(read_history(fixture));
    assert_int_not_equal(fixture->list.commits[0].seconds, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_begin, fixture_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_like_git_log),
        TEST(test_goes_on_from_where_it_ended),
        TEST(test_shallow_clone),
        TEST(test_missing_part),
        TEST(test_working_folder),
        TEST(test_strange_commits),
        cmocka_unit_test(test_file_is_checked),
        TEST(test_garbage_in_the_cache),
    };
    return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
