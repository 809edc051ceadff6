/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy_header.h"

/* Section 2.1: the longest line, CRLF included. */
#define V1_MAX 107

/* Section 2.2: signature, version and command, family and transport, length. */
#define V2_FIXED 16

/* Section 2.2.6: octets that the addresses of AF_UNIX take. */
#define V2_UNIX 216

#define PP2_TYPE_SSL   0x20
#define PP2_CLIENT_SSL 0x01

static const uint8_t v2_signature[12] = {
	0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};

/* --- version 1: text -------------------------------------------------------------- */

/* The next word; one blank stands behind it, or nothing. */
static struct span
take_word(struct span *s)
{
	size_t end = span_find(*s, ' ');
	struct span word = span_slice(*s, 0, end);

	*s = span_slice(*s, end + 1, s->len);
	return word;
}

/* Decimal, no zero in front. */
static bool
take_port(struct span word, uint16_t *out)
{
	uint64_t value;

	if (!span_number(word, UINT16_MAX, &value) || (word.len > 1 && word.at[0] == '0'))
		return false;
	*out = (uint16_t)value;
	return true;
}

/*
 * "TCP4" / "TCP6" SP source SP destination SP source port SP destination port. What
 * follows "UNKNOWN" is void.
 */
static bool
parse_v1(struct span line, struct proxy_header *h)
{
	struct span rest = line;
	struct span family = take_word(&rest);
	bool four = span_equal(family, SPAN_LITERAL("TCP4"));

	h->version = 1;
	h->command = PROXY_HEADER_PROXY;
	if (span_equal(family, SPAN_LITERAL("UNKNOWN")))
		return true;
	if (!four && !span_equal(family, SPAN_LITERAL("TCP6")))
		return false;
	h->family = four ? PROXY_HEADER_INET : PROXY_HEADER_INET6;
	if (!ip_addr_parse(take_word(&rest), &h->source) ||
		!ip_addr_parse(take_word(&rest), &h->destination))
		return false;
	if (four && (!ip_addr_is_v4(&h->source) || !ip_addr_is_v4(&h->destination)))
		return false;
	return take_port(take_word(&rest), &h->source_port) &&
	       take_port(rest, &h->destination_port);
}

static enum dis_status
read_v1(struct span head, struct proxy_header *h, size_t *taken)
{
	static const struct span start = SPAN_LITERAL("PROXY ");
	struct span line = span_slice(head, 0, V1_MAX);
	size_t lf = span_find(line, '\n');

	if (!span_equal(span_slice(line, 0, start.len), span_slice(start, 0, line.len)))
		return DIS_BAD;
	if (lf == line.len)
		return line.len < V1_MAX ? DIS_MORE : DIS_BAD;
	if (line.at[lf - 1] != '\r' || !parse_v1(span_slice(line, start.len, lf - 1), h))
		return DIS_BAD;
	*taken = lf + 1;
	return DIS_OK;
}

/* --- version 2: binary ------------------------------------------------------------ */

/* Section 2.2: the octets of addresses that a family has. False: none of the families. */
static bool
take_family(uint8_t octet, struct proxy_header *h, uint16_t *size)
{
	static const uint16_t sizes[] = {0, 12, 36, V2_UNIX};
	static const enum proxy_header_family families[] = {PROXY_HEADER_UNKNOWN,
		PROXY_HEADER_INET, PROXY_HEADER_INET6, PROXY_HEADER_UNIX};
	uint8_t family = octet >> 4, transport = octet & 0x0f;

	if (family > 3 || transport > 2)
		return false;
	/* UNSPEC in either half: "the receiver should ignore address information". */
	if (transport == 0)
		family = 0;
	h->family = families[family];
	h->datagram = family != 0 && transport == 2;
	*size = sizes[family];
	return true;
}

static struct ip_addr
take_addr(struct cursor *c, enum proxy_header_family family)
{
	struct span s = cursor_take(c, family == PROXY_HEADER_INET ? 4 : 16);

	if (c->overrun)
		return (struct ip_addr){{0}};
	return family == PROXY_HEADER_INET ? ip_addr_v4(s.at) : ip_addr_v6(s.at);
}

static void
take_addresses(struct cursor *c, struct proxy_header *h)
{
	if (h->family != PROXY_HEADER_INET && h->family != PROXY_HEADER_INET6)
		return;
	h->source = take_addr(c, h->family);
	h->destination = take_addr(c, h->family);
	h->source_port = dis_u16(c);
	h->destination_port = dis_u16(c);
}

/* Section 2.2.6: type(1) length(2) value. PP2_TYPE_SSL's value begins with its flags. */
static bool
tlvs_say_tls(struct cursor c)
{
	bool tls = false;

	while (!c.overrun && cursor_left(&c)) {
		uint8_t type = dis_u8(&c);
		uint16_t length = dis_u16(&c);
		struct cursor value = c;

		/* The flags may be seen though the rest of the value is not. */
		if (type == PP2_TYPE_SSL && length > 0)
			tls = tls || (dis_u8(&value) & PP2_CLIENT_SSL);
		cursor_skip(&c, length);
	}
	return tls;
}

static enum dis_status
read_v2(struct span head, struct proxy_header *h, size_t *taken)
{
	struct span begin = span_slice(head, 0, sizeof(v2_signature));
	struct cursor c = cursor_of(head);
	uint8_t version, family;
	uint16_t length, size = 0;
	size_t total, look;

	if (!span_equal(begin, span_of(v2_signature, begin.len)))
		return DIS_BAD;
	cursor_skip(&c, sizeof(v2_signature));
	version = dis_u8(&c);
	family = dis_u8(&c);
	length = dis_u16(&c);
	if (head.len > sizeof(v2_signature) && (version != 0x20 && version != 0x21))
		return DIS_BAD;
	if (c.overrun)
		return DIS_MORE;
	total = V2_FIXED + (size_t)length;
	look = total < PROXY_HEADER_MAX ? total : PROXY_HEADER_MAX;
	h->version = 2;
	h->command = version == 0x20 ? PROXY_HEADER_LOCAL : PROXY_HEADER_PROXY;
	/* LOCAL: "the receiver must discard the protocol block including the family". */
	if (h->command == PROXY_HEADER_PROXY && !take_family(family, h, &size))
		return DIS_BAD;
	if (length < size)
		return DIS_BAD;
	if (head.len < look)
		return DIS_MORE;
	c = cursor_of(span_slice(head, V2_FIXED, look));
	take_addresses(&c, h);
	c = cursor_of(span_slice(head, V2_FIXED + (size_t)size, look));
	h->tls = h->command == PROXY_HEADER_PROXY && tlvs_say_tls(c);
	*taken = total;
	return DIS_OK;
}

enum dis_status
proxy_header_parse(struct span head, struct proxy_header *out, size_t *taken)
{
	struct proxy_header h = {.version = 0};
	enum dis_status status;

	if (head.len == 0)
		return DIS_MORE;
	status = head.at[0] == v2_signature[0] ? read_v2(head, &h, taken)
					       : read_v1(head, &h, taken);
	if (status == DIS_OK)
		*out = h;
	return status;
}
