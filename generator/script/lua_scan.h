#ifndef WAYMARK_SCRIPT_LUA_SCAN_H
#define WAYMARK_SCRIPT_LUA_SCAN_H

/* The words of a piece of Lua 5.4 (manual, section 3.1): enough to find where a
 * tag of a template ends, which blocks it opens, and which words it asks for. */

#include "base/slice.h"

enum lua_token_type {
    TOKEN_END,
    TOKEN_NAME,   /* keywords too */
    TOKEN_STRING, /* `content` is what stands between its quotes or brackets, escapes not read */
    TOKEN_NUMBER,
    TOKEN_SIGN, /* one byte */
    TOKEN_COMMENT,
    TOKEN_BROKEN, /* a string or long comment that is not closed: runs to the end */
};

struct lua_token {
    enum lua_token_type type;
    struct slice text;
    struct slice content;
};

/* `rest` begins at the piece to read. Where `closer` ("%}", "}}") is not empty,
 * reading ends before it, except inside strings and, for "}}", inside braces; a
 * comment up to the end of the line ends there too. */
struct lua_scanner {
    struct slice rest;
    const char *closer;
    unsigned braces;
};

struct lua_token lua_scan(struct lua_scanner *scanner);

#endif
