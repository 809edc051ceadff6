/* SPDX-License-Identifier: Apache-2.0 */
/* The sensor's side of what is withheld of messages, against a kernel that is made up. */
#include "shunt_rig.h"

/* Up to a message whose head is read. */
static void
begin(struct pump *u, struct wire *w)
{
	pump_open(u, w, 40000, 25);
	pump_talk(u, w, pump_mail, 9);
	pump_says(u, w, DIS_CLIENT, "Subject: s\r\n\r\n");
	for (int i = 0; i < 6; i++) {
		pump_says(u, w, DIS_CLIENT, thousand());
		u->now += 20000000;
	}
}

/* n segments that nobody sees. */
static void
withhold(struct wire *w, uint32_t n)
{
	kernel.s.packets += n;
	kernel.s.octets += 1000 * n;
	kernel.s.from = w->seq[DIS_CLIENT];
	w->seq[DIS_CLIENT] += 1000 * n;
	kernel.s.to = w->seq[DIS_CLIENT];
	kernel.s.before = '\n' | '\r' << 8 | 'a' << 16;
}

static void
end(struct pump *u, struct wire *w)
{
	pump_says(u, w, DIS_CLIENT, ".\r\n");
	pump_says(u, w, DIS_SERVER, pump_mail[10]);
	pump_close(u, w);
	pipeline_drain(u->p);
}

static void
octets_withheld_are_octets_of_the_message(void **state)
{
	struct pump *u = *state;
	struct wire w;

	begin(u, &w);
	assert_int_equal(kernel.followed, 1);
	assert_int_equal(kernel.d.src_port, 40000);
	assert_int_equal(kernel.order.kind, TAP_ORDER_TEXT);
	assert_int_equal(kernel.order.cookie, kernel.s.cookie);
	/* What stands before it. */
	assert_int_equal(kernel.order.until, '\n' | '\r' << 8 | 'a' << 16);
	withhold(&w, 100);
	end(u, &w);
	assert_int_equal(pump_count(u, "\"octets\":106014"), 1);
	assert_int_equal(pump_count(u, "\"queue_id\":\"4XyZ\""), 1);
	assert_int_equal(pump_count(u, "\"gaps\":0"), 2);
	assert_int_equal(pump_count(u, "\"outcome\":\"accepted\""), 1);
	assert_int_equal(u->p->counters.shunt.withheld, 100);
	assert_int_equal(u->p->counters.shunt.octets, 100000);
	assert_int_equal(kernel.left, 1);
}

static void
the_next_order_begins_behind_what_was_skipped(void **state)
{
	struct pump *u = *state;
	struct wire w;

	begin(u, &w);
	withhold(&w, 10);
	pump_says(u, &w, DIS_CLIENT, thousand());
	assert_int_equal(kernel.order.from, w.seq[DIS_CLIENT]);
	withhold(&w, 5);
	end(u, &w);
	assert_int_equal(pump_count(u, "\"octets\":22014"), 1);
}

/* Nobody withheld it: then it is missing. */
static void
a_hole_that_the_kernel_does_not_know_is_a_gap(void **state)
{
	struct pump *u = *state;
	struct wire w;

	begin(u, &w);
	w.seq[DIS_CLIENT] += 3000;
	pump_says(u, &w, DIS_SERVER, "");
	withhold(&w, 2);
	end(u, &w);
	assert_true(kernel.looks > 0);
	assert_int_equal(u->p->counters.shunt.octets, 2000);
	assert_true(pump_count(u, "\"gap_octets\":3000") > 0);
}

static void
a_reply_amid_what_is_withheld_finds_it_counted(void **state)
{
	struct pump *u = *state;
	struct wire w;

	begin(u, &w);
	withhold(&w, 10);
	pump_says(u, &w, DIS_SERVER, "452 4.3.1 Disk full\r\n");
	pump_close(u, &w);
	pipeline_drain(u->p);
	assert_int_equal(pump_count(u, "\"octets\":16014"), 1);
}

static void
a_kernel_that_refuses_is_not_asked_for_ever(void **state)
{
	struct pump *u = *state;
	struct wire w;

	kernel.refuses = true;
	for (unsigned i = 0; i < 100; i++) {
		pump_open(u, &w, 40000 + i, 25);
		pump_talk(u, &w, pump_mail, PUMP_TURNS);
		pump_close(u, &w);
	}
	pipeline_drain(u->p);
	assert_int_equal(pump_count(u, "\"type\":\"transaction\""), 100);
	assert_in_range(kernel.followed, 1, 64);
	assert_int_equal(kernel.left, 0);
}

static void
where_tls_was_expected_a_message_in_clear_is_followed_as_one(void **state)
{
	struct pump *u = *state;
	struct wire w;

	pump_open(u, &w, 40000, 25);
	pump_says(u, &w, DIS_SERVER, pump_mail[0]);
	pump_says(u, &w, DIS_CLIENT, pump_mail[1]);
	assert_int_equal(kernel.followed, 0);
	pump_says(u, &w, DIS_SERVER, "250-mail.corp.test\r\n250 STARTTLS\r\n");
	assert_int_equal(kernel.s.mode, TAP_RECORDS);
	for (size_t i = 3; i < 9; i++)
		pump_says(u, &w, i % 2 ? DIS_CLIENT : DIS_SERVER, pump_mail[i]);
	assert_int_equal(kernel.s.mode, TAP_BODY);
	pump_says(u, &w, DIS_CLIENT, "Subject: s\r\n\r\n");
	for (int i = 0; i < 6; i++) {
		pump_says(u, &w, DIS_CLIENT, thousand());
		u->now += 20000000;
	}
	assert_int_equal(kernel.order.kind, TAP_ORDER_TEXT);
	withhold(&w, 100);
	end(u, &w);
	assert_int_equal(pump_count(u, "\"octets\":106014"), 1);
	assert_int_equal(pump_count(u, "\"gaps\":0"), 2);
}

static void
who_hears_one_side_only_withholds_nothing(void **state)
{
	struct pump *u = *state;
	struct wire w = {{40000, 25}, {1000, 5000}};

	pump_says(u, &w, DIS_CLIENT, "EHLO c.test\r\n");
	pump_says(u, &w, DIS_CLIENT, "MAIL FROM:<x@shop.test>\r\n");
	pump_says(u, &w, DIS_CLIENT, "RCPT TO:<a@victim.test>\r\n");
	pump_says(u, &w, DIS_CLIENT, "DATA\r\n");
	for (int i = 0; i < 20; i++)
		pump_says(u, &w, DIS_CLIENT, thousand());
	assert_int_equal(kernel.followed, 0);
}

/* A bare segment of the client, behind what the server has acknowledged. */
static void
a_keep_alive_amid_what_is_withheld_makes_no_gap(void **state)
{
	struct pump *u = *state;
	struct wire w;

	begin(u, &w);
	withhold(&w, 2);
	pump_segment(u, &w, DIS_SERVER, "", 0, PACKET_TCP_ACK);
	withhold(&w, 2);
	kernel.s.from -= 2000;
	pump_segment(u, &w, DIS_SERVER, "", 0, PACKET_TCP_ACK);
	w.seq[DIS_CLIENT]--;
	pump_segment(u, &w, DIS_CLIENT, "", 0, PACKET_TCP_ACK);
	w.seq[DIS_CLIENT]++;
	end(u, &w);
	assert_int_equal(pump_count(u, "\"octets\":10014"), 1);
	assert_int_equal(pump_count(u, "\"gaps\":0"), 2);
}

/* What came first stands, though nobody looked at it. */
static void
octets_that_come_again_do_not_take_the_place_of_withheld_ones(void **state)
{
	struct pump *u = *state;
	struct wire w;

	begin(u, &w);
	withhold(&w, 2);
	/* From before it into its midst, with other content. */
	w.seq[DIS_CLIENT] -= 2010;
	pump_says(u, &w, DIS_CLIENT, "aaaaaaaa\r\n.\r\nMAIL FROM:<evil@shop.test>\r\n");
	w.seq[DIS_CLIENT] = kernel.s.to;
	end(u, &w);
	assert_int_equal(pump_count(u, "\"octets\":8014"), 1);
	assert_int_equal(pump_count(u, "evil"), 0);
	assert_int_equal(pump_count(u, "\"outcome\":\"accepted\""), 1);
}

/* The kernel goes on with the message, so the connection lives. */
static void
a_forged_reset_does_not_end_what_goes_on_unseen(void **state)
{
	struct pump *u = *state;
	struct wire w;

	begin(u, &w);
	pump_segment(u, &w, DIS_CLIENT, "", 0, PACKET_TCP_RST);
	for (int i = 0; i < 30; i++) {
		withhold(&w, 1);
		kernel.s.from -= 1000 * (uint32_t)i;
		u->now += UINT64_C(1000000000);
		pump_segment(u, &w, DIS_SERVER, "", 0, PACKET_TCP_ACK);
	}
	/* A SYN is believed where a connection is over. */
	w.seq[DIS_CLIENT] += 99999;
	pump_segment(u, &w, DIS_CLIENT, "", 0, PACKET_TCP_SYN);
	w.seq[DIS_CLIENT] = kernel.s.to;
	end(u, &w);
	assert_int_equal(pump_count(u, "\"type\":\"connection\""), 1);
	assert_int_equal(pump_count(u, "\"octets\":36014"), 1);
	assert_int_equal(pump_count(u, "\"outcome\":\"accepted\""), 1);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, shunt_setup, pump_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(octets_withheld_are_octets_of_the_message),
		WITH(the_next_order_begins_behind_what_was_skipped),
		WITH(a_hole_that_the_kernel_does_not_know_is_a_gap),
		WITH(a_reply_amid_what_is_withheld_finds_it_counted),
		WITH(a_kernel_that_refuses_is_not_asked_for_ever),
		WITH(a_keep_alive_amid_what_is_withheld_makes_no_gap),
		WITH(octets_that_come_again_do_not_take_the_place_of_withheld_ones),
		WITH(a_forged_reset_does_not_end_what_goes_on_unseen),
		WITH(where_tls_was_expected_a_message_in_clear_is_followed_as_one),
		WITH(who_hears_one_side_only_withholds_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
