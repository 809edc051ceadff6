/* SPDX-License-Identifier: Apache-2.0 */
#include "capture_made.h"

#include "sensor/capture/capture_file.h"

static char dir[] = "/tmp/capture-file-XXXXXX";

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

/* Two frames, "abcd" and "wxyz", in each of the formats. */
static void
make_pcap(struct made *m)
{
	made_pcap(m, 0xa1b2c3d4, 101);
	for (int i = 0; i < 2; i++) {
		made_number(m, 1700000000 + (uint64_t)i, 4);
		made_number(m, 5, 4);
		made_number(m, 4, 4);
		made_number(m, 4, 4);
		made_octets(m, i ? "wxyz" : "abcd", 4);
	}
}

static void
make_pcapng(struct made *m)
{
	made_section(m, UINT64_MAX);
	made_interface(m, 101, 0, 0);
	made_enhanced(m, 0, 1700000000000005, "abcd");
	made_enhanced(m, 0, 1700000001000005, "wxyz");
}

/* Kuznetzov's variant, which only libpcap reads. */
static void
make_variant(struct made *m)
{
	made_pcap(m, 0xa1b2cd34, 101);
	for (int i = 0; i < 2; i++) {
		made_number(m, 1700000000 + (uint64_t)i, 4);
		made_number(m, 5, 4);
		made_number(m, 4, 4);
		made_number(m, 4, 4);
		made_number(m, 0, 8);
		made_octets(m, i ? "wxyz" : "abcd", 4);
	}
}

static const struct {
	const char *name;
	void (*make)(struct made *m);
} formats[] = {
	{"pcap", make_pcap}, {"pcapng", make_pcapng}, {"pcap variant", make_variant}};

static void
pack_nothing(struct made *m, struct span from)
{
	made_octets(m, from.at, from.len);
}

static void (*const packings[])(struct made *m, struct span from) = {
	pack_nothing, made_gzip, made_zstd};

static void
assert_two_frames(struct capture *c)
{
	struct capture_frame frame;

	for (uint32_t i = 0; i < 2; i++) {
		assert_int_equal(capture_next(c, &frame), CAPTURE_FRAME);
		assert_int_equal(frame.octets.len, 4);
		assert_memory_equal(frame.octets.at, i ? "wxyz" : "abcd", 4);
		assert_int_equal(frame.at.file, 7);
		assert_int_equal(frame.at.frame, i + 1);
		assert_true(frame.at.ns == 1700000000000005000 + i * 1000000000ull);
		assert_int_equal(frame.linktype, 101);
	}
	assert_int_equal(capture_next(c, &frame), CAPTURE_END);
	assert_int_equal(capture_next(c, &frame), CAPTURE_END);
}

/* In either order of octets, packed or not; its name says nothing. */
static void
the_first_octets_tell_the_format(void **state)
{
	char path[64];

	(void)state;
	snprintf(path, sizeof(path), "%s/name.txt", dir);
	for (size_t i = 0; i < 9 * 2; i++) {
		struct made plain = {.big = i >= 9}, packed = {0};
		struct capture_file_opened o;
		struct capture_stats stats;

		formats[i % 3].make(&plain);
		packings[i / 3 % 3](&packed, made_span(&plain));
		made_write(path, made_span(&packed));
		capture_file_open(&o, path, 7);
		assert_int_equal(o.answer, CAPTURE_FILE_OPEN);
		assert_string_equal(o.capture->ops->name, formats[i % 3].name);
		assert_two_frames(o.capture);
		capture_stats(o.capture, &stats);
		assert_int_equal(stats.size, packed.len);
		assert_int_equal(stats.done, packed.len);
		assert_int_equal(stats.dropped, 0);
		assert_true(capture_file_source(o.capture)->raw.regular);
		capture_close(o.capture);
	}
}

/* Less than the magic is nothing; from there on it is a capture that is broken. */
static void
a_header_cut_at_any_octet_is_told(void **state)
{
	(void)state;
	for (int variant = 0; variant < 2; variant++)
		for (size_t cut = 0; cut < 24; cut++) {
			struct capture_file_opened o;
			struct made m = {0};

			variant ? make_variant(&m) : make_pcap(&m);
			capture_file_open_source(
				&o, source_open_memory(span_of(m.at, cut), 0), 0);
			assert_int_equal(o.answer,
				cut < 4 ? CAPTURE_FILE_NO_CAPTURE : CAPTURE_FILE_BROKEN);
			assert_null(o.capture);
			assert_true(o.damage.reason[0] != '\0');
			assert_null(strchr(o.damage.reason, '\n'));
		}
}

/* Wherever it is cut: what is whole comes, and it ends, and only at a border in peace. */
static void
a_file_cut_at_any_octet_gives_what_is_whole(void **state)
{
	(void)state;
	for (size_t format = 0; format < 3; format++) {
		struct made m = {0};
		size_t first, clean = 0;

		formats[format].make(&m);
		/* The two frames are of one length: what remains is before them. */
		first = format == 0 ? 20 : format == 1 ? 36 : 28;
		for (size_t cut = m.len - 2 * first; cut <= m.len; cut++) {
			size_t whole = (cut - (m.len - 2 * first)) / first;
			struct capture_file_opened o;
			struct capture_frame frame;
			enum capture_status status;
			size_t frames = 0, damages = 0;

			capture_file_open_source(
				&o, source_open_memory(span_of(m.at, cut), 16), 0);
			assert_int_equal(o.answer, CAPTURE_FILE_OPEN);
			while ((status = capture_next(o.capture, &frame)) !=
				CAPTURE_END) {
				assert_int_not_equal(status, CAPTURE_ERROR);
				frames += status == CAPTURE_FRAME;
				damages += status == CAPTURE_DAMAGED;
				assert_true(damages < 2);
			}
			assert_int_equal(frames, whole);
			clean += damages == 0;
			capture_close(o.capture);
		}
		assert_int_equal(clean, 3);
	}
}

static void
assert_no_capture(struct span octets, const char *want)
{
	struct capture_file_opened o;

	capture_file_open_source(&o, source_open_memory(octets, 0), 0);
	assert_int_equal(o.answer, CAPTURE_FILE_NO_CAPTURE);
	assert_null(o.capture);
	assert_string_equal(o.damage.reason, want);
}

static void
what_is_no_capture_is_told_by_its_first_octets(void **state)
{
	struct made packed = {0};

	(void)state;
	assert_no_capture(SPAN_NONE, "not a capture file (empty)");
	assert_no_capture(SPAN_LITERAL("\x1b"), "not a capture file (first octets 1b)");
	assert_no_capture(
		SPAN_LITERAL("\xff\x00\n"), "not a capture file (first octets ff 00 0a)");
	assert_no_capture(SPAN_LITERAL("From root"),
		"not a capture file (first octets 46 72 6f 6d)");
	/* Packed, the octets inside are what counts. */
	made_gzip(&packed, SPAN_LITERAL("From root"));
	assert_no_capture(
		made_span(&packed), "not a capture file (first octets 46 72 6f 6d)");
	packed.len = 0;
	made_gzip(&packed, SPAN_NONE);
	assert_no_capture(made_span(&packed), "not a capture file (empty)");
}

/* Nobody can know what it would have been. */
static void
packed_data_that_are_damaged_before_the_first_octet_are_broken(void **state)
{
	struct made plain = {0}, packed = {0};

	(void)state;
	make_pcap(&plain);
	made_gzip(&packed, made_span(&plain));
	for (size_t cut = 3; cut < 11; cut++) {
		struct capture_file_opened o;

		capture_file_open_source(
			&o, source_open_memory(span_of(packed.at, cut), 0), 0);
		assert_int_equal(o.answer, CAPTURE_FILE_BROKEN);
		assert_null(o.capture);
		assert_true(o.damage.reason[0] != '\0');
	}
}

static void
what_the_system_refuses_is_told_in_its_words(void **state)
{
	struct capture_file_opened o;
	char path[64];

	(void)state;
	snprintf(path, sizeof(path), "%s/none", dir);
	capture_file_open(&o, path, 0);
	assert_int_equal(o.answer, CAPTURE_FILE_UNREADABLE);
	assert_null(o.capture);
	assert_string_equal(o.damage.reason, "No such file or directory");
	capture_file_open(&o, dir, 0);
	assert_int_equal(o.answer, CAPTURE_FILE_UNREADABLE);
	assert_string_equal(o.damage.reason, "Is a directory");
	/* It can be opened, but there is nothing at address 0. */
	capture_file_open(&o, "/proc/self/mem", 0);
	assert_int_equal(o.answer, CAPTURE_FILE_UNREADABLE);
	assert_null(o.capture);
	assert_non_null(strstr(o.damage.reason, "Input/output error"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_octets_tell_the_format),
		cmocka_unit_test(a_header_cut_at_any_octet_is_told),
		cmocka_unit_test(a_file_cut_at_any_octet_gives_what_is_whole),
		cmocka_unit_test(what_is_no_capture_is_told_by_its_first_octets),
		cmocka_unit_test(
			packed_data_that_are_damaged_before_the_first_octet_are_broken),
		cmocka_unit_test(what_the_system_refuses_is_told_in_its_words),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
