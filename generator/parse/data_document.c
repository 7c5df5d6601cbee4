/* Writes Markdown from the YAML tree, remembers for each run of text where in the
 * file it stands, parses that, and puts the file's places in. */

#include "parse/data_document.h"
#include "base/limits.h"
#include "parse/parts.h"
#include "yaml/yaml.h"
#include <stdlib.h>

/* Bytes [at, at + length) of the Markdown come from `from` on in the file. */
struct origin {
    uint32_t at, length, from;
};

struct writing {
    struct buffer markdown;
    struct origin *origins;
    size_t count, capacity;
    uint32_t fallback; /* where the last value stood */
};

static const char *const front_keys[] = {"id", "title", "description", "kind", "order", "nav", "aliases", "tags", "audience",
                                         "status", "owner", "approved_by", "approved_on", "review_by", "valid_from", "valid_until",
                                         "classification", "locked", "relations"};
/* Texts that a reader wants, in the order in which they are shown. */
static const char *const text_keys[] = {"intro", "text", "help", "meaning", "summary", "evidence", "note"};

static bool is_in(struct slice key, const char *const *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (slice_is(key, keys[i]))
            return true;
    return false;
}

static bool is_front_key(struct slice key)
{
    return is_in(key, front_keys, sizeof front_keys / sizeof front_keys[0]);
}

static bool is_text_key(struct slice key)
{
    return is_in(key, text_keys, sizeof text_keys / sizeof text_keys[0]);
}

static void write_from(struct writing *writing, struct slice text, size_t from)
{
    LIST_GROW(writing->origins, writing->count, writing->capacity);
    writing->origins[writing->count++] = (struct origin){(uint32_t)writing->markdown.length, (uint32_t)text.length, (uint32_t)from};
    buffer_slice(&writing->markdown, text);
}

/* A scalar as one line of inline Markdown; line ends inside it become blanks. */
static void write_text(struct writing *writing, const struct yaml_node *node)
{
    size_t from = node->at + (node->style == YAML_QUOTED);
    struct slice rest = slice_trim(node->text);
    from += rest.at ? (size_t)(rest.at - node->text.at) : 0;
    while (rest.length) {
        size_t stop = slice_find(rest, '\n');
        write_from(writing, (struct slice){rest.at, stop}, from);
        from += stop;
        rest = slice_from(rest, stop + 1);
        if (rest.length) {
            buffer_byte(&writing->markdown, ' ');
            from++;
        }
    }
}

static const struct yaml_node *heading_of(const struct yaml_node *entry)
{
    static const char *const keys[] = {"title", "text", "label"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const struct yaml_node *node = yaml_get(entry, keys[i]);
        if (node && node->kind == YAML_SCALAR && node->text.length)
            return node;
    }
    return NULL;
}

static bool is_entry(const struct yaml_node *node)
{
    return node->kind == YAML_MAPPING && yaml_get(node, "id") && heading_of(node);
}

static bool is_answer(const struct yaml_node *node)
{
    return node->kind == YAML_MAPPING && yaml_get(node, "text") && (yaml_get(node, "next") || yaml_get(node, "outcome"));
}

static void write_references(struct writing *writing, const struct yaml_node *list)
{
    for (const struct yaml_node *node = list->first; node; node = node->next) {
        if (node->kind != YAML_SCALAR)
            continue;
        buffer_text(&writing->markdown, "- [](");
        write_text(writing, node);
        buffer_text(&writing->markdown, ")\n");
    }
    buffer_byte(&writing->markdown, '\n');
}

static void write_answers(struct writing *writing, const struct yaml_node *list)
{
    for (const struct yaml_node *node = list->first; node; node = node->next) {
        if (!is_answer(node))
            continue;
        const struct yaml_node *to = yaml_get(node, "next") ? yaml_get(node, "next") : yaml_get(node, "outcome");
        buffer_text(&writing->markdown, "- ");
        write_text(writing, yaml_get(node, "text"));
        buffer_text(&writing->markdown, " → [](#");
        write_text(writing, to);
        buffer_text(&writing->markdown, ")\n");
    }
    buffer_byte(&writing->markdown, '\n');
}

static void write_labelled(struct writing *writing, const struct yaml_node *list)
{
    for (const struct yaml_node *node = list->first; node; node = node->next) {
        const struct yaml_node *label = node->kind == YAML_MAPPING ? heading_of(node) : NULL;
        const struct yaml_node *value = yaml_get(node, "value"), *meaning = yaml_get(node, "meaning");
        if (!label)
            continue;
        buffer_text(&writing->markdown, "- **");
        if (value && value->kind == YAML_SCALAR) {
            write_text(writing, value);
            buffer_byte(&writing->markdown, ' ');
        }
        write_text(writing, label);
        buffer_text(&writing->markdown, "**");
        if (meaning && meaning->kind == YAML_SCALAR) {
            buffer_text(&writing->markdown, ": ");
            write_text(writing, meaning);
        }
        buffer_byte(&writing->markdown, '\n');
    }
    buffer_byte(&writing->markdown, '\n');
}

static void write_texts(struct writing *writing, const struct yaml_node *list)
{
    for (const struct yaml_node *node = list->first; node; node = node->next) {
        if (node->kind != YAML_SCALAR)
            continue;
        buffer_text(&writing->markdown, "- ");
        write_text(writing, node);
        buffer_byte(&writing->markdown, '\n');
    }
    buffer_byte(&writing->markdown, '\n');
}

static void write_map(struct writing *writing, const struct yaml_node *map, const struct yaml_node *heading, unsigned level);

static void write_entries(struct writing *writing, const struct yaml_node *list, unsigned level)
{
    for (const struct yaml_node *node = list->first; node; node = node->next) {
        if (!is_entry(node))
            continue;
        const struct yaml_node *heading = heading_of(node);
        buffer_append(&writing->markdown, "######", level > 6 ? 6 : level);
        buffer_byte(&writing->markdown, ' ');
        write_text(writing, heading);
        buffer_text(&writing->markdown, " {#");
        write_text(writing, yaml_get(node, "id"));
        buffer_text(&writing->markdown, "}\n\n");
        write_map(writing, node, heading, level);
    }
}

/* Lists of `do`-like texts and of references are for readers; lists of names that programs relate are not. */
static void write_list(struct writing *writing, const struct yaml_node *list, unsigned level)
{
    if (!list->first)
        return;
    if (is_entry(list->first) && !is_answer(list->first)) {
        write_entries(writing, list, level + 1);
    } else if (is_answer(list->first)) {
        write_answers(writing, list);
    } else if (list->first->kind == YAML_MAPPING) {
        write_labelled(writing, list);
    } else if (slice_is(list->key, "refs")) {
        write_references(writing, list);
    } else if (slice_is(list->key, "do") || slice_is(list->key, "steps")) {
        write_texts(writing, list);
    }
}

static void write_map(struct writing *writing, const struct yaml_node *map, const struct yaml_node *heading, unsigned level)
{
    bool is_top = level == 1;
    for (const struct yaml_node *node = map->first; node; node = node->next) {
        if (node == heading || (is_top && is_front_key(node->key)))
            continue;
        switch ((enum yaml_kind)node->kind) {
        case YAML_SCALAR:
            if (!is_text_key(node->key) || node->text.length == 0)
                break;
            write_text(writing, node);
            buffer_text(&writing->markdown, "\n\n");
            break;
        case YAML_SEQUENCE:
            write_list(writing, node, level);
            break;
        case YAML_MAPPING:
            /* What holds for an empty list is shown while the list is empty. */
            if (slice_is(node->key, "empty")) {
                const struct yaml_node *items = yaml_get(map, "items");
                if (!items || !items->first)
                    write_map(writing, node, NULL, level);
            } else if (slice_is(node->key, "scales")) {
                write_map(writing, node, NULL, level);
            }
            break;
        }
    }
}

/* The lines of the front matter's keys, as they stand in the file. */
static void write_front_matter(struct writing *writing, const struct yaml_node *root, struct slice source)
{
    buffer_text(&writing->markdown, "---\n");
    for (const struct yaml_node *node = root->first; node; node = node->next) {
        if (!is_front_key(node->key))
            continue;
        size_t end = node->at + node->length;
        while (end < source.length && source.at[end] != '\n')
            end++;
        write_from(writing, (struct slice){source.at + node->key_at, end - node->key_at}, node->key_at);
        buffer_byte(&writing->markdown, '\n');
    }
    buffer_text(&writing->markdown, "---\n");
}

/* Where bytes of the Markdown stand in the file; the nearest text before them when they are punctuation of ours. */
static void find_origin(const struct writing *writing, uint32_t *at, uint32_t *length, size_t file_bytes)
{
    size_t low = 0, high = writing->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (writing->origins[middle].at <= *at)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0) {
        *at = 0;
        *length = 0;
        return;
    }
    const struct origin *origin = &writing->origins[low - 1];
    uint32_t into = *at - origin->at < origin->length ? *at - origin->at : 0;
    *at = origin->from + into;
    uint32_t left = origin->length - into;
    if (*length > left)
        *length = left;
    if (*at > file_bytes)
        *at = (uint32_t)file_bytes;
    if (*length > file_bytes - *at)
        *length = (uint32_t)(file_bytes - *at);
}

static void put_places(struct document_builder *builder, const struct writing *writing, size_t file_bytes)
{
    for (size_t i = 0; i < builder->field_count; i++)
        find_origin(writing, &builder->fields[i].at, &builder->fields[i].length, file_bytes);
    for (size_t i = 0; i < builder->identifier_count; i++)
        find_origin(writing, &builder->identifiers[i].at, &builder->identifiers[i].length, file_bytes);
    for (size_t i = 0; i < builder->reference_count; i++)
        find_origin(writing, &builder->references[i].at, &builder->references[i].length, file_bytes);
    for (size_t i = 0; i < builder->token_count; i++)
        find_origin(writing, &builder->tokens[i].at, &builder->tokens[i].length, file_bytes);
    for (size_t i = 0; i < builder->directive_count; i++)
        find_origin(writing, &builder->directives[i].at, &builder->directives[i].length, file_bytes);
    for (size_t i = 0; i < builder->attribute_count; i++)
        find_origin(writing, &builder->attributes[i].at, &builder->attributes[i].length, file_bytes);
    for (size_t i = 0; i < builder->finding_count; i++)
        find_origin(writing, &builder->findings[i].at, &builder->findings[i].length, file_bytes);
}

static void take_diags(struct document_builder *builder, const struct diag_list *diags)
{
    for (size_t i = 0; i < diags->count; i++) {
        const struct diag *diag = &diags->items[i];
        LIST_GROW(builder->findings, builder->finding_count, builder->finding_capacity);
        struct finding finding = {.code = diag->code, .level = diag->level, .at = diag->offset, .length = diag->length};
        finding.text = document_pool_add(builder, slice_of(diag->text));
        finding.help = document_pool_add(builder, slice_of(diag->help));
        builder->findings[builder->finding_count++] = finding;
    }
}

bool data_document_looks_like(struct slice source)
{
    static const char *const keys[] = {"kind:", "id:", "title:"};
    unsigned found = 0;
    while (source.length) {
        for (unsigned i = 0; i < 3; i++)
            if (slice_starts_with(source, keys[i]))
                found |= 1u << i;
        source = slice_from(source, slice_find(source, '\n') + 1);
    }
    return found == 7;
}

bool parse_data_document(struct parser *parser, struct slice source, struct buffer *out, size_t *at)
{
    struct writing writing = {.markdown = BUFFER(LIMIT_BLOB_BYTES)};
    struct arena arena = {0};
    struct diag_list diags = {0};
    struct diag_file file = {NULL, source};
    const struct yaml_node *root = NULL;
    struct buffer first = BUFFER((size_t)1 << 31);
    bool is_page = data_document_looks_like(source) && yaml_load(&root, &arena, &file, source, &diags) && root->kind == YAML_MAPPING;
    if (is_page) {
        write_front_matter(&writing, root, source);
        write_map(&writing, root, NULL, 1);
    }
    bool ok = parse_document(parser, buffer_view(&writing.markdown), &first, at);
    struct document_builder *builder = &parser->builder;
    put_places(builder, &writing, source.length);
    take_diags(builder, &diags);
    builder->written = source;
    builder->flags |= is_page ? 0 : DOCUMENT_NO_PAGE;
    *at = document_seal(builder, out);
    builder->written = (struct slice){0};
    free(writing.origins);
    buffer_free(&writing.markdown);
    buffer_free(&first);
    diag_list_free(&diags);
    arena_free(&arena);
    return ok && !out->overflowed;
}
