/* SPDX-License-Identifier: Apache-2.0 */
/* Messages over time in a fixed number of buckets, whatever the time they span. */
#include "feed.h"

#include <stdlib.h>

#include "sensor/infer/activity.h"

#define SECOND UINT64_C(1000000000)
#define MINUTE (60 * SECOND)
/* 2023-11-14 22:14:00 UTC: a whole minute, and a multiple of two, four and eight. */
#define START (UINT64_C(28333328) * MINUTE)

static void
the_first_message_begins_a_bucket_a_minute_wide(void **state)
{
	struct activity a = {0};

	(void)state;
	assert_int_equal(activity_buckets(&a), 0);
	activity_note(&a, ACTIVITY_REFUSED, START + 17 * SECOND);
	assert_int_equal(activity_start(&a), START);
	assert_int_equal(activity_width(&a), MINUTE);
	assert_int_equal(activity_buckets(&a), 1);
	assert_int_equal(activity_count(&a, ACTIVITY_REFUSED, 0), 1);
	assert_int_equal(activity_count(&a, ACTIVITY_UNAUTHENTICATED, 0), 0);
	assert_int_equal(activity_count(&a, ACTIVITY_REFUSED, ACTIVITY_BUCKETS), 0);
	assert_true(activity_is_sane(&a));
}

static void
the_last_of_64_minutes_fits_and_the_next_doubles_the_width(void **state)
{
	struct activity a = {0};

	(void)state;
	activity_note(&a, ACTIVITY_AUTHENTICATED, START);
	activity_note(&a, ACTIVITY_AUTHENTICATED, START + MINUTE);
	activity_note(&a, ACTIVITY_AUTHENTICATED, START + 63 * MINUTE);
	assert_int_equal(activity_width(&a), MINUTE);
	assert_int_equal(activity_buckets(&a), 64);
	activity_note(&a, ACTIVITY_AUTHENTICATED, START + 64 * MINUTE);
	assert_int_equal(activity_width(&a), 2 * MINUTE);
	assert_int_equal(activity_start(&a), START);
	assert_int_equal(activity_buckets(&a), 33);
	assert_int_equal(activity_count(&a, ACTIVITY_AUTHENTICATED, 0), 2);
	assert_int_equal(activity_count(&a, ACTIVITY_AUTHENTICATED, 31), 1);
	assert_int_equal(activity_count(&a, ACTIVITY_AUTHENTICATED, 32), 1);
	assert_int_equal(activity_total(&a, ACTIVITY_AUTHENTICATED), 4);
}

static void
an_odd_first_minute_is_the_second_half_of_its_wider_bucket(void **state)
{
	struct activity a = {0};

	(void)state;
	activity_note(&a, ACTIVITY_REFUSED, START + MINUTE);
	activity_note(&a, ACTIVITY_REFUSED, START + 2 * MINUTE);
	activity_note(&a, ACTIVITY_REFUSED, START + 65 * MINUTE);
	assert_int_equal(activity_width(&a), 2 * MINUTE);
	assert_int_equal(activity_start(&a), START);
	assert_int_equal(activity_count(&a, ACTIVITY_REFUSED, 0), 1);
	assert_int_equal(activity_count(&a, ACTIVITY_REFUSED, 1), 1);
	assert_int_equal(activity_count(&a, ACTIVITY_REFUSED, 32), 1);
}

static void
an_earlier_message_moves_the_beginning(void **state)
{
	struct activity a = {0};

	(void)state;
	activity_note(&a, ACTIVITY_REFUSED, START + 10 * MINUTE);
	activity_note(&a, ACTIVITY_UNAUTHENTICATED, START);
	assert_int_equal(activity_start(&a), START);
	assert_int_equal(activity_width(&a), MINUTE);
	assert_int_equal(activity_count(&a, ACTIVITY_UNAUTHENTICATED, 0), 1);
	assert_int_equal(activity_count(&a, ACTIVITY_REFUSED, 0), 0);
	assert_int_equal(activity_count(&a, ACTIVITY_REFUSED, 10), 1);
}

static void
the_order_of_the_messages_makes_no_difference(void **state)
{
	struct activity there = {0}, back = {0};

	(void)state;
	for (uint64_t i = 0; i < 500; i++) {
		activity_note(&there, i % ACTIVITY_SERIES, START + i * i * MINUTE);
		activity_note(&back, (499 - i) % ACTIVITY_SERIES,
			START + (499 - i) * (499 - i) * MINUTE);
	}
	assert_memory_equal(&there, &back, sizeof(there));
	assert_true(activity_is_sane(&there));
	assert_int_equal(activity_total(&there, 0) + activity_total(&there, 1) +
				 activity_total(&there, 2),
		500);
}

static void
no_time_at_all_is_no_message_and_the_ends_of_time_fit(void **state)
{
	struct activity a = {0};

	(void)state;
	activity_note(&a, ACTIVITY_REFUSED, 0);
	activity_note(&a, ACTIVITY_REFUSED, UINT64_MAX);
	assert_int_equal(activity_width(&a), 0);
	activity_note(&a, ACTIVITY_REFUSED, 1);
	activity_note(&a, ACTIVITY_REFUSED, INT64_MAX);
	activity_note(&a, ACTIVITY_REFUSED, 2 * MINUTE);
	assert_int_equal(activity_total(&a, ACTIVITY_REFUSED), 3);
	assert_true(activity_is_sane(&a));
}

static void
what_no_messages_can_have_made_is_told(void **state)
{
	struct activity a = {0};

	(void)state;
	assert_true(activity_is_sane(&a));
	a.count[0][0] = 1;
	assert_false(activity_is_sane(&a));
	a.width = 3 * MINUTE;
	assert_false(activity_is_sane(&a));
	a.width = 4 * MINUTE;
	assert_true(activity_is_sane(&a));
	a.first = UINT64_MAX / a.width;
	assert_false(activity_is_sane(&a));
	a.first = 0;
	a.width = UINT64_C(1) << 63;
	assert_false(activity_is_sane(&a));
	a.width = MINUTE;
	a.count[0][0] = 0;
	assert_false(activity_is_sane(&a));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_message_begins_a_bucket_a_minute_wide),
		cmocka_unit_test(
			the_last_of_64_minutes_fits_and_the_next_doubles_the_width),
		cmocka_unit_test(
			an_odd_first_minute_is_the_second_half_of_its_wider_bucket),
		cmocka_unit_test(an_earlier_message_moves_the_beginning),
		cmocka_unit_test(the_order_of_the_messages_makes_no_difference),
		cmocka_unit_test(no_time_at_all_is_no_message_and_the_ends_of_time_fit),
		cmocka_unit_test(what_no_messages_can_have_made_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
