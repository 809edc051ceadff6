/* SPDX-License-Identifier: Apache-2.0 */
/* For tests: TCP and UDP in every wrapping that the kernel's walk knows. */
#ifndef NESTS_H
#define NESTS_H

#include "tests/unit/frames.h"

enum nest {
	NEST_PLAIN,
	NEST_IPV6,
	NEST_IPV6_EXTENSIONS,
	NEST_AH,
	NEST_VLAN,
	NEST_QINQ,
	NEST_THREE_TAGS,
	NEST_ETAG,
	NEST_SNAP,
	NEST_MPLS,
	NEST_MPLS3,
	NEST_PSEUDOWIRE,
	NEST_PSEUDOWIRE_CONTROL,
	NEST_PPPOE,
	NEST_PPPOE6,
	NEST_GRE,
	NEST_GRE_ALL,
	NEST_GRE_BRIDGED,
	NEST_ERSPAN1,
	NEST_ERSPAN2,
	NEST_ERSPAN3,
	NEST_ERSPAN3_OPTION,
	NEST_VXLAN,
	NEST_VXLAN6_TAGGED,
	NEST_GENEVE,
	NEST_IPIP,
	NEST_6IN4,
	NEST_4IN6,
	NEST_GTP_U,
	NEST_GTP_U_EXTENSION,
	NEST_VXLAN_IN_GRE_IN_QINQ,
	NEST_COUNT
};

/* frame_ipv4() has networks of its own for both ends: from 2 to 1 is from 1 to 2, turned.
 */
static inline void
nest_ipv4(struct frame *f, uint8_t a, uint8_t b, uint8_t protocol)
{
	uint8_t *h = frame_ipv4(f, a < b ? a : b, a < b ? b : a, protocol), src[4];

	if (a < b)
		return;
	memcpy(src, h + 12, 4);
	memcpy(h + 12, h + 16, 4);
	memcpy(h + 16, src, 4);
}

static inline void
nest_ip(struct frame *f, bool six, uint8_t a, uint8_t b, uint8_t protocol)
{
	if (six)
		frame_ipv6(f, a, b, protocol);
	else
		nest_ipv4(f, a, b, protocol);
}

/* What a tunnel's packet stands in. */
static inline void
nest_outer(struct frame *f, uint8_t protocol)
{
	frame_ipv4(f, 200, 201, protocol);
	frame_ethernet(f, 0x0800);
}

static inline void
nest_udp_outer(struct frame *f, unsigned port)
{
	frame_udp(f, 50000, port);
	nest_outer(f, 17);
}

static inline void
nest_erspan(struct frame *f, unsigned version, bool option)
{
	uint8_t *h;

	if (version == 2 && option)
		frame_front(f, 8);
	h = frame_front(f, version == 1 ? 8 : 12);
	frame_put16(h, version << 12 | 7);
	frame_put16(h + 2, 33);
	if (version == 2)
		frame_put16(h + 10, option ? 1 : 0);
	frame_gre(f, 0x1000, version == 1 ? 0x88be : 0x22eb, 0);
	nest_outer(f, 47);
}

static inline bool
nest_is_ipv6(enum nest n)
{
	return n == NEST_IPV6 || n == NEST_IPV6_EXTENSIONS || n == NEST_PPPOE6 ||
	       n == NEST_6IN4;
}

static inline void
nest_tags(struct frame *f, enum nest n)
{
	switch (n) {
	case NEST_VLAN:
		frame_vlan(f, 7, 0x0800);
		frame_ethernet(f, 0x8100);
		break;
	case NEST_QINQ:
		frame_vlan(f, 7, 0x0800);
		frame_vlan(f, 8, 0x8100);
		frame_ethernet(f, 0x88a8);
		break;
	case NEST_THREE_TAGS:
		frame_vlan(f, 7, 0x0800);
		frame_vlan(f, 8, 0x8100);
		frame_vlan(f, 9, 0x88a8);
		frame_ethernet(f, 0x9100);
		break;
	case NEST_ETAG:
		frame_put16(frame_front(f, 8) + 6, 0x0800);
		frame_ethernet(f, 0x893f);
		break;
	case NEST_SNAP:
		frame_snap(f, 0x0800);
		frame_ethernet(f, (unsigned)f->len);
		break;
	default:
		frame_ethernet(f, nest_is_ipv6(n) ? 0x86dd : 0x0800);
		break;
	}
}

static inline void
nest_labels(struct frame *f, enum nest n)
{
	switch (n) {
	case NEST_MPLS3:
		frame_mpls(f, 100, true);
		frame_mpls(f, 101, false);
		frame_mpls(f, 102, false);
		break;
	case NEST_PSEUDOWIRE:
		frame_ethernet(f, 0x0800);
		frame_mpls(f, 100, true);
		break;
	case NEST_PSEUDOWIRE_CONTROL:
		frame_ethernet(f, 0x0800);
		frame_front(f, 4);
		frame_mpls(f, 100, true);
		break;
	default:
		frame_mpls(f, 100, true);
		break;
	}
	frame_ethernet(f, 0x8847);
}

static inline void
nest_gre(struct frame *f, enum nest n)
{
	switch (n) {
	case NEST_GRE_ALL:
		frame_gre(f, 0xb000, 0x0800, 99);
		break;
	case NEST_GRE_BRIDGED:
		frame_ethernet(f, 0x0800);
		frame_gre(f, 0, 0x6558, 0);
		break;
	case NEST_ERSPAN1:
		frame_ethernet(f, 0x0800);
		frame_gre(f, 0, 0x88be, 0);
		break;
	default:
		frame_gre(f, 0, 0x0800, 0);
		break;
	}
	nest_outer(f, 47);
}

static inline void
nest_udp_tunnel(struct frame *f, enum nest n)
{
	switch (n) {
	case NEST_VXLAN:
		frame_ethernet(f, 0x0800);
		frame_vxlan(f, 70);
		nest_udp_outer(f, 4789);
		break;
	case NEST_VXLAN6_TAGGED:
		frame_vlan(f, 5, 0x0800);
		frame_ethernet(f, 0x8100);
		frame_vxlan(f, 70);
		frame_udp(f, 50000, 4789);
		frame_ipv6(f, 200, 201, 17);
		frame_ethernet(f, 0x86dd);
		break;
	case NEST_GENEVE:
		frame_ethernet(f, 0x0800);
		frame_geneve(f, 71, 0x6558, 12);
		nest_udp_outer(f, 6081);
		break;
	case NEST_GTP_U_EXTENSION:
		/* sequence, number, next type 0x85; then one word of content that ends it
		 */
		frame_put16(frame_front(f, 4), 0x0100);
		frame_front(f, 4)[3] = 0x85;
		frame_gtp_u(f, 5);
		f->at[0] = 0x34;
		nest_udp_outer(f, 2152);
		break;
	default:
		frame_gtp_u(f, 5);
		nest_udp_outer(f, 2152);
		break;
	}
}

static inline void
nest_extensions(struct frame *f, uint8_t protocol, uint8_t a, uint8_t b)
{
	frame_extension(f, protocol, 1, false);
	frame_extension(f, 60, 2, false);
	frame_extension(f, 43, 3, false);
	frame_ipv6(f, a, b, 0);
}

/* A payload with its TCP or UDP header becomes a whole frame, from a to b inside. */
static inline void
nest_wrap(struct frame *f, enum nest n, uint8_t protocol, uint8_t a, uint8_t b)
{
	if (n == NEST_IPV6_EXTENSIONS) {
		nest_extensions(f, protocol, a, b);
	} else if (n == NEST_AH) {
		frame_extension(f, protocol, 6, true);
		nest_ipv4(f, a, b, 51);
	} else {
		nest_ip(f, nest_is_ipv6(n), a, b, protocol);
	}
	switch (n) {
	case NEST_MPLS:
	case NEST_MPLS3:
	case NEST_PSEUDOWIRE:
	case NEST_PSEUDOWIRE_CONTROL:
		nest_labels(f, n);
		break;
	case NEST_PPPOE:
	case NEST_PPPOE6:
		frame_pppoe(f, 3, n == NEST_PPPOE ? 0x21 : 0x57);
		frame_ethernet(f, 0x8864);
		break;
	case NEST_GRE:
	case NEST_GRE_ALL:
	case NEST_GRE_BRIDGED:
	case NEST_ERSPAN1:
		nest_gre(f, n);
		break;
	case NEST_ERSPAN2:
		frame_ethernet(f, 0x0800);
		nest_erspan(f, 1, false);
		break;
	case NEST_ERSPAN3:
	case NEST_ERSPAN3_OPTION:
		frame_ethernet(f, 0x0800);
		nest_erspan(f, 2, n == NEST_ERSPAN3_OPTION);
		break;
	case NEST_VXLAN:
	case NEST_VXLAN6_TAGGED:
	case NEST_GENEVE:
	case NEST_GTP_U:
	case NEST_GTP_U_EXTENSION:
		nest_udp_tunnel(f, n);
		break;
	case NEST_IPIP:
		nest_outer(f, 4);
		break;
	case NEST_6IN4:
		nest_outer(f, 41);
		break;
	case NEST_4IN6:
		frame_ipv6(f, 200, 201, 4);
		frame_ethernet(f, 0x86dd);
		break;
	case NEST_VXLAN_IN_GRE_IN_QINQ:
		frame_ethernet(f, 0x0800);
		frame_vxlan(f, 70);
		frame_udp(f, 50000, 4789);
		frame_ipv4(f, 202, 203, 17);
		frame_gre(f, 0x2000, 0x0800, 9);
		frame_ipv4(f, 200, 201, 47);
		nest_tags(f, NEST_QINQ);
		break;
	default:
		nest_tags(f, n);
		break;
	}
}

static inline void
nest_tcp(struct frame *f, enum nest n, unsigned src, unsigned dst, const char *payload)
{
	frame_start_text(f, payload);
	frame_tcp(f, src, dst, 1, 1, 0x18);
	nest_wrap(f, n, 6, 1, 2);
}

/* The other direction of the same connection, outer addresses and all. */
static inline void
nest_tcp_back(
	struct frame *f, enum nest n, unsigned src, unsigned dst, const char *payload)
{
	frame_start_text(f, payload);
	frame_tcp(f, dst, src, 1, 1, 0x18);
	nest_wrap(f, n, 6, 2, 1);
}

#endif
