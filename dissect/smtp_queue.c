/* SPDX-License-Identifier: Apache-2.0 */
#include "smtp_meaning.h"

/*
 * Octets that queue ids are made of: Exim's and Sendmail's base 62, Exchange's numbers,
 * UUIDs, Courier's dots, Oracle's "<0P…@host>".
 */
static bool
is_id_octet(uint8_t c)
{
	return dis_is_alpha(c) || dis_is_digit(c) || (c && strchr("-._@+=/$:", c));
}

/* The id that begins at s.at[at], an angle bracket before it skipped. */
static struct span
id_at(struct span s, size_t at)
{
	size_t to;

	if (at < s.len && s.at[at] == '<')
		at++;
	to = at;
	while (to < s.len && is_id_octet(s.at[to]))
		to++;
	/* What ends the sentence does not belong to it. */
	while (to > at && strchr(".:=", s.at[to - 1]))
		to--;
	return span_slice(s, at, to);
}

static bool
has_digit(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (dis_is_digit(s.at[i]))
			return true;
	return false;
}

static bool
is_word_start(struct span s, size_t at)
{
	return at == 0 || (!dis_is_alpha(s.at[at - 1]) && !dis_is_digit(s.at[at - 1]));
}

/*
 * The id behind the last place where phrase stands: a content filter puts the reply of
 * the queue behind its own ("from MTA(…): 250 2.0.0 Ok: queued as X").
 */
static struct span
id_behind(struct span s, struct span phrase)
{
	struct span found = SPAN_NONE;

	for (size_t at = 0; at < s.len; at += phrase.len) {
		struct span id;

		at += span_search_nocase(span_slice(s, at, s.len), phrase);
		if (at >= s.len)
			break;
		id = id_at(s, at + phrase.len);
		if (id.len && is_word_start(s, at))
			found = id;
	}
	return found;
}

/* Yandex: "Ok: queued on mxback1.mail.test as 1700000000-Abc" or without "as". */
static struct span
id_behind_host(struct span s)
{
	static const struct span on = SPAN_LITERAL("queued on "),
				 as = SPAN_LITERAL("as ");
	size_t at = span_search_nocase(s, on);
	struct span rest = span_slice(s, at + on.len, s.len);

	rest = span_trim(span_slice(rest, span_find(rest, ' '), rest.len));
	return id_at(rest, span_starts_nocase(rest, as) ? as.len : 0);
}

/* The word before phrase: "6ANJk0000007 Message accepted for delivery", "x12 - gsmtp". */
static struct span
id_before(struct span s, struct span phrase)
{
	size_t at = span_search_nocase(s, phrase), from;
	struct span id;

	if (at == s.len)
		return SPAN_NONE;
	s = span_trim(span_slice(s, 0, at));
	from = s.len;
	while (from > 0 && is_id_octet(s.at[from - 1]))
		from--;
	id = span_slice(s, from, s.len);
	return has_digit(id) ? id : SPAN_NONE;
}

/* qmail: "ok 1700000000 qp 1234": time and process, both of them the id. */
static struct span
id_of_qmail(struct span s)
{
	static const struct span ok = SPAN_LITERAL("ok "), qp = SPAN_LITERAL(" qp ");
	size_t at = span_search_nocase(s, qp), from = at, to = at + qp.len;

	if (!span_starts_nocase(s, ok) || at == s.len)
		return SPAN_NONE;
	while (from > 0 && dis_is_digit(s.at[from - 1]))
		from--;
	while (to < s.len && dis_is_digit(s.at[to]))
		to++;
	return from < at && to > at + qp.len ? span_slice(s, from, to) : SPAN_NONE;
}

/* Haraka: "Message Queued (UUID.1)", but not hMailServer's "Queued (0.1 seconds)". */
static struct span
id_in_parentheses(struct span s)
{
	static const struct span queued = SPAN_LITERAL("queued (");
	size_t at = span_search_nocase(s, queued) + queued.len;
	struct span id = id_at(s, at);

	if (id.len == 0 || at + id.len >= s.len || s.at[at + id.len] != ')')
		return SPAN_NONE;
	return has_digit(id) ? id : SPAN_NONE;
}

/* Amazon's "Ok 0102…-000000" and Courier's "Ok. 00000000000B0B82.…": nothing else
 * follows. */
static struct span
id_alone(struct span s)
{
	size_t from = span_starts_nocase(s, SPAN_LITERAL("ok. "))   ? 4
		      : span_starts_nocase(s, SPAN_LITERAL("ok: ")) ? 4
		      : span_starts_nocase(s, SPAN_LITERAL("ok "))  ? 3
								    : s.len;
	struct span id = id_at(s, from);

	if (id.len < 8 || from + id.len != s.len || !has_digit(id))
		return SPAN_NONE;
	return id;
}

/* IronPort: "ok:  Message 12345678 accepted". */
static struct span
id_of_ironport(struct span s)
{
	static const struct span message = SPAN_LITERAL("message ");
	size_t at = span_search_nocase(s, message) + message.len;
	struct span id = id_at(s, at);
	struct span rest = span_slice(s, at + id.len, s.len);

	if (!has_digit(id) || !span_starts_nocase(rest, SPAN_LITERAL(" accepted")))
		return SPAN_NONE;
	return id;
}

struct span
smtp_queue_id(const struct smtp_reply *reply)
{
	/* Explicit words first: the surer ones. */
	static const struct span behind[] = {
		SPAN_LITERAL("queued as "),
		SPAN_LITERAL("internalid="),
		SPAN_LITERAL("queued with id "),
		SPAN_LITERAL("queue id "),
		SPAN_LITERAL("queue-id "),
		SPAN_LITERAL("envelope id "),
		SPAN_LITERAL("id="),
	};
	static struct span (*const shapes[])(struct span) = {
		id_behind_host,
		id_of_qmail,
		id_in_parentheses,
		id_of_ironport,
		id_alone,
	};
	struct span s = span_trim(reply->text);
	struct span id = SPAN_NONE;

	if (reply->code < 200 || reply->code > 299)
		return SPAN_NONE;
	for (size_t i = 0; id.len == 0 && i < sizeof(behind) / sizeof(behind[0]); i++)
		id = id_behind(s, behind[i]);
	if (id.len == 0)
		id = id_before(s, SPAN_LITERAL(" message accepted for delivery"));
	if (id.len == 0)
		id = id_before(s, SPAN_LITERAL(" - gsmtp"));
	for (size_t i = 0; id.len == 0 && i < sizeof(shapes) / sizeof(shapes[0]); i++)
		id = shapes[i](s);
	return id;
}

/* Without the marks that stand around an address in a sentence. */
static struct span
without_marks(struct span s)
{
	static const char marks[] = "<>(),;:.'";

	while (s.len && strchr(marks, s.at[0]))
		s = span_slice(s, 1, s.len);
	while (s.len && strchr(marks, s.at[s.len - 1]))
		s = span_slice(s, 0, s.len - 1);
	return s;
}

struct span
smtp_reply_address(const struct smtp_reply *reply)
{
	struct span s = reply->text;
	size_t open = span_find(s, '<');
	size_t at = span_find(s, '@'), from = at, to = at;
	struct span inside = span_slice(s, open + 1, s.len);
	size_t close = span_find(inside, '>');

	if (reply->code < 200 || reply->code > 299 || at == s.len)
		return SPAN_NONE;
	inside = span_slice(inside, 0, close);
	if (open < at && at < open + 1 + close)
		return span_trim(inside);
	while (from > 0 && s.at[from - 1] > ' ')
		from--;
	while (to < s.len && s.at[to] > ' ')
		to++;
	return without_marks(span_slice(s, from, to));
}
