/* A folder as git's tree object stores it: "MODE NAME\0" and 20 bytes of id, again
 * and again. Parsed here and not by libgit2, which hands out what it finds. */

#include "base/limits.h"
#include "source/listing.h"

static uint8_t entry_type_of(uint32_t mode)
{
    switch (mode & 0170000) {
    case 0040000:
        return ENTRY_FOLDER;
    case 0100000:
        return ENTRY_FILE;
    case 0120000:
        return ENTRY_SYMLINK;
    case 0160000:
        return ENTRY_OTHER;
    }
    return ENTRY_UNKNOWN;
}

/* Old tools wrote modes with a zero in front, which is accepted. */
bool tree_entry(struct entry *out, struct slice *rest)
{
    uint32_t mode = 0;
    size_t i = 0;
    while (i < rest->length && i < 8 && rest->at[i] >= '0' && rest->at[i] <= '7')
        mode = mode * 8 + (uint32_t)(rest->at[i++] - '0');
    if (i == 0 || i >= rest->length || rest->at[i] != ' ')
        return false;
    struct slice name = slice_from(*rest, i + 1);
    const char *end = name.length ? memchr(name.at, 0, name.length) : NULL;
    if (!end)
        return false;
    name.length = (size_t)(end - name.at);
    *rest = slice_from(*rest, i + 1 + name.length + 1);
    if (rest->length < sizeof out->id.bytes)
        return false;
    *out = (struct entry){.name = name, .type = entry_type_of(mode), .is_executable = (mode & 0100) != 0};
    memcpy(out->id.bytes, rest->at, sizeof out->id.bytes);
    *rest = slice_from(*rest, sizeof out->id.bytes);
    return true;
}

bool tree_parse(struct folder *out, struct slice bytes)
{
    size_t capacity = bytes.length / 30 + 4;
    struct entry *entries = arena_array(&out->arena, capacity, sizeof *entries);
    size_t count = 0;
    while (bytes.length) {
        if (count == capacity) {
            struct entry *larger = arena_array(&out->arena, capacity * 2, sizeof *entries);
            memcpy(larger, entries, count * sizeof *entries);
            entries = larger;
            capacity *= 2;
        }
        if (!tree_entry(&entries[count], &bytes))
            return false;
        count++;
    }
    out->entries = entries;
    out->entry_count = count;
    return true;
}

static bool open_tree(struct listing *listing, struct folder *out, const struct folder *parent,
                      const struct entry *entry)
{
    struct repository *repository = listing->context;
    git_oid id;
    memcpy(id.id, parent ? entry->id.bytes : listing->source->tree, sizeof id.id);
    if (!repository_read(&out->tree, repository, &id, GIT_OBJECT_TREE, "a folder", listing->diags))
        return false;
    if (tree_parse(out, (struct slice){git_odb_object_data(out->tree), git_odb_object_size(out->tree)}))
        return true;
    return repository_fault(repository, &id, "a folder", "is no list of entries", listing->diags);
}

static void close_tree(struct listing *listing, struct folder *folder)
{
    (void)listing;
    git_odb_object_free(folder->tree);
}

static bool take_blob(struct listing *listing, const struct folder *folder, const struct entry *entry,
                      struct file_entry *file)
{
    (void)listing;
    (void)folder;
    file->id = entry->id;
    return true;
}

void listing_use_tree(struct listing *listing, struct repository *repository)
{
    listing->context = repository;
    listing->open = open_tree;
    listing->close = close_tree;
    listing->take = take_blob;
}

bool tree_find_folder(git_oid *tree, struct repository *repository, struct slice path, struct diag_list *diags)
{
    while (path.length) {
        struct folder folder = {0};
        size_t length = slice_find(path, '/');
        struct slice name = {path.at, length};
        if (!repository_read(&folder.tree, repository, tree, GIT_OBJECT_TREE, "a folder", diags))
            return false;
        bool is_list =
            tree_parse(&folder, (struct slice){git_odb_object_data(folder.tree), git_odb_object_size(folder.tree)});
        bool found = false;
        for (size_t i = 0; i < folder.entry_count && !found; i++)
            if (folder.entries[i].type == ENTRY_FOLDER && slice_equal(folder.entries[i].name, name)) {
                memcpy(tree->id, folder.entries[i].id.bytes, sizeof tree->id);
                found = true;
            }
        git_odb_object_free(folder.tree);
        arena_free(&folder.arena);
        if (!is_list)
            return repository_fault(repository, tree, "a folder", "is no list of entries", diags);
        if (!found)
            return false;
        path = slice_from(path, length + 1);
    }
    return true;
}
