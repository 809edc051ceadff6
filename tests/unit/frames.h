/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests: frames built from the inside out. A frame starts as payload; each call puts
 * one header before what is there, with lengths that fit, so that a nest of tunnels reads
 * as a list. No checksums: the sensor does not look at them.
 */
#ifndef FRAMES_H
#define FRAMES_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "dissect/dissect.h"

#define FRAME_ROOM 70000u

struct frame {
	uint8_t room[FRAME_ROOM];
	uint8_t *at; /* within room; the frame ends where room does */
	size_t len;
};

static inline void
frame_start(struct frame *f, const void *payload, size_t len)
{
	f->at = f->room + FRAME_ROOM - len;
	f->len = len;
	if (len)
		memcpy(f->at, payload, len);
}

static inline void
frame_start_text(struct frame *f, const char *text)
{
	frame_start(f, text, strlen(text));
}

static inline struct span
frame_span(const struct frame *f)
{
	return span_of(f->at, f->len);
}

/* Room for n octets of zero before the frame. */
static inline uint8_t *
frame_front(struct frame *f, size_t n)
{
	assert((size_t)(f->at - f->room) >= n);
	f->at -= n;
	f->len += n;
	memset(f->at, 0, n);
	return f->at;
}

static inline void
frame_push(struct frame *f, const void *octets, size_t n)
{
	memcpy(frame_front(f, n), octets, n);
}

/* n octets of zero behind the frame. */
static inline void
frame_pad(struct frame *f, size_t n)
{
	uint8_t *end = f->at + f->len;

	frame_front(f, n);
	memmove(f->at, f->at + n, f->len - n);
	memset(end - n, 0, n);
}

static inline void
frame_put16(uint8_t *at, size_t v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

static inline void
frame_put32(uint8_t *at, uint64_t v)
{
	frame_put16(at, (size_t)(v >> 16 & 0xffff));
	frame_put16(at + 2, (size_t)(v & 0xffff));
}

/* --- transport ------------------------------------------------------------------- */

static inline uint8_t *
frame_tcp(struct frame *f, unsigned src, unsigned dst, uint32_t seq, uint32_t ack,
	uint8_t flags)
{
	uint8_t *h = frame_front(f, 20);

	frame_put16(h, src);
	frame_put16(h + 2, dst);
	frame_put32(h + 4, seq);
	frame_put32(h + 8, ack);
	h[12] = 5 << 4;
	h[13] = flags;
	frame_put16(h + 14, 8192);
	return h;
}

static inline uint8_t *
frame_udp(struct frame *f, unsigned src, unsigned dst)
{
	uint8_t *h = frame_front(f, 8);

	frame_put16(h, src);
	frame_put16(h + 2, dst);
	frame_put16(h + 4, f->len);
	return h;
}

/* --- network --------------------------------------------------------------------- */

/* From 192.0.2.a to 198.51.100.b. */
static inline uint8_t *
frame_ipv4(struct frame *f, uint8_t a, uint8_t b, uint8_t protocol)
{
	uint8_t *h = frame_front(f, 20);
	const uint8_t addrs[8] = {192, 0, 2, a, 198, 51, 100, b};

	h[0] = 0x45;
	frame_put16(h + 2, f->len);
	frame_put16(h + 4, 0x1234);
	h[8] = 64;
	h[9] = protocol;
	memcpy(h + 12, addrs, 8);
	return h;
}

/* From 2001:db8::a to 2001:db8::b. */
static inline uint8_t *
frame_ipv6(struct frame *f, uint8_t a, uint8_t b, uint8_t next)
{
	uint8_t *h = frame_front(f, 40);
	static const uint8_t net[4] = {0x20, 0x01, 0x0d, 0xb8};

	frame_put32(h, 0x600abcde);
	frame_put16(h + 4, f->len - 40);
	h[6] = next;
	h[7] = 64;
	memcpy(h + 8, net, 4);
	h[23] = a;
	memcpy(h + 24, net, 4);
	h[39] = b;
	return h;
}

/* An extension header of units times 8 octets (AH: of units times 4). */
static inline uint8_t *
frame_extension(struct frame *f, uint8_t next, uint8_t units, bool ah)
{
	uint8_t *h = frame_front(f, (size_t)units * (ah ? 4 : 8));

	h[0] = next;
	h[1] = (uint8_t)(ah ? units - 2 : units - 1);
	return h;
}

static inline void
frame_fragment6(struct frame *f, uint8_t next, unsigned offset, bool more, uint32_t id)
{
	uint8_t *h = frame_front(f, 8);

	h[0] = next;
	frame_put16(h + 2, offset | (more ? 1 : 0));
	frame_put32(h + 4, id);
}

/* --- link ------------------------------------------------------------------------ */

static inline void
frame_ethernet(struct frame *f, unsigned type)
{
	static const uint8_t macs[12] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2};
	uint8_t *h = frame_front(f, 14);

	memcpy(h, macs, sizeof(macs));
	frame_put16(h + 12, type);
}

/* Behind an Ethernet header of type 0x8100 or its like; type is what is inside. */
static inline void
frame_vlan(struct frame *f, unsigned id, unsigned type)
{
	uint8_t *h = frame_front(f, 4);

	frame_put16(h, 0x6000 | id);
	frame_put16(h + 2, type);
}

static inline void
frame_mpls(struct frame *f, uint32_t label, bool bottom)
{
	frame_put32(frame_front(f, 4), (uint64_t)label << 12 | (bottom ? 0x100 : 0) | 64);
}

static inline void
frame_snap(struct frame *f, unsigned type)
{
	uint8_t *h = frame_front(f, 8);

	h[0] = 0xaa;
	h[1] = 0xaa;
	h[2] = 3;
	frame_put16(h + 6, type);
}

/* protocol: of PPP, 2 octets. */
static inline void
frame_pppoe(struct frame *f, unsigned session, unsigned protocol)
{
	uint8_t *h;

	frame_put16(frame_front(f, 2), protocol);
	h = frame_front(f, 6);
	h[0] = 0x11;
	frame_put16(h + 2, session);
	frame_put16(h + 4, f->len - 6);
}

/* --- tunnels --------------------------------------------------------------------- */

/* Fields follow flags in the order of RFC 2890; the key is 0 where there is none. */
static inline void
frame_gre(struct frame *f, unsigned flags, unsigned type, uint32_t key)
{
	if (flags & 0x1000)
		frame_put32(frame_front(f, 4), 7);
	if (flags & 0x2000)
		frame_put32(frame_front(f, 4), key);
	if (flags & 0xc000)
		frame_front(f, 4);
	frame_front(f, 4);
	frame_put16(f->at, flags);
	frame_put16(f->at + 2, type);
}

static inline void
frame_vxlan(struct frame *f, uint32_t network)
{
	uint8_t *h = frame_front(f, 8);

	h[0] = 8;
	frame_put32(h + 4, (uint64_t)network << 8);
}

/* options: octets, a multiple of 4. */
static inline void
frame_geneve(struct frame *f, uint32_t network, unsigned type, size_t options)
{
	uint8_t *h;

	frame_front(f, options);
	h = frame_front(f, 8);
	h[0] = (uint8_t)(options / 4);
	frame_put16(h + 2, type);
	frame_put32(h + 4, (uint64_t)network << 8);
}

static inline void
frame_gtp_u(struct frame *f, uint32_t endpoint)
{
	uint8_t *h = frame_front(f, 8);

	h[0] = 0x30;
	h[1] = 255;
	frame_put16(h + 2, f->len - 8);
	frame_put32(h + 4, endpoint);
}

#endif
