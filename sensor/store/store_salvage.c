/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What waits for outputs, out of a database that is broken: a row at a time and each by
 * its number, so that a page that cannot be read costs what is on it and nothing else.
 * Numbers stay, so that what an output takes in the meantime is still known by them.
 */
#include "store_part.h"

#include <stdlib.h>

#include "sensor/alert/alert_json.h"

/* Numbers tried for one output. Beyond, what waits is so old that it is given up. */
#define TRIED_MAX 262144

enum question {
	Q_FIRST,
	Q_DELIVERY,
	Q_ALERT,
	Q_LINE,
	Q_COUNT
};

/* By the tables' own trees alone: an index may be what is broken. */
static const char *const questions[Q_COUNT] = {
	[Q_FIRST] = "SELECT id FROM delivery WHERE output = ?1 ORDER BY id LIMIT 1",
	[Q_DELIVERY] = "SELECT severity, time, octets FROM delivery"
		       " WHERE output = ?1 AND id = ?2",
	[Q_ALERT] = "SELECT body, uid, incident, kind, action, rule, ip, severity, time,"
		    " port, delivered FROM alert WHERE id = ?1",
	[Q_LINE] = "SELECT body, stream, time FROM line WHERE id = ?1",
};

struct salvage {
	struct store *to;
	sqlite3_stmt *ask[Q_COUNT]; /* of the old database; NULL: cannot be asked */
};

/* A row is there. The statement is to be reset in any case. */
static bool
row_of(sqlite3_stmt *st, int64_t first, int64_t second)
{
	if (!st)
		return false;
	sqlite3_reset(st);
	sqlite3_bind_int64(st, 1, first);
	if (sqlite3_bind_parameter_count(st) > 1)
		sqlite3_bind_int64(st, 2, second);
	return sqlite3_step(st) == SQLITE_ROW;
}

static void
copy_text(sqlite3_stmt *to, int place, sqlite3_stmt *from, int column)
{
	struct span text = sql_column(from, column);

	if (text.at)
		sql_span(to, place, text);
}

static void
copy_number(sqlite3_stmt *to, int place, sqlite3_stmt *from, int column)
{
	sql_int(to, place, sqlite3_column_int64(from, column));
}

/* Garbage can look like a row; an alert that reads as one hardly is garbage. */
static bool
is_alert(sqlite3_stmt *row)
{
	const char *reason;
	struct alert *a = alert_read(sql_column(row, 0), &reason);
	bool good = a && span_equal(sql_column(row, 1), span_of_text(a->id)) &&
		    sqlite3_column_int64(row, 7) == (int64_t)a->severity;

	alert_free(a);
	return good;
}

/* False: it cannot be read. It may be there already, for another output. */
static bool
copy_alert(struct salvage *v, int64_t id)
{
	sqlite3_stmt *row = v->ask[Q_ALERT], *st;

	if (!row_of(row, id, 0) || !is_alert(row))
		return false;
	st = store_sql(v->to, SQL_ALERT_SALVAGE);
	sql_int(st, 1, id);
	copy_text(st, 2, row, 0);
	for (int i = 1; i < 7; i++)
		copy_text(st, 2 + i, row, i);
	for (int i = 7; i < 11; i++)
		copy_number(st, 2 + i, row, i);
	v->to->rows.alerts += (unsigned)store_sql_run(v->to, st);
	return true;
}

static bool
copy_line(struct salvage *v, int64_t id, enum config_stream stream)
{
	sqlite3_stmt *row = v->ask[Q_LINE], *st;
	struct span body;

	if (!row_of(row, id, 0))
		return false;
	body = sql_column(row, 0);
	if (sqlite3_column_int(row, 1) != (int)stream || body.len < 2 ||
		body.at[0] != '{' || body.at[body.len - 1] != '}')
		return false;
	st = store_sql(v->to, SQL_LINE_SALVAGE);
	sql_int(st, 1, id);
	copy_text(st, 2, row, 0);
	copy_number(st, 3, row, 1);
	copy_number(st, 4, row, 2);
	store_sql_run(v->to, st);
	return true;
}

/* What waits for o under that number. False: nothing, or it cannot be read. */
static bool
copy_delivery(struct salvage *v, struct store_output *o, int64_t old, int64_t id)
{
	sqlite3_stmt *row = v->ask[Q_DELIVERY], *st;
	bool alerts = o->stream == CONFIG_STREAM_ALERTS;
	int64_t severity, octets;

	if (!row_of(row, old, id))
		return false;
	severity = sqlite3_column_int64(row, 0);
	octets = sqlite3_column_int64(row, 2);
	if (severity < 0 || severity >= STORE_SEVERITIES || octets < 0)
		return false;
	if (!(alerts ? copy_alert(v, id) : copy_line(v, id, o->stream)))
		return false;
	st = store_sql(v->to, SQL_DELIVERY_INSERT);
	sql_int(st, 1, o->id);
	sql_int(st, 2, id);
	sql_int(st, 3, severity);
	copy_number(st, 4, row, 1);
	sql_int(st, 5, octets);
	sql_int(st, alerts ? 6 : 7, id);
	if (!store_sql_run(v->to, st))
		return false;
	o->waiting[severity]++;
	o->octets += (uint64_t)octets;
	return true;
}

static void
salvage_output(struct salvage *v, struct store_output *o, const struct store_output *old,
	bool counted, struct store_salvaged *out)
{
	uint64_t waiting = counted ? store_output_waiting(old) : UINT64_MAX, saved = 0;
	int64_t id = v->to->last_id, first = id > TRIED_MAX ? id - TRIED_MAX : 0;

	if (waiting && row_of(v->ask[Q_FIRST], old->id, 0) &&
		sqlite3_column_int64(v->ask[Q_FIRST], 0) > first)
		first = sqlite3_column_int64(v->ask[Q_FIRST], 0);
	for (; id >= first && saved < waiting && v->to->rc == SQLITE_OK; id--)
		saved += copy_delivery(v, o, old->id, id);
	out->saved += saved;
	out->unreadable += counted ? waiting - saved : 0;
}

struct store_salvaged
store_salvage(
	struct store *s, sqlite3 *from, const struct store_output *old, bool counted)
{
	struct salvage v = {.to = s};
	struct store_salvaged out = {0};

	/* One view of it; without, each row costs a look at its journal. */
	sqlite3_exec(from, "BEGIN", NULL, NULL, NULL);
	for (enum question q = 0; q < Q_COUNT; q++)
		sqlite3_prepare_v2(from, questions[q], -1, &v.ask[q], NULL);
	for (size_t i = 0; i < s->output_count; i++)
		salvage_output(&v, &s->outputs[i], &old[i], counted, &out);
	for (enum question q = 0; q < Q_COUNT; q++)
		sqlite3_finalize(v.ask[q]);
	sqlite3_exec(from, "ROLLBACK", NULL, NULL, NULL);
	return out;
}
