/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests of packet_*.c: parse a frame whole, then cut at every octet, both as a
 * snapshot length does it (the wire had more) and as a wire does it (there was no more).
 */
#ifndef PEELED_H
#define PEELED_H

#include "feed.h"
#include "frames.h"

#include "dissect/packet.h"

static const char peeled_text[] = "EHLO client.example.org\r\n";

/* A frame of peeled_text in TCP from 40000 to 25. */
static inline void
peeled_start(struct frame *f)
{
	frame_start_text(f, peeled_text);
	frame_tcp(f, 40000, 25, 0x01020304, 0x05060708, PACKET_TCP_ACK | PACKET_TCP_PSH);
}

static inline void
peeled_start_ipv4(struct frame *f)
{
	peeled_start(f);
	frame_ipv4(f, 1, 2, 6);
}

static inline void
peeled_start_ethernet(struct frame *f)
{
	peeled_start_ipv4(f);
	frame_ethernet(f, 0x0800);
}

static inline void
peeled_assert_inside(const struct packet *p, struct span frame)
{
	if (p->kind == PACKET_OTHER) {
		assert_int_not_equal(p->reason, PACKET_GOOD);
		return;
	}
	assert_int_equal(p->reason, PACKET_GOOD);
	assert_true(p->payload.len <= p->payload_octets);
	if (p->payload.len == 0)
		return;
	assert_true(p->payload.at >= frame.at);
	assert_true(p->payload.at + p->payload.len <= frame.at + frame.len);
}

/* Parses a copy that ends at an unreadable page; spans of *out are dead afterwards. */
static inline enum packet_kind
peeled_at(uint32_t link, struct span frame, size_t wire, struct packet *out)
{
	struct guarded g = guarded_new(frame.at, frame.len);

	memset(out, 0xa5, sizeof(*out));
	packet_parse(link, guarded_span(&g), wire, out);
	peeled_assert_inside(out, guarded_span(&g));
	guarded_free(&g);
	return out->kind;
}

/* What a snapshot length may change: less payload, an outer packet, or nothing known. */
static inline void
peeled_assert_cut(const struct packet *whole, const struct packet *cut)
{
	if (cut->kind == PACKET_OTHER) {
		assert_int_equal(cut->reason, PACKET_CUT);
		return;
	}
	if (cut->tunnel_count < whole->tunnel_count)
		return;
	assert_int_equal(cut->kind, whole->kind);
	assert_int_equal(cut->src_port, whole->src_port);
	assert_int_equal(cut->payload_octets, whole->payload_octets);
	assert_true(cut->payload.len <= whole->payload.len);
}

static inline void
peeled_every_cut(uint32_t link, struct span frame, const struct packet *whole)
{
	struct packet cut;

	for (size_t n = 0; n < frame.len; n++) {
		peeled_at(link, span_of(frame.at, n), frame.len, &cut);
		peeled_assert_cut(whole, &cut);
		peeled_at(link, span_of(frame.at, n), n, &cut);
	}
}

/* The frame holds peeled_text in TCP; *out has its path. Also cut everywhere. */
static inline void
peeled_mail(uint32_t link, const struct frame *f, struct packet *out)
{
	struct span frame = frame_span(f);

	memset(out, 0xa5, sizeof(*out));
	assert_int_equal(packet_parse(link, frame, frame.len, out), PACKET_TCP);
	assert_int_equal(out->src_port, 40000);
	assert_int_equal(out->dst_port, 25);
	assert_true(span_equal(out->payload, span_of_text(peeled_text)));
	assert_int_equal(out->payload_octets, strlen(peeled_text));
	peeled_every_cut(link, frame, out);
}

/* As peeled_mail(), with exactly one tunnel. */
static inline void
peeled_tunnel(
	uint32_t link, const struct frame *f, enum packet_tunnel_kind kind, uint32_t id)
{
	struct packet p;

	peeled_mail(link, f, &p);
	assert_int_equal(p.tunnel_count, 1);
	assert_int_equal(p.tunnels[0].kind, kind);
	assert_int_equal(p.tunnels[0].id, id);
}

static inline void
peeled_other(uint32_t link, const struct frame *f, enum packet_reason reason)
{
	struct packet p;

	peeled_at(link, frame_span(f), f->len, &p);
	assert_int_equal(p.kind, PACKET_OTHER);
	assert_string_equal(packet_reason_name(p.reason), packet_reason_name(reason));
}

/* A tunnel that is none: the UDP packet around it. */
static inline void
peeled_plain_udp(const struct frame *f, unsigned dst_port)
{
	struct packet p;

	assert_int_equal(peeled_at(1, frame_span(f), f->len, &p), PACKET_UDP);
	assert_int_equal(p.dst_port, dst_port);
	assert_int_equal(p.tunnel_count, 0);
}

#endif
