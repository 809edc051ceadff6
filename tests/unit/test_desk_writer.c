/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The thread that commits, over a disk of the test's own: store_commit() is here, and
 * sleeps, fails and works as it is told. Nothing waits for a time to pass but where a
 * time is what is asked for.
 */
#include "feed.h"

#include <pthread.h>
#include <semaphore.h>

#include "sensor/desk/desk_writer.h"

/* Locked where two threads get at it. */
static struct {
	pthread_mutex_t lock;
	sem_t asked; /* a commit has begun */
	sem_t go;    /* and may go on, where it sleeps */
	bool sleeps;
	unsigned fails; /* so many commits from now on */
	unsigned tried, done;
	size_t octets; /* of all that was committed */
	pthread_t by;  /* whoever committed last */
} disk = {.lock = PTHREAD_MUTEX_INITIALIZER};

int
store_commit(struct store *s, struct store_batch *b)
{
	bool sleeps;
	int result = 0;

	(void)s;
	pthread_mutex_lock(&disk.lock);
	disk.tried++;
	disk.by = pthread_self();
	sleeps = disk.sleeps;
	pthread_mutex_unlock(&disk.lock);
	sem_post(&disk.asked);
	if (sleeps)
		sem_wait(&disk.go);
	pthread_mutex_lock(&disk.lock);
	if (disk.fails) {
		disk.fails--;
		result = -1;
	} else {
		disk.done++;
		disk.octets += store_batch_octets(b);
	}
	pthread_mutex_unlock(&disk.lock);
	return result;
}

/* Alerts are not offered here: see test_desk_offer.c. */
#define NEVER 3600000

void
store_offer(struct store *s, struct store_batch *b)
{
	(void)s, (void)b;
}

static int
setup(void **state)
{
	(void)state;
	sem_init(&disk.asked, 0, 0);
	sem_init(&disk.go, 0, 0);
	disk.sleeps = false;
	disk.fails = disk.tried = disk.done = 0;
	disk.octets = 0;
	return 0;
}

static unsigned
read_disk(const unsigned *counter)
{
	unsigned n;

	pthread_mutex_lock(&disk.lock);
	n = *counter;
	pthread_mutex_unlock(&disk.lock);
	return n;
}

/* A batch with something in it. */
static struct store_batch *
filled(void)
{
	struct store_batch *b = store_batch_new();

	store_batch_state(b, "told", SPAN_LITERAL("key"), SPAN_LITERAL("body"));
	assert_false(store_batch_is_empty(b));
	return b;
}

static struct desk_writer_counters
counters(struct desk_writer *w)
{
	struct desk_writer_counters c;

	desk_writer_counters(w, &c);
	return c;
}

static void
a_batch_given_is_committed_by_the_other_thread(void **state)
{
	struct desk_writer *w = desk_writer_new(NULL, true, NEVER);
	struct store_batch *b = filled(), *given = b;
	size_t octets = store_batch_octets(b);

	(void)state;
	assert_true(desk_writer_is_idle(w));
	assert_true(desk_writer_give(w, &b));
	/* An empty one lies in its place, for what comes meanwhile. */
	assert_non_null(b);
	assert_ptr_not_equal(b, given);
	assert_true(store_batch_is_empty(b));
	assert_true(desk_writer_wait(w, 60000));
	assert_true(desk_writer_is_idle(w));
	assert_int_equal(disk.done, 1);
	assert_int_equal(disk.octets, octets);
	assert_false(pthread_equal(disk.by, pthread_self()));
	assert_int_equal(counters(w).failed, 0);
	assert_int_equal(counters(w).octets, 0);
	store_batch_free(b);
	assert_true(desk_writer_free(w));
	assert_int_equal(disk.tried, 1);
}

/* Nothing is taken, and nothing waited for, while the disk sleeps. */
static void
a_disk_that_sleeps_holds_nobody_up(void **state)
{
	struct desk_writer *w;
	struct store_batch *b = filled(), *second;
	size_t octets = store_batch_octets(b);

	(void)state;
	disk.sleeps = true;
	w = desk_writer_new(NULL, true, NEVER);
	assert_true(desk_writer_give(w, &b));
	sem_wait(&disk.asked);
	store_batch_free(b);
	b = second = filled();
	assert_false(desk_writer_is_idle(w));
	assert_false(desk_writer_give(w, &b));
	assert_ptr_equal(b, second);
	assert_false(store_batch_is_empty(b));
	assert_int_equal(counters(w).octets, octets);
	assert_false(desk_writer_wait(w, 0));
	assert_false(desk_writer_wait(w, 30));
	sem_post(&disk.go);
	assert_true(desk_writer_wait(w, 60000));
	assert_true(desk_writer_give(w, &b));
	sem_post(&disk.go);
	assert_true(desk_writer_wait(w, 60000));
	assert_int_equal(disk.done, 2);
	store_batch_free(b);
	assert_true(desk_writer_free(w));
}

/* A full disk: the same batch is asked for again, and counted each time. */
static void
what_could_not_be_committed_is_tried_again_until_it_can(void **state)
{
	struct desk_writer *w;
	struct store_batch *b = filled();
	size_t octets = store_batch_octets(b);

	(void)state;
	disk.fails = 1;
	w = desk_writer_new(NULL, true, NEVER);
	assert_true(desk_writer_give(w, &b));
	assert_true(desk_writer_wait(w, 60000));
	assert_int_equal(disk.tried, 2);
	assert_int_equal(disk.done, 1);
	assert_int_equal(disk.octets, octets);
	assert_int_equal(counters(w).failed, 1);
	store_batch_free(b);
	assert_true(desk_writer_free(w));
}

/* The end comes while the disk is full: once more, and then it says that it is lost. */
static void
what_fails_at_the_end_too_is_lost_and_that_is_said(void **state)
{
	struct desk_writer *w;
	struct store_batch *b = filled();

	(void)state;
	disk.fails = UINT32_MAX;
	w = desk_writer_new(NULL, true, NEVER);
	assert_true(desk_writer_give(w, &b));
	sem_wait(&disk.asked);
	while (counters(w).failed == 0)
		usleep(1000);
	store_batch_free(b);
	assert_false(desk_writer_free(w));
	assert_int_equal(disk.done, 0);
	assert_true(disk.tried >= 2);
}

/* It failed once, and before it was tried again the end came. */
static void
a_disk_that_works_again_at_the_end_gets_what_failed_before(void **state)
{
	struct desk_writer *w;
	struct store_batch *b = filled();

	(void)state;
	disk.fails = 1;
	w = desk_writer_new(NULL, true, NEVER);
	assert_true(desk_writer_give(w, &b));
	while (counters(w).failed == 0)
		usleep(1000);
	store_batch_free(b);
	assert_true(desk_writer_free(w));
	assert_int_equal(disk.tried, 2);
	assert_int_equal(disk.done, 1);
}

static void *
end(void *ctx)
{
	return desk_writer_free(ctx) ? NULL : ctx;
}

/* Given just before the end, on a disk that sleeps: it is waited for. */
static void
what_is_under_way_at_the_end_is_kept(void **state)
{
	struct desk_writer *w;
	struct store_batch *b = filled();
	pthread_t ending;
	void *lost;

	(void)state;
	disk.sleeps = true;
	w = desk_writer_new(NULL, true, NEVER);
	assert_true(desk_writer_give(w, &b));
	sem_wait(&disk.asked);
	pthread_create(&ending, NULL, end, w);
	sem_post(&disk.go);
	pthread_join(ending, &lost);
	assert_null(lost);
	assert_int_equal(disk.done, 1);
	store_batch_free(b);
}

/* It may not even have begun. */
static void
what_was_given_right_before_the_end_is_kept(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 50; i++) {
		struct desk_writer *w = desk_writer_new(NULL, true, NEVER);
		struct store_batch *b = filled();

		assert_true(desk_writer_give(w, &b));
		store_batch_free(b);
		assert_true(desk_writer_free(w));
		assert_int_equal(read_disk(&disk.done), i + 1);
	}
}

/* --- without a thread ----------------------------------------------------------------
 */

static void
without_a_thread_it_is_committed_at_once(void **state)
{
	struct desk_writer *w = desk_writer_new(NULL, false, NEVER);
	struct store_batch *b = filled(), *given = b;

	(void)state;
	assert_true(desk_writer_give(w, &b));
	assert_int_equal(disk.done, 1);
	assert_true(pthread_equal(disk.by, pthread_self()));
	/* The real store_commit() empties it; it stays the caller's. */
	assert_ptr_equal(b, given);
	assert_true(desk_writer_is_idle(w));
	assert_true(desk_writer_wait(w, 0));
	disk.fails = 1;
	assert_false(desk_writer_give(w, &b));
	assert_ptr_equal(b, given);
	assert_int_equal(counters(w).failed, 1);
	assert_int_equal(counters(w).octets, 0);
	assert_true(desk_writer_is_idle(w));
	/* It holds nothing, so that nothing is lost. */
	assert_true(desk_writer_free(w));
	store_batch_free(b);
}

static void
an_end_without_a_beginning_loses_nothing(void **state)
{
	(void)state;
	assert_true(desk_writer_free(NULL));
	assert_true(desk_writer_free(desk_writer_new(NULL, true, NEVER)));
	assert_true(desk_writer_free(desk_writer_new(NULL, false, NEVER)));
	assert_int_equal(disk.tried, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
			a_batch_given_is_committed_by_the_other_thread, setup),
		cmocka_unit_test_setup(a_disk_that_sleeps_holds_nobody_up, setup),
		cmocka_unit_test_setup(
			what_could_not_be_committed_is_tried_again_until_it_can, setup),
		cmocka_unit_test_setup(
			what_fails_at_the_end_too_is_lost_and_that_is_said, setup),
		cmocka_unit_test_setup(
			a_disk_that_works_again_at_the_end_gets_what_failed_before,
			setup),
		cmocka_unit_test_setup(what_is_under_way_at_the_end_is_kept, setup),
		cmocka_unit_test_setup(
			what_was_given_right_before_the_end_is_kept, setup),
		cmocka_unit_test_setup(without_a_thread_it_is_committed_at_once, setup),
		cmocka_unit_test_setup(an_end_without_a_beginning_loses_nothing, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
