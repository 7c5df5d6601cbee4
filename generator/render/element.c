/* See element.h. A value that points at a kind is `doc` or `doc#element`; one that
 * leads nowhere is shown as it is written. */

#include "render/element.h"
#include "render/links.h"

enum { FIELDS_MOST = 256 };

struct lines {
    const struct site *site;
    const struct variant *variant;
    struct slice from;
    struct arena *arena;
    struct html_field *items;
    uint32_t count;
};

static struct slice field_label(struct arena *arena, struct slice name)
{
    char *label = arena_copy(arena, name.at, name.length);
    for (size_t i = 0; i < name.length; i++)
        if (label[i] == '-' || label[i] == '_')
            label[i] = ' ';
    if (name.length && label[0] >= 'a' && label[0] <= 'z')
        label[0] = (char)(label[0] - 32);
    return (struct slice){label, name.length};
}

/* The kind that is pointed at gives the line its name, in the reader's language. */
static struct slice line_name(const struct lines *lines, const struct kind_field *field)
{
    const struct site_facts *facts = &lines->site->facts[lines->variant->edition];
    const char *tag = lines->site->config->languages[lines->variant->language].tag;
    if (field->type == KIND_REF && field->to_count == 1)
        return facts_kind_label(facts, facts->kinds[field->to[0]].name, tag);
    return field_label(lines->arena, field->name);
}

static void point(struct lines *lines, struct html_field *line, struct slice value)
{
    const struct edition *edition = &lines->site->editions[lines->variant->edition];
    size_t hash = slice_find(value, '#');
    struct slice id = {value.at, hash}, fragment = slice_from(value, hash + 1);
    uint32_t page = site_find_page(edition, id);
    line->text = value;
    if (page == NONE)
        return;
    const struct site_document *document = page_document(lines->site, &edition->pages[page]);
    struct slice to = output_of_page(lines->arena, lines->site, lines->variant, page);
    uint32_t identifier = fragment.length ? document_identifier(&document->facts, fragment) : NONE;
    if (fragment.length && identifier == NONE)
        return;
    struct slice title = document_identifier_title(&document->facts, identifier);
    line->text = identifier == NONE ? document->title : title.length ? title : fragment;
    line->href = identifier == NONE ? link_between(lines->arena, lines->from, to) : link_with_id(lines->arena, lines->from, to, fragment);
}

static void cite(struct lines *lines, struct html_field *line, struct slice value)
{
    const struct site_facts *facts = &lines->site->facts[lines->variant->edition];
    const char *tag = lines->site->config->languages[lines->variant->language].tag;
    if (slice_starts_with(value, "cite:"))
        value = slice_from(value, strlen("cite:"));
    size_t hash = slice_find(value, '#');
    struct slice key = {value.at, hash}, locator = slice_from(value, hash + 1);
    uint32_t index = facts_cite(facts, key);
    line->text = value;
    if (index == TABLE_NONE)
        return;
    line->text = facts_cite_short(facts, index, tag);
    if (locator.length) {
        struct slice label = facts_cite_locator(facts, index, locator, tag);
        line->text = slice_of(arena_printf(lines->arena, "%.*s, %.*s", SLICE_ARGS(line->text), SLICE_ARGS(label)));
    }
    line->href = link_with_id(lines->arena, lines->from, output_of_name(lines->arena, lines->variant, "references.html"), key);
}

static void add_line(struct lines *lines, const struct kind_field *field, struct slice value)
{
    const struct site_facts *facts = &lines->site->facts[lines->variant->edition];
    const char *tag = lines->site->config->languages[lines->variant->language].tag;
    if (value.length == 0 || lines->count == FIELDS_MOST)
        return;
    struct html_field *line = &lines->items[lines->count++];
    line->name = line_name(lines, field);
    line->text = value;
    switch (field->type) {
    case KIND_REF:
        point(lines, line, value);
        return;
    case KIND_CITE:
        cite(lines, line, value);
        return;
    case KIND_CHOICE: {
        struct slice label = field->choices == TABLE_NONE ? SLICE("") : facts_choice_label(facts, field->choices, value, tag);
        line->text = label.length ? label : value;
        return;
    }
    case KIND_TEXT:
    case KIND_INT:
    case KIND_BOOL:
    case KIND_DATE:
        return;
    }
}

static void add_values(struct lines *lines, const struct kind_field *field, struct slice value)
{
    bool is_list = field->is_many && field->type != KIND_TEXT;
    while (is_list && value.length) {
        value = slice_trim(value);
        size_t stop = slice_find(value, ' ');
        add_line(lines, field, (struct slice){value.at, stop});
        value = slice_from(value, stop);
    }
    if (!is_list)
        add_line(lines, field, value);
}

uint32_t element_fields(const struct site *site, const struct variant *variant, struct slice from,
                        const struct document *document, const struct directive *directive, struct arena *arena,
                        const struct html_field **fields)
{
    const struct site_facts *facts = &site->facts[variant->edition];
    uint32_t index = facts_kind(facts, document_text(document, directive->name));
    *fields = NULL;
    if (index == TABLE_NONE || directive->attribute_count == 0)
        return 0;
    const struct kind *kind = &facts->kinds[index];
    struct lines lines = {.site = site, .variant = variant, .from = from, .arena = arena};
    lines.items = ARENA_ARRAY(arena, struct html_field, FIELDS_MOST);
    for (size_t i = 0; i < kind->field_count; i++) {
        struct slice value;
        const char *name = arena_copy(arena, kind->fields[i].name.at, kind->fields[i].name.length);
        if (directive_attribute(document, directive, name, &value))
            add_values(&lines, &kind->fields[i], value);
    }
    *fields = lines.items;
    return lines.count;
}
