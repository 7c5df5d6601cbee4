/* Sealed documents: what is put in comes out, and bytes that are no document are
 * refused before anything follows them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka.h wants the four above it. */
#include "document_check.h"
#include "parsed.h"
#include <cmocka.h>

/* Every table has rows. */
static const char markdown[] =
    "---\ntitle: T\nrelations: {implements: [a, b]}\ntilte: x\n---\n"
    "# T\n\nLead {{p.q}} [a](xref:b#c 'd') <a id=\"k\"></a> x[^1]\n\n"
    "## A {#a aliases=\"b\"}\n\n- one {#i}\n- two *three*\n\n### B\n\n"
    "| h {#r} | k |\n|---|---|\n| c | `d` |\n\n"
    ":::only{edition=\"xa\"}\n## C\n:::\n\n:::note[L]{#n key=\"v\"}\nq\n:::\n\n::leaf{#m flag}\n\n[^1]: F\n";

static struct buffer seal(void)
{
    struct parsed parsed = parsed_text(markdown);
    assert_true(parsed.document.bytes.at == parsed.sealed.at);
    return parsed.sealed;
}

static bool opens(struct slice bytes)
{
    struct document document;
    bool ok = document_open(&document, bytes);
    if (!ok)
        assert_null(document.nodes);
    return ok;
}

static void test_tables(void **state)
{
    (void)state;
    struct buffer sealed = seal();
    struct document document;
    uint32_t where;
    assert_true(document_open(&document, buffer_view(&sealed)));
    assert_null(document_check(&document, &where));
    assert_true(slice_is(document.source, markdown));
    const uint32_t counts[] = {document.node_count,       document.field_count,     document.section_count,
                               document.identifier_count, document.reference_count, document.token_count,
                               document.directive_count,  document.attribute_count, document.finding_count,
                               document.hash_count};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        assert_true(counts[i] > 0);
    assert_true(slice_is(document_text(&document, document.title), "T"));
    assert_true(slice_is(slice_from(document.source, document.body_at), strchr(markdown, '#')));
    buffer_free(&sealed);
}

static void test_lookups(void **state)
{
    (void)state;
    struct buffer sealed = seal();
    struct document document;
    assert_true(document_open(&document, buffer_view(&sealed)));
    assert_true(slice_is(document_field_text(&document, FIELD_TITLE), "T"));
    const struct field *relation = document_field(&document, FIELD_RELATIONS);
    assert_non_null(relation);
    assert_true(slice_is(document_text(&document, relation->name), "implements"));
    assert_true(slice_is(document_text(&document, relation->value), "a"));
    assert_true(slice_is(document_text(&document, relation[1].value), "b"));
    assert_null(document_field(&document, FIELD_ORDER));
    assert_int_equal(document_field_text(&document, FIELD_OWNER).length, 0);
    const struct directive *note = NULL, *leaf = NULL;
    for (uint32_t i = 0; i < document.directive_count; i++) {
        if (slice_is(document_text(&document, document.directives[i].name), "note"))
            note = &document.directives[i];
        if (slice_is(document_text(&document, document.directives[i].name), "leaf"))
            leaf = &document.directives[i];
    }
    struct slice value = SLICE("untouched");
    assert_non_null(note);
    assert_non_null(leaf);
    assert_false(directive_attribute(&document, note, "flag", &value));
    assert_true(slice_is(value, "untouched"));
    assert_true(directive_attribute(&document, note, "key", &value) && slice_is(value, "v"));
    assert_true(directive_attribute(&document, leaf, "flag", &value) && value.length == 0);
    assert_string_equal(node_type_name(NODE_PARAGRAPH), "paragraph");
    assert_string_equal(node_type_name(NODE_TYPE_COUNT), "?");
    buffer_free(&sealed);
}

/* Two documents in one buffer, the second behind bytes of any number. */
static void test_several(void **state)
{
    (void)state;
    struct parser *parser = parser_new();
    for (size_t before = 0; before < 9; before++) {
        struct buffer out = BUFFER(1 << 20);
        size_t first, second;
        struct document document;
        assert_true(parse_document(parser, SLICE("a\n"), &out, &first));
        for (size_t i = 0; i < before; i++)
            buffer_byte(&out, 'x');
        assert_true(parse_document(parser, SLICE("## B\n"), &out, &second));
        assert_int_equal(second % 8, 0);
        assert_true(document_open(&document, slice_from(buffer_view(&out), first)));
        assert_true(slice_is(document.source, "a\n"));
        assert_true(document_open(&document, slice_from(buffer_view(&out), second)));
        assert_int_equal(document.section_count, 1);
        buffer_free(&out);
    }
    parser_free(parser);
}

static void test_no_room(void **state)
{
    (void)state;
    struct parser *parser = parser_new();
    struct buffer out = BUFFER(200);
    size_t at;
    assert_false(parse_document(parser, SLICE("a page that does not fit\n"), &out, &at));
    assert_true(out.overflowed);
    buffer_free(&out);
    parser_free(parser);
}

static void test_cut(void **state)
{
    (void)state;
    struct buffer sealed = seal();
    for (size_t length = 0; length < sealed.length; length++)
        if (opens((struct slice){sealed.at, length}))
            fail_msg("opens at %zu of %zu bytes", length, sealed.length);
    /* What stands behind it is not looked at. */
    buffer_text(&sealed, "and more");
    assert_true(opens(buffer_view(&sealed)));
    buffer_free(&sealed);
}

static void test_misaligned(void **state)
{
    (void)state;
    struct buffer sealed = seal();
    char *moved = malloc(sealed.length + 8);
    memcpy(moved + 4, sealed.at, sealed.length);
    assert_false(opens((struct slice){moved + 4, sealed.length}));
    free(moved);
    buffer_free(&sealed);
}

/* One field of one row of a table, set to what it must not be. */
struct damage {
    const char *name;
    enum {
        IN_NODE,
        IN_FIELD,
        IN_SECTION,
        IN_IDENTIFIER,
        IN_REFERENCE,
        IN_TOKEN,
        IN_DIRECTIVE,
        IN_ATTRIBUTE,
        IN_FINDING,
        IN_HASH
    } table;
    int type; /* of the node that is damaged: the first of this type; -1: the first row */
    size_t offset, bytes;
    uint32_t value;
};

#define AT(row, field) offsetof(struct row, field), sizeof(((struct row *)0)->field)
#define SPAN_AT(row, field) offsetof(struct row, field.at), 4
#define SPAN_LENGTH(row, field) offsetof(struct row, field.length), 4

enum { FAR = 0x10000000 };

static const struct damage damages[] = {
    {"a type that there is not", IN_NODE, NODE_TEXT, AT(node, type), NODE_TYPE_COUNT},
    {"a second document", IN_NODE, NODE_PARAGRAPH, AT(node, type), NODE_DOCUMENT},
    {"a root of another type", IN_NODE, NODE_DOCUMENT, AT(node, type), NODE_QUOTE},
    {"a root that ends early", IN_NODE, NODE_DOCUMENT, AT(node, end), 5},
    {"a node that ends where it begins", IN_NODE, NODE_TEXT, AT(node, end), 1},
    {"a node that ends behind all nodes", IN_NODE, NODE_PARAGRAPH, AT(node, end), FAR},
    {"a node that ends behind its parent", IN_NODE, NODE_EMPH, AT(node, end), 40},
    {"a place behind the source", IN_NODE, NODE_PARAGRAPH, AT(node, at), FAR},
    {"a length that wraps", IN_NODE, NODE_PARAGRAPH, AT(node, length), UINT32_MAX},
    {"a text behind the source", IN_NODE, NODE_TEXT, AT(node, text), FAR},
    {"a text that is too long", IN_NODE, NODE_TEXT, AT(node, text_bytes), FAR},
    {"a heading of level 0", IN_NODE, NODE_HEADING, AT(node, detail), 0},
    {"a heading of level 7", IN_NODE, NODE_HEADING, AT(node, detail), 7},
    {"a heading of no section", IN_NODE, NODE_HEADING, AT(node, extra), FAR},
    {"a section without a row", IN_NODE, NODE_SECTION, AT(node, extra), FAR},
    {"a section with another's row", IN_NODE, NODE_SECTION, AT(node, extra), 1},
    {"an item without a row", IN_NODE, NODE_ITEM, AT(node, extra), FAR},
    {"a row without a row", IN_NODE, NODE_ROW, AT(node, extra), FAR},
    {"a note of no kind", IN_NODE, NODE_NOTE, AT(node, detail), 5},
    {"a note without a directive", IN_NODE, NODE_NOTE, AT(node, extra), FAR},
    {"a leaf without a directive", IN_NODE, NODE_LEAF, AT(node, extra), NODE_NONE},
    {"a condition without a directive", IN_NODE, NODE_CONDITION_OPEN, AT(node, extra), NODE_NONE},
    {"a condition without an end", IN_NODE, NODE_CONDITION_OPEN, AT(node, detail2), FAR},
    {"a condition that ends before it begins", IN_NODE, NODE_CONDITION_OPEN, AT(node, detail2), 1},
    {"an end of no condition", IN_NODE, NODE_CONDITION_CLOSE, AT(node, detail2), 1},
    {"an end behind all nodes", IN_NODE, NODE_CONDITION_CLOSE, AT(node, detail2), FAR},
    {"a link without a reference", IN_NODE, NODE_LINK, AT(node, extra), NODE_NONE},
    {"a parameter without a token", IN_NODE, NODE_PARAM, AT(node, extra), NODE_NONE},
    {"a footnote reference to nothing", IN_NODE, NODE_FOOTNOTE_REF, AT(node, extra), NODE_NONE},
    {"a footnote reference to a text", IN_NODE, NODE_FOOTNOTE_REF, AT(node, extra), 2},
    {"an anchor without an identifier", IN_NODE, NODE_ANCHOR, AT(node, extra), NODE_NONE},
    {"a key that there is not", IN_FIELD, -1, AT(field, key), FIELD_KEY_COUNT},
    {"a field's name", IN_FIELD, -1, SPAN_AT(field, name), FAR},
    {"a field's value", IN_FIELD, -1, SPAN_LENGTH(field, value), FAR},
    {"a field's place", IN_FIELD, -1, AT(field, at), FAR},
    {"a section's node", IN_SECTION, -1, AT(section, node), FAR},
    {"a section on another node", IN_SECTION, -1, AT(section, node), 1},
    {"a section that is its own parent", IN_SECTION, -1, AT(section, parent), 0},
    {"a section of level 0", IN_SECTION, -1, AT(section, level), 0},
    {"a section of level 7", IN_SECTION, -1, AT(section, level), 7},
    {"a section's id", IN_SECTION, -1, SPAN_LENGTH(section, id), FAR},
    {"a section's title", IN_SECTION, -1, SPAN_AT(section, title), FAR},
    {"a section's aliases", IN_SECTION, -1, SPAN_LENGTH(section, aliases), FAR},
    {"a section's place", IN_SECTION, -1, AT(section, at), FAR},
    {"a section that is longer than the source", IN_SECTION, -1, AT(section, whole_bytes), FAR},
    {"a part that is longer than its section", IN_SECTION, -1, AT(section, own_bytes), FAR},
    {"the place of a section's id", IN_SECTION, -1, AT(section, id_at), FAR},
    {"an identifier of no kind", IN_IDENTIFIER, -1, AT(identifier, kind), IDENTIFIER_ANCHOR + 1},
    {"an identifier's node", IN_IDENTIFIER, -1, AT(identifier, node), FAR},
    {"an identifier's id", IN_IDENTIFIER, -1, SPAN_AT(identifier, id), FAR},
    {"an identifier's place", IN_IDENTIFIER, -1, AT(identifier, length), FAR},
    {"a reference of no kind", IN_REFERENCE, -1, AT(reference, kind), REFERENCE_INCLUDE + 1},
    {"a reference's node", IN_REFERENCE, -1, AT(reference, node), FAR},
    {"a reference's place", IN_REFERENCE, -1, AT(reference, at), FAR},
    {"a reference's release", IN_REFERENCE, -1, SPAN_AT(reference, release), FAR},
    {"a reference's source", IN_REFERENCE, -1, SPAN_LENGTH(reference, source), FAR},
    {"a reference's target", IN_REFERENCE, -1, SPAN_AT(reference, target), FAR},
    {"a reference's fragment", IN_REFERENCE, -1, SPAN_LENGTH(reference, fragment), FAR},
    {"a token's node", IN_TOKEN, -1, AT(token, node), FAR},
    {"a token's name", IN_TOKEN, -1, SPAN_LENGTH(token, name), FAR},
    {"a token's place", IN_TOKEN, -1, AT(token, length), FAR},
    {"a directive's node", IN_DIRECTIVE, -1, AT(directive, node), FAR},
    {"a directive's name", IN_DIRECTIVE, -1, SPAN_AT(directive, name), FAR},
    {"a directive's id", IN_DIRECTIVE, -1, SPAN_LENGTH(directive, id), FAR},
    {"a directive's attributes", IN_DIRECTIVE, -1, AT(directive, first_attribute), FAR},
    {"too many attributes", IN_DIRECTIVE, -1, AT(directive, attribute_count), UINT32_MAX},
    {"a directive's place", IN_DIRECTIVE, -1, AT(directive, at), FAR},
    {"an attribute's key", IN_ATTRIBUTE, -1, SPAN_AT(attribute, key), FAR},
    {"an attribute's value", IN_ATTRIBUTE, -1, SPAN_LENGTH(attribute, value), FAR},
    {"an attribute's place", IN_ATTRIBUTE, -1, AT(attribute, at), FAR},
    {"a code that there is not", IN_FINDING, -1, AT(finding, code), DIAG_CODE_COUNT},
    {"a level that there is not", IN_FINDING, -1, AT(finding, level), LEVEL_ERROR + 1},
    {"a finding's place", IN_FINDING, -1, AT(finding, at), FAR},
    {"a finding's text", IN_FINDING, -1, SPAN_LENGTH(finding, text), FAR},
    {"a finding's help", IN_FINDING, -1, SPAN_AT(finding, help), FAR},
    {"a hash of no node", IN_HASH, -1, AT(block_hash, node), FAR},
};

static const void *damaged_row(const struct document *document, const struct damage *damage)
{
    const void *const rows[] = {document->nodes,      document->fields, document->sections,   document->identifiers,
                                document->references, document->tokens, document->directives, document->attributes,
                                document->findings,   document->hashes};
    if (damage->table != IN_NODE)
        return rows[damage->table];
    uint32_t node = parsed_node(document, (enum node_type)damage->type);
    assert_int_not_equal(node, NODE_NONE);
    return &document->nodes[node];
}

static void test_damages(void **state)
{
    (void)state;
    struct buffer sealed = seal();
    struct document document;
    unsigned wrong = 0;
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        const struct damage *damage = &damages[i];
        assert_true(document_open(&document, buffer_view(&sealed)));
        char *at = sealed.at + ((const char *)damaged_row(&document, damage) - sealed.at) + damage->offset, kept[4];
        memcpy(kept, at, damage->bytes);
        memcpy(at, &damage->value, damage->bytes); /* little end first, as all machines that this runs on */
        if (opens(buffer_view(&sealed))) {
            print_error("%s: opens\n", damage->name);
            wrong++;
        }
        memcpy(at, kept, damage->bytes);
    }
    assert_true(opens(buffer_view(&sealed)));
    assert_int_equal(wrong, 0);
    buffer_free(&sealed);
}

/* Any byte may change: refused, or everything in it may be followed. Run under
 * AddressSanitizer this is worth more than here. */
static void test_any_byte(void **state)
{
    (void)state;
    static const unsigned char masks[] = {0x01, 0x80, 0xFF};
    struct buffer sealed = seal();
    FILE *nowhere = fopen("/dev/null", "w");
    size_t refused = 0;
    for (size_t at = 0; at < sealed.length; at++)
        for (size_t i = 0; i < sizeof masks; i++) {
            struct document document;
            sealed.at[at] = (char)(sealed.at[at] ^ masks[i]);
            if (document_open(&document, buffer_view(&sealed)))
                document_dump(nowhere, &document);
            else
                refused++;
            sealed.at[at] = (char)(sealed.at[at] ^ masks[i]);
        }
    assert_true(refused > sealed.length / 4);
    fclose(nowhere);
    buffer_free(&sealed);
}

static void test_too_deep(void **state)
{
    (void)state;
    struct document_builder builder = {0};
    for (uint32_t deep = 510; deep < 514; deep++) {
        document_builder_clear(&builder);
        builder.source = SLICE("");
        for (uint32_t i = 0; i < deep; i++) {
            LIST_GROW(builder.nodes, builder.node_count, builder.node_capacity);
            builder.nodes[builder.node_count++] = (struct node){.type = i ? NODE_QUOTE : NODE_DOCUMENT, .end = deep};
        }
        struct buffer sealed = BUFFER(1 << 20);
        size_t at = document_seal(&builder, &sealed);
        assert_int_equal(at, 0);
        /* The innermost node has no child, so it needs no place among the open ones. */
        assert_int_equal(opens(buffer_view(&sealed)), deep <= 513);
        buffer_free(&sealed);
    }
    document_builder_free(&builder);
}

static void test_builder(void **state)
{
    (void)state;
    struct document_builder builder = {0};
    struct span empty = document_pool_add(&builder, (struct slice){NULL, 0});
    assert_int_equal(empty.at + empty.length, 0);
    struct span span = document_pool_add(&builder, SLICE("text"));
    assert_int_equal(span.length, 4);
    LIST_GROW(builder.nodes, builder.node_count, builder.node_capacity);
    builder.nodes[builder.node_count++] = (struct node){.type = NODE_DOCUMENT, .end = 1};
    struct document view;
    document_builder_view(&view, &builder);
    assert_int_equal(view.node_count, 1);
    assert_true(slice_is(document_text(&view, span), "text"));
    size_t capacity = builder.node_capacity;
    document_builder_clear(&builder);
    assert_int_equal(builder.node_count, 0);
    assert_int_equal(builder.pool.length, 0);
    assert_int_equal(builder.node_capacity, capacity);
    document_builder_free(&builder);
    assert_null(builder.nodes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),  cmocka_unit_test(test_lookups),  cmocka_unit_test(test_several),
        cmocka_unit_test(test_no_room), cmocka_unit_test(test_cut),      cmocka_unit_test(test_misaligned),
        cmocka_unit_test(test_damages), cmocka_unit_test(test_any_byte), cmocka_unit_test(test_too_deep),
        cmocka_unit_test(test_builder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
