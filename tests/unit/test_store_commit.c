/* SPDX-License-Identifier: Apache-2.0 */
#include "store_rig.h"

#include "sensor/store/store_part.h"

/* A verdict, its alert, a state row and a transaction, all of number n. */
static void
put(struct rig *r, unsigned n)
{
	static char text[6000];
	struct store_transaction t = {.time = RIG_T0 + n, .port = 25};
	char id[32];

	memset(text, 'x', sizeof(text) - 1);
	snprintf(id, sizeof(id), "%016x-1", n);
	t.id = span_of_text(id);
	t.body = span_of_text(text);
	t.server = rig_addr((uint8_t)n);
	rig_verdict(r, (uint8_t)n, RIG_T0 + n, "open-relay", 0, true, text);
	rig_alert(r, n, ALERT_SEVERITY_HIGH, span_of_text(text));
	store_batch_state(r->batch, "attempt", span_of_text(id), span_of_text(text));
	store_batch_transaction(r->batch, &t);
}

/* No room after some pages more: the commit fails somewhere in its middle. */
static void
leave_room(struct rig *r, int pages)
{
	char text[64];

	snprintf(text, sizeof(text), "PRAGMA max_page_count = %d",
		(int)rig_ask(r, "PRAGMA page_count") + pages);
	assert_int_equal(sqlite3_exec(r->store->db, text, NULL, NULL, NULL), SQLITE_OK);
}

static void
a_commit_that_fails_anywhere_leaves_nothing(void **state)
{
	(void)state;
	for (int pages = 0; pages < 12; pages++) {
		struct rig r;
		struct store_counters c;

		rig_init(&r);
		rig_outputs(&r);
		put(&r, 1);
		rig_commit(&r);
		leave_room(&r, pages);
		for (unsigned n = 2; n < 7; n++)
			put(&r, n);
		assert_int_equal(store_commit(r.store, r.batch), -1);
		assert_false(store_batch_is_empty(r.batch));
		store_counters(r.store, &c);
		assert_int_equal(c.alerts, 1);
		assert_int_equal(c.servers, 1);
		assert_int_equal(c.state, 1);
		assert_int_equal(c.transactions, 1);
		assert_int_equal(c.failed, 1);
		assert_int_equal(rig_counters(&r, "all").waiting, 1);
		assert_int_equal(rig_ask(&r, "SELECT count(*) FROM alert"), 1);
		assert_int_equal(rig_ask(&r, "SELECT count(*) FROM verdict"), 1);
		assert_int_equal(rig_ask(&r, "SELECT count(*) FROM state"), 1);
		/* Room again: the same batch goes through, whole. */
		leave_room(&r, 100000);
		rig_commit(&r);
		assert_int_equal(rig_ask(&r, "SELECT count(*) FROM alert"), 6);
		assert_int_equal(rig_ask(&r, "SELECT count(*) FROM verdict"), 6);
		assert_int_equal(rig_ask(&r, "SELECT count(*) FROM delivery"), 6);
		assert_int_equal(rig_counters(&r, "all").waiting, 6);
		rig_free(&r);
	}
}

static void
an_alert_that_was_told_before_is_not_told_again(void **state)
{
	struct rig r;
	struct store_counters c;

	(void)state;
	rig_init(&r);
	rig_outputs(&r);
	rig_alert(&r, 7, ALERT_SEVERITY_HIGH, SPAN_NONE);
	rig_alert(&r, 7, ALERT_SEVERITY_HIGH, SPAN_NONE);
	rig_commit(&r);
	rig_alert(&r, 7, ALERT_SEVERITY_HIGH, SPAN_NONE);
	rig_commit(&r);
	store_counters(r.store, &c);
	assert_int_equal(c.alerts, 1);
	assert_int_equal(rig_counters(&r, "all").waiting, 1);
	rig_free(&r);
}

static void
only_a_change_is_a_line_of_the_history(void **state)
{
	struct rig r;
	struct rig_seen seen = {0};
	struct store_query all = {0};

	(void)state;
	rig_init(&r);
	rig_verdict(&r, 11, RIG_T0, "unknown", 6, true, "{\"n\":1}");
	rig_verdict(&r, 11, RIG_T0 + 1, "unknown", 6, false, "{\"n\":2}");
	rig_commit(&r);
	rig_verdict(&r, 11, RIG_T0 + 2, "open-relay", 0, true, "{\"n\":3}");
	rig_commit(&r);
	assert_int_equal(store_read_history(r.store, &all, rig_see, &seen), 0);
	assert_int_equal(seen.count, 2);
	assert_string_equal(seen.at[0], "{\"n\":1}");
	assert_string_equal(seen.at[1], "{\"n\":3}");
	assert_int_equal(rig_ask(&r, "SELECT count(*) FROM server WHERE body ="
				     " '{\"n\":3}' AND verdict = 'open-relay'"),
		1);
	rig_free(&r);
}

static void
state_is_written_over_and_forgotten(void **state)
{
	struct rig r;
	struct store_counters c;

	(void)state;
	rig_init(&r);
	store_batch_state(r.batch, "a", SPAN_LITERAL("k"), SPAN_LITERAL("1"));
	store_batch_state(r.batch, "a", SPAN_LITERAL("k"), SPAN_LITERAL("2"));
	store_batch_state(r.batch, "b", SPAN_LITERAL("k"), SPAN_LITERAL("3"));
	rig_commit(&r);
	store_counters(r.store, &c);
	assert_int_equal(c.state, 2);
	assert_int_equal(
		rig_ask(&r, "SELECT body FROM state WHERE tbl = 'a' AND key = 'k'"), 2);
	store_batch_state(r.batch, "a", SPAN_LITERAL("k"), SPAN_NONE);
	store_batch_state(r.batch, "a", SPAN_LITERAL("never"), SPAN_NONE);
	rig_commit(&r);
	store_counters(r.store, &c);
	assert_int_equal(c.state, 1);
	assert_int_equal(rig_ask(&r, "SELECT count(*) FROM state"), 1);
	rig_free(&r);
}

static void
the_newest_transactions_are_kept_and_no_more(void **state)
{
	struct rig r;

	(void)state;
	rig_make(&r);
	r.config.transactions = 10;
	rig_open(&r);
	for (unsigned n = 0; n < 200; n++) {
		char id[32];
		struct store_transaction t = {.time = RIG_T0 + n};

		snprintf(id, sizeof(id), "%016x-1", n);
		t.id = span_of_text(id);
		t.body = SPAN_LITERAL("{}");
		store_batch_transaction(r.batch, &t);
		if (n % 20 == 19)
			rig_commit(&r);
	}
	assert_int_equal(rig_ask(&r, "SELECT count(*) FROM txn"), 10);
	assert_int_equal(rig_ask(&r, "SELECT min(time) FROM txn"), RIG_T0 + 190);
	rig_close(&r);
	/* None at all: those that are there go by and by. */
	r.config.transactions = 0;
	rig_open(&r);
	store_batch_state(r.batch, "a", SPAN_LITERAL("k"), SPAN_LITERAL("1"));
	rig_commit(&r);
	assert_int_equal(rig_ask(&r, "SELECT count(*) FROM txn"), 0);
	rig_free(&r);
}

static void
old_alerts_go_unless_they_still_wait(void **state)
{
	struct rig r;
	struct store_counters c;
	struct store_waiting w[100];
	uint64_t ids[50];

	(void)state;
	rig_init(&r);
	rig_outputs(&r);
	r.store->keep.alerts = 20;
	for (unsigned n = 0; n < 60; n++)
		rig_alert(&r, n, ALERT_SEVERITY_HIGH, SPAN_NONE);
	rig_commit(&r);
	store_counters(r.store, &c);
	assert_int_equal(c.alerts, 60);
	assert_int_equal(store_waiting(r.store, "all", w, 50), 50);
	for (size_t i = 0; i < 50; i++)
		ids[i] = w[i].id;
	store_waiting_free(w, 50);
	assert_int_equal(store_delivered(r.store, "all", ids, 50), 0);
	rig_alert(&r, 60, ALERT_SEVERITY_HIGH, SPAN_NONE);
	rig_commit(&r);
	store_counters(r.store, &c);
	assert_int_equal(c.alerts, 20);
	assert_int_equal(rig_ask(&r, "SELECT count(*) FROM alert"), 20);
	assert_int_equal(rig_ask(&r, "SELECT count(*) FROM delivery"), 11);
	rig_free(&r);
}

static void
one_server_does_not_push_the_history_of_others_out(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r);
	rig_verdict(&r, 12, RIG_T0, "restricted", 5, true, "{}");
	for (unsigned n = 0; n < 200; n++)
		rig_verdict(&r, 11, RIG_T0 + n, "unknown", 6, true, "{}");
	rig_commit(&r);
	assert_int_equal(
		rig_ask(&r, "SELECT count(*) FROM verdict WHERE ip = '192.0.2.11'"),
		STORE_VERDICTS_A_SERVER_MAX);
	assert_int_equal(
		rig_ask(&r, "SELECT max(time) FROM verdict WHERE ip = '192.0.2.11'"),
		RIG_T0 + 199);
	assert_int_equal(
		rig_ask(&r, "SELECT count(*) FROM verdict WHERE ip = '192.0.2.12'"), 1);
	assert_int_equal(r.store->rows.verdicts, 1 + STORE_VERDICTS_A_SERVER_MAX);
	rig_free(&r);
}

static void
names_of_peers_cannot_act_on_a_terminal(void **state)
{
	struct rig r;
	struct store_verdict v = {.verdict = "unknown",
		.name = SPAN_LITERAL("a\033[2J\r\nb"),
		.body = SPAN_LITERAL("{}"),
		.port = 25};

	(void)state;
	rig_init(&r);
	v.server = rig_addr(11);
	store_batch_verdict(r.batch, &v);
	rig_commit(&r);
	assert_int_equal(
		rig_ask(&r,
			"SELECT count(*) FROM server WHERE name = 'a\\x1B[2J\\x0D\\x0Ab'"
			" OR name = 'a\\x1b[2J\\x0d\\x0ab'"),
		1);
	rig_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_commit_that_fails_anywhere_leaves_nothing),
		cmocka_unit_test(an_alert_that_was_told_before_is_not_told_again),
		cmocka_unit_test(only_a_change_is_a_line_of_the_history),
		cmocka_unit_test(state_is_written_over_and_forgotten),
		cmocka_unit_test(the_newest_transactions_are_kept_and_no_more),
		cmocka_unit_test(old_alerts_go_unless_they_still_wait),
		cmocka_unit_test(one_server_does_not_push_the_history_of_others_out),
		cmocka_unit_test(names_of_peers_cannot_act_on_a_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
