#ifndef WAYMARK_SCRIPT_ENGINE_H
#define WAYMARK_SCRIPT_ENGINE_H

/* The inside of an engine, shared by the files of this folder.
 *
 *   template ── Lua chunk: fn(_ENV, E)         E[1] … E[n]: one function a run
 *   run      ── what is written between two statements: ops, one call from Lua
 *   op       ── fixed bytes, or a value with the place it is escaped for
 *
 * A run is one C function call with its values as arguments: Lua evaluates, C
 * writes. The engine's address stands in the extra space of its Lua state.
 *
 * While a page is rendered the engine knows in which place of the HTML the output
 * ends (`code`); each run checks that it is where the compiler thought it would
 * be, so that no break, return or function call can bring a value into a place
 * that it was not escaped for. */

#include "base/arena.h"
#include "base/table.h"
#include "script/blocks.h"
#include "script/html_place.h"
#include "script/template.h"
#include "script/words.h"
#include <lauxlib.h>
#include <lua.h>

enum op_kind {
    OP_FIXED,     /* at, length: bytes of engine->fixed */
    OP_VALUE,     /* at, length: the expression in the template, for messages; place */
    OP_MARKUP,    /* the same, for {{! }} */
    OP_URL_BEGIN, /* an address begins here */
    OP_URL_END,   /* … and ends here; place: PLACE_LINK or PLACE_RESOURCE */
};

struct op {
    uint8_t kind;
    uint8_t place;
    uint32_t at, length;
};

struct run {
    uint32_t template;
    uint32_t first_op, op_count;
    uint32_t at;            /* in the template */
    uint16_t before, after; /* html_position_code */
};

struct template
{
    const char *name; /* "partials/nav" */
    struct diag_file file;
    uint32_t first_run, run_count;
    uint32_t parent; /* the layout it extends, or TABLE_NONE */
    struct slice extends;
    int chunk, emitters; /* in Lua's registry; LUA_NOREF before it is loaded */
};

/* A value of type "html": the only userdata that a template can hold. The bytes
 * are those of the caller, or follow the struct. */
struct markup {
    const char *at;
    size_t length;
};

/* Where a render failed: known better than by the line that Lua tells. */
struct fault {
    bool is_set;
    enum diag_code code;
    uint32_t template;
    uint32_t at, length;
    char help[256];
};

/* One level of the context that is being built. */
struct context_level {
    bool is_list;
    lua_Integer count;
};
enum { CONTEXT_DEPTH = 32 };

struct template_engine {
    lua_State *lua;
    struct arena arena;
    const char *assets_folder;
    uint64_t most_instructions;

    struct template *templates;
    size_t template_count, template_capacity;
    struct table by_name;
    struct table assets; /* name below assets/ → 0 */
    struct slice *asset_names;
    size_t asset_count, asset_capacity;

    struct buffer fixed;
    struct op *ops;
    size_t op_count, op_capacity;
    struct run *runs;
    size_t run_count, run_capacity;

    struct words words;
    struct key key;
    int globals; /* metatable of contexts, in the registry */
    struct buffer scratch;

    /* Lua's memory. `most_bytes` holds while a template runs, and at no other time. */
    struct blocks blocks_of_lua;
    size_t bytes, most_bytes;
    bool is_limited;
    uint32_t starved_template, starved_line; /* where memory was refused last */

    /* The context that is being built, and the render that runs. */
    struct context_level levels[CONTEXT_DEPTH];
    size_t level_count;
    uint32_t language; /* index into words.languages */
    struct buffer *out;
    struct slice root; /* page.root */
    bool has_root;
    size_t url_at;
    uint16_t code;
    unsigned depth; /* of includes and layouts */
    struct fault fault;
};

static inline struct template_engine *engine_of(lua_State *lua)
{
    return *(struct template_engine **)lua_getextraspace(lua);
}

/* ---- compile.c ---- */

/* Compiles one template to Lua into `lua` and its runs into the engine. The names
 * of all templates, words and assets must be known. False after a diagnostic. */
bool template_compile(struct template_engine *engine, uint32_t index, struct buffer *lua, struct diag_list *diags);

/* ---- emit.c ---- */

/* The function behind E[n]; upvalue 1: the run. */
int template_emit(lua_State *lua);
/* Ends the render with a diagnostic at `at` in the template, or at the line that Lua
 * is in. Does not return. */
#define FAULT_AT_LINE UINT32_MAX
int template_fault(lua_State *lua, enum diag_code code, uint32_t template, uint32_t at, uint32_t length,
                   const char *help, const char *format, ...) __attribute__((format(printf, 7, 8)));
/* Appends `text` with & < > " ' escaped; control characters become U+FFFD. */
void template_escape(struct buffer *out, struct slice text);
/* Pushes a value of type "html" that refers to the bytes, or (copy) holds them. */
void markup_push(lua_State *lua, struct slice html, bool copy);

/* ---- library.c: the environment of templates ---- */

/* Makes the environment of templates: `engine->globals`, and the table "library" of
 * the registry, which still takes fields. */
void library_open(struct template_engine *engine);

/* Replaces the table on top by a read-only view of it. */
void library_read_only(lua_State *lua);

/* ---- functions.c ---- */

/* Adds t, date, asset … to the table on top, and makes the metatable "html". */
void functions_open(lua_State *lua);

/* ---- layout.c: blocks, layouts and partials ---- */

/* Adds w__call, w__define, w__include and w__extends to the table on top. */
void layout_open(lua_State *lua);
/* Runs a template in the environment on top of the stack, which it takes. */
void template_run(lua_State *lua, uint32_t index);
/* The template of this name, or TABLE_NONE. */
uint32_t template_find(const struct template_engine *engine, struct slice name);

#endif
