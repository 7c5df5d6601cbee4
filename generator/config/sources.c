/* The sources: where content comes from. */

#include "base/limits.h"
#include "config/parts.h"

/* Letters, digits and '-', beginning with a letter: names become folders of a cache and parts of environment
 * variables. */
static bool check_name(const struct config_load *load, const struct yaml_node *node)
{
    struct slice name = node->key;
    bool ok = name.length > 0 && name.length <= LIMIT_ID_BYTES && name.at[0] >= 'a' && name.at[0] <= 'z';
    for (size_t i = 0; i < name.length; i++)
        ok &= (name.at[i] >= 'a' && name.at[i] <= 'z') || (name.at[i] >= '0' && name.at[i] <= '9') || name.at[i] == '-';
    if (ok)
        return true;
    return yaml_report(&load->reader, DIAG_CONFIG_VALUE, yaml_key_place(load->reader.file, node),
                       "use small letters, digits and '-', beginning with a letter",
                       "'%.*s' cannot be the name of a source", SLICE_ARGS(name));
}

/* What git check-ref-format(1) forbids, and a '-' in front. */
static bool is_ref(struct slice ref)
{
    if (ref.length == 0 || ref.length > 255 || strchr("-/.", ref.at[0]) || strchr("/.", ref.at[ref.length - 1]))
        return false;
    for (size_t i = 0; i < ref.length; i++) {
        char next = i + 1 < ref.length ? ref.at[i + 1] : 0;
        if ((unsigned char)ref.at[i] <= ' ' || ref.at[i] == 0x7F || strchr("~^:?*[\\", ref.at[i]))
            return false;
        if ((ref.at[i] == '.' && next == '.') || (ref.at[i] == '@' && next == '{') ||
            (ref.at[i] == '/' && next == '/') || (ref.at[i] == '/' && next == '.'))
            return false;
    }
    return !slice_ends_with(ref, ".lock");
}

static bool check_ref(const struct config_load *load, const struct yaml_node *node, const char *ref)
{
    if (!ref[0] || is_ref(slice_of(ref)))
        return true;
    return yaml_report(&load->reader, DIAG_CONFIG_VALUE, yaml_place(load->reader.file, node),
                       "name a branch, a tag or a commit, like main, v1.2 or 3f2a91c", "'%s' is no name of a ref", ref);
}

static bool check_tags(const struct config_load *load, const struct yaml_node *node, const struct source_spec *spec)
{
    bool selects = false;
    for (size_t i = 0; i < spec->tag_count; i++) {
        struct slice pattern = slice_from(slice_of(spec->tags[i]), spec->tags[i][0] == '!');
        if (pattern.length == 0)
            return yaml_report(&load->reader, DIAG_CONFIG_VALUE, yaml_place(load->reader.file, node),
                               "write patterns like 'v*', and '!v0.*' for what is left out",
                               "an empty pattern for tags");
        selects |= spec->tags[i][0] != '!';
    }
    if (spec->tag_count == 0 || selects)
        return true;
    return yaml_report(&load->reader, DIAG_CONFIG_VALUE, yaml_place(load->reader.file, node),
                       "put a pattern without '!' in front, like 'v*'", "the patterns for tags leave all of them out");
}

static bool check_edit(const struct config_load *load, const struct yaml_node *node, const char *edit)
{
    static const char *const names[] = {"ref", "path", "line"};
    if (!config_web_address(load, node, edit))
        return false;
    bool has_path = false;
    struct slice rest = slice_of(edit);
    for (size_t at = slice_find(rest, '{'); at < rest.length; at = slice_find(rest, '{')) {
        rest = slice_from(rest, at + 1);
        struct slice name = {rest.at, slice_find(rest, '}')};
        bool is_known = false;
        for (size_t i = 0; i < ARRAY_COUNT(names); i++)
            is_known |= slice_is(name, names[i]);
        if (!is_known)
            return yaml_report_name(&load->reader, DIAG_CONFIG_VALUE, yaml_place(load->reader.file, node), name, names,
                                    ARRAY_COUNT(names), "the edit address has an unknown part '{%.*s}'",
                                    SLICE_ARGS(name));
        has_path |= slice_is(name, "path");
    }
    if (has_path)
        return true;
    return yaml_report(&load->reader, DIAG_CONFIG_VALUE, yaml_place(load->reader.file, node),
                       "write it like https://example.org/edit/{ref}/{path}#L{line}",
                       "the edit address has no '{path}', so all pages would have the same");
}

static bool read_source(struct config_load *load, const struct yaml_node *node, struct source_spec *spec)
{
    static const struct yaml_row rows[] = {
        {"url", YAML_TEXT, .at = offsetof(struct source_spec, url), .required = true},
        {"ref", YAML_TEXT, .at = offsetof(struct source_spec, ref)},
        {"path", YAML_TEXT, .at = offsetof(struct source_spec, path)},
        {"tags", YAML_TEXTS, .at = offsetof(struct source_spec, tags),
         .count_at = offsetof(struct source_spec, tag_count)},
        {"next", YAML_BOOL, .at = offsetof(struct source_spec, next)},
        {"edit", YAML_TEXT, .at = offsetof(struct source_spec, edit)},
    };
    *spec = (struct source_spec){.name = node->key.at,
                                 .url = "",
                                 .ref = "",
                                 .path = "",
                                 .edit = "",
                                 .has_line = true,
                                 .at = (uint32_t)node->key_at,
                                 .length = (uint32_t)node->key_length};
    bool ok = check_name(load, node);
    if (!yaml_record(spec, &load->reader, node, rows, ARRAY_COUNT(rows), "a source"))
        ok = false;
    const struct yaml_node *url = yaml_get(node, "url");
    if (url && url->kind == YAML_SCALAR && !yaml_is_empty(url))
        ok &= config_url(load, url, spec);
    if (spec->path[0])
        ok &= config_folder(load, yaml_get(node, "path"), &spec->path);
    ok &= check_ref(load, yaml_get(node, "ref"), spec->ref);
    ok &= check_tags(load, yaml_get(node, "tags"), spec);
    if (spec->edit[0])
        ok &= check_edit(load, yaml_get(node, "edit"), spec->edit);
    return ok;
}

struct source_spec *config_add_source(struct config_load *load, const char *name, const char *path,
                                      const struct yaml_node *node)
{
    struct site_config *out = load->out;
    if (out->source_count == load->source_capacity) {
        load->source_capacity = out->source_count * 2 + 8;
        struct source_spec *sources = ARENA_ARRAY(load->arena, struct source_spec, load->source_capacity);
        if (out->source_count)
            memcpy(sources, out->sources, out->source_count * sizeof *sources);
        out->sources = sources;
    }
    struct source_spec *spec = &out->sources[out->source_count++];
    *spec =
        (struct source_spec){.name = name, .url = ".", .ref = "", .path = path, .edit = "", .has_line = node != NULL};
    if (node) {
        spec->at = (uint32_t)node->at;
        spec->length = (uint32_t)node->length;
    }
    return spec;
}

bool config_sources(struct config_load *load, const struct yaml_node *map)
{
    struct site_config *out = load->out;
    if (!map) {
        config_add_source(load, "base", config_has_folder(out->root, "content") ? "content" : "", NULL);
        return true;
    }
    if (!yaml_expect(&load->reader, map, YAML_MAPPING))
        return false;
    out->sources = ARENA_ARRAY(load->arena, struct source_spec, map->count);
    load->source_capacity = map->count;
    bool ok = true;
    for (const struct yaml_node *node = map->first; node; node = node->next)
        ok &= read_source(load, node, &out->sources[out->source_count++]);
    return ok;
}
