/* A cache entry that something damaged: document_open refuses it, or every index
 * in it may be followed. The input is Markdown, then, after a NUL, what is done to
 * the sealed document: five bytes each, a place and a value. */

#include "base/limits.h"
#include "parse/parser.h"
#include "render/html.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void follow(const struct document *document)
{
    struct page_source origin = {.file = PAGE_NONE, .plugin = PAGE_NONE};
    struct page page = {.documents = document, .sources = &origin, .document_count = 1};
    struct passage passage = passage_whole(&page, 0);
    page.passages = &passage;
    page.passage_count = 1;
    struct buffer html = BUFFER(1 << 20);
    if (page_is_valid(&page))
        html_render(&html, &(struct html_input){.page = &page});
    buffer_free(&html);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct parser *parser;
    if (!parser)
        parser = parser_new();
    struct buffer sealed = BUFFER((size_t)1 << 30);
    struct slice input = {(const char *)bytes, length};
    size_t text = slice_find(input, 0), at;
    if (!parse_document(parser, (struct slice){input.at, text}, &sealed, &at))
        abort();
    struct slice damage = slice_from(input, text + 1);
    size_t room = sealed.length - at;
    for (; damage.length >= 5 && room; damage = slice_from(damage, 5)) {
        uint32_t place;
        memcpy(&place, damage.at, sizeof place);
        sealed.at[at + place % room] = damage.at[4];
    }
    struct document document;
    if (document_open(&document, slice_from(buffer_view(&sealed), at)))
        follow(&document);
    buffer_free(&sealed);
    return 0;
}
