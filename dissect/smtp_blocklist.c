/* SPDX-License-Identifier: Apache-2.0 */
#include "smtp_meaning.h"

static bool
is_host_octet(uint8_t c)
{
	return dis_is_alpha(c) || dis_is_digit(c) || c == '-' || c == '.' || c == '_';
}

/* The run of host octets around s.at[at], final dots removed. */
static struct span
host_around(struct span s, size_t at)
{
	size_t from = at, to = at;

	while (from > 0 && is_host_octet(s.at[from - 1]))
		from--;
	while (to < s.len && is_host_octet(s.at[to]))
		to++;
	while (to > from && s.at[to - 1] == '.')
		to--;
	return span_slice(s, from, to);
}

/* What stands behind one of these; a name without a dot only behind the first. */
static struct span
list_behind_marker(struct span text)
{
	static const struct span markers[] = {
		SPAN_LITERAL("blocked using "),
		SPAN_LITERAL("listed in "),
		SPAN_LITERAL("listed at "),
		SPAN_LITERAL("listed on "),
		SPAN_LITERAL("listed by "),
		SPAN_LITERAL("found in "),
		SPAN_LITERAL("found on "),
	};

	for (size_t i = 0; i < sizeof(markers) / sizeof(markers[0]); i++) {
		size_t at = span_search_nocase(text, markers[i]);
		struct span host;

		if (at == text.len)
			continue;
		host = host_around(text, at + markers[i].len);
		if (host.len && (i == 0 || span_find(host, '.') < host.len))
			return host;
	}
	return SPAN_NONE;
}

struct span
smtp_blocklist_name(struct span text)
{
	static const struct span lists[] = {
		SPAN_LITERAL("spamhaus"),
		SPAN_LITERAL("spamcop"),
		SPAN_LITERAL("barracuda"),
		SPAN_LITERAL("sorbs"),
		SPAN_LITERAL("uceprotect"),
		SPAN_LITERAL("abuseat"),
		SPAN_LITERAL("mailspike"),
		SPAN_LITERAL("invaluement"),
	};
	struct span s = span_slice(text, 0, SMTP_FOLD_MAX);
	struct span host = list_behind_marker(s);

	for (size_t i = 0; host.len == 0 && i < sizeof(lists) / sizeof(lists[0]); i++) {
		size_t at = span_search_nocase(s, lists[i]);

		if (at < s.len)
			host = host_around(s, at);
	}
	return host;
}
