/* SPDX-License-Identifier: Apache-2.0 */
/* From what was learned to what is kept and told: one server, its verdicts, its alerts.
 */
#include "desk_rig.h"

static void
an_open_relay_is_told_once_and_kept_with_its_verdict(void **state)
{
	struct store_waiting waiting[4];
	struct office o;

	(void)state;
	office_init(&o, false);
	relay(&o, "Q1");
	look(&o);
	look(&o);
	assert_int_equal(o.heard.count, 1);
	assert_told(&o, 0, "opened");
	assert_int_equal(rows(&o, store_read_alerts), 1);
	assert_int_equal(rows(&o, store_read_history), 1);
	/* The next hop, of which nothing can be told, is the second. */
	assert_int_equal(rows(&o, store_read_servers), 2);
	assert_int_equal(store_waiting(o.rig.store, "out", waiting, 4), 1);
	assert_int_equal(waiting[0].severity, ALERT_SEVERITY_CRITICAL);
	store_waiting_free(waiting, 1);
	office_free(&o);
}

static void
what_was_told_is_not_told_again_after_a_restart(void **state)
{
	struct office o;

	(void)state;
	office_init(&o, false);
	relay(&o, "Q1");
	look(&o);
	restart(&o);
	look(&o);
	relay(&o, "Q2");
	look(&o);
	assert_int_equal(o.heard.count, 1);
	office_free(&o);
}

static bool
count_garbage(void *ctx, const char *table, struct span key, struct span body)
{
	(void)table;
	(void)key;
	*(size_t *)ctx += span_search_nocase(body, SPAN_LITERAL("garbage")) < body.len;
	return true;
}

static size_t
garbage(struct office *o)
{
	size_t n = 0;

	assert_int_equal(store_read_state(o->rig.store, count_garbage, &n), 0);
	return n;
}

/* Does a restart tell of so many rows? */
static void
restart_tells(struct office *o, const char *want)
{
	char said[1024];
	FILE *f = tmpfile();
	int before = dup(STDERR_FILENO);
	size_t n;

	assert_non_null(f);
	dup2(fileno(f), STDERR_FILENO);
	restart(o);
	dup2(before, STDERR_FILENO);
	close(before);
	rewind(f);
	n = fread(said, 1, sizeof(said) - 1, f);
	said[n] = '\0';
	fclose(f);
	if (want)
		assert_non_null(strstr(said, want));
	else
		assert_string_equal(said, "");
}

/* Shaped like rows, of known tables and others, and with keys that nobody gives. */
static void
rows_that_are_not_understood_are_told_once_and_deleted(void **state)
{
	static const char *const names[][2] = {{"server", "4000000"}, {"gate", "x"},
		{"nonsense", "1"}, {"server", ""}, {"server", "007"}};
	struct store_batch *b = store_batch_new();
	struct office o;

	(void)state;
	office_init(&o, false);
	relay(&o, "Q1");
	look(&o);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		store_batch_state(b, names[i][0], span_of_text(names[i][1]),
			SPAN_LITERAL("{\"v\":1,\"port\":\"garbage\"}"));
	assert_int_equal(store_commit(o.rig.store, b), 0);
	store_batch_free(b);
	assert_int_equal(garbage(&o), 5);
	restart_tells(&o, "5 rows of the state are not understood; they are left out and "
			  "deleted\n");
	look(&o);
	assert_int_equal(garbage(&o), 0);
	restart_tells(&o, NULL);
	/* All else is still known. */
	relay(&o, "Q2");
	look(&o);
	assert_int_equal(o.heard.count, 1);
	office_free(&o);
}

static void
a_relay_that_refuses_after_a_restart_is_remediated(void **state)
{
	struct office o;

	(void)state;
	office_init(&o, false);
	relay(&o, "Q1");
	look(&o);
	restart(&o);
	refuse_two(&o);
	look(&o);
	assert_int_equal(o.heard.count, 2);
	assert_told(&o, 1, "closed");
	assert_int_equal(rows(&o, store_read_history), 2);
	office_free(&o);
}

static void
a_thread_of_its_own_commits_the_same(void **state)
{
	struct store_waiting waiting[4];
	struct office o;
	size_t n = 0;

	(void)state;
	office_init(&o, true);
	relay(&o, "Q1");
	look(&o);
	for (int i = 0; i < 100 && n == 0; i++) {
		store_wait(o.rig.store, "out", 50);
		n = store_waiting(o.rig.store, "out", waiting, 4);
	}
	assert_int_equal(n, 1);
	store_waiting_free(waiting, n);
	refuse_two(&o);
	look(&o);
	end(&o);
	begin(&o, false);
	assert_int_equal(rows(&o, store_read_alerts), 2);
	office_free(&o);
}

static struct record
transaction(uint64_t id)
{
	struct record r = {.kind = RECORD_TRANSACTION};

	r.conn.id = id;
	r.txn.index = 1;
	r.txn.time = r.txn.end = RIG_T0;
	return r;
}

static void
transactions_are_kept_as_many_as_the_configuration_says(void **state)
{
	struct office o;

	(void)state;
	office_init(&o, false);
	for (uint64_t i = 1; i <= 150; i++) {
		struct record r = transaction(i);

		desk_record(o.desk, &r);
	}
	relay(&o, "Q1");
	look(&o);
	assert_int_equal(rows(&o, store_read_transactions), 100);
	office_free(&o);
}

/* Another process reads the kept records while this one runs. */
static void
a_kept_record_follows_what_is_learned_of_its_server(void **state)
{
	static const char messages[] =
		"SELECT body ->> '$.exposure.messages' FROM server WHERE ip = '" S "'";
	struct office o;

	(void)state;
	office_init(&o, false);
	scene_encrypted(&o.scene, OUT1, "203.0.113.13", "dark.test");
	relay(&o, "Q1");
	look(&o);
	assert_int_equal(rig_ask(&o.rig, messages), 1);
	/* Of whom nothing can be told has a record, and no history. */
	assert_int_equal(rig_ask(&o.rig, "SELECT count(*) FROM server WHERE ip ="
					 " '203.0.113.13' AND verdict = 'unknown'"),
		1);
	assert_int_equal(rig_ask(&o.rig, "SELECT count(*) FROM verdict"), 1);
	relay(&o, "Q2");
	scene_wait(&o.scene, 2);
	look(&o);
	assert_int_equal(rig_ask(&o.rig, messages), 2);
	assert_int_equal(rig_ask(&o.rig, "SELECT count(*) FROM verdict"), 1);
	office_free(&o);
}

static void
records_of_very_many_servers_follow_a_share_at_a_time(void **state)
{
	static const char count[] = "SELECT count(*) FROM server";
	struct office o;
	char addr[32];

	(void)state;
	office_init(&o, false);
	o.scene.in->servers.max_servers = 1000;
	for (unsigned i = 0; i < 600; i++) {
		snprintf(addr, sizeof(addr), "203.0.%u.%u", 100 + i / 200, 1 + i % 200);
		scene_encrypted(&o.scene, OUT1, addr, "dark.test");
	}
	look(&o);
	assert_int_equal(rig_ask(&o.rig, count), 256);
	scene_wait(&o.scene, 2);
	look(&o);
	assert_int_equal(rig_ask(&o.rig, count), 512);
	end(&o);
	begin(&o, false);
	assert_int_equal(rig_ask(&o.rig, count), 600);
	office_free(&o);
}

static void
blindness_is_told(void **state)
{
	struct alert_blindness b = {.seen = 1000, .ring = 500};
	struct office o;

	(void)state;
	office_init(&o, false);
	b.from = o.scene.now;
	b.to = o.scene.now + 1000000000;
	desk_blindness(o.desk, &b, b.to);
	assert_int_equal(o.heard.count, 1);
	assert_string_equal(o.heard.rule[0], "sensor-blind");
	assert_int_equal(rows(&o, store_read_alerts), 1);
	office_free(&o);
}


static void
let_write(struct office *o, bool may)
{
	struct store *s = o->rig.store;

	pthread_mutex_lock(&s->mutex);
	assert_int_equal(sqlite3_exec(s->db,
				 may ? "PRAGMA query_only = OFF" : "PRAGMA query_only = ON",
				 NULL, NULL, NULL),
		SQLITE_OK);
	pthread_mutex_unlock(&s->mutex);
}

static void
take(struct office *o, size_t count)
{
	struct store_waiting w[4];

	assert_int_equal(store_waiting(o->rig.store, "out", w, 4), count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(store_delivered(o->rig.store, "out", &w[i].id, 1), 0);
	store_waiting_free(w, count);
}

/* Looks until the database says that of S; by then it may have said other things. */
static bool
comes_to_be(struct office *o, const char *verdict)
{
	char sql[128];

	snprintf(sql, sizeof(sql),
		"SELECT count(*) FROM server WHERE ip = '" S "' AND verdict %s", verdict);
	for (int n = 0; n < 500; n++) {
		scene_wait(&o->scene, 2);
		look(o);
		if (rig_ask(&o->rig, sql) == 1)
			return true;
		usleep(10000);
	}
	return false;
}

/*
 * Memory for what cannot be written is used up: alerts go out and are never kept, and of
 * each server the newest verdict is there in the end.
 */
static void
beyond_its_room_the_desk_tells_what_it_cannot_keep(void **state)
{
	struct desk_counters c;
	struct office o;

	(void)state;
	office_init(&o, true);
	end(&o);
	o.waiting_octets = 1;
	begin(&o, true);
	let_write(&o, false);
	scene_hello(&o.scene, OUT1, "203.0.113.20", "mail.many.test", "x.test");
	look(&o);
	/* The writer has that. The first verdict fills the next batch. */
	scene_wait(&o.scene, 2);
	relay(&o, "Q1");
	look(&o);
	take(&o, 1);
	refuse_two(&o);
	look(&o);
	take(&o, 1);
	assert_int_equal(o.heard.count, 2);
	desk_counters(o.desk, &c);
	assert_int_equal(c.unkept, 3);
	let_write(&o, true);
	assert_true(comes_to_be(&o, "<> 'open-relay'"));
	assert_int_equal(rig_ask(&o.rig, "SELECT count(*) FROM alert"), 0);
	office_free(&o);
}

/* The end comes before the disk has room: the outputs have it, the database has not. */
static void
alerts_that_cannot_be_kept_at_the_end_are_told_all_the_same(void **state)
{
	struct office o;

	(void)state;
	office_init(&o, false);
	let_write(&o, false);
	relay(&o, "Q1");
	look(&o);
	assert_int_equal(desk_free(o.desk), -1);
	take(&o, 1);
	rig_close(&o.rig);
	begin(&o, false);
	office_free(&o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_open_relay_is_told_once_and_kept_with_its_verdict),
		cmocka_unit_test(what_was_told_is_not_told_again_after_a_restart),
		cmocka_unit_test(rows_that_are_not_understood_are_told_once_and_deleted),
		cmocka_unit_test(a_relay_that_refuses_after_a_restart_is_remediated),
		cmocka_unit_test(a_thread_of_its_own_commits_the_same),
		cmocka_unit_test(transactions_are_kept_as_many_as_the_configuration_says),
		cmocka_unit_test(a_kept_record_follows_what_is_learned_of_its_server),
		cmocka_unit_test(records_of_very_many_servers_follow_a_share_at_a_time),
		cmocka_unit_test(blindness_is_told),
		cmocka_unit_test(beyond_its_room_the_desk_tells_what_it_cannot_keep),
		cmocka_unit_test(
			alerts_that_cannot_be_kept_at_the_end_are_told_all_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
