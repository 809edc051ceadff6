/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "sensor/capture/source_raw.h"

static char dir[] = "/tmp/source-raw-XXXXXX";

static char *
path_of(const char *name)
{
	static char texts[4][256];
	static unsigned n;

	n = (n + 1) % 4;
	snprintf(texts[n], sizeof(texts[n]), "%s/%s", dir, name);
	return texts[n];
}

static char *
make_file(const char *name, const char *text)
{
	FILE *f = fopen(path_of(name), "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	return path_of(name);
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

/* All that comes in steps of room octets, as a text. */
static const char *
read_all(struct source_raw *r, size_t room)
{
	static char text[256];
	size_t at = 0;
	ssize_t n;

	while ((n = source_raw_read(r, (uint8_t *)text + at, room)) > 0) {
		at += (size_t)n;
		assert_int_equal(r->offset, at);
		assert_true(at + room < sizeof(text));
	}
	assert_int_equal(n, 0);
	text[at] = '\0';
	return text;
}

/* --- memory --------------------------------------------------------------------------
 */

static void
memory_is_read_in_steps_of_any_size_and_never_beyond(void **state)
{
	struct guarded g = guarded_new("0123456789", 10);

	(void)state;
	for (size_t room = 1; room < 13; room++) {
		struct source_raw r;

		source_raw_open_memory(&r, guarded_span(&g));
		assert_int_equal(r.size, 10);
		assert_string_equal(read_all(&r, room), "0123456789");
		/* The end stays the end. */
		assert_int_equal(source_raw_read(&r, (uint8_t[1]){0}, 1), 0);
		assert_int_equal(r.offset, 10);
		source_raw_close(&r);
	}
	guarded_free(&g);
}

static void
no_memory_at_all_is_the_end(void **state)
{
	struct source_raw r;

	(void)state;
	source_raw_open_memory(&r, SPAN_NONE);
	assert_string_equal(read_all(&r, 8), "");
	source_raw_close(&r);
}

/* --- files ---------------------------------------------------------------------------
 */

static void
a_file_is_read_to_its_end_and_holds_no_descriptor_then(void **state)
{
	struct source_raw r;

	(void)state;
	for (size_t room = 1; room < 13; room++) {
		assert_int_equal(source_raw_open(&r, make_file("ten", "0123456789")), 0);
		assert_true(r.regular);
		assert_int_equal(r.size, 10);
		assert_true(r.fd > STDERR_FILENO);
		assert_true(fcntl(r.fd, F_GETFD) & FD_CLOEXEC);
		assert_string_equal(read_all(&r, room), "0123456789");
		assert_int_equal(r.fd, -1);
		assert_int_equal(source_raw_read(&r, (uint8_t[1]){0}, 1), 0);
		source_raw_close(&r);
	}
}

static void
what_cannot_be_read_is_told_by_errno(void **state)
{
	struct source_raw r;

	(void)state;
	assert_int_equal(source_raw_open(&r, path_of("none")), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(source_raw_open(&r, dir), -1);
	assert_int_equal(errno, EISDIR);
	assert_int_equal(r.fd, -1);
	assert_null(r.path);
}

static void
a_parked_file_goes_on_where_it_stood_without_a_descriptor(void **state)
{
	struct source_raw r;
	uint8_t got[4];

	(void)state;
	for (size_t before = 0; before < 4; before++) {
		assert_int_equal(source_raw_open(&r, make_file("ten", "0123456789")), 0);
		if (before)
			assert_int_equal(source_raw_read(&r, got, before), before);
		source_raw_park(&r);
		for (size_t at = before; at < 10; at++) {
			assert_int_equal(r.fd, -1);
			assert_int_equal(source_raw_read(&r, got, 1), 1);
			assert_int_equal(got[0], '0' + at);
		}
		assert_int_equal(source_raw_read(&r, got, 1), 0);
		assert_int_equal(r.fd, -1);
		source_raw_close(&r);
	}
}

/* Rotated while it was parked: half of one and half of another would be nonsense. */
static void
another_file_under_the_name_of_a_parked_one_is_stale(void **state)
{
	struct source_raw r;
	uint8_t got[4];

	(void)state;
	assert_int_equal(source_raw_open(&r, make_file("log", "0123456789")), 0);
	source_raw_park(&r);
	assert_int_equal(source_raw_read(&r, got, 4), 4);
	/* The old one must still be there, or its inode may be given anew. */
	assert_int_equal(rename(path_of("log"), path_of("log.1")), 0);
	make_file("log", "abcdefghij");
	errno = 0;
	assert_int_equal(source_raw_read(&r, got, 4), -1);
	assert_int_equal(errno, ESTALE);
	assert_int_equal(r.fd, -1);
	assert_int_equal(source_raw_read(&r, got, 4), 0);
	source_raw_close(&r);
}

static void
a_parked_file_that_is_deleted_or_cut_ends(void **state)
{
	struct source_raw r;
	uint8_t got[4];

	(void)state;
	assert_int_equal(source_raw_open(&r, make_file("gone", "0123456789")), 0);
	source_raw_park(&r);
	assert_int_equal(source_raw_read(&r, got, 4), 4);
	assert_int_equal(unlink(path_of("gone")), 0);
	assert_int_equal(source_raw_read(&r, got, 4), -1);
	assert_int_equal(errno, ENOENT);
	source_raw_close(&r);
	assert_int_equal(source_raw_open(&r, make_file("cut", "0123456789")), 0);
	source_raw_park(&r);
	assert_int_equal(source_raw_read(&r, got, 4), 4);
	assert_int_equal(truncate(path_of("cut"), 2), 0);
	assert_int_equal(source_raw_read(&r, got, 4), 0);
	source_raw_close(&r);
}

/* While it was parked, a pipe took its name: opening that must not wait for a writer. */
static void
a_pipe_under_the_name_of_a_parked_file_holds_nobody_up(void **state)
{
	struct source_raw r;
	uint8_t got[4];

	(void)state;
	assert_int_equal(source_raw_open(&r, make_file("trap", "0123456789")), 0);
	source_raw_park(&r);
	assert_int_equal(rename(path_of("trap"), path_of("trap.1")), 0);
	assert_int_equal(mkfifo(path_of("trap"), 0600), 0);
	assert_int_equal(source_raw_read(&r, got, 4), -1);
	assert_int_equal(errno, ESTALE);
	source_raw_close(&r);
}

/* --- pipes and standard input --------------------------------------------------------
 */

static void
a_pipe_is_not_parked_and_has_no_size(void **state)
{
	struct source_raw r;
	int writer;

	(void)state;
	assert_int_equal(mkfifo(path_of("pipe"), 0600), 0);
	writer = open(path_of("pipe"), O_RDWR);
	assert_int_equal(write(writer, "abc", 3), 3);
	assert_int_equal(source_raw_open(&r, path_of("pipe")), 0);
	close(writer);
	assert_false(r.regular);
	assert_int_equal(r.size, 0);
	source_raw_park(&r);
	assert_false(r.parked);
	assert_true(r.fd >= 0);
	assert_string_equal(read_all(&r, 2), "abc");
	source_raw_close(&r);
}

static void
standard_input_is_read_and_left_open(void **state)
{
	int before = dup(STDIN_FILENO), fd;
	struct source_raw r;

	(void)state;
	fd = open(make_file("in", "standard"), O_RDONLY);
	dup2(fd, STDIN_FILENO);
	close(fd);
	assert_int_equal(source_raw_open(&r, "-"), 0);
	assert_int_equal(r.size, 8);
	/* It has no name by which it could be opened again. */
	source_raw_park(&r);
	assert_false(r.parked);
	assert_string_equal(read_all(&r, 3), "standard");
	source_raw_close(&r);
	assert_int_not_equal(fcntl(STDIN_FILENO, F_GETFD), -1);
	dup2(before, STDIN_FILENO);
	close(before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_read_in_steps_of_any_size_and_never_beyond),
		cmocka_unit_test(no_memory_at_all_is_the_end),
		cmocka_unit_test(a_file_is_read_to_its_end_and_holds_no_descriptor_then),
		cmocka_unit_test(what_cannot_be_read_is_told_by_errno),
		cmocka_unit_test(
			a_parked_file_goes_on_where_it_stood_without_a_descriptor),
		cmocka_unit_test(another_file_under_the_name_of_a_parked_one_is_stale),
		cmocka_unit_test(a_parked_file_that_is_deleted_or_cut_ends),
		cmocka_unit_test(a_pipe_under_the_name_of_a_parked_file_holds_nobody_up),
		cmocka_unit_test(a_pipe_is_not_parked_and_has_no_size),
		cmocka_unit_test(standard_input_is_read_and_left_open),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
