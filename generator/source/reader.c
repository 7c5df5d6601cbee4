/* Reading the bytes of files. The size comes first, from the object's header or
 * from disk; the bytes are hashed again, whatever they come from. */

#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"
#include "source/repository.h"
#include "source/source.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

struct opened {
    bool is_tried;
    struct repository repository; /* odb NULL: shared with, or failed as, `shared_with` says */
    uint32_t shared_with;         /* the first source of the same repository */
    int folder;                   /* descriptor, or -1 */
};

struct source_reader {
    const struct file_list *list;
    struct opened *sources; /* one for each source of the list */
};

struct source_reader *source_reader_open(const struct file_list *list)
{
    struct source_reader *reader = memory_get(sizeof *reader);
    *reader = (struct source_reader){.list = list};
    reader->sources = memory_get((list->source_count + 1) * sizeof *reader->sources);
    for (uint32_t i = 0; i < list->source_count; i++) {
        reader->sources[i] = (struct opened){.shared_with = i, .folder = -1};
        for (uint32_t k = 0; k < i; k++) {
            const char *mine = list->sources[i].repository, *other = list->sources[k].repository;
            if (mine && other && strcmp(mine, other) == 0) {
                reader->sources[i].shared_with = reader->sources[k].shared_with;
                break;
            }
        }
    }
    return reader;
}

void source_reader_close(struct source_reader *reader)
{
    if (!reader)
        return;
    for (uint32_t i = 0; i < reader->list->source_count; i++) {
        repository_close(&reader->sources[i].repository);
        file_close(reader->sources[i].folder);
    }
    free(reader->sources);
    free(reader);
}

static const char *shown_path(struct arena *scratch, const struct source_reader *reader, const struct file_entry *entry)
{
    const struct source_state *source = &reader->list->sources[entry->source];
    return arena_printf(scratch, "%s%.*s", source->label, SLICE_ARGS(entry->path));
}

static bool add_fault(struct source_reader *reader, const struct file_entry *entry, enum diag_code code,
                      const char *text, const char *help, struct diag_list *diags)
{
    struct arena scratch = {0};
    struct diag_file file = {.path = shown_path(&scratch, reader, entry)};
    diag_add(diags, code, place_file(&file), "%s", text);
    if (help[0])
        diag_help(diags, "%s", help);
    arena_free(&scratch);
    return false;
}

static size_t most_bytes_of(const struct file_entry *entry)
{
    switch ((enum file_kind)entry->kind) {
    case FILE_DOCUMENT:
        return LIMIT_BLOB_BYTES;
    case FILE_DATA:
        return LIMIT_YAML_BYTES;
    case FILE_PLUGIN:
        return LIMIT_BLOB_BYTES;
    case FILE_ASSET:
        return LIMIT_ASSET_BYTES;
    }
    return LIMIT_BLOB_BYTES;
}

static bool check_size(struct source_reader *reader, const struct file_entry *entry, uint64_t size,
                       const struct buffer *out, struct diag_list *diags)
{
    size_t most = most_bytes_of(entry);
    if (out->most_bytes < most)
        most = out->most_bytes;
    if (size <= most)
        return true;
    char text[120];
    snprintf(text, sizeof text, "the file has %llu bytes, and %zu is the most", (unsigned long long)size, most);
    return add_fault(reader, entry, DIAG_FILE_TOO_LARGE, text, "split it, or publish it elsewhere and link to it",
                     diags);
}

/* ---- from the object database ---- */

static bool object_fault(struct source_reader *reader, const struct file_entry *entry, const char *fault,
                         struct diag_list *diags)
{
    char digits[41], text[500];
    hex_of(entry->id.bytes, sizeof entry->id.bytes, digits);
    snprintf(text, sizeof text, "the object %s %s", digits, fault);
    return add_fault(reader, entry, DIAG_SOURCE_OBJECT, text,
                     "`git fsck` in the repository shows the extent; fetch or clone it anew", diags);
}

static git_odb *database_of(struct source_reader *reader, uint32_t source, struct diag_list *diags)
{
    uint32_t first = reader->sources[source].shared_with;
    struct opened *opened = &reader->sources[first];
    const struct source_state *state = &reader->list->sources[first];
    if (!opened->is_tried) {
        opened->is_tried = true;
        repository_open(&opened->repository, state->repository, state->name, PLACE_RUN, diags);
    }
    return opened->repository.odb;
}

static bool read_object(struct source_reader *reader, const struct file_entry *entry, struct buffer *out,
                        struct diag_list *diags)
{
    git_odb *odb = database_of(reader, entry->source, diags);
    git_odb_object *object = NULL;
    git_object_t type;
    git_oid id;
    size_t size;
    char fault[400];
    if (!odb)
        return object_fault(reader, entry, "is in a repository that cannot be opened", diags);
    memcpy(id.id, entry->id.bytes, sizeof id.id);
    int error = git_odb_read_header(&size, &type, odb, &id);
    if (error == 0 && type == GIT_OBJECT_BLOB && !check_size(reader, entry, size, out, diags))
        return false;
    if (error == 0)
        error = git_odb_read(&object, odb, &id);
    if (error == GIT_ENOTFOUND)
        return object_fault(reader, entry, "is missing", diags);
    if (error < 0) {
        snprintf(fault, sizeof fault, "is damaged: %s", git_words());
        return object_fault(reader, entry, fault, diags);
    }
    struct slice bytes = {git_odb_object_data(object), git_odb_object_size(object)};
    type = git_odb_object_type(object);
    unsigned char actual[20];
    blob_id_of(bytes, actual);
    bool is_right = type == GIT_OBJECT_BLOB && memcmp(actual, entry->id.bytes, sizeof actual) == 0;
    if (is_right)
        buffer_slice(out, bytes);
    git_odb_object_free(object);
    if (type != GIT_OBJECT_BLOB) {
        snprintf(fault, sizeof fault, "is a %s where a file is due", git_object_type2string(type));
        return object_fault(reader, entry, fault, diags);
    }
    return is_right || object_fault(reader, entry, "is damaged: its bytes do not have this name", diags);
}

/* ---- from disk ---- */

static bool system_fault(struct source_reader *reader, const struct file_entry *entry, const char *what,
                         struct diag_list *diags)
{
    if (errno == ENOENT || errno == ELOOP || errno == ENOTDIR)
        return add_fault(reader, entry, DIAG_SOURCE_CHANGED, "the file was removed after it had been listed",
                         "run the command again", diags);
    char text[200];
    snprintf(text, sizeof text, "%s: %s", what, strerror(errno));
    return add_fault(reader, entry, DIAG_SOURCE_UNREADABLE, text, "", diags);
}

static bool read_file(struct source_reader *reader, const struct file_entry *entry, struct buffer *out,
                      struct diag_list *diags)
{
    struct opened *opened = &reader->sources[entry->source];
    const char *folder = reader->list->sources[entry->source].folder;
    struct stat found;
    if (opened->folder < 0)
        opened->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (opened->folder < 0)
        return system_fault(reader, entry, "the source's folder cannot be opened", diags);
    struct arena scratch = {0};
    const char *path = arena_slice(&scratch, entry->path).at;
    int descriptor = file_open_beneath(opened->folder, path, O_RDONLY | O_NONBLOCK, 0);
    arena_free(&scratch);
    if (descriptor < 0)
        return system_fault(reader, entry, "the file cannot be opened", diags);
    bool ok = fstat(descriptor, &found) == 0 || system_fault(reader, entry, "the file cannot be read", diags);
    ok = ok && check_size(reader, entry, (uint64_t)found.st_size, out, diags);
    if (ok && !file_read_rest(descriptor, out))
        ok = system_fault(reader, entry, "the file cannot be read", diags);
    file_close(descriptor);
    if (!ok)
        return false;
    unsigned char actual[20];
    blob_id_of(buffer_view(out), actual);
    if (memcmp(actual, entry->id.bytes, sizeof actual) == 0)
        return true;
    buffer_clear(out);
    return add_fault(reader, entry, DIAG_SOURCE_CHANGED, "the file changed after it had been listed",
                     "run the command again", diags);
}

bool source_reader_read(struct source_reader *reader, const struct file_entry *entry, struct buffer *out,
                        struct diag_list *diags)
{
    buffer_clear(out);
    if (reader->list->sources[entry->source].folder)
        return read_file(reader, entry, out, diags);
    return read_object(reader, entry, out, diags);
}
