/* SPDX-License-Identifier: Apache-2.0 */
#include "wire.h"

#include <string.h>

#define ETHERNET 14u

/* A frame while it is made. */
struct frame {
	uint8_t at[1600];
	size_t len;
};

static void
put16(struct frame *f, unsigned value)
{
	f->at[f->len++] = (uint8_t)(value >> 8);
	f->at[f->len++] = (uint8_t)value;
}

static void
put32(struct frame *f, uint32_t value)
{
	put16(f, value >> 16);
	put16(f, value & 0xffff);
}

static void
put(struct frame *f, const void *at, size_t n)
{
	if (n)
		memcpy(f->at + f->len, at, n);
	f->len += n;
}

/* RFC 1071 */
static uint32_t
sum(uint32_t sum, const uint8_t *at, size_t n)
{
	for (; n >= 2; at += 2, n -= 2)
		sum += (uint32_t)at[0] << 8 | at[1];
	return n ? sum + ((uint32_t)at[0] << 8) : sum;
}

static void
put_sum(uint8_t *at, uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	at[0] = (uint8_t)(~sum >> 8);
	at[1] = (uint8_t)~sum;
}

/* pcap with microseconds: magic(4) version(4) zone(4) sigfigs(4) snaplen(4) link(4) */
bool
wire_open(struct wire *w, const char *path)
{
	const uint32_t head[6] = {0xa1b2c3d4, 4u << 16 | 2, 0, 0, 262144, 1};

	*w = (struct wire){.out = fopen(path, "wb"), .ns = UINT64_C(1700000000000000000)};
	if (!w->out)
		return false;
	w->failed = fwrite(head, sizeof(head), 1, w->out) != 1;
	w->octets = sizeof(head);
	return true;
}

bool
wire_close(struct wire *w)
{
	return fclose(w->out) == 0 && !w->failed;
}

static void
write_frame(struct wire *w, const struct frame *f)
{
	const uint32_t head[4] = {(uint32_t)(w->ns / 1000000000),
		(uint32_t)(w->ns % 1000000000 / 1000), (uint32_t)f->len,
		(uint32_t)f->len};

	if (fwrite(head, sizeof(head), 1, w->out) != 1 ||
		fwrite(f->at, f->len, 1, w->out) != 1)
		w->failed = true;
	w->packets++;
	w->octets += sizeof(head) + f->len;
}

static void
put_ipv4(struct frame *f, struct wire_host *from, const struct wire_host *to,
	uint8_t protocol, size_t n)
{
	put16(f, 0x0800);
	put16(f, 0x4500);
	put16(f, (unsigned)n + 20);
	put16(f, from->ip_id++);
	put16(f, 0x4000);
	put16(f, 64u << 8 | protocol);
	put16(f, 0);
	put(f, from->addr, 4);
	put(f, to->addr, 4);
	put_sum(f->at + ETHERNET + 10, sum(0, f->at + ETHERNET, 20));
}

static void
put_ipv6(struct frame *f, const struct wire_host *from, const struct wire_host *to,
	uint8_t protocol, size_t n)
{
	put16(f, 0x86dd);
	put32(f, 6u << 28);
	put16(f, (unsigned)n);
	put16(f, (unsigned)protocol << 8 | 64);
	put(f, from->addr, 16);
	put(f, to->addr, 16);
}

/* Ethernet and IP; the sum over the pseudo header (RFC 9293 3.1, RFC 8200 8.1). */
static uint32_t
put_heads(struct frame *f, bool v6, struct wire_host *from, const struct wire_host *to,
	uint8_t protocol, size_t n)
{
	static const uint8_t macs[12] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2};

	f->len = 0;
	put(f, macs, sizeof(macs));
	if (v6)
		put_ipv6(f, from, to, protocol, n);
	else
		put_ipv4(f, from, to, protocol, n);
	return sum(sum(protocol + (uint32_t)n, from->addr, v6 ? 16 : 4), to->addr,
		v6 ? 16 : 4);
}

void
wire_tcp(struct wire *w, bool v6, struct wire_host *from, const struct wire_host *to,
	const struct wire_segment *segment, const uint8_t *payload, size_t n)
{
	struct frame f;
	uint32_t pseudo = put_heads(&f, v6, from, to, 6, 32 + n);
	size_t head = f.len;

	put16(&f, from->port);
	put16(&f, to->port);
	put32(&f, segment->seq);
	put32(&f, segment->ack);
	put16(&f, 8u << 12 | segment->flags);
	put16(&f, 502);
	put32(&f, 0);
	/* RFC 7323 3.2: two of no operation, then the time stamps. */
	put32(&f, 0x0101080a);
	put32(&f, (uint32_t)(w->ns / 1000000));
	put32(&f, (uint32_t)(w->ns / 1000000) - 30);
	put(&f, payload, n);
	put_sum(f.at + head + 16, sum(pseudo, f.at + head, f.len - head));
	write_frame(w, &f);
}

void
wire_udp(struct wire *w, bool v6, struct wire_host *from, const struct wire_host *to,
	const uint8_t *payload, size_t n)
{
	struct frame f;
	uint32_t pseudo = put_heads(&f, v6, from, to, 17, 8 + n);
	size_t head = f.len;

	put16(&f, from->port);
	put16(&f, to->port);
	put16(&f, (unsigned)n + 8);
	put16(&f, 0);
	put(&f, payload, n);
	put_sum(f.at + head + 6, sum(pseudo, f.at + head, f.len - head));
	write_frame(w, &f);
}
