#ifndef WAYMARK_TESTS_TEMPLATE_FIXTURE_H
#define WAYMARK_TESTS_TEMPLATE_FIXTURE_H

/* One small theme and one context for the tests of templates, and the table of
 * examples: a template, and what comes of it: the text, or each diagnostic as
 * "line:column code: text". */

#include "script/context.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka.h wants the four above it. */
#include <cmocka.h>

static const char hostile[] = "<b>\"&'</b>";

static const struct theme_file shared_files[] = {
    {"templates/base.html", "t/base.html",
     SLICE("<!DOCTYPE html>\n<title>{{ page.title }}</title>\n{% block main %}\n<i>base</i>\n{% endblock %}\n"
           "{% block foot %}\nfoot\n{% endblock %}\n")},
    {"templates/middle.html", "t/middle.html",
     SLICE("{% extends \"base\" %}\n{% block main %}\nmiddle {% super %}\n{% endblock %}\n")},
    {"templates/item.html", "t/item.html", SLICE("[{{ x }} {{ page.lang }}]")},
    {"templates/self.html", "t/self.html", SLICE("{% include \"self\" %}")},
    {"templates/nilling.html", "t/nilling.html", SLICE("\n  {{ page.nothing }}\n")},
    {"assets/style.css", "t/style.css", SLICE("")},
    {"assets/img/a.svg", "t/a.svg", SLICE("")},
    {"messages/en.yaml", "t/en.yaml",
     SLICE("hello: Hello\n"
           "pages: {one: \"{n} page\", other: \"{n} pages\"}\n"
           "by: by {who} on {day}\n"
           "angle: a < b {who}\n"
           "empty: \"\"\n")},
    {"messages/fr.yaml", "t/fr.yaml",
     SLICE("hello: Bonjour\npages: {one: \"{n} page\", many: \"{n} de pages\", other: \"{n} pages\"}\n"
           "by: par {who}, le {day}\nangle: a < b {who}\nempty: \"\"\n")},
};
enum { SHARED_COUNT = sizeof shared_files / sizeof shared_files[0] };

static const struct language languages[] = {{.tag = "en", .name = "English"}, {.tag = "fr", .name = "Français"}};

/* Which codes the tests of this program have met. */
static bool seen[DIAG_CODE_COUNT];

struct setting {
    const char *language;
    uint64_t most_instructions;
    size_t most_bytes, most_output;
};

static void build_context(struct template_engine *engine, const char *language)
{
    context_begin(engine, language);
    context_map_begin(engine, "page");
    context_text(engine, "title", SLICE("A title"));
    context_text(engine, "lang", slice_of(language));
    context_text(engine, "root", SLICE("../../"));
    context_text(engine, "hostile", slice_of(hostile));
    context_text(engine, "script", SLICE("javascript:alert(1)"));
    context_text(engine, "host", SLICE("//evil.example/x"));
    context_text(engine, "control", (struct slice){"a\x01\0b", 4});
    context_url(engine, "url", SLICE("../x y.html?a=1&b='2'"));
    context_url(engine, "web", SLICE("https://example.org/a"));
    context_html(engine, "body", SLICE("<p>body</p>"));
    context_day(engine, "day", 20260502);
    context_day(engine, "no_day", 0);
    context_number(engine, "number", 1234567);
    context_bool(engine, "yes", true);
    context_list_begin(engine, "list", 3);
    static const char *const titles[] = {"one", "two", "three"};
    for (int i = 0; i < 3; i++) {
        context_map_begin(engine, NULL);
        context_text(engine, "title", slice_of(titles[i]));
        context_number(engine, "depth", i == 1 ? 2 : 1);
        context_map_end(engine);
    }
    context_list_end(engine);
    context_map_end(engine);
}

static struct template_engine *make_engine(const char *page, const struct setting *setting, struct diag_list *diags)
{
    struct theme_file files[SHARED_COUNT + 1];
    memcpy(files, shared_files, sizeof shared_files);
    files[SHARED_COUNT] = (struct theme_file){"templates/page.html", "t/page.html", slice_of(page)};
    struct theme_layer layer = {"default", files, SHARED_COUNT + 1};
    struct template_options options = {.layers = &layer,
                                       .layer_count = 1,
                                       .languages = languages,
                                       .language_count = 2,
                                       .default_language = "en",
                                       .most_instructions = setting->most_instructions,
                                       .most_bytes = setting->most_bytes};
    return template_engine_new(&options, diags);
}

/* What comes of `page`; valid until the next call. */
static const char *outcome(const char *page, const struct setting *setting)
{
    static struct buffer result = {.most_bytes = 1 << 24};
    struct diag_list diags = {0};
    struct buffer out = BUFFER(setting->most_output ? setting->most_output : 1 << 20);
    const char *language = setting->language ? setting->language : "en";
    buffer_clear(&result);
    struct template_engine *engine = make_engine(page, setting, &diags);
    if (engine) {
        build_context(engine, language);
        assert_int_equal(diags.count, 0);
        bool ok = template_render(engine, "page", &out, &diags);
        if (ok != (diags.count == 0))
            fail_msg("no diagnostic for %s", page);
        buffer_slice(&result, buffer_view(&out));
    }
    for (size_t i = 0; i < diags.count; i++) {
        const struct diag *diag = &diags.items[i];
        assert_int_equal(out.length, 0);
        seen[diag->code] = true;
        buffer_printf(&result, "%s%s%u:%u %s: %s", i > 0 ? "\n" : "",
                      diag->path && strcmp(diag->path, "t/page.html") != 0 ? diag->path : "", diag->line, diag->column,
                      diag_word(diag->code), diag->text);
    }
    buffer_free(&out);
    diag_list_free(&diags);
    template_engine_free(engine);
    return buffer_string(&result);
}

struct example {
    const char *name, *page, *expected, *language;
};

static void check(const struct example *examples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct setting setting = {.language = examples[i].language};
        const char *got = outcome(examples[i].page, &setting);
        if (strcmp(got, examples[i].expected) != 0)
            fail_msg("%s\n--- wanted\n%s\n--- got\n%s", examples[i].name, examples[i].expected, got);
    }
}
#define CHECK(examples) check(examples, sizeof(examples) / sizeof((examples)[0]))

#endif
