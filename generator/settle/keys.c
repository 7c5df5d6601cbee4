/* A hash of each part of an edition's facts: a page that shows one of them is
 * rendered again when it changes. Lengths stand before texts, so that moving a
 * letter from one text to the next is a change. */

#include "base/buffer.h"
#include "base/hash.h"
#include "settle/parts.h"

static void add_text(struct buffer *key, struct slice text)
{
    uint64_t length = text.length;
    buffer_append(key, &length, sizeof length);
    buffer_slice(key, text);
}

static void add_localised(struct buffer *key, const struct localised *text)
{
    add_text(key, (struct slice){NULL, 0});
    for (size_t i = 0; i < text->count; i++) {
        add_text(key, slice_of(text->items[i].tag));
        add_text(key, text->items[i].text);
    }
}

static void param_key(struct buffer *key, const struct site_facts *facts)
{
    for (uint32_t i = 0; i < facts->param_count; i++) {
        const struct param *param = &facts->params[i];
        add_text(key, param->name);
        add_localised(key, &param->meaning);
        if (param->value == TABLE_NONE)
            continue;
        const struct param_value *value = &facts->values[param->value];
        add_localised(key, &value->shown);
        add_text(key, slice_of(value->not_applicable ? value->not_applicable : ""));
        add_text(key, slice_of(value->source));
    }
}

static void glossary_key(struct buffer *key, const struct site_facts *facts)
{
    for (uint32_t i = 0; i < facts->term_count; i++) {
        const struct term *term = &facts->terms[i];
        add_text(key, term->key);
        add_localised(key, &term->term);
        add_localised(key, &term->definition);
        add_localised(key, &(struct localised){term->also, term->also_count});
        add_localised(key, &(struct localised){term->forbidden, term->forbidden_count});
    }
}

static void cites_key(struct buffer *key, const struct site_facts *facts)
{
    for (uint32_t i = 0; i < facts->cite_count; i++) {
        const struct cite *cite = &facts->cites[i];
        const struct localised *texts[] = {&cite->title, &cite->short_title, &cite->body, &cite->note};
        const char *const words[] = {cite->kind, cite->number, cite->date, cite->jurisdiction, cite->url};
        const int32_t numbers[] = {cite->is_checked, cite->valid_from, cite->valid_until};
        add_text(key, cite->key);
        for (size_t j = 0; j < ARRAY_COUNT(texts); j++)
            add_localised(key, texts[j]);
        for (size_t j = 0; j < ARRAY_COUNT(words); j++)
            add_text(key, slice_of(words[j]));
        buffer_append(key, numbers, sizeof numbers);
        for (size_t j = 0; j < cite->locator_count; j++) {
            add_text(key, cite->locators[j].key);
            add_localised(key, &cite->locators[j].label);
        }
        for (size_t j = 0; j < cite->extra_count; j++) {
            add_text(key, cite->extras[j].field);
            add_localised(key, &cite->extras[j].value);
        }
    }
}

static void country_key(struct buffer *key, const struct country *country)
{
    if (!country)
        return;
    add_localised(key, &country->title);
    add_localised(key, &country->about);
    for (size_t i = 0; i < country->contact_count; i++) {
        const struct contact *contact = &country->contacts[i];
        const struct localised *texts[] = {&contact->name, &contact->role, &contact->address, &contact->hours,
                                           &contact->note};
        for (size_t j = 0; j < ARRAY_COUNT(texts); j++)
            add_localised(key, texts[j]);
        add_text(key, slice_of(contact->phone));
        add_text(key, slice_of(contact->email));
        add_text(key, slice_of(contact->url));
    }
}

static void make_key(struct site_facts *facts, enum facts_part part, struct buffer *bytes)
{
    facts->keys[part] = bytes->length ? hash64(buffer_view(bytes)) : 0;
    buffer_clear(bytes);
}

/* Schema and waivers are the root's, and are hashed as they stand in their files. */
void settle_keys(struct site_facts *facts, const struct site_facts *parent, const struct layer *layers,
                 size_t layer_count)
{
    struct buffer bytes = BUFFER(1 << 30);
    param_key(&bytes, facts);
    make_key(facts, FACTS_PARAMS, &bytes);
    if (!parent || facts->owns & 1u << FACTS_GLOSSARY) {
        glossary_key(&bytes, facts);
        make_key(facts, FACTS_GLOSSARY, &bytes);
    }
    if (!parent || facts->owns & 1u << FACTS_CITES) {
        cites_key(&bytes, facts);
        make_key(facts, FACTS_CITES, &bytes);
    }
    country_key(&bytes, facts->country);
    make_key(facts, FACTS_COUNTRY, &bytes);
    for (size_t i = 0; !parent && i < layer_count; i++)
        if (layers[i].source->schema)
            add_text(&bytes, layers[i].source->schema->bytes);
    if (!parent)
        make_key(facts, FACTS_SCHEMA, &bytes);
    for (size_t i = 0; !parent && i < layer_count; i++)
        if (layers[i].source->waivers)
            add_text(&bytes, layers[i].source->waivers->bytes);
    if (!parent)
        make_key(facts, FACTS_WAIVERS, &bytes);
    buffer_free(&bytes);
}
