/* From files to the frozen site: which commits, which files, what holds, for
 * whom, how it is related. */

#include "base/limits.h"
#include "build/parts.h"
#include "config/config.h"
#include "link/includes.h"
#include "link/link.h"
#include "settle/check.h"
#include "settle/settle.h"
#include <stdlib.h>
#include <time.h>

static struct source_options source_options_of(struct build *build)
{
    return (struct source_options){
        .cache = build->cache,
        .overrides = build->options.overrides,
        .override_count = build->options.override_count,
        .excludes = build->excludes,
        .exclude_count = build->exclude_count,
        .stats = &build->stats_of_files,
        .now = (int64_t)time(NULL),
        .worktree = build->options.worktree,
        .locked = build->options.locked,
    };
}

static bool choose_output(struct build *build)
{
    const char *dir = build->options.output[0] ? build->options.output : build->config.output_dir;
    struct place place = build->options.output[0] ? PLACE_RUN : place_file(&build->config.file);
    if (!config_check_output(&build->config, build->options.output[0] ? absolute_path(build, dir) : dir, place, &build->diags))
        return false;
    build->output = build->options.output[0] ? absolute_path(build, dir) : build_path(build, dir);
    return true;
}

bool build_sources(struct build *build)
{
    double start = now_seconds();
    bool ok = choose_output(build);
    build->stats_of_files = build_stat_cache(build);
    const char **excludes = ARENA_ARRAY(&build->arena, const char *, 2);
    excludes[build->exclude_count++] = build->output ? build->output : "";
    build->excludes = excludes;
    struct source_options options = source_options_of(build);
    ok = ok && sources_resolve(&build->files, &build->arena, &build->config, &options, &build->diags);
    /* A folder on disk has no id that says whether it is as it was: list it now. */
    for (uint32_t i = 0; ok && i < build->files.source_count; i++)
        if (build->files.sources[i].folder)
            return build_list(build);
    build->stats.seconds[STAGE_READ] += now_seconds() - start;
    return ok;
}

bool build_list(struct build *build)
{
    if (build->is_listed)
        return true;
    double start = now_seconds();
    struct source_options options = source_options_of(build);
    build->is_listed = sources_list(&build->files, &build->arena, &build->config, &options, &build->diags);
    build->stats.seconds[STAGE_READ] += now_seconds() - start;
    return build->is_listed;
}

static bool read_data_file(struct build *build, struct source_reader *reader, uint32_t index, struct settle_source *into)
{
    const struct file_entry *entry = &build->files.items[index];
    const struct diag_file **field = settle_file(into, entry->path);
    if (!field)
        return true;
    struct buffer bytes = BUFFER(LIMIT_YAML_BYTES);
    bool ok = source_reader_read(reader, entry, &bytes, &build->diags);
    if (ok) {
        struct diag_file *file = ARENA_NEW(&build->arena, struct diag_file);
        file->path = file_label(build, index);
        file->bytes = arena_slice(&build->arena, buffer_view(&bytes));
        *field = file;
    }
    buffer_free(&bytes);
    return ok;
}

static const char *edition_of_source(const struct site_config *config, const char *source)
{
    for (size_t i = 0; i < config->edition_count; i++)
        for (size_t j = 0; j < config->editions[i].source_count; j++)
            if (strcmp(config->editions[i].sources[j], source) == 0)
                return config->editions[i].id;
    return NULL;
}

static bool settle(struct build *build)
{
    double start = now_seconds();
    struct source_reader *reader = source_reader_open(&build->files);
    struct settle_source *sources = ARENA_ARRAY(&build->arena, struct settle_source, build->files.source_count + 1);
    size_t count = 0;
    bool ok = reader != NULL;
    for (uint32_t i = 0; ok && i < build->files.source_count; i++) {
        const struct source_state *source = &build->files.sources[i];
        const char *edition = edition_of_source(&build->config, source->name);
        if (!edition)
            continue;
        sources[count].edition = edition;
        for (uint32_t j = 0; j < source->file_count; j++)
            if (build->files.items[source->first_file + j].kind == FILE_DATA)
                ok = read_data_file(build, reader, source->first_file + j, &sources[count]) && ok;
        count++;
    }
    source_reader_close(reader);
    build->site.facts = ARENA_ARRAY(&build->site.arena, struct site_facts, build->config.edition_count + 1);
    settle_editions(build->site.facts, &build->site.arena, &build->config, sources, count, build->site.build_date, &build->diags);
    build->stats.seconds[STAGE_SETTLE] += now_seconds() - start;
    return ok;
}

static void check_documents(struct build *build)
{
    struct site *site = &build->site;
    for (uint32_t e = 0; e < site->edition_count; e++)
        for (uint32_t i = 0; i < site->editions[e].page_count; i++) {
            const struct site_document *document = page_document(site, &site->editions[e].pages[i]);
            if (document->edition == e && document->facts.token_count + document->facts.directive_count > 0)
                settle_check_document(&site->facts[e], &document->facts, file_label(build, document->file), &build->diags);
        }
}

bool build_site(struct build *build)
{
    struct site *site = &build->site;
    site->config = &build->config;
    site->files = &build->files;
    if (!settle(build))
        return false;
    double start = now_seconds();
    struct vary_options options = {build->options.drafts, build->options.editions, build->options.language};
    vary_documents(site, build->parsed, build->parsed_count, &options, &build->diags);
    vary_editions(site, &build->diags);
    bool ok = vary_variants(site, &options, &build->diags);
    if (build->history) {
        history_end(build->history, &build->files, &build->arena, build->config.show_authors, &build->diags);
        build->history = NULL;
    }
    if (ok) {
        struct link_counts counts;
        link_editions(site, &counts, &build->diags);
        link_check_includes(site, &build->diags);
        check_documents(build);
        build->stats.links_resolved = counts.resolved;
        build->stats.links_external = counts.external;
        build->stats.links_reported = counts.reported;
    }
    build->stats.seconds[STAGE_LINK] += now_seconds() - start;
    return ok;
}

void build_begin_history(struct build *build)
{
    struct source_options options = source_options_of(build);
    build->history = history_begin(&build->files, &build->config, &options);
}
