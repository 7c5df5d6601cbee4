/* Words of the interface, dates and numbers by language, and themes as folders:
 * which layer's word stands where, what is said when one is missing, and that the
 * theme that comes with Waymark is whole. */

#include "base/file.h"
#include "base/limits.h"
#include "script/context.h"
#include "script/theme.h"
#include "text/format.h"
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
/* cmocka.h wants the four above it. */
#include <cmocka.h>

/* ---- dates and numbers ---- */

static void test_formats(void **state)
{
    (void)state;
    static const struct {
        const char *language, *day, *month, *number;
    } cases[] = {
        {"en", "2 May 2026", "May 2026", "1,234,567.5"},
        {"en-US", "May 2, 2026", "May 2026", "1,234,567.5"},
        {"fr", "2 mai 2026", "mai 2026", "1\u202f234\u202f567,5"},
        {"es", "2 de mayo de 2026", "mayo de 2026", "1.234.567,5"},
        {"pt", "2 de maio de 2026", "maio de 2026", "1.234.567,5"},
        {"sw", "2 Mei 2026", "Mei 2026", "1,234,567.5"},
        {"ar", "٢ مايو ٢٠٢٦", "مايو ٢٠٢٦", "١٬٢٣٤٬٥٦٧٫٥"},
        {"ar-u-nu-latn", "2 مايو 2026", "مايو 2026", "1,234,567.5"},
        {"th", "2 พฤษภาคม 2569", "พฤษภาคม 2569", "1,234,567.5"},
        {"xx", "2026-05-02", "2026-05", "1,234,567.5"},
        {"", "2026-05-02", "2026-05", "1,234,567.5"},
        {"not a tag at all, and much too long for one", "2026-05-02", "2026-05", "1,234,567.5"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct format *format = format_new(cases[i].language);
        struct buffer out = BUFFER(1000);
        format_day(format, 20260502, DATE_LONG, &out);
        assert_string_equal(buffer_string(&out), cases[i].day);
        buffer_clear(&out);
        format_day(format, 20260502, DATE_MONTH, &out);
        assert_string_equal(buffer_string(&out), cases[i].month);
        buffer_clear(&out);
        format_number(format, 1234567.5, 2, &out);
        assert_string_equal(buffer_string(&out), cases[i].number);
        buffer_clear(&out);
        static const int64_t no_days[] = {0, -1, 20260230, 20261301, 20260500, 100, 999999999, INT64_MAX, INT64_MIN};
        for (size_t j = 0; j < sizeof no_days / sizeof no_days[0]; j++)
            format_day(format, no_days[j], DATE_LONG, &out);
        assert_string_equal(buffer_string(&out), "");
        buffer_free(&out);
        format_free(format);
    }
}

static void test_plurals(void **state)
{
    (void)state;
    static const struct {
        const char *language;
        double number;
        const char *word;
    } cases[] = {
        {"en", 1, "one"},        {"en", 0, "other"},   {"en", 1.5, "other"}, {"fr", 0, "one"},   {"fr", 1.5, "one"},
        {"fr", 1000000, "many"}, {"ar", 0, "zero"},    {"ar", 1, "one"},     {"ar", 2, "two"},   {"ar", 5, "few"},
        {"ar", 11, "many"},      {"ar", 100, "other"}, {"th", 1, "other"},   {"xx", 1, "other"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct format *format = format_new(cases[i].language);
        assert_string_equal(plural_word(format_plural(format, cases[i].number)), cases[i].word);
        assert_true(format_plurals(format) & 1u << PLURAL_OTHER);
        format_free(format);
    }
}

/* ---- words ---- */

/* Which codes the tests of this program have met. */
static bool seen[DIAG_CODE_COUNT];

enum { FILES_MOST = 6 };

struct words_case {
    const char *name;
    const char *files[FILES_MOST][2]; /* "0messages/en.yaml": the digit is the layer */
    const char *site;  /* "en fr": languages of the site, the first one its default; "pt-BR<fr": a fallback */
    const char *ask;   /* the language to ask in */
    const char *shown; /* what {{ t("w", {n = 2, who = "x"}) }} gives; NULL: no engine */
    const char *diags; /* "path:line code: text", one a line */
};

struct words_run {
    struct theme_file files[2][FILES_MOST + 1];
    struct theme_layer layers[2];
    struct language languages[4];
    const char *fallbacks[4];
    char names[4][32];
    struct template_options options;
};

static void prepare(struct words_run *run, const struct words_case *words)
{
    memset(run, 0, sizeof *run);
    for (size_t i = 0; i < FILES_MOST && words->files[i][0]; i++) {
        size_t layer = (size_t)(words->files[i][0][0] - '0');
        struct theme_layer *to = &run->layers[layer];
        run->files[layer][to->file_count++] =
            (struct theme_file){words->files[i][0] + 1, words->files[i][0] + 1, slice_of(words->files[i][1])};
    }
    run->files[1][run->layers[1].file_count++] =
        (struct theme_file){"templates/page.html", "page.html", SLICE("{{ t(page.key, {n = 2, who = 'x'}) }}")};
    for (size_t i = 0; i < 2; i++) {
        run->layers[i].files = run->files[i];
        run->layers[i].name = i ? "default" : "mine";
    }
    run->options = (struct template_options){.layers = run->layers, .layer_count = 2, .languages = run->languages};
    for (const char *at = words->site; *at;) {
        size_t i = run->options.language_count++, length = strcspn(at, " ");
        snprintf(run->names[i], sizeof run->names[i], "%.*s", (int)length, at);
        char *less = strchr(run->names[i], '<');
        if (less) {
            *less = '\0';
            run->fallbacks[i] = less + 1;
            run->languages[i].fallback = &run->fallbacks[i];
            run->languages[i].fallback_count = 1;
        }
        run->languages[i].tag = run->names[i];
        at += length + (at[length] == ' ');
    }
    run->options.default_language = run->names[0];
}

static void test_words(void **state)
{
    (void)state;
    static const struct words_case cases[] = {
        {"own language", {{"1messages/en.yaml", "w: one"}, {"1messages/fr.yaml", "w: un"}}, "en fr", "fr", "un", ""},
        {"a child's word hides its parent's",
         {{"0messages/en.yaml", "w: child"}, {"1messages/en.yaml", "w: parent\nv: p"}},
         "en",
         "en",
         "child",
         ""},
        {"a parent's word where the child has none",
         {{"0messages/en.yaml", "v: child"}, {"1messages/en.yaml", "w: parent\nv: p"}},
         "en",
         "en",
         "parent",
         ""},
        {"a tag is cut from the right",
         {{"1messages/en.yaml", "w: one"}, {"1messages/pt.yaml", "w: um"}},
         "en pt-BR",
         "pt-BR",
         "um",
         ""},
        {"fallback of the site",
         {{"1messages/en.yaml", "w: one\nv: v"}, {"1messages/fr.yaml", "w: un\nv: v"}, {"1messages/sw.yaml", "v: v"}},
         "en fr sw<fr",
         "sw",
         "un",
         "messages/sw.yaml:0 theme-word-missing: the word 'w' is missing in 'sw'"},
        {"default language of the site, then English",
         {{"1messages/en.yaml", "w: one"}, {"1messages/fr.yaml", "w: un"}},
         "fr sw",
         "sw",
         "un",
         "run:0 theme-word-missing: the theme has no words in 'sw'"},
        {"English at last",
         {{"1messages/en.yaml", "w: one"}},
         "sw",
         "sw",
         "one",
         "run:0 theme-word-missing: the theme has no words in 'sw'"},
        {"a plural in its own language's form when it stands in for another's",
         {{"1messages/ar.yaml", "w: {zero: a, one: b, two: c, few: d, many: e, other: f}"}},
         "ar en",
         "en",
         "c",
         "run:0 theme-word-missing: the theme has no words in 'en'"},
        {"a plural form that is missing",
         {{"1messages/en.yaml", "w: {one: a, other: b}"}, {"1messages/ar.yaml", "w: {one: c, other: d}"}},
         "en ar",
         "ar",
         "d",
         "messages/ar.yaml:1 theme-word-missing: the word 'w' has no form 'zero', which 'ar' needs"},
        {"an unknown word",
         {{"1messages/en.yaml", "w: one"}, {"1messages/fr.yaml", "w: un\nww: x"}},
         "en fr",
         "fr",
         "un",
         "messages/fr.yaml:2 theme-word-unknown: no template asks for the word 'ww'"},
        {"an unknown argument",
         {{"1messages/en.yaml", "w: hi {who}"}, {"1messages/fr.yaml", "w: salut {woh}"}},
         "en fr",
         "en",
         "hi x",
         "messages/fr.yaml:1 theme-word-unknown: the word 'w' has no argument '{woh}'"},
        {"a new word of the site's own language",
         {{"0messages/fr.yaml", "w: neuf"}, {"1messages/en.yaml", "v: v"}, {"1messages/fr.yaml", "v: v"}},
         "fr",
         "fr",
         "neuf",
         ""},
        {"braces that are no argument",
         {{"1messages/en.yaml", "w: 'a { b {1} {} {who'"}},
         "en",
         "en",
         "a { b {1} {} {who",
         ""},
        {"an empty word", {{"1messages/en.yaml", "w: \"\""}}, "en", "en", "", ""},
        {"no such form",
         {{"1messages/en.yaml", "w: {one: a, othr: b}"}},
         "en",
         "en",
         NULL,
         "messages/en.yaml:1 theme-word: 'othr' is no plural form"},
        {"no form 'other'",
         {{"1messages/en.yaml", "w: {one: a}"}},
         "en",
         "en",
         NULL,
         "messages/en.yaml:1 theme-word: the word 'w' has no form 'other'"},
        {"a list",
         {{"1messages/en.yaml", "w: [a]"}},
         "en",
         "en",
         NULL,
         "messages/en.yaml:1 theme-word: the word 'w' is a list"},
        {"no mapping",
         {{"1messages/en.yaml", "- w"}},
         "en",
         "en",
         NULL,
         "messages/en.yaml:1 theme-word: a messages file is a mapping from keys to words"},
        {"no words at all",
         {{"1other.yaml", ""}},
         "en",
         "en",
         NULL,
         "run:0 theme-word-missing: the theme has no words in 'en'\npage.html:1 theme-word: the theme has no word 'w'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct words_run run;
        struct diag_list diags = {0};
        struct buffer out = BUFFER(1000), said = BUFFER(10000);
        prepare(&run, &cases[i]);
        struct template_engine *engine = template_engine_new(&run.options, &diags);
        if (engine) {
            context_begin(engine, cases[i].ask);
            context_map_begin(engine, "page");
            context_text(engine, "key", SLICE("w"));
            context_map_end(engine);
            bool ok = template_render(engine, "page", &out, &diags);
            if (ok != (cases[i].shown != NULL) || (ok && strcmp(buffer_string(&out), cases[i].shown) != 0))
                fail_msg("%s: got '%s'", cases[i].name, buffer_string(&out));
        } else if (cases[i].shown) {
            fail_msg("%s: there is no engine", cases[i].name);
        }
        for (size_t j = 0; j < diags.count; j++)
            seen[diags.items[j].code] = true;
        for (size_t j = 0; j < diags.count; j++)
            buffer_printf(&said, "%s%s:%u %s: %s", j ? "\n" : "", diags.items[j].path ? diags.items[j].path : "run",
                          diags.items[j].line, diag_word(diags.items[j].code), diags.items[j].text);
        if (strcmp(buffer_string(&said), cases[i].diags) != 0)
            fail_msg("%s\n--- wanted\n%s\n--- got\n%s", cases[i].name, cases[i].diags, buffer_string(&said));
        template_engine_free(engine);
        diag_list_free(&diags);
        buffer_free(&out);
        buffer_free(&said);
    }
}

/* ---- the theme that comes with Waymark ---- */

static const char *const words_for_c[] = {
    "permalink", "note_note",     "note_tip",      "note_important",  "note_warning", "note_caution",
    "footnotes", "footnote_back", "missing",       "not_filled_in",   "table",        "task_done",
    "task_open", "included_from", "link_glossary", "link_references", "link_about",   "not_found_title",
};
enum { WORDS_FOR_C = sizeof words_for_c / sizeof words_for_c[0] };

static const struct language site_languages[] = {
    {.tag = "en"}, {.tag = "fr"}, {.tag = "es"}, {.tag = "pt"}, {.tag = "ar", .is_rtl = true},
    {.tag = "sw"}, {.tag = "th"},
};

static void assert_quiet(const struct diag_list *diags)
{
    for (size_t i = 0; i < diags->count; i++)
        diag_print(stderr, &diags->items[i], false);
    assert_int_equal(diags->count, 0);
}

static const struct theme_file *theme_file(const struct theme *theme, const char *name)
{
    for (size_t i = 0; i < theme->layers[0].file_count; i++)
        if (strcmp(theme->layers[0].files[i].name, name) == 0)
            return &theme->layers[0].files[i];
    return NULL;
}

static bool is_asked_for(const struct theme *theme, struct slice key)
{
    static const char *const computed[] = {"state_", "link_", "notice_", "passage_", "role_"};
    for (size_t i = 0; i < sizeof computed / sizeof computed[0]; i++)
        if (slice_starts_with(key, computed[i]))
            return true;
    for (size_t i = 0; i < WORDS_FOR_C; i++)
        if (slice_is(key, words_for_c[i]))
            return true;
    char quoted[100];
    int length = snprintf(quoted, sizeof quoted, "\"%.*s\"", SLICE_ARGS(key));
    for (size_t i = 0; i < theme->layers[0].file_count; i++) {
        const struct theme_file *file = &theme->layers[0].files[i];
        if (strncmp(file->name, "templates/", 10) == 0 &&
            memmem(file->bytes.at, file->bytes.length, quoted, (size_t)length))
            return true;
    }
    return false;
}

/* A word that nothing shows would be translated for nothing. */
static void check_words_are_used(const struct theme *theme)
{
    const struct theme_file *words = theme_file(theme, "messages/en.yaml");
    for (const char *line = words->bytes.at; line && *line; line = strchr(line, '\n'), line += line != NULL) {
        struct slice key = {line, strcspn(line, ":\n")};
        if (line[0] != '#' && line[0] != '\n' && !is_asked_for(theme, key))
            fail_msg("nothing asks for the word '%.*s'", SLICE_ARGS(key));
    }
}

static void test_default_theme(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct diag_list diags = {0};
    struct theme theme;
    assert_true(theme_load(&theme, &arena, ".", "themes/default", "", &diags));
    struct template_options options = {.layers = theme.layers,
                                       .layer_count = theme.layer_count,
                                       .languages = site_languages,
                                       .language_count = sizeof site_languages / sizeof site_languages[0],
                                       .default_language = "en"};
    struct template_engine *engine = template_engine_new(&options, &diags);
    assert_quiet(&diags); /* above all: no word is missing in any language */
    assert_non_null(engine);
    static const char *const templates[] = {"page",  "folder",    "start",    "glossary", "references",
                                            "about", "not-found", "redirect", "nav",      "passage-notice"};
    for (size_t i = 0; i < sizeof templates / sizeof templates[0]; i++)
        assert_true(template_exists(engine, templates[i]));
    for (size_t i = 0; i < options.language_count; i++)
        for (size_t j = 0; j < WORDS_FOR_C; j++)
            assert_true(template_word(engine, site_languages[i].tag, words_for_c[j]).length > 0);
    assert_int_equal(template_word(engine, "en", "no such word").length, 0);
    assert_false(key_equal(template_engine_key(engine, "en"), template_engine_key(engine, "fr")));
    template_engine_free(engine);

    check_words_are_used(&theme);
    const struct theme_file *sheet = theme_file(&theme, "assets/style.css");
    assert_non_null(sheet);
    assert_true(sheet->bytes.length <= 15000);
    static const char *const refused[] = {"url(", "@import", "http:", "https:"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_null(memmem(sheet->bytes.at, sheet->bytes.length, refused[i], strlen(refused[i])));
    for (size_t i = 0; i < theme.layers[0].file_count; i++) {
        const struct theme_file *file = &theme.layers[0].files[i];
        static const char *const unwanted[] = {"<script", "<style", " style=", "javascript:", "//"};
        for (size_t j = 0; strncmp(file->name, "templates/", 10) == 0 && j < sizeof unwanted / sizeof unwanted[0]; j++)
            if (memmem(file->bytes.at, file->bytes.length, unwanted[j], strlen(unwanted[j])))
                fail_msg("%s holds '%s'", file->name, unwanted[j]);
    }
    diag_list_free(&diags);
    arena_free(&arena);
}

/* ---- themes as folders ---- */

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/waymark-theme-XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
    (void)state;
    return !file_remove_tree(AT_FDCWD, folder);
}

static void put(const char *name, const char *text)
{
    int at = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(file_make_parents(at, name) && file_replace(at, name, slice_of(text), false));
    close(at);
}

static const char *absolute_themes(void)
{
    static char path[4096];
    assert_non_null(getcwd(path, sizeof path - 8));
    return strcat(path, "/themes");
}

static void test_child_theme(void **state)
{
    (void)state;
    put("themes/mine/theme.yaml", "name: Mine\nstyles: [mine.css]\nlogo: img/logo.svg\n");
    put("themes/mine/assets/mine.css", ":root { --accent: #600 }");
    put("themes/mine/assets/img/logo.svg", "<svg/>");
    put("themes/mine/assets/icon.svg", "<svg>mine</svg>");
    put("themes/mine/messages/en.yaml", "notice: Ours alone\n");
    put("themes/mine/templates/partials/footer.html", "<footer>{{ t(\"notice\") }}</footer>\n");
    put("themes/mine/.hidden", "x");
    put("secret", "x");
    char link_path[256], target[256];
    snprintf(link_path, sizeof link_path, "%s/themes/mine/assets/link.css", folder);
    snprintf(target, sizeof target, "%s/secret", folder);
    assert_int_equal(symlink(target, link_path), 0);

    struct arena arena = {0};
    struct diag_list diags = {0};
    struct theme theme;
    assert_true(theme_load(&theme, &arena, folder, "themes/mine/", absolute_themes(), &diags));
    assert_quiet(&diags);
    assert_int_equal(theme.layer_count, 2);
    assert_string_equal(theme.layers[0].name, "mine");
    assert_string_equal(theme.layers[1].name, "default");
    static const char *const assets[] = {"icon.svg", "img/logo.svg", "mine.css", "style.css"};
    assert_int_equal(theme.asset_count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_true(slice_is(theme_asset_name(theme.assets[i]), assets[i]));
    assert_true(slice_is(theme.assets[0]->bytes, "<svg>mine</svg>"));

    struct template_options options = {.layers = theme.layers,
                                       .layer_count = 2,
                                       .languages = site_languages,
                                       .language_count = 1,
                                       .default_language = "en"};
    struct template_engine *engine = template_engine_new(&options, &diags);
    assert_quiet(&diags);
    struct buffer out = BUFFER(1 << 20);
    context_begin(engine, "en");
    context_map_begin(engine, "page");
    static const char *const texts[] = {"kind", "title", "lang", "dir", "path"};
    for (size_t i = 0; i < 5; i++)
        context_text(engine, texts[i], SLICE("x"));
    context_url(engine, "root", SLICE("../"));
    context_list_begin(engine, "breadcrumbs", 0);
    context_list_end(engine);
    context_list_begin(engine, "languages", 0);
    context_list_end(engine);
    context_list_begin(engine, "children", 0);
    context_list_end(engine);
    context_map_end(engine);
    context_map_begin(engine, "site");
    context_text(engine, "name", SLICE("Site"));
    context_url(engine, "home_url", SLICE("index.html"));
    context_list_begin(engine, "menu", 0);
    context_list_end(engine);
    context_map_end(engine);
    assert_true(template_render(engine, "folder", &out, &diags));
    static const char *const expected[] = {
        "<link rel=\"stylesheet\" href=\"../theme/style.css\">\n<link rel=\"stylesheet\" href=\"../theme/mine.css\">",
        "src=\"../theme/img/logo.svg\"", "<footer>Ours alone</footer>", "<p>Ours alone</p>"};
    for (size_t i = 0; i < 4; i++)
        if (!strstr(buffer_string(&out), expected[i]))
            fail_msg("no '%s' in\n%s", expected[i], buffer_string(&out));
    template_engine_free(engine);
    buffer_free(&out);
    diag_list_free(&diags);
    arena_free(&arena);
}

/* The message of the first diagnostic when `name` is loaded; "" when it loads. */
static const char *load_message(const char *name)
{
    static char text[400];
    struct arena arena = {0};
    struct diag_list diags = {0};
    struct theme theme;
    text[0] = '\0';
    bool ok = theme_load(&theme, &arena, folder, name, "", &diags);
    if (ok) {
        struct template_options options = {.layers = theme.layers,
                                           .layer_count = theme.layer_count,
                                           .languages = site_languages,
                                           .language_count = 1,
                                           .default_language = "en"};
        template_engine_free(template_engine_new(&options, &diags));
    } else {
        assert_true(diags.count > 0);
    }
    for (size_t i = 0; i < diags.count; i++)
        seen[diags.items[i].code] = true;
    for (size_t i = 0; i < diags.count && !text[0]; i++)
        if (diags.items[i].level == LEVEL_ERROR)
            snprintf(text, sizeof text, "%s:%u %s: %s", diags.items[i].path ? diags.items[i].path : "run",
                     diags.items[i].line, diag_word(diags.items[i].code), diags.items[i].text);
    diag_list_free(&diags);
    arena_free(&arena);
    return text;
}

static void test_faulty_themes(void **state)
{
    (void)state;
    put("themes/alone/theme.yaml", "extends: none\n");
    put("themes/a/theme.yaml", "extends: b\n");
    put("themes/b/theme.yaml", "extends: a\n");
    put("themes/lost/theme.yaml", "# c\nextends: nowhere\n");
    put("themes/out/theme.yaml", "extends: ../../etc\n");
    put("themes/key/theme.yaml", "extends: none\nstlyes: [a.css]\n");
    put("themes/asset/theme.yaml", "extends: none\nstyles: [a.css]\n");
    put("themes/yaml/theme.yaml", "extends: [\n");
    put("themes/bare/templates/page.html", "x");
    static const struct {
        const char *theme, *message;
    } cases[] = {
        {"themes/alone", ""},
        {"alone", ""},
        {"themes/none", "run:0 theme-missing: there is no theme 'themes/none'"},
        {"themes/a", "run:0 theme-missing: the themes that 'themes/a' extends go round in a circle"},
        {"themes/lost", "themes/lost/theme.yaml:0 theme-missing: there is no theme 'nowhere'"},
        {"themes/out", "themes/out/theme.yaml:0 theme-missing: there is no theme '../../etc'"},
        {"themes/key", "themes/key/theme.yaml:2 config-key: a theme has no key 'stlyes'"},
        {"themes/asset", "themes/asset/theme.yaml:0 template-unknown: the theme has no asset 'a.css'"},
        {"themes/bare", "run:0 theme-missing: there is no theme 'default'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(load_message(cases[i].theme), cases[i].message);
    assert_true(strstr(load_message("themes/yaml"), "yaml-") != NULL);

    char path[256];
    snprintf(path, sizeof path, "%s/themes/alone/large.png", folder);
    int large = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    assert_int_equal(ftruncate(large, LIMIT_THEME_BYTES + 1), 0);
    close(large);
    assert_string_equal(load_message("themes/alone"),
                        "themes/alone/large.png:0 theme-file: this file of the theme is too large");
}

/* Last: every code that is theirs was met above. */
static void test_codes(void **state)
{
    (void)state;
    static const enum diag_code codes[] = {DIAG_THEME_MISSING, DIAG_THEME_FILE, DIAG_THEME_WORD,
                                           DIAG_THEME_WORD_MISSING, DIAG_THEME_WORD_UNKNOWN};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (!seen[codes[i]])
            fail_msg("nothing gave '%s'", diag_word(codes[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_plurals),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_default_theme),
        cmocka_unit_test_setup_teardown(test_child_theme, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_faulty_themes, make_folder, remove_folder),
        cmocka_unit_test(test_codes),
    };
    return cmocka_run_group_tests_name("messages", tests, NULL, NULL);
}
