/* Names the cause (a typing error, a draft, another edition's page, a path that
 * leaves the source) and the nearest targets. */

#include "base/limits.h"
#include "base/suggest.h"
#include "link/path.h"
#include "link/report.h"
#include "model/facts.h"
#include <string.h>

struct report {
    struct site *site;
    struct candidates *candidates;
    const struct edition *edition;
    const struct site_document *document;
    const struct reference *reference;
    struct diag_file file;
    struct place place;
    struct diag_list *diags;
    struct slice target, fragment;
};

static bool add_help(struct diag_list *diags, const struct suggestion *suggestion, const char *otherwise)
{
    char help[600];
    suggest_text(suggestion, help, sizeof help);
    return diag_help(diags, "%s", help[0] ? help : otherwise);
}

static const char *status_words(const struct site *site, const struct site_document *document)
{
    struct slice status = document_field_text(&document->facts, FIELD_STATUS);
    if (slice_is(status, "draft"))
        return "is a draft";
    if (slice_is(status, "retired"))
        return "is retired";
    const struct field *from = document_field(&document->facts, FIELD_VALID_FROM);
    return from && from->number > site->build_date ? "is not in force yet" : "is no longer in force";
}

/* The page is there, but not for the readers of this edition: say why. */
static bool report_unpublished(struct report *report, const struct site_document *found)
{
    const char *path = file_shown_path(&report->site->arena, report->site, found->file);
    if (!found->is_published) {
        diag_add(report->diags, DIAG_LINK_UNPUBLISHED, report->place, "'%s' %s", path,
                 status_words(report->site, found));
        return diag_help(report->diags, "publish it (its `status`, `valid_from`, `valid_until`), or refer to another page");
    }
    const char *owner = found->edition == NONE ? "" : report->site->config->editions[found->edition].id;
    diag_add(report->diags, DIAG_LINK_UNPUBLISHED, report->place, "edition '%s' does not show '%s'",
             report->edition->spec->id, path);
    return diag_help(report->diags, owner[0] ? "it belongs to edition '%s'" : "no edition shows its source%s", owner);
}

static const struct site_document *document_with_id(const struct site *site, struct slice id)
{
    for (uint32_t i = 0; i < site->document_count; i++)
        if (slice_equal(site->documents[i].id, id))
            return &site->documents[i];
    return NULL;
}

static bool report_fragment(struct report *report, uint32_t page)
{
    const struct site_document *found = page_document(report->site, &report->edition->pages[page]);
    struct suggestion suggestion = {.wanted = report->fragment};
    for (uint32_t i = 0; i < found->facts.identifier_count; i++)
        suggest_offer(&suggestion, document_text(&found->facts, found->facts.identifiers[i].id));
    if (found == report->document)
        diag_add(report->diags, DIAG_ANCHOR_UNKNOWN, report->place, "nothing on this page has the id '%.*s'",
                 SLICE_ARGS(report->fragment));
    else
        diag_add(report->diags, DIAG_ANCHOR_UNKNOWN, report->place, "nothing in '%s' has the id '%.*s'",
                 file_shown_path(&report->site->arena, report->site, found->file), SLICE_ARGS(report->fragment));
    return add_help(report->diags, &suggestion, "give the section an id: `## Heading {#id}`");
}

static bool report_xref(struct report *report)
{
    struct site *site = report->site;
    const struct document *facts = &report->document->facts;
    struct slice release = document_text(facts, report->reference->release);
    struct slice source = document_text(facts, report->reference->source);
    if (release.length) {
        diag_add(report->diags, DIAG_RELEASE_UNKNOWN, report->place, "there is no release '%.*s'", SLICE_ARGS(release));
        return diag_help(report->diags, "releases are the tags that `sources: … tags:` selects");
    }
    struct suggestion sources = {.wanted = source};
    bool is_source = source.length == 0;
    for (uint32_t i = 0; i < site->files->source_count; i++) {
        is_source |= slice_is(source, site->files->sources[i].name);
        suggest_offer(&sources, slice_of(site->files->sources[i].name));
    }
    if (!is_source) {
        diag_add(report->diags, DIAG_XREF_UNKNOWN, report->place, "there is no source '%.*s'", SLICE_ARGS(source));
        return add_help(report->diags, &sources, "sources are declared in waymark.yaml");
    }
    const struct site_document *found = document_with_id(site, report->target);
    if (found)
        return report_unpublished(report, found);
    diag_add(report->diags, DIAG_XREF_UNKNOWN, report->place, "no document has the id '%.*s'", SLICE_ARGS(report->target));
    struct suggestion suggestion = {.wanted = report->target};
    candidates_ids(report->candidates, (uint32_t)(report->edition - site->editions), &suggestion);
    return add_help(report->diags, &suggestion, "the id of a document is its `id:`, or its path without '.md'");
}

/* A candidate is shown as the link to write: relative to the document. */
static void make_relative(struct report *report, struct suggestion *suggestion)
{
    struct slice from = report->site->files->items[report->document->file].path;
    for (size_t i = 0; i < suggestion->count; i++) {
        struct buffer link = BUFFER(LIMIT_PATH_BYTES * 4);
        path_relative(&link, from, suggestion->best[i]);
        suggestion->best[i] = arena_slice(&report->site->arena, buffer_view(&link));
        buffer_free(&link);
    }
}

static bool report_path(struct report *report)
{
    struct site *site = report->site;
    char path[LIMIT_PATH_BYTES];
    struct slice joined, from = path_folder(site->files->items[report->document->file].path);
    bool is_from_root = report->reference->kind != REFERENCE_RELATIVE;
    if (!path_join(path, sizeof path, is_from_root ? SLICE("") : from, report->target, &joined)) {
        diag_add(report->diags, DIAG_LINK_OUTSIDE, report->place, "'%.*s' leads out of the source",
                 SLICE_ARGS(report->target));
        return diag_help(report->diags, "a link by path stays inside its source; refer to other sources with `xref:NAME:…`");
    }
    uint32_t file = table_get(&site->by_path[report->document->source], joined);
    if (file != TABLE_NONE && site->document_of_file[file] != NONE)
        return report_unpublished(report, &site->documents[site->document_of_file[file]]);
    bool is_image = report->reference->flags & REFERENCE_IMAGE;
    diag_add(report->diags, is_image ? DIAG_IMAGE_UNKNOWN : DIAG_LINK_UNKNOWN, report->place, "there is no %s '%.*s'",
             is_image ? "image" : "file", SLICE_ARGS(joined));
    struct suggestion suggestion = {.wanted = arena_slice(&site->arena, joined)};
    candidates_paths(report->candidates, report->document->source, &suggestion);
    make_relative(report, &suggestion);
    return add_help(report->diags, &suggestion, "a link is relative to its own file, or `xref:` and a document id");
}

static bool report_fact(struct report *report, bool is_term)
{
    struct suggestion suggestion = {.wanted = report->target};
    const struct site_facts *facts = &report->site->facts[report->edition - report->site->editions];
    uint32_t count = is_term ? facts_term_count(facts) : facts_cite_count(facts);
    for (uint32_t i = 0; i < count; i++)
        suggest_offer(&suggestion, is_term ? facts_term_key(facts, i) : facts_cite_key(facts, i));
    diag_add(report->diags, is_term ? DIAG_TERM_UNKNOWN : DIAG_CITE_UNKNOWN, report->place, "%s '%.*s'",
             is_term ? "the glossary has no term" : "there is no reference", SLICE_ARGS(report->target));
    return add_help(report->diags, &suggestion,
                    is_term ? "add it to glossary.yaml" : "add it to references.yaml");
}

/* An automatic id of a second heading with the same text: `name-2`. */
static bool is_counted(const struct document *facts, const struct identifier *identifier)
{
    if (identifier->kind != IDENTIFIER_SECTION)
        return false;
    struct slice id = document_text(facts, identifier->id);
    size_t digits = id.length;
    while (digits > 0 && id.at[digits - 1] >= '0' && id.at[digits - 1] <= '9')
        digits--;
    if (digits == id.length || digits < 2 || id.at[digits - 1] != '-')
        return false;
    struct slice stem = {id.at, digits - 1};
    bool is_automatic = false, has_stem = false;
    for (uint32_t i = 0; i < facts->section_count; i++) {
        struct slice other = document_text(facts, facts->sections[i].id);
        is_automatic |= slice_equal(other, id) && facts->sections[i].flags & SECTION_AUTO_ID;
        has_stem |= slice_equal(other, stem);
    }
    return is_automatic && has_stem;
}

static void report_unstable(struct report *report)
{
    diag_add(report->diags, DIAG_ID_UNSTABLE, report->place, "'%.*s' is a counted id: it changes when a heading is added before it",
             SLICE_ARGS(report->fragment));
    diag_help(report->diags, "give that heading an id of its own: `{#…}`");
}

void link_report(struct site *site, struct candidates *candidates, uint32_t edition, uint32_t document, uint32_t index,
                 const struct target *target, struct diag_list *diags)
{
    if (target->state != TARGET_MISSING && !(target->state == TARGET_PAGE && target->identifier != NONE))
        return;
    struct report report = {.site = site, .candidates = candidates, .edition = &site->editions[edition], .document = &site->documents[document],
                            .reference = &site->documents[document].facts.references[index], .diags = diags};
    const struct document *facts = &report.document->facts;
    if (target->state == TARGET_MISSING)
        report.file = (struct diag_file){file_shown_path(&site->arena, site, report.document->file), document_file_bytes(facts)};
    report.place = (struct place){&report.file, report.reference->at, report.reference->length};
    report.target = document_text(facts, report.reference->target);
    report.fragment = document_text(facts, report.reference->fragment);
    if (target->state == TARGET_PAGE) {
        const struct document *to = &page_document(site, &report.edition->pages[target->subject])->facts;
        if (!is_counted(to, &to->identifiers[target->identifier]))
            return;
        report.file = (struct diag_file){file_shown_path(&site->arena, site, report.document->file), document_file_bytes(facts)};
        report_unstable(&report);
        return;
    }
    switch ((enum reference_kind)report.reference->kind) {
    case REFERENCE_XREF:
    case REFERENCE_INCLUDE:
        if (target->subject != NONE)
            report_fragment(&report, target->subject);
        else if (slice_ends_with(report.target, ".md"))
            report_path(&report);
        else
            report_xref(&report);
        return;
    case REFERENCE_RELATIVE:
        if (target->subject != NONE)
            report_fragment(&report, target->subject);
        else
            report_path(&report);
        return;
    case REFERENCE_TERM:
        report_fact(&report, true);
        return;
    case REFERENCE_CITE:
        report_fact(&report, false);
        return;
    case REFERENCE_URL:
        diag_add(diags, DIAG_IMAGE_REMOTE, report.place, "the image is loaded from another site: '%.*s'", SLICE_ARGS(report.target));
        diag_help(diags, "put the file into the source, beside the document, and name it by its path");
        return;
    case REFERENCE_REFUSED: /* the parser has reported it */
        return;
    }
}
