#ifndef WAYMARK_TESTS_UNIT_EXAMPLES_H
#define WAYMARK_TESTS_UNIT_EXAMPLES_H

/* Tables of examples for the parser: what a text becomes (outline.h), and what is
 * found in it. Each is also held to what must hold for every document. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka.h wants the four above it. */
#include "document_check.h"
#include "outline.h"
#include "parsed.h"
#include <cmocka.h>

struct example {
    const char *name;
    struct slice source;
    const char *outline;
    const char *findings; /* `code@line:column`, with blanks between them */
};

static inline unsigned example_wrong(const struct example *example, struct buffer *text)
{
    struct parsed parsed = parsed_from(example->source);
    uint32_t where = 0;
    unsigned wrong = 0;
    const char *broken = document_check(&parsed.document, &where);
    if (broken) {
        print_error("%s: %s (%u)\n", example->name, broken, where);
        wrong++;
    }
    if (strcmp(outline_of(text, &parsed.document), example->outline) != 0) {
        print_error("%s:\n  got    %s\n  wanted %s\n", example->name, buffer_string(text), example->outline);
        wrong++;
    }
    if (strcmp(findings_of(text, &parsed.document), example->findings) != 0) {
        print_error("%s:\n  found  %s\n  wanted %s\n", example->name, buffer_string(text), example->findings);
        wrong++;
    }
    parsed_free(&parsed);
    return wrong;
}

static inline void examples_run(const struct example *examples, size_t count)
{
    struct buffer text = BUFFER(1 << 20);
    unsigned wrong = 0;
    for (size_t i = 0; i < count; i++)
        wrong += example_wrong(&examples[i], &text);
    buffer_free(&text);
    assert_int_equal(wrong, 0);
}

#define EXAMPLES(table) examples_run(table, sizeof(table) / sizeof *(table))

#endif
