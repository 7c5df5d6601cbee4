/* The folders of an edition and what stands in them, in order: navigation is the
 * file tree, ordered by `order` and then by name, with pages moved to where
 * their front matter says (`nav: {after | before | under: ID}`). Long folders
 * are cut into chunks. */

#include "vary/folders.h"
#include "base/hash.h"
#include "vary/placing.h"
#include "vary/vary.h"
#include <ctype.h>
#include <stdlib.h>

struct folder_list {
    struct folder *items;
    size_t count, capacity;
};

static uint32_t folder_at(struct site *site, struct edition *edition, struct folder_list *folders, struct slice path)
{
    uint32_t known = table_get(&edition->by_folder, path);
    if (known != TABLE_NONE)
        return known;
    uint32_t parent = path.length ? folder_at(site, edition, folders, path_folder(path)) : NONE;
    uint32_t index = (uint32_t)folders->count;
    LIST_GROW(folders->items, folders->count, folders->capacity);
    folders->items[folders->count++] =
        (struct folder){.path = path, .parent = parent, .index_page = NONE, .landing = NONE, .order = INT64_MAX};
    table_set(&edition->by_folder, path, index);
    return index;
}

static void make_folders(struct site *site, struct edition *edition)
{
    struct folder_list folders = {0};
    folder_at(site, edition, &folders, SLICE(""));
    for (uint32_t i = 0; i < edition->page_count; i++) {
        const struct site_document *document = page_document(site, &edition->pages[i]);
        uint32_t folder = folder_at(site, edition, &folders, path_folder(document->stem));
        edition->pages[i].folder = folder;
        if (!document->is_index)
            continue;
        folders.items[folder].index_page = i;
        folders.items[folder].title = document->title;
        folders.items[folder].order = document->order;
    }
    for (size_t i = 0; i < folders.count; i++) {
        if (folders.items[i].title.length)
            continue;
        struct slice name = path_name(folders.items[i].path);
        folders.items[i].title = name.length ? title_from_name(&site->arena, name) : slice_of(site->config->site_name);
    }
    edition->folder_count = (uint32_t)folders.count;
    edition->folders = ARENA_ARRAY(&site->arena, struct folder, folders.count + explicit_nav_groups(edition->spec));
    memcpy(edition->folders, folders.items, folders.count * sizeof *folders.items);
    free(folders.items);
}

/* Digits count as numbers: page-2 before page-10; else byte order without case. */
static int compare_names(struct slice a, struct slice b)
{
    size_t i = 0, j = 0;
    while (i < a.length && j < b.length) {
        if (isdigit((unsigned char)a.at[i]) && isdigit((unsigned char)b.at[j])) {
            size_t from_a = i, from_b = j;
            while (from_a < a.length && a.at[from_a] == '0')
                from_a++;
            while (from_b < b.length && b.at[from_b] == '0')
                from_b++;
            for (i = from_a; i < a.length && isdigit((unsigned char)a.at[i]);)
                i++;
            for (j = from_b; j < b.length && isdigit((unsigned char)b.at[j]);)
                j++;
            if (i - from_a != j - from_b)
                return i - from_a < j - from_b ? -1 : 1;
            int order = memcmp(a.at + from_a, b.at + from_b, i - from_a);
            if (order)
                return order;
            continue;
        }
        int x = tolower((unsigned char)a.at[i++]), y = tolower((unsigned char)b.at[j++]);
        if (x != y)
            return x < y ? -1 : 1;
    }
    if ((a.length - i) != (b.length - j))
        return a.length - i < b.length - j ? -1 : 1;
    return slice_compare(a, b);
}

static int compare_placings(const void *a, const void *b)
{
    const struct placing *x = a, *y = b;
    if (x->folder != y->folder)
        return x->folder < y->folder ? -1 : 1;
    if (x->entry.order != y->entry.order)
        return x->entry.order < y->entry.order ? -1 : 1;
    int order = compare_names(x->entry.name, y->entry.name);
    if (order)
        return order;
    return x->entry.page < y->entry.page ? -1 : x->entry.page > y->entry.page;
}

static uint32_t find_anchor(const struct edition *edition, const struct placing *placings, uint32_t count, struct slice id)
{
    uint32_t page = table_get(&edition->by_id, id);
    if (page == TABLE_NONE)
        page = table_get(&edition->by_segment, id);
    for (uint32_t i = 0; page < edition->page_count && i < count; i++)
        if (placings[i].entry.page == page)
            return i;
    return NONE;
}

static void move_placing(struct placing *placings, uint32_t from, uint32_t to)
{
    struct placing moved = placings[from];
    if (from < to) {
        memmove(&placings[from], &placings[from + 1], (to - from) * sizeof moved);
    } else {
        memmove(&placings[to + 1], &placings[to], (from - to) * sizeof moved);
    }
    placings[to] = moved;
}

/* Obeys `nav:` of one page. `under` puts it last below the folder that the named
 * page is the index of. */
static void place_page(struct site *site, struct edition *edition, struct placing *placings, uint32_t count,
                       uint32_t page, struct diag_list *diags)
{
    const struct site_document *document = page_document(site, &edition->pages[page]);
    const struct field *field = document_field(&document->facts, FIELD_NAV);
    if (!field)
        return;
    struct slice where = document_text(&document->facts, field->name), id = document_text(&document->facts, field->value);
    uint32_t from = NONE;
    for (uint32_t i = 0; i < count; i++)
        if (placings[i].entry.page == page)
            from = i;
    uint32_t anchor = find_anchor(edition, placings, count, id);
    uint32_t named = table_get(&edition->by_id, id);
    bool is_index = named < edition->page_count && page_document(site, &edition->pages[named])->is_index;
    struct diag_file file = {file_shown_path(&site->arena, site, document->file), document_file_bytes(&document->facts)};
    struct place place = {&file, field->at, field->length};
    if (from == NONE || anchor == from || (anchor == NONE && !(slice_is(where, "under") && is_index))) {
        diag_add(diags, DIAG_NAV_UNKNOWN, place, "there is no page '%.*s' to stand %.*s", SLICE_ARGS(id), SLICE_ARGS(where));
        diag_help(diags, "name the id of a page that this edition shows");
        return;
    }
    if (slice_is(where, "under")) {
        if (!is_index) {
            diag_add(diags, DIAG_NAV_UNKNOWN, place, "'%.*s' is no folder's index page", SLICE_ARGS(id));
            diag_help(diags, "`under` takes the id of an index.md; use `after` or `before` for another page");
            return;
        }
        uint32_t folder = edition->pages[named].folder, last = 0;
        for (uint32_t i = 0; i < count; i++)
            if (placings[i].folder <= folder)
                last = i;
        placings[from].folder = folder;
        move_placing(placings, from, last > from ? last : from);
        return;
    }
    placings[from].folder = placings[anchor].folder;
    uint32_t to = slice_is(where, "after") ? anchor + 1 : anchor;
    move_placing(placings, from, from < to ? to - 1 : to);
}


/* Folders that explicit navigation has emptied are no entries. Children before parents. */
static uint32_t drop_empty(struct edition *edition, struct placing *placings, uint32_t count)
{
    for (bool is_again = true; is_again;) {
        is_again = false;
        uint32_t *entries = memory_get((edition->folder_count + 1) * sizeof *entries);
        memset(entries, 0, (edition->folder_count + 1) * sizeof *entries);
        for (uint32_t i = 0; i < count; i++)
            entries[placings[i].folder]++;
        uint32_t kept = 0;
        for (uint32_t i = 0; i < count; i++) {
            uint32_t folder = placings[i].entry.folder;
            if (folder != NONE && entries[folder] == 0 && placings[i].entry.page == NONE)
                is_again = true;
            else
                placings[kept++] = placings[i];
        }
        count = kept;
        free(entries);
    }
    return count;
}

static uint32_t default_placings(struct site *site, struct edition *edition, struct placing *placings)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < edition->page_count; i++) {
        const struct site_document *document = page_document(site, &edition->pages[i]);
        if (document->is_index)
            continue;
        placings[count++] = (struct placing){{i, NONE, document->order, path_name(document->stem), document->title},
                                             edition->pages[i].folder};
    }
    for (uint32_t i = 1; i < edition->folder_count; i++) {
        const struct folder *folder = &edition->folders[i];
        placings[count++] = (struct placing){{folder->index_page, i, folder->order, path_name(folder->path), folder->title},
                                             folder->parent};
    }
    return count;
}

/* Puts the entries of each folder together, in their order (a stable counting sort). */
static void keep_entries(struct site *site, struct edition *edition, const struct placing *placings, uint32_t count)
{
    uint32_t *starts = memory_get((edition->folder_count + 2) * sizeof *starts);
    memset(starts, 0, (edition->folder_count + 2) * sizeof *starts);
    for (uint32_t i = 0; i < count; i++)
        starts[placings[i].folder + 1]++;
    for (uint32_t i = 0; i < edition->folder_count; i++) {
        edition->folders[i].entry_count = starts[i + 1];
        starts[i + 1] += starts[i];
        edition->folders[i].first_entry = starts[i];
    }
    edition->entries = ARENA_ARRAY(&site->arena, struct nav_entry, count + 1);
    edition->entry_count = count;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t folder = placings[i].folder;
        edition->entries[starts[folder]++] = placings[i].entry;
        if (placings[i].entry.folder == NONE)
            edition->pages[placings[i].entry.page].folder = folder;
        else
            edition->folders[placings[i].entry.folder].parent = folder;
    }
    free(starts);
}

static void place_entries(struct site *site, struct edition *edition, struct diag_list *diags)
{
    uint32_t groups = explicit_nav_groups(edition->spec);
    struct placing *placings = memory_get((edition->page_count + edition->folder_count + groups + 1) * sizeof *placings);
    uint32_t count = default_placings(site, edition, placings);
    if (edition->spec->nav_count)
        explicit_nav_place(site, edition, placings, &count, diags);
    qsort(placings, count, sizeof *placings, compare_placings);
    for (uint32_t i = 0; i < edition->page_count; i++)
        if (document_field(&page_document(site, &edition->pages[i])->facts, FIELD_NAV))
            place_page(site, edition, placings, count, i, diags);
    count = drop_empty(edition, placings, count);
    keep_entries(site, edition, placings, count);
    free(placings);
}

/* Where a group without a page of its own leads: to the first page in it. */
static void find_landings(struct edition *edition)
{
    for (uint32_t i = 0; i < edition->folder_count; i++) {
        if (!edition->folders[i].is_group)
            continue;
        uint32_t at = i, steps = 0;
        while (at != NONE && edition->folders[at].entry_count && steps++ < edition->folder_count) {
            const struct nav_entry *first = &edition->entries[edition->folders[at].first_entry];
            if (first->page != NONE) {
                edition->folders[i].landing = first->page;
                break;
            }
            at = first->folder;
        }
    }
}

static void cut_chunks(struct site *site, struct edition *edition)
{
    struct nav_chunk *chunks = ARENA_ARRAY(&site->arena, struct nav_chunk,
                                           edition->folder_count + edition->entry_count / CHUNK_LEAST + 1);
    uint32_t count = 0;
    for (uint32_t f = 0; f < edition->folder_count; f++) {
        struct folder *folder = &edition->folders[f];
        folder->first_chunk = count;
        uint32_t end = folder->first_entry + folder->entry_count;
        uint32_t from = folder->first_entry;
        do {
            uint32_t stop = from;
            while (stop < end && (folder->is_group || stop - from < CHUNK_MOST) &&
                   !(!folder->is_group && stop - from >= CHUNK_LEAST && hash64(edition->entries[stop].name) % 64 == 0))
                stop++;
            chunks[count] = (struct nav_chunk){f, from, stop - from};
            for (uint32_t i = from; i < stop; i++)
                if (edition->entries[i].folder == NONE)
                    edition->pages[edition->entries[i].page].chunk = count;
            count++;
            from = stop;
        } while (from < end);
        folder->chunk_count = count - folder->first_chunk;
        if (folder->index_page != NONE)
            edition->pages[folder->index_page].chunk = folder->first_chunk;
    }
    edition->chunks = chunks;
    edition->chunk_count = count;
}

static uint32_t join(struct edition *edition, uint32_t last, uint32_t page)
{
    edition->pages[page].previous = last;
    edition->pages[page].next = NONE;
    if (last != NONE)
        edition->pages[last].next = page;
    return page;
}

/* Depth first: a folder's index page, then its entries. Iterative: folders may be deep. */
static void make_reading_order(struct edition *edition)
{
    uint32_t *position = memory_get(edition->folder_count * sizeof *position);
    uint32_t last = NONE, folder = 0;
    memset(position, 0, edition->folder_count * sizeof *position);
    if (edition->folders[0].index_page != NONE)
        last = join(edition, last, edition->folders[0].index_page);
    while (folder != NONE) {
        const struct folder *at = &edition->folders[folder];
        if (position[folder] == at->entry_count) {
            folder = at->parent;
            continue;
        }
        const struct nav_entry *entry = &edition->entries[at->first_entry + position[folder]++];
        if (entry->page != NONE)
            last = join(edition, last, entry->page);
        if (entry->folder != NONE)
            folder = entry->folder;
    }
    free(position);
}

void folders_make(struct site *site, struct edition *edition, struct diag_list *diags)
{
    make_folders(site, edition);
    place_entries(site, edition, diags);
    find_landings(edition);
    cut_chunks(site, edition);
    make_reading_order(edition);
}
