/* SPDX-License-Identifier: Apache-2.0 */
/* LLC with SNAP, and what leased and dialled lines put before IP. */
#include "packet_peel.h"

/* IANA "PPP DLL Protocol Numbers". */
enum ppp_protocol {
	PPP_IPV4 = 0x0021,
	PPP_IPV6 = 0x0057,
	PPP_ENCRYPTED = 0x0053,
	PPP_COMPRESSED = 0x00fd, /* also MPPE (RFC 3078 2.1) */
	PPP_MPLS = 0x0281,
	PPP_MPLS_UPSTREAM = 0x0283
};

/* RFC 2427 4, ISO/IEC TR 9577: network layer protocol ids. */
enum nlpid {
	NLPID_SNAP = 0x80,
	NLPID_IPV6 = 0x8e,
	NLPID_IPV4 = 0xcc
};

/*
 * IEEE 802 SNAP: organisation(3) protocol(2). 00-00-00 and 00-00-f8 (IEEE 802.1H) have
 * EtherTypes, 00-80-c2 bridged frames (RFC 2427 5.1): 1 and 7 are Ethernet.
 */
static enum layer
snap(struct peel *p)
{
	struct cursor c;
	uint32_t organisation;
	uint16_t protocol;

	if (!peel_take(p, 5, &c))
		return LAYER_END;
	organisation = dis_u24(&c);
	protocol = dis_u16(&c);
	if (organisation == 0x0080c2 && (protocol == 1 || protocol == 7))
		return LAYER_ETHERNET;
	if ((organisation != 0 && organisation != 0x0000f8) || protocol <= 1500)
		return peel_stop(p, PACKET_NOT_IP);
	return layer_of_ethertype(p, protocol);
}

/* IEEE 802.2 3.2: destination(1) source(1) control(1); 3 is unnumbered information. */
enum layer
packet_llc(struct peel *p)
{
	struct cursor c;
	uint16_t points;

	if (!peel_take(p, 3, &c))
		return LAYER_END;
	points = dis_u16(&c);
	if (dis_u8(&c) != 3)
		return peel_stop(p, PACKET_NOT_IP);
	if (points == 0xaaaa)
		return snap(p);
	return points == 0x0606 ? LAYER_IPV4 : peel_stop(p, PACKET_NOT_IP);
}

static enum layer
layer_of_ppp(struct peel *p, uint16_t protocol)
{
	switch (protocol) {
	case PPP_IPV4:
		return LAYER_IPV4;
	case PPP_IPV6:
		return LAYER_IPV6;
	case PPP_MPLS:
	case PPP_MPLS_UPSTREAM:
		return LAYER_MPLS;
	case PPP_ENCRYPTED:
	case PPP_COMPRESSED:
		return peel_stop(p, PACKET_ENCRYPTED);
	default:
		return peel_stop(p, PACKET_NOT_IP);
	}
}

/*
 * RFC 1661 2 and 6.5: the last octet of a protocol number is odd and all others are even,
 * so that a leading zero may be left out. RFC 1662 3.1: ff 03 may stand before it.
 */
enum layer
packet_ppp(struct peel *p)
{
	struct cursor c;
	uint16_t protocol;

	if (p->at.len && p->at.at[0] == 0xff) {
		if (!peel_take(p, 2, &c))
			return LAYER_END;
		if (dis_u16(&c) != 0xff03)
			return peel_stop(p, PACKET_NOT_IP);
	}
	if (!peel_take(p, 1, &c))
		return LAYER_END;
	protocol = dis_u8(&c);
	if (protocol & 1)
		return layer_of_ppp(p, protocol);
	if (!peel_take(p, 1, &c))
		return LAYER_END;
	return layer_of_ppp(p, (uint16_t)(protocol << 8 | dis_u8(&c)));
}

/* Address 0x0f (unicast) and 0x8f (multicast) are Cisco's, all else is PPP. */
enum layer
packet_ppp_serial(struct peel *p)
{
	struct cursor c;

	if (!peel_look(p, 1, &c))
		return LAYER_END;
	p->out->layers--;
	return (dis_u8(&c) & 0x7f) == 0x0f ? LAYER_CHDLC : LAYER_PPP;
}

/*
 * RFC 2516 4: version and type(1) code(1) session(2) length(2); data has code 0. Some
 * devices count the padding of short frames in IP's length, but not in this one: this one
 * is right, and hosts drop such a packet, so that its padding never becomes data.
 */
enum layer
packet_pppoe(struct peel *p)
{
	struct cursor c;
	uint16_t kind, session, length;

	if (!peel_take(p, 6, &c))
		return LAYER_END;
	kind = dis_u16(&c);
	session = dis_u16(&c);
	length = dis_u16(&c);
	if (kind >> 8 != 0x11)
		return peel_stop(p, PACKET_BAD_HEADER);
	if ((kind & 0xff) != 0)
		return peel_stop(p, PACKET_NOT_IP);
	if (!peel_limit(p, length))
		return peel_stop(p, PACKET_BAD_LENGTH);
	peel_tunnel(p, PACKET_TUNNEL_PPPOE, session);
	return LAYER_PPP;
}

/* Cisco HDLC (RFC 1547 4.3.1): address(1) control(1) EtherType(2) */
enum layer
packet_chdlc(struct peel *p)
{
	struct cursor c;
	uint16_t type;

	if (!peel_take(p, 4, &c))
		return LAYER_END;
	cursor_skip(&c, 2);
	type = dis_u16(&c);
	return type <= 1500 ? peel_stop(p, PACKET_NOT_IP) : layer_of_ethertype(p, type);
}

/* Q.922 3.2: address of 2 to 4 octets, the lowest bit marks its last. */
static bool
skip_address(struct peel *p)
{
	struct cursor c;

	for (size_t n = 1; n <= 4; n++) {
		if (!peel_take(p, 1, &c))
			return false;
		if (dis_u8(&c) & 1)
			return true;
	}
	peel_stop(p, PACKET_BAD_HEADER);
	return false;
}

/*
 * RFC 2427 4: address, control 3, padding 0, protocol id. Cisco puts an EtherType behind
 * the address, whose first octet is then neither 3 nor 0.
 */
enum layer
packet_frame_relay(struct peel *p)
{
	struct cursor c;
	uint8_t id;

	if (!skip_address(p) || !peel_look(p, 2, &c))
		return LAYER_END;
	if (dis_u8(&c) != 3) {
		c.at--;
		peel_skip(p, 2);
		return layer_of_ethertype(p, dis_u16(&c));
	}
	id = dis_u8(&c);
	peel_skip(p, 2);
	if (id == 0) {
		if (!peel_take(p, 1, &c))
			return LAYER_END;
		id = dis_u8(&c);
	}
	switch (id) {
	case NLPID_IPV4:
		return LAYER_IPV4;
	case NLPID_IPV6:
		return LAYER_IPV6;
	case NLPID_SNAP:
		return snap(p);
	default:
		return peel_stop(p, PACKET_NOT_IP);
	}
}
