/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "store_part.h"

/* Bodies of one short transaction; each has a few KiB. */
#define BODIES 64u

/* --- the list -------------------------------------------------------------------------
 */

struct listing {
	struct store_servers *out;
	size_t room;
};

/* Columns that both questions ask for first. */
#define COLUMNS                                                                          \
	"id, ip, port, rank, CASE grade WHEN 'confirmed' THEN 2"                         \
	" WHEN 'suspected' THEN 1 ELSE 0 END, confidence"

/* An address that is none was written by nobody of ours: it is 0 then. */
static void
server_of(sqlite3_stmt *st, struct store_server *out)
{
	*out = (struct store_server){
		.id = sqlite3_column_int64(st, 0),
		.port = (uint16_t)sqlite3_column_int(st, 2),
		.rank = sqlite3_column_int(st, 3),
		.grade = sqlite3_column_int(st, 4),
		.confidence = sqlite3_column_double(st, 5),
	};
	ip_addr_parse(sql_column(st, 1), &out->addr);
}

static void
list_add(struct listing *l, const struct store_server *server)
{
	struct store_servers *out = l->out;

	if (out->count == l->room) {
		l->room = l->room ? 2 * l->room : 256;
		out->at = realloc(out->at, l->room * sizeof(*out->at));
		if (!out->at)
			abort();
	}
	out->at[out->count++] = *server;
}

static void
list_work(struct store *s, void *ctx)
{
	sqlite3_stmt *st = NULL;
	struct store_server server;

	s->rc = sqlite3_prepare_v2(
		s->db, "SELECT " COLUMNS " FROM server", -1, &st, NULL);
	while (store_sql_row(s, st)) {
		server_of(st, &server);
		list_add(ctx, &server);
	}
	sqlite3_finalize(st);
}

static int
more_serious_first(const void *a, const void *b)
{
	const struct store_server *x = a, *y = b;
	int order;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->grade != y->grade)
		return x->grade > y->grade ? -1 : 1;
	if (x->confidence != y->confidence)
		return x->confidence > y->confidence ? -1 : 1;
	order = ip_addr_compare(&x->addr, &y->addr);
	return order ? order : (x->port > y->port) - (x->port < y->port);
}

int
store_servers_list(struct store *s, struct store_servers *out)
{
	struct listing l = {.out = out};

	*out = (struct store_servers){0};
	if (store_read(s, "the servers cannot be read", list_work, &l) < 0) {
		store_servers_free(out);
		return -1;
	}
	if (out->count)
		qsort(out->at, out->count, sizeof(*out->at), more_serious_first);
	return 0;
}

void
store_servers_free(struct store_servers *l)
{
	free(l->at);
	*l = (struct store_servers){0};
}

/* --- the bodies -----------------------------------------------------------------------
 */

/* Those of at[0 … count - 1], as texts of one buffer; not there: it is gone. */
struct bodies {
	const struct store_server *at;
	size_t count;
	struct {
		struct store_server server; /* as it is now */
		size_t at, len;
		uint64_t time;
		bool there;
	} body[BODIES];
	char *text;
	size_t used, room;
};

static void
body_keep(struct bodies *b, size_t i, struct span text)
{
	if (b->used + text.len > b->room) {
		b->room = 2 * (b->used + text.len);
		b->text = realloc(b->text, b->room);
		if (!b->text)
			abort();
	}
	if (text.len)
		memcpy(b->text + b->used, text.at, text.len);
	b->body[i].at = b->used;
	b->body[i].len = text.len;
	b->body[i].there = true;
	b->used += text.len;
}

static void
bodies_work(struct store *s, void *ctx)
{
	struct bodies *b = ctx;
	sqlite3_stmt *st = NULL;

	b->used = 0;
	s->rc = sqlite3_prepare_v2(s->db,
		"SELECT " COLUMNS ", body, time FROM server WHERE id = ?1", -1, &st,
		NULL);
	store_exec(s, "BEGIN");
	for (size_t i = 0; i < b->count && s->rc == SQLITE_OK; i++) {
		b->body[i].there = false;
		sqlite3_bind_int64(st, 1, b->at[i].id);
		if (store_sql_row(s, st)) {
			server_of(st, &b->body[i].server);
			body_keep(b, i, sql_column(st, 6));
			b->body[i].time = sql_column_uint(st, 7);
		}
		sqlite3_reset(st);
	}
	sqlite3_finalize(st);
	if (!sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

/* False: the visitor has enough. */
static bool
bodies_show(const struct bodies *b, store_visit_row *visit, void *ctx)
{
	for (size_t i = 0; i < b->count; i++) {
		struct store_row row = {
			.body = span_of(b->text + b->body[i].at, b->body[i].len),
			.time = b->body[i].time,
			.server = &b->body[i].server,
		};

		if (b->body[i].there && !visit(ctx, &row))
			return false;
	}
	return true;
}

int
store_servers_read(
	struct store *s, const struct store_servers *l, store_visit_row *visit, void *ctx)
{
	struct bodies b = {0};
	int status = 0;

	for (size_t i = 0; i < l->count && status == 0; i += b.count) {
		b.at = l->at + i;
		b.count = l->count - i < BODIES ? l->count - i : BODIES;
		status = store_read(s, "the servers cannot be read", bodies_work, &b);
		if (status == 0 && !bodies_show(&b, visit, ctx))
			break;
	}
	free(b.text);
	return status;
}
