#ifndef WAYMARK_RENDER_ELEMENT_H
#define WAYMARK_RENDER_ELEMENT_H

/* The facts of a typed element, as readers see them: `principle="necessity"`
 * becomes "Principle: Necessity", with a link. Which facts a kind has, and what
 * they point at, is declared in schema.yaml. */

#include "model/site.h"
#include "render/html.h"

/* The lines of one element, in the order of the schema; in `arena`. `from` is the
 * output that they stand in. */
uint32_t element_fields(const struct site *site, const struct variant *variant, struct slice from,
                        const struct document *document, const struct directive *directive, struct arena *arena,
                        const struct html_field **fields);

#endif
