/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records from one packet thread to the inference's, in order, and how far that thread
 * has heard: a ring of octets for one who puts and one who takes, without locks. Its
 * memory is reserved when it is made. A record that finds no room is dropped and counted;
 * the packet thread never waits.
 *
 *	tail                              head
 *	  | entry | entry | …  | pad |  ->  |      each 32 octets and a copied record
 *
 * Entries are in one piece: what does not fit before the end of the ring begins anew at
 * its start, behind a pad.
 *
 * Two times go with each record: order, which never runs backwards (flow_clock.h), to put
 * several queues in one order by, and the packets' own.
 */
#ifndef WATCH_QUEUE_H
#define WATCH_QUEUE_H

#include "sensor/record/record.h"

/* Octets of a queue: some 4000 transactions of ordinary size. */
#define WATCH_QUEUE_OCTETS (8u * MiB)

struct watch_queue;

struct watch_time {
	uint64_t order;
	uint64_t packet; /* ns since 1970 */
};

/* octets: a power of two, at least 4096. Aborts when the system has no memory. */
struct watch_queue *watch_queue_new(size_t octets);
void watch_queue_free(struct watch_queue *q);

/* --- who puts ----------------------------------------------------------------------- */

/* now_ns: time of the packet at hand. False: no room, dropped and counted. */
bool watch_queue_put(struct watch_queue *q, const struct record *r, uint64_t now_ns);
/* All packets up to that time were heard, and their records put. */
void watch_queue_seen(struct watch_queue *q, uint64_t now_ns);
/* Nothing comes any more. */
void watch_queue_end(struct watch_queue *q);

/* --- who takes ---------------------------------------------------------------------- */

/*
 * How far was heard. Ask before watch_queue_peek(): what it does not show then comes
 * later than this. order is UINT64_MAX after the end.
 */
struct watch_time watch_queue_heard(const struct watch_queue *q);
/* The oldest record, which stays; NULL: none. Valid until watch_queue_take(). */
const struct record *watch_queue_peek(struct watch_queue *q, struct watch_time *at);
void watch_queue_take(struct watch_queue *q);

/* --- anyone ------------------------------------------------------------------------- */

struct watch_queue_counters {
	uint64_t put;
	uint64_t dropped;
	uint64_t octets; /* in it now */
	uint64_t most;	 /* ever in it */
};
void watch_queue_counters(const struct watch_queue *q, struct watch_queue_counters *out);

#endif
