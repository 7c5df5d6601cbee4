#ifndef WAYMARK_SOURCE_TRANSFER_PARTS_H
#define WAYMARK_SOURCE_TRANSFER_PARTS_H

/* What the files of a transfer share: transfer.c is the process and the order of
 * things, transfer_connect.c talks to the server, transfer_refs.c chooses the
 * commit, judges it, and moves branches and tags. */

#include "source/auth.h"
#include "source/transfer.h"

struct transfer {
    const struct transfer_job *job;
    int pipe;
    struct arena arena;
    struct diag_list diags;
    struct auth auth;
    struct repository repository;
    git_remote *remote;
    const git_remote_head **heads; /* of the remote; owned by `remote` */
    size_t head_count;
    const char *default_branch; /* "refs/heads/main", or "" */
    struct transfer_numbers numbers;
    int64_t beaten_ms;
    bool is_over_cap;
    bool is_damaged; /* a fresh mirror may help */
    struct transfer_result result;
};

struct target {
    const char *ref; /* of the mirror that names it: "refs/heads/main"; "" when none does */
    git_oid object;  /* what the ref will name: a commit or a tag */
    git_oid commit;
};

struct place transfer_place(const struct transfer *transfer); /* of the source in waymark.yaml */
/* Tells the parent what has been received, at most a few times a second unless
 * `is_due`. */
void transfer_send_numbers(struct transfer *transfer, bool is_due);

/* Connects, and fills in heads and default_branch. False with a diagnostic. */
bool transfer_connect(struct transfer *transfer);
/* Brings all branches and tags into the object database; no ref moves. */
bool transfer_download(struct transfer *transfer);
/* Is it a branch or tag that a mirror has? Others are left out. */
bool transfer_mirrors(const char *ref);
/* What the remote has under this name, or NULL. */
const git_oid *transfer_find_head(const struct transfer *transfer, const char *ref);

/* The commit that the source's `ref` names there, or the one of waymark.lock. */
bool transfer_choose(struct transfer *transfer, struct target *target);
/* Does it descend from what was there? Do the tags of releases stay? */
bool transfer_check(struct transfer *transfer, const struct target *target);
/* Makes the mirror's branches and tags those of the remote; the target's last. */
bool transfer_move(struct transfer *transfer, const struct target *target);

#endif
