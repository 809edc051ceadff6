/* SPDX-License-Identifier: Apache-2.0 */
#include "sink_rig.h"

#include <signal.h>
#include <sys/resource.h>

static char big[70001];

static struct config_output
file_output(const char *name)
{
	struct config_output o = {.name = "file", .to = CONFIG_TO_FILE};

	o.path = rig_path(name);
	return o;
}

static void
assert_holds(const char *path, const char *want)
{
	static char got[300000];
	int fd = open(path, O_RDONLY);

	assert_true(fd >= 0);
	rig_read(fd, got, sizeof(got), 0);
	close(fd);
	assert_string_equal(got, want);
}

static void
put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	fputs(text, f);
	fclose(f);
}

static void
lines_are_appended(void **state)
{
	struct config_output o = file_output("a");
	struct sink_line lines[] = {rig_line("one"), rig_line("two")};
	struct sink *s;
	struct stat st;

	(void)state;
	umask(0);
	s = rig_open(&o);
	assert_false(sink_acknowledges(s));
	assert_int_equal(sink_send(s, lines, 2, rig_error), 2);
	assert_string_equal(rig_error, "");
	sink_close(s);
	s = rig_open(&o);
	assert_int_equal(sink_send(s, lines, 1, rig_error), 1);
	sink_close(s);
	assert_holds(o.path, "one\ntwo\none\n");
	assert_int_equal(stat(o.path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
}

static void
assert_refused(struct config_output o, const char *want)
{
	assert_null(sink_open(&o, "h", rig_error));
	if (!strstr(rig_error, want))
		fail_msg("%s", rig_error);
	assert_non_null(strstr(rig_error, o.path));
}

static void
a_path_that_cannot_be_is_told_at_once(void **state)
{
	struct config_output o = file_output("none/a");

	(void)state;
	assert_refused(o, "its folder is not there");
	o.path = rig_dir;
	assert_refused(o, "is a folder");
	o = file_output("socket");
	assert_int_equal(mknod(o.path, S_IFSOCK | 0600, 0), 0);
	assert_refused(o, "is a socket; write to: unix");
}

static void
a_line_that_a_crash_cut_short_is_ended(void **state)
{
	struct config_output o = file_output("cut");
	struct sink_line line = rig_line("{}");
	struct sink *s;

	(void)state;
	put(o.path, "{\"whole\":1}\n{\"ha");
	s = rig_open(&o);
	assert_int_equal(sink_send(s, &line, 1, rig_error), 1);
	sink_close(s);
	assert_holds(o.path, "{\"whole\":1}\n{\"ha\n{}\n");
}

/* A limit on the size of files stands for a full disk: the write stops in a line. */
static void
a_full_disk_leaves_whole_lines(void **state)
{
	struct config_output o = file_output("full");
	struct sink_line lines[] = {rig_line("12345"), rig_line("abcdefgh"), rig_line("z")};
	struct rlimit before, small = {10, 0};
	struct sink *s = rig_open(&o);

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	small.rlim_max = before.rlim_max;
	setrlimit(RLIMIT_FSIZE, &small);
	assert_int_equal(sink_send(s, lines, 3, rig_error), 1);
	assert_non_null(strstr(rig_error, "File too large"));
	assert_holds(o.path, "12345\n");
	assert_int_equal(sink_send(s, lines + 1, 2, rig_error), 0);
	setrlimit(RLIMIT_FSIZE, &before);
	assert_holds(o.path, "12345\n");
	assert_int_equal(sink_send(s, lines + 1, 2, rig_error), 2);
	assert_holds(o.path, "12345\nabcdefgh\nz\n");
	sink_close(s);
}

static void
no_room_at_all_says_so(void **state)
{
	struct config_output o = {.name = "file", .to = CONFIG_TO_FILE, .path = "/dev/full"};
	struct sink_line line = rig_line("x");
	struct sink *s = rig_open(&o);

	(void)state;
	assert_int_equal(sink_send(s, &line, 1, rig_error), 0);
	assert_string_equal(rig_error, "/dev/full: No space left on device; make room, lines "
				       "wait until then");
	sink_close(s);
}

static void
after_rotation_lines_go_to_the_new_file(void **state)
{
	struct config_output o = file_output("log");
	struct sink_line line = rig_line("x"), after = rig_line("y");
	char path[256], old[256 + 8];
	struct sink *s;

	(void)state;
	strcpy(path, o.path);
	o.path = path;
	snprintf(old, sizeof(old), "%s.1", path);
	s = rig_open(&o);
	assert_int_equal(sink_send(s, &line, 1, rig_error), 1);
	assert_int_equal(rename(path, old), 0);
	assert_int_equal(sink_send(s, &line, 1, rig_error), 1);
	sink_reopen(s);
	assert_int_equal(sink_send(s, &after, 1, rig_error), 1);
	sink_close(s);
	assert_holds(old, "x\nx\n");
	assert_holds(path, "y\n");
}

static void
a_file_that_cannot_be_opened_anew_is_kept(void **state)
{
	struct config_output o;
	struct sink_line line = rig_line("x");
	char path[256], old[256 + 8];
	struct sink *s;

	(void)state;
	mkdir(rig_path("gone"), 0700);
	strcpy(path, rig_path("gone/log"));
	o = (struct config_output){.name = "f", .to = CONFIG_TO_FILE, .path = path};
	s = rig_open(&o);
	snprintf(old, sizeof(old), "%s/kept", rig_dir);
	assert_int_equal(rename(path, old), 0);
	assert_int_equal(rmdir(rig_path("gone")), 0);
	sink_reopen(s);
	assert_int_equal(sink_send(s, &line, 1, rig_error), 1);
	sink_close(s);
	assert_holds(old, "x\n");
}

/* --- a pipe ------------------------------------------------------------------------- */

static void
a_pipe_waits_for_its_reader(void **state)
{
	struct config_output o = file_output("pipe");
	struct sink_line line = rig_line("x");
	char got[16];
	struct sink *s;
	int fd;

	(void)state;
	assert_int_equal(mkfifo(o.path, 0600), 0);
	s = rig_open(&o);
	assert_int_equal(sink_send(s, &line, 1, rig_error), 0);
	assert_non_null(strstr(rig_error, "nobody reads"));
	fd = open(o.path, O_RDONLY | O_NONBLOCK);
	assert_int_equal(sink_send(s, &line, 1, rig_error), 1);
	rig_read(fd, got, sizeof(got), 0);
	assert_string_equal(got, "x\n");
	close(fd);
	assert_int_equal(sink_send(s, &line, 1, rig_error), 0);
	assert_non_null(strstr(rig_error, "its reader has gone"));
	fd = open(o.path, O_RDONLY | O_NONBLOCK);
	assert_int_equal(sink_send(s, &line, 1, rig_error), 1);
	close(fd);
	sink_close(s);
}

/* The line that is longer than a pipe holds goes on where it stopped. */
static void
a_slow_reader_of_a_pipe_gets_each_line_once(void **state)
{
	struct config_output o = file_output("slow");
	struct sink_line lines[] = {rig_line(big), rig_line("end")};
	static char got[80000];
	struct sink *s;
	size_t n;
	int fd;

	(void)state;
	assert_int_equal(mkfifo(o.path, 0600), 0);
	fd = open(o.path, O_RDONLY | O_NONBLOCK);
	s = rig_open(&o);
	sink_hurry(s, 200);
	assert_int_equal(sink_send(s, lines, 2, rig_error), 0);
	assert_non_null(strstr(rig_error, "nobody reads it"));
	n = rig_read(fd, got, sizeof(got), 0);
	assert_in_range(n, 60000, 69999);
	sink_hurry(s, 1000);
	assert_int_equal(sink_send(s, lines, 2, rig_error), 2);
	rig_read(fd, got + n, sizeof(got) - n, 0);
	assert_int_equal(strlen(got), 70001 + 4);
	assert_memory_equal(got, big, 70000);
	assert_string_equal(got + 70000, "\nend\n");
	sink_close(s);
	close(fd);
}

static void
a_part_of_a_line_is_ended_when_another_line_follows(void **state)
{
	struct config_output o = file_output("other");
	struct sink_line line = rig_line(big), other = rig_line("other");
	static char got[80000];
	struct sink *s;
	size_t n;
	int fd;

	(void)state;
	assert_int_equal(mkfifo(o.path, 0600), 0);
	fd = open(o.path, O_RDONLY | O_NONBLOCK);
	s = rig_open(&o);
	sink_hurry(s, 100);
	assert_int_equal(sink_send(s, &line, 1, rig_error), 0);
	/* Still no room: the line end is owed. */
	assert_int_equal(sink_send(s, &other, 1, rig_error), 0);
	n = rig_read(fd, got, sizeof(got), 0);
	sink_hurry(s, 1000);
	assert_int_equal(sink_send(s, &other, 1, rig_error), 1);
	rig_read(fd, got + n, sizeof(got) - n, 0);
	assert_string_equal(got + n, "\nother\n");
	sink_close(s);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_appended),
		cmocka_unit_test(a_path_that_cannot_be_is_told_at_once),
		cmocka_unit_test(a_line_that_a_crash_cut_short_is_ended),
		cmocka_unit_test(a_full_disk_leaves_whole_lines),
		cmocka_unit_test(no_room_at_all_says_so),
		cmocka_unit_test(after_rotation_lines_go_to_the_new_file),
		cmocka_unit_test(a_file_that_cannot_be_opened_anew_is_kept),
		cmocka_unit_test(a_pipe_waits_for_its_reader),
		cmocka_unit_test(a_slow_reader_of_a_pipe_gets_each_line_once),
		cmocka_unit_test(a_part_of_a_line_is_ended_when_another_line_follows),
	};

	memset(big, 'b', sizeof(big) - 1);
	return cmocka_run_group_tests(tests, rig_begin, rig_end);
}
