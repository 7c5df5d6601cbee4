#ifndef WAYMARK_STORE_STORE_H
#define WAYMARK_STORE_STORE_H

/* Products and state that outlive a run, in one folder:
 *
 *     lock          flock()ed while a process uses the folder; names it
 *     seal          version, byte order, and what the index looked like when it was last closed
 *     data.mdb      the index (LMDB): where each product is, and named tables
 *     segments/N    bulk, append-only: written by workers, mapped read-only by all
 *
 * Nothing in the folder is trusted. An index of another version, byte order or
 * schema is discarded. One that changed since it was closed (copied, restored,
 * edited, torn by a power cut) is first read through by a child process, record
 * by record, and used only if every record is whole; else it is discarded too
 * and `*was_reset` tells. A product's checksum is compared when it is first
 * read; a wrong one is as good as absent.
 *
 * The index belongs to the process that opened the store. A worker calls
 * store_leave first thing; it may then read mapped bytes (store_bytes of a place
 * it was given) and write to its own segment, and nothing else. */

#include "base/diag.h"
#include "base/hash.h"
#include "base/slice.h"
#include <stdint.h>

struct store;

struct store_options {
    uint32_t schema;       /* of the products and tables: another one empties the store */
    uint64_t most_bytes;   /* segments above this are trimmed when the store is closed; 0: 1 GiB */
    unsigned wait_seconds; /* for another process that holds the folder; 0: fail at once */
    const char *command;   /* "waymark build", for the message of one who waits */
    /* Called once, with "waymark serve (process 123)", when there is something to wait for. May be NULL. */
    void (*waiting)(const char *holder);
    bool or_temporary; /* where the folder cannot be written use a temporary one, with a note: for caches */
};

/* Opens or makes the store in `folder` (its parents are made too). NULL with a
 * diagnostic: DIAG_STORE_BUSY names who holds it, DIAG_STORE_IO the reason. */
struct store *store_open(const char *folder, const struct store_options *options, struct diag_list *diags);
/* Forgets what was not committed, trims segments when they pass most_bytes,
 * seals, unlocks, frees. NULL is allowed. */
void store_close(struct store *store);
/* True when the store was empty or had to be emptied at store_open. */
bool store_is_new(const struct store *store);

/* In a forked worker: closes what belongs to the parent. Mapped bytes stay. */
void store_leave(struct store *store);

/* Where a product lies. */
struct store_place {
    uint32_t segment; /* number of the file; 0: nowhere */
    uint64_t offset, length;
    uint64_t checksum; /* XXH3-64 */
};

/* False: no product has this key, or it does not lie within its segment. The
 * bytes are not looked at. Products that are found are kept by trimming. */
bool store_find(struct store *store, struct key key, struct store_place *out);

/* The bytes at a place: mapped read-only, valid until store_close, aligned to 16.
 * Compares the checksum each time (18 GB/s). False: they are not what was
 * stored. Works in workers for segments that were mapped before the fork:
 * those of every place that store_find gave out or store_segments_map covered. */
bool store_bytes(const struct store *store, struct store_place place, struct slice *out);

/* Opens `count` segments for appending, one per worker: `descriptors` for
 * work.segments, `numbers` for store_place.segment. Small ones from earlier
 * runs are continued. They are closed by the next store_segments_map. */
bool store_segments_open(struct store *store, uint32_t count, int *descriptors, uint32_t *numbers,
                         struct diag_list *diags);
/* After the barrier: closes them and maps what was appended. */
bool store_segments_map(struct store *store, struct diag_list *diags);

/* Records a product; replaces one of the same key. Takes effect for store_find
 * at once, on disk with the next store_commit. */
void store_add(struct store *store, struct key key, struct store_place place);

/* Named tables of small binary records, ordered by key bytes. */
enum { STORE_KEY_MOST = 500, STORE_TABLES_MOST = 64 };
struct store_table;
/* Finds or makes the table; lives as long as the store. Names: [a-z-]{1,32}. */
struct store_table *store_table(struct store *store, const char *name);
/* The value, valid until the next put, delete or commit; not aligned. False: absent (or torn). */
bool store_get(struct store_table *table, struct slice key, struct slice *out);
void store_put(struct store_table *table, struct slice key, struct slice value);
void store_delete(struct store_table *table, struct slice key);
/* Calls `each` for every record whose key begins with `prefix`, by key. `each`
 * returns false to stop; it may not put or delete. True: it never did. */
bool store_each(struct store_table *table, struct slice prefix,
                bool (*each)(void *context, struct slice key, struct slice value), void *context);
void store_clear(struct store_table *table);

/* Writes all that was put, added and deleted since the last commit, all or
 * nothing. `durable`: it is on the disk, and in order, when this returns.
 * False with DIAG_STORE_IO: nothing of it was written. */
bool store_commit(struct store *store, bool durable, struct diag_list *diags);
/* Forgets all that was put, added and deleted since the last commit. */
void store_revert(struct store *store);

struct store_stats {
    uint64_t products, product_bytes; /* that can be found */
    uint64_t segment_bytes;           /* all segment files */
    uint32_t segments;
    uint64_t index_bytes;
};
struct store_stats store_stats(struct store *store);

#endif
