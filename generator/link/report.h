#ifndef WAYMARK_LINK_REPORT_H
#define WAYMARK_LINK_REPORT_H

/* What is wrong with a reference that leads nowhere, and what was likely meant. */

#include "base/diag.h"
#include "link/candidates.h"
#include "model/site.h"

/* Adds at most one diagnostic about references[index] of the document. */
void link_report(struct site *site, struct candidates *candidates, uint32_t edition, uint32_t document, uint32_t index,
                 const struct target *target, struct diag_list *diags);

#endif
