#ifndef WAYMARK_PUBLISH_PUBLISH_H
#define WAYMARK_PUBLISH_PUBLISH_H

/* Publishing: what changes on disk.
 *
 *     P/public                     what readers see: `output`
 *     P/restricted/xb              another root of the same publication
 *     P/.waymark/publish/public/state     which files were written, with sizes and hashes (a store)
 *     P/.waymark/publish/public/tree-N    the spare of root N: a second complete tree
 *
 * Both trees share unchanged files by hard link, and a file that has been
 * published is never opened for writing again. A publication writes new and
 * changed files into the spare, makes the other files there equal to the
 * published ones, records what the new tree is in one durable transaction (the
 * point of no return) and exchanges the two folders by one renameat2. Whoever
 * comes next after a crash learns from the record and the folders' inodes what
 * happened: before the record the site is the old one and the spare is mended;
 * after it the exchange is done if it was not.
 *
 * Where folders cannot be exchanged (mount point, overlay, FAT, some network
 * shares) or files cannot be linked, changed files are gathered first, and then
 * renamed one by one into the published tree, and what is gone is deleted; a
 * crash in between is completed by the next publication. DIAG_OUTPUT_IN_PLACE
 * says so.
 *
 * Files in the output that Waymark did not write are never deleted or
 * overwritten. They go on into the new tree (files by hard link, symbolic links
 * and folders made again) with one warning that names them, DIAG_OUTPUT_FOREIGN;
 * where one stands in the way of a page, publishing fails. They are found by the
 * times of folders, so this costs one stat a folder. A non-empty folder that
 * Waymark never wrote is refused.
 *
 * Files are 0644 and folders 0755 whatever the umask. The time of a file is when
 * it was written: a file whose bytes stay the same keeps time and inode, so that
 * rsync and caches see only what changed. (A time that is derived from content
 * would let rsync's quick check miss a page of equal size.)
 *
 * Beside the pages Waymark writes into each root:
 *     SHA256SUMS in each folder: its files, and the SHA256SUMS of its folders.
 *         Above 500 files the rows stand in SHA256SUMS-00 …, chosen by the first
 *         bits of the SHA-256 of the name, and SHA256SUMS lists those. To check:
 *         find . -name 'SHA256SUMS*' -execdir sha256sum --quiet --check {} \;
 *     manifest/: index.json says what made the copy; FOLDER/index.json below it
 *         has the sums and hashes of the folders below FOLDER, and the rows of its
 *         files (bytes, sha256, source, path, commit) or the names of the
 *         rows-00.json … that have them. */

#include "base/diag.h"
#include "base/hash.h"
#include "base/slice.h"
#include <stdint.h>

struct publication;

enum { PUBLISH_ROOTS_MOST = 256, PUBLISH_LEAF_ROWS = 500, PUBLISH_PATH_UNITS = 260 };

struct publish_options {
    const char *output;           /* folder; its parents are made */
    const char *state_fallback;   /* folder for the state where nothing can be made beside the output; may be NULL */
    const char *const *forbidden; /* folders that the output may neither be nor contain: site root, sources */
    size_t forbidden_count;
    const char *command;                 /* "waymark build", for one who waits for the lock */
    unsigned wait_seconds;               /* for another process that publishes here */
    bool is_unsynced;                    /* do not wait for the disk: a power cut may tear the last publication */
    bool in_place;                       /* never exchange */
    void (*waiting)(const char *holder); /* as in store_options; may be NULL */
};

/* Opens the state, completes what a crash left, refuses what must not be
 * published to. NULL with a diagnostic (exit status 5). */
struct publication *publish_begin(const struct publish_options *options, struct diag_list *diags);

/* Root 0 is the output. Another one lies beside it, at `path` from its parent
 * ("restricted/xb"). -1 with a diagnostic when it cannot be used. */
int publish_root(struct publication *publication, const char *path, struct diag_list *diags);

/* What stands published now: the SHA-256 of root 0's SHA256SUMS, which covers
 * every file. Zero when nothing is known. Whoever keeps records of what was
 * rendered stores this with them: if it differs, or publish_needs_all is true,
 * records and site do not belong together and every file must be given again. */
struct sha256 publish_current(const struct publication *publication);
/* True when files of the last publication are unknown, missing or damaged. */
bool publish_needs_all(const struct publication *publication);

/* ---- In a worker, or in the parent ---- */

/* The tree being made: a plain value that forked workers inherit. */
struct publish_tree {
    int folder; /* descriptor; -1 when there is none, and publish_end will say why */
    int reason; /* errno of that, for publish_write */
};
/* Makes the tree ready for writing, at the first call. */
struct publish_tree publish_tree(struct publication *publication, int root);

/* What a file is, in bytes. Fixed size, no pointers: goes into a frame as it is. */
struct publish_made {
    uint64_t size;
    struct sha256 hash;
    bool is_written; /* false: equal to what stood there, nothing was touched */
};

/* Every path for which this is called must be said afterwards: publish_add, or
 * publish_undo when the worker failed or died.
 *
 * Hashes `bytes` and writes them to `path` of the tree, unless `known` (what is
 * published there now; NULL: nothing) says that they are the same. Folders on
 * the way are made. A failure, with errno set, leaves no part of the file. */
bool publish_write(struct publish_tree tree, const char *path, struct slice bytes, const struct publish_made *known,
                   struct publish_made *made);

/* ---- In the parent ---- */

/* Where a file comes from, for the manifest; empty slices are left out. `commit`
 * is that of the last change to its inputs, not the source's newest. */
struct publish_origin {
    struct slice source, path, commit;
};

struct publish_row {
    struct publish_made made; /* is_written is false */
    struct key inputs;        /* the caller's: a key of all that the file was made from */
    struct publish_origin origin;
};

/* What is published at `path`; slices are valid until the next call. */
bool publish_find(struct publication *publication, int root, struct slice path, struct publish_row *out);

/* False with DIAG_OUTPUT_PATH when no reader on any system could have this
 * path: empty, absolute, `..`, a part above 255 bytes, more than 260 UTF-16
 * units in all, a name that Windows reserves or cannot have, a name of ours. */
bool publish_path_check(struct slice path, struct diag_list *diags);

/* Each file of the new site is said once: made, kept, or (publish_end with
 * `is_delta`) left unsaid. False with a diagnostic: bad path, or said twice. */
bool publish_add(struct publication *publication, int root, struct slice path, const struct publish_made *made,
                 struct key inputs, struct publish_origin origin, struct diag_list *diags);
/* The published file stays as it is, as does its row. False: there is none. */
bool publish_keep(struct publication *publication, int root, struct slice path);
/* All published files of a folder and below stay ("" for the whole root): the last good pages of an
 * edition that is held back. What is said of single files goes before. */
void publish_keep_folder(struct publication *publication, int root, struct slice folder);
/* The file goes. */
void publish_remove(struct publication *publication, int root, struct slice path);
/* publish_write may have been begun for this path and is not to count (its
 * worker died): the published file stands again, or none. */
void publish_undo(struct publication *publication, int root, struct slice path);

/* For manifest/index.json of each root. Lists are written as they stand. */
struct publish_about {
    const char *version; /* of Waymark */
    const char *date;    /* of the build: "2026-05-02" */
    const struct publish_library {
        const char *name, *version;
    } * libraries;
    size_t library_count;
    const struct publish_source {
        const char *name, *url, *ref, *commit; /* "" is left out */
    } * sources;
    size_t source_count;
    const struct publish_edition {
        const char *id;
        bool is_held_back;
        const char *reason; /* of holding back */
        int root;
    } * editions;
    size_t edition_count; /* an edition stands in the manifest of its own root */
};

struct publish_result {
    uint32_t files_written, files_removed; /* pages and assets */
    uint32_t sums_written;                 /* SHA256SUMS and manifest files */
    uint32_t files_linked;                 /* to bring the spare up to date */
    uint32_t files;                        /* pages and assets in all roots */
    uint64_t bytes_written;
    bool is_exchanged;     /* false: in place, or nothing had changed */
    struct sha256 current; /* as publish_current says from now on */
};

/* Publishes. With `is_delta` files that were not mentioned stay, else they are
 * orphans and go. False with a diagnostic: the old site stands. The publication
 * is freed in either case. */
bool publish_end(struct publication *publication, bool is_delta, const struct publish_about *about,
                 struct publish_result *result, struct diag_list *diags);
/* Gives up: the published site and the spare are as they were. NULL is allowed. */
void publish_abandon(struct publication *publication);

#endif
