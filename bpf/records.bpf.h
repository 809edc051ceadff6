/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * TLS, of which the sensor reads the headers of the records and nothing else: struct
 * tap_shunt says what is withheld. A part of decide.bpf.h.
 *
 * A header stands where the one before it says (RFC 8446 5.1), so what comes between
 * them need not be looked at, not even be there.
 */
#ifndef RECORDS_BPF_H
#define RECORDS_BPF_H

/* In one segment. Beyond: it passes, and another anchor is needed. */
#define RECORDS_MAX 32
/* Octets behind which the last hole is no longer remembered: numbers compare so far. */
#define CLEAN_FAR (1u << 30)

/* type(1) version(2) length(2), as dissect/tls_record.c reads them. */
static __always_inline int
is_header(const __u8 *h)
{
	return h[0] >= 20 && h[0] <= 24 && h[1] == 3 && h[2] <= 4 &&
	       (h[3] << 8 | h[4]) <= TAP_RECORD_MAX;
}

/* The header in hand is whole: where the next one begins. < 0: it is none. */
static __always_inline int
header_done(struct tap_shunt *s)
{
	if (!is_header(s->head))
		return -1;
	s->part = 0;
	s->header += TAP_HEADER_OCTETS + (s->head[3] << 8 | s->head[4]);
	return 0;
}

/*
 * Part of a header: octets from at on, at most those that are missing of it. Those that
 * were taken, or < 0: it is none.
 */
static __noinline int
header_take(tap_context *c, __u32 at, __u32 octets, struct tap_shunt *s)
{
	__u32 taken = 0;

	for (int i = 0; i < TAP_HEADER_OCTETS; i++) {
		__u8 octet;

		if (taken >= octets || s->part >= TAP_HEADER_OCTETS)
			break;
		if (tap_load(c, at + taken, &octet, 1) < 0)
			return -1;
		s->head[s->part & 7] = octet;
		s->part++;
		taken++;
	}
	return s->part == TAP_HEADER_OCTETS && header_done(s) < 0 ? -1 : (int)taken;
}

/*
 * Octets of the segment up to the end of its last header; 0: none is in it; < 0: lost.
 * All headers but the first and the last are whole.
 */
static __noinline int
headers_walk(tap_context *c, const struct walk *w, __u32 seq, __u32 octets,
	struct tap_shunt *s)
{
	__u32 at = s->header + s->part - seq;
	int last = 0, taken;

	if (s->part > 0 && (__s32)at >= 0 && (__s32)(octets - at) > 0) {
		taken = header_take(c, w->at + at, octets - at, s);
		if (taken < 0)
			return -1;
		last = at + taken;
	}
	for (int i = 0; i < RECORDS_MAX; i++) {
		at = s->header + s->part - seq;
		if ((__s32)(octets - at) <= 0)
			return last;
		if ((__s32)at < 0)
			return -1;
		if (octets - at < TAP_HEADER_OCTETS) {
			taken = header_take(c, w->at + at, octets - at, s);
			return taken < 0 ? -1 : (int)at + taken;
		}
		if (tap_load(c, w->at + at, s->head, TAP_HEADER_OCTETS) < 0 ||
			header_done(s) < 0)
			return -1;
		last = at + TAP_HEADER_OCTETS;
	}
	return -1;
}

static __always_inline int
anchor_here(tap_context *c, const struct walk *w, __u32 seq, __u32 octets,
	struct tap_shunt *s)
{
	__u8 head[TAP_HEADER_OCTETS];

	if (octets < TAP_HEADER_OCTETS || tap_load(c, w->at, head, sizeof(head)) < 0 ||
		!is_header(head))
		return 0;
	s->anchor = seq;
	s->header = seq;
	s->part = 0;
	s->next = seq;
	s->clean = seq;
	s->state = TAP_BODY_PASSES;
	return 1;
}

/*
 * Nothing in it is new. What of it passed before does so again, no more. Others may bring
 * octets that were withheld: whoever reads has to have dealt with these before the next.
 */
static __always_inline __u32
copy_passes(const struct walk *w, __u32 seq, __u32 end, __u32 octets, struct tap_shunt *s)
{
	if (is_copy(w, s, seq, end)) {
		__sync_fetch_and_add(&s->copies, 1);
		return 0;
	}
	if (s->cut_from != s->cut_to && seq == s->cut_from && end == s->cut_to)
		return s->cut;
	s->clean = s->next;
	s->state = TAP_BODY_PASSES;
	return octets;
}

static __always_inline __u32
records_withhold(struct tap_shunt *s, __u32 end, __u32 octets)
{
	if (s->state != TAP_BODY_HOLDS)
		s->from = s->next;
	s->to = end;
	__sync_fetch_and_add(&s->packets, 1);
	__sync_fetch_and_add(&s->octets, (__u64)octets);
	__sync_fetch_and_add(&s->spared, (__u64)(end - s->next));
	s->next = end;
	s->state = TAP_BODY_HOLDS;
	return 0;
}

static __always_inline __u32
records_cut(struct tap_shunt *s, __u32 seq, __u32 end, __u32 passes)
{
	s->cut_from = seq;
	s->cut_to = end;
	s->cut = passes;
	__sync_fetch_and_add(&s->spared, (__u64)(end - seq - passes));
	s->next = end;
	s->state = TAP_BODY_PASSES;
	return passes;
}

/* Octets of a segment's payload that pass: all, up to its last header, or none. */
static __noinline __u32
records_pass(tap_context *c, const struct walk *w, __u32 octets, struct tap_shunt *s)
{
	const struct tap_order *o;
	__u32 seq, end, ordered;
	__u8 octet;
	int last;

	if (tap_load(c, w->tcp + 4, &seq, 4) < 0)
		return octets;
	seq = bpf_ntohl(seq);
	end = seq + octets;
	if (s->state == TAP_BODY_NEW && !anchor_here(c, w, seq, octets, s))
		return octets;
	if ((__s32)(end - s->next) <= 0)
		return copy_passes(w, seq, end, octets, s);
	last = headers_walk(c, w, seq, octets, s);
	if (last < 0) {
		s->state = TAP_BODY_NEW;
		return octets;
	}
	if ((__s32)(seq - s->clean) > (__s32)CLEAN_FAR)
		s->clean = seq - CLEAN_FAR / 2;
	o = order_of(w, s, seq);
	/* All of it must be there: what is not counts as missing, not as withheld. */
	ordered = o && o->kind == TAP_ORDER_RECORDS && o->until == s->anchor &&
		  (__s32)(seq - s->next) <= 0 && !(w->tcp_flags & TCP_FIN) &&
		  tap_load(c, w->at + octets - 1, &octet, 1) == 0;
	if (ordered && last == 0)
		return records_withhold(s, end, octets);
	if (ordered && (__u32)last < octets && seq == s->next)
		return records_cut(s, seq, end, last);
	/* A hole, or what was seen before: whoever reads has to deal with it first. */
	if (seq != s->next)
		s->clean = end;
	s->next = end;
	s->state = TAP_BODY_PASSES;
	return octets;
}

#endif
