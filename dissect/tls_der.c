/* SPDX-License-Identifier: Apache-2.0 */
#include "tls_der.h"

/* X.690 8.1.3: one octet below 128, or 128 + n and n octets. False: not as we want it. */
static bool
length_parse(struct cursor *c, size_t *out)
{
	uint8_t first = dis_u8(c);
	uint8_t octets = first & 0x7f;
	size_t length = 0;

	if (!(first & 0x80)) {
		*out = first;
		return !c->overrun;
	}
	if (octets == 0 || octets > 4)
		return false;
	while (octets-- > 0)
		length = length << 8 | dis_u8(c);
	*out = length;
	return !c->overrun;
}

bool
tls_der_next(struct cursor *c, struct tls_der *out)
{
	const uint8_t *start = c->at;
	size_t length, left;

	out->tag = dis_u8(c);
	if (c->overrun || (out->tag & 0x1f) == 0x1f || !length_parse(c, &length)) {
		c->overrun = true;
		return false;
	}
	left = cursor_left(c);
	out->cut = length > left;
	out->body = cursor_take(c, out->cut ? left : length);
	out->whole = span_of(start, (size_t)(c->at - start));
	return true;
}

bool
tls_der_expect(struct cursor *c, enum tls_der_tag tag, struct span *body)
{
	struct tls_der e;

	if (!tls_der_next(c, &e))
		return false;
	if (e.tag != tag || e.cut) {
		c->overrun = true;
		return false;
	}
	*body = e.body;
	return true;
}

/* Days from 1970-01-01 to that day of the Gregorian calendar; years from 0. */
static int64_t
days_of(int64_t year, int64_t month, int64_t day)
{
	/* The year is taken to begin in March, so that its leap day comes last. */
	int64_t y = month > 2 ? year : year - 1;
	int64_t m = month > 2 ? month - 3 : month + 9;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * m + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* n digits (n <= 4) off the front of *text. */
static bool
digits_take(struct span *text, size_t n, uint64_t *out)
{
	if (text->len < n || !span_number(span_slice(*text, 0, n), 9999, out))
		return false;
	*text = span_slice(*text, n, text->len);
	return true;
}

/* RFC 5280 4.1.2.5.1: two digits are 1950 to 2049. */
static bool
year_take(struct span *text, uint8_t tag, uint64_t *out)
{
	if (tag == TLS_DER_TIME)
		return digits_take(text, 4, out);
	if (tag != TLS_DER_UTC_TIME || !digits_take(text, 2, out))
		return false;
	*out += *out >= 50 ? 1900 : 2000;
	return true;
}

bool
tls_der_time(const struct tls_der *element, int64_t *out)
{
	struct span t = element->body;
	uint64_t year, month, day, hour, minute, second;

	if (element->cut || !year_take(&t, element->tag, &year))
		return false;
	if (!digits_take(&t, 2, &month) || !digits_take(&t, 2, &day) ||
		!digits_take(&t, 2, &hour) || !digits_take(&t, 2, &minute) ||
		!digits_take(&t, 2, &second))
		return false;
	if (!span_equal(t, SPAN_LITERAL("Z")) || month < 1 || month > 12 || day < 1 ||
		day > 31)
		return false;
	if (hour > 23 || minute > 59 || second > 59)
		return false;
	*out = days_of((int64_t)year, (int64_t)month, (int64_t)day) * 86400 +
	       (int64_t)(hour * 3600 + minute * 60 + second);
	return true;
}
