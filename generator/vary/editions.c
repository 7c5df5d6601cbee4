/* What each edition shows: the pages it inherits and its own, with the tables
 * that find a page by its id; and the variants, edition by language. */

#include "base/suggest.h"
#include "vary/folders.h"
#include "vary/vary.h"

static struct place document_place(struct diag_file *file, struct site *site, const struct site_document *document,
                                   enum field_key key)
{
    *file = (struct diag_file){file_shown_path(&site->arena, site, document->file), document_file_bytes(&document->facts)};
    const struct field *field = document_field(&document->facts, key);
    return field ? (struct place){file, field->at, field->length} : (struct place){file, 0, 0};
}

static const char *place_words(struct site *site, const struct site_document *document, enum field_key key)
{
    struct diag_file file;
    struct place place = document_place(&file, site, document, key);
    struct diag where = {.offset = (uint32_t)place.offset};
    diag_locate(&where, &site->arena, file.bytes);
    return arena_printf(&site->arena, "%s:%u:%u", file.path, where.line, where.column);
}

static struct slice last_segment(struct slice id)
{
    return path_name(id);
}

enum { SEVERAL = UINT32_MAX - 1 };

/* False when another document of the edition makes the same page. */
static bool add_page(struct site *site, struct edition *edition, uint32_t index, struct table *stems, bool is_own,
                     struct diag_list *diags)
{
    const struct site_document *document = &site->documents[index];
    uint32_t page = edition->page_count;
    uint32_t standing = table_add(stems, document->stem, page);
    if (standing != page) {
        struct diag_file file;
        const struct site_document *other = page_document(site, &edition->pages[standing]);
        diag_add(diags, DIAG_PAGE_SHADOWS, document_place(&file, site, document, FIELD_KEY_COUNT),
                 "the page '%.*s' is made by '%s' already", SLICE_ARGS(document->stem),
                 file_shown_path(&site->arena, site, other->file));
        return diag_help(diags, "move one of the two files: each path makes one page of an edition");
    }
    edition->pages[edition->page_count++] = (struct edition_page){.document = index, .previous = NONE, .next = NONE};
    uint32_t first = table_add(&edition->by_id, document->id, page);
    if (first != page && is_own) {
        struct diag_file file;
        const struct site_document *other = page_document(site, &edition->pages[first]);
        diag_add(diags, DIAG_ID_DUPLICATE, document_place(&file, site, document, FIELD_ID),
                 "the document id '%.*s' is taken by %s", SLICE_ARGS(document->id), place_words(site, other, FIELD_ID));
        diag_help(diags, "give one of the two another `id:` in its front matter");
    }
    struct slice segment = last_segment(document->id);
    if (segment.length < document->id.length) {
        uint32_t holder = table_add(&edition->by_segment, segment, page);
        if (holder != page)
            table_set(&edition->by_segment, segment, SEVERAL);
    }
    return true;
}

static void make_edition(struct site *site, uint32_t index, struct diag_list *diags)
{
    struct edition *edition = &site->editions[index];
    const struct edition *parent = edition->parent == NONE ? NULL : &site->editions[edition->parent];
    uint32_t own = 0;
    for (uint32_t i = 0; i < site->document_count; i++)
        own += site->documents[i].edition == index;
    edition->pages = ARENA_ARRAY(&site->arena, struct edition_page, own + (parent ? parent->page_count : 0) + 1);
    struct table stems = {0};
    table_reserve(&stems, own);
    table_reserve(&edition->by_id, own);
    for (uint32_t i = 0; parent && i < parent->page_count; i++)
        add_page(site, edition, parent->pages[i].document, &stems, false, diags);
    for (uint32_t i = 0; i < site->document_count; i++)
        if (site->documents[i].edition == index && site->documents[i].is_published)
            add_page(site, edition, i, &stems, true, diags);
    table_free(&stems);
    edition->page_of_document = ARENA_ARRAY(&site->arena, uint32_t, site->document_count + 1);
    for (uint32_t i = 0; i < site->document_count; i++)
        edition->page_of_document[i] = NONE;
    for (uint32_t i = 0; i < edition->page_count; i++)
        edition->page_of_document[edition->pages[i].document] = i;
    folders_make(site, edition, diags);
}

static uint32_t edition_named(const struct site_config *config, const char *id)
{
    for (size_t i = 0; i < config->edition_count; i++)
        if (strcmp(config->editions[i].id, id) == 0)
            return (uint32_t)i;
    return NONE;
}

/* Parents stand before children in `site->editions` only by chance: make them as they are needed. */
static void make_with_parents(struct site *site, uint32_t index, bool *is_made, struct diag_list *diags)
{
    if (is_made[index])
        return;
    struct edition *edition = &site->editions[index];
    if (edition->parent != NONE)
        make_with_parents(site, edition->parent, is_made, diags);
    make_edition(site, index, diags);
    is_made[index] = true;
}

void vary_editions(struct site *site, struct diag_list *diags)
{
    const struct site_config *config = site->config;
    site->edition_count = (uint32_t)config->edition_count;
    site->editions = ARENA_ARRAY(&site->arena, struct edition, site->edition_count);
    bool *is_made = ARENA_ARRAY(&site->arena, bool, site->edition_count);
    for (uint32_t i = 0; i < site->edition_count; i++) {
        site->editions[i].spec = &config->editions[i];
        site->editions[i].parent = edition_named(config, config->editions[i].extends);
    }
    for (uint32_t i = 0; i < site->edition_count; i++)
        make_with_parents(site, i, is_made, diags);
}

/* Is `name` in "a,b,c"? An empty list holds everything. */
static bool is_listed(const char *list, const char *name)
{
    struct slice rest = slice_of(list);
    if (rest.length == 0)
        return true;
    while (rest.length) {
        size_t stop = slice_find(rest, ',');
        if (slice_is(slice_trim((struct slice){rest.at, stop}), name))
            return true;
        rest = slice_from(rest, stop + 1);
    }
    return false;
}

static bool names_are_known(const struct site *site, const struct vary_options *options, struct diag_list *diags)
{
    struct slice rest = slice_of(options->editions);
    while (rest.length) {
        size_t stop = slice_find(rest, ',');
        struct slice id = slice_trim((struct slice){rest.at, stop});
        struct suggestion suggestion = {.wanted = id};
        bool is_known = false;
        for (uint32_t i = 0; i < site->edition_count; i++) {
            is_known |= slice_is(id, site->editions[i].spec->id);
            suggest_offer(&suggestion, slice_of(site->editions[i].spec->id));
        }
        char help[300];
        suggest_text(&suggestion, help, sizeof help);
        if (!is_known) {
            diag_add(diags, DIAG_USAGE, PLACE_RUN, "unknown edition '%.*s'", SLICE_ARGS(id));
            return diag_help(diags, "%s", help[0] ? help : "the editions are declared in waymark.yaml");
        }
        rest = slice_from(rest, stop + 1);
    }
    if (options->language[0] && !config_language(site->config, slice_of(options->language))) {
        diag_add(diags, DIAG_USAGE, PLACE_RUN, "unknown language '%s'", options->language);
        return diag_help(diags, "the languages are declared in waymark.yaml");
    }
    return true;
}

/* The languages of an edition: its own list, else its parent's, else the site's default. */
static const struct edition_spec *language_owner(const struct site *site, uint32_t index)
{
    while (index != NONE && site->editions[index].spec->language_count == 0)
        index = site->editions[index].parent;
    return index == NONE ? NULL : site->editions[index].spec;
}

static void add_variant(struct site *site, uint32_t edition, const char *tag)
{
    uint32_t language = (uint32_t)(config_language(site->config, slice_of(tag)) - site->config->languages);
    site->variants[site->variant_count++] = (struct variant){
        edition, language, slice_of(arena_printf(&site->arena, "%s/%s", site->editions[edition].spec->id, tag))};
}

bool vary_variants(struct site *site, const struct vary_options *options, struct diag_list *diags)
{
    if (!names_are_known(site, options, diags))
        return false;
    site->variants = ARENA_ARRAY(&site->arena, struct variant, site->edition_count * (site->config->language_count + 1));
    for (uint32_t i = 0; i < site->edition_count; i++) {
        if (!is_listed(options->editions, site->editions[i].spec->id))
            continue;
        const struct edition_spec *owner = language_owner(site, i);
        const char *const fallback[] = {site->config->default_language};
        const char *const *tags = owner ? (const char *const *)owner->languages : fallback;
        size_t count = owner ? owner->language_count : 1;
        for (size_t j = 0; j < count; j++)
            if (is_listed(options->language, tags[j]) && config_language(site->config, slice_of(tags[j])))
                add_variant(site, i, tags[j]);
    }
    return true;
}
