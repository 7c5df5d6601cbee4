#ifndef WAYMARK_SCRIPT_HTML_PLACE_H
#define WAYMARK_SCRIPT_HTML_PLACE_H

/* Where in the HTML a template stands, one byte after another: the states of the
 * HTML tokenizer (WHATWG HTML, section 13.2.5) as far as they decide how a value
 * must be escaped, and whether one may stand there at all.
 *
 * It knows tokens, not elements: whether tags are closed is not its business. */

#include <stdbool.h>
#include <stdint.h>

/* How a value is written there. */
enum html_place {
    PLACE_TEXT,      /* between tags: escaped; finished markup may stand here */
    PLACE_ESCAPED,   /* in <title> or <textarea>: escaped text, no markup */
    PLACE_ATTRIBUTE, /* in a quoted attribute */
    PLACE_LINK,      /* in a quoted attribute that holds an address to go to: schemes are checked */
    PLACE_RESOURCE,  /* in a quoted attribute whose address the browser loads by itself: relative only */
    PLACE_REFUSED,   /* nowhere: html_place_refusal says why */
};

enum { HTML_NAME_MOST = 23 };

struct html_position {
    uint8_t state;
    uint8_t quote;     /* of the attribute value: '"', '\'' or 0 */
    uint8_t attribute; /* class of the attribute that is read */
    uint8_t element;   /* class of the element whose tag is read or whose raw content this is */
    uint8_t matched;   /* characters of an end tag, or of the end of a comment, that have matched */
    bool is_end_tag;
    bool is_refresh;      /* a <meta> whose http-equiv stands before */
    bool has_content;     /* a <meta> whose content stands before */
    bool is_late_refresh; /* set for good by an http-equiv after its content, where no value can be judged */
    uint8_t seal;         /* enum html_seal: what may follow the last statement */
    bool is_torn;         /* set for good by a byte that continues a sealed name */
    uint8_t name_length, tag_length;
    char name[HTML_NAME_MOST + 1]; /* of the tag or attribute that is read, lower case; cut */
    char tag[HTML_NAME_MOST + 1];
    uint16_t pre_depth; /* open <pre> elements: white space counts there */
};

/* A zeroed position is the start of a file. */
void html_position_step(struct html_position *position, unsigned char byte);

enum html_place html_position_place(const struct html_position *position);
/* Why no value may stand here, and what to do instead; for PLACE_REFUSED. */
const char *html_place_refusal(const struct html_position *position, const char **help);

/* A statement stands here: whether what follows it is written may vary, so a name
 * that was being read ends here, and what follows must not continue it. False
 * where that cannot be: in the middle of a sign, or of a value without quotes. */
enum html_seal { SEAL_NONE, SEAL_NO_EQUALS, SEAL_BLANK };
bool html_position_seal(struct html_position *position);

/* Two positions with equal codes read what follows in the same way. 0: text. */
uint16_t html_position_code(const struct html_position *position);
/* "text", "a quoted attribute", "a <script>": for messages. */
const char *html_position_name(uint16_t code);

/* Is white space here of no meaning: between tags, outside <pre>? */
bool html_position_is_loose(const struct html_position *position);

#endif
