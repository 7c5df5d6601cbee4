/* Reads every source's data files once and joins them for each edition, from the
 * root down: what an edition does not change it shares with its parent. */

#include "settle/settle.h"
#include "settle/parts.h"

static const struct {
    const char *name;
    size_t at;
} files[] = {
    {"params.yaml", offsetof(struct settle_source, params)},
    {"schema.yaml", offsetof(struct settle_source, schema)},
    {"waivers.yaml", offsetof(struct settle_source, waivers)},
    {"glossary.yaml", offsetof(struct settle_source, glossary)},
    {"references.yaml", offsetof(struct settle_source, references)},
    {"country.yaml", offsetof(struct settle_source, country)},
};

const char *settle_file_name(size_t index)
{
    return index < ARRAY_COUNT(files) ? files[index].name : NULL;
}

const struct diag_file **settle_file(struct settle_source *source, struct slice name)
{
    for (size_t i = 0; i < ARRAY_COUNT(files); i++)
        if (slice_is(name, files[i].name))
            return (const struct diag_file **)((char *)source + files[i].at);
    return NULL;
}

/* ---- files where they do not belong ---- */

static bool refuse_file(const struct settle_load *load, const struct diag_file *file, const char *text,
                        const char *help)
{
    if (!file)
        return true;
    diag_add(load->diags, DIAG_DATA_ELSEWHERE, place_file(file), "%s", text);
    return diag_help(load->diags, "%s", help);
}

static bool check_files(const struct settle_load *load, const struct settle_source *source, bool is_root)
{
    if (is_root)
        return refuse_file(load, source->country, "the root edition has no country.yaml",
                           "its title, languages and nav stand in waymark.yaml, under `editions`");
    bool ok = refuse_file(load, source->params, "only the base declares parameters",
                          "fill them in under `params` of country.yaml");
    ok &= refuse_file(load, source->schema, "only the base declares kinds and relations",
                      "ask the owners of the base for what is missing");
    return refuse_file(load, source->waivers, "only the base gives waivers", "ask the owners of the base for one") &&
           ok;
}

/* ---- all editions ---- */

static size_t edition_index(const struct site_config *config, const char *id)
{
    size_t i = 0;
    while (i < config->edition_count && strcmp(config->editions[i].id, id) != 0)
        i++;
    return i;
}

/* Schema before references, parameters before their values. */
static bool read_root(struct settle_load *load, const struct settle_source *sources, size_t count)
{
    struct site_facts *root = load->root;
    bool ok = true;
    root->owns = ~0u;
    for (size_t i = 0; i < count; i++) {
        const struct settle_source *source = &sources[i];
        bool is_root = strcmp(source->edition, load->config->editions[0].id) == 0;
        ok &= check_files(load, source, is_root);
        if (!is_root)
            continue;
        if (source->schema && root->kind_count)
            ok = refuse_file(load, source->schema, "another source of the base has a schema.yaml already",
                             "join the two files");
        else if (source->schema)
            ok &= settle_schema(load, root, source->schema);
        if (source->params)
            ok &= settle_params(load, root, source->params);
        if (source->waivers)
            ok &= settle_waivers(load, root, source->waivers);
    }
    return ok;
}

static bool read_layers(struct settle_load *load, struct layer *layers, const struct settle_source *sources,
                        size_t count)
{
    struct site_config *config = load->config;
    bool ok = true;
    for (size_t i = 0; i < count; i++) {
        const struct settle_source *source = &sources[i];
        struct layer *layer = &layers[i];
        size_t edition = edition_index(config, source->edition);
        layer->source = source;
        if (source->glossary)
            ok &= settle_glossary(load, layer, source->glossary);
        if (source->references)
            ok &= settle_references(load, layer, source->references);
        if (source->country && edition > 0 && edition < config->edition_count)
            ok &= settle_country(load, layer, &config->editions[edition], source->country);
    }
    return ok;
}

static bool join_edition(struct settle_load *load, struct site_facts *facts, size_t index, const struct layer *layers,
                         size_t layer_count)
{
    const struct edition_spec *edition = &load->config->editions[index];
    size_t above = edition->extends[0] ? edition_index(load->config, edition->extends) : index;
    const struct site_facts *parent = above < index ? &facts[above] : NULL;
    struct join join = {load, edition, layers, layer_count, parent, &facts[index], true};
    const struct diag_file *country_file = NULL;
    if (parent) {
        *join.facts = *parent;
        join.facts->owns = 0;
        join.facts->country = NULL;
    }
    for (size_t i = 0; i < layer_count; i++) {
        if (!settle_is_own(&join, &layers[i]) || !layers[i].country)
            continue;
        if (join.facts->country)
            join.ok = refuse_file(load, layers[i].source->country,
                                  "another source of the edition has a country.yaml already", "join the two files");
        join.facts->country = layers[i].country;
        country_file = layers[i].source->country;
    }
    settle_join_terms(&join);
    settle_join_cites(&join);
    settle_join_values(&join);
    settle_check_missing(&join, country_file);
    settle_keys(join.facts, parent, layers, layer_count);
    return join.ok;
}

bool settle_editions(struct site_facts *facts, struct arena *arena, struct site_config *config,
                     const struct settle_source *sources, size_t source_count, int32_t build_date,
                     struct diag_list *diags)
{
    memset(facts, 0, config->edition_count * sizeof *facts);
    facts[0].config = config;
    struct settle_load load = {arena, config, diags, &facts[0], build_date};
    struct layer *layers = ARENA_ARRAY(arena, struct layer, source_count);
    bool ok = read_root(&load, sources, source_count);
    ok &= read_layers(&load, layers, sources, source_count);
    for (size_t i = 0; i < config->edition_count; i++)
        ok &= join_edition(&load, facts, i, layers, source_count);
    return ok;
}
