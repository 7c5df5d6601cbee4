/* Publishing: what stands in the output after one, two, many publications, after
 * people have been in the folder, and after the records are lost. */

#include "base/arena.h"
#include "base/file.h"
#include "publish/publish.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka.h wants the four above it. */
#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FILES_MOST = 3000 };

/* A site as the caller knows it: path and text of each file. */
struct site {
    struct {
        char path[120], text[120];
        int root;
    } files[FILES_MOST];
    size_t count;
};

/* A folder of its own for each test, with the output in `public`. */
struct bench {
    char folder[PATH_MAX], output[PATH_MAX + 20];
    struct site site;
    struct diag_list diags;
    struct publish_result result;
    bool in_place, is_unsynced;
    const char *restricted; /* a second root */
    const char *date;
    struct sha256 current;
    bool needed_all;
};

static struct bench *bench_new(void)
{
    struct bench *bench = calloc(1, sizeof *bench);
    snprintf(bench->folder, sizeof bench->folder, "/tmp/waymark-publish-XXXXXX");
    assert_non_null(mkdtemp(bench->folder));
    snprintf(bench->output, sizeof bench->output, "%s/public", bench->folder);
    bench->is_unsynced = true;
    bench->date = "2026-05-02";
    return bench;
}

static void bench_free(struct bench *bench)
{
    assert_true(file_remove_tree(AT_FDCWD, bench->folder));
    diag_list_free(&bench->diags);
    free(bench);
}

/* Runs a command in the bench's folder; true when it succeeds. */
static bool run(struct bench *bench, const char *format, ...)
{
    char command[2000], line[PATH_MAX + 2100];
    va_list list;
    va_start(list, format);
    vsnprintf(command, sizeof command, format, list);
    va_end(list);
    snprintf(line, sizeof line, "cd '%s' && { %s ; } >out 2>&1", bench->folder, command);
    int status = system(line);
    return status == 0;
}

static void put_in(struct bench *bench, int root, const char *path, const char *text)
{
    struct site *site = &bench->site;
    size_t i = 0;
    while (i < site->count && (site->files[i].root != root || strcmp(site->files[i].path, path) != 0))
        i++;
    site->count += i == site->count;
    site->files[i].root = root;
    snprintf(site->files[i].path, sizeof site->files[i].path, "%s", path);
    snprintf(site->files[i].text, sizeof site->files[i].text, "%s", text);
}

static void put(struct bench *bench, const char *path, const char *text)
{
    put_in(bench, 0, path, text);
}

static void drop(struct bench *bench, const char *path)
{
    struct site *site = &bench->site;
    for (size_t i = 0; i < site->count; i++)
        if (strcmp(site->files[i].path, path) == 0) {
            site->files[i] = site->files[--site->count];
            return;
        }
    fail_msg("no file '%s'", path);
}

static struct publication *begin(struct bench *bench)
{
    struct publish_options options = {.output = bench->output,
                                      .in_place = bench->in_place,
                                      .is_unsynced = bench->is_unsynced,
                                      .command = "waymark test"};
    return publish_begin(&options, &bench->diags);
}

/* As the pipeline does it: what has the same inputs is kept, the rest is written, given what is known. */
static bool give_all(struct bench *bench, struct publication *publication)
{
    bench->needed_all = publish_needs_all(publication);
    for (size_t i = 0; i < bench->site.count; i++) {
        struct slice path = slice_of(bench->site.files[i].path), text = slice_of(bench->site.files[i].text);
        int root = bench->site.files[i].root;
        struct key inputs = key_of(text);
        struct publish_row row;
        struct publish_made made;
        bool is_known = publish_find(publication, root, path, &row);
        if (is_known && key_equal(row.inputs, inputs)) {
            assert_true(publish_keep(publication, root, path));
            continue;
        }
        if (!publish_write(publish_tree(publication, root), path.at, text, is_known ? &row.made : NULL, &made))
            return diag_add(&bench->diags, DIAG_OUTPUT_IO, PLACE_RUN, "%s", strerror(errno));
        struct publish_origin origin = {SLICE("base"), path, SLICE("0123456789abcdef0123456789abcdef01234567")};
        if (!publish_add(publication, root, path, &made, inputs, origin, &bench->diags))
            return false;
    }
    return true;
}

static struct publish_about about_test(const struct bench *bench)
{
    return (struct publish_about){.version = "1.0", .date = bench->date};
}

static bool publish(struct bench *bench)
{
    struct publication *publication = begin(bench);
    if (!publication)
        return false;
    if (bench->restricted && publish_root(publication, bench->restricted, &bench->diags) < 0) {
        publish_abandon(publication);
        return false;
    }
    if (!give_all(bench, publication)) {
        publish_abandon(publication);
        return false;
    }
    struct publish_about about = about_test(bench);
    return publish_end(publication, false, &about, &bench->result, &bench->diags);
}

static void clear_diags(struct bench *bench)
{
    diag_list_free(&bench->diags);
}

static bool has_code(const struct bench *bench, enum diag_code code)
{
    for (size_t i = 0; i < bench->diags.count; i++)
        if (bench->diags.items[i].code == code)
            return true;
    return false;
}

static void show_diags(const struct bench *bench)
{
    for (size_t i = 0; i < bench->diags.count; i++)
        print_error("    [%s] %s\n", diag_word(bench->diags.items[i].code), bench->diags.items[i].text);
}

/* ---- what must hold after each publication ---- */

static void assert_text(struct bench *bench, const char *path, const char *text)
{
    char full[PATH_MAX * 2];
    struct buffer bytes = BUFFER(1 << 20);
    snprintf(full, sizeof full, "%s/%s", bench->folder, path);
    if (!file_read(AT_FDCWD, full, &bytes))
        fail_msg("cannot read '%s': %s", path, strerror(errno));
    assert_string_equal(buffer_string(&bytes), text);
    buffer_free(&bytes);
}

static struct stat stat_of(struct bench *bench, const char *path)
{
    char full[PATH_MAX * 2];
    struct stat status = {0};
    snprintf(full, sizeof full, "%s/%s", bench->folder, path);
    lstat(full, &status);
    return status;
}

/* Files below a folder, and whether they are what the SHA256SUMS in it say. */
struct census {
    char path[PATH_MAX];
    uint32_t pages, listed, unlisted;
    char *sums; /* every line of the folder's SHA256SUMS and leaves */
};

static char *read_sums(const char *folder)
{
    char command_path[PATH_MAX + 40];
    struct buffer all = BUFFER(1 << 24), lines = BUFFER(1 << 24);
    snprintf(command_path, sizeof command_path, "%s/SHA256SUMS", folder);
    if (file_read(AT_FDCWD, command_path, &all))
        for (const char *line = buffer_string(&all); *line; line = strchr(line, '\n') + 1) {
            if (strncmp(line + 66, "SHA256SUMS", 10) != 0)
                continue;
            snprintf(command_path, sizeof command_path, "%s/%.*s", folder, (int)strcspn(line + 66, "\n"), line + 66);
            assert_true(file_read(AT_FDCWD, command_path, &lines));
        }
    buffer_slice(&all, buffer_view(&lines));
    char *text = strdup(buffer_string(&all));
    buffer_free(&all);
    buffer_free(&lines);
    return text;
}

static void check_listed(struct census *census, const char *name, const char *path)
{
    struct buffer bytes = BUFFER(1 << 24);
    char line[PATH_MAX], digits[65];
    assert_true(file_read(AT_FDCWD, path, &bytes));
    sha256_hex(sha256_of(buffer_view(&bytes)), digits);
    snprintf(line, sizeof line, "%s  %s\n", digits, name);
    bool is_listed = strstr(census->sums, line) != NULL;
    census->listed += is_listed;
    census->unlisted += !is_listed;
    buffer_free(&bytes);
}

static bool count_entry(void *context, const char *name, unsigned char type)
{
    struct census *census = context, inside = {.pages = 0};
    char sums[NAME_MAX + 20];
    snprintf(inside.path, sizeof inside.path, "%.3000s/%s", census->path, name);
    if (type == DT_LNK) {
        census->pages++;
        census->unlisted++;
        return true;
    }
    if (type != DT_DIR) {
        bool is_of_manifest = strstr(census->path, "/public/manifest") || strstr(census->path, "/xb/manifest");
        census->pages += !is_of_manifest && strncmp(name, "SHA256SUMS", 10) != 0;
        if (strcmp(name, "SHA256SUMS") != 0)
            check_listed(census, name, inside.path);
        return true;
    }
    inside.sums = read_sums(inside.path);
    assert_true(folder_list(AT_FDCWD, inside.path, count_entry, &inside));
    uint32_t lines = 0;
    for (const char *line = inside.sums; *line; line = strchr(line, '\n') + 1)
        lines++;
    assert_int_equal(lines, inside.listed);
    snprintf(sums, sizeof sums, "%s/SHA256SUMS", name);
    if (lines > 0) {
        snprintf(inside.path, sizeof inside.path, "%.3000s/%s", census->path, sums);
        check_listed(census, sums, inside.path);
    }
    census->pages += inside.pages;
    census->unlisted += inside.unlisted;
    free(inside.sums);
    return true;
}

/* Every file is listed with its hash, every line names a file. `unlisted` are those that are not ours. */
static void assert_sums(const char *folder, uint32_t pages, uint32_t unlisted)
{
    struct census census = {.pages = 0};
    uint32_t lines = 0;
    snprintf(census.path, sizeof census.path, "%.3000s", folder);
    census.sums = read_sums(folder);
    assert_true(folder_list(AT_FDCWD, folder, count_entry, &census));
    for (const char *line = census.sums; *line; line = strchr(line, '\n') + 1)
        lines++;
    assert_int_equal(lines, census.listed);
    assert_int_equal(census.unlisted, unlisted);
    assert_int_equal(census.pages, pages);
    free(census.sums);
}

/* What the manual tells people to do, and a parser of JSON that is not ours. */
static void assert_stock_tools_agree(struct bench *bench)
{
    if (!run(bench,
             "cd public && find . -name 'SHA256SUMS*' -execdir sha256sum --quiet --check {} \\; > ../wrong 2>&1; "
             "test ! -s ../wrong"))
        fail_msg("sha256sum does not agree: see %s/wrong", bench->folder);
    if (!run(bench, "python3 -c 'import json,glob; [json.load(open(f)) for f in "
                    "glob.glob(\"public/manifest/**/*.json\", recursive=True)]'"))
        fail_msg("a manifest is no JSON: see %s/out", bench->folder);
}

static bool no_left_over(void *context, const char *name, unsigned char type)
{
    (void)context, (void)type;
    return strncmp(name, "trash", 5) != 0 && strcmp(name, "writing") != 0 && strcmp(name, ".waymark-stage") != 0;
}

/* The published tree is the site, no more and no less, and nothing is left over. */
static void assert_published(struct bench *bench, uint32_t foreign)
{
    uint32_t in_output = 0, restricted = 0;
    char base[PATH_MAX + 60];
    show_diags(bench);
    for (size_t i = 0; i < bench->site.count; i++) {
        char path[300];
        bool is_public = bench->site.files[i].root == 0;
        snprintf(path, sizeof path, "%s/%s", is_public ? "public" : bench->restricted, bench->site.files[i].path);
        assert_text(bench, path, bench->site.files[i].text);
        in_output += is_public;
        restricted += !is_public;
        struct stat status = stat_of(bench, path);
        assert_int_equal(status.st_mode & 07777, 0644);
        char *slash = strrchr(path, '/');
        *slash = 0;
        assert_int_equal(stat_of(bench, path).st_mode & 07777, 0755);
    }
    assert_sums(bench->output, in_output + foreign, foreign);
    if (bench->restricted) {
        snprintf(base, sizeof base, "%s/%s", bench->folder, bench->restricted);
        assert_sums(base, restricted, 0);
    }
    assert_true(folder_list(AT_FDCWD, bench->output, no_left_over, NULL));
    snprintf(base, sizeof base, "%s/.waymark/publish/public", bench->folder);
    assert_true(folder_list(AT_FDCWD, base, no_left_over, NULL));
}

static void assert_publishes(struct bench *bench)
{
    clear_diags(bench);
    bool ok = publish(bench);
    if (!ok)
        show_diags(bench);
    assert_true(ok);
}

static void small_site(struct bench *bench)
{
    put(bench, "index.html", "start");
    put(bench, "xa/en/index.html", "home");
    put(bench, "xa/en/guidance/a.html", "a");
    put(bench, "xa/en/guidance/b.html", "b");
    put(bench, "xa/fr/guidance/a.html", "a in French");
    put(bench, "theme/style.css", "css");
}

/* ---- ordinary life ---- */

static void test_first_second_third(void **state)
{
    (void)state;
    for (int in_place = 0; in_place < 2; in_place++) {
        struct bench *bench = bench_new();
        bench->in_place = in_place;
        small_site(bench);
        assert_publishes(bench);
        assert_published(bench, 0);
        assert_int_equal(bench->result.files_written, 6);
        assert_int_equal(bench->result.files, 6);
        assert_true(bench->needed_all);
        struct stat first = stat_of(bench, "public/xa/en/guidance/a.html");

        put(bench, "xa/en/guidance/b.html", "b, changed");
        assert_publishes(bench);
        assert_published(bench, 0);
        assert_false(bench->needed_all);
        assert_int_equal(bench->result.files_written, 1);
        assert_int_equal(bench->result.is_exchanged, !in_place);
        /* manifest of three folders and the root, sums of those and of three in manifest/ */
        assert_true(bench->result.sums_written <= 12);
        struct stat second = stat_of(bench, "public/xa/en/guidance/a.html");
        assert_int_equal(first.st_ino, second.st_ino);
        assert_int_equal(first.st_mtim.tv_nsec, second.st_mtim.tv_nsec);

        put(bench, "xa/en/guidance/c.html", "c, new");
        put(bench, "xb/en/deep/er/d.html", "d, new");
        drop(bench, "xa/fr/guidance/a.html");
        assert_publishes(bench);
        assert_published(bench, 0);
        assert_int_equal(bench->result.files_written, 2);
        assert_int_equal(bench->result.files_removed, 1);
        assert_int_equal(stat_of(bench, "public/xa/fr").st_ino, 0);       /* no empty folders */
        assert_text(bench, "public/xa/en/guidance/b.html", "b, changed"); /* of the last delta */

        for (int i = 0; i < 6; i++) { /* back and forth over both trees */
            char text[20];
            snprintf(text, sizeof text, "round %d", i);
            put(bench, i % 2 ? "index.html" : "xa/en/guidance/c.html", text);
            if (i == 3)
                drop(bench, "xb/en/deep/er/d.html");
            assert_publishes(bench);
            assert_published(bench, 0);
        }
        assert_false(run(bench, "test -e public/xb"));
        assert_stock_tools_agree(bench);
        bench_free(bench);
    }
}

static void test_nothing_changed(void **state)
{
    (void)state;
    struct bench *bench = bench_new();
    small_site(bench);
    assert_publishes(bench);
    struct stat before = stat_of(bench, "public/SHA256SUMS"), folder = stat_of(bench, "public");
    for (int i = 0; i < 2; i++) {
        assert_publishes(bench);
        assert_published(bench, 0);
        assert_int_equal(bench->result.files_written + bench->result.sums_written + bench->result.files_removed, 0);
        assert_false(bench->result.is_exchanged);
        assert_int_equal(stat_of(bench, "public").st_ino, folder.st_ino);
    }
    /* The same bytes from other inputs: nothing is written. */
    struct publication *publication = begin(bench);
    for (size_t i = 0; i < bench->site.count; i++) {
        struct publish_row row;
        struct publish_made made;
        struct slice path = slice_of(bench->site.files[i].path);
        assert_true(publish_find(publication, 0, path, &row));
        assert_true(publish_write(publish_tree(publication, 0), path.at, slice_of(bench->site.files[i].text), &row.made,
                                  &made));
        assert_false(made.is_written);
        assert_true(publish_add(publication, 0, path, &made, key_of(SLICE("other")), row.origin, &bench->diags));
    }
    struct publish_about about = about_test(bench);
    assert_true(publish_end(publication, false, &about, &bench->result, &bench->diags));
    assert_int_equal(bench->result.files_written + bench->result.sums_written, 0);
    publication = begin(bench);
    struct publish_row row;
    assert_true(publish_find(publication, 0, SLICE("index.html"), &row));
    assert_true(key_equal(row.inputs, key_of(SLICE("other")))); /* but it is remembered */
    assert_true(slice_is(row.origin.source, "base"));
    publish_abandon(publication);
    assert_int_equal(stat_of(bench, "public/SHA256SUMS").st_ino, before.st_ino);
    /* Only the date: manifest/index.json and the sums above it. */
    bench->date = "2026-05-03";
    small_site(bench);
    assert_publishes(bench);
    assert_int_equal(bench->result.sums_written, 3);
    assert_published(bench, 0);
    bench_free(bench);
}

static void test_delta(void **state)
{
    (void)state;
    struct bench *bench = bench_new();
    small_site(bench);
    assert_publishes(bench);
    struct publication *publication = begin(bench);
    struct sha256 before = publish_current(publication);
    struct publish_made made;
    put(bench, "xa/en/index.html", "home, changed");
    drop(bench, "theme/style.css");
    assert_true(publish_write(publish_tree(publication, 0), "xa/en/index.html", SLICE("home, changed"), NULL, &made));
    assert_true(publish_add(publication, 0, SLICE("xa/en/index.html"), &made, key_of(SLICE("home, changed")),
                            (struct publish_origin){0}, &bench->diags));
    publish_remove(publication, 0, SLICE("theme/style.css"));
    struct publish_about about = about_test(bench);
    assert_true(publish_end(publication, true, &about, &bench->result, &bench->diags));
    assert_published(bench, 0);
    assert_int_equal(bench->result.files, 5);
    assert_memory_not_equal(&before, &bench->result.current, sizeof before);
    publication = begin(bench);
    struct sha256 now = publish_current(publication);
    assert_memory_equal(&now, &bench->result.current, sizeof now);
    publish_abandon(publication);
    assert_publishes(bench);
    assert_published(bench, 0);
    bench_free(bench);
}

static void test_large_folders(void **state)
{
    (void)state;
    struct bench *bench = bench_new();
    char path[100];
    for (int i = 0; i < 1300; i++) {
        snprintf(path, sizeof path, "flat/page-%d.html", i);
        put(bench, path, path);
    }
    for (int i = 0; i < 600; i++) {
        snprintf(path, sizeof path, "many/folder-%d/index.html", i);
        put(bench, path, path);
    }
    assert_publishes(bench);
    assert_published(bench, 0);
    assert_stock_tools_agree(bench);
    assert_true(run(bench, "test $(wc -l < public/flat/SHA256SUMS) = 8 && test $(ls public/flat | grep -c SHA) = 9"));
    assert_true(run(bench, "test $(cat public/flat/SHA256SUMS-* | wc -l) = 1300"));
    assert_true(run(bench, "for f in public/flat/SHA256SUMS-*; do test $(wc -l < $f) -le 500 || exit 1; done"));
    put(bench, "flat/page-77.html", "changed");
    assert_publishes(bench);
    assert_published(bench, 0);
    /* a leaf, its list, and the same of manifest/; the root's and manifest's own */
    assert_true(bench->result.sums_written <= 8);
    for (int i = 900; i < 1300; i++) { /* below 1,000: fewer leaves; names are the same for all numbers */
        snprintf(path, sizeof path, "flat/page-%d.html", i);
        drop(bench, path);
    }
    assert_publishes(bench);
    assert_published(bench, 0);
    for (int i = 300; i < 900; i++) { /* below 500: none */
        snprintf(path, sizeof path, "flat/page-%d.html", i);
        drop(bench, path);
    }
    assert_publishes(bench);
    assert_published(bench, 0);
    assert_true(run(bench, "test $(ls public/flat | grep -c SHA) = 1"));
    assert_true(run(bench, "test $(ls public/manifest/flat) = index.json || ls public/manifest/flat | grep -vc rows"));
    bench_free(bench);
}

static void test_files_and_folders_change_places(void **state)
{
    (void)state;
    for (int in_place = 0; in_place < 2; in_place++) {
        struct bench *bench = bench_new();
        bench->in_place = in_place;
        small_site(bench);
        put(bench, "x", "a file");
        put(bench, "y/1.html", "1");
        put(bench, "y/z/2.html", "2");
        assert_publishes(bench);
        put(bench, "index.html", "so that there are two trees");
        assert_publishes(bench);
        drop(bench, "x");
        drop(bench, "y/1.html");
        drop(bench, "y/z/2.html");
        put(bench, "x/in/it.html", "now a folder");
        put(bench, "y", "now a file");
        assert_publishes(bench);
        assert_published(bench, 0);
        put(bench, "index.html", "the other tree");
        assert_publishes(bench);
        assert_published(bench, 0);
        drop(bench, "x/in/it.html");
        drop(bench, "y");
        put(bench, "x", "a file");
        put(bench, "y/1.html", "1");
        assert_publishes(bench);
        assert_published(bench, 0);
        bench_free(bench);
    }
}

static void test_two_roots(void **state)
{
    (void)state;
    struct bench *bench = bench_new();
    bench->restricted = "restricted/xb";
    small_site(bench);
    put_in(bench, 1, "index.html", "secret");
    put_in(bench, 1, "en/a.html", "secret a");
    assert_publishes(bench);
    assert_published(bench, 0);
    put_in(bench, 1, "en/a.html", "secret a, changed");
    assert_publishes(bench);
    assert_published(bench, 0);
    put(bench, "index.html", "changed");
    assert_publishes(bench);
    assert_published(bench, 0);
    put_in(bench, 1, "index.html", "changed");
    put(bench, "index.html", "changed too");
    assert_publishes(bench);
    assert_published(bench, 0);
    assert_false(run(bench, "grep -r secret public"));
    bench_free(bench);
}

/* ---- what the caller may say ---- */

static void test_paths(void **state)
{
    (void)state;
    char long_part[300], long_path[600] = "";
    memset(long_part, 'x', sizeof long_part);
    long_part[256] = 0;
    for (int i = 0; i < 26; i++)
        strcat(long_path, "123456789/");
    strcat(long_path, "x");
    const struct {
        const char *path;
        bool is_good;
    } cases[] = {
        {"index.html", true},
        {"a/b/c.html", true},
        {"é/ü.html", true},
        {".nojekyll", true},
        {"con-text.html", true},
        {"com.html", true},
        {"", false},
        {"/a", false},
        {"a//b", false},
        {"a/", false},
        {"../a", false},
        {"a/../b", false},
        {".", false},
        {"a/./b", false},
        {"CON", false},
        {"con.html", false},
        {"a/nul.txt", false},
        {"Com1.html", false},
        {"lpt9", false},
        {"a:b", false},
        {"a?b", false},
        {"a\\b", false},
        {"a\nb", false},
        {"a\x7f", false},
        {"trailing.", false},
        {"trailing /b", false},
        {"\xff.html", false},
        {"SHA256SUMS", false},
        {"a/sha256sums-01", false},
        {"manifest/x", false},
        {"manifest", false},
        {"manifests", true},
        {"a/manifest/x", true},
        {".waymark/x", false},
        {long_part, false},
        {long_path, false},
        {long_path + 1, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct diag_list diags = {0};
        if (publish_path_check(slice_of(cases[i].path), &diags) != cases[i].is_good)
            fail_msg("'%s'", cases[i].path);
        assert_int_equal(diags.count, !cases[i].is_good);
        diag_list_free(&diags);
    }
}

static void test_said_twice(void **state)
{
    (void)state;
    const char *const twins[][2] = {{"a.html", "a.html"}, {"a", "a/b"}, {"a/b/c", "a"}};
    struct bench *bench = bench_new();
    small_site(bench);
    assert_publishes(bench);
    for (size_t i = 0; i < sizeof twins / sizeof *twins; i++) {
        struct publication *publication = begin(bench);
        struct publish_made made = {.size = 1, .is_written = true};
        assert_true(publish_add(publication, 0, slice_of(twins[i][0]), &made, (struct key){1, 1},
                                (struct publish_origin){0}, &bench->diags));
        assert_false(publish_add(publication, 0, slice_of(twins[i][1]), &made, (struct key){1, 1},
                                 (struct publish_origin){0}, &bench->diags));
        assert_true(has_code(bench, DIAG_OUTPUT_PATH));
        clear_diags(bench);
        publish_abandon(publication);
    }
    assert_publishes(bench);
    assert_published(bench, 0);
    bench_free(bench);
}

static void test_held_back_and_undone(void **state)
{
    (void)state;
    for (int in_place = 0; in_place < 2; in_place++) {
        struct bench *bench = bench_new();
        bench->in_place = in_place;
        small_site(bench);
        assert_publishes(bench);
        put(bench, "index.html", "two trees");
        assert_publishes(bench);
        struct publication *publication = begin(bench);
        struct publish_made made;
        struct publish_tree tree = publish_tree(publication, 0);
        /* Workers died over an old and a new page of xa, which is held back; xb comes. */
        assert_true(publish_write(tree, "xa/en/index.html", SLICE("half a pa"), NULL, &made));
        assert_true(publish_write(tree, "xa/en/new/one.html", SLICE("half a pa"), NULL, &made));
        publish_undo(publication, 0, SLICE("xa/en/index.html"));
        publish_undo(publication, 0, SLICE("xa/en/new/one.html"));
        publish_keep_folder(publication, 0, SLICE("xa"));
        assert_true(publish_keep(publication, 0, SLICE("index.html")));
        assert_false(publish_keep(publication, 0, SLICE("never.html")));
        put(bench, "xb/index.html", "b");
        drop(bench, "theme/style.css");
        assert_true(publish_write(tree, "xb/index.html", SLICE("b"), NULL, &made));
        assert_true(publish_add(publication, 0, SLICE("xb/index.html"), &made, key_of(SLICE("b")),
                                (struct publish_origin){0}, &bench->diags));
        const struct publish_edition held[] = {{"xa", true, "errors in its files", 0}, {"xb", false, "", 0}};
        struct publish_about about = about_test(bench);
        about.editions = held;
        about.edition_count = 2;
        assert_true(publish_end(publication, false, &about, &bench->result, &bench->diags));
        assert_published(bench, 0);
        assert_true(run(bench, "grep -q 'errors in its files' public/manifest/index.json"));
        put(bench, "index.html", "the other tree");
        assert_publishes(bench);
        assert_published(bench, 0);
        bench_free(bench);
    }
}

static void test_abandoned(void **state)
{
    (void)state;
    for (int first = 0; first < 2; first++) {
        struct bench *bench = bench_new();
        small_site(bench);
        if (!first)
            assert_publishes(bench);
        for (int i = 0; i < 3; i++) {
            struct publication *publication = begin(bench);
            struct publish_made made;
            struct publish_tree tree = publish_tree(publication, 0);
            assert_true(publish_write(tree, "index.html", SLICE("never seen"), NULL, &made));
            assert_true(publish_write(tree, "xa/stray.html", SLICE("never seen"), NULL, &made));
            publish_abandon(publication);
            if (first)
                assert_false(run(bench, "test -e public"));
            else
                assert_text(bench, "public/index.html", "start");
        }
        put(bench, "theme/style.css", "changed");
        assert_publishes(bench);
        assert_published(bench, 0);
        put(bench, "theme/style.css", "changed again");
        assert_publishes(bench);
        assert_published(bench, 0);
        bench_free(bench);
    }
}

/* ---- folders that are refused ---- */

static void assert_refused(struct bench *bench, const char *output, const char *forbidden, const char *text)
{
    struct publish_options options = {.output = output, .forbidden = &forbidden, .forbidden_count = forbidden != NULL};
    struct publication *publication = publish_begin(&options, &bench->diags);
    if (publication)
        fail_msg("'%s' was taken", output);
    if (!has_code(bench, DIAG_OUTPUT_REFUSED) || !strstr(bench->diags.items[0].text, text)) {
        show_diags(bench);
        fail_msg("'%s': not '%s'", output, text);
    }
    clear_diags(bench);
}

static void test_refused(void **state)
{
    (void)state;
    struct bench *bench = bench_new();
    char path[PATH_MAX + 40], home[PATH_MAX + 40];
    assert_refused(bench, "/", NULL, "root of the file system");
    assert_refused(bench, "///", NULL, "root of the file system");
    assert_refused(bench, "", NULL, "empty");
    snprintf(path, sizeof path, "%s/.", bench->folder);
    assert_refused(bench, path, NULL, "name of its own");
    snprintf(path, sizeof path, "%s/..", bench->folder);
    assert_refused(bench, path, NULL, "name of its own");

    assert_true(
        run(bench, "mkdir -p home/me site/content && echo x > home/me/letter && ln -s home link && echo x > file"));
    snprintf(home, sizeof home, "%s/home/me", bench->folder);
    setenv("HOME", home, 1);
    assert_refused(bench, home, NULL, "home folder");
    snprintf(path, sizeof path, "%s/home", bench->folder);
    assert_refused(bench, path, NULL, "home folder");
    snprintf(path, sizeof path, "%s/link/me/", bench->folder);
    assert_refused(bench, path, NULL, "home folder");
    setenv("HOME", "/nowhere", 1);
    assert_refused(bench, home, NULL, "did not write");
    snprintf(path, sizeof path, "%s/link", bench->folder);
    assert_refused(bench, path, NULL, "symbolic link");
    snprintf(path, sizeof path, "%s/file", bench->folder);
    assert_refused(bench, path, NULL, "not a folder");
    char site[PATH_MAX + 40];
    snprintf(site, sizeof site, "%s/site/content", bench->folder);
    snprintf(path, sizeof path, "%s/site", bench->folder);
    assert_refused(bench, path, site, "source");
    assert_refused(bench, site, site, "source");
    assert_text(bench, "home/me/letter", "x\n");

    /* An empty folder, and one below folders that do not exist, are welcome. */
    assert_true(run(bench, "mkdir public"));
    small_site(bench);
    assert_publishes(bench);
    assert_published(bench, 0);
    bench_free(bench);
    bench = bench_new();
    snprintf(bench->output, sizeof bench->output, "%s/new/folders/public", bench->folder);
    put(bench, "index.html", "deep");
    assert_publishes(bench);
    assert_text(bench, "new/folders/public/index.html", "deep");
    bench_free(bench);
}

/* ---- people in the folder ---- */

static void test_foreign_files_live_on(void **state)
{
    (void)state;
    for (int in_place = 0; in_place < 2; in_place++) {
        struct bench *bench = bench_new();
        bench->in_place = in_place;
        small_site(bench);
        assert_publishes(bench);
        put(bench, "index.html", "two trees");
        assert_publishes(bench);
        assert_true(run(bench, "cd public && echo mine > CNAME && mkdir -p .git/objects xa/en/mine && "
                               "echo object > .git/objects/1 && echo note > xa/en/guidance/note.txt && "
                               "ln -s /etc/passwd xa/en/link && echo deep > xa/en/mine/deep"));
        struct stat before = stat_of(bench, "public/CNAME");
        for (int i = 0; i < 4; i++) {
            char text[30];
            snprintf(text, sizeof text, "round %d", i);
            put(bench, "xa/en/guidance/a.html", text);
            if (i == 2) { /* nothing of ours is left in xa/en/guidance or below xa */
                drop(bench, "xa/en/guidance/a.html");
                drop(bench, "xa/en/guidance/b.html");
                drop(bench, "xa/en/index.html");
                drop(bench, "xa/fr/guidance/a.html");
            }
            assert_publishes(bench);
            assert_published(bench, 5);
            assert_true(has_code(bench, DIAG_OUTPUT_FOREIGN));
            assert_text(bench, "public/CNAME", "mine\n");
            assert_text(bench, "public/.git/objects/1", "object\n");
            assert_text(bench, "public/xa/en/guidance/note.txt", "note\n");
            assert_text(bench, "public/xa/en/mine/deep", "deep\n");
            assert_true(run(bench, "test \"$(readlink public/xa/en/link)\" = /etc/passwd"));
            assert_int_equal(stat_of(bench, "public/CNAME").st_ino, before.st_ino);
        }
        /* A run that changes nothing says it too; when they are gone, they are gone from both trees. */
        assert_publishes(bench);
        assert_true(has_code(bench, DIAG_OUTPUT_FOREIGN));
        assert_true(run(bench, "cd public && rm -r CNAME .git xa/en/guidance xa/en/mine xa/en/link"));
        for (int i = 0; i < 4; i++) {
            char text[30];
            snprintf(text, sizeof text, "later %d", i);
            put(bench, "index.html", text);
            assert_publishes(bench);
            assert_false(has_code(bench, DIAG_OUTPUT_FOREIGN));
            assert_false(run(bench, "test -e public/CNAME || test -e public/.git || test -e public/xa/en/mine"));
        }
        bench_free(bench);
    }
}

static void test_foreign_files_in_the_way(void **state)
{
    (void)state;
    const char *const commands[] = {
        "echo mine > public/new.html",
        "mkdir public/new.html && echo mine > public/new.html/x",
        "ln -s /etc/passwd public/new.html",
        "echo mine > public/folder",
        "ln -s /tmp public/folder",
        "mkdir public/folder && echo mine > public/folder/page.html",
        "rm public/index.html && mkdir public/index.html",
        "rm public/index.html && ln -s /etc/passwd public/index.html",
        "mkfifo public/pipe",
    };
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        for (int in_place = 0; in_place < 2; in_place++) {
            struct bench *bench = bench_new();
            bench->in_place = in_place;
            small_site(bench);
            assert_publishes(bench);
            put(bench, "xa/en/index.html", "two trees");
            assert_publishes(bench);
            struct site before = bench->site;
            assert_true(run(bench,
                            "%s && find public -type f ! -path '*index.html' -exec sha256sum {} + | sort > ../before",
                            commands[i]));
            put(bench, "new.html", "a page");
            put(bench, "folder/page.html", "a page");
            clear_diags(bench);
            if (publish(bench) || !has_code(bench, DIAG_OUTPUT_REFUSED)) {
                show_diags(bench);
                fail_msg("%s", commands[i]);
            }
            assert_true(run(bench, "find public -type f ! -path '*index.html' -exec sha256sum {} + | sort | "
                                   "diff ../before -"));
            assert_true(run(bench, "rm -rf public/new.html public/folder public/index.html public/pipe"));
            bench->site = before;
            assert_publishes(bench);
            assert_true(bench->needed_all);
            assert_published(bench, 0);
            bench_free(bench);
        }
}

static void test_damage_is_mended(void **state)
{
    (void)state;
    const struct {
        const char *name, *command;
    } cases[] = {
        {"a page deleted", "rm public/xa/en/guidance/a.html"},
        {"a folder deleted", "rm -r public/xa"},
        {"everything deleted", "rm -rf public"},
        {"emptied", "rm -r public/*"},
        {"sums deleted", "rm public/SHA256SUMS public/xa/SHA256SUMS"},
        {"manifest deleted", "rm -r public/manifest"},
        {"a page replaced", "cp public/index.html x; echo longer >> x; mv x public/index.html"},
        {"spare deleted", "rm -rf .waymark/publish/public/tree-0"},
        {"spare damaged",
         "rm -r .waymark/publish/public/tree-0/xa; echo x > .waymark/publish/public/tree-0/y/index.html"
         " || true; rm .waymark/publish/public/tree-0/index.html"},
        {"records deleted", "rm -rf .waymark"},
        {"index of the records damaged",
         "printf xxxxxxxx | dd of=.waymark/publish/public/state/data.mdb bs=1 seek=9000 "
         "conv=notrunc"},
        {"records and some sums deleted", "rm -rf .waymark; rm public/xa/SHA256SUMS; rm -r public/xa"},
        {"restored from a copy", "cp -r public x && rm -r public && mv x public"},
        {"moved with all there is", "mkdir new && mv public .waymark new && cp -r new/public new/.waymark ."
                                    " && rm -r new"},
        {"an old copy put back", "rm -rf public; cp -r old public"},
        {"other bytes of the same size",
         "echo -n sturt > x; mv x public/index.html; echo -n Css > x; mv x public/theme/style.css"},
        {"folders touched", "find public -type d -exec touch {} +"},
        {"modes changed", "true"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int in_place = 0; in_place < 2; in_place++) {
            print_message("    %s%s\n", cases[i].name, in_place ? ", in place" : "");
            struct bench *bench = bench_new();
            bench->in_place = in_place;
            small_site(bench);
            assert_publishes(bench);
            assert_true(run(bench, "cp -r public old"));
            put(bench, "index.html", "two trees");
            assert_publishes(bench);
            put(bench, "theme/style.css", "a delta");
            assert_publishes(bench);
            assert_true(run(bench, "%s; true", cases[i].command));
            assert_publishes(bench);
            assert_published(bench, 0);
            for (int k = 0; k < 2; k++) {
                put(bench, "xa/en/guidance/a.html", k ? "one" : "other");
                assert_publishes(bench);
                assert_published(bench, 0);
                assert_false(has_code(bench, DIAG_OUTPUT_MENDED));
            }
            bench_free(bench);
        }
}

static void test_records_lost_and_pages_edited(void **state)
{
    (void)state;
    struct bench *bench = bench_new();
    small_site(bench);
    assert_publishes(bench);
    assert_true(run(bench, "rm -rf .waymark; echo edited by hand > public/theme/style.css; echo mine > public/mine"));
    clear_diags(bench);
    assert_false(publish(bench)); /* not ours any more, and in the way of a page */
    assert_true(has_code(bench, DIAG_OUTPUT_REFUSED));
    assert_text(bench, "public/theme/style.css", "edited by hand\n");
    drop(bench, "theme/style.css");
    assert_publishes(bench);
    assert_published(bench, 2);
    assert_text(bench, "public/theme/style.css", "edited by hand\n");
    assert_text(bench, "public/mine", "mine\n");
    bench_free(bench);
}

/* A manifest and sums that somebody wrote do not make us delete what they name. */
static void test_planted_sums(void **state)
{
    (void)state;
    struct bench *bench = bench_new();
    assert_true(run(bench,
                    "mkdir -p public/manifest && cd public && echo precious > letter && printf '{\\n \"waymark\": "
                    "\"1.0\"}' > manifest/index.json && printf '%%064d  letter\\n%%064d  ../../x/SHA256SUMS\\n"
                    "%%064d  ./SHA256SUMS\\n' 0 0 0 > SHA256SUMS"));
    put(bench, "index.html", "start");
    assert_false(publish(bench));
    assert_true(has_code(bench, DIAG_OUTPUT_REFUSED)); /* manifest/index.json is in the way */
    assert_text(bench, "public/letter", "precious\n");
    assert_true(run(bench, "ls public | sort | tr '\\n' ' ' | grep -x 'SHA256SUMS letter manifest '"));
    bench_free(bench);
}

static void test_links_are_not_followed(void **state)
{
    (void)state;
    for (int in_place = 0; in_place < 2; in_place++) {
        struct bench *bench = bench_new();
        bench->in_place = in_place;
        small_site(bench);
        assert_publishes(bench);
        put(bench, "index.html", "two trees");
        assert_publishes(bench);
        assert_true(run(bench,
                        "mkdir outside && cp -r public/xa/en outside && mv public/xa/en gone && "
                        "ln -s ../../outside/en public/xa/en && ls -lR --time-style=full-iso outside > listing"));
        put(bench, "xa/en/index.html", "written where?");
        drop(bench, "xa/en/guidance/b.html");
        clear_diags(bench);
        assert_false(publish(bench));
        assert_true(has_code(bench, DIAG_OUTPUT_REFUSED));
        assert_true(run(bench, "ls -lR --time-style=full-iso outside | diff listing -"));
        bench_free(bench);
    }
}

/* ---- the state's own file system ---- */

static void test_umask(void **state)
{
    (void)state;
    struct bench *bench = bench_new();
    mode_t before = umask(077);
    small_site(bench);
    assert_publishes(bench);
    assert_published(bench, 0);
    put(bench, "a/new/folder/x.html", "x");
    umask(0);
    assert_publishes(bench);
    assert_published(bench, 0);
    assert_int_equal(umask(before), 0); /* it is given back */
    bench_free(bench);
}

static void test_two_publications_at_once(void **state)
{
    (void)state;
    struct bench *bench = bench_new();
    small_site(bench);
    struct publication *publication = begin(bench);
    assert_non_null(publication);
    assert_null(begin(bench));
    assert_true(has_code(bench, DIAG_STORE_BUSY));
    publish_abandon(publication);
    assert_publishes(bench);
    bench_free(bench);
}

/* In a mount namespace of its own, where that is allowed. */
static void test_mount_point(void **state)
{
    (void)state;
    struct bench *bench = bench_new();
    small_site(bench);
    assert_true(run(bench, "mkdir public other"));
    if (!run(bench, "mount -t tmpfs none public")) {
        print_message("    skipped: mounting is not allowed here\n");
        bench_free(bench);
        skip();
    }
    clear_diags(bench);
    bool ok = publish(bench);
    bool is_said = has_code(bench, DIAG_OUTPUT_IN_PLACE);
    put(bench, "index.html", "changed");
    drop(bench, "theme/style.css");
    clear_diags(bench);
    bool ok_again = publish(bench);
    bool is_said_again = has_code(bench, DIAG_OUTPUT_IN_PLACE);
    bool is_right = run(bench, "test \"$(cat public/index.html)\" = changed && test ! -e public/theme && "
                               "test ! -e public/.waymark-stage");
    assert_sums(bench->output, 5, 0);
    run(bench, "umount public");
    show_diags(bench);
    assert_true(ok && ok_again && is_right);
    assert_true(is_said);
    assert_false(is_said_again);
    bench_free(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_first_second_third),
        cmocka_unit_test(test_nothing_changed),
        cmocka_unit_test(test_delta),
        cmocka_unit_test(test_large_folders),
        cmocka_unit_test(test_files_and_folders_change_places),
        cmocka_unit_test(test_two_roots),
        cmocka_unit_test(test_said_twice),
        cmocka_unit_test(test_held_back_and_undone),
        cmocka_unit_test(test_abandoned),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_foreign_files_live_on),
        cmocka_unit_test(test_foreign_files_in_the_way),
        cmocka_unit_test(test_damage_is_mended),
        cmocka_unit_test(test_records_lost_and_pages_edited),
        cmocka_unit_test(test_planted_sums),
        cmocka_unit_test(test_links_are_not_followed),
        cmocka_unit_test(test_umask),
        cmocka_unit_test(test_two_publications_at_once),
        cmocka_unit_test(test_mount_point),
    };
    return cmocka_run_group_tests_name("publish", tests, NULL, NULL);
}
