/* SPDX-License-Identifier: Apache-2.0 */
#include "wanted.h"

void
wanted_parse(struct span text, struct wanted *w)
{
	size_t colon = text.len;

	*w = (struct wanted){.name = text};
	if (ip_addr_parse(text, &w->addr))
		return;
	while (colon > 0 && text.at[colon - 1] != ':')
		colon--;
	if (colon == 0 ||
		!span_number(span_slice(text, colon, text.len), 65535, &w->port))
		return;
	text = span_slice(text, 0, colon - 1);
	w->name = text;
	if (text.len > 2 && text.at[0] == '[' && text.at[text.len - 1] == ']')
		text = span_slice(text, 1, text.len - 1);
	ip_addr_parse(text, &w->addr);
}

static bool
greets_as(const struct verdict *v, struct span name)
{
	if (span_equal_nocase(name, word_span(v->identity->name)))
		return true;
	for (const struct identity *id = v->server->identities; id; id = id->next)
		if (span_equal_nocase(name, word_span(id->name)))
			return true;
	return false;
}

bool
wanted_is(const struct wanted *w, const struct verdict *v)
{
	if (w->port && w->port != v->server->key.port)
		return false;
	if (!ip_addr_is_none(&w->addr))
		return ip_addr_equal(&w->addr, &v->server->key.addr);
	/* No name is not the name of all who have none. */
	return w->name.len && greets_as(v, w->name);
}
