/* Where the bytes of a block's content stand in the file. cmark takes prefixes
 * (quotes, indentation) and line ends away; what is left of a line is its tail,
 * and that is checked here byte by byte, so a place is right or not known. */

#include "parse/content.h"
#include "parse/parts.h"

struct slice line_bytes_of(const struct parser *parser, uint32_t line)
{
    if (line == 0 || line > parser->line_count)
        return (struct slice){NULL, 0};
    const char *at = parser->text + parser->lines[line - 1];
    size_t length = parser->lines[line] - parser->lines[line - 1];
    while (length && (at[length - 1] == '\n' || at[length - 1] == '\r'))
        length--;
    return (struct slice){at, length};
}

/* Is `part`, without blanks at both ends, the tail of the line? Then its place in the file. */
static bool tail_place(const struct parser *parser, uint32_t line, struct slice part, uint32_t *content_skip,
                       uint32_t *source)
{
    struct slice whole = line_bytes_of(parser, line);
    size_t skip = 0;
    while (skip < part.length && byte_is_space(part.at[skip]))
        skip++;
    while (part.length > skip && byte_is_space(part.at[part.length - 1]))
        part.length--;
    while (whole.length && byte_is_space(whole.at[whole.length - 1]))
        whole.length--;
    size_t length = part.length - skip;
    if (!whole.at || length > whole.length || memcmp(whole.at + whole.length - length, part.at + skip, length) != 0)
        return false;
    *content_skip = (uint32_t)skip;
    *source = (uint32_t)(whole.at - parser->text + (ptrdiff_t)(whole.length - length));
    return true;
}

static bool place_lines(const struct parser *parser, struct inline_text *text, uint32_t line)
{
    size_t from = 0;
    uint32_t count = 0;
    while (from < text->length) {
        unsigned char *end = memchr(text->at + from, '\n', text->length - from);
        size_t length = end ? (size_t)(end - text->at) - from : text->length - from;
        uint32_t skip, source;
        if (!tail_place(parser, line + count, (struct slice){(char *)text->at + from, length}, &skip, &source))
            return false;
        text->segments[count++] = (struct inline_segment){(uint32_t)from + skip, source};
        from += length + 1;
    }
    text->segment_count = count;
    return true;
}

static uint32_t count_lines(const unsigned char *at, size_t length)
{
    uint32_t count = 0;
    for (size_t from = 0; from < length;) {
        unsigned char *end = memchr(at + from, '\n', length - from);
        count++;
        from = end ? (size_t)(end - at) + 1 : length;
    }
    return count;
}

struct inline_text content_of_lines(struct parser *parser, const cmark_strbuf *content, uint32_t first, uint32_t last,
                                    struct line_range *range)
{
    struct inline_text text = {content->ptr, (size_t)content->size, NULL, 0};
    uint32_t count = count_lines(text.at, text.length);
    *range = (struct line_range){first, count ? first + count - 1 : first};
    if (count == 0)
        return text;
    text.segments = ARENA_ARRAY(&parser->scratch, struct inline_segment, count);
    /* Link definitions may have been taken away from the front of it. */
    for (uint32_t line = first; line == first || line + count - 1 <= last; line++)
        if (place_lines(parser, &text, line)) {
            *range = (struct line_range){line, line + count - 1};
            return text;
        }
    text.segment_count = 0;
    return text;
}

struct inline_text content_at(struct parser *parser, const cmark_strbuf *content, uint32_t source)
{
    struct inline_text text = {content->ptr, (size_t)content->size, NULL, 0};
    if (source + text.length > parser->source.length || memcmp(parser->text + source, text.at, text.length) != 0)
        return text;
    text.segments = ARENA_NEW(&parser->scratch, struct inline_segment);
    text.segments[0] = (struct inline_segment){0, source};
    text.segment_count = 1;
    return text;
}

struct inline_text content_copy(struct parser *parser, struct slice bytes, uint32_t source)
{
    struct inline_text text = {(unsigned char *)arena_copy(&parser->scratch, bytes.at, bytes.length), bytes.length,
                               ARENA_NEW(&parser->scratch, struct inline_segment), 1};
    text.segments[0] = (struct inline_segment){0, source};
    return text;
}

struct inline_text content_part(struct parser *parser, const struct inline_text *text, size_t from, size_t length)
{
    struct inline_text part = {text->at + from, length, NULL, 0};
    if (!text->segment_count)
        return part;
    part.segments = ARENA_ARRAY(&parser->scratch, struct inline_segment, text->segment_count);
    for (uint32_t i = 0; i < text->segment_count; i++) {
        struct inline_segment segment = text->segments[i];
        bool is_last = i + 1 == text->segment_count || text->segments[i + 1].content > from;
        if (segment.content >= from + length && part.segment_count)
            break;
        if (segment.content < from && !is_last)
            continue;
        if (segment.content < from) {
            segment.source += (uint32_t)from - segment.content;
            segment.content = (uint32_t)from;
        }
        segment.content -= (uint32_t)from;
        part.segments[part.segment_count++] = segment;
    }
    return part;
}

uint32_t inline_place(const struct inline_text *text, size_t offset)
{
    uint32_t low = 0, high = text->segment_count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (text->segments[middle].content <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return UINT32_MAX;
    const struct inline_segment *segment = &text->segments[low - 1];
    return segment->source + (uint32_t)(offset - segment->content);
}
