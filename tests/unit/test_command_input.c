/* SPDX-License-Identifier: Apache-2.0 */
/* One of the project's own captures, and the records that come of it. */
#include "capture_made.h"

#include <errno.h>
#include <fcntl.h>

#include "dissect/limits.h"
#include "sensor/command/command.h"

#define CAPTURE "captures/closed.pcap"

static char dir[] = "/tmp/command-input-XXXXXX";
/* The records of CAPTURE: text, and how many lines. */
static char records[100000];
static size_t records_len, lines;

static char *
path_of(const char *name)
{
	static char texts[8][256];
	static unsigned n;

	n = (n + 1) % 8;
	snprintf(texts[n], sizeof(texts[n]), "%s/%s", dir, name);
	return texts[n];
}

static size_t
read_file(const char *path, char *out, size_t room)
{
	FILE *f = fopen(path, "r");
	size_t n;

	assert_non_null(f);
	n = fread(out, 1, room - 1, f);
	fclose(f);
	out[n] = '\0';
	return n;
}

static void
options_init(struct command_options *o, char **files, size_t count)
{
	memset(o, 0, sizeof(*o));
	config_init(&o->config);
	o->config.limits.servers = 100;
	o->config.limits.attempts = 1000;
	o->config.limits.messages = 1000;
	o->config.limits.names = 1000;
	o->quiet = true;
	o->files = files;
	o->file_count = count;
}

static uint64_t
fed(const struct command_input *i)
{
	return i->infer->records[0] + i->infer->records[1] + i->infer->records[2];
}

/* Reads path, writes records to out (NULL: none), gives how many were fed. */
static uint64_t
read_one(const char *path, const char *out, bool damaged)
{
	char *files[] = {(char *)path};
	struct command_options o;
	struct command_input i;
	uint64_t n;

	options_init(&o, files, 1);
	o.transactions = out;
	assert_int_equal(command_input_read(&i, &o), COMMAND_GOOD);
	assert_int_equal(i.damaged, damaged);
	assert_false(i.failed);
	n = fed(&i);
	command_input_free(&i);
	config_free(&o.config);
	return n;
}

static int
setup(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int
teardown(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command);
}

/* First of all: what it gives, the others stand on. */
static void
a_capture_gives_a_line_for_each_record(void **state)
{
	uint64_t n = read_one(CAPTURE, path_of("records"), false);

	(void)state;
	records_len = read_file(path_of("records"), records, sizeof(records));
	assert_in_range(records_len, 100, sizeof(records) - 2);
	for (size_t at = 0; at < records_len; at++)
		lines += records[at] == '\n';
	assert_true(lines >= 2);
	assert_true(n == lines);
	assert_int_equal(records[0], '{');
}

/* Told by their first octet; and written again they are what they were. */
static void
records_give_what_the_capture_gave(void **state)
{
	static char again[sizeof(records)];

	(void)state;
	assert_true(read_one(path_of("records"), path_of("again"), false) == lines);
	assert_int_equal(read_file(path_of("again"), again, sizeof(again)), records_len);
	assert_string_equal(again, records);
}

/* The lines before the cut count, and the last only if nothing but its end is missing. */
static void
records_cut_anywhere_give_the_whole_lines(void **state)
{
	const char *second = strchr(records, '\n') + 1;
	size_t first_len = (size_t)(second - records);

	(void)state;
	for (size_t cut = 1; cut < first_len + 40; cut += cut + 8 < first_len ? 7 : 1) {
		bool border = cut == first_len - 1 || cut == first_len;

		made_write(path_of("cut"), span_of(records, cut));
		assert_true(read_one(path_of("cut"), NULL, !border) ==
			    (cut >= first_len - 1));
	}
}

static void
a_line_that_makes_no_sense_costs_only_itself(void **state)
{
	static const struct {
		const char *line;
		size_t len;
		bool damaged;
	} cases[] = {
		{"\n", 1, false},
		{" \t \n", 4, false},
		{"{}\n", 3, true},
		{"garbage\n", 8, true},
		{"{\"type\":\"server\"}\n", 18, false},
		{"{\"a\0b\":1}\n", 10, true},
		{"[[[[[[[[\n", 9, true},
	};
	struct made m = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t first = (size_t)(strchr(records, '\n') + 1 - records);

		m.len = 0;
		made_octets(&m, records, first);
		made_octets(&m, cases[i].line, cases[i].len);
		made_octets(&m, records + first, records_len - first);
		made_write(path_of("mixed"), made_span(&m));
		assert_true(read_one(path_of("mixed"), NULL, cases[i].damaged) == lines);
	}
}

/* What is logged while path is read. */
static void
read_logging(const char *path, char *out, size_t room)
{
	int err = dup(STDERR_FILENO);
	int fd = open(path_of("log"), O_CREAT | O_TRUNC | O_WRONLY, 0600);
	uint64_t n;

	assert_true(err >= 0 && fd >= 0);
	fflush(stderr);
	dup2(fd, STDERR_FILENO);
	n = read_one(path, NULL, true);
	fflush(stderr);
	dup2(err, STDERR_FILENO);
	close(fd);
	close(err);
	read_file(path_of("log"), out, room);
	assert_true(n == lines);
}

/* Blanks alone are not told, but these are more than a line may have. */
static void
a_line_that_does_not_end_costs_only_itself(void **state)
{
	size_t first = (size_t)(strchr(records, '\n') + 1 - records);
	FILE *f = fopen(path_of("long"), "w");
	char said[1024], want[512];

	(void)state;
	assert_non_null(f);
	fwrite(records, 1, first, f);
	fprintf(f, "%*s\n", (int)RECORD_LINE_MAX + 1, "");
	fwrite(records + first, 1, records_len - first, f);
	fprintf(f, "%*s", 3 * (int)RECORD_LINE_MAX, "");
	assert_int_equal(fclose(f), 0);
	read_logging(path_of("long"), said, sizeof(said));
	snprintf(want, sizeof(want),
		"%s:2: the line is longer than 16 MiB; it is skipped\n", path_of("long"));
	assert_non_null(strstr(said, want));
	snprintf(want, sizeof(want),
		"%s:%zu: the line is longer than 16 MiB; it is skipped\n",
		path_of("long"), lines + 2);
	assert_non_null(strstr(said, want));
}

static void
a_file_that_is_not_there_costs_only_itself(void **state)
{
	char *of_captures[] = {path_of("none"), (char *)CAPTURE};
	char *of_records[] = {path_of("records"), path_of("none")};

	(void)state;
	for (int k = 0; k < 2; k++) {
		struct command_options o;
		struct command_input i;

		options_init(&o, k ? of_records : of_captures, 2);
		assert_int_equal(command_input_read(&i, &o), COMMAND_GOOD);
		assert_true(i.damaged);
		assert_true(fed(&i) == lines);
		command_input_free(&i);
		config_free(&o.config);
	}
}

/* As by the shell's <( ): what is looked at first cannot be read a second time. */
static void
a_capture_from_a_pipe_loses_no_octet(void **state)
{
	static char capture[65536];
	FILE *f = fopen(CAPTURE, "r");
	char path[32];
	int pair[2];
	size_t n;

	(void)state;
	n = fread(capture, 1, sizeof(capture), f);
	assert_true(feof(f));
	fclose(f);
	assert_int_equal(pipe(pair), 0);
	assert_int_equal(write(pair[1], capture, n), n);
	close(pair[1]);
	snprintf(path, sizeof(path), "/dev/fd/%d", pair[0]);
	assert_true(read_one(path, NULL, false) == lines);
	close(pair[0]);
}

static void
only_frames_that_the_filter_lets_through_count(void **state)
{
	char *files[] = {(char *)CAPTURE};
	static const struct {
		const char *filter;
		int status;
		bool all;
	} cases[] = {{"tcp or udp", COMMAND_GOOD, true},
		{"udp and tcp", COMMAND_GOOD, false}, {"and and", COMMAND_FAILED, false}};

	(void)state;
	for (size_t k = 0; k < 3; k++) {
		struct command_options o;
		struct command_input i;

		options_init(&o, files, 1);
		o.filter = cases[k].filter;
		assert_int_equal(command_input_read(&i, &o), cases[k].status);
		assert_true(fed(&i) == (cases[k].all ? lines : 0));
		command_input_free(&i);
		config_free(&o.config);
	}
}

static void
records_that_cannot_be_written_are_a_failure(void **state)
{
	char *sources[] = {(char *)CAPTURE, path_of("records")};

	(void)state;
	for (size_t k = 0; k < 4; k++) {
		char *files[] = {sources[k % 2]};
		struct command_options o;
		struct command_input i;
		int status;

		options_init(&o, files, 1);
		o.transactions = k < 2 ? path_of("no/such/folder") : "/dev/full";
		status = command_input_read(&i, &o);
		if (k < 2)
			assert_int_equal(status, COMMAND_FAILED);
		else
			assert_true(status == COMMAND_GOOD && i.failed);
		command_input_free(&i);
		config_free(&o.config);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_capture_gives_a_line_for_each_record),
		cmocka_unit_test(records_give_what_the_capture_gave),
		cmocka_unit_test(records_cut_anywhere_give_the_whole_lines),
		cmocka_unit_test(a_line_that_makes_no_sense_costs_only_itself),
		cmocka_unit_test(a_line_that_does_not_end_costs_only_itself),
		cmocka_unit_test(a_file_that_is_not_there_costs_only_itself),
		cmocka_unit_test(a_capture_from_a_pipe_loses_no_octet),
		cmocka_unit_test(only_frames_that_the_filter_lets_through_count),
		cmocka_unit_test(records_that_cannot_be_written_are_a_failure),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
