/* Remote urls, taken apart by a grammar that is narrower than RFC 3986: what it
 * does not know is refused before any library sees it. */

#include "source/url.h"

enum { URL_MOST_BYTES = 2000 };

bool url_is_remote(const char *url)
{
    if (strstr(url, "://"))
        return true;
    size_t colon = strcspn(url, ":/");
    return url[colon] == ':';
}

static bool is_word_of(const char *text, size_t length, const char *more)
{
    if (length == 0 || text[0] == '-')
        return false;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_plain && !(c && strchr(more, c)))
            return false;
    }
    return true;
}

static const char *take(struct arena *arena, const char *from, const char *to)
{
    return arena_copy(arena, from, (size_t)(to - from));
}

/* What is wrong with the part between "://" and the path, or NULL. */
static const char *parse_authority(struct remote_url *out, struct arena *arena, const char *at, const char *end)
{
    const char *sign = memchr(at, '@', (size_t)(end - at));
    if (sign) {
        if (memchr(at, ':', (size_t)(sign - at)))
            return "holds a password";
        if (!is_word_of(at, (size_t)(sign - at), "-_.+"))
            return "holds a user name that is none";
        out->user = take(arena, at, sign);
        at = sign + 1;
    }
    const char *host_end = end;
    if (at < end && at[0] == '[') {
        host_end = memchr(at, ']', (size_t)(end - at));
        if (!host_end || !is_word_of(at + 1, (size_t)(host_end - at - 1), ":."))
            return "holds an address that is none";
        out->host = take(arena, at + 1, host_end);
        host_end++;
    } else {
        const char *colon = memchr(at, ':', (size_t)(end - at));
        host_end = colon ? colon : end;
        if (!is_word_of(at, (size_t)(host_end - at), "-."))
            return "names no host";
        out->host = take(arena, at, host_end);
    }
    if (host_end == end)
        return NULL;
    size_t digits = (size_t)(end - host_end) - 1;
    if (host_end[0] != ':' || digits == 0 || digits > 5 || strspn(host_end + 1, "0123456789") < digits)
        return "holds a port that is none";
    out->port = take(arena, host_end + 1, end);
    return NULL;
}

static const char *parse(struct remote_url *out, struct arena *arena, const char *url)
{
    *out = (struct remote_url){.user = "", .host = "", .port = "", .path = ""};
    size_t length = strlen(url);
    if (length > URL_MOST_BYTES)
        return "is longer than 2000 bytes";
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)url[i] <= ' ' || url[i] == 0x7F || url[i] == '\\')
            return "holds a blank, a backslash or a control character";
    const char *at = strstr(url, "://");
    if (!at)
        return "has no scheme";
    struct slice scheme = {url, (size_t)(at - url)};
    out->is_ssh = slice_is(scheme, "ssh");
    if (!out->is_ssh && !slice_is(scheme, "https"))
        return "has a scheme that is not allowed";
    at += 3;
    const char *slash = strchr(at, '/');
    if (!slash || slash[1] == 0)
        return "names no repository on its host";
    const char *fault = parse_authority(out, arena, at, slash);
    if (fault)
        return fault;
    if (slash[1] == '-')
        return "holds a path that begins with '-'";
    if (strchr(slash, '?') || strchr(slash, '#'))
        return "holds '?' or '#'";
    out->path = take(arena, slash, url + length);
    return NULL;
}

bool url_parse(struct remote_url *out, struct arena *arena, const struct site_config *config,
               const struct source_spec *spec, struct diag_list *diags)
{
    const char *fault = parse(out, arena, spec->url);
    if (!fault)
        return true;
    /* The url itself is not repeated: it may hold a secret. */
    diag_add(diags, DIAG_SOURCE_URL, (struct place){&config->file, spec->at, spec->length}, "the url of '%s' %s",
             spec->name, fault);
    return diag_help(diags, "write https://HOST/PATH, ssh://USER@HOST/PATH, or a path on this machine");
}
