/* SPDX-License-Identifier: Apache-2.0 */
#include "capture_made.h"

#include "dissect/limits.h"
#include "sensor/capture/pcap_format.h"

#define US 0xa1b2c3d4u
#define NS 0xa1b23c4du

/* What became of a file: frames, damages, and the last of either. */
struct seen {
	size_t frames;
	size_t damages;
	struct capture_frame frame[8];
	uint8_t first[8]; /* first octet of each */
	struct capture_damage damage;
	enum capture_status begin;
};

static struct seen
read_source(struct source *s)
{
	struct seen seen = {0};
	struct pcap_format f;
	enum capture_status status;
	struct capture_frame frame;

	assert_non_null(s);
	seen.begin = pcap_format_init(&f, s, &seen.damage);
	while (seen.begin == CAPTURE_FRAME &&
		(status = pcap_format_next(&f, &frame, &seen.damage)) != CAPTURE_END) {
		if (status == CAPTURE_DAMAGED) {
			assert_true(++seen.damages < 100);
			continue;
		}
		assert_int_equal(status, CAPTURE_FRAME);
		assert_true(seen.frames < 8);
		seen.first[seen.frames] = frame.octets.len ? frame.octets.at[0] : 0;
		seen.frame[seen.frames++] = frame;
	}
	if (seen.begin == CAPTURE_FRAME) /* the end stays the end */
		assert_int_equal(pcap_format_next(&f, &frame, &seen.damage), CAPTURE_END);
	source_close(s);
	return seen;
}

static struct seen
read_made(const struct made *m, size_t cut, size_t block)
{
	struct guarded g = guarded_new(m->at, cut);
	struct seen seen = read_source(source_open_memory(guarded_span(&g), block));

	guarded_free(&g);
	return seen;
}

/* Headers of 16, frames of 40, 1 and 20: records end at 24, 80, 97, 133. */
static void
make_three(struct made *m, uint32_t magic)
{
	made_pcap(m, magic, 1);
	made_record(m, 1700000000, 999999, 40, 'a');
	made_record(m, 1700000001, 0, 1, 'b');
	made_record(m, 1700000002, 123456, 20, 'c');
}

static const size_t borders[] = {24, 80, 97, 133};

static void
both_orders_and_both_resolutions_are_read(void **state)
{
	(void)state;
	for (int big = 0; big < 2; big++)
		for (int ns = 0; ns < 2; ns++) {
			struct made m = {.big = big};
			struct seen seen;
			uint64_t unit = ns ? 1 : 1000;

			make_three(&m, ns ? NS : US);
			assert_true(pcap_format_magic(made_span(&m)));
			seen = read_made(&m, m.len, 0);
			assert_int_equal(seen.frames, 3);
			assert_int_equal(seen.damages, 0);
			assert_memory_equal(seen.first, "abc", 3);
			assert_int_equal(
				seen.frame[0].at.ns, 1700000000000000000 + 999999 * unit);
			assert_int_equal(
				seen.frame[2].at.ns, 1700000002000000000 + 123456 * unit);
			assert_int_equal(seen.frame[2].octets.len, 20);
			assert_int_equal(seen.frame[2].linktype, 1);
		}
}

static void
cut_at_every_octet_gives_the_frames_before(void **state)
{
	static const size_t blocks[] = {0, 1, 17, 4096};

	(void)state;
	for (size_t b = 0; b < 4; b++)
		for (size_t cut = 0; cut <= borders[3]; cut++) {
			struct made m = {0};
			struct seen seen;
			size_t whole = 0;

			make_three(&m, US);
			assert_int_equal(m.len, borders[3]);
			seen = read_made(&m, cut, blocks[b]);
			while (whole < 3 && borders[whole + 1] <= cut)
				whole++;
			assert_int_equal(seen.frames, whole);
			if (cut < 24) {
				assert_int_equal(
					seen.begin, cut ? CAPTURE_DAMAGED : CAPTURE_END);
				continue;
			}
			assert_int_equal(seen.damages, cut != borders[whole]);
			if (seen.damages)
				assert_int_equal(seen.damage.offset, borders[whole]);
		}
}

static void
compressed_and_cut_it_gives_frames_and_one_damage(void **state)
{
	struct made m = {0}, gz = {0}, zst = {0};
	size_t most = 0;

	(void)state;
	make_three(&m, NS);
	made_gzip(&gz, made_span(&m));
	made_zstd(&zst, made_span(&m));
	assert_int_equal(read_made(&gz, gz.len, 0).frames, 3);
	assert_int_equal(read_made(&zst, zst.len, 0).frames, 3);
	for (size_t cut = 10; cut < gz.len; cut++) {
		struct seen seen = read_made(&gz, cut, 0);

		assert_true(seen.frames >= most && seen.frames <= 3);
		most = seen.frames;
		assert_true(seen.begin != CAPTURE_FRAME || seen.damages == 1);
		if (seen.damages)
			assert_int_equal(seen.damage.raw, cut);
	}
	assert_int_equal(most, 3); /* only the checksum is missing */
	for (size_t cut = 4; cut < zst.len; cut++) {
		struct seen seen = read_made(&zst, cut, 0);

		assert_true(seen.begin != CAPTURE_FRAME || seen.damages == 1);
	}
}

static void
lengths_that_lie_a_little_are_read(void **state)
{
	struct made m = {0};
	struct seen seen;

	(void)state;
	made_pcap(&m, US, 0xf4000001); /* frame check sequence of 4 octets, told */
	made_record(&m, 1, 2500000, 70000, 'x'); /* over the snapshot length of 65535 */
	made_number(&m, 9, 4);
	made_number(&m, 0, 4);
	made_number(&m, 4, 4);
	made_number(&m, 2, 4); /* shorter on the wire than captured */
	made_octets(&m, "yyyy", 4);
	made_record(&m, 0xffffffff, 0, 0, 'z');
	seen = read_made(&m, m.len, 0);
	assert_int_equal(seen.damages, 0);
	assert_int_equal(seen.frames, 3);
	assert_int_equal(seen.frame[0].octets.len, 70000);
	assert_int_equal(seen.frame[0].at.ns, 3500000000); /* 1 s + 2500000 us */
	assert_int_equal(seen.frame[0].linktype, 1);
	assert_int_equal(seen.frame[1].wire_len, 4);
	assert_int_equal(seen.frame[2].octets.len, 0);
	assert_true(seen.frame[2].at.ns == UINT64_C(4294967295000000000));
}

static void
reading_goes_on_behind_a_broken_header(void **state)
{
	struct made m = {0};
	struct seen seen;
	size_t at;

	(void)state;
	made_pcap(&m, US, 1);
	made_record(&m, 1700000000, 0, 50, 'a');
	at = m.len;
	made_number(&m, 1700000000, 4);
	made_number(&m, 0, 4);
	made_number(&m, CAPTURE_FRAME_MAX + 1, 4);
	made_number(&m, 0x40, 4);
	made_octets(&m, "some octets that were a frame", 29);
	for (char c = 'b'; c < 'f'; c++)
		made_record(&m, 1700000001, 7, 33, c);
	for (size_t block = 0; block < 4000; block += 999) {
		seen = read_made(&m, m.len, block);
		assert_int_equal(seen.damages, 1);
		assert_int_equal(seen.damage.offset, at);
		assert_string_equal(seen.damage.reason,
			"a record claims 1048577 octets; 45 octets left out");
		assert_int_equal(seen.frames, 5);
		assert_memory_equal(seen.first, "abcde", 5);
	}
}

static void
a_length_past_the_end_does_not_swallow_what_follows(void **state)
{
	struct made m = {0};
	struct seen seen;

	(void)state;
	made_pcap(&m, US, 1);
	made_record(&m, 1700000000, 0, 50, 'a');
	made_record(&m, 1700000000, 0, 50, 'b');
	m.at[24 + 66 + 8 + 2] = 0x0c; /* b claims 0x0c0032 octets */
	made_record(&m, 1700000001, 0, 50, 'c');
	seen = read_made(&m, m.len, 0);
	assert_int_equal(seen.damages, 1);
	assert_int_equal(seen.damage.offset, 24 + 66);
	assert_int_equal(seen.frames, 2);
	assert_memory_equal(seen.first, "ac", 2);
}

static void
garbage_to_the_end_is_one_damage(void **state)
{
	struct made m = {0};
	struct seen seen;

	(void)state;
	make_three(&m, US);
	for (int i = 0; i < 90000; i++)
		made_octets(&m, "\xee", 1);
	seen = read_made(&m, m.len, 4096);
	assert_int_equal(seen.frames, 3);
	assert_int_equal(seen.damages, 1);
	assert_int_equal(seen.damage.offset, borders[3]);
}

static void
old_versions_have_their_lengths_the_other_way_round(void **state)
{
	/* minor, first length, second length, captured */
	static const uint32_t cases[][4] = {
		{2, 9, 4, 4}, {3, 9, 4, 4}, {3, 4, 9, 4}, {4, 4, 9, 4}};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct made m = {0};
		struct seen seen;

		made_pcap(&m, US, 1);
		m.at[6] = (uint8_t)cases[i][0];
		made_number(&m, 5, 8);
		made_number(&m, cases[i][1], 4);
		made_number(&m, cases[i][2], 4);
		made_octets(&m, "data", 4);
		seen = read_made(&m, m.len, 0);
		assert_int_equal(seen.frames, 1);
		assert_int_equal(seen.damages, 0);
		assert_int_equal(seen.frame[0].octets.len, 4);
		assert_int_equal(seen.frame[0].wire_len, 9);
	}
}

static void
an_unknown_version_is_refused(void **state)
{
	struct made m = {0};

	(void)state;
	make_three(&m, US);
	m.at[4] = 3;
	assert_int_equal(read_made(&m, m.len, 0).begin, CAPTURE_DAMAGED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_orders_and_both_resolutions_are_read),
		cmocka_unit_test(cut_at_every_octet_gives_the_frames_before),
		cmocka_unit_test(compressed_and_cut_it_gives_frames_and_one_damage),
		cmocka_unit_test(lengths_that_lie_a_little_are_read),
		cmocka_unit_test(reading_goes_on_behind_a_broken_header),
		cmocka_unit_test(a_length_past_the_end_does_not_swallow_what_follows),
		cmocka_unit_test(garbage_to_the_end_is_one_damage),
		cmocka_unit_test(old_versions_have_their_lengths_the_other_way_round),
		cmocka_unit_test(an_unknown_version_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
