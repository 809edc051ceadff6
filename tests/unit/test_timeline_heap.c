/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "sensor/capture/timeline_heap.h"

#define ROOM 64

static struct timeline_key room[ROOM];

static void
the_earlier_goes_before_and_of_equal_times_the_lower_file(void **state)
{
	(void)state;
	assert_true(timeline_heap_before(
		(struct timeline_key){1, 9}, (struct timeline_key){2, 0}));
	assert_false(timeline_heap_before(
		(struct timeline_key){2, 0}, (struct timeline_key){1, 9}));
	assert_true(timeline_heap_before(
		(struct timeline_key){7, 0}, (struct timeline_key){7, 1}));
	assert_false(timeline_heap_before(
		(struct timeline_key){7, 1}, (struct timeline_key){7, 1}));
	assert_true(timeline_heap_before(
		(struct timeline_key){0, 5}, (struct timeline_key){UINT64_MAX, 0}));
}

static void
one_key_comes_out_as_it_went_in(void **state)
{
	struct timeline_heap h = {.key = room};
	struct timeline_key k;

	(void)state;
	timeline_heap_insert(&h, (struct timeline_key){UINT64_MAX, 3});
	assert_int_equal(h.count, 1);
	k = timeline_heap_next(&h);
	assert_true(k.ns == UINT64_MAX);
	assert_int_equal(k.file, 3);
	assert_int_equal(h.count, 0);
}

/* Takes all out: files must come as in want. */
static void
assert_order(struct timeline_heap *h, const size_t *want, size_t count)
{
	assert_int_equal(h->count, count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(timeline_heap_next(h).file, want[i]);
	assert_int_equal(h->count, 0);
}

/* All 720 orders in which six keys, two of the same time, can be put in. */
static void
whatever_order_they_go_in_they_come_out_by_time_and_file(void **state)
{
	static const struct timeline_key keys[6] = {
		{50, 0}, {10, 1}, {30, 2}, {10, 3}, {0, 4}, {40, 5}};
	static const size_t want[6] = {4, 1, 3, 2, 5, 0};

	(void)state;
	for (size_t order = 0; order < 720; order++) {
		struct timeline_heap h = {.key = room};
		bool used[6] = {false};
		size_t code = order;

		for (size_t left = 6; left > 0; left--) {
			size_t nth = code % left, i = 0;

			code /= left;
			for (;; i++)
				if (!used[i] && nth-- == 0)
					break;
			used[i] = true;
			timeline_heap_insert(&h, keys[i]);
		}
		assert_order(&h, want, 6);
	}
}

/* As the merge does it: what comes out goes in again with the file's next time. */
static void
files_that_take_turns_give_all_their_times_in_order(void **state)
{
	struct timeline_heap h = {.key = room};
	uint64_t last = 0, given = 0;

	(void)state;
	/* File f has a frame at f, f + ROOM, f + 2 ROOM …, so that each turn is known. */
	for (size_t f = 0; f < ROOM; f++)
		timeline_heap_insert(&h, (struct timeline_key){ROOM - 1 - f, f});
	while (h.count) {
		struct timeline_key k = timeline_heap_next(&h);

		assert_true(k.ns == given);
		assert_int_equal(k.file, ROOM - 1 - given % ROOM);
		assert_true(given == 0 || k.ns > last);
		last = k.ns;
		given++;
		if (k.ns < 10 * ROOM)
			timeline_heap_insert(
				&h, (struct timeline_key){k.ns + ROOM, k.file});
	}
	assert_true(given == 11 * ROOM);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_earlier_goes_before_and_of_equal_times_the_lower_file),
		cmocka_unit_test(one_key_comes_out_as_it_went_in),
		cmocka_unit_test(
			whatever_order_they_go_in_they_come_out_by_time_and_file),
		cmocka_unit_test(files_that_take_turns_give_all_their_times_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
