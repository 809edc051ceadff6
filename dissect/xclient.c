/* SPDX-License-Identifier: Apache-2.0 */
#include "xclient.h"
#include "smtp_path.h"

static const char *const names[XCLIENT_COUNT] = {
	[XCLIENT_NAME] = "NAME",
	[XCLIENT_ADDR] = "ADDR",
	[XCLIENT_PORT] = "PORT",
	[XCLIENT_PROTO] = "PROTO",
	[XCLIENT_HELO] = "HELO",
	[XCLIENT_LOGIN] = "LOGIN",
	[XCLIENT_DESTADDR] = "DESTADDR",
	[XCLIENT_DESTPORT] = "DESTPORT",
	[XCLIENT_SOURCE] = "SOURCE",
	[XCLIENT_IDENT] = "IDENT",
};

const char *
xclient_attribute_name(enum xclient_attribute attribute)
{
	return (unsigned)attribute < XCLIENT_COUNT ? names[attribute] : "";
}

/* IPv6 addresses have "IPV6:" in front, as in RFC 5321 4.1.3; not all senders know. */
static bool
take_addr(struct span value, struct ip_addr *out)
{
	static const struct span prefix = SPAN_LITERAL("IPV6:");

	if (span_starts_nocase(value, prefix))
		value = span_slice(value, prefix.len, value.len);
	return ip_addr_parse(value, out);
}

static bool
take_port(struct span value, uint16_t *out)
{
	uint64_t port;

	if (!span_number(value, UINT16_MAX, &port))
		return false;
	*out = (uint16_t)port;
	return true;
}

static bool
take_value(struct xclient *out, enum xclient_attribute a, struct span value)
{
	switch (a) {
	case XCLIENT_ADDR:
		return take_addr(value, &out->addr);
	case XCLIENT_DESTADDR:
		return take_addr(value, &out->dest_addr);
	case XCLIENT_PORT:
		return take_port(value, &out->port);
	case XCLIENT_DESTPORT:
		return take_port(value, &out->dest_port);
	case XCLIENT_NAME:
	case XCLIENT_PROTO:
	case XCLIENT_HELO:
	case XCLIENT_LOGIN:
	case XCLIENT_SOURCE:
	case XCLIENT_IDENT:
	case XCLIENT_COUNT:
		break;
	}
	return true;
}

/* What an earlier value of a has left; a later one replaces all of it. */
static void
forget(struct xclient *out, enum xclient_attribute a)
{
	uint32_t bit = 1u << a;

	out->told &= ~bit;
	out->unavailable &= ~bit;
	out->temporary &= ~bit;
	out->text[a] = SPAN_NONE;
	if (a == XCLIENT_ADDR)
		out->addr = (struct ip_addr){{0}};
	if (a == XCLIENT_DESTADDR)
		out->dest_addr = (struct ip_addr){{0}};
	if (a == XCLIENT_PORT)
		out->port = 0;
	if (a == XCLIENT_DESTPORT)
		out->dest_port = 0;
}

static bool
put(struct xclient *out, enum xclient_attribute a, struct span value)
{
	uint32_t bit = 1u << a;

	forget(out, a);
	if (span_equal_nocase(value, SPAN_LITERAL("[UNAVAILABLE]"))) {
		out->unavailable |= bit;
		return true;
	}
	if (span_equal_nocase(value, SPAN_LITERAL("[TEMPUNAVAIL]"))) {
		out->temporary |= bit;
		return true;
	}
	if (!take_value(out, a, value))
		return false;
	out->told |= bit;
	out->text[a] = value;
	return true;
}

bool
xclient_parse(struct span args, char *text, size_t room, struct xclient *out)
{
	struct smtp_param p;
	size_t used = 0;
	bool sound = true, any = false;

	*out = (struct xclient){.told = 0};
	while (smtp_param_next(&args, &p)) {
		int a = 0;

		while (a < XCLIENT_COUNT &&
			!span_equal_nocase(p.keyword, span_of_text(names[a])))
			a++;
		if (a == XCLIENT_COUNT)
			continue;
		any = true;
		if (p.value.len == 0 || room - used < p.value.len + 1) {
			sound = sound && p.value.len;
			continue;
		}

		size_t n = smtp_xtext_decode(p.value, text + used, room - used);
		sound = put(out, (enum xclient_attribute)a, span_of(text + used, n)) &&
			sound;
		used += n;
	}
	return sound && any;
}
