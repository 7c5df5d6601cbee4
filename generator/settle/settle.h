#ifndef WAYMARK_SETTLE_SETTLE_H
#define WAYMARK_SETTLE_SETTLE_H

/* What holds where: reads the data files of every source and settles, for each
 * edition, which parameters, terms, citations and kinds are in force. */

#include "base/arena.h"
#include "base/diag.h"
#include "model/config.h"
#include "model/facts.h"

/* The data files at the root of one source's folder; NULL where it has none.
 * `path` and `bytes` must outlive the facts: places point into them. */
struct settle_source {
    const char *edition;                /* that the source belongs to */
    const struct diag_file *params;     /* params.yaml: only in sources of the root edition */
    const struct diag_file *schema;     /* schema.yaml: only in sources of the root edition */
    const struct diag_file *waivers;    /* waivers.yaml: only in sources of the root edition */
    const struct diag_file *glossary;   /* glossary.yaml */
    const struct diag_file *references; /* references.yaml */
    const struct diag_file *country;    /* country.yaml: not in sources of the root edition */
};

/* The name of the data file, "params.yaml", in the order of the fields above; NULL at the end. */
const char *settle_file_name(size_t index);
/* The field for the file called `name` at the root of a source; NULL when it is none of them. */
const struct diag_file **settle_file(struct settle_source *source, struct slice name);

/* Reads all files and fills `facts`, one for each edition in the order of
 * config->editions; the caller frees each with facts_free. What country.yaml says
 * of title, language, languages and nav goes into config->editions.
 *
 * An edition's glossary and references stand before those that it inherits; its
 * parameters are those of the base with the values that it and its ancestors give
 * for `build_date` (yyyymmdd). Sources of one edition may not give a key twice.
 *
 * Returns false when a file has an error; what is right in it is in the facts
 * nevertheless. */
bool settle_editions(struct site_facts *facts, struct arena *arena, struct site_config *config,
                     const struct settle_source *sources, size_t source_count, int32_t build_date,
                     struct diag_list *diags);

#endif
