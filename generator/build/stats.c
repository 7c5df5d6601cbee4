/* The ids of files on disk, kept by what stat() says of them, so that a working
 * folder that has not changed is not read again. */

#include "build/parts.h"

/* A record: the state, and the id that the bytes had in it. The key is a hash of the path. */
struct stat_record {
    struct file_stat stat;
    struct object_id id;
    uint32_t padding;
};

static struct key path_key(const char *path)
{
    return key_of(slice_of(path));
}

static bool get(void *context, const char *path, const struct file_stat *stat, struct object_id *out)
{
    struct build *build = context;
    struct key key = path_key(path);
    struct slice value;
    struct stat_record record;
    if (build->options.clean || !store_get(store_table(build->store, "stats"), (struct slice){(const char *)&key, sizeof key}, &value) ||
        value.length != sizeof record)
        return false;
    memcpy(&record, value.at, sizeof record);
    if (memcmp(&record.stat, stat, sizeof *stat) != 0)
        return false;
    *out = record.id;
    return true;
}

static void put(void *context, const char *path, const struct file_stat *stat, const struct object_id *id)
{
    struct build *build = context;
    struct key key = path_key(path);
    struct stat_record record = {.stat = *stat, .id = *id};
    store_put(store_table(build->store, "stats"), (struct slice){(const char *)&key, sizeof key},
              (struct slice){(const char *)&record, sizeof record});
}

struct stat_cache build_stat_cache(struct build *build)
{
    return (struct stat_cache){build, get, put};
}
