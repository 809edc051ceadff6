/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several interfaces as one capture: frames in the order of their time, as the two halves
 * of a tap need it. A frame waits for an interface that is silent, but no longer than a
 * ring may keep frames back; not even that if the ring shows that it keeps none.
 */
#ifndef CAPTURE_JOIN_H
#define CAPTURE_JOIN_H

#include <poll.h>
#include <stdatomic.h>

#include "sensor/capture/capture_live.h"

enum capture_join_phase {
	CAPTURE_JOIN_LISTENS,
	CAPTURE_JOIN_DRAINS, /* told to stop: what came before is still given */
	CAPTURE_JOIN_OVER
};

/* The caller's, embedded. */
struct capture_join {
	struct capture capture;
	const atomic_bool *stop;
	struct capture_tap *tap[CAPTURE_LIVE_INTERFACES_MAX];
	struct pollfd polled[CAPTURE_LIVE_INTERFACES_MAX];
	size_t taps;
	struct capture_tap *lent; /* whose frame the caller has; NULL: none */
	enum capture_join_phase phase;
	uint64_t hold_ns; /* a frame may be this old before it is seen */
	uint64_t tick_ns;
	uint64_t looked_ns; /* when the interfaces were last looked after */
	uint64_t stop_ns;
	uint32_t given; /* frames since the clock was last asked */
};

/* The taps are not owned. stop: set to end; must outlive it. */
void capture_join_init(struct capture_join *j, const atomic_bool *stop,
	uint32_t retire_ms, uint32_t tick_ms);
void capture_join_insert(struct capture_join *j, struct capture_tap *t);

#endif
