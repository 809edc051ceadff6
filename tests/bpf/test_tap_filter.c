/* SPDX-License-Identifier: Apache-2.0 */
/* The programs of bpf/ frame by frame, and against the dissector. */
#include <errno.h>
#include <sched.h>

#include "tests/bpf/kernel.h"
#include "tests/bpf/nests.h"

#include "dissect/packet.h"

#define XDP_DROPPED 1u
#define XDP_PASSED  2u

static struct frame frame;

static struct capture_bpf *
load_plain(void)
{
	struct capture_bpf_options o = kernel_options();

	return kernel_load(&o);
}

static uint32_t
run_filter(struct capture_bpf *b)
{
	return kernel_run(capture_bpf_filter(b), frame_span(&frame));
}

static void
mail_passes_in_every_wrapping_and_other_ports_do_not(void **state)
{
	static const unsigned ports[] = {25, 465, 587, 2525, 53};
	struct capture_bpf *b = load_plain();

	(void)state;
	for (enum nest n = 0; n < NEST_COUNT; n++) {
		for (size_t i = 0; i < sizeof(ports) / sizeof(*ports); i++) {
			nest_tcp(&frame, n, 40000, ports[i], "EHLO a\r\n");
			if (run_filter(b) != SNAP)
				fail_msg("wrapping %d to port %u", (int)n, ports[i]);
			nest_tcp_back(&frame, n, 40000, ports[i], "250 b\r\n");
			if (run_filter(b) != SNAP)
				fail_msg("wrapping %d from port %u", (int)n, ports[i]);
		}
		nest_tcp(&frame, n, 40000, 80, "GET / HTTP/1.1\r\n");
		if (run_filter(b) != 0)
			fail_msg("wrapping %d to port 80", (int)n);
	}
	capture_bpf_close(b);
}

static void
each_packet_is_counted_once(void **state)
{
	struct capture_bpf *b = load_plain();
	struct tap_counters n[TAP_STAGES];

	(void)state;
	for (int i = 0; i < 3; i++) {
		nest_tcp(&frame, NEST_VLAN, 40000, 25, "x");
		run_filter(b);
	}
	for (int i = 0; i < 5; i++) {
		nest_tcp(&frame, NEST_PLAIN, 40000, 80, "x");
		run_filter(b);
	}
	assert_true(capture_bpf_counts(b, n));
	assert_int_equal(n[TAP_STAGE_FILTER].mail, 3);
	assert_int_equal(n[TAP_STAGE_FILTER].other, 5);
	assert_int_equal(n[TAP_STAGE_FILTER].fragments + n[TAP_STAGE_FILTER].unsure, 0);
	capture_bpf_close(b);
}

static void
dns_passes_by_udp_and_other_udp_does_not(void **state)
{
	struct capture_bpf *b = load_plain();

	(void)state;
	for (enum nest n = 0; n < NEST_COUNT; n++) {
		frame_start_text(&frame, "question");
		frame_udp(&frame, 40000, 53);
		nest_wrap(&frame, n, 17, 1, 2);
		assert_int_equal(run_filter(b), SNAP);
		/* 25 is a port of TCP. */
		frame_start_text(&frame, "answer");
		frame_udp(&frame, 40000, 25);
		nest_wrap(&frame, n, 17, 1, 2);
		assert_int_equal(run_filter(b), 0);
	}
	/* A resolver that asked from a tunnel's port gets its answer there. */
	frame_start_text(&frame, "answer");
	frame_udp(&frame, 53, 4789);
	nest_wrap(&frame, NEST_PLAIN, 17, 1, 2);
	assert_int_equal(run_filter(b), SNAP);
	capture_bpf_close(b);
}

static void
pieces_of_datagrams_pass(void **state)
{
	struct capture_bpf *b = load_plain();
	uint8_t *ip;

	(void)state;
	/* The first piece says which port it is. */
	frame_start_text(&frame, "MAIL FROM:<a@example.org>\r\n");
	frame_tcp(&frame, 40000, 25, 1, 1, 0x18);
	ip = frame_ipv4(&frame, 1, 2, 6);
	ip[6] = 0x20;
	frame_ethernet(&frame, 0x0800);
	assert_int_equal(run_filter(b), SNAP);
	frame_start_text(&frame, "GET / HTTP/1.1\r\n");
	frame_tcp(&frame, 40000, 80, 1, 1, 0x18);
	ip = frame_ipv4(&frame, 1, 2, 6);
	ip[6] = 0x20;
	frame_ethernet(&frame, 0x0800);
	assert_int_equal(run_filter(b), 0);
	/* All others may be of mail. */
	frame_start_text(&frame, "the rest, without ports");
	ip = frame_ipv4(&frame, 1, 2, 6);
	ip[7] = 4;
	frame_ethernet(&frame, 0x0800);
	assert_int_equal(run_filter(b), SNAP);
	frame_start_text(&frame, "the rest, without ports");
	frame_fragment6(&frame, 6, 1480, false, 77);
	frame_ipv6(&frame, 1, 2, 44);
	frame_ethernet(&frame, 0x86dd);
	assert_int_equal(run_filter(b), SNAP);
	/* A first piece too short for ports: the next may have them. */
	frame_start_text(&frame, "abc");
	frame_fragment6(&frame, 6, 0, true, 77);
	frame_ipv6(&frame, 1, 2, 44);
	frame_ethernet(&frame, 0x86dd);
	assert_int_equal(run_filter(b), SNAP);
	capture_bpf_close(b);
}

static void
what_cannot_be_walked_to_its_end_passes_and_is_counted(void **state)
{
	struct capture_bpf *b = load_plain();
	struct tap_counters n[TAP_STAGES];

	(void)state;
	/* Deeper than the walk goes. */
	nest_tcp(&frame, NEST_PLAIN, 40000, 80, "x");
	frame.at += 14;
	frame.len -= 14;
	for (unsigned i = 0; i < 40; i++)
		frame_vlan(&frame, i, i ? 0x8100 : 0x0800);
	frame_ethernet(&frame, 0x8100);
	assert_int_equal(run_filter(b), SNAP);
	/* Dissected by the sensor only: L2TP. */
	frame_start_text(&frame, "x");
	frame_udp(&frame, 1701, 1701);
	nest_wrap(&frame, NEST_PLAIN, 17, 1, 2);
	assert_int_equal(run_filter(b), SNAP);
	assert_true(capture_bpf_counts(b, n));
	assert_int_equal(n[TAP_STAGE_FILTER].unsure, 2);
	/* Not IP at all. */
	frame_start_text(&frame, "who has 192.0.2.1? tell 192.0.2.2 at once");
	frame_ethernet(&frame, 0x0806);
	assert_int_equal(run_filter(b), 0);
	capture_bpf_close(b);
}

static void
ports_are_those_told(void **state)
{
	static const uint16_t ports[] = {0, 63, 64, 65535};
	struct capture_bpf_options o = kernel_options();
	struct capture_bpf *b;

	(void)state;
	o.tcp_ports = ports;
	o.tcp_count = 4;
	b = kernel_load(&o);
	for (size_t i = 0; i < 4; i++) {
		nest_tcp(&frame, NEST_PLAIN, 40000, ports[i], "x");
		assert_int_equal(run_filter(b), SNAP);
		nest_tcp(&frame, NEST_GRE, ports[i], 40000, "x");
		assert_int_equal(run_filter(b), SNAP);
	}
	nest_tcp(&frame, NEST_PLAIN, 40000, 25, "x");
	assert_int_equal(run_filter(b), 0);
	nest_tcp(&frame, NEST_PLAIN, 1, 62, "x");
	assert_int_equal(run_filter(b), 0);
	nest_tcp(&frame, NEST_PLAIN, 65, 65534, "x");
	assert_int_equal(run_filter(b), 0);
	capture_bpf_close(b);
}

/* --- XDP --------------------------------------------------------------------------- */

/* It is loaded by attaching it: to the loopback of a network of this process's own. */
static struct capture_bpf_link *
load_xdp(struct capture_bpf *b)
{
	char error[256];
	bool generic;
	struct capture_bpf_link *l = capture_bpf_attach(
		b, 1, CAPTURE_BPF_XDP_GENERIC, &generic, error, sizeof(error));

	if (l)
		return l;
	capture_bpf_close(b);
	printf("SKIP: %s\n", error);
	skip();
	return NULL;
}

static void
xdp_drops_what_the_filter_drops(void **state)
{
	struct capture_bpf *b = load_plain();
	struct capture_bpf_link *link = load_xdp(b);
	int program = capture_bpf_xdp(b);

	(void)state;
	assert_true(program >= 0);
	for (enum nest n = 0; n < NEST_COUNT; n++) {
		nest_tcp(&frame, n, 40000, 25, "x");
		if (kernel_run(program, frame_span(&frame)) != XDP_PASSED)
			fail_msg("wrapping %d, port 25", (int)n);
		nest_tcp(&frame, n, 40000, 80, "x");
		if (kernel_run(program, frame_span(&frame)) != XDP_DROPPED)
			fail_msg("wrapping %d, port 80", (int)n);
	}
	capture_bpf_detach(link);
	capture_bpf_close(b);
}

/* --- fanout ------------------------------------------------------------------------ */

static void
both_directions_go_to_one_ring_and_connections_to_several(void **state)
{
	struct capture_bpf *b = load_plain();
	int program = capture_bpf_fanout(b);

	(void)state;
	for (enum nest n = 0; n < NEST_COUNT; n++) {
		unsigned odd = 0;

		for (unsigned port = 0; port < 64; port++) {
			uint32_t there, back;

			nest_tcp(&frame, n, 40000 + port, 25, "x");
			there = kernel_run(program, frame_span(&frame));
			nest_tcp_back(&frame, n, 40000 + port, 25, "x");
			back = kernel_run(program, frame_span(&frame));
			if (there != back)
				fail_msg("wrapping %d splits port %u", (int)n, port);
			odd += there & 1;
		}
		/* Of 64 tosses of a coin: beyond this once in a million. */
		if (odd < 13 || odd > 51)
			fail_msg("wrapping %d: %u of 64 go to one ring", (int)n, odd);
	}
	capture_bpf_close(b);
}

static void
pieces_of_a_datagram_go_to_one_ring(void **state)
{
	struct capture_bpf *b = load_plain();
	int program = capture_bpf_fanout(b);
	uint32_t first, rest;

	(void)state;
	frame_start_text(&frame, "first");
	frame_tcp(&frame, 40000, 25, 1, 1, 0x18);
	frame_ipv4(&frame, 1, 2, 6)[6] = 0x20;
	frame_ethernet(&frame, 0x0800);
	first = kernel_run(program, frame_span(&frame));
	frame_start_text(&frame, "and what follows it");
	frame_ipv4(&frame, 1, 2, 6)[7] = 3;
	frame_ethernet(&frame, 0x0800);
	rest = kernel_run(program, frame_span(&frame));
	assert_int_equal(first, rest);
	capture_bpf_close(b);
}

/* --- against the dissector --------------------------------------------------------- */

static uint32_t seed = 1;

/* Marsaglia's xorshift: the same frames in every run. */
static uint32_t
draw(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % below;
}

static unsigned
draw_port(void)
{
	static const uint16_t ports[] = {
		25, 53, 80, 443, 465, 587, 2525, 4789, 6081, 2152, 1701, 3544, 40000};

	return ports[draw(sizeof(ports) / sizeof(*ports))];
}

/* A wrapping, perhaps cut, with octets changed mostly where its headers are. */
static void
draw_frame(void)
{
	uint8_t protocol = draw(3) ? 6 : 17;
	uint32_t changes = draw(2) ? 0 : 1 + draw(3);

	frame_start_text(&frame, "220 mail.example.org ESMTP, and some more of it");
	if (protocol == 6)
		frame_tcp(&frame, draw_port(), draw_port(), 1, 1, 0x18);
	else
		frame_udp(&frame, draw_port(), draw_port());
	nest_wrap(&frame, (enum nest)draw(NEST_COUNT), protocol, 1, 2);
	while (changes--)
		frame.at[draw((uint32_t)frame.len)] = (uint8_t)draw(256);
	if (draw(4) == 0)
		frame.len = 20 + draw((uint32_t)frame.len - 20);
}

static bool
holds(const uint16_t *ports, size_t count, const struct packet *p)
{
	for (size_t i = 0; i < count; i++)
		if (ports[i] == p->src_port || ports[i] == p->dst_port)
			return true;
	return false;
}

/* Would the sensor do anything with it? A first piece: if what it begins would be. */
static bool
sensor_keeps(const struct packet *p)
{
	struct packet joined;

	switch (p->kind) {
	case PACKET_TCP:
		return holds(kernel_tcp_ports, 5, p);
	case PACKET_UDP:
		return holds(kernel_udp_ports, 1, p);
	case PACKET_FRAGMENT:
		if (p->fragment_offset != 0)
			return true;
		packet_parse_joined(p, p->payload, &joined);
		return sensor_keeps(&joined);
	default:
		return false;
	}
}

struct tally {
	unsigned run;
	unsigned wanted;
	unsigned more; /* passed and not wanted */
};

/* Wanted and not passed fails; so does XDP, if it does not say as the filter. */
static void
compare(struct capture_bpf *b, struct tally *t)
{
	struct packet p;
	uint32_t passed, xdp;
	bool wanted;

	if (!kernel_takes(frame_span(&frame)))
		return;
	packet_parse(1, frame_span(&frame), frame.len, &p);
	wanted = sensor_keeps(&p);
	passed = run_filter(b);
	xdp = kernel_run(capture_bpf_xdp(b), frame_span(&frame));
	if (wanted && passed != SNAP)
		fail_msg("wanted, but the filter passes %u", passed);
	assert_int_equal(xdp, passed ? XDP_PASSED : XDP_DROPPED);
	t->run++;
	t->wanted += wanted;
	t->more += passed && !wanted;
}

static void
the_kernel_never_drops_what_the_dissector_understands(void **state)
{
	struct capture_bpf *b = load_plain();
	struct capture_bpf_link *link = load_xdp(b);
	struct tally t = {0};

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		draw_frame();
		compare(b, &t);
	}
	/* Both answers occur, and it is not by passing everything that none is lost:
	 * what is passed in excess claims more octets than were left of it. */
	assert_in_range(t.run, 15000, 20000);
	assert_in_range(t.wanted, t.run / 5, t.run * 4 / 5);
	assert_in_range(t.more, 0, t.run / 5);
	capture_bpf_detach(link);
	capture_bpf_close(b);
}

static void
a_cut_packet_is_not_dropped_before_the_dissector_would(void **state)
{
	struct capture_bpf *b = load_plain();
	struct capture_bpf_link *link = load_xdp(b);
	struct tally t = {0};

	(void)state;
	for (enum nest n = 0; n < NEST_COUNT; n++) {
		nest_tcp(&frame, n, 40000, 25, "x");
		for (size_t len = frame.len; len >= 15; len--) {
			frame.len = len;
			compare(b, &t);
		}
	}
	/* At least with all headers there, each is wanted. */
	assert_true(t.wanted >= NEST_COUNT);
	capture_bpf_detach(link);
	capture_bpf_close(b);
}

/*
 * Verifiers give up after a million instructions (those of each way counted), and each
 * kernel's counts a little otherwise: there has to be room.
 */
static void
assert_room(const char *name, int program)
{
	struct bpf_prog_info info = {0};
	uint32_t size = sizeof(info);

	assert_int_equal(bpf_obj_get_info_by_fd(program, &info, &size), 0);
	printf("%s: %u instructions verified\n", name, info.verified_insns);
	assert_true(info.verified_insns < 250000);
}

/* The program that the one that a socket is given jumps to. */
static int
jumped_to(int program)
{
	uint32_t maps[8], size, first = 0, id;
	struct bpf_prog_info info = {.nr_map_ids = 8, .map_ids = (uintptr_t)maps};

	size = sizeof(info);
	assert_int_equal(bpf_obj_get_info_by_fd(program, &info, &size), 0);
	for (uint32_t i = 0; i < info.nr_map_ids; i++) {
		struct bpf_map_info map = {0};
		int fd = bpf_map_get_fd_by_id(maps[i]);

		size = sizeof(map);
		assert_int_equal(bpf_obj_get_info_by_fd(fd, &map, &size), 0);
		if (map.type == BPF_MAP_TYPE_PROG_ARRAY) {
			assert_int_equal(bpf_map_lookup_elem(fd, &first, &id), 0);
			close(fd);
			return bpf_prog_get_fd_by_id(id);
		}
		close(fd);
	}
	return -1;
}

static void
verifiers_have_room_to_spare(void **state)
{
	struct capture_bpf_options o = kernel_options();
	struct capture_bpf *b;
	int filter;

	(void)state;
	o.shunt = true;
	o.probe_segments = 8;
	b = kernel_load(&o);
	filter = jumped_to(capture_bpf_filter(b));
	assert_room("filter", filter);
	assert_room("fanout", capture_bpf_fanout(b));
	close(filter);
	capture_bpf_close(b);
}

/* Linux counted a program by its length, with all functions, against optmem_max. */
static void
a_socket_of_an_old_kernel_has_room_for_the_filter(void **state)
{
	struct capture_bpf_options o = kernel_options();
	struct bpf_prog_info info = {0};
	uint32_t size = sizeof(info);
	struct capture_bpf *b;

	(void)state;
	o.shunt = true;
	o.probe_segments = 8;
	b = kernel_load(&o);
	assert_int_equal(bpf_obj_get_info_by_fd(capture_bpf_filter(b), &info, &size), 0);
	assert_in_range(info.xlated_prog_len, 1, 10000);
	capture_bpf_close(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verifiers_have_room_to_spare),
		cmocka_unit_test(a_socket_of_an_old_kernel_has_room_for_the_filter),
		cmocka_unit_test(mail_passes_in_every_wrapping_and_other_ports_do_not),
		cmocka_unit_test(each_packet_is_counted_once),
		cmocka_unit_test(dns_passes_by_udp_and_other_udp_does_not),
		cmocka_unit_test(pieces_of_datagrams_pass),
		cmocka_unit_test(what_cannot_be_walked_to_its_end_passes_and_is_counted),
		cmocka_unit_test(ports_are_those_told),
		cmocka_unit_test(xdp_drops_what_the_filter_drops),
		cmocka_unit_test(
			both_directions_go_to_one_ring_and_connections_to_several),
		cmocka_unit_test(pieces_of_a_datagram_go_to_one_ring),
		cmocka_unit_test(the_kernel_never_drops_what_the_dissector_understands),
		cmocka_unit_test(a_cut_packet_is_not_dropped_before_the_dissector_would),
	};

	if (!kernel_permits("test_tap_filter"))
		return 0;
	if (unshare(CLONE_NEWNET) != 0) {
		printf("SKIP: test_tap_filter: a network of its own: %s\n",
			strerror(errno));
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
