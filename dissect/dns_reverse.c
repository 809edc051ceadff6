/* SPDX-License-Identifier: Apache-2.0 */
#include "dns_reverse.h"

#define NIBBLES 32

/* The first label off *name, with its dot. False: the name is at its end. */
static bool
label_take(struct span *name, struct span *label)
{
	size_t dot = span_find(*name, '.');

	if (dot == 0 || name->len == 0)
		return false;
	*label = span_slice(*name, 0, dot);
	*name = span_slice(*name, dot + 1, name->len);
	return true;
}

/* Four numbers, the last of the address first; no leading zeros. */
static bool
quad_take(struct span *name, struct ip_addr *out)
{
	struct span left = *name, label;
	uint8_t at[4];
	uint64_t value;

	for (int i = 3; i >= 0; i--) {
		if (!label_take(&left, &label) || !span_number(label, 255, &value))
			return false;
		if (label.len > 1 && label.at[0] == '0')
			return false;
		at[i] = (uint8_t)value;
	}
	*out = ip_addr_v4(at);
	*name = left;
	return true;
}

static bool
nibble_parse(struct span label, uint8_t *out)
{
	uint8_t c = label.len == 1 ? dis_lower(label.at[0]) : 0;

	if (dis_is_digit(c))
		*out = (uint8_t)(c - '0');
	else if (c >= 'a' && c <= 'f')
		*out = (uint8_t)(c - 'a' + 10);
	else
		return false;
	return true;
}

/* RFC 3596 2.5: the lowest nibble first. */
static bool
nibbles_take(struct span *name, struct ip_addr *out)
{
	struct span left = *name, label;
	uint8_t at[16] = {0};
	uint8_t nibble;

	for (unsigned i = 0; i < NIBBLES; i++) {
		uint8_t *octet = &at[15 - i / 2];

		if (!label_take(&left, &label) || !nibble_parse(label, &nibble))
			return false;
		*octet = (uint8_t)(*octet | nibble << (i % 2 * 4));
	}
	*out = ip_addr_v6(at);
	*name = left;
	return true;
}

static struct span
without_last_dot(struct span name)
{
	if (name.len > 0 && name.at[name.len - 1] == '.')
		name.len--;
	return name;
}

bool
dns_reverse_parse(struct span name, struct ip_addr *out)
{
	struct span left = without_last_dot(name);
	struct ip_addr found;

	if (quad_take(&left, &found) &&
		span_equal_nocase(left, SPAN_LITERAL("in-addr.arpa"))) {
		*out = found;
		return true;
	}
	left = without_last_dot(name);
	if (nibbles_take(&left, &found) &&
		span_equal_nocase(left, SPAN_LITERAL("ip6.arpa"))) {
		*out = found;
		return true;
	}
	return false;
}

bool
dns_blocklist_parse(struct span name, struct ip_addr *out, struct span *zone)
{
	struct span left = without_last_dot(name);
	struct ip_addr found;

	/* Nibbles first: the first four of them may look like a quad. */
	if (!nibbles_take(&left, &found) && !quad_take(&left, &found))
		return false;
	if (span_find(left, '.') == left.len ||
		span_ends_nocase(left, SPAN_LITERAL(".arpa")))
		return false;
	*out = found;
	*zone = left;
	return true;
}
