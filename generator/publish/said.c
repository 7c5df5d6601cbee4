/* What the caller says of each file; nothing is done about it before
 * publish_end. */

#include "base/utf8.h"
#include "publish/parts.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

/* ---- paths that every reader can have ---- */

/* NULL, or what is wrong with one part of a path. */
static const char *part_fault(struct slice part)
{
    static const char *const reserved[] = {"con", "prn", "aux", "nul", "com", "lpt"};
    if (part.length == 0)
        return "it has an empty part";
    if (slice_is(part, ".") || slice_is(part, ".."))
        return "it has a part that leads elsewhere";
    if (part.length > LIMIT_NAME_BYTES)
        return "a part of it is longer than 255 bytes";
    for (size_t i = 0; i < part.length; i++)
        if ((unsigned char)part.at[i] < 0x20 || part.at[i] == 0x7F || strchr("<>:\"\\|?*", part.at[i]))
            return "it has a character that Windows does not allow in names";
    if (part.at[part.length - 1] == '.' || part.at[part.length - 1] == ' ')
        return "a part of it ends with a full stop or a blank";
    size_t stem = slice_find(part, '.');
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        bool is_numbered = i >= 4;
        if (stem == (is_numbered ? 4u : 3u) && strncasecmp(part.at, reserved[i], 3) == 0 &&
            (!is_numbered || (part.at[3] >= '1' && part.at[3] <= '9')))
            return "Windows reserves a name in it";
    }
    if (part.length >= strlen(SUMS_NAME) && strncasecmp(part.at, SUMS_NAME, strlen(SUMS_NAME)) == 0)
        return "names that begin with '" SUMS_NAME "' are made by waymark";
    return NULL;
}

static const char *path_fault(struct slice path)
{
    size_t units = 0;
    uint32_t point;
    if (path.length == 0 || path.length > PATH_BYTES_MOST)
        return path.length ? "it is too long" : "it is empty";
    for (size_t i = 0, length; i < path.length; i += length) {
        length = utf8_read(path.at + i, path.length - i, &point);
        if (length == 0)
            return "it is not UTF-8";
        units += 1 + (point > 0xFFFF);
    }
    if (units > PUBLISH_PATH_UNITS)
        return "it is longer than 260 characters";
    if (slice_is(path, MANIFEST_NAME) || slice_starts_with(path, MANIFEST_NAME "/"))
        return "the folder 'manifest' is made by waymark";
    if (slice_starts_with(path, ".waymark"))
        return "names that begin with '.waymark' are its own";
    for (struct slice rest = path;; rest = slice_from(rest, 1)) {
        struct slice part = {rest.at, slice_find(rest, '/')};
        const char *fault = part_fault(part);
        rest = slice_from(rest, part.length);
        if (fault || rest.length == 0)
            return fault;
    }
}

bool publish_path_check(struct slice path, struct diag_list *diags)
{
    const char *fault = path_fault(path);
    if (!fault)
        return true;
    diag_add(diags, DIAG_OUTPUT_PATH, PLACE_RUN, "'%.*s' cannot be the path of a published file: %s", SLICE_ARGS(path),
             fault);
    return diag_help(diags, "rename the file or folder that it is made from");
}

/* ---- what is said ---- */

static struct slice full_key(const struct root *root, struct slice path, char out[PATH_BYTES_MOST + 1])
{
    out[0] = (char)root->record.id;
    memcpy(out + 1, path.at, path.length);
    return (struct slice){out, path.length + 1};
}

static void say(struct publication *publication, int root, struct said said)
{
    char room[PATH_BYTES_MOST + 1];
    if (said.path.length > PATH_BYTES_MOST)
        return;
    struct slice key = full_key(&publication->roots[root], said.path, room);
    struct slice own = arena_slice(&publication->arena, key);
    said.root = (uint8_t)root;
    said.path = slice_from(own, 1);
    LIST_GROW(publication->said, publication->said_count, publication->said_capacity);
    publication->said[publication->said_count] = said;
    table_set(&publication->said_paths, own, (uint32_t)publication->said_count++);
}

static bool report_twice(const struct root *root, struct slice path, struct diag_list *diags)
{
    (void)root;
    diag_add(diags, DIAG_OUTPUT_PATH, PLACE_RUN, "'%.*s' is the path of two published files, or of a file and a folder",
             SLICE_ARGS(path));
    return diag_help(diags, "rename one of the files that they are made from");
}

/* Registers the folders of a file; false when one of them is itself a file, or the file one of them. */
static bool folders_agree(struct publication *publication, struct root *root, struct slice path)
{
    char room[PATH_BYTES_MOST + 1];
    if (table_get(&publication->said_folders, full_key(root, path, room)) != TABLE_NONE)
        return false;
    for (struct slice folder = path_folder(path); folder.length > 0; folder = path_folder(folder)) {
        struct slice key = full_key(root, folder, room);
        if (table_get(&publication->said_folders, key) != TABLE_NONE)
            return true; /* and so its parents */
        if (table_get(&publication->said_paths, key) != TABLE_NONE)
            return false;
        table_add(&publication->said_folders, arena_slice(&publication->arena, key), 1);
    }
    return true;
}

static struct slice copy(struct publication *publication, struct slice text)
{
    return text.length ? arena_slice(&publication->arena, text) : (struct slice){"", 0};
}

bool publish_add(struct publication *publication, int root, struct slice path, const struct publish_made *made,
                 struct key inputs, struct publish_origin origin, struct diag_list *diags)
{
    char room[PATH_BYTES_MOST + 1];
    struct root *at = &publication->roots[root];
    if (!publish_path_check(path, diags))
        return false;
    if (table_get(&publication->said_paths, full_key(at, path, room)) != TABLE_NONE ||
        !folders_agree(publication, at, path))
        return report_twice(at, path, diags);
    say(publication, root,
        (struct said){.kind = SAID_ADD,
                      .path = path,
                      .made = *made,
                      .inputs = inputs,
                      .origin = {copy(publication, origin.source), copy(publication, origin.path),
                                 copy(publication, origin.commit)}});
    return true;
}

bool publish_find(struct publication *publication, int root, struct slice path, struct publish_row *out)
{
    enum row_kind kind;
    return path.length <= PATH_BYTES_MOST && row_get(&publication->roots[root], path, out, &kind) && kind == ROW_FILE;
}

bool publish_keep(struct publication *publication, int root, struct slice path)
{
    char room[PATH_BYTES_MOST + 1];
    struct publish_row row;
    struct root *at = &publication->roots[root];
    if (!publish_find(publication, root, path, &row) || row.made.size == UINT64_MAX)
        return false;
    struct slice key = arena_slice(&publication->arena, full_key(at, path, room));
    table_set(&publication->said_paths, key, SAID_KEPT);
    folders_agree(publication, at, path);
    return true;
}

void publish_keep_folder(struct publication *publication, int root, struct slice folder)
{
    path_add(&publication->kept_folders, &publication->arena, folder, (char)publication->roots[root].record.id);
}

void publish_remove(struct publication *publication, int root, struct slice path)
{
    say(publication, root, (struct said){.kind = SAID_REMOVE, .path = path});
}

void publish_undo(struct publication *publication, int root, struct slice path)
{
    say(publication, root, (struct said){.kind = SAID_UNDO, .path = path});
}
