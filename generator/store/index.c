/* The index: one LMDB environment, and one write transaction that is open from
 * the first look until commit or revert, so that what was put is found. Changes
 * are also kept in a list: when the map is full the transaction is given up,
 * the map doubled, and the list done again. Each record carries a check of its
 * key and value. */

#include "base/hash.h"
#include "store/parts.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHECK_BYTES = 8, MAP_FIRST_BYTES = 64 << 20, MAP_DOUBLINGS = 14 };

static uint64_t check_of(struct slice key, struct slice value)
{
    return hash64_seeded(value, hash64(key));
}

bool record_check(struct slice key, struct slice record, struct slice *value)
{
    uint64_t check;
    if (record.length < CHECK_BYTES)
        return false;
    memcpy(&check, record.at, CHECK_BYTES);
    *value = slice_from(record, CHECK_BYTES);
    return check == check_of(key, *value);
}

/* ---- environment and transaction ---- */

int index_open(struct store *store)
{
    char path[PATH_MAX + 16];
    snprintf(path, sizeof path, "%s/" INDEX_NAME, store->path);
    struct stat status;
    size_t size = stat(path, &status) == 0 ? (size_t)status.st_size : 0;
    const size_t map_bytes[] = {size * 4 > MAP_FIRST_BYTES ? size * 4 : MAP_FIRST_BYTES, size + (4 << 20)};
    int code = ENOMEM;
    for (int i = 0; i < 2 && code == ENOMEM; i++) { /* the second is for those with little address space */
        code = mdb_env_create(&store->env);
        if (code == 0)
            code = mdb_env_set_maxdbs(store->env, STORE_TABLES_MOST + 4);
        if (code == 0)
            code = mdb_env_set_mapsize(store->env, map_bytes[i]);
        if (code == 0)
            code = mdb_env_open(store->env, path, MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOSYNC | MDB_NOTLS, FILE_MODE);
        if (code != 0)
            index_close(store);
    }
    int descriptor;
    if (code == 0 && mdb_env_get_fd(store->env, &descriptor) == 0)
        fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    return code;
}

static void end_txn(struct store *store, bool is_committed)
{
    store->txn = NULL;
    for (size_t i = 0; i < store->table_count; i++) {
        struct store_table *table = &store->tables[i];
        if (table->is_from_txn && !is_committed)
            table->is_open = false;
        table->is_from_txn = false;
    }
}

static void forget_changes(struct store *store)
{
    store->change_count = 0;
    arena_reset(&store->change_arena);
}

static void abort_txn(struct store *store)
{
    if (store->txn)
        mdb_txn_abort(store->txn);
    end_txn(store, false);
}

void index_close(struct store *store)
{
    abort_txn(store);
    forget_changes(store);
    if (store->env)
        mdb_env_close(store->env);
    store->env = NULL;
    for (size_t i = 0; i < store->table_count; i++)
        store->tables[i].is_open = false;
}

static bool begin_txn(struct store *store)
{
    if (store->txn)
        return true;
    int code = store->env ? mdb_txn_begin(store->env, NULL, 0, &store->txn) : EBADF;
    if (code != 0) {
        store->txn = NULL;
        store->broken = code;
    }
    return code == 0;
}

/* Opens the table in the transaction; `makes` it when it is absent. */
static int open_table(struct store_table *table, bool makes)
{
    if (table->is_open)
        return 0;
    int code = mdb_dbi_open(table->store->txn, table->name, makes ? MDB_CREATE : 0, &table->dbi);
    table->is_open = table->is_from_txn = code == 0;
    return code;
}

/* ---- changes ---- */

static int apply(struct store *store, const struct change *change)
{
    int code = open_table(change->table, change->kind == CHANGE_PUT);
    if (code == MDB_NOTFOUND)
        return 0; /* nothing to delete */
    if (code != 0)
        return code;
    MDB_val key = {change->key.length, (void *)change->key.at};
    if (change->kind == CHANGE_CLEAR)
        return mdb_drop(store->txn, change->table->dbi, 0);
    if (change->kind == CHANGE_DELETE) {
        code = mdb_del(store->txn, change->table->dbi, &key, NULL);
        return code == MDB_NOTFOUND ? 0 : code;
    }
    MDB_val record = {change->value.length + CHECK_BYTES, NULL};
    code = mdb_put(store->txn, change->table->dbi, &key, &record, MDB_RESERVE);
    if (code != 0)
        return code;
    uint64_t check = check_of(change->key, change->value);
    memcpy(record.mv_data, &check, CHECK_BYTES);
    if (change->value.length > 0)
        memcpy((char *)record.mv_data + CHECK_BYTES, change->value.at, change->value.length);
    return 0;
}

static int grow_map(struct store *store)
{
    MDB_envinfo info;
    int code = mdb_env_info(store->env, &info);
    return code == 0 ? mdb_env_set_mapsize(store->env, info.me_mapsize * 2) : code;
}

/* From change `first` on; all of them once more after the map has grown. */
static int apply_from(struct store *store, size_t first)
{
    int code = 0;
    for (int doublings = 0; doublings < MAP_DOUBLINGS; doublings++) {
        for (size_t i = first; code == 0 && i < store->change_count; i++)
            code = apply(store, &store->changes[i]);
        if (code != MDB_MAP_FULL)
            return code;
        abort_txn(store);
        code = grow_map(store);
        if (code == 0 && !begin_txn(store))
            code = store->broken;
        if (code != 0)
            return code;
        first = 0;
    }
    return MDB_MAP_FULL;
}

static void change(struct store_table *table, struct change change)
{
    struct store *store = table->store;
    if (store->broken || !begin_txn(store))
        return; /* store_commit tells */
    change.table = table;
    change.key = arena_slice(&store->change_arena, change.key);
    change.value = arena_slice(&store->change_arena, change.value);
    LIST_GROW(store->changes, store->change_count, store->change_capacity);
    store->changes[store->change_count++] = change;
    store->broken = apply_from(store, store->change_count - 1);
}

/* ---- public ---- */

struct store_table *store_table(struct store *store, const char *name)
{
    for (size_t i = 0; i < store->table_count; i++)
        if (strcmp(store->tables[i].name, name) == 0)
            return &store->tables[i];
    if (store->table_count == STORE_TABLES_MOST || strlen(name) >= sizeof store->tables[0].name)
        abort(); /* a bug of ours: the names are constants */
    struct store_table *table = &store->tables[store->table_count++];
    *table = (struct store_table){.store = store};
    snprintf(table->name, sizeof table->name, "%s", name);
    return table;
}

bool store_get(struct store_table *table, struct slice key, struct slice *out)
{
    struct store *store = table->store;
    MDB_val name = {key.length, (void *)key.at}, data;
    if (store->broken || !begin_txn(store) || open_table(table, false) != 0 ||
        mdb_get(store->txn, table->dbi, &name, &data) != 0)
        return false;
    return record_check(key, (struct slice){data.mv_data, data.mv_size}, out);
}

void store_put(struct store_table *table, struct slice key, struct slice value)
{
    change(table, (struct change){.kind = CHANGE_PUT, .key = key, .value = value});
}

void store_delete(struct store_table *table, struct slice key)
{
    change(table, (struct change){.kind = CHANGE_DELETE, .key = key});
}

void store_clear(struct store_table *table)
{
    change(table, (struct change){.kind = CHANGE_CLEAR});
}

bool store_each(struct store_table *table, struct slice prefix,
                bool (*each)(void *context, struct slice key, struct slice value), void *context)
{
    struct store *store = table->store;
    MDB_cursor *cursor;
    if (store->broken || !begin_txn(store) || open_table(table, false) != 0 ||
        mdb_cursor_open(store->txn, table->dbi, &cursor) != 0)
        return true;
    MDB_val key = {prefix.length, (void *)prefix.at}, data;
    int code = mdb_cursor_get(cursor, &key, &data, prefix.length ? MDB_SET_RANGE : MDB_FIRST);
    bool goes_on = true;
    while (goes_on && code == 0 && key.mv_size >= prefix.length &&
           (prefix.length == 0 || memcmp(key.mv_data, prefix.at, prefix.length) == 0)) {
        struct slice name = {key.mv_data, key.mv_size}, value;
        if (record_check(name, (struct slice){data.mv_data, data.mv_size}, &value))
            goes_on = each(context, name, value);
        code = mdb_cursor_get(cursor, &key, &data, MDB_NEXT);
    }
    mdb_cursor_close(cursor);
    return goes_on;
}

void store_revert(struct store *store)
{
    abort_txn(store);
    forget_changes(store);
    store->broken = 0;
}

/* What LMDB does when a durable commit follows ones that were not: everything is synced before the page that makes it
 * valid is written. */
static int commit_txn(struct store *store, bool durable)
{
    if (!store->is_open_sealed && !seal_open(store->folder, store->schema))
        return errno;
    store->is_open_sealed = true;
    int code = mdb_env_set_flags(store->env, MDB_NOSYNC, !durable);
    if (code != 0)
        return code;
    code = mdb_txn_commit(store->txn);
    end_txn(store, code == 0); /* it is freed in either case */
    return code;
}

bool store_commit(struct store *store, bool durable, struct diag_list *diags)
{
    int code = store->broken;
    if (code == 0 && store->change_count > 0)
        code = commit_txn(store, durable);
    else if (code == 0 && durable && store->is_unsynced)
        code = mdb_env_sync(store->env, 1);
    if (code != 0) {
        store_revert(store);
        return diag_add(diags, DIAG_STORE_IO, PLACE_RUN, "cannot write '%s/" INDEX_NAME "': %s", store->path,
                        mdb_strerror(code));
    }
    store->is_unsynced = durable ? false : store->is_unsynced || store->change_count > 0;
    forget_changes(store);
    return true;
}
