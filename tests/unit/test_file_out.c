/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sensor/base/file_out.h"

static char folder[64];

/* In the test's folder; lives until the second next call. */
static const char *
in_folder(const char *name)
{
	static char at[2][128];
	static unsigned turn;

	turn ^= 1;
	snprintf(at[turn], sizeof(at[turn]), "%s/%s", folder, name);
	return at[turn];
}

static void
put(const char *name, const char *text)
{
	FILE *f = fopen(in_folder(name), "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void
assert_holds(const char *name, const char *text)
{
	char got[64] = "";
	FILE *f = fopen(in_folder(name), "r");

	assert_non_null(f);
	got[fread(got, 1, sizeof(got) - 1, f)] = '\0';
	fclose(f);
	assert_string_equal(got, text);
}

/* Names in the folder. */
static size_t
names(void)
{
	DIR *d = opendir(folder);
	size_t n = 0;

	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d));)
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static int
set_up(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/file_out.XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int
tear_down(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static void
the_old_file_stays_until_the_new_one_is_complete(void **state)
{
	struct file_out f;

	(void)state;
	put("r", "old");
	assert_int_equal(file_out_open(&f, in_folder("r")), 0);
	fputs("new", f.to);
	fflush(f.to);
	assert_holds("r", "old");
	assert_int_equal(names(), 2);
	assert_int_equal(file_out_commit(&f), 0);
	assert_holds("r", "new");
	assert_int_equal(names(), 1);
}

static void
what_is_dropped_leaves_nothing(void **state)
{
	struct file_out f;

	(void)state;
	put("r", "old");
	assert_int_equal(file_out_open(&f, in_folder("r")), 0);
	fputs("new", f.to);
	file_out_drop(&f);
	assert_holds("r", "old");
	assert_int_equal(file_out_open(&f, in_folder("other")), 0);
	file_out_drop(&f);
	file_out_drop(&f);
	assert_int_equal(names(), 1);
}

/* A limit on files stands for a disk that is full. */
static void
a_write_that_fails_is_an_error_and_the_old_file_stays(void **state)
{
	struct rlimit was, low;
	struct file_out f;

	(void)state;
	put("r", "old");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	low = (struct rlimit){.rlim_cur = 10000, .rlim_max = was.rlim_max};
	assert_int_equal(file_out_open(&f, in_folder("r")), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
	for (unsigned i = 0; i < 20000; i++)
		putc('x', f.to);
	assert_int_equal(file_out_commit(&f), -1);
	assert_int_equal(errno, EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	assert_holds("r", "old");
	assert_int_equal(names(), 1);
}

static void
a_signal_ends_the_process_and_takes_the_temporary_along(void **state)
{
	int status;
	pid_t child;

	(void)state;
	put("r", "old");
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct file_out f;

		signal(SIGTERM, SIG_DFL);
		if (file_out_open(&f, in_folder("r")) == 0 && names() == 2)
			raise(SIGTERM);
		_exit(1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGTERM);
	assert_holds("r", "old");
	assert_int_equal(names(), 1);
}

static void
a_replaced_file_hands_on_its_mode_and_a_new_one_heeds_the_umask(void **state)
{
	struct file_out f;
	struct stat s;
	mode_t mask = umask(027);

	(void)state;
	put("r", "old");
	assert_int_equal(chmod(in_folder("r"), 0604), 0);
	assert_int_equal(file_out_open(&f, in_folder("r")), 0);
	assert_int_equal(file_out_commit(&f), 0);
	assert_int_equal(stat(in_folder("r"), &s), 0);
	assert_int_equal(s.st_mode & 07777, 0604);
	assert_int_equal(file_out_open(&f, in_folder("n")), 0);
	assert_int_equal(file_out_commit(&f), 0);
	assert_int_equal(stat(in_folder("n"), &s), 0);
	assert_int_equal(s.st_mode & 07777, 0640);
	umask(mask);
}

static void
a_link_stays_one_and_its_file_is_replaced(void **state)
{
	struct file_out f;
	struct stat s;

	(void)state;
	put("r", "old");
	assert_int_equal(symlink("r", in_folder("link")), 0);
	assert_int_equal(file_out_open(&f, in_folder("link")), 0);
	fputs("new", f.to);
	assert_int_equal(file_out_commit(&f), 0);
	assert_int_equal(lstat(in_folder("link"), &s), 0);
	assert_true(S_ISLNK(s.st_mode));
	assert_holds("r", "new");
}

static void
what_is_no_regular_file_is_written_to_directly(void **state)
{
	struct file_out f;
	struct stat s;

	(void)state;
	assert_int_equal(file_out_open(&f, "/dev/null"), 0);
	assert_null(f.temporary);
	fputs("new", f.to);
	assert_int_equal(file_out_commit(&f), 0);
	assert_int_equal(stat("/dev/null", &s), 0);
	assert_true(S_ISCHR(s.st_mode));
	assert_int_equal(file_out_open(&f, "/dev/full"), 0);
	fputs("new", f.to);
	assert_int_equal(file_out_commit(&f), -1);
	assert_int_equal(errno, ENOSPC);
}

static void
folders_and_missing_ones_are_refused_at_once(void **state)
{
	struct file_out f;

	(void)state;
	assert_int_equal(file_out_open(&f, folder), -1);
	assert_int_equal(errno, EISDIR);
	assert_int_equal(file_out_open(&f, in_folder("no/r")), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(names(), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			the_old_file_stays_until_the_new_one_is_complete, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			what_is_dropped_leaves_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_write_that_fails_is_an_error_and_the_old_file_stays, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			a_signal_ends_the_process_and_takes_the_temporary_along, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			a_replaced_file_hands_on_its_mode_and_a_new_one_heeds_the_umask,
			set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_link_stays_one_and_its_file_is_replaced, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			what_is_no_regular_file_is_written_to_directly, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			folders_and_missing_ones_are_refused_at_once, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
