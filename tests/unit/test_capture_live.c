/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interfaces heard through libpcap, in a network name space of the test's own: what is
 * refused, and that what was opened by then is closed; what comes, in which order, and
 * how it ends. The other means of capture: tests/bpf, tests/live.
 */
#include "feed.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "sensor/base/log.h"
#include "sensor/capture/capture_live.h"

static const uint16_t udp_ports[] = {53}, tcp_ports[] = {25};

/* A name space with a loopback that is up. False: not permitted here. */
static bool
isolate(void)
{
	struct ifreq r = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
	int s;
	bool up;

	if (unshare(CLONE_NEWNET) != 0)
		return false;
	s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	up = s >= 0 && ioctl(s, SIOCSIFFLAGS, &r) == 0;
	if (s >= 0)
		close(s);
	return up;
}

static bool isolated;

#define NEEDS_ROOT                                                                       \
	do {                                                                             \
		if (!isolated) {                                                         \
			print_message("SKIP: no network name space of our own\n");       \
			return;                                                          \
		}                                                                        \
	} while (0)

static struct capture_live_options
options(const char *const *names, size_t count)
{
	return (struct capture_live_options){
		.interface = names,
		.interfaces = count,
		.method = CAPTURE_LIVE_PCAP,
		.ports = {.tcp = tcp_ports,
			.tcp_count = 1,
			.udp = udp_ports,
			.udp_count = 1},
		.ring_octets = 1 << 20,
		.tick_ms = 20,
		.not_promiscuous = true,
	};
}

/* One datagram to that port of this host. */
static void
send_to(uint16_t port, const char *text)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_true(s >= 0);
	assert_int_equal(sendto(s, text, strlen(text), 0, (const struct sockaddr *)&to,
				 sizeof(to)),
		strlen(text));
	close(s);
}

static void
what_cannot_be_is_refused_before_anything_is_opened(void **state)
{
	static const char *const one[] = {"lo"};
	struct capture_live_options o;
	char error[CAPTURE_LIVE_ERROR_MAX] = "";

	(void)state;
	o = options(one, 0);
	assert_null(capture_live_open(&o, error));
	assert_string_equal(error, "no interface named");
	o = options(one, CAPTURE_LIVE_INTERFACES_MAX + 1);
	assert_null(capture_live_open(&o, error));
	assert_string_equal(error, "too many interfaces");
	o = options(one, 1);
	o.threads = CAPTURE_LIVE_THREADS_MAX + 1;
	assert_null(capture_live_open(&o, error));
	assert_string_equal(error, "too many threads");
	capture_live_close(NULL);
}

/* The error names it; the one before it is closed again (the sanitizer would tell). */
static void
an_interface_that_there_is_not_is_named(void **state)
{
	static const char *const names[] = {"lo", "nosuch0"};
	struct capture_live_options o = options(names, 2);
	char error[CAPTURE_LIVE_ERROR_MAX] = "";
	int before, after;

	(void)state;
	NEEDS_ROOT;
	before = dup(STDERR_FILENO);
	assert_null(capture_live_open(&o, error));
	assert_non_null(strstr(error, "nosuch0"));
	assert_null(strchr(error, '\n'));
	/* As many descriptors as before. */
	close(before);
	after = dup(STDERR_FILENO);
	assert_int_equal(after, before);
	close(after);
}

static void
what_the_ports_ask_for_comes_and_the_rest_does_not(void **state)
{
	static const char *const names[] = {"lo"};
	struct capture_live_options o = options(names, 1);
	struct capture_live_interface one;
	struct capture_live_counters n;
	char error[CAPTURE_LIVE_ERROR_MAX] = "";
	struct capture_frame f;
	struct capture_live *l;
	struct capture *c;
	enum capture_status status;
	unsigned frames = 0;

	(void)state;
	NEEDS_ROOT;
	l = capture_live_open(&o, error);
	if (!l)
		fail_msg("%s", error);
	assert_int_equal(capture_live_interfaces(l), 1);
	assert_null(capture_live_bpf(l));
	c = capture_live_thread(l, 0);
	send_to(54, "not ours");
	send_to(53, "ours");
	send_to(53, "ours, too");
	/* Stopped: what has come by now is still given, then the end, again and again. */
	usleep(100000);
	capture_live_stop(l);
	while ((status = capture_next(c, &f)) != CAPTURE_END) {
		if (status == CAPTURE_IDLE)
			continue;
		assert_int_equal(status, CAPTURE_FRAME);
		/* Ethernet, IPv4 and UDP before the text. */
		assert_true(f.octets.len >= 14 + 20 + 8 + 4);
		assert_memory_equal(f.octets.at + 42, "ours", 4);
		assert_int_equal(f.wire_len, f.octets.len);
		assert_int_equal(f.at.frame, ++frames);
		assert_true(f.at.ns > UINT64_C(1500000000000000000));
	}
	assert_int_equal(frames, 2);
	assert_int_equal(capture_next(c, &f), CAPTURE_END);
	capture_live_counters(l, &n);
	assert_int_equal(n.delivered, 2);
	assert_int_equal(n.dropped, 0);
	assert_false(n.kernel_known);
	capture_live_interface(l, 0, &one);
	assert_string_equal(one.name, "lo");
	assert_string_equal(capture_live_method_name(one.method), "pcap");
	assert_int_equal(one.stats.delivered, 2);
	capture_live_close(l);
}

/* libpcap is heard by the first thread alone; the others are silent, and end too. */
static void
other_threads_hear_nothing_and_end(void **state)
{
	static const char *const names[] = {"lo"};
	struct capture_live_options o = options(names, 1);
	char error[CAPTURE_LIVE_ERROR_MAX] = "";
	struct capture_frame f;
	struct capture_live *l;

	(void)state;
	NEEDS_ROOT;
	o.threads = 2;
	l = capture_live_open(&o, error);
	if (!l)
		fail_msg("%s", error);
	send_to(53, "ours");
	assert_int_equal(capture_next(capture_live_thread(l, 1), &f), CAPTURE_IDLE);
	capture_live_stop(l);
	while (capture_next(capture_live_thread(l, 1), &f) == CAPTURE_IDLE)
		;
	assert_int_equal(capture_next(capture_live_thread(l, 1), &f), CAPTURE_END);
	capture_live_close(l);
}

static void
each_method_has_its_name(void **state)
{
	(void)state;
	assert_string_equal(capture_live_method_name(CAPTURE_LIVE_AUTO), "auto");
	assert_string_equal(capture_live_method_name(CAPTURE_LIVE_AFPACKET), "afpacket");
	assert_string_equal(capture_live_method_name(CAPTURE_LIVE_XDP), "xdp");
	assert_string_equal(capture_live_method_name(CAPTURE_LIVE_PCAP), "pcap");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_cannot_be_is_refused_before_anything_is_opened),
		cmocka_unit_test(an_interface_that_there_is_not_is_named),
		cmocka_unit_test(what_the_ports_ask_for_comes_and_the_rest_does_not),
		cmocka_unit_test(other_threads_hear_nothing_and_end),
		cmocka_unit_test(each_method_has_its_name),
	};

	log_init(LOG_QUIET, 1);
	isolated = isolate();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
