/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Walks the headers of a packet to the innermost TCP or UDP ports. It need not be right,
 * only never drop what the sensor would have understood: where it cannot follow, the walk
 * ends in LAYER_UNSURE and the packet passes.
 *
 * One function per layer, not inlined, called from a loop with a bound: that is what the
 * verifiers of 5.10 to 6.18 all accept. Whoever includes this defines before
 *	tap_context	the type of the program's context
 *	tap_load(c, at, to, n)	n octets of the packet, from its link header on; 0 or < 0
 */
#ifndef PARSE_BPF_H
#define PARSE_BPF_H

#include <bpf/bpf_endian.h>

/* Headers walked, extension headers each. Beyond: unsure. */
#define LAYERS_MAX 16
/* Labels of one MPLS stack. Beyond: unsure. */
#define LABELS_MAX 8
/* GTP-U extension headers. Beyond: unsure. */
#define GTP_EXTENSIONS_MAX 4
/* How far from the packet's start a header may lie. Beyond: unsure. */
#define HEADERS_MAX 2048

enum layer {
	/* the walk is over */
	LAYER_NOTHING, /* neither TCP nor UDP nor a piece of a datagram */
	LAYER_UNSURE,
	LAYER_PIECE, /* a fragment without ports */
	LAYER_TCP_SEEN,
	LAYER_UDP_SEEN,
	/* it goes on */
	LAYER_ETHERNET,
	LAYER_TAG,
	LAYER_ETAG,
	LAYER_VNTAG,
	LAYER_PBB,
	LAYER_LLC,
	LAYER_MPLS,
	LAYER_PPPOE,
	LAYER_PPP,
	LAYER_IP,
	LAYER_IPV4,
	LAYER_IPV6,
	LAYER_EXTENSION,
	LAYER_AUTHENTICATION,
	LAYER_FRAGMENT,
	LAYER_TCP,
	LAYER_UDP,
	LAYER_GRE,
	LAYER_ERSPAN3,
	LAYER_WCCP,
	LAYER_VXLAN,
	LAYER_GENEVE,
	LAYER_GTP_U
};

struct walk {
	__u32 at; /* octets from the packet's start to the next header; then to payload */
	__u32 layer;
	__u32 end;   /* where the innermost IP packet ends; 0: where the frame does */
	__u32 first; /* 1: inside a datagram's first piece: what is cut may go on */
	__u32 ipv6;  /* 1: the innermost IP header */
	__u32 tcp_flags;
	__u32 tcp;   /* octets from the packet's start to TCP's header */
	__u32 found; /* 1: on none of our ports, mail by verdict */
	struct tap_flow flow;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct walk);
} tap_walks SEC(".maps");

/*
 * All zero; nobody else runs on this processor meanwhile. Not on the stack, of which
 * verifiers know each octet: they would look at all that follows once for each of the
 * several hundred ways through the walk.
 */
static __always_inline struct walk *
walk_new(void)
{
	__u32 first = 0;
	struct walk *w = bpf_map_lookup_elem(&tap_walks, &first);

	if (w)
		__builtin_memset(w, 0, sizeof(*w));
	return w;
}

#define TCP_FIN 0x01
#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_ACK 0x10
/* Of a header without options (RFC 9293 3.1): none is shorter. */
#define TCP_OCTETS 20

/* A header that is not all there: mail cannot be behind it, but in the next piece. */
static __always_inline __u32
layer_cut(const struct walk *w)
{
	return w->first ? LAYER_UNSURE : LAYER_NOTHING;
}

static __always_inline __u32
layer_of_type(__u16 type)
{
	switch (type) {
	case 0x0800:
		return LAYER_IPV4;
	case 0x86dd:
		return LAYER_IPV6;
	case 0x8100: /* IEEE 802.1Q */
	case 0x88a8: /* 802.1ad */
	case 0x9100:
	case 0x9200:
		return LAYER_TAG;
	case 0x893f: /* 802.1BR */
		return LAYER_ETAG;
	case 0x8926: /* VN-Tag */
		return LAYER_VNTAG;
	case 0x8847:
	case 0x8848:
		return LAYER_MPLS;
	case 0x8864:
		return LAYER_PPPOE;
	case 0x88e7: /* 802.1ah */
		return LAYER_PBB;
	case 0x6558: /* transparent bridging */
		return LAYER_ETHERNET;
	case 0x88e5: /* MACsec, which may be in clear */
	case 0x894f: /* NSH */
		return LAYER_UNSURE;
	default:
		return LAYER_NOTHING;
	}
}

static __always_inline __u32
layer_of_protocol(const struct walk *w, __u8 protocol)
{
	switch (protocol) {
	case 6:
		return LAYER_TCP;
	case 17:
		return LAYER_UDP;
	case 4:
		return LAYER_IPV4;
	case 41:
		return LAYER_IPV6;
	case 47:
		return LAYER_GRE;
	case 51:
		return LAYER_AUTHENTICATION;
	case 97: /* EtherIP */
		return LAYER_UNSURE;
	case 137:
		return LAYER_MPLS;
	case 143:
		return LAYER_ETHERNET;
	case 44:
		return w->ipv6 ? LAYER_FRAGMENT : LAYER_NOTHING;
	case 0:
	case 43:
	case 60:
	case 135:
	case 139:
	case 140:
		return w->ipv6 ? LAYER_EXTENSION : LAYER_NOTHING;
	default:
		return LAYER_NOTHING;
	}
}

/* --- link ------------------------------------------------------------------------ */

/* skip octets, the last two of them a type; small values are lengths of LLC frames. */
static __always_inline __u32
typed(tap_context *c, struct walk *w, __u32 skip)
{
	__be16 type;

	if (tap_load(c, w->at + skip - 2, &type, 2) < 0)
		return layer_cut(w);
	w->at += skip;
	if (bpf_ntohs(type) <= 1500)
		return LAYER_LLC;
	return layer_of_type(bpf_ntohs(type));
}

static __noinline __u32
walk_ethernet(tap_context *c, struct walk *w)
{
	return typed(c, w, 14);
}

static __noinline __u32
walk_tag(tap_context *c, struct walk *w)
{
	__u32 layer = w->layer;

	return typed(c, w, layer == LAYER_TAG ? 4 : layer == LAYER_ETAG ? 8 : 6);
}

/* IEEE 802.2 and SNAP, RFC 1042; 00-80-c2 is a bridged frame (RFC 2427 5.1). */
static __noinline __u32
walk_llc(tap_context *c, struct walk *w)
{
	__u8 h[8];
	__u16 type;

	if (tap_load(c, w->at, h, 8) < 0)
		return layer_cut(w);
	if (h[0] == 6 && h[1] == 6 && h[2] == 3) {
		w->at += 3;
		return LAYER_IPV4;
	}
	if (h[0] != 0xaa || h[1] != 0xaa || h[2] != 3)
		return LAYER_NOTHING;
	w->at += 8;
	type = h[6] << 8 | h[7];
	if (h[3] == 0 && h[4] == 0x80 && h[5] == 0xc2)
		return type == 1 || type == 7 ? LAYER_ETHERNET : LAYER_NOTHING;
	if (h[3] != 0 || h[4] != 0 || (h[5] != 0 && h[5] != 0xf8))
		return LAYER_NOTHING;
	return layer_of_type(type);
}

/* A type that a pseudowire's Ethernet header might show skip octets on. */
static __always_inline int
like_ethernet(tap_context *c, const struct walk *w, __u32 skip)
{
	__be16 type;

	if (tap_load(c, w->at + skip + 12, &type, 2) < 0)
		return 0;
	switch (bpf_ntohs(type)) {
	case 0x0800:
	case 0x86dd:
	case 0x8100:
	case 0x88a8:
	case 0x8847:
	case 0x8864:
		return 1;
	default:
		return 0;
	}
}

/* RFC 4385 2, 3: what is no IP and begins with 0 has a control word, or has not. */
static __always_inline __u32
layer_in_mpls(tap_context *c, struct walk *w)
{
	__u8 first;

	if (tap_load(c, w->at, &first, 1) < 0)
		return layer_cut(w);
	switch (first >> 4) {
	case 4:
		return like_ethernet(c, w, 0) ? LAYER_UNSURE : LAYER_IPV4;
	case 6:
		return like_ethernet(c, w, 0) ? LAYER_UNSURE : LAYER_IPV6;
	case 0:
		if (like_ethernet(c, w, 4) || !like_ethernet(c, w, 0))
			w->at += 4;
		return LAYER_ETHERNET;
	default:
		return LAYER_ETHERNET;
	}
}

/* RFC 3032 2.1 */
static __noinline __u32
walk_mpls(tap_context *c, struct walk *w)
{
	for (int i = 0; i < LABELS_MAX; i++) {
		__be32 entry;

		if (tap_load(c, w->at, &entry, 4) < 0)
			return layer_cut(w);
		w->at += 4;
		if (bpf_ntohl(entry) & 0x100)
			return layer_in_mpls(c, w);
	}
	return LAYER_UNSURE;
}

/* RFC 2516 4: version and type 1, code 0: data of a session. */
static __noinline __u32
walk_pppoe(tap_context *c, struct walk *w)
{
	__u8 h[2];

	if (tap_load(c, w->at, h, 2) < 0)
		return layer_cut(w);
	w->at += 6;
	return h[0] == 0x11 && h[1] == 0 ? LAYER_PPP : LAYER_NOTHING;
}

/* RFC 1661 6.5 and RFC 1662 3.1: ff 03 may stand before, a leading 00 may be left out. */
static __noinline __u32
walk_ppp(tap_context *c, struct walk *w)
{
	__u8 h[4];
	__u32 n = 0, protocol;

	if (tap_load(c, w->at, h, 4) < 0)
		return layer_cut(w);
	if (h[0] == 0xff) {
		n = 2;
		h[0] = h[2];
		h[1] = h[3];
	}
	protocol = h[0];
	if (!(protocol & 1)) {
		protocol = protocol << 8 | h[1];
		n++;
	}
	w->at += n + 1;
	switch (protocol) {
	case 0x0021:
		return LAYER_IPV4;
	case 0x0057:
		return LAYER_IPV6;
	case 0x0281:
	case 0x0283:
		return LAYER_MPLS;
	default:
		return LAYER_NOTHING;
	}
}

/* --- network --------------------------------------------------------------------- */

static __noinline __u32
walk_ip(tap_context *c, struct walk *w)
{
	__u8 first;

	if (tap_load(c, w->at, &first, 1) < 0)
		return layer_cut(w);
	if (first >> 4 == 4)
		return LAYER_IPV4;
	return first >> 4 == 6 ? LAYER_IPV6 : LAYER_NOTHING;
}

static __always_inline void
map_address(__u8 *to, const __u8 *from)
{
	__builtin_memset(to, 0, 10);
	to[10] = 0xff;
	to[11] = 0xff;
	__builtin_memcpy(to + 12, from, 4);
}

/* RFC 791 3.1. A length of 0: to be cut into segments by the network card. */
static __noinline __u32
walk_ipv4(tap_context *c, struct walk *w)
{
	__u8 h[20];
	__u32 length, pieces;

	if (tap_load(c, w->at, h, 20) < 0)
		return layer_cut(w);
	if (h[0] < 0x45 || h[0] > 0x4f)
		return LAYER_NOTHING;
	length = h[2] << 8 | h[3];
	pieces = h[6] << 8 | h[7];
	w->end = length ? w->at + length : 0;
	w->ipv6 = 0;
	map_address(w->flow.src, h + 12);
	map_address(w->flow.dst, h + 16);
	w->at += (h[0] & 15) * 4;
	if (pieces & 0x1fff)
		return LAYER_PIECE;
	if (pieces & 0x2000)
		w->first = 1;
	return layer_of_protocol(w, h[9]);
}

/* RFC 8200 3 */
static __noinline __u32
walk_ipv6(tap_context *c, struct walk *w)
{
	__u8 h[40];
	__u32 length;

	if (tap_load(c, w->at, h, 40) < 0)
		return layer_cut(w);
	if (h[0] >> 4 != 6)
		return LAYER_NOTHING;
	length = h[4] << 8 | h[5];
	w->end = length ? w->at + 40 + length : 0;
	w->ipv6 = 1;
	__builtin_memcpy(w->flow.src, h + 8, 16);
	__builtin_memcpy(w->flow.dst, h + 24, 16);
	w->at += 40;
	return layer_of_protocol(w, h[6]);
}

/* RFC 8200 4, RFC 4302 2.2: next header(1) length(1) */
static __noinline __u32
walk_extension(tap_context *c, struct walk *w)
{
	__u8 h[2];

	if (tap_load(c, w->at, h, 2) < 0)
		return layer_cut(w);
	if (w->layer == LAYER_AUTHENTICATION)
		w->at += (h[1] + 2) * 4;
	else
		w->at += (h[1] + 1) * 8;
	return layer_of_protocol(w, h[0]);
}

/* RFC 8200 4.5: next header(1) reserved(1) offset(13 bits) reserved(2) more(1) id(4) */
static __noinline __u32
walk_fragment(tap_context *c, struct walk *w)
{
	__u8 h[8];

	if (tap_load(c, w->at, h, 8) < 0)
		return layer_cut(w);
	w->at += 8;
	if (h[2] || h[3] & 0xf8)
		return LAYER_PIECE;
	if (h[3] & 1)
		w->first = 1;
	return layer_of_protocol(w, h[0]);
}

/* --- transport ------------------------------------------------------------------- */

/* RFC 9293 3.1. Where flags are cut off, those are assumed that always pass. */
static __noinline __u32
walk_tcp(tap_context *c, struct walk *w)
{
	__u8 h[2];

	if (tap_load(c, w->at, &w->flow.src_port, 4) < 0)
		return layer_cut(w);
	w->tcp = w->at;
	w->tcp_flags = TCP_FIN;
	if (tap_load(c, w->at + 12, h, 2) == 0) {
		w->tcp_flags = h[1];
		w->at += (h[0] >> 4) * 4;
	}
	return LAYER_TCP_SEEN;
}

/* Tunnels told by port, as the sensor's dissector tells them. */
static __always_inline __u32
layer_of_ports(__u16 src, __u16 dst)
{
	switch (dst) {
	case 4789:
	case 4790:
	case 8472:
		return LAYER_VXLAN;
	case 6081:
		return LAYER_GENEVE;
	case 6635:
		return LAYER_MPLS;
	case 2152:
		return LAYER_GTP_U;
	case 1701:  /* L2TP */
	case 3544:  /* Teredo */
	case 37008: /* TZSP */
		return LAYER_UNSURE;
	default:
		break;
	}
	if (src == 2152)
		return LAYER_GTP_U;
	return src == 1701 || src == 3544 ? LAYER_UNSURE : LAYER_UDP_SEEN;
}

static __always_inline int
port_in(const volatile __u64 *ports, __be16 port)
{
	__u16 n = bpf_ntohs(port);

	return ports[n >> 6] >> (n & 63) & 1;
}

/* RFC 768. A port of ours is ours, whatever tunnel its other end would stand for. */
static __noinline __u32
walk_udp(tap_context *c, struct walk *w)
{
	if (tap_load(c, w->at, &w->flow.src_port, 4) < 0)
		return layer_cut(w);
	w->at += 8;
	if (port_in(tap_options.udp_ports, w->flow.src_port) ||
		port_in(tap_options.udp_ports, w->flow.dst_port))
		return LAYER_UDP_SEEN;
	return layer_of_ports(bpf_ntohs(w->flow.src_port), bpf_ntohs(w->flow.dst_port));
}

/* --- tunnels --------------------------------------------------------------------- */

#include "parse_tunnel.bpf.h"

/* --- the walk -------------------------------------------------------------------- */

static __always_inline __u32
walk_one(tap_context *c, struct walk *w)
{
	switch (w->layer) {
	case LAYER_ETHERNET:
		return walk_ethernet(c, w);
	case LAYER_TAG:
	case LAYER_ETAG:
	case LAYER_VNTAG:
		return walk_tag(c, w);
	case LAYER_PBB: /* I-TAG: flags(1) service instance(3) */
		w->at += 4;
		return LAYER_ETHERNET;
	case LAYER_LLC:
		return walk_llc(c, w);
	case LAYER_MPLS:
		return walk_mpls(c, w);
	case LAYER_PPPOE:
		return walk_pppoe(c, w);
	case LAYER_PPP:
		return walk_ppp(c, w);
	case LAYER_IP:
		return walk_ip(c, w);
	case LAYER_IPV4:
		return walk_ipv4(c, w);
	case LAYER_IPV6:
		return walk_ipv6(c, w);
	case LAYER_EXTENSION:
	case LAYER_AUTHENTICATION:
		return walk_extension(c, w);
	case LAYER_FRAGMENT:
		return walk_fragment(c, w);
	case LAYER_TCP:
		return walk_tcp(c, w);
	case LAYER_UDP:
		return walk_udp(c, w);
	case LAYER_GRE:
		return walk_gre(c, w);
	case LAYER_ERSPAN3:
		return walk_erspan3(c, w);
	case LAYER_WCCP:
		return walk_wccp(c, w);
	case LAYER_VXLAN:
		return walk_vxlan(c, w);
	case LAYER_GENEVE:
		return walk_geneve(c, w);
	case LAYER_GTP_U:
		return walk_gtp_u(c, w);
	default:
		return LAYER_NOTHING;
	}
}

/* From the Ethernet header on; *w is as new. Leaves one of the five ends in w->layer. */
static __always_inline void
walk_packet(tap_context *c, struct walk *w)
{
	w->layer = LAYER_ETHERNET;
	for (int i = 0; i < LAYERS_MAX; i++) {
		w->layer = walk_one(c, w);
		if (w->layer < LAYER_ETHERNET)
			return;
		if (w->at > HEADERS_MAX)
			break;
	}
	w->layer = LAYER_UNSURE;
}

#endif
