/* SPDX-License-Identifier: Apache-2.0 */
/* What is sent on a wire comes out of the capture: whole, in order, counted. */
#include "tests/bpf/kernel.h"
#include "tests/bpf/wire.h"

static const char *const b0[] = {"b0"};
static const char *const b0_b1[] = {"b0", "b1"};
static struct frame frame;

static int
wire_up(void **state)
{
	(void)state;
	wire_add('0');
	wire_add('1');
	return 0;
}

static int
wire_down(void **state)
{
	(void)state;
	wire_del('0');
	wire_del('1');
	return 0;
}

/* A segment to port 25 whose sequence number and payload say which it is. */
static void
make_segment(unsigned number, unsigned port)
{
	char payload[32];

	snprintf(payload, sizeof(payload), "segment %u\r\n", number);
	frame_start_text(&frame, payload);
	frame_tcp(&frame, 40000, port, number, 1, 0x18);
	frame_ipv4(&frame, 1, 2, 6);
	frame_ethernet(&frame, 0x0800);
}

static void
segments_come_in_order_and_all_is_counted(void **state)
{
	struct capture_live_options o = wire_options(b0, 1);
	struct capture_live *l = wire_open(&o);
	struct capture *c = capture_live_thread(l, 0);
	struct capture_live_counters n;
	int s = wire_sender("a0");
	uint64_t before = 0;

	(void)state;
	for (unsigned i = 0; i < 3000; i++) {
		make_segment(i, i % 3 ? 80 : 25);
		wire_send(s, &frame);
	}
	for (unsigned i = 0; i < 3000; i += 3) {
		struct capture_frame got;

		make_segment(i, 25);
		assert_true(wire_next(c, &got));
		assert_int_equal(got.octets.len, frame.len);
		assert_memory_equal(got.octets.at, frame.at, frame.len);
		assert_true(got.at.ns >= before);
		assert_int_equal(got.at.frame, i / 3 + 1);
		before = got.at.ns;
	}
	capture_live_stop(l);
	assert_int_equal(wire_count_rest(c), 0);
	capture_live_counters(l, &n);
	assert_int_equal(n.delivered, 1000);
	assert_int_equal(n.filtered, 2000);
	assert_int_equal(n.dropped + n.unread + n.withheld, 0);
	assert_true(n.kernel_known);
	assert_int_equal(n.kernel[TAP_STAGE_FILTER].mail, 1000);
	close(s);
	capture_live_close(l);
}

static void
what_the_ring_has_no_room_for_is_counted(void **state)
{
	struct capture_live_options o = wire_options(b0, 1);
	struct capture_live *l;
	struct capture_live_counters n;
	int s = wire_sender("a0");
	char big[1400];
	uint64_t read;

	(void)state;
	o.ring_octets = 2u << 20;
	/* A slow sender must not have its blocks handed over half full. */
	o.retire_ms = 2000;
	l = wire_open(&o);
	memset(big, 'x', sizeof(big));
	for (unsigned i = 0; i < 5000; i++) {
		frame_start(&frame, big, sizeof(big));
		frame_tcp(&frame, 40000, 25, i, 1, 0x18);
		frame_ipv4(&frame, 1, 2, 6);
		frame_ethernet(&frame, 0x0800);
		wire_send(s, &frame);
	}
	capture_live_stop(l);
	read = wire_count_rest(capture_live_thread(l, 0));
	capture_live_counters(l, &n);
	assert_int_equal(n.delivered, read);
	assert_int_equal(n.delivered + n.dropped, 5000);
	/* Two blocks of a MiB hold some 1400 frames of 1.5 kB. */
	assert_in_range(n.delivered, 1000, 1500);
	close(s);
	capture_live_close(l);
}

/* One in three for another port, one of a connection whose payload is not wanted. */
static void
send_three_kinds(int s, unsigned count)
{
	static char big[1400];

	memset(big, 'x', sizeof(big));
	for (unsigned i = 0; i < count; i++) {
		frame_start(&frame, big, sizeof(big));
		frame_tcp(
			&frame, i % 3 == 1 ? 40001 : 40000, i % 3 ? 25 : 80, i, 1, 0x18);
		frame_ipv4(&frame, 1, 2, 6);
		frame_ethernet(&frame, 0x0800);
		wire_send(s, &frame);
	}
}

static void
at_every_rate_each_packet_is_delivered_filtered_withheld_or_dropped(void **state)
{
	static const unsigned burst[] = {300, 3000, 12000, 30000};
	struct capture_direction d = {.src_port = 40001, .dst_port = 25};
	int s = wire_sender("a0");

	(void)state;
	d.src = ip_addr_v4((const uint8_t[]){192, 0, 2, 1});
	d.dst = ip_addr_v4((const uint8_t[]){198, 51, 100, 2});
	for (size_t i = 0; i < 4; i++) {
		struct capture_live_options o = wire_options(b0, 1);
		struct capture_live_counters n;
		struct capture_live *l;

		o.ring_octets = 4u << 20;
		/* A slow sender must not have its blocks handed over half full. */
		o.retire_ms = 2000;
		l = wire_open(&o);
		assert_true(capture_bpf_shunt(capture_live_bpf(l), &d, TAP_COUNT));
		send_three_kinds(s, burst[i]);
		capture_live_stop(l);
		wire_count_rest(capture_live_thread(l, 0));
		capture_live_counters(l, &n);
		assert_int_equal(n.filtered, burst[i] / 3);
		assert_int_equal(n.withheld, burst[i] / 3);
		assert_int_equal(n.delivered + n.dropped, burst[i] / 3);
		assert_int_equal(n.unread + n.card, 0);
		/* The ring has room for some 2800 of them. */
		assert_int_equal(n.dropped > 0, burst[i] >= 12000);
		capture_live_close(l);
	}
	close(s);
}

static void
a_block_that_is_not_full_is_read_before_the_end(void **state)
{
	struct capture_live_options o = wire_options(b0, 1);
	struct capture_live *l;
	int s = wire_sender("a0");

	(void)state;
	o.retire_ms = 60;
	l = wire_open(&o);
	make_segment(1, 25);
	wire_send(s, &frame);
	wire_send(s, &frame);
	capture_live_stop(l);
	assert_int_equal(wire_count_rest(capture_live_thread(l, 0)), 2);
	close(s);
	capture_live_close(l);
}

static void
tags_are_where_they_were(void **state)
{
	static const enum nest tagged[] = {NEST_VLAN, NEST_QINQ, NEST_THREE_TAGS,
		NEST_PLAIN, NEST_VXLAN_IN_GRE_IN_QINQ};
	static const enum capture_live_method methods[] = {
		CAPTURE_LIVE_AFPACKET, CAPTURE_LIVE_PCAP};

	(void)state;
	for (size_t m = 0; m < 2; m++) {
		struct capture_live_options o = wire_options(b0, 1);
		struct capture_live *l;
		int s = wire_sender("a0");

		o.method = methods[m];
		l = wire_open(&o);
		for (size_t i = 0; i < 5; i++) {
			nest_tcp(&frame, tagged[i], 40000, 25, "DATA\r\n");
			wire_send(s, &frame);
			wire_expect(capture_live_thread(l, 0), &frame);
		}
		close(s);
		capture_live_close(l);
	}
}

static void
both_directions_come_out_of_one_ring(void **state)
{
	struct capture_live_options o = wire_options(b0, 1);
	struct capture_live *l;
	int s = wire_sender("a0");
	uint64_t n[2];
	unsigned connections = 0;

	(void)state;
	o.threads = 2;
	l = wire_open(&o);
	for (enum nest i = 0; i < NEST_COUNT; i++)
		for (unsigned port = 0; port < 8; port++, connections++) {
			nest_tcp(&frame, i, 40000 + port, 25, "a");
			wire_send(s, &frame);
			nest_tcp_back(&frame, i, 40000 + port, 25, "b");
			wire_send(s, &frame);
		}
	capture_live_stop(l);
	for (size_t t = 0; t < 2; t++) {
		struct capture_frame got;

		n[t] = 0;
		/* Frames of one connection stand in pairs: they are never torn apart. */
		while (capture_next(capture_live_thread(l, t), &got) == CAPTURE_FRAME) {
			uint8_t last = got.octets.at[got.octets.len - 1];

			assert_int_equal(last, n[t] % 2 ? 'b' : 'a');
			n[t]++;
		}
		assert_int_equal(n[t] % 2, 0);
		/* Far from all on one. */
		assert_true(n[t] > connections / 2);
	}
	assert_int_equal(n[0] + n[1], 2 * connections);
	close(s);
	capture_live_close(l);
}

static void
two_halves_of_a_tap_are_joined_in_time(void **state)
{
	struct capture_live_options o = wire_options(b0_b1, 2);
	struct capture_live *l = wire_open(&o);
	struct capture *c = capture_live_thread(l, 0);
	int s[2] = {wire_sender("a0"), wire_sender("a1")};
	uint64_t before = 0;

	(void)state;
	for (unsigned i = 0; i < 600; i++) {
		make_segment(i, 25);
		wire_send(s[i % 7 == 0], &frame);
		if (i % 100 == 99)
			wire_sleep(15);
	}
	for (unsigned i = 0; i < 600; i++) {
		struct capture_frame got;

		make_segment(i, 25);
		assert_true(wire_next(c, &got));
		assert_int_equal(got.interface, i % 7 == 0);
		assert_memory_equal(got.octets.at, frame.at, frame.len);
		assert_true(got.at.ns >= before);
		before = got.at.ns;
	}
	close(s[0]);
	close(s[1]);
	capture_live_close(l);
}

static void
silence_tells_the_time(void **state)
{
	struct capture_live_options o = wire_options(b0, 1);
	struct capture_live *l;
	struct capture_frame got = {0};
	struct timespec now;

	(void)state;
	o.tick_ms = 20;
	l = wire_open(&o);
	assert_int_equal(capture_next(capture_live_thread(l, 0), &got), CAPTURE_IDLE);
	clock_gettime(CLOCK_REALTIME, &now);
	assert_in_range(
		(uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec - got.at.ns, 0,
		1000000000u);
	capture_live_close(l);
}

static void
libpcap_with_the_classic_filter_hears_mail_and_tunnels(void **state)
{
	struct capture_live_options o = wire_options(b0, 1);
	struct capture_live *l;
	struct capture_live_counters n;
	int s = wire_sender("a0");

	(void)state;
	o.method = CAPTURE_LIVE_PCAP;
	l = wire_open(&o);
	for (enum nest i = 0; i < NEST_COUNT; i++) {
		nest_tcp(&frame, NEST_PLAIN, 40000, 80, "GET / HTTP/1.1\r\n");
		wire_send(s, &frame);
		nest_tcp(&frame, i, 40000, 25, "EHLO a\r\n");
		wire_send(s, &frame);
		wire_expect(capture_live_thread(l, 0), &frame);
	}
	capture_live_stop(l);
	assert_int_equal(wire_count_rest(capture_live_thread(l, 0)), 0);
	capture_live_counters(l, &n);
	assert_int_equal(n.delivered, NEST_COUNT);
	assert_false(n.kernel_known);
	close(s);
	capture_live_close(l);
}

static void
an_unknown_interface_is_an_error_that_names_it(void **state)
{
	static const char *const none[] = {"nosuch0"};
	struct capture_live_options o = wire_options(none, 1);
	char error[CAPTURE_LIVE_ERROR_MAX];

	(void)state;
	o.method = CAPTURE_LIVE_AUTO;
	assert_null(capture_live_open(&o, error));
	assert_non_null(strstr(error, "nosuch0"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(segments_come_in_order_and_all_is_counted),
		cmocka_unit_test(what_the_ring_has_no_room_for_is_counted),
		cmocka_unit_test(
			at_every_rate_each_packet_is_delivered_filtered_withheld_or_dropped),
		cmocka_unit_test(a_block_that_is_not_full_is_read_before_the_end),
		cmocka_unit_test(tags_are_where_they_were),
		cmocka_unit_test(both_directions_come_out_of_one_ring),
		cmocka_unit_test(two_halves_of_a_tap_are_joined_in_time),
		cmocka_unit_test(silence_tells_the_time),
		cmocka_unit_test(libpcap_with_the_classic_filter_hears_mail_and_tunnels),
		cmocka_unit_test(an_unknown_interface_is_an_error_that_names_it),
	};

	if (!kernel_permits("test_live") || !wire_permitted("test_live"))
		return 0;
	return cmocka_run_group_tests(tests, wire_up, wire_down);
}
