/* SPDX-License-Identifier: Apache-2.0 */
#include "capture_made.h"

#include "dissect/limits.h"
#include "sensor/capture/pcapng_format.h"

/* What became of a file. */
struct seen {
	size_t frames;
	size_t damages;
	struct capture_frame frame[8];
	uint8_t first[8];
	struct capture_damage damage; /* the last */
	char name[CAPTURE_INTERFACE_NAME_MAX];
};

static struct seen
read_made(const struct made *m, size_t cut, size_t block)
{
	struct guarded g = guarded_new(m->at, cut);
	struct source *s = source_open_memory(guarded_span(&g), block);
	struct seen seen = {0};
	struct pcapng_format f;
	struct capture_frame frame;
	enum capture_status status;

	assert_non_null(s);
	pcapng_format_init(&f, s);
	while ((status = pcapng_format_next(&f, &frame, &seen.damage)) != CAPTURE_END) {
		if (status == CAPTURE_DAMAGED) {
			assert_true(++seen.damages < 100);
			continue;
		}
		assert_int_equal(status, CAPTURE_FRAME);
		assert_true(seen.frames < 8);
		seen.first[seen.frames] = frame.octets.len ? frame.octets.at[0] : 0;
		seen.frame[seen.frames++] = frame;
	}
	assert_int_equal(pcapng_format_next(&f, &frame, &seen.damage), CAPTURE_END);
	if (f.interfaces)
		memcpy(seen.name, f.interface[0].name, sizeof(seen.name));
	pcapng_format_release(&f);
	source_close(s);
	guarded_free(&g);
	return seen;
}

/* Ends of the blocks of make_small(): 28 + 20 + 3 frames of 32 + 2, 4 and 5 (padded). */
static const size_t borders[] = {0, 28, 48, 84, 120, 160};

static void
make_small(struct made *m)
{
	made_section(m, UINT64_MAX);
	made_interface(m, 1, 0, 0);
	made_enhanced(m, 0, 1700000000000001, "aa");
	made_enhanced(m, 0, 1700000000000002, "bbbb");
	made_enhanced(m, 0, 1700000000000003, "ccccc");
}

static void
sections_of_both_orders_have_interfaces_of_their_own(void **state)
{
	struct made m = {0};
	struct seen seen;

	(void)state;
	made_section(&m, UINT64_MAX);
	made_interface(&m, 1, 0, 0);
	made_interface(&m, 113, 0, 9);
	made_enhanced(&m, 1, 1700000000000000007, "a");
	made_enhanced(&m, 0, 1700000000000007, "b");
	m.big = true;
	made_section(&m, 1000); /* a length that is wrong: nothing depends on it */
	made_interface(&m, 101, 0, 0x80 | 10);
	made_enhanced(&m, 0, 1024 * 5 + 512, "c");
	seen = read_made(&m, m.len, 0);
	assert_int_equal(seen.frames, 3);
	assert_int_equal(seen.damages, 0);
	assert_memory_equal(seen.first, "abc", 3);
	assert_int_equal(seen.frame[0].linktype, 113);
	assert_int_equal(seen.frame[0].interface, 1);
	assert_int_equal(seen.frame[0].at.ns, 1700000000000000007);
	assert_int_equal(seen.frame[0].octets.len, 1);
	assert_int_equal(seen.frame[0].wire_len, 3);
	assert_int_equal(seen.frame[1].linktype, 1);
	assert_int_equal(seen.frame[1].at.ns, 1700000000000007000);
	assert_int_equal(seen.frame[2].linktype, 101);
	assert_int_equal(seen.frame[2].interface, 2);
	assert_int_equal(seen.frame[2].at.ns, 5500000000);
}

static void
cut_at_every_octet_gives_the_frames_before(void **state)
{
	static const size_t blocks[] = {0, 1, 17, 4096};
	struct made m = {0};

	(void)state;
	make_small(&m);
	assert_int_equal(m.len, borders[5]);
	for (size_t b = 0; b < 4; b++)
		for (size_t cut = 0; cut <= m.len; cut++) {
			struct seen seen = read_made(&m, cut, blocks[b]);
			size_t whole = 0;

			while (whole < 5 && borders[whole + 1] <= cut)
				whole++;
			assert_int_equal(seen.frames, whole < 2 ? 0 : whole - 2);
			assert_int_equal(seen.damages, cut != borders[whole]);
			if (seen.damages)
				assert_int_equal(seen.damage.offset, borders[whole]);
		}
}

static void
any_octet_may_be_wrong(void **state)
{
	struct made m = {0};

	(void)state;
	make_small(&m);
	for (size_t i = 0; i < m.len; i++)
		for (int v = 1; v < 256; v += 31) {
			struct made bad = m;
			struct seen seen;

			bad.at[i] ^= (uint8_t)v;
			seen = read_made(&bad, bad.len, 0);
			assert_true(seen.frames <= 3);
			/* What stands behind the damage is found again. */
			if (i >= 48 && i < 120)
				assert_int_equal(seen.first[seen.frames - 1], 'c');
		}
}

static void
simple_and_obsolete_packets_are_read(void **state)
{
	struct made m = {0}, simple = {0}, old = {0};
	struct seen seen;

	(void)state;
	made_section(&m, UINT64_MAX);
	made_interface(&m, 1, 3, 0);
	made_interface(&m, 228, 0, 0);
	made_enhanced(&m, 0, 42, "a");
	made_number(&simple, 9, 4);
	made_octets(&simple, "bbb", 3);
	made_block(&m, 3, &simple);
	made_number(&old, 1, 2);
	made_number(&old, 77, 2); /* drops */
	made_number(&old, 0, 4);
	made_number(&old, 43, 4);
	made_number(&old, 2, 4);
	made_number(&old, 60, 4);
	made_octets(&old, "cc", 2);
	made_block(&m, 2, &old);
	seen = read_made(&m, m.len, 0);
	assert_int_equal(seen.damages, 0);
	assert_int_equal(seen.frames, 3);
	assert_int_equal(seen.frame[1].octets.len, 3);
	assert_int_equal(seen.frame[1].wire_len, 9);
	assert_int_equal(seen.frame[1].at.ns, 42000); /* that of the frame before */
	assert_int_equal(seen.frame[2].linktype, 228);
	assert_int_equal(seen.frame[2].octets.len, 2);
	assert_int_equal(seen.frame[2].wire_len, 60);
	assert_int_equal(seen.frame[2].at.ns, 43000);
}

static void
options_give_name_and_clock(void **state)
{
	for (int big = 0; big < 2; big++) {
		struct made m = {.big = big}, body = {.big = big}, offset = {.big = big};
		struct seen seen;

		(void)state;
		made_number(&offset, (uint64_t)-10, 8);
		made_number(&body, 1, 2);
		made_number(&body, 0, 2);
		made_number(&body, 0, 4);
		made_option(&body, 2, "eth0", 4);
		made_option(&body, 13, "\x04", 1); /* if_fcslen */
		made_option(&body, 9, "\x03", 1);
		made_option(&body, 14, offset.at, 8);
		made_option(&body, 0, "", 0);
		made_section(&m, UINT64_MAX);
		made_block(&m, 1, &body);
		made_enhanced(&m, 0, 25001, "a");
		seen = read_made(&m, m.len, 0);
		assert_int_equal(seen.damages, 0);
		assert_string_equal(seen.name, "eth0");
		assert_int_equal(seen.frame[0].at.ns, 15001000000); /* 25.001 - 10 s */
	}
}

static void
options_that_make_no_sense_cost_no_frame(void **state)
{
	static const struct {
		uint16_t code;
		uint16_t len;
		uint16_t claimed;
	} cases[] = {{9, 1, 9}, {9, 2, 2}, {14, 4, 4}, {2, 4, 0xffff}};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct made m = {0}, body = {0};
		struct seen seen;

		made_number(&body, 1, 8);
		made_option(&body, cases[i].code, "\x14\x14\x14\x14", cases[i].len);
		body.at[10] = (uint8_t)cases[i].claimed;
		body.at[11] = (uint8_t)(cases[i].claimed >> 8);
		made_section(&m, UINT64_MAX);
		made_block(&m, 1, &body);
		made_enhanced(&m, 0, 7, "a");
		seen = read_made(&m, m.len, 0);
		assert_int_equal(seen.damages, 1);
		assert_int_equal(seen.damage.offset, 28);
		assert_int_equal(seen.frames, 1);
		assert_int_equal(seen.frame[0].at.ns, 7000);
	}
}

static void
blocks_of_no_interest_are_skipped(void **state)
{
	static const uint32_t types[] = {4, 5, 10, 0xbad, 0x80000001, 0x7fffffff};
	struct made m = {0}, body = {0};
	struct seen seen;

	(void)state;
	made_octets(&body, "whatever it is", 14);
	made_section(&m, UINT64_MAX);
	for (size_t i = 0; i < 6; i++)
		made_block(&m, types[i], &body);
	made_interface(&m, 1, 0, 0);
	for (size_t i = 0; i < 6; i++)
		made_block(&m, types[i], &body);
	made_enhanced(&m, 0, 7, "a");
	seen = read_made(&m, m.len, 0);
	assert_int_equal(seen.frames, 1);
	assert_int_equal(seen.damages, 0);
}

static void
a_frame_must_fit_its_block_and_have_an_interface(void **state)
{
	struct made m = {0};
	struct seen seen;

	(void)state;
	make_small(&m);
	m.at[48 + 8] = 1;  /* no such interface */
	m.at[84 + 20] = 5; /* 5 octets in a block with room for 4 */
	seen = read_made(&m, m.len, 0);
	assert_int_equal(seen.damages, 2);
	assert_int_equal(seen.damage.offset, 84);
	assert_int_equal(seen.frames, 1);
	assert_int_equal(seen.first[0], 'c');
}

static void
a_block_too_long_to_read_is_left_out(void **state)
{
	size_t total = CAPTURE_BLOCK_READ_MAX + 4;
	struct made m = {0}, tail = {0};
	uint8_t *octets = calloc(1, m.len + total + 1000);
	struct source *s;
	struct pcapng_format f;
	struct capture_frame frame;
	struct capture_damage damage;
	size_t at;

	(void)state;
	made_section(&m, UINT64_MAX);
	made_interface(&m, 1, 0, 0);
	at = m.len;
	made_number(&m, 6, 4);
	made_number(&m, total, 4);
	memcpy(octets, m.at, m.len);
	made_number(&tail, total, 4);
	made_enhanced(&tail, 0, 7, "a");
	memcpy(octets + at + total - 4, tail.at, tail.len);
	s = source_open_memory(span_of(octets, at + total - 4 + tail.len), 4096);
	pcapng_format_init(&f, s);
	assert_int_equal(pcapng_format_next(&f, &frame, &damage), CAPTURE_DAMAGED);
	assert_int_equal(damage.offset, at);
	assert_int_equal(pcapng_format_next(&f, &frame, &damage), CAPTURE_FRAME);
	assert_int_equal(frame.octets.at[0], 'a');
	assert_int_equal(pcapng_format_next(&f, &frame, &damage), CAPTURE_END);
	pcapng_format_release(&f);
	source_close(s);
	free(octets);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sections_of_both_orders_have_interfaces_of_their_own),
		cmocka_unit_test(cut_at_every_octet_gives_the_frames_before),
		cmocka_unit_test(any_octet_may_be_wrong),
		cmocka_unit_test(simple_and_obsolete_packets_are_read),
		cmocka_unit_test(options_give_name_and_clock),
		cmocka_unit_test(options_that_make_no_sense_cost_no_frame),
		cmocka_unit_test(blocks_of_no_interest_are_skipped),
		cmocka_unit_test(a_frame_must_fit_its_block_and_have_an_interface),
		cmocka_unit_test(a_block_too_long_to_read_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
