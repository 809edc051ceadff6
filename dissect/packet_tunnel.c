/* SPDX-License-Identifier: Apache-2.0 */
/* Tunnels that stand directly on Ethernet or IP: MPLS, GRE and what GRE carries. */
#include "packet_peel.h"

/* --- MPLS ------------------------------------------------------------------------ */

/*
 * Does an IPv4 or IPv6 header start here whose length is just that of what is there? A
 * frame of minimal size (IEEE 802.3 3.2.8: 46 octets behind its header) may be padded.
 */
static bool
looks_like_ip(const struct peel *p)
{
	struct cursor c = cursor_of(p->at);
	uint8_t first = dis_u8(&c);
	size_t length;

	cursor_skip(&c, first >> 4 == 4 ? 1 : 3);
	length = dis_u16(&c);
	if (c.overrun)
		return false;
	if (first >> 4 == 6)
		length += 40;
	else if ((first & 15) < 5 || length < 20)
		return false;
	return length == p->wire || (length < p->wire && p->wire <= 46);
}

/* Does an Ethernet frame start skip octets on, judged by a type we would follow? */
static bool
looks_like_ethernet(const struct peel *p, size_t skip)
{
	struct cursor c = cursor_of(p->at);

	cursor_skip(&c, skip + 12);
	switch (dis_u16(&c)) {
	case ETHERTYPE_IPV4:
		return dis_u8(&c) >> 4 == 4;
	case ETHERTYPE_IPV6:
		return dis_u8(&c) >> 4 == 6;
	case ETHERTYPE_VLAN:
	case ETHERTYPE_QINQ:
	case ETHERTYPE_MPLS:
	case ETHERTYPE_PPPOE:
		return !c.overrun;
	default:
		return false;
	}
}

/*
 * RFC 4385 2 and 3: 0 is the control word of a pseudowire, 1 its associated channel. A
 * pseudowire without control word may begin with any digit (RFC 8469 2), so that the
 * guess has to look further.
 */
static enum layer
layer_in_mpls(struct peel *p)
{
	switch (peel_nibble(p)) {
	case 4:
	case 6:
		if (looks_like_ip(p) || !looks_like_ethernet(p, 0))
			return LAYER_IP;
		return LAYER_ETHERNET;
	case 1:
		if (!looks_like_ethernet(p, 0))
			return peel_stop(p, PACKET_NOT_IP);
		return LAYER_ETHERNET;
	case 0:
		if (!looks_like_ethernet(p, 4) && looks_like_ethernet(p, 0))
			return LAYER_ETHERNET;
		return peel_skip(p, 4) ? LAYER_ETHERNET : LAYER_END;
	default:
		return LAYER_ETHERNET;
	}
}

/* RFC 3032 2.1: label(20 bits) class(3) bottom(1) time to live(8). The stack is a layer.
 */
enum layer
packet_mpls(struct peel *p)
{
	struct cursor c;

	for (unsigned i = 0; i < PACKET_LABELS_MAX; i++) {
		uint32_t entry;

		if (!peel_take(p, 4, &c))
			return LAYER_END;
		entry = dis_u32(&c);
		if (entry & 0x100) {
			peel_tunnel(p, PACKET_TUNNEL_MPLS, entry >> 12);
			return layer_in_mpls(p);
		}
	}
	return peel_stop(p, PACKET_TOO_DEEP);
}

/* --- GRE ------------------------------------------------------------------------- */

enum gre_flag {
	GRE_CHECKSUM = 0x8000,
	GRE_ROUTING = 0x4000,
	GRE_KEY = 0x2000,
	GRE_SEQUENCE = 0x1000,
	GRE_ACK = 0x0080,
	GRE_VERSION = 0x0007
};

/* RFC 1701 source routes: family(2) offset(1) length(1) data; family and length 0 end. */
static bool
skip_routes(struct peel *p)
{
	struct cursor c;

	for (unsigned i = 0; i < PACKET_ATTRIBUTES_MAX; i++) {
		uint16_t family;
		uint8_t length;

		if (!peel_take(p, 4, &c))
			return false;
		family = dis_u16(&c);
		cursor_skip(&c, 1);
		length = dis_u8(&c);
		if (!peel_skip(p, length))
			return false;
		if (family == 0 && length == 0)
			return true;
	}
	peel_stop(p, PACKET_TOO_DEEP);
	return false;
}

/*
 * RFC 7637 3.2: a key, no checksum, no sequence; subnet(24 bits) flow(8), of which
 * subnets below 0x1000 are reserved. Ethernet in plain GRE has small keys in practice.
 */
static void
tunnel_of_gre(struct peel *p, uint16_t flags, uint16_t type, uint32_t key)
{
	if (type == ETHERTYPE_TEB && (flags & 0xf000) == GRE_KEY && key >> 20 != 0)
		peel_tunnel(p, PACKET_TUNNEL_NVGRE, key >> 8);
	else if (type != ETHERTYPE_ERSPAN && type != ETHERTYPE_ERSPAN3)
		peel_tunnel(p, PACKET_TUNNEL_GRE, key);
}

static enum layer
layer_in_gre(struct peel *p, uint16_t flags, uint16_t type)
{
	switch (type) {
	case ETHERTYPE_ERSPAN:
		return flags & GRE_SEQUENCE ? LAYER_ERSPAN2 : LAYER_ERSPAN1;
	case ETHERTYPE_ERSPAN3:
		return LAYER_ERSPAN3;
	case ETHERTYPE_WCCP:
		return LAYER_WCCP;
	case ETHERTYPE_PPP:
		return LAYER_PPP;
	default:
		/* No lengths here: a small value is a keepalive or a protocol of its own.
		 */
		return type <= 1500 ? peel_stop(p, PACKET_NOT_IP)
				    : layer_of_ethertype(p, type);
	}
}

/* RFC 2784 2.1, 2890 2: then checksum(2) and offset(2), key(4), sequence(4), routes. */
static enum layer
gre_plain(struct peel *p, uint16_t flags, uint16_t type)
{
	struct cursor c;
	uint32_t key = 0;

	if ((flags & (GRE_CHECKSUM | GRE_ROUTING)) && !peel_skip(p, 4))
		return LAYER_END;
	if (flags & GRE_KEY) {
		if (!peel_take(p, 4, &c))
			return LAYER_END;
		key = dis_u32(&c);
	}
	if ((flags & GRE_SEQUENCE) && !peel_skip(p, 4))
		return LAYER_END;
	if ((flags & GRE_ROUTING) && !skip_routes(p))
		return LAYER_END;
	tunnel_of_gre(p, flags, type, key);
	return layer_in_gre(p, flags, type);
}

/* RFC 2637 4.1: payload length(2) call(2), sequence(4, only with data), ack(4). */
static enum layer
gre_pptp(struct peel *p, uint16_t flags, uint16_t type)
{
	struct cursor c;
	size_t skip = flags & GRE_ACK ? 8 : 4;
	uint16_t length;

	if (type != ETHERTYPE_PPP || !(flags & GRE_KEY))
		return peel_stop(p, PACKET_BAD_HEADER);
	if (!peel_take(p, 4, &c))
		return LAYER_END;
	if (!(flags & GRE_SEQUENCE))
		return peel_stop(p, PACKET_NOT_IP);
	if (!peel_skip(p, skip))
		return LAYER_END;
	length = dis_u16(&c);
	if (!peel_limit(p, length))
		return peel_stop(p, PACKET_BAD_LENGTH);
	peel_tunnel(p, PACKET_TUNNEL_PPTP, dis_u16(&c));
	return LAYER_PPP;
}

enum layer
packet_gre(struct peel *p)
{
	struct cursor c;
	uint16_t flags, type;

	if (!peel_take(p, 4, &c))
		return LAYER_END;
	flags = dis_u16(&c);
	type = dis_u16(&c);
	switch (flags & GRE_VERSION) {
	case 0:
		return gre_plain(p, flags, type);
	case 1:
		return gre_pptp(p, flags, type);
	default:
		return peel_stop(p, PACKET_BAD_HEADER);
	}
}

/* --- what GRE carries ------------------------------------------------------------ */

/* draft-foschiano-erspan 4.1: type I has no header of its own. */
enum layer
packet_erspan1(struct peel *p)
{
	p->out->layers--;
	peel_tunnel(p, PACKET_TUNNEL_ERSPAN, 0);
	return LAYER_ETHERNET;
}

/* The word both headers begin with. False: not this version. */
static bool
erspan_head(struct peel *p, struct cursor *c, unsigned version)
{
	uint32_t head = dis_u32(c);

	if (head >> 28 != version) {
		peel_stop(p, PACKET_BAD_HEADER);
		return false;
	}
	p->mirror_cut = head & 0x400;
	peel_tunnel(p, PACKET_TUNNEL_ERSPAN, head & 0x3ff);
	return true;
}

/* 4.2: version(4 bits) VLAN(12) class(3) how tagged(2) truncated(1) session(10), port(4)
 */
enum layer
packet_erspan2(struct peel *p)
{
	struct cursor c;

	if (!peel_take(p, 8, &c) || !erspan_head(p, &c, 1))
		return LAYER_END;
	return LAYER_ETHERNET;
}

/*
 * 4.3: as 4.2, timestamp(4) group(2), then frame type at bits 10 to 14 of the last word
 * and in its lowest bit whether 8 octets follow that depend on the platform.
 */
enum layer
packet_erspan3(struct peel *p)
{
	struct cursor c;
	uint16_t last;

	if (!peel_take(p, 12, &c) || !erspan_head(p, &c, 2))
		return LAYER_END;
	cursor_skip(&c, 6);
	last = dis_u16(&c);
	if ((last & 1) && !peel_skip(p, 8))
		return LAYER_END;
	switch (last >> 10 & 31) {
	case 0:
		return LAYER_ETHERNET;
	case 2:
		return LAYER_IP;
	default:
		return peel_stop(p, PACKET_NOT_IP);
	}
}

/* draft-wilson-wrec-wccp-v2 4.12: version 2 has a header of 4 octets, version 1 none. */
enum layer
packet_wccp(struct peel *p)
{
	if (peel_nibble(p) == 4)
		return LAYER_IPV4;
	return peel_skip(p, 4) ? LAYER_IPV4 : LAYER_END;
}

/* RFC 3378 3: version 3, reserved(12 bits) */
enum layer
packet_etherip(struct peel *p)
{
	struct cursor c;

	if (!peel_take(p, 2, &c))
		return LAYER_END;
	if (dis_u16(&c) >> 12 != 3)
		return peel_stop(p, PACKET_BAD_HEADER);
	peel_tunnel(p, PACKET_TUNNEL_ETHERIP, 0);
	return LAYER_ETHERNET;
}

/*
 * RFC 8300 2: version(2 bits) … length(6, in words, at bits 16 to 21 from the right) …
 * next protocol(8), service path(24) and index(8), then context.
 */
enum layer
packet_nsh(struct peel *p)
{
	struct cursor c;
	uint32_t head;
	size_t length;

	if (!peel_look(p, 8, &c))
		return LAYER_END;
	head = dis_u32(&c);
	length = (head >> 16 & 63) * 4;
	if (head >> 30 != 0 || length < 8)
		return peel_stop(p, PACKET_BAD_HEADER);
	if (!peel_skip(p, length))
		return LAYER_END;
	peel_tunnel(p, PACKET_TUNNEL_NSH, dis_u24(&c));
	switch (head & 0xff) {
	case 1:
		return LAYER_IPV4;
	case 2:
		return LAYER_IPV6;
	case 3:
		return LAYER_ETHERNET;
	case 4:
		return LAYER_NSH;
	case 5:
		return LAYER_MPLS;
	default:
		return peel_stop(p, PACKET_NOT_IP);
	}
}
