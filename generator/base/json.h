#ifndef WAYMARK_BASE_JSON_H
#define WAYMARK_BASE_JSON_H

/* A streaming writer of JSON. Commas, escapes and indentation are its business;
 * begin and end must nest, at most JSON_DEPTH_MOST deep, and inside an object a
 * key stands before each value. Bytes that are no UTF-8 become U+FFFD, so that
 * the result is always JSON. */

#include "base/slice.h"
#include <stdint.h>
#include <stdio.h>

enum { JSON_DEPTH_MOST = 32 };

struct json {
    FILE *out;
    unsigned depth;
    bool has_items[JSON_DEPTH_MOST];
    bool is_after_key;
};

void json_begin(struct json *json, FILE *out);
void json_end(struct json *json); /* the final line end */

void json_object_begin(struct json *json);
void json_object_end(struct json *json);
void json_array_begin(struct json *json);
void json_array_end(struct json *json);
void json_key(struct json *json, const char *key);
void json_string(struct json *json, struct slice text);
void json_number(struct json *json, int64_t number);
void json_bool(struct json *json, bool value);

#endif
