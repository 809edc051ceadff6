/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The records of a conversation are the same whether the kernel withholds the middle of
 * its messages or not: frame by frame through the program itself (BPF_PROG_TEST_RUN),
 * read as late as from a ring, in order and out of it, with copies and with losses.
 */
#include "tests/bpf/direction.h"
#include "tests/bpf/shunted.h"

static void
records_are_the_same_without_the_middle_of_messages(void **state)
{
	struct sums t;

	(void)state;
	run_shunted(make_conversation, 40, 0, 0, 0, &t);
	printf("withheld: %.1f %% of the octets\n",
		100 * (double)t.withheld / (double)t.octets);
	/* It happens, and what must be seen is in some. */
	assert_true(t.withheld > t.octets / 4);
	assert_true(t.alike > 2);
}

static void
records_are_the_same_when_segments_are_swapped_or_sent_again(void **state)
{
	struct sums t;

	(void)state;
	run_shunted(make_conversation, 15, 30, 0, 0, &t);
	assert_true(t.withheld > t.octets / 8);
	run_shunted(make_conversation, 15, 0, 30, 0, &t);
	assert_true(t.withheld > t.octets / 8);
	run_shunted(make_conversation, 10, 40, 40, 0, &t);
}

static void
what_was_lost_is_told_as_lost_and_what_was_withheld_is_not(void **state)
{
	struct sums t;

	(void)state;
	run_shunted(make_conversation, 20, 0, 0, 60, &t);
	assert_true(t.withheld > t.octets / 8);
}

/* --- one segment after the other --------------------------------------------------- */

static bool
passes(struct direction *w, const uint8_t *text, size_t len)
{
	frame_start(&frame, text, len);
	frame_tcp(&frame, 40000, 25, w->seq, 1, ACK);
	frame_ipv4(&frame, 1, 2, 6);
	frame_ethernet(&frame, 0x0800);
	w->seq += (uint32_t)len;
	return kernel_run(capture_bpf_filter(w->b), frame_span(&frame)) != 0;
}

static void
a_dot_behind_a_line_end_passes_wherever_it_stands(void **state)
{
	static const uint8_t leads[] = {'\r', '\n', '\0'};
	static uint8_t text[1448], clean[1448];
	struct direction w = direction_new(TAP_BODY, 0u - 50000);

	(void)state;
	memset(text, 'x', sizeof(text));
	memset(clean, 'x', sizeof(clean));
	assert_true(passes(&w, clean, sizeof(clean)));
	for (size_t i = 0; i < 3 * 800; i++) {
		size_t at = i / 3;

		/* A dot alone, and a line end alone, are nothing. */
		clean[at] = '.';
		clean[(at + 700) % 1447] = leads[i % 3];
		if (at == 0)
			clean[1447] = leads[i % 3];
		direction_order(&w, TAP_ORDER_TEXT, 7, 0x787878);
		if (passes(&w, clean, sizeof(clean)))
			fail_msg("passed without need: %zu", i);
		text[at] = '.';
		if (at)
			text[at - 1] = leads[i % 3];
		if (!passes(&w, text, at + 1 + (i % 2 ? 0 : 600)))
			fail_msg("withheld: %zu", i);
		memset(text, 'x', sizeof(text));
		memset(clean, 'x', sizeof(clean));
		/* And so does all behind it, until the sensor has read it. */
		assert_true(passes(&w, clean, 200));
	}
	capture_bpf_close(w.b);
}

static void
nothing_is_withheld_without_an_order_that_fits(void **state)
{
	static uint8_t clean[1000];
	struct direction w = direction_new(TAP_BODY, 0u - 50000);
	struct tap_shunt s;
	uint32_t from;

	(void)state;
	memset(clean, 'x', sizeof(clean));
	/* The first one tells where the direction is. */
	direction_order(&w, TAP_ORDER_TEXT, 7, 0x787878);
	assert_true(passes(&w, clean, 1000));
	assert_true(passes(&w, clean, 1000));
	direction_order(&w, TAP_ORDER_TEXT, 6, 0x787878);
	assert_true(passes(&w, clean, 1000));
	direction_order(&w, TAP_ORDER_TEXT, 7, 0x787878);
	from = w.seq;
	assert_false(passes(&w, clean, 1000));
	assert_false(passes(&w, clean, 1));
	/* Again the last of them: neither passed nor counted. */
	w.seq--;
	assert_false(passes(&w, clean, 1));
	assert_true(capture_bpf_look(w.b, &w.d, &s));
	assert_int_equal(s.packets, 2);
	assert_int_equal(s.octets, 1001);
	assert_int_equal(s.copies, 1);
	assert_int_equal(s.from, from);
	assert_int_equal(s.to, w.seq);
	assert_int_equal(s.before, 0x787878);
	/* A hole: what is behind it is no longer what was looked at. */
	w.seq += 10;
	assert_true(passes(&w, clean, 1000));
	assert_true(passes(&w, clean, 1000));
	assert_true(capture_bpf_look(w.b, &w.d, &s));
	assert_int_equal(s.to, w.seq - 2010);
	capture_bpf_leave(w.b, &w.d);
	assert_false(capture_bpf_look(w.b, &w.d, &s));
	capture_bpf_close(w.b);
}

static void
as_many_connections_are_followed_as_were_asked_for(void **state)
{
	struct capture_bpf_options o = kernel_options();
	struct capture_direction d = {.src = ip_addr_v4((const uint8_t[]){192, 0, 2, 1}),
		.dst = ip_addr_v4((const uint8_t[]){198, 51, 100, 2}),
		.dst_port = 25};
	struct capture_bpf *b;
	unsigned followed = 0;

	(void)state;
	o.shunt = true;
	o.connections = 1000;
	b = kernel_load(&o);
	for (d.src_port = 1; d.src_port <= 1500; d.src_port++)
		followed += capture_bpf_follow(b, &d, TAP_BODY, d.src_port);
	assert_int_equal(followed, 1000);
	/* One that is left makes room for another. */
	d.src_port = 500;
	capture_bpf_leave(b, &d);
	d.src_port = 2000;
	assert_true(capture_bpf_follow(b, &d, TAP_RECORDS, 1));
	capture_bpf_close(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dot_behind_a_line_end_passes_wherever_it_stands),
		cmocka_unit_test(nothing_is_withheld_without_an_order_that_fits),
		cmocka_unit_test(as_many_connections_are_followed_as_were_asked_for),
		cmocka_unit_test(records_are_the_same_without_the_middle_of_messages),
		cmocka_unit_test(
			records_are_the_same_when_segments_are_swapped_or_sent_again),
		cmocka_unit_test(
			what_was_lost_is_told_as_lost_and_what_was_withheld_is_not),
	};

	if (!kernel_permits("test_body_shunt"))
		return 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
