/* SPDX-License-Identifier: Apache-2.0 */
#include "tcp_rig.h"

static struct rig *
new_rig(void)
{
	struct rig *r = test_malloc(sizeof(*r));

	rig_init(r);
	return r;
}

#define EXPECT(r, want) assert_string_equal((r)->text, (want))

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

/* --- a known stream, mangled ----------------------------------------------------- */

#define WHOLE 3000

static uint32_t
roll(uint64_t *dice, uint32_t sides)
{
	*dice ^= *dice << 13;
	*dice ^= *dice >> 7;
	*dice ^= *dice << 17;
	return (uint32_t)((*dice >> 16) % sides);
}

struct mangled {
	uint32_t from, to;
};

/* Pieces of the stream that overlap, each octet in one at least unless lost. */
static size_t
mangle(uint64_t *dice, struct mangled *out, size_t room, bool losses, bool *there)
{
	size_t n = 0;

	for (uint32_t at = 0; at < WHOLE && n < room;) {
		uint32_t len = 2 + roll(dice, 60),
			 back = roll(dice, 4) ? 0 : roll(dice, 40);
		struct mangled m = {at > back ? at - back : 0, at + len};

		if (m.to > WHOLE || WHOLE - m.to < 2)
			m.to = WHOLE;
		at = m.to;
		if (losses && !roll(dice, 10))
			continue;
		out[n++] = m;
		if (!roll(dice, 8) && n < room)
			out[n++] = m;
	}
	for (size_t i = 0; i < n; i++)
		memset(there + out[i].from, true, out[i].to - out[i].from);
	/* Reordering within a few places, the first stays: it tells the start. */
	for (size_t i = 1; i < n; i++) {
		size_t j = i + roll(dice, 6);

		if (j < n) {
			struct mangled was = out[i];

			out[i] = out[j];
			out[j] = was;
		}
	}
	return n;
}

static void
write_want(char *want, const char *whole, const bool *there)
{
	for (uint32_t i = 0; i < WHOLE;) {
		uint32_t run = 0;

		while (i + run < WHOLE && there[i + run] == there[i])
			run++;
		if (there[i])
			want += snprintf(want, run + 1, "%.*s", (int)run, whole + i);
		else
			want += sprintf(want, "[%u]", run);
		i += run;
	}
}

/* Gaps that follow on one another become one. */
static void
join_gaps(char *text)
{
	char *out = text, *gap = NULL;
	unsigned long long octets = 0;

	while (*text) {
		if (*text == '[') {
			if (!gap)
				gap = out, octets = 0;
			octets += strtoull(text + 1, &text, 10);
			text++;
			out = gap + sprintf(gap, "[%llu", octets);
			*out++ = ']';
			continue;
		}
		gap = NULL;
		*out++ = *text++;
	}
	*out = '\0';
}

static void
check_mangled(uint64_t seed, bool losses, bool slow)
{
	static char whole[WHOLE + 1], want[4 * WHOLE];
	static struct mangled pieces[1024];
	bool there[WHOLE] = {false};
	struct rig *r = new_rig();
	uint64_t dice = seed * 0x9e3779b97f4a7c15u + 1;
	uint32_t isn = roll(&dice, 2) ? UINT32_MAX - WHOLE / 2 : roll(&dice, UINT32_MAX);
	size_t n = mangle(&dice, pieces, 1024, losses, there);

	for (size_t i = 0; i < WHOLE; i++)
		whole[i] = (char)('a' + roll(&dice, 26));
	write_want(want, whole, there);
	rig_flags(r, isn, TCP_FLAG_SYN);
	for (size_t i = 0; i < n; i++) {
		uint32_t len = pieces[i].to - pieces[i].from;

		if (slow)
			r->appetite = roll(&dice, 80);
		rig_segment(r, isn + 1 + pieces[i].from,
			span_of(whole + pieces[i].from, len), len, TCP_FLAG_ACK);
	}
	r->appetite = UINT64_MAX;
	rig_flags(r, isn + 1 + WHOLE, TCP_FLAG_FIN);
	rig_finish(r);
	join_gaps(r->text);
	strcat(want, "|fin");
	assert_string_equal(r->text, want);
	assert_int_equal(rig_count(r, TCP_COUNT_CONFLICTS), 0);
	assert_int_equal(rig_count(r, TCP_COUNT_DROPPED), 0);
	assert_int_equal(
		rig_count(r, TCP_COUNT_DELIVERED) + rig_count(r, TCP_COUNT_GAP_OCTETS),
		WHOLE);
	assert_null(r->s.window);
	test_free(r);
}

static void
a_mangled_stream_comes_out_whole(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 300; seed++)
		check_mangled(seed, false, false);
}

static void
a_mangled_stream_comes_out_whole_to_a_slow_consumer(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 300; seed++)
		check_mangled(seed, false, true);
}

static void
a_mangled_stream_with_losses_has_exactly_its_gaps(void **state)
{
	(void)state;
	for (uint64_t seed = 1000; seed < 1300; seed++)
		check_mangled(seed, true, seed & 1);
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
		cmocka_unit_test(octets_in_order_are_lent_from_the_packet),
		cmocka_unit_test(a_whole_connection_is_told_to_its_fin),
		cmocka_unit_test(every_order_of_five_segments_gives_the_same),
		cmocka_unit_test(each_chunk_has_the_moment_of_its_segment),
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
		cmocka_unit_test(what_the_capture_cut_off_is_a_gap),
		cmocka_unit_test(keepalives_are_ignored),
		cmocka_unit_test(a_stream_may_begin_at_a_keepalive),
		cmocka_unit_test(a_window_probe_is_the_octet_it_carries),
		cmocka_unit_test(a_syn_may_carry_data),
		cmocka_unit_test(a_second_syn_is_of_this_connection_only_with_its_isn),
		cmocka_unit_test(a_segment_far_ahead_must_be_confirmed),
		cmocka_unit_test(a_segment_far_ahead_is_believed_with_the_peers_ack),
		cmocka_unit_test(a_segment_long_past_is_ignored),
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
		cmocka_unit_test(a_reset_outside_the_window_is_not_believed),
		cmocka_unit_test(a_reset_that_octets_follow_was_forged),
		cmocka_unit_test(a_syn_ack_tells_where_a_stream_without_syn_begins),
		cmocka_unit_test(a_packet_that_was_not_kept_is_lost_and_not_touched),
		cmocka_unit_test(a_mangled_stream_comes_out_whole),
		cmocka_unit_test(a_mangled_stream_comes_out_whole_to_a_slow_consumer),
		cmocka_unit_test(a_mangled_stream_with_losses_has_exactly_its_gaps),
		cmocka_unit_test(counters_are_named_and_merged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
