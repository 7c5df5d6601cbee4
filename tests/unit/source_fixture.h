#ifndef WAYMARK_TESTS_UNIT_SOURCE_FIXTURE_H
#define WAYMARK_TESTS_UNIT_SOURCE_FIXTURE_H

/* A folder of its own for each test, filled by shell commands, and a site with a
 * few sources in it. Needs git on PATH. */

#include "base/arena.h"
#include "base/diag.h"
#include "source/source.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka.h wants the four above it. */
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FIXTURE_SOURCES_MOST = 8 };

struct fixture {
    char folder[64];
    struct arena arena;
    struct diag_list diags;
    struct site_config config;
    struct source_spec sources[FIXTURE_SOURCES_MOST];
    struct source_options options;
    struct file_list list;
};

/* Runs `script` by sh -e in the fixture's folder; its failure is the test's. */
__attribute__((unused)) static void sh(const struct fixture *fixture, const char *script)
{
    char head[400];
    snprintf(head, sizeof head,
             "set -e; cd %s; unset GIT_DIR; export HOME=%s/home GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=A "
             "GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=C GIT_COMMITTER_EMAIL=c@example.org\n",
             fixture->folder, fixture->folder);
    size_t length = strlen(head) + strlen(script) + 1;
    char *whole = memory_get(length);
    snprintf(whole, length, "%s%s", head, script);
    int status = system(whole);
    if (status != 0)
        fail_msg("status %d of: %s", status, script);
    free(whole);
}

__attribute__((unused)) static int fixture_begin(void **state)
{
    struct fixture *fixture = memory_get(sizeof *fixture);
    *fixture = (struct fixture){.folder = "/tmp/waymark-test-XXXXXX"};
    if (!mkdtemp(fixture->folder))
        return -1;
    fixture->config = (struct site_config){
        .root = fixture->folder, .theme = "themes/default", .output_dir = "public", .sources = fixture->sources};
    fixture->config.file = (struct diag_file){.path = "waymark.yaml", .bytes = SLICE("version: 1\n")};
    sh(fixture, "mkdir home; git config --global init.defaultBranch main");
    *state = fixture;
    return 0;
}

__attribute__((unused)) static int fixture_end(void **state)
{
    struct fixture *fixture = *state;
    char command[200];
    snprintf(command, sizeof command, "chmod -R u+rwX %s; rm -rf %s", fixture->folder, fixture->folder);
    int status = system(command);
    diag_list_free(&fixture->diags);
    arena_free(&fixture->arena);
    free(fixture);
    return status;
}

__attribute__((unused)) static struct source_spec *add_source(struct fixture *fixture, const char *name,
                                                              const char *url, const char *ref, const char *path)
{
    struct source_spec *spec = &fixture->sources[fixture->config.source_count++];
    *spec = (struct source_spec){.name = name, .url = url, .ref = ref, .path = path, .edit = ""};
    return spec;
}

/* Reads all sources anew. */
__attribute__((unused)) static bool read_all(struct fixture *fixture)
{
    diag_list_free(&fixture->diags);
    return sources_read(&fixture->list, &fixture->arena, &fixture->config, &fixture->options, &fixture->diags);
}

/* "label path|label path|…" of all files, in `arena`. */
__attribute__((unused)) static const char *paths_of(struct fixture *fixture)
{
    struct buffer text = BUFFER(1 << 20);
    for (uint32_t i = 0; i < fixture->list.count; i++) {
        const struct file_entry *file = &fixture->list.items[i];
        buffer_printf(&text, "%s%s%.*s", i ? "|" : "", fixture->list.sources[file->source].label,
                      SLICE_ARGS(file->path));
    }
    const char *copy = arena_copy(&fixture->arena, buffer_string(&text), text.length);
    buffer_free(&text);
    return copy;
}

/* "code path: text" of all diagnostics, one a line. */
__attribute__((unused)) static const char *diags_of(struct fixture *fixture)
{
    struct buffer text = BUFFER(1 << 20);
    for (size_t i = 0; i < fixture->diags.count; i++) {
        const struct diag *diag = &fixture->diags.items[i];
        buffer_printf(&text, "%s %s: %s\n", diag_word(diag->code), diag->path ? diag->path : "-", diag->text);
    }
    const char *copy = arena_copy(&fixture->arena, buffer_string(&text), text.length);
    buffer_free(&text);
    return copy;
}

__attribute__((unused)) static void expect_diag(struct fixture *fixture, enum diag_code code, const char *part)
{
    for (size_t i = 0; i < fixture->diags.count; i++)
        if (fixture->diags.items[i].code == code && strstr(fixture->diags.items[i].text, part))
            return;
    fail_msg("no %s with '%s' among:\n%s", diag_word(code), part, diags_of(fixture));
}

__attribute__((unused)) static void expect_no_diags(struct fixture *fixture)
{
    if (fixture->diags.count)
        fail_msg("unexpected:\n%s", diags_of(fixture));
}

/* The bytes of a file through a reader of its own, or NULL when it cannot be read. */
__attribute__((unused)) static const char *bytes_of(struct fixture *fixture, const char *path)
{
    struct source_reader *reader = source_reader_open(&fixture->list);
    struct buffer out = BUFFER(300 << 20);
    const char *copy = NULL;
    for (uint32_t i = 0; i < fixture->list.count; i++) {
        const struct file_entry *file = &fixture->list.items[i];
        if (slice_is(file->path, path) && source_reader_read(reader, file, &out, &fixture->diags))
            copy = arena_copy(&fixture->arena, buffer_string(&out), out.length);
    }
    source_reader_close(reader);
    buffer_free(&out);
    return copy;
}

#endif
