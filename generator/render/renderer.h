#ifndef WAYMARK_RENDER_RENDERER_H
#define WAYMARK_RENDER_RENDERER_H

/* What the reader sees: one file of the output at a time, from the frozen site.
 *
 * output_key says what a file depends on without making it: equal keys, equal
 * bytes. renderer_render makes it. A renderer belongs to one process; it is made
 * in the worker, after the fork. */

#include "base/buffer.h"
#include "base/diag.h"
#include "model/site.h"
#include "script/template.h"

struct key_faces;

/* Facts of the run that pages show and no stage owns. All outlive the renderer. */
struct render_site {
    const struct site *site;
    struct key config_key;        /* of waymark.yaml, the program's version and the theme's assets */
    struct key *language_keys;    /* template_engine_key for each of config.languages */
    struct slice *theme_files;    /* paths of theme assets, for OUTPUT_THEME_FILE: "style.css" */
    struct slice *theme_bytes;
    uint32_t theme_file_count;
    const char *tool_version;
    const char *release;          /* name of the release, "" when the base has none */
    bool sample;                  /* `sample: true` in waymark.yaml */
    const struct key_faces *faces; /* see key_faces_new */
};

/* Hashes of what many outputs depend on, made once when the graph is frozen; sets
 * render->faces. */
struct key_faces *key_faces_new(struct render_site *render);
void key_faces_free(struct key_faces *faces);

/* What `output` depends on. Touches facts of documents, never their bodies. `work`
 * is for the moment; so is `scratch`, which the caller resets. */
struct key output_key(const struct render_site *render, const struct output *output, struct buffer *work,
                      struct arena *scratch);

struct renderer;
struct renderer *renderer_new(const struct render_site *render, struct template_engine *engine);
void renderer_free(struct renderer *renderer);

/* Appends the file's bytes to `out`. Not for OUTPUT_ASSET, whose bytes come from
 * a source. False with a diagnostic. */
bool renderer_render(struct renderer *renderer, const struct output *output, struct buffer *out,
                     struct diag_list *diags);

#endif
