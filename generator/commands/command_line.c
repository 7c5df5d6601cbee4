/* The command line: one table of options, parsed by getopt_long, printed by
 * `help`. Options may stand anywhere after the command. */

#include "base/arena.h"
#include "base/suggest.h"
#include "base/version.h"
#include "commands/command.h"
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum option_kind { OPTION_FLAG, OPTION_TEXT, OPTION_NUMBER, OPTION_SOURCE, OPTION_FORMAT, OPTION_COLOUR, OPTION_VERBOSE, OPTION_QUIET, OPTION_HELP };

struct option_row {
    const char *name;
    char letter;       /* 0: none */
    enum option_kind kind;
    size_t field;      /* offset in struct command_line */
    bool is_common;    /* every command takes it */
    const char *value; /* name of its value in the help, or "" */
    const char *help;
};

#define FIELD(name) offsetof(struct command_line, name)

static const struct option_row options[] = {
    {"directory", 'C', OPTION_TEXT, FIELD(directory), true, "DIR", "work as if started in DIR"},
    {"file", 'f', OPTION_TEXT, FIELD(config_file), true, "FILE", "read FILE in place of waymark.yaml"},
    {"output", 'o', OPTION_TEXT, FIELD(output), false, "DIR", "write the site to DIR"},
    {"cache", 0, OPTION_TEXT, FIELD(cache), false, "DIR", "keep mirrors and cached work in DIR"},
    {"edition", 0, OPTION_TEXT, FIELD(editions), false, "IDS", "only these editions, commas between"},
    {"lang", 0, OPTION_TEXT, FIELD(language), false, "TAG", "only this language"},
    {"release", 0, OPTION_TEXT, FIELD(release), false, "NAME", "that release in place of the current one"},
    {"as-of", 0, OPTION_TEXT, FIELD(as_of), false, "DATE", "the text in force on DATE (YYYY-MM-DD)"},
    {"source", 0, OPTION_SOURCE, 0, false, "NAME=PATH", "put a local folder in the place of a source"},
    {"worktree", 0, OPTION_FLAG, FIELD(worktree), false, "", "read working folders as they are, with changes that are not committed"},
    {"locked", 0, OPTION_FLAG, FIELD(locked), false, "", "fail when a source is not at the commit that waymark.lock names"},
    {"allow-rewind", 0, OPTION_FLAG, FIELD(allow_rewind), false, "", "accept a branch that was forced back or rewritten"},
    {"drafts", 0, OPTION_FLAG, FIELD(drafts), false, "", "publish drafts and retired pages too"},
    {"clean", 0, OPTION_FLAG, FIELD(clean), false, "", "use nothing that an earlier build left"},
    {"no-sync", 0, OPTION_FLAG, FIELD(no_sync), false, "", "do not wait for the disk: faster, and unsafe at a power loss"},
    {"bare", 0, OPTION_FLAG, FIELD(bare), false, "", "only the document's own HTML"},
    {"strict", 0, OPTION_FLAG, FIELD(strict), true, "", "treat warnings as errors"},
    {"fail-on", 0, OPTION_TEXT, FIELD(fail_on), false, "CODE|LEVEL", "exit 1 when there is such a diagnostic"},
    {"all", 0, OPTION_FLAG, FIELD(all), false, "", "print every diagnostic, not only the first hundred"},
    {"jobs", 'j', OPTION_NUMBER, FIELD(jobs), true, "N", "worker processes; 0 is one for each core"},
    {"stats", 0, OPTION_FLAG, FIELD(stats), false, "", "say what was done and how long it took"},
    {"format", 0, OPTION_FORMAT, FIELD(format), true, "FORMAT", "text or json"},
    {"color", 0, OPTION_COLOUR, FIELD(colour), true, "WHEN", "auto, always or never"},
    {"quiet", 'q', OPTION_QUIET, FIELD(verbosity), true, "", "print errors only"},
    {"verbose", 'v', OPTION_VERBOSE, FIELD(verbosity), true, "", "say more"},
    {"help", 'h', OPTION_HELP, 0, true, "", "explain the command"},
};

enum { OPTION_COUNT = sizeof options / sizeof options[0] };

static bool has_word(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = words; *at;) {
        size_t stop = strcspn(at, " ");
        if (stop == length && memcmp(at, word, length) == 0)
            return true;
        at += stop + (at[stop] == ' ');
    }
    return false;
}

static bool takes_option(const struct command *command, const struct option_row *row)
{
    return row->is_common || has_word(command->options, row->name);
}

static void print_option(const struct option_row *row)
{
    char left[64];
    int length = snprintf(left, sizeof left, row->letter ? "-%c, " : "    ", row->letter);
    snprintf(left + length, sizeof left - (size_t)length, "--%s%s%s", row->name, row->value[0] ? " " : "", row->value);
    printf("  %-26s %s\n", left, row->help);
}

void command_usage(const struct command *command, bool is_long)
{
    if (!command) {
        printf("waymark: guidance from git repositories, as one knowledge base for many countries\n\nusage: waymark COMMAND [OPTION …]\n\n");
        for (size_t i = 0; i < command_count; i++)
            printf("  %-10s %s\n", commands[i].name, commands[i].summary);
        printf("\n`waymark help COMMAND` explains one. `waymark --version` names the version.\n");
        return;
    }
    printf("usage: waymark %s%s%s [OPTION …]\n\n%s\n", command->name, command->arguments[0] ? " " : "",
           command->arguments, command->summary);
    if (!is_long)
        return;
    printf("\n%s\n\noptions:\n", command->help);
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (takes_option(command, &options[i]))
            print_option(&options[i]);
}

static int wrong_use(const char *help, const char *format, const char *what)
{
    fprintf(stderr, "error: ");
    fprintf(stderr, format, what);
    fprintf(stderr, " [usage]\n");
    if (help && help[0])
        fprintf(stderr, "    help: %s\n", help);
    return EXIT_USAGE_OR_CONFIG;
}

static int unknown_command(const char *name)
{
    struct suggestion suggestion = {.wanted = slice_of(name)};
    for (size_t i = 0; i < command_count; i++)
        suggest_offer(&suggestion, slice_of(commands[i].name));
    char help[200];
    suggest_text(&suggestion, help, sizeof help);
    return wrong_use(help[0] ? help : "`waymark help` lists the commands", "unknown command '%s'", name);
}

static int unknown_option(const struct command *command, const char *argument)
{
    struct suggestion suggestion = {.wanted = slice_of(argument)};
    char names[OPTION_COUNT][40];
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        snprintf(names[i], sizeof names[i], "--%s", options[i].name);
        if (takes_option(command, &options[i]))
            suggest_offer(&suggestion, slice_of(names[i]));
    }
    char help[200];
    suggest_text(&suggestion, help, sizeof help);
    char fallback[80];
    snprintf(fallback, sizeof fallback, "`waymark help %s` lists its options", command->name);
    return wrong_use(help[0] ? help : fallback, "unknown option '%s'", argument);
}

static bool read_format(enum output_format *out, const char *text)
{
    static const char *const words[] = {"text", "json"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(text, words[i]) == 0)
            return *out = (enum output_format)i, true;
    return false;
}

static int set_source(struct command_line *line, char *text)
{
    char *equals = strchr(text, '=');
    if (!equals || equals == text || !equals[1])
        return wrong_use("write it as --source xa=../xa", "'--source %s' is not NAME=PATH", text);
    *equals = 0;
    line->source_overrides = memory_resize(line->source_overrides, (line->source_override_count + 1) * sizeof *line->source_overrides);
    line->source_overrides[line->source_override_count++] = (struct name_value){text, equals + 1};
    return EXIT_DONE;
}

static int set_option(struct command_line *line, const struct option_row *row, char *value)
{
    char *field = (char *)line + row->field;
    char *end;
    long number;
    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *)field = true;
        return EXIT_DONE;
    case OPTION_TEXT:
        *(const char **)field = value;
        return EXIT_DONE;
    case OPTION_NUMBER:
        number = strtol(value, &end, 10);
        if (*end || end == value || number < 0 || number > 64)
            return wrong_use("a number from 0 to 64", "'%s' is no number of jobs", value);
        *(int *)field = (int)number;
        return EXIT_DONE;
    case OPTION_SOURCE:
        return set_source(line, value);
    case OPTION_FORMAT:
        if (!read_format(&line->format, value))
            return wrong_use("text or json", "unknown format '%s'", value);
        return EXIT_DONE;
    case OPTION_COLOUR:
        if (strcmp(value, "always") == 0)
            line->colour = true;
        else if (strcmp(value, "never") == 0)
            line->colour = false;
        else if (strcmp(value, "auto") != 0)
            return wrong_use("auto, always or never", "unknown value '%s' of '--color'", value);
        return EXIT_DONE;
    case OPTION_VERBOSE:
        line->verbosity = 1;
        return EXIT_DONE;
    case OPTION_QUIET:
        line->verbosity = -1;
        return EXIT_DONE;
    case OPTION_HELP:
        command_usage(command_find(slice_of(line->command)), true);
        exit(EXIT_DONE);
    }
    return EXIT_BUG;
}

static void make_getopt_tables(struct option *long_options, char *letters, size_t letters_bytes)
{
    size_t used = 0;
    letters[used++] = ':';
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        bool has_value = options[i].value[0] != 0;
        long_options[i] = (struct option){options[i].name, has_value ? required_argument : no_argument, NULL, 1000 + (int)i};
        if (options[i].letter && used + 3 < letters_bytes) {
            letters[used++] = options[i].letter;
            if (has_value)
                letters[used++] = ':';
        }
    }
    long_options[OPTION_COUNT] = (struct option){0};
    letters[used] = 0;
}

static int parse_options(struct command_line *line, int argc, char **argv)
{
    const struct command *command = command_find(slice_of(line->command));
    struct option long_options[OPTION_COUNT + 1];
    char letters[OPTION_COUNT * 2 + 4];
    make_getopt_tables(long_options, letters, sizeof letters);
    opterr = 0;
    optind = 1;
    for (;;) {
        int at = optind;
        int found = getopt_long(argc, argv, letters, long_options, NULL);
        if (found < 0)
            break;
        if (found == '?')
            return unknown_option(command, argv[optind > at ? optind - 1 : at]);
        if (found == ':')
            return wrong_use("", "option '%s' needs a value", argv[optind - 1]);
        const struct option_row *row = NULL;
        for (size_t i = 0; i < OPTION_COUNT && !row; i++)
            if (found == 1000 + (int)i || (options[i].letter && found == options[i].letter))
                row = &options[i];
        if (!row || !takes_option(command, row))
            return unknown_option(command, argv[optind > at ? optind - 1 : at]);
        int status = set_option(line, row, optarg);
        if (status != EXIT_DONE)
            return status;
    }
    line->arguments = (const char **)argv + optind;
    line->argument_count = (size_t)(argc - optind);
    return EXIT_DONE;
}

int command_line_parse(struct command_line *line, int argc, char **argv)
{
    *line = (struct command_line){.command = "help", .directory = ".", .config_file = "waymark.yaml", .output = "",
                                  .cache = "", .editions = "", .language = "", .release = "", .as_of = "", .fail_on = ""};
    line->colour = isatty(STDERR_FILENO) && !getenv("NO_COLOR");
    const char *first = argc > 1 ? argv[1] : "help";
    if (strcmp(first, "--version") == 0 || strcmp(first, "-V") == 0) {
        printf("waymark %s\n", waymark_version);
        exit(EXIT_DONE);
    }
    if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0)
        first = "help";
    if (first[0] == '-')
        return wrong_use("waymark COMMAND [OPTION …]; `waymark help` lists the commands", "'%s' stands before the command", first);
    if (!command_find(slice_of(first)))
        return unknown_command(first);
    line->command = command_find(slice_of(first))->name;
    int status = parse_options(line, argc - 1, argc > 1 ? argv + 1 : argv);
    if (status == EXIT_DONE && strcmp(line->directory, ".") != 0 && chdir(line->directory) != 0)
        return wrong_use("-C names an existing folder", "cannot change into '%s'", line->directory);
    return status;
}

void command_line_free(struct command_line *line)
{
    free(line->source_overrides);
    *line = (struct command_line){0};
}
