/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was learned, out of a database that is broken when a sensor starts: there is no
 * other place that has it. Rows are read in the order of their keys; where one cannot be
 * read, reading goes on at a key further up that can be, found in ever greater steps, and
 * from there down: so a page that is broken costs what is on it. Whether a row makes
 * sense is for those to say who load it.
 */
#include "store_part.h"

#include <string.h>

/* A row's name: table and key. */
#define NAME_MAX_OCTETS 256
/* Searches for the next row that can be read. A page that is broken takes some hundred.
 */
#define SEEK_MAX 100000

struct place {
	char table[NAME_MAX_OCTETS], key[NAME_MAX_OCTETS];
};

/*
 * The next greater text that is no longer: "12" becomes "13", and "1~" becomes "2", so
 * that a search goes over more and more. False: there is none, and it is empty.
 */
static bool
step_up(char *text)
{
	size_t n = strlen(text);

	while (n && (uint8_t)text[n - 1] >= '~')
		n--;
	text[n] = '\0';
	if (n == 0)
		return false;
	text[n - 1]++;
	return true;
}

/* Past what cannot be read. False: nothing is left. */
static bool
pass(struct place *at)
{
	return step_up(at->key) || step_up(at->table);
}

static int
compare(const struct place *a, const struct place *b)
{
	int table = strcmp(a->table, b->table);

	return table ? table : strcmp(a->key, b->key);
}

/* Its type is asked for first: behind a conversion SQLite does not say what it was. */
static struct span
text_of(sqlite3_stmt *row, int column)
{
	return sqlite3_column_type(row, column) == SQLITE_TEXT ? sql_column(row, column)
							       : SPAN_NONE;
}

static bool
name_of(sqlite3_stmt *row, int column, char *out)
{
	struct span text = text_of(row, column);

	if (text.len == 0 || text.len >= NAME_MAX_OCTETS || memchr(text.at, 0, text.len))
		return false;
	memcpy(out, text.at, text.len);
	out[text.len] = '\0';
	return true;
}

static bool
is_object(sqlite3_stmt *row)
{
	struct span body = text_of(row, 2);

	return body.len >= 2 && body.at[0] == '{' && body.at[body.len - 1] == '}';
}

/* It does not stand there yet: keys only go up. */
static bool
copy_row(struct store *s, sqlite3_stmt *row)
{
	sqlite3_stmt *st;

	if (!is_object(row))
		return false;
	st = store_sql(s, SQL_STATE_INSERT);
	for (int i = 0; i < 3; i++)
		sql_span(st, i + 1, sql_column(row, i));
	if (!store_sql_run(s, st))
		return false;
	s->rows.state++;
	return true;
}

enum direction {
	UP,
	DOWN,
	DIRECTIONS
};

static const char *const questions[DIRECTIONS] = {
	[UP] = "SELECT tbl, key, body FROM state WHERE (tbl, key) > (?1, ?2)"
	       " ORDER BY tbl, key",
	[DOWN] = "SELECT tbl, key, body FROM state WHERE (tbl, key) <= (?1, ?2)"
		 " ORDER BY tbl DESC, key DESC",
};

struct salvage {
	struct store *to;
	sqlite3_stmt *ask[DIRECTIONS]; /* of the old database */
	uint64_t saved;
};

static sqlite3_stmt *
ask(const struct salvage *v, enum direction way, const struct place *at)
{
	sqlite3_stmt *st = v->ask[way];

	sqlite3_reset(st);
	sqlite3_bind_text(st, 1, at->table, -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 2, at->key, -1, SQLITE_STATIC);
	return st;
}

/*
 * Rows above at, up to the first one that cannot be read or stands where it cannot be; at
 * gets to be the last one that was read. True: there are no more.
 */
static bool
copy_up(struct salvage *v, struct place *at)
{
	struct place from = *at, next;
	sqlite3_stmt *row = ask(v, UP, &from);
	int rc;

	while ((rc = sqlite3_step(row)) == SQLITE_ROW && v->to->rc == SQLITE_OK) {
		if (!name_of(row, 0, next.table) || !name_of(row, 1, next.key) ||
			compare(&next, at) <= 0)
			return false;
		v->saved += copy_row(v->to, row);
		*at = next;
	}
	return rc == SQLITE_DONE || v->to->rc != SQLITE_OK;
}

/* The rest of what was gone past: rows from at down, which are above last. */
static void
copy_down(struct salvage *v, const struct place *at, const struct place *last)
{
	struct place above = *at, next;
	sqlite3_stmt *row = ask(v, DOWN, at);

	while (sqlite3_step(row) == SQLITE_ROW && v->to->rc == SQLITE_OK) {
		if (!name_of(row, 0, next.table) || !name_of(row, 1, next.key) ||
			compare(&next, &above) > 0 || compare(&next, last) <= 0)
			return;
		v->saved += copy_row(v->to, row);
		above = next;
	}
}

/* To where reading can go on. False: nowhere. */
static bool
go_past(struct salvage *v, struct place *at, unsigned *seeks)
{
	while (*seeks < SEEK_MAX && pass(at)) {
		int rc = sqlite3_step(ask(v, UP, at));

		++*seeks;
		if (rc == SQLITE_ROW || rc == SQLITE_DONE)
			return true;
	}
	*at = (struct place){"\x7f", ""};
	return false;
}

static void
salvage_rows(struct salvage *v)
{
	struct place at = {" ", ""}, last;
	unsigned seeks = 0;
	bool more = true;

	while (more && !copy_up(v, &at)) {
		last = at;
		more = go_past(v, &at, &seeks);
		copy_down(v, &at, &last);
	}
}

uint64_t
store_salvage_state(struct store *s, sqlite3 *from)
{
	struct salvage v = {.to = s};
	bool good = true;

	/* One view of it; without, each row costs a look at its journal. */
	sqlite3_exec(from, "BEGIN", NULL, NULL, NULL);
	for (enum direction way = 0; way < DIRECTIONS; way++)
		good &= sqlite3_prepare_v2(from, questions[way], -1, &v.ask[way], NULL) ==
			SQLITE_OK;
	if (good)
		salvage_rows(&v);
	for (enum direction way = 0; way < DIRECTIONS; way++)
		sqlite3_finalize(v.ask[way]);
	sqlite3_exec(from, "ROLLBACK", NULL, NULL, NULL);
	return v.saved;
}
