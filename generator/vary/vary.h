#ifndef WAYMARK_VARY_VARY_H
#define WAYMARK_VARY_VARY_H

/* For whom: from parsed documents to editions, their pages and folders, and to
 * variants. Reads facts of documents only, never their bodies. */

#include "base/diag.h"
#include "model/site.h"

struct vary_options {
    bool drafts;          /* publish drafts, retired pages and what is not in force */
    const char *editions; /* "xa,xb"; "" = all */
    const char *language; /* "" = all */
};

/* What parsing gave for one file: an opened document and its key. */
struct parsed_document {
    uint32_t file;
    struct key key;
    struct document facts;
};

/* Fills site->documents (with ids, stems, titles), site->document_of_file and
 * site->by_path. `parsed` is in the order of the files. */
void vary_documents(struct site *site, const struct parsed_document *parsed, uint32_t count,
                    const struct vary_options *options, struct diag_list *diags);

/* Fills site->editions with pages, folders, navigation and reading order. */
void vary_editions(struct site *site, struct diag_list *diags);

/* Fills site->variants. False, with a diagnostic, when the options name an
 * edition or language that the site does not have. */
bool vary_variants(struct site *site, const struct vary_options *options, struct diag_list *diags);

/* "data-protection" → "Data protection"; in the arena. */
struct slice title_from_name(struct arena *arena, struct slice name);

#endif
