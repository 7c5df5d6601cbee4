/* The parse stage: every Markdown blob becomes a document, once. What an earlier
 * run parsed is found in the store by the blob's id; the rest is done by workers,
 * each with a parser and a reader of its own. A file that ends its worker costs
 * that file. */

#include "base/hash.h"
#include "base/limits.h"
#include "base/version.h"
#include "build/build.h"
#include "build/parts.h"
#include "parse/data_document.h"
#include "parse/parser.h"
#include "settle/settle.h"
#include "vary/vary.h"
#include "work/work.h"
#include <stdlib.h>

struct parse_run {
    struct build *build;
    uint32_t *missing;      /* parsed[] indexes that are not in the store */
    bool *is_missing;       /* for each parsed[] index */
    uint32_t *numbers;      /* segment of each worker */
    struct store_place *places; /* one for each parsed[] index; segment 0: failed */
    /* In a worker. */
    struct source_reader *reader;
    struct parser *parser;
    struct buffer source, sealed;
};

static struct key parse_key(const struct file_entry *file)
{
    struct {
        unsigned char id[20];
        char program[16]; /* another program may parse otherwise */
        uint32_t format, kind;
    } input = {.format = DOCUMENT_FORMAT, .kind = file->kind};
    memcpy(input.program, waymark_sources_id, sizeof input.program);
    memcpy(input.id, file->id.bytes, sizeof input.id);
    return key_of((struct slice){(const char *)&input, sizeof input});
}

static bool begin_worker(void *context, uint32_t worker, struct buffer *error)
{
    struct parse_run *run = context;
    (void)worker;
    store_leave(run->build->store);
    run->reader = source_reader_open(&run->build->files);
    run->parser = parser_new();
    buffer_init(&run->source, LIMIT_BLOB_BYTES);
    buffer_init(&run->sealed, (size_t)1 << 31);
    if (!run->reader)
        buffer_text(error, "cannot open the sources");
    return run->reader != NULL;
}

/* The payload is what the reader had to say; the part is the document. */
static bool parse_item(void *context, uint32_t index, struct work_product *product)
{
    struct parse_run *run = context;
    const struct file_entry *file = &run->build->files.items[run->build->parsed[run->missing[index]].file];
    struct diag_list diags = {0};
    size_t at = 0;
    buffer_clear(&run->source);
    buffer_clear(&run->sealed);
    bool ok = source_reader_read(run->reader, file, &run->source, &diags);
    if (ok && file->kind == FILE_DATA)
        parse_data_document(run->parser, buffer_view(&run->source), &run->sealed, &at);
    else if (ok)
        parse_document(run->parser, buffer_view(&run->source), &run->sealed, &at);
    for (size_t i = 0; i < diags.count; i++)
        diag_write(work_payload(product), &diags.items[i]);
    diag_list_free(&diags);
    if (!ok)
        return true;
    return work_append(product, slice_from(buffer_view(&run->sealed), at));
}

static bool take_diags(struct diag_list *diags, struct slice payload)
{
    while (payload.length)
        if (!diag_read(diags, &payload))
            return false;
    return true;
}

static bool parse_joined(void *context, uint32_t index, const struct work_result *result)
{
    struct parse_run *run = context;
    struct build *build = run->build;
    if (!take_diags(&build->diags, result->payload))
        return diag_add(&build->diags, DIAG_INTERNAL, PLACE_RUN, "a worker reported what is no diagnostic");
    if (result->part_count != 1)
        return true;
    const struct work_part *part = &result->parts[0];
    uint32_t parsed = run->missing[index];
    run->places[parsed] = (struct store_place){run->numbers[part->worker], part->offset, part->length, part->checksum};
    store_add(build->store, build->parsed[parsed].key, run->places[parsed]);
    build->stats.documents_parsed++;
    return true;
}

static bool parse_failed(void *context, uint32_t index, enum work_failure why, const char *text)
{
    struct parse_run *run = context;
    struct build *build = run->build;
    struct diag_file file = {file_label(build, build->parsed[run->missing[index]].file), SLICE("")};
    diag_add(&build->diags, DIAG_DOCUMENT_REFUSED, place_file(&file), "the file could not be read as Markdown: %s", text);
    diag_help(&build->diags, why == WORK_NO_MEMORY || why == WORK_TOO_SLOW ? "split it, or take out what repeats itself thousands of times"
                                                                           : "shorten the file until the part that does this is found");
    return true;
}

static bool parse_missing(struct parse_run *run, uint32_t count)
{
    struct build *build = run->build;
    uint32_t workers = work_worker_count(build->options.jobs, count);
    if (workers == 0)
        return true;
    int *descriptors = ARENA_ARRAY(&build->arena, int, workers);
    run->numbers = ARENA_ARRAY(&build->arena, uint32_t, workers);
    if (!store_segments_open(build->store, workers, descriptors, run->numbers, &build->diags))
        return false;
    struct work work = {.name = "parse", .count = count, .jobs = build->options.jobs, .in_order = true,
                        .worker_bytes = LIMIT_WORKER_BYTES, .item_seconds = LIMIT_DOCUMENT_SECONDS, .segments = descriptors,
                        .context = run, .begin = begin_worker, .item = parse_item, .joined = parse_joined, .failed = parse_failed};
    bool ok = work_run(&work, NULL, &build->diags);
    return store_segments_map(build->store, &build->diags) && ok;
}

/* Made in this run: what a worker hands over is checked whole, what lay in the store as far as it is read here. */
static bool is_new(const struct parse_run *run, uint32_t index)
{
    return run->is_missing[index];
}

/* Opens every document that was found or made; those that are none are dropped. */
static bool open_documents(struct parse_run *run, uint32_t count)
{
    struct build *build = run->build;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct parsed_document *parsed = &build->parsed[i];
        struct slice bytes;
        if (run->places[i].segment == 0)
            continue;
        if (!store_bytes(build->store, run->places[i], &bytes) || !(is_new(run, i) ? document_open : document_open_facts)(&parsed->facts, bytes)) {
            struct diag_file file = {file_label(build, parsed->file), SLICE("")};
            diag_add(&build->diags, DIAG_DOCUMENT_REFUSED, place_file(&file), "the parsed document is damaged");
            diag_help(&build->diags, "run again with --clean");
            continue;
        }
        if (is_new(run, i))
            build->stats.bytes_parsed += document_file_bytes(&parsed->facts).length;
        if (!(parsed->facts.flags & DOCUMENT_NO_PAGE))
            build->parsed[kept++] = *parsed;
    }
    build->parsed_count = kept;
    return true;
}

/* A finding of the parser becomes a diagnostic once the file's path is known. */
static void report_findings(struct build *build)
{
    for (uint32_t i = 0; i < build->parsed_count; i++) {
        const struct document *facts = &build->parsed[i].facts;
        if (facts->finding_count == 0)
            continue;
        struct diag_file file = {file_label(build, build->parsed[i].file), document_file_bytes(facts)};
        for (uint32_t j = 0; j < facts->finding_count; j++) {
            const struct finding *finding = &facts->findings[j];
            struct slice text = document_text(facts, finding->text), help = document_text(facts, finding->help);
            diag_add(&build->diags, (enum diag_code)finding->code, (struct place){&file, finding->at, finding->length},
                     "%.*s", SLICE_ARGS(text));
            if (help.length)
                diag_help(&build->diags, "%.*s", SLICE_ARGS(help));
        }
    }
}

/* A data file may be a document (a questionnaire), unless it is one of those at the root of a source that settle reads. */
static bool may_be_document(const struct file_entry *file)
{
    struct settle_source none = {0};
    return file->kind == FILE_DATA && !settle_file(&none, file->path);
}

bool build_documents(struct build *build)
{
    double start = now_seconds();
    uint32_t count = 0, missing = 0;
    build->parsed = ARENA_ARRAY(&build->arena, struct parsed_document, build->files.count + 1);
    for (uint32_t i = 0; i < build->files.count; i++)
        if (build->files.items[i].kind == FILE_DOCUMENT || may_be_document(&build->files.items[i]))
            build->parsed[count++] = (struct parsed_document){.file = i, .key = parse_key(&build->files.items[i])};
    struct parse_run run = {.build = build};
    run.missing = ARENA_ARRAY(&build->arena, uint32_t, count + 1);
    run.is_missing = ARENA_ARRAY(&build->arena, bool, count + 1);
    run.places = ARENA_ARRAY(&build->arena, struct store_place, count + 1);
    for (uint32_t i = 0; i < count; i++)
        if (!store_find(build->store, build->parsed[i].key, &run.places[i])) {
            run.places[i].segment = 0;
            run.is_missing[i] = true;
            run.missing[missing++] = i;
        }
    build->stats.files = build->files.count;
    bool ok = parse_missing(&run, missing) && open_documents(&run, count) && store_commit(build->store, false, &build->diags);
    if (ok)
        report_findings(build);
    build->stats.documents = build->parsed_count;
    build->stats.seconds[STAGE_PARSE] += now_seconds() - start;
    return ok;
}
