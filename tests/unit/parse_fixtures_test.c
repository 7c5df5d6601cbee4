/* Whole files, as tests/fixtures/parse has them: the dump of each is kept beside it.
 *
 * With WAYMARK_GOLDEN=take in the environment the dumps are written anew; look at
 * what `git diff` says of them before you keep them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka.h wants the four above it. */
#include "document_check.h"
#include "parsed.h"
#include <cmocka.h>

static const char *const names[] = {
    "everything", "mistakes", "overlay", "storage", "storage.fr", "windows",
};

static struct buffer read_fixture(const char *name, const char *suffix)
{
    char path[200];
    snprintf(path, sizeof path, "tests/fixtures/parse/%s%s", name, suffix);
    struct buffer out = BUFFER(1 << 20);
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("%s cannot be read", path);
    char block[4096];
    for (size_t got; (got = fread(block, 1, sizeof block, file)) > 0;)
        buffer_append(&out, block, got);
    fclose(file);
    return out;
}

static void take(const char *name, struct slice dump)
{
    char path[200];
    snprintf(path, sizeof path, "tests/fixtures/parse/%s.dump", name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(dump.at, 1, dump.length, file), dump.length);
    assert_int_equal(fclose(file), 0);
}

static unsigned first_difference(struct slice a, struct slice b, struct slice *left, struct slice *right)
{
    for (unsigned line = 1;; line++) {
        *left = (struct slice){a.at, slice_find(a, '\n')};
        *right = (struct slice){b.at, slice_find(b, '\n')};
        if (!slice_equal(*left, *right) || a.length == 0)
            return line;
        a = slice_from(a, left->length + 1);
        b = slice_from(b, right->length + 1);
    }
}

static void test_dumps(void **state)
{
    (void)state;
    const char *golden = getenv("WAYMARK_GOLDEN");
    unsigned wrong = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct buffer source = read_fixture(names[i], ".md");
        struct parsed parsed = parsed_from(buffer_view(&source));
        uint32_t where;
        assert_null(document_check(&parsed.document, &where));
        char *text = NULL;
        size_t length = 0;
        FILE *out = open_memstream(&text, &length);
        document_dump(out, &parsed.document);
        fclose(out);
        struct slice dump = {text, length}, left, right;
        if (golden && strcmp(golden, "take") == 0)
            take(names[i], dump);
        struct buffer wanted = read_fixture(names[i], ".dump");
        if (!slice_equal(dump, buffer_view(&wanted))) {
            unsigned line = first_difference(dump, buffer_view(&wanted), &left, &right);
            print_error("%s, line %u of the dump:\n  got    %.*s\n  wanted %.*s\n", names[i], line, SLICE_ARGS(left),
                        SLICE_ARGS(right));
            wrong++;
        }
        free(text);
        buffer_free(&wanted);
        parsed_free(&parsed);
        buffer_free(&source);
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_dumps)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
