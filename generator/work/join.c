/* See join.h. An outcome that comes early is copied into one block; workers take
 * indexes in rising order, so few do. */

#include "work/join.h"
#include "base/arena.h"
#include <stdlib.h>

struct kept_outcome {
    bool is_failure;
    enum work_failure why;
    struct work_part parts[WORK_PARTS_MOST];
    uint32_t part_count;
    size_t length;
    char bytes[]; /* the payload, or the text with its NUL */
};

void join_begin(struct join *join, const struct work *work)
{
    *join = (struct join){.work = work, .remaining = work->count};
    join->done = calloc(work->count, sizeof *join->done);
    if (work->in_order)
        join->kept = calloc(work->count, sizeof *join->kept);
    if (!join->done || (work->in_order && !join->kept))
        memory_exhausted();
}

void join_end(struct join *join)
{
    for (uint32_t i = 0; join->kept && i < join->work->count; i++)
        free(join->kept[i]);
    free(join->kept);
    free(join->done);
    *join = (struct join){0};
}

static struct kept_outcome *keep(struct slice bytes)
{
    struct kept_outcome *kept = memory_get(sizeof *kept + bytes.length + 1);
    *kept = (struct kept_outcome){.length = bytes.length};
    if (bytes.length > 0)
        memcpy(kept->bytes, bytes.at, bytes.length);
    kept->bytes[bytes.length] = 0;
    return kept;
}

static bool tell(struct join *join, uint32_t index, const struct kept_outcome *kept)
{
    if (kept->is_failure)
        return join->work->failed(join->work->context, index, kept->why, kept->bytes);
    struct work_result result = {{kept->bytes, kept->length}, kept->parts, kept->part_count};
    return join->work->joined(join->work->context, index, &result);
}

/* After the outcome of `next` was told: those behind it that wait. */
static bool tell_waiting(struct join *join, bool ok)
{
    if (!join->kept)
        return !(join->is_stopped = !ok);
    for (join->next++; ok && join->next < join->work->count && join->kept[join->next]; join->next++) {
        struct kept_outcome *kept = join->kept[join->next];
        join->kept[join->next] = NULL;
        ok = tell(join, join->next, kept);
        free(kept);
    }
    return !(join->is_stopped = !ok);
}

static void mark_done(struct join *join, uint32_t index)
{
    join->done[index] = true;
    join->remaining--;
}

bool join_result(struct join *join, uint32_t index, const struct work_result *result)
{
    mark_done(join, index);
    if (!join->kept || index == join->next)
        return tell_waiting(join, join->work->joined(join->work->context, index, result));
    struct kept_outcome *kept = keep(result->payload);
    kept->part_count = result->part_count;
    if (result->part_count > 0)
        memcpy(kept->parts, result->parts, result->part_count * sizeof *kept->parts);
    join->kept[index] = kept;
    return true;
}

bool join_failure(struct join *join, uint32_t index, enum work_failure why, const char *text)
{
    mark_done(join, index);
    join->failures++;
    if (!join->kept || index == join->next)
        return tell_waiting(join, join->work->failed(join->work->context, index, why, text));
    struct kept_outcome *kept = keep(slice_of(text));
    kept->is_failure = true;
    kept->why = why;
    join->kept[index] = kept;
    return true;
}
