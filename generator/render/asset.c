/* One table of types: extension, and how the bytes begin. What is not in it is
 * refused: a folder that people open by double-click must hold nothing that runs. */

#include "render/asset.h"
#include "base/suggest.h"
#include <ctype.h>
#include <strings.h>

enum asset_kind { KIND_MAGIC, KIND_RIFF, KIND_TEXT, KIND_SVG, KIND_FTYP };

struct asset_type {
    const char *extension;
    enum asset_kind kind;
    const char *magic;
    size_t magic_bytes;
};

#define MAGIC(text) text, sizeof(text) - 1

static const struct asset_type types[] = {
    {"png", KIND_MAGIC, MAGIC("\x89PNG\r\n\x1a\n")}, {"jpg", KIND_MAGIC, MAGIC("\xFF\xD8\xFF")},
    {"jpeg", KIND_MAGIC, MAGIC("\xFF\xD8\xFF")},     {"gif", KIND_MAGIC, MAGIC("GIF8")},
    {"webp", KIND_RIFF, MAGIC("WEBP")},              {"wav", KIND_RIFF, MAGIC("WAVE")},
    {"avif", KIND_FTYP, MAGIC("avif")},              {"mp4", KIND_FTYP, MAGIC("")},
    {"m4a", KIND_FTYP, MAGIC("")},                   {"mov", KIND_FTYP, MAGIC("")},
    {"svg", KIND_SVG, MAGIC("")},                    {"bmp", KIND_MAGIC, MAGIC("BM")},
    {"ico", KIND_MAGIC, MAGIC("\0\0\1\0")},          {"pdf", KIND_MAGIC, MAGIC("%PDF-")},
    {"docx", KIND_MAGIC, MAGIC("PK\3\4")},           {"xlsx", KIND_MAGIC, MAGIC("PK\3\4")},
    {"pptx", KIND_MAGIC, MAGIC("PK\3\4")},           {"odt", KIND_MAGIC, MAGIC("PK\3\4")},
    {"ods", KIND_MAGIC, MAGIC("PK\3\4")},            {"odp", KIND_MAGIC, MAGIC("PK\3\4")},
    {"epub", KIND_MAGIC, MAGIC("PK\3\4")},           {"zip", KIND_MAGIC, MAGIC("PK\3\4")},
    {"gz", KIND_MAGIC, MAGIC("\x1f\x8b")},           {"rtf", KIND_MAGIC, MAGIC("{\\rtf")},
    {"ogg", KIND_MAGIC, MAGIC("OggS")},              {"mp3", KIND_MAGIC, MAGIC("")},
    {"webm", KIND_MAGIC, MAGIC("\x1A\x45\xDF\xA3")}, {"woff2", KIND_MAGIC, MAGIC("wOF2")},
    {"txt", KIND_TEXT, MAGIC("")},                   {"csv", KIND_TEXT, MAGIC("")},
    {"json", KIND_TEXT, MAGIC("")},                  {"ics", KIND_TEXT, MAGIC("")},
    {"yaml", KIND_TEXT, MAGIC("")},                  {"yml", KIND_TEXT, MAGIC("")},
};

static const struct asset_type *type_of(struct slice name)
{
    size_t dot = name.length;
    while (dot > 0 && name.at[dot - 1] != '.')
        dot--;
    if (dot == 0)
        return NULL;
    struct slice extension = slice_from(name, dot);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (extension.length == strlen(types[i].extension) && strncasecmp(extension.at, types[i].extension, extension.length) == 0)
            return &types[i];
    return NULL;
}

static bool begins_with(struct slice bytes, size_t at, const struct asset_type *type)
{
    return bytes.length >= at + type->magic_bytes && memcmp(bytes.at + at, type->magic, type->magic_bytes) == 0;
}

/* MPEG audio: an ID3 tag, or a frame header. */
static bool is_mp3(struct slice bytes)
{
    return slice_starts_with(bytes, "ID3") ||
           (bytes.length > 1 && (unsigned char)bytes.at[0] == 0xFF && ((unsigned char)bytes.at[1] & 0xE0) == 0xE0);
}

static bool has_word(struct slice bytes, const char *word)
{
    size_t length = strlen(word);
    for (size_t i = 0; i + length <= bytes.length; i++)
        if (strncasecmp(bytes.at + i, word, length) == 0)
            return true;
    return false;
}

/* Does an attribute ` onX…=` stand anywhere? Text that looks like one is refused as well. */
static bool has_handler(struct slice bytes)
{
    for (size_t i = 0; i + 4 < bytes.length; i++) {
        if (!isspace((unsigned char)bytes.at[i]) && !strchr("\"'/", bytes.at[i]))
            continue;
        if (strncasecmp(bytes.at + i + 1, "on", 2) != 0)
            continue;
        size_t j = i + 3;
        while (j < bytes.length && isalpha((unsigned char)bytes.at[j]))
            j++;
        while (j < bytes.length && isspace((unsigned char)bytes.at[j]))
            j++;
        if (j > i + 3 && j < bytes.length && bytes.at[j] == '=')
            return true;
    }
    return false;
}

/* href, src and url() may only point inside the drawing (`#id`) or hold a raster image as data. */
static bool has_outside_address(struct slice bytes)
{
    static const char *const openers[] = {"href", "src", "url("};
    for (size_t i = 0; i < bytes.length; i++) {
        for (size_t k = 0; k < 3; k++) {
            size_t length = strlen(openers[k]);
            if (i + length > bytes.length || strncasecmp(bytes.at + i, openers[k], length) != 0)
                continue;
            size_t j = i + length;
            while (j < bytes.length && strchr(" \t\r\n=\"'", bytes.at[j]) && bytes.at[j])
                j++;
            struct slice value = slice_from(bytes, j);
            bool is_assigned = k == 2 || (j > i + length && memchr(bytes.at + i + length, '=', j - i - length));
            if (is_assigned && value.length && value.at[0] != '#' && !slice_starts_with(value, "data:image/png;base64,") &&
                !slice_starts_with(value, "data:image/jpeg;base64,"))
                return true;
        }
    }
    return false;
}

static const char *svg_fault(struct slice bytes)
{
    static const char *const words[] = {"<script", "<foreignobject", "<!doctype", "<!entity", "<?xml-stylesheet", "javascript:",
                                        "<iframe", "<embed", "<object", "<handler", "@import", "<set", "<animate"};
    if (memchr(bytes.at ? bytes.at : "", 0, bytes.length))
        return "NUL bytes";
    if (!has_word(bytes, "<svg"))
        return "no <svg> element";
    if (has_word(bytes, "&#"))
        return "a character reference, which could hide what the rest says";
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (has_word(bytes, words[i]))
            return words[i];
    if (has_handler(bytes))
        return "an event handler";
    if (has_outside_address(bytes))
        return "an address outside the drawing";
    return NULL;
}

static bool is_type(const struct asset_type *type, struct slice bytes)
{
    switch (type->kind) {
    case KIND_MAGIC:
        return type->magic_bytes ? begins_with(bytes, 0, type) : is_mp3(bytes);
    case KIND_RIFF:
        return slice_starts_with(bytes, "RIFF") && begins_with(bytes, 8, type);
    case KIND_FTYP:
        return bytes.length > 12 && memcmp(bytes.at + 4, "ftyp", 4) == 0 && begins_with(bytes, 8, type);
    case KIND_TEXT:
        return bytes.length == 0 || !memchr(bytes.at, 0, bytes.length);
    case KIND_SVG:
        return true;
    }
    return false;
}

bool asset_check(const struct diag_file *file, struct slice name, struct slice bytes, struct diag_list *diags)
{
    const struct asset_type *type = type_of(name);
    if (!type) {
        diag_add(diags, DIAG_ASSET_TYPE, place_file(file), "files named like '%.*s' are not published", SLICE_ARGS(name));
        return diag_help(diags, "images, PDF, office documents, plain text, sound and film pass; nothing that runs does");
    }
    if (!is_type(type, bytes)) {
        diag_add(diags, DIAG_ASSET_TYPE, place_file(file), "the content is not what the name '.%s' says", type->extension);
        return diag_help(diags, "export the file again, or give it the ending of what it is");
    }
    const char *fault = type->kind == KIND_SVG ? svg_fault(bytes) : NULL;
    if (!fault)
        return true;
    diag_add(diags, DIAG_ASSET_ACTIVE, place_file(file), "the drawing holds %s", fault);
    return diag_help(diags, "export it as a plain SVG without scripts, styles from elsewhere and links, or as PNG");
}
