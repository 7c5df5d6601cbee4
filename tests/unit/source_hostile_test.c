/* What becomes of sources that are hostile, endless or damaged. */

#include "source_fixture.h"
#include <sys/resource.h>

/* ---- hostile commits ---- */

static const char raw_tree[] =
    "ent() { printf '%s %s\\0' \"$1\" \"$2\"; printf \"$(echo $3 | sed 's/../\\\\x&/g')\"; }\n"
    "git init -q r; cd r; b=$(echo x | git hash-object -w --stdin)\n"
    "t=$(printf \"100644 blob $b\\ta.md\\n\" | git mktree)\n"
    "set_head() { git update-ref HEAD $(git commit-tree -m x $1); }\n"
    "raw() { git hash-object -t tree --literally -w --stdin; }\n";

static void test_hostile_trees(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *script, *part;
    } cases[] = {
        {"ent 100644 '..' $b", "the entry '..', which leads out"},
        {"ent 40000 '..' $t", "the entry '..', which leads out"},
        {"ent 100644 '.' $b", "the entry '.', which leads out"},
        {"ent 100644 '' $b", "the entry '', which is empty"},
        {"ent 100644 a/b $b", "the entry 'a/b', which holds a '/'"},
        {"ent 100644 /etc/passwd $b", "which holds a '/'"},
        {"ent 40000 .git $t", "the entry '.git', which is '.git'"},
        {"ent 40000 .GIT $t", "the entry '.GIT'"},
        {"ent 40000 git~1 $t", "the entry 'git~1'"},
        {"ent 100644 \"$(printf '.g\\342\\200\\214it')\" $b", "which is '.git', or becomes it"},
        {"ent 100644 a.md $b; ent 100644 a.md $b", "the entry 'a.md', which stands twice"},
        {"ent 100644 a $b; ent 100644 a.md $b; ent 40000 a $t", "the entry 'a', which stands twice"},
        {"ent 20644 device $b", "the entry 'device', which is of no kind"},
        {"ent 100644 x $b; ent 40000 zz $(ent 100644 '..' $b | raw)", "the entry '..'"},
    };
    char script[2000];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(script, sizeof script, "rm -rf r; %s set_head $( (%s) | raw)", raw_tree, cases[i].script);
        char bash[4000];
        snprintf(bash, sizeof bash, "cat > s.sh <<'END'\nset -e\n%s\nEND\nbash s.sh", script);
        sh(fixture, bash);
        fixture->config.source_count = 0;
        add_source(fixture, "s", "r", "", "");
        if (read_all(fixture))
            fail_msg("not refused: %s", cases[i].script);
        expect_diag(fixture, DIAG_SOURCE_TREE, cases[i].part);
        assert_int_equal(fixture->list.count, 0);
        assert_non_null(strchr(fixture->diags.items[0].path, ':'));
        assert_null(strchr(fixture->diags.items[0].path, '\033'));
    }
}

static void run_bash(struct fixture *fixture, const char *text)
{
    char bash[5000];
    snprintf(bash, sizeof bash, "cat > s.sh <<'END'\nset -e\n%s%s\nEND\nbash s.sh", raw_tree, text);
    sh(fixture, bash);
}

static void test_sloppy_trees_are_accepted(void **state)
{
    struct fixture *fixture = *state;
    run_bash(fixture, "set_head $( (ent 100644 z.md $b; ent 040000 d $t; ent 100664 a.md $b) | raw)");
    add_source(fixture, "s", "r", "", "");
    assert_true(read_all(fixture));
    expect_no_diags(fixture);
    assert_string_equal(paths_of(fixture), "s:a.md|s:d/a.md|s:z.md");
}

static void test_deep_and_wide_trees(void **state)
{
    struct fixture *fixture = *state;
    run_bash(fixture, "for i in $(seq 300); do t=$(printf \"040000 tree $t\\td\\n\" | git mktree); done; set_head $t");
    add_source(fixture, "s", "r", "", "");
    assert_false(read_all(fixture));
    expect_diag(fixture, DIAG_SOURCE_TREE, "more than 64 folders deep");
    /* Ten folders in each of thirty levels, all the same: 10^30 files. */
    run_bash(fixture, "rm -rf .git; git init -q; b=$(echo x | git hash-object -w --stdin)\n"
                      "t=$(printf \"100644 blob $b\\ta.md\\n\" | git mktree); for i in $(seq 30); do "
                      "t=$(for k in 0 1 2 3 4 5 6 7 8 9; do printf \"040000 tree $t\\td$k\\n\"; done | "
                      "git mktree); done; set_head $t");
    assert_false(read_all(fixture));
    expect_diag(fixture, DIAG_SOURCE_TREE, "more than a million entries");
}

static void test_large_blob_is_refused_from_its_header(void **state)
{
    struct fixture *fixture = *state;
    sh(fixture,
       "git init -q r; cd r; truncate -s 300M zero; b=$(git -c core.compression=1 hash-object -w zero); rm zero\n"
       "git update-index --add --cacheinfo 100644,$b,a.md --cacheinfo 100644,$b,b.bin; echo ok > c.md; git add c.md\n"
       "git commit -qm x");
    add_source(fixture, "s", "r", "", "");
    assert_true(read_all(fixture));
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    assert_null(bytes_of(fixture, "a.md"));
    expect_diag(fixture, DIAG_FILE_TOO_LARGE, "314572800 bytes");
    assert_null(bytes_of(fixture, "b.bin"));
    assert_string_equal(bytes_of(fixture, "c.md"), "ok\n");
    getrusage(RUSAGE_SELF, &after);
    assert_true(after.ru_maxrss - before.ru_maxrss < 50 * 1024);
}

/* ---- damage ---- */

static void test_missing_objects(void **state)
{
    struct fixture *fixture = *state;
    sh(fixture, "git init -q r; cd r; mkdir d; echo 1 > d/a.md; echo 2 > b.md; git add .; git commit -qm x\n"
                "o=$(git rev-parse HEAD:b.md); rm -f .git/objects/$(echo $o | cut -c1-2)/$(echo $o | cut -c3-)");
    add_source(fixture, "s", "r", "", "");
    assert_true(read_all(fixture));
    assert_null(bytes_of(fixture, "b.md"));
    expect_diag(fixture, DIAG_SOURCE_OBJECT, "is missing");
    assert_string_equal(fixture->diags.items[0].path, "s:b.md");
    sh(fixture, "cd r; o=$(git rev-parse HEAD:d); rm -f .git/objects/$(echo $o | cut -c1-2)/$(echo $o | cut -c3-)");
    assert_false(read_all(fixture));
    expect_diag(fixture, DIAG_SOURCE_OBJECT, "a folder of 's', is missing");
    sh(fixture, "cd r; o=$(git rev-parse HEAD); rm -f .git/objects/$(echo $o | cut -c1-2)/$(echo $o | cut -c3-)");
    assert_false(read_all(fixture));
    expect_diag(fixture, DIAG_SOURCE_OBJECT, "is missing");
}

static void test_wrong_types(void **state)
{
    struct fixture *fixture = *state;
    run_bash(fixture, "set_head $(ent 40000 d $b | raw)");
    add_source(fixture, "s", "r", "", "");
    assert_false(read_all(fixture));
    expect_diag(fixture, DIAG_SOURCE_OBJECT, "is a blob where a tree is due");
    run_bash(fixture, "set_head $(ent 100644 a.md $t | raw)");
    assert_true(read_all(fixture));
    assert_null(bytes_of(fixture, "a.md"));
    expect_diag(fixture, DIAG_SOURCE_OBJECT, "is a tree where a file is due");
    run_bash(fixture, "set_head $(printf 'garbage without a list' | raw)");
    assert_false(read_all(fixture));
    expect_diag(fixture, DIAG_SOURCE_OBJECT, "is no list of entries");
}

static void test_flipped_bit(void **state)
{
    struct fixture *fixture = *state;
    /* Stored, not deflated, so that one bit of the text can be turned. */
    sh(fixture,
       "git init -q r; cd r; git config core.looseCompression 0; git config pack.compression 0\n"
       "echo 'the wheel turns' > a.md; git add .; git commit -qm x; cp -r ../r ../packed; cd ../packed; git repack "
       "-q -a -d");
    sh(fixture,
       "for f in $(grep -rl 'the wheel turns' r/.git/objects packed/.git/objects); do chmod u+w $f; sed -i 's/the "
       "wheel/the xheel/' $f; done");
    add_source(fixture, "loose", "r", "", "");
    assert_true(read_all(fixture));
    assert_null(bytes_of(fixture, "a.md"));
    expect_diag(fixture, DIAG_SOURCE_OBJECT, "is damaged");
    fixture->sources[0].url = "packed";
    assert_true(read_all(fixture));
    assert_null(bytes_of(fixture, "a.md"));
    expect_diag(fixture, DIAG_SOURCE_OBJECT, "is damaged");
    /* The same in a folder's object: its names. */
    sh(fixture, "cd r; for f in $(grep -rl 'a.md' .git/objects); do chmod u+w $f; sed -i 's/a\\.md/b.md/' $f; done");
    fixture->sources[0].url = "r";
    assert_false(read_all(fixture));
    expect_diag(fixture, DIAG_SOURCE_OBJECT, "is damaged");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_begin, fixture_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_hostile_trees),       TEST(test_sloppy_trees_are_accepted),
        TEST(test_deep_and_wide_trees), TEST(test_large_blob_is_refused_from_its_header),
        TEST(test_missing_objects),     TEST(test_wrong_types),
        TEST(test_flipped_bit),
    };
    return cmocka_run_group_tests_name("hostile sources", tests, NULL, NULL);
}
