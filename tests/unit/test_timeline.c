/* SPDX-License-Identifier: Apache-2.0 */
#include "capture_made.h"

#include <fcntl.h>
#include <sys/resource.h>

#include "sensor/base/log.h"
#include "sensor/capture/timeline.h"

#define US 0xa1b2c3d4u

/* Each test works in an empty folder of its own. */
static char folder[64];

static int
setup(void **state)
{
	(void)state;
	log_init(LOG_QUIET, 1);
	strcpy(folder, "/tmp/relaytap-timeline-XXXXXX");
	return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int
teardown(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

/* A pcap with a frame at each second of times; its one octet is the letter. */
static void
make_file(const char *path, const char *times, char letter)
{
	struct made m = {0};

	made_pcap(&m, US, 1);
	for (; *times; times++)
		made_record(&m, (uint32_t)(1000 + *times - '0'), 0, 1, letter);
	made_write(path, made_span(&m));
}

/* "a1b2…": letter and second of each frame, in the order they come. */
static struct timeline *
read_files(char *const *paths, size_t count, size_t descriptors, char *out)
{
	struct timeline_options options = {descriptors};
	struct timeline *t = timeline_new(paths, count, &options);
	struct capture_frame frame;

	assert_non_null(t);
	while (timeline_next(t, &frame) == 1) {
		*out++ = (char)frame.octets.at[0];
		*out++ = (char)('0' + frame.at.ns / 1000000000 - 1000);
	}
	*out = '\0';
	assert_int_equal(timeline_next(t, &frame), 0);
	return t;
}

static void
frames_come_by_time_then_file_then_place(void **state)
{
	char *paths[] = {"x.pcap", "y.pcap", "z.pcap"};

	(void)state;
	make_file("x.pcap", "2259", 'x');
	make_file("y.pcap", "1238", 'y');
	make_file("z.pcap", "02", 'z');
	for (size_t descriptors = 1; descriptors < 5; descriptors++) {
		char got[64];
		struct timeline *t = read_files(paths, 3, descriptors, got);

		assert_string_equal(got, "z0y1x2x2y2z2y3x5y8x9");
		assert_int_equal(timeline_file(t, 0)->frames, 4);
		assert_int_equal(timeline_file(t, 1)->state, TIMELINE_READ);
		assert_int_equal(timeline_file(t, 1)->first_ns, 1001000000000);
		assert_int_equal(timeline_file(t, 1)->last_ns, 1008000000000);
		timeline_free(t);
	}
}

static void
time_running_backwards_keeps_the_order_of_its_file(void **state)
{
	char *paths[] = {"x", "y"};
	char got[64];

	(void)state;
	make_file("x", "5318", 'x');
	make_file("y", "46", 'y');
	timeline_free(read_files(paths, 2, 1, got));
	assert_string_equal(got, "y4x5x3x1y6x8");
}

static void
frames_bear_their_file_and_number(void **state)
{
	char *paths[] = {"x", "y"};
	struct timeline *t;
	struct capture_frame frame;
	static const uint32_t want[][2] = {{0, 1}, {1, 1}, {0, 2}, {1, 2}};

	(void)state;
	make_file("x", "13", 'x');
	make_file("y", "24", 'y');
	t = timeline_new(paths, 2, NULL);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(timeline_next(t, &frame), 1);
		assert_int_equal(frame.at.file, want[i][0]);
		assert_int_equal(frame.at.frame, want[i][1]);
	}
	timeline_free(t);
}

static void
folders_give_their_files_in_order_and_no_loops(void **state)
{
	char *paths[] = {"d"};
	struct timeline_totals totals;
	struct timeline *t;
	char got[64];

	(void)state;
	assert_int_equal(mkdir("d", 0700), 0);
	assert_int_equal(mkdir("d/b", 0700), 0);
	make_file("d/c", "1", 'c');
	make_file("d/B", "1", 'B');
	make_file("d/b/z", "1", 'z');
	make_file("d/b/\xc3\xa9", "1", 'e');
	made_write("d/b/notes.txt", SPAN_LITERAL("no capture"));
	made_write("d/empty", SPAN_NONE);
	assert_int_equal(symlink("..", "d/b/loop"), 0);
	assert_int_equal(symlink("../c", "d/b/again"), 0);
	assert_int_equal(mkfifo("d/pipe", 0600), 0);
	t = read_files(paths, 1, 0, got);
	assert_string_equal(got, "B1z1e1c1");
	assert_int_equal(timeline_files(t), 6);
	assert_string_equal(timeline_file(t, 0)->name, "d/B");
	assert_string_equal(timeline_file(t, 1)->name, "d/b/notes.txt");
	assert_int_equal(timeline_file(t, 1)->state, TIMELINE_SKIPPED);
	assert_string_equal(timeline_file(t, 1)->damage.reason,
		"not a capture file (first octets 6e 6f 20 63)");
	timeline_totals(t, &totals);
	assert_int_equal(totals.skipped, 2);
	assert_int_equal(totals.failed, 0);
	assert_int_equal(totals.frames, 4);
	timeline_free(t);
}

static void
what_is_named_must_be_a_capture_and_the_others_go_on(void **state)
{
	char *paths[] = {"notes.txt", "gone", "x", "empty"};
	struct timeline_totals totals;
	struct timeline *t;
	char got[64];

	(void)state;
	made_write("notes.txt", SPAN_LITERAL("no"));
	made_write("empty", SPAN_NONE);
	make_file("x", "12", 'x');
	t = read_files(paths, 4, 0, got);
	assert_string_equal(got, "x1x2");
	assert_int_equal(timeline_file(t, 0)->state, TIMELINE_FAILED);
	assert_string_equal(timeline_file(t, 0)->damage.reason,
		"not a capture file (first octets 6e 6f)");
	assert_string_equal(
		timeline_file(t, 1)->damage.reason, "No such file or directory");
	assert_string_equal(
		timeline_file(t, 3)->damage.reason, "not a capture file (empty)");
	timeline_totals(t, &totals);
	assert_int_equal(totals.failed, 3);
	assert_int_equal(totals.skipped, 0);
	timeline_free(t);
}

static void
damage_is_kept_with_its_file(void **state)
{
	char *paths[] = {"x", "y"};
	struct timeline_totals totals;
	struct timeline *t;
	char got[64];

	(void)state;
	make_file("x", "135", 'x');
	make_file("y", "24", 'y');
	assert_int_equal(truncate("x", 24 + 2 * 17 + 5), 0);
	for (size_t descriptors = 1; descriptors < 3; descriptors++) {
		t = read_files(paths, 2, descriptors, got);
		assert_string_equal(got, "x1y2x3y4");
		assert_int_equal(timeline_file(t, 0)->damages, 1);
		assert_int_equal(timeline_file(t, 0)->damage.offset, 24 + 2 * 17);
		assert_int_equal(timeline_file(t, 1)->damages, 0);
		timeline_totals(t, &totals);
		assert_int_equal(totals.damaged, 1);
		assert_int_equal(totals.failed, 0);
		timeline_free(t);
	}
}

static void
a_file_that_goes_away_between_look_and_read_is_a_failure(void **state)
{
	char *paths[] = {"x", "y"};
	struct timeline_options options = {1};
	struct timeline_totals totals;
	struct timeline *t;
	struct capture_frame frame;

	(void)state;
	make_file("x", "12", 'x');
	make_file("y", "34", 'y');
	t = timeline_new(paths, 2, &options);
	assert_int_equal(unlink("y"), 0);
	assert_int_equal(timeline_next(t, &frame), 1);
	assert_int_equal(timeline_next(t, &frame), 1);
	assert_int_equal(timeline_next(t, &frame), 0);
	assert_int_equal(timeline_file(t, 1)->state, TIMELINE_FAILED);
	timeline_totals(t, &totals);
	assert_int_equal(totals.failed, 1);
	timeline_free(t);
}

/* 300 files that all overlap, and 40 descriptors in all. */
static void
many_overlapping_files_need_few_descriptors(void **state)
{
	enum {
		FILES = 300,
		FRAMES = 400
	};
	struct rlimit old, few = {40, 40};
	struct timeline_options options = {8};
	struct made *m = calloc(1, sizeof(*m));
	char *paths[] = {"d"}, name[32];
	struct capture_frame frame;
	struct timeline *t;
	size_t n = 0;

	(void)state;
	assert_int_equal(mkdir("d", 0700), 0);
	for (int i = 0; i < FILES; i++) {
		m->len = 0;
		made_pcap(m, US, 1);
		for (uint32_t k = 0; k < FRAMES; k++)
			made_record(m, k, (uint32_t)i, 200, 'f');
		snprintf(name, sizeof(name), "d/%03d", i);
		made_write(name, made_span(m));
	}
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few.rlim_max = old.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	t = timeline_new(paths, 1, &options);
	for (; timeline_next(t, &frame) == 1; n++) {
		assert_int_equal(frame.at.ns, n / FILES * 1000000000 + n % FILES * 1000);
		assert_int_equal(frame.at.file, n % FILES);
		assert_int_equal(frame.at.frame, n / FILES + 1);
	}
	assert_int_equal(n, FILES * FRAMES);
	timeline_free(t);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	free(m);
}

static void
standard_input_merges_with_files(void **state)
{
	char *paths[] = {"x", "-"};
	int pipes[2], kept = dup(STDIN_FILENO);
	struct made m = {0}, gz = {0};
	struct timeline *t;
	char got[64];

	(void)state;
	make_file("x", "14", 'x');
	made_pcap(&m, US, 1);
	made_record(&m, 1000, 0, 1, 's');
	made_record(&m, 1003, 0, 1, 's');
	made_gzip(&gz, made_span(&m));
	for (size_t descriptors = 1; descriptors < 3; descriptors++) {
		struct timeline_totals totals;

		assert_int_equal(pipe(pipes), 0);
		assert_int_equal(write(pipes[1], gz.at, gz.len), gz.len);
		close(pipes[1]);
		dup2(pipes[0], STDIN_FILENO);
		close(pipes[0]);
		t = read_files(paths, 2, descriptors, got);
		assert_string_equal(got, "s0x1s3x4");
		timeline_totals(t, &totals);
		assert_int_equal(totals.size, 0); /* a pipe's is not known */
		assert_int_equal(totals.done, 24 + 2 * 17 + gz.len);
		timeline_free(t);
	}
	dup2(kept, STDIN_FILENO);
	close(kept);
}

static void
link_types_are_listed_once(void **state)
{
	char *paths[] = {"x"};
	struct made m = {0};
	struct timeline *t;
	char got[64];

	(void)state;
	made_section(&m, UINT64_MAX);
	made_interface(&m, 1, 0, 6);
	made_interface(&m, 101, 0, 6);
	made_enhanced(&m, 1, 1001000000, "a");
	made_enhanced(&m, 0, 1002000000, "b");
	made_enhanced(&m, 1, 1003000000, "c");
	made_write("x", made_span(&m));
	t = read_files(paths, 1, 0, got);
	assert_string_equal(got, "a1b2c3");
	assert_string_equal(timeline_file(t, 0)->format, "pcapng");
	assert_int_equal(timeline_file(t, 0)->linktype_count, 2);
	assert_int_equal(timeline_file(t, 0)->linktypes[0], 101);
	assert_int_equal(timeline_file(t, 0)->linktypes[1], 1);
	timeline_free(t);
}

static void
a_hostile_name_is_shown_escaped(void **state)
{
	char *paths[] = {"a\n\x1b[2J"};
	struct timeline *t = timeline_new(paths, 1, NULL);

	(void)state;
	assert_string_equal(timeline_file(t, 0)->shown, "a\\x0a\\x1b[2J");
	timeline_free(t);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(frames_come_by_time_then_file_then_place),
		TEST(time_running_backwards_keeps_the_order_of_its_file),
		TEST(frames_bear_their_file_and_number),
		TEST(folders_give_their_files_in_order_and_no_loops),
		TEST(what_is_named_must_be_a_capture_and_the_others_go_on),
		TEST(damage_is_kept_with_its_file),
		TEST(a_file_that_goes_away_between_look_and_read_is_a_failure),
		TEST(many_overlapping_files_need_few_descriptors),
		TEST(standard_input_merges_with_files),
		TEST(link_types_are_listed_once),
		TEST(a_hostile_name_is_shown_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
