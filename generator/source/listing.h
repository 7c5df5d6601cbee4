#ifndef WAYMARK_SOURCE_LISTING_H
#define WAYMARK_SOURCE_LISTING_H

/* The walk over a source's folder, the same for a tree of git and for a folder
 * on disk: which names may pass, what is left out, in which order, with which
 * limits. tree.c and disk.c say how a folder is read. */

#include "base/arena.h"
#include "base/diag.h"
#include "base/table.h"
#include "model/files.h"
#include "source/repository.h"
#include "source/source.h"

enum entry_type { ENTRY_FILE, ENTRY_FOLDER, ENTRY_SYMLINK, ENTRY_OTHER, ENTRY_UNKNOWN };

struct entry {
    struct slice name;
    struct object_id id; /* in a tree */
    uint8_t type;        /* enum entry_type */
    bool is_executable;  /* in a tree */
};

/* A folder that is being walked. What `open` fills in lives until `close`. */
struct folder {
    struct arena arena;    /* for `open`; freed by the walk */
    struct entry *entries; /* any order; sorted by the walk */
    size_t entry_count;
    size_t next;
    size_t path_length;   /* of its path in listing->path */
    git_odb_object *tree; /* tree.c */
    int descriptor;       /* disk.c; -1 when there is none */
};

struct listing {
    struct arena *arena; /* for the paths of files */
    const struct source_state *source;
    uint32_t source_index;
    bool is_disk;
    char commit[13];       /* short id, "" on disk */
    struct table left_out; /* paths that hold something else: keys live in `arena` */
    struct diag_list *diags;
    struct file_entry *items; /* malloc */
    size_t count, capacity;
    size_t folder_count, path_bytes;
    struct buffer path; /* of the entry in hand, from the source's folder */
    void *context;      /* for the functions below */
    bool (*open)(struct listing *listing, struct folder *out, const struct folder *parent, const struct entry *entry);
    void (*close)(struct listing *listing, struct folder *folder);
    /* Fills id and size; false: leave this file out (a diagnostic was added if one is due). */
    bool (*take)(struct listing *listing, const struct folder *folder, const struct entry *entry,
                 struct file_entry *file);
};

/* Walks; items are then sorted by path. False: the source cannot be used. */
bool listing_walk(struct listing *listing);

/* The path in hand as people are shown it. In the list's scratch: valid until the next call. */
struct diag_file listing_file(struct listing *listing, struct arena *scratch);

/* 64 digits over the ids and paths of a source's files: what pins a plain folder
 * in waymark.lock. */
void listing_fingerprint(const struct file_entry *items, size_t count, char out[65]);

/* Fills in the functions for a tree of git, or a folder on disk. */
void listing_use_tree(struct listing *listing, struct repository *repository);

/* Takes one entry from the front of a tree object's bytes; its id are the 20 bytes
 * before what is left. False when no entry stands there. */
bool tree_entry(struct entry *out, struct slice *rest);

/* The entries of a tree object's bytes, which must outlive them. False when the
 * bytes are no such list. */
bool tree_parse(struct folder *out, struct slice bytes);

/* Goes down from `*tree` to the folder `path` ("a/b"). False without a diagnostic
 * when there is none, and with one when an object cannot be read. */
bool tree_find_folder(git_oid *tree, struct repository *repository, struct slice path, struct diag_list *diags);

/* For a folder on disk. `repository` may be NULL; then nothing is ignored. */
struct disk_walk {
    int root;                       /* descriptor of the source's folder */
    const char *folder;             /* its absolute path */
    const struct stat_cache *stats; /* may be NULL */
    struct repository *repository;  /* with its working folder set: for .gitignore */
    const char *prefix;             /* of the source's folder in the working tree */
    const struct file_entry *known; /* files of the commit, sorted: never ignored */
    size_t known_count;
    int64_t started_ns; /* clock when the walk began */
};
void listing_use_disk(struct listing *listing, struct disk_walk *walk);

#endif
