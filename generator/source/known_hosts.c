/* Reading known_hosts, and judging a host's key by it. The format is that of
 * sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT". */

#include "source/known_hosts.h"
#include "base/hash.h"
#include <stdio.h>
#include <strings.h>

enum { KEY_MOST_BYTES = 8192, NAME_MOST_BYTES = 512 };

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void write_base64(struct buffer *out, struct slice bytes, bool is_padded)
{
    for (size_t i = 0; i < bytes.length; i += 3) {
        size_t left = bytes.length - i;
        uint32_t group = (uint32_t)(unsigned char)bytes.at[i] << 16;
        group |= left > 1 ? (uint32_t)(unsigned char)bytes.at[i + 1] << 8 : 0;
        group |= left > 2 ? (uint32_t)(unsigned char)bytes.at[i + 2] : 0;
        for (size_t k = 0; k < 4; k++)
            if (k <= left)
                buffer_byte(out, digits[group >> (18 - 6 * k) & 63]);
            else if (is_padded)
                buffer_byte(out, '=');
    }
}

/* False when `text` is no base64. */
static bool read_base64(struct slice *out, struct arena *arena, struct slice text)
{
    while (text.length && text.at[text.length - 1] == '=')
        text.length--;
    if (text.length > KEY_MOST_BYTES * 4 / 3 || text.length % 4 == 1)
        return false;
    unsigned char *bytes = arena_alloc(arena, text.length * 3 / 4 + 3);
    size_t count = 0;
    uint32_t group = 0;
    for (size_t i = 0; i < text.length; i++) {
        const char *digit = text.at[i] ? strchr(digits, text.at[i]) : NULL;
        if (!digit)
            return false;
        group = group << 6 | (uint32_t)(digit - digits);
        if (i % 4 == 1)
            bytes[count++] = (unsigned char)(group >> 4);
        else if (i % 4 == 2)
            bytes[count++] = (unsigned char)(group >> 2);
        else if (i % 4 == 3)
            bytes[count++] = (unsigned char)group;
    }
    *out = (struct slice){(const char *)bytes, count};
    return true;
}

/* ---- names ---- */

static const char *host_name(char *out, size_t out_bytes, const char *host, const char *port)
{
    bool is_usual = !port[0] || strcmp(port, "22") == 0;
    snprintf(out, out_bytes, is_usual ? "%s" : "[%s]:%s", host, port);
    return out;
}

/* `*` and `?`, without regard to case; the pattern is not NUL-terminated. */
static bool matches(struct slice pattern, const char *name)
{
    size_t star = SIZE_MAX, i = 0;
    const char *at = name, *star_at = name;
    while (*at) {
        if (i < pattern.length && pattern.at[i] == '*') {
            star = i++;
            star_at = at;
        } else if (i < pattern.length && (pattern.at[i] == '?' || strncasecmp(&pattern.at[i], at, 1) == 0)) {
            i++;
            at++;
        } else if (star != SIZE_MAX) {
            i = star + 1;
            at = ++star_at;
        } else {
            return false;
        }
    }
    while (i < pattern.length && pattern.at[i] == '*')
        i++;
    return i == pattern.length;
}

/* `|1|SALT|HASH`: HMAC-SHA1 of the name. */
static bool matches_hashed(struct slice field, const char *name)
{
    struct arena scratch = {0};
    struct slice rest = slice_from(field, 3), salt, hash;
    size_t bar = slice_find(rest, '|');
    unsigned char actual[20];
    bool ok = read_base64(&salt, &scratch, (struct slice){rest.at, bar}) &&
              read_base64(&hash, &scratch, slice_from(rest, bar + 1)) && hash.length == sizeof actual;
    if (ok) {
        hmac_sha1(salt, slice_of(name), actual);
        ok = memcmp(actual, hash.at, sizeof actual) == 0;
    }
    arena_free(&scratch);
    return ok;
}

static bool names_host(struct slice field, const char *name)
{
    if (slice_starts_with(field, "|1|"))
        return matches_hashed(field, name);
    bool found = false;
    while (field.length) {
        size_t length = slice_find(field, ',');
        struct slice pattern = {field.at, length};
        bool is_negated = length && pattern.at[0] == '!';
        if (matches(slice_from(pattern, is_negated), name)) {
            if (is_negated)
                return false;
            found = true;
        }
        field = slice_from(field, length + 1);
    }
    return found;
}

static struct slice take_word(struct slice *line)
{
    *line = slice_trim(*line);
    size_t length = 0;
    while (length < line->length && line->at[length] != ' ' && line->at[length] != '\t')
        length++;
    struct slice word = {line->at, length};
    *line = slice_from(*line, length);
    return word;
}

void known_keys_add(struct known_keys *keys, struct arena *arena, struct slice text, const char *host, const char *port)
{
    char name[NAME_MOST_BYTES];
    host_name(name, sizeof name, host, port);
    while (text.length) {
        size_t end = slice_find(text, '\n');
        struct slice line = {text.at, end};
        text = slice_from(text, end + 1);
        struct slice names = take_word(&line);
        bool is_revoked = slice_is(names, "@revoked");
        if (!names.length || names.at[0] == '#' || slice_is(names, "@cert-authority"))
            continue;
        if (is_revoked)
            names = take_word(&line);
        struct known_key key = {.type = take_word(&line), .is_revoked = is_revoked};
        if (!names_host(names, name) || !read_base64(&key.key, arena, take_word(&line)) ||
            !slice_equal(host_key_type(key.key), key.type))
            continue;
        key.type = arena_slice(arena, key.type);
        struct known_key *items = ARENA_ARRAY(arena, struct known_key, keys->count + 1);
        if (keys->count)
            memcpy(items, keys->items, keys->count * sizeof *items);
        items[keys->count++] = key;
        keys->items = items;
    }
}

/* ---- judging ---- */

struct slice host_key_type(struct slice key)
{
    if (key.length < 4)
        return (struct slice){"", 0};
    const unsigned char *at = (const unsigned char *)key.at;
    uint32_t length = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    return length <= key.length - 4 ? (struct slice){key.at + 4, length} : (struct slice){"", 0};
}

enum known_verdict known_keys_judge(const struct known_keys *keys, struct slice key, const struct known_key **known)
{
    struct slice type = host_key_type(key);
    enum known_verdict verdict = HOST_UNKNOWN;
    *known = NULL;
    for (size_t i = 0; i < keys->count; i++)
        if (keys->items[i].is_revoked && slice_equal(keys->items[i].key, key))
            return HOST_REVOKED;
    for (size_t i = 0; i < keys->count; i++) {
        const struct known_key *item = &keys->items[i];
        if (item->is_revoked)
            continue;
        if (slice_equal(item->key, key))
            return *known = NULL, HOST_KNOWN;
        if (slice_equal(item->type, type)) {
            verdict = HOST_CHANGED;
            *known = item;
        } else if (verdict == HOST_UNKNOWN) {
            verdict = HOST_OTHER_TYPE;
            *known = item;
        }
    }
    return verdict;
}

void host_key_fingerprint(struct buffer *out, struct slice key)
{
    struct sha256 hash = sha256_of(key);
    buffer_text(out, "SHA256:");
    write_base64(out, (struct slice){(const char *)hash.bytes, sizeof hash.bytes}, false);
}

void known_keys_print(struct buffer *out, const struct known_keys *keys, const char *host, const char *port)
{
    static const char *const order[] = {"ssh-ed25519", "ecdsa-sha2-", "ssh-rsa"};
    char name[NAME_MOST_BYTES];
    host_name(name, sizeof name, host, port);
    for (size_t k = 0; k < sizeof order / sizeof order[0]; k++)
        for (size_t i = 0; i < keys->count; i++) {
            const struct known_key *key = &keys->items[i];
            if (key->is_revoked || !slice_starts_with(key->type, order[k]))
                continue;
            buffer_printf(out, "%s %.*s ", name, SLICE_ARGS(key->type));
            write_base64(out, key->key, true);
            buffer_byte(out, '\n');
        }
}
