/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What names a connection: both ends in an order that does not depend on who speaks, and
 * the path, so that the same addresses in two tunnels are two connections. Hashed with
 * SipHash-1-3 (Aumasson, Bernstein: SipHash, 2012) under a key that the caller hands in:
 * who sends packets must not know which of them share a slot.
 */
#ifndef FLOW_KEY_H
#define FLOW_KEY_H

#include "dissect/ip_addr.h"

/* No padding: compared as octets. Ports in host order. end 0 is the lower one. */
struct flow_key {
	struct ip_addr addr[2];
	uint16_t port[2];
	uint32_t path;
};

_Static_assert(sizeof(struct flow_key) == 40, "five words, no padding");

/* Returns the end that is the source: 0 or 1. Equal ends: 0. */
unsigned flow_key_make(struct flow_key *key, const struct ip_addr *src, uint16_t src_port,
	const struct ip_addr *dst, uint16_t dst_port, uint32_t path);
uint64_t flow_key_hash(const struct flow_key *key, const uint64_t seed[2]);

static inline bool
flow_key_equal(const struct flow_key *a, const struct flow_key *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

#endif
