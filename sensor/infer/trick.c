/* SPDX-License-Identifier: Apache-2.0 */
#include "trick.h"

static unsigned
trick_of_form(const struct attempt_key *key)
{
	switch ((enum smtp_form)key->form) {
	case SMTP_FORM_PERCENT:
		return TRICK_PERCENT;
	case SMTP_FORM_BANG:
		return TRICK_BANG;
	case SMTP_FORM_SOURCE_ROUTE:
	case SMTP_FORM_MULTI_HOP:
		return TRICK_SOURCE_ROUTE;
	case SMTP_FORM_DOUBLE_AT:
		return TRICK_DOUBLE_AT;
	case SMTP_FORM_TRAILING_AT:
		return TRICK_TRAILING_AT;
	case SMTP_FORM_QUOTED:
		return TRICK_QUOTED;
	case SMTP_FORM_LITERAL:
		return TRICK_LITERAL;
	case SMTP_FORM_MALFORMED:
	case SMTP_FORM_PLAIN:
	case SMTP_FORM_NULL:
	case SMTP_FORM_POSTMASTER:
	case SMTP_FORM_NO_DOMAIN:
	case SMTP_FORM_LOCALHOST:
	case SMTP_FORM_COUNT:
	default:
		return 0;
	}
}

unsigned
trick_of(struct infer *in, const struct server *server, struct identity *id,
	const struct attempt *a)
{
	unsigned bits = trick_of_form(&a->key);

	if (a->key.helo && a->key.helo == id->name)
		bits |= TRICK_HELO;
	if (a->key.sender_kind == SENDER_NULL)
		bits |= TRICK_NULL_SENDER;
	else if (a->key.sender_kind == SENDER_LITERAL &&
		judge_is_own_domain(in, server, id, a->key.sender))
		bits |= TRICK_SENDER_LITERAL;
	else if (judge_is_own_domain(in, server, id, a->key.sender))
		bits |= TRICK_SENDER_DOMAIN;
	return bits;
}

const char *
trick_name(unsigned bit)
{
	static const char *const names[TRICK_COUNT] = {"percent", "bang", "source-route",
		"double-at", "trailing-at", "quoted", "literal", "helo", "null-sender",
		"sender-domain", "sender-literal"};

	for (size_t i = 0; i < TRICK_COUNT; i++)
		if (bit == 1u << i)
			return names[i];
	return "unknown";
}

bool
trick_is_routable(const struct attempt *a)
{
	struct span domain = word_span(a->key.domain);

	switch ((enum smtp_form)a->key.form) {
	case SMTP_FORM_MALFORMED:
	case SMTP_FORM_NULL:
	case SMTP_FORM_POSTMASTER:
	case SMTP_FORM_NO_DOMAIN:
	case SMTP_FORM_LOCALHOST:
		return false;
	case SMTP_FORM_PLAIN:
	case SMTP_FORM_PERCENT:
	case SMTP_FORM_BANG:
	case SMTP_FORM_SOURCE_ROUTE:
	case SMTP_FORM_MULTI_HOP:
	case SMTP_FORM_DOUBLE_AT:
	case SMTP_FORM_TRAILING_AT:
	case SMTP_FORM_QUOTED:
	case SMTP_FORM_LITERAL:
	case SMTP_FORM_COUNT:
	default:
		return span_find(domain, '.') < domain.len || span_find(domain, ':') < domain.len;
	}
}
