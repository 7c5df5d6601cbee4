/* The whole of a build, in its order. When nothing that a run reads has changed
 * since the last one that published, nothing is opened. */

#include "base/version.h"
#include "build/parts.h"
#include "publish/publish.h"
#include <sys/resource.h>
#include <unistd.h>

size_t build_settle_diags(struct build *build)
{
    diag_settle(&build->diags, &build->config.levels);
    size_t errors = 0;
    for (size_t i = 0; i < build->diags.count; i++)
        errors += build->diags.items[i].level == LEVEL_ERROR || (build->options.strict && build->diags.items[i].level == LEVEL_WARNING);
    return errors;
}

/* Everything that decides what the site is: the program, its options, the
 * configuration, the theme, the date, and what each source has. */
static struct key run_key(struct build *build)
{
    struct buffer input = BUFFER((size_t)1 << 30);
    buffer_text(&input, waymark_sources_id);
    buffer_text(&input, waymark_version);
    buffer_append(&input, &build->render.config_key, sizeof build->render.config_key);
    buffer_append(&input, build->render.language_keys, build->config.language_count * sizeof *build->render.language_keys);
    buffer_printf(&input, "|%s|%s|%d|%d|", build->options.editions, build->options.language, build->options.drafts, build->site.build_date);
    for (uint32_t i = 0; i < build->files.source_count; i++) {
        const struct source_state *source = &build->files.sources[i];
        buffer_printf(&input, "|%s|%s|%d%d%d|", source->name, source->ref, source->is_git, source->is_worktree, source->is_missing);
        buffer_append(&input, source->commit, sizeof source->commit);
        buffer_append(&input, source->tree, sizeof source->tree);
        for (uint32_t j = 0; source->folder && j < source->file_count; j++) {
            const struct file_entry *file = &build->files.items[source->first_file + j];
            buffer_slice(&input, file->path);
            buffer_append(&input, file->id.bytes, sizeof file->id.bytes);
        }
    }
    struct key key = key_of(buffer_view(&input));
    buffer_free(&input);
    return key;
}

/* What is remembered of a run that published: its key, what it published, what it had to say. */
struct last_run {
    struct key key;
    struct sha256 published;
    uint64_t pages;
};

static bool is_up_to_date(struct build *build)
{
    struct slice value;
    struct last_run last;
    struct store_table *table = store_table(build->store, "runs");
    struct slice name = slice_of(build->output);
    if (build->options.clean || !store_get(table, name, &value) || value.length < sizeof last)
        return false;
    memcpy(&last, value.at, sizeof last);
    struct key key = run_key(build);
    struct sha256 current = publish_current(build->publication);
    if (!key_equal(key, last.key) || publish_needs_all(build->publication) || memcmp(&current, &last.published, sizeof current) != 0)
        return false;
    struct diag_list said = {0};
    for (struct slice rest = slice_from(value, sizeof last); rest.length;)
        if (!diag_read(&said, &rest)) {
            diag_list_free(&said);
            return false;
        }
    for (size_t i = 0; i < said.count; i++)
        diag_take(&build->diags, &said.items[i]);
    diag_list_free(&said);
    build->stats.pages = last.pages;
    build->stats.nothing_to_do = true;
    return true;
}

static void remember(struct build *build)
{
    struct last_run last = {run_key(build), build->published, build->stats.pages};
    struct buffer value = BUFFER((size_t)1 << 28);
    buffer_append(&value, &last, sizeof last);
    for (size_t i = build->diags_of_sources; i < build->diags.count; i++)
        diag_write(&value, &build->diags.items[i]);
    struct store_table *table = store_table(build->store, "runs");
    if (value.overflowed)
        store_delete(table, slice_of(build->output));
    else
        store_put(table, slice_of(build->output), buffer_view(&value));
    store_commit(build->store, false, &build->diags);
    buffer_free(&value);
}

static void measure_memory(struct build *build)
{
    struct rusage own, children;
    getrusage(RUSAGE_SELF, &own);
    getrusage(RUSAGE_CHILDREN, &children);
    long most = own.ru_maxrss > children.ru_maxrss ? own.ru_maxrss : children.ru_maxrss;
    build->stats.peak_bytes = (uint64_t)most * 1024;
}

static bool open_publication(struct build *build)
{
    const char **forbidden = ARENA_ARRAY(&build->arena, const char *, build->files.source_count + 2);
    size_t count = 0;
    forbidden[count++] = build->config.root;
    for (uint32_t i = 0; i < build->files.source_count; i++)
        if (build->files.sources[i].folder)
            forbidden[count++] = build->files.sources[i].folder;
    struct publish_options options = {.output = build->output, .state_fallback = arena_printf(&build->arena, "%s/output", build->cache),
                                      .forbidden = forbidden, .forbidden_count = count, .command = build->options.command,
                                      .wait_seconds = 600, .is_unsynced = build->options.no_sync};
    build->publication = publish_begin(&options, &build->diags);
    return build->publication != NULL;
}

static bool make_site(struct build *build)
{
    if (!build_list(build))
        return false;
    build_begin_history(build);
    return build_documents(build) && build_site(build) && build_outputs(build);
}

bool build_read(struct build *build)
{
    return build_sources(build) && build_list(build) && build_documents(build) && build_site(build);
}

bool build_check(struct build *build)
{
    bool ok = build_sources(build) && make_site(build) && build_render_only(build);
    measure_memory(build);
    return ok;
}

bool build_run(struct build *build)
{
    bool ok = build_sources(build) && open_publication(build);
    if (!ok) {
        build->is_held_back = true;
        return false;
    }
    build_settle_diags(build); /* drops what is off, so that the count holds */
    build->diags_of_sources = build->diags.count;
    if (is_up_to_date(build)) {
        publish_abandon(build->publication);
        build->publication = NULL;
        measure_memory(build);
        return true;
    }
    ok = make_site(build);
    if (!ok || build_settle_diags(build) > 0) {
        build->is_held_back = true;
        /* Problems of rendering belong to the run's problems too. */
        if (ok)
            build_render_only(build);
        measure_memory(build);
        return ok;
    }
    ok = build_publish(build);
    if (ok && !build->is_held_back)
        remember(build);
    measure_memory(build);
    return ok;
}
