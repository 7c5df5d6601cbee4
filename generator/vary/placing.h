#ifndef WAYMARK_VARY_PLACING_H
#define WAYMARK_VARY_PLACING_H

/* An entry of the navigation while it is being placed; and explicit navigation
 * (`nav:` of an edition), which places entries before all others. */

#include "base/diag.h"
#include "model/site.h"

struct placing {
    struct nav_entry entry;
    uint32_t folder; /* where it stands */
};

/* How many folders the groups of an explicit navigation may add. */
uint32_t explicit_nav_groups(const struct edition_spec *spec);

/* Moves the entries that `nav` names to where it names them, in its order; adds a
 * folder for each group. `placings` has room for explicit_nav_groups more, and so
 * has edition->folders. */
void explicit_nav_place(struct site *site, struct edition *edition, struct placing *placings, uint32_t *count,
                        struct diag_list *diags);

#endif
