/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A script of segments, ACKs and consumers out of the input. The octet at each sequence
 * number is known, or its opposite in a segment that lies. Holds: what is told is
 * contiguous, every octet is one of the two, and nothing odd is told of honest segments.
 */
#include <stdio.h>
#include <stdlib.h>

#include "dissect/tcp_stream.h"

#define MUST(x)                                                                          \
	((x) ? (void)0 : (fprintf(stderr, "line %d: " #x "\n", __LINE__), abort()))

#define ROOM 256
#define ISN  UINT32_C(0xffffff80)

struct run {
	struct tcp_stream s;
	uint8_t history[TCP_HISTORY];
	_Alignas(8) uint8_t window[TCP_WINDOW_SIZE(ROOM)];
	uint64_t told, data, gaps;
	uint64_t appetite;
	uint64_t ns;
	bool lied, ended, poor;
};

static uint8_t
octet_at(uint32_t seq)
{
	return (uint8_t)((seq * 2654435761u) >> 24);
}

static void
check_data(const struct run *r, const struct tcp_chunk *c)
{
	uint32_t seq = r->s.first + (uint32_t)c->offset;

	MUST(c->data.len == c->octets);
	for (size_t i = 0; i < c->data.len; i++) {
		/* An octet and its opposite add up to 255. */
		uint8_t good = octet_at(seq + (uint32_t)i);

		MUST(c->data.at[i] == good || (r->lied && c->data.at[i] + good == 0xff));
	}
}

static void
use(struct run *r, const struct tcp_chunk *c)
{
	uint64_t n = c->octets < r->appetite ? c->octets : r->appetite;

	MUST(!r->ended);
	if (c->kind == TCP_CHUNK_CONFLICT) {
		MUST(r->lied && c->octets);
		return;
	}
	MUST(c->offset == r->told);
	if (c->kind == TCP_CHUNK_END) {
		r->ended = true;
		return;
	}
	MUST(c->octets > 0);
	if (c->kind == TCP_CHUNK_DATA)
		check_data(r, c);
	tcp_stream_taken(&r->s, n);
	r->appetite -= n;
	r->told += n;
	*(c->kind == TCP_CHUNK_DATA ? &r->data : &r->gaps) += n;
}

static void
pull(struct run *r)
{
	struct tcp_chunk c;

	while (r->appetite && tcp_stream_next(&r->s, &c))
		use(r, &c);
}

static bool
lend(struct run *r)
{
	return !r->poor && tcp_stream_lend(&r->s, r->window, sizeof(r->window));
}

static void
settle(struct run *r)
{
	pull(r);
	if (tcp_stream_wants_window(&r->s))
		(void)lend(r);
	tcp_stream_keep(&r->s);
	MUST(!tcp_stream_wants_window(&r->s));
	(void)tcp_stream_reclaim(&r->s);
	MUST(!r->s.window || r->s.window->count);
	MUST(r->data == r->s.counters.n[TCP_COUNT_DELIVERED]);
	MUST(r->gaps == r->s.counters.n[TCP_COUNT_GAP_OCTETS]);
}

/* The payload is allocated alone, so that a read outside it is caught. */
static void
segment(struct run *r, uint32_t seq, uint8_t len, uint8_t cut, uint8_t bits)
{
	static const uint8_t flags[8] = {
		0, 0, 0, 0, 0, TCP_FLAG_FIN, TCP_FLAG_SYN, TCP_FLAG_RST};
	size_t there = cut & 0x80 ? (size_t)len * (cut & 0x7f) / 128 : len;
	uint8_t *at = malloc(there ? there : 1);
	uint8_t lie = bits & 0x08 ? 0xff : 0;
	struct tcp_segment seg = {.seq = seq,
		.octets = len,
		.payload = {at, there},
		.flags = flags[bits & 7],
		.at = {.ns = r->ns}};

	seq += seg.flags == TCP_FLAG_SYN;
	for (size_t i = 0; i < there; i++)
		at[i] = octet_at(seq + (uint32_t)i) ^ lie;
	r->lied |= lie && there;
	(void)tcp_stream_feed(&r->s, &seg);
	if (tcp_stream_is_ahead(&r->s) && !lend(r))
		tcp_stream_deny(&r->s);
	settle(r);
	free(at);
}

static void
step(struct run *r, struct cursor *c)
{
	uint8_t what = dis_u8(c);
	uint32_t seq = ISN + dis_u16(c);

	r->ns += (uint64_t)(what & 0x30) << 26;
	if (what & 0x40)
		r->poor = !r->poor;
	r->appetite = what & 0x80 ? dis_u8(c) : UINT64_MAX;
	if ((what & 3) == 3) {
		tcp_stream_acked(&r->s, seq, (struct moment){.ns = r->ns});
		settle(r);
		return;
	}
	if ((what & 7) == 2)
		seq += dis_u32(c);
	uint8_t len = dis_u8(c), cut = dis_u8(c), bits = dis_u8(c);

	segment(r, seq, len, cut, bits);
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *at, size_t size)
{
	static struct run r;
	struct cursor c = cursor_of(span_of(at, size));

	memset(&r, 0, sizeof(r));
	tcp_stream_init(&r.s, r.history);
	while (cursor_left(&c) && !c.overrun)
		step(&r, &c);
	r.appetite = UINT64_MAX;
	tcp_stream_finish(&r.s, (struct moment){.ns = r.ns});
	settle(&r);
	MUST(r.ended);
	MUST(!r.s.window);
	MUST(r.told == r.s.taken && r.told == r.data + r.gaps);
	MUST(!r.s.started || r.s.seq == r.s.first + (uint32_t)r.told);
	return 0;
}
