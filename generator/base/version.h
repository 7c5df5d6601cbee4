#ifndef WAYMARK_BASE_VERSION_H
#define WAYMARK_BASE_VERSION_H

/* Which Waymark this is. Both are set by the Makefile for version.c alone. */

/* As git describes it, or the name of the release: "v0.1", "v0.1-12-g1a2b3c4". */
extern const char waymark_version[];

/* 16 hex digits of a hash of the program's own sources: the part of every cache
 * key that changes when what a product is made of, or how, may have changed. */
extern const char waymark_sources_id[];

#endif
