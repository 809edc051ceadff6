/* SPDX-License-Identifier: Apache-2.0 */
#include "alert_bucket.h"

void
alert_bucket_fill(struct alert_bucket *b, struct alert_rate rate, uint64_t now)
{
	*b = (struct alert_bucket){.credit = rate.burst * rate.each, .last = now};
}

static void
refill(struct alert_bucket *b, struct alert_rate rate, uint64_t now)
{
	uint64_t full = rate.burst * rate.each;
	uint64_t passed = now > b->last ? now - b->last : 0;

	/* The rate may have changed since. */
	if (b->credit > full)
		b->credit = full;
	b->credit = passed > full - b->credit ? full : b->credit + passed;
	b->last = now;
}

bool
alert_bucket_has(struct alert_bucket *b, struct alert_rate rate, uint64_t now)
{
	refill(b, rate, now);
	return b->credit >= rate.each;
}

void
alert_bucket_take(struct alert_bucket *b, struct alert_rate rate, uint64_t now)
{
	refill(b, rate, now);
	b->credit = b->credit > rate.each ? b->credit - rate.each : 0;
}

uint64_t
alert_bucket_due(struct alert_bucket *b, struct alert_rate rate, uint64_t now)
{
	refill(b, rate, now);
	return b->credit >= rate.each ? now : now + (rate.each - b->credit);
}
