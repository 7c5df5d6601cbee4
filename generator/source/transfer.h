#ifndef WAYMARK_SOURCE_TRANSFER_H
#define WAYMARK_SOURCE_TRANSFER_H

/* One transfer: the child process that brings one mirror up to date, and what it
 * tells its parent on a pipe. */

#include "source/fetch.h"
#include "source/mirror.h"
#include "source/url.h"

struct transfer_job {
    const struct site_config *config;
    const struct source_spec *spec;
    struct remote_url url;
    struct mirror mirror;
    const struct fetch_options *fetch; /* limits filled in */
    const char *const *tags;           /* patterns of the tags that are releases */
    size_t tag_count;
    const unsigned char *locked; /* the commit of waymark.lock, or NULL */
};

enum transfer_kind { TRANSFER_PROGRESS, TRANSFER_DIAG, TRANSFER_RESULT, TRANSFER_KINDS };

/* On the pipe: this head, then `length` bytes. */
struct transfer_frame {
    uint32_t kind, length;
};
enum { TRANSFER_FRAME_MOST_BYTES = 256 << 10 };

struct transfer_numbers { /* TRANSFER_PROGRESS */
    uint64_t received_bytes;
    uint32_t received_objects, total_objects, resolved_deltas, total_deltas;
};

struct transfer_result { /* TRANSFER_RESULT; comes last, and not at all after a failure */
    uint32_t state;      /* FETCH_NEW, FETCH_UNCHANGED or FETCH_UPDATED */
    unsigned char before[20], after[20];
    uint64_t received_bytes;
};

/* What the parent has heard so far. */
struct transfer_news {
    struct transfer_numbers numbers;
    struct transfer_result result;
    bool has_numbers, has_result, is_told; /* told: a diagnostic came */
};

/* Takes whole frames from the front of `input`; diagnostics go to `diags`. False
 * when it is not what a transfer sends: that child is not to be believed. */
bool transfer_take(struct transfer_news *news, struct buffer *input, struct diag_list *diags);

/* Runs in the child; does not return. */
void transfer_run(const struct transfer_job *job, int pipe) __attribute__((noreturn));

#endif
