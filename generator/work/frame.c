/* See frame.h. The reader takes nothing on trust: a worker may have been broken
 * by what it parsed. */

#include "work/frame.h"
#include "base/hash.h"
#include <errno.h>
#include <sys/uio.h>

enum { MAGIC = 0x31464d57 }; /* "WMF1" */

struct head {
    uint32_t magic;
    uint8_t kind, part_count;
    uint16_t zero;
    uint32_t index, serial;
    uint32_t payload_bytes, zero_too;
    uint64_t check; /* of the head with 0 here, the parts, the payload */
};

struct packed_part {
    uint64_t offset, length, checksum;
};

static uint64_t check_of(const struct head *head, const struct packed_part *parts, struct slice payload)
{
    struct head open = *head;
    open.check = 0;
    uint64_t check = hash64((struct slice){(const char *)&open, sizeof open});
    check = hash64_seeded((struct slice){(const char *)parts, head->part_count * sizeof *parts}, check);
    return hash64_seeded(payload, check);
}

bool frame_write(int descriptor, const struct frame *frame)
{
    struct packed_part parts[WORK_PARTS_MOST] = {0};
    for (uint32_t i = 0; i < frame->part_count; i++)
        parts[i] = (struct packed_part){frame->parts[i].offset, frame->parts[i].length, frame->parts[i].checksum};
    struct head head = {
        .magic = MAGIC,
        .kind = (uint8_t)frame->kind,
        .part_count = (uint8_t)frame->part_count,
        .index = frame->index,
        .serial = frame->serial,
        .payload_bytes = (uint32_t)frame->payload.length,
    };
    head.check = check_of(&head, parts, frame->payload);

    struct iovec pieces[3] = {
        {&head, sizeof head},
        {parts, frame->part_count * sizeof *parts},
        {(void *)frame->payload.at, frame->payload.length},
    };
    for (int first = 0; first < 3;) {
        ssize_t done = writev(descriptor, pieces + first, 3 - first);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        while (first < 3 && (size_t)done >= pieces[first].iov_len)
            done -= (ssize_t)pieces[first++].iov_len;
        if (first < 3) {
            pieces[first].iov_base = (char *)pieces[first].iov_base + done;
            pieces[first].iov_len -= (size_t)done;
        }
    }
    return true;
}

enum frame_state frame_read(struct frame *out, size_t *used, struct slice bytes, size_t most_payload_bytes)
{
    struct head head;
    struct packed_part parts[WORK_PARTS_MOST];
    if (bytes.length < sizeof head)
        return FRAME_PARTIAL;
    memcpy(&head, bytes.at, sizeof head);
    if (head.magic != MAGIC || head.kind >= FRAME_KINDS || head.zero || head.zero_too ||
        head.part_count > (head.kind == FRAME_ITEM ? WORK_PARTS_MOST : 0) ||
        head.payload_bytes > (head.kind == FRAME_ITEM ? most_payload_bytes : FRAME_REASON_MOST))
        return FRAME_BAD;

    size_t parts_bytes = head.part_count * sizeof *parts;
    if (bytes.length < sizeof head + parts_bytes + head.payload_bytes)
        return FRAME_PARTIAL;
    memcpy(parts, bytes.at + sizeof head, parts_bytes);
    struct slice payload = {bytes.at + sizeof head + parts_bytes, head.payload_bytes};
    if (check_of(&head, parts, payload) != head.check)
        return FRAME_BAD;

    *out = (struct frame){
        .kind = head.kind,
        .index = head.index,
        .serial = head.serial,
        .part_count = head.part_count,
        .payload = payload,
    };
    for (uint32_t i = 0; i < head.part_count; i++)
        out->parts[i] =
            (struct work_part){.offset = parts[i].offset, .length = parts[i].length, .checksum = parts[i].checksum};
    *used = sizeof head + parts_bytes + head.payload_bytes;
    return FRAME_WHOLE;
}
