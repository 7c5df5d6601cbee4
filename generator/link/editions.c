/* Resolves every reference of every edition, and turns the arrows round: who
 * refers to this page, and from which section. */

#include "link/link.h"
#include "link/report.h"
#include <stdlib.h>

static uint32_t section_of_node(const struct document *facts, uint32_t node)
{
    uint32_t low = 0, high = facts->section_count; /* sections[low - 1].node <= node < sections[high].node */
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (facts->sections[middle].node <= node)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? low - 1 : NONE;
}

static void count_target(struct link_counts *counts, const struct target *target)
{
    if (target->state == TARGET_EXTERNAL)
        counts->external++;
    else if (target->state == TARGET_MISSING)
        counts->reported++;
    else
        counts->resolved++;
}

static void resolve_pages(struct site *site, struct candidates *candidates, uint32_t index, struct link_counts *counts, struct diag_list *diags)
{
    struct edition *edition = &site->editions[index];
    uint64_t total = 0;
    for (uint32_t i = 0; i < edition->page_count; i++) {
        edition->pages[i].first_target = (uint32_t)total;
        total += page_document(site, &edition->pages[i])->facts.reference_count;
    }
    edition->targets = ARENA_ARRAY(&site->arena, struct target, total + 1);
    edition->target_count = (uint32_t)total;
    for (uint32_t i = 0; i < edition->page_count; i++) {
        const struct edition_page *page = &edition->pages[i];
        const struct site_document *document = page_document(site, page);
        for (uint32_t j = 0; j < document->facts.reference_count; j++) {
            struct target *target = &edition->targets[page->first_target + j];
            *target = link_resolve(site, index, page->document, &document->facts.references[j]);
            if (counts)
                count_target(counts, target);
            if (document->edition == index)
                link_report(site, candidates, index, page->document, j, target, diags);
        }
    }
    if (counts)
        counts->pages = edition->page_count;
}

/* Calls `found` for each arrow between two pages, in the order of the referrers. */
static void each_arrow(const struct site *site, struct edition *edition,
                       void (*found)(struct edition *edition, uint32_t to, struct backlink from))
{
    for (uint32_t i = 0; i < edition->page_count; i++) {
        const struct edition_page *page = &edition->pages[i];
        const struct document *facts = &page_document(site, page)->facts;
        for (uint32_t j = 0; j < facts->reference_count; j++) {
            const struct target *target = &edition->targets[page->first_target + j];
            if (target->state == TARGET_PAGE && target->subject != i)
                found(edition, target->subject, (struct backlink){i, section_of_node(facts, facts->references[j].node)});
        }
    }
}

static void count_arrow(struct edition *edition, uint32_t to, struct backlink from)
{
    (void)from;
    if (edition->pages[to].backlink_count < BACKLINKS_MOST)
        edition->pages[to].backlink_count++;
}

static void keep_arrow(struct edition *edition, uint32_t to, struct backlink from)
{
    struct edition_page *page = &edition->pages[to];
    struct backlink *kept = &edition->backlinks[page->first_backlink];
    for (uint32_t i = 0; i < page->backlink_count; i++)
        if (kept[i].page == from.page && kept[i].section == from.section)
            return;
    bool is_new_page = page->backlink_count == 0 || kept[page->backlink_count - 1].page != from.page;
    page->referrer_count += is_new_page;
    if (page->backlink_count < BACKLINKS_MOST)
        kept[page->backlink_count++] = from;
}

static void turn_arrows(const struct site *site, struct edition *edition, struct arena *arena)
{
    each_arrow(site, edition, count_arrow);
    uint32_t total = 0;
    for (uint32_t i = 0; i < edition->page_count; i++) {
        edition->pages[i].first_backlink = total;
        total += edition->pages[i].backlink_count;
        edition->pages[i].backlink_count = 0;
    }
    edition->backlinks = ARENA_ARRAY(arena, struct backlink, total + 1);
    each_arrow(site, edition, keep_arrow);
}

void link_editions(struct site *site, struct link_counts *counts, struct diag_list *diags)
{
    *counts = (struct link_counts){0};
    struct candidates *candidates = candidates_new(site);
    for (uint32_t i = 0; i < site->edition_count; i++) {
        bool is_root = site->editions[i].parent == NONE;
        resolve_pages(site, candidates, i, is_root ? counts : NULL, diags);
        turn_arrows(site, &site->editions[i], &site->arena);
    }
    candidates_free(candidates);
}
