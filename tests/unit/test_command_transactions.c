/* SPDX-License-Identifier: Apache-2.0 */
/* What relaytap transactions says of the records that a sensor keeps. */
#include "command_rig.h"

#define RCPT(path) "{\"raw\":\"" path "\",\"form\":\"plain\",\"code\":250}"
/* second: two digits; name: with what comes before and behind it. */
#define TRANSACTION(second, ip, name, from, rcpts)                                       \
	"{\"type\":\"transaction\",\"schema\":1,\"id\":\"00000000000000" second "-1\","  \
	"\"time\":\"2026-11-23T20:22:" second ".000000000Z\","                           \
	"\"end\":\"2026-11-23T20:22:" second ".000000000Z\","                            \
	"\"client\":{\"ip\":\"198.51.100.9\",\"port\":40000},"                           \
	"\"server\":{\"ip\":\"" ip "\",\"port\":25" name "},"                            \
	"\"auth\":{\"state\":\"none\"},\"mail_from\":{\"raw\":\"" from "\"},"            \
	"\"rcpt\":[" rcpts "],\"outcome\":\"accepted\"}"

static void
put(struct command_rig *c, uint8_t server, unsigned second, const char *body)
{
	struct store_transaction t = {.time = RIG_T0 + second * UINT64_C(1000000000),
		.server = rig_addr(server),
		.client = rig_addr(9),
		.port = 25,
		.body = span_of_text(body)};
	char id[16];

	snprintf(id, sizeof(id), "t-%u-%u", server, second);
	t.id = span_of_text(id);
	store_batch_transaction(c->rig.batch, &t);
	rig_commit(&c->rig);
}

static void
a_sensor_that_keeps_none_says_so_but_not_to_a_program(void **state)
{
	struct command_rig c;

	(void)state;
	command_rig_init(&c);
	command_rig_run(&c, &command_transactions, "--color", "never");
	assert_int_equal(c.status, COMMAND_GOOD);
	assert_string_equal(c.out, "No such transaction.\n");
	command_rig_run(&c, &command_transactions, "--json");
	assert_int_equal(c.status, COMMAND_GOOD);
	assert_string_equal(c.out, "");
	command_rig_free(&c);
}

/* relaytap(8): time, outcome, authentication, client, server, sender and recipients. */
static void
a_row_has_what_the_manual_says_and_the_oldest_is_first(void **state)
{
	struct command_rig c;

	(void)state;
	command_rig_init(&c);
	put(&c, 1, 0,
		TRANSACTION("53", "192.0.2.1", ",\"name\":\"mx.test\"", "<a@x.test>",
			RCPT("<b@y.test>")));
	put(&c, 2, 1, TRANSACTION("54", "2001:db8::2", "", "<>", RCPT("<c@z.test>")));
	command_rig_run(&c, &command_transactions, "--color", "never");
	assert_int_equal(c.status, COMMAND_GOOD);
	assert_string_equal(c.error, "");
	assert_string_equal(c.out,
		"2026-11-23 20:22:53  accepted   none           198.51.100.9 at "
		"192.0.2.1:25 (mx.test): <a@x.test> for <b@y.test>\n"
		"2026-11-23 20:22:54  accepted   none           198.51.100.9 at "
		"[2001:db8::2]:25: <> for <c@z.test>\n");
	command_rig_free(&c);
}

/* Three are named, the others counted; one that was never said is told so. */
static void
many_recipients_are_counted(void **state)
{
	struct command_rig c;

	(void)state;
	command_rig_init(&c);
	put(&c, 1, 0,
		TRANSACTION("53", "192.0.2.1", "", "<>",
			RCPT("<1@y>") "," RCPT("<2@y>") "," RCPT("<3@y>")));
	command_rig_run(&c, &command_transactions, "--color", "never");
	assert_says(c.out, " for <1@y>, <2@y>, <3@y>\n");
	put(&c, 1, 0,
		TRANSACTION("53", "192.0.2.1", "", "<>",
			RCPT("<1@y>") "," RCPT("<2@y>") "," RCPT("<3@y>") "," RCPT(
				"<4@y>") "," RCPT("<5@y>")));
	put(&c, 1, 1,
		TRANSACTION("54", "192.0.2.1", "", "<>",
			RCPT("<1@y>") "," RCPT("<2@y>") "," RCPT("<3@y>") "," RCPT(
				"<4@y>") "," RCPT("<5@y>")));
	command_rig_run(&c, &command_transactions, "--color", "never", "--limit", "1");
	assert_int_equal(lines_of(c.out), 1);
	assert_says(c.out, "<3@y>, 2 more\n");
	assert_says_not(c.out, "<4@y>");
	put(&c, 1, 2,
		TRANSACTION("55", "192.0.2.1", "", "\",\"form\":\"empty", RCPT("")));
	command_rig_run(&c, &command_transactions, "--color", "never", "--limit", "1");
	assert_says(c.out, ": (not seen) for (not seen)\n");
	command_rig_free(&c);
}

static void
what_a_peer_says_cannot_steer_the_terminal_or_hide_the_rest(void **state)
{
	struct command_rig c;

	(void)state;
	command_rig_init(&c);
	put(&c, 1, 0,
		TRANSACTION("53", "192.0.2.1", ",\"name\":\"m\\u0000n\"",
			"<a\\u0000\\u001b[2J@x>", RCPT("<b\\r\\n@y>")));
	command_rig_run(&c, &command_transactions, "--color", "never");
	assert_int_equal(c.status, COMMAND_GOOD);
	assert_says(c.out, "(m\\x00n): ");
	assert_says(c.out, "<a\\x00\\x1b[2J@x> for");
	assert_says(c.out, "<b\\x0d\\x0a@y>\n");
	command_rig_free(&c);
}

/* relaytap(8): with --json they are records that infer reads. */
static void
lines_are_the_records_as_they_are_kept(void **state)
{
	static const char one[] =
		TRANSACTION("53", "192.0.2.1", "", "<a@x.test>", RCPT("<b@y.test>"));
	struct command_rig c;

	(void)state;
	command_rig_init(&c);
	put(&c, 1, 0, one);
	command_rig_run(&c, &command_transactions, "--json");
	assert_int_equal(c.status, COMMAND_GOOD);
	assert_int_equal(strlen(c.out), sizeof(one));
	assert_memory_equal(c.out, one, sizeof(one) - 1);
	assert_int_equal(c.out[sizeof(one) - 1], '\n');
	command_rig_free(&c);
}

static void
redaction_is_honoured_in_rows_and_in_lines(void **state)
{
	struct command_rig c;
	char path[96];
	FILE *f;

	(void)state;
	command_rig_init(&c);
	put(&c, 1, 0,
		TRANSACTION("53", "192.0.2.1", "", "<secret@x.test>",
			RCPT("<hidden@y.test>")));
	snprintf(path, sizeof(path), "%s/conf", c.rig.directory);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("redact: local-part\n", f);
	fclose(f);
	command_rig_run(&c, &command_transactions, "-c", path);
	assert_says(c.out, "x.test");
	assert_says_not(c.out, "secret");
	assert_says_not(c.out, "hidden");
	command_rig_run(&c, &command_transactions, "-c", path, "--json");
	assert_says(c.out, "x.test");
	assert_says_not(c.out, "secret");
	assert_says_not(c.out, "hidden");
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("redact: all\n", f);
	fclose(f);
	command_rig_run(&c, &command_transactions, "-c", path);
	assert_int_equal(c.status, COMMAND_GOOD);
	assert_says(c.out, "198.51.100.9 at 192.0.2.1:25");
	assert_says_not(c.out, "secret");
	assert_says_not(c.out, "hidden");
	command_rig_free(&c);
}

static void
what_is_asked_for_is_what_is_shown(void **state)
{
	struct command_rig c;

	(void)state;
	command_rig_init(&c);
	put(&c, 1, 0, TRANSACTION("53", "192.0.2.1", ",\"name\":\"one.test\"", "<>", ""));
	put(&c, 1, 1, TRANSACTION("54", "192.0.2.1", ",\"name\":\"one.test\"", "<>", ""));
	put(&c, 2, 2, TRANSACTION("55", "192.0.2.2", ",\"name\":\"two.test\"", "<>", ""));
	command_rig_run(&c, &command_transactions, "--server", "192.0.2.1");
	assert_int_equal(lines_of(c.out), 2);
	assert_says_not(c.out, "two.test");
	command_rig_run(
		&c, &command_transactions, "--limit", "1", "--server", "ONE.test");
	assert_int_equal(lines_of(c.out), 1);
	assert_says(c.out, "20:22:54");
	command_rig_run(&c, &command_transactions, "--limit", "1");
	assert_says(c.out, "20:22:55");
	command_rig_run(&c, &command_transactions, "--until", "2026-11-23T20:22:54Z");
	assert_int_equal(lines_of(c.out), 2);
	command_rig_free(&c);
}

static void
a_record_that_is_none_is_told_and_the_others_are_shown(void **state)
{
	static const char *const bodies[] = {"{}", "no JSON", "[]",
		"{\"type\":\"server\",\"schema\":1}",
		"{\"type\":\"connection\",\"schema\":1,\"id\":\"x\",\"time\":"
		"\"2026-11-23T20:22:53.000000000Z\",\"client\":{\"ip\":\"192.0.2.9\","
		"\"port\":1},\"server\":{\"ip\":\"192.0.2.1\",\"port\":25}}"};
	struct command_rig c;

	(void)state;
	command_rig_init(&c);
	put(&c, 1, 0, TRANSACTION("53", "192.0.2.1", "", "<good@x>", ""));
	for (unsigned i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
		put(&c, 2, 1 + i, bodies[i]);
		command_rig_run(&c, &command_transactions, "--color", "never");
		assert_int_equal(c.status, COMMAND_DAMAGED);
		assert_int_equal(lines_of(c.error), 1 + i);
		assert_says(c.error, "a transaction is not understood, and left out: ");
		assert_int_equal(lines_of(c.out), 1);
		assert_says(c.out, "<good@x>");
	}
	command_rig_free(&c);
}

static void
an_output_that_takes_nothing_is_a_failure(void **state)
{
	static const char *const kinds[][2] = {{NULL}, {"--json", NULL}};
	struct command_rig c;

	(void)state;
	command_rig_init(&c);
	put(&c, 1, 0, TRANSACTION("53", "192.0.2.1", "", "<>", ""));
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		command_rig_run_to(&c, &command_transactions, kinds[i], "/dev/full");
		assert_int_equal(c.status, COMMAND_FAILED);
		assert_int_equal(lines_of(c.error), 1);
		assert_says(c.error, "standard output: No space left on device");
	}
	command_rig_free(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sensor_that_keeps_none_says_so_but_not_to_a_program),
		cmocka_unit_test(a_row_has_what_the_manual_says_and_the_oldest_is_first),
		cmocka_unit_test(many_recipients_are_counted),
		cmocka_unit_test(
			what_a_peer_says_cannot_steer_the_terminal_or_hide_the_rest),
		cmocka_unit_test(lines_are_the_records_as_they_are_kept),
		cmocka_unit_test(redaction_is_honoured_in_rows_and_in_lines),
		cmocka_unit_test(what_is_asked_for_is_what_is_shown),
		cmocka_unit_test(a_record_that_is_none_is_told_and_the_others_are_shown),
		cmocka_unit_test(an_output_that_takes_nothing_is_a_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
