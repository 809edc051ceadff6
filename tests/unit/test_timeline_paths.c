/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include <stdio.h>
#include <sys/stat.h>

#include "sensor/capture/timeline_paths.h"

static char dir[] = "/tmp/timeline-paths-XXXXXX";

static char *
path_of(const char *name)
{
	static char texts[4][512];
	static unsigned n;

	n = (n + 1) % 4;
	snprintf(texts[n], sizeof(texts[n]), "%s%s%s", dir, *name ? "/" : "", name);
	return texts[n];
}

static void
make_file(const char *name)
{
	FILE *f = fopen(path_of(name), "w");

	assert_non_null(f);
	fclose(f);
}

/* a (folder: link to itself, pipe, z, B.pcap), b.pcap, B.pcap, empty, closed, names */
static int
setup(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(dir));
	mkdir(path_of("a"), 0700);
	mkdir(path_of("a/deep"), 0700);
	mkdir(path_of("empty"), 0700);
	make_file("a/z");
	make_file("a/deep/x");
	make_file("a/B.pcap");
	make_file("b.pcap");
	make_file("B.pcap");
	assert_int_equal(symlink(dir, path_of("a/loop")), 0);
	assert_int_equal(symlink(path_of("b.pcap"), path_of("a/link")), 0);
	assert_int_equal(symlink(path_of("a/deep"), path_of("to-deep")), 0);
	assert_int_equal(mkfifo(path_of("a/pipe"), 0600), 0);
	return 0;
}

static int
teardown(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command);
}

static void
assert_paths(const struct timeline_paths *p, const char *const *want, size_t count)
{
	assert_int_equal(p->count, count);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(p->at[i].path, path_of(want[i]));
}

static void
what_is_no_folder_is_taken_as_it_was_named(void **state)
{
	static char *const names[] = {
		"-", "", "does/not/exist", "/dev/null", "caf\xe9\n"};
	struct timeline_paths p = {0};

	(void)state;
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(timeline_paths_add(&p, names[i]), 0);
	assert_int_equal(timeline_paths_add(&p, path_of("b.pcap")), 0);
	/* Twice named is twice read. */
	assert_int_equal(timeline_paths_add(&p, path_of("b.pcap")), 0);
	assert_int_equal(p.count, 7);
	for (size_t i = 0; i < 7; i++) {
		assert_true(p.at[i].named);
		assert_string_equal(p.at[i].path, i < 5 ? names[i] : path_of("b.pcap"));
	}
	assert_int_equal(p.failed, 0);
	timeline_paths_release(&p);
	assert_null(p.at);
	assert_int_equal(p.count, 0);
}

/* By octets, so that capitals come first; links and pipes inside are passed over. */
static void
a_folder_gives_its_files_in_the_order_of_their_octets(void **state)
{
	static const char *const want[] = {
		"B.pcap", "a/B.pcap", "a/deep/x", "a/z", "b.pcap"};
	struct timeline_paths p = {0};

	(void)state;
	assert_int_equal(timeline_paths_add(&p, dir), 0);
	assert_paths(&p, want, 5);
	for (size_t i = 0; i < 5; i++)
		assert_false(p.at[i].named);
	timeline_paths_release(&p);
}

static void
folders_and_files_keep_the_order_in_which_they_were_named(void **state)
{
	static const char *const want[] = {
		"b.pcap", "a/B.pcap", "a/deep/x", "a/z", "B.pcap"};
	struct timeline_paths p = {0};

	(void)state;
	assert_int_equal(timeline_paths_add(&p, path_of("b.pcap")), 0);
	assert_int_equal(timeline_paths_add(&p, path_of("empty")), 0);
	assert_int_equal(timeline_paths_add(&p, path_of("a")), 0);
	assert_int_equal(timeline_paths_add(&p, path_of("B.pcap")), 0);
	assert_paths(&p, want, 5);
	assert_true(p.at[0].named);
	assert_false(p.at[1].named);
	assert_true(p.at[4].named);
	timeline_paths_release(&p);
}

static void
a_link_that_the_user_named_is_followed(void **state)
{
	static const char *const want[] = {"to-deep/x"};
	struct timeline_paths p = {0};

	(void)state;
	assert_int_equal(timeline_paths_add(&p, path_of("to-deep")), 0);
	assert_paths(&p, want, 1);
	timeline_paths_release(&p);
}

/* Root reads all folders, so that this has something to see only without. */
static void
a_folder_that_cannot_be_read_is_counted_and_the_others_are_read(void **state)
{
	static const char *const want[] = {"sealed/b/file"};
	struct timeline_paths p = {0};

	(void)state;
	mkdir(path_of("sealed"), 0700);
	mkdir(path_of("sealed/a"), 0700);
	mkdir(path_of("sealed/b"), 0700);
	make_file("sealed/b/file");
	chmod(path_of("sealed/a"), 0);
	if (access(path_of("sealed/a"), R_OK) == 0) {
		print_message("SKIP: no folder is closed to root\n");
	} else {
		assert_int_equal(timeline_paths_add(&p, path_of("sealed")), 0);
		assert_int_equal(p.failed, 1);
		assert_paths(&p, want, 1);
		timeline_paths_release(&p);
	}
	chmod(path_of("sealed/a"), 0700);
}

static void
thousands_of_files_have_room(void **state)
{
	struct timeline_paths p = {0};
	char name[16];

	(void)state;
	for (int i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		assert_int_equal(timeline_paths_add(&p, name), 0);
	}
	assert_int_equal(p.count, 5000);
	assert_string_equal(p.at[0].path, "n0");
	assert_string_equal(p.at[64].path, "n64");
	assert_string_equal(p.at[4999].path, "n4999");
	timeline_paths_release(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_folder_is_taken_as_it_was_named),
		cmocka_unit_test(a_folder_gives_its_files_in_the_order_of_their_octets),
		cmocka_unit_test(
			folders_and_files_keep_the_order_in_which_they_were_named),
		cmocka_unit_test(a_link_that_the_user_named_is_followed),
		cmocka_unit_test(thousands_of_files_have_room),
		cmocka_unit_test(
			a_folder_that_cannot_be_read_is_counted_and_the_others_are_read),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
