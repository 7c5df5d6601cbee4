#ifndef WAYMARK_COMMANDS_COMMAND_H
#define WAYMARK_COMMANDS_COMMAND_H

/* How a command is added: write command_NAME in commands/NAME.c, declare it
 * here, and add its row to the table in commands/commands.c. Usage text, parsing
 * and shell completion read the same rows. */

#include "base/diag.h"
#include "base/slice.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The program's exit status; the worst of a run wins, in this order of numbers
 * except that EXIT_BUG beats all. */
enum exit_status {
    EXIT_DONE = 0,
    EXIT_CONTENT = 1,      /* errors in the content */
    EXIT_USAGE_OR_CONFIG = 2,
    EXIT_SOURCE = 3,       /* a source could not be had */
    EXIT_PLUGIN = 4,
    EXIT_OUTPUT = 5,       /* output or disk */
    EXIT_VERIFY = 6,
    EXIT_BUG = 70,
};

enum output_format { FORMAT_TEXT, FORMAT_JSON, FORMAT_SARIF, FORMAT_CSV, FORMAT_MARKDOWN };

struct name_value {
    const char *name;
    const char *value;
};

/* What the command line says, parsed. Strings live as long as argv. */
struct command_line {
    const char *command;       /* "build" */
    const char **arguments;    /* what is no option */
    size_t argument_count;
    const char *directory;     /* -C: "." unless given; the process has changed into it already */
    const char *config_file;   /* -f: "waymark.yaml" unless given */
    const char *output;        /* --output: "" = what waymark.yaml says */
    const char *cache;         /* --cache: "" = .waymark in the site's folder */
    const char *editions;      /* --edition: "" = all */
    const char *language;      /* --lang: "" = all */
    const char *release;
    const char *as_of;         /* YYYY-MM-DD or "" */
    const char *fail_on;
    struct name_value *source_overrides; /* --source NAME=PATH */
    size_t source_override_count;
    enum output_format format;
    int jobs;                  /* 0 = one per core */
    int verbosity;             /* -1 quiet, 0, 1 */
    int port;
    bool strict, locked, stats, worktree, bare, drafts, no_sync, allow_rewind, all, clean;
    bool colour;               /* settled: --color, NO_COLOR, terminal */
};

/* Each prints what its user asked for on stdout, diagnostics on stderr, and
 * returns an exit status. */
int command_build(const struct command_line *line);
int command_check(const struct command_line *line);
int command_explain(const struct command_line *line);
int command_fetch(const struct command_line *line);
int command_help(const struct command_line *line);
int command_render(const struct command_line *line);
int command_resolve(const struct command_line *line);

struct command {
    const char *name;
    int (*run)(const struct command_line *line);
    const char *arguments; /* "PAGE" */
    const char *summary;
    const char *options;   /* names of the options that it takes beside the common ones, blanks between */
    const char *help;      /* paragraphs for `waymark help NAME` */
};

extern const struct command commands[];
extern const size_t command_count;
const struct command *command_find(struct slice name);

/* Parses argv; on wrong use prints why and returns EXIT_USAGE_OR_CONFIG. */
int command_line_parse(struct command_line *line, int argc, char **argv);
void command_line_free(struct command_line *line);
void command_usage(const struct command *command, bool is_long);

/* Settles levels, sorts, and prints the diagnostics on stderr as text, or on
 * stdout as the JSON object of `command`; returns the exit status they stand for. */
int command_report(const struct command_line *line, struct diag_list *diags, const struct diag_levels *levels);
/* The status that one error stands for: 3 for sources, 5 for output, 2 for configuration, … */
int command_status_of(const struct diag *diag);

#endif
