#ifndef WAYMARK_LINK_LINK_H
#define WAYMARK_LINK_LINK_H

/* How pages relate: every reference of every document, resolved for every
 * edition that shows it, and who refers to whom. After this stage the graph is
 * frozen. */

#include "base/diag.h"
#include "model/site.h"

struct link_counts { /* of the root edition's references */
    uint64_t pages, resolved, external, reported;
};

/* Fills edition->targets, first_target, backlinks. Reports each broken reference
 * once, at its place, for the edition that declares the document. */
void link_editions(struct site *site, struct link_counts *counts, struct diag_list *diags);

/* Resolves one reference of `document` for `edition`, quietly. */
struct target link_resolve(const struct site *site, uint32_t edition, uint32_t document,
                           const struct reference *reference);

#endif
