/* SPDX-License-Identifier: Apache-2.0 */
#include "separate.h"

/* Clients that relay although others are denied: more than these are no trusted few … */
#define TRUSTED_MAX 2
/* … unless all are of so few networks (/16, or /32 of IPv6), and no denied one is. */
#define TRUSTED_NETWORKS_MAX 2
/* Denied clients that it takes to tell a network that is let in from chance. */
#define DENIED_MIN 2

/* Does every denial lack this trick, and at least one acceptance have it? */
static bool
trick_works(const struct cases *c, unsigned bit)
{
	bool taken = false;

	for (size_t i = 0; i < c->taken.count; i++)
		taken |= (c->taken.at[i].tricks & bit) != 0;
	for (size_t i = 0; taken && i < c->denied.count; i++)
		if (c->denied.at[i].tricks & bit)
			return false;
	return taken;
}

/* The fewest working tricks, in the order of the enum, that every acceptance has one of. */
static bool
cover(const struct cases *c, unsigned *tricks)
{
	unsigned working = 0;

	*tricks = 0;
	for (unsigned bit = 1; bit < 1u << TRICK_COUNT; bit <<= 1)
		if (trick_works(c, bit))
			working |= bit;
	for (size_t i = 0; i < c->taken.count; i++) {
		unsigned has = c->taken.at[i].tricks & working;

		if (!has)
			return false;
		if (!(has & *tricks))
			*tricks |= has & (~has + 1u);
	}
	return c->taken.count > 0;
}

static struct ip_prefix
network_of(const struct ip_addr *a)
{
	return (struct ip_prefix){*a, ip_addr_is_v4(a) ? 112 : 32};
}

static bool
network_holds_any(const struct ip_prefix *network, const struct case_list *l)
{
	for (size_t i = 0; i < l->count; i++)
		if (ip_addr_is_v4(&network->base) == ip_addr_is_v4(&l->at[i].a->key.client) &&
			ip_prefix_holds(network, &l->at[i].a->key.client))
			return true;
	return false;
}

/* A provider's customers: many clients, of networks from which nobody was denied. */
static bool
by_network(const struct cases *c)
{
	struct ip_prefix networks[TRUSTED_NETWORKS_MAX];
	size_t count = 0;

	if (case_list_clients(&c->denied) < DENIED_MIN)
		return false;
	for (size_t i = 0; i < c->taken.count; i++) {
		const struct ip_addr *client = &c->taken.at[i].a->key.client;
		size_t n = 0;

		while (n < count && !ip_prefix_holds(&networks[n], client))
			n++;
		if (n < count)
			continue;
		if (count == TRUSTED_NETWORKS_MAX)
			return false;
		networks[count] = network_of(client);
		if (network_holds_any(&networks[count++], &c->denied))
			return false;
	}
	return true;
}

/* None of those whose mail was taken was ever denied, and they are few, or near. */
static bool
by_client(const struct cases *c)
{
	if (case_list_clients(&c->taken) > TRUSTED_MAX)
		return by_network(c);
	for (size_t i = 0; i < c->taken.count; i++)
		if (case_list_has_client(&c->denied, &c->taken.at[i].a->key.client))
			return false;
	return true;
}

/* An attempt that was taken once, denied now: one such is as good as several others. */
static bool
same_attempt_denied(const struct cases *c, uint64_t after)
{
	for (size_t i = 0; i < c->denied.count; i++) {
		const struct weighed *d = &c->denied.at[i];

		for (size_t k = 0; k < c->taken.count; k++)
			if (c->taken.at[k].a == d->a && d->taken.ns > after)
				return true;
	}
	return false;
}

static bool
by_time(const struct cases *c, uint32_t remediated_after)
{
	uint64_t last = 0, first = UINT64_MAX;
	uint64_t after = 0, before = 0;

	for (size_t i = 0; i < c->taken.count; i++) {
		const struct weighed *t = &c->taken.at[i];

		if (t->taken.ns > last)
			last = t->taken.ns;
		if (t->taken_first.ns < first)
			first = t->taken_first.ns;
	}
	for (size_t i = 0; i < c->denied.count; i++) {
		const struct weighed *d = &c->denied.at[i];

		if (d->taken_first.ns > last)
			after += d->a->count[d->reach];
		else if (d->taken.ns > last)
			after++;
		/* Denied between two acceptances: two hosts in turn behind one address. */
		if (d->taken_first.ns > first && d->taken_first.ns < last)
			before++;
	}
	if (after == 0 || before > after)
		return false;
	return after >= remediated_after || same_attempt_denied(c, last);
}

struct separation
separate(const struct cases *c, uint32_t remediated_after)
{
	struct separation s = {DIFFERENCE_NONE, 0};
	bool covered;

	if (c->taken.count == 0)
		return s;
	covered = cover(c, &s.tricks);
	/* A way to write the recipient is proven by what was sent on, denials or not. */
	if (covered && !(s.tricks & ~TRICK_FORMS))
		s.by = DIFFERENCE_TRICK;
	if (c->denied.count == 0 || s.by == DIFFERENCE_TRICK)
		return s;
	if (covered && s.tricks & TRICK_HELO) {
		s.by = DIFFERENCE_TRICK;
		return s;
	}
	/* A branch office sends with the head office's domain: not every such is forged. */
	if (by_client(c))
		s.by = DIFFERENCE_CLIENT;
	else if (covered)
		s.by = DIFFERENCE_TRICK;
	else if (by_time(c, remediated_after))
		s.by = DIFFERENCE_TIME;
	return s;
}
