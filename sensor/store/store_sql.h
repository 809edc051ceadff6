/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The statements of the store, each prepared when it is first needed and kept. An error
 * sticks in the store's rc: what comes behind it does nothing, and it is looked at once,
 * at the end of the transaction.
 */
#ifndef STORE_SQL_H
#define STORE_SQL_H

#include <sqlite3.h>

#include "dissect/dissect.h"
#include "dissect/ip_addr.h"

struct store;

enum store_sql {
	SQL_BEGIN,
	SQL_COMMIT,
	SQL_ROLLBACK,
	SQL_SERVER_UPDATE,
	SQL_SERVER_INSERT,
	SQL_SERVER_PRUNE,
	SQL_VERDICT_FIND,
	SQL_VERDICT_INSERT,
	SQL_VERDICT_TRIM,
	SQL_VERDICT_PRUNE,
	SQL_ALERT_INSERT,
	SQL_ALERT_SALVAGE,
	SQL_ALERT_DELIVERED,
	SQL_ALERT_PRUNE,
	SQL_LINE_INSERT,
	SQL_LINE_SALVAGE,
	SQL_LINE_FREE,
	SQL_TXN_INSERT,
	SQL_TXN_PRUNE,
	SQL_STATE_UPDATE,
	SQL_STATE_INSERT,
	SQL_STATE_DELETE,
	SQL_DELIVERY_INSERT,
	SQL_DELIVERY_FIND,
	SQL_DELIVERY_LEAST,
	SQL_DELIVERY_OLDEST,
	SQL_DELIVERY_FIRST,
	SQL_DELIVERY_DELETE,
	SQL_DELIVERY_READ,
	SQL_OUTPUT_INSERT,
	SQL_OUTPUT_UPDATE,
	SQL_OUTPUT_DELETE,
	SQL_OUTPUT_COUNT,
	SQL_LINES_FREE,
	SQL_COUNT /* how many */
};

#define STORE_SQL_COUNT SQL_COUNT

/* Ready to be bound, or NULL: then s->rc says why. */
sqlite3_stmt *store_sql(struct store *s, enum store_sql which);
void store_sql_close(struct store *s);

/*
 * A row is there: true, and its columns can be read until the next call. False: no more,
 * or an error; in either case the statement is reset.
 */
bool store_sql_row(struct store *s, sqlite3_stmt *st);
/* No further row is wanted. */
void store_sql_done(sqlite3_stmt *st);
/* To its end. How many rows it changed. */
int store_sql_run(struct store *s, sqlite3_stmt *st);

/* place: from 1, as in the text. Octets must live until the statement was run. */
void sql_span(sqlite3_stmt *st, int place, struct span value);
/* NULL where it is empty. */
void sql_span_if(sqlite3_stmt *st, int place, struct span value);
void sql_text(sqlite3_stmt *st, int place, const char *value);
/* Clamped to what SQLite can hold: 2^63 - 1. */
void sql_uint(sqlite3_stmt *st, int place, uint64_t value);
void sql_int(sqlite3_stmt *st, int place, int64_t value);
/* As text; NULL where there is none. Copied. */
void sql_addr(sqlite3_stmt *st, int place, const struct ip_addr *value);
/* A peer's text, escaped: people read it in a terminal. NULL where empty. Copied. */
void sql_peer(sqlite3_stmt *st, int place, struct span value);

struct span sql_column(sqlite3_stmt *st, int column);
uint64_t sql_column_uint(sqlite3_stmt *st, int column);

#endif
