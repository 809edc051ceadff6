/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>

#include "sensor/base/log.h"

static char said[16384];

static void
say_all(void)
{
	errno = ENOENT;
	log_warn("file %d", 1);
	log_warnx("warning");
	log_info("note");
	log_debug("detail");
}

static void
say_two_lines(void)
{
	log_warnx("one\ntwo\x1b[2J");
}

static void
say_too_much(void)
{
	log_warnx("%*s", 9000, "x");
}

static void
say_over_progress(void)
{
	log_erase("<erase>");
	log_warnx("a");
	log_erase(NULL);
	log_warnx("b");
}

static void
die(void)
{
	errno = EACCES;
	fatal("no %s", "way");
}

static void
die_plainly(void)
{
	fatalx("no way");
}

/* What say() writes to stderr lands in said; returns the status it exits with. */
static int
exit_of(enum log_level level, void (*say)(void))
{
	int pipes[2], status;
	size_t n = 0;
	ssize_t got;
	pid_t pid;

	assert_int_equal(pipe(pipes), 0);
	pid = fork();
	if (pid == 0) {
		dup2(pipes[1], STDERR_FILENO);
		log_init(level, 7);
		say();
		_exit(0);
	}
	close(pipes[1]);
	while ((got = read(pipes[0], said + n, sizeof(said) - 1 - n)) > 0)
		n += (size_t)got;
	said[n] = '\0';
	close(pipes[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
each_level_adds_to_the_one_below(void **state)
{
	(void)state;
	assert_int_equal(exit_of(LOG_QUIET, say_all), 0);
	assert_string_equal(said, "relaytap: file 1: No such file or directory\n"
				  "relaytap: warning\n");
	exit_of(LOG_NORMAL, say_all);
	assert_string_equal(said, "relaytap: file 1: No such file or directory\n"
				  "relaytap: warning\nrelaytap: note\n");
	exit_of(LOG_VERBOSE, say_all);
	assert_string_equal(said,
		"relaytap: file 1: No such file or directory\n"
		"relaytap: warning\nrelaytap: note\nrelaytap: detail\n");
}

static void
a_message_is_one_line_whatever_it_quotes(void **state)
{
	(void)state;
	exit_of(LOG_QUIET, say_two_lines);
	assert_string_equal(said, "relaytap: one?two?[2J\n");
}

static void
a_message_too_long_is_cut_and_says_so(void **state)
{
	(void)state;
	exit_of(LOG_QUIET, say_too_much);
	assert_int_equal(strlen(said), strlen("relaytap: ") + 4095 + 1);
	assert_string_equal(said + strlen(said) - 5, " ...\n");
}

static void
a_progress_line_is_erased_first(void **state)
{
	(void)state;
	exit_of(LOG_QUIET, say_over_progress);
	assert_string_equal(said, "<erase>relaytap: a\nrelaytap: b\n");
}

static void
fatal_exits_with_the_status_given_at_start(void **state)
{
	(void)state;
	assert_int_equal(exit_of(LOG_QUIET, die), 7);
	assert_string_equal(said, "relaytap: no way: Permission denied\n");
	assert_int_equal(exit_of(LOG_QUIET, die_plainly), 7);
	assert_string_equal(said, "relaytap: no way\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_level_adds_to_the_one_below),
		cmocka_unit_test(a_message_is_one_line_whatever_it_quotes),
		cmocka_unit_test(a_message_too_long_is_cut_and_says_so),
		cmocka_unit_test(a_progress_line_is_erased_first),
		cmocka_unit_test(fatal_exits_with_the_status_given_at_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
