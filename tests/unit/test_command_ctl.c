/* SPDX-License-Identifier: Apache-2.0 */
#include "control_rig.h"

#include <fcntl.h>
#include <getopt.h>

#include "sensor/command/command.h"

/* What the command writes to standard output, into got. Its exit status. */
static int
run(char *const *words, size_t count, char *got, size_t room)
{
	static char *argv[8];
	int kept = dup(STDOUT_FILENO), pair[2], status;
	ssize_t n;

	memcpy(argv, words, count * sizeof(*argv));
	argv[count] = NULL;
	fflush(stdout);
	assert_int_equal(pipe2(pair, O_NONBLOCK), 0);
	dup2(pair[1], STDOUT_FILENO);
	optind = 0;
	status = command_ctl.run((int)count, argv);
	dup2(kept, STDOUT_FILENO);
	n = read(pair[0], got, room - 1);
	got[n > 0 ? n : 0] = '\0';
	close(pair[0]);
	close(pair[1]);
	close(kept);
	return status;
}

static void
the_words_are_sent_and_the_lines_printed(void **state)
{
	struct control_rig *r = *state;
	char name[] = "ctl", s[] = "-s", echo[] = "echo", one[] = "one",
	     json[] = "--json";
	char *words[] = {name, s, r->path, echo, one, json};
	char got[256];

	assert_int_equal(run(words, 6, got, sizeof(got)), COMMAND_GOOD);
	assert_string_equal(got, "{\"word\":\"echo\"}\n{\"word\":\"one\"}\n"
				 "{\"word\":\"--json\"}\n");
}

static void
a_refusal_nobody_there_and_no_words_fail(void **state)
{
	struct control_rig *r = *state;
	char name[] = "ctl", s[] = "-s", what[] = "what", bad[] = "--bad";
	char none[] = "/nonexistent/control";
	char *refused[] = {name, s, r->path, what};
	char *nobody[] = {name, s, none, what};
	char *no_words[] = {name, s, r->path};
	char *option[] = {name, bad, what};
	char got[256];

	assert_int_equal(run(refused, 4, got, sizeof(got)), COMMAND_FAILED);
	assert_string_equal(got, "");
	assert_int_equal(run(nobody, 4, got, sizeof(got)), COMMAND_FAILED);
	assert_int_equal(run(no_words, 3, got, sizeof(got)), COMMAND_FAILED);
	assert_int_equal(run(option, 3, got, sizeof(got)), COMMAND_FAILED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, control_rig_up, control_rig_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_words_are_sent_and_the_lines_printed),
		TEST(a_refusal_nobody_there_and_no_words_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
