/* Escaping for HTML: text, URLs, ids. Every byte of content that reaches a page
 * goes through one of these. Runs that need nothing are copied whole. */

#include "render/html.h"
#include "render/html_walk.h"
#include <stdlib.h>
#include <strings.h>

/* What stands for a byte in text and in attribute values. */
static const struct slice escapes[] = {{"", 0}, SLICE("&amp;"), SLICE("&lt;"), SLICE("&gt;"), SLICE("&quot;")};
static const unsigned char escape_of[256] = {['&'] = 1, ['<'] = 2, ['>'] = 3, ['"'] = 4};

void html_escape(struct buffer *out, struct slice text)
{
    const char *at = text.at, *end = text.length ? text.at + text.length : at;
    while (at < end) {
        const char *run = at;
        while (at < end && escape_of[(unsigned char)*at] == 0)
            at++;
        html_put(out, run, (size_t)(at - run));
        if (at < end) {
            struct slice escape = escapes[escape_of[(unsigned char)*at++]];
            html_put(out, escape.at, escape.length);
        }
    }
}

/* CommonMark leaves the choice to the writer; this is cmark's: letters, digits
 * and the reserved characters of RFC 3986 but brackets stand, `%` too (what was
 * encoded stays encoded). */
static const unsigned char url_stands[256] = {
    ['!'] = 1, ['#'] = 1, ['$'] = 1, ['%'] = 1,         ['('] = 1,         [')'] = 1,         ['*'] = 1, ['+'] = 1,
    [','] = 1, ['-'] = 1, ['.'] = 1, ['/'] = 1,         [':'] = 1,         [';'] = 1,         ['='] = 1, ['?'] = 1,
    ['@'] = 1, ['_'] = 1, ['~'] = 1, ['0' ... '9'] = 1, ['A' ... 'Z'] = 1, ['a' ... 'z'] = 1,
};

void html_url(struct buffer *out, struct slice url)
{
    static const char digits[] = "0123456789ABCDEF";
    const char *at = url.at, *end = url.length ? url.at + url.length : at;
    while (at < end) {
        const char *run = at;
        while (at < end && url_stands[(unsigned char)*at])
            at++;
        html_put(out, run, (size_t)(at - run));
        if (at == end)
            break;
        unsigned char byte = (unsigned char)*at++;
        if (byte == '&')
            html_put(out, "&amp;", 5);
        else if (byte == '\'')
            html_put(out, "&#x27;", 6);
        else
            html_put(out, (const char[]){'%', digits[byte >> 4], digits[byte & 15]}, 3);
    }
}

static bool is_scheme(struct slice scheme)
{
    static const struct slice allowed[] = {SLICE("https"), SLICE("http"), SLICE("mailto"), SLICE("tel")};
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
        if (scheme.length == allowed[i].length && strncasecmp(scheme.at, allowed[i].at, scheme.length) == 0)
            return true;
    return false;
}

bool html_url_allowed(struct slice url)
{
    /* Browsers drop blanks and controls in front of a URL and tabs and line ends
     * inside of it. html_url encodes them all, so here they only must not hide
     * what the URL begins with. */
    while (url.length && (unsigned char)url.at[0] <= ' ')
        url = slice_from(url, 1);
    if (url.length >= 2 && (url.at[0] == '/' || url.at[0] == '\\') && (url.at[1] == '/' || url.at[1] == '\\'))
        return false;
    for (size_t i = 0; i < url.length; i++) {
        char byte = url.at[i];
        if (byte == '/' || byte == '?' || byte == '#')
            return true;
        if (byte == ':')
            return is_scheme((struct slice){url.at, i});
    }
    return true;
}

/* Names that a script may look up on `window` or `document`, where an element's
 * id could answer for them, and those that every object has. Sorted. */
/* clang-format off */
static const char *const looked_up[] = {
    "URL", "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__", "__proto__",
    "activeElement", "addEventListener", "alert", "all", "anchors", "applets", "baseURI", "body", "caches", "charset",
    "clear", "close", "closed", "compatMode", "confirm", "console", "constructor", "contentType", "cookie",
    "createElement", "crypto", "currentScript", "customElements", "defaultView", "designMode", "dir", "dispatchEvent",
    "doctype", "document", "documentElement", "documentURI", "domain", "embeds", "eval", "event", "external", "fetch",
    "forms", "frameElement", "frames", "getElementById", "getSelection", "globalThis", "hasOwnProperty", "head",
    "history", "images", "implementation", "indexedDB", "isPrototypeOf", "isSecureContext", "lastModified", "length",
    "links", "localStorage", "location", "menubar", "name", "navigator", "onerror", "onload", "onmessage", "open",
    "opener", "origin", "parent", "plugins", "postMessage", "print", "prompt", "propertyIsEnumerable", "prototype",
    "querySelector", "readyState", "referrer", "scripts", "scroll", "self", "sessionStorage", "setTimeout", "status",
    "stop", "styleSheets", "title", "toLocaleString", "toString", "top", "valueOf", "visibilityState", "window",
    "write", "writeln",
};
/* clang-format on */

static int compare_name(const void *wanted, const void *name)
{
    return slice_compare(*(const struct slice *)wanted, slice_of(*(const char *const *)name));
}

void html_id(struct buffer *out, struct slice id)
{
    bool has_hyphen = slice_find(id, '-') < id.length; /* no name of the list has one */
    if (slice_starts_with(id, "w--") || slice_starts_with(id, "i--") ||
        (!has_hyphen && bsearch(&id, looked_up, sizeof looked_up / sizeof *looked_up, sizeof *looked_up, compare_name)))
        html_put(out, "i--", 3);
    html_escape(out, id);
}
