/* Dispatches an output to what makes it. */

#include "render/parts.h"
#include "base/limits.h"
#include <stdlib.h>

struct renderer *renderer_new(const struct render_site *render, struct template_engine *engine)
{
    struct renderer *renderer = memory_get(sizeof *renderer);
    *renderer = (struct renderer){.render = render, .site = render->site, .engine = engine};
    buffer_init(&renderer->body, LIMIT_PAGE_BYTES);
    buffer_init(&renderer->nav.html, LIMIT_PAGE_BYTES);
    buffer_init(&renderer->nav.path, LIMIT_PATH_BYTES * 2);
    return renderer;
}

void renderer_free(struct renderer *renderer)
{
    if (!renderer)
        return;
    arena_free(&renderer->scratch);
    buffer_free(&renderer->body);
    buffer_free(&renderer->nav.html);
    buffer_free(&renderer->nav.path);
    html_facts_free(&renderer->facts);
    free(renderer);
}

static bool render_theme_file(struct renderer *renderer, struct buffer *out)
{
    buffer_slice(out, renderer->render->theme_bytes[renderer->output->subject]);
    return !out->overflowed;
}

bool renderer_render(struct renderer *renderer, const struct output *output, struct buffer *out, struct diag_list *diags)
{
    const struct site *site = renderer->site;
    arena_reset(&renderer->scratch);
    renderer->output = output;
    renderer->variant = output->variant == NONE ? NULL : &site->variants[output->variant];
    renderer->edition = renderer->variant ? &site->editions[renderer->variant->edition] : NULL;
    renderer->facts_of = renderer->variant ? &site->facts[renderer->variant->edition] : NULL;
    renderer->language = renderer->variant ? &site->config->languages[renderer->variant->language]
                                           : config_language(site->config, slice_of(site->config->default_language));
    switch ((enum output_kind)output->kind) {
    case OUTPUT_PAGE: return render_page(renderer, out, diags);
    case OUTPUT_FOLDER: return render_folder(renderer, out, diags);
    case OUTPUT_REDIRECT: return render_redirect(renderer, out, diags);
    case OUTPUT_GLOSSARY: return render_glossary(renderer, out, diags);
    case OUTPUT_REFERENCES: return render_references(renderer, out, diags);
    case OUTPUT_ABOUT: return render_about(renderer, out, diags);
    case OUTPUT_START: return render_start(renderer, out, diags);
    case OUTPUT_NOT_FOUND: return render_not_found(renderer, out, diags);
    case OUTPUT_ROBOTS: return render_robots(renderer, out);
    case OUTPUT_SITEMAP: return render_sitemap(renderer, out);
    case OUTPUT_SITEMAP_LEAF: return render_sitemap_leaf(renderer, out);
    case OUTPUT_THEME_FILE: return render_theme_file(renderer, out);
    case OUTPUT_COPY: return render_copy(renderer, out);
    case OUTPUT_ASSET: break;
    }
    return diag_add(diags, DIAG_INTERNAL, PLACE_RUN, "an output of kind %u has no renderer", output->kind);
}
