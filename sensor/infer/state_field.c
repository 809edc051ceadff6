/* SPDX-License-Identifier: Apache-2.0 */
#include "state_field.h"

#include <stdlib.h>

uint64_t
state_uint(const void *at, size_t size)
{
	uint8_t one;
	uint16_t two;
	uint32_t four;
	uint64_t eight;

	switch (size) {
	case 1:
		memcpy(&one, at, 1);
		return one;
	case 2:
		memcpy(&two, at, 2);
		return two;
	case 4:
		memcpy(&four, at, 4);
		return four;
	default:
		memcpy(&eight, at, 8);
		return eight;
	}
}

static bool
is_zero(const struct state_field *f, const uint8_t *at)
{
	if (f->sort == STATE_TEXT)
		return at[0] == '\0';
	for (size_t i = 0; i < f->size; i++)
		if (at[i])
			return false;
	return true;
}

/*
 * Printable ASCII as it is; anything else as the hexadecimal digits of its octets, in an
 * array of one: what a peer said must come back to the octet, and need not be UTF-8.
 */
static void
text_write(struct json_out *j, const char *key, struct span s)
{
	static const char digits[] = "0123456789abcdef";
	char hex[2 * 512];
	size_t n = 0;

	while (n < s.len && s.at[n] >= 0x20 && s.at[n] < 0x7f)
		n++;
	if (n == s.len || s.len > sizeof(hex) / 2) {
		json_out_span(j, key, s);
		return;
	}
	for (n = 0; n < s.len; n++) {
		hex[2 * n] = digits[s.at[n] >> 4];
		hex[2 * n + 1] = digits[s.at[n] & 15];
	}
	json_out_array(j, key);
	json_out_span(j, NULL, span_of(hex, 2 * n));
	json_out_array_end(j);
}

static void
moment_write(struct json_out *j, const char *key, const struct moment *m,
	const struct record_files *files)
{
	json_out_array(j, key);
	if (m->ns || m->file || m->frame) {
		json_out_uint(j, NULL, m->ns);
		json_out_uint(j, NULL, m->frame);
		text_write(j, NULL, span_of_text(record_files_name(files, m->file)));
	}
	json_out_array_end(j);
}

static void
value_write(const struct state_field *f, const char *key, const void *at,
	const struct record_files *files, struct json_out *j)
{
	struct word *word;
	uint64_t bits;

	switch (f->sort) {
	case STATE_UINT:
		json_out_uint(j, key, state_uint(at, f->size));
		return;
	case STATE_BOOL:
		json_out_bool(j, key, *(const bool *)at);
		return;
	case STATE_DOUBLE:
		memcpy(&bits, at, sizeof(bits));
		json_out_uint(j, key, bits);
		return;
	case STATE_ADDR:
		json_out_addr(j, key, at);
		return;
	case STATE_TEXT:
		text_write(j, key, span_of(at, strnlen(at, f->size)));
		return;
	case STATE_WORD:
		memcpy(&word, at, sizeof(word));
		text_write(j, key, word_span(word));
		return;
	case STATE_MOMENT:
		moment_write(j, key, at, files);
		return;
	case STATE_PART:
	default:
		json_out_object(j, key);
		state_fields_write(f->part, at, files, j);
		json_out_object_end(j);
	}
}

/* How many items an array has; of one without a count, up to the last that is not zero.
 */
static size_t
items_of(const struct state_field *f, const uint8_t *base, const uint8_t *at)
{
	size_t n = f->many;

	if (f->count_size)
		return (size_t)state_uint(base + f->count_at, f->count_size);
	while (n && is_zero(f, at + (n - 1) * f->size))
		n--;
	return n;
}

static void
field_write(const struct state_field *f, const uint8_t *base,
	const struct record_files *files, struct json_out *j)
{
	const uint8_t *at = base + f->at;
	size_t n;

	if (f->apart)
		memcpy(&at, base + f->at, sizeof(at));
	if (!at || (!f->apart && !f->many && is_zero(f, at)))
		return;
	if (!f->many) {
		value_write(f, f->name, at, files, j);
		return;
	}
	n = items_of(f, base, at);
	if (n == 0 && !f->apart)
		return;
	json_out_array(j, f->name);
	for (size_t i = 0; i < n; i++)
		value_write(f, NULL, at + i * f->size, files, j);
	json_out_array_end(j);
}

void
state_fields_write(const struct state_field *fields, const void *from,
	const struct record_files *files, struct json_out *j)
{
	for (const struct state_field *f = fields; f->name; f++)
		field_write(f, from, files, j);
}

static void
value_release(const struct state_field *f, uint8_t *at, struct words *words)
{
	struct word *word;

	if (f->sort == STATE_PART)
		state_fields_release(f->part, at, words);
	if (f->sort != STATE_WORD)
		return;
	memcpy(&word, at, sizeof(word));
	word_drop(words, word);
}

/* How many there is memory for. */
static size_t
room_of(const struct state_field *f, const uint8_t *base)
{
	if (f->apart && f->count_size)
		return (size_t)state_uint(base + f->count_at, f->count_size);
	return f->many ? f->many : 1;
}

void
state_fields_release(const struct state_field *fields, void *from, struct words *words)
{
	for (const struct state_field *f = fields; f->name; f++) {
		uint8_t *at = (uint8_t *)from + f->at;

		if (f->apart)
			memcpy(&at, (uint8_t *)from + f->at, sizeof(at));
		for (size_t i = 0; at && i < room_of(f, from); i++)
			value_release(f, at + i * f->size, words);
		if (f->apart)
			free(at);
	}
}
