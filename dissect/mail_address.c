/* SPDX-License-Identifier: Apache-2.0 */
#include "mail_address.h"

#include "mail_token.h"

/* Index of the last @ outside a quoted local part, or s.len. */
static size_t
last_at(struct span s)
{
	for (size_t i = s.len; i > 0; i--) {
		if (s.at[i - 1] == '@')
			return i - 1;
		if (s.at[i - 1] == '"')
			break;
	}
	return s.len;
}

/* "@a,@b:user@domain": the route is obsolete (RFC 5322 4.4). */
static struct span
without_route(struct span s)
{
	s = span_trim(s);
	if (s.len == 0 || s.at[0] != '@')
		return s;
	return span_trim(span_slice(s, span_find(s, ':') + 1, s.len));
}

static void
set(struct span address, struct mail_address *out)
{
	out->address = address;
	out->domain = span_slice(address, last_at(address) + 1, address.len);
}

/* A word with an @ is an address, unless an angle bracket of its mailbox follows. */
bool
mail_address_next(struct span *text, struct mail_address *out)
{
	struct mail_token t;
	bool bare = false;

	*out = (struct mail_address){SPAN_NONE, SPAN_NONE};
	while (mail_token_next(text, ",;:", &t)) {
		if (t.kind == MAIL_TOKEN_ANGLE) {
			set(without_route(t.text), out);
			return true;
		}
		if (t.kind == MAIL_TOKEN_WORD && last_at(t.text) < t.text.len) {
			set(t.text, out);
			bare = true;
		}
		if (t.kind == MAIL_TOKEN_SEPARATOR && bare)
			return true;
	}
	return bare;
}

bool
mail_address_first(struct span text, struct mail_address *out)
{
	return mail_address_next(&text, out);
}
