/* references.yaml: instruments and publications that texts cite. Which keys an
 * entry must have is for its kind in schema.yaml to say; which it may have is
 * said here, because pages show them in places of their own. */

#include "settle/parts.h"

/* A row's fields, and a place for nodes that are read afterwards. */
struct cite_record {
    struct cite cite;
    const struct yaml_node *node;
};

static const struct yaml_row rows[] = {
    {"kind", YAML_TEXT, .at = offsetof(struct cite_record, cite.kind)},
    {"title", YAML_NODE, .at = offsetof(struct cite_record, node), .required = true},
    {"short", YAML_NODE, .at = offsetof(struct cite_record, node)},
    {"number", YAML_TEXT, .at = offsetof(struct cite_record, cite.number)},
    {"body", YAML_NODE, .at = offsetof(struct cite_record, node)},
    {"date", YAML_TEXT, .at = offsetof(struct cite_record, cite.date)},
    {"jurisdiction", YAML_TEXT, .at = offsetof(struct cite_record, cite.jurisdiction)},
    {"url", YAML_TEXT, .at = offsetof(struct cite_record, cite.url)},
    {"checked", YAML_BOOL, .at = offsetof(struct cite_record, cite.is_checked)},
    {"note", YAML_NODE, .at = offsetof(struct cite_record, node)},
    {"valid_from", YAML_DATE, .at = offsetof(struct cite_record, cite.valid_from)},
    {"valid_until", YAML_DATE, .at = offsetof(struct cite_record, cite.valid_until)},
    {"locators", YAML_MAP, .at = offsetof(struct cite_record, node)},
};

/* 1948, 1948-12 or 1948-12-10: of old instruments often no more is known. */
static bool is_partial_date(struct slice text)
{
    int32_t date;
    char whole[] = "0000-01-01";
    if (text.length != 4 && text.length != 7 && text.length != 10)
        return false;
    memcpy(whole, text.at, text.length);
    return date_read(&date, slice_of(whole));
}

static bool check_date(const struct yaml_reader *reader, const struct yaml_node *map, const char *date)
{
    if (!date[0] || is_partial_date(slice_of(date)))
        return true;
    return yaml_report(reader, DIAG_VALUE_TYPE, yaml_place(reader->file, yaml_get(map, "date")),
                       "write 1948-12-10, 1948-12 or 1948", "'date' must be a date, not '%s'", date);
}

static bool check_url(const struct yaml_reader *reader, const struct yaml_node *map, const char *url)
{
    if (!url[0] || (settle_is_address(slice_of(url)) && slice_starts_with(slice_of(url), "http")))
        return true;
    return yaml_report(reader, DIAG_VALUE_TYPE, yaml_place(reader->file, yaml_get(map, "url")),
                       "write one that begins with https://", "'url' must be a web address, not '%s'", url);
}

/* The kinds that the schema allows here; two that every site has when there is no schema. */
static bool check_kind(const struct settle_load *load, const struct yaml_reader *reader, const struct yaml_node *map,
                       const char *name)
{
    const struct site_facts *facts = load->root;
    const char **names = ARENA_ARRAY(load->arena, const char *, facts->kind_count + 2);
    size_t count = 0;
    for (uint32_t i = 0; i < facts->kind_count; i++)
        if (facts->kinds[i].forms & FORM_REFERENCE)
            names[count++] = facts->kinds[i].name.at;
    if (facts->kind_count == 0) {
        names[count++] = "instrument";
        names[count++] = "publication";
    }
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    const struct yaml_node *node = yaml_get(map, "kind");
    struct place place = node ? yaml_place(reader->file, node) : yaml_key_place(reader->file, map);
    return yaml_report_name(reader, DIAG_KIND_UNKNOWN, place, slice_of(name), names, count,
                            "'%s' is no kind of reference", name);
}

static bool check_required(const struct settle_load *load, const struct yaml_reader *reader,
                           const struct yaml_node *map, const char *name)
{
    uint32_t index = facts_kind(load->root, slice_of(name));
    bool ok = true;
    if (index == TABLE_NONE)
        return true;
    const struct kind *kind = &load->root->kinds[index];
    for (size_t i = 0; i < kind->field_count; i++)
        if (kind->fields[i].is_required && !slice_is(kind->fields[i].name, "title") &&
            !yaml_get(map, kind->fields[i].name.at))
            ok = yaml_report(reader, DIAG_KEY_MISSING, yaml_key_place(reader->file, map),
                             "schema.yaml requires it of this kind", "'%.*s' needs the key '%.*s'",
                             SLICE_ARGS(map->key), SLICE_ARGS(kind->fields[i].name));
    return ok;
}

static bool read_locators(const struct settle_load *load, const struct yaml_reader *reader, const struct yaml_node *map,
                          struct cite *cite)
{
    struct cite_locator *locators = ARENA_ARRAY(load->arena, struct cite_locator, map->count);
    bool ok = true;
    for (const struct yaml_node *node = map->first; node; node = node->next) {
        struct cite_locator *locator = &locators[cite->locator_count];
        locator->key = node->key;
        if (settle_check_key(reader, node, "a locator") && settle_text(load, reader, node, &locator->label))
            cite->locator_count++;
        else
            ok = false;
    }
    cite->locators = locators;
    return ok;
}

static bool is_row(struct slice name)
{
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        if (slice_is(name, rows[i].key))
            return true;
    return false;
}

/* The rows, and one for each field that only the schema knows. */
static bool read_record(const struct settle_load *load, const struct yaml_reader *reader, const struct yaml_node *node,
                        const struct kind *kind, struct cite_record *record)
{
    size_t count = 0, most = ARRAY_COUNT(rows) + (kind ? kind->field_count : 0);
    struct yaml_row *all = ARENA_ARRAY(load->arena, struct yaml_row, most);
    for (; count < ARRAY_COUNT(rows); count++)
        all[count] = rows[count];
    for (size_t i = 0; kind && i < kind->field_count; i++)
        if (!is_row(kind->fields[i].name))
            all[count++] = (struct yaml_row){
                .key = kind->fields[i].name.at, .type = YAML_NODE, .at = offsetof(struct cite_record, node)};
    return yaml_record(record, reader, node, all, count, "a reference");
}

static bool read_extras(const struct settle_load *load, const struct yaml_reader *reader, const struct yaml_node *map,
                        const struct kind *kind, struct cite *cite)
{
    struct cite_extra *extras = ARENA_ARRAY(load->arena, struct cite_extra, kind ? kind->field_count : 0);
    bool ok = true;
    for (size_t i = 0; kind && i < kind->field_count; i++) {
        struct slice name = kind->fields[i].name;
        if (is_row(name) || !yaml_get(map, name.at))
            continue;
        struct cite_extra *extra = &extras[cite->extra_count++];
        extra->field = name;
        ok &= settle_text_of(load, reader, map, name.at, &extra->value);
    }
    cite->extras = extras;
    return ok;
}

static bool read_cite(const struct settle_load *load, const struct yaml_reader *reader, const struct yaml_node *node,
                      struct cite *cite)
{
    const struct yaml_node *kind_node = yaml_get(node, "kind");
    uint32_t index = facts_kind(load->root, kind_node ? kind_node->text : slice_of(cite->kind));
    const struct kind *kind = index == TABLE_NONE ? NULL : &load->root->kinds[index];
    struct cite_record record = {.cite = *cite};
    bool ok = read_record(load, reader, node, kind, &record);
    if (node->kind != YAML_MAPPING)
        return false;
    *cite = record.cite;
    ok &= settle_text_of(load, reader, node, "title", &cite->title);
    ok &= settle_text_of(load, reader, node, "short", &cite->short_title);
    ok &= settle_text_of(load, reader, node, "body", &cite->body);
    ok &= settle_text_of(load, reader, node, "note", &cite->note);
    ok &= check_date(reader, node, cite->date);
    ok &= check_url(reader, node, cite->url);
    ok &= settle_check_period(reader, node, cite->valid_from, cite->valid_until);
    if (yaml_get(node, "locators") && yaml_get(node, "locators")->kind == YAML_MAPPING)
        ok &= read_locators(load, reader, yaml_get(node, "locators"), cite);
    if (!check_kind(load, reader, node, cite->kind))
        return false;
    ok &= read_extras(load, reader, node, kind, cite);
    return check_required(load, reader, node, cite->kind) && ok;
}

bool settle_references(struct settle_load *load, struct layer *layer, const struct diag_file *file)
{
    struct yaml_reader reader = settle_reader(load, file);
    const struct yaml_node *root = settle_open(&reader);
    if (!root)
        return false;
    layer->cites = ARENA_ARRAY(load->arena, struct cite, root->count);
    bool ok = true;
    for (const struct yaml_node *node = root->first; node; node = node->next) {
        struct cite *cite = &layer->cites[layer->cite_count];
        *cite = (struct cite){.key = node->key,
                              .kind = "instrument",
                              .number = "",
                              .date = "",
                              .jurisdiction = "",
                              .url = "",
                              .edition = layer->source->edition,
                              .place = settle_place(&reader, node)};
        if (settle_check_key(&reader, node, "a reference") && read_cite(load, &reader, node, cite))
            layer->cite_count++;
        else
            ok = false;
    }
    return ok;
}
