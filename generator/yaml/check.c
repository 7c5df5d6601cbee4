/* What is checked before libyaml sees a byte. It reports encoding errors at line
 * 1 whatever their place, and takes quadratic time over directives; both are
 * kept from it here. */

#include "base/limits.h"
#include "base/utf8.h"
#include "yaml/parts.h"

/* What Windows-1252 means by the bytes 0x80 to 0x9f, where it differs from Latin-1. */
static const uint16_t windows_1252[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178,
};

static uint32_t windows_point(unsigned char byte)
{
    return byte < 0xA0 ? windows_1252[byte - 0x80] : byte;
}

static void write_utf8(uint32_t point, char out[4])
{
    if (point < 0x800) {
        out[0] = (char)(0xC0 | point >> 6);
        out[1] = (char)(0x80 | (point & 0x3F));
        out[2] = 0;
    } else {
        out[0] = (char)(0xE0 | point >> 12);
        out[1] = (char)(0x80 | (point >> 6 & 0x3F));
        out[2] = (char)(0x80 | (point & 0x3F));
        out[3] = 0;
    }
}

static void report_encoding(struct yaml_load *load, size_t at)
{
    unsigned char byte = (unsigned char)load->text.at[at];
    size_t length = 1;
    while (at + length < load->text.length && utf8_continues(load->text.at[at + length]))
        length++;
    yaml_error(load, DIAG_YAML_ENCODING, at, length, "the byte 0x%02x is no UTF-8", byte);
    uint32_t point = byte >= 0x80 && length == 1 ? windows_point(byte) : 0;
    char letter[4];
    if (point)
        write_utf8(point, letter);
    if (point)
        yaml_help(load, "save the file as UTF-8; in the encoding of Windows this byte is '%s'", letter);
    else
        yaml_help(load, "save the file as UTF-8");
}

static bool is_forbidden(uint32_t point)
{
    return (point < 0x20 && point != '\t' && point != '\n' && point != '\r') || (point >= 0x7F && point < 0xA0) ||
           point == 0x2028 || point == 0x2029 || point == 0xFEFF || point == 0xFFFE || point == 0xFFFF;
}

static void report_control(struct yaml_load *load, size_t at, size_t length, uint32_t point)
{
    if (point == 0x85 || point == 0x2028 || point == 0x2029) {
        yaml_error(load, DIAG_YAML_CONTROL, at, length, "an invisible line separator, U+%04X", (unsigned)point);
        yaml_help(load, "delete it and press Enter; it often comes with text that was pasted");
    } else if (point == 0xFEFF) {
        yaml_error(load, DIAG_YAML_CONTROL, at, length, "a byte order mark inside the text");
        yaml_help(load, "delete this invisible character; it comes from joining two files");
    } else {
        yaml_error(load, DIAG_YAML_CONTROL, at, length, "the control character U+%04X", (unsigned)point);
        yaml_help(load, "delete this invisible character and type what should stand there");
    }
}

static bool is_utf16(struct slice text)
{
    if (text.length < 2)
        return false;
    const unsigned char *at = (const unsigned char *)text.at;
    bool has_mark = (at[0] == 0xFF && at[1] == 0xFE) || (at[0] == 0xFE && at[1] == 0xFF);
    return has_mark || (at[0] == 0) != (at[1] == 0);
}

static bool check_characters(struct yaml_load *load)
{
    struct slice text = load->text;
    for (size_t i = 0; i < text.length && load->diags->count - load->first_diag < YAML_PROBLEMS_MOST;) {
        unsigned char byte = (unsigned char)text.at[i];
        if (byte >= 0x20 && byte < 0x7F) {
            i++;
            continue;
        }
        uint32_t point;
        size_t length = utf8_read(text.at + i, text.length - i, &point);
        if (length == 0) {
            report_encoding(load, i);
            length = 1;
            while (i + length < text.length && utf8_continues(text.at[i + length]))
                length++;
        } else if (is_forbidden(point)) {
            report_control(load, i, length, point);
        }
        i += length;
    }
    return !load->failed;
}

size_t yaml_skip_blank(struct slice text, size_t from)
{
    while (from < text.length) {
        if (strchr(" \t\r\n", text.at[from]) && text.at[from])
            from++;
        else if (text.at[from] == '#')
            from += slice_find(slice_from(text, from), '\n');
        else
            break;
    }
    return from;
}

static bool check_directives(struct yaml_load *load)
{
    size_t at = yaml_skip_blank(load->text, 0);
    bool starts_line = at == 0 || (at < load->text.length && strchr("\r\n", load->text.at[at - 1]));
    if (at == load->text.length || load->text.at[at] != '%' || !starts_line)
        return true;
    struct slice line = slice_from(load->text, at);
    yaml_error(load, DIAG_YAML_DIRECTIVE, at, slice_find(line, '\n'), "a YAML directive");
    return yaml_help(load, "delete the lines that begin with '%%'");
}

bool yaml_check_bytes(struct yaml_load *load)
{
    if (load->text.length > LIMIT_YAML_BYTES)
        return yaml_error(load, DIAG_YAML_LIMIT, 0, 0, "the data is %zu bytes long; at most %d are read",
                          load->text.length, LIMIT_YAML_BYTES);
    if (is_utf16(load->text)) {
        yaml_error(load, DIAG_YAML_ENCODING, 0, 0, "the text is in UTF-16, not in UTF-8");
        return yaml_help(load, "save the file again with the encoding UTF-8");
    }
    return check_characters(load) && check_directives(load);
}
