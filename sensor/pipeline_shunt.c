/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline_shunt.h"

#include "pipeline_conn.h"

/* An order that had no effect is given again after so many octets, or ns. */
#define AGAIN_OCTETS (32u * KiB)
#define AGAIN_NS     UINT64_C(10000000)
/* An acknowledgement of octets that are not there may mean they are withheld. */
#define LOOK_NS (TCP_ACK_GRACE_NS / 8)
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

/* --- what was withheld ------------------------------------------------------------- */

static void
look(struct pipeline *p, struct flow *f, struct conn_mail *m, uint64_t now_ns)
{
	struct capture_direction d = direction_of(f);
	struct conn_shunt *c = &m->shunt;
	struct tap_shunt s;

	c->looked_ns = now_ns;
	if (!p->shunt.look(p->shunt.ctx, &d, &s) || s.cookie != c->cookie ||
		s.packets == c->packets)
		return;
	flow_withhold(f, DIS_CLIENT, s.from, s.to);
	for (int i = 0; i < 3; i++)
		c->before[i] = (uint8_t)(s.before >> 8 * i);
	m->builder.totals.packets[DIS_CLIENT] += s.packets - c->packets;
	m->builder.totals.octets[DIS_CLIENT] += s.octets - c->octets;
	p->counters.shunt.withheld += s.packets - c->packets;
	p->counters.shunt.octets += s.octets - c->octets;
	c->packets = s.packets;
	c->octets = s.octets;
}

/* Whether it tells of octets that were not seen; a reply ends what is withheld. */
static bool
is_telling(
	const struct flow *f, const struct conn_shunt *c, const struct flow_segment *seg)
{
	if (flow_dir_of(f, seg) == DIS_CLIENT)
		return (seg->octets || (seg->flags & (TCP_FLAG_FIN | TCP_FLAG_RST))) &&
		       flow_leaves_hole(f, seg);
	return seg->octets ||
	       (flow_acks_unseen(f, seg) && (seg->at.ns < c->looked_ns ||
						    seg->at.ns - c->looked_ns > LOOK_NS));
}

void
pipeline_shunt_before(struct pipeline *p, struct flow *f, const struct flow_segment *seg)
{
	struct conn *c = flow_app(f);

	if (c->kind == CONN_MAIL && c->begun && c->mail.shunt.cookie &&
		is_telling(f, &c->mail.shunt, seg))
		look(p, f, &c->mail, seg->at.ns);
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

	if (!p->shunt.leave || c->kind != CONN_MAIL || !c->begun ||
		!c->mail.shunt.cookie)
		return;
	look(p, f, &c->mail, c->mail.shunt.looked_ns);
	p->shunt.leave(p->shunt.ctx, &d);
	c->mail.shunt.cookie = 0;
}

/* --- what may be ------------------------------------------------------------------- */

static void
refused(struct pipeline *p)
{
	if (++p->counters.shunt.refused == REFUSALS_MAX &&
		p->counters.shunt.followed == 0)
		p->shunt.follow = NULL;
}

static void
follow(struct pipeline *p, struct flow *f, struct conn_shunt *c)
{
	struct capture_direction d = direction_of(f);

	if (!p->shunt.follow(p->shunt.ctx, &d, ++p->shunt_cookie)) {
		refused(p);
		return;
	}
	*c = (struct conn_shunt){.cookie = p->shunt_cookie};
	p->counters.shunt.followed++;
}

static bool
is_due(const struct conn_mail *m, uint64_t now_ns)
{
	const struct conn_shunt *c = &m->shunt;

	return c->skipped || m->session.body.octets < c->ordered_octets ||
	       m->session.body.octets - c->ordered_octets >= AGAIN_OCTETS ||
	       now_ns < c->ordered_ns || now_ns - c->ordered_ns >= AGAIN_NS;
}

static void
order(struct pipeline *p, struct flow *f, struct conn_mail *m, struct tap_order *o,
	uint64_t now_ns)
{
	struct capture_direction d = direction_of(f);
	struct conn_shunt *c = &m->shunt;

	o->cookie = c->cookie;
	if (!p->shunt.order(p->shunt.ctx, &d, o))
		refused(p);
	p->counters.shunt.orders++;
	c->skipped = false;
	c->ordered_octets = m->session.body.octets;
	c->ordered_ns = now_ns;
}

static void
consider(struct pipeline *p, struct flow *f, struct conn_mail *m, uint64_t now_ns)
{
	struct tap_order o = {0};
	uint64_t left;
	enum smtp_skip skip = smtp_session_may_skip(&m->session, DIS_CLIENT, &left);

	/* Before the message comes, so that the kernel has seen all of it. */
	if (!m->shunt.cookie &&
		(skip != SMTP_SKIP_NONE || m->session.phase == SMTP_PHASE_DATA_WAIT))
		follow(p, f, &m->shunt);
	if (!m->shunt.cookie || skip == SMTP_SKIP_NONE)
		return;
	if (!is_due(m, now_ns) || record_build_wants_body(&m->builder) ||
		!flow_is_dry(f, DIS_CLIENT, &o.from))
		return;
	o.kind = skip == SMTP_SKIP_TEXT ? TAP_ORDER_TEXT : TAP_ORDER_CHUNK;
	/* Sequence numbers tell no more than half their range apart. */
	o.until = o.from + (uint32_t)(left < INT32_MAX ? left : INT32_MAX);
	order(p, f, m, &o, now_ns);
}

void
pipeline_shunt_after(struct pipeline *p, struct flow *f, const struct flow_segment *seg)
{
	struct conn *c = flow_app(f);

	/* Who hears one side only would not hear that the connection lives. */
	if (!p->shunt.follow || c->kind != CONN_MAIL || !c->begun || c->mail.is_tls ||
		!seg->octets ||
		c->mail.builder.conn.any_port ||
		flow_dir_of(f, seg) != DIS_CLIENT ||
		!c->mail.builder.totals.packets[DIS_SERVER])
		return;
	consider(p, f, &c->mail, seg->at.ns);
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
