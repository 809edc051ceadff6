/* SPDX-License-Identifier: Apache-2.0 */
#include "store_part.h"

/* One batch on its way. */
struct commit {
	struct store *s;
	const struct store_batch *b;
};

/* The ten values that a verdict has in either table. */
static void
bind_verdict(sqlite3_stmt *st, const struct commit *c, const struct batch_item *i)
{
	if (!st)
		return;
	sql_addr(st, 1, &i->server);
	sql_int(st, 2, i->port);
	sql_uint(st, 3, i->time);
	sql_span(st, 4, store_batch_text(c->b, i->of.verdict.verdict));
	sql_span_if(st, 5, store_batch_text(c->b, i->of.verdict.grade));
	sqlite3_bind_double(st, 6, i->of.verdict.confidence);
	sql_int(st, 7, i->of.verdict.rank);
	sql_peer(st, 8, store_batch_text(c->b, i->of.verdict.name));
	sql_peer(st, 9, store_batch_text(c->b, i->of.verdict.mta));
	sql_span(st, 10, store_batch_text(c->b, i->body));
}

static int
put_verdict(const struct commit *c, const struct batch_item *i, enum store_sql how)
{
	sqlite3_stmt *st = store_sql(c->s, how);

	bind_verdict(st, c, i);
	return store_sql_run(c->s, st);
}

static bool
has_history(struct store *s, const struct batch_item *i)
{
	sqlite3_stmt *st = store_sql(s, SQL_VERDICT_FIND);
	bool has;

	sql_addr(st, 1, &i->server);
	sql_int(st, 2, i->port);
	has = store_sql_row(s, st);
	store_sql_done(st);
	return has;
}

static void
trim_verdicts(struct store *s, const struct batch_item *i)
{
	sqlite3_stmt *st = store_sql(s, SQL_VERDICT_TRIM);

	sql_addr(st, 1, &i->server);
	sql_int(st, 2, i->port);
	sql_int(st, 3, STORE_VERDICTS_A_SERVER_MAX);
	s->rows.verdicts -= (unsigned)store_sql_run(s, st);
}

static void
commit_verdict(const struct commit *c, const struct batch_item *i)
{
	struct store *s = c->s;

	if (put_verdict(c, i, SQL_SERVER_UPDATE) == 0) {
		put_verdict(c, i, SQL_SERVER_INSERT);
		s->rows.servers++;
		s->brought.servers++;
	}
	if (!i->of.verdict.changed && (!i->of.verdict.begins || has_history(s, i)))
		return;
	put_verdict(c, i, SQL_VERDICT_INSERT);
	s->rows.verdicts++;
	s->brought.verdicts++;
	trim_verdicts(s, i);
}

static void
commit_alert(const struct commit *c, const struct batch_item *i)
{
	struct store *s = c->s;
	sqlite3_stmt *st = store_sql(s, SQL_ALERT_INSERT);

	sql_text(st, 1, i->of.alert.uid);
	sql_text(st, 2, i->of.alert.incident);
	sql_text(st, 3, i->of.alert.kind);
	sql_text(st, 4, i->of.alert.action);
	sql_int(st, 5, i->of.alert.severity);
	sql_span(st, 6, store_batch_text(c->b, i->of.alert.rule));
	sql_uint(st, 7, i->time);
	sql_addr(st, 8, &i->server);
	sql_int(st, 9, i->port);
	sql_span(st, 10, store_batch_text(c->b, i->body));
	if (store_sql_run(s, st) == 0)
		return;
	s->rows.alerts++;
	s->brought.alerts++;
	store_spool_add(s, CONFIG_STREAM_ALERTS, (int)i->of.alert.severity,
		sqlite3_last_insert_rowid(s->db), i->time, i->body.len,
		i->of.alert.unkept);
}

static bool
somebody_wants(const struct store *s, enum config_stream stream)
{
	for (size_t i = 0; i < s->output_count; i++)
		if (s->outputs[i].stream == stream)
			return true;
	return false;
}

static void
commit_line(const struct commit *c, const struct batch_item *i)
{
	struct store *s = c->s;
	sqlite3_stmt *st;

	if (!somebody_wants(s, i->of.stream))
		return;
	st = store_sql(s, SQL_LINE_INSERT);
	sql_int(st, 1, i->of.stream);
	sql_uint(st, 2, i->time);
	sql_span(st, 3, store_batch_text(c->b, i->body));
	if (store_sql_run(s, st))
		store_spool_add(s, i->of.stream, ALERT_SEVERITY_LOW,
			sqlite3_last_insert_rowid(s->db), i->time, i->body.len, 0);
}

static void
commit_transaction(const struct commit *c, const struct batch_item *i)
{
	struct store *s = c->s;
	sqlite3_stmt *st;

	if (s->keep.transactions == 0)
		return;
	st = store_sql(s, SQL_TXN_INSERT);
	sql_peer(st, 1, store_batch_text(c->b, i->of.txn_id));
	sql_uint(st, 2, i->time);
	sql_addr(st, 3, &i->server);
	sql_int(st, 4, i->port);
	sql_addr(st, 5, &i->client);
	sql_span(st, 6, store_batch_text(c->b, i->body));
	if (store_sql_run(s, st) == 0)
		return;
	s->rows.transactions++;
	s->brought.transactions++;
}

static int
put_state(const struct commit *c, const struct batch_item *i, enum store_sql how)
{
	sqlite3_stmt *st = store_sql(c->s, how);

	sql_span(st, 1, store_batch_text(c->b, i->of.state.table));
	sql_span(st, 2, store_batch_text(c->b, i->of.state.key));
	if (how != SQL_STATE_DELETE)
		sql_span(st, 3, store_batch_text(c->b, i->body));
	return store_sql_run(c->s, st);
}

static void
commit_state(const struct commit *c, const struct batch_item *i)
{
	if (i->body.len == 0) {
		c->s->rows.state -= (unsigned)put_state(c, i, SQL_STATE_DELETE);
	} else if (put_state(c, i, SQL_STATE_UPDATE) == 0) {
		put_state(c, i, SQL_STATE_INSERT);
		c->s->rows.state++;
	}
}

static void
commit_item(const struct commit *c, const struct batch_item *i)
{
	switch (i->kind) {
	case BATCH_VERDICT:
		commit_verdict(c, i);
		return;
	case BATCH_ALERT:
		commit_alert(c, i);
		return;
	case BATCH_STATE:
		commit_state(c, i);
		return;
	case BATCH_TXN:
		commit_transaction(c, i);
		return;
	case BATCH_LINE:
	default:
		commit_line(c, i);
	}
}

/*
 * The oldest of what is too much, a little with each commit: twice what it brought and
 * some, so that it catches up, and no commit takes long.
 */
static void
prune(struct store *s, enum store_sql how, uint64_t *rows, uint64_t brought,
	uint64_t most)
{
	uint64_t over = *rows > most ? *rows - most : 0;
	sqlite3_stmt *st;

	if (over == 0)
		return;
	if (over > 2 * brought + STORE_PRUNE_STEP)
		over = 2 * brought + STORE_PRUNE_STEP;
	st = store_sql(s, how);
	sql_uint(st, 1, over);
	*rows -= (unsigned)store_sql_run(s, st);
}

static void
work(struct store *s, void *ctx)
{
	struct commit c = {s, ctx};

	s->brought = (struct store_rows){0};
	for (size_t i = 0; i < c.b->count && s->rc == SQLITE_OK; i++)
		commit_item(&c, &c.b->items[i]);
	store_spool_bound(s);
	store_spool_counted(s);
	prune(s, SQL_SERVER_PRUNE, &s->rows.servers, s->brought.servers, s->keep.servers);
	prune(s, SQL_VERDICT_PRUNE, &s->rows.verdicts, s->brought.verdicts,
		s->keep.verdicts);
	prune(s, SQL_ALERT_PRUNE, &s->rows.alerts, s->brought.alerts, s->keep.alerts);
	prune(s, SQL_TXN_PRUNE, &s->rows.transactions, s->brought.transactions,
		s->keep.transactions);
}

int
store_commit(struct store *s, struct store_batch *b)
{
	if (store_write(s, "a batch cannot be written, and is kept", work, b) < 0)
		return -1;
	store_unkept_release(s, b);
	b->count = 0;
	b->used = 0;
	b->offered = 0;
	return 0;
}
