#ifndef WAYMARK_WORK_JOIN_H
#define WAYMARK_WORK_JOIN_H

/* Hands outcomes to the caller's hooks, each index once, in order if asked. */

#include "work/work.h"

struct kept_outcome;

struct join {
    const struct work *work;
    bool *done;         /* one for each item; workers read it after a fork */
    uint32_t remaining; /* items that are not done */
    uint32_t failures;
    struct kept_outcome **kept; /* those that came early; NULL unless in_order */
    uint32_t next;              /* the index that the caller waits for */
    bool is_stopped;            /* a hook returned false */
};

void join_begin(struct join *join, const struct work *work);
void join_end(struct join *join);

/* False once a hook has returned false. The item must not be done yet. */
bool join_result(struct join *join, uint32_t index, const struct work_result *result);
bool join_failure(struct join *join, uint32_t index, enum work_failure why, const char *text);

#endif
