#ifndef WAYMARK_BASE_HASH_H
#define WAYMARK_BASE_HASH_H

/* Hashes: XXH3 for keys that never leave the machine, SHA-256 for what people
 * and other tools check (manifests, hashes of meaning). The only header that
 * knows which libraries make them is hash.c. */

#include "base/slice.h"
#include <stdint.h>

/* A content key: 128 bits of XXH3. All zero means "none". */
struct key {
    uint64_t low, high;
};

struct sha256 {
    unsigned char bytes[32];
};

uint64_t hash64(struct slice bytes);
uint64_t hash64_seeded(struct slice bytes, uint64_t seed);
struct key key_of(struct slice bytes);
/* A key made of a key and more bytes: order matters. */
struct key key_mix(struct key key, struct slice bytes);

static inline bool key_equal(struct key a, struct key b)
{
    return a.low == b.low && a.high == b.high;
}

struct sha256 sha256_of(struct slice bytes);
/* Writes 64 lower-case digits and a NUL. */
void sha256_hex(struct sha256 hash, char out[65]);

/* Hash in pieces. sha256_end gives the result and frees the stream. */
struct sha256_stream;
struct sha256_stream *sha256_begin(void);
void sha256_add(struct sha256_stream *stream, struct slice bytes);
struct sha256 sha256_end(struct sha256_stream *stream);

/* SHA-1 of a git blob with these bytes, as git computes object ids
 * ("blob SIZE\0" and the bytes). */
void blob_id_of(struct slice bytes, unsigned char out[20]);
/* The same for an object of any type: "blob", "tree", "commit", "tag". */
void object_id_of(const char *type, struct slice bytes, unsigned char out[20]);

/* RFC 2104 over SHA-1: how OpenSSH hides host names in known_hosts. */
void hmac_sha1(struct slice key, struct slice bytes, unsigned char out[20]);

/* Lower-case hexadecimal of `count` bytes; `out` has room for 2 * count + 1. */
void hex_of(const unsigned char *bytes, size_t count, char *out);
/* Reads 2 * count digits of either case; false when one is no digit. */
bool hex_read(struct slice text, unsigned char *out, size_t count);

#endif
