/* The walk: commits by time, newest first, each with the set of files that still
 * look for their commit below it.
 *
 * A file is in one set at any time. At a commit, the files that its first parent
 * has as they are go on to that parent; the others are looked for in the further
 * parents; what no parent has as it is was made by this commit. Sets are numbers
 * in a union-find: nearly all of a set goes on to the first parent, which then
 * costs nothing. Folders are compared by their ids and entered only where they
 * differ and something in them is still looked for. */

#include "source/history_walk.h"
#include "base/limits.h"
#include <stdlib.h>
#include <time.h>

/* ---- sets ---- */

static uint32_t new_set(struct walk *walk)
{
    LIST_GROW(walk->sets, walk->set_count, walk->set_capacity);
    walk->sets[walk->set_count] = (struct set){.parent = (uint32_t)walk->set_count};
    return (uint32_t)walk->set_count++;
}

static uint32_t find_set(struct walk *walk, uint32_t set)
{
    while (walk->sets[set].parent != set) {
        walk->sets[set].parent = walk->sets[walk->sets[set].parent].parent;
        set = walk->sets[set].parent;
    }
    return set;
}

/* `set` must be a root, as all are that stand at a commit. */
static bool is_in(struct walk *walk, uint32_t file, uint32_t set)
{
    return walk->set_of[file] != HISTORY_NONE && find_set(walk, walk->set_of[file]) == set;
}

static void leave_set(struct walk *walk, uint32_t file)
{
    if (walk->set_of[file] != HISTORY_NONE)
        walk->sets[find_set(walk, walk->set_of[file])].size--;
    walk->set_of[file] = HISTORY_NONE;
}

static void move_to(struct walk *walk, uint32_t file, uint32_t set)
{
    leave_set(walk, file);
    walk->set_of[file] = set;
    walk->sets[set].size++;
}

/* The file needs no more looking for: so its folders have one less. */
static void finish_file(struct walk *walk, uint32_t file)
{
    struct slice path = walk->files[file].path;
    leave_set(walk, file);
    walk->left_count--;
    walk->left[0]--;
    for (size_t i = path.length; i > 0; i--)
        if (path.at[i - 1] == '/')
            walk->left[table_get(&walk->folders, (struct slice){path.at, i - 1})]--;
}

/* ---- comparing ---- */

/* Into a set of its own at once, so that an entry which a sloppy tree has twice
 * counts once. */
static void add_changed(struct walk *walk, uint32_t file, uint32_t set)
{
    if (!is_in(walk, file, set))
        return;
    if (walk->changed_count == 0)
        walk->differing = new_set(walk);
    move_to(walk, file, walk->differing);
    walk->changed[walk->changed_count++] = file;
}

/* Everything below the folder in hand, which the other side does not have. */
static void add_folder(struct walk *walk, struct slice path, uint32_t set)
{
    uint32_t low = 0, high = walk->file_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (slice_compare(walk->files[middle].path, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < walk->file_count; low++) {
        struct slice file = walk->files[low].path;
        if (path.length && (file.length < path.length || memcmp(file.at, path.at, path.length) != 0))
            return;
        if (!path.length || (file.length > path.length && file.at[path.length] == '/'))
            add_changed(walk, low, set);
    }
}

static int compare_names(const struct cursor *a, const struct cursor *b)
{
    size_t common = a->name.length < b->name.length ? a->name.length : b->name.length;
    int order = memcmp(a->name.at, b->name.at, common);
    if (order)
        return order;
    int after_a = a->name.length > common ? (unsigned char)a->name.at[common] : a->type == ENTRY_FOLDER ? '/' : 0;
    int after_b = b->name.length > common ? (unsigned char)b->name.at[common] : b->type == ENTRY_FOLDER ? '/' : 0;
    return after_a - after_b;
}

static void compare_folder(struct walk *walk, const git_oid *mine, const git_oid *other, uint32_t set);

/* `other` is NULL when the other side has no entry of this name and kind. */
static void compare_entry(struct walk *walk, const struct cursor *mine, const struct cursor *other, uint32_t set)
{
    size_t length = walk->path.length;
    if (other && memcmp(mine->id, other->id, 20) == 0 && mine->is_executable == other->is_executable)
        return;
    if (length)
        buffer_byte(&walk->path, '/');
    buffer_slice(&walk->path, mine->name);
    struct slice path = buffer_view(&walk->path);
    if (walk->path.overflowed) {
        walk->path.overflowed = false; /* longer than any path that is listed */
    } else if (mine->type == ENTRY_FILE) {
        uint32_t file = table_get(&walk->by_path, path);
        if (file != TABLE_NONE)
            add_changed(walk, file, set);
    } else if (mine->type == ENTRY_FOLDER) {
        uint32_t folder = table_get(&walk->folders, path);
        if (folder != TABLE_NONE && walk->left[folder]) {
            git_oid a, b = {{0}};
            memcpy(a.id, mine->id, sizeof a.id);
            if (other)
                memcpy(b.id, other->id, sizeof b.id);
            compare_folder(walk, &a, &b, set);
        }
    }
    walk->path.length = length;
}

/* Adds to walk->changed what `mine` has, in the set, and `other` has not as it is.
 * Goes no deeper than the listing, which has its limit. */
static void compare_folder(struct walk *walk, const git_oid *mine, const git_oid *other, uint32_t set)
{
    if (git_oid_equal(mine, other))
        return;
    git_odb_object *b = is_no_id(other) ? NULL : walk_object(walk, other, GIT_OBJECT_TREE);
    if (!b) {
        add_folder(walk, buffer_view(&walk->path), set);
        return;
    }
    git_odb_object *a = walk_object(walk, mine, GIT_OBJECT_TREE);
    struct cursor left = {.rest = object_bytes(a)}, right = {.rest = object_bytes(b)};
    bool has_right = cursor_next(&right);
    while (cursor_next(&left)) {
        while (has_right && compare_names(&right, &left) < 0)
            has_right = cursor_next(&right);
        bool is_same = has_right && slice_equal(left.name, right.name) && left.type == right.type;
        compare_entry(walk, &left, is_same ? &right : NULL, set);
    }
    git_odb_object_free(a);
    git_odb_object_free(b);
}

/* ---- one commit ---- */

static uint32_t result_commit(struct walk *walk, struct commit *commit)
{
    struct history_result *out = walk->out;
    if (commit->result == HISTORY_NONE) {
        LIST_GROW(out->commits, out->commit_count, walk->result_capacity);
        struct history_commit *row = &out->commits[out->commit_count];
        *row = (struct history_commit){.seconds = commit->seconds, .author = commit->author};
        memcpy(row->id, commit->id.id, sizeof row->id);
        commit->result = out->commit_count++;
    }
    return commit->result;
}

static void attribute(struct walk *walk, uint32_t file, uint32_t commit)
{
    walk->out->paths[file].commit = commit;
    finish_file(walk, file);
}

static void attribute_all(struct walk *walk, uint32_t set, uint32_t commit)
{
    for (uint32_t i = 0; i < walk->file_count; i++)
        if (is_in(walk, i, set))
            attribute(walk, i, commit);
}

/* Hands a set on to a parent, and joins it with what waits there already. */
static void pass_on(struct walk *walk, const git_oid *parent_id, uint32_t set)
{
    struct commit *parent = commit_of(walk, parent_id);
    if (walk->sets[set].size == 0)
        return;
    if (!commit_load(walk, parent)) {
        attribute_all(walk, set, HISTORY_NONE);
        return;
    }
    if (parent->is_waiting) {
        walk->sets[set].parent = parent->set;
        walk->sets[parent->set].size += walk->sets[set].size;
        return;
    }
    parent->set = set;
    parent->is_waiting = true;
    waiting_add(walk, parent);
}

/* Which of walk->changed, all in the set `differing`, does this parent have as
 * they are? They go on to it; the others are walk->changed afterwards. */
static uint32_t offer(struct walk *walk, struct commit *commit, const git_oid *parent_id, uint32_t differing)
{
    struct commit *parent = commit_of(walk, parent_id);
    uint32_t *wanted = walk->changed, count = walk->changed_count;
    if (!commit_load(walk, parent))
        return differing;
    walk->changed = wanted + count;
    walk->changed_count = 0;
    compare_folder(walk, &commit->tree, &parent->tree, differing);
    uint32_t kept = walk->changed_count;
    memmove(wanted, walk->changed, kept * sizeof *wanted);
    walk->changed = wanted;
    pass_on(walk, parent_id, differing);
    return walk->differing;
}

static void visit(struct walk *walk, struct commit *commit)
{
    uint32_t set = commit->set;
    if (commit->is_boundary) {
        walk->out->gaps |= HISTORY_SHALLOW_CLONE;
        attribute_all(walk, set, HISTORY_NONE);
        return;
    }
    if (commit->parent_count == 0) {
        attribute_all(walk, set, result_commit(walk, commit));
        return;
    }
    struct commit *first = commit_of(walk, &commit->parents[0]);
    if (!commit_load(walk, first)) {
        attribute_all(walk, set, HISTORY_NONE);
        return;
    }
    walk->changed_count = 0;
    compare_folder(walk, &commit->tree, &first->tree, set);
    uint32_t differing = walk->differing;
    for (uint32_t i = 1; i < commit->parent_count && walk->changed_count; i++)
        differing = offer(walk, commit, &commit->parents[i], differing);
    for (uint32_t i = 0; i < walk->changed_count; i++)
        attribute(walk, walk->changed[i], result_commit(walk, commit));
    pass_on(walk, &commit->parents[0], set);
}

/* ---- the beginning and the end ---- */

/* The walk has come to the commit that was walked from the last time: what was
 * found then holds. */
static void take_known(struct walk *walk, uint32_t set, const struct history_result *known, uint32_t *commit_map)
{
    struct history_result *out = walk->out;
    uint32_t k = 0;
    for (uint32_t i = 0; i < walk->file_count; i++) {
        if (!is_in(walk, i, set))
            continue;
        while (k < known->path_count && slice_compare(known->paths[k].path, walk->files[i].path) < 0)
            k++;
        const struct history_path *path = k < known->path_count ? &known->paths[k] : NULL;
        if (!path || path->commit == HISTORY_NONE || !slice_equal(path->path, walk->files[i].path) ||
            memcmp(path->blob, walk->files[i].id.bytes, sizeof path->blob) != 0)
            continue;
        if (commit_map[path->commit] == HISTORY_NONE) {
            LIST_GROW(out->commits, out->commit_count, walk->result_capacity);
            out->commits[out->commit_count] = known->commits[path->commit];
            commit_map[path->commit] = out->commit_count++;
        }
        attribute(walk, i, commit_map[path->commit]);
    }
}

static void count_in_folders(struct walk *walk, struct slice path)
{
    walk->left[0]++;
    for (size_t i = 1; i < path.length; i++)
        if (path.at[i] == '/') {
            uint32_t folder = table_add(&walk->folders, (struct slice){path.at, i}, (uint32_t)walk->folder_count);
            if (folder == walk->folder_count) {
                LIST_GROW(walk->left, walk->folder_count, walk->folder_capacity);
                walk->left[walk->folder_count++] = 0;
            }
            walk->left[folder]++;
        }
}

/* Moves the files that the head has as they are into `set`. */
static void match_folder(struct walk *walk, const git_oid *tree, uint32_t set)
{
    git_odb_object *object = is_no_id(tree) ? NULL : walk_object(walk, tree, GIT_OBJECT_TREE);
    struct cursor cursor = {.rest = object_bytes(object)};
    while (cursor_next(&cursor)) {
        size_t length = walk->path.length;
        if (length)
            buffer_byte(&walk->path, '/');
        buffer_slice(&walk->path, cursor.name);
        struct slice path = buffer_view(&walk->path);
        uint32_t file = cursor.type == ENTRY_FILE ? table_get(&walk->by_path, path) : TABLE_NONE;
        if (file != TABLE_NONE && memcmp(cursor.id, walk->files[file].id.bytes, 20) == 0)
            move_to(walk, file, set);
        if (cursor.type == ENTRY_FOLDER && !walk->path.overflowed && table_get(&walk->folders, path) != TABLE_NONE) {
            git_oid below;
            memcpy(below.id, cursor.id, sizeof below.id);
            match_folder(walk, &below, set);
        }
        walk->path.length = length;
        walk->path.overflowed = false;
    }
    git_odb_object_free(object);
}

static uint32_t first_set(struct walk *walk, const struct source_state *source, const git_oid *tree)
{
    uint32_t all = new_set(walk);
    table_reserve(&walk->by_path, walk->file_count);
    LIST_GROW(walk->left, walk->folder_count, walk->folder_capacity);
    walk->left[walk->folder_count++] = 0; /* the source's folder itself */
    for (uint32_t i = 0; i < walk->file_count; i++) {
        walk->set_of[i] = HISTORY_NONE;
        table_add(&walk->by_path, walk->files[i].path, i);
        count_in_folders(walk, walk->files[i].path);
        move_to(walk, i, all);
    }
    walk->left_count = walk->file_count;
    if (!source->folder)
        return all;
    /* Files on disk that are not as the head has them have no commit. */
    uint32_t committed = new_set(walk);
    match_folder(walk, tree, committed);
    for (uint32_t i = 0; i < walk->file_count; i++)
        if (is_in(walk, i, all))
            finish_file(walk, i);
    return committed;
}

static bool is_time_up(const struct timespec *began, size_t steps)
{
    struct timespec now;
    if (steps % 256)
        return false;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec - began->tv_sec > HISTORY_SECONDS_MOST;
}

static void run(struct walk *walk, const struct source_state *source, const struct history_result *known)
{
    uint32_t *commit_map = ARENA_ARRAY(walk->arena, uint32_t, known ? known->commit_count : 0);
    if (known)
        memset(commit_map, 0xff, known->commit_count * sizeof *commit_map);
    struct timespec began;
    clock_gettime(CLOCK_MONOTONIC, &began);
    git_oid id;
    memcpy(id.id, source->commit, sizeof id.id);
    struct commit *head = commit_of(walk, &id);
    if (!commit_load(walk, head))
        return;
    pass_on(walk, &id, first_set(walk, source, &head->tree));
    for (size_t steps = 0; walk->heap_count && walk->left_count; steps++) {
        struct commit *commit = waiting_take(walk);
        uint32_t set = commit->set;
        commit->is_waiting = false;
        if (known && memcmp(commit->id.id, known->head, sizeof known->head) == 0)
            take_known(walk, set, known, commit_map);
        if (walk->sets[set].size)
            visit(walk, commit);
        if (is_time_up(&began, steps)) {
            walk->out->gaps |= HISTORY_TOO_LONG;
            return;
        }
    }
}

void history_walk(struct history_result *out, struct arena *arena, struct repository *repository,
                  const struct source_state *source, const struct file_entry *files, uint32_t count,
                  const struct history_result *known)
{
    struct walk walk = {.arena = arena,
                        .repository = repository,
                        .prefix = source->prefix,
                        .files = files,
                        .file_count = count,
                        .path = BUFFER(LIMIT_PATH_BYTES),
                        .out = out};
    *out = (struct history_result){.paths = ARENA_ARRAY(arena, struct history_path, count), .path_count = count};
    memcpy(out->head, source->commit, sizeof out->head);
    for (uint32_t i = 0; i < count; i++) {
        out->paths[i] = (struct history_path){.path = files[i].path, .commit = HISTORY_NONE};
        memcpy(out->paths[i].blob, files[i].id.bytes, sizeof out->paths[i].blob);
    }
    walk.set_of = ARENA_ARRAY(arena, uint32_t, count);
    walk.changed = ARENA_ARRAY(arena, uint32_t, (size_t)count * 2);
    walk_read_shallow(&walk);
    run(&walk, source, known);
    struct history_commit *commits = ARENA_ARRAY(arena, struct history_commit, out->commit_count);
    if (out->commit_count)
        memcpy(commits, out->commits, out->commit_count * sizeof *commits);
    free(out->commits);
    out->commits = commits;
    table_free(&walk.by_path);
    table_free(&walk.folders);
    table_free(&walk.by_id);
    table_free(&walk.shallow);
    buffer_free(&walk.path);
    free(walk.left);
    free(walk.sets);
    free(walk.commits);
    free(walk.heap);
}
