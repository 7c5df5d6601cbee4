#ifndef WAYMARK_RENDER_PARTS_H
#define WAYMARK_RENDER_PARTS_H

/* What the files of this folder share: one renderer and the file in its hands. */

#include "render/html.h"
#include "render/links.h"
#include "render/renderer.h"
#include "script/context.h"

struct renderer {
    const struct render_site *render;
    const struct site *site;
    struct template_engine *engine;
    struct arena scratch;     /* reset for each output */
    struct buffer body;
    struct html_facts facts;

    /* The output in hand. */
    const struct output *output;
    const struct variant *variant;   /* NULL for what no variant owns */
    const struct edition *edition;
    const struct site_facts *facts_of; /* of the edition */
    const struct language *language;
    struct slice root;               /* "../../" */

    /* The navigation rendered last: most pages of a folder come one after the other. */
    struct {
        uint32_t variant, chunk;
        struct slice folder;         /* of the output it was made for: its links are relative to it */
        struct buffer path;          /* owns `folder` */
        struct buffer html;
        bool is_made;
    } nav;
};

/* page.*, site.*, edition.*, release.* that all templates are given. Leaves the
 * map `page` open: the caller adds its fields and ends it. */
void context_head(struct renderer *renderer, const char *kind, struct slice title, struct slice title_html);
/* page.breadcrumbs: from the edition's home to the parent of `folder`'s child. */
void context_breadcrumbs(struct renderer *renderer, uint32_t folder, bool with_folder);
/* page.nav for a page listed in `chunk`. */
bool context_nav(struct renderer *renderer, uint32_t chunk, struct diag_list *diags);
/* page.languages: the same output in each language of the edition. */
void context_languages(struct renderer *renderer);
/* page.children and page.parts of one chunk of a folder. */
void context_children(struct renderer *renderer, uint32_t chunk);
/* One `{key = {title, url}}`. */
void context_link(struct renderer *renderer, const char *key, struct slice title, struct slice to);
/* The link from the output in hand. */
struct slice url_to(struct renderer *renderer, struct slice to);

/* The hooks of html_render for the output in hand. */
struct html_hooks renderer_hooks(struct renderer *renderer);
/* A page's passages: the document itself and what it includes. In the scratch
 * arena. False when a document that came from the cache is none. */
bool renderer_page(struct renderer *renderer, uint32_t edition_page, struct page *out);
struct html_words renderer_words(struct renderer *renderer);

bool render_page(struct renderer *renderer, struct buffer *out, struct diag_list *diags);
bool render_folder(struct renderer *renderer, struct buffer *out, struct diag_list *diags);
bool render_start(struct renderer *renderer, struct buffer *out, struct diag_list *diags);
bool render_redirect(struct renderer *renderer, struct buffer *out, struct diag_list *diags);
bool render_glossary(struct renderer *renderer, struct buffer *out, struct diag_list *diags);
bool render_references(struct renderer *renderer, struct buffer *out, struct diag_list *diags);
bool render_about(struct renderer *renderer, struct buffer *out, struct diag_list *diags);
bool render_not_found(struct renderer *renderer, struct buffer *out, struct diag_list *diags);
bool render_sitemap(struct renderer *renderer, struct buffer *out);
bool render_sitemap_leaf(struct renderer *renderer, struct buffer *out);
bool render_robots(struct renderer *renderer, struct buffer *out);
bool render_copy(struct renderer *renderer, struct buffer *out);

#endif
