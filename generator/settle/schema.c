/* schema.yaml: kinds of elements, their fields, and the relations between them.
 * Names are read first and looked up afterwards, so the order of the file is
 * free; everything that names something else is checked here, once. */

#include "settle/parts.h"

struct schema {
    const struct settle_load *load;
    const struct yaml_reader *reader;
    struct site_facts *facts;
    struct table choice_by_name;
    bool ok;
};

/* The children of `kinds`, `relations` or `choices`. */
struct names {
    const char **items;
    size_t count;
};

static struct names names_of(const struct schema *schema, const struct yaml_node *map)
{
    struct names names = {ARENA_ARRAY(schema->load->arena, const char *, map ? map->count + 1 : 1), 0};
    for (const struct yaml_node *node = map ? map->first : NULL; node; node = node->next)
        names.items[names.count++] = node->key.at;
    return names;
}

static bool check_name(struct schema *schema, const struct yaml_node *node, const char *what)
{
    struct slice name = node->key;
    bool is_name = name.length > 0 && name.length <= 100 && name.at[0] >= 'a' && name.at[0] <= 'z';
    for (size_t i = 0; i < name.length; i++)
        is_name &=
            (name.at[i] >= 'a' && name.at[i] <= 'z') || (name.at[i] >= '0' && name.at[i] <= '9') || name.at[i] == '-';
    if (is_name)
        return true;
    return schema->ok = yaml_report(schema->reader, DIAG_DATA_KEY, yaml_key_place(schema->reader->file, node),
                                    "use small letters, digits and '-', beginning with a letter",
                                    "'%.*s' cannot be the name of %s", SLICE_ARGS(name), what);
}

static bool unknown(struct schema *schema, const struct yaml_node *node, struct slice wanted, struct names names,
                    const char *what)
{
    return schema->ok = yaml_report_name(schema->reader, DIAG_SCHEMA, yaml_place(schema->reader->file, node), wanted,
                                         names.items, names.count, "there is no %s '%.*s'", what, SLICE_ARGS(wanted));
}

static bool contradiction(struct schema *schema, const struct yaml_node *node, const char *help, const char *text)
{
    return schema->ok =
               yaml_report(schema->reader, DIAG_SCHEMA, yaml_key_place(schema->reader->file, node), help, "%s", text);
}

/* A list of names, as indexes. */
static void read_indexes(struct schema *schema, const struct yaml_node *node, const struct table *table,
                         struct names names, const char *what, const uint32_t **out, size_t *count)
{
    const char **texts;
    size_t text_count;
    if (!yaml_read_texts(&texts, &text_count, schema->reader, node)) {
        schema->ok = false;
        return;
    }
    uint32_t *indexes = ARENA_ARRAY(schema->load->arena, uint32_t, text_count);
    const struct yaml_node *item = node->kind == YAML_SEQUENCE ? node->first : node;
    for (size_t i = 0; i < text_count; i++, item = item->next) {
        uint32_t index = table_get(table, slice_of(texts[i]));
        if (index == TABLE_NONE)
            unknown(schema, item, slice_of(texts[i]), names, what);
        else
            indexes[(*count)++] = index;
    }
    *out = indexes;
}

static void read_label(struct schema *schema, const struct yaml_node *map, const char *key, struct localised *out)
{
    schema->ok &= settle_text_of(schema->load, schema->reader, map, key, out);
}

/* ---- choices ---- */

static void read_choices(struct schema *schema, const struct yaml_node *map)
{
    struct site_facts *facts = schema->facts;
    struct choice_list *lists = ARENA_ARRAY(schema->load->arena, struct choice_list, map ? map->count : 0);
    for (const struct yaml_node *node = map ? map->first : NULL; node; node = node->next) {
        struct choice_list *list = &lists[facts->choice_list_count];
        if (!check_name(schema, node, "a list of choices") || !yaml_expect(schema->reader, node, YAML_MAPPING)) {
            schema->ok = false;
            continue;
        }
        struct choice *items = ARENA_ARRAY(schema->load->arena, struct choice, node->count);
        list->name = node->key;
        for (const struct yaml_node *child = node->first; child; child = child->next) {
            struct choice *choice = &items[list->count];
            choice->key = child->key;
            schema->ok &= settle_text(schema->load, schema->reader, child, &choice->label);
            list->count++;
        }
        list->items = items;
        table_add(&schema->choice_by_name, list->name, facts->choice_list_count++);
    }
    facts->choice_lists = lists;
}

/* ---- kinds ---- */

static unsigned read_forms(struct schema *schema, const struct yaml_node *list)
{
    static const char words[] = "document block item reference glossary";
    unsigned forms = 0;
    if (list->kind == YAML_SCALAR || list->count == 0)
        schema->ok &= yaml_expect(schema->reader, list, YAML_SEQUENCE);
    for (const struct yaml_node *item = list->first; item; item = item->next) {
        int choice;
        if (yaml_read_choice(&choice, schema->reader, item, words))
            forms |= 1u << choice;
        else
            schema->ok = false;
    }
    return forms;
}

struct field_texts {
    int type;
    const char *of, *relation;
    const struct yaml_node *to;
    bool many, required;
};

static void read_field(struct schema *schema, const struct yaml_node *node, struct kind_field *field,
                       struct names kinds, struct names choices, struct names relations)
{
    static const struct yaml_row rows[] = {
        {"type", YAML_CHOICE, .at = offsetof(struct field_texts, type), .choices = "text int bool date choice ref cite",
         .required = true},
        {"of", YAML_TEXT, .at = offsetof(struct field_texts, of)},
        {"to", YAML_NODE, .at = offsetof(struct field_texts, to)},
        {"many", YAML_BOOL, .at = offsetof(struct field_texts, many)},
        {"required", YAML_BOOL, .at = offsetof(struct field_texts, required)},
        {"relation", YAML_TEXT, .at = offsetof(struct field_texts, relation)},
    };
    struct field_texts texts = {.of = NULL};
    struct site_facts *facts = schema->facts;
    if (!yaml_record(&texts, schema->reader, node, rows, ARRAY_COUNT(rows), "a field")) {
        schema->ok = false;
        return;
    }
    *field = (struct kind_field){.name = node->key,
                                 .type = (enum kind_field_type)texts.type,
                                 .is_many = texts.many,
                                 .is_required = texts.required,
                                 .choices = TABLE_NONE,
                                 .relation = TABLE_NONE};
    bool is_choice = field->type == KIND_CHOICE, is_ref = field->type == KIND_REF;
    if (is_choice != !!texts.of)
        contradiction(schema, node, "write {type: choice, of: LIST}",
                      "`of` goes with the type choice, and only with it");
    if (is_ref != !!texts.to)
        contradiction(schema, node, "write {type: ref, to: [KIND]}", "`to` goes with the type ref, and only with it");
    bool may_relate = is_ref || field->type == KIND_CITE;
    if (texts.relation && !may_relate)
        contradiction(schema, node, "leave `relation` out", "only a field of the type ref or cite states a relation");
    if (is_choice && texts.of) {
        field->choices = table_get(&schema->choice_by_name, slice_of(texts.of));
        if (field->choices == TABLE_NONE)
            unknown(schema, yaml_get(node, "of"), slice_of(texts.of), choices, "list of choices");
    }
    if (is_ref && texts.to)
        read_indexes(schema, texts.to, &facts->kind_by_name, kinds, "kind", &field->to, &field->to_count);
    if (texts.relation && may_relate) {
        field->relation = table_get(&facts->relation_by_name, slice_of(texts.relation));
        if (field->relation == TABLE_NONE)
            unknown(schema, yaml_get(node, "relation"), slice_of(texts.relation), relations, "relation");
    }
}

struct kind_texts {
    const struct yaml_node *label, *plural, *forms, *fields;
    const char *of;
};

static void read_kind(struct schema *schema, const struct yaml_node *node, struct kind *kind, struct names kinds,
                      struct names choices, struct names relations)
{
    static const struct yaml_row rows[] = {
        {"label", YAML_NODE, .at = offsetof(struct kind_texts, label), .required = true},
        {"plural", YAML_NODE, .at = offsetof(struct kind_texts, plural)},
        {"forms", YAML_NODE, .at = offsetof(struct kind_texts, forms), .required = true},
        {"of", YAML_TEXT, .at = offsetof(struct kind_texts, of)},
        {"fields", YAML_MAP, .at = offsetof(struct kind_texts, fields)},
    };
    struct kind_texts texts = {.of = NULL};
    schema->ok &= yaml_record(&texts, schema->reader, node, rows, ARRAY_COUNT(rows), "a kind");
    kind->of = TABLE_NONE;
    read_label(schema, node, "label", &kind->label);
    read_label(schema, node, "plural", &kind->plural);
    if (texts.forms)
        kind->forms = read_forms(schema, texts.forms);
    if (texts.of) {
        kind->of = table_get(&schema->facts->kind_by_name, slice_of(texts.of));
        if (kind->of == TABLE_NONE)
            unknown(schema, yaml_get(node, "of"), slice_of(texts.of), kinds, "kind");
    }
    struct kind_field *fields =
        ARENA_ARRAY(schema->load->arena, struct kind_field, texts.fields ? texts.fields->count : 0);
    for (const struct yaml_node *child = texts.fields ? texts.fields->first : NULL; child; child = child->next)
        read_field(schema, child, &fields[kind->field_count++], kinds, choices, relations);
    kind->fields = fields;
}

/* ---- relations ---- */

struct relation_texts {
    const struct yaml_node *label, *inverse, *from, *to, *per_source;
    bool symmetric, same_kind;
};

static void read_per_source(struct schema *schema, const struct yaml_node *node, struct relation *relation)
{
    struct bounds {
        int64_t min, max;
    } bounds = {0, UINT32_MAX};
    static const struct yaml_row rows[] = {
        {"min", YAML_INT, .at = offsetof(struct bounds, min)},
        {"max", YAML_INT, .at = offsetof(struct bounds, max)},
    };
    schema->ok &= yaml_record(&bounds, schema->reader, node, rows, ARRAY_COUNT(rows), "`per_source`");
    if (bounds.min < 0 || bounds.max < 1 || bounds.min > bounds.max || bounds.max > UINT32_MAX) {
        contradiction(schema, node, "write {min: 0, max: 8}",
                      "`min` must be at least 0, and `max` at least 1 and `min`");
        return;
    }
    relation->least = (uint32_t)bounds.min;
    relation->most = (uint32_t)bounds.max;
}

static void read_relation(struct schema *schema, const struct yaml_node *node, struct relation *relation,
                          struct names kinds)
{
    static const struct yaml_row rows[] = {
        {"label", YAML_NODE, .at = offsetof(struct relation_texts, label), .required = true},
        {"inverse", YAML_NODE, .at = offsetof(struct relation_texts, inverse)},
        {"symmetric", YAML_BOOL, .at = offsetof(struct relation_texts, symmetric)},
        {"from", YAML_NODE, .at = offsetof(struct relation_texts, from), .required = true},
        {"to", YAML_NODE, .at = offsetof(struct relation_texts, to), .required = true},
        {"per_source", YAML_MAP, .at = offsetof(struct relation_texts, per_source)},
        {"same_kind", YAML_BOOL, .at = offsetof(struct relation_texts, same_kind)},
    };
    struct relation_texts texts = {.symmetric = false};
    const struct table *by_name = &schema->facts->kind_by_name;
    schema->ok &= yaml_record(&texts, schema->reader, node, rows, ARRAY_COUNT(rows), "a relation");
    relation->is_symmetric = texts.symmetric;
    relation->is_same_kind = texts.same_kind;
    relation->most = UINT32_MAX;
    read_label(schema, node, "label", &relation->label);
    read_label(schema, node, "inverse", &relation->inverse);
    if (texts.symmetric == !!texts.inverse && node->kind == YAML_MAPPING)
        contradiction(schema, node, "give it an `inverse`, or write `symmetric: true`",
                      "a relation has either an inverse or `symmetric: true`");
    if (texts.symmetric)
        relation->inverse = relation->label;
    if (texts.from)
        read_indexes(schema, texts.from, by_name, kinds, "kind", &relation->from, &relation->from_count);
    if (texts.to)
        read_indexes(schema, texts.to, by_name, kinds, "kind", &relation->to, &relation->to_count);
    if (texts.per_source)
        read_per_source(schema, texts.per_source, relation);
}

/* ---- what fields say about relations ---- */

static bool has_index(const uint32_t *indexes, size_t count, uint32_t wanted)
{
    for (size_t i = 0; i < count; i++)
        if (indexes[i] == wanted)
            return true;
    return false;
}

static void check_field_relation(struct schema *schema, const struct yaml_node *node, uint32_t kind,
                                 const struct kind_field *field)
{
    if (field->relation == TABLE_NONE || field->name.length == 0)
        return;
    const struct relation *relation = &schema->facts->relations[field->relation];
    const struct kind *kinds = schema->facts->kinds;
    if (!has_index(relation->from, relation->from_count, kind))
        contradiction(schema, node,
                      arena_printf(schema->load->arena, "add '%.*s' to its `from`", SLICE_ARGS(kinds[kind].name)),
                      arena_printf(schema->load->arena, "the relation '%.*s' does not lead from the kind '%.*s'",
                                   SLICE_ARGS(relation->name), SLICE_ARGS(kinds[kind].name)));
    for (size_t i = 0; i < field->to_count; i++)
        if (!has_index(relation->to, relation->to_count, field->to[i]))
            contradiction(
                schema, node,
                arena_printf(schema->load->arena, "add '%.*s' to its `to`", SLICE_ARGS(kinds[field->to[i]].name)),
                arena_printf(schema->load->arena, "the relation '%.*s' does not lead to the kind '%.*s'",
                             SLICE_ARGS(relation->name), SLICE_ARGS(kinds[field->to[i]].name)));
}

static void check_field_relations(struct schema *schema, const struct yaml_node *kinds)
{
    for (uint32_t i = 0; i < schema->facts->kind_count; i++) {
        const struct kind *kind = &schema->facts->kinds[i];
        const struct yaml_node *fields = yaml_get(yaml_get(kinds, kind->name.at), "fields");
        for (size_t j = 0; j < kind->field_count; j++)
            if (kind->fields[j].name.length)
                check_field_relation(schema, yaml_get(fields, kind->fields[j].name.at), i, &kind->fields[j]);
    }
}

/* ---- the file ---- */

static void name_kinds(struct schema *schema, const struct yaml_node *map, struct kind *kinds)
{
    for (const struct yaml_node *node = map ? map->first : NULL; node; node = node->next) {
        check_name(schema, node, "a kind");
        kinds[schema->facts->kind_count] =
            (struct kind){.name = node->key, .place = settle_place(schema->reader, node)};
        table_add(&schema->facts->kind_by_name, node->key, schema->facts->kind_count++);
    }
}

static void name_relations(struct schema *schema, const struct yaml_node *map, struct relation *relations)
{
    for (const struct yaml_node *node = map ? map->first : NULL; node; node = node->next) {
        check_name(schema, node, "a relation");
        uint32_t index = schema->facts->relation_count++;
        relations[index] = (struct relation){.name = node->key, .place = settle_place(schema->reader, node)};
        table_add(&schema->facts->relation_by_name, node->key, index);
    }
}

struct top {
    int64_t version;
    const struct yaml_node *choices, *kinds, *relations;
};

static void read_schema(struct schema *schema, const struct top *top)
{
    struct site_facts *facts = schema->facts;
    struct kind *kinds = ARENA_ARRAY(schema->load->arena, struct kind, top->kinds ? top->kinds->count : 0);
    struct relation *relations =
        ARENA_ARRAY(schema->load->arena, struct relation, top->relations ? top->relations->count : 0);
    facts->kinds = kinds;
    facts->relations = relations;
    name_kinds(schema, top->kinds, kinds);
    name_relations(schema, top->relations, relations);
    read_choices(schema, top->choices);
    struct names kind_names = names_of(schema, top->kinds), choice_names = names_of(schema, top->choices),
                 relation_names = names_of(schema, top->relations);
    uint32_t i = 0;
    for (const struct yaml_node *node = top->kinds ? top->kinds->first : NULL; node; node = node->next)
        read_kind(schema, node, &kinds[i++], kind_names, choice_names, relation_names);
    i = 0;
    for (const struct yaml_node *node = top->relations ? top->relations->first : NULL; node; node = node->next)
        read_relation(schema, node, &relations[i++], kind_names);
    check_field_relations(schema, top->kinds);
}

bool settle_schema(struct settle_load *load, struct site_facts *facts, const struct diag_file *file)
{
    static const struct yaml_row rows[] = {
        {"version", YAML_INT, .at = offsetof(struct top, version)},
        {"choices", YAML_MAP, .at = offsetof(struct top, choices)},
        {"kinds", YAML_MAP, .at = offsetof(struct top, kinds)},
        {"relations", YAML_MAP, .at = offsetof(struct top, relations)},
    };
    struct yaml_reader reader = settle_reader(load, file);
    const struct yaml_node *root = settle_open(&reader);
    if (!root)
        return false;
    struct schema schema = {.load = load, .reader = &reader, .facts = facts, .ok = true};
    struct top top = {.version = 1};
    schema.ok = yaml_record(&top, &reader, root, rows, ARRAY_COUNT(rows), "schema.yaml");
    if (top.version != 1)
        schema.ok = yaml_report(&reader, DIAG_SCHEMA, yaml_place(file, yaml_get(root, "version")),
                                "this program reads version 1", "the schema has version %lld", (long long)top.version);
    read_schema(&schema, &top);
    table_free(&schema.choice_by_name);
    return schema.ok;
}
