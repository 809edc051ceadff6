/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options of relaytap watch, as far as they are looked at before anything is opened
 * but by name: what is wrong is one line that names the option.
 */
#include "command_rig.h"

struct bad {
	const char *words[4];
	const char *says;
};

static void
start(struct command_rig *c, const char *const *words)
{
	const char *all[COMMAND_RIG_ARGUMENTS + 1] = {"watch"};
	size_t n = 1;

	for (; *words; words++) {
		assert_true(n < COMMAND_RIG_ARGUMENTS);
		all[n++] = *words;
	}
	command_rig_run_bare(c, &command_watch, all, NULL);
}

static void
clean(struct command_rig *c)
{
	free(c->out);
	free(c->error);
}

static void
what_is_wrong_is_told_in_one_line_with_its_option(void **state)
{
	static const struct bad all[] = {
		{{NULL}, "name interfaces, each with -i"},
		{{"eth0"}, "name interfaces, each with -i"},
		{{"-i", "x", "eth0"}, "name interfaces, each with -i"},
		{{"--threads", "0"}, "--threads"},
		{{"--threads", "x"}, "--threads"},
		{{"--threads", ""}, "--threads"},
		{{"--ring", "many"}, "--ring"},
		{{"--capture", "ebpf"}, "--capture"},
		{{"--metrics", "70000"}, "--metrics"},
		{{"--metrics", "127.0.0.1:"}, "--metrics"},
		{{"--metrics", "127.0.0.1:http"}, "--metrics"},
		{{"--stats", "x"}, "--stats"},
		{{"--stats", "86401"}, "--stats"},
		{{"--stats", "-1"}, "--stats"},
		{{"--alerts", "xml"}, "--alerts"},
		{{"--alerts", "ecs, to: file"}, "--alerts"},
		{{"-c", "/nonexistent/relaytap.conf"}, "/nonexistent/relaytap.conf"},
	};
	struct command_rig c = {.status = -1};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		start(&c, all[i].words);
		if (c.status != COMMAND_FAILED || lines_of(c.error) != 1)
			fail_msg("%s: status %d, \"%s\"",
				all[i].words[0] ? all[i].words[0] : "(no words)",
				c.status, c.error);
		assert_says(c.error, all[i].says);
		assert_string_equal(c.out, "");
	}
	clean(&c);
}

/* Every octet of a name comes to where it is used: nothing of it is YAML. */
static void
names_are_taken_as_they_are(void **state)
{
	static const char *const names[] = {"no\"such", "no\\such", "no'such, x",
		"no: such", "#no", "{no}", "no such ", "null", "~", "- no", "&no", "*no",
		"!no", "%no", "no\\x41", "no]such"};
	struct command_rig c = {.status = -1};
	char want[64];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		start(&c, (const char *const[]){
				  "--capture", "pcap", "-q", "-i", names[i], NULL});
		assert_int_equal(c.status, COMMAND_FAILED);
		snprintf(want, sizeof(want), "relaytap: %s: ", names[i]);
		assert_says(c.error, want);
		assert_int_equal(lines_of(c.error), 1);
	}
	clean(&c);
}

static void
more_interfaces_than_can_be_heard_are_refused(void **state)
{
	const char *words[2 * 17 + 1];
	struct command_rig c = {.status = -1};

	(void)state;
	for (size_t i = 0; i < 17; i++) {
		words[2 * i] = "-i";
		words[2 * i + 1] = "none";
	}
	words[2 * 17] = NULL;
	start(&c, words);
	assert_int_equal(c.status, COMMAND_FAILED);
	assert_int_equal(lines_of(c.error), 1);
	assert_says(c.error, "-i: 16 interfaces are the most");
	clean(&c);
}

static void
more_options_than_there_are_are_refused(void **state)
{
	const char *words[34];
	struct command_rig c = {.status = -1};

	(void)state;
	for (size_t i = 0; i < 33; i++)
		words[i] = "--any-port";
	words[33] = NULL;
	start(&c, words);
	assert_int_equal(c.status, COMMAND_FAILED);
	assert_int_equal(lines_of(c.error), 1);
	assert_says(c.error, "--any-port: too many options");
	clean(&c);
}

static void
an_option_that_there_is_not_is_refused_with_where_to_look(void **state)
{
	struct command_rig c = {.status = -1};

	(void)state;
	start(&c, (const char *const[]){"--no-such-option", NULL});
	assert_int_equal(c.status, COMMAND_FAILED);
	assert_says(c.error, "no-such-option");
	assert_says(c.error, "relaytap watch --help");
	start(&c, (const char *const[]){"--help", NULL});
	assert_int_equal(c.status, COMMAND_GOOD);
	assert_says(c.out, "usage: relaytap watch ");
	clean(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_wrong_is_told_in_one_line_with_its_option),
		cmocka_unit_test(names_are_taken_as_they_are),
		cmocka_unit_test(more_interfaces_than_can_be_heard_are_refused),
		cmocka_unit_test(more_options_than_there_are_are_refused),
		cmocka_unit_test(
			an_option_that_there_is_not_is_refused_with_where_to_look),
	};

	log_init(LOG_NORMAL, COMMAND_FAILED);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
