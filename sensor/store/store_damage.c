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

/* --- what others do to the files ------------------------------------------------------
 */

static const char *const suffixes[] = {"", "-wal"};

/* False: there is none; what cannot be seen for another reason counts as unchanged. */
static bool
look(const struct store *s, size_t which, struct store_file *out)
{
	char name[32], path[STORE_PATH_MAX];
	struct stat st;

	*out = s->files[which];
	snprintf(name, sizeof(name), STORE_FILE "%s", suffixes[which]);
	if (!store_path(s, name, path))
		return true;
	if (stat(path, &st) < 0)
		return errno != ENOENT;
	*out = (struct store_file){st.st_dev, st.st_ino, st.st_size};
	return true;
}

void
store_note_files(struct store *s)
{
	for (size_t i = 0; s->directory && i < 2; i++)
		if (!look(s, i, &s->files[i]))
			s->files[i] = (struct store_file){0};
}

/*
 * A file that is shorter than it was may have been tidied by its owner. Asking all of it
 * takes long, and is rare.
 */
static bool
is_whole(struct store *s)
{
	s->rc = SQLITE_OK;
	sqlite3_db_release_memory(s->db);
	return store_number(s, "SELECT quick_check = 'ok' FROM pragma_quick_check(1)") ==
	       1;
}

const char *
store_missing(struct store *s)
{
	for (size_t i = 0; s->directory && i < 2; i++) {
		const struct store_file *was = &s->files[i];
		struct store_file is;
		bool there = look(s, i, &is);

		if (was->inode == 0)
			continue;
		if (!there)
			return i ? "its journal was deleted" : "it was deleted";
		if (is.inode != was->inode || is.device != was->device)
			return i ? "its journal was replaced" : "it was replaced";
		if (i == 0 && is.octets < was->octets && !is_whole(s))
			return "it was cut short";
	}
	return NULL;
}

/* --- aside ----------------------------------------------------------------------------
 */

int
store_set_aside(struct store *s, const char *why, char *to)
{
	char from[STORE_PATH_MAX], shown[STORE_ERROR_MAX];

	if (!store_path(s, STORE_FILE, from) || name_aside(s, to) < 0)
		return -1;
	/* First: were the file moved alone, its old journal would be read into the new.
	 */
	move_beside(s, "-wal", to);
	move_beside(s, "-shm", to);
	if (rename(from, to) < 0) {
		if (errno != ENOENT) {
			log_warn("%s", why);
			return -1;
		}
		log_warnx("%s: a new one is begun", why);
		return 0;
	}
	escape_text(span_of_text(to), shown, sizeof(shown));
	log_warnx("%s: it is kept as %s, and a new one is begun", why, shown);
	return 0;
}

/* --- from the old one into the new -----------------------------------------------------
 */

/* A database that is broken, and what it is known to hold. */
struct old {
	sqlite3 *db;
	struct store_output *outputs; /* owned */
	size_t count;
	int64_t last_id;
	bool uncounted; /* what waits for them is not known */
	bool state;	/* nobody else has what was learned */
};

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

/* The same outputs in the same order; nothing waits for them. */
static void
make_outputs(struct store *s, const struct old *old)
{
	size_t size = old->count * sizeof(*old->outputs);

	free(s->outputs);
	s->outputs = size ? malloc(size) : NULL;
	if (size && !s->outputs)
		abort();
	s->output_count = old->count;
	for (size_t i = 0; i < old->count; i++) {
		struct store_output *o = &s->outputs[i];
		sqlite3_stmt *st = store_sql(s, SQL_OUTPUT_INSERT);

		*o = old->outputs[i];
		memset(o->waiting, 0, sizeof(o->waiting));
		o->octets = 0;
		o->counted = true;
		sql_text(st, 1, o->name);
		sql_int(st, 2, o->stream);
		sql_int(st, 3, o->minimum);
		store_sql_run(s, st);
		o->id = sqlite3_last_insert_rowid(s->db);
	}
}

/* Of a file that was cut SQLite tells nothing otherwise. Nothing is written there. */
static void
make_readable(sqlite3 *db)
{
	sqlite3_exec(db, "PRAGMA writable_schema = ON; PRAGMA query_only = ON", NULL,
		NULL, NULL);
}

static void
carry(struct store *s, const struct old *old, struct store_salvaged *out)
{
	struct store_rows rows = s->rows;

	*out = (struct store_salvaged){0};
	store_exec(s, "BEGIN IMMEDIATE");
	go_on_counting(s, old->last_id);
	make_outputs(s, old);
	if (old->db && s->rc == SQLITE_OK)
		*out = store_salvage(s, old->db, old->outputs, !old->uncounted);
	if (old->db && old->state && s->rc == SQLITE_OK)
		out->state = store_salvage_state(s, old->db);
	store_spool_counted(s);
	store_exec(s, "COMMIT");
	if (s->rc == SQLITE_OK)
		return;
	s->rows = rows;
	if (!sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

static void
tell_taken_over(const struct store_salvaged *done, const struct old *old)
{
	unsigned long long saved = done->saved, lost = done->unreadable;

	if (old->state)
		log_warnx("%llu rows of what was learned were taken over into the new "
			  "database; how many could not be read is not known",
			(unsigned long long)done->state);
	if (old->uncounted)
		log_warnx("%llu alerts and lines that waited for outputs were taken over "
			  "into "
			  "the new database; how many could not be read is not known",
			saved);
	else if (lost)
		log_warnx("of %llu alerts and lines that waited for outputs %llu were "
			  "taken "
			  "over into the new database, and %llu could not be read",
			saved + lost, saved, lost);
	else if (saved)
		log_info("all %llu alerts and lines that waited for outputs were taken "
			 "over "
			 "into the new database",
			saved);
}

/* What cannot be written into the new one must not keep it from being used. */
static void
take_over(struct store *s, const struct old *old)
{
	struct old outputs_alone = *old;
	struct store_salvaged done;

	carry(s, old, &done);
	if (s->rc != SQLITE_OK) {
		s->rc = SQLITE_OK;
		outputs_alone.db = NULL;
		carry(s, &outputs_alone, &done);
		for (size_t i = 0; i < old->count; i++)
			done.unreadable += store_output_waiting(&old->outputs[i]);
	}
	tell_taken_over(&done, old);
}

/* Nothing is written into the broken one, and it stays open: it is yet to be read. */
static sqlite3 *
leave(struct store *s)
{
	sqlite3 *db = s->db;

	sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	store_sql_close(s);
	s->db = NULL;
	return db;
}

static int
reconnect(struct store *s, const char *why)
{
	char error[STORE_ERROR_MAX], aside[STORE_PATH_MAX];

	if (s->directory && s->damaged <= STORE_DAMAGED_MAX &&
		store_set_aside(s, why, aside) == 0 && store_connect(s, error) == 0)
		return 0;
	if (s->directory)
		log_warnx("no new database can be made there; from now on all is kept in "
			  "memory, until the sensor is started again");
	free(s->directory);
	s->directory = NULL;
	return store_connect(s, error) ? -1 : 0;
}

int
store_begin_anew(struct store *s, const char *reason)
{
	char place[STORE_ERROR_MAX / 2], why[STORE_ERROR_MAX];
	struct old old = {
		.outputs = s->outputs, .count = s->output_count, .last_id = s->last_id};

	store_place(s, place);
	snprintf(why, sizeof(why), "%s/%s: %s", place, STORE_FILE,
		reason ? reason : sqlite3_errstr(s->rc));
	s->outputs = NULL;
	s->output_count = 0;
	s->damaged++;
	old.db = leave(s);
	if (reconnect(s, why) < 0) {
		s->outputs = old.outputs;
		s->output_count = old.count;
		sqlite3_close_v2(old.db);
		return -1;
	}
	make_readable(old.db);
	take_over(s, &old);
	free(old.outputs);
	sqlite3_close_v2(old.db);
	return s->rc == SQLITE_OK ? 0 : -1;
}

/* The greatest that any of its tables tells. */
static int64_t
greatest_id(struct store *s)
{
	static const char *const places[] = {
		"SELECT max(seq) FROM sqlite_sequence WHERE name IN ('alert', 'line')",
		"SELECT max(id) FROM alert", "SELECT max(id) FROM line",
		"SELECT max(id) FROM delivery"};
	int64_t most = 0;

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		int64_t id;

		s->rc = SQLITE_OK;
		id = store_number(s, places[i]);
		/* Garbage is a number, too; and the next ones must have room. */
		if (id > most && id < INT64_MAX / 2)
			most = id;
	}
	return most;
}

void
store_take_over_file(struct store *s, const char *path)
{
	struct store from = {.mode = STORE_READ};
	struct old old;

	from.rc = sqlite3_open_v2(
		path, &from.db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
	make_readable(from.db);
	if (store_schema_is_ours(&from)) {
		store_spool_load(&from);
		old = (struct old){.db = from.db,
			.outputs = from.outputs,
			.count = from.output_count,
			.uncounted = from.rc != SQLITE_OK,
			.state = true};
		old.last_id = greatest_id(&from);
		take_over(s, &old);
	}
	free(from.outputs);
	sqlite3_close_v2(from.db);
	if (s->rc == SQLITE_OK)
		return;
	/* The configuration tells them anew. */
	free(s->outputs);
	s->outputs = NULL;
	s->output_count = 0;
	s->rc = SQLITE_OK;
}
