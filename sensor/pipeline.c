/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline.h"

#include <stdlib.h>

#include "pipeline_conn.h"
#include "pipeline_dns.h"

#define DNS_PORT 53

static void *
must(void *at)
{
	if (!at)
		abort();
	return at;
}

static struct flow_table *
flows_new(const struct config *config)
{
	struct flow_config fc = {
		.flows = (uint32_t)config->limits.connections,
		.windows = (uint32_t)config->limits.windows,
		.app_size = sizeof(struct conn),
		.idle_ns = config->limits.idle_seconds * UINT64_C(1000000000),
	};

	for (size_t i = 0; i < config->smtp_ports.count && fc.services < FLOW_SERVICES_MAX; i++)
		fc.service[fc.services++] = config->smtp_ports.at[i];
	for (size_t i = 0; i < config->smtps_ports.count && fc.services < FLOW_SERVICES_MAX;
		i++)
		fc.service[fc.services++] = config->smtps_ports.at[i];
	if (fc.services < FLOW_SERVICES_MAX)
		fc.service[fc.services++] = DNS_PORT;
	return must(flow_table_new(&fc));
}

static void
mark_ports(struct pipeline *p)
{
	const struct config *c = p->config;

	services_init(&p->services);
	for (size_t i = 0; i < c->smtp_ports.count; i++)
		services_mark_port(&p->services, c->smtp_ports.at[i]);
	for (size_t i = 0; i < c->smtps_ports.count; i++)
		services_mark_port(&p->services, c->smtps_ports.at[i]);
	services_mark_port(&p->services, DNS_PORT);
}

struct pipeline *
pipeline_new(const struct config *config, struct record_files *files, struct infer *infer,
	FILE *records)
{
	struct dedup_options copies = {
		.window_ns = config->limits.copy_window_us * UINT64_C(1000)};
	struct pipeline *p = must(calloc(1, sizeof(*p)));

	p->config = config;
	p->files = files;
	p->infer = infer;
	p->records = records;
	json_out_init(&p->json);
	p->dedup = must(dedup_new(&copies));
	p->defrag = must(defrag_new(config->limits.fragments));
	p->flows = flows_new(config);
	p->texts = arena_pool_new(config->limits.text_octets);
	arena_init(&p->dns_arena, p->texts);
	mark_ports(p);
	hold_init(&p->hold);
	return p;
}

void
pipeline_free(struct pipeline *p)
{
	if (!p)
		return;
	json_out_free(&p->json);
	dedup_free(p->dedup);
	defrag_free(p->defrag);
	flow_table_free(p->flows);
	classify_free(p->classify);
	free(p->starts);
	arena_pool_free(p->texts);
	free(p);
}

/* Ids of VLANs and tunnels as one number each: connections are kept apart by it. */
static void
path_numbers(const struct packet *packet, struct flow_segment *seg)
{
	for (size_t i = 0; i < packet->vlan_count; i++)
		seg->vlan = seg->vlan * 4097 + packet->vlans[i] + 1;
	/* A span port's own wrapping says where a copy was made, not what it belongs to. */
	for (size_t i = 0; i < packet->tunnel_count; i++)
		if (packet->tunnels[i].kind == PACKET_TUNNEL_VXLAN ||
			packet->tunnels[i].kind == PACKET_TUNNEL_GENEVE ||
			packet->tunnels[i].kind == PACKET_TUNNEL_NVGRE)
			seg->tunnel = seg->tunnel * 31 + packet->tunnels[i].id + 1;
}

static void
segment_of(const struct packet *packet, struct moment at, struct flow_segment *seg)
{
	*seg = (struct flow_segment){
		.src = packet->src,
		.dst = packet->dst,
		.src_port = packet->src_port,
		.dst_port = packet->dst_port,
		.seq = packet->seq,
		.ack = packet->ack,
		.flags = packet->tcp_flags,
		.octets = packet->payload_octets,
		.payload = packet->payload,
		.at = at,
	};
	path_numbers(packet, seg);
}

/* A first look at a payload on a port nobody expects mail on: could this be SMTP? */
static bool
looks_like_mail(struct span payload, bool *server)
{
	static const char *const words[] = {"EHLO ", "HELO ", "LHLO ", "PROXY TCP"};

	*server = span_starts_nocase(payload, SPAN_LITERAL("220 ")) ||
		span_starts_nocase(payload, SPAN_LITERAL("220-"));
	if (*server)
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (span_starts_nocase(payload, span_of_text(words[i])))
			return true;
	return false;
}

static bool
is_mail_port(const struct config *c, uint16_t port)
{
	return config_ports_hold(&c->smtp_ports, port) ||
		config_ports_hold(&c->smtps_ports, port);
}

/* What kind of connection a segment would open; CONN_NEW: none that concerns us. */
static enum conn_kind
kind_of(struct pipeline *p, const struct packet *packet, bool *from_server)
{
	uint16_t src = packet->src_port, dst = packet->dst_port;
	const struct config *c = p->config;

	*from_server = false;
	if (is_mail_port(c, dst) || is_mail_port(c, src))
		return CONN_MAIL;
	if (src == DNS_PORT || dst == DNS_PORT)
		return CONN_DNS;
	if (!c->any_port)
		return CONN_NEW;
	if (services_find(&p->services, &packet->dst, dst) ||
		services_find(&p->services, &packet->src, src))
		return CONN_PROBE;
	return looks_like_mail(packet->payload, from_server) ? CONN_PROBE : CONN_NEW;
}

/* The server of a connection found by its speech is whoever greets. */
static void
set_roles(struct pipeline *p, struct flow *f, const struct flow_segment *seg, bool from_server)
{
	struct flow_facts facts;
	enum dis_dir said = flow_dir_of(f, seg);

	flow_facts_of(f, &facts);
	if (facts.roles_sure || is_mail_port(p->config, seg->src_port) ||
		is_mail_port(p->config, seg->dst_port))
		return;
	if (services_find(&p->services, &seg->src, seg->src_port))
		from_server = true;
	else if (services_find(&p->services, &seg->dst, seg->dst_port))
		from_server = false;
	if ((said == DIS_SERVER) != from_server)
		flow_flip(f);
}

/* On no port of ours, and not like mail: nothing more of it needs to be heard. */
static void
pass_over(struct pipeline *p, const struct packet *packet, struct moment at)
{
	const uint8_t greets = PACKET_TCP_SYN | PACKET_TCP_ACK;
	struct flow_segment seg;

	segment_of(packet, at, &seg);
	if ((seg.flags & greets) == greets)
		pipeline_probe_note(p->starts, &seg);
	else if (seg.payload.len >= 5)
		pipeline_shunt_decide(p, &seg, TAP_OTHER);
}

/* The SYN-ACK was passed over when nobody knew that this would be mail. */
static struct flow *
open_with_start(struct pipeline *p, const struct flow_segment *seg)
{
	struct flow_segment start;
	struct flow *f;

	if (!p->starts || !pipeline_probe_find(p->starts, seg, &start))
		return flow_open(p->flows, seg);
	f = flow_open(p->flows, &start);
	if (f && flow_segment_feed(p->flows, f, &start) == FLOW_FED)
		flow_segment_done(p->flows, f);
	return f;
}

static struct flow *
open_flow(struct pipeline *p, const struct packet *packet, const struct flow_segment *seg)
{
	bool from_server;
	enum conn_kind kind = kind_of(p, packet, &from_server);
	struct flow *f;

	if (kind == CONN_NEW) {
		if (p->starts)
			pass_over(p, packet, seg->at);
		return NULL;
	}
	while ((f = flow_table_make_room(p->flows))) {
		hold_forget(&p->hold, f);
		conn_finish(p, f);
	}
	/* Before all else: the kernel lets few segments pass until it knows. */
	if (kind == CONN_PROBE)
		pipeline_shunt_decide(p, seg, TAP_MAIL);
	f = kind == CONN_PROBE ? open_with_start(p, seg) : flow_open(p->flows, seg);
	if (!f)
		return NULL;
	((struct conn *)flow_app(f))->kind = CONN_NEW;
	if (flow_segment_feed(p->flows, f, seg) == FLOW_REUSED)
		return NULL;
	if (kind == CONN_PROBE)
		set_roles(p, f, seg, from_server);
	/* nDPI takes 20 MiB and 20 ms to begin: not before it is asked. */
	if (kind == CONN_PROBE && !p->classify)
		p->classify = classify_new(PIPELINE_CLASSIFY_FLOWS);
	conn_init(p, f, kind, packet);
	/* Packets of the connection are met by the server's port from now on. */
	if (kind == CONN_PROBE) {
		struct flow_facts facts;

		flow_facts_of(f, &facts);
		services_mark_port(&p->services, facts.port[DIS_SERVER]);
	}
	return f;
}

static void
feed(struct pipeline *p, struct flow *f, const struct flow_segment *seg)
{
	p->counters.mail_segments++;
	conn_pull(p, f, seg);
	flow_segment_done(p->flows, f);
}

/* Segments that waited: for what has come for f now, or for too long. f may be NULL. */
static void
release_held(struct pipeline *p, struct flow *f, uint64_t now_ns)
{
	struct hold_entry *e;

	while ((e = hold_next(&p->hold, f, now_ns)))
		if (flow_segment_feed(p->flows, e->flow, &e->seg) != FLOW_REUSED)
			feed(p, e->flow, &e->seg);
}

static void
finish(struct pipeline *p, struct flow *f)
{
	hold_forget(&p->hold, f);
	conn_finish(p, f);
}

static void
tcp_packet(struct pipeline *p, const struct packet *packet, struct moment at)
{
	struct flow_segment seg;
	struct flow *f;

	segment_of(packet, at, &seg);
	f = flow_find(p->flows, &seg);
	if (f && p->shunt.look)
		pipeline_shunt_before(p, f, &seg);
	if (f && hold_wants(&p->hold, f, &seg)) {
		hold_put(&p->hold, f, &seg);
		return;
	}
	if (f && flow_segment_feed(p->flows, f, &seg) == FLOW_REUSED) {
		finish(p, f);
		f = NULL;
	}
	if (!f)
		f = open_flow(p, packet, &seg);
	if (f)
		feed(p, f, &seg);
	if (p->hold.count)
		release_held(p, f, at.ns);
}

/*
 * Most packets of a wire are not mail. Two bits and a look at four octets tell, without
 * touching any table.
 */
static bool
concerns_us(const struct pipeline *p, const struct packet *packet)
{
	bool server;

	if (services_port(&p->services, packet->dst_port) ||
		services_port(&p->services, packet->src_port))
		return true;
	return p->config->any_port && packet->payload.len >= 5 &&
		looks_like_mail(packet->payload, &server);
}

static void
take_packet(struct pipeline *p, const struct packet *packet, struct moment at)
{
	if (packet->kind == PACKET_TCP) {
		p->counters.tcp++;
		if (!concerns_us(p, packet)) {
			if (p->starts)
				pass_over(p, packet, at);
		} else if (!dedup_is_copy(p->dedup, packet, at.ns)) {
			tcp_packet(p, packet, at);
		}
	} else if (packet->kind == PACKET_UDP) {
		p->counters.udp++;
		if (packet->src_port == DNS_PORT && !dedup_is_copy(p->dedup, packet, at.ns))
			pipeline_dns_message(
				p, packet->payload, &packet->src, &packet->dst, at);
	} else {
		p->counters.other[packet->reason]++;
	}
}

void
pipeline_frame(struct pipeline *p, const struct capture_frame *frame)
{
	struct packet packet, joined;

	p->counters.frames++;
	p->counters.octets += frame->octets.len;
	p->counters.cut += frame->octets.len < frame->wire_len && !frame->trimmed;
	packet_parse(frame->linktype, frame->octets, frame->wire_len, &packet);
	if (packet.kind == PACKET_FRAGMENT) {
		if (defrag_feed(p->defrag, &packet, frame->at.ns, &joined))
			take_packet(p, &joined, frame->at);
		return;
	}
	take_packet(p, &packet, frame->at);
	/* Only now and then is a connection over. */
	if ((p->counters.frames & 63) == 0)
		pipeline_tick(p, frame->at.ns);
}

void
pipeline_tick(struct pipeline *p, uint64_t now_ns)
{
	struct flow *f;

	if (p->hold.count)
		release_held(p, NULL, now_ns);
	while ((f = flow_table_expired(p->flows, now_ns)))
		finish(p, f);
}

void
pipeline_drain(struct pipeline *p)
{
	struct flow *f;

	release_held(p, NULL, UINT64_MAX);
	while ((f = flow_table_drain(p->flows)))
		finish(p, f);
}
