/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests that need the kernel: whether it lets us, and one packet through a program
 * without any network (BPF_PROG_TEST_RUN).
 */
#ifndef KERNEL_H
#define KERNEL_H

#include <bpf/bpf.h>
#include <stdio.h>

#include "sensor/capture/capture_bpf.h"
#include "tests/unit/feed.h"
#include "tests/unit/frames.h"

#define SNAP 4000u

static const uint16_t kernel_tcp_ports[] = {25, 465, 587, 2525, 53};
static const uint16_t kernel_udp_ports[] = {53};

static inline struct capture_bpf_options
kernel_options(void)
{
	return (struct capture_bpf_options){
		.tcp_ports = kernel_tcp_ports,
		.tcp_count = sizeof(kernel_tcp_ports) / sizeof(*kernel_tcp_ports),
		.udp_ports = kernel_udp_ports,
		.udp_count = sizeof(kernel_udp_ports) / sizeof(*kernel_udp_ports),
		.snap = SNAP,
		.fanout_ports = true,
	};
}

/* False: the tests of this program cannot be run here; said aloud. */
static inline bool
kernel_permits(const char *program)
{
	struct capture_bpf_options o = kernel_options();
	char error[256];
	struct capture_bpf *b = capture_bpf_open(&o, error, sizeof(error));

	if (!b)
		printf("SKIP: %s: %s\n", program, error);
	capture_bpf_close(b);
	return b != NULL;
}

static inline struct capture_bpf *
kernel_load(const struct capture_bpf_options *o)
{
	char error[256] = "";
	struct capture_bpf *b = capture_bpf_open(o, error, sizeof(error));

	if (!b)
		fail_msg("%s", error);
	return b;
}

/* A test run is refused to frames without all of their outermost IP header. */
static inline bool
kernel_takes(struct span frame)
{
	unsigned type = frame.len < 14 ? 0 : (unsigned)frame.at[12] << 8 | frame.at[13];

	return frame.len >= (type == 0x0800 ? 34u : type == 0x86dd ? 54u : 15u);
}

/* What a program returns for a frame that kernel_takes(). */
static inline uint32_t
kernel_run(int program, struct span frame)
{
	LIBBPF_OPTS(bpf_test_run_opts, o, .data_in = frame.at,
		.data_size_in = (uint32_t)frame.len, .repeat = 1);
	int status = bpf_prog_test_run_opts(program, &o);

	if (status != 0)
		fail_msg("test run of %zu octets: %s", frame.len, strerror(-status));
	return o.retval;
}

#endif
