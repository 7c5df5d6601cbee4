/* Look-ups in the facts of an edition. `facts` may be NULL everywhere: a site
 * without data files has no parameters, terms or kinds. */

#include "model/facts.h"

static void free_table(struct site_facts *facts, enum facts_part part, struct table *table)
{
    if (facts->owns & 1u << part)
        table_free(table);
    *table = (struct table){0};
}

void facts_free(struct site_facts *facts)
{
    free_table(facts, FACTS_PARAMS, &facts->param_by_name);
    free_table(facts, FACTS_GLOSSARY, &facts->term_by_key);
    free_table(facts, FACTS_CITES, &facts->cite_by_key);
    free_table(facts, FACTS_SCHEMA, &facts->kind_by_name);
    free_table(facts, FACTS_SCHEMA, &facts->relation_by_name);
    free_table(facts, FACTS_WAIVERS, &facts->waiver_by_name);
}

static const struct localised_text *text_in(const struct localised *text, struct slice tag)
{
    for (size_t i = 0; i < text->count; i++)
        if (slice_is(tag, text->items[i].tag))
            return &text->items[i];
    return NULL;
}

/* In the language itself, or in its tag cut from the right. */
static const struct localised_text *text_near(const struct localised *text, struct slice tag)
{
    while (tag.length) {
        const struct localised_text *found = text_in(text, tag);
        if (found)
            return found;
        while (tag.length && tag.at[tag.length - 1] != '-')
            tag.length--;
        if (tag.length)
            tag.length--;
    }
    return NULL;
}

static const struct localised_text *choose(const struct site_config *config, const struct localised *text,
                                           const char *tag)
{
    const struct localised_text *found = text_near(text, slice_of(tag));
    const struct language *language = config && !found ? config_language(config, slice_of(tag)) : NULL;
    for (size_t i = 0; language && i < language->fallback_count && !found; i++)
        found = text_near(text, slice_of(language->fallback[i]));
    if (!found)
        found = text_in(text, SLICE(""));
    if (!found && config)
        found = text_near(text, slice_of(config->default_language));
    return found ? found : text->items;
}

struct slice facts_text(const struct site_facts *facts, const struct localised *text, const char *tag,
                        const char **found)
{
    if (found)
        *found = "";
    if (text->count == 0)
        return SLICE("");
    const struct localised_text *chosen = choose(facts ? facts->config : NULL, text, tag);
    if (found)
        *found = chosen->tag;
    return chosen->text;
}

uint64_t facts_key(const struct site_facts *facts, enum facts_part part)
{
    return facts ? facts->keys[part] : 0;
}

uint32_t facts_param(const struct site_facts *facts, struct slice name)
{
    return facts ? table_get(&facts->param_by_name, name) : TABLE_NONE;
}

uint32_t facts_term(const struct site_facts *facts, struct slice key)
{
    return facts ? table_get(&facts->term_by_key, key) : TABLE_NONE;
}

uint32_t facts_cite(const struct site_facts *facts, struct slice key)
{
    return facts ? table_get(&facts->cite_by_key, key) : TABLE_NONE;
}

uint32_t facts_kind(const struct site_facts *facts, struct slice name)
{
    return facts ? table_get(&facts->kind_by_name, name) : TABLE_NONE;
}

uint32_t facts_relation(const struct site_facts *facts, struct slice name)
{
    return facts ? table_get(&facts->relation_by_name, name) : TABLE_NONE;
}

uint32_t facts_waiver(const struct site_facts *facts, struct slice name)
{
    return facts ? table_get(&facts->waiver_by_name, name) : TABLE_NONE;
}

bool facts_param_value(const struct site_facts *facts, uint32_t index, const char *tag, struct slice *out)
{
    uint32_t value = facts->params[index].value;
    if (value == TABLE_NONE || facts->values[value].not_applicable)
        return false;
    *out = facts_text(facts, &facts->values[value].shown, tag, NULL);
    return true;
}

struct slice facts_param_meaning(const struct site_facts *facts, uint32_t index, const char *tag)
{
    return facts_text(facts, &facts->params[index].meaning, tag, NULL);
}

uint32_t facts_term_count(const struct site_facts *facts)
{
    return facts ? facts->term_count : 0;
}

struct slice facts_term_key(const struct site_facts *facts, uint32_t index)
{
    return facts->terms[index].key;
}

struct slice facts_term_text(const struct site_facts *facts, uint32_t index, const char *tag)
{
    return facts_text(facts, &facts->terms[index].term, tag, NULL);
}

struct slice facts_term_definition(const struct site_facts *facts, uint32_t index, const char *tag)
{
    return facts_text(facts, &facts->terms[index].definition, tag, NULL);
}

uint32_t facts_cite_count(const struct site_facts *facts)
{
    return facts ? facts->cite_count : 0;
}

struct slice facts_cite_key(const struct site_facts *facts, uint32_t index)
{
    return facts->cites[index].key;
}

struct slice facts_cite_title(const struct site_facts *facts, uint32_t index, const char *tag)
{
    return facts_text(facts, &facts->cites[index].title, tag, NULL);
}

struct slice facts_cite_short(const struct site_facts *facts, uint32_t index, const char *tag)
{
    struct slice text = facts_text(facts, &facts->cites[index].short_title, tag, NULL);
    return text.length ? text : facts_cite_title(facts, index, tag);
}

struct slice facts_cite_locator(const struct site_facts *facts, uint32_t index, struct slice locator, const char *tag)
{
    const struct cite *cite = &facts->cites[index];
    for (size_t i = 0; i < cite->locator_count; i++)
        if (slice_equal(cite->locators[i].key, locator))
            return facts_text(facts, &cite->locators[i].label, tag, NULL);
    return locator;
}

struct slice facts_kind_label(const struct site_facts *facts, struct slice name, const char *tag)
{
    uint32_t kind = facts_kind(facts, name);
    return kind == TABLE_NONE ? SLICE("") : facts_text(facts, &facts->kinds[kind].label, tag, NULL);
}

struct slice facts_choice_label(const struct site_facts *facts, uint32_t choice_list, struct slice key, const char *tag)
{
    const struct choice_list *list = &facts->choice_lists[choice_list];
    for (size_t i = 0; i < list->count; i++)
        if (slice_equal(list->items[i].key, key))
            return facts_text(facts, &list->items[i].label, tag, NULL);
    return SLICE("");
}
