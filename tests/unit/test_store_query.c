/* SPDX-License-Identifier: Apache-2.0 */
#include "store_rig.h"

#include "sensor/base/json_out.h"

/* Alerts 1 to 9: severities go round, servers are 192.0.2.1 to .9. */
static void
fill(struct rig *r)
{
	for (unsigned n = 1; n <= 9; n++)
		rig_alert(r, n, (enum alert_severity)(n % 4), SPAN_NONE);
	rig_commit(r);
}

/* The last digits of the alerts' ids, in order. */
static const char *
alerts(struct rig *r, struct store_query q)
{
	static char text[65];
	struct rig_seen seen = {0};

	assert_int_equal(store_read_alerts(r->store, &q, rig_see, &seen), 0);
	for (size_t i = 0; i < seen.count; i++) {
		const char *id = strstr(seen.at[i], "\"id\":\"01A");

		assert_non_null(id);
		text[i] = id[6 + ALERT_ID - 2];
	}
	text[seen.count] = '\0';
	return text;
}

static void
alerts_are_found_by_server_time_severity_and_number(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r);
	fill(&r);
	assert_string_equal(alerts(&r, (struct store_query){0}), "123456789");
	assert_string_equal(alerts(&r, (struct store_query){.limit = 3}), "789");
	assert_string_equal(alerts(&r, (struct store_query){.server = rig_addr(4)}), "4");
	assert_string_equal(
		alerts(&r, (struct store_query){.server = rig_addr(4), .port = 587}), "");
	assert_string_equal(
		alerts(&r, (struct store_query){.port = 25, .limit = 100}), "123456789");
	assert_string_equal(
		alerts(&r, (struct store_query){.from = RIG_T0 + 3, .to = RIG_T0 + 5}),
		"345");
	assert_string_equal(
		alerts(&r, (struct store_query){.minimum = ALERT_SEVERITY_HIGH}), "2367");
	assert_string_equal(
		alerts(&r, (struct store_query){.minimum = ALERT_SEVERITY_CRITICAL,
				   .limit = 1}),
		"7");
	assert_string_equal(alerts(&r, (struct store_query){.from = UINT64_MAX}), "");
	assert_string_equal(
		alerts(&r, (struct store_query){.to = UINT64_MAX, .limit = 1}), "9");
	rig_free(&r);
}

static void
a_visit_ends_when_the_visitor_has_enough(void **state)
{
	struct rig r;
	struct rig_seen seen = {.stop = 2};
	struct store_query all = {0};

	(void)state;
	rig_init(&r);
	fill(&r);
	assert_int_equal(store_read_alerts(r.store, &all, rig_see, &seen), 0);
	assert_int_equal(seen.count, 2);
	/* And nothing is left open behind it that a commit would wait for. */
	rig_alert(&r, 10, ALERT_SEVERITY_LOW, SPAN_NONE);
	rig_commit(&r);
	rig_free(&r);
}

static void
servers_come_most_serious_and_then_most_certain_first(void **state)
{
	struct rig r;
	struct rig_seen seen = {0};
	struct store_query all = {0};
	struct store_verdict v = {.verdict = "open-relay", .port = 25};

	(void)state;
	rig_init(&r);
	rig_verdict(&r, 1, RIG_T0, "unknown", 6, true, "d");
	rig_verdict(&r, 2, RIG_T0, "remediated", 4, true, "c");
	v.server = rig_addr(4);
	v.confidence = 0.5;
	v.body = SPAN_LITERAL("b");
	store_batch_verdict(r.batch, &v);
	v.server = rig_addr(3);
	v.confidence = 0.99;
	v.body = SPAN_LITERAL("a");
	store_batch_verdict(r.batch, &v);
	rig_commit(&r);
	assert_int_equal(store_read_servers(r.store, &all, rig_see, &seen), 0);
	assert_int_equal(seen.count, 4);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(seen.at[i][0], "abcd"[i]);
	rig_free(&r);
}

static void
transactions_are_found_by_server_too(void **state)
{
	struct rig r;
	struct rig_seen seen = {0};
	struct store_query q = {.server = rig_addr(7), .port = 25, .limit = 2};

	(void)state;
	rig_init(&r);
	for (unsigned i = 0; i < 30; i++) {
		char id[16], body[16];
		struct store_transaction t = {.time = RIG_T0 + i, .port = 25};

		snprintf(id, sizeof(id), "%u", i);
		snprintf(body, sizeof(body), "{%u}", i);
		t.server = rig_addr((uint8_t)(i % 10));
		t.id = span_of_text(id);
		t.body = span_of_text(body);
		store_batch_transaction(r.batch, &t);
	}
	rig_commit(&r);
	assert_int_equal(store_read_transactions(r.store, &q, rig_see, &seen), 0);
	assert_int_equal(seen.count, 2);
	assert_string_equal(seen.at[0], "{17}");
	assert_string_equal(seen.at[1], "{27}");
	rig_free(&r);
}

struct rows {
	char text[256];
};

static bool
see_state(void *ctx, const char *table, struct span key, struct span body)
{
	struct rows *rows = ctx;
	size_t used = strlen(rows->text);

	snprintf(rows->text + used, sizeof(rows->text) - used, "%s/%.*s=%.*s ", table,
		(int)key.len, (const char *)key.at, (int)body.len, (const char *)body.at);
	return true;
}

static void
state_is_read_back_as_it_was_given(void **state)
{
	struct rig r;
	struct rows rows = {""};

	(void)state;
	rig_init(&r);
	store_batch_state(r.batch, "server", SPAN_LITERAL("b"), SPAN_LITERAL("{}"));
	store_batch_state(r.batch, "gate", SPAN_LITERAL("a"), SPAN_LITERAL("x y"));
	rig_commit(&r);
	rig_close(&r);
	rig_open(&r);
	assert_int_equal(store_read_state(r.store, see_state, &rows), 0);
	assert_string_equal(rows.text, "gate/a=x y server/b={} ");
	rig_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alerts_are_found_by_server_time_severity_and_number),
		cmocka_unit_test(a_visit_ends_when_the_visitor_has_enough),
		cmocka_unit_test(servers_come_most_serious_and_then_most_certain_first),
		cmocka_unit_test(transactions_are_found_by_server_too),
		cmocka_unit_test(state_is_read_back_as_it_was_given),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
