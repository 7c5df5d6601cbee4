/* Runs of workers: what is joined, and what becomes of workers that die, hang,
 * lie or are never born. */

#include "base/arena.h"
#include "base/file.h"
#include "base/hash.h"
#include "work/frame.h"
#include "work/work.h"
#include "work/worker.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka.h wants the four above it. */
#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ITEMS_MOST = 20000 };

struct seen {
    uint32_t times;
    bool is_failure;
    enum work_failure why;
    char text[200];
};

struct trial {
    const struct mischief *mischief;
    uint32_t bad_item;
    struct seen *seen;
    uint32_t *order, order_count;
    struct work_part parts[16];
    uint64_t sum;
    uint32_t stop_at; /* joined returns false there */
    int note;         /* a pipe that an item tells things on; -1: none */
};

static void trial_begin(struct trial *trial)
{
    *trial = (struct trial){.bad_item = UINT32_MAX, .stop_at = UINT32_MAX, .note = -1};
    trial->seen = calloc(ITEMS_MOST, sizeof *trial->seen);
    trial->order = calloc(ITEMS_MOST, sizeof *trial->order);
}

static void trial_end(struct trial *trial)
{
    free(trial->seen);
    free(trial->order);
}

static bool joined(void *context, uint32_t index, const struct work_result *result)
{
    struct trial *trial = context;
    struct seen *seen = &trial->seen[index];
    seen->times++;
    snprintf(seen->text, sizeof seen->text, "%.*s", SLICE_ARGS(result->payload));
    trial->order[trial->order_count++] = index;
    if (index < 16 && result->part_count == 1)
        trial->parts[index] = result->parts[0];
    return index != trial->stop_at;
}

static bool failed(void *context, uint32_t index, enum work_failure why, const char *text)
{
    struct trial *trial = context;
    struct seen *seen = &trial->seen[index];
    seen->times++;
    seen->is_failure = true;
    seen->why = why;
    snprintf(seen->text, sizeof seen->text, "%s", text);
    trial->order[trial->order_count++] = index;
    return true;
}

static uint32_t open_descriptors(void)
{
    uint32_t count = 0;
    DIR *stream = opendir("/proc/self/fd");
    while (readdir(stream))
        count++;
    closedir(stream);
    return count;
}

static void assert_no_child(void)
{
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

/* ---- good workers ---- */

static bool number(void *context, uint32_t index, struct work_product *product)
{
    (void)context;
    for (volatile uint32_t i = 0; i < (index * 2654435761u >> 20); i++)
        continue;
    buffer_printf(work_payload(product), "item %u", index);
    return true;
}

static void test_same_for_any_number_of_workers(void **state)
{
    (void)state;
    const struct {
        uint32_t jobs, chunk, count;
        bool in_order;
    } cases[] = {
        {0, 0, 1, true},   {1, 0, 5000, true},   {2, 0, 5000, true},  {8, 0, 5000, true}, {64, 0, 5000, true},
        {8, 1, 777, true}, {3, 10000, 77, true}, {2, 7, 5000, false}, {64, 0, 3, false},  {4, 0, ITEMS_MOST, true},
    };
    uint32_t before = open_descriptors();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct trial trial;
        trial_begin(&trial);
        struct diag_list diags = {0};
        struct work_stats stats;
        struct work work = {.name = "count",
                            .count = cases[i].count,
                            .jobs = cases[i].jobs,
                            .chunk = cases[i].chunk,
                            .in_order = cases[i].in_order,
                            .context = &trial,
                            .item = number,
                            .joined = joined,
                            .failed = failed};
        assert_true(work_run(&work, &stats, &diags));
        assert_int_equal(trial.order_count, cases[i].count);
        assert_int_equal(stats.failures, 0);
        assert_int_equal(stats.workers, work_worker_count(cases[i].jobs, cases[i].count));
        for (uint32_t k = 0; k < cases[i].count; k++) {
            char expected[32];
            snprintf(expected, sizeof expected, "item %u", k);
            assert_int_equal(trial.seen[k].times, 1);
            assert_string_equal(trial.seen[k].text, expected);
            if (cases[i].in_order)
                assert_int_equal(trial.order[k], k);
        }
        assert_no_child();
        trial_end(&trial);
        diag_list_free(&diags);
    }
    assert_int_equal(open_descriptors(), before);
}

static void test_nothing_to_do(void **state)
{
    (void)state;
    struct work_stats stats;
    struct work work = {.name = "none"};
    assert_true(work_run(&work, &stats, NULL));
    assert_int_equal(stats.workers, 0);
    assert_int_equal(work_worker_count(8, 0), 0);
    assert_int_equal(work_worker_count(8, 3), 3);
    assert_int_equal(work_worker_count(1000, 1000), LIMIT_WORKERS);
}

static bool put(void *context, uint32_t index, struct work_product *product)
{
    (void)context;
    char bytes[200];
    memset(bytes, 'a' + (int)index, sizeof bytes);
    return work_append(product, (struct slice){bytes, 10 + index * 3});
}

static void test_parts(void **state)
{
    (void)state;
    char name[] = "/tmp/waymark-work-XXXXXX";
    int segment = mkstemp(name);
    assert_true(segment >= 0);
    assert_true(file_write(segment, SLICE("older bytes")));
    struct trial trial;
    trial_begin(&trial);
    struct diag_list diags = {0};
    struct work work = {.name = "put",
                        .count = 16,
                        .jobs = 1,
                        .segments = &segment,
                        .context = &trial,
                        .item = put,
                        .joined = joined,
                        .failed = failed};
    assert_true(work_run(&work, NULL, &diags));
    for (uint32_t i = 0; i < 16; i++) {
        char bytes[200];
        assert_int_equal(trial.parts[i].offset % 16, 0);
        assert_int_equal(trial.parts[i].length, 10 + i * 3);
        assert_int_equal(pread(segment, bytes, trial.parts[i].length, (off_t)trial.parts[i].offset),
                         (int)trial.parts[i].length);
        assert_int_equal(bytes[0], 'a' + (int)i);
        assert_true(hash64((struct slice){bytes, trial.parts[i].length}) == trial.parts[i].checksum);
    }
    trial_end(&trial);
    close(segment);
    unlink(name);
}

static bool own_copy(void *context, uint32_t index, struct work_product *product)
{
    struct trial *trial = context;
    trial->sum += index + 1;
    buffer_printf(work_payload(product), "%s", trial->sum >= index + 1 ? "yes" : "no");
    return true;
}

static void test_context_is_a_copy(void **state)
{
    (void)state;
    struct trial trial;
    trial_begin(&trial);
    struct diag_list diags = {0};
    struct work work = {.name = "copy",
                        .count = 100,
                        .jobs = 3,
                        .context = &trial,
                        .item = own_copy,
                        .joined = joined,
                        .failed = failed};
    assert_true(work_run(&work, NULL, &diags));
    assert_true(trial.sum == 0);
    assert_string_equal(trial.seen[99].text, "yes");
    trial_end(&trial);
}

/* ---- bad workers: one row for each way ---- */

/* The write end of this worker's pipe: the highest descriptor that is one. */
static int own_pipe(void)
{
    for (int i = 200; i > 2; i--) {
        struct stat status;
        if (fstat(i, &status) == 0 && S_ISFIFO(status.st_mode) && (fcntl(i, F_GETFL) & O_ACCMODE) == O_WRONLY)
            return i;
    }
    abort();
}

static void die_refusing(struct work_product *product)
{
    work_refuse(product, "no %s today", "bananas");
}

static void die_by_signal(struct work_product *product)
{
    (void)product;
    signal(SIGSEGV, SIG_DFL); /* cmocka's */
    raise(SIGSEGV);
}

static void die_by_abort(struct work_product *product)
{
    (void)product;
    fputs("first line\n[cmark] realloc returned null pointer, aborting\n", stderr);
    abort();
}

static void die_early(struct work_product *product)
{
    (void)product;
    _exit(0);
}

static void die_by_exit(struct work_product *product)
{
    (void)product;
    exit(3);
}

static void die_of_memory(struct work_product *product)
{
    (void)product;
    for (size_t i = 0;; i++)
        memset(memory_get(1 << 20), 1, 1 << 20);
}

static void die_looping(struct work_product *product)
{
    for (volatile bool goes_on = product != NULL; goes_on;)
        continue;
}

static void die_killed(struct work_product *product)
{
    (void)product;
    kill(getpid(), SIGKILL);
}

static void say(const void *bytes, size_t length)
{
    if (write(own_pipe(), bytes, length) < 0)
        _exit(9);
}

static void lie_garbage(struct work_product *product)
{
    (void)product;
    char noise[5000];
    memset(noise, 0xA5, sizeof noise);
    say(noise, sizeof noise);
}

static void lie_four_gigabytes(struct work_product *product)
{
    (void)product;
    uint32_t head[8] = {0x31464d57, 0, 0, 1, 0xFFFFFFFF, 0, 0, 0};
    say(head, sizeof head);
    pause();
}

static void lie_partial(struct work_product *product)
{
    (void)product;
    uint32_t head[8] = {0x31464d57, 0, 0, 1, 5000, 0, 0, 0};
    say(head, 20);
    _exit(0);
}

static void lie_frame(uint32_t index, uint32_t serial, enum frame_kind kind)
{
    frame_write(own_pipe(), &(struct frame){.kind = kind, .index = index, .serial = serial});
}

static uint32_t lie_serial; /* of the frame that is due; set by bad_item in the worker */

static void lie_other_index(struct work_product *product)
{
    (void)product;
    lie_frame(0, lie_serial, FRAME_ITEM);
}

static void lie_index_out_of_range(struct work_product *product)
{
    (void)product;
    lie_frame(4000000, lie_serial, FRAME_ITEM);
}

static void lie_wrong_serial(struct work_product *product)
{
    (void)product;
    lie_frame(37, lie_serial + 5, FRAME_ITEM);
}

static void lie_part_outside(struct work_product *product)
{
    (void)product;
    frame_write(own_pipe(), &(struct frame){.kind = FRAME_ITEM,
                                            .index = 37,
                                            .serial = lie_serial,
                                            .part_count = 1,
                                            .parts = {{.offset = 1 << 30, .length = 10}}});
}

static void lie_flood(struct work_product *product)
{
    (void)product;
    for (int i = 0; i < 1000000; i++)
        if (!frame_write(own_pipe(), &(struct frame){.kind = FRAME_ITEM, .index = 5, .serial = lie_serial}))
            _exit(0);
}

static void lie_end(struct work_product *product)
{
    (void)product;
    lie_frame(0, lie_serial, FRAME_END);
}

static void hang_closed(struct work_product *product)
{
    (void)product;
    close(own_pipe());
    pause();
}

static void hang_grandchild(struct work_product *product)
{
    (void)product;
    if (fork() == 0) {
        sleep(3);
        _exit(0);
    }
    _exit(0);
}

static void overflow(struct work_product *product)
{
    for (int i = 0; i < 200; i++)
        buffer_text(work_payload(product), "0123456789012345678901234567890123456789012345678901234567890123456789");
}

enum { BAD_ITEM = 37, BAD_COUNT = 300 };

static const struct mischief {
    const char *name;
    void (*act)(struct work_product *product);
    enum work_failure why;
    const char *text; /* part of it */
    bool goes_on;     /* returns true to the worker's loop */
    bool not_sanitized;
} mischiefs[] = {
    {"refuses", die_refusing, WORK_REFUSED, "no bananas today", false, false},
    {"segmentation fault", die_by_signal, WORK_DIED, "signal 11 (Segmentation fault)", false, false},
    {"abort with a message", die_by_abort, WORK_DIED, "[cmark] realloc returned null pointer, aborting", false, false},
    {"exit 0 in the middle", die_early, WORK_DIED, "exit status 0", false, false},
    {"exit()", die_by_exit, WORK_DIED, "exit status 3", false, false},
    {"all the memory there is", die_of_memory, WORK_NO_MEMORY, "more memory", false, true},
    {"endless loop", die_looping, WORK_TOO_SLOW, "takes too long", false, false},
    {"killed from outside", die_killed, WORK_DIED, "was killed", false, false},
    {"garbage, then on", lie_garbage, WORK_GARBAGE, "no result", true, false},
    {"4 GB announced", lie_four_gigabytes, WORK_GARBAGE, "no result", false, false},
    {"partial frame and exit", lie_partial, WORK_DIED, "exit status 0", false, false},
    {"another's index", lie_other_index, WORK_GARBAGE, "no result", true, false},
    {"index out of range", lie_index_out_of_range, WORK_GARBAGE, "no result", true, false},
    {"wrong serial number", lie_wrong_serial, WORK_GARBAGE, "no result", true, false},
    {"part outside its file", lie_part_outside, WORK_GARBAGE, "no result", true, false},
    {"a million frames", lie_flood, WORK_GARBAGE, "no result", true, false},
    {"end, and then on", lie_end, WORK_GARBAGE, "no result", true, false},
    {"closes its pipe and lives on", hang_closed, WORK_DIED, "was killed", false, false},
    {"leaves a child that holds the pipe", hang_grandchild, WORK_DIED, "exit status 0", false, false},
    {"result too large", overflow, WORK_REFUSED, "larger than", true, false},
};

static bool bad_item(void *context, uint32_t index, struct work_product *product)
{
    struct trial *trial = context;
    lie_serial++;
    if (index == trial->bad_item) {
        trial->mischief->act(product);
        return trial->mischief->goes_on;
    }
    buffer_printf(work_payload(product), "item %u", index);
    return true;
}

static bool bad_begin(void *context, uint32_t worker, struct buffer *error)
{
    (void)context, (void)worker, (void)error;
    lie_serial = 0;
    return true;
}

static void test_bad_workers(void **state)
{
    (void)state;
    char name[] = "/tmp/waymark-work-XXXXXX";
    int file = mkstemp(name);
    unlink(name);
    const int segments[4] = {file, file, file, file};
    uint32_t before = open_descriptors();
    for (size_t i = 0; i < sizeof mischiefs / sizeof *mischiefs; i++) {
        for (uint32_t jobs = 1; jobs <= 4; jobs += 3) {
            if (mischiefs[i].not_sanitized && worker_is_sanitized())
                continue;
            print_message("    %s, %u\n", mischiefs[i].name, jobs);
            struct trial trial;
            trial_begin(&trial);
            trial.mischief = &mischiefs[i];
            trial.bad_item = BAD_ITEM;
            struct diag_list diags = {0};
            struct work work = {.name = "bad",
                                .count = BAD_COUNT,
                                .jobs = jobs,
                                .in_order = true,
                                .chunk = 10,
                                .worker_bytes = 64 << 20,
                                .item_seconds = 1,
                                .most_payload_bytes = 8000,
                                .segments = segments,
                                .context = &trial,
                                .begin = bad_begin,
                                .item = bad_item,
                                .joined = joined,
                                .failed = failed};
            assert_true(work_run(&work, NULL, &diags));
            assert_int_equal(trial.order_count, BAD_COUNT);
            for (uint32_t k = 0; k < BAD_COUNT; k++) {
                assert_int_equal(trial.seen[k].times, 1);
                assert_int_equal(trial.order[k], k);
                assert_int_equal(trial.seen[k].is_failure, k == BAD_ITEM);
            }
            assert_int_equal(trial.seen[BAD_ITEM].why, mischiefs[i].why);
            if (!strstr(trial.seen[BAD_ITEM].text, mischiefs[i].text))
                fail_msg("'%s' does not say '%s'", trial.seen[BAD_ITEM].text, mischiefs[i].text);
            while (waitpid(-1, NULL, WNOHANG) > 0) /* the grandchild, where this process adopts orphans */
                continue;
            assert_int_equal(open_descriptors(), before);
            trial_end(&trial);
            diag_list_free(&diags);
        }
    }
    close(file);
}

static bool always_dies(void *context, uint32_t index, struct work_product *product)
{
    (void)context, (void)product;
    if (index % 3 == 0)
        _exit(1);
    return index % 3 == 1 ? work_refuse(product, "refused") : true;
}

static void test_many_deaths(void **state)
{
    (void)state;
    for (uint32_t jobs = 1; jobs <= 8; jobs *= 8) {
        struct trial trial;
        trial_begin(&trial);
        struct diag_list diags = {0};
        struct work_stats stats;
        struct work work = {.name = "die",
                            .count = 300,
                            .jobs = jobs,
                            .in_order = true,
                            .context = &trial,
                            .item = always_dies,
                            .joined = joined,
                            .failed = failed};
        assert_true(work_run(&work, &stats, &diags));
        assert_int_equal(stats.failures, 200);
        for (uint32_t k = 0; k < 300; k++) {
            assert_int_equal(trial.order[k], k);
            assert_int_equal(trial.seen[k].is_failure, k % 3 != 2);
            if (k % 3 != 2)
                assert_int_equal(trial.seen[k].why, k % 3 ? WORK_REFUSED : WORK_DIED);
        }
        assert_no_child();
        trial_end(&trial);
    }
}

/* ---- workers that never begin ---- */

static bool begin_refuses(void *context, uint32_t worker, struct buffer *error)
{
    (void)context, (void)worker;
    buffer_text(error, "no repository here");
    return false;
}

static bool begin_dies(void *context, uint32_t worker, struct buffer *error)
{
    (void)context, (void)worker, (void)error;
    _exit(4);
}

static bool begin_loops(void *context, uint32_t worker, struct buffer *error)
{
    (void)context, (void)worker;
    for (volatile bool goes_on = error != NULL; goes_on;)
        continue;
    return true;
}

static void test_begin(void **state)
{
    (void)state;
    const struct {
        bool (*begin)(void *, uint32_t, struct buffer *);
        const char *text;
    } cases[] = {{begin_refuses, "no repository here"}, {begin_dies, "exit status 4"}, {begin_loops, "too long"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct trial trial;
        trial_begin(&trial);
        struct diag_list diags = {0};
        struct work work = {.name = "begin",
                            .count = 20,
                            .jobs = 2,
                            .in_order = true,
                            .item_seconds = 1,
                            .context = &trial,
                            .begin = cases[i].begin,
                            .item = number,
                            .joined = joined,
                            .failed = failed};
        assert_true(work_run(&work, NULL, &diags));
        for (uint32_t k = 0; k < 20; k++) {
            assert_int_equal(trial.seen[k].times, 1);
            assert_true(trial.seen[k].is_failure);
            assert_non_null(strstr(trial.seen[k].text, cases[i].text));
        }
        assert_no_child();
        trial_end(&trial);
    }
}

/* ---- the parent ---- */

static void test_stop(void **state)
{
    (void)state;
    for (uint32_t in_order = 0; in_order < 2; in_order++) {
        uint32_t before = open_descriptors();
        struct trial trial;
        trial_begin(&trial);
        trial.stop_at = 50;
        struct diag_list diags = {0};
        struct work work = {.name = "stop",
                            .count = 5000,
                            .jobs = 4,
                            .in_order = in_order,
                            .context = &trial,
                            .item = number,
                            .joined = joined,
                            .failed = failed};
        assert_false(work_run(&work, NULL, &diags));
        assert_int_equal(trial.order[trial.order_count - 1], 50);
        assert_no_child();
        assert_int_equal(open_descriptors(), before);
        trial_end(&trial);
    }
}

static bool tell_and_sleep(void *context, uint32_t index, struct work_product *product)
{
    struct trial *trial = context;
    (void)index, (void)product;
    pid_t self = getpid();
    if (write(trial->note, &self, sizeof self) < 0)
        _exit(9);
    sleep(60);
    return true;
}

static void test_workers_end_with_their_parent(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t parent = fork();
    if (parent == 0) {
        struct trial trial;
        trial_begin(&trial);
        trial.note = ends[1];
        struct diag_list diags = {0};
        struct work work = {.name = "sleep",
                            .count = 2,
                            .jobs = 2,
                            .context = &trial,
                            .item = tell_and_sleep,
                            .joined = joined,
                            .failed = failed};
        _exit(work_run(&work, NULL, &diags));
    }
    close(ends[1]);
    pid_t workers[2];
    for (int i = 0; i < 2; i++)
        assert_int_equal(read(ends[0], &workers[i], sizeof workers[i]), sizeof workers[i]);
    kill(parent, SIGKILL);
    waitpid(parent, NULL, 0);
    char byte;
    assert_int_equal(read(ends[0], &byte, 1), 0); /* nobody holds the other end any more */
    close(ends[0]);
}

static bool count_descriptors(void *context, uint32_t index, struct work_product *product)
{
    (void)context, (void)index;
    buffer_printf(work_payload(product), "%u", open_descriptors());
    return true;
}

static void test_workers_inherit_no_pipes(void **state)
{
    (void)state;
    struct trial trial;
    trial_begin(&trial);
    struct diag_list diags = {0};
    struct work work = {.name = "count",
                        .count = 64,
                        .jobs = 64,
                        .chunk = 1,
                        .context = &trial,
                        .item = count_descriptors,
                        .joined = joined,
                        .failed = failed};
    uint32_t before = open_descriptors();
    assert_true(work_run(&work, NULL, &diags));
    for (uint32_t i = 0; i < 64; i++)
        assert_int_equal(atoi(trial.seen[i].text), before + 1); /* its own pipe */
    trial_end(&trial);
}

/* ---- frames ---- */

static void test_frames_cut_and_changed(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct frame frame = {.kind = FRAME_ITEM,
                          .index = 7,
                          .serial = 9,
                          .part_count = 2,
                          .parts = {{.offset = 16, .length = 5, .checksum = 1}, {.offset = 32, .length = 6}},
                          .payload = SLICE("facts and findings")};
    assert_true(frame_write(ends[1], &frame));
    char bytes[512];
    ssize_t length = read(ends[0], bytes, sizeof bytes);
    assert_int_equal(length, 32 + 48 + 18);
    struct frame got;
    size_t used;
    for (size_t i = 0; i < (size_t)length; i++) {
        assert_int_equal(frame_read(&got, &used, (struct slice){bytes, i}, 1000), FRAME_PARTIAL);
        for (int bit = 0; bit < 8; bit++) {
            bytes[i] ^= (char)(1 << bit);
            assert_int_not_equal(frame_read(&got, &used, (struct slice){bytes, (size_t)length}, 1000), FRAME_WHOLE);
            bytes[i] ^= (char)(1 << bit);
        }
    }
    assert_int_equal(frame_read(&got, &used, (struct slice){bytes, (size_t)length}, 1000), FRAME_WHOLE);
    assert_int_equal(used, length);
    assert_int_equal(got.index, 7);
    assert_int_equal(got.parts[1].length, 6);
    assert_true(slice_is(got.payload, "facts and findings"));
    assert_int_equal(frame_read(&got, &used, (struct slice){bytes, (size_t)length}, 17), FRAME_BAD);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frames_cut_and_changed),
        cmocka_unit_test(test_nothing_to_do),
        cmocka_unit_test(test_same_for_any_number_of_workers),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_context_is_a_copy),
        cmocka_unit_test(test_bad_workers),
        cmocka_unit_test(test_many_deaths),
        cmocka_unit_test(test_begin),
        cmocka_unit_test(test_stop),
        cmocka_unit_test(test_workers_end_with_their_parent),
        cmocka_unit_test(test_workers_inherit_no_pipes),
    };
    return cmocka_run_group_tests_name("work", tests, NULL, NULL);
}
