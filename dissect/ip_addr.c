/* SPDX-License-Identifier: Apache-2.0 */
#include "ip_addr.h"

/* ::ffff:0:0/96, RFC 4291 2.5.5.2. */
static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

#define V4(a, b, c, d)                                                                   \
	{                                                                                \
		{                                                                        \
			[10] = 0xff, [11] = 0xff, a, b, c, d                             \
		}                                                                        \
	}

static const struct ip_prefix private_nets[] = {
	{V4(10, 0, 0, 0), 96 + 8},	  /* RFC 1918 3 */
	{V4(172, 16, 0, 0), 96 + 12},	  /* RFC 1918 3 */
	{V4(192, 168, 0, 0), 96 + 16},	  /* RFC 1918 3 */
	{V4(100, 64, 0, 0), 96 + 10},	  /* RFC 6598 7 */
	{V4(169, 254, 0, 0), 96 + 16},	  /* RFC 3927 2.1 */
	{{{[0] = 0xfc}}, 7},		  /* RFC 4193 3.1 */
	{{{[0] = 0xfe, [1] = 0x80}}, 10}, /* RFC 4291 2.5.6 */
};

static const struct ip_prefix loopback_nets[] = {
	{V4(127, 0, 0, 0), 96 + 8}, /* RFC 1122 3.2.1.3 */
	{{{[15] = 1}}, 128},	    /* RFC 4291 2.5.3 */
};

struct ip_addr
ip_addr_v4(const uint8_t at[4])
{
	struct ip_addr a;

	memcpy(a.at, mapped, sizeof(mapped));
	memcpy(a.at + sizeof(mapped), at, 4);
	return a;
}

struct ip_addr
ip_addr_v6(const uint8_t at[16])
{
	struct ip_addr a;

	memcpy(a.at, at, sizeof(a.at));
	return a;
}

bool
ip_addr_is_v4(const struct ip_addr *a)
{
	return memcmp(a->at, mapped, sizeof(mapped)) == 0;
}

bool
ip_addr_is_none(const struct ip_addr *a)
{
	static const struct ip_addr none;

	return ip_addr_equal(a, &none);
}

bool
ip_addr_equal(const struct ip_addr *a, const struct ip_addr *b)
{
	return memcmp(a->at, b->at, sizeof(a->at)) == 0;
}

int
ip_addr_compare(const struct ip_addr *a, const struct ip_addr *b)
{
	return memcmp(a->at, b->at, sizeof(a->at));
}

/* --- text out ------------------------------------------------------------------- */

static size_t
write_decimal(uint8_t value, char *out)
{
	size_t n = 0;

	if (value >= 100)
		out[n++] = (char)('0' + value / 100);
	if (value >= 10)
		out[n++] = (char)('0' + value / 10 % 10);
	out[n++] = (char)('0' + value % 10);
	return n;
}

/* RFC 5952 4.1 and 4.3: no leading zeros, lower case. */
static size_t
write_group(unsigned value, char *out)
{
	size_t n = 0;

	for (unsigned shift = 16; shift > 0;) {
		shift -= 4;
		if (n || value >> shift || shift == 0)
			out[n++] = "0123456789abcdef"[value >> shift & 15];
	}
	return n;
}

static size_t
write_quad(const uint8_t at[4], char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < 4; i++) {
		if (i)
			out[n++] = '.';
		n += write_decimal(at[i], out + n);
	}
	out[n] = '\0';
	return n;
}

static unsigned
group_of(const struct ip_addr *a, size_t i)
{
	return (unsigned)a->at[2 * i] << 8 | a->at[2 * i + 1];
}

/* Groups of zero from i on. */
static size_t
zero_run(const struct ip_addr *a, size_t i)
{
	size_t n = 0;

	while (i + n < 8 && group_of(a, i + n) == 0)
		n++;
	return n;
}

/* RFC 5952 4.2: the longest run, the first of equals, and never a single group. */
static size_t
longest_run(const struct ip_addr *a, size_t *from)
{
	size_t best = 1;

	*from = 8;
	for (size_t i = 0; i < 8; i++) {
		size_t n = zero_run(a, i);

		if (n > best) {
			best = n;
			*from = i;
		}
	}
	return best;
}

size_t
ip_addr_write(const struct ip_addr *a, char *out)
{
	size_t from, n = 0, run = longest_run(a, &from);

	if (ip_addr_is_v4(a))
		return write_quad(a->at + sizeof(mapped), out);
	for (size_t i = 0; i < 8;) {
		if (i == from) {
			out[n++] = ':';
			out[n++] = ':';
			i += run;
			continue;
		}
		if (i && out[n - 1] != ':')
			out[n++] = ':';
		n += write_group(group_of(a, i), out + n);
		i++;
	}
	out[n] = '\0';
	return n;
}

/* --- text in -------------------------------------------------------------------- */

/* A leading zero is octal to some readers and decimal to others (RFC 6943 3.1.1). */
static bool
parse_decimal(struct span word, uint64_t max, uint8_t *out)
{
	uint64_t value;

	if (word.len > 1 && word.at[0] == '0')
		return false;
	if (word.len > 3 || !span_number(word, max, &value))
		return false;
	*out = (uint8_t)value;
	return true;
}

static bool
parse_quad(struct span text, uint8_t out[4])
{
	for (size_t i = 0; i < 4; i++) {
		size_t end = i < 3 ? span_find(text, '.') : text.len;

		if (i < 3 && end == text.len)
			return false;
		if (!parse_decimal(span_slice(text, 0, end), 255, &out[i]))
			return false;
		text = span_slice(text, end + 1, text.len);
	}
	return true;
}

static bool
parse_group(struct span word, uint8_t out[2])
{
	unsigned value = 0;

	if (word.len < 1 || word.len > 4)
		return false;
	for (size_t i = 0; i < word.len; i++) {
		uint8_t c = dis_lower(word.at[i]);

		if (dis_is_digit(c))
			value = value << 4 | (unsigned)(c - '0');
		else if (c >= 'a' && c <= 'f')
			value = value << 4 | (unsigned)(c - 'a' + 10);
		else
			return false;
	}
	out[0] = (uint8_t)(value >> 8);
	out[1] = (uint8_t)value;
	return true;
}

#define NO_GAP 17 /* beyond any place in 16 octets, their end included */

/* Octets read so far, and where in them "::" stood. */
struct halves {
	uint8_t at[16];
	size_t count;
	size_t gap; /* NO_GAP: there was none */
};

static bool
parse_piece(struct halves *h, struct span word, bool last)
{
	bool quad = last && span_find(word, '.') < word.len;
	size_t need = quad ? 4 : 2;

	if (h->count + need > sizeof(h->at))
		return false;
	if (quad ? !parse_quad(word, h->at + h->count)
		 : !parse_group(word, h->at + h->count))
		return false;
	h->count += need;
	return true;
}

/* RFC 4291 2.2: groups with ":" between, one "::", a dotted quad for the last two. */
static bool
parse_halves(struct span text, struct halves *h)
{
	if (text.len >= 2 && text.at[0] == ':' && text.at[1] == ':') {
		h->gap = 0;
		text = span_slice(text, 2, text.len);
		if (text.len == 0)
			return true;
	}
	for (;;) {
		size_t end = span_find(text, ':');

		if (!parse_piece(h, span_slice(text, 0, end), end == text.len))
			return false;
		if (end == text.len)
			return true;
		text = span_slice(text, end + 1, text.len);
		if (text.len == 0)
			return false;
		if (text.at[0] != ':')
			continue;
		if (h->gap != NO_GAP)
			return false;
		h->gap = h->count;
		text = span_slice(text, 1, text.len);
		if (text.len == 0)
			return true;
	}
}

static bool
parse_v6(struct span text, struct ip_addr *out)
{
	struct halves h = {.gap = NO_GAP};
	size_t tail;

	if (!parse_halves(text, &h))
		return false;
	/* "::" stands for at least one group. */
	if (h.gap == NO_GAP ? h.count != 16 : h.count > 14)
		return false;
	tail = h.gap == NO_GAP ? 0 : h.count - h.gap;
	memset(out->at, 0, sizeof(out->at));
	memcpy(out->at, h.at, h.count - tail);
	memcpy(out->at + 16 - tail, h.at + h.count - tail, tail);
	return true;
}

bool
ip_addr_parse(struct span text, struct ip_addr *out)
{
	uint8_t quad[4];

	if (span_find(text, ':') < text.len)
		return parse_v6(text, out);
	if (!parse_quad(text, quad))
		return false;
	*out = ip_addr_v4(quad);
	return true;
}

/* --- prefixes ------------------------------------------------------------------- */

bool
ip_prefix_parse(struct span text, struct ip_prefix *out)
{
	size_t slash = span_find(text, '/');
	bool v6 = span_find(text, ':') < text.len;
	struct ip_prefix p = {.bits = 128};

	if (!ip_addr_parse(span_slice(text, 0, slash), &p.base))
		return false;
	if (slash < text.len) {
		struct span bits = span_slice(text, slash + 1, text.len);

		if (!parse_decimal(bits, v6 ? 128 : 32, &p.bits))
			return false;
		if (!v6)
			p.bits = (uint8_t)(p.bits + 96);
	}
	for (size_t bit = p.bits; bit < 128; bit++)
		if (p.base.at[bit / 8] & 0x80 >> bit % 8)
			return false;
	*out = p;
	return true;
}

bool
ip_prefix_holds(const struct ip_prefix *p, const struct ip_addr *a)
{
	size_t whole = p->bits / 8, rest = p->bits % 8;

	if (p->bits > 128 || memcmp(p->base.at, a->at, whole) != 0)
		return false;
	return rest == 0 || (p->base.at[whole] ^ a->at[whole]) >> (8 - rest) == 0;
}

static bool
holds_any(const struct ip_prefix *nets, size_t count, const struct ip_addr *a)
{
	for (size_t i = 0; i < count; i++)
		if (ip_prefix_holds(&nets[i], a))
			return true;
	return false;
}

bool
ip_addr_is_private(const struct ip_addr *a)
{
	return holds_any(private_nets, sizeof(private_nets) / sizeof(private_nets[0]), a);
}

bool
ip_addr_is_loopback(const struct ip_addr *a)
{
	return holds_any(
		loopback_nets, sizeof(loopback_nets) / sizeof(loopback_nets[0]), a);
}
