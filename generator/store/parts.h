#ifndef WAYMARK_STORE_PARTS_H
#define WAYMARK_STORE_PARTS_H

/* What the files of store/ share; nobody else includes this. */

#include "base/arena.h"
#include "base/file.h"
#include "base/table.h"
#include "store/store.h"
#include <lmdb.h>

enum {
    STORE_VERSION = 1,             /* of the layout of the folder */
    SEGMENT_FULL_BYTES = 64 << 20, /* larger ones are not continued */
    SEGMENT_SLACK_BYTES = 4 << 20, /* mapped beyond the end, so that small runs need no new mapping */
    SEGMENT_HEAD_BYTES = 64,
    PRODUCT_ALIGNMENT = 16,
};

#define INDEX_NAME "data.mdb"
#define INDEX_COPY_NAME "data.copy"
#define SEGMENTS_NAME "segments"

struct segment {
    uint32_t number;
    bool is_bad;   /* its head is not ours: nothing in it counts */
    uint64_t size; /* bytes that may be read */
    char *at;      /* NULL: not mapped */
    size_t mapped;
    int descriptor; /* while it is open for appending, else -1 */
};

struct mapping {
    char *at;
    size_t length;
};

struct store_table {
    struct store *store;
    char name[33];
    MDB_dbi dbi;
    bool is_open;     /* dbi is valid */
    bool is_from_txn; /* … only if the open transaction is committed */
};

/* One change since the last commit, kept to be done again when the map had to grow. */
struct change {
    struct store_table *table;
    enum { CHANGE_PUT, CHANGE_DELETE, CHANGE_CLEAR } kind;
    struct slice key, value;
};

struct store {
    char *path;       /* resolved */
    int folder, lock; /* descriptors */
    bool is_new, is_temporary;
    uint32_t schema;
    uint64_t most_bytes;

    MDB_env *env;
    MDB_txn *txn; /* open from the first look on, until commit or revert */
    int broken;   /* LMDB's code for why the transaction cannot be committed; 0: it can */
    struct change *changes;
    size_t change_count, change_capacity;
    struct arena change_arena;
    bool is_open_sealed, is_unsynced;
    struct store_table tables[STORE_TABLES_MOST];
    size_t table_count;
    struct store_table *products;

    struct segment *segments; /* by number */
    size_t segment_count, segment_capacity;
    struct mapping *retired; /* outgrown, still in use by slices */
    size_t retired_count, retired_capacity;

    bool is_crowded; /* segments may have to be trimmed: remember what is used */
    struct arena used_arena;
    struct table used; /* keys of products found or added in this run */
};

/* lock.c: takes the lock of the folder. -1 with a diagnostic; `*lock` is -1 also where the file system has no locks. */
bool lock_take(int *lock, int folder, const char *path, const struct store_options *options, struct diag_list *diags);

/* seal.c */
enum seal_verdict {
    SEAL_FRESH,    /* there is nothing yet */
    SEAL_TRUSTED,  /* as we left it */
    SEAL_DOUBTFUL, /* ours, but it was touched, or not closed: read it through */
    SEAL_FOREIGN,  /* of another version, byte order or schema */
};
enum seal_verdict seal_judge(int folder, uint32_t schema);
/* Says that the index is being written / is closed as it stands now. */
bool seal_open(int folder, uint32_t schema);
bool seal_close(int folder, uint32_t schema, bool is_durable);
/* Reads a doubtful index through, in a child process, into a fresh copy which takes its place. False: it is damaged. */
bool seal_probe(int folder, const char *path);

/* index.c */
int index_open(struct store *store); /* LMDB's code */
void index_close(struct store *store);
/* A record is its check (8 bytes) and the value. */
bool record_check(struct slice key, struct slice record, struct slice *value);

/* segment.c */
void segments_read(struct store *store);
struct segment *segment_get(const struct store *store, uint32_t number); /* NULL: none */
bool segment_map(struct store *store, struct segment *segment);
struct segment *segment_make(struct store *store);
void segments_free(struct store *store);

/* product.c */
void products_trim(struct store *store);

#endif
