#ifndef WAYMARK_TESTS_EXPECT_H
#define WAYMARK_TESTS_EXPECT_H

/* Tables of examples that end in one diagnostic. Include after cmocka.h. */

#include "base/diag.h"
#include <stdio.h>
#include <stdlib.h>

struct expected {
    const char *name; /* what the example shows */
    const char *input;
    enum diag_code code;
    unsigned line, column;
    const char *text; /* the whole of it; NULL: nothing may be reported */
    const char *help; /* the whole of it; NULL: not compared */
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* What the list says, as people see it; the caller frees it. */
static __attribute__((noinline, unused)) char *printed(const struct diag_list *diags)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    for (size_t i = 0; i < diags->count; i++)
        diag_print(stream, &diags->items[i], false);
    fclose(stream);
    return text;
}

/* Fails, naming the example, unless the list holds exactly what is expected. */
static inline void expect_one(const struct expected *expected, const struct diag_list *diags)
{
    const struct diag *diag = diags->count == 1 ? &diags->items[0] : NULL;
    bool is_right = expected->text ? diag && diag->code == expected->code && diag->line == expected->line &&
                                         diag->column == expected->column && strcmp(diag->text, expected->text) == 0 &&
                                         (!expected->help || strcmp(diag->help, expected->help) == 0)
                                   : diags->count == 0;
    if (is_right)
        return;
    char *text = printed(diags);
    fprintf(stderr, "%s: expected %u:%u [%s] %s\n    help: %s\ngot:\n%s", expected->name, expected->line,
            expected->column, expected->text ? diag_word(expected->code) : "",
            expected->text ? expected->text : "nothing", expected->help ? expected->help : "(any)", text);
    free(text);
    fail_msg("%s", expected->name);
}

#endif
