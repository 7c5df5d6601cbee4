/* Headings and the sections they begin. Sections are nodes that close when a
 * heading of their level or a higher one comes; their bytes tile the body. */

#include "base/suggest.h"
#include "parse/blocks.h"
#include "text/unicode.h"

void sections_close(struct parser *parser, size_t base, unsigned level, uint32_t at)
{
    struct document_builder *builder = &parser->builder;
    html_flush(parser);
    while (parser->section_count > base && parser->sections[parser->section_count - 1].level >= level) {
        struct open_section open = parser->sections[--parser->section_count];
        struct section *section = &builder->sections[open.section];
        section->whole_bytes = at - section->at;
        if (section->own_bytes == UINT32_MAX)
            section->own_bytes = section->whole_bytes;
        node_place(parser, open.node, section->at, at);
        node_end(parser, open.node);
    }
}

static uint32_t section_open(struct parser *parser, unsigned level, uint32_t at)
{
    struct document_builder *builder = &parser->builder;
    sections_close(parser, parser->section_base, level, at);
    struct open_section *outer =
        parser->section_count > parser->section_base ? &parser->sections[parser->section_count - 1] : NULL;
    if (outer && builder->sections[outer->section].own_bytes == UINT32_MAX)
        builder->sections[outer->section].own_bytes = at - builder->sections[outer->section].at;
    uint32_t node = node_add(parser, NODE_SECTION), index = (uint32_t)builder->section_count;
    LIST_GROW(builder->sections, builder->section_count, builder->section_capacity);
    builder->sections[builder->section_count++] = (struct section){
        .node = node,
        .parent = outer ? outer->section : NODE_NONE,
        .level = (uint16_t)level,
        .flags = parser->operation == NODE_NONE ? 0 : SECTION_IN_OPERATION,
        .at = at,
        .own_bytes = UINT32_MAX,
    };
    node_at(parser, node)->extra = index;
    LIST_GROW(parser->sections, parser->section_count, parser->section_capacity);
    parser->sections[parser->section_count++] = (struct open_section){node, index, level};
    return index;
}

/* ---- `{#id …}` at the end ---- */

bool trailing_id(struct parser *parser, struct inline_text *text, struct written_attributes *out)
{
    size_t end = text->length;
    while (end && strchr(" \t\r\n", text->at[end - 1]))
        end--;
    if (end < 3 || text->at[end - 1] != '}')
        return false;
    for (size_t at = end - 1; at-- > 0 && text->at[at] != '\n';) {
        if (text->at[at] != '{' || text->at[at + 1] != '#')
            continue;
        if (at && text->at[at - 1] != ' ' && text->at[at - 1] != '\t' && text->at[at - 1] != '\n')
            return false;
        uint32_t place = inline_place(text, at);
        size_t length = 0;
        struct slice written = {(const char *)text->at + at, end - at};
        if (!attributes_read(parser, written, place, out, &length))
            return false;
        if (length != written.length)
            return false;
        struct slice normal;
        if (!id_check(parser, out->id, out->id_at, &normal)) {
            parser->reported_id = place;
            return false;
        }
        out->id_bytes = (uint32_t)out->id.length;
        out->id = normal;
        while (at && strchr(" \t", text->at[at - 1]))
            at--;
        text->length = at;
        return true;
    }
    return false;
}

static void take_aliases(struct parser *parser, uint32_t node, uint32_t index, struct written_attribute *attribute)
{
    struct document_builder *builder = &parser->builder;
    struct slice rest = attribute->value;
    buffer_clear(&parser->work);
    struct slice found[32];
    size_t count = 0;
    while ((rest = slice_trim(rest)).length && count < 32) {
        size_t blank = slice_find(rest, ' ');
        struct slice alias = {rest.at, blank}, normal;
        if (id_check(parser, alias, attribute->at, &normal))
            found[count++] = normal;
        rest = slice_from(rest, blank);
    }
    for (size_t i = 0; i < count; i++) {
        identifier_add(parser, IDENTIFIER_ALIAS, node, found[i], attribute->at, attribute->length);
        if (i)
            buffer_byte(&parser->work, ' ');
        buffer_slice(&parser->work, found[i]);
    }
    builder->sections[index].aliases = document_pool_add(builder, buffer_view(&parser->work));
}

static void take_attributes(struct parser *parser, uint32_t node, uint32_t index, struct written_attributes *written)
{
    for (uint32_t i = 0; i < written->count; i++) {
        struct written_attribute *attribute = &written->items[i];
        if (slice_is(attribute->key, "aliases")) {
            take_aliases(parser, node, index, attribute);
        } else if (slice_is(attribute->key, "locked")) {
            parser->builder.sections[index].flags |= SECTION_LOCKED;
        } else {
            struct suggestion suggestion = {.wanted = attribute->key};
            char nearest[100];
            suggest_offer(&suggestion, SLICE("aliases"));
            suggest_offer(&suggestion, SLICE("locked"));
            suggest_text(&suggestion, nearest, sizeof nearest);
            finding_add(parser, DIAG_ATTRIBUTE_UNKNOWN, attribute->key_at, (uint32_t)attribute->key.length,
                        "a heading has no attribute '%.*s'", SLICE_ARGS(attribute->key));
            finding_help(parser, "%s", nearest[0] ? nearest : "a heading takes '#id', 'aliases' and 'locked'");
        }
    }
}

/* ---- headings ---- */

static struct inline_text heading_content(struct parser *parser, cmark_node *block, struct line_range *range)
{
    uint32_t first = (uint32_t)block->start_line;
    if (block->as.heading.setext) {
        struct inline_text text = content_of_lines(parser, &block->content, first, (uint32_t)block->end_line, range);
        range->last++; /* the underline */
        return text;
    }
    *range = (struct line_range){first, first};
    struct slice line = line_bytes_of(parser, first);
    size_t at = (size_t)block->start_column - 1;
    while (at < line.length && line.at[at] == '#')
        at++;
    while (at < line.length && (line.at[at] == ' ' || line.at[at] == '\t'))
        at++;
    return content_at(parser, &block->content, (uint32_t)(line.at - parser->text) + (uint32_t)at);
}

static bool is_title(const struct parser *parser, const cmark_node *block, struct place_in place)
{
    return block->as.heading.level == 1 && place.depth == 1 && place.makes_sections && !parser->seen_block &&
           !parser->is_overlay && parser->operation == NODE_NONE;
}

static void check_level(struct parser *parser, unsigned level, uint32_t at, uint32_t length)
{
    if (level == 1 && parser->operation == NODE_NONE) {
        if (parser->seen_title) {
            finding_add(parser, DIAG_TITLE_SECOND, at, length, "this is a second heading of level 1");
            finding_help(parser, "a page has one title; write '## ' for its sections");
        } else if (!parser->is_overlay) {
            finding_add(parser, DIAG_TITLE_LATE, at, length, "a heading of level 1 stands behind other text");
            finding_help(parser, "move it to the top, where it is the page's title, or write '## '");
        }
        parser->seen_title = true;
    } else if (parser->last_level && level > parser->last_level + 1) {
        finding_add(parser, DIAG_HEADING_SKIP, at, length, "a heading of level %u follows one of level %u", level,
                    parser->last_level);
        finding_help(parser, "write '%.*s '", (int)parser->last_level + 1, "######");
    }
    parser->last_level = level;
}

static uint32_t make_heading(struct parser *parser, cmark_node *block, struct inline_text text, struct line_range range)
{
    uint32_t node = node_add(parser, NODE_HEADING);
    node_at(parser, node)->detail = (uint16_t)block->as.heading.level;
    node_lines(parser, node, range.first, range.last);
    parser->collects_plain = true;
    parser->saw_param = false;
    buffer_clear(&parser->plain);
    inlines_convert(parser, block, text);
    parser->collects_plain = false;
    node_end(parser, node);
    return node;
}

static struct slice squeezed(struct buffer *out, struct slice text)
{
    buffer_clear(out);
    text = slice_trim(text);
    for (size_t i = 0; i < text.length; i++)
        if (!strchr(" \t\r\n", text.at[i]) || !text.at[i])
            buffer_byte(out, text.at[i]);
        else if (out->length && out->at[out->length - 1] != ' ')
            buffer_byte(out, ' ');
    return buffer_view(out);
}

static void take_title(struct parser *parser, uint32_t at, uint32_t length)
{
    struct document_builder *builder = &parser->builder;
    struct slice title = squeezed(&parser->work, buffer_view(&parser->plain));
    builder->title = document_pool_add(builder, title);
    builder->flags |= DOCUMENT_HAS_TITLE_HEADING;
    parser->seen_title = true;
    parser->last_level = 1;
    for (size_t i = 0; i < builder->field_count; i++) {
        const struct field *field = &builder->fields[i];
        if (field->key != FIELD_TITLE)
            continue;
        struct slice given = pool_text(parser, field->value);
        struct buffer other = BUFFER(SIZE_MAX / 4);
        title = pool_text(parser, builder->title);
        if (!slice_equal(squeezed(&other, given), title)) {
            finding_add(parser, DIAG_TITLE_CONFLICT, at, length, "the page has two titles: this one and '%.*s'",
                        SLICE_ARGS(buffer_view(&other)));
            finding_help(parser, "keep one: 'title' in the front matter, or the heading of level 1");
        }
        buffer_free(&other);
    }
}

uint32_t heading_convert(struct parser *parser, cmark_node *block, struct place_in place)
{
    struct line_range range;
    struct written_attributes written;
    struct inline_text text = heading_content(parser, block, &range);
    uint32_t at = parser->lines[range.first - 1];
    uint32_t length = (uint32_t)line_bytes_of(parser, range.first).length;
    bool has_id = trailing_id(parser, &text, &written);
    unsigned level = (unsigned)block->as.heading.level;
    bool opens_page = is_title(parser, block, place);
    parser->seen_block = true;
    if (opens_page || !place.makes_sections) {
        uint32_t node = make_heading(parser, block, text, range);
        if (opens_page) {
            take_title(parser, at, length);
        } else if (!place.takes_headings) {
            finding_add(parser, DIAG_HEADING_NESTED, at, length,
                        "a heading stands inside a list, a quote or a container");
            finding_help(parser, "only headings at the top level make sections; use bold text here");
        }
        if (has_id)
            identifier_add(parser, IDENTIFIER_ELEMENT, node, written.id, written.id_at, written.id_bytes);
        return range.last;
    }
    check_level(parser, level, at, length);
    uint32_t index = section_open(parser, level, at), node = parser->builder.sections[index].node;
    /* The first heading of an operation takes the id that the operation aims at. */
    bool takes_target = !has_id && parser->operation_id.at;
    if (takes_target)
        written = (struct written_attributes){
            .id = parser->operation_id, .id_at = parser->operation_id_at, .id_bytes = parser->operation_id_bytes};
    parser->operation_id = (struct slice){0};
    uint32_t identifier =
        identifier_add(parser, IDENTIFIER_SECTION, node, has_id ? written.id : (struct slice){0},
                       has_id || takes_target ? written.id_at : at, has_id || takes_target ? written.id_bytes : 0);
    if (has_id)
        take_attributes(parser, node, index, &written);
    uint32_t heading = make_heading(parser, block, text, range);
    node_at(parser, heading)->extra = index;
    struct span id =
        takes_target ? document_pool_add(&parser->builder, written.id) : parser->builder.identifiers[identifier].id;
    struct section *section = &parser->builder.sections[index];
    section->title = document_pool_add(&parser->builder, squeezed(&parser->work, buffer_view(&parser->plain)));
    section->id = id;
    if (has_id) {
        section->id_at = written.id_at;
        section->id_bytes = written.id_bytes;
    } else if (!takes_target) {
        section->flags |= SECTION_AUTO_ID;
    }
    if (parser->saw_param) {
        section->flags |= SECTION_HAS_PARAM;
        if (!has_id && parser->operation == NODE_NONE) {
            finding_add(parser, DIAG_HEADING_PARAM, at, length, "a heading with a parameter needs an id of its own");
            finding_help(parser, "add '{#id}' at its end: the text differs from edition to edition, the id must not");
        }
    }
    return range.last;
}
