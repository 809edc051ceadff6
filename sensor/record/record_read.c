/* SPDX-License-Identifier: Apache-2.0 */
#include "record_read.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "record_read_parts.h"
#include "sensor/base/time_text.h"

/* Nesting of a record's JSON; deeper is no record. */
#define DEPTH_MAX 12
/* Octets of all texts of one record. */
#define TEXTS (1u * MiB)

struct record_reader {
	struct json_tokener *tokener;
	struct json_object *root; /* of the last line */
	struct arena_pool *pool;
	struct arena arena;
	struct record_files *files;
};

struct record_reader *
record_reader_new(struct record_files *files)
{
	struct record_reader *r = calloc(1, sizeof(*r));

	if (!r)
		abort();
	r->tokener = json_tokener_new_ex(DEPTH_MAX);
	if (!r->tokener)
		abort();
	r->pool = arena_pool_new(TEXTS);
	arena_init(&r->arena, r->pool);
	r->files = files;
	return r;
}

void
record_reader_free(struct record_reader *r)
{
	if (!r)
		return;
	json_object_put(r->root);
	json_tokener_free(r->tokener);
	arena_pool_free(r->pool);
	free(r);
}

static bool
read_place(struct record_reader *r, struct json_object *o, uint32_t *file, uint32_t frames[2])
{
	struct json_object *list = read_member(o, "frames", json_type_array);

	*file = record_files_find(r->files, read_text(o, "file"));
	if (!list || json_object_array_length(list) != 2)
		return false;
	for (size_t i = 0; i < 2; i++) {
		int64_t n = json_object_get_int64(json_object_array_get_idx(list, i));

		if (n < 0 || n > UINT32_MAX) {
			frames[0] = frames[1] = 0;
			return false;
		}
		frames[i] = (uint32_t)n;
	}
	return true;
}

/* "0123456789abcdef-2": the connection's number, then the transaction's in it. */
static bool
read_id(struct span id, uint64_t *conn, uint32_t *index)
{
	char text[40], *end;
	uint64_t n = 0;

	if (id.len < 16 || id.len >= sizeof(text))
		return false;
	span_copy(id, text, sizeof(text));
	*conn = strtoull(text, &end, 16);
	if (end != text + 16)
		return false;
	if (*end == '-' && !span_number(span_slice(id, 17, id.len), UINT32_MAX, &n))
		return false;
	*index = (uint32_t)n;
	return true;
}

static bool
read_txn(struct record_reader *r, struct json_object *o, struct record *out)
{
	struct record_txn *t = &out->txn;

	if (!read_id(read_text(o, "id"), &out->conn.id, &t->index) ||
		!read_time(o, "time", &t->time) || !read_time(o, "end", &t->end))
		return false;
	read_place(r, o, &t->file, t->frames);
	read_path(read_member(o, "mail_from", json_type_object), "FROM", t->file, &t->mail,
		&r->arena);
	read_rcpts(read_member(o, "rcpt", json_type_array), t, &r->arena);
	read_message(read_member(o, "message", json_type_object), t->file, &t->message,
		&r->arena);
	t->rcpt_unkept = (uint32_t)read_amount(o, "rcpt_unkept", UINT32_MAX);
	t->outcome = read_outcome(read_text(o, "outcome"));
	t->gaps = (uint32_t)read_amount(o, "gaps", UINT32_MAX);
	t->inferred_reply = read_member(o, "inferred", json_type_array) != NULL;
	read_notes(o, &t->notes);
	return true;
}

static bool
read_connection(struct record_reader *r, struct json_object *o, struct record *out)
{
	struct record_connection *c = &out->connection;
	uint32_t none;

	if (!read_id(read_text(o, "id"), &out->conn.id, &none) ||
		!read_time(o, "time", &c->time) || !read_time(o, "end", &c->end))
		return false;
	read_place(r, o, &c->file, c->frames);
	c->transactions = (uint32_t)read_amount(o, "transactions", UINT32_MAX);
	c->auths.ok = (uint32_t)read_amount(o, "auth_ok", UINT32_MAX);
	c->auths.failed = (uint32_t)read_amount(o, "auth_failed", UINT32_MAX);
	c->auths.cancelled = (uint32_t)read_amount(o, "auth_cancelled", UINT32_MAX);
	c->clear_password = read_bool(o, "clear_password");
	c->packets[DIS_CLIENT] = read_uint(o, "client_packets");
	c->packets[DIS_SERVER] = read_uint(o, "server_packets");
	c->octets[DIS_CLIENT] = read_uint(o, "client_octets");
	c->octets[DIS_SERVER] = read_uint(o, "server_octets");
	c->gaps = (uint32_t)read_amount(o, "gaps", UINT32_MAX);
	c->gap_octets = read_uint(o, "gap_octets");
	c->conflicts = (uint32_t)read_amount(o, "overlap_conflicts", UINT32_MAX);
	c->vrfy = (uint32_t)read_amount(o, "vrfy", UINT32_MAX);
	c->expn = (uint32_t)read_amount(o, "expn", UINT32_MAX);
	c->etrn = (uint32_t)read_amount(o, "etrn", UINT32_MAX);
	c->unknown_verbs = (uint32_t)read_amount(o, "unknown_verbs", UINT32_MAX);
	read_reply(read_member(o, "greeting", json_type_object), c->file, &c->banner_reply);
	read_tls_runs(read_member(o, "tls_records", json_type_array), c, &r->arena);
	c->tls_beyond = (uint32_t)read_amount(o, "tls_records_beyond", UINT32_MAX);
	read_notes(o, &c->notes);
	return true;
}

static bool
read_dns(struct record_reader *r, struct json_object *o, struct record *out)
{
	struct record_dns *d = &out->dns;
	struct json_object *query = read_member(o, "query", json_type_object);

	if (!query || !read_time(o, "time", &d->time) ||
		!ip_addr_parse(read_text(o, "client"), &d->client) ||
		!ip_addr_parse(read_text(o, "server"), &d->server))
		return false;
	d->file = record_files_find(r->files, read_text(o, "file"));
	d->frame = (uint32_t)read_number(o, "frame", UINT32_MAX);
	d->name = read_text(query, "name");
	d->type = read_rr(read_text(query, "type"));
	d->rcode = (uint8_t)read_amount(o, "rcode", UINT8_MAX);
	d->answers = read_answers(read_member(o, "answers", json_type_array), &r->arena);
	return true;
}

static enum record_read_status
read_object(struct record_reader *r, struct record *out, const char **reason)
{
	struct span type = read_text(r->root, "type");
	bool good;

	memset(out, 0, sizeof(*out));
	if (read_uint(r->root, "schema") > RECORD_SCHEMA) {
		*reason = "schema is newer than this program; use the relaytap that wrote it";
		return RECORD_READ_BAD;
	}
	if (span_equal(type, SPAN_LITERAL("dns"))) {
		out->kind = RECORD_DNS;
		good = read_dns(r, r->root, out);
	} else if (span_equal(type, SPAN_LITERAL("transaction"))) {
		out->kind = RECORD_TRANSACTION;
		good = read_conn(r->root, &out->conn, &r->arena) && read_txn(r, r->root, out);
		out->conn.auth.at.file = out->txn.file;
	} else if (span_equal(type, SPAN_LITERAL("connection"))) {
		out->kind = RECORD_CONNECTION;
		good = read_conn(r->root, &out->conn, &r->arena) &&
			read_connection(r, r->root, out);
	} else if (type.len) {
		return RECORD_READ_OTHER;
	} else {
		*reason = "no member \"type\"; expected a record of relaytap";
		return RECORD_READ_BAD;
	}
	if (good)
		return RECORD_READ_OK;
	*reason = "a member that every such record has is missing or malformed";
	return RECORD_READ_BAD;
}

/* A lost line end puts two records on one line: the second must not go unnoticed. */
static bool
is_last(struct json_tokener *tokener, struct span line)
{
	size_t end = json_tokener_get_parse_end(tokener);

	return span_trim(span_slice(line, end, line.len)).len == 0;
}

enum record_read_status
record_read_line(
	struct record_reader *r, struct span line, struct record *out, const char **reason)
{
	arena_reset(&r->arena);
	json_object_put(r->root);
	json_tokener_reset(r->tokener);
	r->root = NULL;
	if (line.len > INT32_MAX) {
		*reason = "the line is too long";
		return RECORD_READ_BAD;
	}
	r->root = json_tokener_parse_ex(
		r->tokener, (const char *)line.at, (int)line.len);
	if (!r->root || !json_object_is_type(r->root, json_type_object)) {
		enum json_tokener_error e = json_tokener_get_error(r->tokener);

		*reason = e == json_tokener_success    ? "not a JSON object"
			  : e == json_tokener_continue ? "cut short"
						       : json_tokener_error_desc(e);
		return RECORD_READ_BAD;
	}
	if (!is_last(r->tokener, line)) {
		*reason = "text follows the object; write one object a line";
		return RECORD_READ_BAD;
	}
	return read_object(r, out, reason);
}
