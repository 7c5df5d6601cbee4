#ifndef WAYMARK_COMMANDS_SITE_H
#define WAYMARK_COMMANDS_SITE_H

/* What the commands that read a site share. */

#include "base/json.h"
#include "build/build.h"
#include "commands/command.h"

/* Opens the site that the command line names. EXIT_DONE, or what went wrong;
 * `build` may be reported on and closed in either case. */
int command_site_open(const struct command_line *line, struct build *build);
/* Prints the diagnostics (with the stats, as JSON) and returns the exit status. */
int command_report_site(const struct command_line *line, struct build *build);
/* The exit status that the diagnostics stand for. */
int command_worst(struct diag_list *diags, const struct diag_levels *levels, bool strict);
/* Drops diagnostics of files that are not in one of the paths. */
void command_keep_paths(struct diag_list *diags, const char *const *paths, size_t count);
void command_stats_json(struct json *json, const struct build_stats *stats);

#endif
