/* Tidying the pack folder of a mirror. Only its own process, which holds the
 * mirror's lock, does so; readers keep what they have opened. */

#include "source/packs.h"
#include "base/file.h"
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

enum { PACKS_MOST = 40 };

static bool is_finished(const char *name)
{
    struct slice text = slice_of(name);
    return slice_starts_with(text, "pack-") && !slice_ends_with(text, ".lock");
}

struct collection {
    struct arena *arena;
    struct pack_names *names;
    bool wants_finished;
};

static bool collect(void *context, const char *name, unsigned char type)
{
    struct collection *collection = context;
    struct pack_names *names = collection->names;
    if (type != DT_REG || is_finished(name) != collection->wants_finished)
        return true;
    if ((names->count & (names->count - 1)) == 0) { /* room for twice as many */
        const char **larger = ARENA_ARRAY(collection->arena, const char *, names->count * 2 + 1);
        if (names->count)
            memcpy(larger, names->items, names->count * sizeof *larger);
        names->items = larger;
    }
    names->items[names->count++] = arena_copy(collection->arena, name, strlen(name));
    return true;
}

static int open_packs(const char *folder)
{
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int packs = openat(descriptor, "objects/pack", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    file_close(descriptor);
    return packs;
}

static void list_into(struct pack_names *out, struct arena *arena, int packs, bool wants_finished)
{
    struct collection collection = {arena, out, wants_finished};
    *out = (struct pack_names){0};
    if (packs >= 0)
        folder_list(packs, ".", collect, &collection);
}

void packs_list(struct pack_names *out, struct arena *arena, const char *folder)
{
    int packs = open_packs(folder);
    list_into(out, arena, packs, true);
    file_close(packs);
}

static bool has_name(const struct pack_names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->items[i], name) == 0)
            return true;
    return false;
}

void packs_remove_new(const struct pack_names *before, const char *folder)
{
    struct arena scratch = {0};
    struct pack_names now;
    int packs = open_packs(folder);
    list_into(&now, &scratch, packs, true);
    for (size_t i = 0; i < now.count; i++)
        if (!has_name(before, now.items[i]))
            unlinkat(packs, now.items[i], 0);
    file_close(packs);
    arena_free(&scratch);
}

void packs_remove_temporary(const char *folder)
{
    struct arena scratch = {0};
    struct pack_names left;
    int packs = open_packs(folder);
    list_into(&left, &scratch, packs, false);
    for (size_t i = 0; i < left.count; i++)
        if (strncmp(left.items[i], "pack", 4) == 0 || strncmp(left.items[i], "tmp_", 4) == 0)
            unlinkat(packs, left.items[i], 0);
    file_close(packs);
    arena_free(&scratch);
}

/* ---- joining ---- */

struct joining {
    git_packbuilder *builder;
    void (*beat)(void *context);
    void *context;
    size_t count;
};

static int add_object(const git_oid *id, void *payload)
{
    struct joining *joining = payload;
    if (joining->count++ % 4096 == 0)
        joining->beat(joining->context);
    return git_packbuilder_insert(joining->builder, id, NULL);
}

static int on_progress(int stage, uint32_t current, uint32_t total, void *payload)
{
    struct joining *joining = payload;
    (void)stage;
    (void)current;
    (void)total;
    joining->beat(joining->context);
    return 0;
}

void packs_join(struct repository *repository, const char *folder, void (*beat)(void *context), void *context)
{
    struct arena scratch = {0};
    struct pack_names before, now;
    struct joining joining = {.beat = beat, .context = context};
    packs_list(&before, &scratch, folder);
    size_t count = 0;
    for (size_t i = 0; i < before.count; i++)
        count += slice_ends_with(slice_of(before.items[i]), ".pack");
    const char *target = arena_printf(&scratch, "%s/objects/pack", folder);
    bool ok = count > PACKS_MOST && git_packbuilder_new(&joining.builder, repository->git) == 0 &&
              git_packbuilder_set_callbacks(joining.builder, on_progress, &joining) == 0 &&
              git_odb_foreach(repository->odb, add_object, &joining) == 0 &&
              git_packbuilder_write(joining.builder, target, 0, NULL, NULL) == 0;
    git_packbuilder_free(joining.builder);
    packs_list(&now, &scratch, folder);
    if (ok && now.count > before.count) {
        int packs = open_packs(folder);
        for (size_t i = 0; i < before.count; i++)
            unlinkat(packs, before.items[i], 0);
        file_close(packs);
    }
    arena_free(&scratch);
}
