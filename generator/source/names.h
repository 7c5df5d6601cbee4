#ifndef WAYMARK_SOURCE_NAMES_H
#define WAYMARK_SOURCE_NAMES_H

/* What may be the name of a file or folder in a source. */

#include "base/arena.h"
#include "base/slice.h"

enum name_fault {
    NAME_FINE,
    NAME_HOSTILE,  /* no honest git client makes it: the whole commit is refused */
    NAME_UNUSABLE, /* cannot become an address: the entry is left out */
    NAME_RESERVED, /* Windows cannot store it */
};

/* Judges one part of a path. `*why` completes the sentence "the name …". The
 * disguises of `.git` are those that git itself refuses (fsck, CVE-2014-9390,
 * CVE-2019-1352); reserved names are Microsoft's "Naming Files, Paths, and
 * Namespaces". */
enum name_fault name_check(struct slice name, const char **why);

/* Names that are never content: `.anything`, and the folder node_modules. */
bool name_is_skipped(struct slice name, bool is_folder);

/* The form under which two names are one file for Windows, macOS and FAT: NFC,
 * case-folded. In `arena`. */
struct slice name_fold(struct arena *arena, struct slice name);

/* `name` with everything beyond ASCII as \u00e9: for two names that look the same. */
const char *name_spelled(struct arena *arena, struct slice name);

/* Does it look like a page whose name does not end in ".md"? `*stem` is the name
 * without its wrong ending. */
bool name_is_nearly_markdown(struct slice name, struct slice *stem);

#endif
