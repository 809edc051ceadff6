/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/proxy_header.h"

#define SIG "\r\n\r\n\0\r\nQUIT\n"

/* ::ffff:192.0.2.1 and 2001:db8::1, as struct ip_addr holds them */
#define A4                                                                               \
	{                                                                                \
		{                                                                        \
			0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1           \
		}                                                                        \
	}
#define B4                                                                               \
	{                                                                                \
		{                                                                        \
			0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 203, 0, 113, 25        \
		}                                                                        \
	}
#define A6                                                                               \
	{                                                                                \
		{                                                                        \
			0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1       \
		}                                                                        \
	}
#define B6                                                                               \
	{                                                                                \
		{                                                                        \
			0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2       \
		}                                                                        \
	}

#define WIRE_A4 "\xc0\x00\x02\x01"
#define WIRE_B4 "\xcb\x00\x71\x19"
#define WIRE_A6 "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"
#define WIRE_B6 "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02"
#define PORTS	"\xea\x60\x00\x19" /* 60000, 25 */

static const struct {
	struct span in;
	size_t taken;
	struct proxy_header want;
} good[] = {
	{SPAN_LITERAL("PROXY TCP4 192.0.2.1 203.0.113.25 60000 25\r\nEHLO x\r\n"), 44,
		{1, PROXY_HEADER_PROXY, PROXY_HEADER_INET, false, A4, B4, 60000, 25,
			false}},
	{SPAN_LITERAL("PROXY TCP6 2001:db8::1 2001:db8::2 60000 25\r\n"), 45,
		{1, PROXY_HEADER_PROXY, PROXY_HEADER_INET6, false, A6, B6, 60000, 25,
			false}},
	/* TCP6 may carry mapped addresses. */
	{SPAN_LITERAL("PROXY TCP6 ::ffff:192.0.2.1 ::ffff:203.0.113.25 0 65535\r\n"), 57,
		{1, PROXY_HEADER_PROXY, PROXY_HEADER_INET6, false, A4, B4, 0, 65535,
			false}},
	{SPAN_LITERAL("PROXY UNKNOWN\r\n"), 15,
		{.version = 1, .command = PROXY_HEADER_PROXY}},
	{SPAN_LITERAL("PROXY UNKNOWN any thing at all 1\r\n"), 34,
		{.version = 1, .command = PROXY_HEADER_PROXY}},
	{SPAN_LITERAL(SIG "\x21\x11\x00\x0c" WIRE_A4 WIRE_B4 PORTS "EHLO"), 28,
		{2, PROXY_HEADER_PROXY, PROXY_HEADER_INET, false, A4, B4, 60000, 25,
			false}},
	{SPAN_LITERAL(SIG "\x21\x12\x00\x0c" WIRE_A4 WIRE_B4 PORTS), 28,
		{2, PROXY_HEADER_PROXY, PROXY_HEADER_INET, true, A4, B4, 60000, 25,
			false}},
	{SPAN_LITERAL(SIG "\x21\x21\x00\x24" WIRE_A6 WIRE_B6 PORTS), 52,
		{2, PROXY_HEADER_PROXY, PROXY_HEADER_INET6, false, A6, B6, 60000, 25,
			false}},
	/* PP2_TYPE_ALPN, then PP2_TYPE_SSL with PP2_CLIENT_SSL: came over TLS */
	{SPAN_LITERAL(SIG "\x21\x11\x00\x19" WIRE_A4 WIRE_B4 PORTS "\x01\x00\x02h2"
			  "\x20\x00\x05\x01\x00\x00\x00\x00"),
		41,
		{2, PROXY_HEADER_PROXY, PROXY_HEADER_INET, false, A4, B4, 60000, 25,
			true}},
	/* PP2_TYPE_SSL without the flag */
	{SPAN_LITERAL(SIG "\x21\x11\x00\x14" WIRE_A4 WIRE_B4 PORTS
			  "\x20\x00\x05\x06\x00\x00\x00\x00"),
		36,
		{2, PROXY_HEADER_PROXY, PROXY_HEADER_INET, false, A4, B4, 60000, 25,
			false}},
	/* A TLV that says more than there is costs itself only. */
	{SPAN_LITERAL(SIG "\x21\x11\x00\x10" WIRE_A4 WIRE_B4 PORTS "\x20\xff\xff\x01"),
		32,
		{2, PROXY_HEADER_PROXY, PROXY_HEADER_INET, false, A4, B4, 60000, 25,
			true}},
	{SPAN_LITERAL(SIG "\x21\x11\x00\x0d" WIRE_A4 WIRE_B4 PORTS "\x20"), 29,
		{2, PROXY_HEADER_PROXY, PROXY_HEADER_INET, false, A4, B4, 60000, 25,
			false}},
	{SPAN_LITERAL(SIG "\x20\x00\x00\x00"), 16,
		{.version = 2, .command = PROXY_HEADER_LOCAL}},
	/* LOCAL: whatever the block holds is void, its family too. */
	{SPAN_LITERAL(SIG "\x20\xff\x00\x02zz"), 18,
		{.version = 2, .command = PROXY_HEADER_LOCAL}},
	{SPAN_LITERAL(SIG "\x21\x00\x00\x00"), 16,
		{.version = 2, .command = PROXY_HEADER_PROXY}},
	{SPAN_LITERAL(SIG "\x21\x10\x00\x0c" WIRE_A4 WIRE_B4 PORTS), 28,
		{.version = 2, .command = PROXY_HEADER_PROXY}},
};

static const struct span bad[] = {
	SPAN_LITERAL("EHLO x\r\n"),
	SPAN_LITERAL("proxy TCP4 192.0.2.1 203.0.113.25 60000 25\r\n"),
	SPAN_LITERAL("PROXYTCP4 "),
	SPAN_LITERAL("PROXY\r\n"),
	SPAN_LITERAL("PROXY \r\n"),
	SPAN_LITERAL("PROXY UNKNOWN\n"),
	SPAN_LITERAL("PROXY UDP4 192.0.2.1 203.0.113.25 60000 25\r\n"),
	SPAN_LITERAL("PROXY TCP4 2001:db8::1 2001:db8::2 60000 25\r\n"),
	SPAN_LITERAL("PROXY TCP4 192.0.2.1 203.0.113.25 60000 65536\r\n"),
	SPAN_LITERAL("PROXY TCP4 192.0.2.1 203.0.113.25 060 25\r\n"),
	SPAN_LITERAL("PROXY TCP4 192.0.2.1 203.0.113.25 60000\r\n"),
	SPAN_LITERAL("PROXY TCP4 192.0.2.1 203.0.113.25 60000 25 1\r\n"),
	SPAN_LITERAL("PROXY TCP4  192.0.2.1 203.0.113.25 60000 25\r\n"),
	SPAN_LITERAL("PROXY TCP4 192.0.2.1 203.0.113.25 60000 25 \r\n"),
	SPAN_LITERAL("\r\n\r\n\0\r\nQUIT\r"),
	SPAN_LITERAL("\r\nEHLO"),
	SPAN_LITERAL(SIG "\x11\x11\x00\x0c" WIRE_A4 WIRE_B4 PORTS),
	SPAN_LITERAL(SIG "\x22\x11\x00\x0c" WIRE_A4 WIRE_B4 PORTS),
	SPAN_LITERAL(SIG "\x21\x41\x00\x0c" WIRE_A4 WIRE_B4 PORTS),
	SPAN_LITERAL(SIG "\x21\x13\x00\x0c" WIRE_A4 WIRE_B4 PORTS),
	SPAN_LITERAL(SIG "\x21\x11\x00\x0b" WIRE_A4 WIRE_B4 PORTS),
	SPAN_LITERAL(SIG "\x21\x21\x00\x0c" WIRE_A4 WIRE_B4 PORTS),
	SPAN_LITERAL(SIG "\x21\x31\x00\xd7"),
};

static void
assert_header(const struct proxy_header *got, const struct proxy_header *want)
{
	assert_int_equal(got->version, want->version);
	assert_int_equal(got->command, want->command);
	assert_int_equal(got->family, want->family);
	assert_int_equal(got->datagram, want->datagram);
	assert_memory_equal(&got->source, &want->source, sizeof(got->source));
	assert_memory_equal(
		&got->destination, &want->destination, sizeof(got->destination));
	assert_int_equal(got->source_port, want->source_port);
	assert_int_equal(got->destination_port, want->destination_port);
	assert_int_equal(got->tls, want->tls);
}

static void
each_header_is_read_as_soon_as_it_is_whole_and_not_before(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		for (size_t n = 0; n <= good[i].in.len; n++) {
			struct guarded g = guarded_new(good[i].in.at, n);
			struct proxy_header h;
			size_t taken = 0;
			enum dis_status got =
				proxy_header_parse(guarded_span(&g), &h, &taken);

			assert_int_equal(got, n < good[i].taken ? DIS_MORE : DIS_OK);
			if (got == DIS_OK) {
				assert_int_equal(taken, good[i].taken);
				assert_header(&h, &good[i].want);
			}
			guarded_free(&g);
		}
	}
}

static void
what_is_no_header_is_bad_and_stays_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		bool was_bad = false;

		for (size_t n = 0; n <= bad[i].len; n++) {
			struct guarded g = guarded_new(bad[i].at, n);
			struct proxy_header h;
			size_t taken;
			enum dis_status got =
				proxy_header_parse(guarded_span(&g), &h, &taken);

			assert_int_not_equal(got, DIS_OK);
			assert_false(was_bad && got != DIS_BAD);
			was_bad = got == DIS_BAD;
			guarded_free(&g);
		}
		assert_true(was_bad);
	}
}

static void
a_line_over_107_octets_is_no_header(void **state)
{
	char line[128];
	struct proxy_header h;
	size_t taken;

	(void)state;
	memset(line, 'x', sizeof(line));
	memcpy(line, "PROXY UNKNOWN ", 14);
	assert_int_equal(proxy_header_parse(span_of(line, 106), &h, &taken), DIS_MORE);
	assert_int_equal(proxy_header_parse(span_of(line, 107), &h, &taken), DIS_BAD);
	memcpy(line + 105, "\r\n", 2);
	assert_int_equal(proxy_header_parse(span_of(line, 107), &h, &taken), DIS_OK);
	assert_int_equal(taken, 107);
	memcpy(line + 105, "x\r\n", 3);
	assert_int_equal(proxy_header_parse(span_of(line, 108), &h, &taken), DIS_BAD);
}

static void
a_long_block_is_told_by_its_head(void **state)
{
	static const char start[] = SIG "\x21\x11\xff\xff" WIRE_A4 WIRE_B4 PORTS;
	char block[PROXY_HEADER_MAX] = {0};
	struct proxy_header h;
	size_t taken;

	(void)state;
	memcpy(block, start, sizeof(start) - 1);
	assert_int_equal(
		proxy_header_parse(span_of(block, sizeof(block) - 1), &h, &taken),
		DIS_MORE);
	assert_int_equal(
		proxy_header_parse(span_of(block, sizeof(block)), &h, &taken), DIS_OK);
	assert_int_equal(taken, 16 + 65535);
	assert_int_equal(h.source_port, 60000);
	/* AF_UNIX: 216 octets of paths, of which nothing is kept. */
	memcpy(block + 13, "\x31\x00\xd8", 3);
	assert_int_equal(
		proxy_header_parse(span_of(block, sizeof(block)), &h, &taken), DIS_OK);
	assert_int_equal(taken, 16 + 216);
	assert_int_equal(h.family, PROXY_HEADER_UNIX);
	assert_true(ip_addr_is_none(&h.source));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			each_header_is_read_as_soon_as_it_is_whole_and_not_before),
		cmocka_unit_test(what_is_no_header_is_bad_and_stays_bad),
		cmocka_unit_test(a_line_over_107_octets_is_no_header),
		cmocka_unit_test(a_long_block_is_told_by_its_head),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
