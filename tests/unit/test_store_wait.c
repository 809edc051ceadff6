/* SPDX-License-Identifier: Apache-2.0 */
#include "store_rig.h"

#include <pthread.h>
#include <time.h>

static uint64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void *
commit_soon(void *ctx)
{
	struct rig *r = ctx;

	usleep(50000);
	rig_alert(r, 1, ALERT_SEVERITY_LOW, SPAN_NONE);
	if (store_commit(r->store, r->batch) < 0)
		abort();
	return NULL;
}

static void *
wake_soon(void *ctx)
{
	struct rig *r = ctx;

	usleep(50000);
	store_wake(r->store);
	return NULL;
}

static void
a_wait_ends_with_its_time(void **state)
{
	struct rig r;
	uint64_t begin = now_ms();

	(void)state;
	rig_init(&r);
	rig_outputs(&r);
	begin = now_ms();
	store_wait(r.store, "all", 80);
	assert_true(now_ms() - begin >= 79);
	rig_free(&r);
}

static void
a_commit_ends_the_wait_of_an_output_that_it_is_for(void **state)
{
	struct rig r;
	pthread_t thread;
	uint64_t begin;

	(void)state;
	rig_init(&r);
	rig_outputs(&r);
	assert_int_equal(pthread_create(&thread, NULL, commit_soon, &r), 0);
	begin = now_ms();
	store_wait(r.store, "all", 60000);
	assert_true(now_ms() - begin < 50000);
	assert_int_equal(rig_counters(&r, "all").waiting, 1);
	pthread_join(thread, NULL);
	/* Something waits: no wait at all. For the other nothing does. */
	begin = now_ms();
	store_wait(r.store, "all", 60000);
	assert_true(now_ms() - begin < 50000);
	begin = now_ms();
	store_wait(r.store, "worst", 30);
	assert_true(now_ms() - begin >= 29);
	rig_free(&r);
}

static void
a_wake_ends_all_waits_now_and_later(void **state)
{
	struct rig r;
	pthread_t thread;
	uint64_t begin;

	(void)state;
	rig_init(&r);
	assert_int_equal(pthread_create(&thread, NULL, wake_soon, &r), 0);
	begin = now_ms();
	store_wait(r.store, "all", 60000);
	store_wait(r.store, "no such output", 60000);
	assert_true(now_ms() - begin < 50000);
	pthread_join(thread, NULL);
	rig_free(&r);
}

/* Three threads that write and take away, and the counts hold at the end. */
static void *
put_many(void *ctx)
{
	struct rig *r = ctx;
	struct rig mine = {.store = r->store, .batch = store_batch_new()};
	static unsigned next;

	for (unsigned i = 0; i < 30; i++) {
		rig_alert(&mine, __atomic_fetch_add(&next, 1, __ATOMIC_RELAXED),
			ALERT_SEVERITY_LOW, SPAN_NONE);
		if (store_commit(mine.store, mine.batch) < 0)
			abort();
	}
	store_batch_free(mine.batch);
	return NULL;
}

static void
threads_do_not_disturb_each_other(void **state)
{
	struct rig r;
	pthread_t threads[3];
	struct store_waiting w[8];
	uint64_t ids[8], taken = 0;

	(void)state;
	rig_init(&r);
	rig_outputs(&r);
	for (int i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, put_many, &r), 0);
	while (taken < 90) {
		size_t n;

		store_wait(r.store, "all", 1000);
		n = store_waiting(r.store, "all", w, 8);
		for (size_t i = 0; i < n; i++)
			ids[i] = w[i].id;
		store_waiting_free(w, n);
		assert_int_equal(store_delivered(r.store, "all", ids, n), 0);
		taken += n;
	}
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(rig_counters(&r, "all").delivered, 90);
	assert_int_equal(rig_counters(&r, "all").waiting, 0);
	assert_int_equal(
		rig_ask(&r, "SELECT count(*) FROM alert WHERE delivered = 1"), 90);
	rig_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wait_ends_with_its_time),
		cmocka_unit_test(a_commit_ends_the_wait_of_an_output_that_it_is_for),
		cmocka_unit_test(a_wake_ends_all_waits_now_and_later),
		cmocka_unit_test(threads_do_not_disturb_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
