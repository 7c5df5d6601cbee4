#ifndef WAYMARK_SETTLE_CHECK_H
#define WAYMARK_SETTLE_CHECK_H

/* What a document takes for granted, held against what holds in its edition. */

#include "base/diag.h"
#include "model/document.h"
#include "model/facts.h"

/* Reports parameters that nobody declared, directives that nothing handles, and
 * conditions on editions that the site does not have. `path` is what people are shown. */
void settle_check_document(const struct site_facts *facts, const struct document *document, const char *path,
                           struct diag_list *diags);

#endif
