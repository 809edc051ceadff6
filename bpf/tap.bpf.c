/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The socket filter, which says how much of each packet goes into the ring, and the
 * program that says into which of several rings. Only UAPI headers and no relocations
 * against the running kernel: it needs no type information where it runs.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include <bpf/bpf_helpers.h>

#include "tap.h"

const volatile struct tap_options tap_options = {.snap = 1};

typedef struct __sk_buff tap_context;

#define tap_stage TAP_STAGE_FILTER

/*
 * Relative to the link header: the fanout program is called with the packet's data at the
 * network header where it was received, at the link header where it is sent. But that
 * reads only what lies in one piece behind it. Cards put the rest, often all but the first
 * hundred octets, elsewhere; that is read relative to the data, which begin cb[0] octets
 * behind the link header.
 */
static __always_inline long
tap_load(tap_context *c, __u32 at, void *to, __u32 n)
{
	if (bpf_skb_load_bytes_relative(c, at, to, n, BPF_HDR_START_MAC) == 0)
		return 0;
	return bpf_skb_load_bytes(c, at - c->cb[0], to, n);
}

#include "decide.bpf.h"

static __always_inline int
filter_walk(tap_context *c, struct walk *w)
{
	__u8 head[38], flags[2];

	if (tap_load(c, 0, head, 38) == 0 && walk_plain(head, w)) {
		if (plain_is_other(w))
			return 0;
		if (w->layer == LAYER_UDP_SEEN)
			return 1;
		if (tap_load(c, 46, flags, 2) == 0) {
			w->at = 34 + (flags[0] >> 4) * 4;
			w->tcp_flags = flags[1];
			return 1;
		}
	}
	walk_packet(c, w);
	return 1;
}

SEC("socket")
int
tap_filter(struct __sk_buff *skb)
{
	__u32 stage = TAP_STAGE_FILTER;
	struct tap_counters *n = bpf_map_lookup_elem(&tap_counts, &stage);
	struct walk *w = walk_new();

	if (!n || !w)
		return 0;
	if (filter_walk(skb, w))
		return decide(skb, w, skb->len, n);
	n->other++;
	return 0;
}

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, int(struct __sk_buff *));
} tap_jump SEC(".maps") = {.values = {&tap_filter}};

/*
 * What a socket is given. Linux 5.10 and 6.1 let a socket have no program that is longer,
 * with all its functions, than net.core.optmem_max: too little for the filter. What is
 * jumped to is not counted.
 */
SEC("socket")
int
tap_enter(struct __sk_buff *skb)
{
	bpf_tail_call(skb, &tap_jump, 0);
	return tap_options.snap;
}

/* Jenkins' final mix: all bits of the result depend on all bits of a, b, c. */
static __always_inline __u32
mix(__u32 a, __u32 b, __u32 c)
{
#define ROTATED(x, n) ((x) << (n) | (x) >> (32 - (n)))
	c = (c ^ b) - ROTATED(b, 14);
	a = (a ^ c) - ROTATED(c, 11);
	b = (b ^ a) - ROTATED(a, 25);
	c = (c ^ b) - ROTATED(b, 16);
	a = (a ^ c) - ROTATED(c, 4);
	b = (b ^ a) - ROTATED(a, 14);
	return (c ^ b) - ROTATED(b, 24);
#undef ROTATED
}

static __always_inline __u32
end_hash(const __u8 *address, __u32 port)
{
	__u32 v[4];

	__builtin_memcpy(v, address, 16);
	return mix(v[0] + port, v[1] ^ v[2], v[3] + 0x9e3779b9);
}

/*
 * The same for both directions of a connection: a sum does not know which end is which.
 * Pieces of datagrams have addresses only, so all of a datagram goes by these.
 */
SEC("socket")
int
tap_fanout(struct __sk_buff *skb)
{
	__u32 src_port = 0, dst_port = 0;
	struct walk *w = walk_new();

	if (!w)
		return 0;
	if (skb->pkt_type != PACKET_OUTGOING)
		skb->cb[0] = ETH_HLEN;
	walk_packet(skb, w);
	if (tap_options.fanout_ports && !w->first &&
		(w->layer == LAYER_TCP_SEEN || w->layer == LAYER_UDP_SEEN)) {
		src_port = w->flow.src_port;
		dst_port = w->flow.dst_port;
	}
	src_port = end_hash(w->flow.src, src_port) + end_hash(w->flow.dst, dst_port);
	return mix(src_port, 0x5bd1e995, src_port >> 16) & 0x7fffffff;
}

char _license[] SEC("license") = "Dual BSD/GPL";
