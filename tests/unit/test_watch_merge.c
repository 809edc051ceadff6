/* SPDX-License-Identifier: Apache-2.0 */
/* Queues are one in time: none overtakes, none is held up for ever. */
#include "watch_rig.h"

#include "sensor/watch/watch_merge.h"

struct rig {
	struct watch_queue *a, *b;
	struct watch_merge m;
	struct rig_record r;
};

static int
setup(void **state)
{
	static struct rig rig;

	rig.a = watch_queue_new(16u * KiB);
	rig.b = watch_queue_new(16u * KiB);
	watch_merge_init(&rig.m);
	watch_merge_insert(&rig.m, rig.a);
	watch_merge_insert(&rig.m, rig.b);
	*state = &rig;
	return 0;
}

static int
teardown(void **state)
{
	struct rig *rig = *state;

	watch_queue_free(rig->a);
	watch_queue_free(rig->b);
	return 0;
}

static void
put(struct rig *rig, struct watch_queue *q, uint32_t number, uint64_t ns)
{
	assert_true(watch_queue_put(q, rig_record(&rig->r, number, 5), ns));
	watch_queue_seen(q, ns);
}

static void
gives(struct rig *rig, uint32_t number)
{
	const struct record *r = NULL;

	assert_int_equal(watch_merge_next(&rig->m, 1, &r), WATCH_MERGE_RECORD);
	rig_check(r, number, 5);
	watch_merge_take(&rig->m);
}

static void
records_of_two_threads_come_in_the_order_of_time(void **state)
{
	struct rig *rig = *state;
	const struct record *r;

	put(rig, rig->a, 1, T0 + 10);
	put(rig, rig->a, 4, T0 + 40);
	put(rig, rig->b, 2, T0 + 20);
	put(rig, rig->b, 3, T0 + 30);
	gives(rig, 1);
	gives(rig, 2);
	gives(rig, 3);
	/* The other one has heard up to 30 only: something of 35 may come. */
	assert_int_equal(watch_merge_next(&rig->m, 1, &r), WATCH_MERGE_WAITS);
	put(rig, rig->b, 5, T0 + 35);
	gives(rig, 5);
	watch_queue_seen(rig->b, T0 + 40);
	gives(rig, 4);
	assert_int_equal(watch_merge_next(&rig->m, 1, &r), WATCH_MERGE_EMPTY);
}

static void
a_silent_thread_lets_the_others_go_on_by_its_ticks(void **state)
{
	struct rig *rig = *state;
	const struct record *r;

	put(rig, rig->a, 1, T0 + 10);
	assert_int_equal(watch_merge_next(&rig->m, 1, &r), WATCH_MERGE_WAITS);
	watch_queue_seen(rig->b, T0 + 9);
	assert_int_equal(watch_merge_next(&rig->m, 1, &r), WATCH_MERGE_WAITS);
	watch_queue_seen(rig->b, T0 + 10);
	gives(rig, 1);
}

static void
a_thread_that_hangs_holds_up_the_others_for_a_second(void **state)
{
	struct rig *rig = *state;
	const struct record *r;

	put(rig, rig->a, 1, T0 + 10);
	put(rig, rig->a, 2, T0 + 20);
	assert_int_equal(watch_merge_next(&rig->m, SECOND, &r), WATCH_MERGE_WAITS);
	assert_int_equal(
		watch_merge_next(&rig->m, 2 * SECOND - 1, &r), WATCH_MERGE_WAITS);
	assert_int_equal(watch_merge_next(&rig->m, 2 * SECOND, &r), WATCH_MERGE_RECORD);
	rig_check(r, 1, 5);
	watch_merge_take(&rig->m);
	/* And not for another second each. */
	assert_int_equal(watch_merge_next(&rig->m, 2 * SECOND, &r), WATCH_MERGE_RECORD);
	rig_check(r, 2, 5);
	watch_merge_take(&rig->m);
	assert_int_equal(rig->m.forced, 2);
}

static void
the_time_is_what_all_have_reached(void **state)
{
	struct rig *rig = *state;
	const struct record *r;

	assert_int_equal(watch_merge_next(&rig->m, 1, &r), WATCH_MERGE_EMPTY);
	assert_int_equal(watch_merge_now(&rig->m), 0);
	watch_queue_seen(rig->a, T0 + 500);
	watch_queue_seen(rig->b, T0 + 300);
	assert_int_equal(watch_merge_next(&rig->m, 1, &r), WATCH_MERGE_EMPTY);
	assert_int_equal(watch_merge_now(&rig->m), T0 + 300);
}

static void
it_ends_when_all_have_ended_and_are_empty(void **state)
{
	struct rig *rig = *state;
	const struct record *r;

	put(rig, rig->a, 1, T0 + 10);
	watch_queue_end(rig->a);
	assert_int_equal(watch_merge_next(&rig->m, 1, &r), WATCH_MERGE_WAITS);
	watch_queue_end(rig->b);
	gives(rig, 1);
	assert_int_equal(watch_merge_next(&rig->m, 1, &r), WATCH_MERGE_END);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			records_of_two_threads_come_in_the_order_of_time, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			a_silent_thread_lets_the_others_go_on_by_its_ticks, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			a_thread_that_hangs_holds_up_the_others_for_a_second, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			the_time_is_what_all_have_reached, setup, teardown),
		cmocka_unit_test_setup_teardown(
			it_ends_when_all_have_ended_and_are_empty, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
