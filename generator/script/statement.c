/* Statements of a template: Lua's own, copied with their blocks watched, and the
 * five of ours (extends, block, endblock, super, include), which become calls. */

#include "base/suggest.h"
#include "script/compiler.h"
#include "script/lua_scan.h"
#include <ctype.h>

static void block_open(struct compiler *compiler, enum block_kind kind, struct slice keyword)
{
    if (compiler->block_count == BLOCKS_MOST) {
        compile_refuse(compiler, DIAG_TEMPLATE_SYNTAX, keyword, "put the inner part into a partial",
                       "more than %d blocks stand inside one another", BLOCKS_MOST);
        compiler->block_count = 0;
    }
    compiler->blocks[compiler->block_count++] = (struct open_block){.kind = kind,
                                                                    .awaits_do = kind == BLOCK_LOOP,
                                                                    .keyword = keyword,
                                                                    .code = html_position_code(&compiler->position),
                                                                    .seal = compiler->position.seal};
}

/* A branch must end in the place of the HTML where its block began: only then is
 * it known where everything after it stands. */
static void check_place(struct compiler *compiler, const struct open_block *block, struct slice keyword)
{
    uint16_t code = html_position_code(&compiler->position);
    if (compiler->position.seal < block->seal)
        compiler->position.seal = block->seal; /* the block may not have run */
    if (code == block->code || compiler->is_lost)
        return;
    compiler->is_lost = true;
    compile_refuse(compiler, DIAG_TEMPLATE_PLACE, keyword, "open and close tags and attributes on the same side of it",
                   "the block of this '%.*s' begins in %s and ends in %s", SLICE_ARGS(keyword),
                   html_position_name(block->code), html_position_name(code));
}

static void block_close(struct compiler *compiler, struct slice keyword)
{
    bool is_until = slice_is(keyword, "until"), is_named = slice_is(keyword, "endblock");
    if (compiler->block_count == 0) {
        if (!compiler->is_lost)
            compile_refuse(compiler, DIAG_TEMPLATE_SYNTAX, keyword, "remove it, or open a block before it",
                           "'%.*s' closes nothing", SLICE_ARGS(keyword));
        compiler->is_lost = true;
        return;
    }
    const struct open_block *block = &compiler->blocks[--compiler->block_count];
    bool fits = is_until == (block->kind == BLOCK_REPEAT) && is_named == (block->kind == BLOCK_NAMED);
    if (!fits && !compiler->is_lost)
        compile_refuse(compiler, DIAG_TEMPLATE_SYNTAX, keyword, "blocks close in the reverse order of their opening",
                       "'%.*s' stands where '%.*s' has to be closed", SLICE_ARGS(keyword), SLICE_ARGS(block->keyword));
    compiler->is_lost |= !fits;
    check_place(compiler, block, keyword);
}

static void statement_name(struct compiler *compiler, struct slice name)
{
    struct open_block *top = compiler->block_count ? &compiler->blocks[compiler->block_count - 1] : NULL;
    if (slice_is(name, "if")) {
        block_open(compiler, BLOCK_PLAIN, name);
    } else if (slice_is(name, "for") || slice_is(name, "while")) {
        block_open(compiler, BLOCK_LOOP, name);
    } else if (slice_is(name, "do")) {
        if (top && top->awaits_do)
            top->awaits_do = false;
        else
            block_open(compiler, BLOCK_PLAIN, name);
    } else if (slice_is(name, "function")) {
        block_open(compiler, BLOCK_FUNCTION, name);
    } else if (slice_is(name, "repeat")) {
        block_open(compiler, BLOCK_REPEAT, name);
    } else if (slice_is(name, "else") || slice_is(name, "elseif")) {
        if (top)
            check_place(compiler, top, name);
    } else if (slice_is(name, "end") || slice_is(name, "until")) {
        block_close(compiler, name);
    }
}

/* Copies a statement with its comments blanked out: what follows on the same line
 * of the Lua text is not part of them. */
static void compile_lua(struct compiler *compiler, struct slice code)
{
    struct lua_scanner scanner = {.rest = code};
    const char *from = code.at;
    struct lua_token token;
    while ((token = lua_scan(&scanner)).type != TOKEN_END) {
        if (token.type == TOKEN_NAME)
            statement_name(compiler, token.text);
        if (token.type != TOKEN_COMMENT)
            continue;
        buffer_append(compiler->lua, from, (size_t)(token.text.at - from));
        for (size_t i = 0; i < token.text.length; i++)
            if (token.text.at[i] == '\n')
                buffer_byte(compiler->lua, '\n');
        buffer_byte(compiler->lua, ' ');
        from = token.text.at + token.text.length;
    }
    buffer_append(compiler->lua, from, (size_t)(code.at + code.length - from));
    compile_check_calls(compiler, code);
}

static void compile_include(struct compiler *compiler, struct lua_scanner *scanner, struct slice whole)
{
    struct slice arguments = slice_trim(scanner->rest);
    struct lua_token name = lua_scan(scanner);
    if (name.type == TOKEN_STRING && template_find(compiler->engine, name.content) == TABLE_NONE) {
        char help[200];
        struct suggestion suggestion = {.wanted = name.content};
        for (size_t i = 0; i < compiler->engine->template_count; i++)
            suggest_offer(&suggestion, slice_of(compiler->engine->templates[i].name));
        suggest_text(&suggestion, help, sizeof help);
        compile_refuse(compiler, DIAG_TEMPLATE_UNKNOWN, name.text,
                       help[0] ? help : "templates are named by their paths below templates/, without .html",
                       "the theme has no template '%.*s'", SLICE_ARGS(name.content));
        return;
    }
    if (html_position_code(&compiler->position) != 0) {
        compile_refuse(compiler, DIAG_TEMPLATE_PLACE, whole, "include it between tags",
                       "a partial may not be included in %s",
                       html_position_name(html_position_code(&compiler->position)));
        return;
    }
    struct lua_token token = name;
    while (token.type != TOKEN_END && !(token.type == TOKEN_NAME && slice_is(token.text, "with")))
        token = lua_scan(scanner);
    size_t name_length = (size_t)(token.text.at - arguments.at);
    bool has_with = token.type != TOKEN_END;
    buffer_text(compiler->lua, "w__include(_ENV,");
    compile_lua(compiler, (struct slice){arguments.at, has_with ? name_length : arguments.length});
    if (has_with) {
        buffer_byte(compiler->lua, ',');
        compile_lua(compiler, scanner->rest);
    }
    buffer_text(compiler->lua, ")");
}

static void compile_block(struct compiler *compiler, struct lua_scanner *scanner, struct slice keyword)
{
    struct lua_token name = lua_scan(scanner);
    struct slice word = name.type == TOKEN_STRING ? name.content : name.text;
    bool is_name = (name.type == TOKEN_NAME || name.type == TOKEN_STRING) && word.length > 0;
    for (size_t i = 0; i < word.length; i++)
        is_name &= isalnum((unsigned char)word.at[i]) || strchr("_-", word.at[i]);
    if (!is_name || lua_scan(scanner).type != TOKEN_END) {
        compile_refuse(compiler, DIAG_TEMPLATE_SYNTAX, keyword, "write {% block main %}", "a block has one name");
        return;
    }
    if (html_position_code(&compiler->position) != 0)
        compile_refuse(compiler, DIAG_TEMPLATE_PLACE, keyword, "put the whole element into the block",
                       "a block may not begin in %s", html_position_name(html_position_code(&compiler->position)));
    bool defines = compiler->has_parent && compiler->block_count == 0;
    buffer_printf(compiler->lua, "w__%s(_ENV,'%.*s',function(w__super)", defines ? "define" : "call", SLICE_ARGS(word));
    block_open(compiler, BLOCK_NAMED, keyword);
}

static void compile_extends(struct compiler *compiler, struct lua_scanner *scanner, struct slice keyword)
{
    struct lua_token name = lua_scan(scanner);
    if (name.type != TOKEN_STRING || lua_scan(scanner).type != TOKEN_END) {
        compile_refuse(compiler, DIAG_TEMPLATE_SYNTAX, keyword, "write {% extends \"layouts/base\" %}",
                       "'extends' takes the name of one layout, in quotes");
    } else if (compiler->has_parent || compiler->has_content) {
        compile_refuse(compiler, DIAG_TEMPLATE_SYNTAX, keyword, "put it first; only a comment may stand before it",
                       "'extends' does not stand at the begin of the template");
    } else {
        compiler->has_parent = true;
        compiler->template->extends = name.content;
        compiler->template->parent = template_find(compiler->engine, name.content);
        if (compiler->template->parent == TABLE_NONE)
            compile_refuse(compiler, DIAG_TEMPLATE_UNKNOWN, name.text,
                           "layouts are templates: 'layouts/base' is templates/layouts/base.html",
                           "the theme has no template '%.*s'", SLICE_ARGS(name.content));
    }
}

void compile_statement(struct compiler *compiler, const struct piece *piece)
{
    const char *bytes = compiler->template->file.bytes.at;
    struct slice code = {bytes + piece->inner_at, piece->inner_end - piece->inner_at};
    struct slice whole = {bytes + piece->at, piece->end - piece->at};
    if (!html_position_seal(&compiler->position) && !compiler->is_lost) {
        compiler->is_lost = true;
        compile_refuse(compiler, DIAG_TEMPLATE_PLACE, whole, "put the whole tag inside the block",
                       "a statement may not stand in the middle of a tag's name or of a value without quotes");
    }
    compile_end_run(compiler, piece->at);
    for (uint32_t at = piece->at; at < piece->inner_at; at++)
        if (bytes[at] == '\n')
            buffer_byte(compiler->lua, '\n');

    struct lua_scanner scanner = {.rest = code};
    struct lua_token first = lua_scan(&scanner);
    size_t length_before = compiler->lua->length;
    buffer_byte(compiler->lua, ' ');
    if (slice_is(first.text, "include")) {
        compile_may_write(compiler, whole);
        compile_include(compiler, &scanner, whole);
    } else if (slice_is(first.text, "block")) {
        compile_block(compiler, &scanner, first.text);
    } else if (slice_is(first.text, "endblock")) {
        buffer_text(compiler->lua, "end)");
        block_close(compiler, first.text);
    } else if (slice_is(first.text, "super")) {
        bool is_inside = false;
        for (size_t i = 0; i < compiler->block_count; i++)
            is_inside |= compiler->blocks[i].kind == BLOCK_NAMED;
        if (!is_inside)
            compile_refuse(compiler, DIAG_TEMPLATE_SYNTAX, first.text,
                           "it shows what the layout has in a block: put it into one",
                           "'super' stands outside of any block");
        buffer_text(compiler->lua, "w__super()");
    } else if (slice_is(first.text, "extends")) {
        compile_extends(compiler, &scanner, first.text);
    } else {
        compile_lua(compiler, code);
    }
    buffer_byte(compiler->lua, ' ');
    compiler->has_content = true;
    compiler->is_fresh_line &= piece->is_bare;

    /* Directives of our own may have left line ends of the source out. */
    size_t wanted = 0, written = 0;
    for (uint32_t at = piece->inner_at; at < piece->end; at++)
        wanted += bytes[at] == '\n';
    for (size_t i = length_before; i < compiler->lua->length; i++)
        written += compiler->lua->at[i] == '\n';
    for (; written < wanted; written++)
        buffer_byte(compiler->lua, '\n');
}
