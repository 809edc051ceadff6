/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the filter makes of segments that lie, one after the other; test_records_hostile.c
 * has whole conversations.
 */
#include "tests/bpf/direction.h"
#include "tests/bpf/shunted.h"
#include "tests/bpf/tls_by_dice.h"

#define RST 0x04

/* --- one segment after the other --------------------------------------------------- */

static struct direction
begin(enum tap_mode mode)
{
	used = 0;
	seed = 1;
	return direction_new(mode, 5000);
}

static void
allow(struct direction *w, enum tap_order_kind kind, uint32_t until)
{
	direction_order(w, kind, DIRECTION_COOKIE, until);
}

/* So many octets of s pass; claimed are more than there are. */
static uint32_t
passes(struct direction *w, struct segment s, uint32_t claimed)
{
	uint32_t passed;

	s.seq = w->seq;
	w->seq += s.len + claimed;
	build(&s);
	claimed += s.len + 40;
	frame.at[16] = (uint8_t)(claimed >> 8);
	frame.at[17] = (uint8_t)claimed;
	passed = kernel_run(capture_bpf_filter(w->b), frame_span(&frame));
	if (passed == 0)
		return 0;
	return passed == SNAP ? s.len : passed - (uint32_t)(frame.len - s.len);
}

static struct segment
octets_at(uint32_t at, uint32_t len)
{
	return (struct segment){.at = at, .len = len, .flags = ACK};
}

static void
a_segment_that_fills_a_hole_and_goes_on_behind_it_passes(void **state)
{
	struct direction w = begin(TAP_RECORDS);

	(void)state;
	put_record(9000);
	assert_int_equal(passes(&w, octets_at(0, 1000), 0), 1000);
	allow(&w, TAP_ORDER_RECORDS, 5000);
	assert_int_equal(passes(&w, octets_at(1000, 1000), 0), 0);
	w.seq += 1000;
	assert_int_equal(passes(&w, octets_at(3000, 1000), 0), 1000);
	w.seq -= 2000;
	assert_int_equal(passes(&w, octets_at(2000, 2500), 0), 2500);
	assert_int_equal(direction_look(&w).spared, 1000);
	capture_bpf_close(w.b);
}

static void
octets_that_pass_again_end_it_until_they_are_read(void **state)
{
	struct direction w = begin(TAP_RECORDS);

	(void)state;
	put_record(9000);
	assert_int_equal(passes(&w, octets_at(0, 1000), 0), 1000);
	allow(&w, TAP_ORDER_RECORDS, 5000);
	assert_int_equal(passes(&w, octets_at(1000, 1000), 0), 0);
	w.seq -= 1100;
	assert_int_equal(passes(&w, octets_at(900, 500), 0), 500);
	w.seq += 600;
	assert_int_equal(passes(&w, octets_at(2000, 500), 0), 500);
	allow(&w, TAP_ORDER_RECORDS, 5000);
	assert_int_equal(passes(&w, octets_at(2500, 500), 0), 0);
	capture_bpf_close(w.b);
}

static void
of_a_segment_that_begins_in_what_was_withheld_nothing_is_cut_off(void **state)
{
	struct direction w = begin(TAP_RECORDS);

	(void)state;
	put_record(2000);
	put_record(2000);
	assert_int_equal(passes(&w, octets_at(0, 1000), 0), 1000);
	allow(&w, TAP_ORDER_RECORDS, 5000);
	assert_int_equal(passes(&w, octets_at(1000, 900), 0), 0);
	w.seq -= 400;
	assert_int_equal(passes(&w, octets_at(1500, 1500), 0), 1500);
	assert_int_equal(direction_look(&w).spared, 900);
	assert_int_equal(passes(&w, octets_at(3000, 300), 0), 300);
	capture_bpf_close(w.b);
}

static void
payload_that_the_sensor_does_not_read_moves_nothing(void **state)
{
	static const enum tap_mode modes[] = {TAP_RECORDS, TAP_BODY};
	static const struct segment lies[] = {
		{.flags = SYN, .len = 300},
		{.flags = SYN | ACK, .len = 300},
		{.flags = RST, .len = 300},
		{.flags = RST | ACK, .len = 300},
		{.flags = ACK, .len = 300, .words = 4},
		{.flags = ACK, .len = 300, .words = 1},
	};

	(void)state;
	for (size_t m = 0; m < 2; m++) {
		struct direction w = begin(modes[m]);
		struct tap_shunt before, after;

		put_record(295);
		put_record(9000);
		assert_int_equal(passes(&w, octets_at(0, 300), 0), 300);
		before = direction_look(&w);
		for (size_t i = 0; i < sizeof(lies) / sizeof(*lies); i++) {
			assert_int_equal(passes(&w, lies[i], 0), 300);
			w.seq -= 300;
			after = direction_look(&w);
			assert_memory_equal(&after, &before, sizeof(after));
		}
		capture_bpf_close(w.b);
	}
}

static void
octets_that_are_only_claimed_are_not_withheld(void **state)
{
	struct direction w = begin(TAP_RECORDS);

	(void)state;
	put_record(9000);
	assert_int_equal(passes(&w, octets_at(0, 1000), 0), 1000);
	allow(&w, TAP_ORDER_RECORDS, 5000);
	assert_int_equal(passes(&w, octets_at(1000, 20), 1400), 20);
	assert_int_equal(direction_look(&w).spared, 0);
	capture_bpf_close(w.b);
}

/* A segment the sensor ignored may have told us of another end than there was. */
static void
what_stands_before_a_segment_is_the_sensors_word(void **state)
{
	struct direction w = begin(TAP_BODY);

	(void)state;
	put("xxxxxxxx.\r\nQUIT\r\nxxxxxx");
	assert_int_equal(passes(&w, octets_at(0, 8), 0), 8);
	allow(&w, TAP_ORDER_TEXT, '\n' | '\r' << 8);
	assert_int_equal(passes(&w, octets_at(8, 15), 0), 15);
	allow(&w, TAP_ORDER_TEXT, 'x' | 'x' << 8);
	assert_int_equal(passes(&w, octets_at(8, 15), 0), 0);
	capture_bpf_close(w.b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_segment_that_fills_a_hole_and_goes_on_behind_it_passes),
		cmocka_unit_test(octets_that_pass_again_end_it_until_they_are_read),
		cmocka_unit_test(
			of_a_segment_that_begins_in_what_was_withheld_nothing_is_cut_off),
		cmocka_unit_test(payload_that_the_sensor_does_not_read_moves_nothing),
		cmocka_unit_test(octets_that_are_only_claimed_are_not_withheld),
		cmocka_unit_test(what_stands_before_a_segment_is_the_sensors_word),
	};

	if (!kernel_permits("test_filter_lies"))
		return 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
