/* SPDX-License-Identifier: Apache-2.0 */
#include "flow_table.h"

static uint64_t
patience_of(const struct flow_table *t, enum flow_state state)
{
	switch (state) {
	case FLOW_STATE_HALF_OPEN:
		return t->config.half_open_ns;
	case FLOW_STATE_CLOSING:
		return t->config.closing_ns;
	case FLOW_STATE_OPEN:
	case FLOW_STATE_ENDED:
	case FLOW_STATE_COUNT:
		break;
	}
	return t->config.idle_ns;
}

static enum flow_reason
reason_of_expiry(const struct flow *f)
{
	bool reset = f->stream[0].reset || f->stream[1].reset;

	switch (f->state) {
	case FLOW_STATE_HALF_OPEN:
		return FLOW_REASON_HALF_OPEN;
	case FLOW_STATE_CLOSING:
		return reset ? FLOW_REASON_RESET : FLOW_REASON_CLOSED;
	case FLOW_STATE_OPEN:
	case FLOW_STATE_ENDED:
	case FLOW_STATE_COUNT:
		break;
	}
	return FLOW_REASON_IDLE;
}

/* A flow is put last again only when FLOW_GRAIN_NS have passed: see flow_segment_feed. */
struct flow *
flow_table_expired(struct flow_table *t, uint64_t now_ns)
{
	static const enum flow_count counts[] = {FLOW_COUNT_EXPIRED_HALF_OPEN,
		FLOW_COUNT_EXPIRED_CLOSING, FLOW_COUNT_EXPIRED_IDLE};

	if (flow_clock_set(&t->clock, now_ns))
		flow_count(t, FLOW_COUNT_CLOCK_STEPS);
	for (enum flow_state s = FLOW_STATE_HALF_OPEN; s <= FLOW_STATE_OPEN; s++) {
		struct flow *f = flow_at(t, t->queue[s].first);

		if (!f || t->clock.now - f->queued < patience_of(t, s) + FLOW_GRAIN_NS)
			continue;
		flow_count(t, counts[s]);
		flow_end(t, f, reason_of_expiry(f));
		return f;
	}
	return NULL;
}

/* Flows that have ended and wait for release do not count: one is taken at a time. */
struct flow *
flow_table_make_room(struct flow_table *t)
{
	static const enum flow_count counts[] = {FLOW_COUNT_EVICTED_HALF_OPEN,
		FLOW_COUNT_EVICTED_CLOSING, FLOW_COUNT_EVICTED_OPEN};

	if (flow_pool_used(&t->entries) < t->config.flows)
		return NULL;
	for (enum flow_state s = FLOW_STATE_HALF_OPEN; s <= FLOW_STATE_OPEN; s++) {
		struct flow *f = flow_at(t, t->queue[s].first);

		if (!f)
			continue;
		flow_count(t, counts[s]);
		flow_end(t, f, FLOW_REASON_EVICTED);
		return f;
	}
	return NULL;
}

struct flow *
flow_table_drain(struct flow_table *t)
{
	struct flow *f = flow_at(t, t->births.first);

	if (f)
		flow_end(t, f,
			f->state == FLOW_STATE_CLOSING ? reason_of_expiry(f)
						       : FLOW_REASON_DRAINED);
	return f;
}

struct flow *
flow_table_each(const struct flow_table *t, const struct flow *after)
{
	return flow_at(t, after ? after->births.after : t->births.first);
}

void
flow_end(struct flow_table *t, struct flow *f, enum flow_reason reason)
{
	if (f->state == FLOW_STATE_ENDED)
		return;
	f->reason = reason == FLOW_REASON_NONE ? FLOW_REASON_CLOSED : reason;
	flow_index_remove(&t->index, f->tag, f->number);
	flow_enter(t, f, FLOW_STATE_ENDED);
	tcp_stream_finish(&f->stream[0], f->last);
	tcp_stream_finish(&f->stream[1], f->last);
}
