/* SPDX-License-Identifier: Apache-2.0 */
#include "dns_rdata.h"

/* Names in data end with it: what follows one that should be the last is a lie. */
static bool
at_end(const struct cursor *c)
{
	return !c->overrun && cursor_left(c) == 0;
}

/* RFC 1035 3.3.9: preference(2) exchange. */
bool
dns_mx_parse(const struct dns_message *m, const struct dns_record *r, struct dns_mx *out)
{
	struct cursor c = cursor_of(r->data);

	out->preference = dis_u16(&c);
	if (dns_name_parse(&c, m->octets, &out->exchange) != DIS_OK || !at_end(&c))
		return false;
	/* RFC 7505 3 asks for preference 0; a root exchange takes no mail with any. */
	out->null = dns_name_is_root(&out->exchange);
	return true;
}

bool
dns_address_parse(const struct dns_record *r, struct ip_addr *out)
{
	if (r->type == DNS_TYPE_A && r->data.len == 4) {
		*out = ip_addr_v4(r->data.at);
		return true;
	}
	if (r->type == DNS_TYPE_AAAA && r->data.len == 16) {
		*out = ip_addr_v6(r->data.at);
		return true;
	}
	return false;
}

bool
dns_target_parse(
	const struct dns_message *m, const struct dns_record *r, struct dns_name *out)
{
	struct cursor c = cursor_of(r->data);

	return dns_name_parse(&c, m->octets, out) == DIS_OK && at_end(&c);
}

/* RFC 1035 3.3.13: mname rname serial(4) refresh(4) retry(4) expire(4) minimum(4). */
bool
dns_soa_parse(
	const struct dns_message *m, const struct dns_record *r, struct dns_soa *out)
{
	struct cursor c = cursor_of(r->data);
	struct dns_name mailbox;

	if (dns_name_parse(&c, m->octets, &out->primary) != DIS_OK)
		return false;
	if (dns_name_parse(&c, m->octets, &mailbox) != DIS_OK)
		return false;
	out->serial = dis_u32(&c);
	cursor_skip(&c, 12);
	out->minimum = dis_u32(&c);
	return at_end(&c);
}

/* RFC 6698 2.1: usage(1) selector(1) matching(1) data. */
bool
dns_tlsa_parse(const struct dns_record *r, struct dns_tlsa *out)
{
	struct cursor c = cursor_of(r->data);

	out->usage = dis_u8(&c);
	out->selector = dis_u8(&c);
	out->matching = dis_u8(&c);
	if (c.overrun)
		return false;
	out->data = cursor_rest(&c);
	return out->data.len > 0;
}

/* RFC 1035 3.3.14: one or more of length(1) octets. */
bool
dns_text_parse(
	const struct dns_record *r, uint8_t *out, size_t room, size_t *len, bool *cut)
{
	struct cursor c = cursor_of(r->data);

	*len = 0;
	*cut = false;
	if (r->data.len == 0)
		return false;
	while (cursor_left(&c) > 0) {
		struct span text = cursor_take(&c, dis_u8(&c));
		size_t n = text.len < room - *len ? text.len : room - *len;

		if (c.overrun)
			return false;
		if (n > 0)
			memcpy(out + *len, text.at, n);
		*len += n;
		*cut = *cut || n < text.len;
	}
	return true;
}
