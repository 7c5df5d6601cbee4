/* Keyed products: a record in the index for each, its bytes in a segment. Space
 * is won back by giving up the oldest segments; what this run has used of them
 * is copied on. */

#include "store/parts.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct packed_place {
    uint64_t segment, offset, length, checksum;
};

static struct slice key_bytes(const struct key *key)
{
    return (struct slice){(const char *)key, sizeof *key};
}

static bool unpack(struct slice value, struct store_place *out)
{
    struct packed_place packed;
    if (value.length != sizeof packed)
        return false;
    memcpy(&packed, value.at, sizeof packed);
    *out = (struct store_place){(uint32_t)packed.segment, packed.offset, packed.length, packed.checksum};
    return true;
}

static void note_use(struct store *store, const struct key *key)
{
    if (store->is_crowded && table_get(&store->used, key_bytes(key)) == TABLE_NONE)
        table_add(&store->used, arena_slice(&store->used_arena, key_bytes(key)), 0);
}

bool store_find(struct store *store, struct key key, struct store_place *out)
{
    struct slice value;
    if (!store_get(store->products, key_bytes(&key), &value) || !unpack(value, out))
        return false;
    struct segment *segment = segment_get(store, out->segment);
    if (!segment || out->offset > segment->size || out->length > segment->size - out->offset ||
        !segment_map(store, segment))
        return false;
    note_use(store, &key);
    return true;
}

void store_add(struct store *store, struct key key, struct store_place place)
{
    struct packed_place packed = {place.segment, place.offset, place.length, place.checksum};
    store_put(store->products, key_bytes(&key), (struct slice){(const char *)&packed, sizeof packed});
    note_use(store, &key);
}

/* ---- trimming ---- */

struct trim {
    struct store *store;
    uint32_t first_kept;  /* segments of smaller numbers go */
    struct segment *into; /* takes what is copied */
    struct arena arena;
    struct moved {
        struct key key;
        struct store_place place;
        bool is_used;
    } * items;
    size_t count, capacity;
};

static bool collect(void *context, struct slice key, struct slice value)
{
    struct trim *trim = context;
    struct moved moved = {0};
    if (key.length != sizeof moved.key || !unpack(value, &moved.place) || moved.place.segment >= trim->first_kept)
        return true;
    memcpy(&moved.key, key.at, sizeof moved.key);
    moved.is_used = table_get(&trim->store->used, key_bytes(&moved.key)) != TABLE_NONE;
    LIST_GROW(trim->items, trim->count, trim->capacity);
    trim->items[trim->count++] = moved;
    return true;
}

/* What cannot be copied is dropped: it can be made again. */
static void move_or_drop(struct trim *trim, const struct moved *moved)
{
    struct store *store = trim->store;
    struct slice bytes;
    struct segment *from = segment_get(store, moved->place.segment);
    if (moved->is_used && from && segment_map(store, from) && store_bytes(store, moved->place, &bytes) &&
        file_write_at(trim->into->descriptor, bytes, trim->into->size)) {
        struct store_place place = moved->place;
        place.segment = trim->into->number;
        place.offset = trim->into->size;
        trim->into->size += (bytes.length + PRODUCT_ALIGNMENT - 1) & ~(uint64_t)(PRODUCT_ALIGNMENT - 1);
        store_add(store, moved->key, place);
        return;
    }
    store_delete(store->products, key_bytes(&moved->key));
}

static void remove_segments(struct store *store, uint32_t first_kept)
{
    char name[32];
    for (size_t i = 0; i < store->segment_count && store->segments[i].number < first_kept; i++) {
        snprintf(name, sizeof name, SEGMENTS_NAME "/%08x", store->segments[i].number);
        unlinkat(store->folder, name, 0);
    }
}

void products_trim(struct store *store)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < store->segment_count; i++)
        bytes += store->segments[i].size;
    if (bytes <= store->most_bytes)
        return;
    struct trim trim = {.store = store};
    for (size_t i = 0; i < store->segment_count && bytes > store->most_bytes / 4 * 3; i++) {
        bytes -= store->segments[i].size;
        trim.first_kept = store->segments[i].number + 1;
    }
    trim.into = segment_make(store);
    if (!trim.into)
        return; /* the disk is full: another time */
    store_each(store->products, (struct slice){0}, collect, &trim);
    for (size_t i = 0; i < trim.count; i++)
        move_or_drop(&trim, &trim.items[i]);
    struct diag_list ignored = {0}; /* nothing is lost when it fails */
    if (store_commit(store, false, &ignored))
        remove_segments(store, trim.first_kept);
    diag_list_free(&ignored);
    free(trim.items);
    arena_free(&trim.arena);
}

/* ---- numbers ---- */

static bool count_product(void *context, struct slice key, struct slice value)
{
    struct store_stats *stats = context;
    struct store_place place;
    (void)key;
    if (unpack(value, &place)) {
        stats->products++;
        stats->product_bytes += place.length;
    }
    return true;
}

struct store_stats store_stats(struct store *store)
{
    struct store_stats stats = {.segments = (uint32_t)store->segment_count};
    for (size_t i = 0; i < store->segment_count; i++)
        stats.segment_bytes += store->segments[i].size;
    store_each(store->products, (struct slice){0}, count_product, &stats);
    MDB_envinfo info;
    MDB_stat page;
    if (mdb_env_info(store->env, &info) == 0 && mdb_env_stat(store->env, &page) == 0)
        stats.index_bytes = (info.me_last_pgno + 1) * (uint64_t)page.ms_psize;
    return stats;
}
