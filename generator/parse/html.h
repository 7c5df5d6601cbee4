#ifndef WAYMARK_PARSE_HTML_H
#define WAYMARK_PARSE_HTML_H

/* Raw HTML: which tags there are, and what is said of those that may not pass. */

#include "parse/content.h"

enum tag_flag {
    TAG_VOID = 1,   /* has no content */
    TAG_BLOCK = 2,  /* not among inlines */
    TAG_ACROSS = 4, /* may be closed in a later block */
    TAG_ANCHOR = 8, /* `<a id="x"></a>` only */
};

enum { TAG_SUMMARY = 12, TAG_DETAILS = 13, TAG_COUNT = 15 }; /* rows of the table of tags */

/* A tag as it is written. */
struct tag {
    size_t length; /* 0: no tag stands here */
    struct slice name;
    unsigned row; /* TAG_COUNT: not of the table */
    bool is_closing, is_open;
    struct slice title, id; /* values without quotes; at NULL: absent */
    struct slice other;     /* the first attribute that may not pass */
};

/* html_tag.c */
const char *tag_name(unsigned row);
unsigned tag_flags(unsigned row); /* 0 for TAG_COUNT */
/* The tag at the front of `text`, which begins with `<`. */
struct tag tag_read(struct slice text);
/* Appends it reduced to what may pass. */
void tag_write(struct buffer *out, const struct tag *tag);
/* The length of a comment at the front of `text`; 0: none, or never closed. */
size_t comment_length(struct slice text);

/* Findings. `at` is a place in the file, or UINT32_MAX. */
void tag_report(struct parser *parser, const struct tag *tag, uint32_t at);
void tag_report_attribute(struct parser *parser, const struct tag *tag, uint32_t at);
void markup_report(struct parser *parser, struct slice markup, uint32_t at);
void unbalanced_report(struct parser *parser, unsigned row, bool is_closing, uint32_t at, uint32_t length);

/* html.c: open tags of the frame at hand */
void tag_push(struct parser *parser, struct open_tag open);
struct open_tag *tag_top(struct parser *parser); /* NULL: none is open */
/* The node's bytes are shown instead of obeyed. */
void html_show(struct parser *parser, uint32_t node, struct slice literal);

#endif
