#ifndef WAYMARK_SCRIPT_COMPILER_H
#define WAYMARK_SCRIPT_COMPILER_H

/* A template while it is compiled: shared by compile.c (text and values) and
 * statement.c (what stands between `{%` and `%}`). */

#include "script/engine.h"
#include "script/pieces.h"

enum { BLOCKS_MOST = 100 };

enum block_kind { BLOCK_PLAIN, BLOCK_LOOP, BLOCK_REPEAT, BLOCK_FUNCTION, BLOCK_NAMED };

/* What a statement opened and another one has to close. */
struct open_block {
    enum block_kind kind;
    bool awaits_do; /* `for` and `while`, up to their `do` */
    struct slice keyword;
    uint16_t code; /* where in the HTML it begins */
    uint8_t seal;
};

struct compiler {
    struct template_engine *engine;
    struct template *template;
    uint32_t index;
    struct buffer *lua;
    struct diag_list *diags;
    bool has_failed;
    bool is_lost; /* blocks and places no longer fit: nothing more is said about them */

    struct html_position position;
    struct open_block blocks[BLOCKS_MOST];
    size_t block_count;
    bool has_parent;
    bool has_content; /* something stands before */

    bool is_running;      /* a run is open */
    unsigned value_count; /* in it */
    bool is_fresh_line;   /* nothing was written since a line end where white space is loose */
    bool awaits_url;      /* an address began, and no value has come in it yet */
    size_t url_at;        /* its begin in engine->fixed */
};

/* Adds a diagnostic at `at`, a part of the template; always returns false. */
bool compile_refuse(struct compiler *compiler, enum diag_code code, struct slice at, const char *help,
                    const char *format, ...) __attribute__((format(printf, 5, 6)));
/* False, after a diagnostic, where the template extends a layout and is in no block. */
bool compile_may_write(struct compiler *compiler, struct slice at);
/* Words and assets that are asked for by a fixed name must be there. */
void compile_check_calls(struct compiler *compiler, struct slice lua);
/* Ends the run that is open, if one is, with the marks of an address that goes on. */
void compile_end_run(struct compiler *compiler, uint32_t at);

void compile_statement(struct compiler *compiler, const struct piece *piece);

#endif
