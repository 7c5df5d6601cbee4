/* params.yaml: the parameters that countries fill in, with type, default, choices
 * and meaning; and waivers.yaml, the permissions to change what is locked. */

#include "settle/parts.h"

/* [a-z][a-z0-9]*([._-][a-z0-9]+)*: what may stand between {{ and }}. */
static bool is_param_name(struct slice name)
{
    bool may_join = false;
    for (size_t i = 0; i < name.length; i++) {
        char c = name.at[i];
        bool is_letter = c >= 'a' && c <= 'z', is_digit = c >= '0' && c <= '9';
        bool is_joint = c == '.' || c == '_' || c == '-';
        if (i == 0 ? !is_letter : !(is_letter || is_digit || (is_joint && may_join)))
            return false;
        may_join = is_letter || is_digit;
    }
    return may_join && name.length <= 100;
}

struct param_texts {
    int type;
    const struct yaml_node *meaning, *initial, *choices, *min, *max;
    bool required;
};

static bool read_choices(const struct settle_load *load, const struct yaml_reader *reader, const struct yaml_node *node,
                         struct param *param)
{
    struct param_choice *choices = ARENA_ARRAY(load->arena, struct param_choice, node->count + 1);
    bool ok = true;
    if (node->kind == YAML_MAPPING) {
        for (const struct yaml_node *child = node->first; child; child = child->next) {
            struct param_choice *choice = &choices[param->choice_count++];
            choice->value = child->key;
            ok &= settle_text(load, reader, child, &choice->label);
        }
    } else {
        const char **texts = NULL;
        ok = yaml_read_texts(&texts, &param->choice_count, reader, node);
        for (size_t i = 0; ok && i < param->choice_count; i++)
            choices[i].value = slice_of(texts[i]);
    }
    param->choices = choices;
    if (!ok || param->choice_count)
        return ok;
    return yaml_report(reader, DIAG_VALUE_EMPTY, yaml_place(reader->file, node), "write [full, short, none]",
                       "%s is an empty list", yaml_subject(reader, node));
}

/* For a bool, choices are labels for `true` and `false`. */
static bool check_choices(const struct yaml_reader *reader, const struct yaml_node *node, const struct param *param)
{
    bool wants = param->type == PARAM_CHOICE, has = yaml_get(node, "choices") != NULL;
    if (wants != has && param->type != PARAM_BOOL)
        return yaml_report(reader, DIAG_VALUE_TYPE, yaml_key_place(reader->file, node),
                           "write {type: choice, choices: [full, short, none], …}",
                           "`choices` goes with the type choice, and with bool");
    for (size_t i = 0; param->type == PARAM_BOOL && i < param->choice_count; i++)
        if (!slice_is(param->choices[i].value, "true") && !slice_is(param->choices[i].value, "false"))
            return yaml_report(reader, DIAG_VALUE_TYPE, yaml_place(reader->file, yaml_get(node, "choices")),
                               "write {true: TEXT, false: TEXT}", "a bool has the choices true and false");
    return true;
}

/* `min` and `max` are values of the parameter's own type. */
static bool read_bound(const struct yaml_reader *reader, const struct yaml_node *node, const struct param *param,
                       bool *has, double *bound)
{
    int64_t number;
    int32_t date;
    if (!node)
        return true;
    *has = true;
    switch (param->type) {
    case PARAM_INT:
        if (!yaml_read_int(&number, reader, node))
            return false;
        *bound = (double)number;
        return true;
    case PARAM_DATE:
        if (!yaml_read_date(&date, reader, node))
            return false;
        *bound = date;
        return true;
    case PARAM_NUMBER:
        return settle_number(bound, reader, node);
    case PARAM_TEXT:
    case PARAM_URL:
    case PARAM_BOOL:
    case PARAM_CHOICE:
    case PARAM_TYPE_COUNT:
        break;
    }
    return yaml_report(reader, DIAG_VALUE_TYPE, yaml_key_place(reader->file, node), "leave it out",
                       "'%.*s' goes with the types int, number and date", SLICE_ARGS(node->key));
}

static bool read_default(struct settle_load *load, const struct yaml_reader *reader, const struct yaml_node *node,
                         struct site_facts *facts, struct param_value *values, struct param *param)
{
    struct param_value *value = &values[facts->value_count];
    *value = (struct param_value){.param = facts->param_count, .edition = "", .base = "", .source = ""};
    value->place = settle_place(reader, node);
    if (!settle_value(load, reader, node, param, value))
        return false;
    param->has_default = true;
    param->value = facts->value_count++;
    return true;
}

static bool read_param(struct settle_load *load, const struct yaml_reader *reader, const struct yaml_node *node,
                       struct site_facts *facts, struct param_value *values, struct param *param)
{
    static const struct yaml_row rows[] = {
        {"type", YAML_CHOICE, .at = offsetof(struct param_texts, type),
         .choices = "text int number date url bool choice", .required = true},
        {"meaning", YAML_NODE, .at = offsetof(struct param_texts, meaning), .required = true},
        {"default", YAML_NODE, .at = offsetof(struct param_texts, initial)},
        {"required", YAML_BOOL, .at = offsetof(struct param_texts, required)},
        {"choices", YAML_NODE, .at = offsetof(struct param_texts, choices)},
        {"min", YAML_NODE, .at = offsetof(struct param_texts, min)},
        {"max", YAML_NODE, .at = offsetof(struct param_texts, max)},
    };
    struct param_texts texts = {.type = PARAM_TEXT};
    *param = (struct param){.name = node->key, .value = TABLE_NONE, .place = settle_place(reader, node)};
    if (!is_param_name(node->key))
        return yaml_report(reader, DIAG_DATA_KEY, yaml_key_place(reader->file, node),
                           "use small letters and digits, with '.', '-' or '_' between words",
                           "'%.*s' cannot be the name of a parameter", SLICE_ARGS(node->key));
    if (!yaml_record(&texts, reader, node, rows, ARRAY_COUNT(rows), "a parameter"))
        return false;
    param->type = (enum param_type)texts.type;
    param->is_required = texts.required;
    bool ok = settle_text(load, reader, texts.meaning, &param->meaning);
    if (texts.choices)
        ok &= read_choices(load, reader, texts.choices, param);
    ok &= check_choices(reader, node, param);
    ok &= read_bound(reader, texts.min, param, &param->has_min, &param->min);
    ok &= read_bound(reader, texts.max, param, &param->has_max, &param->max);
    if (param->has_min && param->has_max && param->min > param->max)
        ok = yaml_report(reader, DIAG_VALUE_TYPE, yaml_place(reader->file, texts.max), "swap them",
                         "`max` is less than `min`");
    if (ok && texts.initial)
        ok = read_default(load, reader, texts.initial, facts, values, param);
    return ok;
}

bool settle_params(struct settle_load *load, struct site_facts *facts, const struct diag_file *file)
{
    struct yaml_reader reader = settle_reader(load, file);
    const struct yaml_node *root = settle_open(&reader);
    if (!root)
        return false;
    size_t most = facts->param_count + root->count;
    struct param *params = ARENA_ARRAY(load->arena, struct param, most);
    struct param_value *values = ARENA_ARRAY(load->arena, struct param_value, facts->value_count + root->count);
    if (facts->param_count)
        memcpy(params, facts->params, facts->param_count * sizeof *params);
    if (facts->value_count)
        memcpy(values, facts->values, facts->value_count * sizeof *values);
    facts->params = params;
    facts->values = values;
    bool ok = true;
    for (const struct yaml_node *node = root->first; node; node = node->next) {
        struct param *param = &params[facts->param_count];
        if (!read_param(load, &reader, node, facts, values, param)) {
            ok = false;
            continue;
        }
        uint32_t standing = table_add(&facts->param_by_name, param->name, facts->param_count);
        if (standing == facts->param_count)
            facts->param_count++;
        else
            ok = settle_duplicate(&reader, node, "parameter", &params[standing].place);
    }
    return ok;
}

/* ---- waivers.yaml ---- */

bool settle_waivers(struct settle_load *load, struct site_facts *facts, const struct diag_file *file)
{
    static const struct yaml_row rows[] = {
        {"edition", YAML_TEXT, .at = offsetof(struct waiver, edition), .required = true},
        {"target", YAML_TEXT, .at = offsetof(struct waiver, target), .required = true},
        {"approved_by", YAML_TEXT, .at = offsetof(struct waiver, approved_by), .required = true},
        {"approved_on", YAML_DATE, .at = offsetof(struct waiver, approved_on), .required = true},
        {"valid_until", YAML_DATE, .at = offsetof(struct waiver, valid_until)},
        {"reason", YAML_TEXT, .at = offsetof(struct waiver, reason), .required = true},
    };
    struct yaml_reader reader = settle_reader(load, file);
    const struct yaml_node *root = settle_open(&reader);
    if (!root)
        return false;
    struct waiver *waivers = ARENA_ARRAY(load->arena, struct waiver, facts->waiver_count + root->count);
    if (facts->waiver_count)
        memcpy(waivers, facts->waivers, facts->waiver_count * sizeof *waivers);
    facts->waivers = waivers;
    bool ok = true;
    for (const struct yaml_node *node = root->first; node; node = node->next) {
        struct waiver *waiver = &waivers[facts->waiver_count];
        *waiver = (struct waiver){.name = node->key, .place = settle_place(&reader, node)};
        if (!settle_check_key(&reader, node, "a waiver") ||
            !yaml_record(waiver, &reader, node, rows, ARRAY_COUNT(rows), "a waiver")) {
            ok = false;
            continue;
        }
        if (!config_edition(load->config, slice_of(waiver->edition)))
            ok = settle_unknown_edition(load, &reader, yaml_get(node, "edition"), waiver->edition);
        uint32_t standing = table_add(&facts->waiver_by_name, waiver->name, facts->waiver_count);
        if (standing == facts->waiver_count)
            facts->waiver_count++;
        else
            ok = settle_duplicate(&reader, node, "waiver", &waivers[standing].place);
    }
    return ok;
}
