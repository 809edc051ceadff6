/* SPDX-License-Identifier: Apache-2.0 */
#include "tcp_stream.h"

#include "tcp_stream_part.h"

static bool
tell_data(struct tcp_chunk *out, struct span data, struct moment at)
{
	out->kind = TCP_CHUNK_DATA;
	out->data = data;
	out->octets = data.len;
	out->at = at;
	return true;
}

/* What is spare was not wanted; nobody can tell it from what is lost in the same hole. */
static bool
tell_gap(const struct tcp_stream *s, struct tcp_chunk *out, uint64_t octets,
	struct moment at)
{
	out->kind = s->spare ? TCP_CHUNK_WITHHELD : TCP_CHUNK_GAP;
	out->octets = s->spare ? smaller(octets, s->spare) : octets;
	out->at = at;
	return octets > 0;
}

static bool
tell_window(const struct tcp_stream *s, struct tcp_chunk *out)
{
	const struct tcp_range *r = &s->window->range[0];

	if (r->absent)
		return tell_gap(s, out, r->to - r->from, r->at);
	return tell_data(out, tcp_window_front(s->window), r->at);
}

static bool
tell_hand(const struct tcp_stream *s, uint64_t up_to, struct tcp_chunk *out)
{
	uint64_t octets = up_to - s->taken;

	if (!s->hand.data.len)
		return tell_gap(s, out, smaller(s->hand.missing, octets), s->hand.at);
	octets = smaller(s->hand.data.len, octets);
	return tell_data(out, span_slice(s->hand.data, 0, (size_t)octets), s->hand.at);
}

/*
 * A single octet at the very end that was acknowledged and never seen is a FIN that was
 * never seen (RFC 9293 3.4: it takes a sequence number).
 */
static bool
tell_hole(const struct tcp_stream *s, uint64_t known, struct tcp_chunk *out)
{
	uint64_t to = smaller(known, s->lost_to);

	if (s->fin)
		to = smaller(to, s->fin_at);
	if (to <= s->taken)
		return false;
	if (to == s->taken + 1 && to < known && !s->fin && s->top <= s->taken)
		return false;
	return tell_gap(s, out, to - s->taken, s->last);
}

static bool
is_in_withheld(const struct tcp_stream *s)
{
	return s->withheld_from <= s->taken && s->taken < s->withheld_to;
}

static bool
tell_withheld(const struct tcp_stream *s, struct tcp_chunk *out)
{
	out->kind = TCP_CHUNK_WITHHELD;
	out->octets = s->withheld_to - s->taken;
	out->at = s->last;
	return true;
}

static bool
tell_front(const struct tcp_stream *s, struct tcp_chunk *out)
{
	uint64_t window = window_start(s);
	uint64_t hand = hand_is_empty(s) ? NOWHERE : s->hand.from;

	*out = (struct tcp_chunk){.offset = s->taken};
	/* What came first stands, though nobody looked at it. */
	if (is_in_withheld(s))
		return tell_withheld(s, out);
	if (window == s->taken)
		return tell_window(s, out);
	if (hand == s->taken)
		return tell_hand(s, window, out);
	if (s->withheld_from > s->taken)
		hand = smaller(hand, s->withheld_from);
	return tell_hole(s, smaller(window, hand), out);
}

/* A hole in front of a packet that the window cannot reach: it has waited long enough. */
static void
settle_full(struct tcp_stream *s)
{
	uint64_t first = smaller(window_start(s), s->hand.from);

	if (s->window && !hand_is_empty(s) && first > s->taken &&
		hand_end(s) > s->taken + s->window->room)
		lose_to(s, first);
}

static bool
tell_end(struct tcp_stream *s, struct tcp_chunk *out)
{
	bool at_fin = s->fin && s->taken >= s->fin_at;

	if (!(at_fin || s->finished))
		return false;
	s->ended = true;
	*out = (struct tcp_chunk){.kind = TCP_CHUNK_END,
		.offset = s->taken,
		.at = s->last,
		.end = TCP_END_OPEN};
	if (at_fin)
		out->end = TCP_END_FIN;
	else if (s->reset)
		out->end = TCP_END_RESET;
	return true;
}

bool
tcp_stream_next(struct tcp_stream *s, struct tcp_chunk *out)
{
	if (s->ended)
		return false;
	if (s->conflict.octets) {
		*out = s->conflict;
		s->conflict.octets = 0;
		return true;
	}
	settle_full(s);
	return tell_front(s, out) || tell_end(s, out);
}

static void
advance_hand(struct tcp_stream *s)
{
	uint64_t past;

	if (hand_is_empty(s) || s->hand.from >= s->taken)
		return;
	past = s->taken - s->hand.from;
	s->hand.from = s->taken;
	if (past < s->hand.data.len) {
		s->hand.data = span_slice(s->hand.data, (size_t)past, s->hand.data.len);
		return;
	}
	past -= s->hand.data.len;
	s->hand.data = SPAN_NONE;
	s->hand.missing -= smaller(past, s->hand.missing);
}

void
tcp_stream_taken(struct tcp_stream *s, uint64_t octets)
{
	struct tcp_chunk c;

	if (!octets || !tell_front(s, &c))
		return;
	octets = smaller(octets, c.octets);
	if (c.kind == TCP_CHUNK_DATA) {
		count(s, TCP_COUNT_DELIVERED, octets);
		tcp_history_insert(
			&s->history, s->taken, span_slice(c.data, 0, (size_t)octets));
	} else if (c.kind == TCP_CHUNK_GAP) {
		count(s, TCP_COUNT_GAPS, 1);
		count(s, TCP_COUNT_GAP_OCTETS, octets);
	} else if (!is_in_withheld(s)) {
		s->spare -= octets;
	}
	s->taken += octets;
	s->seq += (uint32_t)octets;
	if (s->taken >= s->spare_to)
		s->spare = 0;
	if (s->window)
		tcp_window_advance(s->window, s->taken);
	advance_hand(s);
}

/* --- the window ------------------------------------------------------------------ */

bool
tcp_stream_is_ahead(const struct tcp_stream *s)
{
	return !s->window && !hand_is_empty(s) && s->hand.from > s->taken &&
	       s->hand.from > s->lost_to;
}

bool
tcp_stream_wants_window(const struct tcp_stream *s)
{
	return !s->window && !hand_is_empty(s);
}

bool
tcp_stream_lend(struct tcp_stream *s, void *buf, size_t size)
{
	if (s->window)
		return false;
	s->window = tcp_window_init(buf, size);
	return s->window != NULL;
}

void
tcp_stream_deny(struct tcp_stream *s)
{
	if (!hand_is_empty(s))
		lose_to(s, s->hand.from);
}

/* Octets past the room are known to be lost; those without a range stay a hole. */
static void
keep_in_window(struct tcp_stream *s)
{
	uint64_t limit = s->taken + s->window->room;
	uint64_t room = limit > s->hand.from ? limit - s->hand.from : 0;
	struct span fits = span_slice(s->hand.data, 0, (size_t)room);
	uint64_t left_out = tcp_window_insert(s->window, s->hand.from, fits, s->hand.at);

	count(s, TCP_COUNT_DROPPED, left_out + s->hand.data.len - fits.len);
	(void)tcp_window_insert_absent(
		s->window, s->hand.from + fits.len, hand_end(s), s->hand.at);
	s->hand = (struct tcp_hand){0};
}

void
tcp_stream_keep(struct tcp_stream *s)
{
	if (hand_is_empty(s))
		return;
	if (s->window)
		keep_in_window(s);
	else
		drop_hand(s);
}

void *
tcp_stream_reclaim(struct tcp_stream *s)
{
	if (!s->window || s->window->count || !hand_is_empty(s))
		return NULL;
	return tcp_stream_take_back(s);
}

void *
tcp_stream_take_back(struct tcp_stream *s)
{
	struct tcp_window *w = s->window;

	s->window = NULL;
	return w;
}
