/* SPDX-License-Identifier: Apache-2.0 */
/* What is written is read back by the reader of captures. */
#include "feed.h"

#include <stdio.h>

#include "sensor/capture/capture_file.h"
#include "sensor/capture/pcapng_write.h"

struct made {
	char *text;
	size_t len;
	uint64_t octets;
};

static const uint8_t octets[] = "0123456789";

static void
packet(FILE *f, struct made *m, uint32_t interface, uint64_t ns, size_t len,
	const char *comment)
{
	struct pcapng_packet p = {.interface = interface,
		.ns = ns,
		.octets = span_of(octets, len),
		.wire_len = 1500,
		.comment = span_of_text(comment)};
	uint64_t before = m->octets;

	assert_int_equal(pcapng_write_packet(f, &p, &m->octets), 0);
	assert_int_equal(m->octets - before, pcapng_packet_size(&p));
}

static void
packets_come_back_with_their_nanoseconds_and_interfaces(void **state)
{
	static const size_t lens[] = {0, 1, 2, 3, 4, 10};
	struct made m = {NULL, 0, 0};
	FILE *f = open_memstream(&m.text, &m.len);
	struct capture_file_opened o;
	struct capture_frame frame;

	(void)state;
	assert_int_equal(pcapng_write_section(f, "relaytap", &m.octets), 0);
	assert_int_equal(pcapng_write_interface(f, 1, "tap0", &m.octets), 0);
	assert_int_equal(pcapng_write_interface(f, 101, "tun0", &m.octets), 0);
	for (size_t i = 0; i < 6; i++)
		packet(f, &m, i & 1, UINT64_C(1700000000123456789) + i, lens[i],
			i ? "" : "why it is here");
	fclose(f);
	assert_int_equal(m.len, m.octets);
	capture_file_open_source(&o, source_open_memory(span_of(m.text, m.len), 64), 0);
	assert_int_equal(o.answer, CAPTURE_FILE_OPEN);
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(capture_next(o.capture, &frame), CAPTURE_FRAME);
		assert_int_equal(frame.octets.len, lens[i]);
		assert_memory_equal(frame.octets.at, octets, lens[i]);
		assert_int_equal(frame.wire_len, 1500);
		assert_int_equal(frame.linktype, i & 1 ? 101 : 1);
		assert_int_equal(frame.interface, i & 1);
		assert_true(frame.at.ns == UINT64_C(1700000000123456789) + i);
	}
	assert_int_equal(capture_next(o.capture, &frame), CAPTURE_END);
	capture_close(o.capture);
	free(m.text);
}

static void
a_comment_is_cut_where_there_is_no_more_room(void **state)
{
	char comment[2 * PCAPNG_COMMENT_MAX];
	struct made m = {NULL, 0, 0};
	FILE *f = open_memstream(&m.text, &m.len);

	(void)state;
	memset(comment, 'c', sizeof(comment) - 1);
	comment[sizeof(comment) - 1] = '\0';
	packet(f, &m, 0, 1, 3, comment);
	fclose(f);
	assert_int_equal(m.len, 28 + 4 + 4 + PCAPNG_COMMENT_MAX + 4 + 4);
	free(m.text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_come_back_with_their_nanoseconds_and_interfaces),
		cmocka_unit_test(a_comment_is_cut_where_there_is_no_more_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
