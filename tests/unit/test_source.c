/* SPDX-License-Identifier: Apache-2.0 */
#include "capture_made.h"

#include <errno.h>

#include "dissect/limits.h"
#include "sensor/capture/source.h"

#define TEXT_OCTETS 5000

static uint8_t text[TEXT_OCTETS];

static int
setup(void **state)
{
	uint32_t x = 1;

	(void)state;
	/* Neither constant nor beyond compression. */
	for (size_t i = 0; i < TEXT_OCTETS; i++) {
		x = x * 1103515245u + 12345u;
		text[i] = (uint8_t)("abcdefgh"[x >> 29]);
	}
	return 0;
}

/* Reads s in steps of n octets; all that comes must be text. Returns how much it was. */
static size_t
read_all(struct source *s, size_t n)
{
	size_t at = 0;

	assert_non_null(s);
	for (;;) {
		const uint8_t *p = source_peek(s, n);
		size_t got = p ? n : source_ready(s);

		assert_true(at + got <= TEXT_OCTETS);
		if (got)
			assert_memory_equal(p ? p : s->at, text + at, got);
		assert_int_equal(source_offset(s), at);
		source_take(s, got);
		at += got;
		if (!p)
			return at;
	}
}

static void
octets_pass_unchanged_through_blocks_of_any_size(void **state)
{
	static const size_t sizes[] = {0, 1, 2, 3, 7, 64, 4096, 1 << 20};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (size_t n = 1; n < 70; n += 4) {
			struct source *s =
				source_open_memory(span_of(text, TEXT_OCTETS), sizes[i]);

			assert_int_equal(read_all(s, n), TEXT_OCTETS);
			assert_int_equal(s->state, SOURCE_END);
			assert_int_equal(source_raw_offset(s), TEXT_OCTETS);
			source_close(s);
		}
}

static void
members_and_frames_follow_each_other(void **state)
{
	struct made gz = {0}, zst = {0};

	(void)state;
	made_gzip(&gz, span_of(text, 2000));
	made_gzip(&gz, span_of(text + 2000, 0));
	made_gzip(&gz, span_of(text + 2000, 3000));
	made_number(&gz, 0, 8);					/* padding */
	made_octets(&zst, "\x5a\x2a\x4d\x18\x03\0\0\0abc", 11); /* skippable */
	made_zstd(&zst, span_of(text, 2000));
	made_zstd(&zst, span_of(text + 2000, 3000));
	for (size_t block = 1; block < 400; block += 3) {
		struct source *s = source_open_memory(made_span(&gz), block);

		assert_int_equal(read_all(s, 5), TEXT_OCTETS);
		assert_int_equal(s->state, SOURCE_END);
		source_close(s);
		s = source_open_memory(made_span(&zst), block);
		assert_int_equal(read_all(s, 5), TEXT_OCTETS);
		assert_int_equal(s->state, SOURCE_END);
		assert_int_equal(source_raw_offset(s), zst.len);
		source_close(s);
	}
}

/* Cut anywhere, what can be decoded comes, and then never the clean end. */
static void
check_cuts(const struct made *m)
{
	size_t before = 0;

	for (size_t cut = 4; cut < m->len; cut++) {
		struct guarded g = guarded_new(m->at, cut);
		struct source *s = source_open_memory(guarded_span(&g), 0);
		size_t got = read_all(s, 100);

		assert_true(got >= before);
		before = got;
		assert_int_equal(s->state, SOURCE_DAMAGED);
		assert_string_equal(s->reason, "compressed data are cut short");
		assert_int_equal(source_raw_offset(s), cut);
		source_close(s);
		guarded_free(&g);
	}
	assert_true(before > TEXT_OCTETS / 2);
}

static void
compressed_data_cut_anywhere_give_what_there_is_and_damage(void **state)
{
	struct made gz = {0}, zst = {0};

	(void)state;
	made_gzip(&gz, span_of(text, TEXT_OCTETS));
	check_cuts(&gz);
	made_zstd(&zst, span_of(text, TEXT_OCTETS));
	/* One block: it decodes whole or not at all, so only its end can be missing. */
	for (size_t cut = 4; cut < zst.len; cut++) {
		struct source *s = source_open_memory(span_of(zst.at, cut), 0);

		read_all(s, 100);
		assert_int_equal(s->state, SOURCE_DAMAGED);
		source_close(s);
	}
}

static void
damage_inside_and_garbage_behind_are_told(void **state)
{
	struct made gz = {0}, zst = {0};
	struct source *s;

	(void)state;
	made_gzip(&gz, span_of(text, TEXT_OCTETS));
	made_octets(&gz, "garbage", 7);
	s = source_open_memory(made_span(&gz), 0);
	assert_int_equal(read_all(s, 100), TEXT_OCTETS);
	assert_int_equal(s->state, SOURCE_DAMAGED);
	assert_int_equal(source_raw_offset(s), gz.len - 7);
	source_close(s);

	gz.at[gz.len - 7 - 8] ^= 1; /* RFC 1952 2.3: CRC-32 */
	s = source_open_memory(made_span(&gz), 0);
	assert_int_equal(read_all(s, 100), TEXT_OCTETS);
	assert_string_equal(s->reason, "gzip data is damaged");
	source_close(s);

	made_zstd(&zst, span_of(text, 2000));
	made_octets(&zst, "garbage", 7);
	s = source_open_memory(made_span(&zst), 0);
	assert_int_equal(read_all(s, 100), 2000);
	assert_int_equal(s->state, SOURCE_DAMAGED);
	source_close(s);
}

static void
skipping_knows_the_end(void **state)
{
	(void)state;
	for (size_t block = 0; block < 100; block += 33) {
		struct source *s = source_open_memory(span_of(text, TEXT_OCTETS), block);

		assert_true(source_skip(s, 4999));
		assert_int_equal(*source_peek(s, 1), text[4999]);
		assert_false(source_skip(s, 2));
		assert_int_equal(source_offset(s), TEXT_OCTETS);
		source_close(s);
	}
}

static void
a_parked_file_holds_no_descriptor_and_notices_a_replacement(void **state)
{
	char path[] = "/tmp/relaytap-source-XXXXXX";
	size_t size = 3 * CAPTURE_BLOCK_FIRST;
	uint8_t *octets = calloc(1, size);
	int fd = mkstemp(path);
	struct source *s;

	(void)state;
	assert_int_equal(write(fd, octets, size), size);
	close(fd);
	s = source_open(path);
	assert_non_null(s);
	assert_true(source_holds_descriptor(s));
	source_park(s);
	assert_false(source_holds_descriptor(s));
	assert_true(source_skip(s, CAPTURE_BLOCK_FIRST + 1));
	assert_false(source_holds_descriptor(s));
	/* A link keeps the old inode in use: its number is not given out again. */
	assert_int_equal(link(path, "/tmp/relaytap-source-kept"), 0);
	unlink(path);
	made_write(path, span_of(octets, size));
	assert_false(source_skip(s, CAPTURE_BLOCK_FIRST));
	assert_int_equal(s->state, SOURCE_FAILED);
	assert_string_equal(s->reason, "replaced while it was read");
	source_close(s);
	unlink(path);
	unlink("/tmp/relaytap-source-kept");
	free(octets);
}

static void
what_cannot_be_opened_tells_why(void **state)
{
	(void)state;
	assert_null(source_open("/nonexistent/file"));
	assert_int_equal(errno, ENOENT);
	assert_null(source_open("/tmp"));
	assert_int_equal(errno, EISDIR);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(octets_pass_unchanged_through_blocks_of_any_size),
		cmocka_unit_test(members_and_frames_follow_each_other),
		cmocka_unit_test(
			compressed_data_cut_anywhere_give_what_there_is_and_damage),
		cmocka_unit_test(damage_inside_and_garbage_behind_are_told),
		cmocka_unit_test(skipping_knows_the_end),
		cmocka_unit_test(
			a_parked_file_holds_no_descriptor_and_notices_a_replacement),
		cmocka_unit_test(what_cannot_be_opened_tells_why),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
