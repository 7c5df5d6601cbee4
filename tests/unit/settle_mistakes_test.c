/* The data files: what is said about every mistake in them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "settle_fixture.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_pairs),
    };
    return cmocka_run_group_tests_name("settle mistakes", tests, NULL, NULL);
}
