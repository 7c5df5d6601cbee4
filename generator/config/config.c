/* Reads waymark.yaml from the top, each part in a file of its own. Nothing stops
 * at the first problem: whoever mends a configuration wants all of them. */

#include "config/config.h"
#include "base/limits.h"
#include "config/parts.h"

enum { MOST_DIAGS = 200 };

struct top {
    int64_t version;
    const char *site_name, *site_url, *theme, *notice, *disclaimer;
    const struct yaml_node *languages, *default_language, *sources, *editions, *validation, *output;
    bool authors, sample;
};

static const struct yaml_row rows[] = {
    {"version", YAML_INT, .at = offsetof(struct top, version)},
    {"site_name", YAML_TEXT, .at = offsetof(struct top, site_name)},
    {"site_url", YAML_TEXT, .at = offsetof(struct top, site_url)},
    {"languages", YAML_NODE, .at = offsetof(struct top, languages)},
    {"default_language", YAML_NODE, .at = offsetof(struct top, default_language)},
    {"sources", YAML_NODE, .at = offsetof(struct top, sources)},
    {"editions", YAML_NODE, .at = offsetof(struct top, editions)},
    {"theme", YAML_TEXT, .at = offsetof(struct top, theme)},
    {"validation", YAML_MAP, .at = offsetof(struct top, validation)},
    {"output", YAML_MAP, .at = offsetof(struct top, output)},
    {"authors", YAML_BOOL, .at = offsetof(struct top, authors)},
    {"sample", YAML_BOOL, .at = offsetof(struct top, sample)},
    {"notice", YAML_TEXT, .at = offsetof(struct top, notice)},
    {"disclaimer", YAML_TEXT, .at = offsetof(struct top, disclaimer)},
    {"nav", YAML_ELSEWHERE, .choices = "it belongs into the root edition: `editions: {global: {nav: [...]}}`"},
    {"title", YAML_ELSEWHERE, .choices = "the site's name is `site_name`"},
};

static bool read_version(const struct config_load *load, const struct yaml_node *root, int64_t version)
{
    if (version == CONFIG_VERSION)
        return true;
    return yaml_report(&load->reader, DIAG_CONFIG_VALUE, yaml_place(load->reader.file, yaml_get(root, "version")),
                       "this program reads version 1; a newer one may read more", "the configuration has version %lld",
                       (long long)version);
}

static bool read_site_name(const struct config_load *load, const struct yaml_node *root, const char *name)
{
    if (slice_trim(slice_of(name)).length && !strchr(name, '\n'))
        return true;
    return yaml_report(&load->reader, DIAG_CONFIG_VALUE, yaml_place(load->reader.file, yaml_get(root, "site_name")),
                       "write one line of text", "'site_name' must be one line that is not empty");
}

static bool read_site_url(const struct config_load *load, const struct yaml_node *root, const char *url)
{
    const struct yaml_node *node = yaml_get(root, "site_url");
    if (!config_web_address(load, node, url))
        return false;
    if (strpbrk(url, "?#"))
        return yaml_report(&load->reader, DIAG_CONFIG_VALUE, yaml_place(load->reader.file, node),
                           "write the address of the folder that holds index.html", "'site_url' has a '?' or '#'");
    bool has_slash = url[strlen(url) - 1] == '/';
    load->out->site_url = arena_printf(load->arena, "%s%s", url, has_slash ? "" : "/");
    return true;
}

static bool find_category(enum diag_category *out, struct slice word)
{
    for (int i = 0; i < CATEGORY_COUNT; i++)
        if (i != CATEGORY_ALWAYS && slice_is(word, diag_category_word((enum diag_category)i))) {
            *out = (enum diag_category)i;
            return true;
        }
    return false;
}

static bool read_validation(struct config_load *load, const struct yaml_node *map)
{
    static const enum diag_level levels[] = {LEVEL_ERROR, LEVEL_WARNING, LEVEL_OFF};
    struct diag_levels *out = &load->out->levels;
    bool ok = true;
    for (const struct yaml_node *node = map->first; node; node = node->next) {
        enum diag_category category;
        int choice;
        if (!find_category(&category, node->key)) {
            const char *words[CATEGORY_COUNT];
            size_t count = 0;
            for (int i = 0; i < CATEGORY_COUNT; i++)
                if (i != CATEGORY_ALWAYS)
                    words[count++] = diag_category_word((enum diag_category)i);
            ok = yaml_report_name(&load->reader, DIAG_CONFIG_KEY, yaml_key_place(load->reader.file, node), node->key,
                                  words, count, "there is no category '%.*s'", SLICE_ARGS(node->key));
        } else if (!yaml_read_choice(&choice, &load->reader, node, "error warn off")) {
            ok = false;
        } else {
            out->is_set[category] = true;
            out->level[category] = levels[choice];
        }
    }
    for (int i = 0; i < CATEGORY_COUNT && out->is_set[CATEGORY_ALL]; i++)
        if (i != CATEGORY_ALWAYS && !out->is_set[i]) {
            out->is_set[i] = true;
            out->level[i] = out->level[CATEGORY_ALL];
        }
    return ok;
}

static bool read_formats(struct config_load *load, const struct yaml_node *node)
{
    static const char *const known[] = {"html"};
    struct site_config *out = load->out;
    bool ok = true;
    for (size_t i = 0; i < out->format_count; i++)
        if (strcmp(out->formats[i], known[0]) != 0)
            ok = config_unknown(load, node, slice_of(out->formats[i]), known, ARRAY_COUNT(known), "output format");
    return ok;
}

static bool read_output(struct config_load *load, const struct yaml_node *map)
{
    struct site_config *out = load->out;
    static const struct yaml_row output_rows[] = {
        {"dir", YAML_TEXT, .at = offsetof(struct site_config, output_dir)},
        {"formats", YAML_TEXTS, .at = offsetof(struct site_config, formats),
         .count_at = offsetof(struct site_config, format_count)},
    };
    bool ok = true;
    if (map)
        ok = yaml_record(out, &load->reader, map, output_rows, ARRAY_COUNT(output_rows), "`output`");
    const struct yaml_node *formats = yaml_get(map, "formats"), *dir = yaml_get(map, "dir");
    if (formats && ok)
        ok &= read_formats(load, formats);
    struct place place = dir ? yaml_place(load->reader.file, dir) : place_file(load->reader.file);
    return config_check_output(out, out->output_dir, place, load->reader.diags) && ok;
}

static void set_defaults(struct site_config *out, struct arena *arena, const char *root)
{
    static const char *const formats[] = {"html"};
    size_t length = strlen(root);
    while (length > 1 && root[length - 1] == '/')
        length--;
    *out = (struct site_config){.root = arena_copy(arena, root, length),
                                .site_url = "",
                                .output_dir = "public",
                                .notice = "",
                                .disclaimer = ""};
    const char *name = strrchr(out->root, '/');
    out->site_name = name && name[1] ? name + 1 : "Site";
    out->theme = config_has_folder(out->root, "themes/default") ? "themes/default" : "";
    out->formats = ARENA_ARRAY(arena, const char *, ARRAY_COUNT(formats));
    out->formats[0] = formats[0];
    out->format_count = ARRAY_COUNT(formats);
}

static bool read_top(struct config_load *load, const struct yaml_node *root)
{
    struct site_config *out = load->out;
    struct top top = {.version = CONFIG_VERSION};
    bool ok = yaml_record(&top, &load->reader, root, rows, ARRAY_COUNT(rows), "waymark.yaml");
    if (root->kind != YAML_MAPPING)
        return false;
    ok &= read_version(load, root, top.version);
    if (top.site_name && read_site_name(load, root, top.site_name))
        out->site_name = top.site_name;
    else if (top.site_name)
        ok = false;
    if (top.site_url)
        ok &= read_site_url(load, root, top.site_url);
    if (top.theme)
        out->theme = top.theme;
    out->show_authors = top.authors;
    out->is_sample = top.sample;
    out->notice = top.notice ? top.notice : "";
    out->disclaimer = top.disclaimer ? top.disclaimer : "";
    ok &= config_languages(load, top.languages, top.default_language);
    ok &= config_sources(load, top.sources);
    ok &= config_editions(load, top.editions);
    if (top.validation)
        ok &= read_validation(load, top.validation);
    return read_output(load, top.output) && ok;
}

/* The line of the file that the diagnostic is about. */
static struct slice line_of(const struct site_config *out, const struct diag *diag)
{
    struct slice bytes = out->file.bytes;
    size_t start = diag->offset < bytes.length ? diag->offset : bytes.length, end = start;
    while (start > 0 && !strchr("\r\n", bytes.at[start - 1]))
        start--;
    while (end < bytes.length && !strchr("\r\n", bytes.at[end]))
        end++;
    return (struct slice){bytes.at + start, end - start};
}

/* Diagnostics end up in logs: of a line with a token in it nothing is shown, whatever is wrong with it. */
static void hide_secrets(const struct site_config *out, struct diag_list *diags, size_t first)
{
    for (size_t i = first; i < diags->count; i++) {
        struct diag *diag = &diags->items[i];
        if (!config_has_secret(line_of(out, diag)))
            continue;
        diag->line_text = "";
        diag->help = "secrets never stand in waymark.yaml: put a token into the environment variable "
                     "WAYMARK_TOKEN_<SOURCE>";
        if (strstr(diag->text, "://"))
            diag->text = "a mistake in a line with a user name or password";
    }
}

/* The site's own configuration is one thing that `validation` cannot lower, and has an exit status of its own. */
static void own_yaml_errors(struct diag_list *diags, size_t first)
{
    for (size_t i = first; i < diags->count; i++) {
        struct diag *diag = &diags->items[i];
        if (diag->level == LEVEL_ERROR && diag_category(diag->code) != CATEGORY_ALWAYS)
            diag->code = DIAG_CONFIG_YAML;
    }
}

bool config_load(struct site_config *out, struct arena *arena, const char *root, const char *path, struct slice bytes,
                 struct diag_list *diags)
{
    set_defaults(out, arena, root);
    out->file = (struct diag_file){.path = arena_printf(arena, "%s", path), .bytes = arena_slice(arena, bytes)};
    struct config_load load = {.out = out, .arena = arena};
    load.reader = (struct yaml_reader){
        .file = &out->file, .arena = arena, .diags = diags, .is_config = true, .most_diags = diags->count + MOST_DIAGS};
    const struct yaml_node *tree;
    size_t first = diags->count;
    bool ok = yaml_load(&tree, arena, &out->file, out->file.bytes, diags) && read_top(&load, tree);
    own_yaml_errors(diags, first);
    hide_secrets(out, diags, first);
    return ok;
}

void config_default(struct site_config *out, struct arena *arena, const char *root)
{
    set_defaults(out, arena, root);
    struct diag_list none = {0};
    struct config_load load = {.out = out, .arena = arena};
    load.reader = (struct yaml_reader){.file = &out->file, .arena = arena, .diags = &none, .is_config = true};
    config_languages(&load, NULL, NULL);
    config_add_source(&load, "base", "", NULL);
    config_editions(&load, NULL);
    diag_list_free(&none);
}
