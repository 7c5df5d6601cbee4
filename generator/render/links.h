#ifndef WAYMARK_RENDER_LINKS_H
#define WAYMARK_RENDER_LINKS_H

/* Addresses inside the output. Every link is relative and names a file. All
 * results live in the arena that is handed in. */

#include "model/site.h"

/* "global/en/guidance/storage.html" */
struct slice output_of_page(struct arena *arena, const struct site *site, const struct variant *variant, uint32_t page);
/* A folder's own page: its index document's, or the generated one. */
struct slice output_of_folder(struct arena *arena, const struct site *site, const struct variant *variant, uint32_t folder);
/* The generated index of one chunk: "…/index.html", or "…/index-2.html" for the second and so on. */
struct slice output_of_chunk(struct arena *arena, const struct site *site, const struct variant *variant, uint32_t chunk);
/* A copied file: "files/base/forms/a.pdf", shared by all editions and languages. */
struct slice output_of_asset(struct arena *arena, const struct site *site, uint32_t file);
/* A page that the generator adds to a variant: "glossary.html". */
struct slice output_of_name(struct arena *arena, const struct variant *variant, const char *name);

/* The relative, percent-encoded link from one output to another. */
struct slice link_between(struct arena *arena, struct slice from, struct slice to);
/* The same with `#id`; the id is written as html_id writes it. */
struct slice link_with_id(struct arena *arena, struct slice from, struct slice to, struct slice id);

#endif
