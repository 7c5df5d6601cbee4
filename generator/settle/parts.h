#ifndef WAYMARK_SETTLE_PARTS_H
#define WAYMARK_SETTLE_PARTS_H

/* What the loaders of data files share. Each loader reads one file into arrays of
 * its own; settle.c joins them for each edition. A loader reports everything that
 * is wrong and keeps what is right, and returns whether nothing was wrong. */

#include "settle/settle.h"
#include "yaml/read.h"

/* More problems in one data file than this are not listed. */
enum { SETTLE_DIAGS_MOST = 200 };

struct settle_load {
    struct arena *arena;
    struct site_config *config;
    struct diag_list *diags;
    struct site_facts *root; /* schema and parameters, once they are loaded */
    int32_t build_date;
};

/* What one source contributes. */
struct layer {
    const struct settle_source *source;
    struct term *terms;
    uint32_t term_count;
    struct cite *cites;
    uint32_t cite_count;
    struct param_value *values;
    uint32_t value_count;
    const struct country *country;
};

struct yaml_reader settle_reader(const struct settle_load *load, const struct diag_file *file);
/* The file's root mapping, or NULL after reporting that it has none. */
const struct yaml_node *settle_open(const struct yaml_reader *reader);

/* A text, or a mapping from languages to texts. */
bool settle_text(const struct settle_load *load, const struct yaml_reader *reader, const struct yaml_node *node,
                 struct localised *out);
/* The same for the value of `key` in `map`; absent is no error. */
bool settle_text_of(const struct settle_load *load, const struct yaml_reader *reader, const struct yaml_node *map,
                    const char *key, struct localised *out);
/* A text, a list of texts, or a mapping from languages to either. */
bool settle_texts_of(const struct settle_load *load, const struct yaml_reader *reader, const struct yaml_node *map,
                     const char *key, const struct localised_text **items, size_t *count);
/* The same text for every language. */
struct localised settle_same(struct arena *arena, struct slice text);

/* Can `term:KEY` or `cite:KEY` name it? `what` is "a term". */
bool settle_check_key(const struct yaml_reader *reader, const struct yaml_node *node, const char *what);
struct fact_place settle_place(const struct yaml_reader *reader, const struct yaml_node *node);
/* valid_from and valid_until: does the one come before the other? */
bool settle_check_period(const struct yaml_reader *reader, const struct yaml_node *node, int32_t from, int32_t until);
/* An address that readers may follow: https, http, mailto, tel. */
bool settle_is_address(struct slice url);

bool settle_schema(struct settle_load *load, struct site_facts *facts, const struct diag_file *file);
bool settle_params(struct settle_load *load, struct site_facts *facts, const struct diag_file *file);
bool settle_waivers(struct settle_load *load, struct site_facts *facts, const struct diag_file *file);
bool settle_glossary(struct settle_load *load, struct layer *layer, const struct diag_file *file);
bool settle_references(struct settle_load *load, struct layer *layer, const struct diag_file *file);
bool settle_country(struct settle_load *load, struct layer *layer, struct edition_spec *edition,
                    const struct diag_file *file);

/* Joining, for one edition. `facts` begins as a copy of the parent's. */
struct join {
    struct settle_load *load;
    const struct edition_spec *edition;
    const struct layer *layers;
    size_t layer_count;
    const struct site_facts *parent; /* NULL for the root */
    struct site_facts *facts;
    bool ok;
};

bool settle_is_own(const struct join *join, const struct layer *layer);
void settle_join_terms(struct join *join);
void settle_join_cites(struct join *join);
void settle_join_values(struct join *join);
/* One warning for an edition, at `file`, its country.yaml, or NULL. */
void settle_check_missing(const struct join *join, const struct diag_file *file);
/* keys.c: fills facts->keys; what is the parent's has its key already. */
void settle_keys(struct site_facts *facts, const struct site_facts *parent, const struct layer *layers,
                 size_t layer_count);

/* values.c: a value as it is written, checked against its declaration; `shown` in the form of each language. */
bool settle_value(const struct settle_load *load, const struct yaml_reader *reader, const struct yaml_node *node,
                  const struct param *param, struct param_value *value);
/* The `params` of country.yaml. */
bool settle_values(struct settle_load *load, const struct yaml_reader *reader, struct layer *layer,
                   const struct yaml_node *map);

/* A number with a '.' for its decimals, of at most 15 digits. */
bool settle_number(double *out, const struct yaml_reader *reader, const struct yaml_node *node);

/* Two sources of one edition have an entry of this name; `standing` is where the first one is. */
bool settle_duplicate(const struct yaml_reader *reader, const struct yaml_node *node, const char *what,
                      const struct fact_place *standing);
bool settle_unknown_edition(const struct settle_load *load, const struct yaml_reader *reader,
                            const struct yaml_node *node, const char *edition);

/* How many of `count` names to show in a message, and their text: "a, b and 3 more". */
const char *settle_names(struct arena *arena, const struct slice *names, size_t count);

#endif
