#ifndef WAYMARK_SOURCE_SOURCE_H
#define WAYMARK_SOURCE_SOURCE_H

/* The read stage: what exists, in every source of the site.
 *
 * A source is a folder of a git repository at a commit, read straight from the
 * object database: no checkout, no index, no hooks, no filters, no
 * configuration of the user's, the machine's or the repository's. Or it is a
 * folder on disk: one that is in no repository (an unpacked archive), or a
 * working folder that stands in for its commit.
 *
 *   url                       is read from
 *   https://…, ssh://…        the mirror that `waymark fetch` made in the cache
 *   a path, bare repository   its object database
 *   a path in a working tree  the object database of its repository, at HEAD or at `ref`;
 *                             from disk with `worktree`, or when named by an override
 *   any other folder          disk
 *
 * A relative path starts at the folder of waymark.yaml. `path` of a source is a
 * folder below what `url` names, also when that is inside a larger repository.
 *
 * Not listed: names that begin with a dot; symbolic links, submodules, sockets
 * and the like (a warning each); `node_modules`; the folders of other sources
 * that lie inside this one; and, inside the site's own folder, waymark.yaml,
 * waymark.lock, the theme, the output and `source_options.excludes`. In a
 * working folder also what .gitignore names.
 *
 * Nothing here trusts a repository: every name is checked, trees are walked
 * without recursion and with limits (base/limits.h), and every object's bytes are
 * hashed again when they are read. */

#include "base/arena.h"
#include "base/buffer.h"
#include "base/diag.h"
#include "model/config.h"
#include "model/files.h"

/* What identifies the state of a file on disk without reading it. */
struct file_stat {
    uint64_t size, inode, device;
    int64_t modified_ns, changed_ns;
};

/* Remembers the blob id of files on disk, so that an unchanged working folder is
 * not read again. `get` returns false when it knows nothing about exactly this
 * state; `put` is called for each file that was hashed, except for one that was
 * modified less than two seconds ago: it may change again within the same tick
 * of the clock. `path` is absolute and only valid during the call. */
struct stat_cache {
    void *context;
    bool (*get)(void *context, const char *path, const struct file_stat *stat, struct object_id *out);
    void (*put)(void *context, const char *path, const struct file_stat *stat, const struct object_id *id);
};

struct source_override { /* --source NAME=PATH */
    const char *name;
    const char *path; /* relative to the current directory */
};

struct source_options {
    const char *cache; /* folder of mirrors and history; "" or NULL: .waymark beside waymark.yaml */
    const struct source_override *overrides;
    size_t override_count;
    const char *const *excludes; /* folders of the site that hold something else, relative to its root */
    size_t exclude_count;
    const struct stat_cache *stats; /* may be NULL */
    int64_t now;                    /* seconds UTC, to say how old a mirror is; 0: its date only */
    bool worktree;                  /* working folders stand in for their commits */
    bool locked;                    /* each source must be at the commit that waymark.lock names */
};

/* Resolves every source to its commit and tree, in the order of the
 * configuration, and lists its files: out->sources and out->items. Everything
 * lives in `arena`. Returns false, with at least one error, when a source could
 * not be had (its `is_missing` is set; the others are read all the same), when
 * it has a hostile entry, or when `locked` does not hold. Errors of a file's name
 * (categories other than ALWAYS) do not make it return false. */
bool sources_read(struct file_list *out, struct arena *arena, const struct site_config *config,
                  const struct source_options *options, struct diag_list *diags);

/* The two halves of sources_read. Between them a caller can compare commit and
 * tree with an earlier run: a source with the same tree (and no `folder`) has the
 * same files. sources_list skips sources that are missing. */
bool sources_resolve(struct file_list *out, struct arena *arena, const struct site_config *config,
                     const struct source_options *options, struct diag_list *diags);
bool sources_list(struct file_list *out, struct arena *arena, const struct site_config *config,
                  const struct source_options *options, struct diag_list *diags);

/* Does this mean that a source could not be had, or not as it should be (exit
 * status 3 when it is an error)? These do: source-missing source-ref
 * source-folder source-owner source-repository source-object source-tree
 * source-unreadable source-changed source-locked source-fetch source-credentials
 * source-certificate source-host-key source-rewind, and the warnings source-stale
 * source-uncommitted history-shallow. (source-url is a fault of the configuration:
 * status 2.) */
bool source_is_fault(enum diag_code code);

/* ---- reading ---- */

/* Reads files of a list. Each worker process opens one of its own, after it was
 * forked; `list` must outlive it. */
struct source_reader;
struct source_reader *source_reader_open(const struct file_list *list);
void source_reader_close(struct source_reader *reader);

/* Replaces `*out` by the bytes of a file. The size is known, and refused when it
 * is too large for the kind of file or for out->most_bytes, before anything is
 * unpacked. The bytes are exactly those that entry->id names. Returns false with
 * one diagnostic: file-too-large, source-object (missing, damaged),
 * source-changed (a file on disk is no longer what was listed), source-unreadable. */
bool source_reader_read(struct source_reader *reader, const struct file_entry *entry, struct buffer *out,
                        struct diag_list *diags);

/* ---- history ---- */

/* The last commit of every path, found by one walk over each source's history in
 * a process of its own, beside the caller's work. What was found is kept in the
 * cache and continued from there. */
struct history;

/* Starts reading the history of `list`, which must stay as it is until
 * history_end; returns at once. */
struct history *history_begin(const struct file_list *list, const struct site_config *config,
                              const struct source_options *options);
/* Waits for it and fills list->commits, in `arena`. Never fails: what is not known
 * stays zero. A source whose history is cut off (a shallow clone) or damaged gives
 * one warning. Authors are filled in only if `with_authors`. */
void history_end(struct history *history, struct file_list *list, struct arena *arena, bool with_authors,
                 struct diag_list *diags);

#endif
