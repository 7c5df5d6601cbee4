/* What a worker might write on its pipe instead of frames: the reader neither
 * trusts it nor waits for what cannot come; diagnostics inside a frame likewise. */

#include "base/diag.h"
#include "work/frame.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct slice rest = {(const char *)bytes, length};
    for (;;) {
        struct frame frame;
        size_t used = 0;
        if (frame_read(&frame, &used, rest, 1 << 16) != FRAME_WHOLE)
            break;
        if (used == 0 || used > rest.length || frame.payload.length > used || frame.part_count > WORK_PARTS_MOST ||
            frame.kind >= FRAME_KINDS)
            abort();
        rest = slice_from(rest, used);
    }
    struct diag_list diags = {0};
    struct slice given = {(const char *)bytes, length};
    while (given.length && diag_read(&diags, &given))
        ;
    FILE *nowhere = fopen("/dev/null", "w");
    for (size_t i = 0; i < diags.count; i++)
        diag_print(nowhere, &diags.items[i], true);
    fclose(nowhere);
    diag_list_free(&diags);
    return 0;
}
