/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The records of a conversation in TLS are the same whether the kernel withholds what
 * stands between the headers of its records or not: frame by frame through the program
 * itself (BPF_PROG_TEST_RUN), in order and out of it, with copies and with losses.
 */
#include "tests/bpf/direction.h"
#include "tests/bpf/shunted.h"
#include "tests/bpf/tls_by_dice.h"

static void
records_are_the_same_without_what_stands_between_headers(void **state)
{
	struct sums t;

	(void)state;
	run_shunted(make_tls_conversation, 40, 0, 0, 0, &t);
	printf("withheld: %.1f %% of the octets\n",
		100 * (double)t.withheld / (double)t.octets);
	assert_true(t.withheld > t.octets / 3);
	assert_true(t.cut > 100);
}

static void
records_are_the_same_when_segments_are_swapped_or_sent_again(void **state)
{
	struct sums t;

	(void)state;
	run_shunted(make_tls_conversation, 15, 30, 0, 0, &t);
	assert_true(t.withheld > t.octets / 8);
	run_shunted(make_tls_conversation, 15, 0, 30, 0, &t);
	assert_true(t.withheld > t.octets / 8);
	run_shunted(make_tls_conversation, 10, 40, 40, 0, &t);
}

static void
what_was_lost_is_told_as_lost_and_what_was_withheld_is_not(void **state)
{
	struct sums t;

	(void)state;
	/* Where a header was lost, nothing is known of what follows, and all passes. */
	run_shunted(make_tls_conversation, 30, 0, 0, 300, &t);
	assert_true(t.withheld > t.octets / 8);
}

/* --- one segment after the other --------------------------------------------------- */

static void
allow(struct direction *w, uint32_t anchor)
{
	direction_order(w, TAP_ORDER_RECORDS, DIRECTION_COOKIE, anchor);
}

/* Octets of the payload that pass; text stands in octets from at on. */
static uint32_t
passes(struct direction *w, size_t at, size_t len)
{
	uint32_t passed;

	frame_start(&frame, octets + at, len);
	frame_tcp(&frame, 40000, 25, w->seq, 1, ACK);
	frame_ipv4(&frame, 1, 2, 6);
	frame_ethernet(&frame, 0x0800);
	w->seq += (uint32_t)len;
	passed = kernel_run(capture_bpf_filter(w->b), frame_span(&frame));
	if (passed == 0)
		return 0;
	return passed == SNAP ? (uint32_t)len : passed - (uint32_t)(frame.len - len);
}

/* In octets: records of so many octets each, from used on. */
static void
make_records(size_t count, size_t len)
{
	used = 0;
	seed = 1;
	for (size_t i = 0; i < count; i++)
		put_record(len);
}

static void
what_stands_between_headers_does_not_pass(void **state)
{
	/* It wraps soon. */
	struct direction w = direction_new(TAP_RECORDS, 0u - 2000);
	struct tap_shunt s;

	(void)state;
	make_records(3, 4000);
	assert_int_equal(passes(&w, 0, 1000), 1000);
	allow(&w, 0u - 2000);
	assert_int_equal(passes(&w, 1000, 1400), 0);
	assert_int_equal(passes(&w, 2400, 1400), 0);
	/* The second header stands at 4005, the third at 8010. */
	assert_int_equal(passes(&w, 3800, 1400), 210);
	/* Again, whole or as it was, and what was withheld. */
	w.seq -= 1400;
	assert_int_equal(passes(&w, 3800, 1400), 210);
	w.seq -= 2800;
	assert_int_equal(passes(&w, 2400, 1400), 0);
	w.seq += 1400;
	assert_int_equal(passes(&w, 5200, 1405), 0);
	assert_int_equal(passes(&w, 6605, 1405), 0);
	assert_int_equal(passes(&w, 8010, 5), 5);
	assert_int_equal(passes(&w, 8015, 2000), 0);
	assert_int_equal(passes(&w, 10015, 2000), 0);
	s = direction_look(&w);
	assert_int_equal(s.anchor, 0u - 2000);
	assert_int_equal(s.header, 0u - 2000 + 3 * 4005);
	assert_int_equal(s.packets, 6);
	assert_int_equal(s.octets, 2 * 1400 + 2 * 1405 + 2 * 2000);
	assert_int_equal(s.spared, s.octets + 1400 - 210);
	assert_int_equal(s.copies, 1);
	capture_bpf_close(w.b);
}

static void
a_header_cut_over_segments_passes_in_all_its_parts(void **state)
{
	struct direction w = direction_new(TAP_RECORDS, 5000);

	(void)state;
	make_records(4, 1000);
	assert_int_equal(passes(&w, 0, 500), 500);
	allow(&w, 5000);
	/* The headers stand at 1005, 2010 and 3015. In two: */
	assert_int_equal(passes(&w, 500, 508), 508);
	assert_int_equal(passes(&w, 1008, 500), 2);
	/* In five, with the body around. */
	assert_int_equal(passes(&w, 1508, 502), 0);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(passes(&w, 2010 + i, 1), 1);
	assert_int_equal(passes(&w, 2015, 1000), 0);
	/* The last part is missing: all that follows passes. */
	assert_int_equal(passes(&w, 3015, 3), 3);
	w.seq += 2;
	assert_int_equal(passes(&w, 3020, 500), 500);
	assert_int_equal(direction_look(&w).state, TAP_BODY_NEW);
	assert_int_equal(passes(&w, 3520, 500), 500);
	capture_bpf_close(w.b);
}

static void
a_hole_lets_all_pass_until_it_is_accounted_for(void **state)
{
	struct direction w = direction_new(TAP_RECORDS, 5000);

	(void)state;
	make_records(2, 9000);
	assert_int_equal(passes(&w, 0, 1000), 1000);
	allow(&w, 5000);
	assert_int_equal(passes(&w, 1000, 1000), 0);
	w.seq += 1000;
	assert_int_equal(passes(&w, 3000, 1000), 1000);
	/* The hole is filled. */
	w.seq -= 2000;
	assert_int_equal(passes(&w, 2000, 1000), 1000);
	w.seq += 1000;
	assert_int_equal(passes(&w, 4000, 1000), 1000);
	allow(&w, 5000);
	assert_int_equal(passes(&w, 5000, 1000), 0);
	assert_int_equal(passes(&w, 6000, 3500), 3010);
	capture_bpf_close(w.b);
}

/* What looked like a header, of data in clear or inside a record. */
static void
an_anchor_that_the_sensor_does_not_confirm_counts_for_nothing(void **state)
{
	struct direction w = direction_new(TAP_RECORDS, 5000);

	(void)state;
	make_records(4, 1000);
	/* It began amid a record, whose octets look like one. */
	memcpy(octets + 300, (const uint8_t[]){22, 3, 1, 1, 0}, 5);
	w.seq += 300;
	assert_int_equal(passes(&w, 300, 200), 200);
	assert_int_equal(direction_look(&w).anchor, 5300);
	allow(&w, 5000);
	assert_int_equal(passes(&w, 500, 50), 50);
	/* Where it leads to stands no header: it was none. */
	assert_int_equal(passes(&w, 550, 455), 455);
	assert_int_equal(direction_look(&w).state, TAP_BODY_NEW);
	assert_int_equal(passes(&w, 1005, 500), 500);
	assert_int_equal(direction_look(&w).anchor, 6005);
	allow(&w, 5000);
	assert_int_equal(passes(&w, 1505, 100), 100);
	allow(&w, 6005);
	assert_int_equal(passes(&w, 1605, 100), 0);
	capture_bpf_close(w.b);
}

static void
more_records_than_are_looked_at_pass_and_another_anchor_is_found(void **state)
{
	struct direction w = direction_new(TAP_RECORDS, 5000);

	(void)state;
	make_records(300, 20);
	assert_int_equal(passes(&w, 0, 250), 250);
	allow(&w, 5000);
	/* Ten headers, the last of them at its end. */
	assert_int_equal(passes(&w, 250, 250 - 20), 250 - 20);
	assert_int_equal(passes(&w, 480, 20), 0);
	assert_int_equal(passes(&w, 500, 2500), 2500);
	assert_int_equal(direction_look(&w).state, TAP_BODY_NEW);
	assert_int_equal(passes(&w, 3000, 250), 250);
	assert_int_equal(direction_look(&w).anchor, 8000);
	allow(&w, 8000);
	assert_int_equal(passes(&w, 3250, 250), 230);
	capture_bpf_close(w.b);
}

static void
the_ends_of_a_connection_pass_whole(void **state)
{
	struct direction w = direction_new(TAP_RECORDS, 5000);

	(void)state;
	make_records(2, 1000);
	assert_int_equal(passes(&w, 0, 100), 100);
	allow(&w, 5000);
	assert_int_equal(passes(&w, 100, 100), 0);
	frame_start(&frame, octets + 200, 100);
	frame_tcp(&frame, 40000, 25, w.seq, 1, FIN | ACK);
	frame_ipv4(&frame, 1, 2, 6);
	frame_ethernet(&frame, 0x0800);
	assert_int_equal(kernel_run(capture_bpf_filter(w.b), frame_span(&frame)), SNAP);
	capture_bpf_close(w.b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_stands_between_headers_does_not_pass),
		cmocka_unit_test(a_header_cut_over_segments_passes_in_all_its_parts),
		cmocka_unit_test(a_hole_lets_all_pass_until_it_is_accounted_for),
		cmocka_unit_test(
			an_anchor_that_the_sensor_does_not_confirm_counts_for_nothing),
		cmocka_unit_test(
			more_records_than_are_looked_at_pass_and_another_anchor_is_found),
		cmocka_unit_test(the_ends_of_a_connection_pass_whole),
		cmocka_unit_test(
			records_are_the_same_without_what_stands_between_headers),
		cmocka_unit_test(
			records_are_the_same_when_segments_are_swapped_or_sent_again),
		cmocka_unit_test(
			what_was_lost_is_told_as_lost_and_what_was_withheld_is_not),
	};

	if (!kernel_permits("test_records_shunt"))
		return 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
