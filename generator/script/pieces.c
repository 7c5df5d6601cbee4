/* Cuts a template at its tags and settles which white space of the text between
 * them is shown. Relies on script/lua_scan to find the end of a tag, so that
 * `}}` or `%}` in a string ends nothing. */

#include "script/pieces.h"
#include "script/lua_scan.h"
#include <ctype.h>

static void add(struct pieces *pieces, struct piece piece)
{
    LIST_GROW(pieces->items, pieces->count, pieces->capacity);
    pieces->items[pieces->count++] = piece;
}

/* The next `{{`, `{%` or `{#` from `from` on, or the end. */
static size_t next_tag(struct slice text, size_t from)
{
    for (size_t i = from; i + 1 < text.length; i++)
        if (text.at[i] == '{' && strchr("{%#", text.at[i + 1]))
            return i;
    return text.length;
}

static bool unclosed(const struct diag_file *file, struct diag_list *diags, size_t at, const char *closer,
                     const char *reason)
{
    diag_add(diags, DIAG_TEMPLATE_SYNTAX, (struct place){file, at, 2}, "%s", reason);
    return diag_help(diags, "close it with '%s'", closer);
}

/* Where the tag's content ends: at its closer. Sets *trims when a `-` stands before it. */
static bool find_closer(const struct diag_file *file, struct diag_list *diags, size_t at, size_t inner,
                        const char *closer, size_t *inner_end, bool *trims)
{
    struct lua_scanner scanner = {.rest = slice_from(file->bytes, inner), .closer = closer};
    struct lua_token token, last = {.type = TOKEN_END};
    for (;;) {
        token = lua_scan(&scanner);
        if (token.type == TOKEN_END)
            break;
        if (token.type == TOKEN_BROKEN)
            return unclosed(file, diags, (size_t)(token.text.at - file->bytes.at),
                            token.text.at[0] == '-'   ? "]]"
                            : token.text.at[0] == '[' ? "]]"
                                                      : "the same quote",
                            "a string or comment inside this tag is not closed");
        last = token;
    }
    if (!slice_starts_with(scanner.rest, closer))
        return unclosed(file, diags, at, closer, "this tag is not closed");
    size_t end = (size_t)(scanner.rest.at - file->bytes.at);
    *trims = last.type == TOKEN_SIGN && last.text.at[0] == '-' && last.text.at + 1 == file->bytes.at + end;
    *inner_end = *trims ? end - 1 : end;
    return true;
}

static bool cut_comment(struct piece *piece, const struct diag_file *file, struct diag_list *diags)
{
    struct slice rest = slice_from(file->bytes, piece->at + 2);
    const char *closer = memmem(rest.at, rest.length, "#}", 2);
    if (!closer)
        return unclosed(file, diags, piece->at, "#}", "this comment is not closed");
    piece->kind = PIECE_COMMENT;
    piece->end = (uint32_t)(closer + 2 - file->bytes.at);
    return true;
}

static void trim_inner(struct piece *piece, const char *bytes)
{
    while (piece->inner_at < piece->inner_end && isspace((unsigned char)bytes[piece->inner_at]))
        piece->inner_at++;
    while (piece->inner_end > piece->inner_at && isspace((unsigned char)bytes[piece->inner_end - 1]))
        piece->inner_end--;
}

static bool cut_tag(struct piece *piece, const struct diag_file *file, struct diag_list *diags)
{
    struct slice text = file->bytes;
    if (text.at[piece->at + 1] == '#')
        return cut_comment(piece, file, diags);
    bool is_value = text.at[piece->at + 1] == '{';
    piece->kind = is_value ? PIECE_VALUE : PIECE_STATEMENT;
    size_t inner = piece->at + 2, inner_end = 0;
    if (inner < text.length && text.at[inner] == '-')
        piece->trims_before = inner++ > 0;
    if (is_value && inner < text.length && text.at[inner] == '!') {
        piece->kind = PIECE_MARKUP;
        inner++;
    }
    if (!find_closer(file, diags, piece->at, inner, is_value ? "}}" : "%}", &inner_end, &piece->trims_after))
        return false;
    piece->inner_at = (uint32_t)inner;
    piece->inner_end = (uint32_t)inner_end;
    piece->end = (uint32_t)inner_end + piece->trims_after + 2;
    trim_inner(piece, text.at);
    return true;
}

static bool is_silent(const struct piece *piece)
{
    return piece->kind == PIECE_STATEMENT || piece->kind == PIECE_COMMENT;
}

/* Do only silent pieces and blanks stand between the piece and the end of its line? */
static bool line_ends_bare(const struct pieces *pieces, size_t index, const char *bytes)
{
    for (size_t i = index + 1; i < pieces->count; i++) {
        const struct piece *piece = &pieces->items[i];
        if (piece->kind != PIECE_TEXT && !is_silent(piece))
            return false;
        for (uint32_t at = piece->at; piece->kind == PIECE_TEXT && at < piece->end; at++) {
            if (bytes[at] == '\n')
                return true;
            if (!isspace((unsigned char)bytes[at]))
                return false;
        }
    }
    return true;
}

static bool line_begins_bare(const struct pieces *pieces, size_t index, const char *bytes)
{
    for (size_t i = index; i-- > 0;) {
        const struct piece *piece = &pieces->items[i];
        if (piece->kind != PIECE_TEXT && !is_silent(piece))
            return false;
        for (uint32_t at = piece->end; piece->kind == PIECE_TEXT && at-- > piece->at;) {
            if (bytes[at] == '\n')
                return true;
            if (!isspace((unsigned char)bytes[at]))
                return false;
        }
    }
    return true;
}

static void drop_before(struct piece *text, const char *bytes, bool lines_too)
{
    while (text->inner_end > text->inner_at && isspace((unsigned char)bytes[text->inner_end - 1]) &&
           (lines_too || bytes[text->inner_end - 1] != '\n'))
        text->inner_end--;
}

static void drop_after(struct piece *text, const char *bytes, bool lines_too)
{
    while (text->inner_at < text->inner_end && isspace((unsigned char)bytes[text->inner_at])) {
        bool is_line_end = bytes[text->inner_at] == '\n';
        text->inner_at++;
        if (is_line_end && !lines_too)
            return;
    }
}

/* A bare line loses its blanks on both sides of the tag and its line end. */
static void settle_space(struct pieces *pieces, const char *bytes)
{
    for (size_t i = 0; i < pieces->count; i++) {
        struct piece *tag = &pieces->items[i];
        if (tag->kind == PIECE_TEXT)
            continue;
        tag->is_bare = is_silent(tag) && line_begins_bare(pieces, i, bytes) && line_ends_bare(pieces, i, bytes);
        struct piece *before = i > 0 ? &pieces->items[i - 1] : NULL;
        struct piece *after = i + 1 < pieces->count ? &pieces->items[i + 1] : NULL;
        if (before && before->kind == PIECE_TEXT && (tag->trims_before || tag->is_bare))
            drop_before(before, bytes, tag->trims_before);
        if (after && after->kind == PIECE_TEXT && (tag->trims_after || tag->is_bare))
            drop_after(after, bytes, tag->trims_after);
    }
}

bool pieces_cut(struct pieces *pieces, const struct diag_file *file, struct diag_list *diags)
{
    struct slice text = file->bytes;
    for (size_t at = 0; at < text.length;) {
        size_t tag_at = next_tag(text, at);
        if (tag_at > at)
            add(pieces, (struct piece){.kind = PIECE_TEXT,
                                       .at = (uint32_t)at,
                                       .end = (uint32_t)tag_at,
                                       .inner_at = (uint32_t)at,
                                       .inner_end = (uint32_t)tag_at});
        if (tag_at == text.length)
            break;
        struct piece tag = {.at = (uint32_t)tag_at};
        if (!cut_tag(&tag, file, diags))
            return false;
        add(pieces, tag);
        at = tag.end;
    }
    settle_space(pieces, text.at);
    return true;
}
