/* Joins what the sources of one edition contribute with what it inherits. Arrays
 * are copied only by editions that add to them: two hundred countries that share
 * a glossary share its memory. */

#include "settle/parts.h"

bool settle_is_own(const struct join *join, const struct layer *layer)
{
    return strcmp(layer->source->edition, join->edition->id) == 0;
}

/* Texts of `stronger` replace those of the same language; one for every language replaces all. */
static struct localised over(const struct join *join, struct localised weaker, struct localised stronger)
{
    if (stronger.count == 0)
        return weaker;
    struct localised_text *items = ARENA_ARRAY(join->load->arena, struct localised_text, weaker.count + stronger.count);
    size_t count = 0;
    bool is_for_all = false;
    for (size_t i = 0; i < stronger.count; i++) {
        items[count++] = stronger.items[i];
        is_for_all |= stronger.items[i].tag[0] == 0;
    }
    for (size_t i = 0; i < weaker.count && !is_for_all; i++) {
        bool is_hidden = false;
        for (size_t j = 0; j < stronger.count; j++)
            is_hidden |= strcmp(weaker.items[i].tag, stronger.items[j].tag) == 0;
        if (!is_hidden)
            items[count++] = weaker.items[i];
    }
    return (struct localised){items, count};
}

static void join_term(struct join *join, struct term *terms, const struct term *own)
{
    struct site_facts *facts = join->facts;
    uint32_t index = table_add(&facts->term_by_key, own->key, facts->term_count);
    struct term *term = &terms[index];
    if (index == facts->term_count) {
        facts->term_count++;
        *term = *own;
        return;
    }
    term->term = over(join, term->term, own->term);
    term->definition = over(join, term->definition, own->definition);
    if (own->also_count) {
        term->also = own->also;
        term->also_count = own->also_count;
    }
    if (own->forbidden_count) {
        term->forbidden = own->forbidden;
        term->forbidden_count = own->forbidden_count;
    }
    term->edition = own->edition;
    term->place = own->place;
}

static bool settle_twice(struct join *join, const struct fact_place *again, const struct fact_place *standing,
                         const char *what, struct slice key)
{
    struct diag where = {.offset = standing->at};
    diag_locate(&where, join->load->arena, standing->file->bytes);
    diag_add(join->load->diags, DIAG_DATA_DUPLICATE, (struct place){again->file, again->at, again->length},
             "the %s '%.*s' stands in %s:%u already", what, SLICE_ARGS(key), standing->file->path, where.line);
    return join->ok = diag_help(join->load->diags, "keep one of them");
}

static uint32_t count_own(const struct join *join, size_t field)
{
    uint32_t count = 0;
    for (size_t i = 0; i < join->layer_count; i++)
        if (settle_is_own(join, &join->layers[i]))
            count += *(const uint32_t *)((const char *)&join->layers[i] + field);
    return count;
}

static void copy_table(struct table *to, const struct term *terms, uint32_t count)
{
    table_reserve(to, count);
    for (uint32_t i = 0; i < count; i++)
        table_add(to, terms[i].key, i);
}

void settle_join_terms(struct join *join)
{
    struct site_facts *facts = join->facts;
    uint32_t own = count_own(join, offsetof(struct layer, term_count)), inherited = facts->term_count;
    if (own == 0 && join->parent)
        return;
    struct term *terms = ARENA_ARRAY(join->load->arena, struct term, inherited + own);
    if (inherited)
        memcpy(terms, facts->terms, inherited * sizeof *terms);
    facts->terms = terms;
    facts->term_by_key = (struct table){0};
    facts->owns |= 1u << FACTS_GLOSSARY;
    copy_table(&facts->term_by_key, terms, inherited);
    for (size_t i = 0; i < join->layer_count; i++)
        for (uint32_t j = 0; settle_is_own(join, &join->layers[i]) && j < join->layers[i].term_count; j++) {
            const struct term *term = &join->layers[i].terms[j];
            uint32_t standing = table_get(&facts->term_by_key, term->key);
            if (standing != TABLE_NONE && strcmp(terms[standing].edition, term->edition) == 0)
                settle_twice(join, &term->place, &terms[standing].place, "term", term->key);
            else
                join_term(join, terms, term);
        }
    for (uint32_t i = 0; i < facts->term_count; i++) {
        const struct term *term = &terms[i];
        if ((term->term.count && term->definition.count) || strcmp(term->edition, join->edition->id) != 0)
            continue;
        diag_add(join->load->diags, DIAG_KEY_MISSING,
                 (struct place){term->place.file, term->place.at, term->place.length},
                 "the term '%.*s' needs the key '%s'", SLICE_ARGS(term->key), term->term.count ? "definition" : "term");
        join->ok = diag_help(join->load->diags, "only a term that is inherited may leave it out");
    }
}

void settle_join_cites(struct join *join)
{
    struct site_facts *facts = join->facts;
    uint32_t own = count_own(join, offsetof(struct layer, cite_count)), inherited = facts->cite_count;
    if (own == 0 && join->parent)
        return;
    struct cite *cites = ARENA_ARRAY(join->load->arena, struct cite, inherited + own);
    if (inherited)
        memcpy(cites, facts->cites, inherited * sizeof *cites);
    facts->cites = cites;
    facts->cite_by_key = (struct table){0};
    facts->owns |= 1u << FACTS_CITES;
    for (uint32_t i = 0; i < inherited; i++)
        table_add(&facts->cite_by_key, cites[i].key, i);
    for (size_t i = 0; i < join->layer_count; i++)
        for (uint32_t j = 0; settle_is_own(join, &join->layers[i]) && j < join->layers[i].cite_count; j++) {
            const struct cite *cite = &join->layers[i].cites[j];
            uint32_t standing = table_add(&facts->cite_by_key, cite->key, facts->cite_count);
            if (standing < facts->cite_count && strcmp(cites[standing].edition, cite->edition) == 0) {
                settle_twice(join, &cite->place, &cites[standing].place, "reference", cite->key);
                continue;
            }
            cites[standing] = *cite;
            facts->cite_count += standing == facts->cite_count;
        }
}

static bool is_in_force(const struct param_value *value, int32_t date)
{
    return (!value->valid_from || value->valid_from <= date) && (!value->valid_until || date <= value->valid_until);
}

void settle_join_values(struct join *join)
{
    struct site_facts *facts = join->facts;
    uint32_t own = count_own(join, offsetof(struct layer, value_count));
    if (own == 0)
        return;
    struct param *params = ARENA_ARRAY(join->load->arena, struct param, facts->param_count);
    struct param_value *values = ARENA_ARRAY(join->load->arena, struct param_value, facts->value_count + own);
    memcpy(params, facts->params, facts->param_count * sizeof *params);
    if (facts->value_count)
        memcpy(values, facts->values, facts->value_count * sizeof *values);
    for (size_t i = 0; i < join->layer_count; i++)
        for (uint32_t j = 0; settle_is_own(join, &join->layers[i]) && j < join->layers[i].value_count; j++) {
            const struct param_value *value = &join->layers[i].values[j];
            values[facts->value_count] = *value;
            if (is_in_force(value, join->load->build_date))
                params[value->param].value = facts->value_count;
            facts->value_count++;
        }
    facts->params = params;
    facts->values = values;
}

/* One warning for an edition, at its country.yaml: the base alone cannot fill in what countries must. */
void settle_check_missing(const struct join *join, const struct diag_file *file)
{
    const struct site_facts *facts = join->facts;
    struct slice *names = ARENA_ARRAY(join->load->arena, struct slice, facts->param_count);
    size_t count = 0;
    for (uint32_t i = 0; i < facts->param_count; i++)
        if (facts->params[i].is_required && facts->params[i].value == TABLE_NONE)
            names[count++] = facts->params[i].name;
    if (count == 0 || !join->parent)
        return;
    diag_add(join->load->diags, DIAG_PARAM_MISSING, file ? place_file(file) : PLACE_RUN,
             "the edition '%s' does not fill in %zu of the parameters that the base requires", join->edition->id,
             count);
    diag_help(join->load->diags, "add to `params` of its country.yaml: %s",
              settle_names(join->load->arena, names, count));
}
