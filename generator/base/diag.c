/* The list, the catalogue, and how a diagnostic is printed. Line and column are
 * computed once, when it is added, from the bytes of its file. */

#include "base/diag.h"
#include "base/utf8.h"
#include <stdlib.h>

struct catalogue_row {
    const char *word;
    enum diag_category category;
    enum diag_level level;
    const char *explanation;
};

static const struct catalogue_row catalogue[] = {
#define DIAG(code, word, category, level, explanation) {word, CATEGORY_##category, LEVEL_##level, explanation},
#include "base/diag_codes.def"
#undef DIAG
};

static const char *const category_words[] = {
#define X(name, word) word,
    DIAG_CATEGORIES(X)
#undef X
};

enum {
    LINE_TEXT_MOST_BYTES = 200,
    LINE_TEXT_AFTER_BYTES = 120, /* of a long line, shown from the place on */
    LINE_SCAN_MOST_BYTES = 4096, /* looked at for the end of a line and of what is marked in it */
    TEXT_MOST_BYTES = 4096,
};

void diag_list_free(struct diag_list *list)
{
    free(list->items);
    arena_free(&list->arena);
    *list = (struct diag_list){0};
}

static uint32_t character_count(const char *at, const char *end)
{
    uint32_t count = 0;
    for (; at < end; at++)
        count += !utf8_continues(*at);
    return count;
}

static bool is_line_end(char byte)
{
    return byte == '\n' || byte == '\r';
}

/* How many line ends of the form `byte` stand in [at, end): eight bytes at a time, because a large file with many
 * problems is counted again for each of them. A zero byte of `differs` becomes a 1 in `hits`. */
static uint32_t count_bytes(const char *at, const char *end, unsigned char byte)
{
    uint32_t count = 0;
    const uint64_t low7 = 0x7F7F7F7F7F7F7F7Full;
    for (; end - at >= 8; at += 8) {
        uint64_t word;
        memcpy(&word, at, sizeof word);
        uint64_t differs = word ^ 0x0101010101010101ull * byte;
        uint64_t hits = ~(((differs & low7) + low7) | differs | low7);
        count += (uint32_t)__builtin_popcountll(hits);
    }
    for (; at < end; at++)
        count += (unsigned char)*at == byte;
    return count;
}

/* Line ends before `target`. The CR of a CR LF ends nothing. */
static uint32_t count_line_ends(struct slice bytes, const char *target)
{
    uint32_t count = count_bytes(bytes.at, target, '\n');
    const char *end = bytes.at + bytes.length;
    for (const char *at = bytes.at; at < target; at++) {
        at = memchr(at, '\r', (size_t)(target - at));
        if (!at)
            break;
        count += !(at + 1 < end && at[1] == '\n');
    }
    return count;
}

/* Cuts a long line to a part around the place, between characters. */
static void cut_line(const char **start, const char **stop, const char *target)
{
    if (*stop - *start <= LINE_TEXT_MOST_BYTES)
        return;
    const char *from = *start;
    if (target - from > LINE_TEXT_MOST_BYTES - LINE_TEXT_AFTER_BYTES)
        from = target - (LINE_TEXT_MOST_BYTES - LINE_TEXT_AFTER_BYTES);
    while (from > *start && utf8_continues(*from) && target - from < LINE_TEXT_MOST_BYTES)
        from--;
    const char *to = from + LINE_TEXT_MOST_BYTES < *stop ? from + LINE_TEXT_MOST_BYTES : *stop;
    while (to > from && to < *stop && utf8_continues(*to))
        to--;
    *start = from;
    *stop = to;
}

void diag_locate(struct diag *diag, struct arena *arena, struct slice bytes)
{
    if (!bytes.at)
        bytes = SLICE("");
    const char *start = bytes.at, *end = bytes.at + bytes.length;
    if (slice_starts_with(bytes, "\xEF\xBB\xBF"))
        start += 3;
    const char *target = diag->offset < bytes.length ? bytes.at + diag->offset : end;
    if (target < start)
        target = start;
    const char *line = target;
    /* A place between CR and LF is still on the line that they end. */
    if (line > start && line < end && *line == '\n' && line[-1] == '\r')
        line--;
    while (line > start && !is_line_end(line[-1]))
        line--;
    const char *stop = line > target ? line : target;
    if (stop > line && stop < end && *stop == '\n' && stop[-1] == '\r')
        stop--;
    const char *most = end - stop > LINE_SCAN_MOST_BYTES ? stop + LINE_SCAN_MOST_BYTES : end;
    while (stop < most && !is_line_end(*stop))
        stop++;
    diag->line = count_line_ends(bytes, target) + 1;
    diag->column = character_count(line, target) + 1;
    const char *marked = stop > target && diag->length < (size_t)(stop - target) ? target + diag->length : stop;
    diag->width = marked > target ? character_count(target, marked) : 1;
    if (diag->width == 0)
        diag->width = 1;
    const char *shown = line;
    cut_line(&shown, &stop, target);
    diag->text_column = character_count(line, shown) + 1;
    diag->line_text = arena_copy(arena, shown, (size_t)(stop - shown));
}

static struct diag *new_diag(struct diag_list *list)
{
    LIST_GROW(list->items, list->count, list->capacity);
    struct diag *diag = &list->items[list->count++];
    *diag = (struct diag){.help = "", .line_text = "", .text = ""};
    return diag;
}

static const char *format_text(struct arena *arena, const char *format, va_list arguments)
{
    char text[TEXT_MOST_BYTES];
    int length = vsnprintf(text, sizeof text, format, arguments);
    if (length < 0)
        return "";
    size_t kept = (size_t)length < sizeof text ? (size_t)length : sizeof text - 1;
    return arena_copy(arena, text, kept);
}

bool diag_add(struct diag_list *list, enum diag_code code, struct place place, const char *format, ...)
{
    struct diag *diag = new_diag(list);
    diag->code = code;
    diag->level = catalogue[code].level;
    va_list arguments;
    va_start(arguments, format);
    diag->text = format_text(&list->arena, format, arguments);
    va_end(arguments);
    if (!place.file)
        return false;
    diag->path = place.file->path ? arena_copy(&list->arena, place.file->path, strlen(place.file->path)) : NULL;
    if (place.offset == SIZE_MAX)
        return false;
    diag->offset = (uint32_t)place.offset;
    diag->length = (uint32_t)place.length;
    if (place.file->bytes.at)
        diag_locate(diag, &list->arena, place.file->bytes);
    return false;
}

bool diag_help(struct diag_list *list, const char *format, ...)
{
    if (list->count == 0)
        return false;
    va_list arguments;
    va_start(arguments, format);
    list->items[list->count - 1].help = format_text(&list->arena, format, arguments);
    va_end(arguments);
    return false;
}

static const char *copy_text(struct arena *arena, const char *text)
{
    return text ? arena_copy(arena, text, strlen(text)) : NULL;
}

void diag_take(struct diag_list *list, const struct diag *from)
{
    struct diag *diag = new_diag(list);
    *diag = *from;
    diag->path = copy_text(&list->arena, from->path);
    diag->text = copy_text(&list->arena, from->text);
    diag->help = copy_text(&list->arena, from->help);
    diag->line_text = copy_text(&list->arena, from->line_text);
}

void diag_settle(struct diag_list *list, const struct diag_levels *levels)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        struct diag *diag = &list->items[i];
        enum diag_category category = catalogue[diag->code].category;
        if (category != CATEGORY_ALWAYS && levels->is_set[category] && diag->level > LEVEL_NOTE)
            diag->level = levels->level[category];
        if (diag->level != LEVEL_OFF)
            list->items[kept++] = *diag;
    }
    list->count = kept;
}

static int compare_diags(const void *a, const void *b)
{
    const struct diag *left = a, *right = b;
    int order = strcmp(left->path ? left->path : "", right->path ? right->path : "");
    if (order)
        return order;
    if (left->line != right->line)
        return left->line < right->line ? -1 : 1;
    if (left->column != right->column)
        return left->column < right->column ? -1 : 1;
    order = strcmp(catalogue[left->code].word, catalogue[right->code].word);
    return order ? order : strcmp(left->text, right->text);
}

void diag_sort(struct diag_list *list)
{
    if (list->count == 0)
        return;
    qsort(list->items, list->count, sizeof *list->items, compare_diags);
    size_t kept = 1;
    for (size_t i = 1; i < list->count; i++)
        if (compare_diags(&list->items[kept - 1], &list->items[i]) != 0)
            list->items[kept++] = list->items[i];
    list->count = kept;
}

size_t diag_count(const struct diag_list *list, enum diag_level level)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        count += list->items[i].level == level;
    return count;
}

const char *diag_word(enum diag_code code)
{
    return catalogue[code].word;
}

const char *diag_explanation(enum diag_code code)
{
    return catalogue[code].explanation;
}

enum diag_category diag_category(enum diag_code code)
{
    return catalogue[code].category;
}

enum diag_level diag_default_level(enum diag_code code)
{
    return catalogue[code].level;
}

const char *diag_level_word(enum diag_level level)
{
    switch (level) {
    case LEVEL_OFF:
        return "off";
    case LEVEL_NOTE:
        return "note";
    case LEVEL_WARNING:
        return "warning";
    case LEVEL_ERROR:
        return "error";
    }
    return "";
}

const char *diag_category_word(enum diag_category category)
{
    return category_words[category];
}

bool diag_code_find(enum diag_code *out, struct slice word)
{
    for (size_t i = 0; i < DIAG_CODE_COUNT; i++)
        if (slice_is(word, catalogue[i].word)) {
            *out = (enum diag_code)i;
            return true;
        }
    return false;
}

static bool drives_terminal(uint32_t point)
{
    return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x061C || (point >= 0x200E && point <= 0x200F) ||
           (point >= 0x2028 && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069) || point == 0xFEFF;
}

void text_escape(struct buffer *out, struct slice text)
{
    for (size_t i = 0; i < text.length;) {
        uint32_t point = 0;
        const char *at = text.at + i;
        size_t length = utf8_read(at, text.length - i, &point);
        if (length == 0) {
            buffer_printf(out, "\\x%02x", (unsigned char)at[0]);
            length = 1;
        } else if (point == '\t') {
            buffer_byte(out, ' ');
        } else if (drives_terminal(point)) {
            buffer_printf(out, point < 0x80 ? "\\x%02x" : "\\u%04x", (unsigned)point);
        } else {
            buffer_append(out, at, length);
        }
        i += length;
    }
}

/* Cells that a terminal gives to a character: none to combining marks, two to East Asian wide ones and emoji. The
 * ranges are the large ones of Unicode's EastAsianWidth and of its marks; a caret that is off by one harms nobody. */
static unsigned cell_count(uint32_t point)
{
    static const struct {
        uint32_t first, last;
        unsigned cells;
    } ranges[] = {
        {0x0300, 0x036F, 0},   {0x0483, 0x0489, 0}, {0x0591, 0x05BD, 0}, {0x0610, 0x061A, 0},   {0x064B, 0x065F, 0},
        {0x0900, 0x0902, 0},   {0x093C, 0x093C, 0}, {0x0941, 0x0948, 0}, {0x094D, 0x094D, 0},   {0x0E31, 0x0E31, 0},
        {0x0E34, 0x0E3A, 0},   {0x0E47, 0x0E4E, 0}, {0x1100, 0x115F, 2}, {0x17B7, 0x17BD, 0},   {0x17C9, 0x17D3, 0},
        {0x1AB0, 0x1AFF, 0},   {0x1DC0, 0x1DFF, 0}, {0x200B, 0x200D, 0}, {0x20D0, 0x20FF, 0},   {0x2E80, 0x303E, 2},
        {0x3041, 0xA4CF, 2},   {0xAC00, 0xD7A3, 2}, {0xF900, 0xFAFF, 2}, {0xFE00, 0xFE0F, 0},   {0xFE20, 0xFE2F, 0},
        {0xFE30, 0xFE6F, 2},   {0xFF00, 0xFF60, 2}, {0xFFE0, 0xFFE6, 2}, {0x1F300, 0x1F64F, 2}, {0x1F900, 0x1F9FF, 2},
        {0x20000, 0x3FFFD, 2},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges && point >= ranges[i].first; i++)
        if (point <= ranges[i].last)
            return ranges[i].cells;
    return 1;
}

/* Cells of `text` as text_escape writes it. */
static unsigned cells_of(struct slice text)
{
    struct buffer escaped = BUFFER(LINE_TEXT_MOST_BYTES * 8);
    text_escape(&escaped, text);
    unsigned count = 0;
    for (size_t i = 0; i < escaped.length;) {
        uint32_t point = 0;
        size_t length = utf8_read(escaped.at + i, escaped.length - i, &point);
        count += cell_count(point);
        i += length ? length : 1;
    }
    buffer_free(&escaped);
    return count;
}

/* The first `count` characters of `text`, counted as columns are. */
static struct slice first_characters(struct slice text, uint32_t count)
{
    size_t i = 0;
    while (i < text.length && (count > 0 || utf8_continues(text.at[i])))
        count -= !utf8_continues(text.at[i++]);
    return (struct slice){text.at, i};
}

/* The source line, and under it a caret with a tail as long as what is marked. */
static void print_source(struct buffer *out, const struct diag *diag)
{
    const char *indent = diag->text_column > 1 ? "    …" : "    ";
    struct slice text = slice_of(diag->line_text);
    buffer_text(out, indent);
    text_escape(out, text);
    struct slice before = first_characters(text, diag->column - diag->text_column);
    struct slice marked = first_characters(slice_from(text, before.length), diag->width);
    unsigned blanks = (unsigned)(diag->text_column > 1) + cells_of(before), tail = cells_of(marked);
    buffer_text(out, "\n    ");
    for (unsigned i = 0; i < blanks; i++)
        buffer_byte(out, ' ');
    buffer_byte(out, '^');
    for (unsigned i = 1; i < tail; i++)
        buffer_byte(out, '~');
    buffer_byte(out, '\n');
}

void diag_print(FILE *out, const struct diag *diag, bool colour)
{
    struct buffer line = BUFFER(1 << 20);
    if (diag->path) {
        text_escape(&line, slice_of(diag->path));
        if (diag->line)
            buffer_printf(&line, ":%u:%u", diag->line, diag->column);
        buffer_text(&line, ": ");
    }
    static const char *const colours[] = {"", "\033[36m", "\033[33m", "\033[31m"};
    if (colour)
        buffer_text(&line, colours[diag->level]);
    buffer_text(&line, diag_level_word(diag->level));
    if (colour)
        buffer_text(&line, "\033[0m");
    buffer_text(&line, ": ");
    text_escape(&line, slice_of(diag->text));
    buffer_printf(&line, " [%s]\n", catalogue[diag->code].word);
    if (diag->line && diag->line_text[0])
        print_source(&line, diag);
    if (diag->help[0]) {
        buffer_text(&line, "    help: ");
        /* Help may hold several lines, such as one to paste. */
        struct slice rest = slice_of(diag->help);
        while (rest.length) {
            size_t stop = slice_find(rest, '\n');
            text_escape(&line, (struct slice){rest.at, stop});
            buffer_byte(&line, '\n');
            rest = slice_from(rest, stop + 1);
            if (rest.length)
                buffer_text(&line, "          ");
        }
    }
    fwrite(line.at, 1, line.length, out);
    buffer_free(&line);
}

static void write_text(struct buffer *out, const char *text)
{
    uint32_t length = text ? (uint32_t)strlen(text) : UINT32_MAX;
    buffer_append(out, &length, sizeof length);
    if (text)
        buffer_append(out, text, length);
}

static bool read_bytes(struct slice *from, void *into, size_t length)
{
    if (from->length < length)
        return false;
    memcpy(into, from->at, length);
    *from = slice_from(*from, length);
    return true;
}

static bool read_text(struct slice *from, struct arena *arena, const char **out, bool may_be_null)
{
    uint32_t length;
    if (!read_bytes(from, &length, sizeof length))
        return false;
    if (length == UINT32_MAX)
        return *out = may_be_null ? NULL : "", true;
    if (length > from->length)
        return false;
    *out = arena_copy(arena, from->at, length);
    *from = slice_from(*from, length);
    return true;
}

void diag_write(struct buffer *out, const struct diag *diag)
{
    const uint32_t numbers[] = {diag->code, diag->level,  diag->offset, diag->length,
                                diag->line, diag->column, diag->width,  diag->text_column};
    buffer_append(out, numbers, sizeof numbers);
    write_text(out, diag->path);
    write_text(out, diag->text);
    write_text(out, diag->help);
    write_text(out, diag->line_text);
}

bool diag_read(struct diag_list *list, struct slice *bytes)
{
    uint32_t numbers[8];
    struct diag diag = {0};
    if (!read_bytes(bytes, numbers, sizeof numbers) || numbers[0] >= DIAG_CODE_COUNT || numbers[1] > LEVEL_ERROR)
        return false;
    diag.code = (enum diag_code)numbers[0];
    diag.level = (enum diag_level)numbers[1];
    diag.offset = numbers[2];
    diag.length = numbers[3];
    diag.line = numbers[4];
    diag.column = numbers[5];
    diag.width = numbers[6];
    diag.text_column = numbers[7];
    if (!read_text(bytes, &list->arena, &diag.path, true) || !read_text(bytes, &list->arena, &diag.text, false) ||
        !read_text(bytes, &list->arena, &diag.help, false) || !read_text(bytes, &list->arena, &diag.line_text, false))
        return false;
    *new_diag(list) = diag;
    return true;
}
