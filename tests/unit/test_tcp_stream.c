/* SPDX-License-Identifier: Apache-2.0 */
#include "tcp_rig.h"

static void
a_whole_connection_is_told_to_its_fin(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	rig_flags(r, 99, TCP_FLAG_SYN);
	rig_text(r, 100, "ab");
	rig_text(r, 102, "cd");
	rig_flags(r, 104, TCP_FLAG_FIN | TCP_FLAG_ACK);
	EXPECT(r, "abcd|fin");
	assert_false(tcp_stream_is_closed(&r->s));
	rig_acked(r, 105);
	assert_true(tcp_stream_is_closed(&r->s));
	rig_finish(r);
	EXPECT(r, "abcd|fin");
	test_free(r);
}

static void
permute(unsigned n, unsigned *order, unsigned *count)
{
	static const char *const part[5] = {"a", "bc", "def", "ghij", "k"};
	static const uint32_t seq[5] = {0, 1, 3, 6, 10};
	struct rig *r;

	if (n == 5) {
		r = new_rig();
		/* Across the wrap of sequence numbers. */
		rig_flags(r, UINT32_MAX - 4, TCP_FLAG_SYN);
		for (unsigned i = 0; i < 5; i++)
			rig_text(r, UINT32_MAX - 3 + seq[order[i]], part[order[i]]);
		EXPECT(r, "abcdefghijk");
		assert_null(r->s.window);
		test_free(r);
		(*count)++;
		return;
	}
	for (unsigned i = n; i < 5; i++) {
		unsigned was = order[n];

		order[n] = order[i];
		order[i] = was;
		permute(n + 1, order, count);
		order[i] = order[n];
		order[n] = was;
	}
}

static void
every_order_of_five_segments_gives_the_same(void **state)
{
	unsigned order[5] = {0, 1, 2, 3, 4}, count = 0;

	(void)state;
	permute(0, order, &count);
	assert_int_equal(count, 120);
}

/* "abcdefgh" at 100, of which have stands in the stream; then a copy from..to of it. */
static void
check_overlap(uint32_t have_from, uint32_t have_to, uint32_t from, uint32_t to, bool lie)
{
	struct rig *r = new_rig();
	const char *good = "abcdefgh", *bad = "ABCDEFGH", *copy = lie ? bad : good;
	uint32_t a = from > have_from ? from : have_from, b = to < have_to ? to : have_to;
	char want[64] = "";

	rig_flags(r, 99, TCP_FLAG_SYN);
	rig_segment(r, 100 + have_from, span_of(good + have_from, have_to - have_from),
		have_to - have_from, 0);
	rig_segment(r, 100 + from, span_of(copy + from, to - from), to - from, 0);
	rig_segment(r, 100, span_of(good, 8), 8, 0);
	for (uint32_t i = 0; i < 8; i++) {
		bool first = i >= have_from && i < have_to;
		bool second = i >= from && i < to;

		want[i] = !first && second ? copy[i] : good[i];
	}
	/* One octet before the end of what is known is a keep-alive, and no content. */
	if (to - from == 1 && to == have_to)
		memcpy(want, good, 8);
	char got[64] = "";
	size_t n = 0;
	uint64_t conflicts = 0;
	for (const char *t = r->text; *t; t++) {
		if (*t == '!')
			conflicts += strtoull(t + 1, (char **)&t, 10), t--;
		else
			got[n++] = *t;
	}
	assert_string_equal(got, want);
	if (!lie)
		assert_int_equal(conflicts, 0);
	else if (a < b && !(to - from == 1 && to == have_to))
		assert_true(conflicts >= b - a);
	test_free(r);
}

static void
overlaps_of_every_shape_keep_what_came_first(void **state)
{
	(void)state;
	for (uint32_t a = 0; a < 8; a++)
		for (uint32_t b = a + 1; b <= 8; b++)
			for (uint32_t c = 0; c < 8; c++)
				for (uint32_t d = c + 1; d <= 8; d++) {
					check_overlap(a, b, c, d, false);
					check_overlap(a, b, c, d, true);
				}
}

static void
another_content_is_told_with_its_size(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	rig_text(r, 100, "RCPT TO:<a@b>");
	rig_text(r, 100, "RCPT TO:<c@d>");
	EXPECT(r, "RCPT TO:<a@b>!2");
	assert_int_equal(rig_count(r, TCP_COUNT_CONFLICTS), 1);
	assert_int_equal(rig_count(r, TCP_COUNT_CONFLICT_OCTETS), 2);
	assert_int_equal(rig_count(r, TCP_COUNT_RETRANSMITTED), 13);
	test_free(r);
}

static void
content_older_than_the_history_is_not_compared(void **state)
{
	struct rig *r = new_rig();
	char line[TCP_HISTORY];

	(void)state;
	memset(line, 'x', sizeof(line));
	rig_text(r, 100, "ab");
	rig_segment(r, 102, span_of(line, sizeof(line) - 1), sizeof(line) - 1, 0);
	rig_text(r, 100, "AB");
	/* Only the b is remembered still. */
	assert_int_equal(rig_count(r, TCP_COUNT_CONFLICT_OCTETS), 1);
	test_free(r);
}

static void
an_ack_alone_makes_no_gap(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	rig_flags(r, 99, TCP_FLAG_SYN);
	rig_acked(r, 104);
	rig_text(r, 100, "ab");
	rig_text(r, 102, "cd");
	EXPECT(r, "abcd");
	test_free(r);
}

static void
an_ack_and_a_later_segment_make_a_gap(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	rig_flags(r, 99, TCP_FLAG_SYN);
	rig_text(r, 103, "de");
	rig_acked(r, 105);
	EXPECT(r, "");
	rig_text(r, 105, "f");
	EXPECT(r, "[3]def");
	assert_null(r->s.window);
	/* Too late. */
	rig_text(r, 100, "abc");
	EXPECT(r, "[3]def");
	test_free(r);
}

static void
a_bare_ack_of_the_sender_shows_that_it_went_on(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	rig_text(r, 100, "ab");
	rig_acked(r, 150);
	rig_flags(r, 150, TCP_FLAG_ACK);
	EXPECT(r, "ab[48]");
	rig_text(r, 150, "c");
	EXPECT(r, "ab[48]c");
	test_free(r);
}

static void
an_ack_inside_a_hole_gives_up_only_what_it_covers(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	rig_flags(r, 99, TCP_FLAG_SYN);
	rig_text(r, 106, "gh");
	rig_acked(r, 102);
	rig_text(r, 108, "ij");
	EXPECT(r, "[2]");
	rig_text(r, 102, "cdef");
	EXPECT(r, "[2]cdefghij");
	test_free(r);
}

static void
an_old_ack_makes_a_gap_by_itself(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	rig_text(r, 100, "ab");
	rig_acked(r, 110);
	r->ns += TCP_ACK_GRACE_NS - 1;
	rig_acked(r, 110);
	EXPECT(r, "ab");
	r->ns += 1;
	rig_acked(r, 110);
	EXPECT(r, "ab[8]");
	test_free(r);
}

static void
time_running_backwards_makes_no_gap(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	rig_text(r, 100, "ab");
	rig_acked(r, 110);
	r->ns = 0;
	rig_acked(r, 110);
	EXPECT(r, "ab");
	test_free(r);
}

static void
the_ack_of_a_fin_never_seen_is_no_gap(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	rig_text(r, 100, "ab");
	rig_acked(r, 103);
	rig_flags(r, 103, TCP_FLAG_ACK);
	rig_finish(r);
	EXPECT(r, "ab|open");
	test_free(r);
}

static void
keepalives_are_ignored(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	rig_flags(r, 99, TCP_FLAG_SYN);
	assert_int_equal(rig_flags(r, 99, TCP_FLAG_ACK), TCP_FED_IGNORED);
	rig_text(r, 100, "ab");
	assert_int_equal(rig_text(r, 101, "\1"), TCP_FED_IGNORED);
	assert_int_equal(rig_flags(r, 101, TCP_FLAG_ACK), TCP_FED_IGNORED);
	rig_text(r, 102, "c");
	EXPECT(r, "abc");
	assert_int_equal(rig_count(r, TCP_COUNT_KEEPALIVES), 3);
	assert_int_equal(rig_count(r, TCP_COUNT_CONFLICTS), 0);
	test_free(r);
}

static void
a_stream_may_begin_at_a_keepalive(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	rig_flags(r, 99, TCP_FLAG_ACK);
	rig_text(r, 100, "ab");
	EXPECT(r, "ab");
	test_free(r);
}

static void
a_window_probe_is_the_octet_it_carries(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	rig_text(r, 100, "ab");
	rig_text(r, 102, "c");
	rig_text(r, 102, "cde");
	EXPECT(r, "abcde");
	test_free(r);
}

static void
a_syn_may_carry_data(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	rig_segment(r, 99, SPAN_LITERAL("ab"), 2, TCP_FLAG_SYN);
	/* RFC 7413 4.2.2: the server did not take them; they come again. */
	rig_text(r, 100, "abcd");
	EXPECT(r, "abcd");
	assert_int_equal(rig_count(r, TCP_COUNT_CONFLICTS), 0);
	test_free(r);
}

static void
a_second_syn_is_of_this_connection_only_with_its_isn(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	rig_flags(r, 99, TCP_FLAG_SYN);
	assert_int_equal(rig_flags(r, 99, TCP_FLAG_SYN), TCP_FED_TAKEN);
	rig_text(r, 100, "ab");
	assert_int_equal(rig_flags(r, 99, TCP_FLAG_SYN), TCP_FED_TAKEN);
	assert_true(tcp_stream_knows_isn(&r->s, 99));
	assert_int_equal(rig_flags(r, 5000, TCP_FLAG_SYN), TCP_FED_OTHER);
	assert_false(tcp_stream_knows_isn(&r->s, 5000));
	rig_text(r, 102, "cd");
	EXPECT(r, "abcd");
	test_free(r);
}

static void
a_segment_far_ahead_must_be_confirmed(void **state)
{
	struct rig *r = new_rig();
	uint32_t far = 100 + TCP_REACH + 1000;

	(void)state;
	rig_text(r, 100, "ab");
	assert_int_equal(rig_text(r, far, "evil"), TCP_FED_IGNORED);
	rig_text(r, 102, "cd");
	EXPECT(r, "abcd");
	/* The next one follows on it: the sensor was blind meanwhile. */
	assert_int_equal(rig_text(r, far + 4, "ef"), TCP_FED_TAKEN);
	assert_int_equal(rig_count(r, TCP_COUNT_RESYNCS), 1);
	assert_int_equal(rig_count(r, TCP_COUNT_OUTSIDE), 1);
	assert_int_equal(r->told, far + 4 - 100 + 2);
	test_free(r);
}

static void
a_segment_far_ahead_is_believed_with_the_peers_ack(void **state)
{
	struct rig *r = new_rig();
	uint32_t far = 100 + TCP_REACH + 1000;

	(void)state;
	rig_text(r, 100, "ab");
	rig_acked(r, far);
	assert_int_equal(rig_text(r, far, "cd"), TCP_FED_TAKEN);
	EXPECT(r, "ab[4195302]cd");
	test_free(r);
}

static void
a_segment_long_past_is_ignored(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	rig_text(r, 0x80000000u, "ab");
	assert_int_equal(rig_text(r, 0x80000000u - 2 * TCP_REACH, "x"), TCP_FED_IGNORED);
	assert_int_equal(rig_text(r, 0x80000000u - 1, "ab"), TCP_FED_TAKEN);
	rig_text(r, 0x80000002u, "c");
	EXPECT(r, "ab!1c");
	test_free(r);
}

static void
a_reset_outside_the_window_is_not_believed(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	rig_text(r, 100, "ab");
	assert_int_equal(rig_flags(r, 101, TCP_FLAG_RST), TCP_FED_IGNORED);
	assert_int_equal(
		rig_flags(r, 103 + TCP_RST_REACH, TCP_FLAG_RST), TCP_FED_IGNORED);
	assert_false(r->s.reset);
	rig_finish(r);
	EXPECT(r, "ab|open");
	assert_int_equal(rig_count(r, TCP_COUNT_RESETS_OUTSIDE), 2);
	test_free(r);
}

static void
a_reset_that_octets_follow_was_forged(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	rig_text(r, 100, "ab");
	rig_flags(r, 102, TCP_FLAG_RST);
	rig_text(r, 102, "cd");
	rig_finish(r);
	EXPECT(r, "abcd|open");
	test_free(r);
}

static void
a_syn_ack_tells_where_a_stream_without_syn_begins(void **state)
{
	struct rig *r = new_rig();

	(void)state;
	tcp_stream_expect(&r->s, 100);
	rig_text(r, 102, "cd");
	rig_text(r, 100, "ab");
	EXPECT(r, "abcd");
	test_free(r);
}

static void
counters_are_named_and_merged(void **state)
{
	struct tcp_counters a = {{0}}, b = {{0}};

	(void)state;
	for (unsigned i = 0; i < TCP_COUNT_COUNT; i++) {
		assert_non_null(tcp_counters_name_of(i));
		a.n[i] = i;
		b.n[i] = 100;
	}
	tcp_counters_merge(&a, &b);
	assert_int_equal(a.n[TCP_COUNT_OTHER_SYN], TCP_COUNT_OTHER_SYN + 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_connection_is_told_to_its_fin),
		cmocka_unit_test(every_order_of_five_segments_gives_the_same),
		cmocka_unit_test(overlaps_of_every_shape_keep_what_came_first),
		cmocka_unit_test(another_content_is_told_with_its_size),
		cmocka_unit_test(content_older_than_the_history_is_not_compared),
		cmocka_unit_test(an_ack_alone_makes_no_gap),
		cmocka_unit_test(an_ack_and_a_later_segment_make_a_gap),
		cmocka_unit_test(a_bare_ack_of_the_sender_shows_that_it_went_on),
		cmocka_unit_test(an_ack_inside_a_hole_gives_up_only_what_it_covers),
		cmocka_unit_test(an_old_ack_makes_a_gap_by_itself),
		cmocka_unit_test(time_running_backwards_makes_no_gap),
		cmocka_unit_test(the_ack_of_a_fin_never_seen_is_no_gap),
		cmocka_unit_test(keepalives_are_ignored),
		cmocka_unit_test(a_stream_may_begin_at_a_keepalive),
		cmocka_unit_test(a_window_probe_is_the_octet_it_carries),
		cmocka_unit_test(a_syn_may_carry_data),
		cmocka_unit_test(a_second_syn_is_of_this_connection_only_with_its_isn),
		cmocka_unit_test(a_segment_far_ahead_must_be_confirmed),
		cmocka_unit_test(a_segment_far_ahead_is_believed_with_the_peers_ack),
		cmocka_unit_test(a_segment_long_past_is_ignored),
		cmocka_unit_test(a_reset_outside_the_window_is_not_believed),
		cmocka_unit_test(a_reset_that_octets_follow_was_forged),
		cmocka_unit_test(a_syn_ack_tells_where_a_stream_without_syn_begins),
		cmocka_unit_test(counters_are_named_and_merged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
