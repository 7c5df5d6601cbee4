/* The YAML header of a page: where it is, and a table of what its keys may hold.
 * yaml/ reads it strictly; here each value becomes rows of fields. */

#include "base/limits.h"
#include "base/suggest.h"
#include "parse/parts.h"
#include "text/normalise.h"
#include "text/unicode.h"
#include "yaml/read.h"

enum shape {
    SHAPE_TEXT,
    SHAPE_ID,
    SHAPE_TEXTS,
    SHAPE_NUMBER,
    SHAPE_DATE,
    SHAPE_BOOL,
    SHAPE_STATUS,
    SHAPE_NAV,       /* {after | before | under: ID} */
    SHAPE_RELATIONS, /* {NAME: ID or list of them} */
    SHAPE_L10N,      /* {sections: {ID: HASH}} */
    SHAPE_OVERLAY,
};

struct key_row {
    const char *key;
    enum field_key field;
    enum shape shape;
};

static const struct key_row keys[] = {
    {"id", FIELD_ID, SHAPE_ID},
    {"title", FIELD_TITLE, SHAPE_TEXT},
    {"description", FIELD_DESCRIPTION, SHAPE_TEXT},
    {"kind", FIELD_KIND, SHAPE_TEXT},
    {"order", FIELD_ORDER, SHAPE_NUMBER},
    {"nav", FIELD_NAV, SHAPE_NAV},
    {"aliases", FIELD_ALIASES, SHAPE_TEXTS},
    {"tags", FIELD_TAGS, SHAPE_TEXTS},
    {"audience", FIELD_AUDIENCE, SHAPE_TEXTS},
    {"status", FIELD_STATUS, SHAPE_STATUS},
    {"owner", FIELD_OWNER, SHAPE_TEXT},
    {"approved_by", FIELD_APPROVED_BY, SHAPE_TEXT},
    {"approved_on", FIELD_APPROVED_ON, SHAPE_DATE},
    {"review_by", FIELD_REVIEW_BY, SHAPE_DATE},
    {"valid_from", FIELD_VALID_FROM, SHAPE_DATE},
    {"valid_until", FIELD_VALID_UNTIL, SHAPE_DATE},
    {"classification", FIELD_CLASSIFICATION, SHAPE_TEXT},
    {"locked", FIELD_LOCKED, SHAPE_BOOL},
    {"relations", FIELD_RELATIONS, SHAPE_RELATIONS},
    {"l10n", FIELD_L10N_SECTIONS, SHAPE_L10N},
    {"overlay", FIELD_OVERLAY, SHAPE_OVERLAY},
};

struct sub_key {
    const char *key;
    enum shape shape;
};

static const struct sub_key nav_keys[] = {{"after", SHAPE_TEXT}, {"before", SHAPE_TEXT}, {"under", SHAPE_TEXT}};
static const struct sub_key overlay_keys[] = {
    {"reason", SHAPE_TEXT},      {"legal_basis", SHAPE_TEXT}, {"approved_by", SHAPE_TEXT},
    {"approved_on", SHAPE_DATE}, {"mode", SHAPE_TEXT},        {"base", SHAPE_TEXT},
};

static const char status_words[] = "draft review approved retired";
static const char mode_words[] = "replace-page remove-page";

struct reading {
    struct parser *parser;
    struct diag_file file;
    struct diag_list diags;
    struct yaml_reader reader;
};

/* ---- where it is ---- */

static size_t line_bytes(struct slice text, size_t from)
{
    size_t at = from;
    while (at < text.length && text.at[at] != '\n' && text.at[at] != '\r')
        at++;
    if (at < text.length && text.at[at] == '\r' && at + 1 < text.length && text.at[at + 1] == '\n')
        at++;
    return at + (at < text.length) - from;
}

static struct slice line_text(struct slice text, size_t from)
{
    return slice_trim((struct slice){text.at + from, line_bytes(text, from)});
}

static bool is_fence(struct slice text, size_t from)
{
    size_t length = line_bytes(text, from);
    return length >= 3 && text.at[from] == '-' && slice_is(line_text(text, from), "---");
}

/* Does the next line that is not blank begin like `key:`? */
static bool key_follows(struct slice text, size_t from)
{
    while (from < text.length && line_text(text, from).length == 0)
        from += line_bytes(text, from);
    struct slice line = from < text.length ? line_text(text, from) : (struct slice){0};
    size_t colon = slice_find(line, ':');
    if (colon == 0 || colon == line.length || (colon + 1 < line.length && line.at[colon + 1] != ' '))
        return false;
    for (size_t i = 0; i < colon; i++)
        if (!(line.at[i] >= 'a' && line.at[i] <= 'z') && line.at[i] != '_' && !(line.at[i] >= '0' && line.at[i] <= '9'))
            return false;
    return true;
}

/* `—-` and the like: what word processors make of three hyphens. */
static bool is_long_dash(struct slice line)
{
    bool has_long = false;
    while (line.length) {
        if (slice_starts_with(line, "\xE2\x80\x93") || slice_starts_with(line, "\xE2\x80\x94")) {
            has_long = true;
            line = slice_from(line, 3);
        } else if (line.at[0] == '-') {
            line = slice_from(line, 1);
        } else {
            return false;
        }
    }
    return has_long;
}

static void report_near_miss(struct parser *parser, struct slice text, size_t from)
{
    struct slice line = line_text(text, from);
    if (is_long_dash(line) && key_follows(text, from + line_bytes(text, from))) {
        finding_add(parser, DIAG_FRONT_MATTER_OPEN, (uint32_t)from, (uint32_t)line.length,
                    "the front matter begins with a dash instead of three hyphens");
        finding_help(parser, "write '---': a word processor has replaced the hyphens");
        return;
    }
    size_t at = from;
    while (at < text.length && line_text(text, at).length == 0)
        at += line_bytes(text, at);
    if (at > from && at < text.length && is_fence(text, at) && key_follows(text, at + line_bytes(text, at))) {
        finding_add(parser, DIAG_FRONT_MATTER_OPEN, (uint32_t)at, 3,
                    "the front matter does not begin on the first line");
        finding_help(parser, "remove the blank lines above '---'");
    }
}

/* The lines between the fences in `*yaml`, `*body` behind them. */
static bool split(struct parser *parser, struct slice text, size_t from, struct slice *yaml, size_t *body)
{
    *body = from;
    if (!is_fence(text, from)) {
        report_near_miss(parser, text, from);
        return false;
    }
    size_t begin = from + line_bytes(text, from);
    for (size_t at = begin; at < text.length; at += line_bytes(text, at))
        if (is_fence(text, at)) {
            *yaml = (struct slice){text.at + begin, at - begin};
            *body = at + line_bytes(text, at);
            return true;
        }
    if (key_follows(text, begin)) {
        finding_add(parser, DIAG_FRONT_MATTER_OPEN, (uint32_t)from, 3, "the front matter has no closing '---'");
        finding_help(parser, "add a line with only '---' after the last key");
    }
    return false;
}

/* ---- what its keys hold ---- */

static void add_field(struct parser *parser, enum field_key key, struct slice name, struct slice value, int64_t number,
                      const struct yaml_node *node)
{
    struct document_builder *builder = &parser->builder;
    LIST_GROW(builder->fields, builder->field_count, builder->field_capacity);
    struct span name_span = document_pool_add(builder, name), value_span = document_pool_add(builder, value);
    builder->fields[builder->field_count++] = (struct field){
        .key = key,
        .name = name_span,
        .value = value_span,
        .number = number,
        .at = (uint32_t)node->at,
        .length = (uint32_t)node->length,
    };
}

/* `known`: the keys there are, with blanks between them. */
static void unknown_key(struct reading *reading, const struct yaml_node *node, const char *known)
{
    char nearest[200];
    struct suggestion suggestion = {.wanted = node->key};
    for (struct slice rest = slice_of(known); rest.length; rest = slice_trim(rest)) {
        struct slice key = {rest.at, slice_find(rest, ' ')};
        suggest_offer(&suggestion, key);
        rest = slice_from(rest, key.length);
    }
    diag_add(&reading->diags, DIAG_FRONT_MATTER_UNKNOWN_KEY, yaml_key_place(&reading->file, node), "unknown key '%s'",
             node->key.at);
    suggest_text(&suggestion, nearest, sizeof nearest);
    if (nearest[0])
        diag_help(&reading->diags, "%s", nearest);
    else
        diag_help(&reading->diags, "the keys are %s", known);
}

/* The keys of a table, in the arena. */
static const char *known_keys(struct parser *parser, const char *const *first, size_t row_bytes, size_t count)
{
    buffer_clear(&parser->work);
    for (size_t i = 0; i < count; i++) {
        buffer_text(&parser->work, i ? " " : "");
        buffer_text(&parser->work, *(const char *const *)((const char *)first + i * row_bytes));
    }
    return arena_copy(&parser->scratch, parser->work.at, parser->work.length);
}

static void read_text(struct reading *reading, enum field_key key, struct slice name, const struct yaml_node *node)
{
    const char *value;
    if (yaml_read_text(&value, &reading->reader, node))
        add_field(reading->parser, key, name, slice_of(value), 0, node);
}

static void read_texts(struct reading *reading, enum field_key key, struct slice name, const struct yaml_node *node)
{
    if (node->kind != YAML_SEQUENCE) {
        read_text(reading, key, name, node);
        return;
    }
    for (const struct yaml_node *item = node->first; item; item = item->next)
        read_text(reading, key, name, item);
}

static void read_date(struct reading *reading, enum field_key key, struct slice name, const struct yaml_node *node)
{
    int32_t date;
    if (yaml_read_date(&date, &reading->reader, node))
        add_field(reading->parser, key, name, slice_trim(node->text), date, node);
}

/* Segments as in a path, each an id. */
static void read_id(struct reading *reading, const struct yaml_node *node)
{
    const char *text;
    if (!yaml_read_text(&text, &reading->reader, node))
        return;
    struct slice id = text_nfc(&reading->parser->scratch, slice_of(text)), rest = id;
    for (;;) {
        size_t slash = slice_find(rest, '/');
        if (!unicode_is_id((struct slice){rest.at, slash}, NULL)) {
            diag_add(&reading->diags, DIAG_FRONT_MATTER_VALUE, yaml_place(&reading->file, node),
                     "'%s' is no id of a document", text);
            diag_help(&reading->diags,
                      "an id is made of letters, digits, '-', '_' and '.', begins with a letter or digit, and may "
                      "have several such parts with '/' between them");
            return;
        }
        if (slash == rest.length)
            break;
        rest = slice_from(rest, slash + 1);
    }
    add_field(reading->parser, FIELD_ID, (struct slice){0}, id, 0, node);
}

static void read_sub_map(struct reading *reading, enum field_key key, const struct yaml_node *map,
                         const struct sub_key *rows, size_t row_count)
{
    if (!yaml_expect(&reading->reader, map, YAML_MAPPING))
        return;
    for (const struct yaml_node *node = map->first; node; node = node->next) {
        const struct sub_key *row = NULL;
        for (size_t i = 0; i < row_count && !row; i++)
            if (slice_is(node->key, rows[i].key))
                row = &rows[i];
        int choice;
        if (!row)
            unknown_key(reading, node, known_keys(reading->parser, &rows->key, sizeof *rows, row_count));
        else if (row->shape == SHAPE_DATE)
            read_date(reading, key, node->key, node);
        else if (!slice_is(node->key, "mode") || yaml_read_choice(&choice, &reading->reader, node, mode_words))
            read_text(reading, key, node->key, node);
    }
}

static void read_relations(struct reading *reading, const struct yaml_node *map)
{
    if (!yaml_expect(&reading->reader, map, YAML_MAPPING))
        return;
    for (const struct yaml_node *node = map->first; node; node = node->next)
        read_texts(reading, FIELD_RELATIONS, node->key, node);
}

static void read_l10n(struct reading *reading, const struct yaml_node *map)
{
    if (!yaml_expect(&reading->reader, map, YAML_MAPPING))
        return;
    for (const struct yaml_node *node = map->first; node; node = node->next) {
        if (!slice_is(node->key, "sections")) {
            unknown_key(reading, node, "sections");
        } else if (yaml_expect(&reading->reader, node, YAML_MAPPING)) {
            for (const struct yaml_node *pin = node->first; pin; pin = pin->next)
                read_text(reading, FIELD_L10N_SECTIONS, text_nfc(&reading->parser->scratch, pin->key), pin);
        }
    }
}

static void read_value(struct reading *reading, const struct key_row *row, const struct yaml_node *node)
{
    struct slice none = {0};
    int64_t number;
    bool flag;
    int choice;
    switch (row->shape) {
    case SHAPE_TEXT:
        read_text(reading, row->field, none, node);
        break;
    case SHAPE_ID:
        read_id(reading, node);
        break;
    case SHAPE_TEXTS:
        read_texts(reading, row->field, none, node);
        break;
    case SHAPE_DATE:
        read_date(reading, row->field, none, node);
        break;
    case SHAPE_NUMBER:
        if (yaml_read_int(&number, &reading->reader, node))
            add_field(reading->parser, row->field, none, node->text, number, node);
        break;
    case SHAPE_BOOL:
        if (yaml_read_bool(&flag, &reading->reader, node))
            add_field(reading->parser, row->field, none, flag ? SLICE("true") : SLICE("false"), flag, node);
        break;
    case SHAPE_STATUS:
        if (yaml_read_choice(&choice, &reading->reader, node, status_words))
            add_field(reading->parser, row->field, none, node->text, choice, node);
        break;
    case SHAPE_NAV:
        read_sub_map(reading, row->field, node, nav_keys, ARRAY_COUNT(nav_keys));
        if (node->kind == YAML_MAPPING && node->count != 1) {
            diag_add(&reading->diags, DIAG_FRONT_MATTER_VALUE, yaml_place(&reading->file, node), "'nav' says %u places",
                     node->count);
            diag_help(&reading->diags, "keep one of 'after', 'before' and 'under'");
        }
        break;
    case SHAPE_RELATIONS:
        read_relations(reading, node);
        break;
    case SHAPE_L10N:
        read_l10n(reading, node);
        break;
    case SHAPE_OVERLAY:
        read_sub_map(reading, row->field, node, overlay_keys, ARRAY_COUNT(overlay_keys));
        break;
    }
}

static void read_keys(struct reading *reading, const struct yaml_node *map)
{
    if (map->kind != YAML_MAPPING) {
        diag_add(&reading->diags, DIAG_FRONT_MATTER_VALUE, yaml_place(&reading->file, map),
                 "the front matter has no keys");
        diag_help(&reading->diags,
                  "write 'key: value' lines between the two '---'; for a line across the page write '***'");
        return;
    }
    for (const struct yaml_node *node = map->first; node; node = node->next) {
        const struct key_row *row = NULL;
        for (size_t i = 0; i < ARRAY_COUNT(keys) && !row; i++)
            if (slice_is(node->key, keys[i].key))
                row = &keys[i];
        if (row) {
            if (row->field == FIELD_OVERLAY)
                reading->parser->builder.flags |= DOCUMENT_IS_OVERLAY;
            read_value(reading, row, node);
            continue;
        }
        unknown_key(reading, node, known_keys(reading->parser, &keys->key, sizeof *keys, ARRAY_COUNT(keys)));
    }
}

static const struct field *find_field(const struct parser *parser, enum field_key key, const char *name)
{
    for (size_t i = 0; i < parser->builder.field_count; i++) {
        const struct field *field = &parser->builder.fields[i];
        struct slice has = pool_text(parser, field->name);
        if (field->key == key && slice_is(has, name))
            return field;
    }
    return NULL;
}

static void check_together(struct parser *parser)
{
    const struct field *from = find_field(parser, FIELD_VALID_FROM, ""),
                       *until = find_field(parser, FIELD_VALID_UNTIL, "");
    if (from && until && from->number > until->number) {
        finding_add(parser, DIAG_FRONT_MATTER_VALUE, until->at, until->length,
                    "'valid_until' is before 'valid_from': the page is never in force");
        finding_help(parser, "exchange the dates, or correct the year");
    }
}

/* Tokens of the title and the description are filled in like those of the body. */
static void find_tokens(struct parser *parser, enum field_key key)
{
    const struct field *field = find_field(parser, key, "");
    if (!field || !field->length)
        return;
    struct slice value = pool_text(parser, field->value);
    if (!memmem(value.at, value.length, "{{", 2))
        return;
    struct slice written = {parser->source.at + field->at, field->length};
    value = arena_slice(&parser->scratch, value);
    const char *hit = memmem(written.at, written.length, value.at, value.length);
    uint32_t at = hit ? (uint32_t)(hit - parser->source.at) : field->at;
    tokens_in_text(parser, 0, value, at, hit != NULL);
}

static void take_diags(struct parser *parser, const struct diag_list *diags)
{
    for (size_t i = 0; i < diags->count; i++) {
        const struct diag *diag = &diags->items[i];
        /* Bytes that are no text were reported already, for the file as a whole. */
        if (parser->is_patched &&
            (diag->code == DIAG_YAML_ENCODING || memchr(parser->source.at + diag->offset, 0, diag->length)))
            continue;
        finding_add(parser, diag->code, diag->offset, diag->length, "%s", diag->text);
        if (diag->help && diag->help[0])
            finding_help(parser, "%s", diag->help);
    }
}

void front_matter_read(struct parser *parser)
{
    struct slice source = parser->source, yaml;
    size_t from = slice_starts_with(source, "\xEF\xBB\xBF") ? 3 : 0, body;
    parser->body_at = (uint32_t)from;
    bool has_yaml = split(parser, source, from, &yaml, &body);
    parser->body_at = (uint32_t)body;
    if (!has_yaml)
        return;
    if (yaml.length > LIMIT_FRONT_MATTER_BYTES) {
        finding_add(parser, DIAG_DOCUMENT_LIMIT, (uint32_t)from, 3, "the front matter is longer than %d bytes",
                    LIMIT_FRONT_MATTER_BYTES);
        return;
    }
    struct reading reading = {.parser = parser, .file = {NULL, source}};
    reading.reader = (struct yaml_reader){.file = &reading.file, .arena = &parser->scratch, .diags = &reading.diags};
    const struct yaml_node *map;
    if (yaml_load(&map, &parser->scratch, &reading.file, yaml, &reading.diags))
        read_keys(&reading, map);
    take_diags(parser, &reading.diags);
    diag_list_free(&reading.diags);
    check_together(parser);
    find_tokens(parser, FIELD_TITLE);
    find_tokens(parser, FIELD_DESCRIPTION);
}
