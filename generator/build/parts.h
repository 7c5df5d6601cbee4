#ifndef WAYMARK_BUILD_PARTS_H
#define WAYMARK_BUILD_PARTS_H

/* What the files of this folder share. */

#include "build/build.h"

double now_seconds(void); /* monotonic */
/* How diagnostics name a file of the list. */
const char *file_label(struct build *build, uint32_t file);

#endif
