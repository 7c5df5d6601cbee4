/* glossary.yaml: words in a fixed sense. An edition may give its own word for a
 * key, or its own languages for it, and leaves out what it inherits. */

#include "settle/parts.h"

struct term_texts {
    const struct yaml_node *term, *definition, *also, *forbidden;
};

static bool read_term(const struct settle_load *load, const struct yaml_reader *reader, const struct yaml_node *node,
                      struct term *term)
{
    static const struct yaml_row rows[] = {
        {"term", YAML_NODE, .at = offsetof(struct term_texts, term)},
        {"definition", YAML_NODE, .at = offsetof(struct term_texts, definition)},
        {"also", YAML_NODE, .at = offsetof(struct term_texts, also)},
        {"forbidden", YAML_NODE, .at = offsetof(struct term_texts, forbidden)},
    };
    struct term_texts texts = {.term = NULL};
    if (!yaml_record(&texts, reader, node, rows, ARRAY_COUNT(rows), "a term"))
        return false;
    bool ok = settle_text_of(load, reader, node, "term", &term->term);
    ok &= settle_text_of(load, reader, node, "definition", &term->definition);
    ok &= settle_texts_of(load, reader, node, "also", &term->also, &term->also_count);
    ok &= settle_texts_of(load, reader, node, "forbidden", &term->forbidden, &term->forbidden_count);
    return ok;
}

bool settle_glossary(struct settle_load *load, struct layer *layer, const struct diag_file *file)
{
    struct yaml_reader reader = settle_reader(load, file);
    const struct yaml_node *root = settle_open(&reader);
    if (!root)
        return false;
    layer->terms = ARENA_ARRAY(load->arena, struct term, root->count);
    bool ok = true;
    for (const struct yaml_node *node = root->first; node; node = node->next) {
        struct term *term = &layer->terms[layer->term_count];
        *term =
            (struct term){.key = node->key, .edition = layer->source->edition, .place = settle_place(&reader, node)};
        if (settle_check_key(&reader, node, "a term") && read_term(load, &reader, node, term))
            layer->term_count++;
        else
            ok = false;
    }
    return ok;
}
