/* Any bytes as a template: it compiles and renders within its limits, or says why
 * not at a place that is in it. */

#include "base/limits.h"
#include "script/context.h"
#include "script/template.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct theme_file files[] = {{"templates/page.html", "page.html", {(const char *)bytes, length}}};
    struct theme_layer layer = {"fuzz", files, 1};
    struct language english = {.tag = "en", .name = "English"};
    struct template_options options = {.layers = &layer, .layer_count = 1, .languages = &english, .language_count = 1,
                                       .default_language = "en", .most_instructions = 100000};
    struct diag_list diags = {0};
    struct template_engine *engine = template_engine_new(&options, &diags);
    if (!engine && diag_count(&diags, LEVEL_ERROR) == 0)
        abort();
    if (engine) {
        struct buffer out = BUFFER(1 << 20);
        context_begin(engine, "en");
        if (!template_render(engine, "page", &out, &diags) && (diag_count(&diags, LEVEL_ERROR) == 0 || out.length))
            abort();
        buffer_free(&out);
        template_engine_free(engine);
    }
    diag_list_free(&diags);
    return 0;
}
