/* SPDX-License-Identifier: Apache-2.0 */
/* Connections on other ports as a live capture tells them: no SYN, then verdicts. */
#include "pipeline_rig.h"

#include <stdlib.h>

struct verdicts {
	unsigned mail, other;
	struct capture_direction last;
};

static bool
decide(void *ctx, const struct capture_direction *d, enum tap_verdict verdict)
{
	struct verdicts *v = ctx;

	v->mail += verdict == TAP_MAIL;
	v->other += verdict == TAP_OTHER;
	v->last = *d;
	return true;
}

static struct verdicts told;

static int
live_setup(void **state)
{
	struct pump *u;

	pump_setup(state);
	u = *state;
	told = (struct verdicts){0};
	u->p->shunt = (struct pipeline_shunt){.ctx = &told, .decide = decide};
	u->p->starts = calloc(1, sizeof(*u->p->starts));
	return 0;
}

static void
begin(struct pump *u, struct wire *w, unsigned port, bool synack)
{
	*w = (struct wire){{40000, port}, {1000, 5000}};
	w->seq[DIS_CLIENT]++;
	if (synack)
		pump_segment(u, w, DIS_SERVER, NULL, 0, PACKET_TCP_SYN | PACKET_TCP_ACK);
	else
		w->seq[DIS_SERVER]++;
}

static bool
begun_with_syn_ack(struct pump *u)
{
	struct flow *f = flow_table_each(u->p->flows, NULL);
	struct flow_facts facts;

	assert_non_null(f);
	flow_facts_of(f, &facts);
	assert_int_equal(facts.port[DIS_SERVER], 2526);
	return facts.synack_seen;
}

static void
mail_whose_syn_ack_was_heard_is_whole(void **state)
{
	struct pump *u = *state;
	struct wire w;

	begin(u, &w, 2526, true);
	pump_talk(u, &w, pump_mail, PUMP_TURNS);
	assert_true(begun_with_syn_ack(u));
	pump_close(u, &w);
	pipeline_drain(u->p);
	assert_int_equal(pump_count(u, "\"type\":\"transaction\""), 1);
	assert_int_equal(pump_count(u, "\"found_by_speech\":true"), 2);
	assert_int_equal(pump_count(u, "late_start"), 0);
	assert_int_equal(told.mail, 1);
	assert_int_equal(told.other, 0);
	assert_int_equal(told.last.src_port, 2526);
}

static void
mail_is_found_without_its_syn_ack(void **state)
{
	struct pump *u = *state;
	struct wire w;

	begin(u, &w, 2526, false);
	pump_talk(u, &w, pump_mail, PUMP_TURNS);
	assert_false(begun_with_syn_ack(u));
	pump_close(u, &w);
	pipeline_drain(u->p);
	assert_int_equal(pump_count(u, "\"type\":\"transaction\""), 1);
}

static void
an_old_syn_ack_is_not_that_of_a_later_connection(void **state)
{
	struct pump *u = *state;
	struct wire w;

	begin(u, &w, 2526, true);
	w.seq[DIS_CLIENT] += 1u << 20;
	w.seq[DIS_SERVER] += 1u << 20;
	pump_talk(u, &w, pump_mail, PUMP_TURNS);
	assert_false(begun_with_syn_ack(u));
}

static void
what_does_not_begin_like_mail_is_told_to_be_none(void **state)
{
	struct pump *u = *state;
	struct wire w;

	begin(u, &w, 8080, true);
	pump_says(u, &w, DIS_CLIENT, "GET / HTTP/1.1\r\n");
	assert_int_equal(told.other, 1);
	assert_int_equal(told.last.dst_port, 8080);
	/* Too little to tell. */
	begin(u, &w, 8081, true);
	pump_says(u, &w, DIS_CLIENT, "GET");
	assert_int_equal(told.other, 1);
	assert_int_equal(told.mail, 0);
}

static void
what_greets_like_mail_and_is_none_is_let_go(void **state)
{
	static const char *const ftp[] = {"220 ftp.corp.test FTP server ready\r\n",
		"USER anonymous\r\n", "331 Guest login ok\r\n", "PASS x\r\n"};
	struct pump *u = *state;
	struct wire w;

	begin(u, &w, 2121, true);
	pump_talk(u, &w, ftp, 4);
	assert_int_equal(told.mail, 1);
	assert_int_equal(told.other, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			mail_whose_syn_ack_was_heard_is_whole, live_setup, pump_teardown),
		cmocka_unit_test_setup_teardown(
			mail_is_found_without_its_syn_ack, live_setup, pump_teardown),
		cmocka_unit_test_setup_teardown(
			an_old_syn_ack_is_not_that_of_a_later_connection, live_setup,
			pump_teardown),
		cmocka_unit_test_setup_teardown(
			what_does_not_begin_like_mail_is_told_to_be_none, live_setup,
			pump_teardown),
		cmocka_unit_test_setup_teardown(
			what_greets_like_mail_and_is_none_is_let_go, live_setup,
			pump_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
