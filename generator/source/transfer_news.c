/* What a transfer's process says, taken apart by its parent like any foreign
 * bytes: it has read what a server sent, and may have come under its sway. */

#include "source/transfer.h"

static bool take_frame(struct transfer_news *news, uint32_t kind, struct slice payload, struct diag_list *diags)
{
    if (news->has_result)
        return false;
    switch ((enum transfer_kind)kind) {
    case TRANSFER_PROGRESS:
        if (payload.length != sizeof news->numbers)
            return false;
        memcpy(&news->numbers, payload.at, sizeof news->numbers);
        return news->has_numbers = true;
    case TRANSFER_DIAG:
        news->is_told = diag_read(diags, &payload);
        return news->is_told && payload.length == 0;
    case TRANSFER_RESULT:
        if (payload.length != sizeof news->result)
            return false;
        memcpy(&news->result, payload.at, sizeof news->result);
        news->has_result = news->result.state == FETCH_NEW || news->result.state == FETCH_UNCHANGED ||
                           news->result.state == FETCH_UPDATED;
        return news->has_result;
    case TRANSFER_KINDS:
        break;
    }
    return false;
}

bool transfer_take(struct transfer_news *news, struct buffer *input, struct diag_list *diags)
{
    struct transfer_frame frame;
    size_t used = 0;
    while (input->length - used >= sizeof frame) {
        memcpy(&frame, input->at + used, sizeof frame);
        if (frame.kind >= TRANSFER_KINDS || frame.length > TRANSFER_FRAME_MOST_BYTES)
            return false;
        if (input->length - used - sizeof frame < frame.length)
            break;
        struct slice payload = {input->at + used + sizeof frame, frame.length};
        if (!take_frame(news, frame.kind, payload, diags))
            return false;
        used += sizeof frame + frame.length;
    }
    if (used)
        memmove(input->at, input->at + used, input->length - used);
    input->length -= used;
    return true;
}
