/* The languages of the site: their tags, names, directions and fallbacks. */

#include "config/parts.h"

/* Names that need not be written down, for sites without `languages` and for direction. */
static const struct {
    const char *tag, *name;
    bool is_rtl;
} known[] = {
    {"am", "አማርኛ", false},       {"ar", "العربية", true},   {"bn", "বাংলা", false},      {"ckb", "کوردی", true},
    {"de", "Deutsch", false},    {"dv", "ދިވެހި", true},       {"en", "English", false},    {"es", "Español", false},
    {"fa", "فارسی", true},       {"fr", "Français", false}, {"he", "עברית", true},       {"hi", "हिन्दी", false},
    {"id", "Indonesia", false},  {"it", "Italiano", false}, {"ja", "日本語", false},     {"km", "ខ្មែរ", false},
    {"ko", "한국어", false},     {"ms", "Melayu", false},   {"my", "မြန်မာ", false},      {"nl", "Nederlands", false},
    {"pl", "Polski", false},     {"ps", "پښتو", true},      {"pt", "Português", false},  {"ru", "Русский", false},
    {"sd", "سنڌي", true},        {"so", "Soomaali", false}, {"sw", "Kiswahili", false},  {"th", "ไทย", false},
    {"tr", "Türkçe", false},     {"ug", "ئۇيغۇرچە", true},  {"uk", "Українська", false}, {"ur", "اردو", true},
    {"vi", "Tiếng Việt", false}, {"yi", "ייִדיש", true},     {"zh", "中文", false},
};

static bool is_rtl_by_name(struct slice tag)
{
    /* A script beats the language: uz-Arab runs from right to left, ku-Latn does not. */
    static const char *const scripts[] = {"Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm", "Rohg"};
    struct slice script = slice_from(tag, slice_find(tag, '-') + 1);
    script.length = slice_find(script, '-');
    if (script.length == 4) {
        for (size_t i = 0; i < ARRAY_COUNT(scripts); i++)
            if (slice_is(script, scripts[i]))
                return true;
        return false;
    }
    struct slice language = {tag.at, slice_find(tag, '-')};
    for (size_t i = 0; i < ARRAY_COUNT(known); i++)
        if (slice_is(language, known[i].tag))
            return known[i].is_rtl;
    return false;
}

static const char *known_name(const char *tag)
{
    for (size_t i = 0; i < ARRAY_COUNT(known); i++)
        if (strcmp(known[i].tag, tag) == 0)
            return known[i].name;
    return tag;
}

enum letters { LOWER = 1, UPPER = 2, DIGIT = 4 };

static bool consists_of(struct slice text, unsigned letters)
{
    for (size_t i = 0; i < text.length; i++) {
        char c = text.at[i];
        unsigned kind = c >= 'a' && c <= 'z' ? LOWER : c >= 'A' && c <= 'Z' ? UPPER : c >= '0' && c <= '9' ? DIGIT : 8;
        if (!(kind & letters))
            return false;
    }
    return true;
}

/* language[-Script][-REGION][-variant…] of RFC 5646, in the case that it recommends: tags become names of folders and
 * files, and two that differ in case would be one on half of all systems. */
static bool is_tag(struct slice tag)
{
    size_t end = slice_find(tag, '-');
    struct slice part = {tag.at, end}, rest = slice_from(tag, end + 1);
    if (part.length < 2 || part.length > 3 || !consists_of(part, LOWER) || tag.length > 35)
        return false;
    bool may_be_script = true, may_be_region = true, ends_open = end + 1 == tag.length;
    while (rest.length && !ends_open) {
        end = slice_find(rest, '-');
        part = (struct slice){rest.at, end};
        ends_open = end + 1 == rest.length;
        rest = slice_from(rest, end + 1);
        struct slice tail = slice_from(part, 1), head = {part.at, part.length > 0};
        bool is_script = part.length == 4 && consists_of(head, UPPER) && consists_of(tail, LOWER);
        bool is_region =
            (part.length == 2 && consists_of(part, UPPER)) || (part.length == 3 && consists_of(part, DIGIT));
        bool is_variant = (part.length >= 5 && part.length <= 8 && consists_of(part, LOWER | DIGIT)) ||
                          (part.length == 4 && consists_of(head, DIGIT) && consists_of(tail, LOWER | DIGIT));
        if (is_script ? !may_be_script : is_region ? !may_be_region : !is_variant)
            return false;
        may_be_script = false;
        may_be_region = may_be_region && is_script;
    }
    return !ends_open;
}

static bool check_tag(const struct config_load *load, struct place place, struct slice tag)
{
    if (is_tag(tag))
        return true;
    return yaml_report(&load->reader, DIAG_CONFIG_VALUE, place,
                       "write it like en, pt-BR, zh-Hant or sr-Latn-RS, in exactly this case",
                       "'%.*s' is no language tag", SLICE_ARGS(tag));
}

static bool read_language(struct config_load *load, const struct yaml_node *node, struct language *language,
                          const struct yaml_node **fallback)
{
    enum { LTR, RTL };
    struct fields {
        const char *name;
        int direction;
        const struct yaml_node *fallback;
    } fields = {.direction = is_rtl_by_name(node->key)};
    static const struct yaml_row rows[] = {
        {"name", YAML_TEXT, .at = offsetof(struct fields, name), .required = true},
        {"dir", YAML_CHOICE, .at = offsetof(struct fields, direction), .choices = "ltr rtl"},
        {"fallback", YAML_NODE, .at = offsetof(struct fields, fallback)},
    };
    language->tag = node->key.at;
    language->name = known_name(language->tag);
    bool ok = check_tag(load, yaml_key_place(load->reader.file, node), node->key);
    if (node->kind == YAML_SCALAR)
        ok &= yaml_read_text(&language->name, &load->reader, node);
    else
        ok &= yaml_record(&fields, &load->reader, node, rows, ARRAY_COUNT(rows), "a language");
    if (fields.name)
        language->name = fields.name;
    language->is_rtl = fields.direction == RTL;
    *fallback = fields.fallback;
    return ok;
}

bool config_tags(const struct config_load *load, const struct yaml_node *node, const char ***tags, size_t *count)
{
    const struct site_config *config = load->out;
    if (!yaml_read_texts(tags, count, &load->reader, node))
        return false;
    const char **names = ARENA_ARRAY(load->arena, const char *, config->language_count);
    for (size_t i = 0; i < config->language_count; i++)
        names[i] = config->languages[i].tag;
    bool ok = true;
    const struct yaml_node *item = node->kind == YAML_SEQUENCE ? node->first : node;
    for (size_t i = 0; i < *count; i++, item = item->next) {
        struct slice tag = slice_of((*tags)[i]);
        if (!config_language(config, tag))
            ok = config_unknown(load, item, tag, names, config->language_count, "language");
        for (size_t j = 0; j < i; j++)
            if (slice_is(tag, (*tags)[j]))
                ok = yaml_report(&load->reader, DIAG_CONFIG_VALUE, yaml_place(load->reader.file, item), "keep one",
                                 "'%.*s' stands twice in the list", SLICE_ARGS(tag));
    }
    return ok;
}

static bool read_fallbacks(struct config_load *load, const struct yaml_node **fallbacks)
{
    bool ok = true;
    for (size_t i = 0; i < load->out->language_count; i++) {
        struct language *language = &load->out->languages[i];
        if (!fallbacks[i])
            continue;
        ok &= config_tags(load, fallbacks[i], &language->fallback, &language->fallback_count);
        for (size_t j = 0; j < language->fallback_count; j++)
            if (strcmp(language->fallback[j], language->tag) == 0)
                ok = yaml_report(&load->reader, DIAG_CONFIG_VALUE, yaml_place(load->reader.file, fallbacks[i]),
                                 "name other languages, best first", "'%s' falls back to itself", language->tag);
    }
    return ok;
}

static void add_only_language(struct config_load *load, const char *tag)
{
    struct language *language = ARENA_NEW(load->arena, struct language);
    *language = (struct language){.tag = tag, .name = known_name(tag), .is_rtl = is_rtl_by_name(slice_of(tag))};
    load->out->languages = language;
    load->out->language_count = 1;
    load->out->default_language = tag;
}

bool config_languages(struct config_load *load, const struct yaml_node *map, const struct yaml_node *default_language)
{
    struct site_config *out = load->out;
    const char *chosen = NULL;
    bool ok = !default_language || yaml_read_text(&chosen, &load->reader, default_language);
    ok &= !map || yaml_expect(&load->reader, map, YAML_MAPPING);
    if (!map || map->kind != YAML_MAPPING || map->count == 0) {
        if (chosen)
            ok &= check_tag(load, yaml_place(load->reader.file, default_language), slice_of(chosen));
        add_only_language(load, chosen ? chosen : "en");
        return ok;
    }
    out->languages = ARENA_ARRAY(load->arena, struct language, map->count);
    const struct yaml_node **fallbacks = ARENA_ARRAY(load->arena, const struct yaml_node *, map->count);
    for (const struct yaml_node *node = map->first; node; node = node->next, out->language_count++)
        ok &= read_language(load, node, &out->languages[out->language_count], &fallbacks[out->language_count]);
    ok &= read_fallbacks(load, fallbacks);
    out->default_language = chosen ? chosen : out->languages[0].tag;
    const char **tags;
    size_t count;
    return (chosen ? config_tags(load, default_language, &tags, &count) : true) && ok;
}
