/* SPDX-License-Identifier: Apache-2.0 */
#include "redact.h"

/* A path is no longer than this (RFC 5321 4.5.3.1.3 has 256): octets from < to its @. */
#define PATH_OCTETS 512
/* Backslashes in a row that are counted; an even number. */
#define ESCAPES 64

struct scan {
	struct span s;
	size_t done; /* what is before it has been written */
	size_t open; /* behind the last <, 0: none, or it was closed */
	/* So that no word is searched twice: the sign ahead, and where none is. */
	size_t sign, bracket_sign, no_sign;
	enum config_redact level;
	struct text_out *out;
};

/* A piece of the text that is to go: up to mark, and what of it stays. */
struct token {
	size_t from, to;
	struct span kept; /* with its sign; empty: nothing */
	bool tail;	  /* something behind the kept part went, too */
};

/* Written by advice.c and advice_mta.c, not by peers. */
static const char *const ours[] = {
	"tester@example.com",
	"tester@example.net",
	"postmaster@own.example",
	"tester%example.net@own.example",
	"example.net!tester@own.example",
	"@own.example:tester@example.net",
	"tester@example.net@own.example",
	"tester@example.net@",
	"tester@own.example",
	"-qR@",
};

/*
 * Octets of an at sign at i, 0 if there is none: also as URLs write it, full width
 * (U+FF20) and small (U+FE6B).
 */
static size_t
at_sign(struct span s, size_t i)
{
	struct span here = span_slice(s, i, i + 3);

	if (!here.len)
		return 0;
	if (here.at[0] == '@')
		return 1;
	return span_equal(here, SPAN_LITERAL("%40")) ||
			       span_equal(here, SPAN_LITERAL("\xef\xbc\xa0")) ||
			       span_equal(here, SPAN_LITERAL("\xef\xb9\xab"))
		       ? 3
		       : 0;
}

/* RFC 5322 3.2.3 with the dot, RFC 6531 3.3. */
static bool
is_atom(uint8_t c)
{
	return c >= 0x80 || dis_is_alpha(c) || dis_is_digit(c) ||
	       (c && strchr("!#$%&'*+-/=?^_`{|}~.", c));
}

static bool
is_space(uint8_t c)
{
	return c <= ' ' || c == 0x7f;
}

static bool
is_domain(uint8_t c)
{
	return c >= 0x80 || dis_is_alpha(c) || dis_is_digit(c) || c == '-' || c == '.' ||
	       c == '_';
}

/* Where the domain or literal that begins at i ends; i if there is none. */
static size_t
domain_end(struct span s, size_t i)
{
	size_t end = i;

	if (i < s.len && s.at[i] == '[') {
		for (end = i + 1;
			end < s.len && (is_domain(s.at[end]) || s.at[end] == ':');)
			end++;
		return end < s.len && s.at[end] == ']' ? end + 1 : i;
	}
	while (end < s.len && is_domain(s.at[end]) && !at_sign(s, end))
		end++;
	/* The full stop of a sentence. */
	while (end > i && s.at[end - 1] == '.')
		end--;
	return end;
}

static bool
is_ours(struct span token)
{
	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
		if (span_equal(token, span_of_text(ours[i])))
			return true;
	/* At an address of the server: a mailbox that nobody has. */
	return span_starts_nocase(token, SPAN_LITERAL("tester@[")) &&
	       domain_end(token, span_find(token, '[')) == token.len;
}

static bool
has_dot(struct span s, size_t from, size_t to)
{
	struct span part = span_slice(s, from, to);

	return span_find(part, '.') < part.len;
}

/* An odd number of backslashes stands before i. */
static bool
is_escaped(struct span s, size_t from, size_t i)
{
	size_t n = 0;

	while (n < ESCAPES && i - n > from && s.at[i - n - 1] == '\\')
		n++;
	return n % 2 == 1;
}

/* Index of the mark that opens what is closed at close, not before from; else close. */
static size_t
opening(struct span s, size_t from, size_t close, uint8_t mark)
{
	for (size_t i = close; i-- > from;)
		if (s.at[i] == mark && !is_escaped(s, from, i))
			return i;
	return close;
}

/* Where the local part before i begins, not before from. */
static size_t
local_start(struct span s, size_t from, size_t i)
{
	while (i > from) {
		uint8_t c = s.at[i - 1];
		size_t open = i - 1;

		if (is_escaped(s, from, i - 1)) {
			i -= 2;
			continue;
		}
		if (c == '"' || c == ')')
			open = opening(s, from, i - 1, c == ')' ? '(' : '"');
		if (open < i - 1)
			i = open;
		else if (c == '"') /* its opening went with what was before it */
			return i - from < PATH_OCTETS ? from : i - PATH_OCTETS;
		else if (is_atom(c) || c == '\\')
			i--;
		else
			break;
	}
	return i;
}

/* The same, where blanks may stand before the sign (RFC 5322 4.4) at i. */
static size_t
local_start_spaced(const struct scan *t, size_t i, size_t behind)
{
	size_t start = local_start(t->s, t->done, i);
	size_t before = i, domain = behind;

	if (t->open && i - t->open <= PATH_OCTETS) {
		size_t open = t->open > t->done ? t->open : t->done;

		return start < open ? start : open;
	}
	if (start < i)
		return start;
	while (before > t->done && dis_is_blank(t->s.at[before - 1]))
		before--;
	while (domain < t->s.len && dis_is_blank(t->s.at[domain]))
		domain++;
	if (before == i || !has_dot(t->s, domain, domain_end(t->s, domain)))
		return i;
	start = local_start(t->s, t->done, before);
	return start < before ? start : i;
}

/*
 * Is there an at sign, at *i, that belongs to the same word (routes, and addresses with
 * more than one)? Else *i is where the word ends.
 */
static bool
next_sign(struct span s, size_t *i)
{
	for (; *i < s.len; (*i)++) {
		uint8_t c = s.at[*i];

		if (at_sign(s, *i))
			return true;
		if (c == ',' && at_sign(s, *i + 1))
			continue;
		if (!c || (!is_atom(c) && !strchr(":[]\"\\", c)))
			return false;
	}
	return false;
}

/* The same for the word around i. */
static bool
sign_follows(struct scan *t, size_t i)
{
	size_t at = i;

	if (i < t->sign || i < t->no_sign)
		return i < t->sign;
	if (next_sign(t->s, &at))
		t->sign = at;
	else
		t->no_sign = at;
	return i < t->sign;
}

static size_t
word_end(struct span s, size_t i)
{
	while (i < s.len && !is_space(s.at[i]) && s.at[i] != '>')
		i++;
	return i;
}

/* Behind a domain a separator, and then more: <@host:bob>, <x@host!bob>. */
static bool
has_tail(struct span s, size_t end, bool route)
{
	if (end + 1 >= s.len || is_space(s.at[end + 1]) || s.at[end + 1] == '>')
		return false;
	return s.at[end] == '%' || s.at[end] == '!' ||
	       (route && (s.at[end] == ':' || s.at[end] == ','));
}

/* The address whose first at sign is at i; false if it is none. */
static bool
token_of_sign(struct scan *t, size_t i, struct token *out)
{
	struct span s = t->s;
	size_t behind = i + at_sign(s, i);
	size_t end = domain_end(s, behind), next = end;

	out->from = local_start_spaced(t, i, behind);
	if (out->from == i && end == behind && !next_sign(s, &next))
		return false;
	for (next = end; next_sign(s, &next); next = end) {
		i = next;
		end = domain_end(s, i + at_sign(s, i));
	}
	out->kept = span_slice(s, i, end);
	out->tail = has_tail(s, end, s.at[out->from] == '@');
	out->to = out->tail ? word_end(s, end) : end;
	if (out->to < s.len && out->from < i && strchr("'\"", s.at[out->from]) &&
		s.at[out->from] == s.at[out->to])
		out->from++;
	return true;
}

/* user%domain without any at sign. */
static bool
token_of_percent(struct scan *t, size_t i, struct token *out)
{
	size_t end = domain_end(t->s, i + 1);

	if (!has_dot(t->s, i + 1, end) || sign_follows(t, i))
		return false;
	*out = (struct token){
		local_start(t->s, t->done, i), end, span_slice(t->s, i, end), false};
	return out->from < i;
}

/* host!user without any at sign: here the left side stays. */
static bool
token_of_bang(struct scan *t, size_t i, struct token *out)
{
	if (i + 1 >= t->s.len || t->s.at[i + 1] == '=' || !is_atom(t->s.at[i + 1]) ||
		sign_follows(t, i))
		return false;
	out->from = local_start(t->s, t->done, i);
	out->to = word_end(t->s, i + 1);
	out->kept = span_slice(t->s, out->from, i + 1);
	out->tail = true;
	return out->from < i;
}

/*
 * Where what begins behind < ends: at >, a blank, or the end of the text. What is quoted
 * may have both.
 */
static size_t
bracket_end(struct span s, size_t i)
{
	size_t end = i;

	if (i < s.len && s.at[i] == '"') {
		struct span path = span_slice(s, 0, i + PATH_OCTETS);

		for (end = i + 1; end < path.len; end++)
			if (s.at[end] == '"' && !is_escaped(s, i, end))
				break;
	}
	return word_end(s, end);
}

/* https://… in brackets, as replies have it. */
static bool
is_url(struct span s)
{
	struct span head = span_slice(s, 0, word_end(span_slice(s, 0, 8), 0));

	return span_search_nocase(head, SPAN_LITERAL("://")) < head.len;
}

/* <bob smith@victim.test>: a sign behind blanks, which is the business of its token. */
static bool
sign_in_bracket(struct span s, size_t i)
{
	size_t end = i + PATH_OCTETS < s.len ? i + PATH_OCTETS : s.len;

	for (; i < end && s.at[i] != '>' && s.at[i] != '<'; i++)
		if (at_sign(s, i))
			return true;
	return false;
}

/* A mailbox without domain: <bob>, or one that was cut off: <bob.smi */
static bool
token_of_bracket(struct scan *t, size_t i, struct token *out)
{
	struct span in = span_slice(t->s, i + 1, t->s.len);
	size_t end;

	if (i < t->bracket_sign || is_url(in))
		return false;
	end = bracket_end(t->s, i + 1);
	in = span_slice(t->s, i + 1, end);
	for (size_t k = 0; k < in.len; k++)
		if (at_sign(in, k)) {
			if (word_end(t->s, i + 1) >= i + 1 + k)
				t->bracket_sign = i + k;
			return false;
		}
	*out = (struct token){i + 1, end, SPAN_NONE, false};
	return in.len && !sign_in_bracket(t->s, i + 1) &&
	       !span_equal_nocase(in, SPAN_LITERAL("postmaster"));
}

static bool
token_at(struct scan *t, size_t i, struct token *out)
{
	if (at_sign(t->s, i))
		return token_of_sign(t, i, out);
	if (t->s.at[i] == '%')
		return token_of_percent(t, i, out);
	if (t->s.at[i] == '!')
		return token_of_bang(t, i, out);
	return t->s.at[i] == '<' && token_of_bracket(t, i, out);
}

static void
write_token(struct scan *t, const struct token *token)
{
	struct span kept = token->kept;
	bool left = kept.len && kept.at == t->s.at + token->from && token->tail &&
		    !at_sign(kept, 0);

	text_out_span(t->out, span_slice(t->s, t->done, token->from));
	t->done = token->to;
	if (is_ours(span_slice(t->s, token->from, token->to))) {
		text_out_span(t->out, span_slice(t->s, token->from, token->to));
		return;
	}
	if (t->level == CONFIG_REDACT_ALL || !kept.len || !left)
		text_out_text(t->out, REDACT_MARK);
	if (t->level == CONFIG_REDACT_ALL)
		return;
	text_out_span(t->out, kept);
	if (token->tail)
		text_out_text(t->out, REDACT_MARK);
}

void
redact_head(struct span s, size_t head, enum config_redact level, struct text_out *out)
{
	struct scan t = {.s = s, .level = level, .out = out};
	struct token token;

	if (level == CONFIG_REDACT_NONE) {
		text_out_span(out, span_slice(s, 0, head));
		return;
	}
	for (size_t i = 0; i < s.len && i < head + PATH_OCTETS;) {
		bool found = token_at(&t, i, &token);
		size_t next = found ? token.to : i + 1;

		if (found && token.from < head)
			write_token(&t, &token);
		for (; i < next; i++)
			if (s.at[i] == '<' || s.at[i] == '>')
				t.open = s.at[i] == '<' ? i + 1 : 0;
	}
	if (t.done < head)
		text_out_span(out, span_slice(s, t.done, head));
}

void
redact_text(struct span s, enum config_redact level, struct text_out *out)
{
	redact_head(s, s.len, level, out);
}

void
redact_address(struct span s, enum config_redact level, struct text_out *out)
{
	bool bracket = s.len && s.at[0] == '<';
	struct span kept = SPAN_NONE;

	if (level == CONFIG_REDACT_NONE || !s.len || span_equal(s, SPAN_LITERAL("<>"))) {
		text_out_span(out, s);
		return;
	}
	for (size_t i = 0; i < s.len; i++) {
		size_t sign = at_sign(s, i);

		if (sign)
			kept = span_slice(s, i, domain_end(s, i + sign));
	}
	text_out_text(out, bracket ? "<" REDACT_MARK : REDACT_MARK);
	if (level == CONFIG_REDACT_LOCAL_PART)
		text_out_span(out, kept);
	if (bracket)
		text_out_char(out, '>');
}
