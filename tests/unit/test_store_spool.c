/* SPDX-License-Identifier: Apache-2.0 */
#include "store_rig.h"

#include "sensor/store/store_part.h"

/* Severities of what waits for an output, in order, as a text: "0230". */
static const char *
order(struct rig *r, const char *output)
{
	static char text[128];
	struct store_waiting w[100];
	size_t n = store_waiting(r->store, output, w, 100);

	for (size_t i = 0; i < n; i++)
		text[i] = (char)('0' + w[i].severity);
	text[n] = '\0';
	store_waiting_free(w, n);
	return text;
}

static void
each_output_gets_what_reaches_its_minimum(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r);
	rig_outputs(&r);
	for (unsigned i = 0; i < 8; i++)
		rig_alert(&r, i, (enum alert_severity)(i % 4), SPAN_NONE);
	rig_commit(&r);
	assert_string_equal(order(&r, "all"), "01230123");
	assert_string_equal(order(&r, "worst"), "33");
	assert_string_equal(order(&r, "no such output"), "");
	assert_int_equal(rig_counters(&r, "all").oldest, RIG_T0);
	assert_int_equal(rig_counters(&r, "worst").oldest, RIG_T0 + 3);
	rig_free(&r);
}

static void
what_was_delivered_to_one_still_waits_for_the_other(void **state)
{
	struct rig r;
	struct store_waiting w[2];
	struct rig_seen seen = {0};
	struct store_query all = {0};
	uint64_t id;

	(void)state;
	rig_init(&r);
	rig_outputs(&r);
	rig_alert(&r, 1, ALERT_SEVERITY_CRITICAL, SPAN_NONE);
	rig_commit(&r);
	assert_int_equal(store_waiting(r.store, "all", w, 2), 1);
	id = w[0].id;
	assert_int_equal(w[0].stream, CONFIG_STREAM_ALERTS);
	assert_int_equal(w[0].time, RIG_T0 + 1);
	assert_int_equal(w[0].octets, strlen(w[0].body));
	assert_int_equal(w[0].body[0], '{');
	store_waiting_free(w, 1);
	assert_int_equal(store_delivered(r.store, "all", &id, 1), 0);
	/* Twice is once. */
	assert_int_equal(store_delivered(r.store, "all", &id, 1), 0);
	assert_int_equal(rig_counters(&r, "all").delivered, 1);
	assert_int_equal(rig_counters(&r, "all").waiting, 0);
	assert_int_equal(rig_counters(&r, "worst").waiting, 1);
	assert_int_equal(store_read_alerts(r.store, &all, rig_see, &seen), 0);
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.delivered[0], 1);
	assert_int_equal(seen.waiting[0], 1);
	rig_free(&r);
}

static void
beyond_the_bound_the_least_severe_goes_first_and_of_these_the_oldest(void **state)
{
	/* Low, critical, high, low, medium, low: as they come. */
	static const int come[] = {0, 3, 2, 0, 1, 0};
	static const char *const left[] = {"", "3", "32", "321", "3210", "32010"};
	struct store_output_counters c;

	(void)state;
	for (size_t room = 1; room < 6; room++) {
		struct rig r;

		rig_make(&r);
		r.config.spool = room;
		rig_open(&r);
		rig_outputs(&r);
		for (unsigned i = 0; i < 6; i++)
			rig_alert(&r, i, (enum alert_severity)come[i], SPAN_NONE);
		rig_commit(&r);
		assert_string_equal(order(&r, "all"), left[room]);
		c = rig_counters(&r, "all");
		assert_int_equal(c.waiting, room);
		assert_int_equal(c.dropped[0], room >= 4 ? 6 - room : 3);
		assert_int_equal(c.dropped[1], room < 3 ? 1 : 0);
		assert_int_equal(c.dropped[2], room < 2 ? 1 : 0);
		assert_int_equal(c.dropped[3], 0);
		assert_int_equal(rig_counters(&r, "worst").dropped[3], 0);
		rig_free(&r);
	}
}

static void
the_one_that_comes_is_dropped_if_all_others_are_worse(void **state)
{
	struct rig r;

	(void)state;
	rig_make(&r);
	r.config.spool = 2;
	rig_open(&r);
	rig_outputs(&r);
	rig_alert(&r, 1, ALERT_SEVERITY_HIGH, SPAN_NONE);
	rig_alert(&r, 2, ALERT_SEVERITY_HIGH, SPAN_NONE);
	rig_commit(&r);
	rig_alert(&r, 3, ALERT_SEVERITY_LOW, SPAN_NONE);
	rig_commit(&r);
	assert_string_equal(order(&r, "all"), "22");
	assert_int_equal(rig_counters(&r, "all").dropped[0], 1);
	assert_int_equal(rig_ask(&r, "SELECT count(*) FROM alert"), 3);
	rig_free(&r);
}

static void
lines(struct rig *r, size_t count, size_t octets)
{
	static char text[4096];

	memset(text, 'x', sizeof(text));
	for (size_t i = 0; i < count; i++)
		store_batch_line(r->batch, CONFIG_STREAM_SERVERS, RIG_T0 + i,
			span_of(text, octets));
	rig_commit(r);
}

static void
set_outputs(struct rig *r, struct config_output *at, size_t count)
{
	struct config_outputs outputs = {at, count};

	assert_int_equal(store_outputs(r->store, &outputs), 0);
}

static void
octets_are_bounded_over_all_outputs(void **state)
{
	static char a[] = "a", b[] = "b";
	struct config_output at[] = {{.name = a, .stream = CONFIG_STREAM_SERVERS},
		{.name = b, .stream = CONFIG_STREAM_SERVERS}};
	struct rig r;

	(void)state;
	rig_make(&r);
	r.config.spool_octets = 10000;
	rig_open(&r);
	set_outputs(&r, at, 2);
	/* Six of a thousand for two outputs are twelve thousand: one each goes. */
	lines(&r, 6, 1000);
	assert_int_equal(rig_counters(&r, "a").waiting, 5);
	assert_int_equal(rig_counters(&r, "b").waiting, 5);
	assert_int_equal(rig_counters(&r, "a").dropped[0], 1);
	assert_int_equal(rig_ask(&r, "SELECT count(*) FROM line"), 5);
	assert_int_equal(rig_counters(&r, "a").oldest, RIG_T0 + 1);
	rig_free(&r);
}

static void
a_line_is_kept_until_the_last_output_has_it(void **state)
{
	static char a[] = "a", b[] = "b";
	struct config_output at[] = {{.name = a, .stream = CONFIG_STREAM_SERVERS},
		{.name = b, .stream = CONFIG_STREAM_SERVERS}};
	struct rig r;
	struct store_waiting w[1];
	uint64_t id;

	(void)state;
	rig_init(&r);
	set_outputs(&r, at, 2);
	lines(&r, 1, 100);
	assert_int_equal(store_waiting(r.store, "a", w, 1), 1);
	assert_int_equal(w[0].stream, CONFIG_STREAM_SERVERS);
	assert_int_equal(w[0].octets, 100);
	id = w[0].id;
	store_waiting_free(w, 1);
	assert_int_equal(store_delivered(r.store, "a", &id, 1), 0);
	assert_int_equal(rig_ask(&r, "SELECT count(*) FROM line"), 1);
	assert_int_equal(store_delivered(r.store, "b", &id, 1), 0);
	assert_int_equal(rig_ask(&r, "SELECT count(*) FROM line"), 0);
	/* A stream that nobody reads is not kept at all. */
	store_batch_line(r.batch, CONFIG_STREAM_TRANSACTIONS, 1, SPAN_LITERAL("{}"));
	rig_commit(&r);
	assert_int_equal(rig_ask(&r, "SELECT count(*) FROM line"), 0);
	rig_free(&r);
}

static void
outputs_that_are_no_more_are_forgotten_with_what_waited(void **state)
{
	static char all[] = "all", lines_name[] = "lines";
	struct config_output before[] = {
		{.name = all}, {.name = lines_name, .stream = CONFIG_STREAM_SERVERS}};
	struct rig r;

	(void)state;
	rig_init(&r);
	set_outputs(&r, before, 2);
	rig_alert(&r, 1, ALERT_SEVERITY_LOW, SPAN_NONE);
	lines(&r, 2, 10);
	rig_close(&r);
	rig_open(&r);
	set_outputs(&r, before, 2);
	assert_int_equal(rig_counters(&r, "all").waiting, 1);
	assert_int_equal(rig_counters(&r, "lines").waiting, 2);
	set_outputs(&r, before, 1);
	assert_int_equal(rig_counters(&r, "all").waiting, 1);
	assert_int_equal(rig_counters(&r, "lines").waiting, 0);
	assert_int_equal(rig_ask(&r, "SELECT count(*) FROM line"), 0);
	/* The same name for another stream is another output. */
	before[0].stream = CONFIG_STREAM_TRANSACTIONS;
	set_outputs(&r, before, 1);
	assert_int_equal(rig_counters(&r, "all").waiting, 0);
	assert_int_equal(rig_ask(&r, "SELECT count(*) FROM delivery"), 0);
	assert_int_equal(rig_ask(&r, "SELECT count(*) FROM output"), 1);
	rig_free(&r);
}

static void
a_new_minimum_holds_for_what_comes(void **state)
{
	static char all[] = "all";
	struct config_output at = {.name = all};
	struct rig r;

	(void)state;
	rig_init(&r);
	set_outputs(&r, &at, 1);
	rig_alert(&r, 1, ALERT_SEVERITY_LOW, SPAN_NONE);
	rig_commit(&r);
	at.minimum = CONFIG_SEVERITY_HIGH;
	set_outputs(&r, &at, 1);
	rig_alert(&r, 2, ALERT_SEVERITY_MEDIUM, SPAN_NONE);
	rig_alert(&r, 3, ALERT_SEVERITY_HIGH, SPAN_NONE);
	rig_commit(&r);
	assert_string_equal(order(&r, "all"), "02");
	rig_free(&r);
}

static void
counters_outlive_the_process(void **state)
{
	struct rig r;
	struct store_waiting w[1];
	uint64_t id;

	(void)state;
	rig_make(&r);
	r.config.spool = 2;
	rig_open(&r);
	rig_outputs(&r);
	for (unsigned i = 0; i < 5; i++)
		rig_alert(&r, i, ALERT_SEVERITY_MEDIUM, SPAN_NONE);
	rig_commit(&r);
	assert_int_equal(store_waiting(r.store, "all", w, 1), 1);
	id = w[0].id;
	store_waiting_free(w, 1);
	assert_int_equal(store_delivered(r.store, "all", &id, 1), 0);
	rig_close(&r);
	rig_open(&r);
	rig_outputs(&r);
	assert_int_equal(rig_counters(&r, "all").dropped[1], 3);
	assert_int_equal(rig_counters(&r, "all").delivered, 1);
	assert_int_equal(rig_counters(&r, "all").waiting, 1);
	assert_int_equal(rig_counters(&r, "all").oldest, RIG_T0 + 4);
	rig_free(&r);
}

static void
let_write(struct rig *r, bool may)
{
	assert_int_equal(sqlite3_exec(r->store->db,
				 may ? "PRAGMA query_only = OFF" : "PRAGMA query_only = ON",
				 NULL, NULL, NULL),
		SQLITE_OK);
}

/* Else an output would get the same lines again and again while the disk is full. */
static void
what_cannot_be_noted_is_not_given_again_and_noted_later(void **state)
{
	struct store_waiting w[8];
	struct rig r;
	uint64_t ids[3];

	(void)state;
	rig_init(&r);
	rig_outputs(&r);
	for (unsigned n = 1; n < 6; n++)
		rig_alert(&r, n, ALERT_SEVERITY_CRITICAL, SPAN_NONE);
	rig_commit(&r);
	assert_int_equal(store_waiting(r.store, "all", w, 3), 3);
	for (size_t i = 0; i < 3; i++)
		ids[i] = w[i].id;
	store_waiting_free(w, 3);
	let_write(&r, false);
	assert_int_equal(store_delivered(r.store, "all", ids, 2), -1);
	assert_int_equal(store_delivered(r.store, "all", ids + 2, 1), -1);
	assert_int_equal(store_delivered(r.store, "all", NULL, 0), -1);
	assert_int_equal(rig_counters(&r, "all").waiting, 2);
	assert_int_equal(rig_counters(&r, "worst").waiting, 5);
	assert_int_equal(store_waiting(r.store, "all", w, 8), 2);
	assert_int_equal(w[0].time - RIG_T0, 4);
	store_waiting_free(w, 2);
	let_write(&r, true);
	assert_int_equal(store_delivered(r.store, "all", NULL, 0), 0);
	assert_int_equal(rig_counters(&r, "all").waiting, 2);
	assert_int_equal(rig_counters(&r, "all").delivered, 3);
	assert_int_equal(rig_ask(&r, "SELECT count(*) FROM delivery"), 2 + 5);
	assert_int_equal(rig_ask(&r, "SELECT sum(delivered) FROM alert"), 3);
	rig_free(&r);
}

/* The process ends before it could be noted: rather twice than never. */
static void
what_was_never_noted_is_given_again_after_a_restart(void **state)
{
	struct store_waiting w[8];
	struct rig r;
	uint64_t id;

	(void)state;
	rig_init(&r);
	rig_outputs(&r);
	rig_alert(&r, 1, ALERT_SEVERITY_HIGH, SPAN_NONE);
	rig_commit(&r);
	assert_int_equal(store_waiting(r.store, "all", w, 8), 1);
	id = w[0].id;
	store_waiting_free(w, 1);
	let_write(&r, false);
	assert_int_equal(store_delivered(r.store, "all", &id, 1), -1);
	assert_int_equal(store_waiting(r.store, "all", w, 8), 0);
	rig_close(&r);
	rig_open(&r);
	assert_int_equal(store_waiting(r.store, "all", w, 8), 1);
	store_waiting_free(w, 1);
	rig_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_output_gets_what_reaches_its_minimum),
		cmocka_unit_test(what_was_delivered_to_one_still_waits_for_the_other),
		cmocka_unit_test(
			beyond_the_bound_the_least_severe_goes_first_and_of_these_the_oldest),
		cmocka_unit_test(the_one_that_comes_is_dropped_if_all_others_are_worse),
		cmocka_unit_test(octets_are_bounded_over_all_outputs),
		cmocka_unit_test(a_line_is_kept_until_the_last_output_has_it),
		cmocka_unit_test(outputs_that_are_no_more_are_forgotten_with_what_waited),
		cmocka_unit_test(a_new_minimum_holds_for_what_comes),
		cmocka_unit_test(counters_outlive_the_process),
		cmocka_unit_test(what_cannot_be_noted_is_not_given_again_and_noted_later),
		cmocka_unit_test(what_was_never_noted_is_given_again_after_a_restart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
