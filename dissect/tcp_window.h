/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Octets of a stream that cannot be handed on yet: ahead of a hole, or in order and not
 * taken. Lives in a buffer lent by the caller, only while it is needed.
 *
 *   taken                                        taken + room
 *     |  range[0]        range[1]   range[2]         |
 *     [==========]-------[======][~~~~~~~~]----------)    = octets   ~ known as absent
 *
 * The octets stand in a ring at their position modulo room. Ranges are sorted and do not
 * overlap; neighbours stay apart because each has its own moment. What is there stays:
 * the first arrival wins. Positions count octets from the start of the stream.
 */
#ifndef TCP_WINDOW_H
#define TCP_WINDOW_H

#include "dissect.h"
#include "limits.h"

struct tcp_range {
	uint64_t from;
	uint64_t to; /* not included; from < to */
	struct moment at;
	bool absent; /* were on the wire, but are not in the capture, or found no room */
};

struct tcp_window {
	uint32_t count; /* ranges */
	uint32_t room;	/* octets */
	struct tcp_range range[TCP_RANGES_MAX];
	uint8_t ring[];
};

/* What a segment shares with the window, and how much of that is other content. */
struct tcp_overlap {
	uint64_t octets;
	uint64_t differs;
};

/* Octets of a buffer with the given room. */
#define TCP_WINDOW_SIZE(octets) (sizeof(struct tcp_window) + (octets))

/* buf is aligned for a uint64_t; NULL if it has no room for a single octet. */
struct tcp_window *tcp_window_init(void *buf, size_t size);

/*
 * Puts what is not there yet of data, at position from; all of it lies inside the room
 * past the first position still wanted (the caller sees to that). Returns the octets that
 * were left out because there are no more ranges.
 */
uint64_t tcp_window_insert(
	struct tcp_window *w, uint64_t from, struct span data, struct moment at);
/* The same for octets known to be missing; they need no room. */
uint64_t tcp_window_insert_absent(
	struct tcp_window *w, uint64_t from, uint64_t to, struct moment at);

/* Forgets everything before taken. */
void tcp_window_advance(struct tcp_window *w, uint64_t taken);

/* Octets at the front of range[0], up to the ring's seam. count must not be 0. */
struct span tcp_window_front(const struct tcp_window *w);
/* The first position from here on that is in no range: the end of what is in order. */
uint64_t tcp_window_run(const struct tcp_window *w, uint64_t from);
/* No free range, and none to be won by joining neighbours. */
bool tcp_window_is_full(const struct tcp_window *w);
struct tcp_overlap tcp_window_overlap(
	const struct tcp_window *w, uint64_t from, struct span data);

#endif
