/* The list, the catalogue, and how a diagnostic is printed. Line and column are
 * computed once, when it is added, from the bytes of its file. */

#include "base/diag.h"
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

enum { LINE_TEXT_MOST_BYTES = 200, TEXT_MOST_BYTES = 4096 };

void diag_list_free(struct diag_list *list)
{
    free(list->items);
    arena_free(&list->arena);
    *list = (struct diag_list){0};
}

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

static uint32_t character_count(const char *at, const char *end)
{
    uint32_t count = 0;
    for (; at < end; at++)
        count += !is_continuation(*at);
    return count;
}

void diag_locate(struct diag *diag, struct arena *arena, struct slice bytes)
{
    size_t offset = diag->offset < bytes.length ? diag->offset : bytes.length;
    const char *target = bytes.at + offset;
    const char *line = bytes.at;
    uint32_t number = 1;
    for (const char *at = bytes.at; at < target; at++) {
        bool ends = *at == '\n' || (*at == '\r' && !(at + 1 < bytes.at + bytes.length && at[1] == '\n'));
        if (ends) {
            number++;
            line = at + 1;
        }
    }
    const char *stop = line;
    const char *end = bytes.at + bytes.length;
    while (stop < end && *stop != '\n' && *stop != '\r')
        stop++;
    /* A byte order mark is no column. */
    if (line == bytes.at && stop - line >= 3 && memcmp(line, "\xEF\xBB\xBF", 3) == 0 && target >= line + 3)
        line += 3;
    diag->line = number;
    diag->column = target > line ? character_count(line, target) + 1 : 1;
    const char *marked = target + diag->length < stop ? target + diag->length : stop;
    diag->width = marked > target ? character_count(target, marked) : 1;
    if (diag->width == 0)
        diag->width = 1;
    size_t shown = (size_t)(stop - line);
    if (shown > LINE_TEXT_MOST_BYTES) {
        shown = LINE_TEXT_MOST_BYTES;
        while (shown && is_continuation(line[shown]))
            shown--;
    }
    diag->line_text = arena_copy(arena, line, shown);
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
    case LEVEL_OFF: return "off";
    case LEVEL_NOTE: return "note";
    case LEVEL_WARNING: return "warning";
    case LEVEL_ERROR: return "error";
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

/* Length of the well-formed UTF-8 sequence at `at`, 0 when there is none. */
static size_t utf8_length(const unsigned char *at, size_t left, uint32_t *point)
{
    if (at[0] < 0x80)
        return *point = at[0], 1;
    size_t length = at[0] >= 0xF0 ? 4 : at[0] >= 0xE0 ? 3 : at[0] >= 0xC2 ? 2 : 0;
    if (length == 0 || at[0] > 0xF4 || left < length)
        return 0;
    uint32_t value = at[0] & (0x7Fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return 0;
        value = value << 6 | (at[i] & 0x3F);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < least[length] || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000))
        return 0;
    return *point = value, length;
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
        const unsigned char *at = (const unsigned char *)text.at + i;
        size_t length = utf8_length(at, text.length - i, &point);
        if (length == 0) {
            buffer_printf(out, "\\x%02x", at[0]);
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
    if (diag->line && diag->line_text[0]) {
        buffer_text(&line, "    ");
        text_escape(&line, slice_of(diag->line_text));
        buffer_text(&line, "\n    ");
        for (uint32_t i = 1; i < diag->column && i <= LINE_TEXT_MOST_BYTES; i++)
            buffer_byte(&line, ' ');
        buffer_byte(&line, '^');
        for (uint32_t i = 1; i < diag->width && i <= LINE_TEXT_MOST_BYTES; i++)
            buffer_byte(&line, '~');
        buffer_byte(&line, '\n');
    }
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
    const uint32_t numbers[] = {diag->code,   diag->level,  diag->offset, diag->length,
                                diag->line,   diag->column, diag->width};
    buffer_append(out, numbers, sizeof numbers);
    write_text(out, diag->path);
    write_text(out, diag->text);
    write_text(out, diag->help);
    write_text(out, diag->line_text);
}

bool diag_read(struct diag_list *list, struct slice *bytes)
{
    uint32_t numbers[7];
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
    if (!read_text(bytes, &list->arena, &diag.path, true) || !read_text(bytes, &list->arena, &diag.text, false) ||
        !read_text(bytes, &list->arena, &diag.help, false) || !read_text(bytes, &list->arena, &diag.line_text, false))
        return false;
    *new_diag(list) = diag;
    return true;
}
