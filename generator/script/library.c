/* The environment of templates: an allow-list of Lua's own functions, without any
 * that reads a file, a clock or random numbers, or whose answer depends on where
 * something lies in memory. The tables of functions are read-only, so that one
 * page cannot change what another sees. */

#include "base/suggest.h"
#include "script/engine.h"
#include <lualib.h>

/* ---- Lua's functions, made deterministic ---- */

static int compare_keys(lua_State *lua, int a, int b)
{
    bool a_is_number = lua_type(lua, a) == LUA_TNUMBER, b_is_number = lua_type(lua, b) == LUA_TNUMBER;
    if (a_is_number != b_is_number)
        return a_is_number ? -1 : 1;
    return lua_compare(lua, a, b, LUA_OPLT) ? -1 : lua_compare(lua, b, a, LUA_OPLT) ? 1 : 0;
}

/* Is item `a` of the list at 1 to stand after `b`? The function at 2 says so, else `<`. */
static bool stands_after(lua_State *lua, bool by_key)
{
    bool answer;
    if (by_key) {
        answer = compare_keys(lua, -1, -2) < 0;
    } else if (lua_isnoneornil(lua, 2)) {
        answer = lua_compare(lua, -1, -2, LUA_OPLT);
    } else {
        lua_pushvalue(lua, 2);
        lua_pushvalue(lua, -2);
        lua_pushvalue(lua, -4);
        lua_call(lua, 2, 1);
        answer = lua_toboolean(lua, -1);
        lua_pop(lua, 1);
    }
    lua_pop(lua, 2);
    return answer;
}

/* A merge sort of the list at `list` through the empty table at `spare`: equal
 * items keep their order, which Lua's own quicksort does not promise. */
static void merge_sort(lua_State *lua, int list, int spare, lua_Integer count, bool by_key)
{
    for (lua_Integer width = 1; width < count; width *= 2) {
        for (lua_Integer from = 1; from <= count; from += 2 * width) {
            lua_Integer left = from, middle = from + width <= count ? from + width : count + 1;
            lua_Integer right = middle, end = from + 2 * width <= count ? from + 2 * width : count + 1;
            for (lua_Integer to = from; to < end; to++) {
                bool take_right = left >= middle;
                if (left < middle && right < end) {
                    lua_geti(lua, list, left);
                    lua_geti(lua, list, right);
                    take_right = stands_after(lua, by_key);
                }
                lua_geti(lua, list, take_right ? right++ : left++);
                lua_seti(lua, spare, to);
            }
        }
        for (lua_Integer i = 1; i <= count; i++) {
            lua_geti(lua, spare, i);
            lua_seti(lua, list, i);
        }
    }
}

static int table_sort(lua_State *lua)
{
    luaL_checktype(lua, 1, LUA_TTABLE);
    if (!lua_isnoneornil(lua, 2))
        luaL_checktype(lua, 2, LUA_TFUNCTION);
    lua_settop(lua, 2);
    lua_newtable(lua);
    merge_sort(lua, 1, 3, luaL_len(lua, 1), false);
    return 0;
}

static int next_pair(lua_State *lua)
{
    lua_Integer index = lua_tointeger(lua, lua_upvalueindex(2)) + 1;
    lua_pushinteger(lua, index);
    lua_replace(lua, lua_upvalueindex(2));
    if (lua_geti(lua, lua_upvalueindex(1), index) == LUA_TNIL)
        return 1;
    lua_pushvalue(lua, -1);
    lua_gettable(lua, 1);
    return 2;
}

/* pairs in the order of the keys: numbers, then texts. */
static int sorted_pairs(lua_State *lua)
{
    luaL_checktype(lua, 1, LUA_TTABLE);
    lua_settop(lua, 1);
    lua_newtable(lua);
    lua_Integer count = 0;
    lua_pushnil(lua);
    while (lua_next(lua, 1)) {
        int type = lua_type(lua, -2);
        if (type != LUA_TSTRING && type != LUA_TNUMBER)
            return luaL_error(lua, "pairs needs keys that are texts or numbers, and one is a %s",
                              lua_typename(lua, type));
        lua_pop(lua, 1);
        lua_pushvalue(lua, -1);
        lua_seti(lua, 2, ++count);
    }
    lua_newtable(lua);
    merge_sort(lua, 2, 3, count, true);
    lua_settop(lua, 2);
    lua_pushinteger(lua, 0);
    lua_pushcclosure(lua, next_pair, 2);
    lua_pushvalue(lua, 1);
    return 2;
}

/* A table's or function's text would be its address. */
static void refuse_address(lua_State *lua, int at)
{
    int type = lua_type(lua, at);
    if (type == LUA_TTABLE || type == LUA_TFUNCTION || type == LUA_TUSERDATA)
        luaL_error(lua, "a %s has no text that is the same in every run",
                   type == LUA_TUSERDATA ? "piece of markup" : lua_typename(lua, type));
}

static int to_string(lua_State *lua)
{
    luaL_checkany(lua, 1);
    refuse_address(lua, 1);
    luaL_tolstring(lua, 1, NULL);
    return 1;
}

static int string_format(lua_State *lua)
{
    const char *format = luaL_checkstring(lua, 1);
    for (const char *at = format; (at = strchr(at, '%')) != NULL; at += *at != '\0') {
        at++;
        at += strspn(at, "-+ #0123456789.");
        if (*at == 'p')
            return luaL_error(lua, "'%%p' gives an address, which is different in every run");
    }
    int count = lua_gettop(lua);
    for (int i = 2; i <= count; i++)
        refuse_address(lua, i);
    lua_pushvalue(lua, lua_upvalueindex(1));
    lua_insert(lua, 1);
    lua_call(lua, count, 1);
    return 1;
}

/* Lua's own would count to any number when there is nothing to repeat. */
static int string_rep(lua_State *lua)
{
    size_t length, separator_length = 0;
    luaL_checklstring(lua, 1, &length);
    luaL_optlstring(lua, 3, "", &separator_length);
    lua_Integer count = luaL_checkinteger(lua, 2);
    if (length + separator_length == 0) {
        lua_pushliteral(lua, "");
        return 1;
    }
    if (count > 0 && (size_t)count > ((size_t)1 << 30) / (length + separator_length))
        return luaL_error(lua, "the repeated text is too long");
    lua_settop(lua, 3);
    lua_pushvalue(lua, lua_upvalueindex(1));
    lua_insert(lua, 1);
    lua_call(lua, 3, 1);
    return 1;
}

static int value_type(lua_State *lua)
{
    luaL_checkany(lua, 1);
    lua_pushstring(lua, lua_type(lua, 1) == LUA_TUSERDATA ? "html" : luaL_typename(lua, 1));
    return 1;
}

/* ---- the environment ---- */

static int refuse_write(lua_State *lua)
{
    lua_pushvalue(lua, 2);
    return luaL_error(lua, "'%s' cannot be set: this table is read-only", luaL_tolstring(lua, -1, NULL));
}

static int refuse_global(lua_State *lua)
{
    return luaL_error(lua, "'%s' is set without 'local': write {%% local %s = … %%}", luaL_tolstring(lua, 2, NULL),
                      luaL_tolstring(lua, 2, NULL));
}

static int unknown_name(lua_State *lua)
{
    struct slice name = {.at = "?", .length = 1};
    if (lua_type(lua, 2) == LUA_TSTRING)
        name.at = lua_tolstring(lua, 2, &name.length);
    struct suggestion suggestion = {.wanted = name};
    for (lua_pushnil(lua); lua_next(lua, 1); lua_pop(lua, 1)) {
        struct slice known = {.at = ""};
        if (lua_type(lua, -2) == LUA_TSTRING)
            known.at = lua_tolstring(lua, -2, &known.length);
        if (!slice_starts_with(known, "w__"))
            suggest_offer(&suggestion, known);
    }
    char help[200];
    suggest_text(&suggestion, help, sizeof help);
    return template_fault(lua, DIAG_TEMPLATE_ERROR, FAULT_AT_LINE, 0, 0,
                          help[0] ? help : "declare it with 'local', or hand it over with 'include … with'",
                          "there is nothing of the name '%s'", name.at);
}

static int length_of(lua_State *lua)
{
    lua_pushinteger(lua, luaL_len(lua, lua_upvalueindex(1)));
    return 1;
}

void library_read_only(lua_State *lua)
{
    lua_newtable(lua);
    lua_createtable(lua, 0, 4);
    lua_pushvalue(lua, -3);
    lua_setfield(lua, -2, "__index");
    lua_pushvalue(lua, -3);
    lua_pushcclosure(lua, length_of, 1);
    lua_setfield(lua, -2, "__len");
    lua_pushcfunction(lua, refuse_write);
    lua_setfield(lua, -2, "__newindex");
    lua_pushboolean(lua, 0);
    lua_setfield(lua, -2, "__metatable");
    lua_setmetatable(lua, -2);
    lua_remove(lua, -2);
}

/* Leaves on top a table with the named functions of the library on top, which it takes. */
static void keep_only(lua_State *lua, const char *const *names)
{
    lua_newtable(lua);
    for (size_t i = 0; names[i]; i++) {
        lua_getfield(lua, -2, names[i]);
        lua_setfield(lua, -2, names[i]);
    }
    lua_remove(lua, -2);
}

static void open_string(lua_State *lua)
{
    static const char *const names[] = {"byte",  "char",  "find", "format",  "gmatch", "gsub",  "len",
                                        "lower", "match", "rep",  "reverse", "sub",    "upper", NULL};
    luaL_requiref(lua, "string", luaopen_string, 0);
    keep_only(lua, names);
    lua_getfield(lua, -1, "format");
    lua_pushcclosure(lua, string_format, 1);
    lua_setfield(lua, -2, "format");
    lua_getfield(lua, -1, "rep");
    lua_pushcclosure(lua, string_rep, 1);
    lua_setfield(lua, -2, "rep");

    /* ("x"):upper() goes through the metatable of texts. */
    lua_pushliteral(lua, "");
    lua_createtable(lua, 0, 2);
    lua_pushvalue(lua, -3);
    lua_setfield(lua, -2, "__index");
    lua_setmetatable(lua, -2);
    lua_pop(lua, 1);
    library_read_only(lua);
}

static void open_libraries(lua_State *lua)
{
    static const char *const table_names[] = {"concat", "insert", "move", "pack", "remove", "sort", "unpack", NULL};
    static const char *const math_names[] = {"abs", "ceil",       "floor", "fmod", "huge",      "max",  "maxinteger",
                                             "min", "mininteger", "modf",  "pi",   "tointeger", "type", NULL};
    static const char *const utf8_names[] = {"char", "charpattern", "codepoint", "codes", "len", "offset", NULL};
    static const char *const base_names[] = {"assert", "error", "ipairs", "select", "tonumber", NULL};
    static const luaL_Reg own[] = {
        {"pairs", sorted_pairs}, {"tostring", to_string}, {"type", value_type}, {NULL, NULL}};

    luaL_requiref(lua, "_G", luaopen_base, 0);
    keep_only(lua, base_names);
    luaL_setfuncs(lua, own, 0);
    open_string(lua);
    lua_setfield(lua, -2, "string");
    luaL_requiref(lua, "table", luaopen_table, 0);
    keep_only(lua, table_names);
    lua_pushcfunction(lua, table_sort);
    lua_setfield(lua, -2, "sort");
    library_read_only(lua);
    lua_setfield(lua, -2, "table");
    luaL_requiref(lua, "math", luaopen_math, 0);
    keep_only(lua, math_names);
    library_read_only(lua);
    lua_setfield(lua, -2, "math");
    luaL_requiref(lua, "utf8", luaopen_utf8, 0);
    keep_only(lua, utf8_names);
    library_read_only(lua);
    lua_setfield(lua, -2, "utf8");
}

/* Fields of the outermost level that some templates are not given: empty there, so
 * that a layout may ask for them everywhere. */
static void open_empty_fields(lua_State *lua)
{
    static const char *const names[] = {"page",       "site",  "edition", "release", "status", "start", "glossary",
                                        "references", "about", "nav",     "notice",  "theme",  NULL};
    for (size_t i = 0; names[i]; i++) {
        lua_newtable(lua);
        library_read_only(lua);
        lua_setfield(lua, -2, names[i]);
    }
}

void library_open(struct template_engine *engine)
{
    lua_State *lua = engine->lua;
    lua_pushcfunction(lua, refuse_global);
    lua_setfield(lua, LUA_REGISTRYINDEX, "refuse_global");

    open_libraries(lua);
    functions_open(lua);
    layout_open(lua);
    open_empty_fields(lua);
    lua_createtable(lua, 0, 1);
    lua_pushcfunction(lua, unknown_name);
    lua_setfield(lua, -2, "__index");
    lua_setmetatable(lua, -2);
    lua_setfield(lua, LUA_REGISTRYINDEX, "library");

    /* The metatable of every context. */
    lua_createtable(lua, 0, 2);
    lua_getfield(lua, LUA_REGISTRYINDEX, "library");
    lua_setfield(lua, -2, "__index");
    lua_pushcfunction(lua, refuse_global);
    lua_setfield(lua, -2, "__newindex");
    engine->globals = luaL_ref(lua, LUA_REGISTRYINDEX);
}
