/* An explicit navigation: a list whose items are pages or groups of them. The
 * YAML's depth is limited already, so the recursion is too. */

#include "model/nav.h"
#include "base/limits.h"

static bool refuse(const struct yaml_reader *reader, const struct yaml_node *node, const char *text, const char *help)
{
    return yaml_report(reader, DIAG_VALUE_TYPE, yaml_place(reader->file, node), help, "%s", text);
}

/* A document id, or a path ending in .md; both from the source's root, so no '/' in front and no '..'. */
static bool check_target(const struct yaml_reader *reader, const struct yaml_node *node, struct slice target)
{
    if (target.length > LIMIT_PATH_BYTES || target.at[0] == '/' || slice_starts_with(target, "../") ||
        slice_starts_with(target, "./") || slice_find(target, '\\') < target.length)
        return refuse(reader, node, "a page of the navigation is named from the root of its source",
                      "write a document id like guidance/storage, or a path like guidance/storage.md");
    if (slice_find(target, '#') < target.length)
        return refuse(reader, node, "the navigation leads to pages, not to sections",
                      "leave out the '#' and what follows");
    return true;
}

static bool read_items(const struct nav_item **items, size_t *count, const struct yaml_reader *reader,
                       const struct yaml_node *list, unsigned depth);

static bool read_entry(struct nav_item *item, const struct yaml_reader *reader, const struct yaml_node *node,
                       unsigned depth)
{
    struct fields {
        const char *title, *page;
        const struct yaml_node *children;
    } fields = {.title = "", .page = ""};
    static const struct yaml_row rows[] = {
        {"title", YAML_TEXT, .at = offsetof(struct fields, title)},
        {"page", YAML_TEXT, .at = offsetof(struct fields, page)},
        {"children", YAML_LIST, .at = offsetof(struct fields, children)},
    };
    bool ok = yaml_record(&fields, reader, node, rows, sizeof rows / sizeof *rows, "an entry of the navigation");
    const struct yaml_node *page = yaml_get(node, "page"), *title = yaml_get(node, "title");
    const struct yaml_node *place = page ? page : title ? title : node;
    item->title = fields.title;
    item->target = fields.page;
    item->at = (uint32_t)place->at;
    item->length = (uint32_t)place->length;
    if (fields.page[0])
        ok &= check_target(reader, page, slice_of(fields.page));
    if (ok && !fields.page[0] && !(fields.title[0] && fields.children))
        ok = refuse(reader, node, "an entry of the navigation without a page needs a title and children",
                    "write {title: TEXT, children: [...]} or {title: TEXT, page: ID}");
    if (fields.children)
        ok &= read_items(&item->children, &item->child_count, reader, fields.children, depth + 1);
    return ok;
}

static bool read_item(struct nav_item *item, const struct yaml_reader *reader, const struct yaml_node *node,
                      unsigned depth)
{
    *item = (struct nav_item){.title = "", .target = "", .at = (uint32_t)node->at, .length = (uint32_t)node->length};
    if (node->kind == YAML_MAPPING)
        return read_entry(item, reader, node, depth);
    return yaml_read_text(&item->target, reader, node) && check_target(reader, node, slice_of(item->target));
}

static bool read_items(const struct nav_item **items, size_t *count, const struct yaml_reader *reader,
                       const struct yaml_node *list, unsigned depth)
{
    if (depth > LIMIT_NAV_DEPTH)
        return refuse(reader, list, "the navigation is nested too deep", "eight levels are enough for a book");
    struct nav_item *out = ARENA_ARRAY(reader->arena, struct nav_item, list->count);
    size_t used = 0;
    bool ok = true;
    for (const struct yaml_node *node = list->first; node; node = node->next) {
        if (read_item(&out[used], reader, node, depth))
            used++;
        else
            ok = false;
    }
    *items = out;
    *count = used;
    return ok;
}

bool nav_read(const struct nav_item **items, size_t *count, const struct yaml_reader *reader,
              const struct yaml_node *list)
{
    if (!yaml_expect(reader, list, YAML_SEQUENCE))
        return false;
    return read_items(items, count, reader, list, 1);
}
