/* SPDX-License-Identifier: Apache-2.0 */
/* Ethernet and its tags, and the headers that capture systems put in its place. */
#include "packet_peel.h"

/* https://www.tcpdump.org/linktypes.html */
enum link {
	LINK_NULL = 0,
	LINK_ETHERNET = 1,
	LINK_PPP = 9,
	LINK_FDDI = 10,
	LINK_RAW_BSD = 12,
	LINK_RAW_OPENBSD = 14,
	LINK_PPP_SERIAL = 50,
	LINK_PPPOE = 51,
	LINK_RAW = 101,
	LINK_CHDLC = 104,
	LINK_WLAN = 105,
	LINK_FRAME_RELAY = 107,
	LINK_LOOP = 108,
	LINK_SLL = 113,
	LINK_RADIOTAP = 127,
	LINK_PPI = 192,
	LINK_IPV4 = 228,
	LINK_IPV6 = 229,
	LINK_NFLOG = 239,
	LINK_SLL2 = 276
};

enum layer
layer_of_link(uint32_t link)
{
	switch (link) {
	case LINK_NULL:
	case LINK_LOOP:
		return LAYER_NULL;
	case LINK_ETHERNET:
		return LAYER_ETHERNET;
	case LINK_PPP:
		return LAYER_PPP;
	case LINK_FDDI:
		return LAYER_FDDI;
	case LINK_RAW_BSD:
	case LINK_RAW_OPENBSD:
	case LINK_RAW:
		return LAYER_IP;
	case LINK_PPP_SERIAL:
		return LAYER_PPP_SERIAL;
	case LINK_PPPOE:
		return LAYER_PPPOE;
	case LINK_CHDLC:
		return LAYER_CHDLC;
	case LINK_WLAN:
		return LAYER_WLAN;
	case LINK_FRAME_RELAY:
		return LAYER_FRAME_RELAY;
	case LINK_SLL:
		return LAYER_SLL;
	case LINK_RADIOTAP:
		return LAYER_RADIOTAP;
	case LINK_PPI:
		return LAYER_PPI;
	case LINK_IPV4:
		return LAYER_IPV4;
	case LINK_IPV6:
		return LAYER_IPV6;
	case LINK_NFLOG:
		return LAYER_NFLOG;
	case LINK_SLL2:
		return LAYER_SLL2;
	default:
		return LAYER_END;
	}
}

/* IEEE 802.3 3.2.6: a length; what is behind it is padding. */
static enum layer
llc_of_length(struct peel *p, uint16_t length)
{
	if (!peel_limit(p, length))
		return peel_stop(p, PACKET_BAD_LENGTH);
	return LAYER_LLC;
}

enum layer
layer_of_ethertype(struct peel *p, uint16_t type)
{
	if (type <= 1500)
		return llc_of_length(p, type);
	switch (type) {
	case ETHERTYPE_IPV4:
		return LAYER_IPV4;
	case ETHERTYPE_IPV6:
		return LAYER_IPV6;
	case ETHERTYPE_VLAN:
	case ETHERTYPE_QINQ:
	case ETHERTYPE_VLAN_9100:
	case ETHERTYPE_VLAN_9200:
		return LAYER_VLAN;
	case ETHERTYPE_ETAG:
		return LAYER_ETAG;
	case ETHERTYPE_VNTAG:
		return LAYER_VNTAG;
	case ETHERTYPE_MPLS:
	case ETHERTYPE_MPLS_UPSTREAM:
		return LAYER_MPLS;
	case ETHERTYPE_PPPOE:
		return LAYER_PPPOE;
	case ETHERTYPE_MACSEC:
		return LAYER_MACSEC;
	case ETHERTYPE_PBB:
		return LAYER_PBB;
	case ETHERTYPE_NSH:
		return LAYER_NSH;
	case ETHERTYPE_TEB:
		return LAYER_ETHERNET;
	default:
		return peel_stop(p, PACKET_NOT_IP);
	}
}

/* IEEE 802.3 3.1.1: destination(6) source(6) type(2) */
enum layer
packet_ethernet(struct peel *p)
{
	struct cursor c;
	uint16_t type;

	if (!peel_take(p, 14, &c))
		return LAYER_END;
	cursor_skip(&c, 12);
	type = dis_u16(&c);
	return type == ETHERTYPE_IPV4 ? LAYER_IPV4 : layer_of_ethertype(p, type);
}

/* IEEE 802.1Q 9.6: priority(3 bits) drop eligible(1) id(12), then the type inside. */
enum layer
packet_vlan(struct peel *p)
{
	struct packet *out = p->out;
	struct cursor c;
	uint16_t id;

	if (!peel_take(p, 4, &c))
		return LAYER_END;
	id = dis_u16(&c) & 0x0fff;
	if (out->vlan_count < PACKET_VLANS_MAX)
		out->vlans[out->vlan_count++] = id;
	return layer_of_ethertype(p, dis_u16(&c));
}

/* A tag of which nothing is kept: n octets, then the type inside. */
static enum layer
skip_tag(struct peel *p, size_t n)
{
	struct cursor c;

	if (!peel_take(p, n + 2, &c))
		return LAYER_END;
	cursor_skip(&c, n);
	return layer_of_ethertype(p, dis_u16(&c));
}

/* IEEE 802.1BR 7.5 */
enum layer
packet_etag(struct peel *p)
{
	return skip_tag(p, 6);
}

/* Cisco VN-Tag, as proposed to IEEE 802.1Qbh. */
enum layer
packet_vntag(struct peel *p)
{
	return skip_tag(p, 4);
}

/*
 * IEEE 802.1AE 9.3: version(1 bit) ES SC SCB E C AN(2) short length(1) packet number(4)
 * identifier(8, if SC). In clear only if neither E nor C is set; a check value of 16
 * octets then ends the frame, which the lengths inside leave out as padding.
 */
enum layer
packet_macsec(struct peel *p)
{
	struct cursor c;
	uint8_t control;

	if (!peel_look(p, 1, &c))
		return LAYER_END;
	control = dis_u8(&c);
	if (control & 0x80)
		return peel_stop(p, PACKET_BAD_HEADER);
	if (control & 0x0c)
		return peel_stop(p, PACKET_ENCRYPTED);
	return skip_tag(p, control & 0x20 ? 14 : 6);
}

/* IEEE 802.1Q 9.7 I-TAG: flags(1) service instance(3), then a whole Ethernet frame. */
enum layer
packet_pbb(struct peel *p)
{
	struct cursor c;

	if (!peel_take(p, 4, &c))
		return LAYER_END;
	cursor_skip(&c, 1);
	peel_tunnel(p, PACKET_TUNNEL_PBB, dis_u24(&c));
	return LAYER_ETHERNET;
}

/* ISO 9314-2: frame control(1), 01010ppp for LLC, destination(6) source(6) */
enum layer
packet_fddi(struct peel *p)
{
	struct cursor c;

	if (!peel_take(p, 13, &c))
		return LAYER_END;
	return (dis_u8(&c) & 0xf8) == 0x50 ? LAYER_LLC : peel_stop(p, PACKET_NOT_IP);
}

/*
 * The address family in the byte order of the capturing machine, or of the network (DLT
 * 108); its value for IPv6 differs between systems.
 */
static enum layer
layer_of_family(struct peel *p, uint32_t family)
{
	switch (family) {
	case 2:
		return LAYER_IPV4;
	case 10: /* Linux */
	case 24: /* NetBSD, OpenBSD */
	case 28: /* FreeBSD */
	case 30: /* macOS */
		return LAYER_IPV6;
	default:
		return peel_stop(p, PACKET_NOT_IP);
	}
}

static uint32_t
swapped(uint32_t v)
{
	return v >> 24 | (v >> 8 & 0xff00) | (v << 8 & 0xff0000) | v << 24;
}

enum layer
packet_null(struct peel *p)
{
	struct cursor c;
	uint32_t family;

	if (!peel_take(p, 4, &c))
		return LAYER_END;
	family = dis_u32(&c);
	return layer_of_family(p, family > 0xffff ? swapped(family) : family);
}

/* Values below 0x0600 are Linux's own here, not lengths: 4 is an LLC frame. */
static enum layer
layer_of_cooked(struct peel *p, uint16_t type)
{
	if (type == 4)
		return LAYER_LLC;
	if (type < 0x0600)
		return peel_stop(p, PACKET_NOT_IP);
	return layer_of_ethertype(p, type);
}

/* LINKTYPE_LINUX_SLL: type(2) hardware(2) address length(2) address(8) protocol(2) */
enum layer
packet_sll(struct peel *p)
{
	struct cursor c;

	if (!peel_take(p, 16, &c))
		return LAYER_END;
	cursor_skip(&c, 14);
	return layer_of_cooked(p, dis_u16(&c));
}

/*
 * LINKTYPE_LINUX_SLL2: protocol(2) reserved(2) interface(4) hardware(2) type(1) address
 * length(1) address(8)
 */
enum layer
packet_sll2(struct peel *p)
{
	struct cursor c;

	if (!peel_take(p, 20, &c))
		return LAYER_END;
	return layer_of_cooked(p, dis_u16(&c));
}

/* Netlink attributes are in the capturing machine's byte order: little-endian is meant.
 */
static uint16_t
u16_le(struct cursor *c)
{
	uint16_t v = dis_u16(c);

	return (uint16_t)((v >> 8 | v << 8) & 0xffff);
}

/*
 * LINKTYPE_NFLOG: family(1) version(1) resource(2), then attributes: length(2, with its
 * own four octets) type(2) value, padded to 4. NFULA_PAYLOAD is 9 and stands last.
 */
enum layer
packet_nflog(struct peel *p)
{
	struct cursor c;
	uint8_t family;

	if (!peel_take(p, 4, &c))
		return LAYER_END;
	family = dis_u8(&c);
	for (unsigned i = 0; i < PACKET_ATTRIBUTES_MAX; i++) {
		size_t length;

		if (!peel_look(p, 4, &c))
			return LAYER_END;
		length = u16_le(&c);
		if (length < 4)
			return peel_stop(p, PACKET_BAD_HEADER);
		if (u16_le(&c) == 9) {
			if (!peel_limit(p, length))
				return peel_stop(p, PACKET_BAD_LENGTH);
			peel_skip(p, 4);
			return layer_of_family(p, family);
		}
		if (!peel_skip(p, (length + 3) & ~(size_t)3))
			return LAYER_END;
	}
	return peel_stop(p, PACKET_TOO_DEEP);
}
