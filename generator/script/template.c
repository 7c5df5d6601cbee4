/* The engine: makes a Lua state with a counting allocator, compiles a theme into
 * it, and runs templates with a limit on instructions and memory. Errors of Lua
 * become diagnostics at the template's own line, because templates are compiled
 * line for line and each chunk is named by its index: "=t12". */

#include "script/template.h"
#include "base/limits.h"
#include "base/suggest.h"
#include "script/engine.h"
#include "script/theme.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

enum { TRACE_MOST = 4, MESSAGE_MOST = 400, SCRATCH_BYTES = 64 << 20 };

/* ---- memory ---- */

/* The template and line that Lua is in; false outside of any. */
static bool current_line(lua_State *lua, int *level, uint32_t *template, uint32_t *line)
{
    lua_Debug info;
    for (; lua_getstack(lua, *level, &info); ++*level) {
        lua_getinfo(lua, "Sl", &info);
        if (info.source[0] != '=' || info.source[1] != 't' || !isdigit((unsigned char)info.source[2]))
            continue;
        *template = (uint32_t)strtoul(info.source + 2, NULL, 10);
        *line = info.currentline > 0 ? (uint32_t)info.currentline : 1;
        return true;
    }
    return false;
}

static void *allocate(void *context, void *at, size_t old_bytes, size_t new_bytes)
{
    struct template_engine *engine = context;
    if (!at)
        old_bytes = 0; /* Lua passes a type there */
    if (engine->is_limited && new_bytes > old_bytes && engine->bytes - old_bytes + new_bytes > engine->most_bytes) {
        int level = 0;
        current_line(engine->lua, &level, &engine->starved_template, &engine->starved_line);
        return NULL;
    }
    engine->bytes += new_bytes - old_bytes;
    return blocks_resize(&engine->blocks_of_lua, at, old_bytes, new_bytes);
}

/* ---- compiling ---- */

/* Place of a line of a template: its first tag, else its first character. */
static struct place line_place(const struct template_engine *engine, uint32_t index, uint32_t line)
{
    const struct diag_file *file = &engine->templates[index].file;
    const char *at = file->bytes.at, *end = at + file->bytes.length;
    for (uint32_t i = 1; i < line && at < end; i++) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        at = line_end ? line_end + 1 : end;
    }
    const char *line_end = memchr(at, '\n', (size_t)(end - at));
    if (!line_end)
        line_end = end;
    for (const char *tag = at; tag + 1 < line_end; tag++)
        if (tag[0] == '{' && (tag[1] == '{' || tag[1] == '%'))
            return (struct place){file, (size_t)(tag - file->bytes.at), 2};
    while (at < line_end && isspace((unsigned char)*at))
        at++;
    return (struct place){file, (size_t)(at - file->bytes.at), 0};
}

/* "t12:34: message" → the message and its line; what Lua says about the text
 * between tags, which is ours, is left out. */
static struct slice lua_message(const char *text, uint32_t *line)
{
    const char *at = text;
    if (*at == 't') {
        for (at++; isdigit((unsigned char)*at); at++)
            ;
        if (*at == ':') {
            char *after;
            unsigned long number = strtoul(at + 1, &after, 10);
            if (after[0] == ':' && after[1] == ' ') {
                *line = (uint32_t)number;
                text = after + 2;
            }
        }
    }
    struct slice message = slice_of(text);
    static const char *const ours[] = {" near 'w__E'", " near ';'", " near ')'", " near <eof>"};
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
        if (slice_ends_with(message, ours[i]))
            message.length -= strlen(ours[i]);
    if (message.length > MESSAGE_MOST)
        message.length = MESSAGE_MOST;
    return message;
}

static bool compile_one(struct template_engine *engine, uint32_t index, struct diag_list *diags)
{
    struct template *template = &engine->templates[index];
    struct buffer lua = BUFFER(template->file.bytes.length * 8 + (1 << 16));
    char chunk[32];
    snprintf(chunk, sizeof chunk, "=t%u", index);
    bool ok = template_compile(engine, index, &lua, diags);
    if (ok && luaL_loadbufferx(engine->lua, buffer_string(&lua), lua.length, chunk, "t") == LUA_OK) {
        template->chunk = luaL_ref(engine->lua, LUA_REGISTRYINDEX);
    } else if (ok) {
        uint32_t line = 1;
        struct slice message = lua_message(lua_tostring(engine->lua, -1), &line);
        diag_add(diags, DIAG_TEMPLATE_SYNTAX, line_place(engine, index, line), "this is no Lua: %.*s",
                 SLICE_ARGS(message));
        diag_help(diags, "between '{%%' and '%%}' stands Lua 5.4; the line is where Lua gave up");
        lua_pop(engine->lua, 1);
        ok = false;
    }
    buffer_free(&lua);
    return ok;
}

/* The functions E[1] … of a template; once no run moves any more. */
static void make_emitters(struct template_engine *engine, struct template *template)
{
    lua_createtable(engine->lua, (int)template->run_count, 0);
    for (uint32_t i = 0; i < template->run_count; i++) {
        lua_pushlightuserdata(engine->lua, &engine->runs[template->first_run + i]);
        lua_pushcclosure(engine->lua, template_emit, 1);
        lua_rawseti(engine->lua, -2, (lua_Integer)i + 1);
    }
    template->emitters = luaL_ref(engine->lua, LUA_REGISTRYINDEX);
}

static void check_parents(const struct template_engine *engine, struct diag_list *diags)
{
    for (size_t i = 0; i < engine->template_count; i++) {
        uint32_t parent = engine->templates[i].parent;
        for (unsigned depth = 0; parent != TABLE_NONE && depth < LIMIT_TEMPLATE_DEPTH; depth++)
            parent = engine->templates[parent].parent;
        if (parent == TABLE_NONE)
            continue;
        const struct template *template = &engine->templates[i];
        diag_add(diags, DIAG_TEMPLATE_SYNTAX,
                 (struct place){&template->file, (size_t)(template->extends.at - template->file.bytes.at),
                                template->extends.length},
                 "the layouts that '%s' extends go round in a circle", template->name);
        diag_help(diags, "the outermost layout extends nothing");
    }
}

/* "templates/partials/nav.html" → "partials/nav"; empty for other files. */
static struct slice template_name(const char *path)
{
    static const char folder[] = "templates/", end[] = ".html";
    struct slice name = slice_of(path);
    if (!slice_starts_with(name, folder) || !slice_ends_with(name, end))
        return (struct slice){"", 0};
    name = slice_from(name, sizeof folder - 1);
    return (struct slice){name.at, name.length - (sizeof end - 1)};
}

static void add_template(struct template_engine *engine, struct slice name, const struct theme_file *file)
{
    name = arena_slice(&engine->arena, name);
    if (table_add(&engine->by_name, name, (uint32_t)engine->template_count) != engine->template_count)
        return; /* a better layer has it */
    LIST_GROW(engine->templates, engine->template_count, engine->template_capacity);
    engine->templates[engine->template_count++] = (struct template){.name = name.at,
                                                                    .file = {file->path, file->bytes},
                                                                    .parent = TABLE_NONE,
                                                                    .chunk = LUA_NOREF,
                                                                    .emitters = LUA_NOREF};
    engine->key = key_mix(engine->key, (struct slice){name.at, name.length + 1});
    engine->key = key_mix(engine->key, file->bytes);
}

static void add_asset(struct template_engine *engine, struct slice name)
{
    if (table_add(&engine->assets, name, (uint32_t)engine->asset_count) != engine->asset_count)
        return;
    engine->asset_names =
        memory_grow(engine->asset_names, engine->asset_count, &engine->asset_capacity, sizeof *engine->asset_names);
    engine->asset_names[engine->asset_count++] = name;
}

static void collect_files(struct template_engine *engine, const struct template_options *options)
{
    for (size_t i = 0; i < options->layer_count; i++) {
        const struct theme_layer *layer = &options->layers[i];
        for (size_t j = 0; j < layer->file_count; j++) {
            const struct theme_file *file = &layer->files[j];
            struct slice name = template_name(file->name);
            if (name.length)
                add_template(engine, name, file);
            else if (slice_starts_with(slice_of(file->name), "assets/"))
                add_asset(engine, slice_from(slice_of(file->name), strlen("assets/")));
            else if (strcmp(file->name, "theme.yaml") == 0)
                engine->key = key_mix(engine->key, file->bytes);
        }
    }
    for (size_t i = 0; i < engine->asset_count; i++)
        engine->key = key_mix(engine->key, engine->asset_names[i]);
}

/* The field `theme` of every context. */
static void open_theme(struct template_engine *engine, const struct template_options *options, struct diag_list *diags)
{
    lua_State *lua = engine->lua;
    struct theme_facts facts = theme_facts(&engine->arena, options->layers, options->layer_count, diags);
    lua_getfield(lua, LUA_REGISTRYINDEX, "library");
    lua_createtable(lua, 0, 4);
    if (facts.name) {
        lua_pushstring(lua, facts.name);
        lua_setfield(lua, -2, "name");
    }
    if (facts.logo) {
        lua_pushstring(lua, facts.logo);
        lua_setfield(lua, -2, "logo");
    }
    if (facts.icon) {
        lua_pushstring(lua, facts.icon);
        lua_setfield(lua, -2, "icon");
    }
    lua_createtable(lua, (int)facts.style_count, 0);
    for (size_t i = 0; i < facts.style_count; i++) {
        lua_pushstring(lua, facts.styles[i]);
        lua_rawseti(lua, -2, (lua_Integer)i + 1);
    }
    library_read_only(lua);
    lua_setfield(lua, -2, "styles");
    library_read_only(lua);
    lua_setfield(lua, -2, "theme");
    lua_pop(lua, 1);
}

struct template_engine *template_engine_new(const struct template_options *options, struct diag_list *diags)
{
    size_t errors_before = diag_count(diags, LEVEL_ERROR);
    struct template_engine *engine = memory_get(sizeof *engine);
    *engine = (struct template_engine){
        .assets_folder = options->assets_folder ? options->assets_folder : "theme/",
        .most_instructions = options->most_instructions ? options->most_instructions : LIMIT_TEMPLATE_INSTRUCTIONS,
        .most_bytes = options->most_bytes ? options->most_bytes : LIMIT_TEMPLATE_BYTES,
        .fixed = BUFFER(LIMIT_THEME_BYTES),
        .scratch = BUFFER(SCRATCH_BYTES),
    };
    engine->lua = lua_newstate(allocate, engine);
    if (!engine->lua)
        memory_exhausted();
    *(struct template_engine **)lua_getextraspace(engine->lua) = engine;

    collect_files(engine, options);
    words_load(&engine->words, &engine->arena, options, diags);
    library_open(engine);
    open_theme(engine, options, diags);
    for (uint32_t i = 0; i < engine->template_count; i++)
        compile_one(engine, i, diags);
    for (size_t i = 0; i < engine->template_count; i++)
        make_emitters(engine, &engine->templates[i]);
    check_parents(engine, diags);
    lua_settop(engine->lua, 0);
    lua_gc(engine->lua, LUA_GCCOLLECT);
    lua_gc(engine->lua, LUA_GCINC, 400, 0, 0); /* collect when the garbage is three times what stays */
    if (diag_count(diags, LEVEL_ERROR) == errors_before)
        return engine;
    template_engine_free(engine);
    return NULL;
}

void template_engine_free(struct template_engine *engine)
{
    if (!engine)
        return;
    lua_close(engine->lua);
    blocks_free(&engine->blocks_of_lua);
    words_free(&engine->words);
    table_free(&engine->by_name);
    table_free(&engine->assets);
    buffer_free(&engine->fixed);
    buffer_free(&engine->scratch);
    free(engine->templates);
    free(engine->asset_names);
    free(engine->ops);
    free(engine->runs);
    arena_free(&engine->arena);
    free(engine);
}

/* ---- rendering ---- */

static void out_of_instructions(lua_State *lua, lua_Debug *info)
{
    (void)info;
    template_fault(lua, DIAG_TEMPLATE_LIMIT, FAULT_AT_LINE, 0, 0, "look for a loop that does not end",
                   "one page took more than %d instructions of Lua", (int)engine_of(lua)->most_instructions);
}

/* Where an error came from: the innermost line of a template first. */
struct trace {
    uint32_t template[TRACE_MOST], line[TRACE_MOST];
    size_t count;
};

/* Lua's message handler: runs where the error is, while its calls still stand. */
static int on_error(lua_State *lua)
{
    struct trace *trace = lua_touserdata(lua, lua_upvalueindex(1));
    trace->count = 0;
    int level = 0;
    while (trace->count < TRACE_MOST &&
           current_line(lua, &level, &trace->template[trace->count], &trace -> line[trace->count])) {
        trace->count++;
        level++;
    }
    return 1;
}

static void report(struct template_engine *engine, int status, const struct trace *trace, struct diag_list *diags)
{
    lua_State *lua = engine->lua;
    const struct fault *fault = &engine->fault;
    struct place place = PLACE_RUN;
    enum diag_code code = fault->is_set ? fault->code : DIAG_TEMPLATE_ERROR;
    uint32_t line;
    struct slice message = SLICE("the error has no text");
    if (lua_type(lua, -1) == LUA_TSTRING)
        message = lua_message(lua_tostring(lua, -1), &line);

    if (status == LUA_ERRMEM) {
        code = DIAG_TEMPLATE_LIMIT;
        message = SLICE("one page took more memory than any page needs");
        place = line_place(engine, engine->starved_template, engine->starved_line);
    } else if (fault->is_set && fault->template != FAULT_AT_LINE) {
        place = (struct place){&engine->templates[fault->template].file, fault->at, fault->length};
    } else if (trace->count) {
        place = line_place(engine, trace->template[0], trace -> line[0]);
    }
    bool is_overflow = memmem(message.at, message.length, "stack overflow", 14) != NULL;
    if (is_overflow) {
        code = DIAG_TEMPLATE_LIMIT;
        message = SLICE("functions call one another without end");
    }
    diag_add(diags, code, place, "%.*s", SLICE_ARGS(message));

    struct buffer help = BUFFER(2000);
    buffer_text(&help, fault->is_set ? fault->help : "");
    if (status == LUA_ERRMEM)
        buffer_text(&help, "look for a loop that does not end");
    for (size_t i = 1; i < trace->count && status != LUA_ERRMEM && !is_overflow; i++)
        buffer_printf(&help, "%s%s:%u",
                      i > 1         ? ", "
                      : help.length ? "; called from "
                                    : "called from ",
                      engine->templates[trace->template[i]].file.path, trace->line[i]);
    diag_help(diags, "%s", buffer_string(&help));
    buffer_free(&help);
}

/* page.root, which asset() needs; it lives as long as the context at `context`. */
static void find_root(struct template_engine *engine, int context)
{
    lua_State *lua = engine->lua;
    engine->has_root = false;
    lua_pushliteral(lua, "page");
    if (lua_rawget(lua, context) == LUA_TTABLE) {
        lua_pushliteral(lua, "root");
        if (lua_rawget(lua, -2) == LUA_TSTRING) {
            engine->root.at = lua_tolstring(lua, -1, &engine->root.length);
            engine->has_root = true;
        }
        lua_pop(lua, 1);
    }
    lua_pop(lua, 1);
}

static int run_protected(lua_State *lua)
{
    uint32_t index = (uint32_t)lua_tointeger(lua, 2);
    lua_settop(lua, 1);
    template_run(lua, index);
    return 0;
}

static void unknown_template(const struct template_engine *engine, const char *name, struct diag_list *diags)
{
    char help[200];
    struct suggestion suggestion = {.wanted = slice_of(name)};
    for (size_t i = 0; i < engine->template_count; i++)
        suggest_offer(&suggestion, slice_of(engine->templates[i].name));
    suggest_text(&suggestion, help, sizeof help);
    diag_add(diags, DIAG_TEMPLATE_UNKNOWN, PLACE_RUN, "the theme has no template '%s'", name);
    diag_help(diags, "%s", help[0] ? help : "let the theme extend 'default', which has all templates");
}

bool template_render(struct template_engine *engine, const char *name, struct buffer *out, struct diag_list *diags)
{
    lua_State *lua = engine->lua;
    uint32_t index = template_find(engine, slice_of(name));
    size_t length_before = out->length;
    bool overflowed_before = out->overflowed;
    if (index == TABLE_NONE || lua_gettop(lua) == 0) {
        lua_settop(lua, 0);
        engine->level_count = 0;
        unknown_template(engine, name, diags);
        return false;
    }
    /* The context is all that stands on the stack: levels that were left open are closed. */
    lua_settop(lua, 1);
    engine->level_count = 0;
    engine->out = out;
    engine->code = 0;
    engine->depth = 0;
    engine->fault = (struct fault){0};
    find_root(engine, 1);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, engine->globals);
    lua_setmetatable(lua, 1);

    struct trace trace = {.count = 0};
    lua_pushlightuserdata(lua, &trace);
    lua_pushcclosure(lua, on_error, 1);
    lua_pushcfunction(lua, run_protected);
    lua_pushvalue(lua, 1);
    lua_pushinteger(lua, index);
    lua_sethook(lua, out_of_instructions, LUA_MASKCOUNT,
                engine->most_instructions > INT32_MAX ? INT32_MAX : (int)engine->most_instructions);
    engine->is_limited = true;
    int status = lua_pcall(lua, 2, 0, 2);
    engine->is_limited = false;
    lua_sethook(lua, NULL, 0, 0);
    if (status != LUA_OK) {
        report(engine, status, &trace, diags);
        out->length = length_before;
        out->overflowed = overflowed_before;
        if (out->at)
            out->at[length_before] = '\0';
    }
    lua_settop(lua, 0);
    engine->out = NULL;
    return status == LUA_OK;
}

bool template_exists(const struct template_engine *engine, const char *name)
{
    return template_find(engine, slice_of(name)) != TABLE_NONE;
}

struct slice template_word(struct template_engine *engine, const char *language, const char *key)
{
    uint32_t index = words_language(&engine->words, language);
    const struct word *word = words_get(&engine->words, index, slice_of(key));
    return word && word->is_there ? word->forms[PLURAL_OTHER] : (struct slice){"", 0};
}

struct key template_engine_key(const struct template_engine *engine, const char *language)
{
    const struct key words = engine->words.languages[words_language(&engine->words, language)].key;
    struct key key = key_mix(engine->key, (struct slice){(const char *)&words, sizeof words});
    return key_mix(key, slice_of(engine->assets_folder));
}
