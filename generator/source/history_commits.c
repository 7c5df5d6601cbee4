/* Commits and trees for the walk, read without libgit2's own objects, which
 * would parse and keep far more of them than is needed. */

#include "base/file.h"
#include "base/hash.h"
#include "source/history_walk.h"
#include <fcntl.h>

enum { COMMIT_PARENTS_MOST = 64, AUTHOR_MOST_BYTES = 200, SHALLOW_MOST_BYTES = 4 << 20 };

static void sift(struct walk *walk, size_t i)
{
    for (;;) {
        size_t largest = i;
        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < walk->heap_count; child++)
            if (walk->heap[child]->seconds > walk->heap[largest]->seconds)
                largest = child;
        if (largest == i)
            return;
        struct commit *other = walk->heap[i];
        walk->heap[i] = walk->heap[largest];
        walk->heap[largest] = other;
        i = largest;
    }
}

void waiting_add(struct walk *walk, struct commit *commit)
{
    LIST_GROW(walk->heap, walk->heap_count, walk->heap_capacity);
    size_t i = walk->heap_count++;
    walk->heap[i] = commit;
    while (i && walk->heap[(i - 1) / 2]->seconds < walk->heap[i]->seconds) {
        struct commit *other = walk->heap[i];
        walk->heap[i] = walk->heap[(i - 1) / 2];
        walk->heap[(i - 1) / 2] = other;
        i = (i - 1) / 2;
    }
}

struct commit *waiting_take(struct walk *walk)
{
    struct commit *first = walk->heap[0];
    walk->heap[0] = walk->heap[--walk->heap_count];
    sift(walk, 0);
    return first;
}

struct commit *commit_of(struct walk *walk, const git_oid *id)
{
    struct slice key = {(const char *)id->id, sizeof id->id};
    uint32_t found = table_get(&walk->by_id, key);
    if (found != TABLE_NONE)
        return walk->commits[found];
    struct commit *commit = ARENA_NEW(walk->arena, struct commit);
    commit->id = *id;
    commit->set = commit->result = HISTORY_NONE;
    LIST_GROW(walk->commits, walk->commit_count, walk->commit_capacity);
    walk->commits[walk->commit_count] = commit;
    table_add(&walk->by_id, (struct slice){(const char *)commit->id.id, sizeof commit->id.id},
              (uint32_t)walk->commit_count++);
    return commit;
}

/* Objects of history are not hashed again: a wrong one can only make a wrong date. */
git_odb_object *walk_object(struct walk *walk, const git_oid *id, git_object_t type)
{
    git_odb_object *object = NULL;
    if (git_odb_read(&object, walk->repository->odb, id) == 0 && git_odb_object_type(object) == type)
        return object;
    git_odb_object_free(object);
    walk->out->gaps |= HISTORY_DAMAGED;
    return NULL;
}

struct slice object_bytes(git_odb_object *object)
{
    if (!object)
        return (struct slice){"", 0};
    return (struct slice){git_odb_object_data(object), git_odb_object_size(object)};
}

bool cursor_next(struct cursor *cursor)
{
    struct entry entry;
    if (!tree_entry(&entry, &cursor->rest))
        return false;
    cursor->name = entry.name;
    cursor->id = (const unsigned char *)cursor->rest.at - 20;
    cursor->type = entry.type;
    cursor->is_executable = entry.is_executable;
    return true;
}

/* The source's folder in the commit's tree; zero when there is none. */
static git_oid find_folder(struct walk *walk, git_oid tree)
{
    struct slice path = slice_of(walk->prefix);
    while (path.length && !is_no_id(&tree)) {
        struct slice name = {path.at, slice_find(path, '/')};
        git_odb_object *object = walk_object(walk, &tree, GIT_OBJECT_TREE);
        tree = (git_oid){{0}};
        struct cursor cursor = {.rest = object_bytes(object)};
        while (cursor_next(&cursor))
            if (cursor.type == ENTRY_FOLDER && slice_equal(cursor.name, name)) {
                memcpy(tree.id, cursor.id, sizeof tree.id);
                break;
            }
        git_odb_object_free(object);
        path = slice_from(path, name.length + 1);
    }
    return tree;
}

static struct slice author_name(struct slice signature)
{
    size_t length = slice_find(signature, '<');
    struct slice name = slice_trim((struct slice){signature.at, length});
    return name.length > AUTHOR_MOST_BYTES ? (struct slice){name.at, 0} : name;
}

bool commit_load(struct walk *walk, struct commit *commit)
{
    if (commit->is_loaded)
        return true;
    git_odb_object *object = walk_object(walk, &commit->id, GIT_OBJECT_COMMIT);
    if (!object)
        return false;
    struct slice key, value;
    git_oid parents[COMMIT_PARENTS_MOST], tree = {{0}};
    uint32_t count = 0;
    for (size_t at = 0; object_header(object_bytes(object), &at, &key, &value);) {
        if (slice_is(key, "tree"))
            hex_read(value, tree.id, sizeof tree.id);
        else if (slice_is(key, "parent") && count < COMMIT_PARENTS_MOST)
            count += hex_read(value, parents[count].id, sizeof parents[count].id);
        else if (slice_is(key, "author"))
            commit->author = arena_slice(walk->arena, author_name(value));
        else if (slice_is(key, "committer"))
            commit->seconds = signature_seconds(value);
    }
    git_odb_object_free(object);
    commit->parents = ARENA_ARRAY(walk->arena, git_oid, count);
    if (count)
        memcpy(commit->parents, parents, count * sizeof *parents);
    commit->parent_count = count;
    commit->is_boundary =
        table_get(&walk->shallow, (struct slice){(const char *)commit->id.id, sizeof commit->id.id}) != TABLE_NONE;
    commit->tree = find_folder(walk, tree);
    commit->is_loaded = true;
    return true;
}

void walk_read_shallow(struct walk *walk)
{
    struct buffer text = BUFFER(SHALLOW_MOST_BYTES);
    const char *path = arena_printf(walk->arena, "%sshallow", git_repository_commondir(walk->repository->git));
    if (file_read(AT_FDCWD, path, &text))
        for (struct slice rest = buffer_view(&text); rest.length; rest = slice_from(rest, slice_find(rest, '\n') + 1)) {
            struct slice line = slice_trim((struct slice){rest.at, slice_find(rest, '\n')});
            unsigned char *id = arena_alloc(walk->arena, 20);
            if (hex_read(line, id, 20))
                table_add(&walk->shallow, (struct slice){(const char *)id, 20}, 1);
        }
    buffer_free(&text);
}
