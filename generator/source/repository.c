/* Finding and opening repositories, reading objects. Relies on
 * libgit2 for pack files, and on nothing that a repository's
 * configuration says: an empty one takes its place. */

#include "source/repository.h"
#include "base/hash.h"
#include <fcntl.h>
#include <git2/sys/repository.h>
#include <pwd.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { GITFILE_MOST_BYTES = 4096, CONFIG_MOST_BYTES = 256 << 10 };

const char *git_words(void)
{
    const git_error *error = git_error_last();
    return error && error->message && error->message[0] ? error->message : "libgit2 gave no reason";
}

void short_id(const unsigned char id[20], char out[13])
{
    hex_of(id, 6, out);
}

void repository_library_start(void)
{
    if (git_libgit2_init() != 1)
        return;
    static const int levels[] = {GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL,
                                 GIT_CONFIG_LEVEL_PROGRAMDATA};
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
        git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "/nonexistent");
    /* repository_read hashes with a faster function; owners are checked by us, with words that help. */
    git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, (size_t)1 << 30);
}

/* ---- finding ---- */

static bool is_folder(const char *path)
{
    struct stat stat_;
    return stat(path, &stat_) == 0 && S_ISDIR(stat_.st_mode);
}

static bool is_file(const char *path)
{
    struct stat stat_;
    return stat(path, &stat_) == 0 && S_ISREG(stat_.st_mode);
}

static char *read_small(struct arena *arena, const char *path, size_t most_bytes)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return NULL;
    char *text = arena_alloc(arena, most_bytes + 1);
    size_t used = 0;
    ssize_t got;
    while (used < most_bytes && (got = read(fd, text + used, most_bytes - used)) > 0)
        used += (size_t)got;
    close(fd);
    return text;
}

static bool is_database(struct arena *arena, const char *path)
{
    if (!is_file(arena_printf(arena, "%s/HEAD", path)))
        return false;
    if (is_file(arena_printf(arena, "%s/commondir", path)))
        return true;
    return is_folder(arena_printf(arena, "%s/objects", path)) && is_folder(arena_printf(arena, "%s/refs", path));
}

/* A file `.git` holds "gitdir: PATH". */
static const char *follow_gitfile(struct arena *arena, const char *folder, const char *file)
{
    char *text = read_small(arena, file, GITFILE_MOST_BYTES);
    if (!text || strncmp(text, "gitdir:", 7) != 0)
        return NULL;
    char *path = text + 7 + strspn(text + 7, " ");
    path[strcspn(path, "\r\n")] = 0;
    const char *joined = path[0] == '/' ? path : arena_printf(arena, "%s/%s", folder, path);
    char *real = realpath(joined, NULL);
    const char *kept = real ? arena_copy(arena, real, strlen(real)) : NULL;
    free(real);
    return kept && is_database(arena, kept) ? kept : NULL;
}

struct repository_place repository_find(struct arena *arena, const char *folder)
{
    struct repository_place none = {0};
    struct stat start, here;
    if (stat(folder, &start) != 0)
        return none;
    char *at = arena_copy(arena, folder, strlen(folder));
    for (;;) {
        const char *inside = arena_printf(arena, "%s/.git", strcmp(at, "/") == 0 ? "" : at);
        const char *top = arena_copy(arena, at, strlen(at));
        if (is_folder(inside) && is_database(arena, inside))
            return (struct repository_place){inside, top, NULL};
        const char *linked = is_file(inside) ? follow_gitfile(arena, at, inside) : NULL;
        if (linked)
            return (struct repository_place){linked, top, inside};
        if (is_database(arena, at))
            return (struct repository_place){top, NULL, NULL};
        char *slash = strrchr(at, '/');
        if (!slash || strcmp(at, "/") == 0)
            return none;
        slash[slash == at] = 0;
        if (stat(at, &here) != 0 || here.st_dev != start.st_dev)
            return none;
    }
}

/* ---- owners ---- */

static bool is_trusted_owner(uid_t owner)
{
    if (owner == geteuid() || owner == 0)
        return true;
    const char *sudo = geteuid() == 0 ? getenv("SUDO_UID") : NULL;
    return sudo && sudo[0] && strtoul(sudo, NULL, 10) == owner;
}

static bool is_named_safe(const char *path)
{
    const char *at = getenv("WAYMARK_SAFE_DIRECTORY");
    while (at && *at) {
        size_t length = strcspn(at, ":");
        char name[4096];
        if (length == 1 && at[0] == '*')
            return true;
        if (length && length < sizeof name) {
            memcpy(name, at, length);
            name[length] = 0;
            char *real = realpath(name, NULL);
            bool same = real && strcmp(real, path) == 0;
            free(real);
            if (same)
                return true;
        }
        at += length + (at[length] == ':');
    }
    return false;
}

static const char *user_name(uid_t user, char *out, size_t out_bytes)
{
    struct passwd entry, *found = NULL;
    char text[1024];
    if (getpwuid_r(user, &entry, text, sizeof text, &found) == 0 && found)
        snprintf(out, out_bytes, "%s", found->pw_name);
    else
        snprintf(out, out_bytes, "number %u", (unsigned)user);
    return out;
}

bool repository_check_owner(const struct repository_place *found, const char *source, struct place place,
                            struct diag_list *diags)
{
    const char *const paths[] = {found->git, found->top, found->link};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct stat stat_;
        if (!paths[i] || lstat(paths[i], &stat_) != 0 || is_trusted_owner(stat_.st_uid))
            continue;
        if (is_named_safe(found->git) || (found->top && is_named_safe(found->top)))
            continue;
        char owner[80], self[80];
        diag_add(diags, DIAG_SOURCE_OWNER, place, "the repository of '%s' belongs to the user %s, and you are %s",
                 source, user_name(stat_.st_uid, owner, sizeof owner), user_name(geteuid(), self, sizeof self));
        return diag_help(diags,
                         "change its owner with `chown -R`, run as %s, or, if you trust it, put its folder into "
                         "WAYMARK_SAFE_DIRECTORY",
                         owner);
    }
    return true;
}

/* ---- opening ---- */

/* Only to say in words why a repository cannot be read; everything else that its
 * configuration says is ignored. */
static bool uses_extension(struct arena *arena, const char *config_path, const char *key, const char *value)
{
    char *text = read_small(arena, config_path, CONFIG_MOST_BYTES);
    bool is_inside = false;
    for (char *line = text ? strtok_r(text, "\r\n", &text) : NULL; line; line = strtok_r(NULL, "\r\n", &text)) {
        line += strspn(line, " \t");
        if (line[0] == '[')
            is_inside = strncasecmp(line, "[extensions]", 12) == 0;
        size_t length = strlen(key);
        if (!is_inside || strncasecmp(line, key, length) != 0)
            continue;
        const char *at = line + length;
        at += strspn(at, " \t=\"");
        if (strncasecmp(at, value, strlen(value)) == 0)
            return true;
    }
    return false;
}

static bool names_alternates(struct arena *arena, const char *objects)
{
    char *text = read_small(arena, arena_printf(arena, "%s/info/alternates", objects), CONFIG_MOST_BYTES);
    for (char *line = text ? strtok_r(text, "\r\n", &text) : NULL; line; line = strtok_r(NULL, "\r\n", &text))
        if (line[0] != '#')
            return true;
    return false;
}

/* An object database of exactly this folder: git_odb_open would follow alternates. */
static bool open_objects(git_odb **out, const char *objects)
{
    git_odb_backend *loose = NULL, *packed = NULL;
    git_odb *odb = NULL;
    if (git_odb_new(&odb) < 0)
        return false;
    if (git_odb_backend_loose(&loose, objects, -1, 0, 0, 0) < 0 || git_odb_add_backend(odb, loose, 1) < 0 ||
        git_odb_backend_pack(&packed, objects) < 0 || git_odb_add_backend(odb, packed, 2) < 0) {
        git_odb_free(odb);
        return false;
    }
    *out = odb;
    return true;
}

static bool check_format(struct repository *repository, const char *objects, const char *source, struct arena *scratch,
                         struct place place, struct diag_list *diags)
{
    const char *config = arena_printf(scratch, "%sconfig", git_repository_commondir(repository->git));
    if (uses_extension(scratch, config, "objectformat", "sha256")) {
        diag_add(diags, DIAG_SOURCE_REPOSITORY, place, "the repository of '%s' names its objects by SHA-256", source);
        return diag_help(diags, "use a repository with SHA-1 object names, git's default");
    }
    if (uses_extension(scratch, config, "refstorage", "reftable")) {
        diag_add(diags, DIAG_SOURCE_REPOSITORY, place, "the repository of '%s' keeps its branches in a reftable",
                 source);
        return diag_help(diags, "run `git refs migrate --ref-format=files` in it");
    }
    if (names_alternates(scratch, objects)) {
        diag_add(diags, DIAG_SOURCE_REPOSITORY, place,
                 "the repository of '%s' takes objects from another folder "
                 "(objects/info/alternates)",
                 source);
        return diag_help(diags, "make it whole: `git repack -a -d`, then remove objects/info/alternates");
    }
    return true;
}

void repository_close(struct repository *repository)
{
    git_odb_free(repository->odb);
    git_repository_free(repository->git);
    *repository = (struct repository){0};
}

bool repository_open(struct repository *out, const char *git, const char *source, struct place place,
                     struct diag_list *diags)
{
    *out = (struct repository){.source = source, .place = place};
    repository_library_start();
    struct arena scratch = {0};
    git_config *empty = NULL;
    git_buf objects = {0};
    bool ok = false;

    if (git_repository_open_bare(&out->git, git) < 0 || git_config_new(&empty) < 0 ||
        git_repository_set_config(out->git, empty) < 0 ||
        git_repository_item_path(&objects, out->git, GIT_REPOSITORY_ITEM_OBJECTS) < 0 ||
        !open_objects(&out->odb, objects.ptr) || git_repository_set_odb(out->git, out->odb) < 0) {
        diag_add(diags, DIAG_SOURCE_REPOSITORY, place, "the repository of '%s' cannot be opened: %s", source,
                 git_words());
        goto done;
    }
    ok = check_format(out, objects.ptr, source, &scratch, place, diags);
done:
    git_buf_dispose(&objects);
    git_config_free(empty);
    arena_free(&scratch);
    if (!ok)
        repository_close(out);
    return ok;
}

/* ---- objects ---- */

bool repository_fault(struct repository *repository, const git_oid *id, const char *what, const char *fault,
                      struct diag_list *diags)
{
    char digits[GIT_OID_HEXSZ + 1];
    git_oid_tostr(digits, sizeof digits, id);
    diag_add(diags, DIAG_SOURCE_OBJECT, repository->place, "the object %s, %s of '%s', %s", digits, what,
             repository->source, fault);
    return diag_help(diags, "`git fsck` in the repository shows the extent; fetch or clone it anew");
}

bool repository_read(git_odb_object **out, struct repository *repository, const git_oid *id, git_object_t type,
                     const char *what, struct diag_list *diags)
{
    git_odb_object *object = NULL;
    char fault[400];
    size_t size = 0;
    git_object_t actual_type;
    int error = git_odb_read_header(&size, &actual_type, repository->odb, id);
    if (error == 0 && size > OBJECT_MOST_BYTES)
        return repository_fault(repository, id, what, "is larger than 64 MB", diags);
    if (error == 0)
        error = git_odb_read(&object, repository->odb, id);
    if (error == GIT_ENOTFOUND)
        return repository_fault(repository, id, what, "is missing", diags);
    if (error < 0) {
        snprintf(fault, sizeof fault, "is damaged: %s", git_words());
        return repository_fault(repository, id, what, fault, diags);
    }
    if (git_odb_object_type(object) != type) {
        snprintf(fault, sizeof fault, "is a %s where a %s is due", git_object_type2string(git_odb_object_type(object)),
                 git_object_type2string(type));
        git_odb_object_free(object);
        return repository_fault(repository, id, what, fault, diags);
    }
    git_oid actual;
    object_id_of(git_object_type2string(type), (struct slice){git_odb_object_data(object), git_odb_object_size(object)},
                 actual.id);
    if (!git_oid_equal(&actual, id)) {
        git_odb_object_free(object);
        return repository_fault(repository, id, what, "is damaged: its bytes do not have this name", diags);
    }
    *out = object;
    return true;
}

bool object_header(struct slice object, size_t *at, struct slice *key, struct slice *value)
{
    struct slice rest = slice_from(object, *at);
    const char *end = rest.length ? memchr(rest.at, '\n', rest.length) : NULL;
    if (!end || end == rest.at)
        return false;
    size_t length = (size_t)(end - rest.at);
    const char *blank = memchr(rest.at, ' ', length);
    size_t key_length = blank ? (size_t)(blank - rest.at) : length;
    *key = (struct slice){rest.at, key_length};
    *value = blank ? (struct slice){blank + 1, length - key_length - 1} : (struct slice){end, 0};
    *at += length + 1;
    return true;
}

int64_t signature_seconds(struct slice signature)
{
    size_t i = signature.length;
    while (i && signature.at[i - 1] != '>')
        i--;
    while (i < signature.length && signature.at[i] == ' ')
        i++;
    int64_t seconds = 0;
    for (; i < signature.length && signature.at[i] >= '0' && signature.at[i] <= '9'; i++) {
        seconds = seconds * 10 + (signature.at[i] - '0');
        if (seconds > INT64_C(253402300799))
            return 0;
    }
    return seconds;
}

bool repository_commit(struct commit_head *out, struct repository *repository, const git_oid *id,
                       struct diag_list *diags)
{
    git_odb_object *object = NULL;
    if (!repository_read(&object, repository, id, GIT_OBJECT_COMMIT, "a commit", diags))
        return false;
    struct slice bytes = {git_odb_object_data(object), git_odb_object_size(object)};
    struct slice key, value;
    bool has_tree = false;
    *out = (struct commit_head){0};
    for (size_t at = 0; object_header(bytes, &at, &key, &value);) {
        if (slice_is(key, "tree"))
            has_tree = hex_read(value, out->tree.id, sizeof out->tree.id);
        else if (slice_is(key, "committer"))
            out->seconds = signature_seconds(value);
    }
    git_odb_object_free(object);
    return has_tree || repository_fault(repository, id, "a commit", "names no tree", diags);
}
