/* The functions that templates have beside Lua's own: words, numbers, dates,
 * addresses, lists, markup. What they are for stands in themes/README.md. Text in
 * the making lies in engine->scratch, not on the heap: a function of Lua may end
 * the call at any place. */

#include "base/suggest.h"
#include "script/engine.h"
#include <math.h>

static struct buffer *scratch_of(lua_State *lua)
{
    struct buffer *scratch = &engine_of(lua)->scratch;
    buffer_clear(scratch);
    return scratch;
}

static void check_whole(lua_State *lua, const struct buffer *buffer)
{
    if (buffer->overflowed)
        template_fault(lua, DIAG_TEMPLATE_LIMIT, FAULT_AT_LINE, 0, 0, "make it in smaller pieces",
                       "one text is larger than %d MB", (int)(buffer->most_bytes >> 20));
}

static int push_text(lua_State *lua, const struct buffer *buffer)
{
    check_whole(lua, buffer);
    lua_pushlstring(lua, buffer_string(buffer), buffer->length);
    return 1;
}

static int push_markup(lua_State *lua, const struct buffer *buffer)
{
    check_whole(lua, buffer);
    markup_push(lua, buffer_view(buffer), true);
    return 1;
}

/* ---- markup ---- */

/* a .. b where one is markup: the other is escaped, the result is markup. */
static int markup_concat(lua_State *lua)
{
    struct buffer *joined = scratch_of(lua);
    for (int i = 1; i <= 2; i++) {
        if (lua_type(lua, i) == LUA_TUSERDATA) {
            const struct markup *markup = lua_touserdata(lua, i);
            buffer_append(joined, markup->at, markup->length);
        } else if (lua_isstring(lua, i)) {
            struct slice text;
            text.at = lua_tolstring(lua, i, &text.length);
            template_escape(joined, text);
        } else {
            return luaL_error(lua, "attempt to concatenate a %s value", luaL_typename(lua, i));
        }
    }
    return push_markup(lua, joined);
}

/* capture(function): what it writes, as markup. */
static int capture(lua_State *lua)
{
    struct template_engine *engine = engine_of(lua);
    luaL_checktype(lua, 1, LUA_TFUNCTION);
    if (engine->code != 0)
        return luaL_error(lua, "capture begins in the middle of a tag");
    size_t from = engine->out->length;
    lua_settop(lua, 1);
    lua_call(lua, 0, 0);
    struct slice written = slice_from(buffer_view(engine->out), from);
    markup_push(lua, written, true);
    engine->out->length = from;
    if (engine->out->at)
        engine->out->at[from] = '\0';
    return 1;
}

/* ---- words, numbers, dates ---- */

static struct format *format_of(const struct template_engine *engine)
{
    return engine->words.languages[engine->language].format;
}

static int unknown_word(lua_State *lua, struct slice key)
{
    char help[200];
    words_suggest(&engine_of(lua)->words, key, help, sizeof help);
    return template_fault(lua, DIAG_THEME_WORD, FAULT_AT_LINE, 0, 0,
                          help[0] ? help : "add it to the theme's messages/en.yaml", "the theme has no word '%s'",
                          key.at);
}

static enum plural plural_of(lua_State *lua, const struct word *word)
{
    if (!word->is_plural)
        return PLURAL_OTHER;
    if (lua_type(lua, 2) != LUA_TTABLE || lua_getfield(lua, 2, "n") != LUA_TNUMBER)
        luaL_error(lua, "the word '%s' has plural forms and needs a number: t(\"%s\", {n = …})", lua_tostring(lua, 1),
                   lua_tostring(lua, 1));
    enum plural plural = format_plural(engine_of(lua)->words.languages[word->language].format, lua_tonumber(lua, -1));
    lua_pop(lua, 1);
    return word->forms[plural].at ? plural : PLURAL_OTHER;
}

/* Appends argument `name` of the table at 2; returns whether it was markup. */
static bool append_argument(lua_State *lua, struct buffer *out, struct slice name, bool as_markup)
{
    struct slice text;
    if (lua_type(lua, 2) == LUA_TTABLE) {
        lua_pushlstring(lua, name.at, name.length);
        lua_gettable(lua, 2);
    } else {
        lua_pushnil(lua);
    }
    int type = lua_type(lua, -1);
    if (type == LUA_TNUMBER) {
        format_number(format_of(engine_of(lua)), lua_tonumber(lua, -1), 2, out);
    } else if (type == LUA_TSTRING) {
        text.at = lua_tolstring(lua, -1, &text.length);
        if (as_markup)
            template_escape(out, text);
        else
            buffer_slice(out, text);
    } else if (type == LUA_TUSERDATA) {
        const struct markup *markup = lua_touserdata(lua, -1);
        buffer_append(out, markup->at, markup->length);
    } else {
        lua_pushlstring(lua, name.at, name.length);
        luaL_error(lua, "the word '%s' needs {%s}, and that is %s", lua_tostring(lua, 1), lua_tostring(lua, -1),
                   type == LUA_TNIL ? "nil" : "no text or number");
    }
    lua_pop(lua, 1);
    return type == LUA_TUSERDATA;
}

static bool has_markup_argument(lua_State *lua)
{
    bool found = false;
    if (lua_type(lua, 2) != LUA_TTABLE)
        return false;
    for (lua_pushnil(lua); lua_next(lua, 2); lua_pop(lua, 1))
        found |= lua_type(lua, -1) == LUA_TUSERDATA;
    return found;
}

static void append_word(struct buffer *out, struct slice text, bool as_markup)
{
    if (as_markup)
        template_escape(out, text);
    else
        buffer_slice(out, text);
}

/* t(key [, arguments]): a word of the interface; markup when an argument is. */
static int word_of(lua_State *lua)
{
    const struct template_engine *engine = engine_of(lua);
    struct slice key;
    key.at = luaL_checklstring(lua, 1, &key.length);
    const struct word *word = words_get(&engine->words, engine->language, key);
    if (!word || !word->is_there)
        return unknown_word(lua, key);
    struct slice text = word->forms[plural_of(lua, word)];
    if (!memchr(text.at, '{', text.length)) {
        lua_pushlstring(lua, text.at, text.length);
        return 1;
    }
    bool as_markup = has_markup_argument(lua);
    struct buffer *out = scratch_of(lua);
    struct slice name;
    size_t from = 0, at;
    for (size_t end = 0; words_next_argument(text, &end, &at, &name); from = end) {
        append_word(out, (struct slice){text.at + from, at - from}, as_markup);
        append_argument(lua, out, name, as_markup);
    }
    append_word(out, slice_from(text, from), as_markup);
    return as_markup ? push_markup(lua, out) : push_text(lua, out);
}

/* has_word(key): is there such a word, and is it not empty? */
static int has_word(lua_State *lua)
{
    const struct template_engine *engine = engine_of(lua);
    struct slice key;
    key.at = luaL_checklstring(lua, 1, &key.length);
    const struct word *word = words_get(&engine->words, engine->language, key);
    lua_pushboolean(lua, word && word->is_there && word->forms[PLURAL_OTHER].length > 0);
    return 1;
}

static int plural_category(lua_State *lua)
{
    lua_pushstring(lua, plural_word(format_plural(format_of(engine_of(lua)), luaL_checknumber(lua, 1))));
    return 1;
}

/* number(n [, decimals]) */
static int number_text(lua_State *lua)
{
    double number = luaL_checknumber(lua, 1);
    if (!isfinite(number))
        return luaL_error(lua, "number() is given something that is no number");
    lua_Integer decimals = luaL_optinteger(lua, 2, 2);
    struct buffer *out = scratch_of(lua);
    format_number(format_of(engine_of(lua)), number, decimals < 0 || decimals > 6 ? 6 : (int)decimals, out);
    return push_text(lua, out);
}

/* date(day [, style]): "2026-05-02" as the language writes it */
static int date_text(lua_State *lua)
{
    static const char *const styles[] = {"long", "medium", "short", "month", NULL};
    size_t length;
    const char *day = luaL_checklstring(lua, 1, &length);
    int style = luaL_checkoption(lua, 2, "long", styles);
    int64_t number = 0;
    bool is_day = length == 10;
    for (size_t i = 0; i < length && is_day; i++) {
        bool is_dash = i == 4 || i == 7;
        is_day = is_dash ? day[i] == '-' : day[i] >= '0' && day[i] <= '9';
        if (!is_dash)
            number = number * 10 + (day[i] - '0');
    }
    struct buffer *out = scratch_of(lua);
    if (is_day)
        format_day(format_of(engine_of(lua)), number, (enum date_style)style, out);
    if (out->length == 0)
        return luaL_error(lua, "'%s' is no day: days are written YYYY-MM-DD", day);
    return push_text(lua, out);
}

/* ---- addresses and lists ---- */

/* asset(name): the address of a file of the theme */
static int asset(lua_State *lua)
{
    const struct template_engine *engine = engine_of(lua);
    struct slice name;
    name.at = luaL_checklstring(lua, 1, &name.length);
    if (table_get(&engine->assets, name) == TABLE_NONE) {
        char help[200];
        struct suggestion suggestion = {.wanted = name};
        for (size_t i = 0; i < engine->asset_count; i++)
            suggest_offer(&suggestion, engine->asset_names[i]);
        suggest_text(&suggestion, help, sizeof help);
        return template_fault(lua, DIAG_TEMPLATE_UNKNOWN, FAULT_AT_LINE, 0, 0,
                              help[0] ? help : "assets are the files below assets/", "the theme has no asset '%s'",
                              name.at);
    }
    if (!engine->has_root)
        return luaL_error(lua, "asset() needs page.root, which is not given here");
    luaL_Buffer address;
    luaL_buffinit(lua, &address);
    luaL_addlstring(&address, engine->root.at, engine->root.length);
    luaL_addstring(&address, engine->assets_folder);
    luaL_addlstring(&address, name.at, name.length);
    luaL_pushresult(&address);
    return 1;
}

/* encode(text): percent-encoded, for one part of an address (RFC 3986, unreserved) */
static int encode(lua_State *lua)
{
    size_t length;
    const char *text = luaL_checklstring(lua, 1, &length);
    luaL_Buffer encoded;
    luaL_buffinit(lua, &encoded);
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        bool is_plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
                        (byte != 0 && strchr("-._~", byte));
        if (is_plain) {
            luaL_addchar(&encoded, (char)byte);
        } else {
            luaL_addchar(&encoded, '%');
            luaL_addchar(&encoded, "0123456789ABCDEF"[byte >> 4]);
            luaL_addchar(&encoded, "0123456789ABCDEF"[byte & 15]);
        }
    }
    luaL_pushresult(&encoded);
    return 1;
}

static int next_item(lua_State *lua)
{
    lua_Integer index = lua_tointeger(lua, lua_upvalueindex(2)) + 1;
    lua_pushinteger(lua, index);
    lua_replace(lua, lua_upvalueindex(2));
    lua_geti(lua, lua_upvalueindex(1), index);
    return 1;
}

/* each(list): its values one by one; nothing when it is nil */
static int each(lua_State *lua)
{
    lua_settop(lua, 1);
    if (lua_isnil(lua, 1)) {
        lua_newtable(lua);
        lua_replace(lua, 1);
    }
    luaL_checktype(lua, 1, LUA_TTABLE);
    lua_pushinteger(lua, 0);
    lua_pushcclosure(lua, next_item, 2);
    return 1;
}

/* tree(list): items with a field `depth` (from 1) nested into fields `items` */
static int tree(lua_State *lua)
{
    enum { DEPTH_MOST = 12 };
    luaL_checktype(lua, 1, LUA_TTABLE);
    lua_settop(lua, 1);
    lua_newtable(lua); /* 2: the roots; above it one list for each open level */
    lua_Integer depths[DEPTH_MOST];
    int open = 0;
    lua_Integer count = luaL_len(lua, 1);
    luaL_checkstack(lua, DEPTH_MOST + 8, NULL);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_geti(lua, 1, i);
        luaL_checktype(lua, -1, LUA_TTABLE);
        lua_getfield(lua, -1, "depth");
        lua_Integer depth = lua_tointeger(lua, -1);
        lua_pop(lua, 1);
        while (open > 0 && (depths[open - 1] >= depth || open == DEPTH_MOST)) {
            lua_remove(lua, -2);
            open--;
        }
        /* Stack: … list of the level, item. */
        lua_pushvalue(lua, -1);
        lua_seti(lua, -3, luaL_len(lua, -3) + 1);
        lua_newtable(lua);
        lua_pushvalue(lua, -1);
        lua_setfield(lua, -3, "items");
        lua_remove(lua, -2);
        depths[open++] = depth;
    }
    lua_settop(lua, 2);
    return 1;
}

void functions_open(lua_State *lua)
{
    static const luaL_Reg functions[] = {
        {"t", word_of},          {"has_word", has_word}, {"plural", plural_category},
        {"number", number_text}, {"date", date_text},    {"asset", asset},
        {"encode", encode},      {"each", each},         {"tree", tree},
        {"capture", capture},    {NULL, NULL},
    };
    luaL_setfuncs(lua, functions, 0);
    luaL_newmetatable(lua, "html");
    lua_pushcfunction(lua, markup_concat);
    lua_setfield(lua, -2, "__concat");
    lua_pop(lua, 1);
}
