/* Names are found by a table of lower-case last parts, with the next of the same
 * name in a chain; ids by one pass over their lengths and letters, which are
 * kept apart from the ids, so that the pass touches little memory. */

#include "link/candidates.h"
#include "base/arena.h"
#include <ctype.h>
#include <stdlib.h>

enum { SAME_NAME_MOST = 64, LENGTH_GAP_MOST = 3, LETTER_GAP_MOST = 6 };

struct shape {
    uint32_t length, letters; /* letters: a bit for each of 32 classes of bytes */
};

struct candidates {
    const struct site *site;
    struct arena arena;
    struct shape **ids;          /* [edition][page]; made when first asked for */
    struct table *id_names;      /* [edition]: lower-case last part → page … */
    uint32_t **next_id;          /* … and the next with the same */
    struct table *path_names;    /* [source] */
    uint32_t *next_file;
    bool has_paths;
};

static struct shape shape_of(struct slice name)
{
    uint32_t letters = 0;
    for (size_t i = 0; i < name.length; i++)
        letters |= 1u << ((unsigned char)name.at[i] & 31);
    return (struct shape){(uint32_t)name.length, letters};
}

static struct slice lower_name(struct arena *arena, struct slice path)
{
    struct slice name = path_name(path);
    char *lower = arena_copy(arena, name.at, name.length);
    for (size_t i = 0; i < name.length; i++)
        lower[i] = (char)tolower((unsigned char)lower[i]);
    return (struct slice){lower, name.length};
}

/* Puts `index` in front of the chain of its name. */
static void chain(struct candidates *candidates, struct table *table, uint32_t *next, struct slice path, uint32_t index)
{
    struct slice name = lower_name(&candidates->arena, path);
    uint32_t first = table_get(table, name);
    next[index] = first;
    table_set(table, name, index);
}

struct candidates *candidates_new(const struct site *site)
{
    struct candidates *candidates = memory_get(sizeof *candidates);
    *candidates = (struct candidates){.site = site};
    candidates->ids = ARENA_ARRAY(&candidates->arena, struct shape *, site->edition_count + 1);
    candidates->next_id = ARENA_ARRAY(&candidates->arena, uint32_t *, site->edition_count + 1);
    candidates->id_names = ARENA_ARRAY(&candidates->arena, struct table, site->edition_count + 1);
    candidates->path_names = ARENA_ARRAY(&candidates->arena, struct table, site->files->source_count + 1);
    return candidates;
}

void candidates_free(struct candidates *candidates)
{
    if (!candidates)
        return;
    for (uint32_t i = 0; i < candidates->site->edition_count; i++)
        table_free(&candidates->id_names[i]);
    for (uint32_t i = 0; i < candidates->site->files->source_count; i++)
        table_free(&candidates->path_names[i]);
    arena_free(&candidates->arena);
    free(candidates);
}

static void prepare_ids(struct candidates *candidates, uint32_t index)
{
    const struct edition *edition = &candidates->site->editions[index];
    if (candidates->ids[index])
        return;
    candidates->ids[index] = ARENA_ARRAY(&candidates->arena, struct shape, edition->page_count + 1);
    candidates->next_id[index] = ARENA_ARRAY(&candidates->arena, uint32_t, edition->page_count + 1);
    for (uint32_t i = edition->page_count; i-- > 0;) {
        struct slice id = page_document(candidates->site, &edition->pages[i])->id;
        candidates->ids[index][i] = shape_of(id);
        chain(candidates, &candidates->id_names[index], candidates->next_id[index], id, i);
    }
}

static bool is_near(struct shape a, struct shape b)
{
    uint32_t gap = a.length > b.length ? a.length - b.length : b.length - a.length;
    return gap <= LENGTH_GAP_MOST && __builtin_popcount(a.letters ^ b.letters) <= LETTER_GAP_MOST;
}

void candidates_ids(struct candidates *candidates, uint32_t index, struct suggestion *suggestion)
{
    const struct edition *edition = &candidates->site->editions[index];
    prepare_ids(candidates, index);
    struct shape wanted = shape_of(suggestion->wanted);
    for (uint32_t i = 0; i < edition->page_count; i++)
        if (is_near(wanted, candidates->ids[index][i]))
            suggest_offer(suggestion, page_document(candidates->site, &edition->pages[i])->id);
    struct arena scratch = {0};
    uint32_t page = table_get(&candidates->id_names[index], lower_name(&scratch, suggestion->wanted));
    for (int i = 0; page != TABLE_NONE && i < SAME_NAME_MOST; i++, page = candidates->next_id[index][page])
        suggest_offer(suggestion, page_document(candidates->site, &edition->pages[page])->id);
    arena_free(&scratch);
}

static void prepare_paths(struct candidates *candidates)
{
    const struct file_list *files = candidates->site->files;
    if (candidates->has_paths)
        return;
    candidates->has_paths = true;
    candidates->next_file = ARENA_ARRAY(&candidates->arena, uint32_t, files->count + 1);
    for (uint32_t i = files->count; i-- > 0;)
        chain(candidates, &candidates->path_names[files->items[i].source], candidates->next_file, files->items[i].path, i);
}

/* The first file of the source whose path is not before `path`: they are sorted. */
static uint32_t first_at(const struct file_list *files, const struct source_state *source, struct slice path)
{
    uint32_t low = source->first_file, high = source->first_file + source->file_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (slice_compare(files->items[middle].path, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void offer_folder(const struct file_list *files, const struct source_state *source, struct suggestion *suggestion)
{
    struct slice folder = path_folder(suggestion->wanted);
    struct shape wanted = shape_of(path_name(suggestion->wanted));
    uint32_t end = source->first_file + source->file_count;
    for (uint32_t i = first_at(files, source, folder); i < end; i++) {
        struct slice path = files->items[i].path;
        bool is_below = folder.length == 0 || (path.length > folder.length && memcmp(path.at, folder.at, folder.length) == 0);
        if (!is_below)
            return;
        if (slice_equal(path_folder(path), folder) && is_near(wanted, shape_of(path_name(path))))
            suggest_offer(suggestion, path);
    }
}

void candidates_paths(struct candidates *candidates, uint32_t source, struct suggestion *suggestion)
{
    const struct file_list *files = candidates->site->files;
    prepare_paths(candidates);
    struct arena scratch = {0};
    uint32_t file = table_get(&candidates->path_names[source], lower_name(&scratch, suggestion->wanted));
    for (int i = 0; file != TABLE_NONE && i < SAME_NAME_MOST; i++, file = candidates->next_file[file])
        suggest_offer(suggestion, files->items[file].path);
    arena_free(&scratch);
    offer_folder(files, &files->sources[source], suggestion);
}
