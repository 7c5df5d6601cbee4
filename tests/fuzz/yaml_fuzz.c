/* Any bytes as a data file: a tree whose every place lies in the file, or errors
 * whose every place does; and each can be printed. */

#include "yaml/yaml.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void visit(const struct yaml_node *node, size_t length)
{
    if (node->at > length || node->length > length - node->at || node->key_at > length ||
        node->key_length > length - node->key_at || memchr(node->text.at ? node->text.at : "", 0, node->text.length))
        abort();
    uint32_t count = 0;
    for (const struct yaml_node *child = node->first; child; child = child->next, count++) {
        if (child->parent != node)
            abort();
        visit(child, length);
    }
    if (count != node->count)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct arena arena = {0};
    struct diag_list diags = {0};
    struct diag_file file = {"data.yaml", {(const char *)bytes, length}};
    const struct yaml_node *root;
    if (yaml_load(&root, &arena, &file, file.bytes, &diags))
        visit(root, length);
    else if (root || diag_count(&diags, LEVEL_ERROR) == 0)
        abort();
    FILE *nowhere = fopen("/dev/null", "w");
    for (size_t i = 0; i < diags.count; i++) {
        if (diags.items[i].offset > length)
            abort();
        diag_print(nowhere, &diags.items[i], false);
    }
    fclose(nowhere);
    diag_list_free(&diags);
    arena_free(&arena);
    return 0;
}
