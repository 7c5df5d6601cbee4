/* Writes the runs of a template: fixed bytes, and values escaped for the place
 * they stand in. Called from Lua with the values as arguments, once a run, so
 * that Lua's part is to evaluate and the rest is memcpy.
 *
 * Escaping follows WHATWG HTML: in text and in quoted attributes nothing but
 * & < > " ' has a meaning. Addresses follow the URL standard: a scheme is what
 * stands before the first ':' when no '/', '?' or '#' stands before it. */

#include "base/limits.h"
#include "script/engine.h"
#include <math.h>
#include <stdio.h>

/* 1: written as an entity; 2: no character of a page; 4: percent-encoded in an address. */
static const uint8_t marks[256] = {
    [0x00] = 6, [0x01] = 6, [0x02] = 6, [0x03] = 6, [0x04] = 6, [0x05] = 6, [0x06] = 6, [0x07] = 6, [0x08] = 6,
    ['\t'] = 4, ['\n'] = 4, [0x0B] = 6, ['\f'] = 4, ['\r'] = 4, [0x0E] = 6, [0x0F] = 6, [0x10] = 6, [0x11] = 6,
    [0x12] = 6, [0x13] = 6, [0x14] = 6, [0x15] = 6, [0x16] = 6, [0x17] = 6, [0x18] = 6, [0x19] = 6, [0x1A] = 6,
    [0x1B] = 6, [0x1C] = 6, [0x1D] = 6, [0x1E] = 6, [0x1F] = 6, [' '] = 4,  ['"'] = 5,  ['&'] = 1,  ['\''] = 5,
    ['<'] = 5,  ['>'] = 5,  ['\\'] = 4, ['`'] = 4,  ['{'] = 4,  ['|'] = 4,  ['}'] = 4,  ['^'] = 4,  [0x7F] = 6,
};

static void escape_byte(struct buffer *out, char byte)
{
    switch (byte) {
    case '&':
        buffer_text(out, "&amp;");
        return;
    case '<':
        buffer_text(out, "&lt;");
        return;
    case '>':
        buffer_text(out, "&gt;");
        return;
    case '"':
        buffer_text(out, "&quot;");
        return;
    case '\'':
        buffer_text(out, "&#39;");
        return;
    default:
        buffer_text(out, "\xEF\xBF\xBD");
    }
}

void template_escape(struct buffer *out, struct slice text)
{
    size_t from = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (!(marks[(unsigned char)text.at[i]] & 3))
            continue;
        buffer_append(out, text.at + from, i - from);
        escape_byte(out, text.at[i]);
        from = i + 1;
    }
    if (text.length > from)
        buffer_append(out, text.at + from, text.length - from);
}

static void escape_url(struct buffer *out, struct slice url)
{
    size_t from = 0;
    for (size_t i = 0; i < url.length; i++) {
        uint8_t mark = marks[(unsigned char)url.at[i]];
        if (!(mark & 5))
            continue;
        buffer_append(out, url.at + from, i - from);
        if (mark & 4)
            buffer_printf(out, "%%%02X", (unsigned char)url.at[i]);
        else
            buffer_text(out, "&amp;");
        from = i + 1;
    }
    if (url.length > from)
        buffer_append(out, url.at + from, url.length - from);
}

static bool has_scheme(struct slice url, size_t length, const char *scheme)
{
    return length == strlen(scheme) && strncasecmp(url.at, scheme, length) == 0;
}

/* Whether an address, as it is written in the page, may stand there. An entity in
 * front of the first '/', '?' or '#' can hide anything but `&amp;`, which no
 * scheme holds. */
static bool url_is_allowed(struct slice url, enum html_place place)
{
    while (url.length && strchr(" \t\r\n\f'\"", url.at[0]))
        url = slice_from(url, 1);
    size_t length = 0;
    while (length < url.length && !strchr(":/?#\\", url.at[length])) {
        if (url.at[length] == '&' && !slice_starts_with(slice_from(url, length), "&amp;"))
            return false;
        length++;
    }
    if (length < url.length && url.at[length] == ':')
        return place == PLACE_LINK && (has_scheme(url, length, "https") || has_scheme(url, length, "http") ||
                                       has_scheme(url, length, "mailto") || has_scheme(url, length, "tel"));
    return !(length == 0 && url.length > 1 && strchr("/\\", url.at[0]) && strchr("/\\", url.at[1]));
}

void markup_push(lua_State *lua, struct slice html, bool copy)
{
    struct markup *markup = lua_newuserdatauv(lua, sizeof *markup + (copy ? html.length : 0), 0);
    markup->at = html.at;
    markup->length = html.length;
    if (copy && html.length) {
        memcpy(markup + 1, html.at, html.length);
        markup->at = (const char *)(markup + 1);
    }
    luaL_setmetatable(lua, "html");
}

int template_fault(lua_State *lua, enum diag_code code, uint32_t template, uint32_t at, uint32_t length,
                   const char *help, const char *format, ...)
{
    struct template_engine *engine = engine_of(lua);
    engine->fault = (struct fault){.is_set = true, .code = code, .template = template, .at = at, .length = length};
    snprintf(engine->fault.help, sizeof engine->fault.help, "%s", help);
    va_list arguments;
    va_start(arguments, format);
    lua_pushvfstring(lua, format, arguments);
    va_end(arguments);
    return lua_error(lua);
}

static int value_fault(lua_State *lua, const struct run *run, const struct op *op, const char *help, const char *what)
{
    char expression[100];
    struct slice source = slice_from(engine_of(lua)->templates[run->template].file.bytes, op->at);
    source.length = op->length;
    snprintf(expression, sizeof expression, "%.*s%s", source.length > 80 ? 77 : (int)source.length, source.at,
             source.length > 80 ? "…" : "");
    return template_fault(lua, DIAG_TEMPLATE_VALUE, run->template, op->at, op->length, help, "'%s' is %s", expression,
                          what);
}

/* What cannot be written, in words. */
static int wrong_type(lua_State *lua, const struct run *run, const struct op *op, int type)
{
    const char *choose = "write {% if … then %} around it, or `… and \"yes\" or \"no\"`";
    switch (type) {
    case LUA_TNIL:
        return value_fault(lua, run, op, "write `or \"\"` where it may be absent", "nil");
    case LUA_TBOOLEAN:
        return value_fault(lua, run, op, choose, "true or false, which is no text");
    case LUA_TTABLE:
        return value_fault(lua, run, op, "show one of its fields, or walk through it with {% for %}", "a table");
    case LUA_TFUNCTION:
        return value_fault(lua, run, op, "call it: add '()'", "a function");
    default:
        return value_fault(lua, run, op, "show a text or a number", "a value that cannot be shown");
    }
}

static void emit_value(lua_State *lua, const struct run *run, const struct op *op, int argument)
{
    struct buffer *out = engine_of(lua)->out;
    int type = lua_type(lua, argument);
    if (type == LUA_TUSERDATA) {
        const struct markup *markup = lua_touserdata(lua, argument);
        if (op->place != PLACE_TEXT)
            value_fault(lua, run, op, "in attributes and titles only text can stand: show the text it was made from",
                        "finished markup");
        buffer_append(out, markup->at, markup->length);
        return;
    }
    if (op->kind == OP_MARKUP && (type == LUA_TSTRING || type == LUA_TNUMBER))
        value_fault(lua, run, op, "write {{ … }}, which escapes it", "a text and no finished markup");
    if (type != LUA_TSTRING && type != LUA_TNUMBER)
        wrong_type(lua, run, op, type);
    if (type == LUA_TNUMBER && !lua_isinteger(lua, argument) && !isfinite(lua_tonumber(lua, argument)))
        value_fault(lua, run, op, "look for a division by zero", "not a number");
    struct slice text;
    text.at = lua_tolstring(lua, argument, &text.length);
    if (op->place == PLACE_LINK || op->place == PLACE_RESOURCE)
        escape_url(out, text);
    else
        template_escape(out, text);
}

static void check_url(lua_State *lua, const struct run *run, size_t op_index, enum html_place place)
{
    struct template_engine *engine = engine_of(lua);
    struct slice url = slice_from(buffer_view(engine->out), engine->url_at);
    if (url_is_allowed(url, place))
        return;
    const struct op *op = &engine->ops[op_index];
    while (op_index > run->first_op && op->kind != OP_VALUE)
        op = &engine->ops[--op_index];
    if (url.length > 200)
        url.length = 200;
    lua_pushlstring(lua, url.at, url.length);
    template_fault(lua, DIAG_TEMPLATE_VALUE, run->template, op->kind == OP_VALUE ? op->at : run->at,
                   op->kind == OP_VALUE ? op->length : 0,
                   place == PLACE_LINK ? "addresses are relative, or begin with https:, http:, mailto: or tel:"
                                       : "what a page loads by itself is a file of the site: a relative address",
                   "'%s' is no address that may stand here", lua_tostring(lua, -1));
}

int template_emit(lua_State *lua)
{
    struct template_engine *engine = engine_of(lua);
    const struct run *run = lua_touserdata(lua, lua_upvalueindex(1));
    struct buffer *out = engine->out;
    if (engine->code != run->before)
        template_fault(lua, DIAG_TEMPLATE_PLACE, run->template, run->at, 0,
                       "a break, return or call jumps over the end of a tag or attribute",
                       "this text is reached in %s, but was written to stand in %s", html_position_name(engine->code),
                       html_position_name(run->before));
    int argument = 0;
    for (uint32_t i = run->first_op; i < run->first_op + run->op_count; i++) {
        const struct op *op = &engine->ops[i];
        switch ((enum op_kind)op->kind) {
        case OP_FIXED:
            buffer_append(out, engine->fixed.at + op->at, op->length);
            break;
        case OP_VALUE:
        case OP_MARKUP:
            emit_value(lua, run, op, ++argument);
            break;
        case OP_URL_BEGIN:
            engine->url_at = out->length;
            break;
        case OP_URL_END:
            check_url(lua, run, i, op->place);
            break;
        }
    }
    engine->code = run->after;
    if (out->overflowed)
        template_fault(lua, DIAG_TEMPLATE_LIMIT, run->template, run->at, 0, "split the page",
                       "the page is larger than %d MB", (int)(out->most_bytes >> 20));
    return 0;
}
