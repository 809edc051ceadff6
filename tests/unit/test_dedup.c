/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/flow/dedup.h"

#include "feed.h"
#include "frames.h"

#define US 1000u
#define T0 5000000000u

static struct frame f;

static struct dedup *
fresh(void)
{
	struct dedup *d = dedup_new(&(struct dedup_options){.packets = 1024});

	assert_non_null(d);
	return d;
}

/* A segment of text in IPv4, left in f. */
static struct packet
segment(const char *text)
{
	struct packet p;

	frame_start_text(&f, text);
	frame_tcp(&f, 40000, 25, 100, 200, PACKET_TCP_ACK);
	frame_ipv4(&f, 1, 2, 6);
	assert_int_equal(packet_parse(228, frame_span(&f), f.len, &p), PACKET_TCP);
	return p;
}

static void
a_packet_seen_twice_in_the_window_is_a_copy(void **state)
{
	struct dedup *d = fresh();
	struct packet p = segment("MAIL FROM:<a@example.org>\r\n");

	(void)state;
	assert_false(dedup_is_copy(d, &p, T0));
	assert_true(dedup_is_copy(d, &p, T0 + 10 * US));
	assert_true(dedup_is_copy(d, &p, T0 + 2000 * US));
	assert_false(dedup_is_copy(d, &p, T0 + 2001 * US));
	assert_true(dedup_is_copy(d, &p, T0 + 2002 * US));
	assert_int_equal(dedup_copies(d), 3);
	dedup_free(d);
}

/* Routed and put on another VLAN: only what a router and a switch change is changed. */
static void
a_copy_from_behind_a_router_is_known(void **state)
{
	struct dedup *d = fresh();
	struct packet p = segment("text"), q;
	uint8_t *ip = f.at;

	(void)state;
	assert_false(dedup_is_copy(d, &p, T0));
	ip[8]--;
	frame_put16(ip + 10, 0x4321);
	frame_vlan(&f, 77, 0x0800);
	frame_ethernet(&f, 0x8100);
	assert_int_equal(packet_parse(1, frame_span(&f), f.len, &q), PACKET_TCP);
	assert_true(dedup_is_copy(d, &q, T0 + 5 * US));
	dedup_free(d);
}

static void
a_packet_seen_in_a_tunnel_and_outside_counts_once(void **state)
{
	struct dedup *d = fresh();
	struct packet p = segment("text"), q;

	(void)state;
	frame_ethernet(&f, 0x0800);
	frame_vxlan(&f, 5);
	frame_udp(&f, 5555, 4789);
	frame_ipv4(&f, 9, 9, 17);
	assert_int_equal(packet_parse(228, frame_span(&f), f.len, &q), PACKET_TCP);
	assert_false(dedup_is_copy(d, &q, T0));
	assert_true(dedup_is_copy(d, &p, T0 + 5 * US));
	dedup_free(d);
}

/* Octets of the IPv4 frame of segment(), any of which makes it another packet. */
static void
a_packet_that_differs_anywhere_that_counts_is_none(void **state)
{
	static const size_t places[] = {4, 5, 12, 15, 16, 19, 20, 21, 22, 23, 24, 27, 28,
		31, 33, 34, 35, 36, 37, 40, 41, 43};
	struct dedup *d = fresh();
	struct packet p = segment("text"), q;

	(void)state;
	assert_int_equal(f.len, 44);
	assert_false(dedup_is_copy(d, &p, T0));
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		segment("text");
		f.at[places[i]] ^= 0x41;
		packet_parse(228, frame_span(&f), f.len, &q);
		if (dedup_is_copy(d, &q, T0 + US))
			fail_msg("octet %zu does not count", places[i]);
	}
	assert_true(dedup_is_copy(d, &p, T0 + US));
	dedup_free(d);
}

/* A retransmission as a stack sends it: the same octets under a new identification. */
static void
a_retransmission_is_no_copy(void **state)
{
	struct dedup *d = fresh();
	struct packet p = segment("text"), q = p;

	(void)state;
	q.ip_id++;
	assert_false(dedup_is_copy(d, &p, T0));
	assert_false(dedup_is_copy(d, &q, T0 + US));
	dedup_free(d);
}

static void
a_packet_captured_more_of_is_no_copy(void **state)
{
	struct dedup *d = fresh();
	struct packet p = segment("a longer text, to be cut"), q = p;

	(void)state;
	q.payload.len = 3;
	assert_false(dedup_is_copy(d, &q, T0));
	assert_false(dedup_is_copy(d, &p, T0 + US));
	dedup_free(d);
}

static void
without_identification_the_window_is_shorter(void **state)
{
	struct dedup *d = fresh();
	struct packet p = segment("text");

	(void)state;
	p.ip_id = 0;
	assert_false(dedup_is_copy(d, &p, T0));
	assert_true(dedup_is_copy(d, &p, T0 + 500 * US));
	assert_false(dedup_is_copy(d, &p, T0 + 501 * US));
	dedup_free(d);
}

static void
time_that_steps_back_is_measured_all_the_same(void **state)
{
	struct dedup *d = fresh();
	struct packet p = segment("text");

	(void)state;
	assert_false(dedup_is_copy(d, &p, T0));
	assert_true(dedup_is_copy(d, &p, T0 - 100 * US));
	assert_false(dedup_is_copy(d, &p, T0 - 3000 * US));
	dedup_free(d);
}

static void
fragments_are_told_apart_by_their_place(void **state)
{
	struct dedup *d = fresh();
	struct packet p, q;

	(void)state;
	frame_start_text(&f, "the same sixteen");
	frame_put16(frame_ipv4(&f, 1, 2, 17) + 6, 0x2000 | 2);
	assert_int_equal(packet_parse(228, frame_span(&f), f.len, &p), PACKET_FRAGMENT);
	q = p;
	q.fragment_offset += 16;
	assert_false(dedup_is_copy(d, &p, T0));
	assert_false(dedup_is_copy(d, &q, T0));
	q.more_fragments = false;
	assert_false(dedup_is_copy(d, &q, T0));
	assert_true(dedup_is_copy(d, &p, T0));
	dedup_free(d);
}

static void
what_is_not_understood_is_never_a_copy(void **state)
{
	struct dedup *d = fresh();
	struct packet p = {.kind = PACKET_OTHER};

	(void)state;
	assert_false(dedup_is_copy(d, &p, T0));
	assert_false(dedup_is_copy(d, &p, T0));
	dedup_free(d);
}

/* Other packets in between, far more than there is room for, only make it forget. */
static void
a_full_table_forgets_and_never_invents(void **state)
{
	struct dedup *d = fresh();
	struct packet p = segment("text");

	(void)state;
	for (uint32_t i = 0; i < 100000; i++) {
		p.seq = i;
		assert_false(dedup_is_copy(d, &p, T0 + i));
	}
	assert_true(dedup_is_copy(d, &p, T0 + 100000));
	p.seq = 0;
	assert_false(dedup_is_copy(d, &p, T0 + 100000));
	dedup_free(d);
}

static void
the_seed_does_not_change_the_result(void **state)
{
	struct dedup *d = dedup_new(&(struct dedup_options){.seed = 0x123456789abcdef});
	struct packet p = segment("text");

	(void)state;
	assert_false(dedup_is_copy(d, &p, T0));
	assert_true(dedup_is_copy(d, &p, T0));
	dedup_free(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_packet_seen_twice_in_the_window_is_a_copy),
		cmocka_unit_test(a_copy_from_behind_a_router_is_known),
		cmocka_unit_test(a_packet_seen_in_a_tunnel_and_outside_counts_once),
		cmocka_unit_test(a_packet_that_differs_anywhere_that_counts_is_none),
		cmocka_unit_test(a_retransmission_is_no_copy),
		cmocka_unit_test(a_packet_captured_more_of_is_no_copy),
		cmocka_unit_test(without_identification_the_window_is_shorter),
		cmocka_unit_test(time_that_steps_back_is_measured_all_the_same),
		cmocka_unit_test(fragments_are_told_apart_by_their_place),
		cmocka_unit_test(what_is_not_understood_is_never_a_copy),
		cmocka_unit_test(a_full_table_forgets_and_never_invents),
		cmocka_unit_test(the_seed_does_not_change_the_result),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
