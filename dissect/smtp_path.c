/* SPDX-License-Identifier: Apache-2.0 */
#include "smtp_path.h"
#include "smtp_mailbox.h"

static const char *const form_names[SMTP_FORM_COUNT] = {
	[SMTP_FORM_MALFORMED] = "malformed",
	[SMTP_FORM_PLAIN] = "plain",
	[SMTP_FORM_NULL] = "null",
	[SMTP_FORM_POSTMASTER] = "postmaster",
	[SMTP_FORM_NO_DOMAIN] = "no-domain",
	[SMTP_FORM_LITERAL] = "literal",
	[SMTP_FORM_QUOTED] = "quoted",
	[SMTP_FORM_PERCENT] = "percent",
	[SMTP_FORM_BANG] = "bang",
	[SMTP_FORM_SOURCE_ROUTE] = "source-route",
	[SMTP_FORM_MULTI_HOP] = "multi-hop",
	[SMTP_FORM_DOUBLE_AT] = "double-at",
	[SMTP_FORM_TRAILING_AT] = "trailing-at",
	[SMTP_FORM_LOCALHOST] = "localhost",
};

const char *
smtp_form_name(enum smtp_form form)
{
	return (unsigned)form < SMTP_FORM_COUNT ? form_names[form] : form_names[0];
}

enum smtp_form
smtp_form_of_name(struct span name)
{
	int form = 0;

	while (form < SMTP_FORM_COUNT &&
		!span_equal(name, span_of_text(form_names[form])))
		form++;
	return (enum smtp_form)form;
}

const char *
smtp_via_name(enum smtp_via via)
{
	static const char *const names[] = {
		[SMTP_VIA_NONE] = "none",
		[SMTP_VIA_HOST] = "host",
		[SMTP_VIA_LITERAL] = "literal",
	};

	return (unsigned)via <= SMTP_VIA_LITERAL ? names[via] : names[0];
}

/* A path being cut out of its command: quotes and comments hide what would end it. */
struct cutter {
	bool quoted;
	bool escaped;	/* the octet before was a backslash inside quotes or a comment */
	unsigned depth; /* of nested comments (RFC 5322 3.2.2) */
};

/* Steps over c. True if c belongs to a comment. */
static bool
step(struct cutter *k, uint8_t c)
{
	if (k->escaped) {
		k->escaped = false;
		return k->depth > 0;
	}
	if (c == '\\')
		k->escaped = k->quoted || k->depth > 0;
	else if (c == '"' && k->depth == 0)
		k->quoted = !k->quoted;
	else if (c == '(' && !k->quoted)
		k->depth++;
	else if (c == ')' && k->depth > 0)
		return k->depth-- > 0;
	return k->depth > 0;
}

/*
 * From s, which begins behind '<' or with an unbracketed path, to what ends the path;
 * *end is its index (s.len: the end of s). What is no comment goes into content[].
 * False if quotes or comments are not closed, or on control characters.
 */
static bool
cut_path(struct span s, bool bracket, size_t *end, char *content, size_t *used)
{
	struct cutter k = {false, false, 0};
	size_t i = 0;

	*used = 0;
	for (; i < s.len; i++) {
		uint8_t c = s.at[i];
		bool open = !k.quoted && k.depth == 0;

		if (open && (bracket ? c == '>' : dis_is_blank(c)))
			break;
		if ((c < ' ' && c != '\t') || c == 0x7f)
			return false;
		if (step(&k, c))
			continue;
		if (*used == SMTP_PATH_MAX)
			return false;
		content[(*used)++] = (char)c;
	}
	*end = i;
	return !k.quoted && k.depth == 0 && (!bracket || i < s.len);
}

/* Writes and remembers one canonical "local@domain" behind used octets of out->text. */
static struct span
put_address(struct smtp_path *out, size_t used, struct span local, struct span domain,
	bool at)
{
	char *text = out->text + used;
	size_t n = smtp_mailbox_write_local(local, text);

	if (at)
		text[n++] = '@';
	for (size_t i = 0; i < domain.len; i++)
		text[n++] = (char)dis_lower(domain.at[i]);
	return span_of(text, n);
}

static void
put_mailbox(struct smtp_path *out, const struct smtp_mailbox *m)
{
	bool at = m->domain.len || m->form == SMTP_FORM_TRAILING_AT;
	struct span s = put_address(out, 0, m->local, m->domain, at);

	out->address = s;
	out->local = span_slice(s, 0, s.len - m->domain.len - at);
	out->domain = span_slice(s, s.len - m->domain.len, s.len);
	out->target = out->address;
	out->target_domain = out->domain;
}

static void
put_target(struct smtp_path *out, const struct smtp_mailbox *m)
{
	bool hop = m->form == SMTP_FORM_PERCENT || m->form == SMTP_FORM_BANG;
	struct span local = hop ? m->user : m->local;
	struct span domain = hop ? m->host : m->domain;
	struct span s = put_address(out, out->address.len, local, domain, domain.len > 0);

	out->target = s;
	out->target_domain = span_slice(s, s.len - domain.len, s.len);
}

/* Quoted text without its backslashes: what *m points into, and the next layer. */
struct scratch {
	char text[2][SMTP_PATH_MAX];
	unsigned turn;
};

/*
 * Takes one layer off *m, as a server would that falls for it. False if there is none;
 * then *m is as before.
 */
static bool
peel(struct smtp_mailbox *m, struct scratch *scratch)
{
	struct smtp_mailbox next;
	struct span inner = m->inner;

	if (inner.len == 0)
		return false;
	if (m->form == SMTP_FORM_QUOTED)
		inner = smtp_mailbox_unquote(inner, scratch->text[scratch->turn ^ 1]);
	smtp_mailbox_parse(inner, &next);
	/* An ordinary quoted local part, not an address in disguise. */
	if (m->form == SMTP_FORM_QUOTED && next.domain.len == 0 &&
		!smtp_mailbox_is_trick(next.form))
		return false;
	if (m->form == SMTP_FORM_QUOTED)
		scratch->turn ^= 1;
	*m = next;
	return true;
}

/* content: the path without brackets and comments. */
static bool
fill(struct smtp_path *out, struct span content)
{
	struct scratch scratch; /* text is written before it is read */
	struct smtp_mailbox m;
	unsigned layers = 0;

	scratch.turn = 0;
	smtp_mailbox_parse(content, &m);
	out->form = out->inner = m.form;
	out->via = m.via;
	if (m.form == SMTP_FORM_QUOTED)
		out->inner = SMTP_FORM_NO_DOMAIN;
	/* The route is no part of the address. */
	if (m.form == SMTP_FORM_SOURCE_ROUTE || m.form == SMTP_FORM_MULTI_HOP)
		(void)peel(&m, &scratch);
	put_mailbox(out, &m);
	while (layers < SMTP_PATH_LAYERS_MAX && peel(&m, &scratch)) {
		if (layers++ == 0 && out->form == SMTP_FORM_QUOTED)
			out->inner = m.form;
	}
	if (layers || m.form == SMTP_FORM_PERCENT || m.form == SMTP_FORM_BANG)
		put_target(out, &m);
	return m.form != SMTP_FORM_MALFORMED;
}

/* "FROM:" and the blanks around it off the front of *s. */
static bool
take_keyword(struct span *s, const char *keyword, bool *blank)
{
	struct span word = span_of_text(keyword);
	size_t at = word.len;

	*blank = false;
	if (!span_starts_nocase(*s, word))
		return false;
	for (; at < s->len && dis_is_blank(s->at[at]); at++)
		*blank = true;
	if (at == s->len || s->at[at] != ':')
		return false;
	for (at++; at < s->len && dis_is_blank(s->at[at]); at++)
		*blank = true;
	*s = span_slice(*s, at, s->len);
	return true;
}

static bool
take_path(struct span s, struct smtp_path *out)
{
	char content[SMTP_PATH_MAX];
	bool bracket = s.len > 0 && s.at[0] == '<';
	size_t end, used;

	if (s.len == 0 ||
		!cut_path(span_slice(s, bracket, s.len), bracket, &end, content, &used))
		return false;
	end += bracket ? 2u : 0u;
	out->raw = span_slice(s, 0, end);
	out->params = span_trim(span_slice(s, end, s.len));
	out->no_brackets = !bracket;
	/* "<a@b>>", "John <a@b>" */
	if (out->raw.len > SMTP_PATH_MAX ||
		(out->params.len &&
			(out->params.at[0] == '>' || out->params.at[0] == '<')))
		return false;
	return fill(out, span_trim(span_of(content, used))) &&
	       !(out->no_brackets && out->form == SMTP_FORM_NULL);
}

static bool
has_utf8(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] >= 0x80)
			return true;
	return false;
}

bool
smtp_path_parse(struct span args, const char *keyword, struct smtp_path *out)
{
	struct span s = span_trim(args);
	bool blank = false, ok;

	memset(out, 0, sizeof(*out));
	ok = take_keyword(&s, keyword, &blank) && take_path(s, out);
	if (!ok) {
		memset(out, 0, sizeof(*out));
		out->raw = args;
	}
	out->blank_before = blank;
	out->utf8 = has_utf8(out->raw);
	return ok;
}

bool
smtp_param_next(struct span *params, struct smtp_param *out)
{
	struct span s = span_trim(*params);
	size_t end = 0, is;

	while (end < s.len && !dis_is_blank(s.at[end]))
		end++;
	if (end == 0)
		return false;
	*params = span_slice(s, end, s.len);
	s = span_slice(s, 0, end);
	is = span_find(s, '=');
	out->keyword = span_slice(s, 0, is);
	out->value = span_slice(s, is + 1, s.len);
	return true;
}

/* 16: no hexadecimal digit. RFC 3461 asks for capitals; small letters are seen. */
static uint8_t
hex_value(uint8_t c)
{
	if (dis_is_digit(c))
		return (uint8_t)(c - '0');
	c = dis_lower(c);
	return c >= 'a' && c <= 'f' ? (uint8_t)(c - 'a' + 10) : 16;
}

size_t
smtp_xtext_decode(struct span text, char *out, size_t room)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len && n + 1 < room; i++) {
		uint8_t c = text.at[i];

		if (c == '+' && text.len - i > 2 && hex_value(text.at[i + 1]) < 16 &&
			hex_value(text.at[i + 2]) < 16) {
			c = (uint8_t)(hex_value(text.at[i + 1]) << 4 |
				      hex_value(text.at[i + 2]));
			i += 2;
		}
		out[n++] = (char)c;
	}
	out[n] = '\0';
	return n;
}
