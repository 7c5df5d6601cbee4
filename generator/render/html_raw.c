/* The raw HTML that may pass: a few tags without attributes but `title` and
 * `open`. Content is read again here, tag by tag, and written anew: what is no
 * such tag is text. Tags become frames, so they close where they must: a closing
 * tag that does not fit the innermost open one is dropped, one that is missing
 * is added where the element around it ends. */

#include "render/html_walk.h"
#include <strings.h>

enum tag_flag {
    TAG_VOID = 1,  /* has no content and no closing tag */
    TAG_BLOCK = 2, /* would end a paragraph: not among inlines */
};

static const struct raw_tag {
    struct slice name;
    unsigned flags;
} tags[] = {
    {SLICE("abbr"), 0},
    {SLICE("br"), TAG_VOID},
    {SLICE("del"), 0},
    {SLICE("details"), TAG_BLOCK},
    {SLICE("hr"), TAG_VOID | TAG_BLOCK},
    {SLICE("ins"), 0},
    {SLICE("kbd"), 0},
    {SLICE("mark"), 0},
    {SLICE("small"), 0},
    {SLICE("sub"), 0},
    {SLICE("summary"), TAG_BLOCK},
    {SLICE("sup"), 0},
    {SLICE("u"), 0},
    {SLICE("wbr"), TAG_VOID},
};

struct slice html_raw_name(uint8_t tag)
{
    return tags[tag].name;
}

/* A tag as it was read; `length` 0: there is none. */
struct read_tag {
    size_t length;
    size_t tag;
    bool is_closing, is_open, has_title;
    struct slice title; /* as written: entities stay */
};

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r' || byte == '\f';
}

static bool is_name_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           byte == '-' || byte == '_' || byte == ':';
}

static struct slice take_name(struct slice *rest)
{
    struct slice name = {rest->at, 0};
    while (name.length < rest->length && is_name_byte(rest->at[name.length]))
        name.length++;
    *rest = slice_from(*rest, name.length);
    return name;
}

static void skip_blanks(struct slice *rest)
{
    while (rest->length && is_blank(rest->at[0]))
        *rest = slice_from(*rest, 1);
}

/* `="…"` or nothing; false when it is something else. */
static bool take_value(struct slice *rest, struct slice *value)
{
    *value = (struct slice){0};
    skip_blanks(rest);
    if (rest->length == 0 || rest->at[0] != '=')
        return true;
    *rest = slice_from(*rest, 1);
    skip_blanks(rest);
    if (rest->length == 0 || (rest->at[0] != '"' && rest->at[0] != '\''))
        return false;
    char quote = rest->at[0];
    *rest = slice_from(*rest, 1);
    size_t length = slice_find(*rest, quote);
    if (length == rest->length)
        return false;
    *value = (struct slice){rest->at, length};
    *rest = slice_from(*rest, length + 1);
    return true;
}

/* The tag at the front of `raw`, which begins with `<`. */
static struct read_tag read_tag(struct slice raw)
{
    struct read_tag none = {0}, read = {0};
    struct slice rest = slice_from(raw, 1);
    if (rest.length && rest.at[0] == '/') {
        read.is_closing = true;
        rest = slice_from(rest, 1);
    }
    struct slice name = take_name(&rest);
    for (read.tag = 0; read.tag < sizeof tags / sizeof *tags; read.tag++)
        if (name.length == tags[read.tag].name.length && strncasecmp(name.at, tags[read.tag].name.at, name.length) == 0)
            break;
    if (name.length == 0 || read.tag == sizeof tags / sizeof *tags)
        return none;
    for (;;) {
        size_t before = rest.length;
        skip_blanks(&rest);
        if (rest.length && rest.at[0] == '/')
            rest = slice_from(rest, 1);
        if (rest.length && rest.at[0] == '>')
            break;
        struct slice key = take_name(&rest), value;
        if (key.length == 0 || before == rest.length + key.length || read.is_closing || !take_value(&rest, &value))
            return none;
        if (slice_is(key, "title") && !read.has_title) {
            read.has_title = true;
            read.title = value;
        } else if (slice_is(key, "open")) {
            read.is_open = true;
        } else {
            return none;
        }
    }
    read.length = raw.length - rest.length + 1;
    return read;
}

/* Text between tags, or in an attribute: its entities stay as they are. */
static void put_text(struct html_walk *walk, struct slice text)
{
    html_text_add(walk, text);
    while (text.length) {
        size_t amp = slice_find(text, '&');
        html_escape(walk->out, (struct slice){text.at, amp});
        if (amp < text.length)
            html_put(walk->out, "&", 1);
        text = slice_from(text, amp + 1);
    }
}

static void open_tag(struct html_walk *walk, const struct read_tag *read)
{
    const struct raw_tag *tag = &tags[read->tag];
    PUT(walk, "<");
    html_put(walk->out, tag->name.at, tag->name.length);
    if (read->has_title) {
        struct buffer *text = walk->text;
        walk->text = NULL;
        PUT(walk, " title=\"");
        put_text(walk, read->title);
        PUT(walk, "\"");
        walk->text = text;
    }
    if (read->is_open)
        PUT(walk, " open");
    if (tag->flags & TAG_VOID) {
        if (html_is_bare(walk))
            PUT(walk, " />");
        else
            PUT(walk, ">");
        return;
    }
    PUT(walk, ">");
    /* It ends where the element around it does, at the latest. */
    uint32_t end = walk->open_count > walk->passage_base ? walk->open[walk->open_count - 1].end : UINT32_MAX;
    html_push(walk, CLOSE_TAG, 0, end);
    walk->open[walk->open_count - 1].detail = (uint8_t)read->tag;
}

static void close_tag(struct html_walk *walk, const struct read_tag *read)
{
    const struct html_open *open = walk->open_count > walk->passage_base ? &walk->open[walk->open_count - 1] : NULL;
    if (open && open->close == CLOSE_TAG && open->detail == read->tag)
        html_leave(walk);
}

void html_raw(struct html_walk *walk, struct slice raw, bool is_block)
{
    while (raw.length) {
        size_t length = slice_find(raw, '<');
        put_text(walk, (struct slice){raw.at, length});
        raw = slice_from(raw, length);
        if (raw.length == 0)
            return;
        struct read_tag read = read_tag(raw);
        if (read.length && tags[read.tag].flags & TAG_BLOCK && !is_block)
            read.length = 0;
        if (read.length == 0) {
            put_text(walk, (struct slice){raw.at, 1});
            raw = slice_from(raw, 1);
            continue;
        }
        if (!read.is_closing)
            open_tag(walk, &read);
        else
            close_tag(walk, &read);
        raw = slice_from(raw, read.length);
    }
}
