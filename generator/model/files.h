#ifndef WAYMARK_MODEL_FILES_H
#define WAYMARK_MODEL_FILES_H

/* What exists: the files of every source, as the read stage found them. Values
 * only; everything lives in the arena of the list. */

#include "base/hash.h"
#include "base/slice.h"
#include <stdint.h>

struct object_id { /* what git calls the blob: SHA-1 of "blob SIZE\0" and the bytes */
    unsigned char bytes[20];
};

enum file_kind {
    FILE_DOCUMENT, /* *.md */
    FILE_DATA,     /* *.yaml, *.yml */
    FILE_PLUGIN,   /* *.lua */
    FILE_ASSET,    /* anything else that a page may refer to */
};

struct file_entry {
    struct slice path; /* from the root of the source's folder, '/' between parts, NFC not forced */
    struct object_id id;
    uint64_t size;   /* bytes; UINT64_MAX when not known before reading */
    uint32_t source; /* index into source_list.items */
    uint8_t kind;    /* enum file_kind */
};

/* The last commit that changed a path. seconds == 0: not known (shallow clone, or no git). */
struct last_commit {
    int64_t seconds; /* committer time, UTC */
    unsigned char id[20];
    const char *author; /* name; "" when not known */
};

/* One source as it stands for this run. */
struct source_state {
    const char *name;
    uint32_t spec;            /* index into site_config.sources */
    bool is_missing;          /* it could not be had: no files, an error was reported, and only the editions that
                               rest on it are held back */
    bool is_git;              /* false: a plain folder */
    bool is_own;              /* in the repository, or plain folder, that holds waymark.yaml */
    bool is_worktree;         /* a working folder with changes stands in for its commit */
    unsigned char commit[20]; /* zero for a plain folder, and where nothing is committed yet */
    unsigned char tree[20];   /* of the source's folder at that commit, also when is_worktree; zero likewise */
    int64_t commit_seconds;
    int64_t mirror_seconds; /* when the mirror was last fetched; 0 for local sources */
    int64_t failed_seconds; /* when fetching it failed last, if that is later than mirror_seconds; else 0 */
    const char *ref;        /* "main", "v1.2", for edit links; the commit's id when nothing has a name */
    const char *label;      /* goes in front of a path that people are shown: "content/" or "xa:" */
    const char *prefix;     /* the source's folder in its repository: "" or "docs", for edit links */
    const char *repository; /* absolute folder of the git database; NULL for a plain folder; never written to output */
    const char *folder;     /* absolute folder whose files are read from disk; NULL: they are read from the database */
    const char *location;   /* absolute folder on disk where the source's files can be edited, also when they are
                               read from the database; NULL for mirrors and bare repositories */
    uint32_t first_file, file_count; /* its files stand together in file_list.items, sorted by path */
};

struct file_list {
    struct source_state *sources;
    uint32_t source_count;
    struct file_entry *items;
    uint32_t count;
    struct last_commit *commits; /* one for each item, in the same order; NULL before history is read */
};

/* The entry with this path in a source, or NULL. */
const struct file_entry *file_list_find(const struct file_list *list, uint32_t source, struct slice path);

#endif
