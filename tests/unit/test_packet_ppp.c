/* SPDX-License-Identifier: Apache-2.0 */
#include "peeled.h"

static struct frame f;

#define PUSH(...)                                                                        \
	frame_push(&f, (const uint8_t[]){__VA_ARGS__},                                   \
		sizeof((const uint8_t[]){__VA_ARGS__}))

static void
ppp_is_read_with_and_without_what_may_be_compressed(void **state)
{
	struct packet p;

	(void)state;
	peeled_start_ipv4(&f);
	PUSH(0x00, 0x21);
	peeled_mail(9, &f, &p);
	PUSH(0xff, 0x03);
	peeled_mail(9, &f, &p);
	peeled_mail(50, &f, &p);
	peeled_start_ipv4(&f);
	PUSH(0x21);
	peeled_mail(9, &f, &p);
	PUSH(0xff, 0x03);
	peeled_mail(9, &f, &p);
	peeled_start(&f);
	frame_ipv6(&f, 1, 2, 6);
	PUSH(0x57);
	peeled_mail(50, &f, &p);
	assert_int_equal(p.ip_version, 6);
}

static void
ppp_tells_what_it_cannot_read(void **state)
{
	(void)state;
	peeled_start_ipv4(&f);
	PUSH(0xc0, 0x21);
	peeled_other(9, &f, PACKET_NOT_IP);
	peeled_start_ipv4(&f);
	PUSH(0xfd);
	peeled_other(9, &f, PACKET_ENCRYPTED);
	peeled_start_ipv4(&f);
	PUSH(0x00, 0x53);
	peeled_other(9, &f, PACKET_ENCRYPTED);
}

static void
ppp_carries_labels(void **state)
{
	(void)state;
	peeled_start_ipv4(&f);
	frame_mpls(&f, 16, true);
	PUSH(0x02, 0x81);
	peeled_tunnel(9, &f, PACKET_TUNNEL_MPLS, 16);
}

static void
cisco_lines_are_told_from_ppp(void **state)
{
	struct packet p;

	(void)state;
	peeled_start_ipv4(&f);
	PUSH(0x0f, 0x00, 0x08, 0x00);
	peeled_mail(50, &f, &p);
	peeled_mail(104, &f, &p);
	f.at[0] = 0x8f;
	peeled_mail(50, &f, &p);
	frame_put16(f.at + 2, 0x0035);
	peeled_other(104, &f, PACKET_NOT_IP);
}

static void
a_pppoe_session_ends_where_its_length_says(void **state)
{
	(void)state;
	peeled_start_ipv4(&f);
	frame_pppoe(&f, 0x1234, 0x0021);
	peeled_tunnel(51, &f, PACKET_TUNNEL_PPPOE, 0x1234);
	frame_ethernet(&f, 0x8864);
	frame_pad(&f, 10);
	peeled_tunnel(1, &f, PACKET_TUNNEL_PPPOE, 0x1234);
	frame_put16(f.at + 18, f.len);
	peeled_other(1, &f, PACKET_BAD_LENGTH);
	f.at[15] = 0x09; /* discovery */
	peeled_other(1, &f, PACKET_NOT_IP);
	f.at[14] = 0x21;
	peeled_other(1, &f, PACKET_BAD_HEADER);
}

/* An empty segment whose IP length counts six octets of padding, as seen in the field. */
static void
padding_in_a_pppoe_session_never_becomes_data(void **state)
{
	(void)state;
	frame_start_text(&f, "");
	frame_tcp(&f, 443, 20394, 1, 2, PACKET_TCP_ACK);
	frame_ipv4(&f, 1, 2, 6);
	frame_pppoe(&f, 1, 0x0021);
	frame_ethernet(&f, 0x8864);
	frame_pad(&f, 6);
	frame_put16(f.at + 14 + 8 + 2, 46);
	peeled_other(1, &f, PACKET_BAD_LENGTH);
}

static void
snap_carries_types_and_bridged_frames(void **state)
{
	struct packet p;

	(void)state;
	peeled_start_ipv4(&f);
	frame_snap(&f, 0x0800);
	f.at[5] = 0xf8;
	frame_ethernet(&f, (unsigned)f.len);
	peeled_mail(1, &f, &p);
	peeled_start_ethernet(&f);
	frame_snap(&f, 7);
	f.at[4] = 0x80;
	f.at[5] = 0xc2;
	f.at[3] = 0x00;
	frame_ethernet(&f, (unsigned)f.len);
	peeled_mail(1, &f, &p);
	peeled_start_ipv4(&f);
	frame_snap(&f, 0x2000); /* CDP */
	f.at[5] = 0x0c;
	frame_ethernet(&f, (unsigned)f.len);
	peeled_other(1, &f, PACKET_NOT_IP);
	peeled_start_ipv4(&f);
	frame_snap(&f, 40);
	frame_ethernet(&f, (unsigned)f.len);
	peeled_other(1, &f, PACKET_NOT_IP);
}

static void
llc_without_snap_is_ip_only_at_its_own_point(void **state)
{
	struct packet p;

	(void)state;
	peeled_start_ipv4(&f);
	PUSH(0x06, 0x06, 0x03);
	frame_ethernet(&f, (unsigned)f.len);
	peeled_mail(1, &f, &p);
	f.at[14] = 0x42; /* spanning tree */
	peeled_other(1, &f, PACKET_NOT_IP);
	f.at[14] = 0x06;
	f.at[16] = 0x13;
	peeled_other(1, &f, PACKET_NOT_IP);
}

static void
frame_relay_is_read_in_all_its_encapsulations(void **state)
{
	struct packet p;

	(void)state;
	peeled_start_ipv4(&f);
	PUSH(0x18, 0x41, 0x03, 0xcc);
	peeled_mail(107, &f, &p);
	peeled_start(&f);
	frame_ipv6(&f, 1, 2, 6);
	PUSH(0x18, 0x40, 0x02, 0x01, 0x03, 0x00, 0x8e);
	peeled_mail(107, &f, &p);
	peeled_start_ipv4(&f);
	PUSH(0x18, 0x41, 0x03, 0x00, 0x80, 0x00, 0x00, 0x00, 0x08, 0x00);
	peeled_mail(107, &f, &p);
	peeled_start_ipv4(&f);
	PUSH(0x18, 0x41, 0x08, 0x00);
	peeled_mail(107, &f, &p);
	peeled_start_ipv4(&f);
	PUSH(0x18, 0x41, 0x03, 0x08);
	peeled_other(107, &f, PACKET_NOT_IP);
	peeled_start_ipv4(&f);
	PUSH(0x18, 0x40, 0x02, 0x02);
	peeled_other(107, &f, PACKET_BAD_HEADER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ppp_is_read_with_and_without_what_may_be_compressed),
		cmocka_unit_test(ppp_tells_what_it_cannot_read),
		cmocka_unit_test(ppp_carries_labels),
		cmocka_unit_test(cisco_lines_are_told_from_ppp),
		cmocka_unit_test(a_pppoe_session_ends_where_its_length_says),
		cmocka_unit_test(padding_in_a_pppoe_session_never_becomes_data),
		cmocka_unit_test(snap_carries_types_and_bridged_frames),
		cmocka_unit_test(llc_without_snap_is_ip_only_at_its_own_point),
		cmocka_unit_test(frame_relay_is_read_in_all_its_encapsulations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
