/* SPDX-License-Identifier: Apache-2.0 */
#include "explain_parts.h"

/* With the foreign domain and the server's part of the address, in that order. */
struct trick_text {
	unsigned bit;
	const char *name;
	const char *how;
	const char *before; /* of the example: before the foreign domain */
	const char *between;
	const char *after;
	bool via_first;
};

static const struct trick_text forms[] = {
	{TRICK_PERCENT, "percent hack", "put a percent sign before the real domain",
		"user%", "@", "", false},
	{TRICK_BANG, "bang path",
		"write the recipient as a path with an exclamation mark", "", "!user@",
		"", false},
	{TRICK_SOURCE_ROUTE, "source route", "write a route before the recipient", "@",
		":user@", "", true},
	{TRICK_DOUBLE_AT, "two at signs", "write two at signs", "user@", "@", "", false},
	{TRICK_TRAILING_AT, "at sign at the end", "put an at sign at the end", "user@",
		"", "@", false},
	{TRICK_QUOTED, "quoted recipient", "put the whole recipient in quotes", "\"user@",
		"\"@", "", false},
	{TRICK_LITERAL, "address literal", "name the destination by its IP address",
		"user@", "", "", false},
};

#define FORMS (sizeof(forms) / sizeof(*forms))

const char *
explain_trick_short(unsigned bit)
{
	for (size_t i = 0; i < FORMS; i++)
		if (forms[i].bit == bit)
			return forms[i].name;
	switch (bit) {
	case TRICK_HELO:
		return "greeting with the server's own name";
	case TRICK_NULL_SENDER:
		return "empty sender";
	case TRICK_SENDER_DOMAIN:
		return "sender in a local domain";
	case TRICK_SENDER_LITERAL:
		return "sender at the server's address";
	default:
		return "unusual envelope";
	}
}

static bool
form_shows(unsigned bit, enum smtp_form form)
{
	switch (bit) {
	case TRICK_PERCENT:
		return form == SMTP_FORM_PERCENT;
	case TRICK_BANG:
		return form == SMTP_FORM_BANG;
	case TRICK_SOURCE_ROUTE:
		return form == SMTP_FORM_SOURCE_ROUTE || form == SMTP_FORM_MULTI_HOP;
	case TRICK_DOUBLE_AT:
		return form == SMTP_FORM_DOUBLE_AT;
	case TRICK_TRAILING_AT:
		return form == SMTP_FORM_TRAILING_AT;
	case TRICK_QUOTED:
		return form == SMTP_FORM_QUOTED;
	case TRICK_LITERAL:
		return form == SMTP_FORM_LITERAL;
	default:
		return false;
	}
}

/* The attempt that serves as the example. */
static const struct attempt *
example(const struct verdict *v, unsigned bit)
{
	for (size_t i = 0; i < v->evidence_count; i++) {
		const struct attempt *a = v->evidence[i].a;

		if (v->evidence[i].kind == EVIDENCE_DENIED)
			continue;
		if (form_shows(bit, (enum smtp_form)a->key.form) ||
			(bit == TRICK_HELO && a->key.helo) ||
			(bit == TRICK_SENDER_DOMAIN && a->key.sender))
			return a;
	}
	return NULL;
}

/*
 * "RCPT TO:<user%victim.test@corp.test>", with the domains that were tried. Without a
 * second domain there is no at sign before it: "user%victim.test".
 */
static void
recipient_example(struct prose *p, const struct trick_text *t, const struct attempt *a)
{
	const struct word *via = a->key.via;
	size_t between = strlen(t->between);

	prose_add(p, ", as in RCPT TO:<%s", t->before);
	if (t->via_first) {
		prose_word(p, via);
		prose_add(p, "%s", t->between);
		prose_word(p, a->key.domain);
	} else {
		prose_word(p, a->key.domain);
		if (!(via && via->len) && between && t->between[between - 1] == '@')
			between--;
		prose_add(p, "%.*s", (int)between, t->between);
		if (between)
			prose_word(p, via);
	}
	prose_add(p, "%s>", t->after);
}

static void
form(struct prose *p, const struct verdict *v, const struct trick_text *t)
{
	const struct attempt *a = example(v, t->bit);

	prose_add(p, "%s", t->how);
	if (a)
		recipient_example(p, t, a);
}

static void
helo(struct prose *p, const struct attempt *a)
{
	prose_add(p, "greet it with its own name");
	if (a) {
		prose_add(p, ", as in EHLO ");
		prose_word(p, a->key.helo);
	}
}

static void
sender(struct prose *p, const struct attempt *a)
{
	prose_add(p, "give a sender in a domain of the server's own");
	if (a) {
		prose_add(p, ", as in MAIL FROM:<anyone@");
		prose_word(p, a->key.sender);
		prose_add(p, ">");
	}
	prose_add(p, ", which anybody can write");
}

void
explain_trick(struct prose *p, const struct verdict *v, unsigned bit)
{
	const struct attempt *a = example(v, bit);

	for (size_t i = 0; i < FORMS; i++)
		if (forms[i].bit == bit)
			form(p, v, &forms[i]);
	if (bit == TRICK_HELO)
		helo(p, a);
	else if (bit == TRICK_NULL_SENDER)
		prose_add(p, "leave the sender empty, as in MAIL FROM:<>, which anybody "
			     "can do");
	else if (bit == TRICK_SENDER_DOMAIN)
		sender(p, a);
	else if (bit == TRICK_SENDER_LITERAL) {
		prose_add(p, "give a sender at the server's own address, as in "
			     "MAIL FROM:<anyone@[");
		prose_addr(p, &v->server->key.addr);
		prose_add(p, "]>");
	}
}
