/* A scanner of Lua's tokens. It never fails: what is no Lua comes out as signs,
 * and Lua's own compiler says later what is wrong with it. */

#include "script/lua_scan.h"
#include <ctype.h>

static bool at_closer(const struct lua_scanner *scanner)
{
    if (!scanner->closer || !*scanner->closer)
        return false;
    bool is_brace = scanner->closer[0] == '}';
    return slice_starts_with(scanner->rest, scanner->closer) && !(is_brace && scanner->braces > 0);
}

static struct lua_token take(struct lua_scanner *scanner, enum lua_token_type type, size_t length)
{
    struct lua_token token = {type, {scanner->rest.at, length}, {scanner->rest.at, 0}};
    scanner->rest = slice_from(scanner->rest, length);
    return token;
}

/* The level of a long bracket `[==[` at byte `from`, or -1. */
static int long_bracket(struct slice text, size_t from)
{
    size_t at = from + 1;
    if (from >= text.length || text.at[from] != '[')
        return -1;
    while (at < text.length && text.at[at] == '=')
        at++;
    return at < text.length && text.at[at] == '[' ? (int)(at - from - 1) : -1;
}

/* Takes `before` bytes, a long bracket of `level`, and all up to its end. */
static struct lua_token take_long(struct lua_scanner *scanner, enum lua_token_type type, size_t before, int level)
{
    struct slice text = scanner->rest;
    size_t content_at = before + (size_t)level + 2;
    for (size_t i = content_at; i < text.length; i++) {
        if (text.at[i] != ']')
            continue;
        size_t end = i + 1;
        while (end < text.length && text.at[end] == '=')
            end++;
        if (end < text.length && text.at[end] == ']' && (int)(end - i - 1) == level) {
            struct lua_token token = take(scanner, type, end + 1);
            token.content = (struct slice){text.at + content_at, i - content_at};
            return token;
        }
    }
    return take(scanner, TOKEN_BROKEN, text.length);
}

static struct lua_token take_string(struct lua_scanner *scanner)
{
    struct slice text = scanner->rest;
    for (size_t i = 1; i < text.length && text.at[i] != '\n'; i++) {
        if (text.at[i] == '\\') {
            i++;
        } else if (text.at[i] == text.at[0]) {
            struct lua_token token = take(scanner, TOKEN_STRING, i + 1);
            token.content = (struct slice){text.at + 1, i - 1};
            return token;
        }
    }
    return take(scanner, TOKEN_BROKEN, text.length);
}

static struct lua_token take_comment(struct lua_scanner *scanner)
{
    int level = long_bracket(scanner->rest, 2);
    if (level >= 0)
        return take_long(scanner, TOKEN_COMMENT, 2, level);
    struct lua_scanner ahead = *scanner;
    while (ahead.rest.length && ahead.rest.at[0] != '\n' && !at_closer(&ahead))
        ahead.rest = slice_from(ahead.rest, 1);
    return take(scanner, TOKEN_COMMENT, scanner->rest.length - ahead.rest.length);
}

static bool is_word(char byte)
{
    return isalnum((unsigned char)byte) || byte == '_';
}

struct lua_token lua_scan(struct lua_scanner *scanner)
{
    while (scanner->rest.length && isspace((unsigned char)scanner->rest.at[0]))
        scanner->rest = slice_from(scanner->rest, 1);
    struct slice text = scanner->rest;
    if (text.length == 0 || at_closer(scanner))
        return take(scanner, TOKEN_END, 0);

    char first = text.at[0];
    int level = long_bracket(text, 0);
    if (level >= 0)
        return take_long(scanner, TOKEN_STRING, 0, level);
    if (first == '"' || first == '\'')
        return take_string(scanner);
    if (slice_starts_with(text, "--"))
        return take_comment(scanner);
    if (is_word(first)) {
        bool is_number = isdigit((unsigned char)first);
        size_t length = 1;
        while (length < text.length && (is_word(text.at[length]) || (is_number && text.at[length] == '.')))
            length++;
        return take(scanner, is_number ? TOKEN_NUMBER : TOKEN_NAME, length);
    }
    if (first == '{')
        scanner->braces++;
    else if (first == '}' && scanner->braces > 0)
        scanner->braces--;
    return take(scanner, TOKEN_SIGN, 1);
}
