/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Over a pseudo terminal that stands in for standard input and output. Waits are given a
 * minute where something is there already, so that only what is there can end them.
 */
#include "feed.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "sensor/command/command_top.h"

#define MINUTE 60000

static int master = -1, before_in, before_out;

/* Standard input and output are fds from now on. */
static void
stand_in(int in, int out)
{
	fflush(stdout);
	before_in = dup(STDIN_FILENO);
	before_out = dup(STDOUT_FILENO);
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
}

static void
stand_back(void)
{
	dup2(before_in, STDIN_FILENO);
	dup2(before_out, STDOUT_FILENO);
	close(before_in);
	close(before_out);
}

static int
setup(void **state)
{
	int slave;

	(void)state;
	master = posix_openpt(O_RDWR | O_NOCTTY);
	if (master < 0 || grantpt(master) || unlockpt(master))
		return -1;
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	if (slave < 0)
		return -1;
	stand_in(slave, slave);
	close(slave);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	stand_back();
	if (master >= 0)
		close(master);
	return 0;
}

/* What was written to the terminal is exactly that. */
static void
assert_shown(const char *want)
{
	char got[256] = "";
	size_t at = 0, len = strlen(want);
	struct pollfd p = {.fd = master, .events = POLLIN};

	while (at < len && poll(&p, 1, MINUTE) == 1) {
		ssize_t n = read(master, got + at, sizeof(got) - 1 - at);

		assert_true(n > 0);
		at += (size_t)n;
	}
	assert_string_equal(got, want);
}

static void
press(const char *keys)
{
	struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};

	assert_int_equal(write(master, keys, strlen(keys)), strlen(keys));
	assert_int_equal(poll(&p, 1, MINUTE), 1);
}

static void
the_terminal_is_left_as_it_was_found(void **state)
{
	struct termios before, within, behind;

	(void)state;
	assert_int_equal(tcgetattr(STDIN_FILENO, &before), 0);
	assert_true(before.c_lflag & ECHO);
	assert_true(command_top_terminal_enter());
	assert_shown("\033[?1049h\033[?25l\033[?7l\033[2J");
	assert_int_equal(tcgetattr(STDIN_FILENO, &within), 0);
	assert_false(within.c_lflag & (ICANON | ECHO));
	/* Interrupts still come as signals; to be stopped in there would be a trap. */
	assert_true(within.c_lflag & ISIG);
	assert_int_equal(within.c_cc[VSUSP], _POSIX_VDISABLE);
	command_top_terminal_leave();
	assert_shown("\033[?7h\033[?25h\033[?1049l");
	assert_int_equal(tcgetattr(STDIN_FILENO, &behind), 0);
	assert_int_equal(behind.c_lflag, before.c_lflag);
	assert_memory_equal(behind.c_cc, before.c_cc, sizeof(before.c_cc));
}

static void
what_is_no_terminal_is_not_entered(void **state)
{
	int nowhere = open("/dev/null", O_RDWR);

	(void)state;
	for (int i = 0; i < 3; i++) {
		bool entered;
		int in = dup(STDIN_FILENO), out = dup(STDOUT_FILENO);

		/* Both, only the input, only the output. */
		if (i != 2)
			dup2(nowhere, STDIN_FILENO);
		if (i != 1)
			dup2(nowhere, STDOUT_FILENO);
		entered = command_top_terminal_enter();
		dup2(in, STDIN_FILENO);
		dup2(out, STDOUT_FILENO);
		close(in);
		close(out);
		assert_false(entered);
	}
	close(nowhere);
}

static void
the_size_is_that_of_the_terminal_or_the_usual_one(void **state)
{
	struct winsize size = {.ws_col = 132, .ws_row = 50};
	unsigned width, height;

	(void)state;
	command_top_terminal_size(&width, &height);
	assert_int_equal(width, 80);
	assert_int_equal(height, 24);
	assert_int_equal(ioctl(master, TIOCSWINSZ, &size), 0);
	command_top_terminal_size(&width, &height);
	assert_int_equal(width, 132);
	assert_int_equal(height, 50);
	/* Half of it is not known: then neither. */
	size.ws_row = 0;
	assert_int_equal(ioctl(master, TIOCSWINSZ, &size), 0);
	command_top_terminal_size(&width, &height);
	assert_int_equal(width, 80);
	assert_int_equal(height, 24);
}

static void
keys_quit_look_again_or_are_nothing(void **state)
{
	static const struct {
		const char *keys;
		enum top_key want;
	} cases[] = {{"q", TOP_KEY_QUIT}, {"Q", TOP_KEY_QUIT}, {" ", TOP_KEY_AGAIN},
		{"\n", TOP_KEY_AGAIN}, {"\r", TOP_KEY_AGAIN}, {"x", TOP_KEY_NONE},
		{"\033[A", TOP_KEY_NONE}, {"xq ", TOP_KEY_QUIT}, {"\xff", TOP_KEY_NONE}};

	(void)state;
	assert_true(command_top_terminal_enter());
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		press(cases[i].keys);
		assert_int_equal(command_top_terminal_wait(MINUTE), cases[i].want);
	}
	command_top_terminal_leave();
}

static void
without_a_key_it_is_looked_again(void **state)
{
	(void)state;
	assert_true(command_top_terminal_enter());
	assert_int_equal(command_top_terminal_wait(0), TOP_KEY_AGAIN);
	assert_int_equal(command_top_terminal_wait(20), TOP_KEY_AGAIN);
	command_top_terminal_leave();
}

/* It is not lost though nobody waits when it comes. */
static void
another_size_ends_the_wait(void **state)
{
	(void)state;
	assert_true(command_top_terminal_enter());
	raise(SIGWINCH);
	assert_int_equal(command_top_terminal_wait(MINUTE), TOP_KEY_AGAIN);
	command_top_terminal_leave();
}

static void
a_terminal_that_is_gone_ends_it(void **state)
{
	(void)state;
	assert_true(command_top_terminal_enter());
	close(master);
	master = -1;
	assert_int_equal(command_top_terminal_wait(MINUTE), TOP_KEY_QUIT);
}

/* The last of the tests: that it shall end is not taken back. */
static void
a_signal_to_end_is_not_missed(void **state)
{
	(void)state;
	assert_true(command_top_terminal_enter());
	raise(SIGTERM);
	assert_int_equal(command_top_terminal_wait(MINUTE), TOP_KEY_QUIT);
	assert_int_equal(command_top_terminal_wait(MINUTE), TOP_KEY_QUIT);
	command_top_terminal_leave();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			the_terminal_is_left_as_it_was_found, setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_is_no_terminal_is_not_entered, setup, teardown),
		cmocka_unit_test_setup_teardown(
			the_size_is_that_of_the_terminal_or_the_usual_one, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			keys_quit_look_again_or_are_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(
			without_a_key_it_is_looked_again, setup, teardown),
		cmocka_unit_test_setup_teardown(
			another_size_ends_the_wait, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_terminal_that_is_gone_ends_it, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_signal_to_end_is_not_missed, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
