/* SPDX-License-Identifier: Apache-2.0 */
/* What the service manager hears: signs of life only while every thread gets on. */
#include "feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "sensor/watch/watch_notify.h"

#define MS UINT64_C(1000000)

static struct sockaddr_un name = {.sun_family = AF_UNIX};
static int listener;

static int
setup(void **state)
{
	(void)state;
	snprintf(name.sun_path, sizeof(name.sun_path), "/tmp/test_watch_notify_%d",
		(int)getpid());
	listener = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	if (listener < 0 || bind(listener, (struct sockaddr *)&name, sizeof(name)) != 0)
		return -1;
	return setenv("NOTIFY_SOCKET", name.sun_path, 1);
}

static int
teardown(void **state)
{
	(void)state;
	close(listener);
	return unlink(name.sun_path);
}

/* What was said since the last call; empty: nothing. */
static const char *
heard(void)
{
	static char text[512];
	ssize_t n = recv(listener, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void
states_are_told(void **state)
{
	(void)state;
	watch_notify_ready();
	assert_string_equal(heard(), "READY=1");
	watch_notify_reloading(5000 * MS);
	assert_string_equal(heard(), "RELOADING=1\nMONOTONIC_USEC=5000000");
	watch_notify_stopping();
	assert_string_equal(heard(), "STOPPING=1");
}

static void
without_a_watchdog_there_are_no_pings(void **state)
{
	struct watch_notify n;
	uint64_t beats[2] = {0};

	(void)state;
	unsetenv("WATCHDOG_USEC");
	watch_notify_init(&n);
	for (uint64_t t = 1; t < 100; t++) {
		beats[0]++;
		beats[1]++;
		assert_false(watch_notify_beat(&n, beats, 2, t * 1000 * MS));
	}
	assert_string_equal(heard(), "");
}

static void
pings_come_at_half_time_and_only_if_all_threads_moved(void **state)
{
	struct watch_notify n;
	uint64_t beats[2] = {7, 7};

	(void)state;
	setenv("WATCHDOG_USEC", "2000000", 1);
	watch_notify_init(&n);
	assert_false(watch_notify_beat(&n, beats, 2, 10000 * MS));
	assert_string_equal(heard(), "WATCHDOG=1");
	/* Not yet time. */
	assert_false(watch_notify_beat(&n, beats, 2, 10999 * MS));
	assert_string_equal(heard(), "");
	/* One stands still. */
	beats[0]++;
	assert_true(watch_notify_beat(&n, beats, 2, 11000 * MS));
	assert_true(watch_notify_beat(&n, beats, 2, 15000 * MS));
	assert_string_equal(heard(), "");
	beats[1]++;
	assert_false(watch_notify_beat(&n, beats, 2, 15500 * MS));
	assert_string_equal(heard(), "WATCHDOG=1");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(states_are_told),
		cmocka_unit_test(without_a_watchdog_there_are_no_pings),
		cmocka_unit_test(pings_come_at_half_time_and_only_if_all_threads_moved),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
