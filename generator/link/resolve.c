/* Where one reference leads in one edition. By id: the edition's own table. By
 * path: the file's path in its source, which decides only what is meant; the
 * edition's own page at that path wins. Nothing leaves the site: a path that
 * climbs above its source's root leads nowhere. */

#include "base/limits.h"
#include "link/link.h"
#include "link/path.h"
#include "model/facts.h"

static const struct target missing = {TARGET_MISSING, NONE, NONE, 0};

static struct target page_target(const struct site *site, const struct edition *edition, uint32_t page,
                                 struct slice fragment)
{
    if (fragment.length == 0)
        return (struct target){TARGET_PAGE, page, NONE, 0};
    const struct document *facts = &page_document(site, &edition->pages[page])->facts;
    uint32_t identifier = document_identifier(facts, fragment);
    if (identifier == NONE)
        return (struct target){TARGET_MISSING, page, NONE, 0};
    uint64_t face = hash64_seeded(document_text(facts, facts->identifiers[identifier].id), facts->identifiers[identifier].kind);
    return (struct target){TARGET_PAGE, page, identifier, hash64_seeded(document_text(facts, facts->identifiers[identifier].title), face)};
}

/* The page that this edition has of a file; NONE when it does not show it. */
static uint32_t page_of_file(const struct site *site, const struct edition *edition, uint32_t file)
{
    uint32_t document = site->document_of_file[file];
    if (document == NONE)
        return NONE;
    return edition->page_of_document[document];
}

static struct target folder_target(const struct edition *edition, struct slice path)
{
    uint32_t folder = table_get(&edition->by_folder, path);
    if (folder == TABLE_NONE)
        return missing;
    uint32_t page = edition->folders[folder].index_page;
    if (page == NONE && folder != 0 && edition->folders[folder].entry_count == 0)
        return missing;
    return page == NONE ? (struct target){TARGET_FOLDER, folder, NONE, 0} : (struct target){TARGET_PAGE, page, NONE, 0};
}

static struct target path_target(const struct site *site, const struct edition *edition, uint32_t source,
                                 struct slice path, struct slice fragment)
{
    uint32_t file = table_get(&site->by_path[source], path);
    if (file == TABLE_NONE)
        return folder_target(edition, path);
    if (site->document_of_file[file] != NONE) {
        uint32_t page = page_of_file(site, edition, file);
        return page == NONE ? missing : page_target(site, edition, page, fragment);
    }
    if (site->files->items[file].kind == FILE_DOCUMENT)
        return missing;
    return (struct target){TARGET_ASSET, file, NONE, 0};
}

static struct target relative_target(const struct site *site, const struct edition *edition,
                                     const struct site_document *document, const struct reference *reference)
{
    struct slice to = document_text(&document->facts, reference->target);
    struct slice fragment = document_text(&document->facts, reference->fragment);
    if (to.length == 0) {
        uint32_t page = page_of_file(site, edition, document->file);
        return page == NONE ? missing : page_target(site, edition, page, fragment);
    }
    char path[LIMIT_PATH_BYTES];
    struct slice from = path_folder(site->files->items[document->file].path);
    struct slice joined;
    if (!path_join(path, sizeof path, from, to, &joined))
        return missing;
    return path_target(site, edition, document->source, joined, fragment);
}

static uint32_t source_named(const struct site *site, struct slice name)
{
    for (uint32_t i = 0; i < site->files->source_count; i++)
        if (slice_is(name, site->files->sources[i].name))
            return i;
    return NONE;
}

static struct target xref_target(const struct site *site, const struct edition *edition,
                                 const struct site_document *document, const struct reference *reference)
{
    const struct document *facts = &document->facts;
    struct slice to = document_text(facts, reference->target), fragment = document_text(facts, reference->fragment);
    struct slice source_name = document_text(facts, reference->source);
    uint32_t source = source_name.length ? source_named(site, source_name) : document->source;
    if (source == NONE || reference->release.length)
        return missing;
    if (slice_ends_with(to, ".md")) {
        char path[LIMIT_PATH_BYTES];
        struct slice joined;
        bool is_plain = path_join(path, sizeof path, SLICE(""), to, &joined);
        return is_plain ? path_target(site, edition, source, joined, fragment) : missing;
    }
    uint32_t page = to.length ? site_find_page(edition, to) : page_of_file(site, edition, document->file);
    if (page == NONE)
        return missing;
    if (source_name.length && page_document(site, &edition->pages[page])->source != source)
        return missing;
    return page_target(site, edition, page, fragment);
}

static struct target fact_target(enum target_state state, uint32_t index)
{
    return index == TABLE_NONE ? missing : (struct target){state, index, NONE, 0};
}

struct target link_resolve(const struct site *site, uint32_t edition_index, uint32_t document_index,
                           const struct reference *reference)
{
    const struct edition *edition = &site->editions[edition_index];
    const struct site_document *document = &site->documents[document_index];
    struct slice to = document_text(&document->facts, reference->target);
    if (reference->flags & REFERENCE_HAS_PARAM && reference->kind != REFERENCE_URL)
        return (struct target){TARGET_EXTERNAL, NONE, NONE, 0};
    switch ((enum reference_kind)reference->kind) {
    case REFERENCE_XREF:
    case REFERENCE_INCLUDE:
        return xref_target(site, edition, document, reference);
    case REFERENCE_RELATIVE:
        return relative_target(site, edition, document, reference);
    case REFERENCE_TERM:
        return fact_target(TARGET_TERM, facts_term(&site->facts[edition_index], to));
    case REFERENCE_CITE:
        return fact_target(TARGET_CITE, facts_cite(&site->facts[edition_index], to));
    case REFERENCE_URL:
        if (reference->flags & REFERENCE_IMAGE)
            break; /* nothing on a page is loaded from elsewhere */
        return (struct target){TARGET_EXTERNAL, NONE, NONE, 0};
    case REFERENCE_REFUSED:
        break;
    }
    return missing;
}
