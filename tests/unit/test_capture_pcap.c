/* SPDX-License-Identifier: Apache-2.0 */
#include "capture_made.h"

#include "sensor/base/log.h"
#include "sensor/capture/capture_file.h"
#include "sensor/capture/capture_filter.h"
#include "sensor/capture/capture_pcap.h"

/* Kuznetzov's variant: each record has interface(4) protocol(2) type(1) pad(1) more. */
static void
make_kuznetzov(struct made *m)
{
	made_pcap(m, 0xa1b2cd34, 1);
	for (uint32_t i = 0; i < 2; i++) {
		made_number(m, 1700000000 + i, 4);
		made_number(m, 250000, 4);
		made_number(m, 4, 4);
		made_number(m, 60, 4);
		made_number(m, 0, 8);
		made_octets(m, i ? "wxyz" : "abcd", 4);
	}
}

static void
an_old_variant_is_read_by_libpcap(void **state)
{
	for (int big = 0; big < 2; big++) {
		struct made m = {.big = big};
		struct capture_file_opened o;
		struct capture_frame frame;

		(void)state;
		make_kuznetzov(&m);
		capture_file_open_source(&o, source_open_memory(made_span(&m), 16), 3);
		assert_int_equal(o.answer, CAPTURE_FILE_OPEN);
		assert_int_equal(capture_next(o.capture, &frame), CAPTURE_FRAME);
		assert_int_equal(capture_next(o.capture, &frame), CAPTURE_FRAME);
		assert_int_equal(frame.at.ns, 1700000001250000000);
		assert_int_equal(frame.at.file, 3);
		assert_int_equal(frame.at.frame, 2);
		assert_int_equal(frame.octets.len, 4);
		assert_memory_equal(frame.octets.at, "wxyz", 4);
		assert_int_equal(frame.wire_len, 60);
		assert_int_equal(frame.linktype, 1);
		assert_int_equal(capture_next(o.capture, &frame), CAPTURE_END);
		capture_close(o.capture);
	}
}

static void
cut_anywhere_it_is_damaged_unless_at_a_border(void **state)
{
	struct made m = {0};

	(void)state;
	make_kuznetzov(&m);
	assert_int_equal(m.len, 24 + 2 * 28);
	for (size_t cut = 4; cut < m.len; cut++) {
		struct capture_file_opened o;
		struct capture_frame frame;
		size_t frames = 0;
		enum capture_status status;

		capture_file_open_source(
			&o, source_open_memory(span_of(m.at, cut), 0), 0);
		if (cut < 24) {
			assert_int_equal(o.answer, CAPTURE_FILE_BROKEN);
			continue;
		}
		while ((status = capture_next(o.capture, &frame)) == CAPTURE_FRAME)
			frames++;
		assert_int_equal(frames, (cut - 24) / 28);
		assert_int_equal(status, (cut - 24) % 28 ? CAPTURE_DAMAGED : CAPTURE_END);
		if (status == CAPTURE_DAMAGED)
			assert_int_equal(
				o.capture->damage.offset, 24 + (cut - 24) / 28 * 28);
		assert_int_equal(capture_next(o.capture, &frame), CAPTURE_END);
		capture_close(o.capture);
	}
}

/* IPv4, TCP from 10.0.0.1 port 25 to 10.0.0.2 port 1025. */
static const uint8_t ethernet[] = {0x02, 0, 0, 0, 0, 1, 0x02, 0, 0, 0, 0, 2, 0x08, 0x00,
	0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0, 25, 4, 1, 0,
	0, 0, 0, 0, 0, 0, 0, 0x50, 0x10, 0, 0, 0, 0, 0, 0};

static struct capture_frame
frame_of(uint32_t linktype)
{
	size_t skip = linktype == 1 ? 0 : 14;
	struct span s = span_of(ethernet + skip, sizeof(ethernet) - skip);

	return (struct capture_frame){
		.octets = s, .wire_len = (uint32_t)s.len, .linktype = linktype};
}

static void
a_filter_fits_each_link_type(void **state)
{
	static const struct {
		const char *expr;
		bool match;
	} cases[] = {{"tcp port 25", true}, {"src host 10.0.0.1", true}, {"udp", false},
		{"", true}, {"tcp port 26", false}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct capture_filter *f = capture_filter_new(cases[i].expr);

		assert_non_null(f);
		for (int k = 0; k < 3; k++) {
			struct capture_frame e = frame_of(1), raw = frame_of(101);

			assert_int_equal(capture_filter_match(f, &e), cases[i].match);
			assert_int_equal(capture_filter_match(f, &raw), cases[i].match);
		}
		assert_int_equal(capture_filter_senseless(f), 0);
		capture_filter_free(f);
	}
}

static void
a_filter_without_sense_for_a_link_type_drops_and_counts(void **state)
{
	struct capture_filter *f = capture_filter_new("ether src 02:00:00:00:00:02");
	struct capture_frame e = frame_of(1), raw = frame_of(101);

	(void)state;
	assert_non_null(f);
	assert_true(capture_filter_match(f, &e));
	assert_false(capture_filter_match(f, &raw));
	assert_false(capture_filter_match(f, &raw));
	assert_int_equal(capture_filter_senseless(f), 2);
	capture_filter_free(f);
}

static void
a_filter_must_make_sense_somewhere(void **state)
{
	(void)state;
	assert_null(capture_filter_new("tcp porrt 25"));
	assert_null(capture_filter_new("((("));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_old_variant_is_read_by_libpcap),
		cmocka_unit_test(cut_anywhere_it_is_damaged_unless_at_a_border),
		cmocka_unit_test(a_filter_fits_each_link_type),
		cmocka_unit_test(a_filter_without_sense_for_a_link_type_drops_and_counts),
		cmocka_unit_test(a_filter_must_make_sense_somewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
