/* SPDX-License-Identifier: Apache-2.0 */
/* relaytap read and infer: their files, what they write, and how they end. */
#include "command_rig.h"

#define OPEN   "captures/open-relay-confirmed.pcap"
#define CLOSED "captures/closed.pcap"

struct table {
	struct command_rig c;
	char path[128]; /* of records */
};

static void
table_init(struct table *t)
{
	memset(t, 0, sizeof(*t));
	command_rig_init(&t->c);
	snprintf(t->path, sizeof(t->path), "%s/records", t->c.rig.directory);
}

static void
table_free(struct table *t)
{
	command_rig_free(&t->c);
}

#define run(t, command, ...)                                                             \
	command_rig_run_bare(&(t)->c, &command,                                          \
		(const char *const[]){(command).name, "-q", __VA_ARGS__, NULL}, NULL)

static void
no_file_is_a_failure(void **state)
{
	struct table t;

	(void)state;
	table_init(&t);
	run(&t, command_read, "--json");
	assert_int_equal(t.c.status, COMMAND_FAILED);
	assert_int_equal(lines_of(t.c.error), 1);
	assert_says(t.c.error, "read: no file given; - is standard input");
	run(&t, command_infer, "--json");
	assert_int_equal(t.c.status, COMMAND_FAILED);
	assert_says(t.c.error, "infer: no file given");
	assert_string_equal(t.c.out, "");
	table_free(&t);
}

/* relaytap(8), EXIT STATUS. */
static void
the_exit_status_is_that_of_the_manual(void **state)
{
	struct table t;

	(void)state;
	table_init(&t);
	run(&t, command_read, OPEN);
	assert_int_equal(t.c.status, COMMAND_GOOD);
	assert_says(t.c.out, "open-relay, confirmed");
	run(&t, command_read, OPEN, "--fail-on", "open-relay");
	assert_int_equal(t.c.status, COMMAND_FOUND);
	run(&t, command_read, CLOSED, "--fail-on", "partial-relay");
	assert_int_equal(t.c.status, COMMAND_GOOD);
	/* What could be read was used, and standard error tells the rest. */
	run(&t, command_read, CLOSED, "/nonexistent/x.pcap");
	assert_int_equal(t.c.status, COMMAND_DAMAGED);
	assert_int_equal(lines_of(t.c.error), 1);
	assert_says(t.c.error, "/nonexistent/x.pcap");
	assert_says(t.c.out, "restricted");
	/* A relay in what could be read is not hidden by what could not. */
	run(&t, command_read, OPEN, "/nonexistent/x.pcap", "--fail-on", "open-relay");
	assert_int_equal(t.c.status, COMMAND_FOUND);
	run(&t, command_read, OPEN, "--filter", "no such words");
	assert_int_equal(t.c.status, COMMAND_FAILED);
	assert_int_equal(lines_of(t.c.error), 1);
	assert_string_equal(t.c.out, "");
	run(&t, command_read, OPEN, "--transactions", "/nonexistent/records");
	assert_int_equal(t.c.status, COMMAND_FAILED);
	assert_int_equal(lines_of(t.c.error), 1);
	assert_string_equal(t.c.out, "");
	table_free(&t);
}

static void
records_alone_go_to_standard_output_where_they_are_sent_there(void **state)
{
	struct table t;

	(void)state;
	table_init(&t);
	run(&t, command_read, OPEN, "--transactions", "-");
	assert_int_equal(t.c.status, COMMAND_GOOD);
	for (const char *line = t.c.out; *line; line = strchr(line, '\n') + 1)
		assert_int_equal(line[0], '{');
	assert_says(t.c.out, "{\"type\":\"transaction\"");
	assert_says_not(t.c.out, "SERVER");
	run(&t, command_read, OPEN, "--alerts", "relaytap");
	assert_int_equal(t.c.status, COMMAND_GOOD);
	assert_says(t.c.out, "\"rule\":\"open-relay\"");
	for (const char *line = t.c.out; *line; line = strchr(line, '\n') + 1)
		assert_int_equal(line[0], '{');
	table_free(&t);
}

/* relaytap(8): a file of records is read as by infer. */
static void
records_reason_as_their_capture_does(void **state)
{
	struct table t;
	char *table;

	(void)state;
	table_init(&t);
	run(&t, command_read, OPEN, "--transactions", t.path);
	assert_int_equal(t.c.status, COMMAND_GOOD);
	table = strdup(t.c.out);
	run(&t, command_infer, t.path);
	assert_int_equal(t.c.status, COMMAND_GOOD);
	assert_string_equal(t.c.out, table);
	run(&t, command_read, t.path);
	assert_string_equal(t.c.out, table);
	free(table);
	table_free(&t);
}

/* By whatever name: it would be empty before it is read. */
static void
a_file_that_is_to_be_read_is_not_written_over(void **state)
{
	struct table t;
	char link[160], *before, *after;

	(void)state;
	table_init(&t);
	run(&t, command_read, OPEN, "--transactions", t.path);
	assert_int_equal(t.c.status, COMMAND_GOOD);
	before = command_rig_text(fopen(t.path, "r"));
	assert_true(strlen(before) > 100);
	snprintf(link, sizeof(link), "%s.link", t.path);
	assert_int_equal(symlink(t.path, link), 0);
	run(&t, command_infer, "--transactions", t.path, t.path);
	assert_int_equal(t.c.status, COMMAND_FAILED);
	assert_int_equal(lines_of(t.c.error), 1);
	assert_says(t.c.error, "that file is to be read");
	run(&t, command_read, CLOSED, "--transactions", link, t.path);
	assert_int_equal(t.c.status, COMMAND_FAILED);
	run(&t, command_write_report, "-o", t.path, t.path);
	assert_int_equal(t.c.status, COMMAND_FAILED);
	assert_says(t.c.error, "--output");
	after = command_rig_text(fopen(t.path, "r"));
	assert_string_equal(after, before);
	/* Another one may be there already. */
	run(&t, command_read, OPEN, "--transactions", t.path);
	assert_int_equal(t.c.status, COMMAND_GOOD);
	free(before);
	free(after);
	table_free(&t);
}

/* The sensor's folder in a configuration is not written to by a reading. */
static void
what_a_capture_teaches_is_kept_only_where_it_was_asked_for(void **state)
{
	struct table t;
	char conf[128];
	FILE *f;

	(void)state;
	table_init(&t);
	snprintf(conf, sizeof(conf), "%s/conf", t.c.rig.directory);
	f = fopen(conf, "w");
	assert_non_null(f);
	fprintf(f, "state: {directory: %s}\n", t.c.rig.directory);
	fclose(f);
	run(&t, command_read, OPEN, "-c", conf);
	assert_int_equal(t.c.status, COMMAND_GOOD);
	assert_int_equal(rig_ask(&t.c.rig, "SELECT count(*) FROM server"), 0);
	rig_close(&t.c.rig);
	run(&t, command_read, OPEN, "--state", t.c.rig.directory);
	assert_int_equal(t.c.status, COMMAND_GOOD);
	assert_true(rig_ask(&t.c.rig, "SELECT count(*) FROM server") > 0);
	assert_true(rig_ask(&t.c.rig, "SELECT count(*) FROM alert") > 0);
	table_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_file_is_a_failure),
		cmocka_unit_test(the_exit_status_is_that_of_the_manual),
		cmocka_unit_test(
			records_alone_go_to_standard_output_where_they_are_sent_there),
		cmocka_unit_test(records_reason_as_their_capture_does),
		cmocka_unit_test(a_file_that_is_to_be_read_is_not_written_over),
		cmocka_unit_test(
			what_a_capture_teaches_is_kept_only_where_it_was_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
