/* SPDX-License-Identifier: Apache-2.0 */
/* A queue gives what was put, in order, around its end too; what has no room is counted.
 */
#include "watch_rig.h"

#include <pthread.h>
#include <sched.h>

#define SMALL (16u * KiB)

static void
records_come_out_as_they_went_in(void **state)
{
	struct watch_queue *q = watch_queue_new(SMALL);
	static struct rig_record r;
	struct watch_time at;

	(void)state;
	assert_null(watch_queue_peek(q, &at));
	assert_true(watch_queue_put(q, rig_record(&r, 1, 10), T0));
	assert_true(watch_queue_put(q, rig_record(&r, 2, 700), T0 + 5));
	rig_check(watch_queue_peek(q, &at), 1, 10);
	assert_int_equal(at.packet, T0);
	rig_check(watch_queue_peek(q, &at), 1, 10);
	watch_queue_take(q);
	rig_check(watch_queue_peek(q, &at), 2, 700);
	assert_int_equal(at.packet, T0 + 5);
	watch_queue_take(q);
	assert_null(watch_queue_peek(q, &at));
	watch_queue_free(q);
}

/* Sizes that divide nothing make every kind of end: a pad of 32 octets among them. */
static void
entries_wrap_at_the_end_of_the_ring(void **state)
{
	struct watch_queue *q = watch_queue_new(SMALL);
	static struct rig_record r;
	struct watch_queue_counters c;
	struct watch_time at;

	(void)state;
	for (uint32_t i = 0; i < 5000; i++) {
		assert_true(watch_queue_put(q, rig_record(&r, i, i * 7 % 2048), T0 + i));
		rig_check(watch_queue_peek(q, &at), i, i * 7 % 2048);
		watch_queue_take(q);
	}
	watch_queue_counters(q, &c);
	assert_int_equal(c.put, 5000);
	assert_int_equal(c.dropped, 0);
	assert_true(c.most < SMALL);
	watch_queue_free(q);
}

static void
a_full_queue_drops_the_new_and_keeps_the_old(void **state)
{
	struct watch_queue *q = watch_queue_new(SMALL);
	static struct rig_record r;
	struct watch_queue_counters c;
	struct watch_time at;
	uint32_t put = 0;

	(void)state;
	while (watch_queue_put(q, rig_record(&r, put, 100), T0 + put))
		put++;
	assert_true(put > 2);
	assert_false(watch_queue_put(q, rig_record(&r, 999, 100), T0 + put));
	watch_queue_counters(q, &c);
	assert_int_equal(c.put, put);
	assert_int_equal(c.dropped, 2);
	for (uint32_t i = 0; i < put; i++) {
		rig_check(watch_queue_peek(q, &at), i, 100);
		watch_queue_take(q);
	}
	assert_null(watch_queue_peek(q, &at));
	assert_true(watch_queue_put(q, rig_record(&r, 1000, 100), T0));
	rig_check(watch_queue_peek(q, &at), 1000, 100);
	watch_queue_free(q);
}

static void
a_record_larger_than_the_queue_is_dropped(void **state)
{
	struct watch_queue *q = watch_queue_new(4096);
	static struct rig_record r;
	struct watch_time at;

	(void)state;
	assert_false(watch_queue_put(q, rig_record(&r, 1, 4096), T0));
	assert_null(watch_queue_peek(q, &at));
	watch_queue_free(q);
}

static void
what_was_heard_never_runs_backwards(void **state)
{
	struct watch_queue *q = watch_queue_new(4096);
	uint64_t hour = 3600 * SECOND, before;

	(void)state;
	assert_int_equal(watch_queue_heard(q).order, 0);
	watch_queue_seen(q, T0);
	before = watch_queue_heard(q).order;
	watch_queue_seen(q, T0 - SECOND);
	assert_int_equal(watch_queue_heard(q).order, before);
	/* The clock was set back by an hour, and goes on. */
	watch_queue_seen(q, T0 - hour);
	watch_queue_seen(q, T0 - hour + SECOND);
	assert_int_equal(watch_queue_heard(q).order, before + SECOND);
	assert_int_equal(watch_queue_heard(q).packet, T0 - hour + SECOND);
	watch_queue_end(q);
	assert_int_equal(watch_queue_heard(q).order, UINT64_MAX);
	watch_queue_free(q);
}

/* --- two threads ---------------------------------------------------------------------
 */

#define MANY 200000u

static void *
put_many(void *arg)
{
	static struct rig_record r;
	struct watch_queue *q = arg;

	for (uint32_t i = 0; i < MANY; i++) {
		rig_record(&r, i, i % 301);
		while (!watch_queue_put(q, &r.record, T0 + i))
			sched_yield();
		watch_queue_seen(q, T0 + i);
	}
	watch_queue_end(q);
	return NULL;
}

static void
two_threads_lose_and_swap_nothing(void **state)
{
	struct watch_queue *q = watch_queue_new(SMALL);
	uint32_t next = 0;
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, put_many, q), 0);
	for (;;) {
		struct watch_time heard = watch_queue_heard(q), at;
		const struct record *r = watch_queue_peek(q, &at);

		if (r) {
			rig_check(r, next, next % 301);
			next++;
			watch_queue_take(q);
			continue;
		}
		if (heard.order == UINT64_MAX)
			break;
		/* Nothing is there, so all that was heard of has been taken. */
		if (heard.order)
			assert_true(heard.packet < T0 + next);
		sched_yield();
	}
	assert_int_equal(next, MANY);
	pthread_join(thread, NULL);
	watch_queue_free(q);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_come_out_as_they_went_in),
		cmocka_unit_test(entries_wrap_at_the_end_of_the_ring),
		cmocka_unit_test(a_full_queue_drops_the_new_and_keeps_the_old),
		cmocka_unit_test(a_record_larger_than_the_queue_is_dropped),
		cmocka_unit_test(what_was_heard_never_runs_backwards),
		cmocka_unit_test(two_threads_lose_and_swap_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
