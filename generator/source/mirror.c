/* Names of mirrors in the cache, and the two moments kept beside each. */

#include "source/mirror.h"
#include "base/file.h"
#include "base/hash.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

const char *cache_folder(struct arena *arena, const struct site_config *config, const struct source_options *options)
{
    if (!options->cache || !options->cache[0])
        return arena_printf(arena, "%s/.waymark", config->root);
    if (options->cache[0] == '/')
        return arena_copy(arena, options->cache, strlen(options->cache));
    char *here = getcwd(NULL, 0);
    const char *path = arena_printf(arena, "%s/%s", here ? here : ".", options->cache);
    free(here);
    return path;
}

bool cache_make(const char *cache, const char *folder)
{
    bool is_new = mkdir(cache, FOLDER_MODE) == 0;
    if (!is_new && errno != EEXIST)
        return false;
    int descriptor = open(cache, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    bool ok = !is_new || file_replace(descriptor, ".gitignore", SLICE("*\n"), false);
    ok = ok && (mkdirat(descriptor, folder, FOLDER_MODE) == 0 || errno == EEXIST);
    int reason = errno;
    file_close(descriptor);
    errno = reason;
    return ok;
}

struct mirror mirror_of(struct arena *arena, const struct site_config *config, const struct source_options *options,
                        const struct source_spec *spec)
{
    const char *stem = arena_printf(arena, "%s/mirrors/%s-%08x", cache_folder(arena, config, options), spec->name,
                                    (unsigned)hash64(slice_of(spec->url)));
    return (struct mirror){.folder = arena_printf(arena, "%s.git", stem),
                           .state = arena_printf(arena, "%s.state", stem),
                           .lock = arena_printf(arena, "%s.lock", stem)};
}

static int64_t line_number(struct slice text, const char *key)
{
    while (text.length) {
        size_t end = slice_find(text, '\n');
        struct slice line = {text.at, end};
        size_t length = strlen(key);
        if (slice_starts_with(line, key) && line.length > length + 1 && line.length < length + 16) {
            int64_t number = 0;
            for (size_t i = length + 1; i < line.length; i++) {
                if (line.at[i] < '0' || line.at[i] > '9')
                    return 0;
                number = number * 10 + (line.at[i] - '0');
            }
            return number;
        }
        text = slice_from(text, end + 1);
    }
    return 0;
}

struct mirror_state mirror_state_read(const struct mirror *mirror)
{
    struct buffer text = BUFFER(4096);
    struct mirror_state state = {0};
    if (file_read(AT_FDCWD, mirror->state, &text)) {
        state.fetched = line_number(buffer_view(&text), "fetched");
        state.failed = line_number(buffer_view(&text), "failed");
    }
    buffer_free(&text);
    return state;
}

bool mirror_state_write(const struct mirror *mirror, struct mirror_state state)
{
    struct buffer text = BUFFER(4096);
    buffer_printf(&text, "fetched %lld\nfailed %lld\n", (long long)state.fetched, (long long)state.failed);
    bool ok = file_replace(AT_FDCWD, mirror->state, buffer_view(&text), false);
    buffer_free(&text);
    return ok;
}
