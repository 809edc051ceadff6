/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests of the sensor's side of what is withheld: a kernel that says what the test
 * has put into it, and remembers what it was told.
 */
#ifndef SHUNT_RIG_H
#define SHUNT_RIG_H

#include "pipeline_rig.h"

struct kernel {
	bool refuses;
	unsigned followed, looks, left;
	struct capture_direction d;
	struct tap_order order; /* the last one */
	struct tap_shunt s;
};

static struct kernel kernel;

static inline bool
follow(void *ctx, const struct capture_direction *d, enum tap_mode mode, uint32_t cookie)
{
	(void)ctx;
	kernel.followed++;
	kernel.d = *d;
	kernel.s = (struct tap_shunt){.mode = mode, .cookie = cookie};
	return !kernel.refuses;
}

static inline bool
order(void *ctx, const struct capture_direction *d, const struct tap_order *o)
{
	(void)ctx;
	(void)d;
	kernel.order = *o;
	return !kernel.refuses;
}

static inline bool
look(void *ctx, const struct capture_direction *d, struct tap_shunt *out)
{
	(void)ctx;
	(void)d;
	kernel.looks++;
	*out = kernel.s;
	return !kernel.refuses;
}

static inline void
leave(void *ctx, const struct capture_direction *d)
{
	(void)ctx;
	(void)d;
	kernel.left++;
}

static inline int
shunt_setup(void **state)
{
	struct pump *u;

	pump_setup(state);
	u = *state;
	kernel = (struct kernel){.refuses = false};
	u->p->shunt = (struct pipeline_shunt){
		.follow = follow, .order = order, .look = look, .leave = leave};
	return 0;
}

/* 1000 octets, lines of it. */
static inline const char *
thousand(void)
{
	static char text[1001];

	for (size_t i = 0; i < 1000; i++)
		text[i] = i % 50 == 48 ? '\r' : i % 50 == 49 ? '\n' : 'a';
	return text;
}

#endif
