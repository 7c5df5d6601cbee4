/* Ids: what may be one, which stand twice, and those that headings get when
 * nobody wrote one. Two blocks whose conditions exclude each other may share an
 * id: only one of them is ever shown. */

#include "base/limits.h"
#include "base/table.h"
#include "parse/parts.h"
#include "text/normalise.h"
#include "text/unicode.h"
#include <stdlib.h>

bool id_check(struct parser *parser, struct slice id, uint32_t at, struct slice *normal)
{
    *normal = unicode_is_ascii(id) ? arena_slice(&parser->scratch, id) : text_nfc(&parser->scratch, id);
    size_t fault;
    struct slice word;
    uint32_t length = (uint32_t)id.length;
    if (!unicode_is_id(*normal, &fault)) {
        finding_add(parser, DIAG_ID_MALFORMED, at, length, "'%.*s' is no id", SLICE_ARGS(id));
        if (id.length > LIMIT_ID_BYTES)
            finding_help(parser, "an id has at most %d bytes", LIMIT_ID_BYTES);
        else
            finding_help(parser,
                         "an id is made of letters, digits, '-', '_' and '.', and begins with a letter or digit");
        return false;
    }
    if (slice_starts_with(*normal, "w--")) {
        finding_add(parser, DIAG_ID_RESERVED, at, length, "ids that begin with 'w--' belong to the theme");
        finding_help(parser, "begin it with another letter");
        return false;
    }
    if (unicode_is_mixed(*normal, &word)) {
        finding_add(parser, DIAG_ID_CONFUSABLE, at, length, "'%.*s' mixes letters of different scripts that look alike",
                    SLICE_ARGS(word));
        finding_help(parser, "type the id by hand instead of copying it");
    }
    return true;
}

uint32_t identifier_add(struct parser *parser, enum identifier_kind kind, uint32_t node, struct slice id, uint32_t at,
                        uint32_t length)
{
    struct document_builder *builder = &parser->builder;
    LIST_GROW(builder->identifiers, builder->identifier_count, builder->identifier_capacity);
    LIST_GROW(parser->identifier_conditions, parser->identifier_condition_count, parser->identifier_condition_capacity);
    parser->identifier_conditions[parser->identifier_condition_count++] = parser->condition;
    uint32_t index = (uint32_t)builder->identifier_count++;
    struct span span = document_pool_add(builder, id);
    builder->identifiers[index] =
        (struct identifier){.id = span, .kind = kind, .node = node, .at = at, .length = length};
    return index;
}

/* ---- conditions that exclude each other ---- */

static const struct attribute *find_attribute(const struct parser *parser, const struct directive *directive,
                                              struct slice key)
{
    for (uint32_t i = 0; i < directive->attribute_count; i++) {
        const struct attribute *attribute = &parser->builder.attributes[directive->first_attribute + i];
        if (slice_equal(pool_text(parser, attribute->key), key))
            return attribute;
    }
    return NULL;
}

static bool has_word(struct slice words, struct slice word)
{
    while ((words = slice_trim(words)).length) {
        size_t length = slice_find(words, ' ');
        if (slice_equal((struct slice){words.at, length}, word))
            return true;
        words = slice_from(words, length);
    }
    return false;
}

static bool share_word(struct slice a, struct slice b)
{
    while ((a = slice_trim(a)).length) {
        size_t length = slice_find(a, ' ');
        if (has_word(b, (struct slice){a.at, length}))
            return true;
        a = slice_from(a, length);
    }
    return false;
}

static bool directives_exclude(const struct parser *parser, const struct directive *a, const struct directive *b)
{
    bool a_only = slice_is(pool_text(parser, a->name), "only"), b_only = slice_is(pool_text(parser, b->name), "only");
    bool a_except = slice_is(pool_text(parser, a->name), "except"),
         b_except = slice_is(pool_text(parser, b->name), "except");
    for (uint32_t i = 0; i < a->attribute_count; i++) {
        const struct attribute *left = &parser->builder.attributes[a->first_attribute + i];
        const struct attribute *right = find_attribute(parser, b, pool_text(parser, left->key));
        if (!right)
            continue;
        struct slice left_words = pool_text(parser, left->value), right_words = pool_text(parser, right->value);
        if (a_only && b_only && !share_word(left_words, right_words))
            return true;
        if (((a_only && b_except) || (a_except && b_only)) && slice_equal(left_words, right_words) &&
            a->attribute_count == 1 && b->attribute_count == 1)
            return true;
    }
    return false;
}

static bool conditions_exclude(const struct parser *parser, uint32_t a, uint32_t b)
{
    if (a == b)
        return false;
    for (uint32_t i = a; i; i = parser->conditions[i - 1].parent)
        for (uint32_t j = b; j; j = parser->conditions[j - 1].parent)
            if (directives_exclude(parser, &parser->builder.directives[parser->conditions[i - 1].directive],
                                   &parser->builder.directives[parser->conditions[j - 1].directive]))
                return true;
    return false;
}

/* ---- the ids of one document ---- */

struct known {
    struct table by_key;  /* folded id → index of the identifier that has it first */
    uint32_t *next;       /* of each identifier: another one with the same key, or TABLE_NONE */
    struct table counted; /* automatic id → the last number that was given */
};

static struct slice fold_key(struct parser *parser, struct slice id)
{
    buffer_clear(&parser->work);
    unicode_fold(&parser->work, id);
    return arena_slice(&parser->scratch, buffer_view(&parser->work));
}

/* Of blocks that share an id because they exclude each other so many are compared with a new one: more
 * editions than this nobody lists in one file, and comparing all with all takes minutes. */
enum { SHARERS_MOST = 100 };

/* An identifier with this key that can stand on the same page, or TABLE_NONE. */
static uint32_t find_rival(const struct parser *parser, const struct known *known, struct slice key, uint32_t condition)
{
    unsigned compared = 0;
    for (uint32_t i = table_get(&known->by_key, key); i != TABLE_NONE && compared < SHARERS_MOST;
         i = known->next[i], compared++)
        if (!conditions_exclude(parser, condition, parser->identifier_conditions[i]))
            return i;
    return TABLE_NONE;
}

/* Whether the automatic id `id` would meet another one. An old anchor
 * (`<a name="elapsedTime">` under `### elapsedTime`) that differs in capital
 * letters is no rival: links to either lead to the same place. */
static bool is_taken(const struct parser *parser, const struct known *known, struct slice key, struct slice id,
                     uint32_t condition)
{
    for (uint32_t i = table_get(&known->by_key, key); i != TABLE_NONE; i = known->next[i]) {
        const struct identifier *other = &parser->builder.identifiers[i];
        if (other->kind == IDENTIFIER_ANCHOR && !slice_equal(pool_text(parser, other->id), id))
            continue;
        if (!conditions_exclude(parser, condition, parser->identifier_conditions[i]))
            return true;
    }
    return false;
}

static void remember(struct known *known, struct slice key, uint32_t index)
{
    uint32_t first = table_add(&known->by_key, key, index);
    if (first != index) {
        known->next[index] = known->next[first];
        known->next[first] = index;
    }
}

static uint32_t line_of(const struct parser *parser, uint32_t at)
{
    uint32_t line = 1;
    for (uint32_t i = 0; i < at; i++)
        line += parser->text[i] == '\n' || (parser->text[i] == '\r' && parser->text[i + 1] != '\n');
    return line;
}

static void report_rival(struct parser *parser, uint32_t index, uint32_t rival)
{
    const struct identifier *identifier = &parser->builder.identifiers[index];
    struct slice id = pool_text(parser, identifier->id);
    struct slice other = pool_text(parser, parser->builder.identifiers[rival].id);
    uint32_t line = parser->findings_dropped ? 0 : line_of(parser, parser->builder.identifiers[rival].at);
    if (slice_equal(id, other)) {
        finding_add(parser, DIAG_ANCHOR_DUPLICATE, identifier->at, identifier->length,
                    "the id '%.*s' stands twice in this file", SLICE_ARGS(id));
        finding_help(parser, "the other one is on line %u; give one of them another id", line);
    } else {
        finding_add(parser, DIAG_ANCHOR_CASE, identifier->at, identifier->length,
                    "the ids '%.*s' and '%.*s' differ in capital letters only", SLICE_ARGS(id), SLICE_ARGS(other));
        finding_help(parser, "the other one is on line %u; give one of them another id", line);
    }
}

static void take_written(struct parser *parser, struct known *known)
{
    for (uint32_t i = 0; i < parser->builder.identifier_count; i++) {
        struct slice id = pool_text(parser, parser->builder.identifiers[i].id);
        if (id.length == 0)
            continue;
        struct slice key = fold_key(parser, id);
        uint32_t rival = find_rival(parser, known, key, parser->identifier_conditions[i]);
        if (rival != TABLE_NONE)
            report_rival(parser, i, rival);
        remember(known, key, i);
    }
}

static void give_automatic(struct parser *parser, struct known *known, uint32_t index, struct section *section)
{
    struct document_builder *builder = &parser->builder;
    struct buffer *id = &parser->run;
    buffer_clear(id);
    unicode_heading_id(id, pool_text(parser, section->title));
    size_t base = id->length;
    struct slice key = fold_key(parser, buffer_view(id)), stem = key;
    uint32_t number = table_get(&known->counted, stem);
    number = number == TABLE_NONE ? 1 : number;
    while (is_taken(parser, known, key, buffer_view(id), parser->identifier_conditions[index])) {
        id->length = base;
        buffer_printf(id, "-%u", ++number);
        key = fold_key(parser, buffer_view(id));
    }
    table_set(&known->counted, stem, number);
    remember(known, key, index);
    section->id = document_pool_add(builder, buffer_view(id));
    builder->identifiers[index].id = section->id;
    buffer_clear(id);
}

void ids_settle(struct parser *parser)
{
    struct document_builder *builder = &parser->builder;
    if (builder->identifier_count == 0)
        return;
    struct known known = {.next = ARENA_ARRAY(&parser->scratch, uint32_t, builder->identifier_count)};
    memset(known.next, 0xFF, builder->identifier_count * sizeof *known.next);
    table_reserve(&known.by_key, builder->identifier_count);
    take_written(parser, &known);
    for (uint32_t i = 0; i < builder->identifier_count; i++) {
        struct identifier *identifier = &builder->identifiers[i];
        if (identifier->kind != IDENTIFIER_SECTION || identifier->id.length)
            continue;
        struct section *section = &builder->sections[builder->nodes[identifier->node].extra];
        if (section->id.length) /* taken from an operation, whose target may be aimed at twice */
            identifier->id = section->id;
        else
            give_automatic(parser, &known, i, section);
    }
    table_free(&known.by_key);
    table_free(&known.counted);
}
