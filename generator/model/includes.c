/* Breadth first over include references. A page that includes nothing, which is
 * nearly every page, allocates nothing. */

#include "model/includes.h"
#include "base/limits.h"

uint32_t site_included_pages(struct arena *arena, const struct site *site, uint32_t edition_index, uint32_t page,
                             uint32_t **pages)
{
    const struct edition *edition = &site->editions[edition_index];
    uint32_t count = 0, capacity = 0, level_end = 0, depth = 0;
    *pages = NULL;
    for (uint32_t at = page, next = 0;; at = (*pages)[next++]) {
        const struct document *facts = &page_document(site, &edition->pages[at])->facts;
        for (uint32_t i = 0; i < facts->reference_count; i++) {
            if (facts->references[i].kind != REFERENCE_INCLUDE)
                continue;
            const struct target *target = &edition->targets[edition->pages[at].first_target + i];
            bool is_known = target->state != TARGET_PAGE || target->subject == page;
            for (uint32_t j = 0; j < count && !is_known; j++)
                is_known = (*pages)[j] == target->subject;
            if (is_known)
                continue;
            if (count == capacity) {
                uint32_t *larger = ARENA_ARRAY(arena, uint32_t, capacity ? capacity * 2 : 8);
                if (count)
                    memcpy(larger, *pages, count * sizeof *larger);
                capacity = capacity ? capacity * 2 : 8;
                *pages = larger;
            }
            (*pages)[count++] = target->subject;
        }
        if (next == level_end) {
            level_end = count;
            depth++;
        }
        if (next == count || depth > LIMIT_INCLUDE_DEPTH)
            return count;
    }
}
