/* The merged Markdown: byte for byte the source where nobody changed anything,
 * every splice as an example, the bodies of LANGUAGE.md section 8. */

#include "model/canonical.h"
#include "parsed.h"
#include "vary/resolve_markdown.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka.h wants the four above it. */
#include <cmocka.h>

/* ---- hooks ---- */

static struct page *include_page;
static struct passage include_passage;

static bool parameter(void *context, const struct page *page, struct slice name, struct slice *value)
{
    (void)context;
    (void)page;
    *value = slice_is(name, "retention.days") ? SLICE("90")
             : slice_is(name, "a.mark")       ? SLICE("- *x* http://e.org [y]")
             : slice_is(name, "a.path")       ? SLICE("a b/c")
                                              : SLICE("https://e.org/x");
    return !slice_is(name, "no.such");
}

static bool condition(void *context, const struct page *page, const struct document *document,
                      const struct directive *directive, bool *is_shown)
{
    struct slice edition = {0};
    (void)context;
    (void)page;
    directive_attribute(document, directive, "edition", &edition);
    *is_shown = slice_is(edition, "xa") != slice_is(document_text(document, directive->name), "except");
    return true;
}

static bool include(void *context, const struct page *page, const struct document *document,
                    const struct reference *reference, const struct passage **passages, uint32_t *count)
{
    (void)context;
    (void)document;
    (void)reference;
    if (page != include_page)
        return false;
    *passages = &include_passage;
    *count = 1;
    return true;
}

static bool destination(void *context, const struct page *page, const struct document *document,
                        const struct reference *reference, struct buffer *out)
{
    (void)context;
    (void)page;
    if (!slice_starts_with(document_text(document, reference->target), "../"))
        return false;
    buffer_text(out, "moved/");
    buffer_slice(out, slice_from(document_text(document, reference->target), 3));
    return true;
}

static bool language(void *context, const struct page *page, uint16_t index, struct slice *tag, bool *is_rtl)
{
    static const char *const tags[] = {"en", "fr", "ar"};
    (void)context;
    (void)page;
    *tag = slice_of(tags[index]);
    *is_rtl = index == 2;
    return true;
}

static const struct resolve_hooks hooks = {NULL, parameter, condition, include, destination, language};

static struct buffer out = {.most_bytes = (size_t)1 << 30};

static const char *resolve_text(const char *markdown, enum resolve_mode mode)
{
    struct parsed parsed = parsed_text(markdown);
    struct page page = {.documents = &parsed.document, .document_count = 1, .language = LANGUAGE_NONE};
    struct passage whole = passage_whole(&page, 0);
    page.passages = &whole;
    page.passage_count = 1;
    buffer_clear(&out);
    assert_true(resolve_markdown(&out, &page, mode, &hooks));
    parsed_free(&parsed);
    return buffer_string(&out);
}

/* ---- one document ---- */

struct example {
    const char *name, *markdown, *merged;
};

static const struct example examples[] = {
    {"nothing to do", "a\nb\n\n- c\n", "a\nb\n\n- c\n"},
    {"front matter is not printed", "---\ntitle: T\n---\na\n", "a\n"},
    {"a rule that begins the body", "---\ntitle: T\n---\n---\na\n", "\n---\na\n"},
    {"ids of headings", "## A b\n\n## C ##\n\nD\n---\n\n##\n",
     "## A b {#a-b}\n\n## C {#c} ##\n\nD {#d}\n---\n\n## {#section}\n"},
    {"ids that are written stay", "## A {#x aliases=\"y\"}\n", "## A {#x aliases=\"y\"}\n"},
    {"closing hashes that are none", "## C#\n\n## D \\##\n\n## #\n\n## E# ##\n",
     "## C# {#c}\n\n## D \\## {#d}\n\n## {#section} #\n\n## E# {#e} ##\n"},
    {"Windows line ends", "## A\r\n\r\nb\r\n", "## A {#a}\r\n\r\nb\r\n"},
    {"parameters", "Keep {{retention.days}} days. {{no.such}} \\{{x}}\n", "Keep 90 days. {{no.such}} \\{{x}}\n"},
    {"parameters are text", "{{a.mark}}\n", "\\- \\*x\\* http\\://e.org \\[y\\]\n"},
    {"parameters in destinations", "[a](p/{{a.path}}) [b]({{a.url}})\n", "[a](p/a%20b%2Fc) [b](https://e.org/x)\n"},
    {"conditions that hold", "a\n\n:::only{edition=xa}\nb\n:::\n\nc\n", "a\n\nb\n\nc\n"},
    {"conditions that hold, without blank lines", "a\n:::only{edition=xa}\nb\n:::\nc\n", "a\n\nb\n\nc\n"},
    {"conditions that do not hold", "a\n:::only{edition=xb}\n## B {#b}\n\nb\n:::\nc\n", "a\n\nc\n"},
    {"conditions in lists and quotes",
     "- a\n  :::only{edition=xa}\n  b\n  :::\n- :::only{edition=xb}\n  c\n  :::\n\n> d\n> :::except{edition=xa}\n> "
     "e\n> :::\n> f\n",
     "- a\n\n  b\n\n- \n\n> d\n> \n> f\n"},
    {"comments", "a <!-- x --> b\n\n<!-- y\nz -->\n\nc\n<!-- w -->\nd\n\n`<!-- code -->`\n",
     "a b\n\n\nc\n<!---->\nd\n\n`<!-- code -->`\n"},
    {"destinations of another folder", "[a](../b.md#c) ![d](../e.png)\n", "[a](moved/b.md) ![d](moved/e.png)\n"},
};

static void test_examples(void **state)
{
    (void)state;
    unsigned wrong = 0;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        const char *got = resolve_text(examples[i].markdown, RESOLVE_MERGED);
        if (strcmp(got, examples[i].merged) == 0)
            continue;
        print_error("%s:\n--- wanted\n%s--- got\n%s", examples[i].name, examples[i].merged, got);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

static void test_raw(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        const char *body = examples[i].markdown;
        if (strncmp(body, "---\n", 4) == 0)
            body = strstr(body + 4, "---\n") + 4;
        assert_string_equal(resolve_text(examples[i].markdown, RESOLVE_RAW), body);
    }
}

/* ---- includes ---- */

static void test_includes(void **state)
{
    (void)state;
    struct parsed main_file =
        parsed_text("a[^n]\n\n> ::include{xref=\"other#s\"}\n\n[^n]: N [l][r]\n\n[r]: https://e.org/r\n");
    struct parsed other =
        parsed_text("## S {#s}\nx[^n] [t][r] {{retention.days}}\n\n- i {#i}\n\n[^n]: M\n\n[r]: <../q r.md> \"T\"\n");
    struct document documents[2] = {main_file.document, other.document};
    struct page page = {.documents = documents, .document_count = 2, .language = LANGUAGE_NONE};
    struct passage whole = passage_whole(&page, 0);
    include_page = &page;
    include_passage = passage_section(&page, 1, parsed_section(&documents[1], "s"), false);
    include_passage.kind = PASSAGE_INCLUDED;
    include_passage.flags = PASSAGE_NO_IDS;
    include_passage.level_shift = 1;
    page.passages = &whole;
    page.passage_count = 1;
    buffer_clear(&out);
    assert_true(resolve_markdown(&out, &page, RESOLVE_MERGED, &hooks));
    assert_string_equal(
        buffer_string(&out),
        "a[^1]\n\n> :::included{from=\"other#s\"}\n> ### S\n> x[^2] [t](<moved/q r.md> \"T\") 90\n> \n> - i\n> \n> \n"
        "> [r]: <../q r.md> \"T\"\n> :::\n\n\n[r]: https://e.org/r\n"
        "\n[^1]: N [l](https://e.org/r)\n\n[^2]: M\n");
    include_page = NULL;
    parsed_free(&main_file);
    parsed_free(&other);
}

/* Includes that include themselves many times end, and say so. */
static void test_fan_out(void **state)
{
    (void)state;
    struct buffer text = BUFFER(1 << 20);
    for (unsigned i = 0; i < 40; i++)
        buffer_text(&text, "::include{xref=\"other#s\"}\n");
    struct parsed parsed = parsed_from(buffer_view(&text));
    struct page page = {.documents = &parsed.document, .document_count = 1, .language = LANGUAGE_NONE};
    struct passage whole = passage_whole(&page, 0);
    include_page = &page;
    include_passage = whole;
    page.passages = &whole;
    page.passage_count = 1;
    buffer_clear(&out);
    assert_false(resolve_markdown(&out, &page, RESOLVE_MERGED, &hooks));
    include_page = NULL;
    buffer_free(&text);
    parsed_free(&parsed);
}

/* ---- the worked example ---- */

struct world {
    struct parsed files[4]; /* storage.md, storage.fr.md, xb's storage.md, xb's storage.ar.md */
    struct document documents[4];
    struct passage passages[8];
    struct page page;
};

enum { BASE, BASE_FR, XB, XB_AR };
enum { EN, FR, AR };

static void world_begin(struct world *world)
{
    static const char *const texts[4] = {
        "---\nid: storage\ntitle: Storage\n---\nApplies to all exhibits.\n\n## Keeping {#keeping}\n"
        "Keep exhibits for {{retention.days}} days.\n\n### Cold {#cold}\nFreeze samples.\n\n## Release {#release}\n"
        "See [](xref:storage#keeping). The owner *may* ask.\n",
        "---\ntitle: Stockage\n---\nS'applique à tous les objets.\n\n## Conservation {#keeping}\n"
        "Garder les objets {{retention.days}} jours.\n\n## Restitution {#release}\n"
        "Voir [](xref:storage#keeping). Le propriétaire *peut* demander.\n",
        "---\noverlay: {reason: Code de procédure}\n---\n:::replace{#release base=\"0b60e533cbe9\"}\n## Restitution\n"
        "Le juge décide.\n:::\n:::insert{after=\"keeping\" #heat}\n## Chaleur\nRefroidir les locaux.\n:::\n"
        "::set{param=\"retention.days\" value=90 base=\"78bc8b22f771\"}\n",
        "---\nl10n: {sections: {release: dba6d1761d11}}\n---\n:::replace{#release}\n## الإعادة\nيقرر القاضي.\n:::\n",
    };
    *world = (struct world){0};
    for (unsigned i = 0; i < 4; i++) {
        world->files[i] = parsed_text(texts[i]);
        world->documents[i] = world->files[i].document;
    }
    world->page = (struct page){.documents = world->documents, .document_count = 4, .passages = world->passages};
}

static void world_end(struct world *world)
{
    for (unsigned i = 0; i < 4; i++)
        parsed_free(&world->files[i]);
}

static struct passage *add(struct world *world, struct passage passage, uint16_t tongue)
{
    passage.language = tongue;
    passage.why = tongue == world->page.language ? WHY_OWN : WHY_UNTRANSLATED;
    struct passage *added = &world->passages[world->page.passage_count++];
    *added = passage;
    return added;
}

static void add_lead(struct world *world, uint32_t document, uint16_t tongue)
{
    struct passage lead = passage_whole(&world->page, document);
    lead.end = world->documents[document].sections[0].node;
    add(world, lead, tongue);
}

static void add_section(struct world *world, uint32_t document, const char *id, uint16_t tongue)
{
    uint32_t section = parsed_section(&world->documents[document], id);
    assert_int_not_equal(section, NODE_NONE);
    add(world, passage_section(&world->page, document, section, true), tongue);
}

/* The body of an operation, with the id it gives its first section. */
static void add_operation(struct world *world, uint32_t document, const char *id, uint16_t tongue)
{
    const struct document *overlay = &world->documents[document];
    for (uint32_t i = 0; i < overlay->directive_count; i++) {
        const struct directive *directive = &overlay->directives[i];
        if (!slice_is(document_text(overlay, directive->id), id))
            continue;
        struct passage body = passage_whole(&world->page, document);
        body.first = directive->node + 1;
        body.end = overlay->nodes[directive->node].end;
        body.kind = PASSAGE_REPLACED;
        body.id_document = document;
        body.id = directive->id;
        add(world, body, tongue);
        return;
    }
    fail_msg("no operation on '%s'", id);
}

static void assert_page(struct world *world, const char *wanted)
{
    assert_true(page_is_valid(&world->page));
    buffer_clear(&out);
    assert_true(resolve_markdown(&out, &world->page, RESOLVE_MERGED, &hooks));
    struct buffer plain = BUFFER(1 << 20); /* the example leaves out blank lines */
    const char *at = buffer_string(&out);
    for (; *at; at++)
        if (*at != '\n' || plain.length == 0 || plain.at[plain.length - 1] != '\n')
            buffer_byte(&plain, *at);
    assert_string_equal(buffer_string(&plain), wanted);
    buffer_free(&plain);
}

static void test_worked_example(void **state)
{
    (void)state;
    struct world world;
    world_begin(&world);
    world.page.language = FR;
    add_lead(&world, BASE_FR, FR);
    add_section(&world, BASE_FR, "keeping", FR);
    add_section(&world, BASE, "cold", EN);
    add_section(&world, BASE_FR, "release", FR);
    assert_page(&world,
                "S'applique à tous les objets.\n## Conservation {#keeping}\nGarder les objets 90 jours.\n"
                ":::lang{lang=\"en\" dir=\"ltr\" why=\"untranslated\"}\n### Cold {#cold}\nFreeze samples.\n:::\n"
                "## Restitution {#release}\nVoir [](xref:storage#keeping). Le propriétaire *peut* demander.\n");

    world.page.language = FR;
    world.page.passage_count = 3;
    add_operation(&world, XB, "heat", FR);
    add_operation(&world, XB, "release", FR);
    assert_page(&world,
                "S'applique à tous les objets.\n## Conservation {#keeping}\nGarder les objets 90 jours.\n"
                ":::lang{lang=\"en\" dir=\"ltr\" why=\"untranslated\"}\n### Cold {#cold}\nFreeze samples.\n:::\n"
                "## Chaleur {#heat}\nRefroidir les locaux.\n## Restitution {#release}\nLe juge décide.\n");

    world.page.language = AR;
    world.page.passage_count = 0;
    add_lead(&world, BASE_FR, FR);
    add_section(&world, BASE_FR, "keeping", FR);
    add_section(&world, BASE, "cold", EN);
    add_operation(&world, XB, "heat", FR);
    add_operation(&world, XB_AR, "release", AR);
    assert_page(
        &world,
        ":::lang{lang=\"fr\" dir=\"ltr\" why=\"untranslated\"}\nS'applique à tous les objets.\n"
        "## Conservation {#keeping}\nGarder les objets 90 jours.\n:::\n"
        ":::lang{lang=\"en\" dir=\"ltr\" why=\"untranslated\"}\n### Cold {#cold}\nFreeze samples.\n:::\n"
        ":::lang{lang=\"fr\" dir=\"ltr\" why=\"untranslated\"}\n## Chaleur {#heat}\nRefroidir les locaux.\n:::\n"
        "## الإعادة {#release}\nيقرر القاضي.\n");
    world_end(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples),       cmocka_unit_test(test_raw),
        cmocka_unit_test(test_includes),       cmocka_unit_test(test_fan_out),
        cmocka_unit_test(test_worked_example),
    };
    int status = cmocka_run_group_tests_name("resolve", tests, NULL, NULL);
    buffer_free(&out);
    return status;
}
