/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens that come back with time: so many at once, then one each so many nanoseconds.
 * The clock is the packets', and may be set back: then time goes on from there, and
 * nothing is gained or lost.
 */
#ifndef ALERT_BUCKET_H
#define ALERT_BUCKET_H

#include "dissect/dissect.h"

/* How many at once, and the ns that bring one back; given with each call. */
struct alert_rate {
	uint64_t burst;
	uint64_t each; /* not 0; burst times each stays below 2^63 */
};

struct alert_bucket {
	uint64_t credit; /* ns */
	uint64_t last;	 /* ns: when credit was counted */
};

void alert_bucket_fill(struct alert_bucket *b, struct alert_rate rate, uint64_t now);
bool alert_bucket_has(struct alert_bucket *b, struct alert_rate rate, uint64_t now);
/* One less; what is empty stays empty. */
void alert_bucket_take(struct alert_bucket *b, struct alert_rate rate, uint64_t now);
/* When there is one again, ns; now if there is one. */
uint64_t alert_bucket_due(struct alert_bucket *b, struct alert_rate rate, uint64_t now);

#endif
