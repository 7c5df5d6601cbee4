#ifndef WAYMARK_SOURCE_VERIFY_H
#define WAYMARK_SOURCE_VERIFY_H

/* What must hold before a branch of a mirror moves. */

#include "source/listing.h"

enum verify_answer {
    VERIFY_GOOD,
    VERIFY_REFUSED, /* the commit is hostile, or not the kind of thing it should be */
    VERIFY_DAMAGED, /* objects are missing or wrong: fetching anew may help */
};

/* Reads the folder `path` of a commit whole: every name and kind, and the bytes
 * of every file that is not too large to be read anyway. `beat` is called now and
 * then, to show that work goes on. Adds the diagnostics of what is wrong. A commit
 * without that folder is good: reading it will say so. */
enum verify_answer verify_commit(struct repository *repository, const git_oid *commit, const char *path,
                                 void (*beat)(void *context), void *context, struct diag_list *diags);

/* Does `commit` descend from `before`, or is it the same? */
enum verify_answer verify_descent(struct repository *repository, const git_oid *commit, const git_oid *before,
                                  struct diag_list *diags);

#endif
