/* Whether the index may be believed. LMDB checks nothing that it maps, and a
 * damaged file makes it crash or loop; so a file that is not exactly as we left
 * it is first copied, page by page and record by record, by a child process
 * that may crash. */

#include "base/hash.h"
#include "store/parts.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SEAL_NAME "seal"
#define SEAL_MAGIC "waymark\n"

enum { PROBE_SECONDS = 60 };

struct seal {
    char magic[8];
    uint32_t version, byte_order, word_bytes, schema;
    uint32_t is_closed, is_durable;
    /* The index when it was closed. */
    uint64_t inode, size, changed_seconds, changed_ns, modified_seconds, modified_ns;
    char boot_id[BOOT_ID_BYTES];
    uint64_t check;
};

static uint64_t seal_check(const struct seal *seal)
{
    return hash64((struct slice){(const char *)seal, offsetof(struct seal, check)});
}

static void describe_index(struct seal *seal, const struct stat *status)
{
    seal->inode = status->st_ino;
    seal->size = (uint64_t)status->st_size;
    seal->changed_seconds = (uint64_t)status->st_ctim.tv_sec;
    seal->changed_ns = (uint64_t)status->st_ctim.tv_nsec;
    seal->modified_seconds = (uint64_t)status->st_mtim.tv_sec;
    seal->modified_ns = (uint64_t)status->st_mtim.tv_nsec;
}

static struct seal new_seal(uint32_t schema)
{
    struct seal seal;
    memset(&seal, 0, sizeof seal); /* the padding is hashed too */
    memcpy(seal.magic, SEAL_MAGIC, sizeof seal.magic);
    seal.version = STORE_VERSION;
    seal.byte_order = 0x01020304;
    seal.word_bytes = sizeof(void *);
    seal.schema = schema;
    return seal;
}

static bool write_seal(int folder, struct seal *seal)
{
    seal->check = seal_check(seal);
    int file = openat(folder, SEAL_NAME, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
    bool ok = file >= 0 && file_write_at(file, (struct slice){(const char *)seal, sizeof *seal}, 0);
    return file_close(file) && ok;
}

bool seal_open(int folder, uint32_t schema)
{
    struct seal seal = new_seal(schema);
    return write_seal(folder, &seal);
}

bool seal_close(int folder, uint32_t schema, bool is_durable)
{
    struct stat status;
    struct seal seal = new_seal(schema);
    if (fstatat(folder, INDEX_NAME, &status, AT_SYMLINK_NOFOLLOW) < 0)
        return false;
    describe_index(&seal, &status);
    machine_boot_id(seal.boot_id);
    seal.is_closed = true;
    seal.is_durable = is_durable;
    return write_seal(folder, &seal);
}

enum seal_verdict seal_judge(int folder, uint32_t schema)
{
    struct stat status;
    if (fstatat(folder, INDEX_NAME, &status, AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT ? SEAL_FRESH : SEAL_FOREIGN;
    if (!S_ISREG(status.st_mode))
        return SEAL_FOREIGN;
    struct seal seal, now = new_seal(schema);
    struct buffer bytes = BUFFER(sizeof seal);
    bool is_seal = file_read(folder, SEAL_NAME, &bytes) && bytes.length == sizeof seal;
    if (is_seal)
        memcpy(&seal, bytes.at, sizeof seal);
    buffer_free(&bytes);
    if (!is_seal || memcmp(&seal, &now, offsetof(struct seal, is_closed)) != 0)
        return SEAL_FOREIGN;
    if (seal.check != seal_check(&seal))
        return SEAL_DOUBTFUL;
    describe_index(&now, &status);
    machine_boot_id(now.boot_id);
    bool is_same_boot = now.boot_id[0] && memcmp(seal.boot_id, now.boot_id, sizeof now.boot_id) == 0;
    size_t described = offsetof(struct seal, boot_id) - offsetof(struct seal, inode);
    bool is_as_left = memcmp(&seal.inode, &now.inode, described) == 0;
    return seal.is_closed && is_as_left && (seal.is_durable || is_same_boot) ? SEAL_TRUSTED : SEAL_DOUBTFUL;
}

/* ---- reading a doubtful index through ---- */

static bool table_is_whole(MDB_txn *txn, MDB_dbi dbi)
{
    MDB_cursor *cursor;
    MDB_val key, data;
    if (mdb_cursor_open(txn, dbi, &cursor) != 0)
        return false;
    struct buffer last = BUFFER(STORE_KEY_MOST);
    int code;
    bool ok = true;
    while (ok && (code = mdb_cursor_get(cursor, &key, &data, MDB_NEXT)) == 0) {
        struct slice name = {key.mv_data, key.mv_size}, value;
        ok = record_check(name, (struct slice){data.mv_data, data.mv_size}, &value) &&
             slice_compare(buffer_view(&last), name) < 0;
        buffer_clear(&last);
        buffer_slice(&last, name);
    }
    return ok && code == MDB_NOTFOUND;
}

static bool copy_is_whole(MDB_env *env)
{
    MDB_txn *txn;
    MDB_dbi names, table;
    MDB_cursor *cursor;
    MDB_val key, data;
    if (mdb_txn_begin(env, NULL, MDB_RDONLY, &txn) != 0 || mdb_dbi_open(txn, NULL, 0, &names) != 0 ||
        mdb_cursor_open(txn, names, &cursor) != 0)
        return false;
    int code;
    while ((code = mdb_cursor_get(cursor, &key, &data, MDB_NEXT)) == 0) {
        char name[sizeof((struct store_table *)NULL)->name] = "";
        if (key.mv_size >= sizeof name)
            return false;
        memcpy(name, key.mv_data, key.mv_size);
        if (mdb_dbi_open(txn, name, 0, &table) != 0 || !table_is_whole(txn, table))
            return false;
    }
    return code == MDB_NOTFOUND;
}

static MDB_env *open_to_read(const char *path, size_t map_bytes)
{
    MDB_env *env;
    if (mdb_env_create(&env) != 0 || mdb_env_set_maxdbs(env, STORE_TABLES_MOST + 4) != 0 ||
        mdb_env_set_mapsize(env, map_bytes) != 0 ||
        mdb_env_open(env, path, MDB_RDONLY | MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOTLS, FILE_MODE) != 0)
        return NULL;
    return env;
}

/* In the child. Nothing is given back: the process ends. */
static bool probe(int folder, const char *path, uint64_t size)
{
    char index[PATH_MAX + 16], copy[PATH_MAX + 16];
    snprintf(index, sizeof index, "%s/" INDEX_NAME, path);
    snprintf(copy, sizeof copy, "%s/" INDEX_COPY_NAME, path);
    const struct rlimit none = {0, 0}, processor = {PROBE_SECONDS, PROBE_SECONDS};
    const struct rlimit file = {size + (1 << 20), size + (1 << 20)};
    setrlimit(RLIMIT_CORE, &none);
    setrlimit(RLIMIT_CPU, &processor);
    setrlimit(RLIMIT_FSIZE, &file);
    alarm(2 * PROBE_SECONDS);

    size_t map_bytes = (size_t)size + (16 << 20);
    int out = openat(folder, INDEX_COPY_NAME, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
    MDB_env *env = out < 0 ? NULL : open_to_read(index, map_bytes);
    if (!env || mdb_env_copyfd2(env, out, MDB_CP_COMPACT) != 0)
        return false;
    MDB_env *copied = open_to_read(copy, map_bytes);
    return copied && copy_is_whole(copied);
}

static void reset_signals(void)
{
    const int fatal[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGALRM, SIGXCPU, SIGXFSZ};
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
        signal(fatal[i], SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

bool seal_probe(int folder, const char *path)
{
    struct stat status;
    if (fstatat(folder, INDEX_NAME, &status, AT_SYMLINK_NOFOLLOW) < 0)
        return false;
    unlinkat(folder, INDEX_COPY_NAME, 0);
    pid_t parent = getpid();
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(1);
        reset_signals();
        int quiet = open("/dev/null", O_WRONLY | O_CLOEXEC);
        if (quiet >= 0)
            dup2(quiet, STDERR_FILENO); /* LMDB's assertions */
        _exit(probe(folder, path, (uint64_t)status.st_size) ? 0 : 1);
    }
    int ended = 1;
    while (child > 0 && waitpid(child, &ended, 0) < 0 && errno == EINTR)
        continue;
    bool is_whole = child > 0 && ended == 0;
    if (is_whole && renameat(folder, INDEX_COPY_NAME, folder, INDEX_NAME) == 0)
        return true;
    unlinkat(folder, INDEX_COPY_NAME, 0);
    return false;
}
