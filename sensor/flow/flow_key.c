/* SPDX-License-Identifier: Apache-2.0 */
#include "flow_key.h"

#define WORDS (sizeof(struct flow_key) / sizeof(uint64_t))

unsigned
flow_key_make(struct flow_key *key, const struct ip_addr *src, uint16_t src_port,
	const struct ip_addr *dst, uint16_t dst_port, uint32_t path)
{
	int order = memcmp(src, dst, sizeof(*src));
	unsigned end = order > 0 || (order == 0 && src_port > dst_port);

	key->addr[end] = *src;
	key->addr[!end] = *dst;
	key->port[end] = src_port;
	key->port[!end] = dst_port;
	key->path = path;
	return end;
}

static uint64_t
rotate(uint64_t x, unsigned bits)
{
	return x << bits | x >> (64 - bits);
}

/* Inlined, v lives in registers: half the cost of the hash. */
__attribute__((always_inline)) static inline void
sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

__attribute__((always_inline)) static inline void
sip_word(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	sip_round(v);
	v[0] ^= word;
}

uint64_t
flow_key_hash(const struct flow_key *key, const uint64_t seed[2])
{
	uint64_t v[4] = {seed[0] ^ 0x736f6d6570736575u, seed[1] ^ 0x646f72616e646f6du,
		seed[0] ^ 0x6c7967656e657261u, seed[1] ^ 0x7465646279746573u};
	uint64_t word[WORDS];

	memcpy(word, key, sizeof(word));
	for (size_t i = 0; i < WORDS; i++)
		sip_word(v, word[i]);
	sip_word(v, (uint64_t)sizeof(*key) << 56);
	v[2] ^= 0xff;
	sip_round(v);
	sip_round(v);
	sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
