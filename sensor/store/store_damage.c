/* SPDX-License-Identifier: Apache-2.0 */
#include "store_part.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "sensor/base/escape.h"
#include "sensor/base/log.h"

bool
store_is_damage(int rc)
{
	return (rc & 0xff) == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOTADB;
}

/*
 * "relaytap.db.damaged-20261124T101112Z", and -2 … where that is taken. The one place
 * that asks for the hour of the day: it names a file and says nothing about packets.
 */
static int
name_aside(const struct store *s, char *out)
{
	time_t now = time(NULL);
	char when[32], name[96];
	struct stat st;
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(when, sizeof(when), "%Y%m%dT%H%M%SZ", &tm);
	for (unsigned n = 1; n < 1000; n++) {
		char more[16] = "";

		if (n > 1)
			snprintf(more, sizeof(more), "-%u", n);
		snprintf(name, sizeof(name), STORE_FILE ".damaged-%s%s", when, more);
		if (!store_path(s, name, out))
			return -1;
		if (lstat(out, &st) < 0)
			return 0;
	}
	return -1;
}

/* A journal goes along: without it the file is not what it was. */
static void
move_beside(const struct store *s, const char *suffix, const char *to)
{
	char from[STORE_PATH_MAX], name[STORE_PATH_MAX + 8];

	snprintf(name, sizeof(name), STORE_FILE "%s", suffix);
	if (!store_path(s, name, from))
		return;
	snprintf(name, sizeof(name), "%s%s", to, suffix);
	if (rename(from, name) < 0 && errno != ENOENT)
		log_warn("%s", suffix);
}

int
store_set_aside(struct store *s, const char *why)
{
	char from[STORE_PATH_MAX], to[STORE_PATH_MAX], shown[STORE_ERROR_MAX];

	if (!store_path(s, STORE_FILE, from) || name_aside(s, to) < 0)
		return -1;
	/* First: were the file moved alone, its old journal would be read into the new.
	 */
	move_beside(s, "-wal", to);
	move_beside(s, "-shm", to);
	if (rename(from, to) < 0) {
		log_warn("%s", why);
		return -1;
	}
	escape_text(span_of_text(to), shown, sizeof(shown));
	log_warnx("%s: it is kept as %s, and a new one is begun", why, shown);
	return 0;
}

/* Ids go on where they were: an output may yet report one of the old database. */
static void
go_on_counting(struct store *s, int64_t last)
{
	char text[160];

	snprintf(text, sizeof(text),
		"DELETE FROM sqlite_sequence WHERE name IN ('alert', 'line');"
		"INSERT INTO sqlite_sequence VALUES ('alert', %lld), ('line', %lld)",
		(long long)last, (long long)last);
	store_exec(s, text);
	s->last_id = last;
}

static void
take_over(struct store *s, struct store_output *outputs, size_t count)
{
	uint64_t lost = 0;

	for (size_t i = 0; i < count; i++) {
		struct store_output *o = &outputs[i];
		sqlite3_stmt *st = store_sql(s, SQL_OUTPUT_INSERT);

		lost += store_output_waiting(o);
		memset(o->waiting, 0, sizeof(o->waiting));
		o->octets = 0;
		o->counted = true;
		sql_text(st, 1, o->name);
		sql_int(st, 2, o->stream);
		sql_int(st, 3, o->minimum);
		store_sql_run(s, st);
		o->id = sqlite3_last_insert_rowid(s->db);
	}
	free(s->outputs);
	s->outputs = outputs;
	s->output_count = count;
	store_spool_counted(s);
	if (lost)
		log_warnx("%llu alerts and lines that waited for outputs are in the old "
			  "database only",
			(unsigned long long)lost);
}

/* Nothing is written into the broken one when it is closed. */
static void
leave(struct store *s)
{
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	store_disconnect(s);
}

static int
reconnect(struct store *s, const char *why)
{
	char error[STORE_ERROR_MAX];

	if (s->directory && s->damaged <= STORE_DAMAGED_MAX &&
		store_set_aside(s, why) == 0 && store_connect(s, error) == 0)
		return 0;
	if (s->directory)
		log_warnx("no new database can be made there; from now on all is kept in "
			  "memory, until the sensor is started again");
	free(s->directory);
	s->directory = NULL;
	return store_connect(s, error) ? -1 : 0;
}

int
store_begin_anew(struct store *s)
{
	char place[STORE_ERROR_MAX / 2], why[STORE_ERROR_MAX];
	struct store_output *outputs = s->outputs;
	size_t count = s->output_count;
	int64_t last = s->last_id;

	store_place(s, place);
	snprintf(why, sizeof(why), "%s/%s: %s", place, STORE_FILE, sqlite3_errstr(s->rc));
	s->outputs = NULL;
	s->output_count = 0;
	s->damaged++;
	leave(s);
	if (reconnect(s, why) < 0) {
		s->outputs = outputs;
		s->output_count = count;
		return -1;
	}
	go_on_counting(s, last);
	take_over(s, outputs, count);
	return s->rc == SQLITE_OK ? 0 : -1;
}
