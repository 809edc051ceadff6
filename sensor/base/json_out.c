/* SPDX-License-Identifier: Apache-2.0 */
#include "json_out.h"

#include <inttypes.h>
#include <stdlib.h>

#include "time_text.h"

void
json_out_init(struct json_out *j)
{
	*j = (struct json_out){0};
}

void
json_out_free(struct json_out *j)
{
	free(j->at);
	json_out_init(j);
}

void
json_out_reset(struct json_out *j)
{
	j->used = 0;
	j->comma = false;
}

static void
put(struct json_out *j, const void *octets, size_t n)
{
	if (j->room - j->used < n) {
		size_t room = j->room ? j->room : 1024;

		while (room - j->used < n)
			room *= 2;
		j->at = realloc(j->at, room);
		if (!j->at)
			abort();
		j->room = room;
	}
	memcpy(j->at + j->used, octets, n);
	j->used += n;
}

static void
put_text(struct json_out *j, const char *text)
{
	put(j, text, strlen(text));
}

int
json_out_line(struct json_out *j, FILE *to)
{
	size_t n;

	put(j, "\n", 1);
	n = fwrite(j->at, 1, j->used, to);
	n = n == j->used ? 0 : 1;
	json_out_reset(j);
	return n ? -1 : 0;
}

/*
 * Octets of the well-formed UTF-8 character at the front of s (RFC 3629 4), or 0. No
 * overlong forms, no surrogates, nothing above U+10FFFF.
 */
static size_t
utf8_length(struct span s)
{
	uint8_t c = s.at[0];
	uint8_t low = 0x80, high = 0xbf;
	size_t n;

	if (c < 0x80)
		return 1;
	if (c >= 0xc2 && c <= 0xdf)
		n = 2;
	else if (c >= 0xe0 && c <= 0xef)
		n = 3;
	else if (c >= 0xf0 && c <= 0xf4)
		n = 4;
	else
		return 0;
	if (c == 0xe0)
		low = 0xa0;
	if (c == 0xed)
		high = 0x9f;
	if (c == 0xf0)
		low = 0x90;
	if (c == 0xf4)
		high = 0x8f;
	if (s.len < n || s.at[1] < low || s.at[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++)
		if ((s.at[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

/* Plain octets that need no look: most of every text. */
static size_t
plain_run(struct span s)
{
	size_t n = 0;

	while (n < s.len && s.at[n] >= 0x20 && s.at[n] < 0x7f && s.at[n] != '"' &&
		s.at[n] != '\\')
		n++;
	return n;
}

static size_t
put_special(struct json_out *j, struct span s)
{
	char text[8];
	uint8_t c = s.at[0];
	size_t n = utf8_length(s);

	if (n > 1) {
		put(j, s.at, n);
		return n;
	}
	if (c == '"' || c == '\\')
		snprintf(text, sizeof(text), "\\%c", c);
	else if (c == '\n')
		snprintf(text, sizeof(text), "\\n");
	else if (c == '\t')
		snprintf(text, sizeof(text), "\\t");
	else if (c < 0x80)
		snprintf(text, sizeof(text), "\\u%04x", c);
	else
		snprintf(text, sizeof(text), "\\\\x%02x", c);
	put_text(j, text);
	return 1;
}

static void
put_string(struct json_out *j, struct span s)
{
	put(j, "\"", 1);
	while (s.len) {
		size_t n = plain_run(s);

		if (n)
			put(j, s.at, n);
		else
			n = put_special(j, s);
		s = span_slice(s, n, s.len);
	}
	put(j, "\"", 1);
}

static void
begin(struct json_out *j, const char *key)
{
	if (j->comma)
		put(j, ",", 1);
	j->comma = true;
	if (!key)
		return;
	put(j, "\"", 1);
	put_text(j, key);
	put(j, "\":", 2);
}

void
json_out_object(struct json_out *j, const char *key)
{
	begin(j, key);
	put(j, "{", 1);
	j->comma = false;
}

void
json_out_object_end(struct json_out *j)
{
	put(j, "}", 1);
	j->comma = true;
}

void
json_out_array(struct json_out *j, const char *key)
{
	begin(j, key);
	put(j, "[", 1);
	j->comma = false;
}

void
json_out_array_end(struct json_out *j)
{
	put(j, "]", 1);
	j->comma = true;
}

void
json_out_span(struct json_out *j, const char *key, struct span value)
{
	begin(j, key);
	put_string(j, value);
}

void
json_out_text(struct json_out *j, const char *key, const char *value)
{
	json_out_span(j, key, span_of_text(value));
}

void
json_out_uint(struct json_out *j, const char *key, uint64_t value)
{
	char text[24];

	begin(j, key);
	snprintf(text, sizeof(text), "%" PRIu64, value);
	put_text(j, text);
}

void
json_out_int(struct json_out *j, const char *key, int64_t value)
{
	char text[24];

	begin(j, key);
	snprintf(text, sizeof(text), "%" PRId64, value);
	put_text(j, text);
}

void
json_out_fixed(struct json_out *j, const char *key, double value, int digits)
{
	char text[64];

	begin(j, key);
	snprintf(text, sizeof(text), "%.*f", digits, value);
	put_text(j, text);
}

void
json_out_bool(struct json_out *j, const char *key, bool value)
{
	begin(j, key);
	put_text(j, value ? "true" : "false");
}

void
json_out_addr(struct json_out *j, const char *key, const struct ip_addr *value)
{
	char text[IP_ADDR_TEXT];

	json_out_span(j, key, span_of(text, ip_addr_write(value, text)));
}

void
json_out_time(struct json_out *j, const char *key, uint64_t ns)
{
	char text[TIME_TEXT];

	time_text_write(ns, text);
	json_out_text(j, key, text);
}

void
json_out_hex64(struct json_out *j, const char *key, uint64_t value)
{
	char text[17];

	snprintf(text, sizeof(text), "%016" PRIx64, value);
	json_out_text(j, key, text);
}

void
json_out_span_if(struct json_out *j, const char *key, struct span value)
{
	if (value.len)
		json_out_span(j, key, value);
}

void
json_out_text_if(struct json_out *j, const char *key, const char *value)
{
	if (value && *value)
		json_out_text(j, key, value);
}

void
json_out_uint_if(struct json_out *j, const char *key, uint64_t value)
{
	if (value)
		json_out_uint(j, key, value);
}

void
json_out_bool_if(struct json_out *j, const char *key, bool value)
{
	if (value)
		json_out_bool(j, key, value);
}

void
json_out_addr_if(struct json_out *j, const char *key, const struct ip_addr *value)
{
	if (!ip_addr_is_none(value))
		json_out_addr(j, key, value);
}
