/* SPDX-License-Identifier: Apache-2.0 */
#include "control_rig.h"

#include <poll.h>

#include "sensor/control/control_client.h"

/* The same line, however it is cut: one answer, when the line is whole. */
static void
a_line_is_one_however_it_comes(void **state)
{
	static const char line[] = "echo one\n";
	static const char want[] = "{\"word\":\"echo\"}\n{\"word\":\"one\"}\n" RIG_GOOD;
	struct control_rig r = {0};

	(void)state;
	for (size_t cut = 0; cut < sizeof(line); cut++) {
		struct control_client c;
		char got[128];
		int pair[2];

		assert_int_equal(
			socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
		control_client_init(&c, pair[0], 0);
		rig_say(pair[1], line, cut);
		assert_true(control_client_move(&c, rig_answer, &r, 1));
		if (cut < sizeof(line) - 1) {
			assert_int_equal(recv(pair[1], got, sizeof(got), 0), -1);
			rig_say(pair[1], line + cut, sizeof(line) - 1 - cut);
			assert_true(control_client_move(&c, rig_answer, &r, 2));
		}
		rig_hear(pair[1], RIG_GOOD, got, sizeof(got));
		assert_string_equal(got, want);
		assert_int_equal(control_client_events(&c), POLLIN);
		control_client_close(&c);
		close(pair[1]);
	}
}

/* A drop now and then does not prolong a line; an answer that is taken prolongs it. */
static void
its_time_runs_from_the_begin_of_the_line(void **state)
{
	struct control_rig r = {0};
	struct control_client c;
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	control_client_init(&c, pair[0], 1000);
	assert_int_equal(c.until_ms, 1000 + CONTROL_STALL_MS);
	rig_say(pair[1], "e", 1);
	assert_true(control_client_move(&c, rig_answer, &r, 2000));
	rig_say(pair[1], "c", 1);
	assert_true(control_client_move(&c, rig_answer, &r, 3000));
	assert_int_equal(c.until_ms, 2000 + CONTROL_STALL_MS);
	rig_say(pair[1], "ho\n", 3);
	assert_true(control_client_move(&c, rig_answer, &r, 4000));
	assert_int_equal(c.until_ms, 4000 + CONTROL_STALL_MS);
	control_client_close(&c);
	close(pair[1]);
}

static void
an_answer_too_large_for_the_socket_waits_for_its_reader(void **state)
{
	struct control_rig r = {0};
	struct control_client c;
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	control_client_init(&c, pair[0], 0);
	rig_say(pair[1], "big\n", 4);
	assert_true(control_client_move(&c, rig_answer, &r, 1));
	assert_int_equal(control_client_events(&c), POLLOUT);
	close(pair[1]);
	assert_false(control_client_move(&c, rig_answer, &r, 2));
	control_client_close(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_one_however_it_comes),
		cmocka_unit_test(its_time_runs_from_the_begin_of_the_line),
		cmocka_unit_test(an_answer_too_large_for_the_socket_waits_for_its_reader),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
