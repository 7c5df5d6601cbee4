/* The theme of the run: its files, its compiled templates, and the keys that
 * pages depend on. */

#include "base/limits.h"
#include "base/version.h"
#include "build/parts.h"
#include "script/theme.h"
#include <stdlib.h>
#include <unistd.h>

/* The themes that came with Waymark: beside the program in a working tree, in
 * PREFIX/share once installed. */
static const char *installed_themes(struct build *build)
{
    static const char *const places[] = {"../themes", "../share/waymark/themes"};
    char program[4096];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length > 0) {
        program[length] = 0;
        *strrchr(program, '/') = 0;
        for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
            const char *folder = arena_printf(&build->arena, "%s/%s", program, places[i]);
            if (access(arena_printf(&build->arena, "%s/default/templates", folder), R_OK) == 0)
                return folder;
        }
    }
    return "";
}

static void list_assets(struct build *build, const struct theme *theme)
{
    struct render_site *render = &build->render;
    render->theme_file_count = (uint32_t)theme->asset_count;
    render->theme_files = ARENA_ARRAY(&build->arena, struct slice, theme->asset_count + 1);
    render->theme_bytes = ARENA_ARRAY(&build->arena, struct slice, theme->asset_count + 1);
    for (size_t i = 0; i < theme->asset_count; i++) {
        render->theme_files[i] = theme_asset_name(theme->assets[i]);
        render->theme_bytes[i] = theme->assets[i]->bytes;
    }
}

bool build_theme(struct build *build)
{
    const struct site_config *config = &build->config;
    const char *installed = installed_themes(build);
    const char *folder = config->theme[0] ? config->theme : arena_printf(&build->arena, "%s/default", installed);
    struct theme *theme = ARENA_NEW(&build->arena, struct theme);
    if (!theme_load(theme, &build->arena, config->root, folder, installed, &build->diags))
        return false;
    struct template_options options = {.layers = theme->layers, .layer_count = theme->layer_count, .languages = config->languages,
                                       .language_count = config->language_count, .default_language = config->default_language};
    build->engine = template_engine_new(&options, &build->diags);
    if (!build->engine)
        return false;
    struct render_site *render = &build->render;
    render->site = &build->site;
    render->tool_version = waymark_version;
    render->release = "";
    render->sample = config->is_sample;
    render->config_key = key_mix(key_mix(build->config_key, slice_of(waymark_sources_id)), (struct slice){(const char *)&theme->key, sizeof theme->key});
    render->language_keys = ARENA_ARRAY(&build->arena, struct key, config->language_count + 1);
    for (size_t i = 0; i < config->language_count; i++)
        render->language_keys[i] = template_engine_key(build->engine, config->languages[i].tag);
    list_assets(build, theme);
    return true;
}
