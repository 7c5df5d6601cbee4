/* Which folder may be exchanged as a whole. Paths are compared after symbolic
 * links: an output that leads to the source through a link would delete it. */

#include "config/parts.h"
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

bool config_has_folder(const char *root, const char *path)
{
    char full[PATH_MAX];
    struct stat status;
    int length = snprintf(full, sizeof full, "%s/%s", root, path);
    return length > 0 && (size_t)length < sizeof full && stat(full, &status) == 0 && S_ISDIR(status.st_mode);
}

/* Takes "", "." and ".." out of an absolute path, without asking the disk. */
static char *flatten(struct arena *arena, const char *path)
{
    char *out = arena_alloc(arena, strlen(path) + 2);
    size_t used = 0;
    for (struct slice rest = slice_of(path); rest.length;) {
        struct slice part = {rest.at, slice_find(rest, '/')};
        rest = slice_from(rest, part.length + 1);
        if (part.length == 0 || slice_is(part, "."))
            continue;
        if (slice_is(part, "..")) {
            while (used > 0 && out[--used] != '/')
                continue;
            continue;
        }
        out[used++] = '/';
        memcpy(out + used, part.at, part.length);
        used += part.length;
    }
    if (used == 0)
        out[used++] = '/';
    out[used] = 0;
    return out;
}

/* Where the path leads once links are followed; what does not exist yet is taken as it is written. */
static const char *resolve(struct arena *arena, const char *root, const char *path)
{
    char *full = path[0] == '/' ? arena_printf(arena, "%s", path) : arena_printf(arena, "%s/%s", root, path);
    char real[PATH_MAX];
    char *head = arena_printf(arena, "%s", full);
    while (!realpath(head, real)) {
        char *slash = strrchr(head, '/');
        if (!slash || slash == head)
            return flatten(arena, full);
        *slash = 0;
    }
    return flatten(arena, arena_printf(arena, "%s/%s", real, full + strlen(head)));
}

static bool is_same_or_above(const char *folder, const char *path)
{
    size_t length = strlen(folder);
    if (strcmp(folder, "/") == 0)
        return true;
    return strncmp(folder, path, length) == 0 && (path[length] == 0 || path[length] == '/');
}

static bool is_inside_git(const char *path)
{
    const char *hit = strstr(path, "/.git");
    while (hit && hit[5] != 0 && hit[5] != '/')
        hit = strstr(hit + 1, "/.git");
    return hit != NULL;
}

static bool refuse(struct diag_list *diags, struct place place, const char *dir, const char *why)
{
    diag_add(diags, DIAG_CONFIG_OUTPUT, place, "the output folder '%s' %s", dir, why);
    return diag_help(diags, "choose a folder that holds nothing else, like public");
}

static bool is_home(struct arena *arena, const char *path)
{
    const char *home = getenv("HOME");
    const struct passwd *user = getpwuid(getuid());
    if (home && home[0] == '/' && is_same_or_above(path, resolve(arena, "/", home)))
        return true;
    return user && user->pw_dir && user->pw_dir[0] == '/' && is_same_or_above(path, resolve(arena, "/", user->pw_dir));
}

static bool check(const struct site_config *config, struct arena *arena, const char *dir, struct place place,
                  struct diag_list *diags)
{
    const char *path = resolve(arena, config->root, dir);
    const char *root = resolve(arena, "/", config->root);
    if (strcmp(path, "/") == 0)
        return refuse(diags, place, dir, "is the root of the file system");
    if (is_same_or_above(path, root))
        return refuse(diags, place, dir,
                      strcmp(path, root) == 0 ? "is the site's own folder" : "holds the site's folder");
    if (is_home(arena, path))
        return refuse(diags, place, dir, "is a home folder, or holds one");
    if (is_inside_git(path))
        return refuse(diags, place, dir, "is inside a git repository's own data");
    for (size_t i = 0; i < config->source_count; i++) {
        const struct source_spec *source = &config->sources[i];
        if (source->is_remote)
            continue;
        const char *folder = resolve(arena, config->root, arena_printf(arena, "%s/%s", source->url, source->path));
        if (is_same_or_above(path, folder))
            return refuse(diags, place, dir,
                          arena_printf(arena, "is the folder of the source '%s', or holds it", source->name));
    }
    if (config->theme && config->theme[0] && is_same_or_above(path, resolve(arena, config->root, config->theme)))
        return refuse(diags, place, dir, "is the folder of the theme, or holds it");
    return true;
}

bool config_check_output(const struct site_config *config, const char *dir, struct place place, struct diag_list *diags)
{
    struct arena scratch = {0};
    bool ok = check(config, &scratch, dir, place, diags);
    arena_free(&scratch);
    return ok;
}
