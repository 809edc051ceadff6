/* SPDX-License-Identifier: Apache-2.0 */
#include "capture_made.h"

#include "sensor/capture/capture_damage.h"

/* 300 octets that are worth compressing, but not to nothing. */
static uint8_t text[300];

static int
setup(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (uint8_t)(i * i / 7);
	return 0;
}

static void
a_note_says_what_and_where(void **state)
{
	struct source *s = source_open_memory(span_of(text, sizeof(text)), 0);
	struct capture_damage d = {0};

	(void)state;
	assert_non_null(source_peek(s, 100));
	source_take(s, 100);
	/* The reader has got on to 100; the record that is wrong begins at 40. */
	assert_int_equal(capture_damage_note(&d, s, 40, "length %u of %s", 7u, "it"),
		CAPTURE_DAMAGED);
	assert_int_equal(d.offset, 40);
	assert_int_equal(d.raw, 40);
	assert_string_equal(d.reason, "length 7 of it");
	source_close(s);
}

/* An offset into what was decompressed is none into the file. */
static void
in_a_compressed_file_both_offsets_are_told(void **state)
{
	struct capture_damage d = {0};
	struct made packed = {0};
	struct source *s;

	(void)state;
	made_gzip(&packed, span_of(text, sizeof(text)));
	s = source_open_memory(made_span(&packed), 0);
	assert_non_null(source_peek(s, 300));
	capture_damage_note(&d, s, 200, "wrong");
	assert_int_equal(d.offset, 200);
	assert_int_equal(d.raw, source_raw_offset(s));
	assert_in_range(d.raw, 18, packed.len);
	source_close(s);
}

static void
a_long_reason_is_cut_to_its_room(void **state)
{
	struct source *s = source_open_memory(span_of(text, sizeof(text)), 0);
	char reason[3 * CAPTURE_REASON_MAX];
	struct capture_damage d = {0};

	(void)state;
	memset(reason, 'r', sizeof(reason) - 1);
	reason[sizeof(reason) - 1] = '\0';
	capture_damage_note(&d, s, 0, "%s", reason);
	assert_int_equal(strlen(d.reason), CAPTURE_REASON_MAX - 1);
	source_close(s);
}

/* At every octet behind the last whole record: only none at all is an end. */
static void
an_end_is_clean_only_where_nothing_is_left(void **state)
{
	char want[100];

	(void)state;
	for (size_t left = 0; left < 16; left++) {
		struct source *s = source_open_memory(span_of(text, 100 + left), 0);
		struct capture_damage d = {.offset = 7, .reason = "old"};
		enum capture_status status;

		assert_non_null(source_peek(s, 100));
		source_take(s, 100);
		assert_null(source_peek(s, 16));
		status = capture_damage_short(&d, s, "a record header");
		if (left == 0) {
			assert_int_equal(status, CAPTURE_END);
			assert_string_equal(d.reason, "old");
			assert_int_equal(d.offset, 7);
		} else {
			snprintf(want, sizeof(want),
				"cut short: the file ends %zu octets into a record "
				"header",
				left);
			assert_int_equal(status, CAPTURE_DAMAGED);
			assert_string_equal(d.reason, want);
			assert_int_equal(d.offset, 100);
			assert_int_equal(d.raw, 100);
		}
		source_close(s);
	}
}

/* A compressed file that is cut where a record ends is no end either. */
static void
compressed_data_that_are_cut_are_told_as_such(void **state)
{
	struct capture_damage d = {0};
	struct made packed = {0};
	struct source *s;

	(void)state;
	made_gzip(&packed, span_of(text, sizeof(text)));
	/* Without its checksum, all octets are there. */
	s = source_open_memory(span_of(packed.at, packed.len - 8), 0);
	assert_non_null(source_peek(s, 300));
	source_take(s, 300);
	assert_null(source_peek(s, 1));
	assert_int_equal(s->state, SOURCE_DAMAGED);
	assert_int_equal(capture_damage_short(&d, s, "a record header"), CAPTURE_DAMAGED);
	assert_string_equal(d.reason, s->reason);
	assert_int_equal(d.offset, 300);
	assert_int_equal(d.raw, packed.len - 8);
	source_close(s);
}

/* The system's word, and not that the file was cut: it may be whole. */
static void
what_the_system_could_not_read_is_an_error(void **state)
{
	char name[] = "/tmp/capture-damage-XXXXXX", other[64];
	struct capture_damage d = {0};
	int fd = mkstemp(name);
	struct source *s;

	(void)state;
	for (int i = 0; i < 4000; i++)
		assert_int_equal(write(fd, text, sizeof(text)), sizeof(text));
	close(fd);
	s = source_open(name);
	source_park(s);
	assert_non_null(source_peek(s, 100));
	source_take(s, 100);
	/* Another file takes its name. */
	snprintf(other, sizeof(other), "%s.1", name);
	assert_int_equal(rename(name, other), 0);
	made_write(name, span_of(text, 1));
	while (source_peek(s, 50))
		source_take(s, 50);
	assert_int_equal(s->state, SOURCE_FAILED);
	assert_int_equal(capture_damage_short(&d, s, "a record header"), CAPTURE_ERROR);
	assert_int_equal(strncmp(d.reason, "cannot read on: ", 16), 0);
	assert_string_equal(d.reason + 16, s->reason);
	assert_int_equal(d.offset, source_offset(s));
	source_close(s);
	unlink(name);
	unlink(other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_note_says_what_and_where),
		cmocka_unit_test(in_a_compressed_file_both_offsets_are_told),
		cmocka_unit_test(a_long_reason_is_cut_to_its_room),
		cmocka_unit_test(an_end_is_clean_only_where_nothing_is_left),
		cmocka_unit_test(compressed_data_that_are_cut_are_told_as_such),
		cmocka_unit_test(what_the_system_could_not_read_is_an_error),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
