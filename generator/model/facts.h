#ifndef WAYMARK_MODEL_FACTS_H
#define WAYMARK_MODEL_FACTS_H

/* What holds for the readers of one edition: the parameters that are filled in,
 * the glossary, the instruments that are cited, and the schema of kinds and
 * relations. Made by settle/ from the data files of the base and of each edition
 * on the way from the root; values only. Everything lives in the arena it was
 * settled in. Rows stand in the order of their files, the root's first. */

#include "base/hash.h"
#include "base/slice.h"
#include "base/table.h"
#include "model/config.h"

/* A text that may differ by language. */
struct localised_text {
    const char *tag; /* "" = for every language */
    struct slice text;
};
struct localised {
    const struct localised_text *items;
    size_t count; /* 0: absent */
};

/* Where a row is written. */
struct fact_place {
    const struct diag_file *file;
    uint32_t at, length; /* bytes of its key in the file */
};

/* ---- parameters: params.yaml, filled in by country.yaml ---- */

enum param_type {
    PARAM_TEXT,
    PARAM_INT,
    PARAM_NUMBER,
    PARAM_DATE,
    PARAM_URL,
    PARAM_BOOL,
    PARAM_CHOICE,
    PARAM_TYPE_COUNT
};

struct param_choice {
    struct slice value;
    struct localised label; /* absent: the value itself */
};

/* One value, as an edition gives it for a time. */
struct param_value {
    uint32_t param;
    const char *edition;             /* that fills it in; "" for the declaration's default */
    struct localised text;           /* as written; dates as YYYY-MM-DD, booleans as true or false */
    struct localised shown;          /* as readers of each language see it: numbers and dates in their form */
    const char *not_applicable;      /* the reason why the parameter has no value here, or NULL */
    const char *base;                /* hash of the inherited value that this one was written against, or "" */
    const char *source;              /* legal source: "cite:xb-cpp#art12", or "" */
    int32_t valid_from, valid_until; /* yyyymmdd; 0 = no end. Both days included */
    struct fact_place place;
};

struct param {
    struct slice name;
    enum param_type type;
    struct localised meaning;
    bool is_required; /* an edition that does not fill it in has a gap to close */
    bool has_default;
    const struct param_choice *choices;
    size_t choice_count;
    bool has_min, has_max; /* of int and number; of date as yyyymmdd */
    double min, max;
    uint32_t value; /* index into values: what holds on the build's date; TABLE_NONE: not filled in */
    struct fact_place place;
};

/* ---- glossary.yaml ---- */

struct term {
    struct slice key;
    struct localised term, definition;
    const struct localised_text *also; /* other words for it: found by search, lead here */
    size_t also_count;
    const struct localised_text *forbidden; /* words that the guidance does not use for it */
    size_t forbidden_count;
    const char *edition; /* that gives it */
    struct fact_place place;
};

/* ---- references.yaml ---- */

struct cite_locator {
    struct slice key;       /* "s25" */
    struct localised label; /* "Section 25" */
};

/* A field that only schema.yaml knows. */
struct cite_extra {
    struct slice field;
    struct localised value;
};

struct cite {
    struct slice key;
    const char *kind; /* a kind of the schema with the form `reference`: "instrument", "publication" */
    struct localised title, short_title, body, note;
    const char *number;              /* "A/RES/217 A (III)", or "" */
    const char *date;                /* YYYY, YYYY-MM or YYYY-MM-DD, or "" */
    const char *jurisdiction;        /* "international", an edition's id, or "" */
    const char *url;                 /* https, or "" */
    bool is_checked;                 /* somebody compared the entry with the original */
    int32_t valid_from, valid_until; /* yyyymmdd; 0 = no end */
    const struct cite_locator *locators;
    size_t locator_count;
    const struct cite_extra *extras;
    size_t extra_count;
    const char *edition;
    struct fact_place place;
};

/* ---- schema.yaml ---- */

enum kind_form { FORM_DOCUMENT = 1, FORM_BLOCK = 2, FORM_ITEM = 4, FORM_REFERENCE = 8, FORM_GLOSSARY = 16 };
enum kind_field_type { KIND_TEXT, KIND_INT, KIND_BOOL, KIND_DATE, KIND_CHOICE, KIND_REF, KIND_CITE };

struct choice {
    struct slice key;
    struct localised label;
};
struct choice_list {
    struct slice name;
    const struct choice *items;
    size_t count;
};

struct kind_field {
    struct slice name;
    enum kind_field_type type;
    bool is_many, is_required;
    uint32_t choices;   /* KIND_CHOICE: index into choice_lists */
    const uint32_t *to; /* KIND_REF: kinds that may be pointed at */
    size_t to_count;
    uint32_t relation; /* that a value states; TABLE_NONE: none */
};

struct kind {
    struct slice name;
    struct localised label, plural;
    unsigned forms; /* enum kind_form */
    uint32_t of;    /* kind of the document it belongs to; TABLE_NONE: any */
    const struct kind_field *fields;
    size_t field_count;
    struct fact_place place;
};

struct relation {
    struct slice name;
    struct localised label, inverse; /* a symmetric relation's inverse is its label */
    bool is_symmetric, is_same_kind;
    const uint32_t *from, *to; /* kinds */
    size_t from_count, to_count;
    uint32_t least, most; /* how often one source must, and may, state it; most UINT32_MAX: no limit */
    struct fact_place place;
};

/* ---- waivers.yaml ---- */

struct waiver {
    struct slice name; /* "W12" */
    const char *edition;
    const char *target; /* "procurement#human-review" */
    const char *approved_by, *reason;
    int32_t approved_on, valid_until; /* valid_until 0 = no end */
    struct fact_place place;
};

/* ---- country.yaml: what an edition says about itself ---- */

struct contact {
    struct localised name, role, address, hours, note; /* name is never absent */
    const char *phone, *email, *url;                   /* "" where absent; url is https */
};

struct country {
    struct localised title, about;
    const struct contact *contacts;
    size_t contact_count;
};

/* ---- all of it ---- */

enum facts_part {
    FACTS_PARAMS,
    FACTS_GLOSSARY,
    FACTS_CITES,
    FACTS_SCHEMA,
    FACTS_WAIVERS,
    FACTS_COUNTRY,
    FACTS_PART_COUNT
};

struct site_facts {
    const struct site_config *config;
    const struct param *params;
    uint32_t param_count;
    const struct param_value *values;
    uint32_t value_count;
    const struct term *terms;
    uint32_t term_count;
    const struct cite *cites;
    uint32_t cite_count;
    const struct choice_list *choice_lists;
    uint32_t choice_list_count;
    const struct kind *kinds;
    uint32_t kind_count;
    const struct relation *relations;
    uint32_t relation_count;
    const struct waiver *waivers;
    uint32_t waiver_count;
    const struct country *country; /* the edition's own; NULL: it has none */
    struct table param_by_name, term_by_key, cite_by_key, kind_by_name, relation_by_name, waiver_by_name;
    unsigned owns;                   /* bit of each part whose tables are its own, not its parent's */
    uint64_t keys[FACTS_PART_COUNT]; /* hashes of all that a page could show of each part */
};

/* The tables alone are not in an arena. What an edition shares with its parent is
 * freed with the parent. */
void facts_free(struct site_facts *facts);

/* The text for readers of `tag`: in that language; in the tag cut from the right
 * ("pt-BR", "pt"); in the fallbacks that waymark.yaml declares for it; the
 * one that is for every language; in the site's default language; else the first there is. Empty when there is none.
 * `found`, unless NULL, is set to the tag of the text; "" when it is for all languages. */
struct slice facts_text(const struct site_facts *facts, const struct localised *text, const char *tag,
                        const char **found);

/* A value that changes when anything of the part does that a page could show. */
uint64_t facts_key(const struct site_facts *facts, enum facts_part part);

/* Indexes, or TABLE_NONE. All functions that take an index want a valid one. */
uint32_t facts_param(const struct site_facts *facts, struct slice name);
uint32_t facts_term(const struct site_facts *facts, struct slice key);
uint32_t facts_cite(const struct site_facts *facts, struct slice key);
uint32_t facts_kind(const struct site_facts *facts, struct slice name);
uint32_t facts_relation(const struct site_facts *facts, struct slice name);
uint32_t facts_waiver(const struct site_facts *facts, struct slice name);

/* False when the parameter is not filled in, or does not apply; then show its
 * meaning. `*out` is plain text in the form of the reader's language. */
bool facts_param_value(const struct site_facts *facts, uint32_t index, const char *tag, struct slice *out);
struct slice facts_param_meaning(const struct site_facts *facts, uint32_t index, const char *tag);

uint32_t facts_term_count(const struct site_facts *facts);
struct slice facts_term_key(const struct site_facts *facts, uint32_t index);
struct slice facts_term_text(const struct site_facts *facts, uint32_t index, const char *tag);
struct slice facts_term_definition(const struct site_facts *facts, uint32_t index, const char *tag);

uint32_t facts_cite_count(const struct site_facts *facts);
struct slice facts_cite_key(const struct site_facts *facts, uint32_t index);
struct slice facts_cite_title(const struct site_facts *facts, uint32_t index, const char *tag);
struct slice facts_cite_short(const struct site_facts *facts, uint32_t index, const char *tag); /* else its title */
/* "Section 25" for the locator `s25`; the locator itself when the entry has no label for it. */
struct slice facts_cite_locator(const struct site_facts *facts, uint32_t index, struct slice locator, const char *tag);

/* The name of a kind for people; empty when the schema has no such kind. */
struct slice facts_kind_label(const struct site_facts *facts, struct slice name, const char *tag);
/* The label of a choice of one of a kind's fields; empty when there is none. */
struct slice facts_choice_label(const struct site_facts *facts, uint32_t choice_list, struct slice key,
                                const char *tag);

#endif
