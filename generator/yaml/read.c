/* Typed readers of single values. The tree knows no types, so each reader
 * decides from the text alone, and says in its help what was probably meant. */

#include "yaml/read.h"
#include "base/suggest.h"
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

enum { HELP_MOST_BYTES = 1024, SHOWN_MOST_BYTES = 60 };

static enum diag_code config_code(enum diag_code code)
{
    if (code == DIAG_KEY_UNKNOWN || code == DIAG_KEY_ELSEWHERE || code == DIAG_KEY_MISSING)
        return DIAG_CONFIG_KEY;
    if (code == DIAG_VALUE_TYPE || code == DIAG_VALUE_EMPTY)
        return DIAG_CONFIG_VALUE;
    return code;
}

static bool add(const struct yaml_reader *reader, enum diag_code code, struct place place, const char *help,
                const char *format, va_list arguments)
{
    struct diag_list *diags = reader->diags;
    if (reader->most_diags && diags->count >= reader->most_diags)
        return false;
    char text[HELP_MOST_BYTES];
    vsnprintf(text, sizeof text, format, arguments);
    diag_add(diags, reader->is_config ? config_code(code) : code, place, "%s", text);
    return help[0] ? diag_help(diags, "%s", help) : false;
}

bool yaml_report(const struct yaml_reader *reader, enum diag_code code, struct place place, const char *help,
                 const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(reader, code, place, help, format, arguments);
    va_end(arguments);
    return false;
}

static void append_names(struct buffer *out, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *before = i == 0 ? "" : i + 1 == count ? " and " : ", ";
        buffer_printf(out, "%s%s", before, names[i]);
    }
}

bool yaml_report_name(const struct yaml_reader *reader, enum diag_code code, struct place place, struct slice wanted,
                      const char *const *names, size_t name_count, const char *format, ...)
{
    struct suggestion suggestion = {.wanted = wanted};
    for (size_t i = 0; i < name_count; i++)
        suggest_offer(&suggestion, slice_of(names[i]));
    char nearest[HELP_MOST_BYTES];
    suggest_text(&suggestion, nearest, sizeof nearest);
    struct buffer help = BUFFER(HELP_MOST_BYTES * 4);
    buffer_text(&help, nearest);
    if (name_count && name_count <= 40) {
        buffer_text(&help, nearest[0] ? " It is one of " : "it is one of ");
        append_names(&help, names, name_count);
    }
    va_list arguments;
    va_start(arguments, format);
    add(reader, code, place, buffer_string(&help), format, arguments);
    va_end(arguments);
    buffer_free(&help);
    return false;
}

struct slice yaml_name(const struct yaml_node *node)
{
    while (node->parent && node->parent->kind == YAML_SEQUENCE)
        node = node->parent;
    return node->key;
}

const char *yaml_subject(const struct yaml_reader *reader, const struct yaml_node *node)
{
    struct slice name = yaml_name(node);
    if (node->parent && node->parent->kind == YAML_SEQUENCE) {
        unsigned number = 1;
        for (const struct yaml_node *item = node->parent->first; item != node; item = item->next)
            number++;
        if (name.length == 0)
            return arena_printf(reader->arena, "item %u", number);
        return arena_printf(reader->arena, "item %u of '%.*s'", number, SLICE_ARGS(name));
    }
    if (!node->parent)
        return "the whole";
    return arena_printf(reader->arena, "'%.*s'", SLICE_ARGS(name));
}

static const char *kind_word(const struct yaml_node *node)
{
    switch ((enum yaml_kind)node->kind) {
    case YAML_SCALAR:
        return yaml_is_empty(node) ? "nothing" : "a text";
    case YAML_SEQUENCE:
        return "a list";
    case YAML_MAPPING:
        return "a mapping";
    }
    return "";
}

/* The value as a message shows it: cut, and on one line. */
static const char *shown(const struct yaml_reader *reader, const struct yaml_node *node)
{
    if (node->kind != YAML_SCALAR)
        return kind_word(node);
    size_t length = slice_find(node->text, '\n');
    bool is_cut = length < node->text.length || length > SHOWN_MOST_BYTES;
    if (length > SHOWN_MOST_BYTES) {
        length = SHOWN_MOST_BYTES;
        while (length && ((unsigned char)node->text.at[length] & 0xC0) == 0x80)
            length--;
    }
    return arena_printf(reader->arena, "'%.*s%s'", (int)length, node->text.at, is_cut ? "…" : "");
}

static bool wrong_type(const struct yaml_reader *reader, const struct yaml_node *node, const char *expected,
                       const char *help)
{
    if (reader->most_diags && reader->diags->count >= reader->most_diags)
        return false;
    return yaml_report(reader, DIAG_VALUE_TYPE, yaml_place(reader->file, node), help, "%s must be %s, not %s",
                       yaml_subject(reader, node), expected, shown(reader, node));
}

bool yaml_expect(const struct yaml_reader *reader, const struct yaml_node *node, enum yaml_kind kind)
{
    if (node->kind == kind)
        return true;
    switch (kind) {
    case YAML_SCALAR:
        return wrong_type(reader, node, "a text", "put quotes around a text that begins with '[' or '{'");
    case YAML_SEQUENCE:
        return wrong_type(reader, node, "a list", "write [a, b], or '- a' and '- b' on lines of their own");
    case YAML_MAPPING:
        break;
    }
    bool tight =
        node->kind == YAML_SCALAR && node->style == YAML_PLAIN && slice_find(node->text, ':') < node->text.length;
    return wrong_type(reader, node, "a mapping",
                      tight ? "a blank must follow the ':' after a key" : "write 'key: value' lines, or {key: value}");
}

/* A scalar that says something. */
static bool expect_value(const struct yaml_reader *reader, const struct yaml_node *node)
{
    if (!yaml_expect(reader, node, YAML_SCALAR))
        return false;
    bool is_null = node->style == YAML_PLAIN && (slice_is(node->text, "~") || slice_is(node->text, "null"));
    if (!yaml_is_empty(node) && !is_null)
        return true;
    if (reader->most_diags && reader->diags->count >= reader->most_diags)
        return false;
    return yaml_report(reader, DIAG_VALUE_EMPTY, yaml_place(reader->file, node),
                       is_null ? "remove the line; or put quotes around the word, if it is meant as text"
                               : "write a value, or remove the line",
                       "%s has no value", yaml_subject(reader, node));
}

bool yaml_read_text(const char **out, const struct yaml_reader *reader, const struct yaml_node *node)
{
    if (!expect_value(reader, node))
        return false;
    *out = node->text.at;
    return true;
}

bool yaml_read_texts(const char ***out, size_t *count, const struct yaml_reader *reader, const struct yaml_node *node)
{
    if (node->kind != YAML_SEQUENCE) {
        const char *text;
        if (node->kind == YAML_MAPPING)
            return yaml_expect(reader, node, YAML_SEQUENCE);
        if (!yaml_read_text(&text, reader, node))
            return false;
        *out = ARENA_ARRAY(reader->arena, const char *, 1);
        (*out)[0] = text;
        *count = 1;
        return true;
    }
    const char **texts = ARENA_ARRAY(reader->arena, const char *, node->count);
    size_t used = 0;
    bool ok = true;
    for (const struct yaml_node *item = node->first; item; item = item->next)
        ok &= yaml_read_text(&texts[used++], reader, item);
    if (!ok)
        return false;
    *out = texts;
    *count = used;
    return true;
}

static bool is_one_of(struct slice text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text.length == strlen(words[i]) && strncasecmp(text.at, words[i], text.length) == 0)
            return true;
    return false;
}

bool yaml_read_bool(bool *out, const struct yaml_reader *reader, const struct yaml_node *node)
{
    static const char *const yes[] = {"yes", "y", "on", "1", "true"};
    static const char *const no[] = {"no", "n", "off", "0", "false"};
    if (!expect_value(reader, node))
        return false;
    if (slice_is(node->text, "true") || slice_is(node->text, "false")) {
        *out = node->text.length == 4;
        return true;
    }
    const char *help = is_one_of(node->text, yes, ARRAY_COUNT(yes)) ? "write true"
                       : is_one_of(node->text, no, ARRAY_COUNT(no)) ? "write false"
                                                                    : "";
    return wrong_type(reader, node, "true or false", help);
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool are_digits(struct slice text)
{
    for (size_t i = 0; i < text.length; i++)
        if (!is_digit(text.at[i]))
            return false;
    return text.length > 0;
}

bool yaml_read_int(int64_t *out, const struct yaml_reader *reader, const struct yaml_node *node)
{
    if (!expect_value(reader, node))
        return false;
    struct slice digits = slice_from(node->text, node->text.at[0] == '-');
    if (!are_digits(digits))
        return wrong_type(reader, node, "a whole number", "write it with digits alone, like 30 or -5");
    if (digits.length > 1 && digits.at[0] == '0')
        return wrong_type(
            reader, node, "a whole number",
            "write it without zeros in front; put quotes around it and choose the type text, if it is a code");
    errno = 0;
    long long number = strtoll(node->text.at, NULL, 10);
    if (errno == ERANGE)
        return wrong_type(reader, node, "a whole number of at most 18 digits", "");
    *out = number;
    return true;
}

static int number_of(struct slice digits)
{
    int number = 0;
    for (size_t i = 0; i < digits.length; i++)
        number = number * 10 + (digits.at[i] - '0');
    return number;
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && is_leap ? 29 : days[month - 1];
}

/* Has the form 2026-05-02, whether or not there is such a day. */
static bool split_date(struct slice text, int *year, int *month, int *day)
{
    if (text.length != 10 || text.at[4] != '-' || text.at[7] != '-')
        return false;
    struct slice parts[] = {{text.at, 4}, {text.at + 5, 2}, {text.at + 8, 2}};
    if (!are_digits(parts[0]) || !are_digits(parts[1]) || !are_digits(parts[2]))
        return false;
    *year = number_of(parts[0]);
    *month = number_of(parts[1]);
    *day = number_of(parts[2]);
    return true;
}

bool date_read(int32_t *out, struct slice text)
{
    int year, month, day;
    if (!split_date(text, &year, &month, &day))
        return false;
    if (year < 1000 || month < 1 || month > 12 || day < 1 || day > days_in(year, month))
        return false;
    *out = year * 10000 + month * 100 + day;
    return true;
}

/* 2026-5-2, 2026/05/02, 2026.05.02, and all of them with a time behind. */
static bool guess_date(struct slice text, char out[32])
{
    int year, month, day, used = 0;
    char first, second;
    char copy[32];
    if (text.length >= sizeof copy)
        return false;
    memcpy(copy, text.at, text.length);
    copy[text.length] = 0;
    if (sscanf(copy, "%4d%c%2d%c%2d%n", &year, &first, &month, &second, &day, &used) != 5 || used < 8)
        return false;
    if (!strchr("-/.", first) || first != second || year < 1000 || month < 1 || month > 12 || day < 1)
        return false;
    if (is_digit(copy[used]) || day > days_in(year, month))
        return false;
    snprintf(out, 32, "%04d-%02d-%02d", year, month, day);
    return true;
}

bool yaml_read_date(int32_t *out, const struct yaml_reader *reader, const struct yaml_node *node)
{
    if (!expect_value(reader, node))
        return false;
    if (date_read(out, node->text))
        return true;
    static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                         "July",    "August",   "September", "October", "November", "December"};
    int year, month, day;
    char guess[32];
    const char *help = "write year, month and day like this: 2026-05-02";
    if (split_date(node->text, &year, &month, &day) && year >= 1000 && month >= 1 && month <= 12)
        help = arena_printf(reader->arena, "%s %d has %d days", months[month - 1], year, days_in(year, month));
    else if (guess_date(node->text, guess))
        help = arena_printf(reader->arena, "write %s", guess);
    return wrong_type(reader, node, "a date", help);
}

/* Splits "a b c" into its words. */
static const char **split_words(struct arena *arena, const char *text, size_t *count)
{
    size_t most = 1;
    for (const char *at = text; *at; at++)
        most += *at == ' ';
    const char **words = ARENA_ARRAY(arena, const char *, most);
    struct slice rest = slice_of(text);
    for (*count = 0; rest.length; (*count)++) {
        size_t length = slice_find(rest, ' ');
        words[*count] = arena_copy(arena, rest.at, length);
        rest = slice_from(rest, length + 1);
    }
    return words;
}

bool yaml_read_choice(int *out, const struct yaml_reader *reader, const struct yaml_node *node, const char *choices)
{
    if (!expect_value(reader, node))
        return false;
    struct slice rest = slice_of(choices);
    for (int i = 0; rest.length; i++) {
        size_t length = slice_find(rest, ' ');
        if (slice_equal(node->text, (struct slice){rest.at, length})) {
            *out = i;
            return true;
        }
        rest = slice_from(rest, length + 1);
    }
    size_t count;
    const char **words = split_words(reader->arena, choices, &count);
    return yaml_report_name(reader, DIAG_VALUE_TYPE, yaml_place(reader->file, node), node->text, words, count,
                            "%s cannot be %s", yaml_subject(reader, node), shown(reader, node));
}
