/* Compiles a template to Lua, line for line.
 *
 *     <li>{% for _, x in ipairs(list) do %}      for _, x in ipairs(list) do
 *     <a href="{{ x.url }}">{{ x.title }}</a>    ;w__E[2](⏎(x.url),(x.title))
 *     {% end %}                                  ;end
 *
 * Every line end of the template is a line end of the Lua text, so that the line
 * that Lua names in an error is the template's. Relies on pieces.h for the tags
 * and on html_place.h for where each of them stands. */

#include "base/limits.h"
#include "base/suggest.h"
#include "script/compiler.h"
#include "script/lua_scan.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

static struct place place_of(const struct compiler *compiler, struct slice at)
{
    const struct diag_file *file = &compiler->template->file;
    return (struct place){file, (size_t)(at.at - file->bytes.at), at.length};
}

bool compile_refuse(struct compiler *compiler, enum diag_code code, struct slice at, const char *help,
                    const char *format, ...)
{
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    compiler->has_failed = true;
    diag_add(compiler->diags, code, place_of(compiler, at), "%s", text);
    return diag_help(compiler->diags, "%s", help);
}

/* ---- runs ---- */

static void op_add(struct compiler *compiler, struct op op)
{
    struct template_engine *engine = compiler->engine;
    LIST_GROW(engine->ops, engine->op_count, engine->op_capacity);
    engine->ops[engine->op_count++] = op;
    engine->runs[engine->run_count - 1].op_count++;
}

static void run_open(struct compiler *compiler, uint32_t at)
{
    struct template_engine *engine = compiler->engine;
    if (compiler->is_running)
        return;
    LIST_GROW(engine->runs, engine->run_count, engine->run_capacity);
    engine->runs[engine->run_count++] = (struct run){.template = compiler->index,
                                                     .first_op = (uint32_t)engine->op_count,
                                                     .at = at,
                                                     .before = html_position_code(&compiler->position)};
    compiler->template->run_count++;
    compiler->is_running = true;
    compiler->value_count = 0;
    buffer_printf(compiler->lua, ";w__E[%u](", compiler->template->run_count);
}

static void run_close(struct compiler *compiler)
{
    if (!compiler->is_running)
        return;
    compiler->engine->runs[compiler->engine->run_count - 1].after = html_position_code(&compiler->position);
    compiler->is_running = false;
    buffer_text(compiler->lua, ");");
}

static void fixed_add(struct compiler *compiler, char byte)
{
    struct template_engine *engine = compiler->engine;
    struct run *run = &engine->runs[engine->run_count - 1];
    struct op *last = run->op_count ? &engine->ops[engine->op_count - 1] : NULL;
    if (last && last->kind == OP_FIXED)
        last->length++;
    else
        op_add(compiler, (struct op){.kind = OP_FIXED, .at = (uint32_t)engine->fixed.length, .length = 1});
    buffer_byte(&engine->fixed, byte);
}

/* ---- addresses ---- */

/* An address gets its marks once something in it is not fixed: the fixed bytes
 * that are already there are cut where it begins. */
static void url_mark(struct compiler *compiler)
{
    struct template_engine *engine = compiler->engine;
    if (!compiler->awaits_url)
        return;
    compiler->awaits_url = false;
    uint32_t inside = (uint32_t)(engine->fixed.length - compiler->url_at);
    if (inside > 0)
        engine->ops[engine->op_count - 1].length -= inside;
    op_add(compiler, (struct op){.kind = OP_URL_BEGIN});
    if (inside > 0)
        op_add(compiler, (struct op){.kind = OP_FIXED, .at = (uint32_t)compiler->url_at, .length = inside});
}

void compile_end_run(struct compiler *compiler, uint32_t at)
{
    if (compiler->awaits_url) {
        run_open(compiler, at);
        url_mark(compiler);
    }
    run_close(compiler);
}

static bool is_address(enum html_place place)
{
    return place == PLACE_LINK || place == PLACE_RESOURCE;
}

/* A page loads nothing from another host, not even what the theme itself says. */
static void fixed_url_check(struct compiler *compiler, enum html_place place, struct slice at)
{
    struct slice url = slice_from(buffer_view(&compiler->engine->fixed), compiler->url_at);
    size_t length = 0;
    while (length < url.length && !strchr(":/?#\\", url.at[length]))
        length++;
    bool has_scheme = length < url.length && url.at[length] == ':';
    bool has_host = length == 0 && url.length > 1 && strchr("/\\", url.at[0]) && strchr("/\\", url.at[1]);
    bool is_data = place == PLACE_RESOURCE && slice_starts_with(url, "data:image/");
    bool loads = place == PLACE_RESOURCE || strcmp(compiler->position.tag, "link") == 0;
    if (loads && (has_scheme || has_host) && !is_data)
        compile_refuse(compiler, DIAG_TEMPLATE_PLACE, at,
                       "put the file into the theme's assets and write {{ asset(\"name\") }}",
                       "the page would load '%.*s' from another host", SLICE_ARGS(url));
}

/* ---- text ---- */

bool compile_may_write(struct compiler *compiler, struct slice at)
{
    bool is_inside = !compiler->has_parent;
    for (size_t i = 0; i < compiler->block_count; i++)
        is_inside |= compiler->blocks[i].kind == BLOCK_FUNCTION || compiler->blocks[i].kind == BLOCK_NAMED;
    return is_inside ||
           compile_refuse(compiler, DIAG_TEMPLATE_SYNTAX, at, "put it between {% block name %} and {% endblock %}",
                          "in a template that extends a layout, text stands in blocks only");
}

static void compile_byte(struct compiler *compiler, const char *at)
{
    struct template_engine *engine = compiler->engine;
    bool is_loose = html_position_is_loose(&compiler->position);
    if (is_loose && compiler->is_fresh_line && isspace((unsigned char)*at))
        return;
    compiler->is_fresh_line = is_loose && *at == '\n';

    run_open(compiler, (uint32_t)(at - compiler->template->file.bytes.at));
    enum html_place before = html_position_place(&compiler->position);
    html_position_step(&compiler->position, (unsigned char)*at);
    enum html_place after = html_position_place(&compiler->position);
    if (is_address(before) && !is_address(after)) {
        if (compiler->awaits_url)
            fixed_url_check(compiler, before, (struct slice){at, 1});
        else
            op_add(compiler, (struct op){.kind = OP_URL_END, .place = (uint8_t)before});
        compiler->awaits_url = false;
    }
    fixed_add(compiler, *at);
    if (is_address(after) && !is_address(before)) {
        compiler->awaits_url = true;
        compiler->url_at = engine->fixed.length;
    }
    if (compiler->position.is_torn) {
        compiler->position.is_torn = false;
        compile_refuse(compiler, DIAG_TEMPLATE_PLACE, (struct slice){at, 1}, "put a blank before it",
                       "this continues the name of a tag or attribute that ended before a statement");
    }
    if (compiler->position.is_late_refresh) {
        compiler->position.is_late_refresh = false;
        compile_refuse(compiler, DIAG_TEMPLATE_PLACE, (struct slice){at, 1}, "write http-equiv before content",
                       "the content of this <meta> was read before it was known what it is for");
    }
}

static void compile_text(struct compiler *compiler, const struct piece *piece)
{
    const char *bytes = compiler->template->file.bytes.at;
    bool is_allowed = !compiler->is_lost;
    for (uint32_t at = piece->at; at < piece->end; at++) {
        bool is_shown = at >= piece->inner_at && at < piece->inner_end;
        if (is_allowed && is_shown && !isspace((unsigned char)bytes[at]) && !compiler->has_failed)
            is_allowed = compile_may_write(compiler, (struct slice){bytes + at, 1});
        bool is_between_blocks = compiler->has_parent && compiler->block_count == 0;
        if (is_shown && is_allowed && !is_between_blocks)
            compile_byte(compiler, bytes + at);
        if (bytes[at] == '\n')
            buffer_byte(compiler->lua, '\n');
        compiler->has_content |= !isspace((unsigned char)bytes[at]);
    }
}

/* ---- values ---- */

void compile_check_calls(struct compiler *compiler, struct slice lua)
{
    struct lua_scanner scanner = {.rest = lua};
    struct lua_token before = {.type = TOKEN_END}, name = before, sign = before, token;
    while ((token = lua_scan(&scanner)).type != TOKEN_END) {
        bool is_call = token.type == TOKEN_STRING && sign.type == TOKEN_SIGN && sign.text.at[0] == '(' &&
                       name.type == TOKEN_NAME && !(before.type == TOKEN_SIGN && strchr(".:", before.text.at[0]));
        struct slice rest = slice_trim(scanner.rest);
        bool is_whole = rest.length == 0 || !slice_starts_with(rest, "..");
        char help[200] = "";
        if (is_call && is_whole && slice_is(name.text, "t") &&
            table_get(&compiler->engine->words.by_key, token.content) == TABLE_NONE) {
            words_suggest(&compiler->engine->words, token.content, help, sizeof help);
            compile_refuse(compiler, DIAG_THEME_WORD, token.text,
                           help[0] ? help : "add it to the theme's messages/en.yaml", "the theme has no word '%.*s'",
                           SLICE_ARGS(token.content));
        } else if (is_call && is_whole && slice_is(name.text, "asset") &&
                   table_get(&compiler->engine->assets, token.content) == TABLE_NONE) {
            struct suggestion suggestion = {.wanted = token.content};
            for (size_t i = 0; i < compiler->engine->asset_count; i++)
                suggest_offer(&suggestion, compiler->engine->asset_names[i]);
            suggest_text(&suggestion, help, sizeof help);
            compile_refuse(compiler, DIAG_TEMPLATE_UNKNOWN, token.text,
                           help[0] ? help : "assets are the files below assets/", "the theme has no asset '%.*s'",
                           SLICE_ARGS(token.content));
        }
        before = name;
        name = sign;
        sign = token;
    }
}

/* Is it one expression? Lua is asked for each by itself, so that the message is
 * about its own characters. */
static bool check_expression(struct compiler *compiler, struct slice expression)
{
    lua_State *lua = compiler->engine->lua;
    struct buffer code = BUFFER(expression.length + 64);
    buffer_text(&code, "return (");
    buffer_slice(&code, expression);
    buffer_text(&code, ")");
    bool ok = luaL_loadbufferx(lua, buffer_string(&code), code.length, "=x", "t") == LUA_OK;
    if (!ok) {
        const char *message = lua_tostring(lua, -1);
        const char *colon = message ? strstr(message, ": ") : NULL;
        compile_refuse(compiler, DIAG_TEMPLATE_SYNTAX, expression, "between the braces stands one Lua expression",
                       "this is no expression: %s", colon ? colon + 2 : "it cannot be read");
    }
    lua_pop(lua, 1);
    buffer_free(&code);
    return ok;
}

static void compile_value(struct compiler *compiler, const struct piece *piece)
{
    const char *bytes = compiler->template->file.bytes.at;
    struct slice expression = {bytes + piece->inner_at, piece->inner_end - piece->inner_at};
    struct slice whole = {bytes + piece->at, piece->end - piece->at};
    compiler->has_content = true;
    if (expression.length == 0) {
        compile_refuse(compiler, DIAG_TEMPLATE_SYNTAX, whole, "write an expression between them, or remove them",
                       "there is nothing between these braces");
        return;
    }
    if (!compile_may_write(compiler, whole) || !check_expression(compiler, expression))
        return;
    compile_check_calls(compiler, expression);

    enum html_place place = html_position_place(&compiler->position);
    if (place == PLACE_REFUSED) {
        const char *help, *reason = html_place_refusal(&compiler->position, &help);
        if (!compiler->is_lost)
            compile_refuse(compiler, DIAG_TEMPLATE_PLACE, whole, help, "%s", reason);
        return;
    }
    if (piece->kind == PIECE_MARKUP && place != PLACE_TEXT) {
        compile_refuse(compiler, DIAG_TEMPLATE_PLACE, whole, "write {{ … }} for a text that is escaped",
                       "markup may stand in text only, and this is %s",
                       html_position_name(html_position_code(&compiler->position)));
        return;
    }
    run_open(compiler, piece->at);
    url_mark(compiler);
    op_add(compiler, (struct op){.kind = piece->kind == PIECE_MARKUP ? OP_MARKUP : OP_VALUE,
                                 .place = (uint8_t)place,
                                 .at = piece->inner_at,
                                 .length = (uint32_t)expression.length});
    compiler->is_fresh_line = false;
    if (compiler->value_count++ > 0)
        buffer_byte(compiler->lua, ',');
    for (uint32_t at = piece->at; at < piece->inner_at; at++)
        if (bytes[at] == '\n')
            buffer_byte(compiler->lua, '\n');
    buffer_byte(compiler->lua, '(');
    buffer_slice(compiler->lua, expression);
    buffer_byte(compiler->lua, ')');
    for (uint32_t at = piece->inner_end; at < piece->end; at++)
        if (bytes[at] == '\n')
            buffer_byte(compiler->lua, '\n');
}

/* ---- the whole ---- */

static void finish(struct compiler *compiler)
{
    struct slice text = compiler->template->file.bytes;
    run_close(compiler);
    if (compiler->is_lost)
        return;
    if (compiler->block_count > 0) {
        const struct open_block *block = &compiler->blocks[compiler->block_count - 1];
        compile_refuse(compiler, DIAG_TEMPLATE_SYNTAX, block->keyword,
                       block->kind == BLOCK_NAMED ? "close it with {% endblock %}" : "close it with {% end %}",
                       "this '%.*s' is not closed", SLICE_ARGS(block->keyword));
    } else if (html_position_code(&compiler->position) != 0) {
        compile_refuse(compiler, DIAG_TEMPLATE_PLACE, (struct slice){text.at + text.length, 0},
                       "close the tag, attribute, comment or <title>", "the template ends in %s",
                       html_position_name(html_position_code(&compiler->position)));
    } else if (compiler->has_parent) {
        buffer_printf(compiler->lua, ";w__extends(_ENV,%u)", compiler->template->parent);
    }
}

bool template_compile(struct template_engine *engine, uint32_t index, struct buffer *lua, struct diag_list *diags)
{
    struct pieces pieces = {0};
    struct compiler compiler = {.engine = engine,
                                .template = &engine->templates[index],
                                .index = index,
                                .lua = lua,
                                .diags = diags,
                                .is_fresh_line = true};
    compiler.template->first_run = (uint32_t)engine->run_count;
    if (!pieces_cut(&pieces, &compiler.template->file, diags)) {
        free(pieces.items);
        return false;
    }
    buffer_text(lua, "local _ENV,w__E=...;");
    for (size_t i = 0; i < pieces.count; i++) {
        const struct piece *piece = &pieces.items[i];
        switch (piece->kind) {
        case PIECE_TEXT:
            compile_text(&compiler, piece);
            break;
        case PIECE_VALUE:
        case PIECE_MARKUP:
            compile_value(&compiler, piece);
            break;
        case PIECE_STATEMENT:
            compile_statement(&compiler, piece);
            break;
        case PIECE_COMMENT:
            for (uint32_t at = piece->at; at < piece->end; at++)
                if (compiler.template->file.bytes.at[at] == '\n')
                    buffer_byte(lua, '\n');
            break;
        }
    }
    finish(&compiler);
    free(pieces.items);
    return !compiler.has_failed;
}
