/* SPDX-License-Identifier: Apache-2.0 */
#include "sink_rig.h"

#include <signal.h>

static int kept, reader;

/* Standard output is a pipe, whose other end is reader, until restore(). */
static void
redirect(void)
{
	int pipes[2];

	fflush(stdout);
	kept = dup(STDOUT_FILENO);
	assert_int_equal(pipe(pipes), 0);
	dup2(pipes[1], STDOUT_FILENO);
	close(pipes[1]);
	reader = pipes[0];
}

static void
restore(void)
{
	dup2(kept, STDOUT_FILENO);
	close(kept);
}

static void
lines_go_out_without_header(void **state)
{
	struct config_output o = {.name = "stdout", .to = CONFIG_TO_STDOUT};
	struct sink_line lines[] = {rig_line("{\"a\":1}"), rig_line("{\"b\":2}")};
	struct sink *s = rig_open(&o);
	char got[64];
	size_t taken;

	(void)state;
	redirect();
	taken = sink_send(s, lines, 2, rig_error);
	rig_read(reader, got, sizeof(got), 0);
	restore();
	close(reader);
	sink_close(s);
	assert_int_equal(taken, 2);
	assert_string_equal(got, "{\"a\":1}\n{\"b\":2}\n");
}

/* With SIGPIPE as it is by default: the program must live on. */
static void
a_reader_that_has_gone_is_an_error(void **state)
{
	struct config_output o = {.name = "stdout", .to = CONFIG_TO_STDOUT};
	struct sink_line line = rig_line("x");
	struct sink *s;
	size_t taken;

	(void)state;
	signal(SIGPIPE, SIG_DFL);
	redirect();
	s = rig_open(&o);
	close(reader);
	taken = sink_send(s, &line, 1, rig_error);
	restore();
	sink_close(s);
	assert_int_equal(taken, 0);
	assert_string_equal(rig_error, "stdout: its reader has gone");
}

static void
a_reader_that_does_not_read_holds_nobody_up(void **state)
{
	static char big[100001];
	struct config_output o = {.name = "stdout", .to = CONFIG_TO_STDOUT};
	struct sink_line line;
	struct sink *s;
	size_t taken;
	double begin = rig_seconds();

	(void)state;
	memset(big, 'b', sizeof(big) - 1);
	line = rig_line(big);
	redirect();
	s = rig_open(&o);
	sink_hurry(s, 300);
	taken = sink_send(s, &line, 1, rig_error);
	restore();
	close(reader);
	sink_close(s);
	assert_int_equal(taken, 0);
	assert_string_equal(
		rig_error, "stdout: nobody reads it; lines wait until it is read again");
	assert_true(rig_seconds() - begin < 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_go_out_without_header),
		cmocka_unit_test(a_reader_that_has_gone_is_an_error),
		cmocka_unit_test(a_reader_that_does_not_read_holds_nobody_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
