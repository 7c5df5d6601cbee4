/* When the state is lost: what we wrote is read from the published SHA256SUMS. A
 * line counts only if the file it names has that hash, so that nobody can make
 * us take, and later delete, a file that is not ours. */

#include "publish/parts.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MOST = 130, SUMS_BYTES_MOST = 64 << 20 }; /* 260 characters are at most 130 parts */

struct recovery {
    struct root *root;
    struct arena *arena;
    struct folder_record record; /* of the folder in hand */
};

static struct slice path_in(struct arena *arena, struct slice folder, struct slice name)
{
    return slice_of(arena_printf(arena, "%.*s%s%.*s", SLICE_ARGS(folder), folder.length ? "/" : "", SLICE_ARGS(name)));
}

static bool read_published(const struct root *root, const char *path, struct buffer *out)
{
    struct stat status;
    int file = file_open_beneath(root->published, path, O_RDONLY | O_NONBLOCK, 0);
    bool ok = file >= 0 && fstat(file, &status) == 0 && S_ISREG(status.st_mode) && file_read_rest(file, out);
    file_close(file);
    return ok;
}

bool root_hash(const struct root *root, const char *path, struct publish_made *made)
{
    struct stat status;
    int file = file_open_beneath(root->published, path, O_RDONLY | O_NONBLOCK, 0);
    bool ok = file >= 0 && fstat(file, &status) == 0 && S_ISREG(status.st_mode);
    struct sha256_stream *stream = ok ? sha256_begin() : NULL;
    ssize_t got = ok ? 1 : 0;
    char *bytes = memory_get(1 << 16);
    made->size = 0;
    while (ok && got > 0) {
        got = read(file, bytes, 1 << 16);
        ok = got >= 0 || errno == EINTR;
        if (got > 0) {
            sha256_add(stream, (struct slice){bytes, (size_t)got});
            made->size += (uint64_t)got;
        }
        got = got < 0 ? 1 : got;
    }
    if (stream)
        made->hash = sha256_end(stream);
    free(bytes);
    file_close(file);
    return ok;
}

static bool read_sums(struct recovery *recovery, struct slice folder, struct slice name, unsigned depth);
static bool read_folder(struct recovery *recovery, struct slice folder, unsigned depth);

static bool is_part(struct slice name)
{
    return name.length > 0 && name.length <= LIMIT_NAME_BYTES && !slice_is(name, ".") && !slice_is(name, "..");
}

static bool is_sums_name(struct slice name)
{
    return slice_starts_with(name, SUMS_NAME) && slice_find(name, '/') == name.length;
}

static void take_file(struct recovery *recovery, struct slice folder, struct slice name, const struct sha256 *hash)
{
    struct root *root = recovery->root;
    struct slice path = path_in(recovery->arena, folder, name);
    struct publish_row row = {0};
    if (path.length > PATH_BYTES_MOST || !root_hash(root, path.at, &row.made) ||
        (hash && memcmp(hash, &row.made.hash, sizeof *hash) != 0))
        return;
    enum row_kind kind = is_sums_name(name) ? ROW_SUMS : is_of_manifest(path) ? ROW_MANIFEST : ROW_FILE;
    row_put(root, path, &row, kind);
    if (kind != ROW_SUMS) {
        recovery->record.own_files++;
        recovery->record.own_bytes += row.made.size;
    }
}

static void take_line(struct recovery *recovery, struct slice folder, struct slice line, unsigned depth)
{
    struct sha256 hash;
    struct slice name = slice_from(line, 66);
    if (line.length <= 66 || line.at[64] != ' ' || !hex_read((struct slice){line.at, 64}, hash.bytes, 32))
        return;
    size_t slash = slice_find(name, '/');
    if (slash == name.length && is_sums_name(name)) {
        if (read_sums(recovery, folder, name, DEPTH_MOST)) /* a leaf has no leaves */
            recovery->record.sums_leaves++;
    } else if (slash == name.length && is_part(name)) {
        take_file(recovery, folder, name, &hash);
    } else if (is_part((struct slice){name.at, slash}) && slice_is(slice_from(name, slash), "/" SUMS_NAME)) {
        struct folder_record ours = recovery->record;
        bool is_there =
            read_folder(recovery, path_in(recovery->arena, folder, (struct slice){name.at, slash}), depth + 1);
        recovery->record = ours;
        recovery->record.own_folders += is_there;
    }
}

static bool read_sums(struct recovery *recovery, struct slice folder, struct slice name, unsigned depth)
{
    struct buffer text = BUFFER(SUMS_BYTES_MOST);
    bool ok = read_published(recovery->root, path_in(recovery->arena, folder, name).at, &text);
    struct slice rest = buffer_view(&text);
    while (ok && rest.length > 0) {
        struct slice line = {rest.at, slice_find(rest, '\n')};
        bool is_leaf_of_leaf = depth == DEPTH_MOST && is_sums_name(slice_from(line, 66));
        if (!is_leaf_of_leaf)
            take_line(recovery, folder, line, depth);
        rest = slice_from(rest, line.length + 1);
    }
    if (ok)
        take_file(recovery, folder, name, NULL);
    buffer_free(&text);
    return ok;
}

static bool count_leaf(void *context, struct slice key, struct slice value)
{
    uint32_t *count = context;
    struct slice path;
    struct publish_row row;
    enum row_kind kind;
    (void)key;
    *count += row_read(value, &path, &row, &kind) && slice_starts_with(path_name(path), "rows-");
    return true;
}

/* How many leaves manifest/FOLDER has. */
static uint32_t manifest_leaves(const struct recovery *recovery, struct slice folder)
{
    uint32_t count = 0;
    struct slice path = path_in(recovery->arena, SLICE(MANIFEST_NAME), folder);
    if (folder.length == 0)
        path = SLICE(MANIFEST_NAME);
    leaf_each(recovery->root, recovery->root->publication->rows, path, 0, 0, count_leaf, &count);
    return count;
}

static bool read_folder(struct recovery *recovery, struct slice folder, unsigned depth)
{
    recovery->record = (struct folder_record){0};
    if (depth >= DEPTH_MOST || folder.length > PATH_BYTES_MOST || !read_sums(recovery, folder, SLICE(SUMS_NAME), depth))
        return false;
    folder_put(recovery->root, folder, &recovery->record);
    return true;
}

static void set_manifest_leaves(struct recovery *recovery)
{
    struct path_list folders = {0};
    paths_of_folders(&folders, recovery->arena, recovery->root);
    for (size_t i = 0; i < folders.count; i++) {
        struct folder_record record;
        if (is_of_manifest(folders.items[i].path) || !folder_get(recovery->root, folders.items[i].path, &record))
            continue;
        record.rows_leaves = manifest_leaves(recovery, folders.items[i].path);
        folder_put(recovery->root, folders.items[i].path, &record);
    }
    free(folders.items);
}

/* What the state may still hold of another tree. */
static void forget(struct root *root, struct arena *arena)
{
    struct publication *publication = root->publication;
    struct store_table *marks[] = {publication->delta, publication->foreign};
    struct path_list folders = {0};
    paths_of_folders(&folders, arena, root);
    for (size_t i = 0; i < folders.count; i++) {
        struct path_list rows = {0};
        paths_of_rows(&rows, arena, root, folders.items[i].path);
        for (size_t j = 0; j < rows.count; j++)
            row_delete(root, rows.items[j].path);
        folder_delete(root, folders.items[i].path);
        free(rows.items);
    }
    free(folders.items);
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        marks_clear(marks[i], arena, root->record.id);
}

bool root_recover(struct root *root)
{
    struct arena arena = {0};
    struct recovery recovery = {.root = root, .arena = &arena};
    struct buffer text = BUFFER(SUMS_BYTES_MOST);
    bool is_ours = false;
    forget(root, &arena);
    if (root->published >= 0 && read_published(root, MANIFEST_NAME "/index.json", &text))
        is_ours = slice_starts_with(buffer_view(&text), "{\n \"waymark\": \"");
    buffer_free(&text);
    if (is_ours) {
        read_folder(&recovery, SLICE(""), 0);
        set_manifest_leaves(&recovery);
        root->needs_all = root->is_damaged = root->is_read = true;
    }
    arena_free(&arena);
    return is_ours;
}
