/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tunnels over UDP. Nothing but a port number says that there is one, so whatever stops
 * here, or further in, only means that the packet is the UDP packet it looked like.
 */
#include "packet_peel.h"

/* IANA "Service Name and Transport Protocol Port Number Registry", 8472 and 37008 by use.
 */
enum port {
	PORT_L2TP = 1701,
	PORT_GTP_U = 2152,
	PORT_TEREDO = 3544,
	PORT_VXLAN = 4789,
	PORT_VXLAN_GPE = 4790,
	PORT_GENEVE = 6081,
	PORT_MPLS = 6635,
	PORT_VXLAN_LINUX = 8472,
	PORT_TZSP = 37008
};

/* Tunnels whose source port is a hash of the flow inside are told by destination only. */
enum layer
layer_of_ports(uint16_t src, uint16_t dst)
{
	switch (dst) {
	case PORT_VXLAN:
	case PORT_VXLAN_GPE:
	case PORT_VXLAN_LINUX:
		return LAYER_VXLAN;
	case PORT_GENEVE:
		return LAYER_GENEVE;
	case PORT_MPLS: /* RFC 7510 */
		return LAYER_MPLS;
	case PORT_TZSP:
		return LAYER_TZSP;
	case PORT_GTP_U:
		return LAYER_GTP_U;
	case PORT_TEREDO:
		return LAYER_TEREDO;
	case PORT_L2TP:
		return LAYER_L2TP;
	default:
		break;
	}
	if (src == PORT_GTP_U)
		return LAYER_GTP_U;
	if (src == PORT_TEREDO)
		return LAYER_TEREDO;
	return src == PORT_L2TP ? LAYER_L2TP : LAYER_END;
}

/* draft-ietf-nvo3-vxlan-gpe 3.2 */
static enum layer
layer_in_gpe(struct peel *p, uint8_t next)
{
	switch (next) {
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

/*
 * RFC 7348 5: flags(1) reserved(3) network(3) reserved(1). Flag 0x08: the network is
 * valid. All else is ignored, as the RFC asks, but on the port of GPE: there, flag 0x04
 * says that the octet before the network is a protocol.
 */
enum layer
packet_vxlan(struct peel *p)
{
	struct cursor c;
	uint8_t flags, next;
	bool gpe = p->out->dst_port == PORT_VXLAN_GPE;

	if (!peel_take(p, 8, &c))
		return LAYER_END;
	flags = dis_u8(&c);
	cursor_skip(&c, 2);
	next = dis_u8(&c);
	if (!(flags & 0x08))
		return peel_stop(p, PACKET_BAD_HEADER);
	peel_tunnel(p, PACKET_TUNNEL_VXLAN, dis_u24(&c));
	return gpe && (flags & 0x04) ? layer_in_gpe(p, next) : LAYER_ETHERNET;
}

/* RFC 8926 3.4: version(2 bits) options(6, in words) flags(1) type(2) network(3) (1) */
enum layer
packet_geneve(struct peel *p)
{
	struct cursor c;
	uint8_t head;
	uint16_t type;

	if (!peel_take(p, 8, &c))
		return LAYER_END;
	head = dis_u8(&c);
	cursor_skip(&c, 1);
	type = dis_u16(&c);
	if (head >> 6 != 0 || type <= 1500)
		return peel_stop(p, PACKET_BAD_HEADER);
	if (!peel_skip(p, (size_t)(head & 63) * 4))
		return LAYER_END;
	peel_tunnel(p, PACKET_TUNNEL_GENEVE, dis_u24(&c));
	return layer_of_ethertype(p, type);
}

/* 3GPP TS 29.281 5.2.1: length(1, in words) content, next type(1); type 0 ends. */
static bool
skip_gtp_extensions(struct peel *p, uint8_t next)
{
	struct cursor c;

	for (unsigned i = 0; next != 0; i++) {
		size_t length;

		if (i == PACKET_ATTRIBUTES_MAX || !peel_look(p, 1, &c))
			return false;
		length = (size_t)dis_u8(&c) * 4;
		if (length == 0 || !peel_take(p, length, &c))
			return false;
		cursor_skip(&c, length - 1);
		next = dis_u8(&c);
	}
	return true;
}

/*
 * 3GPP TS 29.281 5.1: version(3 bits) 1, GTP(1), spare, extension(1) sequence(1)
 * number(1); message(1) length(2) endpoint(4); any of the three flags adds sequence(2)
 * number(1) next type(1). Message 255 is a packet of the user.
 */
enum layer
packet_gtp_u(struct peel *p)
{
	struct cursor c;
	uint8_t flags, message;
	uint16_t length;

	if (!peel_take(p, 8, &c))
		return LAYER_END;
	flags = dis_u8(&c);
	message = dis_u8(&c);
	length = dis_u16(&c);
	if (flags >> 4 != 3 || message != 255)
		return peel_stop(p, PACKET_NOT_IP);
	if (!peel_limit(p, length))
		return peel_stop(p, PACKET_BAD_LENGTH);
	peel_tunnel(p, PACKET_TUNNEL_GTP_U, dis_u32(&c));
	if (flags & 7) {
		if (!peel_take(p, 4, &c))
			return LAYER_END;
		cursor_skip(&c, 3);
		if ((flags & 4) && !skip_gtp_extensions(p, dis_u8(&c)))
			return peel_stop(p, PACKET_BAD_HEADER);
	}
	return LAYER_IP;
}

/*
 * RFC 4380 5.1.1: before the IPv6 packet may stand an authentication (0, 1, two lengths,
 * the two fields, nonce(8), confirmation(1)) and then an origin (0, 0, port(2),
 * address(4)).
 */
static bool
skip_indications(struct peel *p)
{
	struct cursor c;

	if (!peel_look(p, 4, &c))
		return false;
	if (dis_u16(&c) == 1) {
		size_t fields = dis_u8(&c);

		fields += dis_u8(&c);
		if (!peel_skip(p, 13 + fields) || !peel_look(p, 2, &c))
			return false;
	}
	c = cursor_of(p->at);
	return dis_u16(&c) != 0 || peel_skip(p, 8);
}

enum layer
packet_teredo(struct peel *p)
{
	if (!skip_indications(p))
		return LAYER_END;
	peel_tunnel(p, PACKET_TUNNEL_TEREDO, 0);
	return LAYER_IPV6;
}

/*
 * RFC 2661 3.1: control(1 bit) length(1) … sequence(1) … offset(1) priority(1) …
 * version(4): 2; length(2, optional) tunnel(2) session(2) sequence(4, optional) offset(2
 * and so many octets, optional), then PPP.
 */
enum layer
packet_l2tp(struct peel *p)
{
	struct cursor c;
	uint16_t flags, session;
	uint32_t tunnel;

	if (!peel_take(p, 2, &c))
		return LAYER_END;
	flags = dis_u16(&c);
	if ((flags & 0x800f) != 2)
		return peel_stop(p, PACKET_NOT_IP);
	if ((flags & 0x4000) && !peel_skip(p, 2))
		return LAYER_END;
	if (!peel_take(p, 4, &c))
		return LAYER_END;
	tunnel = dis_u16(&c);
	session = dis_u16(&c);
	if ((flags & 0x0800) && !peel_skip(p, 4))
		return LAYER_END;
	if (flags & 0x0200) {
		if (!peel_take(p, 2, &c) || !peel_skip(p, dis_u16(&c)))
			return LAYER_END;
	}
	peel_tunnel(p, PACKET_TUNNEL_L2TP, tunnel << 16 | session);
	return LAYER_PPP;
}

/* Tags: type(1) length(1) value; type 0 (padding) and 1 (end) stand alone. */
static bool
skip_tzsp_tags(struct peel *p)
{
	struct cursor c;

	for (unsigned i = 0; i < PACKET_ATTRIBUTES_MAX; i++) {
		uint8_t type;

		if (!peel_take(p, 1, &c))
			return false;
		type = dis_u8(&c);
		if (type == 1)
			return true;
		if (type == 0)
			continue;
		if (!peel_take(p, 1, &c) || !peel_skip(p, dis_u8(&c)))
			return false;
	}
	return false;
}

/* TaZmen Sniffer Protocol: version(1) type(1) protocol(2), tags; type 0 is a frame. */
enum layer
packet_tzsp(struct peel *p)
{
	struct cursor c;
	uint16_t version_type, protocol;

	if (!peel_take(p, 4, &c))
		return LAYER_END;
	version_type = dis_u16(&c);
	protocol = dis_u16(&c);
	if (version_type != 0x0100 && version_type != 0x0101)
		return peel_stop(p, PACKET_NOT_IP);
	if (!skip_tzsp_tags(p))
		return LAYER_END;
	peel_tunnel(p, PACKET_TUNNEL_TZSP, 0);
	if (protocol == 1)
		return LAYER_ETHERNET;
	return protocol == 18 ? LAYER_WLAN : peel_stop(p, PACKET_NOT_IP);
}
