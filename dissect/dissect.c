/* SPDX-License-Identifier: Apache-2.0 */
#include "dissect.h"

bool
span_equal(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

bool
span_starts_nocase(struct span s, struct span prefix)
{
	if (s.len < prefix.len)
		return false;
	for (size_t i = 0; i < prefix.len; i++)
		if (dis_lower(s.at[i]) != dis_lower(prefix.at[i]))
			return false;
	return true;
}

bool
span_equal_nocase(struct span a, struct span b)
{
	return a.len == b.len && span_starts_nocase(a, b);
}

bool
span_ends_nocase(struct span s, struct span suffix)
{
	if (s.len < suffix.len)
		return false;
	return span_starts_nocase(span_slice(s, s.len - suffix.len, s.len), suffix);
}

size_t
span_find(struct span s, uint8_t c)
{
	const uint8_t *hit = s.len ? memchr(s.at, c, s.len) : NULL;

	return hit ? (size_t)(hit - s.at) : s.len;
}

size_t
span_search_nocase(struct span s, struct span text)
{
	for (size_t i = 0; i + text.len <= s.len; i++)
		if (span_starts_nocase(span_of(s.at + i, s.len - i), text))
			return i;
	return s.len;
}

static bool
is_space(uint8_t c)
{
	return dis_is_blank(c) || c == '\r' || c == '\n';
}

struct span
span_trim(struct span s)
{
	while (s.len && is_space(s.at[s.len - 1]))
		s.len--;
	while (s.len && is_space(s.at[0])) {
		s.at++;
		s.len--;
	}
	return s;
}

bool
span_number(struct span s, uint64_t max, uint64_t *out)
{
	uint64_t value = 0;

	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		uint64_t digit = (uint64_t)s.at[i] - '0';

		if (!dis_is_digit(s.at[i]) || value > (max - digit) / 10 || digit > max)
			return false;
		value = value * 10 + digit;
	}
	*out = value;
	return true;
}

size_t
span_copy(struct span s, char *out, size_t room)
{
	size_t n = s.len < room ? s.len : room - 1;

	if (n)
		memcpy(out, s.at, n);
	out[n] = '\0';
	return n;
}
