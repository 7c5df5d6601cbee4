/* See json.h. One value a line, indented by one blank a level: a diff of two
 * outputs is readable. */

#include "base/json.h"
#include "base/utf8.h"
#include <assert.h>

static void line(struct json *json)
{
    fputc('\n', json->out);
    for (unsigned i = 0; i < json->depth; i++)
        fputc(' ', json->out);
}

/* Before each value: the comma and the line, unless a key stands before it. */
static void separate(struct json *json)
{
    if (json->is_after_key) {
        json->is_after_key = false;
        return;
    }
    if (json->depth == 0)
        return;
    if (json->has_items[json->depth - 1])
        fputc(',', json->out);
    json->has_items[json->depth - 1] = true;
    line(json);
}

static void open(struct json *json, char bracket)
{
    separate(json);
    fputc(bracket, json->out);
    assert(json->depth < JSON_DEPTH_MOST);
    json->has_items[json->depth++] = false;
}

static void close(struct json *json, char bracket)
{
    assert(json->depth > 0);
    bool had_items = json->has_items[--json->depth];
    if (had_items)
        line(json);
    fputc(bracket, json->out);
}

void json_begin(struct json *json, FILE *out)
{
    *json = (struct json){.out = out};
}

void json_end(struct json *json)
{
    fputc('\n', json->out);
}

void json_object_begin(struct json *json)
{
    open(json, '{');
}

void json_object_end(struct json *json)
{
    close(json, '}');
}

void json_array_begin(struct json *json)
{
    open(json, '[');
}

void json_array_end(struct json *json)
{
    close(json, ']');
}

static void quoted(struct json *json, struct slice text)
{
    fputc('"', json->out);
    for (size_t i = 0; i < text.length;) {
        const char *at = text.at + i;
        uint32_t point = 0;
        size_t length = utf8_read(at, text.length - i, &point);
        if (length == 0) {
            fputs("\\ufffd", json->out);
            length = 1;
        } else if (point == '"' || point == '\\') {
            fprintf(json->out, "\\%c", (int)point);
        } else if (point == '\n') {
            fputs("\\n", json->out);
        } else if (point < 0x20 || point == 0x7F || point == 0x2028 || point == 0x2029) {
            fprintf(json->out, "\\u%04x", (unsigned)point);
        } else {
            fwrite(at, 1, length, json->out);
        }
        i += length;
    }
    fputc('"', json->out);
}

void json_key(struct json *json, const char *key)
{
    separate(json);
    quoted(json, slice_of(key));
    fputs(": ", json->out);
    json->is_after_key = true;
}

void json_string(struct json *json, struct slice text)
{
    separate(json);
    quoted(json, text);
}

void json_number(struct json *json, int64_t number)
{
    separate(json);
    fprintf(json->out, "%lld", (long long)number);
}

void json_bool(struct json *json, bool value)
{
    separate(json);
    fputs(value ? "true" : "false", json->out);
}
