/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/flow/defrag.h"

#include "feed.h"
#include "frames.h"

#define SECOND 1000000000u

static struct frame f;
static struct packet fragment, out;

/* What the datagrams of these tests hold: a UDP packet, its octets all different enough.
 */
static uint8_t whole[65535];
static size_t whole_len;

static void
start(size_t payload)
{
	static uint8_t octets[65000];

	for (size_t i = 0; i < payload; i++)
		octets[i] = (uint8_t)(i * 7 + i / 256);
	frame_start(&f, octets, payload);
	frame_udp(&f, 5000, 53);
	memcpy(whole, f.at, f.len);
	whole_len = f.len;
}

/* The octets from..to of the datagram as a fragment, in IPv4 or IPv6. */
static struct frame *
piece(int version, size_t from, size_t to, bool more, uint32_t id)
{
	frame_start(&f, whole + from, to - from);
	if (version == 4) {
		uint8_t *h = frame_ipv4(&f, 1, 2, 17);

		frame_put16(h + 4, id);
		frame_put16(h + 6, (more ? 0x2000u : 0) | from / 8);
	} else {
		frame_fragment6(&f, 17, (unsigned)from, more, id);
		frame_ipv6(&f, 1, 2, 44);
	}
	return &f;
}

static bool
feed_frame(struct defrag *d, const struct frame *frame, uint64_t now_ns)
{
	/* The frame's octets are gone once it is fed, as in a capture ring. */
	struct guarded g = guarded_new(frame->at, frame->len);
	bool joined;

	assert_int_equal(
		packet_parse(101, guarded_span(&g), g.len, &fragment), PACKET_FRAGMENT);
	joined = defrag_feed(d, &fragment, now_ns, &out);
	guarded_free(&g);
	return joined;
}

static bool
feed(struct defrag *d, int version, size_t from, size_t to, bool more, uint32_t id)
{
	return feed_frame(d, piece(version, from, to, more, id), SECOND);
}

static void
assert_joined(void)
{
	assert_int_equal(out.kind, PACKET_UDP);
	assert_int_equal(out.src_port, 5000);
	assert_int_equal(out.payload_octets, whole_len - 8);
	assert_memory_equal(out.payload.at, whole + 8, whole_len - 8);
}

static void
pieces_join_in_any_order(void **state)
{
	static const int orders[6][3] = {
		{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
	static const size_t edges[4] = {0, 16, 40, 51};
	struct defrag *d = defrag_new(0);

	(void)state;
	start(43);
	for (int version = 4; version <= 6; version += 2) {
		for (uint32_t i = 0; i < 6; i++) {
			for (int k = 0; k < 3; k++) {
				int n = orders[i][k];
				bool done = feed(
					d, version, edges[n], edges[n + 1], n < 2, i);

				assert_int_equal(done, k == 2);
			}
			assert_joined();
			assert_int_equal(out.ip_version, version);
		}
	}
	assert_int_equal(defrag_counters(d)->joined, 12);
	assert_int_equal(defrag_counters(d)->fragments, 36);
	assert_int_equal(defrag_counters(d)->overlaps, 0);
	defrag_free(d);
}

static void
a_datagram_of_the_largest_size_joins_from_the_smallest_pieces(void **state)
{
	struct defrag *d = defrag_new(0);

	(void)state;
	start(65000);
	for (size_t at = 0; at < whole_len; at += 8) {
		size_t end = at + 8 < whole_len ? at + 8 : whole_len;

		assert_int_equal(
			feed(d, 4, at, end, end < whole_len, 1), end == whole_len);
	}
	assert_joined();
	defrag_free(d);
}

static void
exact_copies_of_pieces_change_nothing(void **state)
{
	struct defrag *d = defrag_new(0);

	(void)state;
	for (int version = 4; version <= 6; version += 2) {
		start(40);
		assert_false(feed(d, version, 0, 16, true, 1));
		assert_false(feed(d, version, 0, 16, true, 1));
		assert_false(feed(d, version, 32, 48, false, 1));
		assert_false(feed(d, version, 32, 48, false, 1));
		assert_true(feed(d, version, 16, 32, true, 1));
		assert_joined();
	}
	assert_int_equal(defrag_counters(d)->copies, 4);
	assert_int_equal(defrag_counters(d)->overlaps, 0);
	defrag_free(d);
}

static void
where_ipv4_pieces_overlap_the_first_octets_stay(void **state)
{
	struct defrag *d = defrag_new(0);
	uint8_t keep[65];

	(void)state;
	start(57);
	memcpy(keep, whole, sizeof(keep));
	assert_false(feed(d, 4, 16, 32, true, 1));
	memset(whole, 'x', 16 + 16 + 8);
	memcpy(whole, keep, 16);
	memcpy(whole + 32, keep + 32, 8);
	/* Octets 0 to 40, of which 16 to 32 are forged. */
	assert_false(feed(d, 4, 0, 40, true, 1));
	memcpy(whole, keep, sizeof(keep));
	assert_true(feed(d, 4, 40, 65, false, 1));
	assert_joined();
	assert_int_equal(defrag_counters(d)->overlaps, 1);
	defrag_free(d);
}

/* RFC 5722 4: also those that come later belong to what was dropped. */
static void
where_ipv6_pieces_overlap_the_datagram_is_refused(void **state)
{
	struct defrag *d = defrag_new(0);

	(void)state;
	start(40);
	assert_false(feed(d, 6, 0, 24, true, 1));
	assert_false(feed(d, 6, 16, 32, true, 1));
	assert_false(feed(d, 6, 24, 32, true, 1));
	assert_false(feed(d, 6, 32, 48, false, 1));
	assert_false(feed(d, 6, 0, 24, true, 1));
	assert_int_equal(defrag_counters(d)->overlaps, 1);
	assert_int_equal(defrag_counters(d)->refused, 1);
	assert_int_equal(defrag_counters(d)->joined, 0);
	/* Its number may be used again once the time is over. */
	assert_false(feed_frame(d, piece(6, 0, 24, true, 1), 40ull * SECOND));
	assert_true(feed_frame(d, piece(6, 24, 48, false, 1), 40ull * SECOND));
	assert_joined();
	assert_int_equal(defrag_counters(d)->expired, 0);
	defrag_free(d);
}

/* The first piece goes beyond the last, which lies within it. */
static void
a_teardrop_is_inconsistent_and_harmless(void **state)
{
	struct defrag *d = defrag_new(0);

	(void)state;
	start(40);
	assert_false(feed(d, 4, 0, 40, true, 1));
	assert_false(feed(d, 4, 24, 28, false, 1));
	assert_int_equal(defrag_counters(d)->inconsistent, 1);
	assert_true(feed(d, 4, 40, 48, false, 1));
	assert_joined();
	defrag_free(d);
}

static void
pieces_that_disagree_on_the_end_are_left_out(void **state)
{
	struct defrag *d = defrag_new(0);

	(void)state;
	start(40);
	assert_false(feed(d, 4, 32, 48, false, 1));
	start(80);
	assert_false(feed(d, 4, 32, 56, false, 1));
	assert_false(feed(d, 4, 48, 64, true, 1));
	assert_false(feed(d, 4, 16, 24, false, 1));
	assert_int_equal(defrag_counters(d)->inconsistent, 3);
	defrag_free(d);
}

static void
a_datagram_beyond_65535_octets_is_refused(void **state)
{
	struct defrag *d = defrag_new(0);
	struct packet p;

	(void)state;
	start(100);
	piece(4, 0, 16, false, 1);
	frame_put16(f.at + 6, 0x1fff); /* from 65528: 7 octets are left, these are 16 */
	packet_parse(228, frame_span(&f), f.len, &p);
	assert_false(defrag_feed(d, &p, SECOND, &out));
	assert_int_equal(defrag_counters(d)->oversized, 1);
	defrag_free(d);
}

static void
pieces_of_impossible_length_are_counted(void **state)
{
	struct defrag *d = defrag_new(0);

	(void)state;
	start(40);
	assert_false(feed(d, 4, 0, 0, true, 1));
	assert_false(feed(d, 4, 0, 7, true, 1));
	assert_false(feed(d, 6, 0, 15, true, 1));
	assert_int_equal(defrag_counters(d)->malformed, 3);
	/* IPv4 takes the eights of it. */
	assert_false(feed(d, 4, 0, 21, true, 2));
	assert_true(feed(d, 4, 16, 48, false, 2));
	assert_joined();
	defrag_free(d);
}

static void
a_piece_not_captured_whole_is_not_joined(void **state)
{
	struct defrag *d = defrag_new(0);
	struct packet p;

	(void)state;
	start(40);
	piece(4, 0, 32, true, 1);
	packet_parse(228, span_of(f.at, 40), f.len, &p);
	assert_false(defrag_feed(d, &p, SECOND, &out));
	assert_int_equal(defrag_counters(d)->cut, 1);
	assert_false(feed(d, 4, 32, 48, false, 1));
	defrag_free(d);
}

static void
a_datagram_not_joined_in_time_is_given_up(void **state)
{
	struct defrag *d = defrag_new(0);

	(void)state;
	start(40);
	assert_false(feed_frame(d, piece(4, 0, 32, true, 1), SECOND));
	assert_false(feed_frame(d, piece(4, 32, 48, false, 1), 32ull * SECOND));
	assert_int_equal(defrag_counters(d)->expired, 1);
	assert_true(feed_frame(d, piece(4, 0, 32, true, 1), 33ull * SECOND));
	assert_joined();
	defrag_free(d);
}

static void
time_that_steps_back_expires_nothing(void **state)
{
	struct defrag *d = defrag_new(0);

	(void)state;
	start(40);
	assert_false(feed_frame(d, piece(4, 0, 32, true, 1), 100ull * SECOND));
	assert_true(feed_frame(d, piece(4, 32, 48, false, 1), SECOND));
	defrag_free(d);
}

static void
a_full_table_gives_up_the_oldest(void **state)
{
	struct defrag *d = defrag_new(32);

	(void)state;
	start(40);
	for (uint32_t id = 0; id <= 32; id++)
		assert_false(feed_frame(d, piece(4, 0, 32, true, id), SECOND + id));
	assert_int_equal(defrag_counters(d)->evicted, 1);
	assert_true(feed_frame(d, piece(4, 32, 48, false, 1), SECOND + 40));
	assert_joined();
	assert_false(feed_frame(d, piece(4, 32, 48, false, 0), SECOND + 41));
	defrag_free(d);
}

static void
a_flood_of_first_pieces_costs_only_itself(void **state)
{
	struct defrag *d = defrag_new(0);

	(void)state;
	start(40);
	for (uint32_t id = 0; id < 5000; id++)
		feed_frame(d, piece(4, 0, 32, true, id), SECOND + id);
	assert_int_equal(defrag_counters(d)->evicted, 5000 - DEFRAG_DATAGRAMS_MIN);
	assert_true(feed_frame(d, piece(4, 32, 48, false, 4999), SECOND + 6000));
	defrag_free(d);
}

/* Each differs from the first in one part of the key. */
static void
pieces_of_different_datagrams_are_never_mixed(void **state)
{
	struct defrag *d = defrag_new(0);
	struct packet first, p;

	(void)state;
	start(40);
	piece(4, 0, 32, true, 1);
	packet_parse(228, frame_span(&f), f.len, &first);
	assert_false(defrag_feed(d, &first, SECOND, &out));
	piece(4, 32, 48, false, 1);
	packet_parse(228, frame_span(&f), f.len, &first);
	p = first;
	p.vlan_count = 1;
	p.vlans[0] = 5;
	assert_false(defrag_feed(d, &p, SECOND, &out));
	p = first;
	p.tunnel_count = 1;
	p.tunnels[0] = (struct packet_tunnel){PACKET_TUNNEL_VXLAN, 9};
	assert_false(defrag_feed(d, &p, SECOND, &out));
	p = first;
	p.src.at[15] ^= 1;
	assert_false(defrag_feed(d, &p, SECOND, &out));
	p = first;
	p.dst.at[15] ^= 1;
	assert_false(defrag_feed(d, &p, SECOND, &out));
	p = first;
	p.ip_id ^= 1;
	assert_false(defrag_feed(d, &p, SECOND, &out));
	p = first;
	p.protocol = 6;
	assert_false(defrag_feed(d, &p, SECOND, &out));
	assert_true(defrag_feed(d, &first, SECOND, &out));
	assert_joined();
	defrag_free(d);
}

/* A tunnel whose outer datagram is in pieces, and the one inside it too. */
static void
a_datagram_in_pieces_inside_one_in_pieces_is_joined(void **state)
{
	struct defrag *d = defrag_new(0);
	uint8_t outer[2][200], inner[100];
	size_t len[2], inner_len;

	(void)state;
	start(72);
	inner_len = whole_len;
	memcpy(inner, whole, inner_len);
	for (size_t i = 0; i < 2; i++) {
		memcpy(whole, inner, inner_len);
		piece(4, i ? 40 : 0, i ? inner_len : 40, i == 0, 7);
		memcpy(outer[i], f.at, f.len);
		len[i] = f.len;
	}
	for (size_t i = 0; i < 2; i++) {
		memcpy(whole, outer[i], len[i]);
		piece(4, 0, 32, true, 20 + (uint32_t)i);
		f.at[9] = 4;
		assert_false(feed_frame(d, &f, SECOND));
		piece(4, 32, len[i], false, 20 + (uint32_t)i);
		f.at[9] = 4;
		assert_int_equal(feed_frame(d, &f, SECOND), i == 1);
	}
	memcpy(whole, inner, inner_len);
	whole_len = inner_len;
	assert_joined();
	assert_int_equal(out.tunnel_count, 1);
	assert_int_equal(defrag_counters(d)->joined, 3);
	defrag_free(d);
}

/* A TCP header of which no piece has enough is read once joined. */
static void
a_header_spread_over_tiny_pieces_is_read(void **state)
{
	struct defrag *d = defrag_new(0);

	(void)state;
	frame_start_text(&f, "QUIT\r\n");
	frame_tcp(&f, 1234, 25, 1, 2, PACKET_TCP_ACK);
	memcpy(whole, f.at, f.len);
	whole_len = f.len;
	for (size_t at = 0; at < whole_len; at += 8) {
		size_t end = at + 8 < whole_len ? at + 8 : whole_len;
		bool joined;

		piece(6, at, end, end < whole_len, 1);
		f.at[40] = 6;
		joined = feed_frame(d, &f, SECOND);
		assert_int_equal(joined, end == whole_len);
	}
	assert_int_equal(out.kind, PACKET_TCP);
	assert_int_equal(out.dst_port, 25);
	assert_true(span_equal(out.payload, span_of_text("QUIT\r\n")));
	defrag_free(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_join_in_any_order),
		cmocka_unit_test(
			a_datagram_of_the_largest_size_joins_from_the_smallest_pieces),
		cmocka_unit_test(exact_copies_of_pieces_change_nothing),
		cmocka_unit_test(where_ipv4_pieces_overlap_the_first_octets_stay),
		cmocka_unit_test(where_ipv6_pieces_overlap_the_datagram_is_refused),
		cmocka_unit_test(a_teardrop_is_inconsistent_and_harmless),
		cmocka_unit_test(pieces_that_disagree_on_the_end_are_left_out),
		cmocka_unit_test(a_datagram_beyond_65535_octets_is_refused),
		cmocka_unit_test(pieces_of_impossible_length_are_counted),
		cmocka_unit_test(a_piece_not_captured_whole_is_not_joined),
		cmocka_unit_test(a_datagram_not_joined_in_time_is_given_up),
		cmocka_unit_test(time_that_steps_back_expires_nothing),
		cmocka_unit_test(a_full_table_gives_up_the_oldest),
		cmocka_unit_test(a_flood_of_first_pieces_costs_only_itself),
		cmocka_unit_test(pieces_of_different_datagrams_are_never_mixed),
		cmocka_unit_test(a_datagram_in_pieces_inside_one_in_pieces_is_joined),
		cmocka_unit_test(a_header_spread_over_tiny_pieces_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
