/* SPDX-License-Identifier: Apache-2.0 */
#include "command_row.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

/* Far more than any record has, and deeper than all are. */
#define RECORD_OCTETS_MAX (16 * 1024 * 1024)
#define RECORD_DEPTH_MAX  16

static struct json_object *
member_of(struct json_object *o, const char *key, enum json_type type)
{
	struct json_object *member;

	if (!json_object_object_get_ex(o, key, &member) ||
		!json_object_is_type(member, type))
		return NULL;
	return member;
}

static uint64_t
count_of(struct json_object *o, const char *key)
{
	struct json_object *n = member_of(o, key, json_type_int);

	return n ? json_object_get_uint64(n) : 0;
}

static int
digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/*
 * Octets that are no UTF-8 stand in a record as \xNN, from \x80 on (json_out.h): they
 * become what they were, so that they are escaped once. A peer who says \x80 himself in
 * so many characters is shown as if he had sent that octet.
 */
static size_t
octet_of(struct span s, char *out)
{
	*out = (char)s.at[0];
	if (s.len < 4 || s.at[0] != '\\' || s.at[1] != 'x' || digit(s.at[2]) < 8 ||
		digit(s.at[3]) < 0)
		return 1;
	*out = (char)(digit(s.at[2]) << 4 | digit(s.at[3]));
	return 4;
}

/* Octets written; a NUL stands behind them. */
static size_t
text_of(struct json_object *o, const char *key, char *out, size_t room)
{
	struct json_object *text = member_of(o, key, json_type_string);
	struct span s = SPAN_NONE;
	size_t used = 0;

	if (text)
		s = span_of(json_object_get_string(text),
			(size_t)json_object_get_string_len(text));
	while (s.len && used + 1 < room)
		s = span_slice(s, octet_of(s, &out[used++]), s.len);
	out[used] = '\0';
	return used;
}

static bool
row_fill(struct json_object *o, struct server_row *out)
{
	struct json_object *server = member_of(o, "server", json_type_object);
	struct json_object *exposure = member_of(o, "exposure", json_type_object);
	char mta[64];

	if (!server || text_of(o, "short", out->why, sizeof(out->why)) == 0)
		return false;
	out->name =
		span_of(out->room, text_of(server, "name", out->room, sizeof(out->room)));
	text_of(server, "mta", mta, sizeof(mta));
	out->mta = smtp_mta_name(smtp_mta_of_name(span_of_text(mta)));
	out->exposed = exposure;
	out->messages = exposure ? count_of(exposure, "messages") : 0;
	out->clients = exposure ? count_of(exposure, "clients") : 0;
	out->domains = exposure ? count_of(exposure, "domains") : 0;
	return true;
}

bool
command_row_read(struct span record, struct server_row *out)
{
	struct json_tokener *tokener;
	struct json_object *o;
	bool whole;

	if (record.len == 0 || record.len > RECORD_OCTETS_MAX)
		return false;
	tokener = json_tokener_new_ex(RECORD_DEPTH_MAX);
	if (!tokener)
		abort();
	o = json_tokener_parse_ex(tokener, (const char *)record.at, (int)record.len);
	json_tokener_free(tokener);
	whole = json_object_is_type(o, json_type_object) && row_fill(o, out);
	json_object_put(o);
	return whole;
}
