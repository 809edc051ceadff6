/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "sensor/base/text_out.h"
#include "store_part.h"

/* A question to one table; what its statement is made of. */
struct table {
	const char *columns; /* body and time first */
	const char *from;
	const char *oldest_first; /* and how to turn that round */
	const char *newest_first;
	bool severity;
};

/* clang-format off */
static const struct table alerts = {
	"body, time, delivered, (SELECT count(*) FROM delivery d WHERE d.alert = t.id)",
	"alert", "id", "id DESC", true};
static const struct table transactions = {"body, time, 0, 0", "txn", "seq", "seq DESC", false};
static const struct table history = {"body, time, 0, 0", "verdict", "id", "id DESC", false};
static const struct table servers = {
	"body, time, 0, 0", "server",
	"rank, confidence DESC, ip, port", "time DESC", false};
/* clang-format on */

struct question {
	const struct table *table;
	const struct store_query *q;
	store_visit_row *visit;
	void *ctx;
};

/* Only our own words and numbers: the address is bound. */
static void
conditions(const struct question *k, struct text_out *sql)
{
	const struct store_query *q = k->q;

	text_out_format(sql, " FROM %s t WHERE 1", k->table->from);
	if (!ip_addr_is_none(&q->server))
		text_out_text(sql, " AND ip = ?1");
	if (q->port)
		text_out_format(sql, " AND port = %u", q->port);
	if (q->from)
		text_out_format(sql, " AND time >= %" PRIu64,
			q->from > INT64_MAX ? (uint64_t)INT64_MAX : q->from);
	if (q->to)
		text_out_format(sql, " AND time <= %" PRIu64,
			q->to > INT64_MAX ? (uint64_t)INT64_MAX : q->to);
	if (k->table->severity && q->minimum)
		text_out_format(sql, " AND severity >= %d", (int)q->minimum);
}

static void
statement(const struct question *k, struct text_out *sql)
{
	const struct table *t = k->table;

	text_out_format(sql, "SELECT %s", t->columns);
	if (k->q->limit == 0) {
		conditions(k, sql);
	} else {
		/* The newest so many, turned round. */
		text_out_format(sql, " FROM %s t WHERE rowid IN (SELECT rowid", t->from);
		conditions(k, sql);
		text_out_format(
			sql, " ORDER BY %s LIMIT %zu)", t->newest_first, k->q->limit);
	}
	text_out_format(sql, " ORDER BY %s", t->oldest_first);
}

static void
work(struct store *s, void *ctx)
{
	const struct question *k = ctx;
	struct text_out sql;
	sqlite3_stmt *st = NULL;

	text_out_init(&sql);
	statement(k, &sql);
	s->rc = sqlite3_prepare_v2(s->db, sql.at, -1, &st, NULL);
	sql_addr(st, 1, &k->q->server);
	while (store_sql_row(s, st)) {
		struct store_row row = {
			.body = sql_column(st, 0),
			.time = sql_column_uint(st, 1),
			.delivered = (uint32_t)sqlite3_column_int64(st, 2),
			.waiting = (uint32_t)sqlite3_column_int64(st, 3),
		};

		if (!k->visit(k->ctx, &row))
			break;
	}
	sqlite3_finalize(st);
	text_out_free(&sql);
}

static int
ask(struct store *s, const struct table *table, const struct store_query *q,
	store_visit_row *visit, void *ctx)
{
	struct question k = {table, q, visit, ctx};

	return store_read(s, "it cannot be read", work, &k);
}

int
store_read_alerts(
	struct store *s, const struct store_query *q, store_visit_row *visit, void *ctx)
{
	return ask(s, &alerts, q, visit, ctx);
}

int
store_read_transactions(
	struct store *s, const struct store_query *q, store_visit_row *visit, void *ctx)
{
	return ask(s, &transactions, q, visit, ctx);
}

int
store_read_servers(
	struct store *s, const struct store_query *q, store_visit_row *visit, void *ctx)
{
	return ask(s, &servers, q, visit, ctx);
}

int
store_read_history(
	struct store *s, const struct store_query *q, store_visit_row *visit, void *ctx)
{
	return ask(s, &history, q, visit, ctx);
}

/* --- what was learned
 * ------------------------------------------------------------------- */

struct state_question {
	const char *table; /* NULL: all */
	store_visit_state *visit;
	void *ctx;
	uint64_t count;
};

static void
state_work(struct store *s, void *ctx)
{
	const struct state_question *k = ctx;
	sqlite3_stmt *st = NULL;

	s->rc = sqlite3_prepare_v2(s->db,
		k->table ? "SELECT tbl, key, body FROM state WHERE tbl = ?1"
			 : "SELECT tbl, key, body FROM state",
		-1, &st, NULL);
	if (st && k->table)
		sql_text(st, 1, k->table);
	while (store_sql_row(s, st)) {
		struct span table = sql_column(st, 0);

		if (!k->visit(k->ctx, (const char *)table.at, sql_column(st, 1),
			    sql_column(st, 2)))
			break;
	}
	sqlite3_finalize(st);
}

int
store_read_state(struct store *s, store_visit_state *visit, void *ctx)
{
	return store_read_state_of(s, NULL, visit, ctx);
}

int
store_read_state_of(
	struct store *s, const char *table, store_visit_state *visit, void *ctx)
{
	struct state_question k = {table, visit, ctx, 0};

	return store_read(s, "what was learned cannot be read", state_work, &k);
}

static void
count_work(struct store *s, void *ctx)
{
	struct state_question *k = ctx;
	sqlite3_stmt *st = NULL;

	s->rc = sqlite3_prepare_v2(
		s->db, "SELECT count(*) FROM state WHERE tbl = ?1", -1, &st, NULL);
	sql_text(st, 1, k->table);
	if (store_sql_row(s, st))
		k->count = sql_column_uint(st, 0);
	sqlite3_finalize(st);
}

uint64_t
store_count_state_of(struct store *s, const char *table)
{
	struct state_question k = {.table = table};

	return store_read(s, "what was learned cannot be counted", count_work, &k) < 0
		       ? 0
		       : k.count;
}
