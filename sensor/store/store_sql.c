/* SPDX-License-Identifier: Apache-2.0 */
#include "store_sql.h"

#include "sensor/base/escape.h"
#include "store_part.h"

/* clang-format off */
static const char *const texts[] = {
	[SQL_BEGIN] = "BEGIN IMMEDIATE",
	[SQL_COMMIT] = "COMMIT",
	[SQL_ROLLBACK] = "ROLLBACK",

	[SQL_SERVER_UPDATE] =
		"UPDATE server SET time = ?3, verdict = ?4, grade = ?5, confidence = ?6,"
		" rank = ?7, name = ?8, mta = ?9, body = ?10 WHERE ip = ?1 AND port = ?2",
	[SQL_SERVER_INSERT] =
		"INSERT INTO server (ip, port, time, verdict, grade, confidence, rank, name,"
		" mta, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
	[SQL_SERVER_PRUNE] =
		"DELETE FROM server WHERE id IN"
		" (SELECT id FROM server ORDER BY time, id LIMIT ?1)",

	[SQL_VERDICT_FIND] = "SELECT 1 FROM verdict WHERE ip = ?1 AND port = ?2 LIMIT 1",
	[SQL_VERDICT_INSERT] =
		"INSERT INTO verdict (ip, port, time, verdict, grade, confidence, rank, name,"
		" mta, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
	[SQL_VERDICT_TRIM] =
		"DELETE FROM verdict WHERE ip = ?1 AND port = ?2 AND id <="
		" (SELECT id FROM verdict WHERE ip = ?1 AND port = ?2"
		" ORDER BY id DESC LIMIT 1 OFFSET ?3)",
	[SQL_VERDICT_PRUNE] =
		"DELETE FROM verdict WHERE id IN"
		" (SELECT id FROM verdict ORDER BY id LIMIT ?1)",

	/* The same packets once more, after a restart, are no second alert. */
	[SQL_ALERT_INSERT] =
		"INSERT INTO alert (uid, incident, kind, action, severity, rule, time, ip,"
		" port, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
		" ON CONFLICT (uid) DO NOTHING",
	[SQL_ALERT_SALVAGE] =
		"INSERT INTO alert (id, body, uid, incident, kind, action, rule, ip,"
		" severity, time, port, delivered) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,"
		" ?9, ?10, ?11, ?12) ON CONFLICT DO NOTHING",
	[SQL_ALERT_DELIVERED] = "UPDATE alert SET delivered = delivered + 1 WHERE id = ?1",
	/* Only among the oldest: what waits there is not stepped over again and again. */
	[SQL_ALERT_PRUNE] =
		"DELETE FROM alert WHERE id IN (SELECT id FROM alert ORDER BY id LIMIT ?1)"
		" AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.alert = alert.id)",

	[SQL_LINE_INSERT] = "INSERT INTO line (stream, time, body) VALUES (?1, ?2, ?3)",
	[SQL_LINE_SALVAGE] =
		"INSERT INTO line (id, body, stream, time) VALUES (?1, ?2, ?3, ?4)"
		" ON CONFLICT DO NOTHING",
	[SQL_LINE_FREE] =
		"DELETE FROM line WHERE id = ?1"
		" AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.line = ?1)",
	[SQL_LINES_FREE] =
		"DELETE FROM line WHERE NOT EXISTS"
		" (SELECT 1 FROM delivery WHERE delivery.line = line.id)",

	[SQL_TXN_INSERT] =
		"INSERT INTO txn (id, time, ip, port, client, body)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (id) DO NOTHING",
	[SQL_TXN_PRUNE] =
		"DELETE FROM txn WHERE seq IN (SELECT seq FROM txn ORDER BY seq LIMIT ?1)",

	[SQL_STATE_UPDATE] = "UPDATE state SET body = ?3 WHERE tbl = ?1 AND key = ?2",
	[SQL_STATE_INSERT] = "INSERT INTO state (tbl, key, body) VALUES (?1, ?2, ?3)",
	[SQL_STATE_DELETE] = "DELETE FROM state WHERE tbl = ?1 AND key = ?2",

	[SQL_DELIVERY_INSERT] =
		"INSERT INTO delivery (output, id, severity, time, octets, alert, line)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[SQL_DELIVERY_FIND] =
		"SELECT severity, octets FROM delivery WHERE output = ?1 AND id = ?2",
	[SQL_DELIVERY_LEAST] =
		"SELECT id, octets, time, line FROM delivery"
		" WHERE output = ?1 AND severity = ?2 ORDER BY id LIMIT 1",
	[SQL_DELIVERY_OLDEST] =
		"SELECT time FROM delivery WHERE output = ?1 ORDER BY id LIMIT 1",
	[SQL_DELIVERY_FIRST] =
		"SELECT id FROM delivery WHERE output = ?1 AND id <= ?2 ORDER BY id LIMIT 1",
	[SQL_DELIVERY_DELETE] = "DELETE FROM delivery WHERE output = ?1 AND id = ?2",
	[SQL_DELIVERY_READ] =
		"SELECT d.id, d.severity, d.time, coalesce(a.body, l.body) FROM delivery d"
		" LEFT JOIN alert a ON a.id = d.alert LEFT JOIN line l ON l.id = d.line"
		" WHERE d.output = ?1 AND d.id > ?3 ORDER BY d.id LIMIT ?2",

	[SQL_OUTPUT_INSERT] =
		"INSERT INTO output (name, stream, minimum) VALUES (?1, ?2, ?3)",
	[SQL_OUTPUT_UPDATE] = "UPDATE output SET minimum = ?2 WHERE id = ?1",
	[SQL_OUTPUT_DELETE] = "DELETE FROM output WHERE id = ?1",
	[SQL_OUTPUT_COUNT] =
		"UPDATE output SET delivered = ?2, dropped_low = ?3, dropped_medium = ?4,"
		" dropped_high = ?5, dropped_critical = ?6 WHERE id = ?1",
};
/* clang-format on */

_Static_assert(
	sizeof(texts) / sizeof(*texts) == SQL_COUNT, "each statement has its text");

sqlite3_stmt *
store_sql(struct store *s, enum store_sql which)
{
	sqlite3_stmt **st = &s->statements[which];

	if (s->rc != SQLITE_OK)
		return NULL;
	if (!*st)
		s->rc = sqlite3_prepare_v3(
			s->db, texts[which], -1, SQLITE_PREPARE_PERSISTENT, st, NULL);
	if (s->rc != SQLITE_OK)
		return NULL;
	sqlite3_clear_bindings(*st);
	return *st;
}

void
store_sql_close(struct store *s)
{
	for (size_t i = 0; i < SQL_COUNT; i++) {
		sqlite3_finalize(s->statements[i]);
		s->statements[i] = NULL;
	}
}

bool
store_sql_row(struct store *s, sqlite3_stmt *st)
{
	int rc;

	if (!st)
		return false;
	rc = s->rc == SQLITE_OK ? sqlite3_step(st) : SQLITE_DONE;
	if (rc == SQLITE_ROW)
		return true;
	if (rc != SQLITE_DONE)
		s->rc = rc;
	sqlite3_reset(st);
	return false;
}

void
store_sql_done(sqlite3_stmt *st)
{
	if (st)
		sqlite3_reset(st);
}

int
store_sql_run(struct store *s, sqlite3_stmt *st)
{
	if (!st)
		return 0;
	while (store_sql_row(s, st))
		;
	return s->rc == SQLITE_OK ? sqlite3_changes(s->db) : 0;
}

/* --- values ---------------------------------------------------------------------------
 */

/*
 * A bind fails only for want of memory or beyond the 10^9 octets that SQLite takes; then
 * NULL stands there, and the table's NOT NULL stops the transaction.
 */
void
sql_span(sqlite3_stmt *st, int place, struct span value)
{
	if (st)
		sqlite3_bind_text64(st, place, value.len ? (const char *)value.at : "",
			value.len, SQLITE_STATIC, SQLITE_UTF8);
}

void
sql_span_if(sqlite3_stmt *st, int place, struct span value)
{
	if (value.len)
		sql_span(st, place, value);
}

void
sql_text(sqlite3_stmt *st, int place, const char *value)
{
	if (st)
		sqlite3_bind_text(st, place, value, -1, SQLITE_STATIC);
}

void
sql_uint(sqlite3_stmt *st, int place, uint64_t value)
{
	sql_int(st, place, value > INT64_MAX ? INT64_MAX : (int64_t)value);
}

void
sql_int(sqlite3_stmt *st, int place, int64_t value)
{
	if (st)
		sqlite3_bind_int64(st, place, value);
}

void
sql_addr(sqlite3_stmt *st, int place, const struct ip_addr *value)
{
	char text[IP_ADDR_TEXT];

	if (!st || ip_addr_is_none(value))
		return;
	ip_addr_write(value, text);
	sqlite3_bind_text(st, place, text, -1, SQLITE_TRANSIENT);
}

void
sql_peer(sqlite3_stmt *st, int place, struct span value)
{
	char text[1024];

	if (!st || !value.len)
		return;
	escape_text(value, text, sizeof(text));
	sqlite3_bind_text(st, place, text, -1, SQLITE_TRANSIENT);
}

struct span
sql_column(sqlite3_stmt *st, int column)
{
	const unsigned char *at = sqlite3_column_text(st, column);

	return at ? span_of(at, (size_t)sqlite3_column_bytes(st, column)) : SPAN_NONE;
}

uint64_t
sql_column_uint(sqlite3_stmt *st, int column)
{
	int64_t n = sqlite3_column_int64(st, column);

	return n < 0 ? 0 : (uint64_t)n;
}

/* --- once -----------------------------------------------------------------------------
 */

int64_t
store_number(struct store *s, const char *sql)
{
	sqlite3_stmt *st = NULL;
	int64_t n = 0;

	if (s->rc != SQLITE_OK)
		return 0;
	s->rc = sqlite3_prepare_v2(s->db, sql, -1, &st, NULL);
	if (store_sql_row(s, st))
		n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

void
store_exec(struct store *s, const char *sql)
{
	if (s->rc == SQLITE_OK)
		s->rc = sqlite3_exec(s->db, sql, NULL, NULL, NULL);
}
