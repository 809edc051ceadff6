/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The world around the capture: interfaces that go and come back, the host's own traffic,
 * and XDP, which would disturb it.
 */
#include "sensor/sandbox/sandbox.h"
#include "tests/bpf/kernel.h"
#include "tests/bpf/wire.h"

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

static void
send_mail(const char *payload)
{
	int s = wire_sender("a0");

	frame_start_text(&frame, payload);
	frame_tcp(&frame, 40000, 25, 1, 1, 0x18);
	frame_ipv4(&frame, 1, 2, 6);
	frame_ethernet(&frame, 0x0800);
	wire_send(s, &frame);
	close(s);
}

/* From any of the threads, within some seconds; sent again until it is heard. */
static bool
hears_again(struct capture_live *l, size_t threads)
{
	for (int tries = 0; tries < 60; tries++) {
		send_mail("back again");
		for (size_t t = 0; t < threads; t++) {
			struct capture_frame got;

			if (capture_next(capture_live_thread(l, t), &got) ==
				CAPTURE_FRAME)
				return got.octets.len == frame.len &&
				       memcmp(got.octets.at, frame.at, frame.len) == 0;
		}
	}
	return false;
}

static void
drop_root(void)
{
	static const struct sandbox_options o = {.bpf = true};

	assert_int_equal(sandbox_enter(&o), 0);
	assert_int_equal(sandbox_thread(), 0);
}

/*
 * The capture runs in a child that has given up root; the parent takes the interface
 * away and brings another of its name.
 */
static int
survivor(const struct capture_live_options *o, int ready, int gone)
{
	struct capture_live *l = wire_open(o);
	struct capture_live_interface at;
	struct capture_frame got;
	bool heard = false;
	char c = 0;

	drop_root();
	if (write(ready, &c, 1) != 1)
		return 1;
	/* The wire hums on until it is cut: the parent tells when it is whole again. */
	while (recv(gone, &c, 1, MSG_DONTWAIT) != 1)
		for (size_t t = 0; t < o->threads; t++)
			capture_next(capture_live_thread(l, t), &got);
	/* What was heard before the cut may still be among the first. */
	for (int i = 0; i < 200; i++)
		for (size_t t = 0; t < o->threads; t++) {
			if (capture_next(capture_live_thread(l, t), &got) !=
				CAPTURE_FRAME)
				continue;
			capture_live_interface(l, 0, &at);
			if (at.stats.returns == 1 && at.state == CAPTURE_LINK_UP)
				return 0;
			heard = true;
		}
	return heard ? 2 : 3;
}

static void
take_away_and_bring_back(struct capture_live_options *o)
{
	int pair[2], status;
	char c;
	pid_t child;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	child = fork();
	if (child == 0)
		_exit(survivor(o, pair[1], pair[1]));
	assert_int_equal(read(pair[0], &c, 1), 1);
	wire_del('0');
	wire_sleep(1500);
	wire_add('0');
	assert_int_equal(write(pair[0], &c, 1), 1);
	for (int i = 0; i < 200 && waitpid(child, &status, WNOHANG) == 0; i++) {
		send_mail("is anybody there?");
		wire_sleep(50);
	}
	waitpid(child, &status, 0);
	close(pair[0]);
	close(pair[1]);
	assert_int_equal(status, 0);
}

static void
an_interface_that_comes_back_is_heard_again_without_root(void **state)
{
	struct capture_live_options o = wire_options(b0, 1);

	(void)state;
	o.tick_ms = 20;
	o.threads = 1;
	take_away_and_bring_back(&o);
	o.threads = 2;
	take_away_and_bring_back(&o);
}

static void
an_interface_that_was_down_is_heard_again(void **state)
{
	static const enum capture_live_method methods[] = {
		CAPTURE_LIVE_AFPACKET, CAPTURE_LIVE_PCAP};

	(void)state;
	for (size_t m = 0; m < 2; m++) {
		struct capture_live_options o = wire_options(b0, 1);
		struct capture_live *l;
		struct capture_live_interface at;

		o.tick_ms = 100;
		o.method = methods[m];
		l = wire_open(&o);
		send_mail("before");
		wire_expect(capture_live_thread(l, 0), &frame);
		wire_run("ip link set b0 down");
		for (int i = 0; i < 13; i++) {
			struct capture_frame got;

			assert_int_not_equal(
				capture_next(capture_live_thread(l, 0), &got),
				CAPTURE_END);
		}
		capture_live_interface(l, 0, &at);
		assert_int_equal(at.state, CAPTURE_LINK_DOWN);
		wire_run("ip link set b0 up");
		assert_true(hears_again(l, 1));
		capture_live_close(l);
	}
}

/* --- the host's own traffic -------------------------------------------------------- */

#define HOST_OCTETS (8u << 20)

static uint8_t
octet_at(size_t i)
{
	return (uint8_t)(i * 2654435761u >> 13);
}

/* In a network of its own at the other end of the cable: sends it all to 10.9.9.1. */
static int
peer(int ready, uint16_t port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
	static uint8_t octets[HOST_OCTETS];
	int s = socket(AF_INET, SOCK_STREAM, 0);
	size_t sent = 0;
	char c;

	if (read(ready, &c, 1) != 1)
		return 1;
	inet_pton(AF_INET, "10.9.9.1", &a.sin_addr);
	for (size_t i = 0; i < HOST_OCTETS; i++)
		octets[i] = octet_at(i);
	if (connect(s, (const struct sockaddr *)&a, sizeof(a)) != 0)
		return 2;
	while (sent < HOST_OCTETS) {
		ssize_t n = send(s, octets + sent, HOST_OCTETS - sent, 0);

		if (n <= 0)
			return 3;
		sent += (size_t)n;
	}
	close(s);
	return 0;
}

static pid_t
start_peer(uint16_t port, int pair[2])
{
	char command[256], c = 0;
	pid_t child;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	child = fork();
	if (child == 0) {
		if (unshare(CLONE_NEWNET) != 0 || write(pair[1], &c, 1) != 1)
			_exit(9);
		_exit(peer(pair[1], port));
	}
	assert_int_equal(read(pair[0], &c, 1), 1);
	snprintf(command, sizeof(command),
		"ip link add h0 type veth peer name h1 && ip link set h1 netns %d && "
		"ip addr add 10.9.9.1/24 dev h0 && ip link set h0 up && "
		"nsenter -t %d -n sh -c 'ip addr add 10.9.9.2/24 dev h1; ip link set h1 "
		"up'",
		(int)child, (int)child);
	wire_run(command);
	return child;
}

static int
serve(uint16_t port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	assert_int_equal(bind(s, (const struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(s, 1), 0);
	return s;
}

static void
receive_all(int listener)
{
	static uint8_t octets[65536];
	int s = accept(listener, NULL, NULL);
	size_t got = 0;
	ssize_t n;

	assert_true(s >= 0);
	while ((n = recv(s, octets, sizeof(octets), 0)) > 0) {
		for (ssize_t i = 0; i < n; i++)
			if (octets[i] != octet_at(got + (size_t)i))
				fail_msg("octet %zu differs", got + (size_t)i);
		got += (size_t)n;
	}
	assert_int_equal(got, HOST_OCTETS);
	close(s);
}

/* Payload of all segments to that port, by lengths: offloaded ones are long. */
static uint64_t
octets_heard(struct capture_live *l, uint16_t port)
{
	struct capture_frame got;
	uint64_t octets = 0;

	while (capture_next(capture_live_thread(l, 0), &got) == CAPTURE_FRAME) {
		const uint8_t *ip = got.octets.at + 14;
		unsigned to = (unsigned)ip[22] << 8 | ip[23];

		if (to == port)
			octets += got.wire_len - 34 - (ip[32] >> 4) * 4u;
	}
	return octets;
}

static void
carry(uint16_t port, uint64_t *heard)
{
	static const char *const h0[] = {"h0"};
	struct capture_live_options o = wire_options(h0, 1);
	int pair[2], listener = serve(port), status;
	pid_t child = start_peer(port, pair);
	struct capture_live *l;
	char c = 0;

	o.ring_octets = 32u << 20;
	l = wire_open(&o);
	assert_int_equal(write(pair[0], &c, 1), 1);
	receive_all(listener);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	capture_live_stop(l);
	*heard = octets_heard(l, port);
	capture_live_close(l);
	close(listener);
	close(pair[0]);
	close(pair[1]);
	/* The cable went with the peer's network, but perhaps not yet. */
	if (system("ip link del h0 2>/dev/null") < 0)
		fail();
}

static void
the_hosts_own_connections_go_on_and_are_heard_whole(void **state)
{
	uint64_t heard;

	(void)state;
	carry(5001, &heard);
	assert_int_equal(heard, 0);
	carry(25, &heard);
	/* At least all of it: what was sent twice is heard twice. */
	assert_in_range(heard, HOST_OCTETS, HOST_OCTETS + HOST_OCTETS / 8);
}

/* --- XDP --------------------------------------------------------------------------- */

static void
xdp_is_refused_where_the_host_lives(void **state)
{
	struct capture_live_options o = wire_options(b0, 1);
	char error[CAPTURE_LIVE_ERROR_MAX] = "";
	struct capture_live *l;

	(void)state;
	o.method = CAPTURE_LIVE_XDP;
	wire_run("ip addr add 10.8.8.1/24 dev b0");
	assert_null(capture_live_open(&o, error));
	assert_non_null(strstr(error, "b0: XDP would cut the host off"));
	o.xdp_forced = true;
	l = wire_open(&o);
	capture_live_close(l);
	wire_run("ip addr del 10.8.8.1/24 dev b0");
	/* An interface that a bridge has taken has no address of its own. */
	if (system("ip link add br0 type bridge 2>/dev/null") == 0) {
		o.xdp_forced = false;
		wire_run("ip link set b0 master br0");
		assert_null(capture_live_open(&o, error));
		assert_non_null(strstr(error, "other interfaces"));
		wire_run("ip link del br0");
	}
}

static void
xdp_drops_the_rest_before_the_ring(void **state)
{
	static const enum capture_bpf_xdp ways[] = {
		CAPTURE_BPF_XDP_NATIVE, CAPTURE_BPF_XDP_GENERIC};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct capture_live_options o = wire_options(b0, 1);
		struct capture_live *l;
		struct capture_live_counters n;
		int s = wire_sender("a0");

		o.method = CAPTURE_LIVE_XDP;
		o.xdp = ways[i];
		l = wire_open(&o);
		for (enum nest nest = 0; nest < NEST_COUNT; nest++) {
			nest_tcp(&frame, nest, 40000, 80, "GET / HTTP/1.1\r\n");
			wire_send(s, &frame);
			nest_tcp(&frame, nest, 40000, 25, "EHLO a\r\n");
			wire_send(s, &frame);
			wire_expect(capture_live_thread(l, 0), &frame);
		}
		capture_live_counters(l, &n);
		assert_int_equal(n.kernel[TAP_STAGE_XDP].other, NEST_COUNT);
		assert_int_equal(n.kernel[TAP_STAGE_FILTER].other, 0);
		assert_int_equal(n.delivered + n.unread, NEST_COUNT);
		close(s);
		capture_live_close(l);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_interface_that_was_down_is_heard_again),
		cmocka_unit_test(
			an_interface_that_comes_back_is_heard_again_without_root),
		cmocka_unit_test(the_hosts_own_connections_go_on_and_are_heard_whole),
		cmocka_unit_test(xdp_is_refused_where_the_host_lives),
		cmocka_unit_test(xdp_drops_the_rest_before_the_ring),
	};

	if (!kernel_permits("test_live_away") || !wire_permitted("test_live_away"))
		return 0;
	return cmocka_run_group_tests(tests, wire_up, wire_down);
}
