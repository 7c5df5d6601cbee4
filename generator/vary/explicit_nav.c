/* See placing.h. What is named gets an order below every other; what is not named
 * keeps its place by path and `order`, after it. */

#include "base/suggest.h"
#include "vary/placing.h"
#include <stdlib.h>

struct explicit_nav {
    struct site *site;
    struct edition *edition;
    struct placing *placings;
    uint32_t *count;
    bool *is_named; /* for each page */
    int64_t next_order;
    struct diag_list *diags;
};

static uint32_t groups_of(const struct nav_item *items, size_t count)
{
    uint32_t groups = 0;
    for (size_t i = 0; i < count; i++)
        if (items[i].child_count)
            groups += 1 + groups_of(items[i].children, items[i].child_count);
    return groups;
}

uint32_t explicit_nav_groups(const struct edition_spec *spec)
{
    return groups_of(spec->nav, spec->nav_count);
}

static struct place item_place(const struct explicit_nav *nav, const struct nav_item *item)
{
    return (struct place){&nav->site->config->file, item->at, item->length};
}

static uint32_t find_page(const struct explicit_nav *nav, const struct nav_item *item)
{
    struct slice target = slice_of(item->target);
    uint32_t page = site_find_page(nav->edition, target);
    for (uint32_t i = 0; page == NONE && slice_ends_with(target, ".md") && i < nav->edition->page_count; i++) {
        const struct site_document *document = page_document(nav->site, &nav->edition->pages[i]);
        if (slice_equal(nav->site->files->items[document->file].path, target))
            page = i;
    }
    if (page == NONE) {
        struct suggestion suggestion = {.wanted = target};
        for (uint32_t i = 0; i < nav->edition->page_count; i++)
            suggest_offer(&suggestion, page_document(nav->site, &nav->edition->pages[i])->id);
        char help[400];
        suggest_text(&suggestion, help, sizeof help);
        diag_add(nav->diags, DIAG_NAV_UNKNOWN, item_place(nav, item), "`nav` names '%s', which is no page of edition '%s'",
                 item->target, nav->edition->spec->id);
        diag_help(nav->diags, "%s", help[0] ? help : "name a document id, or a path ending in .md");
    }
    return page;
}

static struct placing *placing_of(const struct explicit_nav *nav, uint32_t page, uint32_t folder)
{
    for (uint32_t i = 0; i < *nav->count; i++) {
        const struct nav_entry *entry = &nav->placings[i].entry;
        if (folder != NONE ? entry->folder == folder : entry->folder == NONE && entry->page == page)
            return &nav->placings[i];
    }
    return NULL;
}

/* The folder that an index page stands for; NONE for other pages. */
static uint32_t folder_of(const struct explicit_nav *nav, uint32_t page)
{
    bool is_index = page != NONE && page_document(nav->site, &nav->edition->pages[page])->is_index;
    return is_index ? nav->edition->pages[page].folder : NONE;
}

static bool is_inside(const struct explicit_nav *nav, uint32_t folder, uint32_t outer)
{
    for (; folder != NONE; folder = nav->edition->folders[folder].parent)
        if (folder == outer)
            return true;
    return false;
}

static uint32_t add_group(struct explicit_nav *nav, const struct nav_item *item, uint32_t page, uint32_t parent)
{
    struct edition *edition = nav->edition;
    uint32_t folder = edition->folder_count++;
    struct slice title = item->title[0] ? slice_of(item->title) : page_document(nav->site, &edition->pages[page])->title;
    edition->folders[folder] = (struct folder){.path = edition->folders[parent].path, .title = title, .parent = parent, .index_page = page,
                                               .landing = NONE, .is_group = page == NONE, .order = INT64_MAX};
    struct placing *placing = page == NONE ? NULL : placing_of(nav, page, NONE);
    if (!placing)
        placing = &nav->placings[(*nav->count)++];
    placing->entry = (struct nav_entry){page, folder, nav->next_order++, title, title};
    placing->folder = parent;
    if (page != NONE)
        edition->pages[page].folder = folder;
    return folder;
}

static void place_items(struct explicit_nav *nav, const struct nav_item *items, size_t count, uint32_t parent);

static void place_item(struct explicit_nav *nav, const struct nav_item *item, uint32_t parent)
{
    uint32_t page = item->target[0] ? find_page(nav, item) : NONE;
    if (item->target[0] && page == NONE)
        return;
    if (page != NONE && nav->is_named[page]) {
        diag_add(nav->diags, DIAG_NAV_UNKNOWN, item_place(nav, item), "`nav` names '%s' twice", item->target);
        diag_help(nav->diags, "a page has one place; refer to it from elsewhere with a link");
        return;
    }
    uint32_t folder = folder_of(nav, page);
    if (folder == 0) { /* the home page: its entries are the top */
        place_items(nav, item->children, item->child_count, 0);
        return;
    }
    if (folder != NONE && is_inside(nav, parent, folder)) {
        diag_add(nav->diags, DIAG_NAV_UNKNOWN, item_place(nav, item), "`nav` puts '%s' inside itself", item->target);
        diag_help(nav->diags, "take it out of its own children");
        return;
    }
    if (page != NONE)
        nav->is_named[page] = true;
    if (folder == NONE && item->child_count) {
        folder = add_group(nav, item, page, parent);
    } else {
        struct placing *placing = placing_of(nav, page, folder);
        placing->folder = parent;
        placing->entry.order = nav->next_order++;
        if (item->title[0])
            placing->entry.title = slice_of(item->title);
        if (folder != NONE)
            nav->edition->folders[folder].parent = parent;
    }
    place_items(nav, item->children, item->child_count, folder);
}

static void place_items(struct explicit_nav *nav, const struct nav_item *items, size_t count, uint32_t parent)
{
    for (size_t i = 0; i < count; i++)
        place_item(nav, &items[i], parent);
}

void explicit_nav_place(struct site *site, struct edition *edition, struct placing *placings, uint32_t *count,
                        struct diag_list *diags)
{
    struct explicit_nav nav = {.site = site, .edition = edition, .placings = placings, .count = count,
                               .next_order = INT64_MIN, .diags = diags};
    nav.is_named = memory_get(edition->page_count + 1);
    memset(nav.is_named, 0, edition->page_count + 1);
    place_items(&nav, edition->spec->nav, edition->spec->nav_count, 0);
    free(nav.is_named);
}
