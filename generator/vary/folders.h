#ifndef WAYMARK_VARY_FOLDERS_H
#define WAYMARK_VARY_FOLDERS_H

/* Navigation of one edition, from the paths of its pages. */

#include "base/diag.h"
#include "model/site.h"

/* Fills folders, entries, chunks and the reading order; edition->pages and the
 * tables of ids stand already. */
void folders_make(struct site *site, struct edition *edition, struct diag_list *diags);

#endif
