/* SPDX-License-Identifier: Apache-2.0 */
#include "leg.h"

#include <stdlib.h>

static size_t
power_of_two(size_t at_least)
{
	size_t n = 64;

	while (n < at_least)
		n *= 2;
	return n;
}

void
legs_init(struct legs *l, struct words *words, size_t max)
{
	*l = (struct legs){.words = words, .max = power_of_two(max)};
	l->ring = calloc(l->max, sizeof(*l->ring));
	l->heads = calloc(l->max, sizeof(*l->heads));
	if (!l->ring || !l->heads)
		abort();
}

/* Lets go of what it holds; what is left is empty. */
static void
leg_clear(struct legs *l, struct leg *leg)
{
	kept_drop(&leg->kept);
	for (uint32_t i = 0; i < leg->rcpt_count; i++) {
		struct leg_rcpt *r = &leg->rcpts[i];

		word_drop(l->words, r->key.domain);
		word_drop(l->words, r->key.via);
		word_drop(l->words, r->key.sender);
		word_drop(l->words, r->key.helo);
		word_drop(l->words, r->domain);
	}
	free(leg->rcpts);
	word_drop(l->words, leg->name);
	word_drop(l->words, leg->peer_name);
	memset(leg, 0, sizeof(*leg));
}

void
legs_free(struct legs *l)
{
	for (size_t i = 0; i < l->max; i++) {
		if (!l->ring[i])
			continue;
		leg_clear(l, l->ring[i]);
		free(l->ring[i]);
	}
	free(l->ring);
	free(l->heads);
}

/* FNV-1a, 64 bit, with a last mix: the tables are ours alone and hold no more than max. */
#define HASH_START UINT64_C(0xcbf29ce484222325)

static uint64_t
hash_octets(uint64_t h, const void *at, size_t n)
{
	const uint8_t *octet = at;

	for (size_t i = 0; i < n; i++)
		h = (h ^ octet[i]) * UINT64_C(0x100000001b3);
	return h;
}

/* 0 means "none" in a leg, so no hash may be 0. */
static uint64_t
hash_end(uint64_t h)
{
	h ^= h >> 32;
	h *= UINT64_C(0xd6e8feb86659fd93);
	h ^= h >> 32;
	return h ? h : 1;
}

uint64_t
leg_id_of(const struct ip_addr *host, enum leg_id kind, struct span text)
{
	/* Both places of a queue id are one name space. */
	uint8_t space = kind == LEG_QUEUE_ID_BELOW ? LEG_QUEUE_ID : (uint8_t)kind;
	uint64_t h = HASH_START;

	if (text.len == 0)
		return 0;
	h = hash_octets(h, &space, 1);
	h = hash_octets(h, host, sizeof(*host));
	return hash_end(hash_octets(h, text.at, text.len));
}

uint64_t
leg_named_id_of(const struct word *name, struct span queue_id)
{
	static const uint8_t space = LEG_QUEUE_NAMED;
	uint64_t h = HASH_START;

	if (!name || name->len == 0 || queue_id.len == 0)
		return 0;
	h = hash_octets(h, &space, 1);
	h = hash_octets(h, name->text, name->len);
	return hash_end(hash_octets(h, queue_id.at, queue_id.len));
}

uint64_t
leg_fingerprint_of(
	const struct ip_addr *host, uint64_t sender, uint64_t rcpt, uint64_t fingerprint)
{
	uint64_t parts[3] = {sender, rcpt, fingerprint};

	if (!fingerprint || !rcpt)
		return 0;
	return hash_end(hash_octets(hash_octets(HASH_START, host, sizeof(*host)), parts,
		sizeof(parts)));
}

uint64_t
leg_address_of(struct span address)
{
	size_t at = address.len;
	uint64_t h = HASH_START;

	if (address.len == 0)
		return 0;
	while (at > 0 && address.at[at - 1] != '@')
		at--;
	h = hash_octets(h, address.at, at);
	for (; at < address.len; at++) {
		uint8_t c = dis_lower(address.at[at]);

		h = hash_octets(h, &c, 1);
	}
	return hash_end(h);
}

struct leg *
legs_add(struct legs *l)
{
	struct leg **place = &l->ring[++l->serial & (l->max - 1)];
	struct leg *leg = *place;

	if (leg) {
		l->forgotten++;
		leg_clear(l, leg);
	} else {
		leg = calloc(1, sizeof(*leg));
		if (!leg)
			abort();
		*place = leg;
	}
	leg->serial = l->serial;
	kept_add(l->kept, &leg->kept, KEPT_LEG, NULL);
	return leg;
}

static size_t
chain_of(const struct legs *l, uint64_t id)
{
	return id & (l->max - 1);
}

void
legs_link(struct legs *l, struct leg *leg)
{
	for (int i = 0; i < LEG_IDS; i++) {
		uint64_t *head = &l->heads[chain_of(l, leg->ids[i])];

		/* Two ids of one leg may share a chain: it must not point to itself. */
		if (!leg->ids[i] || *head == leg->serial)
			continue;
		leg->older[i] = *head;
		*head = leg->serial;
	}
}

struct leg *
legs_by_serial(struct legs *l, uint64_t serial)
{
	struct leg *leg = l->ring[serial & (l->max - 1)];

	return leg && leg->serial == serial ? leg : NULL;
}

bool
legs_adopt(struct legs *l, struct leg *leg)
{
	struct leg **place = &l->ring[leg->serial & (l->max - 1)];

	/* Chains lead from newer ones to older ones, and so to an end. */
	if (*place || leg->serial <= l->serial)
		return false;
	*place = leg;
	l->serial = leg->serial;
	legs_link(l, leg);
	return true;
}

/* The chain link of leg in the chain of id; a leg stands in it by whichever of its ids. */
static uint64_t
link_of(const struct legs *l, const struct leg *leg, uint64_t id)
{
	for (int i = 0; i < LEG_IDS; i++)
		if (leg->ids[i] && chain_of(l, leg->ids[i]) == chain_of(l, id))
			return leg->older[i];
	return 0;
}

static bool
has_id(const struct leg *leg, enum leg_id kind, uint64_t id)
{
	if (leg->ids[kind] == id)
		return true;
	if (kind == LEG_QUEUE_ID || kind == LEG_QUEUE_ID_BELOW)
		return leg->ids[LEG_QUEUE_ID] == id || leg->ids[LEG_QUEUE_ID_BELOW] == id;
	return false;
}

struct leg *
legs_find(struct legs *l, enum leg_id kind, uint64_t id, const struct leg *older)
{
	uint64_t serial = older ? link_of(l, older, id) : l->heads[chain_of(l, id)];
	struct leg *leg;

	if (!id)
		return NULL;
	while ((leg = legs_by_serial(l, serial))) {
		if (has_id(leg, kind, id))
			return leg;
		serial = link_of(l, leg, id);
	}
	return NULL;
}
