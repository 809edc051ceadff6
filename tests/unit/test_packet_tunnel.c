/* SPDX-License-Identifier: Apache-2.0 */
#include "peeled.h"

static struct frame f;

/* Puts IPv4 of protocol GRE and Ethernet around what is there. */
static void
around_gre(void)
{
	frame_ipv4(&f, 3, 4, 47);
	frame_ethernet(&f, 0x0800);
}

static void
gre_is_read_with_every_choice_of_fields(void **state)
{
	(void)state;
	for (unsigned bits = 0; bits < 8; bits++) {
		unsigned flags = (bits & 1 ? 0x8000u : 0) | (bits & 2 ? 0x2000u : 0) |
				 (bits & 4 ? 0x1000u : 0);

		peeled_start_ipv4(&f);
		frame_gre(&f, flags, 0x0800, 0xcafe0001);
		around_gre();
		peeled_tunnel(1, &f, PACKET_TUNNEL_GRE, bits & 2 ? 0xcafe0001 : 0);
	}
}

static void
gre_routes_are_skipped_and_end(void **state)
{
	static const uint8_t routes[] = {8, 0, 0, 4, 192, 0, 2, 1, 0, 0, 0, 0};

	(void)state;
	peeled_start_ipv4(&f);
	frame_push(&f, routes, sizeof(routes));
	frame_gre(&f, 0x4000, 0x0800, 0);
	around_gre();
	peeled_tunnel(1, &f, PACKET_TUNNEL_GRE, 0);
	frame_start_text(&f, "");
	for (int i = 0; i < 1000; i++)
		frame_front(&f, 4)[0] = 8;
	frame_gre(&f, 0x4000, 0x0800, 0);
	around_gre();
	peeled_other(1, &f, PACKET_TOO_DEEP);
}

static void
gre_of_unknown_version_or_type_is_told(void **state)
{
	(void)state;
	peeled_start_ipv4(&f);
	frame_gre(&f, 0x0002, 0x0800, 0);
	around_gre();
	peeled_other(1, &f, PACKET_BAD_HEADER);
	peeled_start_ipv4(&f);
	frame_gre(&f, 0, 0x0000, 0); /* keepalive */
	around_gre();
	peeled_other(1, &f, PACKET_NOT_IP);
}

static void
ethernet_in_gre_is_nvgre_where_the_key_is_a_subnet(void **state)
{
	(void)state;
	peeled_start_ethernet(&f);
	frame_gre(&f, 0x2000, 0x6558, 0x00100105);
	around_gre();
	peeled_tunnel(1, &f, PACKET_TUNNEL_NVGRE, 0x1001);
	peeled_start_ethernet(&f);
	frame_gre(&f, 0x2000, 0x6558, 42);
	around_gre();
	peeled_tunnel(1, &f, PACKET_TUNNEL_GRE, 42);
	peeled_start_ethernet(&f);
	frame_gre(&f, 0, 0x6558, 0);
	around_gre();
	peeled_tunnel(1, &f, PACKET_TUNNEL_GRE, 0);
}

/* RFC 2637 4.1, around PPP with a compressed protocol. */
static void
pptp(bool with_ack)
{
	peeled_start_ipv4(&f);
	frame_front(&f, 1)[0] = 0x21;
	size_t length = f.len;
	if (with_ack)
		frame_front(&f, 4);
	frame_put32(frame_front(&f, 4), 1);
	uint8_t *h = frame_front(&f, 8);
	frame_put16(h, with_ack ? 0x3081 : 0x3001);
	frame_put16(h + 2, 0x880b);
	frame_put16(h + 4, length);
	frame_put16(h + 6, 0x0abc);
	around_gre();
}

static void
pptp_is_read_with_and_without_acknowledgement(void **state)
{
	(void)state;
	pptp(false);
	peeled_tunnel(1, &f, PACKET_TUNNEL_PPTP, 0x0abc);
	pptp(true);
	peeled_tunnel(1, &f, PACKET_TUNNEL_PPTP, 0x0abc);
	frame_put16(f.at + 34 + 4, f.len);
	peeled_other(1, &f, PACKET_BAD_LENGTH);
	pptp(true);
	f.at[34] = 0x20; /* no sequence: an acknowledgement alone */
	peeled_other(1, &f, PACKET_NOT_IP);
	f.at[34] = 0x10; /* no key */
	peeled_other(1, &f, PACKET_BAD_HEADER);
	f.at[34] = 0x30;
	f.at[36] = 0x08;
	peeled_other(1, &f, PACKET_BAD_HEADER);
}

/* ERSPAN: version, session 0x123 and the bit that says the mirror cut the frame. */
static void
erspan(unsigned version, bool cut, size_t header, unsigned last)
{
	uint8_t *h = frame_front(&f, header);

	frame_put32(h, (uint64_t)version << 28 | (cut ? 0x400 : 0) | 0x123);
	if (version == 2)
		frame_put16(h + 10, last);
	frame_gre(&f, 0x1000, version == 2 ? 0x22eb : 0x88be, 0);
	around_gre();
}

static void
erspan_is_read_in_its_three_types(void **state)
{
	(void)state;
	peeled_start_ethernet(&f);
	frame_gre(&f, 0, 0x88be, 0);
	around_gre();
	peeled_tunnel(1, &f, PACKET_TUNNEL_ERSPAN, 0);
	peeled_start_ethernet(&f);
	erspan(1, false, 8, 0);
	peeled_tunnel(1, &f, PACKET_TUNNEL_ERSPAN, 0x123);
	peeled_start_ethernet(&f);
	erspan(2, false, 12, 0);
	peeled_tunnel(1, &f, PACKET_TUNNEL_ERSPAN, 0x123);
	peeled_start_ethernet(&f);
	erspan(2, false, 20, 1);
	peeled_tunnel(1, &f, PACKET_TUNNEL_ERSPAN, 0x123);
	peeled_start_ipv4(&f);
	erspan(2, false, 12, 2 << 10);
	peeled_tunnel(1, &f, PACKET_TUNNEL_ERSPAN, 0x123);
}

static void
erspan_of_another_version_or_frame_type_is_told(void **state)
{
	(void)state;
	peeled_start_ethernet(&f);
	erspan(3, false, 8, 0);
	peeled_other(1, &f, PACKET_BAD_HEADER);
	peeled_start_ethernet(&f);
	erspan(2, false, 12, 5 << 10);
	peeled_other(1, &f, PACKET_NOT_IP);
}

/* The frame on the wire ends early, but its sender said so: a hole, not a lie. */
static void
a_frame_the_mirror_cut_has_a_hole(void **state)
{
	struct packet p;

	(void)state;
	for (int told = 0; told < 2; told++) {
		peeled_start_ethernet(&f);
		uint8_t octets[79];
		assert_int_equal(f.len, sizeof(octets));
		memcpy(octets, f.at, f.len);
		frame_start(&f, octets, f.len - 10);
		erspan(1, told, 8, 0);
		peeled_at(1, frame_span(&f), f.len, &p);
		assert_int_equal(p.kind, told ? PACKET_TCP : PACKET_OTHER);
		if (told)
			assert_int_equal(packet_missing(&p), 10);
		else
			assert_int_equal(p.reason, PACKET_BAD_LENGTH);
	}
}

/* What the mirror left out was in the IP packet: UDP cannot claim more than that. */
static void
a_cut_by_the_mirror_excuses_one_length_only(void **state)
{
	(void)state;
	frame_start_text(&f, "short");
	frame_put16(frame_udp(&f, 1, 53) + 4, 65535);
	frame_put16(frame_ipv4(&f, 1, 2, 17) + 2, 100);
	frame_ethernet(&f, 0x0800);
	erspan(1, true, 8, 0);
	peeled_other(1, &f, PACKET_BAD_LENGTH);
}

static void
wccp_is_read_with_and_without_its_header(void **state)
{
	(void)state;
	for (int header = 0; header < 2; header++) {
		peeled_start_ipv4(&f);
		if (header)
			frame_front(&f, 4);
		frame_gre(&f, 0, 0x883e, 0);
		around_gre();
		peeled_tunnel(1, &f, PACKET_TUNNEL_GRE, 0);
	}
}

static void
a_stack_of_labels_gives_the_bottom_one(void **state)
{
	(void)state;
	peeled_start_ipv4(&f);
	frame_mpls(&f, 0xabcde, true);
	frame_mpls(&f, 17, false);
	frame_mpls(&f, 18, false);
	frame_ethernet(&f, 0x8847);
	peeled_tunnel(1, &f, PACKET_TUNNEL_MPLS, 0xabcde);
	peeled_start(&f);
	frame_ipv6(&f, 1, 2, 6);
	frame_mpls(&f, 2, true);
	frame_ethernet(&f, 0x8848);
	peeled_tunnel(1, &f, PACKET_TUNNEL_MPLS, 2);
}

static void
a_stack_of_labels_without_bottom_ends(void **state)
{
	(void)state;
	frame_start_text(&f, "");
	for (int i = 0; i < 1000; i++)
		frame_mpls(&f, 16, false);
	frame_ethernet(&f, 0x8847);
	peeled_other(1, &f, PACKET_TOO_DEEP);
	frame_start_text(&f, "");
	frame_mpls(&f, 16, false);
	frame_ethernet(&f, 0x8847);
	peeled_other(1, &f, PACKET_BAD_HEADER);
}

/* first: high half of the first octet of the inner frame, which is what misleads. */
static void
pseudowire(bool control_word, uint8_t first)
{
	peeled_start_ethernet(&f);
	f.at[0] = (uint8_t)(first << 4 | 5);
	if (control_word)
		frame_front(&f, 4);
	frame_mpls(&f, 300, true);
	frame_ethernet(&f, 0x8847);
}

static void
ethernet_under_labels_is_found_whatever_it_begins_with(void **state)
{
	struct packet p;

	(void)state;
	for (uint8_t first = 0; first < 16; first++) {
		for (int word = 0; word < 2; word++) {
			pseudowire(word, first);
			assert_int_equal(
				peeled_at(1, frame_span(&f), f.len, &p), PACKET_TCP);
			assert_int_equal(p.tunnels[0].id, 300);
			assert_int_equal(p.dst_port, 25);
		}
	}
}

static void
a_channel_beside_a_pseudowire_is_not_ip(void **state)
{
	(void)state;
	frame_start_text(&f, "an echo of some kind or other");
	frame_put32(frame_front(&f, 4), 0x10000021);
	frame_mpls(&f, 300, true);
	frame_ethernet(&f, 0x8847);
	peeled_other(1, &f, PACKET_NOT_IP);
}

static void
labels_may_stand_on_ip(void **state)
{
	(void)state;
	peeled_start_ipv4(&f);
	frame_mpls(&f, 40, true);
	frame_ipv4(&f, 3, 4, 137);
	peeled_tunnel(228, &f, PACKET_TUNNEL_MPLS, 40);
}

static void
ethernet_in_ip_is_version_3(void **state)
{
	(void)state;
	peeled_start_ethernet(&f);
	frame_put16(frame_front(&f, 2), 0x3000);
	frame_ipv4(&f, 3, 4, 97);
	peeled_tunnel(228, &f, PACKET_TUNNEL_ETHERIP, 0);
	f.at[20] = 0x40;
	peeled_other(228, &f, PACKET_BAD_HEADER);
}

/* context: octets behind the two words that are always there. */
static void
nsh(uint8_t next, size_t context)
{
	uint8_t *h;

	frame_front(&f, context);
	h = frame_front(&f, 8);
	frame_put32(h, (uint64_t)((8 + context) / 4) << 16 | 1 << 8 | next);
	frame_put32(h + 4, 0x123456ff);
	frame_ethernet(&f, 0x894f);
}

static void
a_service_header_names_what_it_carries(void **state)
{
	(void)state;
	peeled_start_ipv4(&f);
	nsh(1, 16);
	peeled_tunnel(1, &f, PACKET_TUNNEL_NSH, 0x123456);
	peeled_start(&f);
	frame_ipv6(&f, 1, 2, 6);
	nsh(2, 0);
	peeled_tunnel(1, &f, PACKET_TUNNEL_NSH, 0x123456);
	peeled_start_ethernet(&f);
	nsh(3, 4);
	peeled_tunnel(1, &f, PACKET_TUNNEL_NSH, 0x123456);
	f.at[17] = 9;
	peeled_other(1, &f, PACKET_NOT_IP);
	f.at[15] = 1; /* one word, less than its own header */
	peeled_other(1, &f, PACKET_BAD_HEADER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gre_is_read_with_every_choice_of_fields),
		cmocka_unit_test(gre_routes_are_skipped_and_end),
		cmocka_unit_test(gre_of_unknown_version_or_type_is_told),
		cmocka_unit_test(ethernet_in_gre_is_nvgre_where_the_key_is_a_subnet),
		cmocka_unit_test(pptp_is_read_with_and_without_acknowledgement),
		cmocka_unit_test(erspan_is_read_in_its_three_types),
		cmocka_unit_test(erspan_of_another_version_or_frame_type_is_told),
		cmocka_unit_test(a_frame_the_mirror_cut_has_a_hole),
		cmocka_unit_test(a_cut_by_the_mirror_excuses_one_length_only),
		cmocka_unit_test(wccp_is_read_with_and_without_its_header),
		cmocka_unit_test(a_stack_of_labels_gives_the_bottom_one),
		cmocka_unit_test(a_stack_of_labels_without_bottom_ends),
		cmocka_unit_test(ethernet_under_labels_is_found_whatever_it_begins_with),
		cmocka_unit_test(a_channel_beside_a_pseudowire_is_not_ip),
		cmocka_unit_test(labels_may_stand_on_ip),
		cmocka_unit_test(ethernet_in_ip_is_version_3),
		cmocka_unit_test(a_service_header_names_what_it_carries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
