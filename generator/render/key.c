/* What each output depends on, as one key. Everything that a template is given
 * is either in the key itself or a function of what is. Titles and addresses of
 * other pages go in as one hash a page, so that a key costs a microsecond. */

#include "base/limits.h"
#include "model/includes.h"
#include "render/element.h"
#include "render/parts.h"
#include <stdlib.h>

enum { KEY_NUMBERS_MOST = 1 << 20 };

/* A growing list of 64-bit numbers that is hashed at the end. */
static void number(struct buffer *key, uint64_t value)
{
    buffer_append(key, &value, sizeof value);
}

static void text(struct buffer *key, struct slice value)
{
    number(key, value.length);
    number(key, hash64(value));
}

struct key_faces {
    struct arena arena;
    uint64_t **pages; /* [edition][page]: what other pages show of it, its title and address */
    uint64_t **navs;  /* [edition][chunk]: the fragment of its navigation */
    uint64_t *menus;  /* [edition]: the main menu */
};

static void public_face(struct buffer *key, const struct render_site *render, const struct edition *edition, uint32_t page)
{
    number(key, page == NONE ? NONE : render->faces->pages[edition - render->site->editions][page]);
}

static void entry_face(struct buffer *key, const struct render_site *render, const struct edition *edition,
                       const struct nav_entry *entry)
{
    public_face(key, render, edition, entry->page);
    number(key, entry->folder == NONE);
    if (entry->folder != NONE) {
        text(key, edition->folders[entry->folder].path);
        text(key, edition->folders[entry->folder].title);
    }
}

static void folder_face(struct buffer *key, const struct render_site *render, const struct edition *edition, uint32_t folder)
{
    text(key, edition->folders[folder].path);
    text(key, edition->folders[folder].title);
    public_face(key, render, edition, edition->folders[folder].index_page);
}

static void nav_parts(struct buffer *key, const struct render_site *render, const struct edition *edition, uint32_t chunk_index)
{
    const struct nav_chunk *chunk = &edition->chunks[chunk_index];
    const struct folder *folder = &edition->folders[chunk->folder];
    for (uint32_t at = chunk->folder; at != NONE; at = edition->folders[at].parent)
        folder_face(key, render, edition, at);
    for (uint32_t i = 0; i < chunk->count; i++)
        entry_face(key, render, edition, &edition->entries[chunk->first + i]);
    number(key, chunk_index - folder->first_chunk);
    if (chunk_index > folder->first_chunk)
        entry_face(key, render, edition, &edition->entries[edition->chunks[chunk_index - 1].first]);
    if (chunk_index + 1 < folder->first_chunk + folder->chunk_count)
        entry_face(key, render, edition, &edition->entries[edition->chunks[chunk_index + 1].first]);
}

static void children_face(struct buffer *key, const struct render_site *render, const struct edition *edition, uint32_t chunk_index)
{
    const struct site *site = render->site;
    const struct nav_chunk *chunk = &edition->chunks[chunk_index];
    const struct folder *folder = &edition->folders[chunk->folder];
    for (uint32_t i = 0; i < chunk->count; i++) {
        const struct nav_entry *entry = &edition->entries[chunk->first + i];
        entry_face(key, render, edition, entry);
        if (entry->folder != NONE)
            number(key, edition->folders[entry->folder].entry_count);
        if (entry->page == NONE)
            continue;
        const struct document *facts = &page_document(site, &edition->pages[entry->page])->facts;
        text(key, document_field_text(facts, FIELD_DESCRIPTION));
        text(key, document_field_text(facts, FIELD_KIND));
    }
    for (uint32_t i = 0; i < folder->chunk_count && folder->chunk_count > 1; i++) {
        const struct nav_chunk *part = &edition->chunks[folder->first_chunk + i];
        if (part->count)
            entry_face(key, render, edition, &edition->entries[part->first]);
    }
}

/* The main menu: the folders of the root. */
static void menu_parts(struct buffer *key, const struct render_site *render, const struct edition *edition)
{
    const struct folder *top = &edition->folders[0];
    for (uint32_t i = 0, shown = 0; i < top->entry_count && shown < 8; i++) {
        const struct nav_entry *entry = &edition->entries[top->first_entry + i];
        if (entry->folder == NONE)
            continue;
        shown++;
        entry_face(key, render, edition, entry);
    }
    folder_face(key, render, edition, 0);
}

static void nav_face(struct buffer *key, const struct render_site *render, const struct edition *edition, uint32_t chunk)
{
    number(key, render->faces->navs[edition - render->site->editions][chunk]);
}

static void menu_face(struct buffer *key, const struct render_site *render, const struct edition *edition)
{
    number(key, render->faces->menus[edition - render->site->editions]);
}

static void target_face(struct buffer *key, const struct render_site *render, const struct edition *edition,
                        const struct target *target, const struct variant *variant)
{
    const struct site *site = render->site;
    const char *tag = site->config->languages[variant->language].tag;
    number(key, target->state);
    switch ((enum target_state)target->state) {
    case TARGET_EXTERNAL:
        return;
    case TARGET_MISSING:
    case TARGET_PAGE:
        public_face(key, render, edition, target->subject);
        number(key, target->face);
        return;
    case TARGET_FOLDER:
        folder_face(key, render, edition, target->subject);
        return;
    case TARGET_ASSET:
        text(key, site->files->items[target->subject].path);
        number(key, site->files->items[target->subject].source);
        return;
    case TARGET_TERM:
        text(key, facts_term_text(&site->facts[variant->edition], target->subject, tag));
        text(key, facts_term_definition(&site->facts[variant->edition], target->subject, tag));
        return;
    case TARGET_CITE:
        text(key, facts_cite_short(&site->facts[variant->edition], target->subject, tag));
        text(key, facts_cite_title(&site->facts[variant->edition], target->subject, tag));
        return;
    }
}

/* All that the hooks may be asked for one document, whether or not the body asks. */
static void hooks_face(struct buffer *key, const struct render_site *render, const struct variant *variant, uint32_t page,
                       struct slice from, struct arena *scratch)
{
    const struct site *site = render->site;
    const struct edition *edition = &site->editions[variant->edition];
    const struct edition_page *at = &edition->pages[page];
    const struct site_document *document = page_document(site, at);
    const struct document *facts = &document->facts;
    const struct language *language = &site->config->languages[variant->language];
    number(key, document->key.low);
    number(key, document->key.high);
    for (uint32_t i = 0; i < facts->reference_count; i++)
        target_face(key, render, edition, &edition->targets[at->first_target + i], variant);
    for (uint32_t i = 0; i < facts->token_count; i++) {
        uint32_t index = facts_param(&site->facts[variant->edition], document_text(facts, facts->tokens[i].name));
        struct slice value = {0};
        number(key, index != TABLE_NONE && facts_param_value(&site->facts[variant->edition], index, language->tag, &value));
        text(key, value);
        if (index != TABLE_NONE)
            text(key, facts_param_meaning(&site->facts[variant->edition], index, language->tag));
    }
    for (uint32_t i = 0; i < facts->directive_count; i++) {
        const struct html_field *fields;
        uint32_t count = element_fields(site, variant, from, facts, &facts->directives[i], scratch, &fields);
        for (uint32_t j = 0; j < count; j++) {
            text(key, fields[j].name);
            text(key, fields[j].text);
            text(key, fields[j].href);
        }
        text(key, site_kind_label(site, variant->edition, document_text(facts, facts->directives[i].name), language->tag));
    }
}

static void source_face(struct buffer *key, const struct site *site, const struct site_document *document)
{
    const struct source_state *source = &site->files->sources[document->source];
    text(key, slice_of(source->name));
    text(key, slice_of(source->ref));
    text(key, slice_of(source->prefix));
    number(key, source->is_worktree);
    text(key, site->files->items[document->file].path);
    if (!site->files->commits)
        return;
    const struct last_commit *commit = &site->files->commits[document->file];
    buffer_append(key, commit->id, sizeof commit->id);
    number(key, (uint64_t)commit->seconds);
    text(key, slice_of(site->config->show_authors ? commit->author : ""));
}

bool page_is_overdue(const struct site *site, const struct document *facts);

/* Whether the build's date shows on the page, and how. */
static void date_face(struct buffer *key, const struct site *site, const struct document *facts)
{
    const struct field *from = document_field(facts, FIELD_VALID_FROM), *until = document_field(facts, FIELD_VALID_UNTIL);
    number(key, page_is_overdue(site, facts));
    number(key, from && from->number > site->build_date);
    number(key, until && until->number < site->build_date);
}

static void page_key(struct buffer *key, const struct render_site *render, const struct output *output,
                     struct arena *scratch)
{
    const struct site *site = render->site;
    const struct variant *variant = &site->variants[output->variant];
    const struct edition *edition = &site->editions[variant->edition];
    const struct edition_page *page = &edition->pages[output->subject];
    const struct site_document *document = page_document(site, page);
    text(key, document->title);
    hooks_face(key, render, variant, output->subject, output->path, scratch);
    uint32_t *included = NULL;
    uint32_t count = site_included_pages(scratch, site, variant->edition, output->subject, &included);
    for (uint32_t i = 0; i < count; i++)
        hooks_face(key, render, variant, included[i], output->path, scratch);
    nav_face(key, render, edition, page->chunk);
    menu_face(key, render, edition);
    public_face(key, render, edition, page->previous);
    public_face(key, render, edition, page->next);
    for (uint32_t i = 0; i < page->backlink_count; i++) {
        const struct backlink *link = &edition->backlinks[page->first_backlink + i];
        public_face(key, render, edition, link->page);
        const struct document *from = &page_document(site, &edition->pages[link->page])->facts;
        if (link->section != NONE) {
            text(key, document_text(from, from->sections[link->section].title));
            text(key, document_text(from, from->sections[link->section].id));
        }
    }
    number(key, page->referrer_count);
    if (edition->folders[page->folder].index_page == output->subject)
        children_face(key, render, edition, edition->folders[page->folder].first_chunk);
    source_face(key, site, document);
    date_face(key, site, &document->facts);
    text(key, site_kind_label(site, variant->edition, document_field_text(&document->facts, FIELD_KIND), site->config->languages[variant->language].tag));
    number(key, facts_key(&site->facts[variant->edition], FACTS_SCHEMA));
}

static void start_key(struct buffer *key, const struct site *site)
{
    for (uint32_t i = 0; i < site->edition_count; i++)
        text(key, site_edition_description(site, i, site->config->default_language));
}

static void fact_pages_key(struct buffer *key, const struct render_site *render, const struct variant *variant, struct arena *scratch,
                           enum facts_part part)
{
    const struct site *site = render->site;
    const struct edition *edition = &site->editions[variant->edition];
    enum target_state state = part == FACTS_GLOSSARY ? TARGET_TERM : TARGET_CITE;
    (void)scratch;
    number(key, facts_key(&site->facts[variant->edition], part));
    menu_face(key, render, edition);
    if (state != TARGET_CITE)
        return;
    for (uint32_t i = 0; i < edition->page_count; i++) {
        const struct document *facts = &page_document(site, &edition->pages[i])->facts;
        for (uint32_t j = 0; j < facts->reference_count; j++) {
            const struct target *target = &edition->targets[edition->pages[i].first_target + j];
            if (target->state != state)
                continue;
            number(key, target->subject);
            public_face(key, render, edition, i);
            text(key, document_text(facts, facts->references[j].fragment));
        }
    }
}

static void run_key(struct buffer *key, const struct site *site)
{
    number(key, (uint64_t)site->build_date);
    for (uint32_t i = 0; i < site->files->source_count; i++) {
        const struct source_state *source = &site->files->sources[i];
        text(key, slice_of(source->name));
        text(key, slice_of(source->ref));
        buffer_append(key, source->commit, sizeof source->commit);
        number(key, source->is_worktree);
    }
}

static uint64_t page_face(const struct site *site, const struct edition *edition, uint32_t page)
{
    const struct site_document *document = page_document(site, &edition->pages[page]);
    return hash64_seeded(document->title, hash64(document->stem));
}

struct key_faces *key_faces_new(struct render_site *render)
{
    const struct site *site = render->site;
    struct key_faces *faces = memory_get(sizeof *faces);
    *faces = (struct key_faces){0};
    render->faces = faces;
    faces->pages = ARENA_ARRAY(&faces->arena, uint64_t *, site->edition_count + 1);
    faces->navs = ARENA_ARRAY(&faces->arena, uint64_t *, site->edition_count + 1);
    faces->menus = ARENA_ARRAY(&faces->arena, uint64_t, site->edition_count + 1);
    struct buffer parts = BUFFER(KEY_NUMBERS_MOST * sizeof(uint64_t));
    for (uint32_t e = 0; e < site->edition_count; e++) {
        const struct edition *edition = &site->editions[e];
        faces->pages[e] = ARENA_ARRAY(&faces->arena, uint64_t, edition->page_count + 1);
        faces->navs[e] = ARENA_ARRAY(&faces->arena, uint64_t, edition->chunk_count + 1);
        for (uint32_t i = 0; i < edition->page_count; i++)
            faces->pages[e][i] = page_face(site, edition, i);
        for (uint32_t i = 0; i < edition->chunk_count; i++) {
            buffer_clear(&parts);
            nav_parts(&parts, render, edition, i);
            faces->navs[e][i] = hash64(buffer_view(&parts));
        }
        buffer_clear(&parts);
        menu_parts(&parts, render, edition);
        faces->menus[e] = hash64(buffer_view(&parts));
    }
    buffer_free(&parts);
    return faces;
}

void key_faces_free(struct key_faces *faces)
{
    if (!faces)
        return;
    arena_free(&faces->arena);
    free(faces);
}

struct key output_key(const struct render_site *render, const struct output *output, struct buffer *work, struct arena *scratch)
{
    const struct site *site = render->site;
    const struct variant *variant = output->variant == NONE ? NULL : &site->variants[output->variant];
    const struct edition *edition = variant ? &site->editions[variant->edition] : NULL;
    buffer_clear(work);
    uint32_t language = variant ? variant->language
                                : (uint32_t)(config_language(site->config, slice_of(site->config->default_language)) - site->config->languages);
    number(work, output->kind);
    number(work, render->config_key.low);
    number(work, render->config_key.high);
    number(work, render->language_keys[language].low);
    number(work, render->language_keys[language].high);
    number(work, variant ? variant->edition : NONE);
    number(work, variant && site_has_page(site, variant->edition, "glossary"));
    number(work, variant && site_has_page(site, variant->edition, "references"));
    text(work, slice_of(render->release));
    text(work, output->path);
    switch ((enum output_kind)output->kind) {
    case OUTPUT_PAGE:
        page_key(work, render, output, scratch);
        break;
    case OUTPUT_FOLDER:
        nav_face(work, render, edition, output->subject);
        children_face(work, render, edition, output->subject);
        menu_face(work, render, edition);
        break;
    case OUTPUT_REDIRECT:
        public_face(work, render, edition, output->subject);
        menu_face(work, render, edition);
        break;
    case OUTPUT_GLOSSARY:
        fact_pages_key(work, render, variant, scratch, FACTS_GLOSSARY);
        break;
    case OUTPUT_REFERENCES:
        fact_pages_key(work, render, variant, scratch, FACTS_CITES);
        break;
    case OUTPUT_ABOUT:
        run_key(work, site);
        menu_face(work, render, edition);
        break;
    case OUTPUT_COPY:
        run_key(work, site);
        break;
    case OUTPUT_START:
        start_key(work, site);
        break;
    case OUTPUT_NOT_FOUND:
    case OUTPUT_ROBOTS:
        break;
    case OUTPUT_SITEMAP:
        for (uint32_t i = 0; i < site->output_count; i++)
            if (site->outputs[i].kind == OUTPUT_SITEMAP_LEAF)
                text(work, site->outputs[i].path);
        break;
    case OUTPUT_SITEMAP_LEAF:
        nav_face(work, render, edition, output->subject);
        break;
    case OUTPUT_ASSET:
        buffer_append(work, site->files->items[output->subject].id.bytes, sizeof(struct object_id));
        break;
    case OUTPUT_THEME_FILE:
        text(work, render->theme_bytes[output->subject]);
        break;
    }
    return key_of(buffer_view(work));
}
