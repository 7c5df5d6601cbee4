#ifndef WAYMARK_MODEL_INCLUDES_H
#define WAYMARK_MODEL_INCLUDES_H

/* Which pages a page shows parts of, through `::include`. Valid once references
 * are resolved. */

#include "model/site.h"

/* The pages that `page` includes, directly or through others, each once, in the
 * order in which they are first met; not the page itself. `*pages` lies in
 * `arena`. Ends at LIMIT_INCLUDE_DEPTH, and at cycles. */
uint32_t site_included_pages(struct arena *arena, const struct site *site, uint32_t edition, uint32_t page,
                             uint32_t **pages);

#endif
