#ifndef WAYMARK_LINK_PATH_H
#define WAYMARK_LINK_PATH_H

/* Paths inside a source. */

#include "base/slice.h"

/* Joins `to` to the folder `from`, resolving `.` and `..`; a `to` that begins
 * with '/' starts at the source's root. Writes into `out`, no trailing '/'. False
 * when it would climb above the root, holds a NUL or a backslash, or does not fit. */
bool path_join(char *out, size_t out_bytes, struct slice from, struct slice to, struct slice *joined);

#endif
