/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A clock that never runs backwards, wound by packet times that may: packets out of order
 * by less than FLOW_CLOCK_STEP_NS leave it where it is; beyond that the packets' clock
 * was set (or another file began), and it goes on from where it stands. So it does after
 * a step forward on a live wire, where a tick comes many times a second whatever is
 * heard. In a file such a step is a quiet hour.
 */
#ifndef FLOW_CLOCK_H
#define FLOW_CLOCK_H

#include "dissect/dissect.h"
#include "dissect/limits.h"

struct flow_clock {
	uint64_t now;	 /* ns, an arbitrary origin */
	uint64_t offset; /* added to a packet's time, modulo 2^64 */
	uint64_t packet; /* the packet time that now stands for */
	bool started;
	bool live;
};

/* Returns true if the packets' clock was set. */
static inline bool
flow_clock_set(struct flow_clock *c, uint64_t ns)
{
	bool back = ns < c->packet && c->packet - ns > FLOW_CLOCK_STEP_NS;
	bool ahead = c->live && ns > c->packet && ns - c->packet > FLOW_CLOCK_STEP_NS;
	bool set = c->started && (back || ahead);

	if (set)
		c->offset = c->now - ns;
	if (!c->started || set || ns > c->packet) {
		c->packet = ns;
		c->now = ns + c->offset;
	}
	c->started = true;
	return set;
}

#endif
