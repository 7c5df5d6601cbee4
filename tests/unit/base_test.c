/* What everything stands on: slices, arenas, buffers, tables, hashes, UTF-8. */

#include "base/arena.h"
#include "base/buffer.h"
#include "base/hash.h"
#include "base/table.h"
#include "base/utf8.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* ---- slices ---- */

static void test_slice(void **state)
{
    (void)state;
    struct slice none = {NULL, 0}, abc = SLICE("abc");
    assert_true(slice_equal(none, SLICE("")));
    assert_true(slice_is(abc, "abc") && !slice_is(abc, "ab") && !slice_is(abc, "abcd"));
    assert_true(slice_compare(abc, SLICE("abd")) < 0 && slice_compare(abc, SLICE("ab")) > 0);
    assert_true(slice_compare(SLICE("\xff"), SLICE("a")) > 0); /* bytes are not signed */
    assert_int_equal(slice_compare(none, SLICE("")), 0);
    assert_true(slice_starts_with(abc, "") && slice_starts_with(abc, "ab") && !slice_starts_with(abc, "abcd"));
    assert_true(slice_ends_with(abc, "bc") && !slice_ends_with(abc, "xabc"));
    assert_int_equal(slice_from(abc, 3).length, 0);
    assert_int_equal(slice_from(abc, 99).length, 0);
    assert_ptr_equal(slice_from(abc, 99).at, abc.at + 3);
    assert_true(slice_is(slice_trim(SLICE(" \t\r\n a b \n")), "a b"));
    assert_int_equal(slice_trim(SLICE(" \n ")).length, 0);
    assert_true(slice_equal(slice_trim(SLICE("\0 ")), SLICE("\0"))); /* a NUL is no blank */
    assert_int_equal(slice_find(abc, 'c'), 2);
    assert_int_equal(slice_find(abc, 'x'), 3);
    assert_int_equal(slice_find(none, 'x'), 0);
    assert_int_equal(slice_of(NULL).length, 0);
}

/* ---- arenas ---- */

static void test_arena(void **state)
{
    (void)state;
    struct arena arena = {0};
    for (int round = 0; round < 3; round++) {
        unsigned char *blocks[200];
        size_t sizes[200];
        for (size_t i = 0; i < COUNT_OF(blocks); i++) {
            sizes[i] = i * i * 7 % 3000;
            blocks[i] = arena_alloc(&arena, sizes[i]);
            assert_int_equal((uintptr_t)blocks[i] % 16, 0);
            for (size_t j = 0; j < sizes[i]; j++)
                assert_int_equal(blocks[i][j], 0); /* also after a reset */
            memset(blocks[i], (int)i + 1, sizes[i]);
        }
        for (size_t i = 0; i < COUNT_OF(blocks); i++)
            for (size_t j = 0; j < sizes[i]; j++)
                assert_int_equal(blocks[i][j], (unsigned char)(i + 1)); /* none overlaps another */
        assert_true(arena.total_bytes > 100000);
        arena_reset(&arena);
        assert_int_equal(arena.total_bytes, 0);
    }
    assert_non_null(arena.chunks); /* kept for the next round */
    char *large = arena_alloc(&arena, 5 << 20);
    memset(large, 1, 5 << 20);
    char *small = arena_alloc(&arena, 16);
    assert_int_equal(small[0], 0);
    arena_reset(&arena);
    large = arena_alloc(&arena, 16); /* a chunk of its own is not kept for ever */
    assert_int_equal(large[0], 0);
    arena_free(&arena);
    assert_null(arena.chunks);
    arena_free(&arena);
    arena_reset(&arena);
}

static void test_arena_text(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct slice copy = arena_slice(&arena, SLICE("a\0b"));
    assert_int_equal(copy.length, 3);
    assert_int_equal(copy.at[3], 0);
    assert_string_equal(arena_copy(&arena, NULL, 0), "");
    assert_int_equal(arena_slice(&arena, (struct slice){NULL, 0}).length, 0);
    assert_string_equal(arena_printf(&arena, "%d %s", 7, "x"), "7 x");
    char *long_text = arena_printf(&arena, "%0100000d", 1);
    assert_int_equal(strlen(long_text), 100000);
    arena_free(&arena);
}

/* The exit status of a child that runs `work`. */
static int status_of(void (*work)(void))
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        if (!freopen("/dev/null", "w", stderr))
            _exit(1);
        work();
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void want_too_many(void)
{
    struct arena arena = {0};
    arena_array(&arena, SIZE_MAX / 2, 3);
}

static void want_too_much(void)
{
    struct arena arena = {0};
    arena_alloc(&arena, SIZE_MAX - 8);
}

static void exhaust(void)
{
    struct rlimit limit = {256 << 20, 256 << 20};
    setrlimit(RLIMIT_AS, &limit);
    struct arena arena = {0};
    for (;;)
        arena_alloc(&arena, 1 << 20);
}

static void grow_for_ever(void)
{
    size_t capacity = SIZE_MAX / 4;
    memory_grow(NULL, capacity, &capacity, 16);
}

static void test_exhaustion(void **state)
{
    (void)state;
    assert_int_equal(status_of(want_too_many), 70);
    assert_int_equal(status_of(want_too_much), 70);
    assert_int_equal(status_of(grow_for_ever), 70);
#ifndef __clang__ /* sanitizers need more address space than the limit */
    assert_int_equal(status_of(exhaust), 70);
#else
    (void)exhaust;
#endif
}

static void test_list_grow(void **state)
{
    (void)state;
    struct {
        uint32_t *items;
        size_t count, capacity;
    } list = {0};
    for (uint32_t i = 0; i < 100000; i++) {
        LIST_GROW(list.items, list.count, list.capacity);
        list.items[list.count++] = i;
    }
    for (uint32_t i = 0; i < 100000; i++)
        assert_int_equal(list.items[i], i);
    free(list.items);
}

/* ---- buffers ---- */

static void test_buffer(void **state)
{
    (void)state;
    struct buffer buffer = BUFFER(20);
    assert_string_equal(buffer_string(&buffer), "");
    assert_int_equal(buffer_view(&buffer).length, 0);
    buffer_text(&buffer, "abc");
    buffer_byte(&buffer, 'd');
    buffer_number(&buffer, -12);
    buffer_slice(&buffer, (struct slice){NULL, 0});
    buffer_printf(&buffer, "%s", "xy");
    assert_string_equal(buffer_string(&buffer), "abcd-12xy");
    buffer_text(&buffer, "01234567890"); /* to the last byte */
    assert_int_equal(buffer.length, 20);
    assert_false(buffer.overflowed);
    buffer_text(&buffer, "");
    assert_false(buffer.overflowed);
    buffer_byte(&buffer, 'z');
    assert_true(buffer.overflowed);
    assert_int_equal(buffer.length, 20);
    buffer_clear(&buffer);
    buffer_text(&buffer, "ab");
    buffer_text(&buffer, "0123456789012345678"); /* one too many: nothing of it */
    assert_true(buffer.overflowed);
    assert_string_equal(buffer_string(&buffer), "ab");
    buffer_byte(&buffer, 'c'); /* stays so until cleared */
    buffer_printf(&buffer, "d");
    assert_null(buffer_reserve(&buffer, 0));
    assert_string_equal(buffer_string(&buffer), "ab");
    buffer_clear(&buffer);
    char *room = buffer_reserve(&buffer, 4);
    memcpy(room, "wxyz", 4);
    assert_string_equal(buffer_string(&buffer), "wxyz");
    assert_null(buffer_reserve(&buffer, SIZE_MAX));
    buffer_free(&buffer);
    assert_int_equal(buffer.most_bytes, 20);
    buffer_text(&buffer, "again");
    assert_string_equal(buffer_string(&buffer), "again");
    buffer_free(&buffer);
    struct buffer none;
    buffer_init(&none, 0);
    buffer_byte(&none, 'a');
    assert_true(none.overflowed);
    buffer_free(&none);
}

static void test_large_buffer(void **state)
{
    (void)state;
    struct buffer buffer = BUFFER(10 << 20);
    for (size_t i = 0; i < (10 << 20) / 16; i++)
        buffer_text(&buffer, "0123456789abcdef");
    assert_int_equal(buffer.length, 10 << 20);
    assert_false(buffer.overflowed);
    assert_memory_equal(buffer.at + buffer.length - 16, "0123456789abcdef", 17);
    buffer_free(&buffer);
}

/* ---- tables ---- */

static void test_table(void **state)
{
    (void)state;
    struct table table = {0};
    static char keys[20000][16];
    assert_int_equal(table_get(&table, SLICE("a")), TABLE_NONE);
    for (uint32_t i = 0; i < 20000; i++) {
        snprintf(keys[i], sizeof keys[i], "key %u", i);
        assert_int_equal(table_add(&table, slice_of(keys[i]), i), i);
        assert_int_equal(table_add(&table, slice_of(keys[i]), i + 1), i); /* the first one stands */
    }
    assert_int_equal(table.count, 20000);
    for (uint32_t i = 0; i < 20000; i += 7)
        table_set(&table, slice_of(keys[i]), i * 2);
    for (uint32_t i = 0; i < 20000; i++)
        assert_int_equal(table_get(&table, slice_of(keys[i])), i % 7 ? i : i * 2);
    assert_int_equal(table_get(&table, SLICE("key 20000")), TABLE_NONE);
    assert_int_equal(table.count, 20000);
    table_free(&table);
    assert_int_equal(table_get(&table, slice_of(keys[0])), TABLE_NONE);
    table_free(&table);
    /* An empty key, one with a NUL, one that begins another. */
    table_add(&table, SLICE(""), 1);
    table_add(&table, (struct slice){NULL, 0}, 9);
    table_add(&table, SLICE("a"), 2);
    table_add(&table, SLICE("a\0"), 3);
    table_add(&table, SLICE("a\0b"), 4);
    assert_int_equal(table_get(&table, SLICE("")), 1);
    assert_int_equal(table_get(&table, SLICE("a")), 2);
    assert_int_equal(table_get(&table, SLICE("a\0")), 3);
    assert_int_equal(table_get(&table, SLICE("a\0b")), 4);
    assert_int_equal(table.count, 4);
    table_free(&table);
    table_reserve(&table, 1000);
    size_t slots = table.slot_count;
    for (uint32_t i = 0; i < 1000; i++)
        table_add(&table, slice_of(keys[i]), i);
    assert_int_equal(table.slot_count, slots); /* nothing moved */
    table_free(&table);
}

/* ---- hashes ---- */

static void test_sha256(void **state)
{
    (void)state;
    /* FIPS 180-4 examples. */
    static const struct {
        const char *text, *hex;
    } cases[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char hex[65];
        sha256_hex(sha256_of(slice_of(cases[i].text)), hex);
        assert_string_equal(hex, cases[i].hex);
        struct sha256_stream *stream = sha256_begin();
        for (const char *at = cases[i].text; *at; at++)
            sha256_add(stream, (struct slice){at, 1});
        sha256_hex(sha256_end(stream), hex);
        assert_string_equal(hex, cases[i].hex);
    }
    char hex[65];
    sha256_hex(sha256_of((struct slice){NULL, 0}), hex);
    assert_string_equal(hex, cases[0].hex);
}

static void test_blob_id(void **state)
{
    (void)state;
    static const struct {
        const char *text, *hex; /* as `git hash-object --stdin` prints it */
    } cases[] = {
        {"", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"},
        {"hello\n", "ce013625030ba8dba906f756967f9e9ca394464a"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        unsigned char id[20];
        char hex[41];
        blob_id_of(slice_of(cases[i].text), id);
        hex_of(id, 20, hex);
        assert_string_equal(hex, cases[i].hex);
        object_id_of("blob", slice_of(cases[i].text), id);
        hex_of(id, 20, hex);
        assert_string_equal(hex, cases[i].hex);
    }
    unsigned char id[20];
    char hex[41];
    object_id_of("tree", SLICE(""), id); /* git's empty tree */
    hex_of(id, 20, hex);
    assert_string_equal(hex, "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
}

static void test_hmac(void **state)
{
    (void)state;
    unsigned char mac[20];
    char hex[41];
    hmac_sha1(SLICE("Jefe"), SLICE("what do ya want for nothing?"), mac); /* RFC 2202, test case 2 */
    hex_of(mac, 20, hex);
    assert_string_equal(hex, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
}

static void test_hex(void **state)
{
    (void)state;
    unsigned char bytes[3];
    char text[7];
    assert_true(hex_read(SLICE("00Ff7a"), bytes, 3));
    hex_of(bytes, 3, text);
    assert_string_equal(text, "00ff7a");
    assert_false(hex_read(SLICE("00ff7"), bytes, 3));
    assert_false(hex_read(SLICE("00ff7a0"), bytes, 3));
    assert_false(hex_read(SLICE("00ff7g"), bytes, 3));
    assert_false(hex_read(SLICE("00ff /"), bytes, 3));
    assert_true(hex_read(SLICE(""), bytes, 0));
}

static void test_keys(void **state)
{
    (void)state;
    struct key a = key_of(SLICE("a")), b = key_of(SLICE("b")), none = {0, 0};
    assert_true(key_equal(a, key_of(SLICE("a"))));
    assert_false(key_equal(a, b));
    assert_false(key_equal(key_of((struct slice){NULL, 0}), none));
    assert_true(key_equal(key_of((struct slice){NULL, 0}), key_of(SLICE(""))));
    assert_false(key_equal(key_mix(a, SLICE("b")), key_mix(b, SLICE("a"))));
    assert_false(key_equal(key_mix(key_mix(a, SLICE("x")), SLICE("y")), key_mix(key_mix(a, SLICE("y")), SLICE("x"))));
    assert_true(hash64_seeded(SLICE("a"), 1) != hash64_seeded(SLICE("a"), 2));
    /* Keys are stored: they must be the same on every machine and in every version. */
    assert_true(hash64(SLICE("waymark")) == hash64(SLICE("waymark")));
    assert_int_equal(hash64(SLICE("")), 0x2d06800538d394c2ull); /* XXH3's own test vector */
}

/* ---- UTF-8 ---- */

static void test_utf8(void **state)
{
    (void)state;
    static const struct {
        const char *name, *bytes;
        size_t length; /* of the first character; 0: none */
        uint32_t point;
    } cases[] = {
        {"ASCII", "a", 1, 'a'},
        {"the last of one byte", "\x7f", 1, 0x7F},
        {"the first of two", "\xc2\x80", 2, 0x80},
        {"the last of two", "\xdf\xbf", 2, 0x7FF},
        {"the first of three", "\xe0\xa0\x80", 3, 0x800},
        {"the last before surrogates", "\xed\x9f\xbf", 3, 0xD7FF},
        {"the first after surrogates", "\xee\x80\x80", 3, 0xE000},
        {"the last of three", "\xef\xbf\xbf", 3, 0xFFFF},
        {"the first of four", "\xf0\x90\x80\x80", 4, 0x10000},
        {"the last of all", "\xf4\x8f\xbf\xbf", 4, 0x10FFFF},
        {"a continuation alone", "\x80", 0, 0},
        {"overlong in two", "\xc1\xbf", 0, 0},
        {"overlong in three", "\xe0\x9f\xbf", 0, 0},
        {"overlong in four", "\xf0\x8f\xbf\xbf", 0, 0},
        {"a surrogate", "\xed\xa0\x80", 0, 0},
        {"above the last", "\xf4\x90\x80\x80", 0, 0},
        {"five bytes", "\xf8\x88\x80\x80\x80", 0, 0},
        {"cut short", "\xe2\x82", 0, 0},
        {"cut by another",
         "\xe2\x82"
         "a",
         0, 0},
        {"never a byte of UTF-8", "\xff", 0, 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint32_t point = 0;
        size_t length = utf8_read(cases[i].bytes, strlen(cases[i].bytes), &point);
        if (length != cases[i].length || (length && point != cases[i].point))
            fail_msg("%s: length %zu, U+%04X", cases[i].name, length, (unsigned)point);
    }
    assert_int_equal(utf8_first_fault(SLICE("aé日😀")), 10);
    assert_int_equal(utf8_first_fault(SLICE("aé\xff"
                                            "b")),
                     3);
    assert_int_equal(utf8_first_fault(SLICE("")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slice),        cmocka_unit_test(test_arena),     cmocka_unit_test(test_arena_text),
        cmocka_unit_test(test_exhaustion),   cmocka_unit_test(test_list_grow), cmocka_unit_test(test_buffer),
        cmocka_unit_test(test_large_buffer), cmocka_unit_test(test_table),     cmocka_unit_test(test_sha256),
        cmocka_unit_test(test_blob_id),      cmocka_unit_test(test_hmac),      cmocka_unit_test(test_hex),
        cmocka_unit_test(test_keys),         cmocka_unit_test(test_utf8),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
