/* SPDX-License-Identifier: Apache-2.0 */
#include "base64.h"

/* RFC 4648 4, table 1; 64 for what is no digit. */
static uint32_t
digit_of(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return (uint32_t)(c - 'A');
	if (c >= 'a' && c <= 'z')
		return (uint32_t)(c - 'a' + 26);
	if (dis_is_digit(c))
		return (uint32_t)(c - '0' + 52);
	if (c == '+')
		return 62;
	return c == '/' ? 63 : 64;
}

/* What stands behind the last of n digits: as many '=' as fill the four, or nothing. */
static bool
is_padding(struct span rest, size_t n)
{
	size_t pads = (4 - n % 4) % 4;

	if (n % 4 == 1)
		return false;
	if (rest.len == 0)
		return true;
	if (rest.len != pads)
		return false;
	for (size_t i = 0; i < rest.len; i++)
		if (rest.at[i] != '=')
			return false;
	return true;
}

bool
base64_decode(struct span text, uint8_t *out, size_t room, size_t *len)
{
	uint32_t bits = 0;
	size_t n = 0;

	*len = 0;
	for (; n < text.len; n++) {
		uint32_t digit = digit_of(text.at[n]);

		if (digit == 64)
			break;
		bits = (bits << 6 | digit) & 0xffffffu;
		if (n % 4 == 0)
			continue;
		if (*len == room)
			return false;
		out[(*len)++] = (uint8_t)(bits >> (6 - 2 * (n % 4)));
	}
	return is_padding(span_slice(text, n, text.len), n);
}
