#ifndef WAYMARK_SCRIPT_TEMPLATE_H
#define WAYMARK_SCRIPT_TEMPLATE_H

/* Templates: HTML with Lua in it, compiled once, rendered many times.
 *
 * An engine holds the templates and the words of one theme. A theme is a list of
 * layers, best first: a child theme's file hides the parent's file of the same
 * name. Files are named by their path inside the theme's folder:
 *
 *   templates/page.html          the template "page"
 *   templates/partials/nav.html  the template "partials/nav"
 *   messages/fr.yaml             the words of the interface in French; a child's
 *                                file may hold only the words that it changes
 *   theme.yaml                   names and lists (see script/theme.h)
 *   assets/style.css             published as it is; templates name it with asset("style.css")
 *
 * A render is: context_begin(), any number of context_…() calls (script/context.h),
 * template_render(). The syntax and every field and function that a template
 * sees are described in themes/README.md.
 *
 * The compiler knows in which place of the HTML each `{{ }}` stands and escapes
 * for that place; a place where nothing makes a value safe (script, style,
 * unquoted attribute, event handler, tag name, comment) is refused when the
 * template is compiled. Themes are trusted, yet a template ends after a fixed
 * number of Lua instructions and bytes, and sees neither file, clock, random nor
 * the order of hash tables: the result is a pure function of theme and context.
 *
 * An engine belongs to one process. It may be made before a fork: each child
 * then has its own copy. It holds no descriptor and no thread. */

#include "base/buffer.h"
#include "base/diag.h"
#include "base/hash.h"
#include "model/config.h"

struct template_engine;

/* One file of a theme. Everything it points to must outlive the engine: nothing
 * is copied. */
struct theme_file {
    const char *name;   /* path inside the theme's folder: "templates/page.html" */
    const char *path;   /* what diagnostics show: "themes/mine/templates/page.html" */
    struct slice bytes; /* assets may leave it empty: the engine only looks at their names */
};

struct theme_layer {
    const char *name; /* "default" */
    const struct theme_file *files;
    size_t file_count;
};

struct template_options {
    const struct theme_layer *layers; /* best first: child, parent, … */
    size_t layer_count;
    const struct language *languages; /* of the site; words are asked for in these and no others */
    size_t language_count;
    const char *default_language; /* where a language has no word: its fallbacks, then this, then "en" */
    const char *assets_folder;    /* from the output's root, ending in '/'; NULL: "theme/" */
    uint64_t most_instructions;   /* Lua instructions in one render; 0: LIMIT_TEMPLATE_INSTRUCTIONS */
    size_t most_bytes;            /* Lua memory of the engine, theme included; 0: LIMIT_TEMPLATE_BYTES */
};

/* Compiles every template and reads every word. Faults go to `diags`, each at the
 * file and line of the template: wrong syntax, a `{{ }}` in a refused place, an
 * unknown layout or partial (errors); a word that a language of the site lacks (a
 * warning). Returns NULL when there was an error. */
struct template_engine *template_engine_new(const struct template_options *options, struct diag_list *diags);
void template_engine_free(struct template_engine *engine); /* accepts NULL */

/* True when some layer has the template `name` ("page"). */
bool template_exists(const struct template_engine *engine, const char *name);

/* Renders the context that was built since context_begin() and appends the result
 * to `out`. The context is gone afterwards: each render begins a new one.
 * On a fault (a value that is nil, an error in Lua, a limit, `out` full) adds one
 * TEMPLATE_… diagnostic at the template's file and line, leaves `out` as it was,
 * and returns false. The engine stays usable. */
bool template_render(struct template_engine *engine, const char *name, struct buffer *out, struct diag_list *diags);

/* A word of the interface in `language` ("skip_to_content"), without arguments;
 * for what is made in C. Empty when the theme has no such word. Lives as long as
 * the engine. */
struct slice template_word(struct template_engine *engine, const char *language, const char *key);

/* What a render depends on beside its context: all templates, and the words of
 * `language`. Equal keys, equal contexts: equal bytes. */
struct key template_engine_key(const struct template_engine *engine, const char *language);

#endif
