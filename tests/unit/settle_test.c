/* The data files joined: what holds in an edition. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

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
        cmocka_unit_test(test_missing), cmocka_unit_test(test_shown),    cmocka_unit_test(test_values),
        cmocka_unit_test(test_country), cmocka_unit_test(test_glossary), cmocka_unit_test(test_references),
        cmocka_unit_test(test_schema),  cmocka_unit_test(test_waivers),  cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_keys),    cmocka_unit_test(test_large),    cmocka_unit_test(test_sample),
    };
    return cmocka_run_group_tests_name("settle", tests, NULL, NULL);
}
