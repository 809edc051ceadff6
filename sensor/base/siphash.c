/* SPDX-License-Identifier: Apache-2.0 */
#include "siphash.h"

struct state {
	uint64_t v[4];
};

static uint64_t
rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

/* The paper counts words in little-endian order. */
static uint64_t
word_le(const uint8_t *at, size_t octets)
{
	uint64_t w = 0;

	for (size_t i = 0; i < octets; i++)
		w |= (uint64_t)at[i] << (8 * i);
	return w;
}

static void
rounds(struct state *s, int n)
{
	uint64_t *v = s->v;

	while (n-- > 0) {
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
}

static void
compress(struct state *s, uint64_t word)
{
	s->v[3] ^= word;
	rounds(s, 2);
	s->v[0] ^= word;
}

uint64_t
siphash(const uint8_t key[16], struct span in)
{
	uint64_t k0 = word_le(key, 8), k1 = word_le(key + 8, 8);
	struct state s = {{
		k0 ^ UINT64_C(0x736f6d6570736575),
		k1 ^ UINT64_C(0x646f72616e646f6d),
		k0 ^ UINT64_C(0x6c7967656e657261),
		k1 ^ UINT64_C(0x7465646279746573),
	}};
	size_t whole = in.len / 8 * 8;

	for (size_t i = 0; i < whole; i += 8)
		compress(&s, word_le(in.at + i, 8));
	compress(&s, (uint64_t)(in.len & 0xff) << 56 |
			(in.len > whole ? word_le(in.at + whole, in.len - whole) : 0));
	s.v[2] ^= 0xff;
	rounds(&s, 4);
	return s.v[0] ^ s.v[1] ^ s.v[2] ^ s.v[3];
}
