/* SPDX-License-Identifier: Apache-2.0 */
/* IEEE 802.11 data frames in the clear, and the headers receivers put before them. */
#include "packet_peel.h"

/* Octets of the MAC header, padding included when the receiver adds it. */
static size_t
header_octets(uint8_t kind, uint8_t flags)
{
	size_t n = 24;

	if ((flags & 3) == 3) /* to and from the distribution system: a fourth address */
		n += 6;
	if (kind & 0x80) /* QoS control */
		n += 2;
	if ((kind & 0x80) && (flags & 0x80)) /* HT control */
		n += 4;
	return n;
}

/*
 * An aggregate (IEEE 802.11 9.3.2.2.2): destination(6) source(6) length(2), LLC, again
 * and again. Only the first is peeled: one frame yields one packet here.
 */
static enum layer
aggregate(struct peel *p)
{
	struct cursor c;

	if (!peel_take(p, 14, &c))
		return LAYER_END;
	cursor_skip(&c, 12);
	if (!peel_limit(p, dis_u16(&c)))
		return peel_stop(p, PACKET_BAD_LENGTH);
	return LAYER_LLC;
}

static enum layer
wlan(struct peel *p, bool padded)
{
	struct cursor c;
	uint8_t kind, flags;
	size_t n;
	bool is_aggregate;

	if (!peel_look(p, 2, &c))
		return LAYER_END;
	kind = dis_u8(&c);
	flags = dis_u8(&c);
	/* IEEE 802.11 9.2.4.1: version 0, type 2 (data); subtype bit 4: no data. */
	if ((kind & 0x0f) != 0x08 || (kind & 0x40))
		return peel_stop(p, PACKET_NOT_IP);
	if (flags & 0x40)
		return peel_stop(p, PACKET_ENCRYPTED);
	n = header_octets(kind, flags);
	if (!peel_look(p, n, &c))
		return LAYER_END;
	cursor_skip(&c, (flags & 3) == 3 ? 30 : 24);
	is_aggregate = (kind & 0x80) && (dis_u8(&c) & 0x80);
	if (!peel_skip(p, padded ? (n + 3) & ~(size_t)3 : n))
		return LAYER_END;
	return is_aggregate ? aggregate(p) : LAYER_LLC;
}

enum layer
packet_wlan(struct peel *p)
{
	return wlan(p, false);
}

static uint16_t
u16_le(struct cursor *c)
{
	uint16_t v = dis_u16(c);

	return (uint16_t)((v >> 8 | v << 8) & 0xffff);
}

/* Octet flags of radiotap: bit 0 of the first present word is a clock before it. */
static uint8_t
radiotap_flags(struct cursor *c)
{
	uint8_t present[4];
	size_t at = 8;
	bool more;

	for (size_t i = 0; i < 4; i++)
		present[i] = dis_u8(c);
	for (more = present[3] & 0x80; more && !c->overrun; at += 4) {
		cursor_skip(c, 3);
		more = dis_u8(c) & 0x80;
	}
	if (present[0] & 1)
		cursor_skip(c, (8 - at % 8) % 8 + 8);
	return present[0] & 2 ? dis_u8(c) : 0;
}

/* radiotap.org: version(1) padding(1) length(2) present(4…), all little-endian. */
enum layer
packet_radiotap(struct peel *p)
{
	struct cursor c;
	uint8_t version, flags;
	size_t length;

	if (!peel_look(p, 8, &c))
		return LAYER_END;
	version = dis_u8(&c);
	cursor_skip(&c, 1);
	length = u16_le(&c);
	if (version != 0 || length < 8)
		return peel_stop(p, PACKET_BAD_HEADER);
	if (!peel_take(p, length, &c))
		return LAYER_END;
	cursor_skip(&c, 4);
	flags = radiotap_flags(&c);
	/* 0x20: the MAC header is padded to a multiple of 4. */
	return wlan(p, !c.overrun && (flags & 0x20));
}

/* CACE PPI 1.0.10: version(1) flags(1) length(2) link type(4), all little-endian. */
enum layer
packet_ppi(struct peel *p)
{
	struct cursor c;
	enum layer layer;
	uint8_t version;
	size_t length;

	if (!peel_look(p, 8, &c))
		return LAYER_END;
	version = dis_u8(&c);
	cursor_skip(&c, 1);
	length = u16_le(&c);
	layer = layer_of_link(u16_le(&c));
	if (version != 0 || length < 8)
		return peel_stop(p, PACKET_BAD_HEADER);
	if (!peel_skip(p, length))
		return LAYER_END;
	return layer == LAYER_END ? peel_stop(p, PACKET_LINK_UNKNOWN) : layer;
}
