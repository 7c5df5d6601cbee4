/* Which addresses may be read from. An allow-list, because git's own list is
 * long: `ext::` runs a program, `git://` and `http://` prove nothing about the
 * other side, and a host that begins with '-' is an option to ssh. */

#include "config/parts.h"

static bool refuse(const struct config_load *load, const struct yaml_node *node, const char *why, const char *help)
{
    return yaml_report(&load->reader, DIAG_SOURCE_URL, yaml_place(load->reader.file, node), help, "%s", why);
}

static bool refuse_part(const struct config_load *load, const struct yaml_node *node, struct slice part,
                        const char *word, const char *help)
{
    return yaml_report(&load->reader, DIAG_SOURCE_URL, yaml_place(load->reader.file, node), help, "'%.*s' is no %s",
                       SLICE_ARGS(part), word);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_word(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9');
}

/* The part before "://" or "::", or nothing. */
static struct slice scheme_of(struct slice url)
{
    size_t i = 0;
    while (i < url.length && (is_word(url.at[i]) || strchr("+.-", url.at[i])))
        i++;
    struct slice rest = slice_from(url, i);
    bool has_scheme = i > 0 && (slice_starts_with(rest, "://") || slice_starts_with(rest, "::"));
    return (struct slice){url.at, has_scheme ? i : 0};
}

static bool is_host(struct slice host)
{
    if (host.length > 2 && host.at[0] == '[' && host.at[host.length - 1] == ']') {
        for (size_t i = 1; i + 1 < host.length; i++)
            if (!(is_word(host.at[i]) || host.at[i] == ':' || host.at[i] == '.'))
                return false;
        return true;
    }
    if (host.length == 0 || host.length > 253 || !is_word(host.at[0]))
        return false;
    for (size_t i = 0; i < host.length; i++)
        if (!(is_word(host.at[i]) || strchr("._-", host.at[i])))
            return false;
    return true;
}

static bool is_user(struct slice user)
{
    if (user.length == 0 || !(is_word(user.at[0]) || user.at[0] == '_'))
        return false;
    for (size_t i = 0; i < user.length; i++)
        if (!(is_word(user.at[i]) || strchr("._-+", user.at[i])))
            return false;
    return true;
}

static bool is_port(struct slice port)
{
    unsigned number = 0;
    for (size_t i = 0; i < port.length; i++) {
        if (port.at[i] < '0' || port.at[i] > '9' || port.length > 5)
            return false;
        number = number * 10 + (unsigned)(port.at[i] - '0');
    }
    return number > 0 && number < 65536;
}

struct authority {
    struct slice user, host, port, rest;
    bool has_user, has_port;
};

/* Splits `user@host:port/rest`. */
static struct authority split_authority(struct slice text)
{
    struct authority parts = {0};
    size_t end = slice_find(text, '/');
    parts.rest = slice_from(text, end);
    text.length = end;
    for (size_t i = text.length; i > 0; i--)
        if (text.at[i - 1] == '@') {
            parts.has_user = true;
            parts.user = (struct slice){text.at, i - 1};
            text = slice_from(text, i);
            break;
        }
    size_t bracket = slice_starts_with(text, "[") ? slice_find(text, ']') : 0;
    struct slice tail = slice_from(text, bracket);
    size_t colon = bracket + slice_find(tail, ':');
    parts.host = (struct slice){text.at, colon < text.length ? colon : text.length};
    parts.has_port = colon < text.length;
    parts.port = slice_from(text, colon + 1);
    return parts;
}

static bool has_forbidden(struct slice text)
{
    for (size_t i = 0; i < text.length; i++)
        if ((unsigned char)text.at[i] <= ' ' || text.at[i] == 0x7F)
            return true;
    return false;
}

static bool check_remote(const struct config_load *load, const struct yaml_node *node, struct slice text, bool is_ssh)
{
    struct authority parts = split_authority(text);
    bool has_password = slice_find(parts.user, ':') < parts.user.length;
    if (parts.has_user && (!is_ssh || has_password))
        return refuse(load, node, "a user name or password in the address",
                      "secrets never stand in waymark.yaml: put a token into the environment variable "
                      "WAYMARK_TOKEN_<SOURCE>");
    if (!is_host(parts.host))
        return refuse_part(load, node, parts.host, "host", "write https://HOST/PATH or ssh://USER@HOST/PATH");
    if (parts.has_port && !is_port(parts.port))
        return refuse_part(load, node, parts.port, "port", "a port is a number from 1 to 65535");
    if (parts.has_user && !is_user(parts.user))
        return refuse_part(load, node, parts.user, "user name", "write ssh://USER@HOST/PATH");
    if (parts.rest.length < 2)
        return refuse(load, node, "the address names no repository", "write https://HOST/PATH or ssh://USER@HOST/PATH");
    if (slice_find(parts.rest, '?') < parts.rest.length || slice_find(parts.rest, '#') < parts.rest.length)
        return refuse(load, node, "a '?' or '#' in the address",
                      "write the address that `git clone` takes; a token goes into WAYMARK_TOKEN_<SOURCE>");
    return true;
}

/* `git@host:path`, as git writes ssh addresses: a colon before the first slash. */
static bool check_scp(const struct config_load *load, const struct yaml_node *node, struct slice text, size_t colon)
{
    struct slice host = {text.at, colon}, path = slice_from(text, colon + 1);
    if (host.length == 1 && is_letter(host.at[0]))
        return refuse(load, node, "a Windows drive in the address", "write a path relative to waymark.yaml, with '/'");
    size_t at = slice_find(host, '@');
    if (at < host.length) {
        struct slice user = {host.at, at};
        if (!is_user(user))
            return refuse_part(load, node, user, "user name", "write USER@HOST:PATH");
        host = slice_from(host, at + 1);
    }
    if (!is_host(host))
        return refuse_part(load, node, host, "host", "write USER@HOST:PATH or ssh://USER@HOST/PATH");
    if (path.length == 0 || path.at[0] == '-')
        return refuse(load, node, "the address names no repository", "write USER@HOST:PATH or ssh://USER@HOST/PATH");
    return true;
}

static bool refuse_scheme(const struct config_load *load, const struct yaml_node *node, struct slice scheme)
{
    static const struct {
        const char *scheme, *help;
    } hints[] = {
        {"http", "write https://: over http nobody can tell who answers"},
        {"git", "write https:// or ssh://: over git:// nobody can tell who answers"},
        {"file", "write the path alone"},
        {"git+ssh", "write ssh://"},
        {"ssh+git", "write ssh://"},
    };
    const char *help = "write https://HOST/PATH, ssh://USER@HOST/PATH or a path on this machine";
    for (size_t i = 0; i < ARRAY_COUNT(hints); i++)
        if (slice_is(scheme, hints[i].scheme))
            help = hints[i].help;
    return yaml_report(&load->reader, DIAG_SOURCE_URL, yaml_place(load->reader.file, node), help,
                       "'%.*s' is no scheme that sources are read from", SLICE_ARGS(scheme));
}

static bool check_local(const struct config_load *load, const struct yaml_node *node, struct slice path)
{
    if (slice_find(path, '\\') < path.length)
        return refuse(load, node, "a backslash in the path", "write '/' between the folders");
    if (slice_is(path, "~") || slice_starts_with(path, "~/"))
        return refuse(load, node, "'~' stands for nobody's home here",
                      "write a path relative to waymark.yaml, or use `--source NAME=PATH` on your machine");
    if (path.at[0] == '-')
        return refuse(load, node, "a path that begins with '-'", "write './' in front of it");
    return true;
}

bool config_url(const struct config_load *load, const struct yaml_node *node, struct source_spec *spec)
{
    struct slice url = slice_of(spec->url);
    if (url.length == 0)
        return refuse(load, node, "the address is empty", "write '.' for this repository");
    struct slice scheme = scheme_of(url);
    spec->is_remote = true;
    bool is_ssh = slice_is(scheme, "ssh");
    bool is_allowed = (is_ssh || slice_is(scheme, "https")) && slice_starts_with(slice_from(url, scheme.length), "://");
    if (scheme.length && !is_allowed)
        return refuse_scheme(load, node, scheme);
    if (has_forbidden(url) && (is_allowed || slice_find(url, '@') < url.length))
        return refuse(load, node, "a blank or control character in the address",
                      "write the address that `git clone` takes");
    if (is_allowed)
        return check_remote(load, node, slice_from(url, scheme.length + 3), is_ssh);
    size_t colon = slice_find(url, ':');
    if (colon < url.length && colon < slice_find(url, '/'))
        return check_scp(load, node, url, colon);
    spec->is_remote = false;
    return check_local(load, node, url);
}

bool config_web_address(const struct config_load *load, const struct yaml_node *node, const char *text)
{
    struct slice url = slice_of(text), scheme = scheme_of(url);
    bool is_web = slice_is(scheme, "https") || slice_is(scheme, "http");
    struct authority parts = split_authority(slice_from(url, scheme.length + 3));
    bool is_good = is_web && slice_starts_with(slice_from(url, scheme.length), "://") && !has_forbidden(url) &&
                   !parts.has_user && is_host(parts.host) && (!parts.has_port || is_port(parts.port));
    if (is_good)
        return true;
    return yaml_report(&load->reader, DIAG_CONFIG_VALUE, yaml_place(load->reader.file, node),
                       "write it like https://example.org/kb/", "%s is no web address",
                       yaml_subject(&load->reader, node));
}

static bool refuse_folder(const struct config_load *load, const struct yaml_node *node, const char *why,
                          const char *help)
{
    return yaml_report(&load->reader, DIAG_CONFIG_VALUE, yaml_place(load->reader.file, node), help, "%s %s",
                       yaml_subject(&load->reader, node), why);
}

bool config_folder(const struct config_load *load, const struct yaml_node *node, const char **folder)
{
    struct slice path = slice_of(*folder);
    if (path.length && path.at[0] == '/')
        return refuse_folder(load, node, "begins with '/'", "the path is inside the source: leave the '/' out");
    if (slice_find(path, '\\') < path.length)
        return refuse_folder(load, node, "holds a backslash", "write '/' between the folders");
    while (path.length && path.at[path.length - 1] == '/')
        path.length--;
    for (struct slice rest = path; rest.length;) {
        size_t end = slice_find(rest, '/');
        struct slice part = {rest.at, end};
        if (slice_is(part, ".."))
            return refuse_folder(load, node, "climbs out of its source",
                                 "name a folder inside the source; another folder is another source");
        if (part.length == 0 || (slice_is(part, ".") && path.length > 1) || has_forbidden((struct slice){part.at, 1}))
            return refuse_folder(load, node, "is no path", "write it like countries/xa");
        rest = slice_from(rest, end + 1);
    }
    *folder = slice_is(path, ".") ? "" : arena_slice(load->arena, path).at;
    return true;
}

bool config_has_secret(struct slice line)
{
    for (const char *at = line.at, *end = line.at + line.length; at && at < end; at++) {
        at = memmem(at, (size_t)(end - at), "://", 3);
        if (!at)
            return false;
        struct slice rest = {at + 3, (size_t)(end - at - 3)};
        rest.length = slice_find(rest, '/');
        size_t sign = slice_find(rest, '@'), colon = slice_find(rest, ':');
        bool is_ssh = at - line.at >= 3 && memcmp(at - 3, "ssh", 3) == 0;
        if (sign < rest.length && !(is_ssh && colon > sign))
            return true;
    }
    return false;
}
