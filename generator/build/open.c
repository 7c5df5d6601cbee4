/* Finds waymark.yaml (or does without one), the theme, and the cache. */

#include "base/file.h"
#include "base/limits.h"
#include "base/version.h"
#include "build/parts.h"
#include "config/config.h"
#include "yaml/read.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { STORE_SCHEMA = 1, LOCK_WAIT_SECONDS = 600 };

double now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

const char *build_stage_word(enum build_stage stage)
{
    static const char *const words[] = {"open", "read", "parse", "settle", "link", "render", "publish"};
    return words[stage];
}

const char *file_label(struct build *build, uint32_t file)
{
    const struct file_entry *entry = &build->files.items[file];
    return arena_printf(&build->arena, "%s%.*s", build->files.sources[entry->source].label, SLICE_ARGS(entry->path));
}

const char *build_path(struct build *build, const char *path)
{
    if (path[0] == '/')
        return path;
    return arena_printf(&build->arena, "%s/%s", build->config.root, path);
}

const char *absolute_path(struct build *build, const char *path)
{
    if (path[0] == '/')
        return path;
    char *here = realpath(".", NULL);
    const char *absolute = arena_printf(&build->arena, "%s/%s", here ? here : ".", path);
    free(here);
    return absolute;
}

static bool load_config(struct build *build)
{
    const char *path = build->options.config_file;
    char *absolute = realpath(path, NULL);
    const char *folder = ".";
    struct buffer bytes = BUFFER(LIMIT_YAML_BYTES);
    bool is_there = absolute != NULL;
    if (absolute) {
        char *slash = strrchr(absolute, '/');
        folder = arena_copy(&build->arena, absolute, slash == absolute ? 1 : (size_t)(slash - absolute));
    } else {
        char *here = realpath(".", NULL);
        folder = here ? arena_copy(&build->arena, here, strlen(here)) : ".";
        free(here);
    }
    bool ok = true;
    if (is_there && !file_read(AT_FDCWD, absolute, &bytes)) {
        diag_add(&build->diags, DIAG_CONFIG_MISSING, PLACE_RUN, "cannot read '%s': %s", path, strerror(errno));
        ok = diag_help(&build->diags, "the configuration is one file of at most %d MiB", LIMIT_YAML_BYTES >> 20);
    } else if (is_there) {
        struct slice kept = arena_slice(&build->arena, buffer_view(&bytes));
        ok = config_load(&build->config, &build->arena, folder, path, kept, &build->diags);
        build->config_key = key_of(kept);
    } else if (strcmp(path, "waymark.yaml") == 0) {
        config_default(&build->config, &build->arena, folder);
    } else {
        diag_add(&build->diags, DIAG_CONFIG_MISSING, PLACE_RUN, "there is no file '%s'", path);
        ok = diag_help(&build->diags, "-f names the configuration; without it waymark.yaml is read");
    }
    buffer_free(&bytes);
    free(absolute);
    return ok;
}

static int today(void)
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    time_t now = time(NULL);
    if (epoch && epoch[0]) {
        char *end;
        long long seconds = strtoll(epoch, &end, 10);
        if (*end == 0 && seconds >= 0)
            now = (time_t)seconds;
    }
    struct tm parts;
    gmtime_r(&now, &parts);
    return (parts.tm_year + 1900) * 10000 + (parts.tm_mon + 1) * 100 + parts.tm_mday;
}

static bool set_date(struct build *build)
{
    int32_t date;
    build->site.build_date = today();
    if (build->options.as_of[0] == 0)
        return true;
    if (!date_read(&date, slice_of(build->options.as_of))) {
        diag_add(&build->diags, DIAG_USAGE, PLACE_RUN, "'%s' is no date", build->options.as_of);
        return diag_help(&build->diags, "write it as --as-of 2026-05-02");
    }
    build->site.build_date = date;
    return true;
}

static bool open_store(struct build *build)
{
    const char *cache = build->options.cache[0] ? absolute_path(build, build->options.cache) : build_path(build, ".waymark");
    build->cache = cache;
    struct store_options options = {.schema = STORE_SCHEMA, .wait_seconds = LOCK_WAIT_SECONDS, .command = build->options.command, .or_temporary = true};
    build->store = store_open(arena_printf(&build->arena, "%s/cache", cache), &options, &build->diags);
    return build->store != NULL;
}

bool build_configure(struct build *build, const struct build_options *options)
{
    *build = (struct build){.options = *options};
    return load_config(build) && set_date(build);
}

bool build_open(struct build *build, const struct build_options *options)
{
    double start = now_seconds();
    bool ok = build_configure(build, options) && open_store(build) && build_theme(build);
    build->stats.seconds[STAGE_OPEN] = now_seconds() - start;
    return ok;
}

void build_close(struct build *build)
{
    for (size_t i = 0; build->site.facts && i < build->config.edition_count; i++)
        facts_free(&build->site.facts[i]);
    publish_abandon(build->publication);
    store_close(build->store);
    template_engine_free(build->engine);
    diag_list_free(&build->diags);
    arena_free(&build->site.arena);
    arena_free(&build->arena);
}
