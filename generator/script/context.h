#ifndef WAYMARK_SCRIPT_CONTEXT_H
#define WAYMARK_SCRIPT_CONTEXT_H

/* Building what a template sees, straight into Lua tables.
 *
 *     context_begin(engine, "fr");
 *     context_map_begin(engine, "page");
 *     context_text(engine, "title", title);
 *     context_html(engine, "body", buffer_view(&body));
 *     context_list_begin(engine, "breadcrumbs", count);
 *     for (…) {
 *         context_map_begin(engine, NULL);
 *         context_text(engine, "title", …);
 *         context_url(engine, "url", …);
 *         context_map_end(engine);
 *     }
 *     context_list_end(engine);
 *     context_map_end(engine);
 *     template_render(engine, "page", &out, diags);
 *
 * Inside a map every value has a key; inside a list the key is NULL and values
 * are appended. A key is a string literal or one that lives through the call.
 * What is absent is left out (nil in the template), never written as an empty
 * text, except where themes/README.md says that the field is always there.
 * Begin and end must nest; a wrong order is a bug and ends the process.
 *
 * Which fields each template is given stands in themes/README.md; a field is
 * added there first. */

#include "base/slice.h"
#include "script/template.h"
#include <stdint.h>

/* Starts a context in `language`, a tag of the engine's languages: it decides the
 * words, plurals, dates and numbers. Drops a context that was not rendered. */
void context_begin(struct template_engine *engine, const char *language);

/* Plain text that nobody has checked: escaped wherever it is shown. Copied. */
void context_text(struct template_engine *engine, const char *key, struct slice value);
/* An address, relative and percent-encoded as it shall stand in the page. The
 * engine still checks scheme and characters where it is written. Copied. */
void context_url(struct template_engine *engine, const char *key, struct slice value);
/* Finished, safe markup: written as it is, in text only. NOT copied: the bytes
 * must stay until template_render() has returned. */
void context_html(struct template_engine *engine, const char *key, struct slice value);
/* A calendar day as YYYYMMDD; the template sees the text "YYYY-MM-DD". 0 is left out. */
void context_day(struct template_engine *engine, const char *key, int64_t yyyymmdd);
void context_number(struct template_engine *engine, const char *key, int64_t value);
void context_bool(struct template_engine *engine, const char *key, bool value);

/* context_text unless the value is empty. */
static inline void context_text_if(struct template_engine *engine, const char *key, struct slice value)
{
    if (value.length)
        context_text(engine, key, value);
}

/* A fragment that was rendered once for many pages (a folder's navigation), with
 * the link to the current page marked: after the first ` href="CURRENT"` in `html`
 * stands ` aria-current="page"`. `current` is written as in the fragment, that is
 * escaped for HTML; empty marks nothing. Copied when it is changed, else not:
 * the bytes must stay until template_render() has returned. */
void context_fragment(struct template_engine *engine, const char *key, struct slice html, struct slice current);

void context_map_begin(struct template_engine *engine, const char *key);
void context_map_end(struct template_engine *engine);
/* `count` is a hint, 0 when it is not known. */
void context_list_begin(struct template_engine *engine, const char *key, size_t count);
void context_list_end(struct template_engine *engine);

#endif
