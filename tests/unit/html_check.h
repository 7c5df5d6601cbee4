#ifndef WAYMARK_TESTS_UNIT_HTML_CHECK_H
#define WAYMARK_TESTS_UNIT_HTML_CHECK_H

/* Is this the HTML of a body and nothing else? A strict tokenizer that knows no
 * mercy where browsers do: every `<` begins a tag of the list, every attribute is
 * of the list and in double quotes, every element is closed in its turn, every
 * URL has a scheme that may pass, no id stands twice. */

#include "base/buffer.h"
#include "base/slice.h"
#include "base/table.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *const html_check_void[] = {"br", "hr", "img", "input", "wbr", NULL};
static const char *const html_check_elements[] = {
    "p",    "ul",  "ol",    "li",      "blockquote", "pre",        "code",  "em",    "strong", "del",     "a",
    "h1",   "h2",  "h3",    "h4",      "h5",         "h6",         "table", "thead", "tbody",  "tr",      "th",
    "td",   "sub", "sup",   "kbd",     "abbr",       "mark",       "small", "ins",   "u",      "details", "summary",
    "span", "div", "aside", "section", "figure",     "figcaption", "cite",  "dl",    "dt",     "dd",      NULL};
static const char *const html_check_attributes[] = {"href",
                                                    "src",
                                                    "alt",
                                                    "title",
                                                    "class",
                                                    "id",
                                                    "lang",
                                                    "dir",
                                                    "start",
                                                    "type",
                                                    "disabled",
                                                    "checked",
                                                    "role",
                                                    "rel",
                                                    "aria-label",
                                                    "aria-labelledby",
                                                    "tabindex",
                                                    "scope",
                                                    "align",
                                                    "open",
                                                    "width",
                                                    "height",
                                                    "loading",
                                                    "data-from",
                                                    "data-footnotes",
                                                    "data-footnote-ref",
                                                    "data-footnote-backref",
                                                    NULL};

static inline bool html_check_is(struct slice word, const char *const *list)
{
    for (; *list; list++)
        if (slice_is(word, *list))
            return true;
    return false;
}

static inline bool html_check_word(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-';
}

/* What a browser makes of it: entities of & and ' undone, tabs and line ends dropped. */
static inline bool html_check_url(struct slice value)
{
    char url[64];
    size_t length = 0;
    for (size_t i = 0; i < value.length && length < sizeof url - 1; i++) {
        if ((unsigned char)value.at[i] <= ' ')
            return false; /* must be encoded */
        url[length++] = value.at[i];
    }
    url[length] = 0;
    if (url[0] == '/' && (url[1] == '/' || url[1] == '\\'))
        return false;
    size_t colon = strcspn(url, ":/?#&");
    if (url[colon] == '&')
        return strncmp(url + colon, "&amp;", 5) == 0 || strncmp(url + colon, "&#x27;", 6) == 0;
    if (url[colon] != ':')
        return true;
    return (colon == 5 && strncasecmp(url, "https", 5) == 0) || (colon == 4 && strncasecmp(url, "http", 4) == 0) ||
           (colon == 6 && strncasecmp(url, "mailto", 6) == 0) || (colon == 3 && strncasecmp(url, "tel", 3) == 0);
}

/* NULL when all is well, else what is wrong, with *at the byte. */
static inline const char *html_check(struct slice html, size_t *at)
{
    enum { MOST = 4096 };
    static struct slice open[MOST];
    struct table ids = {0};
    size_t depth = 0, i = 0;
    const char *wrong = NULL;
    for (; i < html.length && !wrong; *at = i) {
        *at = i;
        if (html.at[i] != '<') {
            wrong = html.at[i] == 0 ? "a NUL" : NULL;
            i++;
            continue;
        }
        bool is_closing = i + 1 < html.length && html.at[i + 1] == '/';
        size_t start = i + 1 + is_closing, end = start;
        while (end < html.length && html_check_word(html.at[end]))
            end++;
        struct slice name = {html.at + start, end - start};
        bool is_void = html_check_is(name, html_check_void);
        if (!is_void && !html_check_is(name, html_check_elements)) {
            wrong = "an element that may not be there";
            break;
        }
        i = end;
        if (is_closing) {
            if (i >= html.length || html.at[i++] != '>' || is_void)
                wrong = "a malformed closing tag";
            else if (depth == 0 || !slice_equal(open[depth - 1], name))
                wrong = "a closing tag that does not fit";
            else
                depth--;
            continue;
        }
        bool is_url_safe = true;
        while (!wrong && i < html.length && html.at[i] == ' ' && html.at[i + 1] != '/') {
            start = ++i;
            while (i < html.length && html_check_word(html.at[i]))
                i++;
            struct slice key = {html.at + start, i - start}, value = {0};
            if (!html_check_is(key, html_check_attributes)) {
                wrong = "an attribute that may not be there";
                break;
            }
            if (i + 1 < html.length && html.at[i] == '=') {
                if (html.at[i + 1] != '"') {
                    wrong = "an attribute without quotes";
                    break;
                }
                start = i += 2;
                while (i < html.length && html.at[i] != '"' && html.at[i] != '<' && html.at[i] != '>')
                    i++;
                if (i >= html.length || html.at[i] != '"') {
                    wrong = "an attribute's value is not escaped";
                    break;
                }
                value = (struct slice){html.at + start, i++ - start};
            }
            if (slice_is(key, "href") || slice_is(key, "src"))
                is_url_safe &= html_check_url(value);
            if (slice_is(key, "id")) {
                size_t before = ids.count;
                table_add(&ids, value, 0);
                if (ids.count == before || value.length == 0)
                    wrong = "an id stands twice or is empty";
            }
        }
        if (wrong)
            break;
        if (is_void && i + 1 < html.length && html.at[i] == ' ' && html.at[i + 1] == '/')
            i += 2;
        if (i >= html.length || html.at[i++] != '>')
            wrong = "a malformed tag";
        else if (!is_url_safe)
            wrong = "a URL that may not pass";
        else if (!is_void && depth == MOST)
            wrong = "too deep";
        else if (!is_void)
            open[depth++] = name;
    }
    table_free(&ids);
    if (!wrong && depth)
        wrong = "an element is not closed";
    return wrong;
}

/* The same with a report; false when something is wrong. */
static inline bool html_check_report(struct slice html, const char *what)
{
    size_t at = 0;
    const char *wrong = html_check(html, &at);
    if (!wrong)
        return true;
    size_t from = at > 120 ? at - 120 : 0, left = html.length - from;
    fprintf(stderr, "%s: %s at byte %zu:\n%.*s\n", what, wrong, at, (int)(left > 300 ? 300 : left), html.at + from);
    return false;
}

#endif
