/* SPDX-License-Identifier: Apache-2.0 */
#include "weigh.h"

#include <math.h>
#include <stdlib.h>

/* Of the mail servers one meets, about one in a hundred relays for strangers. */
#define PRIOR (-4.6)

/* A client that never authenticates in a conversation that was seen whole. */
#define UNAUTHENTICATED 1.0

static const double stage[REACH_COUNT] = {
	/* RCPT alone is what active testers go by, and err: sinks, late refusals. */
	[REACH_RCPT] = -1.0,
	/* Responsibility taken (RFC 5321 6.1). Sinks and bouncers do that too. */
	[REACH_MESSAGE] = 2.0,
	[REACH_INSIDE] = 2.0,
	/* It tried to send it on: the destination's refusal does not unmake the relay. */
	[REACH_TRIED] = 4.0,
	[REACH_SENT] = 5.0,
};

/* The server's own word in its Received header; the inbound leg was not read. */
#define TOLD_LESS	(-0.7) /* a connection of that client was seen, encrypted */
#define TOLD_UNSEEN	(-3.0) /* none was: it may be about another host's mail */
#define TOLD_NO_FOR	(-1.0) /* no "for" clause: an alias cannot be ruled out */
/* A sender of the server's own domain: forged, or one of its users on a net unknown here. */
#define OWN_SENDER (-1.0)
/* Looked up the mail exchangers after it took the message: it means to send it on. */
#define LOOKED_UP 1.0
/* Connected to one of them, and what it said there is encrypted. */
#define NEXT_HOP 2.0
/* The way out is visible and stayed silent: it may not mean to send it on at all. */
#define STAYED (-3.5)

static const double client[] = {
	[CLIENT_OUTSIDE_CONFIG] = 2.0,
	[CLIENT_OUTSIDE] = 1.5,
	/* Several sites speak from one inside address; seldom it is a hosting gateway. */
	[CLIENT_MASKED] = 0.5,
};

static const double domain[] = {
	[DOMAIN_FOREIGN_CONFIG] = 3.0,
	[DOMAIN_FOREIGN_MX] = 2.5,
	/* The server's address may have other names than the one it greets with. */
	[DOMAIN_FOREIGN_MX_NAME] = 1.5,
	[DOMAIN_FOREIGN_NULL_MX] = 1.5,
	[DOMAIN_FOREIGN_DENIED] = 2.5,
	[DOMAIN_FOREIGN_PROVIDER] = 2.0,
	[DOMAIN_FOREIGN_TESTER] = 1.5,
	[DOMAIN_FOREIGN_NEXT_HOP] = 1.5,
	/* Filter services spread mail like that, too: only DNS would tell for sure. */
	[DOMAIN_FOREIGN_SPREAD] = -1.5,
	[DOMAIN_FOREIGN_LITERAL] = 1.5,
};

/* The n-th most telling attempt counts this much of its weight over the prior. */
#define REPEAT 0.35
/* Ten repeats say no more than five. */
#define REPEATS_MAX 6
/* No sum makes certain: e^-7.6 is one in two thousand. */
#define CEILING 7.6

double
weigh_attempt(const struct weighed *w)
{
	double sum = stage[w->reach] + UNAUTHENTICATED + client[w->client] +
		domain[w->domain.source];

	if (w->a->key.told) {
		sum += w->told_seen ? TOLD_LESS : TOLD_UNSEEN;
		if (w->a->key.told > 1)
			sum += TOLD_NO_FOR;
	}
	if (w->tricks & TRICK_SENDER_DOMAIN)
		sum += OWN_SENDER;
	if (w->reach >= REACH_TRIED)
		return sum;
	if (w->next_hop)
		sum += NEXT_HOP;
	else if (w->looked_up)
		sum += LOOKED_UP;
	else if (w->stayed)
		sum += STAYED;
	return sum;
}

static int
heavier_first(const void *a, const void *b)
{
	const struct weighed *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight < y->weight ? 1 : -1;
	/* Ties in the order of time, so that two runs agree. */
	if (x->taken_first.ns != y->taken_first.ns)
		return x->taken_first.ns < y->taken_first.ns ? -1 : 1;
	return ip_addr_compare(&x->a->key.client, &y->a->key.client);
}

static double
probability(double sum)
{
	return 1.0 / (1.0 + exp(-(sum > CEILING ? CEILING : sum)));
}

static bool
counted_before(const struct weighed *w, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (w[k].a->key.domain == w[i].a->key.domain &&
			ip_addr_equal(&w[k].a->key.client, &w[i].a->key.client))
			return true;
	return false;
}

/* One sink takes every recipient and keeps every message: ten show no more than one. */
static bool
adds_up(const struct weighed *w)
{
	if (w->weight <= 0 || w->reach == REACH_RCPT ||
		w->domain.source == DOMAIN_FOREIGN_SPREAD)
		return false;
	return w->reach >= REACH_TRIED || w->next_hop || w->looked_up || !w->stayed;
}

double
weigh_confidence(struct weighed *w, size_t count)
{
	double sum = PRIOR, share = 1.0;
	int counted = 0;

	for (size_t i = 0; i < count; i++)
		w[i].weight = weigh_attempt(&w[i]);
	if (count)
		qsort(w, count, sizeof(*w), heavier_first);
	for (size_t i = 0; i < count && counted < REPEATS_MAX; i++) {
		if (counted && !adds_up(&w[i]))
			break;
		if (counted_before(w, i))
			continue;
		sum += counted ? w[i].weight * share : w[i].weight;
		share *= REPEAT;
		counted++;
	}
	return probability(sum);
}

double
weigh_restricted(size_t denials)
{
	return probability(2.0 + 0.7 * (double)(denials < 6 ? denials : 6));
}
