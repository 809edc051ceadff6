/* SPDX-License-Identifier: Apache-2.0 */
#include "store_part.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sensor/base/escape.h"
#include "sensor/base/log.h"

#define BUSY_MS 5000

/*
 * A commit that was answered is on the disk. Temporary things stay in memory: there may
 * be no right to make files any more.
 */
static const char writer_setup[] =
	"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
	"PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 1000;"
	"PRAGMA journal_size_limit = 16777216; PRAGMA trusted_schema = OFF;"
	"PRAGMA cell_size_check = ON";
static const char memory_setup[] = "PRAGMA journal_mode = MEMORY; PRAGMA foreign_keys = "
				   "ON; PRAGMA temp_store = MEMORY";
static const char reader_setup[] =
	"PRAGMA query_only = ON; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF";

bool
store_path(const struct store *s, const char *name, char *out)
{
	int n = snprintf(out, STORE_PATH_MAX, "%s/%s", s->directory, name);

	return n > 0 && n < STORE_PATH_MAX;
}

void
store_place(const struct store *s, char *out)
{
	escape_text(span_of_text(s->directory ? s->directory : "memory"), out,
		STORE_ERROR_MAX / 2);
}

static void
tell(const struct store *s, char *error, const char *why, const char *mend)
{
	char place[STORE_ERROR_MAX / 2];

	store_place(s, place);
	snprintf(error, STORE_ERROR_MAX, "%s/%s: %s; %s", place, STORE_FILE, why, mend);
}

void
store_disconnect(struct store *s)
{
	store_sql_close(s);
	sqlite3_close_v2(s->db);
	s->db = NULL;
}

/* --- for writing
 * ------------------------------------------------------------------------ */

/* SQLite would make it readable for all; its -wal and -shm take over the mode. */
static int
make_file(const struct store *s, const char *path, char *error)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);

	if (fd < 0) {
		tell(s, error, strerror(errno),
			"give the sensor the right to write there");
		return -1;
	}
	close(fd);
	return 0;
}

/* All that the journal held is in the file. A reader elsewhere can stand in the way. */
static bool
journal_is_done(struct store *s)
{
	sqlite3_stmt *st = NULL;
	bool done = false;

	if (s->rc == SQLITE_OK)
		s->rc = sqlite3_prepare_v2(
			s->db, "PRAGMA wal_checkpoint(PASSIVE)", -1, &st, NULL);
	/* busy, frames of the journal, frames that are in the file */
	if (store_sql_row(s, st))
		done = sqlite3_column_int(st, 0) == 0 &&
		       sqlite3_column_int(st, 1) == sqlite3_column_int(st, 2);
	sqlite3_finalize(st);
	return done;
}

/*
 * Is the file as long as it says? One that was cut would answer until somebody asks for
 * what is missing.
 */
static void
check_length(struct store *s, const char *path)
{
	struct stat st;
	int64_t octets;

	if (!s->directory || !journal_is_done(s))
		return;
	octets = store_number(s, "PRAGMA page_count") *
		 store_number(s, "PRAGMA page_size");
	if (s->rc == SQLITE_OK && stat(path, &st) == 0 && st.st_size < octets)
		s->rc = SQLITE_CORRUPT;
}

/*
 * All files that SQLite ever needs are opened by a first transaction: later there may be
 * no open(2) for us. randomness() opens its own source.
 */
static void
open_all(struct store *s)
{
	char salt[8];

	sqlite3_randomness(sizeof(salt), salt);
	store_exec(s, "BEGIN IMMEDIATE; INSERT INTO meta VALUES ('opened_by', "
		      "'relaytap " RELAYTAP_VERSION
		      "') ON CONFLICT (key) DO UPDATE SET value = "
		      "excluded.value; COMMIT");
}

static void
count_rows(struct store *s)
{
	s->rows = (struct store_rows){
		.servers = (uint64_t)store_number(s, "SELECT count(*) FROM server"),
		.verdicts = (uint64_t)store_number(s, "SELECT count(*) FROM verdict"),
		.alerts = (uint64_t)store_number(s, "SELECT count(*) FROM alert"),
		.transactions = (uint64_t)store_number(s, "SELECT count(*) FROM txn"),
		.state = (uint64_t)store_number(s, "SELECT count(*) FROM state"),
	};
	s->last_id = store_number(s, "SELECT coalesce(max(seq), 0) FROM sqlite_sequence"
				     " WHERE name IN ('alert', 'line')");
}

static void
set_up(struct store *s, const char *path, int64_t version)
{
	store_exec(s, s->directory ? writer_setup : memory_setup);
	check_length(s, path);
	store_schema_migrate(s, version);
	open_all(s);
	count_rows(s);
	store_spool_load(s);
	store_note_files(s);
}

/* Closed as it was found, where it is not ours to use. */
static int
give_up(struct store *s, int status, char *error)
{
	if (s->rc != SQLITE_OK) {
		status = store_is_damage(s->rc) ? 1 : -1;
		tell(s, error, sqlite3_errstr(s->rc),
			status == 1 ? "it is damaged"
				    : "see to the disk and to the rights there");
	}
	if (status == 0)
		return 0;
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	store_disconnect(s);
	return status;
}

int
store_connect(struct store *s, char *error)
{
	char path[STORE_PATH_MAX] = ":memory:";
	int64_t version;
	int status;

	if (s->directory && !store_path(s, STORE_FILE, path)) {
		tell(s, error, "the path is too long",
			"choose a shorter state.directory");
		return -1;
	}
	if (s->directory && make_file(s, path, error) < 0)
		return -1;
	s->rc = sqlite3_open_v2(path, &s->db,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
	if (s->rc == SQLITE_OK) {
		sqlite3_extended_result_codes(s->db, 1);
		sqlite3_busy_timeout(s->db, BUSY_MS);
	}
	status = store_schema_examine(s, &version, error);
	if (status == 0)
		set_up(s, path, version);
	return give_up(s, status, error);
}

static int
connect_or_begin(struct store *s, char *error)
{
	char aside[STORE_PATH_MAX];
	int status = store_connect(s, error);

	if (status != 1)
		return status;
	if (store_set_aside(s, error, aside) < 0) {
		snprintf(error + strlen(error), STORE_ERROR_MAX - strlen(error),
			", and cannot be set aside; move it away");
		return -1;
	}
	s->damaged++;
	if (store_connect(s, error))
		return -1;
	store_take_over_file(s, aside);
	return 0;
}

static int
open_writer(struct store *s, char *error)
{
	char path[STORE_PATH_MAX];

	if (!s->directory)
		return store_connect(s, error) ? -1 : 0;
	if (mkdir(s->directory, 0750) < 0 && errno != EEXIST) {
		tell(s, error, strerror(errno),
			"make the folder that state.directory names");
		return -1;
	}
	if (!store_path(s, STORE_LOCK, path)) {
		tell(s, error, "the path is too long",
			"choose a shorter state.directory");
		return -1;
	}
	s->lock = store_lock(path, error);
	return s->lock < 0 ? -1 : connect_or_begin(s, error);
}

/* --- for reading
 * ------------------------------------------------------------------------ */

/* "file:/var/lib/…/relaytap.db?…": what would be syntax in a URI is written as %XX. */
static void
uri_of(const char *path, const char *parameters, char *out, size_t room)
{
	size_t used = (size_t)snprintf(out, room, "file:");

	for (; *path && used + 4 < room; path++) {
		bool plain = dis_is_alpha((uint8_t)*path) ||
			     dis_is_digit((uint8_t)*path) || strchr("/-._~", *path);

		used += (size_t)snprintf(
			out + used, room - used, plain ? "%c" : "%%%02X", (uint8_t)*path);
	}
	snprintf(out + used, room - used, "%s", parameters);
}

static bool
has_journal(const struct store *s)
{
	char path[STORE_PATH_MAX];
	struct stat st;

	return store_path(s, STORE_FILE "-wal", path) && stat(path, &st) == 0 &&
	       st.st_size > 0;
}

static int
try_read(struct store *s, const char *path, const char *parameters, char *error)
{
	char uri[3 * STORE_PATH_MAX];
	int status;

	uri_of(path, parameters, uri, sizeof(uri));
	s->rc = sqlite3_open_v2(uri, &s->db,
		SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);
	if (s->rc == SQLITE_OK) {
		sqlite3_extended_result_codes(s->db, 1);
		sqlite3_busy_timeout(s->db, BUSY_MS);
	}
	store_exec(s, reader_setup);
	status = store_schema_check(s, error);
	if (status == 0)
		store_spool_load(s);
	if (status || s->rc != SQLITE_OK) {
		store_disconnect(s);
		return -1;
	}
	return 0;
}

static int
refuse_reading(struct store *s, char *error)
{
	if (store_is_damage(s->rc))
		tell(s, error, "it is damaged",
			"the sensor sets it aside when it is started the next time");
	else if (s->rc != SQLITE_OK)
		tell(s, error, sqlite3_errstr(s->rc),
			"read it as the sensor's user, or as root");
	return -1;
}

/*
 * While a sensor runs, its journal is there and read along. Readers have to make the
 * index of that journal where it is missing; where they must not, and there is no
 * journal, the file alone is all there is.
 */
static int
open_reader(struct store *s, char *error)
{
	char path[STORE_PATH_MAX];

	if (!s->directory) {
		snprintf(error, STORE_ERROR_MAX,
			"no state.directory is named; give --state");
		return -1;
	}
	if (!store_path(s, STORE_FILE, path) || access(path, R_OK) < 0) {
		tell(s, error, strerror(errno),
			"name the state.directory of a sensor, as one who may read it");
		return -1;
	}
	if (try_read(s, path, "", error) == 0)
		return 0;
	if (((s->rc & 0xff) == SQLITE_CANTOPEN || (s->rc & 0xff) == SQLITE_READONLY) &&
		!has_journal(s) && try_read(s, path, "?immutable=1", error) == 0)
		return 0;
	return refuse_reading(s, error);
}

/* --- life
 * ------------------------------------------------------------------------------- */

static struct store *
store_new(const struct config_state *c, enum store_mode mode)
{
	struct store *s = calloc(1, sizeof(*s));
	pthread_condattr_t attributes;
	bool lasts = c->directory && *c->directory;

	if (!s)
		abort();
	s->mode = mode;
	s->lock = -1;
	s->spool = c->spool;
	s->spool_octets = c->spool_octets;
	s->directory = lasts ? strdup(c->directory) : NULL;
	if (lasts && !s->directory)
		abort();
	s->keep = (struct store_rows){
		.servers = lasts ? STORE_SERVERS_MAX : STORE_MEMORY_ROWS_MAX,
		.verdicts = lasts ? STORE_VERDICTS_MAX : STORE_MEMORY_ROWS_MAX,
		.alerts = lasts ? STORE_ALERTS_MAX : STORE_MEMORY_ROWS_MAX,
		.transactions = lasts || c->transactions < STORE_MEMORY_ROWS_MAX
					? c->transactions
					: STORE_MEMORY_ROWS_MAX,
	};
	s->unkept = store_unkept_new(c->spool, c->spool_octets);
	pthread_mutex_init(&s->mutex, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&s->something, &attributes);
	pthread_condattr_destroy(&attributes);
	return s;
}

struct store *
store_open(const struct config_state *config, enum store_mode mode, char *error)
{
	struct store *s = store_new(config, mode);
	int status;

	*error = '\0';
	status = mode == STORE_WRITE ? open_writer(s, error) : open_reader(s, error);
	if (status == 0)
		return s;
	store_close(s);
	return NULL;
}

/*
 * An empty journal is left where there is no more right to remove it: readers without the
 * right to write can then take the file alone.
 */
static void
bring_in_journal(struct store *s)
{
	if (!s->db || s->mode != STORE_WRITE || !s->directory)
		return;
	s->rc = SQLITE_OK;
	sqlite3_busy_timeout(s->db, 100);
	store_exec(s, "PRAGMA wal_checkpoint(TRUNCATE)");
}

void
store_close(struct store *s)
{
	if (!s)
		return;
	bring_in_journal(s);
	store_disconnect(s);
	store_unkept_free(s->unkept);
	if (s->lock >= 0)
		close(s->lock);
	free(s->outputs);
	free(s->outputs_before);
	pthread_cond_destroy(&s->something);
	pthread_mutex_destroy(&s->mutex);
	free(s->directory);
	free(s);
}
