#ifndef WAYMARK_SOURCE_REPOSITORY_H
#define WAYMARK_SOURCE_REPOSITORY_H

/* One git repository, opened without believing anything that it says about
 * itself: its configuration is not read, alternates are not followed, hooks and
 * filters do not exist, and each object's bytes are hashed again. */

#include "base/arena.h"
#include "base/diag.h"
#include <git2.h>

/* Where a folder's repository is. */
struct repository_place {
    const char *git;  /* absolute folder of the database; NULL: the folder is in no repository */
    const char *top;  /* absolute folder of the working tree; NULL: bare */
    const char *link; /* the file `.git` of a linked working tree or submodule; else NULL */
};

/* Looks at `folder` (absolute, without symbolic links) and the folders above it
 * on the same file system. A `.git` that is no repository is looked past, as git
 * does. */
struct repository_place repository_find(struct arena *arena, const char *folder);

enum { OBJECT_MOST_BYTES = 64 << 20 }; /* of a commit, tag or tree: a million entries */

struct repository {
    git_repository *git;
    git_odb *odb;
    const char *source; /* its name, for messages */
    struct place place; /* of the source in waymark.yaml, likewise */
};

/* Refuses a repository of another user unless WAYMARK_SAFE_DIRECTORY names it. */
bool repository_check_owner(const struct repository_place *found, const char *source, struct place place,
                            struct diag_list *diags);

/* Opens the database `git` for the source of that name. On failure returns false
 * with one diagnostic, and `*out` needs no closing. */
bool repository_open(struct repository *out, const char *git, const char *source, struct place place,
                     struct diag_list *diags);
void repository_close(struct repository *repository);

/* Starts libgit2 with our settings; cheap when called again. */
void repository_library_start(void);

/* How a ref was found. */
struct repository_ref {
    git_oid commit;
    const char *name; /* short name of the branch or tag; the id's digits for a commit */
    bool is_unborn;   /* HEAD names a branch that has no commit yet; `commit` is zero */
};

/* Resolves `ref`: "" is HEAD; then a full name (refs/…), a branch, a tag, a branch
 * of the remote `origin`, and a commit's id of 7 digits or more. False with one
 * diagnostic. An unborn HEAD is no error. */
bool repository_resolve(struct repository_ref *out, struct arena *arena, struct repository *repository, const char *ref,
                        struct place place, struct diag_list *diags);

/* Reads an object and checks size (OBJECT_MOST_BYTES, before it is unpacked), type
 * and hash. `what` is its part in the message "the object 1234, WHAT of 'xa', is
 * missing". The caller frees `*out` with git_odb_object_free. */
bool repository_read(git_odb_object **out, struct repository *repository, const git_oid *id, git_object_t type,
                     const char *what, struct diag_list *diags);

/* Adds source-object, "the object ID, WHAT of 'SOURCE', FAULT"; returns false. */
bool repository_fault(struct repository *repository, const git_oid *id, const char *what, const char *fault,
                      struct diag_list *diags);

/* The commit's tree and time. */
struct commit_head {
    git_oid tree;
    int64_t seconds;
};
bool repository_commit(struct commit_head *out, struct repository *repository, const git_oid *id,
                       struct diag_list *diags);

/* A line of a commit or tag object: "tree", "parent" … at `*at`. False at the end
 * of the headers. Values are not checked. */
bool object_header(struct slice object, size_t *at, struct slice *key, struct slice *value);
/* The seconds of a `Name <mail> 1700000000 +0100` line: 0 when they are none, or
 * lie before 1970 or after 9999. */
int64_t signature_seconds(struct slice signature);

/* The last error of libgit2, in its own words, never empty. */
const char *git_words(void);

/* The first 12 digits of an id and a NUL. */
void short_id(const unsigned char id[20], char out[13]);

#endif
