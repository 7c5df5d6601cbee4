/* The walk. An explicit stack of at most LIMIT_TREE_DEPTH folders; in each the
 * entries stand as git sorts them (folders as if their name ended in '/'), so
 * that the files come out sorted by the bytes of their whole path. */

#include "source/listing.h"
#include "base/limits.h"
#include "source/names.h"
#include "text/normalise.h"
#include <stdlib.h>

/* Paths of all files of a source together: a tree of trees that are each a
 * thousand times the same folder must not fill the memory. */
enum { PATHS_MOST_BYTES = 128 << 20, PATH_SHOWN_MOST_BYTES = 200 };

struct diag_file listing_file(struct listing *listing, struct arena *scratch)
{
    struct buffer text = BUFFER(16 << 10);
    buffer_text(&text, listing->source->label);
    text_escape(&text, buffer_view(&listing->path));
    struct diag_file file = {.path = arena_copy(scratch, buffer_string(&text), text.length)};
    buffer_free(&text);
    return file;
}

static const char *escaped(struct arena *scratch, struct slice name)
{
    struct buffer text = BUFFER(16 << 10);
    bool is_long = name.length > PATH_SHOWN_MOST_BYTES;
    text_escape(&text, (struct slice){name.at, is_long ? PATH_SHOWN_MOST_BYTES : name.length});
    buffer_text(&text, is_long ? "…" : "");
    const char *copy = arena_copy(scratch, buffer_string(&text), text.length);
    buffer_free(&text);
    return copy;
}

/* The whole source is refused: the place is COMMIT:PATH. */
static bool refuse(struct listing *listing, size_t folder_length, struct slice name, const char *fault)
{
    struct arena scratch = {0};
    const char *folder = escaped(&scratch, (struct slice){buffer_string(&listing->path), folder_length});
    const char *path = arena_printf(&scratch, "%s%s%s", folder, folder[0] ? "/" : "", escaped(&scratch, name));
    struct diag_file file = {.path = listing->is_disk ? arena_printf(&scratch, "%s%s", listing->source->label, path)
                                                      : arena_printf(&scratch, "%s:%s", listing->commit, path)};
    if (listing->is_disk)
        diag_add(listing->diags, DIAG_SOURCE_TREE, place_file(&file), "'%s' in the source '%s' %s",
                 escaped(&scratch, name), listing->source->name, fault);
    else
        diag_add(listing->diags, DIAG_SOURCE_TREE, place_file(&file),
                 "the commit %s of the source '%s' holds the entry '%s', which %s", listing->commit,
                 listing->source->name, escaped(&scratch, name), fault);
    diag_help(listing->diags, "use a commit without it, and ask who made this one");
    arena_free(&scratch);
    return false;
}

static void report_file(struct listing *listing, enum diag_code code, const char *text, const char *help)
{
    struct arena scratch = {0};
    struct diag_file file = listing_file(listing, &scratch);
    diag_add(listing->diags, code, place_file(&file), "%s", text);
    if (help[0])
        diag_help(listing->diags, "%s", help);
    arena_free(&scratch);
}

/* ---- one folder ---- */

static int compare_entries(const void *a, const void *b)
{
    const struct entry *left = a, *right = b;
    size_t common = left->name.length < right->name.length ? left->name.length : right->name.length;
    int order = memcmp(left->name.at, right->name.at, common);
    if (order)
        return order;
    unsigned char after_left = left->name.length > common   ? (unsigned char)left->name.at[common]
                               : left->type == ENTRY_FOLDER ? '/'
                                                            : 0;
    unsigned char after_right = right->name.length > common   ? (unsigned char)right->name.at[common]
                                : right->type == ENTRY_FOLDER ? '/'
                                                              : 0;
    if (after_left != after_right)
        return after_left < after_right ? -1 : 1;
    return left->name.length < right->name.length ? -1 : left->name.length > right->name.length;
}

static void sort_entries(struct folder *folder)
{
    for (size_t i = 1; i < folder->entry_count; i++)
        if (compare_entries(&folder->entries[i - 1], &folder->entries[i]) > 0) {
            qsort(folder->entries, folder->entry_count, sizeof *folder->entries, compare_entries);
            return;
        }
}

static void set_path(struct listing *listing, const struct folder *folder, struct slice name)
{
    listing->path.length = folder->path_length;
    listing->path.overflowed = false;
    if (folder->path_length)
        buffer_byte(&listing->path, '/');
    buffer_slice(&listing->path, name);
}

static bool report_collision(struct listing *listing, const struct folder *folder, struct slice name,
                             struct slice other)
{
    if (slice_equal(name, other))
        return refuse(listing, folder->path_length, name, "stands twice in its folder");
    struct arena scratch = {0};
    set_path(listing, folder, name);
    const char *text = arena_printf(&scratch, "'%s' and '%s' differ only in capital letters", escaped(&scratch, other),
                                    escaped(&scratch, name));
    if (slice_equal(text_nfc(&scratch, name), text_nfc(&scratch, other)))
        text = arena_printf(&scratch, "'%s' and '%s' are one name: their accents are encoded in two ways",
                            name_spelled(&scratch, other), name_spelled(&scratch, name));
    report_file(listing, DIAG_FILE_COLLISION, text,
                "rename one of them: on Windows, macOS and USB sticks they are one file");
    arena_free(&scratch);
    return true;
}

/* No two entries may be one file anywhere. Hidden ones are judged too: what
 * stands twice makes the commit suspect. */
static bool check_collisions(struct listing *listing, struct folder *folder)
{
    struct table names = {0};
    bool ok = true;
    table_reserve(&names, folder->entry_count);
    for (size_t i = 0; ok && i < folder->entry_count; i++) {
        struct slice name = folder->entries[i].name;
        uint32_t first = table_add(&names, name_fold(&folder->arena, name), (uint32_t)i);
        if (first != i)
            ok = report_collision(listing, folder, name, folder->entries[first].name);
    }
    table_free(&names);
    return ok;
}

static bool open_folder(struct listing *listing, struct folder *out, const struct folder *parent,
                        const struct entry *entry)
{
    *out = (struct folder){.path_length = listing->path.length, .descriptor = -1};
    if (!listing->open(listing, out, parent, entry))
        return false;
    listing->folder_count += out->entry_count;
    if (listing->folder_count > LIMIT_TREE_ENTRIES)
        return refuse(listing, out->path_length, entry ? entry->name : SLICE(""),
                      "is the one that makes more than a million entries");
    sort_entries(out);
    return check_collisions(listing, out);
}

static void close_folder(struct listing *listing, struct folder *folder)
{
    listing->close(listing, folder);
    arena_free(&folder->arena);
}

/* ---- one entry ---- */

static uint8_t file_kind(struct slice path)
{
    if (slice_ends_with(path, ".md"))
        return FILE_DOCUMENT;
    if (slice_ends_with(path, ".yaml") || slice_ends_with(path, ".yml"))
        return FILE_DATA;
    return slice_ends_with(path, ".lua") ? FILE_PLUGIN : FILE_ASSET;
}

static void report_extension(struct listing *listing, struct slice stem)
{
    struct arena scratch = {0};
    report_file(listing, DIAG_FILE_EXTENSION, "the name looks like a page's, but does not end in '.md'",
                arena_printf(&scratch, "if it is a page, rename it to '%s.md'", escaped(&scratch, stem)));
    arena_free(&scratch);
}

static void add_file(struct listing *listing, const struct folder *folder, const struct entry *entry)
{
    struct file_entry file = {.source = listing->source_index, .size = UINT64_MAX};
    if (!listing->take(listing, folder, entry, &file))
        return;
    file.path = arena_slice(listing->arena, buffer_view(&listing->path));
    file.kind = file_kind(file.path);
    struct slice stem;
    if (name_is_nearly_markdown(entry->name, &stem))
        report_extension(listing, stem);
    listing->path_bytes += file.path.length;
    LIST_GROW(listing->items, listing->count, listing->capacity);
    listing->items[listing->count++] = file;
}

static void report_name(struct listing *listing, enum name_fault fault, const char *why)
{
    struct arena scratch = {0};
    const char *name = arena_printf(&scratch, "the name %s", why);
    if (fault == NAME_RESERVED)
        report_file(listing, DIAG_FILE_NAME_RESERVED, name, "rename it: Windows and USB sticks cannot store it");
    else
        report_file(listing, DIAG_FILE_NAME, name, "rename it; it is left out");
    arena_free(&scratch);
}

enum step { STEP_NEXT, STEP_DOWN, STEP_STOP };

static enum step judge_entry(struct listing *listing, const struct folder *folder, const struct entry *entry)
{
    const char *why;
    bool is_folder = entry->type == ENTRY_FOLDER;
    enum name_fault fault = name_check(entry->name, &why);
    if (fault == NAME_HOSTILE && !listing->is_disk)
        return refuse(listing, folder->path_length, entry->name, why) ? STEP_NEXT : STEP_STOP;
    if (entry->type == ENTRY_UNKNOWN)
        return refuse(listing, folder->path_length, entry->name, "is of no kind that git has") ? STEP_NEXT : STEP_STOP;
    if (name_is_skipped(entry->name, is_folder))
        return STEP_NEXT;
    set_path(listing, folder, entry->name);
    if (table_get(&listing->left_out, buffer_view(&listing->path)) != TABLE_NONE)
        return STEP_NEXT;
    if (listing->path.length > LIMIT_PATH_BYTES || listing->path.overflowed) {
        report_name(listing, NAME_UNUSABLE, "makes a path longer than 1024 bytes");
        return STEP_NEXT;
    }
    if (fault != NAME_FINE)
        report_name(listing, fault, why);
    if (fault == NAME_UNUSABLE || fault == NAME_HOSTILE)
        return STEP_NEXT;
    switch ((enum entry_type)entry->type) {
    case ENTRY_FILE:
        add_file(listing, folder, entry);
        return STEP_NEXT;
    case ENTRY_FOLDER:
        return STEP_DOWN;
    case ENTRY_SYMLINK:
        report_file(listing, DIAG_FILE_SYMLINK, "a symbolic link is not followed", "put the file itself there");
        return STEP_NEXT;
    case ENTRY_OTHER:
        report_file(listing, DIAG_FILE_SPECIAL,
                    listing->is_disk ? "this is neither file nor folder" : "a submodule is not read",
                    listing->is_disk ? "" : "name its repository in `sources`");
        return STEP_NEXT;
    case ENTRY_UNKNOWN:
        break;
    }
    return STEP_STOP;
}

static bool refuse_size(struct listing *listing, const struct folder *folder, const struct entry *entry)
{
    if (listing->path_bytes <= PATHS_MOST_BYTES)
        return true;
    return refuse(listing, folder->path_length, entry->name, "is the one that makes the paths longer than 128 MB");
}

static bool walk(struct listing *listing, struct folder *stack, size_t *depth)
{
    if (!open_folder(listing, &stack[(*depth)++], NULL, NULL))
        return false;
    while (*depth) {
        struct folder *folder = &stack[*depth - 1];
        if (folder->next == folder->entry_count) {
            close_folder(listing, folder);
            --*depth;
            continue;
        }
        const struct entry *entry = &folder->entries[folder->next++];
        enum step step = judge_entry(listing, folder, entry);
        if (step == STEP_STOP || !refuse_size(listing, folder, entry))
            return false;
        if (step == STEP_NEXT)
            continue;
        if (*depth == LIMIT_TREE_DEPTH)
            return refuse(listing, folder->path_length, entry->name, "lies more than 64 folders deep");
        if (!open_folder(listing, &stack[(*depth)++], folder, entry))
            return false;
    }
    return true;
}

static int compare_files(const void *a, const void *b)
{
    return slice_compare(((const struct file_entry *)a)->path, ((const struct file_entry *)b)->path);
}

bool listing_walk(struct listing *listing)
{
    struct folder *stack = memory_get(LIMIT_TREE_DEPTH * sizeof *stack);
    size_t depth = 0;
    buffer_init(&listing->path, LIMIT_PATH_BYTES + (64 << 10));
    bool ok = walk(listing, stack, &depth);
    while (depth)
        close_folder(listing, &stack[--depth]);
    free(stack);
    buffer_free(&listing->path);
    for (size_t i = 1; i < listing->count; i++)
        if (compare_files(&listing->items[i - 1], &listing->items[i]) > 0) {
            qsort(listing->items, listing->count, sizeof *listing->items, compare_files);
            break;
        }
    return ok;
}
