/* SPDX-License-Identifier: Apache-2.0 */
#include "peeled.h"

static struct frame f;

static void
around_udp(unsigned src, unsigned dst)
{
	frame_udp(&f, src, dst);
	frame_ipv4(&f, 3, 4, 17);
	frame_ethernet(&f, 0x0800);
}

/* Where the payload of UDP begins in a frame of around_udp(). */
#define INSIDE (14 + 20 + 8)

static void
vxlan_is_read_on_its_ports_only(void **state)
{
	static const unsigned ports[] = {4789, 8472, 4790};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		peeled_start_ethernet(&f);
		frame_vxlan(&f, 0xabcdef);
		around_udp(50000, ports[i]);
		peeled_tunnel(1, &f, PACKET_TUNNEL_VXLAN, 0xabcdef);
	}
	peeled_start_ethernet(&f);
	frame_vxlan(&f, 1);
	around_udp(4789, 50000);
	peeled_plain_udp(&f, 50000);
}

/* RFC 7348 5: reserved bits are ignored; a group policy (0x80) is in use. */
static void
vxlan_with_reserved_bits_is_vxlan(void **state)
{
	(void)state;
	peeled_start_ethernet(&f);
	frame_vxlan(&f, 11);
	around_udp(50000, 4789);
	f.at[INSIDE] = 0xff;
	f.at[INSIDE + 3] = 0xd2;
	peeled_tunnel(1, &f, PACKET_TUNNEL_VXLAN, 11);
	f.at[INSIDE] = 0xf7;
	peeled_plain_udp(&f, 4789);
}

static void
vxlan_gpe_names_what_it_carries(void **state)
{
	struct packet p;

	(void)state;
	for (uint8_t next = 1; next < 6; next++) {
		if (next == 3)
			peeled_start_ethernet(&f);
		else
			peeled_start_ipv4(&f);
		if (next == 2) {
			peeled_start(&f);
			frame_ipv6(&f, 1, 2, 6);
		} else if (next == 4) {
			frame_put32(frame_front(&f, 8), 0x00020101);
		} else if (next == 5) {
			frame_mpls(&f, 99, true);
		}
		frame_vxlan(&f, 7);
		f.at[0] = 0x0c;
		f.at[3] = next;
		around_udp(50000, 4790);
		peeled_mail(1, &f, &p);
		assert_int_equal(p.tunnels[0].id, 7);
		assert_int_equal(p.tunnel_count, next > 3 ? 2 : 1);
	}
	f.at[INSIDE + 3] = 6;
	peeled_plain_udp(&f, 4790);
}

static void
geneve_is_read_with_its_options(void **state)
{
	(void)state;
	for (size_t options = 0; options <= 252; options += 84) {
		peeled_start_ethernet(&f);
		frame_geneve(&f, 0x123456, 0x6558, options);
		around_udp(50000, 6081);
		peeled_tunnel(1, &f, PACKET_TUNNEL_GENEVE, 0x123456);
	}
	peeled_start_ipv4(&f);
	frame_geneve(&f, 5, 0x0800, 8);
	around_udp(50000, 6081);
	peeled_tunnel(1, &f, PACKET_TUNNEL_GENEVE, 5);
	f.at[INSIDE] |= 0x40; /* version 1 */
	peeled_plain_udp(&f, 6081);
	f.at[INSIDE] = 63; /* options beyond the end */
	peeled_plain_udp(&f, 6081);
}

static void
gtp_is_read_with_its_optional_fields(void **state)
{
	(void)state;
	peeled_start_ipv4(&f);
	frame_gtp_u(&f, 0xdeadbeef);
	around_udp(2152, 2152);
	peeled_tunnel(1, &f, PACKET_TUNNEL_GTP_U, 0xdeadbeef);
	peeled_start(&f);
	frame_ipv6(&f, 1, 2, 6);
	frame_front(&f, 4);
	frame_gtp_u(&f, 1);
	f.at[0] = 0x32;
	around_udp(2152, 50000);
	peeled_tunnel(1, &f, PACKET_TUNNEL_GTP_U, 1);
	f.at[INSIDE + 1] = 1; /* echo */
	peeled_plain_udp(&f, 50000);
}

/* Two extension headers, of 4 and 8 octets; first: length of the first, in words. */
static void
gtp_extended(uint8_t first)
{
	uint8_t *h;

	peeled_start_ipv4(&f);
	frame_front(&f, 8)[0] = 2;
	h = frame_front(&f, 4);
	h[0] = first;
	h[3] = 0x85;
	frame_front(&f, 4)[3] = 0xc0;
	frame_gtp_u(&f, 5);
	f.at[0] = 0x34;
	around_udp(50000, 2152);
}

static void
gtp_extension_headers_are_passed_over(void **state)
{
	(void)state;
	gtp_extended(1);
	peeled_tunnel(1, &f, PACKET_TUNNEL_GTP_U, 5);
	gtp_extended(0);
	peeled_plain_udp(&f, 2152);
	gtp_extended(255);
	peeled_plain_udp(&f, 2152);
	peeled_start_ipv4(&f);
	frame_gtp_u(&f, 5);
	frame_put16(f.at + 2, f.len);
	around_udp(50000, 2152);
	peeled_plain_udp(&f, 2152);
}

static void
teredo_is_read_with_its_indications(void **state)
{
	(void)state;
	for (int bits = 0; bits < 4; bits++) {
		peeled_start(&f);
		frame_ipv6(&f, 1, 2, 6);
		if (bits & 1)
			frame_front(&f, 8);
		if (bits & 2) {
			uint8_t *h = frame_front(&f, 13 + 7);

			h[1] = 1;
			h[2] = 3;
			h[3] = 4;
		}
		around_udp(bits & 1 ? 3544 : 50000, bits & 1 ? 50000 : 3544);
		peeled_tunnel(1, &f, PACKET_TUNNEL_TEREDO, 0);
	}
}

static void
l2tp_data_is_read_with_every_choice_of_fields(void **state)
{
	(void)state;
	for (unsigned bits = 0; bits < 8; bits++) {
		peeled_start_ipv4(&f);
		frame_put16(frame_front(&f, 2), 0x0021);
		frame_put16(frame_front(&f, 2), 0xff03);
		if (bits & 4) {
			frame_front(&f, 5);
			f.at[1] = 3;
		}
		if (bits & 2)
			frame_front(&f, 4);
		frame_put32(frame_front(&f, 4), 0x00110022);
		if (bits & 1)
			frame_front(&f, 2);
		frame_put16(frame_front(&f, 2), 0x0002 | (bits & 1 ? 0x4000u : 0) |
							(bits & 2 ? 0x0800u : 0) |
							(bits & 4 ? 0x0200u : 0));
		around_udp(1701, bits & 1 ? 1701 : 50000);
		peeled_tunnel(1, &f, PACKET_TUNNEL_L2TP, 0x00110022);
	}
	f.at[INSIDE] |= 0x80; /* control */
	peeled_plain_udp(&f, 1701);
}

static void
tzsp_is_read_behind_its_tags(void **state)
{
	static const uint8_t head[] = {
		1, 0, 0, 1, 0, 10, 1, 0xff, 0x0d, 4, 1, 1, 1, 1, 1};

	(void)state;
	peeled_start_ethernet(&f);
	frame_push(&f, head, sizeof(head));
	around_udp(50000, 37008);
	peeled_tunnel(1, &f, PACKET_TUNNEL_TZSP, 0);
	f.at[INSIDE] = 2;
	peeled_plain_udp(&f, 37008);
	f.at[INSIDE] = 1;
	f.at[INSIDE + 3] = 99;
	peeled_plain_udp(&f, 37008);
	peeled_start_ipv4(&f);
	frame_snap(&f, 0x0800);
	frame_front(&f, 24)[0] = 0x08;
	frame_push(&f, (const uint8_t[]){1, 0, 0, 18, 1}, 5);
	around_udp(50000, 37008);
	peeled_tunnel(1, &f, PACKET_TUNNEL_TZSP, 0);
}

static void
labels_may_stand_on_udp(void **state)
{
	(void)state;
	peeled_start_ipv4(&f);
	frame_mpls(&f, 41, true);
	around_udp(50000, 6635);
	peeled_tunnel(1, &f, PACKET_TUNNEL_MPLS, 41);
}

static void
what_is_no_tunnel_stays_a_udp_packet(void **state)
{
	static const unsigned ports[] = {
		1701, 2152, 3544, 4789, 4790, 6081, 6635, 8472, 37008};
	static const uint8_t answer[] = {0x08, 0x00, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0,
		7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 3, 'o', 'r', 'g', 0, 0, 1, 0, 1};
	struct packet p;

	(void)state;
	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
		frame_start(&f, answer, sizeof(answer));
		around_udp(53, ports[i]);
		peeled_plain_udp(&f, ports[i]);
		packet_parse(1, frame_span(&f), f.len, &p);
		assert_true(span_equal(p.payload, span_of(answer, sizeof(answer))));
		assert_int_equal(p.src_port, 53);
	}
}

/* The innermost UDP packet that holds is what is told, with the path that led to it. */
static void
a_tunnel_that_breaks_inside_another_is_a_packet_of_the_outer(void **state)
{
	struct packet p;

	(void)state;
	frame_start_text(&f, "not an Ethernet frame");
	frame_vxlan(&f, 2);
	around_udp(1111, 4789);
	frame_vxlan(&f, 1);
	around_udp(2222, 4789);
	assert_int_equal(peeled_at(1, frame_span(&f), f.len, &p), PACKET_UDP);
	assert_int_equal(p.src_port, 1111);
	assert_int_equal(p.tunnel_count, 1);
	assert_int_equal(p.tunnels[0].id, 1);
}

static void
tunnels_nest_in_any_order(void **state)
{
	static const enum packet_tunnel_kind kinds[] = {PACKET_TUNNEL_MPLS,
		PACKET_TUNNEL_VXLAN, PACKET_TUNNEL_GRE, PACKET_TUNNEL_GTP_U};
	struct packet p;

	(void)state;
	peeled_start_ipv4(&f);
	frame_gtp_u(&f, 4);
	frame_udp(&f, 2152, 2152);
	frame_ipv6(&f, 5, 6, 17);
	frame_gre(&f, 0x2000, 0x86dd, 3);
	frame_ipv4(&f, 7, 8, 47);
	frame_vlan(&f, 20, 0x0800);
	frame_ethernet(&f, 0x8100);
	frame_vxlan(&f, 2);
	frame_udp(&f, 50000, 4789);
	frame_ipv4(&f, 3, 4, 17);
	frame_mpls(&f, 1, true);
	frame_vlan(&f, 10, 0x8847);
	frame_ethernet(&f, 0x88a8);
	peeled_mail(1, &f, &p);
	assert_int_equal(p.tunnel_count, 4);
	for (uint32_t i = 0; i < 4; i++) {
		assert_int_equal(p.tunnels[i].kind, kinds[i]);
		assert_int_equal(p.tunnels[i].id, i + 1);
	}
	assert_int_equal(p.vlan_count, 2);
	assert_int_equal(p.vlans[0], 10);
	assert_int_equal(p.vlans[1], 20);
	assert_int_equal(p.src.at[15], 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vxlan_is_read_on_its_ports_only),
		cmocka_unit_test(vxlan_with_reserved_bits_is_vxlan),
		cmocka_unit_test(vxlan_gpe_names_what_it_carries),
		cmocka_unit_test(geneve_is_read_with_its_options),
		cmocka_unit_test(gtp_is_read_with_its_optional_fields),
		cmocka_unit_test(gtp_extension_headers_are_passed_over),
		cmocka_unit_test(teredo_is_read_with_its_indications),
		cmocka_unit_test(l2tp_data_is_read_with_every_choice_of_fields),
		cmocka_unit_test(tzsp_is_read_behind_its_tags),
		cmocka_unit_test(labels_may_stand_on_udp),
		cmocka_unit_test(what_is_no_tunnel_stays_a_udp_packet),
		cmocka_unit_test(
			a_tunnel_that_breaks_inside_another_is_a_packet_of_the_outer),
		cmocka_unit_test(tunnels_nest_in_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
