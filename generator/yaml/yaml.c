/* Builds the tree from libyaml's events. libyaml counts characters, we count
 * bytes, so every mark goes through a cursor that moves along the text. Depth is
 * checked at each event: libyaml reads at most a thousand characters ahead of
 * the event it returns, so hostile nesting is refused before its cost grows. */

#include "yaml/yaml.h"
#include "base/limits.h"
#include "base/table.h"
#include "base/utf8.h"
#include "text/normalise.h"
#include "yaml/parts.h"
#include <stdarg.h>
#include <yaml.h>

/* A collection whose end has not been seen. */
struct open_collection {
    struct yaml_node *node;
    struct yaml_node *last_child;
    bool has_key; /* a key waits for its value */
    struct slice key;
    size_t key_at, key_length;
};

struct builder {
    struct yaml_load load;
    yaml_parser_t parser;
    size_t cursor_index, cursor_byte; /* a place in load.text in characters and in bytes */
    struct open_collection open[LIMIT_YAML_DEPTH];
    size_t depth;
    size_t node_count;
    struct yaml_node *root;
};

static bool report(struct yaml_load *load, enum diag_code code, size_t at, size_t length, const char *format,
                   va_list arguments)
{
    char text[512];
    vsnprintf(text, sizeof text, format, arguments);
    size_t count = load->diags->count - load->first_diag;
    struct place place = {load->file, load->base + at, length};
    load->wants_help = count < YAML_PROBLEMS_MOST;
    if (load->wants_help)
        return diag_add(load->diags, code, place, "%s", text);
    load->failed = true;
    if (count == YAML_PROBLEMS_MOST) {
        diag_add(load->diags, DIAG_YAML_LIMIT, place, "more than %d problems in one file; the rest is not read",
                 YAML_PROBLEMS_MOST);
        diag_help(load->diags, "mend those above first");
    }
    return false;
}

bool yaml_error(struct yaml_load *load, enum diag_code code, size_t at, size_t length, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report(load, code, at, length, format, arguments);
    va_end(arguments);
    load->failed = true;
    return false;
}

bool yaml_warn(struct yaml_load *load, enum diag_code code, size_t at, size_t length, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report(load, code, at, length, format, arguments);
    va_end(arguments);
    return false;
}

bool yaml_help(struct yaml_load *load, const char *format, ...)
{
    if (!load->wants_help)
        return false;
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    load->wants_help = false;
    return diag_help(load->diags, "%s", text);
}

/* libyaml's marks count characters from the start of the text. */
static size_t byte_of(struct builder *builder, size_t index)
{
    const char *at = builder->load.text.at;
    size_t length = builder->load.text.length;
    size_t byte = builder->cursor_byte;
    while (builder->cursor_index < index && byte < length) {
        do
            byte++;
        while (byte < length && utf8_continues(at[byte]));
        builder->cursor_index++;
    }
    while (builder->cursor_index > index && byte > 0) {
        do
            byte--;
        while (byte > 0 && utf8_continues(at[byte]));
        builder->cursor_index--;
    }
    return builder->cursor_byte = byte;
}

/* `"\0"` and `"\e"` are escapes, so the check of the file's bytes has not seen them. */
static bool check_escapes(struct builder *builder, const yaml_event_t *event, size_t at, size_t length)
{
    const unsigned char *value = event->data.scalar.value;
    for (size_t i = 0; i < event->data.scalar.length; i++) {
        bool is_control = (value[i] < 0x20 && value[i] != '\t' && value[i] != '\n') || value[i] == 0x7F;
        if (is_control) {
            yaml_error(&builder->load, DIAG_YAML_CONTROL, at, length,
                       "an escape that stands for the control character U+%04X", value[i]);
            return yaml_help(&builder->load,
                             "in double quotes a backslash begins an escape; use single quotes, or write it twice");
        }
    }
    return true;
}

static bool check_properties(struct builder *builder, size_t at, const yaml_char_t *anchor, const yaml_char_t *tag)
{
    if (anchor) {
        size_t length = strlen((const char *)anchor) + 1;
        yaml_error(&builder->load, DIAG_YAML_ALIAS, at, length, "an anchor, '&%s'", (const char *)anchor);
        yaml_help(&builder->load, "anchors are not supported; put quotes around a text that begins with '&'");
    }
    if (tag) {
        yaml_error(&builder->load, DIAG_YAML_TAG, at, 1, "a tag, '%s'", (const char *)tag);
        yaml_help(&builder->load, "delete the tag; put quotes around a text that begins with '!'");
    }
    return !anchor && !tag;
}

static struct open_collection *innermost(struct builder *builder)
{
    return builder->depth ? &builder->open[builder->depth - 1] : NULL;
}

static bool expects_key(const struct open_collection *parent)
{
    return parent && parent->node->kind == YAML_MAPPING && !parent->has_key;
}

/* Hangs a new node under the open collection. */
static struct yaml_node *add_node(struct builder *builder, enum yaml_kind kind, size_t at, size_t length)
{
    if (++builder->node_count > LIMIT_YAML_NODES) {
        yaml_error(&builder->load, DIAG_YAML_LIMIT, at, 0, "more than %d values in one file", LIMIT_YAML_NODES);
        return NULL;
    }
    struct yaml_node *node = ARENA_NEW(builder->load.arena, struct yaml_node);
    struct open_collection *parent = innermost(builder);
    node->kind = (uint8_t)kind;
    node->at = node->key_at = builder->load.base + at;
    node->length = length;
    if (!parent) {
        builder->root = node;
        return node;
    }
    if (parent->has_key) {
        node->key = parent->key;
        node->key_at = builder->load.base + parent->key_at;
        node->key_length = parent->key_length;
        parent->has_key = false;
    }
    node->parent = parent->node;
    parent->node->count++;
    if (parent->last_child)
        parent->last_child->next = node;
    else
        parent->node->first = node;
    parent->last_child = node;
    return node;
}

static size_t line_of(struct builder *builder, size_t file_offset)
{
    struct arena scratch = {0};
    struct diag diag = {.offset = (uint32_t)file_offset};
    diag_locate(&diag, &scratch, builder->load.file->bytes);
    arena_free(&scratch);
    return diag.line;
}

static void report_duplicate(struct builder *builder, const struct yaml_node *first, const struct yaml_node *again)
{
    yaml_error(&builder->load, DIAG_YAML_DUPLICATE_KEY, again->key_at - builder->load.base, again->key_length,
               "the key '%.*s' stands twice, first in line %zu", SLICE_ARGS(again->key),
               line_of(builder, first->key_at));
    bool same_bytes = slice_equal(first->key, again->key);
    yaml_help(&builder->load, "%s",
              same_bytes ? "keep one of them"
                         : "the two look the same but are written with different Unicode characters; keep one");
}

static bool is_ascii(struct slice text)
{
    for (size_t i = 0; i < text.length; i++)
        if ((unsigned char)text.at[i] >= 0x80)
            return false;
    return true;
}

static bool has_too_many(const struct yaml_load *load)
{
    return load->diags->count - load->first_diag > YAML_PROBLEMS_MOST;
}

static void check_duplicates(struct builder *builder, const struct yaml_node *map)
{
    if (map->count < 2)
        return;
    struct table seen = {0};
    table_reserve(&seen, map->count);
    const struct yaml_node **children = ARENA_ARRAY(builder->load.arena, const struct yaml_node *, map->count);
    uint32_t i = 0;
    for (const struct yaml_node *child = map->first; child && !has_too_many(&builder->load); child = child->next, i++) {
        children[i] = child;
        struct slice key = is_ascii(child->key) ? child->key : text_nfc(builder->load.arena, child->key);
        uint32_t first = table_add(&seen, key, i);
        if (first != i)
            report_duplicate(builder, children[first], child);
    }
    table_free(&seen);
}

static void take_key(struct builder *builder, struct open_collection *parent, const yaml_event_t *event, size_t at,
                     size_t length)
{
    if (event->data.scalar.length == 0 && at > 0 && builder->load.text.at[at - 1] == '?') {
        yaml_error(&builder->load, DIAG_YAML_KEY, at - 1, 1, "a '?' alone announces a key");
        yaml_help(&builder->load, "put quotes around it: \"?\"");
    } else if (event->data.scalar.length == 0) {
        yaml_error(&builder->load, DIAG_YAML_KEY, at, length, "a key that is empty");
        yaml_help(&builder->load, "write a name before the ':'");
    }
    yaml_doubt_key(&builder->load, at, length);
    parent->has_key = true;
    parent->key.at = arena_copy(builder->load.arena, (const char *)event->data.scalar.value, event->data.scalar.length);
    parent->key.length = event->data.scalar.length;
    parent->key_at = at;
    parent->key_length = length;
}

static enum yaml_style scalar_style(yaml_scalar_style_t style)
{
    switch (style) {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE:
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
        return YAML_QUOTED;
    case YAML_LITERAL_SCALAR_STYLE:
    case YAML_FOLDED_SCALAR_STYLE:
        return YAML_BLOCK;
    case YAML_ANY_SCALAR_STYLE:
    case YAML_PLAIN_SCALAR_STYLE:
        return YAML_PLAIN;
    }
    return YAML_PLAIN;
}

static bool take_scalar(struct builder *builder, const yaml_event_t *event)
{
    size_t at = byte_of(builder, event->start_mark.index);
    size_t end = byte_of(builder, event->end_mark.index);
    enum yaml_style style = scalar_style(event->data.scalar.style);
    /* The mark of a block scalar stands behind its last line end. */
    while (style == YAML_BLOCK && end > at && strchr(" \t\r\n", builder->load.text.at[end - 1]))
        end--;
    check_properties(builder, at, event->data.scalar.anchor, event->data.scalar.tag);
    check_escapes(builder, event, at, end - at);
    struct open_collection *parent = innermost(builder);
    if (expects_key(parent)) {
        take_key(builder, parent, event, at, end - at);
        return true;
    }
    struct yaml_node *node = add_node(builder, YAML_SCALAR, at, end - at);
    if (!node)
        return false;
    node->style = (uint8_t)style;
    node->text.at = arena_copy(builder->load.arena, (const char *)event->data.scalar.value, event->data.scalar.length);
    node->text.length = event->data.scalar.length;
    if (style == YAML_PLAIN)
        yaml_doubt_plain(&builder->load, node);
    return true;
}

static bool report_collection_key(struct builder *builder, size_t at)
{
    struct slice text = builder->load.text;
    if (at > 0 && text.at[at] == '{' && text.at[at - 1] == '{')
        at--;
    struct slice rest = slice_from(text, at);
    rest.length = slice_find(rest, '\n');
    yaml_error(&builder->load, DIAG_YAML_KEY, at, 1, "a key must be text, not a list or a mapping");
    if (slice_starts_with(rest, "{{"))
        return yaml_help(&builder->load, "put quotes around a value that begins with a parameter: %s",
                         yaml_quoted(builder->load.arena, slice_trim(rest)));
    return yaml_help(&builder->load, "put quotes around a text that begins with '[', '{' or '?'");
}

static bool open_collection(struct builder *builder, const yaml_event_t *event, enum yaml_kind kind)
{
    size_t at = byte_of(builder, event->start_mark.index);
    bool is_sequence = kind == YAML_SEQUENCE;
    bool is_flow = is_sequence ? event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE
                               : event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
    if (is_sequence)
        check_properties(builder, at, event->data.sequence_start.anchor, event->data.sequence_start.tag);
    else
        check_properties(builder, at, event->data.mapping_start.anchor, event->data.mapping_start.tag);
    if (builder->depth == LIMIT_YAML_DEPTH)
        return yaml_error(&builder->load, DIAG_YAML_LIMIT, at, 1, "nested more than %d levels deep", LIMIT_YAML_DEPTH);
    if (expects_key(innermost(builder)))
        return report_collection_key(builder, at);
    struct yaml_node *node = add_node(builder, kind, at, 0);
    if (!node)
        return false;
    node->style = is_flow ? YAML_FLOW : YAML_BLOCK;
    builder->open[builder->depth++] = (struct open_collection){.node = node};
    return true;
}

static void close_collection(struct builder *builder, const yaml_event_t *event)
{
    struct open_collection *collection = innermost(builder);
    struct yaml_node *node = collection->node;
    const struct yaml_node *last = collection->last_child;
    /* A block's end mark is the next token's place; what belongs to it ends with its last child. */
    if (node->style == YAML_FLOW)
        node->length = builder->load.base + byte_of(builder, event->end_mark.index) - node->at;
    else if (last)
        node->length = last->at + last->length - node->at;
    if (node->kind == YAML_MAPPING)
        check_duplicates(builder, node);
    builder->depth--;
}

static bool take_alias(struct builder *builder, const yaml_event_t *event)
{
    size_t at = byte_of(builder, event->start_mark.index);
    const char *name = (const char *)event->data.alias.anchor;
    yaml_error(&builder->load, DIAG_YAML_ALIAS, at, strlen(name) + 1, "an alias, '*%s'", name);
    yaml_help(&builder->load, "aliases are not supported; put quotes around a text that begins with '*'");
    struct open_collection *parent = innermost(builder);
    if (expects_key(parent)) {
        parent->has_key = true;
        parent->key = SLICE("*");
        return true;
    }
    return add_node(builder, YAML_SCALAR, at, strlen(name) + 1) != NULL;
}

/* False when reading must stop: at an error that leaves no structure, or at the end of the first document. */
static bool take_event(struct builder *builder, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return take_scalar(builder, event);
    case YAML_SEQUENCE_START_EVENT:
        return open_collection(builder, event, YAML_SEQUENCE);
    case YAML_MAPPING_START_EVENT:
        return open_collection(builder, event, YAML_MAPPING);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        close_collection(builder, event);
        return builder->depth > 0;
    case YAML_ALIAS_EVENT:
        return take_alias(builder, event);
    case YAML_DOCUMENT_END_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_NO_EVENT:
        return false;
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_START_EVENT:
        return true;
    }
    return false;
}

static void explain_failure(struct builder *builder)
{
    const yaml_parser_t *parser = &builder->parser;
    if (parser->error == YAML_MEMORY_ERROR)
        memory_exhausted();
    size_t at = byte_of(builder, parser->problem_mark.index);
    size_t context_at = byte_of(builder, parser->context_mark.index);
    yaml_explain(&builder->load, parser->problem ? parser->problem : "cannot be read", at,
                 parser->context ? parser->context : "", parser->context ? context_at : at);
}

/* After the root nothing may follow but blanks, comments and one `...`. libyaml is not asked: behind a `---` it
 * would read a whole second document, directives and all. */
static void check_rest(struct builder *builder, size_t end)
{
    struct slice text = builder->load.text;
    size_t at = yaml_skip_blank(text, end);
    if (slice_starts_with(slice_from(text, at), "..."))
        at = yaml_skip_blank(text, at + 3);
    if (at == text.length)
        return;
    if (slice_starts_with(slice_from(text, at), "---")) {
        yaml_error(&builder->load, DIAG_YAML_DOCUMENTS, at, 3, "a second document begins here");
        yaml_help(&builder->load, "one file holds one document: delete the '---' line or what follows it");
        return;
    }
    /* `title:Foo` and the line below it are one plain text to YAML: the fault is where that began. */
    const struct yaml_node *root = builder->root;
    bool is_plain = root->kind == YAML_SCALAR && root->style == YAML_PLAIN;
    yaml_explain(&builder->load, "did not find expected <document start>", at, is_plain ? "a plain text" : "",
                 is_plain ? root->at - builder->load.base : at);
}

static void build(struct builder *builder)
{
    bool goes_on = true;
    while (goes_on) {
        yaml_event_t event;
        if (!yaml_parser_parse(&builder->parser, &event)) {
            explain_failure(builder);
            return;
        }
        goes_on = take_event(builder, &event) && !has_too_many(&builder->load);
        bool is_root_scalar = event.type == YAML_SCALAR_EVENT && builder->depth == 0;
        yaml_event_delete(&event);
        if (is_root_scalar)
            goes_on = false;
    }
    if (!builder->load.failed && builder->root)
        check_rest(builder, builder->root->at - builder->load.base + builder->root->length);
}

static const struct yaml_node *empty_mapping(struct arena *arena, size_t at)
{
    struct yaml_node *node = ARENA_NEW(arena, struct yaml_node);
    node->kind = YAML_MAPPING;
    node->style = YAML_BLOCK;
    node->at = node->key_at = at;
    return node;
}

bool yaml_load(const struct yaml_node **out, struct arena *arena, const struct diag_file *file, struct slice yaml,
               struct diag_list *diags)
{
    struct builder builder = {.load = {.arena = arena, .file = file, .diags = diags, .first_diag = diags->count}};
    struct yaml_load *load = &builder.load;
    *out = NULL;
    load->base = yaml.length ? (size_t)(yaml.at - file->bytes.at) : 0;
    load->text = yaml;
    if (load->base == 0 && slice_starts_with(yaml, "\xEF\xBB\xBF")) {
        load->base = 3;
        load->text = slice_from(yaml, 3);
    }
    if (!yaml_check_bytes(load))
        return false;
    if (!yaml_parser_initialize(&builder.parser))
        memory_exhausted();
    yaml_parser_set_encoding(&builder.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&builder.parser, (const unsigned char *)(load->text.at ? load->text.at : ""),
                                 load->text.length);
    build(&builder);
    yaml_parser_delete(&builder.parser);
    if (load->failed)
        return false;
    bool is_empty = !builder.root || (yaml_is_empty(builder.root) && builder.root->kind == YAML_SCALAR);
    *out = is_empty ? empty_mapping(arena, load->base) : builder.root;
    return true;
}

const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
    if (!map || map->kind != YAML_MAPPING)
        return NULL;
    for (const struct yaml_node *child = map->first; child; child = child->next)
        if (slice_is(child->key, key))
            return child;
    return NULL;
}

struct place yaml_key_place(const struct diag_file *file, const struct yaml_node *node)
{
    if (node->key_length == 0)
        return (struct place){file, node->at, node->length};
    return (struct place){file, node->key_at, node->key_length};
}

struct place yaml_place(const struct diag_file *file, const struct yaml_node *node)
{
    if (node->length == 0)
        return yaml_key_place(file, node);
    return (struct place){file, node->at, node->length};
}
