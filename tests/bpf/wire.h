/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests: a network of the process's own with pairs of virtual cables, frames sent on
 * one end and heard on the other.
 */
#ifndef WIRE_H
#define WIRE_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "sensor/capture/capture_live.h"
#include "tests/unit/feed.h"
#include "tests/bpf/nests.h"

static inline void
wire_run(const char *command)
{
	if (system(command) != 0)
		fail_msg("failed: %s", command);
}

/* No router solicitations: what is sent is what the tests send. */
static inline void
wire_hush(void)
{
	int f = open("/proc/sys/net/ipv6/conf/default/disable_ipv6", O_WRONLY);

	if (f < 0)
		return;
	assert_int_equal(write(f, "1", 1), 1);
	close(f);
}

/* False: no network of our own is permitted; said aloud. */
static inline bool
wire_permitted(const char *program)
{
	if (unshare(CLONE_NEWNET) != 0) {
		printf("SKIP: %s: a network of its own: %s\n", program, strerror(errno));
		return false;
	}
	if (system("ip link add probe0 type veth peer name probe1 2>/dev/null") != 0) {
		printf("SKIP: %s: no virtual cables (ip link add … type veth)\n",
			program);
		return false;
	}
	wire_run("ip link del probe0");
	wire_hush();
	return true;
}

/* Ends a0 and b0; the sensor listens at b0. */
static inline void
wire_add(char number)
{
	char command[160];

	snprintf(command, sizeof(command),
		"ip link add a%c type veth peer name b%c && ip link set a%c up && "
		"ip link set b%c up",
		number, number, number, number);
	wire_run(command);
}

static inline void
wire_del(char number)
{
	char command[64];

	snprintf(command, sizeof(command), "ip link del a%c", number);
	wire_run(command);
}

static inline int
wire_sender(const char *interface)
{
	struct sockaddr_ll a = {
		.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(interface)};
	int s = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	assert_true(s >= 0);
	assert_int_equal(bind(s, (const struct sockaddr *)&a, sizeof(a)), 0);
	return s;
}

static inline void
wire_send(int s, const struct frame *f)
{
	assert_int_equal(send(s, f->at, f->len, 0), (ssize_t)f->len);
}

static const uint16_t wire_tcp[] = {25, 465, 587, 2525};
static const uint16_t wire_udp[] = {53};

static inline struct capture_live_options
wire_options(const char *const *interface, size_t interfaces)
{
	return (struct capture_live_options){
		.interface = interface,
		.interfaces = interfaces,
		.method = CAPTURE_LIVE_AFPACKET,
		.ports = {.tcp = wire_tcp,
			.tcp_count = 4,
			.udp = wire_udp,
			.udp_count = 1},
		.shunt = true,
		.ring_octets = 8u << 20,
	};
}

static inline struct capture_live *
wire_open(const struct capture_live_options *o)
{
	char error[CAPTURE_LIVE_ERROR_MAX] = "";
	struct capture_live *l = capture_live_open(o, error);

	if (!l)
		fail_msg("%s", error);
	return l;
}

/* The next frame within two seconds. */
static inline bool
wire_next(struct capture *c, struct capture_frame *out)
{
	for (int ticks = 0; ticks < 20;) {
		enum capture_status status = capture_next(c, out);

		if (status == CAPTURE_FRAME)
			return true;
		if (status == CAPTURE_END)
			return false;
		ticks++;
	}
	return false;
}

/* Fails unless the next frame is this one. */
static inline void
wire_expect(struct capture *c, const struct frame *f)
{
	struct capture_frame got;

	assert_true(wire_next(c, &got));
	assert_int_equal(got.octets.len, f->len);
	assert_memory_equal(got.octets.at, f->at, f->len);
	assert_int_equal(got.wire_len, f->len);
	assert_int_equal(got.linktype, 1);
}

/* Frames until the end, after a stop. */
static inline uint64_t
wire_count_rest(struct capture *c)
{
	struct capture_frame got;
	uint64_t n = 0;

	for (;;) {
		switch (capture_next(c, &got)) {
		case CAPTURE_FRAME:
			n++;
			break;
		case CAPTURE_END:
			return n;
		default:
			break;
		}
	}
}

static inline void
wire_sleep(unsigned ms)
{
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};

	nanosleep(&t, NULL);
}

#endif
