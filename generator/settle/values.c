/* Values of parameters: checked against their declaration, and put into the form
 * of each of the site's languages, so that pages need no formatting of their own. */

#include "base/buffer.h"
#include "settle/parts.h"
#include "text/format.h"
#include <stdlib.h>

static bool misfit(const struct yaml_reader *reader, const struct yaml_node *node, const struct param *param,
                   const char *text, const char *help)
{
    return yaml_report(reader, DIAG_PARAM_VALUE, yaml_place(reader->file, node), help, "'%.*s' %s",
                       SLICE_ARGS(param->name), text);
}

bool settle_number(double *out, const struct yaml_reader *reader, const struct yaml_node *node)
{
    const char *text;
    if (!yaml_read_text(&text, reader, node))
        return false;
    struct slice rest = slice_from(slice_of(text), text[0] == '-');
    size_t digits = 0, points = 0;
    for (size_t i = 0; i < rest.length; i++) {
        digits += rest.at[i] >= '0' && rest.at[i] <= '9';
        points += rest.at[i] == '.' && i > 0 && i + 1 < rest.length;
    }
    if (digits == 0 || points > 1 || digits + points != rest.length || digits > 15)
        return yaml_report(reader, DIAG_VALUE_TYPE, yaml_place(reader->file, node),
                           "write it with digits and a '.', like 30 or 2.5", "%s must be a number, not '%s'",
                           yaml_subject(reader, node), text);
    *out = strtod(text, NULL);
    return true;
}

static const char *bound_text(struct arena *arena, const struct param *param, double bound)
{
    int day = (int)bound;
    if (param->type != PARAM_DATE)
        return arena_printf(arena, "%.15g", bound);
    return arena_printf(arena, "%04d-%02d-%02d", day / 10000, day / 100 % 100, day % 100);
}

/* "at least 1", "at most 90", "from 1 to 90" */
static const char *range_text(struct arena *arena, const struct param *param)
{
    const char *min = bound_text(arena, param, param->min), *max = bound_text(arena, param, param->max);
    if (param->has_min && param->has_max)
        return arena_printf(arena, "must be from %s to %s", min, max);
    return arena_printf(arena, param->has_min ? "must be at least %s" : "must be at most %s",
                        param->has_min ? min : max);
}

static bool check_range(const struct yaml_reader *reader, const struct yaml_node *node, const struct param *param,
                        double number)
{
    if ((!param->has_min || number >= param->min) && (!param->has_max || number <= param->max))
        return true;
    return misfit(reader, node, param, range_text(reader->arena, param), "the range is declared in params.yaml");
}

/* One item for each of the site's languages. */
static struct localised_text *items_for_all(const struct settle_load *load)
{
    const struct site_config *config = load->config;
    struct localised_text *items = ARENA_ARRAY(load->arena, struct localised_text, config->language_count);
    for (size_t i = 0; i < config->language_count; i++)
        items[i].tag = config->languages[i].tag;
    return items;
}

static void show_formatted(const struct settle_load *load, struct param_value *value, enum param_type type,
                           double number)
{
    struct localised_text *items = items_for_all(load);
    for (size_t i = 0; i < load->config->language_count; i++) {
        struct format *format = format_new(items[i].tag);
        struct buffer text = BUFFER(1 << 10);
        if (type == PARAM_DATE)
            format_day(format, (int64_t)number, DATE_LONG, &text);
        else
            format_number(format, number, type == PARAM_INT ? 0 : 6, &text);
        items[i].text = arena_slice(load->arena, buffer_view(&text));
        buffer_free(&text);
        format_free(format);
    }
    value->shown = (struct localised){items, load->config->language_count};
}

static void show_label(struct param_value *value, const struct param *param, struct slice text)
{
    value->shown = value->text;
    for (size_t i = 0; i < param->choice_count; i++)
        if (slice_equal(param->choices[i].value, text) && param->choices[i].label.count)
            value->shown = param->choices[i].label;
}

static bool read_choice(const struct settle_load *load, const struct yaml_reader *reader, const struct yaml_node *node,
                        const struct param *param, struct param_value *value)
{
    const char *text;
    if (!yaml_read_text(&text, reader, node))
        return false;
    const char **names = ARENA_ARRAY(load->arena, const char *, param->choice_count);
    for (size_t i = 0; i < param->choice_count; i++) {
        names[i] = param->choices[i].value.at;
        if (strcmp(names[i], text) != 0)
            continue;
        value->text = settle_same(load->arena, slice_of(text));
        show_label(value, param, slice_of(text));
        return true;
    }
    return yaml_report_name(reader, DIAG_PARAM_VALUE, yaml_place(reader->file, node), slice_of(text), names,
                            param->choice_count, "'%.*s' cannot be '%s'", SLICE_ARGS(param->name), text);
}

static bool read_url(const struct settle_load *load, const struct yaml_reader *reader, const struct yaml_node *node,
                     const struct param *param, struct param_value *value)
{
    if (!settle_text(load, reader, node, &value->text))
        return false;
    for (size_t i = 0; i < value->text.count; i++)
        if (!settle_is_address(value->text.items[i].text))
            return misfit(reader, node, param, "must be an address",
                          "write one that begins with https:, http:, mailto: or tel:");
    value->shown = value->text;
    return true;
}

bool settle_value(const struct settle_load *load, const struct yaml_reader *reader, const struct yaml_node *node,
                  const struct param *param, struct param_value *value)
{
    int64_t integer;
    int32_t date;
    double number;
    bool truth;
    switch (param->type) {
    case PARAM_TEXT:
        if (!settle_text(load, reader, node, &value->text))
            return false;
        value->shown = value->text;
        return true;
    case PARAM_URL:
        return read_url(load, reader, node, param, value);
    case PARAM_CHOICE:
        return read_choice(load, reader, node, param, value);
    case PARAM_INT:
        if (!yaml_read_int(&integer, reader, node) || !check_range(reader, node, param, (double)integer))
            return false;
        number = (double)integer;
        break;
    case PARAM_NUMBER:
        if (!settle_number(&number, reader, node) || !check_range(reader, node, param, number))
            return false;
        break;
    case PARAM_DATE:
        if (!yaml_read_date(&date, reader, node) || !check_range(reader, node, param, date))
            return false;
        number = date;
        break;
    case PARAM_BOOL:
        if (!yaml_read_bool(&truth, reader, node))
            return false;
        value->text = settle_same(load->arena, node->text);
        show_label(value, param, node->text);
        return true;
    case PARAM_TYPE_COUNT:
    default:
        return false;
    }
    value->text = settle_same(load->arena, node->text);
    show_formatted(load, value, param->type, number);
    return true;
}

/* ---- the `params` of country.yaml ---- */

struct value_texts {
    const struct yaml_node *value;
    const char *not_applicable, *base, *source;
    int32_t valid_from, valid_until;
};

static bool check_base(const struct yaml_reader *reader, const struct yaml_node *map, const char *base)
{
    bool is_hash = strlen(base) == 12 && strspn(base, "0123456789abcdef") == 12;
    if (!base[0] || is_hash)
        return true;
    return yaml_report(reader, DIAG_VALUE_TYPE, yaml_place(reader->file, yaml_get(map, "base")),
                       "copy the hash that `waymark status` prints", "`base` must be 12 hexadecimal digits, not '%s'",
                       base);
}

static bool read_period(struct settle_load *load, const struct yaml_reader *reader, const struct yaml_node *node,
                        const struct param *param, struct param_value *value)
{
    static const struct yaml_row rows[] = {
        {"value", YAML_NODE, .at = offsetof(struct value_texts, value)},
        {"not_applicable", YAML_TEXT, .at = offsetof(struct value_texts, not_applicable)},
        {"base", YAML_TEXT, .at = offsetof(struct value_texts, base)},
        {"source", YAML_TEXT, .at = offsetof(struct value_texts, source)},
        {"valid_from", YAML_DATE, .at = offsetof(struct value_texts, valid_from)},
        {"valid_until", YAML_DATE, .at = offsetof(struct value_texts, valid_until)},
    };
    struct value_texts texts = {.base = "", .source = ""};
    if (node->kind != YAML_MAPPING)
        return settle_value(load, reader, node, param, value);
    if (!yaml_record(&texts, reader, node, rows, ARRAY_COUNT(rows), "the value of a parameter") ||
        !check_base(reader, node, texts.base))
        return false;
    if (!texts.value == !texts.not_applicable)
        return misfit(reader, node, param, "needs either a value or a reason why it does not apply",
                      "write {value: VALUE} or {not_applicable: REASON}");
    value->not_applicable = texts.not_applicable;
    value->base = texts.base;
    value->source = texts.source;
    value->valid_from = texts.valid_from;
    value->valid_until = texts.valid_until;
    if (!settle_check_period(reader, node, value->valid_from, value->valid_until))
        return false;
    return !texts.value || settle_value(load, reader, texts.value, param, value);
}

static bool overlaps(const struct param_value *a, const struct param_value *b)
{
    bool a_ends_first = a->valid_until && b->valid_from && a->valid_until < b->valid_from;
    bool b_ends_first = b->valid_until && a->valid_from && b->valid_until < a->valid_from;
    return !a_ends_first && !b_ends_first;
}

static bool add_period(struct settle_load *load, const struct yaml_reader *reader, struct layer *layer,
                       const struct yaml_node *node, uint32_t index, uint32_t first)
{
    const struct param *param = &load->root->params[index];
    struct param_value *value = &layer->values[layer->value_count];
    *value = (struct param_value){.param = index, .edition = layer->source->edition, .base = "", .source = ""};
    value->place = settle_place(reader, node);
    if (!read_period(load, reader, node, param, value))
        return false;
    for (uint32_t i = first; i < layer->value_count; i++)
        if (overlaps(&layer->values[i], value))
            return yaml_report(reader, DIAG_PARAM_PERIOD, yaml_place(reader->file, node),
                               "give the earlier one a `valid_until`, and the later one a `valid_from`",
                               "'%.*s' has two values for the same days", SLICE_ARGS(param->name));
    layer->value_count++;
    return true;
}

static bool unknown_param(const struct settle_load *load, const struct yaml_reader *reader,
                          const struct yaml_node *node)
{
    const struct site_facts *facts = load->root;
    const char **names = ARENA_ARRAY(load->arena, const char *, facts->param_count);
    for (uint32_t i = 0; i < facts->param_count; i++)
        names[i] = facts->params[i].name.at;
    return yaml_report_name(reader, DIAG_PARAM_UNKNOWN, yaml_key_place(reader->file, node), node->key, names,
                            facts->param_count, "the base declares no parameter '%.*s'", SLICE_ARGS(node->key));
}

bool settle_values(struct settle_load *load, const struct yaml_reader *reader, struct layer *layer,
                   const struct yaml_node *map)
{
    size_t most = 0;
    for (const struct yaml_node *node = map->first; node; node = node->next)
        most += node->kind == YAML_SEQUENCE ? node->count : 1;
    layer->values = ARENA_ARRAY(load->arena, struct param_value, most);
    bool ok = true;
    for (const struct yaml_node *node = map->first; node; node = node->next) {
        uint32_t index = facts_param(load->root, node->key), first = layer->value_count;
        if (index == TABLE_NONE) {
            ok = unknown_param(load, reader, node);
            continue;
        }
        bool is_list = node->kind == YAML_SEQUENCE;
        for (const struct yaml_node *item = is_list ? node->first : node; item; item = is_list ? item->next : NULL)
            ok &= add_period(load, reader, layer, item, index, first);
    }
    return ok;
}
