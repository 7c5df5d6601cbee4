/* The tree of editions. Its root is `global`, or else the first edition that
 * extends nothing; every other edition extends the root unless it says more. */

#include "base/limits.h"
#include "base/table.h"
#include "config/parts.h"

struct tree {
    struct config_load *load;
    const struct yaml_node **nodes; /* of each edition, in the order of out->editions */
    uint32_t *parents;              /* index of what each extends; NO_PARENT for the root */
    uint32_t root;
};
enum { NO_PARENT = UINT32_MAX - 1, UNKNOWN_PARENT = UINT32_MAX - 2 };

static struct place place_of(const struct tree *tree, uint32_t edition, const char *key)
{
    const struct yaml_node *value = yaml_get(tree->nodes[edition], key);
    if (value)
        return yaml_place(tree->load->reader.file, value);
    return tree->nodes[edition] ? yaml_key_place(tree->load->reader.file, tree->nodes[edition])
                                : place_file(tree->load->reader.file);
}

static bool find_root(struct tree *tree)
{
    const struct site_config *out = tree->load->out;
    tree->root = NO_PARENT;
    for (uint32_t i = 0; i < out->edition_count; i++) {
        bool is_free = !out->editions[i].extends[0];
        if (is_free && (tree->root == NO_PARENT || strcmp(out->editions[i].id, "global") == 0))
            tree->root = i;
    }
    return tree->root != NO_PARENT;
}

static bool find_parents(struct tree *tree)
{
    struct site_config *out = tree->load->out;
    const char **ids = ARENA_ARRAY(tree->load->arena, const char *, out->edition_count);
    bool ok = true;
    struct table by_id = {0};
    for (uint32_t i = 0; i < out->edition_count; i++) {
        ids[i] = out->editions[i].id;
        table_add(&by_id, slice_of(ids[i]), i);
    }
    for (uint32_t i = 0; i < out->edition_count; i++) {
        struct edition_spec *edition = &out->editions[i];
        if (!edition->extends[0] && i != tree->root && tree->root != NO_PARENT)
            edition->extends = out->editions[tree->root].id;
        uint32_t parent = edition->extends[0] ? table_get(&by_id, slice_of(edition->extends)) : NO_PARENT;
        tree->parents[i] = parent == TABLE_NONE ? UNKNOWN_PARENT : parent;
        if (parent != TABLE_NONE)
            continue;
        ok = yaml_report_name(&tree->load->reader, DIAG_CONFIG_EXTENDS, place_of(tree, i, "extends"),
                              slice_of(edition->extends), ids, out->edition_count,
                              "the edition '%s' extends '%s', which does not exist", edition->id, edition->extends);
    }
    table_free(&by_id);
    return ok;
}

/* "xa → xb → xa" */
static const char *chain_of(const struct tree *tree, uint32_t start, uint32_t most)
{
    const struct site_config *out = tree->load->out;
    struct buffer text = BUFFER(400);
    buffer_text(&text, out->editions[start].id);
    uint32_t at = start;
    for (uint32_t i = 0; i < most; i++) {
        at = tree->parents[at];
        if (at >= out->edition_count)
            break;
        buffer_printf(&text, " → %s", out->editions[at].id);
        if (at == start)
            break;
    }
    const char *copy = arena_printf(tree->load->arena, "%s%s", buffer_string(&text), text.overflowed ? " → …" : "");
    buffer_free(&text);
    return copy;
}

/* Reports each cycle once, at its member that stands first in the file. */
static bool check_cycles(const struct tree *tree)
{
    const struct site_config *out = tree->load->out;
    uint32_t count = (uint32_t)out->edition_count;
    bool ok = true;
    uint32_t *seen_from = ARENA_ARRAY(tree->load->arena, uint32_t, count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = i, depth = 0;
        while (at < count && seen_from[at] == 0) {
            seen_from[at] = i + 1;
            at = tree->parents[at];
            depth++;
        }
        if (at < count && seen_from[at] == i + 1) {
            ok = yaml_report(&tree->load->reader, DIAG_CONFIG_EXTENDS, place_of(tree, at, "extends"),
                             "let one of them extend an edition outside the circle",
                             "editions extend one another in a circle: %s", chain_of(tree, at, count));
        }
    }
    return ok;
}

static bool check_depth(const struct tree *tree)
{
    const struct site_config *out = tree->load->out;
    for (uint32_t i = 0; i < out->edition_count; i++) {
        uint32_t depth = 0;
        for (uint32_t at = i; at < out->edition_count; at = tree->parents[at])
            if (++depth > LIMIT_EDITION_DEPTH)
                return yaml_report(&tree->load->reader, DIAG_CONFIG_EXTENDS, place_of(tree, i, "extends"),
                                   "let some of them extend an edition nearer to the root",
                                   "more than %d editions stand in one line: %s", LIMIT_EDITION_DEPTH,
                                   chain_of(tree, i, LIMIT_EDITION_DEPTH));
    }
    return true;
}

/* Parents first; otherwise the order of the file. */
static void sort_editions(struct tree *tree)
{
    struct site_config *out = tree->load->out;
    uint32_t count = (uint32_t)out->edition_count, done = 0;
    struct edition_spec *sorted = ARENA_ARRAY(tree->load->arena, struct edition_spec, count);
    const struct yaml_node **nodes = ARENA_ARRAY(tree->load->arena, const struct yaml_node *, count);
    uint32_t *moved = ARENA_ARRAY(tree->load->arena, uint32_t, count); /* new index + 1 */
    while (done < count) {
        for (uint32_t i = 0; i < count; i++) {
            uint32_t parent = tree->parents[i];
            if (moved[i] || (parent < count && !moved[parent]))
                continue;
            nodes[done] = tree->nodes[i];
            sorted[done++] = out->editions[i];
            moved[i] = done;
        }
    }
    uint32_t *parents = ARENA_ARRAY(tree->load->arena, uint32_t, count);
    for (uint32_t i = 0; i < count; i++)
        parents[moved[i] - 1] = tree->parents[i] < count ? moved[tree->parents[i]] - 1 : tree->parents[i];
    tree->parents = parents;
    out->editions = sorted;
    tree->nodes = nodes;
}

/* What is below a restricted edition shows its text. */
static bool inherit_visibility(const struct tree *tree, struct edition_spec *edition, uint32_t index,
                               const struct edition_spec *parent)
{
    if (!parent->is_restricted)
        return true;
    bool says_public = yaml_get(tree->nodes[index], "visibility") && !edition->is_restricted;
    edition->is_restricted = true;
    if (!says_public)
        return true;
    return yaml_report(&tree->load->reader, DIAG_CONFIG_VALUE, place_of(tree, index, "visibility"),
                       "make it restricted too, or let it extend a public edition",
                       "the edition '%s' is public, but shows what the restricted '%s' says", edition->id, parent->id);
}

/* The root, and editions without files of their own, have no country.yaml. */
static bool check_own_keys(const struct tree *tree, const struct edition_spec *edition, uint32_t index)
{
    static const char *const keys[] = {"languages", "title", "nav"};
    bool has_file = index != 0 && edition->source_count > 0, ok = true;
    for (size_t i = 0; has_file && i < ARRAY_COUNT(keys); i++) {
        const struct yaml_node *node = yaml_get(tree->nodes[index], keys[i]);
        if (!node)
            continue;
        ok = yaml_report(&tree->load->reader, DIAG_KEY_ELSEWHERE, yaml_key_place(tree->load->reader.file, node),
                         i == 0
                             ? "it belongs into the edition's country.yaml; what limits it here is `languages_allowed`"
                             : "it belongs into the edition's country.yaml",
                         "'%s' does not belong here", keys[i]);
    }
    return ok;
}

static void inherit_languages(const struct tree *tree, struct edition_spec *edition, const struct edition_spec *parent)
{
    const struct site_config *out = tree->load->out;
    if (edition->language_count == 0 && parent) {
        edition->languages = parent->languages;
        edition->language_count = parent->language_count;
    } else if (edition->language_count == 0) {
        edition->languages = ARENA_ARRAY(tree->load->arena, const char *, out->language_count + 1);
        for (size_t i = 0; i < out->language_count; i++)
            edition->languages[edition->language_count++] = out->languages[i].tag;
    }
    edition->language = edition->language_count ? edition->languages[0] : out->default_language;
}

bool config_settle_tree(struct config_load *load, const struct yaml_node **nodes)
{
    struct site_config *out = load->out;
    struct tree tree = {.load = load, .nodes = nodes};
    tree.parents = ARENA_ARRAY(load->arena, uint32_t, out->edition_count);
    bool has_root = find_root(&tree);
    bool ok = find_parents(&tree);
    ok &= check_cycles(&tree);
    if (!has_root || !ok || !check_depth(&tree))
        return false;
    sort_editions(&tree);
    for (uint32_t i = 0; i < out->edition_count; i++) {
        struct edition_spec *edition = &out->editions[i];
        const struct edition_spec *parent = tree.parents[i] < i ? &out->editions[tree.parents[i]] : NULL;
        if (parent)
            ok &= inherit_visibility(&tree, edition, i, parent);
        ok &= check_own_keys(&tree, edition, i);
        inherit_languages(&tree, edition, parent);
    }
    return ok;
}
