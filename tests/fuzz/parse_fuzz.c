/* Any bytes as a page: parsing ends, the document opens, and what must hold for
 * every document does. The parser is used again, so that what one page leaves
 * behind would show in the next. */

#include "../unit/document_check.h"
#include "parse/parser.h"
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct parser *parser;
    if (!parser)
        parser = parser_new();
    struct slice source = {(const char *)bytes, length};
    struct buffer first = BUFFER((size_t)1 << 30), second = BUFFER((size_t)1 << 30);
    size_t at, again;
    struct document document;
    if (!parse_document(parser, source, &first, &at) || !document_open(&document, slice_from(buffer_view(&first), at)))
        abort();
    uint32_t where = 0;
    const char *wrong = document_check(&document, &where);
    if (wrong) {
        document_dump(stderr, &document);
        fprintf(stderr, "%s: %u\n", wrong, where);
        abort();
    }
    if (!parse_document(parser, source, &second, &again) || !slice_equal(buffer_view(&first), buffer_view(&second)))
        abort();
    buffer_free(&first);
    buffer_free(&second);
    return 0;
}
