/* SPDX-License-Identifier: Apache-2.0 */
#include "smtp_mailbox.h"

/* RFC 5322 3.2.3 atext and the dot, any octet of UTF-8 (RFC 6531 3.3) included. */
static bool
is_atom(uint8_t c)
{
	return c > ' ' && c != 0x7f && span_find(SPAN_LITERAL("()<>[]:;\\,\"@"), c) == 12;
}

static bool
is_label(uint8_t c)
{
	return dis_is_alpha(c) || dis_is_digit(c) || c == '-' || c == '_' || c >= 0x80;
}

/*
 * The index behind the quoted string, the literal or the octet that stands at i. 0 if a
 * quote or a bracket is not closed.
 */
static size_t
item_end(struct span s, size_t i)
{
	uint8_t close = s.at[i] == '"' ? '"' : ']';

	if (s.at[i] != '"' && s.at[i] != '[')
		return i + 1;
	for (i++; i < s.len; i++) {
		if (s.at[i] == close)
			return i + 1;
		if (s.at[i] == '\\' && close == '"')
			i++;
	}
	return 0;
}

/* The last c outside of quotes and literals, or s.len. False if they are not balanced. */
static bool
find_last(struct span s, uint8_t c, size_t *out)
{
	*out = s.len;
	for (size_t i = 0, end; i < s.len; i = end) {
		end = item_end(s, i);
		if (end == 0)
			return false;
		if (s.at[i] == c)
			*out = i;
	}
	return true;
}

static size_t
find_first(struct span s, uint8_t c)
{
	size_t i = 0;

	while (i < s.len && s.at[i] != c) {
		size_t end = item_end(s, i);

		i = end ? end : s.len;
	}
	return i;
}

/* Labels joined by single dots. */
static bool
is_host(struct span s)
{
	uint8_t before = '.';

	for (size_t i = 0; i < s.len; i++) {
		if (!is_label(s.at[i]) && (s.at[i] != '.' || before == '.'))
			return false;
		before = s.at[i];
	}
	return before != '.';
}

static bool
is_literal(struct span s)
{
	if (s.len < 3 || s.at[0] != '[' || s.at[s.len - 1] != ']')
		return false;
	for (size_t i = 1; i < s.len - 1; i++)
		if (!is_atom(s.at[i]) && s.at[i] != ':')
			return false;
	return true;
}

/*
 * A host of the Internet and not "50%off" or "wow!great": two labels at least, the last
 * of letters.
 */
static bool
is_dotted_host(struct span s)
{
	size_t dot = s.len;

	while (dot > 0 && s.at[dot - 1] != '.')
		dot--;
	return is_host(s) && dot > 0 && s.len - dot >= 2 && !dis_is_digit(s.at[dot]);
}

static bool
take_domain(struct span s, struct span *domain, enum smtp_via *via)
{
	if (s.len > 1 && s.at[s.len - 1] == '.')
		s.len--;
	*domain = s;
	*via = is_literal(s) ? SMTP_VIA_LITERAL : SMTP_VIA_HOST;
	return *via == SMTP_VIA_LITERAL || (s.len > 0 && is_host(s));
}

/*
 * RFC 5321 4.1.2: A-d-l = At-domain *( "," At-domain ), then ":" and the mailbox. The
 * form "@a:@b:user@c" is no grammar's, but testers send it.
 */
static void
take_route(struct span s, struct smtp_mailbox *out)
{
	size_t i = 0, hosts = 0;
	struct span host;

	while (i < s.len && s.at[i] == '@') {
		size_t from = ++i;
		enum smtp_via via;

		while (i < s.len && s.at[i] != ',' && s.at[i] != ':') {
			i = item_end(s, i);
			if (i == 0)
				return;
		}
		if (!take_domain(span_slice(s, from, i), &host, &via) || i == s.len)
			return;
		if (s.at[i++] == ',' && (i == s.len || s.at[i] != '@'))
			return;
		if (hosts++ == 0)
			out->via = via;
	}
	out->inner = span_slice(s, i, s.len);
	if (out->inner.len)
		out->form = hosts > 1 ? SMTP_FORM_MULTI_HOP : SMTP_FORM_SOURCE_ROUTE;
}

/* Words of atoms, dots and quoted strings (RFC 5322 4.4); behind % a literal too. */
static bool
is_local(struct span s)
{
	for (size_t i = 0, end; i < s.len; i = end) {
		end = item_end(s, i);
		if (end == 0)
			return false;
		if (i > 0 && s.at[i - 1] == '%' && is_literal(span_slice(s, i, end)))
			continue;
		if (s.at[i] != '"' && !is_atom(s.at[i]))
			return false;
	}
	return s.len > 0;
}

/* Sender Rewriting Scheme: its local part holds an address, and is honest about it. */
static bool
is_srs(struct span local)
{
	uint8_t mark = local.len > 4 ? local.at[4] : 0;

	return (span_starts_nocase(local, SPAN_LITERAL("SRS0")) ||
		       span_starts_nocase(local, SPAN_LITERAL("SRS1"))) &&
	       (mark == '=' || mark == '+' || mark == '-');
}

/* The rightmost % is the next @ (RFC 1123 5.2.16). */
static bool
take_percent(struct span local, struct smtp_mailbox *out)
{
	size_t at;

	if (!find_last(local, '%', &at) || at == 0 || at == local.len)
		return false;
	out->user = span_slice(local, 0, at);
	out->host = span_slice(local, at + 1, local.len);
	return is_dotted_host(out->host) || is_literal(out->host);
}

/* UUCP's way, host!user: the leftmost host comes first (RFC 976). */
static bool
take_bang(struct span local, struct smtp_mailbox *out)
{
	size_t at = find_first(local, '!');

	out->host = span_slice(local, 0, at);
	out->user = span_slice(local, at + 1, local.len);
	if (out->user.len == 0 || !is_host(out->host) || out->host.len == 0)
		return false;
	return is_dotted_host(out->host) || find_first(out->user, '!') < out->user.len;
}

static bool
is_localhost(struct span domain)
{
	return span_equal_nocase(domain, SPAN_LITERAL("localhost")) ||
	       span_equal_nocase(domain, SPAN_LITERAL("localhost.localdomain"));
}

static enum smtp_form
form_of_local(struct smtp_mailbox *m)
{
	bool srs = is_srs(m->local);

	if (m->local.at[0] == '"' && item_end(m->local, 0) == m->local.len) {
		m->inner = span_slice(m->local, 1, m->local.len - 1);
		return SMTP_FORM_QUOTED;
	}
	if (!srs && take_percent(m->local, m))
		return SMTP_FORM_PERCENT;
	if (!srs && take_bang(m->local, m))
		return SMTP_FORM_BANG;
	m->user = m->host = SPAN_NONE;
	if (m->domain.len == 0)
		return SMTP_FORM_NO_DOMAIN;
	if (m->via == SMTP_VIA_LITERAL)
		return SMTP_FORM_LITERAL;
	return is_localhost(m->domain) ? SMTP_FORM_LOCALHOST : SMTP_FORM_PLAIN;
}

/* s begins with no @; at is the index of its last @, or s.len. */
static enum smtp_form
take_parts(struct span s, size_t at, struct smtp_mailbox *out)
{
	size_t before;

	out->local = span_slice(s, 0, at);
	if (s.at[out->local.len - 1] == '@')
		return SMTP_FORM_MALFORMED;
	if (at + 1 == s.len) {
		out->inner = out->local;
		return SMTP_FORM_TRAILING_AT;
	}
	if (at < s.len &&
		!take_domain(span_slice(s, at + 1, s.len), &out->domain, &out->via))
		return SMTP_FORM_MALFORMED;
	if (find_last(out->local, '@', &before) && before < out->local.len) {
		out->inner = out->local;
		return SMTP_FORM_DOUBLE_AT;
	}
	return is_local(out->local) ? form_of_local(out) : SMTP_FORM_MALFORMED;
}

void
smtp_mailbox_parse(struct span s, struct smtp_mailbox *out)
{
	size_t at;

	*out = (struct smtp_mailbox){.form = SMTP_FORM_MALFORMED, .via = SMTP_VIA_NONE};
	if (s.len == 0) {
		out->form = SMTP_FORM_NULL;
	} else if (span_equal_nocase(s, SPAN_LITERAL("postmaster"))) {
		out->local = s;
		out->form = SMTP_FORM_POSTMASTER;
	} else if (s.at[0] == '@') {
		take_route(s, out);
	} else if (find_last(s, '@', &at)) {
		out->form = take_parts(s, at, out);
	}
	if (out->form == SMTP_FORM_MALFORMED)
		*out = (struct smtp_mailbox){
			.form = SMTP_FORM_MALFORMED, .via = SMTP_VIA_NONE};
}

bool
smtp_mailbox_is_trick(enum smtp_form form)
{
	switch (form) {
	case SMTP_FORM_QUOTED:
	case SMTP_FORM_PERCENT:
	case SMTP_FORM_BANG:
	case SMTP_FORM_SOURCE_ROUTE:
	case SMTP_FORM_MULTI_HOP:
	case SMTP_FORM_DOUBLE_AT:
	case SMTP_FORM_TRAILING_AT:
		return true;
	case SMTP_FORM_MALFORMED:
	case SMTP_FORM_PLAIN:
	case SMTP_FORM_NULL:
	case SMTP_FORM_POSTMASTER:
	case SMTP_FORM_NO_DOMAIN:
	case SMTP_FORM_LITERAL:
	case SMTP_FORM_LOCALHOST:
	case SMTP_FORM_COUNT:
		break;
	}
	return false;
}

struct span
smtp_mailbox_unquote(struct span quoted, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < quoted.len; i++) {
		if (quoted.at[i] == '\\' && i + 1 < quoted.len)
			i++;
		out[n++] = (char)quoted.at[i];
	}
	return span_of(out, n);
}

/* RFC 5322 3.2.3 dot-atom-text. */
static bool
is_dot_atom(struct span s)
{
	uint8_t before = '.';

	for (size_t i = 0; i < s.len; i++) {
		if (!is_atom(s.at[i]) || (s.at[i] == '.' && before == '.'))
			return false;
		before = s.at[i];
	}
	return before != '.';
}

size_t
smtp_mailbox_write_local(struct span local, char *out)
{
	struct span bare;
	size_t n = 0;

	if (local.len < 2 || local.at[0] != '"' || item_end(local, 0) != local.len) {
		if (local.len)
			memcpy(out, local.at, local.len);
		return local.len;
	}
	bare = smtp_mailbox_unquote(span_slice(local, 1, local.len - 1), out);
	if (is_dot_atom(bare))
		return bare.len;
	out[n++] = '"';
	for (size_t i = 1; i < local.len - 1; i++) {
		uint8_t c = local.at[i];

		if (c == '\\')
			c = local.at[++i];
		if (c == '"' || c == '\\')
			out[n++] = '\\';
		out[n++] = (char)c;
	}
	out[n++] = '"';
	return n;
}
