/* The HTML tokenizer, reduced to what escaping needs: it reads one byte at a
 * time and relies on nothing but ASCII. Where the standard has several states
 * that treat a value alike, there is one here; what it does not know (a `<`
 * inside a tag, a NUL) it reads as browsers do, so that no fixed text of a
 * template can make it lose its place. */

#include "script/html_place.h"
#include <ctype.h>
#include <stddef.h>
#include <string.h>

enum state {
    STATE_TEXT,
    STATE_TAG_OPEN,     /* after `<` */
    STATE_END_TAG_OPEN, /* after `</` */
    STATE_TAG_NAME,
    STATE_IN_TAG, /* where an attribute may begin */
    STATE_ATTRIBUTE_NAME,
    STATE_AFTER_NAME,
    STATE_BEFORE_VALUE, /* after `=` */
    STATE_VALUE,
    STATE_DECLARATION, /* after `<!` */
    STATE_COMMENT,
    STATE_BOGUS, /* doctype, `<?`, `</%`: up to the next `>` */
    STATE_RAW,   /* inside an element whose content is no markup */
};

enum element_class {
    ELEMENT_OTHER,
    ELEMENT_SCRIPT,
    ELEMENT_STYLE,
    ELEMENT_RAW,     /* iframe, xmp, noembed, noframes, plaintext */
    ELEMENT_ESCAPED, /* title, textarea: text, in which entities are read */
    ELEMENT_META,
    ELEMENT_ANIMATION, /* SVG: can set any attribute of another element */
};

enum attribute_class {
    ATTRIBUTE_PLAIN,
    ATTRIBUTE_LINK,
    ATTRIBUTE_RESOURCE,
    ATTRIBUTE_EVENT,
    ATTRIBUTE_STYLE,
    ATTRIBUTE_REFUSED,      /* holds code, markup or lists of addresses */
    ATTRIBUTE_CONTENT,      /* of a refreshing <meta>, before the address */
    ATTRIBUTE_CONTENT_LINK, /* … and in it */
};

struct name_class {
    const char *name;
    uint8_t class;
};

static const struct name_class elements[] = {
    {"script", ELEMENT_SCRIPT},
    {"style", ELEMENT_STYLE},
    {"title", ELEMENT_ESCAPED},
    {"textarea", ELEMENT_ESCAPED},
    {"iframe", ELEMENT_RAW},
    {"xmp", ELEMENT_RAW},
    {"noembed", ELEMENT_RAW},
    {"noframes", ELEMENT_RAW},
    {"plaintext", ELEMENT_RAW},
    {"meta", ELEMENT_META},
    {"animate", ELEMENT_ANIMATION},
    {"set", ELEMENT_ANIMATION},
    {"animatetransform", ELEMENT_ANIMATION},
    {"animatemotion", ELEMENT_ANIMATION},
};

static const struct name_class attributes[] = {
    {"href", ATTRIBUTE_LINK},
    {"action", ATTRIBUTE_LINK},
    {"formaction", ATTRIBUTE_LINK},
    {"cite", ATTRIBUTE_LINK},
    {"longdesc", ATTRIBUTE_LINK},
    {"src", ATTRIBUTE_RESOURCE},
    {"poster", ATTRIBUTE_RESOURCE},
    {"data", ATTRIBUTE_RESOURCE},
    {"background", ATTRIBUTE_RESOURCE},
    {"xlink:href", ATTRIBUTE_RESOURCE},
    {"manifest", ATTRIBUTE_RESOURCE},
    {"style", ATTRIBUTE_STYLE},
    {"srcdoc", ATTRIBUTE_REFUSED},
    {"srcset", ATTRIBUTE_REFUSED},
    {"imagesrcset", ATTRIBUTE_REFUSED},
    {"ping", ATTRIBUTE_REFUSED},
    {"attributionsrc", ATTRIBUTE_REFUSED},
    {"http-equiv", ATTRIBUTE_REFUSED},
    {"codebase", ATTRIBUTE_REFUSED},
    {"archive", ATTRIBUTE_REFUSED},
    {"classid", ATTRIBUTE_REFUSED},
};

static uint8_t class_of(const struct name_class *classes, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(classes[i].name, name) == 0)
            return classes[i].class;
    return 0;
}
#define CLASS_OF(classes, name) class_of(classes, sizeof(classes) / sizeof((classes)[0]), name)

static bool is_blank(unsigned char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r' || byte == '\f';
}

static void name_begin(struct html_position *position)
{
    position->name_length = 0;
    position->name[0] = '\0';
}

/* What is longer than every name of the tables is cut, and so equals none of them. */
static void name_add(struct html_position *position, unsigned char byte)
{
    if (position->name_length >= HTML_NAME_MOST)
        return;
    position->name[position->name_length++] = (char)tolower(byte);
    position->name[position->name_length] = '\0';
}

static void tag_named(struct html_position *position)
{
    memcpy(position->tag, position->name, sizeof position->tag);
    position->tag_length = position->name_length;
    position->element = CLASS_OF(elements, position->tag);
    position->is_refresh = false;
    position->has_content = false;
}

static void attribute_named(struct html_position *position)
{
    const char *name = position->name;
    if (name[0] == 'o' && name[1] == 'n')
        position->attribute = ATTRIBUTE_EVENT;
    else if (position->element == ELEMENT_META && strcmp(name, "content") == 0 && position->is_refresh)
        position->attribute = ATTRIBUTE_CONTENT;
    else
        position->attribute = CLASS_OF(attributes, name);
    if (position->element != ELEMENT_META)
        return;
    if (strcmp(name, "http-equiv") == 0) {
        position->is_refresh = true;
        position->is_late_refresh |= position->has_content;
    } else if (strcmp(name, "content") == 0) {
        position->has_content = true;
    }
}

static void tag_ended(struct html_position *position)
{
    bool is_pre = strcmp(position->tag, "pre") == 0;
    if (is_pre && !position->is_end_tag)
        position->pre_depth++;
    else if (is_pre && position->pre_depth > 0)
        position->pre_depth--;
    bool has_raw_content = position->element == ELEMENT_SCRIPT || position->element == ELEMENT_STYLE ||
                           position->element == ELEMENT_RAW || position->element == ELEMENT_ESCAPED;
    position->state = has_raw_content && !position->is_end_tag ? STATE_RAW : STATE_TEXT;
    position->matched = 0;
    if (position->state == STATE_TEXT)
        position->element = ELEMENT_OTHER;
}

/* The address in `content="5; url=…"` begins after `url=`. */
static void content_step(struct html_position *position, unsigned char byte)
{
    static const char before[] = "url=";
    if (tolower(byte) == before[position->matched]) {
        position->matched++;
        if (position->matched == sizeof before - 1)
            position->attribute = ATTRIBUTE_CONTENT_LINK;
    } else {
        position->matched = tolower(byte) == before[0];
    }
}

/* Inside <script>, <title> …: only the end tag of the same element ends it. */
static void raw_step(struct html_position *position, unsigned char byte)
{
    uint8_t matched = position->matched;
    if (matched == 0 || byte == '<') {
        position->matched = byte == '<';
        return;
    }
    if (matched == 1) {
        position->matched = byte == '/' ? 2 : 0;
        return;
    }
    size_t at = matched - 2u;
    if (at < position->tag_length) {
        position->matched = tolower(byte) == position->tag[at] ? matched + 1 : 0;
        return;
    }
    position->matched = 0;
    if (!is_blank(byte) && byte != '/' && byte != '>')
        return;
    position->is_end_tag = true;
    position->state = STATE_IN_TAG;
    if (byte == '>')
        tag_ended(position);
}

static void comment_step(struct html_position *position, unsigned char byte)
{
    if (byte == '>' && position->matched >= 2)
        position->state = STATE_TEXT;
    else if (byte == '!' && position->matched >= 2)
        return; /* `--!>` ends a comment too */
    position->matched = byte == '-' ? (position->matched < 2 ? position->matched + 1 : 2) : 0;
}

static void declaration_step(struct html_position *position, unsigned char byte)
{
    if (byte == '-' && position->matched == 0) {
        position->matched = 1;
    } else if (byte == '-') {
        position->state = STATE_COMMENT;
        position->matched = 2; /* `<!-->` is a whole comment */
    } else {
        position->state = byte == '>' ? STATE_TEXT : STATE_BOGUS;
    }
}

static void in_tag_step(struct html_position *position, unsigned char byte)
{
    if (byte == '>') {
        tag_ended(position);
    } else if (!is_blank(byte) && byte != '/') {
        position->state = STATE_ATTRIBUTE_NAME;
        name_begin(position);
        name_add(position, byte);
    } else {
        position->state = STATE_IN_TAG;
    }
}

/* Behind a sealed name: a blank or the tag's end, and then no `=`. */
static void seal_step(struct html_position *position, unsigned char byte)
{
    bool ends_name = is_blank(byte) || byte == '/' || byte == '>';
    position->is_torn |= position->seal == SEAL_BLANK ? !ends_name : byte == '=';
    position->seal = is_blank(byte) ? SEAL_NO_EQUALS : SEAL_NONE;
}

void html_position_step(struct html_position *position, unsigned char byte)
{
    if (position->seal != SEAL_NONE)
        seal_step(position, byte);
    switch ((enum state)position->state) {
    case STATE_TEXT:
        if (byte == '<')
            position->state = STATE_TAG_OPEN;
        return;
    case STATE_TAG_OPEN:
        name_begin(position);
        position->is_end_tag = false;
        position->matched = 0;
        if (byte == '/') {
            position->state = STATE_END_TAG_OPEN;
        } else if (byte == '!') {
            position->state = STATE_DECLARATION;
        } else if (byte == '?') {
            position->state = STATE_BOGUS;
        } else if (isalpha(byte)) {
            position->state = STATE_TAG_NAME;
            name_add(position, byte);
        } else if (byte != '<') {
            position->state = STATE_TEXT;
        }
        return;
    case STATE_END_TAG_OPEN:
        position->is_end_tag = true;
        if (isalpha(byte)) {
            position->state = STATE_TAG_NAME;
            name_add(position, byte);
        } else {
            position->state = byte == '>' ? STATE_TEXT : STATE_BOGUS;
        }
        return;
    case STATE_TAG_NAME:
        if (!is_blank(byte) && byte != '/' && byte != '>') {
            name_add(position, byte);
            return;
        }
        tag_named(position);
        in_tag_step(position, byte);
        return;
    case STATE_IN_TAG:
        in_tag_step(position, byte);
        return;
    case STATE_ATTRIBUTE_NAME:
        if (is_blank(byte) || byte == '/' || byte == '>' || byte == '=') {
            attribute_named(position);
            position->state = byte == '=' ? STATE_BEFORE_VALUE : STATE_AFTER_NAME;
            if (byte == '/' || byte == '>')
                in_tag_step(position, byte);
        } else {
            name_add(position, byte);
        }
        return;
    case STATE_AFTER_NAME:
        if (byte == '=')
            position->state = STATE_BEFORE_VALUE;
        else if (!is_blank(byte))
            in_tag_step(position, byte);
        return;
    case STATE_BEFORE_VALUE:
        if (is_blank(byte))
            return;
        position->matched = 0;
        position->state = STATE_VALUE;
        position->quote = byte == '"' || byte == '\'' ? byte : 0;
        if (byte == '>')
            tag_ended(position);
        return;
    case STATE_VALUE:
        if (position->quote ? byte == position->quote : is_blank(byte))
            position->state = STATE_IN_TAG;
        else if (!position->quote && byte == '>')
            tag_ended(position);
        else if (position->attribute == ATTRIBUTE_CONTENT)
            content_step(position, byte);
        return;
    case STATE_DECLARATION:
        declaration_step(position, byte);
        return;
    case STATE_COMMENT:
        comment_step(position, byte);
        return;
    case STATE_BOGUS:
        if (byte == '>')
            position->state = STATE_TEXT;
        return;
    case STATE_RAW:
        raw_step(position, byte);
        return;
    }
}

enum html_place html_position_place(const struct html_position *position)
{
    if (position->state == STATE_TEXT)
        return PLACE_TEXT;
    if (position->state == STATE_RAW)
        return position->element == ELEMENT_ESCAPED && position->matched == 0 ? PLACE_ESCAPED : PLACE_REFUSED;
    if (position->state != STATE_VALUE || !position->quote || position->element == ELEMENT_ANIMATION)
        return PLACE_REFUSED;
    switch ((enum attribute_class)position->attribute) {
    case ATTRIBUTE_PLAIN:
        return PLACE_ATTRIBUTE;
    case ATTRIBUTE_LINK:
    case ATTRIBUTE_CONTENT_LINK:
        return PLACE_LINK;
    case ATTRIBUTE_RESOURCE:
        return PLACE_RESOURCE;
    case ATTRIBUTE_EVENT:
    case ATTRIBUTE_STYLE:
    case ATTRIBUTE_REFUSED:
    case ATTRIBUTE_CONTENT:
        return PLACE_REFUSED;
    }
    return PLACE_REFUSED;
}

static const char *value_refusal(const struct html_position *position, const char **help)
{
    if (!position->quote) {
        *help = "put the whole attribute value into double quotes";
        return "a value may not stand in an attribute without quotes";
    }
    *help = "write the attribute as fixed text, and choose between fixed texts with {% if %}";
    if (position->element == ELEMENT_ANIMATION)
        return "a value may not stand in the tag of an animation, which can set any attribute";
    switch ((enum attribute_class)position->attribute) {
    case ATTRIBUTE_EVENT:
        *help = "put the value into a data- attribute and read it from a script file";
        return "a value may not stand in an event handler";
    case ATTRIBUTE_STYLE:
        *help = "use a class, or a data- attribute that the style sheet selects";
        return "a value may not stand in a style attribute";
    case ATTRIBUTE_CONTENT:
        *help = "a value may stand after 'url=' only";
        return "a value may not stand at the begin of a refresh";
    default:
        return "a value may not stand in this attribute: it holds code, markup or a list of addresses";
    }
}

const char *html_place_refusal(const struct html_position *position, const char **help)
{
    *help = "write fixed text here, and choose between fixed texts with {% if %}";
    switch ((enum state)position->state) {
    case STATE_TAG_OPEN:
    case STATE_END_TAG_OPEN:
    case STATE_TAG_NAME:
        return "a value may not stand in the name of a tag";
    case STATE_IN_TAG:
    case STATE_ATTRIBUTE_NAME:
    case STATE_AFTER_NAME:
        *help = "write name=\"{{ value }}\", and {% if %} around it when it may be absent";
        return "a value may not stand for an attribute or its name";
    case STATE_BEFORE_VALUE:
        *help = "put the value into double quotes";
        return "a value may not stand in an attribute without quotes";
    case STATE_VALUE:
        return value_refusal(position, help);
    case STATE_DECLARATION:
    case STATE_COMMENT:
    case STATE_BOGUS:
        *help = "write {# … #} for a comment that is not published";
        return "a value may not stand in a comment or declaration";
    case STATE_RAW:
        if (position->element == ELEMENT_STYLE)
            return "a value may not stand in a <style>";
        *help = "put the value into a data- attribute and read it from a script file";
        return position->element == ELEMENT_SCRIPT ? "a value may not stand in a <script>"
                                                   : "a value may not stand in an element whose content is no markup";
    case STATE_TEXT:
        break;
    }
    return "a value may not stand here";
}

bool html_position_seal(struct html_position *position)
{
    switch ((enum state)position->state) {
    case STATE_TAG_NAME:
        tag_named(position);
        position->seal = SEAL_BLANK;
        position->state = STATE_IN_TAG;
        return true;
    case STATE_ATTRIBUTE_NAME:
        attribute_named(position);
        position->seal = SEAL_BLANK;
        position->state = STATE_IN_TAG;
        return true;
    case STATE_AFTER_NAME:
        position->seal = SEAL_NO_EQUALS;
        position->state = STATE_IN_TAG;
        return true;
    case STATE_TEXT:
    case STATE_IN_TAG:
    case STATE_COMMENT:
    case STATE_BOGUS:
        return true;
    case STATE_VALUE:
        return position->quote != 0;
    case STATE_RAW:
        return position->matched == 0;
    case STATE_TAG_OPEN:
    case STATE_END_TAG_OPEN:
    case STATE_BEFORE_VALUE:
    case STATE_DECLARATION:
        return false;
    }
    return false;
}

uint16_t html_position_code(const struct html_position *position)
{
    unsigned code = position->state;
    switch ((enum state)position->state) {
    case STATE_TEXT:
        return 0;
    case STATE_RAW:
    case STATE_IN_TAG:
        return (uint16_t)(code | position->element << 4 | position->is_end_tag << 8);
    case STATE_VALUE:
        return (uint16_t)(code | position->element << 4 | position->attribute << 8 | (position->quote == '"') << 12 |
                          (position->quote == '\'') << 13);
    default:
        /* In the middle of a name or a sign: the bytes that follow decide, so nothing is like it. */
        return (uint16_t)(code | 1u << 15 | (unsigned)position->matched << 8);
    }
}

const char *html_position_name(uint16_t code)
{
    switch ((enum state)(code & 15)) {
    case STATE_TEXT:
        return "text";
    case STATE_RAW:
        return ((code >> 4) & 15) == ELEMENT_ESCAPED ? "a <title> or <textarea>" : "a <script> or <style>";
    case STATE_VALUE:
        return "the value of an attribute";
    case STATE_DECLARATION:
    case STATE_COMMENT:
    case STATE_BOGUS:
        return "a comment or declaration";
    default:
        return "a tag";
    }
}

bool html_position_is_loose(const struct html_position *position)
{
    return position->state == STATE_TEXT && position->pre_depth == 0;
}
