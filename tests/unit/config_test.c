/* The configuration: what waymark.yaml may say, what is said about the rest, and
 * what holds without it. */

#include "base/limits.h"
#include "config/config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "expect.h"

#define ROOT "/nowhere/kb"

struct loaded {
    struct arena arena;
    struct diag_list diags;
    struct site_config config;
    bool ok;
};

static void load_at(struct loaded *loaded, const char *root, struct slice text)
{
    *loaded = (struct loaded){.ok = false};
    loaded->ok = config_load(&loaded->config, &loaded->arena, root, "waymark.yaml", text, &loaded->diags);
}

static void load(struct loaded *loaded, const char *text)
{
    load_at(loaded, ROOT, slice_of(text));
}

static void unload(struct loaded *loaded)
{
    arena_free(&loaded->arena);
    diag_list_free(&loaded->diags);
}

/* ---- what is accepted ---- */

static void test_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        bool is_remote;
    } urls[] = {
        {".", false},
        {"../kit", false},
        {"/srv/git/kit.git", false},
        {"./a:b", false},
        {"a folder/with blanks", false},
        {"https://example.org/kit.git", true},
        {"https://example.org:8443/group/kit", true},
        {"https://[2001:db8::1]/kit", true},
        {"https://[2001:db8::1]:8443/kit", true},
        {"ssh://example.org/kit.git", true},
        {"ssh://git@example.org:2222/~user/kit.git", true},
        {"git@example.org:group/kit.git", true},
        {"example.org:kit.git", true},
        {"localhost:/srv/kit", true},
    };
    for (size_t i = 0; i < COUNT_OF(urls); i++) {
        char text[200];
        snprintf(text, sizeof text, "sources: {base: {url: '%s'}}\n", urls[i].url);
        struct loaded loaded;
        load(&loaded, text);
        if (!loaded.ok || loaded.config.sources[0].is_remote != urls[i].is_remote)
            fail_msg("%s: ok %d", urls[i].url, loaded.ok);
        assert_string_equal(loaded.config.sources[0].url, urls[i].url);
        unload(&loaded);
    }
}

static void test_tags(void **state)
{
    (void)state;
    static const struct {
        const char *tag;
        bool is_rtl;
    } tags[] = {
        {"en", false},        {"ckb", true},         {"pt-BR", false},    {"es-419", false},
        {"zh-Hant", false},   {"sr-Latn-RS", false}, {"uz-Arab", true},   {"ku-Latn", false},
        {"ar-EG", true},      {"de-1996", false},    {"sl-rozaj", false}, {"ca-ES-valencia", false},
        {"az-Arab-IR", true}, {"he", true},
    };
    for (size_t i = 0; i < COUNT_OF(tags); i++) {
        char text[100];
        snprintf(text, sizeof text, "languages: {%s: X}\n", tags[i].tag);
        struct loaded loaded;
        load(&loaded, text);
        if (!loaded.ok || loaded.config.languages[0].is_rtl != tags[i].is_rtl)
            fail_msg("%s", tags[i].tag);
        unload(&loaded);
    }
}

static void dump_nav(FILE *out, const struct nav_item *items, size_t count)
{
    fputc('[', out);
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "%s%s>%s", i ? ", " : "", items[i].title, items[i].target);
        if (items[i].child_count)
            dump_nav(out, items[i].children, items[i].child_count);
    }
    fputc(']', out);
}

static void dump_words(FILE *out, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%s%s", i ? " " : "", words[i]);
}

static char *dumped(const struct site_config *config)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    fprintf(out, "%s|%s|%s|%s|%s|%d\n", config->site_name, config->site_url, config->default_language, config->theme,
            config->output_dir, config->show_authors);
    for (size_t i = 0; i < config->language_count; i++) {
        const struct language *language = &config->languages[i];
        fprintf(out, "language %s %s %s ", language->tag, language->name, language->is_rtl ? "rtl" : "ltr");
        dump_words(out, language->fallback, language->fallback_count);
        fputc('\n', out);
    }
    for (size_t i = 0; i < config->source_count; i++) {
        const struct source_spec *source = &config->sources[i];
        fprintf(out, "source %s %s %s '%s' '%s' next=%d ", source->name, source->is_remote ? "remote" : "local",
                source->url, source->ref, source->path, source->next);
        dump_words(out, source->tags, source->tag_count);
        fprintf(out, " %s\n", source->edit);
    }
    for (size_t i = 0; i < config->edition_count; i++) {
        const struct edition_spec *edition = &config->editions[i];
        fprintf(out, "edition %s < '%s' '%s' %s sources=", edition->id, edition->extends, edition->title,
                edition->is_restricted ? "restricted" : "public");
        dump_words(out, edition->sources, edition->source_count);
        fprintf(out, " own=%s languages=", edition->language);
        dump_words(out, edition->languages, edition->language_count);
        fprintf(out, " allowed=");
        dump_words(out, edition->languages_allowed, edition->languages_allowed_count);
        fprintf(out, " nav=");
        dump_nav(out, edition->nav, edition->nav_count);
        fputc('\n', out);
    }
    for (int i = 0; i < CATEGORY_COUNT; i++)
        if (config->levels.is_set[i])
            fprintf(out, "%s=%s ", diag_category_word((enum diag_category)i), diag_level_word(config->levels.level[i]));
    fputc('\n', out);
    fclose(out);
    return text;
}

static __attribute__((noinline)) char *slurp(const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("%s is not there; tests run in the root of the repository", path);
    char *text = calloc(1, 1 << 16);
    size_t length = fread(text, 1, (1 << 16) - 1, file);
    text[length] = 0;
    fclose(file);
    return text;
}

/* The text that a file expects; with WAYMARK_UPDATE_EXPECTED set, what is expected from now on. */
static void expect_file(const char *path, const char *text)
{
    if (getenv("WAYMARK_UPDATE_EXPECTED")) {
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fputs(text, file);
        fclose(file);
    }
    char *expected = slurp(path);
    if (strcmp(text, expected) != 0)
        fail_msg("%s differs from:\n%s", path, text);
    free(expected);
}

static void test_full(void **state)
{
    (void)state;
    char *yaml = slurp("tests/fixtures/config/full.yaml");
    struct loaded loaded;
    load(&loaded, yaml);
    free(yaml); /* nothing points into it */
    char *problems = printed(&loaded.diags), *text = dumped(&loaded.config);
    assert_string_equal(problems, "");
    assert_true(loaded.ok);
    expect_file("tests/fixtures/config/full.txt", text);
    free(problems);
    free(text);
    unload(&loaded);
}

/* Everything that is wrong with one file, in one run. */
static void test_wrong(void **state)
{
    (void)state;
    char *yaml = slurp("tests/fixtures/config/wrong.yaml");
    struct loaded loaded;
    load(&loaded, yaml);
    diag_sort(&loaded.diags);
    char *problems = printed(&loaded.diags);
    assert_false(loaded.ok);
    expect_file("tests/fixtures/config/wrong.txt", problems);
    free(problems);
    free(yaml);
    unload(&loaded);
}

static const struct {
    const char *name, *yaml, *dump;
} defaults[] = {
    {"nothing", "",
     "kb||en||public|0\nlanguage en English ltr \nsource base local . '' '' next=0  \n"
     "edition global < '' '' public sources=base own=en languages=en allowed= nav=[]\n\n"},
    {"a language alone", "default_language: ar\n",
     "kb||ar||public|0\nlanguage ar العربية rtl \nsource base local . '' '' next=0  \n"
     "edition global < '' '' public sources=base own=ar languages=ar allowed= nav=[]\n\n"},
    {"the specification's example",
     "languages: {en: {name: English}, fr: {name: Français}, ar: {name: العربية, dir: rtl}}\n"
     "default_language: en\neditions: {global: {path: content, languages: [en, fr]}, xb: {path: countries/xb}}\n",
     "kb||en||public|0\nlanguage en English ltr \nlanguage fr Français ltr \nlanguage ar العربية rtl \n"
     "source global local . '' 'content' next=0  \nsource xb local . '' 'countries/xb' next=0  \n"
     "edition global < '' '' public sources=global own=en languages=en fr allowed= nav=[]\n"
     "edition xb < 'global' '' public sources=xb own=en languages=en fr allowed= nav=[]\n\n"},
    {"no edition is called global", "editions: {base-text: {}, xa: {path: xa}, xb: {extends: xa}}\n",
     "kb||en||public|0\nlanguage en English ltr \nsource base local . '' '' next=0  \nsource xa local . '' 'xa' next=0 "
     " \n"
     "edition base-text < '' '' public sources=base own=en languages=en allowed= nav=[]\n"
     "edition xa < 'base-text' '' public sources=xa own=en languages=en allowed= nav=[]\n"
     "edition xb < 'xa' '' public sources= own=en languages=en allowed= nav=[]\n\n"},
    {"the root takes what is left",
     "sources: {a: {url: a}, b: {url: b}, c: {url: c}}\neditions: {xa: {source: b}, global: }\n",
     "kb||en||public|0\nlanguage en English ltr \nsource a local a '' '' next=0  \nsource b local b '' '' next=0  \n"
     "source c local c '' '' next=0  \nedition global < '' '' public sources=a c own=en languages=en allowed= nav=[]\n"
     "edition xa < 'global' '' public sources=b own=en languages=en allowed= nav=[]\n\n"},
    {"all categories but one", "validation: {all: warn, links: off}\n",
     "kb||en||public|0\nlanguage en English ltr \nsource base local . '' '' next=0  \n"
     "edition global < '' '' public sources=base own=en languages=en allowed= nav=[]\n"
     "links=off anchors=warning ids=warning titles=warning html=warning urls=warning params=warning terms=warning "
     "cites=warning kinds=warning nav=warning files=warning drift=warning translations=warning unknown_keys=warning "
     "all=warning \n"},
};

static void test_defaults(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(defaults); i++) {
        struct loaded loaded;
        load(&loaded, defaults[i].yaml);
        char *problems = printed(&loaded.diags);
        if (!loaded.ok)
            fail_msg("%s: %s", defaults[i].name, problems);
        char *text = dumped(&loaded.config);
        if (strcmp(text, defaults[i].dump) != 0)
            fail_msg("%s:\nexpected\n%sgot\n%s", defaults[i].name, defaults[i].dump, text);
        free(text);
        free(problems);
        unload(&loaded);
    }
    /* Without the file: as with an empty one. */
    struct loaded without = {.ok = true};
    config_default(&without.config, &without.arena, ROOT "/");
    char *text = dumped(&without.config);
    assert_string_equal(text, defaults[0].dump);
    assert_string_equal(without.config.root, ROOT);
    free(text);
    unload(&without);
}

/* ---- what depends on the disk ---- */

static char *make_site(void)
{
    char *folder = strdup("/tmp/waymark-config-XXXXXX");
    if (!mkdtemp(folder))
        fail_msg("no temporary folder");
    char path[200];
    static const char *const folders[] = {"site", "site/content", "site/themes", "site/themes/default", "elsewhere"};
    for (size_t i = 0; i < COUNT_OF(folders); i++) {
        snprintf(path, sizeof path, "%s/%s", folder, folders[i]);
        assert_int_equal(mkdir(path, 0777), 0);
    }
    return folder;
}

static void link_to(const char *folder, const char *target, const char *name)
{
    char from[200], to[200];
    snprintf(from, sizeof from, "%s/%s", folder, target);
    snprintf(to, sizeof to, "%s/%s", folder, name);
    assert_int_equal(symlink(from, to), 0);
}

static void remove_site(char *folder)
{
    char command[200];
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    assert_int_equal(system(command), 0);
    free(folder);
}

static void test_folders(void **state)
{
    (void)state;
    char *folder = make_site(), root[200];
    snprintf(root, sizeof root, "%s/site", folder);
    struct loaded loaded;
    load_at(&loaded, root, SLICE(""));
    assert_true(loaded.ok);
    assert_string_equal(loaded.config.sources[0].path, "content"); /* it is there */
    assert_string_equal(loaded.config.theme, "themes/default");
    unload(&loaded);
    config_default(&loaded.config, &loaded.arena, root);
    assert_string_equal(loaded.config.sources[0].path, ""); /* all of the folder */
    unload(&loaded);

    link_to(folder, "site/content", "site/through");
    link_to(folder, "elsewhere", "site/beside");
    link_to(folder, "site", "elsewhere/back");
    static const struct {
        const char *dir;
        bool ok;
    } dirs[] = {
        {"public", true},
        {"public/", true},
        {"a/../public", true},
        {"beside", true},
        {"beside/new/deep", true},
        {"content/public", true},
        {"through", false},
        {"through/.", false},
        {"beside/back", false},
        {"beside/back/content", false},
        {"themes/default", false},
        {"through/new", true},
        {"../elsewhere/public", true},
        {"../site", false},
        {"./", false},
    };
    for (size_t i = 0; i < COUNT_OF(dirs); i++) {
        char text[200];
        snprintf(text, sizeof text, "output: {dir: %s}\n", dirs[i].dir);
        load_at(&loaded, root, slice_of(text));
        if (loaded.ok != dirs[i].ok)
            fail_msg("%s: %d", dirs[i].dir, loaded.ok);
        unload(&loaded);
    }
    remove_site(folder);
}

/* ---- limits ---- */

static void test_long_chain(void **state)
{
    (void)state;
    struct buffer text = BUFFER(1 << 20);
    buffer_text(&text, "editions:\n  global: {}\n");
    for (int i = 1; i < LIMIT_EDITION_DEPTH; i++)
        buffer_printf(&text, "  x%d: {extends: %s%.0d}\n", i, i == 1 ? "global" : "x", i - 1);
    struct loaded loaded;
    load(&loaded, buffer_string(&text));
    assert_true(loaded.ok);
    unload(&loaded);
    for (int i = LIMIT_EDITION_DEPTH; i < 1000; i++)
        buffer_printf(&text, "  x%d: {extends: x%d}\n", i, i - 1);
    load(&loaded, buffer_string(&text));
    assert_false(loaded.ok);
    assert_int_equal(loaded.diags.count, 1);
    assert_int_equal(loaded.diags.items[0].code, DIAG_CONFIG_EXTENDS);
    assert_string_equal(loaded.diags.items[0].text,
                        "more than 16 editions stand in one line: x16 → x15 → x14 → x13 → x12 → "
                        "x11 → x10 → x9 → x8 → x7 → x6 → x5 → x4 → x3 → x2 → x1 → global");
    unload(&loaded);
    buffer_free(&text);
}

static void test_many_editions(void **state)
{
    (void)state;
    struct buffer text = BUFFER(1 << 20);
    buffer_text(&text, "editions:\n  global: {}\n");
    for (int i = 1; i < LIMIT_EDITIONS; i++)
        buffer_printf(&text, "  x%d: {path: countries/x%d}\n", i, i);
    struct loaded loaded;
    load(&loaded, buffer_string(&text));
    assert_true(loaded.ok);
    assert_int_equal(loaded.config.edition_count, LIMIT_EDITIONS);
    assert_int_equal(loaded.config.source_count, LIMIT_EDITIONS);
    assert_string_equal(loaded.config.sources[1999].path, "countries/x1999");
    assert_true(loaded.arena.total_bytes < 16 << 20);
    unload(&loaded);
    buffer_text(&text, "  one-more: {}\n");
    load(&loaded, buffer_string(&text));
    assert_false(loaded.ok);
    assert_string_equal(loaded.diags.items[0].text, "2001 editions; at most 2000 are read");
    unload(&loaded);
    /* The same mistake everywhere is not listed everywhere. */
    buffer_clear(&text);
    buffer_text(&text, "editions:\n  global: {}\n");
    for (int i = 1; i < LIMIT_EDITIONS; i++)
        buffer_printf(&text, "  x%d: {pth: x}\n", i);
    load(&loaded, buffer_string(&text));
    assert_false(loaded.ok);
    assert_in_range(loaded.diags.count, 100, 201);
    unload(&loaded);
    buffer_free(&text);
}

/* ---- conditions ---- */

static void test_conditions(void **state)
{
    (void)state;
    static const struct {
        const char *name, *edition, *audience;
        enum condition condition;
        const char *editions, *audiences;
        bool is_shown;
    } conditions[] = {
        {"its own id", "xa", "", CONDITION_ONLY, "xa", "", true},
        {"another id", "xb", "", CONDITION_ONLY, "xa", "", false},
        {"one of several", "xb", "", CONDITION_ONLY, "  xa\txb ", "", true},
        {"an ancestor", "xa-north", "", CONDITION_ONLY, "xa", "", true},
        {"the root", "xa-north", "", CONDITION_ONLY, "global", "", true},
        {"a descendant", "xa", "", CONDITION_ONLY, "xa-north", "", false},
        {"the beginning of an id is no id", "xa-north", "", CONDITION_ONLY, "xa-nor", "", false},
        {"except its own", "xa", "", CONDITION_EXCEPT, "xa", "", false},
        {"except an ancestor", "xa-north", "", CONDITION_EXCEPT, "xa", "", false},
        {"except another", "xb", "", CONDITION_EXCEPT, "xa", "", true},
        {"for its audience", "xa", "chief", CONDITION_ONLY, "", "officer chief", true},
        {"for another audience", "xa", "officer", CONDITION_ONLY, "", "chief", false},
        {"for any audience", "xa", "", CONDITION_ONLY, "", "chief", true},
        {"except its audience", "xa", "chief", CONDITION_EXCEPT, "", "chief", false},
        {"except an audience, for any", "xa", "", CONDITION_EXCEPT, "", "chief", true},
        {"both", "xa", "chief", CONDITION_ONLY, "xa", "chief", true},
        {"only one of both", "xa", "officer", CONDITION_ONLY, "xa", "chief", false},
        {"except both", "xa", "chief", CONDITION_EXCEPT, "xa", "chief", false},
        {"except one of both", "xa", "officer", CONDITION_EXCEPT, "xa", "chief", true},
        {"except another edition's audience", "xb", "chief", CONDITION_EXCEPT, "xa", "chief", true},
        {"no condition", "xa", "chief", CONDITION_ONLY, "", "", true},
        {"no exception", "xa", "chief", CONDITION_EXCEPT, "", " ", true},
    };
    struct loaded loaded;
    load(&loaded, "editions: {global: {}, xa: {}, xb: {}, xa-north: {extends: xa}}\n");
    assert_true(loaded.ok);
    for (size_t i = 0; i < COUNT_OF(conditions); i++) {
        const struct edition_spec *edition = config_edition(&loaded.config, slice_of(conditions[i].edition));
        bool is_shown = config_shows(&loaded.config, edition, slice_of(conditions[i].audience), conditions[i].condition,
                                     slice_of(conditions[i].editions), slice_of(conditions[i].audiences));
        if (is_shown != conditions[i].is_shown)
            fail_msg("%s", conditions[i].name);
    }
    assert_true(slice_is(config_unknown_edition(&loaded.config, SLICE(" xa  xz global")), "xz"));
    assert_int_equal(config_unknown_edition(&loaded.config, SLICE("xa global ")).length, 0);
    assert_null(config_language(&loaded.config, SLICE("fr")));
    assert_null(config_source(&loaded.config, SLICE("xz")));
    unload(&loaded);
}

int main(void)
{
    setenv("HOME", "/home/editor", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),  cmocka_unit_test(test_tags),          cmocka_unit_test(test_full),
        cmocka_unit_test(test_wrong),      cmocka_unit_test(test_defaults),      cmocka_unit_test(test_folders),
        cmocka_unit_test(test_long_chain), cmocka_unit_test(test_many_editions), cmocka_unit_test(test_conditions),
    };
    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
