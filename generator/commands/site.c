/* From a command line to an open site, and from its diagnostics to what the user
 * sees and the exit status. */

#include "commands/site.h"
#include "base/limits.h"
#include "base/version.h"
#include "source/source.h"
#include <stdio.h>

int command_site_open(const struct command_line *line, struct build *build)
{
    struct source_override *overrides = memory_get((line->source_override_count + 1) * sizeof *overrides);
    for (size_t i = 0; i < line->source_override_count; i++)
        overrides[i] = (struct source_override){line->source_overrides[i].name, line->source_overrides[i].value};
    struct build_options options = {
        .command = line->command,
        .config_file = line->config_file,
        .output = line->output,
        .cache = line->cache,
        .editions = line->editions,
        .language = line->language,
        .as_of = line->as_of,
        .overrides = overrides, /* lives as long as the process */
        .override_count = line->source_override_count,
        .jobs = (uint32_t)line->jobs,
        .worktree = line->worktree,
        .locked = line->locked,
        .drafts = line->drafts,
        .clean = line->clean,
        .no_sync = line->no_sync,
        .strict = line->strict,
    };
    return build_open(build, &options) ? EXIT_DONE : EXIT_USAGE_OR_CONFIG;
}

int command_status_of(const struct diag *diag)
{
    if (diag->level != LEVEL_ERROR)
        return EXIT_DONE;
    if (diag->code == DIAG_INTERNAL)
        return EXIT_BUG;
    if (source_is_fault(diag->code))
        return EXIT_SOURCE;
    const char *word = diag_word(diag->code);
    if (strncmp(word, "output-", 7) == 0 || strncmp(word, "store-", 6) == 0 || strcmp(word, "workers") == 0)
        return EXIT_OUTPUT;
    if (diag_category(diag->code) == CATEGORY_ALWAYS)
        return EXIT_USAGE_OR_CONFIG;
    return EXIT_CONTENT;
}

/* A bug beats everything; then what the user must mend first: wrong use, a source, the disk, the content. */
static int rank(int status)
{
    static const int order[] = {EXIT_DONE, EXIT_CONTENT, EXIT_PLUGIN, EXIT_VERIFY, EXIT_OUTPUT, EXIT_SOURCE, EXIT_USAGE_OR_CONFIG, EXIT_BUG};
    for (int i = 0; i < (int)(sizeof order / sizeof order[0]); i++)
        if (order[i] == status)
            return i;
    return 0;
}

int command_worst(struct diag_list *diags, const struct diag_levels *levels, bool strict)
{
    int worst = EXIT_DONE;
    diag_settle(diags, levels);
    for (size_t i = 0; i < diags->count; i++) {
        if (strict && diags->items[i].level == LEVEL_WARNING)
            diags->items[i].level = LEVEL_ERROR;
        int status = command_status_of(&diags->items[i]);
        if (rank(status) > rank(worst))
            worst = status;
    }
    return worst;
}

void command_keep_paths(struct diag_list *diags, const char *const *paths, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < diags->count; i++) {
        bool is_kept = diags->items[i].path == NULL;
        for (size_t j = 0; j < count && !is_kept; j++) {
            struct slice path = slice_of(diags->items[i].path), folder = slice_of(paths[j]);
            while (folder.length > 1 && folder.at[folder.length - 1] == '/')
                folder.length--;
            if (slice_starts_with(folder, "./"))
                folder = slice_from(folder, 2);
            is_kept = slice_equal(path, folder) || slice_is(folder, ".") ||
                      (path.length > folder.length && memcmp(path.at, folder.at, folder.length) == 0 &&
                       (path.at[folder.length] == '/' || folder.at[folder.length - 1] == ':'));
        }
        if (is_kept)
            diags->items[kept++] = diags->items[i];
    }
    diags->count = kept;
}

static void print_text(const struct command_line *line, const struct diag_list *diags)
{
    size_t shown = 0, hidden = 0;
    for (size_t i = 0; i < diags->count; i++) {
        const struct diag *diag = &diags->items[i];
        if (line->verbosity < 0 && diag->level != LEVEL_ERROR)
            continue;
        if (diag->level == LEVEL_NOTE && line->verbosity < 1)
            continue;
        if (!line->all && shown >= LIMIT_DIAGS_SHOWN) {
            hidden++;
            continue;
        }
        diag_print(stderr, diag, line->colour);
        shown++;
    }
    if (hidden)
        fprintf(stderr, "… and %zu more: `--all` prints them, `--format json` has them all\n", hidden);
    size_t errors = diag_count(diags, LEVEL_ERROR), warnings = diag_count(diags, LEVEL_WARNING);
    if (errors + warnings > 0 && line->verbosity >= 0)
        fprintf(stderr, "%zu error%s, %zu warning%s\n", errors, errors == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s");
}

static void print_json(const struct command_line *line, const struct diag_list *diags, const struct build_stats *stats)
{
    struct json json;
    json_begin(&json, stdout);
    json_object_begin(&json);
    json_key(&json, "waymark");
    json_string(&json, slice_of(waymark_version));
    json_key(&json, "command");
    json_string(&json, slice_of(line->command));
    json_key(&json, "items");
    json_array_begin(&json);
    for (size_t i = 0; i < diags->count; i++) {
        const struct diag *diag = &diags->items[i];
        json_object_begin(&json);
        json_key(&json, "code");
        json_string(&json, slice_of(diag_word(diag->code)));
        json_key(&json, "level");
        json_string(&json, slice_of(diag_level_word(diag->level)));
        json_key(&json, "path");
        json_string(&json, slice_of(diag->path ? diag->path : ""));
        json_key(&json, "line");
        json_number(&json, diag->line);
        json_key(&json, "column");
        json_number(&json, diag->column);
        json_key(&json, "text");
        json_string(&json, slice_of(diag->text));
        json_key(&json, "help");
        json_string(&json, slice_of(diag->help));
        json_object_end(&json);
    }
    json_array_end(&json);
    if (line->stats && stats)
        command_stats_json(&json, stats);
    json_object_end(&json);
    json_end(&json);
}

/* `--fail-on CODE|LEVEL`: is there such a diagnostic? */
static bool fails_on(const struct command_line *line, const struct diag_list *diags)
{
    for (size_t i = 0; i < diags->count; i++) {
        const struct diag *diag = &diags->items[i];
        if (strcmp(line->fail_on, diag_word(diag->code)) == 0 || strcmp(line->fail_on, diag_level_word(diag->level)) == 0 ||
            strcmp(line->fail_on, diag_category_word(diag_category(diag->code))) == 0)
            return true;
    }
    return false;
}

static int report(const struct command_line *line, struct diag_list *diags, const struct diag_levels *levels,
                  const struct build_stats *stats)
{
    int status = command_worst(diags, levels, line->strict);
    diag_sort(diags);
    if (line->format == FORMAT_JSON)
        print_json(line, diags, stats);
    else
        print_text(line, diags);
    if (status == EXIT_DONE && line->fail_on[0] && fails_on(line, diags))
        status = EXIT_CONTENT;
    return status;
}

int command_report(const struct command_line *line, struct diag_list *diags, const struct diag_levels *levels)
{
    return report(line, diags, levels, NULL);
}

int command_report_site(const struct command_line *line, struct build *build)
{
    return report(line, &build->diags, &build->config.levels, &build->stats);
}
