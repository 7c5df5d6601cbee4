/* The data files: what each may say, what is said about the rest, and what holds
 * in an edition when all of them are joined. */

#include "config/config.h"
#include "settle/settle.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "expect.h"

enum { BUILD_DATE = 20260502, SOURCES_MOST = 6 };

/* A site of four editions: global, xa below it, xa-north below that, xb restricted. */
static const char site[] = "languages: {en: English, fr: Français, ar: {name: العربية, fallback: [fr]}, th: ไทย}\n"
                           "editions:\n"
                           "  global: {source: base}\n"
                           "  xa: {source: xa}\n"
                           "  xa-north: {source: xa-north, extends: xa, languages_allowed: [fr, ar]}\n"
                           "  xb: {visibility: restricted}\n"
                           "sources: {base: {url: .}, kit: {url: ../kit}, xa: {url: ../xa}, xa-north: {url: ../xan}}\n";
enum { GLOBAL, XA, XA_NORTH, XB, EDITION_COUNT };

struct settled {
    struct arena arena;
    struct diag_list diags;
    struct site_config config;
    struct site_facts facts[EDITION_COUNT];
    struct settle_source sources[SOURCES_MOST];
    size_t source_count;
    bool ok;
};

/* Files as "EDITION/NAME", TEXT pairs; a second file of one name begins another source. */
struct data {
    const char *name, *text;
};

static void add_file(struct settled *settled, const struct data *data)
{
    struct slice name = slice_of(data->name);
    size_t slash = slice_find(name, '/');
    const char *edition = arena_copy(&settled->arena, name.at, slash);
    struct diag_file *file = ARENA_NEW(&settled->arena, struct diag_file);
    file->path = slice_from(name, slash + 1).at;
    file->bytes = arena_slice(&settled->arena, slice_of(data->text));
    for (size_t i = 0; i <= settled->source_count; i++) {
        struct settle_source *source = &settled->sources[i];
        if (i == settled->source_count) {
            assert_true(i < SOURCES_MOST);
            source->edition = edition;
            settled->source_count++;
        }
        const struct diag_file **field = settle_file(source, slice_of(file->path));
        assert_non_null(field);
        if (strcmp(source->edition, edition) == 0 && !*field) {
            *field = file;
            return;
        }
    }
}

static void settle(struct settled *settled, const struct data *files, size_t count, int32_t date)
{
    *settled = (struct settled){.ok = false};
    assert_true(
        config_load(&settled->config, &settled->arena, "/nowhere/kb", "waymark.yaml", slice_of(site), &settled->diags));
    for (size_t i = 0; i < count; i++)
        add_file(settled, &files[i]);
    settled->ok = settle_editions(settled->facts, &settled->arena, &settled->config, settled->sources,
                                  settled->source_count, date, &settled->diags);
}

static void unsettle(struct settled *settled)
{
    for (size_t i = 0; i < EDITION_COUNT; i++)
        facts_free(&settled->facts[i]);
    arena_free(&settled->arena);
    diag_list_free(&settled->diags);
}

/* ---- one mistake each ---- */

static const char schema[] =
    "choices: {role: {chief: Chief, officer: {en: Officer}}}\n"
    "kinds:\n"
    "  principle: {label: Principle, forms: [document, block]}\n"
    "  practice: {label: Practice, forms: [block]}\n"
    "  instrument:\n"
    "    {label: Instrument, forms: [reference], fields: {short: {type: text, required: true}, isbn: {type: text}}}\n"
    "relations:\n"
    "  implements: {label: A, inverse: B, from: [practice], to: [principle]}\n";

#define KIND(fields)                                                                                   \
    "kinds: {a: {label: A, forms: [block], fields: {f: " fields "}}, b: {label: B, forms: [block]}}\n" \
    "choices: {c: {d: D}}\nrelations: {r: {label: R, inverse: S, from: [b], to: [b]}}\n"
#define RELATION(text) "kinds: {a: {label: A, forms: [block]}}\nrelations: {r: " text "}\n"
#define PARAM(text) "p: " text "\n"

struct file_case {
    const char *file; /* EDITION/NAME */
    struct expected expected;
};

#define YEAR                                                                                        \
    "days: {type: int, min: 1, max: 90, meaning: Days}\nname: {type: text, meaning: Name}\n"        \
    "way: {type: choice, choices: [full, short], meaning: Way}\nsite: {type: url, meaning: Site}\n" \
    "day: {type: date, min: 2026-01-01, meaning: Day}\nrate: {type: number, min: 0.5, meaning: Rate}\n"

static const struct file_case cases[] = {
    /* params.yaml */
    {"global/params.yaml",
     {"no YAML", "a: b: c\n", DIAG_YAML_SYNTAX, 1, 5, "a ': ' inside a value without quotes", NULL}},
    {"global/params.yaml",
     {"no mapping", "- a\n", DIAG_VALUE_TYPE, 1, 1, "the whole must be a mapping, not a list", NULL}},
    {"global/params.yaml",
     {"a name with a capital", "Days: {type: int, meaning: Days}\n", DIAG_DATA_KEY, 1, 1,
      "'Days' cannot be the name of a parameter", "use small letters and digits, with '.', '-' or '_' between words"}},
    {"global/params.yaml",
     {"a name that ends in a dot", "a.: {type: int, meaning: Days}\n", DIAG_DATA_KEY, 1, 1,
      "'a.' cannot be the name of a parameter", NULL}},
    {"global/params.yaml",
     {"no type", PARAM("{meaning: M}"), DIAG_KEY_MISSING, 1, 1, "a parameter needs the key 'type'", ""}},
    {"global/params.yaml",
     {"no meaning", PARAM("{type: int}"), DIAG_KEY_MISSING, 1, 1, "a parameter needs the key 'meaning'", ""}},
    {"global/params.yaml",
     {"an unknown type", PARAM("{type: integer, meaning: M}"), DIAG_VALUE_TYPE, 1, 11, "'type' cannot be 'integer'",
      "it is one of text, int, number, date, url, bool and choice"}},
    {"global/params.yaml",
     {"an unknown key", PARAM("{type: int, meaning: M, defualt: 1}"), DIAG_KEY_UNKNOWN, 1, 28,
      "a parameter has no key 'defualt'",
      "did you mean 'default'? It is one of type, meaning, default, required, choices, min and max"}},
    {"global/params.yaml",
     {"a default of another type", PARAM("{type: int, meaning: M, default: ten}"), DIAG_VALUE_TYPE, 1, 37,
      "'default' must be a whole number, not 'ten'", NULL}},
    {"global/params.yaml",
     {"a default out of range", PARAM("{type: int, meaning: M, default: 9, max: 5}"), DIAG_PARAM_VALUE, 1, 37,
      "'p' must be at most 5", "the range is declared in params.yaml"}},
    {"global/params.yaml",
     {"a default that is no choice", PARAM("{type: choice, meaning: M, choices: [full, short], default: ful}"),
      DIAG_PARAM_VALUE, 1, 64, "'p' cannot be 'ful'", "did you mean 'full'? It is one of full and short"}},
    {"global/params.yaml",
     {"choices of a number", PARAM("{type: int, meaning: M, choices: [1, 2]}"), DIAG_VALUE_TYPE, 1, 1,
      "`choices` goes with the type choice, and with bool", "write {type: choice, choices: [full, short, none], …}"}},
    {"global/params.yaml",
     {"a choice without choices", PARAM("{type: choice, meaning: M}"), DIAG_VALUE_TYPE, 1, 1,
      "`choices` goes with the type choice, and with bool", NULL}},
    {"global/params.yaml",
     {"no choices at all", PARAM("{type: choice, meaning: M, choices: []}"), DIAG_VALUE_EMPTY, 1, 40,
      "'choices' is an empty list", NULL}},
    {"global/params.yaml",
     {"a third truth", PARAM("{type: bool, meaning: M, choices: {true: Y, maybe: M}}"), DIAG_VALUE_TYPE, 1, 38,
      "a bool has the choices true and false", "write {true: TEXT, false: TEXT}"}},
    {"global/params.yaml",
     {"a range of texts", PARAM("{type: text, meaning: M, min: 1}"), DIAG_VALUE_TYPE, 1, 29,
      "'min' goes with the types int, number and date", "leave it out"}},
    {"global/params.yaml",
     {"a range turned round", PARAM("{type: number, meaning: M, min: 2.5, max: 1}"), DIAG_VALUE_TYPE, 1, 46,
      "`max` is less than `min`", "swap them"}},
    {"global/params.yaml",
     {"a number with a comma", PARAM("{type: number, meaning: M, default: '2,5'}"), DIAG_VALUE_TYPE, 1, 40,
      "'default' must be a number, not '2,5'", "write it with digits and a '.', like 30 or 2.5"}},
    {"global/params.yaml",
     {"a meaning in no language", PARAM("{type: int, meaning: {}}"), DIAG_VALUE_EMPTY, 1, 25,
      "'meaning' has a text in no language", "write {en: TEXT, fr: TEXT}"}},
    {"global/params.yaml",
     {"a meaning in an unknown language", PARAM("{type: int, meaning: {en: M, de: M}}"), DIAG_LANGUAGE_UNKNOWN, 1, 33,
      "the site has no language 'de'", "it is one of en, fr, ar and th"}},
    {"xa/params.yaml",
     {"a country declares parameters", "a: {type: int, meaning: M}\n", DIAG_DATA_ELSEWHERE, 0, 0,
      "only the base declares parameters", "fill them in under `params` of country.yaml"}},
    /* schema.yaml */
    {"global/schema.yaml",
     {"a schema of the future", "version: 2\n", DIAG_SCHEMA, 1, 10, "the schema has version 2",
      "this program reads version 1"}},
    {"global/schema.yaml",
     {"a kind in capitals", "kinds: {Note: {label: N, forms: [block]}}\n", DIAG_DATA_KEY, 1, 9,
      "'Note' cannot be the name of a kind", NULL}},
    {"global/schema.yaml",
     {"a kind without forms", "kinds: {a: {label: N}}\n", DIAG_KEY_MISSING, 1, 9, "a kind needs the key 'forms'", ""}},
    {"global/schema.yaml",
     {"a form that is none", "kinds: {a: {label: N, forms: [blok]}}\n", DIAG_VALUE_TYPE, 1, 31,
      "item 1 of 'forms' cannot be 'blok'",
      "did you mean 'block'? It is one of document, block, item, reference and glossary"}},
    {"global/schema.yaml",
     {"a form that is no list", "kinds: {a: {label: N, forms: block}}\n", DIAG_VALUE_TYPE, 1, 30,
      "'forms' must be a list, not 'block'", NULL}},
    {"global/schema.yaml",
     {"a kind of an unknown kind", "kinds: {use: {label: N, forms: [block], of: usecase}}\n", DIAG_SCHEMA, 1, 45,
      "there is no kind 'usecase'", "it is one of use"}},
    {"global/schema.yaml",
     {"a field without a type", KIND("{many: true}"), DIAG_KEY_MISSING, 1, 48, "a field needs the key 'type'", ""}},
    {"global/schema.yaml",
     {"a choice of nothing", KIND("{type: choice}"), DIAG_SCHEMA, 1, 48,
      "`of` goes with the type choice, and only with it", "write {type: choice, of: LIST}"}},
    {"global/schema.yaml",
     {"a choice of an unknown list", KIND("{type: choice, of: d}"), DIAG_SCHEMA, 1, 70,
      "there is no list of choices 'd'", "did you mean 'c'? It is one of c"}},
    {"global/schema.yaml",
     {"a reference to nothing", KIND("{type: ref}"), DIAG_SCHEMA, 1, 48,
      "`to` goes with the type ref, and only with it", "write {type: ref, to: [KIND]}"}},
    {"global/schema.yaml",
     {"a reference to an unknown kind", KIND("{type: ref, to: [b, x]}"), DIAG_SCHEMA, 1, 71, "there is no kind 'x'",
      "did you mean 'a' or 'b'? It is one of a and b"}},
    {"global/schema.yaml",
     {"a text that relates", KIND("{type: text, relation: r}"), DIAG_SCHEMA, 1, 48,
      "only a field of the type ref or cite states a relation", NULL}},
    {"global/schema.yaml",
     {"an unknown relation", KIND("{type: cite, relation: rr}"), DIAG_SCHEMA, 1, 74, "there is no relation 'rr'",
      "did you mean 'r'? It is one of r"}},
    {"global/schema.yaml",
     {"a relation from another kind", KIND("{type: cite, relation: r}"), DIAG_SCHEMA, 1, 48,
      "the relation 'r' does not lead from the kind 'a'", "add 'a' to its `from`"}},
    {"global/schema.yaml",
     {"a relation to another kind",
      "kinds: {a: {label: A, forms: [block], fields: {f: {type: ref, to: [a], relation: r}}}, b: {label: B, forms: "
      "[block]}}\n"
      "relations: {r: {label: R, inverse: S, from: [a], to: [b]}}\n",
      DIAG_SCHEMA, 1, 48, "the relation 'r' does not lead to the kind 'a'", "add 'a' to its `to`"}},
    {"global/schema.yaml",
     {"a relation without an inverse", RELATION("{label: R, from: [a], to: [a]}"), DIAG_SCHEMA, 2, 13,
      "a relation has either an inverse or `symmetric: true`", "give it an `inverse`, or write `symmetric: true`"}},
    {"global/schema.yaml",
     {"a symmetric relation with an inverse", RELATION("{label: R, inverse: S, symmetric: true, from: [a], to: [a]}"),
      DIAG_SCHEMA, 2, 13, "a relation has either an inverse or `symmetric: true`", NULL}},
    {"global/schema.yaml",
     {"a relation from nowhere", RELATION("{label: R, symmetric: true, to: [a]}"), DIAG_KEY_MISSING, 2, 13,
      "a relation needs the key 'from'", ""}},
    {"global/schema.yaml",
     {"a relation that may never be",
      RELATION("{label: R, symmetric: true, from: [a], to: [a], per_source: {min: 3, max: 2}}"), DIAG_SCHEMA, 2, 64,
      "`min` must be at least 0, and `max` at least 1 and `min`", "write {min: 0, max: 8}"}},
    {"xa/schema.yaml",
     {"a country has a schema", "kinds: {}\n", DIAG_DATA_ELSEWHERE, 0, 0, "only the base declares kinds and relations",
      NULL}},
    /* glossary.yaml */
    {"global/glossary.yaml",
     {"a key with a blank", "\"chain of custody\": {term: a, definition: b}\n", DIAG_DATA_KEY, 1, 1,
      "'chain of custody' cannot be the key of a term", "use letters and digits, with '-', '_' or '.' between them"}},
    {"global/glossary.yaml",
     {"a term without a definition", "custody: {term: custody}\n", DIAG_KEY_MISSING, 1, 1,
      "the term 'custody' needs the key 'definition'", "only a term that is inherited may leave it out"}},
    {"xa/glossary.yaml",
     {"a country's own term without a word", "custody: {definition: D}\n", DIAG_KEY_MISSING, 1, 1,
      "the term 'custody' needs the key 'term'", NULL}},
    {"global/glossary.yaml",
     {"a term that is a text", "custody: a\n", DIAG_VALUE_TYPE, 1, 10, "'custody' must be a mapping, not 'a'", NULL}},
    {"global/glossary.yaml",
     {"a misspelt key", "custody: {term: a, definition: b, forbiden: c}\n", DIAG_KEY_UNKNOWN, 1, 35,
      "a term has no key 'forbiden'", "did you mean 'forbidden'? It is one of term, definition, also and forbidden"}},
    {"global/glossary.yaml",
     {"an empty definition", "custody: {term: a, definition: }\n", DIAG_VALUE_EMPTY, 1, 20, "'definition' has no value",
      NULL}},
    {"global/glossary.yaml",
     {"other words that are mappings of mappings", "custody: {term: a, definition: b, also: {en: {x: y}}}\n",
      DIAG_VALUE_TYPE, 1, 46, "'en' must be a list, not a mapping", NULL}},
    /* references.yaml */
    {"global/references.yaml",
     {"a reference without a title", "udhr: {kind: instrument}\n", DIAG_KEY_MISSING, 1, 1,
      "a reference needs the key 'title'", ""}},
    {"global/references.yaml",
     {"a kind that is none", "udhr: {kind: instrumnt, title: T}\n", DIAG_KIND_UNKNOWN, 1, 14,
      "'instrumnt' is no kind of reference", "did you mean 'instrument'? It is one of instrument and publication"}},
    {"global/references.yaml",
     {"a date in words", "udhr: {title: T, date: December 1948}\n", DIAG_VALUE_TYPE, 1, 24,
      "'date' must be a date, not 'December 1948'", "write 1948-12-10, 1948-12 or 1948"}},
    {"global/references.yaml",
     {"an address that runs a script", "udhr: {title: T, url: 'javascript:alert(1)'}\n", DIAG_VALUE_TYPE, 1, 23,
      "'url' must be a web address, not 'javascript:alert(1)'", NULL}},
    {"global/references.yaml",
     {"an end before the beginning", "udhr: {title: T, valid_from: 2026-02-01, valid_until: 2026-01-01}\n",
      DIAG_VALUE_TYPE, 1, 55, "`valid_until` is before `valid_from`", "both are days on which it holds"}},
    {"global/references.yaml",
     {"a key with a slash", "un/charter: {title: T}\n", DIAG_DATA_KEY, 1, 1,
      "'un/charter' cannot be the key of a reference", NULL}},
    {"global/references.yaml",
     {"a locator with a blank", "udhr: {title: T, locators: {\"art 1\": Article 1}}\n", DIAG_DATA_KEY, 1, 29,
      "'art 1' cannot be the key of a locator", NULL}},
    {"global/references.yaml",
     {"checked in words", "udhr: {title: T, checked: not yet}\n", DIAG_VALUE_TYPE, 1, 27,
      "'checked' must be true or false, not 'not yet'", NULL}},
    /* waivers.yaml */
    {"global/waivers.yaml",
     {"a waiver without a reason", "W1: {edition: xa, target: a, approved_by: B, approved_on: 2026-01-31}\n",
      DIAG_KEY_MISSING, 1, 1, "a waiver needs the key 'reason'", ""}},
    {"global/waivers.yaml",
     {"a waiver for an unknown edition",
      "W1: {edition: xz, target: a, approved_by: B, approved_on: 2026-01-31, reason: R}\n", DIAG_VALUE_TYPE, 1, 15,
      "there is no edition 'xz'", "did you mean 'xa' or 'xb'? It is one of global, xa, xa-north and xb"}},
    {"xa/waivers.yaml",
     {"a country gives itself a waiver", "{}\n", DIAG_DATA_ELSEWHERE, 0, 0, "only the base gives waivers", NULL}},
    /* country.yaml */
    {"global/country.yaml",
     {"the base is no country", "title: Base\n", DIAG_DATA_ELSEWHERE, 0, 0, "the root edition has no country.yaml",
      "its title, languages and nav stand in waymark.yaml, under `editions`"}},
    {"xa/country.yaml",
     {"no title", "languages: [fr]\n", DIAG_KEY_MISSING, 1, 1, "country.yaml needs the key 'title'", ""}},
    {"xa/country.yaml",
     {"what a country cannot decide", "title: A\nextends: xb\n", DIAG_KEY_ELSEWHERE, 2, 1,
      "'extends' does not belong here", "a country cannot decide it: it belongs into waymark.yaml, under `editions`"}},
    {"xa/country.yaml",
     {"a misspelt key", "title: A\nlangauge: fr\n", DIAG_KEY_UNKNOWN, 2, 1, "country.yaml has no key 'langauge'",
      "did you mean 'language' or 'languages'? It is one of title, language, languages, params, nav, contacts and "
      "about"}},
    {"xa/country.yaml",
     {"a language that the site lacks", "title: A\nlanguages: [fr, de]\n", DIAG_VALUE_TYPE, 2, 17,
      "the site has no language 'de'", "it is one of en, fr, ar and th"}},
    {"xa-north/country.yaml",
     {"a language that is not allowed", "title: A\nlanguages: [en]\n", DIAG_VALUE_TYPE, 2, 13,
      "waymark.yaml does not allow this edition the language 'en'", "it is one of fr and ar"}},
    {"xa/country.yaml",
     {"a language twice", "title: A\nlanguages: [fr, fr]\n", DIAG_VALUE_TYPE, 2, 17, "'fr' stands twice in the list",
      "keep one"}},
    {"xa/country.yaml",
     {"no languages", "title: A\nlanguages: []\n", DIAG_VALUE_EMPTY, 2, 12, "'languages' is an empty list", NULL}},
    {"xa/country.yaml",
     {"an own language that is not shown", "title: A\nlanguages: [fr]\nlanguage: ar\n", DIAG_VALUE_TYPE, 3, 11,
      "the edition's own language 'ar' is not among its languages", NULL}},
    {"xa/country.yaml",
     {"a contact without a name", "title: A\ncontacts: [{phone: '1'}]\n", DIAG_KEY_MISSING, 2, 12,
      "a contact needs the key 'name'", ""}},
    {"xa/country.yaml",
     {"a contact with an address that is none", "title: A\ncontacts: [{name: N, email: desk}]\n", DIAG_VALUE_TYPE, 2,
      29, "'email' must be an e-mail address", "write one address, like desk@example.org"}},
    {"xa/country.yaml",
     {"a contact whose page runs a script", "title: A\ncontacts: [{name: N, url: 'data:text/html,x'}]\n",
      DIAG_VALUE_TYPE, 2, 27, "'url' must be a web address", NULL}},
    {"xa/country.yaml",
     {"a navigation that climbs", "title: A\nnav: [../a]\n", DIAG_VALUE_TYPE, 2, 7,
      "a page of the navigation is named from the root of its source", NULL}},
    {"xa/country.yaml",
     {"an unknown parameter", "title: A\nparams: {dyas: 3}\n", DIAG_PARAM_UNKNOWN, 2, 10,
      "the base declares no parameter 'dyas'",
      "did you mean 'days'? It is one of days, name, way, site, day and rate"}},
    {"xa/country.yaml",
     {"a value of another type", "title: A\nparams: {days: {value: three}}\n", DIAG_VALUE_TYPE, 2, 24,
      "'value' must be a whole number, not 'three'", NULL}},
    {"xa/country.yaml",
     {"a value out of range", "title: A\nparams: {days: 91}\n", DIAG_PARAM_VALUE, 2, 16, "'days' must be from 1 to 90",
      NULL}},
    {"xa/country.yaml",
     {"a number out of range", "title: A\nparams: {rate: 0.25}\n", DIAG_PARAM_VALUE, 2, 16,
      "'rate' must be at least 0.5", NULL}},
    {"xa/country.yaml",
     {"a day out of range", "title: A\nparams: {day: 2025-12-31}\n", DIAG_PARAM_VALUE, 2, 15,
      "'day' must be at least 2026-01-01", NULL}},
    {"xa/country.yaml",
     {"a value that is no choice", "title: A\nparams: {way: Full}\n", DIAG_PARAM_VALUE, 2, 15, "'way' cannot be 'Full'",
      "did you mean 'full'? It is one of full and short"}},
    {"xa/country.yaml",
     {"an address that runs a script", "title: A\nparams: {site: 'javascript:x'}\n", DIAG_PARAM_VALUE, 2, 16,
      "'site' must be an address", "write one that begins with https:, http:, mailto: or tel:"}},
    {"xa/country.yaml",
     {"a value and a reason for none", "title: A\nparams: {days: {value: 3, not_applicable: R}}\n", DIAG_PARAM_VALUE, 2,
      16, "'days' needs either a value or a reason why it does not apply",
      "write {value: VALUE} or {not_applicable: REASON}"}},
    {"xa/country.yaml",
     {"neither value nor reason", "title: A\nparams: {days: {source: S}}\n", DIAG_PARAM_VALUE, 2, 16,
      "'days' needs either a value or a reason why it does not apply", NULL}},
    {"xa/country.yaml",
     {"a hash that is none", "title: A\nparams: {days: {value: 3, base: 78BC8B22F771}}\n", DIAG_VALUE_TYPE, 2, 33,
      "`base` must be 12 hexadecimal digits, not '78BC8B22F771'", NULL}},
    {"xa/country.yaml",
     {"two values for a day",
      "title: A\nparams: {days: [{value: 3, valid_until: 2026-05-02}, {value: 4, valid_from: 2026-05-02}]}\n",
      DIAG_PARAM_PERIOD, 2, 54, "'days' has two values for the same days",
      "give the earlier one a `valid_until`, and the later one a `valid_from`"}},
    {"xa/country.yaml",
     {"a period turned round",
      "title: A\nparams: {days: {value: 3, valid_from: 2026-05-02, valid_until: 2026-05-01}}\n", DIAG_VALUE_TYPE, 2, 64,
      "`valid_until` is before `valid_from`", NULL}},
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct expected *expected = &cases[i].expected;
        bool is_params = strcmp(cases[i].file, "global/params.yaml") == 0;
        struct data files[] = {{cases[i].file, expected->input}, {"global/params.yaml", YEAR}};
        struct settled settled;
        settle(&settled, files, is_params ? 1 : 2, BUILD_DATE);
        expect_one(expected, &settled.diags);
        if (settled.ok != (diag_default_level(expected->code) == LEVEL_WARNING))
            fail_msg("%s: returned %d", expected->name, settled.ok);
        unsettle(&settled);
    }
}

/* ---- what needs two files ---- */

static const struct pair_case {
    struct data files[2];
    struct expected expected; /* input: not used */
} pairs[] = {
    {{{"global/glossary.yaml", "a: {term: A, definition: D}\n"},
      {"global/glossary.yaml", "\nb: {term: B, definition: D}\na: {term: A, definition: D}\n"}},
     {"a term in two sources of one edition", "", DIAG_DATA_DUPLICATE, 3, 1,
      "the term 'a' stands in glossary.yaml:1 already", "keep one of them"}},
    {{{"global/references.yaml", "a: {title: A}\n"}, {"global/references.yaml", "a: {title: B}\n"}},
     {"a reference in two sources of one edition", "", DIAG_DATA_DUPLICATE, 1, 1,
      "the reference 'a' stands in references.yaml:1 already", NULL}},
    {{{"global/params.yaml", "a: {type: int, meaning: A}\n"}, {"global/params.yaml", "a: {type: int, meaning: A}\n"}},
     {"a parameter in two sources of the base", "", DIAG_DATA_DUPLICATE, 1, 1,
      "the parameter 'a' stands in params.yaml:1 already", NULL}},
    {{{"global/schema.yaml", "kinds: {a: {label: A, forms: [block]}}\n"}, {"global/schema.yaml", "kinds: {}\n"}},
     {"two schemas", "", DIAG_DATA_ELSEWHERE, 0, 0, "another source of the base has a schema.yaml already",
      "join the two files"}},
    {{{"xa/country.yaml", "title: A\n"}, {"xa/country.yaml", "title: B\n"}},
     {"two descriptions of one country", "", DIAG_DATA_ELSEWHERE, 0, 0,
      "another source of the edition has a country.yaml already", NULL}},
    {{{"global/schema.yaml", schema}, {"global/references.yaml", "a: {kind: instrument, title: A}\n"}},
     {"what the schema requires of a kind", "", DIAG_KEY_MISSING, 1, 1, "'a' needs the key 'short'",
      "schema.yaml requires it of this kind"}},
    {{{"global/schema.yaml", schema}, {"global/references.yaml", "a: {kind: principle, title: A}\n"}},
     {"a kind that is no reference", "", DIAG_KIND_UNKNOWN, 1, 11, "'principle' is no kind of reference",
      "it is one of instrument"}},
};

static void test_pairs(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        struct settled settled;
        settle(&settled, pairs[i].files, 2, BUILD_DATE);
        expect_one(&pairs[i].expected, &settled.diags);
        assert_false(settled.ok);
        unsettle(&settled);
    }
}

/* Each edition is told once what it lacks; the base, which cannot fill it in, is not. */
static void test_missing(void **state)
{
    (void)state;
    struct data files[] = {{"global/params.yaml", "a: {type: int, meaning: A, required: true}\n"
                                                  "b: {type: int, meaning: B, required: true, default: 1}\n"
                                                  "c: {type: text, meaning: C, required: true}\n"},
                           {"xa/country.yaml", "title: A\nparams: {c: {not_applicable: R}}\n"},
                           {"xa-north/country.yaml", "title: N\nparams: {a: 3}\n"}};
    struct settled settled;
    settle(&settled, files, 3, BUILD_DATE);
    assert_true(settled.ok);
    assert_int_equal(settled.diags.items[0].code, DIAG_PARAM_MISSING);
    char *text = printed(&settled.diags);
    assert_string_equal(
        text, "country.yaml: warning: the edition 'xa' does not fill in 1 of the parameters that the base requires "
              "[param-missing]\n"
              "    help: add to `params` of its country.yaml: a\n"
              "warning: the edition 'xb' does not fill in 2 of the parameters that the base requires [param-missing]\n"
              "    help: add to `params` of its country.yaml: a and c\n");
    free(text);
    unsettle(&settled);
}

/* ---- parameters ---- */

static const char params[] =
    "days: {type: int, default: 30, meaning: {en: Days kept, fr: Jours de garde}}\n"
    "large: {type: int, default: 1234567, meaning: L}\n"
    "rate: {type: number, default: 2.5, meaning: R}\n"
    "day: {type: date, default: 2026-05-02, meaning: D}\n"
    "name: {type: text, meaning: Name of the agency}\n"
    "way: {type: choice, choices: {full: {en: Full form, fr: Forme complète}, short: Short}, meaning: W}\n"
    "open: {type: bool, default: true, choices: {true: Open, false: Closed}, meaning: O}\n"
    "plain: {type: bool, default: false, meaning: P}\n";

static const char *value_of(const struct site_facts *facts, const char *name, const char *tag)
{
    static char text[200];
    struct slice value = {NULL, 0};
    uint32_t index = facts_param(facts, slice_of(name));
    if (index == TABLE_NONE)
        return "(unknown)";
    if (!facts_param_value(facts, index, tag, &value))
        return "(not filled in)";
    snprintf(text, sizeof text, "%.*s", SLICE_ARGS(value));
    return text;
}

static void test_shown(void **state)
{
    (void)state;
    static const struct {
        const char *name, *tag, *shown;
    } values[] = {
        {"days", "en", "30"},
        {"large", "en", "1,234,567"},
        {"large", "th", "1,234,567"},
        {"days", "ar", "٣٠"},
        {"large", "fr", "1\u202f234\u202f567"},
        {"rate", "en", "2.5"},
        {"rate", "fr", "2,5"},
        {"day", "en", "2 May 2026"},
        {"day", "fr", "2 mai 2026"},
        {"name", "en", "(not filled in)"},
        {"way", "en", "(not filled in)"},
        {"open", "en", "Open"},
        {"plain", "fr", "false"},
        {"nothing", "en", "(unknown)"},
    };
    struct data files[] = {{"global/params.yaml", params}};
    struct settled settled;
    settle(&settled, files, 1, BUILD_DATE);
    assert_true(settled.ok);
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        const char *shown = value_of(&settled.facts[GLOBAL], values[i].name, values[i].tag);
        if (strcmp(shown, values[i].shown) != 0)
            fail_msg("%s in %s: '%s', not '%s'", values[i].name, values[i].tag, shown, values[i].shown);
    }
    uint32_t days = facts_param(&settled.facts[GLOBAL], SLICE("days"));
    assert_true(slice_is(facts_param_meaning(&settled.facts[GLOBAL], days, "fr"), "Jours de garde"));
    assert_true(slice_is(facts_param_meaning(&settled.facts[GLOBAL], days, "ar"), "Jours de garde"));
    assert_true(slice_is(facts_param_meaning(&settled.facts[GLOBAL], days, "th"), "Days kept"));
    unsettle(&settled);
}

static const char country_xa[] =
    "title: {en: Country A, fr: Pays A}\n"
    "language: fr\n"
    "languages: [en, fr]\n"
    "params:\n"
    "  days:\n"
    "  - {value: 60, valid_until: 2026-05-01}\n"
    "  - {value: 90, valid_from: 2026-05-02, valid_until: 2026-12-31, base: 78bc8b22f771, source: "
    "\"cite:xa-cpp#art12\"}\n"
    "  name: {value: {en: Agency of A, fr: Agence de A}}\n"
    "  way: full\n"
    "  rate: {not_applicable: no rates here}\n"
    "nav: [a, {title: B, page: b}]\n"
    "contacts: [{name: Desk, phone: '117', email: desk@example.org, url: 'https://example.org'}]\n"
    "about: {fr: À propos}\n";

static void test_values(void **state)
{
    (void)state;
    static const struct {
        int32_t date;
        int edition;
        const char *name, *shown;
    } values[] = {
        {20260502, GLOBAL, "days", "30"},
        {20260502, XA, "days", "90"},
        {20260501, XA, "days", "60"},
        {20261231, XA, "days", "90"},
        {20270101, XA, "days", "30"},
        {20260502, XA_NORTH, "days", "7"},
        {20260502, XB, "days", "30"},
        {20260502, XA, "name", "Agency of A"},
        {20260502, XA_NORTH, "name", "Agency of A"},
        {20260502, XB, "name", "(not filled in)"},
        {20260502, XA, "way", "Full form"},
        {20260502, XA, "rate", "(not filled in)"},
        {20260502, XA_NORTH, "rate", "1"},
        {20260502, XB, "rate", "2.5"},
        {20260502, XA_NORTH, "plain", "false"},
    };
    struct data files[] = {{"global/params.yaml", params},
                           {"xa/country.yaml", country_xa},
                           {"xa-north/country.yaml", "title: North\nlanguages: [fr]\nparams: {days: 7, rate: 1}\n"}};
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        struct settled settled;
        settle(&settled, files, 3, values[i].date);
        assert_true(settled.ok);
        assert_int_equal(settled.diags.count, 0);
        const char *shown = value_of(&settled.facts[values[i].edition], values[i].name, "en");
        if (strcmp(shown, values[i].shown) != 0)
            fail_msg("%s in edition %d on %d: '%s', not '%s'", values[i].name, values[i].edition, values[i].date, shown,
                     values[i].shown);
        unsettle(&settled);
    }
}

static void test_country(void **state)
{
    (void)state;
    struct data files[] = {{"global/params.yaml", params}, {"xa/country.yaml", country_xa}};
    struct settled settled;
    settle(&settled, files, 2, BUILD_DATE);
    const struct edition_spec *xa = config_edition(&settled.config, SLICE("xa"));
    assert_string_equal(xa->title, "Pays A"); /* in the edition's own language */
    assert_string_equal(xa->language, "fr");
    assert_int_equal(xa->language_count, 2);
    assert_string_equal(xa->languages[0], "en");
    assert_int_equal(xa->nav_count, 2);
    assert_string_equal(xa->nav[1].title, "B");
    const struct country *country = settled.facts[XA].country;
    assert_int_equal(country->contact_count, 1);
    assert_string_equal(country->contacts[0].phone, "117");
    assert_true(slice_is(facts_text(&settled.facts[XA], &country->about, "en", NULL), "À propos"));
    assert_null(settled.facts[XA_NORTH].country); /* not inherited: it is about xa */
    assert_null(settled.facts[GLOBAL].country);
    const struct param_value *value = &settled.facts[XA].values[settled.facts[XA].params[0].value];
    assert_string_equal(value->base, "78bc8b22f771");
    assert_string_equal(value->source, "cite:xa-cpp#art12");
    assert_string_equal(value->edition, "xa");
    assert_int_equal(value->valid_until, 20261231);
    assert_memory_equal(value->place.file->bytes.at + value->place.at, "{value: 90", 10);
    unsettle(&settled);
}

/* ---- glossary, references, schema ---- */

static void test_glossary(void **state)
{
    (void)state;
    struct data files[] = {
        {"global/glossary.yaml", "custody: {term: {en: custody, fr: détention}, definition: {en: Held, fr: Détenu}, "
                                 "also: [arrest], forbidden: jail}\n"
                                 "plain: {term: plain, definition: The same for all}\n"},
        {"xa/glossary.yaml", "custody: {term: {fr: garde à vue}}\nlocal: {term: local, definition: Of A}\n"},
        {"xa-north/glossary.yaml", "custody: {term: hold, also: {en: [keep, retain], fr: garder}}\n"},
    };
    static const struct {
        int edition;
        const char *key, *tag, *term, *definition;
    } terms[] = {
        {GLOBAL, "custody", "en", "custody", "Held"},
        {GLOBAL, "custody", "fr", "détention", "Détenu"},
        {GLOBAL, "custody", "ar", "détention", "Détenu"}, /* by the language's fallback */
        {GLOBAL, "custody", "th", "custody", "Held"},     /* by the site's default */
        {XA, "custody", "fr", "garde à vue", "Détenu"},
        {XA, "custody", "en", "custody", "Held"},
        {XA, "local", "en", "local", "Of A"},
        {XA_NORTH, "custody", "fr", "hold", "Détenu"},
        {XA_NORTH, "local", "fr", "local", "Of A"},
        {XB, "custody", "fr", "détention", "Détenu"},
        {GLOBAL, "plain", "ar", "plain", "The same for all"},
    };
    struct settled settled;
    settle(&settled, files, 3, BUILD_DATE);
    assert_true(settled.ok);
    for (size_t i = 0; i < COUNT_OF(terms); i++) {
        const struct site_facts *facts = &settled.facts[terms[i].edition];
        uint32_t index = facts_term(facts, slice_of(terms[i].key));
        assert_true(index < facts_term_count(facts));
        struct slice term = facts_term_text(facts, index, terms[i].tag);
        struct slice definition = facts_term_definition(facts, index, terms[i].tag);
        if (!slice_is(term, terms[i].term) || !slice_is(definition, terms[i].definition))
            fail_msg("%s in edition %d for %s: '%.*s', '%.*s'", terms[i].key, terms[i].edition, terms[i].tag,
                     SLICE_ARGS(term), SLICE_ARGS(definition));
    }
    assert_int_equal(facts_term(&settled.facts[GLOBAL], SLICE("local")), TABLE_NONE);
    assert_int_equal(facts_term(&settled.facts[XB], SLICE("local")), TABLE_NONE); /* no sibling sees it */
    assert_int_equal(settled.facts[XA].terms[0].also_count, 1);
    assert_int_equal(settled.facts[XA_NORTH].terms[0].also_count, 3);
    assert_string_equal(settled.facts[XA_NORTH].terms[0].edition, "xa-north");
    assert_ptr_equal(settled.facts[XB].terms, settled.facts[GLOBAL].terms); /* shared */
    unsettle(&settled);
}

static void test_references(void **state)
{
    (void)state;
    struct data files[] = {
        {"global/schema.yaml", schema},
        {"global/references.yaml",
         "udhr: {title: {en: Declaration, fr: Déclaration}, short: UDHR, number: A/1, date: 1948-12, isbn: '1',\n"
         "  url: 'https://example.org', checked: true, locators: {a3: {en: Article 3, fr: Article trois}}}\n"},
        {"xa/references.yaml", "xa-dpa: {title: Data Protection Act, short: DPA, jurisdiction: xa}\n"},
    };
    struct settled settled;
    settle(&settled, files, 3, BUILD_DATE);
    assert_true(settled.ok);
    const struct site_facts *xa = &settled.facts[XA];
    assert_int_equal(facts_cite_count(xa), 2);
    assert_int_equal(facts_cite_count(&settled.facts[GLOBAL]), 1);
    uint32_t udhr = facts_cite(xa, SLICE("udhr"));
    assert_true(slice_is(facts_cite_key(xa, udhr), "udhr"));
    assert_true(slice_is(facts_cite_title(xa, udhr, "ar"), "Déclaration"));
    assert_true(slice_is(facts_cite_short(xa, udhr, "ar"), "UDHR"));
    assert_true(slice_is(facts_cite_locator(xa, udhr, SLICE("a3"), "fr"), "Article trois"));
    assert_true(slice_is(facts_cite_locator(xa, udhr, SLICE("a4"), "fr"), "a4"));
    assert_true(xa->cites[udhr].is_checked);
    assert_string_equal(xa->cites[udhr].date, "1948-12");
    assert_int_equal(xa->cites[udhr].extra_count, 1);
    assert_true(slice_is(xa->cites[udhr].extras[0].field, "isbn"));
    assert_string_equal(xa->cites[facts_cite(xa, SLICE("xa-dpa"))].edition, "xa");
    unsettle(&settled);
}

static void test_schema(void **state)
{
    (void)state;
    static const char text[] =
        "version: 1\n"
        "choices: {role: {chief: {en: Chief, fr: Cheffe}, officer: Officer}}\n"
        "relations:\n"
        "  implements: {label: Implements, inverse: {en: Implemented by}, from: [practice], to: [principle], "
        "per_source: {min: 1, max: 6}}\n"
        "  see-also: {label: See also, symmetric: true, same_kind: true, from: practice, to: [practice, principle]}\n"
        "kinds:\n"
        "  practice:\n"
        "    label: {en: Practice, fr: Pratique}\n"
        "    forms: [block, item]\n"
        "    of: principle\n"
        "    fields:\n"
        "      principle: {type: ref, to: [principle], many: true, required: true, relation: implements}\n"
        "      who: {type: choice, of: role}\n"
        "      minutes: {type: int}\n"
        "  principle: {label: Principle, plural: Principles, forms: [document]}\n";
    struct data files[] = {{"global/schema.yaml", text}};
    struct settled settled;
    settle(&settled, files, 1, BUILD_DATE);
    assert_true(settled.ok);
    const struct site_facts *facts = &settled.facts[XA]; /* editions inherit it */
    const struct kind *practice = &facts->kinds[facts_kind(facts, SLICE("practice"))];
    uint32_t principle = facts_kind(facts, SLICE("principle"));
    assert_int_equal(practice->forms, FORM_BLOCK | FORM_ITEM);
    assert_int_equal(practice->of, principle);
    assert_int_equal(practice->field_count, 3);
    assert_int_equal(practice->fields[0].type, KIND_REF);
    assert_true(practice->fields[0].is_many && practice->fields[0].is_required);
    assert_int_equal(practice->fields[0].to[0], principle);
    assert_int_equal(practice->fields[0].relation, facts_relation(facts, SLICE("implements")));
    assert_int_equal(practice->fields[2].relation, TABLE_NONE);
    assert_true(slice_is(facts_choice_label(facts, practice->fields[1].choices, SLICE("chief"), "fr"), "Cheffe"));
    assert_int_equal(facts_choice_label(facts, 0, SLICE("nobody"), "fr").length, 0);
    assert_true(slice_is(facts_kind_label(facts, SLICE("practice"), "fr"), "Pratique"));
    assert_int_equal(facts_kind_label(facts, SLICE("nothing"), "fr").length, 0);
    const struct relation *implements = &facts->relations[0], *see_also = &facts->relations[1];
    assert_int_equal(implements->least, 1);
    assert_int_equal(implements->most, 6);
    assert_true(see_also->is_symmetric && see_also->is_same_kind);
    assert_int_equal(see_also->most, UINT32_MAX);
    assert_int_equal(see_also->to_count, 2);
    assert_true(slice_is(facts_text(facts, &see_also->inverse, "en", NULL), "See also"));
    unsettle(&settled);
}

static void test_waivers(void **state)
{
    (void)state;
    struct data files[] = {
        {"global/waivers.yaml",
         "W12: {edition: xa, target: \"procurement#human-review\", approved_by: Board, approved_on: 2026-01-31,\n"
         "  valid_until: 2027-01-31, reason: Why}\n"}};
    struct settled settled;
    settle(&settled, files, 1, BUILD_DATE);
    assert_true(settled.ok);
    const struct site_facts *facts = &settled.facts[XA_NORTH];
    const struct waiver *waiver = &facts->waivers[facts_waiver(facts, SLICE("W12"))];
    assert_string_equal(waiver->target, "procurement#human-review");
    assert_int_equal(waiver->valid_until, 20270131);
    unsettle(&settled);
}

/* No data files, and no facts at all, are no reason to fail. */
static void test_nothing(void **state)
{
    (void)state;
    struct settled settled;
    settle(&settled, NULL, 0, BUILD_DATE);
    assert_true(settled.ok);
    assert_int_equal(facts_term(&settled.facts[XB], SLICE("a")), TABLE_NONE);
    for (int part = 0; part < FACTS_PART_COUNT; part++)
        assert_int_equal(facts_key(&settled.facts[XA], (enum facts_part)part), 0);
    assert_int_equal(facts_term(NULL, SLICE("a")), TABLE_NONE);
    assert_int_equal(facts_key(NULL, FACTS_PARAMS), 0);
    assert_int_equal(facts_term_count(NULL), 0);
    unsettle(&settled);
    assert_null(settle_file(&settled.sources[0], SLICE("other.yaml")));
    assert_null(settle_file_name(6));
}

/* ---- keys ---- */

static uint64_t key_of_part(const struct data *files, size_t count, int edition, enum facts_part part, int32_t date)
{
    struct settled settled;
    settle(&settled, files, count, date);
    uint64_t key = facts_key(&settled.facts[edition], part);
    unsettle(&settled);
    return key;
}

static void test_keys(void **state)
{
    (void)state;
    struct data files[] = {{"global/glossary.yaml", "a: {term: A, definition: BC}\n"},
                           {"global/params.yaml", params},
                           {"xa/country.yaml", country_xa},
                           {"global/references.yaml", "r: {title: T}\n"}};
    enum facts_part parts[] = {FACTS_GLOSSARY, FACTS_PARAMS, FACTS_COUNTRY, FACTS_CITES};
    uint64_t before[4];
    for (size_t i = 0; i < 4; i++)
        before[i] = key_of_part(files, 4, XA, parts[i], BUILD_DATE);
    /* A comment is no change; a letter that moves from one text to the next is one. */
    files[0].text = "# x\na: {term: A,  definition: BC} # y\n";
    assert_true(key_of_part(files, 4, XA, FACTS_GLOSSARY, BUILD_DATE) == before[0]);
    files[0].text = "a: {term: AB, definition: C}\n";
    assert_true(key_of_part(files, 4, XA, FACTS_GLOSSARY, BUILD_DATE) != before[0]);
    for (size_t i = 1; i < 4; i++)
        assert_true(key_of_part(files, 4, XA, parts[i], BUILD_DATE) == before[i]);
    /* The date counts where it decides a value, and nowhere else. */
    assert_true(key_of_part(files, 4, XA, FACTS_PARAMS, BUILD_DATE + 1) == before[1]);
    assert_true(key_of_part(files, 4, XA, FACTS_PARAMS, BUILD_DATE - 1) != before[1]);
    assert_true(key_of_part(files, 4, GLOBAL, FACTS_PARAMS, BUILD_DATE - 1) ==
                key_of_part(files, 4, GLOBAL, FACTS_PARAMS, BUILD_DATE));
    /* An edition's key is its parent's where it shares the part. */
    assert_true(key_of_part(files, 4, XB, FACTS_CITES, BUILD_DATE) == before[3]);
    files[3].text = "r: {title: T, checked: true}\n";
    assert_true(key_of_part(files, 4, XA, FACTS_CITES, BUILD_DATE) != before[3]);
}

/* ---- large and hostile ---- */

static void test_large(void **state)
{
    (void)state;
    struct buffer text = BUFFER(4 << 20);
    for (int i = 0; i < 20000; i++)
        buffer_printf(&text, "term-%d: {term: Term %d, definition: Definition %d}\n", i, i, i);
    struct data files[] = {{"global/glossary.yaml", buffer_string(&text)},
                           {"xa/glossary.yaml", "term-7: {term: Sept}\n"}};
    struct settled settled;
    struct timespec start, end;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
    settle(&settled, files, 2, BUILD_DATE);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    assert_true(settled.ok);
    assert_int_equal(facts_term_count(&settled.facts[XA]), 20000);
    assert_true(slice_is(facts_term_text(&settled.facts[XA], 7, "en"), "Sept"));
    assert_true(slice_is(facts_term_text(&settled.facts[XB], 7, "en"), "Term 7"));
    assert_true(end.tv_sec - start.tv_sec < 5);
    unsettle(&settled);
    buffer_clear(&text);
    /* The same slip in every entry is not listed for every entry. */
    for (int i = 0; i < 20000; i++)
        buffer_printf(&text, "term-%d: {trem: Term %d, definition: Definition %d}\n", i, i, i);
    files[0].text = buffer_string(&text);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
    settle(&settled, files, 1, BUILD_DATE);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    assert_false(settled.ok);
    assert_in_range(settled.diags.count, 100, 201);
    assert_true(end.tv_sec - start.tv_sec < 5);
    unsettle(&settled);
    buffer_free(&text);
}

/* ---- the data that comes with the program ---- */

static void test_sample(void **state)
{
    (void)state;
    static const char *const names[] = {"params.yaml", "schema.yaml", "waivers.yaml", "glossary.yaml",
                                        "references.yaml"};
    struct data files[COUNT_OF(names)];
    char *texts[COUNT_OF(names)];
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char path[100];
        snprintf(path, sizeof path, "content/%s", names[i]);
        FILE *file = fopen(path, "r");
        if (!file)
            fail_msg("%s is not there; tests run in the root of the repository", path);
        texts[i] = calloc(1, 1 << 20);
        size_t length = fread(texts[i], 1, (1 << 20) - 1, file);
        texts[i][length] = 0;
        fclose(file);
        char *name = malloc(100);
        snprintf(name, 100, "global/%s", names[i]);
        files[i] = (struct data){name, texts[i]};
    }
    struct settled settled;
    settle(&settled, files, COUNT_OF(names), BUILD_DATE);
    size_t errors = diag_count(&settled.diags, LEVEL_ERROR);
    if (errors) {
        char *text = printed(&settled.diags);
        fail_msg("%s", text);
    }
    assert_true(settled.facts[GLOBAL].param_count > 0 && settled.facts[GLOBAL].kind_count > 0 &&
                settled.facts[GLOBAL].term_count > 0 && settled.facts[GLOBAL].cite_count > 0);
    unsettle(&settled);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        free(texts[i]);
        free((char *)files[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),    cmocka_unit_test(test_pairs),      cmocka_unit_test(test_missing),
        cmocka_unit_test(test_shown),    cmocka_unit_test(test_values),     cmocka_unit_test(test_country),
        cmocka_unit_test(test_glossary), cmocka_unit_test(test_references), cmocka_unit_test(test_schema),
        cmocka_unit_test(test_waivers),  cmocka_unit_test(test_nothing),    cmocka_unit_test(test_keys),
        cmocka_unit_test(test_large),    cmocka_unit_test(test_sample),
    };
    return cmocka_run_group_tests_name("settle", tests, NULL, NULL);
}
