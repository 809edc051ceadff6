/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by the packet_*.c files only: a frame while it is peeled, and its layers.
 *
 * A layer is a function that reads its header at p->at, moves p->at behind it, and names
 * the layer that follows, or LAYER_END. No layer calls another, so that depth costs no
 * stack and one loop can count.
 */
#ifndef PACKET_PEEL_H
#define PACKET_PEEL_H

#include "packet.h"

enum layer {
	LAYER_END,
	/* packet_link.c */
	LAYER_ETHERNET,
	LAYER_VLAN,
	LAYER_ETAG,
	LAYER_VNTAG,
	LAYER_MACSEC,
	LAYER_PBB,
	LAYER_FDDI,
	LAYER_NULL,
	LAYER_SLL,
	LAYER_SLL2,
	LAYER_NFLOG,
	/* packet_ppp.c */
	LAYER_LLC,
	LAYER_PPP,
	LAYER_PPP_SERIAL,
	LAYER_PPPOE,
	LAYER_CHDLC,
	LAYER_FRAME_RELAY,
	/* packet_wlan.c */
	LAYER_WLAN,
	LAYER_RADIOTAP,
	LAYER_PPI,
	/* packet_ip.c */
	LAYER_IP,
	LAYER_IPV4,
	LAYER_IPV6,
	LAYER_TCP,
	LAYER_UDP,
	/* packet_tunnel.c */
	LAYER_MPLS,
	LAYER_GRE,
	LAYER_ERSPAN1,
	LAYER_ERSPAN2,
	LAYER_ERSPAN3,
	LAYER_WCCP,
	LAYER_ETHERIP,
	LAYER_NSH,
	/* packet_udp.c */
	LAYER_VXLAN,
	LAYER_GENEVE,
	LAYER_GTP_U,
	LAYER_TEREDO,
	LAYER_L2TP,
	LAYER_TZSP
};

enum ethertype {
	ETHERTYPE_IPV4 = 0x0800,
	ETHERTYPE_ERSPAN3 = 0x22eb,
	ETHERTYPE_TEB = 0x6558,
	ETHERTYPE_VLAN = 0x8100,
	ETHERTYPE_IPV6 = 0x86dd,
	ETHERTYPE_PPP = 0x880b,
	ETHERTYPE_WCCP = 0x883e,
	ETHERTYPE_MPLS = 0x8847,
	ETHERTYPE_MPLS_UPSTREAM = 0x8848,
	ETHERTYPE_PPPOE = 0x8864,
	ETHERTYPE_QINQ = 0x88a8,
	ETHERTYPE_ERSPAN = 0x88be,
	ETHERTYPE_MACSEC = 0x88e5,
	ETHERTYPE_PBB = 0x88e7,
	ETHERTYPE_VNTAG = 0x8926,
	ETHERTYPE_ETAG = 0x893f,
	ETHERTYPE_NSH = 0x894f,
	ETHERTYPE_VLAN_9100 = 0x9100,
	ETHERTYPE_VLAN_9200 = 0x9200
};

struct peel {
	struct span at; /* captured octets from here to the end of the layer around */
	size_t wire;	/* the same on the wire; never below at.len */
	struct packet *out;
	bool mirror_cut;   /* a mirroring device cut the inner frame before sending it */
	bool has_udp;	   /* udp is what the packet is if its tunnel is none */
	struct packet udp; /* undefined unless has_udp */
};

static inline enum layer
peel_stop(struct peel *p, enum packet_reason reason)
{
	p->out->reason = reason;
	return LAYER_END;
}

/* A cursor over the next n octets, p->at is not moved. False: stopped, with its reason.
 */
static inline bool
peel_look(struct peel *p, size_t n, struct cursor *c)
{
	if (p->at.len < n) {
		peel_stop(p, p->wire < n ? PACKET_BAD_HEADER : PACKET_CUT);
		return false;
	}
	*c = (struct cursor){p->at.at, p->at.at + n, false};
	return true;
}

/* Moves past n octets. False: stopped, with its reason. */
static inline bool
peel_skip(struct peel *p, size_t n)
{
	if (p->at.len < n) {
		peel_stop(p, p->wire < n ? PACKET_BAD_HEADER : PACKET_CUT);
		return false;
	}
	p->at.at += n;
	p->at.len -= n;
	p->wire -= n;
	return true;
}

/* Both: a cursor over n octets, p->at moved behind them. */
static inline bool
peel_take(struct peel *p, size_t n, struct cursor *c)
{
	return peel_look(p, n, c) && peel_skip(p, n);
}

/* The layer has n octets on the wire, what follows is padding. False: it cannot. */
static inline bool
peel_limit(struct peel *p, size_t n)
{
	if (n > p->wire && !p->mirror_cut)
		return false;
	p->wire = n;
	p->mirror_cut = false; /* lengths further in are bound by this one */
	if (p->at.len > n)
		p->at.len = n;
	return true;
}

/* High half of the first octet: what tells IPv4, IPv6 and control words apart. */
static inline unsigned
peel_nibble(const struct peel *p)
{
	return p->at.len ? p->at.at[0] >> 4 : 0;
}

static inline void
peel_tunnel(struct peel *p, enum packet_tunnel_kind kind, uint32_t id)
{
	struct packet *out = p->out;

	if (out->tunnel_count < PACKET_TUNNELS_MAX)
		out->tunnels[out->tunnel_count++] = (struct packet_tunnel){kind, id};
}

/* Values up to 1500 are lengths of an LLC frame (IEEE 802.3 3.2.6). */
enum layer layer_of_ethertype(struct peel *p, uint16_t type);
/* IP protocol or next header; walks IPv6 extension headers and AH. */
enum layer layer_of_protocol(struct peel *p, uint8_t protocol);
/* LAYER_END: no link type we know. */
enum layer layer_of_link(uint32_t link);
/* LAYER_END: no tunnel is known on these ports. */
enum layer layer_of_ports(uint16_t src, uint16_t dst);

enum layer packet_ethernet(struct peel *p);
enum layer packet_vlan(struct peel *p);
enum layer packet_etag(struct peel *p);
enum layer packet_vntag(struct peel *p);
enum layer packet_macsec(struct peel *p);
enum layer packet_pbb(struct peel *p);
enum layer packet_fddi(struct peel *p);
enum layer packet_null(struct peel *p);
enum layer packet_sll(struct peel *p);
enum layer packet_sll2(struct peel *p);
enum layer packet_nflog(struct peel *p);

enum layer packet_llc(struct peel *p);
enum layer packet_ppp(struct peel *p);
enum layer packet_ppp_serial(struct peel *p);
enum layer packet_pppoe(struct peel *p);
enum layer packet_chdlc(struct peel *p);
enum layer packet_frame_relay(struct peel *p);

enum layer packet_wlan(struct peel *p);
enum layer packet_radiotap(struct peel *p);
enum layer packet_ppi(struct peel *p);

enum layer packet_ip(struct peel *p);
enum layer packet_ipv4(struct peel *p);
enum layer packet_ipv6(struct peel *p);
enum layer packet_tcp(struct peel *p);
enum layer packet_udp(struct peel *p);

enum layer packet_mpls(struct peel *p);
enum layer packet_gre(struct peel *p);
enum layer packet_erspan1(struct peel *p);
enum layer packet_erspan2(struct peel *p);
enum layer packet_erspan3(struct peel *p);
enum layer packet_wccp(struct peel *p);
enum layer packet_etherip(struct peel *p);
enum layer packet_nsh(struct peel *p);

enum layer packet_vxlan(struct peel *p);
enum layer packet_geneve(struct peel *p);
enum layer packet_gtp_u(struct peel *p);
enum layer packet_teredo(struct peel *p);
enum layer packet_l2tp(struct peel *p);
enum layer packet_tzsp(struct peel *p);

#endif
