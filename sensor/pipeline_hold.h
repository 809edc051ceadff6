/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Segments that came before what they answer. A capture of several taps or queues may
 * swap a command and its reply; the numbers in the segment tell. It waits until what it
 * acknowledges has come, or until it is clear that it was lost. A part of pipeline.c.
 */
#ifndef PIPELINE_HOLD_H
#define PIPELINE_HOLD_H

#include "sensor/flow/flow.h"

/* Segments held at a time. Beyond: the oldest is let go. */
#define HOLD_MAX 32u
/* Octets of a segment that can be held. Longer ones are not: replies are short. */
#define HOLD_OCTETS 2048u
/* ns that a segment waits: swaps are of microseconds, the next turn is of milliseconds.
 */
#define HOLD_NS UINT64_C(20000000)

struct hold_entry {
	struct flow *flow;
	struct flow_segment seg; /* its payload points into octets */
	uint8_t octets[HOLD_OCTETS];
};

struct hold {
	unsigned order[HOLD_MAX]; /* places in at, the oldest first */
	unsigned count;
	struct hold_entry at[HOLD_MAX];
	uint64_t held;	   /* ever */
	uint64_t given_up; /* let go although what they answer had not come */
};

void hold_init(struct hold *h);

/* Does it have to wait, and can it? */
bool hold_wants(
	const struct hold *h, const struct flow *f, const struct flow_segment *seg);
void hold_put(struct hold *h, struct flow *f, const struct flow_segment *seg);

/*
 * Takes out one segment that need not wait any longer: of f (NULL: of any flow) whose
 * peer has caught up, or the oldest if it is too old at now_ns. Valid until the next put.
 */
struct hold_entry *hold_next(struct hold *h, const struct flow *f, uint64_t now_ns);
/* f is going: its segments are dropped. */
void hold_forget(struct hold *h, const struct flow *f);

#endif
