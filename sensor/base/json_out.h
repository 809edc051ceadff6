/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes one JSON value (RFC 8259) after the other into a growing buffer, append only.
 * Commas and quotes are its business. Strings are peers' octets: valid UTF-8 passes,
 * control characters are escaped, an octet that is no UTF-8 is written as \xNN in text.
 *
 * A member whose value is not known is left out: the _if functions do that.
 */
#ifndef JSON_OUT_H
#define JSON_OUT_H

#include <stdio.h>

#include "dissect/dissect.h"
#include "dissect/ip_addr.h"

struct json_out {
	char *at;
	size_t used;
	size_t room;
	bool comma; /* the next value or member needs one before it */
};

void json_out_init(struct json_out *j);
void json_out_free(struct json_out *j);
/* Forgets what was written, keeps the memory. */
void json_out_reset(struct json_out *j);
/* What was written and a line feed, then reset. 0, or -1 with errno set. */
int json_out_line(struct json_out *j, FILE *to);

/* key NULL: an element of an array, or the outermost value. */
void json_out_object(struct json_out *j, const char *key);
void json_out_object_end(struct json_out *j);
void json_out_array(struct json_out *j, const char *key);
void json_out_array_end(struct json_out *j);

void json_out_span(struct json_out *j, const char *key, struct span value);
void json_out_text(struct json_out *j, const char *key, const char *value);
void json_out_uint(struct json_out *j, const char *key, uint64_t value);
void json_out_int(struct json_out *j, const char *key, int64_t value);
/* With digits after the point, no trailing zeros cut: the same text in every run. */
void json_out_fixed(struct json_out *j, const char *key, double value, int digits);
void json_out_bool(struct json_out *j, const char *key, bool value);
void json_out_addr(struct json_out *j, const char *key, const struct ip_addr *value);
/* ns since 1970 as RFC 3339 with nine digits, UTC. */
void json_out_time(struct json_out *j, const char *key, uint64_t ns);
void json_out_hex64(struct json_out *j, const char *key, uint64_t value);

/* Only if the value is not empty, zero or NULL. */
void json_out_span_if(struct json_out *j, const char *key, struct span value);
void json_out_text_if(struct json_out *j, const char *key, const char *value);
void json_out_uint_if(struct json_out *j, const char *key, uint64_t value);
void json_out_bool_if(struct json_out *j, const char *key, bool value);
void json_out_addr_if(struct json_out *j, const char *key, const struct ip_addr *value);

#endif
