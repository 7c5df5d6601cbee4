#ifndef WAYMARK_MODEL_CANONICAL_H
#define WAYMARK_MODEL_CANONICAL_H

/* What a passage means: its canonical text and the hash of it.
 *
 * The canonical text is made from the parsed nodes, so that wrapping, list and
 * emphasis markers, heading case, spaces and comments make no difference. Its
 * rules are frozen (LANGUAGE.md, section 6): people's files hold hashes of it. A
 * changed rule would get a prefix (`2:…`) and the old rule would stay here.
 *
 * Rules that LANGUAGE.md leaves open, fixed here:
 * - headings: the letters of text are folded; code, destinations and parameter
 *   names keep their case. Levels are relative to the section that is asked for.
 * - a tight and a loose list are the same; paragraphs of one item follow each
 *   other on lines of their own, indented like the item's text by two spaces.
 * - a task item's text begins `[ ] ` or `[x] `; a hard break is `\` and a line end.
 * - ids of items and rows are no part of their meaning, nor are ids of elements.
 * - note: `:::note[Title]` in both spellings; directive: `:::name[label]{a="b" c="d"}`
 *   (`::name…` for a leaf), attributes sorted by key, `id` and `base` left out.
 * - a footnote is `[^N]` with N counting in the canonical text; its definition
 *   follows the block that first refers to it, as `[^N]: ` and its text.
 * - code block: a fence as long as it must be, its info string, the text verbatim.
 * - raw tags as `<tag>`; alias anchors vanish. Cell bars are escaped `\|`.
 * - empty link text stays empty: `[](xref:…)`. A title is `[t](dest "title")`. */

#include "base/buffer.h"
#include "model/document.h"
#include <stdint.h>

/* Writes the resolved destination (`xref:doc#id`, `cite:key#l`, `term:key`, a
 * URL, a path) for `reference`. False: not resolved, the destination is written
 * as it stands in the source. References within the document come here too. */
typedef bool canonical_target(void *context, const struct document *document, const struct reference *reference,
                              struct buffer *out);

/* Whether what a condition (`only`, `except`) holds is part of the text: an
 * overlay sees what its edition inherits. */
typedef bool canonical_condition(void *context, const struct document *document, const struct directive *directive);

struct canonical_rules {
    void *context;
    canonical_target *target;       /* NULL: destinations as written */
    canonical_condition *condition; /* NULL: conditions are part of the text, as a translation sees it */
};

/* Appends the canonical text of nodes [first, end), which may begin at a section
 * and end before its first child section. `base_level` is the heading level that
 * is written as `#`; 0 takes that of the first heading in the range. */
void canonical_range(struct buffer *out, const struct document *document, uint32_t first, uint32_t end,
                     unsigned base_level, const struct canonical_rules *rules);

enum canonical_part { CANONICAL_OWN, CANONICAL_WHOLE };
void canonical_section(struct buffer *out, const struct document *document, uint32_t section, enum canonical_part part,
                       const struct canonical_rules *rules);
/* `_lead`: the text before the first section. */
void canonical_lead(struct buffer *out, const struct document *document, const struct canonical_rules *rules);
/* `_page`: the whole body. */
void canonical_page(struct buffer *out, const struct document *document, const struct canonical_rules *rules);
/* `_meta`: `title: …` and `description: …`, a line each, where they are given. */
void canonical_meta(struct buffer *out, const struct document *document);
/* One element, list item or table row, by its node. */
void canonical_node(struct buffer *out, const struct document *document, uint32_t node,
                    const struct canonical_rules *rules);
/* What `set` pins: `param NAME: TYPE VALUE`, `field NAME: VALUE`. */
void canonical_param(struct buffer *out, struct slice name, struct slice type, struct slice value);
void canonical_field(struct buffer *out, struct slice name, struct slice value);

enum { MEANING_DIGITS = 12 };
struct meaning {
    char hex[MEANING_DIGITS + 1];
};
/* The hash of canonical text. */
struct meaning meaning_of(struct slice canonical);

/* Fills builder->hashes: a row for every top-level block (also inside sections),
 * list item, table row and typed element, in node order. Called once nodes and
 * tables of the builder are complete. */
void canonical_hash_blocks(struct document_builder *builder);

#endif
