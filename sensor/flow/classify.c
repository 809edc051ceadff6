/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/flow/classify.h"

#include <arpa/inet.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <stdlib.h>

/* nDPI 4.2's headers do not pass our warnings. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#pragma GCC diagnostic ignored "-Wundef"
#include <ndpi_api.h>
#include <ndpi_main.h>
#pragma GCC diagnostic pop

/*
 * Segments looked at before nDPI is not asked any more. Its SMTP dissector wants three
 * different command or reply words, its decoys one or two.
 */
#define SEGMENTS_MAX 10

/*
 * Octets of one segment shown: a full Ethernet segment. Greetings and commands are far
 * shorter; with the segments this bounds what nDPI can gather of one connection.
 */
#define PAYLOAD_MAX 1460

/* Zero octets behind the packet, should a dissector look past its end for a text's. */
#define SLACK 64

/*
 * What nDPI looks for. SMTP, and whatever else greets with text, with a number, or is
 * common on ports that nobody registered: each that is recognized is one that our own
 * dissector need not watch.
 */
static const uint16_t looked_for[] = {
	NDPI_PROTOCOL_MAIL_SMTP,
	NDPI_PROTOCOL_MAIL_SMTPS,
	NDPI_PROTOCOL_TLS,
	NDPI_PROTOCOL_DNS,
	NDPI_PROTOCOL_FTP_CONTROL,
	NDPI_PROTOCOL_MAIL_POP,
	NDPI_PROTOCOL_MAIL_IMAP,
	NDPI_PROTOCOL_HTTP,
	NDPI_PROTOCOL_SSH,
	NDPI_PROTOCOL_IRC,
	NDPI_PROTOCOL_TELNET,
	NDPI_PROTOCOL_USENET,
	NDPI_PROTOCOL_JABBER,
	NDPI_PROTOCOL_SIP,
	NDPI_PROTOCOL_RTSP,
	NDPI_PROTOCOL_POSTGRES,
	NDPI_PROTOCOL_MYSQL,
	NDPI_PROTOCOL_REDIS,
	NDPI_PROTOCOL_MEMCACHED,
	NDPI_PROTOCOL_LDAP,
	NDPI_PROTOCOL_RDP,
	NDPI_PROTOCOL_VNC,
	NDPI_PROTOCOL_SMBV1,
	NDPI_PROTOCOL_SMBV23,
	NDPI_PROTOCOL_RSYNC,
	NDPI_PROTOCOL_BITTORRENT,
};

/* Ours beside nDPI's for one connection. */
struct place {
	enum classify_verdict verdict;
	uint32_t segments;
	bool taken;
	bool seen;	      /* first is set */
	struct ip_addr first; /* who sent the first segment, */
	uint16_t first_port;  /* from where */
	uint32_t sent[2];     /* octets by that side and by the other */
	uint32_t next_free;   /* 0: last */
};

struct classify {
	struct ndpi_detection_module_struct *ndpi;
	size_t flow_size; /* of nDPI's struct, by the library's own word, rounded up */
	uint8_t *flows;	  /* count of these */
	struct place *places;
	uint32_t count;
	uint32_t free; /* from 1; 0: none */
	/* The packet that nDPI is shown; its alignment matters to nDPI's casts. */
	_Alignas(8) uint8_t scratch[sizeof(struct ip6_hdr) + sizeof(struct tcphdr) +
				    PAYLOAD_MAX + SLACK];
};

/* --- start and end ------------------------------------------------------------------ */

/*
 * nDPI keeps some texts (URLs, server names, TLS messages) in memory of its own; what it
 * gives back leaves nothing readable behind.
 */
static void
wiping_free(void *at)
{
	if (at)
		explicit_bzero(at, malloc_usable_size(at));
	free(at);
}

/* nDPI's macros narrow on the way. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
static void
fill_mask(NDPI_PROTOCOL_BITMASK *mask)
{
	NDPI_BITMASK_RESET(*mask);
	for (size_t i = 0; i < sizeof(looked_for) / sizeof(*looked_for); i++)
		NDPI_BITMASK_ADD(*mask, looked_for[i]);
}
#pragma GCC diagnostic pop

static struct ndpi_detection_module_struct *
start_ndpi(void)
{
	struct ndpi_detection_module_struct *ndpi;
	NDPI_PROTOCOL_BITMASK mask;

	set_ndpi_malloc(malloc);
	set_ndpi_free(wiping_free);
	set_ndpi_flow_malloc(malloc);
	set_ndpi_flow_free(wiping_free);
	ndpi = ndpi_init_detection_module(
		ndpi_dont_load_tor_hosts | ndpi_dont_init_libgcrypt);
	if (!ndpi)
		return NULL;
	fill_mask(&mask);
	ndpi_set_protocol_detection_bitmask2(ndpi, &mask);
	ndpi_finalize_initialization(ndpi);
	return ndpi;
}

struct classify *
classify_new(uint32_t flows)
{
	struct classify *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->count = flows;
	c->flow_size = (ndpi_detection_get_sizeof_ndpi_flow_struct() + 63u) / 64 * 64;
	c->flows = calloc(flows, c->flow_size);
	c->places = calloc(flows, sizeof(*c->places));
	c->ndpi = start_ndpi();
	if (!c->flows || !c->places || !c->ndpi) {
		classify_free(c);
		return NULL;
	}
	for (uint32_t i = flows; i > 0; i--) {
		c->places[i - 1].next_free = c->free;
		c->free = i;
	}
	return c;
}

void
classify_free(struct classify *c)
{
	if (!c)
		return;
	for (uint32_t i = 1; c->places && c->flows && i <= c->count; i++)
		classify_close(c, i);
	if (c->ndpi)
		ndpi_exit_detection_module(c->ndpi);
	free(c->flows);
	free(c->places);
	free(c);
}

/* --- places --------------------------------------------------------------------------
 */

static struct ndpi_flow_struct *
flow_at(struct classify *c, uint32_t flow)
{
	return (struct ndpi_flow_struct *)(void *)(c->flows + (flow - 1) * c->flow_size);
}

uint32_t
classify_open(struct classify *c)
{
	uint32_t flow = c->free;
	struct place *p;

	if (!flow)
		return 0;
	p = &c->places[flow - 1];
	c->free = p->next_free;
	*p = (struct place){.taken = true};
	return flow;
}

/* Also after the verdict: nDPI's part of the place is all zero between connections. */
static void
wipe(struct classify *c, uint32_t flow)
{
	ndpi_free_flow_data(flow_at(c, flow));
	explicit_bzero(flow_at(c, flow), c->flow_size);
}

void
classify_close(struct classify *c, uint32_t flow)
{
	struct place *p;

	if (!c || flow == 0 || flow > c->count || !c->places[flow - 1].taken)
		return;
	p = &c->places[flow - 1];
	if (p->verdict == CLASSIFY_UNDECIDED)
		wipe(c, flow);
	*p = (struct place){.next_free = c->free};
	c->free = flow;
}

/* --- the packet that nDPI wants --------------------------------------------------------
 */

/* RFC 791 3.1. The checksum stays zero: nDPI does not look. */
static size_t
write_ipv4(
	uint8_t *out, const struct ip_addr *src, const struct ip_addr *dst, size_t body)
{
	struct iphdr h = {
		.version = 4,
		.ihl = sizeof(h) / 4,
		.tot_len = htons((uint16_t)(sizeof(h) + body)),
		.ttl = 64,
		.protocol = IPPROTO_TCP,
	};

	memcpy(&h.saddr, src->at + 12, 4);
	memcpy(&h.daddr, dst->at + 12, 4);
	memcpy(out, &h, sizeof(h));
	return sizeof(h);
}

/* RFC 8200 3. */
static size_t
write_ipv6(
	uint8_t *out, const struct ip_addr *src, const struct ip_addr *dst, size_t body)
{
	struct ip6_hdr h = {0};

	h.ip6_flow = htonl(UINT32_C(6) << 28);
	h.ip6_plen = htons((uint16_t)body);
	h.ip6_nxt = IPPROTO_TCP;
	h.ip6_hlim = 64;
	memcpy(&h.ip6_src, src->at, 16);
	memcpy(&h.ip6_dst, dst->at, 16);
	memcpy(out, &h, sizeof(h));
	return sizeof(h);
}

/* RFC 9293 3.1. Numbers run on without gaps, else nDPI takes it for a retransmission. */
static size_t
write_tcp(uint8_t *out, const struct place *p, unsigned side, uint16_t src_port,
	uint16_t dst_port)
{
	struct tcphdr h = {
		.th_sport = htons(src_port),
		.th_dport = htons(dst_port),
		.th_seq = htonl(1 + p->sent[side]),
		.th_ack = htonl(1 + p->sent[!side]),
		.th_off = sizeof(h) / 4,
		.th_flags = TH_ACK | TH_PUSH,
		.th_win = htons(UINT16_MAX),
	};

	memcpy(out, &h, sizeof(h));
	return sizeof(h);
}

static enum classify_verdict
verdict_of(ndpi_protocol found)
{
	const uint16_t ids[] = {found.master_protocol, found.app_protocol};
	enum classify_verdict v = CLASSIFY_UNDECIDED;

	for (size_t i = 0; i < 2; i++) {
		if (ids[i] == NDPI_PROTOCOL_MAIL_SMTP)
			return CLASSIFY_SMTP;
		if (ids[i] != NDPI_PROTOCOL_UNKNOWN)
			v = CLASSIFY_OTHER;
	}
	return v;
}

enum classify_verdict
classify_feed(struct classify *c, uint32_t flow, const struct ip_addr *src,
	uint16_t src_port, const struct ip_addr *dst, uint16_t dst_port,
	struct span payload, uint64_t ns)
{
	struct place *p = &c->places[flow - 1];
	bool v4 = ip_addr_is_v4(src) && ip_addr_is_v4(dst);
	unsigned side;
	size_t len;

	if (p->verdict != CLASSIFY_UNDECIDED || payload.len == 0)
		return p->verdict;
	payload = span_slice(payload, 0, PAYLOAD_MAX);
	if (!p->seen) {
		p->first = *src;
		p->first_port = src_port;
		p->seen = true;
	}
	side = !(ip_addr_equal(src, &p->first) && src_port == p->first_port);
	len = (v4 ? write_ipv4 : write_ipv6)(
		c->scratch, src, dst, sizeof(struct tcphdr) + payload.len);
	len += write_tcp(c->scratch + len, p, side, src_port, dst_port);
	memcpy(c->scratch + len, payload.at, payload.len);
	len += payload.len;
	p->sent[side] += (uint32_t)payload.len;
	p->verdict = verdict_of(ndpi_detection_process_packet(
		c->ndpi, flow_at(c, flow), c->scratch, (uint16_t)len, ns / 1000000));
	explicit_bzero(c->scratch, len);
	if (++p->segments >= SEGMENTS_MAX && p->verdict == CLASSIFY_UNDECIDED)
		p->verdict = CLASSIFY_GAVE_UP;
	if (p->verdict != CLASSIFY_UNDECIDED)
		wipe(c, flow);
	return p->verdict;
}
