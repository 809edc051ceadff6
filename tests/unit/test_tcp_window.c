/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What waits ahead of a hole. The model beside it is an array with a letter for each
 * octet, in which the first arrival wins.
 */
#include "feed.h"

#include "dissect/tcp_window.h"

#define ROOM 16

static struct tcp_window *
new_window(size_t room)
{
	struct tcp_window *w = tcp_window_init(
		test_malloc(TCP_WINDOW_SIZE(room)), TCP_WINDOW_SIZE(room));

	assert_non_null(w);
	return w;
}

static struct moment
at(uint64_t ns)
{
	return (struct moment){.ns = ns};
}

static uint64_t
insert(struct tcp_window *w, uint64_t from, const char *text, uint64_t ns)
{
	/* The octets end at an unreadable page. */
	struct guarded g = guarded_new(text, strlen(text));
	uint64_t left = tcp_window_insert(w, from, guarded_span(&g), at(ns));

	guarded_free(&g);
	return left;
}

static void
expect_range(const struct tcp_window *w, uint32_t i, uint64_t from, uint64_t to,
	uint64_t ns, bool absent)
{
	assert_true(i < w->count);
	assert_int_equal(w->range[i].from, from);
	assert_int_equal(w->range[i].to, to);
	assert_int_equal(w->range[i].at.ns, ns);
	assert_int_equal(w->range[i].absent, absent);
}

/* All that is at the front and present, across the seam, is taken. */
static void
expect_front(struct tcp_window *w, const char *text)
{
	size_t done = 0;

	while (text[done]) {
		struct span s;

		assert_true(w->count > 0);
		assert_false(w->range[0].absent);
		s = tcp_window_front(w);
		assert_true(s.len > 0 && s.len <= strlen(text + done));
		assert_memory_equal(s.at, text + done, s.len);
		done += s.len;
		tcp_window_advance(w, w->range[0].from + s.len);
	}
}

static void
a_buffer_without_room_for_an_octet_is_no_window(void **state)
{
	_Alignas(8) uint8_t buf[TCP_WINDOW_SIZE(1)];
	struct tcp_window *w;

	(void)state;
	assert_null(tcp_window_init(NULL, sizeof(buf)));
	assert_null(tcp_window_init(buf, 0));
	assert_null(tcp_window_init(buf, sizeof(*w)));
	assert_null(tcp_window_init(buf, TCP_WINDOW_SIZE((size_t)UINT32_MAX + 1)));
	w = tcp_window_init(buf, sizeof(buf));
	assert_non_null(w);
	assert_int_equal(w->room, 1);
	assert_int_equal(w->count, 0);
	/* Every position of the stream stands in the only octet. */
	assert_int_equal(insert(w, 7, "x", 1), 0);
	expect_front(w, "x");
}

static void
octets_across_the_seam_come_out_in_two_spans(void **state)
{
	struct tcp_window *w = new_window(ROOM);
	struct span s;

	(void)state;
	/* Position 14 of 16: two octets before the seam, three after it. */
	assert_int_equal(insert(w, 14, "abcde", 1), 0);
	s = tcp_window_front(w);
	assert_true(span_equal(s, SPAN_LITERAL("ab")));
	tcp_window_advance(w, 16);
	s = tcp_window_front(w);
	assert_true(span_equal(s, SPAN_LITERAL("cde")));
	tcp_window_advance(w, 19);
	assert_int_equal(w->count, 0);
	test_free(w);
}

static void
a_position_beyond_32_bits_is_a_position(void **state)
{
	struct tcp_window *w = new_window(ROOM);
	uint64_t base = (UINT64_C(1) << 32) - 3;

	(void)state;
	assert_int_equal(insert(w, base, "abcdef", 1), 0);
	expect_range(w, 0, base, base + 6, 1, false);
	assert_int_equal(tcp_window_run(w, base), base + 6);
	expect_front(w, "abcdef");
	test_free(w);
}

static void
the_first_arrival_wins_and_the_rest_fills_up(void **state)
{
	struct tcp_window *w = new_window(ROOM);

	(void)state;
	assert_int_equal(insert(w, 4, "ee", 1), 0);
	assert_int_equal(insert(w, 8, "ii", 2), 0);
	/* Over both and both ends: pieces before, between and behind. */
	assert_int_equal(insert(w, 2, "ABCDEFGHIJ", 3), 0);
	assert_int_equal(w->count, 5);
	expect_range(w, 0, 2, 4, 3, false);
	expect_range(w, 1, 4, 6, 1, false);
	expect_range(w, 2, 6, 8, 3, false);
	expect_range(w, 3, 8, 10, 2, false);
	expect_range(w, 4, 10, 12, 3, false);
	expect_front(w, "ABeeEFiiIJ");
	assert_int_equal(w->count, 0);
	test_free(w);
}

static void
nothing_adds_nothing(void **state)
{
	struct tcp_window *w = new_window(ROOM);

	(void)state;
	assert_int_equal(tcp_window_insert(w, 3, SPAN_NONE, at(1)), 0);
	assert_int_equal(tcp_window_insert_absent(w, 3, 3, at(1)), 0);
	assert_int_equal(w->count, 0);
	assert_int_equal(insert(w, 3, "abc", 1), 0);
	assert_int_equal(insert(w, 3, "ABC", 2), 0);
	assert_int_equal(insert(w, 4, "B", 2), 0);
	assert_int_equal(w->count, 1);
	expect_front(w, "abc");
	test_free(w);
}

/* What two segments leave behind, for every place and length of both. */
static void
check_pair(uint64_t a, uint64_t alen, uint64_t b, uint64_t blen)
{
	static const char lower[] = "abcdefghijklmnop", upper[] = "ABCDEFGHIJKLMNOP";
	struct tcp_window *w = new_window(ROOM);
	char model[ROOM + 1] = {0}, first[ROOM + 1] = {0}, second[ROOM + 1] = {0};
	uint64_t shared = 0, i;
	struct tcp_overlap o;

	memcpy(first, lower + a, alen);
	memcpy(second, upper + b, blen);
	for (i = a; i < a + alen; i++)
		model[i] = lower[i];
	for (i = b; i < b + blen; i++) {
		shared += model[i] != 0;
		model[i] = model[i] ? model[i] : upper[i];
	}
	assert_int_equal(insert(w, a, first, 1), 0);
	o = tcp_window_overlap(w, b, span_of(second, blen));
	assert_int_equal(o.octets, shared);
	assert_int_equal(o.differs, shared);
	o = tcp_window_overlap(w, b, span_of(lower + b, blen));
	assert_int_equal(o.octets, shared);
	assert_int_equal(o.differs, 0);
	assert_int_equal(insert(w, b, second, 2), 0);
	for (i = 0; i < ROOM; i++) {
		uint64_t end = i;

		while (end < ROOM && model[end])
			end++;
		assert_int_equal(tcp_window_run(w, i), end);
		if (!model[i])
			continue;
		tcp_window_advance(w, i);
		assert_int_equal(w->range[0].from, i);
		assert_int_equal(tcp_window_front(w).at[0], model[i]);
	}
	tcp_window_advance(w, ROOM);
	assert_int_equal(w->count, 0);
	test_free(w);
}

static void
two_segments_of_every_shape_leave_what_came_first(void **state)
{
	(void)state;
	for (uint64_t a = 0; a < 6; a++)
		for (uint64_t alen = 0; alen < 6; alen++)
			for (uint64_t b = 0; b < 8; b++)
				for (uint64_t blen = 0; blen < 8; blen++)
					check_pair(a, alen, b, blen);
}

static void
absent_octets_hold_their_place_and_agree_with_anything(void **state)
{
	struct tcp_window *w = new_window(ROOM);
	struct tcp_overlap o;

	(void)state;
	assert_int_equal(tcp_window_insert_absent(w, 2, 5, at(1)), 0);
	/* Absent octets that follow are the same hole, with the first moment. */
	assert_int_equal(tcp_window_insert_absent(w, 5, 7, at(2)), 0);
	assert_int_equal(w->count, 1);
	expect_range(w, 0, 2, 7, 1, true);
	o = tcp_window_overlap(w, 0, SPAN_LITERAL("xxxxxxxx"));
	assert_int_equal(o.octets, 5);
	assert_int_equal(o.differs, 0);
	/* They were told as missing: late octets do not come back. */
	assert_int_equal(insert(w, 1, "abcdefgh", 3), 0);
	assert_int_equal(w->count, 3);
	expect_range(w, 0, 1, 2, 3, false);
	expect_range(w, 1, 2, 7, 1, true);
	expect_range(w, 2, 7, 9, 3, false);
	/* They need no room: further than the ring is long. */
	assert_int_equal(tcp_window_insert_absent(w, 9, 5000, at(4)), 0);
	assert_int_equal(tcp_window_run(w, 1), 5000);
	expect_front(w, "a");
	tcp_window_advance(w, 7);
	expect_front(w, "gh");
	expect_range(w, 0, 9, 5000, 4, true);
	test_free(w);
}

static void
an_advance_forgets_whole_ranges_and_cuts_one(void **state)
{
	struct tcp_window *w = new_window(ROOM);

	(void)state;
	insert(w, 1, "abc", 1);
	insert(w, 6, "fg", 2);
	tcp_window_advance(w, 0);
	assert_int_equal(w->count, 2);
	tcp_window_advance(w, 3);
	expect_range(w, 0, 3, 4, 1, false);
	assert_true(span_equal(tcp_window_front(w), SPAN_LITERAL("c")));
	/* Into the hole: the range behind it stays as it is. */
	tcp_window_advance(w, 5);
	assert_int_equal(w->count, 1);
	expect_range(w, 0, 6, 8, 2, false);
	tcp_window_advance(w, 8);
	assert_int_equal(w->count, 0);
	tcp_window_advance(w, 100);
	assert_int_equal(w->count, 0);
	test_free(w);
}

/* Single octets with a hole before each: n ranges, the last at 2n - 1. */
static void
fill_ranges(struct tcp_window *w, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(insert(w, 2 * i + 1, "x", i), 0);
	assert_int_equal(w->count, n);
}

static void
without_a_free_range_octets_are_left_out_and_counted(void **state)
{
	struct tcp_window *w = new_window(4 * TCP_RANGES_MAX);

	(void)state;
	fill_ranges(w, TCP_RANGES_MAX - 1);
	assert_false(tcp_window_is_full(w));
	assert_int_equal(insert(w, 2 * TCP_RANGES_MAX - 1, "x", 99), 0);
	assert_true(tcp_window_is_full(w));
	/* A piece that touches none, apart from the last, has no range to go to. */
	assert_int_equal(insert(w, 2 * TCP_RANGES_MAX + 1, "yz", 100), 2);
	assert_int_equal(tcp_window_insert_absent(
				 w, 3 * TCP_RANGES_MAX, 3 * TCP_RANGES_MAX + 5, at(1)),
		5);
	assert_int_equal(w->count, TCP_RANGES_MAX);
	assert_int_equal(tcp_window_run(w, 2 * TCP_RANGES_MAX), 2 * TCP_RANGES_MAX);
	test_free(w);
}

static void
neighbours_are_joined_when_a_range_is_needed(void **state)
{
	struct tcp_window *w = new_window(4 * TCP_RANGES_MAX);

	(void)state;
	fill_ranges(w, TCP_RANGES_MAX - 1);
	/* Fills the hole between the ranges at 1 and at 3. */
	assert_int_equal(insert(w, 2, "m", 77), 0);
	assert_int_equal(w->count, TCP_RANGES_MAX);
	expect_range(w, 0, 1, 2, 0, false);
	assert_false(tcp_window_is_full(w));
	/* Those at 1 and 2 become one, with the moment of the earlier octets. */
	assert_int_equal(insert(w, 100, "y", 88), 0);
	assert_int_equal(w->count, TCP_RANGES_MAX);
	expect_range(w, 0, 1, 3, 0, false);
	/* Now that range and the one at 3. */
	assert_int_equal(insert(w, 102, "z", 89), 0);
	expect_range(w, 0, 1, 4, 0, false);
	assert_true(tcp_window_is_full(w));
	assert_int_equal(insert(w, 104, "q", 90), 1);
	expect_front(w, "xmx");
	test_free(w);
}

static void
present_and_absent_neighbours_are_never_joined(void **state)
{
	struct tcp_window *w = new_window(4 * TCP_RANGES_MAX);

	(void)state;
	fill_ranges(w, TCP_RANGES_MAX - 1);
	assert_int_equal(tcp_window_insert_absent(w, 2, 3, at(5)), 0);
	assert_int_equal(w->count, TCP_RANGES_MAX);
	assert_true(tcp_window_is_full(w));
	assert_int_equal(insert(w, 100, "y", 6), 1);
	expect_range(w, 0, 1, 2, 0, false);
	expect_range(w, 1, 2, 3, 5, true);
	/* Absent octets behind absent ones need no range: and these are stopped by 3. */
	assert_int_equal(tcp_window_insert_absent(w, 2, 4, at(7)), 0);
	expect_range(w, 1, 2, 3, 5, true);
	test_free(w);
}

static void
a_segment_over_many_holes_may_be_taken_in_part(void **state)
{
	struct tcp_window *w = new_window(4 * TCP_RANGES_MAX);
	char data[2 * TCP_RANGES_MAX + 1];
	uint64_t left;

	(void)state;
	memset(data, 'D', sizeof(data) - 1);
	data[sizeof(data) - 1] = '\0';
	fill_ranges(w, TCP_RANGES_MAX);
	/* 0, 2, 4 … 62 are free; nothing can be won before the first is in. */
	left = insert(w, 0, data, 500);
	assert_int_equal(left, TCP_RANGES_MAX);
	assert_int_equal(w->count, TCP_RANGES_MAX);
	/* With one range free the first piece goes in, joins, and so on to the end. */
	tcp_window_advance(w, 2);
	assert_int_equal(w->count, TCP_RANGES_MAX - 1);
	assert_int_equal(
		tcp_window_insert(w, 2, span_of(data, 2 * TCP_RANGES_MAX - 2), at(501)),
		0);
	assert_int_equal(tcp_window_run(w, 2), 2 * TCP_RANGES_MAX);
	test_free(w);
}

static void
an_overlap_is_counted_over_ranges_and_across_the_seam(void **state)
{
	struct tcp_window *w = new_window(ROOM);
	struct tcp_overlap o;

	(void)state;
	insert(w, 14, "abcd", 1); /* 14..18 */
	insert(w, 20, "gh", 2);	  /* 20..22 */
	o = tcp_window_overlap(w, 12, SPAN_LITERAL("..abXd..gY.."));
	assert_int_equal(o.octets, 6);
	assert_int_equal(o.differs, 2);
	o = tcp_window_overlap(w, 18, SPAN_LITERAL(".."));
	assert_int_equal(o.octets, 0);
	assert_int_equal(o.differs, 0);
	o = tcp_window_overlap(w, 15, SPAN_NONE);
	assert_int_equal(o.octets, 0);
	test_free(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_buffer_without_room_for_an_octet_is_no_window),
		cmocka_unit_test(octets_across_the_seam_come_out_in_two_spans),
		cmocka_unit_test(a_position_beyond_32_bits_is_a_position),
		cmocka_unit_test(the_first_arrival_wins_and_the_rest_fills_up),
		cmocka_unit_test(nothing_adds_nothing),
		cmocka_unit_test(two_segments_of_every_shape_leave_what_came_first),
		cmocka_unit_test(absent_octets_hold_their_place_and_agree_with_anything),
		cmocka_unit_test(an_advance_forgets_whole_ranges_and_cuts_one),
		cmocka_unit_test(without_a_free_range_octets_are_left_out_and_counted),
		cmocka_unit_test(neighbours_are_joined_when_a_range_is_needed),
		cmocka_unit_test(present_and_absent_neighbours_are_never_joined),
		cmocka_unit_test(a_segment_over_many_holes_may_be_taken_in_part),
		cmocka_unit_test(an_overlap_is_counted_over_ranges_and_across_the_seam),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
