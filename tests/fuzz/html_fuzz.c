/* Any bytes, parsed and rendered, are the HTML of a body and nothing else; and
 * what resolve prints of them can be parsed again. The first byte picks the hooks. */

#include "../unit/html_check.h"
#include "base/limits.h"
#include "parse/parser.h"
#include "render/html.h"
#include "vary/resolve_markdown.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static bool resolve(void *context, const struct html_where *where, const struct reference *reference,
                    struct html_target *out)
{
    (void)context;
    /* What a hook must never do: hand the writer's text back as it is. */
    out->href = out->text = out->title = out->language = document_text(where->document, reference->target);
    return reference->target.length % 3 != 0;
}

static bool parameter(void *context, const struct html_where *where, struct slice name, struct html_parameter *out)
{
    (void)context;
    (void)where;
    out->text = name;
    out->is_filled = name.length % 2;
    return name.length % 3 != 0;
}

static bool condition(void *context, const struct html_where *where, const struct directive *directive, bool *is_shown)
{
    (void)context;
    (void)where;
    *is_shown = directive->attribute_count % 2;
    return true;
}

static void check(bool holds, const char *what, const uint8_t *bytes, size_t length)
{
    if (holds)
        return;
    fprintf(stderr, "%s:\n%.*s\n", what, (int)length, (const char *)bytes);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const struct html_hooks hooks = {.resolve = resolve, .parameter = parameter, .condition = condition};
    static const struct html_hooks no_answers = {0};
    static const struct html_hooks *const choices[] = {&hooks, &no_answers, NULL};
    static struct parser *parser;
    static struct buffer sealed[2], html, text;
    if (!parser) {
        parser = parser_new();
        for (unsigned i = 0; i < 2; i++)
            sealed[i].most_bytes = (size_t)1 << 30;
        html.most_bytes = text.most_bytes = (size_t)1 << 30;
    }
    if (length == 0)
        return 0;
    unsigned choice = bytes[0] % 3;
    struct slice source = {(const char *)bytes + 1, length - 1};
    struct document documents[2];
    struct html_facts facts = {.want_text = true};
    size_t at;
    buffer_clear(&sealed[0]);
    check(parse_document(parser, source, &sealed[0], &at), "it does not parse", bytes, length);
    check(document_open(&documents[0], slice_from(buffer_view(&sealed[0]), at)), "it does not open", bytes, length);
    struct page page = {.documents = documents, .document_count = 1, .language = LANGUAGE_NONE};
    struct passage whole = passage_whole(&page, 0);
    page.passages = &whole;
    page.passage_count = 1;
    check(page_is_valid(&page), "the page is not valid", bytes, length);

    buffer_clear(&html);
    check(html_render(&html, &(struct html_input){.page = &page, .hooks = choices[choice], .facts = &facts}),
          "it does not render", bytes, length);
    check(html_check_report(buffer_view(&html), "html"), "the HTML is not well formed", bytes, length);
    html_facts_free(&facts);

    buffer_clear(&text);
    resolve_markdown(&text, &page, RESOLVE_MERGED, NULL);
    buffer_clear(&sealed[1]);
    check(parse_document(parser, buffer_view(&text), &sealed[1], &at), "it does not parse again", bytes, length);
    check(document_open(&documents[1], slice_from(buffer_view(&sealed[1]), at)), "it does not open again", bytes,
          length);
    buffer_clear(&text);
    resolve_markdown(&text, &page, RESOLVE_RAW, NULL);
    check(documents[0].node_count <= 1 ||
              slice_equal(buffer_view(&text), slice_from(documents[0].source, documents[0].body_at)),
          "it does not resolve to its own bytes", bytes, length);
    return 0;
}
