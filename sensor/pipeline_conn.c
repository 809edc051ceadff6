/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline_conn.h"

#include <inttypes.h>

#include "pipeline_dns.h"
#include "sensor/base/siphash.h"
#include "sensor/record/record_write.h"

/* Octets that may wait for the other side before an assumption has to do. */
#define WAIT_MAX (64u * KiB)

void
pipeline_record(struct pipeline *p, const struct record *r)
{
	p->counters.transactions += r->kind == RECORD_TRANSACTION;
	if (p->infer)
		infer_feed(p->infer, r);
	if (p->on_record)
		p->on_record(p->on_record_ctx, r);
	if (!p->records || p->write_failed)
		return;
	record_write(r, p->files, &p->json);
	if (json_out_line(&p->json, p->records) < 0)
		p->write_failed = true;
}

static void
emit_transactions(struct pipeline *p, struct record_builder *b)
{
	struct record record;

	while (record_build_next(b, &record))
		pipeline_record(p, &record);
}

/* The same in every run over the same packets. */
static uint64_t
conn_id(const struct flow_facts *facts)
{
	static const uint8_t key[16] = "relaytap conn id";
	struct {
		struct ip_addr addr[2];
		uint64_t ns;
		uint32_t tunnel, frame;
		uint16_t port[2];
		uint32_t zero;
	} in;

	memset(&in, 0, sizeof(in));
	in.addr[0] = facts->addr[0];
	in.addr[1] = facts->addr[1];
	in.port[0] = facts->port[0];
	in.port[1] = facts->port[1];
	in.ns = facts->first.ns;
	in.frame = facts->first.frame;
	in.tunnel = facts->tunnel;
	return siphash(key, span_of(&in, sizeof(in)));
}

static void
path_of(const struct packet *packet, struct record_path *path,
	char text[][CONN_TUNNEL_TEXT])
{
	*path = (struct record_path){
		.vlans = packet->vlan_count, .tunnels = packet->tunnel_count};
	for (size_t i = 0; i < packet->vlan_count; i++)
		path->vlan[i] = packet->vlans[i];
	for (size_t i = 0; i < packet->tunnel_count; i++) {
		int n = snprintf(text[i], CONN_TUNNEL_TEXT, "%s:%" PRIu32,
			packet_tunnel_name(packet->tunnels[i].kind),
			packet->tunnels[i].id);

		path->tunnel[i] = span_of(
			text[i], n < CONN_TUNNEL_TEXT ? (size_t)n : CONN_TUNNEL_TEXT - 1);
	}
}

/* What takes memory is left until there is something to be said of the connection. */
static void
mail_init(struct flow *f, struct conn *c, const struct packet *packet)
{
	struct flow_facts facts;

	flow_facts_of(f, &facts);
	path_of(packet, &c->path, c->path_text);
	c->begun = false;
	c->whole = facts.syn_seen || facts.synack_seen;
	for (int dir = 0; dir < 2; dir++) {
		c->packets[dir] = 0;
		c->ended[dir] = false;
	}
}

static void
mail_begin(struct pipeline *p, struct flow *f, struct conn *c)
{
	struct flow_facts facts;
	struct record_end client, server;

	flow_facts_of(f, &facts);
	c->begun = true;
	c->mail.is_tls = false;
	c->mail.room_lent = false;
	c->mail.shunt = (struct conn_shunt){0};
	client = (struct record_end){facts.addr[DIS_CLIENT], facts.port[DIS_CLIENT]};
	server = (struct record_end){facts.addr[DIS_SERVER], facts.port[DIS_SERVER]};
	smtp_session_reset(&c->mail.session, c->whole);
	record_build_init(&c->mail.builder, p->texts, p->config);
	record_build_start(
		&c->mail.builder, conn_id(&facts), client, server, &c->path, c->whole);
	memcpy(c->mail.builder.totals.packets, c->packets, sizeof(c->packets));
	c->mail.builder.conn.any_port =
		c->kind == CONN_PROBE ||
		!(config_ports_hold(&p->config->smtp_ports, server.port) ||
			config_ports_hold(&p->config->smtps_ports, server.port));
}

void
conn_init(struct pipeline *p, struct flow *f, enum conn_kind kind,
	const struct packet *packet)
{
	struct conn *c = flow_app(f);

	/* The block was another connection's: its large parts are reset by their owners.
	 */
	c->kind = kind;
	c->classify = 0;
	p->counters.connections++;
	if (kind == CONN_DNS) {
		for (int dir = 0; dir < 2; dir++)
			dns_stream_reset(
				&c->dns.stream[dir], c->dns.room[dir], CONN_DNS_ROOM);
		return;
	}
	mail_init(f, c, packet);
	if (kind == CONN_PROBE) {
		mail_begin(p, f, c);
		p->counters.probes++;
		c->classify = p->classify ? classify_open(p->classify) : 0;
	}
}

/* A hole makes the classifier's guess worthless, not ours: it has the first segments. */
static void
probe_feed(struct pipeline *p, struct flow *f, struct conn *c,
	const struct flow_segment *seg)
{
	enum classify_verdict verdict = CLASSIFY_UNDECIDED;
	struct flow_facts facts;

	if (c->classify && seg->payload.len)
		verdict =
			classify_feed(p->classify, c->classify, &seg->src, seg->src_port,
				&seg->dst, seg->dst_port, seg->payload, seg->at.ns);
	if (verdict == CLASSIFY_SMTP || smtp_session_is_smtp(&c->mail.session)) {
		flow_facts_of(f, &facts);
		services_insert(
			&p->services, &facts.addr[DIS_SERVER], facts.port[DIS_SERVER]);
		c->kind = CONN_MAIL;
		p->counters.probes_smtp++;
	} else if (smtp_session_is_other(&c->mail.session) ||
		   (verdict == CLASSIFY_OTHER && !c->mail.is_tls)) {
		c->kind = CONN_OTHER;
		pipeline_shunt_decide(p, seg, TAP_OTHER);
	}
	if (c->kind == CONN_PROBE)
		return;
	classify_close(p->classify, c->classify);
	c->classify = 0;
}

static void
tls_begin(struct conn_mail *m)
{
	m->is_tls = true;
	tls_session_reset(&m->tls);
	tls_session_lend(&m->tls, m->builder.tls_room, sizeof(m->builder.tls_room));
	m->room_lent = true;
}

static void
session_events(struct pipeline *p, struct conn_mail *m, size_t *taken)
{
	struct smtp_event event;

	while (smtp_session_next(&m->session, &event, taken) == DIS_OK) {
		record_build_event(&m->builder, &event);
		emit_transactions(p, &m->builder);
	}
	if (smtp_session_is_tls(&m->session) && !m->is_tls)
		tls_begin(m);
}

static void
tls_feed(struct conn_mail *m, enum dis_dir dir, struct span octets, struct moment at)
{
	struct tls_event event;

	tls_session_feed(&m->tls, dir, octets, at);
	while (tls_session_next(&m->tls, &event) == DIS_OK)
		;
	if (m->room_lent && !tls_session_needs_room(&m->tls)) {
		tls_session_lend(&m->tls, NULL, 0);
		m->room_lent = false;
	}
}

/*
 * Octets taken of a chunk. The session may wait for the other side; where that is not
 * captured, or so much has gathered that waiting makes no sense, it has to assume.
 */
static size_t
mail_data(struct pipeline *p, struct conn_mail *m, enum dis_dir dir,
	const struct tcp_chunk *chunk)
{
	const uint64_t *packets = m->builder.totals.packets;
	size_t taken = 0;

	if (m->is_tls) {
		tls_feed(m, dir, chunk->data, chunk->at);
		return chunk->data.len;
	}
	smtp_session_feed(&m->session, dir, chunk->data, chunk->at);
	session_events(p, m, &taken);
	if (!smtp_session_waits(&m->session, dir))
		return taken;
	if (packets[dir == DIS_CLIENT ? DIS_SERVER : DIS_CLIENT] == 0 ||
		chunk->data.len - taken > WAIT_MAX) {
		size_t none;

		p->counters.pressed++;
		smtp_session_press(&m->session);
		session_events(p, m, &none);
	}
	return taken;
}

static void
mail_gap(struct pipeline *p, struct conn_mail *m, enum dis_dir dir,
	const struct tcp_chunk *chunk)
{
	size_t none;

	if (m->is_tls) {
		tls_session_gap(&m->tls, dir, chunk->octets);
		m->builder.totals.gaps++;
		m->builder.totals.gap_octets += chunk->octets;
		return;
	}
	smtp_session_gap(&m->session, dir, chunk->octets, chunk->at);
	session_events(p, m, &none);
}

static void
mail_withheld(struct pipeline *p, struct conn_mail *m, enum dis_dir dir,
	const struct tcp_chunk *chunk)
{
	size_t none;

	if (m->is_tls)
		tls_session_gap(&m->tls, dir, chunk->octets);
	else if (!pipeline_shunt_chunk(m, dir, chunk))
		mail_gap(p, m, dir, chunk);
	else
		session_events(p, m, &none);
}

static void
mail_end(struct pipeline *p, struct conn_mail *m, enum dis_dir dir, struct moment at)
{
	size_t none;

	if (m->is_tls)
		return;
	smtp_session_end(&m->session, dir, at);
	session_events(p, m, &none);
}

/* On a port of mail: now there is something to be said. */
static void
conn_begin(struct pipeline *p, struct flow *f, struct conn *c)
{
	if (c->kind != CONN_MAIL || c->begun)
		return;
	mail_begin(p, f, c);
	for (enum dis_dir dir = DIS_CLIENT; dir <= DIS_SERVER; dir++)
		if (c->ended[dir])
			mail_end(p, &c->mail, dir, c->ended_at[dir]);
}

static uint64_t
mail_chunk(struct pipeline *p, struct conn_mail *m, enum dis_dir dir,
	const struct tcp_chunk *chunk)
{
	switch (chunk->kind) {
	case TCP_CHUNK_DATA:
		return mail_data(p, m, dir, chunk);
	case TCP_CHUNK_GAP:
		mail_gap(p, m, dir, chunk);
		return chunk->octets;
	case TCP_CHUNK_WITHHELD:
		mail_withheld(p, m, dir, chunk);
		return chunk->octets;
	case TCP_CHUNK_CONFLICT:
		p->counters.conflicts++;
		m->builder.totals.conflicts++;
		return 0;
	case TCP_CHUNK_END:
	default:
		mail_end(p, m, dir, chunk->at);
		return 0;
	}
}

static uint64_t
dns_chunk(struct pipeline *p, struct conn_dns *d, const struct flow_facts *facts,
	enum dis_dir dir, const struct tcp_chunk *chunk)
{
	struct dns_stream *s = &d->stream[dir];
	struct span in = chunk->data, message;
	uint16_t length;

	if (chunk->kind == TCP_CHUNK_GAP)
		dns_stream_gap(s, chunk->octets);
	if (chunk->kind != TCP_CHUNK_DATA)
		return chunk->octets;
	while (dns_stream_next(s, &in, &message, &length) == DIS_OK)
		pipeline_dns_message(p, message, &facts->addr[dir],
			&facts->addr[dir == DIS_CLIENT ? DIS_SERVER : DIS_CLIENT],
			chunk->at);
	return chunk->data.len;
}

static uint64_t
conn_chunk(struct pipeline *p, struct flow *f, struct conn *c, enum dis_dir dir,
	const struct tcp_chunk *chunk)
{
	struct flow_facts facts;

	if (c->kind == CONN_MAIL && !c->begun && chunk->kind == TCP_CHUNK_END) {
		c->ended[dir] = true;
		c->ended_at[dir] = chunk->at;
		return 0;
	}
	conn_begin(p, f, c);
	if (c->kind == CONN_MAIL || c->kind == CONN_PROBE)
		return mail_chunk(p, &c->mail, dir, chunk);
	if (c->kind != CONN_DNS)
		return chunk->octets;
	flow_facts_of(f, &facts);
	return dns_chunk(p, &c->dns, &facts, dir, chunk);
}

/* True if anything was taken. */
static bool
pull_direction(struct pipeline *p, struct flow *f, struct conn *c, enum dis_dir dir)
{
	struct tcp_chunk chunk;
	bool any = false;

	while (flow_chunk_next(f, dir, &chunk)) {
		uint64_t taken = conn_chunk(p, f, c, dir, &chunk);

		if (chunk.kind == TCP_CHUNK_CONFLICT || chunk.kind == TCP_CHUNK_END)
			continue;
		flow_chunk_taken(f, dir, taken);
		any |= taken > 0;
		if (taken < chunk.octets && !c->mail.is_tls &&
			(taken == 0 || smtp_session_waits(&c->mail.session, dir)))
			break;
	}
	return any;
}

/*
 * What the segment acknowledges came before it: the peer's direction goes first. True if
 * anything was taken.
 */
static bool
pull_both(struct pipeline *p, struct flow *f, struct conn *c, enum dis_dir dir)
{
	enum dis_dir peer = dir == DIS_CLIENT ? DIS_SERVER : DIS_CLIENT;
	bool ever = pull_direction(p, f, c, peer), any;

	/* What one side said may be what the other waits for. */
	do {
		any = pull_direction(p, f, c, dir);
		any |= pull_direction(p, f, c, peer);
		ever |= any;
	} while (any);
	return ever;
}

void
conn_pull(struct pipeline *p, struct flow *f, const struct flow_segment *seg)
{
	struct conn *c = flow_app(f);
	enum dis_dir dir = flow_dir_of(f, seg);

	if (seg->octets)
		conn_begin(p, f, c);
	if (c->kind == CONN_MAIL && !c->begun) {
		c->packets[dir]++;
	} else if (c->kind == CONN_MAIL || c->kind == CONN_PROBE) {
		c->mail.builder.totals.packets[dir]++;
		c->mail.builder.totals.octets[dir] += seg->octets;
	}
	pull_both(p, f, c, dir);
	if (c->kind == CONN_PROBE)
		probe_feed(p, f, c, seg);
	pipeline_shunt_after(p, f, seg);
}

static enum record_sides
sides_of(const struct record_connection *totals)
{
	if (totals->packets[DIS_SERVER] == 0)
		return RECORD_CLIENT_ONLY;
	return totals->packets[DIS_CLIENT] == 0 ? RECORD_SERVER_ONLY : RECORD_BOTH_SIDES;
}

static void
mail_finish(struct pipeline *p, struct conn_mail *m, const struct flow_facts *facts)
{
	struct record_builder *b = &m->builder;
	struct record record;

	b->totals.time = facts->first.ns;
	b->totals.end = facts->last.ns;
	b->totals.file = facts->first.file;
	b->totals.frames[0] = facts->first.frame;
	b->totals.frames[1] = facts->last.frame;
	if (m->is_tls)
		record_build_tls(b, &m->tls);
	record_build_end(b, sides_of(&b->totals));
	emit_transactions(p, b);
	/* A port scan has said nothing: it is no connection to speak of. */
	if (b->totals.octets[DIS_CLIENT] || b->totals.octets[DIS_SERVER]) {
		record_build_connection(b, &record);
		pipeline_record(p, &record);
	}
	record_build_release(b);
}

/* Mail, or perhaps mail, with a session that has begun. */
static bool
is_mail(const struct conn *c)
{
	return (c->kind == CONN_MAIL || c->kind == CONN_PROBE) && c->begun;
}

void
conn_finish(struct pipeline *p, struct flow *f)
{
	struct conn *c = flow_app(f);
	struct flow_facts facts;
	size_t none;

	pipeline_shunt_end(p, f);
	pull_both(p, f, c, DIS_CLIENT);
	/* No more is to come: whoever still waits has to assume. */
	while (is_mail(c) && !c->mail.is_tls &&
		(smtp_session_waits(&c->mail.session, DIS_CLIENT) ||
			smtp_session_waits(&c->mail.session, DIS_SERVER))) {
		smtp_session_press(&c->mail.session);
		session_events(p, &c->mail, &none);
		if (!pull_both(p, f, c, DIS_CLIENT))
			break;
	}
	flow_facts_of(f, &facts);
	if (is_mail(c) &&
		(c->kind == CONN_MAIL || smtp_session_is_smtp(&c->mail.session)))
		mail_finish(p, &c->mail, &facts);
	else if (c->kind == CONN_PROBE || c->kind == CONN_OTHER)
		record_build_release(&c->mail.builder);
	/* The next one in this place has not begun, whatever this one was. */
	if (is_mail(c))
		c->mail.is_tls = false;
	classify_close(p->classify, c->classify);
	flow_release(p->flows, f);
}
