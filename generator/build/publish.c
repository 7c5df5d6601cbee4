/* The last two stages: what changed is rendered by workers straight into the tree
 * that is being made, and the tree is exchanged for the published one. A file
 * whose inputs have the key that they had is not looked at. */

#include "base/limits.h"
#include "build/parts.h"
#include "base/version.h"
#include "publish/publish.h"
#include "render/asset.h"
#include "work/work.h"
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

struct render_run {
    struct build *build;
    struct publication *publication; /* NULL: everything is made and nothing written */
    struct publish_tree tree;
    uint32_t *changed;          /* indexes into site.outputs */
    uint32_t changed_count;
    struct key *keys;           /* of each output */
    struct publish_made *known; /* of each output: what is published there now; size UINT64_MAX: nothing */
    /* In a worker. */
    struct renderer *renderer;
    struct source_reader *reader;
    struct buffer bytes;
};

static bool begin_worker(void *context, uint32_t worker, struct buffer *error)
{
    struct render_run *run = context;
    (void)worker;
    store_leave(run->build->store);
    run->renderer = renderer_new(&run->build->render, run->build->engine);
    buffer_init(&run->bytes, LIMIT_ASSET_BYTES);
    run->reader = source_reader_open(&run->build->files);
    if (!run->reader)
        buffer_text(error, "cannot open the sources");
    return run->reader != NULL;
}

static bool make_bytes(struct render_run *run, const struct output *output, struct diag_list *diags)
{
    const struct site *site = &run->build->site;
    if (output->kind != OUTPUT_ASSET)
        return renderer_render(run->renderer, output, &run->bytes, diags);
    const struct file_entry *file = &site->files->items[output->subject];
    struct diag_file where = {file_label(run->build, output->subject), SLICE("")};
    return source_reader_read(run->reader, file, &run->bytes, diags) &&
           asset_check(&where, path_name(file->path), buffer_view(&run->bytes), diags);
}

/* The payload: 1 and what was made, or 0; then diagnostics. */
static bool render_item(void *context, uint32_t index, struct work_product *product)
{
    struct render_run *run = context;
    uint32_t at = run->changed[index];
    const struct output *output = &run->build->site.outputs[at];
    struct diag_list diags = {0};
    struct publish_made made = {0};
    buffer_clear(&run->bytes);
    bool ok = make_bytes(run, output, &diags);
    if (ok && run->publication) {
        const struct publish_made *known = run->known[at].size == UINT64_MAX ? NULL : &run->known[at];
        const char *path = arena_copy(&diags.arena, output->path.at, output->path.length);
        if (!publish_write(run->tree, path, buffer_view(&run->bytes), known, &made)) {
            work_refuse(product, "%s", strerror(errno));
            diag_list_free(&diags);
            return false;
        }
    }
    buffer_byte(work_payload(product), ok);
    buffer_append(work_payload(product), &made, sizeof made);
    for (size_t i = 0; i < diags.count; i++)
        diag_write(work_payload(product), &diags.items[i]);
    diag_list_free(&diags);
    return true;
}

static struct publish_origin origin_of(struct build *build, const struct output *output, char commit[41])
{
    const struct site *site = &build->site;
    uint32_t file = NONE;
    if (output->kind == OUTPUT_ASSET)
        file = output->subject;
    else if (output->kind == OUTPUT_PAGE)
        file = page_document(site, &site->editions[site->variants[output->variant].edition].pages[output->subject])->file;
    if (file == NONE)
        return (struct publish_origin){0};
    const struct file_entry *entry = &site->files->items[file];
    struct publish_origin origin = {slice_of(site->files->sources[entry->source].name), entry->path, SLICE("")};
    if (site->files->commits && site->files->commits[file].seconds) {
        hex_of(site->files->commits[file].id, 20, commit);
        origin.commit = (struct slice){commit, 40};
    }
    return origin;
}

static bool render_joined(void *context, uint32_t index, const struct work_result *result)
{
    struct render_run *run = context;
    struct build *build = run->build;
    uint32_t at = run->changed[index];
    const struct output *output = &build->site.outputs[at];
    struct publish_made made;
    struct slice payload = result->payload;
    if (payload.length < 1 + sizeof made)
        return diag_add(&build->diags, DIAG_INTERNAL, PLACE_RUN, "a worker reported too little");
    bool is_made = payload.at[0] == 1;
    memcpy(&made, payload.at + 1, sizeof made);
    payload = slice_from(payload, 1 + sizeof made);
    while (payload.length)
        if (!diag_read(&build->diags, &payload))
            return diag_add(&build->diags, DIAG_INTERNAL, PLACE_RUN, "a worker reported what is no diagnostic");
    build->stats.pages_rendered += output->kind == OUTPUT_PAGE;
    char commit[41];
    if (!is_made || !run->publication)
        return true;
    return publish_add(run->publication, 0, output->path, &made, run->keys[at], origin_of(build, output, commit), &build->diags);
}

static bool render_failed(void *context, uint32_t index, enum work_failure why, const char *text)
{
    struct render_run *run = context;
    struct build *build = run->build;
    const struct output *output = &build->site.outputs[run->changed[index]];
    if (run->publication)
        publish_undo(run->publication, 0, output->path);
    if (why == WORK_REFUSED)
        diag_add(&build->diags, DIAG_OUTPUT_IO, PLACE_RUN, "cannot write '%.*s': %s", SLICE_ARGS(output->path), text);
    else
        diag_add(&build->diags, DIAG_INTERNAL, PLACE_RUN, "making '%.*s' failed: %s", SLICE_ARGS(output->path), text);
    return true;
}

/* Keys of all outputs; those whose inputs have changed since they were published are to be made. */
static void find_changed(struct render_run *run)
{
    struct build *build = run->build;
    const struct site *site = &build->site;
    struct arena scratch = {0};
    struct buffer work = BUFFER((size_t)1 << 26);
    struct key_faces *faces = key_faces_new(&build->render);
    bool needs_all = !run->publication || publish_needs_all(run->publication);
    run->changed = ARENA_ARRAY(&build->arena, uint32_t, site->output_count + 1);
    run->keys = ARENA_ARRAY(&build->arena, struct key, site->output_count + 1);
    run->known = ARENA_ARRAY(&build->arena, struct publish_made, site->output_count + 1);
    for (uint32_t i = 0; i < site->output_count; i++) {
        struct publish_row row;
        arena_reset(&scratch);
        run->keys[i] = output_key(&build->render, &site->outputs[i], &work, &scratch);
        bool is_known = run->publication && publish_find(run->publication, 0, site->outputs[i].path, &row);
        run->known[i] = is_known ? row.made : (struct publish_made){.size = UINT64_MAX};
        bool is_fresh = is_known && !needs_all && !build->options.clean && key_equal(row.inputs, run->keys[i]);
        if (is_fresh)
            publish_keep(run->publication, 0, site->outputs[i].path);
        else
            run->changed[run->changed_count++] = i;
    }
    build->render.faces = NULL;
    key_faces_free(faces);
    buffer_free(&work);
    arena_free(&scratch);
}

static bool render_changed(struct render_run *run)
{
    struct build *build = run->build;
    double start = now_seconds();
    find_changed(run);
    struct work work = {.name = "render", .count = run->changed_count, .jobs = build->options.jobs, .in_order = true,
                        .worker_bytes = (size_t)LIMIT_WORKER_BYTES * 2, .item_seconds = LIMIT_DOCUMENT_SECONDS, .context = run,
                        .begin = begin_worker, .item = render_item, .joined = render_joined, .failed = render_failed};
    bool ok = work_run(&work, NULL, &build->diags);
    build->stats.seconds[STAGE_RENDER] += now_seconds() - start;
    return ok;
}

static const char *date_text(struct build *build)
{
    int date = build->site.build_date;
    return arena_printf(&build->arena, "%04d-%02d-%02d", date / 10000, date / 100 % 100, date % 100);
}

static struct publish_about about_site(struct build *build)
{
    struct publish_about about = {.version = waymark_version, .date = date_text(build)};
    struct publish_source *sources = ARENA_ARRAY(&build->arena, struct publish_source, build->files.source_count + 1);
    struct publish_edition *editions = ARENA_ARRAY(&build->arena, struct publish_edition, build->site.edition_count + 1);
    for (uint32_t i = 0; i < build->files.source_count; i++) {
        const struct source_state *source = &build->files.sources[i];
        const struct source_spec *spec = &build->config.sources[source->spec];
        char *commit = arena_alloc(&build->arena, 41);
        if (source->is_git)
            hex_of(source->commit, sizeof source->commit, commit);
        sources[i] = (struct publish_source){source->name, spec->is_remote ? spec->url : "", source->is_git ? source->ref : "", commit};
    }
    for (uint32_t i = 0; i < build->site.edition_count; i++)
        editions[i] = (struct publish_edition){build->site.editions[i].spec->id, false, "", 0};
    about.sources = sources;
    about.source_count = build->files.source_count;
    about.editions = editions;
    about.edition_count = build->site.edition_count;
    return about;
}

static bool finish(struct render_run *run)
{
    struct build *build = run->build;
    double start = now_seconds();
    struct publish_about about = about_site(build);
    struct publish_result result;
    bool ok = publish_end(run->publication, false, &about, &result, &build->diags);
    build->stats.seconds[STAGE_PUBLISH] += now_seconds() - start;
    if (!ok)
        return false;
    build->stats.files_written = result.files_written;
    build->stats.files_removed = result.files_removed;
    build->stats.sums_written = result.sums_written;
    build->stats.bytes_written = result.bytes_written;
    build->published = result.current;
    return true;
}

bool build_render_only(struct build *build)
{
    struct render_run run = {.build = build};
    return render_changed(&run);
}

bool build_publish(struct build *build)
{
    struct render_run run = {.build = build, .publication = build->publication};
    build->publication = NULL; /* publish_end and publish_abandon free it */
    run.tree = publish_tree(run.publication, 0);
    bool ok = render_changed(&run);
    if (!ok || build_settle_diags(build) > 0) {
        publish_abandon(run.publication);
        build->is_held_back = true;
        return ok;
    }
    return finish(&run);
}
