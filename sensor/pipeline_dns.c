/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline_dns.h"

#include "dissect/dns_message.h"
#include "dissect/dns_rdata.h"
#include "pipeline_conn.h"

static enum record_rr
rr_of(uint16_t type)
{
	switch (type) {
	case DNS_TYPE_A:
		return RECORD_RR_A;
	case DNS_TYPE_AAAA:
		return RECORD_RR_AAAA;
	case DNS_TYPE_MX:
		return RECORD_RR_MX;
	case DNS_TYPE_CNAME:
		return RECORD_RR_CNAME;
	case DNS_TYPE_PTR:
		return RECORD_RR_PTR;
	case DNS_TYPE_TXT:
		return RECORD_RR_TXT;
	default:
		return RECORD_RR_OTHER;
	}
}

static struct span
name_kept(struct pipeline *p, const struct dns_name *name)
{
	return arena_copy(&p->dns_arena, dns_name_span(name));
}

static bool
answer_fill(struct pipeline *p, const struct dns_message *m, const struct dns_record *r,
	struct record_answer *out)
{
	uint8_t text[512];
	struct dns_name name;
	struct dns_mx mx;
	size_t len;
	bool cut;

	switch (out->type) {
	case RECORD_RR_A:
	case RECORD_RR_AAAA:
		return dns_address_parse(r, &out->addr);
	case RECORD_RR_MX:
		if (!dns_mx_parse(m, r, &mx))
			return false;
		out->preference = mx.preference;
		out->target = mx.null ? SPAN_NONE : name_kept(p, &mx.exchange);
		return true;
	case RECORD_RR_CNAME:
	case RECORD_RR_PTR:
		if (!dns_target_parse(m, r, &name))
			return false;
		out->target = name_kept(p, &name);
		return true;
	case RECORD_RR_TXT:
		if (!dns_text_parse(r, text, sizeof(text), &len, &cut))
			return false;
		out->target = arena_copy(&p->dns_arena, span_of(text, len));
		return true;
	case RECORD_RR_OTHER:
	default:
		return false;
	}
}

/* Additional records hold the exchangers' addresses: they count like answers. */
static struct record_answer **
answer_add(struct pipeline *p, const struct dns_message *m, const struct dns_record *r,
	struct record_answer **at)
{
	struct record_answer answer = {.type = rr_of(r->type), .ttl = r->ttl};

	if (r->section == DNS_SECTION_AUTHORITY || r->class != DNS_CLASS_IN ||
		!answer_fill(p, m, r, &answer))
		return at;
	*at = arena_alloc(&p->dns_arena, sizeof(**at));
	if (!*at)
		return at;
	answer.name = name_kept(p, &r->name);
	**at = answer;
	return &(*at)->next;
}

void
pipeline_dns_message(struct pipeline *p, struct span octets, const struct ip_addr *src,
	const struct ip_addr *dst, struct moment at)
{
	struct record record = {.kind = RECORD_DNS};
	struct record_answer **next = &record.dns.answers;
	struct dns_message m;
	struct dns_record r;
	bool asked = false;

	if (dns_message_open(&m, octets) != DIS_OK) {
		p->counters.dns_bad++;
		return;
	}
	p->counters.dns_messages++;
	if (!m.header.response || m.header.opcode != 0)
		return;
	arena_reset(&p->dns_arena);
	record.dns.time = at.ns;
	record.dns.file = at.file;
	record.dns.frame = at.frame;
	record.dns.client = *dst;
	record.dns.server = *src;
	record.dns.rcode = (uint8_t)(m.header.rcode > 255 ? 255 : m.header.rcode);
	while (dns_message_next(&m, &r) == DIS_OK) {
		if (r.section != DNS_SECTION_QUESTION) {
			next = answer_add(p, &m, &r, next);
		} else if (!asked) {
			record.dns.name = name_kept(p, &r.name);
			record.dns.type = rr_of(r.type);
			asked = true;
		}
	}
	if (asked)
		pipeline_record(p, &record);
}
