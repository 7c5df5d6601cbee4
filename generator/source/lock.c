/* Reading and writing waymark.lock. It may have been edited, so it is read as
 * strictly as any other YAML file. */

#include "source/lock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"
#include "yaml/read.h"
#include <errno.h>
#include <fcntl.h>

static const char *lock_path(struct arena *arena, const struct site_config *config)
{
    return arena_printf(arena, "%s/waymark.lock", config->root);
}

static bool is_digits(const char *text, size_t length)
{
    return strlen(text) == length && strspn(text, "0123456789abcdef") == length;
}

static bool check_digits(const struct yaml_reader *reader, const struct yaml_node *map, const char *key,
                         const char *text, size_t length)
{
    if (text[0] == 0 || is_digits(text, length))
        return true;
    const struct yaml_node *node = yaml_get(map, key);
    diag_add(reader->diags, DIAG_SOURCE_LOCKED, yaml_place(reader->file, node ? node : map),
             "'%s' is not %zu hexadecimal digits", text, length);
    return diag_help(reader->diags, "run `waymark fetch` to write it anew");
}

static bool read_source(struct lock_source *out, const struct yaml_reader *reader, const struct yaml_node *node)
{
    static const struct yaml_row rows[] = {
        {.key = "url", .type = YAML_TEXT, .at = offsetof(struct lock_source, url), .required = true},
        {.key = "ref", .type = YAML_TEXT, .at = offsetof(struct lock_source, ref)},
        {.key = "commit", .type = YAML_TEXT, .at = offsetof(struct lock_source, commit)},
        {.key = "tree", .type = YAML_TEXT, .at = offsetof(struct lock_source, tree)},
        {.key = "files", .type = YAML_TEXT, .at = offsetof(struct lock_source, files)},
    };
    *out = (struct lock_source){.name = node->key.at, .url = "", .ref = "", .commit = "", .tree = "", .files = ""};
    return yaml_record(out, reader, node, rows, ARRAY_COUNT(rows), "a locked source") &&
           check_digits(reader, node, "commit", out->commit, 40) && check_digits(reader, node, "tree", out->tree, 40) &&
           check_digits(reader, node, "files", out->files, 64);
}

static bool read_release(struct lock_release *out, const struct yaml_reader *reader, const struct yaml_node *node)
{
    *out = (struct lock_release){.name = node->key.at};
    if (!yaml_expect(reader, node, YAML_MAPPING))
        return false;
    out->commits = ARENA_ARRAY(reader->arena, struct lock_commit, node->count);
    bool ok = true;
    for (const struct yaml_node *at = node->first; at; at = at->next) {
        struct lock_commit *commit = &out->commits[out->commit_count];
        commit->source = at->key.at;
        if (yaml_read_text(&commit->commit, reader, at) && check_digits(reader, node, at->key.at, commit->commit, 40))
            out->commit_count++;
        else
            ok = false;
    }
    return ok;
}

struct lock_top {
    int64_t version;
    const struct yaml_node *sources, *releases;
};

static bool read_top(struct lock *out, const struct yaml_reader *reader, const struct yaml_node *root)
{
    static const struct yaml_row rows[] = {
        {.key = "version", .type = YAML_INT, .at = offsetof(struct lock_top, version), .required = true},
        {.key = "sources", .type = YAML_MAP, .at = offsetof(struct lock_top, sources)},
        {.key = "releases", .type = YAML_MAP, .at = offsetof(struct lock_top, releases)},
    };
    struct lock_top top = {0};
    if (!yaml_record(&top, reader, root, rows, ARRAY_COUNT(rows), "waymark.lock"))
        return false;
    if (top.version != LOCK_VERSION) {
        diag_add(reader->diags, DIAG_SOURCE_LOCKED, yaml_place(reader->file, yaml_get(root, "version")),
                 "waymark.lock is of version %lld, and this Waymark knows version %d", (long long)top.version,
                 LOCK_VERSION);
        return diag_help(reader->diags, "use a newer Waymark, or run `waymark fetch` to write it anew");
    }
    bool ok = true;
    out->sources = ARENA_ARRAY(reader->arena, struct lock_source, top.sources ? top.sources->count : 0);
    for (const struct yaml_node *at = top.sources ? top.sources->first : NULL; at; at = at->next)
        ok = read_source(&out->sources[out->source_count++], reader, at) && ok;
    out->releases = ARENA_ARRAY(reader->arena, struct lock_release, top.releases ? top.releases->count : 0);
    for (const struct yaml_node *at = top.releases ? top.releases->first : NULL; at; at = at->next)
        ok = read_release(&out->releases[out->release_count++], reader, at) && ok;
    return ok;
}

bool lock_read(struct lock *out, bool *exists, struct arena *arena, const struct site_config *config,
               struct diag_list *diags)
{
    struct buffer text = BUFFER(LIMIT_YAML_BYTES);
    *out = (struct lock){0};
    *exists = file_read(AT_FDCWD, lock_path(arena, config), &text);
    if (!*exists) {
        int reason = errno;
        buffer_free(&text);
        if (reason == ENOENT)
            return true;
        return diag_add(diags, DIAG_SOURCE_LOCKED, PLACE_RUN, "waymark.lock cannot be read: %s", strerror(reason));
    }
    struct diag_file *file = ARENA_NEW(arena, struct diag_file);
    *file = (struct diag_file){"waymark.lock", arena_slice(arena, buffer_view(&text))};
    buffer_free(&text);
    struct yaml_reader reader = {.file = file, .arena = arena, .diags = diags, .is_config = true};
    const struct yaml_node *root;
    return yaml_load(&root, arena, file, file->bytes, diags) && read_top(out, &reader, root);
}

const struct lock_source *lock_find(const struct lock *lock, const char *name)
{
    for (size_t i = 0; i < lock->source_count; i++)
        if (strcmp(lock->sources[i].name, name) == 0)
            return &lock->sources[i];
    return NULL;
}

/* ---- writing ---- */

/* Quoted: digits alone would look like a number to other tools. */
static void print_text(struct buffer *out, const char *text)
{
    buffer_byte(out, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            buffer_byte(out, '\\');
        buffer_byte(out, *text);
    }
    buffer_byte(out, '"');
}

static void print_line(struct buffer *out, const char *key, const char *value)
{
    if (!value[0])
        return;
    buffer_printf(out, "    %s: ", key);
    print_text(out, value);
    buffer_byte(out, '\n');
}

void lock_print(struct buffer *out, const struct lock *lock)
{
    buffer_text(out, "# Written by `waymark fetch`, obeyed by `waymark build --locked`. Commit it.\n");
    buffer_printf(out, "version: %d\nsources:%s\n", LOCK_VERSION, lock->source_count ? "" : " {}");
    for (size_t i = 0; i < lock->source_count; i++) {
        const struct lock_source *source = &lock->sources[i];
        buffer_printf(out, "  %s:\n", source->name);
        print_line(out, "url", source->url);
        print_line(out, "ref", source->ref);
        print_line(out, "commit", source->commit);
        print_line(out, "tree", source->tree);
        print_line(out, "files", source->files);
    }
    if (lock->release_count)
        buffer_text(out, "releases:\n");
    for (size_t i = 0; i < lock->release_count; i++) {
        const struct lock_release *release = &lock->releases[i];
        buffer_text(out, "  ");
        print_text(out, release->name);
        buffer_text(out, release->commit_count ? ":\n" : ": {}\n");
        for (size_t k = 0; k < release->commit_count; k++)
            print_line(out, release->commits[k].source, release->commits[k].commit);
    }
}

bool lock_write(const struct lock *lock, const struct site_config *config, struct diag_list *diags)
{
    struct arena scratch = {0};
    struct buffer text = BUFFER(LIMIT_YAML_BYTES), old = BUFFER(LIMIT_YAML_BYTES);
    const char *path = lock_path(&scratch, config);
    lock_print(&text, lock);
    bool same = file_read(AT_FDCWD, path, &old) && slice_equal(buffer_view(&old), buffer_view(&text));
    bool ok = same || (!text.overflowed && file_replace(AT_FDCWD, path, buffer_view(&text), true));
    if (!ok)
        diag_add(diags, DIAG_SOURCE_FETCH, PLACE_RUN, "waymark.lock cannot be written: %s",
                 text.overflowed ? "it would be larger than 4 MB" : strerror(errno));
    buffer_free(&text);
    buffer_free(&old);
    arena_free(&scratch);
    return ok;
}
