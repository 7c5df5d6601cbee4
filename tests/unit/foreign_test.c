/* Properties that must hold for Markdown that none of us wrote: what the machine
 * has (documentation of packages, node modules), this repository's own, and the
 * folders that WAYMARK_FOREIGN names (separated by colons).
 *
 * For every file: sections tile the body, places nest, parsing it again gives the
 * same bytes; without overlays it resolves to its own bytes; its merged text
 * parses to the same canonical form; changes of its form do not change its
 * meaning; its HTML is well formed. WAYMARK_FOREIGN_SECONDS (default 40) ends it
 * early on slow machines; how many files were read is printed. */

#include "base/arena.h"
#include "base/limits.h"
#include "document_check.h"
#include "html_check.h"
#include "model/canonical.h"
#include "parse/parser.h"
#include "render/html.h"
#include "vary/resolve_markdown.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka.h wants the four above it. */
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

enum { FILES_MOST = 20000, WRONG_MOST = 20 };

struct trial {
    struct parser *parser;
    struct arena names;
    const char **paths;
    size_t path_count, path_capacity;
    struct buffer sealed[2], canonical[2], text, html, mutated;
    unsigned wrong;
};

/* ---- finding files ---- */

static void find(struct trial *trial, const char *folder, unsigned depth)
{
    DIR *entries = opendir(folder);
    if (!entries || depth > 12) {
        if (entries)
            closedir(entries);
        return;
    }
    for (struct dirent *entry; (entry = readdir(entries)) && trial->path_count < FILES_MOST;) {
        if (entry->d_name[0] == '.')
            continue;
        const char *path = arena_printf(&trial->names, "%s/%s", folder, entry->d_name);
        struct stat status;
        size_t length = strlen(path);
        if (lstat(path, &status) != 0)
            continue;
        if (S_ISDIR(status.st_mode)) {
            find(trial, path, depth + 1);
        } else if (S_ISREG(status.st_mode) && length > 3 && strcmp(path + length - 3, ".md") == 0 &&
                   status.st_size < LIMIT_BLOB_BYTES) {
            if (trial->path_count == trial->path_capacity)
                LIST_GROW(trial->paths, trial->path_count, trial->path_capacity);
            trial->paths[trial->path_count++] = path;
        }
    }
    closedir(entries);
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int set_up(void **state)
{
    struct trial *trial = calloc(1, sizeof *trial);
    const char *extra = getenv("WAYMARK_FOREIGN");
    char *folders = strdup(extra ? extra : "");
    for (char *folder = strtok(folders, ":"); folder; folder = strtok(NULL, ":"))
        find(trial, folder, 0);
    find(trial, "content", 0);
    find(trial, "tests", 0);
    find(trial, "/usr/share/doc", 0);
    find(trial, "/usr/lib/node_modules", 0);
    find(trial, "/usr/share/nodejs", 0);
    free(folders);
    qsort(trial->paths, trial->path_count, sizeof *trial->paths, compare_paths);
    for (unsigned i = 0; i < 2; i++)
        trial->sealed[i].most_bytes = trial->canonical[i].most_bytes = (size_t)1 << 30;
    trial->text.most_bytes = trial->html.most_bytes = trial->mutated.most_bytes = (size_t)1 << 30;
    trial->parser = parser_new();
    *state = trial;
    return 0;
}

static int tear_down(void **state)
{
    struct trial *trial = *state;
    for (unsigned i = 0; i < 2; i++) {
        buffer_free(&trial->sealed[i]);
        buffer_free(&trial->canonical[i]);
    }
    buffer_free(&trial->text);
    buffer_free(&trial->html);
    buffer_free(&trial->mutated);
    parser_free(trial->parser);
    arena_free(&trial->names);
    free(trial->paths);
    free(trial);
    return 0;
}

/* ---- the properties ---- */

static bool parse_into(struct trial *trial, unsigned which, struct slice source, struct document *document)
{
    size_t at;
    buffer_clear(&trial->sealed[which]);
    if (!parse_document(trial->parser, source, &trial->sealed[which], &at) ||
        !document_open(document, slice_from(buffer_view(&trial->sealed[which]), at)))
        return false;
    buffer_clear(&trial->canonical[which]);
    canonical_page(&trial->canonical[which], document, NULL);
    return true;
}

static void report(struct trial *trial, const char *path, const char *property)
{
    struct slice a = buffer_view(&trial->canonical[0]), b = buffer_view(&trial->canonical[1]);
    size_t at = 0;
    while (at < a.length && at < b.length && a.at[at] == b.at[at])
        at++;
    size_t from = at > 100 ? at - 100 : 0;
    a = slice_from(a, from);
    b = slice_from(b, from);
    print_error("%s: %s\n--- first\n%.*s\n--- second\n%.*s\n", path, property, (int)(a.length > 300 ? 300 : a.length),
                a.at, (int)(b.length > 300 ? 300 : b.length), b.at);
    if (++trial->wrong >= WRONG_MOST)
        fail_msg("%u files", trial->wrong);
}

static void compare(struct trial *trial, struct slice source, const char *path, const char *property)
{
    struct document document;
    if (!parse_into(trial, 1, source, &document) ||
        !slice_equal(buffer_view(&trial->canonical[0]), buffer_view(&trial->canonical[1])))
        report(trial, path, property);
}

static void check_document(struct trial *trial, struct slice source, const struct document *document, const char *path)
{
    uint32_t where = 0;
    const char *wrong = document_check(document, &where);
    if (wrong)
        report(trial, path, wrong);
    size_t at;
    buffer_clear(&trial->sealed[1]);
    if (!parse_document(trial->parser, source, &trial->sealed[1], &at) ||
        !slice_equal(slice_from(buffer_view(&trial->sealed[1]), at), document->bytes))
        report(trial, path, "parsed again it is another document");
}

static void check_resolve(struct trial *trial, const struct page *page, const char *path)
{
    const struct document *document = &page->documents[0];
    buffer_clear(&trial->text);
    resolve_markdown(&trial->text, page, RESOLVE_RAW, NULL);
    if (!slice_equal(buffer_view(&trial->text), slice_from(document->source, document->body_at)) &&
        document->node_count > 1)
        report(trial, path, "does not resolve to its own bytes");
    buffer_clear(&trial->text);
    resolve_markdown(&trial->text, page, RESOLVE_MERGED, NULL);
    compare(trial, buffer_view(&trial->text), path, "its merged text means something else");
}

static void check_html(struct trial *trial, const struct page *page, const char *path)
{
    static const struct html_hooks no_answers = {0};
    const struct html_hooks *with[] = {&no_answers, NULL};
    for (unsigned i = 0; i < 2; i++) {
        buffer_clear(&trial->html);
        html_render(&trial->html, &(struct html_input){.page = page, .hooks = with[i]});
        if (!html_check_report(buffer_view(&trial->html), path) && ++trial->wrong >= WRONG_MOST)
            fail_msg("%u files", trial->wrong);
    }
}

/* ---- changes of form ---- */

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* A line that would become a directive or a definition if it ended earlier. */
static bool is_touchy(struct slice source, uint32_t at)
{
    while (at > 0 && source.at[at - 1] != '\n')
        at--;
    while (at < source.length && source.at[at] && strchr(" \t>-+*0123456789.)", source.at[at]))
        at++;
    return at < source.length && (source.at[at] == ':' || source.at[at] == '[');
}

/* Blanks between words of paragraphs become line ends; what then begins a line
 * is a letter, so nothing begins there but the rest of the paragraph. */
static void mutate_wrap(const struct document *document, char *bytes)
{
    bool in_paragraph = false;
    for (uint32_t i = 0; i < document->node_count; i++) {
        const struct node *node = &document->nodes[i];
        if (node->type < NODE_TEXT)
            in_paragraph = node->type == NODE_PARAGRAPH;
        if (node->type != NODE_TEXT || !in_paragraph || !(node->flags & NODE_IN_SOURCE))
            continue;
        for (uint32_t at = node->text + 3; at + 3 < node->text + node->text_bytes; at++)
            if (bytes[at] == ' ' && is_letter(bytes[at - 1]) && is_letter(bytes[at + 1]) && is_letter(bytes[at + 2]) &&
                !is_touchy(document->source, at))
                bytes[at] = '\n';
    }
}

/* Each bullet becomes the next of `-+*`, so neighbouring lists stay apart. */
static void mutate_bullets(const struct document *document, char *bytes)
{
    uint32_t line_done = UINT32_MAX;
    for (uint32_t i = 0; i < document->node_count; i++) {
        const struct node *node = &document->nodes[i], *child = node + 1;
        if (node->type != NODE_ITEM || node->at == line_done || node->length == 0)
            continue;
        line_done = node->at;
        uint32_t at = node->at;
        while (bytes[at] == ' ')
            at++;
        if (!strchr("-+*", bytes[at]) || i + 2 >= node->end || child->type != NODE_PARAGRAPH ||
            child[1].type != NODE_TEXT || !is_letter(bytes[at + 2]))
            continue;
        bytes[at] = bytes[at] == '-' ? '+' : bytes[at] == '+' ? '*' : '-';
    }
}

static bool is_apart(const char *bytes, uint32_t at)
{
    return strchr(" \n.,;", bytes[at]) && bytes[at];
}

static void mutate_emphasis(const struct document *document, char *bytes)
{
    for (uint32_t i = 0; i < document->node_count; i++) {
        const struct node *node = &document->nodes[i];
        uint32_t marks = node->type == NODE_STRONG ? 2 : 1;
        if ((node->type != NODE_EMPH && node->type != NODE_STRONG) || node->end != i + 2 || node[1].type != NODE_TEXT ||
            node->length < 2 * marks + 1 || node->at == 0)
            continue;
        uint32_t end = node->at + node->length;
        bool plain = is_apart(bytes, node->at - 1) && end < document->source.length && is_apart(bytes, end);
        for (uint32_t at = node->at + marks; at < end - marks; at++)
            plain &= is_letter(bytes[at]) || bytes[at] == ' ';
        plain &= bytes[node->at] == bytes[end - 1] && is_letter(bytes[node->at + marks]) &&
                 is_letter(bytes[end - marks - 1]);
        char mark = bytes[node->at] == '*' ? '_' : '*';
        for (uint32_t k = 0; k < marks && plain; k++)
            bytes[node->at + k] = bytes[end - 1 - k] = mark;
    }
}

static void mutate_headings(const struct document *document, char *bytes)
{
    bool in_heading = false;
    uint32_t link_end = 0;
    for (uint32_t i = 0; i < document->node_count; i++) {
        const struct node *node = &document->nodes[i];
        if (node->type < NODE_TEXT)
            in_heading = node->type == NODE_HEADING;
        if (node->type == NODE_LINK || node->type == NODE_IMAGE)
            link_end = node->end;
        if (node->type != NODE_TEXT || !in_heading || !(node->flags & NODE_IN_SOURCE) || i < link_end)
            continue;
        for (uint32_t at = node->text; at < node->text + node->text_bytes; at++)
            if (bytes[at] >= 'a' && bytes[at] <= 'z')
                bytes[at] = (char)(bytes[at] - 'a' + 'A');
    }
}

static void check_mutations(struct trial *trial, const struct document *document, const char *path)
{
    static const struct {
        void (*mutate)(const struct document *document, char *bytes);
        const char *property;
    } mutations[] = {
        {mutate_wrap, "wrapped anew it means something else"},
        {mutate_bullets, "with other bullets it means something else"},
        {mutate_emphasis, "with other marks of emphasis it means something else"},
        {mutate_headings, "with capital headings it means something else"},
    };
    for (unsigned i = 0; i < sizeof mutations / sizeof *mutations; i++) {
        buffer_clear(&trial->mutated);
        buffer_slice(&trial->mutated, document->source);
        if (trial->mutated.length == 0)
            continue;
        mutations[i].mutate(document, trial->mutated.at);
        compare(trial, buffer_view(&trial->mutated), path, mutations[i].property);
    }
}

/* ---- */

static void test_files(void **state)
{
    struct trial *trial = *state;
    const char *seconds = getenv("WAYMARK_FOREIGN_SECONDS");
    time_t deadline = time(NULL) + (seconds ? atol(seconds) : 40);
    size_t done = 0, refused = 0;
    /* A stride that shares no factor with most counts: an early end leaves no folder out. */
    for (size_t k = 0; k < trial->path_count && time(NULL) < deadline; k++) {
        const char *path = trial->paths[trial->path_count % 7919 ? k * 7919 % trial->path_count : k];
        FILE *file = fopen(path, "rb");
        struct buffer source = BUFFER(LIMIT_BLOB_BYTES);
        char block[65536];
        for (size_t got; file && (got = fread(block, 1, sizeof block, file)) > 0;)
            buffer_append(&source, block, got);
        if (file)
            fclose(file);
        struct document document;
        if (!parse_into(trial, 0, buffer_view(&source), &document)) {
            report(trial, path, "does not open");
            buffer_free(&source);
            continue;
        }
        struct page page = {.documents = &document, .document_count = 1, .language = LANGUAGE_NONE};
        struct passage whole = passage_whole(&page, 0);
        page.passages = &whole;
        page.passage_count = 1;
        refused += document.node_count <= 1;
        check_document(trial, buffer_view(&source), &document, path);
        check_resolve(trial, &page, path);
        check_html(trial, &page, path);
        check_mutations(trial, &document, path);
        buffer_free(&source);
        done++;
    }
    print_message("%zu files of %zu, %zu of them empty or refused\n", done, trial->path_count, refused);
    assert_int_equal(trial->wrong, 0);
    assert_true(done > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_files)};
    return cmocka_run_group_tests_name("foreign", tests, set_up, tear_down);
}
