/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the socket filter itself takes for a packet, as BPF_PROG_TEST_RUN tells its time;
 * some 20 ns of each figure are the call. Needs root.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "sensor/base/log.h"
#include "sensor/capture/capture_bpf.h"
#include "tests/unit/frames.h"

static const uint16_t tcp_ports[] = {25, 465, 587, 2525}, udp_ports[] = {53};

static void
die(const char *what)
{
	fprintf(stderr, "bench_filter: %s: %s\n", what, strerror(errno));
	exit(1);
}

#define ALONE_RUNS 4000

static uint32_t
run_once(int program, const struct frame *f, uint32_t repeat, uint32_t *ns)
{
	LIBBPF_OPTS(bpf_test_run_opts, o, .data_in = f->at,
		.data_size_in = (uint32_t)f->len, .repeat = (int)repeat);
	int status = bpf_prog_test_run_opts(program, &o);

	errno = -status;
	if (status != 0)
		die("test run");
	*ns = o.duration;
	return o.retval;
}

/* The best of some: what else the machine does only adds to it. */
static uint32_t
alone(int program, const struct frame *f)
{
	uint32_t best = UINT32_MAX;

	for (int i = 0; i < 15; i++) {
		uint32_t ns;

		run_once(program, f, 100000, &ns);
		best = ns < best ? ns : best;
	}
	return best;
}

static int
by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Each segment once, in order; the median. withheld: how many did not pass. */
static uint32_t
in_order(int program, struct frame *f, uint32_t payload, uint32_t *withheld)
{
	static uint32_t ns[ALONE_RUNS];

	*withheld = 0;
	for (uint32_t i = 0; i < ALONE_RUNS; i++) {
		frame_put32(f->at + 38, i * payload);
		*withheld += run_once(program, f, 1, &ns[i]) == 0;
	}
	qsort(ns, ALONE_RUNS, sizeof(*ns), by_number);
	return ns[ALONE_RUNS / 2];
}

static struct capture_bpf *
load_programs(void)
{
	struct capture_bpf_options o = {.tcp_ports = tcp_ports,
		.tcp_count = 4,
		.udp_ports = udp_ports,
		.udp_count = 1,
		.snap = 262144,
		.shunt = true};
	char error[256];
	struct capture_bpf *b = capture_bpf_open(&o, error, sizeof(error));

	if (!b) {
		fprintf(stderr, "bench_filter: %s\n", error);
		exit(1);
	}
	return b;
}

/* Records of ten segments each. */
static void
table_of_tls(struct capture_bpf *b, const struct capture_direction *d, struct frame *mail)
{
	struct tap_order order = {.cookie = 2, .kind = TAP_ORDER_RECORDS};
	uint32_t payload = (uint32_t)mail->len - 54, withheld, ns;
	uint32_t record = 10 * payload - TAP_HEADER_OCTETS;

	memcpy(mail->at + 54, (const uint8_t[]){23, 3, 3}, 3);
	mail->at[57] = (uint8_t)(record >> 8);
	mail->at[58] = (uint8_t)record;
	capture_bpf_follow(b, d, TAP_RECORDS, 2);
	ns = in_order(capture_bpf_filter(b), mail, payload, &withheld);
	printf("TLS in order, ns: followed %u", ns);
	capture_bpf_follow(b, d, TAP_RECORDS, 2);
	capture_bpf_order(b, d, &order);
	ns = in_order(capture_bpf_filter(b), mail, payload, &withheld);
	printf(", withheld %u (%.1f %% of the segments)\n", ns,
		100.0 * withheld / ALONE_RUNS);
}

static void
table(struct frame *web, struct frame *mail)
{
	struct capture_bpf *b = load_programs();
	struct capture_direction d = {.src = ip_addr_v4((const uint8_t[]){192, 0, 2, 1}),
		.dst = ip_addr_v4((const uint8_t[]){198, 51, 100, 2}),
		.src_port = 40000,
		.dst_port = 25};
	struct tap_order order = {.cookie = 1, .kind = TAP_ORDER_TEXT, .from = 1446};
	uint32_t payload = (uint32_t)mail->len - 54, withheld, ns;
	int filter = capture_bpf_filter(b);

	printf("the filter alone, ns: not mail %u, mail %u", alone(filter, web),
		alone(filter, mail));
	ns = in_order(filter, mail, payload, &withheld);
	printf("; in order, each once: %u", ns);
	capture_bpf_follow(b, &d, TAP_BODY, 1);
	ns = in_order(filter, mail, payload, &withheld);
	printf(", followed (looked for ends of data) %u", ns);
	capture_bpf_follow(b, &d, TAP_BODY, 1);
	capture_bpf_order(b, &d, &order);
	ns = in_order(filter, mail, payload, &withheld);
	printf(", withheld %u (%.1f %% of %u octets each)\n", ns,
		100.0 * withheld / ALONE_RUNS, payload);
	table_of_tls(b, &d, mail);
	capture_bpf_close(b);
}

static void
make_frame(struct frame *f, unsigned port, size_t payload)
{
	static uint8_t text[1448];

	memset(text, 'x', sizeof(text));
	frame_start(f, text, payload);
	frame_tcp(f, 40000, port, 1, 1, 0x10);
	frame_ipv4(f, 1, 2, 6);
	frame_ethernet(f, 0x0800);
}

int
main(void)
{
	static struct frame web, mail;

	log_init(LOG_QUIET, 1);
	make_frame(&web, 443, 846);
	make_frame(&mail, 25, 1446);
	table(&web, &mail);
	return 0;
}
