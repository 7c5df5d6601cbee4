/* XXH3 from xxHash, SHA from OpenSSL. */

#include "base/hash.h"
#include "base/arena.h"
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t hash64(struct slice bytes)
{
    return XXH3_64bits(bytes.at ? bytes.at : "", bytes.length);
}

uint64_t hash64_seeded(struct slice bytes, uint64_t seed)
{
    return XXH3_64bits_withSeed(bytes.at ? bytes.at : "", bytes.length, seed);
}

struct key key_of(struct slice bytes)
{
    XXH128_hash_t hash = XXH3_128bits(bytes.at ? bytes.at : "", bytes.length);
    return (struct key){hash.low64, hash.high64};
}

struct key key_mix(struct key key, struct slice bytes)
{
    XXH3_state_t state;
    XXH3_128bits_reset(&state);
    XXH3_128bits_update(&state, &key, sizeof key);
    XXH3_128bits_update(&state, bytes.at ? bytes.at : "", bytes.length);
    XXH128_hash_t hash = XXH3_128bits_digest(&state);
    return (struct key){hash.low64, hash.high64};
}

struct sha256_stream *sha256_begin(void)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (!context || EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1)
        memory_exhausted();
    return (struct sha256_stream *)context;
}

void sha256_add(struct sha256_stream *stream, struct slice bytes)
{
    EVP_DigestUpdate((EVP_MD_CTX *)stream, bytes.at ? bytes.at : "", bytes.length);
}

struct sha256 sha256_end(struct sha256_stream *stream)
{
    struct sha256 hash;
    EVP_DigestFinal_ex((EVP_MD_CTX *)stream, hash.bytes, NULL);
    EVP_MD_CTX_free((EVP_MD_CTX *)stream);
    return hash;
}

struct sha256 sha256_of(struct slice bytes)
{
    struct sha256 hash;
    if (EVP_Digest(bytes.at ? bytes.at : "", bytes.length, hash.bytes, NULL, EVP_sha256(), NULL) != 1)
        memory_exhausted();
    return hash;
}

void hex_of(const unsigned char *bytes, size_t count, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < count; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * count] = 0;
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool hex_read(struct slice text, unsigned char *out, size_t count)
{
    if (text.length != 2 * count)
        return false;
    for (size_t i = 0; i < count; i++) {
        int high = digit_value(text.at[2 * i]), low = digit_value(text.at[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

void sha256_hex(struct sha256 hash, char out[65])
{
    hex_of(hash.bytes, sizeof hash.bytes, out);
}

void object_id_of(const char *type, struct slice bytes, unsigned char out[20])
{
    char head[40];
    int length = snprintf(head, sizeof head, "%s %zu", type, bytes.length) + 1;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (!context || EVP_DigestInit_ex(context, EVP_sha1(), NULL) != 1)
        memory_exhausted();
    EVP_DigestUpdate(context, head, (size_t)length);
    EVP_DigestUpdate(context, bytes.at ? bytes.at : "", bytes.length);
    EVP_DigestFinal_ex(context, out, NULL);
    EVP_MD_CTX_free(context);
}

void blob_id_of(struct slice bytes, unsigned char out[20])
{
    object_id_of("blob", bytes, out);
}

void hmac_sha1(struct slice key, struct slice bytes, unsigned char out[20])
{
    if (!HMAC(EVP_sha1(), key.at, (int)key.length, (const unsigned char *)bytes.at, bytes.length, out, NULL))
        memory_exhausted();
}
