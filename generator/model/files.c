/* Looking up a file by its path: the entries of a source are sorted. */

#include "model/files.h"

const struct file_entry *file_list_find(const struct file_list *list, uint32_t source, struct slice path)
{
    if (source >= list->source_count)
        return NULL;
    uint32_t low = list->sources[source].first_file;
    uint32_t high = low + list->sources[source].file_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = slice_compare(list->items[middle].path, path);
        if (order == 0)
            return &list->items[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
