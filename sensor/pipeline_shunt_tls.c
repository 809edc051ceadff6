/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline_shunt_part.h"

_Static_assert(
	TAP_RECORD_MAX == TLS_RECORD_MAX, "what is a record to one is to the other");

/* So many octets without an anchor: perhaps we have missed it. */
#define REANCHOR_OCTETS (8 * SHUNT_AGAIN_OCTETS)

/* --- what was withheld ------------------------------------------------------------- */

/* Behind the last octet that was. */
static uint32_t
spared_to(const struct tap_shunt *s)
{
	if (s->cut_from == s->cut_to)
		return s->to;
	return !s->packets || (int32_t)(s->cut_to - s->to) > 0 ? s->cut_to : s->to;
}

static bool
look(struct pipeline *p, struct flow *f, struct conn_mail *m, uint64_t now_ns,
	struct tap_shunt *s)
{
	struct conn_shunt *c = &m->shunt;

	if (!pipeline_shunt_look(p, f, m, now_ns, s))
		return false;
	flow_spare(f, DIS_CLIENT, s->spared - c->spared, spared_to(s));
	c->spared = s->spared;
	return true;
}

/* The kernel goes from record to record, from that one on. */
static bool
is_from(const struct tap_shunt *s, uint32_t anchor)
{
	return s->state != TAP_BODY_NEW && s->anchor == anchor;
}

bool
pipeline_shunt_tls_look(
	struct pipeline *p, struct flow *f, struct conn_mail *m, uint64_t now_ns)
{
	struct tap_shunt s;
	bool ours = look(p, f, m, now_ns, &s);

	if (!ours || !is_from(&s, m->shunt.anchor))
		m->shunt.anchored = false;
	return ours;
}

/* What the kernel makes of it can be told only by who knows where records begin. */
static void
note(const struct flow *f, struct conn_mail *m, const struct flow_segment *seg)
{
	const struct tls_record_reader *r = &m->tls.reader[DIS_CLIENT];
	struct conn_shunt *c = &m->shunt;
	bool due =
		m->is_tls ? tls_record_is_due(r) : m->session.phase == SMTP_PHASE_TLS_DUE;
	uint32_t next;

	c->begins = due && flow_is_dry(f, DIS_CLIENT, &next) && next == seg->seq;
	c->inside = m->is_tls && r->framing == TLS_FRAMING_BODY;
	c->records = m->is_tls ? m->tls.side[DIS_CLIENT].records : 0;
}

/*
 * All of it may be the body of the record in hand. What is more was not withheld, for a
 * header would have passed: it is late, or lost.
 */
static bool
is_inside(const struct conn_mail *m, uint64_t hole)
{
	const struct tls_record_reader *r = &m->tls.reader[DIS_CLIENT];

	return m->is_tls && (r->framing == TLS_FRAMING_LOST ||
				    (r->framing == TLS_FRAMING_BODY && hole <= r->left));
}

static void
client_before(struct pipeline *p, struct flow *f, struct conn_mail *m,
	const struct flow_segment *seg)
{
	uint64_t hole = flow_hole_before(f, seg), cut = seg->octets - seg->payload.len;

	note(f, m, seg);
	if (hole + cut > flow_spare_left(f, DIS_CLIENT) || seg->flags & TCP_FLAG_RST)
		pipeline_shunt_tls_look(p, f, m, seg->at.ns);
	if (hole && is_inside(m, hole))
		flow_settle(f, DIS_CLIENT, seg->seq);
}

void
pipeline_shunt_tls_before(struct pipeline *p, struct flow *f, struct conn_mail *m,
	const struct flow_segment *seg)
{
	uint64_t hole;

	if (flow_dir_of(f, seg) == DIS_CLIENT) {
		client_before(p, f, m, seg);
		return;
	}
	hole = flow_hole_acked(f, seg);
	/* One octet is a FIN that was not seen. */
	if (hole <= 1 || !is_inside(m, hole))
		return;
	if (hole > flow_spare_left(f, DIS_CLIENT) &&
		(seg->octets || pipeline_shunt_may_look(&m->shunt, seg->at.ns)))
		pipeline_shunt_tls_look(p, f, m, seg->at.ns);
	flow_settle(f, DIS_CLIENT, seg->ack);
}

/* --- what may be ------------------------------------------------------------------- */

/* A record begins where the kernel's began: so do all behind it. */
static void
confirm(struct pipeline *p, struct flow *f, struct conn_mail *m,
	const struct flow_segment *seg)
{
	struct conn_shunt *c = &m->shunt;
	struct tap_shunt s;

	c->anchored = look(p, f, m, seg->at.ns, &s) && is_from(&s, seg->seq);
	c->anchor = seg->seq;
	c->due = c->anchored;
}

static bool
is_due(const struct conn_shunt *c, uint64_t now_ns)
{
	return c->due || c->needless >= SHUNT_AGAIN_OCTETS ||
	       (c->needless > 0 && (now_ns < c->ordered_ns ||
					   now_ns - c->ordered_ns >= SHUNT_AGAIN_NS));
}

static void
order(struct pipeline *p, struct flow *f, struct conn_mail *m, uint64_t now_ns)
{
	struct conn_shunt *c = &m->shunt;
	struct tap_order o = {.kind = TAP_ORDER_RECORDS};

	if (!is_due(c, now_ns) || !flow_is_dry(f, DIS_CLIENT, &o.from))
		return;
	/* It had no effect: is the kernel still where it was? */
	if (!c->due)
		pipeline_shunt_tls_look(p, f, m, now_ns);
	c->due = false;
	c->needless = 0;
	if (!c->anchored)
		return;
	o.until = c->anchor;
	pipeline_shunt_order(p, f, m, &o, now_ns);
}

/* The segment held no octet of a header: it came for nothing. */
static bool
was_needless(const struct conn_mail *m)
{
	const struct tls_record_reader *r = &m->tls.reader[DIS_CLIENT];

	return m->shunt.inside && r->used == 0 &&
	       m->tls.side[DIS_CLIENT].records == m->shunt.records;
}

void
pipeline_shunt_tls_after(struct pipeline *p, struct flow *f, struct conn_mail *m,
	const struct flow_segment *seg)
{
	struct conn_shunt *c = &m->shunt;

	if (m->tls.reader[DIS_CLIENT].framing == TLS_FRAMING_LOST)
		return;
	if (was_needless(m)) {
		c->needless += seg->octets;
	} else if (c->mode != TAP_RECORDS ||
		   (!c->anchored && c->needless >= REANCHOR_OCTETS)) {
		pipeline_shunt_follow(p, f, m, TAP_RECORDS);
		return;
	}
	if (!c->anchored && c->begins)
		confirm(p, f, m, seg);
	if (c->anchored && m->tls.phase == TLS_PHASE_ESTABLISHED &&
		tls_record_may_skip(&m->tls.reader[DIS_CLIENT]))
		order(p, f, m, seg->at.ns);
}
