/* Blocks, layouts and partials at run time.
 *
 * A template that extends a layout defines its blocks and then runs the layout in
 * the same environment; the layout calls blocks by name. The most derived
 * definition runs, and {% super %} runs the next one. Definitions lie in the
 * environment's own table under a key that no template can name; a partial has
 * an environment of its own, and so blocks of its own. */

#include "base/limits.h"
#include "base/suggest.h"
#include "script/engine.h"

static const char blocks_key; /* its address is the key */

uint32_t template_find(const struct template_engine *engine, struct slice name)
{
    return table_get(&engine->by_name, name);
}

void template_run(lua_State *lua, uint32_t index)
{
    struct template_engine *engine = engine_of(lua);
    const struct template *template = &engine->templates[index];
    if (++engine->depth > LIMIT_TEMPLATE_DEPTH)
        template_fault(lua, DIAG_TEMPLATE_LIMIT, FAULT_AT_LINE, 0, 0, "look for a partial that includes itself",
                       "templates include one another more than %d deep", LIMIT_TEMPLATE_DEPTH);
    luaL_checkstack(lua, 8, "too many templates inside one another");
    lua_rawgeti(lua, LUA_REGISTRYINDEX, template->chunk);
    lua_insert(lua, -2);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, template->emitters);
    lua_call(lua, 2, 0);
    engine->depth--;
}

/* Pushes the list of definitions of block `name` in the environment at index 1;
 * nil when there is none and `make` is false. */
static void push_definitions(lua_State *lua, const char *name, bool make)
{
    if (lua_rawgetp(lua, 1, &blocks_key) == LUA_TNIL) {
        if (!make)
            return;
        lua_pop(lua, 1);
        lua_newtable(lua);
        lua_pushvalue(lua, -1);
        lua_rawsetp(lua, 1, &blocks_key);
    }
    if (lua_getfield(lua, -1, name) == LUA_TNIL && make) {
        lua_pop(lua, 1);
        lua_newtable(lua);
        lua_pushvalue(lua, -1);
        lua_setfield(lua, -3, name);
    }
    lua_remove(lua, -2);
}

/* w__define(env, name, function) */
static int define(lua_State *lua)
{
    push_definitions(lua, lua_tostring(lua, 2), true);
    lua_pushvalue(lua, 3);
    lua_rawseti(lua, -2, (lua_Integer)lua_rawlen(lua, -2) + 1);
    return 0;
}

static int nothing(lua_State *lua)
{
    (void)lua;
    return 0;
}

static int call_next(lua_State *lua);

/* Calls definition number `index` of the list at `list`, or the default behind the last. */
static int call_definition(lua_State *lua, int list, lua_Integer index, int fallback)
{
    luaL_checkstack(lua, 8, "too many blocks inside one another");
    if (lua_rawgeti(lua, list, index) == LUA_TNIL) {
        lua_pushvalue(lua, fallback);
        lua_pushcfunction(lua, nothing);
    } else {
        lua_pushvalue(lua, list);
        lua_pushinteger(lua, index + 1);
        lua_pushvalue(lua, fallback);
        lua_pushcclosure(lua, call_next, 3);
    }
    lua_call(lua, 1, 0);
    return 0;
}

static int call_next(lua_State *lua)
{
    return call_definition(lua, lua_upvalueindex(1), lua_tointeger(lua, lua_upvalueindex(2)), lua_upvalueindex(3));
}

/* w__call(env, name, function): the block as the layout has it */
static int call(lua_State *lua)
{
    lua_settop(lua, 3);
    push_definitions(lua, lua_tostring(lua, 2), false);
    if (!lua_isnil(lua, 4))
        return call_definition(lua, 4, 1, 3);
    lua_pushvalue(lua, 3);
    lua_pushcfunction(lua, nothing);
    lua_call(lua, 1, 0);
    return 0;
}

/* w__extends(env, index) */
static int extends(lua_State *lua)
{
    uint32_t index = (uint32_t)lua_tointeger(lua, 2);
    lua_settop(lua, 1);
    template_run(lua, index);
    return 0;
}

static int unknown_template(lua_State *lua, struct slice name)
{
    const struct template_engine *engine = engine_of(lua);
    char help[200];
    struct suggestion suggestion = {.wanted = name};
    for (size_t i = 0; i < engine->template_count; i++)
        suggest_offer(&suggestion, slice_of(engine->templates[i].name));
    suggest_text(&suggestion, help, sizeof help);
    return template_fault(lua, DIAG_TEMPLATE_UNKNOWN, FAULT_AT_LINE, 0, 0,
                          help[0] ? help : "templates are named by their paths below templates/, without .html",
                          "the theme has no template '%s'", name.at);
}

/* Pushes a partial's own environment: the arguments at index 3, and behind them
 * all that stands in the environment at index 1. */
static void push_environment(lua_State *lua)
{
    lua_createtable(lua, 0, 4);
    if (!lua_isnil(lua, 3)) {
        lua_pushnil(lua);
        while (lua_next(lua, 3)) {
            lua_pushvalue(lua, -2);
            lua_insert(lua, -2);
            lua_rawset(lua, 4);
        }
    }
    lua_createtable(lua, 0, 2);
    lua_pushvalue(lua, 1);
    lua_setfield(lua, -2, "__index");
    lua_getfield(lua, LUA_REGISTRYINDEX, "refuse_global");
    lua_setfield(lua, -2, "__newindex");
    lua_setmetatable(lua, -2);
}

/* w__include(env, name [, arguments]) */
static int include(lua_State *lua)
{
    struct template_engine *engine = engine_of(lua);
    struct slice name = {.at = ""};
    if (lua_type(lua, 2) != LUA_TSTRING)
        return template_fault(lua, DIAG_TEMPLATE_UNKNOWN, FAULT_AT_LINE, 0, 0, "write its name in quotes",
                              "the name of a template is a text, and this is %s", luaL_typename(lua, 2));
    name.at = lua_tolstring(lua, 2, &name.length);
    uint32_t index = template_find(engine, name);
    if (index == TABLE_NONE)
        return unknown_template(lua, name);
    if (engine->code != 0)
        return template_fault(lua, DIAG_TEMPLATE_PLACE, FAULT_AT_LINE, 0, 0, "include it between tags",
                              "the partial '%s' is reached in %s", name.at, html_position_name(engine->code));

    lua_settop(lua, 3);
    if (!lua_isnil(lua, 3) && !lua_istable(lua, 3))
        return template_fault(lua, DIAG_TEMPLATE_ERROR, FAULT_AT_LINE, 0, 0,
                              "write {% include \"name\" with {key = value} %}",
                              "what stands after 'with' is no table");
    push_environment(lua);
    template_run(lua, index);
    return 0;
}

void layout_open(lua_State *lua)
{
    static const luaL_Reg functions[] = {
        {"w__define", define}, {"w__call", call}, {"w__extends", extends}, {"w__include", include}, {NULL, NULL}};
    luaL_setfuncs(lua, functions, 0);
}
