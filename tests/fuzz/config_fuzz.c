/* Any bytes as waymark.yaml and as each data file: values or errors, never a
 * fault. The first byte
 * says which file the rest is: A waymark.yaml; B to G those of the base, H to M those of an edition, in the order of
 * struct settle_source. */

#include "config/config.h"
#include "settle/settle.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check(bool ok, const struct diag_list *diags)
{
    size_t errors = 0;
    for (size_t i = 0; i < diags->count; i++)
        errors += diag_default_level(diags->items[i].code) == LEVEL_ERROR;
    if (ok != (errors == 0))
        abort();
}

static void read_config(struct arena *arena, struct slice text, struct diag_list *diags)
{
    struct site_config config;
    bool ok = config_load(&config, arena, "/nowhere/site", "waymark.yaml", text, diags);
    check(ok, diags);
    if (!ok)
        return;
    if (config.edition_count == 0 || config.language_count == 0 ||
        !config_language(&config, slice_of(config.default_language)))
        abort();
    for (size_t i = 0; i < config.edition_count; i++)
        for (size_t j = 0; j < config.editions[i].source_count; j++)
            if (!config_source(&config, slice_of(config.editions[i].sources[j])))
                abort();
}

static void read_data(struct arena *arena, size_t which, struct slice text, struct diag_list *diags)
{
    static const char site[] = "languages: {en: English, fr: Français}\n"
                               "editions: {global: {path: content}, xa: {path: xa, languages_allowed: [fr]}}\n";
    static const char declared[] = "days: {type: int, default: 3, max: 9, meaning: Days}\n"
                                   "day: {type: date, meaning: {en: Day}}\n"
                                   "way: {type: choice, choices: [a, b], meaning: Way}\n";
    struct site_config config;
    if (!config_load(&config, arena, "/nowhere/site", "waymark.yaml", slice_of(site), diags))
        abort();
    struct diag_file file = {"data.yaml", text}, params = {"params.yaml", slice_of(declared)};
    struct settle_source sources[2] = {{.edition = "global"}, {.edition = "xa"}};
    bool is_edition = which >= 6;
    sources[0].params = &params;
    *settle_file(&sources[is_edition], slice_of(settle_file_name(which % 6))) = &file;
    struct site_facts facts[2];
    bool ok = settle_editions(facts, arena, &config, sources, 2, 20260502, diags);
    check(ok, diags);
    for (size_t i = 0; i < 2; i++) {
        for (uint32_t j = 0; j < facts[i].term_count; j++)
            facts_term_text(&facts[i], j, "fr");
        for (uint32_t j = 0; j < facts[i].cite_count; j++)
            facts_cite_short(&facts[i], j, "en");
        facts_free(&facts[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (length == 0)
        return 0;
    struct arena arena = {0};
    struct diag_list diags = {0};
    struct slice text = {(const char *)bytes + 1, length - 1};
    size_t which = bytes[0] % 13;
    if (which == 0)
        read_config(&arena, text, &diags);
    else
        read_data(&arena, which - 1, text, &diags);
    diag_list_free(&diags);
    arena_free(&arena);
    return 0;
}
