/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline_shunt.h"

#include "pipeline_shunt_part.h"

/* Refusals until it is clear that this kernel writes nothing for us. */
#define REFUSALS_MAX 64u

static struct capture_direction
direction_of(const struct flow *f)
{
	struct flow_facts facts;

	flow_facts_of(f, &facts);
	return (struct capture_direction){.src = facts.addr[DIS_CLIENT],
		.dst = facts.addr[DIS_SERVER],
		.src_port = facts.port[DIS_CLIENT],
		.dst_port = facts.port[DIS_SERVER]};
}

/* --- the kernel's word ------------------------------------------------------------- */

bool
pipeline_shunt_may_look(const struct conn_shunt *c, uint64_t now_ns)
{
	return now_ns < c->looked_ns || now_ns - c->looked_ns > SHUNT_LOOK_NS;
}

bool
pipeline_shunt_look(struct pipeline *p, struct flow *f, struct conn_mail *m,
	uint64_t now_ns, struct tap_shunt *s)
{
	struct capture_direction d = direction_of(f);
	struct conn_shunt *c = &m->shunt;

	c->looked_ns = now_ns;
	if (!p->shunt.look(p->shunt.ctx, &d, s) || s->cookie != c->cookie)
		return false;
	m->builder.totals.packets[DIS_CLIENT] += s->packets - c->packets;
	m->builder.totals.octets[DIS_CLIENT] += s->octets - c->octets;
	p->counters.shunt.withheld += s->packets - c->packets;
	p->counters.shunt.octets += s->octets - c->octets;
	c->packets = s->packets;
	c->octets = s->octets;
	return true;
}

static void
refused(struct pipeline *p)
{
	if (++p->counters.shunt.refused == REFUSALS_MAX &&
		p->counters.shunt.followed == 0)
		p->shunt.follow = NULL;
}

/* False: as pipeline_shunt_look(). */
static bool
look_again(struct pipeline *p, struct flow *f, struct conn_mail *m, uint64_t now_ns)
{
	uint64_t packets = m->shunt.packets;
	struct tap_shunt s;

	if (m->shunt.mode == TAP_RECORDS)
		return pipeline_shunt_tls_look(p, f, m, now_ns);
	if (!pipeline_shunt_look(p, f, m, now_ns, &s))
		return false;
	if (s.packets == packets)
		return true;
	flow_withhold(f, DIS_CLIENT, s.from, s.to);
	for (int i = 0; i < 3; i++)
		m->shunt.before[i] = (uint8_t)(s.before >> 8 * i);
	return true;
}

void
pipeline_shunt_follow(
	struct pipeline *p, struct flow *f, struct conn_mail *m, enum tap_mode mode)
{
	struct capture_direction d = direction_of(f);

	if (m->shunt.refused)
		return;
	if (m->shunt.cookie)
		(void)look_again(p, f, m, m->shunt.looked_ns);
	/* 0 is nobody's. */
	if (++p->shunt_cookie == 0)
		p->shunt_cookie++;
	if (!p->shunt.follow(p->shunt.ctx, &d, mode, p->shunt_cookie)) {
		m->shunt.refused = true;
		refused(p);
		return;
	}
	m->shunt = (struct conn_shunt){.cookie = p->shunt_cookie, .mode = mode};
	p->counters.shunt.followed++;
}

void
pipeline_shunt_order(struct pipeline *p, struct flow *f, struct conn_mail *m,
	struct tap_order *o, uint64_t now_ns)
{
	struct capture_direction d = direction_of(f);

	o->cookie = m->shunt.cookie;
	if (!p->shunt.order(p->shunt.ctx, &d, o))
		refused(p);
	p->counters.shunt.orders++;
	m->shunt.ordered_ns = now_ns;
}

/* --- what was withheld ------------------------------------------------------------- */

/* It begins with octets, or before them, of which the first ones may have been withheld.
 */
static bool
goes_on(const struct flow *f, const struct conn_shunt *c, const struct flow_segment *seg)
{
	uint32_t next;

	(void)flow_is_dry(f, DIS_CLIENT, &next);
	return (int32_t)(seg->seq - next) < (c->ordered_ns ? 1 : 0) &&
	       (int32_t)(seg->seq + seg->octets - next) > 0;
}

/*
 * Whether it tells of octets that were not seen, or may take their place; a reply ends
 * what is withheld. A reset has to find the octets before it told: those behind it, which
 * are told later, say that it was forged.
 */
static bool
is_telling(
	const struct flow *f, const struct conn_shunt *c, const struct flow_segment *seg)
{
	if (flow_dir_of(f, seg) == DIS_CLIENT)
		return flow_hole_before(f, seg) > 0 ||
		       seg->flags & (TCP_FLAG_FIN | TCP_FLAG_RST) || goes_on(f, c, seg);
	return seg->octets ||
	       (flow_hole_acked(f, seg) > 0 && pipeline_shunt_may_look(c, seg->at.ns));
}

void
pipeline_shunt_before(struct pipeline *p, struct flow *f, const struct flow_segment *seg)
{
	struct conn *c = flow_app(f);

	if (c->kind != CONN_MAIL || !c->begun || !c->mail.shunt.cookie)
		return;
	if (c->mail.shunt.mode == TAP_RECORDS)
		pipeline_shunt_tls_before(p, f, &c->mail, seg);
	else if (is_telling(f, &c->mail.shunt, seg))
		(void)look_again(p, f, &c->mail, seg->at.ns);
}

bool
pipeline_shunt_chunk(struct conn_mail *m, enum dis_dir dir, const struct tcp_chunk *chunk)
{
	m->shunt.skipped = true;
	return smtp_session_skip(
		&m->session, dir, chunk->octets, m->shunt.before, chunk->at);
}

void
pipeline_shunt_end(struct pipeline *p, struct flow *f)
{
	struct conn *c = flow_app(f);
	struct capture_direction d = direction_of(f);

	if (!p->shunt.leave || c->kind != CONN_MAIL || !c->begun || !c->mail.shunt.cookie)
		return;
	/* Between the same ports another may live, in another tunnel. */
	if (look_again(p, f, &c->mail, c->mail.shunt.looked_ns))
		p->shunt.leave(p->shunt.ctx, &d);
	c->mail.shunt.cookie = 0;
}

/* --- what may be ------------------------------------------------------------------- */

static bool
is_due(const struct conn_mail *m, uint64_t now_ns)
{
	const struct conn_shunt *c = &m->shunt;

	return c->skipped || m->session.body.octets < c->ordered_octets ||
	       m->session.body.octets - c->ordered_octets >= SHUNT_AGAIN_OCTETS ||
	       now_ns < c->ordered_ns || now_ns - c->ordered_ns >= SHUNT_AGAIN_NS;
}

/* The newest lowest. */
static uint32_t
octets_of(const uint8_t before[3])
{
	return before[0] | (uint32_t)before[1] << 8 | (uint32_t)before[2] << 16;
}

static void
consider(struct pipeline *p, struct flow *f, struct conn_mail *m, uint64_t now_ns)
{
	struct conn_shunt *c = &m->shunt;
	struct tap_order o = {0};
	uint64_t left;
	enum smtp_skip skip = smtp_session_may_skip(&m->session, DIS_CLIENT, &left);

	/* Before the message comes, so that the kernel has seen all of it. */
	if (c->mode != TAP_BODY &&
		(skip != SMTP_SKIP_NONE || m->session.phase == SMTP_PHASE_DATA_WAIT))
		pipeline_shunt_follow(p, f, m, TAP_BODY);
	if (c->mode != TAP_BODY || skip == SMTP_SKIP_NONE)
		return;
	if (!is_due(m, now_ns) || record_build_wants_body(&m->builder) ||
		!flow_is_dry(f, DIS_CLIENT, &o.from))
		return;
	if (skip == SMTP_SKIP_TEXT) {
		o.kind = TAP_ORDER_TEXT;
		o.until = octets_of(m->session.body.before);
	} else {
		o.kind = TAP_ORDER_CHUNK;
		/* Sequence numbers tell no more than half their range apart. */
		o.until = o.from + (uint32_t)(left < INT32_MAX ? left : INT32_MAX);
	}
	pipeline_shunt_order(p, f, m, &o, now_ns);
	c->skipped = false;
	c->ordered_octets = m->session.body.octets;
}

/* Early, for the kernel must have seen where records begin before they are many. */
static bool
expects_tls(const struct conn_mail *m)
{
	return !m->shunt.cookie && (m->builder.conn.caps & SMTP_CAP_STARTTLS);
}

void
pipeline_shunt_after(struct pipeline *p, struct flow *f, const struct flow_segment *seg)
{
	struct conn *c = flow_app(f);
	struct conn_mail *m = &c->mail;

	/* Who hears one side only would not hear that the connection lives. */
	if (!p->shunt.follow || c->kind != CONN_MAIL || !c->begun || !seg->octets ||
		!m->builder.totals.packets[DIS_SERVER])
		return;
	if (flow_dir_of(f, seg) == DIS_CLIENT) {
		if (m->is_tls)
			pipeline_shunt_tls_after(p, f, m, seg);
		else
			consider(p, f, m, seg->at.ns);
	} else if (!m->is_tls && expects_tls(m)) {
		pipeline_shunt_follow(p, f, m, TAP_RECORDS);
	}
}

/* --- other ports ------------------------------------------------------------------- */

void
pipeline_shunt_decide(
	struct pipeline *p, const struct flow_segment *seg, enum tap_verdict verdict)
{
	struct capture_direction d = {seg->src, seg->dst, seg->src_port, seg->dst_port};

	if (p->shunt.decide)
		p->shunt.decide(p->shunt.ctx, &d, verdict);
}
