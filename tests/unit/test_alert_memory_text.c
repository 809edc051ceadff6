/* SPDX-License-Identifier: Apache-2.0 */
#include "gate_rig.h"

#include <stdio.h>

#define OPEN	VERDICT_OPEN_RELAY
#define SURELY	GRADE_CONFIRMED
#define PERHAPS GRADE_SUSPECTED

/* From one gate into another, as a restart would. */
static size_t
hand_over(struct alert_gate *from, struct alert_gate *to)
{
	struct span key, body;
	size_t rows = 0;

	while (alert_gate_save_next(from, &key, &body)) {
		for (size_t i = 0; i < key.len; i++)
			assert_in_range(key.at[i], 0x20, 0x7e);
		for (size_t i = 0; i < body.len; i++)
			assert_in_range(body.at[i], 0x20, 0x7e);
		assert_true(alert_gate_load(to, key, body));
		rows++;
	}
	return rows;
}

static void
restart(struct gate_rig *g)
{
	struct alert_gate *next = alert_gate_new(&g->config);

	hand_over(g->gate, next);
	alert_gate_free(g->gate);
	g->gate = next;
}

static void
an_incident_goes_on_after_a_restart(void **state)
{
	struct gate_rig *g = *state;
	char incident[ALERT_ID];

	g->rig.v.exposure.messages = 4;
	gate_tells(g, VERDICT_PARTIAL_RELAY, SURELY, ALERT_OPENED);
	memcpy(incident, g->told->incident, ALERT_ID);
	restart(g);
	assert_false(gate_ask(g, VERDICT_PARTIAL_RELAY, SURELY));
	g->now += HOUR;
	g->rig.v.exposure.messages = 10;
	gate_tells(g, VERDICT_PARTIAL_RELAY, SURELY, ALERT_REPEATED);
	assert_int_equal(g->told->since, 6);
	assert_string_equal(g->told->incident, incident);
	restart(g);
	gate_tells(g, VERDICT_REMEDIATED, SURELY, ALERT_CLOSED);
	assert_string_equal(g->told->incident, incident);
	assert_true(span_equal(g->told->rule, SPAN_LITERAL("partial-relay")));
	restart(g);
	assert_false(gate_ask(g, VERDICT_REMEDIATED, SURELY));
	gate_tells(g, OPEN, SURELY, ALERT_OPENED);
	assert_true(span_equal(g->told->was, SPAN_LITERAL("remediated")));
}

static void
bounds_and_what_is_held_back_outlive_a_restart(void **state)
{
	struct gate_rig *g = *state;
	struct alert_waiting w;

	gate_tells(g, OPEN, PERHAPS, ALERT_OPENED);
	gate_tells(g, VERDICT_RESTRICTED, SURELY, ALERT_CLOSED);
	gate_tells(g, OPEN, PERHAPS, ALERT_OPENED);
	assert_false(gate_ask(g, VERDICT_RESTRICTED, SURELY));
	restart(g);
	assert_true(alert_gate_waiting_next(g->gate, g->now, &w));
	assert_true(ip_addr_equal(&w.server, &g->rig.server.key.addr));
	assert_false(gate_ask(g, VERDICT_RESTRICTED, SURELY));
	g->now += HOUR;
	gate_tells(g, VERDICT_RESTRICTED, SURELY, ALERT_CLOSED);
	assert_true(g->told->suppressed >= 1);
}

static void
an_opening_that_waits_outlives_a_restart(void **state)
{
	struct gate_rig *g = *state;

	g->config.per_minute = 1;
	gate_tells(g, OPEN, SURELY, ALERT_OPENED);
	g->rig.server.key.port = 587;
	assert_false(gate_ask(g, VERDICT_OPEN_SUBMISSION, SURELY));
	restart(g);
	gate_tells(g, VERDICT_REMEDIATED, SURELY, ALERT_CLOSED);
	assert_true(span_equal(g->told->was, SPAN_LITERAL("open-submission")));
}

static void
findings_and_blindness_outlive_a_restart(void **state)
{
	struct gate_rig *g = *state;
	struct finding f = {.raised = true, .severity = SEVERITY_HIGH, .count = 3};
	struct alert *a = alert_new();

	f.key.server = g->rig.server.key.addr;
	f.key.kind = FINDING_BACKSCATTER;
	assert_true(alert_gate_finding(g->gate, &f, g->now, &g->how));
	a->kind = ALERT_FINDING;
	alert_gate_dress(g->gate, &g->how, a);
	alert_free(a);
	assert_true(alert_gate_blindness(g->gate, 5, g->now, &g->how));
	a = alert_new();
	a->kind = ALERT_SENSOR;
	alert_gate_dress(g->gate, &g->how, a);
	alert_free(a);
	restart(g);
	assert_false(alert_gate_finding(g->gate, &f, g->now, &g->how));
	assert_false(alert_gate_blindness(g->gate, 5, g->now + SECOND, &g->how));
	f.severity = SEVERITY_CRITICAL;
	assert_true(alert_gate_finding(g->gate, &f, g->now, &g->how));
	assert_int_equal(g->how.action, ALERT_ESCALATED);
}

static void
what_was_saved_is_not_saved_again_and_not_after_loading(void **state)
{
	struct gate_rig *g = *state;
	struct alert_gate *next = alert_gate_new(&g->config);
	struct span key, body;

	gate_tells(g, OPEN, SURELY, ALERT_OPENED);
	assert_int_equal(hand_over(g->gate, next), 1);
	assert_false(alert_gate_save_next(g->gate, &key, &body));
	assert_false(alert_gate_save_next(next, &key, &body));
	alert_gate_free(next);
}

#define GOOD_KEY "relay 203.0.113.11 25"
#define GOOD                                                                             \
	"{\"open\":true,\"trouble\":\"open-relay\",\"grade\":\"confirmed\","             \
	"\"verdict\":\"open-relay\",\"incident\":\"01ARYZ6S41TSV4RRFFQ69G5FAV\"}"

static void
hostile_rows_are_ignored(void **state)
{
	static const struct span rows[][2] = {
		{SPAN_LITERAL(GOOD_KEY), SPAN_LITERAL("")},
		{SPAN_LITERAL(GOOD_KEY), SPAN_LITERAL("null")},
		{SPAN_LITERAL(GOOD_KEY), SPAN_LITERAL("[]")},
		{SPAN_LITERAL(GOOD_KEY), SPAN_LITERAL("{}")},
		{SPAN_LITERAL(GOOD_KEY), SPAN_LITERAL("{\"open\":true")},
		{SPAN_LITERAL(GOOD_KEY), SPAN_LITERAL("\xff\x00{")},
		{SPAN_LITERAL(GOOD_KEY), SPAN_LITERAL("{\"a\":[[[[[[[[1]]]]]]]]}")},
		{SPAN_LITERAL(GOOD_KEY),
			SPAN_LITERAL("{\"open\":true,\"trouble\":\"open-relay\","
				     "\"verdict\":\"open-relay\"}")},
		{SPAN_LITERAL(GOOD_KEY),
			SPAN_LITERAL("{\"open\":true,\"trouble\":\"unknown\",\"verdict\":"
				     "\"unknown\","
				     "\"incident\":\"01ARYZ6S41TSV4RRFFQ69G5FAV\"}")},
		{SPAN_LITERAL(GOOD_KEY),
			SPAN_LITERAL("{\"trouble\":\"open-relay\",\"verdict\":\"open-"
				     "relay\","
				     "\"incident\":\"01ARYZ6S41TSV4RRFFQ69G5FA\"}")},
		{SPAN_LITERAL(""), SPAN_LITERAL(GOOD)},
		{SPAN_LITERAL("relay"), SPAN_LITERAL(GOOD)},
		{SPAN_LITERAL("relay 203.0.113.11"), SPAN_LITERAL(GOOD)},
		{SPAN_LITERAL("relay 203.0.113.11 025"), SPAN_LITERAL(GOOD)},
		{SPAN_LITERAL("relay 203.0.113.11 65536"), SPAN_LITERAL(GOOD)},
		{SPAN_LITERAL("relay  203.0.113.11 25"), SPAN_LITERAL(GOOD)},
		{SPAN_LITERAL("relay 203.0.113.11 25 "), SPAN_LITERAL(GOOD)},
		{SPAN_LITERAL("relay 203.0.113.11 25\0"), SPAN_LITERAL(GOOD)},
		{SPAN_LITERAL("finding none 203.0.113.11 25 ::"), SPAN_LITERAL(GOOD)},
		{SPAN_LITERAL("finding relay-probe 203.0.113.11 25"), SPAN_LITERAL(GOOD)},
		{SPAN_LITERAL("finding relay-probe 203.0.113.11 25 ::"),
			SPAN_LITERAL(GOOD)},
		{SPAN_LITERAL("sensor 1"), SPAN_LITERAL(GOOD)},
	};
	struct gate_rig *g = *state;
	struct span key, body;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_false(alert_gate_load(g->gate, rows[i][0], rows[i][1]));
	assert_false(alert_gate_save_next(g->gate, &key, &body));
	assert_true(alert_gate_load(g->gate, SPAN_LITERAL(GOOD_KEY), SPAN_LITERAL(GOOD)));
	assert_false(
		alert_gate_load(g->gate, SPAN_LITERAL(GOOD_KEY), SPAN_LITERAL(GOOD)));
}

static void
absurd_numbers_in_a_row_do_no_harm(void **state)
{
	static const char *const bodies[] = {
		"\"count\":18446744073709551615,\"unseen\":18446744073709551615",
		"\"suppressed\":18446744073709551615,\"credit\":18446744073709551615",
		"\"told\":\"2554-01-01T00:00:00Z\",\"credited\":\"2554-01-01T00:00:00Z\"",
		"\"count\":-1,\"credit\":-1,\"told\":7,\"held\":\"yes\"",
	};
	struct gate_rig *g = *state;

	for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
		char text[500];

		snprintf(text, sizeof(text), "%.*s,%s}", (int)sizeof(GOOD) - 2, GOOD,
			bodies[i]);
		alert_gate_free(g->gate);
		g->gate = alert_gate_new(&g->config);
		assert_true(alert_gate_load(
			g->gate, SPAN_LITERAL(GOOD_KEY), span_of_text(text)));
		assert_false(
			gate_ask(g, OPEN, SURELY) && g->told->action == ALERT_OPENED);
		gate_ask(g, VERDICT_PARTIAL_RELAY, SURELY);
		/* A time to come counts from now on. */
		g->now += 100 * HOUR;
		gate_tells(g, VERDICT_REMEDIATED, SURELY, ALERT_CLOSED);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		GATE(an_incident_goes_on_after_a_restart),
		GATE(bounds_and_what_is_held_back_outlive_a_restart),
		GATE(an_opening_that_waits_outlives_a_restart),
		GATE(findings_and_blindness_outlive_a_restart),
		GATE(what_was_saved_is_not_saved_again_and_not_after_loading),
		GATE(hostile_rows_are_ignored),
		GATE(absurd_numbers_in_a_row_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
