/* Linear probing at a load of at most one half; slots keep the hash, so a probe
 * touches the key only when the hashes are equal. Keys come from content that
 * anybody may write, so each process hashes them with a seed that nobody can
 * know beforehand: a file whose keys all collide cannot be made. */

#include "base/table.h"
#include "base/arena.h"
#include "base/hash.h"
#include <stdlib.h>
#include <sys/auxv.h>

struct table_slot {
    uint64_t hash; /* 0: empty */
    struct slice key;
    uint32_t value;
};

static uint64_t hash_of(const struct table *table, struct slice key)
{
    uint64_t hash = hash64_seeded(key, table->seed);
    return hash ? hash : 1;
}

/* Random bytes that the kernel hands to every program at its start. */
static uint64_t process_seed(void)
{
    uint64_t seed = 0;
    const void *random = (const void *)getauxval(AT_RANDOM);
    if (random)
        memcpy(&seed, random, sizeof seed);
    return seed;
}

static struct table_slot *find_slot(const struct table *table, struct slice key, uint64_t hash)
{
    size_t mask = table->slot_count - 1;
    size_t i = hash & mask;
    while (table->slots[i].hash && !(table->slots[i].hash == hash && slice_equal(table->slots[i].key, key)))
        i = (i + 1) & mask;
    return &table->slots[i];
}

static void resize(struct table *table, size_t slot_count)
{
    struct table larger = {.slot_count = slot_count, .count = table->count, .seed = table->seed};
    if (table->slot_count == 0)
        larger.seed = process_seed();
    larger.slots = memory_get(slot_count * sizeof *larger.slots);
    memset(larger.slots, 0, slot_count * sizeof *larger.slots);
    for (size_t i = 0; i < table->slot_count; i++)
        if (table->slots[i].hash)
            *find_slot(&larger, table->slots[i].key, table->slots[i].hash) = table->slots[i];
    free(table->slots);
    *table = larger;
}

void table_reserve(struct table *table, size_t count)
{
    size_t wanted = 16;
    while (wanted < count * 2)
        wanted *= 2;
    if (wanted > table->slot_count)
        resize(table, wanted);
}

uint32_t table_get(const struct table *table, struct slice key)
{
    if (table->slot_count == 0)
        return TABLE_NONE;
    const struct table_slot *slot = find_slot(table, key, hash_of(table, key));
    return slot->hash ? slot->value : TABLE_NONE;
}

static struct table_slot *make_slot(struct table *table, struct slice key, bool *is_new)
{
    table_reserve(table, table->count + 1);
    uint64_t hash = hash_of(table, key);
    struct table_slot *slot = find_slot(table, key, hash);
    *is_new = slot->hash == 0;
    if (*is_new) {
        slot->hash = hash;
        slot->key = key;
        table->count++;
    }
    return slot;
}

uint32_t table_add(struct table *table, struct slice key, uint32_t value)
{
    bool is_new;
    struct table_slot *slot = make_slot(table, key, &is_new);
    if (is_new)
        slot->value = value;
    return slot->value;
}

void table_set(struct table *table, struct slice key, uint32_t value)
{
    bool is_new;
    make_slot(table, key, &is_new)->value = value;
}

void table_free(struct table *table)
{
    free(table->slots);
    *table = (struct table){0};
}
