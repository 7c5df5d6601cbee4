/* Directives and quotes: containers, leaves, conditions, operations, notes. */

#include "base/suggest.h"
#include "parse/blocks.h"

static const char *const note_words[] = {"note", "tip", "important", "warning", "caution"};
enum { NOTE_WORD_COUNT = sizeof note_words / sizeof *note_words };

static bool is_word_of(struct slice word, const char *const *words)
{
    for (; *words; words++)
        if (slice_is(word, *words))
            return true;
    return false;
}

static const char *const condition_words[] = {"only", "except", "lang", NULL};
static const char *const operation_words[] = {"replace", "insert", "remove", "set", NULL};
static const char *const body_words[] = {"replace", "insert", NULL};

/* The kind of note that `word` names, in any case; NOTE_WORD_COUNT: none. */
static unsigned note_kind_of(struct slice word)
{
    unsigned kind = 0;
    while (kind < NOTE_WORD_COUNT &&
           !(word.length == strlen(note_words[kind]) && strncasecmp(word.at, note_words[kind], word.length) == 0))
        kind++;
    return kind;
}

void label_convert(struct parser *parser, struct inline_text text)
{
    uint32_t node = node_add(parser, NODE_LABEL);
    uint32_t at = inline_place(&text, 0);
    if (at != UINT32_MAX)
        node_place(parser, node, at, at + (uint32_t)text.length);
    inlines_convert_text(parser, text);
    node_end(parser, node);
}

static void convert_label_of(struct parser *parser, const struct directive_block *directive)
{
    if (directive->written.label.at)
        label_convert(parser, content_copy(parser, directive->written.label, directive->written.label_at));
}

/* ---- directives ---- */

static void report_unclosed(struct parser *parser, const struct directive_block *directive)
{
    if (directive->is_closed)
        return;
    finding_add(parser, DIAG_DIRECTIVE_UNCLOSED, directive->at, directive->length, "':::%.*s' is never closed",
                SLICE_ARGS(directive->written.name));
    finding_help(parser, "add a line with '%.*s' behind its text, indented like this one",
                 (int)directive->written.colons, ":::::::::::::::::::::::::::::::::::::::::");
}

/* Ends of what a container holds are its own; its last line is its closer's. */
static uint32_t last_line_of(const struct directive_block *directive, uint32_t last)
{
    return directive->is_closed ? directive->close_line : last;
}

static uint32_t convert_operation_body(struct parser *parser, cmark_node *block, uint32_t node, struct place_in place)
{
    const struct directive_block *directive = block->user_data;
    size_t base = parser->section_base;
    unsigned last_level = parser->last_level;
    parser->section_base = parser->section_count;
    parser->last_level = 0;
    parser->operation = node;
    const struct written_attributes *written = &directive->written.attributes;
    if (written->id.at && id_check(parser, written->id, written->id_at, &parser->operation_id)) {
        parser->operation_id_at = written->id_at;
        parser->operation_id_bytes = written->id_bytes;
    } else {
        parser->operation_id = (struct slice){0};
    }
    place.makes_sections = place.takes_headings = true;
    uint32_t last = blocks_convert_children(parser, block, place, directive->line);
    uint32_t end_line = directive->is_closed ? directive->close_line - 1 : last;
    sections_close(parser, parser->section_base, 0, parser->lines[end_line]);
    parser->section_base = base;
    parser->last_level = last_level;
    parser->operation = NODE_NONE;
    parser->operation_id = (struct slice){0};
    return last;
}

static uint32_t convert_condition(struct parser *parser, cmark_node *block, struct place_in place)
{
    const struct directive_block *directive = block->user_data;
    html_flush(parser);
    uint32_t open = node_add(parser, NODE_CONDITION_OPEN);
    uint32_t index = directive_add(parser, directive, open);
    node_at(parser, open)->extra = index;
    node_lines(parser, open, directive->line, directive->line);
    uint32_t outer = parser->condition;
    LIST_GROW(parser->conditions, parser->condition_count, parser->condition_capacity);
    parser->conditions[parser->condition_count++] = (struct condition){index, outer};
    parser->condition = (uint32_t)parser->condition_count;
    place.depth--; /* transparent: what it holds stands at its own level */
    uint32_t last = blocks_convert_children(parser, block, place, directive->line);
    parser->condition = outer;
    html_flush(parser);
    uint32_t close = node_add(parser, NODE_CONDITION_CLOSE);
    node_at(parser, open)->detail2 = close;
    node_at(parser, close)->detail2 = open;
    if (directive->is_closed)
        node_lines(parser, close, directive->close_line, directive->close_line);
    report_unclosed(parser, directive);
    return last_line_of(directive, last);
}

/* `node` is a note whose content is complete. */
static void check_note(struct parser *parser, uint32_t node, uint32_t line, const char *help)
{
    uint32_t content = node + 1, count = (uint32_t)parser->builder.node_count;
    if (content < count && node_at(parser, content)->type == NODE_LABEL)
        content = node_at(parser, content)->end;
    if (content < count)
        return;
    finding_add(parser, DIAG_NOTE_EMPTY, parser->lines[line - 1], (uint32_t)line_bytes_of(parser, line).length,
                "this note has no text");
    finding_help(parser, "%s", help);
}

static void check_operation_place(struct parser *parser, const struct directive_block *directive, struct place_in place)
{
    if (place.depth == 1 && parser->operation == NODE_NONE)
        return;
    finding_add(parser, DIAG_OPERATION_NESTED, directive->at, directive->length, "'%.*s' stands inside another block",
                SLICE_ARGS(directive->written.name));
    finding_help(parser, "operations stand at the top level of a file, at the margin");
}

static void add_element(struct parser *parser, const struct directive_block *directive, uint32_t node)
{
    struct slice normal;
    if (directive->written.attributes.id.at &&
        id_check(parser, directive->written.attributes.id, directive->written.attributes.id_at, &normal))
        identifier_add(parser, IDENTIFIER_ELEMENT, node, normal, directive->written.attributes.id_at,
                       directive->written.attributes.id_bytes);
}

static uint32_t convert_container(struct parser *parser, cmark_node *block, struct place_in place)
{
    const struct directive_block *directive = block->user_data;
    struct slice name = directive->written.name;
    unsigned kind = note_kind_of(name);
    if (place.makes_sections && is_word_of(name, condition_words))
        return convert_condition(parser, block, place);
    uint32_t node = node_add(parser, kind < NOTE_WORD_COUNT ? NODE_NOTE : NODE_CONTAINER);
    uint32_t index = directive_add(parser, directive, node), last;
    node_at(parser, node)->extra = index;
    node_at(parser, node)->detail = kind < NOTE_WORD_COUNT ? (uint16_t)kind : 0;
    convert_label_of(parser, directive);
    size_t frame = html_frame_begin(parser);
    bool is_operation = is_word_of(name, operation_words);
    if (is_operation)
        check_operation_place(parser, directive, place);
    else
        add_element(parser, directive, node);
    if (is_word_of(name, body_words) && place.depth == 1 && parser->operation == NODE_NONE) {
        last = convert_operation_body(parser, block, node, place);
    } else {
        place.makes_sections = false;
        /* What stands behind a container that was never closed was not meant to stand in it. */
        place.takes_headings = slice_is(name, "included") || !directive->is_closed;
        last = blocks_convert_children(parser, block, place, directive->line);
    }
    html_frame_end(parser, frame);
    last = last_line_of(directive, last);
    if (kind < NOTE_WORD_COUNT)
        check_note(parser, node, directive->line, "write its text between this line and the closing one");
    node_lines(parser, node, directive->line, last);
    node_end(parser, node);
    report_unclosed(parser, directive);
    return last;
}

static uint32_t convert_leaf(struct parser *parser, const struct directive_block *directive, struct place_in place)
{
    uint32_t node = node_add(parser, NODE_LEAF), index = directive_add(parser, directive, node);
    node_at(parser, node)->extra = index;
    node_lines(parser, node, directive->line, directive->line);
    convert_label_of(parser, directive);
    node_end(parser, node);
    if (is_word_of(directive->written.name, operation_words))
        check_operation_place(parser, directive, place);
    else
        add_element(parser, directive, node);
    if (!slice_is(directive->written.name, "include"))
        return directive->line;
    const struct written_attributes *written = &directive->written.attributes;
    for (uint32_t i = 0; i < written->count; i++)
        if (slice_is(written->items[i].key, "xref"))
            include_add(parser, node, written->items[i].value, written->items[i].at, written->items[i].length);
    return directive->line;
}

/* A closer that closes nothing: it is shown, so that it is seen. */
static void convert_stray(struct parser *parser, const struct directive_block *directive)
{
    uint32_t node = node_add(parser, NODE_PARAGRAPH);
    node_lines(parser, node, directive->line, directive->line);
    uint32_t text = node_add(parser, NODE_TEXT);
    struct node *colons = node_at(parser, text);
    colons->flags |= NODE_IN_SOURCE;
    colons->at = colons->text = directive->at;
    colons->length = colons->text_bytes = directive->length;
    node_end(parser, node);
    if (directive->is_closed)
        return;
    finding_add(parser, DIAG_DIRECTIVE_STRAY, directive->at, directive->length, "'%.*s' closes nothing here",
                (int)directive->length, parser->text + directive->at);
    finding_help(parser, "remove it, or indent it like the directive that it is meant to close");
}

uint32_t directive_convert(struct parser *parser, cmark_node *block, struct place_in place)
{
    const struct directive_block *directive = block->user_data;
    switch (directive->kind) {
    case DIRECTIVE_CONTAINER:
        return convert_container(parser, block, place);
    case DIRECTIVE_LEAF:
        return convert_leaf(parser, directive, place);
    case DIRECTIVE_STRAY:
        convert_stray(parser, directive);
        break;
    case DIRECTIVE_CLOSER:
    case DIRECTIVE_LINE:
        break;
    }
    return directive->line;
}

/* ---- quotes ---- */

/* `[!KIND] Title` at the front of a content: the bytes up to the end of the line. */
struct note_line {
    struct slice word;
    size_t title, title_end, end;
};

static bool read_note_line(const struct inline_text *text, struct note_line *out)
{
    const char *at = (const char *)text->at;
    size_t end = 0, close = 2;
    if (text->length < 3 || at[0] != '[' || at[1] != '!')
        return false;
    while (end < text->length && at[end] != '\n')
        end++;
    while (close < end && at[close] != ']' && at[close] != '[')
        close++;
    if (close == end || at[close] != ']')
        return false;
    size_t title = close + 1;
    if (title < end && at[title] != ' ' && at[title] != '\t')
        return false;
    while (title < end && (at[title] == ' ' || at[title] == '\t'))
        title++;
    *out = (struct note_line){{at + 2, close - 2}, title, end, end < text->length ? end + 1 : end};
    while (out->title_end > title && strchr(" \t\r", at[out->title_end - 1]))
        out->title_end--;
    for (size_t i = 0; i < out->word.length; i++)
        if ((unsigned char)((out->word.at[i] | 0x20) - 'a') >= 26 && out->word.at[i] != '-')
            return false;
    return true;
}

static void report_unknown_note(struct parser *parser, const struct inline_text *text, const struct note_line *line)
{
    uint32_t at = inline_place(text, 0);
    struct suggestion suggestion = {.wanted = line->word};
    char nearest[120];
    for (unsigned i = 0; i < NOTE_WORD_COUNT; i++)
        suggest_offer(&suggestion, slice_of(note_words[i]));
    suggest_text(&suggestion, nearest, sizeof nearest);
    finding_add(parser, DIAG_NOTE_UNKNOWN, at == UINT32_MAX ? parser->body_at : at, (uint32_t)line->word.length + 3,
                "there is no kind of note '%.*s'", SLICE_ARGS(line->word));
    finding_help(parser, "%s", nearest[0] ? nearest : "the kinds are note, tip, important, warning and caution");
}

/* The first paragraph of a note: its title, and what stands behind it. */
static uint32_t convert_note_head(struct parser *parser, cmark_node *paragraph, struct inline_text *text,
                                  struct line_range range, const struct note_line *line)
{
    if (line->title < line->title_end)
        label_convert(parser, content_part(parser, text, line->title, line->title_end - line->title));
    size_t rest = line->end;
    while (rest < text->length && strchr(" \t", text->at[rest]))
        rest++; /* of a lazy line, which cmark leaves as it is */
    if (rest >= text->length)
        return range.last;
    uint32_t node = node_add(parser, NODE_PARAGRAPH);
    node_lines(parser, node, range.first + 1, range.last);
    inlines_convert(parser, paragraph, content_part(parser, text, rest, text->length - rest));
    node_end(parser, node);
    return range.last;
}

uint32_t quote_convert(struct parser *parser, cmark_node *block, struct place_in place)
{
    uint32_t first = (uint32_t)block->start_line, last = first;
    uint32_t node = node_add(parser, NODE_QUOTE);
    cmark_node *paragraph = block->first_child;
    struct inline_text text;
    struct line_range range;
    struct note_line line;
    size_t frame = html_frame_begin(parser);
    place.makes_sections = place.takes_headings = false;
    bool has_line = paragraph && paragraph->type == CMARK_NODE_PARAGRAPH;
    if (has_line) {
        text = content_of_lines(parser, &paragraph->content, (uint32_t)paragraph->start_line,
                                (uint32_t)paragraph->end_line, &range);
        has_line = read_note_line(&text, &line);
    }
    unsigned kind = has_line ? note_kind_of(line.word) : NOTE_WORD_COUNT;
    if (kind < NOTE_WORD_COUNT) {
        node_at(parser, node)->type = NODE_NOTE;
        node_at(parser, node)->detail = (uint16_t)kind;
        last = convert_note_head(parser, paragraph, &text, range, &line);
        for (cmark_node *child = paragraph->next; child; child = child->next)
            last = blocks_convert_one(parser, child, place);
    } else {
        if (has_line)
            report_unknown_note(parser, &text, &line);
        last = blocks_convert_children(parser, block, place, first);
    }
    html_frame_end(parser, frame);
    if (kind < NOTE_WORD_COUNT)
        check_note(parser, node, first, "write its text on the next lines, each beginning with '>'");
    node_lines(parser, node, first, last);
    node_end(parser, node);
    return last;
}
