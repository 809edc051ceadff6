/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the store share. A part of store.c: nobody else includes it.
 *
 * store_lock.c         one writer to a folder
 * store_schema.c       tables, views, and the way there from older versions
 * store_sql.c          statements, prepared once
 * store_transaction.c  all or nothing; what is done about faults
 * store_damage.c       a database that is broken, and a new one in its place
 * store_salvage.c      what can still be read of what waits in the broken one
 * store_unkept.c       alerts that go out from memory while nothing can be written
 * store_salvage_state.c what can still be read of what was learned
 */
#ifndef STORE_PART_H
#define STORE_PART_H

#include <pthread.h>
#include <sqlite3.h>
#include <sys/types.h>

#include "store.h"
#include "store_sql.h"

#define STORE_FILE "relaytap.db"
#define STORE_LOCK "lock"

/* Rows kept on disk; beyond, the oldest go. Alerts that still wait are kept anyway. */
#define STORE_ALERTS_MAX	    100000u
#define STORE_VERDICTS_MAX	    100000u
#define STORE_VERDICTS_A_SERVER_MAX 64u
#define STORE_SERVERS_MAX	    1048576u
/* The same in memory, where nothing lasts anyway. */
#define STORE_MEMORY_ROWS_MAX 4096u
/* Rows that a commit clears away beside twice what it brought. */
#define STORE_PRUNE_STEP 64u
/* Databases set aside by one process; beyond, the disk is not to be trusted. */
#define STORE_DAMAGED_MAX 8u

/* Alerts that go out without being kept: so many at most, and as many as the spool. */
#define STORE_UNKEPT_MAX	4096u
#define STORE_UNKEPT_OCTETS_MAX (16u * 1024 * 1024)
/* In what store_waiting() calls an id: it is one of theirs. */
#define STORE_UNKEPT_ID (UINT64_C(1) << 62)

#define STORE_SEVERITIES 4

/* An output's name and its NUL: the configuration takes 64 octets. */
#define STORE_NAME_MAX 72

/* "lock" or "relaytap.db.damaged-YYYYMMDDTHHMMSSZ-9" and such, behind the folder. */
#define STORE_PATH_MAX 4352

struct store_output {
	int64_t id;
	char name[STORE_NAME_MAX];
	enum config_stream stream;
	int minimum;
	uint64_t waiting[STORE_SEVERITIES];
	uint64_t octets; /* of what waits */
	uint64_t delivered;
	uint64_t dropped[STORE_SEVERITIES];
	bool counted; /* delivered or dropped rose in this transaction */
	/* What it has taken, though that could not be noted: all up to this id. */
	int64_t taken;
	uint64_t taken_count;
};

struct store_rows {
	uint64_t servers, verdicts, alerts, transactions, state;
};

/* By which a file is known that others may remove, replace or cut. */
struct store_file {
	dev_t device;
	ino_t inode; /* 0: not known */
	off_t octets;
};

struct store {
	pthread_mutex_t mutex;
	pthread_cond_t something; /* on CLOCK_MONOTONIC */
	bool woken;
	enum store_mode mode;
	char *directory; /* NULL: in memory */
	int lock;	 /* descriptor; -1: none */
	size_t spool, spool_octets;
	struct store_rows keep; /* at most */

	sqlite3 *db;
	sqlite3_stmt *statements[STORE_SQL_COUNT];
	int rc;	     /* of this transaction: the first error sticks */
	int trouble; /* rc that was told last; SQLITE_OK: none */

	struct store_output *outputs;
	size_t output_count;
	struct store_rows rows;
	struct store_rows brought; /* in this transaction */
	int64_t last_id;	   /* of any alert or line, ever */
	uint64_t commits, failed;
	_Atomic uint64_t damaged; /* asked without the mutex */
	struct store_unkept *unkept;
	struct store_file files[2]; /* of the database and of its journal */

	/* As they were when the transaction began. */
	struct store_output *outputs_before;
	size_t output_count_before;
	struct store_rows rows_before;
};

/* --- store.c -------------------------------------------------------------------------
 */

/* directory/name; the whole of it in out[STORE_PATH_MAX]. False: too long. */
bool store_path(const struct store *s, const char *name, char *out);
/* The folder, escaped, or "memory"; into out[STORE_ERROR_MAX / 2]. */
void store_place(const struct store *s, char *out);
/*
 * Opens and prepares s->db. 0; -1 with error; 1 with error: damaged, and it can be set
 * aside. Whatever was opened is closed unless it is 0.
 */
int store_connect(struct store *s, char *error);
void store_disconnect(struct store *s);

/* --- store_lock.c --------------------------------------------------------------------
 */

/* Descriptor that holds the lock until it is closed, or -1 with error. */
int store_lock(const char *path, char *error);

/* --- store_schema.c ------------------------------------------------------------------
 */

/* Newest version this program knows. */
int store_schema_version(void);
/* Whose is s->db, and of which version? Nothing is changed. As store_connect(). */
int store_schema_examine(struct store *s, int64_t *version, char *error);
/* Was it made by this program, whatever has become of it? */
bool store_schema_is_ours(struct store *s);
/* From that version to the newest. s->rc tells. */
void store_schema_migrate(struct store *s, int64_t version);
/* For readers, who change nothing: is it ours, whole, and of this version? */
int store_schema_check(struct store *s, char *error);

/* --- store_damage.c ------------------------------------------------------------------
 */

bool store_is_damage(int rc);
/*
 * The files of s->db as they are now: what store_missing() compares with. After it was
 * opened, and after each commit.
 */
void store_note_files(struct store *s);
/* What has happened to them since: a word for the log, or NULL. */
const char *store_missing(struct store *s);
/*
 * The file of a closed database is set aside; if it is gone, there is no need. Its new name
 * in to[STORE_PATH_MAX]. 0 or -1, logged.
 */
int store_set_aside(struct store *s, const char *why, char *to);
/*
 * The database in use is broken, as reason or else s->rc says: set aside, a new one begun
 * (in memory, where that cannot be), the outputs and what waits for them taken over as far
 * as it can be read. 0 or -1, logged. Locked.
 */
int store_begin_anew(struct store *s, const char *reason);
/*
 * The same for a database that was found broken when it was opened, and stands at path
 * now; s->db is the new one, and nothing is in it yet.
 */
void store_take_over_file(struct store *s, const char *path);

/* --- store_salvage.c ------------------------------------------------------------------
 */

struct store_salvaged {
	uint64_t saved, unreadable; /* deliveries that waited */
	uint64_t state;		    /* rows of what was learned */
};

/*
 * What waits in the database from, as its outputs in old[] count it, into s->db, whose
 * outputs stand in the same order; in the transaction that is open. counted false: how many
 * wait is not known, nor how many are unreadable. s->rc tells of s->db.
 */
struct store_salvaged store_salvage(
	struct store *s, sqlite3 *from, const struct store_output *old, bool counted);

/* --- store_salvage_state.c ------------------------------------------------------------
 */

/*
 * Rows of what was learned in the database from that can be read, into s->db, where none
 * are; in the transaction that is open. How many; s->rc tells of s->db.
 */
uint64_t store_salvage_state(struct store *s, sqlite3 *from);

/* --- store_transaction.c --------------------------------------------------------------
 */

typedef void store_work(struct store *s, void *ctx);

/*
 * Locks, and runs work in one transaction; work leaves its first error in s->rc. After
 * damage once more, in a new database. 0, or -1: logged, and nothing was changed.
 */
int store_write(struct store *s, const char *what, store_work *work, void *ctx);
/* The same without a transaction, for reading; it is not repeated. */
int store_read(struct store *s, const char *what, store_work *work, void *ctx);

/* --- store_spool.c --------------------------------------------------------------------
 */

/* Outputs and what waits for them, out of the database. */
void store_spool_load(struct store *s);
/*
 * One more row for every output that wants it. id: of the alert or line. unkept: its number
 * there, and those that have it already get none; 0: it was not there.
 */
void store_spool_add(struct store *s, enum config_stream stream, int severity, int64_t id,
	uint64_t time, size_t octets, uint64_t unkept);
/* Notes what could not be noted when it was taken. At the start of a transaction. */
void store_spool_note_taken(struct store *s);
/* Puts out what is too much, and writes the counters. At the end of a transaction. */
void store_spool_bound(struct store *s);
void store_spool_counted(struct store *s);
struct store_output *store_spool_find(struct store *s, const char *name);
/* All; and without those that it has taken. */
uint64_t store_output_waiting(const struct store_output *o);
uint64_t store_output_left(const struct store_output *o);

/* --- store_unkept.c -------------------------------------------------------------------
 */

/* At most so many, of so many octets, or what is set above, if that is less. */
struct store_unkept *store_unkept_new(size_t most, size_t octets);
void store_unkept_free(struct store_unkept *u);
/* The oldest that wait there for o. How many; out NULL: they are only counted. */
size_t store_unkept_waiting(struct store *s, const struct store_output *o,
	struct store_waiting *out, size_t max);
void store_unkept_delivered(struct store *s, const struct store_output *o, uint64_t id);
bool store_unkept_took(struct store *s, const struct store_output *o, uint64_t number);
/* Those of b were written. */
void store_unkept_release(struct store *s, const struct store_batch *b);
void store_unkept_counters(struct store *s, struct store_counters *out);

/* --- store_batch.c --------------------------------------------------------------------
 */

/* Where a text of the batch stands in its buffer. */
struct batch_text {
	size_t at, len;
};

enum batch_kind {
	BATCH_VERDICT,
	BATCH_ALERT,
	BATCH_STATE,
	BATCH_TXN,
	BATCH_LINE
};

struct batch_item {
	enum batch_kind kind;
	uint64_t time;
	struct ip_addr server, client;
	uint16_t port;
	struct batch_text body;
	union {
		struct {
			struct batch_text verdict, grade, name, mta;
			double confidence;
			int rank;
			bool changed, begins;
		} verdict;
		struct {
			char uid[ALERT_ID], incident[ALERT_ID];
			const char *kind, *action;
			enum alert_severity severity;
			struct batch_text rule;
			uint64_t unkept; /* its number there; 0: none */
		} alert;
		struct {
			struct batch_text table, key;
		} state;
		struct batch_text txn_id;
		enum config_stream stream;
	} of;
};

struct store_batch {
	struct batch_item *items;
	size_t count, room;
	char *text;
	size_t used, text_room;
	size_t offered; /* items that store_offer() has seen */
};

struct span store_batch_text(const struct store_batch *b, struct batch_text t);

/* --- reading by hand ------------------------------------------------------------------
 */

/* One number out of one statement; 0 with s->rc set when it fails. */
int64_t store_number(struct store *s, const char *sql);
void store_exec(struct store *s, const char *sql);

#endif
