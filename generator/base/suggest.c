/* Damerau-Levenshtein (optimal string alignment) in three rows. An edit costs
 * ten, a change of case one, so that `Storage` is nearer to `storage` than any
 * other name is. One unknown reference is held against every id of a site, so
 * most candidates are dropped by the letters they have, and of the rest only the
 * cells near the diagonal are computed. */

#include "base/suggest.h"
#include <stdio.h>

/* Swapping two letters is the commonest slip, so it wins over others at one distance. */
enum { NAME_MOST_BYTES = 256, EDIT = 10, SWAP = 9, CASE = 1, EDITS_MOST = 5, UNLIKE = 0xFFFF };

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static unsigned smallest(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

unsigned suggest_cost(struct slice a, struct slice b, unsigned most)
{
    if (a.length > NAME_MOST_BYTES || b.length > NAME_MOST_BYTES)
        return most + 1;
    size_t gap = a.length > b.length ? a.length - b.length : b.length - a.length;
    if (gap * EDIT > most)
        return most + 1;
    /* A cell further than `band` from the diagonal costs more than `most`. */
    size_t band = most / EDIT + 1;
    unsigned rows[3][NAME_MOST_BYTES + 2];
    unsigned *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b.length; j++)
        last[j] = (unsigned)j * EDIT;
    for (size_t i = 1; i <= a.length; i++) {
        size_t from = i > band ? i - band : 1, to = i + band < b.length ? i + band : b.length;
        row[from - 1] = from == 1 ? (unsigned)i * EDIT : most + 1;
        unsigned least = row[from - 1];
        for (size_t j = from; j <= to; j++) {
            char x = a.at[i - 1], y = b.at[j - 1];
            unsigned change = x == y ? 0 : lower(x) == lower(y) ? CASE : EDIT;
            unsigned above = i > 1 && j == i + band ? most + 1 : last[j];
            unsigned cost = smallest(last[j - 1] + change, smallest(above, row[j - 1]) + EDIT);
            if (i > 1 && j > 1 && x != y && lower(x) == lower(b.at[j - 2]) && lower(a.at[i - 2]) == lower(y))
                cost = smallest(cost, before[j - 2] + SWAP);
            row[j] = cost;
            least = smallest(least, cost);
        }
        if (least > most)
            return most + 1;
        unsigned *oldest = before;
        before = last;
        last = row;
        row = oldest;
    }
    return last[b.length] <= most ? last[b.length] : most + 1;
}

/* One bit for each letter that occurs, whatever its case. */
static uint64_t letters_of(struct slice name)
{
    uint64_t letters = 0;
    for (size_t i = 0; i < name.length; i++)
        letters |= 1ull << (lower(name.at[i]) & 63);
    return letters;
}

static struct slice last_segment(struct slice name)
{
    for (size_t i = name.length; i > 0; i--)
        if (name.at[i - 1] == '/' || name.at[i - 1] == '#')
            return slice_from(name, i);
    return name;
}

static bool contains(struct slice whole, struct slice part)
{
    return part.length >= 4 && part.length <= whole.length && memmem(whole.at, whole.length, part.at, part.length);
}

/* `letters` are those of `wanted`; `limit` is the cost from which on the candidate would not be listed. */
static unsigned candidate_cost(struct slice wanted, uint64_t letters, struct slice candidate, unsigned limit)
{
    size_t longer = wanted.length > candidate.length ? wanted.length : candidate.length;
    unsigned most = (unsigned)(longer * EDIT / 3);
    most = most < EDIT ? EDIT : smallest(most, EDITS_MOST * EDIT);
    /* One edit changes the presence of at most two letters. */
    uint64_t others = letters_of(candidate);
    unsigned least = ((unsigned)__builtin_popcountll(letters ^ others) + 1) / 2 * SWAP;
    unsigned reach = smallest(most, limit);
    unsigned cost = least > reach ? reach + 1 : suggest_cost(wanted, candidate, reach);
    if (cost <= reach)
        return cost;
    if (limit <= most)
        return UNLIKE;
    struct slice wanted_tail = last_segment(wanted), tail = last_segment(candidate);
    if (tail.length >= 3 && slice_equal(wanted_tail, tail))
        return most + 1;
    if (((letters & ~others) == 0 && contains(candidate, wanted)) ||
        ((others & ~letters) == 0 && contains(wanted, candidate)))
        return most + 2;
    return UNLIKE;
}

void suggest_offer(struct suggestion *suggestion, struct slice candidate)
{
    if (candidate.length == 0)
        return;
    if (suggestion->letters == 0)
        suggestion->letters = letters_of(suggestion->wanted);
    unsigned limit = suggestion->count == SUGGEST_MOST ? suggestion->cost[SUGGEST_MOST - 1] : UNLIKE;
    unsigned cost = candidate_cost(suggestion->wanted, suggestion->letters, candidate, limit);
    if (cost == UNLIKE)
        return;
    size_t at = suggestion->count;
    while (at > 0 && (cost < suggestion->cost[at - 1] ||
                      (cost == suggestion->cost[at - 1] && slice_compare(candidate, suggestion->best[at - 1]) < 0)))
        at--;
    for (size_t i = 0; i < suggestion->count; i++)
        if (slice_equal(suggestion->best[i], candidate))
            return;
    if (at >= SUGGEST_MOST)
        return;
    if (suggestion->count < SUGGEST_MOST)
        suggestion->count++;
    for (size_t i = suggestion->count - 1; i > at; i--) {
        suggestion->best[i] = suggestion->best[i - 1];
        suggestion->cost[i] = suggestion->cost[i - 1];
    }
    suggestion->best[at] = candidate;
    suggestion->cost[at] = cost;
}

/* "did you mean 'a', 'b' or 'c'?" of the first `count`; false when that does not fit. */
static bool write_text(const struct suggestion *suggestion, size_t count, char *out, size_t out_bytes)
{
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        const char *before = i == 0 ? "did you mean " : i + 1 == count ? " or " : ", ";
        const char *after = i + 1 == count ? "?" : "";
        int written =
            snprintf(out + used, out_bytes - used, "%s'%.*s'%s", before, SLICE_ARGS(suggestion->best[i]), after);
        if (written < 0 || (size_t)written >= out_bytes - used)
            return false;
        used += (size_t)written;
    }
    return true;
}

void suggest_text(const struct suggestion *suggestion, char *out, size_t out_bytes)
{
    size_t count = suggestion->count;
    while (count > 0 && !write_text(suggestion, count, out, out_bytes))
        count--;
    if (count == 0)
        out[0] = 0;
}
