/* SPDX-License-Identifier: Apache-2.0 */
/* IPv4, IPv6 with its extension headers, and the TCP and UDP headers they carry. */
#include "packet_peel.h"

/* IANA "Assigned Internet Protocol Numbers". */
enum protocol {
	PROTOCOL_HOP_BY_HOP = 0,
	PROTOCOL_IPV4 = 4,
	PROTOCOL_TCP = 6,
	PROTOCOL_UDP = 17,
	PROTOCOL_IPV6 = 41,
	PROTOCOL_ROUTING = 43,
	PROTOCOL_FRAGMENT = 44,
	PROTOCOL_GRE = 47,
	PROTOCOL_ESP = 50,
	PROTOCOL_AH = 51,
	PROTOCOL_DESTINATION = 60,
	PROTOCOL_ETHERIP = 97,
	PROTOCOL_MOBILITY = 135,
	PROTOCOL_MPLS = 137,
	PROTOCOL_HIP = 139,
	PROTOCOL_SHIM6 = 140,
	PROTOCOL_ETHERNET = 143
};

enum layer
packet_ip(struct peel *p)
{
	struct cursor c;

	if (!peel_look(p, 1, &c))
		return LAYER_END;
	p->out->layers--;
	switch (dis_u8(&c) >> 4) {
	case 4:
		return LAYER_IPV4;
	case 6:
		return LAYER_IPV6;
	default:
		return peel_stop(p, PACKET_BAD_HEADER);
	}
}

/* The rest of the layer is a piece of a datagram. */
static enum layer
fragment(struct peel *p, uint16_t offset, bool more)
{
	struct packet *out = p->out;

	out->kind = PACKET_FRAGMENT;
	out->fragment_offset = offset;
	out->more_fragments = more;
	out->payload = p->at;
	out->payload_octets = (uint32_t)p->wire;
	return LAYER_END;
}

/*
 * RFC 791 3.1: type(1), and but for types 0 (end) and 1 (none) length(1) that counts
 * both. Hosts drop what has lengths that cannot be (RFC 1122 3.2.1.8), so it must not
 * reach us.
 */
static bool
options_sound(struct cursor c)
{
	while (cursor_left(&c) && !c.overrun) {
		uint8_t type = dis_u8(&c), length;

		if (type == 0)
			return true;
		if (type == 1)
			continue;
		length = dis_u8(&c);
		if (length < 2)
			return false;
		cursor_skip(&c, length - 2u);
	}
	return !c.overrun;
}

/* RFC 791 3.1 */
enum layer
packet_ipv4(struct peel *p)
{
	struct packet *out = p->out;
	struct cursor c;
	size_t header, total;
	uint16_t pieces;

	if (!peel_look(p, 20, &c))
		return LAYER_END;
	header = dis_u8(&c);
	if (header < 0x45 || header > 0x4f)
		return peel_stop(p, PACKET_BAD_HEADER);
	header = (header & 15) * 4;
	cursor_skip(&c, 1);
	total = dis_u16(&c);
	/* 0: to be cut into segments by the network card, or longer than 64 KiB. */
	if (total == 0)
		total = p->wire;
	if (total < header)
		return peel_stop(p, PACKET_BAD_HEADER);
	if (!peel_limit(p, total))
		return peel_stop(p, PACKET_BAD_LENGTH);
	out->ip_octets = (uint32_t)total;
	out->ip_id = dis_u16(&c);
	pieces = dis_u16(&c);
	out->ttl = dis_u8(&c);
	out->protocol = dis_u8(&c);
	cursor_skip(&c, 2);
	out->src = ip_addr_v4(cursor_take(&c, 4).at);
	out->dst = ip_addr_v4(cursor_take(&c, 4).at);
	out->flow_label = 0;
	out->ip_version = 4;
	if (!peel_take(p, header, &c))
		return LAYER_END;
	if (header > 20) {
		cursor_skip(&c, 20);
		if (!options_sound(c))
			return peel_stop(p, PACKET_BAD_HEADER);
	}
	/* 0x2000: more fragments; 0x1fff: offset in units of 8 octets. */
	if (pieces & 0x3fff)
		return fragment(p, (uint16_t)((pieces & 0x1fff) * 8), pieces & 0x2000);
	return layer_of_protocol(p, out->protocol);
}

/* RFC 8200 3 */
enum layer
packet_ipv6(struct peel *p)
{
	struct packet *out = p->out;
	struct cursor c;
	uint32_t head;
	size_t payload;
	uint8_t next;

	if (!peel_take(p, 40, &c))
		return LAYER_END;
	head = dis_u32(&c);
	if (head >> 28 != 6)
		return peel_stop(p, PACKET_BAD_HEADER);
	payload = dis_u16(&c);
	/* 0: a jumbogram (RFC 2675), whose option we need not read, or offload as in
	 * IPv4. */
	if (payload == 0)
		payload = p->wire;
	if (!peel_limit(p, payload))
		return peel_stop(p, PACKET_BAD_LENGTH);
	next = dis_u8(&c);
	out->ip_octets = (uint32_t)payload + 40;
	out->ip_id = 0;
	out->flow_label = head & 0xfffff;
	out->ttl = dis_u8(&c);
	out->src = ip_addr_v6(cursor_take(&c, 16).at);
	out->dst = ip_addr_v6(cursor_take(&c, 16).at);
	out->ip_version = 6;
	return layer_of_protocol(p, next);
}

/* --- what IP carries ------------------------------------------------------------- */

static bool
is_extension(const struct packet *out, uint8_t protocol)
{
	if (protocol == PROTOCOL_AH)
		return true;
	if (out->ip_version != 6)
		return false;
	switch (protocol) {
	case PROTOCOL_HOP_BY_HOP:
	case PROTOCOL_ROUTING:
	case PROTOCOL_FRAGMENT:
	case PROTOCOL_DESTINATION:
	case PROTOCOL_MOBILITY:
	case PROTOCOL_HIP:
	case PROTOCOL_SHIM6:
		return true;
	default:
		return false;
	}
}

/*
 * RFC 8200 4: next header(1), length(1) in units of 8 octets without the first; RFC 4302
 * 2.2: AH counts in units of 4 without the first two. False: stopped.
 */
static bool
skip_extension(struct peel *p, uint8_t *protocol)
{
	bool ah = *protocol == PROTOCOL_AH;
	struct cursor c;
	size_t length;

	if (!peel_look(p, 2, &c))
		return false;
	*protocol = dis_u8(&c);
	length = dis_u8(&c);
	return peel_skip(p, ah ? (length + 2) * 4 : (length + 1) * 8);
}

/*
 * RFC 8200 4.5: next header(1) reserved(1) offset(13 bits) reserved(2) more(1) id(4).
 * True: the datagram is in pieces, or stopped. False: an atomic fragment, whole by
 * itself (RFC 6946).
 */
static bool
is_piece(struct peel *p, uint8_t *protocol)
{
	struct cursor c;
	uint16_t pieces;

	if (!peel_take(p, 8, &c))
		return true;
	*protocol = dis_u8(&c);
	cursor_skip(&c, 1);
	pieces = dis_u16(&c);
	p->out->ip_id = dis_u32(&c);
	if ((pieces & 0xfff9) == 0)
		return false;
	p->out->protocol = *protocol;
	fragment(p, pieces & 0xfff8, pieces & 1);
	return true;
}

static enum layer
tunnel(struct peel *p, enum packet_tunnel_kind kind, enum layer layer)
{
	peel_tunnel(p, kind, 0);
	return layer;
}

static enum layer
layer_after_extensions(struct peel *p, uint8_t protocol)
{
	p->out->protocol = protocol;
	switch (protocol) {
	case PROTOCOL_TCP:
		return LAYER_TCP;
	case PROTOCOL_UDP:
		return LAYER_UDP;
	case PROTOCOL_IPV4:
		return tunnel(p, PACKET_TUNNEL_IPV4, LAYER_IPV4);
	case PROTOCOL_IPV6:
		return tunnel(p, PACKET_TUNNEL_IPV6, LAYER_IPV6);
	case PROTOCOL_GRE:
		return LAYER_GRE;
	case PROTOCOL_ETHERIP:
		return LAYER_ETHERIP;
	case PROTOCOL_MPLS:
		return LAYER_MPLS;
	case PROTOCOL_ETHERNET:
		return tunnel(p, PACKET_TUNNEL_IPV6, LAYER_ETHERNET);
	case PROTOCOL_ESP:
		return peel_stop(p, PACKET_ENCRYPTED);
	default:
		return peel_stop(p, PACKET_NOT_TCP_UDP);
	}
}

enum layer
layer_of_protocol(struct peel *p, uint8_t protocol)
{
	if (protocol == PROTOCOL_TCP) {
		p->out->protocol = protocol;
		return LAYER_TCP;
	}
	for (unsigned i = 0; is_extension(p->out, protocol); i++) {
		if (i == PACKET_EXTENSIONS_MAX)
			return peel_stop(p, PACKET_TOO_DEEP);
		if (protocol == PROTOCOL_FRAGMENT) {
			if (is_piece(p, &protocol))
				return LAYER_END;
		} else if (!skip_extension(p, &protocol)) {
			return LAYER_END;
		}
	}
	return layer_after_extensions(p, protocol);
}

static void
take_payload(struct peel *p)
{
	p->out->payload = p->at;
	p->out->payload_octets = (uint32_t)p->wire;
}

/* RFC 9293 3.1 */
enum layer
packet_tcp(struct peel *p)
{
	struct packet *out = p->out;
	struct cursor c;
	size_t header;

	if (!peel_look(p, 20, &c))
		return LAYER_END;
	out->src_port = dis_u16(&c);
	out->dst_port = dis_u16(&c);
	out->seq = dis_u32(&c);
	out->ack = dis_u32(&c);
	header = (size_t)(dis_u8(&c) >> 4) * 4;
	out->tcp_flags = dis_u8(&c);
	out->window = dis_u16(&c);
	out->checksum = dis_u16(&c);
	if (header < 20 || header > p->wire)
		return peel_stop(p, PACKET_BAD_HEADER);
	out->kind = PACKET_TCP;
	/* Options cut by the snap length: all of the payload is missing, its length is
	 * not. */
	if (header > p->at.len) {
		out->payload = SPAN_NONE;
		out->payload_octets = (uint32_t)(p->wire - header);
		return LAYER_END;
	}
	peel_skip(p, header);
	take_payload(p);
	return LAYER_END;
}

/* A tunnel, or the packet itself. */
static enum layer
layer_in_udp(struct peel *p)
{
	struct packet *out = p->out;
	enum layer layer = layer_of_ports(out->src_port, out->dst_port);

	if (layer != LAYER_END) {
		p->udp = *out;
		p->has_udp = true;
		out->kind = PACKET_OTHER;
	}
	return layer;
}

/* RFC 768 */
enum layer
packet_udp(struct peel *p)
{
	struct packet *out = p->out;
	struct cursor c;
	size_t length;

	if (!peel_take(p, 8, &c))
		return LAYER_END;
	out->src_port = dis_u16(&c);
	out->dst_port = dis_u16(&c);
	length = dis_u16(&c);
	/* 0: a jumbogram (RFC 2675 4), or offload as in IPv4. */
	if (length != 0) {
		if (length < 8)
			return peel_stop(p, PACKET_BAD_HEADER);
		if (!peel_limit(p, length - 8))
			return peel_stop(p, PACKET_BAD_LENGTH);
	}
	out->checksum = dis_u16(&c);
	out->seq = 0;
	out->ack = 0;
	out->window = 0;
	out->tcp_flags = 0;
	out->kind = PACKET_UDP;
	take_payload(p);
	return layer_in_udp(p);
}
