/* SPDX-License-Identifier: Apache-2.0 */
/* The main thread: signals come by its loop alone, in threads that it starts none. */
#include "watch_sensor.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

static struct sensor s;
static struct sockaddr_un manager = {.sun_family = AF_UNIX};
static int heard_by = -1;

/* --- instead of watch_reload.c ------------------------------------------------------ */

static atomic_int reloads, reopens;

const char *
watch_reload(struct watch *w)
{
	(void)w;
	atomic_fetch_add(&reloads, 1);
	return "a bad configuration";
}

void
watch_reopen(struct watch *w)
{
	(void)w;
	atomic_fetch_add(&reopens, 1);
}

/* ------------------------------------------------------------------------------------ */

static int
up(void **state)
{
	(void)state;
	snprintf(manager.sun_path, sizeof(manager.sun_path), "/tmp/test_watch_signal_%d",
		(int)getpid());
	heard_by = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	if (heard_by < 0 ||
		bind(heard_by, (struct sockaddr *)&manager, sizeof(manager)) != 0)
		return -1;
	setenv("NOTIFY_SOCKET", manager.sun_path, 1);
	unsetenv("WATCHDOG_USEC");
	sensor_init(&s, 2);
	watch_notify_init(&s.w.notify);
	atomic_store(&reloads, 0);
	atomic_store(&reopens, 0);
	assert_int_equal(watch_signal_open(&s.w), 0);
	return 0;
}

static int
down(void **state)
{
	(void)state;
	watch_signal_close(&s.w);
	sensor_free(&s);
	close(heard_by);
	unsetenv("NOTIFY_SOCKET");
	return unlink(manager.sun_path);
}

static void *
loop(void *arg)
{
	watch_signal_loop(arg);
	return NULL;
}

static pthread_t
begin_loop(void)
{
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, loop, &s.w), 0);
	return thread;
}

/* All that the service manager heard, one after the other. */
static const char *
heard(void)
{
	static char text[2048];
	size_t used = 0;
	ssize_t n;

	while ((n = recv(heard_by, text + used, sizeof(text) - used - 2, 0)) > 0) {
		used += (size_t)n;
		text[used++] = '\n';
	}
	text[used] = '\0';
	return text;
}

static void
the_sensors_signals_are_blocked_and_others_are_not(void **state)
{
	static const int ours[] = {SIGHUP, SIGINT, SIGTERM, SIGUSR1};
	sigset_t set;

	(void)state;
	pthread_sigmask(SIG_BLOCK, NULL, &set);
	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
		assert_int_equal(sigismember(&set, ours[i]), 1);
	assert_int_equal(sigismember(&set, SIGSEGV), 0);
	assert_int_equal(sigismember(&set, SIGALRM), 0);
}

static void
what_came_before_the_loop_is_not_lost(void **state)
{
	(void)state;
	kill(getpid(), SIGTERM);
	watch_signal_loop(&s.w);
	assert_int_equal(atomic_load(&reloads), 0);
}

static void
interrupts_end_it_too(void **state)
{
	pthread_t thread = begin_loop();

	(void)state;
	kill(getpid(), SIGINT);
	pthread_join(thread, NULL);
}

static void
a_hangup_reloads_and_reopens_and_the_manager_is_told(void **state)
{
	pthread_t thread = begin_loop();
	const char *told;

	(void)state;
	kill(getpid(), SIGHUP);
	sensor_await(atomic_load(&reopens) == 1);
	kill(getpid(), SIGTERM);
	pthread_join(thread, NULL);
	assert_int_equal(atomic_load(&reloads), 1);
	told = heard();
	assert_ptr_equal(strstr(told, "RELOADING=1\nMONOTONIC_USEC="), told);
	/* Ready again also where the configuration was bad: the old one is in force. */
	assert_non_null(strstr(told, "\nREADY=1\n"));
}

static void
a_hangup_beside_the_end_is_not_worth_it(void **state)
{
	(void)state;
	kill(getpid(), SIGHUP);
	kill(getpid(), SIGTERM);
	watch_signal_loop(&s.w);
	assert_int_equal(atomic_load(&reloads) + atomic_load(&reopens), 0);
}

static void
counters_are_asked_for_and_nothing_ends(void **state)
{
	pthread_t thread = begin_loop();

	(void)state;
	kill(getpid(), SIGUSR1);
	sensor_await(atomic_load(&s.w.stats_wanted));
	assert_int_equal(pthread_kill(thread, 0), 0);
	kill(getpid(), SIGTERM);
	pthread_join(thread, NULL);
	assert_int_equal(atomic_load(&reloads), 0);
}

static void
note_thread(void *arg)
{
	*(pthread_t *)arg = pthread_self();
}

static void
orders_are_done_by_the_loop_and_refused_after_it(void **state)
{
	pthread_t thread = begin_loop(), did = pthread_self();
	struct timespec from, to;

	(void)state;
	clock_gettime(CLOCK_MONOTONIC, &from);
	for (int i = 0; i < 20; i++)
		assert_true(watch_box_ask(&s.w.main_box, note_thread, &did, 5000));
	clock_gettime(CLOCK_MONOTONIC, &to);
	assert_true(pthread_equal(did, thread));
	/* It is woken for each; by its own looks alone twenty would take ten seconds. */
	assert_true(to.tv_sec - from.tv_sec < 5);
	kill(getpid(), SIGTERM);
	pthread_join(thread, NULL);
	assert_false(watch_box_ask(&s.w.main_box, note_thread, &did, 5000));
}

static void
it_ends_when_all_packet_threads_have_left(void **state)
{
	pthread_t thread = begin_loop();

	(void)state;
	watch_queue_end(s.w.packet[0].queue);
	usleep(700000);
	/* One is left. */
	assert_true(watch_box_ask(&s.w.main_box, note_thread, &(pthread_t){0}, 5000));
	watch_queue_end(s.w.packet[1].queue);
	pthread_join(thread, NULL);
}

/* Two seconds in which all move, but the packet threads from number on. Pings. */
static size_t
pings_while_moving(size_t number)
{
	pthread_t thread = begin_loop();
	size_t pings = 0;

	for (int i = 0; i < 20; i++) {
		for (size_t k = 0; k < number; k++)
			atomic_fetch_add(&s.w.packet[k].beats, 1);
		atomic_fetch_add(&s.w.beats, 1);
		usleep(100000);
	}
	kill(getpid(), SIGTERM);
	pthread_join(thread, NULL);
	for (const char *at = heard(); (at = strstr(at, "WATCHDOG=1")); at++)
		pings++;
	return pings;
}

static void
a_thread_that_stands_still_gets_no_ping_and_is_told_of(void **state)
{
	const char *line;

	(void)state;
	setenv("WATCHDOG_USEC", "1000000", 1);
	watch_notify_init(&s.w.notify);
	sensor_log_begin();
	assert_true(pings_while_moving(2) >= 2);
	assert_string_equal(sensor_log_end(), "");
	watch_notify_init(&s.w.notify);
	sensor_log_begin();
	/* At the first look nobody can be said to stand still. */
	assert_in_range(pings_while_moving(1), 0, 1);
	line = sensor_log_end();
	assert_non_null(strstr(line, "a thread does not get on"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, up, down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_sensors_signals_are_blocked_and_others_are_not),
		TEST(what_came_before_the_loop_is_not_lost),
		TEST(interrupts_end_it_too),
		TEST(a_hangup_reloads_and_reopens_and_the_manager_is_told),
		TEST(a_hangup_beside_the_end_is_not_worth_it),
		TEST(counters_are_asked_for_and_nothing_ends),
		TEST(orders_are_done_by_the_loop_and_refused_after_it),
		TEST(it_ends_when_all_packet_threads_have_left),
		TEST(a_thread_that_stands_still_gets_no_ping_and_is_told_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
