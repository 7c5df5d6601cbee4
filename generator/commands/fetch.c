/* `waymark fetch`: progress while it runs, and one line for each source. */

#include "source/fetch.h"
#include "base/hash.h"
#include "commands/command.h"
#include "commands/site.h"
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { LINE_EVERY_SECONDS = 5 };

/* What is shown while transfers run: one line that is written over on a terminal,
 * and elsewhere a line of its own every few seconds. */
struct display {
    bool is_terminal;
    bool is_dirty; /* something stands on the line that is written over */
    time_t last;
};

static void print_bytes(FILE *out, uint64_t bytes)
{
    if (bytes < 10240)
        fprintf(out, "%llu bytes", (unsigned long long)bytes);
    else if (bytes < (10u << 20))
        fprintf(out, "%llu kB", (unsigned long long)(bytes >> 10));
    else
        fprintf(out, "%llu MB", (unsigned long long)(bytes >> 20));
}

static void show_progress(void *context, const struct fetch_progress *progress)
{
    struct display *display = context;
    time_t now = time(NULL);
    if (!display->is_terminal && now - display->last < LINE_EVERY_SECONDS)
        return;
    display->last = now;
    fprintf(stderr, "%s%s: ", display->is_terminal ? "\r\033[K" : "", progress->source);
    if (progress->total_objects == 0) {
        fprintf(stderr, "connecting");
    } else if (progress->received_objects < progress->total_objects) {
        fprintf(stderr, "receiving %u of %u objects, ", progress->received_objects, progress->total_objects);
        print_bytes(stderr, progress->received_bytes);
    } else if (progress->resolved_deltas < progress->total_deltas) {
        fprintf(stderr, "unpacking %u of %u", progress->resolved_deltas, progress->total_deltas);
    } else {
        fprintf(stderr, "checking");
    }
    if (!display->is_terminal)
        fputc('\n', stderr);
    display->is_dirty = display->is_terminal;
    fflush(stderr);
}

static const char *state_word(enum fetch_state state)
{
    switch (state) {
    case FETCH_LOCAL:
        return "local";
    case FETCH_NEW:
        return "new";
    case FETCH_UNCHANGED:
        return "unchanged";
    case FETCH_UPDATED:
        return "updated";
    case FETCH_FAILED:
        return "failed";
    case FETCH_SKIPPED:
        return "";
    }
    return "";
}

static void print_result(const struct fetch_result *result)
{
    static const unsigned char none[20];
    char before[13], after[13];
    hex_of(result->before, 6, before);
    hex_of(result->after, 6, after);
    bool has_commit = memcmp(result->after, none, sizeof none) != 0;
    printf("%-12s ", result->source);
    printf(has_commit ? "%-9s" : "%s", state_word(result->state));
    if (result->state == FETCH_UPDATED)
        printf(" %s → %s", before, after);
    else if (has_commit)
        printf(" %s%s", result->state == FETCH_FAILED ? "stays at " : "", after);
    if (result->received_bytes) {
        printf(", ");
        print_bytes(stdout, result->received_bytes);
    }
    printf("\n");
}

static bool has_config(struct build *build)
{
    if (build->config.file.bytes.length)
        return true;
    diag_add(&build->diags, DIAG_USAGE, PLACE_RUN, "there is no waymark.yaml here, so there is nothing to fetch");
    return diag_help(&build->diags, "-C names the folder of a site");
}

static void fetch(const struct command_line *line, struct build *build)
{
    struct fetch_result *results = NULL;
    struct display display = {.is_terminal = isatty(STDERR_FILENO), .last = time(NULL)};
    struct source_options sources = {.cache = line->cache, .now = (int64_t)time(NULL)};
    struct fetch_options options = {.names = line->arguments,
                                    .name_count = line->argument_count,
                                    .allow_rewind = line->allow_rewind,
                                    .locked = line->locked};
    if (line->verbosity >= 0 && line->format == FORMAT_TEXT) {
        options.progress = show_progress;
        options.context = &display;
    }
    sources_fetch(&results, &build->arena, &build->config, &sources, &options, &build->diags);
    if (display.is_dirty)
        fprintf(stderr, "\r\033[K");
    for (size_t i = 0; results && i < build->config.source_count; i++)
        if (line->verbosity >= 0 && line->format == FORMAT_TEXT && results[i].source &&
            results[i].state != FETCH_SKIPPED)
            print_result(&results[i]);
    fflush(stdout);
}

int command_fetch(const struct command_line *line)
{
    struct build build;
    struct build_options options = {.command = line->command,
                                    .config_file = line->config_file,
                                    .output = "",
                                    .cache = line->cache,
                                    .editions = "",
                                    .language = "",
                                    .as_of = ""};
    if (build_configure(&build, &options) && has_config(&build))
        fetch(line, &build);
    int status = command_report(line, &build.diags, &build.config.levels);
    build_close(&build);
    return status;
}
