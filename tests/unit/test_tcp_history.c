/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/tcp_history.h"

/* The ring ends at an unreadable page. */
struct made {
	struct guarded ring;
	struct tcp_history h;
};

static int
setup(void **state)
{
	static const uint8_t zero[TCP_HISTORY];
	struct made *m = test_malloc(sizeof(*m));

	m->ring = guarded_new(zero, sizeof(zero));
	tcp_history_init(&m->h, m->ring.at);
	*state = m;
	return 0;
}

static int
teardown(void **state)
{
	struct made *m = *state;

	guarded_free(&m->ring);
	test_free(m);
	return 0;
}

/* What stands at a position of the test's stream; neighbours and laps differ. */
static uint8_t
octet_at(uint64_t i)
{
	return (uint8_t)(i * 7 + i / TCP_HISTORY * 3 + 1);
}

static void
insert(struct tcp_history *h, uint64_t from, uint64_t to)
{
	static uint8_t data[3 * TCP_HISTORY];
	struct guarded g;

	assert_true(to - from <= sizeof(data));
	for (uint64_t i = from; i < to; i++)
		data[i - from] = octet_at(i);
	g = guarded_new(data, (size_t)(to - from));
	tcp_history_insert(h, from, guarded_span(&g));
	guarded_free(&g);
}

/* Of a copy from..to in which every octet is other, or none. */
static uint64_t
differs(const struct tcp_history *h, int64_t from, int64_t to, bool other)
{
	static uint8_t data[3 * TCP_HISTORY];
	struct guarded g;
	uint64_t n;

	assert_true(to >= from && (size_t)(to - from) <= sizeof(data));
	for (int64_t i = from; i < to; i++)
		data[i - from] = (uint8_t)(octet_at((uint64_t)i) ^ (other ? 0xff : 0));
	g = guarded_new(data, (size_t)(to - from));
	n = tcp_history_differs(h, from, guarded_span(&g));
	guarded_free(&g);
	return n;
}

static void
an_honest_copy_is_equal_and_another_differs_in_every_octet(void **state)
{
	struct tcp_history *h = &((struct made *)*state)->h;

	insert(h, 0, 10);
	for (int64_t from = -4; from < 14; from++)
		for (int64_t to = from; to < 16; to++) {
			int64_t a = from > 0 ? from : 0, b = to < 10 ? to : 10;

			assert_int_equal(differs(h, from, to, false), 0);
			assert_int_equal(differs(h, from, to, true),
				a < b ? (uint64_t)(b - a) : 0);
		}
}

static void
a_single_other_octet_is_counted_where_it_stands(void **state)
{
	struct tcp_history *h = &((struct made *)*state)->h;
	const uint8_t copy[3] = {octet_at(4), (uint8_t)(octet_at(5) + 1), octet_at(6)};

	insert(h, 0, 10);
	assert_int_equal(tcp_history_differs(h, 4, span_of(copy, 3)), 1);
	assert_int_equal(tcp_history_differs(h, 4, span_of(copy, 1)), 0);
	assert_int_equal(tcp_history_differs(h, 4, SPAN_NONE), 0);
}

static void
nothing_is_remembered_before_the_first_octet(void **state)
{
	struct tcp_history *h = &((struct made *)*state)->h;

	assert_int_equal(differs(h, 0, 100, true), 0);
	assert_int_equal(differs(h, -50, 50, true), 0);
	tcp_history_insert(h, 0, SPAN_NONE);
	assert_int_equal(h->to, 0);
}

static void
the_last_octets_are_remembered_and_no_older_one(void **state)
{
	struct tcp_history *h = &((struct made *)*state)->h;
	int64_t end = 0;

	/* Pieces of odd length, over three laps of the ring. */
	while (end < 3 * (int64_t)TCP_HISTORY) {
		insert(h, (uint64_t)end, (uint64_t)end + 37);
		end += 37;
		assert_int_equal(differs(h, end > 5000 ? end - 5000 : 0, end, false), 0);
	}
	assert_int_equal(differs(h, end - TCP_HISTORY, end, true), TCP_HISTORY);
	assert_int_equal(differs(h, end - TCP_HISTORY - 1, end, true), TCP_HISTORY);
	assert_int_equal(differs(h, end - TCP_HISTORY - 9, end - TCP_HISTORY, true), 0);
	assert_int_equal(differs(h, end - TCP_HISTORY, end - TCP_HISTORY + 1, true), 1);
}

static void
of_more_than_the_ring_holds_the_end_stays(void **state)
{
	struct tcp_history *h = &((struct made *)*state)->h;
	int64_t end = 5 + 2 * (int64_t)TCP_HISTORY + 11;

	insert(h, 0, 5);
	insert(h, 5, (uint64_t)end);
	assert_int_equal(differs(h, 11, end, false), 0);
	assert_int_equal(differs(h, 11, end, true), TCP_HISTORY);
	/* Exactly as much as the ring holds. */
	insert(h, (uint64_t)end, (uint64_t)end + TCP_HISTORY);
	end += TCP_HISTORY;
	assert_int_equal(differs(h, end - TCP_HISTORY, end, false), 0);
	assert_int_equal(differs(h, end - TCP_HISTORY - 5, end, true), TCP_HISTORY);
}

static void
what_stands_before_a_hole_is_forgotten(void **state)
{
	struct tcp_history *h = &((struct made *)*state)->h;

	insert(h, 0, 10);
	insert(h, 12, 20);
	/* Those at 10 and 11 were never seen, and so the eight octets behind alone count.
	 */
	assert_int_equal(differs(h, 0, 20, true), 8);
	assert_int_equal(differs(h, 0, 12, true), 0);
	assert_int_equal(differs(h, 0, 20, false), 0);
	/* A hole that is longer than the ring. */
	insert(h, 20 + 3 * TCP_HISTORY, 20 + 3 * TCP_HISTORY + 4);
	assert_int_equal(
		differs(h, 20 + 3 * TCP_HISTORY - 100, 20 + 3 * TCP_HISTORY + 100, true),
		4);
}

static void
positions_beyond_32_bits_are_compared_like_any(void **state)
{
	struct tcp_history *h = &((struct made *)*state)->h;
	int64_t base = (INT64_C(1) << 32) - 5;

	insert(h, (uint64_t)base, (uint64_t)base + 10);
	assert_int_equal(differs(h, base - 5, base + 15, true), 10);
	assert_int_equal(differs(h, base - 5, base + 15, false), 0);
	/* Where the low 32 bits say the same. */
	assert_int_equal(differs(h, 0, 5, true), 0);
}

static void
without_a_ring_every_copy_passes(void **state)
{
	struct tcp_history h;

	(void)state;
	tcp_history_init(&h, NULL);
	insert(&h, 0, 10);
	assert_int_equal(differs(&h, 0, 10, true), 0);
}

#define MADE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		MADE(an_honest_copy_is_equal_and_another_differs_in_every_octet),
		MADE(a_single_other_octet_is_counted_where_it_stands),
		MADE(nothing_is_remembered_before_the_first_octet),
		MADE(the_last_octets_are_remembered_and_no_older_one),
		MADE(of_more_than_the_ring_holds_the_end_stays),
		MADE(what_stands_before_a_hole_is_forgotten),
		MADE(positions_beyond_32_bits_are_compared_like_any),
		cmocka_unit_test(without_a_ring_every_copy_passes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
