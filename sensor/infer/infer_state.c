/* SPDX-License-Identifier: Apache-2.0 */
#include "infer_state.h"

#include <json-c/json.h>
#include <stdlib.h>

#include "state_link.h"
#include "state_table.h"

/* Grows when a member changes its meaning. */
#define STATE_VERSION 1
/* Far more than any row has, and the nesting that all have. */
#define ROW_OCTETS_MAX (4 * 1024 * 1024)
#define ROW_DEPTH_MAX  8

static void
row_begin(struct json_out *key, uint64_t serial, struct json_out *body)
{
	json_out_reset(key);
	json_out_reset(body);
	json_out_uint(key, NULL, serial);
}

static void
row_write(struct kept *k, const struct record_files *files, struct json_out *body)
{
	const struct state_table *t = state_table_of(k->table);
	const void *object = state_object_of(k);

	json_out_object(body, NULL);
	json_out_uint(body, "v", STATE_VERSION);
	json_out_uint_if(body, "of", k->of);
	state_fields_write(t->fields, object, files, body);
	if (t->more && t->more(object))
		state_fields_write(t->more(object), object, files, body);
	json_out_object_end(body);
}

bool
infer_state_next(struct infer *in, const struct record_files *files, struct json_out *key,
	struct json_out *body, struct infer_row *out)
{
	struct kept_gone gone;
	struct kept *k;

	if (kept_next_gone(&in->kept_list, &gone)) {
		row_begin(key, gone.serial, body);
		out->table = state_table_of(gone.table)->name;
		out->key = span_of(key->at, key->used);
		out->body = SPAN_NONE;
		out->server = NULL;
		return true;
	}
	k = kept_next_changed(&in->kept_list);
	if (!k)
		return false;
	row_begin(key, k->serial, body);
	row_write(k, files, body);
	out->table = state_table_of(k->table)->name;
	out->key = span_of(key->at, key->used);
	out->body = span_of(body->at, body->used);
	out->server = k->table == KEPT_SERVER ? state_object_of(k) : NULL;
	return true;
}

void
infer_state_again(struct infer *in)
{
	kept_again(&in->kept_list);
}

bool
infer_state_owes(const struct infer *in)
{
	return kept_owes(&in->kept_list);
}

/* One JSON object of our version and nothing behind it; NULL: none. The caller puts it.
 */
static struct json_object *
body_parse(struct span body)
{
	struct json_tokener *tokener;
	struct json_object *o = NULL, *version;

	if (body.len == 0 || body.len > ROW_OCTETS_MAX)
		return NULL;
	tokener = json_tokener_new_ex(ROW_DEPTH_MAX);
	if (!tokener)
		abort();
	o = json_tokener_parse_ex(tokener, (const char *)body.at, (int)body.len);
	if (o && (json_tokener_get_parse_end(tokener) != body.len ||
			 !json_object_is_type(o, json_type_object) ||
			 !json_object_object_get_ex(o, "v", &version) ||
			 !json_object_is_type(version, json_type_int) ||
			 json_object_get_int64(version) != STATE_VERSION)) {
		json_object_put(o);
		o = NULL;
	}
	json_tokener_free(tokener);
	return o;
}

static const struct state_field owner_field[] = {
	STATE_UPTO(struct kept, of, "of", KEPT_SERIAL_MAX),
	STATE_END,
};

static bool
object_read(struct infer *in, struct record_files *files, struct json_object *o,
	struct kept *k)
{
	const struct state_table *t = state_table_of(k->table);
	void *object = state_object_of(k);

	return state_fields_read(owner_field, o, &in->words, files, k) &&
	       state_fields_read(t->fields, o, &in->words, files, object) &&
	       (!t->more || !t->more(object) ||
		       state_fields_read(t->more(object), o, &in->words, files, object));
}

bool
infer_state_load(
	struct infer *in, struct record_files *files, const struct infer_row *row)
{
	enum kept_table table = state_table_find(row->table);
	struct json_object *o;
	struct kept *k;
	uint64_t serial;
	bool understood;
	char *object;

	/* Neither 0 nor with a 0 before it: another row could have the same number. */
	if (table == KEPT_TABLES || !span_number(row->key, KEPT_SERIAL_MAX, &serial) ||
		row->key.at[0] == '0')
		return false;
	o = body_parse(row->body);
	if (!o)
		return false;
	object = calloc(1, state_table_of(table)->size);
	if (!object)
		abort();
	k = (struct kept *)(void *)(object + state_table_of(table)->kept_at);
	k->table = (uint8_t)table;
	k->serial = serial;
	understood = object_read(in, files, o, k);
	json_object_put(o);
	if (!understood) {
		state_object_free(k, &in->words);
		return false;
	}
	if (serial > in->kept_list.serial)
		in->kept_list.serial = serial;
	k->next = in->loading;
	in->loading = k;
	return true;
}

void
infer_state_loaded(struct infer *in)
{
	state_link(in);
}

void
infer_set_config(struct infer *in, const struct config *config)
{
	in->config = config;
	in->names.max = config->limits.names;
	in->servers.max_servers = config->limits.servers;
	in->servers.max_attempts = config->limits.attempts;
	words_set_list(&in->words, config->public_suffix_file);
	for (struct server *s = in->servers.table; s; s = s->hh.next)
		server_learned(&in->servers, s);
}
