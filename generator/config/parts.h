#ifndef WAYMARK_CONFIG_PARTS_H
#define WAYMARK_CONFIG_PARTS_H

/* What the files of this folder share. Each part reads its mapping of
 * waymark.yaml (NULL: the key is absent), reports what is wrong, and fills what it
 * can, so that one run finds all of it. */

#include "config/config.h"
#include "model/nav.h"
#include "yaml/read.h"

struct config_load {
    struct yaml_reader reader;
    struct site_config *out;
    struct arena *arena;
    size_t source_capacity; /* of out->sources */
};

/* `names` are borrowed; `word` says what they name: "edition". */
bool config_unknown(const struct config_load *load, const struct yaml_node *node, struct slice wanted,
                    const char *const *names, size_t count, const char *word);

bool config_languages(struct config_load *load, const struct yaml_node *map, const struct yaml_node *default_language);
/* A list of tags, each declared in `languages`. */
bool config_tags(const struct config_load *load, const struct yaml_node *node, const char ***tags, size_t *count);

bool config_sources(struct config_load *load, const struct yaml_node *map);
/* Adds a source that no `sources` entry declares; `node` is where it comes from, or NULL. */
struct source_spec *config_add_source(struct config_load *load, const char *name, const char *path,
                                      const struct yaml_node *node);
bool config_editions(struct config_load *load, const struct yaml_node *map);

/* Settles the tree of editions: parents exist, no cycle, parents stand first, visibility and languages are
 * inherited. `nodes` has each edition's mapping. */
bool config_settle_tree(struct config_load *load, const struct yaml_node **nodes);

/* url.c: is this an address that Waymark reads from? Reports why not. Sets spec->is_remote. */
bool config_url(const struct config_load *load, const struct yaml_node *node, struct source_spec *spec);
/* Does a line hold an address with a user or a password, which may be a token? */
bool config_has_secret(struct slice line);
/* The address of a web page: https or http, a host, no blanks, no credentials. */
bool config_web_address(const struct config_load *load, const struct yaml_node *node, const char *text);
/* A folder below another one: relative, without `..`. Takes trailing slashes off; "." becomes "". */
bool config_folder(const struct config_load *load, const struct yaml_node *node, const char **folder);

/* Does root/path exist and is a folder? */
bool config_has_folder(const char *root, const char *path);

#endif
