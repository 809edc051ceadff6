/* SPDX-License-Identifier: Apache-2.0 */
#include "peeled.h"

static struct frame f;

static void
a_plain_segment_gives_all_its_numbers(void **state)
{
	struct packet p;
	char text[IP_ADDR_TEXT];

	(void)state;
	peeled_start_ethernet(&f);
	peeled_mail(1, &f, &p);
	ip_addr_write(&p.src, text);
	assert_string_equal(text, "192.0.2.1");
	ip_addr_write(&p.dst, text);
	assert_string_equal(text, "198.51.100.2");
	assert_int_equal(p.seq, 0x01020304);
	assert_int_equal(p.ack, 0x05060708);
	assert_int_equal(p.tcp_flags, PACKET_TCP_ACK | PACKET_TCP_PSH);
	assert_int_equal(p.window, 8192);
	assert_int_equal(p.ip_id, 0x1234);
	assert_int_equal(p.ip_version, 4);
	assert_int_equal(p.protocol, 6);
	assert_int_equal(p.ttl, 64);
	assert_int_equal(p.ip_octets, 20 + 20 + 25);
	assert_int_equal(p.flow_label, 0);
	assert_int_equal(p.layers, 3);
	assert_int_equal(p.vlan_count, 0);
	assert_int_equal(p.tunnel_count, 0);
	assert_int_equal(packet_missing(&p), 0);
}

static void
a_snapshot_length_leaves_a_hole_of_known_size(void **state)
{
	struct packet p;

	(void)state;
	peeled_start_ethernet(&f);
	assert_int_equal(packet_parse(1, span_of(f.at, 60), f.len, &p), PACKET_TCP);
	assert_int_equal(p.payload.len, 6);
	assert_int_equal(packet_missing(&p), 19);
}

static void
a_wire_length_below_the_capture_is_not_believed(void **state)
{
	struct packet p;

	(void)state;
	peeled_start_ethernet(&f);
	assert_int_equal(packet_parse(1, frame_span(&f), 10, &p), PACKET_TCP);
	assert_int_equal(packet_missing(&p), 0);
}

static void
an_unknown_link_type_is_said_to_be_unknown(void **state)
{
	(void)state;
	peeled_start_ethernet(&f);
	peeled_other(147, &f, PACKET_LINK_UNKNOWN);
	assert_false(packet_link_known(147));
	assert_true(packet_link_known(1));
	assert_true(packet_link_known(276));
}

/* Each IPv4 header counts one, and so do Ethernet and TCP. */
static void
nest(unsigned headers)
{
	peeled_start(&f);
	for (unsigned i = 0; i < headers; i++)
		frame_ipv4(&f, 1, 2, i ? 4 : 6);
	frame_ethernet(&f, 0x0800);
}

static void
layers_are_peeled_up_to_the_limit_and_not_beyond(void **state)
{
	struct packet p;

	(void)state;
	nest(PACKET_LAYERS_MAX - 2);
	peeled_mail(1, &f, &p);
	assert_int_equal(p.layers, PACKET_LAYERS_MAX);
	assert_int_equal(p.tunnel_count, PACKET_TUNNELS_MAX);
	nest(PACKET_LAYERS_MAX - 1);
	peeled_other(1, &f, PACKET_TOO_DEEP);
}

static void
a_joined_datagram_goes_on_where_its_fragment_stopped(void **state)
{
	struct packet first, out;
	struct span whole;

	(void)state;
	peeled_start_ipv4(&f);
	frame_gre(&f, 0x2000, 0x0800, 77);
	whole = frame_span(&f);
	uint8_t octets[200];
	memcpy(octets, whole.at, whole.len);
	frame_start(&f, octets, 32);
	frame_put16(frame_ipv4(&f, 9, 8, 47) + 6, 0x2000);
	frame_vlan(&f, 5, 0x0800);
	frame_ethernet(&f, 0x8100);
	assert_int_equal(packet_parse(1, frame_span(&f), f.len, &first), PACKET_FRAGMENT);
	assert_int_equal(packet_parse_joined(&first, span_of(octets, whole.len), &out),
		PACKET_TCP);
	assert_true(span_equal(out.payload, span_of_text(peeled_text)));
	assert_int_equal(out.vlan_count, 1);
	assert_int_equal(out.vlans[0], 5);
	assert_int_equal(out.tunnel_count, 1);
	assert_int_equal(out.tunnels[0].id, 77);
}

static void
a_joined_segment_keeps_the_length_of_its_datagram(void **state)
{
	struct packet first, out;
	uint8_t octets[45];

	(void)state;
	peeled_start(&f);
	assert_int_equal(f.len, sizeof(octets));
	memcpy(octets, f.at, f.len);
	frame_start(&f, octets, 24);
	frame_put16(frame_ipv4(&f, 1, 2, 6) + 6, 0x2000);
	packet_parse(228, frame_span(&f), f.len, &first);
	packet_parse_joined(&first, span_of(octets, sizeof(octets)), &out);
	assert_int_equal(out.kind, PACKET_TCP);
	assert_int_equal(out.ip_octets, 20 + 45);
}

static void
paths_are_the_same_only_if_all_tags_and_tunnels_are(void **state)
{
	struct packet a, b;

	(void)state;
	peeled_start_ipv4(&f);
	frame_gre(&f, 0x2000, 0x0800, 1);
	frame_ipv4(&f, 3, 4, 47);
	frame_vlan(&f, 10, 0x0800);
	frame_ethernet(&f, 0x8100);
	peeled_mail(1, &f, &a);
	peeled_mail(1, &f, &b);
	assert_true(packet_same_path(&a, &b));
	b.vlans[0] = 11;
	assert_false(packet_same_path(&a, &b));
	b = a;
	b.tunnels[0].id = 2;
	assert_false(packet_same_path(&a, &b));
	b = a;
	b.tunnels[0].kind = PACKET_TUNNEL_NVGRE;
	assert_false(packet_same_path(&a, &b));
	b = a;
	b.vlan_count = 0;
	assert_false(packet_same_path(&a, &b));
	b = a;
	b.tunnel_count = 0;
	assert_false(packet_same_path(&a, &b));
}

static void
every_reason_and_tunnel_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (enum packet_reason i = 0; i < PACKET_REASON_COUNT; i++)
		for (enum packet_reason k = 0; k < i; k++)
			assert_string_not_equal(
				packet_reason_name(i), packet_reason_name(k));
	for (enum packet_tunnel_kind i = 0; i < PACKET_TUNNEL_KIND_COUNT; i++)
		for (enum packet_tunnel_kind k = 0; k < i; k++)
			assert_string_not_equal(
				packet_tunnel_name(i), packet_tunnel_name(k));
}

static void
a_packet_stays_within_four_cache_lines(void **state)
{
	(void)state;
	assert_true(sizeof(struct packet) <= 256);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_segment_gives_all_its_numbers),
		cmocka_unit_test(a_snapshot_length_leaves_a_hole_of_known_size),
		cmocka_unit_test(a_wire_length_below_the_capture_is_not_believed),
		cmocka_unit_test(an_unknown_link_type_is_said_to_be_unknown),
		cmocka_unit_test(layers_are_peeled_up_to_the_limit_and_not_beyond),
		cmocka_unit_test(a_joined_datagram_goes_on_where_its_fragment_stopped),
		cmocka_unit_test(a_joined_segment_keeps_the_length_of_its_datagram),
		cmocka_unit_test(paths_are_the_same_only_if_all_tags_and_tunnels_are),
		cmocka_unit_test(every_reason_and_tunnel_has_a_name_of_its_own),
		cmocka_unit_test(a_packet_stays_within_four_cache_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
