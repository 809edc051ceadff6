/* SPDX-License-Identifier: Apache-2.0 */
#include "mail_date.h"

#include "mail_token.h"

struct civil {
	uint64_t year, month, day, hour, minute, second;
};

/* The next token that is no comment, empty at the end. */
static struct span
next_word(struct span *rest)
{
	struct mail_token t;

	while (mail_token_next(rest, ",", &t))
		if (t.kind != MAIL_TOKEN_COMMENT)
			return t.text;
	return SPAN_NONE;
}

static bool
read_month(struct span word, uint64_t *month)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";

	for (size_t i = 0; i < 12; i++)
		if (span_equal_nocase(word, span_of(names + 3 * i, 3))) {
			*month = i + 1;
			return true;
		}
	return false;
}

/* RFC 5322 4.3: two digits from 50 and all of three digits count from 1900. */
static bool
read_year(struct span word, uint64_t *year)
{
	if (word.len < 2 || !span_number(word, 9999, year))
		return false;
	if (word.len == 2)
		*year += *year < 50 ? 2000 : 1900;
	else if (word.len == 3)
		*year += 1900;
	return *year >= 1900;
}

/* hour ":" minute [":" second] */
static bool
read_time(struct span word, struct civil *c)
{
	size_t first = span_find(word, ':');
	struct span rest = span_slice(word, first + 1, word.len);
	size_t second = span_find(rest, ':');

	c->second = 0;
	if (!span_number(span_slice(word, 0, first), 23, &c->hour) ||
		!span_number(span_slice(rest, 0, second), 59, &c->minute))
		return false;
	return second == rest.len ||
	       span_number(span_slice(rest, second + 1, rest.len), 60, &c->second);
}

static uint64_t
days_in(uint64_t month, uint64_t year)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap ? 1u : 0u);
}

/* Days from 1970-01-01, by counting from 1 March of year 0 (Gregorian, proleptic). */
static int64_t
days_since_epoch(const struct civil *c)
{
	uint64_t year = c->month > 2 ? c->year : c->year - 1;
	uint64_t month = c->month > 2 ? c->month - 3 : c->month + 9;
	uint64_t days = year * 365 + year / 4 - year / 100 + year / 400;

	days += (month * 153 + 2) / 5 + c->day - 1;
	return (int64_t)days - 719468;
}

static void
read_named_zone(struct span word, struct mail_date *d)
{
	/* RFC 5322 4.3 */
	static const struct {
		char name[4];
		int16_t minutes;
	} zones[] = {{"UT", 0}, {"GMT", 0}, {"UTC", 0}, {"EDT", -240}, {"EST", -300},
		{"CDT", -300}, {"CST", -360}, {"MDT", -360}, {"MST", -420}, {"PDT", -420},
		{"PST", -480}};

	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
		if (span_equal_nocase(word, span_of_text(zones[i].name))) {
			d->zone = zones[i].minutes;
			d->zone_told = true;
		}
}

/* ("+" / "-") 4DIGIT; "-0000" says that the zone is not known (3.3). */
static void
read_zone(struct span word, struct mail_date *d)
{
	uint64_t hours, minutes;

	if (word.len != 5 || (word.at[0] != '+' && word.at[0] != '-')) {
		read_named_zone(word, d);
		return;
	}
	if (!span_number(span_slice(word, 1, 3), 99, &hours) ||
		!span_number(span_slice(word, 3, 5), 59, &minutes))
		return;
	d->zone = (int16_t)(hours * 60 + minutes);
	d->zone_told = d->zone != 0 || word.at[0] == '+';
	if (word.at[0] == '-')
		d->zone = (int16_t)-d->zone;
}

bool
mail_date_parse(struct span text, struct mail_date *out)
{
	struct mail_date d = {0, 0, false};
	struct civil c;
	struct span word = next_word(&text);

	if (word.len && dis_is_alpha(word.at[0])) {
		word = next_word(&text);
		if (word.len == 1 && word.at[0] == ',')
			word = next_word(&text);
	}
	if (!span_number(word, 31, &c.day) || !read_month(next_word(&text), &c.month) ||
		!read_year(next_word(&text), &c.year) || !read_time(next_word(&text), &c))
		return false;
	if (c.day == 0 || c.day > days_in(c.month, c.year))
		return false;
	read_zone(next_word(&text), &d);
	d.seconds = days_since_epoch(&c) * 86400 +
		    (int64_t)(c.hour * 3600 + c.minute * 60 + c.second) -
		    (int64_t)d.zone * 60;
	*out = d;
	return true;
}
