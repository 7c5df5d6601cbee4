/* Inclusion must end: a page that shows itself through others is an error that
 * names the whole chain, and so is one that goes deeper than the limit. Judged
 * section by section: page A may show a part of B while B shows another of A. */

#include "base/limits.h"
#include "link/includes.h"
#include "model/includes.h"

enum { EXPANSIONS_MOST = 10000 };

struct chain {
    struct site *site;
    const struct edition *edition;
    struct {
        uint32_t page, reference; /* the include that stands there */
        uint32_t first, end;      /* the nodes that are shown */
    } links[LIMIT_INCLUDE_DEPTH + 2];
    uint32_t depth;
    uint32_t expansions;
    bool is_reported;
    struct diag_list *diags;
};

static const char *chain_words(struct chain *chain)
{
    struct buffer words = BUFFER(1 << 16);
    for (uint32_t i = 0; i < chain->depth; i++) {
        const struct site_document *document = page_document(chain->site, &chain->edition->pages[chain->links[i].page]);
        const struct reference *reference = &document->facts.references[chain->links[i].reference];
        struct slice fragment = document_text(&document->facts, reference->fragment);
        struct slice target = document_text(&document->facts, reference->target);
        if (i == 0)
            buffer_slice(&words, document->id);
        buffer_printf(&words, " → %.*s%s%.*s", SLICE_ARGS(target), fragment.length ? "#" : "", SLICE_ARGS(fragment));
    }
    const char *kept = arena_copy(&chain->site->arena, buffer_string(&words), words.length);
    buffer_free(&words);
    return kept;
}

static void report(struct chain *chain, enum diag_code code, const char *what, const char *help)
{
    if (chain->is_reported)
        return;
    chain->is_reported = true;
    const struct site_document *document = page_document(chain->site, &chain->edition->pages[chain->links[0].page]);
    const struct reference *reference = &document->facts.references[chain->links[0].reference];
    struct diag_file file = {file_shown_path(&chain->site->arena, chain->site, document->file), document_file_bytes(&document->facts)};
    diag_add(chain->diags, code, (struct place){&file, reference->at, reference->length}, "%s: %s", what, chain_words(chain));
    diag_help(chain->diags, "%s", help);
}

/* Follows every include among nodes [first, end) of a page. */
static void follow(struct chain *chain, uint32_t page, uint32_t first, uint32_t end)
{
    const struct edition_page *at = &chain->edition->pages[page];
    const struct document *facts = &page_document(chain->site, at)->facts;
    for (uint32_t i = 0; i < facts->reference_count && !chain->is_reported; i++) {
        const struct reference *reference = &facts->references[i];
        const struct target *target = &chain->edition->targets[at->first_target + i];
        if (reference->kind != REFERENCE_INCLUDE || target->state != TARGET_PAGE || reference->node < first || reference->node >= end)
            continue;
        const struct document *shown = &page_document(chain->site, &chain->edition->pages[target->subject])->facts;
        uint32_t node = target->identifier == NONE ? 0 : shown->identifiers[target->identifier].node;
        chain->links[chain->depth].page = page;
        chain->links[chain->depth].reference = i;
        chain->links[chain->depth].first = first;
        chain->links[chain->depth].end = end;
        chain->depth++;
        for (uint32_t j = 0; j < chain->depth; j++) {
            const struct document *holder = &page_document(chain->site, &chain->edition->pages[chain->links[j].page])->facts;
            uint32_t include = holder->references[chain->links[j].reference].node;
            if (chain->links[j].page == target->subject && include >= node && include < shown->nodes[node].end)
                report(chain, DIAG_INCLUDE_CYCLE, "this include shows itself", "take one of the includes of this chain out");
        }
        if (chain->depth > LIMIT_INCLUDE_DEPTH)
            report(chain, DIAG_INCLUDE_DEPTH, "includes go deeper than eight", "include the text itself, not a page that includes it");
        else if (++chain->expansions > EXPANSIONS_MOST)
            report(chain, DIAG_INCLUDE_DEPTH, "this include brings in ten thousand others", "include fewer and larger pieces");
        else if (!chain->is_reported)
            follow(chain, target->subject, node, shown->nodes[node].end);
        chain->depth--;
    }
}

void link_check_includes(struct site *site, struct diag_list *diags)
{
    for (uint32_t e = 0; e < site->edition_count; e++) {
        const struct edition *edition = &site->editions[e];
        for (uint32_t i = 0; i < edition->page_count; i++) {
            const struct site_document *document = page_document(site, &edition->pages[i]);
            bool includes = false;
            for (uint32_t j = 0; j < document->facts.reference_count; j++)
                includes |= document->facts.references[j].kind == REFERENCE_INCLUDE;
            if (!includes || document->edition != e)
                continue;
            struct chain chain = {.site = site, .edition = edition, .diags = diags};
            follow(&chain, i, 0, document->facts.node_count);
        }
    }
}
