/* `waymark resolve PAGE`: the merged Markdown of a page, as one edition and
 * language has it. */

#include "base/limits.h"
#include "base/suggest.h"
#include "commands/site.h"
#include "model/includes.h"
#include "vary/resolve_markdown.h"
#include <stdio.h>

struct resolving {
    const struct site *site;
    const struct variant *variant;
    struct arena arena;
};

static bool parameter(void *context, const struct page *page, struct slice name, struct slice *value)
{
    struct resolving *resolving = context;
    const struct site_facts *facts = &resolving->site->facts[resolving->variant->edition];
    uint32_t index = facts_param(facts, name);
    (void)page;
    return index != TABLE_NONE &&
           facts_param_value(facts, index, resolving->site->config->languages[resolving->variant->language].tag, value);
}

static bool condition(void *context, const struct page *page, const struct document *document,
                      const struct directive *directive, bool *is_shown)
{
    struct resolving *resolving = context;
    (void)page;
    *is_shown = site_condition(resolving->site, resolving->variant->edition, document, directive);
    return true;
}

static bool include(void *context, const struct page *page, const struct document *document,
                    const struct reference *reference, const struct passage **passages, uint32_t *count)
{
    struct resolving *resolving = context;
    const struct site *site = resolving->site;
    const struct edition *edition = &site->editions[resolving->variant->edition];
    uint32_t holder = edition->page_of_document[site->document_of_file[page->sources[document - page->documents].file]];
    const struct target *target = &edition->targets[edition->pages[holder].first_target + (uint32_t)(reference - document->references)];
    if (target->state != TARGET_PAGE)
        return false;
    const struct site_document *shown = page_document(site, &edition->pages[target->subject]);
    for (uint32_t i = 0; i < page->document_count; i++) {
        if (page->sources[i].file != shown->file)
            continue;
        struct passage *passage = ARENA_NEW(&resolving->arena, struct passage);
        *passage = passage_whole(page, i);
        if (target->identifier != NONE) {
            passage->first = shown->facts.identifiers[target->identifier].node;
            passage->end = shown->facts.nodes[passage->first].end;
        }
        passage->kind = PASSAGE_INCLUDED;
        *passages = passage;
        *count = 1;
        return true;
    }
    return false;
}

static bool language(void *context, const struct page *page, uint16_t index, struct slice *tag, bool *is_rtl)
{
    struct resolving *resolving = context;
    (void)page;
    *tag = slice_of(resolving->site->config->languages[index].tag);
    *is_rtl = resolving->site->config->languages[index].is_rtl;
    return true;
}

/* By document id, or by path: from the source's root, or as diagnostics show it. */
static uint32_t find_page(struct build *build, const struct edition *edition, struct slice name)
{
    uint32_t page = site_find_page(edition, name);
    for (uint32_t i = 0; page == NONE && i < edition->page_count; i++) {
        uint32_t file = page_document(&build->site, &edition->pages[i])->file;
        if (slice_equal(build->files.items[file].path, name) ||
            slice_is(name, file_shown_path(&build->arena, &build->site, file)))
            page = i;
    }
    return page;
}

static void unknown_page(struct build *build, const struct edition *edition, struct slice name)
{
    struct suggestion suggestion = {.wanted = name};
    for (uint32_t i = 0; i < edition->page_count; i++) {
        suggest_offer(&suggestion, page_document(&build->site, &edition->pages[i])->id);
        suggest_offer(&suggestion, build->files.items[page_document(&build->site, &edition->pages[i])->file].path);
    }
    char help[600];
    suggest_text(&suggestion, help, sizeof help);
    diag_add(&build->diags, DIAG_USAGE, PLACE_RUN, "edition '%s' has no page '%.*s'", edition->spec->id, SLICE_ARGS(name));
    diag_help(&build->diags, "%s", help[0] ? help : "PAGE is a document id, or a path in its source");
}

static void print_page(struct build *build, const struct variant *variant, uint32_t at)
{
    const struct site *site = &build->site;
    struct resolving resolving = {.site = site, .variant = variant};
    const struct edition *edition = &site->editions[variant->edition];
    uint32_t *pages = NULL, count = site_included_pages(&build->arena, site, variant->edition, at, &pages);
    struct document *documents = ARENA_ARRAY(&build->arena, struct document, count + 1);
    struct page_source *sources = ARENA_ARRAY(&build->arena, struct page_source, count + 1);
    for (uint32_t i = 0; i <= count; i++) {
        const struct site_document *document = page_document(site, &edition->pages[i ? pages[i - 1] : at]);
        documents[i] = document->facts;
        sources[i] = (struct page_source){document->file, PAGE_NONE, (uint16_t)document->edition, (uint16_t)variant->language};
    }
    struct page page = {.documents = documents, .sources = sources, .document_count = count + 1,
                        .edition = (uint16_t)variant->edition, .language = (uint16_t)variant->language};
    struct passage passage = passage_whole(&page, 0);
    page.passages = &passage;
    page.passage_count = 1;
    struct resolve_hooks hooks = {&resolving, parameter, condition, include, NULL, language};
    struct buffer out = BUFFER(LIMIT_PAGE_BYTES);
    if (resolve_markdown(&out, &page, RESOLVE_MERGED, &hooks))
        fwrite(buffer_string(&out), 1, out.length, stdout);
    buffer_free(&out);
    arena_free(&resolving.arena);
}

int command_resolve(const struct command_line *line)
{
    struct build build;
    int status = command_site_open(line, &build);
    if (status == EXIT_DONE && line->argument_count == 0) {
        diag_add(&build.diags, DIAG_USAGE, PLACE_RUN, "`resolve` needs a page");
        diag_help(&build.diags, "waymark resolve guidance/storage.md --edition xa --lang fr");
    } else if (status == EXIT_DONE && build_read(&build)) {
        const struct variant *variant = &build.site.variants[0];
        const struct edition *edition = &build.site.editions[variant->edition];
        uint32_t page = find_page(&build, edition, slice_of(line->arguments[0]));
        if (page == NONE)
            unknown_page(&build, edition, slice_of(line->arguments[0]));
        else
            print_page(&build, variant, page);
    }
    status = command_report_site(line, &build);
    build_close(&build);
    return status;
}
