/* manifest/: where the files come from. One index.json for each folder of the
 * site, with sums and hashes of the folders below and the rows of its files; in
 * a folder with many rows these stand in leaves, and index.json names them. */

#include "base/json.h"
#include "publish/parts.h"
#include <stdio.h>
#include <stdlib.h>

struct entry {
    struct slice name;
    bool is_folder;
    uint64_t files, bytes; /* of a folder: with all below */
    struct sha256 hash;    /* of the file, or of the folder's index.json */
    struct publish_origin origin;
};

struct node {
    struct touched_list *list;
    struct touched *folder;
    struct arena arena;
    struct entry *items;
    size_t count, capacity;
    char *text; /* of the stream; malloc'ed */
    size_t text_bytes;
};

static struct entry *add_entry(struct node *node, struct slice name)
{
    LIST_GROW(node->items, node->count, node->capacity);
    struct entry *entry = &node->items[node->count++];
    *entry = (struct entry){.name = arena_slice(&node->arena, name)};
    return entry;
}

static bool add_row(void *context, struct slice key, struct slice value)
{
    struct node *node = context;
    struct slice path;
    struct publish_row row;
    enum row_kind kind;
    (void)key;
    if (!row_read(value, &path, &row, &kind) || kind != ROW_FILE)
        return true;
    struct entry *entry = add_entry(node, path_name(path));
    entry->bytes = row.made.size;
    entry->hash = row.made.hash;
    entry->origin = (struct publish_origin){arena_slice(&node->arena, row.origin.source),
                                            arena_slice(&node->arena, row.origin.path),
                                            arena_slice(&node->arena, row.origin.commit)};
    return true;
}

static bool add_folder(void *context, struct slice key, struct slice value)
{
    struct node *node = context;
    struct slice path;
    struct folder_record record;
    (void)key;
    if (!folder_read(value, &path, &record) || path.length == 0 || is_of_manifest(path))
        return true;
    struct entry *entry = add_entry(node, path_name(path));
    entry->is_folder = true;
    entry->files = record.files;
    entry->bytes = record.bytes;
    entry->hash = record.node_hash;
    return true;
}

/* Folders first, then files, by name. */
static int compare_entries(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    return a->is_folder != b->is_folder ? b->is_folder - a->is_folder : slice_compare(a->name, b->name);
}

static void gather(struct node *node, uint32_t leaf, uint32_t leaves)
{
    const struct root *root = node->list->root;
    node->count = 0;
    arena_reset(&node->arena);
    leaf_each(root, root->publication->folders, node->folder->path, leaf, leaves, add_folder, node);
    leaf_each(root, root->publication->rows, node->folder->path, leaf, leaves, add_row, node);
    if (node->count > 1)
        qsort(node->items, node->count, sizeof *node->items, compare_entries);
}

/* ---- JSON ---- */

static void text_member(struct json *json, const char *key, struct slice text)
{
    if (text.length == 0)
        return;
    json_key(json, key);
    json_string(json, text);
}

static void number_member(struct json *json, const char *key, uint64_t number)
{
    json_key(json, key);
    json_number(json, (int64_t)number);
}

static void hash_member(struct json *json, struct sha256 hash)
{
    char digits[65];
    sha256_hex(hash, digits);
    text_member(json, "sha256", slice_of(digits));
}

static void print_entry(struct json *json, const struct entry *entry)
{
    json_object_begin(json);
    json_key(json, "name");
    json_string(json, entry->name);
    if (entry->is_folder)
        number_member(json, "files", entry->files);
    number_member(json, "bytes", entry->bytes);
    hash_member(json, entry->hash);
    text_member(json, "source", entry->origin.source);
    text_member(json, "path", entry->origin.path);
    text_member(json, "commit", entry->origin.commit);
    json_object_end(json);
}

static void print_entries(struct json *json, const struct node *node)
{
    for (int is_folder = 1; is_folder >= 0; is_folder--) {
        json_key(json, is_folder ? "folders" : "files");
        json_array_begin(json);
        for (size_t i = 0; i < node->count; i++)
            if (node->items[i].is_folder == is_folder)
                print_entry(json, &node->items[i]);
        json_array_end(json);
    }
}

static void print_about(struct json *json, const struct publish_about *about, int root)
{
    text_member(json, "waymark", slice_of(about->version));
    text_member(json, "date", slice_of(about->date));
    json_key(json, "libraries");
    json_object_begin(json);
    for (size_t i = 0; i < about->library_count; i++)
        text_member(json, about->libraries[i].name, slice_of(about->libraries[i].version));
    json_object_end(json);
    json_key(json, "sources");
    json_array_begin(json);
    for (size_t i = 0; i < about->source_count; i++) {
        json_object_begin(json);
        text_member(json, "name", slice_of(about->sources[i].name));
        text_member(json, "url", slice_of(about->sources[i].url));
        text_member(json, "ref", slice_of(about->sources[i].ref));
        text_member(json, "commit", slice_of(about->sources[i].commit));
        json_object_end(json);
    }
    json_array_end(json);
    json_key(json, "editions");
    json_array_begin(json);
    for (size_t i = 0; i < about->edition_count; i++) {
        if (about->editions[i].root != root)
            continue;
        json_object_begin(json);
        text_member(json, "id", slice_of(about->editions[i].id));
        json_key(json, "held_back");
        json_bool(json, about->editions[i].is_held_back);
        text_member(json, "reason", slice_of(about->editions[i].reason));
        json_object_end(json);
    }
    json_array_end(json);
}

static struct slice path_in_manifest(struct arena *arena, struct slice folder, struct slice name)
{
    return slice_of(arena_printf(arena, MANIFEST_NAME "/%.*s%s%.*s", SLICE_ARGS(folder), folder.length ? "/" : "",
                                 SLICE_ARGS(name)));
}

static void print_leaves(struct json *json, const struct node *node, uint32_t leaves)
{
    struct arena *arena = &node->list->root->publication->arena;
    json_key(json, "leaves");
    json_array_begin(json);
    for (uint32_t i = 0; i < leaves; i++) {
        struct publish_row row;
        enum row_kind kind;
        struct slice name = leaf_name(arena, "rows", i, leaves, ".json");
        if (!row_get(node->list->root, path_in_manifest(arena, node->folder->path, name), &row, &kind))
            continue;
        json_object_begin(json);
        text_member(json, "name", name);
        number_member(json, "bytes", row.made.size);
        hash_member(json, row.made.hash);
        json_object_end(json);
    }
    json_array_end(json);
}

static FILE *open_text(struct node *node)
{
    free(node->text);
    node->text = NULL;
    FILE *stream = open_memstream(&node->text, &node->text_bytes);
    if (!stream)
        memory_exhausted();
    return stream;
}

static struct slice close_text(struct node *node, FILE *stream)
{
    if (fclose(stream) != 0)
        memory_exhausted();
    return (struct slice){node->text, node->text_bytes};
}

static struct slice print_leaf(struct node *node)
{
    struct json json;
    FILE *stream = open_text(node);
    json_begin(&json, stream);
    json_object_begin(&json);
    print_entries(&json, node);
    json_object_end(&json);
    json_end(&json);
    return close_text(node, stream);
}

static struct slice print_node(struct node *node, uint32_t leaves, const struct publish_about *about)
{
    struct json json;
    FILE *stream = open_text(node);
    json_begin(&json, stream);
    json_object_begin(&json);
    if (node->folder->path.length == 0)
        print_about(&json, about, (int)(node->list->root - node->list->root->publication->roots));
    json_key(&json, "folder");
    json_string(&json, node->folder->path);
    json_key(&json, "total");
    json_object_begin(&json);
    number_member(&json, "files", node->folder->record.files);
    number_member(&json, "bytes", node->folder->record.bytes);
    json_object_end(&json);
    if (leaves > 0)
        print_leaves(&json, node, leaves);
    else
        print_entries(&json, node);
    json_object_end(&json);
    json_end(&json);
    return close_text(node, stream);
}

/* ---- a folder ---- */

static bool write_leaves(struct node *node, uint32_t leaves, struct diag_list *diags)
{
    struct arena *arena = &node->list->root->publication->arena;
    uint32_t before = node->folder->record.rows_leaves;
    for (uint32_t i = 0; i < leaves; i++) {
        if (!touched_leaf(node->folder, i, leaves, before))
            continue;
        gather(node, i, leaves);
        struct slice path = path_in_manifest(arena, node->folder->path, leaf_name(arena, "rows", i, leaves, ".json"));
        if (!own_write(node->list, path, print_leaf(node), ROW_MANIFEST, diags))
            return false;
    }
    for (uint32_t i = before == leaves ? before : 0; i < before; i++) {
        struct slice name = leaf_name(arena, "rows", i, before, ".json");
        bool is_kept = i < leaves && slice_equal(name, leaf_name(arena, "rows", i, leaves, ".json"));
        if (!is_kept && !own_remove(node->list, path_in_manifest(arena, node->folder->path, name), diags))
            return false;
    }
    node->folder->record.rows_leaves = leaves;
    return true;
}

struct sum {
    uint64_t files, bytes;
};

static bool add_to_sum(void *context, struct slice key, struct slice value)
{
    struct sum *sum = context;
    struct slice path;
    struct folder_record record;
    (void)key;
    if (folder_read(value, &path, &record) && path.length > 0 && !is_of_manifest(path)) {
        sum->files += record.files;
        sum->bytes += record.bytes;
    }
    return true;
}

/* Is manifest/ one of the root's folders already? It is none of the site's. */
static bool manifest_is_counted(const struct touched_list *list)
{
    struct folder_record record;
    return table_get(&list->by_path, SLICE(MANIFEST_NAME)) != TABLE_NONE ||
           folder_get(list->root, SLICE(MANIFEST_NAME), &record);
}

static bool write_node(struct node *node, const struct publish_about *about, struct diag_list *diags)
{
    struct touched *folder = node->folder;
    struct root *root = node->list->root;
    struct slice path = path_in_manifest(&root->publication->arena, folder->path, SLICE("index.json"));
    bool has_manifest = folder->path.length == 0 && manifest_is_counted(node->list);
    uint32_t rows = folder->record.own_files + folder->record.own_folders - has_manifest;
    if (folder->path.length > 0 && rows == 0) {
        touched_bury(node->list, folder);
        return write_leaves(node, 0, diags) && own_remove(node->list, path, diags);
    }
    struct sum sum = {folder->record.own_files, folder->record.own_bytes};
    leaf_each(root, root->publication->folders, folder->path, 0, 0, add_to_sum, &sum);
    folder->record.files = sum.files;
    folder->record.bytes = sum.bytes;
    uint32_t leaves = leaf_count(rows);
    if (!write_leaves(node, leaves, diags))
        return false;
    if (leaves == 0)
        gather(node, 0, 0);
    struct slice text = print_node(node, leaves, about);
    folder->record.node_hash = sha256_of(text);
    folder_put(root, folder->path, &folder->record);
    return own_write(node->list, path, text, ROW_MANIFEST, diags);
}

bool manifest_write(struct touched_list *list, const struct publish_about *about, struct diag_list *diags)
{
    struct node node = {.list = list};
    size_t count;
    bool ok = true;
    touch(list, SLICE("")); /* what the copy was made with may have changed alone */
    struct touched **folders = touched_in_order(list, false, &count);
    for (size_t i = 0; ok && i < count; i++) {
        node.folder = folders[i];
        ok = write_node(&node, about, diags);
    }
    free(folders);
    free(node.text);
    free(node.items);
    arena_free(&node.arena);
    return ok;
}
