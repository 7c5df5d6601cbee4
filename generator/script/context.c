/* Builds contexts: each open map or list is a table on Lua's stack, the outermost
 * at the bottom. Nothing here can fail but by memory, which ends the process, so
 * no call is protected. */

#include "script/context.h"
#include "base/arena.h"
#include "script/engine.h"
#include <stdio.h>
#include <stdlib.h>

/* Sizes that tables are made with: the fields of a page, of an item of a list. */
enum { FIELDS_OUTER = 8, FIELDS_PAGE = 32, FIELDS_ITEM = 4 };

static void bug(const char *what) __attribute__((noreturn));
static void bug(const char *what)
{
    fprintf(stderr, "waymark: bug: a template's context is built wrongly: %s\n", what);
    exit(70);
}

/* Takes the value on top into the innermost map or list, which lies at `parent`. */
static void put(struct template_engine *engine, const char *key, int parent)
{
    if (engine->level_count == 0)
        bug("no context was begun");
    struct context_level *level = &engine->levels[engine->level_count - 1];
    if (level->is_list != (key == NULL))
        bug(key ? key : "a value without a key in a map");
    if (level->is_list)
        lua_rawseti(engine->lua, parent, ++level->count);
    else
        lua_setfield(engine->lua, parent, key);
}

static void open_level(struct template_engine *engine, const char *key, bool is_list, size_t count)
{
    if (engine->level_count == CONTEXT_DEPTH || !lua_checkstack(engine->lua, 4))
        bug("too many levels");
    bool is_outer = engine->level_count == 1;
    int items = count > 1 << 20 ? 1 << 20 : (int)count;
    lua_createtable(engine->lua, is_list ? items : 0, is_list ? 0 : is_outer ? FIELDS_PAGE : FIELDS_ITEM);
    lua_pushvalue(engine->lua, -1);
    put(engine, key, -3);
    engine->levels[engine->level_count++] = (struct context_level){.is_list = is_list};
}

static void close_level(struct template_engine *engine, bool is_list)
{
    if (engine->level_count < 2 || engine->levels[engine->level_count - 1].is_list != is_list)
        bug("an end without its begin");
    lua_pop(engine->lua, 1);
    engine->level_count--;
}

void context_begin(struct template_engine *engine, const char *language)
{
    lua_settop(engine->lua, 0);
    engine->language = words_language(&engine->words, language);
    lua_createtable(engine->lua, 0, FIELDS_OUTER);
    engine->levels[0] = (struct context_level){.is_list = false};
    engine->level_count = 1;
}

void context_text(struct template_engine *engine, const char *key, struct slice value)
{
    lua_pushlstring(engine->lua, value.at ? value.at : "", value.length);
    put(engine, key, -2);
}

void context_url(struct template_engine *engine, const char *key, struct slice value)
{
    context_text(engine, key, value);
}

void context_html(struct template_engine *engine, const char *key, struct slice value)
{
    markup_push(engine->lua, value, false);
    put(engine, key, -2);
}

void context_day(struct template_engine *engine, const char *key, int64_t yyyymmdd)
{
    if (yyyymmdd == 0)
        return;
    char day[32];
    snprintf(day, sizeof day, "%04d-%02d-%02d", (int)(yyyymmdd / 10000), (int)(yyyymmdd / 100 % 100),
             (int)(yyyymmdd % 100));
    context_text(engine, key, slice_of(day));
}

void context_number(struct template_engine *engine, const char *key, int64_t value)
{
    lua_pushinteger(engine->lua, value);
    put(engine, key, -2);
}

void context_bool(struct template_engine *engine, const char *key, bool value)
{
    lua_pushboolean(engine->lua, value);
    put(engine, key, -2);
}

void context_fragment(struct template_engine *engine, const char *key, struct slice html, struct slice current)
{
    static const char before[] = " href=\"", mark[] = " aria-current=\"page\"";
    struct slice rest = html;
    const char *at = NULL;
    while (current.length && (at = memmem(rest.at, rest.length, before, sizeof before - 1)) != NULL) {
        rest = slice_from(html, (size_t)(at - html.at) + sizeof before - 1);
        if (rest.length > current.length && memcmp(rest.at, current.at, current.length) == 0 &&
            rest.at[current.length] == '"')
            break;
    }
    if (!at || !current.length) {
        context_html(engine, key, html);
        return;
    }
    size_t cut = (size_t)(rest.at - html.at) + current.length + 1;
    struct buffer *marked = &engine->scratch;
    buffer_clear(marked);
    buffer_append(marked, html.at, cut);
    buffer_append(marked, mark, sizeof mark - 1);
    buffer_slice(marked, slice_from(html, cut));
    if (marked->overflowed) { /* no page can hold it; the render says so */
        context_html(engine, key, html);
        return;
    }
    markup_push(engine->lua, buffer_view(marked), true);
    put(engine, key, -2);
}

void context_map_begin(struct template_engine *engine, const char *key)
{
    open_level(engine, key, false, 0);
}

void context_map_end(struct template_engine *engine)
{
    close_level(engine, false);
}

void context_list_begin(struct template_engine *engine, const char *key, size_t count)
{
    open_level(engine, key, true, count);
}

void context_list_end(struct template_engine *engine)
{
    close_level(engine, true);
}
