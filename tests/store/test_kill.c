/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sensor that is killed. A child commits alerts, each with its verdict and what was
 * learned, and reports each alert's number once store_commit() has answered; it is killed
 * by SIGKILL at a moment of chance. What it reported must be there when the store is
 * opened again, and nothing by halves.
 */
#include "tests/unit/store_rig.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#define ROUNDS	     20
#define ALERTS_MAX   400000u
#define BATCH_ALERTS 3u

static bool reported[ALERTS_MAX];

/* Three alerts a batch; each on a server of its own among 250, with a large body. */
static void
commit_some(struct rig *r, unsigned from)
{
	static char body[1500];

	memset(body, ' ', sizeof(body) - 1);
	memcpy(body, "{}", 2);
	for (unsigned n = from; n < from + BATCH_ALERTS; n++) {
		char key[16];

		snprintf(key, sizeof(key), "%u", n);
		rig_verdict(
			r, (uint8_t)(n % 250), RIG_T0 + n, "open-relay", 0, true, body);
		store_batch_state(
			r->batch, "told", span_of_text(key), SPAN_LITERAL("{\"v\":1}"));
		rig_alert(r, n, (enum alert_severity)(n % 4), SPAN_NONE);
	}
	if (store_commit(r->store, r->batch) < 0)
		_exit(3);
}

/* Takes away some of what waits, as an output would. */
static void
deliver_some(struct rig *r)
{
	struct store_waiting w[4];
	uint64_t ids[4];
	size_t n = store_waiting(r->store, "all", w, 4);

	for (size_t i = 0; i < n; i++)
		ids[i] = w[i].id;
	store_waiting_free(w, n);
	if (store_delivered(r->store, "all", ids, n) < 0)
		_exit(4);
}

static _Noreturn void
write_until_killed(struct rig *r, unsigned from, int pipe)
{
	rig_open(r);
	rig_outputs(r);
	for (; from + BATCH_ALERTS < ALERTS_MAX; from += BATCH_ALERTS) {
		commit_some(r, from);
		if (write(pipe, &from, sizeof(from)) != sizeof(from))
			_exit(5);
		if (from % 5 == 0)
			deliver_some(r);
	}
	_exit(6);
}

/* Notes what the child reports until it is dead. The number behind the last of them. */
static unsigned
note_reports(int pipe, unsigned next)
{
	unsigned from;

	while (read(pipe, &from, sizeof(from)) == sizeof(from)) {
		for (unsigned n = from; n < from + BATCH_ALERTS; n++)
			reported[n] = true;
		next = from + BATCH_ALERTS;
	}
	return next;
}

/* How many alerts were reported in this life, which is ended after a time of chance. */
static unsigned
live_and_die(struct rig *r, unsigned from)
{
	int ends[2], status;
	pid_t child;
	unsigned next;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(ends[0]);
		write_until_killed(r, from, ends[1]);
	}
	close(ends[1]);
	usleep((useconds_t)(20000 + rand() % 250000));
	assert_int_equal(kill(child, SIGKILL), 0);
	next = note_reports(ends[0], from);
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	return next - from;
}

static bool
note_id(void *ctx, const struct store_row *row)
{
	bool *there = ctx;
	size_t at = span_search_nocase(
		row->body, SPAN_LITERAL("\"id\":\"01AAAAAAAAAAAAAAAA"));
	uint64_t n;

	assert_true(at < row->body.len);
	at += strlen("\"id\":\"01AAAAAAAAAAAAAAAA");
	assert_true(span_number(span_slice(row->body, at, at + 8), ALERTS_MAX, &n));
	assert_false(there[n]);
	there[n] = true;
	return true;
}

/* All that was reported, nothing twice, nothing by halves. The highest number there. */
static unsigned
check(struct rig *r)
{
	static bool there[ALERTS_MAX];
	struct store_query all = {0};
	unsigned highest = 0;

	memset(there, 0, sizeof(there));
	rig_open(r);
	assert_int_equal(rig_aside(r), 0);
	assert_int_equal(store_read_alerts(r->store, &all, note_id, there), 0);
	for (unsigned n = 0; n < ALERTS_MAX; n++) {
		assert_true(!reported[n] || there[n]);
		if (there[n])
			highest = n;
	}
	assert_int_equal(
		rig_ask(r, "SELECT count(*) - count(DISTINCT uid) FROM alert"), 0);
	/* Histories are bounded, so look among the newest. */
	assert_int_equal(
		rig_ask(r, "SELECT count(*) FROM (SELECT * FROM alert ORDER BY id"
			   " DESC LIMIT 5000) a WHERE NOT EXISTS (SELECT 1 FROM"
			   " verdict v WHERE v.ip = a.ip AND v.port = a.port AND"
			   " v.time = a.time)"),
		0);
	assert_int_equal(rig_ask(r, "SELECT (SELECT count(*) FROM alert) -"
				    " (SELECT count(*) FROM state WHERE tbl = 'told')"),
		0);
	/*
	 * Each alert was delivered to "all", waits for it, or was counted as dropped.
	 * There is no such output yet where the first life was too short for it.
	 */
	assert_int_equal(
		rig_ask(r, "SELECT coalesce((SELECT (SELECT count(*) FROM alert) -"
			   " delivered - dropped_low - dropped_medium - dropped_high -"
			   " dropped_critical - (SELECT count(*) FROM delivery d"
			   " WHERE d.output = output.id) FROM output WHERE name ="
			   " 'all'), 0)"),
		0);
	assert_int_equal(
		rig_ask(r, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"),
		1);
	assert_int_equal(rig_ask(r, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
	rig_close(r);
	return highest;
}

static void
a_sensor_that_is_killed_keeps_what_it_has_committed(void **state)
{
	unsigned seed = (unsigned)time(NULL) ^ (unsigned)getpid(), next = 1, told = 0;
	struct rig r;

	(void)state;
	srand(seed);
	rig_make(&r);
	r.config.spool = 200;
	for (int round = 0; round < ROUNDS; round++) {
		told += live_and_die(&r, next);
		next = check(&r) + 1;
	}
	print_message("%d kills, %u alerts reported, seed %u\n", ROUNDS, told, seed);
	assert_true(told > 0);
	rig_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sensor_that_is_killed_keeps_what_it_has_committed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
