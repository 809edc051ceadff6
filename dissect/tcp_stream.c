/* SPDX-License-Identifier: Apache-2.0 */
#include "tcp_stream.h"

#include "tcp_stream_part.h"

void
tcp_stream_init(struct tcp_stream *s, uint8_t *history)
{
	*s = (struct tcp_stream){0};
	tcp_history_init(&s->history, history);
}

/* Where seq stands in the stream; before its start: negative. RFC 9293 3.4: modulo 2^32.
 */
static int64_t
position_of(const struct tcp_stream *s, uint32_t seq)
{
	return (int64_t)s->taken + (int32_t)(seq - s->seq);
}

/* --- where the stream begins ----------------------------------------------------- */

static void
start(struct tcp_stream *s, uint32_t seq)
{
	s->started = true;
	s->seq = seq;
	s->first = seq;
}

static bool
is_untouched(const struct tcp_stream *s)
{
	return !s->taken && !s->top && !s->fin;
}

void
tcp_stream_expect(struct tcp_stream *s, uint32_t seq)
{
	if (s->started)
		return;
	start(s, seq);
	s->anchored = true;
}

bool
tcp_stream_knows_isn(const struct tcp_stream *s, uint32_t isn)
{
	return !s->started || s->first == isn + 1;
}

static bool
begin(struct tcp_stream *s, const struct tcp_segment *seg)
{
	if (seg->flags & TCP_FLAG_SYN) {
		if (!tcp_stream_knows_isn(s, seg->seq) &&
			(s->anchored || !is_untouched(s)))
			return false;
		if (is_untouched(s))
			start(s, seg->seq + 1);
		s->anchored = true;
	} else if (!s->started) {
		start(s, seg->seq);
	} else if (!s->anchored && is_untouched(s) && seg->octets &&
		   seg->seq == s->seq + 1) {
		/* It was a keep-alive that we began with. */
		start(s, seg->seq);
	}
	return true;
}

/* --- feed ------------------------------------------------------------------------ */

/* An honest sender resets at the next octet it would send, or at the peer's ACK. */
static enum tcp_fed
feed_reset(struct tcp_stream *s, const struct tcp_segment *seg)
{
	int64_t at = position_of(s, seg->seq);
	uint64_t low = s->acked ? smaller(s->acked, s->taken) : s->taken;

	count(s, TCP_COUNT_RESETS, 1);
	if (s->started && (at < (int64_t)low || at > (int64_t)(s->top + TCP_RST_REACH))) {
		count(s, TCP_COUNT_RESETS_OUTSIDE, 1);
		return TCP_FED_IGNORED;
	}
	s->reset = true;
	return TCP_FED_TAKEN;
}

/* RFC 9293 3.8.4. */
static bool
is_keepalive(const struct tcp_stream *s, const struct tcp_segment *seg, int64_t from)
{
	return seg->octets <= 1 && from + 1 == (int64_t)s->top &&
	       !(seg->flags & (TCP_FLAG_SYN | TCP_FLAG_FIN));
}

static bool
is_far(struct tcp_stream *s, const struct tcp_segment *seg, int64_t from)
{
	uint64_t top = larger(s->top, s->taken);
	bool follows = s->far && seg->seq == s->far_seq;

	if (from <= (int64_t)(top + TCP_REACH))
		return false;
	if (follows || s->acked >= (uint64_t)from) {
		count(s, TCP_COUNT_RESYNCS, 1);
		s->far = false;
		return false;
	}
	if (seg->octets) {
		s->far = true;
		s->far_seq = seg->seq + seg->octets;
	}
	return true;
}

static bool
is_outside(struct tcp_stream *s, const struct tcp_segment *seg, int64_t from)
{
	return from + (int64_t)seg->octets + TCP_REACH < (int64_t)s->taken ||
	       is_far(s, seg, from);
}

/* The sender has gone on to position: what the peer acknowledged before it is gone. */
static void
settle_ack(struct tcp_stream *s, int64_t position)
{
	uint64_t end;

	if (s->acked <= s->taken)
		return;
	end = run_end(s);
	if (s->acked > end && position > (int64_t)end)
		lose_to(s, smaller(s->acked, (uint64_t)position));
}

static void
note_conflict(struct tcp_stream *s, uint64_t offset, uint64_t octets)
{
	if (!octets)
		return;
	count(s, TCP_COUNT_CONFLICTS, 1);
	count(s, TCP_COUNT_CONFLICT_OCTETS, octets);
	if (!s->conflict.octets)
		s->conflict = (struct tcp_chunk){
			.kind = TCP_CHUNK_CONFLICT, .offset = offset, .at = s->last};
	s->conflict.octets += octets;
}

/* The octets from..to with what was captured of them, without those told already. */
static void
take_in_hand(struct tcp_stream *s, uint64_t from, uint64_t to, struct span captured)
{
	struct tcp_overlap o = {0, 0};

	count(s, TCP_COUNT_AHEAD, from > s->taken);
	s->hand.from = from;
	s->hand.data = span_slice(captured, 0, (size_t)(to - from));
	s->hand.missing = to - from - s->hand.data.len;
	s->hand.at = s->last;
	count(s, TCP_COUNT_CUT, s->hand.missing - smaller(s->hand.missing, s->spare));
	if (!s->window)
		return;
	o = tcp_window_overlap(s->window, from, s->hand.data);
	count(s, TCP_COUNT_RETRANSMITTED, o.octets);
	note_conflict(s, from, o.differs);
	if (from > s->taken && window_start(s) > s->taken &&
		tcp_window_is_full(s->window))
		lose_to(s, window_start(s));
}

static void
feed_payload(struct tcp_stream *s, int64_t from, uint32_t octets, struct span captured)
{
	int64_t to = from + octets;
	size_t old;

	if (s->fin && to > (int64_t)s->fin_at) {
		int64_t past = from > (int64_t)s->fin_at ? from : (int64_t)s->fin_at;

		count(s, TCP_COUNT_AFTER_FIN, (uint64_t)(to - past));
		to = (int64_t)s->fin_at;
	}
	if (to <= from)
		return;
	if (from < (int64_t)s->taken) {
		captured = span_slice(captured, 0, (size_t)(to - from));
		note_conflict(s, from < 0 ? 0 : (uint64_t)from,
			tcp_history_differs(&s->history, from, captured));
		old = (size_t)((to < (int64_t)s->taken ? to : (int64_t)s->taken) - from);
		count(s, TCP_COUNT_RETRANSMITTED, old);
		captured = span_slice(captured, old, captured.len);
		from += (int64_t)old;
	}
	if (to <= from)
		return;
	s->top = larger(s->top, (uint64_t)to);
	s->reset = false;
	take_in_hand(s, (uint64_t)from, (uint64_t)to, captured);
}

static void
feed_fin(struct tcp_stream *s, int64_t at)
{
	if (s->fin || at < (int64_t)larger(s->taken, s->top))
		return;
	s->fin = true;
	s->fin_at = (uint64_t)at;
}

enum tcp_fed
tcp_stream_feed(struct tcp_stream *s, const struct tcp_segment *seg)
{
	uint32_t syn = seg->flags & TCP_FLAG_SYN ? 1 : 0;
	int64_t from;

	drop_hand(s);
	count(s, TCP_COUNT_SEGMENTS, 1);
	if (seg->flags & TCP_FLAG_RST)
		return feed_reset(s, seg);
	if (!begin(s, seg)) {
		count(s, TCP_COUNT_OTHER_SYN, 1);
		return TCP_FED_OTHER;
	}
	s->last = seg->at;
	count(s, TCP_COUNT_OCTETS, seg->octets);
	from = position_of(s, seg->seq + syn);
	if (is_keepalive(s, seg, from)) {
		count(s, TCP_COUNT_KEEPALIVES, 1);
		return TCP_FED_IGNORED;
	}
	if (is_outside(s, seg, from)) {
		count(s, TCP_COUNT_OUTSIDE, 1);
		return TCP_FED_IGNORED;
	}
	settle_ack(s, from);
	feed_payload(s, from, seg->octets, span_slice(seg->payload, 0, seg->octets));
	if (seg->flags & TCP_FLAG_FIN)
		feed_fin(s, from + (int64_t)seg->octets);
	return TCP_FED_TAKEN;
}

/* The hole that an ACK told of is not filled: after a while it never will be. */
static void
wait_for_acked(struct tcp_stream *s, struct moment at)
{
	uint64_t end = run_end(s);

	if (s->acked <= end) {
		s->ack_wait = 0;
	} else if (s->ack_wait <= end) {
		s->ack_wait = s->acked;
		s->ack_ns = at.ns;
	} else if (at.ns > s->ack_ns && at.ns - s->ack_ns >= TCP_ACK_GRACE_NS) {
		lose_to(s, s->ack_wait);
		s->ack_wait = s->acked;
		s->ack_ns = at.ns;
	}
}

void
tcp_stream_acked(struct tcp_stream *s, uint32_t ack, struct moment at)
{
	int64_t position = position_of(s, ack);

	if (!s->started || position <= 0 ||
		position > (int64_t)(s->taken + TCP_ACK_REACH))
		return;
	s->acked = (uint64_t)position;
	if (s->acked > s->taken)
		wait_for_acked(s, at);
}

uint64_t
tcp_stream_withhold(struct tcp_stream *s, uint32_t from, uint32_t to)
{
	int64_t first = position_of(s, from), end = position_of(s, to);

	if (!s->started || end <= first || end <= (int64_t)s->taken)
		return 0;
	s->withheld_from = larger(first < 0 ? 0 : (uint64_t)first, s->taken);
	s->withheld_to = (uint64_t)end;
	s->reset = s->reset && s->withheld_to <= s->top;
	s->top = larger(s->top, s->withheld_to);
	return s->withheld_to - s->withheld_from;
}

bool
tcp_stream_is_dry(const struct tcp_stream *s, uint32_t *seq)
{
	*seq = s->seq;
	return s->started && s->top <= s->taken;
}

void
tcp_stream_spare(struct tcp_stream *s, uint64_t octets, uint32_t to)
{
	int64_t end = position_of(s, to);

	if (!s->started || !octets)
		return;
	s->spare_to = larger(s->spare_to, end < 0 ? 0 : (uint64_t)end);
	s->reset = s->reset && s->spare_to <= s->top;
	s->spare = s->spare_to > s->taken ? s->spare + octets : 0;
}

uint64_t
tcp_stream_hole(const struct tcp_stream *s, uint32_t seq)
{
	int64_t position = position_of(s, seq);
	uint64_t end;

	if (!s->started || position <= 0)
		return 0;
	end = run_end(s);
	return (uint64_t)position > end ? (uint64_t)position - end : 0;
}

bool
tcp_stream_settle(struct tcp_stream *s, uint32_t seq)
{
	uint64_t hole = tcp_stream_hole(s, seq);
	uint64_t end;

	if (hole > s->spare)
		return false;
	if (hole == 0)
		return true;
	end = run_end(s) + hole;
	lose_to(s, end);
	s->top = larger(s->top, end);
	return true;
}

bool
tcp_stream_is_closed(const struct tcp_stream *s)
{
	return s->fin && s->acked > s->fin_at;
}

void
tcp_stream_finish(struct tcp_stream *s, struct moment at)
{
	s->finished = true;
	s->last = at;
	lose_to(s, larger(s->top, larger(s->acked, s->fin ? s->fin_at : 0)));
}
