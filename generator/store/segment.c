/* Segment files: a head, and products one after the other. Workers append to
 * them; everybody else sees a read-only mapping that reaches beyond the end, so
 * that what a small run appends can be read without mapping anew. Mappings live
 * until the store is closed: slices point into them. */

#include "base/hash.h"
#include "store/parts.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct segment_head {
    char magic[8];
    uint32_t byte_order, number, schema, zero;
    uint64_t check; /* of what stands above */
    char padding[SEGMENT_HEAD_BYTES - 32];
};
_Static_assert(sizeof(struct segment_head) == SEGMENT_HEAD_BYTES, "no padding of the compiler's");

static struct segment_head head_of(const struct store *store, uint32_t number)
{
    struct segment_head head = {.byte_order = 0x01020304, .number = number, .schema = store->schema};
    memcpy(head.magic, "WMSEG\r\n\0", sizeof head.magic);
    head.check = hash64((struct slice){(const char *)&head, offsetof(struct segment_head, check)});
    return head;
}

static bool head_is_ours(const struct store *store, uint32_t number, int file)
{
    struct segment_head wanted = head_of(store, number), found;
    return pread(file, &found, sizeof found, 0) == sizeof found && memcmp(&found, &wanted, sizeof found) == 0;
}

static void name_of(uint32_t number, char out[32])
{
    snprintf(out, 32, SEGMENTS_NAME "/%08x", number);
}

/* ---- the list ---- */

static bool read_number(const char *name, uint32_t *number)
{
    if (strlen(name) != 8 || strspn(name, "0123456789abcdef") != 8)
        return false;
    *number = (uint32_t)strtoul(name, NULL, 16);
    return *number > 0;
}

static struct segment *add_segment(struct store *store, uint32_t number, uint64_t size)
{
    LIST_GROW(store->segments, store->segment_count, store->segment_capacity);
    struct segment *segment = &store->segments[store->segment_count++];
    *segment = (struct segment){.number = number, .size = size, .descriptor = -1};
    return segment;
}

static bool read_entry(void *context, const char *name, unsigned char type)
{
    (void)type;
    struct store *store = context;
    struct stat status;
    uint32_t number;
    char path[32];
    if (!read_number(name, &number))
        return true;
    name_of(number, path);
    if (fstatat(store->folder, path, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(status.st_mode))
        add_segment(store, number, (uint64_t)status.st_size);
    return true;
}

/* Trimming is possible only when much is stored; only then uses are remembered. */
static void watch_size(struct store *store)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < store->segment_count; i++)
        bytes += store->segments[i].size;
    store->is_crowded = store->is_crowded || bytes > store->most_bytes / 2;
}

void segments_read(struct store *store)
{
    store->segment_count = 0;
    folder_list(store->folder, SEGMENTS_NAME, read_entry, store); /* sorted: by number */
    watch_size(store);
}

struct segment *segment_get(const struct store *store, uint32_t number)
{
    size_t low = 0, high = store->segment_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (store->segments[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < store->segment_count && store->segments[low].number == number ? &store->segments[low] : NULL;
}

/* ---- mapping ---- */

bool segment_map(struct store *store, struct segment *segment)
{
    if (segment->is_bad)
        return false;
    if (segment->at && segment->size <= segment->mapped)
        return true;
    char name[32];
    name_of(segment->number, name);
    int file = openat(store->folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    struct stat status;
    segment->is_bad = file < 0 || fstat(file, &status) < 0 || !head_is_ours(store, segment->number, file) ||
                      (uint64_t)status.st_size < segment->size;
    if (!segment->is_bad) {
        size_t length = (size_t)segment->size + SEGMENT_SLACK_BYTES;
        void *at = mmap(NULL, length, PROT_READ, MAP_SHARED, file, 0);
        segment->is_bad = at == MAP_FAILED;
        if (segment->at && !segment->is_bad) {
            LIST_GROW(store->retired, store->retired_count, store->retired_capacity);
            store->retired[store->retired_count++] = (struct mapping){segment->at, segment->mapped};
        }
        if (!segment->is_bad) {
            segment->at = at;
            segment->mapped = length;
        }
    }
    file_close(file);
    return !segment->is_bad;
}

void segments_free(struct store *store)
{
    for (size_t i = 0; i < store->segment_count; i++) {
        struct segment *segment = &store->segments[i];
        if (segment->at)
            munmap(segment->at, segment->mapped);
        file_close(segment->descriptor);
    }
    for (size_t i = 0; i < store->retired_count; i++)
        munmap(store->retired[i].at, store->retired[i].length);
    free(store->segments);
    free(store->retired);
    store->segments = NULL;
    store->retired = NULL;
    store->segment_count = store->segment_capacity = store->retired_count = store->retired_capacity = 0;
}

bool store_bytes(const struct store *store, struct store_place place, struct slice *out)
{
    const struct segment *segment = segment_get(store, place.segment);
    if (!segment || !segment->at || segment->is_bad || place.offset < SEGMENT_HEAD_BYTES ||
        place.offset > segment->size || place.length > segment->size - place.offset || segment->size > segment->mapped)
        return false;
    *out = (struct slice){segment->at + place.offset, place.length};
    return hash64(*out) == place.checksum;
}

/* ---- appending ---- */

struct segment *segment_make(struct store *store)
{
    uint32_t number = store->segment_count ? store->segments[store->segment_count - 1].number + 1 : 1;
    char name[32];
    name_of(number, name);
    int file = openat(store->folder, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
    if (file < 0 && errno == EEXIST && unlinkat(store->folder, name, 0) == 0) /* what is no segment of ours */
        file = openat(store->folder, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
    struct segment_head head = head_of(store, number);
    if (file < 0 || !file_write_at(file, (struct slice){(const char *)&head, sizeof head}, 0)) {
        int reason = errno;
        if (file >= 0)
            unlinkat(store->folder, name, 0);
        file_close(file);
        errno = reason;
        return NULL;
    }
    struct segment *segment = add_segment(store, number, sizeof head);
    segment->descriptor = file;
    return segment;
}

/* Continues an older segment if it is small and whole. */
static bool reopen(struct store *store, struct segment *segment)
{
    char name[32];
    struct stat status;
    if (segment->descriptor >= 0 || segment->is_bad || segment->size >= SEGMENT_FULL_BYTES)
        return false;
    name_of(segment->number, name);
    int file = openat(store->folder, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (file < 0 || fstat(file, &status) < 0 || (uint64_t)status.st_size < segment->size ||
        !head_is_ours(store, segment->number, file)) {
        file_close(file);
        return false;
    }
    segment->descriptor = file;
    return true;
}

bool store_segments_open(struct store *store, uint32_t count, int *descriptors, uint32_t *numbers,
                         struct diag_list *diags)
{
    size_t older = store->segment_count; /* the newest first */
    for (uint32_t i = 0; i < count; i++) {
        struct segment *segment = NULL;
        while (!segment && older > 0)
            if (reopen(store, &store->segments[--older]))
                segment = &store->segments[older];
        if (!segment)
            segment = segment_make(store);
        if (!segment)
            return diag_add(diags, DIAG_STORE_IO, PLACE_RUN, "cannot make a file in '%s/" SEGMENTS_NAME "': %s",
                            store->path, strerror(errno));
        descriptors[i] = segment->descriptor;
        numbers[i] = segment->number;
    }
    return true;
}

bool store_segments_map(struct store *store, struct diag_list *diags)
{
    bool ok = true;
    for (size_t i = 0; i < store->segment_count; i++) {
        struct segment *segment = &store->segments[i];
        struct stat status;
        if (segment->descriptor < 0)
            continue;
        if (fstat(segment->descriptor, &status) == 0)
            segment->size = (uint64_t)status.st_size;
        if (!file_close(segment->descriptor) && ok)
            ok = diag_add(diags, DIAG_STORE_IO, PLACE_RUN, "cannot write to '%s/" SEGMENTS_NAME "': %s", store->path,
                          strerror(errno));
        segment->descriptor = -1;
        if (!segment_map(store, segment) && ok)
            ok = diag_add(diags, DIAG_STORE_IO, PLACE_RUN, "cannot read '%s/" SEGMENTS_NAME "/%08x'", store->path,
                          segment->number);
    }
    watch_size(store);
    return ok;
}
