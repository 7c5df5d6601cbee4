/* `waymark render --bare FILE|-`: one document's HTML, without site and theme. */

#include "base/file.h"
#include "base/limits.h"
#include "commands/command.h"
#include "parse/parser.h"
#include "render/html.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static bool read_input(const char *path, struct buffer *out)
{
    if (strcmp(path, "-") == 0)
        return file_read_rest(STDIN_FILENO, out);
    return file_read(AT_FDCWD, path, out);
}

static void take_findings(const struct document *document, const char *path, struct diag_list *diags)
{
    struct diag_file file = {path, document->source};
    for (uint32_t i = 0; i < document->finding_count; i++) {
        const struct finding *finding = &document->findings[i];
        struct slice text = document_text(document, finding->text), help = document_text(document, finding->help);
        diag_add(diags, (enum diag_code)finding->code, (struct place){&file, finding->at, finding->length}, "%.*s", SLICE_ARGS(text));
        if (help.length)
            diag_help(diags, "%.*s", SLICE_ARGS(help));
    }
}

static int render(const struct command_line *line, struct slice source, const char *path)
{
    struct parser *parser = parser_new();
    struct buffer sealed = BUFFER((size_t)1 << 31), html = BUFFER(LIMIT_PAGE_BYTES);
    struct diag_list diags = {0};
    struct document document;
    size_t at = 0;
    bool ok = parse_document(parser, source, &sealed, &at) && document_open(&document, slice_from(buffer_view(&sealed), at));
    if (ok) {
        struct page_source origin = {PAGE_NONE, PAGE_NONE, EDITION_NONE, LANGUAGE_NONE};
        struct page page = {.documents = &document, .sources = &origin, .document_count = 1, .edition = EDITION_NONE, .language = LANGUAGE_NONE};
        struct passage passage = passage_whole(&page, 0);
        page.passages = &passage;
        page.passage_count = 1;
        struct html_input input = {.page = &page};
        ok = html_render(&html, &input);
        take_findings(&document, path, &diags);
    }
    if (ok)
        fwrite(buffer_string(&html), 1, html.length, stdout);
    else
        diag_add(&diags, DIAG_DOCUMENT_REFUSED, PLACE_RUN, "the file is too large");
    struct diag_levels levels = {0};
    int status = command_report(line, &diags, &levels);
    diag_list_free(&diags);
    buffer_free(&html);
    buffer_free(&sealed);
    parser_free(parser);
    return status;
}

int command_render(const struct command_line *line)
{
    const char *path = line->argument_count ? line->arguments[0] : "-";
    struct buffer source = BUFFER(LIMIT_BLOB_BYTES);
    if (!line->bare) {
        fprintf(stderr, "error: `render` prints bare HTML only [usage]\n    help: waymark render --bare %s; `waymark build` makes whole pages\n", path);
        return EXIT_USAGE_OR_CONFIG;
    }
    if (!read_input(path, &source)) {
        fprintf(stderr, "error: cannot read '%s': %s [usage]\n", path, strerror(errno));
        buffer_free(&source);
        return EXIT_USAGE_OR_CONFIG;
    }
    int status = render(line, buffer_view(&source), strcmp(path, "-") == 0 ? "standard input" : path);
    buffer_free(&source);
    return status;
}
