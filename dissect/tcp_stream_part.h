/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What feeding a stream and pulling from it share: for tcp_stream.c and tcp_stream_next.c
 * alone.
 */
#ifndef TCP_STREAM_PART_H
#define TCP_STREAM_PART_H

#include "tcp_stream.h"

#define NOWHERE UINT64_MAX

static inline void
count(struct tcp_stream *s, enum tcp_count which, uint64_t n)
{
	s->counters.n[which] += n;
}

static inline uint64_t
larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static inline uint64_t
smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline uint64_t
hand_end(const struct tcp_stream *s)
{
	return s->hand.from + s->hand.data.len + s->hand.missing;
}

static inline bool
hand_is_empty(const struct tcp_stream *s)
{
	return !s->hand.data.len && !s->hand.missing;
}

static inline uint64_t
window_start(const struct tcp_stream *s)
{
	return s->window && s->window->count ? s->window->range[0].from : NOWHERE;
}

/* End of what was received in order, taken or not. The hand is empty. */
static inline uint64_t
run_end(const struct tcp_stream *s)
{
	return s->window ? tcp_window_run(s->window, s->taken) : s->taken;
}

static inline void
lose_to(struct tcp_stream *s, uint64_t position)
{
	s->lost_to = larger(s->lost_to, position);
}

/* Whoever fed did not keep what was in hand; its packet may be gone. */
static inline void
drop_hand(struct tcp_stream *s)
{
	if (hand_is_empty(s))
		return;
	count(s, TCP_COUNT_DROPPED, s->hand.data.len);
	lose_to(s, hand_end(s));
	s->hand = (struct tcp_hand){0};
}

#endif
