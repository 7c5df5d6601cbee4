#ifndef WAYMARK_MODEL_NAV_H
#define WAYMARK_MODEL_NAV_H

/* Reads an explicit navigation (model/config.h: struct nav_item) from the `nav`
 * of an edition in waymark.yaml or in country.yaml. Its form is checked here;
 * whether its targets exist is known only when all documents are. */

#include "model/config.h"
#include "yaml/read.h"

/* False after reporting what is wrong; the items that are right are in `*items` nevertheless. */
bool nav_read(const struct nav_item **items, size_t *count, const struct yaml_reader *reader,
              const struct yaml_node *list);

#endif
