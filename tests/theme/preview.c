/* Renders samples of every kind of page through the default theme, as the render
 * stage would, for eyes and browsers: preview FOLDER_WITH_THEMES OUTPUT, run in the
 * root of the repository. The bodies (tests/theme/bodies) hold everything that
 * themes/README.md says a body may contain. */

#include "base/file.h"
#include "script/context.h"
#include "script/theme.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct language languages[] = {
    {.tag = "en", .name = "English"},
    {.tag = "fr", .name = "Français"},
    {.tag = "ar", .name = "العربية", .is_rtl = true},
    {.tag = "sw", .name = "Kiswahili"},
    {.tag = "th", .name = "ไทย"},
    {.tag = "es", .name = "Español"},
    {.tag = "pt", .name = "Português"},
};
enum { LANGUAGE_COUNT = sizeof languages / sizeof languages[0] };

struct preview {
    struct template_engine *engine;
    struct theme theme;
    struct arena arena;
    int folder;
    struct diag_list diags;
    int failures;
};

static void link_map(struct template_engine *engine, const char *key, const char *title, const char *url)
{
    context_map_begin(engine, key);
    context_text(engine, "title", slice_of(title));
    context_url(engine, "url", slice_of(url));
    context_map_end(engine);
}

static struct slice navigation(struct preview *preview, const char *language)
{
    static const char *const entries[][2] = {
        {"Using generative systems", "long.html"},
        {"Register of risks", "table.html"},
        {"Procurement and contracts with suppliers of artificial intelligence", "procurement.html"},
        {"الأنظمة التوليدية", "arabic.html"},
        {"การใช้ระบบ", "thai.html"},
        {"Storage", "storage/index.html"},
        {"Training", "training/index.html"},
    };
    struct template_engine *engine = preview->engine;
    struct buffer out = BUFFER(1 << 20);
    context_begin(engine, language);
    context_map_begin(engine, "page");
    context_text(engine, "lang", slice_of(language));
    context_text(engine, "dir", slice_of(strcmp(language, "ar") == 0 ? "rtl" : "ltr"));
    context_map_end(engine);
    context_map_begin(engine, "nav");
    context_list_begin(engine, "ancestors", 2);
    link_map(engine, NULL, "International edition", "folder.html");
    link_map(engine, NULL, "Toolkit", "folder.html");
    context_list_end(engine);
    context_text(engine, "title", SLICE("Generative AI in law enforcement"));
    context_url(engine, "url", SLICE("folder.html"));
    context_list_begin(engine, "entries", 7);
    for (size_t i = 0; i < 7; i++) {
        context_map_begin(engine, NULL);
        context_text(engine, "title", slice_of(entries[i][0]));
        context_url(engine, "url", slice_of(entries[i][1]));
        context_bool(engine, "is_folder", i > 4);
        context_map_end(engine);
    }
    context_list_end(engine);
    context_map_end(engine);
    preview->failures += !template_render(engine, "nav", &out, &preview->diags);
    struct slice nav = arena_slice(&preview->arena, buffer_view(&out));
    buffer_free(&out);
    return nav;
}

struct sample {
    const char *file, *template, *language, *title, *description, *body;
    const char *const *contents; /* "2 id title", NULL at the end */
};

static void common(struct preview *preview, const struct sample *sample, struct slice nav)
{
    struct template_engine *engine = preview->engine;
    bool is_start = strcmp(sample->template, "start") == 0, is_lost = strcmp(sample->template, "not-found") == 0;
    context_begin(engine, sample->language);
    context_map_begin(engine, "site");
    context_text(engine, "name", SLICE("Responsible AI in Law Enforcement"));
    context_url(engine, "start_url", is_lost ? SLICE("") : SLICE("index.html"));
    context_url(engine, "home_url", is_start || is_lost ? SLICE("index.html") : SLICE("folder.html"));
    context_text(
        engine, "disclaimer",
        SLICE("A sample made to show Waymark. It is no guidance, names no real country, and must not be relied on."));
    context_list_begin(engine, "menu", 3);
    static const char *const menu[] = {"Toolkit", "Frameworks", "Decisions", "Training"};
    for (int i = 0; i < 4 && !is_start; i++) {
        context_map_begin(engine, NULL);
        context_text(engine, "title", slice_of(menu[i]));
        context_url(engine, "url", SLICE("folder.html"));
        context_bool(engine, "current", i == 0);
        context_map_end(engine);
    }
    context_list_end(engine);
    context_list_begin(engine, "links", 3);
    static const char *const links[] = {"glossary", "references", "about"};
    for (int i = 0; i < 3; i++) {
        context_map_begin(engine, NULL);
        context_text(engine, "key", slice_of(links[i]));
        context_url(engine, "url", slice_of(arena_printf(&preview->arena, "%s.html", links[i])));
        context_map_end(engine);
    }
    context_list_end(engine);
    context_map_end(engine);
    context_map_begin(engine, "edition");
    context_text(engine, "id", is_start ? SLICE("") : SLICE("xa"));
    context_text(engine, "title", is_start ? SLICE("") : SLICE("Country A"));
    context_map_end(engine);
    context_map_begin(engine, "release");
    context_text(engine, "name", SLICE("2.1"));
    context_bool(engine, "current", true);
    context_map_end(engine);

    context_map_begin(engine, "page");
    context_text(engine, "kind", slice_of(sample->template));
    context_text(engine, "title", slice_of(sample->title));
    if (sample->description)
        context_text(engine, "description", slice_of(sample->description));
    context_text(engine, "lang", slice_of(sample->language));
    context_text(engine, "dir", slice_of(strcmp(sample->language, "ar") == 0 ? "rtl" : "ltr"));
    context_url(engine, "root", SLICE(""));
    context_text(engine, "path", slice_of(sample->file));
    context_bool(engine, "sample", true);
    context_list_begin(engine, "breadcrumbs", 2);
    if (!is_start) {
        link_map(engine, NULL, "Country A", "folder.html");
        link_map(engine, NULL, "Toolkit", "folder.html");
        link_map(engine, NULL, "Generative AI in law enforcement", "folder.html");
    }
    context_list_end(engine);
    if (!is_start && !is_lost)
        context_fragment(engine, "nav", nav, slice_of(sample->file));
    context_list_begin(engine, "languages", LANGUAGE_COUNT);
    for (int i = 0; i < LANGUAGE_COUNT && !is_start; i++) {
        context_map_begin(engine, NULL);
        context_text(engine, "tag", slice_of(languages[i].tag));
        context_text(engine, "name", slice_of(languages[i].name));
        context_text(engine, "dir", slice_of(languages[i].is_rtl ? "rtl" : "ltr"));
        context_url(engine, "url", slice_of(i == 2 ? "arabic.html" : i == 4 ? "thai.html" : "long.html"));
        context_bool(engine, "current", strcmp(languages[i].tag, sample->language) == 0);
        context_bool(engine, "same_page", true);
        context_map_end(engine);
    }
    context_list_end(engine);
    if (!is_start)
        context_url(engine, "editions_url", SLICE("index.html"));
    context_map_begin(engine, "slots");
    context_map_end(engine);
}

static struct slice body_named(struct preview *preview, const char *name)
{
    struct buffer bytes = BUFFER(1 << 20);
    if (!file_read(AT_FDCWD, arena_printf(&preview->arena, "tests/theme/bodies/%s.html", name), &bytes)) {
        perror(name);
        exit(1);
    }
    struct slice body = arena_slice(&preview->arena, buffer_view(&bytes));
    buffer_free(&bytes);
    return body;
}

static void document_fields(struct preview *preview, const struct sample *sample)
{
    struct template_engine *engine = preview->engine;
    context_html(engine, "body", body_named(preview, sample->body));
    context_list_begin(engine, "contents", 8);
    for (size_t i = 0; sample->contents && sample->contents[i]; i++) {
        const char *id = sample->contents[i] + 2, *title = strchr(id, ' ');
        context_map_begin(engine, NULL);
        context_text(engine, "id", (struct slice){id, (size_t)(title - id)});
        context_text(engine, "title", slice_of(title + 1));
        context_number(engine, "depth", sample->contents[i][0] - '1');
        context_map_end(engine);
    }
    context_list_end(engine);
    context_text(engine, "kind_label", SLICE("Guidance"));
    link_map(engine, "previous", "Register of risks", "table.html");
    link_map(engine, "next", "Procurement and contracts with suppliers of artificial intelligence", "procurement.html");
    context_list_begin(engine, "notices", 2);
    context_map_begin(engine, NULL);
    context_text(engine, "kind", SLICE("draft"));
    context_map_end(engine);
    context_map_begin(engine, NULL);
    context_text(engine, "kind", SLICE("adapted"));
    context_text(engine, "name", SLICE("Country A"));
    context_url(engine, "url", SLICE("folder.html"));
    context_map_end(engine);
    context_list_end(engine);
    context_list_begin(engine, "backlinks", 2);
    link_map(engine, NULL, "Register of risks", "table.html");
    context_map_begin(engine, NULL);
    context_text(engine, "title", SLICE("Procurement"));
    context_text(engine, "section", SLICE("What the contract says"));
    context_url(engine, "url", SLICE("procurement.html#contract"));
    context_map_end(engine);
    context_list_end(engine);
    context_number(engine, "backlink_count", 25);
    context_url(engine, "backlinks_url", SLICE("folder.html"));
    context_list_begin(engine, "audience", 2);
    context_text(engine, NULL, SLICE("Officer"));
    context_text(engine, NULL, SLICE("Data protection officer"));
    context_list_end(engine);
    context_list_begin(engine, "relations", 1);
    context_map_begin(engine, NULL);
    context_text(engine, "label", SLICE("Implements"));
    context_list_begin(engine, "items", 1);
    link_map(engine, NULL, "Principle of accountability", "folder.html");
    context_list_end(engine);
    context_map_end(engine);
    context_list_end(engine);
}

static void status(struct preview *preview)
{
    struct template_engine *engine = preview->engine;
    context_map_begin(engine, "status");
    context_text(engine, "state", SLICE("approved"));
    context_text(engine, "owner", SLICE("Digital unit"));
    context_text(engine, "approved_by", SLICE("Data protection office"));
    context_day(engine, "approved_on", 20260502);
    context_day(engine, "review_by", 20270501);
    context_bool(engine, "overdue", true);
    context_text(engine, "classification", SLICE("For official use only"));
    context_text(engine, "base_release", SLICE("2.1"));
    context_bool(engine, "locked", true);
    context_map_begin(engine, "commit");
    context_text(engine, "id", SLICE("3cd0304aa1b2c3d4e5f60718293a4b5c6d7e8f90"));
    context_text(engine, "short", SLICE("3cd0304"));
    context_day(engine, "day", 20260430);
    context_map_end(engine);
    context_list_begin(engine, "sources", 2);
    context_map_begin(engine, NULL);
    context_text(engine, "path", SLICE("content/toolkit/generative-ai/using-generative-systems.md"));
    context_text(engine, "role", SLICE("base"));
    context_url(engine, "edit_url", SLICE("https://git.example.org/edit/main/content/a.md#L1"));
    context_map_end(engine);
    context_map_begin(engine, NULL);
    context_text(engine, "path", SLICE("xa:toolkit/using.md"));
    context_text(engine, "role", SLICE("local"));
    context_map_end(engine);
    context_list_end(engine);
    context_map_end(engine);
}

static void children(struct template_engine *engine)
{
    static const char *const titles[] = {"Using generative systems", "Register of risks", "Storage"};
    context_list_begin(engine, "children", 3);
    for (int i = 0; i < 3; i++) {
        context_map_begin(engine, NULL);
        context_text(engine, "title", slice_of(titles[i]));
        context_url(engine, "url",
                    i == 0   ? SLICE("long.html")
                    : i == 1 ? SLICE("table.html")
                             : SLICE("storage/index.html"));
        context_bool(engine, "is_folder", i == 2);
        if (i == 2)
            context_number(engine, "count", 12);
        else
            context_text(engine, "kind_label", SLICE("Guidance"));
        if (i != 1)
            context_text(
                engine, "description",
                SLICE("What an agency does before, while and after it uses a system that writes, draws or speaks."));
        context_map_end(engine);
    }
    context_list_end(engine);
}

static void start_fields(struct template_engine *engine)
{
    static const char *const titles[] = {"International edition", "Country A", "Pays B", "الدولة ج"};
    context_map_begin(engine, "start");
    context_list_begin(engine, "editions", 4);
    for (int i = 0; i < 4; i++) {
        context_map_begin(engine, NULL);
        context_text(engine, "title", slice_of(titles[i]));
        if (i == 0)
            context_text(engine, "description",
                         SLICE("The guidance as the programme publishes it, before any country adapts it."));
        context_list_begin(engine, "languages", 3);
        for (int j = 0; j <= i + 1 && j < LANGUAGE_COUNT; j++) {
            context_map_begin(engine, NULL);
            context_text(engine, "tag", slice_of(languages[j].tag));
            context_text(engine, "name", slice_of(languages[j].name));
            context_text(engine, "dir", slice_of(languages[j].is_rtl ? "rtl" : "ltr"));
            context_url(engine, "url", SLICE("folder.html"));
            context_map_end(engine);
        }
        context_list_end(engine);
        context_map_end(engine);
    }
    context_list_end(engine);
    context_map_end(engine);
}

static void list_fields(struct template_engine *engine)
{
    context_map_begin(engine, "glossary");
    context_list_begin(engine, "groups", 2);
    static const char *const terms[] = {"authority", "warrant"};
    for (int i = 0; i < 2; i++) {
        context_map_begin(engine, NULL);
        context_text(engine, "letter", i ? SLICE("W") : SLICE("A"));
        context_text(engine, "id", i ? SLICE("w--letter-w") : SLICE("w--letter-a"));
        context_list_begin(engine, "terms", 1);
        context_map_begin(engine, NULL);
        context_text(engine, "id", slice_of(terms[i]));
        context_text(engine, "term", slice_of(terms[i]));
        context_html(engine, "definition",
                     SLICE("<p>A written order of a court that allows a search or an arrest.</p>"));
        context_bool(engine, "is_local", i == 1);
        context_list_begin(engine, "see", 1);
        context_map_begin(engine, NULL);
        context_text(engine, "term", SLICE("authority"));
        context_url(engine, "url", SLICE("#authority"));
        context_map_end(engine);
        context_list_end(engine);
        context_map_end(engine);
        context_list_end(engine);
        context_map_end(engine);
    }
    context_list_end(engine);
    context_map_end(engine);

    context_map_begin(engine, "references");
    context_list_begin(engine, "groups", 1);
    context_map_begin(engine, NULL);
    context_text(engine, "id", SLICE("w--instruments"));
    context_text(engine, "title", SLICE("Legal instruments"));
    context_list_begin(engine, "items", 1);
    context_map_begin(engine, NULL);
    context_text(engine, "id", SLICE("udhr"));
    context_text(engine, "title", SLICE("Universal Declaration of Human Rights"));
    context_text(engine, "short", SLICE("Universal Declaration"));
    context_text(engine, "issuer", SLICE("United Nations General Assembly"));
    context_text(engine, "number", SLICE("A/RES/217 A (III)"));
    context_day(engine, "day", 19481210);
    context_url(engine, "url", SLICE("https://www.un.org/en/about-us/universal-declaration-of-human-rights"));
    context_bool(engine, "checked", false);
    context_list_begin(engine, "cited", 1);
    link_map(engine, NULL, "Using generative systems", "long.html");
    context_list_end(engine);
    context_map_end(engine);
    context_list_end(engine);
    context_map_end(engine);
    context_list_end(engine);
    context_map_end(engine);

    context_map_begin(engine, "about");
    context_day(engine, "day", 20260510);
    context_text(engine, "release", SLICE("2.1"));
    context_list_begin(engine, "sources", 1);
    context_map_begin(engine, NULL);
    context_text(engine, "name", SLICE("base"));
    context_text(engine, "address", SLICE("https://git.example.org/base.git"));
    context_text(engine, "ref", SLICE("main"));
    context_text(engine, "commit", SLICE("3cd0304aa1b2c3d4e5f60718293a4b5c6d7e8f90"));
    context_day(engine, "day", 20260430);
    context_map_end(engine);
    context_list_end(engine);
    context_list_begin(engine, "tools", 1);
    context_map_begin(engine, NULL);
    context_text(engine, "name", SLICE("Waymark"));
    context_text(engine, "version", SLICE("0.1"));
    context_map_end(engine);
    context_list_end(engine);
    context_url(engine, "sums_url", SLICE("SHA256SUMS"));
    context_map_end(engine);
}

static void render(struct preview *preview, const struct sample *sample)
{
    struct template_engine *engine = preview->engine;
    struct slice nav = navigation(preview, sample->language);
    struct buffer out = BUFFER(1 << 24);
    common(preview, sample, nav);
    if (strcmp(sample->template, "page") == 0)
        document_fields(preview, sample);
    if (strcmp(sample->template, "folder") == 0)
        children(engine);
    if (strcmp(sample->template, "redirect") == 0) {
        context_url(engine, "target", SLICE("long.html"));
        context_text(engine, "target_title", SLICE("Using generative systems"));
    }
    context_map_end(engine);
    if (strcmp(sample->template, "page") == 0)
        status(preview);
    start_fields(engine);
    list_fields(engine);
    preview->failures += !template_render(engine, sample->template, &out, &preview->diags);
    file_replace(preview->folder, sample->file, buffer_view(&out), false);
    printf("%-16s %6zu bytes\n", sample->file, out.length);
    buffer_free(&out);
}

int main(int count, char **arguments)
{
    struct preview preview = {.folder = -1};
    if (count != 3) {
        fprintf(stderr, "usage: preview FOLDER_WITH_THEMES OUTPUT\n");
        return 2;
    }
    mkdir(arguments[2], 0755);
    preview.folder = open(arguments[2], O_RDONLY | O_DIRECTORY);
    if (theme_load(&preview.theme, &preview.arena, arguments[1], "themes/default", "", &preview.diags)) {
        struct template_options options = {.layers = preview.theme.layers,
                                           .layer_count = preview.theme.layer_count,
                                           .languages = languages,
                                           .language_count = LANGUAGE_COUNT,
                                           .default_language = "en"};
        preview.engine = template_engine_new(&options, &preview.diags);
    }
    static const char *const long_contents[] = {
        "2 before Before you begin",
        "3 steps Steps",
        "2 data-protection Data protection in Country A",
        "2 cold Congélation",
        "2 a-very-long-heading A heading that is so long that it needs two lines even on a wide screen",
        NULL};
    static const char *const table_contents[] = {"2 risks Risks", "2 small A small table", "2 third What follows",
                                                 NULL};
    static const char *const arabic_contents[] = {"2 حماية-البيانات حماية البيانات", "2 cold Cold storage",
                                                  "2 third المراجعة", NULL};
    static const char *const thai_contents[] = {"2 การคุ้มครองข้อมูล การคุ้มครองข้อมูลส่วนบุคคล", "2 ขั้นตอน ขั้นตอน",
                                                "2 ทบทวน การทบทวน", NULL};
    static const struct sample samples[] = {
        {"index.html", "start", "en", "Responsible AI in Law Enforcement", NULL, NULL, NULL},
        {"long.html", "page", "en", "Using generative systems",
         "What an agency does before, while and after it uses a system that writes, draws or speaks.", "long",
         long_contents},
        {"table.html", "page", "en", "Register of risks", NULL, "table", table_contents},
        {"arabic.html", "page", "ar", "استخدام الأنظمة التوليدية",
         "ما تفعله الجهة قبل استخدام نظام يكتب أو يرسم أو يتكلم وأثناءه وبعده.", "arabic", arabic_contents},
        {"thai.html", "page", "th", "การใช้ระบบสร้างเนื้อหา", NULL, "thai", thai_contents},
        {"folder.html", "folder", "en", "Generative AI in law enforcement",
         "How an agency uses systems that generate text, images or sound.", NULL, NULL},
        {"glossary.html", "glossary", "en", "Glossary", NULL, NULL, NULL},
        {"references.html", "references", "en", "References", NULL, NULL, NULL},
        {"about.html", "about", "en", "About this copy", NULL, NULL, NULL},
        {"404.html", "not-found", "en", "Page not found", NULL, NULL, NULL},
        {"moved.html", "redirect", "en", "Using generative systems", NULL, NULL, NULL},
    };
    for (size_t i = 0; preview.engine && i < sizeof samples / sizeof samples[0]; i++)
        render(&preview, &samples[i]);
    for (size_t i = 0; preview.engine && i < preview.theme.asset_count; i++) {
        const struct theme_file *asset = preview.theme.assets[i];
        const char *path = arena_printf(&preview.arena, "theme/%s", asset->name + strlen("assets/"));
        if (!file_make_parents(preview.folder, path) || !file_replace(preview.folder, path, asset->bytes, false))
            fprintf(stderr, "cannot write %s\n", path);
    }
    for (size_t i = 0; i < preview.diags.count; i++)
        diag_print(stderr, &preview.diags.items[i], false);
    bool ok = preview.engine && preview.failures == 0;
    template_engine_free(preview.engine);
    diag_list_free(&preview.diags);
    arena_free(&preview.arena);
    close(preview.folder);
    return !ok;
}
