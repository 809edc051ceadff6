/* SPDX-License-Identifier: Apache-2.0 */
/* What relaytap check-config says of files that are in order and of others. */
#include "command_rig.h"

struct bench {
	struct command_rig c;
	char good[128], bad[128];
};

static void
put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void
bench_init(struct bench *b)
{
	command_rig_init(&b->c);
	snprintf(b->good, sizeof(b->good), "%s/good.conf", b->c.rig.directory);
	snprintf(b->bad, sizeof(b->bad), "%s/bad.conf", b->c.rig.directory);
	put(b->good, "home: [10.0.0.0/8]\n");
	put(b->bad, "home: [10.0.0.0/8]\nhomes: []\n");
}

/* This command has no --state: the words alone. */
#define run(b, ...)                                                                      \
	command_rig_run_bare(&(b)->c, &command_check_config,                             \
		(const char *const[]){"check-config", __VA_ARGS__, NULL}, NULL)

static void
a_file_in_order_is_named_as_good(void **state)
{
	struct bench b;
	char want[160];

	(void)state;
	bench_init(&b);
	snprintf(want, sizeof(want), "%s: good\n", b.good);
	run(&b, b.good);
	assert_int_equal(b.c.status, COMMAND_GOOD);
	assert_string_equal(b.c.out, want);
	assert_string_equal(b.c.error, "");
	/* As the other commands take it. */
	run(&b, "-c", b.good);
	assert_int_equal(b.c.status, COMMAND_GOOD);
	assert_string_equal(b.c.out, want);
	run(&b, "--config", b.good);
	assert_int_equal(b.c.status, COMMAND_GOOD);
	assert_string_equal(b.c.out, want);
	command_rig_free(&b.c);
}

/* Wherever it stands among them; each has its line. */
static void
one_bad_file_of_several_fails_the_command(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b);
	run(&b, b.bad, b.good);
	assert_int_equal(b.c.status, COMMAND_FAILED);
	assert_int_equal(lines_of(b.c.out), 1);
	assert_int_equal(lines_of(b.c.error), 1);
	assert_says(b.c.error, "bad.conf:2: ");
	assert_says(b.c.error, "\"homes\"");
	run(&b, b.good, b.bad, "/nonexistent/x.conf");
	assert_int_equal(b.c.status, COMMAND_FAILED);
	assert_int_equal(lines_of(b.c.out), 1);
	assert_int_equal(lines_of(b.c.error), 2);
	assert_says(b.c.error, "/nonexistent/x.conf");
	command_rig_free(&b.c);
}

/* Nothing that was checked must not look like all in order. */
static void
no_file_is_a_failure(void **state)
{
	static const char *const none[] = {"check-config", NULL};
	struct bench b;

	(void)state;
	bench_init(&b);
	command_rig_run_bare(&b.c, &command_check_config, none, NULL);
	assert_int_equal(b.c.status, COMMAND_FAILED);
	assert_says(b.c.error, "no file given");
	run(&b, "-c");
	assert_int_equal(b.c.status, COMMAND_FAILED);
	assert_int_equal(lines_of(b.c.error), 1);
	assert_string_equal(b.c.out, "");
	run(&b, "--no-such-option");
	assert_int_equal(b.c.status, COMMAND_FAILED);
	command_rig_free(&b.c);
}

static void
help_is_told_to_standard_output(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b);
	run(&b, "--help");
	assert_int_equal(b.c.status, COMMAND_GOOD);
	assert_says(b.c.out, "usage: relaytap check-config ");
	assert_string_equal(b.c.error, "");
	run(&b, "-h");
	assert_int_equal(b.c.status, COMMAND_GOOD);
	command_rig_free(&b.c);
}

/* A deployment that reads the answer must not go on without it. */
static void
an_answer_that_cannot_be_given_is_a_failure(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b);
	command_rig_run_bare(&b.c, &command_check_config,
		(const char *const[]){"check-config", b.good, NULL}, "/dev/full");
	assert_int_equal(b.c.status, COMMAND_FAILED);
	assert_says(b.c.error, "standard output: No space left on device");
	command_rig_free(&b.c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_in_order_is_named_as_good),
		cmocka_unit_test(one_bad_file_of_several_fails_the_command),
		cmocka_unit_test(no_file_is_a_failure),
		cmocka_unit_test(help_is_told_to_standard_output),
		cmocka_unit_test(an_answer_that_cannot_be_given_is_a_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
