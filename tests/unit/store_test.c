/* The store: what was committed is there again, whatever happened to the folder
 * in between is noticed, and nothing that is damaged is believed. */

#include "base/file.h"
#include "store/store.h"
#include "work/work.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka.h wants the four above it. */
#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char *new_folder(char out[PATH_MAX])
{
    snprintf(out, PATH_MAX, "/tmp/waymark-store-XXXXXX");
    assert_non_null(mkdtemp(out));
    return out;
}

static void drop_folder(const char *folder)
{
    assert_true(file_remove_tree(AT_FDCWD, folder));
}

static struct store *open_store(const char *folder, struct diag_list *diags)
{
    struct store_options options = {.schema = 7, .command = "waymark test"};
    return store_open(folder, &options, diags);
}

static bool has_code(const struct diag_list *diags, enum diag_code code)
{
    for (size_t i = 0; i < diags->count; i++)
        if (diags->items[i].code == code)
            return true;
    return false;
}

static void put_text(struct store_table *table, const char *key, const char *value)
{
    store_put(table, slice_of(key), slice_of(value));
}

static void assert_value(struct store_table *table, const char *key, const char *value)
{
    struct slice got;
    bool is_there = store_get(table, slice_of(key), &got);
    if (is_there != (value != NULL) || (is_there && !slice_is(got, value)))
        fail_msg("'%s' is '%.*s', not '%s'", key, is_there ? (int)got.length : 6, is_there ? got.at : "absent",
                 value ? value : "absent");
}

/* ---- tables ---- */

static bool append_key(void *context, struct slice key, struct slice value)
{
    struct buffer *out = context;
    buffer_printf(out, "%.*s=%.*s ", SLICE_ARGS(key), SLICE_ARGS(value));
    return !slice_is(value, "stop");
}

static void test_tables(void **state)
{
    (void)state;
    char folder[PATH_MAX];
    new_folder(folder);
    struct diag_list diags = {0};
    struct store *store = open_store(folder, &diags);
    assert_non_null(store);
    assert_true(store_is_new(store));
    struct store_table *pages = store_table(store, "pages");
    assert_value(pages, "a", NULL);
    store_delete(pages, SLICE("a"));
    put_text(pages, "a", "one");
    put_text(pages, "b/x", "");
    put_text(pages, "b/y", "two");
    put_text(pages, "c", "three");
    assert_value(pages, "a", "one"); /* before the commit */
    assert_true(store_commit(store, false, &diags));
    put_text(pages, "a", "other");
    store_delete(pages, SLICE("c"));
    assert_value(pages, "c", NULL);
    store_revert(store);
    assert_value(pages, "a", "one");
    assert_value(pages, "c", "three");
    put_text(pages, "never", "committed");
    store_close(store);

    store = open_store(folder, &diags);
    assert_false(store_is_new(store));
    pages = store_table(store, "pages");
    assert_ptr_equal(pages, store_table(store, "pages"));
    assert_value(pages, "never", NULL);
    struct buffer out = BUFFER(1000);
    assert_true(store_each(pages, SLICE(""), append_key, &out));
    assert_string_equal(buffer_string(&out), "a=one b/x= b/y=two c=three ");
    buffer_clear(&out);
    assert_true(store_each(pages, SLICE("b/"), append_key, &out));
    assert_string_equal(buffer_string(&out), "b/x= b/y=two ");
    buffer_clear(&out);
    put_text(pages, "b/x", "stop");
    assert_false(store_each(pages, SLICE("b/"), append_key, &out));
    assert_string_equal(buffer_string(&out), "b/x=stop ");
    store_clear(pages);
    put_text(pages, "z", "last");
    assert_true(store_commit(store, true, &diags));
    store_close(store);

    store = open_store(folder, &diags);
    buffer_clear(&out);
    assert_true(store_each(store_table(store, "pages"), SLICE(""), append_key, &out));
    assert_string_equal(buffer_string(&out), "z=last ");
    assert_true(store_each(store_table(store, "absent"), SLICE(""), append_key, &out));
    store_close(store);
    buffer_free(&out);
    assert_int_equal(diags.count, 0);
    drop_folder(folder);
}

static void test_index_grows(void **state)
{
    (void)state;
    enum { COUNT = 1500, BYTES = 100000 };
    char folder[PATH_MAX], key[32];
    new_folder(folder);
    struct diag_list diags = {0};
    struct store *store = open_store(folder, &diags);
    struct store_table *table = store_table(store, "large");
    char *value = malloc(BYTES);
    for (int i = 0; i < COUNT; i++) { /* 150 MB in one transaction, where the map begins with 64 */
        memset(value, i, BYTES);
        snprintf(key, sizeof key, "%d", i);
        store_put(table, slice_of(key), (struct slice){value, BYTES});
    }
    assert_true(store_commit(store, false, &diags));
    store_close(store);
    store = open_store(folder, &diags);
    for (int i = 0; i < COUNT; i++) {
        struct slice got;
        snprintf(key, sizeof key, "%d", i);
        assert_true(store_get(store_table(store, "large"), slice_of(key), &got));
        assert_int_equal(got.length, BYTES);
        assert_int_equal((unsigned char)got.at[BYTES - 1], i & 255);
    }
    store_close(store);
    free(value);
    assert_int_equal(diags.count, 0);
    drop_folder(folder);
}

/* ---- products, made by workers ---- */

enum { PRODUCTS = 200 };

struct making {
    struct store *store;
    uint32_t numbers[4];
    uint32_t round;
    size_t bytes;
};

static struct key key_for(uint32_t round, uint32_t index)
{
    const uint32_t numbers[2] = {round, index};
    return key_of((struct slice){(const char *)numbers, sizeof numbers});
}

static void fill(char *out, size_t length, uint32_t round, uint32_t index)
{
    for (size_t i = 0; i < length; i++)
        out[i] = (char)(round * 31 + index * 7 + i);
}

static bool make_begin(void *context, uint32_t worker, struct buffer *error)
{
    (void)worker, (void)error;
    store_leave(((struct making *)context)->store);
    return true;
}

static bool make_item(void *context, uint32_t index, struct work_product *product)
{
    struct making *making = context;
    char *bytes = malloc(making->bytes + index);
    fill(bytes, making->bytes + index, making->round, index);
    bool ok = work_append(product, (struct slice){bytes, making->bytes + index});
    free(bytes);
    return ok;
}

static bool make_joined(void *context, uint32_t index, const struct work_result *result)
{
    struct making *making = context;
    const struct work_part *part = &result->parts[0];
    store_add(making->store, key_for(making->round, index),
              (struct store_place){making->numbers[part->worker], part->offset, part->length, part->checksum});
    return true;
}

static bool make_failed(void *context, uint32_t index, enum work_failure why, const char *text)
{
    (void)context, (void)why;
    fail_msg("%u: %s", index, text);
    return false;
}

static void make_products(struct store *store, uint32_t round, uint32_t jobs, size_t bytes, struct diag_list *diags)
{
    struct making making = {.store = store, .round = round, .bytes = bytes};
    int descriptors[4];
    assert_true(store_segments_open(store, jobs, descriptors, making.numbers, diags));
    struct work work = {.name = "make",
                        .count = PRODUCTS,
                        .jobs = jobs,
                        .segments = descriptors,
                        .in_order = true,
                        .context = &making,
                        .begin = make_begin,
                        .item = make_item,
                        .joined = make_joined,
                        .failed = make_failed};
    assert_true(work_run(&work, NULL, diags));
    assert_true(store_segments_map(store, diags));
}

/* How many products of a round are there and right; one that is there and wrong is a failure. */
static uint32_t count_products(struct store *store, uint32_t round, size_t bytes)
{
    uint32_t right = 0;
    char *expected = malloc(bytes + PRODUCTS);
    for (uint32_t i = 0; i < PRODUCTS; i++) {
        struct store_place place;
        struct slice got;
        if (!store_find(store, key_for(round, i), &place) || !store_bytes(store, place, &got))
            continue;
        fill(expected, bytes + i, round, i);
        assert_true(slice_equal(got, (struct slice){expected, bytes + i}));
        assert_int_equal((uintptr_t)got.at % 16, 0);
        right++;
    }
    free(expected);
    return right;
}

static void test_products(void **state)
{
    (void)state;
    char folder[PATH_MAX];
    new_folder(folder);
    struct diag_list diags = {0};
    struct store *store = open_store(folder, &diags);
    make_products(store, 1, 4, 1000, &diags);
    assert_int_equal(count_products(store, 1, 1000), PRODUCTS); /* before the commit */
    assert_int_equal(count_products(store, 2, 1000), 0);
    assert_true(store_commit(store, false, &diags));
    make_products(store, 2, 2, 40000, &diags); /* outgrows the first mapping */
    make_products(store, 3, 1, 50000, &diags);
    assert_true(store_commit(store, true, &diags));
    assert_int_equal(count_products(store, 1, 1000), PRODUCTS);
    assert_int_equal(count_products(store, 2, 40000), PRODUCTS);
    assert_int_equal(count_products(store, 3, 50000), PRODUCTS);
    assert_int_equal(store_stats(store).segments, 4); /* they are continued */
    store_close(store);

    store = open_store(folder, &diags);
    for (uint32_t round = 1; round <= 3; round++)
        assert_int_equal(count_products(store, round, (size_t[]){0, 1000, 40000, 50000}[round]), PRODUCTS);
    assert_int_equal(store_stats(store).products, 3 * PRODUCTS);
    store_close(store);
    assert_int_equal(diags.count, 0);
    drop_folder(folder);
}

static void test_trimming(void **state)
{
    (void)state;
    char folder[PATH_MAX];
    new_folder(folder);
    struct diag_list diags = {0};
    struct store_options options = {.schema = 7, .most_bytes = 20 << 20};
    uint64_t most = 0;
    for (uint32_t round = 1; round <= 8; round++) { /* 8 MB each */
        struct store *store = store_open(folder, &options, &diags);
        assert_non_null(store);
        if (round > 1)
            assert_int_equal(count_products(store, 1, 40000), PRODUCTS); /* used each time: lives on */
        make_products(store, round, 1, 40000, &diags);
        assert_int_equal(count_products(store, round, 40000), PRODUCTS);
        assert_true(store_commit(store, false, &diags));
        store_close(store);
        store = store_open(folder, &options, &diags);
        most = store_stats(store).segment_bytes > most ? store_stats(store).segment_bytes : most;
        store_close(store);
    }
    struct store *store = store_open(folder, &options, &diags);
    assert_int_equal(count_products(store, 1, 40000), PRODUCTS);
    assert_int_equal(count_products(store, 3, 40000), 0);
    assert_true(most <= 30 << 20);
    store_close(store);
    assert_int_equal(diags.count, 0);
    drop_folder(folder);
}

/* ---- what may happen to the folder between two runs ---- */

static void in_folder(const char *folder, const char *command)
{
    char line[PATH_MAX + 500];
    snprintf(line, sizeof line, "cd '%s' && { %s ; } >/dev/null 2>&1", folder, command);
    assert_int_equal(system(line), 0);
}

enum expectation { ALL_THERE, SOME_GONE, EMPTY };

/* Which worker stored how much is a matter of chance: the larger segment holds something in any case. */
#define LARGEST "b=$(ls -S segments | head -1); "

static const struct damage {
    const char *name;
    const char *command;
    enum expectation expected;
    bool is_told; /* that everything is made again */
} damages[] = {
    {"nothing", "true", ALL_THERE, false},
    {"touched", "touch data.mdb", ALL_THERE, false},
    {"copied and put back", "cp data.mdb x && rm data.mdb && mv x data.mdb", ALL_THERE, false},
    {"moved as a whole",
     "cp -r . ../waymark-moved && rm -r seal data.mdb && cp ../waymark-moved/data.mdb . && "
     "cp ../waymark-moved/seal . && rm -r ../waymark-moved",
     ALL_THERE, false},
    {"left-over of a probe", "echo rubbish > data.copy && touch data.mdb", ALL_THERE, false},
    {"lock of a dead process", "echo '1 waymark build' > lock", ALL_THERE, false},
    {"stray files among the segments", "echo x > segments/notes.txt; mkdir segments/00000009", ALL_THERE, false},
    {"index gone", "rm data.mdb", EMPTY, false},
    {"seal gone", "rm seal", EMPTY, true},
    {"seal of another version", "printf '\\002' | dd of=seal bs=1 seek=8 conv=notrunc", EMPTY, true},
    {"seal of another byte order", "printf '\\001\\002\\003\\004' | dd of=seal bs=1 seek=12 conv=notrunc", EMPTY, true},
    {"seal is noise", "head -c 200 /dev/urandom > seal", EMPTY, true},
    {"seal is torn", "printf 'xx' | dd of=seal bs=1 seek=50 conv=notrunc", ALL_THERE, false},
    {"index is empty", ": > data.mdb", EMPTY, true},
    {"index cut in half", "truncate -s 40% data.mdb || truncate -s 24000 data.mdb", EMPTY, true},
    {"index cut by a page", "truncate -s -4096 data.mdb", EMPTY, true},
    {"index is noise", "head -c 100000 /dev/urandom > data.mdb", EMPTY, true},
    {"index is a folder", "rm data.mdb && mkdir data.mdb && echo x > data.mdb/y", EMPTY, true},
    {"index is a link", "mv data.mdb x && ln -s x data.mdb", EMPTY, true},
    {"index has zero pages", "dd if=/dev/zero of=data.mdb bs=4096 seek=2 count=6 conv=notrunc", EMPTY, true},
    {"index has noise pages", "dd if=/dev/urandom of=data.mdb bs=4096 seek=2 count=6 conv=notrunc", EMPTY, true},
    {"meta pages are noise", "dd if=/dev/urandom of=data.mdb bs=4096 count=2 conv=notrunc", EMPTY, true},
    {"segments gone", "rm -r segments", SOME_GONE, false},
    {"segments is a file", "rm -r segments && echo x > segments", SOME_GONE, false},
    {"one segment gone", LARGEST "rm segments/$b", SOME_GONE, false},
    {"segment cut", LARGEST "truncate -s 20000 segments/$b", SOME_GONE, false},
    {"segment is empty", LARGEST ": > segments/$b", SOME_GONE, false},
    {"segment of another number", LARGEST "cp segments/$(ls -S segments | tail -1) segments/$b", SOME_GONE, false},
    {"segment has noise", LARGEST "dd if=/dev/urandom of=segments/$b bs=1000 seek=5 count=5 conv=notrunc", SOME_GONE,
     false},
    {"segment is a link", LARGEST "mv segments/$b x && ln -s ../x segments/$b", SOME_GONE, false},
};

static void fill_store(const char *folder)
{
    struct diag_list diags = {0};
    struct store *store = open_store(folder, &diags);
    assert_non_null(store);
    make_products(store, 1, 2, 1000, &diags);
    char key[32];
    for (int i = 0; i < 500; i++) {
        snprintf(key, sizeof key, "key %d", i);
        put_text(store_table(store, "state"), key, key);
    }
    assert_true(store_commit(store, true, &diags));
    store_close(store);
    assert_int_equal(diags.count, 0);
}

/* Each record is right or absent, and the store can be used as before. */
static uint32_t read_store(const char *folder, struct diag_list *diags)
{
    struct store *store = open_store(folder, diags);
    assert_non_null(store);
    uint32_t found = count_products(store, 1, 1000);
    char key[32];
    for (int i = 0; i < 500; i++) {
        struct slice got;
        snprintf(key, sizeof key, "key %d", i);
        if (!store_get(store_table(store, "state"), slice_of(key), &got))
            continue;
        assert_true(slice_is(got, key));
        found++;
    }
    make_products(store, 2, 3, 500, diags);
    assert_int_equal(count_products(store, 2, 500), PRODUCTS);
    assert_true(store_commit(store, false, diags));
    store_close(store);
    store = open_store(folder, diags);
    assert_int_equal(count_products(store, 2, 500), PRODUCTS);
    store_close(store);
    return found;
}

static void test_damage(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        print_message("    %s\n", damages[i].name);
        char folder[PATH_MAX];
        new_folder(folder);
        fill_store(folder);
        in_folder(folder, damages[i].command);
        struct diag_list diags = {0};
        uint32_t found = read_store(folder, &diags);
        if (damages[i].expected == ALL_THERE)
            assert_int_equal(found, 500 + PRODUCTS);
        else if (damages[i].expected == SOME_GONE)
            assert_in_range(found, 500, 500 + PRODUCTS - 1);
        else
            assert_int_equal(found, 0);
        assert_int_equal(has_code(&diags, DIAG_STORE_RESET), damages[i].is_told);
        assert_int_equal(diag_count(&diags, LEVEL_ERROR), 0);
        diag_list_free(&diags);
        drop_folder(folder);
    }
}

static void test_every_page_of_the_index_damaged(void **state)
{
    (void)state;
    char folder[PATH_MAX], copy[PATH_MAX + 10], path[PATH_MAX + 10], command[PATH_MAX * 4];
    new_folder(folder);
    fill_store(folder);
    snprintf(copy, sizeof copy, "%s.copy", folder);
    snprintf(command, sizeof command, "cp -a '%s' '%s'", folder, copy);
    assert_int_equal(system(command), 0);
    snprintf(path, sizeof path, "%s/data.mdb", folder);
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    srand(1);
    for (off_t page = 0; page < status.st_size; page += 4096) {
        snprintf(command, sizeof command, "rm -rf '%s' && cp -a '%s' '%s'", folder, copy, folder);
        assert_int_equal(system(command), 0);
        int file = open(path, O_RDWR);
        for (int i = 0; i < 12; i++) { /* bytes of the page's head, of its table, of what it holds */
            unsigned char byte = (unsigned char)rand();
            off_t at = page + (i < 4 ? 8 + rand() % 8 : i < 8 ? 16 + rand() % 64 : rand() % 4096);
            assert_int_equal(pwrite(file, &byte, 1, at), 1);
        }
        close(file);
        struct diag_list diags = {0};
        read_store(folder, &diags);
        diag_list_free(&diags);
    }
    drop_folder(folder);
    drop_folder(copy);
}

static void test_other_schema(void **state)
{
    (void)state;
    char folder[PATH_MAX];
    new_folder(folder);
    fill_store(folder);
    struct diag_list diags = {0};
    struct store_options options = {.schema = 8};
    struct store *store = store_open(folder, &options, &diags);
    assert_true(store_is_new(store));
    assert_int_equal(store_stats(store).segments, 0);
    assert_true(has_code(&diags, DIAG_STORE_RESET));
    store_close(store);
    diag_list_free(&diags);
    drop_folder(folder);
}

static void test_killed(void **state)
{
    (void)state;
    char folder[PATH_MAX];
    new_folder(folder);
    struct diag_list diags = {0};
    for (int round = 0; round < 2; round++) {
        pid_t child = fork();
        if (child == 0) {
            struct store *store = open_store(folder, &diags);
            put_text(store_table(store, "t"), "committed", "yes");
            bool ok = store_commit(store, round == 0, &diags);
            put_text(store_table(store, "t"), "open", "yes");
            kill(ok ? getpid() : 0, SIGKILL);
        }
        int status;
        waitpid(child, &status, 0);
        assert_true(WIFSIGNALED(status));
        struct store *store = open_store(folder, &diags);
        assert_false(store_is_new(store));
        assert_value(store_table(store, "t"), "committed", "yes");
        assert_value(store_table(store, "t"), "open", NULL);
        store_close(store);
    }
    assert_int_equal(diags.count, 0);
    drop_folder(folder);
}

/* ---- two processes ---- */

static char waited_for[200];

static void note_waiting(const char *holder)
{
    snprintf(waited_for + strlen(waited_for), sizeof waited_for - strlen(waited_for), "[%s]", holder);
}

static void test_lock(void **state)
{
    (void)state;
    char folder[PATH_MAX];
    new_folder(folder);
    struct diag_list diags = {0};
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        struct store_options options = {.schema = 7, .command = "waymark serve"};
        struct store *store = store_open(folder, &options, &diags);
        if (write(ends[1], "x", 1) < 0)
            _exit(1);
        nanosleep(&(struct timespec){.tv_nsec = 400 * 1000 * 1000}, NULL);
        put_text(store_table(store, "t"), "from", "child");
        store_commit(store, false, &diags);
        store_close(store);
        _exit(0);
    }
    char byte, expected[100];
    assert_int_equal(read(ends[0], &byte, 1), 1);
    assert_null(open_store(folder, &diags));
    assert_true(has_code(&diags, DIAG_STORE_BUSY));
    snprintf(expected, sizeof expected, "is in use by waymark serve (process %d)", (int)child);
    assert_non_null(strstr(diags.items[0].text, expected));
    diag_list_free(&diags);

    struct store_options options = {.schema = 7, .wait_seconds = 10, .waiting = note_waiting};
    struct store *store = store_open(folder, &options, &diags);
    assert_non_null(store);
    snprintf(expected, sizeof expected, "[waymark serve (process %d)]", (int)child);
    assert_string_equal(waited_for, expected); /* once */
    assert_value(store_table(store, "t"), "from", "child");

    /* A worker that closes the lock does not give it up. */
    pid_t worker = fork();
    if (worker == 0) {
        store_leave(store);
        _exit(0);
    }
    waitpid(worker, NULL, 0);
    assert_null(open_store(folder, &diags));
    store_close(store);
    waitpid(child, NULL, 0);
    close(ends[0]);
    close(ends[1]);
    diag_list_free(&diags);
    drop_folder(folder);
}

static void test_folder_that_cannot_be_written(void **state)
{
    (void)state;
    struct diag_list diags = {0};
    struct store_options options = {.schema = 7};
    assert_null(store_open("/sys/waymark", &options, &diags));
    assert_true(has_code(&diags, DIAG_STORE_IO));
    diag_list_free(&diags);

    options.or_temporary = true;
    struct store *store = store_open("/sys/waymark", &options, &diags);
    assert_non_null(store);
    assert_true(has_code(&diags, DIAG_STORE_TEMPORARY));
    assert_int_equal(diag_count(&diags, LEVEL_ERROR), 0);
    make_products(store, 1, 2, 1000, &diags);
    assert_true(store_commit(store, true, &diags));
    assert_int_equal(count_products(store, 1, 1000), PRODUCTS);
    store_close(store);
    diag_list_free(&diags);

    char folder[PATH_MAX];
    new_folder(folder);
    in_folder(folder, "ln -s /etc/passwd lock");
    assert_null(open_store(folder, &diags));
    assert_true(has_code(&diags, DIAG_STORE_IO));
    diag_list_free(&diags);
    drop_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),       cmocka_unit_test(test_index_grows),
        cmocka_unit_test(test_products),     cmocka_unit_test(test_trimming),
        cmocka_unit_test(test_damage),       cmocka_unit_test(test_every_page_of_the_index_damaged),
        cmocka_unit_test(test_other_schema), cmocka_unit_test(test_killed),
        cmocka_unit_test(test_lock),         cmocka_unit_test(test_folder_that_cannot_be_written),
    };
    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
