/* SPDX-License-Identifier: Apache-2.0 */
#include "command_server.h"

void
command_server_parse(struct span text, struct command_server *out)
{
	size_t colon = text.len;
	uint64_t port;

	*out = (struct command_server){.name = text};
	if (ip_addr_parse(text, &out->addr))
		return;
	while (colon > 0 && text.at[colon - 1] != ':')
		colon--;
	if (colon == 0 || !span_number(span_slice(text, colon, text.len), 65535, &port))
		return;
	out->port = (uint16_t)port;
	text = span_slice(text, 0, colon - 1);
	out->name = text;
	if (text.len > 2 && text.at[0] == '[' && text.at[text.len - 1] == ']')
		text = span_slice(text, 1, text.len - 1);
	ip_addr_parse(text, &out->addr);
}

bool
command_server_is(const struct command_server *c, const struct ip_addr *addr,
	uint32_t port, struct span name)
{
	if (c->port && c->port != port)
		return false;
	if (!ip_addr_is_none(&c->addr))
		return ip_addr_equal(&c->addr, addr);
	return c->name.len && span_equal_nocase(c->name, name);
}
