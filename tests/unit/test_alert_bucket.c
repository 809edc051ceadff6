/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "sensor/alert/alert_bucket.h"

#define T0 (UINT64_C(1000) * 1000000000)

static const struct alert_rate three_of_ten = {3, 10};

static void
as_many_as_the_burst_are_there_at_once(void **state)
{
	struct alert_bucket b;

	(void)state;
	alert_bucket_fill(&b, three_of_ten, T0);
	for (int i = 0; i < 3; i++) {
		assert_true(alert_bucket_has(&b, three_of_ten, T0));
		alert_bucket_take(&b, three_of_ten, T0);
	}
	assert_false(alert_bucket_has(&b, three_of_ten, T0));
}

static void
one_comes_back_in_its_time_and_not_before(void **state)
{
	struct alert_bucket b = {.credit = 0, .last = T0};

	(void)state;
	assert_int_equal(alert_bucket_due(&b, three_of_ten, T0 + 4), T0 + 10);
	assert_false(alert_bucket_has(&b, three_of_ten, T0 + 9));
	assert_true(alert_bucket_has(&b, three_of_ten, T0 + 10));
	alert_bucket_take(&b, three_of_ten, T0 + 10);
	assert_false(alert_bucket_has(&b, three_of_ten, T0 + 19));
	assert_true(alert_bucket_has(&b, three_of_ten, T0 + 20));
}

static void
a_long_rest_gives_no_more_than_the_burst(void **state)
{
	struct alert_bucket b = {.credit = 0, .last = 0};
	int got = 0;

	(void)state;
	for (; alert_bucket_has(&b, three_of_ten, UINT64_MAX); got++)
		alert_bucket_take(&b, three_of_ten, UINT64_MAX);
	assert_int_equal(got, 3);
}

static void
a_clock_set_back_goes_on_from_there(void **state)
{
	struct alert_bucket b = {.credit = 0, .last = T0};

	(void)state;
	assert_false(alert_bucket_has(&b, three_of_ten, T0 - 500));
	assert_int_equal(alert_bucket_due(&b, three_of_ten, T0 - 495), T0 - 490);
	assert_true(alert_bucket_has(&b, three_of_ten, T0 - 490));
}

static void
a_tighter_rate_holds_from_the_next_question_on(void **state)
{
	struct alert_rate tight = {1, 10};
	struct alert_bucket b;

	(void)state;
	alert_bucket_fill(&b, three_of_ten, T0);
	assert_true(alert_bucket_has(&b, tight, T0));
	alert_bucket_take(&b, tight, T0);
	assert_false(alert_bucket_has(&b, tight, T0));
}

static void
taking_from_an_empty_one_makes_no_debt(void **state)
{
	struct alert_bucket b = {.credit = 0, .last = T0};

	(void)state;
	alert_bucket_take(&b, three_of_ten, T0);
	alert_bucket_take(&b, three_of_ten, T0);
	assert_true(alert_bucket_has(&b, three_of_ten, T0 + 10));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_many_as_the_burst_are_there_at_once),
		cmocka_unit_test(one_comes_back_in_its_time_and_not_before),
		cmocka_unit_test(a_long_rest_gives_no_more_than_the_burst),
		cmocka_unit_test(a_clock_set_back_goes_on_from_there),
		cmocka_unit_test(a_tighter_rate_holds_from_the_next_question_on),
		cmocka_unit_test(taking_from_an_empty_one_makes_no_debt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
