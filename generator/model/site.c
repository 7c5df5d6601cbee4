/* Paths of the output and how one leads to another. */

#include "model/site.h"

struct slice page_path(struct arena *arena, const struct site *site, const struct edition_page *page)
{
    struct slice stem = page_document(site, page)->stem;
    return slice_of(arena_printf(arena, "%.*s.html", SLICE_ARGS(stem)));
}

const char *file_shown_path(struct arena *arena, const struct site *site, uint32_t file)
{
    const struct file_entry *entry = &site->files->items[file];
    return arena_printf(arena, "%s%.*s", site->files->sources[entry->source].label, SLICE_ARGS(entry->path));
}

static bool passes_in_path(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-._~/!$'()*,;@", c);
}

static void append_encoded(struct buffer *out, struct slice path)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < path.length; i++) {
        unsigned char c = (unsigned char)path.at[i];
        if (c && passes_in_path(c)) {
            buffer_byte(out, (char)c);
            continue;
        }
        const char escaped[3] = {'%', digits[c >> 4], digits[c & 15]};
        buffer_append(out, escaped, sizeof escaped);
    }
}

void path_relative(struct buffer *out, struct slice from, struct slice to)
{
    size_t shared = 0; /* bytes of folders that both have, with the '/' */
    for (size_t i = 0; i < from.length && i < to.length && from.at[i] == to.at[i]; i++)
        if (from.at[i] == '/')
            shared = i + 1;
    for (size_t i = shared; i < from.length; i++)
        if (from.at[i] == '/')
            buffer_text(out, "../");
    append_encoded(out, slice_from(to, shared));
}

struct slice site_kind_label(const struct site *site, uint32_t edition, struct slice kind, const char *tag)
{
    return kind.length ? facts_kind_label(&site->facts[edition], kind, tag) : SLICE("");
}

struct slice site_choice_label(const struct site *site, uint32_t edition, const char *list, struct slice key, const char *tag)
{
    const struct site_facts *facts = &site->facts[edition];
    for (uint32_t i = 0; i < facts->choice_list_count; i++) {
        if (!slice_is(facts->choice_lists[i].name, list))
            continue;
        struct slice label = facts_choice_label(facts, i, key, tag);
        return label.length ? label : key;
    }
    return key;
}

bool site_has_page(const struct site *site, uint32_t edition, const char *name)
{
    const struct site_facts *facts = &site->facts[edition];
    if (strcmp(name, "glossary") == 0)
        return facts->term_count > 0;
    if (strcmp(name, "references") == 0)
        return facts->cite_count > 0;
    return strcmp(name, "about") == 0;
}

bool site_condition(const struct site *site, uint32_t edition, const struct document *document,
                    const struct directive *directive)
{
    struct slice editions = {0}, audiences = {0};
    directive_attribute(document, directive, "edition", &editions);
    directive_attribute(document, directive, "audience", &audiences);
    enum condition condition = slice_is(document_text(document, directive->name), "except") ? CONDITION_EXCEPT : CONDITION_ONLY;
    return config_shows(site->config, site->editions[edition].spec, SLICE(""), condition, editions, audiences);
}

struct slice site_edition_description(const struct site *site, uint32_t edition, const char *tag)
{
    const struct site_facts *facts = &site->facts[edition];
    if (facts->country && facts->country->about.count)
        return facts_text(facts, &facts->country->about, tag, NULL);
    uint32_t home = site->editions[edition].folder_count ? site->editions[edition].folders[0].index_page : NONE;
    if (home == NONE)
        return SLICE("");
    return document_field_text(&page_document(site, &site->editions[edition].pages[home])->facts, FIELD_DESCRIPTION);
}

uint32_t site_find_page(const struct edition *edition, struct slice id)
{
    uint32_t page = table_get(&edition->by_id, id);
    if (page == TABLE_NONE)
        page = table_get(&edition->by_segment, id);
    return page < edition->page_count ? page : NONE;
}

/* Sections, elements and items before aliases: a living id beats an old name of another. */
uint32_t document_identifier(const struct document *facts, struct slice id)
{
    uint32_t alias = NONE;
    for (uint32_t i = 0; i < facts->identifier_count; i++) {
        const struct identifier *identifier = &facts->identifiers[i];
        if (!slice_equal(document_text(facts, identifier->id), id))
            continue;
        if (identifier->kind != IDENTIFIER_ALIAS && identifier->kind != IDENTIFIER_ANCHOR)
            return i;
        if (alias == NONE)
            alias = i;
    }
    return alias;
}
