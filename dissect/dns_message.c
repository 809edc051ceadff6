/* SPDX-License-Identifier: Apache-2.0 */
#include "dns_message.h"

/* RFC 1035 4.1.1: QR(1) opcode(4) AA(1) TC(1) RD(1) RA(1) Z(3) rcode(4). */
#define FLAG_RESPONSE 0x8000
#define FLAG_AA	      0x0400
#define FLAG_TC	      0x0200
#define FLAG_RD	      0x0100
#define FLAG_RA	      0x0080
#define MASK_RCODE    0x000f
#define SHIFT_OPCODE  11
#define MASK_OPCODE   0x000f
/* The highest in use: DSO, RFC 8490. */
#define OPCODE_MAX 6
/* No resolver asks more than one question; multicast DNS (RFC 6762 5.3) asks some. */
#define QUESTIONS_MAX 32

static void
flags_parse(uint16_t flags, struct dns_header *out)
{
	out->response = flags & FLAG_RESPONSE;
	out->opcode = flags >> SHIFT_OPCODE & MASK_OPCODE;
	out->authoritative = flags & FLAG_AA;
	out->truncated = flags & FLAG_TC;
	out->recursion_desired = flags & FLAG_RD;
	out->recursion_available = flags & FLAG_RA;
	out->rcode = flags & MASK_RCODE;
}

enum dis_status
dns_message_open(struct dns_message *m, struct span octets)
{
	struct dns_header *h = &m->header;
	struct cursor c = cursor_of(octets);

	*m = (struct dns_message){.octets = octets};
	h->id = dis_u16(&c);
	flags_parse(dis_u16(&c), h);
	for (int i = 0; i < DNS_SECTION_COUNT; i++)
		h->counts[i] = dis_u16(&c);
	if (c.overrun) {
		m->bad = true;
		return DIS_MORE;
	}
	m->at = c;
	m->left = h->counts[DNS_SECTION_QUESTION];
	m->bad = h->opcode > OPCODE_MAX || m->left > QUESTIONS_MAX;
	return m->bad ? DIS_BAD : DIS_OK;
}

/* RFC 1035 4.1.2 and 4.1.3: name type(2) class(2), then for records ttl(4) length(2)
 * data. */
static enum dis_status
record_parse(struct dns_message *m, struct dns_record *out)
{
	struct cursor *c = &m->at;
	enum dis_status status = dns_name_parse(c, m->octets, &out->name);

	if (status != DIS_OK)
		return status;
	out->section = m->section;
	out->type = dis_u16(c);
	out->class = dis_u16(c);
	out->ttl = 0;
	out->data = SPAN_NONE;
	if (m->section != DNS_SECTION_QUESTION) {
		out->ttl = dis_u32(c);
		out->data = cursor_take(c, dis_u16(c));
	}
	return c->overrun ? DIS_MORE : DIS_OK;
}

static bool
is_options(const struct dns_record *r)
{
	return r->type == DNS_TYPE_OPT && r->section == DNS_SECTION_ADDITIONAL;
}

enum dis_status
dns_message_next(struct dns_message *m, struct dns_record *out)
{
	enum dis_status status;

	while (!m->bad) {
		struct cursor start = m->at;

		while (m->left == 0 && m->section < DNS_SECTION_ADDITIONAL)
			m->left = m->header.counts[++m->section];
		if (m->left == 0)
			return DIS_MORE;
		status = record_parse(m, out);
		if (status != DIS_OK) {
			m->bad = status == DIS_BAD;
			/* Asked again, the answer is the same. */
			m->at = start;
			return status;
		}
		m->left--;
		if (!is_options(out)) {
			/* RFC 2181 8: with its top bit set it is taken as zero. */
			out->ttl = out->ttl > INT32_MAX ? 0 : out->ttl;
			return DIS_OK;
		}
		/* RFC 6891 6.1.3: its TTL begins with the eight high bits of rcode. */
		m->header.rcode = (uint16_t)(m->header.rcode | out->ttl >> 24 << 4);
	}
	return DIS_BAD;
}

bool
dns_message_is_whole(const struct dns_message *m)
{
	return !m->bad && m->section == DNS_SECTION_ADDITIONAL && m->left == 0;
}

struct type_name {
	uint16_t type;
	const char *name;
};

static const struct type_name type_names[] = {
	{DNS_TYPE_A, "A"},
	{DNS_TYPE_NS, "NS"},
	{DNS_TYPE_CNAME, "CNAME"},
	{DNS_TYPE_SOA, "SOA"},
	{DNS_TYPE_PTR, "PTR"},
	{DNS_TYPE_MX, "MX"},
	{DNS_TYPE_TXT, "TXT"},
	{DNS_TYPE_AAAA, "AAAA"},
	{DNS_TYPE_OPT, "OPT"},
	{DNS_TYPE_TLSA, "TLSA"},
	{DNS_TYPE_ANY, "ANY"},
};

const char *
dns_type_name(uint16_t type)
{
	for (size_t i = 0; i < sizeof(type_names) / sizeof(type_names[0]); i++)
		if (type_names[i].type == type)
			return type_names[i].name;
	return "";
}
