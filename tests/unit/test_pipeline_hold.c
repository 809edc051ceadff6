/* SPDX-License-Identifier: Apache-2.0 */
/* Taps that swap a command and its reply: the reply waits, but not for ever. */
#include "pipeline_rig.h"

#define MILLI UINT64_C(1000000)

/* Up to the reply to EHLO; then MAIL is skipped and its reply comes. */
static struct wire
reply_first(struct pump *u, struct wire *w)
{
	struct wire command;

	pump_open(u, w, 40000, 25);
	pump_talk(u, w, pump_mail, 3);
	command = *w;
	w->seq[DIS_CLIENT] += (uint32_t)strlen(pump_mail[3]);
	pump_says(u, w, DIS_SERVER, pump_mail[4]);
	return command;
}

static void
a_reply_before_its_command_waits_for_it(void **state)
{
	struct pump *u = *state;
	struct wire w, command = reply_first(u, &w);

	assert_int_equal(u->p->hold.count, 1);
	pump_says(u, &command, DIS_CLIENT, pump_mail[3]);
	assert_int_equal(u->p->hold.count, 0);
	assert_int_equal(u->p->hold.held, 1);
	assert_int_equal(u->p->hold.given_up, 0);
	for (size_t i = 5; i < PUMP_TURNS; i++)
		pump_says(u, &w, i % 2 ? DIS_CLIENT : DIS_SERVER, pump_mail[i]);
	pump_close(u, &w);
	pipeline_drain(u->p);
	/* As if nothing had been swapped: the reply is MAIL's, and nothing is missing. */
	assert_int_equal(pump_count(u, "\"mail_from\":{\"raw\":\"<x@shop.test>\""), 1);
	assert_int_equal(pump_count(u, "\"enhanced\":\"2.1.0\""), 1);
	assert_int_equal(pump_count(u, "\"outcome\":\"accepted\",\"gaps\":0"), 1);
}

static void
a_command_that_never_comes_is_waited_for_twenty_milliseconds(void **state)
{
	struct pump *u = *state;
	struct wire w;

	reply_first(u, &w);
	pipeline_tick(u->p, u->now + 19 * MILLI);
	assert_int_equal(u->p->hold.count, 1);
	pipeline_tick(u->p, u->now + 21 * MILLI);
	assert_int_equal(u->p->hold.count, 0);
	assert_int_equal(u->p->hold.given_up, 1);
}

static void
what_waits_at_the_end_of_input_is_let_go(void **state)
{
	struct pump *u = *state;
	struct wire w;

	reply_first(u, &w);
	pipeline_drain(u->p);
	assert_int_equal(u->p->hold.count, 0);
	assert_int_equal(pump_count(u, "\"type\":\"connection\""), 1);
}

static void
time_that_runs_backwards_lets_it_go_too(void **state)
{
	struct pump *u = *state;
	struct wire w;

	reply_first(u, &w);
	pipeline_tick(u->p, u->now - 1000 * MILLI);
	assert_int_equal(u->p->hold.count, 0);
}

static void
what_waits_goes_with_its_connection_and_no_other(void **state)
{
	struct pump *u = *state;
	struct flow_segment seg = {0};
	struct hold *h = &u->p->hold;
	/* Places to compare only: forgetting must not look into a flow that is going. */
	static char one, two;
	struct flow *a = (struct flow *)(void *)&one, *b = (struct flow *)(void *)&two;

	hold_put(h, a, &seg);
	hold_put(h, b, &seg);
	hold_put(h, a, &seg);
	hold_forget(h, a);
	assert_int_equal(h->count, 1);
	assert_ptr_equal(h->at[h->order[0]].flow, b);
	hold_forget(h, b);
	assert_int_equal(h->count, 0);
	assert_int_equal(h->given_up, 0);
}

static void
the_octets_are_kept_when_the_packet_goes(void **state)
{
	struct pump *u = *state;
	char text[] = "250 Ok\r\n";
	struct flow_segment seg = {.payload = span_of_text(text)};
	static char one;
	struct hold_entry *e;

	hold_put(&u->p->hold, (struct flow *)(void *)&one, &seg);
	memset(text, 'x', sizeof(text));
	e = hold_next(&u->p->hold, NULL, HOLD_NS + 1);
	assert_non_null(e);
	assert_true(span_equal(e->seg.payload, SPAN_LITERAL("250 Ok\r\n")));
	assert_null(hold_next(&u->p->hold, NULL, UINT64_MAX));
}

static void
a_full_hold_lets_the_oldest_go_and_keeps_the_order(void **state)
{
	struct pump *u = *state;
	struct hold *h = &u->p->hold;
	static char one;
	struct flow *f = (struct flow *)(void *)&one;

	for (uint32_t i = 0; i < HOLD_MAX; i++) {
		struct flow_segment seg = {.seq = i, .at = {100, 0, 1}};

		hold_put(h, f, &seg);
	}
	assert_int_equal(hold_next(h, NULL, 100)->seg.seq, 0);
	/* One place is free again: nobody has to go before his time. */
	assert_null(hold_next(h, NULL, 100));
	for (uint32_t i = 1; i < HOLD_MAX; i++)
		assert_int_equal(hold_next(h, NULL, 101 + HOLD_NS)->seg.seq, i);
	assert_int_equal(h->count, 0);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, pump_setup, pump_teardown)
	const struct CMUnitTest tests[] = {
		T(a_reply_before_its_command_waits_for_it),
		T(a_command_that_never_comes_is_waited_for_twenty_milliseconds),
		T(what_waits_at_the_end_of_input_is_let_go),
		T(time_that_runs_backwards_lets_it_go_too),
		T(what_waits_goes_with_its_connection_and_no_other),
		T(the_octets_are_kept_when_the_packet_goes),
		T(a_full_hold_lets_the_oldest_go_and_keeps_the_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
