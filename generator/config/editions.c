/* The editions: what each is made of, what it extends, and who may see it. */

#include "base/limits.h"
#include "config/parts.h"
#include <stdarg.h>

/* Names at the root of the output, and names that Windows keeps for devices: an edition's id becomes a folder. */
static const char *const reserved[] = {
    "aux",     "com1", "com2",     "com3", "com4", "com5",       "com6",  "com7", "com8", "com9",
    "compare", "con",  "coverage", "lpt1", "lpt2", "lpt3",       "lpt4",  "lpt5", "lpt6", "lpt7",
    "lpt8",    "lpt9", "manifest", "nul",  "prn",  "restricted", "theme", "v",
};

struct edition_fields {
    const char *source;
    const char **sources;
    size_t source_count;
    const char *path;
    const char *extends;
    const char *title;
    int visibility; /* index into "public restricted", -1 when absent */
    const struct yaml_node *languages, *languages_allowed, *nav;
};

static const struct yaml_row rows[] = {
    {"source", YAML_TEXT, .at = offsetof(struct edition_fields, source)},
    {"sources", YAML_TEXTS, .at = offsetof(struct edition_fields, sources),
     .count_at = offsetof(struct edition_fields, source_count)},
    {"path", YAML_TEXT, .at = offsetof(struct edition_fields, path)},
    {"extends", YAML_TEXT, .at = offsetof(struct edition_fields, extends)},
    {"visibility", YAML_CHOICE, .at = offsetof(struct edition_fields, visibility), .choices = "public restricted"},
    {"languages", YAML_NODE, .at = offsetof(struct edition_fields, languages)},
    {"languages_allowed", YAML_NODE, .at = offsetof(struct edition_fields, languages_allowed)},
    {"title", YAML_TEXT, .at = offsetof(struct edition_fields, title)},
    {"nav", YAML_LIST, .at = offsetof(struct edition_fields, nav)},
    {"language", YAML_ELSEWHERE, .choices = "it belongs into the edition's country.yaml"},
    {"params", YAML_ELSEWHERE, .choices = "it belongs into the edition's country.yaml"},
    {"contacts", YAML_ELSEWHERE, .choices = "it belongs into the edition's country.yaml"},
    {"about", YAML_ELSEWHERE, .choices = "it belongs into the edition's country.yaml"},
};

static bool refuse(const struct config_load *load, const struct yaml_node *node, const char *help, const char *format,
                   ...) __attribute__((format(printf, 4, 5)));

static bool refuse(const struct config_load *load, const struct yaml_node *node, const char *help, const char *format,
                   ...)
{
    va_list arguments;
    va_start(arguments, format);
    char text[512];
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return yaml_report(&load->reader, DIAG_CONFIG_VALUE, yaml_place(load->reader.file, node), help, "%s", text);
}

static bool check_id(const struct config_load *load, const struct yaml_node *node)
{
    struct slice id = node->key;
    struct place place = yaml_key_place(load->reader.file, node);
    bool ok = id.length > 0 && id.length <= LIMIT_ID_BYTES && id.at[0] >= 'a' && id.at[0] <= 'z';
    for (size_t i = 0; i < id.length; i++)
        ok &= (id.at[i] >= 'a' && id.at[i] <= 'z') || (id.at[i] >= '0' && id.at[i] <= '9') || id.at[i] == '-';
    if (!ok)
        return yaml_report(&load->reader, DIAG_CONFIG_VALUE, place,
                           "use small letters, digits and '-', beginning with a letter",
                           "'%.*s' cannot be the id of an edition", SLICE_ARGS(id));
    for (size_t i = 0; i < ARRAY_COUNT(reserved); i++)
        if (slice_is(id, reserved[i]))
            return yaml_report(&load->reader, DIAG_CONFIG_VALUE, place, "choose another id",
                               "'%.*s' is a name with a meaning of its own, and cannot be the id of an edition",
                               SLICE_ARGS(id));
    return true;
}

bool config_unknown(const struct config_load *load, const struct yaml_node *node, struct slice wanted,
                    const char *const *names, size_t count, const char *word)
{
    return yaml_report_name(&load->reader, DIAG_CONFIG_VALUE, yaml_place(load->reader.file, node), wanted, names, count,
                            "there is no %s '%.*s'", word, SLICE_ARGS(wanted));
}

static bool unknown_source(const struct config_load *load, const struct yaml_node *node, struct slice name)
{
    const struct site_config *out = load->out;
    const char **names = ARENA_ARRAY(load->arena, const char *, out->source_count);
    for (size_t i = 0; i < out->source_count; i++)
        names[i] = out->sources[i].name;
    return config_unknown(load, node, name, names, out->source_count, "source");
}

/* The item of a list of texts, or the single text itself. */
static const struct yaml_node *item_at(const struct yaml_node *node, size_t index)
{
    if (node->kind != YAML_SEQUENCE)
        return node;
    const struct yaml_node *item = node->first;
    while (index-- > 0)
        item = item->next;
    return item;
}

static bool claim_source(const struct config_load *load, const struct edition_spec *edition,
                         const struct yaml_node *node, const char *name)
{
    const struct site_config *out = load->out;
    if (!config_source(out, slice_of(name)))
        return unknown_source(load, node, slice_of(name));
    for (size_t i = 0; i < out->edition_count; i++)
        for (size_t j = 0; j < out->editions[i].source_count; j++)
            if (strcmp(out->editions[i].sources[j], name) == 0)
                return refuse(load, node, "a source belongs to one edition; others inherit it by `extends`",
                              "the source '%s' belongs to the edition '%s' already", name, out->editions[i].id);
    for (size_t j = 0; j < edition->source_count; j++)
        if (strcmp(edition->sources[j], name) == 0)
            return refuse(load, node, "keep one", "the source '%s' stands twice in the list", name);
    return true;
}

static bool one_source(struct config_load *load, struct edition_spec *edition, const char *name)
{
    edition->sources = ARENA_ARRAY(load->arena, const char *, 1);
    edition->sources[0] = name;
    edition->source_count = 1;
    return true;
}

/* `path: countries/xb` is short for a source that is named after the edition. */
static bool add_path_source(struct config_load *load, struct edition_spec *edition, const struct yaml_node *node,
                            const char *path)
{
    if (!config_folder(load, node, &path))
        return false;
    if (config_source(load->out, slice_of(edition->id)))
        return refuse(load, node, "name that source by `source`, or rename it",
                      "`path` makes a source called '%s', but there is one already", edition->id);
    config_add_source(load, edition->id, path, node);
    return one_source(load, edition, edition->id);
}

static bool read_sources(struct config_load *load, struct edition_spec *edition, const struct edition_fields *fields,
                         const struct yaml_node *node)
{
    const struct yaml_node *single = yaml_get(node, "source"), *list = yaml_get(node, "sources"),
                           *path = yaml_get(node, "path");
    if (!!single + !!list + !!path > 1)
        return yaml_report(&load->reader, DIAG_CONFIG_KEY, yaml_key_place(load->reader.file, node), "keep one of them",
                           "the edition '%s' has more than one of `source`, `sources` and `path`", edition->id);
    if (path && fields->path)
        return add_path_source(load, edition, path, fields->path);
    if (single && fields->source)
        return claim_source(load, edition, single, fields->source) && one_source(load, edition, fields->source);
    bool ok = true;
    edition->sources = ARENA_ARRAY(load->arena, const char *, fields->source_count);
    for (size_t i = 0; i < fields->source_count; i++) {
        if (claim_source(load, edition, item_at(list, i), fields->sources[i]))
            edition->sources[edition->source_count++] = fields->sources[i];
        else
            ok = false;
    }
    return ok;
}

static bool read_edition(struct config_load *load, const struct yaml_node *node, struct edition_spec *edition)
{
    struct edition_fields fields = {.visibility = -1};
    *edition = (struct edition_spec){.id = node->key.at,
                                     .extends = "",
                                     .title = "",
                                     .language = "",
                                     .at = (uint32_t)node->key_at,
                                     .length = (uint32_t)node->key_length};
    bool ok = check_id(load, node);
    if (yaml_is_empty(node))
        return ok; /* `xc:` alone: inherits everything */
    ok &= yaml_record(&fields, &load->reader, node, rows, ARRAY_COUNT(rows), "an edition");
    if (node->kind != YAML_MAPPING)
        return false;
    edition->extends = fields.extends ? fields.extends : "";
    edition->title = fields.title ? fields.title : "";
    edition->is_restricted = fields.visibility == 1;
    ok &= read_sources(load, edition, &fields, node);
    if (fields.languages)
        ok &= config_tags(load, fields.languages, &edition->languages, &edition->language_count);
    if (fields.languages_allowed)
        ok &=
            config_tags(load, fields.languages_allowed, &edition->languages_allowed, &edition->languages_allowed_count);
    if (fields.nav)
        ok &= nav_read(&edition->nav, &edition->nav_count, &load->reader, fields.nav);
    return ok;
}

/* The base that `sources` would have declared, when nobody wants it: an edition has named its folder by `path`. */
static void drop_implied_base(struct site_config *out, bool is_implied, bool root_has_sources)
{
    bool is_claimed = false;
    for (size_t i = 0; i < out->edition_count; i++)
        for (size_t j = 0; j < out->editions[i].source_count; j++)
            is_claimed |= strcmp(out->editions[i].sources[j], "base") == 0;
    if (!is_implied || is_claimed || !root_has_sources)
        return;
    out->source_count--;
    memmove(out->sources, out->sources + 1, out->source_count * sizeof *out->sources);
}

/* The root edition without sources of its own takes all that no other edition names. */
static void give_rest_to_root(struct config_load *load, struct edition_spec *root)
{
    struct site_config *out = load->out;
    if (root->source_count)
        return;
    root->sources = ARENA_ARRAY(load->arena, const char *, out->source_count);
    for (size_t i = 0; i < out->source_count; i++) {
        bool is_claimed = false;
        for (size_t j = 0; j < out->edition_count; j++)
            for (size_t k = 0; &out->editions[j] != root && k < out->editions[j].source_count; k++)
                is_claimed |= strcmp(out->editions[j].sources[k], out->sources[i].name) == 0;
        if (!is_claimed)
            root->sources[root->source_count++] = out->sources[i].name;
    }
}

/* Two sources that read the same files would make every page twice. */
static bool check_same_folder(const struct config_load *load)
{
    const struct site_config *out = load->out;
    bool ok = true;
    for (size_t i = 0; i < out->source_count; i++)
        for (size_t j = 0; j < i; j++) {
            const struct source_spec *a = &out->sources[j], *b = &out->sources[i];
            if (strcmp(a->url, b->url) != 0 || strcmp(a->path, b->path) != 0 || strcmp(a->ref, b->ref) != 0)
                continue;
            struct place place = {load->reader.file, b->at, b->length};
            ok = yaml_report(&load->reader, DIAG_CONFIG_VALUE, place, "give one of them another `path`, or remove it",
                             "the sources '%s' and '%s' read the same folder", a->name, b->name);
        }
    return ok;
}

static struct edition_spec *find_root(struct site_config *out)
{
    struct edition_spec *first = NULL;
    for (size_t i = 0; i < out->edition_count; i++) {
        struct edition_spec *edition = &out->editions[i];
        if (strcmp(edition->id, "global") == 0 && !edition->extends[0])
            return edition;
        if (!first && !edition->extends[0])
            first = edition;
    }
    return first;
}

static void only_edition(struct config_load *load)
{
    struct site_config *out = load->out;
    out->editions = ARENA_NEW(load->arena, struct edition_spec);
    out->editions[0] = (struct edition_spec){.id = "global", .extends = "", .title = "", .language = ""};
    out->edition_count = 1;
}

bool config_editions(struct config_load *load, const struct yaml_node *map)
{
    struct site_config *out = load->out;
    bool base_is_implied = out->source_count == 1 && !out->sources[0].has_line;
    if (map && !yaml_expect(&load->reader, map, YAML_MAPPING))
        return false;
    size_t count = map ? map->count : 0;
    if (count > LIMIT_EDITIONS)
        return refuse(load, map, "", "%zu editions; at most %d are read", count, LIMIT_EDITIONS);
    const struct yaml_node **nodes = ARENA_ARRAY(load->arena, const struct yaml_node *, count + 1);
    bool ok = true;
    if (count == 0)
        only_edition(load);
    else
        out->editions = ARENA_ARRAY(load->arena, struct edition_spec, count);
    for (const struct yaml_node *node = map ? map->first : NULL; node; node = node->next) {
        nodes[out->edition_count] = node;
        struct edition_spec edition;
        ok &= read_edition(load, node, &edition);
        out->editions[out->edition_count++] = edition;
    }
    struct edition_spec *root = find_root(out);
    if (root) {
        drop_implied_base(out, base_is_implied, root->source_count > 0);
        give_rest_to_root(load, root);
    }
    ok &= check_same_folder(load);
    return config_settle_tree(load, nodes) && ok;
}
