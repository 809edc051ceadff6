/* SPDX-License-Identifier: Apache-2.0 */
#include "peeled.h"

static struct frame f;

/* IPv4 with so many octets of options, copied from options; the rest are zero. */
static void
with_options(const void *options, size_t n, size_t room)
{
	uint8_t h[60] = {0};

	peeled_start_ipv4(&f);
	memcpy(h, f.at, 20);
	memcpy(h + 20, options, n);
	h[0] = (uint8_t)(0x40 | (20 + room) / 4);
	frame_put16(h + 2, f.len + room);
	f.at += 20;
	f.len -= 20;
	frame_push(&f, h, 20 + room);
}

static void
options_are_passed_over(void **state)
{
	static const uint8_t route[] = {131, 7, 4, 192, 0, 2, 9, 1, 0, 0xff};
	struct packet p;

	(void)state;
	with_options("", 0, 40);
	peeled_mail(228, &f, &p);
	with_options(route, sizeof(route), 12);
	peeled_mail(228, &f, &p);
	assert_int_equal(p.dst.at[15], 2);
}

static void
options_that_do_not_fit_make_a_bad_header(void **state)
{
	static const uint8_t bad[][4] = {{131, 0, 0, 0}, {131, 1, 0, 0}, {131, 5, 0, 0},
		{1, 1, 1, 131}, {131, 3, 4, 131}};

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		with_options(bad[i], 4, 4);
		peeled_other(228, &f, PACKET_BAD_HEADER);
	}
}

static void
lies_in_the_ipv4_header_are_told(void **state)
{
	(void)state;
	peeled_start_ipv4(&f);
	f.at[0] = 0x44;
	peeled_other(228, &f, PACKET_BAD_HEADER);
	f.at[0] = 0x65;
	peeled_other(228, &f, PACKET_BAD_HEADER);
	f.at[0] = 0x4f; /* options that are really TCP */
	frame_put16(f.at + 2, 59);
	peeled_other(228, &f, PACKET_BAD_HEADER);
	f.at[0] = 0x45;
	frame_put16(f.at + 2, 19);
	peeled_other(228, &f, PACKET_BAD_HEADER);
	frame_put16(f.at + 2, f.len + 1);
	peeled_other(228, &f, PACKET_BAD_LENGTH);
	frame_put16(f.at + 2, 39); /* one octet short of a TCP header */
	peeled_other(228, &f, PACKET_BAD_HEADER);
}

static void
a_length_of_zero_is_that_of_the_wire(void **state)
{
	struct packet p;

	(void)state;
	peeled_start_ipv4(&f);
	frame_put16(f.at + 2, 0);
	peeled_mail(228, &f, &p);
	assert_int_equal(p.ip_octets, f.len);
	assert_int_equal(packet_parse(228, frame_span(&f), 100000, &p), PACKET_TCP);
	assert_int_equal(p.payload_octets, 100000 - 40);
	peeled_start(&f);
	frame_put16(frame_ipv6(&f, 1, 2, 6) + 4, 0);
	peeled_mail(229, &f, &p);
}

static void
fragments_of_ipv4_say_where_they_belong(void **state)
{
	struct packet p;

	(void)state;
	frame_start_text(&f, "sixteen octets..");
	frame_put16(frame_ipv4(&f, 1, 2, 17) + 6, 0x2000 | 185);
	assert_int_equal(peeled_at(228, frame_span(&f), f.len, &p), PACKET_FRAGMENT);
	assert_int_equal(p.fragment_offset, 1480);
	assert_true(p.more_fragments);
	assert_int_equal(p.ip_id, 0x1234);
	assert_int_equal(p.protocol, 17);
	assert_int_equal(p.payload_octets, 16);
	frame_put16(f.at + 6, 0xc000 | 1); /* reserved bit, do not fragment */
	assert_int_equal(peeled_at(228, frame_span(&f), f.len, &p), PACKET_FRAGMENT);
	assert_int_equal(p.fragment_offset, 8);
	assert_false(p.more_fragments);
	frame_put16(f.at + 6, 0x1fff);
	peeled_at(228, frame_span(&f), f.len, &p);
	assert_int_equal(p.fragment_offset, 65528);
	assert_int_equal(peeled_at(228, span_of(f.at, 30), f.len, &p), PACKET_FRAGMENT);
	assert_int_equal(packet_missing(&p), 6);
}

static void
ipv6_gives_its_numbers(void **state)
{
	struct packet p;
	char text[IP_ADDR_TEXT];

	(void)state;
	peeled_start(&f);
	frame_ipv6(&f, 1, 2, 6);
	frame_ethernet(&f, 0x86dd);
	frame_pad(&f, 4);
	peeled_mail(1, &f, &p);
	ip_addr_write(&p.src, text);
	assert_string_equal(text, "2001:db8::1");
	ip_addr_write(&p.dst, text);
	assert_string_equal(text, "2001:db8::2");
	assert_int_equal(p.flow_label, 0xabcde);
	assert_int_equal(p.ip_id, 0);
	assert_int_equal(p.ip_version, 6);
	assert_int_equal(p.ttl, 64);
	assert_int_equal(p.ip_octets, 40 + 20 + 25);
}

static void
extension_headers_are_passed_over(void **state)
{
	struct packet p;

	(void)state;
	peeled_start(&f);
	frame_extension(&f, 6, 2, false);
	frame_extension(&f, 60, 6, true);
	frame_extension(&f, 51, 1, false);
	frame_extension(&f, 43, 3, false);
	frame_extension(&f, 60, 1, false);
	frame_extension(&f, 0, 1, false);
	frame_extension(&f, 135, 1, false);
	frame_extension(&f, 139, 1, false);
	frame_ipv6(&f, 1, 2, 140);
	peeled_mail(229, &f, &p);
	assert_int_equal(p.protocol, 6);
}

static void
ipv4_knows_only_one_extension(void **state)
{
	struct packet p;

	(void)state;
	peeled_start(&f);
	frame_extension(&f, 6, 6, true);
	frame_ipv4(&f, 1, 2, 51);
	peeled_mail(228, &f, &p);
	f.at[9] = 0;
	peeled_other(228, &f, PACKET_NOT_TCP_UDP);
}

static void
extension_headers_beyond_reason_are_too_deep(void **state)
{
	struct packet p;

	(void)state;
	peeled_start(&f);
	for (unsigned i = 0; i < PACKET_EXTENSIONS_MAX; i++)
		frame_extension(&f, i ? 60 : 6, 1, false);
	frame_ipv6(&f, 1, 2, 60);
	peeled_mail(229, &f, &p);
	peeled_start(&f);
	for (unsigned i = 0; i <= PACKET_EXTENSIONS_MAX; i++)
		frame_extension(&f, i ? 60 : 6, 1, false);
	frame_ipv6(&f, 1, 2, 60);
	peeled_other(229, &f, PACKET_TOO_DEEP);
}

static void
lies_in_ipv6_headers_are_told(void **state)
{
	(void)state;
	peeled_start(&f);
	frame_extension(&f, 6, 1, false);
	frame_ipv6(&f, 1, 2, 60);
	f.at[41] = 255;
	peeled_other(229, &f, PACKET_BAD_HEADER);
	f.at[41] = 0;
	frame_put16(f.at + 4, f.len - 39);
	peeled_other(229, &f, PACKET_BAD_LENGTH);
	frame_put16(f.at + 4, 7);
	peeled_other(229, &f, PACKET_BAD_HEADER);
	f.at[0] = 0x50;
	peeled_other(229, &f, PACKET_BAD_HEADER);
}

static void
fragments_of_ipv6_say_where_they_belong(void **state)
{
	struct packet p;

	(void)state;
	frame_start_text(&f, "sixteen octets..");
	frame_fragment6(&f, 6, 1448, true, 0xdeadbeef);
	frame_extension(&f, 44, 1, false);
	frame_ipv6(&f, 1, 2, 0);
	assert_int_equal(peeled_at(229, frame_span(&f), f.len, &p), PACKET_FRAGMENT);
	assert_int_equal(p.fragment_offset, 1448);
	assert_true(p.more_fragments);
	assert_int_equal(p.ip_id, 0xdeadbeef);
	assert_int_equal(p.protocol, 6);
	assert_int_equal(p.payload_octets, 16);
}

static void
an_atomic_fragment_is_a_whole_packet(void **state)
{
	struct packet p;

	(void)state;
	peeled_start(&f);
	frame_fragment6(&f, 6, 0, false, 99);
	f.at[3] = 0x06; /* reserved bits are ignored */
	frame_ipv6(&f, 1, 2, 44);
	peeled_mail(229, &f, &p);
	assert_int_equal(p.ip_id, 99);
}

static void
what_ip_hides_or_does_not_carry_is_told(void **state)
{
	(void)state;
	peeled_start(&f);
	frame_ipv4(&f, 1, 2, 50);
	peeled_other(228, &f, PACKET_ENCRYPTED);
	f.at[9] = 1;
	peeled_other(228, &f, PACKET_NOT_TCP_UDP);
	peeled_start(&f);
	frame_ipv6(&f, 1, 2, 50);
	peeled_other(229, &f, PACKET_ENCRYPTED);
	f.at[6] = 59;
	peeled_other(229, &f, PACKET_NOT_TCP_UDP);
}

static void
ip_in_ip_is_peeled_in_all_four_ways(void **state)
{
	static const uint8_t protocols[2] = {4, 41};

	(void)state;
	for (int inner = 0; inner < 2; inner++) {
		for (int outer = 0; outer < 2; outer++) {
			peeled_start(&f);
			if (inner)
				frame_ipv6(&f, 1, 2, 6);
			else
				frame_ipv4(&f, 1, 2, 6);
			if (outer)
				frame_ipv6(&f, 3, 4, protocols[inner]);
			else
				frame_ipv4(&f, 3, 4, protocols[inner]);
			peeled_tunnel(101, &f,
				inner ? PACKET_TUNNEL_IPV6 : PACKET_TUNNEL_IPV4, 0);
		}
	}
}

static void
tcp_options_are_passed_over_and_must_fit(void **state)
{
	struct packet p;

	(void)state;
	frame_start_text(&f, peeled_text);
	frame_front(&f, 12);
	frame_tcp(&f, 40000, 25, 1, 2, PACKET_TCP_ACK);
	f.at[12] = 8 << 4;
	frame_ipv4(&f, 1, 2, 6);
	peeled_mail(228, &f, &p);
	assert_int_equal(packet_parse(228, span_of(f.at, 45), f.len, &p), PACKET_TCP);
	assert_int_equal(p.payload.len, 0);
	assert_int_equal(p.payload_octets, 25);
	f.at[32] = 4 << 4;
	peeled_other(228, &f, PACKET_BAD_HEADER);
	peeled_start_ipv4(&f);
	f.at[32] = 15 << 4; /* 60 octets of 45 */
	peeled_other(228, &f, PACKET_BAD_HEADER);
}

static void
a_udp_packet_ends_where_its_length_says(void **state)
{
	struct packet p;

	(void)state;
	frame_start_text(&f, "query");
	frame_udp(&f, 5353, 53);
	frame_ipv4(&f, 1, 2, 17);
	assert_int_equal(peeled_at(228, frame_span(&f), f.len, &p), PACKET_UDP);
	assert_int_equal(p.src_port, 5353);
	assert_int_equal(p.dst_port, 53);
	assert_int_equal(p.payload_octets, 5);
	assert_int_equal(p.tcp_flags, 0);
	frame_put16(f.at + 24, 10);
	peeled_at(228, frame_span(&f), f.len, &p);
	assert_int_equal(p.payload_octets, 2);
	frame_put16(f.at + 24, 0);
	peeled_at(228, frame_span(&f), f.len, &p);
	assert_int_equal(p.payload_octets, 5);
	frame_put16(f.at + 24, 7);
	peeled_other(228, &f, PACKET_BAD_HEADER);
	frame_put16(f.at + 24, 14);
	peeled_other(228, &f, PACKET_BAD_LENGTH);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_are_passed_over),
		cmocka_unit_test(options_that_do_not_fit_make_a_bad_header),
		cmocka_unit_test(lies_in_the_ipv4_header_are_told),
		cmocka_unit_test(a_length_of_zero_is_that_of_the_wire),
		cmocka_unit_test(fragments_of_ipv4_say_where_they_belong),
		cmocka_unit_test(ipv6_gives_its_numbers),
		cmocka_unit_test(extension_headers_are_passed_over),
		cmocka_unit_test(ipv4_knows_only_one_extension),
		cmocka_unit_test(extension_headers_beyond_reason_are_too_deep),
		cmocka_unit_test(lies_in_ipv6_headers_are_told),
		cmocka_unit_test(fragments_of_ipv6_say_where_they_belong),
		cmocka_unit_test(an_atomic_fragment_is_a_whole_packet),
		cmocka_unit_test(what_ip_hides_or_does_not_carry_is_told),
		cmocka_unit_test(ip_in_ip_is_peeled_in_all_four_ways),
		cmocka_unit_test(tcp_options_are_passed_over_and_must_fit),
		cmocka_unit_test(a_udp_packet_ends_where_its_length_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
