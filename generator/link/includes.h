#ifndef WAYMARK_LINK_INCLUDES_H
#define WAYMARK_LINK_INCLUDES_H

/* Inclusion must end. */

#include "base/diag.h"
#include "model/site.h"

/* Reports includes that show themselves, go too deep or bring in too much. */
void link_check_includes(struct site *site, struct diag_list *diags);

#endif
