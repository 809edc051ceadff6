/* SPDX-License-Identifier: Apache-2.0 */
#include "state_field.h"

#include <json-c/json.h>
#include <stdlib.h>

/* Where what is read goes. */
struct source {
	struct words *words;
	struct record_files *files;
};

/* Octets of a text of any sort: names of files may be the longest. */
#define TEXT_MAX 4096
/* As word.c cuts them. */
#define NAME_MAX_OCTETS 320
/* Messages are counted as a double; beyond it, adding one would not show. */
#define DOUBLE_MAX ((double)(UINT64_C(1) << 53))

static int
hex_digit(uint8_t c)
{
	if (dis_is_digit(c))
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Octets into out[TEXT_MAX], as text_write() has them. False: none. */
static bool
text_read(struct json_object *o, uint8_t *out, size_t *len)
{
	bool hex = json_object_is_type(o, json_type_array) &&
		   json_object_array_length(o) == 1;
	struct json_object *text = hex ? json_object_array_get_idx(o, 0) : o;
	const uint8_t *at;
	size_t n;

	if (!json_object_is_type(text, json_type_string))
		return false;
	at = (const uint8_t *)json_object_get_string(text);
	n = (size_t)json_object_get_string_len(text);
	*len = hex ? n / 2 : n;
	if (*len >= TEXT_MAX || (hex && n % 2))
		return false;
	if (!hex)
		memcpy(out, at, n);
	for (size_t i = 0; hex && i < n; i += 2) {
		int high = hex_digit(at[i]), low = hex_digit(at[i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i / 2] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static bool
uint_read(struct json_object *o, uint64_t most, uint64_t *out)
{
	if (!json_object_is_type(o, json_type_int) || json_object_get_int64(o) < 0)
		return false;
	*out = json_object_get_uint64(o);
	return *out <= most;
}

static void
uint_put(uint64_t value, void *to, size_t size)
{
	uint8_t one = (uint8_t)value;
	uint16_t two = (uint16_t)value;
	uint32_t four = (uint32_t)value;

	memcpy(to,
		size == 1   ? (void *)&one
		: size == 2 ? (void *)&two
		: size == 4 ? (void *)&four
			    : (void *)&value,
		size);
}

static bool
double_read(struct json_object *o, void *to)
{
	uint64_t bits;
	double value;

	if (!uint_read(o, UINT64_MAX, &bits))
		return false;
	memcpy(&value, &bits, sizeof(value));
	/* What is no number compares false. */
	if (!(value >= 0 && value <= DOUBLE_MAX))
		return false;
	memcpy(to, &value, sizeof(value));
	return true;
}

static bool
addr_read(struct json_object *o, void *to)
{
	if (!json_object_is_type(o, json_type_string))
		return false;
	/* With its length: a NUL inside is no end. */
	return ip_addr_parse(
		span_of(json_object_get_string(o), (size_t)json_object_get_string_len(o)),
		to);
}

static bool
chars_read(struct json_object *o, char *to, size_t room)
{
	uint8_t text[TEXT_MAX];
	size_t n;

	if (!text_read(o, text, &n) || n >= room)
		return false;
	memcpy(to, text, n);
	return true;
}

static bool
word_read(struct json_object *o, struct words *words, void *to)
{
	uint8_t text[TEXT_MAX];
	struct word *word;
	size_t n;

	if (!text_read(o, text, &n) || n > NAME_MAX_OCTETS)
		return false;
	/* One dot is cut: this one, and not one that the name has itself. */
	text[n] = '.';
	word = word_take(words, span_of(text, n + 1));
	memcpy(to, &word, sizeof(word));
	return true;
}

static bool
moment_read(struct json_object *o, struct record_files *files, struct moment *to)
{
	uint8_t name[TEXT_MAX];
	uint64_t frame;
	size_t n;

	if (!json_object_is_type(o, json_type_array))
		return false;
	if (json_object_array_length(o) == 0)
		return true;
	if (json_object_array_length(o) != 3 ||
		!uint_read(json_object_array_get_idx(o, 0), UINT64_MAX, &to->ns) ||
		!uint_read(json_object_array_get_idx(o, 1), UINT32_MAX, &frame) ||
		!text_read(json_object_array_get_idx(o, 2), name, &n))
		return false;
	to->frame = (uint32_t)frame;
	to->file = record_files_find(files, span_of(name, n));
	return true;
}

static bool
value_read(const struct state_field *f, struct json_object *o, const struct source *s,
	void *to)
{
	uint64_t value;

	switch (f->sort) {
	case STATE_UINT:
		if (!uint_read(o, f->most, &value))
			return false;
		uint_put(value, to, f->size);
		return true;
	case STATE_BOOL:
		*(bool *)to = json_object_get_boolean(o);
		return json_object_is_type(o, json_type_boolean);
	case STATE_DOUBLE:
		return double_read(o, to);
	case STATE_ADDR:
		return addr_read(o, to);
	case STATE_TEXT:
		return chars_read(o, to, f->size);
	case STATE_WORD:
		return word_read(o, s->words, to);
	case STATE_MOMENT:
		return moment_read(o, s->files, to);
	case STATE_PART:
	default:
		return json_object_is_type(o, json_type_object) &&
		       state_fields_read(f->part, o, s->words, s->files, to);
	}
}

static bool
items_read(const struct state_field *f, struct json_object *list, const struct source *s,
	uint8_t *base, uint8_t *to)
{
	size_t n;

	if (!json_object_is_type(list, json_type_array))
		return false;
	n = json_object_array_length(list);
	if (n > f->many)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!value_read(
			    f, json_object_array_get_idx(list, i), s, to + i * f->size))
			return false;
	if (f->count_size)
		uint_put(n, base + f->count_at, f->count_size);
	return true;
}

/* Zeros for what member has. NULL: it has more than there may be, or is no array. */
static uint8_t *
room_apart(const struct state_field *f, struct json_object *member, uint8_t *base)
{
	size_t n = f->many ? f->many : 1;
	uint8_t *to;

	if (f->count_size) {
		if (!json_object_is_type(member, json_type_array) ||
			json_object_array_length(member) > f->many)
			return NULL;
		n = json_object_array_length(member);
		uint_put(n, base + f->count_at, f->count_size);
	}
	to = calloc(n ? n : 1, f->size);
	if (!to)
		abort();
	memcpy(base + f->at, &to, sizeof(to));
	return to;
}

static bool
field_read(const struct state_field *f, struct json_object *o, const struct source *s,
	uint8_t *base)
{
	uint8_t *to = base + f->at;
	struct json_object *member;

	if (!json_object_object_get_ex(o, f->name, &member))
		return !f->needed;
	if (f->apart) {
		to = room_apart(f, member, base);
		if (!to)
			return false;
	}
	return f->many ? items_read(f, member, s, base, to)
		       : value_read(f, member, s, to);
}

bool
state_fields_read(const struct state_field *fields, struct json_object *o,
	struct words *words, struct record_files *files, void *to)
{
	struct source s = {words, files};

	for (const struct state_field *f = fields; f->name; f++)
		if (!field_read(f, o, &s, to))
			return false;
	return true;
}
