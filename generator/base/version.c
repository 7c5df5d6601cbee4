/* The two strings that the Makefile knows and no source file does. Compiled by
 * hand they are fixed words, so that no header has to be generated. */

#include "base/version.h"

#ifndef WAYMARK_VERSION
#define WAYMARK_VERSION "unknown"
#endif
#ifndef WAYMARK_SOURCES_ID
#define WAYMARK_SOURCES_ID "0000000000000000"
#endif

const char waymark_version[] = WAYMARK_VERSION;
const char waymark_sources_id[] = WAYMARK_SOURCES_ID;
