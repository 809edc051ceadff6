/* SPDX-License-Identifier: Apache-2.0 */
/* What the sensor tells the kernel of connections: shunts, verdicts; after root, too. */
#include <grp.h>

#include "tests/bpf/kernel.h"
#include "tests/bpf/wire.h"

#define FIN 0x01
#define SYN 0x02
#define ACK 0x10
#define PSH 0x18

static const char *const b0[] = {"b0"};
static struct frame frame;

static int
wire_up(void **state)
{
	(void)state;
	wire_add('0');
	return 0;
}

static int
wire_down(void **state)
{
	(void)state;
	wire_del('0');
	return 0;
}

/* From 192.0.2.1 to 198.51.100.2. */
static void
make(unsigned src, unsigned dst, const char *payload, uint8_t flags)
{
	frame_start_text(&frame, payload);
	frame_tcp(&frame, src, dst, 1, 1, flags);
	frame_ipv4(&frame, 1, 2, 6);
	frame_ethernet(&frame, 0x0800);
}

/* The other way. */
static void
make_back(unsigned src, unsigned dst, const char *payload, uint8_t flags)
{
	uint8_t from[4];

	make(src, dst, payload, flags);
	memcpy(from, frame.at + 26, 4);
	memcpy(frame.at + 26, frame.at + 30, 4);
	memcpy(frame.at + 30, from, 4);
}

static struct capture_direction
direction(uint16_t src, uint16_t dst)
{
	static const uint8_t from[4] = {192, 0, 2, 1}, to[4] = {198, 51, 100, 2};

	return (struct capture_direction){ip_addr_v4(from), ip_addr_v4(to), src, dst};
}

struct rig {
	struct capture_live *live;
	struct capture *capture;
	struct capture_bpf *bpf;
	int sender;
};

static struct rig
rig_new(uint32_t probe_segments)
{
	struct capture_live_options o = wire_options(b0, 1);
	struct rig r;

	o.ports.any_tcp = probe_segments > 0;
	o.probe_segments = probe_segments;
	r.live = wire_open(&o);
	r.capture = capture_live_thread(r.live, 0);
	r.bpf = capture_live_bpf(r.live);
	r.sender = wire_sender("a0");
	assert_non_null(r.bpf);
	return r;
}

static void
rig_free(struct rig *r)
{
	close(r->sender);
	capture_live_close(r->live);
}

static void
passes(struct rig *r)
{
	wire_send(r->sender, &frame);
	wire_expect(r->capture, &frame);
}

/* Nothing comes but a marker sent behind it. */
static void
passes_not(struct rig *r)
{
	wire_send(r->sender, &frame);
	make(1, 587, "marker", PSH);
	passes(r);
}

static void
a_shunted_direction_is_counted_until_it_is_no_more(void **state)
{
	struct rig r = rig_new(0);
	struct capture_direction d = direction(40000, 25);
	struct capture_live_counters n;
	uint64_t packets, octets;

	(void)state;
	make(40000, 25, "before", PSH);
	passes(&r);
	assert_true(capture_bpf_shunt(r.bpf, &d, TAP_COUNT));
	make(40000, 25, "ten octets", PSH);
	passes_not(&r);
	make(40000, 25, "ten more..", PSH);
	passes_not(&r);
	/* Without payload, or at the end: the sensor goes on knowing the connection. */
	make(40000, 25, "", ACK);
	passes(&r);
	make(40000, 25, "last", FIN | ACK);
	passes(&r);
	/* Another connection, and the other direction, are not meant. */
	make(40001, 25, "other", PSH);
	passes(&r);
	make_back(25, 40000, "back", PSH);
	passes(&r);
	assert_true(capture_bpf_shunted(r.bpf, &d, &packets, &octets));
	assert_int_equal(packets, 2);
	assert_int_equal(octets, 20);
	assert_true(capture_bpf_unshunt(r.bpf, &d));
	assert_false(capture_bpf_shunted(r.bpf, &d, &packets, &octets));
	make(40000, 25, "after", PSH);
	passes(&r);
	capture_live_counters(r.live, &n);
	assert_int_equal(n.withheld, 2);
	assert_int_equal(n.kernel[TAP_STAGE_FILTER].shunted_octets, 20);
	rig_free(&r);
}

static void
headers_alone_pass_where_that_is_asked_for(void **state)
{
	static const enum nest nests[] = {NEST_PLAIN, NEST_VXLAN_IN_GRE_IN_QINQ};
	struct rig r = rig_new(0);
	struct capture_direction d = direction(40000, 25);
	uint64_t packets, octets;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct capture_frame got;

		assert_true(capture_bpf_shunt(r.bpf, &d, TAP_HEADERS));
		nest_tcp(&frame, nests[i], 40000, 25, "ten octets");
		wire_send(r.sender, &frame);
		assert_true(wire_next(r.capture, &got));
		assert_int_equal(got.octets.len, frame.len - 10);
		assert_memory_equal(got.octets.at, frame.at, frame.len - 10);
		assert_int_equal(got.wire_len, frame.len);
		assert_true(capture_bpf_shunted(r.bpf, &d, &packets, &octets));
		assert_int_equal(packets, 1);
		assert_int_equal(octets, 10);
	}
	rig_free(&r);
}

static void
a_new_connection_with_the_same_ports_is_not_shunted(void **state)
{
	struct rig r = rig_new(0);
	struct capture_direction d = direction(40000, 25);

	(void)state;
	assert_true(capture_bpf_shunt(r.bpf, &d, TAP_COUNT));
	make(40000, 25, "", SYN);
	passes(&r);
	make(40000, 25, "EHLO again", PSH);
	passes(&r);
	rig_free(&r);
}

static void
on_other_ports_the_first_segments_pass(void **state)
{
	struct rig r = rig_new(3);
	struct capture_live_counters n;

	(void)state;
	make(40000, 8025, "", SYN);
	passes_not(&r);
	/* Not so the answer: it tells that all was heard from the start. */
	make_back(8025, 40000, "", SYN | ACK);
	passes(&r);
	/* Both directions count as one connection. */
	make_back(8025, 40000, "220 hello", PSH);
	passes(&r);
	make(40000, 8025, "EHLO a", PSH);
	passes(&r);
	make_back(8025, 40000, "250 hello", PSH);
	passes(&r);
	make(40000, 8025, "fourth", PSH);
	passes_not(&r);
	make(40000, 8025, "", ACK);
	passes_not(&r);
	/* A new connection is looked at anew. */
	make(40000, 8025, "", SYN);
	passes_not(&r);
	make(40000, 8025, "EHLO", PSH);
	passes(&r);
	capture_live_counters(r.live, &n);
	assert_int_equal(n.kernel[TAP_STAGE_FILTER].probed, 5);
	assert_int_equal(n.kernel[TAP_STAGE_FILTER].probes_over, 1);
	rig_free(&r);
}

static void
a_verdict_ends_the_probing(void **state)
{
	struct rig r = rig_new(3);
	struct capture_direction d = direction(40000, 8025),
				 other = direction(40000, 8080);

	(void)state;
	make(40000, 8025, "EHLO a", PSH);
	passes(&r);
	assert_true(capture_bpf_decide(r.bpf, &d, TAP_MAIL));
	for (unsigned i = 0; i < 10; i++) {
		make(40000, 8025, "and on and on", PSH);
		passes(&r);
	}
	make(40000, 8025, "", FIN | ACK);
	passes(&r);
	make(40000, 8080, "GET /", PSH);
	passes(&r);
	assert_true(capture_bpf_decide(r.bpf, &other, TAP_OTHER));
	make(40000, 8080, "GET /", PSH);
	passes_not(&r);
	rig_free(&r);
}

/* Maps may not even be read: so it is on Linux 5.10, and no longer on 6.1. */
#define REFUSED 100

/* The child has nothing left but its open descriptors. */
static int
without_root(struct rig *r)
{
	struct capture_direction d = direction(40000, 25);
	struct capture_live_counters n;
	struct capture_frame got;

	if (setgroups(0, NULL) != 0 || setresgid(65534, 65534, 65534) != 0 ||
		setresuid(65534, 65534, 65534) != 0)
		return 1;
	if (socket(AF_PACKET, SOCK_RAW, 0) >= 0)
		return 2;
	make(40000, 25, "before", PSH);
	wire_send(r->sender, &frame);
	if (!wire_next(r->capture, &got))
		return 3;
	if (!capture_bpf_shunt(r->bpf, &d, TAP_COUNT))
		return capture_bpf_counts(r->bpf, n.kernel) ? 4 : REFUSED;
	wire_send(r->sender, &frame);
	if (wire_next(r->capture, &got))
		return 5;
	capture_live_counters(r->live, &n);
	return n.withheld == 1 && n.delivered == 1 ? 0 : 6;
}

static void
shunts_are_written_after_root_was_given_up(void **state)
{
	struct rig r = rig_new(0);
	int status;
	pid_t child = fork();

	(void)state;
	if (child == 0)
		_exit(without_root(&r));
	assert_int_equal(waitpid(child, &status, 0), child);
	rig_free(&r);
	if (WIFEXITED(status) && WEXITSTATUS(status) == REFUSED) {
		printf("SKIP: this kernel keeps eBPF maps from all but root\n");
		skip();
	}
	assert_int_equal(status, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_shunted_direction_is_counted_until_it_is_no_more),
		cmocka_unit_test(headers_alone_pass_where_that_is_asked_for),
		cmocka_unit_test(a_new_connection_with_the_same_ports_is_not_shunted),
		cmocka_unit_test(on_other_ports_the_first_segments_pass),
		cmocka_unit_test(a_verdict_ends_the_probing),
		cmocka_unit_test(shunts_are_written_after_root_was_given_up),
	};

	if (!kernel_permits("test_live_shunt") || !wire_permitted("test_live_shunt"))
		return 0;
	return cmocka_run_group_tests(tests, wire_up, wire_down);
}
