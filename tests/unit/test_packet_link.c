/* SPDX-License-Identifier: Apache-2.0 */
#include "peeled.h"

static struct frame f;

static void
tags_of_every_kind_nest_and_leave_their_ids(void **state)
{
	static const unsigned types[] = {0x8100, 0x88a8, 0x9100, 0x9200};
	struct packet p;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		peeled_start_ipv4(&f);
		frame_vlan(&f, 200, 0x0800);
		frame_vlan(&f, 100, 0x8100);
		frame_ethernet(&f, types[i]);
		peeled_mail(1, &f, &p);
		assert_int_equal(p.vlan_count, 2);
		assert_int_equal(p.vlans[0], 100);
		assert_int_equal(p.vlans[1], 200);
	}
}

static void
more_tags_than_are_kept_are_still_peeled(void **state)
{
	struct packet p;

	(void)state;
	peeled_start_ipv4(&f);
	for (unsigned i = 0; i < 8; i++)
		frame_vlan(&f, 8 - i, i ? 0x8100 : 0x0800);
	frame_ethernet(&f, 0x8100);
	peeled_mail(1, &f, &p);
	assert_int_equal(p.vlan_count, PACKET_VLANS_MAX);
	assert_int_equal(p.vlans[0], 1);
	assert_int_equal(p.vlans[3], 4);
}

/* n octets of tag with the type 0x8100 in the last two, and in it a VLAN. */
static void
tagged(unsigned type, size_t n)
{
	struct packet p;
	uint8_t *h;

	peeled_start_ipv4(&f);
	frame_vlan(&f, 7, 0x0800);
	h = frame_front(&f, n);
	frame_put16(h + n - 2, 0x8100);
	frame_ethernet(&f, type);
	peeled_mail(1, &f, &p);
	assert_int_equal(p.vlans[0], 7);
}

static void
port_extender_tags_are_passed_over(void **state)
{
	(void)state;
	tagged(0x893f, 8);
	tagged(0x8926, 6);
}

static void
macsec_is_read_only_where_it_does_not_encrypt(void **state)
{
	struct packet p;

	(void)state;
	for (int identified = 0; identified < 2; identified++) {
		peeled_start_ipv4(&f);
		frame_pad(&f, 16);
		frame_put16(frame_front(&f, 2), 0x0800);
		frame_front(&f, identified ? 14 : 6)[0] = identified ? 0x20 : 0x00;
		frame_ethernet(&f, 0x88e5);
		peeled_mail(1, &f, &p);
		f.at[14] |= 0x0c;
		peeled_other(1, &f, PACKET_ENCRYPTED);
		f.at[14] = 0x80;
		peeled_other(1, &f, PACKET_BAD_HEADER);
	}
}

static void
a_backbone_frame_holds_a_frame(void **state)
{
	(void)state;
	peeled_start_ethernet(&f);
	frame_put32(frame_front(&f, 4), 0x40abcdef);
	frame_ethernet(&f, 0x88e7);
	peeled_tunnel(1, &f, PACKET_TUNNEL_PBB, 0xabcdef);
}

static void
padding_is_not_payload(void **state)
{
	struct packet p;

	(void)state;
	frame_start_text(&f, "");
	frame_tcp(&f, 1, 25, 0, 0, PACKET_TCP_SYN);
	frame_ipv4(&f, 1, 2, 6);
	frame_pad(&f, 6);
	frame_ethernet(&f, 0x0800);
	assert_int_equal(f.len, 60);
	assert_int_equal(packet_parse(1, frame_span(&f), 60, &p), PACKET_TCP);
	assert_int_equal(p.payload_octets, 0);
	assert_int_equal(p.payload.len, 0);
}

static void
an_llc_frame_ends_where_its_length_says(void **state)
{
	struct packet p;

	(void)state;
	peeled_start_ipv4(&f);
	frame_snap(&f, 0x0800);
	frame_ethernet(&f, (unsigned)f.len);
	frame_pad(&f, 9);
	peeled_mail(1, &f, &p);
	frame_put16(f.at + 12, f.len);
	peeled_other(1, &f, PACKET_BAD_LENGTH);
}

static void
an_fddi_frame_holds_llc(void **state)
{
	struct packet p;

	(void)state;
	peeled_start_ipv4(&f);
	frame_snap(&f, 0x0800);
	frame_front(&f, 13)[0] = 0x54;
	peeled_mail(10, &f, &p);
	f.at[0] = 0xc2; /* a token's own business */
	peeled_other(10, &f, PACKET_NOT_IP);
}

static void
types_that_carry_no_ip_are_said_to(void **state)
{
	static const unsigned types[] = {0x0806, 0x88cc, 1501, 1535, 0xffff};

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		frame_start_text(&f, "some octets of another protocol");
		frame_ethernet(&f, types[i]);
		peeled_other(1, &f, PACKET_NOT_IP);
	}
}

static void
a_null_header_is_read_in_either_byte_order(void **state)
{
	static const uint8_t families[] = {2, 10, 24, 28, 30};
	struct packet p;

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		for (int swapped = 0; swapped < 2; swapped++) {
			peeled_start(&f);
			if (families[i] == 2)
				frame_ipv4(&f, 1, 2, 6);
			else
				frame_ipv6(&f, 1, 2, 6);
			frame_front(&f, 4)[swapped ? 3 : 0] = families[i];
			peeled_mail(0, &f, &p);
			peeled_mail(108, &f, &p);
		}
	}
	f.at[3] = 7;
	peeled_other(0, &f, PACKET_NOT_IP);
}

static void
raw_links_have_no_header_of_their_own(void **state)
{
	static const uint32_t both[] = {12, 14, 101};
	struct packet p;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		peeled_start_ipv4(&f);
		peeled_mail(both[i], &f, &p);
		assert_int_equal(p.layers, 2);
		peeled_start(&f);
		frame_ipv6(&f, 1, 2, 6);
		peeled_mail(both[i], &f, &p);
	}
	peeled_mail(229, &f, &p);
	peeled_other(228, &f, PACKET_BAD_HEADER);
	peeled_start_ipv4(&f);
	peeled_mail(228, &f, &p);
	peeled_other(229, &f, PACKET_BAD_HEADER);
	f.at[0] = 0x55;
	peeled_other(101, &f, PACKET_BAD_HEADER);
}

static void
cooked_frames_name_their_protocol(void **state)
{
	struct packet p;

	(void)state;
	peeled_start_ipv4(&f);
	frame_put16(frame_front(&f, 16) + 14, 0x0800);
	peeled_mail(113, &f, &p);
	frame_put16(f.at + 14, 0x0806);
	peeled_other(113, &f, PACKET_NOT_IP);
	frame_put16(f.at + 14, 0x000c); /* CAN */
	peeled_other(113, &f, PACKET_NOT_IP);
	peeled_start_ipv4(&f);
	frame_put16(frame_front(&f, 20), 0x0800);
	peeled_mail(276, &f, &p);
	peeled_start_ipv4(&f);
	frame_vlan(&f, 3, 0x0800);
	frame_put16(frame_front(&f, 20), 0x8100);
	peeled_mail(276, &f, &p);
	assert_int_equal(p.vlans[0], 3);
	peeled_start_ipv4(&f);
	frame_snap(&f, 0x0800);
	frame_put16(frame_front(&f, 20), 4);
	peeled_mail(276, &f, &p);
}

static void
an_nflog_frame_is_found_behind_its_attributes(void **state)
{
	static const uint8_t prefix[] = {6, 0, 10, 0, 'x', 0, 0, 0};
	struct packet p;

	(void)state;
	peeled_start_ipv4(&f);
	uint8_t *h = frame_front(&f, 4);
	h[0] = (uint8_t)f.len;
	h[2] = 9;
	frame_push(&f, prefix, sizeof(prefix));
	frame_front(&f, 4)[0] = 2;
	peeled_mail(239, &f, &p);
	f.at[4] = 3; /* shorter than its own head */
	peeled_other(239, &f, PACKET_BAD_HEADER);
}

static void
an_nflog_frame_of_attributes_only_comes_to_an_end(void **state)
{
	(void)state;
	frame_start_text(&f, "");
	for (int i = 0; i < 1000; i++)
		frame_front(&f, 4)[0] = 4;
	frame_front(&f, 4)[0] = 2;
	peeled_other(239, &f, PACKET_TOO_DEEP);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags_of_every_kind_nest_and_leave_their_ids),
		cmocka_unit_test(more_tags_than_are_kept_are_still_peeled),
		cmocka_unit_test(port_extender_tags_are_passed_over),
		cmocka_unit_test(macsec_is_read_only_where_it_does_not_encrypt),
		cmocka_unit_test(a_backbone_frame_holds_a_frame),
		cmocka_unit_test(padding_is_not_payload),
		cmocka_unit_test(an_llc_frame_ends_where_its_length_says),
		cmocka_unit_test(an_fddi_frame_holds_llc),
		cmocka_unit_test(types_that_carry_no_ip_are_said_to),
		cmocka_unit_test(a_null_header_is_read_in_either_byte_order),
		cmocka_unit_test(raw_links_have_no_header_of_their_own),
		cmocka_unit_test(cooked_frames_name_their_protocol),
		cmocka_unit_test(an_nflog_frame_is_found_behind_its_attributes),
		cmocka_unit_test(an_nflog_frame_of_attributes_only_comes_to_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
