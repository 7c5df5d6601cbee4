#ifndef WAYMARK_SCRIPT_THEME_H
#define WAYMARK_SCRIPT_THEME_H

/* Themes as files: what a folder holds, which theme it extends, what is published
 * of it. theme.yaml, all keys optional:
 *
 *     name: Mine
 *     extends: default          a theme beside this one, or one that came with Waymark; "none": no other
 *     styles: [style.css]       below assets/; a child's come after its parents'
 *     logo: logo.svg            below assets/
 *     icon: icon.svg
 *
 * A theme without theme.yaml, or without `extends`, extends "default", except the
 * one that is itself called so. */

#include "base/arena.h"
#include "base/diag.h"
#include "script/template.h"

struct theme {
    struct theme_layer *layers; /* best first; for template_options */
    size_t layer_count;
    const struct theme_file **assets; /* files below assets/, best layer's first of each name, sorted by name */
    size_t asset_count;
    struct key key; /* of the names and bytes of all files */
};

/* Reads the theme in `folder` (relative to `root`, which is the site's folder, or
 * absolute), and those that it extends: looked for beside it, then in `root`/themes,
 * then in `installed`, the folder of the themes that came with Waymark ("" for
 * none). Symbolic links and files whose names begin with a full stop are left out.
 * Everything lives in `arena`. False after a diagnostic. */
bool theme_load(struct theme *out, struct arena *arena, const char *root, const char *folder, const char *installed,
                struct diag_list *diags);

/* The name below assets/ under which a file is published: "style.css". */
struct slice theme_asset_name(const struct theme_file *asset);

/* What the theme.yaml files of all layers say together. */
struct theme_facts {
    const char *name, *logo, *icon; /* the best layer's; NULL: not given */
    const char **styles;            /* parents' first */
    size_t style_count;
};
struct theme_facts theme_facts(struct arena *arena, const struct theme_layer *layers, size_t layer_count,
                               struct diag_list *diags);

#endif
