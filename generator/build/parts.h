#ifndef WAYMARK_BUILD_PARTS_H
#define WAYMARK_BUILD_PARTS_H

/* What the files of this folder share. */

#include "build/build.h"

double now_seconds(void); /* monotonic */
/* How diagnostics name a file of the list. */
const char *file_label(struct build *build, uint32_t file);
/* A path of the configuration: absolute, or from the site's folder. */
const char *build_path(struct build *build, const char *path);
/* A path of the command line, made absolute. */
const char *absolute_path(struct build *build, const char *path);
/* The ids of files on disk, kept in the store. */
struct stat_cache build_stat_cache(struct build *build);
/* Starts reading the last commit of every path, beside everything else. */
void build_begin_history(struct build *build);
/* Finds the theme, compiles its templates, lists its assets. */
bool build_theme(struct build *build);
/* Makes every output and writes none, for what rendering has to say. */
bool build_render_only(struct build *build);
/* Sets levels as the site wants them; returns how many errors there are. */
size_t build_settle_diags(struct build *build);

#endif
