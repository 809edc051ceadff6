/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tells copies of one packet that a span port makes: seen where it enters a switch and
 * where it leaves, with another VLAN tag, other MAC addresses, or a lower TTL once it was
 * routed, inside a tunnel and outside of it.
 *
 * A packet is a copy if one with the same addresses, ports, IP identification, TCP
 * numbers, flags, window, checksum, length and first octets came within the window. A
 * sender that repeats a TCP segment takes a new identification; where it does not, the
 * segment holds octets that were seen, so that leaving it out loses nothing. Path, TTL,
 * EtherType and the IP checksum are not looked at.
 *
 * Memory is fixed by dedup_new(): 16 octets a packet. Old ones are overwritten.
 */
#ifndef DEDUP_H
#define DEDUP_H

#include "dissect/packet.h"

struct dedup;

/* 0 in any field but seed: the default of limits.h. */
struct dedup_options {
	size_t packets;	       /* remembered; rounded up to a power of two */
	uint64_t window_ns;    /* with an IP identification */
	uint64_t window_no_id; /* ns, without: IPv6, and IPv4 with 0 (RFC 6864 4.1) */
	uint64_t seed;	       /* unknown to who sends packets; does not change results */
};

/* NULL: no memory. */
struct dedup *dedup_new(const struct dedup_options *options);
void dedup_free(struct dedup *d);

/* True: p was seen already. now_ns is its time. PACKET_OTHER never is a copy. */
bool dedup_is_copy(struct dedup *d, const struct packet *p, uint64_t now_ns);

/* Copies found so far. */
uint64_t dedup_copies(const struct dedup *d);

#endif
