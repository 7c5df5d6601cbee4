/* "Did you mean": one slip of the finger in an id, and the right id comes first. */

#include "base/suggest.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* ---- examples ---- */

static const struct {
    const char *name, *wanted;
    const char *candidates[6];
    const char *text;
} cases[] = {
    {"a letter too few", "tilte", {"title", "tags", "status"}, "did you mean 'title'?"},
    {"two at one distance, in byte order", "cat", {"rat", "bat"}, "did you mean 'bat' or 'rat'?"},
    {"three", "cat", {"rat", "bat", "hat", "mat"}, "did you mean 'bat', 'hat' or 'mat'?"},
    {"the same twice", "cat", {"bat", "bat"}, "did you mean 'bat'?"},
    {"nothing like it", "xyzzy", {"title", "tags"}, ""},
    {"case comes before letters", "Storage", {"storages", "storage"}, "did you mean 'storage' or 'storages'?"},
    {"the last part of a path", "storage", {"guidance/storage", "annex/x"}, "did you mean 'guidance/storage'?"},
    {"another folder", "guides/storage", {"guidance/storage"}, "did you mean 'guidance/storage'?"},
    {"a part of the name", "data-protection", {"data-protection-officer"}, "did you mean 'data-protection-officer'?"},
    {"an empty candidate", "a", {""}, ""},
    {"an empty wish", "", {"abcdef"}, ""},
    {"letters of two bytes", "évaluation", {"evaluation", "valuation"}, "did you mean 'evaluation' or 'valuation'?"},
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct suggestion suggestion = {.wanted = slice_of(cases[i].wanted)};
        for (size_t j = 0; j < COUNT_OF(cases[i].candidates) && cases[i].candidates[j]; j++)
            suggest_offer(&suggestion, slice_of(cases[i].candidates[j]));
        char text[200];
        suggest_text(&suggestion, text, sizeof text);
        if (strcmp(text, cases[i].text) != 0)
            fail_msg("%s: got \"%s\"", cases[i].name, text);
    }
}

static void test_cost(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        unsigned cost;
    } costs[] = {
        {"", "", 0},       {"a", "", 10},      {"abc", "abc", 0}, {"abc", "ABC", 3}, {"abc", "acb", 9},
        {"abc", "ab", 10}, {"abc", "xbc", 10}, {"ab", "ba", 9},   {"aB", "bA", 9},   {"kitten", "sitting", 30},
    };
    for (size_t i = 0; i < COUNT_OF(costs); i++) {
        unsigned there = suggest_cost(slice_of(costs[i].a), slice_of(costs[i].b), 1000);
        unsigned back = suggest_cost(slice_of(costs[i].b), slice_of(costs[i].a), 1000);
        if (there != back)
            fail_msg("%s, %s: %u there, %u back", costs[i].a, costs[i].b, there, back);
        if (there != costs[i].cost)
            fail_msg("%s, %s: %u", costs[i].a, costs[i].b, there);
    }
    char longest[300];
    memset(longest, 'a', sizeof longest);
    assert_int_equal(suggest_cost((struct slice){longest, 300}, (struct slice){longest, 299}, 50), 51);
    assert_int_equal(suggest_cost((struct slice){longest, 256}, (struct slice){longest, 255}, 50), 10);
}

/* The text is cut to fit, never written past its end, and never ends in half a letter. */
static void test_text_fits(void **state)
{
    (void)state;
    for (size_t room = 1; room < 60; room++) {
        char text[64];
        memset(text, 'x', sizeof text);
        struct suggestion suggestion = {.wanted = SLICE("évaluations")};
        suggest_offer(&suggestion, SLICE("évaluation"));
        suggest_offer(&suggestion, SLICE("évaluationé"));
        suggest_text(&suggestion, text, room);
        assert_true(strlen(text) < room);
        for (size_t i = room; i < sizeof text; i++)
            assert_int_equal(text[i], 'x');
        size_t length = strlen(text);
        assert_false(length && (unsigned char)text[length - 1] == 0xC3);
    }
}

/* ---- slips ---- */

enum { ID_COUNT = 500, SLIP_COUNT = 300, ID_MOST_BYTES = 64 };

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Ids as people write them: one to three words, some in folders. */
static void make_ids(char ids[ID_COUNT][ID_MOST_BYTES], uint64_t *state)
{
    static const char *const words[] = {
        "data",      "protection", "storage",  "procurement", "exhibit",  "keeping", "warrant",  "search",
        "stop",      "review",     "human",    "oversight",   "deploy",   "monitor", "retire",   "decide",
        "principle", "fairness",   "accuracy", "bias",        "training", "custody", "evidence", "disclosure",
        "incident",  "report",     "privacy",  "legal",       "basis",    "consent", "redress",  "audit",
        "testing",   "threshold",  "pilot",    "roadmap",     "glossary", "risk",    "measure",  "use",
        "case",      "officer",    "chief",    "community",   "notice",
    };
    static const char *const folders[] = {"", "", "", "guidance/", "toolkit/", "annex/"};
    for (size_t i = 0; i < ID_COUNT;) {
        size_t count = 1 + next_random(state) % 3;
        char *id = ids[i];
        snprintf(id, ID_MOST_BYTES, "%s", folders[next_random(state) % COUNT_OF(folders)]);
        for (size_t j = 0; j < count; j++) {
            size_t used = strlen(id);
            snprintf(id + used, ID_MOST_BYTES - used, "%s%s", j ? "-" : "",
                     words[next_random(state) % COUNT_OF(words)]);
        }
        bool is_new = true;
        for (size_t j = 0; j < i; j++)
            is_new &= strcmp(ids[j], id) != 0;
        i += is_new;
    }
}

static char neighbour_of(char letter, uint64_t random)
{
    static const char *const keys[] = {"qwertyuiop", "asdfghjkl", "zxcvbnm"};
    for (size_t row = 0; row < COUNT_OF(keys); row++) {
        const char *hit = strchr(keys[row], letter);
        if (!hit || !letter)
            continue;
        size_t at = (size_t)(hit - keys[row]), last = strlen(keys[row]) - 1;
        return at == 0 ? keys[row][1] : at == last ? keys[row][last - 1] : keys[row][at + (random & 1 ? 1 : -1)];
    }
    return letter;
}

/* One slip: a letter left out, two swapped, one doubled, one in the wrong case, one from the key beside it. */
static bool slip(char out[ID_MOST_BYTES + 1], const char *id, uint64_t *state)
{
    size_t length = strlen(id), at = next_random(state) % length;
    snprintf(out, ID_MOST_BYTES + 1, "%.*s", ID_MOST_BYTES, id);
    switch (next_random(state) % 5) {
    case 0:
        memmove(out + at, out + at + 1, length - at);
        break;
    case 1:
        if (at + 1 == length)
            return false;
        out[at] = id[at + 1];
        out[at + 1] = id[at];
        break;
    case 2:
        memmove(out + at + 1, out + at, length - at + 1);
        break;
    case 3:
        if (id[at] < 'a' || id[at] > 'z')
            return false;
        out[at] = (char)(id[at] - 32);
        break;
    default:
        out[at] = neighbour_of(id[at], next_random(state));
    }
    return strcmp(out, id) != 0;
}

static void test_slips(void **unused)
{
    (void)unused;
    static char ids[ID_COUNT][ID_MOST_BYTES];
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    const char *told = getenv("WAYMARK_TEST_SEED");
    uint64_t seed = told ? strtoull(told, NULL, 10) : (uint64_t)now.tv_sec * 1000003 + (uint64_t)now.tv_nsec;
    uint64_t state = seed * 2654435761u + 88172645463325252u;
    make_ids(ids, &state);
    unsigned first = 0, listed = 0, done = 0;
    while (done < SLIP_COUNT) {
        char typed[ID_MOST_BYTES + 1];
        size_t right = next_random(&state) % ID_COUNT;
        bool is_other_id = false;
        if (!slip(typed, ids[right], &state))
            continue;
        for (size_t i = 0; i < ID_COUNT; i++)
            is_other_id |= strcmp(ids[i], typed) == 0;
        if (is_other_id) /* no mistake that anybody could see */
            continue;
        done++;
        struct suggestion suggestion = {.wanted = slice_of(typed)};
        for (size_t i = 0; i < ID_COUNT; i++)
            suggest_offer(&suggestion, slice_of(ids[i]));
        for (size_t i = 0; i < suggestion.count; i++)
            listed += slice_is(suggestion.best[i], ids[right]);
        if (suggestion.count && slice_is(suggestion.best[0], ids[right]))
            first++;
        else
            printf("%s: not '%s' but '%.*s'\n", typed, ids[right], SLICE_ARGS(suggestion.best[0]));
    }
    printf("seed %llu: first in %u, listed in %u of %u\n", (unsigned long long)seed, first, listed, done);
    assert_true(first * 100 >= done * 93);
    assert_true(listed * 100 >= done * 97);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_cost),
        cmocka_unit_test(test_text_fits),
        cmocka_unit_test(test_slips),
    };
    return cmocka_run_group_tests_name("suggest", tests, NULL, NULL);
}
