#ifndef WAYMARK_VARY_RESOLVE_MARKDOWN_H
#define WAYMARK_VARY_RESOLVE_MARKDOWN_H

/* The merged Markdown of a page, as `waymark resolve` prints it: the source bytes
 * of its passages, spliced where something was put in their place. Parsing the
 * result gives the canonical text that the page has. */

#include "base/buffer.h"
#include "model/variant.h"

enum resolve_mode {
    RESOLVE_RAW,    /* source bytes as they are: without overlays, the body of the file, byte for byte */
    RESOLVE_MERGED, /* every id printed, parameters filled in, includes expanded, conditions and comments gone */
};

/* What depends on the variant; as in render/html.h. Each may be NULL; false: no answer. */
struct resolve_hooks {
    void *context;
    /* The value of a parameter as plain text. No answer: the token stays. */
    bool (*parameter)(void *context, const struct page *page, struct slice name, struct slice *value);
    /* Whether what an `only` or `except` holds is part of this variant. No answer: the directive stays. */
    bool (*condition)(void *context, const struct page *page, const struct document *document,
                      const struct directive *directive, bool *is_shown);
    /* The passages of an include. No answer: the directive stays. */
    bool (*include)(void *context, const struct page *page, const struct document *document,
                    const struct reference *reference, const struct passage **passages, uint32_t *count);
    /* A reference of a file that is not the page's own (an overlay in another
     * folder, a translation, an include) as it must be written here, or false to
     * leave it. */
    bool (*destination)(void *context, const struct page *page, const struct document *document,
                        const struct reference *reference, struct buffer *out);
    /* Tag and direction of a language; `*is_page` when it is the reader's. */
    bool (*language)(void *context, const struct page *page, uint16_t language, struct slice *tag, bool *is_rtl);
};

/* Appends the Markdown of `page`, without front matter. Returns false when `out`
 * has overflowed. */
bool resolve_markdown(struct buffer *out, const struct page *page, enum resolve_mode mode,
                      const struct resolve_hooks *hooks);

#endif
