/* Damerau-Levenshtein (optimal string alignment) in three rows. An edit costs
 * ten, a change of case one, so that `Storage` is nearer to `storage` than any
 * other name is. */

#include "base/suggest.h"
#include <stdio.h>

enum { NAME_MOST_BYTES = 256, EDIT = 10, CASE = 1 };

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
    unsigned rows[3][NAME_MOST_BYTES + 1];
    unsigned *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b.length; j++)
        last[j] = (unsigned)j * EDIT;
    for (size_t i = 1; i <= a.length; i++) {
        row[0] = (unsigned)i * EDIT;
        unsigned least = row[0];
        for (size_t j = 1; j <= b.length; j++) {
            char x = a.at[i - 1], y = b.at[j - 1];
            unsigned change = x == y ? 0 : lower(x) == lower(y) ? CASE : EDIT;
            unsigned cost = smallest(last[j - 1] + change, smallest(last[j], row[j - 1]) + EDIT);
            if (i > 1 && j > 1 && x != y && lower(x) == lower(b.at[j - 2]) && lower(a.at[i - 2]) == lower(y))
                cost = smallest(cost, before[j - 2] + EDIT);
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
    return last[b.length];
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
    if (part.length < 4)
        return false;
    for (size_t i = 0; i + part.length <= whole.length; i++)
        if (memcmp(whole.at + i, part.at, part.length) == 0)
            return true;
    return false;
}

static unsigned candidate_cost(struct slice wanted, struct slice candidate)
{
    size_t longer = wanted.length > candidate.length ? wanted.length : candidate.length;
    unsigned most = (unsigned)(longer * EDIT / 3);
    if (most < EDIT)
        most = EDIT;
    unsigned cost = suggest_cost(wanted, candidate, most);
    if (cost <= most)
        return cost;
    struct slice wanted_tail = last_segment(wanted), tail = last_segment(candidate);
    if (tail.length >= 3 && slice_equal(wanted_tail, tail))
        return most + 1;
    if (contains(candidate, wanted) || contains(wanted, candidate))
        return most + 2;
    return 0xFFFF;
}

void suggest_offer(struct suggestion *suggestion, struct slice candidate)
{
    if (candidate.length == 0)
        return;
    unsigned cost = candidate_cost(suggestion->wanted, candidate);
    if (cost == 0xFFFF)
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

void suggest_text(const struct suggestion *suggestion, char *out, size_t out_bytes)
{
    size_t used = 0;
    out[0] = 0;
    for (size_t i = 0; i < suggestion->count && used < out_bytes; i++) {
        const char *before = i == 0 ? "did you mean " : i + 1 == suggestion->count ? " or " : ", ";
        int written = snprintf(out + used, out_bytes - used, "%s'%.*s'", before, SLICE_ARGS(suggestion->best[i]));
        used += written > 0 ? (size_t)written : 0;
    }
    if (used > 0 && used + 1 < out_bytes)
        memcpy(out + used, "?", 2);
}
