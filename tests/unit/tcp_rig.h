/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests of tcp_stream: a stream, its buffers, and what it tells written as text.
 * Data stand as they are, a gap is [n], a conflict !n, the end is |fin, |rst or |open.
 */
#ifndef TCP_RIG_H
#define TCP_RIG_H

#include <stdio.h>

#include "feed.h"

#include "dissect/tcp_stream.h"

#define RIG_OCTETS 4096

struct rig {
	struct tcp_stream s;
	uint8_t history[TCP_HISTORY];
	_Alignas(8) uint8_t window[TCP_WINDOW_SIZE(RIG_OCTETS)];
	size_t room;	   /* octets of window to lend; 0: none to be had */
	uint64_t appetite; /* octets taken in one pull; UINT64_MAX: all */
	uint64_t told;	   /* octets of data and gaps: must be contiguous */
	unsigned lent;
	uint32_t frame;	    /* of the next segment */
	uint32_t last_data; /* frame of the last DATA chunk */
	uint64_t ns;
	char text[65536];
	size_t used;
};

static inline void
rig_init(struct rig *r)
{
	*r = (struct rig){.room = RIG_OCTETS, .appetite = UINT64_MAX, .ns = 1000};
	tcp_stream_init(&r->s, r->history);
}

static inline struct rig *
new_rig(void)
{
	struct rig *r = test_malloc(sizeof(*r));

	rig_init(r);
	return r;
}

#define EXPECT(r, want) assert_string_equal((r)->text, (want))

static inline void
rig_append(struct rig *r, const char *text, size_t len)
{
	assert_true(r->used + len < sizeof(r->text));
	memcpy(r->text + r->used, text, len);
	r->used += len;
	r->text[r->used] = '\0';
}

static inline void
rig_note(struct rig *r, const char *before, uint64_t n, const char *after)
{
	char note[40];

	rig_append(r, note,
		(size_t)snprintf(note, sizeof(note), "%s%llu%s", before,
			(unsigned long long)n, after));
}

/* Returns the octets taken of it. */
static inline uint64_t
rig_use(struct rig *r, const struct tcp_chunk *c)
{
	static const char *const ends[] = {"|fin", "|rst", "|open"};
	uint64_t n = c->octets < r->appetite ? c->octets : r->appetite;

	switch (c->kind) {
	case TCP_CHUNK_DATA:
		assert_int_equal(c->offset, r->told);
		assert_int_equal(c->octets, c->data.len);
		assert_true(c->octets > 0);
		rig_append(r, (const char *)c->data.at, (size_t)n);
		r->last_data = c->at.frame;
		break;
	case TCP_CHUNK_GAP:
		assert_int_equal(c->offset, r->told);
		assert_true(c->octets > 0);
		n = c->octets;
		rig_note(r, "[", n, "]");
		break;
	case TCP_CHUNK_WITHHELD:
		assert_int_equal(c->offset, r->told);
		assert_true(c->octets > 0);
		n = c->octets;
		rig_note(r, "(", n, ")");
		break;
	case TCP_CHUNK_CONFLICT:
		rig_note(r, "!", c->octets, "");
		return 0;
	case TCP_CHUNK_END:
		assert_int_equal(c->offset, r->told);
		rig_append(r, ends[c->end], strlen(ends[c->end]));
		return 0;
	}
	r->told += n;
	return n;
}

/* Pulls until there is nothing more, or appetite is spent. */
static inline void
rig_pull(struct rig *r)
{
	struct tcp_chunk c;

	while (r->appetite && tcp_stream_next(&r->s, &c)) {
		uint64_t n = rig_use(r, &c);

		tcp_stream_taken(&r->s, n);
		if (r->appetite != UINT64_MAX && c.kind == TCP_CHUNK_DATA)
			r->appetite -= n;
	}
}

static inline bool
rig_lend(struct rig *r)
{
	if (!r->room || !tcp_stream_lend(&r->s, r->window, TCP_WINDOW_SIZE(r->room)))
		return false;
	r->lent++;
	return true;
}

static inline void
rig_settle(struct rig *r)
{
	rig_pull(r);
	if (tcp_stream_wants_window(&r->s))
		(void)rig_lend(r);
	tcp_stream_keep(&r->s);
	(void)tcp_stream_reclaim(&r->s);
}

/* wire: octets on the wire; text may be shorter. */
static inline enum tcp_fed
rig_segment(struct rig *r, uint32_t seq, struct span text, uint32_t wire, uint8_t flags)
{
	struct guarded g = guarded_new(text.at, text.len);
	struct tcp_segment seg = {.seq = seq,
		.octets = wire,
		.payload = guarded_span(&g),
		.flags = flags,
		.at = {.ns = r->ns, .frame = ++r->frame}};
	enum tcp_fed fed = tcp_stream_feed(&r->s, &seg);

	if (tcp_stream_is_ahead(&r->s) && !rig_lend(r))
		tcp_stream_deny(&r->s);
	rig_settle(r);
	guarded_free(&g);
	return fed;
}

static inline enum tcp_fed
rig_text(struct rig *r, uint32_t seq, const char *text)
{
	return rig_segment(
		r, seq, span_of_text(text), (uint32_t)strlen(text), TCP_FLAG_ACK);
}

static inline enum tcp_fed
rig_flags(struct rig *r, uint32_t seq, uint8_t flags)
{
	return rig_segment(r, seq, SPAN_NONE, 0, flags);
}

static inline void
rig_acked(struct rig *r, uint32_t ack)
{
	tcp_stream_acked(&r->s, ack, (struct moment){.ns = r->ns});
	rig_pull(r);
}

static inline void
rig_finish(struct rig *r)
{
	tcp_stream_finish(&r->s, (struct moment){.ns = r->ns});
	rig_pull(r);
	(void)tcp_stream_reclaim(&r->s);
}

static inline uint64_t
rig_count(const struct rig *r, enum tcp_count which)
{
	return r->s.counters.n[which];
}

#endif
