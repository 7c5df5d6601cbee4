#ifndef WAYMARK_CONFIG_CONFIG_H
#define WAYMARK_CONFIG_CONFIG_H

/* The first stage: what the site is, from waymark.yaml or, without one, from the
 * folder alone. model/config.h says what the file may hold. */

#include "base/arena.h"
#include "base/diag.h"
#include "model/config.h"

/* Reads waymark.yaml. `root` is the absolute folder that holds it, `path` is what
 * people are shown, `bytes` its text, which is copied into `arena`. The disk is
 * asked for three things only: whether content/ and themes/default/ exists, and
 * where symbolic links lead on the way to the output folder.
 *
 * Returns false when anything is wrong, after reporting all of it; `*out` is then
 * good for diagnostics (file, root) and for nothing else. Warnings may be added
 * in both cases. */
bool config_load(struct site_config *out, struct arena *arena, const char *root, const char *path, struct slice bytes,
                 struct diag_list *diags);

/* A folder of Markdown without waymark.yaml: named after the folder, one source
 * that is all of it, one edition `global`, English. Missing categories of
 * `validation` stay as catalogued. Cannot fail. */
void config_default(struct site_config *out, struct arena *arena, const char *root);

/* May this folder be exchanged as a whole? `dir` is absolute or relative to
 * `config->root`. False, with one CONFIG_OUTPUT at `place`, when it is the root of
 * the file system, a home folder, the site's folder or one above it, the theme's
 * folder or a local source's, or one above these, or inside a `.git`. Symbolic links are followed
 * first. Used for `output.dir` and for `--output`. */
bool config_check_output(const struct site_config *config, const char *dir, struct place place,
                         struct diag_list *diags);

#endif
