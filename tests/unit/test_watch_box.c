/* SPDX-License-Identifier: Apache-2.0 */
/* Requests to a thread: done by it, in order, or refused; nobody waits for ever. */
#include "feed.h"

#include <unistd.h>

#include "sensor/watch/watch_box.h"

struct owner {
	struct watch_box box;
	pthread_t thread;
	atomic_bool stop;
	atomic_int woken;
	pthread_t did; /* who ran the last request */
	int runs;
};

static void
note_wake(void *ctx)
{
	struct owner *o = ctx;

	atomic_fetch_add(&o->woken, 1);
}

static void *
serve_until_stopped(void *arg)
{
	struct owner *o = arg;

	while (!atomic_load(&o->stop)) {
		if (watch_box_has(&o->box))
			watch_box_serve(&o->box);
		usleep(100);
	}
	watch_box_close(&o->box);
	return NULL;
}

static void
note_run(void *arg)
{
	struct owner *o = arg;

	o->did = pthread_self();
	o->runs++;
}

static void
the_owner_does_it_while_the_other_waits(void **state)
{
	static struct owner o;

	(void)state;
	watch_box_init(&o.box, note_wake, &o);
	assert_int_equal(pthread_create(&o.thread, NULL, serve_until_stopped, &o), 0);
	for (int i = 1; i <= 100; i++) {
		assert_true(watch_box_ask(&o.box, note_run, &o, 5000));
		assert_int_equal(o.runs, i);
		assert_true(pthread_equal(o.did, o.thread));
	}
	assert_int_equal(atomic_load(&o.woken), 100);
	atomic_store(&o.stop, true);
	pthread_join(o.thread, NULL);
	assert_false(watch_box_ask(&o.box, note_run, &o, 5000));
	assert_int_equal(o.runs, 100);
	watch_box_free(&o.box);
}

static void
an_owner_that_hangs_is_not_waited_for_and_not_asked_later(void **state)
{
	static struct owner o;

	(void)state;
	watch_box_init(&o.box, NULL, NULL);
	assert_false(watch_box_ask(&o.box, note_run, &o, 20));
	watch_box_serve(&o.box);
	assert_int_equal(o.runs, 0);
	watch_box_free(&o.box);
}

struct asker {
	struct owner *owner;
	bool answer;
};

static void *
ask_for_long(void *arg)
{
	struct asker *a = arg;

	a->answer = watch_box_ask(&a->owner->box, note_run, a->owner, 60000);
	return NULL;
}

static void
closing_refuses_who_waits(void **state)
{
	static struct owner o;
	struct asker a = {&o, true};
	pthread_t thread;

	(void)state;
	watch_box_init(&o.box, NULL, NULL);
	assert_int_equal(pthread_create(&thread, NULL, ask_for_long, &a), 0);
	while (!watch_box_has(&o.box))
		usleep(100);
	watch_box_close(&o.box);
	pthread_join(thread, NULL);
	assert_false(a.answer);
	assert_int_equal(o.runs, 0);
	watch_box_free(&o.box);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_owner_does_it_while_the_other_waits),
		cmocka_unit_test(
			an_owner_that_hangs_is_not_waited_for_and_not_asked_later),
		cmocka_unit_test(closing_refuses_who_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
