/* SPDX-License-Identifier: Apache-2.0 */
#include "time_text.h"

#include <stdio.h>
#include <time.h>

#define NS UINT64_C(1000000000)

static struct tm
broken_down(uint64_t ns)
{
	time_t seconds = (time_t)(ns / NS);
	struct tm tm;

	gmtime_r(&seconds, &tm);
	/* A 64-bit count of nanoseconds ends in 2554: four digits are enough. */
	return tm;
}

void
time_text_write(uint64_t ns, char *out)
{
	struct tm tm = broken_down(ns);
	size_t n = strftime(out, TIME_TEXT, "%Y-%m-%dT%H:%M:%S", &tm);

	snprintf(out + n, TIME_TEXT - n, ".%09uZ", (unsigned)(ns % NS));
}

void
time_text_write_short(uint64_t ns, char *out)
{
	struct tm tm = broken_down(ns);

	strftime(out, TIME_TEXT_SHORT, "%Y-%m-%d %H:%M:%S", &tm);
}

/* Takes n digits and then, if it is not 0, the octet after. */
static bool
take_number(struct span *s, size_t n, uint8_t after, int *out)
{
	uint64_t value;

	if (!span_number(span_slice(*s, 0, n), 9999, &value) || s->len < n)
		return false;
	*s = span_slice(*s, n, s->len);
	if (after) {
		if (s->len == 0 || s->at[0] != after)
			return false;
		*s = span_slice(*s, 1, s->len);
	}
	*out = (int)value;
	return true;
}

static uint64_t
take_fraction(struct span *s)
{
	uint64_t value = 0, unit = NS;

	if (s->len == 0 || s->at[0] != '.')
		return 0;
	*s = span_slice(*s, 1, s->len);
	while (s->len && dis_is_digit(s->at[0])) {
		unit /= 10;
		value += unit * (uint64_t)(s->at[0] - '0');
		*s = span_slice(*s, 1, s->len);
	}
	return value;
}

/* "Z", "+01:00": seconds east of UTC. */
static bool
take_offset(struct span s, int *seconds)
{
	int hours, minutes, sign;

	*seconds = 0;
	if (span_equal_nocase(s, SPAN_LITERAL("Z")))
		return true;
	if (s.len != 6 || (s.at[0] != '+' && s.at[0] != '-'))
		return false;
	sign = s.at[0] == '-' ? -1 : 1;
	s = span_slice(s, 1, s.len);
	if (!take_number(&s, 2, ':', &hours) || !take_number(&s, 2, 0, &minutes))
		return false;
	*seconds = sign * (hours * 3600 + minutes * 60);
	return true;
}

bool
time_text_parse(struct span text, uint64_t *ns)
{
	struct tm tm = {0};
	uint64_t fraction;
	int offset;
	time_t seconds;

	if (!take_number(&text, 4, '-', &tm.tm_year) ||
		!take_number(&text, 2, '-', &tm.tm_mon) ||
		!take_number(&text, 2, 0, &tm.tm_mday))
		return false;
	if (text.len == 0 || (dis_lower(text.at[0]) != 't' && text.at[0] != ' '))
		return false;
	text = span_slice(text, 1, text.len);
	if (!take_number(&text, 2, ':', &tm.tm_hour) ||
		!take_number(&text, 2, ':', &tm.tm_min) ||
		!take_number(&text, 2, 0, &tm.tm_sec))
		return false;
	fraction = take_fraction(&text);
	if (!take_offset(text, &offset))
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	seconds = timegm(&tm) - offset;
	if (seconds < 0)
		return false;
	*ns = (uint64_t)seconds * NS + fraction;
	return true;
}
