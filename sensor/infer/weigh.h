/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much each thing seen says for or against an open relay: one table of natural
 * log-likelihood ratios, one sum, one probability. Each attempt counts once per client and
 * domain, and further ones count less: they repeat the same assumption.
 */
#ifndef WEIGH_H
#define WEIGH_H

#include "trick.h"

/* One attempt, judged. */
struct weighed {
	const struct attempt *a;
	enum judge_client client;
	struct judgement domain;
	unsigned tricks;
	enum reach reach;    /* the furthest that counts */
	struct moment taken; /* when the server took it, last */
	struct moment taken_first;
	bool told_seen;	     /* told by the onward leg, and the inbound one crossed in the dark */
	bool looked_up;	     /* the server looked its domain up after it took the message */
	bool next_hop;	     /* it then connected to an exchanger of the domain */
	bool stayed;	     /* its ways out are visible, and nothing of it was seen there */
	double weight;	     /* its share of the sum, before repetition is discounted */
};

/* Of the attempt alone: stage + authentication + client + domain. */
double weigh_attempt(const struct weighed *w);

/* The sum over attempts (any order) plus the prior, as a probability. Sorts w by weight. */
double weigh_confidence(struct weighed *w, size_t count);

/* Of "restricted" after so many distinct denials; of "remediated" likewise. */
double weigh_restricted(size_t denials);

/* Below this no relay is claimed. */
#define WEIGH_CLAIM 0.7

#endif
