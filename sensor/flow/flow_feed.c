/* SPDX-License-Identifier: Apache-2.0 */
#include "flow_table.h"

/* --- the same ports, another connection ------------------------------------------ */

static bool
answers_doubted_syn(const struct flow *f, unsigned end, const struct flow_segment *seg)
{
	return (seg->flags & TCP_FLAG_ACK) && f->doubted[!end] &&
	       seg->ack == f->doubted_isn[!end] + 1;
}

static bool
is_other_syn(struct flow_table *t, struct flow *f, unsigned end,
	const struct flow_segment *seg)
{
	const struct tcp_stream *s = &f->stream[end];

	if (answers_doubted_syn(f, end, seg))
		return true;
	if (tcp_stream_knows_isn(s, seg->seq))
		return !s->started && f->state == FLOW_STATE_CLOSING;
	if (f->state != FLOW_STATE_OPEN)
		return true;
	f->doubted[end] = true;
	f->doubted_isn[end] = seg->seq;
	flow_count(t, FLOW_COUNT_SYN_DOUBTED);
	return false;
}

static bool
is_reuse(struct flow_table *t, struct flow *f, unsigned end,
	const struct flow_segment *seg)
{
	if (seg->flags & TCP_FLAG_RST)
		return false;
	if (seg->flags & TCP_FLAG_SYN)
		return is_other_syn(t, f, end, seg);
	return f->doubted[end] && seg->seq == f->doubted_isn[end] + 1;
}

/* --- state ----------------------------------------------------------------------- */

void
flow_enter(struct flow_table *t, struct flow *f, enum flow_state state)
{
	flow_queue_remove(t, f);
	f->state = state;
	flow_queue_append(t, f);
}

/* A FIN suffices where nothing is seen of the peer. */
static bool
is_closing(const struct flow *f)
{
	const struct tcp_stream *a = &f->stream[0], *b = &f->stream[1];

	if (a->reset || b->reset)
		return true;
	return (a->fin || !f->packets[0]) && (b->fin || !f->packets[1]);
}

static enum flow_state
state_after(const struct flow *f, const struct flow_segment *seg)
{
	bool single = f->packets[0] + f->packets[1] == 1 && !seg->octets;

	if (is_closing(f))
		return FLOW_STATE_CLOSING;
	if (f->state == FLOW_STATE_HALF_OPEN && (single || (seg->flags & TCP_FLAG_SYN)))
		return FLOW_STATE_HALF_OPEN;
	return FLOW_STATE_OPEN;
}

static void
update_state(struct flow_table *t, struct flow *f, const struct flow_segment *seg)
{
	enum flow_state state = state_after(f, seg);

	if (f->state == FLOW_STATE_CLOSING && state == FLOW_STATE_OPEN)
		flow_count(t, FLOW_COUNT_REVIVED);
	if (f->state != state)
		flow_enter(t, f, state);
}

/* Late knowledge of the roles is of use only while nothing was told. */
static void
learn_handshake(struct flow *f, unsigned end, const struct flow_segment *seg)
{
	bool ack = seg->flags & TCP_FLAG_ACK;

	if (!(seg->flags & TCP_FLAG_SYN))
		return;
	if (ack)
		f->synack_seen = true;
	else
		f->syn_seen = true;
	if (ack)
		tcp_stream_expect(&f->stream[!end], seg->ack);
	if (f->roles_sure || f->stream[0].taken || f->stream[1].taken)
		return;
	f->client = ack ? !end : end;
	f->roles_sure = true;
}

static void
note_packet(struct flow_table *t, struct flow *f, unsigned end,
	const struct flow_segment *seg)
{
	f->packets[end]++;
	f->octets[end] += seg->octets;
	f->last = seg->at;
	if (flow_clock_set(&t->clock, seg->at.ns))
		flow_count(t, FLOW_COUNT_CLOCK_STEPS);
	if (t->clock.now - f->queued >= FLOW_GRAIN_NS)
		flow_enter(t, f, f->state);
}

/* --- windows --------------------------------------------------------------------- */

static bool
lend(struct flow_table *t, struct tcp_stream *s)
{
	uint32_t number = flow_pool_take(&t->windows);

	if (number == FLOW_POOL_NONE) {
		flow_count(t, FLOW_COUNT_WINDOWS_DENIED);
		return false;
	}
	flow_count(t, FLOW_COUNT_WINDOWS_LENT);
	return tcp_stream_lend(s, flow_pool_at(&t->windows, number), t->windows.item);
}

static void
reclaim(struct flow_table *t, void *window)
{
	if (window)
		flow_pool_give(&t->windows, flow_pool_number(&t->windows, window));
}

static unsigned
end_of_dir(const struct flow *f, enum dis_dir dir)
{
	return f->client ^ (dir == DIS_SERVER);
}

/* --- feed ------------------------------------------------------------------------ */

bool
flow_is_early(const struct flow *f, const struct flow_segment *seg)
{
	const struct tcp_stream *peer = &f->stream[!flow_end_of(f, seg)];
	uint32_t top = peer->seq + (uint32_t)(peer->top - peer->taken);
	uint32_t ahead = seg->ack - top;

	if (!peer->started || seg->octets == 0 || !(seg->flags & TCP_FLAG_ACK))
		return false;
	/* One octet more is an unseen FIN. */
	return ahead > 1 && ahead <= FLOW_SWAP_MAX;
}

enum flow_fed
flow_segment_feed(struct flow_table *t, struct flow *f, const struct flow_segment *seg)
{
	unsigned end = flow_end_of(f, seg);
	struct tcp_stream *s = &f->stream[end];
	struct tcp_segment tcp = {.seq = seg->seq,
		.octets = seg->octets,
		.payload = seg->payload,
		.flags = seg->flags,
		.at = seg->at};

	if (f->state == FLOW_STATE_ENDED)
		return FLOW_IGNORED;
	if (is_reuse(t, f, end, seg)) {
		flow_count(t, FLOW_COUNT_REUSED);
		flow_end(t, f, FLOW_REASON_REUSED);
		return FLOW_REUSED;
	}
	note_packet(t, f, end, seg);
	if (tcp_stream_feed(s, &tcp) != TCP_FED_TAKEN)
		return FLOW_IGNORED;
	learn_handshake(f, end, seg);
	if (seg->flags & TCP_FLAG_ACK)
		tcp_stream_acked(&f->stream[!end], seg->ack, seg->at);
	if (tcp_stream_is_ahead(s) && !lend(t, s))
		tcp_stream_deny(s);
	update_state(t, f, seg);
	return FLOW_FED;
}

void
flow_segment_done(struct flow_table *t, struct flow *f)
{
	for (unsigned end = 0; end < 2; end++) {
		struct tcp_stream *s = &f->stream[end];

		if (tcp_stream_wants_window(s))
			(void)lend(t, s);
		tcp_stream_keep(s);
		reclaim(t, tcp_stream_reclaim(s));
	}
}

bool
flow_chunk_next(struct flow *f, enum dis_dir dir, struct tcp_chunk *out)
{
	return tcp_stream_next(&f->stream[end_of_dir(f, dir)], out);
}

void
flow_chunk_taken(struct flow *f, enum dis_dir dir, uint64_t octets)
{
	tcp_stream_taken(&f->stream[end_of_dir(f, dir)], octets);
}

uint64_t
flow_hole_before(const struct flow *f, const struct flow_segment *seg)
{
	return tcp_stream_hole(&f->stream[flow_end_of(f, seg)], seg->seq);
}

uint64_t
flow_hole_acked(const struct flow *f, const struct flow_segment *seg)
{
	if (!(seg->flags & TCP_FLAG_ACK))
		return 0;
	return tcp_stream_hole(&f->stream[!flow_end_of(f, seg)], seg->ack);
}

void
flow_spare(struct flow *f, enum dis_dir dir, uint64_t octets, uint32_t to)
{
	tcp_stream_spare(&f->stream[end_of_dir(f, dir)], octets, to);
}

uint64_t
flow_spare_left(const struct flow *f, enum dis_dir dir)
{
	return f->stream[end_of_dir(f, dir)].spare;
}

bool
flow_settle(struct flow *f, enum dis_dir dir, uint32_t seq)
{
	return tcp_stream_settle(&f->stream[end_of_dir(f, dir)], seq);
}

uint64_t
flow_withhold(struct flow *f, enum dis_dir dir, uint32_t from, uint32_t to)
{
	return tcp_stream_withhold(&f->stream[end_of_dir(f, dir)], from, to);
}

bool
flow_is_dry(const struct flow *f, enum dis_dir dir, uint32_t *seq)
{
	return tcp_stream_is_dry(&f->stream[end_of_dir(f, dir)], seq);
}

void
flow_release(struct flow_table *t, struct flow *f)
{
	flow_end(t, f, FLOW_REASON_CLOSED);
	for (unsigned end = 0; end < 2; end++) {
		reclaim(t, tcp_stream_take_back(&f->stream[end]));
		tcp_counters_merge(&t->counters.tcp, &f->stream[end].counters);
	}
	flow_queue_remove(t, f);
	flow_births_remove(t, f);
	flow_pool_give(&t->entries, f->number);
	flow_count(t, FLOW_COUNT_RELEASED);
}
