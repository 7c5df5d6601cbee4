/* What a source gives: from commits, bare repositories, folders, working folders. */

#include "source_fixture.h"
#include <sys/stat.h>

static const char make_repository[] =
    "git init -q site; cd site; mkdir -p content/guidance countries/xa .hidden node_modules/x\n"
    "echo '# Index' > content/index.md; echo '# Storage' > content/guidance/storage.md\n"
    "echo 'a: 1' > content/params.yaml; echo 'return {}' > content/plugin.lua; echo img > content/a.png\n"
    "echo no > .hidden/x.md; echo no > node_modules/x/x.md; echo version: 1 > waymark.yaml; echo '#' > "
    "countries/xa/x.md\n"
    "echo top > top.md; mkdir -p themes/default; echo t > themes/default/page.html\n"
    "git add -A -f; git commit -qm one\n";

static void use_site(struct fixture *fixture)
{
    sh(fixture, make_repository);
    fixture->config.root = arena_printf(&fixture->arena, "%s/site", fixture->folder);
}

/* ---- what is listed ---- */

static void test_own_repository(void **state)
{
    struct fixture *fixture = *state;
    use_site(fixture);
    add_source(fixture, "base", ".", "", "content");
    assert_true(read_all(fixture));
    expect_no_diags(fixture);
    assert_string_equal(
        paths_of(fixture),
        "content/a.png|content/guidance/storage.md|content/index.md|content/params.yaml|content/plugin.lua");
    const struct source_state *source = &fixture->list.sources[0];
    assert_true(source->is_git && source->is_own && !source->is_worktree && !source->folder);
    assert_string_equal(source->ref, "main");
    assert_string_equal(source->prefix, "content");
    assert_int_not_equal(source->commit_seconds, 0);
    static const uint8_t kinds[] = {FILE_ASSET, FILE_DOCUMENT, FILE_DOCUMENT, FILE_DATA, FILE_PLUGIN};
    for (uint32_t i = 0; i < 5; i++)
        assert_int_equal(fixture->list.items[i].kind, kinds[i]);
    assert_string_equal(bytes_of(fixture, "guidance/storage.md"), "# Storage\n");
    assert_ptr_equal(file_list_find(&fixture->list, 0, SLICE("index.md")), &fixture->list.items[2]);
    assert_null(file_list_find(&fixture->list, 0, SLICE("index")));
}

static void test_root_leaves_out_what_is_not_content(void **state)
{
    struct fixture *fixture = *state;
    static const char *const excludes[] = {"content/guidance"};
    use_site(fixture);
    add_source(fixture, "base", ".", "", "");
    add_source(fixture, "xa", ".", "", "countries/xa");
    fixture->options.excludes = excludes;
    fixture->options.exclude_count = 1;
    assert_true(read_all(fixture));
    assert_string_equal(paths_of(fixture),
                        "content/a.png|content/index.md|content/params.yaml|content/plugin.lua|top.md|"
                        "countries/xa/x.md");
}

static void test_other_repositories(void **state)
{
    struct fixture *fixture = *state;
    sh(fixture,
       "mkdir site; git init -q other; cd other; mkdir -p docs/deep; echo 1 > docs/deep/a.md; echo 2 > docs/b.md\n"
       "git add .; git commit -qm one; git tag -a -m t v1.0; git branch old; echo 3 > docs/b.md; git commit -qam two\n"
       "git clone -q --bare . ../bare.git; git worktree add -q ../linked old\n"
       "mkdir ../plain; cp -r docs ../plain/");
    fixture->config.root = arena_printf(&fixture->arena, "%s/site", fixture->folder);
    add_source(fixture, "head", "../other", "", "docs");
    add_source(fixture, "tag", "../bare.git", "v1.0", "docs");
    add_source(fixture, "branch", "../bare.git", "refs/heads/old", "docs/deep");
    add_source(fixture, "linked", "../linked", "", "docs");
    add_source(fixture, "plain", "../plain", "", "docs");
    add_source(fixture, "inside", "../other/docs", "", "deep");
    assert_true(read_all(fixture));
    expect_no_diags(fixture);
    assert_string_equal(paths_of(fixture), "head:b.md|tag:b.md|branch:a.md|linked:b.md|linked:deep/a.md|"
                                           "plain:b.md|plain:deep/a.md|inside:a.md");
    assert_string_equal(fixture->list.sources[1].ref, "v1.0");
    assert_string_equal(fixture->list.sources[2].ref, "old");
    assert_string_equal(fixture->list.sources[3].ref, "old");
    assert_string_equal(fixture->list.sources[5].prefix, "docs/deep");
    assert_false(fixture->list.sources[4].is_git);
    assert_null(fixture->list.sources[1].location);
    struct source_reader *reader = source_reader_open(&fixture->list);
    struct buffer out = BUFFER(1000);
    static const char *const texts[] = {"3\n", "2\n", "1\n", "2\n", "1\n", "3\n", "1\n", "1\n"};
    for (uint32_t i = 0; i < fixture->list.count; i++) {
        assert_true(source_reader_read(reader, &fixture->list.items[i], &out, &fixture->diags));
        assert_string_equal(buffer_string(&out), texts[i]);
    }
    buffer_free(&out);
    source_reader_close(reader);
}

static void test_refs(void **state)
{
    struct fixture *fixture = *state;
    sh(fixture,
       "git init -q r; cd r; git config advice.nestedTag false; echo 1 > a.md; git add .; git commit -qm one; git tag "
       "light; git tag -a -m t heavy\n"
       "git tag -a -m t chain heavy; git branch both; echo 2 > a.md; git commit -qam two; git tag both\n"
       "git rev-parse HEAD~1 > ../first; git rev-parse HEAD~1 | cut -c1-9 > ../short; git tag blob $(git rev-parse "
       "HEAD:a.md)\n"
       "git update-ref refs/remotes/origin/far HEAD~1\n"
       "t=heavy; for i in 1 2 3 4 5 6 7 8 9; do git tag -a -m t deep$i $t; t=deep$i; done");
    char first[100], id[41] = "", brief[10] = "";
    for (int i = 0; i < 2; i++) {
        snprintf(first, sizeof first, "%s/%s", fixture->folder, i ? "short" : "first");
        FILE *file = fopen(first, "r");
        assert_non_null(file);
        assert_int_equal(fscanf(file, i ? "%9s" : "%40s", i ? brief : id), 1);
        fclose(file);
    }
    const struct {
        const char *ref, *text, *fault;
    } cases[] = {
        {"", "2\n", NULL},
        {"main", "2\n", NULL},
        {"refs/heads/main", "2\n", NULL},
        {"light", "1\n", NULL},
        {"heavy", "1\n", NULL},
        {"chain", "1\n", NULL},
        {"far", "1\n", NULL},
        {"both", "1\n", NULL}, /* the branch */
        {id, "1\n", NULL},
        {brief, "1\n", NULL},
        {"mian", NULL, "no branch, tag or commit 'mian'"},
        {"abcdef", NULL, "no branch, tag or commit"},
        {"0123456789012345678901234567890123456789", NULL, "no branch, tag or commit"},
        {"main~1", NULL, "cannot be the name"},
        {"HEAD^{tree}", NULL, "cannot be the name"},
        {"-x", NULL, "cannot be the name"},
        {"refs/heads/../../x", NULL, "cannot be the name"},
        {"../../../etc/passwd", NULL, "cannot be the name"},
        {"blob", NULL, "names a blob"},
        {"deep9", NULL, "without end"},
    };
    add_source(fixture, "s", "r", "", "");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture->sources[0].ref = cases[i].ref;
        bool ok = read_all(fixture);
        if (ok != !cases[i].fault)
            fail_msg("ref '%s': %s", cases[i].ref, diags_of(fixture));
        if (cases[i].fault)
            expect_diag(fixture, DIAG_SOURCE_REF, cases[i].fault);
        else
            assert_string_equal(bytes_of(fixture, "a.md"), cases[i].text);
    }
    char *endless = memory_get(5001);
    memset(endless, 'x', 5000);
    endless[5000] = 0;
    fixture->sources[0].ref = endless;
    assert_false(read_all(fixture));
    expect_diag(fixture, DIAG_SOURCE_REF, "cannot be the name");
    free(endless);
    fixture->sources[0].ref = "mian";
    assert_false(read_all(fixture));
    assert_string_equal(fixture->diags.items[0].help, "did you mean 'main'?");
}

static void test_missing_things(void **state)
{
    struct fixture *fixture = *state;
    use_site(fixture);
    sh(fixture, "git init -q --bare empty.git; echo x > file");
    add_source(fixture, "gone", "../nowhere", "", "");
    add_source(fixture, "file", "../file", "", "");
    add_source(fixture, "folder", ".", "main", "Content");
    add_source(fixture, "empty", "../empty.git", "", "");
    add_source(fixture, "remote", "https://example.org/a.git", "", "")->is_remote = true;
    add_source(fixture, "good", ".", "", "content");
    assert_false(read_all(fixture));
    expect_diag(fixture, DIAG_SOURCE_MISSING, "'../nowhere' of the source 'gone' does not exist");
    expect_diag(fixture, DIAG_SOURCE_MISSING, "is no folder");
    expect_diag(fixture, DIAG_SOURCE_FOLDER, "no folder 'Content' at that commit");
    expect_diag(fixture, DIAG_SOURCE_REF, "'empty' has no commit yet");
    expect_diag(fixture, DIAG_SOURCE_MISSING, "'remote' was never fetched");
    assert_int_equal(fixture->diags.count, 5);
    assert_true(fixture->list.sources[0].is_missing && !fixture->list.sources[5].is_missing);
    assert_int_equal(fixture->list.count, 5); /* of the good one */
    for (size_t i = 0; i < fixture->diags.count; i++)
        assert_true(source_is_fault(fixture->diags.items[i].code));
    assert_false(source_is_fault(DIAG_FILE_COLLISION));
    assert_false(source_is_fault(DIAG_SOURCE_URL));
}

static void test_urls(void **state)
{
    struct fixture *fixture = *state;
    static const char *const refused[] = {
        "ssh://-oProxyCommand=touch%20x/a.git",
        "ssh://git@-oProxyCommand=x/a.git",
        "ext::sh -c touch% x",
        "git://example.org/a",
        "file:///etc",
        "http://example.org/a.git",
        "https://user:secret@example.org/a.git",
        "https:///a.git",
        "https://example.org",
        "https://example.org/",
        "https://exa mple.org/a",
        "git@example.org:a.git",
        "https://example.org:99999999/a.git",
        "https://example.org:/a",
        "ssh://host/-x",
        "https://example.org/a?x=1",
        "HTTPS://example.org/a.git",
        "https://[::1/a.git",
        "https://a\\b/c",
    };
    struct source_spec *spec = add_source(fixture, "s", "", "", "");
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        spec->url = refused[i];
        assert_false(read_all(fixture));
        if (fixture->diags.items[0].code != DIAG_SOURCE_URL)
            fail_msg("%s: %s", refused[i], diags_of(fixture));
        assert_null(strstr(diags_of(fixture), "secret"));
    }
    static const char *const accepted[] = {"https://example.org/a.git", "ssh://git@example.org:2222/~me/a.git",
                                           "https://[::1]:8443/a", "https://deploy-token+1@example.org/a/b/c.git"};
    for (size_t i = 0; i < sizeof accepted / sizeof accepted[0]; i++) {
        spec->url = accepted[i];
        assert_false(read_all(fixture));
        expect_diag(fixture, DIAG_SOURCE_MISSING, "never fetched");
    }
}

/* ---- folders on disk ---- */

static void test_plain_folder(void **state)
{
    struct fixture *fixture = *state;
    sh(fixture, "mkdir -p site/content/sub site/.git-not; cd site; echo 1 > content/a.md; echo 2 > content/sub/b.md\n"
                "ln -s a.md content/link.md; ln -s /etc content/etc; mkfifo content/pipe; touch waymark.yaml top.md\n"
                "echo 3 > content/a-b.md; echo 4 > content/sub.md");
    fixture->config.root = arena_printf(&fixture->arena, "%s/site", fixture->folder);
    add_source(fixture, "base", ".", "", "content");
    assert_true(read_all(fixture));
    assert_string_equal(paths_of(fixture), "content/a-b.md|content/a.md|content/sub.md|content/sub/b.md");
    assert_int_equal(fixture->diags.count, 3);
    expect_diag(fixture, DIAG_FILE_SYMLINK, "not followed");
    expect_diag(fixture, DIAG_FILE_SPECIAL, "neither file nor folder");
    assert_false(fixture->list.sources[0].is_git || fixture->list.sources[0].is_worktree);
    assert_true(fixture->list.sources[0].is_own);
    assert_int_equal(fixture->list.items[0].size, 2);
    assert_string_equal(bytes_of(fixture, "sub/b.md"), "2\n");
    sh(fixture, "cd site; ln -s content linked");
    fixture->sources[0].path = "linked";
    assert_false(read_all(fixture));
    expect_diag(fixture, DIAG_SOURCE_FOLDER, "no folder 'linked'");
    fixture->sources[0].path = "../home";
    assert_false(read_all(fixture));
    expect_diag(fixture, DIAG_SOURCE_FOLDER, "no folder '../home'");
}

static void test_working_folder(void **state)
{
    struct fixture *fixture = *state;
    use_site(fixture);
    sh(fixture,
       "cd site; printf 'build/\\n*.tmp\\n!keep.tmp\\n' > .gitignore; echo x > content/kept.tmp; git add -f .\n"
       "git commit -qm two");
    add_source(fixture, "base", ".", "", "content");
    fixture->options.worktree = true;
    assert_true(read_all(fixture));
    expect_no_diags(fixture);
    const struct source_state *source = &fixture->list.sources[0];
    assert_false(source->is_worktree); /* nothing differs */
    assert_null(source->folder);
    sh(fixture,
       "cd site; echo '# New' > content/new.md; echo '# Changed' > content/index.md; mkdir content/build\n"
       "echo no > content/build/x.md; echo no > content/x.tmp; echo yes > content/keep.tmp; git rm -q content/a.png");
    assert_true(read_all(fixture));
    expect_no_diags(fixture);
    assert_string_equal(paths_of(fixture),
                        "content/guidance/storage.md|content/index.md|content/keep.tmp|content/kept.tmp|"
                        "content/new.md|content/params.yaml|content/plugin.lua");
    source = &fixture->list.sources[0];
    assert_true(source->is_worktree && source->folder);
    assert_int_not_equal(source->commit_seconds, 0);
    assert_string_equal(bytes_of(fixture, "index.md"), "# Changed\n");
    assert_string_equal(bytes_of(fixture, "new.md"), "# New\n");
    fixture->options.worktree = false;
    assert_true(read_all(fixture));
    assert_string_equal(bytes_of(fixture, "index.md"), "# Index\n");
}

static void test_override(void **state)
{
    struct fixture *fixture = *state;
    use_site(fixture);
    sh(fixture, "git init -q clone; cd clone; mkdir docs; echo 1 > docs/a.md; git add .; git commit -qm one; echo 2 > "
                "docs/b.md");
    char path[100];
    snprintf(path, sizeof path, "%s/clone", fixture->folder);
    struct source_override override = {"xa", path};
    add_source(fixture, "xa", "https://example.org/xa.git", "release", "docs")->is_remote = true;
    fixture->options.overrides = &override;
    fixture->options.override_count = 1;
    assert_true(read_all(fixture));
    assert_string_equal(paths_of(fixture), "xa:a.md|xa:b.md");
    assert_true(fixture->list.sources[0].is_worktree);
    assert_string_equal(fixture->list.sources[0].ref, "main");
    override.name = "xb";
    assert_false(read_all(fixture));
    expect_diag(fixture, DIAG_USAGE, "'xb', which is no source");
}

static void test_nothing_committed(void **state)
{
    struct fixture *fixture = *state;
    sh(fixture, "git init -q site; cd site; mkdir content; echo 1 > content/a.md; touch waymark.yaml");
    fixture->config.root = arena_printf(&fixture->arena, "%s/site", fixture->folder);
    add_source(fixture, "base", ".", "", "content");
    assert_true(read_all(fixture));
    expect_diag(fixture, DIAG_SOURCE_UNCOMMITTED, "nothing of the source 'base' is committed");
    assert_string_equal(paths_of(fixture), "content/a.md");
    /* A folder in somebody's larger repository. */
    sh(fixture, "cd site; touch x; git add x; git commit -qm one");
    assert_true(read_all(fixture));
    expect_diag(fixture, DIAG_SOURCE_UNCOMMITTED, "nothing of the source 'base' is committed");
    assert_string_equal(bytes_of(fixture, "a.md"), "1\n");
}

static void test_file_changes_after_listing(void **state)
{
    struct fixture *fixture = *state;
    sh(fixture,
       "mkdir site; cd site; echo 1 > a.md; echo 2 > b.md; echo 3 > c.md; mkdir d; echo 4 > d/d.md; mkdir ../out; "
       "echo 4 > ../out/d.md");
    fixture->config.root = arena_printf(&fixture->arena, "%s/site", fixture->folder);
    add_source(fixture, "base", ".", "", "");
    assert_true(read_all(fixture));
    sh(fixture, "cd site; echo 9 > a.md; rm b.md; ln -sf ../out/d.md c.md; rm -r d; ln -s ../out d");
    assert_null(bytes_of(fixture, "a.md"));
    expect_diag(fixture, DIAG_SOURCE_CHANGED, "changed after");
    for (int i = 0; i < 3; i++) {
        static const char *const gone[] = {"b.md", "c.md", "d/d.md"};
        size_t before = fixture->diags.count;
        assert_null(bytes_of(fixture, gone[i]));
        assert_int_equal(fixture->diags.count, before + 1);
        assert_int_equal(fixture->diags.items[before].code, DIAG_SOURCE_CHANGED);
    }
}

struct remembered {
    char path[200];
    struct file_stat stat;
    struct object_id id;
};
struct memory {
    struct remembered items[8];
    size_t count, hits;
};

static bool recall(void *context, const char *path, const struct file_stat *stat, struct object_id *out)
{
    struct memory *memory = context;
    for (size_t i = 0; i < memory->count; i++)
        if (strcmp(memory->items[i].path, path) == 0 && memcmp(&memory->items[i].stat, stat, sizeof *stat) == 0) {
            *out = memory->items[i].id;
            memory->hits++;
            return true;
        }
    return false;
}

static void remember(void *context, const char *path, const struct file_stat *stat, const struct object_id *id)
{
    struct memory *memory = context;
    struct remembered *item = &memory->items[memory->count++];
    snprintf(item->path, sizeof item->path, "%s", path);
    item->stat = *stat;
    item->id = *id;
}

static void test_stat_cache(void **state)
{
    struct fixture *fixture = *state;
    struct memory memory = {0};
    struct stat_cache stats = {&memory, recall, remember};
    sh(fixture, "mkdir site; echo 1 > site/old.md; sleep 2.2; echo 2 > site/young.md");
    fixture->config.root = arena_printf(&fixture->arena, "%s/site", fixture->folder);
    fixture->options.stats = &stats;
    add_source(fixture, "base", ".", "", "");
    assert_true(read_all(fixture));
    assert_int_equal(memory.count, 1); /* the young one may change again within the clock's tick */
    assert_non_null(strstr(memory.items[0].path, "/site/old.md"));
    assert_true(read_all(fixture));
    assert_int_equal(memory.hits, 1);
    assert_string_equal(bytes_of(fixture, "old.md"), "1\n");
    sh(fixture, "echo 3 > site/old.md");
    assert_true(read_all(fixture));
    assert_int_equal(memory.hits, 1);
    assert_string_equal(bytes_of(fixture, "old.md"), "3\n");
}

static void test_unreadable(void **state)
{
    struct fixture *fixture = *state;
    sh(fixture, "chmod 755 .; mkdir -p site/d; echo 1 > site/a.md; echo 1 > site/b.md; chmod 0 site/a.md site/d");
    fixture->config.root = arena_printf(&fixture->arena, "%s/site", fixture->folder);
    add_source(fixture, "base", ".", "", "");
    uid_t self = geteuid();
    if (self == 0)
        assert_int_equal(seteuid(12345), 0); /* root reads everything */
    read_all(fixture);
    if (self == 0)
        assert_int_equal(seteuid(0), 0);
    expect_diag(fixture, DIAG_SOURCE_UNREADABLE, "the file cannot be opened");
    expect_diag(fixture, DIAG_SOURCE_UNREADABLE, "the folder cannot be opened");
    assert_string_equal(paths_of(fixture), "b.md");
}

/* ---- names ---- */

static void test_names(void **state)
{
    struct fixture *fixture = *state;
    sh(fixture,
       "git init -q r; cd r; b=$(echo x | git hash-object -w --stdin)\n"
       "printf \"100644 blob $b\\tA.md\\000100644 blob $b\\ta.md\\000100644 blob $b\\tcafe\\314\\201.md\\000100644 "
       "blob "
       "$b\\tcaf\\303\\251.md\\000100644 blob $b\\tcon.md\\000100644 blob $b\\tq?.md\\000100644 blob "
       "$b\\tnew\\nline.md\\000"
       "100644 blob $b\\tbad\\377.md\\000100644 blob $b\\tpage.md.txt\\000120000 blob $b\\tlink.md\\000160000 commit "
       "1234567890123456789012345678901234567890\\tmodule\\000100755 blob $b\\trun.sh\\000\" | git mktree -z --missing "
       "> ../tree\n"
       "git update-ref HEAD $(git commit-tree -m x $(cat ../tree))");
    add_source(fixture, "s", "r", "", "");
    assert_true(read_all(fixture));
    assert_int_equal(fixture->diags.count, 9);
    expect_diag(fixture, DIAG_FILE_COLLISION, "'A.md' and 'a.md' differ only in capital letters");
    expect_diag(fixture, DIAG_FILE_COLLISION, "'cafe\\u0301.md' and 'caf\\u00e9.md' are one name");
    expect_diag(fixture, DIAG_FILE_NAME_RESERVED, "that of a device");
    expect_diag(fixture, DIAG_FILE_NAME_RESERVED, "one of the characters");
    expect_diag(fixture, DIAG_FILE_NAME, "control character");
    expect_diag(fixture, DIAG_FILE_NAME, "no UTF-8");
    expect_diag(fixture, DIAG_FILE_EXTENSION, "does not end in '.md'");
    expect_diag(fixture, DIAG_FILE_SYMLINK, "not followed");
    expect_diag(fixture, DIAG_FILE_SPECIAL, "a submodule is not read");
    assert_string_equal(paths_of(fixture),
                        "s:A.md|s:a.md|s:cafe\u0301.md|s:caf\u00E9.md|s:con.md|s:page.md.txt|s:q?.md|s:run.sh");
    assert_null(strchr(fixture->diags.items[4].path, '\n'));
}

/* ---- settings of others ---- */

static void test_configuration_is_ignored(void **state)
{
    struct fixture *fixture = *state;
    use_site(fixture);
    sh(fixture, "cd site; git config core.worktree /etc; git config core.hooksPath /tmp; git config core.bare true\n"
                "printf '[include]\\npath = /dev/zero\\n[broken' >> .git/config");
    add_source(fixture, "base", ".", "", "content");
    assert_true(read_all(fixture));
    expect_no_diags(fixture);
    assert_int_equal(fixture->list.count, 5);
    fixture->options.worktree = true;
    sh(fixture, "echo new > site/content/new.md");
    assert_true(read_all(fixture));
    assert_int_equal(fixture->list.count, 6);
}

static void test_formats_that_cannot_be_read(void **state)
{
    struct fixture *fixture = *state;
    sh(fixture,
       "git init -q --object-format=sha256 modern; cd modern; echo 1 > a.md; git add .; git commit -qm x; cd ..\n"
       "git init -q whole; cd whole; echo 1 > a.md; git add .; git commit -qm x; cd ..; git clone -q --shared whole "
       "shared");
    add_source(fixture, "s", "modern", "", "");
    assert_false(read_all(fixture));
    expect_diag(fixture, DIAG_SOURCE_REPOSITORY, "names its objects by SHA-256");
    fixture->sources[0].url = "shared";
    assert_false(read_all(fixture));
    expect_diag(fixture, DIAG_SOURCE_REPOSITORY, "takes objects from another folder");
    sh(fixture, "cd shared; git repack -q -a -d; rm .git/objects/info/alternates");
    assert_true(read_all(fixture));
}

static void test_owner(void **state)
{
    struct fixture *fixture = *state;
    if (geteuid() != 0)
        skip(); /* only root can give a folder away */
    sh(fixture, "git init -q r; cd r; echo 1 > a.md; git add .; git commit -qm x; chown -R 12345 .");
    add_source(fixture, "s", "r", "", "");
    unsetenv("SUDO_UID");
    assert_false(read_all(fixture));
    expect_diag(fixture, DIAG_SOURCE_OWNER, "belongs to the user number 12345, and you are root");
    char path[100];
    snprintf(path, sizeof path, "/nowhere:%s/r", fixture->folder);
    setenv("WAYMARK_SAFE_DIRECTORY", path, 1);
    assert_true(read_all(fixture));
    unsetenv("WAYMARK_SAFE_DIRECTORY");
    setenv("SUDO_UID", "12345", 1);
    assert_true(read_all(fixture));
    unsetenv("SUDO_UID");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_begin, fixture_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_own_repository),
        TEST(test_root_leaves_out_what_is_not_content),
        TEST(test_other_repositories),
        TEST(test_refs),
        TEST(test_missing_things),
        TEST(test_urls),
        TEST(test_plain_folder),
        TEST(test_working_folder),
        TEST(test_override),
        TEST(test_nothing_committed),
        TEST(test_file_changes_after_listing),
        TEST(test_stat_cache),
        TEST(test_unreadable),
        TEST(test_names),
        TEST(test_configuration_is_ignored),
        TEST(test_formats_that_cannot_be_read),
        TEST(test_owner),
    };
    return cmocka_run_group_tests_name("reading sources", tests, NULL, NULL);
}
