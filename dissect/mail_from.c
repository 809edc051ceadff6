/* SPDX-License-Identifier: Apache-2.0 */
#include "mail_from.h"

#include "mail_token.h"

static bool
starts_with_any(struct span s, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (span_starts_nocase(s, span_of_text(list[i])))
			return true;
	return false;
}

#define STARTS(s, list) starts_with_any((s), (list), sizeof(list) / sizeof((list)[0]))

bool
mail_comment_is_auth(struct span comment)
{
	/* Postfix and Kerio, Sendmail and Haraka; Courier */
	static const char *const list[] = {"Authenticated sender:", "authenticated bits=",
		"authenticated user", "authenticated as", "authenticated_id", "AUTH: "};

	return STARTS(comment, list) ||
	       span_equal_nocase(comment, SPAN_LITERAL("authenticated"));
}

bool
mail_comment_is_tls(struct span comment)
{
	static const char *const list[] = {"using TLS", "using SSL", "version=TLS",
		"version=SSL", "TLS", "Cipher TLS", "Cipher SSL"};

	return STARTS(comment, list) ||
	       span_ends_nocase(comment, SPAN_LITERAL(" encrypted")) ||
	       (span_starts_nocase(comment, SPAN_LITERAL("AUTH: ")) &&
		       span_search_nocase(comment, SPAN_LITERAL(", TLS: ")) <
			       comment.len);
}

/* An address in its text form, with the tag of RFC 5321 4.1.3 or without. */
static bool
read_addr(struct span s, struct ip_addr *out)
{
	if (span_starts_nocase(s, SPAN_LITERAL("IPv6:")))
		s = span_slice(s, 5, s.len);
	return ip_addr_parse(s, out);
}

/* "[address]" or "[address]:port" at the front of s; *after is what follows. */
static bool
read_bracket(struct span s, struct span *inside, struct span *after)
{
	size_t end = span_find(s, ']');
	size_t port = end + 1;

	if (s.len == 0 || s.at[0] != '[' || end == s.len)
		return false;
	*inside = span_slice(s, 1, end);
	if (port < s.len && s.at[port] == ':')
		while (++port < s.len && dis_is_digit(s.at[port]))
			continue;
	*after = span_slice(s, port, s.len);
	return after->len == 0 || dis_is_blank(after->at[0]) || after->at[0] == '(';
}

/* What stands in brackets: an address, or a word for "no network". */
static bool
take_inside(struct span inside, struct mail_from *out)
{
	struct ip_addr addr;

	out->local = span_equal_nocase(inside, SPAN_LITERAL("local")) ||
		     span_equal_nocase(inside, SPAN_LITERAL("unix socket")) ||
		     span_equal_nocase(inside, SPAN_LITERAL("unix"));
	if (out->local)
		return true;
	if (!read_addr(inside, &addr))
		return false;
	out->addr = addr;
	return true;
}

static struct span
first_word(struct span s)
{
	size_t n = 0;

	while (n < s.len && !dis_is_blank(s.at[n]))
		n++;
	return span_slice(s, 0, n);
}

/* "IDENT:user@name", "user@name", "name." to name; "unknown" to nothing. */
static struct span
clean_rdns(struct span s)
{
	for (size_t i = s.len; i > 0; i--)
		if (s.at[i - 1] == '@') {
			s = span_slice(s, i, s.len);
			break;
		}
	if (s.len && s.at[s.len - 1] == '.')
		s.len--;
	return span_equal_nocase(s, SPAN_LITERAL("unknown")) ? SPAN_NONE : s;
}

/* Exim: "[IP]:port helo=HELO ident=user", both names the client's. */
static bool
take_bracket_first(struct span comment, struct span word, struct mail_from *out)
{
	struct span inside, after;

	if (!read_bracket(comment, &inside, &after) || !take_inside(inside, out))
		return false;
	after = span_trim(after);
	if (span_starts_nocase(after, SPAN_LITERAL("helo="))) {
		out->rdns = clean_rdns(word);
		out->helo = first_word(span_slice(after, 5, after.len));
	}
	return true;
}

/* "RDNS [IP]", one word and one bracket, then at most a nested comment. */
static bool
take_name_first(struct span comment, struct mail_from *out)
{
	struct span name = first_word(comment);
	struct span rest = span_trim(span_slice(comment, name.len, comment.len));
	struct span inside, after;

	if (!read_bracket(rest, &inside, &after))
		return false;
	after = span_trim(after);
	if ((after.len && after.at[0] != '(') || !take_inside(inside, out))
		return false;
	out->rdns = clean_rdns(name);
	return true;
}

/* "IP" or qmail's "ident@IP" */
static bool
take_plain(struct span comment, struct mail_from *out)
{
	size_t i = comment.len;
	struct ip_addr addr;

	while (i > 0 && comment.at[i - 1] != '@')
		i--;
	if (!read_addr(span_slice(comment, i, comment.len), &addr))
		return false;
	out->addr = addr;
	out->local = false;
	return true;
}

static bool
take_address(struct span comment, struct span word, struct mail_from *out)
{
	if (comment.len && comment.at[0] == '[')
		return take_bracket_first(comment, word, out);
	return take_name_first(comment, out) || take_plain(comment, out);
}

/* "account USER HELO name" */
static void
take_account(struct span comment, struct mail_from *out)
{
	struct span rest = span_trim(span_slice(comment, 8, comment.len));

	out->account = first_word(rest);
	rest = span_trim(span_slice(rest, out->account.len, rest.len));
	if (span_starts_nocase(rest, SPAN_LITERAL("HELO ")))
		out->helo = span_trim(span_slice(rest, 5, rest.len));
}

/* Comments in which the client's words stand: nothing else is looked for in them. */
static bool
take_client_text(struct span comment, struct span word, struct mail_from *out)
{
	if (span_starts_nocase(comment, SPAN_LITERAL("helo=")) ||
		span_starts_nocase(comment, SPAN_LITERAL("port="))) {
		size_t at = span_search_nocase(comment, SPAN_LITERAL("helo="));

		if (!ip_addr_is_none(&out->bare))
			out->addr = out->bare;
		out->helo = first_word(span_slice(comment, at + 5, comment.len));
		return true;
	}
	if (span_starts_nocase(comment, SPAN_LITERAL("HELO ")) ||
		span_starts_nocase(comment, SPAN_LITERAL("EHLO "))) {
		out->helo = span_trim(span_slice(comment, 5, comment.len));
		if (ip_addr_is_none(&out->bare))
			out->rdns = clean_rdns(word);
		out->helo_comment = true;
		return true;
	}
	if (span_starts_nocase(comment, SPAN_LITERAL("account "))) {
		take_account(comment, out);
		return true;
	}
	return false;
}

static void
take_comment(struct span comment, struct span word, struct mail_from *out)
{
	comment = span_trim(comment);
	/* A whole clause in a comment: an unclosed parenthesis in the client's name. */
	if (span_search_nocase(comment, SPAN_LITERAL(" by ")) < comment.len)
		out->odd = true;
	if (mail_comment_is_auth(comment))
		out->auth = true;
	if (mail_comment_is_tls(comment))
		out->tls = true;
	if (mail_comment_is_auth(comment) || mail_comment_is_tls(comment) ||
		take_client_text(comment, word, out))
		return;
	if (take_address(comment, word, out)) {
		if (out->addrs < UINT8_MAX)
			out->addrs++;
		out->auth = false;
		out->tls = false;
		/* HELO [192.0.2.1]: with the address told elsewhere, the word was the
		 * client's. */
		if (out->helo.len == 0)
			out->helo = word;
	}
}

static void
take_word(struct span word, struct mail_from *out)
{
	struct span inside, after;

	out->helo = word;
	if (read_bracket(word, &inside, &after) && after.len == 0) {
		if (read_addr(inside, &out->bare))
			out->helo = SPAN_NONE;
	} else {
		(void)ip_addr_parse(word, &out->bare);
	}
}

void
mail_from_parse(struct span clause, struct mail_from *out)
{
	struct mail_token t;
	struct span word = SPAN_NONE;

	memset(out, 0, sizeof(*out));
	while (mail_token_next(&clause, ";", &t)) {
		if (t.kind == MAIL_TOKEN_COMMENT) {
			take_comment(t.text, word, out);
		} else if (t.kind == MAIL_TOKEN_WORD && !t.quoted) {
			if (word.len == 0) {
				word = t.text;
				take_word(word, out);
			}
		} else {
			out->odd = true;
		}
	}
}
