#ifndef WAYMARK_BUILD_BUILD_H
#define WAYMARK_BUILD_BUILD_H

/* The order of the stages: the one place that knows it.
 *
 *     build_open      configuration, theme, cache
 *     build_sources   which commits                     read
 *     build_list      which files
 *     build_documents what each file says               parse
 *     build_site      what holds, for whom, how related settle vary extend link
 *     build_outputs   which files the site has          report
 *     build_publish   what changes on disk              render publish
 *
 * Each takes the struct, adds its values and never changes those of an earlier
 * one. Each returns false when the run cannot go on; why stands in `diags`.
 * Errors in the content do not stop it: all problems of a run are found in one. */

#include "base/diag.h"
#include "model/site.h"
#include "publish/publish.h"
#include "render/renderer.h"
#include "script/template.h"
#include "source/source.h"
#include "store/store.h"
#include "vary/vary.h"

struct build_options {
    const char *command;      /* "waymark build", for whoever waits for a lock */
    const char *config_file;
    const char *output;       /* "" = as the configuration says */
    const char *cache;        /* "" = .waymark in the site's folder */
    const char *editions, *language, *as_of;
    const struct source_override *overrides;
    size_t override_count;
    uint32_t jobs;            /* 0: one per core */
    bool worktree, locked, drafts, clean, no_sync, strict;
};

enum build_stage { STAGE_OPEN, STAGE_READ, STAGE_PARSE, STAGE_SETTLE, STAGE_LINK, STAGE_RENDER, STAGE_PUBLISH, STAGE_COUNT };

/* Counts of work are the same on a busy machine; times are not. */
struct build_stats {
    double seconds[STAGE_COUNT];
    uint64_t files, documents, documents_parsed, bytes_parsed;
    uint64_t links_resolved, links_external, links_reported;
    uint64_t outputs, pages, pages_rendered, files_written, files_removed, sums_written, bytes_written;
    uint64_t peak_bytes; /* largest resident set of this process or of one worker */
    bool nothing_to_do;
};

struct build {
    struct build_options options;
    struct arena arena;
    struct diag_list diags;
    struct site_config config;
    struct key config_key;
    const char *cache;         /* folder of cache and mirrors */
    const char *output;        /* absolute */
    const char *const *excludes; /* folders that are no source: the output */
    size_t exclude_count;
    bool is_listed;
    struct stat_cache stats_of_files;
    struct template_engine *engine;
    struct store *store;
    struct publication *publication; /* open between build_sources and the end of a run */
    struct sha256 published;   /* what stands in the output now */
    size_t diags_of_sources;   /* diagnostics that a run says again by itself, before it knows that nothing changed */
    struct file_list files;
    struct history *history;
    struct parsed_document *parsed;
    uint32_t parsed_count;
    struct site site;
    struct render_site render;
    struct build_stats stats;
    bool is_held_back; /* errors in the content: nothing is published */
};

bool build_open(struct build *build, const struct build_options *options);
/* The configuration alone: for commands that touch neither cache nor theme, and so
 * wait for no other build. */
bool build_configure(struct build *build, const struct build_options *options);
bool build_sources(struct build *build);
bool build_list(struct build *build);
bool build_documents(struct build *build);
bool build_site(struct build *build);
bool build_outputs(struct build *build);
bool build_publish(struct build *build);
void build_close(struct build *build);

/* Up to the frozen site, without the dates of commits: for commands that ask it something. */
bool build_read(struct build *build);
/* A run that changes nothing on disk: everything up to the outputs. */
bool build_check(struct build *build);
/* The whole: ends early when nothing has changed since the last publication. */
bool build_run(struct build *build);

const char *build_stage_word(enum build_stage stage);

#endif
