/* Names of entries: hostile ones, those that cannot become an address, and those
 * that Windows cannot store. Relies on nothing but the bytes of the name. */

#include "source/names.h"
#include "base/buffer.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "text/normalise.h"
#include "text/unicode.h"
#include <strings.h>

/* Nearly all names are letters, digits, '-', '_' and '.', with no dot at the ends,
 * and have not the length of a device's name before their first dot. */
static bool is_plain(struct slice name)
{
    if (name.length == 0 || name.length > LIMIT_NAME_BYTES || name.at[0] == '.' || name.at[name.length - 1] == '.')
        return false;
    size_t stem = slice_find(name, '.');
    bool plain = stem != 3 && stem != 4;
    for (size_t i = 0; i < name.length; i++) {
        unsigned char c = (unsigned char)name.at[i], lower = c | 0x20;
        plain &= (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
    }
    return plain;
}

static bool is_ascii_word(struct slice text, const char *word)
{
    return text.length == strlen(word) && strncasecmp(text.at, word, text.length) == 0;
}

/* HFS+ ignores these when it compares names (Apple TN1150). */
static bool is_ignored_by_hfs(uint32_t point)
{
    return (point >= 0x200C && point <= 0x200F) || (point >= 0x202A && point <= 0x202E) ||
           (point >= 0x206A && point <= 0x206F) || point == 0xFEFF;
}

static bool is_git_for_macos(struct slice name)
{
    char kept[8];
    size_t count = 0;
    for (size_t i = 0; i < name.length;) {
        uint32_t point;
        size_t length = utf8_read(name.at + i, name.length - i, &point);
        if (length == 0)
            return false;
        if (!is_ignored_by_hfs(point)) {
            if (point >= 0x80 || count == 4)
                return false;
            kept[count++] = (char)point;
        }
        i += length;
    }
    return is_ascii_word((struct slice){kept, count}, ".git");
}

/* NTFS drops dots and blanks at the end, has streams behind ':' and short names. */
static bool is_git_for_windows(struct slice name)
{
    size_t length = 0;
    while (length < name.length && name.at[length] != ':' && name.at[length] != '\\')
        length++;
    while (length && (name.at[length - 1] == '.' || name.at[length - 1] == ' '))
        length--;
    struct slice head = {name.at, length};
    return is_ascii_word(head, ".git") || is_ascii_word(head, "git~1");
}

static const char *find_hostile(struct slice name)
{
    if (name.length == 0)
        return "is empty";
    if (slice_is(name, ".") || slice_is(name, ".."))
        return "leads out of its folder";
    if (memchr(name.at, '/', name.length))
        return "holds a '/'";
    if (is_git_for_macos(name) || is_git_for_windows(name))
        return "is '.git', or becomes it on some machines";
    return NULL;
}

static bool turns_direction(uint32_t point)
{
    return (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

static const char *find_unusable(struct slice name)
{
    if (name.length > LIMIT_NAME_BYTES)
        return "is longer than 255 bytes";
    for (size_t i = 0; i < name.length;) {
        uint32_t point;
        size_t length = utf8_read(name.at + i, name.length - i, &point);
        if (length == 0)
            return "is no UTF-8";
        if (point < 0x20 || (point >= 0x7F && point < 0xA0))
            return "holds a control character";
        if (point == '\\')
            return "holds a backslash";
        if (turns_direction(point))
            return "holds an invisible character that turns the direction of text";
        i += length;
    }
    return NULL;
}

static bool is_device(struct slice name)
{
    static const char *const devices[] = {"con", "prn", "aux", "nul", "conin$", "conout$"};
    size_t length = 0;
    while (length < name.length && name.at[length] != '.')
        length++;
    while (length && name.at[length - 1] == ' ')
        length--;
    struct slice stem = {name.at, length};
    for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++)
        if (is_ascii_word(stem, devices[i]))
            return true;
    if (length < 4 || (strncasecmp(stem.at, "com", 3) != 0 && strncasecmp(stem.at, "lpt", 3) != 0))
        return false;
    struct slice number = slice_from(stem, 3);
    return (number.length == 1 && number.at[0] >= '1' && number.at[0] <= '9') || slice_is(number, "\u00B9") ||
           slice_is(number, "\u00B2") || slice_is(number, "\u00B3");
}

static const char *find_reserved(struct slice name)
{
    if (is_device(name))
        return "is that of a device on Windows";
    for (size_t i = 0; i < name.length; i++)
        if (strchr("<>:\"|?*", name.at[i]))
            return "holds one of the characters < > : \" | ? *";
    if (name.at[name.length - 1] == '.' || name.at[name.length - 1] == ' ')
        return "ends in a dot or a blank";
    return NULL;
}

enum name_fault name_check(struct slice name, const char **why)
{
    *why = NULL;
    if (is_plain(name))
        return NAME_FINE;
    if ((*why = find_hostile(name)))
        return NAME_HOSTILE;
    if ((*why = find_unusable(name)))
        return NAME_UNUSABLE;
    if ((*why = find_reserved(name)))
        return NAME_RESERVED;
    return NAME_FINE;
}

bool name_is_skipped(struct slice name, bool is_folder)
{
    return (name.length && name.at[0] == '.') || (is_folder && slice_is(name, "node_modules"));
}

/* Folding may take a name out of Form C, so that comes last as well. */
static struct slice fold_unicode(struct arena *arena, struct slice name)
{
    if (utf8_first_fault(name) != name.length)
        return name;
    struct buffer folded = BUFFER(LIMIT_PATH_BYTES * 16);
    unicode_fold(&folded, text_nfc(arena, name));
    struct slice kept = text_nfc(arena, arena_slice(arena, buffer_view(&folded)));
    buffer_free(&folded);
    return kept;
}

struct slice name_fold(struct arena *arena, struct slice name)
{
    for (size_t i = 0; i < name.length; i++)
        if ((unsigned char)name.at[i] >= 0x80)
            return fold_unicode(arena, name);
    char *folded = arena_alloc(arena, name.length + 1);
    for (size_t i = 0; i < name.length; i++)
        folded[i] = name.at[i] >= 'A' && name.at[i] <= 'Z' ? (char)(name.at[i] | 0x20) : name.at[i];
    return (struct slice){folded, name.length};
}

static bool ends_in(struct slice name, const char *ending)
{
    size_t length = strlen(ending);
    return name.length > length && strncasecmp(name.at + name.length - length, ending, length) == 0;
}

bool name_is_nearly_markdown(struct slice name, struct slice *stem)
{
    static const char *const endings[] = {".md.txt", ".md", ".markdown", ".mdown", ".mkd"};
    if (slice_ends_with(name, ".md"))
        return false;
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
        if (ends_in(name, endings[i]))
            return *stem = (struct slice){name.at, name.length - strlen(endings[i])}, true;
    return false;
}

const char *name_spelled(struct arena *arena, struct slice name)
{
    struct buffer text = BUFFER(LIMIT_PATH_BYTES * 8);
    for (size_t i = 0; i < name.length;) {
        uint32_t point;
        size_t length = utf8_read(name.at + i, name.length - i, &point);
        if (length == 1)
            buffer_byte(&text, name.at[i]);
        else if (length)
            buffer_printf(&text, "\\u%04x", (unsigned)point);
        i += length ? length : 1;
    }
    const char *copy = arena_copy(arena, buffer_string(&text), text.length);
    buffer_free(&text);
    return copy;
}
