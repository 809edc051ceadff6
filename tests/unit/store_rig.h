/* SPDX-License-Identifier: Apache-2.0 */
/* A store in a folder of its own, and things to put into it. */
#ifndef STORE_RIG_H
#define STORE_RIG_H

#include "feed.h"

#include <dirent.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sensor/store/store.h"

#define RIG_T0 UINT64_C(1795465373000000000)

struct rig {
	char directory[64];
	char file[96]; /* of the database */
	struct config_state config;
	struct store *store;
	struct store_batch *batch;
	char error[STORE_ERROR_MAX];
};

static inline void
rig_open(struct rig *r)
{
	r->store = store_open(&r->config, STORE_WRITE, r->error);
	if (!r->store)
		print_error("%s\n", r->error);
	assert_non_null(r->store);
}

/* Not opened yet. */
static inline void
rig_make(struct rig *r)
{
	memset(r, 0, sizeof(*r));
	strcpy(r->directory, "/tmp/relaytap-store-XXXXXX");
	assert_non_null(mkdtemp(r->directory));
	snprintf(r->file, sizeof(r->file), "%s/relaytap.db", r->directory);
	r->config = (struct config_state){.directory = r->directory,
		.spool = 100,
		.spool_octets = 1 << 20,
		.transactions = 100};
	r->batch = store_batch_new();
}

static inline void
rig_init(struct rig *r)
{
	rig_make(r);
	rig_open(r);
}

static inline void
rig_close(struct rig *r)
{
	store_close(r->store);
	r->store = NULL;
}

static inline void
rig_free(struct rig *r)
{
	DIR *d = opendir(r->directory);
	struct dirent *e;
	char path[512];

	rig_close(r);
	store_batch_free(r->batch);
	while (d && (e = readdir(d))) {
		snprintf(path, sizeof(path), "%s/%s", r->directory, e->d_name);
		unlink(path);
	}
	if (d)
		closedir(d);
	rmdir(r->directory);
}

/* Files of the folder whose name begins so. */
static inline int
rig_files(const struct rig *r, const char *begin)
{
	DIR *d = opendir(r->directory);
	struct dirent *e;
	int n = 0;

	assert_non_null(d);
	while ((e = readdir(d)))
		n += strncmp(e->d_name, begin, strlen(begin)) == 0;
	closedir(d);
	return n;
}

/* Databases set aside; their journals, which go along, are not counted. */
static inline int
rig_aside(const struct rig *r)
{
	DIR *d = opendir(r->directory);
	struct dirent *e;
	int n = 0;

	assert_non_null(d);
	while ((e = readdir(d)))
		n += strstr(e->d_name, ".damaged-2") && !strstr(e->d_name, "-wal") &&
		     !strstr(e->d_name, "-shm");
	closedir(d);
	return n;
}

/* Asks the file by hand, beside the store. */
static inline int64_t
rig_ask(const struct rig *r, const char *sql)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *st = NULL;
	int64_t n = -1;

	assert_int_equal(sqlite3_open(r->file, &db), SQLITE_OK);
	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
		print_error("%s: %s\n", sql, sqlite3_errmsg(db));
	else if (sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	return n;
}

static inline void
rig_do(const struct rig *r, const char *sql)
{
	sqlite3 *db = NULL;
	char *why = NULL;

	assert_int_equal(sqlite3_open(r->file, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", sql, why);
	sqlite3_close(db);
}

static inline struct ip_addr
rig_addr(uint8_t last)
{
	const uint8_t at[4] = {192, 0, 2, last};

	return ip_addr_v4(at);
}

/* Number n of any: its id, time and server tell it. detail makes it as long. */
static inline void
rig_alert(struct rig *r, unsigned n, enum alert_severity severity, struct span detail)
{
	struct alert a;

	memset(&a, 0, sizeof(a));
	snprintf(a.id, sizeof(a.id), "01AAAAAAAAAAAAAAAA%08u", n);
	memcpy(a.incident, a.id, sizeof(a.id));
	a.severity = severity;
	a.rule = SPAN_LITERAL("open-relay");
	a.title = SPAN_LITERAL("Open mail relay");
	a.detail = detail;
	a.time = RIG_T0 + n;
	a.server = rig_addr((uint8_t)(n % 250));
	a.port = 25;
	store_batch_alert(r->batch, &a);
}

static inline void
rig_verdict(struct rig *r, uint8_t server, uint64_t time, const char *verdict, int rank,
	bool changed, const char *body)
{
	struct store_verdict v = {.server = rig_addr(server),
		.port = 25,
		.time = time,
		.verdict = verdict,
		.grade = "confirmed",
		.confidence = 0.9,
		.rank = rank,
		.changed = changed,
		.name = SPAN_LITERAL("mail.corp.test"),
		.body = span_of_text(body)};

	store_batch_verdict(r->batch, &v);
}

static inline void
rig_commit(struct rig *r)
{
	assert_int_equal(store_commit(r->store, r->batch), 0);
	assert_true(store_batch_is_empty(r->batch));
}

/* Outputs "all" and "worst" (critical only), both of alerts. */
static inline void
rig_outputs(struct rig *r)
{
	static char all[] = "all", worst[] = "worst";
	struct config_output at[] = {
		{.name = all}, {.name = worst, .minimum = CONFIG_SEVERITY_CRITICAL}};
	struct config_outputs outputs = {at, 2};

	assert_int_equal(store_outputs(r->store, &outputs), 0);
}

static inline struct store_output_counters
rig_counters(struct rig *r, const char *output)
{
	struct store_output_counters c;

	store_output_counters(r->store, output, &c);
	return c;
}

/* Bodies visited, as texts; at most 64. */
struct rig_seen {
	char at[64][256];
	uint32_t delivered[64], waiting[64];
	size_t count;
	size_t stop; /* ends the visit after so many; 0: never */
};

static inline bool
rig_see(void *ctx, const struct store_row *row)
{
	struct rig_seen *seen = ctx;

	assert_true(seen->count < 64);
	span_copy(row->body, seen->at[seen->count], sizeof(seen->at[0]));
	seen->delivered[seen->count] = row->delivered;
	seen->waiting[seen->count] = row->waiting;
	seen->count++;
	return seen->count != seen->stop;
}

#endif
