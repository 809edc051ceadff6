/* SPDX-License-Identifier: Apache-2.0 */
#include "defrag.h"

#include <stdlib.h>

#define UNIT   8u /* octets: what an offset counts in (RFC 791 3.1, RFC 8200 4.5) */
#define OCTETS 65536u
#define UNITS  (OCTETS / UNIT)

enum slot_state {
	SLOT_FREE,
	SLOT_OPEN,
	SLOT_REFUSED, /* takes what still comes of a datagram that is not to be joined */
	SLOT_LENT     /* joined; the caller reads its octets until the next call */
};

/* What a look-up runs over: kept apart from the octets, so that a flood costs little. */
struct entry {
	uint32_t hash; /* of the key */
	enum slot_state state;
	uint64_t since_ns;
};

struct slot {
	bool has_first;
	bool has_end;
	uint32_t octets;    /* of the whole, once has_end */
	uint32_t reach;	    /* where the fragment that goes furthest ends */
	uint32_t units;	    /* there */
	struct packet head; /* the fragment of offset 0, before it any other: the key */
	uint64_t there[UNITS / 64];
	uint8_t data[OCTETS];
};

struct defrag {
	size_t count;
	bool lent; /* some slot is SLOT_LENT */
	struct entry *entries;
	struct slot *slots; /* of the entries of the same index */
	struct defrag_counters counters;
};

struct defrag *
defrag_new(size_t datagrams)
{
	struct defrag *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	if (datagrams < DEFRAG_DATAGRAMS_MIN)
		datagrams = DEFRAG_DATAGRAMS_MIN;
	d->count = datagrams;
	d->entries = calloc(datagrams, sizeof(*d->entries));
	d->slots = calloc(datagrams, sizeof(*d->slots));
	if (!d->entries || !d->slots) {
		defrag_free(d);
		return NULL;
	}
	return d;
}

void
defrag_free(struct defrag *d)
{
	if (!d)
		return;
	free(d->slots);
	free(d->entries);
	free(d);
}

const struct defrag_counters *
defrag_counters(const struct defrag *d)
{
	return &d->counters;
}

static void
enter(struct entry *e, enum slot_state state)
{
	e->state = state;
}

/* --- the table ------------------------------------------------------------------- */

static uint32_t
mix(uint32_t hash, const uint8_t *at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		hash = (hash ^ at[i]) * 16777619u;
	return hash;
}

static uint32_t
hash_of(const struct packet *f)
{
	uint32_t hash = mix(2166136261u, f->src.at, sizeof(f->src.at));

	hash = mix(hash, f->dst.at, sizeof(f->dst.at));
	return (hash ^ f->ip_id) * 2654435761u;
}

/*
 * RFC 791 3.2 has the protocol in the key, RFC 8200 4.5 not: there, only the first
 * fragment's next header counts.
 */
static bool
same_datagram(const struct packet *a, const struct packet *b)
{
	return a->ip_id == b->ip_id && a->ip_version == b->ip_version &&
	       (a->ip_version == 6 || a->protocol == b->protocol) &&
	       ip_addr_equal(&a->src, &b->src) && ip_addr_equal(&a->dst, &b->dst) &&
	       packet_same_path(a, b);
}

static bool
is_late(const struct entry *e, uint64_t now_ns)
{
	return now_ns > e->since_ns && now_ns - e->since_ns > DEFRAG_TIMEOUT_NS;
}

static void
expire(struct defrag *d, struct entry *e)
{
	if (e->state == SLOT_OPEN)
		d->counters.expired++;
	enter(e, SLOT_FREE);
}

/* A free entry, else one that is late, else the oldest; those lent are left alone. */
static size_t
pick(struct defrag *d, uint64_t now_ns)
{
	size_t oldest = d->count;

	for (size_t i = 0; i < d->count; i++) {
		struct entry *e = &d->entries[i];

		if (e->state == SLOT_LENT)
			continue;
		if (e->state != SLOT_FREE && is_late(e, now_ns))
			expire(d, e);
		if (e->state == SLOT_FREE)
			return i;
		if (oldest == d->count || e->since_ns < d->entries[oldest].since_ns)
			oldest = i;
	}
	if (d->entries[oldest].state == SLOT_OPEN)
		d->counters.evicted++;
	return oldest;
}

static size_t
insert(struct defrag *d, const struct packet *f, uint32_t hash, uint64_t now_ns)
{
	size_t i = pick(d, now_ns);
	struct slot *s = &d->slots[i];

	enter(&d->entries[i], SLOT_OPEN);
	d->entries[i].hash = hash;
	d->entries[i].since_ns = now_ns;
	s->has_first = false;
	s->has_end = false;
	s->octets = 0;
	s->reach = 0;
	s->units = 0;
	s->head = *f;
	memset(s->there, 0, sizeof(s->there));
	return i;
}

/* Index of the fragment's datagram, begun if need be. */
static size_t
find(struct defrag *d, const struct packet *f, uint64_t now_ns)
{
	uint32_t hash = hash_of(f);

	for (size_t i = 0; i < d->count; i++) {
		struct entry *e = &d->entries[i];

		if (e->hash != hash || e->state == SLOT_FREE || e->state == SLOT_LENT)
			continue;
		if (!same_datagram(&d->slots[i].head, f))
			continue;
		if (!is_late(e, now_ns))
			return i;
		expire(d, e);
	}
	return insert(d, f, hash, now_ns);
}

/* --- one fragment ---------------------------------------------------------------- */

/* Octets of the fragment that count, or 0: it does not. */
static uint32_t
sound_octets(struct defrag *d, const struct packet *f)
{
	uint32_t n = f->payload_octets;

	if (packet_missing(f)) {
		d->counters.cut++;
		return 0;
	}
	/* IPv4 hosts cut the odd octets off, IPv6 ones refuse them (RFC 8200 4.5). */
	if (f->more_fragments && n % UNIT != 0 && f->ip_version == 4)
		n -= n % UNIT;
	if (n == 0 || (f->more_fragments && n % UNIT != 0)) {
		d->counters.malformed++;
		return 0;
	}
	if (f->fragment_offset + n > OCTETS - 1) {
		d->counters.oversized++;
		return 0;
	}
	return n;
}

/* False: the fragment and those before it cannot be of one datagram. */
static bool
agrees_on_end(struct slot *s, const struct packet *f, uint32_t end)
{
	if (s->has_end && (end > s->octets || (!f->more_fragments && end != s->octets)))
		return false;
	if (!f->more_fragments && end < s->reach)
		return false;
	return true;
}

static bool
is_there(const struct slot *s, uint32_t unit)
{
	return s->there[unit / 64] >> unit % 64 & 1;
}

/* How a fragment lies to what is there. */
struct overlap {
	uint32_t units; /* of it, there already */
	bool differs;	/* in an octet that is there */
};

static uint32_t
units_of(uint32_t octets)
{
	return (octets + UNIT - 1) / UNIT;
}

static uint32_t
unit_octets(uint32_t i, uint32_t n)
{
	return n - i * UNIT < UNIT ? n - i * UNIT : UNIT;
}

static struct overlap
overlap_of(const struct slot *s, const struct packet *f, uint32_t n)
{
	struct overlap o = {0, false};

	for (uint32_t i = 0; i < units_of(n); i++) {
		uint32_t at = f->fragment_offset + i * UNIT;

		if (!is_there(s, at / UNIT))
			continue;
		o.units++;
		if (memcmp(s->data + at, f->payload.at + i * UNIT, unit_octets(i, n)) !=
			0)
			o.differs = true;
	}
	return o;
}

static void
fill(struct slot *s, const struct packet *f, uint32_t n)
{
	for (uint32_t i = 0; i < units_of(n); i++) {
		uint32_t at = f->fragment_offset + i * UNIT;

		if (is_there(s, at / UNIT))
			continue;
		s->there[at / UNIT / 64] |= (uint64_t)1 << at / UNIT % 64;
		s->units++;
		memcpy(s->data + at, f->payload.at + i * UNIT, unit_octets(i, n));
	}
}

/* False: nothing of it is to be taken. */
static bool
take_overlap(struct defrag *d, size_t i, const struct packet *f, uint32_t n)
{
	struct overlap o = overlap_of(&d->slots[i], f, n);

	if (o.units == 0)
		return true;
	if (o.units == units_of(n) && !o.differs) {
		d->counters.copies++;
		return false;
	}
	d->counters.overlaps++;
	if (f->ip_version == 4)
		return true;
	d->counters.refused++;
	enter(&d->entries[i], SLOT_REFUSED);
	return false;
}

static void
take(struct defrag *d, size_t i, const struct packet *f, uint32_t n)
{
	uint32_t end = f->fragment_offset + n;
	struct slot *s = &d->slots[i];

	if (!agrees_on_end(s, f, end)) {
		d->counters.inconsistent++;
		return;
	}
	if (!take_overlap(d, i, f, n))
		return;
	fill(s, f, n);
	if (end > s->reach)
		s->reach = end;
	if (!f->more_fragments) {
		s->has_end = true;
		s->octets = end;
	}
	if (f->fragment_offset == 0 && !s->has_first) {
		s->has_first = true;
		s->head = *f;
	}
}

static bool
is_whole(const struct slot *s)
{
	return s->has_first && s->has_end && s->units == units_of(s->octets);
}

/* True: *out is what the fragment completed, and may be a fragment again. */
static bool
feed_one(struct defrag *d, const struct packet *f, uint64_t now_ns, struct packet *out)
{
	struct slot *s;
	uint32_t n;
	size_t i;

	d->counters.fragments++;
	n = sound_octets(d, f);
	if (n == 0)
		return false;
	i = find(d, f, now_ns);
	s = &d->slots[i];
	if (d->entries[i].state == SLOT_OPEN)
		take(d, i, f, n);
	if (d->entries[i].state != SLOT_OPEN || !is_whole(s))
		return false;
	d->counters.joined++;
	d->lent = true;
	enter(&d->entries[i], SLOT_LENT);
	packet_parse_joined(&s->head, span_of(s->data, s->octets), out);
	return true;
}

static void
take_back(struct defrag *d)
{
	if (!d->lent)
		return;
	for (size_t i = 0; i < d->count; i++)
		if (d->entries[i].state == SLOT_LENT)
			enter(&d->entries[i], SLOT_FREE);
	d->lent = false;
}

/*
 * A datagram in pieces may hold a piece of another. Each turn peels at least one layer,
 * so PACKET_LAYERS_MAX bounds the turns and with them the slots lent at once.
 */
bool
defrag_feed(struct defrag *d, const struct packet *fragment, uint64_t now_ns,
	struct packet *out)
{
	struct packet inner;

	take_back(d);
	if (!feed_one(d, fragment, now_ns, out))
		return false;
	while (out->kind == PACKET_FRAGMENT) {
		inner = *out;
		if (!feed_one(d, &inner, now_ns, out))
			return false;
	}
	return true;
}
