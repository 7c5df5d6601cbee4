#ifndef WAYMARK_RENDER_ASSET_H
#define WAYMARK_RENDER_ASSET_H

/* Which images and attachments may be published. */

#include "base/diag.h"

/* An asset passes when its name has an extension of the list and its bytes are of
 * that type. SVG passes when it holds nothing that acts or loads: no script, no
 * event handler, no foreign object, no document type, no address outside itself.
 * False with one diagnostic. */
bool asset_check(const struct diag_file *file, struct slice name, struct slice bytes, struct diag_list *diags);

#endif
