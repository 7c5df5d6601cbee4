#ifndef WAYMARK_TESTS_SETTLE_FIXTURE_H
#define WAYMARK_TESTS_SETTLE_FIXTURE_H

/* A site of four editions, and data files for it. Include after cmocka.h. */

#include "config/config.h"
#include "expect.h"
#include "settle/settle.h"

enum { BUILD_DATE = 20260502, SOURCES_MOST = 6 };

/* A site of four editions: global, xa below it, xa-north below that, xb restricted. */
static const char site[] = "languages: {en: English, fr: Français, ar: {name: العربية, fallback: [fr]}, th: ไทย}\n"
                           "editions:\n"
                           "  global: {source: base}\n"
                           "  xa: {source: xa}\n"
                           "  xa-north: {source: xa-north, extends: xa, languages_allowed: [fr, ar]}\n"
                           "  xb: {visibility: restricted}\n"
                           "sources: {base: {url: .}, kit: {url: ../kit}, xa: {url: ../xa}, xa-north: {url: ../xan}}\n";
enum { GLOBAL, XA, XA_NORTH, XB, EDITION_COUNT };

struct settled {
    struct arena arena;
    struct diag_list diags;
    struct site_config config;
    struct site_facts facts[EDITION_COUNT];
    struct settle_source sources[SOURCES_MOST];
    size_t source_count;
    bool ok;
};

/* Files as "EDITION/NAME", TEXT pairs; a second file of one name begins another source. */
struct data {
    const char *name, *text;
};

static inline void add_file(struct settled *settled, const struct data *data)
{
    struct slice name = slice_of(data->name);
    size_t slash = slice_find(name, '/');
    const char *edition = arena_copy(&settled->arena, name.at, slash);
    struct diag_file *file = ARENA_NEW(&settled->arena, struct diag_file);
    file->path = slice_from(name, slash + 1).at;
    file->bytes = arena_slice(&settled->arena, slice_of(data->text));
    for (size_t i = 0; i <= settled->source_count; i++) {
        struct settle_source *source = &settled->sources[i];
        if (i == settled->source_count) {
            assert_true(i < SOURCES_MOST);
            source->edition = edition;
            settled->source_count++;
        }
        const struct diag_file **field = settle_file(source, slice_of(file->path));
        assert_non_null(field);
        if (strcmp(source->edition, edition) == 0 && !*field) {
            *field = file;
            return;
        }
    }
}

static inline void settle(struct settled *settled, const struct data *files, size_t count, int32_t date)
{
    *settled = (struct settled){.ok = false};
    assert_true(
        config_load(&settled->config, &settled->arena, "/nowhere/kb", "waymark.yaml", slice_of(site), &settled->diags));
    for (size_t i = 0; i < count; i++)
        add_file(settled, &files[i]);
    settled->ok = settle_editions(settled->facts, &settled->arena, &settled->config, settled->sources,
                                  settled->source_count, date, &settled->diags);
}

static inline void unsettle(struct settled *settled)
{
    for (size_t i = 0; i < EDITION_COUNT; i++)
        facts_free(&settled->facts[i]);
    arena_free(&settled->arena);
    diag_list_free(&settled->diags);
}

#endif
