/* SPDX-License-Identifier: Apache-2.0 */
#include "tcp_rig.h"

static void
octets_in_order_are_lent_from_the_packet(void **state)
{
	struct rig *r = new_rig();
	struct span text = SPAN_LITERAL("EHLO a\r\n");
	struct tcp_segment seg = {.seq = 7, .octets = 8, .payload = text};
	struct tcp_chunk c;

	(void)state;
	assert_int_equal(tcp_stream_feed(&r->s, &seg), TCP_FED_TAKEN);
	assert_false(tcp_stream_is_ahead(&r->s));
	assert_true(tcp_stream_next(&r->s, &c));
	assert_ptr_equal(c.data.at, text.at);
	tcp_stream_taken(&r->s, 8);
	assert_false(tcp_stream_next(&r->s, &c));
	assert_false(tcp_stream_wants_window(&r->s));
	test_free(r);
}

static void
each_chunk_has_the_moment_of_its_segment(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	rig_flags(r, 99, TCP_FLAG_SYN);
	rig_text(r, 102, "cd");
	r->appetite = 2;
	rig_text(r, 100, "ab");
	assert_int_equal(r->last_data, 3);
	r->appetite = UINT64_MAX;
	rig_settle(r);
	assert_int_equal(r->last_data, 2);
	EXPECT(r, "abcd");
	test_free(r);
}

static void
what_the_capture_cut_off_is_a_gap(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	rig_segment(r, 100, SPAN_LITERAL("abc"), 10, 0);
	rig_text(r, 110, "k");
	EXPECT(r, "abc[7]k");
	assert_int_equal(rig_count(r, TCP_COUNT_CUT), 7);
	/* Out of order: the hole in front stays open for its octets. */
	rig_segment(r, 112, SPAN_LITERAL("m"), 3, 0);
	EXPECT(r, "abc[7]k");
	rig_text(r, 111, "l");
	EXPECT(r, "abc[7]klm[2]");
	rig_segment(r, 115, SPAN_NONE, 5, 0);
	EXPECT(r, "abc[7]klm[2][5]");
	test_free(r);
}

static void
what_is_not_taken_is_offered_again_in_front(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	r->appetite = 3;
	rig_text(r, 100, "abcdef");
	EXPECT(r, "abc");
	assert_int_equal(r->lent, 1);
	rig_text(r, 106, "gh");
	rig_text(r, 110, "kl");
	rig_text(r, 108, "ij");
	EXPECT(r, "abc");
	for (unsigned i = 0; i < 9; i++) {
		r->appetite = 1;
		rig_settle(r);
	}
	EXPECT(r, "abcdefghijkl");
	assert_null(r->s.window);
	assert_int_equal(r->lent, 1);
	test_free(r);
}

static void
a_consumer_that_never_takes_loses_only_what_has_no_room(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	r->room = 10;
	r->appetite = 0;
	rig_text(r, 100, "abcdef");
	rig_text(r, 106, "ghijkl");
	rig_text(r, 112, "mnop");
	rig_text(r, 116, "qr");
	r->appetite = UINT64_MAX;
	rig_settle(r);
	EXPECT(r, "abcdefghij[8]");
	rig_text(r, 118, "st");
	EXPECT(r, "abcdefghij[8]st");
	assert_int_equal(rig_count(r, TCP_COUNT_DROPPED), 8);
	test_free(r);
}

static void
a_full_window_gives_up_the_hole_in_front(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	r->room = 10;
	rig_flags(r, 99, TCP_FLAG_SYN);
	rig_text(r, 103, "defg");
	rig_text(r, 107, "hij");
	EXPECT(r, "");
	rig_text(r, 110, "k");
	EXPECT(r, "[3]defghijk");
	/* Two holes, and a segment that needs both given up. */
	rig_text(r, 113, "n");
	rig_text(r, 116, "q");
	rig_text(r, 130, "z");
	EXPECT(r, "[3]defghijk[2]n[2]q[13]z");
	test_free(r);
}

static void
without_a_window_the_stream_goes_on(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	r->room = 0;
	rig_flags(r, 99, TCP_FLAG_SYN);
	rig_text(r, 102, "cd");
	rig_text(r, 100, "ab");
	rig_text(r, 104, "ef");
	EXPECT(r, "[2]cdef");
	r->appetite = 1;
	rig_text(r, 106, "ghi");
	r->appetite = UINT64_MAX;
	rig_text(r, 109, "j");
	EXPECT(r, "[2]cdefg[2]j");
	assert_int_equal(rig_count(r, TCP_COUNT_DROPPED), 2);
	test_free(r);
}

static void
more_pieces_than_ranges_give_up_the_first_hole(void **state)
{
	struct rig *r = new_rig();
	char want[256] = "";

	(void)state;
	rig_flags(r, 99, TCP_FLAG_SYN);
	for (uint32_t i = 0; i < TCP_RANGES_MAX; i++)
		rig_text(r, 101 + 2 * i, "x");
	EXPECT(r, "");
	rig_text(r, 101 + 2 * TCP_RANGES_MAX, "y");
	EXPECT(r, "[1]x");
	rig_finish(r);
	for (uint32_t i = 0; i < TCP_RANGES_MAX; i++)
		strcat(want, "[1]x");
	strcat(want, "[1]y|open");
	EXPECT(r, want);
	test_free(r);
}

static void
neighbours_share_a_range_when_there_are_no_more(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	r->appetite = 0;
	for (uint32_t i = 0; i < 4 * TCP_RANGES_MAX; i++)
		rig_text(r, 100 + i, "x");
	assert_int_equal(rig_count(r, TCP_COUNT_DROPPED), 0);
	r->appetite = UINT64_MAX;
	rig_settle(r);
	assert_int_equal(r->used, 4 * TCP_RANGES_MAX);
	test_free(r);
}

static void
the_end_tells_every_hole(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	rig_flags(r, 99, TCP_FLAG_SYN);
	rig_text(r, 102, "c");
	rig_segment(r, 105, SPAN_LITERAL("f"), 1, TCP_FLAG_FIN);
	EXPECT(r, "");
	rig_finish(r);
	EXPECT(r, "[2]c[2]f|fin");
	assert_null(r->s.window);
	test_free(r);
}

static void
octets_lost_before_the_fin_are_a_gap(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	rig_text(r, 100, "ab");
	rig_flags(r, 105, TCP_FLAG_FIN);
	rig_acked(r, 106);
	rig_flags(r, 106, TCP_FLAG_ACK);
	EXPECT(r, "ab[3]|fin");
	test_free(r);
}

static void
nothing_counts_after_the_fin(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	rig_segment(r, 100, SPAN_LITERAL("ab"), 2, TCP_FLAG_FIN);
	rig_text(r, 102, "evil");
	rig_text(r, 100, "ab");
	rig_segment(r, 100, SPAN_LITERAL("ab"), 2, TCP_FLAG_FIN);
	EXPECT(r, "ab|fin");
	assert_int_equal(rig_count(r, TCP_COUNT_AFTER_FIN), 4);
	/* Ahead of the FIN's own octets, too. */
	rig_init(r);
	rig_flags(r, 99, TCP_FLAG_SYN);
	rig_segment(r, 102, SPAN_LITERAL("c"), 1, TCP_FLAG_FIN);
	rig_text(r, 100, "abcde");
	EXPECT(r, "abc|fin");
	test_free(r);
}

static void
a_reset_is_told_at_the_end(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	rig_text(r, 100, "ab");
	assert_int_equal(rig_flags(r, 102, TCP_FLAG_RST), TCP_FED_TAKEN);
	assert_true(r->s.reset);
	EXPECT(r, "ab");
	rig_finish(r);
	EXPECT(r, "ab|rst");
	test_free(r);
}

static void
a_packet_that_was_not_kept_is_lost_and_not_touched(void **state)
{
	struct rig *r = new_rig();
	struct guarded g = guarded_new("abcd", 4);
	struct tcp_segment seg = {.seq = 100, .octets = 4, .payload = guarded_span(&g)};

	(void)state;
	tcp_stream_feed(&r->s, &seg);
	guarded_free(&g);
	rig_text(r, 104, "e");
	EXPECT(r, "[4]e");
	test_free(r);
}

static void
what_was_withheld_is_no_gap(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	rig_text(r, 100, "abc");
	/* Behind what is told: it waits for its place. */
	assert_int_equal(tcp_stream_withhold(&r->s, 105, 110), 5);
	rig_pull(r);
	EXPECT(r, "abc");
	rig_text(r, 103, "de");
	EXPECT(r, "abcde(5)");
	/* Told once, and octets that come for it later are old. */
	assert_int_equal(tcp_stream_withhold(&r->s, 105, 110), 0);
	rig_text(r, 107, "hij");
	rig_text(r, 110, "k");
	EXPECT(r, "abcde(5)k");
	assert_int_equal(rig_count(r, TCP_COUNT_GAPS), 0);
	test_free(r);
}

static void
what_is_neither_withheld_nor_there_is_a_gap(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	rig_text(r, 100, "abc");
	assert_int_equal(tcp_stream_hole(&r->s, 104), 1);
	assert_int_equal(tcp_stream_hole(&r->s, 103), 0);
	assert_int_equal(tcp_stream_hole(&r->s, 90), 0);
	/* 3 octets lost, 4 withheld, 3 lost; the last of it is there. */
	assert_int_equal(tcp_stream_withhold(&r->s, 106, 110), 4);
	rig_text(r, 113, "n");
	rig_acked(r, 114);
	rig_finish(r);
	EXPECT(r, "abc[3](4)[3]n|open");
	test_free(r);
}

static void
octets_ahead_inside_what_was_withheld_are_not_told_twice(void **state)
{
	struct rig *r = new_rig();
	uint32_t seq;

	(void)state;
	rig_text(r, 100, "abc");
	rig_text(r, 105, "fg");
	assert_false(tcp_stream_is_dry(&r->s, &seq));
	assert_int_equal(tcp_stream_withhold(&r->s, 103, 110), 7);
	rig_text(r, 110, "k");
	EXPECT(r, "abc(7)k");
	assert_true(tcp_stream_is_dry(&r->s, &seq));
	assert_int_equal(seq, 111);
	test_free(r);
}

static void
holes_of_as_many_octets_as_are_spare_are_no_gaps(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	rig_text(r, 100, "abc");
	/* Two holes, of five and two octets. */
	tcp_stream_spare(&r->s, 7, 111);
	assert_true(tcp_stream_settle(&r->s, 108));
	rig_text(r, 108, "i");
	assert_true(tcp_stream_settle(&r->s, 111));
	rig_text(r, 111, "l");
	EXPECT(r, "abc(5)i(2)l");
	assert_int_equal(rig_count(r, TCP_COUNT_GAPS), 0);
	/* No more are: the next one may be late, or lost. */
	assert_false(tcp_stream_settle(&r->s, 113));
	rig_text(r, 113, "n");
	EXPECT(r, "abc(5)i(2)l");
	rig_text(r, 112, "m");
	EXPECT(r, "abc(5)i(2)lmn");
	test_free(r);
}

static void
of_a_hole_that_is_larger_the_rest_is_a_gap(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	rig_text(r, 100, "abc");
	tcp_stream_spare(&r->s, 4, 109);
	assert_false(tcp_stream_settle(&r->s, 109));
	rig_text(r, 109, "j");
	rig_finish(r);
	EXPECT(r, "abc(4)[2]j|open");
	assert_int_equal(rig_count(r, TCP_COUNT_GAP_OCTETS), 2);
	test_free(r);
}

static void
what_was_cut_off_on_purpose_is_spare_and_not_cut(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	rig_flags(r, 99, TCP_FLAG_SYN);
	tcp_stream_spare(&r->s, 6, 110);
	rig_segment(r, 100, SPAN_LITERAL("abcd"), 10, TCP_FLAG_ACK);
	rig_text(r, 110, "k");
	EXPECT(r, "abcd(6)k");
	assert_int_equal(rig_count(r, TCP_COUNT_CUT), 0);
	rig_segment(r, 111, SPAN_LITERAL("abcd"), 10, TCP_FLAG_ACK);
	EXPECT(r, "abcd(6)kabcd[6]");
	assert_int_equal(rig_count(r, TCP_COUNT_CUT), 6);
	test_free(r);
}

static void
what_is_spare_and_acknowledged_is_told_before_more_comes(void **state)
{
	struct rig *r = new_rig();
	uint32_t seq;

	(void)state;
	rig_text(r, 100, "abc");
	tcp_stream_spare(&r->s, 5, 108);
	assert_true(tcp_stream_settle(&r->s, 108));
	rig_acked(r, 108);
	EXPECT(r, "abc(5)");
	assert_true(tcp_stream_is_dry(&r->s, &seq));
	assert_int_equal(seq, 108);
	test_free(r);
}

static void
what_was_there_after_all_excuses_no_other_hole(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	rig_text(r, 100, "abc");
	tcp_stream_spare(&r->s, 5, 108);
	/* Sent again, it passed. */
	rig_text(r, 103, "defg");
	assert_int_equal(r->s.spare, 5);
	rig_text(r, 107, "h");
	assert_int_equal(r->s.spare, 0);
	assert_false(tcp_stream_settle(&r->s, 110));
	rig_text(r, 110, "k");
	/* Word of it that comes late: it was told as a gap. */
	rig_finish(r);
	EXPECT(r, "abcdefgh[2]k|open");
	assert_int_equal(rig_count(r, TCP_COUNT_GAP_OCTETS), 2);
	tcp_stream_spare(&r->s, 2, 110);
	assert_int_equal(r->s.spare, 0);
	test_free(r);
}

static void
who_goes_on_unseen_was_not_reset(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	rig_text(r, 100, "abc");
	rig_flags(r, 103, TCP_FLAG_RST);
	assert_true(r->s.reset);
	assert_int_equal(tcp_stream_withhold(&r->s, 103, 110), 7);
	assert_false(r->s.reset);
	rig_text(r, 110, "k");
	rig_flags(r, 111, TCP_FLAG_RST);
	/* Nothing new. */
	assert_int_equal(tcp_stream_withhold(&r->s, 103, 110), 0);
	assert_true(r->s.reset);
	tcp_stream_spare(&r->s, 4, 115);
	assert_false(r->s.reset);
	test_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_withheld_is_no_gap),
		cmocka_unit_test(what_is_neither_withheld_nor_there_is_a_gap),
		cmocka_unit_test(
			octets_ahead_inside_what_was_withheld_are_not_told_twice),
		cmocka_unit_test(holes_of_as_many_octets_as_are_spare_are_no_gaps),
		cmocka_unit_test(of_a_hole_that_is_larger_the_rest_is_a_gap),
		cmocka_unit_test(what_was_cut_off_on_purpose_is_spare_and_not_cut),
		cmocka_unit_test(
			what_is_spare_and_acknowledged_is_told_before_more_comes),
		cmocka_unit_test(what_was_there_after_all_excuses_no_other_hole),
		cmocka_unit_test(who_goes_on_unseen_was_not_reset),
		cmocka_unit_test(octets_in_order_are_lent_from_the_packet),
		cmocka_unit_test(each_chunk_has_the_moment_of_its_segment),
		cmocka_unit_test(what_the_capture_cut_off_is_a_gap),
		cmocka_unit_test(what_is_not_taken_is_offered_again_in_front),
		cmocka_unit_test(a_consumer_that_never_takes_loses_only_what_has_no_room),
		cmocka_unit_test(a_full_window_gives_up_the_hole_in_front),
		cmocka_unit_test(without_a_window_the_stream_goes_on),
		cmocka_unit_test(more_pieces_than_ranges_give_up_the_first_hole),
		cmocka_unit_test(neighbours_share_a_range_when_there_are_no_more),
		cmocka_unit_test(the_end_tells_every_hole),
		cmocka_unit_test(octets_lost_before_the_fin_are_a_gap),
		cmocka_unit_test(nothing_counts_after_the_fin),
		cmocka_unit_test(a_reset_is_told_at_the_end),
		cmocka_unit_test(a_packet_that_was_not_kept_is_lost_and_not_touched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
