/* `waymark build` and `waymark check`: the same stages, the latter without the
 * last. */

#include "base/json.h"
#include "commands/command.h"
#include "commands/site.h"
#include <stdio.h>

static const struct {
    const char *name;
    size_t field;
} counts[] = {
#define COUNT(name) {#name, offsetof(struct build_stats, name)}
    COUNT(files), COUNT(documents), COUNT(documents_parsed), COUNT(bytes_parsed), COUNT(links_resolved), COUNT(links_external),
    COUNT(links_reported), COUNT(outputs), COUNT(pages), COUNT(pages_rendered), COUNT(files_written), COUNT(files_removed),
    COUNT(sums_written), COUNT(bytes_written), COUNT(peak_bytes),
#undef COUNT
};

static uint64_t count_of(const struct build_stats *stats, size_t i)
{
    return *(const uint64_t *)((const char *)stats + counts[i].field);
}

static void print_stats(const struct build_stats *stats)
{
    double total = 0;
    for (int i = 0; i < STAGE_COUNT; i++) {
        fprintf(stderr, "%-18s %9.1f ms\n", build_stage_word((enum build_stage)i), stats->seconds[i] * 1000);
        total += stats->seconds[i];
    }
    fprintf(stderr, "%-18s %9.1f ms\n", "all", total * 1000);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        fprintf(stderr, "%-18s %9llu\n", counts[i].name, (unsigned long long)count_of(stats, i));
}

void command_stats_json(struct json *json, const struct build_stats *stats)
{
    json_key(json, "stats");
    json_object_begin(json);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        json_key(json, counts[i].name);
        json_number(json, (int64_t)count_of(stats, i));
    }
    json_key(json, "nothing_to_do");
    json_bool(json, stats->nothing_to_do);
    json_key(json, "milliseconds");
    json_object_begin(json);
    for (int i = 0; i < STAGE_COUNT; i++) {
        json_key(json, build_stage_word((enum build_stage)i));
        json_number(json, (int64_t)(stats->seconds[i] * 1000 + 0.5));
    }
    json_object_end(json);
    json_object_end(json);
}

static void say_result(const struct command_line *line, const struct build *build)
{
    if (line->verbosity < 0 || line->format != FORMAT_TEXT)
        return;
    const struct build_stats *stats = &build->stats;
    const char *output = line->output[0] ? line->output : build->config.output_dir;
    if (build->is_held_back)
        fprintf(stderr, "nothing was published: '%s' is as it was\n", output);
    else if (stats->nothing_to_do)
        fprintf(stderr, "nothing to do: '%s' is up to date\n", output);
    else
        fprintf(stderr, "published %llu pages to '%s': %llu files written, %llu removed\n", (unsigned long long)stats->pages,
                output, (unsigned long long)stats->files_written, (unsigned long long)stats->files_removed);
}

int command_build(const struct command_line *line)
{
    struct build build;
    int status = command_site_open(line, &build);
    bool is_open = status == EXIT_DONE;
    if (is_open)
        build_run(&build);
    if (line->stats && line->format == FORMAT_TEXT)
        print_stats(&build.stats);
    if (is_open && command_worst(&build.diags, &build.config.levels, line->strict) == EXIT_DONE)
        say_result(line, &build);
    status = command_report_site(line, &build);
    if (is_open && status != EXIT_DONE && build.is_held_back)
        say_result(line, &build);
    build_close(&build);
    return status;
}

int command_check(const struct command_line *line)
{
    struct build build;
    if (command_site_open(line, &build) == EXIT_DONE)
        build_check(&build);
    if (line->stats && line->format == FORMAT_TEXT)
        print_stats(&build.stats);
    if (line->argument_count)
        command_keep_paths(&build.diags, line->arguments, line->argument_count);
    int status = command_report_site(line, &build);
    build_close(&build);
    return status;
}
