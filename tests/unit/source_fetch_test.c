/* The parts of a fetch that need no server: host keys, the lock, releases, what
 * a transfer's process says, secrets in messages. */

#include "base/file.h"
#include "base/hash.h"
#include "source/auth.h"
#include "source/known_hosts.h"
#include "source/lock.h"
#include "source/mirror.h"
#include "source/releases.h"
#include "source/transfer.h"
#include "source_fixture.h"
#include <fcntl.h>

/* ---- host keys ---- */

/* Keys of the bytes 1, 2, 3 … */
#define ED1 "AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g"
#define ED2 "AAAAC3NzaC1lZDI1NTE5AAAAICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj9A"
#define EC1 "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBAEC"

static struct slice decode(struct arena *arena, const char *type, const char *text)
{
    struct known_keys keys = {0};
    char line[400];
    snprintf(line, sizeof line, "h %s %s\n", type, text);
    known_keys_add(&keys, arena, slice_of(line), "h", "");
    assert_int_equal(keys.count, 1);
    return keys.items[0].key;
}

static const struct {
    const char *name, *text, *host, *port;
    enum known_verdict verdict;
} host_cases[] = {
    {"nothing is known", "", "example.org", "", HOST_UNKNOWN},
    {"plain name", "example.org ssh-ed25519 " ED1 "\n", "example.org", "", HOST_KNOWN},
    {"name in capitals", "Example.ORG ssh-ed25519 " ED1 "\n", "example.org", "", HOST_KNOWN},
    {"another host", "example.net ssh-ed25519 " ED1 "\n", "example.org", "", HOST_UNKNOWN},
    {"port 22 is the usual one", "example.org ssh-ed25519 " ED1 "\n", "example.org", "22", HOST_KNOWN},
    {"another port is another host", "example.org ssh-ed25519 " ED1 "\n", "example.org", "2222", HOST_UNKNOWN},
    {"name with its port", "[example.org]:2222 ssh-ed25519 " ED1 " a comment\n", "example.org", "2222", HOST_KNOWN},
    {"list of names", "a,example.org,10.0.0.1 ssh-ed25519 " ED1 "\n", "example.org", "", HOST_KNOWN},
    {"pattern", "*.org ssh-ed25519 " ED1 "\n", "example.org", "", HOST_KNOWN},
    {"pattern with ?", "exampl?.o?g ssh-ed25519 " ED1 "\n", "example.org", "", HOST_KNOWN},
    {"pattern that takes out", "*.org,!example.org ssh-ed25519 " ED1 "\n", "example.org", "", HOST_UNKNOWN},
    {"tabs, Windows line ends, comments", "# x\n\n\texample.org\tssh-ed25519\t" ED1 "\r\n", "example.org", "",
     HOST_KNOWN},
    {"changed", "example.org ssh-ed25519 " ED2 "\n", "example.org", "", HOST_CHANGED},
    {"two keys, one of them right", "example.org ssh-ed25519 " ED2 "\nexample.org ssh-ed25519 " ED1 "\n", "example.org",
     "", HOST_KNOWN},
    {"another type", "example.org ecdsa-sha2-nistp256 " EC1 "\n", "example.org", "", HOST_OTHER_TYPE},
    {"another type and changed", "example.org ecdsa-sha2-nistp256 " EC1 "\nexample.org ssh-ed25519 " ED2 "\n",
     "example.org", "", HOST_CHANGED},
    {"revoked", "example.org ssh-ed25519 " ED1 "\n@revoked * ssh-ed25519 " ED1 "\n", "example.org", "", HOST_REVOKED},
    {"an authority is passed over", "@cert-authority * ssh-ed25519 " ED1 "\n", "example.org", "", HOST_UNKNOWN},
    {"type that is not the key's", "example.org ssh-rsa " ED1 "\n", "example.org", "", HOST_UNKNOWN},
    {"no base64", "example.org ssh-ed25519 AAAA*C3N\n", "example.org", "", HOST_UNKNOWN},
    {"cut off", "example.org ssh-ed25519", "example.org", "", HOST_UNKNOWN},
    /* echo -n example.org | openssl sha1 -mac HMAC -macopt hexkey:000102…13 */
    {"hidden name", "|1|AAECAwQFBgcICQoLDA0ODxAREhM=|bFDVYqbsfLlUB0fPAZemUYx8Gnc= ssh-ed25519 " ED1 "\n", "example.org",
     "", HOST_KNOWN},
    {"hidden name of another", "|1|AAECAwQFBgcICQoLDA0ODxAREhM=|AFDVYqbsfLlUB0fPAZemUYx8Gnc= ssh-ed25519 " ED1 "\n",
     "example.org", "", HOST_UNKNOWN},
    {"hidden name, broken", "|1|AAEC ssh-ed25519 " ED1 "\n", "example.org", "", HOST_UNKNOWN},
};

static void test_host_keys(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct slice shown = decode(&arena, "ssh-ed25519", ED1);
    for (size_t i = 0; i < sizeof host_cases / sizeof host_cases[0]; i++) {
        struct known_keys keys = {0};
        const struct known_key *known;
        known_keys_add(&keys, &arena, slice_of(host_cases[i].text), host_cases[i].host, host_cases[i].port);
        enum known_verdict verdict = known_keys_judge(&keys, shown, &known);
        if (verdict != host_cases[i].verdict)
            fail_msg("%s: %d, not %d", host_cases[i].name, (int)verdict, (int)host_cases[i].verdict);
        assert_true((known != NULL) == (verdict == HOST_CHANGED || verdict == HOST_OTHER_TYPE));
    }
    struct buffer text = BUFFER(4096);
    host_key_fingerprint(&text, shown);
    assert_string_equal(buffer_string(&text), "SHA256:mKqU+0K8OhKmA8bBQi9Rz0Q5l7/g160hIP+rJYSTNj4");
    struct known_keys keys = {0};
    known_keys_add(&keys, &arena, SLICE("h ecdsa-sha2-nistp256 " EC1 "\n* ssh-ed25519 " ED1 "\n"), "h", "2");
    assert_int_equal(keys.count, 1);
    known_keys_add(&keys, &arena, SLICE("[h]:2 ecdsa-sha2-nistp256 " EC1 "\n"), "h", "2");
    buffer_clear(&text);
    known_keys_print(&text, &keys, "h", "2");
    assert_string_equal(buffer_string(&text), "[h]:2 ssh-ed25519 " ED1 "\n[h]:2 ecdsa-sha2-nistp256 " EC1 "\n");
    assert_int_equal(host_key_type(SLICE("\0\0\0\x0bssh")).length, 0);
    assert_int_equal(host_key_type(SLICE("\xff\xff\xff\xff")).length, 0);
    buffer_free(&text);
    arena_free(&arena);
}

/* ---- the lock ---- */

static void write_file(struct fixture *fixture, const char *name, const char *text)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", fixture->folder, name);
    assert_true(file_replace(AT_FDCWD, path, slice_of(text), false));
}

static void test_lock_comes_back(void **state)
{
    struct fixture *fixture = *state;
    const char *id = "0123456789012345678901234567890123456789";
    struct lock_source sources[] = {
        {"base", ".", "", "", "", ""},
        {"kit", "https://example.org/kit.git", "v1 \"x\" \\ y", id, id, ""},
        {"plain", "../p", "", "", "", "0123456789012345678901234567890123456789012345678901234567890123"}};
    struct lock_commit commits[] = {{"base", id}, {"kit", id}};
    struct lock_release releases[] = {{"v1.0", commits, 2}, {"on: #1", commits, 1}};
    struct lock lock = {sources, 3, releases, 2}, back;
    bool exists;
    assert_true(lock_read(&back, &exists, &fixture->arena, &fixture->config, &fixture->diags));
    assert_false(exists);
    assert_true(lock_write(&lock, &fixture->config, &fixture->diags));
    assert_true(lock_read(&back, &exists, &fixture->arena, &fixture->config, &fixture->diags));
    assert_true(exists);
    expect_no_diags(fixture);
    assert_int_equal(back.source_count, 3);
    assert_string_equal(lock_find(&back, "kit")->ref, "v1 \"x\" \\ y");
    assert_string_equal(lock_find(&back, "kit")->commit, id);
    assert_string_equal(lock_find(&back, "plain")->files, sources[2].files);
    assert_null(lock_find(&back, "other"));
    assert_int_equal(back.release_count, 2);
    assert_string_equal(back.releases[1].name, "on: #1");
    assert_string_equal(back.releases[0].commits[1].source, "kit");
    struct buffer first = BUFFER(10000), second = BUFFER(10000);
    lock_print(&first, &lock);
    lock_print(&second, &back);
    assert_string_equal(buffer_string(&first), buffer_string(&second));
    buffer_free(&first);
    buffer_free(&second);
}

static void test_lock_is_strict(void **state)
{
    struct fixture *fixture = *state;
    static const char *const wrong[] = {
        "version: 2\n",
        "sources: {}\n",
        "version: 1\nsource: {}\n",
        "version: 1\nsources:\n  kit: {ref: main}\n",
        "version: 1\nsources:\n  kit: {url: x, commit: 12}\n",
        "version: 1\nsources:\n  kit: {url: x, tree: ZZ23456789012345678901234567890123456789}\n",
        "version: 1\nsources: [a]\n",
        "version: 1\nreleases: {v1: [a]}\n",
        "version: 1\nreleases: {v1: {kit: abc}}\n",
        "version: 1\nsources: {a: {url: x}, a: {url: y}}\n",
        "version: [1\n",
        "",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct lock lock;
        bool exists;
        write_file(fixture, "waymark.lock", wrong[i]);
        diag_list_free(&fixture->diags);
        if (lock_read(&lock, &exists, &fixture->arena, &fixture->config, &fixture->diags))
            fail_msg("accepted: %s", wrong[i]);
        assert_true(fixture->diags.count > 0);
        assert_string_equal(fixture->diags.items[0].path, "waymark.lock");
    }
}

static void test_lock_of_local_sources(void **state)
{
    struct fixture *fixture = *state;
    struct fetch_result *results;
    struct fetch_options fetch = {0};
    sh(fixture, "git init -q own; cd own; mkdir content; echo 1 > content/a.md; touch waymark.yaml; git add .; git "
                "commit -qm x\n"
                "mkdir ../plain; echo 2 > ../plain/b.md; git init -q ../other; cd ../other; echo 3 > c.md; git add .; "
                "git commit -qm y");
    fixture->config.root = arena_printf(&fixture->arena, "%s/own", fixture->folder);
    add_source(fixture, "base", ".", "", "content");
    add_source(fixture, "plain", "../plain", "", "")->at = 1;
    add_source(fixture, "other", "../other", "", "")->at = 2;
    assert_true(sources_fetch(&results, &fixture->arena, &fixture->config, &fixture->options, &fetch, &fixture->diags));
    fixture->options.locked = true;
    assert_true(read_all(fixture));
    /* One's own repository is pinned by its own commit. */
    sh(fixture, "cd own; echo more >> content/a.md; git commit -qam z");
    assert_true(read_all(fixture));
    sh(fixture, "echo more >> plain/b.md");
    assert_false(read_all(fixture));
    expect_diag(fixture, DIAG_SOURCE_LOCKED, "the files of the source 'plain'");
    sh(fixture, "echo 2 > plain/b.md; cd other; echo more >> c.md; git commit -qam z");
    assert_false(read_all(fixture));
    assert_int_equal(fixture->diags.count, 1);
    expect_diag(fixture, DIAG_SOURCE_LOCKED, "the source 'other' is at commit");
    fixture->options.worktree = true;
    assert_false(read_all(fixture));
    expect_diag(fixture, DIAG_SOURCE_LOCKED, "read from a working folder");
}

static void test_lock_that_cannot_be_written(void **state)
{
    struct fixture *fixture = *state;
    struct fetch_result *results;
    struct fetch_options fetch = {0};
    sh(fixture, "mkdir -p plain waymark.lock/x; echo 1 > plain/a.md");
    add_source(fixture, "plain", "plain", "", "");
    assert_false(
        sources_fetch(&results, &fixture->arena, &fixture->config, &fixture->options, &fetch, &fixture->diags));
    expect_diag(fixture, DIAG_SOURCE_LOCKED, "waymark.lock cannot be read");
    sh(fixture, "rmdir waymark.lock/x waymark.lock; touch cache");
    fixture->options.cache = arena_printf(&fixture->arena, "%s/cache", fixture->folder);
    assert_false(
        sources_fetch(&results, &fixture->arena, &fixture->config, &fixture->options, &fetch, &fixture->diags));
    expect_diag(fixture, DIAG_SOURCE_FETCH, "cannot be made");
}

/* ---- releases ---- */

static void test_patterns(void **state)
{
    (void)state;
    static const struct {
        const char *tag, *patterns[3];
        bool selected;
    } cases[] = {
        {"v1.0", {"v*"}, true},
        {"1.0", {"v*"}, false},
        {"v0.9", {"v*", "!v0.*"}, false},
        {"v1.0", {"v*", "!v0.*"}, true},
        {"v0.9", {"!v0.*", "v*"}, true},
        {"v0.9", {"v*", "!v0.*", "v0.9"}, true},
        {"release/1", {"release/*"}, true},
        {"x", {0}, false},
        {"v1", {"v[0-9]"}, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t count = 0;
        while (count < 3 && cases[i].patterns[count])
            count++;
        if (releases_select(cases[i].tag, cases[i].patterns, count) != cases[i].selected)
            fail_msg("case %zu: %s", i, cases[i].tag);
    }
}

/* ---- what a transfer says ---- */

static void add_frame(struct buffer *out, uint32_t kind, uint32_t length, const void *payload, size_t bytes)
{
    struct transfer_frame frame = {kind, length};
    buffer_append(out, &frame, sizeof frame);
    buffer_append(out, payload, bytes);
}

static void test_frames(void **state)
{
    (void)state;
    struct transfer_numbers numbers = {7, 1, 2, 3, 4};
    struct transfer_result result = {.state = FETCH_UPDATED};
    struct diag_list diags = {0}, sent = {0};
    struct buffer diag = BUFFER(4096), input = BUFFER(1 << 20);
    diag_add(&sent, DIAG_SOURCE_FETCH, PLACE_RUN, "words");
    diag_write(&diag, &sent.items[0]);
    struct buffer good = BUFFER(1 << 20);
    add_frame(&good, TRANSFER_PROGRESS, sizeof numbers, &numbers, sizeof numbers);
    add_frame(&good, TRANSFER_DIAG, (uint32_t)diag.length, diag.at, diag.length);
    add_frame(&good, TRANSFER_RESULT, sizeof result, &result, sizeof result);
    /* Byte by byte, it comes to the same. */
    struct transfer_news news = {0};
    for (size_t i = 0; i < good.length; i++) {
        buffer_byte(&input, good.at[i]);
        assert_true(transfer_take(&news, &input, &diags));
    }
    assert_true(news.has_numbers && news.has_result && news.is_told && input.length == 0);
    assert_int_equal(news.numbers.received_bytes, 7);
    assert_int_equal(diags.count, 1);
    assert_string_equal(diags.items[0].text, "words");
    /* Nothing may come after the result. */
    add_frame(&input, TRANSFER_PROGRESS, sizeof numbers, &numbers, sizeof numbers);
    assert_false(transfer_take(&news, &input, &diags));
    static const struct {
        uint32_t kind, length;
    } wrong[] = {{TRANSFER_KINDS, 0},
                 {UINT32_MAX, 0},
                 {TRANSFER_PROGRESS, 5},
                 {TRANSFER_RESULT, 5},
                 {TRANSFER_DIAG, 5},
                 {TRANSFER_DIAG, UINT32_MAX},
                 {TRANSFER_PROGRESS, TRANSFER_FRAME_MOST_BYTES + 1}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        news = (struct transfer_news){0};
        buffer_clear(&input);
        add_frame(&input, wrong[i].kind, wrong[i].length, "12345", 5);
        assert_false(transfer_take(&news, &input, &diags));
        assert_false(news.has_result);
    }
    result.state = FETCH_FAILED;
    buffer_clear(&input);
    add_frame(&input, TRANSFER_RESULT, sizeof result, &result, sizeof result);
    news = (struct transfer_news){0};
    assert_false(transfer_take(&news, &input, &diags));
    assert_false(news.has_result);
    buffer_free(&input);
    buffer_free(&good);
    buffer_free(&diag);
    diag_list_free(&diags);
    diag_list_free(&sent);
}

/* ---- secrets, and what is kept beside a mirror ---- */

static void test_secrets(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct auth auth = {.arena = &arena};
    assert_string_equal(auth_clean(&auth, "all of it"), "all of it");
    auth.secret = arena_copy(&arena, "s3", 2);
    assert_string_equal(auth_clean(&auth, "s3 and s3s3, not s4"), "*** and ******, not s4");
    setenv("WAYMARK_TOKEN_OUR_KIT_2", "x", 1);
    setenv("WAYMARK_TOKEN_EMPTY", "", 1);
    assert_string_equal(auth_environment(&arena, "WAYMARK_TOKEN_", "our-kit-2"), "x");
    assert_null(auth_environment(&arena, "WAYMARK_TOKEN_", "empty"));
    assert_null(auth_environment(&arena, "WAYMARK_TOKEN_", "none"));
    arena_free(&arena);
}

static void test_moments(void **state)
{
    struct fixture *fixture = *state;
    struct source_spec *spec = add_source(fixture, "kit", "https://example.org/kit.git", "", "");
    struct mirror mirror = mirror_of(&fixture->arena, &fixture->config, &fixture->options, spec);
    const char *folder = mirror.folder;
    assert_true(cache_make(cache_folder(&fixture->arena, &fixture->config, &fixture->options), "mirrors"));
    assert_int_equal(mirror_state_read(&mirror).fetched, 0);
    assert_true(mirror_state_write(&mirror, (struct mirror_state){.fetched = 1700000000, .failed = 1700000001}));
    assert_int_equal(mirror_state_read(&mirror).fetched, 1700000000);
    assert_int_equal(mirror_state_read(&mirror).failed, 1700000001);
    static const char *const garbage[] = {
        "", "fetched\n", "fetched -5\n", "fetched 99999999999999999999999\n", "fetched 12x\n", "\xff\xfe", "failed"};
    for (size_t i = 0; i < sizeof garbage / sizeof garbage[0]; i++) {
        assert_true(file_replace(AT_FDCWD, mirror.state, slice_of(garbage[i]), false));
        assert_int_equal(mirror_state_read(&mirror).fetched, 0);
    }
    spec->url = "https://example.org/other.git";
    assert_string_not_equal(mirror_of(&fixture->arena, &fixture->config, &fixture->options, spec).folder, folder);
    sh(fixture, "grep -qx '\\*' .waymark/.gitignore");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_begin, fixture_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_host_keys),
        TEST(test_lock_comes_back),
        TEST(test_lock_is_strict),
        TEST(test_lock_of_local_sources),
        TEST(test_lock_that_cannot_be_written),
        cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_frames),
        cmocka_unit_test(test_secrets),
        TEST(test_moments),
    };
    return cmocka_run_group_tests_name("fetching sources", tests, NULL, NULL);
}
