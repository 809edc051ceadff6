/* SPDX-License-Identifier: Apache-2.0 */
/* What relaytap servers says of the records that a sensor keeps. */
#include "command_rig.h"

#include "sensor/infer/verdict.h"

/* A record as far as the table needs it. */
#define RECORD(name, why)                                                                \
	"{\"type\":\"server\",\"server\":{\"ip\":\"192.0.2.1\",\"port\":25,"             \
	"\"name\":\"" name "\"},\"short\":\"" why "\"}"

static void
put(struct command_rig *c, uint8_t server, const char *verdict, int rank,
	const char *body)
{
	rig_verdict(&c->rig, server, RIG_T0, verdict, rank, true, body);
	rig_commit(&c->rig);
}

static void
a_sensor_that_knows_nobody_says_so(void **state)
{
	struct command_rig c;

	(void)state;
	command_rig_init(&c);
	command_rig_run(&c, &command_servers, "--fail-on", "unknown");
	assert_int_equal(c.status, COMMAND_GOOD);
	assert_string_equal(c.out, "No mail server was seen.\n");
	assert_string_equal(c.error, "");
	command_rig_free(&c);
}

static void
the_most_serious_stands_first_and_each_has_its_reason(void **state)
{
	struct command_rig c;
	const char *open, *closed;

	(void)state;
	command_rig_init(&c);
	put(&c, 1, "restricted", VERDICT_RESTRICTED,
		RECORD("good.test", "Refused to relay."));
	put(&c, 2, "open-relay", VERDICT_OPEN_RELAY,
		RECORD("bad.test", "Relays for strangers."));
	command_rig_run(&c, &command_servers, "--color", "never");
	assert_int_equal(c.status, COMMAND_GOOD);
	assert_string_equal(c.error, "");
	open = strstr(c.out, "192.0.2.2:25  open-relay, confirmed");
	closed = strstr(c.out, "192.0.2.1:25  restricted");
	assert_non_null(open);
	assert_non_null(closed);
	assert_true(open < closed);
	assert_says(open, "bad.test: Relays for strangers.\n");
	assert_says(closed, "good.test: Refused to relay.\n");
	assert_says(c.out, "\n2 servers.");
	assert_says_not(c.out, "\x1b");
	command_rig_free(&c);
}

/* relaytap(8): as bad as that, or worse. */
static void
the_exit_status_tells_of_a_verdict_that_is_bad_enough(void **state)
{
	struct command_rig c;

	(void)state;
	command_rig_init(&c);
	put(&c, 1, "open-submission", VERDICT_OPEN_SUBMISSION, RECORD("a.test", "So."));
	command_rig_run(&c, &command_servers, "--fail-on", "open-relay");
	assert_int_equal(c.status, COMMAND_GOOD);
	command_rig_run(&c, &command_servers, "--fail-on", "partial-relay");
	assert_int_equal(c.status, COMMAND_GOOD);
	command_rig_run(&c, &command_servers, "--fail-on", "open-submission");
	assert_int_equal(c.status, COMMAND_FOUND);
	command_rig_run(&c, &command_servers, "--json", "--fail-on", "restricted");
	assert_int_equal(c.status, COMMAND_FOUND);
	command_rig_free(&c);
}

static void
lines_are_the_records_as_they_are_kept_and_then_the_counters(void **state)
{
	static const char bad[] = RECORD("b\\u001b.test", "Relays.");
	struct command_rig c;
	size_t len = strlen(bad);

	(void)state;
	command_rig_init(&c);
	put(&c, 1, "open-relay", VERDICT_OPEN_RELAY, bad);
	command_rig_run(&c, &command_servers, "--json");
	assert_int_equal(c.status, COMMAND_GOOD);
	assert_memory_equal(c.out, bad, len);
	assert_int_equal(c.out[len], '\n');
	assert_int_equal(lines_of(c.out), 2);
	assert_ptr_equal(strstr(c.out + len, "{\"type\":\"stats\""), c.out + len + 1);
	command_rig_free(&c);
}

static void
what_a_server_says_of_itself_cannot_steer_the_terminal(void **state)
{
	struct command_rig c;

	(void)state;
	command_rig_init(&c);
	put(&c, 1, "open-relay", VERDICT_OPEN_RELAY,
		RECORD("a\\u001b[2J", "Says \\u009b1m\\r and \\u202e."));
	command_rig_run(&c, &command_servers, "--color", "never");
	assert_int_equal(c.status, COMMAND_GOOD);
	assert_says(c.out, "a\\x1b[2J: Says ");
	assert_says_not(c.out, "\x1b");
	assert_says_not(c.out, "\r");
	assert_says_not(c.out, "\xc2\x9b");
	assert_says_not(c.out, "\xe2\x80\xae");
	command_rig_free(&c);
}

/* One line of error for each, which names the server; the others are shown. */
static void
records_that_are_no_records_are_left_out_and_told(void **state)
{
	static const char *const bodies[] = {"{}", "[1]", "{\"short\":\"x\"}",
		"{\"server\":{},\"short\":\"\"}", "no JSON",
		"{\"server\":{\"name\":7},\"short\":[]}"};
	struct command_rig c;

	(void)state;
	command_rig_init(&c);
	put(&c, 1, "restricted", VERDICT_RESTRICTED, RECORD("good.test", "Refused."));
	for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
		put(&c, 2, "open-relay", VERDICT_OPEN_RELAY, bodies[i]);
		command_rig_run(&c, &command_servers, "--color", "never");
		assert_int_equal(c.status, COMMAND_DAMAGED);
		assert_int_equal(lines_of(c.error), 1);
		assert_says(c.error, "192.0.2.2, port 25");
		assert_says(c.out, "good.test: Refused.");
		assert_says(c.out, "\n1 server.");
		assert_says_not(c.out, "192.0.2.2");
	}
	/* Its verdict is known all the same. */
	command_rig_run(&c, &command_servers, "--fail-on", "open-relay");
	assert_int_equal(c.status, COMMAND_FOUND);
	command_rig_free(&c);
}

/* A reader of lines gets no half ones, and none that is two. */
static void
records_that_are_no_line_are_left_out_of_the_lines(void **state)
{
	static const char *const bodies[] = {"{", "}", "{\"a\":\n1}", "x"};
	struct command_rig c;

	(void)state;
	command_rig_init(&c);
	for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
		put(&c, 2, "open-relay", VERDICT_OPEN_RELAY, bodies[i]);
		command_rig_run(&c, &command_servers, "--json");
		assert_int_equal(c.status, COMMAND_DAMAGED);
		assert_int_equal(lines_of(c.error), 1);
		assert_int_equal(lines_of(c.out), 1);
		assert_says(c.out, "{\"type\":\"stats\"");
	}
	command_rig_free(&c);
}

/* A later program's, or damage: no verdict of ours, so none that is bad enough either. */
static void
a_verdict_that_there_is_not_is_left_out(void **state)
{
	static const int ranks[] = {-1, VERDICT_UNKNOWN + 1, 1000000, INT32_MIN};
	struct command_rig c;

	(void)state;
	command_rig_init(&c);
	for (size_t i = 0; i < sizeof(ranks) / sizeof(*ranks); i++) {
		put(&c, 2, "strange", ranks[i], RECORD("a.test", "So."));
		command_rig_run(&c, &command_servers, "--fail-on", "unknown");
		assert_int_equal(c.status, COMMAND_DAMAGED);
		assert_int_equal(lines_of(c.error), 1);
		assert_says(c.error, "192.0.2.2, port 25");
		assert_says_not(c.out, "a.test");
	}
	command_rig_free(&c);
}

static void
an_output_that_takes_nothing_is_a_failure(void **state)
{
	static const char *const kinds[][3] = {{NULL}, {"--json", NULL},
		{"--fail-on", "open-relay", NULL}, {"--explain", NULL}};
	struct command_rig c;

	(void)state;
	command_rig_init(&c);
	put(&c, 2, "open-relay", VERDICT_OPEN_RELAY, RECORD("a.test", "So."));
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		command_rig_run_to(&c, &command_servers, kinds[i], "/dev/full");
		assert_int_equal(c.status, COMMAND_FAILED);
		assert_int_equal(lines_of(c.error), 1);
		assert_says(c.error, "standard output: No space left on device");
	}
	command_rig_free(&c);
}

static void
files_and_folders_without_a_state_are_refused_in_one_line(void **state)
{
	struct command_rig c;

	(void)state;
	command_rig_init(&c);
	command_rig_run(&c, &command_servers, "x.pcap");
	assert_int_equal(c.status, COMMAND_FAILED);
	assert_int_equal(lines_of(c.error), 1);
	assert_says(c.error, "takes no files");
	command_rig_run(&c, &command_servers, "--state", "/nonexistent");
	assert_int_equal(c.status, COMMAND_FAILED);
	assert_int_equal(lines_of(c.error), 1);
	assert_says(c.error, "/nonexistent");
	assert_string_equal(c.out, "");
	command_rig_free(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sensor_that_knows_nobody_says_so),
		cmocka_unit_test(the_most_serious_stands_first_and_each_has_its_reason),
		cmocka_unit_test(the_exit_status_tells_of_a_verdict_that_is_bad_enough),
		cmocka_unit_test(
			lines_are_the_records_as_they_are_kept_and_then_the_counters),
		cmocka_unit_test(what_a_server_says_of_itself_cannot_steer_the_terminal),
		cmocka_unit_test(records_that_are_no_records_are_left_out_and_told),
		cmocka_unit_test(records_that_are_no_line_are_left_out_of_the_lines),
		cmocka_unit_test(a_verdict_that_there_is_not_is_left_out),
		cmocka_unit_test(an_output_that_takes_nothing_is_a_failure),
		cmocka_unit_test(
			files_and_folders_without_a_state_are_refused_in_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
