#ifndef WAYMARK_BASE_TABLE_H
#define WAYMARK_BASE_TABLE_H

/* A hash table from byte strings to 32-bit numbers (indexes into an array that
 * the caller keeps). Open addressing, never shrinks. Keys are not copied: they
 * must outlive the table. Iteration order is not offered, on purpose: outputs
 * are made from the caller's array, which has an order. */

#include "base/slice.h"
#include <stdint.h>

#define TABLE_NONE UINT32_MAX

struct table_slot;

struct table {
    struct table_slot *slots;
    size_t slot_count; /* a power of two, or 0 */
    size_t count;
    uint64_t seed;     /* of the hash: set with the first slot */
};

/* A zeroed table is empty. */
uint32_t table_get(const struct table *table, struct slice key); /* TABLE_NONE when absent */
/* Adds key → value unless the key is there; returns the value that stands now. */
uint32_t table_add(struct table *table, struct slice key, uint32_t value);
void table_set(struct table *table, struct slice key, uint32_t value);
void table_reserve(struct table *table, size_t count);
void table_free(struct table *table);

#endif
