/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The middle of a message, which the sensor has no use for: struct tap_shunt says when it
 * is withheld. A part of decide.bpf.h.
 *
 * Where a message ends, and what only looks like its end, is told by a dot behind a line
 * end; most messages have few or none. Eight octets are looked at at a time.
 */
#ifndef BODY_BPF_H
#define BODY_BPF_H

/* Octets looked at in one call, which the stack has to hold. */
#define SCAN_OCTETS 256
#define SCAN_WORDS  (SCAN_OCTETS / 8)
/* Calls for one segment. Beyond 64 KiB: it passes. */
#define SCANS_MAX 258

#define EACH_OCTET(x) ((__u64)(x)*0x0101010101010101u)

/* Some octet of w is 0. */
static __always_inline __u64
any_zero(__u64 w)
{
	return (w - EACH_OCTET(0x01)) & ~w & EACH_OCTET(0x80);
}

/* The top bits of just those octets of w that are 0. */
static __always_inline __u64
each_zero(__u64 w)
{
	return ~(((w & EACH_OCTET(0x7f)) + EACH_OCTET(0x7f)) | w | EACH_OCTET(0x7f));
}

static __always_inline __u64
line_ends(__u64 w)
{
	return each_zero(w) | each_zero(w ^ EACH_OCTET('\r')) |
	       each_zero(w ^ EACH_OCTET('\n'));
}

/* A dot of w stands behind an end of a line, perhaps in the word before it. */
static __always_inline __u64
led_dots(__u64 before, __u64 w)
{
	__u64 dots = each_zero(w ^ EACH_OCTET('.'));

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return dots & (line_ends(w) << 8 | line_ends(before) >> 56);
#else
	return dots & (line_ends(w) >> 8 | line_ends(before) << 56);
#endif
}

static __always_inline __u64
word_of_last(__u32 octet)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return (__u64)octet << 56;
#else
	return octet;
#endif
}

/* The octets of a call, filled up with letters. */
static __always_inline long
scan_load(tap_context *c, __u32 at, __u32 n, __u64 *word)
{
	if (n >= SCAN_OCTETS)
		return tap_load(c, at, word, SCAN_OCTETS);
	for (int i = 0; i < SCAN_WORDS; i++)
		word[i] = EACH_OCTET('x');
	/* Left to the compiler, what is bounded is not the register that is passed on. */
	asm volatile("%0 += -1\n%0 &= 255\n%0 += 1" : "+r"(n));
	return tap_load(c, at, word, n);
}

/*
 * n octets from at on, SCAN_OCTETS at most, behind the octet last: 0 if no dot stands
 * behind an end of a line. These are not static: then verifiers look at each once by
 * itself, not once for each call.
 */
__noinline int
tap_scan(tap_context *c, __u32 at, __u32 n, __u32 last)
{
	__u64 word[SCAN_WORDS], before = word_of_last(last);

	if (scan_load(c, at, n, word) < 0)
		return 1;
	for (int i = 0; i < SCAN_WORDS; i += 4) {
		__u64 a = word[i], b = word[i + 1], d = word[i + 2], e = word[i + 3];

		if ((any_zero(a ^ EACH_OCTET('.')) | any_zero(b ^ EACH_OCTET('.')) |
			    any_zero(d ^ EACH_OCTET('.')) |
			    any_zero(e ^ EACH_OCTET('.'))) &&
			(led_dots(before, a) | led_dots(a, b) | led_dots(b, d) |
				led_dots(d, e)))
			return 1;
		before = e;
	}
	return 0;
}

/* All of a segment. Each call but the first looks again at the last octet before it. */
__noinline int
tap_is_clean(tap_context *c, __u32 at, __u32 octets, __u32 last)
{
	for (int i = 0; i < SCANS_MAX; i++) {
		if (tap_scan(c, at, octets, last))
			return 0;
		if (octets <= SCAN_OCTETS)
			return 1;
		at += SCAN_OCTETS - 1;
		octets -= SCAN_OCTETS - 1;
		last = 'x';
	}
	return 0;
}

/* The last three octets, the newest lowest; those before the segment were edge. */
__noinline __u32
tap_edge(tap_context *c, __u32 end, __u32 octets, __u32 edge)
{
	__u8 t[3] = {'x', 'x', 'x'};

	if (octets >= 3) {
		tap_load(c, end - 3, t, 3);
		return t[2] | t[1] << 8 | t[0] << 16;
	}
	tap_load(c, end - octets, t, 1);
	edge = edge << 8 | t[0];
	if (octets == 2) {
		tap_load(c, end - 1, t, 1);
		edge = edge << 8 | t[0];
	}
	return edge & 0xffffff;
}

/* 1: the segment is withheld, 2: once more. The sensor meets whatever passes with *s as
 * it is then. */
static __noinline int
body_holds(tap_context *c, const struct walk *w, __u32 octets, struct tap_shunt *s)
{
	__u32 seq, end, edge = s->edge, holds = 0, clean;
	const struct tap_order *o;

	if (tap_load(c, w->tcp + 4, &seq, 4) < 0)
		return 0;
	seq = bpf_ntohl(seq);
	end = seq + octets;
	if (s->state != TAP_BODY_NEW && (__s32)(end - s->next) <= 0)
		return is_copy(w, s, seq, end) ? 2 : 0;
	/* The three octets before the next segment would not be known. */
	if (octets < 3 && (s->state == TAP_BODY_NEW || seq != s->next)) {
		s->state = TAP_BODY_NEW;
		return 0;
	}
	clean = s->state != TAP_BODY_NEW && seq == s->next && !(w->tcp_flags & TCP_FIN);
	if (clean) {
		__u32 kind, until;

		o = order_of(w, s, seq);
		kind = o ? o->kind : TAP_ORDER_NONE;
		until = o ? o->until : 0;
		holds = kind == TAP_ORDER_TEXT ||
			(kind == TAP_ORDER_CHUNK && (__s32)(until - end) >= 0);
		/* What the sensor did not take from us it knows better. */
		if (kind == TAP_ORDER_TEXT && o->from == seq)
			edge = until;
		clean = kind == TAP_ORDER_CHUNK
				? holds
				: (__u32)tap_is_clean(c, w->at, octets, edge & 0xff);
		holds = holds && clean;
	}
	edge = tap_edge(c, w->at + octets, octets, edge);
	s->edge = edge;
	s->next = end;
	if (holds) {
		if (s->state != TAP_BODY_HOLDS)
			s->from = seq;
		s->to = end;
		s->before = edge;
		s->state = TAP_BODY_HOLDS;
		return 1;
	}
	if (!clean || s->state == TAP_BODY_HOLDS)
		s->clean = end;
	s->state = TAP_BODY_PASSES;
	return 0;
}

#endif
