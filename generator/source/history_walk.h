#ifndef WAYMARK_SOURCE_HISTORY_WALK_H
#define WAYMARK_SOURCE_HISTORY_WALK_H

/* What the two halves of the walk share: history_commits.c loads commits and
 * trees and keeps those that wait, history_walk.c compares and decides. */

#include "base/table.h"
#include "source/history.h"

struct commit {
    git_oid id;
    git_oid tree; /* of the source's folder; zero when the commit has no such folder */
    int64_t seconds;
    struct slice author;
    git_oid *parents;
    uint32_t parent_count;
    uint32_t set; /* files that wait here; HISTORY_NONE: none */
    bool is_loaded, is_waiting, is_boundary;
    uint32_t result; /* index into the result's commits, or HISTORY_NONE */
};

struct walk {
    struct arena *arena;
    struct repository *repository;
    const char *prefix;
    const struct file_entry *files;
    uint32_t file_count;
    struct table by_path; /* files, by path */
    struct table folders; /* path of a folder → index into left */
    uint32_t *left;       /* files in and below each folder that are still looked for */
    size_t folder_count, folder_capacity;
    uint32_t *set_of; /* of each file: a number in `sets`, or HISTORY_NONE when it is done */
    struct set {
        uint32_t parent; /* union-find; itself at the root */
        uint32_t size;   /* files in it, right at the root */
    } * sets;
    size_t set_count, set_capacity;
    uint32_t left_count;     /* files that are still looked for */
    struct commit **commits; /* all that were seen */
    size_t commit_count, commit_capacity;
    struct table by_id;
    struct commit **heap; /* those that wait, newest first */
    size_t heap_count, heap_capacity;
    struct table shallow; /* ids of commits whose parents were cut off */
    uint32_t *changed;    /* files that differ at the commit in hand: room for two times all */
    uint32_t changed_count;
    uint32_t differing; /* the set that they are in, when there are any */
    struct buffer path;
    struct history_result *out;
    size_t result_capacity;
};

/* The commit of this id, loaded or not; always the same one. */
struct commit *commit_of(struct walk *walk, const git_oid *id);
/* False when it cannot be read; the walk's gaps then say so. */
bool commit_load(struct walk *walk, struct commit *commit);

/* Those that wait, newest first. */
void waiting_add(struct walk *walk, struct commit *commit);
struct commit *waiting_take(struct walk *walk);

/* NULL when it cannot be read, as above. */
git_odb_object *walk_object(struct walk *walk, const git_oid *id, git_object_t type);
struct slice object_bytes(git_odb_object *object); /* of NULL: none */

/* Entries of a tree, one after the other. */
struct cursor {
    struct slice rest;
    struct slice name;
    const unsigned char *id;
    uint8_t type;
    bool is_executable;
};
bool cursor_next(struct cursor *cursor);

/* The commits whose parents a shallow clone has cut off. */
void walk_read_shallow(struct walk *walk);

static inline bool is_no_id(const git_oid *id)
{
    static const git_oid none;
    return git_oid_equal(id, &none);
}

#endif
