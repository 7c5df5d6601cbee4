/* The kept result of a walk:
 *
 *   magic | head | gaps, commit count, path count, pool bytes
 *   commits: id, seconds, author in the pool | paths: blob, commit, path in the pool
 *   pool | XXH3 of all before
 *
 * Numbers stand as the machine has them: the file never leaves it. */

#include "base/hash.h"
#include "base/limits.h"
#include "source/history.h"

static const char magic[16] = "waymark-hist-1\n";

struct file_head {
    char magic[16];
    unsigned char head[20];
    uint32_t gaps, commit_count, path_count, pool_bytes;
};

struct commit_row {
    int64_t seconds;
    uint32_t author_at, author_bytes;
    unsigned char id[20];
    uint32_t zero;
};

struct path_row {
    uint32_t path_at, path_bytes, commit;
    unsigned char blob[20];
};

static void write_rows(struct buffer *out, struct buffer *pool, const struct history_result *result)
{
    for (uint32_t i = 0; i < result->commit_count; i++) {
        const struct history_commit *commit = &result->commits[i];
        struct commit_row row = {.seconds = commit->seconds,
                                 .author_at = (uint32_t)pool->length,
                                 .author_bytes = (uint32_t)commit->author.length};
        memcpy(row.id, commit->id, sizeof row.id);
        buffer_slice(pool, commit->author);
        buffer_append(out, &row, sizeof row);
    }
    for (uint32_t i = 0; i < result->path_count; i++) {
        const struct history_path *path = &result->paths[i];
        struct path_row row = {(uint32_t)pool->length, (uint32_t)path->path.length, path->commit, {0}};
        memcpy(row.blob, path->blob, sizeof row.blob);
        buffer_slice(pool, path->path);
        buffer_append(out, &row, sizeof row);
    }
}

void history_write(struct buffer *out, const struct history_result *result)
{
    struct buffer rows = BUFFER(SIZE_MAX / 4), pool = BUFFER(UINT32_MAX);
    write_rows(&rows, &pool, result);
    struct file_head head = {.gaps = result->gaps,
                             .commit_count = result->commit_count,
                             .path_count = result->path_count,
                             .pool_bytes = (uint32_t)pool.length};
    memcpy(head.magic, magic, sizeof head.magic);
    memcpy(head.head, result->head, sizeof head.head);
    size_t from = out->length;
    buffer_append(out, &head, sizeof head);
    buffer_slice(out, buffer_view(&rows));
    buffer_slice(out, buffer_view(&pool));
    uint64_t sum = hash64(slice_from(buffer_view(out), from));
    buffer_append(out, &sum, sizeof sum);
    buffer_free(&rows);
    buffer_free(&pool);
}

static bool is_in_pool(const struct file_head *head, uint32_t at, uint32_t length)
{
    return at <= head->pool_bytes && length <= head->pool_bytes - at;
}

static bool read_rows(struct history_result *out, const struct file_head *head, const char *at, const char *pool)
{
    for (uint32_t i = 0; i < head->commit_count; i++, at += sizeof(struct commit_row)) {
        struct commit_row row;
        memcpy(&row, at, sizeof row);
        if (!is_in_pool(head, row.author_at, row.author_bytes))
            return false;
        out->commits[i] =
            (struct history_commit){.seconds = row.seconds, .author = {pool + row.author_at, row.author_bytes}};
        memcpy(out->commits[i].id, row.id, sizeof row.id);
    }
    for (uint32_t i = 0; i < head->path_count; i++, at += sizeof(struct path_row)) {
        struct path_row row;
        memcpy(&row, at, sizeof row);
        if (!is_in_pool(head, row.path_at, row.path_bytes) ||
            (row.commit != HISTORY_NONE && row.commit >= head->commit_count))
            return false;
        out->paths[i] = (struct history_path){.path = {pool + row.path_at, row.path_bytes}, .commit = row.commit};
        memcpy(out->paths[i].blob, row.blob, sizeof row.blob);
        if (i && slice_compare(out->paths[i - 1].path, out->paths[i].path) >= 0)
            return false;
    }
    return true;
}

bool history_read(struct history_result *out, struct arena *arena, struct slice bytes)
{
    struct file_head head;
    uint64_t sum;
    *out = (struct history_result){0};
    if (bytes.length < sizeof head + sizeof sum)
        return false;
    memcpy(&head, bytes.at, sizeof head);
    if (memcmp(head.magic, magic, sizeof magic) != 0 || head.path_count > LIMIT_TREE_ENTRIES)
        return false;
    uint64_t expected = sizeof head + (uint64_t)head.commit_count * sizeof(struct commit_row) +
                        (uint64_t)head.path_count * sizeof(struct path_row) + head.pool_bytes + sizeof sum;
    if (expected != bytes.length)
        return false;
    memcpy(&sum, bytes.at + bytes.length - sizeof sum, sizeof sum);
    if (sum != hash64((struct slice){bytes.at, bytes.length - sizeof sum}))
        return false;
    memcpy(out->head, head.head, sizeof out->head);
    out->gaps = head.gaps;
    out->commit_count = head.commit_count;
    out->path_count = head.path_count;
    out->commits = ARENA_ARRAY(arena, struct history_commit, head.commit_count);
    out->paths = ARENA_ARRAY(arena, struct history_path, head.path_count);
    return read_rows(out, &head, bytes.at + sizeof head, bytes.at + bytes.length - sizeof sum - head.pool_bytes);
}
