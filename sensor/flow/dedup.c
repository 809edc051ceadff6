/* SPDX-License-Identifier: Apache-2.0 */
#include "dedup.h"

#include <stdlib.h>

#define WAYS 4u /* places for a packet: one cache line */

struct seen {
	uint64_t digest; /* 0: empty */
	uint64_t ns;
};

struct dedup {
	struct seen *seen;
	size_t mask; /* of sets */
	uint64_t window_ns;
	uint64_t window_no_id;
	uint64_t seed;
	uint64_t copies;
};

static size_t
sets_of(size_t packets)
{
	size_t sets = 1;

	while (sets * WAYS < packets)
		sets *= 2;
	return sets;
}

struct dedup *
dedup_new(const struct dedup_options *options)
{
	struct dedup *d = calloc(1, sizeof(*d));
	size_t sets = sets_of(options->packets ? options->packets : DEDUP_PACKETS);

	if (!d)
		return NULL;
	d->seen = calloc(sets * WAYS, sizeof(*d->seen));
	if (!d->seen) {
		free(d);
		return NULL;
	}
	d->mask = sets - 1;
	d->window_ns = options->window_ns ? options->window_ns : DEDUP_WINDOW_NS;
	d->window_no_id =
		options->window_no_id ? options->window_no_id : DEDUP_WINDOW_NO_ID_NS;
	d->seed = options->seed;
	return d;
}

void
dedup_free(struct dedup *d)
{
	if (!d)
		return;
	free(d->seen);
	free(d);
}

uint64_t
dedup_copies(const struct dedup *d)
{
	return d->copies;
}

/* --- digest ---------------------------------------------------------------------- */

/* 64 × 64 bits, both halves of the product folded: one multiplication for 8 octets. */
static uint64_t
mix(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t
fold(uint64_t digest, uint64_t value)
{
	return mix(digest ^ value, 0x9e3779b97f4a7c15u) + 0xd1b54a32d192ed03u;
}

static uint64_t
fold_octets(uint64_t digest, const uint8_t *at, size_t n)
{
	uint64_t word;

	for (; n >= 8; at += 8, n -= 8) {
		memcpy(&word, at, 8);
		digest = fold(digest, word);
	}
	word = 0;
	if (n)
		memcpy(&word, at, n);
	return fold(digest, word ^ (uint64_t)n << 56);
}

static uint64_t
pair(uint32_t high, uint32_t low)
{
	return (uint64_t)high << 32 | low;
}

static uint64_t
digest_transport(uint64_t digest, const struct packet *p)
{
	digest = fold(
		digest, pair((uint32_t)p->src_port << 16 | p->dst_port, p->checksum));
	if (p->kind == PACKET_UDP)
		return digest;
	digest = fold(digest, pair(p->seq, p->ack));
	return fold(digest, pair(p->tcp_flags, p->window));
}

static uint64_t
digest_of(const struct dedup *d, const struct packet *p)
{
	size_t head = p->payload.len < DEDUP_HEAD ? p->payload.len : DEDUP_HEAD;
	uint64_t digest = fold(d->seed, pair(p->kind, p->ip_version));

	digest = fold_octets(digest, p->src.at, sizeof(p->src.at));
	digest = fold_octets(digest, p->dst.at, sizeof(p->dst.at));
	digest = fold(digest, pair(p->ip_id, p->protocol));
	/* Captured less of: not the same, for it would hide what only the other has. */
	digest = fold(digest, pair(p->payload_octets, (uint32_t)p->payload.len));
	if (p->kind == PACKET_FRAGMENT)
		digest = fold(digest, pair(p->fragment_offset, p->more_fragments));
	else
		digest = digest_transport(digest, p);
	digest = fold_octets(digest, p->payload.at, head);
	return digest ? digest : 1;
}

/* Several capture ports are not quite in order, so time may step back. */
static uint64_t
apart(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

bool
dedup_is_copy(struct dedup *d, const struct packet *p, uint64_t now_ns)
{
	uint64_t window = p->ip_id ? d->window_ns : d->window_no_id;
	struct seen *set, *oldest;
	uint64_t digest;

	if (p->kind == PACKET_OTHER)
		return false;
	digest = digest_of(d, p);
	set = &d->seen[(digest >> 16 & d->mask) * WAYS];
	oldest = set;
	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].digest == digest) {
			oldest = &set[i];
			if (apart(now_ns, oldest->ns) > window)
				break;
			d->copies++;
			return true;
		}
		if (set[i].ns < oldest->ns)
			oldest = &set[i];
	}
	oldest->digest = digest;
	oldest->ns = now_ns;
	return false;
}
