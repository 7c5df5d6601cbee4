#ifndef WAYMARK_SOURCE_RELEASES_H
#define WAYMARK_SOURCE_RELEASES_H

/* Which commits make up each release (LANGUAGE.md, section 7): a release is a tag
 * of the first source of the root edition that its `tags` patterns select. Every
 * other source takes the tag of the same name, else its last first-parent commit
 * before the next release's tag. */

#include "source/lock.h"
#include "source/source.h"

/* Do the patterns select this tag? The last one that matches decides; `!` in
 * front of a pattern takes out. */
bool releases_select(const char *tag, const char *const *patterns, size_t count);

/* The source whose tags are the site's releases, or NULL. */
const struct source_spec *releases_source(const struct site_config *config);

/* Fills in `out->releases`, oldest first. What `old` says of a release stays, for
 * it may have been edited; except of the release that is the last one, here or
 * there: it still moves. A release tag that names another commit than `old` says
 * is a source-rewind error unless `allow_rewind`. `list` says where the sources
 * are; a missing one keeps what `old` has. */
bool releases_find(struct lock *out, struct arena *arena, const struct site_config *config,
                   const struct file_list *list, const struct lock *old, bool allow_rewind, struct diag_list *diags);

#endif
