#ifndef WAYMARK_PUBLISH_PARTS_H
#define WAYMARK_PUBLISH_PARTS_H

/* What the files of publish/ share; nobody else includes this.
 *
 * begin.c    the output is allowed, the state is opened, a crash is completed
 * recover.c  what we wrote, from the published SHA256SUMS, when the state is lost
 * inspect.c  by the times of folders: what is missing, what is not ours
 * foreign.c  what is not ours goes on into the new tree
 * spare.c    the second tree, made equal to the published one
 * write.c    what workers call
 * said.c     what the caller says of each file
 * touched.c  the folders that change;  sums.c, manifest.c  what we write into them
 * end.c      the order of a publication
 * swap.c     the last step: the tree is put in its place
 * rows.c     keys and records of the state */

#include "base/arena.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/table.h"
#include "publish/publish.h"
#include "store/store.h"

enum {
    PUBLISH_SCHEMA = 1,     /* of the tables below */
    FOLDER_KEY_BYTES = 200, /* longer folders stand in keys with their hash */
    PATH_BYTES_MOST = 1024, /* PUBLISH_PATH_UNITS of three bytes, and some */
    FOREIGN_NAMED = 5,      /* in one warning */
    TRASH_EACH_TIME = 500,  /* files of trees that are no longer used are deleted after a small change */
    DELTA_SMALL = 1000,     /* so many files are brought up to date one by one */
    LEAF_ROWS_AIMED = 250,  /* on average in a split folder, so that none has 500 */
};

#define SUMS_NAME "SHA256SUMS"
#define MANIFEST_NAME "manifest"
#define STAGE_INSIDE_NAME ".waymark-stage"
#define MARK_NAME "writing" /* exists while the spares are being written */

enum row_kind {
    ROW_FILE,     /* the caller's */
    ROW_MANIFEST, /* ours, listed in sums like a file */
    ROW_SUMS,     /* a SHA256SUMS: listed in its parent's only */
};

/* ---- the state: four tables, keyed by root, folder and name (rows.c) ----
 *
 * rows     every file of the tree that is to be published
 * folders  every folder of it that holds rows, or folders that do
 * delta    what the last publication changed: the spare still has the state before
 * foreign  what is not ours and was seen in the output
 * roots    a root_record for each root, by its path */

struct root_record {
    uint64_t published_inode; /* of the tree that readers are to see */
    uint64_t spare_inode;     /* of the other one; 0: there is none */
    uint64_t generation;      /* counts publications */
    struct sha256 current;    /* of its SHA256SUMS */
    uint8_t id;               /* first byte of its keys; 0 is the output */
    uint8_t slot;             /* which of a folder's times are the published tree's */
    uint8_t is_in_place;      /* folders cannot be exchanged here */
    uint8_t is_unfinished;    /* in place: files of `delta` wait in the stage */
    uint8_t is_synced;
    uint8_t padding[3];
    char boot_id[BOOT_ID_BYTES]; /* when it was written */
};

struct folder_time {
    int64_t seconds, ns;
};

struct folder_record {
    uint64_t files, bytes; /* ROW_FILE rows in it and below */
    uint64_t own_bytes;
    uint32_t own_files, own_folders; /* rows but sums; folders */
    uint32_t sums_leaves, rows_leaves;
    struct sha256 sums_hash;     /* of its SHA256SUMS */
    struct sha256 node_hash;     /* of its manifest/…/index.json */
    struct folder_time times[2]; /* in the two trees */
};

enum { STATE_KEY_BYTES = 500 };
struct state_key {
    char bytes[STATE_KEY_BYTES];
    size_t length;
};
static inline struct slice key_slice(const struct state_key *key)
{
    return (struct slice){key->bytes, key->length};
}

/* The first 32 bits of the SHA-256 of a name, by which a large folder is split. */
uint32_t name_hash(struct slice name);
/* How many leaves `rows` rows are split into; 0: they are not. */
uint32_t leaf_count(uint32_t rows);
uint32_t leaf_of(uint32_t hash, uint32_t leaves);

struct state_key key_of_path(uint8_t root, struct slice path);
struct state_key key_of_root(uint8_t root);                        /* prefix of all keys of a root */
struct state_key key_of_folder(uint8_t root, struct slice folder); /* prefix of what is in one folder */

struct root;
bool row_get(const struct root *root, struct slice path, struct publish_row *row, enum row_kind *kind);
void row_put(const struct root *root, struct slice path, const struct publish_row *row, enum row_kind kind);
void row_delete(const struct root *root, struct slice path);
bool row_read(struct slice value, struct slice *path, struct publish_row *row, enum row_kind *kind);

bool folder_get(const struct root *root, struct slice path, struct folder_record *record);
void folder_put(const struct root *root, struct slice path, const struct folder_record *record);
void folder_delete(const struct root *root, struct slice path);
bool folder_read(struct slice value, struct slice *path, struct folder_record *record);

/* Values of `delta` and `foreign` are one byte and the path. */
enum delta_kind { DELTA_WRITTEN = 'w', DELTA_REMOVED = 'r' };
void mark_put(struct store_table *table, uint8_t root, struct slice path, char kind);
bool mark_read(struct slice value, struct slice *path, char *kind);
void marks_clear(struct store_table *table, struct arena *arena, uint8_t root);

/* All paths of a table under one root, copied into an arena: so that records may be changed while they are walked. */
struct path_list {
    struct path_mark {
        struct slice path;
        char kind;
    } * items;
    size_t count, capacity;
};
void paths_of_table(struct path_list *out, struct arena *arena, struct store_table *table, uint8_t root);
void paths_of_rows(struct path_list *out, struct arena *arena, const struct root *root, struct slice folder);
void paths_of_folders(struct path_list *out, struct arena *arena, const struct root *root);
void path_add(struct path_list *list, struct arena *arena, struct slice path, char kind);

/* ---- a publication ---- */

enum root_mode {
    ROOT_FIRST, /* nothing is published: the tree is renamed into place */
    ROOT_EXCHANGE,
    ROOT_IN_PLACE,
};

struct root {
    struct publication *publication;
    const char *path;     /* from the parent of the output; "" for root 0 */
    const char *shown;    /* for people */
    char *name;           /* last part */
    int parent;           /* folder that holds it */
    int published;        /* -1: there is nothing */
    int tree;             /* being made; -1 until root_prepare */
    bool is_mount;        /* the published folder is a mount of its own */
    bool is_stage_inside; /* … within the published folder, because that is a mount of its own */
    enum root_mode mode;
    struct root_record record;
    bool has_record, needs_all;
    bool is_thorough;  /* inspect every folder: a power cut may have torn files */
    bool is_read;      /* rows were just made from the files */
    bool is_damaged;   /* files of ours are missing or cut: sums and manifest are made anew */
    bool is_caught_up; /* the tree is what is published, but for `changes` */
    bool is_retimed_whole;
    bool cannot_link, is_noted; /* found out in this run; in place, and worth saying */
    struct table retimed;       /* folders of the tree whose times have changed */
    struct path_list retimed_folders;
    struct path_list foreign; /* what is in the output and not ours, topmost; kind: enum foreign_kind */
    struct table foreign_paths;
    struct path_list delta;   /* of the last publication */
    struct path_list changes; /* of this one */
    struct table changed;     /* root-free paths in `changes` */
};

struct said {
    enum { SAID_ADD, SAID_REMOVE, SAID_UNDO } kind;
    uint8_t root;
    struct slice path;
    struct publish_made made;
    struct key inputs;
    struct publish_origin origin;
};

struct publication {
    struct arena arena;
    struct store *store;
    struct store_table *rows, *folders, *delta, *foreign, *roots_table;
    int base; /* folder of state and spares */
    const char *base_path;
    const char *parent_path; /* of the output */
    bool is_base_elsewhere;  /* the fallback: nothing can be renamed from there */
    bool is_unsynced, in_place;
    struct root *roots;
    size_t root_count;
    mode_t umask_before;
    bool is_marked;       /* MARK_NAME was made by us */
    bool was_interrupted; /* … and stood there before */
    int failure;          /* errno of a root_prepare that failed in publish_tree */
    struct said *said;
    size_t said_count, said_capacity;
    struct table said_paths; /* root and path → index of said, or SAID_KEPT */
    struct table said_folders;
    struct path_list kept_folders; /* kind: the root */
    struct publish_result result;
};

enum foreign_kind { FOREIGN_THERE = 'f', FOREIGN_GONE = 'g' /* since the last publication, which kept it */ };

enum { SAID_KEPT = 0xFFFFFFF0u };

/* "output-io" with the errno; always false. */
bool root_fails(const struct root *root, const char *doing, struct slice path, struct diag_list *diags);

const char *tree_name(const struct root *root, char out[32]);
/* Moves a tree away, to be deleted when the publication is over: creating files right after a mass deletion is slow. */
bool tree_discard(const struct root *root);
/* Deletes such trees, as much as is reasonable after so many changes; the rest is left to the next publication. */
void trash_empty(struct publication *publication, size_t changes);

/* recover.c: fills rows from the published sums. False: this is not a site of ours. */
bool root_recover(struct root *root);
/* The size and hash of a published file, as it is on the disk. */
bool root_hash(const struct root *root, const char *path, struct publish_made *made);
/* inspect.c: the published tree. Marks damaged rows, fills `foreign`, warns. */
bool root_inspect(struct root *root, struct diag_list *diags);
void foreign_add(struct root *root, struct slice path, enum foreign_kind kind);
/* foreign.c: brings what is foreign into the tree (not in place: it is there). False with a diagnostic where it stands
 * in the way of a file of ours. */
bool foreign_carry(struct root *root, struct diag_list *diags);
/* Puts what is there now into the state. */
void record_foreign(struct root *root);
void foreign_warn(const struct root *root, struct diag_list *diags);

/* spare.c: from here on `tree` can be written. */
bool root_prepare(struct root *root, struct diag_list *diags);
/* Brings what the last publication changed, and this one did not, into the tree. */
bool spare_catch_up(struct root *root, struct diag_list *diags);
/* Makes one path of the tree what the published tree has there; if that is nothing of ours, then nothing. */
bool spare_restore(struct root *root, struct slice path);
/* Deletes folders above `path` that nothing is left in. */
bool spare_prune(struct root *root, struct slice path);
/* The times of this entry's folder, and of those above it, are no longer what is recorded. */
void root_retime(struct root *root, struct slice path);
/* Records the times of folders as they are below `folder`, a tree or the published one. */
void root_record_times(struct root *root, int folder, unsigned slot);

/* The folders that a publication touches, with those above them (sums.c). */
struct touched {
    struct slice path;
    struct folder_record record;
    bool is_new, is_dead, is_whole; /* all its leaves are to be written */
    uint32_t *hashes;               /* of the names that changed */
    size_t hash_count, hash_capacity;
};
struct touched_list {
    struct root *root;
    struct touched **items;
    size_t count, capacity;
    struct table by_path;
};
void touched_free(struct touched_list *list);
struct touched *touch(struct touched_list *list, struct slice folder);
/* A row of a folder came, changed or went; `before` and `after` may be NULL. */
void touch_row(struct touched_list *list, struct slice path, const struct publish_row *before,
               const struct publish_row *after, enum row_kind kind);
/* Those of the content, or those of manifest/: folders before the ones that hold them. To be freed. */
struct touched **touched_in_order(const struct touched_list *list, bool of_manifest, size_t *count);
/* Nothing is left in it: its parent has one folder less. */
void touched_bury(struct touched_list *list, struct touched *folder);
/* Is this leaf of the folder to be written? */
bool touched_leaf(const struct touched *folder, uint32_t leaf, uint32_t leaves, uint32_t leaves_before);
struct slice leaf_name(struct arena *arena, const char *stem, uint32_t leaf, uint32_t leaves, const char *ending);
bool is_of_manifest(struct slice path);
/* Calls `each` for the records of one leaf (all of the folder when `leaves` is 0) of `rows` or `folders`. */
void leaf_each(const struct root *root, struct store_table *table, struct slice folder, uint32_t leaf, uint32_t leaves,
               bool (*each)(void *context, struct slice key, struct slice value), void *context);

/* A file of ours: written to the tree, and to rows, if it is not as it was. */
bool own_write(struct touched_list *list, struct slice path, struct slice bytes, enum row_kind kind,
               struct diag_list *diags);
bool own_remove(struct touched_list *list, struct slice path, struct diag_list *diags);
bool sums_write(struct touched_list *list, struct diag_list *diags);
bool manifest_write(struct touched_list *list, const struct publish_about *about, struct diag_list *diags);

/* end.c: the path is not in the tree what it was. */
void root_changed(struct root *root, struct slice path, enum delta_kind kind);

/* swap.c: exchanges or renames the tree; errno, or 0 when it is done. */
int root_swap(struct root *root);
bool swap_is_impossible(int reason);
void note_in_place(const struct root *root, struct diag_list *diags);
/* The state says from now on that folders cannot be exchanged here, and that the delta is still to be moved. */
bool root_give_up_swapping(struct root *root, struct diag_list *diags);
/* Renames files from the tree into the published folder, deletes those that went, and records that it is done. */
bool root_move_files(struct root *root, const struct path_list *files, struct diag_list *diags);
/* Opens the folder where files are gathered that are to be renamed; an empty one when `is_new`. */
bool root_open_stage(struct root *root, bool is_new);

void root_record_put(struct root *root);
void publication_free(struct publication *publication);

#endif
