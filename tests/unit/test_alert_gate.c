/* SPDX-License-Identifier: Apache-2.0 */
#include "gate_rig.h"

#define OPEN	VERDICT_OPEN_RELAY
#define PARTIAL VERDICT_PARTIAL_RELAY
#define SUBMIT	VERDICT_OPEN_SUBMISSION
#define MENDED	VERDICT_REMEDIATED
#define CLOSED	VERDICT_RESTRICTED
#define UNKNOWN VERDICT_UNKNOWN
#define PERHAPS GRADE_SUSPECTED
#define SURELY	GRADE_CONFIRMED

static void
a_relay_is_told_once(void **state)
{
	struct gate_rig *g = *state;

	gate_tells(g, OPEN, PERHAPS, ALERT_OPENED);
	assert_string_equal(g->told->incident, g->told->id);
	assert_int_equal(g->told->was.len, 0);
	assert_int_equal(g->told->since, 0);
	g->rig.v.confidence = 0.71;
	for (int i = 0; i < 100; i++) {
		g->now += SECOND;
		g->rig.v.exposure.messages++;
		assert_false(gate_ask(g, OPEN, PERHAPS));
	}
}

static void
what_is_no_relay_is_not_told(void **state)
{
	struct gate_rig *g = *state;

	assert_false(gate_ask(g, UNKNOWN, GRADE_NONE));
	assert_false(gate_ask(g, CLOSED, SURELY));
	assert_false(gate_ask(g, MENDED, SURELY));
	assert_false(gate_ask(g, VERDICT_ACCEPTS_THEN_DROPS, SURELY));
}

static void
proof_and_a_worse_verdict_are_escalations(void **state)
{
	struct gate_rig *g = *state;
	char incident[ALERT_ID];

	gate_tells(g, PARTIAL, PERHAPS, ALERT_OPENED);
	memcpy(incident, g->told->id, ALERT_ID);
	g->now += SECOND;
	g->rig.v.exposure.messages = 5;
	gate_tells(g, PARTIAL, SURELY, ALERT_ESCALATED);
	assert_string_equal(g->told->incident, incident);
	assert_string_not_equal(g->told->id, incident);
	assert_int_equal(g->told->since, 4);
	g->now += SECOND;
	gate_tells(g, OPEN, SURELY, ALERT_ESCALATED);
	assert_true(span_equal(g->told->was, SPAN_LITERAL("partial-relay")));
	assert_string_equal(g->told->incident, incident);
}

static void
a_lesser_verdict_is_a_change(void **state)
{
	struct gate_rig *g = *state;

	gate_tells(g, OPEN, SURELY, ALERT_OPENED);
	gate_tells(g, PARTIAL, SURELY, ALERT_CHANGED);
	assert_true(span_equal(g->told->was, SPAN_LITERAL("open-relay")));
	gate_tells(g, PARTIAL, PERHAPS, ALERT_CHANGED);
}

static void
what_goes_on_is_summed_up_at_intervals(void **state)
{
	struct gate_rig *g = *state;

	gate_tells(g, OPEN, SURELY, ALERT_OPENED);
	g->rig.v.exposure.messages = 40;
	g->now += HOUR - 1;
	assert_false(gate_ask(g, OPEN, SURELY));
	g->now += 1;
	gate_tells(g, OPEN, SURELY, ALERT_REPEATED);
	assert_int_equal(g->told->since, 39);
	assert_int_equal(g->told->was.len, 0);
	assert_true(span_equal(g->told->detail,
		SPAN_LITERAL("Detail; 39 messages since the alert of 2026-11-23 20:22:53 "
			     "UTC.")));
	g->now += 2 * HOUR;
	assert_false(gate_ask(g, OPEN, SURELY)); /* no message more */
	g->rig.v.exposure.messages = 41;
	gate_tells(g, OPEN, SURELY, ALERT_REPEATED);
	assert_int_equal(g->told->since, 1);
}

static void
nothing_is_summed_up_where_that_is_switched_off(void **state)
{
	struct gate_rig *g = *state;

	g->config.repeat_seconds = 0;
	gate_tells(g, OPEN, SURELY, ALERT_OPENED);
	g->rig.v.exposure.messages = 40;
	g->now += 1000 * HOUR;
	assert_false(gate_ask(g, OPEN, SURELY));
}

static void
an_end_is_told_once_and_keeps_the_rule_of_its_trouble(void **state)
{
	static const enum verdict_kind ends[] = {
		MENDED, CLOSED, UNKNOWN, VERDICT_ACCEPTS_THEN_DROPS};

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		struct gate_rig *g = *state;

		gate_teardown(state);
		gate_setup(state);
		gate_tells(g, PARTIAL, SURELY, ALERT_OPENED);
		gate_tells(g, ends[i], SURELY, ALERT_CLOSED);
		assert_true(span_equal(g->told->rule, SPAN_LITERAL("partial-relay")));
		assert_true(span_equal(g->told->was, SPAN_LITERAL("partial-relay")));
		assert_true(span_equal(
			g->told->title, SPAN_LITERAL("Mail server relays by a trick")));
		assert_int_equal(g->told->severity, ALERT_SEVERITY_LOW);
		assert_false(gate_ask(g, ends[i], SURELY));
		assert_false(gate_ask(g, UNKNOWN, GRADE_NONE));
	}
}

static void
an_end_without_messages_of_its_own_has_those_of_the_trouble(void **state)
{
	struct gate_rig *g = *state;

	g->rig.v.exposure.messages = 7;
	gate_tells(g, OPEN, SURELY, ALERT_OPENED);
	g->rig.v.exposure = (struct exposure){0};
	gate_tells(g, UNKNOWN, GRADE_NONE, ALERT_CLOSED);
	assert_int_equal(g->told->count, 7);
	assert_int_equal(g->told->first, RIG_TIME);
	assert_int_equal(g->told->since, 0);
}

static void
what_opens_again_is_a_new_incident(void **state)
{
	struct gate_rig *g = *state;
	char incident[ALERT_ID];

	gate_tells(g, OPEN, SURELY, ALERT_OPENED);
	memcpy(incident, g->told->incident, ALERT_ID);
	gate_tells(g, MENDED, SURELY, ALERT_CLOSED);
	assert_string_equal(g->told->incident, incident);
	g->now += HOUR;
	g->rig.v.exposure.to += HOUR;
	gate_tells(g, OPEN, SURELY, ALERT_OPENED);
	assert_string_not_equal(g->told->incident, incident);
	assert_string_equal(g->told->incident, g->told->id);
	assert_true(span_equal(g->told->was, SPAN_LITERAL("remediated")));
}

static void
a_server_that_wavers_does_not_flood(void **state)
{
	struct gate_rig *g = *state;
	int told = 0;

	/* A change every ten seconds for two hours. */
	for (int i = 0; i < 720; i++) {
		told += gate_ask(g, i % 2 ? CLOSED : OPEN, i % 2 ? SURELY : PERHAPS);
		g->now += 10 * SECOND;
	}
	/* Three at once, then one an hour. */
	assert_true(told >= 4 && told <= 5);
	assert_int_equal(alert_gate_suppressed(g->gate), 720 - told);
	/* And the last word is told when there is room for it. */
	g->now += 2 * HOUR;
	if (g->told->action == ALERT_CLOSED)
		gate_tells(g, OPEN, PERHAPS, ALERT_OPENED);
	else
		gate_tells(g, CLOSED, SURELY, ALERT_CLOSED);
	assert_true(g->told->suppressed > 300);
}

static void
proof_is_told_however_much_it_wavered(void **state)
{
	struct gate_rig *g = *state;

	gate_tells(g, OPEN, PERHAPS, ALERT_OPENED);
	gate_tells(g, CLOSED, SURELY, ALERT_CLOSED);
	gate_tells(g, OPEN, PERHAPS, ALERT_OPENED);
	assert_false(gate_ask(g, CLOSED, SURELY));
	assert_false(gate_ask(g, OPEN, PERHAPS));
	assert_false(gate_ask(g, PARTIAL, PERHAPS));
	gate_tells(g, OPEN, SURELY, ALERT_ESCALATED);
	assert_int_equal(g->told->suppressed, 3);
}

static void
use_server(struct gate_rig *g, unsigned n)
{
	g->rig.server.key.addr.at[14] = (uint8_t)(113 + (n >> 8));
	g->rig.server.key.addr.at[15] = (uint8_t)n;
}

static void
no_more_than_so_many_a_minute_are_told_and_the_others_later(void **state)
{
	struct gate_rig *g = *state;
	int told = 0;

	g->config.per_minute = 6;
	for (unsigned n = 0; n < 10; n++) {
		use_server(g, n);
		told += gate_ask(g, OPEN, SURELY);
		assert_int_equal(told > 6 ? 6 : told, n < 6 ? n + 1 : 6);
		/* Asked twice it is not held back twice. */
		assert_false(gate_ask(g, OPEN, SURELY));
	}
	assert_int_equal(told, 6);
	assert_int_equal(alert_gate_suppressed(g->gate), 4);
	use_server(g, 8);
	g->now += 9 * SECOND;
	assert_false(gate_ask(g, OPEN, SURELY));
	g->now += SECOND;
	gate_tells(g, OPEN, SURELY, ALERT_OPENED);
	assert_int_equal(g->told->suppressed, 1);
	use_server(g, 9);
	assert_false(gate_ask(g, OPEN, SURELY));
}

static void
what_waits_is_named_once_there_is_room(void **state)
{
	struct gate_rig *g = *state;
	struct alert_waiting w;
	int told = 0;

	g->config.per_minute = 6;
	for (unsigned n = 0; n < 10; n++) {
		use_server(g, n);
		told += gate_ask(g, OPEN, SURELY);
	}
	assert_int_equal(told, 6);
	assert_false(alert_gate_waiting_next(g->gate, g->now, &w));
	for (g->now += 10 * SECOND; told < 10; g->now += 10 * SECOND) {
		assert_true(alert_gate_waiting_next(g->gate, g->now, &w));
		assert_int_equal(w.kind, ALERT_RELAY);
		assert_int_equal(w.port, 25);
		g->rig.server.key.addr = w.server;
		gate_tells(g, OPEN, SURELY, ALERT_OPENED);
		assert_int_equal(w.server.at[15], told);
		assert_false(alert_gate_waiting_next(g->gate, g->now, &w));
		told++;
	}
	g->now += HOUR;
	assert_false(alert_gate_waiting_next(g->gate, g->now, &w));
}

static void
what_waits_is_named_once_even_if_nobody_asks_then(void **state)
{
	struct gate_rig *g = *state;
	struct alert_waiting w;

	g->config.per_minute = 1;
	gate_tells(g, OPEN, SURELY, ALERT_OPENED);
	use_server(g, 1);
	assert_false(gate_ask(g, OPEN, SURELY));
	g->now += MINUTE;
	assert_true(alert_gate_waiting_next(g->gate, g->now, &w));
	assert_false(alert_gate_waiting_next(g->gate, g->now + HOUR, &w));
}

static void
an_opening_that_was_held_back_and_is_over_is_told_as_an_end(void **state)
{
	struct gate_rig *g = *state;

	g->config.per_minute = 1;
	gate_tells(g, OPEN, SURELY, ALERT_OPENED);
	use_server(g, 1);
	assert_false(gate_ask(g, PARTIAL, SURELY));
	g->now += SECOND;
	assert_false(gate_ask(g, MENDED, SURELY));
	g->now += MINUTE;
	gate_tells(g, MENDED, SURELY, ALERT_CLOSED);
	assert_true(span_equal(g->told->was, SPAN_LITERAL("partial-relay")));
	assert_string_equal(g->told->incident, g->told->id);
	assert_false(gate_ask(g, MENDED, SURELY));
}

static void
a_clock_that_goes_back_stops_nothing(void **state)
{
	struct gate_rig *g = *state;

	g->config.per_minute = 1;
	gate_tells(g, OPEN, PERHAPS, ALERT_OPENED);
	g->now -= 8760 * HOUR;
	use_server(g, 1);
	assert_false(gate_ask(g, OPEN, PERHAPS));
	g->now += MINUTE;
	gate_tells(g, OPEN, PERHAPS, ALERT_OPENED);
	use_server(g, 11);
	g->rig.v.exposure.messages = 9;
	g->now += MINUTE;
	assert_false(gate_ask(g, OPEN, PERHAPS));
	g->now += HOUR;
	gate_tells(g, OPEN, PERHAPS, ALERT_REPEATED);
	g->now = 0;
	assert_false(gate_ask(g, OPEN, SURELY)); /* the minute is full */
	g->now = MINUTE;
	gate_tells(g, OPEN, SURELY, ALERT_ESCALATED);
	g->now = UINT64_MAX;
	gate_tells(g, MENDED, SURELY, ALERT_CLOSED);
}

static void
the_configuration_can_be_replaced(void **state)
{
	struct gate_rig *g = *state;
	struct config_alerts tight = {.repeat_seconds = 60, .per_minute = 0};

	gate_tells(g, OPEN, SURELY, ALERT_OPENED);
	alert_gate_config(g->gate, &tight);
	g->rig.v.exposure.messages = 2;
	g->now += MINUTE;
	gate_tells(g, OPEN, SURELY, ALERT_REPEATED);
	alert_gate_config(g->gate, &g->config);
}

static void
a_question_that_was_not_followed_by_telling_stays_open(void **state)
{
	struct gate_rig *g = *state;
	struct alert_how how;

	assert_true(alert_gate_verdict(g->gate, &g->rig.v, g->now, &how));
	assert_true(alert_gate_verdict(g->gate, &g->rig.v, g->now, &how));
	assert_int_equal(how.action, ALERT_OPENED);
	assert_int_equal(how.suppressed, 0);
	assert_string_equal(how.incident, "");
}

static struct finding
some_finding(struct gate_rig *g)
{
	struct finding f = {.raised = true, .severity = SEVERITY_LOW, .count = 3};

	f.key.server = g->rig.server.key.addr;
	f.key.client = rig_addr("198.51.100.66");
	f.key.port = 25;
	f.key.kind = FINDING_RELAY_PROBE;
	return f;
}

static bool
tell_finding(struct gate_rig *g, const struct finding *f)
{
	if (!alert_gate_finding(g->gate, f, g->now, &g->how))
		return false;
	alert_free(g->told);
	g->told = alert_new();
	g->told->kind = ALERT_FINDING;
	g->told->time = g->now;
	alert_gate_dress(g->gate, &g->how, g->told);
	return true;
}

static void
a_finding_opens_rises_and_goes_on_but_never_closes(void **state)
{
	struct gate_rig *g = *state;
	struct finding f = some_finding(g), other = some_finding(g);

	f.raised = false;
	assert_false(tell_finding(g, &f));
	f.raised = true;
	assert_true(tell_finding(g, &f));
	assert_int_equal(g->told->action, ALERT_OPENED);
	assert_false(tell_finding(g, &f));
	f.severity = SEVERITY_HIGH;
	f.count = 5;
	assert_true(tell_finding(g, &f));
	assert_int_equal(g->told->action, ALERT_ESCALATED);
	assert_int_equal(g->told->since, 2);
	g->now += HOUR;
	assert_false(tell_finding(g, &f));
	f.count = 25;
	f.severity = SEVERITY_LOW;
	assert_true(tell_finding(g, &f));
	assert_int_equal(g->told->action, ALERT_REPEATED);
	assert_int_equal(g->told->since, 20);
	other.key.client = rig_addr("198.51.100.67");
	assert_true(tell_finding(g, &other));
	assert_int_equal(g->told->action, ALERT_OPENED);
}

static void
a_finding_that_was_forgotten_counts_anew(void **state)
{
	struct gate_rig *g = *state;
	struct finding f = some_finding(g);

	f.count = 100;
	assert_true(tell_finding(g, &f));
	f.count = 4;
	assert_false(tell_finding(g, &f));
	g->now += HOUR;
	assert_true(tell_finding(g, &f));
	assert_int_equal(g->told->since, 4);
}

static bool
tell_blindness(struct gate_rig *g, uint64_t lost)
{
	if (!alert_gate_blindness(g->gate, lost, g->now, &g->how))
		return false;
	alert_free(g->told);
	g->told = alert_new();
	g->told->kind = ALERT_SENSOR;
	g->told->time = g->now;
	alert_gate_dress(g->gate, &g->how, g->told);
	return true;
}

static void
blindness_is_summed_up_and_after_a_rest_is_news_again(void **state)
{
	struct gate_rig *g = *state;

	assert_false(tell_blindness(g, 0));
	assert_true(tell_blindness(g, 10));
	assert_int_equal(g->told->action, ALERT_OPENED);
	assert_int_equal(g->told->count, 10);
	for (int i = 0; i < 59; i++) {
		g->now += MINUTE;
		assert_false(tell_blindness(g, 2));
	}
	g->now += MINUTE;
	assert_true(tell_blindness(g, 2));
	assert_int_equal(g->told->action, ALERT_REPEATED);
	assert_int_equal(g->told->since, 120);
	assert_int_equal(g->told->count, 130);
	g->now += HOUR + 1;
	assert_true(tell_blindness(g, 1));
	assert_int_equal(g->told->action, ALERT_OPENED);
	assert_int_equal(g->told->count, 1);
}

static void
blindness_is_told_even_when_the_minute_is_full(void **state)
{
	struct gate_rig *g = *state;

	g->config.per_minute = 1;
	gate_tells(g, OPEN, SURELY, ALERT_OPENED);
	assert_true(tell_blindness(g, 1));
}

/* How many entries are saved; each into other, too, unless it is NULL. */
static size_t
save(struct gate_rig *g, struct alert_gate *other)
{
	struct span key, body;
	size_t n = 0;

	for (; alert_gate_save_next(g->gate, &key, &body); n++)
		if (other)
			assert_true(alert_gate_load(other, key, body));
	return n;
}

static void
all_is_saved_once_more_where_it_was_lost(void **state)
{
	struct gate_rig *g = *state;
	struct alert_gate *other = alert_gate_new(&g->config);
	struct finding f = some_finding(g);

	gate_tells(g, OPEN, SURELY, ALERT_OPENED);
	assert_true(tell_finding(g, &f));
	assert_int_equal(save(g, NULL), 2);
	assert_int_equal(save(g, NULL), 0);
	alert_gate_save_again(g->gate);
	assert_int_equal(save(g, other), 2);
	assert_int_equal(save(g, NULL), 0);
	/* What had it loaded knows what was told. */
	alert_gate_free(g->gate);
	g->gate = other;
	assert_false(gate_ask(g, OPEN, SURELY));
	assert_false(tell_finding(g, &f));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		GATE(a_relay_is_told_once),
		GATE(what_is_no_relay_is_not_told),
		GATE(proof_and_a_worse_verdict_are_escalations),
		GATE(a_lesser_verdict_is_a_change),
		GATE(what_goes_on_is_summed_up_at_intervals),
		GATE(nothing_is_summed_up_where_that_is_switched_off),
		GATE(an_end_is_told_once_and_keeps_the_rule_of_its_trouble),
		GATE(an_end_without_messages_of_its_own_has_those_of_the_trouble),
		GATE(what_opens_again_is_a_new_incident),
		GATE(a_server_that_wavers_does_not_flood),
		GATE(proof_is_told_however_much_it_wavered),
		GATE(no_more_than_so_many_a_minute_are_told_and_the_others_later),
		GATE(what_waits_is_named_once_there_is_room),
		GATE(what_waits_is_named_once_even_if_nobody_asks_then),
		GATE(an_opening_that_was_held_back_and_is_over_is_told_as_an_end),
		GATE(a_clock_that_goes_back_stops_nothing),
		GATE(the_configuration_can_be_replaced),
		GATE(a_question_that_was_not_followed_by_telling_stays_open),
		GATE(a_finding_opens_rises_and_goes_on_but_never_closes),
		GATE(a_finding_that_was_forgotten_counts_anew),
		GATE(blindness_is_summed_up_and_after_a_rest_is_news_again),
		GATE(blindness_is_told_even_when_the_minute_is_full),
		GATE(all_is_saved_once_more_where_it_was_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
