/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * For a port that hears a tap and nothing else: drops what the socket filter would drop,
 * before the kernel has spent memory on it. What passes goes up the stack to the ring. It
 * shares the filter's maps; needs Linux 5.18.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "tap.h"

const volatile struct tap_options tap_options = {.snap = 1};

typedef struct xdp_md tap_context;

#define tap_stage TAP_STAGE_XDP

static __always_inline long
tap_load(tap_context *c, __u32 at, void *to, __u32 n)
{
	return bpf_xdp_load_bytes(c, at, to, n);
}

#include "decide.bpf.h"

static __always_inline int
xdp_walk(tap_context *c, struct walk *w)
{
	const __u8 *head = (const __u8 *)(long)c->data;
	const __u8 *end = (const __u8 *)(long)c->data_end;

	if (head + 38 <= end && walk_plain(head, w)) {
		if (plain_is_other(w))
			return 0;
		if (w->layer == LAYER_UDP_SEEN)
			return 1;
		if (head + 48 <= end) {
			w->at = 34 + (head[46] >> 4) * 4;
			w->tcp_flags = head[47];
			return 1;
		}
	}
	walk_packet(c, w);
	return 1;
}

SEC("xdp.frags")
int
tap_xdp(struct xdp_md *xdp)
{
	__u32 stage = TAP_STAGE_XDP;
	struct tap_counters *n = bpf_map_lookup_elem(&tap_counts, &stage);
	struct walk *w = walk_new();

	if (!n || !w)
		return XDP_PASS;
	if (!xdp_walk(xdp, w)) {
		n->other++;
		return XDP_DROP;
	}
	return decide(xdp, w, bpf_xdp_get_buff_len(xdp), n) ? XDP_PASS : XDP_DROP;
}

char _license[] SEC("license") = "Dual BSD/GPL";
